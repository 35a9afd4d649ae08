//go:build unix

package mailtest

import (
	"bytes"
	"fmt"
	"net"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// The account Exim knows, and its access token for XOAUTH2.
const (
	SMTPUser     = "cantine@mairie.example"
	SMTPPassword = "Brume-tenace-47"
	SMTPToken    = "jeton-d-essai"
)

// EximOptions is how an Exim is started.
type EximOptions struct {
	Certificate Certificate
	Login       bool // offer LOGIN only
	PerMinute   int  // MAIL commands a minute past which it asks to wait; 0: any
	MaxSize     int  // bytes of a message; 0: 10 MB
}

// Exim is Debian's exim4 on two ports of its own, one for STARTTLS and one for
// TLS. It takes letters of who signed in, for any address, and keeps them here:
//
//	inconnu@…    550 5.1.1 at RCPT
//	plus-tard@…  450 4.2.0 at RCPT, until Later(false)
//	trop-vite@…  451 4.7.1 at RCPT
//	pleine@…     552 5.2.2 at RCPT
//	pub@…        550 5.7.1 once it has read the letter
//	relais@…     550 relay not permitted
type Exim struct {
	Host       string
	Submission int // STARTTLS
	SMTPS      int // TLS
	Authority  *Authority
	dir        string
	who        account
	mu         sync.Mutex
	cmd        *exec.Cmd
	errors     bytes.Buffer
}

// StartExim starts one; it goes at the test's end.
func StartExim(t testing.TB, o EximOptions) *Exim {
	t.Helper()
	bin := program("exim4")
	if bin == "" {
		Missing(t, "Exim", "exim4-daemon-light")
	}
	who := ordinary(t)
	e := &Exim{Host: "localhost", Authority: NewAuthority(t), who: who, dir: who.folder(t, "ardoise-exim-", "exim.pid")}
	cert, key := e.Authority.Issue(t, o.Certificate)
	if o.MaxSize == 0 {
		o.MaxSize = 10 << 20
	}
	e.write(t, "cert.pem", cert)
	e.write(t, "key.pem", key)
	for _, name := range []string{"spool", "log", "mail", "mail/new", "mail/cur", "mail/tmp"} {
		path := filepath.Join(e.dir, name)
		if err := os.Mkdir(path, 0o700); err != nil {
			t.Fatal(err)
		}
		who.own(t, path)
	}
	e.Later(t, true)
	t.Cleanup(func() { e.Stop(t) })
	for range 5 { // another test's server may take a port between its choice and its use
		e.Submission, e.SMTPS = FreePort(t), FreePort(t)
		e.write(t, "exim.conf", []byte(e.config(o)))
		if e.begin(t) {
			return e
		}
		e.Stop(t)
	}
	t.Fatalf("Exim does not answer: %s\n%s", e.errors.String(), e.log())
	return nil
}

// write puts a file of the server's where it reads it.
func (e *Exim) write(t testing.TB, name string, body []byte) {
	t.Helper()
	path := filepath.Join(e.dir, name)
	if err := os.WriteFile(path, body, 0o600); err != nil {
		t.Fatal(err)
	}
	e.who.own(t, path)
}

func (e *Exim) config(o EximOptions) string {
	ways, rate := "plain: login: xoauth2:", ""
	if o.Login {
		ways = "login:"
	}
	if o.PerMinute > 0 {
		rate = fmt.Sprintf("  defer message = 451 4.7.0 Too many messages, wait\n        ratelimit = %d / 1m / per_cmd / strict / envoi\n", o.PerMinute)
	}
	var auth strings.Builder
	for way := range strings.FieldsSeq(ways) {
		fmt.Fprintf(&auth, "%s\n  driver = plaintext\n", way)
		switch way {
		case "plain:":
			fmt.Fprintf(&auth, "  public_name = PLAIN\n  server_prompts = :\n  server_condition = ${if and{{eq{$auth2}{%s}}{eq{$auth3}{%s}}}}\n  server_set_id = $auth2\n", SMTPUser, SMTPPassword)
		case "login:":
			fmt.Fprintf(&auth, "  public_name = LOGIN\n  server_prompts = Username:: : Password::\n  server_condition = ${if and{{eq{$auth1}{%s}}{eq{$auth2}{%s}}}}\n  server_set_id = $auth1\n", SMTPUser, SMTPPassword)
		default:
			fmt.Fprintf(&auth, "  public_name = XOAUTH2\n  server_prompts = :\n  server_condition = ${if match{$auth1}{\\N^user=%s\\x01auth=Bearer %s\\x01\\x01$\\N}}\n  server_set_id = xoauth2\n", SMTPUser, SMTPToken)
		}
	}
	return strings.NewReplacer("@DIR@", e.dir, "@USER@", e.who.name, "@GROUP@", e.who.group, "@START@", strconv.Itoa(e.Submission),
		"@TLS@", strconv.Itoa(e.SMTPS), "@AUTH@", auth.String(), "@RATE@", rate, "@SIZE@", strconv.Itoa(o.MaxSize)).Replace(eximConf)
}

const eximConf = `primary_hostname = serveur.example
spool_directory = @DIR@/spool
log_file_path = @DIR@/log/%slog
pid_file_path = @DIR@/exim.pid
exim_user = @USER@
exim_group = @GROUP@
deliver_drop_privilege = true
never_users =
keep_environment =
local_interfaces = 127.0.0.1
daemon_smtp_ports = @START@ : @TLS@
tls_on_connect_ports = @TLS@
tls_advertise_hosts = *
tls_certificate = @DIR@/cert.pem
tls_privatekey = @DIR@/key.pem
auth_advertise_hosts = ${if def:tls_in_cipher {*}{}}
host_lookup =
rfc1413_hosts =
message_size_limit = @SIZE@
smtp_accept_max = 200
smtp_accept_queue = 0
smtp_accept_queue_per_connection = 0
smtp_accept_max_per_connection = 1000
check_spool_space = 0
check_log_space = 0
acl_smtp_mail = acl_mail
acl_smtp_rcpt = acl_rcpt
acl_smtp_data = acl_data

begin acl
acl_mail:
  deny !authenticated = *
       message = 530 5.7.0 Authentication required
@RATE@  accept

acl_rcpt:
  deny local_parts = inconnu
       message = 550 5.1.1 <$local_part@$domain>: Recipient address rejected: User unknown
  defer local_parts = plus-tard
       condition = ${if exists{@DIR@/later}}
       message = 450 4.2.0 <$local_part@$domain>: Greylisted, come back later
  defer local_parts = trop-vite
       message = 451 4.7.1 Too many messages for this mailbox
  deny local_parts = pleine
       message = 552 5.2.2 Mailbox over quota
  deny local_parts = relais
       message = 550 relay not permitted
  accept

acl_data:
  deny condition = ${if match{$recipients}{^pub@}}
       message = 550 5.7.1 This message looks like spam
  accept

begin routers
all:
  driver = accept
  transport = keep

begin transports
keep:
  driver = appendfile
  directory = @DIR@/mail
  maildir_format
  delivery_date_add
  envelope_to_add
  return_path_add
  user = @USER@
  group = @GROUP@
  mode = 0600

begin retry
* * F,1h,1m

begin rewrite

begin authenticators
@AUTH@
`

// Later says whether plus-tard@… is still put off.
func (e *Exim) Later(t testing.TB, still bool) {
	t.Helper()
	flag := filepath.Join(e.dir, "later")
	if still {
		if err := os.WriteFile(flag, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		e.who.own(t, flag)
	} else if err := os.Remove(flag); err != nil {
		t.Fatal(err)
	}
}

// Start starts the stopped server and waits until it answers.
func (e *Exim) Start(t testing.TB) {
	t.Helper()
	if !e.begin(t) {
		t.Fatalf("Exim does not answer: %s\n%s", e.errors.String(), e.log())
	}
}

// begin is Start; it gives up where a port is taken.
func (e *Exim) begin(t testing.TB) bool {
	t.Helper()
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.cmd != nil {
		return true
	}
	taken := strings.Count(e.log(), portTaken)
	e.cmd = e.who.run(exec.Command(program("exim4"), "-C", filepath.Join(e.dir, "exim.conf"), "-bdf"))
	e.cmd.Dir = e.dir
	e.cmd.Stdout, e.cmd.Stderr = &e.errors, &e.errors
	if err := e.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(15 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		switch {
		case e.answers():
			return true
		case strings.Count(e.log(), portTaken) > taken:
			return false
		}
	}
	return false
}

// portTaken is what Exim says of a port that somebody else holds.
const portTaken = "Address already in use"

func (e *Exim) answers() bool {
	conn, err := net.DialTimeout("tcp", fmt.Sprintf("127.0.0.1:%d", e.Submission), time.Second)
	if err != nil {
		return false
	}
	if err := conn.SetDeadline(time.Now().Add(5 * time.Second)); err != nil {
		return false
	}
	b := make([]byte, 4)
	n, err := conn.Read(b)
	return conn.Close() == nil && err == nil && strings.HasPrefix(string(b[:n]), "220")
}

// log gives what Exim wrote about itself, for a failed test.
func (e *Exim) log() string {
	var all []byte
	for _, name := range []string{"mainlog", "paniclog"} {
		if b, err := os.ReadFile(filepath.Join(e.dir, "log", name)); err == nil {
			all = append(all, b...)
		}
	}
	return string(all)
}

// Stop stops the server; open connections are cut.
func (e *Exim) Stop(t testing.TB) {
	t.Helper()
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.cmd != nil {
		finish(t, e.cmd)
		e.cmd = nil
	}
}

// Delivered gives every letter taken so far, once none is under way any more, as
// they would lie in a mailbox (with Return-path, Envelope-to and Received).
func (e *Exim) Delivered(t testing.TB) [][]byte {
	t.Helper()
	waiting := 0
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		list, err := filepath.Glob(filepath.Join(e.dir, "spool", "input", "*"))
		if err != nil {
			t.Fatal(err)
		}
		if waiting = len(list); waiting == 0 {
			return e.read(t)
		}
	}
	t.Fatalf("Exim still holds %d files\n%s", waiting, e.log())
	return nil
}

func (e *Exim) read(t testing.TB) (all [][]byte) {
	t.Helper()
	list, err := filepath.Glob(filepath.Join(e.dir, "mail", "new", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range list {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, b)
	}
	return all
}

// Count says how often each Message-ID (without <>) was delivered.
func (e *Exim) Count(t testing.TB) map[string]int {
	t.Helper()
	count := map[string]int{}
	for _, raw := range e.Delivered(t) {
		m, err := mail.ReadMessage(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		count[strings.Trim(m.Header.Get("Message-ID"), "<>")]++
	}
	return count
}
