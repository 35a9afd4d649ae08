package widgets

import (
	"fyne.io/fyne/v2"

	"ardoise/ui/theme"
)

// Box is where a row or cell is to be drawn.
type Box struct{ X, Y, W, H float32 }

// List is a virtual list whose rows a function draws: 56, 74 or 84 px high, the
// chosen one on light accent with a 3 px bar.
type List struct {
	rows
	draw  func(g *Gfx, row int, b Box, selected bool)
	quiet bool // the chosen row shows only while the list has the keyboard
}

// NewList returns a list; draw paints one row inside the box it is given (16 px
// from the edges already taken off).
func NewList(rowHeight float32, draw func(g *Gfx, row int, b Box, selected bool)) *List {
	l := &List{draw: draw}
	l.rowHeight = rowHeight
	l.init(l)
	return l
}

func (l *List) min() fyne.Size { return fyne.NewSize(160, l.rowH()*2) }

// Resize keeps the cursor in sight.
func (l *List) Resize(s fyne.Size) {
	l.rows.BaseWidget.Resize(s)
	l.clamp()
}

func (l *List) paint(g *Gfx, size fyne.Size) {
	l.top, l.bottom = 4, 4
	if !l.paintState(g, size) {
		l.focusFrame(g, size)
		return
	}
	l.clamp()
	h := l.rowH()
	last := min(l.n, l.first+l.page())
	for i := l.first; i < last; i++ {
		y := l.top + float32(i-l.first)*h
		chosen := i == l.cursor && (l.focused || !l.quiet)
		if chosen {
			g.Rect(4, y, size.Width-8, h, Shape{Fill: theme.AccentClair, Radius: 4})
			g.Rect(4, y+4, 3, h-8, Shape{Fill: theme.Accent, Radius: 1})
		} else if i != last-1 && (l.quiet || i+1 != l.cursor) {
			g.HLine(16, y+h-1, size.Width-32, theme.Ardoise200)
		}
		l.draw(g, i, Box{16, y, size.Width - 32, h}, chosen)
		if i == l.cursor && l.focused {
			g.Rect(4, y, size.Width-8, h, Shape{Stroke: theme.Accent, Width: 2, Radius: 4})
		}
	}
	l.paintBar(g, size)
}

func (l *List) focusFrame(g *Gfx, size fyne.Size) {
	if l.focused {
		g.Rect(2, 2, size.Width-4, size.Height-4, Shape{Stroke: theme.Accent, Width: 2, Radius: 4})
	}
}
