package widgets

import (
	"fyne.io/fyne/v2"

	"ardoise/ui/theme"
)

// DayKind is the width of a day column.
type DayKind int

// The kinds of day column.
const (
	DayOpen   DayKind = iota // 36 px
	DayNarrow                // 24 px, closed (Wednesday)
	DayOff                   // 16 px, closed (weekend, holiday)
)

// GridDay is one column of a DayGrid.
type GridDay struct {
	Name  string // « mar. », one letter in the narrow ones
	Day   string // « 1 »
	Week  string // « S 49 » on the first column of a week
	Kind  DayKind
	Today bool
	Tip   string // « Noël » on a holiday
}

// GridRow is one line of cells under a group's heading.
type GridRow struct {
	Icon, Label string
	Banner      string // written across the row instead of cells
	BannerIcon  string
}

// GridGroup is a heading and its rows.
type GridGroup struct {
	Title, Detail, Right string
	Rows                 []GridRow
}

// GridSpan covers columns over all rows (holidays).
type GridSpan struct {
	From, To    int // columns, both included
	Icon, Title string
	Lines       []string
}

// DayGrid is a month by day columns of unequal width and rows in groups. Arrows
// move between open cells, Space toggles, letters and Backspace go to callbacks,
// Page keys turn the month, dragging paints. Rows are numbered through the groups.
type DayGrid struct {
	gridCore
	corner string
	days   []GridDay
	groups []GridGroup
	spans  []GridSpan
	flat   []flatRow
	first  int // first line in sight
	xs, ws []float32
	ys     []float32 // top of each row in sight, -1 elsewhere
}

type flatRow struct {
	group, row int // row is -1 for the group's heading
	index      int // number of the cell row, -1 for a heading
}

// NewDayGrid returns an empty grid; corner is the title of the label column, cell
// gives what to show (row counted through the groups, banner rows included).
func NewDayGrid(corner string, cell func(row, col int) GridCell) *DayGrid {
	d := &DayGrid{corner: corner}
	d.cells = cell
	d.TapToggles = true
	d.can = d.canStand
	d.cellAt = d.at
	d.reveal = d.show
	d.init(d)
	return d
}

// Set replaces days, groups and spans; the cursor stays where it can.
func (d *DayGrid) Set(days []GridDay, groups []GridGroup, spans ...GridSpan) {
	d.days, d.groups, d.spans = days, groups, spans
	d.flat = d.flat[:0]
	n := 0
	for gi, gr := range groups {
		d.flat = append(d.flat, flatRow{gi, -1, -1})
		for ri := range gr.Rows {
			d.flat = append(d.flat, flatRow{gi, ri, n})
			n++
		}
	}
	d.rows, d.cols = n, len(days)
	d.first = 0
	d.settle()
	d.show()
	d.Refresh()
}

// SetGroups replaces the headings' texts without moving anything.
func (d *DayGrid) SetGroups(groups []GridGroup) { d.groups = groups; d.Refresh() }

func (d *DayGrid) rowOf(index int) *GridRow {
	for _, f := range d.flat {
		if f.index == index && f.row >= 0 {
			return &d.groups[f.group].Rows[f.row]
		}
	}
	return nil
}

func (d *DayGrid) covered(col int) bool {
	for _, s := range d.spans {
		if col >= s.From && col <= s.To {
			return true
		}
	}
	return false
}

func (d *DayGrid) canStand(row, col int) bool {
	if col >= len(d.days) || d.days[col].Kind != DayOpen || d.covered(col) {
		return false
	}
	r := d.rowOf(row)
	return r != nil && r.Banner == "" && d.cells(row, col).Fill != CellClosed
}

func (d *DayGrid) labelW() float32 { return theme.Wide(98) }

func (d *DayGrid) headH() float32 { return theme.Px(24) + theme.Px(44) }

func (d *DayGrid) lineH(f flatRow) float32 {
	if f.row < 0 {
		return theme.Px(40)
	}
	return theme.Px(44)
}

func (d *DayGrid) columnW(k DayKind) float32 {
	switch k {
	case DayNarrow:
		return theme.Wide(24)
	case DayOff:
		return theme.Wide(16)
	}
	return theme.Wide(36)
}

func (d *DayGrid) min() fyne.Size {
	w := d.labelW()
	for _, day := range d.days {
		w += d.columnW(day.Kind)
	}
	return fyne.NewSize(min(w, 640), d.headH()+theme.Px(40)+theme.Px(44))
}

// columns stretches open days into the width there is, between 26 and 44 px.
func (d *DayGrid) columns(w float32) {
	var closed, open float32
	for _, day := range d.days {
		if day.Kind == DayOpen {
			open++
		} else {
			closed += d.columnW(day.Kind)
		}
	}
	each := theme.Wide(36)
	if open > 0 {
		each = min(max(float32(int((w-d.labelW()-closed)/open)), 26), theme.Wide(44))
	}
	d.xs, d.ws = d.xs[:0], d.ws[:0]
	x := d.labelW()
	for _, day := range d.days {
		cw := d.columnW(day.Kind)
		if day.Kind == DayOpen {
			cw = each
		}
		d.xs, d.ws = append(d.xs, x), append(d.ws, cw)
		x += cw
	}
}

func (d *DayGrid) right() float32 {
	if n := len(d.xs); n > 0 {
		return d.xs[n-1] + d.ws[n-1]
	}
	return d.labelW()
}

// lastInSight returns the line after the last one that fits.
func (d *DayGrid) lastInSight() int {
	room := d.Size().Height - d.headH()
	for i := d.first; i < len(d.flat); i++ {
		room -= d.lineH(d.flat[i])
		if room < -0.5 {
			return max(i, d.first+1)
		}
	}
	return len(d.flat)
}

// show scrolls so that the cursor's row is in sight, with its heading if it can.
func (d *DayGrid) show() {
	if d.Size().Height < 1 {
		return
	}
	for i, f := range d.flat {
		if f.index != d.row || f.row < 0 {
			continue
		}
		if i <= d.first {
			d.first = i
			if i > 0 && d.flat[i-1].row < 0 {
				d.first = i - 1
			}
		}
		for d.lastInSight() <= i && d.first < i {
			d.first++
		}
	}
}

// Resize keeps the cursor in sight.
func (d *DayGrid) Resize(s fyne.Size) {
	d.BaseWidget.Resize(s)
	d.show()
}

// Scrolled moves by whole lines.
func (d *DayGrid) Scrolled(ev *fyne.ScrollEvent) {
	step := 1
	if ev.Scrolled.DY > 0 {
		step = -1
	}
	if step > 0 && d.lastInSight() == len(d.flat) {
		return
	}
	d.first = min(max(d.first+step, 0), max(0, len(d.flat)-1))
	d.Refresh()
}

func (d *DayGrid) at(p fyne.Position) (row, col int, ok bool) {
	col = -1
	for i, x := range d.xs {
		if p.X >= x && p.X < x+d.ws[i] {
			col = i
		}
	}
	y := d.headH()
	for i := d.first; i < d.lastInSight(); i++ {
		h := d.lineH(d.flat[i])
		if p.Y >= y && p.Y < y+h {
			return d.flat[i].index, col, col >= 0 && d.flat[i].row >= 0
		}
		y += h
	}
	return 0, 0, false
}

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
