package bookings

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"ardoise/data/booking"
	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/staff"
	"ardoise/data/store"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
)

// plan lets the pause before the basket is worked out pass.
func (w *world) plan() { w.sh.Run.Fire(60 * time.Millisecond) }

// fits says what a test looks for in a family's month.
type fits func(m *monthModel, row, col int) bool

func can(to mark, late bool) fits {
	return func(m *monthModel, row, col int) bool {
		want, l, ok := m.wish(row, col)
		_, s, _ := m.at(row)
		return ok && want == to && l == late && s.Gate == "" && s.Kind == catalog.Canteen && s.Pay != booking.Monthly
	}
}

// month opens the month grid on the first family where something fits, in this
// month or the next, with the cursor there. money is put on its wallet.
func (w *world) month(fit fits, roles ...staff.Role) (v *monthView, row, col int) {
	w.t.Helper()
	v = w.show(roles...).month
	list, err := w.search(w.sh.Context, "")
	if err != nil {
		w.t.Fatal(err)
	}
	for _, f := range list {
		v.choose(f.ID)
		for range 2 {
			if row, col, ok := v.seek(fit); ok {
				v.grid.MoveTo(row, col)
				return v, row, col
			}
			v.turn(1)
		}
		v.turn(-2)
	}
	w.t.Fatal("no family has what the test needs")
	return nil, 0, 0
}

// seek gives the first cell that fits.
func (v *monthView) seek(fit fits) (row, col int, ok bool) {
	for row := range v.m.lines {
		_, s, _ := v.m.at(row)
		for col := range s.Cells {
			if fit(v.m, row, col) {
				return row, col, true
			}
		}
	}
	return 0, 0, false
}

// rich puts money on the family's wallet.
func (w *world) rich(v *monthView) {
	w.t.Helper()
	s, err := w.o.Staff.SignInDemo(w.sh.Context, staff.Regie)
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.o.Ledger.TopUp(staff.With(w.sh.Context, s), ledger.TopUp{Key: "rich", FamilyID: v.m.family, Amount: 20000, Means: "cash", Payer: "Essai"}); err != nil {
		w.t.Fatal(err)
	}
	v.load()
}

func (w *world) booked(it booking.Item) bool {
	w.t.Helper()
	n := 0
	if err := w.db.Read(w.sh.Context, func(tx *store.Tx) error {
		return tx.QueryRow(`SELECT COUNT(*) FROM booking WHERE child_id = $1 AND service_id = $2 AND day = $3 AND state = 'booked'`, it.ChildID, it.ServiceID, it.Day.String()).Scan(&n)
	}); err != nil {
		w.t.Fatal(err)
	}
	return n == 1
}

func shortcut(t *testing.T, list []kit.Shortcut, hint string) kit.Shortcut {
	t.Helper()
	for _, s := range list {
		if s.Hint == hint {
			return s
		}
	}
	t.Fatalf("no shortcut %s", hint)
	return kit.Shortcut{}
}

func monthWorld(t *testing.T) *world {
	t.Helper()
	dress(t, theme.Light, 100)
	return newWorld(t, 40)
}

func TestChooseAFamilyByTyping(t *testing.T) {
	w := monthWorld(t)
	v := w.show(staff.Accueil).month
	if v.grid.Visible() || !v.empty.Visible() || w.win.Canvas().Focused() != v.who.FocusTarget() {
		t.Error("without a family the choice has the keyboard")
	}
	list, err := w.search(w.sh.Context, "")
	if err != nil {
		t.Fatal(err)
	}
	want := list[len(list)/2]
	p := v.who.Open("")
	test.Type(p.Entry.FocusTarget(), want.Name)
	press(p.Entry.FocusTarget(), fyne.KeyReturn)
	if v.m.family == 0 || v.m.grid == nil || !strings.Contains(v.balance.Text(), "€") {
		t.Fatalf("family %d, balance %q", v.m.family, v.balance.Text())
	}
	if len(v.m.lines) > 0 && w.win.Canvas().Focused() != fyne.Focusable(v.grid) {
		t.Error("the grid must have the keyboard")
	}
}

func TestArrowsSpaceAndCommit(t *testing.T) {
	w := monthWorld(t)
	v, row, col := w.month(can(toAdd, false), staff.Accueil)
	w.rich(v)
	w.win.Canvas().Focus(v.grid)
	v.grid.MoveTo(row, col)
	press(v.grid, fyne.KeyRight, fyne.KeyLeft, fyne.KeySpace)
	_, it, _ := v.m.cell(row, col)
	if v.m.basket.of(it) != toAdd || v.m.look(row, col).Text != "+" {
		t.Fatal("Space marks the cell the arrows came back to")
	}
	f9 := shortcut(t, v.shortcuts(), "F9")
	if off := f9.Off(); off != "" {
		t.Errorf("before the plan: %q", off)
	}
	w.plan()
	if len(v.basket.rows) != 1 || v.m.plan.Total <= 0 || f9.Off() != "" || v.ask().Consent.Who != "" {
		t.Fatalf("basket %+v, off %q", v.basket.rows, v.basket.off())
	}
	f9.Run()
	if len(w.sh.Confirmed) != 1 || !strings.Contains(w.sh.Confirmed[0], "Accord") {
		t.Errorf("F9 asks for the family's consent first, asked %v", w.sh.Confirmed)
	}
	if !w.booked(it) || !v.m.basket.empty() || w.sh.Dones[0] != "1 jour réservé" || v.basket.agreed.Checked() {
		t.Fatalf("booked %v, said %q, refusals %v", w.booked(it), w.sh.Dones, w.sh.Refusals)
	}
	w.shoot("mois-apres")
	w.sh.Undos[0]()
	if w.booked(it) {
		t.Errorf("undo must cancel: %v", w.sh.Refusals)
	}
}

// A hand faster than the plan: F9 waits for it instead of refusing.
func TestCommitWaitsForThePlan(t *testing.T) {
	w := monthWorld(t)
	v, row, col := w.month(can(toAdd, false), staff.Accueil)
	w.rich(v)
	v.grid.MoveTo(row, col)
	press(v.grid, fyne.KeySpace)
	_, it, _ := v.m.cell(row, col)
	shortcut(t, v.shortcuts(), "F9").Run()
	if w.booked(it) {
		t.Fatal("committed before its plan was shown")
	}
	w.plan()
	if !w.booked(it) {
		t.Errorf("F9 was forgotten: %v", w.sh.Refusals)
	}
}

func TestMeansOtherThanTheWallet(t *testing.T) {
	w := monthWorld(t)
	v, row, col := w.month(can(toAdd, false), staff.Accueil, staff.Regie)
	family := v.m.family
	if err := w.db.Write(w.sh.Context, func(tx *store.Tx) error {
		_, err := tx.Exec(`UPDATE account SET floor = balance WHERE family_id = $1`, family)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	v.load()
	v.grid.MoveTo(row, col)
	press(v.grid, fyne.KeySpace)
	test.Tap(v.basket.agreed)
	w.plan()
	if v.m.plan.Missing <= 0 || !strings.Contains(v.basket.after.Text(), "Il manque") || v.basket.off() == "" {
		t.Fatalf("missing %s, says %q", v.m.plan.Missing, v.basket.after.Text())
	}
	shortcut(t, v.shortcuts(), "F6").Run()
	if w.sh.Navigated[0] != "wallets" || w.sh.Args[0] != family {
		t.Errorf("F6 goes to %v %v", w.sh.Navigated, w.sh.Args)
	}
	press(v.basket.means, fyne.KeyDown) // by card
	w.plan()
	if v.basket.off() != "" {
		t.Fatalf("off: %s", v.basket.off())
	}
	v.basket.ok.Press()
	if len(w.sh.Dones) != 1 || !strings.Contains(w.sh.Dones[0], "quittance") || w.sh.Undos[0] != nil {
		t.Errorf("said %q, refusals %v", w.sh.Dones, w.sh.Refusals)
	}
}

func TestCancelABookedDay(t *testing.T) {
	w := monthWorld(t)
	v, row, col := w.month(can(toCancel, false), staff.Accueil)
	_, it, _ := v.m.cell(row, col)
	press(v.grid, fyne.KeySpace)
	if v.m.look(row, col).Text != "–" {
		t.Error("Space on a booked day cancels it")
	}
	press(v.grid, fyne.KeyBackspace)
	if !v.m.basket.empty() {
		t.Error("Backspace takes the mark off")
	}
	test.Type(v.grid, "-")
	test.Tap(v.basket.agreed)
	w.plan()
	if v.m.plan.Total >= 0 || v.basket.rows[0].Sign != "–" {
		t.Fatalf("total %s", v.m.plan.Total)
	}
	v.basket.ok.Press()
	if len(w.sh.Confirmed) != 0 {
		t.Error("the consent was ticked")
	}
	if w.booked(it) || w.sh.Dones[0] != "1 jour annulé" || w.sh.Undos[0] != nil {
		t.Errorf("said %q, refusals %v", w.sh.Dones, w.sh.Refusals)
	}
}

func TestPaintUndoAndEmpty(t *testing.T) {
	w := monthWorld(t)
	run := func(m *monthModel, row, col int) bool { // three free days side by side
		for i := range 2 {
			if _, s, _ := m.at(row); col+i >= len(s.Cells) || !can(toAdd, false)(m, row, col+i) {
				return false
			}
		}
		return true
	}
	v, row, col := w.month(run, staff.Accueil)
	at := func(row, col, elsewhere int) fyne.Position {
		v.grid.TapToggles = false
		defer func() { v.grid.TapToggles = true }()
		v.grid.MoveTo(row, elsewhere) // not standing on what is looked for
		for y := float32(0); y < v.grid.Size().Height; y += 6 {
			for x := float32(0); x < v.grid.Size().Width; x += 6 {
				v.grid.Tapped(&fyne.PointEvent{Position: fyne.NewPos(x, y)})
				if r, c := v.grid.Cell(); r == row && c == col {
					return fyne.NewPos(x, y)
				}
			}
		}
		t.Fatal("the cell is not in sight")
		return fyne.Position{}
	}
	from := at(row, col, col+1)
	next := at(row, col+1, col)
	v.grid.MouseDown(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: from}})
	v.grid.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: from}})
	v.grid.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: next}})
	v.grid.DragEnd()
	w.plan()
	n := len(v.m.basket.marks)
	if n != 2 || v.m.plan == nil || len(v.m.plan.Lines) != 2 {
		t.Fatalf("painted %d days", n)
	}
	shortcut(t, v.shortcuts(), "Ctrl+Suppr").Run()
	if !v.m.basket.empty() || !v.basket.empty.Visible() {
		t.Fatal("Ctrl+Delete empties the basket")
	}
	shortcut(t, v.shortcuts(), "Ctrl+Z").Run()
	if len(v.m.basket.marks) != n {
		t.Fatal("Ctrl+Z brings it back")
	}
	shortcut(t, v.shortcuts(), "Ctrl+Z").Run()
	if !v.m.basket.empty() {
		t.Error("a drag is one step")
	}
	for _, s := range v.shortcuts() {
		if s.Hint == "Ctrl+Z" {
			t.Error("with nothing to take back Ctrl+Z is the window's own")
		}
	}
}

func TestRepeatToTheEndOfTheMonth(t *testing.T) {
	w := monthWorld(t)
	v, row, _ := w.month(can(toAdd, false), staff.Accueil)
	_, s, _ := v.m.at(row)
	for i := range v.m.lines {
		if _, x, _ := v.m.at(i); x.ServiceID == s.ServiceID && i == row {
			v.repeat.row.Set(id64(int64(i)))
		}
	}
	shortcut(t, v.shortcuts(), "Ctrl+R").Run()
	if v.m.basket.empty() {
		t.Fatalf("nothing was filled, says %q", w.sh.Toasts)
	}
	for it := range v.m.basket.marks {
		if d := it.Day.Weekday(); d == time.Wednesday || d == time.Saturday || d == time.Sunday || it.ServiceID != s.ServiceID {
			t.Errorf("filled %s", it.Day.Long())
		}
	}
	before := len(v.m.basket.marks)
	v.repeat.fill()
	if len(v.m.basket.marks) != before || !strings.Contains(w.sh.Toasts[len(w.sh.Toasts)-1], "Aucun jour libre") {
		t.Errorf("filled twice: %d then %d", before, len(v.m.basket.marks))
	}
}

// TestCommitRefusedWhenTheWorldMoved books the same meal from elsewhere between
// the plan and F9: the sentence is shown, the basket stays, the month is new.
func TestCommitRefusedWhenTheWorldMoved(t *testing.T) {
	w := monthWorld(t)
	v, row, col := w.month(can(toAdd, false), staff.Accueil)
	w.rich(v)
	_, it, _ := v.m.cell(row, col)
	v.grid.MoveTo(row, col)
	press(v.grid, fyne.KeySpace)
	test.Tap(v.basket.agreed)
	w.plan()
	ask := booking.Ask{Key: "elsewhere", FamilyID: v.m.family, Add: []booking.Item{it}, Consent: consent("Essai", "guichet", w.sh.Now())}
	if _, err := w.o.Booking.Book(w.sh.Context, ask); err != nil {
		t.Fatal(err)
	}
	v.basket.commit()
	if len(w.sh.Refusals) != 1 || fault.KindOf(w.sh.Refusals[0]) != fault.Conflict || v.m.basket.empty() {
		t.Fatalf("refusals %v", w.sh.Refusals)
	}
	w.plan()
	if v.basket.off() == "" || len(v.basket.rows) != 1 || !v.basket.rows[0].Refused {
		t.Errorf("the basket must now show the refusal: %+v", v.basket.rows)
	}
}

func TestABasketIsNotLostWithoutAWord(t *testing.T) {
	w := monthWorld(t)
	v, _, _ := w.month(can(toAdd, false), staff.Accueil)
	press(v.grid, fyne.KeySpace)
	left := false
	w.p.Leave(func() { left = true })
	if !left || len(w.sh.Confirmed) != 1 {
		t.Errorf("asked %v", w.sh.Confirmed)
	}
	other := v.m.family
	list, err := w.search(w.sh.Context, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list {
		if f.ID != other {
			w.p.Open(kit.OpenFamily{ID: f.ID})
			break
		}
	}
	if len(w.sh.Confirmed) != 2 || !v.m.basket.empty() || v.m.family == other {
		t.Errorf("asked %v", w.sh.Confirmed)
	}
	w.p.Leave(func() {})
	if len(w.sh.Confirmed) != 2 {
		t.Error("an empty basket is left without a question")
	}
}

func TestMonthsAndFilter(t *testing.T) {
	w := monthWorld(t)
	v, _, _ := w.month(can(toAdd, false), staff.Accueil)
	at := v.m.month
	press(v.grid, fyne.KeyPageDown)
	if v.m.month != at.AddMonths(1) || v.monthly.Text() != v.m.month.MonthYear() {
		t.Errorf("month %s", v.monthly.Text())
	}
	press(v.grid, fyne.KeyPageUp)
	n := len(v.m.lines)
	v.m.filter = "canteen"
	v.m.take(v.m.grid)
	v.showGrid()
	if len(v.m.lines) > n {
		t.Error("the canteen alone has fewer lines")
	}
	if !v.escape() || len(v.m.lines) != n || v.escape() {
		t.Error("Escape clears the filter once")
	}
	v.onEvent(kit.Event{Topic: booking.Topic})
	if len(v.m.lines) != n {
		t.Error("an event loads the same month again")
	}
}
