package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ardoise/data"
	"ardoise/data/family"
	"ardoise/data/staff"
)

// The menus from the command line: typed, copied, imported, shown with what care
// plans meet, printed and read back.
func TestMenus(t *testing.T) {
	w := newTown(t)
	w.rich()
	set := []string{"menu", "set", "--service", canteen, "--date"}
	var plan menuPlanJSON
	w.json(&plan, append(slices.Clone(set), "2026-12-07", "--dish", "plat=Colin pané; poisson, gluten", "--dish", "dessert=Pomme")...)
	if plan.Changes != 1 || len(plan.Days) != 1 || plan.Days[0].Action != "create" || !slices.Equal(plan.Days[0].Dishes[0].Allergens, []string{"gluten", "poissons"}) {
		t.Fatalf("%+v", plan)
	}
	w.json(&plan, append(slices.Clone(set), "2026-12-08", "--dish", "plat=Dahl; 9; végétarien")...)
	w.refused(exitRefused, "Le service est fermé", append(slices.Clone(set), "2026-12-09", "--dish", "plat=Dahl")...)
	w.refused(exitRefused, "est dit végétarien", append(slices.Clone(set), "2026-12-08", "--dish", "plat=Colin; poisson; végétarien")...)
	w.refused(exitUsage, "14 allergènes", append(slices.Clone(set), "2026-12-08", "--dish", "plat=Colin; kiwi")...)
	w.refused(exitUsage, "PARTIE=NOM", append(slices.Clone(set), "2026-12-08", "--dish", "Colin")...)
	w.refused(exitUsage, "--clear", append(slices.Clone(set), "2026-12-08")...)
	w.json(&plan, "menu", "copy", "--service", canteen, "--from", "2026-12-07", "--to", "2026-12-14")
	if plan.Changes != 2 {
		t.Errorf("%+v", plan)
	}
	w.keys("service month days[].date days[].open days[].closed days[].vegetarian days[].allergens days[].dishes[].course days[].dishes[].name days[].dishes[].allergens days[].adapted weeks[].monday weeks[].state count.open count.typed count.weeks_vegetarian",
		"menu", "show", "--service", canteen, "--month", "2026-12")
	var m menuJSON
	w.json(&m, "menu", "show", "--service", canteen, "--month", "2026-12")
	if m.Count.Typed != 4 || m.Count.Vegetarian != 2 || m.Count.Served != 2 || m.Weeks[1].State != "vegetarian" {
		t.Errorf("%+v", m.Count)
	}
	file := write(t, "menus.csv", "Date;Partie du repas;Plat;Allergènes\n10/12/2026;Plat;Poulet;\n11/12/2026;Plat;Colin;mystère\n")
	var in menuImportJSON
	w.json(&in, "menu", "import", file, "--service", canteen, "--dry-run")
	if in.Changes != 1 || !in.DryRun || len(in.Refused) != 1 || in.Refused[0].Line != 3 || in.Columns[1].Meaning == "" {
		t.Errorf("%+v", in)
	}
	w.json(&in, "menu", "import", file, "--service", canteen)
	w.json(&m, "menu", "show", "--service", canteen, "--month", "2026-12")
	if m.Count.Typed != 5 {
		t.Errorf("%+v", m.Count)
	}
	closed := write(t, "fermes.csv", "Date;Partie du repas;Plat;Allergènes\n09/12/2026;Plat;Poulet;\n11/12/2026;Plat;Colin;mystère\n")
	if r := w.run("menu", "import", closed, "--service", canteen); r.code != exitRefused || !strings.Contains(plain(r.out), "mystère") || !strings.Contains(plain(r.err), "fermé") {
		t.Errorf("%d, what else was refused is not told: %s%s", r.code, r.out, r.err)
	}
	dir := t.TempDir()
	pdf, book := filepath.Join(dir, "m.pdf"), filepath.Join(dir, "m.xlsx")
	w.keys("file weeks days", "menu", "pdf", "--service", canteen, "--month", "2026-12", "--out", pdf, "--internal")
	w.keys("file weeks days", "menu", "pdf", "--service", canteen, "--week", "2026-12-07", "--out", book)
	if head, err := os.ReadFile(pdf); err != nil || !strings.HasPrefix(string(head), "%PDF") {
		t.Error(err)
	}
	// the workbook is read back by the import: nothing to change
	w.json(&in, "menu", "import", book, "--service", canteen)
	if in.Changes != 0 || len(in.Refused) != 0 || len(in.Days) != 3 {
		t.Errorf("read back: %+v", in)
	}
	w.json(&plan, append(slices.Clone(set), "2026-12-10", "--clear")...)
	if plan.Days[0].Action != "remove" {
		t.Errorf("%+v", plan)
	}
}

// --care tells who is concerned, to those who may know.
func TestMenusAndCarePlans(t *testing.T) {
	w := newTown(t)
	w.rich()
	o, err := data.Open(t.Context(), w.db, data.Options{Clock: func() time.Time { return w.now }, Cost: cost, MustExist: true})
	if err != nil {
		t.Fatal(err)
	}
	se, err := o.Staff.SignInDemo(t.Context(), staff.Roles...)
	if err != nil {
		t.Fatal(err)
	}
	ctx := staff.With(t.Context(), se)
	if err := o.Family.SetHealth(ctx, family.Health{ChildID: w.ysoline, Allergens: []string{"poissons"}, CarePlan: "PAI", Kitchen: "Omelette."}); err != nil {
		t.Fatal(err)
	}
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	w.run("book", "--child", number10(w.ysoline), "--consent", "Mme Essai, téléphone", "--service", canteen, "--dates", "2026-12-07")
	w.run("menu", "set", "--service", canteen, "--date", "2026-12-07", "--dish", "plat=Colin pané; poisson")
	var m menuJSON
	w.json(&m, "menu", "show", "--service", canteen, "--month", "2026-12", "--care")
	d := m.Days[6]
	if d.Adapted != 1 || len(d.Concerned) != 1 || d.Concerned[0].FirstName != "Ysoline" || !slices.Equal(d.Concerned[0].Allergens, []string{"poissons"}) {
		t.Errorf("%+v", d)
	}
	if r := w.run("menu", "show", "--service", canteen, "--month", "2026-12"); strings.Contains(r.out, "Ysoline") || strings.Contains(r.out, "Omelette") || !strings.Contains(plain(r.out), "1 repas adapté à vérifier") {
		t.Error(r.out)
	}
}
