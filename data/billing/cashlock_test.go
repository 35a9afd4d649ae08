package billing_test

import (
	"strings"
	"testing"
	"time"

	"ardoise/data/billing"
	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store"
)

func (w *world) planLock(m calendar.Month) billing.LockPlan {
	w.t.Helper()
	p, err := w.s.PlanLock(w.ctx, m)
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

func says(list []string, words string) bool {
	return containsFold(strings.ReplaceAll(strings.Join(list, " "), "\u00a0", " "), words)
}

func TestLockAMonth(t *testing.T) {
	each(t, 2, func(t *testing.T, w *world) {
		w.meals(0, "2026-11-23", "2026-11-24")
		w.topUp(0, 50_00, "cash")
		p := w.planLock(november)
		for _, words := range []string{"n’est pas terminé", "n’a jamais été arrêtée", "aucun bordereau"} {
			if !says(p.Blocks, words) {
				t.Errorf("%s is missing: %q", words, p.Blocks)
			}
		}
		if len(p.Blocks) != 3 || !says(p.Warnings, "premier verrouillage") || !says(p.Warnings, "2 repas du mois ne sont pas facturés (1 famille, 8,40") {
			t.Errorf("%q %q", p.Blocks, p.Warnings)
		}
		_, err := w.s.LockMonth(w.ctx, november)
		refused(t, err, fault.Conflict, "n’est pas terminé")
		w.creditor(func(s *billing.Settings) { s.NoticeDays = 1 })
		w.mandate(0)
		w.issue(billing.Run{Month: november, Small: w.families})
		batch := w.build(billing.DebitAsk{CollectOn: calendar.MustISO("2026-11-30")})

		if _, err := w.tryClose("2026-11-24", 49_00, "un euro manque"); err != nil {
			t.Fatal(err)
		}
		w.at("2026-12-01")
		w.slip(billing.SlipPayment, november)
		p = w.planLock(november)
		if len(p.Blocks) != 1 || !says(p.Blocks, "prélèvement du 30/11/2026 (ARD-SDD-261124-0001.xml, 8,40") || !says(p.Warnings, "écart de –1,00") {
			t.Errorf("%q %q", p.Blocks, p.Warnings)
		}
		if err := w.s.DropDebits(w.ctx, batch.ID, "trop tard"); err != nil {
			t.Fatal(err)
		}
		l, err := w.s.LockMonth(w.ctx, november)
		if err != nil || l.Month != november || !l.LockedAt.Equal(w.clock.Now()) || l.Agent == "" {
			t.Fatalf("%+v %v", l, err)
		}
		w.clock.Add(time.Hour)
		again, err := w.s.LockMonth(w.ctx, november)
		if err != nil || !again.LockedAt.Equal(l.LockedAt) || again.Agent != l.Agent {
			t.Errorf("locked twice: %+v %v", again, err)
		}
		if p := w.planLock(november.Add(-3)); p.Lock == nil || p.Lock.Month != november || p.Blocks != nil {
			t.Errorf("months before are locked with it: %+v", p)
		}
		locks, err := w.s.Locks(w.ctx)
		if err != nil || len(locks) != 1 || w.count(`SELECT COUNT(*) FROM audit WHERE action = 'cash.lock'`) != 1 {
			t.Errorf("%+v %v", locks, err)
		}

		for _, day := range []string{"2026-11-30", "2026-11-24", "2026-10-05"} {
			_, err = w.tryTopUp(1, 10_00, "card", day)
			refused(t, err, fault.Conflict, "aucune écriture n’y entre plus")
		}
		refused(t, err, fault.Conflict, "Le mois d’octobre 2026")
		w.topUp(1, 10_00, "card")
		p = w.planLock(november.Add(2))
		if !says(p.Blocks, "Le mois de décembre 2026 n’est pas verrouillé") {
			t.Errorf("%q", p.Blocks)
		}
		// A workstation that believes it is still November is told to look at its clock.
		w.at("2026-11-30")
		_, err = w.tryTopUp(1, 10_00, "card")
		refused(t, err, fault.Conflict, "vérifiez la date de l’ordinateur")
		_, err = w.s.LockMonth(w.ctx, november.Add(1))
		refused(t, err, fault.Conflict, "n’est pas terminé")
		w.at("2026-12-01")
	})
}

func TestLockAsksOnlyForItsDays(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		w.topUp(0, 50_00, "cash")
		w.closeDay("2026-11-24")
		w.at("2026-11-26")
		w.topUp(0, 50_00, "cash")
		w.at("2026-12-01")
		w.topUp(0, 50_00, "cash")
		if p := w.planLock(november); !says(p.Blocks, "pour 1 jour, à partir du 26/11/2026") {
			t.Errorf("%q", p.Blocks)
		}
		w.closeDay("2026-11-26")
		w.slip(billing.SlipPayment, november)
		if p := w.planLock(november); p.Blocks != nil {
			t.Errorf("%q", p.Blocks)
		}
		// A month without a single entry is locked in its turn, and the next one after it.
		w.at("2027-02-01")
		for _, m := range []calendar.Month{november, november.Add(1), november.Add(2)} {
			if m == november.Add(1) {
				w.closeDay("2026-12-01")
				w.slip(billing.SlipPayment, m)
			}
			if _, err := w.s.LockMonth(w.ctx, m); err != nil {
				t.Fatal(m, err)
			}
		}
	})
}

// Meals eaten without booking and never charged are told; they block nothing.
func TestLockTellsOfMealsToRegularise(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		w.write(func(tx *store.Tx) error {
			op, _, err := ledger.Operation(tx, ledger.Op{Key: "u", Digest: "u", Kind: "attend"})
			if err != nil {
				return err
			}
			tariff := w.id(tx, `SELECT id FROM tariff WHERE service_id = $1 AND kind = 'unbooked'`, w.canteen)
			_, err = booking.Book(tx, []booking.Row{{
				ChildID: w.children[0], ServiceID: w.canteen, Day: calendar.MustISO("2026-11-24"), FamilyID: w.families[0], Kind: booking.Unbooked, Price: 6_30,
				TariffID: tariff, OperationID: op, Verdict: "unbooked", Attendance: "present", Uncharged: true,
			}})
			return err
		})
		w.at("2026-12-01")
		if p := w.planLock(november); p.Blocks != nil || !says(p.Warnings, "1 repas sans réservation du mois reste à régulariser (6,30") {
			t.Errorf("%q %q", p.Blocks, p.Warnings)
		}
	})
}

func TestVoidReceipt(t *testing.T) {
	each(t, 2, func(t *testing.T, w *world) {
		w.invoiced()
		r := w.topUp(0, 50_00, "cheque")
		refused(t, w.s.VoidReceipt(w.ctx, w.key(), r.ID, " "), fault.Invalid, "motif")
		refused(t, w.s.VoidReceipt(w.ctx, w.key(), 999, "x"), fault.NotFound, "n’existe pas")
		paid := w.pay(billing.Payment{FamilyID: w.families[0], Means: billing.ByWallet})
		refused(t, w.s.VoidReceipt(w.ctx, w.key(), r.ID, "chèque impayé"), fault.Insufficient, "Annulez d’abord un paiement de facture ou des repas réservés")
		if w.count(`SELECT COUNT(*) FROM operation WHERE kind = 'void'`) != 0 {
			t.Error("a refusal left an operation")
		}
		if err := w.s.VoidPayment(w.ctx, w.key(), paid.OperationID, "chèque impayé"); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := w.s.VoidReceipt(w.ctx, "void", r.ID, "chèque impayé"); err != nil {
				t.Fatal(err)
			}
		}
		refused(t, w.s.VoidReceipt(w.ctx, "void", r.ID, "autre"), fault.Conflict, "autre contenu")
		refused(t, w.s.VoidReceipt(w.ctx, w.key(), r.ID, "chèque impayé"), fault.Conflict, "déjà annulée")
		if a := w.account(0); a.Wallet != 0 || a.Owed != fiveMeals || w.held("cash:cheque") != 0 {
			t.Errorf("wallet %s, owed %s, cheques %s", a.Wallet, a.Owed, w.held("cash:cheque"))
		}
		list, sums, err := w.l.Receipts(w.ctx, ledger.ReceiptFilter{FamilyID: w.families[0]})
		if err != nil || len(list) != 1 || list[0].Amount != 50_00 || list[0].VoidReason != "chèque impayé" || list[0].VoidedOn != calendar.DateOf(w.clock.Now()) || len(sums) != 0 {
			t.Errorf("%+v %v %v", list, sums, err)
		}
		st, err := w.l.Statement(w.ctx, w.families[0], 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		var labels []string
		for _, l := range st.Lines {
			labels = append(labels, l.Label)
		}
		number := w.account(0).Invoices[0].Number
		want := []string{
			"Rechargement par chèque", "Facture " + number, "Paiement annulé, facture " + number + "\u00a0: chèque impayé",
			"Quittance " + r.Number() + " annulée\u00a0: chèque impayé",
		}
		if strings.Join(labels, "|") != strings.Join(want, "|") {
			t.Errorf("%q\nwant %q", labels, want)
		}
	})
}

// The money of a receipt is where its family went.
func TestVoidReceiptOfAMergedFamily(t *testing.T) {
	each(t, 2, func(t *testing.T, w *world) {
		r := w.topUp(1, 50_00, "cheque")
		w.write(func(tx *store.Tx) error {
			if err := ledger.MoveMoney(tx, w.families[1], w.families[0]); err != nil {
				return err
			}
			_, err := tx.Exec(`UPDATE family SET state = 'merged', merged_into = $1 WHERE id = $2`, w.families[0], w.families[1])
			return err
		})
		if err := w.s.VoidReceipt(w.ctx, w.key(), r.ID, "chèque impayé"); err != nil {
			t.Fatal(err)
		}
		if a := w.account(0); a.Wallet != 0 {
			t.Errorf("%s", a.Wallet)
		}
	})
}

// Who may look into the cash office, and who may write in it.
func TestCashOfficeRights(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		accueil, admin := stafftest.Session(t, w.db, staff.Accueil), stafftest.Session(t, w.db, staff.Admin)
		if _, err := w.s.CashDay(accueil, 0); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%v", err)
		}
		if _, err := w.s.CashDay(admin, 0); err != nil {
			t.Errorf("%v", err)
		}
		if _, err := w.s.LockMonth(admin, november); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%v", err)
		}
	})
}
