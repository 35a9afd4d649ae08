//go:build unix

package mailbox

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"mime"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"ardoise/data/fault"
	"ardoise/data/mailbox/mailtest"
	"ardoise/data/mailbox/wire"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// desk is a town hall with one mailbox that sends.
type desk struct {
	t      testing.TB
	db     *store.DB
	s      *Service
	ctx    context.Context
	clock  *storetest.Clock
	server wire.Server
	with   wire.Credential
	id     int64 // of the account
}

func newDesk(t testing.TB, db *store.DB, server wire.Server) *desk {
	t.Helper()
	d := &desk{t: t, db: db, s: New(db), clock: storetest.ClockOf(db), server: server, with: wire.Credential{Password: mailtest.SMTPPassword}}
	d.ctx = stafftest.Session(t, db, staff.Accueil)
	d.s.post.outlet = d.outlet
	d.id = d.account("Cantine", mailtest.SMTPUser, 600)
	return d
}

func (d *desk) outlet(ctx context.Context, id int64) (wire.Server, wire.Credential, Account, error) {
	a := Account{ID: id}
	err := d.db.Read(ctx, func(tx *store.Tx) error {
		return tx.QueryRow(`SELECT address, sender, per_minute FROM mail_account WHERE id = $1`, id).Scan(&a.Address, &a.Sender, &a.PerMinute)
	})
	return d.server, d.with, a, err
}

func (d *desk) account(name, address string, perMinute int) (id int64) {
	d.t.Helper()
	d.write(func(tx *store.Tx) error {
		return tx.QueryRow(`INSERT INTO mail_account (name, address, sender, smtp_host, per_minute, created_at) VALUES ($1, $2, $3, 'localhost', $4, $5) RETURNING id`,
			name, address, "Mairie de Saint-Marcel", perMinute, tx.Now()).Scan(&id)
	})
	return id
}

func (d *desk) write(fn func(*store.Tx) error) {
	d.t.Helper()
	if err := d.db.Write(d.ctx, fn); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) exec(query string, args ...any) {
	d.t.Helper()
	d.write(func(tx *store.Tx) error { _, err := tx.Exec(query, args...); return err })
}

// post files a letter.
func (d *desk) post(to string) (id int64) {
	d.t.Helper()
	d.write(func(tx *store.Tx) error {
		var n int
		if err := tx.QueryRow(`SELECT count(*) FROM outbox`).Scan(&n); err != nil {
			return err
		}
		return tx.QueryRow(`INSERT INTO outbox (address, subject, body, kind, key, created_at) VALUES ($1, 'Réservation confirmée', $2, 'test', $3, $4) RETURNING id`,
			to, "Bonjour,\n\nC’est noté.\n", fmt.Sprintf("test:%d", n), tx.Now()).Scan(&id)
	})
	return id
}

func (d *desk) get(id int64) Outgoing {
	d.t.Helper()
	list, err := d.s.Outbox(d.ctx, nil, id+1, 1)
	if err != nil || len(list) != 1 || list[0].ID != id {
		d.t.Fatalf("letter %d: %v %v", id, list, err)
	}
	return list[0]
}

func (d *desk) send() Sent {
	d.t.Helper()
	r, err := d.s.Send(d.ctx, nil)
	if err != nil {
		d.t.Fatal(err)
	}
	return r
}

// states counts the letters of each state.
func (d *desk) states() map[string]int {
	d.t.Helper()
	out := map[string]int{}
	if err := d.db.Read(d.ctx, func(tx *store.Tx) error {
		return store.Each(tx, func(r *sql.Rows) error {
			var state string
			var n int
			err := r.Scan(&state, &n)
			out[state] = n
			return err
		}, `SELECT state, count(*) FROM outbox GROUP BY state`)
	}); err != nil {
		d.t.Fatal(err)
	}
	return out
}

// headers gives the Message-ID of every letter that has one, by letter.
func (d *desk) headers() map[string]int64 {
	d.t.Helper()
	out := map[string]int64{}
	if err := d.db.Read(d.ctx, func(tx *store.Tx) error {
		return store.Each(tx, func(r *sql.Rows) error {
			var id int64
			var header string
			err := r.Scan(&id, &header)
			out[header] = id
			return err
		}, `SELECT id, header_id FROM outbox WHERE header_id <> ''`)
	}); err != nil {
		d.t.Fatal(err)
	}
	return out
}

func eximServer(e *mailtest.Exim) wire.Server {
	return wire.Server{Host: e.Host, Port: e.Submission, Security: wire.StartTLS, User: mailtest.SMTPUser, CA: e.Authority.PEM}
}

func scriptedServer(s *mailtest.Scripted) wire.Server {
	return wire.Server{Host: "localhost", Port: s.Port, Security: wire.TLS, User: "x", CA: s.Authority.PEM}
}

// TestSend: every kind of answer of a real server, then what happens next.
func TestSend(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		e := mailtest.StartExim(t, mailtest.EximOptions{})
		d := newDesk(t, db, eximServer(e))
		well, gone, later, full, spam := d.post("a@b.fr"), d.post("Inconnu@b.fr"), d.post("plus-tard@b.fr"), d.post("pleine@b.fr"), d.post("pub@b.fr")
		after, again := d.post("c@d.fr"), d.post("inconnu@b.fr")
		r := d.send()
		if r.Sent != 2 || r.Failed != 3 || r.Later != 1 || r.Problem != "" || !r.Next.Equal(storetest.Start.Add(time.Minute)) {
			t.Errorf("%+v", r)
		}
		for _, c := range []struct {
			id             int64
			state, problem string
			attempts       int
		}{
			{well, "sent", "", 1},
			{after, "sent", "", 1},
			{gone, "failed", "n’existe pas ou n’est plus ouverte (550 5.1.1)", 1},
			{again, "failed", "Rien n’a été envoyé, cette adresse ayant refusé un message", 0},
			{later, "waiting", "Nouvel essai : mar. 24 nov. à 13 h 47", 1},
			{full, "failed", "est pleine (552 5.2.2)", 1},
			{spam, "failed", "refusé comme indésirable", 1},
		} {
			o := d.get(c.id)
			if o.State != c.state || !strings.Contains(strings.ReplaceAll(o.Problem, nbsp, " "), c.problem) || (c.problem == "") != (o.Problem == "") || o.Attempts != c.attempts {
				t.Errorf("%s: %s %d %q", o.Letter.To, o.State, o.Attempts, o.Problem)
			}
			if (o.State == "sent") != o.SentAt.Equal(storetest.Start) {
				t.Errorf("%s left at %v", o.Letter.To, o.SentAt)
			}
		}
		list, err := d.s.Refusals(d.ctx)
		if err != nil || len(list) != 1 || list[0].Address != "inconnu@b.fr" || !list[0].Permanent {
			t.Errorf("only an address that does not exist is not written to any more: %v %v", list, err)
		}
		e.Later(t, false)
		if r := d.send(); r.Sent != 0 || r.Later != 1 {
			t.Errorf("before its hour: %+v", r)
		}
		d.clock.Add(time.Minute)
		if r := d.send(); r.Sent != 1 || r.Later != 0 || !r.Next.IsZero() {
			t.Errorf("at its hour: %+v", r)
		}
		if o := d.get(later); o.State != "sent" || o.Attempts != 2 || o.Problem != "" {
			t.Errorf("%+v", o)
		}
		for id, n := range e.Count(t) {
			if n != 1 || d.headers()[id] == 0 || !strings.HasSuffix(id, "@mairie.example") {
				t.Errorf("%s was delivered %d times", id, n)
			}
		}
		if n := len(e.Delivered(t)); n != 3 {
			t.Errorf("%d delivered", n)
		}
	})
}

// TestAnswerHeaders: an answer names what it answers; read as it was delivered.
func TestAnswerHeaders(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		e := mailtest.StartExim(t, mailtest.EximOptions{})
		d := newDesk(t, db, eximServer(e))
		answer, silent := d.post("a@b.fr"), d.post("b@b.fr")
		d.exec(`INSERT INTO mail_message (id, digest, header_id, received_at, taken_at, size, state, head, reading) VALUES
			(1, $2, 'question.1@free.fr', '2026-11-24T10:00:00Z', '2026-11-24T10:00:00Z', 1, 'todo', $1, $1), (2, $3, '', '2026-11-24T10:00:00Z', '2026-11-24T10:00:00Z', 1, 'todo', $1, $1)`, []byte("sealed"), []byte("d1"), []byte("d2"))
		d.exec(`UPDATE outbox SET answers_id = 1 WHERE id = $1`, answer)
		d.exec(`UPDATE outbox SET answers_id = 2 WHERE id = $1`, silent)
		d.post("c@b.fr")
		if r := d.send(); r.Sent != 3 {
			t.Fatalf("%+v", r)
		}
		got := map[string]string{}
		for _, raw := range e.Delivered(t) {
			m, err := mail.ReadMessage(bytes.NewReader(raw))
			if err != nil {
				t.Fatal(err)
			}
			subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
			if err != nil || subject != "Réservation confirmée" || m.Header.Get("Date") != "Tue, 24 Nov 2026 13:46:00 +0100" || m.Header.Get("From") != `"Mairie de Saint-Marcel" <cantine@mairie.example>` {
				t.Errorf("%v %v", m.Header, err)
			}
			got[m.Header.Get("To")] = m.Header.Get("Auto-Submitted") + " " + m.Header.Get("In-Reply-To") + " " + m.Header.Get("References")
		}
		for to, want := range map[string]string{
			"<a@b.fr>": "auto-replied <question.1@free.fr> <question.1@free.fr>", "<b@b.fr>": "auto-replied  ", "<c@b.fr>": "auto-generated  ",
		} {
			if got[to] != want {
				t.Errorf("%s: %q, want %q", to, got[to], want)
			}
		}
	})
}

// TestEachLetterOnce: twenty senders at a time on two handles of the database.
func TestEachLetterOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		e := mailtest.StartExim(t, mailtest.EximOptions{})
		d := newDesk(t, db, eximServer(e))
		other := New(storetest.Open(t, address(db)))
		other.post.outlet = d.outlet
		const letters = 60
		for range letters {
			d.post("a@b.fr")
		}
		var all sync.WaitGroup
		for i := range 20 {
			all.Go(func() {
				s := []*Service{d.s, other}[i%2]
				for range 50 {
					r, err := s.Send(d.ctx, nil)
					if err != nil && fault.KindOf(err) != fault.Conflict {
						t.Errorf("%+v %v", r, err)
						return
					}
					if err == nil && r.Later == 0 {
						return
					}
				}
			})
		}
		all.Wait()
		if n := d.states(); n["sent"] != letters {
			t.Errorf("in the end: %v", n)
		}
		count := e.Count(t)
		for id, n := range count {
			if n != 1 {
				t.Errorf("%s was delivered %d times", id, n)
			}
		}
		if len(count) != letters || len(e.Delivered(t)) != letters {
			t.Errorf("%d letters, %d delivered", letters, len(e.Delivered(t)))
		}
	})
}

// TestTwoSeeTheSame: two senders that saw the same letter wait before either takes
// it. With the claim's condition taken away it leaves twice.
func TestTwoSeeTheSame(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := (&mailtest.Scripted{Together: 2}).Start(t)
		d := newDesk(t, db, scriptedServer(s))
		race := func() int {
			before := len(s.Letters())
			id := d.post("a@b.fr")
			d.exec(`UPDATE outbox SET object = 'invoice:1' WHERE id = $1`, id)
			var both, all sync.WaitGroup
			both.Add(2)
			for range 2 {
				all.Go(func() {
					var once sync.Once
					_, err := d.s.Send(d.ctx, func(context.Context, string) ([]Joined, error) {
						once.Do(func() { both.Done(); both.Wait() })
						return nil, nil
					})
					if err != nil && fault.KindOf(err) != fault.Conflict {
						t.Error(err)
					}
				})
			}
			all.Wait()
			return len(s.Letters()) - before
		}
		if n := race(); n != 1 {
			t.Errorf("the letter left %d times", n)
		}
		s.Again(2)
		kept := claimQuery
		defer func() { claimQuery = kept }()
		claimQuery = strings.Replace(claimQuery, "AND state = 'waiting' AND next_at <= $2", "", 1)
		if n := race(); n != 2 {
			t.Errorf("this test cannot fail: without the claim's condition the letter left %d times", n)
		}
	})
}

func address(db *store.DB) string {
	if db.Engine() == store.Postgres {
		return db.URL()
	}
	return db.Path()
}

// TestServerAway: wrong password, server gone: a sentence, nothing lost, no try
// counted; and work goes on when it is back.
func TestServerAway(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		e := mailtest.StartExim(t, mailtest.EximOptions{})
		d := newDesk(t, db, eximServer(e))
		id := d.post("a@b.fr")
		stands := func(what, problem string) {
			t.Helper()
			r := d.send()
			if o := d.get(id); r.Sent+r.Failed != 0 || r.Later != 1 || !strings.Contains(r.Problem, problem) || !strings.Contains(r.Problem, "restent en attente") ||
				o.State != "waiting" || o.Attempts != 0 || !r.Next.After(db.Now()) {
				t.Errorf("%s: %+v, %s %d", what, r, o.State, o.Attempts)
			}
		}
		good := d.with
		d.with.Password = "faux"
		stands("wrong password", "a refusé l’utilisateur ou le mot de passe")
		d.with = good
		d.server.CA = nil
		stands("unknown authority", "autorité inconnue")
		d.server = eximServer(e)
		e.Stop(t)
		stands("gone", "ne peut pas être joint")
		e.Start(t)
		if r := d.send(); r.Sent != 1 || r.Problem != "" {
			t.Errorf("back: %+v", r)
		}
	})
}

// TestNoWayOut: no account, a demonstration.
func TestNoWayOut(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db, wire.Server{Host: "127.0.0.1", Port: 1})
		id := d.post("a@b.fr")
		d.exec(`UPDATE mail_account SET active = 0`)
		if r := d.send(); !strings.Contains(r.Problem, "Aucune boîte n’est réglée pour l’envoi") || r.Later != 1 || d.get(id).State != "waiting" {
			t.Errorf("%+v", r)
		}
		d.exec(`UPDATE outbox SET state = 'held'`)
		if r := d.send(); r != (Sent{}) || d.get(id).State != "held" {
			t.Errorf("%+v", r)
		}
	})
}

// TestRate: an account's minute is shared by every program that sends.
func TestRate(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := (&mailtest.Scripted{}).Start(t)
		d := newDesk(t, db, scriptedServer(s))
		d.exec(`UPDATE mail_account SET per_minute = 5`)
		for range 12 {
			d.post("a@b.fr")
		}
		other := New(db)
		other.post.outlet = d.outlet
		if r := d.send(); r.Sent != 5 || r.Later != 7 || !r.Next.Equal(storetest.Start.Add(time.Minute)) || r.Problem != "" {
			t.Errorf("%+v", r)
		}
		d.clock.Add(59 * time.Second)
		if r, err := other.Send(d.ctx, nil); r.Sent != 0 || err != nil {
			t.Errorf("the other workstation, in the same minute: %+v %v", r, err)
		}
		d.clock.Add(time.Second)
		if r, err := other.Send(d.ctx, nil); r.Sent != 5 || err != nil {
			t.Errorf("the next minute: %+v %v", r, err)
		}
		d.clock.Add(time.Minute)
		if r := d.send(); r.Sent != 2 || r.Later != 0 {
			t.Errorf("the rest: %+v", r)
		}
	})
}
