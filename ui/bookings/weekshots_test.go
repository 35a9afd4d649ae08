package bookings

import (
	"testing"

	"fyne.io/fyne/v2"

	"ardoise/data/staff"
	"ardoise/data/store"
	"ardoise/ui/theme"
)

// TestShots draws the class grid for the eye: both text sizes, the dark look, a
// week of holidays, names that do not fit.
func TestShots(t *testing.T) {
	for _, s := range []struct {
		name              string
		look              theme.Look
		percent, families int
	}{{"", theme.Light, 100, 148}, {"-150", theme.Light, 150, 40}, {"-sombre", theme.Dark, 100, 40}} {
		dress(t, s.look, s.percent)
		w := newWorld(t, s.families)
		if err := w.db.Write(staff.System(t.Context()), func(tx *store.Tx) error {
			_, err := tx.Exec(`UPDATE child SET first = 'Marie-Antoinette', usage = 'Thévenet de la Grandière-Montmorillon' WHERE id IN (SELECT MIN(id) FROM child GROUP BY class_id)`)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		v := w.week(staff.Accueil, staff.Regie)
		w.shoot("pointage" + s.name)
		v.askClosing()
		w.shoot("pointage-fermer" + s.name)
		w.dialog().Close()
		for range 4 {
			v.turn(1)
		}
		w.shoot("pointage-vacances" + s.name)
		v.m.only = map[int64]bool{}
		v.loadWeek()
		w.shoot("pointage-vide" + s.name)
		w.win.Resize(fyne.NewSize(1224, 808))
	}
}
