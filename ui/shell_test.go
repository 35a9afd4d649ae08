package ui

import (
	"context"
	"errors"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// fakePage is a page with one entry and one list.
type fakePage struct {
	sh      kit.Shell
	title   string
	entry   *widgets.TextField
	list    *widgets.List
	opened  any
	events  []kit.Event
	closed  bool
	f9      int
	escaped int
	tab     int
	off     string
}

func (p *fakePage) Title() string { return p.title }
func (p *fakePage) Content() fyne.CanvasObject {
	p.entry = widgets.NewTextField().Icon("filter").PlaceHolder("Nom, enfant, commune, n°…")
	p.list = widgets.NewList(56, func(g *widgets.Gfx, row int, b widgets.Box, _ bool) {
		g.Text(b.X, b.Y, b.W, b.H, "Famille Favier", widgets.BodyBold)
	})
	p.list.SetCount(8)
	return kit.Frame(widgets.HFlex(16, []float32{-376, 1},
		widgets.NewPanel("Familles", widgets.VFlex(0, []float32{0, 1}, widgets.Pad(16, 8, p.entry), p.list)).Flush(),
		widgets.NewPanel("", widgets.NewEmptyState("users", "Choisissez une famille", "", nil))))
}
func (p *fakePage) Focus()               { p.entry.Focus() }
func (p *fakePage) OnEvent(ev kit.Event) { p.events = append(p.events, ev) }
func (p *fakePage) Close()               { p.closed = true }
func (p *fakePage) Open(arg any)         { p.opened = arg }
func (p *fakePage) Escape() bool         { p.escaped++; return true }
func (p *fakePage) NextTab(step int)     { p.tab += step }
func (p *fakePage) Shortcuts() []kit.Shortcut {
	return []kit.Shortcut{
		{Key: fyne.KeyF9, Hint: "F9", Label: "Valider", Run: func() { p.f9++ }},
		{Key: fyne.KeyLeft, Mod: fyne.KeyModifierControl, Hint: "Ctrl+Gauche", Label: "Avant", Run: func() { p.f9 += 10_000 }},
		{Key: fyne.KeyF8, Hint: "F8", Label: "Refuser", Run: func() { p.f9 += 100 }, Off: func() string { return p.off }},
	}
}

type fakeSearch struct{}

func (fakeSearch) Search(_ context.Context, text string) ([]SearchHit, error) {
	if text == "panne" {
		return nil, errors.New("boom")
	}
	if !strings.HasPrefix("favier", text) {
		return nil, nil
	}
	return []SearchHit{{Icon: "users", Label: "Famille Favier", Detail: "Léa, Hugo", Section: "families", Arg: int64(87)}}, nil
}

type fakeStatus struct{}

func (fakeStatus) Status(context.Context) (Status, error) {
	return Status{Database: "saint-marcel.db · SQLite — sauvegardé à 12 h 04", Counts: "148 familles · 231 enfants · 9 412 réservations"}, nil
}

type fakePlaces struct{ at string }

func (f *fakePlaces) Places(context.Context) ([]Place, error) {
	return []Place{{"sm", "Saint-Marcel", "Restaurant scolaire"}, {"ba", "Baneins", "Restaurant scolaire"}}, nil
}
func (f *fakePlaces) Choose(_ context.Context, id string) error { f.at = id; return nil }
func (f *fakePlaces) Current(ctx context.Context) (Place, error) {
	all, err := f.Places(ctx)
	if f.at == "ba" {
		return all[1], err
	}
	return all[0], err
}

type bench struct {
	t     *testing.T
	s     *Shell
	win   fyne.Window
	run   *kit.Sync
	now   time.Time
	pages map[string]*fakePage
	gate  Gate
	gates int
	out   int
}

func newBench(t *testing.T, demo bool) *bench {
	t.Helper()
	app := test.NewTempApp(t)
	b := &bench{t: t, run: &kit.Sync{}, now: calendar.MustISO("2026-11-24").At(13, 46), pages: map[string]*fakePage{}}
	b.win = test.NewWindow(nil)
	t.Cleanup(b.win.Close)
	b.win.Resize(fyne.NewSize(1440, 900))
	section := func(id, label, icon string, n int, roles ...string) kit.Section {
		s := kit.Section{ID: id, Label: label, Icon: icon, Roles: roles, New: func(sh kit.Shell) kit.Page {
			p := &fakePage{sh: sh, title: strings.ReplaceAll(label, "&", "")}
			b.pages[id] = p
			return p
		}}
		if n > 0 {
			s.Count = func(context.Context) (int, error) { return n, nil }
		}
		return s
	}
	b.s = New(app, Deps{
		Window: b.win, Runner: b.run, Clock: func() time.Time { return b.now }, Demo: demo, Idle: 5 * time.Minute,
		Search: fakeSearch{}, Status: fakeStatus{}, Places: &fakePlaces{},
		SignIn: func(g Gate) fyne.CanvasObject {
			b.gate = g
			b.gates++
			return widgets.NewLabel("Connexion", widgets.Title)
		},
		SignOut: func(kit.User) { b.out++ },
		Sections: []kit.Section{
			section("home", "&Accueil", "home", 0),
			section("families", "&Familles", "users", 0),
			section("requests", "&Demandes", "request", 4),
			section("bookings", "&Réservations", "calendar", 0),
			section("kitchen", "&Cuisine", "kitchen", 0, "cuisine"),
			section("wallets", "&Porte-monnaie", "wallet", 0),
			section("settings", "Réglages", "settings", 0, "administration"),
		},
	})
	return b
}

func (b *bench) enter(roles ...string) {
	b.gate.Entered(kit.User{Name: "Nathalie Perret", Initials: "NP", RolesText: "Régie et accueil", Roles: roles})
}

func (b *bench) press(key fyne.KeyName, mod fyne.KeyModifier) {
	widgets.Press(b.win.Canvas(), &desktop.CustomShortcut{KeyName: key, Modifier: mod})
}

func (b *bench) key(k fyne.KeyName) {
	ev := &fyne.KeyEvent{Name: k}
	if f := b.win.Canvas().Focused(); f != nil {
		f.TypedKey(ev)
		return
	}
	b.win.Canvas().OnTypedKey()(ev)
}

func (b *bench) shot(name string) {
	b.t.Helper()
	dir := filepath.Join("..", "out", "gallery")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		b.t.Fatal(err)
	}
	f, err := os.Create(filepath.Join(dir, name+".png"))
	if err != nil {
		b.t.Fatal(err)
	}
	if err := png.Encode(f, b.win.Canvas().Capture()); err != nil {
		b.t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.t.Fatal(err)
	}
}

func TestEnterOpensTheFirstSectionOneMaySee(t *testing.T) {
	b := newBench(t, false)
	if b.s.Page() != nil {
		t.Fatal("a page is shown before the sign-in")
	}
	b.enter("accueil")
	if b.s.Page() != b.pages["home"] {
		t.Fatal("the first section is not open")
	}
	b.s.done("absence de Jules Guichard pointée à 13 h 41", func() {})
	b.shot("shell")
	if len(b.s.rail.entries) != 5 {
		t.Errorf("%d entries, kitchen and settings must be left out for this agent", len(b.s.rail.entries))
	}
	if b.s.rail.counts["requests"] != 4 {
		t.Error("the count of the requests is not shown")
	}
}

func TestAltLetterGoesToASectionFromInsideAnEntry(t *testing.T) {
	b := newBench(t, false)
	b.enter("accueil")
	if b.win.Canvas().Focused() == nil {
		t.Fatal("the page's entry has no focus")
	}
	b.press(fyne.KeyF, fyne.KeyModifierAlt)
	if b.s.at.ID != "families" || !b.pages["home"].closed {
		t.Fatalf("at %q, home closed %v", b.s.at.ID, b.pages["home"].closed)
	}
	b.press(fyne.KeyC, fyne.KeyModifierAlt)
	if b.s.at.ID != "families" {
		t.Error("a section without the role was opened")
	}
}

func TestPageKeysEscapeAndTabs(t *testing.T) {
	b := newBench(t, false)
	b.enter("accueil")
	p := b.pages["home"]
	b.key(fyne.KeyF9)
	b.key(fyne.KeyEscape)
	b.press(fyne.KeyTab, fyne.KeyModifierControl)
	if p.f9 != 1 || p.escaped != 1 || p.tab != 1 {
		t.Errorf("F9 %d, Escape %d, tab %d", p.f9, p.escaped, p.tab)
	}
	p.off = "Aucune demande choisie."
	b.key(fyne.KeyF8)
	if p.f9 != 1 || len(b.s.toasts.box.Objects) != 1 {
		t.Error("a key that is off must say why and do nothing")
	}
}

func TestShortcutsAreOffUnderADialogAndEscapeClosesIt(t *testing.T) {
	b := newBench(t, false)
	b.enter("accueil")
	p := b.pages["home"]
	done := 0
	d := widgets.NewDialog("Refuser la demande ?", "", nil, "Refuser", widgets.Danger, func() { done++ })
	p.sh.Show(d)
	b.press(fyne.KeyF, fyne.KeyModifierAlt)
	b.key(fyne.KeyF9)
	if b.s.at.ID != "home" || p.f9 != 0 {
		t.Fatal("a shortcut went through the dialog")
	}
	b.press(fyne.KeyReturn, fyne.KeyModifierControl)
	if done != 1 {
		t.Error("Ctrl+Enter did not press the main button")
	}
	b.key(fyne.KeyEscape)
	if d.Open() || p.escaped != 0 {
		t.Error("Escape must close the dialog and nothing else")
	}
	b.key(fyne.KeyF9)
	if p.f9 != 1 {
		t.Error("the page's keys do not come back after the dialog")
	}
}

func TestSearchLeadsToAPage(t *testing.T) {
	b := newBench(t, false)
	b.enter("accueil")
	b.press(fyne.KeyK, fyne.KeyModifierControl)
	test.Type(b.win.Canvas().Focused(), "fav")
	b.shot("recherche")
	b.key(fyne.KeyReturn)
	if b.s.at.ID != "families" || b.pages["families"].opened != int64(87) {
		t.Fatalf("search led to %q with %v", b.s.at.ID, b.pages["families"])
	}
	b.press(fyne.KeyK, fyne.KeyModifierControl)
	test.Type(b.win.Canvas().Focused(), "panne")
	b.key(fyne.KeyReturn)
	b.key(fyne.KeyEscape)
	if widgets.Covered(b.win.Canvas()) {
		t.Error("Escape does not close the search")
	}
}

func TestToastGoesAfterSixSecondsAndUndoWorks(t *testing.T) {
	b := newBench(t, false)
	b.enter("accueil")
	undone := 0
	b.pages["home"].sh.Done("5 repas réservés", func() { undone++ })
	if len(b.s.toasts.box.Objects) != 1 {
		t.Fatal("no toast")
	}
	b.run.Fire(toastTime)
	if len(b.s.toasts.box.Objects) != 0 {
		t.Error("the toast stays")
	}
	b.win.Canvas().Unfocus()
	widgets.Press(b.win.Canvas(), &fyne.ShortcutUndo{})
	if undone != 1 {
		t.Error("Ctrl+Z did not undo")
	}
	b.pages["home"].sh.Done("feuille transmise", nil)
	b.s.Undo()
	if undone != 1 || len(b.s.undos) != 1 {
		t.Error("what has no undo must not be undone, nor forgotten")
	}
}

func TestLateResultsAreDropped(t *testing.T) {
	b := newBench(t, false)
	b.enter("accueil")
	sh := b.pages["home"].sh
	late := false
	sh.Runner().After(time.Second, func() { late = true })
	b.s.Navigate("families", nil)
	b.run.Fire(time.Second)
	sh.Runner().Go(sh.Ctx(), func(context.Context) error { return nil }, func(error) { late = true })
	if late || sh.Ctx().Err() == nil {
		t.Error("a closed page still gets results")
	}
}

func TestIdleLockAndComingBack(t *testing.T) {
	b := newBench(t, false)
	b.enter("accueil")
	b.now = b.now.Add(4 * time.Minute)
	b.key(fyne.KeyF9) // activity
	b.now = b.now.Add(4 * time.Minute)
	b.run.Fire(5 * time.Second)
	if b.s.SignedIn() == nil {
		t.Fatal("locked although a key was pressed 4 minutes ago")
	}
	b.now = b.now.Add(61 * time.Second)
	b.run.Fire(5 * time.Second)
	if b.s.SignedIn() != nil || b.gates != 2 || b.out != 1 {
		t.Fatalf("not locked after 5 idle minutes: gates %d, out %d", b.gates, b.out)
	}
	if b.gate.Locked == nil || b.gate.Locked.Name != "Nathalie Perret" {
		t.Error("the gate does not know who was there")
	}
	if !b.pages["home"].closed {
		t.Error("the page was not closed by the lock")
	}
}

func TestLockHidesAnOpenPopup(t *testing.T) {
	b := newBench(t, false)
	b.enter("accueil")
	b.press(fyne.KeyK, fyne.KeyModifierControl)
	b.s.Lock()
	if b.win.Canvas().Overlays().Top() != nil {
		t.Error("the search results are still on the locked screen")
	}
	b.gate.Entered(kit.User{Name: "Nathalie Perret"})
	b.key(fyne.KeyF9)
	if b.pages["home"].f9 != 1 {
		t.Error("the keys do not work after coming back")
	}
}

func TestAnotherShellInTheWindowEndsTheFirst(t *testing.T) {
	b := newBench(t, false)
	b.enter("accueil")
	first, d := b.s, b.s.d
	second := New(fyne.CurrentApp(), d)
	if !b.pages["home"].closed || first.SignedIn() != nil {
		t.Error("the first shell goes on behind")
	}
	b.now = b.now.Add(time.Hour)
	b.run.Fire(5 * time.Second)
	if b.out != 0 {
		t.Error("the first shell's idle lock still counts")
	}
	second.Close()
	if shown[b.win] != nil {
		t.Error("a closed shell is still remembered")
	}
}

func TestEventsReachThePageAndTheCounts(t *testing.T) {
	b := newBench(t, false)
	b.enter("accueil")
	b.s.Post(kit.Event{Topic: "booking", IDs: []int64{3}})
	if got := b.pages["home"].events; len(got) != 1 || got[0].Topic != "booking" {
		t.Errorf("events %v", got)
	}
}

func TestRefusalShowsTheSentenceOnly(t *testing.T) {
	b := newBench(t, true)
	var logged error
	b.s.d.Log = func(err error) { logged = err }
	b.enter("accueil")
	b.pages["home"].sh.Refused(fault.Wrap(fault.TooLate, errors.New("sql: boom"), "La date limite est passée."))
	d := widgets.TopDialog(b.win.Canvas())
	if d == nil || d.Sub != "La date limite est passée." || d.Title != "Délai passé" {
		t.Fatalf("dialog %+v", d)
	}
	if logged == nil || !strings.Contains(logged.Error(), "boom") {
		t.Error("the cause is not logged")
	}
	b.shot("shell-refus")
}

func TestHelpListsEveryKeyAndLooksChange(t *testing.T) {
	b := newBench(t, true)
	b.enter("accueil", "cuisine", "administration")
	b.key(fyne.KeyF1)
	if widgets.TopDialog(b.win.Canvas()) == nil {
		t.Fatal("F1 shows nothing")
	}
	b.shot("touches")
	b.key(fyne.KeyEscape)
	if b.s.at.ID != "home" {
		t.Error("Escape leaves the screen")
	}
	b.pages["home"].sh.SetLook(theme.Dark, 150)
	if theme.Active().Look() != theme.Dark || theme.Active().Percent() != 150 {
		t.Error("the look did not change")
	}
	b.shot("shell-dark-150")
	b.s.SetLook(theme.Light, 100)
}

// helped is a page that names its own page of help.
type helped struct {
	*fakePage
	name string
}

func (h helped) HelpPage() string { return h.name }

func TestF1LeadsToThePageOfTheScreen(t *testing.T) {
	b := newBench(t, false)
	b.enter("accueil", "administration")
	open := func() any {
		b.key(fyne.KeyF1)
		d := widgets.TopDialog(b.win.Canvas())
		if d == nil || d.Main == nil {
			t.Fatal("F1 offers no page of help")
		}
		d.Main.Press()
		if widgets.TopDialog(b.win.Canvas()) != nil || b.s.at.ID != "settings" {
			t.Fatalf("shown: %s", b.s.at.ID)
		}
		return b.pages["settings"].opened
	}
	if got := open(); got != (kit.OpenHelp{Page: "home"}) {
		t.Errorf("from home: %+v", got)
	}
	b.s.Navigate("families", nil)
	b.s.page = helped{b.pages["families"], "families-children"}
	if got := open(); got != (kit.OpenHelp{Page: "families-children"}) {
		t.Errorf("from a page that names its own: %+v", got)
	}
	// without the screen of the help F1 shows the keys only
	b.s.d.Sections = b.s.d.Sections[:2]
	b.s.Navigate("home", nil)
	b.key(fyne.KeyF1)
	if d := widgets.TopDialog(b.win.Canvas()); d == nil || d.Main != nil {
		t.Errorf("no help to lead to: %+v", d)
	}
}

// A page's key reaches the page whichever it is: the window passes on only those
// that were installed.
func TestEveryKeyOfAPageIsInstalled(t *testing.T) {
	b := newBench(t, false)
	b.enter("accueil", "cuisine", "administration")
	for _, sc := range b.pages["home"].Shortcuts() {
		if key := (&desktop.CustomShortcut{KeyName: sc.Key, Modifier: sc.Mod}); sc.Mod != 0 && !b.s.keys.live[key.ShortcutName()] {
			t.Errorf("%s would never reach the page", sc.Hint)
		}
	}
	stray := &desktop.CustomShortcut{KeyName: fyne.KeyRight, Modifier: fyne.KeyModifierControl}
	if b.s.keys.live[stray.ShortcutName()] {
		t.Error("a key no page uses is installed: this test cannot fail")
	}
}

func TestNoTwoSectionsShareAMnemonic(t *testing.T) {
	b := newBench(t, false)
	seen := map[fyne.KeyName]string{}
	for _, s := range b.s.d.Sections {
		if k := mnemonicKey(s.Label); k != "" {
			if o, ok := seen[k]; ok {
				t.Errorf("Alt+%s opens %s and %s", k, o, s.ID)
			}
			seen[k] = s.ID
		}
	}
	if mnemonicKey("R&églages") != "" {
		t.Error("an accented letter must not be a mnemonic")
	}
}
