package booking_test

import (
	"testing"

	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/ledger"
)

// merge merges the family of child j into that of child i, as the screens do.
func (w *world) merge(i, j int) error {
	s := family.New(w.db)
	defer s.Close()
	s.MoveMoneyBy(ledger.MoveMoney)
	p, err := s.MergePlan(w.ctx, w.families[i], w.families[j])
	if err != nil {
		return err
	}
	return s.Merge(w.ctx, p)
}

func TestCancellingAfterAMergePaysTheSurvivor(t *testing.T) {
	each(t, 2, func(t *testing.T, w *world) {
		w.fund(0, 10_00)
		w.fund(1, 10_00)
		w.sql(`UPDATE child SET first = 'Tom' WHERE id = $1`, w.children[1]) // not the same child twice
		w.must(w.add(1, "2026-12-07", "2026-12-08"))
		if err := w.merge(0, 1); err != nil {
			t.Fatal(err)
		}
		if w.balance(0) != 11_60 || w.balance(1) != 0 {
			t.Fatalf("after the merge: %s %s", w.balance(0), w.balance(1))
		}
		done := w.must(w.cancel(1, "2026-12-07"))
		if w.balance(0) != 15_80 || w.balance(1) != 0 || done.BalanceAfter != 15_80 {
			t.Errorf("the money went to %s and %s, shown %s", w.balance(0), w.balance(1), done.BalanceAfter)
		}
		w.must(w.add(1, "2026-12-10")) // the survivor pays
		ask := w.add(1, "2026-12-11")
		ask.FamilyID = w.families[1]
		w.refused(fault.Invalid, ask)
		if w.balance(0) != 11_60 {
			t.Errorf("%s", w.balance(0))
		}
	})
}
