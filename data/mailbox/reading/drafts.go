package reading

import (
	"cmp"
	"slices"

	"ardoise/data/calendar"
)

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
	corrected, left := w.r.corrected(), append(w.r.strays(), w.passed...)
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
		if corrected != "" {
			addDoubt(p, quote(corrected)+" : le message se corrige lui-même, à lire.")
		}
		for _, x := range left {
			addDoubt(p, quote(x)+" n’est rattaché à rien : à lire.")
		}
		if w.r.postscript >= 0 && w.out[n].at >= w.r.toks[w.r.postscript].start {
			addDoubt(p, "C’est dit dans un post-scriptum : à lire.")
		}
	}
}
