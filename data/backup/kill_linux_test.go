package backup

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

func init() {
	// copy makes copies until it is killed; once makes one.
	children["copy"] = func() error { return copies(1 << 20) }
	children["once"] = func() error { return copies(1) }
	// restore opens a copy and puts it in the place of a base, again and again.
	children["restore"] = func() error {
		for i := 0; ; i++ {
			path := os.Getenv("ARDOISE_COPY_" + string(rune('A'+i%2)))
			o, err := Open(context.Background(), path, Secret{Phrase: os.Getenv("ARDOISE_PHRASE")}, os.Getenv("ARDOISE_WORK"))
			if err != nil {
				return err
			}
			fmt.Println("ouverte")
			if err := errors.Join(Restore(context.Background(), o, os.Getenv("ARDOISE_PATH")), o.Close()); err != nil {
				return err
			}
			fmt.Println("restaurée")
		}
	}
}

func copies(n int) error {
	clock := storetest.NewClock()
	db, err := store.Open(context.Background(), os.Getenv("ARDOISE_PATH"), store.Options{Clock: clock.Now, Log: storetest.Quiet, MustExist: true})
	if err != nil {
		return err
	}
	s := New(db, Options{Folder: os.Getenv("ARDOISE_COPIES"), Log: storetest.Quiet})
	fmt.Println("prête")
	for range n {
		m, err := s.Make(staff.System(context.Background()))
		if err != nil {
			return errors.Join(err, db.Close())
		}
		fmt.Println(m.Copies[0].Path)
		clock.Add(time.Second)
	}
	return db.Close()
}

func child(t *testing.T, name string, env ...string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe)
	cmd.Env = append(append(os.Environ(), "ARDOISE_BACKUP_CHILD="+name), env...)
	return cmd
}

// killAfter starts a child, waits for its first word and then a while, and
// kills it; it gives what was acknowledged.
func killAfter(t *testing.T, cmd *exec.Cmd, wait time.Duration) []string {
	t.Helper()
	var out strings.Builder
	ready := make(chan struct{}, 1)
	cmd.Stdout = writerFunc(func(p []byte) (int, error) {
		out.Write(p)
		select {
		case ready <- struct{}{}:
		default:
		}
		return len(p), nil
	})
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-ready:
	case <-time.After(20 * time.Second):
		t.Error("the child does not begin")
	}
	time.Sleep(wait)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil {
		t.Fatal("the child ended by itself: ", out.String())
	}
	said := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	for _, line := range said {
		if strings.HasPrefix(line, "! ") {
			t.Fatal(line)
		}
	}
	return said
}

type writerFunc func([]byte) (int, error)

// Write is io.Writer's.
func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// townFile is a town in a file that others may open.
func townFile(t *testing.T) (w *town, path string) {
	t.Helper()
	w = newTown(t, storetest.OpenSQLite(t))
	for i := range 300 {
		w.note("family.update", fmt.Sprint(i, strings.Repeat(" x", 400)))
	}
	return w, w.db.Path()
}

func clearWork(t *testing.T, dir string) []string {
	t.Helper()
	left, err := filepath.Glob(filepath.Join(dir, ".ardoise-travail-*"))
	if err != nil {
		t.Fatal(err)
	}
	return left
}

// A program killed while it copies leaves whole copies only, and its clear work
// is gone once the base is opened again.
func TestKilledWhileCopying(t *testing.T) {
	w, path := townFile(t)
	dir := filepath.Join(t.TempDir(), "copies")
	turns, struck := 14, 0
	if testing.Short() {
		turns = 4
	}
	for i := range turns {
		said := killAfter(t, child(t, "copy", "ARDOISE_PATH="+path, "ARDOISE_COPIES="+dir), time.Duration(i*13)*time.Millisecond)
		struck += len(clearWork(t, filepath.Dir(path)))
		for _, line := range said[1:] {
			if _, err := os.Stat(line); err != nil {
				t.Errorf("acknowledged and not there: %v", err)
			}
		}
		again, err := store.Open(t.Context(), path, store.Options{Log: storetest.Quiet, MustExist: true})
		if err != nil {
			t.Fatal(err)
		}
		if err := again.Close(); err != nil {
			t.Error(err)
		}
		if left := clearWork(t, filepath.Dir(path)); len(left) > 0 {
			t.Errorf("a clear copy survives the next start: %v", left)
		}
	}
	whole := 0
	for _, f := range files(t, dir) {
		if filepath.Ext(f) != Ext {
			if raw := body(t, f); strings.Contains(string(raw), marker) {
				t.Errorf("%s is half done and clear", f)
			}
			continue
		}
		w.open(f, Secret{Key: staff.From(w.ctx).Key})
		whole++
	}
	t.Logf("%d whole copies, clear work left by %d kills and cleaned", whole, struck)
	if struck == 0 || whole == 0 {
		t.Error("nothing was put to the test")
	}
}

// A restore killed at any step leaves the old base or the new one, and what it
// had opened is cleaned by the next one.
func TestKilledWhileRestoring(t *testing.T) {
	w, _ := townFile(t)
	a := w.make().Copies[0].Path
	w.write(`UPDATE family SET name = 'SECONDE'`)
	storetest.ClockOf(w.db).Add(time.Minute)
	b := w.make().Copies[0].Path
	target, work := filepath.Join(t.TempDir(), "sous", "rendue.db"), t.TempDir()
	o := w.open(a, Secret{Phrase: w.phrase})
	w.must(Restore(t.Context(), o, target))
	turns, struck, seen := 14, 0, map[string]int{}
	if testing.Short() {
		turns = 4
	}
	for i := range turns {
		killAfter(t, child(t, "restore", "ARDOISE_PATH="+target, "ARDOISE_WORK="+work, "ARDOISE_COPY_A="+a, "ARDOISE_COPY_B="+b, "ARDOISE_PHRASE="+w.phrase), time.Duration(i*23)*time.Millisecond)
		struck += len(clearWork(t, work))
		db, err := store.Open(t.Context(), target, store.Options{Log: storetest.Quiet, MustExist: true})
		if err != nil {
			t.Fatal(err)
		}
		var name string
		err = db.Read(t.Context(), func(tx *store.Tx) error { return tx.QueryRow(`SELECT name FROM family`).Scan(&name) })
		if err != nil || name != marker && name != "SECONDE" {
			t.Errorf("%q, %v", name, err)
		}
		seen[name]++
		if err := errors.Join(db.QuickCheck(t.Context()), db.Close()); err != nil {
			t.Error(err)
		}
		if hidden, err := filepath.Glob(filepath.Join(filepath.Dir(target), ".*restauration*")); err != nil || len(hidden) > 0 {
			t.Errorf("left beside the base: %v %v", hidden, err)
		}
	}
	o, err := Open(t.Context(), a, Secret{Phrase: w.phrase}, work)
	w.must(err)
	w.must(o.Close())
	if left := clearWork(t, work); len(left) > 0 {
		t.Errorf("clear work survives: %v", left)
	}
	t.Logf("%v, clear work left by %d kills and cleaned", seen, struck)
	if struck == 0 {
		t.Error("nothing was put to the test")
	}
}

func reported(t *testing.T, path string) string {
	raw, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return string(raw)
}

// Faults at chosen system calls while one copy is made: the disk fills up or
// fails at the Nth write or sync. A sentence, no copy that counts, nothing clear.
func TestCopyOnAFailingDisk(t *testing.T) {
	if out, err := exec.Command("strace", "-f", "-qq", "-o", "/dev/null", "/bin/true").CombinedOutput(); err != nil {
		if os.Getenv("ARDOISE_REQUIRE_PEERS") == "1" {
			t.Fatalf("strace is required here: %v %s", err, out)
		}
		t.Skipf("strace cannot be used here: %v %s", err, out)
	}
	w, path := townFile(t)
	// Not write: the runtime writes too, to wake itself, and each thread counts its own.
	for how, calls := range map[string]string{
		"error=ENOSPC": "fsync,fdatasync", "error=EIO": "fsync,fdatasync", "error=EIO ": "renameat,rename", "signal=SIGKILL": "fsync,fdatasync,rename,renameat",
	} {
		struck := false
		for _, when := range []string{"1", "2", "3", "4", "5", "6"} {
			dir := filepath.Join(t.TempDir(), "copies")
			w.must(os.MkdirAll(dir, 0o700))
			report := filepath.Join(t.TempDir(), "report")
			run := child(t, "once", "ARDOISE_PATH="+path, "ARDOISE_COPIES="+dir, "ARDOISE_REPORT="+report)
			args := []string{"-f", "-qq", "-o", "/dev/null", "-e", "trace=" + calls, "-e", "inject=" + calls + ":" + strings.TrimSpace(how) + ":when=" + when}
			cmd := exec.Command("strace", append(args, run.Args...)...)
			cmd.Env = run.Env
			out, err := cmd.Output()
			killed := strings.Contains(how, "SIGKILL")
			if err != nil && !killed {
				t.Fatalf("%v: %s", err, out)
			}
			if said := reported(t, report); said != "" {
				struck = true
				if !strings.HasPrefix(said, "unavailable|") || strings.Contains(said, "inattendue") {
					t.Errorf("%s at %s: no sentence to act on: %s", how, when, said)
				}
			}
			struck = struck || err != nil
			for _, f := range files(t, dir) {
				if filepath.Ext(f) == Ext {
					w.open(f, Secret{Key: staff.From(w.ctx).Key})
				} else if !killed {
					t.Errorf("%s at %s leaves %s", how, when, f)
				}
			}
			if left := clearWork(t, filepath.Dir(path)); len(left) > 0 && !killed {
				t.Errorf("%s at %s leaves clear work", how, when)
			}
			w.must(store.ClearWorkspaces(filepath.Dir(path)))
		}
		if !struck {
			t.Errorf("%s on %s never struck", how, calls)
		}
	}
}

// A full disk: the copy says so and leaves what was there; opening a copy where
// there is no room says so too.
func TestFullDisk(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root to mount a small disk")
	}
	small := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", small).CombinedOutput(); err != nil {
		t.Skipf("cannot mount a small disk here: %s", out)
	}
	defer func() {
		if out, err := exec.Command("umount", small).CombinedOutput(); err != nil {
			t.Errorf("umount: %s", out)
		}
	}()
	w, _ := townFile(t)
	c := w.make().Copies[0]
	ballast := filepath.Join(small, "photos.zip")
	w.must(os.WriteFile(ballast, make([]byte, 180<<10), 0o600))
	_, err := w.s.MakeIn(w.ctx, small)
	refused(t, err, fault.Unavailable, "sauvegarde n’est pas faite", "disque est plein")
	w.settings(func(s *Settings) { s.Second = small })
	storetest.ClockOf(w.db).Add(time.Minute)
	m := w.make()
	refused(t, m.Second, fault.Unavailable, "disque est plein")
	_, err = Open(t.Context(), c.Path, Secret{Phrase: w.phrase}, small)
	refused(t, err, fault.Unavailable, "manque de la place")
	left := files(t, small)
	if len(left) != 1 || len(clearWork(t, small)) > 0 {
		t.Errorf("left: %v %v", left, clearWork(t, small))
	}
	w.must(Restore(t.Context(), w.open(c.Path, Secret{Phrase: w.phrase}), filepath.Join(t.TempDir(), "n.db")))
	err = Restore(t.Context(), w.open(c.Path, Secret{Phrase: w.phrase}), filepath.Join(small, "n.db"))
	if fault.KindOf(err) != fault.Unavailable || len(files(t, small)) > 2 {
		t.Errorf("restored on a full disk: %v, %v", err, files(t, small))
	}
}
