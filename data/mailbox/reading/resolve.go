package reading

import (
	"time"

	"ardoise/data/calendar"
)

// resolution is what an atom means, seen from the day of receipt.
type resolution struct {
	day   calendar.Date
	doubt string
	old   bool // so far away that it is no day of a request
}

// resolve gives the day of an atom. past: the sentence tells of what has been.
func (r *reader) resolve(a atom, past bool) resolution {
	switch {
	case a.relOK:
		return resolution{day: r.today.Add(a.rel)}
	case a.complete():
		return r.dated(a)
	case a.num > 0:
		return r.numberOnly(a, past)
	}
	return r.weekdayOnly(a, past)
}

func (r *reader) dated(a atom) resolution {
	year := a.year
	if year == 0 {
		year = r.today.Year()
		d := calendar.NewDate(year, a.month, a.num)
		switch {
		case d < r.today.Add(-pastDays):
			year++
		case d > r.today.Add(futureDays) && calendar.NewDate(year-1, a.month, a.num) >= r.today.Add(-pastDays):
			year--
		}
	}
	d := calendar.NewDate(year, a.month, a.num)
	if d.Day() != a.num {
		return resolution{doubt: "Le " + itoa(a.num) + " " + calendar.MonthName(a.month) + " n’existe pas : quel jour est-ce ?"}
	}
	if d < r.today.Add(-366) {
		return resolution{old: true}
	}
	if d > r.today.Add(366) {
		return resolution{doubt: "Le " + d.Long() + " est dans plus d’un an : est-ce la bonne année ?"}
	}
	if a.year != 0 && d < r.today.Add(-150) {
		return resolution{day: d, doubt: "Le " + d.Long() + " est passé depuis longtemps : est-ce la bonne année ?"}
	}
	if a.wdOK && d.Weekday() != a.wd {
		return resolution{day: d, doubt: "« " + calendar.WeekdayName(a.wd) + " " + dayAndMonth(d) + " » : le " + dayAndMonth(d) + " est un " +
			calendar.WeekdayName(d.Weekday()) + ". Est-ce le " + d.LongNoYear() + " ou le " + r.nearest(d, a.wd).LongNoYear() + " ?"}
	}
	return resolution{day: d}
}

func dayAndMonth(d calendar.Date) string { return itoa(d.Day()) + " " + calendar.MonthName(d.Month()) }

// nearest gives the day of the weekday nearest to d.
func (r *reader) nearest(d calendar.Date, wd time.Weekday) calendar.Date {
	for n := 1; n <= 3; n++ {
		if d.Add(-n).Weekday() == wd {
			return d.Add(-n)
		}
		if d.Add(n).Weekday() == wd {
			return d.Add(n)
		}
	}
	return d
}

// numberOnly resolves « le 26 », « jeudi 26 ».
func (r *reader) numberOnly(a atom, past bool) resolution {
	var found []calendar.Date
	for m := -1; m <= 3; m++ {
		first := r.today.FirstOfMonth().AddMonths(m)
		d := calendar.NewDate(first.Year(), first.Month(), a.num)
		if d.Day() == a.num && (!a.wdOK || d.Weekday() == a.wd) {
			found = append(found, d)
		}
	}
	var before, after calendar.Date
	for _, d := range found {
		if d < r.today {
			before = d
		} else if after == 0 {
			after = d
		}
	}
	switch {
	case past && before != 0 && before >= r.today.Add(-31):
		return resolution{day: before}
	case past && after == r.today:
		return resolution{day: after}
	case after == 0 || after > r.today.Add(45):
		name := itoa(a.num)
		if a.wdOK {
			name = calendar.WeekdayName(a.wd) + " " + name
		}
		return resolution{day: after, doubt: "« " + name + " » : aucun jour proche n’y répond. Quel jour est-ce ?"}
	case before != 0 && before >= r.today.Add(-9):
		return resolution{day: after, doubt: "« le " + itoa(a.num) + " » : est-ce le " + before.LongNoYear() + " ou le " + after.LongNoYear() + " ?"}
	case !a.wdOK && after > r.today.Add(31):
		return resolution{day: after, doubt: "« le " + itoa(a.num) + " » : est-ce le " + after.LongNoYear() + " ?"}
	}
	return resolution{day: after}
}

// weekdayOnly resolves « jeudi », « jeudi prochain », « jeudi en huit ».
func (r *reader) weekdayOnly(a atom, past bool) resolution {
	ahead := (int(a.wd) - int(r.today.Weekday()) + 7) % 7
	next := r.today.Add(ahead)
	name := calendar.WeekdayName(a.wd)
	switch {
	case a.last:
		if ahead == 0 {
			return resolution{day: r.today.Add(-7)}
		}
		return resolution{day: next.Add(-7)}
	case a.weekOK:
		d := r.today.Monday().Add(7*a.weekShift + (int(a.wd)+6)%7)
		if r.today.Weekday() == time.Sunday {
			return resolution{day: d, doubt: "Écrit un dimanche : de quelle semaine est « " + name + " » ?"}
		}
		return resolution{day: d}
	case past:
		if ahead == 0 {
			return resolution{day: r.today}
		}
		return resolution{day: next.Add(-7)}
	case a.weeks > 0:
		if ahead == 0 {
			next = next.Add(7)
			return resolution{day: next.Add(7 * (a.weeks - 1))}
		}
		return resolution{day: next.Add(7 * a.weeks)}
	case a.next && r.today.Weekday() == time.Sunday && ahead <= 2: // is it tomorrow, or of the week that begins then?
		return resolution{day: next, doubt: "« " + name + " prochain », écrit un dimanche : est-ce le " + next.LongNoYear() + " ou le " + next.Add(7).LongNoYear() + " ?"}
	case ahead == 0 && a.next:
		return resolution{day: next.Add(7)}
	case ahead == 0:
		return resolution{day: next, doubt: "« " + name + " », écrit un " + name + " : est-ce aujourd’hui ou le " + next.Add(7).LongNoYear() + " ?"}
	case a.next && next.Monday() == r.today.Monday():
		return resolution{day: next, doubt: "« " + name + " prochain » : est-ce le " + next.LongNoYear() + " ou le " + next.Add(7).LongNoYear() + " ?"}
	}
	return resolution{day: next}
}
