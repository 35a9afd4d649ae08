package mailtest

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/client"
)

// IMAP is a Dovecot of a test's own, with one user.
type IMAP struct {
	Host    string // 127.0.0.1, which the certificate names; localhost is in it too
	Port    int    // STARTTLS, without which nobody may sign in
	PortTLS int
	CA      []byte // PEM: the authority that signed the certificate
	User    string
	Dir     string // everything of the server, its log too

	t         testing.TB
	mu        sync.Mutex
	as        account
	authority *Authority
	password  string
	kind      Certificate
	extra     string // more settings
	mechs     string
	cmd       *exec.Cmd
	hand      *client.Client // our own connection, for Append and the like
	stamps    int            // see write
}

// Option changes how a Dovecot is set up.
type Option func(*IMAP)

// Showing makes the server show another sort of certificate.
func Showing(kind Certificate) Option { return func(d *IMAP) { d.kind = kind } }

// Capabilities makes the server announce only these ("IMAP4rev1 IDLE UIDPLUS").
func Capabilities(words string) Option {
	return Setting("imap_capability = " + words)
}

// Mechanisms says which ways of signing in are offered ("login").
func Mechanisms(words string) Option { return func(d *IMAP) { d.mechs = words } }

// Setting adds lines of Dovecot's own settings.
func Setting(lines string) Option { return func(d *IMAP) { d.extra += lines + "\n" } }

// OAuth lets the user sign in with a token (XOAUTH2, OAUTHBEARER) that the server
// at introspect (http) confirms as RFC 7662 says, answering {"active":true,
// "username":…}. The password goes on working.
func OAuth(introspect string) Option {
	return func(d *IMAP) {
		d.mechs += " xoauth2 oauthbearer"
		d.extra += "passdb {\n driver = oauth2\n mechanisms = xoauth2 oauthbearer\n args = " + "%%DIR%%/oauth2.conf\n}\n"
		d.extra += "#oauth2 " + introspect + "\n"
	}
}

// Dovecot starts a server with an empty mailbox and puts it away at the end.
// Without Dovecot the test is skipped, or fails where peers are required.
func Dovecot(t testing.TB, options ...Option) *IMAP {
	t.Helper()
	if program("dovecot") == "" {
		Missing(t, "Dovecot", "dovecot-imapd")
	}
	d := &IMAP{
		t: t, Host: "127.0.0.1", User: "cantine@mairie.example", password: "Mot de passe 1 é",
		as: ordinary(t), authority: NewAuthority(t), mechs: "plain login",
	}
	d.CA = d.authority.PEM
	for _, o := range options {
		o(d)
	}
	d.Dir = d.as.folder(t, "ardoise-imap-", "run/master.pid")
	for _, sub := range []string{"run", "state", "home"} {
		path := filepath.Join(d.Dir, sub)
		if err := os.Mkdir(path, 0o700); err != nil {
			t.Fatal(err)
		}
		d.as.own(t, path)
	}
	d.write("users", d.users())
	d.certify()
	t.Cleanup(d.Stop)
	for range 3 { // somebody may take a free port before us
		d.Port, d.PortTLS = FreePort(t), FreePort(t)
		d.write("dovecot.conf", d.settings())
		if d.begin() {
			return d
		}
		d.Stop()
	}
	t.Fatalf("Dovecot does not start: %s", d.Log())
	return nil
}

// Password gives the user's password of the moment.
func (d *IMAP) Password() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.password
}

// SetPassword changes the password; those signed in stay so. Dovecot looks at its
// file once a second: this waits until it has.
func (d *IMAP) SetPassword(password string) {
	d.t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	d.password = password
	d.write("users", d.users())
	time.Sleep(1100 * time.Millisecond)
}

// Show changes the certificate and restarts the server.
func (d *IMAP) Show(kind Certificate) {
	d.t.Helper()
	d.Stop()
	d.kind = kind
	d.certify()
	d.Start()
}

// Stop ends the server: whoever is connected is cut off, the port refuses. The
// mail stays for Start.
func (d *IMAP) Stop() {
	d.t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.hand != nil {
		if err := d.hand.Terminate(); err != nil && !errors.Is(err, net.ErrClosed) {
			d.t.Log(err)
		}
		d.hand = nil
	}
	if d.cmd != nil {
		finish(d.t, d.cmd)
		d.cmd = nil
	}
}

// Start starts a stopped server again, on the same ports.
func (d *IMAP) Start() {
	d.t.Helper()
	if !d.begin() {
		d.t.Fatalf("Dovecot does not start again: %s", d.Log())
	}
}

// Restart is Stop, then Start.
func (d *IMAP) Restart() {
	d.t.Helper()
	d.Stop()
	d.Start()
}

// Log gives what the server wrote so far.
func (d *IMAP) Log() string {
	text, err := os.ReadFile(filepath.Join(d.Dir, "log"))
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// begin starts the server and waits until it answers.
func (d *IMAP) begin() bool {
	d.t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.cmd != nil {
		d.t.Fatal("Dovecot is running already")
	}
	cmd := d.as.run(exec.Command(program("dovecot"), "-F", "-c", filepath.Join(d.Dir, "dovecot.conf")))
	cmd.Dir = d.Dir
	cmd.Env = []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8"}
	if err := cmd.Start(); err != nil {
		d.t.Fatal(err)
	}
	d.cmd = cmd
	for range 400 {
		if greets(d.Port, false) && greets(d.PortTLS, true) {
			return true
		}
		if strings.Contains(d.Log(), "Fatal:") {
			return false
		}
		time.Sleep(25 * time.Millisecond)
	}
	return false
}

// greets reports whether a server says its first word: one that only takes the
// connection may still drop it.
func greets(port int, over bool) bool {
	c, err := net.DialTimeout("tcp", fmt.Sprintf("127.0.0.1:%d", port), time.Second)
	if err != nil {
		return false
	}
	if over {
		c = tls.Client(c, &tls.Config{InsecureSkipVerify: true}) // a certificate that is not good is what some tests want
	}
	word := make([]byte, 4)
	err = c.SetDeadline(time.Now().Add(5 * time.Second))
	if err == nil {
		_, err = io.ReadFull(c, word)
	}
	return errors.Join(err, c.Close()) == nil && string(word) == "* OK"
}

func (d *IMAP) users() string {
	return d.User + ":{PLAIN}" + d.password + "::::::\n"
}

func (d *IMAP) certify() {
	cert, key := d.authority.Issue(d.t, d.kind)
	d.write("cert.pem", string(cert))
	d.write("key.pem", string(key))
}

// write writes a file of the server's. Dovecot believes a file of the same second
// to be the one it knows: each gets an instant of its own.
func (d *IMAP) write(name, text string) {
	d.t.Helper()
	path := filepath.Join(d.Dir, name)
	if err := os.WriteFile(path+".new", []byte(text), 0o600); err != nil {
		d.t.Fatal(err)
	}
	d.as.own(d.t, path+".new")
	d.stamps++
	at := time.Now().Add(time.Duration(d.stamps-1000) * time.Second)
	if err := errors.Join(os.Chtimes(path+".new", at, at), os.Rename(path+".new", path)); err != nil {
		d.t.Fatal(err)
	}
}
