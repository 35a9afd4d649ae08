package bank

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ardoise/data/fault"
)

func TestParseICS(t *testing.T) {
	for _, c := range []struct{ in, want, word string }{
		{"FR72ZZZ123456", "FR72ZZZ123456", ""},
		{" fr72 zzz 123 456 ", "FR72ZZZ123456", ""},
		{"FR72ABC123456", "FR72ABC123456", ""}, // the business code is not in the check
		{"DE98ZZZ09999999999", "DE98ZZZ09999999999", ""},
		{"", "", "manque"},
		{"FR73ZZZ123456", "", "clé"},
		{"FR72ZZZ123465", "", "clé"},
		{"FR72ZZZ12345", "", "13 caractères"},
		{"US72ZZZ123456", "", "zone SEPA"},
		{"FR7", "", "deux lettres"},
		{"FR72ZZZ12345é", "", "deux lettres"},
		{strings.Repeat("A", 500), "", "deux lettres"},
	} {
		got, err := ParseICS(c.in)
		if got != c.want || (err == nil) != (c.word == "") || err != nil && !strings.Contains(fault.Sentence(err), c.word) {
			t.Errorf("ParseICS(%q) = %q, %v; want %q, a sentence with %q", c.in, got, err, c.want, c.word)
		}
	}
}

// Any one figure changed makes an ICS wrong, but in its business code: the planted faults of the check. (A figure made
// a letter may slip through: the remainder counts letters as two figures.)
func TestICSMissesNoSlip(t *testing.T) {
	const right = "FR72ZZZ123456"
	for i := range right {
		for _, r := range "0123456789" {
			wrong := right[:i] + string(r) + right[i+1:]
			_, err := ParseICS(wrong)
			if allowed := wrong == right || i >= 4 && i < 7; (err == nil) != allowed {
				t.Errorf("%s: %v", wrong, err)
			}
		}
	}
}

func TestParseUMR(t *testing.T) {
	for _, c := range []struct{ in, want, word string }{
		{"CANTINE-F-0087-001", "CANTINE-F-0087-001", ""},
		{" cantine-f-0087-001\n", "CANTINE-F-0087-001", ""},
		{strings.Repeat("A", 35), strings.Repeat("A", 35), ""},
		{"", "", "manque"},
		{" \u00a0", "", "manque"},
		{"---", "", "tiret est permis"},
		{"RUM/1", "", "tiret est permis"},
		{"MANDAT É", "", "tiret est permis"},
		{strings.Repeat("A", 36), "", "36 caractères"},
	} {
		got, err := ParseUMR(c.in)
		word := strings.ReplaceAll(c.word, "tiret est permis", "le tiret sont permis")
		if got != c.want || (err == nil) != (c.word == "") || err != nil && !strings.Contains(fault.Sentence(err), word) {
			t.Errorf("ParseUMR(%q) = %q, %v; want %q, a sentence with %q", c.in, got, err, c.want, c.word)
		}
	}
}

func TestMakeUMR(t *testing.T) {
	for _, c := range []struct {
		prefix, family string
		serial         int
		want           string
	}{
		{"CANTINE", "F-0087", 1, "CANTINE-F-0087-001"},
		{"", "F-0087", 12, "F-0087-012"},
		{"Régie d’Œuvre scolaire de Saint-Marcel", "F-0087", 1234, "REGIE-DOEUVRE-SC-F-0087-1234"},
		{"漢字", "f 1", 1, "F1-001"},
		{"X", "", 1, ""},
		{"X", "F/1", 1, ""},
		{"X", "F-1", 0, ""},
		{"X", "F-1", 10000, ""},
		{"X", "F-12345678901", 1, ""},
	} {
		got, err := MakeUMR(c.prefix, c.family, c.serial)
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("MakeUMR(%q, %q, %d) = %q, %v; want %q", c.prefix, c.family, c.serial, got, err, c.want)
		}
	}
}

func TestMakeUMRIsUniqueAndSound(t *testing.T) {
	shape := regexp.MustCompile(`^[A-Z0-9-]{1,35}$`)
	rapid.Check(t, func(t *rapid.T) {
		prefix := rapid.String().Draw(t, "prefix")
		family := rapid.StringMatching(`F-[0-9]{4,6}`)
		serial := rapid.IntRange(1, 9999)
		f1, s1, f2, s2 := family.Draw(t, "f1"), serial.Draw(t, "s1"), family.Draw(t, "f2"), serial.Draw(t, "s2")
		a, err1 := MakeUMR(prefix, f1, s1)
		b, err2 := MakeUMR(prefix, f2, s2)
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		if !shape.MatchString(a) || (a == b) != (f1 == f2 && s1 == s2) {
			t.Fatalf("%q, %q", a, b)
		}
		if back, err := ParseUMR(a); back != a || err != nil {
			t.Fatalf("%q reads back as %q, %v", a, back, err)
		}
	})
}
