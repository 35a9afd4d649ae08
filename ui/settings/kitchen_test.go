package settings

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"ardoise/data/catalog"
	"ardoise/data/staff"
	"ardoise/data/store"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

func (r *room) kitchen() *kitchenTab {
	r.p.Open(tabKitchen)
	return r.p.made[tabKitchen].(*kitchenTab)
}

// The words of the diets are checked where typed, kept, and undone; what is in
// use stays offered, with how many.
func TestDietsAreSet(t *testing.T) {
	r := newRoom(t).made(staff.Roles...)
	k := r.kitchen()
	was := k.base
	wanted := was
	wanted[1].Label = "Menu sans porc"
	k.put(wanted)
	k.shortcuts()[0].Run()
	diets, err := r.o.Catalog.Diets(r.sh.Context)
	if err != nil || diets.Label("sans_porc") != "Menu sans porc" || len(r.sh.Dones) != 1 || k.dirty() {
		t.Fatalf("%v %+v %v %s", err, diets, r.sh.Dones, k.form.Summary())
	}
	r.sh.Undos[0]()
	if diets, err = r.o.Catalog.Diets(r.sh.Context); err != nil || diets.Version() != was.diets().Version() {
		t.Errorf("not undone: %v %+v", err, diets)
	}
	for want, spoil := range map[string]func(*dietForm){
		"À corriger":   func(f *dietForm) { f[1].Label = "Casher" },
		"le régime de": func(f *dietForm) { f[3].Offered = false }, // the demonstration has vegetarians
		"À corriger :": func(f *dietForm) { f[2].Label = "" },
		"le même nom":  func(f *dietForm) { f[2].Label = "standard" },
	} {
		wrong := was
		spoil(&wrong)
		k.put(wrong)
		k.save()
		if got := strings.ReplaceAll(k.form.Summary(), "\u00a0", " "); !strings.Contains(got, strings.TrimSuffix(want, " :")) {
			t.Errorf("%q: %q", want, got)
		}
	}
	if !k.dirty() {
		t.Fatal("what was typed is gone")
	}
	// leaving asks; an event keeps what is typed
	k.load()
	if !k.dirty() {
		t.Error("an event takes what is typed")
	}
	r.p.Open(tabCalendar)
	if len(r.sh.Confirmed) != 1 || k.dirty() {
		t.Errorf("left without asking: %v", r.sh.Confirmed)
	}
	// another agent's change is not written over
	r.kitchen()
	other := catalog.DefaultDiets()
	other[0].Label = "Normal"
	r.must(r.o.Catalog.SaveDiets(r.sh.Context, other, was.diets().Version()))
	k.put(wanted)
	k.save()
	if !strings.Contains(k.form.Summary(), "ont changé depuis l’affichage") {
		t.Errorf("%q", k.form.Summary())
	}
}

func TestDeliveryGroups(t *testing.T) {
	r := newRoom(t).made(staff.Roles...)
	k := r.kitchen()
	if len(k.schools) == 0 {
		t.Fatal("no school")
	}
	for _, name := range []string{"Nord", "Sud"} {
		k.shortcuts()[1].Run()
		r.typeHere(name)
		if name == "Nord" {
			r.tabKey()
			r.w.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace}) // the first school
			r.shoot("settings-groupe")
		}
		r.dialog().Main.Press()
	}
	if len(k.groups) != 2 || k.groups[0].Name != "Nord" || len(k.groups[0].Schools) != 1 {
		t.Fatalf("%+v %v", k.groups, r.sh.Refusals)
	}
	r.shoot("settings-cuisine")
	k.table.Select(1)
	k.showButtons()
	test.Tap(k.up)
	if k.groups[0].Name != "Sud" {
		t.Errorf("order: %+v", k.groups)
	}
	// a school ticked in another group leaves the first
	k.table.Select(0)
	next := k.with(0, catalog.KitchenGroup{ID: k.groups[0].ID, Name: "Sud", Schools: k.groups[1].Schools})
	if len(next[1].Schools) != 0 || len(next[0].Schools) != 1 {
		t.Errorf("%+v", next)
	}
	k.showGroup(0)
	r.dialog().Main.Press()
	k.table.Select(0)
	k.table.OnKey(&fyne.KeyEvent{Name: fyne.KeyDelete})
	if len(k.groups) != 1 || len(r.sh.Confirmed) != 1 {
		t.Fatalf("%+v", k.groups)
	}
	r.sh.Undos[len(r.sh.Undos)-1]()
	if len(k.groups) != 2 || k.groups[0].Name != "Sud" {
		t.Errorf("not put back: %+v", k.groups)
	}
	k.add()
	r.dialog().Main.Press() // no name
	if !r.dialog().Open() {
		t.Error("a group without a name")
	}
	r.dialog().Close()
}

func TestKitchenTabIsLargeAndEmpty(t *testing.T) {
	r := newRoom(t).made(staff.Admin)
	r.app.Settings().SetTheme(theme.New(theme.Light, 150))
	r.show()
	k := r.kitchen()
	r.shoot("settings-cuisine-150")
	r.must(r.db.Write(t.Context(), func(tx *store.Tx) error {
		_, err := tx.Exec(`UPDATE school SET name = 'École maternelle et élémentaire intercommunale Jean-de-La-Fontaine du Grand Étang'`)
		return err
	}))
	k.load()
	k.add()
	r.shoot("settings-groupe-150")
	widgets.TopDialog(r.w.Canvas()).Close()
}
