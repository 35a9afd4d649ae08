package store_test

import (
	"errors"
	"strings"
	"testing"

	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

func TestConstraintNames(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		probe(t, db)
		if err := store.Learn(t.Context(), db); err != nil {
			t.Fatal(err)
		}
		if err := write(t, db, `INSERT INTO probe (id, body, code, a, b, plain, d, raw) VALUES (1000, 'x', 'c', 1, 2, 'p', 'q', $1)`, []byte{1}); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct{ query, want string }{
			{`INSERT INTO probe (code) VALUES ('c')`, "probe_code"},
			{`INSERT INTO probe (a, b) VALUES (1, 2)`, "probe_pair"},
			{`INSERT INTO probe (plain) VALUES ('p')`, "probe_plain_key"},
			{`INSERT INTO probe (body, raw) SELECT body, raw FROM probe`, "probe_live"},
			{`INSERT INTO probe (d) VALUES ('Q')`, "probe_folded"},
			{`INSERT INTO probe (id) VALUES (1000)`, "probe_pkey"},
		} {
			for _, run := range []func(tx *store.Tx) error{
				func(tx *store.Tx) error { _, err := tx.Exec(c.query); return err },
				func(tx *store.Tx) error { return tx.QueryRow(c.query + ` RETURNING id`).Scan(new(int64)) },
			} {
				err := db.Write(t.Context(), run)
				if got, ok := store.Unique(err); !ok || got != c.want {
					t.Errorf("%s: %q %v, want %q (%v)", c.query, got, ok, c.want, err)
				}
				if _, ok := store.Check(err); ok {
					t.Errorf("%s is said to be a CHECK", c.query)
				}
			}
		}
		err := write(t, db, `INSERT INTO probe (amount) VALUES (-11)`)
		if got, ok := store.Check(err); !ok || got != "probe_positive" {
			t.Errorf("check: %q %v (%v)", got, ok, err)
		}
		if err := write(t, db, `INSERT INTO probe (ref) VALUES (999)`); !store.ForeignKey(err) {
			t.Errorf("foreign key: %v", err)
		}
		if _, ok := store.Unique(errors.New("UNIQUE constraint failed: x")); ok {
			t.Error("any text is taken for a constraint")
		}
	})
}

func TestAppendOnly(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		probe(t, db)
		for _, q := range []string{`INSERT INTO stone (id, body) VALUES (1, 'x')`, `INSERT INTO kept (id, body) VALUES (1, 'x')`, `UPDATE kept SET body = 'y'`} {
			if err := write(t, db, q); err != nil {
				t.Fatalf("%s: %v", q, err)
			}
		}
		attacks := map[string]string{
			`UPDATE stone SET body = 'y'`: "stone",
			`DELETE FROM stone`:           "stone",
			`DELETE FROM kept`:            "kept",
			`INSERT INTO stone (id, body) VALUES (1, 'y') ON CONFLICT (id) DO UPDATE SET body = 'y'`: "stone",
		}
		if db.Engine() == store.SQLite {
			attacks[`INSERT OR REPLACE INTO stone (id, body) VALUES (1, 'y')`] = "stone"
		} else {
			attacks[`TRUNCATE stone`], attacks[`TRUNCATE kept CASCADE`] = "stone", "kept"
		}
		for q, table := range attacks {
			err := write(t, db, q)
			if got, ok := store.AppendOnly(err); !ok || got != table {
				t.Errorf("%s: %q %v (%v)", q, got, ok, err)
			}
		}
		if n := count(t, db, `SELECT count(*) FROM stone WHERE body = 'x'`); n != 1 {
			t.Error("the row changed")
		}
	})
}

// Planted fault: with a guard taken away, MissingGuards names it and the
// attack goes through.
func TestMissingGuards(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		missing := func() (out []string) {
			if err := db.Read(t.Context(), func(tx *store.Tx) (err error) { out, err = store.MissingGuards(tx); return err }); err != nil {
				t.Fatal(err)
			}
			return out
		}
		if got := missing(); len(got) != 0 {
			t.Fatalf("a fresh database misses %v", got)
		}
		drop, trigger := `DROP TRIGGER audit_append_only_delete`, "trigger audit_append_only_delete"
		if db.Engine() == store.Postgres {
			drop, trigger = `ALTER TABLE audit DISABLE TRIGGER audit_append_only`, "trigger audit_append_only"
		}
		for _, q := range []string{drop, `DROP INDEX child_once`} {
			if err := write(t, db, q); err != nil {
				t.Fatal(err)
			}
		}
		if got := strings.Join(missing(), ", "); got != "index child_once, "+trigger {
			t.Errorf("missing: %s", got)
		}
		if err := write(t, db, `DELETE FROM audit`); err != nil {
			t.Errorf("the guard was not what refused: %v", err)
		}
	})
}
