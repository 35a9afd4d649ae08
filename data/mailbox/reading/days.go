package reading

import (
	"slices"

	"ardoise/data/calendar"
)

// named are the days that a clause asks for, before any service is asked.
type named struct {
	days   []calendar.Date
	told   map[calendar.Date]bool // said one by one (or in a short range): a closed one is told
	doubts []string
	any    bool // something about days was said
}

func (n *named) add(d calendar.Date, told bool) {
	n.days = append(n.days, d)
	if told {
		if n.told == nil {
			n.told = map[calendar.Date]bool{}
		}
		n.told[d] = true
	}
}

func (n *named) doubt(s string) {
	if s != "" && !slices.Contains(n.doubts, s) {
		n.doubts = append(n.doubts, s)
	}
}

// frame bounds recurring days and weekdays.
type frame struct {
	first, last calendar.Date
	weeks       []calendar.Date
	bounded     bool
}

// days works out what the spans of one clause name together.
func (r *reader) days(spans []span, past bool, before named) named {
	var n named
	var f frame
	var except []span
	every := false
	for _, s := range spans {
		if s.except {
			except = append(except, s)
		}
		every = every || s.form == fEvery
	}
	for _, s := range spans {
		if !s.except {
			n.any = true
			r.framed(s, every, past, &n, &f)
		}
	}
	for _, s := range spans {
		if s.except {
			continue
		}
		switch s.form {
		case fList:
			r.listed(s, past, f, &n)
		case fEvery:
			r.recurring(s, f, &n)
		case fSame:
			if len(spans) == 1 {
				n.days, n.told = slices.Clone(before.days), before.told
				if len(before.days) == 0 {
					n.doubt("« " + r.text(s.from, s.to) + " » : de quel jour s’agit-il ?")
				}
			}
		}
	}
	r.whole(spans, every, past, f, &n)
	r.excepted(except, past, &n)
	slices.Sort(n.days)
	n.days = slices.Compact(n.days)
	return n
}

// framed takes the weeks, months, bounds and ranges that frame other days.
func (r *reader) framed(s span, every, past bool, n *named, f *frame) {
	switch s.form {
	case fWeek:
		f.weeks = append(f.weeks, s.weeks...)
		f.bounded = true
	case fMonth:
		y := r.today.Year()
		if calendar.NewDate(y, s.month+1, 0) < r.today {
			y++
		}
		f.first, f.last, f.bounded = calendar.NewDate(y, s.month, 1), calendar.NewDate(y, s.month+1, 0), true
		if f.first < r.today {
			f.first = r.today
		}
		if f.first > r.today.Add(300) {
			n.doubt("« " + calendar.MonthName(s.month) + " » : de quelle année ?")
		}
	case fFrom:
		res := r.resolve(s.atoms[0], past)
		n.doubt(res.doubt)
		f.first = res.day
	case fUntil:
		res := r.resolve(s.atoms[0], false)
		n.doubt(res.doubt)
		f.last, f.bounded = res.day, res.day != 0
	case fBreak:
		f.last = r.nextBreak()
		f.bounded = f.last != 0
		if f.last == 0 {
			n.doubt("« jusqu’aux vacances » : le calendrier ne dit pas quand elles commencent.")
		}
	case fRange:
		a, b := r.rangeOf(s, past, n)
		if a != 0 && b != 0 {
			f.first, f.last, f.bounded = a, b, true
		}
	case fUnsure:
	default:
		if s.doubt != "" {
			n.doubt(s.doubt)
		}
		return
	}
	if s.doubt != "" && !(s.form == fMonth && every) && !(s.form == fWeek && r.weekdaysIn) {
		n.doubt(s.doubt)
	}
}

// rangeOf resolves both ends; what the first does not say it has from the second.
func (r *reader) rangeOf(s span, past bool, n *named) (first, last calendar.Date) {
	a, b := s.atoms[0], s.atoms[1]
	rb := r.resolve(b, past)
	if a.num > 0 && !a.complete() && b.complete() && rb.day != 0 {
		a.month, a.year = rb.day.Month(), rb.day.Year()
		if a.num > rb.day.Day() {
			prev := rb.day.FirstOfMonth().Add(-1)
			a.month, a.year = prev.Month(), prev.Year()
		}
	}
	if a.complete() && a.year == 0 && b.year != 0 && rb.day != 0 {
		a.year = rb.day.Year()
		if a.month > rb.day.Month() {
			a.year--
		}
	}
	if b.weekOK {
		a.weekOK, a.weekShift = true, b.weekShift
	}
	if b.next && a.wdOK && a.num == 0 {
		a.next = true
	}
	ra := r.resolve(a, past)
	if ra.day != 0 && b.num > 0 && !b.complete() && !past {
		rb = r.after(b, ra.day)
	}
	n.doubt(ra.doubt)
	n.doubt(rb.doubt)
	if b.num > 0 && !b.complete() && a.num > b.num && rb.day > ra.day.Add(shortRange+1) { // « du 15 au 12 »
		n.doubt("« " + r.text(s.from, s.to) + " » finit avant de commencer : jusqu’à quel jour ?")
	}
	if ra.day == 0 || rb.day == 0 {
		n.doubt("« " + r.text(s.from, s.to) + " » : de quel jour à quel jour ?")
		return 0, 0
	}
	if a.wdOK && a.num == 0 && b.wdOK && b.num == 0 && !a.weekOK {
		if rb.day < ra.day || r.at(s.from).f == "du" && !a.next || ra.day.Monday() != rb.day.Monday() {
			n.doubt("« " + r.text(s.from, s.to) + " » : de quelle semaine, ou toutes les semaines ?")
			if rb.day < ra.day {
				rb.day = rb.day.Add(7)
			}
		}
	}
	if rb.day < ra.day {
		n.doubt("« " + r.text(s.from, s.to) + " » finit avant de commencer.")
		return 0, 0
	}
	return ra.day, rb.day
}

// after resolves the last day of a range, said by its number only.
func (r *reader) after(b atom, first calendar.Date) resolution {
	for m := 0; m <= 2; m++ {
		month := first.FirstOfMonth().AddMonths(m)
		d := calendar.NewDate(month.Year(), month.Month(), b.num)
		if d.Day() == b.num && d >= first && (!b.wdOK || d.Weekday() == b.wd) {
			return resolution{day: d}
		}
	}
	return r.numberOnly(b, false)
}

// listed adds days said one by one.
func (r *reader) listed(s span, past bool, f frame, n *named) {
	atoms := r.completed(s.atoms)
	var last calendar.Date
	for _, a := range atoms {
		if len(f.weeks) > 0 && a.wdOK && a.num == 0 {
			for _, w := range f.weeks {
				n.add(w.Add((int(a.wd)+6)%7), true)
			}
			continue
		}
		res := r.resolve(a, past)
		if res.old {
			continue
		}
		n.doubt(res.doubt)
		if res.day == 0 {
			continue
		}
		if a.habit && !past {
			n.doubt("« le " + calendar.WeekdayName(a.wd) + " » : le prochain, ou chaque semaine ?")
		}
		if res.day < last && a.wdOK && a.num == 0 && !past {
			n.doubt("« " + r.text(s.from, s.to) + " » : de quelle semaine ?")
		}
		if a.half {
			n.doubt("« " + r.text(s.from, s.to) + " » : le repas de midi est-il en cause ?")
		}
		last = res.day
		n.add(res.day, true)
	}
}

// completed gives each day of a list the month that a later or earlier one says.
func (r *reader) completed(atoms []atom) []atom {
	out := slices.Clone(atoms)
	for i := len(out) - 2; i >= 0; i-- {
		a, b := &out[i], out[i+1]
		if a.num > 0 && !a.complete() && b.complete() {
			a.month, a.year = b.month, b.year
			if a.num >= b.num {
				a.month--
				if a.month == 0 {
					a.month = 12
					if a.year > 0 {
						a.year--
					}
				}
			}
		}
	}
	for i := 1; i < len(out); i++ {
		a, b := &out[i], out[i-1]
		if a.num > 0 && !a.complete() && b.complete() && !a.wdOK {
			a.month, a.year = b.month, b.year
			if a.num <= b.num {
				a.month++
				if a.month == 13 {
					a.month = 1
					if a.year > 0 {
						a.year++
					}
				}
			}
		}
	}
	return out
}
