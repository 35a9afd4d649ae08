package mailbox

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"ardoise/data/access"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/mailbox/message"
	"ardoise/data/store"
)

const (
	keptOfHuge = 64 << 10  // bytes kept of a message past the limit of size
	maxText    = 200 << 10 // bytes of text kept for showing
	maxFiles   = 60        // attachments judged and listed
	smallInset = 15 << 10  // bytes; a smaller picture inside an HTML text is a logo
	maxBounces = 50        // addresses believed of one delivery report
)

// parsed is a delivery once read: all that needs no database.
type parsed struct {
	Delivery
	sum    []byte
	digest string // sum in hexadecimal: what its sealed parts are tied to
	size   int64
	msg    *message.Message // nil: set aside
	aside  string           // French
	body   body
	head   head
	writer message.Address
}

// parse reads a delivery. It never fails: what cannot be read is set aside with
// its reason.
func parse(ctx context.Context, d Delivery, opt message.Options) (p parsed) {
	p.Delivery, p.size = d, max(d.Size, int64(len(d.Raw)))
	if p.size > message.MaxSize {
		// Cut the same way wherever it comes from, a server gives only the header
		// lines: the digest must be the same.
		p.Raw = p.Raw[:min(len(p.Raw), keptOfHuge)]
		if end := headerEnd(p.Raw); end > 0 {
			p.Raw = p.Raw[:end]
		}
	}
	sum := sha256.Sum256(p.Raw)
	p.sum, p.digest = sum[:], hex.EncodeToString(sum[:])
	p.msg, p.aside = open(ctx, p.Raw, p.size, opt)
	if p.msg == nil {
		p.setAside(ctx)
		return p
	}
	p.describe(files(p.msg))
	return p
}

// open reads the bytes; m is nil where they are set aside, and why.
func open(ctx context.Context, raw []byte, size int64, opt message.Options) (m *message.Message, aside string) {
	if size > message.MaxSize {
		return nil, fault.French(fmt.Sprintf("Ce message pèse %d Mo, au-delà des 25 Mo permis : seul son début est gardé. Ouvrez-le dans la messagerie.", size>>20))
	}
	m, err := message.Read(ctx, raw, opt)
	if err != nil {
		return nil, fault.Sentence(err)
	}
	return m, ""
}

// setAside keeps what a person needs to find the message again: the header lines
// are looked at without believing them.
func (p *parsed) setAside(ctx context.Context) {
	p.body.Remarks = []string{p.aside}
	p.head.Warnings = []string{p.aside}
	start := p.Raw[:min(len(p.Raw), keptOfHuge)]
	if end := headerEnd(start); end > 0 {
		if m, _ := open(ctx, start[:end], int64(end), message.Options{}); m != nil {
			p.head.From, p.head.Subject, p.writer = m.From, m.Subject, m.From
			p.body.Subject = m.Subject
			p.msgReceived(m)
		}
	}
	p.head.Summary = "Mis de côté"
}

// headerEnd is where the header lines end, the blank line included, 0 where they
// do not.
func headerEnd(b []byte) int {
	for _, blank := range []string{"\r\n\r\n", "\n\n"} {
		if i := bytes.Index(b, []byte(blank)); i > 0 {
			return i + len(blank)
		}
	}
	return 0
}

// msgReceived fills the instant of receipt of a file, which has no server to say it.
func (p *parsed) msgReceived(m *message.Message) {
	for _, at := range []time.Time{m.Received, m.Date} {
		if p.Received.IsZero() {
			p.Received = at
		}
	}
}

// describe fills the head and the body from the message read.
func (p *parsed) describe(list []File) {
	m, in := p.msg, inner(p.msg)
	p.msgReceived(m)
	p.writer = m.Writer()
	p.head.From, p.head.Subject = p.writer, m.Subject
	if in != m {
		p.head.Via = show(m.From)
	}
	p.body = body{To: recipients(m.To), Subject: in.Subject, Auth: m.Auth, Remarks: slices.Clone(m.Remarks), Files: list, Bounces: m.Bounces}
	if len(p.body.Bounces) > maxBounces {
		p.body.Bounces = p.body.Bounces[:maxBounces]
	}
	if m.Quiet {
		p.body.Quiet = m.Why
		switch {
		case in != m: // somebody passes on what a person wrote
		case m.List:
			p.body.Nothing = "Publicité" + nbsp + ": rien à faire"
		default:
			p.body.Nothing = "Message automatique" + nbsp + ": rien à faire"
		}
	}
	p.text(m, in)
	for _, f := range list {
		if f.Accepted {
			p.head.Files++
		}
	}
}

// inner is the message whose words count: the one inside a forwarded message.
func inner(m *message.Message) *message.Message {
	for m.Inner != nil && m.Inner.From.Mail != "" {
		m = m.Inner
	}
	return m
}

func show(a message.Address) string {
	if a.Name == "" || a.Name == a.Mail {
		return a.Mail
	}
	return a.Name + " <" + a.Mail + ">"
}

func recipients(list []message.Address) string {
	var out []string
	for _, a := range list[:min(len(list), 10)] {
		out = append(out, show(a))
	}
	if len(list) > 10 {
		out = append(out, fmt.Sprintf("et %d autres", len(list)-10))
	}
	return strings.Join(out, ", ")
}

// text keeps the text shown and where the family's own words are in it.
func (p *parsed) text(m, in *message.Message) {
	b := &p.body
	b.Text, b.Own, b.OwnAt = m.Text, in.Own, -1
	if in != m && b.Own == "" {
		b.Own = m.Own
	}
	if in == m && m.OwnAt >= 0 && strings.HasPrefix(m.Text[min(m.OwnAt, len(m.Text)):], m.Own) {
		b.OwnAt = m.OwnAt
	} else {
		b.OwnAt = strings.Index(b.Text, b.Own)
	}
	if b.OwnAt < 0 { // in several runs, or in a message joined to this one
		b.OwnAt, b.Text = 0, b.Own+"\n\n— Message entier —\n"+b.Text
		if in != m && in.Text != "" {
			b.Text += "\n\n" + in.Text
		}
	}
	if len(b.Own) > maxText || len(b.Text) > maxText {
		b.Own = cut(b.Own, maxText/2)
		if b.OwnAt+len(b.Own) > maxText { // far down: the words first
			b.OwnAt, b.Text = 0, b.Own
		}
		b.Text = cut(b.Text, maxText)
		b.Remarks = append(b.Remarks, "Texte très long"+nbsp+": la fin n’est pas montrée, elle est dans l’original.")
	}
	if in != m && !in.Date.IsZero() {
		p.writtenAt(in.Date)
	}
}

// writtenAt: what a forwarded message calls « demain » is counted from the day it
// was written, where that is believable.
func (p *parsed) writtenAt(at time.Time) {
	if p.Received.IsZero() || at.After(p.Received) || p.Received.Sub(at) > 60*24*time.Hour {
		return
	}
	p.body.Written = store.Instant(at)
	if day := calendar.DateOf(at); day != calendar.DateOf(p.Received) {
		p.body.Remarks = append(p.body.Remarks, "Message transféré, écrit le "+day.Long()+nbsp+": les jours sont comptés de ce jour-là, les délais de sa réception en mairie.")
	}
}

// cut shortens a text to n bytes at the start of a rune.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xC0 == 0x80 {
		n--
	}
	return s[:n]
}

// attachments are those of a message and of the messages inside it, in order:
// File.N is the place in this list.
func attachments(m *message.Message) []message.Attachment {
	out := slices.Clone(m.Attachments)
	if m.Inner != nil {
		out = append(out, attachments(m.Inner)...)
	}
	return out
}

// files judges the attachments by their bytes; the same document joined twice is
// shown once (what is refused is said of each name), and a logo inside the text
// not at all.
func files(m *message.Message) (out []File) {
	seen := map[[sha256.Size]byte]bool{}
	for n, a := range attachments(m) {
		sum := sha256.Sum256(a.Content)
		if seen[sum] || a.Inline && len(a.Content) < smallInset {
			continue
		}
		f := File{N: n, Name: access.CleanName(a.Name), Size: int64(len(a.Content))}
		if len(out) >= maxFiles {
			f.Reason = "Trop de pièces dans ce message" + nbsp + ": celle-ci n’est pas examinée."
		} else {
			f.judge(a.Content)
		}
		seen[sum] = f.Accepted
		out = append(out, f)
	}
	return out
}

func (f *File) judge(content []byte) {
	media, err := access.Sniff(content)
	if err != nil {
		f.Reason = fault.Sentence(err)
		return
	}
	f.Media, f.Accepted = media, true
	if media == access.HEIC {
		f.Reason = "HEIC" + nbsp + ": gardée, à ouvrir avec un autre programme."
	}
}

// attachmentsOf gives the attachments of an original, in the order of File.N.
func attachmentsOf(ctx context.Context, raw []byte) ([]message.Attachment, error) {
	m, aside := open(ctx, raw, int64(len(raw)), message.Options{})
	if m == nil {
		return nil, fault.New(fault.Invalid, "%s", aside)
	}
	return attachments(m), nil
}
