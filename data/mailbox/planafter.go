package mailbox

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/ledger"
)

// maxAfter bounds the days shown one by one.
const maxAfter = 6

// after tells what changes: the meals of the days, the papers of the requests.
func (dr *draft) after() error {
	delta := map[booking.ServiceDay]int{}
	for _, b := range dr.baskets {
		for _, l := range b.plan.Lines {
			if n := l.Meals(); n != 0 {
				delta[booking.ServiceDay{ServiceID: l.ServiceID, Day: l.Day}] += n
			}
		}
	}
	maps.DeleteFunc(delta, func(_ booking.ServiceDay, n int) bool { return n == 0 })
	if len(delta) > 0 {
		if err := dr.mealsAfter(delta); err != nil {
			return err
		}
	}
	files := filingsOf(dr.plan.Cards)
	for i := range dr.j.requests {
		q := &dr.j.requests[i]
		if before, after := have(q, files); before < after {
			n := len(q.Checklist)
			dr.plan.After = append(dr.plan.After, Change{
				Label: "Dossier " + q.Short + " " + fault.De(q.First), Before: fmt.Sprintf("%d sur %s", before, plural(n, "pièce", "pièces")), After: fmt.Sprintf("%d sur %d", after, n),
			})
		}
	}
	return nil
}

func (dr *draft) mealsAfter(delta map[booking.ServiceDay]int) error {
	keys := slices.SortedFunc(maps.Keys(delta), func(a, b booking.ServiceDay) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.ServiceID, b.ServiceID))
	})
	if len(keys) > maxAfter {
		keys = keys[:maxAfter]
	}
	var services []int64
	var days []calendar.Date
	for _, k := range keys {
		services, days = append(services, k.ServiceID), append(days, k.Day)
	}
	slices.Sort(services)
	counts, err := booking.MealsOn(dr.j.tx, slices.Compact(services), slices.Compact(days))
	if err != nil {
		return err
	}
	for _, k := range keys {
		s, n := dr.j.services[k.ServiceID], counts[k]
		label := fmt.Sprintf("%s, %s %d", s.Short, calendar.WeekdayName(k.Day.Weekday()), k.Day.Day())
		dr.plan.After = append(dr.plan.After, Change{label, mealCount(s.Kind, n), mealCount(s.Kind, n+delta[k])})
	}
	return nil
}

// openRequests are the requests a plan rests on.
func (j *judge) openRequests() []int64 {
	ids := make([]int64, len(j.requests))
	for i, q := range j.requests {
		ids[i] = q.ID
	}
	return ids
}

func mealCount(kind string, n int) string { return fmt.Sprintf("%d %s", n, ledger.MealWord(kind, n)) }
