package widgets

import (
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"ardoise/ui/theme"
)

// markedBody is the part of a MarkedText that scrolls.
type markedBody struct {
	tipBase
	of *MarkedText
}

func (b *markedBody) min() fyne.Size { return fyne.NewSize(40, b.of.height) }

func (b *markedBody) paint(g *Gfx, size fyne.Size) {
	m, line := b.of, markedLine()
	for i := m.from; i <= m.to && i < len(m.pieces); i++ {
		p := m.pieces[i]
		w := p.w
		if i < m.to && i+1 < len(m.pieces) && m.pieces[i+1].y == p.y {
			w = m.pieces[i+1].x - p.x
		}
		if p.mark < 0 {
			g.Rect(p.x, p.y+1, w, line-2, Shape{Fill: theme.AccentClair})
		}
	}
	for i := 0; i < len(m.pieces); i++ {
		p := m.pieces[i]
		if p.mark >= 0 {
			b.box(g, p, i >= m.from && i <= m.to)
			continue
		}
		end := p // as many words as follow on the line: one drawing instead of many
		for i+1 < len(m.pieces) && m.follows(end, m.pieces[i+1]) {
			i++
			end = m.pieces[i]
		}
		g.Text(p.x, p.y, end.x+end.w-p.x+8, line, m.text[p.start:end.end], textStyle())
	}
}

// follows reports whether a plain word stands one space after another.
func (m *MarkedText) follows(a, b textPiece) bool {
	return b.mark < 0 && b.y == a.y && b.start == a.end+1 && m.text[a.end] == ' '
}

// box draws marked words with their chip.
func (b *markedBody) box(g *Gfx, p textPiece, chosen bool) {
	m, line := b.of, markedLine()
	k := m.marks[p.mark]
	fill := theme.InfoClair
	if chosen {
		fill = theme.AccentClair
	}
	g.Rect(p.x, p.y+2, p.w, line-4, Shape{Fill: fill, Stroke: theme.InfoLigne, Radius: 3})
	x := p.x + theme.Px(5)
	x += g.Text(x, p.y, p.w, line, m.text[p.start:p.end], markStyle())
	if label := k.chip(); p.last && label != "" {
		w, h := markChip(label)-theme.Px(5), theme.Px(15)
		x += theme.Px(5)
		g.Rect(x, p.y+(line-h)/2, w, h, Shape{Fill: theme.Info, Radius: 3})
		g.Text(x, p.y+(line-h)/2, w, h, label, Style{Size: theme.KeyHint, Bold: true, Ink: theme.SurAccent, Align: fyne.TextAlignCenter})
	}
	g.Zone(p.x, p.y, p.w, line, k.Label, p.mark)
}

// at gives the piece under a position: the nearest of its line.
func (b *markedBody) at(p fyne.Position) int {
	best := -1
	for i, piece := range b.of.pieces {
		if piece.y > p.Y {
			break
		}
		if best < 0 || piece.y > b.of.pieces[best].y || piece.x <= p.X {
			best = i
		}
	}
	return best
}

// MouseDown begins to choose words.
func (b *markedBody) MouseDown(ev *desktop.MouseEvent) {
	focus(b.of)
	b.of.held = b.at(ev.Position)
	b.of.choose(0, -1)
}

// MouseUp ends it.
func (b *markedBody) MouseUp(*desktop.MouseEvent) {}

// Dragged chooses from the word held to the one under the pointer.
func (b *markedBody) Dragged(ev *fyne.DragEvent) {
	if at := b.at(ev.Position); at >= 0 && b.of.held >= 0 {
		b.of.choose(min(at, b.of.held), max(at, b.of.held))
	}
}

// DragEnd is Fyne's name; the choice stays.
func (b *markedBody) DragEnd() {}

// Tapped presses a marked word.
func (b *markedBody) Tapped(ev *fyne.PointEvent) {
	focus(b.of)
	if h, ok := b.g.hitAt(ev.Position); ok && b.of.OnMark != nil {
		b.of.OnMark(h.ID)
	}
}

// Cursor shows that text can be chosen.
func (b *markedBody) Cursor() desktop.Cursor { return desktop.TextCursor }

func (m *MarkedText) choose(from, to int) {
	if m.from != from || m.to != to {
		m.from, m.to = from, to
		m.body.Refresh()
	}
}

// Selected returns the chosen text, the whole one where no word is chosen.
func (m *MarkedText) Selected() string {
	if m.from > m.to || m.to >= len(m.pieces) {
		return m.text
	}
	return m.text[m.pieces[m.from].start:m.pieces[m.to].end]
}

// Copy puts the chosen text on the clipboard.
func (m *MarkedText) Copy() {
	text := m.Selected()
	fyne.CurrentApp().Clipboard().SetContent(text)
	if m.OnCopied != nil {
		m.OnCopied(utf8.RuneCountInString(text))
	}
}

// TypedShortcut copies and chooses everything; the rest goes on.
func (m *MarkedText) TypedShortcut(s fyne.Shortcut) {
	touch()
	switch s.(type) {
	case *fyne.ShortcutCopy:
		m.Copy()
	case *fyne.ShortcutSelectAll:
		m.choose(0, len(m.pieces)-1)
	default:
		PassShortcut(m, s)
	}
}

// TypedKey scrolls.
func (m *MarkedText) TypedKey(ev *fyne.KeyEvent) {
	touch()
	if m.OnKey != nil && m.OnKey(ev) {
		return
	}
	page := m.scroll.Size().Height * 0.9
	var step float32
	switch ev.Name {
	case fyne.KeyUp:
		step = -markedLine()
	case fyne.KeyDown:
		step = markedLine()
	case fyne.KeyPageUp:
		step = -page
	case fyne.KeyPageDown, fyne.KeySpace:
		step = page
	case fyne.KeyHome:
		step = -m.height
	case fyne.KeyEnd:
		step = m.height
	default:
		PassKey(m, ev)
		return
	}
	m.scroll.ScrollToOffset(fyne.NewPos(0, max(0, m.scroll.Offset.Y+step)))
}
