package ledger_test

import (
	"context"
	"fmt"
	"testing"

	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/money"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

func desk(t testing.TB, db *store.DB) context.Context {
	return stafftest.Session(t, db, staff.Accueil, staff.Regie, staff.Admin)
}

// family writes a bare family with one guardian.
func family(t testing.TB, ctx context.Context, db *store.DB, name string) (id int64) {
	t.Helper()
	err := db.Write(ctx, func(tx *store.Tx) error {
		if err := tx.QueryRow(`INSERT INTO family (name, fold, sort_key, created_at) VALUES ($1, $1, $2, $3) RETURNING id`, name, []byte(name), tx.Now()).Scan(&id); err != nil {
			return err
		}
		_, err := tx.Exec(`INSERT INTO guardian (family_id, rank, last, first, email, fold) VALUES ($1, 1, $2, 'Élodie', 'elodie@example.org', $2)`, id, name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func must[T any](t testing.TB, v T, err error) T {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func wantKind(t testing.TB, err error, k fault.Kind) {
	t.Helper()
	if fault.KindOf(err) != k || err == nil {
		t.Fatalf("want %s, got %v", k, err)
	}
}

func balance(t testing.TB, ctx context.Context, s *ledger.Service, f int64) money.Cents {
	t.Helper()
	w, err := s.Wallet(ctx, f)
	return must(t, w, err).Balance
}

// clean fails the test when an invariant does not hold.
func clean(t testing.TB, db *store.DB) {
	t.Helper()
	for _, c := range broken(t, db) {
		t.Errorf("%s: %s", c.ID, c.Detail)
	}
}

func broken(t testing.TB, db *store.DB) (bad []ledger.Check) {
	t.Helper()
	err := db.Read(context.Background(), func(tx *store.Tx) error {
		all, err := ledger.Verify(tx)
		for _, c := range all {
			if !c.OK {
				bad = append(bad, c)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return bad
}

func topUp(key string, f int64, amount money.Cents) ledger.TopUp {
	return ledger.TopUp{Key: key, FamilyID: f, Amount: amount, Means: "cheque", Reference: "0004587"}
}

func exec(t testing.TB, ctx context.Context, db *store.DB, query string, args ...any) error {
	t.Helper()
	return db.Write(ctx, func(tx *store.Tx) error { _, err := tx.Exec(query, args...); return err })
}

func key(parts ...any) string { return fmt.Sprint(parts...) }
