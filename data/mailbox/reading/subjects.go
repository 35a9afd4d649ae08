package reading

import (
	"slices"
	"strings"
)

// distinct gives the groups of children that a clause names apart.
func (r *reader) distinct(ws []who) [][]int {
	var out [][]int
	end := -9
	for _, w := range ws {
		if w.parent || len(w.ids) == 0 || slices.ContainsFunc(out, func(ids []int) bool { return slices.Equal(ids, w.ids) }) {
			end = w.to
			continue
		}
		if len(out) > 0 && w.from-end <= 2 && r.free(end, w.from) {
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
		d = r.days(append(slices.Clone(c.spans), p.spans...), c.trig.past, w.lastDays)
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
		d = r.days(append(slices.Clone(c.spans), p.spans...), c.trig.past, w.lastDays)
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
	kinds, _, canteen := r.serviceWords(c.from, c.to)
	if n > 0 && !c.trig.command && !c.trig.noun && (len(c.whos) > 0 || len(kinds) > 0 || canteen) {
		if p := &r.clauses[n-1]; p.sentence == c.sentence && p.trig != nil && !p.trig.past && p.trig.act != actTold && len(p.spans) > 0 {
			c.spans = append(c.spans, p.spans...)
			if len(c.whos) == 0 { // « …, mais ira à la garderie »
				c.doubt("« " + r.text(c.from, c.to) + " » : est-ce le même jour ?")
			}
			return r.days(c.spans, false, w.lastDays) // with an exception of its own
		}
	}
	return d
}

func (r *reader) hasWeekdays(spans []span) bool {
	return slices.ContainsFunc(spans, func(s span) bool {
		return s.form == fEvery || s.form == fList && !slices.ContainsFunc(s.atoms, func(a atom) bool { return !a.wdOK || a.num > 0 })
	})
}
