package page

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"testing"

	"ardoise/data/fault"
	"ardoise/reports/page/pagetest"
)

// documents are n documents of one to three pages, some on their side.
func documents(n int) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		for i := range n {
			m := meta
			m.Title = fmt.Sprintf("Document %d 12 0 R endobj", i)
			if !yield(Item{Meta: m, Build: document(i)}, nil) {
				return
			}
		}
	}
}

func document(i int) func(*Doc) error {
	return func(d *Doc) error {
		s := sec
		s.Title, s.Landscape = fmt.Sprintf("Document %d 12 0 R", i), i%5 == 4
		d.Section(s)
		d.Paragraph(hostile[i%len(hostile)], Style{})
		d.Matrix(d.Left(), d.Y(), 20, 21, func(col, row int) bool { return (col+row+i)%2 == 0 })
		d.Link(d.Left(), d.Y(), 20, 20, fmt.Sprintf("https://example.org/?a=%d&b=(1)", i))
		d.Stamp(120, 200, 60, 30, "Acquittée", "le 12/01/2027", Good)
		d.Paragraph("Après le tampon", Style{})
		return d.Table(table(i % 80))
	}
}

func TestOneFileOfMany(t *testing.T) {
	const n = 2*batchDocs + 7
	var out bytes.Buffer
	told := 0
	if err := WriteMany(context.Background(), &out, meta, documents(n), func(done int) { told++; want(t, done, told) }); err != nil {
		t.Fatal(err)
	}
	want(t, told, n)
	got := pagetest.Text(t, out.Bytes())
	pages := strings.Split(got, "\f")
	for i := range n {
		title := fmt.Sprintf("Document %d 12 0 R\n", i)
		for !strings.Contains(pages[0], title) && len(pages) > 1 {
			pages = pages[1:]
		}
		if !strings.Contains(pages[0], title) {
			t.Fatalf("document %d is missing, or not in its place", i)
		}
		if !strings.Contains(pages[0], "Page 1/") {
			t.Fatalf("document %d does not begin with page 1:\n%s", i, pages[0])
		}
	}
	var again bytes.Buffer
	if err := WriteMany(context.Background(), &again, meta, documents(n), nil); err != nil || !bytes.Equal(out.Bytes(), again.Bytes()) {
		t.Error("two runs differ", err)
	}
	if info := pagetest.Run(t, out.Bytes(), "pdfinfo", "-isodates", "FILE"); !strings.Contains(info, "Essai d’œuvre – n° 1") || !strings.Contains(info, "2026-11-24T13:46:00") {
		t.Errorf("properties: %s", info)
	}
}

// A file cut out of a batch shows what the same document shows alone.
func TestEachFileIsWhole(t *testing.T) {
	const n = batchDocs + 3
	count := 0
	err := WriteEach(context.Background(), documents(n), func(i int, pdf []byte) error {
		want(t, i, count)
		count++
		if i%13 != 0 && i < batchDocs-1 {
			return nil
		}
		var alone bytes.Buffer
		if err := Write(context.Background(), &alone, meta, document(i)); err != nil {
			return err
		}
		if a, b := pagetest.Text(t, pdf), pagetest.Text(t, alone.Bytes()); a != b {
			t.Errorf("document %d: cut out\n%s\nalone\n%s", i, a, b)
		}
		if a, b := picture(t, pdf), picture(t, alone.Bytes()); a != b {
			t.Errorf("document %d looks otherwise alone", i)
		}
		if info := pagetest.Run(t, pdf, "pdfinfo", "FILE"); !strings.Contains(info, fmt.Sprintf("Document %d 12 0 R endobj", i)) {
			t.Errorf("document %d: %s", i, info)
		}
		if !bytes.Contains(pdf, fmt.Appendf(nil, "?a=%d&b=", i)) {
			t.Errorf("document %d lost its link", i)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	want(t, count, n)
}

// picture is the first page drawn small.
func picture(t *testing.T, pdf []byte) string {
	t.Helper()
	return pagetest.Run(t, pdf, "pdftoppm", "-r", "40", "-l", "1", "-gray", "FILE")
}

func want(t *testing.T, got, want int) {
	t.Helper()
	if got != want {
		t.Fatalf("%d, want %d", got, want)
	}
}

func TestBatchFailures(t *testing.T) {
	ctx := context.Background()
	failure := errors.New("base fermée")
	broken := func(yield func(Item, error) bool) {
		for item := range documents(3) {
			if !yield(item, nil) {
				return
			}
		}
		yield(Item{}, failure)
	}
	var out bytes.Buffer
	if err := WriteMany(ctx, &out, meta, broken, nil); !errors.Is(err, failure) || out.Len() > 0 {
		t.Errorf("%v, %d bytes", err, out.Len())
	}
	if err := WriteMany(ctx, &out, meta, documents(0), nil); fault.KindOf(err) != fault.Internal || out.Len() > 0 {
		t.Errorf("no document: %v", err)
	}
	if err := WriteMany(ctx, failing{}, meta, documents(2), nil); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("a full disk: %v", err)
	}
	if err := WriteEach(ctx, documents(2), func(int, []byte) error { return failure }); !errors.Is(err, failure) {
		t.Errorf("a failing receiver: %v", err)
	}
	panics := func(yield func(Item, error) bool) {
		yield(Item{Meta: meta, Build: func(*Doc) error { panic("planted") }}, nil)
	}
	if err := WriteMany(ctx, io.Discard, meta, panics, nil); fault.KindOf(err) != fault.Internal {
		t.Errorf("a panic: %v", err)
	}
	empty := func(yield func(Item, error) bool) {
		yield(Item{Meta: meta, Build: func(*Doc) error { return nil }}, nil)
	}
	if err := WriteMany(ctx, io.Discard, meta, empty, nil); fault.KindOf(err) != fault.Internal {
		t.Errorf("a document without a section: %v", err)
	}
	noInstant := func(yield func(Item, error) bool) { yield(Item{Build: document(1)}, nil) }
	if err := WriteMany(ctx, io.Discard, meta, noInstant, nil); fault.KindOf(err) != fault.Internal {
		t.Errorf("a document without an instant: %v", err)
	}
	if err := WriteMany(ctx, io.Discard, Meta{}, documents(1), nil); fault.KindOf(err) != fault.Internal {
		t.Errorf("a file without an instant: %v", err)
	}
}

func TestBatchIsCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	var out bytes.Buffer
	drawn := 0
	err := WriteMany(ctx, &out, meta, documents(1000), func(done int) {
		if drawn = done; done == 5 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || out.Len() > 0 || drawn > 6 {
		t.Errorf("%v after %d documents, %d bytes", err, drawn, out.Len())
	}
}

// What gofpdf does not write is refused, not read on a guess.
func TestObjectsOf(t *testing.T) {
	good := "%PDF-1.3\n1 0 obj\n<<>>\nendobj\nxref\n0 2\n0000000000 65535 f \n0000000009 00000 n \ntrailer\n<<>>\nstartxref\n29\n%%EOF\n"
	if got, err := objectsOf([]byte(good)); err != nil || string(got[1]) != "<<>>\n" {
		t.Fatal(got, err)
	}
	for name, change := range map[string][2]string{
		"no table": {"startxref", "startnothing"}, "table elsewhere": {"\n29\n", "\n30\n"}, "no number": {"\n29\n", "\nxx\n"},
		"too many objects": {"0 2\n", "0 900\n"}, "object elsewhere": {"0000000009", "0000000010"}, "beyond": {"0000000009", "0000009999"},
		"another number": {"1 0 obj", "7 0 obj"}, "no end": {"endobj", "endabc"},
	} {
		if _, err := objectsOf([]byte(strings.Replace(good, change[0], change[1], 1))); err == nil {
			t.Errorf("%s: read", name)
		}
	}
}

func BenchmarkMany1000(b *testing.B) {
	for b.Loop() {
		if err := WriteMany(context.Background(), io.Discard, meta, documents(1000), nil); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEach1000(b *testing.B) {
	for b.Loop() {
		if err := WriteEach(context.Background(), documents(1000), func(int, []byte) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}
