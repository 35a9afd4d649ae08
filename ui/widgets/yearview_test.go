package widgets

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"ardoise/data/calendar"
	"ardoise/ui/theme"
)

func TestYearViewMoves(t *testing.T) {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(theme.New(theme.Light, 100))
	first, last, today := calendar.MustISO("2026-08-01"), calendar.MustISO("2027-07-31"), calendar.MustISO("2026-11-24")
	y := NewYearView(first, last, today, func(calendar.Date) DayMark { return DayMark{Ink: theme.Encre, Tip: "ouvert"} })
	w := test.NewWindow(y)
	defer w.Close()
	w.Resize(fyne.NewSize(1000, 600))
	var moved, picked calendar.Date
	y.OnMove, y.OnPick = func(d calendar.Date) { moved = d }, func(d calendar.Date) { picked = d }
	if y.Day() != today {
		t.Errorf("begins on %v", y.Day())
	}
	for _, c := range []struct {
		key  fyne.KeyName
		want string
	}{
		{fyne.KeyRight, "2026-11-25"},
		{fyne.KeyDown, "2026-12-02"},
		{fyne.KeyLeft, "2026-12-01"},
		{fyne.KeyUp, "2026-11-24"},
		{fyne.KeyPageDown, "2026-12-24"},
		{fyne.KeyPageUp, "2026-11-24"},
		{fyne.KeyEnd, "2027-07-31"},
		{fyne.KeyRight, "2027-07-31"},
		{fyne.KeyHome, "2026-08-01"},
		{fyne.KeyUp, "2026-08-01"},
	} {
		y.TypedKey(&fyne.KeyEvent{Name: c.key})
		if y.Day().String() != c.want || moved != y.Day() {
			t.Errorf("%s: %v, told %v, want %s", c.key, y.Day(), moved, c.want)
		}
	}
	y.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if picked != first {
		t.Errorf("picked %v", picked)
	}
	// A tap goes to the day under it: the first of September is in the second month.
	mw, _ := y.month()
	cw, ch := y.cell()
	gap := min(64, (y.Size().Width-4*mw)/3)
	test.TapAt(y, fyne.NewPos(mw+gap+cw*1.5, theme.Px(24)+theme.Px(16)+ch/2))
	if y.Day().String() != "2026-09-01" {
		t.Errorf("tapped %v", y.Day())
	}
	// Narrow, it takes more rows and says so.
	wide := y.MinSize().Height
	w.Resize(fyne.NewSize(300, 600))
	if y.MinSize().Height <= wide {
		t.Errorf("%v wide, %v narrow", wide, y.MinSize().Height)
	}
	y.Set(calendar.MustISO("2030-08-01"), calendar.MustISO("2031-07-31"))
	if y.Day().String() != "2030-08-01" {
		t.Errorf("another year begins on %v", y.Day())
	}
}
