package message

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"ardoise/data/fault"
)

// TestLimits sees each limit refuse, with its own reason, and lets the same
// message through once that limit alone is raised: each is there for something.
func TestLimits(t *testing.T) {
	small := limits{size: 100 << 10, depth: 3, parts: 8, decoded: 20 << 10, header: 2 << 10, time: time.Minute}
	for _, one := range []struct {
		name  string
		raw   []byte
		want  error
		raise func(*limits)
	}{
		{"size", fill(101<<10, top+"X: y\n\n", "Bonjour\n", ""), errSize, func(l *limits) { l.size, l.decoded = 1<<20, 1<<20 }},
		{"depth", nested(4, []byte("\nBonjour")), errDepth, func(l *limits) { l.depth = 4 }},
		{"depth of messages", []byte(strings.Repeat("From: a@b.example\nContent-Type: message/rfc822\n\n", 4) + "From: a@b.example\n\nx"), errDepth, func(l *limits) { l.depth = 4 }},
		{"parts", fill(400, top+"Content-Type: multipart/mixed; boundary=z\n\n", "--z\n\nBonjour\n", "--z--"), errParts, func(l *limits) { l.parts = 100 }},
		{"decoded", fill(30<<10, top+"Content-Type: application/x\n\n", "x", ""), errDecoded, func(l *limits) { l.decoded = 30 << 10 }},
		{"header", fill(3<<10, top, "X-Y: z\n", "\nx"), errHeader, func(l *limits) { l.header = 3 << 10 }},
		{"header of a part", fill(3<<10, top+"Content-Type: multipart/mixed; boundary=z\n\n--z\n", "X-Y: z\n", "\nx"), errHeader, func(l *limits) { l.header = 3 << 10 }},
		{"time", []byte(top + "\nBonjour"), errTime, func(l *limits) { l.time = time.Minute }},
	} {
		t.Run(one.name, func(t *testing.T) {
			l := small
			if one.want == errTime {
				l.time = -1
			}
			m, err := readWithin(context.Background(), one.raw, Options{}, l)
			if !errors.Is(err, one.want) || m != nil || fault.KindOf(err) != fault.Invalid {
				t.Fatalf("refused with %v, want %v", err, one.want)
			}
			one.raise(&l)
			if _, err := readWithin(context.Background(), one.raw, Options{}, l); err != nil {
				t.Errorf("still refused: %v", err)
			}
		})
	}
}

// TestCancelled gives the caller's own reason back.
func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Read(ctx, []byte(top+"\nx"), Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// TestScanForgotten lets the libraries go without the scan before them: the
// second guards stop them all the same.
func TestScanForgotten(t *testing.T) {
	for _, one := range []struct {
		raw  []byte
		want error
	}{
		{fill(300*6, top+"Content-Type: multipart/mixed; boundary=z\n\n", "--z\n\n\n", "--z--"), errParts},
		{fill(5000*30, top+"Content-Type: multipart/mixed; boundary=z\n\n", "--z\nContent-Type: text/x\n\n\n", "--z--"), errParts},
		{nested(11, []byte("\nx")), errDepth},
	} {
		head, body := splitHead(one.raw)
		b := &budget{limits: standard, ctx: context.Background()}
		for name, parse := range map[string]func() error{
			"enmime":     func() error { return b.byEnmime(parseHead(head), newPart(parseHead(head).get0), body, 0) },
			"go-message": func() error { return b.byGoMessage(nil, newPart(parseHead(head).get0), body, 0) },
		} {
			if err := guarded(parse); !errors.Is(err, one.want) {
				t.Errorf("%s: %v, want %v", name, err, one.want)
			}
		}
	}
}

// TestFallBack reads the same message by each library.
func TestFallBack(t *testing.T) {
	raw := []byte(crlf(mixed(hello, "Content-Type: multipart/mixed; boundary=c\n\n--c\nContent-Type: application/pdf; name=a.pdf\n\nPDF\n--c--")))
	top, body := splitHead(raw)
	h := parseHead(top)
	b := &budget{limits: standard, ctx: context.Background()}
	for name, parse := range map[string]func(head, *part, []byte, int) error{"enmime": b.byEnmime, "go-message": b.byGoMessage} {
		root := newPart(h.get0)
		if err := parse(h, root, body, 0); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if len(root.children) != 2 || len(root.children[1].children) != 1 || string(root.children[0].raw) != "Bonjour à vous" ||
			string(root.children[1].children[0].raw) != "PDF" || root.children[1].children[0].fileName() != "a.pdf" {
			t.Errorf("%s: %+v", name, root)
		}
	}
}

// TestPanic makes a library panic: it becomes a refusal in French.
func TestPanic(t *testing.T) {
	err := refusal(guarded(func() error { panic("planted") }))
	if fault.KindOf(err) != fault.Invalid || !strings.Contains(fault.Sentence(err), "mis de côté") {
		t.Errorf("got %v", err)
	}
	if err := guarded(func() error { return nil }); err != nil {
		t.Error(err)
	}
}

// TestPlantedFaults breaks a good message in each way the invariants forbid.
func TestPlantedFaults(t *testing.T) {
	for name, plant := range map[string]func(*Message){
		"control in the subject":     func(m *Message) { m.Subject = "a\x07b" },
		"two lines of subject":       func(m *Message) { m.Subject = "a\nb" },
		"direction mark in a name":   func(m *Message) { m.From.Name = "a\u202eb" },
		"not UTF-8":                  func(m *Message) { m.Text, m.Own, m.OwnAt = "\xff", "", 0 },
		"controls in the text":       func(m *Message) { m.Text += "\x00" },
		"text too long":              func(m *Message) { m.Text = strings.Repeat("a", maxText+1) },
		"text not composed":          func(m *Message) { m.Text += "e\u0301" },
		"own words elsewhere":        func(m *Message) { m.OwnAt++ },
		"own words of nobody":        func(m *Message) { m.Own, m.OwnAt = "autre", -1 },
		"own words out of the text":  func(m *Message) { m.OwnAt = len(m.Text) },
		"quiet without a reason":     func(m *Message) { m.Quiet = true },
		"a path for a name":          func(m *Message) { m.Attachments = []Attachment{{Name: "../a"}} },
		"a name too long":            func(m *Message) { m.Attachments = []Attachment{{Name: strings.Repeat("é", 121)}} },
		"a bounce of no address":     func(m *Message) { m.Bounces = []Bounce{{Address: "x"}} },
		"a bounce in capitals":       func(m *Message) { m.Bounces = []Bounce{{Address: "A@b.example"}} },
		"a remark with a line break": func(m *Message) { m.Remarks = []string{"a\nb"} },
	} {
		m, err := Read(context.Background(), []byte(plain("x", "Bonjour\n\n-- \nNadia")), Options{})
		if err != nil || len(broken(m)) > 0 {
			t.Fatal(err, broken(m))
		}
		if plant(m); len(broken(m)) == 0 {
			t.Errorf("%s goes unseen", name)
		}
	}
}

// BenchmarkRead reads a message of 60 kB with a file.
func BenchmarkRead(b *testing.B) {
	file := bytes.Repeat([]byte("JVBERi0xLjQKMSAwIG9iajw8L1R5cGUvQ2F0YWxvZy9QYWdlcyAyIDAgUj4+IGVuZG9iagoyIDAg\r\n"), 58<<10/78)
	raw := []byte(mixed(hello+"\n\nLe 20/11/2026 à 10:02, Mairie <c@mairie.example> a écrit :\n> x\n",
		"Content-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64\n\n"+string(file)))
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		m, err := Read(context.Background(), raw, Options{})
		if err != nil || len(m.Attachments) != 1 {
			b.Fatal(err)
		}
	}
}
