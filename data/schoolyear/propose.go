package schoolyear

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"ardoise/data/catalog"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/store"
)

// proposer makes a plan out of what was read; it writes nothing.
type proposer struct {
	plan    *ClassPlan
	schools []catalog.School
	before  []catalog.Class // of the year that ends
	have    []catalog.Class // of the year to come
	pupils  []pupil
	places  map[int64]family.Place // decided before
}

func (w *proposer) readSchools(tx *store.Tx) (err error) {
	if w.schools, err = catalog.SchoolsTx(tx); err != nil {
		return err
	}
	if w.before, err = catalog.ClassesTx(tx, w.plan.Ask.Year-1); err != nil {
		return err
	}
	w.have, err = catalog.ClassesTx(tx, w.plan.Ask.Year)
	return err
}

func (w *proposer) readPupils(tx *store.Tx) (err error) {
	if w.pupils, err = pupils(tx); err != nil {
		return err
	}
	if w.plan.State.Turned() {
		w.places = map[int64]family.Place{}
		return nil
	}
	w.places, err = family.PlacesTx(tx, w.plan.Ask.Year)
	return err
}

// bounds gives the lowest and highest level of a class, as places among
// catalog.Levels from 1; 0 where its name does not say.
func bounds(rank int) (low, high int) {
	if rank < 10 {
		return 0, 0
	}
	return rank / 10, rank/10 + rank%10
}

// classes lists those of the year: the ones the catalog has, else, for a school
// that has none, the ones of the year that ends under the same names: a teacher
// mostly keeps her level, and names can be changed.
func (w *proposer) classes() error {
	was := map[int64]int{} // children by class
	seen := map[int64]map[string]int{}
	for _, p := range w.pupils {
		was[p.classID]++
		if seen[p.classID] == nil {
			seen[p.classID] = map[string]int{}
		}
		seen[p.classID][p.level]++
	}
	filled := map[int64]bool{}
	for _, c := range w.have {
		filled[c.SchoolID] = true
	}
	communes := map[int64]int64{}
	for _, s := range w.schools {
		communes[s.ID] = s.CommuneID
	}
	old := map[string]catalog.Class{}
	for _, c := range w.before {
		old[classKey(c.SchoolID, c.Name)] = c
	}
	add := func(c catalog.Class, id int64) {
		one := PlannedClass{SchoolID: c.SchoolID, School: c.School, CommuneID: communes[c.SchoolID], ID: id, From: c.Name, Name: c.Name, rank: c.Rank}
		one.low, one.high = bounds(c.Rank)
		if prior, ok := old[classKey(c.SchoolID, c.Name)]; ok {
			one.Was = was[prior.ID]
			if one.low == 0 {
				one.low, one.high = levelsOf(seen[prior.ID])
			}
		}
		w.plan.Classes = append(w.plan.Classes, one)
	}
	for _, c := range w.have {
		add(c, c.ID)
	}
	for _, c := range w.before {
		if !filled[c.SchoolID] {
			add(c, 0)
		}
	}
	slices.SortStableFunc(w.plan.Classes, func(a, b PlannedClass) int {
		return cmp.Or(strings.Compare(a.School, b.School), cmp.Compare(a.SchoolID, b.SchoolID), cmp.Compare(a.rank, b.rank), strings.Compare(a.Name, b.Name))
	})
	return w.rename()
}

func classKey(school int64, name string) string { return fmt.Sprint(school, " ", catalog.Fold(name)) }

// levelsOf says which levels a class without any in its name teaches: those of
// at least three of its children.
func levelsOf(seen map[string]int) (low, high int) {
	for level, n := range seen {
		r := catalog.LevelRank(level)
		if r == 0 || n < 3 {
			continue
		}
		if low == 0 || r < low {
			low = r
		}
		high = max(high, r)
	}
	return low, high
}

// rename does what the ask says of names, and refuses what cannot be.
func (w *proposer) rename() error {
	p := w.plan
	for _, n := range p.Ask.Names {
		i := slices.IndexFunc(p.Classes, func(c PlannedClass) bool {
			return c.SchoolID == n.SchoolID && catalog.Fold(c.From) == catalog.Fold(n.From)
		})
		to := strings.Join(strings.Fields(n.To), " ")
		switch {
		case i < 0 && to == "":
			continue // dropped already
		case i < 0: // a class that nobody proposed: it opens
			school := w.school(n.SchoolID)
			if school.ID == 0 {
				return fault.New(fault.NotFound, "Cette école n’est pas au catalogue.")
			}
			p.Classes = append(p.Classes, PlannedClass{SchoolID: school.ID, School: school.Name, CommuneID: school.CommuneID, From: to, Name: to})
			i = len(p.Classes) - 1
		case to == "":
			if p.Classes[i].ID != 0 {
				p.Dropped = append(p.Dropped, p.Classes[i].ID)
			}
			p.Classes = slices.Delete(p.Classes, i, i+1)
			continue
		}
		c := &p.Classes[i]
		c.Name = to
		if rank := catalog.ClassRank(to, ""); rank != 0 {
			c.rank = rank
			c.low, c.high = bounds(rank)
		}
	}
	seen := map[string]bool{}
	for i := range p.Classes {
		c := &p.Classes[i]
		key := classKey(c.SchoolID, c.Name)
		if seen[key] {
			return fault.New(fault.Invalid, "Deux classes de %s s’appelleraient « %s »"+nbsp+": donnez-leur des noms différents.", c.School, c.Name)
		}
		seen[key] = true
		if c.low > 0 {
			c.Levels = catalog.Levels[c.low-1 : c.high]
		}
	}
	return nil
}

func (w *proposer) school(id int64) catalog.School {
	for _, s := range w.schools {
		if s.ID == id {
			return s
		}
	}
	return catalog.School{}
}

// children says of each where it goes: what was moved by hand, what was decided
// before, else the class of its next level.
func (w *proposer) children() error {
	p := w.plan
	moves := map[int64]Move{}
	for _, m := range p.Ask.Moves {
		moves[m.ChildID] = m
	}
	byID := map[int64]int{}
	for i, c := range p.Classes {
		if c.ID != 0 {
			byID[c.ID] = i
		}
	}
	p.Children = make([]PlannedChild, len(w.pupils))
	for i, k := range w.pupils {
		c := &p.Children[i]
		*c = PlannedChild{
			ChildID: k.id, FamilyID: k.familyID, Child: k.name, Family: k.family, Birth: k.birth, FromSchool: k.school, FromClass: k.class,
			FromLevel: w.levelOf(k), Fate: Unplaced, now: k, index: -1,
		}
		place, decided := w.places[k.id]
		move, moved := moves[k.id]
		delete(moves, k.id)
		switch {
		case k.classYear == int64(p.Ask.Year) && !moved && !decided:
			c.Fate, c.School, c.SchoolID, c.Class, c.Level, c.Decided = Settled, k.school, k.schoolID, k.class, k.level, true
			if at, ok := byID[k.classID]; ok {
				c.index = at
				p.Classes[at].Count++
			}
		case moved:
			if err := w.move(c, move); err != nil {
				return err
			}
		case decided && place.Leaves:
			c.Fate, c.Why, c.Decided = Leaves, "décidé", true
		case decided && place.ClassID != 0:
			if at, ok := byID[place.ClassID]; ok {
				w.goTo(c, at, place.Level)
				c.Decided = true
			}
		}
	}
	for id := range moves {
		return fault.New(fault.NotFound, "L’enfant n° %d n’est plus présent"+nbsp+": relisez la répartition.", id)
	}
	if p.State.Turned() { // nothing is proposed any more: who is not there is to be placed by hand
		for i := range p.Children {
			if c := &p.Children[i]; c.Fate == Unplaced && !c.Decided {
				c.Why = "classe à choisir dans sa fiche"
			}
		}
		return nil
	}
	w.propose()
	return nil
}

// levelOf is a child's level, or that of its class where it has but one.
func (w *proposer) levelOf(k pupil) string {
	if catalog.LevelRank(k.level) > 0 {
		return strings.ToUpper(k.level)
	}
	if low, high := bounds(int(k.classAge)); low > 0 && low == high {
		return catalog.Levels[low-1]
	}
	return k.level
}

func (w *proposer) goTo(c *PlannedChild, at int, level string) {
	to := &w.plan.Classes[at]
	c.Fate, c.SchoolID, c.School, c.Class, c.Level, c.index, c.Why = Stays, to.SchoolID, to.School, to.Name, level, at, ""
	to.Count++
}

// next is the level after a child's own: "" after CM2 or of an unknown level.
func next(level string) string {
	r := catalog.LevelRank(level)
	if r == 0 || r == len(catalog.Levels) {
		return ""
	}
	return catalog.Levels[r]
}

func (w *proposer) move(c *PlannedChild, m Move) error {
	c.Decided = true
	if m.Leaves {
		c.Fate, c.Why = Leaves, "décidé"
		return nil
	}
	at := slices.IndexFunc(w.plan.Classes, func(k PlannedClass) bool {
		return k.SchoolID == m.SchoolID && (catalog.Fold(k.Name) == catalog.Fold(m.Class) || catalog.Fold(k.From) == catalog.Fold(m.Class))
	})
	if at < 0 {
		return fault.New(fault.NotFound, "La classe « %s » n’est pas dans la répartition"+nbsp+": %s n’a pas été déplacé.", m.Class, c.Child)
	}
	level := cmp.Or(strings.ToUpper(m.Level), next(c.FromLevel), c.FromLevel)
	if k := w.plan.Classes[at]; m.Level == "" && k.low > 0 { // the class knows better: a repeated year
		if r := catalog.LevelRank(level); r < k.low {
			level = catalog.Levels[k.low-1]
		} else if r > k.high {
			level = catalog.Levels[k.high-1]
		}
	}
	w.goTo(c, at, level)
	return nil
}

// group is the children of one class who go to one level.
type group struct {
	level    int
	schoolID int64
	commune  int64
	children []*PlannedChild
}

// propose places those nobody has decided on: classmates together, in the class
// of their next level that has the fewest.
func (w *proposer) propose() {
	var groups []*group
	at := map[string]*group{}
	for i := range w.plan.Children {
		c := &w.plan.Children[i]
		if c.Fate != Unplaced || c.Decided {
			continue
		}
		rank := catalog.LevelRank(c.FromLevel)
		switch {
		case rank == 0:
			c.Why = "niveau inconnu"
			if c.FromClass == "" {
				c.Why = "ni classe ni niveau"
			}
		case rank == len(catalog.Levels):
			c.Fate, c.Why = Leaves, "fin du CM2"
		case c.now.schoolID == 0:
			c.Why = "sans classe cette année"
		default:
			key := fmt.Sprint(c.now.schoolID, " ", c.now.classID, " ", rank+1)
			g := at[key]
			if g == nil {
				g = &group{level: rank + 1, schoolID: c.now.schoolID, commune: c.now.commune}
				at[key] = g
				groups = append(groups, g)
			}
			g.children = append(g.children, c)
		}
	}
	slices.SortStableFunc(groups, func(a, b *group) int {
		return cmp.Or(cmp.Compare(a.schoolID, b.schoolID), cmp.Compare(b.level, a.level))
	})
	alone := map[string]int{}
	for _, g := range groups {
		alone[fmt.Sprint(g.schoolID, " ", g.level)]++
	}
	for _, g := range groups {
		w.place(g, alone[fmt.Sprint(g.schoolID, " ", g.level)])
	}
}

// place finds the classes for a group: in its school, else in the only other
// school of the commune that teaches the level (from GS to CP).
func (w *proposer) place(g *group, alike int) {
	p := w.plan
	var own, near []int
	schools := map[int64]bool{}
	for i, c := range p.Classes {
		if c.low == 0 || g.level < c.low || g.level > c.high {
			continue
		}
		if c.SchoolID == g.schoolID {
			own = append(own, i)
		} else if c.CommuneID == g.commune {
			near = append(near, i)
			schools[c.SchoolID] = true
		}
	}
	level := catalog.Levels[g.level-1]
	if len(own) == 0 {
		if len(schools) != 1 {
			why := "pas de " + level
			if len(schools) > 1 {
				why = "plusieurs écoles ont un " + level
			}
			for _, c := range g.children {
				c.Level, c.Why = level, why
			}
			return
		}
		own = near
	}
	if alike < len(own) { // one class splits over several
		for i, c := range g.children {
			w.goTo(c, own[i*len(own)/len(g.children)], level)
		}
		return
	}
	best := slices.MinFunc(own, func(a, b int) int {
		return cmp.Or(cmp.Compare(p.Classes[a].Count, p.Classes[b].Count), cmp.Compare(a, b))
	})
	for _, c := range g.children {
		w.goTo(c, best, level)
	}
}

// count sums the plan up.
func (w *proposer) count() {
	p := w.plan
	for _, c := range p.Classes {
		if c.ID == 0 {
			p.New++
		}
	}
	for _, c := range p.Children {
		place, had := w.places[c.ChildID]
		switch c.Fate {
		case Stays:
			p.Staying++
			if to := p.Classes[c.index].ID; !had || to == 0 || place.ClassID != to || place.Level != c.Level {
				p.Changes++
			}
		case Leaves:
			p.Leaving++
			if !had || !place.Leaves {
				p.Changes++
			}
		case Settled:
			p.Settled++
		default:
			p.Unplaced++
			if had {
				p.Changes++
			}
		}
	}
}
