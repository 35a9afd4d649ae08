package widgets

import (
	"fmt"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"ardoise/ui/theme"
)

func TestDayGridKeysSkipClosedDaysAndBanners(t *testing.T) {
	g := monthGrid()
	w := show(t, g, 900, 500)
	w.Canvas().Focus(g)
	press(g, fyne.KeyRight) // Tuesday 1 → Thursday 3: Wednesday is closed
	if r, c := g.Cell(); r != 0 || c != 2 {
		t.Errorf("at %d,%d, want 0,2", r, c)
	}
	press(g, fyne.KeyEnd)
	if _, c := g.Cell(); c != 17 {
		t.Errorf("End went to column %d, holidays begin at 18", c)
	}
	press(g, fyne.KeyHome, fyne.KeyDown, fyne.KeyDown, fyne.KeyDown, fyne.KeyDown)
	if r, _ := g.Cell(); r != 5 {
		t.Errorf("row %d, the banner row 4 must be skipped", r)
	}
	var got []string
	note := func(what string) func(int, int) {
		return func(r, c int) { got = append(got, fmt.Sprint(what, r, c)) }
	}
	g.OnToggle, g.OnReset = note("toggle"), note("reset")
	g.OnLetter = func(r, c int, l rune) bool { got = append(got, fmt.Sprint("letter", r, c, string(l))); return true }
	g.OnPage = func(s int) { got = append(got, fmt.Sprint("page", s)) }
	press(g, fyne.KeySpace, fyne.KeyBackspace, fyne.KeyPageDown)
	test.Type(g, "j")
	want := "[toggle5 0 reset5 0 page1 letter5 0j]"
	if s := fmt.Sprint(got); s != want {
		t.Errorf("%s, want %s", s, want)
	}
}

func TestDayGridPaintsByDragging(t *testing.T) {
	g := monthGrid()
	show(t, g, 900, 500)
	var got []string
	ended := 0
	g.OnPaint = func(r, c int, first bool) { got = append(got, fmt.Sprint(r, c, first)) }
	g.OnPaintEnd = func() { ended++ }
	at := func(col int) fyne.Position { return fyne.NewPos(g.xs[col]+5, g.ys[0]+20) }
	g.MouseDown(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: at(0)}})
	for _, col := range []int{0, 1, 2, 3} {
		g.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: at(col)}})
	}
	g.DragEnd()
	if s := fmt.Sprint(got); s != "[0 0 true 0 2 false 0 3 false]" || ended != 1 {
		t.Errorf("painted %s, ended %d", s, ended)
	}
	got = nil
	g.MouseDown(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: at(1)}}) // a closed day
	g.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: at(2)}})
	g.DragEnd()
	if got != nil || ended != 1 {
		t.Errorf("a drag from a closed day painted %v", got)
	}
}

func TestWeekGridLetterSetsAndGoesDown(t *testing.T) {
	g := classGrid()
	w := show(t, g, 900, 500)
	w.Canvas().Focus(g)
	g.MoveTo(12, 1)
	var set []string
	g.OnLetter = func(r, c int, l rune) bool {
		set = append(set, fmt.Sprint(r, c, string(l)))
		return l == 'p'
	}
	test.Type(g, "px")
	if s := fmt.Sprint(set); s != "[12 1p 14 1x]" { // 13 is the heading of the next class
		t.Errorf("%s", s)
	}
	if r, _ := g.Cell(); r != 14 {
		t.Errorf("row %d: a letter that is not used must not move", r)
	}
}

func TestTableKeysJumpOpenAndSort(t *testing.T) {
	tb := demoTable()
	w := show(t, tb, 600, 300)
	w.Canvas().Focus(tb)
	tb.Select(0)
	var opened, moved []int
	sorted := ""
	tb.OnOpen = func(r int) { opened = append(opened, r) }
	tb.OnSelect = func(r int) { moved = append(moved, r) }
	tb.OnSort = func(c string, d bool) { sorted = fmt.Sprint(c, d) }
	press(tb, fyne.KeyDown, fyne.KeyEnd, fyne.KeyPageUp, fyne.KeyHome, fyne.KeyUp, fyne.KeyReturn)
	if fmt.Sprint(opened) != "[0]" || moved[0] != 1 || moved[1] != 39 || moved[2] != 39-tb.page() {
		t.Errorf("opened %v moved %v page %d", opened, moved, tb.page())
	}
	test.Type(tb, "com")
	if tb.Selected() != 5 {
		t.Errorf("typing « com » went to row %d, Combe is 5", tb.Selected())
	}
	press(tb, fyne.KeyHome)
	test.Type(tb, "b") // Balland is under the cursor
	test.Type(tb, "ou")
	if tb.Selected() != 3 {
		t.Errorf("typing « bou » went to row %d, Bouvier is 3", tb.Selected())
	}
	xs, _ := tb.layout(600)
	test.TapAt(tb, fyne.NewPos(xs[1]+4, 10))
	if sorted != "f true" && sorted != "ftrue" {
		t.Errorf("a second sort of the same column must be descending, got %q", sorted)
	}
}

func TestTableStates(t *testing.T) {
	tb := demoTable()
	w := show(t, tb, 600, 300)
	retried := 0
	tb.Failed("La base ne répond pas.", func() { retried++ })
	if tb.Selected() != -1 {
		t.Error("no row can be chosen while there is none")
	}
	w.Canvas().Focus(tb)
	press(tb, fyne.KeyDown, fyne.KeyReturn)
	if retried != 1 {
		t.Error("Enter must press the only action")
	}
	tb.Loading("")
	tb.NoMatch("Aucune famille ne s’appelle ainsi.", nil)
	tb.SetCount(2)
	if tb.Selected() != 0 && tb.Selected() != 1 {
		t.Errorf("row %d", tb.Selected())
	}
}

// BenchmarkKeyInGrid is what one arrow key costs in a month of two children,
// repaint of the widget included, window's frame not.
func BenchmarkKeyInGrid(b *testing.B) {
	test.NewTempApp(b).Settings().SetTheme(theme.New(theme.Light, 100))
	g := monthGrid()
	w := test.NewWindow(g)
	defer w.Close()
	w.Resize(fyne.NewSize(900, 500))
	w.Canvas().Focus(g)
	for i := range b.N {
		if i%2 == 0 {
			press(g, fyne.KeyRight)
		} else {
			press(g, fyne.KeyLeft)
		}
	}
}

// BenchmarkKeyInClass is the same for a class of 24 in a week.
func BenchmarkKeyInClass(b *testing.B) {
	test.NewTempApp(b).Settings().SetTheme(theme.New(theme.Light, 100))
	g := classGrid()
	w := test.NewWindow(g)
	defer w.Close()
	w.Resize(fyne.NewSize(900, 800))
	w.Canvas().Focus(g)
	for i := range b.N {
		if i%2 == 0 {
			press(g, fyne.KeyDown)
		} else {
			press(g, fyne.KeyUp)
		}
	}
}
