package billing_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"ardoise/data/billing"
	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/money"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// world is a small town whose families pay monthly. The clock stands at Tuesday
// 24 November 2026, 13:46; a meal is 4,20 € (3,20 € and 1,00 € of "encadrement").
type world struct {
	t        testing.TB
	db       *store.DB
	ctx      context.Context
	s        *billing.Service
	b        *booking.Service
	l        *ledger.Service
	clock    *storetest.Clock
	commune  int64
	class    int64
	canteen  int64
	evening  int64
	families []int64
	children []int64 // child i belongs to family i
	keys     int
}

const (
	mealPrice = money.Cents(4_20)
	carePart  = money.Cents(1_00)
)

func newWorld(t testing.TB, db *store.DB, families int) *world {
	t.Helper()
	w := &world{t: t, db: db, s: billing.New(db), b: booking.New(db), l: ledger.New(db), clock: storetest.ClockOf(db)}
	w.ctx = stafftest.Session(t, db, staff.Roles...)
	w.write(func(tx *store.Tx) error {
		w.commune = w.id(tx, `INSERT INTO commune (insee, name, fold) VALUES ('01371', 'Saint-Marcel', 'saint marcel') RETURNING id`)
		school := w.id(tx, `INSERT INTO school (commune_id, name) VALUES ($1, 'Les Étangs') RETURNING id`, w.commune)
		w.class = w.id(tx, `INSERT INTO class (school_id, school_year, name, rank) VALUES ($1, 2026, 'CE1', 6) RETURNING id`, school)
		for _, s := range []struct {
			at         *int64
			code, kind string
		}{{&w.canteen, "Cantine", "canteen"}, {&w.evening, "Soir", "evening"}} {
			*s.at = w.id(tx, `INSERT INTO service (commune_id, code, name, short, kind, product, weekdays, region, zone, starts_at, book_cutoff, cancel_cutoff, pay, waiting_days)
				VALUES ($1, $2, $2, $2, $3, $2, '1245', 'metropole', 'A', '12:00', 'J-1 10:00 ouverture', 'J-1 10:00 ouverture', 'wallet,card,cheque,cash,monthly', 1) RETURNING id`, w.commune, s.code, s.kind)
			w.exec(tx, `INSERT INTO service_school (service_id, school_id) VALUES ($1, $2)`, *s.at, school)
			w.exec(tx, `INSERT INTO tariff (service_id, valid_from, label, kind, quotient_max, meal, care) VALUES ($1, '2020-01-01', 'tarif A', 'booking', 999, 320, 100), ($1, '2020-01-01', 'non réservé', 'unbooked', 999999, 630, 0)`, *s.at)
			w.exec(tx, `INSERT INTO tariff (service_id, valid_from, label, kind, quotient_min, meal, care) VALUES ($1, '2020-01-01', 'tarif B', 'booking', 1000, 320, 100)`, *s.at)
		}
		for i := range families {
			w.addFamily(tx, fmt.Sprintf("Favier%d", i))
		}
		return nil
	})
	return w
}

// addFamily writes a family with one child, who has access to both services.
func (w *world) addFamily(tx *store.Tx, name string) (family, child int64) {
	family = w.id(tx, `INSERT INTO family (name, fold, sort_key, commune_id, address1, postal, city, quotient, created_at) VALUES ($1, $1, $2, $3, '2 rue des Carpes', '01390', 'Saint-Marcel', 850, $4) RETURNING id`,
		name, []byte(name), w.commune, tx.Now())
	w.exec(tx, `INSERT INTO guardian (family_id, rank, civility, last, first, email, fold) VALUES ($1, 1, 'Mme', $2, 'Élodie', $3, $2)`, family, name, name+"@example.org")
	child = w.id(tx, `INSERT INTO child (family_id, last, first, birth, class_id, age_group, fold, sort_key, created_at)
		VALUES ($1, $2, 'Léa', '2018-05-01', $3, 'elementaire', $4, $5, $6) RETURNING id`, family, name, w.class, fmt.Sprintf("lea %d", family), []byte(name), tx.Now())
	for _, s := range []int64{w.canteen, w.evening} {
		w.exec(tx, `INSERT INTO access_request (child_id, family_id, service_id, school_year, state, pay, received_at, valid_to) VALUES ($1, $2, $3, 2026, 'accepted', 'monthly', $4, '2027-07-31')`, child, family, s, tx.Now())
	}
	w.families, w.children = append(w.families, family), append(w.children, child)
	return family, child
}

func (w *world) write(fn func(*store.Tx) error) {
	w.t.Helper()
	if err := w.db.Write(w.ctx, fn); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) id(tx *store.Tx, query string, args ...any) (id int64) {
	w.t.Helper()
	if err := tx.QueryRow(query, args...).Scan(&id); err != nil {
		w.t.Fatal(err)
	}
	return id
}

func (w *world) exec(tx *store.Tx, query string, args ...any) {
	w.t.Helper()
	if _, err := tx.Exec(query, args...); err != nil {
		w.t.Fatal(err)
	}
}

// sql runs one statement in a transaction of its own.
func (w *world) sql(query string, args ...any) {
	w.t.Helper()
	w.write(func(tx *store.Tx) error { _, err := tx.Exec(query, args...); return err })
}

func (w *world) count(query string, args ...any) (n int64) {
	w.t.Helper()
	if err := w.db.Read(w.ctx, func(tx *store.Tx) error { return tx.QueryRow(query, args...).Scan(&n) }); err != nil {
		w.t.Fatal(err)
	}
	return n
}

func (w *world) key() string { w.keys++; return fmt.Sprintf("key-%d", w.keys) }

// at sets the clock to noon of a day.
func (w *world) at(day string) { w.clock.Set(calendar.MustISO(day).At(12, 0)) }

// meals writes monthly canteen bookings of child i, entered in time.
func (w *world) meals(i int, days ...string) {
	w.t.Helper()
	w.write(func(tx *store.Tx) error {
		key := w.key()
		op, _, err := ledger.Operation(tx, ledger.Op{Key: key, Digest: key, Kind: "book", FamilyID: w.families[i]})
		if err != nil {
			return err
		}
		tariff := w.id(tx, `SELECT id FROM tariff WHERE service_id = $1 AND label = 'tarif A'`, w.canteen)
		rows := make([]booking.Row, len(days))
		for n, d := range days {
			rows[n] = booking.Row{
				ChildID: w.children[i], ServiceID: w.canteen, Day: calendar.MustISO(d), FamilyID: w.families[i], Pay: booking.Monthly, Price: mealPrice, Care: carePart,
				TariffID: tariff, OperationID: op, Cutoff: tx.Now(), Rule: "règle d’essai",
			}
		}
		_, err = booking.Book(tx, rows)
		return err
	})
}

// excuse gives a meal back as a closure does.
func (w *world) excuse(i int, day string, verdict string) {
	w.t.Helper()
	w.write(func(tx *store.Tx) error {
		key := w.key()
		op, _, err := ledger.Operation(tx, ledger.Op{Key: key, Digest: key, Kind: "cancel", FamilyID: w.families[i]})
		if err != nil {
			return err
		}
		limit := tx.Now().Add(time.Hour)
		if verdict == booking.CancelLate {
			limit = tx.Now().Add(-time.Hour)
		}
		w.exec(tx, `UPDATE booking SET state = 'cancelled', cancel_operation_id = $1, cancel_verdict = $2, cancel_rule = 'règle d’essai', cancel_cutoff_at = $5
			WHERE child_id = $3 AND day = $4 AND state = 'booked'`, op, verdict, w.children[i], day, limit)
		return nil
	})
}

var november = calendar.MonthOf(calendar.MustISO("2026-11-01"))

// issue shows a month's plan, then issues it: as a screen does.
func (w *world) issue(r billing.Run) billing.Done {
	w.t.Helper()
	p, err := w.s.Plan(w.ctx, r)
	if err != nil {
		w.t.Fatal(err)
	}
	done, err := w.s.Issue(w.ctx, w.key(), r, p.Digest)
	if err != nil {
		w.t.Fatal(err)
	}
	if done.Count != p.Count || done.Total != p.Total {
		w.t.Fatalf("planned %d for %s, issued %d for %s", p.Count, p.Total, done.Count, done.Total)
	}
	return done
}

func (w *world) pay(p billing.Payment) billing.PaymentDone {
	w.t.Helper()
	p.Key = w.key()
	plan, err := w.s.PlanPayment(w.ctx, p)
	if err != nil {
		w.t.Fatal(err)
	}
	done, err := w.s.Pay(w.ctx, p, plan.Digest)
	if err != nil {
		w.t.Fatal(err)
	}
	if done.Paid != plan.Paid || done.ToWallet != plan.ToWallet || done.After != plan.After {
		w.t.Fatalf("planned %+v, done %+v", plan, done)
	}
	return done
}

func (w *world) account(i int) billing.FamilyAccount {
	w.t.Helper()
	a, err := w.s.Account(w.ctx, w.families[i])
	if err != nil {
		w.t.Fatal(err)
	}
	return a
}

// broken gives the invariants that do not hold.
func (w *world) broken() (bad []billing.Check) {
	w.t.Helper()
	err := w.db.Read(w.ctx, func(tx *store.Tx) error {
		bad = nil
		for _, room := range []func(*store.Tx) ([]billing.Check, error){ledger.Verify, booking.Verify, billing.Verify} {
			list, err := room(tx)
			if err != nil {
				return err
			}
			bad = append(bad, slices.DeleteFunc(list, func(c billing.Check) bool { return c.OK })...)
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return bad
}

func (w *world) sound() {
	w.t.Helper()
	if bad := w.broken(); len(bad) > 0 {
		w.t.Fatalf("%+v", bad)
	}
}

// refused checks that an action ended in a refusal of a kind, with words of its
// sentence.
func refused(t testing.TB, err error, kind fault.Kind, words string) {
	t.Helper()
	if err == nil || fault.KindOf(err) != kind || !containsFold(fault.Sentence(err), words) {
		t.Fatalf("want %s « %s », got %v", kind, words, err)
	}
}

func each(t *testing.T, families int, fn func(*testing.T, *world)) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db, families)
		fn(t, w)
		if !t.Failed() {
			w.sound()
		}
	})
}
