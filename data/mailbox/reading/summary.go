package reading

import (
	"slices"
	"strings"

	"ardoise/data/calendar"
)

// Summary gives the one line that a list shows of a message.
func Summary(u Understood, children []Child) string {
	var parts []string
	for _, p := range u.Proposals {
		if s := summaryOf(p, children); s != "" && !slices.Contains(parts, s) {
			parts = append(parts, s)
		}
	}
	if len(parts) > 3 {
		parts = append(parts[:3], "…")
	}
	if len(parts) == 0 {
		return "Non compris\u00a0: à lire"
	}
	return strings.Join(parts, " · ")
}

func summaryOf(p Proposal, children []Child) string {
	var head string
	items := []string{namesIn(p.Children, children)}
	switch p.Kind {
	case Book:
		head = "Réservation"
		items = append(items, daysText(p.Days))
	case Cancel:
		head = "Annulation"
		items = append(items, daysText(p.Days))
	case JustifiedAbsence:
		head = "Absence"
		items = append(items, daysText(p.Days))
	case AccessRequest:
		head = "Demande"
		items = []string{"cantine", items[0]}
	case Documents:
		head = "Pièce"
		if len(p.Files) > 1 {
			head = "Pièces"
		}
		items = []string{filesText(p.Files), items[0]}
	case BankDetails:
		return "Coordonnées bancaires"
	case Bounce:
		return "Adresse en erreur"
	default:
		if p.Doubt == "" && strings.HasPrefix(p.Why, "C’est une question") || strings.HasPrefix(p.Doubt, "C’est une question") {
			return "Question"
		}
		if p.Doubt == "" {
			return "Rien à faire"
		}
		return "Non compris\u00a0: à lire"
	}
	items = slices.DeleteFunc(items, func(s string) bool { return s == "" })
	if len(items) == 0 {
		return head
	}
	return head + "\u00a0: " + strings.Join(items, ", ")
}

func namesIn(ids []int64, children []Child) string {
	var names []string
	for _, id := range ids {
		for _, c := range children {
			if c.ID == id {
				names = append(names, c.First)
			}
		}
	}
	return listText(names)
}

// daysText: three days by name, more by their number.
func daysText(days []calendar.Date) string {
	if len(days) > 3 {
		return itoa(len(days)) + " jours"
	}
	var names []string
	for _, d := range days {
		names = append(names, d.Medium())
	}
	return listText(names)
}

func filesText(files []FileGuess) string {
	var names []string
	for _, f := range files {
		s := DocumentName(f.Kind)
		if s == "" {
			s = "à reconnaître"
		}
		if !slices.Contains(names, s) {
			names = append(names, s)
		}
	}
	return strings.Join(names, ", ")
}
