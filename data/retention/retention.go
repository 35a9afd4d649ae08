// Package retention says how long what names people is kept, shows what is due,
// and takes it away: purges by rule, and a family's anonymisation. It never moves
// money and deletes no row of the accounts: those lose names, never amounts or days.
// Nothing goes without a plan that was shown.
package retention

import (
	"context"
	"errors"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/store"
)

const nbsp = "\u00a0"

// Topic is published when periods change or something was taken away.
const Topic = "retention"

// Service is the door to retention.
type Service struct{ db *store.DB }

// New returns the service over an open database.
func New(db *store.DB) *Service { return &Service{db: db} }

func today(tx *store.Tx) calendar.Date { return calendar.DateOf(tx.Now()) }

// read runs a question for administrators.
func read[T any](ctx context.Context, s *Service, fn func(*store.Tx) (T, error)) (out T, err error) {
	if err := staff.Require(ctx, staff.Admin); err != nil {
		return out, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		out, err = fn(tx)
		return err
	})
	return out, err
}

// ErrTraces says that all is done and committed, and that the file of the base could
// not be written anew at once: what it says is for the agent.
var ErrTraces = errors.New("retention: traces remain in the file")

// scrub takes the traces out of the file. What was committed stays committed.
func (s *Service) scrub(ctx context.Context) error {
	whole, err := s.db.Scrub(context.WithoutCancel(ctx))
	if err == nil && !whole {
		err = fault.New(fault.Unavailable, "C’est fait. Un autre programme lisait la base"+nbsp+": d’anciennes traces restent dans son journal jusqu’à ce qu’il soit fermé.")
	}
	if err != nil {
		return errors.Join(ErrTraces, err)
	}
	return nil
}
