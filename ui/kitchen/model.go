// Package kitchen is the screen of those who cook: how many meals of a day, by
// school, age and diet, what changed since the last sheet, the care plans to
// mind and the menu. It counts nothing itself: booking.Headcount does.
package kitchen

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/family"
	"ardoise/data/importer"
	"ardoise/data/menu"
	"ardoise/data/staff"
	"ardoise/reports/desk"
	"ardoise/ui/kit"
	"ardoise/ui/widgets"
)

const nbsp = "\u00a0"

// Deps is what the screen needs.
type Deps struct {
	Booking *booking.Service
	Catalog *catalog.Service
	Menu    *menu.Service
	// Import reads a caterer's file of menus; nil: it is not offered.
	Import *importer.Service
	// Care opens what the kitchen must do for children (family.Service.KitchenInstructions).
	Care func(ctx context.Context, children []int64) (map[int64]family.Kitchen, error)
	// Start gives the service to open on (the place chosen in the rail); nil or
	// an unknown one: the first canteen.
	Start func(ctx context.Context) int64
}

// Section is the screen's entry of the rail.
func Section(d Deps) kit.Section {
	return kit.Section{ID: "kitchen", Label: "&Cuisine", Icon: "kitchen", New: func(sh kit.Shell) kit.Page { return newScreen(sh, d) }}
}

// sender and reader are the roles asked for by the services behind.
var (
	senders     = []string{string(staff.Cuisine), string(staff.Accueil)}
	planReaders = []string{string(staff.Cuisine), string(staff.Sante)}
	listReaders = []string{string(staff.Accueil), string(staff.Regie), string(staff.Cuisine), string(staff.Admin)}
)

// place is what does not change from day to day: the services and their schools.
type place struct {
	services []catalog.ServiceInfo // offered, canteens first
	schools  []catalog.School
}

func loadPlace(ctx context.Context, d Deps) (p place, err error) {
	all, err := d.Catalog.Services(ctx)
	if err != nil {
		return p, err
	}
	for _, s := range all {
		if s.Active {
			p.services = append(p.services, s)
		}
	}
	slices.SortStableFunc(p.services, func(a, b catalog.ServiceInfo) int {
		return cmp.Compare(kindRank(a.Kind), kindRank(b.Kind))
	})
	p.schools, err = d.Catalog.Schools(ctx)
	return p, err
}

func kindRank(kind string) int {
	if kind == catalog.Canteen {
		return 0
	}
	return 1
}

// service finds a service of the place.
func (p place) service(id int64) (catalog.ServiceInfo, bool) {
	i := slices.IndexFunc(p.services, func(s catalog.ServiceInfo) bool { return s.ID == id })
	if i < 0 {
		return catalog.ServiceInfo{}, false
	}
	return p.services[i], true
}

// schoolsOf lists the schools a service takes children of.
func (p place) schoolsOf(s catalog.ServiceInfo) (out []catalog.School) {
	for _, h := range p.schools {
		if s.Takes(h.ID) {
			out = append(out, h)
		}
	}
	return out
}

// serviceLabel tells services of the same short name apart.
func serviceLabel(s catalog.ServiceInfo) string { return s.Short + ", " + s.Commune }

// sheet is one day of one service, with what the reader may see of care plans.
type sheet struct {
	h      *booking.Headcount
	plan   *calendar.Plan
	care   map[int64]family.Kitchen
	mayAct bool // sends, adults, menu
	plans  bool // sees care plans
}

// careMemory keeps the instructions between two looks at the same children:
// each reading is written in the trail, and following events is not reading.
type careMemory struct {
	ids  []int64
	care map[int64]family.Kitchen
}

func (d Deps) load(ctx context.Context, service int64, day calendar.Date, user kit.User, known careMemory) (s sheet, err error) {
	s.mayAct, s.plans = user.Has(senders...), user.Has(planReaders...)
	if s.plan, err = d.Catalog.Plan(ctx, service); err != nil {
		return s, err
	}
	if s.h, err = d.Booking.Headcount(ctx, service, day); err != nil {
		return s, err
	}
	if !s.plans || d.Care == nil || len(s.h.Names) == 0 {
		return s, nil
	}
	ids := childIDs(s.h)
	if known.care != nil && slices.Equal(ids, known.ids) {
		s.care = known.care
		return s, nil
	}
	s.care, err = d.Care(ctx, ids)
	return s, err
}

func childIDs(h *booking.Headcount) []int64 {
	ids := make([]int64, len(h.Names))
	for i, n := range h.Names {
		ids[i] = n.ChildID
	}
	slices.Sort(ids)
	return ids
}

// firstDay is the day to open on: today until one o'clock, then the next day
// of service, which is the one being prepared.
func firstDay(plan *calendar.Plan, today calendar.Date, now time.Time) calendar.Date {
	if open, _ := plan.IsOpen(today); open && now.In(calendar.Paris).Hour() < 13 {
		return today
	}
	if next, ok := plan.NextOpen(today); ok {
		return next
	}
	return today
}

// state is the badge of the sheet and the line under it.
func (s sheet) state() (widgets.BadgeSpec, string) {
	h := s.h
	switch {
	case !h.Open && h.Total == 0 && h.Version == 0:
		return widgets.BadgeSpec{Icon: "lock", Text: "Pas de service", Tone: widgets.Neutral}, h.Closed
	case h.Version == 0:
		return widgets.BadgeSpec{Icon: "edit", Text: "Feuille n°" + nbsp + "1, brouillon", Tone: widgets.Warning}, "jamais transmise"
	case len(h.Changes) == 0:
		return widgets.BadgeSpec{Icon: "circle-check", Text: fmt.Sprintf("Feuille n°"+nbsp+"%d, transmise", h.Version), Tone: widgets.Success}, sentText(h)
	}
	return widgets.BadgeSpec{Icon: "edit", Text: fmt.Sprintf("Feuille n°"+nbsp+"%d, brouillon", h.Version+1), Tone: widgets.Warning},
		fmt.Sprintf("transmise"+nbsp+": n°"+nbsp+"%d, %s", h.Version, sentText(h))
}

// toResend reports that the kitchen's last sheet is no longer right.
func (s sheet) toResend() bool { return s.h.Version > 0 && len(s.h.Changes) > 0 }

// sentText gives « à 9 h 05 », with the day when it was another one.
func sentText(h *booking.Headcount) string {
	day := calendar.DateOf(h.SentAt)
	if day == calendar.DateOf(h.At) {
		return "à " + calendar.HourText(h.SentAt)
	}
	return "le " + day.DayMonth() + " à " + calendar.HourText(h.SentAt)
}

// hero is one large figure: children of a school, or all of them.
type hero struct {
	title       string
	n, was      int
	plus, minus int
	version     int
}

func (s sheet) heroes() []hero {
	all := hero{title: "Tous les enfants", version: s.h.Version}
	at := map[string]int{}
	var list []hero
	for _, g := range s.h.Groups {
		if g.AgeGroup == "adulte" {
			continue
		}
		i, ok := at[g.School]
		if !ok {
			i = len(list)
			at[g.School] = i
			list = append(list, hero{title: cmp.Or(g.School, "Sans école"), version: s.h.Version})
		}
		for _, x := range []*hero{&all, &list[i]} {
			x.n += g.Count
			x.plus += g.Plus
			x.minus += g.Minus
		}
	}
	list = append([]hero{all}, list...)
	for i := range list {
		list[i].was = list[i].n - list[i].plus + list[i].minus
	}
	return list
}

// deltas are the chips: « +2 », « –1 ».
func (x hero) deltas() (out []string) {
	if x.plus > 0 {
		out = append(out, fmt.Sprintf("+%d", x.plus))
	}
	if x.minus > 0 {
		out = append(out, fmt.Sprintf("–%d", x.minus))
	}
	return out
}

// dietRow is one line of the table: meals by age group.
type dietRow struct {
	icon, label string
	by          [3]int // maternelle, élémentaire, adultes
}

func (r dietRow) total() int { return r.by[0] + r.by[1] + r.by[2] }

var ageColumn = map[string]int{"maternelle": 0, "elementaire": 1, "adulte": 2}

var dietIcons = map[string]string{
	"standard": "fork-knife", "sans_porc": "no-pork", "sans_viande": "circle-dashed", "vegetarien": "leaf", "pai_adapte": "care", "pai_panier": "basket",
}

// diets counts the table; care plans stand on one line for who may not see them.
func (s sheet) diets() (rows []dietRow, foot dietRow) {
	foot.label = "Total à préparer"
	at := map[string]int{}
	for _, code := range catalog.DietCodes() {
		label := desk.Diet(s.h.Diets, code, s.plans)
		if _, seen := at[label]; !seen {
			at[label] = len(rows)
			rows = append(rows, dietRow{icon: dietIcons[code], label: label})
		}
	}
	for _, g := range s.h.Groups {
		label := desk.Diet(s.h.Diets, g.Diet, s.plans)
		i, ok := at[label]
		if !ok {
			i = len(rows)
			at[label] = i
			rows = append(rows, dietRow{icon: "circle-dashed", label: label})
		}
		col, ok := ageColumn[g.AgeGroup]
		if !ok {
			col = 1
		}
		rows[i].by[col] += g.Count
		foot.by[col] += g.Count
	}
	// diets nobody eats are left out, but for the ones every sheet has
	always := []string{s.h.Diets.Label(catalog.DietStandard)}
	for _, code := range []string{"sans_porc", "vegetarien"} {
		if len(s.h.Diets) == 0 || s.h.Diets.Offers(code) {
			always = append(always, s.h.Diets.Label(code))
		}
	}
	rows = slices.DeleteFunc(rows, func(r dietRow) bool { return r.total() == 0 && !slices.Contains(always, r.label) })
	return rows, foot
}

// deliveries are the subtotals by group of schools delivered together; none
// where there is nothing to tell apart.
func (s sheet) deliveries() (rows []dietRow) {
	if len(s.h.Deliveries) < 2 {
		return nil
	}
	all := make([]dietRow, len(s.h.Deliveries))
	for i, d := range s.h.Deliveries {
		all[i] = dietRow{icon: "school", label: "Livraison" + nbsp + ": " + d.Name}
	}
	for _, g := range s.h.Groups {
		col, ok := ageColumn[g.AgeGroup]
		if !ok {
			col = 1
		}
		all[s.h.DeliveryOf(g.School)].by[col] += g.Count
	}
	for _, r := range all {
		if r.total() > 0 {
			rows = append(rows, r)
		}
	}
	if len(rows) < 2 {
		return nil
	}
	return rows
}

// change is one line of what came and went.
type change struct {
	sign, name, detail, at string
}

func (s sheet) changes() (plus, minus []change) {
	for _, c := range s.h.Changes {
		x := change{name: strings.TrimSpace(c.First + " " + c.Last), detail: c.Class, sign: "+"}
		if c.AgeGroup == "adulte" {
			x.name, x.detail, x.sign = "Adultes", c.School, fmt.Sprintf("%+d", c.Delta)
		}
		if c.Diet != "standard" {
			x.detail = strings.TrimPrefix(x.detail+", "+strings.ToLower(desk.Diet(s.h.Diets, c.Diet, false)), ", ")
		}
		if !c.At.IsZero() {
			x.at = calendar.HourText(c.At)
			if d := calendar.DateOf(c.At); d != calendar.DateOf(s.h.At) {
				x.at = d.DayMonth() + ", " + x.at
			}
		}
		if c.Delta > 0 {
			plus = append(plus, x)
			continue
		}
		x.sign = strings.ReplaceAll(x.sign, "-", "–")
		if c.AgeGroup != "adulte" {
			x.sign = "–"
		}
		minus = append(minus, x)
	}
	return plus, minus
}

// balance says « 8 changements, solde +2 ».
func (s sheet) balance() string {
	n, sum := 0, 0
	for _, c := range s.h.Changes {
		n++
		sum += c.Delta
	}
	word := "changements"
	if n == 1 {
		word = "changement"
	}
	sign := ""
	if sum > 0 {
		sign = "+"
	}
	return fmt.Sprintf("%d"+nbsp+"%s, solde %s%s", n, word, sign, strings.ReplaceAll(fmt.Sprint(sum), "-", "–"))
}

// adapted is how many meals of children follow a care plan.
func (s sheet) adapted() (n int) {
	for _, m := range s.h.Names {
		if catalog.ForCarePlan(m.Diet) {
			n++
		}
	}
	return n
}

// sendRefusal says why the sheet cannot be sent, "" when it can.
func (s sheet) sendRefusal() string {
	switch {
	case s.h == nil:
		return "La feuille n’est pas encore lue."
	case !s.mayAct:
		return "Transmettre demande le rôle Cuisine ou Accueil."
	case !s.h.Open && s.h.Total == 0:
		return "Il n’y a pas de service ce jour-là" + nbsp + ": " + s.h.Closed + "."
	}
	return ""
}
