package widgets

import (
	"fyne.io/fyne/v2"

	"ardoise/ui/theme"
)

// Index is a column of tabs under group titles, for more of them than a row can
// hold: Up and Down move, the shell gives Ctrl+Tab.
type Index struct{ Tabs }

// NewIndex returns a column of tabs with the first chosen; items of one Group
// follow each other.
func NewIndex(onChange func(id string), items ...TabItem) *Index {
	x := &Index{Tabs{items: items, onChange: onChange}}
	x.init(x)
	return x
}

// TypedKey moves with Up and Down, Home and End.
func (x *Index) TypedKey(ev *fyne.KeyEvent) {
	touch()
	switch ev.Name {
	case fyne.KeyUp:
		x.pick(x.at - 1)
	case fyne.KeyDown:
		x.pick(x.at + 1)
	case fyne.KeyHome:
		x.pick(0)
	case fyne.KeyEnd:
		x.pick(len(x.items) - 1)
	default:
		PassKey(x, ev)
	}
}

// Tapped chooses the tab under the pointer.
func (x *Index) Tapped(ev *fyne.PointEvent) {
	focus(x)
	if h, ok := x.g.hitAt(ev.Position); ok {
		x.pick(h.Row)
	}
}

const (
	indexRow  = 32
	indexHead = 30
)

// heads tells whether a group title stands above an item.
func (x *Index) heads(i int) bool {
	return x.items[i].Group != "" && (i == 0 || x.items[i-1].Group != x.items[i].Group)
}

// top is where an item's own row begins, counted from the first.
func (x *Index) top(item int) float32 {
	y := theme.Px(6)
	for i := range item + 1 {
		if x.heads(i) {
			y += theme.Px(indexHead)
		}
		if i < item {
			y += theme.Px(indexRow)
		}
	}
	return y
}

func (x *Index) min() fyne.Size {
	w := float32(0)
	for _, it := range x.items {
		w = max(w, TextWidth(it.Label, BodyBold))
	}
	return fyne.NewSize(w+theme.Px(40), theme.Px(indexRow)*3)
}

func (x *Index) paint(g *Gfx, size fyne.Size) {
	g.Rect(0, 0, size.Width, size.Height, Shape{Fill: theme.Blanc, Stroke: theme.Ardoise200, Radius: 6})
	row := theme.Px(indexRow)
	// Where not all have room, the first ones give way until the chosen one is whole.
	scroll := max(0, x.top(x.at)+row+theme.Px(8)-size.Height)
	for i, it := range x.items {
		y := x.top(i) - scroll
		if head := y - theme.Px(indexHead); x.heads(i) && head >= 0 && y <= size.Height {
			g.Text(16, head+theme.Px(8), size.Width-24, theme.Px(20), it.Group, SmallBold.With(theme.Ardoise500))
		}
		if y < 0 || y+row > size.Height {
			continue
		}
		st := Body
		if i == x.at {
			st = BodyBold.With(theme.Accent)
			g.Rect(4, y, size.Width-8, row, Shape{Fill: theme.AccentClair, Radius: 4})
			g.Rect(4, y+4, 3, row-8, Shape{Fill: theme.Accent, Radius: 1})
		}
		g.Text(16, y, size.Width-24, row, it.Label, st)
		if i == x.at && x.focused {
			g.Rect(4, y, size.Width-8, row, Shape{Stroke: theme.Accent, Width: 2, Radius: 4})
		}
		g.Zone(4, y, size.Width-8, row, it.ID, i)
	}
}
