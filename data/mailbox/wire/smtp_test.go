//go:build unix

package wire_test

import (
	"bytes"
	"context"
	"errors"
	"net/mail"
	"os"
	"strings"
	"testing"
	"time"

	"ardoise/data/mailbox/mailtest"
	"ardoise/data/mailbox/wire"
)

var rightPassword = wire.Credential{Password: mailtest.SMTPPassword}

func sendingAt(e *mailtest.Exim, security string) wire.Server {
	s := wire.Server{Host: e.Host, Port: e.Submission, Security: security, User: mailtest.SMTPUser, CA: e.Authority.PEM}
	if security == wire.TLS {
		s.Port = e.SMTPS
	}
	return s
}

func scriptedAt(s *mailtest.Scripted) wire.Server {
	return wire.Server{Host: "127.0.0.1", Port: s.Port, Security: wire.TLS, User: mailtest.SMTPUser, CA: s.Authority.PEM}
}

func written(to, id string) wire.Mail {
	return wire.Mail{
		From: mailtest.SMTPUser, Sender: "Mairie de Saint-Marcel", To: to, Subject: "Réservé", Body: "Bonjour,\n.\nÀ bientôt\n",
		Date: time.Date(2026, 11, 26, 12, 0, 5, 0, time.UTC), HeaderID: id + "@mairie.example", Auto: true,
	}
}

func dialOut(t *testing.T, s wire.Server, with wire.Credential) *wire.Outbox {
	t.Helper()
	o, err := wire.DialOutbox(t.Context(), s, with)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := o.Close(); err != nil {
			t.Error(err)
		}
	})
	return o
}

// TestEveryWayIn: both protections, every way to sign in, letter read back as it lies.
func TestEveryWayIn(t *testing.T) {
	e := mailtest.StartExim(t, mailtest.EximOptions{})
	old := mailtest.StartExim(t, mailtest.EximOptions{Login: true})
	for _, c := range []struct {
		name string
		e    *mailtest.Exim
		how  string
		with wire.Credential
	}{
		{"plain-starttls", e, wire.StartTLS, rightPassword},
		{"plain-tls", e, wire.TLS, rightPassword},
		{"login", old, wire.StartTLS, rightPassword},
		{"token", e, wire.TLS, wire.Credential{Token: mailtest.SMTPToken}},
	} {
		o := dialOut(t, sendingAt(c.e, c.how), c.with)
		if err := o.Send(t.Context(), written("claire.favier@example.fr", c.name)); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if n := c.e.Count(t)[c.name+"@mairie.example"]; n != 1 {
			t.Errorf("%s: delivered %d times", c.name, n)
		}
	}
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	for _, raw := range e.Delivered(t) {
		m, err := mail.ReadMessage(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		if m.Header.Get("Return-Path") != "<"+mailtest.SMTPUser+">" || m.Header.Get("Envelope-To") != "claire.favier@example.fr" {
			t.Error(m.Header)
		}
		if bytes.Contains(raw, []byte("helo="+host)) || !bytes.Contains(raw, []byte("helo=localhost")) && !bytes.Contains(raw, []byte("from localhost")) {
			t.Errorf("the name we give ourselves:\n%s", raw)
		}
	}
}

// TestRefusals: what a real server refuses, as a result, and in French.
func TestRefusals(t *testing.T) {
	e := mailtest.StartExim(t, mailtest.EximOptions{MaxSize: 40_000})
	s := sendingAt(e, wire.StartTLS)
	o := dialOut(t, s, rightPassword)
	big := written("a@b.fr", "big")
	big.Body = strings.Repeat("Beaucoup de texte.\n", 5000)
	for _, c := range []struct {
		mail           wire.Mail
		kind, code     string
		address        bool
		stage          wire.Stage
		french, broken string
	}{
		{written("inconnu@b.fr", "1"), "permanent", "550 5.1.1", true, wire.AtRecipient, "L’adresse inconnu@b.fr n’existe pas", ""},
		{written("plus-tard@b.fr", "2"), "temporary", "450 4.2.0", false, wire.AtRecipient, "n’a pas pris le message", ""},
		{written("trop-vite@b.fr", "3"), "temporary", "451 4.7.1", false, wire.AtRecipient, "demande d’attendre", ""},
		{written("pleine@b.fr", "4"), "permanent", "552 5.2.2", false, wire.AtRecipient, "est pleine", ""},
		{written("pub@b.fr", "5"), "permanent", "550 5.7.1", false, wire.AtEnd, "refusé comme indésirable", ""},
		{big, "permanent", "552 5.3.4", false, wire.AtSender, "trop lourd", ""},
		{written("pas une adresse", "6"), "permanent", "553 5.1.3", true, wire.AtRecipient, "n’est pas une adresse", ""},
		{written("relais@b.fr", "7"), "unsent", "550", false, wire.AtRecipient, "n’accepte pas les messages de cette boîte", "yes"},
	} {
		err := o.Send(t.Context(), c.mail)
		kind, r, address := resultOf(err)
		if got := strings.TrimSpace(strings.Trim(strings.Join(strings.Fields(r.String())[1:], " "), " ")); kind != c.kind || !strings.HasPrefix(got, c.code) || address != c.address || r.Stage != c.stage {
			t.Errorf("%s: %s %q address=%v %s (%v)", c.mail.To, kind, got, address, r.Stage, err)
		}
		if text := wire.ExplainSend(err, s, c.mail.To); !strings.Contains(text, c.french) || strings.Contains(text, "wire:") {
			t.Errorf("%s: %s", c.mail.To, text)
		}
		if o.Broken() != (c.broken != "") {
			t.Errorf("%s: broken: %v", c.mail.To, o.Broken())
		}
		if !o.Broken() {
			if err := o.Send(t.Context(), written("suite@b.fr", "after-"+c.mail.HeaderID[:1])); err != nil {
				t.Errorf("after %s the connection is of no use: %v", c.mail.To, err)
			}
		}
	}
	if n := len(e.Delivered(t)); n != 7 {
		t.Errorf("%d delivered, want the 7 between the refused ones", n)
	}
	e.Later(t, false)
	if err := dialOut(t, s, rightPassword).Send(t.Context(), written("plus-tard@b.fr", "2")); err != nil {
		t.Error("later it is taken:", err)
	}
}

// resultOf names a result.
func resultOf(err error) (kind string, r wire.Reply, address bool) {
	var (
		temporary *wire.Temporary
		permanent *wire.Permanent
		doubt     *wire.Doubt
		unsent    *wire.Unsent
	)
	switch {
	case err == nil:
		return "sent", r, false
	case errors.As(err, &temporary):
		return "temporary", temporary.Reply, false
	case errors.As(err, &permanent):
		return "permanent", permanent.Reply, permanent.Address
	case errors.As(err, &doubt):
		return "doubt", r, false
	case errors.As(err, &unsent):
		return "unsent", unsent.Reply, false
	}
	return "fault", r, false
}

// TestNotLetIn: every way a server cannot be reached or does not let us in.
func TestNotLetIn(t *testing.T) {
	e := mailtest.StartExim(t, mailtest.EximOptions{})
	s := sendingAt(e, wire.StartTLS)
	with := func(change func(*wire.Server)) wire.Server { c := s; change(&c); return c }
	bad := func(kind mailtest.Certificate) wire.Server {
		return sendingAt(mailtest.StartExim(t, mailtest.EximOptions{Certificate: kind}), wire.TLS)
	}
	microsoft := (&mailtest.Scripted{SignIn: "535 5.7.139 Authentication unsuccessful, basic authentication is disabled"}).Start(t)
	busy := (&mailtest.Scripted{Greeting: "421 4.3.2 Too many connections"}).Start(t)
	for _, c := range []struct {
		what, french string
		s            wire.Server
		with         wire.Credential
	}{
		{"wrong password", "a refusé l’utilisateur ou le mot de passe (535)", s, wire.Credential{Password: "faux"}},
		{"wrong token", "ne reconnaît plus l’autorisation", s, wire.Credential{Token: "faux"}},
		{"basic sign-in ended", "fin de décembre 2026", scriptedAt(microsoft), rightPassword},
		{"busy", "demande d’attendre (421 4.3.2)", scriptedAt(busy), rightPassword},
		{"nobody there", "ne peut pas être joint", with(func(s *wire.Server) { s.Port = mailtest.FreePort(t) }), rightPassword},
		{"no such host", "est introuvable", with(func(s *wire.Server) { s.Host = "nulle-part.invalid" }), rightPassword},
		{"unknown authority", "autorité inconnue", with(func(s *wire.Server) { s.CA = nil }), rightPassword},
		{"other authority", "autorité inconnue", bad(mailtest.OtherAuthority), rightPassword},
		{"expired", "n’est pas valable aujourd’hui", bad(mailtest.Expired), rightPassword},
		{"not yet valid", "n’est pas valable aujourd’hui", bad(mailtest.NotYet), rightPassword},
		{"another's name", "celui d’un autre serveur", bad(mailtest.WrongName), rightPassword},
		{"TLS at the STARTTLS port", "ne parle pas la protection", with(func(s *wire.Server) { s.Security = wire.TLS }), rightPassword},
	} {
		o, err := wire.DialOutbox(t.Context(), c.s, c.with)
		if err == nil {
			t.Errorf("%s: let in", c.what)
			if err := o.Close(); err != nil {
				t.Error(err)
			}
			continue
		}
		kind, _, _ := resultOf(err)
		text := wire.ExplainSend(err, c.s, "")
		if kind != "unsent" || !strings.Contains(text, c.french) {
			t.Errorf("%s: %s, %s (%v)", c.what, kind, text, err)
		}
	}
}

// TestCut: where the line breaks decides between certain and doubtful.
func TestCut(t *testing.T) {
	s := (&mailtest.Scripted{CutData: "milieu@b.fr", CutEnd: "coupe@b.fr"}).Start(t)
	for to, want := range map[string]string{"milieu@b.fr": "unsent", "coupe@b.fr": "doubt", "bien@b.fr": "sent"} {
		o := dialOut(t, scriptedAt(s), rightPassword)
		m := written(to, "x")
		m.Body = strings.Repeat("Une ligne parmi d’autres.\n", 500_000)
		kind, _, _ := resultOf(o.Send(t.Context(), m))
		if kind != want {
			t.Errorf("%s: %s, want %s", to, kind, want)
		}
		if kind != "sent" {
			if again, _, _ := resultOf(o.Send(t.Context(), written("bien@b.fr", "y"))); again != "unsent" {
				t.Errorf("after %s the next one: %s", to, again)
			}
		}
	}
	if n := len(s.Letters()); n != 2 {
		t.Errorf("the server holds %d letters, want the sent and the doubtful one", n)
	}
	for _, name := range s.Hello() {
		if name != "localhost" {
			t.Errorf("we call ourselves %q", name)
		}
	}
}

// TestGivingUp: the end of ctx before the letter was handed over is certain, after
// it there is a moment of grace and then doubt.
func TestGivingUp(t *testing.T) {
	s := (&mailtest.Scripted{HangEnd: "muet@b.fr"}).Start(t)
	o := dialOut(t, scriptedAt(s), rightPassword)
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if kind, _, _ := resultOf(o.Send(over, written("bien@b.fr", "x"))); kind != "unsent" {
		t.Error("given up before:", kind)
	}
	defer wire.SetGrace(300 * time.Millisecond)()
	o = dialOut(t, scriptedAt(s), rightPassword)
	short, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	begun := time.Now()
	if kind, _, _ := resultOf(o.Send(short, written("muet@b.fr", "x"))); kind != "doubt" {
		t.Error("given up after:", kind)
	}
	if took := time.Since(begun); took < 500*time.Millisecond || took > 5*time.Second {
		t.Error("the grace took", took)
	}
	silent, err := wire.DialOutbox(over, scriptedAt(s), rightPassword)
	if kind, _, _ := resultOf(err); kind != "unsent" || silent != nil {
		t.Error("dialled though given up:", kind)
	}
}

// TestServerGone: a server that stops under an open connection, and is back.
func TestServerGone(t *testing.T) {
	e := mailtest.StartExim(t, mailtest.EximOptions{})
	s := sendingAt(e, wire.StartTLS)
	o := dialOut(t, s, rightPassword)
	if err := o.Send(t.Context(), written("a@b.fr", "1")); err != nil {
		t.Fatal(err)
	}
	e.Stop(t)
	if kind, _, _ := resultOf(o.Send(t.Context(), written("a@b.fr", "2"))); kind != "unsent" {
		t.Error("gone:", kind)
	}
	e.Start(t)
	if err := dialOut(t, s, rightPassword).Send(t.Context(), written("a@b.fr", "2")); err != nil {
		t.Error(err)
	}
	if got := e.Count(t); len(got) != 2 || got["2@mairie.example"] != 1 {
		t.Error(got)
	}
}
