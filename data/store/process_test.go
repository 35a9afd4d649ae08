package store_test

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"ardoise/data/fault"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

const rounds = 60 // increments of each client

// increment reads a number and writes it back one higher: the update that a
// careless store loses.
func increment(ctx context.Context, db *store.DB, blind bool) error {
	if blind { // planted fault: reading outside of the transaction that writes
		var n int64
		err := db.Read(ctx, func(tx *store.Tx) error {
			return tx.QueryRow(`SELECT amount FROM probe WHERE id = 1`).Scan(&n)
		})
		if err != nil {
			return err
		}
		time.Sleep(time.Millisecond)
		return db.Write(ctx, func(tx *store.Tx) error {
			_, err := tx.Exec(`UPDATE probe SET amount = $1 WHERE id = 1`, n+1)
			return err
		})
	}
	return db.Write(ctx, func(tx *store.Tx) error {
		var n int64
		if err := tx.QueryRow(`SELECT amount FROM probe WHERE id = 1`).Scan(&n); err != nil {
			return err
		}
		_, err := tx.Exec(`UPDATE probe SET amount = $1 WHERE id = 1`, n+1)
		return err
	})
}

func init() {
	children["increment"] = func() error {
		db, err := openPlain(os.Getenv("ARDOISE_STORE_PATH"))
		if err != nil {
			return err
		}
		for range rounds {
			err := increment(context.Background(), db, os.Getenv("ARDOISE_BLIND") != "")
			if fault.KindOf(err) == fault.Conflict {
				err = increment(context.Background(), db, false)
			}
			if err != nil {
				return errors.Join(err, db.Close())
			}
		}
		return db.Close()
	}
}

// Three processes on one database: no increment is lost. The planted fault
// shows that the count would tell.
func TestProcessesLoseNoUpdate(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		probe(t, db)
		if err := write(t, db, `INSERT INTO probe (id, amount) VALUES (1, 0)`); err != nil {
			t.Fatal(err)
		}
		address := db.Path()
		if db.Engine() == store.Postgres {
			address = db.URL()
		}
		run := func(env ...string) int64 {
			var all sync.WaitGroup
			for range 3 {
				all.Go(func() {
					if out, err := child(t, "increment", address, env...).Output(); err != nil {
						t.Errorf("%v %s", err, out)
					}
				})
			}
			all.Wait()
			return count(t, db, `SELECT amount FROM probe WHERE id = 1`)
		}
		if n := run(); n != 3*rounds {
			t.Errorf("%d increments, want %d", n, 3*rounds)
		}
		if n := run("ARDOISE_BLIND=1"); n >= 6*rounds {
			t.Errorf("the planted fault lost nothing: %d", n)
		}
	})
}

// Twenty clients on PostgreSQL while their connections are killed: every
// acknowledged increment is there, and nothing that was refused.
func TestPostgresKilledConnections(t *testing.T) {
	db := storetest.OpenPostgres(t)
	probe(t, db)
	if err := write(t, db, `INSERT INTO probe (id, amount) VALUES (1, 0)`); err != nil {
		t.Fatal(err)
	}
	admin, err := sql.Open("pgx", db.URL())
	if err != nil {
		t.Fatal(err)
	}
	over := make(chan struct{})
	var killer, clients sync.WaitGroup
	var killed int64
	killer.Go(func() {
		for {
			select {
			case <-over:
				return
			case <-time.After(20 * time.Millisecond):
			}
			var n int64
			err := admin.QueryRow(`SELECT count(pg_terminate_backend(pid)) FROM (SELECT pid FROM pg_stat_activity
				WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name = 'ardoise' ORDER BY random() LIMIT 2) x`).Scan(&n)
			if err != nil {
				t.Error(err)
				return
			}
			killed += n
		}
	})
	var mu sync.Mutex
	var acknowledged, doubtful int64
	for range 20 {
		clients.Go(func() {
			for range 15 {
				err := increment(context.Background(), db, false)
				mu.Lock()
				switch {
				case err == nil:
					acknowledged++
				case strings.Contains(fault.Sentence(err), "Vérifiez si"):
					doubtful++ // cut at the commit: it may hold
				case fault.KindOf(err) != fault.Conflict && fault.KindOf(err) != fault.Unavailable:
					t.Errorf("not a refusal: %v", err)
				}
				mu.Unlock()
			}
		})
	}
	clients.Wait()
	close(over)
	killer.Wait()
	if err := admin.Close(); err != nil {
		t.Error(err)
	}
	n := count(t, db, `SELECT amount FROM probe WHERE id = 1`)
	t.Logf("%d connections killed, %d acknowledged, %d in doubt, %d stored", killed, acknowledged, doubtful, n)
	if n < acknowledged || n > acknowledged+doubtful {
		t.Errorf("%d stored, %d acknowledged and %d in doubt", n, acknowledged, doubtful)
	}
	if killed == 0 || acknowledged == 0 {
		t.Error("nothing was put to the test")
	}
}

// The last place goes to one of twenty who ask at once, even when each only
// looks and then takes: without SERIALIZABLE several would get it.
func TestLastPlaceIsGivenOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		probe(t, db)
		var all sync.WaitGroup
		var mu sync.Mutex
		won := 0
		for range 20 {
			all.Go(func() {
				err := db.Write(context.Background(), func(tx *store.Tx) error {
					var taken int64
					if err := tx.QueryRow(`SELECT count(*) FROM probe WHERE body = 'place'`).Scan(&taken); err != nil {
						return err
					}
					if taken >= 1 {
						return fault.New(fault.Insufficient, "Complet.")
					}
					_, err := tx.Exec(`INSERT INTO probe (body) VALUES ('place')`)
					return err
				})
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					won++
				} else if k := fault.KindOf(err); k != fault.Insufficient && k != fault.Conflict {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if n := count(t, db, `SELECT count(*) FROM probe WHERE body = 'place'`); won != 1 || n != 1 {
			t.Errorf("%d winners, %d places taken", won, n)
		}
	})
}

// A function that hides the server's refusal behind its own words is tried
// again all the same, and the events of the failed try are dropped.
func TestRetriedTransactionPublishesOnce(t *testing.T) {
	db := storetest.OpenPostgres(t)
	probe(t, db)
	if err := write(t, db, `INSERT INTO probe (id, amount) VALUES (1, 0), (2, 0)`); err != nil {
		t.Fatal(err)
	}
	got := make(chan store.Event, 10)
	defer db.Subscribe(func(e store.Event) { got <- e })()
	tries := 0
	err := db.Write(t.Context(), func(tx *store.Tx) error {
		tries++
		tx.Publish("probe", int64(tries))
		var n int64
		if err := tx.QueryRow(`SELECT amount FROM probe WHERE id = 1`).Scan(&n); err != nil {
			return err
		}
		if tries == 1 { // somebody else changes what was read and reads what will be changed
			err := db.Write(context.Background(), func(other *store.Tx) error {
				_, err := other.Exec(`UPDATE probe SET amount = amount + 1 WHERE id = 1`)
				return err
			})
			if err != nil {
				return err
			}
		}
		if err := tx.QueryRow(`UPDATE probe SET amount = $1 WHERE id = 1 RETURNING amount`, n+1).Scan(&n); err != nil {
			return fault.New(fault.Invalid, "Une phrase qui cache la cause.")
		}
		return nil
	})
	if err != nil || tries != 2 {
		t.Fatalf("%d tries, %v", tries, err)
	}
	if e := <-got; e.Topic != "probe" || fmt.Sprint(e.IDs) != "[2]" || e.Remote {
		t.Errorf("event %+v", e)
	}
	select {
	case e := <-got:
		t.Errorf("one more event: %+v", e)
	case <-time.After(100 * time.Millisecond):
	}
}

func init() {
	children["acknowledge"] = func() error {
		db, err := openPlain(os.Getenv("ARDOISE_STORE_PATH"))
		if err != nil {
			return err
		}
		for i := 1; ; i++ {
			err := db.Write(context.Background(), func(tx *store.Tx) error {
				var id int64
				if err := tx.QueryRow(`INSERT INTO probe (body) VALUES ('first') RETURNING id`).Scan(&id); err != nil {
					return err
				}
				_, err := tx.Exec(`INSERT INTO probe (body, ref) VALUES ('second', $1)`, id)
				return err
			})
			if err != nil {
				return err
			}
			if _, err := fmt.Println(i); err != nil { // a write to a pipe is one system call
				return err
			}
		}
	}
}

// Kill loop: a child writes pairs and acknowledges each; it is killed at any
// moment. Nothing acknowledged is lost, no pair is half there.
func TestKilledWriterLosesNothingAcknowledged(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		probe(t, db)
		address := db.Path()
		if db.Engine() == store.Postgres {
			address = db.URL()
		}
		acknowledged := int64(0)
		turns := 8
		if testing.Short() {
			turns = 2
		}
		for range turns {
			acknowledged += killedAfter(t, child(t, "acknowledge", address), time.Duration(rand.IntN(150)+20)*time.Millisecond)
			// One look at both: a server may still be at the commit of who was killed.
			var first, second int64
			if err := db.Read(t.Context(), func(tx *store.Tx) error {
				return tx.QueryRow(`SELECT (SELECT count(*) FROM probe WHERE body = 'first'),
					(SELECT count(*) FROM probe a JOIN probe b ON b.ref = a.id WHERE a.body = 'first' AND b.body = 'second')`).Scan(&first, &second)
			}); err != nil {
				t.Fatal(err)
			}
			if first != second {
				t.Fatalf("%d first halves, %d second ones", first, second)
			}
			if first < acknowledged || first > acknowledged+int64(turns) {
				t.Fatalf("%d stored, %d acknowledged", first, acknowledged)
			}
			if err := db.QuickCheck(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if acknowledged == 0 {
			t.Error("nothing was put to the test")
		}
	})
}

// killedAfter starts a child, waits for its first acknowledgement, kills it a
// moment later and gives the last number it said.
func killedAfter(t *testing.T, cmd *exec.Cmd, moment time.Duration) (last int64) {
	t.Helper()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if last == 0 {
			time.AfterFunc(moment, func() { _ = cmd.Process.Kill() })
		}
		n, err := strconv.ParseInt(lines.Text(), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		last = n
	}
	if _, err := io.Copy(io.Discard, out); err != nil && !errors.Is(err, os.ErrClosed) {
		t.Log(err)
	}
	if err := cmd.Wait(); err == nil || last == 0 {
		t.Fatalf("the child ended by itself: %v", err)
	}
	return last
}
