package wire_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"ardoise/data/fault"
	"ardoise/data/mailbox/mailtest"
	"ardoise/data/mailbox/wire"
)

// at gives the way to a test's Dovecot.
func at(d *mailtest.IMAP, security string) wire.Server {
	s := wire.Server{Host: d.Host, Port: d.PortTLS, Security: security, User: d.User, CA: d.CA}
	if security == wire.StartTLS {
		s.Port = d.Port
	}
	return s
}

func dialInbox(t testing.TB, d *mailtest.IMAP) *wire.Inbox {
	t.Helper()
	return dialTo(t, at(d, wire.TLS), d.Password())
}

func dialTo(t testing.TB, s wire.Server, password string) *wire.Inbox {
	t.Helper()
	in, err := wire.DialInbox(t.Context(), s, wire.Credential{Password: password})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := in.Close(); err != nil {
			t.Error(err)
		}
	})
	return in
}

func open(t testing.TB, in *wire.Inbox, folder string) wire.Selected {
	t.Helper()
	box, err := in.Select(t.Context(), folder)
	if err != nil {
		t.Fatal(err)
	}
	return box
}

// said checks the kind and the words of a refusal, and that no word of Go or of a
// library's is shown.
func said(t *testing.T, err error, kind fault.Kind, words ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	told := wire.Explain(err)
	sentence := fault.Sentence(told)
	t.Log(sentence)
	if fault.KindOf(told) != kind {
		t.Errorf("kind %v, want %v: %v", fault.KindOf(told), kind, told)
	}
	for _, w := range words {
		if !strings.Contains(sentence, fault.French(w)) {
			t.Errorf("« %s » is not in: %s\n(%v)", w, sentence, err)
		}
	}
	for _, w := range []string{"wire:", "x509", "tls:", "dial ", "imap:", "oauth2", "%!", " :", " ;"} {
		if strings.Contains(sentence, w) {
			t.Errorf("%q is shown: %s", w, sentence)
		}
	}
	if !errors.Is(told, err) {
		t.Error("the cause is lost")
	}
}

func mailOf(n, size int) []byte {
	head := fmt.Sprintf("From: famille%d@example.fr\r\nSubject: =?utf-8?q?n=C2=B0?= %d\r\nMessage-ID: <%d@example.fr>\r\n\r\n", n, n, n)
	return append([]byte(head), bytes.Repeat([]byte("Bonjour, voici une ligne de texte.\r\n"), size/36+1)...)
}

func TestReadsAMailbox(t *testing.T) {
	for _, c := range []struct {
		name, security string
		options        []mailtest.Option
	}{
		{"TLS, PLAIN", wire.TLS, nil},
		{"STARTTLS, PLAIN", wire.StartTLS, nil},
		{"the LOGIN mechanism", wire.TLS, []mailtest.Option{mailtest.Mechanisms("login")}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := mailtest.Dovecot(t, c.options...)
			in := dialTo(t, at(d, c.security), d.Password())
			d.CreateFolder("Traités")
			d.CreateFolder("Cantine/À lire & l’été")
			folders, err := in.Folders(t.Context())
			if err != nil || !slices.Contains(folders, "INBOX") || !slices.Contains(folders, "Traités") || !slices.Contains(folders, "Cantine/À lire & l’été") {
				t.Fatalf("%q %v", folders, err)
			}
			// bytes that a careless reader changes
			raw := []byte("From: a@b.fr\r\nSubject: \xe9t\xe9 \xff\r\n\r\n{5}\r\n)\r\n* 1 FETCH (\r\na9 OK\r\nlone\nlf\r\n\x01\xfe\"\\\r\n")
			received := time.Date(2026, 11, 24, 15, 59, 59, 0, time.UTC)
			d.Append("Traités", raw, received)
			box := open(t, in, "Traités")
			if box.Exists != 1 || box.UIDNext != 2 || box.UIDValidity != d.UIDValidity("Traités") || box.ReadOnly {
				t.Errorf("%+v", box)
			}
			list, err := in.After(t.Context(), 0)
			if err != nil || len(list) != 1 || list[0].UID != 1 || !list[0].Received.Equal(received) {
				t.Fatalf("%+v %v", list, err)
			}
			if list, err := in.After(t.Context(), 1); err != nil || len(list) != 0 {
				t.Errorf("after the last: %+v %v", list, err) // "2:*" means 1
			}
			if list, err := in.After(t.Context(), 1<<32-1); err != nil || len(list) != 0 {
				t.Errorf("after the highest UID: %+v %v", list, err)
			}
			kept := d.MessagesWhole("Traités")[0]
			got, err := in.Fetch(t.Context(), 1, 1<<20)
			if err != nil || !bytes.Equal(got, kept.Raw) {
				t.Errorf("%q, want %q: %v", got, kept.Raw, err)
			}
			if n := d.Messages("Traités")[0]; len(n.Flags) != 0 {
				t.Errorf("fetching set %v", n.Flags)
			}
		})
	}
}

func TestBytesAreExact(t *testing.T) {
	d := mailtest.Dovecot(t)
	in := dialInbox(t, d)
	body := make([]byte, 0, 70000)
	for i := range 256 {
		if i != 0 { // IMAP has no NUL
			body = append(body, byte(i))
		}
	}
	raw := append([]byte("Subject: x\r\n\r\n"), bytes.ReplaceAll(bytes.ReplaceAll(bytes.Repeat(body, 250), []byte("\r"), nil), []byte("\n"), []byte("\r\n"))...)
	d.Append("INBOX", raw, time.Time{})
	open(t, in, "INBOX")
	got, err := in.Fetch(t.Context(), 1, 1<<20)
	if err != nil || sha256.Sum256(got) != sha256.Sum256(raw) {
		t.Errorf("%d bytes, want %d: %v", len(got), len(raw), err)
	}
	if head, err := in.Head(t.Context(), 1); err != nil || string(head) != "Subject: x\r\n\r\n" {
		t.Errorf("%q %v", head, err)
	}
}

func TestLargeMessage(t *testing.T) {
	d := mailtest.Dovecot(t)
	raw := mailOf(1, 25<<20)
	d.Append("INBOX", raw, time.Time{})
	in := dialInbox(t, d)
	open(t, in, "INBOX")
	var large *wire.TooLarge
	_, err := in.Fetch(t.Context(), 1, 25<<20-1)
	if !errors.As(err, &large) || large.Size != int64(len(raw)) || !in.Live() {
		t.Fatalf("%v, live %v", err, in.Live())
	}
	said(t, err, fault.Invalid, "26,2 Mo")
	if head, err := in.Head(t.Context(), 1); err != nil || !bytes.HasPrefix(raw, head) || len(head) < 50 {
		t.Errorf("%d %v", len(head), err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	begin := time.Now()
	got, err := in.Fetch(t.Context(), 1, int64(len(raw)))
	took := time.Since(begin)
	runtime.ReadMemStats(&after)
	if err != nil || sha256.Sum256(got) != sha256.Sum256(raw) {
		t.Fatalf("%d bytes: %v", len(got), err)
	}
	allocated := (after.TotalAlloc - before.TotalAlloc) >> 20
	t.Logf("25 MB in %v, %d MB allocated", took, allocated)
	if allocated > 40 {
		t.Error("the message is copied")
	}
	if _, err := in.Fetch(t.Context(), 99, 1000); !errors.Is(err, wire.ErrGone) {
		t.Error(err)
	} else {
		said(t, err, fault.NotFound, "n’est plus dans le dossier")
	}
	if _, err := in.Fetch(t.Context(), 1, int64(len(raw))); err != nil {
		t.Errorf("after a vanished message: %v", err)
	}
}

func TestMarkAndMove(t *testing.T) {
	d := mailtest.Dovecot(t)
	in := dialInbox(t, d)
	d.CreateFolder("Traités")
	for n := range 5 {
		d.Append("INBOX", mailOf(n, 100), time.Time{})
	}
	open(t, in, "INBOX")
	if err := in.Mark(t.Context(), []uint32{1, 3, 77, 0}); err != nil {
		t.Fatal(err)
	}
	for i, m := range d.Messages("INBOX") {
		want := []string(nil)
		if i == 0 || i == 2 {
			want = []string{wire.Keyword, `\Seen`}
		}
		if !slices.EqualFunc(m.Flags, want, strings.EqualFold) {
			t.Errorf("message %d has %v", i+1, m.Flags)
		}
	}
	moved, err := in.Move(t.Context(), []uint32{3, 4}, "Traités")
	if err != nil || !moved || len(d.Messages("INBOX")) != 3 || len(d.Messages("Traités")) != 2 {
		t.Errorf("moved %v %v", moved, err)
	}
	for _, m := range d.Messages("Traités") {
		if len(m.Flags) != 2 {
			t.Errorf("moved with %v", m.Flags)
		}
	}
	_, err = in.Move(t.Context(), []uint32{1}, "Absent")
	said(t, err, fault.Invalid, "Le dossier demandé n’existe pas")
	if !in.Live() || len(d.Messages("INBOX")) != 3 {
		t.Error("a missing folder costs the connection or a message")
	}
	if _, err := in.Examine(t.Context(), "INBOX"); err != nil {
		t.Fatal(err)
	}
	said(t, in.Mark(t.Context(), []uint32{2}), fault.Invalid, "en lecture")
	_, err = in.Select(t.Context(), "Nulle part")
	said(t, err, fault.Invalid, "Le dossier demandé n’existe pas")
	if err := in.Mark(t.Context(), []uint32{2}); err == nil {
		t.Error("marked with no folder open")
	}
}

func TestRestartInTheMiddle(t *testing.T) {
	d := mailtest.Dovecot(t)
	d.Append("INBOX", mailOf(1, 8<<20), time.Time{})
	in := dialInbox(t, d)
	open(t, in, "INBOX")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		time.Sleep(30 * time.Millisecond)
		d.Stop()
	}()
	var err error
	for err == nil { // until it falls into a message
		_, err = in.Fetch(ctx, 1, 32<<20)
	}
	<-stopped
	said(t, err, fault.Unavailable, "s’est coupée")
	_, err = in.Fetch(ctx, 1, 32<<20)
	said(t, err, fault.Unavailable, "s’est coupée")
	_, err = wire.DialInbox(ctx, at(d, wire.TLS), wire.Credential{Password: d.Password()})
	said(t, err, fault.Unavailable, "refuse la liaison", "est arrêté")
	d.Start()
	again := dialInbox(t, d)
	open(t, again, "INBOX")
	if raw, err := again.Fetch(ctx, 1, 32<<20); err != nil || !bytes.Equal(raw, mailOf(1, 8<<20)) {
		t.Errorf("after the restart: %d %v", len(raw), err)
	}
}

func TestUIDValidityChanges(t *testing.T) {
	d := mailtest.Dovecot(t)
	for n := range 3 {
		d.Append("INBOX", mailOf(n, 100), time.Time{})
	}
	before := open(t, dialInbox(t, d), "INBOX")
	d.ResetUIDValidity("INBOX")
	after := open(t, dialInbox(t, d), "INBOX")
	if before.UIDValidity == after.UIDValidity || after.Exists != 3 {
		t.Errorf("%+v then %+v", before, after)
	}
}

func TestIdle(t *testing.T) {
	d := mailtest.Dovecot(t)
	in := dialInbox(t, d)
	open(t, in, "INBOX")
	wait := func(within time.Duration, do func()) bool {
		t.Helper()
		woken := make(chan time.Time, 1)
		go func() {
			time.Sleep(400 * time.Millisecond)
			do()
			woken <- time.Now()
		}()
		news, supported, err := in.Idle(t.Context(), within)
		if err != nil || !supported {
			t.Fatalf("supported %v, %v", supported, err)
		}
		if news {
			t.Logf("woken %v after the message was in", time.Since(<-woken))
		}
		return news
	}
	begin := time.Now()
	if !wait(20*time.Second, func() { d.Append("INBOX", mailOf(1, 100), time.Time{}) }) {
		t.Error("not woken")
	}
	if took := time.Since(begin); took > 3*time.Second {
		t.Errorf("woken after %v", took)
	}
	if list, err := in.After(t.Context(), 0); err != nil || len(list) != 1 {
		t.Errorf("%v %v", list, err)
	}
	if wait(time.Second, func() {}) {
		t.Error("woken by nothing")
	}
	// what comes between a look and the wait is not slept over
	d.Append("INBOX", mailOf(2, 100), time.Time{})
	begin = time.Now()
	if news, _, err := in.Idle(t.Context(), 20*time.Second); err != nil || !news || time.Since(begin) > 10*time.Second {
		t.Errorf("%v %v after %v", news, err, time.Since(begin))
	}
	if _, err := in.After(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if _, _, err := in.Idle(ctx, 20*time.Second); !errors.Is(err, context.DeadlineExceeded) || !in.Live() {
		t.Errorf("given up: %v, live %v", err, in.Live())
	}
	if _, err := in.After(t.Context(), 0); err != nil {
		t.Errorf("after giving up: %v", err)
	}
	go func() { time.Sleep(300 * time.Millisecond); d.Stop() }()
	_, _, err := in.Idle(t.Context(), 20*time.Second)
	said(t, err, fault.Unavailable)
}

func TestNoIdle(t *testing.T) {
	d := mailtest.Dovecot(t, mailtest.Capabilities("IMAP4rev1 SASL-IR UIDPLUS"))
	in := dialInbox(t, d)
	open(t, in, "INBOX")
	if _, supported, err := in.Idle(t.Context(), time.Minute); err != nil || supported {
		t.Errorf("%v %v", supported, err)
	}
}

// TestThousand prints what listing and fetching costs.
func TestThousand(t *testing.T) {
	d := mailtest.Dovecot(t)
	for n := range 1000 {
		d.Append("INBOX", mailOf(n, 60_000), time.Time{})
	}
	in := dialInbox(t, d)
	open(t, in, "INBOX")
	begin := time.Now()
	list, err := in.After(t.Context(), 0)
	if err != nil || len(list) != 1000 || !slices.IsSortedFunc(list, func(a, b wire.Entry) int { return int(a.UID) - int(b.UID) }) {
		t.Fatalf("%d %v", len(list), err)
	}
	listed := time.Since(begin)
	total := 0
	for _, e := range list {
		raw, err := in.Fetch(t.Context(), e.UID, 25<<20)
		if err != nil {
			t.Fatal(err)
		}
		total += len(raw)
	}
	t.Logf("1,000 messages listed in %v, fetched with it in %v (%d MB)", listed, time.Since(begin), total>>20)
	uids := make([]uint32, len(list))
	for i, e := range list {
		uids[i] = e.UID
	}
	begin = time.Now()
	if err := in.Mark(t.Context(), uids); err != nil {
		t.Fatal(err)
	}
	t.Logf("marked in %v", time.Since(begin))
	for _, m := range d.Messages("INBOX") {
		if len(m.Flags) != 2 {
			t.Fatalf("message %d has %v", m.UID, m.Flags)
		}
	}
}
