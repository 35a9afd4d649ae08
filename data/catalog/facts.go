package catalog

import (
	"fmt"
	"slices"
	"strings"

	"ardoise/data/calendar"
)

// A fact is one thing a person may change, and its value in French.
type fact struct{ what, value string }

// changes says which facts are other than they were: « places par jour, 120 au
// lieu de 160 ». Both lists are made by one function.
func changes(old, now []fact) []string {
	var out []string
	for i, f := range now {
		if i < len(old) && old[i].value != f.value {
			out = append(out, f.what+", "+orNothing(f.value)+" au lieu de "+orNothing(old[i].value))
		}
	}
	return out
}

func orNothing(v string) string {
	if v == "" {
		return "rien"
	}
	return v
}

func communeFacts(c Commune) []fact {
	return []fact{{"nom", c.Name}, {"code INSEE", c.INSEE}, {"code postal", c.Postal}}
}

func serviceFacts(s ServiceInfo) []fact {
	pay := make([]string, len(s.Pay))
	for i, p := range s.Pay {
		pay[i] = PayLabel(p)
	}
	return []fact{
		{"commune", s.Commune},
		{"nom", s.Name},
		{"nom court", s.Short},
		{"genre", KindLabel(s.Kind)},
		{"prestation", s.Product},
		{"jours", strings.ReplaceAll(s.Weekdays.String(), " ", ", ")},
		{"jours fériés", label(regions, string(s.Region))},
		{"zone de vacances", string(s.Zone)},
		{"vacances scolaires", map[bool]string{true: "ouvert", false: "fermé"}[s.InHolidays]},
		{"heure du service", s.StartsAt.French()},
		{"réserver", cutoffText(s.Book)},
		{"annuler", cutoffText(s.Cancel)},
		{"places par jour", placesText(s.Capacity)},
		{"moyens de paiement", strings.Join(pay, ", ")},
		{"jours de carence", fmt.Sprint(s.WaitingDays)},
		{"justificatif", fmt.Sprintf("sous %d"+nbsp+"h", s.ProofHours)},
		{"solde bas", s.LowBalance.String()},
		{"état", map[bool]string{true: "proposé", false: "retiré de la liste"}[s.Active]},
	}
}

func cutoffText(s calendar.CutoffSet) string { return strings.Join(s.Rules(), " ; ") }

func placesText(n *int) string {
	if n == nil {
		return "sans limite"
	}
	return fmt.Sprint(*n)
}

func sittingFacts(t Sitting) []fact {
	return []fact{{"nom", t.Name}, {"places", placesText(t.Capacity)}}
}

func tariffFacts(t Tariff) []fact {
	who := "résidents et extérieurs"
	if t.Resident != nil {
		who = map[bool]string{true: "résidents", false: "extérieurs"}[*t.Resident]
	}
	return []fact{
		{"libellé", t.Label},
		{"cas", label(tariffKinds, t.Kind)},
		{"valable du", t.ValidFrom.Short()},
		{"valable jusqu’au", endText(t.ValidTo)},
		{"tranche", orAll(t.Bracket())},
		{"pour", who},
		{"âge", label(allAges, t.AgeGroup)},
		{"rang de l’enfant", rankText(t.SiblingRank)},
		{"repas", t.Meal.String()},
		{"encadrement", t.Care.String()},
	}
}

// softTariff are the facts that may change of a tariff that priced bookings.
var softTariff = []string{"libellé", "valable jusqu’au"}

// hardened reports whether something else than those changed.
func hardened(old, now Tariff) bool {
	a, b := tariffFacts(old), tariffFacts(now)
	for i := range a {
		if a[i] != b[i] && !slices.Contains(softTariff, a[i].what) {
			return true
		}
	}
	return false
}

func endText(d calendar.Date) string {
	if d >= endless {
		return "sans fin"
	}
	return d.Short()
}

func orAll(bracket string) string {
	if bracket == "" {
		return "tous les quotients"
	}
	return bracket
}

func rankText(n int) string {
	switch n {
	case 0:
		return "tous"
	case 1:
		return "à partir du 1ᵉʳ"
	}
	return fmt.Sprintf("à partir du %dᵉ", n)
}
