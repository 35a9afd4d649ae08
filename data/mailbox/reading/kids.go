package reading

import (
	"slices"
	"strings"
)

// who is a run of tokens that names children.
type who struct {
	from, to int
	ids      []int // indexes of Input.Children, ascending
	doubt    string
	named    bool // by a first name
	pronoun  string
	guessed  bool // a pronoun of nobody named before: the only one that fits
	parent   bool // « la maman de Tom »: Tom is spoken of, not asked for
}

// meant reports that something is said for these children, be they known or not.
func (w who) meant() bool { return !w.parent && (len(w.ids) > 0 || w.doubt != "") }

// findNames marks first names of the family; the tokens are then no days.
func (r *reader) findNames() {
	for i := 0; i < len(r.toks); i++ {
		if r.toks[i].sort != word || r.toks[i].dead {
			continue
		}
		if w, ok := r.name(i); ok {
			w.from = i
			r.whos = append(r.whos, w)
			for j := i; j < w.to; j++ {
				r.kidAt[j] = true
			}
			i = w.to - 1
		}
	}
}

// name reads a first name of the family, with the last name that may follow.
func (r *reader) name(i int) (who, bool) {
	best := who{named: true}
	for n, words := range r.firsts {
		if len(words) == 0 || !r.matches(i, words) || !r.looksLikeName(i, words) {
			continue
		}
		end := i + len(words)
		switch {
		case end > best.to:
			best.to, best.ids, best.doubt = end, []int{n}, ""
		case end == best.to:
			best.ids = append(best.ids, n)
		}
	}
	if best.to > 0 {
		r.lastName(&best)
		if len(best.ids) > 1 {
			best.doubt = "Deux enfants s’appellent « " + r.text(i, best.to) + " » : lequel ?"
			best.ids = nil
		}
		return best, true
	}
	return r.almostName(i)
}

func (r *reader) matches(i int, words []string) bool {
	for n, w := range words {
		if r.at(i+n).f != w || r.at(i+n).dead {
			return false
		}
	}
	return true
}

// wordNames are first names that are words too: they need their capital, and no
// word before that makes a word of them.
var wordNames = set(`avril mai juin aime prudence constant clement rose fleur victoire ange marin noel luce juste parfait desire modeste
	lys olive violette iris capucine jasmin cerise clemence constance felicite esperance grace reine blanche claire aure brune
	marine soleil ambre perle jade ocean lune nil sol ciel valentin pascal paques toussaint toussain fidele grand petit loup janvier mars loulou`)

func (r *reader) looksLikeName(i int, words []string) bool {
	if len(words) > 1 || !wordNames[words[0]] {
		return true
	}
	if months[words[0]] != 0 && r.at(i-1).sort == number {
		return false
	}
	if !r.at(i).up || r.allCaps && months[words[0]] != 0 {
		return false
	}
	b := r.at(i - 1)
	if words[0] == "noel" && b.is("de", "a", "joyeux", "avant", "apres") || b.is("mois") {
		return false
	}
	if months[words[0]] != 0 && b.is("de", "en", "d", "au", "er") && r.at(i-2).is("mois", "tout", "debut", "fin", "lundis", "mardis", "jeudis", "vendredis", "lundi", "mardi", "jeudi", "vendredi") {
		return false
	}
	return true
}

// lastName reads the last name, which may also tell two children apart.
func (r *reader) lastName(w *who) {
	var fit []int
	end := w.to
	for _, n := range w.ids {
		if last := r.lasts[n]; len(last) > 0 && r.matches(w.to, last) {
			fit = append(fit, n)
			end = max(end, w.to+len(last))
		}
	}
	if len(fit) > 0 {
		w.ids, w.to = fit, end
		return
	}
	// Another last name, in capitals: « Tom DURAND » may be somebody else's child.
	if t := r.at(w.to); t.caps && !r.allCaps && !t.dead && len(t.f) > 2 && !vocabulary[t.f] && t.sort == word {
		w.doubt = "« " + r.text(w.from, w.to+1) + " » : ce nom de famille n’est pas celui de l’enfant."
		w.to++
	}
}

// almostName reads a first name one letter away, or a part of a compound one.
func (r *reader) almostName(i int) (who, bool) {
	t := r.at(i)
	if vocabulary[t.f] || !t.up || len(t.f) < 3 || wordNames[t.f] || months[t.f] != 0 {
		return who{}, false
	}
	for n, words := range r.firsts {
		for _, w := range words {
			if len(words) > 1 && w == t.f && len(w) > 2 || len(w) >= 4 && len(t.f) >= 4 && near(w, t.f) {
				first := r.in.Children[n].First
				return who{
					from: i, to: i + 1, ids: []int{n}, named: true,
					doubt: "« " + t.raw + " » : est-ce bien " + first + " ?",
				}, true
			}
		}
	}
	return who{}, false
}

// some gives the children of a sex ("" : all).
func (r *reader) some(sex string) []int {
	var ids []int
	for n, c := range r.in.Children {
		if sex == "" || c.Sex == sex {
			ids = append(ids, n)
		}
	}
	return ids
}

var (
	girlWords = set("fille grande petite ainee puce princesse cadette benjamine seconde derniere fillette louloutte")
	boyWords  = set("fils garcon grand petit aine cadet benjamin second dernier bonhomme loulou gars")
)

// findGroups finds « les deux enfants », « mon fils », « sa sœur ».
func (r *reader) findGroups() {
	for i := 0; i < len(r.toks); i++ {
		if r.toks[i].dead || r.kidAt[i] || r.owner[i] > 0 {
			continue
		}
		w, ok := r.group(i)
		if !ok {
			continue
		}
		w.from = i
		// « mon fils Hugo »: the name says who.
		j := w.to
		if r.at(j).f == "," || r.at(j).f == ":" {
			j++
		}
		if j < len(r.toks) && r.kidAt[j] {
			for k := i; k < w.to; k++ {
				r.used[k] = true
			}
			i = w.to - 1
			continue
		}
		if t := r.at(w.to); t.up && t.sort == word && !t.dead && !r.allCaps && !vocabulary[t.f] && !t.glued {
			w.doubt = "« " + t.raw + " » n’est pas un enfant connu de cette famille : qui est-ce ?"
			w.ids = nil
			w.to++
		}
		r.whos = append(r.whos, w)
		for j := i; j < w.to; j++ {
			r.kidAt[j] = true
		}
		i = w.to - 1
	}
	slices.SortStableFunc(r.whos, func(a, b who) int { return a.from - b.from })
}

var counts = map[string]int{"deux": 2, "2": 2, "trois": 3, "3": 3, "quatre": 4, "4": 4}

// group reads one such run.
func (r *reader) group(i int) (who, bool) {
	t := r.at(i)
	j := i
	mine := t.is("mes", "mon", "ma", "notre", "nos")
	if t.is("tous", "toutes") && r.at(j+1).is("les") {
		j++
	}
	if !r.at(j).is("mes", "mon", "ma", "notre", "nos", "les", "le", "la", "l", "son", "sa", "ses", "leur", "leurs") {
		return who{}, false
	}
	det := r.at(j)
	j++
	count := counts[r.at(j).f]
	if count > 0 {
		j++
	}
	for r.at(j).is("petits", "petite", "petit", "grands", "grande", "grand", "jeunes", "jeune", "plus") && r.at(j+1).sort == word &&
		r.at(j+1).is("enfants", "enfant", "fils", "fille", "filles", "garcon", "garcons", "frere", "soeur", "freres", "soeurs", "jeune", "grand", "grande") {
		j++
	}
	n := r.at(j)
	w := who{to: j + 1}
	switch {
	case n.is("enfants", "loulous", "enfnats", "gosses", "bambins", "kids", "petits", "loustics", "monstres") && det.is("mes", "nos", "les"):
		r.counted2(&w, count, r.some(""), "enfants", i)
		if n.f == "petits" && count == 0 && len(w.ids) > 2 { // all, or the youngest?
			w.doubt = "« " + r.text(i, w.to) + " » : tous les enfants, ou les plus jeunes ?"
		}
	case n.is("enfant") && det.is("mon", "notre", "l"):
		r.only(&w, r.some(""), "enfant", i)
	case n.is("filles", "fille") && det.is("mes", "nos", "les"):
		r.counted2(&w, count, r.some("F"), "filles", i)
	case n.is("garcons", "fils") && det.is("mes", "nos", "les"):
		r.counted2(&w, count, r.some("M"), "garçons", i)
	case n.is("jumeaux", "jumelles") && det.is("mes", "nos", "les"):
		r.counted2(&w, 2, r.some(""), "enfants", i)
	case n.is("frere", "freres", "soeur", "soeurs") && det.is("son", "sa", "ses"):
		w.pronoun = n.f
	case girlWords[n.f] && det.is("ma", "la", "notre", "l") && (mine || !n.is("grande", "petite", "seconde", "derniere") || !r.nounNext(j+1)):
		if n.is("derniere", "seconde") && !mine || n.f == "petite" && !mine && r.nounNext(j+1) {
			return who{}, false
		}
		r.only(&w, r.some("F"), "fille", i)
	case boyWords[n.f] && det.is("mon", "le", "notre", "l") && (mine || !r.nounNext(j+1)):
		if n.is("dernier", "second") && !mine {
			return who{}, false
		}
		r.only(&w, r.some("M"), "garçon", i)
	case count > 0 && det.is("les") && !r.nounNext(j) && !r.kidAtSafe(j):
		w.to = j
		if r.at(j).is("premiers", "autres", "derniers", "jours", "repas", "/") || r.at(j).sort == number || months[r.at(j).f] != 0 || r.at(j).is(",", "et") && r.at(j+1).sort == number {
			return who{}, false
		}
		w.pronoun = "les deux"
		w.ids = r.some("")
		if count != len(w.ids) {
			r.miscount(&w, i)
		}
	default:
		return who{}, false
	}
	return w, true
}

func (r *reader) kidAtSafe(j int) bool { return j < len(r.kidAt) && r.kidAt[j] }

// nounNext reports that a word follows which « le petit » only describes.
func (r *reader) nounNext(j int) bool {
	t := r.at(j)
	if j < len(r.owner) && r.owner[j] > 0 {
		return false
	}
	return t.sort == word && !r.verbish(j) && !t.is("et", "pour", "a", "au", "ne", "n", "le", "du", "de", "jeudi", "lundi", "mardi", "vendredi", "qui", "est", "sera", "seulement", "svp", "ce", "demain", "sont", "aussi", "car", "mais", "y", "en", "aujourd", "avec", "la", "seront")
}

func (r *reader) verbish(j int) bool {
	t := r.at(j)
	return t.is("ne", "n", "sera", "seront", "est", "sont", "a", "ont", "mange", "mangent", "mangera", "mangeront", "va", "vont", "aura", "auront", "sera") || verbClass(t) == clsEat
}

// counted2 takes all of a kind; a count that does not fit is a doubt.
func (r *reader) counted2(w *who, count int, ids []int, noun string, i int) {
	w.ids = ids
	switch {
	case len(r.in.Children) == 0:
		w.doubt = unknownFamily
	case len(ids) == 0 || len(ids) == 1 && (count > 1 || noun != "enfants"):
		w.ids = nil
		w.doubt = "« " + r.text(i, w.to) + " » : la famille n’a pas plusieurs " + noun + " connus ici."
	case count > 0 && count != len(ids):
		r.miscount(w, i)
	}
}

func (r *reader) miscount(w *who, i int) {
	w.doubt = "« " + r.text(i, w.to) + " », mais la famille a " + plural(len(w.ids), "enfant connu", "enfants connus") + " : lesquels ?"
	if len(r.in.Children) == 0 {
		w.doubt = unknownFamily
	}
}

// only takes the one child of a kind.
func (r *reader) only(w *who, ids []int, noun string, i int) {
	switch {
	case len(r.in.Children) == 0:
		w.doubt = unknownFamily
	case len(ids) == 1:
		w.ids = ids
	case len(ids) == 0:
		w.doubt = "« " + r.text(i, w.to) + " » : la famille n’a pas de " + noun + " connu ici."
	default:
		w.doubt = "« " + r.text(i, w.to) + " » : lequel de " + r.firstNames(ids) + " ?"
	}
}

const unknownFamily = "La famille n’est pas reconnue : de quel enfant s’agit-il ?"

func (r *reader) firstNames(ids []int) string {
	var names []string
	for _, n := range ids {
		names = append(names, r.in.Children[n].First)
	}
	return listText(names)
}

func listText(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " et " + names[last]
}
