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

// week reads « la semaine prochaine », « cette semaine », « semaine 49 »,
// « semaine du 30 novembre ».
func (r *reader) week(i int) (span, bool) {
	j := i
	whole := false
	if r.at(j).is("toute", "tte") {
		whole = true
		j++
	}
	if r.at(j).is("la", "cette", "les", "l") {
		j++
	}
	t := r.at(j)
	if len(t.f) <= 3 && len(t.f) >= 2 && t.f[0] == 's' && allDigits(t.f[1:]) && i == j {
		return r.numberedWeek(atoi(t.f[1:]), j+1)
	}
	if !t.is("semaine", "semaines") || t.dead {
		return span{}, false
	}
	monday := r.today.Monday()
	next := r.at(j + 1)
	switch {
	case next.is("prochaine", "prochain") || len(next.f) > 6 && near("prochaine", next.f):
		return span{to: j + 2, form: fWeek, weeks: []calendar.Date{monday.Add(7)}}, true
	case next.f == "qui" && r.at(j+2).is("vient", "arrive"):
		return span{to: j + 3, form: fWeek, weeks: []calendar.Date{monday.Add(7)}}, true
	case next.is("suivante", "derniere", "passee"):
		return span{to: j + 2, form: fUnsure, doubt: "« semaine " + next.raw + " » : de quels jours s’agit-il ?"}, true
	case next.f == "du" && r.at(j+2).sort != stop:
		return r.weekOf(j)
	case next.sort == number && !next.dead && next.num >= 1 && next.num <= 53:
		return r.numberedWeek(next.num, j+2)
	case next.is("n", "no", "numero") || next.f == "°":
		for k := j + 2; k < j+4; k++ {
			if r.at(k).sort == number && r.at(k).num <= 53 && r.at(k).num > 0 {
				return r.numberedWeek(r.at(k).num, k+1)
			}
		}
	case t.f == "semaine" && (r.at(j-1).f == "cette" || whole && r.at(j-1).is("la")):
		s := span{to: j + 1, form: fWeek, weeks: []calendar.Date{monday}}
		s.doubt = "« " + r.text(i, j+1) + " » : à partir de quel jour ?"
		return s, true
	}
	return span{}, false
}

func (r *reader) numberedWeek(n, to int) (span, bool) {
	s := span{form: fWeek, to: to}
	add := func(n int) bool {
		for _, shift := range []int{0, 7 * 52, -7 * 52} {
			for d := r.today.Monday().Add(shift - 7*30); d < r.today.Add(shift+7*30); d = d.Add(7) {
				if _, w := d.ISOWeek(); w == n && d >= r.today.Add(-60) && d < r.today.Add(300) {
					s.weeks = append(s.weeks, d)
					return true
				}
			}
		}
		return false
	}
	if n < 1 || !add(n) {
		return span{}, false
	}
	for r.at(s.to).is("et", ",") && r.at(s.to+1).sort == number && r.at(s.to+1).num > n && r.at(s.to+1).num <= 53 && months[r.at(s.to+2).f] == 0 && r.at(s.to+2).f != "/" {
		n = r.at(s.to + 1).num
		if !add(n) {
			break
		}
		s.to += 2
	}
	return s, true
}

func (r *reader) weekOf(j int) (span, bool) {
	a, ok := r.atom(j+2, true)
	if !ok {
		return span{}, false
	}
	if r.at(a.to).f == "au" {
		if s, ok := r.between(j + 1); ok {
			return s, true
		}
	}
	res := r.resolve(a, false)
	s := span{form: fWeek, to: a.to, doubt: res.doubt}
	if res.day == 0 {
		s.form = fUnsure
		if s.doubt == "" {
			s.doubt = "La semaine dite n’a pas été comprise."
		}
		return s, true
	}
	s.weeks = []calendar.Date{res.day.Monday()}
	return s, true
}

// bounds reads « jusqu’au 4 décembre », « à partir du 30/11 », « dès lundi ».
func (r *reader) bounds(i int) (span, bool) {
	t := r.at(i)
	switch {
	case t.is("jusqu", "jusque", "jusqua"):
		j := i + 1
		if r.at(j).is("aux") && r.at(j+1).is("vacances", "vac") {
			s := span{form: fBreak, to: j + 2}
			if r.at(j+2).is("de", "d") {
				s.to = j + 4
				if !r.at(j + 3).is("noel") {
					s.doubt = "« " + r.text(i, j+4) + " » : quel est le dernier jour ?"
				} else if r.today.Month() < time.October {
					s.doubt = "« jusqu’aux vacances de Noël » : de quelle année ?"
				}
			}
			return s, true
		}
		if r.at(j).is("a", "au", "aux") {
			j++
		}
		if a, ok := r.atom(j, true); ok {
			s := span{form: fUntil, to: a.to, atoms: []atom{a}}
			if r.at(s.to).is("inclus", "compris") {
				s.to++
			}
			return s, true
		}
		return span{form: fUnsure, to: i + 1, doubt: "« jusqu’à » : quel est le dernier jour ?"}, true
	case t.f == "a" && r.at(i+1).is("partir", "compter"):
		j := i + 2
		if r.at(j).is("du", "de", "d") {
			j++
		}
		if a, ok := r.atom(j, true); ok {
			return span{form: fFrom, to: a.to, atoms: []atom{a}}, true
		}
		return span{form: fUnsure, to: j, doubt: "« à partir de » : quel est le premier jour ?"}, true
	case t.is("des") && r.at(i).raw != "des" && r.at(i).raw != "DES" && r.at(i).raw != "Des":
		if a, ok := r.atom(i+1, false); ok {
			return span{form: fFrom, to: a.to, atoms: []atom{a}}, true
		}
	case t.f == "depuis":
		if a, ok := r.atom(i+1, false); ok {
			return span{form: fUnsure, to: a.to, doubt: "« " + r.text(i, a.to) + " » : pour quels jours est-ce à compter ?"}, true
		}
	}
	return span{}, false
}

// breaks reads what hangs on school holidays.
func (r *reader) breaks(i int) (span, bool) {
	t := r.at(i)
	var to int
	switch {
	case t.is("avant", "apres", "pendant", "durant") && r.at(i+1).is("les", "le", "la", "noel") && (r.at(i+2).is("vacances", "fetes", "rentree", "vac") || r.at(i+1).f == "noel"):
		to = i + 3
		if r.at(i+1).f == "noel" {
			to = i + 2
		}
	case t.is("a") && r.at(i+1).f == "la" && r.at(i+2).f == "rentree":
		to = i + 3
	default:
		return span{}, false
	}
	return span{form: fUnsure, to: to, doubt: "« " + r.text(i, to) + " » : quels jours exactement ?"}, true
}

// monthSpan reads « le mois de décembre », « en décembre », « de décembre ».
func (r *reader) monthSpan(i int) (span, bool) {
	j := i
	sure := false
	if r.at(j).is("tout", "pour", "sur", "durant", "pendant") {
		sure = r.at(j).f == "tout"
		j++
	}
	switch {
	case r.at(j).is("le", "du", "au") && r.at(j+1).f == "mois" && r.at(j+2).is("de", "d"):
		sure = true
		j += 3
	case r.at(j).f == "mois" && r.at(j+1).is("de", "d"):
		sure = true
		j += 2
	case r.at(j).is("en", "de", "d"):
		j++
	case j == i:
		return span{}, false
	}
	m, to, ok := r.month(j)
	if !ok || r.kidAt[min(j, len(r.toks)-1)] {
		return span{}, false
	}
	s := span{form: fMonth, to: to, month: m}
	if !sure {
		s.doubt = "« " + r.text(i, to) + " » : tout le mois ?"
	}
	return s, true
}

// ahead reads « dans 15 jours ».
func (r *reader) ahead(i int) (span, bool) {
	if r.at(i).f != "dans" {
		return span{}, false
	}
	n := r.at(i + 1).num
	if n < 0 {
		n = units[r.at(i+1).f]
		if r.at(i+1).f == "une" {
			n = 1
		}
	}
	unit := r.at(i + 2)
	if n <= 0 || n > 60 || !unit.is("jours", "jour", "semaines", "semaine") {
		return span{}, false
	}
	doubt := ""
	if unit.is("semaines", "semaine") {
		n *= 7
	}
	if n >= 7 {
		doubt = "« " + r.text(i, i+3) + " » : est-ce bien le " + r.today.Add(n).LongNoYear() + " ?"
	}
	if n > 300 {
		return span{form: fUnsure, to: i + 3, doubt: doubt}, true
	}
	return span{form: fList, to: i + 3, atoms: []atom{{rel: n, relOK: true}}, doubt: doubt}, true
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

// merge joins a day said twice: « mardi prochain (1er décembre) », « demain, mardi 24 ».
// The more precise wins; where both cannot be the same day, that is a doubt.
func (r *reader) merge(s *span) (int, bool) {
	if s.form == fWeek && len(s.weeks) == 1 {
		if k, _ := r.gloss(s.to); k > 0 {
			if b, ok := r.between(k); ok {
				r.closeBracket(&b)
				mon := r.resolve(b.atoms[0], false).day
				if mon != 0 && mon.Monday() != s.weeks[0] {
					b.doubt = "« " + r.text(s.from, b.to) + " » : ces jours ne sont pas de cette semaine."
				}
				b.from = s.from
				*s = b
				return b.to, true
			}
		}
		return 0, false
	}
	if s.form != fList {
		return 0, false
	}
	last := s.atoms[len(s.atoms)-1]
	if !(last.relOK || last.wdOK && last.num == 0) || s.doubt != "" {
		if n := len(s.atoms); n >= 2 && (s.atoms[n-2].relOK || s.atoms[n-2].wdOK && s.atoms[n-2].num == 0) && r.twice(s.atoms[n-2], last) {
			s.atoms = append(s.atoms[:n-2], last)
		}
		return 0, false
	}
	if n := len(s.atoms); n >= 2 && s.atoms[n-2].relOK && r.twice(s.atoms[n-2], last) { // « demain, mardi »
		s.atoms = append(s.atoms[:n-2], s.atoms[n-2])
		return 0, false
	}
	k, hard := r.gloss(s.to)
	if k == 0 {
		return 0, false
	}
	b, ok := r.atom(k, true)
	if !ok || b.half {
		return 0, false
	}
	if last.relOK && b.wdOK && b.num == 0 { // demain mardi
		if r.today.Add(last.rel).Weekday() != b.wd {
			s.doubt = "« " + r.text(s.from, b.to) + " » : ce n’est pas le même jour."
		}
		if c, ok := r.atom(b.to, false); ok && c.complete() {
			b = c
		}
		s.to = b.to
		return r.bracketEnd(b.to), true
	}
	if !b.complete() && b.num == 0 && !b.relOK {
		return 0, false
	}
	if !r.twice(last, b) {
		if !hard {
			return 0, false
		}
		s.doubt = "« " + r.text(s.from, b.to) + " » : ce n’est pas le même jour."
	}
	s.atoms[len(s.atoms)-1] = b
	s.atoms[len(s.atoms)-1].wdOK = b.wdOK || last.wdOK && !last.relOK
	if !b.wdOK {
		s.atoms[len(s.atoms)-1].wd = last.wd
	}
	return r.bracketEnd(b.to), true
}

func (r *reader) bracketEnd(to int) int {
	if r.at(to).f == ")" {
		return to + 1
	}
	return to
}

func (r *reader) closeBracket(s *span) { s.to = r.bracketEnd(s.to) }

// gloss finds a second way of saying the day; hard where it can be nothing else.
func (r *reader) gloss(i int) (k int, hard bool) {
	t := r.at(i)
	switch {
	case t.f == "(":
		return i + 1, true
	case t.is("soit", "donc"):
		return i + 1, true
	case t.f == "c" && r.at(i+1).f == "est" && r.at(i+2).f == "a" && r.at(i+3).f == "dire":
		return i + 4, true
	case t.f == "," && r.at(i+1).is("soit", "donc"):
		return i + 2, true
	case t.f == ",":
		return i + 1, false
	case t.sort == word || t.sort == number:
		return i, false
	}
	return 0, false
}

// twice reports that both name the same day.
func (r *reader) twice(a, b atom) bool {
	if b.wdOK && b.num == 0 && a.relOK {
		return r.today.Add(a.rel).Weekday() == b.wd
	}
	db := r.resolve(b, false).day
	if db == 0 || !b.complete() && b.num == 0 {
		return false
	}
	if a.relOK {
		return r.today.Add(a.rel) == db
	}
	return db.Weekday() == a.wd && db >= r.today.Add(-14) && db <= r.today.Add(15)
}
