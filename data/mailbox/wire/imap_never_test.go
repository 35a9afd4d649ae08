package wire_test

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap"
	"github.com/emersion/go-imap/client"

	"ardoise/data/mailbox/mailtest"
	"ardoise/data/mailbox/wire"
)

// recorder stands between a client and a Dovecot, opens the TLS of both and keeps
// what the client says.
type recorder struct {
	server wire.Server
	mu     sync.Mutex
	said   strings.Builder
}

func record(t *testing.T, d *mailtest.IMAP) *recorder {
	t.Helper()
	authority := mailtest.NewAuthority(t)
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{authority.TLS(t, mailtest.Good)}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(d.CA)
	r := &recorder{server: wire.Server{
		Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, Security: wire.TLS, User: d.User, CA: authority.PEM,
	}}
	go func() {
		for {
			from, err := l.Accept()
			if err != nil {
				return
			}
			to, err := tls.Dial("tcp", fmt.Sprintf("%s:%d", d.Host, d.PortTLS), &tls.Config{RootCAs: pool})
			if err != nil {
				t.Error(err)
				return
			}
			go func() {
				_, err := io.Copy(to, io.TeeReader(from, r))
				t.Log("client left:", err, to.Close())
			}()
			go func() {
				_, err := io.Copy(from, to)
				t.Log("server left:", err, from.Close())
			}()
		}
	}()
	return r
}

func (r *recorder) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.said.Write(p)
}

// deleting are the words by which a message can be lost on a server. CLOSE removes
// what others have marked.
var deleting = regexp.MustCompile(`(?im)EXPUNGE|\\Deleted|^\S+ (UID )?(CLOSE|DELETE|RENAME|APPEND|COPY|SETACL)\b|[^+]FLAGS|-FLAGS`)

func (r *recorder) deletes() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return deleting.FindAllString(r.said.String(), -1)
}

// TestNothingIsEverDeleted goes through every method, with and without the MOVE
// extension, and looks at every byte that was sent.
func TestNothingIsEverDeleted(t *testing.T) {
	for _, words := range []string{"", "IMAP4rev1 SASL-IR IDLE UIDPLUS"} {
		t.Run(words, func(t *testing.T) {
			var options []mailtest.Option
			if words != "" {
				options = append(options, mailtest.Capabilities(words))
			}
			d := mailtest.Dovecot(t, options...)
			d.CreateFolder("Traités")
			for n := range 4 {
				d.Append("INBOX", mailOf(n, 100), time.Time{})
			}
			d.Flag("INBOX", 4, `\Deleted`) // another program's business
			r := record(t, d)
			in := dialTo(t, r.server, d.Password())
			moved := everything(t, in)
			if err := in.Close(); err != nil {
				t.Error(err)
			}
			if moved != (words == "") {
				t.Errorf("moved %v", moved)
			}
			if found := r.deletes(); len(found) > 0 {
				t.Errorf("said %q", found)
			}
			if !strings.Contains(r.said.String(), `+FLAGS.SILENT (\Seen $ArdoiseDone)`) || !strings.Contains(r.said.String(), "LOGOUT") {
				t.Errorf("the recorder did not hear: %q", r.said.String())
			}
			if n := len(d.Messages("INBOX")) + len(d.Messages("Traités")); n != 4 {
				t.Errorf("%d messages are left of 4", n)
			}
			if words == "" {
				return
			}
			// the alarm works: the library's own way to move says both words
			pool := x509.NewCertPool()
			pool.AppendCertsFromPEM(r.server.CA)
			c, err := client.DialTLS(fmt.Sprintf("127.0.0.1:%d", r.server.Port), &tls.Config{RootCAs: pool})
			if err != nil {
				t.Fatal(err)
			}
			c.ErrorLog = log.New(io.Discard, "", 0)
			if err := c.Login(d.User, d.Password()); err != nil {
				t.Fatal(err)
			}
			if _, err := c.Select("INBOX", false); err != nil {
				t.Fatal(err)
			}
			one := &imap.SeqSet{}
			one.AddNum(1)
			if err := c.UidMove(one, "Traités"); err != nil {
				t.Fatal(err)
			}
			if err := c.Logout(); err != nil {
				t.Fatal(err)
			}
			if found := r.deletes(); len(found) < 2 {
				t.Errorf("the alarm is deaf: %q", found)
			}
		})
	}
}

// everything calls every method once.
func everything(t *testing.T, in *wire.Inbox) (moved bool) {
	t.Helper()
	check := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Error(err)
		}
	}
	check(in.Folders(t.Context()))
	check(in.Examine(t.Context(), "Traités"))
	check(in.Select(t.Context(), "INBOX"))
	check(in.After(t.Context(), 0))
	check(in.Head(t.Context(), 1))
	check(in.Fetch(t.Context(), 1, 1<<20))
	check(nil, in.Mark(t.Context(), []uint32{1, 2}))
	moved, err := in.Move(t.Context(), []uint32{2}, "Traités")
	check(nil, err)
	_, _, err = in.Idle(t.Context(), 100*time.Millisecond)
	check(nil, err)
	return moved
}
