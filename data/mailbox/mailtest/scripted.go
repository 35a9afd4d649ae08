package mailtest

import (
	"bufio"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// Scripted is a sending server in Go, over TLS, for what a real one does only by
// accident. It signs anybody in and keeps every letter handed over whole.
type Scripted struct {
	Port      int
	Authority *Authority

	// CutData closes the connection in the middle of a letter to this address;
	// CutEnd takes the letter and closes without an answer; HangEnd takes it and
	// says nothing; AtMail answers MAIL FROM instead of 250 ("421 4.3.2 …").
	CutData, CutEnd, HangEnd, AtMail string
	SignIn                           string // answers AUTH instead of 235
	Ways                             string // of signing in it offers; "": PLAIN
	Greeting                         string // instead of 220

	// Together holds the answer to a letter back until so many are there, a second
	// at most.
	Together int

	mu      sync.Mutex
	hello   []string
	letters []string
	open    map[net.Conn]bool
	talks   sync.WaitGroup
}

// Start listens; Set-up fields must be set before.
func (s *Scripted) Start(t testing.TB) *Scripted {
	t.Helper()
	s.Authority = NewAuthority(t)
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{s.Authority.TLS(t, Good)}, MinVersion: tls.VersionTLS12})
	if err != nil {
		t.Fatal(err)
	}
	s.Port = l.Addr().(*net.TCPAddr).Port
	s.open = map[net.Conn]bool{}
	s.talks.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			s.mu.Lock()
			s.open[conn] = true
			s.mu.Unlock()
			s.talks.Go(func() { s.talk(conn) })
		}
	})
	t.Cleanup(func() {
		err := l.Close()
		s.mu.Lock()
		for conn := range s.open {
			if cut := conn.Close(); cut != nil && !errors.Is(cut, net.ErrClosed) {
				err = errors.Join(err, cut)
			}
		}
		s.mu.Unlock()
		s.talks.Wait()
		if err != nil {
			t.Log("scripted server:", err)
		}
	})
	return s
}

// Speak ends HangEnd for the letters to come.
func (s *Scripted) Speak() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.HangEnd = ""
}

// Again makes Together wait for n more letters than there are.
func (s *Scripted) Again(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Together = len(s.letters) + n
}

// Letters gives what was handed over whole.
func (s *Scripted) Letters() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.letters...)
}

// Hello gives the names clients called themselves by.
func (s *Scripted) Hello() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.hello...)
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func (s *Scripted) talk(conn net.Conn) {
	defer func() {
		if err := conn.Close(); err != nil {
			return
		}
	}()
	in := bufio.NewReader(conn)
	to := ""
	say := func(line string) bool { _, err := fmt.Fprint(conn, line, "\r\n"); return err == nil }
	if !say(or(s.Greeting, "220 scripted.example ESMTP")) {
		return
	}
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimSpace(line)
		verb, rest, _ := strings.Cut(line, " ")
		ok := true
		switch strings.ToUpper(verb) {
		case "EHLO":
			s.mu.Lock()
			s.hello = append(s.hello, rest)
			s.mu.Unlock()
			ok = say("250-scripted.example\r\n250-AUTH " + or(s.Ways, "PLAIN") + "\r\n250-ENHANCEDSTATUSCODES\r\n250 8BITMIME")
		case "AUTH":
			_, err := base64.StdEncoding.DecodeString(rest[strings.LastIndexByte(rest, ' ')+1:])
			ok = err == nil && say(or(s.SignIn, "235 2.7.0 welcome"))
		case "MAIL":
			ok = say(or(s.AtMail, "250 2.1.0 ok"))
		case "RCPT":
			to = strings.Trim(strings.TrimPrefix(rest, "TO:"), "<>")
			ok = say("250 2.1.5 ok")
		case "DATA":
			ok = say("354 go on") && s.letter(conn, in, to, say)
		case "QUIT":
			say("221 2.0.0 bye")
			return
		default:
			ok = say("250 2.0.0 ok")
		}
		if !ok {
			return
		}
	}
}

// letter reads one letter; false closes the connection.
func (s *Scripted) letter(conn net.Conn, in *bufio.Reader, to string, say func(string) bool) bool {
	var b strings.Builder
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return false
		}
		if to == s.CutData && b.Len() > 0 {
			return false
		}
		if line == ".\r\n" {
			break
		}
		b.WriteString(strings.TrimPrefix(line, "."))
	}
	s.mu.Lock()
	s.letters = append(s.letters, b.String())
	hang, together := s.HangEnd, s.Together
	s.mu.Unlock()
	for end := time.Now().Add(time.Second); len(s.Letters()) < together && time.Now().Before(end); {
		time.Sleep(5 * time.Millisecond)
	}
	switch to {
	case s.CutEnd:
		return false
	case hang:
		_, err := in.ReadString('\n') // until it goes
		return err == nil
	}
	return say("250 2.0.0 taken")
}
