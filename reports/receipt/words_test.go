package receipt

import (
	"math"
	"strings"
	"testing"

	"ardoise/data/money"
)

func TestWords(t *testing.T) {
	for _, c := range []struct {
		cents money.Cents
		want  string
	}{
		{0, "zéro euro"},
		{1, "un centime"},
		{50, "cinquante centimes"},
		{100, "un euro"},
		{101, "un euro et un centime"},
		{420, "quatre euros et vingt centimes"},
		{1600, "seize euros"},
		{1780, "dix-sept euros et quatre-vingts centimes"},
		{1781, "dix-sept euros et quatre-vingt-un centimes"},
		{2000, "vingt euros"},
		{2100, "vingt et un euros"},
		{2200, "vingt-deux euros"},
		{3171, "trente et un euros et soixante et onze centimes"},
		{7000, "soixante-dix euros"},
		{7100, "soixante et onze euros"},
		{7200, "soixante-douze euros"},
		{7999, "soixante-dix-neuf euros et quatre-vingt-dix-neuf centimes"},
		{8000, "quatre-vingts euros"},
		{8100, "quatre-vingt-un euros"},
		{9000, "quatre-vingt-dix euros"},
		{9100, "quatre-vingt-onze euros"},
		{9700, "quatre-vingt-dix-sept euros"},
		{10000, "cent euros"},
		{10100, "cent un euros"},
		{17100, "cent soixante et onze euros"},
		{18000, "cent quatre-vingts euros"},
		{20000, "deux cents euros"},
		{20100, "deux cent un euros"},
		{99900, "neuf cent quatre-vingt-dix-neuf euros"},
		{100000, "mille euros"},
		{100100, "mille un euros"},
		{125040, "mille deux cent cinquante euros et quarante centimes"},
		{200000, "deux mille euros"},
		{8000000, "quatre-vingt mille euros"},
		{20000000, "deux cent mille euros"},
		{28000000, "deux cent quatre-vingt mille euros"},
		{100000000, "un million d’euros"},
		{100000100, "un million un euros"},
		{20000000000, "deux cents millions d’euros"},
		{8000000000, "quatre-vingts millions d’euros"},
		{100000000000, "un milliard d’euros"},
		{-1260, "moins douze euros et soixante centimes"},
	} {
		if got := Words(c.cents); got != c.want {
			t.Errorf("%d: %q, want %q", c.cents, got, c.want)
		}
	}
}

// Different amounts never read the same, and the largest ones do not break.
func TestWordsAreDistinct(t *testing.T) {
	seen := map[string]int{}
	for c := 0; c < 300_000; c++ {
		w := Words(money.Cents(c))
		if before, ok := seen[w]; ok {
			t.Fatalf("%d and %d are both %q", before, c, w)
		}
		seen[w] = c
	}
	for _, c := range []money.Cents{math.MaxInt64, math.MinInt64} {
		if w := Words(c); !strings.Contains(w, "billiards") || strings.Contains(w, "zéro") {
			t.Errorf("%d: %q", c, w)
		}
	}
}
