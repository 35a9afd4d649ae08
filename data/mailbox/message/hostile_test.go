package message

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"ardoise/data/fault"
)

const top = "From: a@example.org\nSubject: x\nMIME-Version: 1.0\n"

// fill repeats a unit between a beginning and an end until the whole has a size.
func fill(size int, before, unit, after string) []byte {
	out := make([]byte, 0, size)
	out = append(out, before...)
	for len(out)+len(unit)+len(after) <= size {
		out = append(out, unit...)
	}
	return append(out, after...)
}

// nested opens so many multiparts inside each other around a text.
func nested(depth int, inside []byte) []byte {
	out := make([]byte, 0, len(inside)+depth*60+100)
	out = append(out, top...)
	for i := range depth {
		out = fmt.Appendf(out, "Content-Type: multipart/mixed; boundary=b%d.\n\n--b%d.\n", i, i)
	}
	return append(out, inside...)
}

// wrapped64 puts a message into a message, in base64.
func wrapped64(raw []byte) []byte {
	head := top + "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
	out := make([]byte, 0, len(head)+base64.StdEncoding.EncodedLen(len(raw)))
	return base64.StdEncoding.AppendEncode(append(out, head...), raw)
}

const mb = 1 << 20

// hostile are messages made to cost dear, with part of the reason they are
// refused for; "" means that they are read.
var hostile = []struct {
	name, aside string
	make        func() []byte
}{
	{"depth 10,000", "niveaux", func() []byte { return nested(10000, []byte("\nx")) }},
	{"depth 11", "niveaux", func() []byte { return nested(11, []byte("\nx")) }},
	{"depth 10", "", func() []byte { return nested(10, []byte("\nx")) }},
	{"10,000 messages in messages", "niveaux", func() []byte {
		return fill(10000*54, "", "From: a@example.org\nContent-Type: message/rfc822\n\n", "From: a@b.example\n\nx")
	}},
	{"5,000 parts", "200 parties", func() []byte {
		return fill(5000*5, top+"Content-Type: multipart/mixed; boundary=z\n\n", "--z\n\n", "--z--")
	}},
	{"200,000 parts", "200 parties", func() []byte {
		return fill(200000*5, top+"Content-Type: multipart/mixed; boundary=z\n\n", "--z\n\n", "--z--")
	}},
	{"200,000 parts in a message in base64", "200 parties", func() []byte {
		return wrapped64(fill(200000*5, top+"Content-Type: multipart/mixed; boundary=z\n\n", "--z\n\n", "--z--"))
	}},
	{"25 MB of base64", "", func() []byte {
		return fill(MaxSize, top+"Content-Type: multipart/mixed; boundary=z\n\n--z\nContent-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64\n\n", strings.Repeat("JVBE", 19)+"\r\n", "\n--z--")
	}},
	{"25 MB at depth 10", "", func() []byte {
		return nested(10, fill(MaxSize-1000, "Content-Type: application/pdf\n\n", strings.Repeat("x", 76)+"\r\n", ""))
	}},
	{"25 MB in nine messages", "", func() []byte {
		before := top
		for i := range 4 {
			before += fmt.Sprintf("Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\nContent-Type: message/rfc822\n\n%s", i, i, top)
		}
		return fill(MaxSize, before+"Content-Type: multipart/mixed; boundary=z\n\n--z\nContent-Type: application/pdf\n\n", "xx\n", "")
	}},
	{"25 MB of line ends at depth 10", "", func() []byte { return nested(10, fill(MaxSize-1000, "\n", "\n", "")) }},
	{"25 MB of beginnings of boundaries at depth 10", "", func() []byte { return nested(10, fill(MaxSize-1000, "\n", "\n--b", "")) }},
	{"25 MB of one line", "", func() []byte { return fill(MaxSize, top+"\n", "x", "") }},
	{"25 MB of one line in a part", "", func() []byte {
		return fill(MaxSize, top+"Content-Type: multipart/mixed; boundary=z\n\n--z\n\n", "x", "\n--z--")
	}},
	{"25 MB of text that is no text", "", func() []byte { return fill(MaxSize, top+"Content-Type: text/plain\n\n", "\xff\xfe\x00\x1b\r", "") }},
	{"over 25 MB", "25 Mo", func() []byte { return fill(MaxSize+1, top+"\n", "x", "") }},
	{"boundary of 70, nearly", "", func() []byte {
		b := strings.Repeat("b", 70)
		return fill(8*mb, top+"Content-Type: multipart/mixed; boundary="+b+"\n\n--"+b+"\n\n", "--"+b[1:]+"\n", "\n--"+b+"--")
	}},
	{"messages in base64 in messages", "50 Mo une fois", func() []byte {
		raw := fill(10*mb+400<<10, top+"\n", "x", "")
		return wrapped64(wrapped64(wrapped64(nested(1, append([]byte("Content-Type: application/x\n\n"), raw...)))))
	}},
	{"quoted-printable soft breaks", "", func() []byte { return fill(MaxSize, top+"Content-Transfer-Encoding: quoted-printable\n\n", "=\n", "") }},
	{"quoted-printable blanks", "", func() []byte {
		return fill(MaxSize, top+"Content-Transfer-Encoding: quoted-printable\n\n", " \t=3D", "")
	}},
	{"header of 100 kB", "", func() []byte { return fill(100<<10, top, "X-Y: "+strings.Repeat("z", 900)+"\n", "\nBonjour") }},
	{"header of 3 MB", "en-tête de ce message", func() []byte { return fill(3*mb, top, "X-Y: z\n", "\nBonjour") }},
	{"part with a header of 3 MB", "en-tête de ce message", func() []byte {
		return fill(3*mb, top+"Content-Type: multipart/mixed; boundary=z\n\n--z\n", "X-Y: z\n", "\nBonjour")
	}},
	{"10,000 Received", "", func() []byte {
		return fill(10000*100, "", "Received: from a.example by b.example with ESMTP id 12345678; Mon, 23 Nov 2026 07:05:00 +0100\n", top+"\nx")
	}},
	{"subject of 1 MB", "", func() []byte { return fill(mb, "From: a@example.org\nSubject: ", "mot ", "\n\nx") }},
	{"subject of 1 MB in words", "", func() []byte { return fill(mb, "From: a@example.org\nSubject:", "\n =?utf-8?q?=C3=A9?=", "\n\nx") }},
	{"subject of 1 MB of accents", "", func() []byte { return fill(mb, "From: a@example.org\nSubject: e", "\u0301", "\n\nx") }},
	{"100,000 addresses", "", func() []byte { return fill(mb, "From: a@example.org\nTo: ", "a@b.example,", "\n\nx") }},
	{"open brackets in an address", "", func() []byte { return fill(mb, "From: ", "\"(<\\", "\n\nx") }},
	{"media type of 1 MB", "", func() []byte { return fill(mb, "From: a@example.org\nContent-Type: text/plain", "; a=\"", "\n\nx") }},
	{"media type of continuations", "", func() []byte { return fill(mb, "From: a@example.org\nContent-Type: text/plain", "; a*0*=x", "\n\nx") }},
	{"5 MB of divs", "", func() []byte { return fill(5*mb, top+"Content-Type: text/html\n\n", "<div>", "x") }},
	{"5 MB of quotes in a page", "", func() []byte { return fill(5*mb, top+"Content-Type: text/html\n\n", "<blockquote>x", "x") }},
	{"5 MB of an attribute", "", func() []byte { return fill(5*mb, top+"Content-Type: text/html\n\n<p style=\"", "font-size:0 ", "") }},
	{"5 MB of attributes", "", func() []byte { return fill(5*mb, top+"Content-Type: text/html\n\n<p ", "a=b ", "") }},
	{"5 MB of comments", "", func() []byte { return fill(5*mb, top+"Content-Type: text/html\n\n", "<!--", "") }},
	{"5 MB of brackets", "", func() []byte { return fill(5*mb, top+"Content-Type: text/html\n\n", "<", "") }},
	{"5 MB of entities", "", func() []byte { return fill(5*mb, top+"Content-Type: text/html\n\n", "&amp", "") }},
	{"text of quotation marks", "", func() []byte { return fill(mb, top+"\n", ">", "") }},
	{"text of beginnings of answers", "", func() []byte { return fill(mb, top+"\n", "Le 3 :\n", "") }},
	{"text of headers", "", func() []byte { return fill(mb, "Subject: TR: x\n"+top+"\n", "De : a\n\n", "") }},
	{"text of forwards", "", func() []byte {
		return fill(mb, "Subject: TR: x\n"+top+"\n", "De : a@b.example\nEnvoyé : x\nÀ : y\nObjet : TR: z\n\n", "")
	}},
	{"flowed text", "", func() []byte { return fill(8*mb, top+"Content-Type: text/plain; format=flowed\n\n", "> \n", "") }},
	{"text of separators", "", func() []byte { return fill(mb, "Subject: TR: x\n"+top+"\n", "_____\n\n", "") }},
	{"text of formulas", "", func() []byte { return fill(mb, top+"\n", "Cordialement\nA\n", "") }},
	{"text of telephones", "", func() []byte { return fill(mb, top+"\n", "Envoyé de mon iPhone\n", "") }},
	{"report on 200,000 addresses", "", func() []byte {
		return fill(5*mb, top+"Content-Type: message/delivery-status\n\n", "Final-Recipient: rfc822;a@b.example\nAction: failed\n\n", "")
	}},
	{"report in words on 200,000 addresses", "", func() []byte {
		return fill(5*mb, "From: mailer-daemon@b.example\n\n", "<a@b.example>: 550 x\n\n", "")
	}},
	{"verdicts of 1 MB", "", func() []byte {
		return fill(mb, top+"Authentication-Results: mx.mairie.example", "; dkim=pass x=y", "\n\nx")
	}},
}

// TestHostile reads each in a process of its own and looks at what it cost.
func TestHostile(t *testing.T) {
	if name := os.Getenv("ARDOISE_HOSTILE"); name != "" {
		hostileChild(t, name)
		return
	}
	for _, one := range hostile {
		t.Run(one.name, func(t *testing.T) {
			child := exec.Command(os.Args[0], "-test.run", "^TestHostile$", "-test.v")
			child.Env = append(os.Environ(), "ARDOISE_HOSTILE="+one.name)
			out, err := child.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			for line := range strings.Lines(string(out)) {
				if cost, ok := strings.CutPrefix(line, "cost: "); ok {
					t.Log(strings.TrimSpace(cost))
				}
			}
		})
	}
}

// hostileChild reads one, and fails when it took more than 10 s or 256 MB.
func hostileChild(t *testing.T, name string) {
	for _, one := range hostile {
		if one.name != name {
			continue
		}
		raw := one.make()
		start := time.Now()
		m, err := Read(context.Background(), raw, Options{AuthHost: "mx.mairie.example"})
		took, peak := time.Since(start), peakMB(t)
		fmt.Printf("cost: %d MB at most, %v, for %d kB: %v\n", peak, took.Round(time.Millisecond), len(raw)>>10, err)
		if took > MaxTime || peak > 256 {
			t.Errorf("it cost %v and %d MB", took, peak)
		}
		switch {
		case one.aside == "" && err != nil:
			t.Errorf("refused: %v", err)
		case one.aside != "" && !strings.Contains(fault.Sentence(err), one.aside):
			t.Errorf("refused with %v, want %q", err, one.aside)
		case err == nil:
			check(t, m)
		}
		return
	}
	t.Fatalf("no hostile message %q", name)
}

// peakMB is the most memory this process ever had.
func peakMB(t *testing.T) int {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Skipf("this system does not tell a process's memory: %v", err)
	}
	for line := range bytes.Lines(status) {
		if fields := strings.Fields(string(line)); len(fields) > 1 && fields[0] == "VmHWM:" {
			kb, err := strconv.Atoi(fields[1])
			if err != nil {
				t.Fatal(err)
			}
			return kb >> 10
		}
	}
	t.Skip("this system does not tell a process's memory")
	return 0
}
