package mailtest

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-imap"
	"github.com/emersion/go-imap/client"
	"github.com/emersion/go-imap/utf7"
	"github.com/emersion/go-sasl"
)

// Message is a message as the server keeps it.
type Message struct {
	UID      uint32
	Flags    []string // sorted, without \Recent
	Size     uint32
	Received time.Time
	Raw      []byte // only from MessagesWhole
}

// Append puts a message into a folder, received at an instant (zero: now).
func (d *IMAP) Append(folder string, raw []byte, received time.Time) {
	d.t.Helper()
	d.do(func(c *client.Client) error { return c.Append(folder, nil, received, bytes.NewReader(raw)) })
}

// CreateFolder makes a folder (« Traités »; « A/B » lies in A).
func (d *IMAP) CreateFolder(folder string) {
	d.t.Helper()
	d.do(func(c *client.Client) error { return c.Create(folder) })
}

// Messages lists a folder by UID.
func (d *IMAP) Messages(folder string) []Message {
	d.t.Helper()
	return d.messages(folder, imap.FetchUid, imap.FetchFlags, imap.FetchRFC822Size, imap.FetchInternalDate)
}

// MessagesWhole lists a folder with the bytes of its messages.
func (d *IMAP) MessagesWhole(folder string) []Message {
	d.t.Helper()
	return d.messages(folder, imap.FetchUid, imap.FetchFlags, imap.FetchRFC822Size, imap.FetchInternalDate, "BODY.PEEK[]")
}

func (d *IMAP) messages(folder string, items ...imap.FetchItem) (found []Message) {
	d.t.Helper()
	d.do(func(c *client.Client) error {
		found = nil
		box, err := c.Select(folder, true)
		if err != nil || box.Messages == 0 {
			return err
		}
		all := &imap.SeqSet{}
		all.AddRange(1, 0)
		out, done := make(chan *imap.Message, 10), make(chan error, 1)
		go func() { done <- c.Fetch(all, items, out) }()
		for m := range out {
			one := Message{UID: m.Uid, Size: m.Size, Received: m.InternalDate, Flags: slices.Sorted(slices.Values(m.Flags))}
			one.Flags = slices.DeleteFunc(one.Flags, func(f string) bool { return strings.EqualFold(f, imap.RecentFlag) })
			for _, body := range m.Body {
				one.Raw = make([]byte, body.Len())
				if _, err := body.Read(one.Raw); err != nil {
					return err
				}
			}
			found = append(found, one)
		}
		return <-done
	})
	slices.SortFunc(found, func(a, b Message) int { return int(a.UID) - int(b.UID) })
	return found
}

// UIDValidity gives a folder's number of the moment.
func (d *IMAP) UIDValidity(folder string) (number uint32) {
	d.t.Helper()
	d.do(func(c *client.Client) error {
		s, err := c.Status(folder, []imap.StatusItem{imap.StatusUidValidity})
		if err == nil {
			number = s.UidValidity
		}
		return err
	})
	return number
}

// ResetUIDValidity rebuilds a folder as after a lost index: the messages and
// their flags stay, UIDVALIDITY is another and every UID counts from 1 again. The
// server is restarted, so whoever is connected is cut off.
func (d *IMAP) ResetUIDValidity(folder string) {
	d.t.Helper()
	before := d.UIDValidity(folder)
	d.Stop()
	dir := filepath.Join(d.Dir, "home", d.User)
	if !strings.EqualFold(folder, "INBOX") {
		name, err := utf7.Encoding.NewEncoder().String(folder)
		if err != nil {
			d.t.Fatal(err)
		}
		dir = filepath.Join(dir, "."+strings.ReplaceAll(name, "/", "."))
	}
	if err := os.Remove(filepath.Join(dir, "dovecot-uidlist")); err != nil {
		d.t.Fatal(err)
	}
	indexes, err := filepath.Glob(filepath.Join(dir, "dovecot.index*"))
	if err != nil {
		d.t.Fatal(err)
	}
	for _, path := range indexes {
		if err := os.Remove(path); err != nil {
			d.t.Fatal(err)
		}
	}
	d.Start()
	if after := d.UIDValidity(folder); after == before {
		d.t.Fatalf("UIDVALIDITY of %s is still %d", folder, after)
	}
}

// Flag sets flags of one message, as another mail program would.
func (d *IMAP) Flag(folder string, uid uint32, flags ...string) {
	d.t.Helper()
	d.do(func(c *client.Client) error {
		if _, err := c.Select(folder, false); err != nil {
			return err
		}
		one := &imap.SeqSet{}
		one.AddNum(uid)
		values := make([]any, len(flags))
		for i, f := range flags {
			values[i] = f
		}
		return c.UidStore(one, imap.FormatFlagsOp(imap.AddFlags, true), values, nil)
	})
}

// do runs what with our own connection, made where there is none.
func (d *IMAP) do(what func(*client.Client) error) {
	d.t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.hand != nil {
		select {
		case <-d.hand.LoggedOut():
			d.hand = nil
		default:
		}
	}
	if d.hand == nil {
		if err := d.connect(); err != nil {
			d.t.Fatalf("%v\n%s", err, d.Log())
		}
	}
	if err := what(d.hand); err != nil {
		d.t.Fatalf("%v\n%s", err, d.Log())
	}
}

// connect signs our own connection in, whatever certificate the server shows, as
// long as it is the one we gave it.
func (d *IMAP) connect() error {
	pinned, err := os.ReadFile(filepath.Join(d.Dir, "cert.pem"))
	if err != nil {
		return err
	}
	own, err := tls.X509KeyPair(pinned, must(os.ReadFile(filepath.Join(d.Dir, "key.pem"))))
	if err != nil {
		return err
	}
	c, err := client.DialTLS(fmt.Sprintf("%s:%d", d.Host, d.PortTLS), &tls.Config{
		InsecureSkipVerify: true, // the next line is stricter
		VerifyPeerCertificate: func(raw [][]byte, _ [][]*x509.Certificate) error {
			if len(raw) == 0 || !bytes.Equal(raw[0], own.Certificate[0]) {
				return errors.New("this is not our Dovecot")
			}
			return nil
		},
	})
	if err != nil {
		return err
	}
	c.ErrorLog = log.New(io.Discard, "", 0)
	var how sasl.Client = sasl.NewPlainClient("", d.User, d.password)
	if ok, err := c.SupportAuth("PLAIN"); err == nil && !ok {
		how = sasl.NewLoginClient(d.User, d.password)
	}
	if err := c.Authenticate(how); err != nil {
		return errors.Join(err, c.Terminate())
	}
	c.Timeout = time.Minute
	d.hand = c
	return nil
}

// must gives b; a missing one shows as a wrong key a line later.
func must(b []byte, err error) []byte {
	if err != nil {
		return nil
	}
	return b
}
