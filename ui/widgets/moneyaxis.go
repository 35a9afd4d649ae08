package widgets

import (
	"strings"

	"ardoise/data/money"
)

const nbsp = "\u00a0"

// niceStep is the first round number that will do: 1, 2, 5, 10, 20, 25, 50,
// 100, 200, 250, 500 and so on.
func niceStep(will func(step int64) bool) int64 {
	for ten := int64(1); ten < 1e17; ten *= 10 {
		for _, quarter := range [...]int64{4, 8, 10, 20} {
			if step := ten * quarter / 4; step*4 == ten*quarter && will(step) {
				return step
			}
		}
	}
	return 1e17
}

// axis gives a round step and the top of the axis for the largest value.
func axis(largest int) (step, top int) {
	step = int(niceStep(func(s int64) bool { return s*4 >= int64(largest) }))
	top = max(step, (largest+step-1)/step*step)
	return step, top
}

// moneyAxis is the upright axis of a chart of amounts, in cents. Low is never
// above zero and High never below: a bar is only true to its amount when the
// axis holds zero. Low, High and zero are multiples of Step, which is a round
// number of whole euros.
type moneyAxis struct {
	Low, High, Step money.Cents
}

// beyond keeps sums of what is drawn inside 64 bits: no town bills 10 thousand
// billion euros, and a bar for the ceiling is then as tall as the plot.
const beyond money.Cents = 1e15

// newMoneyAxis returns the axis with at most that many steps (2 or more) that
// holds zero and every amount.
func newMoneyAxis(amounts []money.Cents, most int) moneyAxis {
	low, high := money.Cents(0), money.Cents(0)
	for _, a := range amounts {
		low, high = min(low, max(a, -beyond)), max(high, min(a, beyond))
	}
	up := func(c, step money.Cents) money.Cents { return (c + step - 1) / step } // c >= 0
	step := money.Cents(100 * niceStep(func(s int64) bool {
		step := money.Cents(100 * s)
		return up(high, step)+up(-low, step) <= money.Cents(max(2, most))
	}))
	a := moneyAxis{Low: -up(-low, step) * step, High: up(high, step) * step, Step: step}
	if a.Low == a.High {
		a.High = step
	}
	return a
}

// ticks are the amounts that get a line, from Low to High.
func (a moneyAxis) ticks() []money.Cents {
	var out []money.Cents
	for c := a.Low; c <= a.High; c += a.Step {
		out = append(out, c)
	}
	return out
}

// y is how far below the top of a plot of that height (px) an amount stands.
func (a moneyAxis) y(c money.Cents, height float32) float32 {
	c = min(max(c, a.Low), a.High)
	return float32(float64(height) * float64(a.High-c) / float64(a.High-a.Low))
}

// bar is the top and the height (px) of the bar of an amount, which goes from
// zero up or, for a negative amount, down.
func (a moneyAxis) bar(c money.Cents, height float32) (y, h float32) {
	zero, end := a.y(0, height), a.y(c, height)
	return min(zero, end), max(zero, end) - min(zero, end)
}

// tickText is a round amount without its useless cents: « 2 500 € ».
func tickText(c money.Cents) string { return strings.TrimSuffix(c.Number(), ",00") + nbsp + "€" }

// moneyPlot is where the bars of a chart stand, in px.
type moneyPlot struct {
	Box            // the ruled area
	groups, series int
	barW, between  float32
}

// newMoneyPlot shares the width between groups of one bar a series: bars of a
// group nearly touch, groups stand well apart, no bar is wider than widest.
func newMoneyPlot(b Box, groups, series int, widest float32) moneyPlot {
	p := moneyPlot{Box: b, groups: groups, series: max(1, series), between: 2}
	if groups > 0 {
		p.barW = min(widest, max(1, (p.band()*0.7-p.between*float32(p.series-1))/float32(p.series)))
	}
	return p
}

// band is the width of a group and of what parts it from the next.
func (p moneyPlot) band() float32 { return p.W / float32(max(1, p.groups)) }

// group is the left edge of a group's band.
func (p moneyPlot) group(i int) float32 { return p.X + p.band()*float32(i) }

// bar is the left edge of a series' bar in a group.
func (p moneyPlot) bar(group, series int) float32 {
	n := float32(p.series)
	all := n*p.barW + (n-1)*p.between
	return p.group(group) + (p.band()-all)/2 + float32(series)*(p.barW+p.between)
}

// labelled tells which groups have room for their label: all, or every second,
// third… counted from the last, which is what one looks for. The chosen group
// always has its own, and its neighbours make room.
func labelled(groups int, band, widest float32, chosen int) []bool {
	every := 1
	for every < groups && band*float32(every) < widest+4 {
		every++
	}
	out := make([]bool, groups)
	for i := range out {
		near := i > chosen-every && i < chosen+every
		out[i] = i == chosen || (groups-1-i)%every == 0 && !near
	}
	return out
}

// spot is a place on a line.
type spot struct {
	line int
	x    float32
}

// legendSpots places a heading and the entries after it: on one line where they
// fit, else the heading on its own and the entries below, as many a line as fit.
func legendSpots(heading float32, entries []float32, gap, width float32) []spot {
	all := heading
	for _, w := range entries {
		all += gap + w
	}
	at := spot{0, heading + gap}
	if all > width {
		at = spot{1, 0}
	}
	var out []spot
	for _, w := range entries {
		if at.x > 0 && at.x+w > width && all > width {
			at = spot{at.line + 1, 0}
		}
		out = append(out, at)
		at.x += w + gap
	}
	return out
}
