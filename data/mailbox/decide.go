package mailbox

import (
	"context"

	"ardoise/data/staff"
	"ardoise/data/store"
)

// source is what decisions read of a message: the intake's half of the room.
type source struct {
	// message gives a message as Get does, its cards included, in a transaction.
	message func(tx *store.Tx, id int64) (*Message, error)
	// attachment gives the bytes of an attachment from the sealed original.
	attachment func(tx *store.Tx, id int64, n int) ([]byte, error)
	// reread reads an open message again, when its family was said or it was opened
	// again, and says where it stands.
	reread func(tx *store.Tx, id int64) error
}

// Plan works a decision out and writes nothing: bookings and cancellations are
// judged by the instant the message came. A reply with an address and no body is
// written from the cards. Accueil.
func (s *Service) Plan(ctx context.Context, d Decision) (p *Plan, err error) {
	if err := staff.Require(ctx, staff.Accueil); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		dr, err := s.draft(tx, d)
		if err == nil {
			p = dr.plan
		}
		return err
	})
	return p, err
}

// Apply does a plan that was shown, whole, in one transaction; where anything
// shown has changed nothing is done (Conflict). Accueil.
func (s *Service) Apply(ctx context.Context, p *Plan) (out *Outcome, err error) {
	if err := staff.Require(ctx, staff.Accueil); err != nil {
		return nil, err
	}
	err = s.db.Write(ctx, func(tx *store.Tx) error {
		out, err = s.applyIn(tx, p.Decision, p.Digest)
		return err
	})
	return out, err
}

// Already gives what a key did for a message, nil where it did nothing yet: who
// comes again after a lost answer is told what was done. Accueil.
func (s *Service) Already(ctx context.Context, messageID int64, key string) (out *Outcome, err error) {
	if err := staff.Require(ctx, staff.Accueil); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		out, err = already(tx, messageID, key)
		return err
	})
	return out, err
}

// Ignore closes messages without doing anything. Accueil.
func (s *Service) Ignore(ctx context.Context, ids ...int64) error {
	if err := staff.Require(ctx, staff.Accueil); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *store.Tx) error { return ignore(tx, ids) })
}

// Reopen takes an Ignore back. Accueil.
func (s *Service) Reopen(ctx context.Context, ids ...int64) error {
	if err := staff.Require(ctx, staff.Accueil); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *store.Tx) error { return s.reopen(tx, ids) })
}

// Undo takes an Apply back where it can honestly be taken back: every booking and
// cancellation of it, before its answer left. Accueil.
func (s *Service) Undo(ctx context.Context, messageID int64, key string) (out *Outcome, err error) {
	if err := staff.Require(ctx, staff.Accueil); err != nil {
		return nil, err
	}
	err = s.db.Write(ctx, func(tx *store.Tx) error {
		out, err = s.undoIn(tx, messageID, key)
		return err
	})
	return out, err
}

// SetFamily says who wrote; remember also files the address under the family's
// guardian (0: none of them). Accueil.
func (s *Service) SetFamily(ctx context.Context, messageID, version, familyID int64, guardianID int64) error {
	if err := staff.Require(ctx, staff.Accueil); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *store.Tx) error { return s.setFamily(tx, messageID, version, familyID, guardianID) })
}
