package ledger_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/money"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

func TestTopUpGivesAReceiptOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx, s := desk(t, db), ledger.New(db)
		f := family(t, ctx, db, "Favier")
		number, err := s.NextReceipt(ctx)
		if err != nil || number != "2026-0001" {
			t.Fatalf("next receipt %q, %v", number, err)
		}
		first, err := s.TopUp(ctx, topUp("a", f, 50_00))
		r := must(t, first, err)
		if r.Number() != "2026-0001" || r.Amount != 50_00 || r.BalanceAfter != 50_00 || r.Payer != "Élodie Favier" || r.Family != "Favier" || r.Agent == "" {
			t.Errorf("receipt %+v", r)
		}
		again, err := s.TopUp(ctx, topUp("a", f, 50_00))
		if err != nil || again != r {
			t.Errorf("the same key gave %+v, %v", again, err)
		}
		_, err = s.TopUp(ctx, topUp("a", f, 60_00))
		wantKind(t, err, fault.Conflict)
		second, err := s.TopUp(ctx, topUp("b", f, 12_34))
		if err != nil || second.Number() != "2026-0002" {
			t.Fatalf("%+v, %v", second, err)
		}
		list, sums, err := s.Receipts(ctx, ledger.ReceiptFilter{FamilyID: f})
		if err != nil || len(list) != 2 || sums["cheque"] != 62_34 || list[0].Number() != "2026-0002" {
			t.Errorf("%v %v %v", list, sums, err)
		}
		if got := balance(t, ctx, s, f); got != 62_34 {
			t.Errorf("balance %s", got)
		}
		clean(t, db)
	})
}

func TestRefusals(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx, s := desk(t, db), ledger.New(db)
		f := family(t, ctx, db, "Favier")
		for name, c := range map[string]struct {
			up   ledger.TopUp
			kind fault.Kind
		}{
			"zero":      {ledger.TopUp{Key: "z", FamilyID: f, Means: "cash"}, fault.Invalid},
			"negative":  {ledger.TopUp{Key: "n", FamilyID: f, Amount: -1, Means: "cash"}, fault.Invalid},
			"too much":  {ledger.TopUp{Key: "m", FamilyID: f, Amount: 10_000_01, Means: "cash"}, fault.Invalid},
			"no means":  {ledger.TopUp{Key: "w", FamilyID: f, Amount: 1, Means: "barter"}, fault.Invalid},
			"no family": {ledger.TopUp{Key: "f", FamilyID: 999, Amount: 1, Means: "cash"}, fault.NotFound},
			"tomorrow":  {ledger.TopUp{Key: "t", FamilyID: f, Amount: 1, Means: "cash", Day: calendar.DateOf(storetest.Start).Add(1)}, fault.Invalid},
		} {
			_, err := s.TopUp(ctx, c.up)
			if fault.KindOf(err) != c.kind || err == nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		_, err := s.Refund(ctx, ledger.Refund{Key: "r", FamilyID: f, Means: "cash", Reason: "départ"})
		wantKind(t, err, fault.Insufficient)
		// What was refused has taken no number and left no operation.
		if r, err := s.TopUp(ctx, topUp("ok", f, 1)); err != nil || r.Number() != "2026-0001" {
			t.Errorf("%+v %v", r, err)
		}
		clean(t, db)
	})
}

func TestRefundFloorAndMerge(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx, s := desk(t, db), ledger.New(db)
		a, b := family(t, ctx, db, "Favier"), family(t, ctx, db, "Favier-Roche")
		if _, err := s.TopUp(ctx, topUp("a", a, 30_00)); err != nil {
			t.Fatal(err)
		}
		given, err := s.Refund(ctx, ledger.Refund{Key: "r", FamilyID: a, Amount: 10_00, Means: "transfer", Reason: "départ"})
		if err != nil || given != 10_00 {
			t.Fatalf("%s %v", given, err)
		}
		given, err = s.Refund(ctx, ledger.Refund{Key: "r", FamilyID: a, Amount: 10_00, Means: "transfer", Reason: "départ"})
		if err != nil || given != 10_00 || balance(t, ctx, s, a) != 20_00 {
			t.Fatalf("replayed refund: %s %v", given, err)
		}
		wantKind(t, s.SetFloor(ctx, a, 1), fault.Invalid)
		if err := s.SetFloor(ctx, b, -15_00); err != nil {
			t.Fatal(err)
		}
		err = db.Write(ctx, func(tx *store.Tx) error { return ledger.MoveMoney(tx, a, b) })
		if err != nil || balance(t, ctx, s, a) != 0 || balance(t, ctx, s, b) != 20_00 {
			t.Fatalf("merge: %v", err)
		}
		if _, err := s.Refund(ctx, ledger.Refund{Key: "all", FamilyID: b, Means: "cheque", Reason: "départ"}); err != nil || balance(t, ctx, s, b) != 0 {
			t.Fatalf("refund of the whole: %v", err)
		}
		clean(t, db)
	})
}

// charge opens an operation and takes an amount from a wallet.
func charge(ctx context.Context, db *store.DB, k string, f int64, amount money.Cents) (id int64, err error) {
	err = db.Write(ctx, func(tx *store.Tx) error {
		op, _, err := ledger.Operation(tx, ledger.Op{Key: k, Digest: k, Kind: "book", FamilyID: f})
		if err != nil {
			return err
		}
		w, err := ledger.WalletOf(tx, f)
		if err != nil {
			return err
		}
		sales, err := ledger.AccountOf(tx, "sales:1")
		if err != nil {
			return err
		}
		id, err = ledger.Post(tx, ledger.Transfer{Op: op, Debit: w.ID, Credit: sales.ID, Amount: amount, Kind: "charge", Label: "Repas"})
		return err
	})
	return id, err
}

func reverse(ctx context.Context, db *store.DB, k string, id int64) error {
	return db.Write(ctx, func(tx *store.Tx) error {
		op, _, err := ledger.Operation(tx, ledger.Op{Key: k, Digest: k, Kind: "cancel"})
		if err != nil {
			return err
		}
		_, err = ledger.ReverseMany(tx, op, []int64{id}, "Annulation")
		return err
	})
}

func TestFloorToTheCentAndReversedOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx, s := desk(t, db), ledger.New(db)
		f := family(t, ctx, db, "Favier")
		if _, err := s.TopUp(ctx, topUp("a", f, 4_20)); err != nil {
			t.Fatal(err)
		}
		_, err := charge(ctx, db, "c1", f, 12_60)
		wantKind(t, err, fault.Insufficient)
		if got := fault.Sentence(err); got != "Il manque 8,40\u00a0€ sur le porte-monnaie\u00a0: rechargez-le ou choisissez un autre moyen de paiement." {
			t.Errorf("%s", got)
		}
		if _, err := charge(ctx, db, "c2", f, 4_21); fault.KindOf(err) != fault.Insufficient {
			t.Errorf("one cent below the floor: %v", err)
		}
		id, err := charge(ctx, db, "c3", f, 4_20)
		if err != nil {
			t.Fatalf("exactly down to the floor: %v", err)
		}
		if err := reverse(ctx, db, "r1", id); err != nil {
			t.Fatal(err)
		}
		wantKind(t, reverse(ctx, db, "r2", id), fault.Conflict)
		if got := balance(t, ctx, s, f); got != 4_20 {
			t.Errorf("balance %s", got)
		}
		why, err := s.Why(ctx, id)
		if err != nil || why.Operation.Kind != "book" || why.Reversed == 0 || why.To != "sales:1" {
			t.Errorf("%+v %v", why, err)
		}
		clean(t, db)
	})
}

func TestConcurrentTopUpsLoseNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx, s := desk(t, db), ledger.New(db)
		f := family(t, ctx, db, "Favier")
		var wg sync.WaitGroup
		for i := range 20 {
			wg.Go(func() {
				// Each key twice at the same time: one effect.
				if _, err := s.TopUp(ctx, topUp(key("k", i/2), f, 1_00)); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if got := balance(t, ctx, s, f); got != 10_00 {
			t.Errorf("balance %s after ten top-ups asked for twice", got)
		}
		clean(t, db)
	})
}

func TestStatementAddsUp(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx, s := desk(t, db), ledger.New(db)
		f := family(t, ctx, db, "Favier")
		clock := storetest.ClockOf(db)
		if _, err := s.TopUp(ctx, topUp("a", f, 50_00)); err != nil {
			t.Fatal(err)
		}
		clock.Add(24 * time.Hour)
		for _, k := range []string{"c1", "c2"} {
			if _, err := charge(ctx, db, k, f, 4_20); err != nil {
				t.Fatal(err)
			}
		}
		day := calendar.DateOf(storetest.Start)
		st, err := s.Statement(ctx, f, day.Add(1), 0)
		if err != nil || st.Opening != 50_00 || st.Closing != 41_60 || len(st.Lines) != 2 || st.Debits != 8_40 || st.Lines[1].Balance != 41_60 {
			t.Fatalf("%+v %v", st, err)
		}
		st, err = s.Statement(ctx, f, 0, day)
		if err != nil || st.Opening != 0 || st.Closing != 50_00 || st.Lines[0].Receipt != "2026-0001" || st.Lines[0].Label != "Rechargement par chèque" {
			t.Fatalf("%+v %v", st, err)
		}
		w, err := s.Wallet(ctx, f)
		if err != nil || w.Credits != 50_00 || w.Debits != 8_40 || w.Low() || w.Email != "elodie@example.org" {
			t.Errorf("%+v %v", w, err)
		}
		if low, err := s.Low(ctx); err != nil || len(low) != 0 {
			t.Errorf("%v %v", low, err)
		}
		if _, err := charge(ctx, db, "c3", f, 35_00); err != nil {
			t.Fatal(err)
		}
		if low, err := s.Low(ctx); err != nil || len(low) != 1 || low[0].Balance != 6_60 {
			t.Errorf("%v %v", low, err)
		}
	})
}

func TestRights(t *testing.T) {
	db := storetest.OpenSQLite(t)
	both, cash := []staff.Role{staff.Accueil, staff.Regie}, []staff.Role{staff.Regie}
	stafftest.Rights(t, ledger.New(db), map[string][]staff.Role{
		"TopUp": cash, "Refund": cash, "SetFloor": cash, "Receipts": cash, "NextReceipt": cash, "SendReceipt": cash,
		"Receipt": both, "ReceiptOfTransfer": both, "Wallet": both, "Statement": both, "Low": both, "Why": both,
		"AfterTopUp": stafftest.Open,
	}, stafftest.Contexts(t, db))
}
