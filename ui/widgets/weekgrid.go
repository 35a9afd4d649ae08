package widgets

import (
	"fyne.io/fyne/v2"

	"ardoise/ui/theme"
)

// WeekDay is one day column of a WeekGrid.
type WeekDay struct {
	Title, Sub string // « lundi 23 », « 3 cases à pointer »
	Today      bool
}

// WeekRow is one line: a name and an extra, or the heading of a group.
type WeekRow struct {
	Heading      string // not empty: a grey heading line with Detail
	Detail       string
	Name, Extra  string
	ExtraIcon    string
	ExtraStrong  bool
	ExtraMissing bool
}

// WeekTotal is one line at the foot; the first one is drawn large.
type WeekTotal struct {
	Label  string
	Values []string
}

// WeekGrid is a class by the days of a week: rows of 22 px, cells of 28×18 with
// a word beside. A used letter sets the cell and goes down.
type WeekGrid struct {
	gridCore
	titles [2]string // of the name and the extra column
	days   []WeekDay
	lines  []WeekRow
	totals []WeekTotal
	first  int
}

// NewWeekGrid returns an empty grid; cell gives what to show (rows counted with
// the headings).
func NewWeekGrid(nameTitle, extraTitle string, cell func(row, col int) GridCell) *WeekGrid {
	w := &WeekGrid{titles: [2]string{nameTitle, extraTitle}}
	w.cells = cell
	w.goDown = true
	w.can = func(row, col int) bool {
		return row < len(w.lines) && w.lines[row].Heading == "" && w.cells(row, col).Fill != CellClosed
	}
	w.cellAt = w.at
	w.reveal = w.show
	w.init(w)
	return w
}

// Set replaces days, lines and totals; the cursor stays where it can.
func (w *WeekGrid) Set(days []WeekDay, lines []WeekRow, totals []WeekTotal) {
	w.days, w.lines, w.totals = days, lines, totals
	w.rows, w.cols = len(lines), len(days)
	w.settle()
	w.show()
	w.Refresh()
}

// SetTotals changes the foot only.
func (w *WeekGrid) SetTotals(t []WeekTotal) { w.totals = t; w.Refresh() }

// SetDays changes the heads only.
func (w *WeekGrid) SetDays(d []WeekDay) { w.days = d; w.Refresh() }

func (w *WeekGrid) rowH() float32  { return theme.Px(22) }
func (w *WeekGrid) headH() float32 { return theme.Px(40) }
func (w *WeekGrid) footH() float32 {
	if len(w.totals) == 0 {
		return 0
	}
	return float32(len(w.totals))*theme.Px(21) + 4
}

func (w *WeekGrid) page() int {
	return max(1, int((w.self.Size().Height-w.headH()-w.footH())/w.rowH()))
}

func (w *WeekGrid) show() {
	if w.row < w.first {
		w.first = w.row
	}
	if w.row == w.first && w.row > 0 && w.row < len(w.lines) && w.lines[w.row-1].Heading != "" && w.page() > 1 {
		w.first-- // the heading of the group comes along
	}
	if w.row >= w.first+w.page() {
		w.first = w.row - w.page() + 1
	}
	w.clampFirst()
}

func (w *WeekGrid) clampFirst() { w.first = max(0, min(w.first, len(w.lines)-w.page())) }

// Resize keeps the cursor in sight.
func (w *WeekGrid) Resize(s fyne.Size) {
	w.BaseWidget.Resize(s)
	w.show()
}

// Scrolled moves by whole rows.
func (w *WeekGrid) Scrolled(ev *fyne.ScrollEvent) {
	if ev.Scrolled.DY > 0 {
		w.first -= 3
	} else {
		w.first += 3
	}
	w.clampFirst()
	w.Refresh()
}

func (w *WeekGrid) min() fyne.Size { return fyne.NewSize(560, w.headH()+w.footH()+4*w.rowH()) }

// columns gives the x of the extra column and of the first day, and a day's width.
func (w *WeekGrid) columns(width float32) (extra, days, each float32) {
	extra = min(theme.Wide(186), width*0.23)
	days = min(theme.Wide(310), width*0.39)
	each = (width - days) / float32(max(1, len(w.days)))
	return extra, days, each
}

func (w *WeekGrid) at(p fyne.Position) (row, col int, ok bool) {
	_, days, each := w.columns(w.self.Size().Width)
	row = int((p.Y-w.headH())/w.rowH()) + w.first
	col = int((p.X - days) / each)
	ok = p.Y >= w.headH() && row < len(w.lines) && row < w.first+w.page() && p.X >= days && col < len(w.days)
	return row, col, ok
}

func (w *WeekGrid) paint(g *Gfx, size fyne.Size) {
	extra, dx, each := w.columns(size.Width)
	last := min(len(w.lines), w.first+w.page())
	w.paintHead(g, size, extra, dx, each)
	rh := w.rowH()
	for i := w.first; i < last; i++ {
		w.paintRow(g, i, w.headH()+float32(i-w.first)*rh, size.Width, extra, dx, each)
	}
	for i := w.first; i < last; i++ {
		w.paintIcons(g, i, w.headH()+float32(i-w.first)*rh, extra, dx, each)
	}
	w.paintFoot(g, w.headH()+float32(last-w.first)*rh, size.Width, dx, each)
	if w.row >= w.first && w.row < last && w.col < len(w.days) && w.may(w.row, w.col) {
		y, ring := w.headH()+float32(w.row-w.first)*rh, Shape{Stroke: theme.Ardoise400, Width: 1, Radius: 3}
		if w.focused {
			ring = Shape{Stroke: theme.Accent, Width: 2, Radius: 3}
		}
		g.Rect(dx+float32(w.col)*each, y-1, each, rh+1, ring) // thin while the keyboard is elsewhere
	}
}

func (w *WeekGrid) paintHead(g *Gfx, size fyne.Size, extra, dx, each float32) {
	h := w.headH()
	g.Text(8, 0, extra-16, h, w.titles[0], SmallBold)
	g.Text(extra+8, 0, dx-extra-16, h, w.titles[1], SmallBold)
	for i, d := range w.days {
		x := dx + float32(i)*each
		fill, ink, sub := theme.None, theme.Encre, theme.Ardoise600
		if d.Today {
			fill, ink, sub = theme.Accent, theme.SurAccent, theme.SurAccent
		}
		g.Rect(x, 0, each, h, Shape{Fill: fill})
		g.Text(x+8, 2, each-12, h/2, d.Title, BodyBold.With(ink))
		g.Text(x+8, h/2-1, each-12, h/2, d.Sub, Small.With(sub))
	}
	g.HLine(0, h-1, size.Width, theme.Ardoise300)
}

func (w *WeekGrid) paintRow(g *Gfx, i int, y, width, extra, dx, each float32) {
	line, rh := w.lines[i], w.rowH()
	if line.Heading != "" {
		g.Rect(0, y, width, rh, Shape{Fill: theme.Ardoise100})
		tw := g.Text(8, y, width-16, rh, line.Heading, Style{Size: theme.Small, Bold: true})
		g.Text(16+tw, y, width-tw-24, rh, line.Detail, Small)
		return
	}
	current := i == w.row
	ground := theme.None
	if current {
		ground = theme.AccentClair
	}
	g.Rect(0, y, width, rh, Shape{Fill: ground})
	for c, d := range w.days { // one rectangle a day, drawn or not: slots stay aligned
		fill := theme.None
		if d.Today {
			fill = theme.AccentClair
		}
		if current && c == w.col && w.focused {
			fill = theme.Blanc
		}
		g.Rect(dx+float32(c)*each, y, each, rh, Shape{Fill: fill})
	}
	g.HLine(0, y+rh-1, width, theme.Ardoise200)
	g.Text(8, y, extra-12, rh, line.Name, Body)
	ex := extra + 8
	if line.ExtraIcon != "" {
		ex += theme.Px(14) + 4
	}
	st := Small
	if line.ExtraStrong {
		st = Style{Size: theme.Small, Bold: true}
	}
	g.Text(ex, y, dx-ex-4, rh, line.Extra, st)
	cw, ch := theme.Px(28), theme.Px(18)
	for c := range w.days {
		cell := w.cells(i, c)
		x := dx + float32(c)*each + 8
		drawCellBox(g, x, y+(rh-ch)/2, cw, ch, cell)
		ws := Small
		if cell.Strong {
			_, ink, _ := cell.Tone.Colours()
			ws = Style{Size: theme.Small, Bold: true, Ink: ink}
		}
		room, word := each-cw-20, cell.Word
		if TextWidth(word, ws) > room { // large text: the letter says it, the word is a tooltip
			g.Tip(x, y, cw, rh, word)
			word = ""
		}
		g.Text(x+cw+8, y, room, rh, word, ws)
	}
}

func (w *WeekGrid) paintIcons(g *Gfx, i int, y, extra, dx, each float32) {
	line, rh := w.lines[i], w.rowH()
	if line.Heading != "" {
		return
	}
	if line.ExtraIcon != "" {
		ic := theme.Px(14)
		g.Icon(extra+8, y+(rh-ic)/2, ic, line.ExtraIcon, theme.Encre)
	}
	cw, ch := theme.Px(28), theme.Px(18)
	for c := range w.days {
		drawCellIcons(g, dx+float32(c)*each+8, y+(rh-ch)/2, cw, ch, w.cells(i, c))
	}
}

func (w *WeekGrid) paintFoot(g *Gfx, y, width, dx, each float32) {
	if len(w.totals) == 0 {
		return
	}
	g.HLine(0, y, width, theme.Ardoise400)
	h := theme.Px(21)
	for c, d := range w.days {
		if d.Today {
			g.Rect(dx+float32(c)*each, y+1, each, h*float32(len(w.totals))+2, Shape{Fill: theme.AccentClair})
		}
	}
	for i, t := range w.totals {
		ty := y + 2 + float32(i)*h
		st, vs := Small, Body
		if i == 0 {
			st, vs = Heading, Heading
		}
		g.Text(8, ty, dx-16, h, t.Label, st)
		for c := range w.days {
			if c < len(t.Values) {
				g.Text(dx+float32(c)*each+8, ty, theme.Px(28), h, t.Values[c], vs.Center())
			}
		}
	}
}
