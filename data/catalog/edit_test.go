package catalog_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/data/money"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

var november = calendar.MustISO("2026-11-24")

// must gives the value of a call that has to work.
func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err, "|", fault.Sentence(err))
		}
		return v
	}
}

// town is an empty database with a commune, two schools and a class, made
// through the doors.
type town struct {
	db      *store.DB
	s       *catalog.Service
	ctx     context.Context
	commune catalog.Commune
	schools []catalog.School
	class   int64
}

func newTown(t testing.TB, db *store.DB) *town {
	t.Helper()
	w := &town{db: db, s: catalog.New(db), ctx: stafftest.Session(t, db, staff.Admin)}
	id := must(w.s.SaveCommune(w.ctx, catalog.Commune{INSEE: "01371", Name: "Saint-Marcel-en-Dombes", Postal: "01390"}))(t)
	w.commune = catalog.Commune{ID: id, INSEE: "01371", Name: "Saint-Marcel-en-Dombes", Postal: "01390"}
	for _, name := range []string{"Les Étangs", "Les Roseaux"} {
		sid := must(w.s.SaveSchool(w.ctx, catalog.School{CommuneID: id, Name: name}))(t)
		w.schools = append(w.schools, catalog.School{ID: sid, CommuneID: id, Commune: w.commune.Name, Name: name})
	}
	w.class = must(w.s.SaveClass(w.ctx, catalog.Class{SchoolID: w.schools[0].ID, Year: 2026, Name: "CE1/CE2 Mme Rey"}))(t)
	return w
}

// canteen is the preset with a price, kept.
func (w *town) canteen(t testing.TB) catalog.Draft {
	t.Helper()
	d := catalog.Preset(w.commune, calendar.ZoneA, w.schools, november)
	d.Tariffs[0].Meal = 420
	id, _, err := w.s.SaveDraft(w.ctx, d)
	if err != nil {
		t.Fatal(fault.Sentence(err))
	}
	return w.draft(t, id)
}

func (w *town) draft(t testing.TB, id int64) catalog.Draft {
	t.Helper()
	return must(w.s.Draft(w.ctx, id))(t)
}

func (w *town) trail(t testing.TB) (out []string) {
	t.Helper()
	err := w.db.Read(w.ctx, func(tx *store.Tx) (err error) {
		out, err = store.Collect(tx, func(r *sql.Rows) (v string, err error) { err = r.Scan(&v); return v, err }, `SELECT action || ' ' || object || ' ' || detail FROM audit ORDER BY id`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (w *town) show(t testing.TB) string {
	t.Helper()
	var b bytes.Buffer
	if err := w.s.Show(w.ctx, &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func plain(s string) string { return strings.ReplaceAll(s, "\u00a0", " ") }

// A town starts from the preset: one price to type, and the service is there,
// the same for a file as for a screen.
func TestAPresetBecomesAService(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		d := catalog.Preset(w.commune, calendar.ZoneA, w.schools, november)
		if flaws := catalog.CheckDraft(d); flaws != nil {
			t.Fatalf("the preset has flaws: %v", flaws)
		}
		plan := must(w.s.PlanDraft(w.ctx, d))(t)
		if len(plan.Notices) != 1 || !strings.Contains(plan.Notices[0], "ne coûteront rien") || plan.Created != 2 {
			t.Errorf("a price of nothing is not told: %+v", plan)
		}
		before := w.show(t)
		d = w.canteen(t)
		if d.Info.Code != "cantine-saint-marcel-en-dombes" || d.Version == "" || len(d.Schools) != 2 || len(d.Documents) != 3 || d.Tariffs[0].Price() != 420 {
			t.Errorf("%+v", d)
		}
		text := w.show(t)
		if text == before {
			t.Fatal("nothing was kept")
		}
		sum := must(w.s.Load(w.ctx, strings.NewReader(text), "show.toml"))(t)
		if sum.Changes() {
			t.Errorf("the file of what was drawn changes it: %+v", sum)
		}
		at, _, err := w.s.Cutoff(w.ctx, d.Info.ID, calendar.MustISO("2026-12-01"), catalog.PurposeBook)
		if err != nil || at.In(calendar.Paris).Format("2006-01-02 15:04") != "2026-11-26 12:00" {
			t.Error(at, err)
		}
		// What the preview of the unsaved draft says is what the kept service does.
		fresh := catalog.Preset(w.commune, calendar.ZoneA, w.schools, november)
		preview := must(catalog.DraftPlan(fresh, must(w.s.Holidays(w.ctx))(t), must(w.s.Closures(w.ctx, 0, 0, 0))(t)))(t)
		opened := 0
		for _, monday := range []string{"2026-11-30", "2026-12-28", "2027-01-04", "2027-05-03"} {
			for _, p := range catalog.WeekPreview(fresh, preview, calendar.MustISO(monday)) {
				if p.Closed != "" {
					continue
				}
				opened++
				book, _, err := w.s.Cutoff(w.ctx, d.Info.ID, p.Day, catalog.PurposeBook)
				cancel, _, err2 := w.s.Cutoff(w.ctx, d.Info.ID, p.Day, catalog.PurposeCancel)
				if err != nil || err2 != nil || !book.Equal(p.Book) || !cancel.Equal(p.Cancel) {
					t.Errorf("%s: the preview says %v and %v, the service %v and %v", p.Line, p.Book, p.Cancel, book, cancel)
				}
			}
		}
		if opened < 9 || opened > 12 { // Christmas is closed, and Ascension
			t.Errorf("%d days open", opened)
		}
		if _, _, err := w.s.SaveDraft(w.ctx, catalog.Preset(w.commune, calendar.ZoneA, w.schools, november)); fault.KindOf(err) != fault.Conflict || len(catalog.FlawsOf(err)) != 1 || catalog.FlawsOf(err)[0].Field != "name" {
			t.Error("a double click makes two services:", err)
		}
	})
}

// A plan writes nothing and says what the change would do.
func TestAPlanWritesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		d := w.canteen(t)
		before, trail := w.show(t), w.trail(t)
		d.Info.Short = "Restaurant scolaire"
		limit := 80
		d.Info.Capacity = &limit
		d.Sittings = append(d.Sittings, catalog.Sitting{Name: "1er service", Capacity: &limit})
		d.Schools = d.Schools[:1]
		d.Tariffs[0].Meal = 450
		plan := must(w.s.PlanDraft(w.ctx, d))(t)
		if w.show(t) != before || !slices.Equal(w.trail(t), trail) {
			t.Fatal("a plan wrote something")
		}
		want := []string{
			"Service « Service cantine, Saint-Marcel-en-Dombes » : nom court, Restaurant scolaire au lieu de Cantine",
			"Service « Service cantine, Saint-Marcel-en-Dombes » : places par jour, 80 au lieu de sans limite",
			"Tour de service « 1er service » : ajout",
			"Écoles de « Service cantine, Saint-Marcel-en-Dombes » : retrait de « Les Étangs, Saint-Marcel-en-Dombes »",
			"Tarif « Restaurant scolaire tarif unique » : repas, 4,50 € au lieu de 4,20 €",
		}
		if got := strings.Split(plain(strings.Join(plan.Lines, "\n")), "\n"); !slices.Equal(got, want) {
			t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		_, sum, err := w.s.SaveDraft(w.ctx, d)
		if err != nil || !reflect.DeepEqual(sum, plan) {
			t.Errorf("the plan said %+v, the change did %+v, %v", plan, sum, err)
		}
		last := plain(w.trail(t)[len(trail)])
		if !strings.HasPrefix(last, "catalog.service service:") || !strings.Contains(last, "repas, 4,50 €") {
			t.Error("the journal does not say what changed:", last)
		}
		again := w.draft(t, d.Info.ID)
		if _, sum, err = w.s.SaveDraft(w.ctx, again); err != nil || sum.Changes() || len(w.trail(t)) != len(trail)+1 {
			t.Errorf("saving what is there changes something: %+v %v", sum, err)
		}
	})
}

// Two people edit one service: the second is refused and told to read again.
func TestTwoPeopleOneDraft(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		d := w.canteen(t)
		a, b := d, d
		a.Info.Name, b.Info.Name = "Cantine du haut", "Cantine du bas"
		var wg sync.WaitGroup
		errs := make([]error, 2)
		for i, d := range []catalog.Draft{a, b} {
			wg.Add(1)
			go func() {
				defer wg.Done()
				_, _, errs[i] = w.s.SaveDraft(w.ctx, d)
			}()
		}
		wg.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Fatalf("one of the two should be refused: %v, %v", errs[0], errs[1])
		}
		loser, winner := b, "Cantine du haut"
		if errs[0] != nil {
			loser, winner = a, "Cantine du bas"
		}
		if err := errs[0]; err == nil {
			errs[0] = errs[1]
		}
		if fault.KindOf(errs[0]) != fault.Conflict || !strings.Contains(fault.Sentence(errs[0]), "a changé depuis l’affichage") {
			t.Error(errs[0])
		}
		if got := w.draft(t, d.Info.ID).Info.Name; got != winner {
			t.Errorf("%q was kept, want %q", got, winner)
		}
		// The guard taken away (today's version put in yesterday's draft): the
		// first one's work is lost, so it is the version that kept it.
		loser.Version = w.draft(t, d.Info.ID).Version
		if _, _, err := w.s.SaveDraft(w.ctx, loser); err != nil || w.draft(t, d.Info.ID).Info.Name == winner {
			t.Error("the planted fault is not seen:", err)
		}
	})
}

// The version is of everything a draft holds.
func TestTheVersionSeesEverything(t *testing.T) {
	w := newTown(t, storetest.OpenSQLite(t))
	d := w.canteen(t)
	seen := map[string]string{d.Version: "the beginning"}
	ten := 10
	for _, c := range []struct {
		name string
		edit func(*catalog.Draft)
	}{
		{"name", func(d *catalog.Draft) { d.Info.Name = "Cantine" }},
		{"cut-off", func(d *catalog.Draft) {
			d.Info.Book.ByWeekday = map[time.Weekday]calendar.Cutoff{time.Monday: {Form: calendar.DaysBefore, Days: 3, At: calendar.Clock{Hour: 10}}}
		}},
		{"capacity", func(d *catalog.Draft) { d.Info.Capacity = &ten }},
		{"sitting", func(d *catalog.Draft) { d.Sittings = []catalog.Sitting{{Name: "A"}, {Name: "B"}} }},
		{"places of a sitting", func(d *catalog.Draft) { d.Sittings[1].Capacity = &ten }},
		{"school's sitting", func(d *catalog.Draft) { d.Schools[0].Sitting = "B" }},
		{"class's sitting", func(d *catalog.Draft) { d.Classes = []catalog.TakenClass{{w.class, "A"}} }},
		{"price", func(d *catalog.Draft) { d.Tariffs[0].Care = 1 }},
		{"document", func(d *catalog.Draft) { d.Documents[0].Months = 6 }},
		{"order of documents", func(d *catalog.Draft) { slices.Reverse(d.Documents) }},
		{"inactive", func(d *catalog.Draft) { d.Info.Active = false }},
	} {
		c.edit(&d)
		if _, sum, err := w.s.SaveDraft(w.ctx, d); err != nil || !sum.Changes() {
			t.Fatalf("%s: %+v, %v", c.name, sum, err)
		}
		d = w.draft(t, d.Info.ID)
		if was, same := seen[d.Version]; same {
			t.Errorf("%s: same version as %s", c.name, was)
		}
		seen[d.Version] = c.name
	}
	if sum := must(w.s.Load(w.ctx, strings.NewReader(w.show(t)), "show.toml"))(t); sum.Changes() {
		t.Errorf("the file of it all changes it: %+v", sum)
	}
}

// A new name keeps the number, whatever the order names change in.
func TestRenamesKeepNumbers(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		d := w.canteen(t)
		d.Sittings = []catalog.Sitting{{Name: "A"}, {Name: "B"}, {Name: "C"}}
		d.Schools[0].Sitting, d.Schools[1].Sitting = "A", "B"
		d.Classes = []catalog.TakenClass{{ClassID: w.class, Sitting: "B"}}
		if _, _, err := w.s.SaveDraft(w.ctx, d); err != nil {
			t.Fatal(fault.Sentence(err))
		}
		d = w.draft(t, d.Info.ID)
		a, b := d.Sittings[0].ID, d.Sittings[1].ID
		// A and B change names with one another, C goes and its name is taken by a new one.
		d.Sittings = []catalog.Sitting{{ID: a, Name: "B"}, {ID: b, Name: "A"}}
		for i, t := range d.Schools {
			d.Schools[i].Sitting = map[string]string{"A": "B", "B": "A"}[t.Sitting]
		}
		d.Classes[0].Sitting = "A"
		_, sum, err := w.s.SaveDraft(w.ctx, d)
		if err != nil {
			t.Fatal(fault.Sentence(err))
		}
		if sum.Updated != 2 || sum.Removed != 1 {
			t.Errorf("the schools have not moved: %+v", sum)
		}
		d = w.draft(t, d.Info.ID)
		if d.Sittings[0] != (catalog.Sitting{ID: a, Name: "B"}) || d.Sittings[1].Name != "A" || d.Sittings[1].ID != b || len(d.Sittings) != 2 {
			t.Errorf("%+v", d.Sittings)
		}
		if got := d.Info.SittingFor(w.class, w.schools[0].ID); got != b {
			t.Errorf("the class eats at %d, want %d", got, b)
		}
		d.Sittings = []catalog.Sitting{{Name: "B"}, {ID: b, Name: "C"}} // the first by its name
		d.Classes[0].Sitting = "C"
		for i, t := range d.Schools {
			d.Schools[i].Sitting = map[string]string{"A": "C", "B": "B"}[t.Sitting]
		}
		if _, _, err = w.s.SaveDraft(w.ctx, d); err != nil {
			t.Fatal(fault.Sentence(err))
		}
		if d = w.draft(t, d.Info.ID); d.Sittings[0].ID != a || d.Sittings[1].Name != "C" {
			t.Errorf("%+v", d.Sittings)
		}
		id := must(w.s.SaveSchool(w.ctx, catalog.School{ID: w.schools[0].ID, CommuneID: w.commune.ID, Name: "Les  Étangs bleus"}))(t)
		if id != w.schools[0].ID || !strings.Contains(w.show(t), "Les Étangs bleus") || len(w.draft(t, d.Info.ID).Schools) != 2 {
			t.Error("the school lost its service")
		}
		if w.draft(t, d.Info.ID).Version != d.Version {
			t.Error("a school's name is not the service's")
		}
	})
}

func TestRenewTariff(t *testing.T) {
	list := []catalog.Tariff{
		{ID: 7, ServiceID: 3, Label: "A", Kind: catalog.ForBooking, ValidFrom: calendar.MustISO("2026-09-01"), ValidTo: calendar.MustISO("9999-12-31"), QuotientMax: catalog.MaxQuotient, Meal: 400},
		{ID: 8, ServiceID: 3, Label: "late", Kind: catalog.ForLate},
	}
	next := list[0]
	next.Meal = 430
	got := catalog.RenewTariff(list, 0, calendar.MustISO("2027-01-01"), next)
	if len(got) != 3 || got[0].ValidTo != calendar.MustISO("2026-12-31") || got[0].ID != 7 || got[1].ID != 0 || got[1].Meal != 430 ||
		got[1].ValidFrom != calendar.MustISO("2027-01-01") || got[1].ValidTo != calendar.MustISO("9999-12-31") || got[2].ID != 8 {
		t.Errorf("%+v", got)
	}
	if list[0].ValidTo != calendar.MustISO("9999-12-31") {
		t.Error("the list given was written over")
	}
	if got = catalog.RenewTariff(list, 0, list[0].ValidFrom, next); len(got) != 2 || got[0].ID != 7 || got[0].Meal != 430 {
		t.Errorf("a tariff that lasts no day: %+v", got)
	}
	price, _, err := catalog.Pick(catalog.RenewTariff(list, 0, calendar.MustISO("2027-01-01"), next), catalog.Criteria{Day: calendar.MustISO("2027-01-04"), AgeGroup: "maternelle"})
	if err != nil || price.Price() != money.Cents(430) {
		t.Error(price, err)
	}
}

func TestWeekPreview(t *testing.T) {
	d := catalog.Preset(catalog.Commune{ID: 1, Name: "Baneins"}, calendar.ZoneA, nil, november)
	d.Info.Book = must(calendar.ParseCutoffSet("J-1 10:00 ouverture ; lundi = jeudi 24:00 semaine-1"))(t)
	d.Info.Cancel = must(calendar.ParseCutoffSet("J-0 08:30"))(t)
	plan := must(catalog.DraftPlan(d, calendar.SchoolHolidays(), []catalog.Closure{{First: calendar.MustISO("2026-11-27"), Last: calendar.MustISO("2026-11-27"), Reason: "grève"}}))(t)
	var got []string
	for _, p := range catalog.WeekPreview(d, plan, calendar.MustISO("2026-11-26")) {
		got = append(got, plain(p.Line))
	}
	want := []string{
		"Pour lundi 23 novembre : réserver jusqu’à jeudi 19, minuit, annuler jusqu’au jour même, 8 h 30",
		"Pour mardi 24 novembre : réserver jusqu’à lundi 23, 10 h 00, annuler jusqu’au jour même, 8 h 30",
		"Pour mercredi 25 novembre : pas de service le mercredi",
		"Pour jeudi 26 novembre : réserver jusqu’à mardi 24, 10 h 00, annuler jusqu’au jour même, 8 h 30",
		"Pour vendredi 27 novembre : pas de service (fermé : grève)",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	d.Info.Cancel = d.Info.Book
	if p := catalog.WeekPreview(d, plan, calendar.MustISO("2026-11-30"))[1]; plain(p.Line) != "Pour mardi 1ᵉʳ décembre : jusqu’à lundi 30 novembre, 10 h 00" || !p.Cancel.Equal(p.Book) {
		t.Error(plain(p.Line))
	}
	d.Info.Weekdays = d.Info.Weekdays.With(time.Saturday)
	if n := len(catalog.WeekPreview(d, nil, calendar.MustISO("2026-11-30"))); n != 6 {
		t.Errorf("%d days", n)
	}
}

// What names something of the catalog keeps it there; the sentence says what.
func TestRemoveOnlyWhatNothingNames(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		d := w.canteen(t)
		refused := func(err error, words ...string) {
			t.Helper()
			for _, v := range words {
				if fault.KindOf(err) != fault.Conflict || !strings.Contains(plain(fault.Sentence(err)), v) {
					t.Errorf("%v, want %q", err, v)
				}
			}
		}
		refused(w.s.RemoveCommune(w.ctx, w.commune.ID), "La commune « Saint-Marcel-en-Dombes » sert encore (2 écoles, 1 service)")
		refused(w.s.RemoveSchool(w.ctx, w.schools[0].ID), "(1 classe, 1 service)")
		closure := must(w.s.AddClosure(w.ctx, catalog.Closure{ServiceID: d.Info.ID, First: november, Reason: "travaux"}))(t)
		refused(w.s.RemoveService(w.ctx, d.Info.ID), "(1 fermeture)", "retirez-le plutôt de la liste")
		err := w.db.Write(w.ctx, func(tx *store.Tx) error {
			_, err := tx.Exec(`INSERT INTO family (name, fold, sort_key, created_at) VALUES ('Rey', 'rey', $1, $2)`, []byte("rey"), tx.Now())
			if err == nil {
				_, err = tx.Exec(`INSERT INTO child (family_id, last, first, birth, class_id, age_group, fold, sort_key, created_at)
					SELECT id, 'Rey', 'Léa', '2018-05-01', $1, 'elementaire', 'lea rey', $2, $3 FROM family`, w.class, []byte("lea"), tx.Now())
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		refused(w.s.RemoveClass(w.ctx, w.class), "La classe « CE1/CE2 Mme Rey » sert encore (1 enfant)")
		if err := w.s.RemoveClosure(w.ctx, closure); err != nil {
			t.Fatal(err)
		}
		d.Sittings = []catalog.Sitting{{Name: "A"}}
		d.Classes = []catalog.TakenClass{{ClassID: w.class, Sitting: "A"}}
		if _, _, err := w.s.SaveDraft(w.ctx, d); err != nil {
			t.Fatal(fault.Sentence(err))
		}
		if err := w.s.RemoveService(w.ctx, d.Info.ID); err != nil {
			t.Fatal(fault.Sentence(err))
		}
		if err := w.s.RemoveSchool(w.ctx, w.schools[1].ID); err != nil {
			t.Fatal(fault.Sentence(err))
		}
		if err := w.s.RemoveService(w.ctx, d.Info.ID); fault.KindOf(err) != fault.NotFound {
			t.Error(err)
		}
		trail := w.trail(t)
		if last := plain(trail[len(trail)-1]); !strings.HasPrefix(last, "catalog.school.remove school:") || !strings.HasSuffix(last, "L’école « Les Roseaux » : retrait") {
			t.Error(last)
		}
	})
}

func TestPlacesAreJudged(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		school := w.schools[0].ID
		for name, c := range map[string]struct {
			err   error
			field string
			kind  fault.Kind
		}{
			"insee":            {second(w.s.SaveCommune(w.ctx, catalog.Commune{INSEE: "1371", Name: "X"})), "insee", fault.Invalid},
			"no name":          {second(w.s.SaveCommune(w.ctx, catalog.Commune{INSEE: "01028", Name: "  "})), "name", fault.Invalid},
			"postal":           {second(w.s.SaveCommune(w.ctx, catalog.Commune{INSEE: "01028", Name: "X", Postal: "139"})), "postal", fault.Invalid},
			"insee twice":      {second(w.s.SaveCommune(w.ctx, catalog.Commune{INSEE: "01371", Name: "X"})), "insee", fault.Conflict},
			"school twice":     {second(w.s.SaveSchool(w.ctx, catalog.School{CommuneID: w.commune.ID, Name: "les etangs"})), "name", fault.Conflict},
			"school nowhere":   {second(w.s.SaveSchool(w.ctx, catalog.School{CommuneID: 99, Name: "X"})), "commune", fault.NotFound},
			"class twice":      {second(w.s.SaveClass(w.ctx, catalog.Class{SchoolID: school, Year: 2026, Name: "ce1/ce2 mme rey"})), "name", fault.Conflict},
			"class nowhere":    {second(w.s.SaveClass(w.ctx, catalog.Class{SchoolID: 99, Year: 2026, Name: "X"})), "school", fault.NotFound},
			"class of no year": {second(w.s.SaveClass(w.ctx, catalog.Class{SchoolID: school, Name: "X"})), "year", fault.Invalid},
			"rank":             {second(w.s.SaveClass(w.ctx, catalog.Class{SchoolID: school, Year: 2026, Name: "X", Rank: 1000})), "rank", fault.Invalid},
			"class moves":      {second(w.s.SaveClass(w.ctx, catalog.Class{ID: w.class, SchoolID: school, Year: 2027, Name: "X"})), "year", fault.Conflict},
		} {
			flaws := catalog.FlawsOf(c.err)
			if fault.KindOf(c.err) != c.kind || len(flaws) != 1 || flaws[0].Field != c.field || !strings.HasSuffix(flaws[0].Text, ".") {
				t.Errorf("%s: %v %v", name, c.err, flaws)
			}
		}
		trail := len(w.trail(t))
		if id, err := w.s.SaveClass(w.ctx, catalog.Class{ID: w.class, SchoolID: school, Year: 2026, Name: "CE1/CE2 Mme Rey"}); err != nil || id != w.class || len(w.trail(t)) != trail {
			t.Error("saving the same class is a change", err)
		}
		if err := second(w.s.SaveClass(w.ctx, catalog.Class{ID: w.class, SchoolID: school, Year: 2026, Name: "CE2 M. Roy"})); err != nil {
			t.Fatal(err)
		}
		if err := second(w.s.SaveClass(w.ctx, catalog.Class{ID: w.class, SchoolID: school, Year: 2026, Name: "Les grands"})); err != nil {
			t.Fatal(err)
		}
		if k := must(w.s.Classes(w.ctx, 2026))(t); k[0].Name != "Les grands" || k[0].Rank != 70 {
			t.Errorf("a name that tells no level loses the rank: %+v", k)
		}
		if last := plain(w.trail(t)[trail]); !strings.HasSuffix(last, "Classe « CE1/CE2 Mme Rey » : nom, CE2 M. Roy au lieu de CE1/CE2 Mme Rey, rang, 70 au lieu de 61") {
			t.Error(last)
		}
	})
}

func second[T any](_ T, err error) error { return err }

// Publishing is what makes other screens read again.
func TestEditsArePublished(t *testing.T) {
	w := newTown(t, storetest.OpenSQLite(t))
	heard := make(chan store.Event, 16)
	cancel := w.db.Subscribe(func(e store.Event) { heard <- e }, catalog.Topic)
	defer cancel()
	d := w.canteen(t)
	select {
	case <-heard:
	case <-time.After(10 * time.Second):
		t.Fatal("a new service is told to nobody")
	}
	if _, err := w.s.PlanDraft(w.ctx, d); err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.s.SaveDraft(w.ctx, d); err != nil {
		t.Fatal(err)
	}
	select {
	case e := <-heard:
		t.Error("a plan, or a change of nothing, is told:", fmt.Sprint(e))
	case <-time.After(50 * time.Millisecond):
	}
}
