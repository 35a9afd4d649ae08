package access

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"ardoise/data/fault"
)

func picture(t testing.TB, format string) []byte {
	t.Helper()
	var b bytes.Buffer
	img := image.NewGray(image.Rect(0, 0, 40, 30))
	var err error
	if format == "png" {
		err = png.Encode(&b, img)
	} else {
		err = jpeg.Encode(&b, img, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const smallPDF = "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"

func TestJudge(t *testing.T) {
	bomb := picture(t, "png")
	binary.BigEndian.PutUint32(bomb[16:], 60000) // width and height of the header
	binary.BigEndian.PutUint32(bomb[20:], 60000)
	for _, c := range []struct {
		name    string
		content []byte
		media   string
		word    string
	}{
		{"pdf", []byte(smallPDF), "application/pdf", ""},
		{"pdf behind a mail header", []byte("junk\n" + smallPDF), "application/pdf", ""},
		{"jpeg", picture(t, "jpeg"), "image/jpeg", ""},
		{"png", picture(t, "png"), "image/png", ""},
		{"empty", nil, "", "vide"},
		{"text called pdf", []byte("bonjour"), "", "ni un PDF"},
		{"executable", append([]byte("MZ"), make([]byte, 300)...), "", "ni un PDF"},
		{"pdf cut short", []byte(smallPDF[:30]), "", "incomplet"},
		{"jpeg cut short", picture(t, "jpeg")[:len(picture(t, "jpeg"))-12], "", "image"},
		{"zip", []byte("PK\x03\x04aaaa"), "", "ni un PDF"},
		{"gif", []byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;"), "", "ni un PDF"},
		{"picture bomb", bomb, "", ""},
		{"too large", append([]byte(smallPDF), make([]byte, MaxSize)...), "", "25 Mo"},
	} {
		media, err := Judge(c.content)
		if media != c.media {
			t.Errorf("%s: %q, want %q (%v)", c.name, media, c.media, err)
		}
		if c.media == "" && (fault.KindOf(err) != fault.Invalid || !strings.Contains(strings.ToLower(fault.Sentence(err)), strings.ToLower(c.word))) {
			t.Errorf("%s: %v, want a refusal with %q", c.name, err, c.word)
		}
	}
}

func TestCleanName(t *testing.T) {
	for in, want := range map[string]string{
		"C:\\Users\\x\\fiche.pdf": "fiche.pdf", "../../etc/passwd": "passwd", "": "document", "a\x00b\n.pdf": "ab.pdf",
		"photo\u202egpj.exe": "photogpj.exe",
	} {
		if got := CleanName(in); got != want {
			t.Errorf("CleanName(%q) = %q, want %q", in, got, want)
		}
	}
	if n := len([]rune(CleanName(strings.Repeat("é", 500)))); n != 120 {
		t.Errorf("long name kept %d runes", n)
	}
}

func FuzzJudge(f *testing.F) {
	f.Add([]byte(smallPDF))
	f.Add(picture(f, "png"))
	f.Add(picture(f, "jpeg"))
	f.Fuzz(func(t *testing.T, b []byte) {
		media, err := Judge(b)
		if (err == nil) != (media != "") {
			t.Fatalf("media %q with error %v", media, err)
		}
	})
}
