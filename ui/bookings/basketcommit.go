package bookings

import (
	"context"
	"fmt"

	"ardoise/data/booking"
	"ardoise/data/fault"
	"ardoise/ui/kit"
	"ardoise/ui/widgets"
)

// commit does what the plan shows, once; without the family's consent it asks
// for it first.
func (b *basketPanel) commit() {
	if off := b.off(); off != "" || b.busy {
		return
	}
	if b.stale {
		b.asked = true
		return
	}
	if b.agreed.Checked() {
		b.send()
		return
	}
	who := b.v.contact.guardian
	if who == "" {
		who = "La famille"
	}
	b.v.sh.Confirm("Accord de la famille", fault.French(fmt.Sprintf("%s a donné son accord par %s ? Qui l’a donné, comment et quand est conservé avec les réservations.", who, b.how.Value())),
		"Accord reçu, valider", widgets.Primary, func() {
			b.agreed.Set(true)
			b.send()
		})
}

// settle notes that the plan is that of the basket again, and tells whether F9
// was pressed meanwhile.
func (b *basketPanel) settle() (asked bool) {
	asked, b.stale, b.asked = b.asked, false, false
	return asked
}

// send commits the plan that is shown.
func (b *basketPanel) send() {
	plan := b.v.m.plan
	if plan == nil {
		return
	}
	plan.Ask = b.v.ask()
	b.busy = true
	b.ok.SetEnabled(false, "Validation en cours…")
	kit.Load(b.v.sh.Runner(), b.v.sh.Ctx(), func(ctx context.Context) (*booking.Done, error) {
		return b.v.p.d.Booking.Commit(ctx, plan)
	}, func(done *booking.Done, err error) {
		b.busy = false
		if err != nil {
			b.v.sh.Refused(err)
			if fault.KindOf(err) == fault.Conflict {
				b.v.load() // what was shown has changed: show it, keep the basket
			}
			b.show()
			return
		}
		b.v.m.basket.done()
		b.v.m.key = newKey()
		b.v.m.plan = nil
		b.agreed.Set(false)
		b.v.sh.Done(doneText(done), b.undoOf(done))
		b.v.load()
	})
}

func doneText(d *booking.Done) string {
	added, gone := 0, 0
	for _, l := range d.Lines {
		switch {
		case l.Verdict == booking.Refused:
		case l.Action == booking.Add:
			added++
		default:
			gone++
		}
	}
	text := ""
	if added > 0 {
		text = plural(added, "jour réservé", "jours réservés")
	}
	if gone > 0 {
		if text != "" {
			text += ", "
		}
		text += plural(gone, "jour annulé", "jours annulés")
	}
	if d.Receipt != nil {
		text += ", quittance " + d.Receipt.Number()
	}
	return text
}

func plural(n int, one, many string) string {
	if n > 1 {
		return fmt.Sprintf("%d %s", n, many)
	}
	return fmt.Sprintf("%d %s", n, one)
}

// undoOf cancels what was just booked, where all of it can still be cancelled
// in time; anything else is not undone with a key, for money has moved.
func (b *basketPanel) undoOf(d *booking.Done) func() {
	var items []booking.Item
	for _, l := range d.Lines {
		switch {
		case l.Verdict == booking.Refused:
		case l.Action != booking.Add || l.Late:
			return nil
		default:
			items = append(items, l.Item)
		}
	}
	if len(items) == 0 || d.Receipt != nil {
		return nil
	}
	v, family := b.v, b.v.m.family
	who := consent(v.contact.guardian, b.how.Value(), v.sh.Now())
	return func() {
		ask := booking.Ask{Key: newKey(), FamilyID: family, Cancel: items, Consent: who}
		kit.Load(v.sh.Runner(), v.sh.Ctx(), func(ctx context.Context) (*booking.Done, error) { return v.p.d.Booking.Book(ctx, ask) },
			func(done *booking.Done, err error) {
				if err != nil {
					v.sh.Refused(err)
					return
				}
				v.sh.Done(doneText(done), nil)
				v.load()
			})
	}
}
