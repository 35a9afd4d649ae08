package billing_test

import (
	"slices"
	"testing"

	"ardoise/data/billing"
	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/money"
	"ardoise/data/store"
)

func (w *world) books(m calendar.Month) billing.MonthBooks {
	w.t.Helper()
	b, err := w.s.Books(w.ctx, m)
	if err != nil {
		w.t.Fatal(err)
	}
	return b
}

// agree sets the books of some months against each other and against what
// families are told for their taxes. fatal is that of the test at hand.
func (w *world) agree(fatal func(string, ...any), months ...calendar.Month) {
	w.t.Helper()
	var before billing.MonthBooks
	for _, m := range months {
		b, err := w.s.Books(w.ctx, m)
		if err != nil {
			fatal("%v", err)
		}
		if wrong := b.Check(); wrong != nil {
			fatal("%s: %q", m, wrong)
		}
		for _, a := range b.Accounts {
			i := slices.IndexFunc(before.Accounts, func(o billing.AccountLine) bool { return o.Code == a.Code })
			if i >= 0 && before.Accounts[i].Closing != a.Opening {
				fatal("%s: %s ends at %s and begins at %s", m, a.Code, before.Accounts[i].Closing, a.Opening)
			}
		}
		before = b
	}
	// What left the families for good: charges less what came back, payments less
	// what was undone, credit notes given to wallets.
	left := money.Cents(w.count(`SELECT CAST(COALESCE(SUM(CASE WHEN t.kind = 'charge' THEN t.amount WHEN t.kind = 'credit' THEN -t.amount
		WHEN t.kind = 'payment' THEN t.amount WHEN t.kind = 'reject' OR t.kind = 'void' AND o.kind = 'payment' THEN -t.amount
		WHEN t.kind = 'credit_note' AND c.kind = 'wallet' THEN -t.amount ELSE 0 END), 0) AS BIGINT)
		FROM transfer t JOIN account c ON c.id = t.credit_id LEFT JOIN transfer o ON o.id = t.reverses_id`))
	var told money.Cents
	for year := 2026; year <= w.clock.Now().Year(); year++ {
		list, err := w.s.TaxYears(w.ctx, year, 0)
		if err != nil {
			fatal("%v", err)
		}
		for _, y := range list {
			told += y.Total
			var sum money.Cents
			for _, c := range y.Children {
				sum += c.Total
				var months money.Cents
				for _, m := range c.Months {
					months += m
				}
				if months != c.Total || c.Meal+c.Care != c.Total {
					fatal("%s: %+v", y.Family, c)
				}
			}
			one, err := w.s.TaxYears(w.ctx, year, y.FamilyID)
			if err != nil || len(one) != 1 || one[0].Total != y.Total || sum != y.Total || !slices.Equal(one[0].Children, y.Children) {
				fatal("%d, %s: %+v alone, %+v among all, %v", year, y.Family, one, y, err)
			}
		}
	}
	if told != left {
		fatal("families are told of %s, they paid %s", told, left)
	}
}

// prepaid charges canteen meals of child i, today.
func (w *world) prepaid(i int, days ...string) {
	w.t.Helper()
	w.write(func(tx *store.Tx) error {
		key := w.key()
		op, _, err := ledger.Operation(tx, ledger.Op{Key: key, Digest: key, Kind: "book", FamilyID: w.families[i], Label: "Réservation"})
		if err != nil {
			return err
		}
		tariff := w.id(tx, `SELECT id FROM tariff WHERE service_id = $1 AND label = 'tarif B'`, w.canteen)
		var rows []booking.Row
		for _, d := range days {
			rows = append(rows, booking.Row{
				ChildID: w.children[i], ServiceID: w.canteen, Day: calendar.MustISO(d), FamilyID: w.families[i], Price: mealPrice, Care: carePart,
				TariffID: tariff, OperationID: op, Cutoff: tx.Now(), Rule: "règle d’essai",
			})
		}
		_, err = booking.Book(tx, rows)
		return err
	})
}

// giveBack gives prepaid meals back.
func (w *world) giveBack(i int, days ...string) {
	w.t.Helper()
	w.write(func(tx *store.Tx) error {
		key := w.key()
		op, _, err := ledger.Operation(tx, ledger.Op{Key: key, Digest: key, Kind: "cancel", FamilyID: w.families[i]})
		if err != nil {
			return err
		}
		var list []booking.Release
		for _, d := range days {
			id := w.id(tx, `SELECT id FROM booking WHERE child_id = $1 AND day = $2 AND state = 'booked'`, w.children[i], d)
			list = append(list, booking.Release{
				Item: booking.Item{ChildID: w.children[i], ServiceID: w.canteen, Day: calendar.MustISO(d)}, BookingID: id, Verdict: booking.CancelInTime,
				Cutoff: tx.Now(), Rule: "règle d’essai",
			})
		}
		_, err = booking.CancelMany(tx, op, list, "Annulation")
		return err
	})
}

// autumn is two months of a town in which everything happens.
func (w *world) autumn() {
	w.t.Helper()
	w.creditor()
	w.mandate(2)
	w.topUp(0, 50_00, "cash")
	w.prepaid(0, "2026-12-07", "2026-12-08", "2026-12-10")
	w.topUp(1, 30_00, "cheque")
	w.meals(1, days("2026-11-02", 5)...)
	w.meals(2, days("2026-11-02", 5)...)
	w.meals(3, days("2026-11-02", 5)...)
	w.issue(billing.Run{Month: november})
	w.pay(billing.Payment{FamilyID: w.families[1], Means: billing.ByWallet})
	debit := w.directDebit(2)
	bounced := w.topUp(3, 12_00, "cheque")
	w.slip(billing.SlipCheques, calendar.Month{})
	w.closeDay("2026-11-24")
	w.at("2026-12-10")
	w.slip(billing.SlipPayment, november)
	if _, err := w.s.LockMonth(w.ctx, november); err != nil {
		w.t.Fatal(err)
	}
	w.giveBack(0, "2026-12-08")
	w.rejected(debit)
	if err := w.s.VoidReceipt(w.ctx, w.key(), bounced.ID, "chèque impayé"); err != nil {
		w.t.Fatal(err)
	}
	w.pay(billing.Payment{FamilyID: w.families[3], Amount: 25_00, Means: "card"})
	w.pay(billing.Payment{FamilyID: w.families[2], Amount: 10_00, Means: "cash"})
	if _, err := w.l.Refund(w.ctx, ledger.Refund{Key: w.key(), FamilyID: w.families[0], Amount: 4_00, Means: "cash", Reason: "départ"}); err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.s.Credit(w.ctx, billing.CreditNote{Key: w.key(), InvoiceID: w.account(1).Invoices[0].ID, Lines: []int{0, 3}, Reason: "grève"}, ""); err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.s.Credit(w.ctx, billing.CreditNote{Key: w.key(), InvoiceID: w.account(2).Invoices[0].ID, Amount: 3_00, Reason: "geste"}, ""); err != nil {
		w.t.Fatal(err)
	}
}

func TestBooksAgree(t *testing.T) {
	each(t, 4, func(t *testing.T, w *world) {
		w.autumn()
		w.agree(t.Fatalf, november.Add(-1), november, november.Add(1), november.Add(2))
		b := w.books(november)
		if b.Lock == nil || len(b.Unpaid) == 0 || len(b.Families) != 4 {
			t.Errorf("lock %+v, unpaid %d, families %d", b.Lock, len(b.Unpaid), len(b.Families))
		}
		pay := []billing.PaymentDay{{Day: calendar.MustISO("2026-11-24"), Means: "cash", Count: 1, Total: 50_00}, {Day: calendar.MustISO("2026-11-24"), Means: "cheque", Count: 2, Total: 42_00}}
		if !slices.Equal(b.Payments, pay) {
			t.Errorf("%+v", b.Payments)
		}
		sales := []billing.SalesLine{
			{Service: "Cantine", Tariff: "tarif B", Pay: "prepaid", Count: 3, Meal: 9_60, Care: 3_00, Total: 12_60},
			{Service: "Cantine", Tariff: "tarif A", Pay: "monthly", Count: 15, Meal: 48_00, Care: 15_00, Total: 63_00},
		}
		if !slices.Equal(b.Sales, sales) {
			t.Errorf("%+v", b.Sales)
		}
		// On 30 November three families had been invoiced and one had paid: the direct
		// debit of 10 December had not been collected.
		var owed money.Cents
		for _, i := range b.Unpaid {
			owed += i.Open
		}
		if owed != 2*fiveMeals || b.Families[0].WalletClosing != 50_00-12_60 || b.Families[1].DueClosing != 0 || b.Families[2].DueClosing != fiveMeals {
			t.Errorf("owed %s, %+v", owed, b.Families)
		}
		december := w.books(november.Add(1))
		if december.Families[1].DueOpening != 0 || december.Families[1].WalletClosing-december.Families[1].WalletOpening != 2*mealPrice || december.Lock != nil {
			t.Errorf("%+v", december.Families)
		}
		kinds := map[string]int{}
		for _, l := range december.Journal {
			kinds[l.Kind]++
			if l.Kind != "deposit" && l.Family == "" || l.Agent == "" || l.Label == "" || (l.Kind == "topup" || l.Kind == "void") && l.Receipt == "" {
				t.Errorf("%+v", l)
			}
		}
		for _, k := range []string{"topup", "credit", "payment", "reject", "void", "refund", "credit_note", "deposit"} {
			if kinds[k] == 0 {
				t.Errorf("no %s in December: %v", k, kinds)
			}
		}
		lines, err := w.s.Journal(w.ctx, november.First(), november.Last())
		if err != nil || !slices.Equal(lines, b.Journal) {
			t.Errorf("%d lines, %d in the books, %v", len(lines), len(b.Journal), err)
		}
		_, err = w.s.Journal(w.ctx, november.Last(), november.First())
		refused(t, err, fault.Invalid, "premier et le dernier jour")
		_, err = w.s.Books(w.ctx, calendar.Month{})
		refused(t, err, fault.Invalid, "Choisissez un mois")
	})
}

// Check sees each part that does not agree with the others.
func TestBooksThatDisagreeAreSeen(t *testing.T) {
	each(t, 4, func(t *testing.T, w *world) {
		w.autumn()
		for name, plant := range map[string]func(*billing.MonthBooks){
			"an entry lost":       func(b *billing.MonthBooks) { b.Journal = b.Journal[1:] },
			"an entry changed":    func(b *billing.MonthBooks) { b.Journal[0].Amount++ },
			"an account":          func(b *billing.MonthBooks) { b.Accounts[0].Closing++ },
			"an opening":          func(b *billing.MonthBooks) { b.Accounts[0].Opening++ },
			"a sale":              func(b *billing.MonthBooks) { b.Sales[0].Total++ },
			"a sale both ways":    func(b *billing.MonthBooks) { b.Sales[0].Total++; b.Sales[0].Care++ },
			"a payment":           func(b *billing.MonthBooks) { b.Payments[0].Total-- },
			"a wallet":            func(b *billing.MonthBooks) { b.Families[0].WalletClosing++ },
			"a wallet's opening":  func(b *billing.MonthBooks) { b.Families[0].WalletOpening++ },
			"two wallets":         func(b *billing.MonthBooks) { b.Families[0].WalletClosing++; b.Families[1].WalletClosing-- },
			"two debts":           func(b *billing.MonthBooks) { b.Families[1].DueClosing++; b.Families[2].DueClosing-- },
			"a debt":              func(b *billing.MonthBooks) { b.Families[1].DueClosing++ },
			"a debt before":       func(b *billing.MonthBooks) { b.Families[1].DueOpening++ },
			"an unpaid invoice":   func(b *billing.MonthBooks) { b.Unpaid[0].Open++ },
			"an invoice too many": func(b *billing.MonthBooks) { b.Unpaid = append(b.Unpaid, b.Unpaid[0]) },
		} {
			b := w.books(november.Add(1))
			if wrong := b.Check(); wrong != nil {
				t.Fatalf("%q", wrong)
			}
			plant(&b)
			if b.Check() == nil {
				t.Errorf("%s: nobody noticed", name)
			}
		}
	})
}
