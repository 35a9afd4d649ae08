package booking

import (
	"cmp"
	"context"
	"database/sql"
	"slices"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// planReaders may know whose meal a care plan asks to look at: those who may
// open what it asks of the kitchen (family.KitchenInstructions).
var planReaders = []staff.Role{staff.Cuisine, staff.Sante}

// The window of usual presence: usualDays served days of the same weekday, of
// which usualTimes were eaten (the same rule as Habitual).
const (
	usualDays  = 4
	usualTimes = 3
)

// Presence says why a child is expected on a day.
type Presence string

// A child is booked, or has no booking yet and usually eats on that weekday.
const (
	IsBooked Presence = "booked"
	IsUsual  Presence = "usual"
)

// Adapted is a child whose meal must be looked at: it has a care plan with
// something for the kitchen, or a diet of care plans. What the plan says is
// sealed and is not here.
type Adapted struct {
	ChildID       int64
	First, Last   string // Last is an initial: the kitchen knows no family
	School, Class string
	Diet          string
	Days          map[calendar.Date]Presence
}

// Basket reports whether the family brings the child's meal.
func (a Adapted) Basket() bool { return a.Diet == catalog.DietBasket }

// AdaptedMeals is who must be looked at over some days. Children is nil for who
// may not read care plans: there are only numbers then.
type AdaptedMeals struct {
	Counts   map[calendar.Date]int // children expected, by day
	Children []Adapted             // by school and class
}

// Adapted lists, for each day of a span, the children with a care plan who are
// booked or usually present, in a few questions whatever the size of the town.
// It opens nothing: who may then asks KitchenInstructions, which writes the
// reading down; for the others there are only numbers.
func (s *Service) Adapted(ctx context.Context, serviceID int64, from, to calendar.Date) (out AdaptedMeals, err error) {
	if err := staff.Require(ctx, kitchenReaders...); err != nil {
		return out, err
	}
	if to < from || to > from.Add(100) {
		return out, fault.New(fault.Invalid, "La période va d’un jour à trois mois.")
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		out, err = adapted(tx, serviceID, from, to)
		return err
	})
	if !staff.From(ctx).Has(planReaders...) {
		out.Children = nil
	}
	return out, err
}

func adapted(tx *store.Tx, serviceID int64, from, to calendar.Date) (AdaptedMeals, error) {
	out := AdaptedMeals{Counts: map[calendar.Date]int{}}
	plan, err := catalog.PlanTx(tx, serviceID)
	if err != nil {
		return out, err
	}
	list, err := withPlans(tx)
	if err != nil || len(list) == 0 {
		return out, err
	}
	ids := make([]int64, len(list))
	for i, a := range list {
		ids[i] = a.ChildID
	}
	today := calendar.DateOf(tx.Now())
	before, first := sameWeekdays(plan, from, to, today)
	meals, err := mealsOf(tx, serviceID, ids, first, to)
	if err != nil {
		return out, err
	}
	for _, a := range list {
		of := meals[a.ChildID]
		a.Days = map[calendar.Date]Presence{}
		for d := from; d <= to; d = d.Add(1) {
			eats, known := of[d]
			switch {
			case eats:
				a.Days[d] = IsBooked
			case !known && usually(of, before[d]):
				a.Days[d] = IsUsual
			default:
				continue
			}
			out.Counts[d]++
		}
		if len(a.Days) > 0 {
			out.Children = append(out.Children, a)
		}
	}
	return out, nil
}

// withPlans lists the children present who have something for the kitchen,
// sealed or as a diet, by school, class and name.
func withPlans(tx *store.Tx) ([]Adapted, error) {
	var classes []int64
	list, err := store.Collect(tx, func(r *sql.Rows) (a Adapted, err error) {
		var class int64
		err = r.Scan(&a.ChildID, &a.First, &a.Last, &class, &a.Diet)
		classes = append(classes, class)
		return a, err
	}, `SELECT c.id, c.first, CASE WHEN c.usage <> '' THEN c.usage ELSE c.last END, COALESCE(c.class_id, 0), c.diet FROM child c
		WHERE c.state = 'active' AND (c.diet IN ('pai_adapte', 'pai_panier')
			OR EXISTS (SELECT 1 FROM health h WHERE h.child_id = c.id AND h.kitchen IS NOT NULL))
		ORDER BY c.sort_key, c.id`)
	if err != nil {
		return nil, err
	}
	places, err := placesOf(tx, classes)
	if err != nil {
		return nil, err
	}
	ranks := map[int64]int{}
	for i := range list {
		p := places[classes[i]]
		list[i].Last, list[i].School, list[i].Class = initial(list[i].Last), p.school, p.class
		ranks[list[i].ChildID] = p.rank
	}
	slices.SortStableFunc(list, func(a, b Adapted) int {
		return cmp.Or(cmp.Compare(a.School, b.School), ranks[a.ChildID]-ranks[b.ChildID], cmp.Compare(a.Class, b.Class))
	})
	return list, nil
}

// mealsOf gives, for each child, its days: true where a meal is to be served,
// false where one was cancelled or excused.
func mealsOf(tx *store.Tx, serviceID int64, ids []int64, from, to calendar.Date) (map[int64]map[calendar.Date]bool, error) {
	out := map[int64]map[calendar.Date]bool{}
	err := store.Each(tx, func(r *sql.Rows) error {
		var id int64
		var day calendar.Date
		var eats bool
		if err := r.Scan(&id, &day, &eats); err != nil {
			return err
		}
		if out[id] == nil {
			out[id] = map[calendar.Date]bool{}
		}
		out[id][day] = out[id][day] || eats
		return nil
	}, `SELECT child_id, day, CASE WHEN state = 'booked' AND attendance <> 'justified' THEN 1 ELSE 0 END FROM booking
		WHERE child_id = ANY($1) AND service_id = $2 AND day BETWEEN $3 AND $4 AND state <> 'waiting'`, ids, serviceID, from, to)
	return out, err
}

// sameWeekdays gives, for each day of service to come, the last served days of
// the same weekday that are not in the future, and the first day of all.
func sameWeekdays(plan *calendar.Plan, from, to, today calendar.Date) (out map[calendar.Date][]calendar.Date, first calendar.Date) {
	out, first = map[calendar.Date][]calendar.Date{}, from
	for d := max(from, today); d <= to; d = d.Add(1) {
		if open, _ := plan.IsOpen(d); !open {
			continue
		}
		var days []calendar.Date
		for b, n := d.Add(-7), 0; n < 30 && len(days) < usualDays; b, n = b.Add(-7), n+1 {
			if open, _ := plan.IsOpen(b); open && b <= today {
				days, first = append(days, b), min(first, b)
			}
		}
		out[d] = days
	}
	return out, first
}

func usually(meals map[calendar.Date]bool, days []calendar.Date) bool {
	n := 0
	for _, d := range days {
		if meals[d] {
			n++
		}
	}
	return n >= usualTimes
}
