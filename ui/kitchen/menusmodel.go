package kitchen

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/family"
	"ardoise/data/menu"
	"ardoise/reports/desk"
	"ardoise/ui/kit"
	"ardoise/ui/widgets"
)

// monthSheet is the menus of a month, with who must be looked at.
type monthSheet struct {
	m      menu.Month
	meals  booking.AdaptedMeals
	care   map[int64]family.Kitchen
	today  calendar.Date
	mayAct bool // writes menus
	plans  bool // sees care plans
	cols   []time.Weekday
}

// loadMonth reads a month. Care plans are opened once for the same children:
// each opening is written in the journal, and following events is not reading.
func (d Deps) loadMonth(ctx context.Context, service int64, month calendar.Month, today calendar.Date, user kit.User, known careMemory) (s monthSheet, err error) {
	s.today, s.mayAct, s.plans = today, user.Has(senders...), user.Has(planReaders...)
	if s.m, err = d.Menu.Month(ctx, service, month); err != nil {
		return s, err
	}
	if s.meals, err = d.Booking.Adapted(ctx, service, s.m.From(), s.m.To()); err != nil {
		return s, err
	}
	s.cols = s.columns()
	ids := s.childIDs()
	if !s.plans || d.Care == nil || len(ids) == 0 {
		return s, nil
	}
	if known.care != nil && covers(known.ids, ids) {
		s.care = known.care
		return s, nil
	}
	s.care, err = d.Care(ctx, ids)
	return s, err
}

// covers reports whether every child has been read already.
func covers(known, ids []int64) bool {
	for _, id := range ids {
		if _, ok := slices.BinarySearch(known, id); !ok {
			return false
		}
	}
	return true
}

func (s monthSheet) childIDs() []int64 {
	ids := make([]int64, len(s.meals.Children))
	for i, c := range s.meals.Children {
		ids[i] = c.ChildID
	}
	slices.Sort(ids)
	return ids
}

// columns are the weekdays on which something is served in these weeks.
func (s monthSheet) columns() (out []time.Weekday) {
	open := map[time.Weekday]bool{}
	for _, w := range s.m.Weeks {
		for _, d := range w.Days {
			if d.Open || len(d.Dishes) > 0 {
				open[d.Day.Weekday()] = true
			}
		}
	}
	for i := range 7 {
		if w := time.Weekday((i + 1) % 7); open[w] {
			out = append(out, w)
		}
	}
	return out
}

// minder is one child to look at on a day.
type minder struct {
	child, where string // « Adam G. », « MS, Les Étangs »
	without      string // « poissons, lait »
	instruction  string
	dishes       string // of the menu, that hold it
	allergens    string // of these dishes, that the child avoids
	usual        bool   // not booked, usually there
	basket       bool   // the family brings the meal
	check        bool   // the plan names none of the fourteen: to be read
	compared     bool   // the menu's allergens are known
}

// minders lists the children to look at on a day: those in danger first.
func (s monthSheet) minders(d menu.Day) (out []minder) {
	if !s.plans {
		return nil
	}
	one := true
	for _, c := range s.meals.Children {
		one = one && c.School == s.meals.Children[0].School
	}
	for _, c := range s.meals.Children {
		presence, expected := c.Days[d.Day]
		if !expected {
			continue
		}
		k := s.care[c.ChildID]
		where := c.Class
		if !one {
			where = join(c.Class, c.School)
		}
		hits := d.Meets(k.Allergens)
		var met []string
		for _, h := range hits {
			met = append(met, h.Allergens...)
		}
		m := minder{
			child: firstAndInitial(c.First, c.Last), where: where, without: allergenWords(k.Allergens), instruction: strings.TrimSpace(k.Instruction),
			dishes: desk.DishNames(hits), allergens: allergenWords(lawOrder(met)), usual: presence == booking.IsUsual, basket: c.Basket(),
			check: len(k.Allergens) == 0, compared: len(d.Allergens()) > 0,
		}
		out = append(out, m)
	}
	slices.SortStableFunc(out, func(a, b minder) int { return a.rank() - b.rank() })
	return out
}

func lawOrder(codes []string) (out []string) {
	for _, a := range family.Allergens {
		if slices.Contains(codes, a.Code) {
			out = append(out, a.Code)
		}
	}
	return out
}

func (m minder) alert() bool { return m.dishes != "" && !m.basket }

func (m minder) rank() int {
	switch {
	case m.alert():
		return 0
	case m.check && !m.basket:
		return 1
	case m.basket:
		return 2
	}
	return 3
}

// badge says what is to be done about the child.
func (m minder) badge() widgets.BadgeSpec {
	switch {
	case m.basket:
		return widgets.BadgeSpec{Icon: "basket", Text: "Panier-repas", Tone: widgets.Neutral}
	case m.alert():
		return widgets.BadgeSpec{Icon: "triangle-alert", Text: "Au menu", Tone: widgets.Failure}
	case m.check:
		return widgets.BadgeSpec{Icon: "eye", Text: "À vérifier", Tone: widgets.Warning}
	case !m.compared:
		return widgets.BadgeSpec{Icon: "circle-dashed", Text: "Non comparé", Tone: widgets.Neutral}
	}
	return widgets.BadgeSpec{Icon: "check", Text: "Pas au menu", Tone: widgets.Neutral}
}

// counts of a day: in danger, to be read, with a basket of the family.
func (s monthSheet) counts(d menu.Day) (alerts, checks, baskets int) {
	for _, m := range s.minders(d) {
		switch {
		case m.basket:
			baskets++
		case m.alert():
			alerts++
		case m.check:
			checks++
		}
	}
	return alerts, checks, baskets
}

// concerned says of one dish who must not eat it: « Contient lait : 3 enfants
// concernés ce jour-là (Adam G., …) ». Who may not read care plans is told how
// many adapted meals there are, whatever the dish: nothing of a plan shows.
func (s monthSheet) concerned(day calendar.Date, allergens []string) (text string, bad bool) {
	if !s.plans {
		return adaptedCount(s.meals.Counts[day]), false
	}
	if len(allergens) == 0 {
		return "", false
	}
	var names, met []string
	for _, c := range s.meals.Children {
		if _, expected := c.Days[day]; !expected || c.Basket() {
			continue
		}
		hit := false
		for _, a := range s.care[c.ChildID].Allergens {
			if slices.Contains(allergens, a) {
				met, hit = append(met, a), true
			}
		}
		if hit {
			names = append(names, firstAndInitial(c.First, c.Last))
		}
	}
	if len(names) == 0 {
		return "", false
	}
	what := "enfants concernés"
	if len(names) == 1 {
		what = "enfant concerné"
	}
	return fmt.Sprintf("Ce plat contient %s"+nbsp+": %d"+nbsp+"%s (%s).", allergenWords(lawOrder(met)), len(names), what, strings.Join(names, ", ")), true
}

// adaptedCount is all that is told to those who may not read care plans.
func adaptedCount(n int) string {
	switch n {
	case 0:
		return ""
	case 1:
		return "1" + nbsp + "repas adapté à vérifier"
	}
	return fmt.Sprintf("%d"+nbsp+"repas adaptés à vérifier", n)
}

// marks are the states of a day: a letter, words and a tone.
func (s monthSheet) marks(d menu.Day) (out []widgets.BadgeSpec) {
	if !d.Open {
		return nil
	}
	if d.Vegetarian() {
		out = append(out, widgets.BadgeSpec{Text: "V" + nbsp + "végétarien", Tone: widgets.Success})
	}
	if len(d.Dishes) == 0 {
		return out
	}
	if !s.plans {
		if n := s.meals.Counts[d.Day]; n > 0 {
			out = append(out, widgets.BadgeSpec{Text: fmt.Sprintf("%d"+nbsp+"à vérifier", n), Tone: widgets.Warning})
		}
		return out
	}
	alerts, checks, _ := s.counts(d)
	if alerts > 0 {
		out = append(out, widgets.BadgeSpec{Text: fmt.Sprintf("!"+nbsp+"%d"+nbsp+"PAI", alerts), Tone: widgets.Failure})
	}
	if checks > 0 {
		out = append(out, widgets.BadgeSpec{Text: fmt.Sprintf("?"+nbsp+"%d", checks), Tone: widgets.Warning})
	}
	return out
}

// weeks are the rows of the grid.
func (s monthSheet) weeks() (out []widgets.MonthWeek) {
	for _, w := range s.m.Weeks {
		_, n := w.Monday.ISOWeek()
		row := widgets.MonthWeek{Title: fmt.Sprintf("S"+nbsp+"%d", n), Badge: weekBadge(w)}
		for _, col := range s.cols {
			row.Days = append(row.Days, s.cell(w.Days[(int(col)+6)%7]))
		}
		out = append(out, row)
	}
	return out
}

func weekBadge(w menu.Week) widgets.BadgeSpec {
	switch w.State() {
	case menu.Served:
		return widgets.BadgeSpec{Text: fmt.Sprintf("V"+nbsp+"%d"+nbsp+"végé.", w.Vegetarian()), Tone: widgets.Success}
	case menu.Lacking:
		return widgets.BadgeSpec{Text: "!" + nbsp + "0" + nbsp + "végé.", Tone: widgets.Failure}
	case menu.Incomplete:
		return widgets.BadgeSpec{Text: "…" + nbsp + "à saisir", Tone: widgets.Warning}
	}
	return widgets.BadgeSpec{}
}

func (s monthSheet) cell(d menu.Day) widgets.MonthDay {
	title := fmt.Sprint(d.Day.Day())
	if d.Day.Day() == 1 || !s.m.Month.Has(d.Day) {
		title = d.Day.DayMonth()
	}
	out := widgets.MonthDay{Title: title, Closed: !d.Open && len(d.Dishes) == 0, Aside: !s.m.Month.Has(d.Day), Today: d.Day == s.today, Marks: s.marks(d)}
	switch {
	case !d.Open:
		out.Note = capital(d.Closed)
	case len(d.Dishes) == 0:
		out.Note = "Menu à saisir"
	}
	for _, x := range d.Dishes {
		out.Lines = append(out.Lines, x.Name)
	}
	return out
}

// heads are the names of the columns.
func (s monthSheet) heads() []string {
	out := make([]string, len(s.cols))
	for i, w := range s.cols {
		out[i] = capital(calendar.WeekdayName(w))
	}
	return out
}

// day gives the day of a place of the grid.
func (s monthSheet) day(row, col int) (menu.Day, bool) {
	if row < 0 || row >= len(s.m.Weeks) || col < 0 || col >= len(s.cols) {
		return menu.Day{}, false
	}
	return s.m.Weeks[row].Days[(int(s.cols[col])+6)%7], true
}

// place finds a day in the grid.
func (s monthSheet) place(d calendar.Date) (row, col int, ok bool) {
	for i, w := range s.m.Weeks {
		if w.Monday == d.Monday() {
			col = slices.Index(s.cols, d.Weekday())
			return i, col, col >= 0
		}
	}
	return 0, 0, false
}

// state is the badge of the month and the line under it.
func (s monthSheet) state() (widgets.BadgeSpec, string) {
	c := s.m.Count()
	sub := some(c.Typed, "menu", "menus") + " sur " + some(c.Open, "jour", "jours") + ", " + some(c.Vegetarian, "végétarien", "végétariens")
	switch {
	case c.Weeks == 0:
		return widgets.BadgeSpec{Icon: "lock", Text: "Pas de service ce mois-ci", Tone: widgets.Neutral}, ""
	case c.Lacking == 1:
		return widgets.BadgeSpec{Icon: "triangle-alert", Text: "1" + nbsp + "semaine sans menu végétarien", Tone: widgets.Failure}, sub
	case c.Lacking > 1:
		return widgets.BadgeSpec{Icon: "triangle-alert", Text: fmt.Sprintf("%d"+nbsp+"semaines sans menu végétarien", c.Lacking), Tone: widgets.Failure}, sub
	case c.Served < c.Weeks:
		return widgets.BadgeSpec{Icon: "edit", Text: "V" + nbsp + ": " + some(c.Served, "semaine", "semaines") + fmt.Sprintf(" sur %d", c.Weeks), Tone: widgets.Warning}, sub
	}
	return widgets.BadgeSpec{Icon: "circle-check", Text: "V" + nbsp + ": " + some(c.Served, "semaine", "semaines") + fmt.Sprintf(" sur %d", c.Weeks), Tone: widgets.Success}, sub
}

// some gives « 0 menu », « 3 menus »: zero and one are singular in French.
func some(n int, one, many string) string {
	if n > 1 {
		one = many
	}
	return fmt.Sprint(n) + nbsp + one
}

// editRefusal says why a day cannot be written, "" when it can.
func (s monthSheet) editRefusal(d menu.Day, ok bool) string {
	switch {
	case !s.mayAct:
		return "Saisir les menus demande le rôle Cuisine ou Accueil."
	case !ok:
		return "Choisissez d’abord un jour."
	case !d.Open && len(d.Dishes) == 0:
		return "Il n’y a pas de service ce jour-là" + nbsp + ": " + d.Closed + "."
	case d.Day < menu.Oldest(s.today):
		return fmt.Sprintf("Ce jour est trop ancien"+nbsp+": les menus sont gardés %d"+nbsp+"mois.", menu.KeptMonths)
	}
	return ""
}

// diets of the adults’ dialog: those offered but the ones of care plans, and any
// already counted that day.
func adultDiets(diets catalog.Diets, groups []booking.Group) (out []string) {
	for _, code := range catalog.DietCodes() {
		counted := slices.ContainsFunc(groups, func(g booking.Group) bool { return g.AgeGroup == "adulte" && g.Diet == code && g.Count > 0 })
		if counted || !catalog.ForCarePlan(code) && (len(diets) == 0 || diets.Offers(code)) {
			out = append(out, code)
		}
	}
	return out
}
