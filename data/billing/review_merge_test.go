package billing_test

import (
	"testing"

	"ardoise/data/billing"
	"ardoise/data/family"
	"ardoise/data/ledger"
	"ardoise/data/store"
)

// merge makes one of two families; the first lives on.
func (w *world) merge(into, from int) {
	w.t.Helper()
	f := family.New(w.db)
	defer f.Close()
	f.MoveMoneyBy(ledger.MoveMoney)
	f.OnMerge(billing.MergeLines, billing.Merge)
	p, err := f.MergePlan(w.ctx, w.families[into], w.families[from])
	if err != nil {
		w.t.Fatal(err)
	}
	if err := f.Merge(w.ctx, p); err != nil {
		w.t.Fatal(err)
	}
}

// The credit notes of a family merged twice over stay in sight of the one that
// lives on; so does what it owes, and a payment undone comes back to it.
func TestMergedTwiceOver(t *testing.T) {
	each(t, 3, func(t *testing.T, w *world) {
		w.invoiced()
		if _, err := w.s.Credit(w.ctx, billing.CreditNote{Key: w.key(), InvoiceID: w.account(2).Invoices[0].ID, Lines: []int{0}, Reason: "essai"}, ""); err != nil {
			t.Fatal(err)
		}
		paid := w.pay(billing.Payment{FamilyID: w.families[2], Amount: 5_00, Means: "cash"})
		w.merge(1, 2)
		w.merge(0, 1)
		if a := w.account(0); len(a.Invoices) != 4 || a.Owed != 3*fiveMeals-mealPrice-5_00 {
			t.Errorf("%+v", a)
		}
		if err := w.s.VoidPayment(w.ctx, w.key(), paid.OperationID, "essai"); err != nil {
			t.Fatal(err)
		}
		if a := w.account(0); a.Owed != 3*fiveMeals-mealPrice || a.Wallet != 5_00 {
			t.Errorf("%+v", a)
		}
		// A credit note on what is paid gives to the wallet of the one that lives on.
		w.pay(billing.Payment{FamilyID: w.families[0], Means: "card", Amount: 3*fiveMeals - mealPrice})
		for _, v := range w.account(0).Invoices {
			if v.Kind == billing.KindInvoice {
				if _, err := w.s.Credit(w.ctx, billing.CreditNote{Key: w.key(), InvoiceID: v.ID, Reason: "tout"}, ""); err != nil {
					t.Fatal(err)
				}
			}
		}
		if a := w.account(0); a.Owed != 0 || a.Wallet != 5_00+3*fiveMeals-mealPrice {
			t.Errorf("%+v", a)
		}
	})
}

// Sums put off by both families of a merge are one sum afterwards, and are
// invoiced once; one that was invoiced already does not come back.
func TestMergedSumsPutOff(t *testing.T) {
	each(t, 2, func(t *testing.T, w *world) {
		w.meals(0, "2026-11-02", "2026-11-03")
		w.meals(1, "2026-11-05")
		w.issue(billing.Run{Month: november})
		w.issue(billing.Run{Month: november, Small: w.families[:1]})
		w.merge(0, 1)
		if n := w.count(`SELECT CAST(SUM(amount) AS BIGINT) FROM invoice_carry WHERE invoice_id IS NULL AND family_id = $1`, w.families[0]); n != int64(mealPrice) {
			t.Errorf("%d cents put off, one meal is left to invoice", n)
		}
		w.at("2026-12-31")
		w.meals(0, days("2026-12-01", 4)...)
		if done := w.issue(billing.Run{Month: november.Add(1)}); done.Total != 5*mealPrice {
			t.Errorf("%+v", done)
		}
	})
}

// Of two live mandates the one that can be collected under is kept.
func TestMergeKeepsTheGoodMandate(t *testing.T) {
	for name, c := range map[string]struct{ into, from, kept string }{
		"both good":   {"active", "active", "RUM-0"},
		"ours only":   {"active", "blocked", "RUM-0"},
		"theirs only": {"blocked", "active", "RUM-1"},
		"none":        {"blocked", "blocked", "RUM-0"},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, 2, func(t *testing.T, w *world) {
				w.write(func(tx *store.Tx) error {
					for i, state := range []string{c.into, c.from} {
						w.exec(tx, `INSERT INTO mandate (family_id, umr, kind, state, holder, sealed, masked, signed_on, valid_to, next_sequence, created_at, reason)
							VALUES ($1, $2, 'recurrent', $3, 'x', $4, 'FR76', '2026-11-01', '2027-10-31', 'RCUR', $5, 'AC04')`, w.families[i], "RUM-"+string(rune('0'+i)), state, []byte{1}, tx.Now())
					}
					return nil
				})
				w.merge(0, 1)
				if n := w.count(`SELECT COUNT(*) FROM mandate WHERE umr = $1 AND family_id = $2 AND state IN ('active', 'blocked')`, c.kept, w.families[0]); n != 1 {
					t.Errorf("%s was not kept", c.kept)
				}
				if n := w.count(`SELECT COUNT(*) FROM mandate_event WHERE what = 'revoked'`); n != 1 {
					t.Errorf("%d revocations", n)
				}
			})
		})
	}
}
