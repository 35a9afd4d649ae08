package booking_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

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

func TestMain(m *testing.M) { storetest.Main(m) }

// world is a small town: one canteen, families with accepted accesses. The clock
// stands at Tuesday 24 November 2026, 13:46.
type world struct {
	t        testing.TB
	db       *store.DB
	ctx      context.Context
	s        *booking.Service
	l        *ledger.Service
	clock    *storetest.Clock
	commune  int64
	school   int64
	class    int64
	class2   int64
	canteen  int64
	evening  int64
	families []int64
	children []int64 // child i belongs to family i
	keys     int
}

func newWorld(t testing.TB, db *store.DB, families int) *world {
	t.Helper()
	w := &world{t: t, db: db, s: booking.New(db), l: ledger.New(db), clock: storetest.ClockOf(db)}
	w.l.AfterTopUp(booking.AfterTopUp)
	w.ctx = stafftest.Session(t, db, staff.Roles...)
	w.write(func(tx *store.Tx) error {
		w.commune = w.id(tx, `INSERT INTO commune (insee, name, fold) VALUES ('01371', 'Saint-Marcel', 'saint marcel') RETURNING id`)
		w.school = w.id(tx, `INSERT INTO school (commune_id, name) VALUES ($1, 'Les Étangs') RETURNING id`, w.commune)
		w.class = w.id(tx, `INSERT INTO class (school_id, school_year, name, rank) VALUES ($1, 2026, 'CE1', 6) RETURNING id`, w.school)
		w.class2 = w.id(tx, `INSERT INTO class (school_id, school_year, name, rank) VALUES ($1, 2026, 'CE2', 7) RETURNING id`, w.school)
		w.canteen = w.service(tx, "cantine", "Cantine", "canteen", "J-1 10:00 ouverture", "J-1 10:00 ouverture")
		w.evening = w.service(tx, "soir", "Soir", "evening", "J-0 08:30", "72h avant 16:30")
		for i := range families {
			w.addFamily(tx, fmt.Sprintf("Favier%d", i))
		}
		return nil
	})
	return w
}

func (w *world) service(tx *store.Tx, code, short, kind, book, cancel string) int64 {
	id := w.id(tx, `INSERT INTO service (commune_id, code, name, short, kind, product, weekdays, region, zone, starts_at, book_cutoff, cancel_cutoff, pay, waiting_days)
		VALUES ($1, $2, $3, $3, $4, $3, '1245', 'metropole', 'A', '12:00', $5, $6, 'wallet,card,cheque,cash,monthly', 1) RETURNING id`, w.commune, code, short, kind, book, cancel)
	w.exec(tx, `INSERT INTO service_school (service_id, school_id) VALUES ($1, $2)`, id, w.school)
	w.exec(tx, `INSERT INTO tariff (service_id, valid_from, label, kind, meal, care) VALUES ($1, '2020-01-01', 'tarif A', 'booking', 320, 100), ($1, '2020-01-01', 'non réservé', 'unbooked', 630, 0)`, id)
	return id
}

// addFamily writes a family with one child, who has access to both services.
func (w *world) addFamily(tx *store.Tx, name string) (family, child int64) {
	family = w.id(tx, `INSERT INTO family (name, fold, sort_key, commune_id, created_at) VALUES ($1, $1, $2, $3, $4) RETURNING id`, name, []byte(name), w.commune, tx.Now())
	w.exec(tx, `INSERT INTO guardian (family_id, rank, last, first, email, fold) VALUES ($1, 1, $2, 'Élodie', $3, $2)`, family, name, name+"@example.org")
	child = w.addChild(tx, family, "Léa")
	w.families, w.children = append(w.families, family), append(w.children, child)
	return family, child
}

func (w *world) addChild(tx *store.Tx, family int64, first string) int64 {
	n := len(w.children)
	child := w.id(tx, `INSERT INTO child (family_id, last, first, birth, class_id, age_group, fold, sort_key, created_at)
		VALUES ($1, 'Favier', $2, '2018-05-01', $3, 'elementaire', $4, $5, $6) RETURNING id`, family, first, w.class, fmt.Sprintf("%s %d %d", first, family, n), []byte(first), tx.Now())
	for _, s := range []int64{w.canteen, w.evening} {
		w.exec(tx, `INSERT INTO access_request (child_id, family_id, service_id, school_year, state, received_at, valid_to) VALUES ($1, $2, $3, 2026, 'accepted', $4, '2027-07-31')`, child, family, s, tx.Now())
	}
	return child
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

func (w *world) fund(i int, amount money.Cents) {
	w.t.Helper()
	if _, err := w.l.TopUp(w.ctx, ledger.TopUp{Key: w.key(), FamilyID: w.families[i], Amount: amount, Means: "cash"}); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) balance(i int) money.Cents {
	w.t.Helper()
	x, err := w.l.Wallet(w.ctx, w.families[i])
	if err != nil {
		w.t.Fatal(err)
	}
	return x.Balance
}

// meals names the canteen meals of child i on some days of ISO text.
func (w *world) meals(i int, days ...string) []booking.Item {
	out := make([]booking.Item, len(days))
	for n, d := range days {
		out[n] = booking.Item{ChildID: w.children[i], ServiceID: w.canteen, Day: calendar.MustISO(d)}
	}
	return out
}

// byPhone is the consent most baskets have.
var byPhone = ledger.Consent{Who: "Mme Favier", How: "téléphone"}

func (w *world) add(i int, days ...string) booking.Ask {
	return booking.Ask{Key: w.key(), Add: w.meals(i, days...), Consent: byPhone}
}

func (w *world) cancel(i int, days ...string) booking.Ask {
	return booking.Ask{Key: w.key(), Cancel: w.meals(i, days...), Consent: byPhone}
}

// commit shows the plan, then commits it: as a screen does.
func (w *world) commit(ask booking.Ask) (*booking.Done, error) {
	w.t.Helper()
	p, err := w.s.Plan(w.ctx, ask)
	if err != nil {
		return nil, err
	}
	return w.s.Commit(w.ctx, p)
}

func (w *world) must(ask booking.Ask) *booking.Done {
	w.t.Helper()
	done, err := w.commit(ask)
	if err != nil {
		w.t.Fatal(err)
	}
	return done
}

func (w *world) refused(k fault.Kind, ask booking.Ask) {
	w.t.Helper()
	if _, err := w.commit(ask); err == nil || fault.KindOf(err) != k {
		w.t.Fatalf("want %s, got %v", k, err)
	}
}

// broken gives the invariants that do not hold.
func (w *world) broken() (bad []booking.Check) {
	w.t.Helper()
	err := w.db.Read(w.ctx, func(tx *store.Tx) error {
		a, err := ledger.Verify(tx)
		if err != nil {
			return err
		}
		b, err := booking.Verify(tx)
		bad = slices.DeleteFunc(append(a, b...), func(c booking.Check) bool { return c.OK })
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return bad
}

func (w *world) clean() {
	w.t.Helper()
	for _, c := range w.broken() {
		w.t.Errorf("%s: %s", c.ID, c.Detail)
	}
}

func paris(text string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04:05", text, calendar.Paris)
	if err != nil {
		panic(err)
	}
	return t
}
