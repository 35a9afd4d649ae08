package billing

import (
	"database/sql"

	"ardoise/data/calendar"
	"ardoise/data/money"
	"ardoise/data/store"
)

// UninvoicedTx gives what families have had by the month, between two days, that
// no invoice asks for yet; a small sum put off counts. Families without any are
// not in the map.
func UninvoicedTx(tx *store.Tx, families []int64, first, last calendar.Date) (map[int64]money.Cents, error) {
	out := map[int64]money.Cents{}
	return out, store.Each(tx, func(r *sql.Rows) error {
		var id int64
		var sum money.Cents
		err := r.Scan(&id, &sum)
		out[id] = sum
		return err
	}, `SELECT b.family_id, CAST(SUM(b.price) AS BIGINT) FROM booking b WHERE b.family_id = ANY($1) AND b.day BETWEEN $2 AND $3 AND b.pay = 'monthly'
		AND (b.state = 'booked' AND b.attendance <> 'justified' OR b.cancel_verdict = 'late') AND b.price > 0
		AND NOT EXISTS (SELECT 1 FROM invoice_line l WHERE l.booking_id = b.id) GROUP BY b.family_id`, families, first.String(), last.String())
}
