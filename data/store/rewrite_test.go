package store_test

import (
	"database/sql/driver"
	"math"
	"strings"
	"testing"
	"time"

	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

func TestRewrite(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{`SELECT $1`, `SELECT ?1`},
		{`SELECT $2, $1, $12`, `SELECT ?2, ?1, ?12`},
		{`SELECT '$1', "$2", $3`, `SELECT '$1', "$2", ?3`},
		{`SELECT 'l''été $1', $1`, `SELECT 'l''été $1', ?1`},
		{"SELECT $1 -- not $2\n, $2", "SELECT ?1 -- not $2\n, ?2"},
		{`SELECT $1 /* $2 */, $2`, `SELECT ?1 /* $2 */, ?2`},
		{`SELECT a$1 FROM t`, `SELECT a$1 FROM t`},
		{`WHERE id = ANY($1)`, `WHERE id IN (SELECT value FROM json_each(?1))`},
		{"WHERE id =\n any ($10) AND x = $2", `WHERE id IN (SELECT value FROM json_each(?10)) AND x = ?2`},
		{`WHERE '= ANY($1)' = $1`, `WHERE '= ANY($1)' = ?1`},
		{`WHERE id = ANY(SELECT 1)`, `WHERE id = ANY(SELECT 1)`},
		{`SELECT '$1`, `SELECT '$1`},
		{`SELECT $`, `SELECT $`},
		{`=`, `=`},
	} {
		if got := store.Rewrite(c.in); got != c.want {
			t.Errorf("%q\n got %q\nwant %q", c.in, got, c.want)
		}
	}
}

func FuzzRewrite(f *testing.F) {
	for _, s := range []string{`SELECT $1 'a' "b" -- c`, `= ANY($1)`, `/* `, `'`, `=`, `= ANY ( $`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		out := store.Rewrite(s)
		if store.Rewrite(out) != out {
			t.Errorf("twice is not once: %q, %q", out, store.Rewrite(out))
		}
	})
}

func TestCollated(t *testing.T) {
	in := "CREATE TABLE t (a TEXT NOT NULL, -- TEXT here\n b TEXT, c TEXTILE, d MYTEXT, e x 'TEXT')"
	want := "CREATE TABLE t (a TEXT COLLATE \"C\" NOT NULL, -- TEXT here\n b TEXT COLLATE \"C\", c TEXTILE, d MYTEXT, e x 'TEXT')"
	if got := store.Collated(in); got != want {
		t.Errorf("got %s", got)
	}
}

type rank int

type named struct{ s string }

func (n named) Value() (driver.Value, error) { return n.s, nil }

// What goes in as one kind comes back as it, alike on both engines.
func TestArguments(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		probe(t, db)
		when := time.Date(2026, 11, 24, 13, 46, 59, 999, time.FixedZone("", 3600))
		for _, c := range []struct {
			name string
			in   any
			want string
		}{
			{"plain", "café", "café"},
			{"NUL", "a\x00b", "ab"},
			{"invalid UTF-8", "caf\xe9", "caf\uFFFD"},
			{"a Valuer with NUL", named{"x\x00"}, "x"},
			{"an instant", when, "2026-11-24T12:46:59Z"},
			{"emoji", "🍎", "🍎"},
		} {
			if got := roundTrip[string](t, db, "body", c.in); got != c.want {
				t.Errorf("%s: %q, want %q", c.name, got, c.want)
			}
		}
		for _, c := range []struct {
			in   any
			want int64
		}{{true, 1}, {false, 0}, {rank(7), 7}, {int32(-3), -3}, {int64(math.MaxInt64), math.MaxInt64}} {
			if got := roundTrip[int64](t, db, "amount", c.in); got != c.want {
				t.Errorf("%v: %d, want %d", c.in, got, c.want)
			}
		}
		if got := roundTrip[[]byte](t, db, "raw", []byte{0, 255, 0}); string(got) != "\x00\xff\x00" {
			t.Errorf("bytes: %x", got)
		}
		if got := roundTrip[*string](t, db, "body", nil); got != nil {
			t.Errorf("NULL: %v", got)
		}
		err := db.Write(t.Context(), func(tx *store.Tx) error {
			_, err := tx.Exec(`INSERT INTO probe (body) VALUES ($1)`, make(chan int))
			return err
		})
		if err == nil || !strings.Contains(err.Error(), "$1") {
			t.Errorf("a channel was stored: %v", err)
		}
	})
}

// roundTrip stores one value and reads it back.
func roundTrip[T any](t *testing.T, db *store.DB, column string, in any) (out T) {
	t.Helper()
	err := db.Write(t.Context(), func(tx *store.Tx) error {
		return tx.QueryRow(`INSERT INTO probe (`+column+`) VALUES ($1) RETURNING `+column, in).Scan(&out)
	})
	if err != nil {
		t.Fatalf("%v: %v", in, err)
	}
	return out
}

// = ANY($1) with a list of any length, in the order of any placeholder.
func TestLists(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		probe(t, db)
		ids := make([]int64, 50_000)
		for i := range ids {
			ids[i] = int64(i + 1)
		}
		err := db.Write(t.Context(), func(tx *store.Tx) error {
			for i := range 100 {
				if _, err := tx.Exec(`INSERT INTO probe (id, body, amount) VALUES ($1, $2, $3)`, i*1000+1, "n"+string(rune('a'+i%3)), i); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			query string
			args  []any
			want  int64
		}{
			{`SELECT count(*) FROM probe WHERE id = ANY($1)`, []any{ids}, 50},
			{`SELECT count(*) FROM probe WHERE amount >= $2 AND id = ANY($1)`, []any{ids, 25}, 25},
			{`SELECT count(*) FROM probe WHERE body = ANY($1)`, []any{[]string{"na", "it's \"x\""}}, 34},
			{`SELECT count(*) FROM probe WHERE id = ANY($1)`, []any{[]int64{}}, 0},
			{`SELECT count(*) FROM probe WHERE id = ANY($1)`, []any{[]int64(nil)}, 0},
			{`SELECT count(*) FROM probe WHERE NOT id = ANY($1)`, []any{ids}, 50},
		} {
			var got int64
			err := db.Read(t.Context(), func(tx *store.Tx) error { return tx.QueryRow(c.query, c.args...).Scan(&got) })
			if err != nil || got != c.want {
				t.Errorf("%s: %d, %v; want %d", c.query, got, err, c.want)
			}
		}
	})
}
