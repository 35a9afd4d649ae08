package widgets

import (
	"fyne.io/fyne/v2"

	"ardoise/ui/theme"
)

// GroupRow is a row of a Table across all its columns: a heading of rows, or
// what stands for rows folded away (« 013 à 092, 80 factures émises, repliées »).
type GroupRow struct {
	Title, Text string
	Open        bool // its rows are shown below it
}

// group is what the row stands for, nil for an ordinary one.
func (t *Table) group(row int) *GroupRow {
	if t.Group == nil || row < 0 || row >= t.n || t.state != showRows {
		return nil
	}
	return t.Group(row)
}

// flip folds a group's rows or opens them; it reports whether row is a group.
func (t *Table) flip(row int) bool {
	gr := t.group(row)
	if gr == nil {
		return false
	}
	t.fold(row, !gr.Open)
	return true
}

func (t *Table) fold(row int, open bool) {
	if t.OnFold != nil {
		t.OnFold(row, open)
	}
}

// TypedKey folds and opens groups; all else is the rows' matter.
func (t *Table) TypedKey(ev *fyne.KeyEvent) {
	gr := t.group(t.Selected())
	if gr == nil || t.OnKey != nil && t.OnKey(ev) {
		t.rows.TypedKey(ev)
		return
	}
	touch()
	switch ev.Name {
	case fyne.KeyRight, fyne.KeyLeft:
		if open := ev.Name == fyne.KeyRight; open != gr.Open {
			t.fold(t.cursor, open)
		}
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		t.flip(t.cursor)
	default:
		t.rows.TypedKey(ev)
	}
}

// DoubleTapped opens an ordinary row; on a group each tap already did its work.
func (t *Table) DoubleTapped(ev *fyne.PointEvent) {
	if t.group(t.rowAt(ev.Position)) == nil {
		t.rows.DoubleTapped(ev)
	}
}

func (gr *GroupRow) paint(g *Gfx, b Box, chosen bool) {
	icon, key, verb := "chevron-right", "Droite", "déplier"
	if gr.Open {
		icon, key, verb = "chevron-down", "Gauche", "replier"
	}
	if !chosen {
		g.Rect(b.X, b.Y, b.W, b.H, Shape{Fill: theme.Ardoise50})
	}
	ic := theme.Px(14)
	x, right := b.X+16, b.X+b.W-16
	g.Icon(x, b.Y+(b.H-ic)/2, ic, icon, theme.Ardoise600)
	x += ic + 8
	x += g.Text(x, b.Y, max(0, right-x), b.H, gr.Title, SmallBold) + 8
	x += g.Text(x, b.Y, max(0, right-x), b.H, gr.Text, Small) + 8
	if w := KeyChipWidth(key); x+w+8+TextWidth(verb, Small) <= right {
		g.KeyChip(x, b.Y+(b.H-keyChipHeight())/2, key)
		x += w + 8
		g.Text(x, b.Y, right-x, b.H, verb, Small)
	}
}
