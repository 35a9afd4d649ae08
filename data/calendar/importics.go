package calendar

import (
	"regexp"
	"strings"
	"time"

	"ardoise/data/fault"
)

// icsLine is one unfolded property with the number of its first line in the file.
type icsLine struct {
	number      int
	name, value string
}

// unfold joins continuation lines (a leading space or tab, RFC 5545 3.1).
func unfold(text string) []icsLine {
	var lines []icsLine
	for i, raw := range strings.Split(text, "\n") {
		raw = strings.TrimSuffix(raw, "\r")
		if raw == "" {
			continue
		}
		if (raw[0] == ' ' || raw[0] == '\t') && len(lines) > 0 {
			lines[len(lines)-1].value += raw[1:]
			continue
		}
		name, value, _ := strings.Cut(raw, ":")
		name, _, _ = strings.Cut(name, ";")
		lines = append(lines, icsLine{i + 1, strings.ToUpper(strings.TrimSpace(name)), value})
	}
	return lines
}

// The ministry has written "Zone A", "Zones A B C", "Zones A/B/C" and, in the UID
// alone, "Zone-A-B-C-Corse".
var zonesInText = regexp.MustCompile(`(?i)\bzones?[\s-]+((?:[ABC]\b(?:\s*(?:[/,&-]|et\b)\s*|\s+)?)+)`)

// zonesNamed gives the zones a text names, in its order, none if it names none.
func zonesNamed(text string) []Zone {
	m := zonesInText.FindStringSubmatch(text)
	if m == nil {
		return nil
	}
	var zones []Zone
	for _, r := range strings.ToUpper(m[1]) {
		if r >= 'A' && r <= 'C' {
			zones = append(zones, Zone(r))
		}
	}
	return zones
}

// icsEvent gathers what one VEVENT says.
type icsEvent struct {
	line       int
	label      string
	texts      string // what may name the zone or the teachers, in order of the file
	uid        string // names the zone where nothing else does
	start, end Date
	endSeen    bool
	timed      bool // an hour of the day is said
	repeats    bool
	cancelled  bool
	duration   string
}

func parseICS(text string, fallback Zone) ([]Holiday, error) {
	var list []Holiday
	seen := map[Holiday]bool{}
	err := eachEvent(text, func(name string) {
		if zones := zonesNamed(name); len(zones) == 1 && fallback == "" {
			fallback = zones[0]
		}
	}, func(ev *icsEvent) (why string) {
		found, why := ev.holidays(fallback)
		for _, h := range found {
			if !seen[h] {
				seen[h] = true
				list = append(list, h)
			}
		}
		return why
	})
	return list, err
}

// eachEvent reads the events of a calendar one after the other; named is called
// with the calendar's own name. What stands in an alarm of an event is not the
// event's.
func eachEvent(text string, named func(string), event func(*icsEvent) (why string)) error {
	var ev *icsEvent
	inside := ""
	for _, l := range unfold(text) {
		refuse := func(why string) error {
			return fault.New(fault.Invalid, "Ligne %d : %s Rien n’a été importé.", l.number, why)
		}
		switch {
		case inside != "":
			if l.name == "END" && strings.EqualFold(l.value, inside) {
				inside = ""
			}
		case l.name == "X-WR-CALNAME" && ev == nil:
			named(l.value)
		case l.name == "BEGIN" && strings.EqualFold(l.value, "VEVENT"):
			if ev != nil {
				return refuse("un évènement commence avant la fin du précédent.")
			}
			ev = &icsEvent{line: l.number}
		case ev == nil:
		case l.name == "BEGIN":
			inside = l.value
		case l.name == "END" && strings.EqualFold(l.value, "VEVENT"):
			if why := event(ev); why != "" {
				l.number = ev.line
				return refuse(why)
			}
			ev = nil
		default:
			if why := ev.read(l); why != "" {
				return refuse(why)
			}
		}
	}
	if ev != nil {
		return fault.New(fault.Invalid, "Ligne %d : l’évènement n’a pas de fin, le fichier est coupé. Rien n’a été importé.", ev.line)
	}
	return nil
}

var icsUnescape = strings.NewReplacer(`\n`, " ", `\N`, " ", `\,`, ",", `\;`, ";", `\\`, `\`)

func (ev *icsEvent) read(l icsLine) (why string) {
	switch l.name {
	case "SUMMARY":
		ev.label = strings.TrimSpace(icsUnescape.Replace(l.value))
		ev.texts += " " + ev.label
	case "UID":
		ev.uid = l.value
	case "DESCRIPTION", "LOCATION", "CATEGORIES":
		ev.texts += " " + icsUnescape.Replace(l.value)
	case "RRULE", "RDATE":
		ev.repeats = true
	case "STATUS":
		ev.cancelled = strings.EqualFold(strings.TrimSpace(l.value), "CANCELLED")
	case "DURATION":
		ev.duration = strings.ToUpper(strings.TrimSpace(l.value))
	case "DTSTART", "DTEND":
		if _, hour, ok := strings.Cut(strings.TrimSpace(l.value), "T"); ok && hour != "000000" {
			ev.timed = true
		}
		d, ok := readICSDate(strings.TrimSpace(l.value))
		if !ok {
			return "« " + l.value + " » n’est pas une date."
		}
		if l.name == "DTSTART" {
			ev.start = d
		} else {
			ev.end, ev.endSeen = d, true
		}
	}
	return ""
}

// readICSDate reads 20261017, 20261016T220000Z (UTC) or a local time of Paris.
func readICSDate(s string) (Date, bool) {
	if t, err := time.Parse("20060102", s); err == nil {
		return sane(NewDate(t.Year(), t.Month(), t.Day()))
	}
	if t, err := time.Parse("20060102T150405Z", s); err == nil {
		return sane(DateOf(t))
	}
	t, err := time.ParseInLocation("20060102T150405", s, Paris)
	if err != nil {
		return 0, false
	}
	return sane(DateOf(t))
}

// holidays gives one holiday for each zone of the event, none if it is not a
// holiday, or why it cannot be read.
func (ev *icsEvent) holidays(fallback Zone) (list []Holiday, why string) {
	if !isHoliday(ev.label) || strings.Contains(fold(ev.texts), "enseignants") {
		return nil, ""
	}
	if ev.start.IsZero() {
		return nil, "l’évènement « " + ev.label + " » n’a pas de date de début."
	}
	if !ev.endSeen { // RFC 5545: a day without end lasts one day
		ev.end = ev.start.Add(1)
	}
	zones := zonesNamed(ev.texts)
	if zones == nil {
		zones = zonesNamed(ev.uid)
	}
	if zones == nil && fallback != "" {
		zones = []Zone{fallback}
	}
	if zones == nil {
		return nil, "la zone de « " + ev.label + " » n’est pas écrite : choisissez la zone du calendrier avant de l’importer."
	}
	for _, zone := range zones {
		h, keep, why := makeHoliday(SchoolYearOf(ev.start), zone, ev.label, ev.start, ev.end)
		if why != "" {
			return nil, why
		}
		if keep {
			list = append(list, h)
		}
	}
	return list, ""
}
