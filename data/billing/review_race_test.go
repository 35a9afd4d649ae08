package billing_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"ardoise/data/billing"
	"ardoise/data/fault"
	"ardoise/data/money"
)

// Several workstations issue the same month, give credit notes and take payments
// at one moment, while the cash office's code changes: every number is given
// once, none is lost, each meal is invoiced once.
func TestNumbersUnderARace(t *testing.T) {
	each(t, 8, func(t *testing.T, w *world) {
		w.invoiced()
		for i := range w.families {
			w.meals(i, days("2026-12-01", 5)...)
		}
		w.at("2026-12-31")
		set, err := w.s.Settings(w.ctx)
		if err != nil {
			t.Fatal(err)
		}
		set.Office = "04"
		var wg sync.WaitGroup
		errs := make(chan error, 100)
		run := func(fn func() error) {
			wg.Add(1)
			go func() {
				defer wg.Done()
				if err := fn(); err != nil {
					errs <- err
				}
			}()
		}
		for n := range 4 {
			run(func() error {
				_, err := w.s.Issue(w.ctx, fmt.Sprint("issue", n), billing.Run{Month: november.Add(1)}, "")
				return err
			})
			run(func() error {
				_, err := w.s.Issue(w.ctx, "issue", billing.Run{Month: november.Add(1)}, "")
				return err
			})
		}
		for i := range w.families {
			v := w.account(i).Invoices[0].ID
			run(func() error {
				_, err := w.s.Credit(w.ctx, billing.CreditNote{Key: fmt.Sprint("credit", i), InvoiceID: v, Lines: []int{0}, Reason: "essai"}, "")
				return err
			})
			run(func() error {
				_, err := w.s.Pay(w.ctx, billing.Payment{Key: fmt.Sprint("pay", i), FamilyID: w.families[i], Means: "cash", Amount: fiveMeals}, "")
				return err
			})
		}
		run(func() error { return w.s.SetSettings(w.ctx, set) })
		wg.Wait()
		close(errs)
		for err := range errs { // the runs that came second find nothing; a crowded server asks to do it again
			var f *fault.Error
			if !errors.As(err, &f) || fault.KindOf(err) != fault.Invalid && fault.KindOf(err) != fault.Conflict {
				t.Error(err)
			}
		}
		if n := w.count(`SELECT COUNT(*) FROM invoice WHERE period = '2026-12' AND kind = 'invoice'`); n != 8 {
			t.Errorf("%d invoices of December", n)
		}
		if n := w.count(`SELECT COUNT(*) FROM (SELECT booking_id FROM invoice_line WHERE kind <> 'gesture' GROUP BY booking_id HAVING COUNT(*) > 1) x`); n != 0 {
			t.Errorf("%d meals invoiced twice", n)
		}
	})
}

// What a direct-debit file asks for is neither paid at the desk nor given back,
// and a run's credit note goes round it.
func TestWhatABankIsAskedFor(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		w.invoiced()
		v := w.account(0).Invoices[0]
		w.sql(`INSERT INTO mandate (family_id, umr, kind, state, holder, sealed, masked, signed_on, valid_to, next_sequence, created_at)
			VALUES ($1, 'RUM-1', 'recurrent', 'active', 'x', $2, 'FR76', '2026-11-01', '2027-10-31', 'RCUR', '2026-11-01T00:00:00Z')`, w.families[0], []byte{1})
		w.sql(`INSERT INTO debit_batch (state, collect_on, version, message_id, file, count, total, built_at, agent) VALUES ('built', '2026-12-24', '08', 'M1', 'f', 1, 2000, '2026-11-24T00:00:00Z', 'x')`)
		w.sql(`INSERT INTO debit (batch_id, family_id, mandate_id, end_to_end, sequence, amount, holder, sealed, masked, state) VALUES (1, $1, 1, 'E1', 'RCUR', 2000, 'x', $2, 'FR76', 'built')`, w.families[0], []byte{1})
		w.sql(`INSERT INTO debit_invoice (debit_id, invoice_id, amount) VALUES (1, $1, 2000)`, v.ID)
		p, err := w.s.PlanPayment(w.ctx, billing.Payment{FamilyID: w.families[0], Means: "cash", Amount: 5_00})
		if err != nil || p.Paid != 1_00 || p.ToWallet != 4_00 {
			t.Errorf("%+v, %v", p, err)
		}
		_, err = w.s.PlanPayment(w.ctx, billing.Payment{FamilyID: w.families[0], Means: "cash", Amount: 5_00, Invoices: []billing.Share{{InvoiceID: v.ID, Amount: 5_00}}})
		refused(t, err, fault.Invalid, "Il reste 1,00")
		_, err = w.s.Credit(w.ctx, billing.CreditNote{Key: w.key(), InvoiceID: v.ID, Lines: []int{0}, Reason: "essai"}, "")
		refused(t, err, fault.Conflict, "fichier de prélèvement")
		if _, err := w.s.Credit(w.ctx, billing.CreditNote{Key: w.key(), InvoiceID: v.ID, Amount: 1_00, Reason: "essai"}, ""); err != nil {
			t.Fatal(err)
		}
		_, err = w.s.PlanPayment(w.ctx, billing.Payment{FamilyID: w.families[0], Means: "cash", Amount: 5_00, Invoices: []billing.Share{{InvoiceID: v.ID}}})
		refused(t, err, fault.Conflict, "paierait deux fois")
		w.excuse(0, "2026-11-03", "closure")
		w.issue(billing.Run{Month: november})
		if a := w.account(0); a.Owed != 20_00 || a.Wallet != mealPrice {
			t.Errorf("%+v", a)
		}
		w.at("2027-02-01") // nobody is reminded of what the bank is asked for
		if p, err := w.s.PlanReminders(w.ctx, nil); err != nil || p.Total != money.Cents(0) {
			t.Errorf("%+v, %v", p, err)
		}
	})
}

// The last minute of a year and the first of the next, as Paris counts them.
func TestNumbersTurnAtMidnightInParis(t *testing.T) {
	each(t, 2, func(t *testing.T, w *world) {
		w.meals(0, days("2026-11-02", 5)...)
		w.clock.Set(november.Add(1).Last().At(23, 59)) // 22:59 UTC
		if done := w.issue(billing.Run{Month: november}); done.Invoices[0].Number != "2026000001" || done.Invoices[0].IssuedOn.String() != "2026-12-31" {
			t.Errorf("%+v", done.Invoices)
		}
		w.meals(1, days("2026-11-02", 5)...)
		w.clock.Set(november.Add(2).First().At(0, 0)) // 23:00 UTC, still 2026 there
		if done := w.issue(billing.Run{Month: november}); done.Invoices[0].Number != "2027000001" || done.Invoices[0].IssuedOn.String() != "2027-01-01" {
			t.Errorf("%+v", done.Invoices)
		}
		// A credit note of the new year on an invoice of the old one.
		v := w.account(0).Invoices[0]
		c, err := w.s.Credit(w.ctx, billing.CreditNote{Key: w.key(), InvoiceID: v.ID, Lines: []int{0}, Reason: "essai"}, "")
		if err != nil || c.Number != "2027000002" || c.Corrects != "2026000001" {
			t.Errorf("%+v, %v", c, err)
		}
	})
}
