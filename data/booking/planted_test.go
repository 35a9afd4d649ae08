package booking_test

import (
	"slices"
	"testing"

	"ardoise/data/booking"
	"ardoise/data/ledger"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// Each guard is taken away, the fault it keeps out is written, and the check of
// its invariant must notice.
func TestPlantedFaultsAreSeen(t *testing.T) {
	raw := func(w *world, query string, args ...any) { w.sql(query, args...) }
	for name, c := range map[string]struct {
		id    string
		plant func(w *world)
	}{
		"one meal booked twice": {"I4", func(w *world) {
			raw(w, `DROP INDEX booking_live`)
			raw(w, `INSERT INTO booking (child_id, service_id, day, family_id, state, pay, kind, price, tariff_id, operation_id, cutoff_at, cutoff_rule, verdict)
				SELECT child_id, service_id, day, family_id, state, 'monthly', kind, price, tariff_id, operation_id, cutoff_at, cutoff_rule, verdict FROM booking WHERE state = 'booked'`)
		}},
		"a meal charged twice": {"I5", func(w *world) {
			raw(w, `DROP INDEX transfer_one_charge`)
			// Through the ledger's own door: balances and sums are right, only I5 sees it.
			w.write(func(tx *store.Tx) error {
				var t ledger.Transfer
				if err := tx.QueryRow(`SELECT t.operation_id, t.debit_id, t.credit_id, t.amount, t.booking_id FROM transfer t JOIN booking b ON b.id = t.booking_id
					WHERE b.state = 'booked' AND t.kind = 'charge' LIMIT 1`).Scan(&t.Op, &t.Debit, &t.Credit, &t.Amount, &t.BookingID); err != nil {
					return err
				}
				t.Kind = "charge"
				_, err := ledger.Post(tx, t)
				return err
			})
		}},
		"the reversal skipped": {"I5", func(w *world) {
			raw(w, `UPDATE booking SET cancel_verdict = 'in_time' WHERE cancel_verdict = 'late'`)
		}},
		"a late one given back": {"I5", func(w *world) {
			w.write(func(tx *store.Tx) error {
				var charge, op int64
				if err := tx.QueryRow(`SELECT t.id, b.cancel_operation_id FROM transfer t JOIN booking b ON b.id = t.booking_id WHERE b.cancel_verdict = 'late' AND t.kind = 'charge'`).Scan(&charge, &op); err != nil {
					return err
				}
				_, err := ledger.ReverseMany(tx, op, []int64{charge}, "x")
				return err
			})
		}},
		"a meal never charged": {"I5", func(w *world) {
			raw(w, `INSERT INTO booking (child_id, service_id, day, family_id, state, pay, kind, price, tariff_id, operation_id, cutoff_at, cutoff_rule, verdict)
				SELECT child_id, service_id, '2026-12-18', family_id, state, pay, kind, price, tariff_id, operation_id, cutoff_at, cutoff_rule, verdict FROM booking WHERE state = 'booked' AND pay = 'prepaid' AND service_id = (SELECT MIN(service_id) FROM booking) LIMIT 1`)
		}},
		"a price changed after": {"I5", func(w *world) { raw(w, `UPDATE booking SET price = price + 1 WHERE state = 'booked'`) }},
		"places miscounted":     {"I6", func(w *world) { raw(w, `UPDATE day_load SET taken = taken - 1 WHERE taken > 0`) }},
		"a place too many": {"I6", func(w *world) {
			raw(w, `UPDATE booking SET state = 'booked' WHERE state = 'waiting'`)
		}},
		"an override without a reason": {"I12", func(w *world) {
			// Two at once: the reason is gone, and the verdict says override.
			raw(w, `UPDATE booking SET verdict = 'override' WHERE state = 'booked'`)
		}},
		"a rule forgotten":  {"I12", func(w *world) { raw(w, `UPDATE booking SET cutoff_rule = '' WHERE state = 'booked'`) }},
		"a verdict changed": {"I12", func(w *world) { raw(w, `UPDATE booking SET verdict = 'in_time', cutoff_at = '2026-01-01T00:00:00Z'`) }},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, db *store.DB) {
				w := newWorld(t, db, 3)
				w.sql(`UPDATE service SET capacity = 2 WHERE id = $1`, w.canteen)
				for i := range 3 {
					w.fund(i, 50_00)
				}
				w.must(w.add(0, "2026-12-07", "2026-12-08"))
				w.must(w.add(1, "2026-12-07", "2026-12-10"))
				ask := w.add(2, "2026-12-07")
				ask.Waiting = true
				w.must(ask)
				w.clock.Set(paris("2026-12-07 18:00:00"))
				w.must(w.cancel(0, "2026-12-08"))
				w.clean()
				c.plant(w)
				if bad := w.broken(); !slices.ContainsFunc(bad, func(k booking.Check) bool { return k.ID == c.id }) {
					t.Errorf("%s did not notice: %v", c.id, bad)
				}
			})
		})
	}
}

// The capacity is in the schema: the statement itself is refused.
func TestCapacityIsInTheSchema(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db, 1)
		w.fund(0, 50_00)
		w.sql(`UPDATE service SET capacity = 1 WHERE id = $1`, w.canteen)
		w.must(w.add(0, "2026-12-07"))
		err := db.Write(w.ctx, func(tx *store.Tx) error { _, err := tx.Exec(`UPDATE day_load SET taken = taken + 1`); return err })
		if name, ok := store.Check(err); !ok || name != "day_load_capacity" {
			t.Fatalf("the schema let a day over its capacity: %v", err)
		}
	})
}
