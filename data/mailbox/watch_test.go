package mailbox

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"ardoise/data/mailbox/mailtest"
	"ardoise/data/mailbox/wire"
	"ardoise/data/staff"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
	"ardoise/data/vault"
)

// watched runs Watch until the test ends; until waits for a status that pleases.
type watched struct {
	mu   sync.Mutex
	last Status
}

func (w *hamlet) watch(ctx context.Context) *watched {
	seen := &watched{}
	ctx, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() {
		done <- w.s.Watch(ctx, func(st Status) {
			seen.mu.Lock()
			defer seen.mu.Unlock()
			seen.last = st
		})
	}()
	w.t.Cleanup(func() {
		stop()
		select {
		case err := <-done:
			if err != nil {
				w.t.Errorf("Watch ends with %v", err)
			}
		case <-time.After(10 * time.Second):
			w.t.Error("Watch does not end")
		}
	})
	return seen
}

func (s *watched) status() Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last
}

// eventually waits for something that must come.
func (w *hamlet) eventually(what string, ok func() bool) {
	w.t.Helper()
	for begun := time.Now(); time.Since(begun) < 20*time.Second; time.Sleep(20 * time.Millisecond) {
		if ok() {
			return
		}
	}
	w.t.Fatalf("never came: %s", what)
}

func quickly(t *testing.T) {
	first, last := firstDelay, lastDelay
	firstDelay, lastDelay = 50*time.Millisecond, 300*time.Millisecond
	t.Cleanup(func() { firstDelay, lastDelay = first, last })
}

func TestWatch(t *testing.T) {
	quickly(t)
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := mailtest.Dovecot(t)
		w := newHamlet(t, db)
		w.family("Favier", leaMail, "Hugo")
		w.served(d)
		fill(d, 0, 2)
		seen := w.watch(w.ctx)
		count := func(n int64) func() bool {
			return func() bool { return w.count(`SELECT COUNT(*) FROM mail_message`) == n }
		}
		w.eventually("what was there", count(2))
		w.eventually("told by the server", func() bool { st := seen.status(); return st.Live && st.Problem == "" && !st.At.IsZero() })
		begun := time.Now()
		fill(d, 2, 1)
		w.eventually("what comes later", count(3))
		t.Logf("a message was there %d ms after it came", time.Since(begun).Milliseconds())

		w.exec(`UPDATE mail_message SET state = 'ignored', decided_at = taken_at WHERE id = (SELECT MIN(id) FROM mail_message)`)
		if err := db.Write(w.ctx, func(tx *store.Tx) error { tx.Publish(Topic); return nil }); err != nil {
			t.Fatal(err)
		}
		w.eventually("the decision told to the server", func() bool {
			return slices.ContainsFunc(d.Messages("INBOX"), func(m mailtest.Message) bool {
				return slices.ContainsFunc(m.Flags, func(f string) bool { return strings.EqualFold(f, wire.Keyword) })
			})
		})

		d.Stop()
		w.eventually("a word about the server gone", func() bool { return strings.Contains(seen.status().Problem, "serveur") })
		if seen.status().Live {
			t.Error("live without a server")
		}
		d.Start()
		fill(d, 3, 1)
		w.eventually("what came meanwhile", count(4))
		w.eventually("all well again", func() bool { return seen.status().Problem == "" })
		w.all(4)
	})
}

// TestWatchWithoutIdle polls.
func TestWatchWithoutIdle(t *testing.T) {
	quickly(t)
	d := mailtest.Dovecot(t, mailtest.Capabilities("IMAP4rev1 LITERAL+"))
	w := newHamlet(t, storetest.OpenSQLite(t))
	w.served(d, func(a *Account) { a.PollSeconds = 15 })
	w.exec(`ALTER TABLE mail_account RENAME COLUMN poll_seconds TO poll_was`)
	w.exec(`ALTER TABLE mail_account ADD COLUMN poll_seconds INTEGER NOT NULL DEFAULT 1`) // no less than 15 s otherwise
	seen := w.watch(w.ctx)
	w.eventually("a look", func() bool { st := seen.status(); return !st.At.IsZero() && !st.Live && st.Problem == "" })
	fill(d, 0, 1)
	w.eventually("the next look", func() bool { return w.count(`SELECT COUNT(*) FROM mail_message`) == 1 })
}

// TestWatchPausesWithTheSession: without the key nothing is taken in, and with it
// again it goes on.
func TestWatchPausesWithTheSession(t *testing.T) {
	quickly(t)
	d := mailtest.Dovecot(t)
	w := newHamlet(t, storetest.OpenSQLite(t))
	w.served(d)
	session := staff.From(w.ctx)
	locked := &staff.Session{Name: "x", Roles: session.Roles, Key: vault.NewKey()}
	locked.Key.Close()
	seen := w.watch(staff.With(context.Background(), locked))
	w.eventually("a word about the session", func() bool { return strings.Contains(seen.status().Problem, "Session verrouillée") })
	fill(d, 0, 1)
	if n := w.count(`SELECT COUNT(*) FROM mail_message`); n != 0 {
		t.Error("taken in without a key")
	}
	if err := locked.Key.Reopen(session.Key); err != nil {
		t.Fatal(err)
	}
	w.eventually("the message, once the session is open", func() bool { return w.count(`SELECT COUNT(*) FROM mail_message`) == 1 && seen.status().Problem == "" })
}
