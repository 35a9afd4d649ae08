package bookings

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/store"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// stateOf is a cell as the database holds it.
func (w *world) stateOf(it booking.Item) booking.CellState {
	w.t.Helper()
	g, err := w.o.Booking.Week(w.sh.Context, it.ServiceID, booking.WeekFilter{}, it.Day.Monday())
	if err != nil {
		w.t.Fatal(err)
	}
	for _, k := range g.Classes {
		for _, c := range k.Children {
			for _, cell := range c.Cells {
				if c.ChildID == it.ChildID && cell.Day == it.Day {
					return cell.State
				}
			}
		}
	}
	w.t.Fatalf("no such cell: %+v", it)
	return ""
}

// find gives today's first cell in a state, its line and what it stands for.
func (w *world) find(v *weekView, day calendar.Date, state booking.CellState) (row, col int, it booking.Item) {
	w.t.Helper()
	for row := range v.m.lines {
		for col := range v.m.grid.Days {
			if cell, ok := v.m.cell(row, col); ok && cell.Day == day && cell.State == state {
				return row, col, v.m.item(row, col)
			}
		}
	}
	w.t.Fatalf("nobody is %s on %s", state, day)
	return 0, 0, booking.Item{}
}

func press(f fyne.Focusable, keys ...fyne.KeyName) {
	for _, k := range keys {
		f.TypedKey(&fyne.KeyEvent{Name: k})
	}
}

func newWeekWorld(t *testing.T, roles ...staff.Role) (*world, *weekView) {
	t.Helper()
	dress(t, theme.Light, 100)
	w := newWorld(t, 60)
	v := w.week(roles...)
	if !v.grid.Visible() || len(v.m.lines) == 0 {
		t.Fatal("the week is not shown")
	}
	return w, v
}

func TestWeekOpensOnToday(t *testing.T) {
	w, v := newWeekWorld(t, staff.Accueil)
	if w.sh.Titles[len(w.sh.Titles)-1] != "Pointage par classe" || w.win.Canvas().Focused() != fyne.Focusable(v.grid) {
		t.Error("the class grid must have the title and the keyboard")
	}
	if _, col := v.grid.Cell(); v.m.grid.Days[col].Day != tuesday {
		t.Error("the cursor must stand on today")
	}
	for i, d := range v.m.grid.Days { // the screen's own count and the booking room's
		if got := v.m.day(i); got.total != d.Total || got.toMark != d.ToMark {
			t.Errorf("%s: shows %d (%d to mark), the room counts %d (%d)", d.Day, got.total, got.toMark, d.Total, d.ToMark)
		}
		for diet, n := range d.ByDiet {
			if v.m.day(i).diets[diet] != n {
				t.Errorf("%s %s: %d, want %d", d.Day, diet, v.m.day(i).diets[diet], n)
			}
		}
	}
	w.p.NextTab(1)
	if w.sh.Titles[len(w.sh.Titles)-1] != "Réservations" {
		t.Error("Ctrl+Tab must go back to the month")
	}
}

func TestLettersMarkGoDownAndAreKept(t *testing.T) {
	w, v := newWeekWorld(t, staff.Accueil)
	row, col, first := w.find(v, tuesday, booking.CellBooked)
	v.grid.MoveTo(row, col)
	test.Type(v.grid, "a")
	if v.m.at(row, col).Text != "Ab" || w.stateOf(first) != booking.CellBooked {
		t.Fatal("the mark must be shown at once and sent after a pause")
	}
	if r, _ := v.grid.Cell(); r <= row {
		t.Error("a mark must go down")
	}
	w.settle()
	if w.stateOf(first) != booking.CellAbsent || len(v.m.marks.over) != 0 {
		t.Fatalf("kept as %s", w.stateOf(first))
	}
	c, _, _ := v.m.child(row)
	if got := w.sh.Dones[0]; got != c.First+" "+c.Last+", mardi 24, absent" {
		t.Errorf("says %q", got)
	}
	w.sh.Undos[0]()
	if w.stateOf(first) != booking.CellBooked || v.m.at(row, col).Text != "R" {
		t.Error("undo must take the mark off again")
	}
	if len(w.sh.Dones) != 1 || len(w.sh.Toasts) != 1 || !strings.Contains(w.sh.Toasts[0], "pointage effacé") {
		t.Errorf("undoing must not itself be undone: %q, %q", w.sh.Dones, w.sh.Toasts)
	}

	v.grid.MoveTo(row, col)
	test.Type(v.grid, "j")
	v.grid.MoveTo(row, col)
	press(v.grid, fyne.KeyBackspace)
	v.grid.MoveTo(row, col)
	press(v.grid, fyne.KeySpace)
	w.settle()
	if w.stateOf(first) != booking.CellPresent {
		t.Errorf("the last key counts, kept as %s", w.stateOf(first))
	}
	press(v.grid, fyne.KeySpace)
	w.settle()
	if w.stateOf(first) != booking.CellBooked {
		t.Error("Space again takes the mark off")
	}
}

func TestMarksOfSeveralChildrenAreOneCommit(t *testing.T) {
	w, v := newWeekWorld(t, staff.Accueil)
	row, col, _ := w.find(v, tuesday, booking.CellBooked)
	v.grid.MoveTo(row, col)
	n := 0
	for n < 3 {
		r, c := v.grid.Cell()
		if cell, _ := v.m.cell(r, c); cell.State == booking.CellBooked {
			n++
			test.Type(v.grid, "p")
			continue
		}
		press(v.grid, fyne.KeyDown)
	}
	w.settle()
	if len(w.sh.Dones) != 1 || w.sh.Dones[0] != "3 enfants pointés, mardi 24" {
		t.Errorf("said %q", w.sh.Dones)
	}
}

func TestWholeClassPresent(t *testing.T) {
	w, v := newWeekWorld(t, staff.Accueil)
	row, col, _ := w.find(v, tuesday, booking.CellBooked)
	v.grid.MoveTo(row, col)
	test.Type(v.grid, "P")
	w.settle()
	for r, l := range v.m.lines {
		if l.class != v.m.lines[row].class || l.child == heading {
			continue
		}
		if cell, _ := v.m.cell(r, col); cell.State == booking.CellBooked || w.stateOf(v.m.item(r, col)) != cell.State {
			t.Errorf("line %d: shown %s, kept %s", r, cell.State, w.stateOf(v.m.item(r, col)))
		}
	}
	v.grid.MoveTo(row, col)
	test.Type(v.grid, "P")
	if got := w.sh.Toasts[len(w.sh.Toasts)-1]; !strings.Contains(got, "Plus personne") {
		t.Errorf("says %q", got)
	}
	w.sh.Undos[0]()
	if cell, _ := v.m.cell(row, col); cell.State != booking.CellBooked {
		t.Error("undo must take the class's marks off")
	}
}

// TestRefusalRollsBackOneChild plants another workstation's change: a booking
// cancelled under the screen. Its mark is refused; the others are kept.
func TestRefusalRollsBackOneChild(t *testing.T) {
	w, v := newWeekWorld(t, staff.Accueil)
	row, col, it := w.find(v, tuesday, booking.CellBooked)
	w.cancel(it)
	v.grid.MoveTo(row, col)
	test.Type(v.grid, "p")
	row2, _, it2 := w.find(v, tuesday, booking.CellBooked)
	v.grid.MoveTo(row2, col)
	test.Type(v.grid, "p")
	w.settle()
	if len(w.sh.Refusals) != 1 || fault.KindOf(w.sh.Refusals[0]) != fault.Conflict {
		t.Fatalf("refusals %v", w.sh.Refusals)
	}
	if v.m.at(row, col).Text != "A" || w.stateOf(it2) != booking.CellPresent {
		t.Errorf("shown %q, the other one is %s", v.m.at(row, col).Text, w.stateOf(it2))
	}
}

func TestAgentsWithoutTheRightReadOnly(t *testing.T) {
	w, v := newWeekWorld(t, staff.Regie)
	row, col, it := w.find(v, tuesday, booking.CellBooked)
	v.grid.MoveTo(row, col)
	test.Type(v.grid, "p")
	w.settle()
	if w.stateOf(it) != booking.CellBooked || len(w.sh.Toasts) != 1 || !strings.Contains(w.sh.Toasts[0], "droit Accueil") {
		t.Errorf("%s, toasts %q", w.stateOf(it), w.sh.Toasts)
	}
	v.grid.MoveTo(row, col)
	if v.side.modes[offMarks].Visible() || !v.side.modes[offNote].Visible() || !strings.Contains(v.side.note.Text(), "droit Accueil") || v.closingOff() == "" {
		t.Error("the panel must say why nothing can be marked")
	}
	if r := Section(w.deps).Roles; slices.Contains(r, string(staff.Cuisine)) {
		t.Error("the kitchen does not enter")
	}
}

func TestNothingIsLostWhenThePageIsLeft(t *testing.T) {
	w, v := newWeekWorld(t, staff.Accueil)
	row, col, it := w.find(v, tuesday, booking.CellBooked)
	v.grid.MoveTo(row, col)
	test.Type(v.grid, "p")
	w.p.Close()
	if w.stateOf(it) != booking.CellPresent {
		t.Errorf("kept as %s", w.stateOf(it))
	}
}

// TestLeavingWaitsForTheAnswer: a mark that is refused must be read about before
// the grid is gone; one that is kept holds nobody up.
func TestLeavingWaitsForTheAnswer(t *testing.T) {
	w, v := newWeekWorld(t, staff.Accueil)
	left := 0
	w.p.Leave(func() { left++ })
	row, col, it := w.find(v, tuesday, booking.CellBooked)
	v.grid.MoveTo(row, col)
	test.Type(v.grid, "p")
	w.p.Leave(func() { left++ })
	if left != 2 || w.stateOf(it) != booking.CellPresent {
		t.Fatalf("left %d times, kept %s", left, w.stateOf(it))
	}
	row, col, it = w.find(v, tuesday, booking.CellBooked)
	w.cancel(it)
	v.grid.MoveTo(row, col)
	test.Type(v.grid, "p")
	w.p.Leave(func() { left++ })
	if left != 2 || len(w.sh.Refusals) != 1 {
		t.Errorf("left %d times, refusals %v", left, w.sh.Refusals)
	}
	w.p.Leave(func() { left++ })
	if left != 3 {
		t.Error("once read, it holds nobody up")
	}
}

// cancel takes a booking away behind the screen's back.
func (w *world) cancel(it booking.Item) {
	w.t.Helper()
	if err := w.db.Write(w.sh.Context, func(tx *store.Tx) error {
		_, err := tx.Exec(`UPDATE booking SET state = 'cancelled', cancel_verdict = 'in_time', cancel_operation_id = operation_id WHERE child_id = $1 AND service_id = $2 AND day = $3 AND state = 'booked'`,
			it.ChildID, it.ServiceID, it.Day.String())
		return err
	}); err != nil {
		w.t.Fatal(err)
	}
}

func TestFutureDaysAreNotMarked(t *testing.T) {
	w, v := newWeekWorld(t, staff.Accueil)
	row, col, it := w.find(v, calendar.MustISO("2026-11-26"), booking.CellBooked)
	v.grid.MoveTo(row, col)
	test.Type(v.grid, "p")
	if r, _ := v.grid.Cell(); r != row || w.stateOf(it) != booking.CellBooked || !strings.Contains(w.sh.Toasts[0], "Ctrl+Tab") {
		t.Errorf("row %d, %s, %q", r, w.stateOf(it), w.sh.Toasts)
	}
}

func TestSideButtons(t *testing.T) {
	w, v := newWeekWorld(t, staff.Accueil)
	row, col, it := w.find(v, tuesday, booking.CellBooked)
	v.grid.MoveTo(row, col)
	c, k, _ := v.m.child(row)
	if v.side.who.left != c.First+" "+c.Last || v.side.who.right != k.Name || !strings.Contains(v.side.about.Text(), "éservé le ") {
		t.Errorf("shows %q, %q, %q", v.side.who.left, v.side.who.right, v.side.about.Text())
	}
	before := v.side.day.right
	test.Tap(v.side.buttons[1])
	w.settle()
	if w.stateOf(it) != booking.CellAbsent || v.side.day.right == before || !v.side.undo.Visible() {
		t.Errorf("%s, %s", w.stateOf(it), v.side.day.right)
	}
	test.Tap(v.side.undo)
	w.settle()
	if w.stateOf(it) != booking.CellBooked || v.side.undo.Visible() {
		t.Error("the button takes the mark off")
	}
	test.Tap(v.side.buttons[2])
	d := w.dialog()
	d.Main.Press()
	w.settle()
	if got := w.stateOf(it); got != booking.CellJustified {
		t.Errorf("justified is kept as %s, refusals %v", got, w.sh.Refusals)
	}
}

func TestChoicesAndWeeks(t *testing.T) {
	w, v := newWeekWorld(t, staff.Accueil)
	press(v.grid, fyne.KeyPageUp)
	if v.m.grid.Monday != tuesday.Monday().Add(-7) {
		t.Error("Page up goes a week back")
	}
	press(v.grid, fyne.KeyPageDown, fyne.KeyPageDown)
	if v.m.grid.Monday != tuesday.Monday().Add(7) {
		t.Error("Page down goes a week on")
	}
	press(v.grid, fyne.KeyPageUp)
	own := v.m.schoolClasses()
	v.pickClass(id64(own[0].ID))
	if len(v.m.grid.Classes) > 1 {
		t.Error("one class only")
	}
	v.pickClass(several)
	d := w.dialog()
	find(d.Content, func(*widgets.Choice) bool { return true }).Set(id64(own[0].ID), id64(own[1].ID))
	d.Main.Press()
	if d.Open() || v.class.Value() != v.m.classValue() || len(v.m.classes) != 2 {
		t.Errorf("two classes: %q", v.class.Value())
	}
	v.pickClass("")
	v.pickSchool("0")
	if len(v.m.grid.Classes) < 3 {
		t.Error("all schools")
	}
	for _, s := range v.m.lists.services {
		v.pickService(id64(s.ID))
		if v.m.grid == nil || v.m.grid.ServiceID != s.ID {
			t.Errorf("%s is not shown", s.Name)
		}
	}
	for range 6 { // through the Christmas holidays
		press(v.grid, fyne.KeyPageDown)
		v.turn(1)
	}
}

func TestOpenADay(t *testing.T) {
	w, v := newWeekWorld(t, staff.Accueil)
	_, _, it := w.find(v, tuesday, booking.CellBooked)
	day := calendar.MustISO("2026-11-19")
	w.p.Open(kit.OpenDay{ServiceID: it.ServiceID, Day: day, Children: []int64{it.ChildID}})
	row, col := v.grid.Cell()
	if c, _, ok := v.m.child(row); !ok || c.ChildID != it.ChildID || v.m.grid.Days[col].Day != day || len(v.m.lines) != 2 {
		t.Errorf("line %d of %d, %v", row, len(v.m.lines), c)
	}
	if !v.escape() || len(v.m.lines) < 3 || v.escape() {
		t.Error("Escape shows the others again, once")
	}
	class := v.m.grid.Classes[1].ClassID
	w.p.Open(kit.OpenDay{ServiceID: it.ServiceID, Day: tuesday, Class: class})
	if len(v.m.grid.Classes) != 1 || v.m.grid.Classes[0].ClassID != class || v.m.school == 0 {
		t.Error("one class is asked for")
	}
}

func TestPrintShowsWhatIsTyped(t *testing.T) {
	w, v := newWeekWorld(t, staff.Accueil)
	row, col, it := w.find(v, tuesday, booking.CellBooked)
	v.grid.MoveTo(row, col)
	test.Type(v.grid, "a")
	v.shortcuts()[0].Run()
	if w.files.viewed != "/tmp/pointage.pdf" || len(w.paper) != 1 {
		t.Fatalf("viewed %q", w.files.viewed)
	}
	for _, k := range w.paper[0].Classes {
		for _, c := range k.Children {
			for _, cell := range c.Cells {
				if c.ChildID == it.ChildID && cell.Day == it.Day && cell.State != booking.CellAbsent {
					t.Errorf("the paper says %s", cell.State)
				}
			}
		}
	}
}

// find gives the first object of a type inside another that fits.
func find[T fyne.CanvasObject](o fyne.CanvasObject, fits func(T) bool) (none T) {
	for _, x := range test.LaidOutObjects(o) {
		if w, ok := x.(T); ok && fits(w) {
			return w
		}
	}
	return none
}

func TestWeekErrorAndEmptyStates(t *testing.T) {
	w, v := newWeekWorld(t, staff.Accueil)
	ctx, cancel := context.WithCancel(w.sh.Context)
	cancel()
	good := w.sh.Context
	w.sh.Context = ctx
	v.loadWeek()
	if v.grid.Visible() || !strings.Contains(v.empty.Title(), "Impossible") {
		t.Errorf("says %q", v.empty.Title())
	}
	w.sh.Context = good
	v.load()
	if !v.grid.Visible() {
		t.Error("trying again must show the week")
	}
	v.m.only = map[int64]bool{-1: true}
	v.loadWeek()
	if v.grid.Visible() || !strings.Contains(v.empty.Title(), "Aucun des enfants") {
		t.Errorf("says %q", v.empty.Title())
	}
	w.deps.PrintWeek = func(context.Context, *booking.WeekGrid) (string, error) { return "", errors.New("disk") }
	w.p.d.PrintWeek = w.deps.PrintWeek
	v.escape()
	v.printSheet()
	if len(w.sh.Refusals) != 1 || v.print.Disabled() {
		t.Errorf("refusals %v", w.sh.Refusals)
	}
}

// BenchmarkKeyInWeek is one attendance key in a school's week: the cell, the
// heads, the totals and the side panel, then the frame of the software painter.
func BenchmarkKeyInWeek(b *testing.B) {
	dress(b, theme.Light, 100)
	w := newWorld(b, 148)
	v := w.week(staff.Accueil)
	row, col := v.m.start(0)
	for _, frame := range []bool{false, true} {
		name := "key"
		if frame {
			name = "key+frame"
		}
		b.Run(name, func(b *testing.B) {
			n := 0
			for b.Loop() {
				v.grid.MoveTo(row+n%12, col)
				v.grid.TypedRune([]rune("pa")[n/12%2])
				n++
				if frame {
					w.win.Canvas().Capture()
				}
			}
		})
	}
}
