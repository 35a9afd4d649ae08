package reading

import (
	"time"

	"ardoise/data/calendar"
)

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
