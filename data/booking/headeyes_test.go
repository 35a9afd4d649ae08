package booking_test

import (
	"testing"

	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
)

// The kitchen knows first names and classes; whose children they are is the
// desk's to know.
func TestTheKitchenSeesNoLastNames(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		w.fund(0, 50_00)
		w.must(w.add(0, "2026-12-07"))
		day := calendar.MustISO("2026-12-07")
		kitchen, both := stafftest.Session(t, w.db, staff.Cuisine), stafftest.Session(t, w.db, staff.Cuisine, staff.Accueil)
		h, err := w.s.Headcount(kitchen, w.canteen, day)
		if err != nil || len(h.Names) != 1 || h.Names[0].Last != "F." || h.Names[0].First == "" {
			t.Errorf("the kitchen's names: %+v, %v", h, err)
		}
		if h, err = w.s.Send(kitchen, w.canteen, day); err != nil || h.Names[0].Last != "F." {
			t.Errorf("after sending: %+v, %v", h, err)
		}
		if g, err := w.s.Week(kitchen, w.canteen, booking.WeekFilter{}, day); err != nil || g.Classes[0].Children[0].Last != "F." {
			t.Errorf("the kitchen's class sheet: %+v, %v", g, err)
		}
		w.must(w.cancel(0, "2026-12-07"))
		if h, err = w.s.Headcount(kitchen, w.canteen, day); err != nil || len(h.Changes) != 1 || h.Changes[0].Last != "F." {
			t.Errorf("the kitchen's changes: %+v, %v", h, err)
		}
		if h, err = w.s.Headcount(both, w.canteen, day); err != nil || len(h.Changes[0].Last) < 3 {
			t.Errorf("who is also at the desk reads the whole name: %+v, %v", h.Changes, err)
		}
	})
}
