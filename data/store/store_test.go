package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"ardoise/data/fault"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

func TestMain(m *testing.M) {
	if child := os.Getenv("ARDOISE_STORE_CHILD"); child != "" {
		runChild(child)
		return
	}
	storetest.Main(m)
}

// probeSQL is a table of the tests' own, with one of every guard. It is made
// through a migration's words so that both engines get it as the real ones.
const probeSQL = `
CREATE TABLE probe (
  id     {{id}},
  body   TEXT,
  amount {{int}} CONSTRAINT probe_positive CHECK (amount IS NULL OR amount > -10),
  raw    {{blob}},
  code   TEXT CONSTRAINT probe_code UNIQUE,
  a      {{int}},
  b      {{int}},
  d      TEXT,
  plain  TEXT UNIQUE,
  ref    {{int}} REFERENCES probe (id),
  CONSTRAINT probe_pair UNIQUE (a, b)
){{strict}};
CREATE UNIQUE INDEX probe_live ON probe (body) WHERE raw IS NOT NULL;
CREATE UNIQUE INDEX probe_folded ON probe (lower(d));
CREATE TABLE stone (id {{id}}, body TEXT NOT NULL){{strict}};
{{append_only "stone"}}
CREATE TABLE kept (id {{id}}, body TEXT NOT NULL){{strict}};
{{no_delete "kept"}}
`

func files(bodies ...string) fstest.MapFS {
	out := fstest.MapFS{}
	for i, body := range bodies {
		out[fmt.Sprintf("schema/%04d_step.sql", i+1)] = &fstest.MapFile{Data: []byte(body)}
	}
	return out
}

// probe makes the tests' tables in a database.
func probe(t *testing.T, db *store.DB) {
	t.Helper()
	set, err := store.Scripts(files(probeSQL), db.Engine())
	if err != nil {
		t.Fatal(err)
	}
	if err := store.RunScript(t.Context(), db, set[0]); err != nil {
		t.Fatal(err)
	}
}

func count(t *testing.T, db *store.DB, query string, args ...any) (n int64) {
	t.Helper()
	if err := db.Read(t.Context(), func(tx *store.Tx) error { return tx.QueryRow(query, args...).Scan(&n) }); err != nil {
		t.Fatal(err)
	}
	return n
}

func write(t *testing.T, db *store.DB, query string, args ...any) error {
	t.Helper()
	return db.Write(t.Context(), func(tx *store.Tx) error {
		_, err := tx.Exec(query, args...)
		return err
	})
}

func TestWriteIsAllOrNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		probe(t, db)
		boom := errors.New("boom")
		err := db.Write(t.Context(), func(tx *store.Tx) error {
			if _, err := tx.Exec(`INSERT INTO probe (body) VALUES ('x')`); err != nil {
				return err
			}
			return boom
		})
		if !errors.Is(err, boom) {
			t.Errorf("got %v", err)
		}
		func() {
			defer func() {
				if recover() == nil {
					t.Error("the panic was swallowed")
				}
			}()
			_ = db.Write(t.Context(), func(tx *store.Tx) error {
				if _, err := tx.Exec(`INSERT INTO probe (body) VALUES ('y')`); err != nil {
					return err
				}
				panic("boom")
			})
		}()
		ctx, cancel := context.WithCancel(t.Context())
		err = db.Write(ctx, func(tx *store.Tx) error {
			if _, err := tx.Exec(`INSERT INTO probe (body) VALUES ('z')`); err != nil {
				return err
			}
			cancel()
			return nil
		})
		if fault.KindOf(err) != fault.Unavailable || !errors.Is(err, context.Canceled) {
			t.Errorf("a cancelled write: %v", err)
		}
		if n := count(t, db, `SELECT count(*) FROM probe`); n != 0 {
			t.Errorf("%d rows stayed", n)
		}
		if err := write(t, db, `INSERT INTO probe (body) VALUES ($1)`, "ok"); err != nil {
			t.Errorf("no work after a failure: %v", err)
		}
	})
}

func TestReadIsOneSnapshotAndWritesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		probe(t, db)
		err := db.Read(t.Context(), func(tx *store.Tx) error {
			var before, after int64
			if err := tx.QueryRow(`SELECT count(*) FROM probe`).Scan(&before); err != nil {
				return err
			}
			if err := write(t, db, `INSERT INTO probe (body) VALUES ('during')`); err != nil {
				return err
			}
			if err := tx.QueryRow(`SELECT count(*) FROM probe`).Scan(&after); err != nil {
				return err
			}
			if before != after {
				t.Errorf("%d then %d in one reading", before, after)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		err = db.Read(t.Context(), func(tx *store.Tx) error {
			_, err := tx.Exec(`INSERT INTO probe (body) VALUES ('no')`)
			return err
		})
		if err == nil || count(t, db, `SELECT count(*) FROM probe`) != 1 {
			t.Errorf("a reader wrote: %v", err)
		}
	})
}

func TestNestedTransactionsAreRefused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		idle := func(*store.Tx) error { return nil }
		for _, outer := range []func(context.Context, func(*store.Tx) error) error{db.Read, db.Write} {
			for _, inner := range []func(context.Context, func(*store.Tx) error) error{db.Read, db.Write} {
				err := outer(t.Context(), func(tx *store.Tx) error { return inner(tx.Context(), idle) })
				if err == nil || !strings.Contains(err.Error(), "programming error") {
					t.Errorf("nested: %v", err)
				}
			}
		}
	})
}

// Readings inside readings that hide it from the context end up waiting for
// each other: they are told so instead of hanging for ever.
func TestStarvedReadersAreTold(t *testing.T) {
	defer store.Patience(200 * time.Millisecond)()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		var dig func(depth int) error
		dig = func(depth int) error {
			if depth == 0 {
				return nil
			}
			return db.Read(context.Background(), func(*store.Tx) error { return dig(depth - 1) })
		}
		refused(t, dig(100), fault.Unavailable, "trop sollicitée")
		if err := dig(2); err != nil {
			t.Errorf("connections were not given back: %v", err)
		}
	})
}

// A refused argument reaches Scan as it reaches Exec.
func TestRefusedArgumentOfQueryRow(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		err := db.Read(t.Context(), func(tx *store.Tx) error {
			return tx.QueryRow(`SELECT count(*) FROM setting WHERE name = $1`, make(chan int)).Scan(new(int64))
		})
		if err == nil || !strings.Contains(err.Error(), "argument $1") {
			t.Error(err)
		}
	})
}

func TestOneTimestamp(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		clock := storetest.ClockOf(db)
		clock.Set(time.Date(2026, 3, 29, 2, 30, 0, 123456789, time.UTC))
		err := db.Write(t.Context(), func(tx *store.Tx) error {
			first := tx.Now()
			clock.Add(time.Hour)
			if tx.Now() != first || first.Nanosecond() != 0 || first.Location() != time.UTC {
				t.Errorf("%v then %v", first, tx.Now())
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		back, err := store.ParseInstant(store.Instant(db.Now()))
		if err != nil || !back.Equal(db.Now()) {
			t.Errorf("%v, %v", back, err)
		}
		if _, err := store.ParseInstant("2026-03-29"); err == nil {
			t.Error("a day was read as an instant")
		}
	})
}

// A question inside the rows of another is refused on both engines, whatever
// it is asked with, and the transaction goes on.
func TestNoQuestionInsideRows(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		const query = `SELECT 1 UNION ALL SELECT 2`
		scan := func(r *sql.Rows) (n int64, err error) { return n, r.Scan(&n) }
		err := db.Read(t.Context(), func(tx *store.Tx) error {
			for name, ask := range map[string]func() error{
				"Exec":     func() error { _, err := tx.Exec(query); return err },
				"Collect":  func() error { _, err := store.Collect(tx, scan, query); return err },
				"QueryRow": func() error { return tx.QueryRow(query).Scan(new(int64)) },
			} {
				err := store.Each(tx, func(*sql.Rows) error { return ask() }, query)
				if err == nil || !strings.Contains(err.Error(), "inside the rows") {
					t.Errorf("%s: %v", name, err)
				}
			}
			got, err := store.Collect(tx, scan, query)
			if len(got) != 2 {
				t.Errorf("afterwards: %v", got)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// Raw rows of one text, open twice at once on SQLite, do not disturb each
// other though both come from the statement cache.
func TestSameStatementTwiceAtOnce(t *testing.T) {
	db := storetest.OpenSQLite(t)
	err := db.Read(t.Context(), func(tx *store.Tx) error {
		const query = `SELECT value FROM json_each('[1,2,3,4,5]') WHERE value >= $1`
		outer, err := tx.Query(query, 1)
		if err != nil {
			return err
		}
		seen := 0
		for outer.Next() {
			seen++
			if err := tx.QueryRow(query, 5).Scan(new(int64)); err != nil {
				return errors.Join(err, outer.Close())
			}
		}
		if seen != 5 {
			t.Errorf("%d rows", seen)
		}
		return errors.Join(outer.Err(), outer.Close())
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestNames(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "mairie à l’été #1?.db")
	for _, url := range []string{path, "sqlite:" + path} {
		if strings.Contains(url, "?") && strings.HasPrefix(url, "sqlite:") {
			url = "sqlite:" + filepath.Join(dir, "b.db")
		}
		db := storetest.Open(t, url)
		if db.Engine() != store.SQLite || db.Path() == "" || db.Name() != filepath.Base(db.Path()) {
			t.Errorf("%v %q %q", db.Engine(), db.Path(), db.Name())
		}
		if _, err := os.Stat(db.Path()); err != nil {
			t.Error(err)
		}
	}
	if got := store.Masked("postgres://ada:s3cret@db/mairie?password=s3cret&sslmode=require"); strings.Contains(got, "s3cret") {
		t.Errorf("the password shows: %s", got)
	}
}

func TestConcurrentWritersInOneProcess(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		probe(t, db)
		if err := write(t, db, `INSERT INTO probe (id, amount) VALUES (1, 0)`); err != nil {
			t.Fatal(err)
		}
		const clients, each = 20, 25
		var all sync.WaitGroup
		for range clients {
			all.Go(func() {
				for range each {
					err := db.Write(context.Background(), func(tx *store.Tx) error {
						var n int64
						if err := tx.QueryRow(`SELECT amount FROM probe WHERE id = 1`).Scan(&n); err != nil {
							return err
						}
						_, err := tx.Exec(`UPDATE probe SET amount = $1 WHERE id = 1`, n+1)
						return err
					})
					for fault.KindOf(err) == fault.Conflict { // the person tries again
						err = write(t, db, `UPDATE probe SET amount = amount + 1 WHERE id = 1`)
					}
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		if n := count(t, db, `SELECT amount FROM probe WHERE id = 1`); n != clients*each {
			t.Errorf("%d increments, want %d", n, clients*each)
		}
	})
}
