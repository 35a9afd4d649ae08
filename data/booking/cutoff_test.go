package booking_test

import (
	"testing"
	"time"

	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/fault"
)

// The cut-offs of real towns, and the last instant each gives for a meal.
var realCutoffs = []struct {
	name, cutoff, day, last string
}{
	{"Thursday noon for the week after", "jeudi 12:00 semaine-1", "2026-12-07", "2026-12-03 12:00:00"},
	{"Thursday noon, end of that week", "jeudi 12:00 semaine-1", "2026-12-11", "2026-12-03 12:00:00"},
	{"Thursday 10:00 for Monday and Tuesday", "mardi 10:00 semaine-0 ; lundi mardi = jeudi 10:00 semaine-1", "2026-12-08", "2026-12-03 10:00:00"},
	{"Tuesday 10:00 for Thursday and Friday", "mardi 10:00 semaine-0 ; lundi mardi = jeudi 10:00 semaine-1", "2026-12-11", "2026-12-08 10:00:00"},
	{"day before, calendar days", "J-1 10:00", "2026-12-07", "2026-12-06 10:00:00"},
	{"day before, working days", "J-1 10:00 ouvrés", "2026-12-07", "2026-12-04 10:00:00"},
	{"day before, open days", "J-1 10:00 ouverture", "2026-12-10", "2026-12-08 10:00:00"},
	{"eight days before at midnight", "J-8 24:00", "2026-12-15", "2026-12-08 00:00:00"},
	{"72 hours before", "72h avant 12:00", "2026-12-10", "2026-12-07 12:00:00"},
	{"the same day at 8:30", "J-0 08:30", "2026-12-07", "2026-12-07 08:30:00"},
	{"working days over a public holiday", "J-1 10:00 ouvrés", "2027-05-18", "2027-05-14 10:00:00"},
	{"open days over the holidays", "J-1 10:00 ouverture", "2027-01-04", "2026-12-18 10:00:00"},
	{"moved off a public holiday", "J-1 10:00 avancé-si-fermé", "2027-03-30", "2027-03-26 10:00:00"},
	{"72 hours over the spring change (one hour earlier on the clock)", "72h avant 12:00", "2027-03-30", "2027-03-27 11:00:00"},
	{"the evening before the autumn change", "J-2 24:00", "2026-11-03", "2026-11-02 00:00:00"},
}

// Each real cut-off, at its last second and one second after, through the plan
// and through the commit, for booking and for cancelling.
func TestRealCutoffsToTheSecond(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		w.sql(`UPDATE access_request SET valid_to = '2030-07-31'`)
		w.sql(`INSERT INTO access_request (child_id, family_id, service_id, school_year, state, received_at, valid_to) SELECT child_id, family_id, service_id, 2027, state, received_at, valid_to FROM access_request`)
		for _, c := range realCutoffs {
			last := paris(c.last)
			w.clock.Set(last.Add(-30 * 24 * time.Hour))
			w.fund(0, 20_00)
			w.sql(`UPDATE service SET book_cutoff = $1, cancel_cutoff = $1 WHERE id = $2`, c.cutoff, w.canteen)
			w.clock.Set(last.Add(time.Second))
			p, err := w.s.Plan(w.ctx, w.add(0, c.day))
			if err != nil {
				t.Fatal(err)
			}
			if l := p.Lines[0]; !l.Late || l.Verdict != booking.Refused || !l.Cutoff.Equal(last) {
				t.Errorf("%s, one second after: %s %q, last instant %s", c.name, l.Verdict, l.Reason, l.Cutoff.In(calendar.Paris))
				continue
			}
			w.refused(fault.TooLate, w.add(0, c.day))
			w.clock.Set(last)
			if done := w.must(w.add(0, c.day)); done.Lines[0].Late {
				t.Errorf("%s: late at the last instant", c.name)
			}
			before := w.balance(0)
			if done := w.must(w.cancel(0, c.day)); done.Lines[0].Late || w.balance(0) != before+4_20 {
				t.Errorf("%s: cancelling at the last instant gave %s back", c.name, w.balance(0)-before)
			}
			w.must(w.add(0, c.day))
			w.clock.Set(last.Add(time.Second))
			before = w.balance(0)
			if done := w.must(w.cancel(0, c.day)); !done.Lines[0].Late || w.balance(0) != before {
				t.Errorf("%s: cancelling one second after gave %s back", c.name, w.balance(0)-before)
			}
		}
	})
}

// Both Sundays on which the clocks change, with a cut-off on that very Sunday.
func TestCutoffOnTheSundaysOfTheClockChange(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		w.fund(0, 100_00)
		w.sql(`UPDATE access_request SET valid_to = '2030-07-31'`)
		w.sql(`INSERT INTO access_request (child_id, family_id, service_id, school_year, state, received_at, valid_to)
			SELECT child_id, family_id, service_id, y.y, state, received_at, valid_to FROM access_request, (SELECT 2025 AS y UNION SELECT 2024 UNION SELECT 2027 UNION SELECT 2029) y`)
		w.sql(`UPDATE service SET in_holidays = 1, weekdays = '12345' WHERE id = $1`, w.canteen)
		for _, c := range []struct{ cutoff, day, last string }{
			// 30 March 2025: 02:00 becomes 03:00. 02:30 does not exist: 03:30, the same instant as 01:30 UTC.
			{"J-1 02:30", "2025-03-31", "2025-03-30T01:30:00Z"},
			{"J-1 10:00", "2025-03-31", "2025-03-30T08:00:00Z"},
			{"24h avant 12:00", "2025-03-31", "2025-03-30T10:00:00Z"},
			{"48h avant 12:00", "2025-03-31", "2025-03-29T10:00:00Z"}, // 11:00 on the clock
			// 26 October 2025: 03:00 becomes 02:00. 02:30 comes twice: the first one.
			{"J-1 02:30", "2025-10-27", "2025-10-26T00:30:00Z"},
			{"J-1 10:00", "2025-10-27", "2025-10-26T09:00:00Z"},
			{"48h avant 12:00", "2025-10-27", "2025-10-25T11:00:00Z"}, // 13:00 on the clock
		} {
			last, err := time.Parse(time.RFC3339, c.last)
			if err != nil {
				t.Fatal(err)
			}
			w.sql(`UPDATE service SET book_cutoff = $1, cancel_cutoff = $1 WHERE id = $2`, c.cutoff, w.canteen)
			w.clock.Set(last.Add(time.Second))
			w.refused(fault.TooLate, w.add(0, c.day))
			w.clock.Set(last)
			if done := w.must(w.add(0, c.day)); !done.Lines[0].Cutoff.Equal(last) {
				t.Errorf("%s on %s: %s", c.cutoff, c.day, done.Lines[0].Cutoff.UTC())
			}
			w.must(w.cancel(0, c.day))
		}
	})
}
