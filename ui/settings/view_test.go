package settings

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"ardoise/data/staff"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

func (r *room) agents() *agentsTab { return r.p.made[tabAgents].(*agentsTab) }

func TestAgents(t *testing.T) {
	r := newRoom(t).real()
	a := r.agents()
	if len(a.list) != 1 || a.table.Selected() != 0 {
		t.Fatalf("agents: %+v", a.list)
	}
	a.shortcuts()[0].Run()
	r.typeHere("Paul Vidal")
	r.tabKey()
	r.typeHere("paul.vidal")
	r.dialog().Main.Press()
	if !r.dialog().Open() || len(a.list) != 1 {
		t.Fatal("no password: the form stays")
	}
	r.typeHere(other) // Validate focused the first wrong field
	r.shoot("settings-agent-nouveau")
	r.tabKey()
	for _, ok := r.w.Canvas().Focused().(*widgets.Button); ok; _, ok = r.w.Canvas().Focused().(*widgets.Button) {
		r.tabKey() // the eye that shows the password
	}
	r.typeHere(other)
	r.dialog().Main.Press()
	if len(a.list) != 2 || len(r.sh.Dones) != 1 {
		t.Fatalf("agents %d, %v, %v", len(a.list), r.sh.Dones, r.sh.Refusals)
	}
	if _, err := r.o.Staff.SignIn(t.Context(), "paul.vidal", other); err != nil {
		t.Error(err)
	}
	r.shoot("settings-agents")
	a.table.Select(1)
	a.showButtons()
	test.Tap(a.active)
	if a.list[1].Active || a.active.Label() != "Réactiver" {
		t.Errorf("deactivated: %+v, %q", a.list[1], a.active.Label())
	}
	test.Tap(a.active)
	if !a.list[1].Active {
		t.Error("not active again")
	}
	a.change()
	r.shoot("settings-agent")
	r.dialog().Main.Press()
	a.table.Select(0)
	a.toggle() // the last administrator
	if len(r.sh.Refusals) != 1 || !a.list[0].Active {
		t.Errorf("the last administrator: %v", r.sh.Refusals)
	}
}

func TestNewPhrase(t *testing.T) {
	r := newRoom(t).real()
	a := r.agents()
	a.renewPhrase()
	r.typeHere(pass)
	r.dialog().Main.Press()
	if r.dialog().Title != "Votre nouvelle phrase de secours" {
		t.Fatalf("shown: %q", r.dialog().Title)
	}
	r.shoot("settings-phrase")
}

func TestServicesTab(t *testing.T) {
	r := newRoom(t).made(staff.Admin)
	r.p.Open(tabServices)
	s := r.p.made[tabServices].(*servicesTab)
	if len(s.place.services) == 0 || len(s.tariffs) == 0 {
		t.Fatalf("services %d, tariffs %d", len(s.place.services), len(s.tariffs))
	}
	r.shoot("settings-services")
	r.files.save = filepath.Join(t.TempDir(), "services.toml")
	s.export()
	text, err := os.ReadFile(r.files.save)
	if err != nil || len(text) < 200 {
		t.Fatalf("export: %v", err)
	}
	r.files.open = r.files.save
	s.askFile()
	if d := r.dialog(); !strings.Contains(d.Title, "chargé") {
		t.Errorf("the same file again: %q", d.Title)
	} else {
		d.Close()
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

func TestCalendarTab(t *testing.T) {
	r := newRoom(t).made(staff.Admin)
	r.p.Open(tabCalendar)
	c := r.p.made[tabCalendar].(*calendarTab)
	before := len(c.rows)
	c.add()
	r.typeHere("26/3/27")
	r.dialog().Main.Press()
	if len(c.rows) != before {
		t.Fatal("a closure without a reason was kept")
	}
	r.shoot("settings-fermeture")
	r.dialog().Close()
	c.add()
	fill(r, "26/3/27", "", "pont")
	r.dialog().Main.Press()
	if len(c.rows) != before+1 {
		t.Fatalf("closures %d then %d; %v", before, len(c.rows), r.sh.Refusals)
	}
	if len(c.years) == 0 {
		t.Error("no school year is told")
	}
	r.shoot("settings-calendrier")
	for i, row := range c.rows {
		if row.First.String() == "2027-03-26" {
			c.table.Select(i)
		}
	}
	c.askRemove()
	if len(c.rows) != before {
		t.Fatal("not removed")
	}
	r.sh.Undos[len(r.sh.Undos)-1]()
	if len(c.rows) != before+1 {
		t.Error("undo puts it back")
	}
}

// fill types into the dialog's fields in the tab order.
func fill(r *room, texts ...string) {
	r.Helper()
	for i, text := range texts {
		if i > 0 {
			r.tabKey()
		}
		if text != "" {
			r.typeHere(text)
		}
	}
}

func TestBackupTab(t *testing.T) {
	r := newRoom(t).made(staff.Admin)
	r.p.Open(tabBackup)
	b := r.p.made[tabBackup].(*backupTab)
	if !strings.Contains(b.state.Text(), "jamais") {
		t.Errorf("state: %q", b.state.Text())
	}
	b.where.SetText("")
	test.Tap(b.now)
	if !strings.Contains(b.made.Text(), "dossier") {
		t.Errorf("no folder: %q", b.made.Text())
	}
	r.files.folder = t.TempDir()
	b.browse()
	test.Tap(b.now)
	list, err := os.ReadDir(r.files.folder)
	if err != nil || len(list) == 0 || !strings.Contains(b.made.Text(), r.files.folder) {
		t.Fatalf("%v, %v, %q", list, err, b.made.Text())
	}
	if !strings.Contains(b.state.Text(), "24/11/2026") {
		t.Errorf("after: %q", b.state.Text())
	}
	r.shoot("settings-sauvegarde")
}

func TestTrailTab(t *testing.T) {
	r := newRoom(t).made(staff.Admin)
	r.p.Open(tabTrail)
	j := r.p.made[tabTrail].(*trailTab)
	if len(j.list) == 0 {
		t.Fatal("the trail is empty")
	}
	r.shoot("settings-journal")
	n := len(j.list)
	if j.more {
		test.Tap(j.older)
		if len(j.list) <= n {
			t.Error("no older lines")
		}
	}
	j.text.SetText("introuvable-xyz")
	r.sh.Run.Fire(typing)
	if len(j.list) != 0 {
		t.Errorf("%d lines match", len(j.list))
	}
	j.table.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn}) // « Effacer le filtre »
	if len(j.list) == 0 {
		t.Error("the filter was not cleared")
	}
	j.verifyChain()
	if d := r.dialog(); !strings.Contains(d.Title, "intact") {
		t.Errorf("chain: %q", d.Title)
	} else {
		d.Close()
	}
	j.verifyAll()
	r.shoot("settings-comptes")
	if d := r.dialog(); d.Title != "Tout est en ordre" {
		t.Errorf("accounts: %q", d.Title)
	}
}

func TestOthersSeeTheirOwnOnly(t *testing.T) {
	r := newRoom(t).made(staff.Cuisine)
	if r.p.tabs.Value() != tabDisplay {
		t.Fatalf("a cook lands on %q", r.p.tabs.Value())
	}
	r.p.Open(tabAgents)
	if r.p.tabs.Value() != tabDisplay || r.p.made[tabAgents] != nil {
		t.Error("a cook opened the agents")
	}
	r.shoot("settings-affichage")
	r.p.NextTab(1)
	if r.last != tabHelp {
		t.Errorf("Ctrl+Tab goes to %q", r.last)
	}
	r.shoot("settings-aide")
	r.show() // the look was changed: built again
	if r.p.tabs.Value() != tabHelp {
		t.Error("the tab is not remembered")
	}
}

func TestOwnPassword(t *testing.T) {
	r := newRoom(t).real()
	r.p.Open(tabDisplay)
	d := r.p.made[tabDisplay].(*displayTab)
	d.askPassword()
	r.typeHere("faux")
	r.dialog().Main.Press()
	if !r.dialog().Open() {
		t.Fatal("the form stays")
	}
	r.dialog().Close()
	if len(r.sh.Dones) != 0 {
		t.Error("nothing was changed")
	}
}

func TestLargeText(t *testing.T) {
	r := newRoom(t)
	r.app.Settings().SetTheme(theme.New(theme.Dark, 150))
	r.real()
	r.shoot("settings-agents-150")
}

func TestDemonstrationsAgentStays(t *testing.T) {
	r := newRoom(t).made(staff.Admin)
	a := r.agents()
	if !a.edit.Disabled() || !a.active.Disabled() || !a.reset.Disabled() {
		t.Error("the account everybody enters by can be changed")
	}
	a.table.OnOpen(0)
	if widgets.TopDialog(r.w.Canvas()) != nil {
		t.Error("Enter opens the form all the same")
	}
}

func TestLanguageIsChosenOnTheDisplayTab(t *testing.T) {
	r := newRoom(t).real()
	r.p.Open(tabDisplay)
	d := r.p.made[tabDisplay].(*displayTab)
	if d.says.Value() != "fr" {
		t.Fatalf("the window starts in %q", d.says.Value())
	}
	r.w.Canvas().Focus(d.says)
	d.says.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
	d.says.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	if len(r.sh.Languages) != 1 || r.sh.Languages[0] != "en" {
		t.Fatalf("asked for %q", r.sh.Languages)
	}
}
