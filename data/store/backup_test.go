package store_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ardoise/data/fault"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

func fill(t *testing.T, db *store.DB, word string, n int) {
	t.Helper()
	err := db.Write(t.Context(), func(tx *store.Tx) error {
		for i := range n {
			if _, err := tx.Exec(`INSERT INTO setting (name, value) VALUES ($1, $2)`, fmt.Sprintf("%s-%d", word, i), strings.Repeat(word, 100)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func listing(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

// There and back on both engines, with work going on meanwhile.
func TestBackupAndRestore(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		dir := t.TempDir()
		fill(t, db, "avant", 200)
		asked := 0
		db.CheckBackups(func(tx *store.Tx) error {
			asked++
			if missing, err := store.MissingGuards(tx); err != nil || len(missing) > 0 {
				return fmt.Errorf("guards missing in the copy: %v, %w", missing, err)
			}
			var n int64
			if err := tx.QueryRow(`SELECT count(*) FROM setting WHERE name LIKE 'avant-%'`).Scan(&n); err != nil || n != 200 {
				return fmt.Errorf("%d rows, %w", n, err)
			}
			return nil
		})
		path, err := db.Backup(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		base := strings.TrimSuffix(db.Name(), ".db") + "-20261124-124600"
		if asked != 1 || !strings.HasPrefix(filepath.Base(path), base) {
			t.Errorf("%s, asked %d times", path, asked)
		}
		second, err := db.Backup(t.Context(), dir) // same second, another name
		if err != nil || second == path || len(listing(t, dir)) != 2 {
			t.Errorf("%s, %v, %v", second, err, listing(t, dir))
		}
		fill(t, db, "après", 50)
		target := db.Path()
		if db.Engine() == store.SQLite {
			err := store.Restore(t.Context(), path, target)
			refused(t, err, fault.Conflict, "ouverte dans un programme")
			closeDB(t, db)
		} else {
			target = db.URL()
			closeDB(t, db)
		}
		if err := store.Restore(t.Context(), path, target); err != nil {
			t.Fatal(err)
		}
		again, err := openPlain(target)
		if err != nil {
			t.Fatal(err)
		}
		if n := count(t, again, `SELECT count(*) FROM setting WHERE name LIKE 'avant-%'`); n != 200 {
			t.Errorf("%d rows came back", n)
		}
		if n := count(t, again, `SELECT count(*) FROM setting WHERE name LIKE 'après-%'`); n != 0 {
			t.Errorf("%d later rows stayed", n)
		}
		var missing []string
		if err := again.Read(t.Context(), func(tx *store.Tx) (err error) { missing, err = store.MissingGuards(tx); return err }); err != nil || len(missing) > 0 {
			t.Errorf("the restored database misses %v, %v", missing, err)
		}
		closeDB(t, again)
		if again.Engine() == store.SQLite {
			aside, err := filepath.Glob(filepath.Join(filepath.Dir(target), "*-avant-restauration-*.db"))
			if err != nil || len(aside) != 1 {
				t.Fatalf("set aside: %v %v", aside, err)
			}
			old, err := openPlain(aside[0])
			if err != nil {
				t.Fatal(err)
			}
			if n := count(t, old, `SELECT count(*) FROM setting WHERE name LIKE 'après-%'`); n != 50 {
				t.Errorf("%d later rows in what was set aside", n)
			}
			closeDB(t, old)
		}
	})
}

// A backup that does not verify is removed and never reported as done.
// A folder and a file are named from where the program runs, as in a shell.
func TestBackupByRelativePath(t *testing.T) {
	t.Chdir(t.TempDir())
	db := storetest.OpenSQLite(t)
	fill(t, db, "x", 3)
	path, err := db.Backup(t.Context(), "copies")
	if err != nil || filepath.IsAbs(path) || len(listing(t, "copies")) != 1 {
		t.Fatalf("%q: %v", path, err)
	}
	if err := store.Restore(t.Context(), path, filepath.Join(t.TempDir(), "mairie.db")); err != nil {
		t.Error(err)
	}
}

func TestBackupThatDoesNotVerify(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		dir := t.TempDir()
		db.CheckBackups(func(*store.Tx) error { return fault.New(fault.Internal, "Les comptes ne tombent pas juste.") })
		path, err := db.Backup(t.Context(), dir)
		refused(t, err, fault.Unavailable, "sauvegarde n’est pas faite", "Les comptes ne tombent pas juste")
		if path != "" || len(listing(t, dir)) != 0 {
			t.Errorf("%q, %v", path, listing(t, dir))
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := db.Backup(ctx, dir); err == nil || len(listing(t, dir)) != 0 {
			t.Errorf("cancelled: %v, %v", err, listing(t, dir))
		}
		file := filepath.Join(dir, "fichier")
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err = db.Backup(t.Context(), file)
		refused(t, err, fault.Unavailable, "sauvegarde n’est pas faite")
	})
}

// A dump of an older schema comes back as it was, without the tables that a
// newer one added, and is then migrated again; a cut dump changes nothing.
func TestPostgresRestoresAnOlderSchema(t *testing.T) {
	url, dir := storetest.EmptyPostgresURL(t), t.TempDir()
	const more = `CREATE TABLE later (id {{id}}, note_id {{int}} REFERENCES note (id)){{strict}};`
	db := mustOpen(t, url, "", stepOne)
	if err := write(t, db, `INSERT INTO note (body) VALUES ('avant')`); err != nil {
		t.Fatal(err)
	}
	saved, err := db.Backup(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	closeDB(t, db)
	db = mustOpen(t, url, dir, stepOne, more)
	told := make(chan store.Event, 10)
	defer db.Subscribe(func(e store.Event) { told <- e })()
	if err := write(t, db, `INSERT INTO later (note_id) VALUES (1)`); err != nil {
		t.Fatal(err)
	}

	body := contentsOf(t, saved)
	cut := filepath.Join(dir, "coupée.dump")
	if err := os.WriteFile(cut, body[:len(body)-200], 0o600); err != nil {
		t.Fatal(err)
	}
	if err := store.Restore(t.Context(), cut, url); err == nil {
		t.Error("a cut dump was restored")
	}
	if err := store.Replay(t.Context(), url, cut); err == nil { // planted fault: unverified
		t.Error("a cut dump was replayed")
	}
	if n := count(t, db, `SELECT count(*) FROM later`); n != 1 {
		t.Errorf("a failed restore changed the database: %d", n)
	}
	if err := store.Restore(t.Context(), saved, url); err != nil {
		t.Fatal(err)
	}
	if e := wait(t, told); e.Topic != store.Everything || !e.Remote {
		t.Errorf("the other workstations are not told: %+v", e)
	}
	closeDB(t, db)
	db = mustOpen(t, url, dir, stepOne, more)
	if n, m := count(t, db, `SELECT count(*) FROM note`), count(t, db, `SELECT count(*) FROM later`); n != 1 || m != 0 {
		t.Errorf("%d notes, %d later rows", n, m)
	}
	closeDB(t, db)
}

// A dump of a newer program, or of another one, is not restored.
func TestPostgresRestoreRefusals(t *testing.T) {
	target, dir := storetest.PostgresURL(t), t.TempDir()
	future := []string{stepOne}
	for range 40 {
		future = append(future, `SELECT 1;`)
	}
	db := mustOpen(t, storetest.EmptyPostgresURL(t), "", future...)
	newer, err := db.Backup(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := write(t, db, `DROP TABLE goose_db_version`); err != nil {
		t.Fatal(err)
	}
	stranger, err := db.Backup(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	closeDB(t, db)
	letter := filepath.Join(dir, "lettre.dump")
	if err := os.WriteFile(letter, []byte("Bonjour"), 0o600); err != nil {
		t.Fatal(err)
	}
	refused(t, store.Restore(t.Context(), newer, target), fault.Conflict, "version plus récente")
	refused(t, store.Restore(t.Context(), stranger, target), fault.Invalid, "sauvegarde d’Ardoise")
	refused(t, store.Restore(t.Context(), letter, target), fault.Invalid, "lisible")
	refused(t, store.Restore(t.Context(), dir+"/rien", target), fault.NotFound, "introuvable")
	db = storetest.Open(t, target)
	if n := count(t, db, `SELECT count(*) FROM setting`); n != 0 {
		t.Errorf("%d settings", n)
	}
}

func contentsOf(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Planted fault: a page goes bad between writing the copy and verifying it.
func TestBackupWithABadPage(t *testing.T) {
	db := storetest.OpenSQLite(t)
	fill(t, db, "x", 500)
	dir := t.TempDir()
	defer store.BeforeVerify(func(path string) { spoil(t, path) })()
	path, err := db.Backup(t.Context(), dir)
	refused(t, err, fault.Unavailable, "sauvegarde n’est pas faite")
	if path != "" || len(listing(t, dir)) != 0 {
		t.Errorf("%q, %v", path, listing(t, dir))
	}
}

// What a killed backup left is removed a day later, not before.
func TestStaleBackupsAreRemoved(t *testing.T) {
	db := storetest.OpenSQLite(t)
	dir := t.TempDir()
	old, young := filepath.Join(dir, ".ardoise-sauvegarde-1"), filepath.Join(dir, ".ardoise-sauvegarde-2")
	for _, path := range []string{old, young} {
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	long := time.Now().Add(-25 * time.Hour)
	if err := os.Chtimes(old, long, long); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Backup(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	if got := listing(t, dir); len(got) != 2 || got[0] != filepath.Base(young) {
		t.Errorf("left: %v", got)
	}
}

func TestRestoreRefusals(t *testing.T) {
	dir := t.TempDir()
	target := filepath.Join(dir, "mairie.db")
	if err := storetest.CopySQLite(target); err != nil {
		t.Fatal(err)
	}
	before := contents(t, target)
	bad, letter, newer := filepath.Join(dir, "abîmée.db"), filepath.Join(dir, "lettre.txt"), filepath.Join(dir, "future.db")
	if err := storetest.CopySQLite(bad); err != nil {
		t.Fatal(err)
	}
	spoil(t, bad)
	if err := os.WriteFile(letter, []byte("Bonjour"), 0o600); err != nil {
		t.Fatal(err)
	}
	future := []string{}
	for range 40 {
		future = append(future, `SELECT 1;`)
	}
	closeDB(t, mustOpen(t, newer, "", append([]string{stepOne}, future...)...))
	for path, kind := range map[string]fault.Kind{bad: fault.Unavailable, letter: fault.Invalid, newer: fault.Conflict, dir: fault.Invalid, dir + "/rien": fault.NotFound} {
		refused(t, store.Restore(t.Context(), path, target), kind)
	}
	if contents(t, target) != before {
		t.Error("a refused restore changed the database")
	}
	for _, name := range listing(t, dir) {
		if strings.Contains(name, "restauration") {
			t.Errorf("%s stayed", name)
		}
	}
}

func init() {
	children["restore"] = func() error {
		fmt.Println("go")
		for i := 0; ; i++ {
			from := os.Getenv("ARDOISE_BACKUP_A")
			if i%2 == 1 {
				from = os.Getenv("ARDOISE_BACKUP_B")
			}
			if err := store.Restore(context.Background(), from, os.Getenv("ARDOISE_STORE_PATH")); err != nil {
				return err
			}
		}
	}
}

// A restore killed at any moment leaves the old database or the new one.
func TestRestoreKilledHalfWay(t *testing.T) {
	dir := t.TempDir()
	made := func(word string, n int) string {
		path := filepath.Join(dir, word+".db")
		db, err := openPlain(path)
		if err != nil {
			t.Fatal(err)
		}
		fill(t, db, word, n)
		closeDB(t, db)
		return path
	}
	a, b := made("vieille", 2000), made("neuve", 3000)
	target := filepath.Join(dir, "sous", "mairie.db")
	if err := store.Restore(t.Context(), a, target); err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	turns := 12
	if testing.Short() {
		turns = 3
	}
	for i := range turns {
		cmd := child(t, "restore", target, "ARDOISE_BACKUP_A="+a, "ARDOISE_BACKUP_B="+b)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := out.Read(make([]byte, 8)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(i*11) * time.Millisecond)
		if err := errors.Join(cmd.Process.Kill()); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err == nil {
			t.Fatal("the child ended by itself")
		}
		db, err := openPlain(target)
		if err != nil {
			t.Fatalf("after a kill at %d ms: %v", i*11, err)
		}
		old, fresh := count(t, db, `SELECT count(*) FROM setting WHERE name LIKE 'vieille-%'`), count(t, db, `SELECT count(*) FROM setting WHERE name LIKE 'neuve-%'`)
		if !(old == 2000 && fresh == 0) && !(old == 0 && fresh == 3000) {
			t.Errorf("a mix: %d old rows and %d new ones", old, fresh)
		}
		seen[fmt.Sprint(old, fresh)]++
		if err := db.QuickCheck(t.Context()); err != nil {
			t.Error(err)
		}
		closeDB(t, db)
	}
	if err := store.Restore(t.Context(), a, target); err != nil {
		t.Fatal(err)
	}
	for _, name := range listing(t, filepath.Dir(target)) {
		if strings.Contains(name, ".restauration-") {
			t.Errorf("%s was left by a killed restore", name)
		}
	}
	t.Logf("old rows and new rows found: %v", seen)
}
