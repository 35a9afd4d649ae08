package calendar

import (
	"slices"
	"strings"
	"testing"

	"ardoise/data/fault"
)

func TestParseClosures(t *testing.T) {
	event := func(lines ...string) string {
		return "BEGIN:VEVENT\n" + strings.Join(lines, "\n") + "\nEND:VEVENT\n"
	}
	text := "\ufeffBEGIN:VCALENDAR\n" +
		event("SUMMARY:Pont", "DTSTART;VALUE=DATE:20270507") +
		event("SUMMARY:Travaux\\, salle 2", "DTSTART:20261221T000000", "DTEND:20261224T000000") +
		event("SUMMARY:Semaine", "DTSTART;VALUE=DATE:20270104", "DURATION:P1W") +
		event("SUMMARY:Deux jours", "DTSTART;VALUE=DATE:20270111", "DURATION:P2D") +
		event("SUMMARY:Pont", "DTSTART;VALUE=DATE:20270507", "DTEND;VALUE=DATE:20270508") +
		event("SUMMARY:Conseil", "DTSTART:20270108T190000", "DURATION:PT2H") +
		event("SUMMARY:Réunion", "DTSTART;VALUE=DATE:20270108", "DURATION:PT2H") +
		event("SUMMARY:Marché", "DTSTART;VALUE=DATE:20270108", "RRULE:FREQ=WEEKLY") +
		event("SUMMARY:Annulée", "DTSTART;VALUE=DATE:20270108", "STATUS:CANCELLED") +
		event("DTSTART;VALUE=DATE:20270108") +
		event("SUMMARY:Toujours", "DTSTART;VALUE=DATE:20270108", "DTEND;VALUE=DATE:20290108") +
		"END:VCALENDAR\n"
	list, left, err := ParseClosures(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	d := MustISO
	want := []Closure{
		{First: d("2027-05-07"), Last: d("2027-05-07"), Reason: "Pont"},
		{First: d("2026-12-21"), Last: d("2026-12-23"), Reason: "Travaux, salle 2"},
		{First: d("2027-01-04"), Last: d("2027-01-10"), Reason: "Semaine"},
		{First: d("2027-01-11"), Last: d("2027-01-12"), Reason: "Deux jours"},
	}
	if !slices.Equal(list, want) {
		t.Errorf("got %v\nwant %v", list, want)
	}
	if len(left) != 6 {
		t.Errorf("%d left aside:\n%s", len(left), strings.Join(left, "\n"))
	}
}

// FuzzClosures: any bytes are closures of sane days, or a refusal.
func FuzzClosures(f *testing.F) {
	for _, seed := range []string{"", "BEGIN:VCALENDAR", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Pont\nDTSTART:20270507\nDURATION:P2W\nEND:VEVENT\n", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nBEGIN:VALARM\nEND:VALARM\nDTSTART:20270507T080000Z\nEND:VEVENT\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		list, left, err := ParseClosures(strings.NewReader(text))
		if err != nil {
			if fault.KindOf(err) != fault.Invalid || fault.Sentence(err) == "" {
				t.Error(err)
			}
			return
		}
		if len(list)+len(left) == 0 {
			t.Error("nothing, and no refusal")
		}
		for _, c := range list {
			if _, ok := sane(c.First); !ok || c.Last < c.First || c.Last > c.First.Add(366) || c.Reason == "" || strings.ContainsAny(c.Reason, "\n\r\x00") {
				t.Errorf("%+v", c)
			}
		}
	})
}
