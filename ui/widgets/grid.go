package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"ardoise/ui/theme"
)

// CellFill is how a grid cell is filled.
type CellFill int

// The fills of a grid cell.
const (
	CellBlank   CellFill = iota // white, thin border: free
	CellLight                   // light tone, thin border
	CellSolid                   // solid tone
	CellOutline                 // white, 2 px border in the tone: not committed yet
	CellMuted                   // grey fill (a lock, a cancelled day)
	CellDash                    // no frame, a muted text
	CellClosed                  // nothing: the column is closed there
)

// GridCell is what one cell shows. Letters and words are the caller's.
type GridCell struct {
	Fill   CellFill
	Tone   Tone
	Text   string // the letter
	Icon   string // instead of the letter
	Corner string // small icon in the upper right corner (lock)
	Word   string // WeekGrid: text beside the cell
	Strong bool   // WeekGrid: the word in bold
	Tip    string
}

func (c GridCell) look() (Shape, theme.Token) {
	fill, ink, line := c.Tone.Colours()
	switch c.Fill {
	case CellLight:
		return Shape{Fill: fill, Stroke: line, Radius: 3}, ink
	case CellSolid:
		return Shape{Fill: ink, Radius: 3}, theme.SurAccent
	case CellOutline:
		return Shape{Fill: theme.Blanc, Stroke: ink, Width: 2, Radius: 3}, ink
	case CellMuted:
		return Shape{Fill: theme.Ardoise100, Stroke: theme.Ardoise200, Radius: 3}, theme.Ardoise600
	case CellDash:
		return Shape{}, theme.Ardoise500
	case CellClosed:
		return Shape{}, theme.Ardoise600
	}
	return Shape{Fill: theme.Blanc, Stroke: theme.Ardoise200, Radius: 3}, theme.Encre
}

// DrawGridCell draws one cell of w×h px (legends use it too).
func DrawGridCell(g *Gfx, x, y, w, h float32, c GridCell) {
	drawCellBox(g, x, y, w, h, c)
	drawCellIcons(g, x, y, w, h, c)
}

// drawCellBox always lays down one rectangle and one text, so that a cell that
// changes never shifts the others in the drawing order.
func drawCellBox(g *Gfx, x, y, w, h float32, c GridCell) {
	shape, ink := c.look()
	st := Style{Size: theme.Small, Bold: c.Fill != CellDash, Ink: ink, Align: fyne.TextAlignCenter}
	switch {
	case c.Fill == CellOutline:
		st.Size = theme.Panel
	case h > theme.Px(20):
		st.Size = theme.Body
	}
	g.Rect(x, y, w, h, shape)
	text := c.Text
	if c.Icon != "" {
		text = ""
	}
	g.Text(x, y, w, h, text, st)
}

func drawCellIcons(g *Gfx, x, y, w, h float32, c GridCell) {
	_, ink := c.look()
	if c.Icon != "" {
		ic := theme.Px(14)
		g.Icon(x+(w-ic)/2, y+(h-ic)/2, ic, c.Icon, ink)
	}
	if c.Corner != "" {
		ic := theme.Px(10)
		g.Icon(x+w-ic-2, y+2, ic, c.Corner, ink)
	}
	g.Tip(x, y, w, h, c.Tip)
}

// gridCore is what both grids share: the cursor, the keys, the painting by
// dragging. Rows and columns are numbered from 0 in the order given.
type gridCore struct {
	focusBase
	rows, cols int
	row, col   int
	cells      func(row, col int) GridCell
	can        func(row, col int) bool // may the cursor stand there
	goDown     bool
	cellAt     func(p fyne.Position) (row, col int, ok bool)
	reveal     func()
	down       *[2]int
	last       [2]int

	// OnMove tells where the cursor went.
	OnMove func(row, col int)
	// OnToggle is called by Space and by a tap on a cell.
	OnToggle func(row, col int)
	// OnLetter is called by a letter; true means used (WeekGrid then goes down).
	OnLetter func(row, col int, r rune) bool
	// OnReset is called by Backspace.
	OnReset func(row, col int)
	// OnOpen is called by Enter; nil passes Enter on.
	OnOpen func(row, col int)
	// OnPage is called by the Page keys: -1 and +1.
	OnPage func(step int)
	// OnPaint is called for each cell the pointer is dragged over; first is true
	// for the cell the drag began in.
	OnPaint func(row, col int, first bool)
	// OnPaintEnd is called when the button is let go after a drag.
	OnPaintEnd func()
	// TapToggles makes a tap toggle the cell as well as move there (true by
	// default in DayGrid, false in WeekGrid).
	TapToggles bool
}

// Cell returns where the cursor stands.
func (c *gridCore) Cell() (row, col int) { return c.row, c.col }

// MoveTo puts the cursor on a cell, if it may stand there.
func (c *gridCore) MoveTo(row, col int) {
	if row < 0 || row >= c.rows || col < 0 || col >= c.cols || !c.may(row, col) {
		return
	}
	changed := row != c.row || col != c.col
	c.row, c.col = row, col
	if c.reveal != nil {
		c.reveal()
	}
	c.self.Refresh()
	if changed && c.OnMove != nil {
		c.OnMove(row, col)
	}
}

func (c *gridCore) may(row, col int) bool { return c.can == nil || c.can(row, col) }

// step walks until a cell where the cursor may stand.
func (c *gridCore) step(dr, dc int) {
	row, col := c.row+dr, c.col+dc
	for row >= 0 && row < c.rows && col >= 0 && col < c.cols {
		if c.may(row, col) {
			c.MoveTo(row, col)
			return
		}
		row, col = row+dr, col+dc
	}
}

// settle finds a first place for the cursor after the rows or columns changed.
func (c *gridCore) settle() {
	c.row, c.col = min(max(c.row, 0), max(0, c.rows-1)), min(max(c.col, 0), max(0, c.cols-1))
	if c.rows == 0 || c.cols == 0 || c.may(c.row, c.col) {
		return
	}
	for r := range c.rows {
		for k := range c.cols {
			if row := (c.row + r) % c.rows; c.may(row, k) {
				c.row, c.col = row, k
				return
			}
		}
	}
}

// TypedKey moves and acts.
func (c *gridCore) TypedKey(ev *fyne.KeyEvent) {
	touch()
	switch ev.Name {
	case fyne.KeyLeft:
		c.step(0, -1)
	case fyne.KeyRight:
		c.step(0, 1)
	case fyne.KeyUp:
		c.step(-1, 0)
	case fyne.KeyDown:
		c.step(1, 0)
	case fyne.KeyHome:
		c.end(0, 1)
	case fyne.KeyEnd:
		c.end(c.cols-1, -1)
	case fyne.KeyPageUp:
		c.page(-1)
	case fyne.KeyPageDown:
		c.page(1)
	case fyne.KeySpace:
		c.call(c.OnToggle)
	case fyne.KeyBackspace:
		c.call(c.OnReset)
	case fyne.KeyReturn, fyne.KeyEnter:
		if c.OnOpen == nil {
			PassKey(c.self, ev)
			return
		}
		c.call(c.OnOpen)
	default:
		PassKey(c.self, ev)
	}
}

func (c *gridCore) end(from, dc int) {
	for col := from; col >= 0 && col < c.cols; col += dc {
		if c.may(c.row, col) {
			c.MoveTo(c.row, col)
			return
		}
	}
}

func (c *gridCore) page(step int) {
	if c.OnPage != nil {
		c.OnPage(step)
	}
}

func (c *gridCore) call(f func(row, col int)) {
	if f != nil && c.rows > 0 && c.cols > 0 && c.may(c.row, c.col) {
		f(c.row, c.col)
	}
}

// TypedRune hands letters to the model.
func (c *gridCore) TypedRune(r rune) {
	if r == ' ' || c.OnLetter == nil || c.rows == 0 || c.cols == 0 {
		return
	}
	if c.OnLetter(c.row, c.col, r) && c.goDown {
		c.step(1, 0)
	}
}

// Tapped moves there, and toggles where TapToggles says so.
func (c *gridCore) Tapped(ev *fyne.PointEvent) {
	focus(c.self)
	row, col, ok := c.cellAt(ev.Position)
	if !ok || !c.may(row, col) {
		return
	}
	c.MoveTo(row, col)
	if c.TapToggles {
		c.call(c.OnToggle)
	}
}

// MouseDown notes where a drag may begin.
func (c *gridCore) MouseDown(ev *desktop.MouseEvent) {
	c.down = nil
	focus(c.self)
	if row, col, ok := c.cellAt(ev.Position); ok && c.may(row, col) {
		c.down = &[2]int{row, col}
	}
}

// MouseUp is the other half of MouseDown.
func (c *gridCore) MouseUp(*desktop.MouseEvent) {}

// Dragged paints the cells the pointer passes over.
func (c *gridCore) Dragged(ev *fyne.DragEvent) {
	if c.down == nil || c.OnPaint == nil {
		return
	}
	if c.down[0] >= 0 {
		c.last = *c.down
		c.OnPaint(c.last[0], c.last[1], true)
		*c.down = [2]int{-1, -1}
	}
	row, col, ok := c.cellAt(ev.Position)
	if !ok || !c.may(row, col) || [2]int{row, col} == c.last {
		return
	}
	c.last = [2]int{row, col}
	c.OnPaint(row, col, false)
	c.MoveTo(row, col)
}

// DragEnd ends the painting.
func (c *gridCore) DragEnd() {
	painted := c.down != nil && c.down[0] < 0
	c.down = nil
	if painted && c.OnPaintEnd != nil {
		c.OnPaintEnd()
	}
}

// RefreshCells repaints what changed; cells that look the same are not touched.
func (c *gridCore) RefreshCells() { c.self.Refresh() }
