package reading

import (
	"time"
)

// atom is one day as written: a weekday, a number, a month, a year, or an instant
// relative to today.
type atom struct {
	to        int // token after it
	wd        time.Weekday
	wdOK      bool
	num       int // day of the month, 0 not said
	month     time.Month
	year      int // 0 not said
	rel       int // days from today
	relOK     bool
	next      bool // « prochain »
	last      bool // « dernier »
	weeks     int  // « en huit »: 1, « en quinze »: 2
	weekShift int  // « de la semaine prochaine »: 1; « de cette semaine »: 0 with weekOK
	weekOK    bool
	half      bool // « jeudi soir », « demain matin »
	bare      bool // a number and nothing else
	plural    bool // « lundis »
	typo      bool
	habit     bool // « le lundi » and no more: the coming one, or every one
}

// complete: the month is said.
func (a atom) complete() bool { return a.month != 0 }

func (r *reader) weekday(i int) (wd time.Weekday, plural, typo, ok bool) {
	t := r.at(i)
	if t.sort != word || t.dead {
		return
	}
	if wd, ok = weekdays[t.f]; ok {
		return wd, false, false, true
	}
	if n := len(t.f); n > 5 && t.f[n-1] == 's' {
		if wd, ok = weekdays[t.f[:n-1]]; ok {
			return wd, true, false, true
		}
	}
	if wd, ok = weekdayShorts[t.f]; ok {
		j := i + 1
		if r.at(j).f == "." {
			j++
		}
		if r.at(j).f == "le" {
			j++
		}
		return wd, false, false, isDayOf(r.at(j)) && !r.at(j).dead
	}
	if len(t.f) >= 5 && len(t.f) <= 9 && !vocabulary[t.f] {
		for name, w := range weekdays {
			if near(name, t.f) && !t.is("merdi", "gardi", "hardi", "rendi") {
				return w, false, true, true
			}
		}
	}
	return 0, false, false, false
}

func (r *reader) month(i int) (m time.Month, to int, ok bool) {
	t := r.at(i)
	if t.sort != word || t.dead {
		return 0, i, false
	}
	if m, ok = months[t.f]; ok {
		return m, i + 1, true
	}
	if m, ok = monthShorts[t.f]; ok {
		if r.at(i+1).f == "." && r.at(i+1).glued {
			return m, i + 2, true
		}
		return m, i + 1, true
	}
	if len(t.f) >= 5 && len(t.f) <= 10 && !vocabulary[t.f] {
		for name, m := range months {
			if len(name) >= 5 && near(name, t.f) {
				return m, i + 1, true
			}
		}
	}
	return 0, i, false
}

// dayNumber reads « 26 », « 1er », « trois », « vingt et un ».
func (r *reader) dayNumber(i int) (n, to int, spelt, ok bool) {
	t := r.at(i)
	if t.dead {
		return 0, i, false, false
	}
	if t.sort == number {
		if t.num < 1 || t.num > 31 || len(t.f) > 2 {
			return 0, i, false, false
		}
		if next := r.at(i + 1); next.is("er", "ier", "ᵉʳ", "ere") || next.f == "°" {
			return t.num, i + 2, false, t.num == 1
		}
		return t.num, i + 1, false, true
	}
	n, ok = units[t.f]
	if !ok {
		return 0, i, false, false
	}
	to = i + 1
	if n == 20 || n == 30 || n == 10 {
		j := to
		if r.at(j).f == "et" {
			j++
		}
		if m, more := units[r.at(j).f]; more && m < 10 && n+m <= 31 && r.at(j).f != "premier" && (n > 10 || m >= 7) {
			n, to = n+m, j+1
		}
	}
	return n, to, true, true
}

func (r *reader) yearAt(i int) (int, bool) {
	t := r.at(i)
	if t.sort != number || t.dead {
		return 0, false
	}
	if len(t.f) == 4 && t.num >= 1900 && t.num < 2200 {
		return t.num, true
	}
	return 0, false
}

// atom reads one day. loose: a number alone may be one (inside a list or range).
func (r *reader) atom(i int, loose bool) (a atom, ok bool) {
	j := i
	article := false
	if r.at(j).is("le", "les", "ce", "c") && !r.at(j).dead {
		article = r.at(j).is("le", "les")
		j++
	}
	if rel, to, found := r.relative(j); found {
		a.rel, a.relOK, a.to = rel, true, to
		r.half(&a)
		return a, true
	}
	if y, found := r.yearAt(j); found && r.at(j+1).is("-", "/") && r.at(j+3).is("-", "/") && isDayOf(r.at(j+4)) && r.at(j+2).num >= 1 && r.at(j+2).num <= 12 {
		return atom{to: j + 5, num: r.at(j + 4).num, month: time.Month(r.at(j + 2).num), year: y}, true
	}
	if a.wd, a.plural, a.typo, a.wdOK = r.weekday(j); a.wdOK {
		j++
		if r.at(j).f == "." && weekdayShorts[r.at(j-1).f] != 0 {
			j++
		}
		a.to = j
		if k := j; r.at(k).is("le", ",") && isDayOf(r.at(k+1)) && r.at(k).f == "le" {
			j = k + 1
		}
	}
	n, to, spelt, found := r.dayNumber(j)
	if !found {
		if a.wdOK {
			r.suffix(&a)
			a.habit = article && !a.plural && !a.next && !a.last && !a.weekOK && a.weeks == 0
			return a, true
		}
		return a, false
	}
	if !r.numbered(&a, n, to, spelt, article || a.wdOK, loose) {
		if a.wdOK {
			r.suffix(&a)
			return a, true
		}
		return a, false
	}
	return a, true
}

// numbered reads what follows the number of the day.
func (r *reader) numbered(a *atom, n, to int, spelt, led, loose bool) bool {
	sep, after := r.at(to), r.at(to+1)
	switch {
	case !spelt && sep.is("/", "-", ".") && after.sort == number && !after.dead && len(after.f) <= 2 && after.num >= 1 && after.num <= 12 &&
		(sep.f == "/" || led || loose || sep.f == "-" && len(after.f) == 2 || r.at(to+2).f == sep.f && len(r.at(to+3).f) == 4):
		if sep.f == "." && !led && !loose && r.at(to+2).f != "." {
			return false
		}
		a.num, a.month, a.to = n, time.Month(after.num), to+2
		if r.at(to+2).f == sep.f && r.at(to+3).sort == number && !r.at(to+3).dead {
			switch y := r.at(to + 3); {
			case len(y.f) == 4:
				a.year, a.to = y.num, to+4
			case len(y.f) == 2 && r.at(to+2).glued && y.glued:
				a.year, a.to = 2000+y.num, to+4
			}
		}
		r.half(a)
		return true
	case sep.is("du", "de") && after.f == "mois":
		if m, end, ok := r.month(to + 3); ok && r.at(to+2).is("de", "d") {
			a.num, a.month, a.to = n, m, end
			return true
		}
	default:
		m, end, ok := r.month(to)
		if !ok && sep.f == "de" {
			m, end, ok = r.month(to + 1)
		}
		if ok {
			a.num, a.month, a.to = n, m, end
			if y, found := r.yearAt(end); found {
				a.year, a.to = y, end+1
			}
			r.half(a)
			return true
		}
	}
	if sep.is("/", "-", ".") && sep.glued && after.sort == number && after.glued {
		return false // « 26/13 » is no 26th
	}
	if spelt && !(a.wdOK && n > 1) || !led && !loose || r.counted(to) {
		return false
	}
	a.num, a.to, a.bare = n, to, !a.wdOK
	r.half(a)
	return true
}

// counted reports that a number counts something: « 2 repas », « les 3 enfants ».
func (r *reader) counted(to int) bool {
	return r.at(to).is("repas", "enfants", "enfant", "fois", "jours", "jour", "semaines", "semaine", "personnes", "filles", "garcons", "fils", "pieces",
		"documents", "photos", "mois", "freres", "soeurs", "heures", "premiers", "premieres", "prochains", "derniers", "dernieres", "prochaines", "autres", "midis",
		"puces", "loulous", "grands", "petits", "jumeaux", "jumelles", "lundis", "mardis", "jeudis", "vendredis", "premier", "%", "€")
}

// half notes « matin », « soir » after a day.
func (r *reader) half(a *atom) {
	switch t := r.at(a.to); {
	case t.f == "midi":
		a.to++
	case t.is("matin", "soir"):
		a.half = true
		a.to++
	case t.f == "apres" && r.at(a.to+1).f == "midi":
		a.half = true
		a.to += 2
	}
}

// suffix reads what a weekday alone may be followed by.
func (r *reader) suffix(a *atom) {
	t := r.at(a.to)
	switch {
	case t.is("prochain", "prochains") || len(t.f) >= 6 && near("prochain", t.f):
		a.next = true
		a.to++
	case t.f == "qui" && r.at(a.to+1).is("vient", "viens"):
		a.next = true
		a.to += 2
	case t.is("dernier", "passe", "derniers"):
		a.last = true
		a.to++
	case t.f == "en" && r.at(a.to+1).is("huit", "8"):
		a.weeks = 1
		a.to += 2
	case t.f == "en" && r.at(a.to+1).is("quinze", "15"):
		a.weeks = 2
		a.to += 2
	default:
		if shift, to, ok := r.ofWeek(a.to); ok {
			a.weekShift, a.weekOK, a.to = shift, true, to
		}
	}
	r.half(a)
}

// ofWeek reads « de la semaine prochaine », « de cette semaine ».
func (r *reader) ofWeek(i int) (shift, to int, ok bool) {
	if !r.at(i).is("de", "d") {
		return 0, i, false
	}
	switch {
	case r.at(i+1).f == "la" && r.at(i+2).f == "semaine" && r.at(i+3).is("prochaine", "prochain", "suivante"):
		return 1, i + 4, r.at(i+3).f != "suivante"
	case r.at(i+1).f == "cette" && r.at(i+2).f == "semaine":
		return 0, i + 3, true
	}
	return 0, i, false
}

// relative reads demain, hier, aujourd’hui, ce midi.
func (r *reader) relative(i int) (days, to int, ok bool) {
	t, next := r.at(i), r.at(i+1)
	if t.dead {
		return 0, i, false
	}
	switch {
	case t.f == "demain" && next.is("matin", "midi"):
		return 1, i + 2, next.f == "midi" || r.at(i-1).f != "apres" && next.f == "midi"
	case t.is("demain", "dmain"):
		return 1, i + 1, true
	case t.f == "apres" && next.f == "demain":
		return 2, i + 2, true
	case t.f == "hier":
		return -1, i + 1, true
	case t.f == "avant" && next.f == "hier":
		return -2, i + 2, true
	case t.f == "aujourd" && next.f == "hui":
		return 0, i + 2, true
	case t.is("aujourdhui", "auj", "ajd", "aujourdui"):
		return 0, i + 1, true
	case r.at(i-1).f == "ce" && t.f == "midi":
		return 0, i + 1, true
	case r.at(i-1).f == "ce" && t.f == "jour" && next.f != "la":
		return 0, i + 1, true
	}
	return 0, i, false
}

const (
	pastDays   = 62  // a day and month so far back are meant for next year
	futureDays = 300 // and so far ahead for last year, if that is not long ago
)
