package catalog

import (
	"fmt"
	"slices"
	"sort"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/money"
)

// MaxQuotient closes the highest bracket of an income quotient.
const MaxQuotient = 999999

// Tariff is one price of one service. Amounts are cents; the quotient's bracket
// includes both ends.
type Tariff struct {
	ID          int64
	ServiceID   int64
	ValidFrom   calendar.Date
	ValidTo     calendar.Date
	Label       string
	Kind        string // booking, late, unbooked
	QuotientMin int
	QuotientMax int
	Resident    *bool       // nil: both
	AgeGroup    string      // "": all
	SiblingRank int         // 0: all; n: from the nth child on
	Meal        money.Cents // part "repas"
	Care        money.Cents // part "encadrement"
}

// Price is what is charged: both parts.
func (t Tariff) Price() money.Cents { return t.Meal + t.Care }

// Bracket gives "QF 0 à 620", "QF 1 201 et plus", "" when there is one bracket.
func (t Tariff) Bracket() string {
	switch {
	case t.QuotientMin == 0 && t.QuotientMax >= MaxQuotient:
		return ""
	case t.QuotientMax >= MaxQuotient:
		return fmt.Sprintf("QF %d et plus", t.QuotientMin)
	}
	return fmt.Sprintf("QF %d à %d", t.QuotientMin, t.QuotientMax)
}

// Criteria is what a price depends on.
type Criteria struct {
	Day         calendar.Date
	Quotient    *int // nil: none on file, or not valid that day
	Resident    bool
	AgeGroup    string
	SiblingRank int    // 1 for the first child; 0 counts as 1
	Kind        string // booking, late, unbooked; "" is booking
}

// NoQuotient is the note of a price worked out without an income quotient.
const NoQuotient = "Pas de quotient familial valable au dossier" + nbsp + ": tranche la plus haute."

// Pick gives the tariff that applies among those of one service. The most
// precise wins: sibling rank, then age group, then residence, then the latest
// start. Without a quotient the highest bracket applies and note says so. A kind
// that has no price of its own takes the ordinary one.
func Pick(tariffs []Tariff, c Criteria) (t Tariff, note string, err error) {
	kind := c.Kind
	if kind == "" {
		kind = ForBooking
	}
	quotient := MaxQuotient // none on file: as the highest income
	if c.Quotient != nil {
		quotient = *c.Quotient
	}
	best := -1
	for i := range tariffs {
		if tariffs[i].Kind == kind && applies(&tariffs[i], c) && tariffs[i].covers(quotient) && (best < 0 || wins(&tariffs[i], &tariffs[best])) {
			best = i
		}
	}
	if best < 0 {
		if kind != ForBooking {
			c.Kind = ForBooking
			return Pick(tariffs, c)
		}
		return Tariff{}, "", fault.New(fault.NotFound, "Aucun tarif ne s’applique le %s"+nbsp+": complétez les tarifs du service.", c.Day.Short())
	}
	if c.Quotient == nil && tariffs[best].QuotientMin > 0 {
		note = NoQuotient
	}
	return tariffs[best], note, nil
}

func applies(t *Tariff, c Criteria) bool {
	return c.Day >= t.ValidFrom && c.Day <= t.ValidTo &&
		(t.Resident == nil || *t.Resident == c.Resident) &&
		(t.AgeGroup == "" || t.AgeGroup == c.AgeGroup) &&
		t.SiblingRank <= max(c.SiblingRank, 1)
}

func (t *Tariff) covers(quotient int) bool {
	return quotient >= t.QuotientMin && quotient <= t.QuotientMax
}

// wins reports whether a is chosen over b, both applying.
func wins(a, b *Tariff) bool {
	if a.SiblingRank != b.SiblingRank {
		return a.SiblingRank > b.SiblingRank
	}
	if (a.AgeGroup != "") != (b.AgeGroup != "") {
		return a.AgeGroup != ""
	}
	if (a.Resident != nil) != (b.Resident != nil) {
		return a.Resident != nil
	}
	if a.ValidFrom != b.ValidFrom {
		return a.ValidFrom > b.ValidFrom
	}
	return a.ID < b.ID
}

// problem is a flaw of a list of tariffs; Index says which one to show.
type problem struct {
	Index int
	Text  string
}

// checkTariffs finds what would leave a family without a price or with two:
// brackets that overlap, brackets with a gap, somebody no ordinary tariff is for.
func checkTariffs(list []Tariff) []problem {
	var out []problem
	for i := range list {
		for j := range i {
			a, b := &list[i], &list[j]
			if a.Kind == b.Kind && sameBool(a.Resident, b.Resident) && a.AgeGroup == b.AgeGroup && a.SiblingRank == b.SiblingRank &&
				a.ValidFrom <= b.ValidTo && b.ValidFrom <= a.ValidTo &&
				a.QuotientMin <= b.QuotientMax && b.QuotientMin <= a.QuotientMax {
				out = append(out, problem{i, fmt.Sprintf("les tarifs « %s » et « %s » se chevauchent (quotient %d à %d)"+nbsp+": donnez-leur des tranches ou des dates qui se suivent", b.Label, a.Label, max(a.QuotientMin, b.QuotientMin), min(a.QuotientMax, b.QuotientMax))})
			}
		}
	}
	return append(out, checkGaps(list)...)
}

func sameBool(a, b *bool) bool {
	return (a == nil) == (b == nil) && (a == nil || *a == *b)
}

// checkGaps looks at each sort of child, at each date something changes.
func checkGaps(list []Tariff) []problem {
	var out []problem
	seen := map[string]bool{}
	for _, k := range tariffKinds {
		for _, day := range starts(list, k.code) {
			for _, resident := range []bool{true, false} {
				for _, age := range []string{"maternelle", "elementaire"} {
					if p, bad := gap(list, Criteria{Day: day, Resident: resident, AgeGroup: age, SiblingRank: 1, Kind: k.code}); bad && !seen[p.Text] {
						seen[p.Text] = true
						out = append(out, p)
					}
				}
			}
		}
	}
	return out
}

// starts lists the days from which a set of tariffs of the kind applies, and the
// days after one ended, up to the last start: past that the file simply ends.
func starts(list []Tariff, kind string) []calendar.Date {
	var days []calendar.Date
	var last calendar.Date
	for _, t := range list {
		if t.Kind == kind {
			days = append(days, t.ValidFrom, t.ValidTo.Add(1))
			last = max(last, t.ValidFrom)
		}
	}
	slices.Sort(days)
	days = slices.Compact(days)
	return slices.DeleteFunc(days, func(d calendar.Date) bool { return d > last })
}

// gap finds the first quotient that no tariff of the kind covers.
func gap(list []Tariff, c Criteria) (problem, bool) {
	type bracket struct{ from, to, index int }
	var covered []bracket
	first := -1
	for i := range list {
		if list[i].Kind == c.Kind && first < 0 {
			first = i
		}
		if list[i].Kind == c.Kind && applies(&list[i], c) {
			covered = append(covered, bracket{list[i].QuotientMin, list[i].QuotientMax, i})
		}
	}
	sort.Slice(covered, func(i, j int) bool { return covered[i].from < covered[j].from })
	next, at := 0, first
	for _, b := range covered {
		if b.from > next {
			return problem{b.index, gapText(c, next, b.from-1)}, true
		}
		if b.to >= next {
			next, at = b.to+1, b.index
		}
	}
	if next <= MaxQuotient {
		return problem{at, gapText(c, next, MaxQuotient)}, true
	}
	return problem{}, false
}

func gapText(c Criteria, from, to int) string {
	who := "les résidents"
	if !c.Resident {
		who = "les non-résidents"
	}
	span := fmt.Sprintf("de %d à %d", from, to)
	if to >= MaxQuotient {
		span = fmt.Sprintf("à partir de %d", from)
	}
	return fmt.Sprintf("il manque un tarif « %s » pour %s, %s, quotient %s, au %s", label(tariffKinds, c.Kind), who, label(ageGroups, c.AgeGroup), span, c.Day.Short())
}
