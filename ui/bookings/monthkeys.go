package bookings

import (
	"context"
	"time"

	"ardoise/data/booking"
)

// toggle is Space or a tap on a cell.
func (v *monthView) toggle(row, col int) {
	want, late, ok := v.m.wish(row, col)
	if !ok {
		if why := v.m.why(row, col); why != "" {
			v.sh.Toast(why)
		}
		return
	}
	// A late cancellation needs no reason: it gives nothing back, and says so.
	if late && want == toAdd && v.m.basket.override == "" {
		v.askOverride(func() { v.mark(row, col, want) })
		return
	}
	v.mark(row, col, want)
}

func (v *monthView) mark(row, col int, to mark) {
	_, it, ok := v.m.cell(row, col)
	if !ok {
		return
	}
	v.m.basket.set(it, to)
	v.m.basket.endGesture()
	v.changed()
}

func (v *monthView) unmark(row, col int) { v.mark(row, col, unmarked) }

// changed shows the basket's marks at once and asks for its plan.
func (v *monthView) changed() {
	v.grid.SetGroups(v.m.groups())
	v.grid.RefreshCells()
	v.replan()
}

// paint does to each cell under the pointer what the first one got; cut-offs
// that have passed are never painted over.
func (v *monthView) paint(row, col int, first bool) {
	want, late, ok := v.m.wish(row, col)
	if first {
		v.painting = want
	}
	if !ok || late || want != v.painting {
		return
	}
	if _, it, found := v.m.cell(row, col); found {
		v.m.basket.set(it, want)
		v.grid.RefreshCells()
	}
}

// letter handles J (justify), O (a reason to go past cut-offs), + and R (book), - (cancel).
func (v *monthView) letter(row, col int, r rune) bool {
	switch r {
	case 'j', 'J':
		if !v.m.justifiable(row, col) {
			v.sh.Toast("J s’applique à un jour réservé ou à une absence.")
			return true
		}
		v.askJustification(row, col)
		return true
	case 'o', 'O':
		v.askOverride(v.replan)
		return true
	case '+', 'r', 'R':
		if want, _, ok := v.m.wish(row, col); ok && want == toAdd {
			v.toggle(row, col)
		}
		return true
	case '-':
		if want, _, ok := v.m.wish(row, col); ok && want == toCancel {
			v.toggle(row, col)
		}
		return true
	}
	return false
}

// replan asks the booking room what the basket means, a moment after the last
// change; a late answer to an older basket is dropped.
func (v *monthView) replan() {
	if v.stop != nil {
		v.stop()
	}
	if v.m.basket.empty() {
		v.m.plan = nil
		v.basket.settle()
		v.planning.Go(v.sh.Runner(), v.sh.Ctx(), func(context.Context) error { return nil }, func(error) {})
		v.basket.show()
		return
	}
	v.basket.stale = true
	v.basket.show()
	v.stop = v.sh.Runner().After(60*time.Millisecond, v.plan)
}

func (v *monthView) plan() {
	if v.m.basket.empty() {
		return
	}
	ask := v.ask()
	var plan *booking.Plan
	v.planning.Go(v.sh.Runner(), v.sh.Ctx(), func(ctx context.Context) (err error) {
		plan, err = v.p.d.Booking.Plan(ctx, ask)
		return err
	}, func(err error) {
		asked := v.basket.settle()
		if err != nil {
			v.m.plan = nil
			v.basket.failed(err)
			return
		}
		v.m.plan = plan
		v.basket.show()
		if asked {
			v.basket.commit()
		}
	})
}

func (v *monthView) ask() booking.Ask {
	b := v.basket
	c := consent(v.contact.guardian, b.how.Value(), v.sh.Now())
	if !b.agreed.Checked() {
		c.Who, c.How = "", ""
	}
	return v.m.basket.ask(v.m.key, v.m.family, b.means.Value(), c, b.recap.Checked())
}
