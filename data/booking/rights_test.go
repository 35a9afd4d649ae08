package booking_test

import (
	"context"
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
		"Send": kitchen, "SetAdults": kitchen, "Adapted": stafftest.Anyone, "Upcoming": {staff.Accueil, staff.Regie, staff.Sante, staff.Admin},
		"Headcount": stafftest.Anyone, "HeadcountMonth": stafftest.Anyone, "Served": stafftest.Anyone, "Begun": stafftest.Anyone,
		"Habitual": {staff.Accueil, staff.Regie, staff.Admin},
	}, stafftest.Contexts(t, db))
}

// Going past a cut-off is for Accueil and Régie; what is in time is Accueil's,
// whatever reason is given.
func TestOverrideRight(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		w.fund(0, 50_00)
		regie := stafftest.Session(t, w.db, staff.Regie)
		ask := w.add(0, "2026-12-07")
		check := func(what string, ctx context.Context, want bool) {
			t.Helper()
			_, planned := w.s.Plan(ctx, ask)
			ask.Key = w.key()
			_, booked := w.s.Book(ctx, ask)
			for _, err := range []error{planned, booked} {
				if (err == nil) != want || err != nil && fault.KindOf(err) != fault.Forbidden {
					t.Errorf("%s: %v", what, err)
				}
			}
		}
		check("in time, no reason", regie, false)
		ask.Override = "régularisation"
		check("in time", regie, false)
		ask.Add = append(ask.Add, w.meals(0, "2026-11-24")...)
		check("one in time, one late", regie, false)
		ask.Add = ask.Add[1:]
		check("late", stafftest.Session(t, w.db, staff.Cuisine), false)
		check("late", regie, true)
		ask = w.cancel(0, "2026-11-24")
		ask.Override = "erreur"
		check("cancelled late", regie, true)
		if w.balance(0) != 50_00 {
			t.Errorf("%s", w.balance(0))
		}
	})
}

// An override whose reason is blank is none.
func TestBlankOverride(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		w.fund(0, 50_00)
		ask := w.add(0, "2026-11-24")
		ask.Override = " \t"
		w.refused(fault.Invalid, ask)
		_, err := w.s.Attend(w.ctx, booking.Attend{
			Key: w.key(), ServiceID: w.canteen, Day: ask.Add[0].Day, Override: " ", Marks: []booking.Mark{{ChildID: w.children[0], Mark: booking.Ate}},
		})
		if fault.KindOf(err) != fault.Invalid {
			t.Errorf("attendance: %v", err)
		}
		ask.Override = "  mère hospitalisée "
		w.must(ask)
		if w.count(`SELECT COUNT(*) FROM operation WHERE reason = 'mère hospitalisée'`) != 1 {
			t.Error("the reason was not kept as it reads")
		}
	})
}

// An override does not lift the weeks of separated parents.
func TestOverrideLiftsOnlyCutoffs(t *testing.T) {
	each(t, 2, func(t *testing.T, w *world) {
		w.fund(0, 50_00)
		w.fund(1, 50_00)
		w.sql(`INSERT INTO child_family (child_id, family_id, parity) VALUES ($1, $2, 2)`, w.children[0], w.families[1])
		w.must(w.add(0, "2026-12-08"))
		for _, ask := range []booking.Ask{w.add(0, "2026-12-10"), w.cancel(0, "2026-12-08")} { // week 50: the second family's
			ask.FamilyID, ask.Override = w.families[0], "demande du père"
			w.refused(fault.Invalid, ask)
		}
	})
}

// What an illness was is written nowhere; other reasons keep their note.
func TestNoDiagnosisIsKept(t *testing.T) {
	each(t, 2, func(t *testing.T, w *world) {
		for i := range 2 {
			w.fund(i, 50_00)
			w.must(w.add(i, "2026-12-07", "2026-12-08"))
		}
		w.clock.Set(paris("2026-12-08 11:00:00"))
		ask := w.cancel(0, "2026-12-07")
		ask.Justification = booking.Justification{Kind: booking.Illness, Note: "varicelle"}
		w.must(ask)
		if _, err := w.s.Attend(w.ctx, booking.Attend{
			Key: w.key(), ServiceID: w.canteen, Day: ask.Cancel[0].Day, Justification: ask.Justification, Marks: []booking.Mark{{ChildID: w.children[1], Mark: booking.Justified}},
		}); err != nil {
			t.Fatal(err)
		}
		if n := w.count(`SELECT (SELECT COUNT(*) FROM operation WHERE reason LIKE '%varicelle%' OR label LIKE '%varicelle%')
			+ (SELECT COUNT(*) FROM transfer WHERE label LIKE '%varicelle%') + (SELECT COUNT(*) FROM audit WHERE detail LIKE '%varicelle%')`); n != 0 {
			t.Errorf("the diagnosis is written %d times", n)
		}
		if n := w.count(`SELECT COUNT(*) FROM operation WHERE reason = 'maladie, certificat remis' AND at = '2026-12-08T10:00:00Z'`); n != 2 {
			t.Errorf("%d operations say that a certificate came", n)
		}
		ask = w.cancel(0, "2026-12-08")
		ask.Justification = booking.Justification{Kind: booking.Other, Note: "neige"}
		w.must(ask)
		if w.count(`SELECT COUNT(*) FROM operation WHERE reason = 'autre motif, neige'`) != 1 {
			t.Error("the note of another reason is lost")
		}
	})
}
