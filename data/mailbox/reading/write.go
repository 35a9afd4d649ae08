package reading

import (
	"cmp"
	"slices"
	"strings"

	"ardoise/data/calendar"
)

// writer turns what was read into proposals.
type writer struct {
	r, subject *reader
	out        []draft
	last       []int // the children last asked for
	lastDays   named
	access     *clause
	asked      bool // a question was put
}

// draft is a proposal on the way, with where it comes from.
type draft struct {
	p     Proposal
	at    int // byte in the text, for the order
	marks []Mark
}

func (w *writer) write() Understood {
	w.intents(w.r)
	acted := slices.ContainsFunc(w.out, func(d draft) bool { return d.p.Kind != None })
	if !acted && w.access == nil && !w.asked && w.subject != nil {
		w.fromSubject()
	}
	w.documents()
	w.merge()
	w.contradictions()
	w.remarks()
	if w.asked || len(w.out) == 0 {
		w.none()
	}
	slices.SortStableFunc(w.out, func(a, b draft) int { return cmp.Compare(a.at, b.at) })
	var u Understood
	for n, d := range w.out {
		d.p.Why, d.p.Doubt = french(d.p.Why), french(d.p.Doubt)
		u.Proposals = append(u.Proposals, d.p)
		for _, m := range d.marks {
			m.Proposal = n
			u.Marks = append(u.Marks, m)
		}
	}
	u.Marks = apart(u.Marks)
	u.Summary = Summary(u, w.r.in.Children)
	return u
}

var typography = strings.NewReplacer("« ", "«\u00a0", " »", "\u00a0»", " :", "\u00a0:", " ?", "\u00a0?", " ;", "\u00a0;", " !", "\u00a0!")

// french puts the no-break spaces where French wants them.
func french(s string) string { return typography.Replace(s) }

// fromSubject reads the subject where the text asks for nothing.
func (w *writer) fromSubject() {
	before := len(w.out)
	w.intents(w.subject)
	told := w.r.told()
	for n := before; n < len(w.out); n++ {
		w.out[n].marks = nil
		w.out[n].at = 0
		if told {
			addDoubt(&w.out[n].p, "La demande n’est que dans l’objet, et le texte parle d’autre chose.")
		}
	}
	if before > 0 && len(w.out) > before {
		w.out = w.out[before:]
	}
}

// told reports that the text has words of ours that ask for nothing.
func (r *reader) told() bool {
	for _, c := range r.clauses {
		if c.trig != nil || len(c.spans) > 0 {
			return true
		}
	}
	return false
}

func addDoubt(p *Proposal, s string) {
	switch {
	case s == "" || strings.Contains(p.Doubt, s):
	case p.Doubt == "":
		p.Doubt = s
	case len(p.Doubt) < 600:
		p.Doubt += " " + s
	}
}

// intents makes proposals of the clauses, in order.
func (w *writer) intents(r *reader) {
	for n := range r.clauses {
		c := &r.clauses[n]
		if ids := idsOf(c.whos); len(ids) > 0 && (c.trig == nil || c.trig.act == actTold) {
			w.last = ids
		}
		if c.trig == nil {
			if c.question && r.at(c.sentence.to).f == "?" {
				w.asked = true
			}
			w.loose(r, n)
			continue
		}
		if c.question {
			w.question(r, c)
			continue
		}
		switch c.trig.act {
		case actSwap:
			w.swap(r, c)
		case actBook, actCancel:
			w.act(r, n)
		case actTold:
			if c.trig.doubt != "" && len(c.spans) > 0 {
				w.unsure(r, c, c.trig.doubt)
			}
		}
	}
}

// loose: days and a child or a meal, and no verb: « cantine lundi et mardi pour Léa ».
func (w *writer) loose(r *reader, n int) {
	c := &r.clauses[n]
	if len(c.spans) == 0 || c.question || !w.aboutMeals(r, c) {
		return
	}
	for m := range r.clauses {
		if m != n && r.clauses[m].sentence == c.sentence && r.clauses[m].trig != nil {
			return // taken up by the verb of its sentence
		}
	}
	for m := n + 1; m < len(r.clauses); m++ {
		if t := r.clauses[m].trig; t != nil && len(r.clauses[m].spans) == 0 {
			return
		}
	}
	t := trigger{from: c.from, to: c.from, act: actBook, subject: -1}
	for i := c.from; i < c.to; i++ {
		if illness[r.toks[i].f] {
			t.act, t.absence = actCancel, true
		}
	}
	c.trig = &t
	c.doubt("« " + r.text(c.from, c.to) + " » : réserver ou annuler ?")
	w.act(r, n)
}

func (w *writer) aboutMeals(r *reader, c *clause) bool {
	for i := c.from; i < c.to; i++ {
		if r.toks[i].is("cantine", "repas", "dejeuner", "cantines") || illness[r.toks[i].f] && len(c.whos) > 0 {
			return true
		}
	}
	return false
}

// question: days in a question are nobody's order.
func (w *writer) question(r *reader, c *clause) {
	w.asked = true
	if len(c.spans) > 0 {
		w.unsure(r, c, "C’est une question : « "+r.text(c.sentence.from, c.sentence.to+1)+" ». À une personne d’y répondre.")
	}
}

// unsure leaves a clause to a person.
func (w *writer) unsure(r *reader, c *clause, doubt string) {
	d := draft{p: Proposal{Kind: None, Why: quote(r.text(c.sentence.from, c.sentence.to)), Doubt: doubt}, at: r.toks[c.from].start}
	w.out = append(w.out, d)
}

func quote(s string) string { return "«\u00a0" + s + "\u00a0»" }

// act makes the proposals of one clause that books or cancels.
func (w *writer) act(r *reader, n int) {
	c := &r.clauses[n]
	kids := w.kidsOf(r, n)
	days := w.daysOf(r, n)
	if !days.any && c.trig.act == actBook {
		if w.accessOf(r, c) {
			return
		}
		if !c.trig.command {
			return // « Tom mange bien »: nothing is asked
		}
	}
	if !days.any && c.trig.noun && c.trig.absence || !days.any && c.trig.past {
		days.doubt("Quel jour ?")
	}
	if !days.any && len(days.days) == 0 {
		days.doubt("Aucun jour n’est dit : lesquels ?")
	}
	services := w.servicesOf(r, c)
	if !r.rules.noLeftovers {
		r.leftovers(c)
	}
	if !r.rules.noHedges {
		r.hedged(c)
	}
	r.strangers(c, len(kids.ids) > 0)
	if len(c.spans) > 1 && len(r.distinct(c.whos)) > 1 {
		c.doubt("Plusieurs enfants et plusieurs jours : lesquels vont ensemble ?")
	}
	for _, s := range services {
		w.draft(r, c, kids, days, s)
	}
	if len(kids.ids) > 0 {
		w.last = kids.ids
	}
	if len(days.days) > 0 {
		w.lastDays = days
	}
}

// distinct gives the groups of children that a clause names apart.
func (r *reader) distinct(ws []who) [][]int {
	var out [][]int
	end := -9
	for _, w := range ws {
		if w.parent || len(w.ids) == 0 || slices.ContainsFunc(out, func(ids []int) bool { return slices.Equal(ids, w.ids) }) {
			end = w.to
			continue
		}
		if w.from-end <= 2 && r.free(end, w.from) {
			out[len(out)-1] = union(out[len(out)-1], w.ids)
		} else {
			out = append(out, w.ids)
		}
		end = w.to
	}
	return out
}

// kids of a clause.
type kids struct {
	ids   []int
	doubt string
}

// kidsOf says which children a clause is about: those it names, else those last
// spoken of, else the only ones the message names, else the only child.
func (w *writer) kidsOf(r *reader, n int) kids {
	c := &r.clauses[n]
	var k kids
	for _, x := range c.whos {
		if x.parent {
			continue
		}
		k.ids = union(k.ids, x.ids)
		if x.doubt != "" && k.doubt == "" && !(x.pronoun == "il" && len(k.ids) > 0) {
			k.doubt = x.doubt
		}
	}
	switch {
	case len(k.ids) > 0 || k.doubt != "":
	case len(w.last) > 0:
		k.ids = w.last
	default:
		k = w.elsewhere(r)
	}
	if len(k.ids) == 0 && k.doubt == "" {
		switch len(r.in.Children) {
		case 0:
			k.doubt = unknownFamily
		case 1:
			k.ids = []int{0}
		default:
			k.doubt = "Aucun enfant n’est nommé : " + r.firstNamesOr() + " ?"
		}
	}
	return k
}

func (r *reader) firstNamesOr() string {
	names := r.firstNames(r.some(""))
	if i := strings.LastIndex(names, " et "); i >= 0 {
		names = names[:i] + " ou " + names[i+4:]
	}
	return names
}

// elsewhere: the children that the rest of the message, or its subject, names.
func (w *writer) elsewhere(r *reader) kids {
	for _, from := range []*reader{r, w.subject} {
		if from == nil {
			continue
		}
		var k kids
		sets := 0
		for _, parent := range []bool{false, true} {
			for _, x := range from.whos {
				if x.parent != parent || len(x.ids) == 0 || sets > 0 && parent {
					continue
				}
				if !slices.Equal(k.ids, x.ids) {
					sets++
				}
				k.ids = union(k.ids, x.ids)
				if x.doubt != "" {
					k.doubt = x.doubt
				}
			}
		}
		if sets > 1 && k.doubt == "" && !from.oneList() {
			k.doubt = "Plusieurs enfants sont nommés dans le message : pour lesquels ?"
		}
		if len(k.ids) > 0 {
			return k
		}
	}
	return kids{}
}

// oneList reports that all children of a text are named in one breath.
func (r *reader) oneList() bool {
	for n := 1; n < len(r.whos); n++ {
		if !r.joined(n) {
			return false
		}
	}
	return true
}

// daysOf gives the days of a clause, or those its sentence or subject said.
func (w *writer) daysOf(r *reader, n int) named {
	c := &r.clauses[n]
	r.weekdaysIn = r.hasWeekdays(c.spans)
	d := r.days(c.spans, c.trig.past, w.lastDays)
	if d.any {
		return d
	}
	// what was said just before, of the same matter
	for m := n - 1; m >= 0 && m >= n-2; m-- {
		p := &r.clauses[m]
		if p.trig != nil && p.trig.act != actTold || len(p.spans) == 0 {
			continue
		}
		d = r.days(p.spans, c.trig.past, w.lastDays)
		if p.trig != nil || r.extraIn(p) {
			d.doubt("« " + r.text(p.from, p.to) + " » : est-ce bien de ces jours qu’il s’agit ?")
		}
		c.spans = append(c.spans, p.spans...)
		p.taken = true
		return d
	}
	for m := n + 1; m < len(r.clauses) && m <= n+2; m++ {
		p := &r.clauses[m]
		if p.trig != nil || len(p.spans) == 0 {
			continue
		}
		d = r.days(p.spans, c.trig.past, w.lastDays)
		if r.extraIn(p) {
			d.doubt("« " + r.text(p.from, p.to) + " » : est-ce bien de ces jours qu’il s’agit ?")
		}
		c.spans = append(c.spans, p.spans...)
		p.taken = true
		return d
	}
	if w.subject != nil && r != w.subject && len(w.subject.spans) > 0 {
		return w.subject.days(w.subject.spans, c.trig.past, named{})
	}
	// « Léa mangera jeudi mais Hugo ne mangera pas »: the same day
	if n > 0 && !c.trig.command && !c.trig.noun && len(c.whos) > 0 {
		if p := &r.clauses[n-1]; p.sentence == c.sentence && p.trig != nil && !p.trig.past && p.trig.act != actTold && len(p.spans) > 0 {
			c.spans = append(c.spans, p.spans...)
			return r.days(p.spans, false, w.lastDays)
		}
	}
	return d
}

func (r *reader) hasWeekdays(spans []span) bool {
	return slices.ContainsFunc(spans, func(s span) bool {
		return s.form == fEvery || s.form == fList && !slices.ContainsFunc(s.atoms, func(a atom) bool { return !a.wdOK || a.num > 0 })
	})
}

// accessOf takes « inscrire à la cantine » without days as a request for access.
func (w *writer) accessOf(r *reader, c *clause) bool {
	if !c.trig.command {
		return false
	}
	if f := r.toks[c.trig.from].f; !strings.HasPrefix(f, "inscri") && !strings.HasPrefix(f, "incri") && !strings.HasPrefix(f, "reinscri") {
		return false
	}
	w.access = c
	return true
}

// leftovers: words about time that no day took, numbers, negations.
func (r *reader) leftovers(c *clause) {
	for i := c.from; i < c.to; i++ {
		t := &r.toks[i]
		if r.owner[i] > 0 || t.dead || r.kidAt[i] || r.used[i] {
			continue
		}
		switch {
		case t.f == "journee" && r.at(i-1).f == "la" && (r.at(i+1).is("de", "du", "d") || r.at(i-2).f == "toute"),
			t.f == "jours" && r.at(i-1).f == "les" && r.at(i+1).is("de", "suivants", ":"), t.f == "suivants" && r.at(i-1).f == "jours",
			t.f == "vacances" && r.at(i-1).f == "en", t.f == "noel" && r.at(i-1).f == "de" && r.at(i-2).f == "repas":
		case timeWords[t.f] && !(t.f == "des" || t.f == "journee" && r.at(i-1).f == "bonne" || t.is("midi", "midis") || t.f == "a"):
			if t.is("soir", "matin", "soiree", "matinee") && r.at(i-1).f == "ce" {
				c.doubt("« ce " + t.raw + " » : s’agit-il du repas d’aujourd’hui ?")
				continue
			}
			c.doubt("« " + r.text(i-1, i+1) + " » n’a pas été compris comme un jour.")
		case t.sort == number && !r.counted(i+1) && !r.at(i+1).is("/"):
			c.doubt("« " + r.text(i, i+2) + " » : que veut dire ce nombre ?")
		case t.is("jamais", "ni", "aucun", "aucune", "plus") && !(t.f == "plus" && (r.at(i-1).is("non", "de", "en") || r.at(i+1).is("tot", "tard", "loin", "grand"))):
			c.doubt("« " + r.text(i-1, i+2) + " » : réserver ou annuler ?")
		case t.f == "pas" && !r.at(i+1).is("mal", "grave", "trop"):
			c.doubt("« " + r.text(i-1, i+2) + " » : réserver ou annuler ?")
		case t.is("oui", "non") && !(t.f == "non" && r.at(i+1).f == "plus"):
			c.doubt("« " + r.text(i-1, i+1) + " » : réserver ou annuler ?")
		}
		if _, _, _, ok := r.weekday(i); ok {
			c.doubt("« " + t.raw + " » : de quel jour s’agit-il ?")
		}
		if months[t.f] != 0 && t.sort == word {
			c.doubt("« " + t.raw + " » : quels jours de ce mois ?")
		}
	}
}

var hedgePhrases = [][]string{
	{"peut", "etre"},
	{"sans", "doute"},
	{"a", "confirmer"},
	{"je", "pense"},
	{"je", "crois"},
	{"en", "principe"},
	{"au", "cas"},
	{"sais", "pas"},
	{"pas", "sur"},
	{"pas", "sure"},
	{"pas", "certain"},
	{"pas", "certaine"},
	{"une", "semaine", "sur"},
	{"un", "jour", "sur"},
	{"sur", "deux"},
	{"a", "voir"},
	{"a", "priori"},
	{"ou", "bien"},
	{"sous", "reserve"},
	{"il", "se", "peut"},
	{"tous", "les", "deux", "jours"},
	{"la", "place", "de"},
	{"lieu", "de"},
	{"la", "place", "d"},
	{"lieu", "d"},
}

// hedged: what is said with « si », « peut-être », « ou » is not sure.
func (r *reader) hedged(c *clause) {
	for i := c.sentence.from; i < c.sentence.to; i++ {
		t := &r.toks[i]
		if t.dead || r.owner[i] > 0 && !t.is("ou") || r.kidAt[i] {
			continue
		}
		inside := i >= c.from && i < c.to
		switch {
		case t.f == "si" && !r.at(i+1).is("possible", "besoin", "necessaire", "jamais", "bien") && !(r.at(i+1).is("vous") && r.at(i+2).is("plait", "pouvez", "pouviez", "voulez")):
			c.doubt("« " + r.text(i, i+4) + " » : c’est sous condition.")
		case t.f == "ou" && t.raw != "où" && inside && r.choice(i):
			c.doubt("« " + r.text(i-1, i+2) + " » : l’un ou l’autre ?")
		case hedges[t.f] && inside && !r.used[i] && !(t.f == "comme" && !r.at(i+1).is("d", "convenu", "prevu", "prevue", "la", "l", "vu", "habitude", "toujours")) && !(t.f == "pardon" && i < c.from+3):
			c.doubt("« " + r.text(i, i+2) + " » : à lire.")
		}
		if inside && t.is("avec", "puis") && (r.kidNear(i+1) || t.f == "puis" && r.kidNear(i-1)) && !r.at(i-1).is("et") {
			c.doubt("« " + r.text(i-1, i+2) + " » : pour quels enfants, quels jours ?")
		}
		for _, words := range hedgePhrases {
			ok := true
			for n, w := range words {
				ok = ok && r.at(i+n).f == w
			}
			if ok {
				c.doubt("« " + r.text(i, i+len(words)) + " » : ce n’est pas dit pour sûr.")
			}
		}
	}
}

func (r *reader) kidNear(i int) bool { return i >= 0 && i < len(r.kidAt) && r.kidAt[i] }

// choice reports « ou » between days, children or verbs.
func (r *reader) choice(i int) bool {
	for _, j := range []int{i + 1, i + 2} {
		if j < len(r.toks) && (r.owner[j] > 0 || r.kidAt[j] || verbClass(&r.toks[j]) != 0) {
			return true
		}
	}
	return false
}

var chain = set(`ne n y en pas plus sera seront est sont a ont va vont pourra pourront peut peuvent donc bien aussi egalement etait etaient ete
	exceptionnellement finalement malheureusement encore toujours seulement tres surement normalement ici restera reste doit serait avait fut jamais s t l`)

var subjects = set(`il elle ils elles qui et donc aussi que qu enfant enfants fils fille filles garcon mais lui eux deux trois svp merci bonjour est l
	: , ( ) cantine midi repas ou puis fait absence bonsoir madame monsieur alors par contre revanche ainsi enfin soit car`)

var (
	nameLeads = set("de d pour que qu et , avec inscrire inscrivez desinscrire desinscrivez annuler annulez reserver enfant fils fille : prenommee prenomme petit petite ajouter rajouter absence")
	mealWords = set("le la les l d de du des un une repas cantine a au aux pour midi dejeuner reservation inscription svp son sa ses mon ma mes leur leurs notre nos votre exceptionnellement egalement aussi repas et scolaire restaurant stp merci bien tous toutes restauration presence y absence en sur ce cette ces")
)

// strangers: who the clause speaks of besides the family's children.
func (r *reader) strangers(c *clause, known bool) {
	t := c.trig
	if t.subject >= 0 {
		j := t.subject - 1
		for j >= c.sentence.from && (chain[r.toks[j].f] && !r.kidAt[j] || r.used[j] && !r.kidAt[j] && r.toks[j].is("ne", "n", "pas", "plus")) {
			j--
		}
		if b := r.at(j); j >= c.sentence.from && !r.kidAt[j] && r.owner[j] == 0 && !subjects[b.f] && b.sort == word {
			c.doubt("« " + r.text(j, t.to) + " » : de qui s’agit-il ?")
		}
	}
	for i := c.from; i < c.to; i++ {
		x := &r.toks[i]
		if x.sort != word || !x.up || x.dead || r.kidAt[i] || r.owner[i] > 0 || vocabulary[x.f] || r.allCaps || x.caps || len(x.f) < 2 || verbClass(x) != 0 {
			continue
		}
		if i > c.sentence.from && nameLeads[r.at(i-1).f] {
			c.doubt(quote(x.raw) + " n’est pas un enfant connu de cette famille : qui est-ce ?")
		}
	}
	for i := c.from; i < c.to; i++ {
		if r.toks[i].is("cousin", "cousine", "voisin", "voisine", "copain", "copine", "ami", "amie", "neveu", "niece", "camarade", "cousins") && !r.at(i-1).is("chez") && !r.near(i, c.sentence, 3, "chez", "par", "avec") {
			c.doubt("« " + r.text(i-1, i+1) + " » : de quel enfant s’agit-il ?")
		}
	}
	if !t.command || known && len(c.whos) > 0 {
		return
	}
	for j := t.to; j < c.to; j++ {
		x := &r.toks[j]
		if mealWords[x.f] || x.sort != word {
			if x.sort != word {
				return
			}
			continue
		}
		if !vocabulary[x.f] && !r.kidAt[j] && r.owner[j] == 0 && !x.dead && !r.used[j] && !plainWords[x.f] && !hedges[x.f] && len(x.f) > 2 {
			c.doubt("« " + r.text(t.from, j+1) + " » : de qui ou de quoi s’agit-il ?")
		}
		return
	}
}

// swap: « remplacer jeudi par vendredi ».
func (w *writer) swap(r *reader, c *clause) {
	kids := w.kidsOf(r, slices.IndexFunc(r.clauses, func(x clause) bool { return x.from == c.from }))
	if len(c.spans) != 2 || !r.within(c.spans[0].to-1, c.sentence, 3, "par") || c.spans[0].form != fList || c.spans[1].form != fList {
		if len(c.spans) > 0 {
			w.unsure(r, c, "Un changement est demandé : « "+r.text(c.from, c.to)+" ». Quel jour annuler, quel jour réserver ?")
		}
		return
	}
	r.hedged(c)
	r.strangers(c, len(kids.ids) > 0)
	for n, act := range []action{actCancel, actBook} {
		part := *c
		t := *c.trig
		t.act = act
		part.trig, part.spans = &t, c.spans[n:n+1]
		part.doubts = slices.Clone(c.doubts)
		for _, s := range w.servicesOf(r, &part) {
			w.draft(r, &part, kids, r.days(part.spans, false, named{}), s)
		}
	}
}

// draft makes the proposal of one clause for one service.
func (w *writer) draft(r *reader, c *clause, k kids, n named, s service) {
	p := Proposal{Kind: Book, ServiceID: s.id}
	if c.trig.act == actCancel {
		p.Kind = Cancel
	}
	for _, id := range k.ids {
		p.Children = append(p.Children, r.in.Children[id].ID)
	}
	addDoubt(&p, k.doubt)
	for _, d := range n.doubts {
		addDoubt(&p, d)
	}
	for _, d := range c.doubts {
		addDoubt(&p, d)
	}
	addDoubt(&p, s.doubt)
	addDoubt(&p, r.miscounted(c, len(n.days), len(k.ids)))
	if r.tooMuch {
		addDoubt(&p, "Le message est trop long pour être lu sûrement.")
	}
	w.serviceDays(&p, n, s)
	p.Why = r.why(c, n)
	d := draft{p: p, at: r.toks[c.from].start}
	for _, s := range c.spans {
		d.marks = append(d.marks, r.mark(s.from, s.to, "day"))
	}
	for _, x := range c.whos {
		if x.named {
			d.marks = append(d.marks, r.mark(x.from, x.to, "child"))
		}
	}
	if c.trig.to > c.trig.from {
		d.marks = append(d.marks, r.mark(c.trig.from, c.trig.to, "intent"))
	}
	w.past(r, c, d)
}

// miscounted: « 3 repas » and another number of days.
func (r *reader) miscounted(c *clause, days, kids int) string {
	for i := c.from; i < c.to; i++ {
		t := &r.toks[i]
		n := counts[t.f]
		if t.sort == number && t.num > 0 {
			n = t.num
		}
		if n > 1 && !t.dead && r.owner[i] == 0 && r.at(i+1).is("repas", "jours", "fois") && n != days && n != days*kids {
			return "« " + r.text(i, i+2) + " », mais " + plural(days, "jour nommé", "jours nommés") + " : lesquels ?"
		}
	}
	return ""
}

func (r *reader) mark(from, to int, what string) Mark {
	to = min(to, len(r.toks))
	return Mark{Start: r.toks[from].start, End: r.toks[to-1].end, What: what}
}

// serviceDays keeps the days on which there is service.
func (w *writer) serviceDays(p *Proposal, n named, s service) {
	for _, d := range n.days {
		if s.open == nil {
			p.Days = append(p.Days, d)
			continue
		}
		open, why := s.open(d)
		switch {
		case open:
			p.Days = append(p.Days, d)
		case n.told[d]:
			if why == "" {
				why = "pas de service ce jour-là"
			}
			p.Skipped = append(p.Skipped, Skipped{d, why})
		}
	}
	if len(p.Days) == 0 && len(n.days) > 0 {
		addDoubt(p, "Aucun des jours nommés n’est un jour de service.")
	}
	if len(p.Days) == 0 && len(n.days) == 0 && p.Doubt == "" {
		addDoubt(p, "Aucun jour n’est dit : lesquels ?")
	}
}

// past tells absences that have been, and their reasons, from cancellations.
func (w *writer) past(r *reader, c *clause, d draft) {
	cut := len(d.p.Days)
	for n, day := range d.p.Days {
		if day > r.today {
			cut = n
			break
		}
	}
	if cut == 0 {
		if c.trig.past && d.p.Kind == Cancel {
			d.p.Kind = JustifiedAbsence
			addDoubt(&d.p, "Quel jour ?")
		}
		w.out = append(w.out, d)
		return
	}
	if d.p.Kind == Book {
		if d.p.Days[0] < r.today {
			addDoubt(&d.p, "Le "+d.p.Days[0].LongNoYear()+" est déjà passé.")
		}
		w.out = append(w.out, d)
		return
	}
	reason := w.reason(r)
	if reason == "" && r.inSentence(piece{0, len(r.toks)}, "certificat", "justificatif", "certif") {
		if r.certified() {
			reason = "certificat joint"
		} else {
			addDoubt(&d.p, "Un certificat est annoncé, mais il n’est pas joint.")
		}
	}
	early, late := d, d
	early.p.Days = slices.Clone(d.p.Days[:cut])
	late.p.Days = slices.Clone(d.p.Days[cut:])
	if reason != "" {
		early.p.Kind = JustifiedAbsence
		early.p.Why += ", " + reason
		late.p.Skipped = nil
	} else if early.p.Days[0] < r.today {
		if c.trig.past {
			early.p.Kind = JustifiedAbsence
			addDoubt(&early.p, "Aucun motif n’est dit : l’absence est-elle justifiée ?")
		} else {
			addDoubt(&early.p, "Le "+early.p.Days[0].LongNoYear()+" est déjà passé.")
		}
	} else if !c.trig.past {
		w.out = append(w.out, d) // today without a reason: the cut-off judges
		return
	} else {
		early.p.Kind = JustifiedAbsence
		addDoubt(&early.p, "Aucun motif n’est dit : l’absence est-elle justifiée ?")
	}
	w.out = append(w.out, early)
	if len(late.p.Days) > 0 {
		late.marks = nil
		w.out = append(w.out, late)
	}
}

// certified reports that a file comes with a text that speaks of a certificate.
func (r *reader) certified() bool {
	for _, f := range r.in.Files {
		if f.Accepted {
			return true
		}
	}
	return false
}

// reason gives the words of an illness, a strike, a certificate; "" for none.
func (w *writer) reason(r *reader) string {
	for i, t := range r.toks {
		if t.sort == word && (illness[t.f] || otherReasons[t.f] && r.within(i-1, piece{0, len(r.toks)}, 3, "greve", "absente", "absent", "deces", "obseques", "enterrement")) && !r.at(i-1).is("pas", "plus") {
			return quote(t.raw)
		}
	}
	for _, f := range r.in.Files {
		if f.Accepted && fileKind(f) == "medical_certificate" {
			return "certificat joint"
		}
	}
	return ""
}

// why says which words made a proposal.
func (r *reader) why(c *clause, n named) string {
	var parts []string
	if c.trig.to > c.trig.from {
		from := c.trig.from
		for from > c.from && (r.toks[from-1].is("ne", "n", "a", "ont", "sera", "seront", "pas", "de", "d", "merci", "donc", "etait") || r.used[from-1] && !r.kidAt[from-1]) && r.owner[from-1] == 0 && from > c.trig.from-4 {
			from--
		}
		to := c.trig.to
		for to < c.to && (r.toks[to].is("pas", "plus") || r.toks[to].is("donc") && r.at(to+1).is("pas", "plus")) {
			to++
		}
		parts = append(parts, quote(r.text(from, to)))
	}
	for _, s := range c.spans {
		if len(parts) < 5 {
			parts = append(parts, quote(r.text(s.from, s.to)))
		}
	}
	if len(parts) == 0 {
		return quote(r.text(c.from, c.to))
	}
	if len(parts) == 1 && len(c.spans) == 0 && len(n.days) > 0 {
		parts = append(parts, "l’objet du message")
	}
	return listText(parts)
}

// apart orders the marks and drops those that overlap an earlier one.
func apart(marks []Mark) []Mark {
	slices.SortStableFunc(marks, func(a, b Mark) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End))
	})
	var out []Mark
	end := 0
	for _, m := range marks {
		if m.Start >= end && m.End > m.Start {
			out = append(out, m)
			end = m.End
		}
	}
	return out
}

// merge joins proposals of the same thing for other days.
func (w *writer) merge() {
	seen := map[string]int{}
	var out []draft
	for _, d := range w.out {
		if d.p.Sure() && (d.p.Kind == Book || d.p.Kind == Cancel) {
			k := string(d.p.Kind) + itoa(int(d.p.ServiceID))
			for _, c := range d.p.Children {
				k += " " + itoa(int(c))
			}
			if n, ok := seen[k]; ok {
				o := &out[n]
				o.p.Days = append(o.p.Days, d.p.Days...)
				slices.Sort(o.p.Days)
				o.p.Days = slices.Compact(o.p.Days)
				o.p.Skipped = append(o.p.Skipped, d.p.Skipped...)
				slices.SortFunc(o.p.Skipped, func(a, b Skipped) int { return cmp.Compare(a.Day, b.Day) })
				o.p.Skipped = slices.CompactFunc(o.p.Skipped, func(a, b Skipped) bool { return a.Day == b.Day })
				if len(o.p.Why) < 300 && d.p.Why != "" {
					o.p.Why += "\u00a0; " + d.p.Why
				}
				o.marks = append(o.marks, d.marks...)
				continue
			}
			seen[k] = len(out)
		}
		out = append(out, d)
	}
	w.out = out
}

// contradictions: the same meal booked and cancelled is for a person to decide.
func (w *writer) contradictions() {
	type meal struct {
		child, service int64
		day            calendar.Date
	}
	first := map[meal]int{}
	for n := range w.out {
		p := &w.out[n].p
		if p.Kind != Book && p.Kind != Cancel {
			continue
		}
		kids := p.Children
		if len(kids) == 0 {
			kids = []int64{0}
		}
		for _, c := range kids {
			for _, d := range p.Days {
				m := meal{c, p.ServiceID, d}
				o, ok := first[m]
				if !ok {
					first[m] = n
					continue
				}
				if q := &w.out[o].p; q.Kind != p.Kind {
					doubt := "Le " + d.LongNoYear() + " est à la fois réservé et annulé."
					addDoubt(p, doubt)
					addDoubt(q, doubt)
				}
			}
		}
	}
}

// remarks: what concerns the whole message.
func (w *writer) remarks() {
	for n := range w.out {
		p := &w.out[n].p
		if p.Kind != Book && p.Kind != Cancel && p.Kind != JustifiedAbsence {
			continue
		}
		if w.r.afterClosing {
			addDoubt(p, "Le texte continue après la formule de politesse : à lire.")
		}
		if w.r.taken() {
			addDoubt(p, "Le message en corrige un autre : à lire avec le précédent.")
		}
		for _, x := range w.r.strays() {
			addDoubt(p, quote(x)+" n’est rattaché à rien : à lire.")
		}
		if w.r.postscript >= 0 && w.out[n].at >= w.r.toks[w.r.postscript].start {
			addDoubt(p, "C’est dit dans un post-scriptum : à lire.")
		}
	}
}

// taken reports that the message takes back an earlier one.
func (r *reader) taken() bool {
	for i, t := range r.toks {
		if t.is("precedent", "dernier") && r.at(i+1).is("message", "mail", "courriel") || t.is("mail", "message", "courriel") && r.at(i+1).is("precedent") && r.near(i, piece{0, len(r.toks)}, 8, "ignorez", "ignorer", "annule", "compte", "erreur", "remplace", "corrige") ||
			t.is("ignorez", "ignorer") || t.f == "annule" && r.at(i+1).f == "et" && r.at(i+2).f == "remplace" || t.f == "compte" && r.near(i, piece{0, len(r.toks)}, 4, "tenez", "tenir") && r.near(i, piece{0, len(r.toks)}, 5, "ne", "pas") {
			return true
		}
	}
	return false
}

// strays are days that stand alone, in no clause that asks for anything.
func (r *reader) strays() []string {
	var out []string
	for n := range r.clauses {
		c := &r.clauses[n]
		if c.trig != nil || len(c.spans) == 0 || c.taken || c.question || len(out) > 2 {
			continue
		}
		if !r.extraIn(c) {
			out = append(out, r.text(c.from, c.to))
		}
	}
	return out
}

// none adds the proposal that leaves the message to a person.
func (w *writer) none() {
	for n := range w.out {
		if w.out[n].p.Kind == None {
			return
		}
	}
	p := Proposal{Kind: None}
	at := len(w.r.s)
	switch {
	case w.asked:
		p.Why = "C’est une question."
	case w.r.thanks():
		p.Why = "Ni demande ni question."
	default:
		p.Why = "Rien n’a été compris comme une demande."
		p.Doubt = "Le message n’a pas été compris : à lire."
	}
	w.out = append(w.out, draft{p: p, at: at})
}

// thanks reports a message that only thanks.
func (r *reader) thanks() bool {
	words, polite := 0, false
	for _, t := range r.toks {
		if t.sort == word {
			words++
			polite = polite || t.is("merci", "remercie", "remercions", "recu", "parfait")
		}
	}
	return polite && words < 25 && len(r.spans) == 0 && len(r.triggers) == 0
}
