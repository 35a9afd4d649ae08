package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"

	"ardoise/ui/theme"
)

// CardList is a column of cards of different heights that a function draws. It
// scrolls, has a cursor, and is one stop of the Tab key: arrows move, Space and
// Enter act, letters and other keys are the screen's.
type CardList struct {
	focusBase
	n, cursor int
	gap       float32
	height    func(row int, w float32) float32
	draw      func(g *Gfx, row int, b Box, cursor bool)
	scroll    *container.Scroll
	body      *cardBody
	empty     *EmptyState

	OnSelect func(row int)
	OnOpen   func(row int)            // Enter and a double tap
	OnSpace  func(row int)            // the space bar
	OnZone   func(row int, id string) // a tap on a zone the painting named
	OnRune   func(r rune) bool
}

// NewCardList returns an empty column; height says how much a card needs at a
// width, draw paints it. gap px lie between two cards.
func NewCardList(gap float32, height func(row int, w float32) float32, draw func(g *Gfx, row int, b Box, cursor bool)) *CardList {
	l := &CardList{gap: gap, height: height, draw: draw}
	l.body = &cardBody{of: l}
	l.body.init(l.body)
	l.scroll = container.NewVScroll(l.body)
	l.init(l)
	return l
}

// SetCount shows n cards; the cursor stays where it was if it can.
func (l *CardList) SetCount(n int) {
	l.n = n
	l.cursor = min(max(l.cursor, 0), max(0, n-1))
	l.Refresh()
}

// Empty is what stands in place of cards; nil: nothing.
func (l *CardList) Empty(e *EmptyState) { l.empty = e; l.Refresh() }

// Len returns the number of cards.
func (l *CardList) Len() int { return l.n }

// Selected returns the card of the cursor, -1 if there is none.
func (l *CardList) Selected() int {
	if l.n == 0 {
		return -1
	}
	return l.cursor
}

// Select moves the cursor without calling OnSelect.
func (l *CardList) Select(row int) {
	l.cursor = min(max(row, 0), max(0, l.n-1))
	l.Refresh()
	l.reveal()
}

// Top scrolls back to the first card.
func (l *CardList) Top() {
	l.cursor = 0
	l.scroll.ScrollToTop()
	l.Refresh()
}

// Height is what all the cards need at a width.
func (l *CardList) Height(w float32) float32 {
	w -= 2 * cardAir
	y := float32(2 * cardAir)
	for i := range l.n {
		if i > 0 {
			y += l.gap
		}
		y += l.height(i, w)
	}
	return y
}

// cardAir is kept around the cards for the focus ring.
const cardAir = 4

func (l *CardList) top(row int) (y float32) {
	w := l.body.Size().Width - 2*cardAir
	y = cardAir
	for i := range row {
		y += l.height(i, w) + l.gap
	}
	return y
}

func (l *CardList) reveal() {
	if l.n == 0 {
		return
	}
	y := l.top(l.cursor)
	h := l.height(l.cursor, l.body.Size().Width-2*cardAir)
	off, room := l.scroll.Offset.Y, l.scroll.Size().Height
	switch {
	case y-cardAir < off:
		off = y - cardAir
	case y+h+cardAir > off+room:
		off = y + h + cardAir - room
	default:
		return
	}
	l.scroll.ScrollToOffset(fyne.NewPos(0, max(0, off)))
}

func (l *CardList) moveTo(row int) {
	row = min(max(row, 0), l.n-1)
	if l.n == 0 {
		return
	}
	changed := row != l.cursor
	l.cursor = row
	l.Refresh()
	l.reveal()
	if changed && l.OnSelect != nil {
		l.OnSelect(row)
	}
}

// TypedKey moves and acts.
func (l *CardList) TypedKey(ev *fyne.KeyEvent) {
	touch()
	switch ev.Name {
	case fyne.KeyUp, fyne.KeyLeft:
		l.moveTo(l.cursor - 1)
	case fyne.KeyDown, fyne.KeyRight:
		l.moveTo(l.cursor + 1)
	case fyne.KeyHome:
		l.moveTo(0)
	case fyne.KeyEnd:
		l.moveTo(l.n - 1)
	case fyne.KeyReturn, fyne.KeyEnter:
		l.call(l.OnOpen, ev)
	case fyne.KeySpace:
		l.call(l.OnSpace, ev)
	default:
		PassKey(l, ev)
	}
}

func (l *CardList) call(f func(int), ev *fyne.KeyEvent) {
	if f == nil || l.n == 0 {
		PassKey(l, ev)
		return
	}
	f(l.cursor)
}

// TypedRune hands letters to the screen.
func (l *CardList) TypedRune(r rune) {
	if l.OnRune != nil {
		l.OnRune(r)
	}
}

func (l *CardList) min() fyne.Size { return fyne.NewSize(120, theme.Px(48)) }

func (l *CardList) paint(g *Gfx, size fyne.Size) {
	if l.n == 0 && l.empty != nil {
		g.Child(l.empty, 0, 0, size.Width, size.Height)
	} else {
		g.Child(l.scroll, 0, 0, size.Width, size.Height)
		l.body.Refresh()
		l.scroll.Refresh()
	}
	if l.focused && l.n == 0 {
		g.Rect(1, 1, size.Width-2, size.Height-2, Shape{Stroke: theme.Accent, Width: 2, Radius: 4})
	}
}

// Tapped gives an empty column the keyboard.
func (l *CardList) Tapped(*fyne.PointEvent) { focus(l) }

// cardBody is the part that scrolls.
type cardBody struct {
	tipBase
	of      *CardList
	pressed bool
}

func (b *cardBody) min() fyne.Size { return fyne.NewSize(40, b.of.Height(max(40, b.Size().Width))) }

func (b *cardBody) paint(g *Gfx, size fyne.Size) {
	l := b.of
	w, y := size.Width-2*cardAir, float32(cardAir)
	for i := range l.n {
		h := l.height(i, w)
		on := l.focused && i == l.cursor
		l.draw(g, i, Box{cardAir, y, w, h}, on)
		if on {
			g.Rect(1, y-3, size.Width-2, h+6, Shape{Stroke: theme.Accent, Width: 2, Radius: 7})
		}
		y += h + l.gap
	}
}

func (b *cardBody) row(p fyne.Position) int {
	l, y := b.of, float32(cardAir)
	for i := range l.n {
		h := l.height(i, b.Size().Width-2*cardAir)
		if p.Y >= y && p.Y < y+h {
			return i
		}
		y += h + l.gap
	}
	return -1
}

// MouseDown moves the cursor at once, MouseUp acts: the toolkit keeps Tapped
// back for a third of a second wherever a double tap means something.
func (b *cardBody) MouseDown(ev *desktop.MouseEvent) {
	b.pressed = ev.Button == desktop.MouseButtonPrimary
	if b.pressed {
		b.press(ev.Position)
	}
}

// MouseUp triggers the zone under the pointer.
func (b *cardBody) MouseUp(ev *desktop.MouseEvent) {
	if b.pressed {
		b.release(ev.Position)
	}
}

// Tapped does both where there is no mouse.
func (b *cardBody) Tapped(ev *fyne.PointEvent) {
	if b.pressed {
		b.pressed = false
		return
	}
	b.press(ev.Position)
	b.release(ev.Position)
}

func (b *cardBody) press(p fyne.Position) {
	focus(b.of)
	if row := b.row(p); row >= 0 {
		b.of.moveTo(row)
	}
}

func (b *cardBody) release(p fyne.Position) {
	if h, ok := b.g.hitAt(p); ok && b.of.OnZone != nil {
		b.of.OnZone(h.Row, h.ID)
	}
}

// DoubleTapped opens the card; on a zone it is two taps.
func (b *cardBody) DoubleTapped(ev *fyne.PointEvent) {
	b.pressed = false
	if _, ok := b.g.hitAt(ev.Position); ok {
		return
	}
	if row := b.row(ev.Position); row >= 0 && b.of.OnOpen != nil {
		b.of.moveTo(row)
		b.of.OnOpen(row)
	}
}
