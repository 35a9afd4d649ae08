package settings

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/staff"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

func (r *room) places() *placesTab {
	r.Helper()
	r.p.Open(tabPlaces)
	return r.p.made[tabPlaces].(*placesTab)
}

// names gives the tree as text, each level two spaces further.
func (t *placesTab) names() string {
	var out []string
	for _, r := range t.rows {
		out = append(out, strings.Repeat("  ", r.level)+r.name)
	}
	return strings.Join(out, "\n")
}

// TestATownFromNothing makes a commune, its school and its classes by the
// keyboard alone.
func TestATownFromNothing(t *testing.T) {
	r := newRoom(t).real()
	p := r.places()
	r.shoot("settings-communes-vide")
	p.tree.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn}) // the empty page's own button
	fill(r, "Châtillon-sur-Chalaronne", "1400")
	r.dialog().Main.Press()
	if !r.dialog().Open() || len(p.rows) != 0 {
		t.Fatal("a wrong INSEE code was taken")
	}
	r.shoot("settings-commune-fausse")
	r.dialog().Close()
	r.key("F2")
	fill(r, "Châtillon-sur-Chalaronne", "01093", "01400")
	r.dialog().Main.Press()
	if p.names() != "Châtillon-sur-Chalaronne" {
		t.Fatalf("%q %v", p.names(), r.sh.Refusals)
	}
	r.key("F2") // on a commune: a school of it
	r.typeHere("École élémentaire Antoine de Saint-Exupéry de Châtillon-sur-Chalaronne")
	r.dialog().Main.Press()
	r.key("F2") // on a school: its classes
	r.typeHere("CM2 Mme Rey")
	r.w.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	r.typeHere("CP A")
	r.w.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	r.typeHere("GS-CP B")
	r.shoot("settings-classes")
	r.dialog().Main.Press()
	want := "Châtillon-sur-Chalaronne\n  École élémentaire Antoine de Saint-Exupéry de Châtillon-sur-Chalaronne\n    GS-CP B\n    CP A\n    CM2 Mme Rey"
	if p.names() != want {
		t.Fatalf("%s\n%v", p.names(), r.sh.Refusals)
	}
	r.shoot("settings-communes")
	if !strings.Contains(strings.Join(r.sh.Dones, "|"), "3"+nbsp+"classes enregistrées") {
		t.Errorf("%v", r.sh.Dones)
	}
	// one of two is there already: what is left to write stays in the form
	p.tree.Select(1)
	r.key("F2")
	r.typeHere("CE1 C")
	r.w.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	r.typeHere("CP A")
	d := r.dialog()
	d.Main.Press()
	if !d.Open() || !strings.Contains(p.names(), "CE1 C") {
		t.Fatalf("%s", p.names())
	}
	r.shoot("settings-classe-double")
	d.Close()
	// a class is renamed, its rank follows
	for i, row := range p.rows {
		if row.name == "CE1 C" {
			p.tree.Select(i)
		}
	}
	p.tree.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	r.typeHere("CM1-")
	r.dialog().Main.Press()
	classes, err := r.o.Catalog.Classes(r.sh.Context, 2026)
	r.must(err)
	for _, c := range classes {
		if strings.HasPrefix(c.Name, "CM1") && c.Rank != catalog.ClassRank(c.Name, "") {
			t.Errorf("%+v", c)
		}
	}
	if !strings.Contains(p.names(), "CM1-CE1 C") {
		t.Errorf("%s", p.names())
	}
	r.app.Settings().SetTheme(theme.New(theme.Light, 150))
	r.show()
	p = r.places()
	p.tree.Select(1)
	p.show("")
	r.shoot("settings-communes-150")
}

// TestWhatIsNamedIsNotRemoved: the refusal stands beside the line, and goes
// with the next one.
func TestWhatIsNamedIsNotRemoved(t *testing.T) {
	r := newRoom(t).made(staff.Admin)
	p := r.places()
	for level := levelCommune; level <= levelClass; level++ {
		before := p.names()
		at := -1
		for i, row := range p.rows {
			if row.level == level && at < 0 && strings.Contains(row.name, map[int]string{levelCommune: "Saint-Marcel", levelSchool: "Saint-Marcel", levelClass: "CP"}[level]) {
				at = i
			}
		}
		p.tree.Select(at)
		p.show("")
		p.tree.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDelete})
		if !p.refus.Visible() || p.refus.Text() == "" || p.names() != before {
			t.Errorf("level %d, row %d: %q", level, at, p.refus.Text())
		}
		if level == levelSchool {
			r.shoot("settings-communes-refus")
		}
	}
	p.tree.TypedKey(&fyne.KeyEvent{Name: fyne.KeyUp})
	if p.refus.Visible() {
		t.Error("the refusal of another line is still there")
	}
	// what nothing names goes
	id, err := r.o.Catalog.SaveCommune(r.sh.Context, catalog.Commune{INSEE: "01999", Name: "Nulle-Part"})
	r.must(err)
	p.reload(levelCommune, id)
	p.tree.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDelete})
	if strings.Contains(p.names(), "Nulle-Part") {
		t.Error("not removed")
	}
}

func TestAnotherYearHasItsOwnClasses(t *testing.T) {
	r := newRoom(t).made(staff.Admin)
	p := r.places()
	now := len(p.rows)
	p.year = calendar.SchoolYear(2027)
	p.load()
	if len(p.rows) >= now || len(p.rows) == 0 {
		t.Errorf("%d rows in 2026, %d in 2027", now, len(p.rows))
	}
	if widgets.TopDialog(r.w.Canvas()) != nil {
		t.Error("a dialog")
	}
}
