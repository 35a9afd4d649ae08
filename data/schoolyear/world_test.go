package schoolyear_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"ardoise/data/access"
	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/money"
	"ardoise/data/schoolyear"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// next is the year the tests prepare; the one that ends is 2026-2027.
const next = calendar.SchoolYear(2027)

// world is a commune with an école maternelle and an école élémentaire, and a
// small commune whose one school teaches all levels. A canteen takes them all; a
// sitting of its own for the smallest; two prices by age group.
type world struct {
	t                        testing.TB
	db                       *store.DB
	ctx                      context.Context
	s                        *schoolyear.Service
	b                        *booking.Service
	l                        *ledger.Service
	a                        *access.Service
	clock                    *storetest.Clock
	town, village            int64
	nursery, primary, hamlet int64
	canteen, evening         int64
	early, late              int64 // sittings of the canteen
	classes                  map[string]int64
	kids, families           map[string]int64
	keys                     int
}

func at(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return t
}

func day(text string) calendar.Date { return calendar.MustISO(text) }

func newWorld(t testing.TB, db *store.DB) *world {
	t.Helper()
	w := &world{
		t: t, db: db, s: schoolyear.New(db), b: booking.New(db), l: ledger.New(db), a: access.New(db), clock: storetest.ClockOf(db),
		classes: map[string]int64{}, kids: map[string]int64{}, families: map[string]int64{},
	}
	w.l.AfterTopUp(booking.AfterTopUp)
	w.clock.Set(at("2027-05-20T09:00:00+02:00"))
	w.ctx = stafftest.Session(t, db, staff.Roles...)
	w.write(func(tx *store.Tx) error {
		w.town = w.id(tx, `INSERT INTO commune (insee, name, fold) VALUES ('01371', 'Saint-Marcel', 'saint marcel') RETURNING id`)
		w.village = w.id(tx, `INSERT INTO commune (insee, name, fold) VALUES ('01028', 'Baneins', 'baneins') RETURNING id`)
		w.nursery = w.id(tx, `INSERT INTO school (commune_id, name) VALUES ($1, 'Maternelle les Lilas') RETURNING id`, w.town)
		w.primary = w.id(tx, `INSERT INTO school (commune_id, name) VALUES ($1, 'Élémentaire les Étangs') RETURNING id`, w.town)
		w.hamlet = w.id(tx, `INSERT INTO school (commune_id, name) VALUES ($1, 'École de Baneins') RETURNING id`, w.village)
		w.canteen = w.service(tx, "cantine", "Cantine", "canteen")
		w.evening = w.service(tx, "soir", "Garderie du soir", "evening")
		w.early = w.id(tx, `INSERT INTO sitting (service_id, name) VALUES ($1, '1er service') RETURNING id`, w.canteen)
		w.late = w.id(tx, `INSERT INTO sitting (service_id, name) VALUES ($1, '2e service') RETURNING id`, w.canteen)
		w.exec(tx, `UPDATE service_school SET sitting_id = $1 WHERE service_id = $2 AND school_id = $3`, w.early, w.canteen, w.nursery)
		w.exec(tx, `UPDATE service_school SET sitting_id = $1 WHERE service_id = $2 AND school_id = $3`, w.late, w.canteen, w.primary)
		for _, c := range []struct {
			school int64
			name   string
			rank   int
		}{
			{w.nursery, "PS/MS Mme Brun", 21},
			{w.nursery, "GS M. Roux", 40},
			{w.primary, "CP Mme Petit", 50},
			{w.primary, "CE1 Mme Rey", 60},
			{w.primary, "CE2 M. Blanc", 70},
			{w.primary, "CM1 Mme Noir", 80},
			{w.primary, "CM2 M. Gris", 90},
			{w.hamlet, "PS-CE1", 24},
			{w.hamlet, "CE2-CM2", 72},
		} {
			w.classes[c.name] = w.id(tx, `INSERT INTO class (school_id, school_year, name, rank) VALUES ($1, 2026, $2, $3) RETURNING id`, c.school, c.name, c.rank)
		}
		w.exec(tx, `INSERT INTO class_sitting (class_id, service_id, sitting_id) VALUES ($1, $2, $3)`, w.classes["CP Mme Petit"], w.canteen, w.early)
		for i, k := range []struct{ family, first, class, level, birth string }{
			{"Favier", "Éva", "GS M. Roux", "GS", "2021-03-02"},
			{"Favier", "Léa", "CE1 Mme Rey", "CE1", "2019-05-01"},
			{"Morel", "Tom", "CM2 M. Gris", "CM2", "2016-02-03"},
			{"Morel", "Zoé", "CM1 Mme Noir", "CM1", "2017-09-09"},
			{"Perrin", "Hugo", "CM2 M. Gris", "CM2", "2016-10-10"},
			{"Girard", "Nina", "PS/MS Mme Brun", "PS", "2023-04-04"},
			{"Girard", "Noé", "CP Mme Petit", "CP", "2020-08-08"},
			{"Blanc", "Lou", "CE2 M. Blanc", "", "2018-01-01"},
			{"Blanc", "Ana", "", "ULIS", "2017-01-01"},
			{"Dubois", "Max", "CE2-CM2", "CM1", "2017-06-06"},
			{"Dubois", "Ida", "PS-CE1", "CE1", "2019-07-07"},
		} {
			w.child(tx, i, k.family, k.first, k.class, k.level, k.birth)
		}
		return nil
	})
	return w
}

func (w *world) service(tx *store.Tx, code, short, kind string) int64 {
	id := w.id(tx, `INSERT INTO service (commune_id, code, name, short, kind, product, weekdays, region, zone, starts_at, book_cutoff, cancel_cutoff, pay)
		VALUES ($1, $2, $3, $3, $4, $3, '1245', 'metropole', 'A', '12:00', 'J-1 10:00', 'J-1 10:00', 'wallet,card,cheque,cash,monthly') RETURNING id`, w.town, code, short, kind)
	for _, s := range []int64{w.nursery, w.primary, w.hamlet} {
		w.exec(tx, `INSERT INTO service_school (service_id, school_id) VALUES ($1, $2)`, id, s)
	}
	w.exec(tx, `INSERT INTO tariff (service_id, valid_from, valid_to, label, kind, age_group, meal, care) VALUES
		($1, '2020-01-01', '2027-12-31', 'petits', 'booking', 'maternelle', 300, 0), ($1, '2020-01-01', '9999-12-31', 'grands', 'booking', 'elementaire', 420, 0)`, id)
	w.exec(tx, `INSERT INTO required_document (service_id, kind, label, months) VALUES ($1, 'health_form', 'Fiche sanitaire', 12)`, id)
	return id
}

// child keeps a child; its family is made when first named, with an address
// unless it is called Perrin.
func (w *world) child(tx *store.Tx, n int, family, first, class, level, birth string) {
	id := w.families[family]
	if id == 0 {
		id = w.id(tx, `INSERT INTO family (name, fold, sort_key, commune_id, address1, postal, city, created_at) VALUES ($1, $2, $3, $4, '3 rue Haute', '01390', 'Saint-Marcel', $5) RETURNING id`,
			family, strings.ToLower(family), []byte(family), w.town, tx.Now())
		mail := strings.ToLower(family) + "@example.org"
		if family == "Perrin" {
			mail = ""
		}
		w.exec(tx, `INSERT INTO guardian (family_id, rank, civility, last, first, email, fold) VALUES ($1, 1, 'Mme', $2, 'Élodie', $3, $2)`, id, family, mail)
		w.families[family] = id
	}
	age := "elementaire"
	if slices.Contains([]string{"PS", "MS", "GS"}, level) {
		age = "maternelle"
	}
	var classID any
	if class != "" {
		classID = w.classes[class]
	}
	w.kids[first] = w.id(tx, `INSERT INTO child (family_id, last, first, birth, class_id, level, age_group, fold, sort_key, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id`, id, family, first, birth, classID, level, age, fmt.Sprint(first, n), []byte(first), tx.Now())
	w.exec(tx, `INSERT INTO access_request (child_id, family_id, service_id, school_year, state, received_at, valid_to) VALUES ($1, $2, $3, 2026, 'accepted', $4, '2027-07-31')`,
		w.kids[first], id, w.canteen, tx.Now())
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

// must is the first of two results of a door that may not refuse.
func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func (w *world) open() {
	w.t.Helper()
	must[schoolyear.Overview](w.t)(w.s.Open(w.ctx, next, 0))
}

func (w *world) planned(ask schoolyear.ClassAsk) schoolyear.ClassPlan {
	w.t.Helper()
	ask.Year = next
	return must[schoolyear.ClassPlan](w.t)(w.s.PlanClasses(w.ctx, ask))
}

// decide opens the year and commits the proposal.
func (w *world) decide() {
	w.t.Helper()
	w.open()
	must[schoolyear.ClassPlan](w.t)(w.s.CommitClasses(w.ctx, w.planned(schoolyear.ClassAsk{})))
}

// child gives a plan's line of a child, by first name.
func lineOf(t testing.TB, p schoolyear.ClassPlan, id int64) schoolyear.PlannedChild {
	t.Helper()
	i := slices.IndexFunc(p.Children, func(c schoolyear.PlannedChild) bool { return c.ChildID == id })
	if i < 0 {
		t.Fatalf("child %d is not in the plan", id)
	}
	return p.Children[i]
}

func (w *world) book(first string, days ...string) {
	w.t.Helper()
	w.keys++
	ask := booking.Ask{Key: fmt.Sprint("book", w.keys), Consent: ledger.Consent{Who: "Mme", How: "desk"}}
	for _, d := range days {
		ask.Add = append(ask.Add, booking.Item{ChildID: w.kids[first], ServiceID: w.canteen, Day: day(d)})
	}
	done, err := w.b.Book(w.ctx, ask)
	if err != nil {
		w.t.Fatalf("%v", err)
	}
	for _, l := range done.Lines {
		if l.Verdict != booking.Accepted {
			w.t.Fatalf("%s is not booked: %+v", first, l)
		}
	}
}

func (w *world) topUp(family string, amount money.Cents) {
	w.t.Helper()
	w.keys++
	if _, err := w.l.TopUp(w.ctx, ledger.TopUp{Key: fmt.Sprint("top", w.keys), FamilyID: w.families[family], Amount: amount, Means: "cheque", Reference: "0000001"}); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) refused(err error, kind fault.Kind, said string) {
	w.t.Helper()
	sentence := strings.ReplaceAll(fault.Sentence(err), "\u00a0", " ")
	if err == nil || fault.KindOf(err) != kind || !strings.Contains(sentence, said) {
		w.t.Errorf("refused as %v %q, want %v %q", fault.KindOf(err), sentence, kind, said)
	}
}

// sound verifies every invariant of the money, the bookings and this room.
func (w *world) sound() {
	w.t.Helper()
	err := w.db.Read(w.ctx, func(tx *store.Tx) error {
		for _, room := range []func(*store.Tx) ([]ledger.Check, error){ledger.Verify, booking.Verify, schoolyear.Verify} {
			list, err := room(tx)
			if err != nil {
				return err
			}
			for _, c := range list {
				if !c.OK {
					w.t.Errorf("%s: %s", c.ID, c.Detail)
				}
			}
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// families is the families' own door.
func familyOf(w *world) *family.Service {
	s := family.New(w.db)
	w.t.Cleanup(s.Close)
	return s
}

func must2(t testing.TB) func(family.Child, error) family.Child { return must[family.Child](t) }

// newClass is a class of the year to come.
func (w *world) newClass(name string) int64 {
	w.t.Helper()
	return w.count(`SELECT id FROM class WHERE school_year = 2027 AND name = $1`, name)
}
