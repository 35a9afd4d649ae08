package importer_test

import (
	"slices"
	"strings"
	"testing"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/importer"
	"ardoise/data/menu"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store"
)

// canteen gives a service open on Monday, Tuesday, Thursday and Friday.
func canteen(t *testing.T, r room) (id int64) {
	t.Helper()
	if err := r.db.Write(t.Context(), func(tx *store.Tx) error {
		var commune int64
		if err := tx.QueryRow(`INSERT INTO commune (insee, name, fold) VALUES ('01999', 'Ailleurs', 'ailleurs') RETURNING id`).Scan(&commune); err != nil {
			return err
		}
		return tx.QueryRow(`INSERT INTO service (commune_id, code, name, short, kind, product, weekdays, region, zone, starts_at, book_cutoff, cancel_cutoff, pay)
			VALUES ($1, 'cantine', 'Cantine', 'Cantine', 'canteen', 'Repas', '1245', 'metropole', 'A', '12:00', 'J-1 10:00', 'J-1 10:00', 'wallet') RETURNING id`, commune).Scan(&id)
	}); err != nil {
		t.Fatal(err)
	}
	return id
}

// quotedCSV is csvOf with cells of several lines in quotes.
func quotedCSV(rows [][]any) []byte {
	out := make([][]any, len(rows))
	for i, row := range rows {
		for _, v := range row {
			if s, ok := v.(string); ok && strings.Contains(s, "\n") {
				v = `"` + s + `"`
			}
			out[i] = append(out[i], v)
		}
	}
	return csvOf(out)
}

func said(list []importer.Refusal) string {
	var b strings.Builder
	for _, x := range list {
		b.WriteString(strings.ReplaceAll(x.Reason, "\u00a0", " ") + "\n")
	}
	return b.String()
}

func lines(list []importer.Refusal) (out []int) {
	for _, x := range list {
		out = append(out, x.Line)
	}
	return out
}

// One row a day, under a title, as caterers send it; and one row a dish.
func TestMenusOfACaterer(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		id := canteen(t, r)
		ctx := stafftest.Session(t, r.db, staff.Cuisine)
		byDay := [][]any{
			{"Menus de décembre"},
			{"Jour", "Entrée", "Plat 1", "Accompagnement", "Fromage", "Dessert", "Allergènes", "Végétarien", "Calories"},
			{"lundi 7 décembre 2026", "Betteraves (moutarde)", "Colin pané (poisson, gluten)", "Riz\nHaricots", "Comté (7)", "Pomme", "", "", 650},
			{"08/12/2026", "Salade", "Lasagnes aux légumes", "", "", "Poire", "lait, blé", "oui", 640},
			{"09/12/2026", "Salade", "Poulet", "", "", "", "", "", ""},
			{"10/12/2026", "=HYPERLINK(\"http://x\")", "Poulet", "", "", "", "", "", ""},
			{"11/12/2026", "", "Poulet", "", "", "", "kiwi", "", ""},
			{"le douze", "", "Poulet", "", "", "", "", "", ""},
			{"", "", "Poulet", "", "", "", "", "", ""},
			{"14/12/2026", "", "", "", "", "", "", "", ""},
			{"08/12/2026", "", "Autre", "", "", "", "", "", ""},
		}
		p, err := r.PlanMenus(ctx, importer.Menus{ServiceID: id, Name: "menus.csv", Data: quotedCSV(byDay)})
		if err != nil {
			t.Fatal(err)
		}
		// the 8th is given twice: nobody knows which is right, both are refused
		if got := said(p.Refused); !slices.Equal(lines(p.Refused), []int{7, 8, 9, 10, 12}) { // a cell of two lines before
			t.Errorf("%v %s", lines(p.Refused), got)
		}
		for _, want := range []string{"est une formule", "« kiwi » n’est pas l’un des 14 allergènes", "« le douze » n’est pas une date", "n’a pas de date", "déjà à la ligne"} {
			if !strings.Contains(said(p.Refused), want) {
				t.Errorf("no %q in %s", want, said(p.Refused))
			}
		}
		var meanings []string
		for _, c := range p.Columns {
			meanings = append(meanings, c.Meaning)
		}
		if want := []string{"jour", "entrée", "plat", "garniture", "laitage", "dessert", "allergènes", "végétarien", ""}; !slices.Equal(meanings, want) {
			t.Errorf("%v", meanings)
		}
		byDay = byDay[:len(byDay)-1]
		for name, data := range map[string][]byte{"menus.csv": quotedCSV(byDay), "menus.xlsx": workbook(t, byDay...)} {
			if p, err = r.PlanMenus(ctx, importer.Menus{ServiceID: id, Name: name, Data: data}); err != nil {
				t.Fatal(err)
			}
			if p.Plan.Changes() != 2 || len(p.Plan.Refusals()) != 1 || !strings.Contains(p.Plan.Refusals()[0].Why, "mercredi") || len(p.Notices) != 2 {
				t.Errorf("%s: %+v %+v", name, p.Plan.Lines, p.Notices)
			}
		}
		if err := r.CommitMenus(ctx, p); err != nil {
			t.Fatal(err)
		}
		s := menu.New(r.db)
		first, err := s.Day(ctx, id, calendar.MustISO("2026-12-07"))
		if err != nil || first.Text() != "Betteraves, colin pané, riz, haricots, comté, pomme" || !slices.Equal(first.Allergens(), []string{"gluten", "poissons", "lait", "moutarde"}) {
			t.Errorf("%v %+v", err, first)
		}
		second, err := s.Day(ctx, id, calendar.MustISO("2026-12-08"))
		if err != nil || !second.Vegetarian() || !slices.Equal(second.Dishes[1].Allergens, []string{"gluten", "lait"}) {
			t.Errorf("%v %+v", err, second)
		}
		if other, err := s.Day(ctx, id, calendar.MustISO("2026-12-10")); err != nil || len(other.Dishes) != 0 {
			t.Errorf("a refused day was written: %v %+v", err, other)
		}
		// the same file again changes nothing
		if p, err = r.PlanMenus(ctx, importer.Menus{ServiceID: id, Name: "menus.csv", Data: quotedCSV(byDay)}); err != nil || p.Plan.Changes() != 0 {
			t.Errorf("%v %+v", err, p)
		}
	})
}

func TestMenusByDish(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		id := canteen(t, r)
		ctx := stafftest.Session(t, r.db, staff.Cuisine)
		rows := [][]any{
			{"Date", "Partie du repas", "Plat", "Allergènes", "Végétarien"},
			{"2026-12-07", "Entrée", "Betteraves", "moutarde", "oui"},
			{"2026-12-07", "Plat", "Dahl", "céleri", "oui"},
			{"2026-12-08", "Plat", "Poulet", "", ""},
			{"2026-12-08", "Trou normand", "Sorbet", "", ""},
			{"2026-12-10", "Plat", "Colin", "poisson, mystère", ""},
			{"2026-12-10", "Dessert", "Pomme", "", ""},
		}
		p, err := r.PlanMenus(ctx, importer.Menus{ServiceID: id, Data: csvOf(rows)})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(lines(p.Refused), []int{5, 6}) || len(p.Plan.Lines) != 1 || p.Plan.Lines[0].Day != calendar.MustISO("2026-12-07") {
			t.Errorf("%+v %+v", p.Refused, p.Plan.Lines)
		}
		if err := r.CommitMenus(ctx, p); err != nil {
			t.Fatal(err)
		}
		if err := r.CommitMenus(ctx, nil); fault.KindOf(err) != fault.Invalid {
			t.Error(err)
		}
		if _, err := r.PlanMenus(ctx, importer.Menus{ServiceID: id, Data: csvOf([][]any{{"Nom", "Prénom"}, {"a", "b"}})}); fault.KindOf(err) != fault.Invalid || !strings.Contains(fault.Sentence(err), "Nom, Prénom") {
			t.Errorf("another list is read as menus: %v", err)
		}
	})
}
