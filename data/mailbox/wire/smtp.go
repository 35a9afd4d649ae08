package wire

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
)

// How long one waits for a server: to be let in, for the answer to a command, for
// the answer to a whole letter, and for the latter when the caller gives up: a
// letter just handed over should not be left in doubt for a few seconds.
var (
	patienceSignIn  = 45 * time.Second
	patienceCommand = time.Minute
	patienceEnd     = 4 * time.Minute
	graceEnd        = 15 * time.Second
)

// Outbox is a signed-in connection to a sending server, for one goroutine.
type Outbox struct {
	client *smtp.Client
	conn   net.Conn
	size   int // the largest letter the server takes, 0 unsaid
	broken error
}

// DialOutbox connects and signs in. What goes wrong is an *Unsent.
func DialOutbox(ctx context.Context, s Server, with Credential) (*Outbox, error) {
	conf, err := trustOf(s)
	if err != nil {
		return nil, &Unsent{Reply: Reply{Stage: AtGreeting}, Cause: err}
	}
	ctx, cancel := context.WithTimeout(ctx, patienceSignIn)
	defer cancel()
	o, full, stop := &Outbox{}, ctx, func() bool { return true }
	key := &signIn{user: s.User, with: with}
	opts := []gomail.Option{
		gomail.WithPort(s.Port), gomail.WithTimeout(patienceSignIn), gomail.WithHELO("localhost"),
		gomail.WithTLSConfig(conf), gomail.WithTLSPolicy(gomail.TLSMandatory), gomail.WithoutNoop(),
		gomail.WithDialContextFunc(func(ctx context.Context, network, address string) (net.Conn, error) {
			raw, err := (&net.Dialer{}).DialContext(ctx, network, address)
			if err != nil {
				return nil, err
			}
			o.conn = raw
			stop = context.AfterFunc(full, o.hangUp) // the library looks at ctx while it dials only
			if s.Security == StartTLS {
				return raw, nil
			}
			sealed := tls.Client(raw, conf)
			return sealed, sealed.HandshakeContext(ctx)
		}),
	}
	if s.Security != StartTLS {
		opts = append(opts, gomail.WithSSL())
	}
	if s.User != "" {
		opts = append(opts, gomail.WithSMTPAuthCustom(key))
	}
	client, err := gomail.NewClient(s.Host, opts...)
	if err != nil {
		return nil, &Unsent{Reply: Reply{Stage: AtGreeting}, Cause: err}
	}
	o.client, err = client.DialToSMTPClientWithContext(ctx)
	if !stop() {
		err = errors.Join(err, context.Cause(ctx))
	}
	if err == nil {
		err = o.conn.SetDeadline(time.Time{}) // from here on each step has its own
	}
	if err != nil {
		stage := AtGreeting
		if key.asked {
			stage = AtSignIn
		}
		reply, _ := replyOf(stage, err)
		return nil, &Unsent{Reply: reply, Cause: errors.Join(err, o.drop()), Token: key.with.Token != ""}
	}
	if ok, text := o.client.Extension("SIZE"); ok {
		if n, err := strconv.Atoi(strings.TrimSpace(text)); err == nil {
			o.size = n
		}
	}
	return o, nil
}

// drop closes the connection without a word.
func (o *Outbox) drop() error {
	if o.conn == nil {
		return nil
	}
	if err := o.conn.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

// within runs one step; past its time, or when ctx ends, the connection is closed
// under it.
func (o *Outbox) within(ctx context.Context, d time.Duration, step func() error) error {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	stop := context.AfterFunc(ctx, o.hangUp)
	err := step()
	if stop() {
		return err
	}
	// It rang: this connection is over, whatever the step says.
	o.broken = errors.Join(context.Cause(ctx), err)
	if _, answered := replyOf(AtData, err); err == nil || answered {
		return err
	}
	return o.broken
}

// hangUp is drop where nobody listens any more.
func (o *Outbox) hangUp() {
	if err := o.drop(); err != nil {
		return // the step that waits on the connection sees it
	}
}

// Send hands one letter over. nil: the server has taken it. Else the error is one
// of *Temporary, *Permanent, *Doubt and *Unsent; any other is a fault of ours, met
// before a word was said.
func (o *Outbox) Send(ctx context.Context, m Mail) error {
	if !address.MatchString(m.To) {
		return &Permanent{Reply: Reply{Stage: AtRecipient, Code: 553, Status: "5.1.3"}, Address: true}
	}
	raw, err := m.bytes()
	if err != nil {
		return err
	}
	if o.size > 0 && len(raw) > o.size {
		return &Permanent{Reply: Reply{Stage: AtSender, Code: 552, Status: "5.3.4", Words: fmt.Sprintf("SIZE %d", o.size)}}
	}
	if o.broken != nil {
		return &Unsent{Reply: Reply{Stage: AtSender}, Cause: o.broken}
	}
	foreign := strings.IndexFunc(m.From+m.To, func(r rune) bool { return r > '~' }) >= 0
	if ok, _ := o.client.Extension("SMTPUTF8"); foreign && !ok {
		return &Permanent{Reply: Reply{Stage: AtRecipient, Code: 553, Status: "5.6.7"}}
	}
	o.client.SkipSMTPUTF8(!foreign)
	return o.hand(ctx, m, raw)
}

// hand goes through the four steps of a letter.
func (o *Outbox) hand(ctx context.Context, m Mail, raw []byte) error {
	var w io.WriteCloser
	steps := []struct {
		stage    Stage
		patience time.Duration
		do       func() error
	}{
		{AtSender, patienceCommand, func() error { return o.client.Mail("<" + m.From + ">") }},
		{AtRecipient, patienceCommand, func() error { return o.client.Rcpt("<" + m.To + ">") }},
		{AtData, patienceCommand, func() (err error) { w, err = o.client.Data(); return err }},
		{AtData, patienceEnd, func() error { _, err := w.Write(raw); return err }},
		// The last bytes, without which the server must forget the letter: where
		// they could not even be written, it is certain not to have it.
		{AtData, patienceCommand, func() error { return lastBytes(w) }},
	}
	for _, s := range steps {
		if err := o.within(ctx, s.patience, s.do); err != nil {
			return o.after(ctx, s.stage, err)
		}
	}
	// The letter is with the server: who gives up now still waits a moment.
	end, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() {
		grace, done := context.WithTimeout(end, graceEnd)
		defer done()
		<-grace.Done()
		cancel()
	})()
	if err := o.within(end, patienceEnd, func() error {
		_, _, err := o.client.Text.ReadResponse(250)
		return err
	}); err != nil {
		return o.after(ctx, AtEnd, err)
	}
	return nil
}

// lastBytes ends the letter. The library's own Close would read the answer as well
// and keep silent about bytes it could not write.
func lastBytes(w io.WriteCloser) error {
	if d, ok := w.(*smtp.DataCloser); ok {
		return d.WriteCloser.Close()
	}
	return errors.New("wire: the library gives another writer")
}

// after makes the result of an error and leaves the connection ready for the next
// letter, or closed.
func (o *Outbox) after(ctx context.Context, stage Stage, cause error) error {
	result := judge(stage, cause)
	var t *Temporary
	var p *Permanent
	if o.broken == nil && (errors.As(result, &t) || errors.As(result, &p)) {
		cause = o.within(ctx, patienceCommand, o.client.Reset)
		if cause == nil {
			return result
		}
	}
	o.broken = errors.Join(o.broken, cause, o.drop())
	return result
}

// Broken reports whether the next letter needs a new connection.
func (o *Outbox) Broken() bool { return o.broken != nil }

// Close takes leave.
func (o *Outbox) Close() error {
	if o.broken != nil {
		return o.drop()
	}
	o.broken = net.ErrClosed
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	defer context.AfterFunc(ctx, o.hangUp)()
	if err := o.client.Quit(); err != nil {
		return o.drop() // whether it answers our leave changes nothing
	}
	return nil
}

// signIn chooses among what the server offers, once TLS is there.
type signIn struct {
	user  string
	with  Credential
	asked bool
	smtp.Auth
}

// Start chooses.
func (a *signIn) Start(server *smtp.ServerInfo) (string, []byte, error) {
	a.asked = true
	offered := func(way string) bool {
		for _, o := range server.Auth {
			if strings.EqualFold(o, way) {
				return true
			}
		}
		return false
	}
	switch {
	case !server.TLS:
		return "", nil, smtp.ErrUnencrypted
	case a.with.Token != "" && offered("XOAUTH2"):
		a.Auth = smtp.XOAuth2Auth(a.user, a.with.Token)
	case a.with.Token != "":
		return "", nil, errNoWay
	case offered("PLAIN"):
		a.Auth = smtp.PlainAuth("", a.user, a.with.Password, server.Name, false)
	case offered("LOGIN"):
		a.Auth = smtp.LoginAuth(a.user, a.with.Password, server.Name, false)
	default:
		return "", nil, errNoWay
	}
	return a.Auth.Start(server)
}
