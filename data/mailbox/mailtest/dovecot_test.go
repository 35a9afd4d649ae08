package mailtest_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/emersion/go-imap/client"
	"github.com/emersion/go-sasl"

	"ardoise/data/mailbox/mailtest"
)

func shown(t *testing.T, d *mailtest.IMAP) error {
	t.Helper()
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(d.CA) {
		t.Fatal("no authority")
	}
	c, err := tls.Dial("tcp", fmt.Sprintf("%s:%d", d.Host, d.PortTLS), &tls.Config{RootCAs: pool})
	if err != nil {
		return err
	}
	return c.Close()
}

func TestDovecotKeepsWhatItIsGiven(t *testing.T) {
	d := mailtest.Dovecot(t)
	if err := shown(t, d); err != nil {
		t.Fatal(err)
	}
	raw := []byte("From: a@b.example\r\nSubject: x\r\n\r\nBonjour\r\n")
	at := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	d.CreateFolder("Traités")
	d.Append("INBOX", raw, at)
	d.Append("Traités", raw, at)
	d.Append("INBOX", raw, at.Add(time.Hour))
	d.Flag("INBOX", 2, `\Seen`)
	before := d.UIDValidity("INBOX")
	for _, folder := range []string{"INBOX", "Traités"} {
		d.ResetUIDValidity(folder)
	}
	if after := d.UIDValidity("INBOX"); after == before {
		t.Errorf("UIDVALIDITY %d stays", before)
	}
	got := d.MessagesWhole("INBOX")
	if len(got) != 2 || !bytes.Equal(got[0].Raw, raw) || !got[0].Received.Equal(at) || !got[1].Received.Equal(at.Add(time.Hour)) {
		t.Errorf("%+v", got)
	}
	if !slices.Equal(got[1].Flags, []string{`\Seen`}) || len(got[0].Flags) != 0 {
		t.Errorf("flags %v %v", got[0].Flags, got[1].Flags)
	}
	if n := len(d.Messages("Traités")); n != 1 {
		t.Errorf("%d in Traités", n)
	}
	d.SetPassword("autre")
	d.Restart()
	if n := len(d.Messages("INBOX")); n != 2 {
		t.Errorf("%d after a restart", n)
	}
	d.Stop()
	if err := shown(t, d); err == nil {
		t.Error("a stopped server answers")
	}
	d.Start()
}

func TestDovecotShowsBadCertificates(t *testing.T) {
	d := mailtest.Dovecot(t, mailtest.Showing(mailtest.Expired))
	for _, kind := range []mailtest.Certificate{mailtest.Expired, mailtest.NotYet, mailtest.WrongName, mailtest.OtherAuthority, mailtest.Good} {
		if kind != mailtest.Expired {
			d.Show(kind)
		}
		if err := shown(t, d); (err == nil) != (kind == mailtest.Good) {
			t.Errorf("certificate %d: %v", kind, err)
		}
	}
}

// A changed password is believed at once, and whoever knows the old one stays out.
func TestDovecotsPassword(t *testing.T) {
	d := mailtest.Dovecot(t)
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(d.CA)
	try := func(password string) error {
		c, err := client.DialTLS(fmt.Sprintf("%s:%d", d.Host, d.PortTLS), &tls.Config{RootCAs: pool})
		if err != nil {
			t.Fatal(err)
		}
		err = c.Authenticate(sasl.NewPlainClient("", d.User, password))
		if err := c.Logout(); err != nil {
			t.Error(err)
		}
		return err
	}
	old := d.Password()
	if err := try(old); err != nil {
		t.Error(err)
	}
	d.SetPassword("neuf")
	if err := try(old); err == nil {
		t.Error("the old password opens")
	}
	if err := try(d.Password()); err != nil {
		t.Error(err)
	}
}
