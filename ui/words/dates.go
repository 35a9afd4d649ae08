package words

import (
	"regexp"
	"strings"
)

var calendarWords = map[string]string{
	"lundi": "Monday", "mardi": "Tuesday", "mercredi": "Wednesday", "jeudi": "Thursday", "vendredi": "Friday", "samedi": "Saturday", "dimanche": "Sunday",
	"lun": "Mon", "mar": "Tue", "mer": "Wed", "jeu": "Thu", "ven": "Fri", "sam": "Sat", "dim": "Sun",
	"janvier": "January", "février": "February", "mars": "March", "avril": "April", "mai": "May", "juin": "June", "juillet": "July",
	"août": "August", "septembre": "September", "octobre": "October", "novembre": "November", "décembre": "December",
	"janv": "Jan", "févr": "Feb", "avr": "Apr", "juil": "Jul", "sept": "Sep", "oct": "Oct", "nov": "Nov", "déc": "Dec",
	"1er": "1", "1ᵉʳ": "1", "à": "at", "au": "to", "du": "from", "le": "on", "et": "and", "semaine": "week",
}

var (
	dateWord = regexp.MustCompile(`[\p{L}\d]+[ᵉʳ]*\.?`)
	hours    = regexp.MustCompile(`\b(\d{1,2}) h (\d\d)\b`)
	hourOnly = regexp.MustCompile(`\b(\d{1,2}) h\b`)
)

// dates turns a text made of nothing but days, months, figures and the small
// words between them: « jeudi 26 novembre 2026 à 10 h 00 ».
func dates(s string) (string, bool) {
	text := hourOnly.ReplaceAllString(hours.ReplaceAllString(s, "$1:$2"), "$1:00")
	changed, ours := text != s, true
	out := dateWord.ReplaceAllStringFunc(text, func(w string) string {
		bare := strings.TrimSuffix(w, ".")
		low := strings.ToLower(bare)
		if bare[0] >= '0' && bare[0] <= '9' && low != "1er" && !strings.HasPrefix(low, "1ᵉ") {
			return w
		}
		e, ok := calendarWords[low]
		if !ok {
			ours = false
			return w
		}
		changed = true
		if bare != low && bare[0] >= 'A' && bare[0] <= 'Z' { // at the head of a title
			e = strings.ToUpper(e[:1]) + e[1:]
		}
		return e
	})
	return out, changed && ours
}
