package catalog_test

import (
	"strings"
	"testing"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

func TestChangeClosure(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := load(t, db)
		services, err := s.Services(system())
		if err != nil {
			t.Fatal(err)
		}
		day := calendar.MustISO("2027-06-18")
		id, err := s.AddClosure(system(), catalog.Closure{First: day, Reason: "grève"})
		if err != nil {
			t.Fatal(err)
		}
		to := catalog.Closure{ID: id, ServiceID: services[1].ID, First: day.Add(3), Last: day.Add(4), Reason: " pont "}
		if err := s.ChangeClosure(system(), to); err != nil {
			t.Fatal(err)
		}
		to.Reason = "pont"
		list, err := s.Closures(system(), services[1].ID, 0, 0)
		if err != nil || len(list) != 1 || list[0] != to {
			t.Errorf("%+v %v", list, err)
		}
		if list, err := s.Closures(system(), services[0].ID, 0, 0); err != nil || len(list) != 0 {
			t.Errorf("another service is still closed: %+v %v", list, err)
		}
		for name, c := range map[string]catalog.Closure{
			"backwards": {ID: id, First: day, Last: day.Add(-1), Reason: "x"}, "no day": {ID: id, Reason: "x"}, "no reason": {ID: id, First: day, Reason: "  "},
			"a long reason": {ID: id, First: day, Reason: strings.Repeat("é", 201)},
		} {
			if err := s.ChangeClosure(system(), c); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := s.ChangeClosure(system(), catalog.Closure{ID: id + 99, First: day, Reason: "x"}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("one that is gone: %v", err)
		}
	})
}

// booked puts a meal on a day, the rows the booking room would write: this room
// is below it.
func booked(t *testing.T, db *store.DB, service int64, day calendar.Date) {
	t.Helper()
	err := db.Write(system(), func(tx *store.Tx) error {
		var family, child, operation, tariff int64
		for _, q := range []struct {
			into *int64
			sql  string
			args []any
		}{
			{&family, `INSERT INTO family (name, fold, sort_key, created_at) VALUES ('Martin', 'martin', $1, '2026-11-24T09:00:00Z') RETURNING id`, []any{[]byte("martin")}},
			{&child, `INSERT INTO child (family_id, last, first, birth, age_group, fold, sort_key, created_at) VALUES ($1, 'Martin', 'Léa', '2018-01-01', 'elementaire', 'lea martin', $2, '2026-11-24T09:00:00Z') RETURNING id`, []any{&family, []byte("lea")}},
			{&operation, `INSERT INTO operation (key, digest, kind, at, agent_id) VALUES ('k', 'd', 'book', '2026-11-24T09:00:00Z', 0) RETURNING id`, nil},
			{&tariff, `SELECT MIN(id) FROM tariff WHERE service_id = $1`, []any{&service}},
		} {
			for i, x := range q.args {
				if id, ok := x.(*int64); ok {
					q.args[i] = *id
				}
			}
			if err := tx.QueryRow(q.sql, q.args...).Scan(q.into); err != nil {
				return err
			}
		}
		_, err := tx.Exec(`INSERT INTO booking (child_id, service_id, day, family_id, state, pay, kind, price, tariff_id, operation_id, cutoff_at, cutoff_rule, verdict)
			VALUES ($1, $2, $3, $4, 'booked', 'monthly', 'booking', 100, $5, $6, '2027-06-01T09:00:00Z', 'r', 'in_time')`, child, service, day.String(), family, tariff, operation)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAClosureIsNotMovedOntoBookedDays(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := load(t, db)
		services, err := s.Services(system())
		if err != nil {
			t.Fatal(err)
		}
		day := calendar.MustISO("2027-06-22")
		id, err := s.AddClosure(system(), catalog.Closure{First: day.Add(-7), Reason: "pont"})
		if err != nil {
			t.Fatal(err)
		}
		booked(t, db, services[0].ID, day)
		for _, c := range []struct {
			closure catalog.Closure
			refused bool
		}{
			{catalog.Closure{ID: id, First: day, Reason: "pont"}, true},
			{catalog.Closure{ID: id, ServiceID: services[0].ID, First: day.Add(-7), Last: day, Reason: "pont"}, true},
			{catalog.Closure{ID: id, First: day.Add(1), Reason: "pont"}, false},
			{catalog.Closure{ID: id, ServiceID: services[1].ID, First: day, Reason: "pont"}, false}, // nobody eats there
		} {
			err := s.ChangeClosure(system(), c.closure)
			if c.refused && fault.KindOf(err) != fault.Conflict || !c.refused && err != nil {
				t.Errorf("%+v: %v", c.closure, err)
			}
		}
	})
}
