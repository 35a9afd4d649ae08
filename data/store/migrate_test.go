package store_test

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/mattn/go-sqlite3"

	"ardoise/data/fault"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

const (
	stepOne   = `CREATE TABLE note (id {{id}}, body TEXT NOT NULL){{strict}};`
	stepTwo   = `ALTER TABLE note ADD COLUMN rank {{int}} NOT NULL DEFAULT 7;`
	stepWrong = `CREATE TABLE half (id {{id}}){{strict}}; UPDATE nowhere SET x = 1;`
)

// places gives an address without a database yet, for each engine.
func places(t *testing.T, test func(t *testing.T, url string)) {
	t.Run("sqlite", func(t *testing.T) { test(t, filepath.Join(t.TempDir(), "mairie.db")) })
	t.Run("postgres", func(t *testing.T) { test(t, storetest.EmptyPostgresURL(t)) })
}

func open(t *testing.T, url, dir string, steps ...string) (*store.DB, error) {
	t.Helper()
	opt := store.Options{Clock: storetest.NewClock().Now, Log: storetest.Quiet, BackupDir: dir}
	return store.Open(t.Context(), url, store.WithSchema(opt, files(steps...)))
}

func mustOpen(t *testing.T, url, dir string, steps ...string) *store.DB {
	t.Helper()
	db, err := open(t, url, dir, steps...)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func closeDB(t *testing.T, db *store.DB) {
	t.Helper()
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// refused checks kind and sentence of a refusal, and that it is a sentence.
func refused(t *testing.T, err error, kind fault.Kind, words ...string) {
	t.Helper()
	if err == nil {
		t.Error("not refused")
		return
	}
	said := fault.Sentence(err)
	if fault.KindOf(err) != kind {
		t.Errorf("kind %v, want %v: %v", fault.KindOf(err), kind, err)
	}
	for _, w := range words {
		if !strings.Contains(said, w) {
			t.Errorf("« %s » does not say « %s » (%v)", said, w, err)
		}
	}
}

func TestOlderSchemaIsBackedUpThenMigrated(t *testing.T) {
	places(t, func(t *testing.T, url string) {
		saved := t.TempDir()
		db := mustOpen(t, url, "", stepOne)
		if err := write(t, db, `INSERT INTO note (body) VALUES ('avant')`); err != nil {
			t.Fatal(err)
		}
		closeDB(t, db)

		db = mustOpen(t, url, saved, stepOne, stepTwo)
		if n := count(t, db, `SELECT rank FROM note WHERE body = 'avant'`); n != 7 {
			t.Errorf("rank %d", n)
		}
		if v, err := db.SchemaVersion(t.Context()); err != nil || v != 2 {
			t.Errorf("version %d, %v", v, err)
		}
		engine := db.Engine()
		closeDB(t, db)
		left, err := os.ReadDir(saved)
		if err != nil || len(left) != 1 || !strings.Contains(left[0].Name(), "-avant-schema-2-20261124-124600") {
			t.Fatalf("backups: %v, %v", left, err)
		}
		if engine == store.SQLite { // the backup is the database before
			old := mustOpen(t, filepath.Join(saved, left[0].Name()), "", stepOne)
			if n := count(t, old, `SELECT count(*) FROM note`); n != 1 {
				t.Errorf("%d notes in the backup", n)
			}
			closeDB(t, old)
		}
	})
}

func TestNewerSchemaIsRefusedUntouched(t *testing.T) {
	places(t, func(t *testing.T, url string) {
		closeDB(t, mustOpen(t, url, t.TempDir(), stepOne, stepTwo))
		_, err := open(t, url, t.TempDir(), stepOne)
		refused(t, err, fault.Conflict, "version plus récente", "schéma 2", "schéma 1", "installez")
		db := mustOpen(t, url, "", stepOne, stepTwo)
		if v, err := db.SchemaVersion(t.Context()); err != nil || v != 2 {
			t.Errorf("version %d, %v", v, err)
		}
		closeDB(t, db)
	})
}

func TestFailedMigrationLeavesTheOldSchema(t *testing.T) {
	places(t, func(t *testing.T, url string) {
		db := mustOpen(t, url, "", stepOne)
		if err := write(t, db, `INSERT INTO note (body) VALUES ('avant')`); err != nil {
			t.Fatal(err)
		}
		closeDB(t, db)
		_, err := open(t, url, t.TempDir(), stepOne, stepWrong)
		refused(t, err, fault.Internal, "mise à jour de la base", "a échoué", "Aucune donnée")
		db = mustOpen(t, url, "", stepOne)
		if n := count(t, db, `SELECT count(*) FROM note`); n != 1 {
			t.Errorf("%d notes", n)
		}
		if err := write(t, db, `CREATE TABLE half (id INTEGER)`); err != nil {
			t.Errorf("half a step stayed: %v", err)
		}
		closeDB(t, db)
	})
}

// Without a place for pg_dump an older PostgreSQL schema is not touched.
func TestPostgresMigrationNeedsABackup(t *testing.T) {
	url := storetest.EmptyPostgresURL(t)
	closeDB(t, mustOpen(t, url, "", stepOne))
	_, err := open(t, url, "", stepOne, stepTwo)
	refused(t, err, fault.Conflict, "dossier de sauvegarde")
	t.Setenv("PATH", "/nonexistent")
	_, err = open(t, url, "/proc/nowhere", stepOne, stepTwo)
	refused(t, err, fault.Conflict, "sauvegarde préalable a échoué")
	db := mustOpen(t, url, "", stepOne)
	if v, err := db.SchemaVersion(t.Context()); err != nil || v != 1 {
		t.Errorf("version %d, %v", v, err)
	}
	closeDB(t, db)
}

func TestAnotherProgramsDatabaseIsRefused(t *testing.T) {
	places(t, func(t *testing.T, url string) {
		driver := "sqlite3"
		if strings.HasPrefix(url, "postgres") {
			driver = "pgx"
		}
		other, err := sql.Open(driver, url)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := other.Exec(`CREATE TABLE wiki (page TEXT)`); err != nil {
			t.Fatal(err)
		}
		before := contents(t, url)
		_, err = open(t, url, "", stepOne)
		if contents(t, url) != before {
			t.Error("the file changed")
		}
		refused(t, err, map[string]fault.Kind{"sqlite3": fault.Invalid, "pgx": fault.Conflict}[driver], "autre logiciel")
		if _, err := other.Exec(`INSERT INTO wiki VALUES ('intact')`); err != nil {
			t.Error(err)
		}
		if _, err := other.Exec(`SELECT * FROM note`); err == nil {
			t.Error("our tables are in another program's database")
		}
		if err := other.Close(); err != nil {
			t.Error(err)
		}
	})
}

// contents gives a file's bytes, "" for a PostgreSQL address.
func contents(t *testing.T, url string) string {
	t.Helper()
	if strings.HasPrefix(url, "postgres") {
		return ""
	}
	b, err := os.ReadFile(url)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestMustExist(t *testing.T) {
	places(t, func(t *testing.T, url string) {
		_, err := store.Open(t.Context(), url, store.Options{MustExist: true, Log: storetest.Quiet})
		refused(t, err, fault.NotFound)
		if !strings.HasPrefix(url, "postgres") {
			if _, err := os.Stat(url); !os.IsNotExist(err) {
				t.Error("the file was created all the same")
			}
		}
	})
}

// Several programs starting at once on a database that does not exist yet.
func TestOpenAllAtOnce(t *testing.T) {
	places(t, func(t *testing.T, url string) {
		var all sync.WaitGroup
		for range 6 {
			all.Go(func() {
				opt := store.Options{Log: storetest.Quiet, BackupDir: t.TempDir()}
				db, err := store.Open(context.Background(), url, store.WithSchema(opt, files(stepOne, stepTwo)))
				if err != nil {
					t.Error(err)
					return
				}
				if err := write(t, db, `INSERT INTO note (body) VALUES ('x')`); err != nil {
					t.Error(err)
				}
				if err := db.Close(); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		db := mustOpen(t, url, "", stepOne, stepTwo)
		if n := count(t, db, `SELECT count(*) FROM note`); n != 6 {
			t.Errorf("%d notes", n)
		}
		closeDB(t, db)
	})
}

// A migration waits for nobody for ever: with the old program still open, it
// refuses and leaves everything.
func TestMigrationWithTheFileOpenElsewhere(t *testing.T) {
	defer store.AloneWait(500 * time.Millisecond)()
	path := filepath.Join(t.TempDir(), "mairie.db")
	old := mustOpen(t, path, "", stepOne)
	_, err := open(t, path, "", stepOne, stepTwo)
	refused(t, err, fault.Conflict, "ouverte dans un autre programme")
	if err := write(t, old, `INSERT INTO note (body) VALUES ('x')`); err != nil {
		t.Error(err)
	}
	closeDB(t, old)
}

// On PostgreSQL a newer program may migrate while an older one is open: the
// older one stops at once instead of writing by its old rules.
func TestPassedByANewerProgram(t *testing.T) {
	url := storetest.EmptyPostgresURL(t)
	old := mustOpen(t, url, "", stepOne)
	told := make(chan store.Event, 10)
	defer old.Subscribe(func(e store.Event) { told <- e })()
	if err := write(t, old, `INSERT INTO note (body) VALUES ('avant')`); err != nil {
		t.Fatal(err)
	}
	fresh := mustOpen(t, url, t.TempDir(), stepOne, stepTwo)
	if e := wait(t, told); e.Topic != "schema" || !e.Remote {
		t.Errorf("%+v", e)
	}
	refused(t, write(t, old, `INSERT INTO note (body) VALUES ('après')`), fault.Conflict, "mise à jour par un autre poste", "redémarrez")
	if err := write(t, fresh, `INSERT INTO note (body) VALUES ('après')`); err != nil {
		t.Error(err)
	}
	closeDB(t, old)
	closeDB(t, fresh)
}
