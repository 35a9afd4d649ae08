package desk

import (
	"strings"

	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/family"
	"ardoise/reports/kitchen"
)

var ages = map[string]string{"maternelle": "Maternelle", "elementaire": "Élémentaire", "adulte": "Adultes"}

// ageOrder and dietOrder are the columns and rows of every sheet.
func ageOrder() []string { return []string{ages["maternelle"], ages["elementaire"], ages["adulte"]} }

func dietOrder(diets catalog.Diets) []string {
	codes := catalog.DietCodes()
	out := make([]string, len(codes))
	for i, code := range codes {
		out[i] = diets.Label(code)
	}
	return out
}

// Age gives the word of a sheet for an age group: "Élémentaire".
func Age(group string) string {
	if a := ages[group]; a != "" {
		return a
	}
	return group
}

// Mask is what those who may not see care plans read instead of one.
const Mask = "Repas adapté"

// Diet gives the word for one child's diet; a care plan is masked unless the
// reader may see it.
func Diet(diets catalog.Diets, code string, plans bool) string {
	if !plans && catalog.ForCarePlan(code) {
		return Mask
	}
	return diets.Label(code)
}

// Name gives "PERNET Chloé", as lists of children sort them.
func Name(first, last string) string { return strings.TrimSpace(strings.ToUpper(last) + " " + first) }

// Sheet gives a day's headcount as the kitchen's paper. It is the last version
// sent when nothing changed since, else the draft of the next one, with what
// came and went. Care plans are added by WithPlans, where the reader may.
func (m Maker) Sheet(h *booking.Headcount) kitchen.Sheet {
	s := kitchen.Sheet{
		Head: m.head(), Date: h.Day, Menu: h.Menu.Text(), Allergens: allergens(h.Menu.Allergens()),
		Counts: counts(h.Diets, h.Groups), AgeGroups: ageOrder(), Diets: dietOrder(h.Diets),
	}
	if s.Service == "" {
		s.Service = h.Service
	}
	switch {
	case h.Version == 0:
		s.Number = 1
	case len(h.Changes) == 0:
		s.Number, s.SentAt = h.Version, h.SentAt
	default:
		s.Number, s.Previous, s.PreviousAt = h.Version+1, h.Version, h.SentAt
	}
	for _, d := range h.Deliveries {
		s.Deliveries = append(s.Deliveries, kitchen.Delivery{Name: d.Name, Schools: d.Schools})
	}
	for _, n := range h.Names {
		name := kitchen.Name{School: n.School, Class: n.Class, Child: Name(n.First, n.Last), Sitting: n.Sitting, Diet: Diet(h.Diets, n.Diet, false)}
		if name.Diet == Mask {
			name.Remark = "repas adapté"
		}
		s.Names = append(s.Names, name)
	}
	for _, c := range h.Changes {
		change := kitchen.Change{Added: c.Delta > 0, Child: Name(c.First, c.Last), School: c.School, Class: c.Class, Diet: Diet(h.Diets, c.Diet, false), At: c.At}
		if c.AgeGroup == "adulte" {
			change.Child = Age(c.AgeGroup)
		}
		s.Changes = append(s.Changes, change)
	}
	return s
}

// Sent gives the paper of a version at the moment it goes to the kitchen:
// before is what was read just before it was sent, so that the paper says what
// changed since the version before; sent is what Send gave back.
func (m Maker) Sent(before, sent *booking.Headcount) kitchen.Sheet {
	s := m.Sheet(sent)
	s.Number, s.SentAt, s.Previous, s.Changes = sent.Version, sent.SentAt, 0, nil
	if before == nil || before.Version == 0 || len(before.Changes) == 0 {
		return s
	}
	old := m.Sheet(before)
	s.Previous, s.PreviousAt, s.Changes, s.Counts = before.Version, before.SentAt, old.Changes, old.Counts
	if before.Total != sent.Total { // somebody booked in between: the totals are those sent
		s.Counts = counts(sent.Diets, sent.Groups)
	}
	return s
}

func counts(diets catalog.Diets, groups []booking.Group) []kitchen.Count {
	out := make([]kitchen.Count, len(groups))
	for i, g := range groups {
		out[i] = kitchen.Count{School: g.School, Sitting: g.Sitting, AgeGroup: Age(g.AgeGroup), Diet: diets.Label(g.Diet), N: g.Count, Added: g.Plus, Removed: g.Minus}
	}
	return out
}

func allergens(codes []string) string {
	words := make([]string, len(codes))
	for i, c := range codes {
		words[i] = family.AllergenLabel(c)
	}
	return strings.Join(words, ", ")
}

// Period gives a run of days as the kitchen's paper.
func (m Maker) Period(days []booking.MonthDay, from, to calendar.Date) kitchen.Period {
	p := kitchen.Period{Head: m.head(), From: from, To: to}
	for _, d := range days {
		if d.Day >= from && d.Day <= to {
			p.Days = append(p.Days, kitchen.Day{Date: d.Day, Counts: counts(m.Diets, d.Groups)})
		}
	}
	return p
}
