package backup

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

func TestMain(m *testing.M) {
	if name := os.Getenv("ARDOISE_BACKUP_CHILD"); name != "" {
		if err := children[name](); err != nil {
			line := fault.KindOf(err).String() + "|" + fault.Sentence(err)
			fmt.Println("! " + line)
			report(line)
		}
		os.Exit(0)
	}
	storetest.Main(m)
}

// report tells a refusal by pwrite: it gets through where write is struck.
func report(line string) {
	path := os.Getenv("ARDOISE_REPORT")
	if path == "" {
		return
	}
	f, err := os.Create(path)
	if err == nil {
		_, err = f.WriteAt([]byte(line), 0)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
}

// children are what the test binary does when a test starts it again.
var children = map[string]func() error{}

// town is a base with an administrator, an agent and a family, and its copies.
type town struct {
	*testing.T
	db     *store.DB
	staff  *staff.Service
	s      *Service
	log    *bytes.Buffer
	dir    string // first folder
	phrase string
	ctx    context.Context // the administrator's
}

const (
	admin    = "h.borel"
	password = "Brume-tenace-47"
	marker   = "ZYGOMATIQUE-DUPONT" // a name that stands in clear in the base
)

// disks names the disk of a path by a folder of its own: "…/disk-usb/…".
func disks(path string) (string, error) {
	if _, err := os.Stat(path); err != nil {
		return "", err
	}
	if strings.Contains(path, "usb") {
		return "usb", nil
	}
	return "system", nil
}

func newTown(t *testing.T, db *store.DB) *town {
	t.Helper()
	w := &town{T: t, db: db, log: &bytes.Buffer{}, dir: filepath.Join(t.TempDir(), "copies")}
	log := slog.New(slog.NewTextHandler(w.log, nil))
	w.staff = staff.New(db, &staff.MemoryHead{}, staff.WithCost(stafftest.Fast), staff.WithLog(log))
	t.Cleanup(func() {
		if err := w.staff.Close(); err != nil {
			t.Error(err)
		}
	})
	w.s = New(db, Options{Program: "Ardoise 0.5.0", Machine: "ACCUEIL-1", Folder: w.dir, Log: log, device: disks})
	w.staff.OnSignIn(w.s.KeepKey)
	var err error
	w.phrase, err = w.staff.Bootstrap(t.Context(), admin, "Hélène Borel", password)
	w.must(err)
	w.ctx = w.signIn(admin, password)
	w.write(`INSERT INTO family (name, fold, sort_key, created_at) VALUES ($1, 'x', $2, '2026-01-01T00:00:00Z')`, marker, []byte("x"))
	return w
}

func (w *town) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *town) signIn(login, word string) context.Context {
	w.Helper()
	se, err := w.staff.SignIn(w.Context(), login, word)
	w.must(err)
	return staff.With(w.Context(), se)
}

func (w *town) write(query string, args ...any) {
	w.Helper()
	w.must(w.db.Write(w.Context(), func(tx *store.Tx) error {
		_, err := tx.Exec(query, args...)
		return err
	}))
}

// note adds an entry to the trail, as any change does.
func (w *town) note(action, detail string) {
	w.Helper()
	w.must(w.db.Write(w.ctx, func(tx *store.Tx) error { return staff.Audit(tx, action, "family:1", detail) }))
}

func (w *town) count(query string, args ...any) (n int64) {
	w.Helper()
	w.must(w.db.Read(w.Context(), func(tx *store.Tx) error { return tx.QueryRow(query, args...).Scan(&n) }))
	return n
}

func (w *town) make() Made {
	w.Helper()
	m, err := w.s.Make(w.ctx)
	w.must(err)
	return m
}

// open opens a copy and closes it with the test.
func (w *town) open(path string, secret Secret) *Opened {
	w.Helper()
	o, err := Open(w.Context(), path, secret, w.TempDir())
	w.must(err)
	w.Cleanup(func() {
		if err := o.Close(); err != nil {
			w.Error(err)
		}
	})
	return o
}

func (w *town) settings(change func(*Settings)) {
	w.Helper()
	set, err := w.s.Settings(w.ctx)
	w.must(err)
	change(&set)
	w.must(w.s.SaveSettings(w.ctx, set))
}

// refused says that an error is a refusal of a kind with these words.
func refused(t *testing.T, err error, kind fault.Kind, words ...string) {
	t.Helper()
	said := strings.ReplaceAll(fault.Sentence(err), "\u00a0", " ")
	if err == nil || fault.KindOf(err) != kind {
		t.Errorf("kind %v, wanted %v: %v", fault.KindOf(err), kind, err)
	}
	for _, word := range words {
		if !strings.Contains(said, word) {
			t.Errorf("« %s » does not say « %s »", said, word)
		}
	}
}

// files lists every file below a folder.
func files(t *testing.T, dir string) (out []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			out = append(out, path)
		}
		return err
	})
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return out
}

func body(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}
