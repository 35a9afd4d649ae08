package inbox

import (
	"testing"

	"fyne.io/fyne/v2"

	"ardoise/data/staff"
	"ardoise/ui/theme"
)

// TestShots draws the states of the screen into out/shots, to be looked at.
func TestShots(t *testing.T) {
	for name, percent := range map[string]int{"": 100, "-150": 150} {
		dress(t, theme.Light, percent)
		w := newWorld(t)
		w.story()
		p := w.show(staff.Accueil, staff.Admin)
		w.shoot("courrier" + name)
		p.editCard(0)
		w.shoot("courrier-carte" + name)
		w.dialog().Close()
		if percent > 100 {
			continue
		}
		p.addCard()
		w.shoot("courrier-ajout" + name)
		w.dialog().Close()
		p.answer()
		w.shoot("courrier-f7" + name)
		w.dialog().Close()
		p.openFile(0)
		w.shoot("courrier-piece" + name)
		w.dialog().Close()
		p.pick(3)
		w.shoot("courrier-inconnu" + name)
		p.chooseFamily()
		w.shoot("courrier-famille" + name)
		w.dialog().Close()
		p.pick(4)
		w.shoot("courrier-classe" + name)
		p.otherWay()
		w.shoot("courrier-envois" + name)
		w.win.Resize(fyne.NewSize(1224, 808))
	}
	for name, look := range map[string]theme.Look{"-sombre": theme.Dark, "-contraste": theme.Contrast} {
		dress(t, look, 100)
		w := newWorld(t)
		w.story()
		w.show(staff.Accueil)
		w.shoot("courrier" + name)
	}
	dress(t, theme.Light, 100)
	w := newWorld(t)
	w.hard()
	p := w.show(staff.Accueil)
	w.shoot("courrier-dur")
	p.pick(2)
	w.shoot("courrier-cote")
	p.editCard(0)
	w.shoot("courrier-rib")
	w.dialog().Close()
	w = newWorld(t)
	w.show(staff.Accueil, staff.Admin)
	w.shoot("courrier-vide")
}
