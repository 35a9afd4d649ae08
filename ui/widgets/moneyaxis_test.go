package widgets

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ardoise/data/money"
)

func TestNiceSteps(t *testing.T) {
	for least, want := range map[int64]int64{0: 1, 1: 1, 2: 2, 3: 5, 6: 10, 11: 20, 21: 25, 26: 50, 51: 100, 101: 200, 201: 250, 251: 500, 2_001: 2_500, 500_001: 1_000_000} {
		if got := niceStep(func(s int64) bool { return s >= least }); got != want {
			t.Errorf("the first nice step from %d is %d, want %d", least, got, want)
		}
	}
}

func TestMoneyAxis(t *testing.T) {
	for _, c := range []struct {
		name    string
		amounts []money.Cents
		most    int
		want    string
	}{
		{"nothing at all", nil, 4, "0 € | 1 €"},
		{"nothing billed", []money.Cents{0, 0}, 4, "0 € | 1 €"},
		{"three cents", []money.Cents{3}, 4, "0 € | 1 €"},
		{"one euro and one cent", []money.Cents{1_01}, 4, "0 € | 1 € | 2 €"},
		{"a month of the mock-up", []money.Cents{9_846_20, 312_40}, 5, "0 € | 2 000 € | 4 000 € | 6 000 € | 8 000 € | 10 000 €"},
		{"on a tick exactly", []money.Cents{10_000_00}, 4, "0 € | 2 500 € | 5 000 € | 7 500 € | 10 000 €"},
		{"one cent above it", []money.Cents{10_000_01}, 4, "0 € | 5 000 € | 10 000 € | 15 000 €"},
		{"credit notes only", []money.Cents{-42_00}, 4, "–60 € | –40 € | –20 € | 0 €"},
		{"both ways", []money.Cents{9_000_00, -1_180_20}, 4, "–5 000 € | 0 € | 5 000 € | 10 000 €"},
		{"both ways, few lines", []money.Cents{9_000_00, -1_180_20}, 1, "–10 000 € | 0 € | 10 000 €"},
	} {
		a := newMoneyAxis(c.amounts, c.most)
		var got []string
		for _, v := range a.ticks() {
			got = append(got, tickText(v))
		}
		// thousands stand apart with a narrow no-break space, the euro with a wide one
		want := strings.ReplaceAll(strings.ReplaceAll(c.want, " |", "|"), "| ", "|")
		want = strings.ReplaceAll(strings.ReplaceAll(want, " €", nbsp+"€"), " ", "\u202f")
		if s := strings.Join(got, "|"); s != want {
			t.Errorf("%s: %s, want %s", c.name, s, want)
		}
	}
}

// proportion is what is wrong with how an axis draws two amounts, "" when a bar
// twice as high is twice as much.
func proportion(a moneyAxis, x, y money.Cents, height float32) string {
	const least = 0.01 // of a pixel, for rounding
	_, hx := a.bar(x, height)
	_, hy := a.bar(y, height)
	if d := math.Abs(float64(hx)*float64(y) - float64(hy)*math.Abs(float64(x))*sign(y)); d > least*math.Max(math.Abs(float64(x)), math.Abs(float64(y))) {
		return fmt.Sprintf("%s is %.3f px, %s is %.3f px", x, hx, y, hy)
	}
	return ""
}

func sign(c money.Cents) float64 {
	if c < 0 {
		return -1
	}
	return 1
}

func TestMoneyBarsAreTrueToTheirAmounts(t *testing.T) {
	amount := rapid.Custom(func(t *rapid.T) money.Cents {
		return money.Cents(rapid.OneOf(rapid.Int64Range(-9_99, 99_99), rapid.Int64Range(-1_000_000_00, 50_000_000_00)).Draw(t, "cents"))
	})
	rapid.Check(t, func(t *rapid.T) {
		amounts := rapid.SliceOfN(amount, 1, 30).Draw(t, "amounts")
		most := rapid.IntRange(2, 9).Draw(t, "most")
		height := float32(rapid.IntRange(40, 600).Draw(t, "height"))
		a := newMoneyAxis(amounts, most)
		ticks := a.ticks()
		zero := false
		for _, v := range ticks {
			zero = zero || v == 0
			if v%a.Step != 0 || a.Step%100 != 0 {
				t.Fatalf("tick %s of step %s is not round", v, a.Step)
			}
		}
		if !zero || len(ticks) < 2 || len(ticks) > most+1 {
			t.Fatalf("ticks %v, at most %d steps", ticks, most)
		}
		base := a.y(0, height)
		for _, v := range amounts {
			if v < a.Low || v > a.High {
				t.Fatalf("%s is off the axis %s to %s", v, a.Low, a.High)
			}
			y, h := a.bar(v, height)
			if y < -0.01 || y+h > height+0.01 || v > 0 && math.Abs(float64(y+h-base)) > 0.01 || v < 0 && math.Abs(float64(y-base)) > 0.01 {
				t.Fatalf("the bar of %s goes from %.2f to %.2f, zero is at %.2f of %.0f", v, y, y+h, base, height)
			}
			if w := proportion(a, v, amounts[0], height); w != "" {
				t.Fatal(w)
			}
		}
	})
	// planted fault: an axis that begins at the lowest amount makes 110 look
	// ten times 101
	if proportion(moneyAxis{Low: 100_00, High: 120_00, Step: 10_00}, 101_00, 110_00, 200) == "" {
		t.Error("the check does not notice an axis without zero")
	}
}

func TestMoneyAxisBeyondAllAmounts(t *testing.T) {
	a := newMoneyAxis([]money.Cents{math.MaxInt64, math.MinInt64}, 4)
	if a.High < beyond || a.Low > -beyond || len(a.ticks()) > 5 {
		t.Errorf("axis from %s to %s, %d ticks", a.Low, a.High, len(a.ticks()))
	}
	if _, h := a.bar(math.MaxInt64, 100); h != 50 {
		t.Errorf("the tallest bar is %v px of a half of 50", h)
	}
}

func TestMoneyPlotKeepsBarsApart(t *testing.T) {
	for _, c := range []struct {
		groups, series int
		w              float32
	}{{1, 1, 500}, {1, 2, 60}, {12, 2, 500}, {12, 2, 230}, {24, 2, 600}, {4, 1, 900}} {
		p := newMoneyPlot(Box{80, 20, c.w, 100}, c.groups, c.series, 32)
		end := p.X
		for i := range c.groups {
			for s := range c.series {
				x := p.bar(i, s)
				if x < end-0.01 || p.barW > 32 || p.barW < 1 {
					t.Errorf("%+v: bar %d/%d at %.1f, %.1f px wide, the one before ends at %.1f", c, i, s, x, p.barW, end)
				}
				end = x + p.barW
			}
		}
		if end > p.X+p.W+0.01 {
			t.Errorf("%+v: the last bar ends at %.1f of %.1f", c, end, p.X+p.W)
		}
	}
}

func TestLabelsThinOutFromTheChosenOne(t *testing.T) {
	show := func(b []bool) (s string) {
		for _, x := range b {
			s += map[bool]string{true: "x", false: "."}[x]
		}
		return s
	}
	for _, c := range []struct {
		groups       int
		band, widest float32
		chosen       int
		want         string
	}{
		{4, 50, 30, 3, "xxxx"},
		{6, 20, 30, 5, ".x.x.x"},
		{6, 20, 30, 2, "..x..x"},
		{7, 12, 30, 6, "x..x..x"},
		{7, 12, 30, 5, "x....x."},
		{1, 5, 300, 0, "x"},
	} {
		if got := show(labelled(c.groups, c.band, c.widest, c.chosen)); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

func TestLegendGoesBelowItsHeading(t *testing.T) {
	for _, c := range []struct {
		width float32
		want  string
	}{
		{400, "[{0 120} {0 240}]"}, // all on one line
		{300, "[{1 0} {1 120}]"},   // heading alone
		{150, "[{1 0} {2 0}]"},
		{50, "[{1 0} {2 0}]"}, // too narrow: cut, not lost
	} {
		if got := fmt.Sprint(legendSpots(100, []float32{100, 100}, 20, c.width)); got != c.want {
			t.Errorf("%v px: %s, want %s", c.width, got, c.want)
		}
	}
}
