package kit

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"ardoise/data/fault"
)

func TestWriteFileLeavesTheOldOneOnFailure(t *testing.T) {
	path := filepath.Join(t.TempDir(), "effectifs.xlsx")
	if err := WriteFile(path, func(w io.Writer) error { _, err := io.WriteString(w, "un"); return err }); err != nil {
		t.Fatal(err)
	}
	err := WriteFile(path, func(w io.Writer) error {
		_, err := io.WriteString(w, "deux")
		return errors.Join(err, errors.New("disk full"))
	})
	if fault.KindOf(err) != fault.Unavailable {
		t.Errorf("got %v", err)
	}
	got, err := os.ReadFile(path)
	if err != nil || string(got) != "un" {
		t.Errorf("the file holds %q, %v", got, err)
	}
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(left) != 1 {
		t.Errorf("%d files in the folder, %v", len(left), err)
	}
	if err := WriteFile(filepath.Join(t.TempDir(), "absent", "x"), nil); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("missing folder: %v", err)
	}
}

func TestWriteTemp(t *testing.T) {
	path, err := WriteTemp("liste.pdf", func(w io.Writer) error { _, err := io.WriteString(w, "%PDF"); return err })
	if err != nil || filepath.Base(path) != "liste.pdf" {
		t.Fatalf("%q, %v", path, err)
	}
	if err := os.RemoveAll(filepath.Dir(path)); err != nil {
		t.Fatal(err)
	}
}

func TestOldPapersAreCleared(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	t.Setenv("TMP", os.Getenv("TMPDIR")) // Windows
	write := func(w io.Writer) error { _, err := io.WriteString(w, "%PDF"); return err }
	old, err := WriteTemp("liste.pdf", write)
	if err != nil {
		t.Fatal(err)
	}
	recent, err := WriteTemp("liste.pdf", write)
	if err != nil {
		t.Fatal(err)
	}
	st, err := os.Stat(filepath.Dir(old))
	if err != nil {
		t.Fatal(err)
	}
	yesterday := st.ModTime().Add(-24 * time.Hour)
	if err := os.Chtimes(filepath.Dir(old), yesterday, yesterday); err != nil {
		t.Fatal(err)
	}
	if _, err := WriteTemp("liste.pdf", write); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(old); !errors.Is(err, os.ErrNotExist) {
		t.Error("yesterday's list of children is still there")
	}
	if _, err := os.Stat(recent); err != nil {
		t.Error("a paper that may still be looked at is gone")
	}
}

func TestClearPapersLeavesNone(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	t.Setenv("TMP", os.Getenv("TMPDIR")) // Windows
	path, err := WriteTemp("liste.pdf", func(w io.Writer) error { _, err := io.WriteString(w, "%PDF"); return err })
	if err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(os.TempDir(), "autre")
	if err := os.WriteFile(other, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := ClearPapers(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the paper is still there: %v", err)
	}
	if _, err := os.Stat(other); err != nil {
		t.Errorf("somebody else's file is gone: %v", err)
	}
}
