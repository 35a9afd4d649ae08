package reading

import (
	"strings"
)

// elsewhere: « mange à la maison », « déjeunera chez sa mamie ».
func (r *reader) elsewhere(i int, s piece) bool {
	for j := i + 1; j < s.to && j <= i+6; j++ {
		t := &r.toks[j]
		if t.f == "," || verbClass(t) != 0 {
			return false
		}
		if t.is("maison", "chez", "dehors", "ailleurs", "domicile", "restaurant", "exterieur", "resto") && !(t.f == "restaurant" && r.at(j+1).f == "scolaire") {
			if t.f == "chez" && r.at(j+1).is("vous", "toi") {
				return false
			}
			r.use(j)
			return true
		}
		if t.is("avec") && r.at(j+1).is("moi", "nous", "son", "sa", "ses") && !r.at(j+2).is("frere", "soeur", "classe", "freres", "soeurs") {
			return true
		}
	}
	return false
}

// absent: « sera absent », « absence de Léa », « était absent ».
func (r *reader) absent(t trigger, s piece) (trigger, bool) {
	i := t.from
	t.act, t.absence, t.subject = actCancel, true, i
	if !strings.HasPrefix(r.toks[i].f, "absent") {
		t.noun, t.subject, t.doubt = true, -1, r.stated(i, s)
		if r.within(i, s, 4, "maitresse", "maitre", "enseignante", "enseignant", "professeur", "instit", "nounou", "atsem") || r.near(i, s, 4, "suite", "votre", "cas", "en", "delai", "apres", "mon", "notre") && !r.near(i, s, 4, "informe", "signale") {
			t.act = actTold
		}
		return t, true
	}
	for j := i + 1; j <= i+2 && j < s.to; j++ {
		if r.toks[j].is("maitresse", "maitre", "enseignante", "enseignant") {
			t.act = actTold
		}
	}
	if from, to := r.missing(i, s); to > 0 {
		t.doubt = "« " + r.text(from, to) + " » : le repas est-il en cause ?"
	}
	denied, _ := r.negation(i, t.to, s)
	if denied {
		t.act, t.doubt = actTold, "« pas absent » : rien n’est proposé, à lire."
		return t, true
	}
	if r.near(i, s, 5, "maitresse", "maitre", "enseignante", "enseignant", "professeur", "instit", "nounou", "atsem", "mari", "femme", "epoux", "epouse", "conjoint", "conjointe", "je", "suis", "serai", "agent") {
		t.act = actTold
		return t, true
	}
	if r.auxiliary(i, s) || r.near(i, s, 4, "etait", "etaient", "ete") {
		t.past = true
	}
	if r.near(i, s, 4, "serait", "seraient", "risque", "pourrait") {
		t.doubt = "« " + r.text(max(s.from, i-2), t.to) + " » : ce n’est pas dit pour sûr."
	}
	return t, true
}

// mealPlaces: to be absent from these is to miss the meal.
var mealPlaces = set("ecole cantine classe repas dejeuner restaurant restauration midi service appel partir compter cause raison")

// missing reports what a child is absent from when it is no school and no meal:
// « absent au sport ».
func (r *reader) missing(i int, s piece) (from, to int) {
	j := i + 1
	if j >= s.to || !r.toks[j].is("au", "a", "aux", "en", "du", "de", "d", "des", "pendant") {
		return 0, 0
	}
	for j++; j < s.to && r.toks[j].is("la", "le", "l", "les", "son", "sa", "notre"); j++ {
	}
	if j >= s.to || r.owner[i+1] > 0 || r.owner[j] > 0 || r.kidAt[j] || r.toks[j].sort != word || mealPlaces[r.toks[j].f] {
		return 0, 0
	}
	return i, j + 1
}

// phrase: intents of several words.
func (r *reader) phrase(i int, s piece) (trigger, bool) {
	t := &r.toks[i]
	out := trigger{from: i, to: i + 1, subject: -1}
	n, n2 := r.at(i+1), r.at(i+2)
	switch {
	case t.is("pas", "sans") && (n.is("cantine", "repas", "dejeuner") || n.is("de", "d") && n2.is("cantine", "repas", "dejeuner", "ecole")):
		if r.near(i, s, 4, "recu", "avait", "y", "ai", "eu", "vu", "trouve", "aime") || r.has(i, s) {
			return out, false
		}
		out.act, out.absence, out.meal, out.to, out.negated = actCancel, true, true, i+2, true
		if n.is("de", "d") {
			out.to = i + 3
		}
		if r.at(i-1).is("n", "ne") || r.at(i-2).is("n", "ne") && !r.at(i-1).is("aura", "auront", "prendra", "prend", "prendront", "veut") {
			out.doubt = "« " + r.text(max(s.from, i-2), out.to) + " » : est-ce une annulation ?"
		}
		if r.at(i-2).is("n", "ne") {
			r.use(i - 2)
		}
		return out, true
	case t.is("pas", "sans") && n.f == "besoin":
		out.act = actCancel
		if r.within(i, s, 5, "cantine", "repas") {
			out.absence, out.meal, out.to, out.negated = true, true, i+2, true
			r.denied(i, s)
			return out, true
		}
		out.doubt = "« pas besoin » : est-ce une annulation ?"
		return out, true
	case t.is("garde", "gardee", "gardes", "gardees") && n.is("par", "a", "chez") && r.near(i, s, 4, "sera", "seront", "est", "sont"):
		out.act, out.absence = actCancel, true
		return out, true
	}
	return r.staying(i, s)
}

// has reports « a » (not « à ») shortly before.
func (r *reader) has(i int, s piece) bool {
	for j := i - 1; j >= s.from && j >= i-4; j-- {
		if t := &r.toks[j]; t.f == "a" && t.raw != "à" && t.raw != "À" {
			return true
		}
	}
	return false
}

// staying: « sera à la cantine », « n’ira pas à l’école », « aura besoin d’un repas ».
func (r *reader) staying(i int, s piece) (trigger, bool) {
	t, n, n2 := &r.toks[i], r.at(i+1), r.at(i+2)
	out := trigger{from: i, to: i + 1, subject: -1}
	switch {
	case t.is("sera", "seront") && (n.is("chez") || n.is("a", "en") && n2.is("l", "la", "sortie", "voyage")):
		end := i + 3
		if n.f == "chez" || r.at(i+3).is("maison", "hopital") {
			out.act, out.absence, out.to = actCancel, true, end
			return out, true
		}
		if n2.f == "la" && r.at(i+3).f == "cantine" {
			out.to = i + 4
			return r.being(out, s)
		}
		if r.at(i + 3).is("ecole") {
			out.to = i + 4
			if b, ok := r.being(out, s); ok && b.act == actCancel {
				return b, true
			}
		}
	case t.f == "garde" && r.near(i, s, 3, "je", "j", "nous", "on") && r.within(i, s, 5, "maison", "moi"):
		out.act, out.absence = actCancel, true
		for j := i + 1; j < i+6; j++ {
			if r.at(j).is("avec", "maison", "moi") {
				r.use(j)
			}
		}
		return out, true
	case t.is("sera", "seront") && n.is("donc", "finalement", "malheureusement", "exceptionnellement", "pas", "plus") && r.within(i, s, 6, "cantine", "la", "ecole", "dejeuner") && !r.within(i, s, 4, "present", "presente", "presents", "presentes", "absent", "absente"):
		return r.being(out, s)
	case t.is("sera", "seront", "est", "sont") && (n.f == "la" && n2.sort != word || n.f == "pas" && n2.is("la", "present", "presente", "presents", "presentes", "a")):
		if n.f == "la" && n.raw == "la" && n2.sort == word {
			return out, false
		}
		if n2.f == "a" && !r.at(i+4).is("cantine", "ecole") {
			return out, false
		}
		if n.f == "la" && !t.is("sera", "seront") {
			return out, false
		}
		out.to = i + 2
		return r.being(out, s)
	case t.is("ira", "iront", "va", "vont", "reste", "restent", "restera", "resteront", "prendra", "prendront", "prend", "prennent") && r.within(i, s, 8, "cantine", "ecole", "repas", "garderie", "periscolaire", "etude", "gouter", "centre"):
		b, ok := r.being(out, s)
		if b.act == actBook && !r.within(i, s, 8, "cantine", "repas", "garderie", "periscolaire", "etude", "gouter", "centre") {
			return b, false
		}
		return b, ok
	case t.is("besoin") && n.is("d", "de") && (n2.is("un", "repas", "cantine") || r.at(i+3).is("repas", "cantine")):
		return r.being(out, s)
	}
	return out, false
}

// denied marks the « ne » before a « pas » that a phrase has taken.
func (r *reader) denied(i int, s piece) {
	for j := i - 1; j >= s.from && j >= i-4; j-- {
		if r.toks[j].is("ne", "n") {
			r.use(j)
			return
		}
	}
}

// being finishes a phrase whose sense a negation turns.
func (r *reader) being(t trigger, s piece) (trigger, bool) {
	t.act = actBook
	denied, only := false, false
	if !r.rules.noNegation {
		denied, only = r.negation(t.from, t.from+1, s)
	}
	if denied {
		t.act, t.absence, t.negated = actCancel, true, true
		if r.within(t.from-1, s, 3, "plus") {
			t.doubt = "« ne … plus » : à partir de quand, et jusqu’à quand ?"
		}
	}
	if only {
		t.doubt = "« ne … que » : que faut-il changer exactement ?"
	}
	if t.act == actBook && r.elsewhere(t.from, s) {
		t.act, t.absence = actCancel, true
	}
	t.meal = true
	t.subject = t.from
	return t, true
}

func (r *reader) within(i int, s piece, n int, words ...string) bool {
	for j := i + 1; j < s.to && j <= i+n; j++ {
		if r.toks[j].is(words...) {
			return true
		}
	}
	return false
}
