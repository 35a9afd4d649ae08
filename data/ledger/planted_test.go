package ledger_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/money"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// Each guard is taken away, the fault it keeps out is written, and the check of
// its invariant must notice.
func TestPlantedFaultsAreSeen(t *testing.T) {
	drop := func(t *testing.T, db *store.DB, table string) {
		statement := `DROP TRIGGER ` + table + `_append_only_update`
		if db.Engine() == store.Postgres {
			statement = `ALTER TABLE ` + table + ` DISABLE TRIGGER ` + table + `_append_only`
		}
		if err := exec(t, t.Context(), db, statement); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		id    string
		plant func(t *testing.T, db *store.DB) error
	}{
		"money from nowhere": {"I1", func(t *testing.T, db *store.DB) error {
			return exec(t, t.Context(), db, `UPDATE account SET balance = balance + 1 WHERE kind = 'cash'`)
		}},
		"balance moved by hand": {"I2", func(t *testing.T, db *store.DB) error {
			return exec(t, t.Context(), db, `UPDATE account SET balance = balance + CASE kind WHEN 'wallet' THEN 5 ELSE -5 END WHERE kind IN ('wallet', 'cash')`)
		}},
		"money left with a merged family": {"I3", func(t *testing.T, db *store.DB) error {
			heir := family(t, desk(t, db), db, "Favier-Roche")
			return exec(t, t.Context(), db, `UPDATE family SET state = 'merged', merged_into = $1 WHERE id <> $1`, heir)
		}},
		"given back to somebody else": {"I3", func(t *testing.T, db *store.DB) error {
			drop(t, db, "transfer")
			ctx := desk(t, db)
			other := family(t, ctx, db, "Autre")
			return db.Write(ctx, func(tx *store.Tx) error {
				w, err := ledger.WalletOf(tx, other)
				if err != nil {
					return err
				}
				_, err = tx.Exec(`UPDATE transfer SET credit_id = $1 WHERE kind = 'credit'`, w.ID)
				return err
			})
		}},
		"trigger gone": {"I7", func(t *testing.T, db *store.DB) error { drop(t, db, "transfer"); return nil }},
		"amount changed": {"I2", func(t *testing.T, db *store.DB) error {
			drop(t, db, "transfer")
			return exec(t, t.Context(), db, `UPDATE transfer SET amount = amount + 1`)
		}},
		"number skipped": {"I8", func(t *testing.T, db *store.DB) error {
			return exec(t, t.Context(), db, `UPDATE counter SET last = last + 1 WHERE name = 'receipt:2026'`)
		}},
		"receipt changed": {"I8", func(t *testing.T, db *store.DB) error {
			drop(t, db, "receipt")
			return exec(t, t.Context(), db, `UPDATE receipt SET amount = amount + 1`)
		}},
		"given back twice": {"I3", func(t *testing.T, db *store.DB) error {
			if err := exec(t, t.Context(), db, `DROP INDEX transfer_reversed_once`); err != nil {
				return err
			}
			return exec(t, t.Context(), db, `INSERT INTO transfer (operation_id, debit_id, credit_id, amount, kind, reverses_id, on_day, label)
				SELECT operation_id, debit_id, credit_id, amount, kind, reverses_id, on_day, label FROM transfer WHERE kind = 'credit'`)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, db *store.DB) {
				ctx, s := desk(t, db), ledger.New(db)
				f := family(t, ctx, db, "Favier")
				if _, err := s.TopUp(ctx, topUp("a", f, 50_00)); err != nil {
					t.Fatal(err)
				}
				id, err := charge(ctx, db, "c", f, 4_20)
				if err != nil {
					t.Fatal(err)
				}
				if err := reverse(ctx, db, "r", id); err != nil {
					t.Fatal(err)
				}
				clean(t, db)
				if err := c.plant(t, db); err != nil {
					t.Fatal(err)
				}
				if !slices.ContainsFunc(broken(t, db), func(k ledger.Check) bool { return k.ID == c.id }) {
					t.Errorf("%s did not notice: %v", c.id, broken(t, db))
				}
			})
		})
	}
}

// A wallet's floor is in the schema: the statement itself is refused.
func TestFloorIsInTheSchema(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := desk(t, db)
		f := family(t, ctx, db, "Favier")
		if _, err := ledger.New(db).TopUp(ctx, topUp("a", f, 1_00)); err != nil {
			t.Fatal(err)
		}
		err := exec(t, ctx, db, `UPDATE account SET balance = -1 WHERE kind = 'wallet'`)
		if name, ok := store.Check(err); !ok || name != "account_floor" {
			t.Fatalf("the schema let a wallet below its floor: %v", err)
		}
	})
}

// Ten thousand random movements between a few wallets and the town, against
// plain integers: to the cent, and never below a floor.
func TestTenThousandMovements(t *testing.T) {
	db := storetest.OpenSQLite(t)
	ctx := desk(t, db)
	const families = 7
	var ids, wallets [families]int64
	var want [families]money.Cents
	for i := range ids {
		ids[i] = family(t, ctx, db, key("F", i))
	}
	random := rand.New(rand.NewPCG(1, 2))
	refused := 0
	for block := range 20 {
		err := db.Write(ctx, func(tx *store.Tx) error {
			town, err := ledger.AccountOf(tx, "sales:1")
			if err != nil {
				return err
			}
			all, err := ledger.WalletsOf(tx, ids[:])
			if err != nil {
				return err
			}
			for i, f := range ids {
				wallets[i] = all[f].ID
			}
			op, _, err := ledger.Operation(tx, ledger.Op{Key: key("block", block), Digest: "x", Kind: "test"})
			if err != nil {
				return err
			}
			for range 500 {
				i, amount := random.IntN(families), money.Cents(random.IntN(5000)+1)
				tr := ledger.Transfer{Op: op, Debit: town.ID, Credit: wallets[i], Amount: amount, Kind: "correction"}
				if random.IntN(2) == 0 {
					tr.Debit, tr.Credit = tr.Credit, tr.Debit
				}
				_, err := ledger.Post(tx, tr)
				switch {
				case tr.Credit == wallets[i]:
					want[i] += amount
				case want[i] < amount:
					if fault.KindOf(err) != fault.Insufficient {
						t.Errorf("%s out of %s: %v", amount, want[i], err)
					}
					refused++
					continue
				default:
					want[i] -= amount
				}
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for i, f := range ids {
		if got := balance(t, ctx, ledger.New(db), f); got != want[i] {
			t.Errorf("wallet %d: %s, want %s", i, got, want[i])
		}
	}
	if refused == 0 {
		t.Error("no movement was refused: the test proves nothing about floors")
	}
	clean(t, db)
}
