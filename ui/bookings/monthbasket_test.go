package bookings

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"ardoise/data/booking"
	"ardoise/data/staff"
	"ardoise/ui/widgets"
)

func TestLateDayAsksForTheReasonOnce(t *testing.T) {
	w := monthWorld(t)
	v, row, col := w.month(can(toAdd, true), staff.Accueil)
	w.rich(v)
	_, it, _ := v.m.cell(row, col)
	v.grid.MoveTo(row, col)
	press(v.grid, fyne.KeySpace)
	d := w.dialog()
	d.Main.Press()
	if !d.Open() || !v.m.basket.empty() {
		t.Fatal("a reason is obligatory")
	}
	test.Type(find(d.Content, func(*widgets.TextField) bool { return true }).FocusTarget(), "Appel de la mère")
	d.Main.Press()
	if d.Open() || v.m.basket.of(it) != toAdd || v.m.basket.override != "Appel de la mère" {
		t.Fatal("the reason opens the cut-off")
	}
	test.Tap(v.basket.agreed)
	w.plan()
	if v.m.plan.Accepted() != 1 || !v.m.plan.Lines[0].Late {
		t.Fatalf("plan %+v", v.m.plan.Lines)
	}
	v.basket.ok.Press()
	if !w.booked(it) {
		t.Errorf("refusals %v", w.sh.Refusals)
	}
	if w.sh.Undos[0] != nil {
		t.Error("a late booking cannot be undone with a key: cancelling it would cost")
	}
}

func TestJustifyAnAbsence(t *testing.T) {
	w := monthWorld(t)
	v, row, col := w.month(func(m *monthModel, row, col int) bool {
		c, _, _ := m.cell(row, col)
		return m.justifiable(row, col) && c.Day >= tuesday && c.Late
	}, staff.Accueil)
	_, it, _ := v.m.cell(row, col)
	test.Type(v.grid, "j")
	d := w.dialog()
	kind := find(d.Content, func(*widgets.Select) bool { return true })
	kind.Set(booking.Other)
	d.Main.Press()
	if !d.Open() {
		t.Fatal("another reason must be written down")
	}
	kind.Set(booking.Strike)
	d.Main.Press()
	if d.Open() || v.m.basket.of(it) != toJustify {
		t.Fatal("the absence goes into the basket")
	}
	test.Tap(v.basket.agreed)
	w.plan()
	if v.m.plan.Accepted() != 1 {
		t.Fatalf("plan %+v", v.m.plan.Lines[0])
	}
	v.basket.ok.Press()
	if w.booked(it) || len(w.sh.Refusals) != 0 {
		t.Errorf("refusals %v", w.sh.Refusals)
	}
	free, fc, ok := v.seek(can(toAdd, false))
	if !ok {
		t.Skip("no free day left in that month")
	}
	v.grid.MoveTo(free, fc)
	test.Type(v.grid, "J")
	if !strings.Contains(w.sh.Toasts[len(w.sh.Toasts)-1], "J s’applique") {
		t.Errorf("says %q", w.sh.Toasts)
	}
}
