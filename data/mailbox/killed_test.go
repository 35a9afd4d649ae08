package mailbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"ardoise/data/mailbox/mailtest"
	"ardoise/data/staff"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
	"ardoise/data/vault"
)

// fetchChild is what the test's binary does when it is started again to be killed.
const fetchChild = "ARDOISE_MAILBOX_FETCH"

// fetchOnce is one workstation that fetches all mailboxes of a database and ends.
// Its key opens nothing that was sealed elsewhere: the password comes beside it.
func fetchOnce(address string) error {
	db, err := store.Open(context.Background(), address, store.Options{Clock: storetest.NewClock().Now, Log: storetest.Quiet})
	if err != nil {
		return err
	}
	s := New(db)
	s.out.ring = noRing
	s.out.ring.read = func(string) (string, error) {
		return `{"password":"` + os.Getenv("ARDOISE_MAILBOX_PASSWORD") + `"}`, nil
	}
	key := vault.NewKey()
	defer key.Close()
	ctx := staff.With(context.Background(), &staff.Session{Name: "Enfant", Roles: []staff.Role{staff.Accueil}, Key: key})
	_, err = s.Fetch(ctx, 0, func(done, total int) { fmt.Println(done, total) })
	return errors.Join(err, db.Close())
}

// TestKilledWhileFetching: a program killed again and again while it fetches
// neither loses nor doubles a message.
func TestKilledWhileFetching(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		const many = 200
		d := mailtest.Dovecot(t)
		w := newHamlet(t, db)
		w.served(d)
		w.exec(`UPDATE mail_account SET secret = NULL`)
		fill(d, 0, many)
		address := db.Path()
		if db.Engine() == store.Postgres {
			address = db.URL()
		}
		killed, last := 0, int64(0)
		for try := 0; ; try++ {
			if try > 300 {
				t.Fatalf("never done: %d of %d messages", last, many)
			}
			cmd := exec.Command(os.Args[0], "-test.run=^$")
			cmd.Env = append(os.Environ(), fetchChild+"="+address, "ARDOISE_MAILBOX_PASSWORD="+d.Password())
			var said strings.Builder
			cmd.Stderr = &said
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			// it has begun to fetch when it says so first; then it may die at any moment
			begun := make([]byte, 4)
			if _, err := io.ReadFull(out, begun); err == nil && killed < 25 {
				time.Sleep(time.Duration(rand.IntN(60)) * time.Millisecond)
				if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
					t.Fatal(err)
				}
			}
			if _, err := io.Copy(io.Discard, out); err != nil {
				t.Fatal(err)
			}
			err = cmd.Wait()
			now := w.count(`SELECT COUNT(*) FROM mail_message`)
			if now < last {
				t.Fatalf("%d messages, there had been %d", now, last)
			}
			last = now
			if err == nil {
				break
			}
			if killed++; !strings.Contains(err.Error(), "killed") {
				t.Fatalf("not killed, it failed: %v %s", err, said.String())
			}
		}
		t.Logf("killed %d times", killed)
		if killed < 3 {
			t.Error("hardly killed: nothing was put to the test")
		}
		for what, query := range map[string]string{
			"messages": `SELECT COUNT(*) FROM mail_message`, "originals": `SELECT COUNT(*) FROM mail_original`,
			"places": `SELECT COUNT(*) FROM mail_place`, "different": `SELECT COUNT(DISTINCT digest) FROM mail_message`,
		} {
			if n := w.count(query); n != many {
				t.Errorf("%s: %d, want %d", what, n, many)
			}
		}
	})
}
