package booking_test

import "testing"

// A family is told once when its wallet goes under its notice, not again while
// it stays there, and again after it was above.
func TestLowWalletIsToldOnce(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		told := func() int64 { return w.count(`SELECT COUNT(*) FROM outbox WHERE kind = 'wallet.low'`) }
		w.sql(`UPDATE guardian SET email = 'elodie@example.org'`)
		w.sql(`UPDATE family SET low_balance = 1000`)
		w.fund(0, 14_00)
		w.must(w.add(0, "2026-12-07"))
		if told() != 1 {
			t.Fatalf("told %d times after going under, want 1 (balance %s)", told(), w.balance(0))
		}
		w.must(w.add(0, "2026-12-08"))
		if told() != 1 {
			t.Errorf("told %d times while staying under", told())
		}
		w.fund(0, 10_00)
		w.must(w.add(0, "2026-12-10", "2026-12-11"))
		if told() != 2 {
			t.Errorf("told %d times after a second fall (balance %s)", told(), w.balance(0))
		}
	})
}
