package booking_test

import (
	"fmt"
	"testing"
	"time"

	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/ledger"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// town is the peers' table: 1,000 families, 1,500 children, 144 days, some
// 183,000 meals, made once for all the measures of an engine.
type town struct {
	w     *world
	days  []calendar.Date
	meals int
	took  time.Duration
}

func makeTown(b *testing.B, engine store.Engine, families, days int) *town {
	var db *store.DB
	if engine == store.Postgres {
		db = storetest.OpenPostgres(b)
	} else {
		db = storetest.OpenSQLite(b)
	}
	w := newWorld(b, db, 0)
	t := &town{w: w}
	for d := calendar.MustISO("2026-09-01"); len(t.days) < days; d = d.Add(1) {
		if wd := d.Weekday(); wd != time.Saturday && wd != time.Sunday && wd != time.Wednesday {
			t.days = append(t.days, d)
		}
	}
	w.sql(`UPDATE service SET in_holidays = 1`)
	w.write(func(tx *store.Tx) error {
		var classes []int64
		for i := range 60 {
			classes = append(classes, w.id(tx, `INSERT INTO class (school_id, school_year, name, rank) VALUES ($1, 2026, $2, $3) RETURNING id`, w.school, fmt.Sprintf("Classe %02d", i), i))
		}
		for i := range families {
			w.class = classes[i%60]
			f, _ := w.addFamily(tx, fmt.Sprintf("Famille%d", i))
			if i%2 == 0 {
				w.children = append(w.children, w.addChild(tx, f, fmt.Sprintf("Hugo%d", i)))
				w.families = append(w.families, f)
			}
		}
		return nil
	})
	start := time.Now()
	w.write(func(tx *store.Tx) error { return t.fill(tx) })
	t.took = time.Since(start)
	w.sql(`ANALYZE`) // the engines do it by themselves within minutes
	return t
}

// fill tops every wallet up, then books through the same doors as the desk.
func (t *town) fill(tx *store.Tx) error {
	w := t.w
	var tariff int64
	if err := tx.QueryRow(`SELECT id FROM tariff WHERE service_id = $1 AND kind = 'booking'`, w.canteen).Scan(&tariff); err != nil {
		return err
	}
	var rows []booking.Row
	done := map[int64]bool{}
	for i, child := range w.children {
		f := w.families[i]
		if !done[f] {
			done[f] = true
			op, _, err := ledger.Operation(tx, ledger.Op{Key: fmt.Sprintf("fund-%d", f), Digest: "x", Kind: "topup", FamilyID: f})
			if err != nil {
				return err
			}
			if _, err := ledger.TopUpIn(tx, op, ledger.TopUp{FamilyID: f, Amount: 5000_00, Means: "transfer"}); err != nil {
				return err
			}
		}
		op, _, err := ledger.Operation(tx, ledger.Op{Key: fmt.Sprintf("fill-%d", child), Digest: "x", Kind: "book", FamilyID: f, Label: "Réservation"})
		if err != nil {
			return err
		}
		for n, d := range t.days {
			if (n+i)%20 < 3 { // 85 % of the days
				continue
			}
			rows = append(rows, booking.Row{
				ChildID: child, ServiceID: w.canteen, Day: d, FamilyID: f, Price: 4_20, Care: 1_00, TariffID: tariff, OperationID: op,
				Cutoff: d.Add(-1).At(10, 0), Rule: "la veille à 10 h 00", Entered: d.Add(-10),
			})
		}
	}
	t.meals = len(rows)
	_, err := booking.Book(tx, rows)
	return err
}

// BenchmarkTown prints the peers' table for the rows that live here.
func BenchmarkTown(b *testing.B) {
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		b.Run(e.String(), func(b *testing.B) {
			t := makeTown(b, e, 1000, 144)
			b.Run("MakeDatabase", func(b *testing.B) {
				for b.Loop() { // it was made once, above: only its figures are printed
				}
				b.ReportMetric(0, "ns/op")
				b.ReportMetric(float64(t.meals), "meals")
				b.ReportMetric(t.took.Seconds(), "s")
			})
			for _, m := range []struct {
				name string
				run  func(*testing.B, *town)
			}{
				{"KitchenDay", kitchenDay},
				{"KitchenMonth", kitchenMonth},
				{"FamilyMonth", familyMonth},
				{"Book17Meals", book17},
				{"ClassWeek", classWeek},
				{"SchoolWeek", schoolWeek},
				{"Statement", statement},
				{"Verify", verifyAll},
			} {
				b.Run(m.name, func(b *testing.B) {
					t.w.t = b
					m.run(b, t)
				})
			}
		})
	}
}

func kitchenDay(b *testing.B, t *town) {
	n := 0
	for b.Loop() {
		h, err := t.w.s.Headcount(t.w.ctx, t.w.canteen, t.days[n%len(t.days)])
		if err != nil || h.Total < 1000 {
			b.Fatal(h, err)
		}
		n++
	}
}

func kitchenMonth(b *testing.B, t *town) {
	for b.Loop() {
		if _, err := t.w.s.HeadcountMonth(t.w.ctx, t.w.canteen, 2026, 11); err != nil {
			b.Fatal(err)
		}
	}
}

func familyMonth(b *testing.B, t *town) {
	n := 0
	for b.Loop() {
		g, err := t.w.s.Month(t.w.ctx, t.w.families[n%1000], 2026, time.November)
		if err != nil || len(g.Children) == 0 {
			b.Fatal(g, err)
		}
		n++
	}
}

func book17(b *testing.B, t *town) {
	n := 0
	day := calendar.MustISO("2027-05-03")
	for b.Loop() {
		i := n % len(t.w.children)
		ask := booking.Ask{Key: fmt.Sprintf("b17-%s-%d-%d", b.Name(), b.N, t.w.keys), Consent: byPhone}
		t.w.keys++
		for d := day.Add(n / len(t.w.children) * 35); len(ask.Add) < 17; d = d.Add(1) {
			if wd := d.Weekday(); wd != time.Saturday && wd != time.Sunday && wd != time.Wednesday {
				ask.Add = append(ask.Add, booking.Item{ChildID: t.w.children[i], ServiceID: t.w.evening, Day: d})
			}
		}
		p, err := t.w.s.Plan(t.w.ctx, ask)
		if err != nil {
			b.Fatal(err)
		}
		done, err := t.w.s.Commit(t.w.ctx, p)
		if err != nil {
			b.Fatal(err, p.Lines[0].Reason)
		}
		b.StopTimer()
		if p.Accepted() < 15 {
			b.Fatal(p.Accepted(), done)
		}
		t.w.sql(`UPDATE booking SET state = 'cancelled', cancel_operation_id = operation_id, cancel_verdict = 'closure' WHERE operation_id = $1`, done.OperationID)
		n++
		b.StartTimer()
	}
}

func classWeek(b *testing.B, t *town) {
	for b.Loop() {
		if _, err := t.w.s.Week(t.w.ctx, t.w.canteen, booking.WeekFilter{Classes: []int64{t.w.class}}, calendar.MustISO("2026-11-23")); err != nil {
			b.Fatal(err)
		}
	}
}

func schoolWeek(b *testing.B, t *town) {
	for b.Loop() {
		g, err := t.w.s.Week(t.w.ctx, t.w.canteen, booking.WeekFilter{}, calendar.MustISO("2026-11-23"))
		if err != nil || len(g.Classes) < 60 {
			b.Fatal(err)
		}
	}
}

func verifyAll(b *testing.B, t *town) {
	for b.Loop() {
		if err := t.w.db.Read(t.w.ctx, func(tx *store.Tx) error { _, err := booking.Verify(tx); return err }); err != nil {
			b.Fatal(err)
		}
	}
}

func statement(b *testing.B, t *town) {
	n := 0
	for b.Loop() {
		if st, err := t.w.l.Statement(t.w.ctx, t.w.families[n%1000], 0, 0); err != nil || len(st.Lines) < 2 {
			b.Fatal(st, err)
		}
		n++
	}
}
