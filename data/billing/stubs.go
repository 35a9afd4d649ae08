package billing

import (
	"context"
	"errors"

	"ardoise/data/calendar"
)

var errStub = errors.New("billing: not written yet")

// Issue gives the run its numbers; shown is the digest of the plan the agent agreed to ("" : none was shown).
func (s *Service) Issue(ctx context.Context, key string, r Run, shown string) (Done, error) {
	return Done{}, errStub
}

func (s *Service) Invoices(ctx context.Context, f InvoiceFilter) ([]Invoice, error) {
	return nil, errStub
}

func (s *Service) PlanCredit(ctx context.Context, c CreditNote) (CreditPlan, error) {
	return CreditPlan{}, errStub
}

func (s *Service) Credit(ctx context.Context, c CreditNote, shown string) (Invoice, error) {
	return Invoice{}, errStub
}

func (s *Service) PlanPayment(ctx context.Context, p Payment) (PaymentPlan, error) {
	return PaymentPlan{}, errStub
}

func (s *Service) Pay(ctx context.Context, p Payment, shown string) (PaymentDone, error) {
	return PaymentDone{}, errStub
}

// VoidPayment undoes the payment of an operation: the invoices are owed again and the money is back in the wallet.
func (s *Service) VoidPayment(ctx context.Context, key string, operation int64, reason string) error {
	return errStub
}

func (s *Service) Account(ctx context.Context, familyID int64) (FamilyAccount, error) {
	return FamilyAccount{}, errStub
}

// PlanReminders lists who is due a reminder today; families empty: all.
func (s *Service) PlanReminders(ctx context.Context, families []int64) (ReminderPlan, error) {
	return ReminderPlan{}, errStub
}

func (s *Service) Remind(ctx context.Context, key string, families []int64, shown string) (ReminderPlan, error) {
	return ReminderPlan{}, errStub
}

// Reminders gives the reminders sent on a day, or to a family (no date, 0: all), for their letters.
func (s *Service) Reminders(ctx context.Context, on calendar.Date, familyID int64) (ReminderPlan, error) {
	return ReminderPlan{}, errStub
}

func (s *Service) Overview(ctx context.Context, m calendar.Month) (Overview, error) {
	return Overview{}, errStub
}

func (s *Service) Figures(ctx context.Context, from, to calendar.Month) ([]MonthFigures, error) {
	return nil, errStub
}

// --- cash office
func (s *Service) Journal(ctx context.Context, from, to calendar.Date) ([]JournalLine, error) {
	return nil, errStub
}

func (s *Service) CashDay(ctx context.Context, day calendar.Date) (CashDay, error) {
	return CashDay{}, errStub
}

func (s *Service) CashDays(ctx context.Context, m calendar.Month) ([]CashDay, error) {
	return nil, errStub
}

func (s *Service) CloseCash(ctx context.Context, c CashClose) (CashDay, error) {
	return CashDay{}, errStub
}

func (s *Service) PlanSlip(ctx context.Context, kind string, m calendar.Month) (Slip, error) {
	return Slip{}, errStub
}

func (s *Service) MakeSlip(ctx context.Context, key, kind string, m calendar.Month) (Slip, error) {
	return Slip{}, errStub
}

func (s *Service) Slips(ctx context.Context, m calendar.Month) ([]Slip, error) { return nil, errStub }

func (s *Service) Slip(ctx context.Context, id int64) (Slip, error) { return Slip{}, errStub }

// PlanLock says what stands against locking a month, in French sentences; none: it can be locked.
func (s *Service) PlanLock(ctx context.Context, m calendar.Month) ([]string, error) {
	return nil, errStub
}

func (s *Service) LockMonth(ctx context.Context, m calendar.Month) (Lock, error) {
	return Lock{}, errStub
}
func (s *Service) Locks(ctx context.Context) ([]Lock, error) { return nil, errStub }

// VoidReceipt enters the contra-entry of money that did not come in after all (a cheque returned, a typing error).
func (s *Service) VoidReceipt(ctx context.Context, key string, receiptID int64, reason string) error {
	return errStub
}

func (s *Service) Books(ctx context.Context, m calendar.Month) (MonthBooks, error) {
	return MonthBooks{}, errStub
}

func (s *Service) TaxYears(ctx context.Context, year int, familyID int64) ([]TaxYear, error) {
	return nil, errStub
}
