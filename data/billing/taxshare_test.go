package billing

import (
	"testing"

	"pgregory.net/rapid"

	"ardoise/data/money"
)

// The parts make the payment to the cent, the last payment leaves every line
// whole, and no line gets more than itself.
func TestShareMakesThePayment(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		lines := rapid.SliceOfN(rapid.Int64Range(0, 1<<40), 1, 40).Draw(rt, "lines")
		amounts := make([]money.Cents, len(lines))
		var total money.Cents
		for i, n := range lines {
			amounts[i] = money.Cents(n)
			total += amounts[i]
		}
		paid := money.Cents(rapid.Int64Range(0, int64(total)).Draw(rt, "paid"))
		got := share(amounts, paid, total)
		if total == 0 {
			return
		}
		var sum money.Cents
		for i, c := range got {
			if c < 0 || c > amounts[i] {
				rt.Fatalf("line %d gets %d of %d", i, c, amounts[i])
			}
			sum += c
		}
		if sum != paid {
			rt.Fatalf("%d paid, %d shared", paid, sum)
		}
	})
}

func TestShare(t *testing.T) {
	for name, c := range map[string]struct {
		amounts     []money.Cents
		paid, total money.Cents
		want        []money.Cents
	}{
		"half":               {[]money.Cents{100, 100}, 101, 200, []money.Cents{50, 51}},
		"thirds":             {[]money.Cents{1, 1, 1}, 1, 3, []money.Cents{0, 0, 1}},
		"nothing paid":       {[]money.Cents{100, 100}, 0, 200, []money.Cents{0, 0}},
		"all paid":           {[]money.Cents{100, -30, 50}, 120, 120, []money.Cents{100, -30, 50}},
		"settles itself":     {[]money.Cents{100, -100}, 0, 0, []money.Cents{100, -100}},
		"a credit given":     {[]money.Cents{-30, -12}, -42, -42, []money.Cents{-30, -12}},
		"a credit half":      {[]money.Cents{-30, -12}, -21, -42, []money.Cents{-15, -6}},
		"beyond 64 bits":     {[]money.Cents{1 << 61, 1 << 61}, 1 << 61, 1 << 62, []money.Cents{1 << 60, 1 << 60}},
		"below nothing, too": {[]money.Cents{-1, 4}, 1, 3, []money.Cents{-1, 2}},
	} {
		got := share(c.amounts, c.paid, c.total)
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%s: %v, want %v", name, got, c.want)
				break
			}
		}
	}
}
