package store_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"ardoise/data/fault"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// Before a migration the copy is kept by who was asked to, who can read the old
// base in it; a copy that is not kept stops the migration.
func TestMigrationCopyIsKeptByWhoIsAsked(t *testing.T) {
	const more = `CREATE TABLE later (id {{id}}){{strict}};`
	places(t, func(t *testing.T, url string) {
		closeDB(t, mustOpen(t, url, "", stepOne))
		open := func(keep func(context.Context, *store.Copy) (string, error)) (*store.DB, error) {
			return store.Open(t.Context(), url, store.WithSchema(store.Options{Clock: storetest.NewClock().Now, Log: storetest.Quiet, KeepCopy: keep}, files(stepOne, more)))
		}
		_, err := open(func(context.Context, *store.Copy) (string, error) {
			return "", fault.New(fault.Unavailable, "La clé USB n’est pas là.")
		})
		refused(t, err, fault.Conflict, "sauvegarde préalable a échoué", "Rien n’a été modifié", "clé USB")
		dir, asked := t.TempDir(), int64(0)
		db, err := open(func(ctx context.Context, c *store.Copy) (string, error) {
			if c.Schema != 1 {
				t.Errorf("schema %d", c.Schema)
			}
			if err := c.Read(func(tx *store.Tx) error { return tx.QueryRow(`SELECT 1 + count(*) FROM note`).Scan(&asked) }); err != nil {
				return "", err
			}
			return c.KeepPlain(ctx, dir)
		})
		if err != nil {
			t.Fatal(err)
		}
		if asked != 1 || len(listing(t, dir)) != 1 {
			t.Errorf("asked %d, %v", asked, listing(t, dir))
		}
		closeDB(t, db)
	})
}

// A copy is one state: what is written while it is kept is not in it, and on
// PostgreSQL what is asked of it is what is dumped.
func TestCopyIsOneState(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		fill(t, db, "avant", 10)
		dir := t.TempDir()
		err := db.Copy(t.Context(), func(c *store.Copy) error {
			fill(t, db, "pendant", 5)
			var n int64
			if err := c.Read(func(tx *store.Tx) error { return tx.QueryRow(`SELECT count(*) FROM setting`).Scan(&n) }); err != nil {
				return err
			}
			if n != 10 {
				t.Errorf("%d rows are read in the copy", n)
			}
			path, err := c.KeepPlain(t.Context(), dir)
			if err != nil {
				return err
			}
			engine, schema, err := store.Inspect(t.Context(), path)
			if err != nil || engine != db.Engine() || schema != store.LatestVersion() {
				t.Errorf("%v, %d, %v", engine, schema, err)
			}
			rows := 0
			if engine == store.Postgres {
				err = store.DumpRows(t.Context(), path, []string{"setting"}, func(_ string, row map[string]string) error {
					if row["name"] != "" {
						rows++
					}
					return nil
				})
			} else {
				err = store.ReadFile(t.Context(), path, func(tx *store.Tx) error { return tx.QueryRow(`SELECT count(*) FROM setting`).Scan(&rows) })
			}
			if err != nil || rows != 10 {
				t.Errorf("%d rows lie in the copy, %v", rows, err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// Planted fault: the disk gives back other bytes than it was given.
func TestKeptCopyIsReadAgain(t *testing.T) {
	db := storetest.OpenSQLite(t)
	dir := t.TempDir()
	err := db.Copy(t.Context(), func(c *store.Copy) error {
		_, err := c.Keep(dir, ".db", func(w io.Writer) error { return c.WriteTo(t.Context(), w) }, func(string) error { return errors.New("spoilt") })
		return err
	})
	refused(t, err, fault.Unavailable, "sauvegarde n’est pas faite")
	if left := listing(t, dir); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
	path, err := db.Backup(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	digest, size, err := store.Sum(t.Context(), path)
	if info, serr := os.Stat(path); err != nil || serr != nil || info.Size() != size {
		t.Errorf("%d, %v, %v", size, err, serr)
	}
	other := t.TempDir()
	if _, err := store.SendTo(t.Context(), path, other, bytes.Repeat([]byte{7}, len(digest))); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("other bytes were taken: %v", err)
	}
	if left := listing(t, other); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
	sent, err := store.SendTo(t.Context(), path, other, digest)
	if err != nil || filepath.Base(sent) != filepath.Base(path) {
		t.Errorf("%s, %v", sent, err)
	}
	again, err := store.SendTo(t.Context(), path, other, digest)
	if err != nil || again == sent {
		t.Errorf("a file of that name was replaced: %s, %v", again, err)
	}
}

// A workspace is somebody's while its lock is held, and nobody's afterwards.
func TestWorkspaces(t *testing.T) {
	dir := t.TempDir()
	w, err := store.NewWorkspace(dir)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(filepath.Dir(w.Path("x"))); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", info, err)
	}
	dead := filepath.Join(dir, ".ardoise-travail-mort")
	if err := os.MkdirAll(filepath.Join(dead, "sous"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := store.ClearWorkspaces(dir); err != nil {
		t.Error(err)
	}
	if got := listing(t, dir); len(got) != 1 || filepath.Join(dir, got[0]) != filepath.Dir(w.Path("x")) {
		t.Errorf("%v", got)
	}
	if err := errors.Join(w.Close(), w.Close()); err != nil || len(listing(t, dir)) != 0 {
		t.Errorf("%v, %v", err, listing(t, dir))
	}
	if err := store.ClearWorkspaces(filepath.Join(dir, "rien")); err != nil {
		t.Error(err)
	}
}

func TestDumpValues(t *testing.T) {
	script := "COPY public.setting (name, value) FROM stdin;\na\\tb\tligne\\nsuivante\\\\x\nvide\t\\N\n\\.\n\nSELECT 1;\nCOPY public.\"x\" (\"a b\") FROM stdin;\n\\\\x6869\n\\.\n"
	var got []string
	err := store.CopyRows(bytes.NewBufferString(script), func(table string, row map[string]string) error {
		for k, v := range row {
			if k != "name" {
				got = append(got, table+"."+k+"="+v)
			}
		}
		return nil
	})
	want := []string{"setting.value=ligne\nsuivante\\x", "setting.value=", `x.a b=\x6869`}
	if err != nil || len(got) != 3 || got[0] != want[0] || got[1] != want[1] || got[2] != want[2] {
		t.Errorf("%q, %v", got, err)
	}
	if raw, err := store.DumpBytes(`\x6869`); err != nil || string(raw) != "hi" {
		t.Errorf("%q, %v", raw, err)
	}
}
