package booking

import (
	"context"
	"database/sql"

	"ardoise/data/calendar"
	"ardoise/data/money"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// Coming is a booking to come of a family.
type Coming struct {
	Item
	Child   string // first name
	Service string // « Cantine »
	Kind    string // the service's
	State   string // booked, waiting
	Pay     string
	Price   money.Cents
}

// Upcoming lists the live bookings a family pays for from a day on, the nearest
// first, at most limit, and how many there are.
func (s *Service) Upcoming(ctx context.Context, familyID int64, from calendar.Date, limit int) (list []Coming, total int, err error) {
	if err := staff.Require(ctx, staff.Accueil, staff.Regie, staff.Sante, staff.Admin); err != nil {
		return nil, 0, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		if err := tx.QueryRow(`SELECT count(*) FROM booking WHERE family_id = $1 AND day >= $2 AND state <> 'cancelled'`, familyID, from).Scan(&total); err != nil {
			return err
		}
		list, err = store.Collect(tx, func(r *sql.Rows) (c Coming, err error) {
			err = r.Scan(&c.ChildID, &c.ServiceID, &c.Day, &c.Child, &c.Service, &c.Kind, &c.State, &c.Pay, &c.Price)
			return
		}, `SELECT b.child_id, b.service_id, b.day, c.first, s.short, s.kind, b.state, b.pay, b.price
			FROM booking b JOIN child c ON c.id = b.child_id JOIN service s ON s.id = b.service_id
			WHERE b.family_id = $1 AND b.day >= $2 AND b.state <> 'cancelled'
			ORDER BY b.day, c.sort_key, s.starts_at, b.id LIMIT $3`, familyID, from, max(1, limit))
		return err
	})
	return list, total, err
}
