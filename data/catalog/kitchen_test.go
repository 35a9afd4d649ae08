package catalog_test

import (
	"strings"
	"testing"

	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

func said(err error) string { return strings.ReplaceAll(fault.Sentence(err), "\u00a0", " ") }

func TestDiets(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := catalog.New(db)
		diets, err := s.Diets(system())
		if err != nil || len(diets) != 6 || diets.Label("vegetarien") != "Végétarien" {
			t.Fatalf("%v %+v", err, diets)
		}
		seen := diets.Version()
		save := func(change func(catalog.Diets)) error {
			next, err := s.Diets(system())
			if err != nil {
				t.Fatal(err)
			}
			seen := next.Version()
			change(next)
			return s.SaveDiets(system(), next, seen)
		}
		if err := save(func(d catalog.Diets) { d[1].Label, d[2].Offered = "  Menu sans porc ", false }); err != nil {
			t.Fatal(err)
		}
		diets, err = s.Diets(system())
		if err != nil || diets.Label("sans_porc") != "Menu sans porc" || diets.Offers("sans_viande") || len(diets.Choices("standard")) != 5 || len(diets.Choices("sans_viande")) != 6 {
			t.Errorf("%v %+v", err, diets)
		}
		for text, want := range map[string]string{"menu SANS porc": "sans_porc", "Sans porc": "sans_porc", "pai_adapte": "pai_adapte"} {
			if code, ok := diets.Code(text); !ok || code != want {
				t.Errorf("%q is %q", text, code)
			}
		}
		if err := s.SaveDiets(system(), diets, seen); fault.KindOf(err) != fault.Conflict || !strings.Contains(said(err), "ont changé depuis l’affichage") {
			t.Errorf("written over: %v", err)
		}
		if err := db.Write(t.Context(), func(tx *store.Tx) error {
			if _, err := tx.Exec(`INSERT INTO family (id, name, fold, sort_key, created_at) VALUES (1, 'F', 'f', $1, '')`, []byte("f")); err != nil {
				return err
			}
			_, err := tx.Exec(`INSERT INTO child (family_id, last, first, birth, age_group, diet, state, fold, sort_key, created_at) VALUES
				(1, 'F', 'A', '2019-01-01', 'elementaire', 'vegetarien', 'active', 'a', $1, ''), (1, 'F', 'B', '2019-01-01', 'elementaire', 'vegetarien', 'active', 'b', $1, ''),
				(1, 'F', 'C', '2019-01-01', 'elementaire', 'sans_porc', 'left', 'c', $1, '')`, []byte("f"))
			return err
		}); err != nil {
			t.Fatal(err)
		}
		for want, change := range map[string]func(catalog.Diets){
			"est le régime de 2 enfants": func(d catalog.Diets) { d[3].Offered = false },
			"toujours proposé":           func(d catalog.Diets) { d[0].Offered = false },
			"portent le même nom":        func(d catalog.Diets) { d[2].Label = "végétarien" },
			"Donnez un nom":              func(d catalog.Diets) { d[2].Label = " " },
			"trop long":                  func(d catalog.Diets) { d[2].Label = strings.Repeat("x", 33) },
			"tient sur une ligne":        func(d catalog.Diets) { d[2].Label = "a\nb" },
			"jamais son motif":           func(d catalog.Diets) { d[1].Label = "Menu Halal" },
			"n’est pas un régime connu":  func(d catalog.Diets) { d[1].Code = "autre" },
		} {
			if err := save(change); err == nil || !strings.Contains(said(err), want) {
				t.Errorf("%q: %v", want, err)
			}
		}
		if err := s.SaveDiets(system(), diets[:3], diets.Version()); fault.KindOf(err) != fault.Invalid {
			t.Errorf("three diets: %v", err)
		}
		// a diet that only a child gone had may be taken back
		if err := save(func(d catalog.Diets) { d[1].Offered = false }); err != nil {
			t.Error(err)
		}
		use, err := s.DietUse(system())
		if err != nil || use["vegetarien"] != 2 || use["sans_porc"] != 0 {
			t.Errorf("%v %v", use, err)
		}
		if got := catalog.ParseDiets("{broken"); got.Version() != catalog.DefaultDiets().Version() {
			t.Error("a setting that cannot be read leaves no word")
		}
		if catalog.Diets(nil).Label("sans_porc") != "Sans porc" || catalog.Diets(nil).Label("x") != "x" {
			t.Error("diets never read have no words")
		}
	})
}

func TestKitchenGroups(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := load(t, db)
		schools, err := s.Schools(system())
		if err != nil || len(schools) < 2 {
			t.Fatalf("%v %v", schools, err)
		}
		a, b := schools[0].ID, schools[1].ID
		var now catalog.KitchenGroups
		save := func(next catalog.KitchenGroups) error { return s.SaveKitchenGroups(system(), next, now.Version()) }
		read := func() {
			t.Helper()
			if now, err = s.KitchenGroups(system()); err != nil {
				t.Fatal(err)
			}
		}
		if err := save(catalog.KitchenGroups{{Name: " Nord ", Schools: []int64{a}}, {Name: "Sud", Schools: []int64{b}}}); err != nil {
			t.Fatal(err)
		}
		if err := save(catalog.KitchenGroups{{Name: "Autre"}}); fault.KindOf(err) != fault.Conflict {
			t.Errorf("written over: %v", err)
		}
		read()
		if len(now) != 2 || now[0].Name != "Nord" || len(now[1].Schools) != 1 {
			t.Fatalf("%+v", now)
		}
		// names exchanged, order turned, a school moved
		first, second := now[0].ID, now[1].ID
		if err := save(catalog.KitchenGroups{{ID: second, Name: "Nord", Schools: []int64{a, b}}, {ID: first, Name: "Sud"}}); err != nil {
			t.Fatal(err)
		}
		read()
		if now[0].ID != second || now[0].Name != "Nord" || len(now[0].Schools) != 2 || len(now[1].Schools) != 0 {
			t.Errorf("%+v", now)
		}
		for want, next := range map[string]catalog.KitchenGroups{
			"Donnez un nom":           {{Name: " – "}},
			"Deux groupes":            {{Name: "Nord"}, {Name: "nord"}},
			"que dans un groupe":      {{Name: "Nord", Schools: []int64{a}}, {Name: "Sud", Schools: []int64{a}}},
			"n’existe plus. Relisez":  {{Name: "Nord", Schools: []int64{99999}}},
			"« Perdu » n’existe plus": {{ID: 99999, Name: "Perdu"}},
		} {
			if err := save(next); err == nil || !strings.Contains(said(err), want) {
				t.Errorf("%q: %v", want, err)
			}
		}
		read()
		if len(now) != 2 || len(now[0].Schools) != 2 {
			t.Errorf("a refusal left its mark: %+v", now)
		}
		if err := save(nil); err != nil {
			t.Fatal(err)
		}
		read()
		if len(now) != 0 {
			t.Errorf("%+v", now)
		}
	})
}
