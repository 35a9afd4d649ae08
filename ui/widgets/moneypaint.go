package widgets

import (
	"fyne.io/fyne/v2"

	"ardoise/data/money"
	"ardoise/ui/theme"
)

func (c *MoneyChart) min() fyne.Size {
	w, h := theme.Wide(240), theme.Px(200)
	if len(c.groups) > 0 {
		_, legend := c.legend(max(w, c.Size().Width))
		h = max(h, legend+LineHeight(Small)+c.foot()+theme.Px(96))
	}
	return fyne.NewSize(w, h)
}

// foot is the height of the line of labels.
func (c *MoneyChart) foot() float32 { return LineHeight(Small) + theme.Px(8) }

func (c *MoneyChart) paint(g *Gfx, size fyne.Size) {
	if len(c.groups) == 0 {
		g.Child(c.empty, 0, 0, size.Width, size.Height)
		if c.focused {
			g.Rect(0, 0, size.Width, size.Height, Shape{Stroke: theme.Accent, Width: 2, Radius: 4})
		}
		return
	}
	spots, legend := c.legend(size.Width)
	c.paintLegend(g, size.Width, spots)
	top := legend + LineHeight(Small)
	height := max(theme.Px(40), size.Height-top-c.foot())
	c.axis = newMoneyAxis(c.amounts(), int(height/(LineHeight(Small)*1.8)))
	ticks := c.axis.ticks()
	left := float32(0)
	for _, v := range ticks {
		left = max(left, TextWidth(tickText(v), Small)+8)
	}
	c.plot = newMoneyPlot(Box{left, top, max(1, size.Width-left-4), height}, len(c.groups), len(c.series), theme.Wide(32))
	c.paintChosen(g, Shape{Fill: theme.AccentClair, Radius: 4})
	c.paintRules(g, ticks)
	for i := range c.groups {
		c.paintGroup(g, i)
	}
	c.paintLabels(g, size.Width)
	if c.focused {
		c.paintChosen(g, Shape{Stroke: theme.Accent, Width: 2, Radius: 4})
	}
}

// entryWidth is the width of a series' sample and word, amounts left out.
func entryWidth(word string) float32 {
	return theme.Px(12) + 6 + TextWidth(word, Small) + 1 + 6
}

// legend places the series and gives its whole height, which is the same
// whatever group is chosen.
func (c *MoneyChart) legend(width float32) ([]spot, float32) {
	name := float32(0)
	entries := make([]float32, len(c.series))
	for i := range c.groups {
		name = max(name, TextWidth(c.groups[i].Name, BodyBold)+1)
		for s, word := range c.series {
			entries[s] = max(entries[s], entryWidth(word)+TextWidth(c.amount(i, s).String(), BodyBold)+1)
		}
	}
	spots := legendSpots(name, entries, 20, width)
	return spots, float32(spots[len(spots)-1].line+1) * LineHeight(Body)
}

// paintLegend names the series and gives the amounts of the chosen group.
func (c *MoneyChart) paintLegend(g *Gfx, width float32, spots []spot) {
	sq, lh := theme.Px(12), LineHeight(Body)
	g.Text(0, 0, width, lh, c.groups[c.cursor].Name, BodyBold)
	for s, word := range c.series {
		x, y := spots[s].x, float32(spots[s].line)*lh
		c.swatch(g, s, x, y+(lh-sq)/2, sq, sq)
		g.Text(x+sq+6, y, max(0, width-x-sq-6), lh, word, Small)
		x += entryWidth(word)
		g.Text(x, y, max(0, width-x), lh, c.amount(c.cursor, s).String(), BodyBold)
	}
}

// paintChosen draws a shape around the bars of the chosen group.
func (c *MoneyChart) paintChosen(g *Gfx, s Shape) {
	p := c.plot
	w := max(p.band(), float32(p.series)*(p.barW+p.between)+6)
	g.Rect(p.group(c.cursor)+(p.band()-w)/2, p.Y-6, w, p.H+10, s)
}

// paintRules draws a light line and its amount for each tick, a strong one at zero.
func (c *MoneyChart) paintRules(g *Gfx, ticks []money.Cents) {
	p, lh := c.plot, LineHeight(Small)
	for _, v := range ticks {
		y := p.Y + c.axis.y(v, p.H)
		g.HLine(p.X, whole(y), p.W, theme.Ardoise200)
		g.Text(0, y-lh/2, p.X-8, lh, tickText(v), Small.Right())
	}
	g.HLine(p.X, whole(p.Y+c.axis.y(0, p.H)), p.W, theme.Ardoise500)
}

func (c *MoneyChart) paintGroup(g *Gfx, i int) {
	p := c.plot
	for s := range c.series {
		a := c.amount(i, s)
		if a == 0 {
			continue
		}
		y, h := c.axis.bar(a, p.H)
		if h < 2 { // however small, an amount is seen
			if h = 2; a > 0 {
				y = c.axis.y(0, p.H) - h
			}
		}
		top, bottom := whole(p.Y+y), whole(p.Y+y+h)
		c.swatch(g, s, whole(p.bar(i, s)), top, max(1, whole(p.barW)), bottom-top)
	}
	g.Tip(p.group(i), p.Y, p.band(), p.H, c.Text(i))
	g.Zone(p.group(i), p.Y-4, p.band(), p.H+LineHeight(Small)+8, "group", i)
}

// whole puts an edge on a pixel: a bar across two pixels looks blurred.
func whole(px float32) float32 { return float32(int(px + 0.5)) }

// swatch draws a bar, or its sample in the legend: plain, or framed and striped.
func (c *MoneyChart) swatch(g *Gfx, series int, x, y, w, h float32) {
	if series == 0 {
		g.Rect(x, y, w, h, Shape{Fill: theme.Ardoise500})
		return
	}
	fill, ink, _ := c.Stripes.Colours()
	if h < 4 {
		g.Rect(x, y, w, h, Shape{Fill: ink})
		return
	}
	g.Rect(x, y, w, h, Shape{Fill: fill, Stroke: ink})
	for at := float32(4); at < h-2; at += 4 {
		g.HLine(x+1, y+h-1-at, w-2, ink)
	}
}

func (c *MoneyChart) paintLabels(g *Gfx, width float32) {
	p, lh := c.plot, LineHeight(Small)
	widest := float32(0)
	for _, gr := range c.groups {
		widest = max(widest, TextWidth(gr.Label, SmallBold))
	}
	shown := labelled(len(c.groups), p.band(), widest, c.cursor)
	for i, gr := range c.groups {
		if !shown[i] {
			continue
		}
		st := Small.Center()
		if i == c.cursor {
			st = SmallBold.With(theme.Accent).Center()
		}
		w := max(p.band(), widest+1)
		x := min(p.group(i)+(p.band()-w)/2, width-w)
		g.Text(x, p.Y+p.H+theme.Px(8), w, lh, gr.Label, st)
	}
}
