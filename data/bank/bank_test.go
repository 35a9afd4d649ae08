package bank

import (
	"strings"
	"testing"

	"ardoise/data/fault"
)

func TestParseIBAN(t *testing.T) {
	for _, c := range []struct{ in, want, word string }{
		{"FR14 2004 1010 0505 0001 3M02 606", "FR1420041010050500013M02606", ""},
		{"fr76 3000 6000 0112 3456 7890 189", "FR7630006000011234567890189", ""},
		{"DE89370400440532013000", "DE89370400440532013000", ""},
		{"BE68 5390 0754 7034", "BE68539007547034", ""},
		{"", "", "manque"},
		{"FR76 3000 1007 94", "", "27 caractères attendus, 14 reçus"},
		{"FR7630006000011234567890189000", "", "trop long"},
		{"FR7630006000011234567890188", "", "clé"},
		{"US64SVBKUS6S3300958879", "", "zone SEPA"},
		{"é", "", "deux lettres"},
		{"FR76=3000", "", "deux lettres"},
	} {
		got, err := ParseIBAN(c.in)
		if got != c.want || (err == nil) != (c.word == "") || err != nil && !strings.Contains(fault.Sentence(err), c.word) {
			t.Errorf("ParseIBAN(%q) = %q, %v; want %q, a sentence with %q", c.in, got, err, c.want, c.word)
		}
	}
}

// An IBAN whose remainder is right and whose RIB key is wrong must be refused:
// this is the planted fault for the second check alone.
func TestRIBKeyIsChecked(t *testing.T) {
	bban := "30006000011234567890100" // key 89 replaced by 00
	for check := 2; check < 99; check++ {
		s := "FR" + string(rune('0'+check/10)) + string(rune('0'+check%10)) + bban
		if mod97(s[4:]+s[:4]) != 1 {
			continue
		}
		if _, err := ParseIBAN(s); err == nil || !strings.Contains(fault.Sentence(err), "RIB") {
			t.Fatalf("%s: want a refusal for the RIB key, got %v", s, err)
		}
		return
	}
	t.Fatal("no check digits found for the planted fault")
}

func TestBICAndMask(t *testing.T) {
	for in, ok := range map[string]bool{"": true, "AGRIFRPP": true, "crlyfrppxxx": true, "AGRIFRP": false, "AGRIFR0P": false, "12345678": false} {
		if _, err := ParseBIC(in); (err == nil) != ok {
			t.Errorf("ParseBIC(%q): %v, want ok=%v", in, err, ok)
		}
	}
	if got := Mask("FR7630006000011234567890189"); got != "FR76 •••• •••• •••• •••• •••• 189" {
		t.Errorf("Mask = %q", got)
	}
}

func FuzzParseIBAN(f *testing.F) {
	f.Add("FR7630006000011234567890189")
	f.Add("MC5811222000010123456789030")
	f.Fuzz(func(t *testing.T, s string) {
		got, err := ParseIBAN(s)
		if err == nil && (len(got) < 15 || mod97(got[4:]+got[:4]) != 1) {
			t.Fatalf("accepted %q", got)
		}
		_ = Mask(s)
	})
}
