package billing

import (
	"context"
	"errors"
	"io"

	"ardoise/data/calendar"
)

var errStub = errors.New("billing: not written yet")

// --- mandates and direct debits
// Mandates of a family (0: every family's live ones).
func (s *Service) Mandates(ctx context.Context, familyID int64) ([]Mandate, error) {
	return nil, errStub
}
func (s *Service) MandateEvents(ctx context.Context, id int64) ([]MandateEvent, error) {
	return nil, errStub
}
func (s *Service) AddMandate(ctx context.Context, n NewMandate) (Mandate, error) {
	return Mandate{}, errStub
}

// AddAcceptedMandates makes the mandates of every monthly family with accepted, valid mandate document and IBAN and no live mandate.
func (s *Service) AddAcceptedMandates(ctx context.Context) ([]Mandate, []SkippedDebit, error) {
	return nil, nil, errStub
}
func (s *Service) AmendMandate(ctx context.Context, id int64, iban, bic, holder string) (Mandate, error) {
	return Mandate{}, errStub
}
func (s *Service) RenewMandate(ctx context.Context, id int64, signedOn calendar.Date) (Mandate, error) {
	return Mandate{}, errStub
}
func (s *Service) BlockMandate(ctx context.Context, id int64, reason string) error   { return errStub }
func (s *Service) UnblockMandate(ctx context.Context, id int64, reason string) error { return errStub }
func (s *Service) RevokeMandate(ctx context.Context, id int64, reason string) error  { return errStub }

// LastCollection marks the next collection as the final one (FNAL).
func (s *Service) LastCollection(ctx context.Context, id int64) error { return errStub }

// MandateAccount opens the IBAN of a mandate: Régie only, logged.
func (s *Service) MandateAccount(ctx context.Context, id int64) (iban string, err error) {
	return "", errStub
}
func (s *Service) PlanDebits(ctx context.Context, a DebitAsk) (DebitPlan, error) {
	return DebitPlan{}, errStub
}
func (s *Service) BuildDebits(ctx context.Context, a DebitAsk, shown string) (DebitBatch, error) {
	return DebitBatch{}, errStub
}
func (s *Service) Batches(ctx context.Context, m calendar.Month) ([]DebitBatch, error) {
	return nil, errStub
}
func (s *Service) Batch(ctx context.Context, id int64) (DebitBatch, error) {
	return DebitBatch{}, errStub
}

// DebitFile is Batch with the IBANs in clear, for the bank's file: Régie only, logged.
func (s *Service) DebitFile(ctx context.Context, id int64) (DebitBatch, error) {
	return DebitBatch{}, errStub
}

// SendDebits marks a batch as handed to the bank: the money moves on the collection day, mandates move on.
func (s *Service) SendDebits(ctx context.Context, key string, id int64) (DebitBatch, error) {
	return DebitBatch{}, errStub
}
func (s *Service) DropDebits(ctx context.Context, id int64, reason string) error { return errStub }

// PlanReturn says what reading a bank's file would do; ReadReturn does it.
func (s *Service) PlanReturn(ctx context.Context, name string, r io.Reader) (Return, error) {
	return Return{}, errStub
}
func (s *Service) ReadReturn(ctx context.Context, name string, r io.Reader) (Return, error) {
	return Return{}, errStub
}
func (s *Service) Returns(ctx context.Context, m calendar.Month) ([]Return, error) {
	return nil, errStub
}
