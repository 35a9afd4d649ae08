package billing_test

import (
	"strconv"
	"testing"
	"time"

	"ardoise/data/billing"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/money"
	"ardoise/data/store"
)

// topUp brings money to the desk today, or on a day.
func (w *world) topUp(i int, amount money.Cents, means string, day ...string) ledger.Receipt {
	w.t.Helper()
	r, err := w.tryTopUp(i, amount, means, day...)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

func (w *world) tryTopUp(i int, amount money.Cents, means string, day ...string) (ledger.Receipt, error) {
	t := ledger.TopUp{Key: w.key(), FamilyID: w.families[i], Amount: amount, Means: means, Reference: "n° 12"}
	if len(day) > 0 {
		t.Day = calendar.MustISO(day[0])
	}
	return w.l.TopUp(w.ctx, t)
}

func (w *world) float(c money.Cents) {
	w.sql(`INSERT INTO setting (name, value) VALUES ('billing.cash_float', $1) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, strconv.Itoa(int(c)))
}

func (w *world) cashDay(day string) billing.CashDay {
	w.t.Helper()
	d, err := w.s.CashDay(w.ctx, calendar.MustISO(day))
	if err != nil {
		w.t.Fatal(err)
	}
	return d
}

func (w *world) tryClose(day string, counted money.Cents, reason string) (billing.CashDay, error) {
	return w.s.CloseCash(w.ctx, billing.CashClose{Key: w.key(), Day: calendar.MustISO(day), Counted: counted, Reason: reason})
}

// closeDay closes a day at what the books expect.
func (w *world) closeDay(day string) {
	w.t.Helper()
	if _, err := w.tryClose(day, w.cashDay(day).Expected, ""); err != nil {
		w.t.Fatal(err)
	}
}

func TestCashDayIsCountedAndClosed(t *testing.T) {
	each(t, 2, func(t *testing.T, w *world) {
		w.float(100_00)
		w.topUp(0, 50_00, "cash")
		w.topUp(1, 20_00, "cheque")
		if _, err := w.l.Refund(w.ctx, ledger.Refund{Key: w.key(), FamilyID: w.families[0], Amount: 10_00, Means: "cash", Reason: "départ"}); err != nil {
			t.Fatal(err)
		}
		d := w.cashDay("2026-11-24")
		if d.Opening != 100_00 || d.In != 50_00 || d.Out != 10_00 || d.Expected != 140_00 || d.Closed || len(d.Means) != 2 ||
			d.Means[0] != (billing.MeansSum{Means: "cash", Count: 1, Total: 50_00}) || d.Means[1] != (billing.MeansSum{Means: "cheque", Count: 1, Total: 20_00}) {
			t.Fatalf("%+v", d)
		}
		_, err := w.tryClose("2026-11-24", 139_00, " ")
		refused(t, err, fault.Invalid, "écart –1,00")
		_, err = w.s.CloseCash(w.ctx, billing.CashClose{Key: w.key(), Day: d.Day, Pieces: map[money.Cents]int{30_00: 1}})
		refused(t, err, fault.Invalid, "Recomptez")
		_, err = w.s.CloseCash(w.ctx, billing.CashClose{Key: w.key(), Day: d.Day, Counted: 1, Pieces: map[money.Cents]int{50_00: 1}})
		refused(t, err, fault.Invalid, "recomptez")
		_, err = w.tryClose("2026-11-25", 140_00, "")
		refused(t, err, fault.Invalid, "à venir")

		ask := billing.CashClose{Key: "close", Day: d.Day, Pieces: map[money.Cents]int{50_00: 2, 20_00: 1, 10_00: 1, 5_00: 1, 2_00: 2, 50: 0}, Reason: "une pièce de 1 € manque"}
		for range 2 { // the same key closes once
			d, err = w.s.CloseCash(w.ctx, ask)
			if err != nil || !d.Closed || d.Counted != 139_00 || d.Expected != 140_00 || d.Difference() != -1_00 || d.Pieces[50_00] != 2 || d.Reason == "" || !d.ClosedAt.Equal(w.clock.Now()) {
				t.Fatalf("%+v %v", d, err)
			}
		}
		ask.Reason = "autre"
		_, err = w.s.CloseCash(w.ctx, ask)
		refused(t, err, fault.Conflict, "autre contenu")
		_, err = w.tryClose("2026-11-24", 140_00, "")
		refused(t, err, fault.Conflict, "déjà arrêtée")
		_, err = w.tryClose("2026-11-23", 100_00, "")
		refused(t, err, fault.Conflict, "dans l’ordre")

		w.at("2026-11-25")
		w.float(120_00) // from now on: yesterday was counted with 100
		if d := w.cashDay("2026-11-25"); d.Opening != 160_00 || d.Carried != -1_00 || d.Closed {
			t.Errorf("the next morning: %+v", d)
		}
		if d := w.cashDay("2026-11-24"); d.Opening != 100_00 || d.Expected != 140_00 {
			t.Errorf("the day before does not change: %+v", d)
		}
		w.topUp(0, 5_00, "cash")
		w.at("2026-11-27")
		w.topUp(0, 5_00, "cash")
		_, err = w.tryClose("2026-11-27", 170_00, "")
		refused(t, err, fault.Conflict, "25/11/2026 n’est pas arrêtée")
		w.closeDay("2026-11-25")
		w.closeDay("2026-11-27")
		days, err := w.s.CashDays(w.ctx, november)
		if err != nil || len(days) != 3 || days[0].Expected != 140_00 || days[1].Expected != 165_00 || days[2].Expected != 170_00 || days[1].Carried != -1_00 || days[2].Carried != 0 {
			t.Errorf("%+v %v", days, err)
		}
		if w.count(`SELECT COUNT(*) FROM cash_close`) != 3 || w.count(`SELECT COUNT(*) FROM operation WHERE kind = 'cash_close'`) != 3 {
			t.Error("not closed once each")
		}
	})
}

func TestClosedDayTakesNoCash(t *testing.T) {
	each(t, 2, func(t *testing.T, w *world) {
		r := w.topUp(0, 50_00, "cash")
		w.closeDay("2026-11-24")
		_, err := w.tryTopUp(0, 10_00, "cash")
		refused(t, err, fault.Conflict, "demain, après minuit")
		_, err = w.l.Refund(w.ctx, ledger.Refund{Key: w.key(), FamilyID: w.families[0], Amount: 1, Means: "cash", Reason: "départ"})
		refused(t, err, fault.Conflict, "demain, après minuit")
		refused(t, w.s.VoidReceipt(w.ctx, w.key(), r.ID, "erreur"), fault.Conflict, "demain, après minuit")
		_, err = w.s.MakeSlip(w.ctx, w.key(), billing.SlipPayment, november)
		refused(t, err, fault.Conflict, "demain, après minuit")
		w.topUp(0, 10_00, "card")
		w.topUp(0, 10_00, "cheque")

		// Just after midnight it is another day.
		w.clock.Set(calendar.MustISO("2026-11-24").At(23, 59).Add(time.Minute))
		w.topUp(0, 10_00, "cash")
		_, err = w.tryTopUp(0, 10_00, "cash", "2026-11-24")
		refused(t, err, fault.Conflict, "datez ce mouvement d’espèces d’aujourd’hui")
		// A workstation whose clock is late is told so.
		w.at("2026-11-23")
		_, err = w.tryTopUp(0, 10_00, "cash")
		refused(t, err, fault.Conflict, "vérifiez la date de l’ordinateur")
		w.at("2026-11-25")
	})
}

// What Go refuses the schema refuses too, whoever writes.
func TestSchemaKeepsClosedDaysAndLockedMonths(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		w.topUp(0, 50_00, "cash")
		w.closeDay("2026-11-24")
		try := func(query string, args ...any) error {
			return w.db.Write(w.ctx, func(tx *store.Tx) error { _, err := tx.Exec(query, args...); return err })
		}
		const copied = `INSERT INTO transfer (operation_id, debit_id, credit_id, amount, kind, on_day, label)
			SELECT operation_id, debit_id, credit_id, amount, 'correction', $1, label FROM transfer WHERE kind = 'topup'`
		for _, day := range []string{"2026-11-24", "2026-11-01"} {
			if err := try(copied, day); !store.Closed(err) {
				t.Errorf("cash on %s: %v", day, err)
			}
		}
		if err := try(`INSERT INTO cash_close (day, closed_at, agent, fund, expected, counted) VALUES ('2026-11-20', 'x', 'x', 0, 0, 0)`); err == nil {
			t.Error("a day before the last one was closed")
		}
		if err := try(`INSERT INTO period_lock (period, locked_at, agent) VALUES ('2026-10', '2026-11-24T12:00:00Z', 'x')`); err != nil {
			t.Fatal(err)
		}
		for _, month := range []string{"2026-10", "2026-09", "2026-12"} {
			if err := try(`INSERT INTO period_lock (period, locked_at, agent) VALUES ($1, 'x', 'x')`, month); err == nil {
				t.Errorf("%s was locked after October", month)
			}
		}
		const card = `INSERT INTO transfer (operation_id, debit_id, credit_id, amount, kind, on_day, label)
			SELECT t.operation_id, t.credit_id, a.id, 1, 'correction', $1, 'x' FROM transfer t, account a WHERE t.kind = 'topup' AND a.code = 'sales:1'`
		w.write(func(tx *store.Tx) error { _, err := ledger.AccountOf(tx, "sales:1"); return err })
		for _, day := range []string{"2026-10-31", "2026-10-01", "2026-09-30", "2025-12-31"} {
			if err := try(card, day); !store.Locked(err) {
				t.Errorf("an entry on %s: %v", day, err)
			}
		}
	})
}
