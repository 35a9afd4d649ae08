package schoolyear

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// Listed is a pupil of a school's own list for the year, as its import reads it.
type Listed struct {
	ChildID int64 // 0: not known here
	Child   string
	Birth   calendar.Date
	Class   string
	Level   string
	Family  string
}

// List is one school's list for the year.
type List struct {
	Year   calendar.SchoolYear
	School string // as the catalog has it
	Pupils []Listed
}

// What the comparison says of a child.
const (
	Confirmed = "confirmed" // the list has it where we put it
	Elsewhere = "elsewhere" // in another class or level
	Arrives   = "arrives"   // in the list, and not known here
	Returns   = "returns"   // in the list, though it was to leave or go to another school
	Missing   = "missing"   // we put it in this school, the list does not have it: it probably leaves
)

// Compared is one child of a comparison.
type Compared struct {
	What        string
	ChildID     int64
	Child       string
	Birth       calendar.Date
	Family      string
	Ours        string // « École de Baneins, CE1 Mme Rey », "" where we have nothing
	Theirs      string // class of the list
	Level       string
	SameClass   bool // the names alone differ (« CE1 Mme Rey », « CE1 A »)
	TheirsIsNew bool // the plan has no class of that name in the school
}

// Comparison is a school's list beside our plan. Nothing of it is written: the
// list comes in by its import, who leaves is said in the step of the leavers.
type Comparison struct {
	Year       calendar.SchoolYear
	School     string
	Lines      []Compared // what differs first
	Counts     map[string]int
	NewClasses []string // in the list, not in the plan
	NoClasses  []string // in the plan, not in the list
}

// Compare puts the list of a school beside the plan of the year.
func (s *Service) Compare(ctx context.Context, list List) (c Comparison, err error) {
	if err := staff.Require(ctx, readers...); err != nil {
		return c, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		if list.Year, err = yearTx(tx, list.Year); err != nil {
			return err
		}
		plan, err := planClasses(tx, ClassAsk{Year: list.Year})
		if err != nil {
			return err
		}
		schools, err := catalog.SchoolsTx(tx)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(schools, func(s catalog.School) bool { return s.Name == list.School }) {
			return fault.New(fault.NotFound, "L’école « %s » n’est pas au catalogue"+nbsp+": importez d’abord sa liste, ou choisissez une école connue.", list.School)
		}
		c = compare(plan, list)
		return nil
	})
	return c, err
}

// compare is pure.
func compare(plan ClassPlan, list List) Comparison {
	out := Comparison{Year: list.Year, School: list.School, Counts: map[string]int{}}
	theirs, ours := map[string]string{}, map[string]string{}
	for _, p := range list.Pupils {
		if p.Class != "" {
			theirs[catalog.Fold(p.Class)] = p.Class
		}
	}
	for _, c := range plan.Classes {
		if c.School == list.School {
			ours[catalog.Fold(c.Name)] = c.Name
		}
	}
	for key, name := range theirs {
		if ours[key] == "" {
			out.NewClasses = append(out.NewClasses, name)
		}
	}
	for key, name := range ours {
		if theirs[key] == "" {
			out.NoClasses = append(out.NoClasses, name)
		}
	}
	slices.Sort(out.NewClasses)
	slices.Sort(out.NoClasses)
	known := map[int64]*PlannedChild{}
	for i := range plan.Children {
		known[plan.Children[i].ChildID] = &plan.Children[i]
	}
	listed := map[int64]bool{}
	for _, p := range list.Pupils {
		listed[p.ChildID] = true
		out.Lines = append(out.Lines, beside(p, known[p.ChildID], list.School, ours))
	}
	for _, k := range plan.Children {
		if k.School == list.School && (k.Fate == Stays || k.Fate == Settled) && !listed[k.ChildID] {
			out.Lines = append(out.Lines, Compared{What: Missing, ChildID: k.ChildID, Child: k.Child, Birth: k.Birth, Family: k.Family, Ours: k.where(), Level: k.Level})
		}
	}
	for _, l := range out.Lines {
		out.Counts[l.What]++
	}
	order := []string{Missing, Arrives, Returns, Elsewhere, Confirmed}
	slices.SortStableFunc(out.Lines, func(a, b Compared) int {
		return cmp.Compare(slices.Index(order, a.What), slices.Index(order, b.What))
	})
	return out
}

// where gives « École de Baneins, CE1 Mme Rey ».
func (k PlannedChild) where() string {
	switch {
	case k.Fate == Leaves:
		return "sortant"
	case k.Class == "":
		return "à placer"
	}
	return k.School + ", " + k.Class
}

// beside compares one pupil of the list with where we put it. Classes that hold
// the same pupils under two names are told apart from children moved: the level
// is what counts there.
func beside(p Listed, k *PlannedChild, school string, ours map[string]string) Compared {
	c := Compared{ChildID: p.ChildID, Child: p.Child, Birth: p.Birth, Family: p.Family, Theirs: p.Class, Level: p.Level, TheirsIsNew: ours[catalog.Fold(p.Class)] == ""}
	if p.ChildID == 0 || k == nil { // a child that had left comes back too
		c.What = Arrives
		if p.ChildID != 0 {
			c.What, c.Ours = Returns, "parti"
		}
		return c
	}
	c.Ours = k.where()
	sameLevel := p.Level == "" || strings.EqualFold(p.Level, k.Level)
	switch {
	case k.Fate == Leaves, (k.Fate == Stays || k.Fate == Settled) && k.School != school:
		c.What = Returns
	case k.Fate == Unplaced:
		c.What = Elsewhere
	case catalog.Fold(p.Class) == catalog.Fold(k.Class) && sameLevel:
		c.What = Confirmed
	case c.TheirsIsNew && sameLevel:
		c.What, c.SameClass = Confirmed, true
	default:
		c.What = Elsewhere
	}
	return c
}
