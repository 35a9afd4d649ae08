package schoolyear

import (
	"fmt"
	"slices"
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/data/store"
)

// ready looks at what the year needs before anything is asked of families:
// holidays, services that go on, tariffs for all its days, documents.
func ready(tx *store.Tx, year calendar.SchoolYear) (out []Check, err error) {
	services, err := catalog.ServicesTx(tx)
	if err != nil {
		return nil, err
	}
	services = slices.DeleteFunc(services, func(s catalog.ServiceInfo) bool { return !s.Active })
	if len(services) == 0 {
		return []Check{{What: "Services", Said: "Aucun service n’est ouvert" + nbsp + ": créez-en un dans Réglages, Services."}}, nil
	}
	holidays, err := catalog.HolidaysTx(tx)
	if err != nil {
		return nil, err
	}
	out = append(out, zones(services, holidays, year)...)
	tariffs, err := catalog.TariffsTx(tx)
	if err != nil {
		return nil, err
	}
	plans, err := catalog.PlansTx(tx, services)
	if err != nil {
		return nil, err
	}
	required, err := catalog.RequiredAllTx(tx)
	if err != nil {
		return nil, err
	}
	for _, s := range services {
		out = append(out, pricesOf(s, plans[s.ID], tariffs, year), documentsOf(s, required[s.ID]))
	}
	return out, nil
}

// zones says of each holiday zone of the services whether the year is known.
func zones(services []catalog.ServiceInfo, holidays []calendar.Holiday, year calendar.SchoolYear) (out []Check) {
	var seen []calendar.Zone
	for _, s := range services {
		if slices.Contains(seen, s.Zone) {
			continue
		}
		seen = append(seen, s.Zone)
		c := Check{What: "Vacances scolaires, zone " + string(s.Zone), OK: calendar.YearKnown(holidays, s.Zone, year), Said: "Connues pour " + year.String() + "."}
		if !c.OK {
			c.Said = fault.French(calendar.MissingText(s.Zone, year))
		}
		out = append(out, c)
	}
	return out
}

// pricesOf looks for a day of the year that no ordinary tariff of the service
// covers, for one of the kinds of children and payers: each day a tariff may
// change is tried, and the day the year's service begins and ends.
func pricesOf(s catalog.ServiceInfo, plan *calendar.Plan, tariffs []catalog.Tariff, year calendar.SchoolYear) Check {
	c := Check{What: "Tarifs, " + s.Short + ", " + s.Commune}
	days := plan.OpenDays(calendar.NewDate(int(year), 9, 1), year.Last())
	if len(days) == 0 {
		c.Said = "Le service n’ouvre aucun jour de l’année" + nbsp + ": relisez ses jours et ses fermetures."
		return c
	}
	var own []catalog.Tariff
	tries := []calendar.Date{days[0], days[len(days)-1]}
	for _, t := range tariffs {
		if t.ServiceID != s.ID || t.Kind != catalog.ForBooking {
			continue
		}
		own = append(own, t)
		for _, d := range []calendar.Date{t.ValidFrom, t.ValidTo.Add(1)} {
			if d > days[0] && d <= days[len(days)-1] {
				tries = append(tries, d)
			}
		}
	}
	slices.Sort(tries)
	for _, day := range tries {
		if why := unpriced(own, day); why != "" {
			c.Said = fmt.Sprintf("Aucun tarif à partir du %s%s"+nbsp+": prolongez ou ajoutez les tarifs dans Réglages, Services.", day.Long(), why)
			return c
		}
	}
	c.OK, c.Said = true, "Toute l’année est couverte."
	return c
}

// unpriced says for whom no tariff is found that day, " (maternelle)"; "" where
// all have one.
func unpriced(own []catalog.Tariff, day calendar.Date) string {
	var who []string
	none := 0
	for _, age := range []string{"maternelle", "elementaire"} {
		var missing []string
		for _, resident := range []bool{true, false} {
			_, _, err := catalog.Pick(own, catalog.Criteria{Day: day, Resident: resident, AgeGroup: age, SiblingRank: 1, Kind: catalog.ForBooking})
			if err != nil {
				missing = append(missing, map[bool]string{true: " des habitants", false: " hors commune"}[resident])
			}
		}
		none += len(missing)
		switch len(missing) {
		case 1:
			who = append(who, catalog.AgeLabel(age)+missing[0])
		case 2:
			who = append(who, catalog.AgeLabel(age))
		}
	}
	switch none {
	case 0:
		return ""
	case 4:
		return " (pour personne)"
	}
	return " (" + strings.Join(who, ", ") + ")"
}

// documentsOf tells what the service will ask of families again.
func documentsOf(s catalog.ServiceInfo, list []catalog.RequiredDocument) Check {
	c := Check{What: "Pièces, " + s.Short + ", " + s.Commune, OK: true, Said: "Aucune pièce n’est demandée."}
	var names []string
	for _, d := range list {
		name := d.Label
		if d.DebitOnly {
			name += " (prélèvement)"
		}
		names = append(names, name)
	}
	if len(names) > 0 {
		c.Said = "Seront demandées" + nbsp + ": " + strings.Join(names, ", ") + "."
	}
	return c
}
