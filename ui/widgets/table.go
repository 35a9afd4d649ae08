package widgets

import (
	"fyne.io/fyne/v2"

	"ardoise/ui/theme"
)

// Column is one column of a Table.
type Column struct {
	ID, Title string
	Width     float32 // px; 0: shares the room left by weight
	Weight    float32 // 1 when 0
	Right     bool    // figures
	Sort      bool    // a tap on the header sorts
	Spare     bool    // left out, the last first, where others would be cut short
}

// Cell is what one cell shows. The text is ready made: a row is formatted once,
// when it is loaded.
type Cell struct {
	Text    string
	Bold    bool
	Large   bool // 16 px (kitchen figures)
	Ink     theme.Token
	Icon    string
	IconInk theme.Token // of the icon alone
	Sub     string      // muted text after Text
	Badge   *BadgeSpec  // drawn instead of the text
	Link    string      // accent words that a tap presses: OnZone(row, column ID)
	Tick    *bool       // a tick box: a tap gives OnZone(row, column ID)
	Deltas  []string    // neutral chips (+2, –1)
}

// Table is a virtual data table: header 32, rows 40 (36, 22), the chosen row on
// light accent with a 3 px bar. Arrows, Home, End, Page keys move, Enter opens,
// letters jump.
type Table struct {
	rows
	columns []Column
	cell    func(row, col int) Cell
	foot    []Cell
	sortCol int
	sortDes bool
	noHead  bool

	// Group makes a row stand for others that are folded away, or for the heading
	// of those below; nil, or a nil answer, is an ordinary row.
	Group func(row int) *GroupRow
	// OnFold is called on such a row by Right (open) and Left, and with the
	// opposite of what it is by Enter, Space and a tap.
	OnFold func(row int, open bool)
	// OnSort is called by a tap on a sortable header.
	OnSort func(column string, descending bool)
}

// NewTable returns a table of 40 px rows; cell gives what to show.
func NewTable(columns []Column, cell func(row, col int) Cell) *Table {
	t := &Table{columns: columns, cell: cell, sortCol: -1}
	t.rowHeight = 40
	t.init(t)
	return t
}

// RowHeight sets 40, 36 or 22 px. Returns the table.
func (t *Table) RowHeight(px float32) *Table { t.rowHeight = px; return t }

// NoSelection shows rows without a chosen one (static tables). Returns the table.
func (t *Table) NoSelection() *Table { t.cursor = -1; return t }

// NoHeader leaves the header out. Returns the table.
func (t *Table) NoHeader() *Table { t.noHead = true; return t }

// Foot sets the total row under the rows; nil takes it away.
func (t *Table) Foot(cells []Cell) { t.foot = cells; t.Refresh() }

// SetColumns replaces the columns.
func (t *Table) SetColumns(c []Column) { t.columns = c; t.Refresh() }

// SortedBy shows which column the rows are sorted by.
func (t *Table) SortedBy(column string, descending bool) {
	t.sortCol, t.sortDes = -1, descending
	for i, c := range t.columns {
		if c.ID == column {
			t.sortCol = i
		}
	}
	t.Refresh()
}

// SetCount shows n rows; a table without selection stays so.
func (t *Table) SetCount(n int) {
	none := t.cursor < 0
	t.rows.SetCount(n)
	if none {
		t.cursor = -1
		t.Refresh()
	}
}

// Resize keeps the cursor in sight.
func (t *Table) Resize(s fyne.Size) {
	t.rows.BaseWidget.Resize(s)
	t.clamp()
}

// press moves the cursor; a static table has none.
func (t *Table) press(p fyne.Position) {
	if p.Y >= t.head() && t.cursor >= 0 {
		t.pick(p)
	}
}

// release sorts by the header, or does what a tap on the row does.
func (t *Table) release(p fyne.Position) {
	switch {
	case p.Y < t.head():
		t.tapHeader(p.X)
	case t.cursor >= 0 && t.flip(t.rowAt(p)):
	case t.cursor >= 0:
		t.act(p)
	default:
		if h, ok := t.g.hitAt(p); ok && t.OnZone != nil {
			t.OnZone(h.Row, h.ID)
		}
	}
}

func (t *Table) tapHeader(x float32) {
	xs, ws := t.layout(t.Size().Width)
	for i, c := range t.columns {
		if ws[i] == 0 || x < xs[i]-8 || x >= xs[i]+ws[i]+8 || !c.Sort {
			continue
		}
		des := t.sortCol == i && !t.sortDes
		t.sortCol, t.sortDes = i, des
		t.Refresh()
		if t.OnSort != nil {
			t.OnSort(c.ID, des)
		}
		return
	}
}

func (t *Table) head() float32 {
	if t.noHead {
		return 0
	}
	return theme.Px(32)
}

func (t *Table) min() fyne.Size {
	w := float32(32)
	for _, c := range t.columns {
		w += max(c.Width, 48)
	}
	return fyne.NewSize(min(w, 320), t.head()+t.rowH()*2+t.footHeight())
}

func (t *Table) footHeight() float32 {
	if t.foot == nil {
		return 4 // keeps fills away from the card's corners
	}
	return theme.Px(40)
}

// leastShare is what a column that shares the room must get before columns that
// can be spared are left out.
const leastShare = 88

// layout gives each column's text start and width; 0 is a column left out.
func (t *Table) layout(w float32) (xs, ws []float32) {
	out := make([]bool, len(t.columns))
	share := t.share(w, out)
	for i := len(out) - 1; i >= 0 && share < theme.Wide(leastShare); i-- {
		if t.columns[i].Spare {
			out[i] = true
			share = t.share(w, out)
		}
	}
	x := float32(16)
	for i, c := range t.columns {
		cw := theme.Wide(c.Width)
		if c.Width == 0 {
			cw = max(40, share*max(c.Weight, 1))
		}
		if out[i] {
			xs, ws = append(xs, x), append(ws, 0)
			continue
		}
		xs, ws = append(xs, x), append(ws, cw)
		x += cw + 16
	}
	return xs, ws
}

// share is the room of one weight when some columns are left out.
func (t *Table) share(w float32, out []bool) float32 {
	room, weight := w-16, float32(0)
	for i, c := range t.columns {
		if out[i] {
			continue
		}
		room -= 16
		if c.Width > 0 {
			room -= theme.Wide(c.Width)
		} else {
			weight += max(c.Weight, 1)
		}
	}
	if weight > 0 {
		return room / weight
	}
	if room < 0 { // the fixed widths alone do not fit
		return room
	}
	return theme.Wide(leastShare)
}

func (t *Table) paint(g *Gfx, size fyne.Size) {
	t.top, t.bottom = t.head(), t.footHeight()
	xs, ws := t.layout(size.Width)
	if !t.noHead {
		t.paintHead(g, size, xs, ws)
	}
	if t.paintState(g, size) {
		t.clamp()
		t.paintRows(g, size, xs, ws)
		t.paintBar(g, size)
	} else if t.focused {
		g.Rect(2, t.top+2, size.Width-4, size.Height-t.top-4, Shape{Stroke: theme.Accent, Width: 2, Radius: 4})
	}
}

func (t *Table) paintHead(g *Gfx, size fyne.Size, xs, ws []float32) {
	h := t.head()
	for i, c := range t.columns {
		if ws[i] == 0 {
			continue
		}
		st := SmallBold
		arrow := ""
		if i == t.sortCol {
			arrow = "arrow-up"
			if t.sortDes {
				arrow = "arrow-down"
			}
		}
		w := ws[i]
		ic := theme.Px(12)
		if arrow != "" {
			w -= ic + 4
		}
		tw := min(TextWidth(c.Title, st), w)
		x := xs[i]
		if c.Right {
			x = xs[i] + w - tw
		}
		g.Text(x, 0, tw+1, h, c.Title, st)
		if arrow != "" {
			g.Icon(x+tw+4, (h-ic)/2, ic, arrow, theme.Ardoise600)
		}
	}
	g.HLine(0, h-1, size.Width, theme.Ardoise300)
}

func (t *Table) paintRows(g *Gfx, size fyne.Size, xs, ws []float32) {
	h := t.rowH()
	last := min(t.n, t.first+t.page())
	for i := t.first; i < last; i++ {
		y := t.top + float32(i-t.first)*h
		if i == t.cursor {
			g.Rect(0, y, size.Width, h-1, Shape{Fill: theme.AccentClair})
			g.Rect(0, y, 3, h-1, Shape{Fill: theme.Accent})
		}
		if i != t.n-1 || t.foot != nil {
			g.HLine(0, y+h-1, size.Width, theme.Ardoise200)
		}
		if gr := t.group(i); gr != nil {
			gr.paint(g, Box{0, y, size.Width, h - 1}, i == t.cursor)
		} else {
			for j, c := range t.columns {
				if ws[j] == 0 {
					continue
				}
				DrawCell(g, Box{xs[j], y, ws[j], h}, t.cell(i, j), c.Right, c.ID, i)
			}
		}
		if i == t.cursor && t.focused {
			g.Rect(0, y, size.Width, h-1, Shape{Stroke: theme.Accent, Width: 2})
		}
	}
	if t.foot == nil {
		return
	}
	y := t.top + float32(last-t.first)*h
	for j, c := range t.columns {
		if j < len(t.foot) && ws[j] > 0 {
			DrawCell(g, Box{xs[j], y, ws[j], t.footHeight()}, t.foot[j], c.Right, c.ID, -1)
		}
	}
}

// DrawCell paints a cell: also for those who draw rows by hand.
func DrawCell(g *Gfx, b Box, c Cell, right bool, id string, row int) {
	switch {
	case c.Badge != nil:
		w := min(BadgeWidth(*c.Badge), b.W)
		x := b.X
		if right {
			x = b.X + b.W - w
		}
		g.Badge(x, b.Y+(b.H-BadgeHeight())/2, b.W, *c.Badge)
		return
	case c.Tick != nil:
		s := theme.Px(18)
		CheckMark(g, b.X, b.Y+(b.H-s)/2, s, *c.Tick, false)
		g.Zone(b.X-8, b.Y, s+16, b.H, id, row)
		return
	case c.Deltas != nil:
		drawDeltas(g, b, c.Deltas)
		return
	}
	st := Style{Size: theme.Body, Bold: c.Bold, Ink: c.Ink}
	if c.Large {
		st.Size = theme.Panel
	}
	text := c.Text
	if c.Link != "" {
		text = c.Link
		st = BodyBold.With(theme.Accent)
	}
	x, w := b.X, b.W
	if c.Icon != "" {
		ic := theme.Px(16)
		ink := c.Ink
		if c.IconInk != theme.None {
			ink = c.IconInk
		}
		if ink == theme.None {
			ink = theme.Ardoise600
		}
		g.Icon(x, b.Y+(b.H-ic)/2, ic, c.Icon, ink)
		x, w = x+ic+8, w-ic-8
	}
	if right {
		st = st.Right()
	}
	tw := g.Text(x, b.Y, w, b.H, text, st)
	if c.Link != "" {
		zx := x
		if right {
			zx = x + w - tw
		}
		g.Zone(zx-6, b.Y, tw+12, b.H, id, row)
	}
	if c.Sub != "" && !right {
		g.Text(x+tw+8, b.Y, w-tw-8, b.H, c.Sub, Small)
	}
}

func drawDeltas(g *Gfx, b Box, deltas []string) {
	x := b.X
	h := theme.Px(20)
	for _, d := range deltas {
		w := max(theme.Px(36), TextWidth(d, SmallBold)+12)
		g.Rect(x, b.Y+(b.H-h)/2, w, h, Shape{Fill: theme.Ardoise100, Radius: 4})
		g.Text(x, b.Y, w, b.H, d, SmallBold.Center())
		x += w + 8
	}
}
