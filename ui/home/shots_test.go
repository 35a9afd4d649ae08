package home

import (
	"os"
	"testing"

	"ardoise/data/staff"
	"ardoise/ui/theme"
)

// TestShots draws every state into out/shots, to be looked at; it takes a
// minute, so it is asked for with ARDOISE_SHOTS=1.
func TestShots(t *testing.T) {
	if os.Getenv("ARDOISE_SHOTS") == "" {
		t.Skip("ARDOISE_SHOTS=1 draws them")
	}
	for name, percent := range map[string]int{"": 100, "-150": 150} {
		dress(t, theme.Light, percent)
		w := newWorld(t, false)
		w.show(staff.Accueil, staff.Regie)
		w.shoot("accueil" + name)
		w.clean()
	}
	for name, percent := range map[string]int{"": 100, "-150": 150} {
		dress(t, theme.Light, percent)
		w := newWorld(t, false)
		w.deps.Copies = w.o.Backup.State
		w.show(staff.Accueil, staff.Admin)
		w.shoot("accueil-sauvegarde" + name)
		w.clean()
	}
	dress(t, theme.Dark, 100)
	w := newWorld(t, false)
	w.show(staff.Cuisine)
	w.shoot("accueil-cuisine")
	dress(t, theme.Light, 100)
	w = newWorld(t, true)
	w.show(staff.Accueil, staff.Admin)
	w.shoot("accueil-vide")
}
