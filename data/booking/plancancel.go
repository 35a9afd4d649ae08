package booking

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"ardoise/data/access"
	"ardoise/data/calendar"
	"ardoise/data/fault"
)

// absence is where a day stands in the run of days a child is away.
type absence struct {
	first calendar.Date // of the run
	place int           // 0 for its first booked day
}

// runPlaces puts each cancellation asked for in its run of absence. A run is the
// child's booked days one after another that are in this Ask or already marked
// absent or justified; days the child had not booked do not break it.
func runPlaces(f *facts, ask Ask) map[Item]absence {
	out := map[Item]absence{}
	if ask.Justification.Kind != Illness {
		return out
	}
	away := map[access.GateKey][]Item{}
	for _, it := range ask.Cancel {
		k := access.GateKey{ChildID: it.ChildID, ServiceID: it.ServiceID}
		away[k] = append(away[k], it)
	}
	for k, items := range away {
		asked := map[Item]bool{}
		for _, it := range items {
			asked[it] = true
		}
		days := slices.Clone(f.absences[k])
		slices.SortFunc(days, func(a, b row) int { return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.id, b.id)) })
		var run absence
		open := false
		for _, r := range days {
			if !asked[r.Item] && r.attendance != "absent" && r.attendance != "justified" {
				open = false
				continue
			}
			if !open {
				run, open = absence{first: r.Day}, true
			}
			out[r.Item] = run
			run.place++
		}
	}
	return out
}

// cancel judges one cancellation.
func (p *planner) cancel(it Item, place absence) Line {
	l, c, s, ok := p.line(it, Cancel)
	if !ok {
		return l
	}
	have, ok := p.f.live[it]
	if !ok {
		p.payer(&l, c.payerOn(it.Day))
		l.Already = true
		return l.refuse(fault.Invalid, c.first+" n’a rien de réservé ce jour-là.")
	}
	p.payer(&l, have.familyID)
	l.Pay, l.bookingID, l.sittingID = have.pay, have.id, have.sittingID
	if p.ask.FamilyID != 0 && p.ask.FamilyID != have.familyID {
		return l.refuse(fault.Invalid, "Réservé et payé par la famille "+l.Family+nbsp+": c’est elle qui annule.")
	}
	if have.state == Waiting {
		l.Verdict, l.verdict, l.Reason = Accepted, CancelWaiting, "Retiré de la liste d’attente."
		return l
	}
	l.Late = !calendar.InTime(p.f.judged(), l.Cutoff)
	switch {
	case have.attendance == "present":
		return l.refuse(fault.Conflict, c.first+" est pointé présent ce jour-là"+nbsp+": corrigez d’abord le pointage.")
	case have.attendance == "justified":
		return l.refuse(fault.Conflict, "L’absence de "+c.first+" est déjà justifiée (jour de carence, non rendu).")
	case !l.Late:
		p.giveBack(&l, have, CancelInTime, "")
	case p.ask.Justification.Kind != "":
		p.justify(&l, have, s, place)
	case p.ask.Override != "":
		p.giveBack(&l, have, CancelOverride, "Hors délai, accepté"+nbsp+": "+p.ask.Override)
	case it.Day < calendar.DateOf(p.f.now):
		return l.refuse(fault.TooLate, "Ce jour est passé"+nbsp+": pointez l’absence, ou justifiez-la.")
	default:
		p.giveBack(&l, have, CancelLate, "Délai passé"+nbsp+": il fallait annuler avant "+limitText(l.Cutoff)+". La place est rendue, le montant reste dû.")
	}
	return l
}

// giveBack accepts a cancellation; a late one gives back nothing.
func (p *planner) giveBack(l *Line, have row, verdict, reason string) {
	l.Verdict, l.verdict, l.Reason = Accepted, verdict, reason
	if gives(verdict) {
		l.Price = have.price
	}
	if have.kind == Unbooked {
		l.priceKind = Unbooked
		return // it never took a place
	}
	p.freed[loadKey{l.ServiceID, l.Day, 0}]++
	if have.sittingID != 0 {
		p.freed[loadKey{l.ServiceID, l.Day, have.sittingID}]++
	}
}

// justify judges an absence past the cut-off: an illness needs its certificate
// in time and may have unpaid waiting days, other reasons give the meal back.
func (p *planner) justify(l *Line, have row, s serviceFacts, place absence) {
	l.Action = Justify
	why := "Absence justifiée" + nbsp + ": " + p.ask.Justification.text() + "."
	if p.ask.Justification.Kind != Illness {
		p.giveBack(l, have, CancelJustified, why)
		return
	}
	first := place.first
	if first.IsZero() {
		first = l.Day
	}
	limit := first.At(s.StartsAt.Hour, s.StartsAt.Minute).Add(time.Duration(s.ProofHours) * time.Hour)
	if !calendar.InTime(p.f.judged(), limit) && p.ask.Override == "" {
		*l = l.refuse(fault.TooLate, fmt.Sprintf("Certificat remis trop tard"+nbsp+": il fallait le remettre avant %s (%d"+nbsp+"h après le début de l’absence).", limitText(limit), s.ProofHours))
		return
	}
	if place.place < s.WaitingDays {
		l.Verdict, l.verdict, l.justifyOnly, l.Reason = Accepted, CancelJustified, true, why
		l.Note = fmt.Sprintf("Jour de carence %d sur %d"+nbsp+": le montant reste dû.", place.place+1, s.WaitingDays)
		return
	}
	p.giveBack(l, have, CancelJustified, why)
}
