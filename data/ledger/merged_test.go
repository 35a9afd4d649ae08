package ledger_test

import (
	"testing"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// What a family had paid comes back to the one that lives on, however many
// merges there were between.
func TestMergedFamiliesHaveNoMoney(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx, s := desk(t, db), ledger.New(db)
		a, b, c := family(t, ctx, db, "Un"), family(t, ctx, db, "Deux"), family(t, ctx, db, "Trois")
		if _, err := s.TopUp(ctx, topUp("a", a, 10_00)); err != nil {
			t.Fatal(err)
		}
		first, err := charge(ctx, db, "c1", a, 4_20)
		must(t, first, err)
		second, err := charge(ctx, db, "c2", a, 3_00)
		must(t, second, err)
		merge := func(from, to int64) {
			t.Helper()
			if err := db.Write(ctx, func(tx *store.Tx) error { return ledger.MoveMoney(tx, from, to) }); err != nil {
				t.Fatal(err)
			}
			if err := exec(t, ctx, db, `UPDATE family SET state = 'merged', merged_into = $1 WHERE id = $2`, to, from); err != nil {
				t.Fatal(err)
			}
		}
		merge(a, b)
		if err := reverse(ctx, db, "r1", first); err != nil || balance(t, ctx, s, b) != 7_00 || balance(t, ctx, s, a) != 0 {
			t.Fatalf("%v: %s and %s", err, balance(t, ctx, s, a), balance(t, ctx, s, b))
		}
		clean(t, db)
		merge(b, c)
		if err := reverse(ctx, db, "r2", second); err != nil || balance(t, ctx, s, c) != 10_00 {
			t.Fatalf("%v: %s", err, balance(t, ctx, s, c))
		}
		clean(t, db)
		st, err := s.Statement(ctx, c, calendar.Date(0), calendar.Date(0))
		if err != nil || len(st.Lines) != 2 || st.Lines[0].Label != "Solde repris du dossier F-0002" {
			t.Errorf("%+v %v", st.Lines, err)
		}
		_, err = s.TopUp(ctx, topUp("late", a, 1_00))
		wantKind(t, err, fault.Conflict)
		if got := fault.Sentence(err); got != "La famille F-0001 a été réunie dans F-0003\u00a0: ouvrez ce dossier-là." {
			t.Error(got)
		}
		_, err = s.Refund(ctx, ledger.Refund{Key: "rf", FamilyID: b, Means: "cash", Reason: "départ"})
		wantKind(t, err, fault.Conflict)
		wantKind(t, s.SetFloor(ctx, b, -1), fault.Conflict)
		_, err = charge(ctx, db, "c3", b, 1)
		wantKind(t, err, fault.Conflict)
	})
}
