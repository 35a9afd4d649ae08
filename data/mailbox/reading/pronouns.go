package reading

import (
	"slices"
	"strings"
)

// findPronouns finds il, elle, ils, elles, lui, eux.
func (r *reader) findPronouns() {
	for i := range r.toks {
		t := &r.toks[i]
		if t.dead || r.kidAt[i] || !t.is("il", "elle", "ils", "elles", "lui", "eux") {
			continue
		}
		if t.f == "il" && r.impersonal(i) || t.is("lui", "eux") && !r.at(i-1).is("et", "pour", "avec", ",") {
			continue
		}
		r.whos = append(r.whos, who{from: i, to: i + 1, pronoun: t.f})
	}
	slices.SortStableFunc(r.whos, func(a, b who) int { return a.from - b.from })
}

// impersonal: il y a, il faut, est-il possible, s’il vous plaît.
func (r *reader) impersonal(i int) bool {
	if r.at(i-1).is("s", "serait", "faudrait") {
		return true
	}
	if r.at(i-1).is("est", "sera", "etait", "y", "fait") && r.at(i+1).is("possible", "encore", "trop", "toujours") {
		return true
	}
	a := r.at(i + 1)
	if a.is("ne", "n") {
		a = r.at(i + 2)
	}
	return a.is("faut", "faudrait", "faudra", "suffit", "s", "reste", "semble", "parait") || a.is("y") && r.at(i+2).is("a", "aura", "avait") ||
		a.is("est", "serait", "sera") && r.at(i+2).is("possible", "prevu", "important", "necessaire", "impossible", "convenu") || a.f == "y" && r.at(i+2).f == "a"
}

// refer resolves pronouns from left to right: who was spoken of last.
func (r *reader) refer() {
	var last []int // the last children named together
	seen := map[int]bool{}
	for n := range r.whos {
		w := &r.whos[n]
		if w.pronoun != "" {
			r.referOne(w, last, seen)
		}
		if len(w.ids) > 0 && w.doubt == "" {
			last = w.ids
			if n > 0 && (w.named || w.pronoun == "lui") && r.joined(n) {
				last = union(r.whos[n-1].ids, w.ids)
			}
		}
		for _, id := range w.ids {
			seen[id] = true
		}
	}
}

// joined reports « Léa et Tom », « Léa, Tom ».
func (r *reader) joined(n int) bool {
	a, b := r.whos[n-1], r.whos[n]
	return b.from-a.to == 1 && r.at(a.to).is("et", ",", "&", "+") || b.from-a.to == 2 && r.at(a.to).is("et", ",") && r.at(a.to+1).is("et", "pour", "de", "d")
}

func union(a, b []int) []int {
	out := slices.Clone(a)
	out = append(out, b...)
	slices.Sort(out)
	return slices.Compact(out)
}

func (r *reader) referOne(w *who, last []int, seen map[int]bool) {
	switch w.pronoun {
	case "il", "lui":
		r.oneOf(w, last, seen, "M")
	case "elle":
		r.oneOf(w, last, seen, "F")
	case "ils", "elles", "eux":
		switch {
		case len(last) > 1:
			w.ids = last
		case len(r.in.Children) == 2 || len(last) == 0 && len(r.in.Children) > 1:
			w.ids = r.some("")
			if len(w.ids) != 2 {
				w.doubt = "« " + w.pronoun + " » : de quels enfants s’agit-il ?"
			}
		default:
			w.doubt = "« " + w.pronoun + " » : de quels enfants s’agit-il ?"
		}
	case "les deux":
		if len(last) == 2 && w.doubt != "" {
			w.ids, w.doubt = last, ""
		}
	case "frere", "soeur", "freres", "soeurs":
		r.siblings(w, last)
	}
}

func (r *reader) oneOf(w *who, last []int, seen map[int]bool, sex string) {
	fits := func(n int) bool { return r.in.Children[n].Sex == sex || r.in.Children[n].Sex == "" }
	if len(last) == 1 && fits(last[0]) {
		w.ids = last
		return
	}
	var of []int // of those spoken of, else of the family
	for n := range r.in.Children {
		if seen[n] && fits(n) {
			of = append(of, n)
		}
	}
	if len(of) == 0 {
		for n := range r.in.Children {
			if fits(n) {
				of = append(of, n)
			}
		}
	}
	switch {
	case len(of) == 1:
		w.ids, w.guessed = of, !seen[of[0]]
	case len(r.in.Children) == 0:
		w.doubt = unknownFamily
	default:
		w.doubt = "« " + w.pronoun + " » : de quel enfant s’agit-il ?"
	}
}

func (r *reader) siblings(w *who, last []int) {
	sex := "M"
	if strings.HasPrefix(w.pronoun, "soeur") {
		sex = "F"
	}
	if len(last) == 1 {
		for _, n := range r.some(sex) {
			if n != last[0] {
				w.ids = append(w.ids, n)
			}
		}
	}
	many := strings.HasSuffix(w.pronoun, "s")
	if len(w.ids) == 0 || !many && len(w.ids) != 1 {
		w.ids = nil
		w.doubt = "« " + r.text(w.from, w.to) + " » : de quel enfant s’agit-il ?"
	}
}
