package settings

import (
	"strconv"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/staff"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// emptyTown is a first agent's office with one commune and one school.
func emptyTown(t *testing.T) *room {
	r := newRoom(t).real()
	c, err := r.o.Catalog.SaveCommune(r.sh.Context, catalog.Commune{INSEE: "01093", Name: "Châtillon-sur-Chalaronne", Postal: "01400"})
	r.must(err)
	_, err = r.o.Catalog.SaveSchool(r.sh.Context, catalog.School{CommuneID: c, Name: "École élémentaire Antoine de Saint-Exupéry de Châtillon-sur-Chalaronne"})
	r.must(err)
	return r
}

func (r *room) servicesTab() *servicesTab {
	r.p.Open(tabServices)
	return r.p.made[tabServices].(*servicesTab)
}

// TestANewServiceOfEachKind goes from nothing to a service that may be booked,
// by the keyboard.
func TestANewServiceOfEachKind(t *testing.T) {
	r := emptyTown(t)
	s := r.servicesTab()
	if s.edit.Visible() || s.start.Title() != "Aucun service" {
		t.Error("no word of what lacks")
	}
	r.shoot("settings-services-vide")
	for i, kind := range []string{catalog.Canteen, catalog.Morning, catalog.Evening, catalog.FullDay} {
		r.key("Ctrl+N")
		for range i { // the kinds are rows: Down
			r.w.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
		}
		if i == 0 {
			r.shoot("settings-service-nouveau")
		}
		r.dialog().Main.Press()
		if s.ed == nil || s.ed.draft.Info.ID != 0 || s.ed.draft.Info.Kind != kind {
			t.Fatalf("%s: %+v", kind, s.ed)
		}
		if flaws := s.ed.flaws(); len(flaws) != 0 {
			t.Errorf("%s: not ready to be kept: %v", kind, flaws)
		}
		s.tabs.Set(partTariffs)
		s.showPart()
		p := s.parts[partTariffs].(*tariffsPart)
		p.change(func(d *catalog.Draft) {
			if kind == catalog.Canteen {
				d.Tariffs[0].Meal = 420
			} else {
				d.Tariffs[0].Care = 150
			}
		})
		r.key("Ctrl+S")
		r.dialog().Main.Press()
		if len(r.sh.Dones) != i+1 || len(s.place.services) != i+1 {
			t.Fatalf("%s: %v, %v", kind, r.sh.Dones, r.sh.Refusals)
		}
	}
	for _, x := range s.place.services {
		if len(x.Schools) != 1 || x.Kind == catalog.FullDay && x.Weekdays.String() != "mercredi" || x.Kind == catalog.Morning && x.StartsAt != (calendar.Clock{Hour: 7, Minute: 30}) {
			t.Errorf("%+v", x)
		}
		plan, err := r.o.Catalog.Plan(r.sh.Context, x.ID)
		r.must(err)
		day, ok := plan.NextOpen(calendar.MustISO("2026-12-31"))
		if !ok {
			t.Errorf("%s is never open", x.Code)
		}
		if at, _ := x.Cutoff(plan, day, catalog.PurposeBook); at.IsZero() || at.After(day.At(24, 0)) {
			t.Errorf("%s: %v", x.Code, at)
		}
	}
	r.shoot("settings-services-quatre")
}

// TestWithoutASchool: what lacks first is said, with the way to it.
func TestWithoutASchool(t *testing.T) {
	r := newRoom(t).real()
	s := r.servicesTab()
	s.create()
	if len(r.sh.Confirmed) != 1 || len(r.sh.Navigated) != 1 || r.sh.Args[0] != any(tabPlaces) || s.ed != nil {
		t.Errorf("%v %v", r.sh.Confirmed, r.sh.Navigated)
	}
}

// TestLeavingAsks: what is typed is not lost without a word.
func TestLeavingAsks(t *testing.T) {
	r := newRoom(t).made(staff.Admin)
	s := r.services("cantine-saint-marcel")
	r.p.Open(tabCalendar)
	if len(r.sh.Confirmed) != 0 {
		t.Fatal("nothing was typed")
	}
	s = r.services("cantine-saint-marcel")
	s.text("short").SetText("Resto")
	asked := false
	r.sh.Confirmed = nil
	s.leave(func() { asked = true })
	if !asked || len(r.sh.Confirmed) != 1 {
		t.Errorf("%v %v", asked, r.sh.Confirmed)
	}
	s.load() // it was given up
	if s.ed.dirty() || s.text("short").Text() == "Resto" {
		t.Error("what was given up is still there")
	}
	s.text("short").SetText("Resto")
	other := 0
	if s.at == 0 {
		other = 1
	}
	s.choose(other)
	if s.at != other || len(r.sh.Confirmed) != 2 {
		t.Errorf("another service: %d %v", s.at, r.sh.Confirmed)
	}
	// an event while typing does not take it away
	s.text("short").SetText("Midi")
	s.load()
	if s.ed.draft.Info.Short != "Midi" || s.text("short").Text() != "Midi" {
		t.Error("reading again lost what was typed")
	}
}

// TestTwoAgentsOneService: the second to save is told, and loses nothing.
func TestTwoAgentsOneService(t *testing.T) {
	r := newRoom(t).made(staff.Admin)
	s := r.services("cantine-saint-marcel")
	s.text("short").SetText("Midi")
	other := r.stored(s.ed.was.Info.ID)
	other.Info.Product = "Repas de midi"
	_, _, err := r.o.Catalog.SaveDraft(r.sh.Context, other)
	r.must(err)
	s.load()
	if !s.elsew.Visible() {
		t.Error("no word of the other agent’s change")
	}
	r.shoot("settings-service-ailleurs")
	r.key("Ctrl+S")
	if len(r.sh.Refusals) != 1 || s.ed.draft.Info.Short != "Midi" || r.stored(other.Info.ID).Info.Short == "Midi" {
		t.Fatalf("%v", r.sh.Refusals)
	}
	s.reread()
	if s.elsew.Visible() || s.ed.dirty() || s.text("product").Text() != "Repas de midi" {
		t.Errorf("read again: %q", s.text("product").Text())
	}
}

// TestAPriceThatWasChargedStays: the refusal of the database is told beside the
// prices, and the change from a day on is the way out.
func TestAPriceThatWasChargedStays(t *testing.T) {
	r := newRoom(t).made(staff.Admin)
	s := r.services("cantine-saint-marcel")
	id := s.ed.was.Info.ID
	s.tabs.Set(partTariffs)
	s.showPart()
	p := s.parts[partTariffs].(*tariffsPart)
	s.typed("tariffs", func(d *catalog.Draft) error {
		for i := range d.Tariffs {
			d.Tariffs[i].Meal += 10
		}
		return nil
	})
	r.key("Ctrl+S")
	if !p.told.Visible() || !strings.Contains(p.alert.Text(), "a déjà servi") || widgets.TopDialog(r.w.Canvas()) != nil {
		t.Fatalf("%q", p.alert.Text())
	}
	r.shoot("settings-tarif-servi")
	s.ed = nil
	s.load()
	p.grid()
	r.shoot("settings-grille")
	d := r.dialog()
	r.typeHere("") // the date is ready
	d.Main.Press()
	if n := len(s.ed.draft.Tariffs); n != 14 {
		t.Fatalf("%d tariffs; open %v", n, d.Open())
	}
	r.shoot("settings-tarifs-grille")
	r.key("Ctrl+S")
	r.shoot("settings-grille-plan")
	r.dialog().Main.Press()
	if got := len(r.stored(id).Tariffs); got != 14 {
		t.Errorf("%d kept; %v", got, r.sh.Refusals)
	}
}

// TestSeatsAndTurns: schools are ticked, turns made, renamed, taken away.
func TestSeatsAndTurns(t *testing.T) {
	r := newRoom(t).made(staff.Admin)
	s := r.services("cantine-saint-marcel")
	id := s.ed.was.Info.ID
	s.tabs.Set(partPlaces)
	s.showPart()
	p := s.parts[partPlaces].(*placesPart)
	r.key("F2")
	fill(r, "2e service") // taken already
	r.dialog().Main.Press()
	if len(s.ed.draft.Sittings) != 2 {
		t.Fatal("two turns of one name")
	}
	r.typeHere("")
	r.dialog().Close()
	r.key("F2")
	fill(r, "3e service", "40")
	r.dialog().Main.Press()
	if n := len(s.ed.draft.Sittings); n != 3 || *s.ed.draft.Sittings[2].Capacity != 40 {
		t.Fatalf("%d turns", n)
	}
	class := -1
	for i, row := range p.rows {
		if row.class != 0 {
			class = i
		}
	}
	p.seats.Select(class)
	p.seats.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	r.shoot("settings-tour")
	for range 3 {
		r.w.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	}
	r.dialog().Main.Press()
	if got := p.rows[class]; !got.own || got.sitting != "3e service" {
		t.Fatalf("%+v", got)
	}
	p.turns.Select(2)
	p.turns.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	r.typeHere("Le ")
	r.dialog().Main.Press()
	if got := p.rows[class]; got.sitting != "Le 3e service" {
		t.Errorf("who eats there follows the name: %+v", got)
	}
	r.key("Ctrl+S")
	r.dialog().Main.Press()
	d := r.stored(id)
	if len(d.Sittings) != 3 || len(d.Classes) == 0 || d.Classes[len(d.Classes)-1].Sitting != "Le 3e service" {
		t.Fatalf("%+v %v", d.Classes, r.sh.Refusals)
	}
	p.turns.Select(2)
	p.turns.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDelete})
	if got := p.rows[class]; got.own {
		t.Errorf("a turn that is gone: %+v", got)
	}
	// no school: told, and not kept
	for i, row := range p.rows {
		if row.class == 0 && row.taken {
			p.toggle(i)
			break
		}
	}
	for len(s.ed.draft.Schools) > 0 {
		for i, row := range p.rows {
			if row.class == 0 && row.taken {
				p.toggle(i)
				break
			}
		}
	}
	if !p.flaw.Visible() || !strings.Contains(p.flaw.Text(), "école") {
		t.Errorf("no school: %q", p.flaw.Text())
	}
	r.shoot("settings-service-sans-ecole")
}

// TestPapersAreOrdered: added, moved, taken away, kept in order.
func TestPapersAreOrdered(t *testing.T) {
	r := newRoom(t).made(staff.Admin)
	s := r.services("cantine-saint-marcel")
	id := s.ed.was.Info.ID
	n := len(s.ed.draft.Documents)
	s.tabs.Set(partPapers)
	s.showPart()
	p := s.parts[partPapers].(*papersPart)
	r.key("F2")
	d := r.dialog()
	d.Main.Press()
	if !d.Open() {
		t.Fatal("a paper of no kind was taken")
	}
	r.w.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	r.typeHere("assurance")
	r.w.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	r.shoot("settings-piece")
	d.Main.Press()
	if got := s.ed.draft.Documents; len(got) != n+1 || got[n].Label != "Attestation d’assurance" || got[n].Months != 12 {
		t.Fatalf("%+v", got)
	}
	for range n {
		p.table.TypedRune('-')
	}
	if s.ed.draft.Documents[0].Kind != "insurance" || p.table.Selected() != 0 {
		t.Errorf("%+v", s.ed.draft.Documents)
	}
	p.table.Select(n)
	p.table.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDelete})
	r.key("Ctrl+S")
	r.dialog().Main.Press()
	if got := r.stored(id).Documents; len(got) != n || got[0].Kind != "insurance" {
		t.Errorf("%+v; %v", got, r.sh.Refusals)
	}
}

// TestAServiceThatServedIsNotRemoved: the refusal says what to do.
func TestAServiceThatServedIsNotRemoved(t *testing.T) {
	r := newRoom(t).made(staff.Admin)
	s := r.services("cantine-saint-marcel")
	n := len(s.place.services)
	s.fromMenu("remove")
	if len(r.sh.Refusals) != 1 || len(s.place.services) != n {
		t.Errorf("%v", r.sh.Refusals)
	}
}

func TestLongNamesEverywhere(t *testing.T) {
	r := emptyTown(t)
	r.app.Settings().SetTheme(theme.New(theme.Contrast, 150))
	r.show()
	s := r.servicesTab()
	s.startNew(catalog.FullDay, s.communeID(0), "A")
	s.tabs.Set(partPlaces)
	s.showPart()
	r.shoot("settings-long-150")
	if s.ed == nil {
		t.Fatal("not opened")
	}
}

func (t *servicesTab) communeID(i int) string { return strconv.FormatInt(t.place.communes[i].ID, 10) }
