package letter

import (
	"context"

	"ardoise/data/staff"
	"ardoise/data/store"
)

// waitingQuery is asked all day: the index outbox_open answers it without
// reading the letters that have left.
const waitingQuery = `SELECT COALESCE(SUM(CASE WHEN state IN ('waiting', 'sending') THEN 1 ELSE 0 END), 0),
	COALESCE(SUM(CASE WHEN state IN ('failed', 'doubt') THEN 1 ELSE 0 END), 0) FROM outbox WHERE state IN ('waiting', 'sending', 'failed', 'doubt')`

// Waiting counts the letters of the outbox that have not left, and those whose
// sending failed or is in doubt; held ones (demonstration) are not counted.
func (s *Service) Waiting(ctx context.Context) (waiting, failed int, err error) {
	if err := staff.Require(ctx, readers...); err != nil {
		return 0, 0, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		return tx.QueryRow(waitingQuery).Scan(&waiting, &failed)
	})
	return waiting, failed, err
}
