package reading

import "strings"

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
		if t.f == "," && j < i-1 {
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
		if t.is("pas", "plus", "jamais", "po") && (ne >= 0 || j >= i || j == i-1) && !(j > to && r.owner[j-1] > 0) {
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

// command: annuler, inscrire and their forms.
func (r *reader) command(t trigger, s piece) (trigger, bool) {
	i := t.from
	tok := &r.toks[i]
	if r.otherThing(i, s) {
		t.act = actTold
		return t, true
	}
	denied, only := false, false
	if !r.rules.noNegation {
		denied, only = r.negation(i, t.to, s)
	}
	if only {
		t.doubt = "« ne … que » : que faut-il changer exactement ?"
	}
	form := verbForm(tok)
	switch {
	case denied:
		t.negated = true
		t.act = actTold
		t.doubt = "« ne pas " + tok.raw + " » : rien n’est proposé, à lire."
	case form == formNoun:
		t.noun = true
		r.nounMood(&t, s)
	case r.auxiliary(i, s):
		t.act, t.past = actTold, true
	case r.be(i, s) && form != formInf && form != formImp:
		t.act = actTold
	case form == formPart && r.near(i, s, 2, "etant"):
		t.act = actTold
	case form == formPart && i > s.from && !r.near(i, s, 2, "de", "d", "merci", "svp", "bonjour"):
		t.doubt = "« " + tok.raw + " » : est-ce une demande, ou est-ce déjà fait ?"
	case form == formInf || form == formPart:
		r.infinitiveMood(&t, s)
	case form == formImp:
		if r.near(i, s, 3, "vous", "si", "quand") {
			t.doubt = "« vous " + tok.raw + " » : est-ce une demande ?"
		}
	default:
		r.firstPerson(&t, s)
	}
	return t, true
}

type verbal byte

const (
	formOther verbal = iota
	formInf
	formImp
	formNoun
	formPart
)

func verbForm(t *token) verbal {
	f := t.f
	raw := strings.ToLower(t.raw)
	switch {
	case strings.HasSuffix(f, "tion") || strings.HasSuffix(f, "tions") || strings.HasSuffix(f, "ssion") || f == "ajout" || f == "rajout" || f == "ajouts":
		return formNoun
	case strings.HasSuffix(f, "er") || strings.HasSuffix(f, "ire") || strings.HasSuffix(f, "tre") || strings.HasSuffix(f, "oir") || strings.HasSuffix(f, "ir"):
		return formInf
	case strings.HasSuffix(f, "ez"):
		return formImp
	case strings.HasSuffix(raw, "é") || strings.HasSuffix(raw, "és") || strings.HasSuffix(raw, "ée") || strings.HasSuffix(raw, "ées"):
		return formPart
	}
	return formOther
}

func (r *reader) near(i int, s piece, n int, words ...string) bool {
	for j := i - 1; j >= s.from && j >= i-n; j-- {
		if r.toks[j].is(words...) {
			return true
		}
	}
	return false
}

// nounMood: « annulation jeudi » asks, « suite à l’annulation de jeudi » does not.
func (r *reader) nounMood(t *trigger, s piece) {
	for j := t.from - 1; j >= s.from && j >= t.from-6; j-- {
		k := &r.toks[j]
		switch {
		case k.is("suite", "apres", "confirmation", "confirmer", "confirme", "erreur", "concernant", "sujet", "recu", "recue", "lors", "votre", "vos", "depuis", "bulletin", "dossier", "formulaire", "fiche", "cette", "portail", "site", "frais", "nouvelle-", "delai", "possibilite", "conditions", "modalites", "avant"):
			t.act = actTold
			return
		case k.is("demande", "demander", "noter", "informe", "signale", "signaler", "prendre", "pour", "objet", "bonjour", ":", "de", "d", "l", "la", "une", "les", "cas", "souhaite", "svp", "merci", "proceder", "faire", "a", "compte", "en", "besoin", "mon", "ma", "un", ",", "par", "contre", "et", "-", "cantine", "repas", "premiere", "vous", "mais", "puis", "nouvelle"):
		case r.kidAt[j] || r.owner[j] > 0 || verbClass(k) != 0:
			return
		default:
			t.doubt = "« " + r.text(t.from, t.to) + " » : est-ce une demande ?"
			return
		}
	}
}

// infinitiveMood looks for who asks: « merci de », « pouvez-vous », « je souhaite ».
func (r *reader) infinitiveMood(t *trigger, s piece) {
	unsure := "« " + r.text(max(s.from, t.from-3), t.to) + " » : est-ce une demande ?"
	for j := t.from - 1; j >= s.from && j >= t.from-16; j-- {
		k := &r.toks[j]
		switch {
		case k.is("pouvez", "pourriez", "pourrez") && (r.at(j-1).is("si", "vous") && r.at(j-2).is("si", "que") || r.at(j-1).is("ne", "n")):
			t.doubt = unsure
			return
		case k.is("merci", "veuillez", "pouvez", "pourriez", "souhaite", "souhaitons", "souhaiterais", "souhaiterai", "souhaiterions", "voudrais", "voudrai", "voudrions", "aimerais",
			"aimerai", "aimerions", "desire", "desirons", "faut", "faudrait", "faudra", "besoin", "demande", "prie", "svp", "stp", "remercie", "remercions", "mercie", "pourrez", "pouver", "pouriez", "mrc", "bonjour", "veux", "veuillé", "prierai", "possibilité"):
			return
		case k.is("oublie", "pu", "puis", "dois", "doit", "devais", "peux", "comment", "peut", "essaye", "essaie", "voulais", "voulait", "vais", "viens", "pense", "hesite", "evite", "eviter", "possible", "serait", "reussi", "arrive", "permet", "avant", "impossible", "sans", "devoir", "souhaitais", "avez", "avoir", "allez", "vient", "reussis", "pouvait", "autorise", "preferer", "prefere", "saurais", "propose", "proposez", "devons", "allons", "pouvons"):
			t.doubt = unsure
			if k.is("pu", "viens", "avoir") && r.at(j+1).is("d", "de", "pas") || k.f == "pu" {
				t.act = actTold
			}
			return
		case k.is("comme", "quand", "si") || k.f == "?":
			t.doubt = unsure
			return
		}
	}
	if (t.from-s.from > 6 || r.at(t.from-1).f == "pour") && !r.leadIn(t.from, s) {
		t.doubt = unsure
	}
}

// leadIn: a bare infinitive after a comma, « et » or « pour » is a demand too.
func (r *reader) leadIn(i int, s piece) bool {
	b := r.at(i - 1)
	if b.f == "pour" {
		return r.near(i, s, 12, "ecris", "contacte", "permets", "mail", "message", "reviens")
	}
	if b.is("l", "la", "le", "les", "d", "de") {
		b = r.at(i - 2)
	}
	return b.is(",", "et", "pour", "mais", ":", "donc", "a", "revanche", "contre", "puis", "aussi", "egalement", "-") || r.kidAt[i-1] || r.owner[i-1] > 0
}

// firstPerson: « j’annule » does it here and now; « il annule » does not.
func (r *reader) firstPerson(t *trigger, s piece) {
	f := r.toks[t.from].f
	if r.near(t.from, s, 3, "j", "je", "on", "nous") && !strings.HasSuffix(f, "ai") && !strings.HasSuffix(f, "ais") && !strings.HasSuffix(f, "rons") && !strings.HasSuffix(f, "ions") {
		return
	}
	if i := t.from; (i == s.from || r.at(i-1).is("bonjour", ",", "svp", "merci", "et")) && len(f) <= 8 {
		return // « annule jeudi stp »
	}
	t.doubt = "« " + r.text(t.from, t.to) + " » : est-ce une demande ?"
}

// otherThing reports that what is cancelled or booked is no meal.
func (r *reader) otherThing(i int, s piece) bool {
	for j := i + 1; j < s.to && j <= i+5; j++ {
		t := &r.toks[j]
		if t.is("repas", "cantine", "midi") || r.kidAt[j] || r.owner[j] > 0 && j > i+3 || t.f == "," {
			return false
		}
		if otherThings[t.f] && !(t.is("commande", "demande", "menu", "dossier", "cours") && r.inSentence(s, "cantine", "repas")) {
			return true
		}
	}
	return false
}

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

// absent: « sera absent », « absence de Léa », « était absent ».
func (r *reader) absent(t trigger, s piece) (trigger, bool) {
	i := t.from
	t.act, t.absence, t.subject = actCancel, true, i
	if !strings.HasPrefix(r.toks[i].f, "absent") {
		t.noun, t.subject = true, -1
		if r.near(i, s, 4, "suite", "votre", "cas", "en", "delai", "apres", "mon", "notre") && !r.near(i, s, 4, "informe", "signale") {
			t.act = actTold
		}
		return t, true
	}
	for j := i + 1; j <= i+2 && j < s.to; j++ {
		if r.toks[j].is("maitresse", "maitre", "enseignante", "enseignant") {
			t.act = actTold
		}
	}
	denied, _ := r.negation(i, t.to, s)
	if denied {
		t.act, t.doubt = actTold, "« pas absent » : rien n’est proposé, à lire."
		return t, true
	}
	if r.near(i, s, 5, "maitresse", "maitre", "enseignante", "enseignant", "professeur", "instit", "nounou", "atsem", "je", "suis", "serai", "agent") {
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

// phrase: intents of several words.
func (r *reader) phrase(i int, s piece) (trigger, bool) {
	t := &r.toks[i]
	out := trigger{from: i, to: i + 1, subject: -1}
	n, n2 := r.at(i+1), r.at(i+2)
	switch {
	case t.is("pas", "sans") && (n.is("cantine", "repas", "dejeuner") || n.is("de", "d") && n2.is("cantine", "repas", "dejeuner", "ecole")):
		if r.near(i, s, 4, "recu", "avait", "y", "ai", "eu", "vu", "trouve", "aime", "a") {
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
