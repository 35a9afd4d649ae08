package booking_test

import (
	"strings"
	"testing"

	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/fault"
)

// TestAdultsOfNowhere: a school or a service that does not exist is a refusal
// with a sentence, and nothing of the list is kept.
func TestAdultsOfNowhere(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		on := calendar.MustISO("2026-12-07")
		for what, c := range map[string]struct{ service, school int64 }{"school": {w.canteen, 9999}, "service": {9999, w.school}} {
			err := w.s.SetAdults(w.ctx, c.service, on, []booking.Adults{{SchoolID: w.school, Diet: "standard", Count: 2}, {SchoolID: c.school, Diet: "standard", Count: 3}})
			if fault.KindOf(err) != fault.NotFound || !strings.Contains(fault.Sentence(err), "9999 n’existe pas") && !strings.Contains(fault.Sentence(err), "9999 ou le service") {
				t.Errorf("%s: %v", what, err)
			}
		}
		if n := w.count(`SELECT COUNT(*) FROM adult_meal`); n != 0 {
			t.Errorf("%d lines were kept", n)
		}
	})
}
