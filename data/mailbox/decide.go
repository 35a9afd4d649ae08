package mailbox

import "context"

// Plan works a decision out and writes nothing: bookings and cancellations are
// judged by the instant the message came. Accueil.
func (s *Service) Plan(ctx context.Context, d Decision) (*Plan, error) { return nil, errNotYet }

// Apply does a plan that was shown, whole, in one transaction; where anything
// shown has changed nothing is done (Conflict). Accueil.
func (s *Service) Apply(ctx context.Context, p *Plan) (*Outcome, error) { return nil, errNotYet }

// Ignore closes messages without doing anything. Accueil.
func (s *Service) Ignore(ctx context.Context, ids ...int64) error { return errNotYet }

// Reopen takes an Ignore back. Accueil.
func (s *Service) Reopen(ctx context.Context, ids ...int64) error { return errNotYet }

// Undo takes an Apply back where it can honestly be taken back: every booking and
// cancellation of it, before its answer left. Accueil.
func (s *Service) Undo(ctx context.Context, messageID int64, key string) (*Outcome, error) {
	return nil, errNotYet
}

// SetFamily says who wrote; remember also files the address under the family's
// guardian (0: none of them). Accueil.
func (s *Service) SetFamily(ctx context.Context, messageID, version, familyID int64, guardianID int64) error {
	return errNotYet
}
