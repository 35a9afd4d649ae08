package reading

import (
	"strings"
)

// nothing stands beyond the ends of a text.
var nothing = token{num: -1}

// at gives the i-th token, an empty one beyond the ends.
func (r *reader) at(i int) *token {
	if i < 0 || i >= len(r.toks) {
		return &nothing
	}
	return &r.toks[i]
}

func (r *reader) kill(from, to int) {
	for i := max(from, 0); i < to && i < len(r.toks); i++ {
		r.toks[i].dead = true
	}
}

// falseFriends takes out what looks like a day, a name or a number of the request
// and is none.
func (r *reader) falseFriends() {
	for i := 0; i < len(r.toks); i++ {
		t := &r.toks[i]
		switch {
		case t.dead:
		case t.sort == number:
			r.numbers(i)
		case t.f == "+" && r.at(i+1).f == "33":
			r.kill(i, r.digitRun(i+1, 12))
		case t.sort == word:
			r.words(i)
		}
	}
}

// numbers looks at what stands around a number.
func (r *reader) numbers(i int) {
	t, next := &r.toks[i], r.at(i+1)
	if end := r.digitRun(i, 12); end > i+1 && r.digits(i, end) >= 9 {
		r.kill(i, end)
		return
	}
	switch {
	case len(t.f) >= 5 && !(t.num < 0 && len(t.f) == 8): // postal codes, file numbers
		r.kill(i, i+1)
	case next.is("€", "euros", "euro", "eur", "%"):
		r.kill(i, i+1)
	case next.is(",", ".") && next.glued && r.at(i+2).sort == number && r.at(i+3).is("€", "euros", "euro", "eur", "%"):
		r.kill(i, i+3)
	case next.f == "," && next.glued && r.at(i+2).sort == number && r.at(i+2).glued && len(r.at(i+2).f) == 2 && r.at(i-1).is("a", "de", ":"):
		r.kill(i, i+3)
	case next.is("ans", "an", "mois", "eme", "e", "kg", "cm", "km") && !(next.f == "mois"):
		r.kill(i, i+1)
	case next.is("h", "heures", "heure", "hrs") || len(next.f) > 1 && next.glued && next.f[0] == 'h' && allDigits(next.f[1:]):
		r.hour(i)
	case next.f == ":" && next.glued && r.at(i+2).sort == number && r.at(i+2).glued && len(r.at(i+2).f) == 2:
		r.kill(i, i+3)
	case next.is("/", "-") && r.at(i+2).sort == number && (r.at(i+3).is("h", "heures") || hourWord(r.at(i+3))):
		r.kill(i, i+4)
	case next.f == "/" && r.at(i+2).sort == number && r.at(i+3).is("fois", "jours", "tarif", "pers", "repas", "ans"):
		r.kill(i, i+3)
	case streets[next.f] || next.is("bis", "ter") && streets[r.at(i+2).f] || next.f == "," && streets[r.at(i+2).f]:
		r.street(i)
	}
}

func hourWord(t *token) bool { return len(t.f) > 1 && t.f[0] == 'h' && allDigits(t.f[1:]) }

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// hour takes out « 16h30 », « 12 h 00 », « 12h ».
func (r *reader) hour(i int) {
	end := i + 2
	if r.at(end).sort == number && (r.at(end).glued || len(r.at(end).f) == 2) && !r.at(end+1).is("/") && months[r.at(end+1).f] == 0 {
		end++
	}
	r.kill(i, end)
}

// street takes out the address from the number of the house on.
func (r *reader) street(i int) {
	r.kill(i, i+1)
	for j, n := i+1, 0; j < len(r.toks) && n < 8; j, n = j+1, n+1 {
		t := &r.toks[j]
		if t.sort == stop || t.f == "," {
			return
		}
		if n > 1 && !t.is("de", "du", "des", "la", "le", "les", "l", "d", "et") && t.sort == word && months[t.f] == 0 && !t.up {
			return
		}
		r.kill(j, j+1)
	}
}

// digitRun gives the end of a run of numbers with only points or spaces between
// them, as phone and account numbers are written.
func (r *reader) digitRun(i, most int) int {
	j := i
	for j < len(r.toks) && j-i < most {
		if r.toks[j].sort == number && len(r.toks[j].f) <= 5 || len(r.toks[j].f) >= 9 && r.toks[j].sort == number {
			j++
			continue
		}
		if r.toks[j].is(".", "-", "/", "(", ")") && r.toks[j].glued && r.at(j+1).sort == number {
			j++
			continue
		}
		break
	}
	return j
}

func (r *reader) digits(i, end int) int {
	n, groups := 0, 0
	for ; i < end; i++ {
		if r.toks[i].sort == number {
			n += len(r.toks[i].f)
			groups++
		} else if r.toks[i].f == "/" {
			return 0 // days, not a phone
		}
	}
	if groups == 3 && n == 8 { // 26.11.2026
		return 0
	}
	return n
}

// words looks at what a word says of the day, number or name after it.
func (r *reader) words(i int) {
	t, next := &r.toks[i], r.at(i+1)
	switch {
	case titles[t.f] || t.f == "m" && (next.f == "." || next.up):
		j := i + 1
		if r.at(j).up || r.at(j).f == "." {
			r.kill(i, i+1)
		}
		if r.at(j).f == "." {
			r.kill(j, j+1)
			if r.toks[j].sort == stop {
				r.toks[j].sort = punct
			}
			j++
		}
		for n := 0; n < 3 && r.at(j).up && r.at(j).sort == word; n++ {
			r.kill(j, j+1)
			j++
		}
	case streets[t.f] && next.is("de", "du", "des", "la", "le", "d", "l") && !(r.at(i-1).f == "la" && r.at(i-2).f == "a"): // not « à la place de »
		r.street(i)
	case t.is("quotient", "qf", "tarif", "tranche"):
		for j := i + 1; j < i+6; j++ {
			if r.at(j).sort == number {
				r.kill(j, j+1)
			}
		}
	case t.is("ne", "nee", "nes", "nees") && (next.is("le", "en") || next.f == "(" || next.f == "e" || weekdays[next.f] != 0 && isDayOf(r.at(i+2))):
		r.afterBirth(i + 1)
	case t.is("naissance", "anniversaire", "naissances"):
		r.afterBirth(i + 1)
	case refs[t.f] || t.is("no", "numero", "n") && (next.sort == number || next.is("°", "º")):
		r.reference(i)
	case t.is("iban", "rib", "bic", "swift", "siret"):
		for j := i + 1; j < i+4 && r.at(j).sort != stop; j++ {
			if r.at(j).sort == number {
				r.kill(j, j+1)
			}
		}
	}
}

func isDayOf(t *token) bool { return t.num >= 1 && t.num <= 31 }

// afterBirth takes out the date after « né le », « date de naissance : ».
func (r *reader) afterBirth(i int) {
	for n := 0; n < 4 && i < len(r.toks); n++ {
		if s, ok := r.atom(i, true); ok && (s.num > 0 || s.wdOK) {
			r.kill(i, s.to)
			return
		}
		t := &r.toks[i]
		if t.sort == stop || t.f == "," {
			return
		}
		i++
	}
}

// reference takes out the day of an invoice, a mail, a meeting: « la facture du
// 27 novembre », « notre conversation de lundi », « facture n° 2026-11-003 ».
func (r *reader) reference(i int) {
	j := i + 1
	for n := 0; n < 4; n++ {
		t := r.at(j)
		if r.toks[i].is("certificat", "attestation", "fiche", "avis", "document", "note") && !t.is("du", "date", "de", "medical", "en", "le") {
			return
		}
		if t.is("n", "no", "numero", "°", "º", "ref", "reference", ":", "#") {
			for k := j + 1; k < j+8 && (r.at(k).sort == number || r.at(k).is("-", "/", "°", "º", ".")); k++ {
				r.kill(k, k+1)
			}
			return
		}
		if t.sort == number {
			if s, ok := r.atom(j, false); ok {
				r.kill(j, s.to)
			} else {
				r.kill(j, j+1)
			}
			return
		}
		if t.is("du", "de", "d", "des", "le", "au", "pour", "en", "date", "mois", "ce", "matin", "que", "telephonique", "medical") || weekdays[t.f] != 0 || months[t.f] != 0 ||
			t.is("hier", "demain", "aujourd", "dimanche", "semaine", "la") {
			r.killDay(j)
			j++
			continue
		}
		return
	}
}

// killDay takes out a date that begins here, with « hier » and its like.
func (r *reader) killDay(j int) {
	t := r.at(j)
	if t.is("hier", "aujourd", "matin") || months[t.f] != 0 {
		r.kill(j, j+1)
		if r.at(j+1).is("hui", "matin", "soir") {
			r.kill(j+1, j+2)
		}
		return
	}
	if t.f == "semaine" || t.f == "ce" && r.at(j+1).is("matin", "jour") {
		r.kill(j, j+2)
		return
	}
	k := j
	if r.at(k).is("du", "de", "des", "d", "au") {
		k++
	}
	if s, ok := r.atom(k, false); ok && (s.wdOK || s.num > 0) {
		r.kill(k, s.to)
		// A list or a range goes with its first day.
		for r.at(s.to).is("et", "au", ",", "a") {
			more, ok := r.atom(s.to+1, true)
			if !ok {
				break
			}
			r.kill(s.to, more.to)
			s = more
		}
	}
}

// closings begin a line after which nothing is asked any more.
var closings = [][]string{
	{"cordialement"},
	{"bien", "cordialement"},
	{"tres", "cordialement"},
	{"cdt"},
	{"cdlt"},
	{"bien", "a", "vous"},
	{"salutations"},
	{"sinceres", "salutations"},
	{"sincerement"},
	{"respectueusement"},
	{"amicalement"},
	{"bonne", "journee"},
	{"bonne", "soiree"},
	{"bonne", "fin"},
	{"bon", "week"},
	{"bonne", "reception"},
	{"belle", "journee"},
	{"bien", "sincerement"},
	{"a", "bientot"},
	{"bonnes", "vacances"},
	{"bon", "weekend"},
	{"bonne", "semaine"},
	{"meilleures", "salutations"},
	{"bien", "respectueusement"},
	{"envoye", "de", "mon"},
	{"envoye", "depuis"},
	{"veuillez", "agreer"},
	{"veuillez", "recevoir"},
	{"je", "vous", "prie", "d", "agreer"},
	{"je", "vous", "prie", "de", "croire"},
	{"dans", "l", "attente"},
	{"en", "vous", "remerciant"},
	{"sent", "from"},
}

// close takes out what follows the closing formula, but for what a postscript
// says (which then is doubtful), and names after a last « merci ».
func (r *reader) close() {
	begin := true
	for i := 0; i < len(r.toks); i++ {
		t := &r.toks[i]
		if begin {
			if n := r.closing(i); n > 0 && r.quietAfter(i+n) {
				r.end(i, n)
				return
			}
		}
		begin = t.sort == stop || t.f == ","
	}
	// « Merci, Léa MARTIN »: a name alone at the very end is who wrote.
	i := len(r.toks)
	names := 0
	for i > 0 && names < 5 && r.toks[i-1].sort == word && (r.toks[i-1].up || r.toks[i-1].is("de", "la", "le", "et")) {
		i--
		names++
	}
	if names > 0 && i > 0 && r.toks[i-1].f == "," {
		i--
	}
	if names > 0 && i > 0 && (r.toks[i-1].is("merci", "avance", "remerciements") || r.toks[i-1].sort == stop && names >= 2 && r.toks[i-1].f != "\n" || r.toks[i-1].f == "\n") {
		r.kill(i, len(r.toks))
	}
}

func (r *reader) closing(i int) int {
	for _, words := range closings {
		ok := true
		for n, w := range words {
			if r.at(i+n).f != w {
				ok = false
				break
			}
		}
		if ok {
			return len(words)
		}
	}
	return 0
}

// quietAfter reports that the sentence of the formula holds nothing to act on.
func (r *reader) quietAfter(i int) bool {
	for n := 0; n < 14; n, i = n+1, i+1 {
		t := r.at(i)
		if t.sort != word && t.sort != punct && t.sort != number {
			return true
		}
		if verbClass(t) != 0 || t.is("mangera", "mange", "absent", "absente") {
			return false
		}
	}
	return true
}

func (r *reader) end(i, n int) {
	for j := i + n; j < len(r.toks); j++ {
		if r.toks[j].is("ps", "pj") || r.toks[j].f == "p" && r.at(j+1).f == "." && strings.HasPrefix(r.at(j+2).f, "s") {
			if r.toks[j].f == "pj" {
				continue
			}
			r.postscript = j
			r.kill(i, j+1)
			return
		}
	}
	// Something that speaks of meals below the formula is for a person to read.
	for j := i + n; j < len(r.toks); j++ {
		if c := verbClass(&r.toks[j]); c == clsCancel || c == clsBook || c == clsEat {
			r.afterClosing = true
		}
	}
	r.kill(i, len(r.toks))
	r.closedAt = i
}
