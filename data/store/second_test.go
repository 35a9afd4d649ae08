package store_test

import (
	"os"
	"testing"

	"ardoise/data/store"
)

// The second schema writes two tables anew on SQLite. A base of the first keeps
// its rows, their guards and their references; one whose references are broken
// is not migrated.
func TestSecondSchemaKeepsTheLedger(t *testing.T) {
	read := func(name string) string {
		text, err := os.ReadFile("schema/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	first, second := read("0001_foundation.sql"), read("0002_billing.sql")
	places(t, func(t *testing.T, url string) {
		db := mustOpen(t, url, "", first)
		if err := write(t, db, `INSERT INTO family (id, name, fold, sort_key, created_at) VALUES (1, 'Favier', 'favier', $1, '2026-09-01T00:00:00Z')`, []byte("f")); err != nil {
			t.Fatal(err)
		}
		for _, q := range []string{
			`INSERT INTO account (id, kind, family_id, code, balance, floor) VALUES (1, 'wallet', 1, 'wallet:1', 4200, 0), (2, 'cash', NULL, 'cash:cash', -4200, NULL)`,
			`INSERT INTO operation (id, key, digest, kind, at, agent_id, family_id) VALUES (1, 'k', 'd', 'topup', '2026-09-01T00:00:00Z', 0, 1)`,
			`INSERT INTO transfer (id, operation_id, debit_id, credit_id, amount, kind, on_day, label) VALUES (1, 1, 2, 1, 4200, 'topup', '2026-09-01', 'x')`,
			`INSERT INTO receipt (year, number, operation_id, transfer_id, family_id, means, payer, amount, balance_after, at, agent) VALUES (2026, 1, 1, 1, 1, 'cash', 'x', 4200, 4200, '2026-09-01T00:00:00Z', 'x')`,
		} {
			if err := write(t, db, q); err != nil {
				t.Fatal(err)
			}
		}
		closeDB(t, db)
		db = mustOpen(t, url, t.TempDir(), first, second)
		defer closeDB(t, db)
		if n := count(t, db, `SELECT COUNT(*) FROM receipt r JOIN transfer t ON t.id = r.transfer_id JOIN account a ON a.id = t.credit_id WHERE a.balance = 4200 AND t.amount = r.amount`); n != 1 {
			t.Errorf("%d entries of one are left whole", n)
		}
		for what, q := range map[string]string{
			"an entry of an account that is not there": `INSERT INTO transfer (id, operation_id, debit_id, credit_id, amount, kind, on_day, label) VALUES (9, 1, 2, 99, 1, 'topup', '2026-09-01', 'x')`,
			"an account of a family that is not there": `INSERT INTO account (id, kind, family_id, code, floor) VALUES (9, 'wallet', 99, 'wallet:99', 0)`,
		} {
			if err := write(t, db, q); !store.ForeignKey(err) {
				t.Errorf("%s: %v", what, err)
			}
		}
		for _, q := range []string{`UPDATE transfer SET amount = 1`, `DELETE FROM transfer`, `DELETE FROM account`} {
			if _, ok := store.AppendOnly(write(t, db, q)); !ok {
				t.Errorf("%s: taken", q)
			}
		}
		if name, ok := store.Check(write(t, db, `INSERT INTO account (id, kind, code, balance) VALUES (9, 'due', 'due', 1)`)); !ok || name != "account_due" {
			t.Errorf("families are owed by the town: %q", name)
		}
		if err := write(t, db, `INSERT INTO period_lock (period, locked_at, agent) VALUES ('2026-09', '2026-11-01T00:00:00Z', 'x')`); err != nil {
			t.Fatal(err)
		}
		if err := write(t, db, `INSERT INTO transfer (id, operation_id, debit_id, credit_id, amount, kind, on_day, label) VALUES (9, 1, 2, 1, 1, 'topup', '2026-09-30', 'x')`); !store.Locked(err) {
			t.Errorf("an entry in a locked month: %v", err)
		}
		if err := db.Read(t.Context(), func(tx *store.Tx) error {
			missing, err := store.MissingGuards(tx)
			if len(missing) > 0 {
				t.Errorf("guards missing: %v", missing)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}

// A base whose rows already name rows that are gone is left as it was.
func TestBrokenReferencesAreNotMigrated(t *testing.T) {
	path := t.TempDir() + "/mairie.db"
	const parent = `CREATE TABLE note (id {{id}}, body TEXT NOT NULL){{strict}}; CREATE TABLE reply (id {{id}}, note_id {{int}} REFERENCES note (id)){{strict}};`
	const forgets = `CREATE TABLE note_new (id {{id}}, body TEXT NOT NULL){{strict}}; DROP TABLE note; ALTER TABLE note_new RENAME TO note;` // the rows were not copied
	db := mustOpen(t, path, "", parent)
	for _, q := range []string{`INSERT INTO note (id, body) VALUES (1, 'x')`, `INSERT INTO reply (note_id) VALUES (1)`} {
		if err := write(t, db, q); err != nil {
			t.Fatal(err)
		}
	}
	closeDB(t, db)
	if _, err := open(t, path, t.TempDir(), parent, forgets); err == nil {
		t.Fatal("a migration that loses rows went through")
	}
	db = mustOpen(t, path, "", parent)
	defer closeDB(t, db)
	if n := count(t, db, `SELECT COUNT(*) FROM reply r JOIN note n ON n.id = r.note_id`); n != 1 {
		t.Errorf("%d rows left", n)
	}
}
