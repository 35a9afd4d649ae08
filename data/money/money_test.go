package money

import (
	"errors"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ardoise/data/fault"
)

func TestText(t *testing.T) {
	for c, want := range map[Cents]string{
		0: "0,00 €", 5: "0,05 €", 420: "4,20 €", 125040: "1 250,40 €", -1260: "–12,60 €",
		100000000: "1 000 000,00 €", math.MinInt64: "–92 233 720 368 547 758,08 €",
	} {
		want = strings.ReplaceAll(strings.ReplaceAll(want, " €", nbsp+"€"), " ", nnbsp)
		if got := c.String(); got != want {
			t.Errorf("%d: got %q, want %q", int64(c), got, want)
		}
	}
	if got := Cents(420).Signed(); got != "+4,20"+nbsp+"€" {
		t.Errorf("signed: %q", got)
	}
	if got := Cents(-420).Signed(); got != "–4,20"+nbsp+"€" {
		t.Errorf("signed: %q", got)
	}
	if got := Cents(0).Signed(); got != "0,00"+nbsp+"€" {
		t.Errorf("signed zero: %q", got)
	}
}

func TestParse(t *testing.T) {
	for text, want := range map[string]Cents{
		"12": 1200, "12,5": 1250, "12.50": 1250, "1 250,40 €": 125040, "1\u202f250,40\u00a0€": 125040,
		"-3.20": -320, "–3,20 €": -320, "− 3,20": -320, "+4": 400, ",5": 50, "0": 0, "-0": 0,
		" 7,00 ": 700, "12€50": 1250, "12 €": 1200, "9999999999999,99": 999999999999999, "1250,4": 125040,
	} {
		got, err := Parse(text)
		if err != nil || got != want {
			t.Errorf("%q: got %d, %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{
		"", " ", "-", "€", ",", "12,", "12,345", "1.250,40", "1,250.40", "12 5", "1 2500", " 1 25", "douze", "1e3",
		"-+5", "--5", "+-5", "12€5", "12€505", "€12", "12,5€50", "99999999999999", "١٢", "0x10", "12€50€", "1  250", "5 ,20", "12,5 0",
	} {
		got, err := Parse(text)
		if err == nil {
			t.Errorf("%q was read as %d", text, got)
			continue
		}
		if fault.KindOf(err) != fault.Invalid || !strings.Contains(fault.Sentence(err), "n’est pas un montant") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestArithmetic(t *testing.T) {
	for _, c := range []struct {
		a, b, want Cents
		ok         bool
	}{
		{1, 2, 3, true},
		{0, 0, 0, true},
		{5, -5, 0, true},
		{-5, 0, -5, true},
		{math.MaxInt64, 1, 0, false},
		{math.MinInt64, -1, 0, false},
		{math.MaxInt64, math.MinInt64, -1, true},
	} {
		got, err := Add(c.a, c.b)
		if (err == nil) != c.ok || got != c.want {
			t.Errorf("%d+%d = %d, %v", c.a, c.b, got, err)
		}
	}
	for _, c := range []struct {
		a    Cents
		n    int
		want Cents
		ok   bool
	}{
		{420, 17, 7140, true},
		{0, 9, 0, true},
		{9, 0, 0, true},
		{-420, 2, -840, true},
		{math.MaxInt64, 2, 0, false},
		{math.MinInt64, -1, 0, false},
		{-1, math.MinInt64, 0, false},
		{math.MinInt64, 1, math.MinInt64, true},
	} {
		got, err := c.a.Times(c.n)
		if (err == nil) != c.ok || got != c.want {
			t.Errorf("%d x %d = %d, %v", c.a, c.n, got, err)
		}
	}
}

func TestScanRefusesFloats(t *testing.T) {
	var c Cents
	if err := c.Scan(int64(420)); err != nil || c != 420 {
		t.Errorf("int64: %d, %v", c, err)
	}
	if err := c.Scan(nil); err != nil || c != 0 {
		t.Errorf("nil: %d, %v", c, err)
	}
	for _, v := range []any{4.20, "4.20", []byte("420"), true} {
		if err := c.Scan(v); err == nil {
			t.Errorf("%T was taken as cents", v)
		}
	}
	if v, err := Cents(7).Value(); err != nil || v != int64(7) {
		t.Errorf("value: %v, %v", v, err)
	}
}

// Any amount that can be typed is read back from what is shown of it.
func TestParseReadsString(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := Cents(rapid.Int64Range(-999999999999999, 999999999999999).Draw(t, "cents"))
		got, err := Parse(c.String())
		if err != nil || got != c {
			t.Fatalf("%q: got %d, %v", c.String(), got, err)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"12", "1 250,40 €", "-3.20", "12€50", "–12,60", "1.250,40"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := Parse(text)
		if err != nil {
			var e *fault.Error
			if !errors.As(err, &e) || e.Kind != fault.Invalid {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		again, err := Parse(c.String())
		if err != nil || again != c {
			t.Fatalf("%q is %d, shown %q, read back %d, %v", text, c, c.String(), again, err)
		}
	})
}
