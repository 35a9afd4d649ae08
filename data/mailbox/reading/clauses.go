package reading

import (
	"slices"
)

// clause is one thing asked or told: a trigger with its own days and children.
type clause struct {
	from, to int
	sentence piece
	trig     *trigger
	spans    []span
	other    []span // days of another matter in the same sentence
	whos     []who
	question bool
	core     []piece // the segments that hold the verb or days: each of their words must be known
	taken    bool    // its days were given to another clause
	asks     bool    // one of its verbs is a command to us (« …, pouvez-vous annuler »)
	doubts   []string
}

func (c *clause) doubt(s string) {
	if s != "" && !slices.Contains(c.doubts, s) {
		c.doubts = append(c.doubts, s)
	}
}

// place puts a segment into the clause it belongs to, or begins one.
func (r *reader) place(cur *clause, g segment, s piece) *clause {
	trigs := r.nested(g.trigs)
	if len(trigs) == 0 {
		return r.placeQuiet(cur, g, s)
	}
	for n, t := range trigs {
		own := g
		if len(trigs) > 1 {
			own = r.share(g, trigs, n)
		}
		if cur == nil || cur.trig != nil && r.parts(cur, t, own) {
			cur = r.begin(own, s)
		} else {
			if cur.trig == nil && len(cur.spans) > 0 && len(own.spans) > 0 {
				if differ(cur.whos, own.whos) {
					cur.doubt("Plusieurs enfants et plusieurs jours : lesquels vont ensemble ?")
				}
				r.before(cur, own)
			}
			if cur.trig == nil && differ(cur.whos, own.whos) && cur.whos[len(cur.whos)-1].to < cur.to && r.extraIn(cur) {
				cur.whos = nil // « Tom et Zoé sont malades, Tom ne mangera pas »: the verb says who
			}
			r.join(cur, own)
		}
		if cur.trig == nil || cur.trig.act == actTold {
			cur.trig = &t
		} else {
			cur.trig.absence = cur.trig.absence && t.absence
			cur.trig.past = cur.trig.past || t.past
			cur.doubt(t.doubt)
		}
		cur.asks = cur.asks || t.command
		cur.doubt(cur.trig.doubt)
	}
	return cur
}

// before: a clause that so far had only days meets its verb, which has days too.
func (r *reader) before(cur *clause, own segment) {
	if r.hasForm(own.spans, fSame) {
		return
	}
	if r.extraIn(cur) {
		cur.other = append(cur.other, cur.spans...)
		cur.spans = nil
		cur.doubt("Des jours sont nommés pour une autre raison dans la même phrase : lesquels compter ?")
	}
}

func (r *reader) hasForm(spans []span, f form) bool {
	return slices.ContainsFunc(spans, func(s span) bool { return s.form == f })
}

func (r *reader) extraIn(c *clause) bool {
	return r.segment(piece{c.from, c.to}).extra
}

// nested drops a noun that is the object of the verb before it: « annuler la
// réservation ».
func (r *reader) nested(trigs []trigger) []trigger {
	var out []trigger
	for _, t := range trigs {
		if len(out) > 0 {
			p := &out[len(out)-1]
			form := verbForm(&r.toks[t.from])
			if p.noun && t.command && t.from-p.to <= 2 && (p.absence && t.act == actCancel || !p.absence && p.act == actCancel && t.act == actBook) {
				t.doubt = "« " + r.text(p.from, t.to) + " » : faut-il réserver ou annuler ?" // « absence annulée »
				p.doubt = t.doubt
			}
			if (t.noun || t.command && (form == formNoun || form == formPart)) && p.command && t.from-p.to <= 3 && r.free(p.to, t.from) {
				if t.absence || t.act == actCancel && !(p.noun && form == formNoun && p.act == actBook) {
					p.doubt = "« " + r.text(p.from, t.to) + " » : faut-il réserver ou annuler ?"
				}
				continue
			}
			if p.act == t.act && p.act != actTold && r.free(p.to, t.from) {
				p.to, p.meal = t.to, p.meal || t.meal
				p.absence = p.absence && t.absence
				continue
			}
		}
		out = append(out, t)
	}
	return out
}

func (r *reader) free(from, to int) bool {
	for i := from; i < to; i++ {
		if r.owner[i] > 0 || r.kidAt[i] {
			return false
		}
	}
	return true
}

// share gives each of several verbs of one segment what stands around it.
func (r *reader) share(g segment, trigs []trigger, n int) segment {
	p := g.piece
	if n > 0 {
		p.from = trigs[n].from
		// the subject stands before the verb
		for p.from > trigs[n-1].to && (r.kidAt[p.from-1] || r.toks[p.from-1].is("ne", "n", "je", "j", "sera", "de", "d", "merci")) {
			p.from--
		}
	}
	if n+1 < len(trigs) {
		p.to = trigs[n+1].from
		for p.to > trigs[n].to && (r.kidAt[p.to-1] || r.toks[p.to-1].is("ne", "n", "je", "j", "sera", "de", "d", "merci")) {
			p.to--
		}
	}
	own := r.segment(p)
	own.trigs = trigs[n : n+1]
	return own
}

// parts reports that a verb begins a new clause beside the current one.
func (r *reader) parts(cur *clause, t trigger, g segment) bool {
	if cur.trig.act == actTold && t.act == actTold {
		return false
	}
	if cur.trig.act != t.act || cur.trig.past != t.past {
		return true
	}
	if len(cur.spans) > 0 && len(g.spans) > 0 {
		return !r.hasForm(g.spans, fSame)
	}
	return len(cur.spans) > 0 && len(g.spans) == 0 && differ(cur.whos, g.whos) && (t.command || t.subject >= 0 && r.otherService(cur, g))
}

func differ(a, b []who) bool {
	if len(a) == 0 || len(b) == 0 {
		return false
	}
	return !slices.Equal(idsOf(a), idsOf(b))
}

func idsOf(ws []who) []int {
	var ids []int
	for _, w := range ws {
		if !w.parent {
			ids = union(ids, w.ids)
		}
	}
	return ids
}

func (r *reader) begin(g segment, s piece) *clause {
	r.clauses = append(r.clauses, clause{from: g.from, to: g.to, sentence: s, spans: slices.Clone(g.spans), whos: slices.Clone(g.whos), core: g.core()})
	return &r.clauses[len(r.clauses)-1]
}

func (r *reader) join(c *clause, g segment) {
	c.to = g.to
	c.spans = append(c.spans, g.spans...)
	c.whos = append(c.whos, g.whos...)
	c.core = append(c.core, g.core()...)
}

// placeQuiet places a segment without a verb of ours.
func (r *reader) placeQuiet(cur *clause, g segment, s piece) *clause {
	if cur == nil {
		return r.begin(g, s)
	}
	if cur.trig == nil {
		r.join(cur, g)
		return cur
	}
	if r.exception(cur, &g) {
		r.join(cur, g)
		return cur
	}
	if r.at(g.from).f == "mais" && len(g.spans) > 0 && len(cur.spans) > 0 && !r.inSentence(g.piece, "aussi", "egalement", "pas", "non", "oui") {
		cur.doubt("« " + r.text(g.from, g.to) + " » : le contraire, ou la même chose ?") // « pas jeudi mais vendredi »
	}
	if len(g.spans) == 0 && len(g.whos) > 0 && len(cur.spans) > 0 && r.at(g.to).f == ":" && differ(cur.whos, g.whos) {
		return r.begin(g, s) // « - Tom : … », the next child of a list
	}
	gap := len(g.spans) > 0 && len(g.whos) > 0 && len(cur.spans) > 0 && len(cur.whos) > 0 && differ(cur.whos, g.whos)
	if len(g.spans) == 0 && differ(cur.whos, g.whos) && len(cur.spans) > 0 {
		if flipped := r.flipped(cur, g); flipped != nil {
			g.spans = cur.spans
			c := r.begin(g, s)
			c.trig = flipped
			c.doubt(flipped.doubt)
			return c
		}
	}
	if flipped := r.flipped(cur, g); flipped != nil && len(g.spans) > 0 {
		c := r.begin(g, s)
		c.trig = flipped
		c.doubt(flipped.doubt)
		if len(c.whos) == 0 {
			c.whos = slices.Clone(r.clauses[len(r.clauses)-2].whos)
		}
		return c
	}
	if gap && !g.why && !g.extra {
		t := *cur.trig
		turned := (cur.whos[0].from < cur.spans[0].from) != (g.whos[0].from < g.spans[0].from)
		c := r.begin(g, s)
		c.trig = &t
		c.doubt(t.doubt)
		if turned {
			c.doubt("« " + r.text(g.from, g.to) + " » : quel enfant, quel jour ?")
		}
		return c
	}
	if len(g.spans) > 0 && cur.trig.act != actTold && (g.why || g.extra) && len(cur.spans) > 0 {
		cur.doubt("« " + r.text(g.from, g.to) + " » : ces jours sont-ils à compter ?")
		cur.other = append(cur.other, g.spans...)
		g.spans = nil
	} else if len(g.spans) > 0 && len(cur.spans) == 0 && g.extra && cur.trig.act != actTold {
		cur.doubt("« " + r.text(g.from, g.to) + " » : ces jours sont-ils à compter ?")
	}
	if g.why || len(g.spans) == 0 && g.extra {
		// what a reason says of children does not change who it is about
		g.whos = slices.DeleteFunc(slices.Clone(g.whos), func(w who) bool { return len(cur.whos) > 0 })
	}
	r.join(cur, g)
	if turns[r.at(g.from).f] || r.at(g.from).f == "," && turns[r.at(g.from+1).f] {
		cur.core = append(cur.core, g.piece) // « …, mais il refuse »: each word counts
	}
	return cur
}

// flipped: « …, mais pas vendredi » says the contrary for its own days.
func (r *reader) flipped(cur *clause, g segment) *trigger {
	if len(g.spans) == 0 && len(g.whos) == 0 || cur.trig.act != actBook && cur.trig.act != actCancel {
		return nil
	}
	for i := g.from; i < g.to; i++ {
		t := &r.toks[i]
		if r.used[i] || r.owner[i] > 0 {
			continue
		}
		if t.is("pas", "non", "oui") && !(t.f == "non" && r.at(i+1).f == "plus") {
			out := *cur.trig
			out.from, out.to = i, i+1
			r.used[i] = true
			out.doubt = "« " + r.text(g.from, g.to) + " » : réserver ou annuler ?"
			switch {
			case t.f == "oui":
				out.act = actBook
			case cur.trig.act == actBook:
				out.act = actCancel
			default:
				out.act = actBook
			}
			return &out
		}
	}
	return nil
}

var askWords = set("quel quelle quels quelles combien comment pourquoi quand")

// isQuestion: the clause asks to be told something, not to do something.
func (r *reader) isQuestion(c *clause) bool {
	s := c.sentence
	mark := r.at(s.to).f == "?" || r.inverted(s)
	polite := false
	for i := s.from; i < s.to; i++ {
		t, n := &r.toks[i], r.at(i+1)
		switch {
		case t.f == "est" && n.f == "ce" && r.at(i+2).is("que", "qu") && !r.within(i, s, 7, "possible", "pouvez", "pourriez"):
			return true
		case t.f == "savoir" || t.is("confirmer", "confirmez", "verifier", "verifiez", "dire", "rappeler") && (n.is("si", "quand") || n.is("que", "qu") && (!t.is("dire", "rappeler") || r.at(i-1).is("me", "m", "nous")) || r.at(i+2).is("que", "qu", "si", "inscription", "reservation", "annulation") || n.is("l") && r.at(i+2).is("inscription", "reservation", "annulation", "absence")):
			return true
		case askWords[t.f] && (mark || t.is("combien", "pourquoi")) && !r.used[i]:
			return true
		case t.is("pouvez", "pourriez", "merci", "veuillez", "svp", "serait", "possible", "stp", "pouvons", "puis", "pourrait", "peut", "pourrions", "voulez"):
			polite = polite || c.trig != nil && (c.asks || c.trig.command || r.within(i, s, 4, "noter"))
		}
	}
	return mark && !polite
}
