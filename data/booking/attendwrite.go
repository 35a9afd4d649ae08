package booking

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"ardoise/data/fault"
	"ardoise/data/store"
)

// write does what was sorted: marks, meals taken off, absences given back, new
// bookings.
func (at *attendance) write(tx *store.Tx) error {
	for _, mark := range []string{"", Present, Absent} {
		if ids := at.set[mark]; len(ids) > 0 {
			slices.Sort(ids)
			if _, err := tx.Exec(`UPDATE booking SET attendance = $1 WHERE id = ANY($2) AND state = 'booked'`, mark, ids); err != nil {
				return err
			}
		}
	}
	back, err := CancelMany(tx, at.op, at.off, "Pointage corrigé")
	if err != nil {
		return err
	}
	at.out.Credited += back
	if err := at.justify(tx); err != nil {
		return err
	}
	if _, err = Book(tx, at.rows); err != nil || at.out.Credited == 0 {
		return err
	}
	families := map[int64]bool{}
	for _, r := range at.f.live {
		families[r.familyID] = true
	}
	_, err = promote(tx, at.op, nil, slices.Sorted(maps.Keys(families)))
	return err
}

// justify gives absences back through the same judgement as a cancellation.
func (at *attendance) justify(tx *store.Tx) error {
	if len(at.just) == 0 {
		return nil
	}
	f := *at.f
	f.live = make(map[Item]row, len(at.just))
	for _, it := range at.just {
		have := at.f.live[it]
		if have.attendance == Justified {
			continue // it is
		}
		have.attendance = "" // whatever was marked before is being corrected
		f.live[it] = have
	}
	items := slices.DeleteFunc(slices.Clone(at.just), func(it Item) bool { _, ok := f.live[it]; return !ok })
	if len(items) == 0 {
		return nil
	}
	p := makePlan(&f, Ask{Cancel: items, Justification: at.a.Justification, Override: at.a.Override})
	var off []Release
	var kept []int64
	for _, l := range p.Lines {
		switch {
		case l.Verdict == Refused:
			return fault.New(fault.TooLate, "%s"+nbsp+": %s", l.Child, l.Reason)
		case l.justifyOnly:
			kept = append(kept, l.bookingID)
			at.note(f.children[l.ChildID], l.Note)
		default:
			r := l.release()
			r.Verdict, r.Attendance = CancelJustified, Justified
			off = append(off, r)
		}
		at.out.Marked++
	}
	back, err := CancelMany(tx, at.op, off, "Absence justifiée")
	if err != nil {
		return err
	}
	at.out.Credited += back
	return keepJustified(tx, kept)
}

// summary says what was marked; why a child was away is not for the trail.
func (at *attendance) summary() string {
	n := map[string]int{}
	for _, m := range at.a.Marks {
		n[m.Mark]++
	}
	var parts []string
	for _, m := range []string{Present, Absent, Justified, Ate, NoMark} {
		if n[m] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n[m], markLabels[m]))
		}
	}
	return "Pointage du " + at.a.Day.Short() + nbsp + ": " + strings.Join(parts, ", ")
}
