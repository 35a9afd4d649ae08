package catalog

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"io"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// ClosureLine is one closure of an imported calendar.
type ClosureLine struct {
	Verdict string // LineAdded, LineSame, LineRefused
	Closure Closure
	Reason  string // French, why it is refused
}

// ClosurePlan says what a town's own calendar of closures would add.
type ClosurePlan struct {
	ServiceID int64 // 0: every service
	Lines     []ClosureLine
	Left      []string // French: events that are no closure, and why
	Added     int
	Same      int
	Refused   int
	NoCopy    bool // the agent's own choice to go on without the copy of the base
	digest    string
}

// PlanClosures reads a calendar of closures (ICS) for a service (0: all of them)
// and says what it would add; nothing is written. Days that are booked are
// refused: the booking room closes those.
func (s *Service) PlanClosures(ctx context.Context, r io.Reader, serviceID int64) (*ClosurePlan, error) {
	if err := staff.Require(ctx, staff.Admin); err != nil {
		return nil, err
	}
	list, left, err := calendar.ParseClosures(r)
	if err != nil {
		return nil, err
	}
	var p *ClosurePlan
	err = s.db.Read(ctx, func(tx *store.Tx) (err error) {
		p, err = planClosuresTx(tx, list, serviceID)
		return err
	})
	if err != nil {
		return nil, err
	}
	p.Left = left
	return p, nil
}

// CommitClosures keeps the closures PlanClosures said it would add, those it
// refused left aside; Conflict where one is no longer what was shown.
func (s *Service) CommitClosures(ctx context.Context, p *ClosurePlan) error {
	if err := staff.Require(ctx, staff.Admin); err != nil {
		return err
	}
	list := make([]calendar.Closure, len(p.Lines))
	for i, l := range p.Lines {
		list[i] = calendar.Closure{First: l.Closure.First, Last: l.Closure.Last, Reason: l.Closure.Reason}
	}
	if p.Added > 0 {
		if _, err := s.before.Copy(ctx, p.NoCopy); err != nil {
			return err
		}
	}
	return s.db.Write(ctx, func(tx *store.Tx) error {
		now, err := planClosuresTx(tx, list, p.ServiceID)
		if err != nil {
			return err
		}
		if now.digest != p.digest {
			return fault.New(fault.Conflict, "Les fermetures ou les réservations ont changé depuis l’affichage, relisez ce que l’import ajouterait"+nbsp+": rien n’a été modifié.")
		}
		return now.keep(tx)
	})
}

func planClosuresTx(tx *store.Tx, list []calendar.Closure, serviceID int64) (*ClosurePlan, error) {
	if serviceID != 0 {
		if _, err := ServiceTx(tx, serviceID); err != nil {
			return nil, err
		}
	}
	have, err := closures(tx)
	if err != nil {
		return nil, err
	}
	there := map[Closure]bool{}
	for _, h := range have {
		h.ID = 0
		there[h] = true
	}
	booked, err := bookedOn(tx, list, serviceID)
	if err != nil {
		return nil, err
	}
	today := calendar.DateOf(tx.Now())
	p := &ClosurePlan{ServiceID: serviceID}
	for _, k := range list {
		l := ClosureLine{Verdict: LineAdded, Closure: Closure{ServiceID: serviceID, First: k.First, Last: k.Last, Reason: k.Reason}}
		var meals int64
		for day := max(k.First, today.Add(-366)); day <= k.Last; day++ {
			meals += booked[day]
		}
		switch {
		case there[l.Closure]:
			l.Verdict = LineSame
			p.Same++
		case k.Last < today:
			l.Verdict, l.Reason = LineRefused, "Ces jours sont passés."
			p.Refused++
		case meals > 0:
			l.Verdict, l.Reason = LineRefused, bookedText(meals)
			p.Refused++
		default:
			there[l.Closure] = true
			p.Added++
		}
		p.Lines = append(p.Lines, l)
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%#v", p.Lines))
	p.digest = hex.EncodeToString(sum[:])
	return p, nil
}

// bookedOn counts the live bookings of the days the closures span.
func bookedOn(tx *store.Tx, list []calendar.Closure, serviceID int64) (map[calendar.Date]int64, error) {
	out := map[calendar.Date]int64{}
	if len(list) == 0 {
		return out, nil
	}
	first, last := list[0].First, list[0].Last
	for _, k := range list {
		first, last = min(first, k.First), max(last, k.Last)
	}
	return out, store.Each(tx, func(r *sql.Rows) error {
		var day calendar.Date
		var n int64
		err := r.Scan(&day, &n)
		out[day] = n
		return err
	}, `SELECT day, COUNT(*) FROM booking WHERE service_id IN (SELECT id FROM service WHERE CAST($1 AS BIGINT) = 0 OR id = $1)
		AND day BETWEEN $2 AND $3 AND state <> 'cancelled' GROUP BY day`, serviceID, first.String(), last.String())
}

func (p *ClosurePlan) keep(tx *store.Tx) error {
	if p.Added == 0 {
		return nil
	}
	var rows [][]any
	var sum Summary
	for _, l := range p.Lines {
		if k := l.Closure; l.Verdict == LineAdded {
			rows = append(rows, []any{nullID(k.ServiceID), k.First.String(), k.Last.String(), k.Reason})
			sum.count("Fermeture", calendar.RangeText(k.First, k.Last)+", "+k.Reason, true, false)
		}
	}
	if err := insertRows(tx, `INSERT INTO closure (service_id, first_day, last_day, reason)`, rows, ``); err != nil {
		return err
	}
	tx.Publish(Topic)
	return staff.Audit(tx, "catalog.closures", "service:"+itoa(p.ServiceID), sum.trail())
}
