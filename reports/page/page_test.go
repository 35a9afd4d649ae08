package page

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/reports/page/pagetest"
)

var (
	meta = Meta{Title: "Essai d’œuvre – n° 1", Author: "Saint-Marcel", Program: "Ardoise", MadeAt: time.Date(2026, 11, 24, 12, 46, 0, 0, time.UTC)}
	sec  = Section{Commune: "Saint-Marcel-en-Dombes", Service: "Restaurant scolaire", Title: "Liste d’essai", Subtitle: "Sous-titre", Notice: "Démonstration", Version: "Feuille n° 3"}
)

var hostile = []string{
	"=cmd|'/C calc'!A0", "Léa 🎉👩‍👩‍👧", "שלום עליכם", "مرحبا", "\u202Eevil\u202C", strings.Repeat("Wilhelmine ", 27), strings.Repeat("X", 300),
	"a\x00b\x07c", "ab\xff\xfecd", "ligne 1\nligne 2\r\n\tfin", "e\u0301le\u0300ve", "Z̷̡͝a̸l̵g̶o", "", " ", "\U0010FFFF", "漢字", "(par\\en)thèse", strings.Repeat("\n", 50),
}

func pdf(t *testing.T, build func(*Doc) error) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := Write(context.Background(), &out, meta, build); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func table(rows int) Table {
	tb := Table{
		Empty:   "Aucune ligne.",
		Columns: []Column{{Title: "Nom", Weight: 3, Lines: 3}, {Title: "Classe", Width: 30}, {Title: "Montant", Width: 25, Align: Right}, {Title: "", Width: 12}},
	}
	for i := range rows {
		if i%100 == 0 {
			tb.Rows = append(tb.Rows, Row{Kind: Group, Cells: Cells(fmt.Sprintf("Groupe %d", i/100), "100 lignes")})
		}
		cells := Cells(fmt.Sprintf("Ligne %04d", i), "CE1", "1 250,40 €", "P")
		cells[3].Tick = Tick(i % 3)
		tb.Rows = append(tb.Rows, Row{Cells: cells})
	}
	if rows > 0 {
		tb.Rows = append(tb.Rows, Row{Kind: Subtotal, Cells: Cells("Sous-total")}, Row{Kind: Total, Cells: Cells("Total général", "", "9")})
	}
	return tb
}

func TestTableOverPages(t *testing.T) {
	for rows, pages := range map[int]int{0: 1, 1: 1, 1000: 28} {
		data := pdf(t, func(d *Doc) error { d.Section(sec); return d.Table(table(rows)) })
		got := pagetest.Text(t, data)
		if n := strings.Count(got, "\f"); n != pages {
			t.Errorf("%d rows on %d pages, want %d", rows, n, pages)
		}
		if n := strings.Count(got, "Montant"); n != pages {
			t.Errorf("%d rows: the header stands on %d of %d pages", rows, n, pages)
		}
		for i := range rows {
			if !strings.Contains(got, fmt.Sprintf("Ligne %04d", i)) {
				t.Fatalf("row %d is missing", i)
			}
		}
		for _, want := range []string{
			"Saint-Marcel-en-Dombes", "Restaurant scolaire", "Liste d’essai", "DÉMONSTRATION", "Feuille n° 3",
			"Établi le 24/11/2026 à 13 h 46", fmt.Sprintf("Page %d/%d", pages, pages),
		} {
			if !strings.Contains(got, want) {
				t.Errorf("%d rows: %q is missing", rows, want)
			}
		}
		if rows == 0 && !strings.Contains(got, "Aucune ligne.") {
			t.Error("an empty table says nothing")
		}
	}
}

// A group's title never ends a page and a total never begins one.
func TestNoOrphans(t *testing.T) {
	for rows := 20; rows < 60; rows++ {
		tb := Table{Columns: []Column{{Title: "Colonne"}}}
		for i := range rows {
			tb.Rows = append(tb.Rows, Row{Cells: Cells(fmt.Sprintf("Ligne %d", i))})
		}
		tb.Rows = append(tb.Rows, Row{Kind: Group, Cells: Cells("Le groupe")}, Row{Cells: Cells("Sa ligne")}, Row{Kind: Total, Cells: Cells("Le total")})
		got := pagetest.Text(t, pdf(t, func(d *Doc) error { d.Section(sec); return d.Table(tb) }))
		for n, page := range strings.Split(got, "\f") {
			if strings.Contains(page, "Le groupe") && !strings.Contains(page, "Sa ligne") ||
				strings.Contains(page, "Le total") && !strings.Contains(page, "Sa ligne") {
				t.Fatalf("%d rows: page %d\n%s", rows, n+1, page)
			}
		}
	}
}

func TestSectionsNumberTheirOwnPages(t *testing.T) {
	got := pagetest.Text(t, pdf(t, func(d *Doc) error {
		for i := range 3 {
			s := sec
			s.Landscape = i == 1
			d.Section(s)
			if err := d.Table(table(10 + 40*i)); err != nil {
				return err
			}
		}
		return nil
	}))
	for _, want := range []string{"Page 1/1", "Page 1/3", "Page 3/3", "(suite)"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing", want)
		}
	}
}

func TestHostileText(t *testing.T) {
	data := pdf(t, func(d *Doc) error {
		for _, h := range hostile {
			d.Section(Section{Commune: h, Service: h, Title: h, Subtitle: h, Notice: h, Version: h})
			d.Heading(h, 10)
			d.Paragraph(h, Style{})
			tb := Table{Columns: []Column{{Title: h, Lines: 3}, {Title: h, Width: 20}, {Title: h, Width: 20, Align: Right}}}
			tb.Rows = append(tb.Rows, Row{Kind: Group, Cells: Cells(h, h)}, Row{Cells: Cells(h, h, h, h)}, Row{Kind: Total, Cells: Cells(h, h, h)})
			if err := d.Table(tb); err != nil {
				return err
			}
		}
		return nil
	})
	got := pagetest.Text(t, data)
	for _, want := range []string{"=cmd|'/C calc'!A0", "élève", "abc", "evil", "(par\\en)thèse"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing", want)
		}
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"plain": "plain", "e\u0301": "é", "a\x00b": "ab", "a\tb": "a b", "\xff": "\uFFFD", "🎉": "\uFFFD", "1\u22122": "1–2",
		"\u202Ex": "x", "1\u202f250,40\u00a0€": "1\u202f250,40\u00a0€", "œuf ’ « » 1ᵉʳ": "œuf ’ « » 1ᵉʳ", "漢": "\uFFFD",
	} {
		if got := Clean(in); got != want {
			t.Errorf("%q gives %q, want %q", in, got, want)
		}
	}
}

func TestCleanIsAlwaysPrintable(t *testing.T) {
	m := fontMetrics()
	rapid.Check(t, func(rt *rapid.T) {
		s := string(rapid.SliceOf(rapid.Byte()).Draw(rt, "bytes")) + rapid.String().Draw(rt, "text")
		got := Clean(s)
		if !utf8.ValidString(got) || Clean(got) != got {
			rt.Fatalf("%q gives %q", s, got)
		}
		for _, r := range got {
			if r > 0xFFFF || m.width[0][r] == 0 || m.width[1][r] == 0 {
				rt.Fatalf("%q keeps %q", s, r)
			}
		}
	})
}

// Wrapping loses no sign but spaces and never exceeds the width.
func TestWrap(t *testing.T) {
	d := new(Doc)
	rapid.Check(t, func(rt *rapid.T) {
		s := rapid.StringMatching(`[a-zàé «»:;!0-9-]{0,200}`).Draw(rt, "text")
		width := rapid.Float64Range(10, 120).Draw(rt, "width")
		lines := d.wrap(s, width, Style{}, 1000)
		if a, b := strings.ReplaceAll(strings.Join(lines, ""), " ", ""), strings.ReplaceAll(s, " ", ""); a != b {
			rt.Fatalf("%q became %q", s, lines)
		}
		for _, l := range lines {
			if textWidth(l, Style{}) > width+0.1 {
				rt.Fatalf("%q is wider than %f", l, width)
			}
		}
		if short := d.wrap(s, width, Style{}, 2); len(short) > 2 || len(lines) > 2 && !strings.HasSuffix(short[1], "…") {
			rt.Fatalf("cut to %q", short)
		}
	})
	if got := d.wrap("Trousse : placard 2026-0437", 19, Style{}, 9); strings.Join(got, "|") != "Trousse :|placard|2026-0437" {
		t.Errorf("%q", got)
	}
}

func TestSameInputSameBytes(t *testing.T) {
	build := func(d *Doc) error { d.Section(sec); return d.Table(table(120)) }
	first := pdf(t, build)
	for range 4 {
		if !bytes.Equal(first, pdf(t, build)) {
			t.Fatal("two runs differ")
		}
	}
	later := meta
	later.MadeAt = later.MadeAt.Add(time.Hour)
	var out bytes.Buffer
	if err := Write(context.Background(), &out, later, build); err != nil || bytes.Equal(first, out.Bytes()) {
		t.Error("the instant does not show in the file", err)
	}
}

func TestProperties(t *testing.T) {
	got := pagetest.Run(t, pdf(t, func(d *Doc) error { d.Section(sec); return nil }), "pdfinfo", "-isodates", "FILE")
	for _, want := range []string{"Essai d’œuvre – n° 1", "Saint-Marcel", "2026-11-24T13:46:00", "A4"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestFailuresAreErrors(t *testing.T) {
	ok := func(d *Doc) error { d.Section(sec); return nil }
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	for name, c := range map[string]struct {
		ctx   context.Context
		w     io.Writer
		meta  Meta
		build func(*Doc) error
	}{
		"panic":      {context.Background(), io.Discard, meta, func(*Doc) error { panic("boum") }},
		"gofpdf":     {context.Background(), io.Discard, meta, func(d *Doc) error { d.Section(sec); d.pdf.Text(1, 1, "🎉"); return nil }},
		"no instant": {context.Background(), io.Discard, Meta{}, ok},
		"no section": {context.Background(), io.Discard, meta, func(*Doc) error { return nil }},
		"full disk":  {context.Background(), failing{}, meta, ok},
	} {
		err := Write(c.ctx, c.w, c.meta, c.build)
		if err == nil || !strings.Contains(fault.Sentence(err), "document PDF") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := Write(gone, io.Discard, meta, func(d *Doc) error { d.Section(sec); return d.Table(table(500)) }); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestDocumentsInParallel(t *testing.T) {
	build := func(d *Doc) error { d.Section(sec); return d.Table(table(60)) }
	want := pdf(t, build)
	results := make(chan []byte, 8)
	for range 8 {
		go func() {
			var out bytes.Buffer
			if err := Write(context.Background(), &out, meta, build); err != nil {
				out.Reset()
			}
			results <- out.Bytes()
		}()
	}
	for range 8 {
		if !bytes.Equal(want, <-results) {
			t.Fatal("documents made at the same time differ")
		}
	}
}

func TestFrench(t *testing.T) {
	for got, want := range map[string]string{
		Number(1250):                     "1\u202f250",
		Number(-3):                       "–3",
		Delta(2, 1):                      "+2\u00a0/\u00a0–1",
		Delta(0, 1):                      "–1",
		Delta(0, 0):                      "",
		Count(0, "repas", "repas"):       "0\u00a0repas",
		Count(1, "enfant", "enfants"):    "1\u00a0enfant",
		Count(1204, "enfant", "enfants"): "1\u202f204\u00a0enfants",
		Capital("élève"):                 "Élève",
		Span(calendar.NewDate(2026, 11, 23), calendar.NewDate(2026, 11, 27)): "du 23 au 27 novembre 2026",
		Span(calendar.NewDate(2026, 11, 1), calendar.NewDate(2026, 12, 8)):   "du 1ᵉʳ novembre au 8 décembre 2026",
		Span(calendar.NewDate(2026, 12, 1), calendar.NewDate(2027, 1, 4)):    "du 1ᵉʳ décembre 2026 au 4 janvier 2027",
		Span(calendar.NewDate(2026, 12, 1), calendar.NewDate(2026, 12, 1)):   "le 1ᵉʳ décembre 2026",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func BenchmarkTable1000(b *testing.B) {
	for b.Loop() {
		if err := Write(context.Background(), io.Discard, meta, func(d *Doc) error { d.Section(sec); return d.Table(table(1000)) }); err != nil {
			b.Fatal(err)
		}
	}
}
