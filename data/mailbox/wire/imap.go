package wire

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"github.com/emersion/go-imap"
)

// How long one waits for a reading server: to be let in, for the answer to a
// command, for a whole message; and how long it may say nothing meanwhile.
var (
	imapSignIn  = 45 * time.Second
	imapCommand = 2 * time.Minute
	imapMessage = 10 * time.Minute
	imapStill   = 30 * time.Second
	imapGoodbye = 3 * time.Second
	imapRenew   = 10 * time.Minute // of IDLE; 29 minutes is the most allowed
)

// maxChatter is what a server may say to one command, besides a message.
const maxChatter = 4 << 20

// Inbox is a signed-in connection to a reading server, for one goroutine. It reads
// and marks messages and may move them; it has no way to delete one.
type Inbox struct {
	server Server
	token  bool
	conn   *watched
	out    interface{ Write([]byte) (int, error) }
	lines  *lines
	reader *imap.Reader
	tags   int
	caps   map[string]bool
	broken error

	box     Selected
	keyword bool // our keyword may be kept in the folder
	seen    bool // \Seen may
	exists  uint32
	news    bool    // messages came since After looked
	list    []Entry // what After gave last
}

// Refused is a server's no to a command.
type Refused struct {
	Command string // "AUTHENTICATE", "SELECT"…
	Code    string // "AUTHENTICATIONFAILED", "" unsaid
	Words   string // the server's own, one line
	Bad     bool   // it did not understand, rather than refuse
}

func (e *Refused) Error() string {
	return fmt.Sprintf("wire: %s refused [%s] %s", e.Command, e.Code, e.Words)
}

// The ways a connection fails that no library names.
var (
	errNotIMAP    = errors.New("wire: the server does not speak IMAP")
	errNoStartTLS = errors.New("wire: the server does not offer STARTTLS")
	errInjected   = errors.New("wire: words before the TLS handshake")
	errNoWay      = errors.New("wire: no way of signing in that we know")
	errNoToken    = errors.New("wire: the server takes no token")
	errGarbled    = errors.New("wire: the server's answers make no sense")
	errControl    = errors.New("wire: a control character in the user or password")
)

// goodbye: the server ended the connection and said why.
type goodbye struct{ words string }

func (e *goodbye) Error() string { return "wire: the server says goodbye: " + e.words }

// Failed is an error of a connection with what one needs to explain it.
type Failed struct {
	Server Server
	Step   Step
	Token  bool // it was signed in with a token
	Err    error
}

// Step is what failed.
type Step string

// The steps.
const (
	Connecting Step = "connect"
	Greeting   Step = "greeting" // TLS done, or to be asked for
	SigningIn  Step = "sign-in"
	Opening    Step = "open" // a folder
	Working    Step = "work"
)

func (e *Failed) Error() string {
	return fmt.Sprintf("wire: %s %s:%d: %v", e.Step, e.Server.Host, e.Server.Port, e.Err)
}

// Unwrap gives the cause.
func (e *Failed) Unwrap() error { return e.Err }

// DialInbox connects, secures the connection and signs in. Its error is a *Failed.
func DialInbox(ctx context.Context, s Server, with Credential) (*Inbox, error) {
	in := &Inbox{server: s, token: with.Token != ""}
	ctx, cancel := context.WithTimeoutCause(ctx, imapSignIn, errSilent)
	defer cancel()
	conf, err := trustOf(s)
	if err != nil {
		return nil, in.failed(Connecting, err)
	}
	in.conn, err = dialRaw(ctx, s)
	if err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return nil, in.failed(Connecting, err)
	}
	step := Connecting
	err = in.conn.within(ctx, imapSignIn, imapStill, in.safe(func() error {
		if err := in.secure(ctx, conf, &step); err != nil {
			return err
		}
		step = SigningIn
		return in.signIn(with)
	}))
	if err != nil {
		in.conn.cut(err)
		return nil, in.failed(step, err)
	}
	return in, nil
}

func (in *Inbox) failed(step Step, err error) error {
	return &Failed{Server: in.server, Step: step, Token: in.token, Err: err}
}

// safe turns a panic of the library over a server's answer into an error.
func (in *Inbox) safe(step func() error) func() error {
	return func() (err error) {
		defer func() {
			if r := recover(); r != nil {
				err = fmt.Errorf("%w: %v\n%s", errGarbled, r, debug.Stack())
			}
		}()
		return step()
	}
}

// speak makes the connection the one we read from and write to.
func (in *Inbox) speak(conn interface {
	Read([]byte) (int, error)
	Write([]byte) (int, error)
},
) {
	in.out, in.lines = conn, newLines(conn)
	in.lines.budget = maxChatter
	in.reader = imap.NewReader(in.lines)
}

// secure brings the connection under TLS and hears the greeting. What was said
// before TLS is believed by nobody.
func (in *Inbox) secure(ctx context.Context, conf *tls.Config, step *Step) error {
	sealed := tls.Client(in.conn, conf)
	if in.server.Security == StartTLS {
		in.speak(in.conn)
		*step = Greeting
		if err := in.greeting(); err != nil {
			return err
		}
		var no *Refused
		switch err := in.command(nil, "STARTTLS"); {
		case errors.As(err, &no):
			return errNoStartTLS
		case err != nil:
			return err
		}
		if in.lines.br.Buffered() > 0 {
			return errInjected
		}
		*step = Connecting
		in.caps = nil
		if err := sealed.HandshakeContext(ctx); err != nil {
			return err
		}
		in.speak(sealed)
		return nil
	}
	if err := sealed.HandshakeContext(ctx); err != nil {
		return err
	}
	in.speak(sealed)
	*step = Greeting
	return in.greeting()
}

// greeting hears the server's first words.
func (in *Inbox) greeting() error {
	in.lines.begin()
	resp, err := imap.ReadResp(in.reader)
	if err != nil {
		var big *bigLiteral
		if imap.IsParseError(err) || errors.Is(err, errLongLine) || errors.Is(err, errDeep) || errors.As(err, &big) {
			return fmt.Errorf("%w: %w", errNotIMAP, err)
		}
		return err
	}
	status, ok := bare(resp).(*imap.StatusResp)
	switch {
	case !ok || status.Tag != "*":
		return errNotIMAP
	case status.Type == imap.StatusRespBye:
		return &goodbye{words: plainWords(status.Info)}
	case status.Type != imap.StatusRespOk: // PREAUTH is for somebody else's mailbox
		return errNotIMAP
	}
	in.note(status)
	return nil
}

// signIn signs in by what the server offers, PLAIN first.
func (in *Inbox) signIn(with Credential) error {
	user := in.server.User
	if strings.ContainsAny(user+with.Password+with.Token, "\x00\r\n\x01") {
		return errControl
	}
	if in.caps == nil {
		if err := in.command(nil, "CAPABILITY"); err != nil {
			return err
		}
	}
	err := errNoWay
	switch {
	case with.Token != "":
		err = errNoToken
		if in.caps["AUTH=XOAUTH2"] {
			err = in.authenticate("XOAUTH2", []byte("user="+user+"\x01auth=Bearer "+with.Token+"\x01\x01"), nil)
		}
	case in.caps["AUTH=PLAIN"]:
		err = in.authenticate("PLAIN", []byte("\x00"+user+"\x00"+with.Password), nil)
	case !in.caps["LOGINDISABLED"]:
		in.caps = nil
		err = in.command(nil, "LOGIN", argument(user), argument(with.Password))
	case in.caps["AUTH=LOGIN"]:
		err = in.authenticate("LOGIN", nil, []string{user, with.Password})
	}
	if err != nil || in.caps != nil {
		return err
	}
	return in.command(nil, "CAPABILITY")
}

// authenticate runs a mechanism: what it begins with, then its answers in turn.
// Where the server asks for more, as it does to explain a refused token, it gets
// an empty answer.
func (in *Inbox) authenticate(mechanism string, first []byte, answers []string) error {
	words := []any{mechanism}
	pending := first != nil
	if pending && in.caps["SASL-IR"] {
		words, pending = append(words, base64.StdEncoding.EncodeToString(first)), false
	}
	in.caps = nil
	return in.command(func(resp imap.Resp) error {
		if _, asks := resp.(*imap.ContinuationReq); !asks {
			return nil
		}
		reply := ""
		switch {
		case pending:
			reply, pending = base64.StdEncoding.EncodeToString(first), false
		case len(answers) > 0:
			reply, answers = base64.StdEncoding.EncodeToString([]byte(answers[0])), answers[1:]
		}
		return in.write(reply + "\r\n")
	}, "AUTHENTICATE", words...)
}
