package kitchen

import (
	"sort"
	"strings"
)

// tally adds counts up: one number for each age group, their sum, what came and
// what went.
type tally struct {
	byAge          map[string]int
	n              int
	added, removed int
}

func (t *tally) add(c Count) {
	if t.byAge == nil {
		t.byAge = map[string]int{}
	}
	t.byAge[c.AgeGroup] += c.N
	t.n += c.N
	t.added += c.Added
	t.removed += c.Removed
}

// ordered keeps names in the order in which they first come.
type ordered struct {
	names []string
	index map[string]int
}

func (o *ordered) put(name string) int {
	if i, ok := o.index[name]; ok {
		return i
	}
	if o.index == nil {
		o.index = map[string]int{}
	}
	o.index[name] = len(o.names)
	o.names = append(o.names, name)
	return len(o.names) - 1
}

// matrix is the headcount as it is read: school, then sitting, then diet, with
// the age groups side by side.
type matrix struct {
	ages    []string
	schools []*schoolCount
	diets   []*dietCount // over all schools
	total   tally
}

type schoolCount struct {
	name     string
	sittings []*sittingCount
	total    tally
}

type sittingCount struct {
	name  string
	diets []*dietCount
	total tally
}

type dietCount struct {
	name string
	tally
}

// newMatrix arranges counts. ages and diets give the order of columns and rows;
// what they do not name comes after, as met, and adults come last.
func newMatrix(counts []Count, ageOrder, dietOrder []string) *matrix {
	m := &matrix{}
	var ages, schools, all ordered
	// Diets keep one order everywhere, so that the eye finds them again.
	for _, name := range onlyUsed(dietOrder, counts, func(c Count) string { return c.Diet }) {
		all.put(name)
	}
	for _, name := range onlyUsed(ageOrder, counts, func(c Count) string { return c.AgeGroup }) {
		ages.put(name)
	}
	sittings, diets := map[*schoolCount]*ordered{}, map[*sittingCount]*ordered{}
	for _, c := range counts {
		all.put(c.Diet)
	}
	for _, name := range all.names {
		m.diets = append(m.diets, &dietCount{name: name})
	}
	for _, c := range counts {
		ages.put(c.AgeGroup)
		i := schools.put(c.School)
		if i == len(m.schools) {
			m.schools = append(m.schools, &schoolCount{name: c.School})
			sittings[m.schools[i]] = &ordered{}
		}
		s := m.schools[i]
		j := sittings[s].put(c.Sitting)
		if j == len(s.sittings) {
			s.sittings = append(s.sittings, &sittingCount{name: c.Sitting})
			diets[s.sittings[j]] = &ordered{}
		}
		t := s.sittings[j]
		k := diets[t].put(c.Diet)
		if k == len(t.diets) {
			t.diets = append(t.diets, &dietCount{name: c.Diet})
		}
		t.diets[k].add(c)
		t.total.add(c)
		s.total.add(c)
		m.diets[all.put(c.Diet)].add(c)
		m.total.add(c)
	}
	for _, s := range m.schools {
		for _, t := range s.sittings {
			sort.SliceStable(t.diets, func(i, j int) bool { return all.index[t.diets[i].name] < all.index[t.diets[j].name] })
		}
	}
	m.ages = ages.names
	if len(ageOrder) == 0 {
		sort.SliceStable(m.ages, func(i, j int) bool { return !adult(m.ages[i]) && adult(m.ages[j]) })
	}
	return m
}

func adult(age string) bool { return strings.HasPrefix(strings.ToLower(age), "adulte") }

// deliveryCount is what leaves together: a group of schools, by diet.
type deliveryCount struct {
	name    string
	schools []string // those that eat that day
	diets   []*dietCount
	total   tally
}

// deliveries adds counts up by group of schools; nothing where there is one
// group or none. What no group names is added to the last one.
func deliveries(counts []Count, groups []Delivery, dietOrder []string) []*deliveryCount {
	if len(groups) < 2 {
		return nil
	}
	of := map[string]int{}
	for i, g := range groups {
		for _, s := range g.Schools {
			of[s] = i
		}
	}
	parts := make([][]Count, len(groups))
	for _, c := range counts {
		i, ok := of[c.School]
		if !ok {
			i = len(groups) - 1
		}
		parts[i] = append(parts[i], c)
	}
	var out []*deliveryCount
	for i, g := range groups {
		if len(parts[i]) == 0 {
			continue
		}
		m := newMatrix(parts[i], nil, dietOrder)
		d := &deliveryCount{name: g.Name, diets: m.diets, total: m.total}
		for _, s := range m.schools {
			if s.name != "" {
				d.schools = append(d.schools, s.name)
			}
		}
		out = append(out, d)
	}
	if len(out) < 2 {
		return nil
	}
	return out
}

// title gives « Secteur nord (Les Étangs, Jules-Ferry) ».
func (d *deliveryCount) title() string {
	if len(d.schools) == 0 {
		return d.name
	}
	return d.name + " (" + strings.Join(d.schools, ", ") + ")"
}

// onlyUsed keeps the names that some count really has: no empty column.
func onlyUsed(order []string, counts []Count, of func(Count) string) []string {
	used := map[string]bool{}
	for _, c := range counts {
		used[of(c)] = true
	}
	var names []string
	for _, name := range order {
		if used[name] {
			names = append(names, name)
		}
	}
	return names
}

// withSittings tells whether sittings are used at all.
func (m *matrix) withSittings() bool {
	for _, s := range m.schools {
		for _, t := range s.sittings {
			if t.name != "" {
				return true
			}
		}
	}
	return false
}

// classNames is the list of one class.
type classNames struct {
	school, class string
	names         []Name
}

// byClass groups names by school and class, in the order they first come.
func byClass(names []Name) []*classNames {
	var order ordered
	var classes []*classNames
	for _, n := range names {
		i := order.put(n.School + "\x00" + n.Class)
		if i == len(classes) {
			classes = append(classes, &classNames{school: n.School, class: n.Class})
		}
		classes[i].names = append(classes[i].names, n)
	}
	return classes
}
