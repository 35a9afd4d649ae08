package bookings

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/staff"
	"ardoise/data/store"
	"ardoise/ui/widgets"
)

// TestUnbookedMealIsSettled marks a child who ate without booking and whose
// wallet is empty, then cashes the meal in.
func TestUnbookedMealIsSettled(t *testing.T) {
	w, v := newWeekWorld(t, staff.Accueil, staff.Regie)
	row, col, it := w.find(v, tuesday, booking.CellLocked)
	if err := w.db.Write(w.sh.Context, func(tx *store.Tx) error {
		_, err := tx.Exec(`UPDATE access_request SET pay = 'prepaid' WHERE child_id = $1`, it.ChildID)
		if err != nil {
			return err
		}
		_, err = tx.Exec(`UPDATE account SET floor = balance WHERE family_id = (SELECT family_id FROM child WHERE id = $1)`, it.ChildID)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	v.grid.MoveTo(row, col)
	if !v.side.modes[offAte].Visible() || v.side.modes[offMarks].Visible() {
		t.Error("a child without booking gets the one button that applies")
	}
	test.Tap(v.side.ate)
	w.settle()
	if !v.side.modes[offReset].Visible() {
		t.Error("a meal without booking can be taken off")
	}
	if w.stateOf(it) != booking.CellUnbooked || !strings.Contains(w.sh.Dones[0], "à régulariser") {
		t.Fatalf("%s, said %q", w.stateOf(it), w.sh.Dones)
	}
	if len(v.side.meals) != 1 || v.side.badge.Spec().Text != "1 non réservé" {
		t.Fatalf("to settle: %+v", v.side.meals)
	}
	v.askSettle(v.side.meals[0])
	d := w.dialog()
	d.Main.Press()
	if !d.Open() {
		t.Fatal("the wallet cannot pay under its floor: the dialog says so and stays")
	}
	w.shoot("pointage-regulariser")
	press(find(d.Content, func(*widgets.RadioRows) bool { return true }), fyne.KeyDown) // by card
	d.Main.Press()
	if d.Open() || len(v.side.meals) != 0 {
		t.Fatalf("still open: %v, left %v", d.Open(), v.side.meals)
	}
	if got := w.sh.Dones[len(w.sh.Dones)-1]; !strings.Contains(got, "quittance") {
		t.Errorf("says %q", got)
	}
}

func TestCloseADay(t *testing.T) {
	w, v := newWeekWorld(t, staff.Accueil)
	day := calendar.MustISO("2026-11-27")
	row, col, it := w.find(v, day, booking.CellBooked)
	v.grid.MoveTo(row, col)
	v.askClosing()
	form := w.dialog()
	form.Main.Press()
	if w.dialog() != form {
		t.Fatal("a closing without a reason must be refused in the form")
	}
	reason := find[*widgets.TextField](form.Content, func(f *widgets.TextField) bool { return f.Text() == "" })
	test.Type(reason.FocusTarget(), "Grève")
	form.Main.Press()
	effect := w.dialog()
	if effect == form || !strings.Contains(effect.Sub, "Grève") || w.stateOf(it) != booking.CellBooked {
		t.Fatalf("the effect is shown first: %q", effect.Sub)
	}
	w.shoot("pointage-effet")
	effect.Key(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if w.dialog() != form || reason.Text() != "Grève" {
		t.Fatal("Escape goes back to the questions, as they were")
	}
	form.Main.Press()
	effect = w.dialog()
	effect.Main.Press()
	if widgets.TopDialog(w.win.Canvas()) != nil || len(w.sh.Progressed) != 1 {
		t.Error("both dialogs are gone after a bar")
	}
	if got := w.sh.Dones[0]; !strings.Contains(got, "Grève") && !strings.Contains(got, "Fermeture le 27 nov.") || w.sh.Undos[0] != nil {
		t.Errorf("says %q", got)
	}
	if v.m.grid.Days[col].Open || v.m.heads[col].Sub == "" || w.stateOf(it) == booking.CellBooked {
		t.Errorf("still open: %+v", v.m.grid.Days[col])
	}
}
