package page

import "strings"

// Column is one column of a table.
type Column struct {
	Title  string
	Width  float64 // millimetres; 0 shares what is left by Weight
	Weight float64 // 1 when 0
	Align  Align   // figures: Right
	Lines  int     // at most that many wrapped lines in a cell; 1 when 0
	Apart  bool    // a line on its left parts it from the columns before
}

// Tick is a box to tick by hand.
type Tick int

// A cell holds no box, a bold one (expected), or a grey one (not expected).
const (
	NoTick Tick = iota
	TickExpected
	TickGrey
)

// Cell is one cell; with a Tick, Text is the mark inside the box.
type Cell struct {
	Text  string
	Bold  bool
	Muted bool
	Tick  Tick
}

// Cells makes plain cells of texts.
func Cells(texts ...string) []Cell {
	cells := make([]Cell, len(texts))
	for i, t := range texts {
		cells[i].Text = t
	}
	return cells
}

// Kind is what a row is.
type Kind int

// Rows are ordinary, open a group, sum one up, or say a sentence.
const (
	Body     Kind = iota
	Group         // its first cell is a title over the whole width
	Subtotal      // bold
	Total         // bold on a shade, below a strong line
	Note          // its first cell is a muted sentence over the whole width, under a group's title
)

// Row is one row; missing cells are empty.
type Row struct {
	Kind  Kind
	Cells []Cell
}

// Table is rows under a header that is repeated on each page.
type Table struct {
	Columns []Column
	Rows    []Row
	Empty   string  // the sentence shown when there is no row
	Height  float64 // least height of a row, 6.4 mm when 0
	Grid    bool    // vertical lines too
	Size    float64 // points, 9.5 when 0
}

const padX, padY = 1.6, 1.15

type layout struct {
	t      *Table
	x, w   []float64
	head   [][]string
	headH  float64
	group  *Row // the group the current row belongs to
	onPage int  // rows already on this page
}

// Table prints t from the current place on, over as many pages as it takes.
func (d *Doc) Table(t Table) error {
	l := d.layout(&t)
	if len(t.Rows) == 0 {
		d.Need(l.headH + 12)
		d.tableHead(l)
		d.TextIn(d.Left()+padX, d.y+5.6, d.Width()-2*padX, t.Empty, Left, Style{Color: Muted})
		d.y += 10
		return d.Err()
	}
	d.Need(l.headH + d.chainHeight(l, 0))
	d.tableHead(l)
	for i := range t.Rows {
		if i%32 == 0 {
			if err := d.Err(); err != nil {
				return err
			}
		}
		r := &t.Rows[i]
		if r.Kind == Group {
			l.group = nil
		}
		if d.y+d.chainHeight(l, i) > d.Bottom()+0.01 && l.onPage > 0 {
			d.Break()
			d.tableHead(l)
			if l.group != nil && r.Kind != Total {
				d.groupRow(l, l.group, true)
			}
		}
		d.row(l, r)
		l.onPage++
		if r.Kind == Group {
			l.group = r
		}
	}
	d.y += 3
	return nil
}

func (d *Doc) layout(t *Table) *layout {
	if t.Height == 0 {
		t.Height = 6.4
	}
	l := &layout{t: t, x: make([]float64, len(t.Columns)), w: make([]float64, len(t.Columns))}
	left, weights := d.Width(), 0.0
	for _, c := range t.Columns {
		left -= c.Width
		if c.Width == 0 {
			weights += max(c.Weight, 0)
			if c.Weight == 0 {
				weights++
			}
		}
	}
	x := d.Left()
	for i, c := range t.Columns {
		l.x[i], l.w[i] = x, c.Width
		if c.Width == 0 {
			weight := c.Weight
			if weight == 0 {
				weight = 1
			}
			l.w[i] = max(left*weight/weights, 8)
		}
		x += l.w[i]
	}
	st := l.headStyle()
	for i, c := range t.Columns {
		lines := d.wrap(c.Title, l.w[i]-2*padX, st, 3)
		l.head = append(l.head, lines)
		l.headH = max(l.headH, float64(len(lines))*st.lineHeight()+2*padY+0.6)
	}
	return l
}

func (l *layout) headStyle() Style { return Style{Size: l.size() - 1, Bold: true, Color: Muted} }

func (l *layout) size() float64 {
	if l.t.Size == 0 {
		return 9.5
	}
	return l.t.Size
}

func (d *Doc) tableHead(l *layout) {
	st := l.headStyle()
	for i, lines := range l.head {
		y := d.y + l.headH - padY - float64(len(lines))*st.lineHeight()
		for _, line := range lines {
			d.TextIn(l.x[i]+padX, y+st.lineHeight()*0.78, l.w[i]-2*padX, line, l.t.Columns[i].Align, st)
			y += st.lineHeight()
		}
	}
	d.y += l.headH
	d.Line(d.Left(), d.y, d.Right(), d.y, 0.4, Strong)
	l.onPage = 0
}

func (l *layout) style(r *Row, c Cell) Style {
	s := Style{Size: l.size(), Bold: c.Bold || r.Kind != Body}
	if c.Muted {
		s.Color = Muted
	}
	return s
}

func (d *Doc) cellLines(l *layout, r *Row, i int) []string {
	if i >= len(r.Cells) || i >= len(l.t.Columns) || r.Cells[i].Text == "" {
		return nil
	}
	if l.t.Columns[i].Align == Right {
		return []string{r.Cells[i].Text} // a figure is never cut
	}
	limit := max(l.t.Columns[i].Lines, 1)
	return d.wrap(r.Cells[i].Text, l.w[i]-2*padX, l.style(r, r.Cells[i]), limit)
}

func (d *Doc) rowHeight(l *layout, r *Row) float64 {
	h := l.t.Height
	switch r.Kind {
	case Group:
		return h + 0.8
	case Note:
		s := l.noteStyle()
		return float64(len(d.noteLines(l, r)))*s.lineHeight() + 1.2
	}
	for i := range r.Cells {
		if i < len(l.t.Columns) && l.t.Columns[i].Lines > 1 {
			s := l.style(r, r.Cells[i])
			h = max(h, float64(len(d.cellLines(l, r, i))-1)*s.lineHeight()+l.t.Height)
		}
	}
	return h
}

// chainHeight is the height of row i with what must stay on its page: a group's
// title with its first row, a total with the row above it.
func (d *Doc) chainHeight(l *layout, i int) float64 {
	h := d.rowHeight(l, &l.t.Rows[i])
	for j := i; j+1 < len(l.t.Rows) && j < i+4; j++ {
		next := l.t.Rows[j+1].Kind
		if k := l.t.Rows[j].Kind; k != Group && k != Note && next != Subtotal && next != Total {
			break
		}
		h += d.rowHeight(l, &l.t.Rows[j+1])
	}
	return h
}

func (d *Doc) groupRow(l *layout, r *Row, again bool) {
	h := d.rowHeight(l, r)
	d.Box(d.Left(), d.y, d.Width(), h, Fill{Paint: true, Inside: Shade})
	if len(r.Cells) > 0 {
		text := Clean(r.Cells[0].Text)
		right := 0.0
		if n := len(r.Cells); n > 1 && !again {
			st := Style{Size: l.size(), Color: Muted}
			right = TextWidth(r.Cells[n-1].Text, st) + 4
			d.TextIn(d.Left()+padX, d.y+h/2+1.2, d.Width()-2*padX, r.Cells[n-1].Text, Right, st)
		}
		st := Style{Size: l.size(), Bold: true}
		suffix := ""
		if again {
			suffix = " (suite)"
			right = TextWidth(suffix, st) + 2
		}
		text = d.fit(text, d.Width()-2*padX-right, st) + suffix
		d.TextAt(d.Left()+padX, d.y+h/2+1.2, text, st)
	}
	d.y += h
}

func (d *Doc) row(l *layout, r *Row) {
	if r.Kind == Group {
		d.groupRow(l, r, false)
		return
	}
	if r.Kind == Note {
		d.noteRow(l, r)
		return
	}
	h := d.rowHeight(l, r)
	if r.Kind == Total {
		d.Box(d.Left(), d.y, d.Width(), h, Fill{Paint: true, Inside: Shade})
		d.Line(d.Left(), d.y, d.Right(), d.y, 0.4, Strong)
	}
	for i := range l.t.Columns {
		if i >= len(r.Cells) {
			break
		}
		if r.Cells[i].Tick != NoTick {
			d.tick(l.x[i], l.w[i], h, r.Cells[i])
			continue
		}
		st := l.style(r, r.Cells[i])
		lines := d.cellLines(l, r, i)
		// First lines share one baseline, whatever wraps beside them.
		y := d.y + (l.t.Height-st.lineHeight())/2 + st.lineHeight()*0.76
		for _, line := range lines {
			d.TextIn(l.x[i]+padX, y, l.w[i]-2*padX, line, l.t.Columns[i].Align, st)
			y += st.lineHeight()
		}
	}
	for i := 1; i < len(l.x); i++ {
		if l.t.Grid || l.t.Columns[i].Apart {
			d.Line(l.x[i], d.y, l.x[i], d.y+h, 0.2, Rule)
		}
	}
	d.y += h
	c := Rule
	if r.Kind == Subtotal {
		c = Strong
	}
	d.Line(d.Left(), d.y, d.Right(), d.y, 0.2, c)
}

func (l *layout) noteStyle() Style { return Style{Size: l.size() - 0.5, Color: Muted} }

func (d *Doc) noteLines(l *layout, r *Row) []string {
	if len(r.Cells) == 0 {
		return nil
	}
	return d.wrap(r.Cells[0].Text, d.Width()-2*padX, l.noteStyle(), 4)
}

func (d *Doc) noteRow(l *layout, r *Row) {
	s, y := l.noteStyle(), d.y+0.8
	for _, line := range d.noteLines(l, r) {
		d.TextAt(d.Left()+padX, y+s.lineHeight()*0.76, line, s)
		y += s.lineHeight()
	}
	d.y += d.rowHeight(l, r)
	d.Line(d.Left(), d.y, d.Right(), d.y, 0.2, Rule)
}

// tick draws the box of an attendance sheet, the mark already known inside.
func (d *Doc) tick(x, w, h float64, c Cell) {
	const side = 5.0
	f := Fill{Paint: true, Inside: White, Line: Ink, Weight: 0.35}
	if c.Tick == TickGrey {
		f = Fill{Paint: true, Inside: Pale, Line: Rule, Weight: 0.25}
	}
	left, top := x+(w-side)/2, d.y+(h-side)/2
	d.Box(left, top, side, side, f)
	if mark := strings.TrimSpace(c.Text); mark != "" {
		st := Style{Size: 8, Bold: true}
		d.TextIn(left-1, top+side/2+1, side+2, mark, Center, st)
	}
}
