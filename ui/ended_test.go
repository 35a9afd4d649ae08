package ui

import (
	"testing"

	"ardoise/ui/widgets"
)

// TestSignedOutFromElsewhere: the door, the reason over it, nothing of the page,
// and the screen is no longer that agent's to unlock.
func TestSignedOutFromElsewhere(t *testing.T) {
	b := newBench(t, false)
	b.enter("accueil")
	page := b.pages["home"]
	gates := b.gates
	b.s.SignedOut("Un administrateur a fermé votre session.")
	if b.s.SignedIn() != nil || !page.closed || b.gates != gates+1 || b.gate.Locked != nil || b.out != 0 {
		t.Errorf("signed in %v, closed %v, gates %d, locked for %v, out %d", b.s.SignedIn(), page.closed, b.gates-gates, b.gate.Locked, b.out)
	}
	if d := widgets.TopDialog(b.win.Canvas()); d == nil || d.Title != "Session fermée" || d.Sub != "Un administrateur a fermé votre session." {
		t.Error("the reason is not shown")
	}
	b.s.Close()
	b.s.SignedOut("Encore.")
	if b.gates != gates+1 {
		t.Error("a closed shell shows its door again")
	}
}

// TestFootWarns: what is wrong takes the place of the rest.
func TestFootWarns(t *testing.T) {
	b := newBench(t, false)
	b.enter("accueil")
	plain := b.win.Canvas().Capture()
	b.s.status.Warning = "Le serveur ne répond plus depuis 10 h 02 : ce qui est affiché date d’avant, ce qui est tapé est gardé"
	b.s.foot.Refresh()
	b.shot("shell-away")
	warned := b.win.Canvas().Capture()
	same := true
	for x := range plain.Bounds().Dx() {
		for y := plain.Bounds().Dy() - 28; y < plain.Bounds().Dy(); y++ {
			same = same && plain.At(x, y) == warned.At(x, y)
		}
	}
	if same {
		t.Error("nothing is said at the foot")
	}
}
