//go:build unix

package mailbox

import (
	"strings"
	"testing"
	"time"

	"ardoise/data/mailbox/mailtest"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// TestSendThroughAKeptAccount: an account as the settings keep it, its password
// sealed, own authority; and the server's own limit.
func TestSendThroughAKeptAccount(t *testing.T) {
	e := mailtest.StartExim(t, mailtest.EximOptions{PerMinute: 6})
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := &desk{t: t, db: db, s: New(db), clock: storetest.ClockOf(db), ctx: stafftest.Session(t, db, staff.Accueil, staff.Admin)}
		d.s.out.ring, _ = memoryRing()
		id, err := d.s.SaveAccount(d.ctx, Account{
			Name: "Cantine", Address: mailtest.SMTPUser, Sender: "Mairie de Saint-Marcel", Auth: byPassword, Active: true,
			SMTPHost: e.Host, SMTPPort: e.SMTPS, SMTPSecurity: "tls", PerMinute: 600, CA: string(e.Authority.PEM),
		}, Secrets{Password: mailtest.SMTPPassword})
		if err != nil || id == 0 {
			t.Fatal(err)
		}
		for range 12 {
			d.post("a@b.fr")
		}
		r := d.send()
		if r.Later == 0 || r.Sent+r.Later != 12 || r.Failed != 0 || !strings.Contains(r.Problem, "demande d’attendre (451 4.7.0)") || !strings.Contains(r.Problem, "restent en attente") || !r.Next.Equal(db.Now().Add(time.Minute)) {
			t.Errorf("%+v", r)
		}
		for i := range int64(12) {
			if o := d.get(i + 1); o.State == "waiting" && o.Attempts != 0 {
				t.Errorf("the server's rest counts as a try: %+v", o)
			}
		}
		d.exec(`UPDATE mail_account SET secret = NULL`)
		d.s.out.ring, _ = memoryRing()
		if r := d.send(); !strings.Contains(r.Problem, "n’est pas connu sur ce poste") || r.Sent != 0 {
			t.Errorf("on a workstation without the password: %+v", r)
		}
	})
}

// TestRefusedToken: a token the server would not have is not tried again.
func TestRefusedToken(t *testing.T) {
	s := (&mailtest.Scripted{SignIn: "535 5.7.3 Authentication unsuccessful", Ways: "XOAUTH2"}).Start(t)
	db := storetest.OpenSQLite(t)
	d := newDesk(t, db, scriptedServer(s))
	d.with.Token = "ancien"
	d.s.tokens[d.id] = token{access: "ancien", until: db.Now().Add(time.Hour)}
	d.post("a@b.fr")
	if r := d.send(); !strings.Contains(r.Problem, "ne reconnaît plus l’autorisation") || len(d.s.tokens) != 0 {
		t.Errorf("%+v, tokens %v", r, d.s.tokens)
	}
}

// TestUnsaid: the letter left and the database could not be told: it is told at the
// next run, and the letter is neither doubtful nor sent again.
func TestUnsaid(t *testing.T) {
	s := (&mailtest.Scripted{}).Start(t)
	db := storetest.OpenSQLite(t)
	d := newDesk(t, db, scriptedServer(s))
	id := d.post("a@b.fr")
	d.exec(`CREATE TRIGGER full_disk BEFORE UPDATE ON outbox WHEN NEW.state = 'sent' BEGIN SELECT RAISE(ABORT, 'disk full'); END`)
	if _, err := d.s.Send(d.ctx, nil); err == nil || d.get(id).State != "sending" {
		t.Fatalf("%v %s", err, d.get(id).State)
	}
	d.clock.Add(time.Hour)
	if _, err := d.s.Send(d.ctx, nil); err == nil || d.get(id).State != "sending" || len(s.Letters()) != 1 {
		t.Fatalf("still: %v %s", err, d.get(id).State)
	}
	d.exec(`DROP TRIGGER full_disk`)
	d.send()
	if o := d.get(id); o.State != "sent" || !o.SentAt.Equal(storetest.Start) || len(s.Letters()) != 1 {
		t.Errorf("%s at %v, %d letters", o.State, o.SentAt, len(s.Letters()))
	}
}
