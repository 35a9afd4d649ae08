package booking

import (
	"database/sql"
	"fmt"
	"strings"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/money"
	"ardoise/data/store"
)

// Release is one live booking to cancel: the decision is already taken.
type Release struct {
	Item
	BookingID  int64
	Verdict    string // in_time, late, override, justified, closure, waiting
	Cutoff     time.Time
	Rule       string
	Attendance string // "" or justified
	SittingID  int64
	NoPlace    bool // it took none: waiting, or eaten without booking
}

// CancelMany cancels live bookings: their state with the decision, one reversal
// of each charge that comes back, the places they give. label names the
// reversals. back is what came back to all wallets.
func CancelMany(tx *store.Tx, op int64, list []Release, label string) (back money.Cents, err error) {
	if len(list) == 0 {
		return 0, nil
	}
	if err := closeRows(tx, op, list); err != nil {
		return 0, err
	}
	given := map[loadKey]int{}
	children := make([]int64, len(list))
	var returned []int64
	for i, r := range list {
		children[i] = r.ChildID
		if gives(r.Verdict) {
			returned = append(returned, r.BookingID)
		}
		if !r.NoPlace {
			countPlace(given, r.ServiceID, r.Day, r.SittingID, 1)
		}
	}
	if back, err = reverseCharges(tx, op, returned, label); err != nil {
		return 0, err
	}
	publish(tx, children)
	return back, givePlaces(tx, given)
}

// closeRows writes the decisions; a booking that somebody else cancelled
// meanwhile is a Conflict.
func closeRows(tx *store.Tx, op int64, list []Release) error {
	return ledger.Batches(len(list), 5, func(from, to int, _ string) error {
		args, rows := []any{op}, make([]string, 0, to-from)
		for _, r := range list[from:to] {
			cutoff := ""
			if !r.Cutoff.IsZero() {
				cutoff = store.Instant(r.Cutoff)
			}
			args = append(args, r.BookingID, r.Verdict, cutoff, r.Rule, r.Attendance)
			n := len(args)
			rows = append(rows, fmt.Sprintf("(CAST($%d AS BIGINT), CAST($%d AS TEXT), CAST($%d AS TEXT), CAST($%d AS TEXT), CAST($%d AS TEXT))", n-4, n-3, n-2, n-1, n))
		}
		n, err := tx.Exec(`UPDATE booking SET state = 'cancelled', cancel_operation_id = $1, cancel_verdict = v.column2, cancel_cutoff_at = v.column3,
			cancel_rule = v.column4, attendance = v.column5 FROM (VALUES `+strings.Join(rows, ", ")+`) AS v
			WHERE booking.id = v.column1 AND booking.state <> 'cancelled'`, args...)
		if err == nil && n != int64(to-from) {
			return fault.New(fault.Conflict, "Une de ces réservations vient d’être annulée par ailleurs. Rien n’a été modifié"+nbsp+": relisez la grille.")
		}
		return err
	})
}

// reverseCharges gives back the charges of some bookings, each once.
func reverseCharges(tx *store.Tx, op int64, bookings []int64, label string) (back money.Cents, err error) {
	if len(bookings) == 0 {
		return 0, nil
	}
	var ids []int64
	if err := store.Each(tx, func(r *sql.Rows) error {
		var id int64
		var amount money.Cents
		if err := r.Scan(&id, &amount); err != nil {
			return err
		}
		ids, back = append(ids, id), back+amount
		return nil
	}, `SELECT id, amount FROM transfer WHERE booking_id = ANY($1) AND kind = 'charge' ORDER BY id`, bookings); err != nil {
		return 0, err
	}
	if len(ids) == 0 {
		return 0, nil
	}
	_, err = ledger.ReverseMany(tx, op, ids, label)
	return back, err
}

// release turns an accepted cancellation of a plan into a Release.
func (l Line) release() Release {
	r := Release{Item: l.Item, BookingID: l.bookingID, Verdict: l.verdict, Cutoff: l.Cutoff, Rule: l.Rule, SittingID: l.sittingID}
	r.NoPlace = l.verdict == CancelWaiting || l.priceKind == Unbooked
	if l.verdict == CancelJustified {
		r.Attendance = "justified"
	}
	return r
}

// row turns an accepted addition of a plan into a Row.
func (l Line) row(op int64) Row {
	r := Row{
		ChildID: l.ChildID, ServiceID: l.ServiceID, Day: l.Day, FamilyID: l.FamilyID, State: Booked, Pay: l.Pay, Kind: l.priceKind, Price: l.Price,
		Care: l.care, TariffID: l.tariffID, SittingID: l.sittingID, OperationID: op, Cutoff: l.Cutoff, Rule: l.Rule, Verdict: l.verdict,
	}
	if l.Verdict == Waits {
		r.State = Waiting
	}
	return r
}

// daysText gives "le 7 déc." or "5 jours, du 7 au 14 déc.".
func daysText(items []Item) string {
	if len(items) == 0 {
		return ""
	}
	first, last := items[0].Day, items[0].Day
	days := map[calendar.Date]bool{}
	for _, it := range items {
		first, last, days[it.Day] = min(first, it.Day), max(last, it.Day), true
	}
	if first == last {
		return "le " + first.DayMonth()
	}
	return fmt.Sprintf("%d jours, du %s au %s", len(days), first.DayMonth(), last.DayMonth())
}
