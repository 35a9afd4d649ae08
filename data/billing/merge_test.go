package billing_test

import (
	"strings"
	"testing"

	"ardoise/data/billing"
	"ardoise/data/family"
	"ardoise/data/ledger"
)

// Two files of one family: what both owe is owed by the one that lives on, and
// the mandate comes with it.
func TestMergedFamily(t *testing.T) {
	each(t, 2, func(t *testing.T, w *world) {
		w.invoiced()
		w.sql(`INSERT INTO mandate (family_id, umr, kind, state, holder, sealed, masked, signed_on, valid_to, next_sequence, created_at)
			VALUES ($1, 'RUM-1', 'recurrent', 'active', 'x', $2, 'FR76', '2026-11-01', '2027-10-31', 'RCUR', '2026-11-01T00:00:00Z')`, w.families[1], []byte{1})
		f := family.New(w.db)
		t.Cleanup(f.Close)
		f.MoveMoneyBy(ledger.MoveMoney)
		f.OnMerge(billing.MergeLines, billing.Merge)
		p, err := f.MergePlan(w.ctx, w.families[0], w.families[1])
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(p.Rooms, "|"); got != "Factures à payer\u00a0: 21,00\u00a0€|Mandat de prélèvement" {
			t.Errorf("told beforehand: %q", got)
		}
		if err := f.Merge(w.ctx, p); err != nil {
			t.Fatal(err)
		}
		a := w.account(0)
		if a.Owed != 2*fiveMeals || len(a.Invoices) != 2 {
			t.Errorf("%+v", a)
		}
		if b := w.account(1); b.Owed != 0 || len(b.Invoices) != 0 {
			t.Errorf("%+v", b)
		}
		if n := w.count(`SELECT COUNT(*) FROM mandate WHERE family_id = $1 AND state = 'active'`, w.families[0]); n != 1 {
			t.Error("the mandate did not come along")
		}
		done := w.pay(billing.Payment{FamilyID: w.families[0], Amount: 2 * fiveMeals, Means: "transfer"})
		if done.Paid != 2*fiveMeals {
			t.Errorf("%+v", done)
		}
		if p, err := w.s.Plan(w.ctx, billing.Run{Month: november}); err != nil || len(p.Drafts) != 0 {
			t.Errorf("nothing is to be invoiced twice: %+v, %v", p.Drafts, err)
		}
	})
}
