package home

import (
	"testing"

	"ardoise/data/staff"
	"ardoise/ui/theme"
)

func TestShots(t *testing.T) {
	for name, percent := range map[string]int{"": 100, "-150": 150} {
		dress(t, theme.Light, percent)
		w := newWorld(t, false)
		w.show(staff.Accueil, staff.Regie)
		w.shoot("accueil" + name)
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
