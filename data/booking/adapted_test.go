package booking_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store"
)

// plans gives child 0 a sealed care plan, child 1 a basket of the family; child
// 2 has nothing. Child 0 ate on the last three Mondays.
func plans(t *testing.T, w *world) *family.Service {
	t.Helper()
	f := family.New(w.db)
	t.Cleanup(f.Close)
	if err := f.SetHealth(w.ctx, family.Health{ChildID: w.children[0], Allergens: []string{"poissons"}, Allergies: "zzhypersensible", CarePlan: "PAI", Kitchen: "Omelette zzconsigne."}); err != nil {
		t.Fatal(err)
	}
	w.sql(`UPDATE child SET diet = 'pai_panier', first = 'Noé' WHERE id = $1`, w.children[1])
	now := w.clock.Now()
	w.clock.Set(paris("2026-11-01 09:00:00"))
	for i := range 3 {
		w.fund(i, 90_00)
		w.must(w.add(i, "2026-11-09", "2026-11-16", "2026-11-23"))
	}
	w.clock.Set(now)
	return f
}

// Who is looked at: those who are booked, and those who usually eat on that
// weekday and have not said they would not.
func TestAdaptedMeals(t *testing.T) {
	each(t, 3, func(t *testing.T, w *world) {
		plans(t, w)
		w.must(w.add(0, "2026-12-07", "2026-12-08"))
		w.must(w.add(1, "2026-12-07", "2026-12-14"))
		w.must(w.cancel(1, "2026-12-14"))
		kitchen := stafftest.Session(t, w.db, staff.Cuisine)
		got, err := w.s.Adapted(kitchen, w.canteen, calendar.MustISO("2026-11-23"), calendar.MustISO("2026-12-18"))
		if err != nil || len(got.Children) != 2 {
			t.Fatalf("%v %+v", err, got)
		}
		a, b := got.Children[0], got.Children[1]
		if a.First != "Léa" || a.Last != "F." || a.Class != "CE1" || a.School != "Les Étangs" || a.Basket() || !b.Basket() {
			t.Errorf("%+v %+v", a, b)
		}
		for day, want := range map[string][2]booking.Presence{
			"2026-11-23": {booking.IsBooked, booking.IsBooked}, "2026-11-30": {booking.IsUsual, booking.IsUsual}, "2026-12-07": {booking.IsBooked, booking.IsBooked},
			"2026-12-08": {booking.IsBooked, ""}, "2026-12-14": {booking.IsUsual, ""}, "2026-12-02": {"", ""},
		} {
			d := calendar.MustISO(day)
			if a.Days[d] != want[0] || b.Days[d] != want[1] {
				t.Errorf("%s: %q %q, want %q", day, a.Days[d], b.Days[d], want)
			}
			n := 0
			for _, p := range want {
				if p != "" {
					n++
				}
			}
			if got.Counts[d] != n {
				t.Errorf("%s: %d counted, want %d", day, got.Counts[d], n)
			}
		}
		if _, err := w.s.Adapted(kitchen, w.canteen, calendar.MustISO("2026-01-01"), calendar.MustISO("2026-12-31")); fault.KindOf(err) != fault.Invalid {
			t.Error("a whole year is read at once")
		}
	})
}

// Two Mondays of four are no habit: the guard is the number of times.
func TestTwiceIsNoHabit(t *testing.T) {
	each(t, 3, func(t *testing.T, w *world) {
		plans(t, w)
		w.sql(`UPDATE booking SET attendance = 'justified' WHERE child_id = $1 AND day = '2026-11-16'`, w.children[0])
		got, err := w.s.Adapted(w.ctx, w.canteen, calendar.MustISO("2026-11-30"), calendar.MustISO("2026-11-30"))
		if err != nil || len(got.Children) != 1 || !got.Children[0].Basket() {
			t.Errorf("%v %+v", err, got)
		}
	})
}

// No word of a care plan, and no name, reaches who may not read it; nor the
// journal, nor the database in clear; a reading is one entry.
func TestCarePlansDoNotLeak(t *testing.T) {
	each(t, 3, func(t *testing.T, w *world) {
		f := plans(t, w)
		from, to := calendar.MustISO("2026-11-23"), calendar.MustISO("2026-12-18")
		for _, role := range staff.Roles {
			ctx := stafftest.Session(t, w.db, role)
			got, err := w.s.Adapted(ctx, w.canteen, from, to)
			if err != nil {
				t.Fatal(role, err)
			}
			text, err := json.Marshal(got.Counts)
			if err != nil {
				t.Fatal(err)
			}
			may := role == staff.Cuisine || role == staff.Sante
			if (got.Children != nil) != may || len(got.Counts) == 0 {
				t.Errorf("%s: %d children, %s", role, len(got.Children), text)
			}
			if _, err := f.KitchenInstructions(ctx, []int64{w.children[0]}); (err == nil) != may {
				t.Errorf("%s opens instructions: %v", role, err)
			}
		}
		if n := w.count(`SELECT COUNT(*) FROM audit WHERE action = 'health.kitchen'`); n != 2 {
			t.Errorf("%d readings are written down", n)
		}
		if n := w.count(`SELECT COUNT(*) FROM audit WHERE lower(detail) LIKE '%poisson%' OR detail LIKE '%zz%' OR lower(detail) LIKE '%omelette%'`); n != 0 {
			t.Errorf("%d entries of the journal tell it", n)
		}
		if err := w.db.Read(w.ctx, func(tx *store.Tx) error {
			var main, kitchen []byte
			if err := tx.QueryRow(`SELECT sealed, kitchen FROM health WHERE child_id = $1`, w.children[0]).Scan(&main, &kitchen); err != nil {
				return err
			}
			for _, word := range []string{"poisson", "zz", "Omelette"} {
				if bytes.Contains(main, []byte(word)) || bytes.Contains(kitchen, []byte(word)) {
					t.Errorf("%q lies in clear", word)
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	})
}

// The sheet reads the words of the town and the deliveries in one go.
func TestHeadcountReadsTheTownsWords(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		w.fund(0, 50_00)
		w.must(w.add(0, "2026-12-07"))
		c := catalog.New(w.db)
		diets, err := c.Diets(w.ctx)
		if err != nil {
			t.Fatal(err)
		}
		seen := diets.Version()
		diets[1].Label = "Menu sans porc"
		if err := c.SaveDiets(w.ctx, diets, seen); err != nil {
			t.Fatal(err)
		}
		w.sql(`INSERT INTO school (commune_id, name) VALUES ($1, 'Jules-Ferry')`, w.commune)
		w.sql(`INSERT INTO service_school (service_id, school_id) SELECT $1, id FROM school WHERE name = 'Jules-Ferry'`, w.canteen)
		other := w.count(`SELECT id FROM school WHERE name = 'Jules-Ferry'`)
		h, err := w.s.Headcount(w.ctx, w.canteen, calendar.MustISO("2026-12-07"))
		if err != nil || h.Deliveries != nil || h.Diets.Label("sans_porc") != "Menu sans porc" {
			t.Fatalf("%v %+v", err, h)
		}
		if err := c.SaveKitchenGroups(w.ctx, catalog.KitchenGroups{{Name: "Nord", Schools: []int64{w.school}}, {Name: "Sud", Schools: []int64{other}}}, catalog.KitchenGroups(nil).Version()); err != nil {
			t.Fatal(err)
		}
		if h, err = w.s.Headcount(w.ctx, w.canteen, calendar.MustISO("2026-12-07")); err != nil || len(h.Deliveries) != 3 || h.DeliveryOf("Jules-Ferry") != 1 || h.DeliveryOf("") != 2 || h.Deliveries[2].Name != booking.NoDelivery {
			t.Errorf("%v %+v", err, h.Deliveries)
		}
		if g, err := w.s.Week(w.ctx, w.canteen, booking.WeekFilter{}, calendar.MustISO("2026-12-07")); err != nil || g.Diets.Label("sans_porc") != "Menu sans porc" {
			t.Errorf("the class sheet: %v", err)
		}
	})
}
