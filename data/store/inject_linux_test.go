package store_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"ardoise/data/fault"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

func init() {
	// endure writes pairs whatever happens, tells each that was committed and
	// each refusal, and goes on.
	children["endure"] = func() error {
		db, err := openPlain(os.Getenv("ARDOISE_STORE_PATH"))
		if err != nil {
			fmt.Printf("! %v|%s\n", fault.KindOf(err), fault.Sentence(err))
			return nil
		}
		for range 40 {
			var id int64
			err := db.Write(context.Background(), func(tx *store.Tx) error {
				if err := tx.QueryRow(`INSERT INTO probe (body) VALUES ($1) RETURNING id`, strings.Repeat("x", 3000)).Scan(&id); err != nil {
					return err
				}
				_, err := tx.Exec(`INSERT INTO probe (body, ref) VALUES ('second', $1)`, id)
				return err
			})
			if err == nil {
				fmt.Println(id)
			} else {
				fmt.Printf("! %v|%s\n", fault.KindOf(err), fault.Sentence(err))
			}
		}
		return db.Close()
	}
}

// Faults at chosen system calls, from outside: the disk refuses or fills up at
// the Nth write or sync, or the program dies there. What was acknowledged is
// there, no pair is half there, a refusal is a sentence, and work resumes.
func TestInjectedFaults(t *testing.T) {
	if out, err := exec.Command("strace", "-f", "-qq", "-o", "/dev/null", "/bin/true").CombinedOutput(); err != nil {
		if os.Getenv("ARDOISE_REQUIRE_PEERS") == "1" {
			t.Fatalf("strace is required here: %v %s", err, out)
		}
		t.Skipf("strace cannot be used here: %v %s", err, out)
	}
	writes, syncs := []int{2, 9, 31, 64}, []int{2, 4, 7, 11} // each thread counts its own
	if testing.Short() {
		writes, syncs = writes[2:3], syncs[1:2]
	}
	for how, moments := range map[string][]int{
		"pwrite64:error=ENOSPC":          writes,
		"pwrite64:error=EIO":             writes,
		"fsync,fdatasync:error=EIO":      syncs,
		"pwrite64:signal=SIGKILL":        writes,
		"fsync,fdatasync:signal=SIGKILL": syncs,
	} {
		struck := false
		for _, when := range moments {
			t.Run(fmt.Sprintf("%s at %d", how, when), func(t *testing.T) {
				struck = injected(t, how, when) || struck
			})
		}
		if !struck {
			t.Errorf("%s never struck: nothing was put to the test", how)
		}
	}
}

// injected runs one child under one fault and says whether the fault struck.
func injected(t *testing.T, how string, when int) (struck bool) {
	path := filepath.Join(t.TempDir(), "mairie.db")
	if err := storetest.CopySQLite(path); err != nil {
		t.Fatal(err)
	}
	db, err := openPlain(path)
	if err != nil {
		t.Fatal(err)
	}
	probe(t, db)
	fill(t, db, "avant", 100)
	closeDB(t, db)

	run := child(t, "endure", path)
	cmd := exec.Command("strace", append([]string{
		"-f", "-qq", "-o", "/dev/null", "-e", "trace=pwrite64,fsync,fdatasync",
		"-e", fmt.Sprintf("inject=%s:when=%d", how, when),
	}, run.Args...)...)
	cmd.Env = run.Env
	out, err := cmd.Output()
	killed := strings.Contains(how, "SIGKILL")
	if err != nil && !killed {
		t.Fatalf("%v\n%s", err, out)
	}
	var kept []int64
	refusals := 0
	for lines := bufio.NewScanner(strings.NewReader(string(out))); lines.Scan(); {
		line := lines.Text()
		if said, no := strings.CutPrefix(line, "! "); no {
			refusals++
			if !strings.HasPrefix(said, "unavailable|") {
				t.Errorf("not a sentence to act on: %s", said)
			}
			continue
		}
		id, err := strconv.ParseInt(line, 10, 64)
		if err != nil {
			t.Fatalf("%q", line)
		}
		kept = append(kept, id)
	}
	struck = refusals > 0 || err != nil
	t.Logf("%d acknowledged, %d refused, %v", len(kept), refusals, err)

	db, err = openPlain(path)
	if err != nil {
		t.Fatalf("the file does not open any more: %v", err)
	}
	defer closeDB(t, db)
	if n := count(t, db, `SELECT count(*) FROM probe a JOIN probe b ON b.ref = a.id WHERE a.id = ANY($1)`, kept); n != int64(len(kept)) {
		t.Errorf("%d pairs acknowledged, %d there", len(kept), n)
	}
	first, second := count(t, db, `SELECT count(*) FROM probe WHERE ref IS NULL`), count(t, db, `SELECT count(*) FROM probe WHERE ref IS NOT NULL`)
	if first != second || first > int64(len(kept)+refusals+1) {
		t.Errorf("%d first halves, %d second ones, %d acknowledged, %d refused", first, second, len(kept), refusals)
	}
	if n := count(t, db, `SELECT count(*) FROM setting WHERE name LIKE 'avant-%'`); n != 100 {
		t.Errorf("%d old rows of 100", n)
	}
	if err := write(t, db, `INSERT INTO probe (body) VALUES ('après')`); err != nil {
		t.Errorf("work does not resume: %v", err)
	}
	return struck
}
