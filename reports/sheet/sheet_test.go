package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/money"
)

var info = Info{
	Title: "Essai", Commune: "Saint-Marcel & Fils", Service: "Restaurant scolaire",
	Version: "Feuille n° 3", Notice: "Démonstration", MadeAt: time.Date(2026, 11, 24, 12, 46, 0, 0, time.UTC),
}

// hostile are texts that families, files and mails really may hold.
var hostile = []string{
	"=cmd|'/C calc'!A0", "+33612345678", "-1+1", "@SUM(A1)", "\t=1+1", "\r=1+1", " =1+1", "＝1+1", "'=1",
	"Léa 🎉👩‍👩‍👧", "שלום", "\u202Eabc\u202C", strings.Repeat("N’Guyễn ", 40), "a\x00b\x07c", "ab\xff\xfecd",
	"_x0041_ _x005F_", "]]> <b>&amp;", "ligne 1\r\nligne 2", "", "\uFFFE\uFFFF",
}

func book(t *testing.T, fill func(b *Book)) []byte {
	t.Helper()
	b := New(info)
	fill(b)
	var out bytes.Buffer
	if err := b.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func open(t *testing.T, data []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

func part(t *testing.T, data []byte, name string) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	r, err := z.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func sample(b *Book) {
	s := b.Sheet("Tout", Layout{
		Title: "Titre & Cie", Subtitle: "Sous-titre", Filter: true, Freeze: 1,
		Columns: []Column{{Title: "Nom", Width: 30, Wrap: true}, {Title: "Nombre", Width: 10, Kind: KindInt}, {Title: "Montant", Width: 14, Kind: KindMoney}, {Title: "Date", Width: 12, Kind: KindDate}},
	})
	for i, h := range hostile {
		s.Row(Text(h), Int(i), Money(money.Cents(-420*i)), Day(calendar.NewDate(2026, 11, 24).Add(i)))
	}
	s.Group(Text("Groupe"))
	s.Total(Text("Total"), Int(1234), Money(125040))
	s.Note("Une note.")
}

func TestValuesFormatsAndPrintSetUp(t *testing.T) {
	data := book(t, sample)
	f := open(t, data)
	if got := f.GetSheetList(); len(got) != 1 || got[0] != "Tout" {
		t.Fatalf("sheets %q", got)
	}
	raw := excelize.Options{RawCellValue: true}
	for i, h := range hostile {
		cell, err := excelize.CoordinatesToCellName(1, 5+i)
		if err != nil {
			t.Fatal(err)
		}
		if formula, err := f.GetCellFormula("Tout", cell); err != nil || formula != "" {
			t.Errorf("%s holds the formula %q (%v)", cell, formula, err)
		}
		got, err := f.GetCellValue("Tout", cell, raw)
		if want := Clean(h); err != nil || got != want {
			t.Errorf("%s = %q, want %q (%v)", cell, got, want, err)
		}
	}
	for cell, want := range map[string]string{"A1": "Titre & Cie", "A4": "Nom", "B6": "1", "C6": "-4.2", "D5": "46350", "C26": "1250.4", "B26": "1234"} {
		if got, err := f.GetCellValue("Tout", cell, raw); err != nil || got != want {
			t.Errorf("%s = %q, want %q (%v)", cell, got, want, err)
		}
	}
	for cell, want := range map[string]string{"C6": fmtMoney, "D5": fmtDate, "B6": "#,##0", "A5": fmtText} {
		id, err := f.GetCellStyle("Tout", cell)
		if err != nil {
			t.Fatal(err)
		}
		st, err := f.GetStyle(id)
		if err != nil {
			t.Fatal(err)
		}
		if st.CustomNumFmt == nil || *st.CustomNumFmt != want {
			t.Errorf("%s has format %+v, want %q", cell, st.CustomNumFmt, want)
		}
	}
	if got, _ := f.GetCellValue("Tout", "D5"); got != "24/11/2026" {
		t.Errorf("date shown %q", got)
	}
	lay, err := f.GetPageLayout("Tout")
	if err != nil || *lay.Size != 9 || *lay.FitToWidth != 1 || *lay.FitToHeight != 0 {
		t.Errorf("page layout %+v (%v)", lay, err)
	}
	props, err := f.GetSheetProps("Tout")
	if err != nil || props.FitToPage == nil || !*props.FitToPage {
		t.Errorf("fit to page missing (%v)", err)
	}
	panes, err := f.GetPanes("Tout")
	if err != nil || !panes.Freeze || panes.YSplit != 4 || panes.XSplit != 1 || panes.TopLeftCell != "B5" {
		t.Errorf("panes %+v (%v)", panes, err)
	}
	names := map[string]string{}
	for _, n := range f.GetDefinedName() {
		names[n.Name+" "+n.Scope] = n.RefersTo
	}
	if names["_xlnm.Print_Area Tout"] != "'Tout'!$A$1:$D$27" || names["_xlnm.Print_Titles Tout"] != "'Tout'!$4:$4" {
		t.Errorf("defined names %v", names)
	}
	hf, err := f.GetHeaderFooter("Tout")
	if err != nil || !strings.Contains(hf.OddHeader, "Saint-Marcel && Fils · Restaurant scolaire") ||
		!strings.Contains(hf.OddFooter, "Feuille n° 3") || !strings.Contains(hf.OddFooter, "24/11/2026 à 13\u00a0h\u00a046") || !strings.Contains(hf.OddFooter, "&P/&N") {
		t.Errorf("header and footer %+v (%v)", hf, err)
	}
}

func TestSameInputSameBytes(t *testing.T) {
	many := func(b *Book) {
		for _, name := range []string{"A", "B", "C", "D", "E"} {
			b.Sheet(name, Layout{Columns: []Column{{Title: "x", Width: 5}}}).Row(Text(name))
		}
		sample(b)
	}
	first := book(t, many)
	for range 8 {
		if !bytes.Equal(first, book(t, many)) {
			t.Fatal("two runs differ")
		}
	}
}

// The stored text of an amount is the exact decimal, whatever the amount.
func TestMoneyIsStoredExactly(t *testing.T) {
	cell := regexp.MustCompile(`<c r="A2"[^>]*><v>([^<]*)</v>`)
	rapid.Check(t, func(rt *rapid.T) {
		c := rapid.Int64Range(-maxExactCents, maxExactCents).Draw(rt, "cents")
		data := book(t, func(b *Book) {
			b.Sheet("M", Layout{Columns: []Column{{Title: "m", Kind: KindMoney}}}).Row(Money(money.Cents(c)))
		})
		m := cell.FindStringSubmatch(part(t, data, "xl/worksheets/sheet1.xml"))
		if m == nil {
			rt.Fatal("no cell")
		}
		back, err := money.Parse(strings.Replace(m[1], ".", ",", 1))
		if err != nil || int64(back) != c {
			rt.Fatalf("%d cents stored as %q (%v)", c, m[1], err)
		}
	})
}

func TestRefusals(t *testing.T) {
	for name, fill := range map[string]func(b *Book){
		"too large":   func(b *Book) { b.Sheet("x", Layout{}).Row(Money(maxExactCents + 1)) },
		"too old":     func(b *Book) { b.Sheet("x", Layout{}).Row(Day(calendar.NewDate(1899, 1, 1))) },
		"too sealed":  func(b *Book) { sealed(b, true) },
		"no sheet":    func(*Book) {},
		"bad pipe OK": nil,
	} {
		b := New(info)
		w := io.Discard
		if fill == nil {
			fill, w = sample, failing{}
		}
		fill(b)
		err := b.Write(w)
		if err == nil || fault.Sentence(err) == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := New(Info{}).Write(io.Discard); err == nil {
		t.Error("a workbook without an instant was written")
	}
	b := New(info) // the planted fault: without the seal the same sheet passes
	sealed(b, false)
	if err := b.Write(io.Discard); err != nil {
		t.Error(err)
	}
}

func sealed(b *Book, on bool) {
	s := b.Sheet("x", Layout{Sealed: on, Columns: []Column{{Title: "x"}}})
	for range 600 {
		s.Row(Text(strings.Repeat("é", 10_000)))
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestSheetNames(t *testing.T) {
	b := New(info)
	defer func() {
		if err := b.Discard(); err != nil {
			t.Error(err)
		}
	}()
	long := strings.Repeat("É", 40)
	for _, c := range []struct{ in, want string }{
		{"Effectifs", "Effectifs"},
		{"effectifs", "effectifs (2)"},
		{"a/b:c*d?[e]\\f", "a b c d  e  f"},
		{"'quoted'", "quoted"},
		{"", "Feuille"},
		{"History", "Feuille History"},
		{long, strings.Repeat("É", 31)},
		{long, strings.Repeat("É", 27) + " (2)"},
		{strings.Repeat("🎉", 20), strings.Repeat("🎉", 15)},
	} {
		if got := b.Sheet(c.in, Layout{}).Name(); got != c.want {
			t.Errorf("%q gives %q, want %q", c.in, got, c.want)
		}
	}
	if err := b.err; err != nil {
		t.Error(err)
	}
}

func TestHeadTextStaysShort(t *testing.T) {
	got := headText(strings.Repeat("&", 300), 90)
	if len(got) > 95 || strings.Count(got, "&")%2 != 0 {
		t.Errorf("%q", got)
	}
	b := New(Info{Commune: strings.Repeat("&é", 300), Service: strings.Repeat("x", 300), Version: strings.Repeat("v\n", 300), Notice: strings.Repeat("n", 90), MadeAt: info.MadeAt})
	b.Sheet("x", Layout{})
	if err := b.Write(io.Discard); err != nil {
		t.Error(err)
	}
}

func TestCSV(t *testing.T) {
	var out bytes.Buffer
	c := NewCSV(&out, "Nom", "Montant", "Date", "N")
	c.Row(Text("=cmd"), Money(-125040), Day(calendar.NewDate(2026, 11, 4)), Int(-3))
	c.Row(Text(`a;"b"`), Money(5), Empty(), Text("ok"))
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	want := "\uFEFFNom;Montant;Date;N\r\n'=cmd;-1250,40;04/11/2026;-3\r\n\"a;\"\"b\"\"\";0,05;;ok\r\n"
	if out.String() != want {
		t.Errorf("got %q\nwant %q", out.String(), want)
	}
	for _, h := range hostile[:8] {
		if got := Text(h).csv(); !strings.HasPrefix(got, "'") {
			t.Errorf("%q goes out as %q", h, got)
		}
	}
	if err := NewCSV(failing{}, "x").Close(); err == nil {
		t.Error("a failed write was not told")
	}
}

func TestXMLIsWellFormed(t *testing.T) {
	dec := xml.NewDecoder(strings.NewReader(part(t, book(t, sample), "xl/worksheets/sheet1.xml")))
	for {
		if _, err := dec.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

func TestLibreOfficeReadsIt(t *testing.T) {
	soffice, err := exec.LookPath("soffice")
	if err != nil {
		if os.Getenv("ARDOISE_REQUIRE_PEERS") == "1" {
			t.Fatal("LibreOffice is required here and missing")
		}
		t.Skip("LibreOffice is missing: apt-get install libreoffice-calc-nogui")
	}
	dir := t.TempDir()
	in := filepath.Join(dir, "essai.xlsx")
	if err := os.WriteFile(in, book(t, sample), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(soffice, "-env:UserInstallation=file://"+dir+"/profile", "--headless", "--convert-to", `csv:Text - txt - csv (StarCalc):59,34,76,1,,1036,false,false`, "--outdir", dir, in)
	cmd.Env = append(os.Environ(), "LC_ALL=fr_FR.UTF-8")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	made, err := filepath.Glob(filepath.Join(dir, "*.csv"))
	if err != nil || len(made) != 1 {
		t.Fatalf("converted %v (%v)", made, err)
	}
	text, err := os.ReadFile(made[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"=cmd|'/C calc'!A0", "+33612345678;1;-4,20 €;25/11/2026", "1 250,40 €", "1 234"} {
		if !strings.Contains(strings.NewReplacer("\u202f", " ", "\u00a0", " ").Replace(string(text)), want) {
			t.Errorf("LibreOffice does not show %q in\n%s", want, text)
		}
	}
}
