package reading

// merge joins a day said twice: « mardi prochain (1er décembre) », « demain, mardi 24 ».
// The more precise wins; where both cannot be the same day, that is a doubt.
func (r *reader) merge(s *span) (int, bool) {
	if s.form == fWeek && len(s.weeks) == 1 {
		if k, _ := r.gloss(s.to); k > 0 {
			if b, ok := r.between(k); ok {
				r.closeBracket(&b)
				mon := r.resolve(b.atoms[0], false).day
				if mon != 0 && mon.Monday() != s.weeks[0] {
					b.doubt = "« " + r.text(s.from, b.to) + " » : ces jours ne sont pas de cette semaine."
				}
				b.from = s.from
				*s = b
				return b.to, true
			}
		}
		return 0, false
	}
	if s.form != fList {
		return 0, false
	}
	last := s.atoms[len(s.atoms)-1]
	if !(last.relOK || last.wdOK && last.num == 0) || s.doubt != "" {
		if n := len(s.atoms); n >= 2 && (s.atoms[n-2].relOK || s.atoms[n-2].wdOK && s.atoms[n-2].num == 0) && r.twice(s.atoms[n-2], last) {
			s.atoms = append(s.atoms[:n-2], last)
		}
		return 0, false
	}
	if n := len(s.atoms); n >= 2 && s.atoms[n-2].relOK && r.twice(s.atoms[n-2], last) { // « demain, mardi »
		s.atoms = append(s.atoms[:n-2], s.atoms[n-2])
		return 0, false
	}
	k, hard := r.gloss(s.to)
	if k == 0 {
		return 0, false
	}
	b, ok := r.atom(k, true)
	if !ok || b.half {
		return 0, false
	}
	if last.relOK && b.wdOK && b.num == 0 { // demain mardi
		if r.today.Add(last.rel).Weekday() != b.wd {
			s.doubt = "« " + r.text(s.from, b.to) + " » : ce n’est pas le même jour."
		}
		if c, ok := r.atom(b.to, false); ok && c.complete() {
			b = c
		}
		s.to = b.to
		return r.bracketEnd(b.to), true
	}
	if !b.complete() && b.num == 0 && !b.relOK {
		return 0, false
	}
	if !r.twice(last, b) {
		if !hard {
			return 0, false
		}
		s.doubt = "« " + r.text(s.from, b.to) + " » : ce n’est pas le même jour."
	}
	s.atoms[len(s.atoms)-1] = b
	s.atoms[len(s.atoms)-1].wdOK = b.wdOK || last.wdOK && !last.relOK
	if !b.wdOK {
		s.atoms[len(s.atoms)-1].wd = last.wd
	}
	return r.bracketEnd(b.to), true
}

func (r *reader) bracketEnd(to int) int {
	if r.at(to).f == ")" {
		return to + 1
	}
	return to
}

func (r *reader) closeBracket(s *span) { s.to = r.bracketEnd(s.to) }

// gloss finds a second way of saying the day; hard where it can be nothing else.
func (r *reader) gloss(i int) (k int, hard bool) {
	t := r.at(i)
	switch {
	case t.f == "(":
		return i + 1, true
	case t.is("soit", "donc"):
		return i + 1, true
	case t.f == "c" && r.at(i+1).f == "est" && r.at(i+2).f == "a" && r.at(i+3).f == "dire":
		return i + 4, true
	case t.f == "," && r.at(i+1).is("soit", "donc"):
		return i + 2, true
	case t.f == ",":
		return i + 1, false
	case t.sort == word || t.sort == number:
		return i, false
	}
	return 0, false
}

// twice reports that both name the same day.
func (r *reader) twice(a, b atom) bool {
	if b.wdOK && b.num == 0 && a.relOK {
		return r.today.Add(a.rel).Weekday() == b.wd
	}
	db := r.resolve(b, false).day
	if db == 0 || !b.complete() && b.num == 0 {
		return false
	}
	if a.relOK {
		return r.today.Add(a.rel) == db
	}
	return db.Weekday() == a.wd && db >= r.today.Add(-14) && db <= r.today.Add(15)
}
