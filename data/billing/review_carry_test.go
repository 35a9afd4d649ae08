package billing_test

import (
	"testing"

	"ardoise/data/billing"
	"ardoise/data/booking"
	"ardoise/data/fault"
)

// A month in which every family is under the threshold issues nothing, yet what
// it puts off is not forgotten: the next month takes it up.
func TestNothingButSmallSumsIsPutOff(t *testing.T) {
	each(t, 2, func(t *testing.T, w *world) {
		w.meals(0, days("2026-11-02", 2)...)
		w.meals(1, "2026-11-02")
		p, err := w.s.Plan(w.ctx, billing.Run{Month: november})
		if err != nil || p.Count != 0 || p.PutOff != 2 {
			t.Fatalf("%+v, %v", p, err)
		}
		key := w.key()
		done, err := w.s.Issue(w.ctx, key, billing.Run{Month: november}, p.Digest)
		if err != nil || done.Count != 0 || done.RunID == 0 {
			t.Fatalf("%+v, %v", done, err)
		}
		again, err := w.s.Issue(w.ctx, key, billing.Run{Month: november}, p.Digest)
		if err != nil || !again.Replayed || again.RunID != done.RunID {
			t.Errorf("%+v, %v", again, err)
		}
		w.sound()
		_, err = w.s.Issue(w.ctx, w.key(), billing.Run{Month: november}, "") // all is put off already
		refused(t, err, fault.Invalid, "rien à facturer")
		w.at("2026-12-31")
		w.meals(0, days("2026-12-01", 3)...)
		if done = w.issue(billing.Run{Month: november.Add(1)}); done.Total != 5*mealPrice {
			t.Errorf("%+v", done)
		}
	})
}

// A late meal after the month's run, small by itself, comes with the next month.
func TestSmallCorrectionIsPutOff(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		w.invoiced()
		w.meals(0, "2026-11-12")
		w.issue(billing.Run{Month: november})
		w.at("2026-12-31")
		w.meals(0, days("2026-12-01", 4)...)
		if done := w.issue(billing.Run{Month: november.Add(1)}); done.Total != 5*mealPrice {
			t.Errorf("%+v", done)
		}
	})
}

// Sums put off are kept month by month, each meal once; what was cancelled
// meanwhile is put off no more.
func TestPutOffSumsAreEachMonthsOwn(t *testing.T) {
	each(t, 2, func(t *testing.T, w *world) {
		w.meals(0, "2026-11-02", "2026-12-01")
		w.meals(1, "2026-11-02")
		w.issue(billing.Run{Month: november})
		w.at("2026-12-31")
		w.excuse(1, "2026-11-02", booking.CancelClosure)
		w.issue(billing.Run{Month: november.Add(1)})
		if n := w.count(`SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM invoice_carry WHERE invoice_id IS NULL`); n != 2*int64(mealPrice) {
			t.Errorf("%d cents put off, want two meals", n)
		}
		if n := w.count(`SELECT COUNT(*) FROM invoice_carry WHERE family_id = $1`, w.families[1]); n != 0 {
			t.Error("a cancelled meal is still put off")
		}
	})
}
