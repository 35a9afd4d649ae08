package booking

import (
	"cmp"
	"database/sql"
	"maps"
	"slices"

	"ardoise/data/calendar"
	"ardoise/data/family"
	"ardoise/data/store"
)

// place is where a child eats from: its class in its school.
type place struct {
	school, class string
	rank          int
}

// names lists who eats, by school and class, then by name. The rows themselves
// carry numbers only: the few classes and sittings are read beside them.
func names(tx *store.Tx, serviceID int64, day calendar.Date) ([]Name, error) {
	type seat struct{ class, sitting int64 }
	var seats []seat
	classes := map[int64]bool{}
	list, err := store.Collect(tx, func(r *sql.Rows) (n Name, err error) {
		var s seat
		err = r.Scan(&n.ChildID, &n.First, &n.Last, &s.class, &s.sitting, &n.AgeGroup, &n.Diet, &n.operation)
		seats, classes[s.class] = append(seats, s), true
		return n, err
	}, `SELECT b.child_id, c.first, CASE WHEN c.usage <> '' THEN c.usage ELSE c.last END, COALESCE(`+family.ClassThen+`, 0), b.sitting_id, `+family.AgeThen+`, c.diet, b.operation_id
		FROM booking b JOIN child c ON c.id = b.child_id`+family.JoinYear("b.day")+`
		WHERE b.service_id = $1 AND b.day = $2 AND b.state = 'booked' AND b.attendance <> 'justified' ORDER BY c.sort_key, c.id`, serviceID, day)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	places, err := placesOf(tx, slices.Collect(maps.Keys(classes)))
	if err != nil {
		return nil, err
	}
	sittings, err := sittingNames(tx, serviceID)
	if err != nil {
		return nil, err
	}
	for i, s := range seats {
		p := places[s.class]
		list[i].School, list[i].Class, list[i].classRank, list[i].Sitting = p.school, p.class, p.rank, sittings[s.sitting]
	}
	slices.SortStableFunc(list, func(a, b Name) int {
		return cmp.Or(cmp.Compare(a.School, b.School), a.classRank-b.classRank, cmp.Compare(a.Class, b.Class))
	})
	return list, nil
}

func placesOf(tx *store.Tx, classes []int64) (map[int64]place, error) {
	out := map[int64]place{}
	err := store.Each(tx, func(r *sql.Rows) error {
		var id int64
		var p place
		err := r.Scan(&id, &p.school, &p.class, &p.rank)
		out[id] = p
		return err
	}, `SELECT k.id, h.name, k.name, k.rank FROM class k JOIN school h ON h.id = k.school_id WHERE k.id = ANY($1)`, classes)
	return out, err
}

func sittingNames(tx *store.Tx, serviceID int64) (map[int64]string, error) {
	out := map[int64]string{}
	err := store.Each(tx, func(r *sql.Rows) error {
		var id int64
		var name string
		err := r.Scan(&id, &name)
		out[id] = name
		return err
	}, `SELECT id, name FROM sitting WHERE service_id = $1`, serviceID)
	return out, err
}

// when dates the first changes, those of meals more, by the operations that
// booked them.
func (h *Headcount) when(tx *store.Tx, operations []int64) error {
	if len(operations) == 0 {
		return nil
	}
	at := map[int64]string{}
	if err := store.Each(tx, func(r *sql.Rows) error {
		var id int64
		var when string
		err := r.Scan(&id, &when)
		at[id] = when
		return err
	}, `SELECT id, at FROM operation WHERE id = ANY($1)`, operations); err != nil {
		return err
	}
	for i, id := range operations {
		if id == 0 {
			continue
		}
		var err error
		if h.Changes[i].At, err = store.ParseInstant(at[id]); err != nil {
			return err
		}
	}
	return nil
}
