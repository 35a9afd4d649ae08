//go:build unix

package mailbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"testing"
	"time"

	"ardoise/data/fault"
	"ardoise/data/mailbox/mailtest"
	"ardoise/data/mailbox/wire"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// TestDoubt: the line breaks after the letter was handed over. It is never sent
// again by the program; a person settles it or sends it again under the same name.
func TestDoubt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := (&mailtest.Scripted{CutEnd: "coupe@b.fr", CutData: "milieu@b.fr"}).Start(t)
		d := newDesk(t, db, scriptedServer(s))
		one, two, next := d.post("coupe@b.fr"), d.post("coupe@b.fr"), d.post("a@b.fr")
		if r := d.send(); r.Sent != 1 || r.Failed != 2 {
			t.Errorf("%+v", r)
		}
		for range 3 {
			d.clock.Add(24 * time.Hour)
			d.send()
		}
		if o := d.get(one); o.State != "doubt" || !strings.Contains(o.Problem, "peut-être parti") || d.get(two).State != "doubt" || d.get(next).State != "sent" || len(s.Letters()) != 3 {
			t.Errorf("%+v, %d letters", o, len(s.Letters()))
		}
		if err := d.s.Settle(d.ctx, one, next); fault.KindOf(err) != fault.Conflict || d.get(one).State != "doubt" {
			t.Errorf("a letter that left cannot be settled, and nothing is done: %v", err)
		}
		if err := d.s.Settle(d.ctx, one); err != nil || d.get(one).State != "sent" || !d.get(one).SentAt.Equal(storetest.Start) {
			t.Errorf("%v %+v", err, d.get(one))
		}
		if err := d.s.Retry(d.ctx, two, two); err != nil {
			t.Error(err)
		}
		s.CutEnd = ""
		if r := d.send(); r.Sent != 1 || d.get(two).State != "sent" {
			t.Errorf("%+v", r)
		}
		letters := s.Letters()
		if id := headerOf(t, letters[1]); id != headerOf(t, letters[3]) || id == headerOf(t, letters[0]) {
			t.Errorf("sent again, it keeps its name: %q", id)
		}
		three := d.post("milieu@b.fr")
		d.exec(`UPDATE outbox SET body = $1 WHERE id = $2`, strings.Repeat("Une ligne parmi d’autres.\n", 500_000), three)
		if r := d.send(); r.Later != 1 || d.get(three).State != "waiting" || d.get(three).Attempts != 1 || !strings.Contains(r.Problem, "s’est coupée avant l’envoi") {
			t.Errorf("%+v %s", r, d.get(three).State)
		}
		if err := d.s.Drop(d.ctx, three); err != nil || d.get(three).State != "dropped" {
			t.Error(err)
		}
		if err := d.s.Drop(d.ctx, two); fault.KindOf(err) != fault.Conflict {
			t.Error("a letter that left was dropped:", err)
		}
	})
}

func headerOf(t *testing.T, raw string) string {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return m.Header.Get("Message-ID")
}

// TestPutOffUntilGivenUp: the hours of the tries, and the end after two days.
func TestPutOffUntilGivenUp(t *testing.T) {
	e := mailtest.StartExim(t, mailtest.EximOptions{})
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db, eximServer(e))
		id := d.post("plus-tard@b.fr")
		var waits []string
		for range 12 {
			r := d.send()
			if r.Next.IsZero() {
				break
			}
			waits = append(waits, r.Next.Sub(db.Now()).String())
			d.clock.Set(r.Next.Add(-time.Second))
			if early := d.send(); early.Failed+early.Sent != 0 || d.get(id).Attempts != len(waits) {
				t.Errorf("a second too early: %+v", early)
			}
			d.clock.Set(r.Next)
		}
		if got := strings.Join(waits, " "); got != "1m0s 5m0s 15m0s 1h0m0s 4h0m0s 12h0m0s 12h0m0s 12h0m0s" {
			t.Error(got)
		}
		if o := d.get(id); o.State != "failed" || o.Attempts != 9 || !strings.Contains(o.Problem, "Après deux jours") {
			t.Errorf("%+v", o)
		}
		if list, err := d.s.Refusals(d.ctx); err != nil || len(list) != 0 {
			t.Errorf("a slow server is not an address that refuses: %v %v", list, err)
		}
	})
}

// TestRunPutOff: a server that puts every letter off is left in peace.
func TestRunPutOff(t *testing.T) {
	e := mailtest.StartExim(t, mailtest.EximOptions{})
	d := newDesk(t, storetest.OpenSQLite(t), eximServer(e))
	for i := range 8 {
		d.post(fmt.Sprintf("trop-vite@b%d.fr", i))
	}
	if r := d.send(); r.Later != 8 || !strings.Contains(r.Problem, "demande d’attendre") || !r.Next.Equal(storetest.Start.Add(5*time.Minute)) {
		t.Errorf("%+v", r)
	}
	tried := 0
	for id := range int64(8) {
		tried += d.get(id + 1).Attempts
	}
	if tried != inARow {
		t.Errorf("%d were tried", tried)
	}
}

// TestJoined: what is joined arrives; what cannot be made fails that letter alone.
func TestJoined(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		e := mailtest.StartExim(t, mailtest.EximOptions{})
		d := newDesk(t, db, eximServer(e))
		ids := map[string]int64{}
		for _, object := range []string{"invoice:1", "invoice:2", "invoice:3", "booking:4"} {
			ids[object] = d.post("a@b.fr")
			d.exec(`UPDATE outbox SET object = $1 WHERE id = $2`, object, ids[object])
		}
		broken := errors.New("disk")
		r, err := d.s.Send(d.ctx, func(_ context.Context, object string) ([]Joined, error) {
			switch object {
			case "invoice:1":
				return []Joined{{"facture-2026000101.pdf", []byte("%PDF-1.7 facture")}}, nil
			case "invoice:2":
				return nil, fault.New(fault.NotFound, "La facture 2 n’existe plus.")
			case "invoice:3":
				return nil, broken
			}
			return nil, nil
		})
		if r.Sent != 2 || r.Failed != 2 || !errors.Is(err, broken) {
			t.Errorf("%+v %v", r, err)
		}
		if o := d.get(ids["invoice:2"]); o.State != "failed" || o.Problem != "La facture 2 n’existe plus." {
			t.Errorf("%+v", o)
		}
		if o := d.get(ids["invoice:3"]); o.State != "failed" || strings.Contains(o.Problem, "disk") || o.Problem == "" {
			t.Errorf("%+v", o)
		}
		found := false
		for _, raw := range e.Delivered(t) {
			found = found || bytes.Contains(raw, []byte("facture-2026000101.pdf")) && bytes.Contains(raw, []byte("Content-Type: application/pdf"))
		}
		if !found {
			t.Error("the invoice did not arrive")
		}
		gone, cancel := context.WithCancel(d.ctx)
		last := d.post("a@b.fr")
		d.exec(`UPDATE outbox SET object = 'invoice:9' WHERE id = $1`, last)
		if _, err := d.s.Send(gone, func(context.Context, string) ([]Joined, error) { cancel(); return nil, gone.Err() }); err == nil || d.get(last).State != "waiting" {
			t.Errorf("given up while a file was made: %v, %s", err, d.get(last).State)
		}
	})
}

// TestTwoAccounts: an answer leaves by the mailbox that received the question, also
// where the other one's server is away.
func TestTwoAccounts(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		e := mailtest.StartExim(t, mailtest.EximOptions{})
		d := newDesk(t, db, eximServer(e))
		school := d.account("Écoles", "ecoles@mairie.example", 30)
		d.s.post.outlet = func(ctx context.Context, id int64) (wire.Server, wire.Credential, Account, error) {
			server, with, a, err := d.outlet(ctx, id)
			if id == d.id {
				server.Port = mailtest.FreePort(t)
			}
			return server, with, a, err
		}
		stays, leaves := d.post("a@b.fr"), d.post("b@b.fr")
		d.exec(`UPDATE outbox SET account_id = $1 WHERE id = $2`, school, leaves)
		if r := d.send(); r.Sent != 1 || r.Later != 1 || !strings.Contains(r.Problem, "ne peut pas être joint") || d.get(leaves).State != "sent" || d.get(stays).State != "waiting" {
			t.Errorf("%+v", r)
		}
		if raw := e.Delivered(t); len(raw) != 1 || !bytes.Contains(raw[0], []byte("From: \"Mairie de Saint-Marcel\" <ecoles@mairie.example>")) {
			t.Errorf("%s", raw)
		}
	})
}
