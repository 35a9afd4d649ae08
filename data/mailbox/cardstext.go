package mailbox

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/mailbox/reading"
)

// first is a child's first name, "" where the child is not of the family.
func (j *judge) first(id int64) string {
	for _, c := range j.family.Children {
		if c.ID == id {
			return c.First
		}
	}
	return ""
}

// names gives « Léa et Hugo ».
func (j *judge) names(ids []int64) string {
	list := make([]string, len(ids))
	for i, id := range ids {
		list[i] = j.first(id)
	}
	return andList(list)
}

// guardian names who wrote, else the first guardian.
func (j *judge) guardian() string {
	for _, g := range j.family.Guardians {
		if g.Email != "" && g.Email == j.m.From.Mail {
			return g.Name()
		}
	}
	if len(j.family.Guardians) > 0 {
		return j.family.Guardians[0].Name()
	}
	return ""
}

func andList(list []string) string {
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	return strings.Join(list[:len(list)-1], ", ") + " et " + list[len(list)-1]
}

func upper(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

// plural gives « 1 repas », « 3 pièces ».
func plural(n int, one, many string) string {
	if n > 1 {
		one = many
	}
	return fmt.Sprintf("%d %s", n, one)
}

// manyDays is from how many days on they are written short.
const manyDays = 5

// daysText gives « jeudi 26 novembre 2026 », « vendredi 27 et lundi 30 novembre »,
// « 3, 7, 10, 14 et 17 déc. ».
func daysText(days []calendar.Date) string {
	switch {
	case len(days) == 1:
		return days[0].Long()
	case len(days) >= manyDays:
		return calendar.ListText(days)
	}
	list := make([]string, len(days))
	for i, d := range days {
		list[i] = d.LongNoYear()
		if i+1 < len(days) && days[i+1].FirstOfMonth() == d.FirstOfMonth() {
			list[i] = strings.TrimSuffix(list[i], " "+calendar.MonthName(d.Month()))
		}
	}
	return andList(list)
}

// meals gives « le repas », « 3 repas » for a service.
func (j *judge) meals(service int64, n int) string {
	word := ledger.MealWord(j.services[service].Kind, n)
	if n != 1 {
		return fmt.Sprintf("%d %s", n, word)
	}
	return theMeal(word)
}

// theMeal puts the article before the word of one meal.
func theMeal(word string) string {
	switch first, _ := utf8.DecodeRuneInString(word); {
	case strings.ContainsRune("aeiouéè", first):
		return "l’" + word
	case word == "journée" || word == "réservation":
		return "la " + word
	}
	return "le " + word
}

// theDocument names a kind of document with its article.
var theDocument = map[string]string{
	"health_form": "la fiche sanitaire", "iban": "le RIB", "mandate": "le mandat de prélèvement", "insurance": "l’assurance scolaire",
	"income": "l’attestation de quotient familial", "exit": "l’autorisation de sortie", "medical_certificate": "le certificat médical", "other": "la pièce",
}

// title gives « Annuler le repas de Hugo ».
func (j *judge) title(c *Card) string {
	ch := c.Choice
	names, n := j.names(ch.Children), len(ch.Children)*len(ch.Days)
	switch ch.Kind {
	case reading.Book:
		if names == "" {
			return "Réserver"
		}
		return "Réserver " + names
	case reading.Cancel:
		if names == "" || n == 0 {
			return "Annuler"
		}
		return "Annuler " + j.meals(ch.ServiceID, n) + " " + fault.De(names)
	case reading.JustifiedAbsence:
		if names == "" {
			return "Justifier une absence"
		}
		return "Justifier l’absence " + fault.De(names)
	case reading.Documents:
		if len(ch.Files) == 1 && theDocument[ch.Files[0].Kind] != "" {
			return "Classer " + theDocument[ch.Files[0].Kind]
		}
		if len(ch.Files) == 0 {
			return "Classer une pièce"
		}
		return "Classer " + plural(len(ch.Files), "pièce", "pièces")
	case reading.AccessRequest:
		s := "un service"
		if ch.ServiceID != 0 {
			s = "« " + j.services[ch.ServiceID].Short + " »"
			if j.services[ch.ServiceID].Kind == "canteen" {
				s = "la cantine"
			}
		}
		if names == "" {
			return "Demander l’accès à " + s
		}
		return fault.French("Demander l’accès à " + s + " pour " + names)
	case reading.BankDetails:
		return "Changer les coordonnées bancaires"
	case reading.Bounce:
		return "Adresse qui refuse nos courriels"
	}
	return "À lire"
}
