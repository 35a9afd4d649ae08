package calendar

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"ardoise/data/fault"
)

// maxClosures bounds the events of one calendar of closures.
const maxClosures = 2000

// ParseClosures reads a town's own calendar (ICS) of days without service: each
// event that lasts whole days is a closure, its title the reason. left says, a
// French line each, which events are none and why: those of a few hours, those
// that repeat, those called off.
func ParseClosures(r io.Reader) (list []Closure, left []string, err error) {
	data, err := io.ReadAll(io.LimitReader(r, maxCalendar+1))
	if err != nil {
		return nil, nil, fault.Wrap(fault.Unavailable, err, "Le calendrier n’a pas pu être lu.")
	}
	if len(data) > maxCalendar {
		return nil, nil, fault.New(fault.Invalid, "Ce fichier est trop gros pour un calendrier (16 Mo au plus).")
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(data) {
		data = fromLatin1(data)
	}
	if !bytes.HasPrefix(bytes.ToUpper(bytes.TrimSpace(data[:min(len(data), 200)])), []byte("BEGIN:VCALENDAR")) {
		return nil, nil, fault.New(fault.Invalid, "Ce fichier n’est pas un calendrier ICS"+nbsp+": exportez l’agenda des fermetures au format iCalendar (.ics).")
	}
	seen := map[Closure]bool{}
	err = eachEvent(string(data), func(string) {}, func(ev *icsEvent) string {
		c, reason, why := ev.closure()
		switch {
		case why != "":
			return why
		case reason != "":
			left = append(left, "« "+ev.title()+" », "+ev.start.Long()+nbsp+": "+reason)
		case !seen[c]:
			seen[c] = true
			list = append(list, c)
		}
		if len(list)+len(left) > maxClosures {
			return fmt.Sprintf("ce calendrier a plus de %d évènements, ce n’est pas celui des fermetures.", maxClosures)
		}
		return ""
	})
	if err != nil {
		return nil, nil, err
	}
	if len(list)+len(left) == 0 {
		return nil, nil, fault.New(fault.Invalid, "Ce calendrier ne contient aucun évènement.")
	}
	return list, left, nil
}

// title is what the event is called, bounded.
func (ev *icsEvent) title() string {
	text := strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, ev.label)), " ")
	if r := []rune(text); len(r) > 100 {
		text = string(r[:100]) + "…"
	}
	return text
}

var icsWholeDays = regexp.MustCompile(`^P(\d{1,3})([DW])$`)

// closure gives the days of an event, the reason it is not a closure, or why it
// cannot be read.
func (ev *icsEvent) closure() (c Closure, left, why string) {
	switch {
	case ev.start.IsZero():
		return c, "", "l’évènement « " + ev.title() + " » n’a pas de date de début."
	case ev.cancelled:
		return c, "annulé", ""
	case ev.timed:
		return c, "à une heure du jour, ce n’est pas une journée fermée", ""
	case ev.repeats:
		return c, "se répète" + nbsp + ": ajoutez chaque fermeture", ""
	case ev.title() == "":
		return c, "sans titre, et le motif est montré aux familles", ""
	}
	if m := icsWholeDays.FindStringSubmatch(ev.duration); m != nil && !ev.endSeen {
		n, err := strconv.Atoi(m[1])
		if err != nil {
			return c, "", "« " + ev.duration + " » n’est pas une durée."
		}
		if m[2] == "W" {
			n *= 7
		}
		ev.end, ev.endSeen = ev.start.Add(n), true
	} else if ev.duration != "" && m == nil {
		return c, "dure quelques heures, ce n’est pas une journée fermée", ""
	}
	if !ev.endSeen || ev.end == ev.start { // RFC 5545 3.6.1: a day without end lasts one day
		ev.end = ev.start.Add(1)
	}
	switch {
	case ev.end < ev.start:
		return c, "", "« " + ev.title() + " » finit avant de commencer."
	case ev.end > ev.start.Add(366):
		return c, "dure plus d’un an", ""
	}
	return Closure{First: ev.start, Last: ev.end.Add(-1), Reason: ev.title()}, "", ""
}
