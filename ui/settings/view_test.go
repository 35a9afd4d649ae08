package settings

import (
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
