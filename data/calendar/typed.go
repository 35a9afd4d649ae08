package calendar

import (
	"strconv"
	"strings"
	"time"

	"ardoise/data/fault"
)

// fold lowers a word and takes the French accents off, so that what is typed in
// a hurry is understood.
var folder = strings.NewReplacer("é", "e", "è", "e", "ê", "e", "ë", "e", "à", "a", "â", "a", "û", "u", "ù", "u", "ô", "o", "î", "i", "ï", "i", "ç", "c", "ᵉʳ", "er", "’", "'", "\u00a0", " ", "\u202f", " ")

func fold(s string) string { return folder.Replace(strings.ToLower(strings.TrimSpace(s))) }

// halfYear is how far back (in days) a date without a year may lie.
const halfYear = 183

// maxTypedShift bounds "+3" and "-1": ten years either way.
const maxTypedShift = 3660

// ParseTyped reads what a person types in a date field, today being the civil
// day the answer is relative to:
//
//	5/9  5/9/26  5-9  5.9  0509  050926  05092026  05/09/2026  2026-09-05
//	5 septembre  5 sept. 2026  1er mars  auj  demain  hier  +3  -1
//
// A missing year is that of today's school year (1 August to 31 July); a day that
// would then lie more than half a year back is taken one year later: in July,
// "5/9" is next September. A two-digit year is at most ten years ahead of today,
// otherwise of the century before ("5/9/78" is 1978). Years 1900 to 2100 only.
func ParseTyped(text string, today Date) (Date, error) {
	s := fold(text)
	if d, ok := parseRelative(s, today); ok {
		return d, nil
	}
	parts, ok := splitDate(s)
	if !ok {
		return 0, badDate(text)
	}
	day, month, year := parts[0], parts[1], ""
	if len(parts) == 3 {
		year = parts[2]
	}
	if len(day) == 4 && year != "" { // 2026-09-05
		day, year = year, day
	}
	if day == "1er" {
		day = "1"
	}
	d, m := atoi(day), monthNumber(month)
	if d < 1 || m < 1 || len(day) > 2 {
		return 0, badDate(text)
	}
	switch len(year) {
	case 0:
		return withoutYear(text, d, m, today)
	case 2:
		return exact(text, d, m, centuryOf(atoi(year), today))
	case 4:
		return exact(text, d, m, atoi(year))
	}
	return 0, badDate(text)
}

func badDate(text string) error {
	return fault.New(fault.Invalid, "« %s » n’est pas une date. Écrivez par exemple 5/9, 05/09/2026, demain ou +3.", strings.TrimSpace(text))
}

func parseRelative(s string, today Date) (Date, bool) {
	switch s {
	case "auj", "auj.", "aujourd'hui", "aujourdhui":
		return today, true
	case "demain", "dem", "dem.":
		return today.Add(1), true
	case "hier":
		return today.Add(-1), true
	case "apres-demain":
		return today.Add(2), true
	case "avant-hier":
		return today.Add(-2), true
	}
	if len(s) < 2 || s[0] != '+' && s[0] != '-' {
		return 0, false
	}
	n := atoi(strings.TrimSpace(s[1:]))
	if n < 0 || n > maxTypedShift {
		return 0, false
	}
	if s[0] == '-' {
		n = -n
	}
	return today.Add(n), true
}

// splitDate gives two or three parts: day, month, perhaps year (in the order typed).
func splitDate(s string) ([]string, bool) {
	if atoi(s) >= 0 {
		switch len(s) {
		case 4:
			return []string{s[:2], s[2:]}, true
		case 6, 8:
			return []string{s[:2], s[2:4], s[4:]}, true
		}
		return nil, false
	}
	// A weekday in front is polite but says nothing more.
	if word, rest, found := strings.Cut(s, " "); found {
		for w := range weekdayNames {
			if word == weekdayNames[w] || word == weekdayShorts[w] {
				s = rest
			}
		}
	}
	if s == "" || strings.ContainsRune("/-.", rune(s[0])) {
		return nil, false
	}
	parts := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("/-. ", r) })
	return parts, len(parts) == 2 || len(parts) == 3
}

// atoi reads ASCII digits only (no sign), -1 for anything else.
func atoi(s string) int {
	if s == "" || len(s) > 8 {
		return -1
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return -1
		}
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		return -1
	}
	return n
}

func monthNumber(s string) int {
	if n := atoi(s); n >= 0 {
		if n > 12 || len(s) > 2 {
			return -1
		}
		return n
	}
	for m := 1; m <= 12; m++ {
		if s == fold(monthNames[m]) || s == strings.TrimSuffix(fold(monthShort[m]), ".") {
			return m
		}
	}
	return -1
}

func centuryOf(yy int, today Date) int {
	year := today.Year() - today.Year()%100 + yy
	if year > today.Year()+10 {
		year -= 100
	}
	return year
}

func exact(text string, day, month, year int) (Date, error) {
	if year < 1900 || year > 2100 {
		return 0, fault.New(fault.Invalid, "« %s » : l’année %d n’est pas possible ici (1900 à 2100).", strings.TrimSpace(text), year)
	}
	d := NewDate(year, time.Month(month), day)
	if d.Day() != day {
		return 0, fault.New(fault.Invalid, "« %s » : le %d %s %d n’existe pas.", strings.TrimSpace(text), day, monthNames[month], year)
	}
	return d, nil
}

func withoutYear(text string, day, month int, today Date) (Date, error) {
	year := SchoolYearOf(today)
	y := int(year)
	if time.Month(month) < schoolYearStart {
		y++
	}
	if NewDate(y, time.Month(month), day) < today.Add(-halfYear) {
		y++
	}
	return exact(text, day, month, y)
}
