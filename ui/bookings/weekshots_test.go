package bookings

import (
	"testing"

	"fyne.io/fyne/v2"

	"ardoise/data/staff"
	"ardoise/ui/theme"
)

func TestShots(t *testing.T) {
	for name, percent := range map[string]int{"": 100, "-150": 150} {
		dress(t, theme.Light, percent)
		w := newWorld(t, 148)
		v := w.week(staff.Accueil, staff.Regie)
		w.shoot("pointage" + name)
		v.askClosing()
		w.shoot("pointage-fermer" + name)
		w.dialog().Close()
		w.win.Resize(fyne.NewSize(1224, 808))
	}
}
