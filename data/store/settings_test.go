package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/mattn/go-sqlite3"

	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// What the house promises of SQLite is asked of the connections themselves.
func TestSQLiteSettings(t *testing.T) {
	db := storetest.OpenSQLite(t)
	writer, readers := store.Pools(db)
	for pragma, want := range map[string][2]string{
		"journal_mode":       {"wal", "wal"},
		"synchronous":        {"2", ""},
		"foreign_keys":       {"1", "1"},
		"recursive_triggers": {"1", ""},
		"busy_timeout":       {"5000", "5000"},
		"query_only":         {"0", "1"},
		"temp_store":         {"2", "2"},
		"mmap_size":          {"0", "0"},
		"trusted_schema":     {"0", "0"},
	} {
		for i, pool := range []*sql.DB{writer, readers} {
			var got string
			if err := pool.QueryRow("PRAGMA " + pragma).Scan(&got); err != nil {
				t.Fatal(pragma, err)
			}
			if want[i] != "" && got != want[i] {
				t.Errorf("%s is %s, want %s (pool %d)", pragma, got, want[i], i)
			}
		}
	}
	if _, err := readers.Exec(`DELETE FROM setting`); err == nil {
		t.Error("a reader's connection writes")
	}
	info, err := os.Stat(db.Path())
	if err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("others may read the file: %v %v", info.Mode(), err)
	}
}

func TestSQLiteVersion(t *testing.T) {
	for number, want := range map[int]bool{3_051_002: true, 3_050_004: true, 3_051_003: false, 3_054_001: false} {
		if store.TooOld(number) != want {
			t.Errorf("%d: too old is %v", number, !want)
		}
	}
	if text, number, _ := sqlite3.Version(); store.TooOld(number) {
		t.Errorf("this build has SQLite %s", text)
	}
}

// The same question has the same answer, in the same order, on both engines.
func TestBothEnginesAgree(t *testing.T) {
	answers := map[string][]string{}
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		probe(t, db)
		err := db.Write(t.Context(), func(tx *store.Tx) error {
			for i, name := range []string{"zoé", "Éva", "eva", "Zoé", "œuf", "a b", "ab", "A", "_", "100%", "été", "🍎", ""} {
				if _, err := tx.Exec(`INSERT INTO probe (id, body, amount) VALUES ($1, $2, $3)`, i+1, name, i-5); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range []string{
			`SELECT body FROM probe ORDER BY body`,
			`SELECT body FROM probe WHERE body LIKE 'e%' ORDER BY id`,
			`SELECT body FROM probe WHERE body LIKE '%\%' ESCAPE '\' ORDER BY id`,
			`SELECT body FROM probe WHERE body > 'a' ORDER BY body DESC LIMIT 3`,
			`SELECT lower(body) FROM probe ORDER BY lower(body), id`,
			`SELECT CAST(length(body) AS TEXT) FROM probe ORDER BY id`,
			`SELECT CAST(amount / 2 AS TEXT) FROM probe ORDER BY id`,
			`SELECT CAST(sum(amount) AS TEXT) FROM probe`,
			`SELECT coalesce(min(body), '') || max(body) FROM probe`,
			`SELECT CASE WHEN amount > 0 THEN 'plus' ELSE 'moins' END FROM probe GROUP BY 1 ORDER BY 1`,
		} {
			err := db.Read(t.Context(), func(tx *store.Tx) error {
				got, err := store.Collect(tx, func(r *sql.Rows) (s string, err error) { return s, r.Scan(&s) }, q)
				if before, seen := answers[q]; seen && !slices.Equal(before, got) {
					t.Errorf("%s\nSQLite     %q\nPostgreSQL %q", q, before, got)
				}
				answers[q] = got
				return err
			})
			if err != nil {
				t.Errorf("%s: %v", q, err)
			}
		}
	})
}

// With stock taken, SQLite knows how the rows are spread.
func TestOptimize(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		fill(t, db, "x", 3000)
		if err := db.Optimize(t.Context()); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := db.Optimize(ctx); err == nil {
			t.Error("a cancelled one says it is done")
		}
		if err := write(t, db, `INSERT INTO setting (name, value) VALUES ('after', 'x')`); err != nil {
			t.Error(err)
		}
	})
}

// The program's own schema: every constraint has a name of the schema's, so
// that a refusal can be told; nothing is called twice.
func TestSchemaNamesItsRules(t *testing.T) {
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		scripts, err := store.Scripts(nil, engine)
		if err != nil || int64(len(scripts)) != store.LatestVersion() {
			t.Fatalf("%d scripts, version %d, %v", len(scripts), store.LatestVersion(), err)
		}
		for i, script := range scripts {
			for n, line := range strings.Split(script, "\n") {
				if strings.Contains(line, "{{") || strings.Contains(line, "<no value>") {
					t.Errorf("%d:%d is not rendered: %s", i+1, n+1, line)
				}
				if strings.Contains(line, " CHECK (") && !strings.Contains(line, "CONSTRAINT ") {
					t.Errorf("%d:%d has a rule without a name: %s", i+1, n+1, line)
				}
			}
		}
	}
	if got := fmt.Sprint(store.SQLite, store.Postgres); got != "SQLite PostgreSQL" {
		t.Error(got)
	}
}
