package booking_test

import (
	"testing"

	"ardoise/data/booking"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store/storetest"
)

func TestRights(t *testing.T) {
	db := storetest.OpenSQLite(t)
	desk, both := []staff.Role{staff.Accueil}, []staff.Role{staff.Accueil, staff.Regie}
	closers := []staff.Role{staff.Accueil, staff.Admin}
	kitchen := []staff.Role{staff.Cuisine, staff.Accueil}
	see := []staff.Role{staff.Accueil, staff.Regie, staff.Cuisine, staff.Admin}
	stafftest.Rights(t, booking.New(db), map[string][]staff.Role{
		"Plan": desk, "Commit": desk, "Book": desk, "Attend": desk, "AllPresent": desk,
		"Unbooked": both, "Settle": both, "CloseDayPlan": closers, "CloseDay": closers,
		"Month": {staff.Accueil, staff.Regie, staff.Admin}, "Week": see, "Day": see,
		"Send": kitchen, "SetAdults": kitchen, "SetMenu": kitchen, "Upcoming": {staff.Accueil, staff.Regie, staff.Sante, staff.Admin},
		"Headcount": stafftest.Anyone, "HeadcountMonth": stafftest.Anyone, "Served": stafftest.Anyone,
		"Habitual": {staff.Accueil, staff.Regie, staff.Admin},
	}, stafftest.Contexts(t, db))
}

// Going past a cut-off is for Accueil and Régie; without a reason Régie may not book.
func TestOverrideRight(t *testing.T) {
	db := storetest.OpenSQLite(t)
	w := newWorld(t, db, 1)
	ask := w.add(0, "2026-12-07")
	regie := stafftest.Session(t, db, staff.Regie)
	if _, err := w.s.Plan(regie, ask); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("Régie planned a booking: %v", err)
	}
	ask.Override = "régularisation"
	if _, err := w.s.Plan(regie, ask); err != nil {
		t.Error(err)
	}
	if _, err := w.s.Plan(stafftest.Session(t, db, staff.Cuisine), ask); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("Cuisine planned a booking: %v", err)
	}
}
