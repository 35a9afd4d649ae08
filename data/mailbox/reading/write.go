package reading

import (
	"cmp"
	"slices"
	"strings"
)

// writer turns what was read into proposals.
type writer struct {
	r, subject *reader
	out        []draft
	last       []int // the children last asked for
	lastDays   named
	access     *clause
	asked      bool     // a question was put
	passed     []string // meals of a child whose day is said elsewhere: « Léa mangera avec lui »
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
	w.unasked()
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
	told := w.r.told() || w.r.saysMore()
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

// saysMore reports a text that says more than a greeting and a look at the subject.
func (r *reader) saysMore() bool {
	words := 0
	for i := range r.toks {
		t := &r.toks[i]
		if t.sort != word || t.dead {
			continue
		}
		if t.f == "objet" {
			return false
		}
		words++
	}
	return words > 8
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

// instead: « vendredi au lieu de jeudi » books one day and cancels the other.
func (w *writer) instead(r *reader, n int) bool {
	c := &r.clauses[n]
	if c.trig.act != actBook || len(c.spans) != 2 || c.spans[0].form != fList || c.spans[1].form != fList {
		return false
	}
	for k, s := range c.spans {
		i := s.from - 1
		if r.at(i).is("de", "du", "d") {
			i--
		}
		if !(r.at(i).f == "lieu" && r.at(i-1).f == "au" || r.at(i).f == "place" && r.at(i-1).f == "la") {
			continue
		}
		for j := i - 2; j < s.from; j++ {
			r.use(j)
		}
		kept, given := c.spans[1-k], s
		c.spans = []span{kept}
		again := *c
		t := *c.trig
		t.act = actCancel
		again.trig, again.spans = &t, []span{given}
		r.clauses = append(r.clauses, again)
		at := len(r.clauses) - 1
		w.act(r, n)
		w.act(r, at)
		r.clauses = r.clauses[:at]
		return true
	}
	return false
}

// act makes the proposals of one clause that books or cancels.
func (w *writer) act(r *reader, n int) {
	if w.instead(r, n) {
		return
	}
	c := &r.clauses[n]
	kids := w.kidsOf(r, n)
	days := w.daysOf(r, n)
	if !days.any && c.trig.act == actBook {
		if w.accessOf(r, c) {
			return
		}
		if !c.trig.command { // « Tom mange bien »: nothing is asked
			if len(c.whos) > 0 && r.inSentence(piece{c.from, c.to}, "avec", "aussi", "egalement", "pareil", "idem") {
				w.passed = append(w.passed, r.text(c.from, c.to))
			}
			return
		}
	}
	if !days.any && c.trig.noun && c.trig.absence || !days.any && c.trig.past {
		days.doubt("Quel jour ?")
	}
	if !days.any && len(days.days) == 0 {
		days.doubt("Aucun jour n’est dit : lesquels ?")
	}
	if c.trig.noun && c.trig.absence && len(days.days) > 0 && days.days[0] > r.today && r.hasWeekdays(c.spans) && r.inSentence(piece{0, len(r.toks)}, "certificat", "justificatif", "certif") {
		days.doubt("L’absence est-elle à venir, ou passée ?") // « pour l’absence de vendredi, voici le certificat »
	}
	services := w.servicesOf(r, c)
	if !r.rules.noLeftovers {
		r.leftovers(c)
	}
	if !r.rules.noHedges {
		r.hedged(c)
	}
	if !r.rules.noUnknown {
		r.unknown(c)
	}
	r.twoTables(c)
	r.cleft(c)
	r.strangers(c, len(kids.ids) > 0)
	if (len(c.spans) > 1 || len(days.days) > 1) && len(r.distinct(c.whos)) > 1 {
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

// unasked: « annulez Zoé jeudi et inscrivez Malo à sa place »: a child to be booked, of
// whom no day is said, is not passed over because the rest is understood.
func (w *writer) unasked() {
	if w.access == nil || !slices.Contains(w.r.verbs(), w.access.trig) || !slices.ContainsFunc(w.out, func(d draft) bool { return d.p.Kind == Cancel || d.p.Kind == Book }) {
		return
	}
	for _, n := range idsOf(w.access.whos) {
		id := w.r.in.Children[n].ID
		if !slices.ContainsFunc(w.out, func(d draft) bool { return d.p.Kind == Book && slices.Contains(d.p.Children, id) }) {
			p := Proposal{
				Kind: Book, Children: []int64{id}, ServiceID: w.r.one([]string{"canteen"}, "cantine").id,
				Why: quote(w.accessText()), Doubt: "« " + w.accessText() + " » : pour quels jours ?",
			}
			w.out = append(w.out, draft{p: p, at: w.r.toks[w.access.from].start})
		}
	}
}

// verbs gives the verbs of the text's clauses.
func (r *reader) verbs() []*trigger {
	var out []*trigger
	for n := range r.clauses {
		out = append(out, r.clauses[n].trig)
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
