package widgets

import (
	"fyne.io/fyne/v2"

	"ardoise/ui/theme"
)

func (d *DayGrid) paint(g *Gfx, size fyne.Size) {
	d.columns(size.Width)
	last := d.lastInSight()
	d.paintHead(g)
	bottom := d.paintGround(g, last)
	d.paintLines(g, last)
	d.paintSpans(g, bottom)
	if d.focused {
		d.paintCursor(g, last)
	}
}

func (d *DayGrid) paintHead(g *Gfx) {
	weekH, dayH := theme.Px(24), theme.Px(44)
	g.Text(0, weekH, d.labelW()-8, dayH, d.corner, Small)
	for i, day := range d.days {
		x, w := d.xs[i], d.ws[i]
		fill := theme.None
		switch {
		case day.Today:
			fill = theme.Accent
		case day.Kind != DayOpen || d.covered(i):
			fill = theme.Ardoise100
		}
		g.Rect(x, weekH, w, dayH, Shape{Fill: fill})
		ink, size := theme.Ardoise600, theme.Small
		if day.Kind != DayOpen {
			size = theme.KeyHint
		}
		if day.Today {
			ink = theme.SurAccent
		}
		numInk := theme.Encre
		if day.Today {
			numInk = theme.SurAccent
		} else if day.Kind != DayOpen {
			numInk = theme.Ardoise600
		}
		headText(g, x, weekH+4, w, dayH/2-4, day.Name, Style{Size: size, Ink: ink})
		headText(g, x, weekH+dayH/2, w, dayH/2-4, day.Day, Style{Size: size, Bold: day.Kind == DayOpen, Ink: numInk})
		g.Tip(x, weekH, w, dayH, day.Tip)
	}
	for i, day := range d.days {
		if day.Week == "" {
			continue
		}
		g.VLine(d.xs[i], 0, weekH, theme.Ardoise300)
		g.Text(d.xs[i]+6, 0, 60, weekH, day.Week, SmallBold)
	}
	g.HLine(0, d.headH()-1, d.right(), theme.Ardoise300)
}

// headText centres a text that may be a little wider than its narrow column.
func headText(g *Gfx, x, y, w, h float32, text string, s Style) {
	tw := TextWidth(text, s) + 1
	g.Text(x+(w-tw)/2, y, tw, h, text, s)
}

// paintGround draws the closed and today's columns behind the rows, and returns
// the bottom of the rows in sight.
func (d *DayGrid) paintGround(g *Gfx, last int) float32 {
	d.ys = d.ys[:0]
	for range d.rows {
		d.ys = append(d.ys, -1)
	}
	y := d.headH()
	for i := d.first; i < last; i++ {
		f := d.flat[i]
		h := d.lineH(f)
		if f.row >= 0 {
			d.ys[f.index] = y
			if d.groups[f.group].Rows[f.row].Banner == "" {
				d.paintRowGround(g, y, h)
			}
		}
		y += h
	}
	return y
}

// paintRowGround joins neighbouring columns of one look into one rectangle.
func (d *DayGrid) paintRowGround(g *Gfx, y, h float32) {
	look := func(i int) theme.Token {
		switch {
		case d.covered(i):
			return theme.None
		case d.days[i].Today:
			return theme.AccentClair
		case d.days[i].Kind != DayOpen:
			return theme.Ardoise100
		}
		return theme.None
	}
	for i := 0; i < len(d.days); {
		j, tok := i, look(i)
		for j < len(d.days) && look(j) == tok {
			j++
		}
		if tok != theme.None {
			g.Rect(d.xs[i], y, d.xs[j-1]+d.ws[j-1]-d.xs[i], h, Shape{Fill: tok})
		}
		i = j
	}
}

func (d *DayGrid) paintLines(g *Gfx, last int) {
	ch := theme.Px(34)
	for i := d.first; i < last; i++ { // texts and boxes: a fixed number a line
		f := d.flat[i]
		if f.row < 0 {
			d.paintHeading(g, f, i)
			continue
		}
		row, y, h := d.groups[f.group].Rows[f.row], d.ys[f.index], d.lineH(f)
		lx := float32(0)
		if row.Icon != "" {
			lx = theme.Px(16) + 8
		}
		g.Text(lx, y, d.labelW()-lx-6, h, row.Label, Body)
		if row.Banner != "" {
			continue
		}
		for col, day := range d.days {
			if day.Kind == DayOpen && !d.covered(col) {
				drawCellBox(g, d.xs[col]+2, y+(h-ch)/2, d.ws[col]-4, ch, d.cells(f.index, col))
			}
		}
	}
	for i := d.first; i < last; i++ { // icons come and go: after everything else
		f := d.flat[i]
		if f.row < 0 {
			continue
		}
		row, y, h := d.groups[f.group].Rows[f.row], d.ys[f.index], d.lineH(f)
		if row.Icon != "" {
			ic := theme.Px(16)
			g.Icon(0, y+(h-ic)/2, ic, row.Icon, theme.Ardoise600)
		}
		if row.Banner != "" {
			d.paintBanner(g, row, y, h)
			continue
		}
		for col, day := range d.days {
			if day.Kind == DayOpen && !d.covered(col) {
				drawCellIcons(g, d.xs[col]+2, y+(h-ch)/2, d.ws[col]-4, ch, d.cells(f.index, col))
			}
		}
	}
}

func (d *DayGrid) paintHeading(g *Gfx, f flatRow, line int) {
	gr := d.groups[f.group]
	y := d.headH()
	for i := d.first; i < line; i++ {
		y += d.lineH(d.flat[i])
	}
	h := d.lineH(f)
	end := d.right()
	for _, s := range d.spans {
		if s.To == len(d.days)-1 && s.From < len(d.xs) {
			end = d.xs[s.From]
		}
	}
	g.HLine(0, y, end, theme.Ardoise200)
	x := g.Text(0, y, 240, h, gr.Title, CardTitle) + 8
	rw := TextWidth(gr.Right, Small)
	g.Text(x, y, max(0, end-rw-16-x), h, gr.Detail, Body.With(theme.Ardoise600))
	g.Text(end-rw-8, y, rw+1, h, gr.Right, Small)
}

func (d *DayGrid) paintBanner(g *Gfx, row GridRow, y, h float32) {
	end := d.right()
	for _, s := range d.spans {
		if s.To == len(d.days)-1 && s.From < len(d.xs) {
			end = d.xs[s.From]
		}
	}
	bh := theme.Px(34)
	g.Rect(d.labelW()+2, y+(h-bh)/2, end-d.labelW()-4, bh, Shape{Fill: theme.Ardoise100, Stroke: theme.Ardoise300, Radius: 3})
	x := d.labelW() + 14
	if row.BannerIcon != "" {
		ic := theme.Px(14)
		g.Icon(x, y+(h-ic)/2, ic, row.BannerIcon, theme.Ardoise600)
		x += ic + 8
	}
	g.Text(x, y, end-x-12, h, row.Banner, Small)
}

func (d *DayGrid) paintSpans(g *Gfx, bottom float32) {
	for _, s := range d.spans {
		if s.From >= len(d.xs) || s.To >= len(d.xs) || s.From > s.To {
			continue
		}
		x, w := d.xs[s.From], d.xs[s.To]+d.ws[s.To]-d.xs[s.From]
		y, h := d.headH(), bottom-d.headH()
		g.Rect(x, y, w, h, Shape{Fill: theme.Ardoise100})
		if w < theme.Wide(64) {
			g.Tip(x, y, w, h, s.Title)
			continue
		}
		ic, lh := theme.Px(18), theme.Px(22)
		at := y + max(8, (h-ic-8-lh*float32(1+len(s.Lines)))/2)
		if s.Icon != "" {
			g.Icon(x+(w-ic)/2, at, ic, s.Icon, theme.Ardoise600)
		}
		at += ic + 6
		g.Text(x+4, at, w-8, lh, s.Title, SmallBold.Center())
		for _, l := range s.Lines {
			at += lh
			g.Text(x+4, at, w-8, lh, l, Small.Center())
		}
	}
}

func (d *DayGrid) paintCursor(g *Gfx, _ int) {
	if d.row >= len(d.ys) || d.ys[d.row] < 0 || d.col >= len(d.xs) || !d.canStand(d.row, d.col) {
		return
	}
	ch := theme.Px(34)
	y := d.ys[d.row] + (theme.Px(44)-ch)/2
	x, w := d.xs[d.col]+2, d.ws[d.col]-4
	g.Rect(x-3, y-3, w+6, ch+6, Shape{Stroke: theme.FocusAnneau, Width: 2, Radius: 5})
}
