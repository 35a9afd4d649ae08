package calendar

import (
	"strings"
	"testing"

	"ardoise/data/fault"
)

func agenda(events ...string) string {
	out := "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"
	for _, e := range events {
		out += "BEGIN:VEVENT\r\n" + strings.ReplaceAll(e, "|", "\r\n") + "\r\nEND:VEVENT\r\n"
	}
	return out + "END:VCALENDAR\r\n"
}

func TestParseClosures(t *testing.T) {
	for name, c := range map[string]struct{ event, want string }{
		"one day, no end":        {"SUMMARY:Kermesse|DTSTART;VALUE=DATE:20270618", "2027-06-18 2027-06-18 Kermesse"},
		"whole days":             {"SUMMARY:Travaux\\, cuisine|DTSTART;VALUE=DATE:20270607|DTEND;VALUE=DATE:20270609", "2027-06-07 2027-06-08 Travaux, cuisine"},
		"clock times":            {"SUMMARY:Grève|DTSTART;TZID=Europe/Paris:20270610T080000|DTEND;TZID=Europe/Paris:20270611T170000", "2027-06-10 2027-06-11 Grève"},
		"until midnight":         {"SUMMARY:Grève|DTSTART;TZID=Europe/Paris:20270610T000000|DTEND;TZID=Europe/Paris:20270611T000000", "2027-06-10 2027-06-10 Grève"},
		"an end on its own day":  {"SUMMARY:Pont|DTSTART;VALUE=DATE:20270507|DTEND;VALUE=DATE:20270507", "2027-05-07 2027-05-07 Pont"},
		"a title on two lines":   {"SUMMARY:Fermeture excep|  tionnelle|DTSTART;VALUE=DATE:20270507", "2027-05-07 2027-05-07 Fermeture excep tionnelle"},
		"evening across the day": {"SUMMARY:Fête|DTSTART:20270610T220000Z|DTEND:20270611T100000Z", "2027-06-11 2027-06-11 Fête"},
	} {
		list, err := ParseClosures(strings.NewReader(agenda(c.event)))
		if err != nil || len(list) != 1 {
			t.Errorf("%s: %v %v", name, list, err)
			continue
		}
		if got := list[0].First.String() + " " + list[0].Last.String() + " " + list[0].Reason; got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	twice := "SUMMARY:Pont|DTSTART;VALUE=DATE:20270507"
	list, err := ParseClosures(strings.NewReader(agenda(twice, "SUMMARY:Annulé|STATUS:CANCELLED|DTSTART;VALUE=DATE:20270508", twice, "SUMMARY:Avant|DTSTART;VALUE=DATE:20270101")))
	if err != nil || len(list) != 2 || list[0].Reason != "Avant" {
		t.Errorf("in order, once, without what was cancelled: %v %v", list, err)
	}
}

func TestParseClosuresRefuses(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"not a calendar": {"jour;motif\n2027-06-18;kermesse\n", "ICS"},
		"no event":       {agenda(), "aucun évènement"},
		"repeats":        {agenda("SUMMARY:Mercredi|DTSTART;VALUE=DATE:20270616|RRULE:FREQ=WEEKLY"), "se répète"},
		"no title":       {agenda("DTSTART;VALUE=DATE:20270616"), "titre"},
		"no day":         {agenda("SUMMARY:Grève"), "date de début"},
		"backwards":      {agenda("SUMMARY:Grève|DTSTART;VALUE=DATE:20270616|DTEND;VALUE=DATE:20270610"), "finit avant"},
		"cut short":      {"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Grève\r\n", "coupé"},
		"a wrong date":   {agenda("SUMMARY:Grève|DTSTART:demain"), "n’est pas une date"},
		"two at once":    {"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nBEGIN:VEVENT\r\nEND:VEVENT\r\n", "avant la fin"},
	} {
		list, err := ParseClosures(strings.NewReader(c.text))
		if err == nil || fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error()+fault.Sentence(err), c.want) {
			t.Errorf("%s: %v %v", name, list, err)
		}
	}
}
