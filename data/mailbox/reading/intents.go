package reading

import (
	"strings"
)

// class of a word that can carry an intent.
type class byte

const (
	clsCancel  class = iota + 1 // annuler, désinscrire…
	clsBook                     // inscrire, réserver…
	clsEat                      // mange, mangera, déjeunera
	clsEatInf                   // manger, déjeuner
	clsAbsent                   // absent, absence
	clsPresent                  // présent
	clsCome                     // viendra
	clsSwap                     // remplacer
)

var classPrefix = []struct {
	prefix string
	class  class
}{
	{"annul", clsCancel},
	{"anul", clsCancel},
	{"desinscri", clsCancel},
	{"desincri", clsCancel},
	{"supprim", clsCancel},
	{"suppression", clsCancel},
	{"enlev", clsCancel},
	{"decommand", clsCancel},
	{"retire", clsCancel},
	{"inscri", clsBook},
	{"incri", clsBook},
	{"reinscri", clsBook},
	{"reserv", clsBook},
	{"rajout", clsBook},
	{"ajout", clsBook},
	{"prevoir", clsBook},
	{"prevoyez", clsBook},
	{"commander", clsBook},
	{"commandez", clsBook},
	{"comptez", clsBook},
	{"remplac", clsSwap},
	{"absent", clsAbsent},
	{"absence", clsAbsent},
	{"mangeable", 0},
	{"manger", clsEatInf},
	{"mange", clsEat},
	{"mangent", clsEat},
	{"mangait", clsEat},
	{"mangerons", clsEat},
	{"dejeuner", clsEatInf},
	{"dejeune", clsEat},
	{"viendra", clsCome},
	{"viendront", clsCome},
	{"vient", clsCome},
	{"viennent", clsCome},
	{"present", clsPresent},
}

// verbClass gives what a word may ask for.
func verbClass(t *token) class {
	if t.sort != word || t.dead || len(t.f) < 3 {
		return 0
	}
	switch t.f {
	case "mangera", "mangeras", "mangeront", "mangerai", "mangerait", "mangeraient", "dejeunera", "dejeuneront", "dejeunerait", "dejeunerai", "dejeuneraient":
		return clsEat
	case "petit-dejeuner", "reserve-t", "presentation", "presenter", "presente-", "presentons", "retiree-", "annuaire", "annuel", "annuelle", "annuels":
		return 0
	case "mangerons", "mangerez", "dejeunerons":
		return clsEat
	case "mettre", "mettez":
		return clsBook
	case "abs":
		return clsAbsent
	}
	for _, p := range classPrefix {
		if strings.HasPrefix(t.f, p.prefix) {
			if p.class == clsPresent && len(t.f) > 9 || p.class == clsAbsent && len(t.f) > 9 {
				return 0
			}
			return p.class
		}
	}
	return 0
}

// action that a clause asks for.
type action byte

const (
	actNone action = iota
	actBook
	actCancel
	actTold // it tells of what was, or of what others do: nothing to do
	actSwap
)

// trigger is the word or words that ask.
type trigger struct {
	from, to int
	act      action
	past     bool // it tells of the past (« n’a pas mangé »)
	absence  bool // told as an absence rather than asked as a cancellation
	command  bool // annuler, inscrire: asked of us
	noun     bool
	doubt    string
	negated  bool
	meal     bool // it says by itself that a meal is meant
	subject  int  // token where a finite verb's subject ends, -1 none
}

// findTriggers looks at each word that can carry an intent, in its sentence.
func (r *reader) findTriggers() {
	for _, s := range r.sentences() {
		for i := s.from; i < s.to; i++ {
			if r.toks[i].dead || r.owner[i] > 0 || r.kidAt[i] {
				continue
			}
			t, ok := r.trigger(i, s)
			if !ok {
				t, ok = r.phrase(i, s)
			}
			if ok && len(r.triggers) < maxSpans*2 {
				r.triggers = append(r.triggers, t)
				for j := t.from; j < t.to; j++ {
					r.used[j] = true
				}
				i = max(i, t.to-1)
			}
		}
	}
}

// piece is a run of tokens.
type piece struct{ from, to int }

func (r *reader) sentences() []piece {
	if r.pieces != nil {
		return r.pieces
	}
	r.pieces = []piece{}
	begin := 0
	for i := 0; i <= len(r.toks); i++ {
		if i == len(r.toks) || r.toks[i].sort == stop {
			if i > begin {
				r.pieces = append(r.pieces, piece{begin, i})
			}
			begin = i + 1
		}
	}
	return r.pieces
}

func (r *reader) trigger(i int, s piece) (trigger, bool) {
	t := &r.toks[i]
	out := trigger{from: i, to: i + 1, subject: -1}
	c := verbClass(t)
	if t.f == "reserve" && r.at(i-1).f == "sous" {
		return out, false
	}
	if t.is("mettre", "mettez") && !r.within(i, s, 8, "cantine", "repas") {
		return out, false
	}
	switch c {
	case clsCancel, clsBook:
		out.act = actCancel
		if c == clsBook {
			out.act = actBook
		}
		out.command = true
		return r.command(out, s)
	case clsSwap:
		out.act, out.command = actSwap, true
		return out, true
	case clsEat:
		out.act, out.meal = actBook, true
		return r.finite(out, s)
	case clsEatInf:
		out.act, out.meal = actBook, true
		return r.infinitive(out, s)
	case clsAbsent:
		return r.absent(out, s)
	case clsPresent:
		if !r.be(i, s) {
			return out, false
		}
		out.act = actBook
		return r.finite(out, s)
	case clsCome:
		if r.within(i, s, 4, "chercher", "recuperer", "prendre", "rechercher") {
			return out, false
		}
		out.act = actBook
		t, ok := r.finite(out, s)
		if t.act == actBook && !r.inSentence(s, "cantine", "manger", "dejeuner") {
			return t, false
		}
		return t, ok
	}
	return out, false
}

func (r *reader) inSentence(s piece, words ...string) bool {
	for i := s.from; i < s.to; i++ {
		if r.toks[i].is(words...) {
			return true
		}
	}
	return false
}

// be reports « sera » and its like shortly before.
func (r *reader) be(i int, s piece) bool {
	for j := i - 1; j >= s.from && j >= i-4; j-- {
		if r.toks[j].is("sera", "seront", "est", "sont", "etait", "etaient") {
			return true
		}
	}
	return false
}

var auxiliaries = set("a ont ai avons avez avait avaient avais avions aurait auraient aura auront as aviez eu ete")

// auxiliary reports « a », « avons », « avait » before a participle.
func (r *reader) auxiliary(i int, s piece) bool {
	for j := i - 1; j >= s.from && j >= i-4; j-- {
		t := &r.toks[j]
		if auxiliaries[t.f] && !(t.f == "a" && (t.raw == "à" || t.raw == "À" || r.at(j-1).f == "y")) {
			return true
		}
		if !t.is("pas", "bien", "deja", "plus", "encore", "toujours", "jamais", "pu", "du", "rien", "l", "les", "n") {
			return false
		}
	}
	return false
}

// negation: how the verb at i is denied.
func (r *reader) negation(i, to int, s piece) (denied, only bool) {
	ne := -1
	for j := i - 1; j >= s.from && j >= i-5; j-- {
		t := &r.toks[j]
		if t.is("ne", "n") && !t.dead {
			ne = j
			break
		}
		// the « ne » of another verb: « ne mangera pas jeudi mais mangera vendredi »
		if t.f == "," && j < i-1 || t.is("mais", "et", "puis") || verbClass(t) == clsEat {
			break
		}
	}
	for j := max(s.from, i-3, ne); j < s.to && j <= to+3; j++ {
		t := &r.toks[j]
		if j >= i && j < to || t.f == "," && j < i {
			continue
		}
		if t.f == "," || t.is("et", "mais", "car") {
			if j > i {
				break
			}
			continue
		}
		if t.is("que", "qu") && ne >= 0 && j > i && !r.used[j] && !denied {
			return false, true
		}
		if t.f == "ni" && ne >= 0 && j > i { // « ne mangera ni lundi ni mardi »
			r.useNeither(ne, s)
			return true, false
		}
		if t.is("pas", "plus", "jamais", "po", "pa") && (ne >= 0 || j >= i || j == i-1) && !(j > to && r.owner[j-1] > 0) {
			if t.f == "plus" && ne < 0 {
				continue
			}
			if j < i && ne < 0 && !r.at(j+1).is("la") && j != i-1 {
				continue
			}
			denied = true
			r.use(j)
			if ne >= 0 {
				r.use(ne)
			}
			return denied, false
		}
	}
	return denied, false
}

const (
	formOther verbal = iota
	formInf
	formImp
	formNoun
	formPart
)

// finite: mange, mangera, sera présent, viendra.
func (r *reader) finite(t trigger, s piece) (trigger, bool) {
	i := t.from
	tok := &r.toks[i]
	f := tok.f
	raw := strings.ToLower(tok.raw)
	denied, only := false, false
	if !r.rules.noNegation {
		denied, only = r.negation(i, t.to, s)
	}
	t.negated, t.subject = denied, i
	past := r.auxiliary(i, s) || r.near(i, s, 3, "etait", "etaient") || strings.HasSuffix(f, "eait") || strings.HasSuffix(f, "eaient") ||
		t.act == actBook && !t.meal && r.near(i, s, 3, "ete")
	switch {
	case past && denied:
		t.act, t.past, t.absence = actCancel, true, true
		return t, true
	case past:
		t.act, t.past = actTold, true
		return t, true
	case strings.HasSuffix(f, "rait") || strings.HasSuffix(f, "raient"):
		t.doubt = "« " + tok.raw + " » : ce n’est pas dit pour sûr."
	case only:
		t.doubt = "« ne … que » : que faut-il changer exactement ?"
	case verbClass(tok) == clsEat && strings.HasSuffix(raw, "é") && !r.be(i, s):
		t.doubt = "« " + tok.raw + " » : est-ce à venir ou déjà passé ?"
	}
	if denied {
		t.act, t.absence = actCancel, true
		if r.within(i-1, s, 4, "plus") {
			t.doubt = "« ne … plus » : à partir de quand, et jusqu’à quand ?"
		}
		return t, true
	}
	if r.elsewhere(i, s) {
		t.act, t.absence = actCancel, true
	}
	t.subject = i
	return t, true
}

// infinitive: « va manger », « ne pourra pas manger ».
func (r *reader) infinitive(t trigger, s piece) (trigger, bool) {
	i := t.from
	modal := ""
	for j := i - 1; j >= s.from && j >= i-5; j-- {
		if r.toks[j].is("va", "vont", "pourra", "pourront", "peut", "peuvent", "doit", "devra", "veut", "aime", "restera", "reste", "resteront", "restent", "rentre", "rentrera", "rentrent", "rentreront", "viendra", "devait", "devaient", "sera", "ira", "pourrait", "viendront", "iront", "souhaite") {
			modal = r.toks[j].f
			if modal == "sera" || modal == "souhaite" {
				modal = ""
			}
			break
		}
	}
	if modal == "" || modal == "aime" || r.auxiliary(i, s) {
		return t, false
	}
	denied, _ := r.negation(i, t.to, s)
	t.negated = denied
	unsure := "« " + modal + " manger » : est-ce une demande ?"
	switch {
	case denied && r.at(i-2).is("ne", "n"): // « peut ne pas manger »
		t.doubt = unsure
	case modal == "veut" || modal == "doit" && denied || modal == "devait" || modal == "devaient" || modal == "peut" && denied && r.inSentence(s, "porc", "viande", "poisson"):
		t.doubt = unsure
	case modal == "rentre" || modal == "rentrera" || modal == "rentrent" || modal == "rentreront":
		t.act, t.absence = actCancel, true
		return t, true
	case !denied && (modal == "pourra" || modal == "peut" || modal == "pourront" || modal == "peuvent" || modal == "pourrait"):
		t.doubt = unsure
	}
	if denied || r.elsewhere(i, s) {
		t.act, t.absence = actCancel, true
	}
	return t, true
}
