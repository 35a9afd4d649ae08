package widgets

import (
	"fyne.io/fyne/v2"

	"ardoise/ui/theme"
)

// ActionRow is a line of an ActionList: what there is to do, and the verb.
type ActionRow struct {
	Icon          string
	Tone          Tone // of the icon
	Title, Detail string
	Action        string // « Remplacer »; empty: nothing can be done from here
	ID            string // the caller's
}

// ActionList shows a few lines with a verb at the right, in a card: alerts and
// what mends them. It is as high as its lines; the arrows go from one to the
// next, Enter does what the verb says, and so does a tap on it.
type ActionList struct {
	List
	items []ActionRow

	// OnAction is called with the line.
	OnAction func(row ActionRow)
}

// NewActionList returns an empty list; put it in a Panel with Flush and Line.
func NewActionList(onAction func(row ActionRow)) *ActionList {
	l := &ActionList{OnAction: onAction}
	l.rowHeight, l.quiet = 56, true
	l.draw = l.line
	l.OnOpen = l.act
	l.OnSpace = l.act
	l.OnZone = func(row int, _ string) { l.act(row) }
	l.init(l)
	return l
}

// Set replaces the lines.
func (l *ActionList) Set(items []ActionRow) {
	l.items = items
	l.SetCount(len(items))
	relayout(l)
}

func (l *ActionList) act(row int) {
	if row >= 0 && row < len(l.items) && l.items[row].Action != "" && l.OnAction != nil {
		l.OnAction(l.items[row])
	}
}

func (l *ActionList) min() fyne.Size {
	s := l.List.min()
	if l.state == showRows {
		s.Height = max(1, float32(l.n))*l.rowH() + 8
	}
	return s
}

func (l *ActionList) line(g *Gfx, row int, b Box, _ bool) {
	r := l.items[row]
	_, ink, _ := r.Tone.Colours()
	ic := theme.Px(20)
	g.Icon(b.X, b.Y+(b.H-ic)/2, ic, r.Icon, ink)
	x, right := b.X+ic+12, b.X+b.W
	if r.Action != "" {
		w := min(TextWidth(r.Action, BodyBold)+1, b.W*0.4)
		right -= w
		g.Text(right, b.Y, w, b.H, r.Action, BodyBold.With(theme.Accent).Right())
		g.Zone(right-8, b.Y, w+16, b.H, "action", row)
		right -= 12
	}
	title, detail := LineHeight(Body), LineHeight(Small)
	if r.Detail == "" {
		g.Text(x, b.Y, max(0, right-x), b.H, r.Title, BodyBold)
		return
	}
	y := b.Y + (b.H-title-detail)/2
	g.Text(x, y, max(0, right-x), title, r.Title, BodyBold)
	g.Text(x, y+title, max(0, right-x), detail, r.Detail, Small)
}

// DoubleTapped does nothing more: the first tap on the verb did its work.
func (l *ActionList) DoubleTapped(*fyne.PointEvent) {}
