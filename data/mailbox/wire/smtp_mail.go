package wire

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	netmail "net/mail"
	"net/textproto"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	gomail "github.com/wneessen/go-mail"
)

// Mail is a letter as it leaves: one reader, plain text.
type Mail struct {
	From       string // our address
	Sender     string // the name readers see
	To         string
	ReplyTo    string // "" : From
	Subject    string
	Body       string // UTF-8, lines end in \n
	Date       time.Time
	Files      []File
	HeaderID   string // our Message-ID without <>, made before sending
	Answer     bool   // to a message
	InReplyTo  string // its Message-ID without <>, "" : it has none
	References []string
	Auto       bool // the program writes by itself; an answer always says so
}

// File is a file joined to a letter.
type File struct {
	Name    string
	Media   string // application/pdf
	Content []byte
}

// maxName is how much is kept of a joined file's name, in characters.
const maxName = 80

// address accepts what may stand between < and > of a command and a header.
var address = regexp.MustCompile(`^[^\s\pZ\pC<>"(),:;\\\[\]@]{1,64}@[^\s\pZ\pC<>"(),:;\\\[\]@]{1,253}$`)

// headerID accepts a Message-ID, ours or another's.
var headerID = regexp.MustCompile(`^[\x21-\x3b\x3d\x3f-\x7e]{1,250}$`)

// bytes gives the letter as the server receives it. Whatever is in a field stays
// in it: control characters are taken out before the library encodes the rest.
func (m Mail) bytes() ([]byte, error) {
	if !address.MatchString(m.From) {
		return nil, fmt.Errorf("wire: the sender's address cannot be written in a header")
	}
	if !headerID.MatchString(m.HeaderID) {
		return nil, fmt.Errorf("wire: a letter needs a Message-ID")
	}
	msg := gomail.NewMsg(gomail.WithCharset(gomail.CharsetUTF8), gomail.WithEncoding(gomail.EncodingQP), gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(&netmail.Address{Name: oneLine(m.Sender), Address: m.From})
	msg.ToMailAddress(&netmail.Address{Address: m.To})
	if m.ReplyTo != "" && m.ReplyTo != m.From && address.MatchString(m.ReplyTo) {
		msg.ReplyToMailAddress(&netmail.Address{Address: m.ReplyTo})
	}
	msg.Subject(oneLine(m.Subject))
	msg.SetDateWithValue(m.Date)
	msg.SetGenHeader(gomail.HeaderMessageID, "<"+m.HeaderID+">")
	switch {
	case m.Answer || m.InReplyTo != "":
		msg.SetGenHeader("Auto-Submitted", "auto-replied")
	case m.Auto:
		msg.SetGenHeader("Auto-Submitted", "auto-generated")
	}
	m.thread(msg)
	msg.SetBodyString(gomail.TypeTextPlain, plain(m.Body))
	for _, f := range m.Files {
		msg.AttachReadSeeker("file", bytes.NewReader(f.Content), described(f))
	}
	var b bytes.Buffer
	if _, err := msg.WriteTo(&b); err != nil {
		return nil, fmt.Errorf("wire: compose: %w", err)
	}
	return b.Bytes(), nil
}

// thread names what is answered; an identifier that is not one is left out, for it
// came from outside.
func (m Mail) thread(msg *gomail.Msg) {
	if headerID.MatchString(m.InReplyTo) {
		msg.SetGenHeader(gomail.HeaderInReplyTo, "<"+m.InReplyTo+">")
	}
	var refs []string
	for _, id := range m.References {
		if headerID.MatchString(id) {
			refs = append(refs, "<"+id+">")
		}
	}
	if n := len(refs); n > 20 { // the first and the last ones say enough
		refs = append(refs[:1:1], refs[n-19:]...)
	}
	if len(refs) > 0 {
		msg.SetGenHeader(gomail.HeaderReferences, strings.Join(refs, " "))
	}
}

// described gives a joined file its headers: the library would write a name as RFC
// 2047 words inside quotes, which is not what RFC 2231 says.
func described(f File) gomail.FileOption {
	name := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, r) {
			return '_'
		}
		return r
	}, oneLine(f.Name))
	if utf8.RuneCountInString(name) > maxName {
		runes := []rune(name)
		name = string(runes[:maxName-8]) + string(runes[len(runes)-8:]) // the end tells what it is
	}
	if name == "" {
		name = "document"
	}
	media, _, err := mime.ParseMediaType(f.Media)
	if err != nil || strings.HasPrefix(media, "multipart/") || strings.HasPrefix(media, "message/") {
		media = "application/octet-stream"
	}
	return func(g *gomail.File) {
		g.Header = textproto.MIMEHeader{}
		g.Header.Set("Content-Type", media)
		g.Header.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
		g.Enc = gomail.EncodingB64
		content := f.Content
		g.Writer = func(w io.Writer) (int64, error) {
			n, err := w.Write(content)
			return int64(n), err
		}
	}
}

// oneLine makes a header's value of any text: controls and line ends, also those
// of Unicode, become spaces, and runs of spaces one.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == ' ' }), " ")
}

// plain makes a body of any text: lines end in \n, other controls are left out.
func plain(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.ToValidUTF8(s, "\uFFFD"))
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, s)
	return strings.TrimRight(s, "\n") + "\n"
}
