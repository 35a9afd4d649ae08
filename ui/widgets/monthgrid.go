package widgets

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"

	"ardoise/ui/theme"
)

// MonthDay is one day of a MonthGrid: a title, lines of text, marks at its foot.
type MonthDay struct {
	Title  string // « 24 », « 1er déc. »
	Lines  []string
	Marks  []BadgeSpec
	Note   string // in place of lines: « vacances de Noël », « Menu à saisir »
	Closed bool   // grey; the cursor does not stand there
	Aside  bool   // of another month: pale, the cursor stands there
	Today  bool
}

// MonthWeek is one row: its name, its badge, its days.
type MonthWeek struct {
	Title string // « S 49 »
	Badge BadgeSpec
	Days  []MonthDay
}

// MonthGrid shows a month as weeks by days, each day with what is written in it.
// Arrows move between days, Enter opens one, Page keys turn the month, letters
// go to a callback. Rows are as high as their fullest day; they scroll.
type MonthGrid struct {
	gridCore
	heads  []string
	weeks  []MonthWeek
	scroll *container.Scroll
	body   *monthBody
	state  *EmptyState // loading, failed
}

// NewMonthGrid returns an empty grid.
func NewMonthGrid() *MonthGrid {
	m := &MonthGrid{}
	m.can = func(row, col int) bool {
		return row < len(m.weeks) && col < len(m.weeks[row].Days) && !m.weeks[row].Days[col].Closed
	}
	m.cellAt = m.at
	m.reveal = m.show
	m.body = &monthBody{of: m}
	m.body.init(m.body)
	m.scroll = container.NewVScroll(m.body)
	m.init(m)
	return m
}

// Set replaces the names of the columns and the weeks; the cursor stays where it can.
func (m *MonthGrid) Set(heads []string, weeks []MonthWeek) {
	m.heads, m.weeks, m.state = heads, weeks, nil
	m.rows, m.cols = len(weeks), len(heads)
	m.settle()
	m.show()
	m.Refresh()
}

// Instead shows a state (loading, failed, nothing) in place of the weeks.
func (m *MonthGrid) Instead(e *EmptyState) {
	m.state, m.weeks, m.rows = e, nil, 0
	m.Refresh()
}

// Tapped gives the grid the keyboard: days are tapped in its body.
func (m *MonthGrid) Tapped(*fyne.PointEvent) { focus(m) }

func (m *MonthGrid) headH() float32  { return theme.Px(30) }
func (m *MonthGrid) labelW() float32 { return theme.Wide(92) }

func (m *MonthGrid) colW(w float32) float32 {
	return (w - m.labelW()) / float32(max(1, m.cols))
}

const monthPad = 6

func monthLine() Style { return Small.With(theme.Encre) }

// folded gives the lines of a day at a width: a long one takes two, the second
// is cut where there is more.
func (d MonthDay) folded(w float32) (out []string) {
	for _, l := range d.Lines {
		parts := Wrap(l, Small, w)
		if len(parts) > 2 {
			parts = []string{parts[0], strings.Join(parts[1:], " ")}
		}
		out = append(out, parts...)
	}
	return out
}

// markRows lays the badges out in as few rows as the width allows.
func (d MonthDay) markRows(w float32) (rows [][]BadgeSpec) {
	used := float32(0)
	for _, s := range d.Marks {
		bw := BadgeWidth(s) + 4
		if len(rows) == 0 || used+bw > w+4 {
			rows, used = append(rows, nil), 0
		}
		rows[len(rows)-1] = append(rows[len(rows)-1], s)
		used += bw
	}
	return rows
}

// natural is the height a week needs.
func (m *MonthGrid) natural(w MonthWeek) float32 {
	width := m.body.Size().Width
	if width < 100 {
		width = theme.Wide(800)
	}
	room := m.colW(width) - 2*monthPad - 4
	lines, marks := 1, 0 // marks: rows of badges
	for _, d := range w.Days {
		n := len(d.folded(room))
		if n == 0 && d.Note != "" {
			n = len(Wrap(d.Note, Small, room))
		}
		marks = max(marks, len(d.markRows(room)))
		lines = max(lines, n)
	}
	return theme.Px(24) + float32(lines)*LineHeight(Small) + float32(marks)*(BadgeHeight()+4) + 2*monthPad
}

// heights shares the room left between the weeks; they are never less high than
// they need.
func (m *MonthGrid) heights() []float32 {
	out := make([]float32, len(m.weeks))
	sum := float32(0)
	for i, w := range m.weeks {
		out[i] = m.natural(w)
		sum += out[i]
	}
	if left := m.scroll.Size().Height - sum; left > 0 && len(out) > 0 {
		for i := range out {
			out[i] += left / float32(len(out))
		}
	}
	return out
}

func (m *MonthGrid) show() {
	if m.row >= len(m.weeks) {
		return
	}
	y := float32(0)
	hs := m.heights()
	for i := range m.row {
		y += hs[i]
	}
	off, room := m.scroll.Offset.Y, m.scroll.Size().Height
	switch {
	case y < off:
		off = y
	case y+hs[m.row] > off+room:
		off = y + hs[m.row] - room
	default:
		return
	}
	m.scroll.ScrollToOffset(fyne.NewPos(0, max(0, off)))
}

// Resize keeps the cursor in sight.
func (m *MonthGrid) Resize(s fyne.Size) {
	m.BaseWidget.Resize(s)
	m.show()
}

func (m *MonthGrid) min() fyne.Size { return fyne.NewSize(theme.Wide(420), theme.Px(240)) }

// at finds a day by a place in the body.
func (m *MonthGrid) at(p fyne.Position) (row, col int, ok bool) {
	y := float32(0)
	for i, h := range m.heights() {
		if p.Y >= y && p.Y < y+h {
			col = int((p.X - m.labelW()) / m.colW(m.body.Size().Width))
			return i, col, p.X >= m.labelW() && col < m.cols
		}
		y += h
	}
	return 0, 0, false
}

func (m *MonthGrid) paint(g *Gfx, size fyne.Size) {
	if m.state != nil {
		g.Child(m.state, 0, 0, size.Width, size.Height)
		return
	}
	head := m.headH()
	g.Rect(0, 0, size.Width, head, Shape{Fill: theme.Ardoise50})
	w := m.colW(size.Width)
	for i, t := range m.heads {
		g.Text(m.labelW()+float32(i)*w+monthPad+2, 0, w-2*monthPad, head, t, SmallBold)
	}
	g.HLine(0, head-1, size.Width, theme.Ardoise300)
	g.Child(m.scroll, 0, head, size.Width, max(0, size.Height-head))
	m.body.Refresh()
	m.scroll.Refresh()
}

// monthBody is the part that scrolls.
type monthBody struct {
	tipBase
	of *MonthGrid
}

func (b *monthBody) min() fyne.Size {
	sum := float32(0)
	for _, w := range b.of.weeks {
		sum += b.of.natural(w)
	}
	return fyne.NewSize(40, sum)
}

func (b *monthBody) paint(g *Gfx, size fyne.Size) {
	m := b.of
	w, y := m.colW(size.Width), float32(0)
	var cursor Box
	for i, h := range m.heights() {
		week := m.weeks[i]
		g.Text(monthPad+2, y+monthPad, m.labelW()-2*monthPad, theme.Px(20), week.Title, SmallBold)
		if week.Badge.Text != "" {
			g.Badge(monthPad, y+monthPad+theme.Px(22), m.labelW()-2*monthPad, week.Badge)
		}
		for k, d := range week.Days {
			box := Box{m.labelW() + float32(k)*w, y, w, h}
			b.day(g, box, d)
			if i == m.row && k == m.col && !d.Closed {
				cursor = box
			}
		}
		y += h
		g.HLine(0, y-1, size.Width, theme.Ardoise200)
	}
	if cursor.W > 0 {
		ring := Shape{Stroke: theme.Ardoise400, Width: 1, Radius: 4}
		if m.focused {
			ring = Shape{Stroke: theme.Accent, Width: 2, Radius: 4}
		}
		g.Rect(cursor.X+2, cursor.Y+2, cursor.W-4, cursor.H-5, ring)
	}
}

func (b *monthBody) day(g *Gfx, box Box, d MonthDay) {
	fill, ink, title := theme.Blanc, monthLine(), SmallBold
	switch {
	case d.Closed:
		fill, ink, title = theme.Ardoise100, Small.With(theme.Ardoise600), Small
	case d.Aside:
		fill, ink = theme.Ardoise50, Small.With(theme.Ardoise600)
	}
	g.Rect(box.X, box.Y, box.W, box.H, Shape{Fill: fill})
	g.VLine(box.X, box.Y, box.H, theme.Ardoise200)
	x, room := box.X+monthPad+2, box.W-2*monthPad-4
	y := box.Y + monthPad
	if d.Today {
		tw := TextWidth(d.Title, SmallBold) + 12
		g.Rect(x-2, y, tw, theme.Px(20), Shape{Fill: theme.Accent, Radius: 3})
		g.Text(x-2, y, tw, theme.Px(20), d.Title, SmallBold.With(theme.SurAccent).Center())
	} else {
		g.Text(x, y, room, theme.Px(20), d.Title, title)
	}
	y += theme.Px(22)
	if len(d.Lines) == 0 && d.Note != "" {
		g.Paragraph(x, y, room, d.Note, Small.With(theme.Ardoise600))
	}
	for _, l := range d.folded(room) {
		g.Text(x, y, room, LineHeight(Small), l, ink)
		y += LineHeight(Small)
	}
	rows := d.markRows(room)
	for i, row := range rows {
		mx, my := x, box.Y+box.H-monthPad-float32(len(rows)-i)*(BadgeHeight()+4)+4
		for _, s := range row {
			mx += g.Badge(mx, my, box.X+box.W-monthPad-mx, s) + 4
		}
	}
}

// MouseDown moves the cursor at once, a double tap opens.
func (b *monthBody) MouseDown(ev *desktop.MouseEvent) { b.press(ev.Position) }

// MouseUp is the other half of MouseDown.
func (b *monthBody) MouseUp(*desktop.MouseEvent) {}

// Tapped is for where there is no mouse.
func (b *monthBody) Tapped(ev *fyne.PointEvent) { b.press(ev.Position) }

func (b *monthBody) press(p fyne.Position) {
	focus(b.of)
	if row, col, ok := b.of.at(p); ok && b.of.may(row, col) {
		b.of.MoveTo(row, col)
	}
}

// DoubleTapped opens the day.
func (b *monthBody) DoubleTapped(ev *fyne.PointEvent) {
	if row, col, ok := b.of.at(ev.Position); ok && b.of.may(row, col) {
		b.of.MoveTo(row, col)
		b.of.call(b.of.OnOpen)
	}
}
