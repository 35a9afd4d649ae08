package bank

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

func shared(t *testing.T, name string) [][]string {
	t.Helper()
	dir := os.Getenv("ARDOISE_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared")
	}
	f, err := os.Open(filepath.Join(dir, "data", "bank", name))
	if err != nil {
		t.Skipf("shared data missing (set ARDOISE_SHARED): %v", err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// ownWay are the signs we write otherwise than the table of EPC217-08, and why.
var ownWay = map[string]string{
	"Æ": "AE", "æ": "ae", "Œ": "OE", "œ": "oe", "ß": "ss", // both letters, as French and German do
	"'": "'", `"`: "'", "<": ".", ">": ".", // the table escapes them for XML; the writer of the XML does that
	";": ",", "Ϊ": "I", // the table has the capital twice, once as a small letter
}

func TestCleanFollowsTheTable(t *testing.T) {
	rows := shared(t, "epc217_transliteration.csv")
	if len(rows) < 400 {
		t.Fatalf("%d rows", len(rows))
	}
	for _, row := range rows {
		if row[0] == " " {
			continue
		}
		want := row[1]
		if own, ok := ownWay[row[0]]; ok {
			want = own
		}
		if got := Clean(row[0], 10); got != want {
			t.Errorf("%q (%U) gives %q, the table %q", row[0], []rune(row[0]), got, want)
		}
	}
}

func TestClean(t *testing.T) {
	for _, c := range []struct {
		in    string
		limit int
		want  string
	}{
		{"Élodie d’Œuvre-Lefèvre", 70, "Elodie d'OEuvre-Lefevre"},
		{"E\u0301lodie", 70, "Elodie"},
		{"Dupont & fils", 70, "Dupont + fils"},
		{"  12,50\u00a0€ \n repas\t", 70, "12,50 E repas"},
		{"Straße", 70, "Strasse"},
		{"Γιώργος Ψάλτης", 70, "Giorgos PSaltis"},
		{"Щукин Йордан", 70, "SHTukin Yordan"},
		{"ﬁlle Ａｂｃ ½ № 3", 70, "fille Abc 1/2 No 3"},
		{"漢字", 70, ".."},
		{"Léa 🎉", 70, "Lea ."},
		{"a\u200db\u202ec", 70, "abc"},
		{"ab\xff", 70, "ab."},
		{"", 70, ""},
		{" \u00a0\u200b", 70, ""},
		{"abc def", 4, "abc"},
		{"abc", 0, ""},
		{"Réservation : 8 repas !", 70, "Reservation : 8 repas ."},
		{"« Le Petit »", 70, "' Le Petit '"},
		{"regie@example.org", 70, "regie(at)example.org"},
	} {
		if got := Clean(c.in, c.limit); got != c.want {
			t.Errorf("Clean(%q, %d) = %q, want %q", c.in, c.limit, got, c.want)
		}
	}
}

// Every rune there is gives characters of the EPC set only, composed or decomposed, and what XML needs escaped is gone.
func TestEveryRuneIsPlain(t *testing.T) {
	letters := 0
	for r := rune(0); r <= unicode.MaxRune; r++ {
		forms := []string{string(r)}
		if apart := norm.NFD.String(forms[0]); apart != forms[0] {
			forms = append(forms, apart)
		}
		for _, s := range forms {
			got := Clean(s, 70)
			if !IsPlain(got) || strings.ContainsAny(got, "&<>\"") {
				t.Fatalf("%U gives %q", r, got)
			}
			if name := Name(s); name == "" && strings.TrimSpace(s) != "" {
				t.Fatalf("%U gives no name", r)
			}
			if ref := Reference(s); ref != "" && !IsReference(ref) {
				t.Fatalf("%U gives the reference %q", r, ref)
			}
		}
		if unicode.Is(unicode.Latin, r) && unicode.IsLetter(r) && !strings.Contains(Clean(string(r), 9), ".") {
			letters++
		}
	}
	if letters < 800 {
		t.Errorf("only %d Latin letters are transliterated", letters)
	}
}

func TestNameAndReference(t *testing.T) {
	for in, want := range map[string]string{
		"Élodie": "Elodie", "漢字": "NOTPROVIDED", "🎉": "NOTPROVIDED", "": "", "  ": "", "\u200b": "NOTPROVIDED",
		strings.Repeat("é", 80): strings.Repeat("e", 70),
	} {
		if got := Name(in); got != want {
			t.Errorf("Name(%q) = %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{
		"FACT 2026/12": "FACT-2026/12", "/a//b///c/": "a/b/c", "////": "", "": "", "é": "e",
		strings.Repeat("a", 34) + "/b": strings.Repeat("a", 34), strings.Repeat("a", 40): strings.Repeat("a", 35),
	} {
		if got := Reference(in); got != want {
			t.Errorf("Reference(%q) = %q, want %q", in, got, want)
		}
	}
	for _, wrong := range []string{"", "/a", "a/", "a//b", "a b", "é", strings.Repeat("a", 36)} {
		if IsReference(wrong) {
			t.Errorf("%q passes for a reference", wrong)
		}
	}
}

func TestCleanProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, limit := rapid.String().Draw(t, "s"), rapid.IntRange(0, 80).Draw(t, "limit")
		got := Clean(s, limit)
		if !IsPlain(got) || len(got) > limit || strings.TrimSpace(got) != got || strings.Contains(got, "  ") {
			t.Fatalf("Clean(%q, %d) = %q", s, limit, got)
		}
		if again := Clean(got, limit); again != got {
			t.Fatalf("%q is cleaned again to %q", got, again)
		}
		ref := Reference(s)
		if len(ref) > 35 || strings.HasPrefix(ref, "/") || strings.HasSuffix(ref, "/") || strings.Contains(ref, "//") || Reference(ref) != ref {
			t.Fatalf("Reference(%q) = %q", s, ref)
		}
	})
}

func FuzzClean(f *testing.F) {
	f.Add("Élodie d’Œuvre", 70)
	f.Add("a\xff//\u0301", 3)
	f.Fuzz(func(t *testing.T, s string, limit int) {
		if got := Clean(s, limit%1000); !IsPlain(got) || len(got) > max(limit%1000, 0) {
			t.Fatalf("%q", got)
		}
	})
}
