package main

import (
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ardoise/data/store/storetest"
)

// smallDemo makes a small demonstration and gives the command over it.
func smallDemo(t *testing.T) *ctl {
	t.Helper()
	c := newCtl(t, filepath.Join(t.TempDir(), "demo.db"))
	c.ok("demo", "create", "--families", "12", "--seed", "3")
	return c
}

func openFile(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+path+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// lines sorts what a base holds; when its tables were made is its own.
func lines(text string) string {
	all := slices.DeleteFunc(slices.Collect(strings.Lines(text)), func(l string) bool { return strings.HasPrefix(l, "goose_db_version") })
	slices.Sort(all)
	return strings.Join(all, "")
}

// TestMigrateThereAndBack: a whole demonstration goes to PostgreSQL and comes
// back the same, and both are sound on the way.
func TestMigrateThereAndBack(t *testing.T) {
	c := smallDemo(t)
	file, server := c.db, storetest.EmptyPostgresURL(t)
	before := dump(t, file)
	var there movedJSON
	c.json(&there, "migrate", "--to", server)
	if there.Rows < 1000 || there.Compared != there.Rows || there.Checks < 50 || len(there.Tables) < 70 {
		t.Errorf("%+v", there)
	}
	if dump(t, file) != before {
		t.Error("the source changed")
	}
	c.db = server
	c.ok("verify")
	back := filepath.Join(t.TempDir(), "back.db")
	said := plain(c.ok("migrate", "--to", back))
	for _, want := range []string{"lignes copiées, relues et comparées", "--db " + back, "n’y travaillez plus"} {
		if !strings.Contains(said, want) {
			t.Errorf("not said: %s in %s", want, said)
		}
	}
	if a, b := lines(before), lines(dump(t, back)); a != b { // rows without a number of their own come in another order
		t.Error("not what left:", firstDifference(a, b))
	}
	c.db = back
	c.ok("verify")
	trail := column(t, openFile(t, back), `SELECT detail FROM audit WHERE action = 'audit.accept' ORDER BY id`)
	if len(trail) != 2 || !strings.Contains(trail[0], "demo.db") || !strings.Contains(trail[1], "PostgreSQL") {
		t.Errorf("the trail does not say where it came from: %q", trail)
	}
	c.refused(exitRefused, "contient déjà des données", "migrate", "--to", server)
	c.refused(exitUsage, "--to", "migrate")
	other := filepath.Join(t.TempDir(), "elsewhere", "new.db")
	c.db = filepath.Join(t.TempDir(), "none.db")
	c.refused(exitEnvironment, "n’existe pas", "migrate", "--to", other)
	if _, err := os.Stat(other); err == nil {
		t.Error("a refusal leaves a file")
	}
}

// TestMigrateKilled: whenever the command is killed, the source is whole and the
// target is whole or can be taken again.
func TestMigrateKilled(t *testing.T) {
	c := smallDemo(t)
	file := c.db
	before := dump(t, file)
	kept := 0
	for i := range 8 {
		target := filepath.Join(t.TempDir(), "to.db")
		if i%2 == 1 {
			target = storetest.EmptyPostgresURL(t)
		}
		cmd := exec.Command(os.Args[0], "--db", file, "--now", storetest.Start.Format(time.RFC3339), "migrate", "--to", target)
		cmd.Env = append(os.Environ(), asCommand+"=1")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(60+i*90) * time.Millisecond)
		if err := cmd.Process.Kill(); err != nil {
			t.Log(err)
		}
		ended := fmt.Sprint(cmd.Wait())
		if dump(t, file) != before {
			t.Fatal("the source changed")
		}
		c.db = file
		r := c.run("migrate", "--to", target)
		whole := strings.Contains(plain(r.out+r.err), "contient déjà des données")
		if r.code != exitDone && !whole {
			t.Errorf("killed after %d ms (%s): %s%s", 60+i*90, ended, r.out, r.err)
		}
		if whole {
			kept++
		}
		c.db = target
		c.ok("verify")
	}
	t.Logf("killed 8 times, %d copies were already kept", kept)
}
