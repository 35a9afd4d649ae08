package message

import (
	"context"
	"slices"
	"strings"
	"testing"
)

// lf writes a message with the line ends of the wire.
func crlf(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }

// want is what is asserted of a message; what is left zero is not looked at.
type want struct {
	subject, from, name, text, own string
	noOwn                          bool // own words are empty
	apart                          bool // own words are not one run
	files                          []string
	inline                         int
	remark                         string
	inner, innerOwn                string // inner sender and words
	innerSubject                   string
	quiet                          string // part of Why
	list                           bool
	bounces                        []Bounce
	auth                           *Auth
}

type oneCase struct {
	name, raw string
	want      want
}

// cases are messages written for these tests; every person and place is made up.
var cases = slices.Concat(mimeCases, headerCases, ownCases, forwardCases, reportCases)

func TestRead(t *testing.T) {
	o := Options{AuthHost: "mx.mairie.example", Own: []string{"cantine@mairie.example"}}
	for _, one := range cases {
		t.Run(one.name, func(t *testing.T) {
			for _, raw := range []string{one.raw, crlf(one.raw)} {
				m, err := Read(context.Background(), []byte(raw), o)
				if err != nil {
					t.Fatal(err)
				}
				check(t, m)
				one.want.compare(t, m)
			}
		})
	}
}

func (w want) compare(t *testing.T, m *Message) {
	t.Helper()
	same := func(what, got, want string) {
		t.Helper()
		if want != "" && got != want {
			t.Errorf("%s %q\nwant %q", what, got, want)
		}
	}
	same("subject", m.Subject, w.subject)
	same("from", m.From.Mail, w.from)
	same("name", m.From.Name, w.name)
	same("text", m.Text, w.text)
	same("own words", m.Own, w.own)
	if w.noOwn && m.Own != "" {
		t.Errorf("own words %q", m.Own)
	}
	if w.apart != (m.OwnAt < 0) {
		t.Errorf("own words at %d", m.OwnAt)
	}
	var files []string
	inline := 0
	for _, a := range m.Attachments {
		files = append(files, a.Name+"="+strings.ReplaceAll(string(a.Content), "\r\n", "\n"))
		if a.Inline {
			inline++
		}
	}
	if w.files != nil && !slices.Equal(files, w.files) {
		t.Errorf("files %q, want %q", files, w.files)
	}
	if inline != w.inline {
		t.Errorf("%d inline pictures, want %d", inline, w.inline)
	}
	if w.remark != "" && !strings.Contains(strings.Join(m.Remarks, "\n"), w.remark) {
		t.Errorf("remarks %q lack %q", m.Remarks, w.remark)
	}
	if (m.Inner != nil) != (w.inner != "") {
		t.Fatalf("inner message %+v", m.Inner)
	}
	if m.Inner != nil {
		same("inner sender", m.Writer().Mail, w.inner)
		same("inner words", m.Inner.Own, w.innerOwn)
		same("inner subject", m.Inner.Subject, w.innerSubject)
	}
	if m.Quiet != (w.quiet != "") || !strings.Contains(m.Why, w.quiet) {
		t.Errorf("quiet because %q, want %q", m.Why, w.quiet)
	}
	if m.List != w.list {
		t.Errorf("list %v", m.List)
	}
	if !slices.EqualFunc(m.Bounces, w.bounces, func(a, b Bounce) bool {
		return a.Address == b.Address && a.Permanent == b.Permanent && a.Status == b.Status && a.HeaderID == b.HeaderID &&
			strings.Contains(a.Detail, b.Detail)
	}) {
		t.Errorf("bounces %+v, want %+v", m.Bounces, w.bounces)
	}
	if w.auth != nil && m.Auth != *w.auth {
		t.Errorf("auth %+v, want %+v", m.Auth, *w.auth)
	}
}

// plain is a message in plain UTF-8 text.
func plain(subject, text string) string {
	return "From: Nadia BREL <nadia.brel@example.org>\nTo: cantine@mairie.example\nSubject: " + subject +
		"\nDate: Mon, 23 Nov 2026 07:05:00 +0100\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n" + text
}

// page8 is one in HTML.
func page8(text string) string {
	return strings.Replace(plain("page", text), "text/plain", "text/html", 1)
}

// mixed is a multipart/mixed of these parts, each with its header.
func mixed(parts ...string) string {
	return "From: nadia.brel@example.org\nSubject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"fin de la partie\"\n\npréambule\n--fin de la partie\n" +
		strings.Join(parts, "\n--fin de la partie\n") + "\n--fin de la partie--\népilogue\n"
}
