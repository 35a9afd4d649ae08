package importer

import (
	"cmp"
	"slices"

	"ardoise/data/catalog"
	"ardoise/data/family"
)

// household is one family as the files describe it: guardians of the same
// children at the same address.
type household struct {
	adults   []int // indexes of reading.adults, in file order
	home     place
	children []int // indexes of reading.pupils it names, eldest first
	billed   []int // those it is billed for
}

// households groups the guardians: two are one family when they name a same
// child and live at the same address; separated parents make two. A child that
// two families name is billed by the one at the first address of the pupils'
// file, else by the first of the guardians' file.
func (r *reading) households(in ONDE) []household {
	parent := make([]int, len(r.adults))
	for i := range parent {
		parent[i] = i
	}
	var root func(int) int
	root = func(i int) int {
		if parent[i] != i {
			parent[i] = root(parent[i])
		}
		return parent[i]
	}
	type tie struct {
		child int
		home  string
	}
	seen := map[tie]int{}
	rows := map[int]int{}
	for i, a := range r.adults {
		if a.row != 0 {
			if j, ok := rows[a.row]; ok {
				x, y := root(i), root(j)
				parent[max(x, y)] = min(x, y)
			}
			rows[a.row] = i
			// Rows of brothers and sisters: the same person at the same place.
			k := tie{-1, a.home.key() + "|" + personKeys(a.guardian)[0]}
			if j, ok := seen[k]; ok {
				x, y := root(i), root(j)
				parent[max(x, y)] = min(x, y)
			} else {
				seen[k] = i
			}
		}
		for _, c := range a.children {
			k := tie{c, a.home.key()}
			if j, ok := seen[k]; ok {
				x, y := root(i), root(j)
				parent[max(x, y)] = min(x, y)
			} else {
				seen[k] = i
			}
		}
	}
	at := map[int]int{}
	var out []household
	for i, a := range r.adults {
		x := root(i)
		n, ok := at[x]
		if !ok {
			n = len(out)
			at[x] = n
			out = append(out, household{home: a.home})
		}
		h := &out[n]
		h.adults = append(h.adults, i)
		for _, c := range a.children {
			if !slices.Contains(h.children, c) {
				h.children = append(h.children, c)
			}
		}
	}
	r.bill(out)
	for i := range out {
		r.twoAdults(&out[i], in)
	}
	return out
}

func (r *reading) bill(list []household) {
	who := make([]int, len(r.pupils))
	for i := range who {
		who[i] = -1
	}
	for n := range list {
		h := &list[n]
		slices.SortFunc(h.children, func(a, b int) int {
			return cmp.Or(cmp.Compare(r.pupils[a].child.Birth, r.pupils[b].child.Birth), cmp.Compare(r.pupils[a].line, r.pupils[b].line))
		})
		for _, c := range h.children {
			first := !h.home.empty() && r.pupils[c].address.key() == h.home.key()
			if who[c] < 0 || first && list[who[c]].home.key() != r.pupils[c].address.key() {
				who[c] = n
			}
		}
	}
	for n := range list {
		for _, c := range list[n].children {
			if who[c] == n {
				list[n].billed = append(list[n].billed, c)
			}
		}
	}
}

// twoAdults joins rows of one person and leaves out whoever a family has no
// place for.
func (r *reading) twoAdults(h *household, in ONDE) {
	var kept []int
next:
	for _, i := range h.adults {
		g := &r.adults[i].guardian
		for _, j := range kept {
			if o := &r.adults[j].guardian; samePerson(*o, *g) {
				fillGuardian(o, *g)
				r.note(in.GuardiansName, r.adults[i].line, "%s est aussi à la ligne %d"+nbsp+": les deux lignes sont réunies.", g.Name(), r.adults[j].line)
				continue next
			}
		}
		if len(kept) == 2 {
			a := r.adults[i]
			r.refuse(in.GuardiansName, a.line, a.guardian.Last+" "+a.guardian.First, "third", "La famille a déjà deux responsables à cette adresse"+nbsp+": %s et %s.",
				r.adults[kept[0]].guardian.Name(), r.adults[kept[1]].guardian.Name())
			continue
		}
		kept = append(kept, i)
	}
	h.adults = kept
}

// samePerson: the same first name and a family name in common.
func samePerson(a, b family.Guardian) bool {
	if catalog.Fold(a.First) != catalog.Fold(b.First) {
		return false
	}
	for _, x := range []string{a.Last, a.Usage} {
		for _, y := range []string{b.Last, b.Usage} {
			if x != "" && catalog.Fold(x) == catalog.Fold(y) {
				return true
			}
		}
	}
	return false
}

// fillGuardian completes what o lacks.
func fillGuardian(o *family.Guardian, g family.Guardian) {
	o.Civility, o.Usage, o.Email = firstOf(o.Civility, g.Civility), firstOf(o.Usage, g.Usage), firstOf(o.Email, g.Email)
	o.Home, o.Work, o.Mobile = firstOf(o.Home, g.Home), firstOf(o.Work, g.Work), firstOf(o.Mobile, g.Mobile)
}

// overGuardian writes what the file says over what was kept; what the file
// leaves empty stays.
func overGuardian(o *family.Guardian, g family.Guardian) {
	o.Civility, o.Last, o.First = firstOf(g.Civility, o.Civility), g.Last, g.First
	o.Usage, o.Email = firstOf(g.Usage, o.Usage), firstOf(g.Email, o.Email)
	o.Home, o.Work, o.Mobile = firstOf(g.Home, o.Home), firstOf(g.Work, o.Work), firstOf(g.Mobile, o.Mobile)
}
