package billing_test

import (
	"testing"

	"ardoise/data/billing"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/money"
	"ardoise/data/store"
)

func (w *world) taxYear(i, year int) billing.TaxYear {
	w.t.Helper()
	list, err := w.s.TaxYears(w.ctx, year, w.families[i])
	if err != nil {
		w.t.Fatal(err)
	}
	if len(list) == 0 {
		return billing.TaxYear{}
	}
	return list[0]
}

func TestTaxYearOfPrepaidMeals(t *testing.T) {
	each(t, 2, func(t *testing.T, w *world) {
		w.topUp(0, 50_00, "cash")
		w.sql(`UPDATE child SET birth = '2020-01-01' WHERE id = $1`, w.children[0])
		w.prepaid(0, "2026-11-30", "2026-12-07", "2026-12-08", "2027-01-05")
		w.giveBack(0, "2026-12-08")
		y := w.taxYear(0, 2026)
		if y.Family != "Favier0" || y.Payer != "Mme Élodie Favier0" || len(y.Address) != 2 || y.Total != 3*mealPrice || len(y.Children) != 1 {
			t.Fatalf("%+v", y)
		}
		// January's meal was paid in November 2026: it counts in 2026, in November.
		c := y.Children[0]
		if c.Name != "Léa Favier0" || c.Young || c.Months[10] != 2*mealPrice || c.Months[11] != mealPrice || c.Months[0] != 0 || c.Care != 3*carePart || c.Meal+c.Care != c.Total {
			t.Errorf("six on 1 January: %+v", c)
		}
		w.sql(`UPDATE child SET birth = '2020-01-02' WHERE id = $1`, w.children[0])
		if c := w.taxYear(0, 2026).Children[0]; !c.Young {
			t.Errorf("five on 1 January: %+v", c)
		}
		// What comes back in January lowers the year of January.
		w.at("2027-01-04")
		w.giveBack(0, "2027-01-05")
		if y := w.taxYear(0, 2026); y.Total != 3*mealPrice {
			t.Errorf("2026 changed: %s", y.Total)
		}
		if y := w.taxYear(0, 2027); y.Total != -mealPrice || y.Children[0].Months[0] != -mealPrice {
			t.Errorf("%+v", y)
		}
		if y := w.taxYear(1, 2026); y.Total != 0 {
			t.Errorf("%+v", y)
		}
		_, err := w.s.TaxYears(w.ctx, 0, 0)
		refused(t, err, fault.Invalid, "Choisissez une année")
		w.agree(t.Fatalf)
	})
}

// Morning and evening care is care, whatever the tariff calls it.
func TestTaxYearOfCare(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		w.topUp(0, 50_00, "cash")
		canteen := w.canteen
		w.canteen = w.evening
		w.prepaid(0, "2026-11-30")
		w.canteen = canteen
		if c := w.taxYear(0, 2026).Children[0]; c.Care != mealPrice || c.Meal != 0 {
			t.Errorf("%+v", c)
		}
	})
}

func TestTaxYearOfInvoices(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		w.invoiced() // five meals of 4,20 €, 3,20 € and 1,00 €
		if y := w.taxYear(0, 2026); y.Total != 0 {
			t.Errorf("nothing was paid: %+v", y)
		}
		w.pay(billing.Payment{FamilyID: w.families[0], Amount: 10_00, Means: "card"})
		y := w.taxYear(0, 2026)
		// 1000/2100 of 500 cents of care, rounded down.
		if y.Total != 10_00 || y.Children[0].Months[10] != 10_00 || y.Children[0].Care != 2_38 {
			t.Errorf("%+v", y)
		}
		// A credit note takes off what was never paid: 1 000 of 1 260 cents of 300 of care.
		id := w.account(0).Invoices[0].ID
		if _, err := w.s.Credit(w.ctx, billing.CreditNote{Key: w.key(), InvoiceID: id, Lines: []int{0, 1}, Reason: "grève"}, ""); err != nil {
			t.Fatal(err)
		}
		if y := w.taxYear(0, 2026); y.Total != 10_00 || y.Children[0].Care != 2_38 {
			t.Errorf("%+v", y)
		}
		w.at("2027-01-15")
		w.pay(billing.Payment{FamilyID: w.families[0], Amount: 2_60, Means: "card"})
		if y := w.taxYear(0, 2026); y.Total != 10_00 {
			t.Errorf("2026 changed: %+v", y)
		}
		// The rest, and meals of another year are put in the month they were paid.
		if y := w.taxYear(0, 2027); y.Total != 2_60 || y.Children[0].Months[0] != 2_60 || y.Children[0].Care != 3_00-2_38 {
			t.Errorf("%+v", y)
		}
		// One more credit note, now that all is paid, goes to the wallet: it lowers the year it is given.
		if _, err := w.s.Credit(w.ctx, billing.CreditNote{Key: w.key(), InvoiceID: id, Lines: []int{4}, Reason: "absence"}, ""); err != nil {
			t.Fatal(err)
		}
		if y := w.taxYear(0, 2027); y.Total != 2_60-mealPrice || w.account(0).Wallet != mealPrice {
			t.Errorf("%+v, wallet %s", y, w.account(0).Wallet)
		}
		w.agree(t.Fatalf)
	})
}

// A payment undone after the whole was given back: the family has more than it
// paid, until it pays again, and the sums say so.
func TestTaxYearGivenBackTwice(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		w.invoiced()
		paid := w.pay(billing.Payment{FamilyID: w.families[0], Amount: 21_00, Means: "card"})
		if _, err := w.s.Credit(w.ctx, billing.CreditNote{Key: w.key(), InvoiceID: w.account(0).Invoices[0].ID, Reason: "grève"}, ""); err != nil {
			t.Fatal(err)
		}
		if y := w.taxYear(0, 2026); y.Total != 0 {
			t.Errorf("%+v", y)
		}
		if err := w.s.VoidPayment(w.ctx, w.key(), paid.OperationID, "erreur"); err != nil {
			t.Fatal(err)
		}
		if y := w.taxYear(0, 2026); y.Total != -fiveMeals || y.Children[0].Care != -5*carePart {
			t.Errorf("%+v", y)
		}
		w.agree(t.Fatalf, november)
	})
}

// A family merged into another one is told with it.
func TestTaxYearOfAMergedFamily(t *testing.T) {
	each(t, 2, func(t *testing.T, w *world) {
		w.topUp(1, 50_00, "cash")
		w.prepaid(1, "2026-11-30")
		w.meals(1, days("2026-11-02", 4)...)
		w.issue(billing.Run{Month: november})
		w.pay(billing.Payment{FamilyID: w.families[1], Means: billing.ByWallet})
		w.write(func(tx *store.Tx) error {
			if err := ledger.MoveMoney(tx, w.families[1], w.families[0]); err != nil {
				return err
			}
			if err := billing.Merge(tx, w.families[1], w.families[0]); err != nil {
				return err
			}
			_, err := tx.Exec(`UPDATE family SET state = 'merged', merged_into = $1 WHERE id = $2`, w.families[0], w.families[1])
			return err
		})
		for i := range 2 { // under either name
			if y := w.taxYear(i, 2026); y.FamilyID != w.families[0] || y.Total != 5*mealPrice {
				t.Errorf("%+v", y)
			}
		}
		w.agree(t.Fatalf, november, november.Add(1))
		var moved money.Cents
		for _, f := range w.books(november).Families {
			if f.Merged {
				moved += f.WalletClosing
			}
		}
		if moved != 0 {
			t.Errorf("%s left with the merged family", moved)
		}
	})
}
