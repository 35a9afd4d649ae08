package page

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"ardoise/data/calendar"
)

const (
	nbsp  = "\u00a0"
	nnbsp = "\u202f"
)

var (
	months   = [...]string{"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"}
	weekdays = [...]string{"dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"}
)

func dateOf(t time.Time) calendar.Date { return calendar.DateOf(t) }

// Date gives "24/11/2026", or "" for no date.
func Date(d calendar.Date) string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%02d/%02d/%04d", d.Day(), d.Month(), d.Year())
}

// LongDate gives "mardi 24 novembre 2026", with "1ᵉʳ" for a first of the month.
func LongDate(d calendar.Date) string {
	if d.IsZero() {
		return ""
	}
	return Weekday(d) + " " + DayMonth(d) + " " + strconv.Itoa(d.Year())
}

// DayMonth gives "24 novembre", the day never parted from its month.
func DayMonth(d calendar.Date) string {
	day := strconv.Itoa(d.Day())
	if d.Day() == 1 {
		day = "1ᵉʳ"
	}
	return day + nbsp + months[d.Month()-1]
}

// Month gives "novembre 2026".
func Month(d calendar.Date) string { return months[d.Month()-1] + " " + strconv.Itoa(d.Year()) }

// Weekday gives "mardi".
func Weekday(d calendar.Date) string { return weekdays[d.Weekday()] }

// ShortDay gives "mar. 24".
func ShortDay(d calendar.Date) string { return Weekday(d)[:3] + "." + nbsp + strconv.Itoa(d.Day()) }

// Span gives "du 1ᵉʳ novembre 2026 au 8 décembre 2026".
func Span(from, to calendar.Date) string {
	return fmt.Sprintf("du %s %d au %s %d", DayMonth(from), from.Year(), DayMonth(to), to.Year())
}

// Clock gives the hour of an instant in Paris: "9 h 05".
func Clock(t time.Time) string {
	t = t.In(calendar.Paris)
	return fmt.Sprintf("%d%sh%s%02d", t.Hour(), nbsp, nbsp, t.Minute())
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
