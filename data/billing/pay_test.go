package billing_test

import (
	"slices"
	"testing"

	"ardoise/data/billing"
	"ardoise/data/booking"
	"ardoise/data/fault"
	"ardoise/data/money"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// invoiced gives every family five meals of November, invoiced.
func (w *world) invoiced() {
	w.t.Helper()
	for i := range w.families {
		w.meals(i, days("2026-11-02", 5)...)
	}
	w.issue(billing.Run{Month: november})
}

const fiveMeals = 5 * mealPrice // 21,00 €

func TestPayment(t *testing.T) {
	each(t, 2, func(t *testing.T, w *world) {
		w.invoiced()
		w.at("2026-12-31")
		w.meals(0, days("2026-12-01", 5)...)
		w.issue(billing.Run{Month: november.Add(1)})
		old, recent := w.account(0).Invoices[1], w.account(0).Invoices[0]
		// Oldest due first, then the next.
		done := w.pay(billing.Payment{FamilyID: w.families[0], Amount: 25_00, Means: "cash"})
		if len(done.Shares) != 2 || done.Shares[0].InvoiceID != old.ID || done.Shares[1].Amount != 25_00-fiveMeals || done.Receipt == nil || done.Receipt.Amount != 25_00 {
			t.Fatalf("%+v", done)
		}
		// By choice, more than is owed: the rest stays in the wallet.
		done = w.pay(billing.Payment{FamilyID: w.families[0], Amount: 20_00, Means: "cheque", Invoices: []billing.Share{{InvoiceID: recent.ID}}})
		if done.Paid != 17_00 || done.ToWallet != 3_00 || done.After != 3_00 {
			t.Errorf("%+v", done)
		}
		a := w.account(0)
		if a.Owed != 0 || a.Wallet != 3_00 || a.Invoices[0].State != billing.Paid || a.Invoices[0].PaidOn.String() != "2026-12-31" || len(a.Settlements) != 3 || a.Settlements[0].Means != "cheque" {
			t.Errorf("%+v", a)
		}
		// From the wallet: all it holds, not more.
		done = w.pay(billing.Payment{FamilyID: w.families[1], Amount: 30_00, Means: "card", Invoices: []billing.Share{{InvoiceID: w.account(1).Invoices[0].ID, Amount: 1_00}}})
		if done.Paid != 1_00 || done.ToWallet != 29_00 {
			t.Errorf("%+v", done)
		}
		done = w.pay(billing.Payment{FamilyID: w.families[1], Means: billing.ByWallet})
		if done.Paid != 20_00 || done.After != 9_00 || done.Receipt != nil {
			t.Errorf("%+v", done)
		}
	})
}

func TestPaymentRefusals(t *testing.T) {
	each(t, 2, func(t *testing.T, w *world) {
		w.invoiced()
		mine, other := w.account(0).Invoices[0].ID, w.account(1).Invoices[0].ID
		before := w.count(`SELECT COUNT(*) FROM transfer`)
		for _, c := range []struct {
			p     billing.Payment
			kind  fault.Kind
			words string
		}{
			{billing.Payment{Amount: 1_00, Means: "cash"}, fault.Invalid, "Choisissez la famille"},
			{billing.Payment{FamilyID: w.families[0], Amount: 1_00, Means: "troc"}, fault.Invalid, "moyen de paiement"},
			{billing.Payment{FamilyID: w.families[0], Means: "cash"}, fault.Invalid, "supérieur à zéro"},
			{billing.Payment{FamilyID: w.families[0], Amount: 1_00, Means: billing.ByWallet}, fault.Invalid, "ne contient que"},
			{billing.Payment{FamilyID: w.families[0], Amount: 20_000_00, Means: "cash"}, fault.Invalid, "vérifiez la saisie"},
			{billing.Payment{FamilyID: w.families[0], Amount: 1_00, Means: "cash", Invoices: []billing.Share{{InvoiceID: other}}}, fault.Conflict, "pas de cette famille"},
			{billing.Payment{FamilyID: w.families[0], Amount: 50_00, Means: "cash", Invoices: []billing.Share{{InvoiceID: mine, Amount: 22_00}}}, fault.Invalid, "Il reste 21,00"},
			{billing.Payment{FamilyID: w.families[0], Amount: 50_00, Means: "cash", Invoices: []billing.Share{{InvoiceID: mine}, {InvoiceID: mine}}}, fault.Invalid, "nommée une fois"},
			{billing.Payment{FamilyID: 999, Amount: 50_00, Means: "cash"}, fault.NotFound, "n’existe pas"},
		} {
			c.p.Key = w.key()
			_, err := w.s.Pay(w.ctx, c.p, "")
			refused(t, err, c.kind, c.words)
		}
		p := billing.Payment{Key: "same", FamilyID: w.families[0], Amount: 1_00, Means: "cash"}
		plan, err := w.s.PlanPayment(w.ctx, p)
		if err != nil {
			t.Fatal(err)
		}
		w.pay(billing.Payment{FamilyID: w.families[0], Amount: 2_00, Means: "cash"})
		_, err = w.s.Pay(w.ctx, p, plan.Digest)
		refused(t, err, fault.Conflict, "a changé depuis")
		one, err := w.s.Pay(w.ctx, p, "")
		if err != nil {
			t.Fatal(err)
		}
		two, err := w.s.Pay(w.ctx, p, "")
		if err != nil || !two.Replayed || two.Receipt.Number() != one.Receipt.Number() || two.Paid != one.Paid {
			t.Errorf("%+v, %v", two, err)
		}
		p.Amount = 3_00
		_, err = w.s.Pay(w.ctx, p, "")
		refused(t, err, fault.Conflict, "autre contenu")
		if n := w.count(`SELECT COUNT(*) FROM transfer`); n != before+4 { // two payments, two entries each
			t.Errorf("%d entries, %d before", n, before)
		}
	})
}

func TestVoidPayment(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		w.invoiced()
		done := w.pay(billing.Payment{FamilyID: w.families[0], Amount: 15_00, Means: "cheque"})
		refused(t, w.s.VoidPayment(w.ctx, w.key(), done.OperationID, ""), fault.Invalid, "motif")
		if err := w.s.VoidPayment(w.ctx, "void", done.OperationID, "erreur de famille"); err != nil {
			t.Fatal(err)
		}
		if a := w.account(0); a.Owed != fiveMeals || a.Wallet != 15_00 || a.Invoices[0].State != billing.Issued {
			t.Errorf("%+v", a)
		}
		if err := w.s.VoidPayment(w.ctx, "void", done.OperationID, "erreur de famille"); err != nil {
			t.Errorf("the same key again: %v", err)
		}
		refused(t, w.s.VoidPayment(w.ctx, w.key(), done.OperationID, "encore"), fault.Conflict, "déjà été annulé")
		refused(t, w.s.VoidPayment(w.ctx, w.key(), 1, "rien"), fault.NotFound, "n’a payé aucune facture")
	})
}

func TestCreditNote(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		w.invoiced()
		v := w.account(0).Invoices[0]
		w.pay(billing.Payment{FamilyID: w.families[0], Amount: 15_00, Means: "cash"}) // 6,00 € left
		ask := billing.CreditNote{Key: w.key(), InvoiceID: v.ID, Lines: []int{0, 1}, Reason: "repas immangeable"}
		p, err := w.s.PlanCredit(w.ctx, ask)
		if err != nil || p.Total != 8_40 || p.Reduces != 6_00 || p.ToWallet != 2_40 {
			t.Fatalf("%+v, %v", p, err)
		}
		c, err := w.s.Credit(w.ctx, ask, p.Digest)
		if err != nil || c.Total != -8_40 || c.Number != "2026000002" || c.Corrects != v.Number {
			t.Fatalf("%+v, %v", c, err)
		}
		if again, err := w.s.Credit(w.ctx, ask, p.Digest); err != nil || again.Number != c.Number {
			t.Errorf("%+v, %v", again, err)
		}
		if a := w.account(0); a.Owed != 0 || a.Wallet != 2_40 {
			t.Errorf("%+v", a)
		}
		_, err = w.s.PlanCredit(w.ctx, billing.CreditNote{InvoiceID: v.ID, Lines: []int{0}, Reason: "encore"})
		refused(t, err, fault.Conflict, "déjà été rendue")
		_, err = w.s.PlanCredit(w.ctx, billing.CreditNote{InvoiceID: v.ID, Amount: 13_00, Reason: "trop"})
		refused(t, err, fault.Invalid, "que de 12,60")
		_, err = w.s.PlanCredit(w.ctx, billing.CreditNote{InvoiceID: v.ID})
		refused(t, err, fault.Invalid, "motif")
		_, err = w.s.PlanCredit(w.ctx, billing.CreditNote{InvoiceID: c.ID, Reason: "d’un avoir"})
		refused(t, err, fault.NotFound, "facture émise")
		// The meal stands: it is not invoiced anew. Excused later, only what is left of it comes back.
		if p, err := w.s.Plan(w.ctx, billing.Run{Month: november}); err != nil || len(p.Drafts) != 0 {
			t.Errorf("%+v, %v", p.Drafts, err)
		}
		if _, err := w.s.Credit(w.ctx, billing.CreditNote{Key: w.key(), InvoiceID: v.ID, Amount: 1_00, Reason: "geste"}, ""); err != nil {
			t.Fatal(err)
		}
		w.excuse(0, days("2026-11-02", 3)[2], booking.CancelClosure)
		w.excuse(0, "2026-11-02", booking.CancelClosure)
		run, err := w.s.Plan(w.ctx, billing.Run{Month: november})
		if err != nil || len(run.Drafts) != 1 || run.Drafts[0].Total != -(mealPrice-1_00) {
			t.Errorf("%+v, %v", run.Drafts, err)
		}
		w.issue(billing.Run{Month: november})
	})
}

func TestReminders(t *testing.T) {
	each(t, 2, func(t *testing.T, w *world) {
		w.invoiced() // due on 24 December
		w.pay(billing.Payment{FamilyID: w.families[1], Amount: fiveMeals, Means: "cash"})
		steps := func(day string, want int) billing.ReminderPlan {
			t.Helper()
			w.at(day)
			p, err := w.s.PlanReminders(w.ctx, nil)
			if err != nil {
				t.Fatal(err)
			}
			got := 0
			if len(p.Families) > 0 {
				got = p.Families[0].Step
			}
			if got != want || len(p.Families) > 1 {
				t.Fatalf("%s: step %d, want %d (%+v)", day, got, want, p)
			}
			return p
		}
		steps("2027-01-02", 0)
		p := steps("2027-01-03", 1) // 10 days after
		if f := p.Families[0]; f.Open != fiveMeals || f.Email == "" || f.Payer != "Mme Élodie Favier0" || len(f.Address) != 2 {
			t.Errorf("%+v", f)
		}
		sent, err := w.s.Remind(w.ctx, "r1", nil, p.Digest)
		if err != nil || sent.Families[0].ReminderID == 0 {
			t.Fatalf("%+v, %v", sent, err)
		}
		if again, err := w.s.Remind(w.ctx, "r1", nil, p.Digest); err != nil || len(again.Families) != 1 || again.Families[0].ReminderID != sent.Families[0].ReminderID {
			t.Errorf("%+v, %v", again, err)
		}
		_, err = w.s.Remind(w.ctx, w.key(), nil, "")
		refused(t, err, fault.Invalid, "Aucune relance")
		steps("2027-01-22", 0)
		p = steps("2027-03-01", 2) // no step is skipped, however late
		if _, err := w.s.Remind(w.ctx, w.key(), nil, p.Digest); err != nil {
			t.Fatal(err)
		}
		steps("2027-03-01", 0) // nor hurried: the second one left today
		steps("2027-03-20", 0)
		steps("2027-03-21", 3)
		_, err = w.s.Remind(w.ctx, w.key(), nil, p.Digest) // the plan of the step before
		refused(t, err, fault.Conflict, "a changé depuis")
		if n := w.count(`SELECT COUNT(*) FROM outbox WHERE kind = 'billing.reminder'`); n < 2 {
			t.Errorf("%d letters", n)
		}
	})
}

func TestFiguresAndOverview(t *testing.T) {
	each(t, 2, func(t *testing.T, w *world) {
		w.invoiced()
		w.pay(billing.Payment{FamilyID: w.families[0], Amount: 5_00, Means: "cash"})
		w.at("2026-12-26")
		o, err := w.s.Overview(w.ctx, november)
		if err != nil || o.Invoices != 2 || o.Total != 2*fiveMeals || o.Owed != 2*fiveMeals-5_00 || o.Overdue != o.Owed || o.RemindOn.String() != "2027-01-03" || o.Locked {
			t.Errorf("%+v, %v", o, err)
		}
		list, err := w.s.Figures(w.ctx, november.Add(-1), november.Add(1))
		if err != nil || len(list) != 3 || list[1].Invoiced != 2*fiveMeals || list[1].Paid != 5_00 || list[1].Unpaid != 2*fiveMeals-5_00 || list[0].Invoiced != 0 {
			t.Errorf("%+v, %v", list, err)
		}
	})
}

// Each guard is taken away once, to see the alarm go off.
func TestPlantedFaults(t *testing.T) {
	for name, plant := range map[string]struct{ fault, id string }{
		"balance":    {`UPDATE invoice_balance SET open = open - 1`, "I2"},
		"numbers":    {`UPDATE counter SET last = last + 1 WHERE name LIKE 'invoice:%'`, "I8"},
		"settlement": {`INSERT INTO settlement (invoice_id, transfer_id, amount) SELECT 1, MAX(id), 1 FROM transfer`, "I8"},
		"meal":       {`UPDATE booking SET price = price - 1, care = 0`, "I5"},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, db *store.DB) {
				w := newWorld(t, db, 1)
				w.invoiced()
				w.sound()
				w.sql(plant.fault)
				if bad := w.broken(); !slices.ContainsFunc(bad, func(c billing.Check) bool { return c.ID == plant.id }) {
					t.Errorf("nobody noticed: %+v", bad)
				}
			})
		})
	}
}

func TestIssuedRowsNeverChange(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		w.invoiced()
		w.pay(billing.Payment{FamilyID: w.families[0], Amount: 5_00, Means: "cash"})
		for _, table := range []string{"invoice", "invoice_line", "invoice_run", "invoice_transfer", "settlement"} {
			for _, query := range []string{`DELETE FROM ` + table, `UPDATE ` + table + ` SET ` + map[string]string{
				"invoice": "total = 1", "invoice_line": "rank = 99", "invoice_run": "total = 1", "invoice_transfer": "invoice_id = 1", "settlement": "amount = 1",
			}[table]} {
				err := w.db.Write(w.ctx, func(tx *store.Tx) error { _, err := tx.Exec(query); return err })
				if got, ok := store.AppendOnly(err); !ok || got != table {
					t.Errorf("%s: %v", query, err)
				}
			}
		}
		var owed money.Cents = fiveMeals - 5_00
		if a := w.account(0); a.Owed != owed {
			t.Errorf("%s", a.Owed)
		}
	})
}
