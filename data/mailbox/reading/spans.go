package reading

import (
	"time"

	"ardoise/data/calendar"
)

// form of a run of words about days.
type form byte

const (
	fList   form = 'd' // days one by one
	fWeek   form = 'f' // whole weeks
	fMonth  form = 'm' // a month
	fRange  form = 'r' // from a day to a day
	fEvery  form = 'e' // tous les lundis
	fFrom   form = 's' // à partir du
	fUntil  form = 'u' // jusqu’au
	fBreak  form = 'v' // jusqu’aux vacances
	fSame   form = 'b' // ce jour-là
	fUnsure form = 'x' // a time nobody can turn into days
)

// span is a run of tokens about days.
type span struct {
	from, to int
	form     form
	atoms    []atom
	wds      []time.Weekday // of fEvery; none: every day
	weeks    []calendar.Date
	month    time.Month
	doubt    string
	except   bool // « sauf … »
}

// spans finds all runs about days, in order.
func (r *reader) findSpans() {
	for i := 0; i < len(r.toks); {
		if r.toks[i].dead || r.toks[i].sort == stop || r.kidAt[i] {
			i++
			continue
		}
		s, ok := r.span(i)
		if !ok || s.to <= i {
			i++
			continue
		}
		s.from = i
		if len(r.spans) >= maxSpans {
			r.tooMuch = true
			return
		}
		if end, ok := r.merge(&s); ok {
			s.to = end
		}
		s.except = r.exceptBefore(i)
		r.spans = append(r.spans, s)
		for j := i; j < s.to && j < len(r.toks); j++ {
			r.owner[j] = len(r.spans)
			if r.toks[j].sort == stop {
				r.toks[j].sort = punct // the point of « nov. » ends no sentence
			}
		}
		i = s.to
	}
}

func (r *reader) exceptBefore(i int) bool {
	b := r.at(i - 1)
	if b.is("le", "les", "du", "de", "pour") {
		i--
		b = r.at(i - 1)
	}
	if b.is("sauf", "hors", "hormis", "excepte") {
		r.use(i - 1)
		return true
	}
	if b.is("exception") {
		r.use(i - 1)
		return true
	}
	return false
}

// span reads a run about days that begins at i.
func (r *reader) span(i int) (span, bool) {
	for _, read := range []func(int) (span, bool){r.same, r.every, r.week, r.bounds, r.breaks, r.monthSpan, r.ahead, r.between, r.list} {
		if s, ok := read(i); ok {
			return s, true
		}
	}
	return span{}, false
}

func (r *reader) same(i int) (span, bool) {
	if r.at(i).is("ce", "ces", "cette") && r.at(i+1).is("jour", "jours", "date", "dates") {
		end := i + 2
		switch {
		case r.at(end).f == "la" && !r.at(end).dead:
			return span{to: end + 1, form: fSame}, true
		case r.at(i+1).is("date", "dates", "jours"):
			return span{to: end, form: fSame}, true
		}
	}
	return span{}, false
}

// every reads « tous les lundis et jeudis », « chaque mardi », « les lundis ».
func (r *reader) every(i int) (span, bool) {
	j := i
	sure := true
	switch {
	case r.at(j).is("tous", "ts", "toutes") && r.at(j+1).is("les", "le"):
		j += 2
	case r.at(j).f == "chaque":
		j++
	case r.at(j).is("les", "des", "aux"):
		if _, plural, _, ok := r.weekday(j + 1); !ok || !plural || isDayOf(r.at(j+2)) {
			return span{}, false
		}
		j++
	default:
		if _, plural, _, ok := r.weekday(j); !ok || !plural || isDayOf(r.at(j+1)) {
			return span{}, false
		}
	}
	if r.at(j).is("jours", "midis", "jour", "midi") && j > i {
		if r.at(j+1).is("de") && r.at(j+2).is("la") && r.at(j+3).is("semaine") && !r.at(j+4).is("prochaine", "suivante", "du") {
			return span{to: j + 4, form: fEvery}, true
		}
		return span{to: j + 1, form: fEvery}, true
	}
	s := span{form: fEvery}
	for {
		wd, _, _, ok := r.weekday(j)
		if !ok || r.kidAt[j] || isDayOf(r.at(j+1)) && !r.at(j+1).dead && len(s.wds) > 0 {
			break
		}
		s.wds = append(s.wds, wd)
		j++
		s.to = j
		if r.at(j).is("midi", "midis") {
			j++
			s.to = j
		}
		for r.at(j).is("et", ",", "les", "tous", "le", "chaque", "&", "/", "+") {
			j++
		}
	}
	if len(s.wds) == 0 || !sure {
		return span{}, false
	}
	if a := r.at(s.to); a.is("prochain", "prochains", "suivants") {
		return span{}, false
	}
	return s, true
}

// between reads « du 1er au 4 décembre », « de lundi à jeudi », « 3/12 au 4/12 ».
func (r *reader) between(i int) (span, bool) {
	j := i
	led := false
	if r.at(j).is("du", "de", "entre") {
		led = true
		j++
	}
	a, ok := r.atom(j, led)
	if !ok {
		return span{}, false
	}
	k := a.to
	if r.at(k).is("inclus", "compris") {
		k++
	}
	mid := r.at(k)
	if !mid.is("au", "a", "jusqu", "aux", "->", "→") && !(led && mid.is("et") && r.at(i).f == "entre") {
		return span{}, false
	}
	k++
	if mid.f == "jusqu" && r.at(k).is("au", "a") {
		k++
	}
	b, ok := r.atom(k, true)
	if !ok || !led && mid.f == "a" {
		return span{}, false
	}
	s := span{form: fRange, to: b.to, atoms: []atom{a, b}}
	if r.at(s.to).is("inclus", "compris") {
		s.to++
	}
	if r.at(i).f == "entre" {
		s.doubt = "« " + r.text(i, s.to) + " » : tous ces jours, ou l’un d’eux ?"
	}
	if a.half || b.half {
		s.doubt = "« " + r.text(i, s.to) + " » : le repas du premier et du dernier jour est-il compris ?"
	}
	return s, true
}

// list reads days one by one.
func (r *reader) list(i int) (span, bool) {
	j := i
	if r.at(j).is("du", "au", "des", "de", "d", "pour", "l") && !r.at(j).dead {
		j++
	}
	loose := r.at(j).is("les") || j > i && r.at(j-1).is("du", "des", "au")
	a, ok := r.atom(j, loose || r.bareList(j))
	if !ok || a.plural && a.num == 0 {
		return span{}, false
	}
	s := span{form: fList, to: a.to, atoms: []atom{a}}
	for len(s.atoms) < 40 {
		k, sep := s.to, false
		for r.at(k).is(",", "et", "&", "+", "ainsi", "que", "/", "puis", "-", "*", "•", "–") && r.at(k).sort != stop && k < s.to+3 {
			sep = true
			k++
		}
		if r.at(k).is("du", "au", "pour") && sep {
			k++
		}
		b, ok := r.atom(k, sep || s.atoms[len(s.atoms)-1].bare)
		if !ok || b.plural && b.num == 0 || !sep && !(b.wdOK && s.atoms[0].wdOK) || r.kidAt[min(k, len(r.toks)-1)] {
			break
		}
		if r.startsAnew(i, k, b.to) {
			break
		}
		if mid := r.at(b.to); mid.is("au") || mid.f == "a" && r.at(k-1).is("du", "de") {
			break // a range begins here
		}
		s.atoms = append(s.atoms, b)
		s.to = b.to
	}
	if last := s.atoms[len(s.atoms)-1]; r.at(s.to-1).is("derniers", "prochains") { // « jeudi et vendredi derniers »
		for n := range s.atoms {
			s.atoms[n].last, s.atoms[n].next = last.last, last.next
		}
	}
	if r.at(s.to).is("prochains", "prochain") {
		s.to++
		for n := range s.atoms {
			s.atoms[n].next = true
		}
	}
	if s.atoms[len(s.atoms)-1].weekOK {
		last := s.atoms[len(s.atoms)-1]
		for n := range s.atoms {
			s.atoms[n].weekOK, s.atoms[n].weekShift = true, last.weekShift
		}
	}
	return s, true
}

// bareList reports numbers that a month ends, without an article: « 26, 27 et 30 novembre ».
func (r *reader) bareList(j int) bool {
	if r.at(j).sort != number {
		return false
	}
	for n := 0; n < 24; n++ {
		t := r.at(j)
		switch {
		case t.sort == number && !t.dead, t.is(",", "et", "le", "&", "er"):
			j++
		default:
			_, _, ok := r.month(j)
			return ok && n > 0 || t.f == "/" && n > 1
		}
	}
	return false
}

// startsAnew reports that the day at k belongs to what follows, not to the list:
// « annulez lundi, mardi elle mange ».
func (r *reader) startsAnew(begin, k, to int) bool {
	next := r.at(to)
	if next.is("non", "oui", "pas", "ok") {
		return true
	}
	if !pronouns[next.f] && !(to < len(r.kidAt) && r.kidAt[to]) {
		return false
	}
	for n := 1; n < 14; n++ {
		t := r.at(begin - n)
		if t.sort != word && t.sort != punct && t.sort != number {
			return false
		}
		if verbClass(t) != 0 {
			return true
		}
	}
	return false
}
