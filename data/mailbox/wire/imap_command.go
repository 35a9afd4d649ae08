package wire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/emersion/go-imap"
)

// argument is a string argument of a command, quoted, or a literal where it must be.
type argument string

// maxGarbled is how many senseless lines one command passes over.
const maxGarbled = 20

func (in *Inbox) write(s string) error {
	_, err := io.WriteString(in.out, s)
	return err
}

// command sends one command and hears the answers, each given to hear, until the
// server says that it is done. A no is a *Refused; after any other error the
// connection is of no use.
func (in *Inbox) command(hear func(imap.Resp) error, name string, args ...any) error {
	in.tags++
	tag := fmt.Sprintf("a%d", in.tags)
	in.lines.budget = maxChatter
	line := strings.Builder{}
	line.WriteString(tag + " " + name)
	for _, arg := range args {
		s, isText := arg.(argument)
		switch {
		case !isText:
			fmt.Fprintf(&line, " %v", arg)
		case quotable(string(s)):
			line.WriteString(` "` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(string(s)) + `"`)
		default: // a literal waits to be asked for
			fmt.Fprintf(&line, " {%d}\r\n", len(s))
			if err := in.write(line.String()); err != nil {
				return err
			}
			line.Reset()
			if err := in.hear(tag, name, nil, true); err != nil {
				return err
			}
			line.WriteString(string(s))
		}
	}
	if err := in.write(line.String() + "\r\n"); err != nil {
		return err
	}
	return in.hear(tag, name, hear, false)
}

func quotable(s string) bool {
	return len(s) < 1000 && strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) < 0
}

// hear reads answers until the tagged one, or the first request to go on.
func (in *Inbox) hear(tag, name string, hear func(imap.Resp) error, untilAsked bool) error {
	farewell := (*goodbye)(nil)
	for garbled := 0; ; {
		in.lines.begin()
		resp, err := imap.ReadResp(in.reader)
		switch {
		case err != nil && imap.IsParseError(err):
			garbled++
			if garbled > maxGarbled || strings.HasPrefix(string(in.lines.head), tag+" ") {
				return fmt.Errorf("%w: %w", errGarbled, err)
			}
			if err := in.lines.skip(); err != nil {
				return err
			}
			continue
		case err != nil && farewell != nil && (errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)):
			return farewell
		case err != nil:
			return err
		}
		if _, asked := resp.(*imap.ContinuationReq); asked && untilAsked {
			return nil
		}
		resp = bare(resp)
		status, ok := resp.(*imap.StatusResp)
		if ok && status.Type == imap.StatusRespBye {
			farewell = &goodbye{words: plainWords(status.Info)}
			continue
		}
		in.note(resp)
		if ok && status.Tag == tag {
			if status.Type == imap.StatusRespOk {
				return nil
			}
			return &Refused{
				Command: name, Code: string(status.Code), Words: plainWords(status.Info),
				Bad: status.Type == imap.StatusRespBad,
			}
		}
		if hear != nil {
			if err := hear(resp); err != nil {
				return err
			}
		}
	}
}

// bare makes a status of "a1 OK" and "* BYE": the library takes one without a text
// for data.
func bare(resp imap.Resp) imap.Resp {
	data, ok := resp.(*imap.DataResp)
	if !ok || len(data.Fields) != 1 {
		return resp
	}
	word, ok := data.Fields[0].(string)
	if !ok {
		return resp
	}
	switch kind := imap.StatusRespType(word); kind {
	case imap.StatusRespOk, imap.StatusRespNo, imap.StatusRespBad, imap.StatusRespBye:
		return &imap.StatusResp{Tag: data.Tag, Type: kind}
	}
	return resp
}

// note keeps what a server may say at any time: what it can do, how many messages
// there are.
func (in *Inbox) note(resp imap.Resp) {
	var words []any
	switch resp := resp.(type) {
	case *imap.StatusResp:
		switch resp.Code {
		case imap.CodeCapability:
			words = resp.Arguments
		case imap.CodeReadOnly:
			in.box.ReadOnly = true
		}
	case *imap.DataResp:
		switch name, fields, ok := imap.ParseNamedResp(resp); {
		case !ok:
		case name == "CAPABILITY":
			words = fields
		case name == "EXISTS" && len(fields) > 0:
			n, err := imap.ParseNumber(fields[0])
			if err != nil {
				return
			}
			in.news = in.news || n > in.exists
			in.exists = n
		case name == "EXPUNGE" && in.exists > 0:
			in.exists--
		}
	}
	if len(words) == 0 {
		return
	}
	in.caps = map[string]bool{}
	for _, w := range words {
		if s, ok := w.(string); ok {
			in.caps[strings.ToUpper(s)] = true
		}
	}
}

// run runs one step of the signed-in connection. After an error that is not a
// server's no, or ours before a word was said, the connection is over.
func (in *Inbox) run(ctx context.Context, what Step, whole time.Duration, step func() error) error {
	if in.broken != nil {
		return in.failed(what, in.broken)
	}
	err := in.conn.within(ctx, whole, imapStill, in.safe(step))
	var (
		no    *Refused
		large *TooLarge
	)
	switch {
	case err == nil && in.conn.why() == nil:
		return nil
	case err == nil: // it was cut just after
		in.broken = in.conn.why()
		return nil
	case errors.Is(err, ErrGone):
		return err
	case errors.As(err, &large):
		if large.cut {
			in.broken = err
			in.conn.cut(err)
		}
		return err
	case errors.As(err, &no), errors.Is(err, errNotOpen):
		return in.failed(what, err)
	}
	in.broken = err
	in.conn.cut(err)
	return in.failed(what, err)
}

// Close says goodbye and closes the connection.
func (in *Inbox) Close() error {
	if in.broken == nil {
		err := in.conn.within(context.Background(), imapGoodbye, imapGoodbye, in.safe(func() error {
			return in.command(nil, "LOGOUT")
		}))
		in.broken = errors.New("wire: closed")
		in.conn.cut(in.broken)
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, errSilent) {
			var bye *goodbye
			if !errors.As(err, &bye) {
				return in.failed(Working, err)
			}
		}
	}
	return nil
}

// Live reports whether the connection may still be used.
func (in *Inbox) Live() bool { return in.broken == nil }

// plainWords makes one short line of what a server says.
func plainWords(s string) string {
	s = oneLine(s)
	if len(s) <= 300 {
		return s
	}
	return strings.ToValidUTF8(s[:300], "") + "…"
}
