package store_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"ardoise/data/fault"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

func openPlain(url string) (*store.DB, error) {
	return store.Open(context.Background(), url, store.Options{Clock: storetest.NewClock().Now, Log: storetest.Quiet})
}

func TestNotADatabase(t *testing.T) {
	dir := t.TempDir()
	for name, body := range map[string]string{
		"lettre.txt": "Bonjour, voici une lettre qui n’est pas une base.",
		"court":      "x",
		"zéros":      strings.Repeat("\x00", 8192),
		"presque":    "SQLite format 3\x00",
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := openPlain(path)
		refused(t, err, fault.Invalid, "n’est pas une base Ardoise")
		if contents(t, path) != body {
			t.Errorf("%s was changed", name)
		}
	}
	_, err := openPlain(dir)
	refused(t, err, fault.Invalid, "dossier")
	_, err = openPlain("postgres://[wrong")
	refused(t, err, fault.Invalid, "adresse PostgreSQL")
}

// spoil overwrites one page in the middle of a file.
func spoil(t *testing.T, path string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	pages := info.Size() / 4096
	if _, err := f.WriteAt(bytes.Repeat([]byte{0xA5}, 4096), pages/2*4096); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestDamagedFileIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mairie.db")
	if err := storetest.CopySQLite(path); err != nil {
		t.Fatal(err)
	}
	spoil(t, path)
	before := contents(t, path)
	_, err := openPlain(path)
	refused(t, err, fault.Unavailable, "abîmé", "restaurez")
	if contents(t, path) != before {
		t.Error("the damaged file was changed")
	}
}

// A server that is not there, and one that does not know us.
func TestPostgresThatDoesNotAnswer(t *testing.T) {
	_, err := openPlain("postgres://ardoise@127.0.0.1:1/mairie?connect_timeout=2&sslmode=disable")
	refused(t, err, fault.Unavailable, "ne répond pas")
	url := storetest.EmptyPostgresURL(t)
	_, err = openPlain(strings.Replace(url, "/ardoise_", "/nulle_part_", 1))
	refused(t, err, fault.NotFound, "n’existe pas")
	_, err = openPlain(strings.Replace(url, "ardoise@", "inconnu@", 1))
	refused(t, err, fault.Unavailable, "refuse ce nom")
}

func TestAnotherProgramHoldsTheWriteLock(t *testing.T) {
	t.Parallel() // it mostly waits
	if testing.Short() {
		t.Skip("waits five seconds")
	}
	db := storetest.OpenSQLite(t)
	probe(t, db)
	other, err := sql.Open("sqlite3", db.Path()+"?_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	held, err := other.Begin()
	if err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	err = write(t, db, `INSERT INTO probe (body) VALUES ('x')`)
	refused(t, err, fault.Unavailable, "occupée", "Rien n’a été modifié")
	if waited := time.Since(begun); waited < 4*time.Second {
		t.Errorf("gave up after %v", waited)
	}
	if n := count(t, db, `SELECT count(*) FROM probe`); n != 0 {
		t.Error("reading waits for a writer, or the row is there")
	}
	if err := errors.Join(held.Rollback(), other.Close()); err != nil {
		t.Fatal(err)
	}
	if err := write(t, db, `INSERT INTO probe (body) VALUES ('x')`); err != nil {
		t.Error(err)
	}
}

func init() {
	children["open"] = func() error {
		db, err := openPlain(os.Getenv("ARDOISE_STORE_PATH"))
		if err != nil {
			_, perr := os.Stdout.WriteString(fault.KindOf(err).String() + "|" + fault.Sentence(err))
			return perr
		}
		return db.Close()
	}
}

// child starts the test binary again as one of children.
func child(t *testing.T, name, path string, env ...string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe)
	cmd.Env = append(append(os.Environ(), "ARDOISE_STORE_CHILD="+name, "ARDOISE_STORE_PATH="+path), env...)
	cmd.Stderr = os.Stderr
	return cmd
}

func TestSentencesOfEngineErrors(t *testing.T) {
	plain := errors.New("x")
	if got := store.Explain(plain); got != plain {
		t.Errorf("an unknown error was dressed: %v", got)
	}
	already := fault.New(fault.TooLate, "Trop tard.")
	if got := store.Explain(already); got != already {
		t.Errorf("a refusal was dressed: %v", got)
	}
	refused(t, store.Explain(context.Canceled), fault.Unavailable, "interrompue")
	refused(t, store.Explain(&os.PathError{Err: syscall.ENOSPC}), fault.Unavailable, "disque est plein")
}
