package data

import (
	"context"
	"fmt"
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/data/money"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// Town is everything a new base begins with: what the town offers, its first
// administrator, and the recovery phrase, which its holder has read before there
// is anything to recover.
type Town struct {
	Catalog catalog.Founding
	Agent   staff.NewAgent
	Phrase  string // of staff.NewPhrase
}

// Canteen is the canteen a new town begins with, before anything of it is changed.
func Canteen(c catalog.Commune, zone calendar.Zone, region calendar.Region, today calendar.Date) catalog.Draft {
	d := catalog.Preset(c, zone, nil, today)
	d.Info.Region = region
	return d
}

// SetUp makes a town of an empty base: agent, keys, catalog and journal in one
// transaction. Cut at any moment it leaves a base without a town or a whole one;
// where an agent exists it refuses. It needs no session: nobody is there yet.
func (o *Office) SetUp(ctx context.Context, t Town) error {
	f, err := o.Staff.Found(ctx, t.Agent, t.Phrase)
	if err != nil {
		return err
	}
	defer f.Close()
	err = o.Store.Write(staff.System(ctx), func(tx *store.Tx) error {
		if err := f.Write(tx); err != nil {
			return err
		}
		_, err := catalog.FoundTx(tx, t.Catalog)
		return err
	})
	if err == nil {
		f.Welcome(ctx)
	}
	return err
}

// PlanLine is one line of what SetUp would make: on what, and what.
type PlanLine struct{ Head, Text string }

// Plan says line by line what SetUp would make. It is pure: there may be no base yet.
func (t Town) Plan() []PlanLine {
	c, s := t.Catalog, t.Catalog.Service
	out := []PlanLine{{"Commune", fmt.Sprintf("%s (%s), code INSEE %s", c.Commune.Name, c.Commune.Postal, c.Commune.INSEE)}}
	for _, school := range c.Schools {
		text := school.Name + ", sans classe pour l’instant\u00a0: l’import ONDE les créera"
		if len(school.Classes) > 0 {
			text = school.Name + ", " + c.Year.String() + "\u00a0: " + strings.Join(school.Classes, ", ")
		}
		out = append(out, PlanLine{"École", text})
	}
	calendarText := fmt.Sprintf("zone %s, jours fériés %s", s.Info.Zone, map[calendar.Region]string{calendar.AlsaceMoselle: "d’Alsace-Moselle"}[s.Info.Region])
	if s.Info.Region != calendar.AlsaceMoselle {
		calendarText = fmt.Sprintf("zone %s, jours fériés de métropole", s.Info.Zone)
	}
	out = append(out, PlanLine{"Calendrier", calendarText},
		PlanLine{"Service", fmt.Sprintf("%s, les %s à %s", s.Info.Name, strings.ReplaceAll(s.Info.Weekdays.String(), " ", ", "), s.Info.StartsAt.French())},
		PlanLine{"Réserver", strings.Join(s.Info.Book.Rules(), "\u00a0; ")}, PlanLine{"Annuler", strings.Join(s.Info.Cancel.Rules(), "\u00a0; ")})
	for _, p := range s.Tariffs {
		out = append(out, PlanLine{"Tarif", p.Label + who(p) + "\u00a0: " + p.Price().String()})
	}
	var papers []string
	for _, d := range s.Documents {
		papers = append(papers, d.Label)
	}
	if len(papers) == 0 {
		papers = []string{"aucune"}
	}
	return append(out, PlanLine{"Pièces", strings.Join(papers, ", ")},
		PlanLine{"Agent", fmt.Sprintf("%s, identifiant «\u00a0%s\u00a0», tous les rôles", t.Agent.Name, staff.CleanLogin(t.Agent.Login))})
}

func who(t catalog.Tariff) string {
	text := ""
	if b := t.Bracket(); b != "" {
		text = ", " + b
	}
	if t.Resident != nil {
		text += map[bool]string{true: ", habitants", false: ", hors commune"}[*t.Resident]
	}
	return text
}

// Bracket is one price by income quotient: from the end of the one before it up to
// and including Upto; the last one has no end.
type Bracket struct {
	Upto int // 0: and above
	Meal money.Cents
}

// Tariffs makes ordinary tariffs of brackets in order, valid from a day on, and one
// for those who do not live in the commune where there is such a price.
func Tariffs(brackets []Bracket, outside *money.Cents, from calendar.Date) ([]catalog.Tariff, error) {
	var resident *bool
	if outside != nil {
		yes := true
		resident = &yes
	}
	var out []catalog.Tariff
	next := 0
	for i, b := range brackets {
		t := catalog.Tariff{
			ValidFrom: from, ValidTo: calendar.MustISO("9999-12-31"), Kind: catalog.ForBooking, Label: "tranche " + fmt.Sprint(i+1),
			QuotientMin: next, QuotientMax: b.Upto, Resident: resident, Meal: b.Meal,
		}
		if len(brackets) == 1 {
			t.Label = "tarif unique"
		}
		switch last := i == len(brackets)-1; {
		case last:
			t.QuotientMax = catalog.MaxQuotient
		case b.Upto < next:
			return nil, fault.New(fault.Invalid, "Chaque tranche finit plus haut que la précédente\u00a0: la tranche %d doit finir à %d ou plus.", i+1, next)
		}
		if b.Meal < 0 {
			return nil, fault.New(fault.Invalid, "Un prix n’est pas négatif.")
		}
		next = t.QuotientMax + 1
		out = append(out, t)
	}
	if outside != nil {
		no := false
		out = append(out, catalog.Tariff{
			ValidFrom: from, ValidTo: calendar.MustISO("9999-12-31"), Kind: catalog.ForBooking, Label: "hors commune", QuotientMax: catalog.MaxQuotient, Resident: &no, Meal: *outside,
		})
	}
	return out, nil
}
