package widgets

import (
	"fmt"

	"fyne.io/fyne/v2"

	"ardoise/ui/theme"
)

// TabItem is one tab; Count is written beside it, 0 hides it. Group is the title
// it stands under in an Index.
type TabItem struct {
	ID, Label string
	Count     int
	Group     string
}

// Tabs is the row of tabs: Left and Right move, the shell gives Ctrl+Tab.
type Tabs struct {
	focusBase
	items    []TabItem
	at       int
	keys     string // what moves them from anywhere on the page
	onChange func(id string)
}

// Keys writes another key than Ctrl+Tab beside the tabs: those of a part of a
// page. Returns the tabs.
func (t *Tabs) Keys(text string) *Tabs { t.keys = text; return t }

// NewTabs returns a row of tabs with the first chosen.
func NewTabs(onChange func(id string), items ...TabItem) *Tabs {
	t := &Tabs{items: items, onChange: onChange, keys: "Ctrl+Tab"}
	t.init(t)
	return t
}

// Value returns the chosen tab's ID.
func (t *Tabs) Value() string {
	if t.at < len(t.items) {
		return t.items[t.at].ID
	}
	return ""
}

// Set chooses a tab without calling onChange.
func (t *Tabs) Set(id string) {
	for i, it := range t.items {
		if it.ID == id {
			t.at = i
		}
	}
	t.Refresh()
}

// SetCount changes the number beside a tab (0: none).
func (t *Tabs) SetCount(id string, n int) {
	for i := range t.items {
		if t.items[i].ID == id {
			t.items[i].Count = n
		}
	}
	t.Refresh()
}

// Next goes some tabs further, round the end (Ctrl+Tab).
func (t *Tabs) Next(step int) { t.pick(((t.at+step)%len(t.items) + len(t.items)) % len(t.items)) }

func (t *Tabs) pick(i int) {
	if i < 0 || i >= len(t.items) || i == t.at {
		return
	}
	t.at = i
	t.Refresh()
	if t.onChange != nil {
		t.onChange(t.items[i].ID)
	}
}

// TypedKey moves with Left and Right.
func (t *Tabs) TypedKey(ev *fyne.KeyEvent) {
	touch()
	switch ev.Name {
	case fyne.KeyLeft:
		t.pick(t.at - 1)
	case fyne.KeyRight:
		t.pick(t.at + 1)
	default:
		PassKey(t, ev)
	}
}

// Tapped chooses the tab under the pointer.
func (t *Tabs) Tapped(ev *fyne.PointEvent) {
	focus(t)
	if h, ok := t.g.hitAt(ev.Position); ok {
		t.pick(h.Row)
	}
}

func (t *Tabs) width(it TabItem) float32 {
	w := TextWidth(it.Label, BodyBold) + 8
	if it.Count > 0 {
		w += TextWidth(fmt.Sprint(it.Count), SmallBold) + 12 + 6
	}
	return w
}

// gap is what stands between two tabs: 16 px, less where large text needs it.
func (t *Tabs) gap(room float32) float32 {
	for _, it := range t.items {
		room -= t.width(it)
	}
	return min(16, max(0, room/float32(max(1, len(t.items)-1))))
}

func (t *Tabs) min() fyne.Size {
	w := float32(0) // any one of them with the sign that others are hidden
	for _, it := range t.items {
		w = max(w, t.width(it))
	}
	return fyne.NewSize(w+t.hint(), theme.Px(40))
}

// first is the first tab drawn: where not all have room, those before the chosen
// one give way until it is whole.
func (t *Tabs) first(room float32) int {
	for f := range t.at {
		need := float32(0)
		if f > 0 {
			need = t.hint()
		}
		for i := f; i <= t.at; i++ {
			need += t.width(t.items[i])
		}
		if need <= room {
			return f
		}
	}
	return t.at
}

// hint is the width of the sign that tabs are hidden before the first drawn.
func (t *Tabs) hint() float32 { return theme.Px(20) }

func (t *Tabs) paint(g *Gfx, size fyne.Size) {
	x, h := float32(0), size.Height
	g.HLine(0, h-1, size.Width, theme.Ardoise200)
	gap := t.gap(size.Width)
	first := t.first(size.Width)
	if first > 0 {
		ic := theme.Px(14)
		g.Icon(0, (h-2-ic)/2, ic, "chevron-left", theme.Ardoise600)
		g.Zone(0, 0, t.hint(), h, t.items[first-1].ID, first-1)
		x = t.hint()
	}
	for i, it := range t.items {
		if i < first {
			continue
		}
		w := min(t.width(it), max(0, size.Width-x))
		st := Body.With(theme.Ardoise600)
		if i == t.at {
			st = BodyBold.With(theme.Accent)
			g.Rect(x, h-3, w, 3, Shape{Fill: theme.Accent})
		}
		tw := g.Text(x+4, 0, w, h-2, it.Label, st)
		if it.Count > 0 {
			n := fmt.Sprint(it.Count)
			cw := TextWidth(n, SmallBold) + 12
			ch := theme.Px(18)
			g.Rect(x+4+tw+6, (h-2-ch)/2, cw, ch, Shape{Fill: theme.Ardoise100, Radius: 3})
			g.Text(x+4+tw+6, 0, cw, h-2, n, SmallBold.Center())
		}
		if i == t.at && t.focused {
			g.Rect(x-4, 2, w+8, h-6, Shape{Stroke: theme.Accent, Width: 2, Radius: 4})
		}
		g.Zone(x, 0, w, h, it.ID, i)
		x += w + gap
	}
	if kw := KeyChipWidth(t.keys); x+kw < size.Width {
		g.KeyChip(size.Width-kw, (h-2-keyChipHeight())/2, t.keys)
	}
}
