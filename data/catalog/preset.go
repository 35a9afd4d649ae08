package catalog

import (
	"time"

	"ardoise/data/calendar"
)

// Preset is a canteen as most towns run it, to start from: Monday, Tuesday,
// Thursday and Friday at 12:00, to book the Thursday before at noon, to cancel
// the day of service before at 10:00, one bracket, the health form and the papers of a
// direct debit. schools are those it takes. The price is nobody's to guess: it
// is 0 until somebody types one, and a plan says so.
func Preset(c Commune, zone calendar.Zone, schools []School, today calendar.Date) Draft {
	d := Draft{
		Info: ServiceInfo{
			CommuneID: c.ID, Commune: c.Name, Name: "Service cantine, " + c.Name, Short: "Cantine", Kind: Canteen, Product: "Réservation repas cantine",
			Weekdays: calendar.SchoolWeek, Region: calendar.RegionOf(c.INSEE), Zone: zone, StartsAt: calendar.Clock{Hour: 12},
			Book:       calendar.CutoffSet{Default: calendar.Cutoff{Form: calendar.Weekly, Weekday: time.Thursday, WeeksBefore: 1, At: calendar.Clock{Hour: 12}}},
			Cancel:     calendar.CutoffSet{Default: calendar.Cutoff{Form: calendar.DaysBefore, Days: 1, Count: calendar.OpenDays, At: calendar.Clock{Hour: 10}}},
			Pay:        []string{"wallet", "card", "cheque", "cash", "monthly"},
			ProofHours: defaultProof, LowBalance: defaultLow, Active: true,
		},
		Tariffs: []Tariff{{Label: "tarif unique", Kind: ForBooking, ValidFrom: calendar.SchoolYearOf(today).First(), ValidTo: endless, QuotientMax: MaxQuotient}},
	}
	for _, s := range schools {
		d.Schools = append(d.Schools, TakenSchool{SchoolID: s.ID})
	}
	for _, r := range []RequiredDocument{{Kind: "health_form"}, {Kind: "iban", DebitOnly: true}, {Kind: "mandate", DebitOnly: true}} {
		r.Label, r.Months = DocumentLabel(r.Kind), defaultMonths
		d.Documents = append(d.Documents, r)
	}
	return d
}
