package menu_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/menu"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// kitchen is a canteen open on Monday, Tuesday, Thursday and Friday; the clock
// stands at Tuesday 24 November 2026.
type kitchen struct {
	*testing.T
	s       *menu.Service
	db      *store.DB
	ctx     context.Context
	canteen int64
}

func each(t *testing.T, test func(t *testing.T, k kitchen)) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		k := kitchen{T: t, s: menu.New(db), db: db, ctx: stafftest.Session(t, db, staff.Cuisine)}
		k.write(func(tx *store.Tx) error {
			var commune int64
			if err := tx.QueryRow(`INSERT INTO commune (insee, name, fold) VALUES ('01371', 'Saint-Marcel', 'saint marcel') RETURNING id`).Scan(&commune); err != nil {
				return err
			}
			if err := tx.QueryRow(`INSERT INTO service (commune_id, code, name, short, kind, product, weekdays, region, zone, starts_at, book_cutoff, cancel_cutoff, pay)
				VALUES ($1, 'cantine', 'Cantine', 'Cantine', 'canteen', 'Repas', '1245', 'metropole', 'A', '12:00', 'J-1 10:00', 'J-1 10:00', 'wallet') RETURNING id`, commune).Scan(&k.canteen); err != nil {
				return err
			}
			_, err := tx.Exec(`INSERT INTO school_holiday (school_year, zone, name, first_day, last_day) VALUES (2026, 'A', 'vacances de Noël', '2026-12-19', '2027-01-03')`)
			return err
		})
		test(t, k)
	})
}

func (k kitchen) write(fn func(tx *store.Tx) error) {
	k.Helper()
	if err := k.db.Write(k.Context(), fn); err != nil {
		k.Fatal(err)
	}
}

func (k kitchen) must(err error) {
	k.Helper()
	if err != nil {
		k.Fatal(err)
	}
}

func day(text string) calendar.Date { return calendar.MustISO(text) }

func dish(course, name string, allergens ...string) menu.Dish {
	return menu.Dish{Course: course, Name: name, Allergens: allergens}
}

func veg(name string, allergens ...string) menu.Dish {
	return menu.Dish{Course: menu.Main, Name: name, Allergens: allergens, Vegetarian: true}
}

func (k kitchen) set(on string, dishes ...menu.Dish) {
	k.Helper()
	k.must(k.s.Set(k.ctx, k.canteen, menu.Entry{Day: day(on), Dishes: dishes}))
}

func (k kitchen) count(query string, args ...any) (n int) {
	k.Helper()
	k.must(k.db.Read(k.Context(), func(tx *store.Tx) error { return tx.QueryRow(query, args...).Scan(&n) }))
	return n
}

func TestRights(t *testing.T) {
	db := storetest.OpenSQLite(t)
	writers := []staff.Role{staff.Cuisine, staff.Accueil}
	stafftest.Rights(t, menu.New(db), map[string][]staff.Role{
		"Month": stafftest.Anyone, "Day": stafftest.Anyone, "Known": stafftest.Anyone,
		"Plan": writers, "CopyWeek": writers, "Commit": writers, "Set": writers,
	}, stafftest.Contexts(t, db))
}

func TestADayIsKeptByCourse(t *testing.T) {
	each(t, func(t *testing.T, k kitchen) {
		k.set("2026-11-26", dish(menu.Dessert, "  Pomme "), dish(menu.Main, "Colin  pané", "poissons", "gluten", "poissons"), dish(menu.Starter, "Betteraves"), menu.Dish{Course: menu.Dairy})
		got, err := k.s.Day(k.ctx, k.canteen, day("2026-11-26"))
		k.must(err)
		if got.Text() != "Betteraves, colin pané, pomme" || !slices.Equal(got.Allergens(), []string{"gluten", "poissons"}) || !got.Open || got.Vegetarian() {
			t.Errorf("%+v", got)
		}
		if n := k.count(`SELECT COUNT(*) FROM audit WHERE action = 'menu.set' AND detail LIKE 'Cantine, Menu du 26/11/2026'`); n != 1 {
			t.Errorf("%d entries of the journal", n)
		}
		k.set("2026-11-26")
		if n := k.count(`SELECT COUNT(*) FROM dish`); n != 0 {
			t.Errorf("a menu taken away leaves %d dishes", n)
		}
	})
}

// Each refusal leaves the day as it was and says why.
func TestRefusals(t *testing.T) {
	each(t, func(t *testing.T, k kitchen) {
		k.set("2026-11-26", veg("Lasagnes"))
		many := make([]menu.Dish, 21)
		for i := range many {
			many[i] = dish(menu.Other, fmt.Sprint("Plat ", i))
		}
		for words, e := range map[string]menu.Entry{
			"pas de service le mercredi":  {Day: day("2026-11-25"), Dishes: []menu.Dish{veg("Lasagnes")}},
			"vacances de Noël":            {Day: day("2026-12-21"), Dishes: []menu.Dish{veg("Lasagnes")}},
			"gardés 3 mois":               {Day: day("2026-06-04"), Dishes: []menu.Dish{veg("Lasagnes")}},
			"14 allergènes":               {Day: day("2026-11-26"), Dishes: []menu.Dish{dish(menu.Main, "Colin", "poisson")}},
			"partie du repas":             {Day: day("2026-11-26"), Dishes: []menu.Dish{dish("fromage", "Comté")}},
			"est dit végétarien":          {Day: day("2026-11-26"), Dishes: []menu.Dish{veg("Colin", "poissons")}},
			"sans nom":                    {Day: day("2026-11-26"), Dishes: []menu.Dish{dish(menu.Main, " ", "lait")}},
			"trop long":                   {Day: day("2026-11-26"), Dishes: []menu.Dish{dish(menu.Main, strings.Repeat("é", 161))}},
			"20 plats au plus":            {Day: day("2026-11-26"), Dishes: many},
			"a changé depuis l’affichage": {Day: day("2026-11-26"), Dishes: []menu.Dish{veg("Dahl")}, Seen: menu.Day{}.Version()},
		} {
			err := k.s.Set(k.ctx, k.canteen, e)
			if said := fault.Sentence(err); err == nil || !strings.Contains(strings.ReplaceAll(said, "\u00a0", " "), words) {
				t.Errorf("%q: %v", words, err)
			}
		}
		got, err := k.s.Day(k.ctx, k.canteen, day("2026-11-26"))
		k.must(err)
		if got.Text() != "Lasagnes" || k.count(`SELECT COUNT(*) FROM dish`) != 1 {
			t.Errorf("%+v", got)
		}
		// what was shown is what is seen: the right version goes through
		k.must(k.s.Set(k.ctx, k.canteen, menu.Entry{Day: day("2026-11-26"), Dishes: []menu.Dish{veg("Dahl")}, Seen: got.Version()}))
	})
}

// A plan that no longer says what would be done is refused whole.
func TestStalePlan(t *testing.T) {
	each(t, func(t *testing.T, k kitchen) {
		p, err := k.s.Plan(k.ctx, menu.Change{ServiceID: k.canteen, Entries: []menu.Entry{{Day: day("2026-11-27"), Dishes: []menu.Dish{veg("Dahl")}}}})
		k.must(err)
		k.set("2026-11-27", dish(menu.Main, "Poulet"))
		if err := k.s.Commit(k.ctx, p); fault.KindOf(err) != fault.Conflict {
			t.Errorf("%v", err)
		}
		got, err := k.s.Day(k.ctx, k.canteen, day("2026-11-27"))
		k.must(err)
		if got.Text() != "Poulet" {
			t.Error(got.Text())
		}
		// the guard taken away: with the digest of the day, the plan goes through
		again, err := k.s.Plan(k.ctx, menu.Change{ServiceID: k.canteen, Entries: []menu.Entry{{Day: day("2026-11-27"), Dishes: []menu.Dish{veg("Dahl")}}}})
		k.must(err)
		p.Digest = again.Digest
		k.must(k.s.Commit(k.ctx, p))
	})
}

func TestSeveralDaysAtOnce(t *testing.T) {
	each(t, func(t *testing.T, k kitchen) {
		k.set("2026-11-26", veg("Dahl"))
		k.set("2026-11-27", veg("Dahl"))
		c := menu.Change{ServiceID: k.canteen}
		for _, d := range []string{"2026-11-30", "2026-11-24", "2026-11-26", "2026-11-25", "2026-11-27"} {
			c.Entries = append(c.Entries, menu.Entry{Day: day(d), Dishes: []menu.Dish{veg("Dahl")}})
		}
		c.Entries[4].Dishes = nil
		p, err := k.s.Plan(k.ctx, c)
		k.must(err)
		var got []string
		for _, l := range p.Lines {
			got = append(got, l.Action)
		}
		if want := []string{menu.Create, menu.Refused, menu.Unchanged, menu.Remove, menu.Create}; !slices.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
		if s := strings.ReplaceAll(p.Summary(), "\u00a0", " "); s != "2 menus créés, 1 menu retiré, 1 jour inchangé, 1 jour refusé." {
			t.Error(s)
		}
		k.must(k.s.Commit(k.ctx, p))
		if n := k.count(`SELECT COUNT(*) FROM dish`); n != 3 {
			t.Errorf("%d dishes", n)
		}
		c.Entries = append(c.Entries, c.Entries[0])
		if _, err := k.s.Plan(k.ctx, c); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a day given twice: %v", err)
		}
	})
}

func TestCopyWeek(t *testing.T) {
	each(t, func(t *testing.T, k kitchen) {
		k.set("2026-12-14", veg("Dahl", "lait"))
		k.set("2026-12-18", dish(menu.Main, "Colin", "poissons"))
		k.set("2026-12-08", dish(menu.Main, "Poulet"))
		p, err := k.s.CopyWeek(k.ctx, k.canteen, day("2026-12-16"), day("2026-12-09"))
		k.must(err)
		k.must(k.s.Commit(k.ctx, p))
		m, err := k.s.Month(k.ctx, k.canteen, calendar.NewMonth(2026, time.December))
		k.must(err)
		var got []string
		for _, d := range m.Days() {
			if len(d.Dishes) > 0 {
				got = append(got, d.Day.String()[8:]+" "+d.Text())
			}
		}
		if want := []string{"07 Dahl", "08 Poulet", "11 Colin", "14 Dahl", "18 Colin"}; !slices.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
		// into the holidays: every day refused, nothing written
		p, err = k.s.CopyWeek(k.ctx, k.canteen, day("2026-12-14"), day("2026-12-21"))
		k.must(err)
		if p.Changes() != 0 || len(p.Refusals()) != 2 {
			t.Errorf("%+v", p.Lines)
		}
		for _, c := range [][2]string{{"2026-12-14", "2026-12-18"}, {"2026-11-23", "2026-12-07"}} {
			if _, err := k.s.CopyWeek(k.ctx, k.canteen, day(c[0]), day(c[1])); err == nil {
				t.Errorf("%v copied", c)
			}
		}
	})
}

// Menus are forgotten three months after; the day before, not yet.
func TestForgotten(t *testing.T) {
	each(t, func(t *testing.T, k kitchen) {
		k.write(func(tx *store.Tx) error {
			_, err := tx.Exec(`INSERT INTO dish (service_id, day, rank, course, name) VALUES ($1, '2026-08-23', 1, 'plat', 'old'), ($1, '2026-08-24', 1, 'plat', 'kept')`, k.canteen)
			return err
		})
		k.set("2026-11-26", veg("Dahl"))
		if old, kept := k.count(`SELECT COUNT(*) FROM dish WHERE name = 'old'`), k.count(`SELECT COUNT(*) FROM dish WHERE name = 'kept'`); old != 0 || kept != 1 {
			t.Errorf("old %d, kept %d", old, kept)
		}
	})
}

// The month is read in whole weeks; a week over two months is judged whole.
func TestVegetarianWeeks(t *testing.T) {
	each(t, func(t *testing.T, k kitchen) {
		meat := dish(menu.Main, "Poulet")
		for _, d := range []string{"2026-12-01", "2026-12-03", "2026-12-04", "2026-12-08", "2026-12-10", "2026-12-11", "2026-12-07", "2026-12-14"} {
			k.set(d, meat)
		}
		k.set("2026-11-30", veg("Dahl")) // the last of November serves the first week of December
		m, err := k.s.Month(k.ctx, k.canteen, calendar.NewMonth(2026, time.December))
		k.must(err)
		var got []menu.State
		for _, w := range m.Weeks {
			got = append(got, w.State())
		}
		if want := []menu.State{menu.Served, menu.Lacking, menu.Incomplete, menu.NoService, menu.NoService}; !slices.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
		if c := m.Count(); c != (menu.Count{Open: 11, Typed: 8, Weeks: 3, Served: 1, Lacking: 1}) {
			t.Errorf("%+v", c)
		}
		// a week of one day of service counts like any other
		k.write(func(tx *store.Tx) error {
			_, err := tx.Exec(`INSERT INTO closure (service_id, first_day, last_day, reason) VALUES ($1, '2026-12-15', '2026-12-18', 'grève')`, k.canteen)
			return err
		})
		m, err = k.s.Month(k.ctx, k.canteen, calendar.NewMonth(2026, time.December))
		k.must(err)
		if m.Weeks[2].State() != menu.Lacking || m.Weeks[2].Open() != 1 {
			t.Errorf("%s of %d days", m.Weeks[2].State(), m.Weeks[2].Open())
		}
		k.set("2026-12-14", veg("Dahl"))
		m, err = k.s.Month(k.ctx, k.canteen, calendar.NewMonth(2026, time.December))
		k.must(err)
		if m.Weeks[2].State() != menu.Served {
			t.Error(m.Weeks[2].State())
		}
	})
}

func TestWhatIsVegetarian(t *testing.T) {
	for what, c := range map[string]struct {
		dishes []menu.Dish
		want   bool
	}{
		"nothing":                 {nil, false},
		"no main dish":            {[]menu.Dish{{Course: menu.Starter, Name: "x", Vegetarian: true}}, false},
		"a vegetarian main dish":  {[]menu.Dish{veg("x"), dish(menu.Dessert, "y")}, true},
		"two, one of them meat":   {[]menu.Dish{veg("x"), dish(menu.Main, "y")}, false},
		"fish for a starter":      {[]menu.Dish{dish(menu.Starter, "y", "poissons"), veg("x")}, false},
		"an old menu of one text": {[]menu.Dish{dish(menu.Other, "x, y")}, false},
	} {
		if got := (menu.Day{Dishes: c.dishes}).Vegetarian(); got != c.want {
			t.Errorf("%s: %v", what, got)
		}
	}
}

func TestKnownDishesBringTheirAllergens(t *testing.T) {
	each(t, func(t *testing.T, k kitchen) {
		k.set("2026-11-23", dish(menu.Main, "Colin pané", "poissons"))
		k.set("2026-11-26", dish(menu.Main, "Colin Pané", "poissons", "gluten"), dish(menu.Side, "Riz"))
		list, err := k.s.Known(k.ctx, k.canteen)
		k.must(err)
		if len(list) != 2 || list[0].Name != "Colin Pané" || !slices.Equal(list[0].Allergens, []string{"gluten", "poissons"}) {
			t.Errorf("%+v", list)
		}
		if list, err := k.s.Known(k.ctx, k.canteen+1); err != nil || len(list) != 0 {
			t.Errorf("of another service: %v %v", list, err)
		}
	})
}

func TestMeets(t *testing.T) {
	d := menu.Day{Dishes: []menu.Dish{dish(menu.Starter, "Céleri", "celeri", "oeufs"), dish(menu.Main, "Colin", "poissons", "lait"), dish(menu.Dessert, "Pomme")}}
	hits := d.Meets([]string{"lait", "celeri", "lupin"})
	if len(hits) != 2 || hits[0].Dish != "Céleri" || !slices.Equal(hits[1].Allergens, []string{"lait"}) {
		t.Errorf("%+v", hits)
	}
	if d.Meets(nil) != nil || d.Meets([]string{"lupin"}) != nil {
		t.Error("met without reason")
	}
}

func TestAllergenWords(t *testing.T) {
	for text, want := range map[string]string{
		"lait, gluten": "gluten lait", "Blé / Œufs": "gluten oeufs", "1 ; 7": "gluten lait", "Céréales contenant du gluten, fruits à coque (noisettes)": "gluten fruits_a_coque",
		"aucun": "", "": "", "lait et œufs": "oeufs lait", "Anhydride sulfureux et sulfites": "sulfites", "poisson mollusques": "poissons mollusques",
		"noix de muscade": "!noix de muscade", "15": "!15", "lait, kiwi": "lait !kiwi", "=1+1": "!=1+1",
	} {
		codes, unknown := menu.ParseAllergens(text)
		got := strings.Join(codes, " ")
		if len(unknown) > 0 {
			got = strings.TrimSpace(got + " !" + strings.Join(unknown, "|"))
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	for _, a := range family.Allergens { // the papers' own names and numbers are understood
		if codes, unknown := menu.ParseAllergens(a.Label); !slices.Equal(codes, []string{a.Code}) || unknown != nil {
			t.Errorf("%s: %v %v", a.Label, codes, unknown)
		}
	}
	for text, want := range map[string]string{
		"Colin pané (poisson, gluten)": "Colin pané|gluten,poissons", "Tarte (maison)": "Tarte (maison)|", "Pâtes (blé, bio)": "Pâtes (blé, bio)|gluten", "(lait)": "(lait)|", "Riz": "Riz|",
	} {
		name, codes := menu.SplitDish(text)
		if got := name + "|" + strings.Join(codes, ","); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
