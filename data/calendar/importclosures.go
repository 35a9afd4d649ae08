package calendar

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"ardoise/data/fault"
)

// maxClosures bounds what one file of closures holds: a town closes some dozens
// of days a year.
const maxClosures = 500

// ParseClosures reads the closures of an ICS file: every event is one, its days
// those of the event, its reason the event's title. Events that were cancelled
// are left out, the same one twice comes once. An event that repeats (RRULE) is
// refused: which days it means is for its own calendar to say.
func ParseClosures(r io.Reader) ([]Closure, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxCalendar+1))
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, err, "Le calendrier n’a pas pu être lu.")
	}
	if len(data) > maxCalendar {
		return nil, fault.New(fault.Invalid, "Ce fichier est trop gros pour un calendrier (16 Mo au plus).")
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(data) {
		data = fromLatin1(data)
	}
	if !bytes.HasPrefix(bytes.ToUpper(bytes.TrimSpace(data)), []byte("BEGIN:VCALENDAR")) {
		return nil, fault.New(fault.Invalid, "Ce fichier n’est pas un calendrier ICS : exportez-le depuis votre agenda au format iCalendar (.ics).")
	}
	list, err := closureEvents(unfold(string(data)))
	switch {
	case err != nil:
		return nil, err
	case len(list) == 0:
		return nil, fault.New(fault.Invalid, "Ce calendrier ne contient aucun évènement.")
	case len(list) > maxClosures:
		return nil, fault.New(fault.Invalid, "Ce calendrier a %d évènements : gardez-y seulement les fermetures (%d au plus).", len(list), maxClosures)
	}
	slices.SortStableFunc(list, func(a, b Closure) int { return int(a.First) - int(b.First) })
	return list, nil
}

// closureEvent gathers what one VEVENT says of a closure.
type closureEvent struct {
	icsEvent
	cancelled, repeats bool
	endTime            string // of DTEND as written: a clock time makes its day count
}

func closureEvents(lines []icsLine) (list []Closure, err error) {
	var ev *closureEvent
	for _, l := range lines {
		why := ""
		switch {
		case l.name == "BEGIN" && strings.EqualFold(l.value, "VEVENT"):
			if ev != nil {
				why = "un évènement commence avant la fin du précédent."
			}
			ev = &closureEvent{icsEvent: icsEvent{line: l.number}}
		case ev == nil:
		case l.name == "END" && strings.EqualFold(l.value, "VEVENT"):
			var c Closure
			if c, why = ev.closure(); why == "" && !ev.cancelled && !slices.Contains(list, c) {
				list = append(list, c)
			}
			l.number, ev = ev.line, nil
		case l.name == "STATUS":
			ev.cancelled = strings.EqualFold(strings.TrimSpace(l.value), "CANCELLED")
		case l.name == "RRULE" || l.name == "RDATE":
			ev.repeats = true
		default:
			if l.name == "DTEND" {
				ev.endTime = strings.TrimSpace(l.value)
			}
			why = ev.read(l)
		}
		if why != "" {
			return nil, fault.New(fault.Invalid, "Ligne %d : %s Rien n’a été importé.", l.number, why)
		}
	}
	if ev != nil {
		return nil, fault.New(fault.Invalid, "Ligne %d : l’évènement n’a pas de fin, le fichier est coupé. Rien n’a été importé.", ev.line)
	}
	return list, nil
}

// closure is what the event closes, or why it cannot be told.
func (ev *closureEvent) closure() (c Closure, why string) {
	c = Closure{First: ev.start, Last: ev.start, Reason: ev.label}
	switch {
	case ev.cancelled:
		return c, ""
	case ev.start.IsZero():
		return c, "l’évènement « " + ev.label + " » n’a pas de date de début."
	case ev.label == "":
		return c, "l’évènement du " + ev.start.Short() + " n’a pas de titre : c’est le motif montré aux familles."
	case ev.repeats:
		return c, "l’évènement « " + ev.label + " » se répète : saisissez ses jours un à un."
	}
	if ev.endSeen {
		c.Last = ev.end
		midnight := !strings.Contains(ev.endTime, "T") || strings.HasSuffix(strings.TrimSuffix(ev.endTime, "Z"), "T000000") && !strings.HasSuffix(ev.endTime, "Z")
		if midnight && c.Last > c.First { // RFC 5545: the end is the first moment after
			c.Last = c.Last.Add(-1)
		}
	}
	if c.Last < c.First {
		return c, "l’évènement « " + ev.label + " » finit avant de commencer."
	}
	return c, ""
}
