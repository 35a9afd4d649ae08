package message

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// broken lists which promises a message does not keep, however it came to be.
func broken(m *Message) (faults []string) {
	fail := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	lines := []string{m.HeaderID, m.From.Name, m.From.Mail, m.ReplyTo.Name, m.ReplyTo.Mail, m.Subject, m.Auth.Host, m.Auth.DMARC, m.Auth.SPF, m.Auth.DKIM, m.Why}
	for _, a := range m.To {
		lines = append(lines, a.Name, a.Mail)
	}
	for _, b := range m.Bounces {
		lines = append(lines, b.Address, b.Status, b.Detail, b.HeaderID)
		if cleanMail(b.Address) != b.Address || b.Address == "" {
			fail("bounce of %q", b.Address)
		}
	}
	for _, a := range m.Attachments {
		lines = append(lines, a.Name, a.Declared)
		if n := utf8.RuneCountInString(a.Name); n == 0 || n > 120 || strings.ContainsAny(a.Name, `/\`) {
			fail("attachment called %q", a.Name)
		}
	}
	for _, s := range append(lines, m.Remarks...) {
		if strings.ContainsAny(s, "\r\n\t") || strings.ContainsFunc(s, hidden) {
			fail("hidden characters in the line %.80q", s)
		}
		if !utf8.ValidString(s) {
			fail("not UTF-8: %.80q", s)
		}
		if utf8.RuneCountInString(s) > maxLine+200 {
			fail("a line of %d bytes", len(s))
		}
	}
	for _, s := range []string{m.Text, m.Own} {
		if !utf8.ValidString(s) || strings.ContainsFunc(strings.ReplaceAll(s, "\n", ""), hidden) || len(s) > maxText {
			fail("text that is not clean: %.200q", s)
		}
	}
	if !norm.NFC.IsNormalString(m.Text) {
		fail("text not in NFC")
	}
	switch {
	case m.OwnAt == -1:
		for _, l := range strings.Split(m.Own, "\n") {
			if !strings.Contains(m.Text, l) {
				fail("own line %q is not of the text", l)
			}
		}
	case m.OwnAt < 0 || m.OwnAt+len(m.Own) > len(m.Text) || m.Text[m.OwnAt:m.OwnAt+len(m.Own)] != m.Own:
		fail("own words are not at %d", m.OwnAt)
	}
	if m.Quiet != (m.Why != "") {
		fail("quiet %v because %q", m.Quiet, m.Why)
	}
	return faults
}

// tally counts messages inside messages, and their files.
func tally(m *Message) (depth, files, size int) {
	for ; m != nil; m = m.Inner {
		depth++
		files += len(m.Attachments)
		for _, a := range m.Attachments {
			size += len(a.Content)
		}
	}
	return depth, files, size
}

// check reports what is broken in a message and in those inside it.
func check(t testing.TB, m *Message) {
	t.Helper()
	depth, files, size := tally(m)
	if depth > MaxDepth+1+maxTextForwards+1 || files > MaxParts || size > MaxDecoded {
		t.Errorf("past the limits: depth %d, %d files, %d bytes", depth, files, size)
	}
	for ; m != nil; m = m.Inner {
		for _, one := range broken(m) {
			t.Error(one)
		}
	}
}
