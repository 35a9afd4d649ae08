package wire_test

import (
	"bufio"
	"crypto/tls"
	"io"
	"net"
	"strings"
	"testing"

	"ardoise/data/mailbox/mailtest"
	"ardoise/data/mailbox/wire"
)

// script is a server of a test's own: it reads lines and answers what it is told.
type script struct {
	t    *testing.T
	conn net.Conn
	in   *bufio.Reader
	cert tls.Certificate
}

// say sends text as it is; once the client has hung up nobody minds.
func (s *script) say(text string) bool {
	_, err := io.WriteString(s.conn, text)
	return err == nil
}

// hear reads one line and gives its tag and the rest.
func (s *script) hear() (tag, rest string) {
	line, err := s.in.ReadString('\n')
	if err != nil {
		return "", ""
	}
	tag, rest, _ = strings.Cut(strings.TrimRight(line, "\r\n"), " ")
	return tag, rest
}

// seal begins TLS.
func (s *script) seal() {
	sealed := tls.Server(s.conn, &tls.Config{Certificates: []tls.Certificate{s.cert}})
	s.conn, s.in = sealed, bufio.NewReader(sealed)
}

// login greets and lets everybody in.
func (s *script) login(caps string) {
	s.say("* OK ready\r\n")
	for {
		switch tag, rest := s.hear(); {
		case tag == "":
			return
		case rest == "CAPABILITY":
			s.say("* CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN " + caps + "\r\n" + tag + " OK\r\n")
		case strings.HasPrefix(rest, "AUTHENTICATE"):
			s.say("* CAPABILITY IMAP4rev1 " + caps + "\r\n" + tag + " OK in\r\n")
			return
		}
	}
}

// opened lets in and opens a folder of three messages.
func (s *script) opened(caps string) {
	s.login(caps)
	tag, _ := s.hear()
	s.say("* 3 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 4] x\r\n* OK [PERMANENTFLAGS (\\Seen \\*)] x\r\n" + tag + " OK [READ-WRITE] x\r\n")
}

// play serves connections by a script until the test ends.
func play(t *testing.T, security string, what func(*script)) wire.Server {
	t.Helper()
	authority := mailtest.NewAuthority(t)
	cert := authority.TLS(t, mailtest.Good)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				s := &script{t: t, conn: conn, in: bufio.NewReader(conn), cert: cert}
				if security == wire.TLS {
					s.seal()
				}
				what(s)
				if err := s.conn.Close(); err != nil {
					return // the client hung up first
				}
			}()
		}
	}()
	return wire.Server{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, Security: security, User: "u", CA: authority.PEM}
}
