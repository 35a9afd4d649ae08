package billing_test

import (
	"slices"
	"testing"

	"ardoise/data/billing"
	"ardoise/data/ledger"
)

// A meal entered after its month was invoiced, and a family left out, are told
// of in the months that follow, until their own month is run again.
func TestForgottenMeals(t *testing.T) {
	each(t, 3, func(t *testing.T, w *world) {
		for i := range 2 {
			w.meals(i, days("2026-11-02", 5)...)
		}
		w.meals(2, "2026-11-02") // put off: not forgotten
		w.issue(billing.Run{Month: november, Leave: w.families[1:2]})
		w.meals(0, "2026-11-30")
		forgotten := func(m billing.Run) (families []int64) {
			p, err := w.s.Plan(w.ctx, m)
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range p.Warnings {
				if x.Kind == billing.WarnForgotten {
					families = append(families, x.FamilyID)
				}
			}
			return families
		}
		december := billing.Run{Month: november.Add(1)}
		if got := forgotten(december); !slices.Equal(got, w.families[:2]) {
			t.Errorf("families %v, want %v", got, w.families[:2])
		}
		// What is told beside the drafts does not stand in the way of the run that was shown.
		w.meals(2, days("2026-12-01", 5)...)
		p, err := w.s.Plan(w.ctx, december)
		if err != nil {
			t.Fatal(err)
		}
		w.meals(0, "2026-11-27")
		if _, err := w.s.Issue(w.ctx, w.key(), december, p.Digest); err != nil {
			t.Error(err)
		}
		w.issue(billing.Run{Month: november, Small: w.families})
		if got := forgotten(december); len(got) != 0 {
			t.Errorf("still told of %v", got)
		}
	})
}

// The address is printed and never changes: it belongs to what was agreed to.
func TestAddressIsPartOfThePlan(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		w.meals(0, days("2026-11-02", 5)...)
		p, err := w.s.Plan(w.ctx, billing.Run{Month: november})
		if err != nil {
			t.Fatal(err)
		}
		w.sql(`UPDATE family SET address1 = '3 rue des Brochets'`)
		if again, err := w.s.Plan(w.ctx, billing.Run{Month: november}); err != nil || again.Digest == p.Digest {
			t.Errorf("the same digest for another address (%v)", err)
		}
	})
}

// What was to be collected and never was is nobody's lateness but the town's.
func TestNoReminderOfWhatWasNeverPresented(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		w.sql(`INSERT INTO mandate (family_id, umr, kind, state, holder, sealed, masked, signed_on, valid_to, next_sequence, created_at)
			VALUES ($1, 'RUM-1', 'recurrent', 'active', 'x', $2, 'FR76', '2026-11-01', '2027-10-31', 'RCUR', '2026-11-01T00:00:00Z')`, w.families[0], []byte{1})
		w.invoiced()
		w.at("2027-02-01")
		if p, err := w.s.PlanReminders(w.ctx, nil); err != nil || len(p.Families) != 0 {
			t.Errorf("%+v, %v", p, err)
		}
		w.sql(`UPDATE mandate SET state = 'revoked', reason = 'essai'`)
		if p, err := w.s.PlanReminders(w.ctx, nil); err != nil || len(p.Families) != 1 {
			t.Errorf("once revoked: %+v, %v", p, err)
		}
	})
}

func TestNoInvoicesOfAnEmptyChoice(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		w.invoiced()
		if list, err := w.s.Invoices(w.ctx, billing.InvoiceFilter{IDs: []int64{}}); err != nil || len(list) != 0 {
			t.Errorf("%d invoices, %v", len(list), err)
		}
		if done := w.pay(billing.Payment{FamilyID: w.families[0], Amount: 1_00, Means: "cash"}); done.Receipt.For != ledger.ForInvoices {
			t.Errorf("the receipt is for %q", done.Receipt.For)
		}
	})
}
