package reading

import "ardoise/data/calendar"

// service a clause is about.
type service struct {
	id    int64
	open  func(calendar.Date) (bool, string)
	doubt string
}

// servicesOf says which services a clause is about.
func (w *writer) servicesOf(r *reader, c *clause) []service {
	kinds, label, canteen := r.serviceWords(c.from, c.to)
	if len(kinds) == 0 && !canteen {
		kinds, label, canteen = r.serviceWords(c.sentence.from, c.sentence.to)
	}
	if len(kinds) == 0 && !canteen && !c.trig.meal {
		if w.subject != nil {
			kinds, label, canteen = w.subject.serviceWords(0, len(w.subject.toks))
		}
		if len(kinds) == 0 && !canteen {
			if all, l, can := r.serviceWords(0, len(r.toks)); len(all) > 0 && !can {
				s := r.one(all, l)
				s.doubt = "Le message parle aussi de « " + l + " » : pour quel service ?"
				return []service{s}
			}
		}
	}
	var out []service
	if len(kinds) == 0 || canteen {
		out = append(out, r.one([]string{"canteen"}, "cantine"))
	}
	if len(kinds) > 0 {
		out = append(out, r.one(kinds, label))
	}
	return out
}

// serviceWords gives the kinds of service that a run of the text names besides
// the canteen, the word for them, and whether the canteen is named.
func (r *reader) serviceWords(from, to int) (kinds []string, label string, canteen bool) {
	for i := from; i < to && i < len(r.toks); i++ {
		t := &r.toks[i]
		if t.dead {
			continue
		}
		switch {
		case t.is("cantine", "repas", "dejeuner", "restauration", "cantines"), t.f == "restaurant" && r.at(i+1).f == "scolaire":
			canteen = true
		case t.is("garderie", "periscolaire", "peri", "garderies"), t.f == "accueil" && r.at(i+1).is("periscolaire", "du", "de"):
			kinds, label = []string{"morning", "evening"}, t.raw
			for j := i + 1; j < i+4 && j < len(r.toks); j++ {
				if r.toks[j].f == "matin" {
					kinds = []string{"morning"}
					r.use(j)
				}
				if r.toks[j].f == "soir" {
					kinds = []string{"evening"}
					r.use(j)
				}
			}
		case t.is("gouter", "etude", "etudes"):
			kinds, label = []string{"evening"}, t.raw
		case t.f == "centre" && r.at(i+1).is("de", "aere"), t.is("alsh"):
			kinds, label = []string{"full_day", "day"}, t.raw
		}
	}
	return kinds, label, canteen
}

// one gives the service of these kinds, in doubt where there are several or none.
func (r *reader) one(kinds []string, label string) service {
	var found []Service
	for _, s := range r.in.Services {
		for _, k := range kinds {
			if s.Kind == k {
				found = append(found, s)
			}
		}
	}
	if len(found) > 1 {
		if by := r.byName(found); by != nil {
			return service{id: by.ID, open: by.Open}
		}
		return service{open: found[0].Open, doubt: "Plusieurs services peuvent être « " + label + " » : lequel ?"}
	}
	if len(found) == 1 && !r.saysName(found[0], label) {
		return service{id: found[0].ID, open: found[0].Open, doubt: "« " + label + " » : s’agit-il de « " + found[0].Name + " » ?"}
	}
	if len(found) == 0 {
		return service{open: r.anyOpen(), doubt: "« " + label + " » n’est pas un service proposé à cette famille : lequel est demandé ?"}
	}
	return service{id: found[0].ID, open: found[0].Open}
}

// saysName: « goûter » and « étude » are not the evening service unless it is so called.
func (r *reader) saysName(s Service, label string) bool {
	f := foldWord(label)
	if f != "gouter" && f != "etude" && f != "etudes" && f != "alsh" {
		return true
	}
	for _, w := range foldName(s.Name) {
		if w == f || w+"s" == f {
			return true
		}
	}
	return false
}

// byName finds the one service whose whole name stands in the text.
func (r *reader) byName(list []Service) *Service {
	words := map[string]bool{}
	for _, t := range r.toks {
		if t.sort != punct && t.sort != stop {
			words[t.f] = true
		}
	}
	var found *Service
	for n := range list {
		all := true
		for _, w := range foldName(list[n].Name) {
			all = all && words[w]
		}
		if all && found != nil {
			return nil
		}
		if all {
			found = &list[n]
		}
	}
	return found
}

// otherService reports that a second verb speaks of another service than the clause
// so far: « Léa mange à la cantine jeudi et Tom va à la garderie ».
func (r *reader) otherService(c *clause, g segment) bool {
	a, _, eats := r.serviceWords(c.from, c.to)
	b, _, also := r.serviceWords(g.from, g.to)
	return (len(a) > 0 || eats) && (len(b) > 0 || also) && (eats != also || len(a) != len(b))
}
