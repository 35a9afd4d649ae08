package wire

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"os"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 26, 12, 0, 5, 0, time.FixedZone("", 3600))

func letterTo(to string) Mail {
	return Mail{
		From: "cantine@mairie.example", Sender: "Mairie de Saint-Marcel", To: to, Subject: "Réservation confirmée : Léa",
		Body: "Bonjour,\n\nLe repas du jeudi 26 novembre est réservé.\n.\nFrom la mairie\n", Date: noon,
		HeaderID: "12.abc@mairie.example", Auto: true,
	}
}

func parsed(t *testing.T, raw []byte) *netmail.Message {
	t.Helper()
	m, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("%v\n%s", err, raw)
	}
	return m
}

func composed(t *testing.T, m Mail) *netmail.Message {
	t.Helper()
	raw, err := m.bytes()
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(string(raw), "\r\n") {
		if len(line) > 998 || strings.ContainsAny(line, "\r\n") {
			t.Errorf("line %d: %q", i, line)
		}
		if strings.IndexFunc(line, func(r rune) bool { return r > '~' || r < ' ' && r != '\t' }) >= 0 {
			t.Errorf("line %d is not plain ASCII: %q", i, line)
		}
	}
	return parsed(t, raw)
}

func decoded(t *testing.T, r io.Reader) string {
	t.Helper()
	b, err := io.ReadAll(quotedprintable.NewReader(r))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestHeaders(t *testing.T) {
	m := composed(t, letterTo("claire.favier@example.fr"))
	for name, want := range map[string]string{
		"Date": "Thu, 26 Nov 2026 12:00:05 +0100", "Message-Id": "<12.abc@mairie.example>", "To": "<claire.favier@example.fr>",
		"From": `"Mairie de Saint-Marcel" <cantine@mairie.example>`, "Auto-Submitted": "auto-generated", "Mime-Version": "1.0",
		"Content-Type": "text/plain; charset=UTF-8", "Content-Transfer-Encoding": "quoted-printable",
		"In-Reply-To": "", "References": "", "Bcc": "", "User-Agent": "", "X-Mailer": "", "Reply-To": "", "Sender": "",
	} {
		if got := m.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if len(m.Header) != 9 {
		t.Errorf("%d headers: %v", len(m.Header), m.Header)
	}
	dec := mime.WordDecoder{}
	if s, err := dec.DecodeHeader(m.Header.Get("Subject")); err != nil || s != "Réservation confirmée : Léa" {
		t.Error(s, err)
	}
	if got := decoded(t, m.Body); got != strings.ReplaceAll(letterTo("").Body, "\n", "\r\n") {
		t.Errorf("%q", got)
	}
}

func TestAutoSubmitted(t *testing.T) {
	for _, c := range []struct {
		what string
		auto bool
		of   string
		want string
	}{
		{"a letter of the program's", true, "", "auto-generated"},
		{"a letter a person wrote", false, "", ""},
		{"an answer", false, "x@y", "auto-replied"},
		{"an answer to a message without identifier", false, "-", "auto-replied"},
		{"an answer of the program's", true, "x@y", "auto-replied"},
		{"an answer to a message with a senseless identifier", false, "x y\r\nBcc: z@z", "auto-replied"},
	} {
		m := letterTo("a@b.fr")
		m.Auto, m.InReplyTo = c.auto, c.of
		if c.of == "-" {
			m.Answer, m.InReplyTo = true, ""
		}
		if got := composed(t, m).Header.Get("Auto-Submitted"); got != c.want {
			t.Errorf("%s: %q, want %q", c.what, got, c.want)
		}
	}
}

func TestThread(t *testing.T) {
	m := letterTo("a@b.fr")
	m.InReplyTo, m.References = "q1@free.fr", []string{"q0@free.fr", "bad one", "<x>", "", "q1@free.fr"}
	h := composed(t, m).Header
	if h.Get("In-Reply-To") != "<q1@free.fr>" || h.Get("References") != "<q0@free.fr> <q1@free.fr>" {
		t.Error(h)
	}
}

// TestNoInjection: whatever is written in a field, no header is added.
func TestNoInjection(t *testing.T) {
	for _, evil := range []string{
		"x\r\nBcc: other@evil.example", "x\nBcc: other@evil.example", "x\rBcc: other@evil.example", "x\r\n\r\nbody", "x\u2028Bcc: a@b.c", "x\u0085Bcc: a@b.c", "x\x00y",
		"=?utf-8?q?x=0D=0ABcc:_other@evil.example?=", "=?utf-8?b?DQpCY2M6IGFAYi5j?=", `"` + "\r\nBcc: a@b.c", strings.Repeat("é\r\n", 300), "a\tb", "\xff\xfe\r\nBcc: a@b.c",
	} {
		m := letterTo("a@b.fr")
		m.Subject, m.Sender, m.Body = evil, evil, "corps\n"
		m.InReplyTo, m.References, m.ReplyTo = evil, []string{evil}, evil
		m.Files = []File{{Name: evil + ".pdf", Media: evil, Content: []byte("%PDF")}}
		h := composed(t, m).Header
		for name := range h {
			switch name {
			case "Date", "Message-Id", "From", "To", "Subject", "Auto-Submitted", "Mime-Version", "Content-Type":
			case "In-Reply-To", "References": // an odd but legal identifier may stay
				if strings.ContainsAny(h.Get(name), " \r\n") {
					t.Errorf("%q: %s: %q", evil, name, h.Get(name))
				}
			default:
				t.Errorf("%q made a header %s: %q", evil, name, h.Get(name))
			}
		}
		if h.Get("Bcc") != "" {
			t.Errorf("%q added a reader", evil)
		}
		from, err := h.AddressList("From")
		if err != nil || len(from) != 1 || from[0].Address != m.From {
			t.Errorf("%q: From %q: %v", evil, h.Get("From"), err)
		}
	}
	for _, to := range []string{"", "a", "a@b\r\nRCPT TO:<x@y>", "a@b>", "a b@c", "<a@b>", "a@b,c@d", "a@b@c", "a@b\u2028"} {
		if address.MatchString(to) {
			t.Errorf("%q passes for an address", to)
		}
	}
}

func TestFiles(t *testing.T) {
	m := letterTo("a@b.fr")
	content := bytes.Repeat([]byte{0, 1, 2, 0xff}, 5000)
	m.Files = []File{
		{Name: "facture-2026000101.pdf", Media: "application/pdf", Content: content},
		{Name: "reçu d’Éva \"n° 1\".pdf", Media: "application/pdf", Content: []byte("%PDF-1.7")},
		{Name: "", Media: "", Content: nil},
		{Name: strings.Repeat("œ", 300) + ".jpeg", Media: "multipart/mixed", Content: []byte("x")},
	}
	msg := composed(t, m)
	media, params, err := mime.ParseMediaType(msg.Header.Get("Content-Type"))
	if err != nil || media != "multipart/mixed" {
		t.Fatal(media, err)
	}
	parts := multipart.NewReader(msg.Body, params["boundary"])
	var names, medias []string
	for i := 0; ; i++ {
		p, err := parts.NextRawPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			if got := decoded(t, p); !strings.HasPrefix(got, "Bonjour,\r\n") {
				t.Errorf("%q", got)
			}
			continue
		}
		_, params, err := mime.ParseMediaType(p.Header.Get("Content-Disposition"))
		if err != nil {
			t.Fatal(err)
		}
		names, medias = append(names, params["filename"]), append(medias, p.Header.Get("Content-Type"))
		got, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, p))
		if err != nil || !bytes.Equal(got, m.Files[i-1].Content) {
			t.Errorf("file %d: %d bytes, %v", i, len(got), err)
		}
	}
	want := []string{"facture-2026000101.pdf", "reçu d’Éva _n° 1_.pdf", "document", strings.Repeat("œ", 72) + "œœœ.jpeg"}
	if strings.Join(names, "\n") != strings.Join(want, "\n") {
		t.Errorf("names %q", names)
	}
	if strings.Join(medias, " ") != "application/pdf application/pdf application/octet-stream application/octet-stream" {
		t.Errorf("medias %q", medias)
	}
}

// TestNoMachineName: nothing of a letter says on which machine it was written.
func TestNoMachineName(t *testing.T) {
	host, err := os.Hostname()
	if err != nil || host == "" {
		t.Skip("this machine has no name")
	}
	m := letterTo("a@b.fr")
	m.Files = []File{{Name: "a.pdf", Media: "application/pdf", Content: []byte("x")}}
	raw, err := m.bytes()
	if err != nil || bytes.Contains(raw, []byte(host)) || bytes.Contains(bytes.ToLower(raw), []byte("go-mail")) {
		t.Errorf("%v\n%s", err, raw)
	}
	m.HeaderID = ""
	if _, err := m.bytes(); err == nil {
		t.Error("without our identifier the library would make one with the machine's name")
	}
}
