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

func TestClosuresOfAFile(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := load(t, db)
		services, err := s.Services(system())
		if err != nil {
			t.Fatal(err)
		}
		first := calendar.MustISO("2027-06-07")
		list := []catalog.Closure{{First: first, Last: first.Add(1), Reason: "travaux"}, {First: first.Add(11), Reason: "kermesse"}, {First: first.Add(11), Reason: "kermesse"}}
		for _, want := range []int{2, 0} { // the second time all is there
			if n, err := s.AddClosures(system(), list); err != nil || n != want {
				t.Fatalf("%d added, want %d: %v", n, want, err)
			}
		}
		wrong := []catalog.Closure{{First: first.Add(20), Reason: "pont"}, {First: first.Add(25), Reason: ""}}
		if n, err := s.AddClosures(system(), wrong); fault.KindOf(err) != fault.Invalid || n != 0 {
			t.Errorf("%d %v", n, err)
		}
		if _, err := s.AddClosures(system(), nil); fault.KindOf(err) != fault.Invalid {
			t.Errorf("an empty file: %v", err)
		}
		busy := first.Add(15)
		booked(t, db, services[0].ID, busy)
		both := []catalog.Closure{{First: first.Add(14), Reason: "pont"}, {ServiceID: services[0].ID, First: busy, Reason: "grève"}}
		if n, err := s.AddClosures(system(), both); fault.KindOf(err) != fault.Conflict || n != 0 || !strings.Contains(fault.Sentence(err), "22 juin") {
			t.Errorf("a booked day: %d %v", n, err)
		}
		both[1].ServiceID = services[1].ID // where nobody eats that day
		if n, err := s.AddClosures(system(), both); err != nil || n != 2 {
			t.Errorf("another service's day: %d %v", n, err)
		}
		if err := s.ChangeClosure(system(), catalog.Closure{ID: 1, First: busy, Reason: "grève"}); fault.KindOf(err) != fault.Conflict {
			t.Errorf("moved onto a booked day: %v", err)
		}
		all, err := s.Closures(system(), services[0].ID, 0, 0)
		if err != nil || len(all) != 3 {
			t.Errorf("all or none: %+v %v", all, err)
		}
	})
}

func TestSetHolidays(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := load(t, db)
		h := func(name, first, last string) calendar.Holiday {
			return calendar.Holiday{Year: 2030, Zone: "A", Name: name, First: calendar.MustISO(first), Last: calendar.MustISO(last)}
		}
		year := []calendar.Holiday{
			h("vacances de la Toussaint", "2030-10-19", "2030-11-03"), h("vacances de Noël", "2030-12-21", "2031-01-05"),
			h("vacances d’hiver", "2031-02-08", "2031-02-23"), h("vacances de printemps", "2031-04-05", "2031-04-21"), h("vacances d’été", "2031-07-05", "2031-08-31"),
		}
		known := func() bool {
			t.Helper()
			list, err := s.Holidays(system())
			if err != nil {
				t.Fatal(err)
			}
			return calendar.YearKnown(list, "A", 2030)
		}
		if err := s.SetHolidays(system(), "A", 2030, year); err != nil || !known() {
			t.Fatal("not kept", err)
		}
		for name, list := range map[string][]calendar.Holiday{
			"overlap":      {h("a", "2030-10-19", "2030-11-03"), h("b", "2030-11-03", "2030-11-04")},
			"backwards":    {h("a", "2030-11-03", "2030-10-19")},
			"no name":      {h(" ", "2030-10-19", "2030-11-03")},
			"another year": {h("a", "2031-10-19", "2031-11-03")},
			"no end":       {h("a", "2030-10-19", "2031-10-30")},
		} {
			if err := s.SetHolidays(system(), "A", 2030, list); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := s.SetHolidays(system(), "Z", 2030, year); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a zone there is not: %v", err)
		}
		if !known() {
			t.Error("a refusal changed something")
		}
		if err := s.SetHolidays(system(), "A", 2030, nil); err != nil || known() {
			t.Error("not forgotten", err)
		}
	})
}
