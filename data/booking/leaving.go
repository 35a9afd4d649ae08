package booking

import (
	"database/sql"
	"maps"
	"slices"

	"ardoise/data/calendar"
	"ardoise/data/money"
	"ardoise/data/store"
)

// Leaving is a live booking of a child for a day on which it will have left.
type Leaving struct {
	Item
	BookingID int64
	FamilyID  int64 // who pays
	Child     string
	Service   string
	Pay       string
	Waiting   bool
	Late      bool        // its cancelling limit has passed
	Back      money.Cents // to the wallet; 0 where it is late, or by the month
	Lost      money.Cents // due all the same

	release Release
}

// ComingTx lists the live bookings of children after the last day of each, from
// today on, with what cancelling them now gives back: the cut-off of each
// service decides, as for any family.
func ComingTx(tx *store.Tx, lastDays map[int64]calendar.Date) ([]Leaving, error) {
	if len(lastDays) == 0 {
		return nil, nil
	}
	children := slices.Sorted(maps.Keys(lastDays))
	services := map[int64]bool{}
	list, err := store.Collect(tx, func(r *sql.Rows) (l Leaving, err error) {
		var state, kind string
		var price money.Cents
		err = r.Scan(&l.BookingID, &l.ChildID, &l.ServiceID, &l.Day, &l.FamilyID, &state, &l.Pay, &kind, &price, &l.release.SittingID, &l.Child, &l.Service)
		l.Waiting = state == Waiting
		l.Lost = price
		if l.Waiting {
			l.Lost = 0
		}
		services[l.ServiceID] = true
		return l, err
	}, `SELECT b.id, b.child_id, b.service_id, b.day, b.family_id, b.state, b.pay, b.kind, b.price, b.sitting_id,
		c.first || ' ' || CASE WHEN c.usage <> '' THEN c.usage ELSE c.last END, s.short
		FROM booking b JOIN child c ON c.id = b.child_id JOIN service s ON s.id = b.service_id
		WHERE b.child_id = ANY($1) AND b.day >= $2 AND b.state <> 'cancelled' AND b.attendance = '' AND b.kind <> 'unbooked' ORDER BY b.day, c.sort_key, b.id`, children, today(tx).String())
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(l Leaving) bool { return l.Day <= lastDays[l.ChildID] })
	if len(list) == 0 {
		return nil, nil
	}
	f := &facts{now: tx.Now()}
	if err := f.loadServices(tx, slices.Sorted(maps.Keys(services))); err != nil {
		return nil, err
	}
	for i := range list {
		f.judgeLeaving(&list[i])
	}
	return list, nil
}

// judgeLeaving decides what cancelling one booking now gives back.
func (f *facts) judgeLeaving(l *Leaving) {
	s := f.services[l.ServiceID]
	r := &l.release
	r.Item, r.BookingID, r.NoPlace = l.Item, l.BookingID, l.Waiting
	r.Cutoff, r.Rule = s.Cancel.Limit(l.Day, s.plan)
	l.Late = !calendar.InTime(f.now, r.Cutoff)
	switch {
	case l.Waiting:
		r.Verdict = CancelWaiting
	case l.Late:
		r.Verdict = CancelLate
	default:
		r.Verdict = CancelInTime
		if l.Pay == Prepaid {
			l.Back = l.Lost
		}
		l.Lost = 0
	}
}

// CancelLeavingTx cancels what ComingTx listed under an operation of the caller;
// who waits gets the places. back is what came back to all wallets.
func CancelLeavingTx(tx *store.Tx, op int64, list []Leaving) (back money.Cents, err error) {
	releases := make([]Release, len(list))
	items := make([]Item, len(list))
	payers := map[int64]bool{}
	for i, l := range list {
		releases[i], items[i] = l.release, l.Item
		payers[l.FamilyID] = true
	}
	if back, err = CancelMany(tx, op, releases, "Départ de l’école"); err != nil {
		return 0, err
	}
	_, err = promote(tx, op, items, slices.Sorted(maps.Keys(payers)))
	return back, err
}
