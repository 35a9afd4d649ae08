package billing

import (
	"context"
	"errors"

	"ardoise/data/calendar"
)

var errStub = errors.New("billing: not written yet")

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
