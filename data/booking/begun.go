package booking

import (
	"context"

	"ardoise/data/staff"
	"ardoise/data/store"
)

// Begun reports how far a new town has come: whether a meal was ever booked, and
// whether a sheet was ever sent to the kitchen.
func (s *Service) Begun(ctx context.Context) (booked, sent bool, err error) {
	if err := staff.Require(ctx); err != nil {
		return false, false, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		return tx.QueryRow(`SELECT EXISTS (SELECT 1 FROM booking), EXISTS (SELECT 1 FROM headcount)`).Scan(&booked, &sent)
	})
	return booked, sent, err
}
