package page

import (
	"strconv"
	"strings"

	"ardoise/data/calendar"
)

const (
	nbsp  = "\u00a0"
	nnbsp = "\u202f"
)

// Span gives "du 23 au 27 novembre 2026", "du 26 novembre au 4 décembre 2026",
// "du 1ᵉʳ décembre 2026 au 4 janvier 2027"; calendar has the other forms.
func Span(from, to calendar.Date) string {
	first := strings.TrimPrefix(from.LongNoYear(), calendar.WeekdayName(from.Weekday())+" ")
	last := strings.TrimPrefix(to.Long(), calendar.WeekdayName(to.Weekday())+" ")
	switch {
	case from == to:
		return "le " + last
	case from.Year() != to.Year():
		first += " " + strconv.Itoa(from.Year())
	case from.Month() == to.Month():
		first, _, _ = strings.Cut(first, " ")
	}
	return "du " + first + " au " + last
}

// Number gives an integer with its thousands apart: "1 250", "–3".
func Number(n int) string {
	s := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, s = "–", s[1:]
	}
	var b strings.Builder
	for i := range len(s) {
		if i > 0 && (len(s)-i)%3 == 0 {
			b.WriteString(nnbsp)
		}
		b.WriteByte(s[i])
	}
	return sign + b.String()
}

// Delta gives what came and what went: "+2 / –1", "+2", "–1", or "".
func Delta(added, removed int) string {
	plus, minus := "+"+Number(added), "–"+Number(removed)
	switch {
	case added != 0 && removed != 0:
		return plus + nbsp + "/" + nbsp + minus
	case added != 0:
		return plus
	case removed != 0:
		return minus
	}
	return ""
}

// Count gives "1 repas", "1 204 enfants": zero and one are singular in French.
func Count(n int, one, many string) string {
	word := many
	if n >= -1 && n <= 1 {
		word = one
	}
	return Number(n) + nbsp + word
}

// Capital raises the first letter: "Mardi 24 novembre".
func Capital(s string) string {
	for i, r := range s {
		return strings.ToUpper(string(r)) + s[i+len(string(r)):]
	}
	return s
}
