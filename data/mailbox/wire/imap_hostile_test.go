package wire_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"ardoise/data/fault"
	"ardoise/data/mailbox/mailtest"
	"ardoise/data/mailbox/wire"
)

// flood says a text over and over until the client hangs up or five seconds are
// gone.
func (s *script) flood(text string) {
	if err := s.conn.SetDeadline(time.Now().Add(5 * time.Second)); err != nil {
		return
	}
	for s.say(text) {
	}
}

// bounded runs what and fails where it takes long or memory.
func bounded(t *testing.T, d time.Duration, megabytes uint64, what func()) {
	t.Helper()
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	begin := time.Now()
	what()
	took := time.Since(begin)
	runtime.ReadMemStats(&after)
	grown := (max(after.Sys, before.Sys) - before.Sys) >> 20
	t.Logf("%v, %d MB more of the system", took.Round(time.Millisecond), grown)
	if took > d || grown > megabytes {
		t.Errorf("at most %v and %d MB", d, megabytes)
	}
}

func TestHostileGreetings(t *testing.T) {
	for _, c := range []struct {
		name, security string
		what           func(*script)
		words          string
	}{
		{"silence", wire.TLS, func(s *script) { s.hear() }, "ne répond plus"},
		{"silence before TLS", wire.StartTLS, func(s *script) { s.hear() }, "se tait"},
		{"a drip", wire.TLS, func(s *script) {
			for s.say("*") {
				time.Sleep(50 * time.Millisecond)
			}
		}, "ne répond plus"},
		{"a line without end", wire.TLS, func(s *script) { s.flood(strings.Repeat("x", 1<<16)) }, "n’est pas celui d’une boîte IMAP"},
		{"lists without end", wire.TLS, func(s *script) { s.flood("* X " + strings.Repeat("(", 1<<16)) }, "n’est pas celui d’une boîte IMAP"},
		{"a literal of 4 GB", wire.TLS, func(s *script) { s.flood("* X {4000000000}\r\n" + strings.Repeat("x", 1<<16)) }, "n’est pas celui d’une boîte IMAP"},
		{"SMTP", wire.TLS, func(s *script) { s.say("220 mail.example ESMTP\r\n"); s.hear() }, "n’est pas celui d’une boîte IMAP"},
		{"POP", wire.StartTLS, func(s *script) { s.say("+OK ready\r\n"); s.hear() }, "n’est pas celui d’une boîte IMAP"},
		{"HTTP", wire.StartTLS, func(s *script) { s.say("HTTP/1.1 400 Bad Request\r\n\r\n<html>"); s.hear() }, "n’est pas celui d’une boîte IMAP"},
		{"goodbye", wire.TLS, func(s *script) { s.say("* BYE Trop de monde\x07 ici\r\n") }, "Réponse du serveur : « Trop de monde ici »"},
		{"hung up", wire.TLS, func(*script) {}, "sans rien dire"},
		{"somebody else's mailbox", wire.StartTLS, func(s *script) { s.say("* PREAUTH hello\r\n"); s.hear() }, "n’est pas celui"},
		{"no STARTTLS", wire.StartTLS, func(s *script) {
			s.say("* OK hi\r\n")
			tag, _ := s.hear()
			s.say(tag + " BAD what\r\n")
			s.hear()
		}, "n’offre pas de liaison protégée"},
		{"words before TLS", wire.StartTLS, func(s *script) {
			s.say("* OK hi\r\n")
			tag, _ := s.hear()
			s.say(tag + " OK go\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n")
			s.seal()
			s.hear()
		}, "a été altérée"},
		{"nonsense after STARTTLS", wire.StartTLS, func(s *script) {
			s.say("* OK hi\r\n")
			tag, _ := s.hear()
			s.say(tag + " OK go\r\n")
			time.Sleep(50 * time.Millisecond)
			s.say("no handshake at all\r\n")
			s.hear()
		}, "TLS"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := play(t, c.security, c.what)
			bounded(t, 3*time.Second, 40, func() {
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				_, err := wire.DialInbox(ctx, s, wire.Credential{Password: "secret"})
				if err == nil {
					t.Fatal("signed in")
				}
				said(t, err, fault.KindOf(wire.Explain(err)), c.words)
			})
		})
	}
}

// TestNoDowngrade: what is said before TLS counts for nothing, and nothing secret
// is said there.
func TestNoDowngrade(t *testing.T) {
	heard := make(chan string, 20)
	s := play(t, wire.StartTLS, func(s *script) {
		s.say("* OK [CAPABILITY IMAP4rev1 AUTH=LOGIN LOGINDISABLED] hi\r\n")
		tag, rest := s.hear()
		heard <- rest
		s.say("* CAPABILITY IMAP4rev1 LOGINDISABLED\r\n" + tag + " OK go\r\n")
		s.seal()
		for {
			tag, rest := s.hear()
			if tag == "" {
				close(heard)
				return
			}
			heard <- rest
			s.say("* CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR\r\n" + tag + " OK\r\n")
		}
	})
	in, err := wire.DialInbox(t.Context(), s, wire.Credential{Password: "p"})
	if err != nil {
		t.Fatal(err)
	}
	if err := in.Close(); err != nil {
		t.Error(err)
	}
	var all []string
	for line := range heard {
		all = append(all, line)
	}
	if got := strings.Join(all, "|"); got != "STARTTLS|CAPABILITY|AUTHENTICATE PLAIN AHUAcA==|LOGOUT" {
		t.Error(got)
	}
}

func TestOldTLSIsRefused(t *testing.T) {
	authority := mailtest.NewAuthority(t)
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{
		Certificates: []tls.Certificate{authority.TLS(t, mailtest.Good)}, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11, //nolint // that is the point
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_, err = c.Read(make([]byte, 1))
			t.Log(err, c.Close())
		}
	}()
	_, err = wire.DialInbox(t.Context(), wire.Server{
		Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, Security: wire.TLS, CA: authority.PEM,
	}, wire.Credential{})
	said(t, err, fault.Invalid, "TLS 1.2")
}

// TestLoginCommand: where PLAIN is not offered; what a quoted string cannot hold
// goes as a literal.
func TestLoginCommand(t *testing.T) {
	heard := make(chan string, 9)
	s := play(t, wire.TLS, func(s *script) {
		s.say("* OK [CAPABILITY IMAP4rev1] hi\r\n")
		tag, rest := s.hear()
		heard <- rest
		s.say("+ go on\r\n")
		_, err := io.CopyN(io.Discard, s.in, 3)
		line, rest2 := s.hear()
		heard <- fmt.Sprint(err, line, rest2)
		s.say("* BAD [X\r\n* OK [FOO (((]\r\n" + tag + " OK [CAPABILITY IMAP4rev1 IDLE] in\r\n")
		s.hear()
	})
	s.User = `a"b\c`
	in, err := wire.DialInbox(t.Context(), s, wire.Credential{Password: "éé!"[:3]})
	if err != nil {
		t.Fatal(err)
	}
	if err := in.Close(); err != nil {
		t.Error(err)
	}
	if got := <-heard; got != `LOGIN "a\"b\\c" {3}` {
		t.Error(got)
	}
	if got := <-heard; got != "<nil>" {
		t.Errorf("%q", got)
	}
}

func TestHostileAnswers(t *testing.T) {
	for _, c := range []struct {
		name string
		what func(s *script, tag string)
		call func(in *wire.Inbox) error
	}{
		{"a literal without end", func(s *script, _ string) {
			s.say("* 1 FETCH (UID 1 BODY[] {26000000}\r\n")
			s.flood(strings.Repeat("x", 1<<16))
		}, nil},
		{"a literal of 4 GB", func(s *script, _ string) {
			s.say("* 1 FETCH (UID 1 BODY[] {4294967295}\r\n")
			s.flood(strings.Repeat("x", 1<<16))
		}, nil},
		{"a literal past any number", func(s *script, _ string) {
			s.flood("* 1 FETCH (UID 1 BODY[] {99999999999999999999999}\r\n" + strings.Repeat("x", 1<<16))
		}, nil},
		{"a line without end", func(s *script, _ string) { s.say("* 1 FETCH ("); s.flood(strings.Repeat("x", 1<<16)) }, nil},
		{"a quoted string without end", func(s *script, _ string) { s.say(`* 1 FETCH (UID 1 BODY[] "`); s.flood(strings.Repeat("x", 1<<16)) }, nil},
		{"lists without end", func(s *script, _ string) { s.say("* 1 FETCH "); s.flood(strings.Repeat("(", 1<<16)) }, nil},
		{"garbage without end", func(s *script, _ string) { s.flood("\x00\xff(}{]\r\n") }, nil},
		{"answers without end", func(s *script, _ string) { s.flood(strings.Repeat("* 5 EXISTS\r\n", 500)) }, nil},
		{"the same message without end", func(s *script, _ string) {
			s.flood("* 1 FETCH (UID 1 RFC822.SIZE 1 INTERNALDATE \"01-Jan-2026 00:00:00 +0000\")\r\n")
		}, func(in *wire.Inbox) error {
			_, err := in.After(context.Background(), 0)
			return err
		}},
		{
			"small literals without end", func(s *script, _ string) {
				s.flood("* LIST () \"/\" {60000}\r\n" + strings.Repeat("x", 60000) + "\r\n")
			},
			func(in *wire.Inbox) error {
				_, err := in.Folders(context.Background())
				return err
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := play(t, wire.TLS, func(s *script) {
				s.opened("")
				tag, rest := s.hear()
				if strings.Contains(rest, "SIZE)") { // before the message
					s.say("* 1 FETCH (UID 1 RFC822.SIZE 100)\r\n" + tag + " OK\r\n")
					tag, _ = s.hear()
				}
				c.what(s, tag)
			})
			in, err := wire.DialInbox(t.Context(), s, wire.Credential{Password: "p"})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := in.Select(t.Context(), "INBOX"); err != nil {
				t.Fatal(err)
			}
			bounded(t, 8*time.Second, 64, func() {
				if c.call != nil {
					err = c.call(in)
				} else {
					_, err = in.Fetch(t.Context(), 1, 25<<20)
				}
				if err == nil || in.Live() {
					t.Fatalf("%v, live %v", err, in.Live())
				}
			})
			said(t, err, fault.KindOf(wire.Explain(err)))
		})
	}
}

// TestOddAnswers: what would bring the library's own client down, or is merely
// odd, costs nothing.
func TestOddAnswers(t *testing.T) {
	s := play(t, wire.TLS, func(s *script) {
		s.opened("IDLE")
		for {
			tag, rest := s.hear()
			if tag == "" {
				return
			}
			s.say("* EXISTS\r\n* FETCH\r\n* EXPUNGE\r\n* 2 FETCH\r\n* 2 FETCH NIL\r\n* 2 FETCH (UID)\r\n* x FETCH (UID 1)\r\n" +
				"* 9 FETCH (FLAGS (\\Seen) UID 9)\r\n* LIST\r\n* \r\n*\r\n{}\r\n* {+}\r\n* OK [X {5}\r\n* OK\r\n* ESEARCH (TAG \"a\")\r\n")
			switch {
			case strings.Contains(rest, "INTERNALDATE"):
				s.say("* 3 FETCH (UID 12 RFC822.SIZE 3 INTERNALDATE \" 1-Jan-2026 00:00:00 +0100\")\r\n" +
					"* 1 FETCH (INTERNALDATE \"nonsense\" UID 10 RFC822.SIZE 1)\r\n* 1 FETCH (UID 3 RFC822.SIZE 1 INTERNALDATE \"01-Jan-2026 00:00:00 +0000\")\r\n")
			case strings.Contains(rest, "BODY.PEEK[]"):
				s.say("* 1 FETCH (UID 10 BODY[] \"a\")\r\n* 3 FETCH (UID 12 BODY[] {3}\r\nxyz)\r\n")
			}
			s.say(tag + " OK\r\n")
		}
	})
	in, err := wire.DialInbox(t.Context(), s, wire.Credential{Password: "p"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := in.Select(t.Context(), "INBOX"); err != nil {
		t.Fatal(err)
	}
	list, err := in.After(t.Context(), 9)
	if err != nil || len(list) != 2 || list[0].UID != 10 || !list[0].Received.IsZero() || list[1].UID != 12 ||
		!list[1].Received.Equal(time.Date(2025, 12, 31, 23, 0, 0, 0, time.UTC)) {
		t.Errorf("%+v %v", list, err)
	}
	if raw, err := in.Fetch(t.Context(), 12, 3); err != nil || string(raw) != "xyz" {
		t.Errorf("%q %v", raw, err)
	}
	if _, err := in.Fetch(t.Context(), 12, 2); !errors.As(err, new(*wire.TooLarge)) || !in.Live() {
		t.Error(err)
	}
	if err := in.Close(); err != nil {
		t.Error(err)
	}
}

func TestTheServerLiesAboutASize(t *testing.T) {
	s := play(t, wire.TLS, func(s *script) {
		s.opened("")
		tag, _ := s.hear()
		s.say("* 1 FETCH (UID 1 RFC822.SIZE 10)\r\n" + tag + " OK\r\n")
		s.hear()
		s.say("* 1 FETCH (UID 1 BODY[] {100000}\r\n" + strings.Repeat("x", 100000) + ")\r\n")
		s.hear()
	})
	in, err := wire.DialInbox(t.Context(), s, wire.Credential{Password: "p"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := in.Select(t.Context(), "INBOX"); err != nil {
		t.Fatal(err)
	}
	var large *wire.TooLarge
	if _, err := in.Fetch(t.Context(), 1, 99_999); !errors.As(err, &large) || large.Size != 100_000 || in.Live() {
		t.Errorf("%v, live %v", err, in.Live())
	}
}
