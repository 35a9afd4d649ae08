package reading

import (
	"slices"
	"time"

	"ardoise/data/calendar"
)

// recurring adds « tous les lundis » inside what frames them.
func (r *reader) recurring(s span, f frame, n *named) {
	first, last := f.first, f.last
	if first == 0 {
		first = r.today.Add(1)
	}
	for _, w := range f.weeks {
		for d := w; d < w.Add(7); d++ {
			if (len(s.wds) == 0 || slices.Contains(s.wds, d.Weekday())) && d >= r.today {
				n.add(d, false)
			}
		}
	}
	if len(f.weeks) > 0 {
		return
	}
	end := r.yearEnd()
	if last == 0 || last > end {
		if last == 0 {
			n.doubt("« " + r.text(s.from, s.to) + " » : sans date de fin, compté jusqu’à la fin de l’année scolaire (31 août). Jusqu’à quand ?")
		} else {
			n.doubt("Au-delà du 31 août, l’année scolaire suivante n’est pas comptée.")
		}
		last = end
	}
	for d := first; d <= last && d < r.today.Add(366); d++ {
		if len(s.wds) == 0 && d.Weekday() != time.Saturday && d.Weekday() != time.Sunday || slices.Contains(s.wds, d.Weekday()) {
			n.add(d, false)
		}
	}
}

// yearEnd is the 31 August that ends the school year of the day of receipt; from
// July on, that of the next.
func (r *reader) yearEnd() calendar.Date {
	y := r.today.Year()
	if r.today.Month() >= time.July {
		y++
	}
	return min(calendar.NewDate(y, time.August, 31), r.today.Add(365))
}

// whole adds ranges, weeks and months in which no single days were said.
func (r *reader) whole(spans []span, every, past bool, f frame, n *named) {
	if every {
		return
	}
	singles, ranges := false, 0
	from, until := false, false
	for _, s := range spans {
		if s.except {
			continue
		}
		singles = singles || s.form == fList
		from = from || s.form == fFrom
		until = until || s.form == fUntil || s.form == fBreak
		if s.form == fRange || s.form == fMonth {
			ranges++
			if s.form == fRange {
				var own named
				if a, b := r.rangeOf(s, past, &own); a != 0 {
					r.run(a, b, n)
				}
			}
		}
	}
	if singles && (len(f.weeks) > 0 && !r.weekdaysIn || ranges > 0 && f.first != 0 && !r.listApart(spans)) {
		n.doubt("Des jours précis et une période entière sont nommés ensemble : lesquels compter ?")
	}
	if !singles {
		for _, w := range f.weeks {
			if w == r.today.Monday() {
				r.run(max(w, r.today), w.Add(4), n)
			} else {
				r.run(w, w.Add(4), n)
			}
		}
		for _, s := range spans {
			if s.form == fMonth && !s.except && ranges == 1 && f.first != 0 {
				r.run(f.first, f.last, n)
			}
		}
	}
	switch {
	case from && until && f.first != 0 && f.last != 0:
		if f.last < f.first {
			n.doubt("La période finit avant de commencer.")
			return
		}
		r.run(f.first, f.last, n)
	case from && f.first != 0:
		n.doubt("À partir du " + f.first.LongNoYear() + ", mais jusqu’à quand ?")
		if !singles {
			r.run(f.first, f.first, n)
		}
	case until && f.last != 0:
		n.doubt("Jusqu’au " + f.last.LongNoYear() + ", mais à partir de quel jour ?")
		if !singles {
			r.run(r.today, f.last, n)
		}
	}
}

// listApart reports days said one by one beside a range, each whole in itself.
func (r *reader) listApart(spans []span) bool {
	for _, s := range spans {
		if s.form == fMonth {
			return false
		}
		if s.form == fList {
			for _, a := range s.atoms {
				if a.wdOK && a.num == 0 {
					return false
				}
			}
		}
	}
	return true
}

const shortRange = 14

func (r *reader) run(first, last calendar.Date, n *named) {
	if last > r.today.Add(366) {
		last = r.today.Add(366)
	}
	for d := first; d <= last; d++ {
		if w := d.Weekday(); w != time.Saturday && w != time.Sunday {
			n.add(d, last-first <= shortRange)
		}
	}
}

// excepted takes « sauf le mercredi », « sauf jeudi 3 » out.
func (r *reader) excepted(spans []span, past bool, n *named) {
	for _, s := range spans {
		if len(n.days) < 2 {
			n.doubt("« sauf » : de quels jours est-ce l’exception ?")
			return
		}
		before := len(n.days)
		var out named
		switch s.form {
		case fList, fEvery:
			wds := slices.Clone(s.wds)
			single := true
			for _, a := range r.completed(s.atoms) {
				if a.wdOK && a.num == 0 && !a.next && !a.weekOK {
					wds = append(wds, a.wd)
					continue
				}
				single = false
				res := r.resolveNear(a, n.days, past)
				out.doubt(res.doubt)
				n.days = slices.DeleteFunc(n.days, func(d calendar.Date) bool { return d == res.day })
			}
			if single || len(wds) > 0 {
				n.days = slices.DeleteFunc(n.days, func(d calendar.Date) bool { return slices.Contains(wds, d.Weekday()) })
			}
		case fRange:
			a, b := r.rangeOf(s, past, &out)
			n.days = slices.DeleteFunc(n.days, func(d calendar.Date) bool { return d >= a && d <= b })
		default:
			out.doubt("« " + r.text(s.from, s.to) + " » : l’exception n’a pas été comprise.")
		}
		for _, d := range out.doubts {
			n.doubt(d)
		}
		if len(n.days) == before {
			n.doubt("« sauf " + r.text(s.from, s.to) + " » ne retire aucun jour.")
		}
	}
}

// resolveNear resolves a day said by its number among the days of a period.
func (r *reader) resolveNear(a atom, days []calendar.Date, past bool) resolution {
	if !a.complete() && a.num > 0 {
		for _, d := range days {
			if d.Day() == a.num && (!a.wdOK || d.Weekday() == a.wd) {
				return resolution{day: d}
			}
		}
	}
	return r.resolve(a, past)
}

// nextBreak gives the last day before the next school holidays, as far as the
// services' calendar tells: the first run of nine closed days or more.
func (r *reader) nextBreak() calendar.Date {
	open := r.anyOpen()
	if open == nil {
		return 0
	}
	closed := 0
	for d := r.today; d < r.today.Add(300); d++ {
		if ok, _ := open(d); ok {
			closed = 0
			continue
		}
		if closed++; closed == 9 {
			return d.Add(-9)
		}
	}
	return 0
}
