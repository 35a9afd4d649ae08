// Package message turns the bytes of an e-mail into what a person would read of
// it: who wrote, the text in the family's own words, what is joined. It is pure:
// no network, no database, nothing is opened or run, and no byte is believed.
// A message past a limit is refused whole, with a French reason.
package message

import (
	"time"
)

// The limits of one message (formats.md, "E-mail").
const (
	MaxSize    = 25 << 20         // bytes as received
	MaxDepth   = 10               // parts inside parts, forwarded messages included
	MaxParts   = 200              // parts of all depths
	MaxDecoded = 50 << 20         // bytes once decoded
	MaxTime    = 10 * time.Second // of reading
)

// Address is a mailbox as a header gives it.
type Address struct {
	Name string `json:"name,omitempty"` // decoded, one line
	Mail string `json:"mail"`           // lower case; "" where there was none
}

// Auth is what the receiving server found about the sender. Only the topmost
// Authentication-Results of the configured host is believed; Host says whose it
// is, "" where there is none to believe (then the three are ""). Unverified says
// that no host was configured and that whoever wrote the header says it fails: it
// is a warning only, for nobody needs to forge one; a pass is never told that way.
type Auth struct {
	Host  string `json:"host,omitempty"`
	DMARC string `json:"dmarc,omitempty"` // pass, fail, none, …
	SPF   string `json:"spf,omitempty"`
	DKIM  string `json:"dkim,omitempty"`

	Unverified bool `json:"unverified,omitempty"`
}

// Fails reports whether the receiving server found the sender forged, or somebody
// says so: what a screen warns of.
func (a Auth) Fails() bool { return failed(a.DMARC) || a.DMARC != "pass" && failed(a.SPF) }

// Bounce is what a delivery report says of one address.
type Bounce struct {
	Address   string `json:"address"` // lower case
	Permanent bool   `json:"permanent"`
	Status    string `json:"status"`              // 5.1.1
	Detail    string `json:"detail"`              // the server's words, one line
	HeaderID  string `json:"header_id,omitempty"` // Message-ID of ours that came back, "" unknown
}

// Attachment is one joined file, its bytes decoded and not judged: access.Judge
// says what they are.
type Attachment struct {
	Name     string // as the sender calls it, cleaned for showing (access.CleanName's rules)
	Declared string // the media type the sender claims
	Inline   bool   // a picture inside an HTML text (signature, logo) rather than a joined file
	Content  []byte
}

// Message is a readable message.
type Message struct {
	HeaderID    string    // Message-ID without <>, "" missing
	From        Address   // who sent it
	To          []Address // To and Cc
	ReplyTo     Address
	Subject     string    // decoded, one line
	Date        time.Time // what the sender claims; zero where missing or senseless
	Received    time.Time // the topmost Received header's instant; zero where none
	Text        string    // all the text shown, from plain or HTML, \n line ends, NFC, no control characters
	Own         string    // Text without quoted replies, forwarded headers and signatures; a part of Text where possible
	OwnAt       int       // byte offset of Own in Text; -1 where Own is not a run of Text
	Auth        Auth
	Quiet       bool   // never to be answered (automatic, list, report, empty Return-Path)
	Why         string // French: why Quiet
	List        bool   // a mailing list or an advertisement
	Bounces     []Bounce
	Inner       *Message     // of a forwarded message (as an attachment or in the text): the one inside
	Attachments []Attachment // Inner's are in Inner
	Remarks     []string     // French: what could not be read or was mended (charset guessed, subject in raw bytes…)
}

// Options of Read.
type Options struct {
	AuthHost string   // whose Authentication-Results are believed, "" : nobody's
	Own      []string // our own addresses, lower case: a message from one of them is Quiet
}

// Writer is who really wrote: the inner sender of a forwarded message, else From.
func (m *Message) Writer() Address {
	if m.Inner != nil && m.Inner.From.Mail != "" {
		return m.Inner.Writer()
	}
	return m.From
}
