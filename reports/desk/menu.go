package desk

import (
	"fmt"
	"slices"

	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/family"
	"ardoise/data/menu"
	papers "ardoise/reports/menu"
)

// MenuCounts are the figures of the internal copy, by day: meals of children,
// and meals of care plans to look at. They are numbers only.
type MenuCounts struct {
	Meals, Adapted map[calendar.Date]int
}

// CountMenus gathers them from what the booking room counts.
func CountMenus(served []booking.DayCount, meals booking.AdaptedMeals) *MenuCounts {
	out := &MenuCounts{Meals: map[calendar.Date]int{}, Adapted: meals.Counts}
	for _, d := range served {
		out.Meals[d.Day] = d.Booked
	}
	return out
}

// Menus gives the weeks of a month as the paper prints them; week (a Monday)
// narrows it to one, 0 gives them all. counts makes it the internal copy.
func (m Maker) Menus(month menu.Month, week calendar.Date, counts *MenuCounts) papers.Menu {
	out := papers.Menu{Commune: m.Commune, Service: m.Service, Program: Program, Notice: m.notice(), MadeAt: m.At, Internal: counts != nil}
	for _, a := range family.Allergens {
		out.Legend = append(out.Legend, a.Label)
	}
	out.Title = "Menus " + OfMonth(month.Month)
	for _, w := range month.Weeks {
		if !week.IsZero() && w.Monday != week.Monday() {
			continue
		}
		x := papers.Week{Label: weekLabel(w), State: WeekText(w)}
		served := false
		for _, d := range w.Days {
			aside := week.IsZero() && !month.Month.Has(d.Day)
			served = served || d.Open && !aside
			x.Days = append(x.Days, m.menuDay(d, aside, counts))
		}
		if !week.IsZero() {
			out.Title = "Menus de la semaine " + calendar.RangeText(w.Monday, lastOpen(w))
		}
		if served {
			out.Weeks = append(out.Weeks, x)
		}
	}
	if counts != nil {
		out.Balance = MenuBalance(month)
	}
	return out
}

func (m Maker) menuDay(d menu.Day, aside bool, counts *MenuCounts) papers.Day {
	out := papers.Day{Date: d.Day, Closed: d.Closed, Aside: aside, Vegetarian: d.Open && d.Vegetarian()}
	for _, x := range d.Dishes {
		dish := papers.Dish{Course: menu.CourseLabel(x.Course), Name: x.Name, Vegetarian: x.Vegetarian}
		for _, code := range x.Allergens {
			if i := slices.IndexFunc(family.Allergens, func(a family.Allergen) bool { return a.Code == code }); i >= 0 {
				dish.Numbers = append(dish.Numbers, i+1)
			}
		}
		out.Dishes = append(out.Dishes, dish)
	}
	if counts != nil {
		out.Meals, out.Adapted = counts.Meals[d.Day], counts.Adapted[d.Day]
	}
	return out
}

// OfMonth gives « de décembre 2026 », « d’octobre 2026 ».
func OfMonth(m calendar.Month) string {
	label := m.Label()
	if label[0] == 'a' || label[0] == 'o' {
		return "d’" + label
	}
	return "de " + label
}

func weekLabel(w menu.Week) string {
	_, n := w.Monday.ISOWeek()
	return fmt.Sprintf("Semaine"+nbsp+"%d\n%s", n, calendar.RangeText(w.Monday, lastOpen(w)))
}

// lastOpen is the last day of service of a week, or its Friday.
func lastOpen(w menu.Week) calendar.Date {
	last := w.Monday.Add(4)
	for _, d := range w.Days {
		if d.Open {
			last = max(last, d.Day)
		}
	}
	return last
}

// WeekText says how a week stands with its vegetarian menu; "" without service.
func WeekText(w menu.Week) string {
	switch w.State() {
	case menu.Served:
		if n := w.Vegetarian(); n > 1 {
			return fmt.Sprintf("%d"+nbsp+"menus végétariens", n)
		}
		return "1" + nbsp + "menu végétarien"
	case menu.Lacking:
		return "Aucun menu végétarien"
	case menu.Incomplete:
		return "Menus à compléter, aucun végétarien encore"
	}
	return ""
}

// MenuBalance says the vegetarian count of a month, in sentences.
func MenuBalance(m menu.Month) []string {
	c := m.Count()
	out := []string{fmt.Sprintf("%s"+nbsp+": %s sur %s de service, dont %s. %s sur %d avec au moins un menu végétarien.",
		capital(m.Month.Label()), number(c.Typed, "menu", "menus"), number(c.Open, "jour", "jours"), number(c.Vegetarian, "végétarien", "végétariens"),
		capital(number(c.Served, "semaine", "semaines")), c.Weeks)}
	for _, w := range m.Weeks {
		if w.State() == menu.Lacking {
			out = append(out, "Semaine du "+w.Monday.DayMonth()+nbsp+": aucun menu végétarien, il en faut un (article L.\u00a0230-5-6 du code rural).")
		}
	}
	return out
}

func number(n int, one, many string) string {
	if n <= 1 {
		return fmt.Sprint(n) + nbsp + one
	}
	return fmt.Sprint(n) + nbsp + many
}
