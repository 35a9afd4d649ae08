package billing_test

import (
	"testing"

	"ardoise/data/billing"
	"ardoise/data/fault"
	"ardoise/data/store"
)

// A quotient that came after the booking: the meals stay at the highest tariff and
// say so, until an agent prices them anew; what was invoiced keeps its price.
func TestReprice(t *testing.T) {
	each(t, 2, func(t *testing.T, w *world) {
		w.sql(`UPDATE tariff SET meal = 400, care = 150 WHERE label = 'tarif B'`)
		dear := func(i int) {
			w.write(func(tx *store.Tx) error {
				_, err := tx.Exec(`UPDATE booking SET tariff_id = (SELECT id FROM tariff WHERE service_id = $1 AND label = 'tarif B'), price = 550, care = 150 WHERE family_id = $2
					AND NOT EXISTS (SELECT 1 FROM invoice_line l WHERE l.booking_id = booking.id)`, w.canteen, w.families[i])
				return err
			})
		}
		w.meals(0, days("2026-11-02", 4)...)
		dear(0)
		w.issue(billing.Run{Month: november})
		w.meals(0, "2026-11-26", "2026-11-27", "2026-11-30")
		w.meals(1, days("2026-11-02", 4)...)
		dear(0)
		p, err := w.s.Plan(w.ctx, billing.Run{Month: november})
		if err != nil || len(p.Warnings) == 0 || p.Warnings[0].Kind != billing.WarnQuotient || !containsFold(p.Warnings[0].Reason, "après la réservation de 3 repas") || p.Drafts[0].Lines[0].Quotient != nil {
			t.Fatalf("%+v, %v", p.Warnings, err)
		}
		r, err := w.s.PlanReprice(w.ctx, november, w.families[:1])
		if err != nil || len(r.Meals) != 3 || r.Was != 3*5_50 || r.Will != 3*mealPrice || r.Families != 1 {
			t.Fatalf("%+v, %v", r, err)
		}
		w.excuse(0, "2026-11-30", "closure")
		_, err = w.s.Reprice(w.ctx, w.key(), november, w.families[:1], r.Digest)
		refused(t, err, fault.Conflict, "ont changé depuis")
		for range 2 { // the same key again changes nothing
			if _, err := w.s.Reprice(w.ctx, "r", november, w.families[:1], ""); err != nil {
				t.Fatal(err)
			}
		}
		_, err = w.s.Reprice(w.ctx, w.key(), november, nil, "")
		refused(t, err, fault.Invalid, "ne changerait de prix")
		p, err = w.s.Plan(w.ctx, billing.Run{Month: november, Small: w.families})
		if err != nil || len(p.Drafts) != 2 || p.Drafts[0].Total != 2*mealPrice || len(p.Drafts[0].Warned) != 0 || *p.Drafts[0].Lines[0].Quotient != 850 {
			t.Errorf("%+v, %v", p.Drafts, err)
		}
	})
}
