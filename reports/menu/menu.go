// Package menu is the room of the paper that hangs on school doors: a month or
// some weeks of menus, allergens by number with their legend, vegetarian menus
// marked; and the internal copy, with the counts. Its input is plain structs
// that the caller fills: it asks no right, reads no database and no clock, and
// never holds a name. Days are civil dates.
package menu

import (
	"fmt"
	"strings"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/reports/page"
	"ardoise/reports/sheet"
)

// Menu is some weeks of menus.
type Menu struct {
	Commune string    // "Saint-Marcel-en-Dombes"
	Service string    // "Cantine"
	Program string    // "Ardoise"
	Notice  string    // "Démonstration"; may be empty
	MadeAt  time.Time // instant of the caller's clock, required
	Title   string    // "Menus de décembre 2026"
	Weeks   []Week
	Legend  []string // names of the allergens; number 1 is the first
	// Internal adds what families do not read: meals by day, and Balance.
	Internal bool
	Balance  []string // sentences of the vegetarian count
}

// Week is one line of the paper.
type Week struct {
	Label string // "Semaine 49, du 30 novembre au 4 décembre"
	State string // of the vegetarian menu, internal: "1 menu végétarien", "aucun menu végétarien"
	Days  []Day
}

// Day is one cell.
type Day struct {
	Date       calendar.Date
	Closed     string // why there is no service; "" when there is one
	Aside      bool   // of another month than the one printed: left blank
	Dishes     []Dish
	Vegetarian bool
	Meals      int // internal: expected, 0 for unknown
	Adapted    int // internal: meals of care plans to look at
}

// Dish is one line of a cell; Numbers are those of Legend, from 1.
type Dish struct {
	Course     string // "Entrée"
	Name       string
	Numbers    []int
	Vegetarian bool
}

// text gives « Colin pané (1, 4) ».
func (d Dish) text() string {
	if len(d.Numbers) == 0 {
		return d.Name
	}
	words := make([]string, len(d.Numbers))
	for i, n := range d.Numbers {
		words[i] = fmt.Sprint(n)
	}
	return d.Name + "\u00a0(" + strings.Join(words, ",\u00a0") + ")"
}

func (m Menu) check() error {
	if len(m.Weeks) == 0 {
		return fault.New(fault.NotFound, "Il n’y a pas de jour de service à imprimer sur cette période.")
	}
	for _, w := range m.Weeks {
		for _, d := range w.Days {
			for _, x := range d.Dishes {
				for _, n := range x.Numbers {
					if n < 1 || n > len(m.Legend) {
						return fault.New(fault.Internal, "Un allergène du menu du %s n’a pas de légende : le menu n’a pas été imprimé.", d.Date.Short())
					}
				}
			}
		}
	}
	return nil
}

// columns are the weekdays on which something is served, in order.
func (m Menu) columns() []time.Weekday {
	used := map[time.Weekday]bool{}
	for _, w := range m.Weeks {
		for _, d := range w.Days {
			if d.Closed == "" {
				used[d.Date.Weekday()] = true
			}
		}
	}
	var out []time.Weekday
	for i := range 7 {
		if w := time.Weekday((i + 1) % 7); used[w] {
			out = append(out, w)
		}
	}
	return out
}

func (w Week) day(on time.Weekday) (Day, bool) {
	for _, d := range w.Days {
		if d.Date.Weekday() == on {
			return d, true
		}
	}
	return Day{}, false
}

func (m Menu) meta() page.Meta {
	return page.Meta{Title: m.Title, Author: strings.TrimSpace(m.Commune + " " + m.Service), Program: m.Program, MadeAt: m.MadeAt}
}

func (m Menu) info() sheet.Info {
	return sheet.Info{Title: m.Title, Commune: m.Commune, Service: m.Service, Version: m.Program, Notice: m.Notice, MadeAt: m.MadeAt}
}

// legend gives « 1 céréales contenant du gluten · 2 crustacés… ».
func (m Menu) legend() string {
	out := make([]string, len(m.Legend))
	for i, name := range m.Legend {
		out[i] = fmt.Sprintf("%d\u00a0%s", i+1, strings.ReplaceAll(name, " ", "\u00a0"))
	}
	return strings.Join(out, " · ")
}
