package calendar

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"ardoise/data/fault"
)

// The text of a cut-off, as the database and catalog.toml keep it. Case, accents
// and spaces do not matter when read; String writes the form below.
//
//	jeudi 12:00 semaine-1          Thursday 12:00 of the week before (semaine-0: same week)
//	J-1 10:00                      the day before at 10:00, in calendar days
//	J-1 10:00 ouvrés               … in working days (Monday to Friday, no public holiday)
//	J-1 10:00 ouverture            … in days the service is open
//	J-8 24:00                      8 days before at midnight (the end of that day)
//	J-0 08:30                      the same day at 08:30
//	72h avant 12:00                72 hours before the service, which starts at 12:00
//	… avancé-si-fermé              behind any of them: a limit on a weekend, public holiday or
//	                               closure moves to the working day before
//
// Also understood: "veille" for J-1, "jour-même" for J-0, "semaine" for semaine-0,
// "calendaires", hours as 10h, 10h30, midi, minuit.
const (
	wordWorking  = "ouvrés"
	wordOpen     = "ouverture"
	wordSkip     = "avancé-si-fermé"
	wordCalendar = "calendaires"
)

// String gives the text that ParseCutoff reads back.
func (c Cutoff) String() string {
	var s string
	switch c.Form {
	case HoursBefore:
		s = strconv.Itoa(c.Hours) + "h avant " + c.Start.String()
	case DaysBefore:
		s = "J-" + strconv.Itoa(c.Days) + " " + c.At.String()
		switch c.Count {
		case WorkingDays:
			s += " " + wordWorking
		case OpenDays:
			s += " " + wordOpen
		}
	default:
		s = fmt.Sprintf("%s %s semaine-%d", WeekdayName(c.Weekday), c.At, c.WeeksBefore)
	}
	if c.SkipClosed {
		s += " " + wordSkip
	}
	return s
}

func badCutoff(text, why string) error {
	return fault.New(fault.Invalid, "Date limite « %s » non comprise (%s). Formes possibles : « jeudi 12:00 semaine-1 », « J-1 10:00 », « J-1 10:00 ouvrés », « J-1 10:00 ouverture », « J-8 24:00 », « J-0 08:30 », « 72h avant 12:00 » ; ajoutez « avancé-si-fermé » pour avancer une limite qui tombe un jour fermé.", strings.TrimSpace(text), why)
}

// ParseCutoff reads the text of one cut-off.
func ParseCutoff(text string) (Cutoff, error) {
	var c Cutoff
	s := fold(text)
	s = strings.NewReplacer("avance si ferme", fold(wordSkip), "jour meme", "jour-meme", "meme semaine", "semaine-0").Replace(strings.Join(strings.Fields(s), " "))
	words := strings.Fields(s)
	if n := len(words); n > 0 && words[n-1] == fold(wordSkip) {
		c.SkipClosed = true
		words = words[:n-1]
	}
	if len(words) < 2 {
		return Cutoff{}, badCutoff(text, "il manque le jour ou l’heure")
	}
	var why string
	switch first := words[0]; {
	case words[1] == "avant":
		why = c.readHours(words)
	case strings.HasPrefix(first, "j-") || first == "veille" || first == "jour-meme":
		why = c.readDays(words)
	default:
		why = c.readWeekly(words)
	}
	if why != "" {
		return Cutoff{}, badCutoff(text, why)
	}
	if err := c.Validate(); err != nil {
		return Cutoff{}, fault.Wrap(fault.Invalid, err, "Date limite « %s » refusée. %s", strings.TrimSpace(text), fault.Sentence(err))
	}
	return c, nil
}

func (c *Cutoff) readHours(words []string) (why string) {
	c.Form = HoursBefore
	c.Hours = atoi(strings.TrimSuffix(words[0], "h"))
	if c.Hours < 0 || !strings.HasSuffix(words[0], "h") {
		return "avant « avant », écrivez un nombre d’heures, par exemple 72h"
	}
	if len(words) != 3 {
		return "après « avant », écrivez l’heure de début du service, par exemple 12:00"
	}
	return readClock(words[2], &c.Start)
}

func (c *Cutoff) readDays(words []string) (why string) {
	c.Form = DaysBefore
	switch words[0] {
	case "veille":
		c.Days = 1
	case "jour-meme":
		c.Days = 0
	default:
		if c.Days = atoi(words[0][2:]); c.Days < 0 {
			return "après « J- », écrivez un nombre de jours"
		}
	}
	if why := readClock(words[1], &c.At); why != "" {
		return why
	}
	if len(words) == 2 {
		return ""
	}
	switch words[2] {
	case wordCalendar:
		c.Count = CalendarDays
	case fold(wordWorking):
		c.Count = WorkingDays
	case wordOpen:
		c.Count = OpenDays
	default:
		return "« " + words[2] + " » n’est ni calendaires, ni ouvrés, ni ouverture"
	}
	return extra(words, 3)
}

func (c *Cutoff) readWeekly(words []string) (why string) {
	c.Form = Weekly
	w, err := ParseWeekday(words[0])
	if err != nil {
		return "« " + words[0] + " » n’est ni un jour de la semaine, ni J-…, ni un nombre d’heures"
	}
	c.Weekday = w
	if why := readClock(words[1], &c.At); why != "" {
		return why
	}
	if len(words) == 2 {
		return "il manque la semaine, par exemple semaine-1"
	}
	if words[2] != "semaine" {
		n, found := strings.CutPrefix(words[2], "semaine-")
		if c.WeeksBefore = atoi(n); !found || c.WeeksBefore < 0 {
			return "« " + words[2] + " » n’est pas une semaine, écrivez semaine-0 ou semaine-1"
		}
	}
	return extra(words, 3)
}

func extra(words []string, n int) string {
	if len(words) > n {
		return "« " + words[n] + " » est en trop"
	}
	return ""
}

// ParseClock reads "10:00", "10h", "10h30", "midi", "minuit" (24:00).
func ParseClock(text string) (Clock, error) {
	var c Clock
	if why := readClock(strings.ReplaceAll(fold(text), " ", ""), &c); why != "" {
		return Clock{}, fault.New(fault.Invalid, "« %s » n’est pas une heure : écrivez par exemple 10:00.", strings.TrimSpace(text))
	}
	return c, nil
}

func readClock(word string, c *Clock) (why string) {
	switch word {
	case "midi":
		*c = Clock{12, 0}
		return ""
	case "minuit":
		*c = Clock{24, 0}
		return ""
	}
	h, m, found := strings.Cut(word, ":")
	if !found {
		h, m, found = strings.Cut(word, "h")
		if found && m == "" {
			m = "00"
		}
	}
	*c = Clock{atoi(h), atoi(m)}
	if !found || len(h) > 2 || len(m) != 2 || !c.valid() {
		return "« " + word + " » n’est pas une heure, écrivez par exemple 10:00"
	}
	return ""
}

// MarshalText keeps a clock as "10:00".
func (c Clock) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads a clock.
func (c *Clock) UnmarshalText(b []byte) (err error) {
	*c, err = ParseClock(string(b))
	return err
}

// MarshalText keeps a cut-off as its text in JSON and TOML.
func (c Cutoff) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads the text of a cut-off.
func (c *Cutoff) UnmarshalText(b []byte) (err error) {
	*c, err = ParseCutoff(string(b))
	return err
}

// exception is a limit of its own and the weekdays that have it.
type exception struct {
	days   Weekdays
	cutoff Cutoff
}

// exceptions groups the weekdays by limit, in the order of the week.
func (s CutoffSet) exceptions() []exception {
	var list []exception
	for _, w := range frenchWeek {
		c, ok := s.ByWeekday[w]
		if !ok {
			continue
		}
		i := slices.IndexFunc(list, func(e exception) bool { return e.cutoff == c })
		if i < 0 {
			i = len(list)
			list = append(list, exception{cutoff: c})
		}
		list[i].days = list[i].days.With(w)
	}
	return list
}

// String gives the whole set on one line: the default, then the weekdays with
// another limit: "J-1 10:00 ; lundi mardi = jeudi 10:00 semaine-1".
func (s CutoffSet) String() string {
	text := s.Default.String()
	for _, e := range s.exceptions() {
		text += " ; " + e.days.String() + " = " + e.cutoff.String()
	}
	return text
}

// ParseCutoffSet reads what CutoffSet.String writes.
func ParseCutoffSet(text string) (CutoffSet, error) {
	var s CutoffSet
	for i, part := range strings.Split(text, ";") {
		days, rule, found := strings.Cut(part, "=")
		if i == 0 {
			if found {
				return CutoffSet{}, fault.New(fault.Invalid, "Écrivez d’abord la date limite de tous les jours, puis « ; » et celles des autres jours, par exemple « J-1 10:00 ; lundi = jeudi 10:00 semaine-1 ».")
			}
			days, rule = "", part
		} else if !found {
			return CutoffSet{}, fault.New(fault.Invalid, "« %s » : écrivez les jours, « = », puis leur date limite, par exemple « lundi mardi = jeudi 10:00 semaine-1 ».", strings.TrimSpace(part))
		}
		c, err := ParseCutoff(rule)
		if err != nil {
			return CutoffSet{}, err
		}
		if i == 0 {
			s.Default = c
			continue
		}
		set, err := ParseWeekdays(days)
		if err != nil {
			return CutoffSet{}, err
		}
		if set == 0 {
			return CutoffSet{}, fault.New(fault.Invalid, "« %s » : il manque le jour avant « = ».", strings.TrimSpace(part))
		}
		for _, w := range set.Days() {
			if _, twice := s.ByWeekday[w]; twice {
				return CutoffSet{}, fault.New(fault.Invalid, "Le %s a deux dates limites.", WeekdayName(w))
			}
			if s.ByWeekday == nil {
				s.ByWeekday = map[time.Weekday]Cutoff{}
			}
			s.ByWeekday[w] = c
		}
	}
	return s, nil
}

// MarshalText keeps a set on one line in JSON, TOML and the database.
func (s CutoffSet) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads a set.
func (s *CutoffSet) UnmarshalText(b []byte) (err error) {
	*s, err = ParseCutoffSet(string(b))
	return err
}

// Rules gives the whole set in French words, one line a limit, for a settings page.
func (s CutoffSet) Rules() []string {
	lines := []string{s.Default.ruleWithSkip()}
	for _, e := range s.exceptions() {
		days := strings.ReplaceAll(e.days.String(), " ", ", ")
		lines = append(lines, days+nbsp+": "+e.cutoff.ruleWithSkip())
	}
	return lines
}

func (c Cutoff) ruleWithSkip() string {
	if c.SkipClosed {
		return c.Rule() + ", avancée au jour ouvré précédent si le service est fermé"
	}
	return c.Rule()
}
