package treasury

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"ardoise/data/calendar"
	"ardoise/data/money"
)

func TestText(t *testing.T) {
	for _, c := range []struct{ in, typed, capitals string }{
		{"Favier", "Favier", "FAVIER"},
		{"  Élodie \t\n Lecœur ", "Élodie Lecoeur", "ELODIE LECOEUR"},
		{"e\u0301le\u0300ve", "élève", "ELEVE"},
		{"O’Connor – “X”", `O'Connor - "X"`, `O'CONNOR - "X"`},
		{"Łódź, Ştefan, Đoković", "Lódz, Stefan, Dokovic", "LODZ, STEFAN, DOKOVIC"},
		{"Straße Ærø ÿ Þór", "Straße Ærø ÿ Þór", "STRASSE AERO Y THOR"},
		{"Щукин Алексей", "CHTCHoukin Aleksei", "CHTCHOUKIN ALEKSEI"},
		{"Παπαδόπουλος", "Papadopoylos", "PAPADOPOYLOS"},
		{"A\u00a0B\u202fC\u00adD\u200dE\u202eF", "A B CDEF", "A B CDEF"},
		{"12 € ½ n°3 ①", "12 EUR ½ n°3 1", "12 EUR 1/2 N°3 1"},
		{"漢字 🎉", "?? ?", "?? ?"},
		{"a\x00b\u009fc\xff", "a b c?", "A B C?"},
		{"nc", "", "NC"},
		{"000", "", ""},
		{".", "", ""},
		{" ", "", ""},
		{"<&\">", "<&\">", "<&\">"},
	} {
		if got := (speller{}).text(c.in, 99); got != c.typed {
			t.Errorf("%q typed: %q, want %q", c.in, got, c.typed)
		}
		if got := (speller{capitals: true}).text(c.in, 99); got != c.capitals {
			t.Errorf("%q in capitals: %q, want %q", c.in, got, c.capitals)
		}
	}
	if got := (speller{}).text("0000000é", 7); got != "" {
		t.Errorf("cut to zeros: %q", got)
	}
	if got := (speller{}).text("abc éè", 5); got != "abc é" {
		t.Errorf("cut: %q", got)
	}
}

func TestSEPA(t *testing.T) {
	for in, want := range map[string]string{
		"Cantine & goûter n° 3": "Cantine + gouter n 3", "Œuvre « X » [1]": "OEuvre X 1", "100 % bio_pur;été": "100 bio pur ete",
		"Straße Ærø": "StraSSe AErO", "漢字": "??", "": "", strings.Repeat("ab ", 60): strings.TrimSpace(strings.Repeat("ab ", 60)[:140]),
	} {
		if got := sepa(in, 140); got != want || !allSEPA(got) {
			t.Errorf("%q gives %q, want %q", in, got, want)
		}
	}
}

func TestSplitAndAddress(t *testing.T) {
	long := "1234 rue du Général Charles de Gaulle prolongée jusqu’au bourg"
	first, rest := speller{}.split(long, 38)
	if first != "1234 rue du Général Charles de Gaulle" || rest != "prolongée jusqu'au bourg" {
		t.Errorf("%q and %q", first, rest)
	}
	if first, rest = (speller{}).split(strings.Repeat("x", 90), 38); len(first) != 38 || len(rest) != 38 {
		t.Errorf("one long word: %q and %q", first, rest)
	}
	for name, c := range map[string]struct {
		in   Address
		want lines
	}{
		"plain":      {Address{"B", "1 rue X", "P", "01000", "V", ""}, lines{"B", "1 rue X", "P", "V"}},
		"hamlet":     {Address{"", "", "Les Étangs", "01000", "V", ""}, lines{"", "Les Étangs", "", "V"}},
		"complement": {Address{"Bât. B", "", "", "01000", "V", ""}, lines{"", "Bât. B", "", "V"}},
		"long":       {Address{"B", long, "", "01000", "V", ""}, lines{"B", first38, rest38, "V"}},
		"long, full": {Address{"", long, "P", "01000", "V", ""}, lines{first38, rest38, "P", "V"}},
		"no room":    {Address{"B", long, "P", "01000", "V", ""}, lines{"B", first38, "P", "V"}},
		"abroad":     {Address{"", "1 rue X", "", "1204", "Genève", "140"}, lines{"", "1 rue X", "", "1204 Genève"}},
	} {
		if got := lay(speller{}, c.in); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

const first38, rest38 = "1234 rue du Général Charles de Gaulle", "prolongée jusqu'au bourg"

// Whatever the banks know how to write in Latin letters, this room does too.
func TestBanksTableIsReadable(t *testing.T) {
	root := os.Getenv("ARDOISE_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	f, err := os.Open(filepath.Join(root, "data", "bank", "epc217_transliteration.csv"))
	if err != nil {
		t.Skipf("shared data missing (set ARDOISE_SHARED): %v", err)
	}
	defer func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}()
	r := csv.NewReader(f)
	r.LazyQuotes = true
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var lost []string
	for _, row := range rows {
		in, out := []rune(row[0]), row[1]
		if len(in) != 1 || in[0] < 0xA0 || !readable(out) {
			continue
		}
		for _, sp := range []speller{{}, {capitals: true}} {
			if got := sp.line(row[0]); strings.Contains(got, "?") {
				lost = append(lost, fmt.Sprintf("%q (%U) should give %q", row[0], in[0], out))
			}
		}
	}
	if len(lost) > 0 {
		t.Errorf("%d lost: %s", len(lost), strings.Join(lost, "; "))
	}
}

// anyText draws from all of Unicode, broken UTF-8 and controls included.
func anyText(t *rapid.T, label string) string {
	runes := rapid.SliceOfN(rapid.Rune(), 0, 60).Draw(t, label)
	text := string(runes)
	if rapid.IntRange(0, 9).Draw(t, label+" broken") == 0 {
		text += "\xff\xfe" + string(rune(rapid.IntRange(0, 0x1f).Draw(t, label+" control")))
	}
	return text
}

// Random roles: whatever the names, the file is valid, every mandatory value is
// there, and the sums agree to the cent.
func TestRandomRolesAreValid(t *testing.T) {
	xsd := schema(t)
	var files [][]byte
	rapid.Check(t, func(rt *rapid.T) {
		s, b := settings(), role(0)
		s.Capitals, s.Cle1 = rapid.Bool().Draw(rt, "capitals"), rapid.Bool().Draw(rt, "cle1")
		s.NatPrel = rapid.SampledFrom([]string{"01", "02"}).Draw(rt, "natprel")
		s.LibelleCol, b.Object, b.Period = anyText(rt, "budget"), anyText(rt, "object"), rapid.IntRange(0, 9).Draw(rt, "period")
		for i := range rapid.IntRange(1, 5).Draw(rt, "pieces") {
			b.Pieces = append(b.Pieces, randomPiece(rt, i))
		}
		var sum money.Cents
		for _, p := range b.Pieces {
			sum += p.Amount
		}
		data := file(t, s, b)
		v := read(t, data)
		if got := v.all("MtBordHt"); len(got) != 1 || cents(t, got[0]) != sum {
			rt.Fatalf("total %v, want %s", got, amount(sum))
		}
		var lines, debits money.Cents
		for _, m := range v.all("MtHT") {
			lines += cents(t, m)
		}
		for _, m := range v.all("MtPrel") {
			debits += cents(t, m)
		}
		if lines != sum || len(v.all("MtHT")) != len(b.Pieces) || debits > sum {
			rt.Fatalf("lines %d, debits %d, total %d", lines, debits, sum)
		}
		for _, name := range []string{"Nom", "Prenom", "Adr2", "Ville", "TitCpte"} {
			for _, got := range v.all(name) {
				if !readable(got) || utf8.RuneCountInString(got) > 38 {
					rt.Fatalf("%s is %q", name, got)
				}
			}
		}
		if len(files) < 120 {
			files = append(files, data)
		}
	})
	if said := lint(t, xsd, files...); said != "" {
		t.Error(said)
	}
}

func randomPiece(rt *rapid.T, i int) Piece {
	p := piece(i + 1)
	p.Amount = money.Cents(rapid.Int64Range(1, int64(maxAmount)/5).Draw(rt, "amount"))
	p.Object = anyText(rt, "label")
	letter := rapid.SampledFrom([]string{"a", "Z", "é", "œ", "Ł", "ж", "Ω"})
	name := func(label string) string { return letter.Draw(rt, label+" letter") + anyText(rt, label) }
	p.Debtor.Last, p.Debtor.First, p.Debtor.Ref = name("last"), name("first"), anyText(rt, "ref")
	p.Debtor.Address.Street, p.Debtor.Address.City = name("street"), name("city")
	p.Debtor.Address.Complement, p.Debtor.Address.Place = anyText(rt, "complement"), anyText(rt, "place")
	if rapid.Bool().Draw(rt, "debit") {
		p.Debit = debit()
		p.Debit.Label, p.Debit.Holder = anyText(rt, "statement"), name("holder")
		p.Debit.Collect = calendar.NewDate(2026, 12, rapid.IntRange(2, 31).Draw(rt, "day"))
		p.Debit.Sequence = rapid.SampledFrom([]Sequence{OneOff, First, Recurrent, Final}).Draw(rt, "sequence")
		p.Debit.RUM = rapid.StringMatching(`[A-Z0-9]([A-Z0-9-]{0,33}[A-Z0-9])?`).Draw(rt, "rum")
		p.Debit.Other, p.Debit.NewBank = rapid.Bool().Draw(rt, "other"), rapid.Bool().Draw(rt, "new bank")
	} else {
		p.Debit = nil
	}
	return p
}

// Names without any latin letter are refused or written, never half-way.
func TestRandomNamesAreRefusedOrReadable(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		b := role(1)
		b.Pieces[0].Debtor.Last = anyText(rt, "last")
		var out strings.Builder
		err := Write(ctx, &out, settings(), b)
		if refused := len(Check(settings(), b)) > 0; refused != (err != nil) || refused != (out.Len() == 0) {
			rt.Fatalf("%q: %v, %d bytes, refused %v", b.Pieces[0].Debtor.Last, err, out.Len(), refused)
		}
	})
}

func cents(t *testing.T, text string) money.Cents {
	t.Helper()
	c, err := money.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

type count struct{ n int64 }

func (c *count) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	return len(p), nil
}

func BenchmarkWrite(b *testing.B) {
	for _, n := range []int{1_000, 10_000} {
		r := role(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				var c count
				if err := Write(ctx, &c, settings(), r); err != nil {
					b.Fatal(err)
				}
				b.SetBytes(c.n)
			}
		})
	}
}
