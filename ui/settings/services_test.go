package settings

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/staff"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// services opens the tab on a service, by its code.
func (r *room) services(code string) *servicesTab {
	r.Helper()
	r.p.Open(tabServices)
	t := r.p.made[tabServices].(*servicesTab)
	for i, s := range t.place.services {
		if s.Code == code {
			t.list.Select(i)
			t.choose(i)
		}
	}
	if t.ed == nil || t.ed.draft.Info.Code != code {
		r.Fatalf("%s is not shown; refused: %v", code, r.sh.Refusals)
	}
	return t
}

// text gives the text field of a path.
func (t *servicesTab) text(path string) *widgets.TextField {
	return t.fields[path].Input().(*widgets.TextField)
}

func (r *room) stored(id int64) catalog.Draft {
	r.Helper()
	d, err := r.o.Catalog.Draft(r.sh.Context, id)
	r.must(err)
	return d
}

func TestEachPartOfAService(t *testing.T) {
	r := newRoom(t).made(staff.Admin)
	s := r.services("cantine-saint-marcel")
	for _, part := range []string{partGeneral, partPlaces, partLimits, partTariffs, partPapers} {
		s.tabs.Set(part)
		s.showPart()
		r.shoot("settings-service-" + part)
	}
	if s.ed.dirty() {
		t.Errorf("looking changed something: %+v", s.ed.wrong)
	}
}

func TestServiceFile(t *testing.T) {
	r := newRoom(t).made(staff.Admin)
	s := r.services("cantine-saint-marcel")
	r.files.save = filepath.Join(t.TempDir(), "services.toml")
	s.export()
	text, err := os.ReadFile(r.files.save)
	if err != nil || len(text) < 200 {
		t.Fatalf("export: %v", err)
	}
	r.files.open = r.files.save
	s.askFile()
	if len(r.sh.Toasts) != 1 || !strings.Contains(r.sh.Toasts[0], "rien à charger") {
		t.Errorf("the same file again: %v, %v", r.sh.Toasts, r.sh.Refusals)
	}
	r.must(os.WriteFile(r.files.save, []byte(strings.Replace(string(text), `name = "Service cantine`, `name = "Restaurant scolaire`, 1)), 0o600))
	s.askFile()
	r.shoot("settings-toml-plan")
	d := r.dialog()
	if !strings.HasPrefix(d.Title, "Charger") || len(r.sh.Dones) != 1 { // the export
		t.Fatalf("the plan comes first: %q, %v", d.Title, r.sh.Dones)
	}
	d.Main.Press()
	if len(r.sh.Dones) != 2 {
		t.Errorf("not loaded: %v %v", r.sh.Dones, r.sh.Refusals)
	}
	bad := filepath.Join(t.TempDir(), "faux.toml")
	r.must(os.WriteFile(bad, []byte("[[services]]\ncode = 3\nsurprise = true\n"), 0o600))
	r.files.open = bad
	n := len(r.sh.Dones)
	s.askFile()
	r.shoot("settings-toml-faux")
	if d := r.dialog(); !strings.Contains(d.Title, "n’a pas été chargé") || len(r.sh.Dones) != n {
		t.Errorf("a wrong file: %q", d.Title)
	}
}

// TestLargeServices: at 150 % nothing is cut short, whatever the names.
func TestLargeServices(t *testing.T) {
	r := newRoom(t).made(staff.Admin)
	r.app.Settings().SetTheme(theme.New(theme.Light, 150))
	r.show()
	s := r.services("cantine-saint-marcel")
	s.text("name").SetText("Restaurant scolaire de l’école élémentaire Antoine de Saint-Exupéry de Châtillon-sur-Chalaronne")
	for _, part := range []string{partGeneral, partPlaces, partLimits, partTariffs, partPapers} {
		s.tabs.Set(part)
		s.showPart()
		r.shoot("settings-service-" + part + "-150")
	}
}

// TestAServiceIsEditedByTheKeyboard: typed, judged where it is typed, shown as a
// plan, kept.
func TestAServiceIsEditedByTheKeyboard(t *testing.T) {
	r := newRoom(t).made(staff.Admin)
	s := r.services("cantine-saint-marcel")
	id := s.ed.was.Info.ID
	s.list.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn}) // Enter goes into the form
	s.text("name").SetText("")
	if e := s.fields["name"].Error(); e == "" {
		t.Error("an empty name is not told beside its field")
	}
	r.key("Ctrl+Page suiv.")
	r.key("Ctrl+S")
	if s.tabs.Value() != partGeneral || widgets.TopDialog(r.w.Canvas()) != nil {
		t.Fatalf("saving goes to what is wrong: %s", s.tabs.Value())
	}
	r.shoot("settings-service-faux")
	r.typeHere("Restaurant scolaire") // the field has the keyboard
	s.text("starts_at").SetText("12h15")
	s.text("waiting_days").SetText("3")
	if !strings.Contains(s.fields["waiting_days"].Error(), "0 à 2") || s.ed.draft.Info.WaitingDays == 3 {
		t.Errorf("waiting days: %q", s.fields["waiting_days"].Error())
	}
	s.text("waiting_days").SetText("2")
	r.key("Ctrl+S")
	r.shoot("settings-service-plan")
	d := r.dialog()
	if got := r.stored(id).Info; got.Name == "Restaurant scolaire" {
		t.Fatal("kept before it was shown")
	}
	d.Main.Press()
	got := r.stored(id).Info
	if got.Name != "Restaurant scolaire" || got.WaitingDays != 2 || got.StartsAt != (calendar.Clock{Hour: 12, Minute: 15}) {
		t.Errorf("%+v; %v", got, r.sh.Refusals)
	}
	if len(r.sh.Dones) != 1 || s.ed.dirty() || s.rowInfo(s.at).Name != "Restaurant scolaire" {
		t.Errorf("%v, dirty %v, %q", r.sh.Dones, s.ed.dirty(), s.rowInfo(s.at).Name)
	}
}

// TestLimitsAreChosen: the week under the rules follows each choice, a weekday
// may have its own, and what is kept is what was shown.
func TestLimitsAreChosen(t *testing.T) {
	r := newRoom(t).made(staff.Admin)
	s := r.services("cantine-saint-marcel")
	id := s.ed.was.Info.ID
	s.tabs.Set(partLimits)
	s.showPart()
	p := s.parts[partLimits].(*limitsPart)
	thursday := func() string {
		for _, l := range p.lines() {
			if strings.Contains(l, "jeudi 26 novembre") {
				return strings.ReplaceAll(l, nbsp, " ")
			}
		}
		return ""
	}
	press := func(o fyne.Focusable, keys ...fyne.KeyName) {
		r.w.Canvas().Focus(o)
		for _, k := range keys {
			o.TypedKey(&fyne.KeyEvent{Name: k})
		}
	}
	// The way is chosen by the keyboard: Space opens, letters narrow, Enter takes.
	press(p.book.way, fyne.KeySpace)
	r.typeHere("plusieurs")
	r.w.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if p.book.way.Value() != wayDays {
		t.Fatalf("way %q", p.book.way.Value())
	}
	p.book.days.SetText("2")
	p.book.at.SetText("10:00")
	if got := thursday(); !strings.HasPrefix(got, "Pour jeudi 26 novembre : réserver jusqu’à mardi 24, 10 h 00, annuler jusqu’à ") {
		t.Errorf("%q", got)
	}
	p.book.at.SetText("10 heures")
	if p.book.parts["at"].Error() == "" || s.ed.wrong["book"] == "" {
		t.Error("a wrong hour is not told")
	}
	p.book.at.SetText("10h30")
	if got := thursday(); !strings.Contains(got, "mardi 24, 10 h 30") || p.book.parts["at"].Error() != "" {
		t.Errorf("%q", got)
	}
	// Monday has its own.
	press(p.book.which, fyne.KeyRight)
	if p.book.day == nil || *p.book.day != time.Monday || p.book.hasOwn() {
		t.Fatalf("day %v", p.book.day)
	}
	r.shoot("settings-limites-lundi")
	press(p.book.own, fyne.KeySpace)
	p.book.way.Set(wayWeek)
	p.book.typed()
	p.book.wday.Set("5")
	p.book.typed()
	if got := p.lines()[0]; !strings.Contains(strings.ReplaceAll(got, nbsp, " "), "lundi 23 novembre : réserver jusqu’à vendredi 20, 10 h 30") {
		t.Errorf("%q", got)
	}
	if got := thursday(); !strings.Contains(got, "mardi 24, 10 h 30") {
		t.Errorf("the other days changed: %q", got)
	}
	r.shoot("settings-limites-propre")
	p.day.Set(calendar.MustISO("2026-12-24"))
	p.day.OnDate(calendar.MustISO("2026-12-24"))
	if got := p.lines()[0]; !strings.Contains(got, "vacances") {
		t.Errorf("another week: %q", got)
	}
	r.key("Ctrl+S")
	r.dialog().Main.Press()
	got := r.stored(id).Info.Book
	if got.String() != "J-2 10:30 ; lundi = vendredi 10:30 semaine-1" {
		t.Errorf("kept %q; %v", got.String(), r.sh.Refusals)
	}
}

// TestAPriceIsTriedBeforeItIsKept is the case: quotient 850, second
// child, 3,10 EUR.
func TestAPriceIsTriedBeforeItIsKept(t *testing.T) {
	r := newRoom(t).made(staff.Admin)
	s := r.services("cantine-saint-marcel")
	was := len(s.ed.was.Tariffs)
	s.tabs.Set(partTariffs)
	s.showPart()
	r.shoot("settings-tarifs")
	r.key("F2")
	r.dialog().Close()
	p := s.parts[partTariffs].(*tariffsPart)
	yes := true
	base := catalog.Tariff{Label: "2e enfant, tranche B", Kind: catalog.ForBooking, ValidFrom: calendar.MustISO("2026-08-01"), ValidTo: noEnd, QuotientMin: 621, QuotientMax: 900, Resident: &yes, SiblingRank: 2}
	f := newTariffForm(p, -1, base)
	f.meal.SetText("2,10")
	f.care.SetText("1,00")
	d := f.dialog()
	r.sh.Show(d)
	r.shoot("settings-tarif")
	d.Main.Press()
	if len(s.ed.draft.Tariffs) != was+1 || len(r.stored(s.ed.was.Info.ID).Tariffs) != was {
		t.Fatalf("%d tariffs in the draft, of %d; %q", len(s.ed.draft.Tariffs), was, f.form.Summary())
	}
	r.key("F9")
	r.dialog()
	plan, err := s.known.plan(s.ed.draft)
	r.must(err)
	w := newWhatIf(s, s.ed.draft, plan)
	w.quotient.SetText("850")
	w.rank.SetText("2")
	if got := strings.ReplaceAll(w.price.Text(), nbsp, " "); got != "3,10 €" {
		t.Errorf("quotient 850, second child: %s, %s", got, w.why.Text())
	}
	w.rank.SetText("1")
	if got := strings.ReplaceAll(w.price.Text(), nbsp, " "); got == "3,10 €" {
		t.Error("the first child pays the second one's price")
	}
}

// TestBracketsAreJudgedWhereTheyAreTyped: a gap or an overlap is told in the
// dialog, on the table, and stops saving.
func TestBracketsAreJudgedWhereTheyAreTyped(t *testing.T) {
	r := newRoom(t).made(staff.Admin)
	s := r.services("cantine-saint-marcel")
	s.tabs.Set(partTariffs)
	s.showPart()
	p := s.parts[partTariffs].(*tariffsPart)
	at := -1
	for i, row := range p.rows {
		if row.index >= 0 && s.ed.draft.Tariffs[row.index].QuotientMin == 621 {
			at = i
		}
	}
	f := newTariffForm(p, p.rows[at].index, s.ed.draft.Tariffs[p.rows[at].index])
	f.low.SetText("650")
	if !strings.Contains(f.note.Text(), "621") {
		t.Errorf("the gap is not told: %q", f.note.Text())
	}
	f.low.SetText("600")
	if !strings.Contains(f.note.Text(), "chevauchent") {
		t.Errorf("the overlap is not told: %q", f.note.Text())
	}
	f.low.SetText("mille")
	d := f.dialog()
	r.sh.Show(d)
	d.Main.Press()
	if !d.Open() || s.ed.dirty() {
		t.Fatal("a bracket that cannot be read was taken")
	}
	f.low.SetText("650")
	r.shoot("settings-tarif-trou")
	d.Main.Press()
	if !p.told.Visible() || !strings.Contains(p.alert.Text(), "621") {
		t.Errorf("not told on the table: %q", p.alert.Text())
	}
	r.shoot("settings-tarifs-trou")
	r.key("Ctrl+S")
	if widgets.TopDialog(r.w.Canvas()) != nil || len(r.sh.Dones) != 0 {
		t.Error("saving went on")
	}
}

// key presses a shortcut of the tab by its hint.
func (r *room) key(hint string) {
	r.Helper()
	for _, k := range r.p.Shortcuts() {
		if k.Hint == hint {
			if k.Off == nil || k.Off() == "" {
				k.Run()
			}
			return
		}
	}
	r.Fatalf("no key %s", hint)
}
