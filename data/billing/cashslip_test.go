package billing_test

import (
	"slices"
	"testing"

	"ardoise/data/billing"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/money"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// held is what an account of the town holds: the kept balance, turned round.
func (w *world) held(code string) money.Cents {
	return money.Cents(-w.count(`SELECT COALESCE((SELECT balance FROM account WHERE code = $1), 0)`, code))
}

func (w *world) slip(kind string, m calendar.Month) billing.Slip {
	w.t.Helper()
	key := w.key()
	p, err := w.s.PlanSlip(w.ctx, kind, m)
	if err != nil {
		w.t.Fatal(err)
	}
	if p.ID != 0 || p.Number != "" {
		w.t.Fatalf("a plan has a number: %+v", p)
	}
	made, err := w.s.MakeSlip(w.ctx, key, kind, m)
	if err != nil {
		w.t.Fatal(err)
	}
	again, err := w.s.MakeSlip(w.ctx, key, kind, m) // the same key: once
	if err != nil || again.ID != made.ID || again.Total != p.Total || again.Count != p.Count || again.Moved != p.Moved || len(again.Receipts) != len(p.Receipts) {
		w.t.Fatalf("planned %+v, made %+v, again %+v, %v", p, made, again, err)
	}
	return again
}

// directDebit collects what a family owes on debitDay: built and sent.
func (w *world) directDebit(i int) billing.DebitBatch {
	w.t.Helper()
	return w.send(w.build(billing.DebitAsk{Families: []int64{w.families[i]}}).ID)
}

// rejected reads the bank's return of a batch of one, today.
func (w *world) rejected(b billing.DebitBatch) {
	w.t.Helper()
	batch, err := w.s.Batch(w.ctx, b.ID)
	if err != nil || len(batch.Debits) != 1 {
		w.t.Fatal(batch, err)
	}
	w.read(pain002(batch.MessageID, debitReject{batch.Debits[0].EndToEnd, "AM04", batch.Debits[0].Amount}))
}

// Whichever slip comes first moves the money of a cheque, the other only names it.
func TestMoneyIsHandedOverOnce(t *testing.T) {
	each(t, 2, func(t *testing.T, w *world) {
		first := w.topUp(0, 50_00, "cheque")
		void := w.topUp(0, 7_00, "cheque")
		w.topUp(1, 30_00, "cash")
		w.topUp(1, 11_00, "card")
		if err := w.s.VoidReceipt(w.ctx, w.key(), void.ID, "erreur de saisie"); err != nil {
			t.Fatal(err)
		}
		deposit := w.slip(billing.SlipCheques, calendar.Month{})
		if deposit.Number != "2026-001" || deposit.Total != 50_00 || deposit.Moved != 50_00 || len(deposit.Receipts) != 1 || deposit.Receipts[0].Number != first.Number() || deposit.Receipts[0].Reference != "n° 12" {
			t.Fatalf("%+v", deposit)
		}
		if w.held("cash:cheque") != 0 || w.held("treasury") != 50_00 {
			t.Errorf("cheques %s, treasury %s", w.held("cash:cheque"), w.held("treasury"))
		}
		_, err := w.s.MakeSlip(w.ctx, w.key(), billing.SlipCheques, calendar.Month{})
		refused(t, err, fault.Invalid, "Aucun chèque")

		w.topUp(0, 20_00, "cheque") // not at the bank when the month's slip is made
		if _, err := w.l.Refund(w.ctx, ledger.Refund{Key: w.key(), FamilyID: w.families[1], Amount: 5_00, Means: "cash", Reason: "départ"}); err != nil {
			t.Fatal(err)
		}
		p := w.slip(billing.SlipPayment, november)
		want := []billing.MeansSum{{Means: "card", Count: 1, Total: 11_00}, {Means: "cash", Count: 2, Total: 25_00}, {Means: "cheque", Count: 2, Total: 70_00}}
		if p.Number != "2026-001" || p.Total != 106_00 || p.Moved != 56_00 || !slices.Equal(p.Means, want) || len(p.Entries) != 1 || p.Entries[0].Amount != -5_00 {
			t.Fatalf("%+v", p)
		}
		for _, code := range []string{"cash:cash", "cash:cheque", "cash:card", "refund:cash"} {
			if got := w.held(code); got != 0 {
				t.Errorf("%s still holds %s", code, got)
			}
		}
		if w.held("treasury") != 106_00 || w.cashDay("2026-11-24").Expected != 0 {
			t.Errorf("treasury %s", w.held("treasury"))
		}
		_, err = w.s.MakeSlip(w.ctx, w.key(), billing.SlipPayment, november)
		refused(t, err, fault.Invalid, "rien à verser")
		deposit = w.slip(billing.SlipCheques, calendar.Month{}) // the second cheque goes to the bank: its money has moved
		if deposit.Number != "2026-002" || deposit.Total != 20_00 || deposit.Moved != 0 || !deposit.Receipts[0].Before || w.held("treasury") != 106_00 {
			t.Errorf("%+v", deposit)
		}
		list, err := w.s.Slips(w.ctx, november)
		if err != nil || len(list) != 3 || list[1].Total != 106_00 || list[1].Receipts != nil || len(list[1].Means) != 3 {
			t.Errorf("%+v %v", list, err)
		}
		one, err := w.s.Slip(w.ctx, p.ID)
		if err != nil || len(one.Receipts) != 4 || one.Moved != 56_00 {
			t.Errorf("%+v %v", one, err)
		}
		_, err = w.s.Slip(w.ctx, 99)
		refused(t, err, fault.NotFound, "n’existe pas")
		_, err = w.s.PlanSlip(w.ctx, billing.SlipPayment, november.Add(1))
		refused(t, err, fault.Invalid, "n’a pas commencé")
		_, err = w.s.PlanSlip(w.ctx, "autre", november)
		refused(t, err, fault.Invalid, "Choisissez")
	})
}

// A receipt annulled after it was handed over, and a direct debit that comes
// back, come off the next slip.
func TestWhatComesBackComesOffTheNextSlip(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		w.billed()
		banked := w.topUp(0, 50_00, "cheque")
		cash := w.topUp(0, 10_00, "cash")
		w.slip(billing.SlipCheques, calendar.Month{})
		collected := w.directDebit(0)
		w.at("2026-12-11")
		// The bank sends the cheque back before the month's slip is made, and the
		// receipt of cash was a mistake: that one was never handed over.
		for _, r := range []ledger.Receipt{banked, cash} {
			if err := w.s.VoidReceipt(w.ctx, w.key(), r.ID, "chèque impayé"); err != nil {
				t.Fatal(err)
			}
		}
		p := w.slip(billing.SlipPayment, november)
		if p.Total != 50_00 || p.Moved != 0 || len(p.Receipts) != 1 || len(p.Entries) != 0 {
			t.Fatalf("%+v", p)
		}
		p = w.slip(billing.SlipPayment, november.Add(1))
		want := []billing.MeansSum{{Means: "cheque", Count: 1, Total: -50_00}, {Means: "debit", Count: 1, Total: debitSum}}
		if p.Total != debitSum-50_00 || p.Moved != p.Total || len(p.Entries) != 2 || !slices.Equal(p.Means, want) {
			t.Fatalf("%+v", p)
		}
		w.rejected(collected)
		w.topUp(0, 8_00, "card")
		p = w.slip(billing.SlipPayment, november.Add(1))
		if p.Total != 8_00-debitSum || p.Moved != p.Total || len(p.Entries) != 1 || p.Number != "2026-003" {
			t.Fatalf("%+v", p)
		}
		for _, code := range []string{"cash:cash", "cash:cheque", "cash:card", "cash:debit"} {
			if got := w.held(code); got != 0 {
				t.Errorf("%s still holds %s", code, got)
			}
		}
		if w.held("treasury") != 8_00 {
			t.Errorf("treasury %s", w.held("treasury"))
		}
	})
}

// Each rule of the cash office sees its fault.
func TestCashFaultsAreSeen(t *testing.T) {
	loose := func(w *world, table string) {
		if w.db.Engine() == store.Postgres {
			w.sql(`ALTER TABLE ` + table + ` DISABLE TRIGGER USER`)
			return
		}
		for _, op := range []string{"update", "delete"} {
			w.sql(`DROP TRIGGER ` + table + `_append_only_` + op)
		}
	}
	for name, c := range map[string]struct{ words, table, fault string }{
		"a close that expected something else": {"arrêtés de caisse", "cash_close", `UPDATE cash_close SET expected = expected + 1, reason = 'x'`},
		"a slip with another total":            {"nombre ou la somme", "cash_slip", `UPDATE cash_slip SET total = total + 1 WHERE kind = 'payment'`},
		"a slip with another count":            {"nombre ou la somme", "cash_slip", `UPDATE cash_slip SET count = count + 1 WHERE kind = 'payment'`},
		"a receipt on a slip of another kind":  {"de sa sorte", "cash_slip_receipt", `UPDATE cash_slip_receipt SET kind = 'x' WHERE kind = 'cheques'`},
		"an entry at another amount":           {"de sa sorte", "cash_slip_entry", `UPDATE cash_slip_entry SET amount = amount - 1`},
		"money handed over twice":              {"versent pas exactement", "transfer", `UPDATE transfer SET kind = 'correction' WHERE kind = 'deposit' AND id = (SELECT MAX(id) FROM transfer WHERE kind = 'deposit')`},
		"money handed over on no slip":         {"versements ne sont", "transfer", `UPDATE transfer SET kind = 'deposit' WHERE kind = 'refund'`},
		"a number skipped":                     {"séries de bordereaux", "", `UPDATE counter SET last = last + 1 WHERE name = 'slip:payment:2026'`},
		"a receipt taken off its slip":         {"mois verrouillés ne sont sur aucun", "cash_slip_receipt", `DELETE FROM cash_slip_receipt WHERE kind = 'payment'`},
		"an entry dated in a locked month":     {"plus récente que leur verrou", "period_lock", `UPDATE period_lock SET locked_at = '2026-11-24T00:00:00Z'`},
		"an annulment without its reason":      {"annulations de quittance", "operation", `UPDATE operation SET reason = '' WHERE kind = 'void'`},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, db *store.DB) {
				w := newWorld(t, db, 1)
				w.topUp(0, 50_00, "cheque")
				r := w.topUp(0, 20_00, "cash")
				w.topUp(0, 20_00, "cash")
				if _, err := w.l.Refund(w.ctx, ledger.Refund{Key: w.key(), FamilyID: w.families[0], Amount: 5_00, Means: "cash", Reason: "départ"}); err != nil {
					t.Fatal(err)
				}
				w.slip(billing.SlipCheques, calendar.Month{})
				if err := w.s.VoidReceipt(w.ctx, w.key(), r.ID, "erreur"); err != nil {
					t.Fatal(err)
				}
				w.closeDay("2026-11-24")
				w.at("2026-12-01")
				w.slip(billing.SlipPayment, november)
				if _, err := w.s.LockMonth(w.ctx, november); err != nil {
					t.Fatal(err)
				}
				w.sound()
				if c.table != "" {
					loose(w, c.table)
				}
				w.sql(c.fault)
				if bad := w.broken(); !slices.ContainsFunc(bad, func(k billing.Check) bool { return containsFold(k.Detail, c.words) }) {
					t.Errorf("nobody noticed: %+v", bad)
				}
			})
		})
	}
}
