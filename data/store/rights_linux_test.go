package store_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"ardoise/data/fault"
	"ardoise/data/store/storetest"
)

// The question is asked by a child, without rights where we are root, who may
// write anywhere.
func TestReadOnlyFolderAndFile(t *testing.T) {
	dir, err := os.MkdirTemp("/tmp", "ardoise-ro-")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	body, err := os.ReadFile(exe)
	if err != nil {
		t.Fatal(err)
	}
	bin, path := filepath.Join(dir, "probe"), filepath.Join(dir, "mairie.db")
	for _, err := range []error{os.WriteFile(bin, body, 0o755), storetest.CopySQLite(path), os.Chmod(path, 0o444), os.Chmod(dir, 0o555)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	run := func() string {
		cmd := exec.Command(bin)
		cmd.Dir = "/"
		cmd.Env = []string{"ARDOISE_STORE_CHILD=open", "ARDOISE_STORE_PATH=" + path}
		if os.Geteuid() == 0 {
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		}
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return string(out)
	}
	if got := run(); !strings.HasPrefix(got, "unavailable|") || !strings.Contains(got, "lecture seule") {
		t.Errorf("read-only folder: %s", got)
	}
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if got := run(); !strings.HasPrefix(got, "unavailable|") || !strings.Contains(got, "fichier") || !strings.Contains(got, "lecture seule") {
		t.Errorf("read-only file: %s", got)
	}
	if err := os.Chmod(path, 0o666); err != nil {
		t.Fatal(err)
	}
	if got := run(); got != "" {
		t.Errorf("nothing stands in the way, and yet: %s", got)
	}
}

// On a disk that fills up: a sentence, old data whole, and work resumes.
func TestDiskFull(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root to mount a small disk")
	}
	dir := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", dir).CombinedOutput(); err != nil {
		t.Skipf("cannot mount a small disk here: %s", out)
	}
	defer func() {
		if out, err := exec.Command("umount", dir).CombinedOutput(); err != nil {
			t.Errorf("umount: %s", out)
		}
	}()
	ballast := filepath.Join(dir, "photos.zip")
	if err := os.WriteFile(ballast, make([]byte, 300<<10), 0o600); err != nil {
		t.Fatal(err)
	}
	db := mustOpen(t, filepath.Join(dir, "mairie.db"), "", stepOne)
	done := int64(0)
	var err error
	for err == nil && done < 10_000 {
		if err = write(t, db, `INSERT INTO note (body) VALUES ($1)`, strings.Repeat("x", 3000)); err == nil {
			done++
		}
	}
	refused(t, err, fault.Unavailable, "disque est plein", "Rien")
	if n := count(t, db, `SELECT count(*) FROM note`); n != done || n == 0 {
		t.Errorf("%d rows, %d were acknowledged", n, done)
	}
	_, err = db.Backup(t.Context(), dir)
	refused(t, err, fault.Unavailable, "sauvegarde n’est pas faite")
	if left, gerr := filepath.Glob(filepath.Join(dir, "*sauvegarde*")); gerr != nil || len(left) > 0 {
		t.Errorf("a failed backup stayed: %v %v", left, gerr)
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	if err := write(t, db, `INSERT INTO note (body) VALUES ('après')`); err != nil {
		t.Errorf("work does not resume: %v", err)
	}
	if err := db.QuickCheck(t.Context()); err != nil {
		t.Error(err)
	}
	closeDB(t, db)
	db = mustOpen(t, filepath.Join(dir, "mairie.db"), "", stepOne)
	if n := count(t, db, `SELECT count(*) FROM note`); n != done+1 {
		t.Errorf("%d rows after a restart, want %d", n, done+1)
	}
	closeDB(t, db)
}
