package access

import (
	"database/sql"
	"fmt"

	"ardoise/data/staff"
	"ardoise/data/store"
	"ardoise/data/store/bulk"
)

// SubmitManyTx records the requests of a take-over in one go: those of children
// that have none yet for the service and year. It gives how many are new. Year,
// Pay and Channel are to be given.
func SubmitManyTx(tx *store.Tx, list []Asked) (n int, err error) {
	children := make([]int64, len(list))
	for i, a := range list {
		children[i] = a.ChildID
	}
	families := map[int64]int64{}
	err = store.Each(tx, func(r *sql.Rows) error {
		var child, family int64
		err := r.Scan(&child, &family)
		families[child] = family
		return err
	}, `SELECT id, family_id FROM child WHERE id = ANY($1) AND state = 'active'`, children)
	if err != nil {
		return 0, err
	}
	var rows [][]any
	for _, a := range list {
		if families[a.ChildID] == 0 {
			continue
		}
		state := Submitted
		if a.Draft {
			state = Draft
		}
		rows = append(rows, []any{a.ChildID, families[a.ChildID], a.ServiceID, int(a.Year), string(state), a.Channel, a.Pay, a.StartOn.String(), a.Weekdays, tx.Now()})
	}
	var ids []int64
	err = bulk.InsertReturning(tx, `INSERT INTO access_request (child_id, family_id, service_id, school_year, state, channel, pay, start_on, weekdays, received_at)`,
		rows, `ON CONFLICT DO NOTHING RETURNING id`, func(r *sql.Rows) error {
			var id int64
			err := r.Scan(&id)
			ids = append(ids, id)
			return err
		})
	if err != nil {
		return 0, fmt.Errorf("access: submit many: %w", err)
	}
	if len(ids) == 0 {
		return 0, nil
	}
	tx.Publish(Topic, ids...)
	by := "ensemble"
	if list[0].Channel == "import" {
		by = "par une reprise"
	}
	return len(ids), staff.Audit(tx, "request.submit", "request:many", fmt.Sprintf("%d demandes créées %s", len(ids), by))
}
