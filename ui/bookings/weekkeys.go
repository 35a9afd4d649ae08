package bookings

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"ardoise/data/booking"
	"ardoise/data/fault"
	"ardoise/ui/widgets"
)

// letter handles the keys of the grid; a used one goes down.
func (v *weekView) letter(row, col int, r rune) bool {
	switch r {
	case 'P':
		if shifted() {
			v.wholeClass(row, col)
			return false
		}
		return v.mark(row, col, booking.Present)
	case 'p':
		return v.mark(row, col, booking.Present)
	case 'a', 'A':
		return v.mark(row, col, booking.Absent)
	case 'j', 'J':
		return v.mark(row, col, booking.Justified)
	case 'n', 'N':
		return v.mark(row, col, booking.Ate)
	}
	return false
}

// shifted tells Shift+P from P with the capitals locked, where the driver knows.
func shifted() bool {
	if d, ok := fyne.CurrentApp().Driver().(desktop.Driver); ok {
		return d.CurrentKeyModifiers()&fyne.KeyModifierShift != 0
	}
	return true
}

// toggle is Space: present, and back.
func (v *weekView) toggle(row, col int) {
	cell, ok := v.m.cell(row, col)
	if !ok {
		return
	}
	if cell.State == booking.CellPresent {
		v.mark(row, col, booking.NoMark)
		return
	}
	v.mark(row, col, booking.Present)
}

// mark sets a cell and shows it at once; keeping it waits for a pause.
func (v *weekView) mark(row, col int, mark string) bool {
	return v.markAs(row, col, mark, booking.Justification{}, "")
}

func (v *weekView) markAs(row, col int, mark string, just booking.Justification, override string) bool {
	done, why := v.m.set(row, col, mark, just, override)
	if why != "" {
		v.sh.Toast(why)
		return false
	}
	if done {
		v.changed()
		v.later()
	}
	return done
}

// wholeClass is Shift+P.
func (v *weekView) wholeClass(row, col int) {
	n, why := v.m.allPresent(row, col)
	switch {
	case why != "":
		v.sh.Toast(why)
	case n == 0:
		v.sh.Toast("Plus personne à pointer dans cette classe ce jour-là.")
	default:
		v.changed()
		v.later()
	}
}

// later sends what waits after a pause in the typing, and at the latest a
// second after the first key.
func (v *weekView) later() {
	if len(v.m.marks.waiting) == 0 {
		return
	}
	now := v.sh.Now()
	if v.stop == nil {
		v.since = now
	} else {
		if now.Sub(v.since) > sendLimit {
			return // the timer under way stays
		}
		v.stop()
	}
	v.stop = v.sh.Runner().After(sendPause, v.flush)
}

// flush sends what waits, now. It goes on when the page is left: what was typed
// and shown is kept.
func (v *weekView) flush() { v.send(false) }

// send is flush; undoing says so without a way back of its own, or a second
// Ctrl+Z would do again what the first one undid.
func (v *weekView) send(undoing bool) {
	if v.stop != nil {
		v.stop()
		v.stop = nil
	}
	batches := v.m.marks.next()
	if len(batches) == 0 {
		return
	}
	before, mine := v.sent, make(chan struct{})
	v.sent = mine
	v.underWay++
	var out outcome
	v.sh.Runner().Go(context.WithoutCancel(v.sh.Ctx()), func(ctx context.Context) error {
		defer close(mine)
		if before != nil {
			<-before // in the order typed
		}
		out = keep(ctx, v.p.d.Booking, batches)
		return nil
	}, func(error) { v.settled(out, undoing) })
}

// settled shows what became of the marks sent: kept ones with a way back,
// refused ones taken off the grid with a sentence.
func (v *weekView) settled(out outcome, undoing bool) {
	v.m.settle(out.kept, out.lost)
	v.changed()
	switch {
	case len(out.kept) == 0:
	case undoing:
		v.sh.Toast("Annulé\u00a0: " + out.text())
	default:
		v.sh.Done(out.text(), v.undoOf(out.kept))
	}
	if len(out.errs) > 0 {
		v.refused(out)
	}
	v.underWay--
	if len(out.errs) > 0 {
		v.leaving = nil
	}
	if then := v.leaving; then != nil && v.underWay == 0 {
		v.leaving = nil
		then()
		return
	}
	v.loadWeek()
}

// drain sends what waits and goes on once everything is answered; a refusal
// keeps the page, so that it is read where it happened.
func (v *weekView) drain(then func()) {
	v.leaving = then
	v.flush()
	if v.underWay == 0 && v.leaving != nil {
		v.leaving = nil
		then()
	}
}

// refused says why, and offers to go on where an agent may.
func (v *weekView) refused(out outcome) {
	if len(out.lost) == 1 && out.lost[0].mark == booking.Justified && fault.KindOf(out.errs[0]) == fault.TooLate {
		v.askLate(out.lost[0], out.errs[0])
		return
	}
	v.sh.Refused(out.refusal())
}

func (v *weekView) undoOf(kept []*stroke) func() {
	if len(back(kept)) == 0 {
		return nil
	}
	return func() {
		v.flush()
		for _, s := range back(kept) {
			v.m.marks.put(s, 0)
			if at, ok := v.m.where[s.item]; ok && v.m.grid != nil {
				v.m.redraw(at.row, at.col)
			}
		}
		v.changed()
		v.send(true)
	}
}

// again types a stroke once more with what was missing.
func (v *weekView) again(s *stroke, just booking.Justification, override string) {
	at, ok := v.m.where[s.item]
	if !ok {
		return
	}
	if v.markAs(at.row, at.col, s.mark, just, override) {
		v.flush()
	}
}

// askLate asks for the reason to take a justification past its limit.
func (v *weekView) askLate(s *stroke, err error) {
	reason := widgets.NewTextField().PlaceHolder("certificat remis à temps à l’école…")
	form := widgets.NewForm().Add(widgets.NewField("Motif (obligatoire)", "Il est conservé avec le pointage.", reason), func() error {
		if strings.TrimSpace(reason.Text()) == "" {
			return fault.New(fault.Invalid, "Écrivez pourquoi la justification est acceptée.")
		}
		return nil
	})
	var d *widgets.Dialog
	d = widgets.NewDialog("Délai passé : accepter quand même ?", fault.Sentence(err), form.Content(), "Accepter", widgets.Primary, func() {
		if !form.Validate() {
			return
		}
		d.Close()
		v.again(s, s.just, strings.TrimSpace(reason.Text()))
	})
	d.First = reason.FocusTarget()
	v.sh.Show(d)
}

// askReason asks why an absence is justified: the button of the side panel.
func (v *weekView) askReason() {
	row, col := v.grid.Cell()
	c, _, ok := v.m.child(row)
	if !ok {
		return
	}
	var kinds []widgets.Option
	for _, k := range []string{booking.Illness, booking.Strike, booking.Teacher, booking.Trip, booking.Other} {
		kinds = append(kinds, widgets.Option{ID: k, Label: booking.JustificationLabels[k]})
	}
	kind := widgets.NewSelect(nil, kinds...)
	kind.Set(booking.Illness)
	note := widgets.NewTextField().PlaceHolder("sortie au musée")
	form := widgets.NewForm().
		Add(widgets.NewField("Motif", "Pas de diagnostic : le motif seul.", kind), nil).
		Add(widgets.NewField("Précision", "N’est pas gardée pour une maladie.", note), func() error {
			if kind.Value() == booking.Other && strings.TrimSpace(note.Text()) == "" {
				return fault.New(fault.Invalid, "Écrivez le motif.")
			}
			return nil
		})
	sub := c.First + " " + c.Last + ", " + v.m.grid.Days[col].Day.LongNoYear() + ". Le repas est recrédité selon les règles du service."
	var d *widgets.Dialog
	d = widgets.NewDialog("Absence justifiée", sub, form.Content(), "Justifier", widgets.Primary, func() {
		if !form.Validate() {
			return
		}
		d.Close()
		v.p.focus(v.grid)
		v.markAs(row, col, booking.Justified, booking.Justification{Kind: kind.Value(), Note: strings.TrimSpace(note.Text())}, "")
	})
	d.First = kind.FocusTarget()
	v.sh.Show(d)
}
