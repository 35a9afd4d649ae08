package access

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"hash/crc32"
	"strings"
	"testing"

	"ardoise/data/fault"
)

// box is one box of an ISO media file.
func box(kind string, content ...byte) []byte {
	return append(binary.BigEndian.AppendUint32(nil, uint32(8+len(content))), append([]byte(kind), content...)...)
}

func heic(brand string) []byte {
	return append(box("ftyp", append([]byte(brand), 0, 0, 0, 0)...), box("mdat", make([]byte, 100)...)...)
}

func zipped(t *testing.T, name string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create(name)
	if err == nil {
		_, err = w.Write([]byte(smallPDF))
	}
	if err != nil || z.Close() != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestSniffNamesWhatItRefuses(t *testing.T) {
	var tape, squeezed bytes.Buffer
	tw := tar.NewWriter(&tape)
	if err := tw.WriteHeader(&tar.Header{Name: "fiche.pdf", Size: int64(len(smallPDF)), Mode: 0o600, Format: tar.FormatUSTAR}); err != nil {
		t.Fatal(err)
	}
	if _, err := tw.Write([]byte(smallPDF)); err != nil || tw.Close() != nil {
		t.Fatal(err)
	}
	gz := gzip.NewWriter(&squeezed)
	if _, err := gz.Write([]byte(smallPDF)); err != nil || gz.Close() != nil {
		t.Fatal(err)
	}
	exe := append([]byte("MZ"), make([]byte, 300)...)
	for _, c := range []struct {
		name    string
		content []byte
		media   string
		word    string
	}{
		{"heic", heic("heic"), HEIC, ""},
		{"heif", heic("mif1"), HEIC, ""},
		{"a film is no picture", heic("isom"), "", "ni un PDF"},
		{"heic cut short", heic("heic")[:60], "", "incomplète"},
		{"zip", zipped(t, "fiche.pdf"), "", "jamais ouverte"},
		{"word", zipped(t, "[Content_Types].xml"), "", "bureautique"},
		{"old word", append([]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), make([]byte, 600)...), "", "bureautique"},
		{"tar", tape.Bytes(), "", "jamais ouverte"},
		{"gzip", squeezed.Bytes(), "", "jamais ouverte"},
		{"rar", []byte("Rar!\x1A\x07\x00" + smallPDF), "", "jamais ouverte"},
		{"program", exe, "", "Programme"},
		{"program that says it is a pdf", append(bytes.Clone(exe), smallPDF...), "", "Programme"},
		{"script", []byte("#!/bin/sh\n" + smallPDF), "", "Programme"},
		{"pdf", []byte(smallPDF), "application/pdf", ""},
		{"png cut short", picture(t, "png")[:30], "", ""},
	} {
		for how, judge := range map[string]func([]byte) (string, error){"sniff": Sniff, "judge": Judge} {
			media, err := judge(c.content)
			if media != c.media || c.media == "" && (fault.KindOf(err) != fault.Invalid || !strings.Contains(fault.Sentence(err), c.word)) {
				t.Errorf("%s, %s: %q, %v", c.name, how, media, err)
			}
		}
	}
}

// TestSniffCostsNothing: a picture that unfolds to much is judged without being
// unfolded; with the unfolding the test fails.
func TestSniffCostsNothing(t *testing.T) {
	b := picture(t, "png")
	binary.BigEndian.PutUint32(b[16:], 8000) // 64 million points: allowed, and 64 MB once unfolded
	binary.BigEndian.PutUint32(b[20:], 8000)
	fixCRC(b)
	if media, err := Sniff(b); media != "image/png" {
		t.Fatal(media, err)
	}
	if cost := testing.Benchmark(func(t *testing.B) {
		for t.Loop() {
			if _, err := Sniff(b); err != nil {
				t.Fatal(err)
			}
		}
	}).AllocedBytesPerOp(); cost > 1<<20 {
		t.Errorf("%d bytes", cost)
	}
}

// fixCRC makes the sum of a PNG's first chunk right again.
func fixCRC(b []byte) {
	binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(b[12:29]))
}
