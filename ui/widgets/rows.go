package widgets

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"ardoise/ui/theme"
)

// rowState is what a list shows: its rows, or why there are none.
type rowState int

const (
	showRows rowState = iota
	showLoading
	showEmpty // also « no match » and « error », with their own words
)

// rowMouse is what a press and a release of the button do; Table has a header
// and its own.
type rowMouse interface {
	press(p fyne.Position)
	release(p fyne.Position)
}

// rows is what Table and List share: a virtual list that paints only the rows
// in sight, a cursor, the keys, the states. Scrolling goes by whole rows, so
// nothing is ever cut in half.
type rows struct {
	focusBase
	n, cursor, first int
	rowHeight        float32 // px before the agent's scale
	top              float32 // header, set by the painting
	bottom           float32 // footer, set by the painting
	state            rowState
	empty            *EmptyState
	loadingText      string
	typed            string
	scrolled         float32
	dragging         bool
	pressed          bool // the mouse button did what Tapped would do again
	dragFrom         int
	dragY            float32

	// OnSelect tells which row the cursor moved to; -1 when there is none.
	OnSelect func(row int)
	// OnOpen is called by Enter and by a double tap.
	OnOpen func(row int)
	// OnSpace is called by the space bar.
	OnSpace func(row int)
	// OnKey sees every key first; true means used.
	OnKey func(ev *fyne.KeyEvent) bool
	// OnRune sees every letter first; true means used.
	OnRune func(r rune) bool
	// OnZone is called by a tap on a zone the painting named.
	OnZone func(row int, id string)
	onTap  func(row int)

	// Jump gives the text typed letters are compared with; nil: no jumping.
	Jump func(row int) string
}

// Len returns the number of rows.
func (r *rows) Len() int { return r.n }

// Selected returns the row of the cursor, -1 if there is none.
func (r *rows) Selected() int {
	if r.n == 0 || r.state != showRows {
		return -1
	}
	return r.cursor
}

// SetCount shows n rows and keeps the cursor where it was, if that row still exists.
func (r *rows) SetCount(n int) {
	r.n, r.state = n, showRows
	r.cursor = min(max(r.cursor, 0), max(0, n-1))
	r.clamp()
	r.self.Refresh()
}

// Select moves the cursor without calling OnSelect (-1 clears it).
func (r *rows) Select(row int) {
	r.cursor = row
	if row >= 0 {
		r.reveal()
	}
	r.self.Refresh()
}

// Loading shows that rows are on their way.
func (r *rows) Loading(text string) {
	if text == "" {
		text = "Chargement…"
	}
	r.state, r.loadingText = showLoading, text
	r.self.Refresh()
}

// Empty shows an icon, a sentence and one action instead of rows: nothing there yet.
func (r *rows) Empty(e *EmptyState) {
	r.n, r.state, r.empty = 0, showEmpty, e
	r.self.Refresh()
}

// NoMatch says that the filter found nothing and offers to clear it (clear may be nil).
func (r *rows) NoMatch(what string, clear func()) {
	var b *Button
	if clear != nil {
		b = NewButton("Effacer le filtre", Secondary, clear).Compact().KeyHint("Échap")
	}
	r.Empty(NewEmptyState("search", "Aucun résultat", what, b))
}

// Failed shows the sentence of a refusal and offers to try again.
func (r *rows) Failed(sentence string, retry func()) {
	e := NewEmptyState("circle-alert", "Impossible d’afficher la liste", sentence, NewButton("Réessayer", Secondary, retry).Icon("refresh").Compact())
	e.ink = theme.Erreur
	r.Empty(e)
}

func (r *rows) rowH() float32 { return theme.Px(r.rowHeight) }

// page is how many whole rows are in sight.
func (r *rows) page() int {
	h := r.self.Size().Height - r.top - r.bottom
	return max(1, int(h/r.rowH()))
}

func (r *rows) clamp() {
	r.first = max(0, min(r.first, r.n-r.page()))
}

func (r *rows) reveal() {
	if r.cursor < r.first {
		r.first = r.cursor
	}
	if p := r.page(); r.cursor >= r.first+p {
		r.first = r.cursor - p + 1
	}
	r.clamp()
}

func (r *rows) moveTo(row int) {
	if r.n == 0 || r.state != showRows {
		return
	}
	row = min(max(row, 0), r.n-1)
	changed := row != r.cursor
	r.cursor = row
	r.reveal()
	r.self.Refresh()
	if changed && r.OnSelect != nil {
		r.OnSelect(row)
	}
}

// TypedKey moves, opens and toggles.
func (r *rows) TypedKey(ev *fyne.KeyEvent) {
	touch()
	if r.OnKey != nil && r.OnKey(ev) {
		return
	}
	if ev.Name != fyne.KeySpace && len(ev.Name) > 1 {
		r.typed = ""
	}
	switch ev.Name {
	case fyne.KeyUp:
		r.moveTo(r.cursor - 1)
	case fyne.KeyDown:
		r.moveTo(r.cursor + 1)
	case fyne.KeyPageUp:
		r.moveTo(r.cursor - r.page())
	case fyne.KeyPageDown:
		r.moveTo(r.cursor + r.page())
	case fyne.KeyHome:
		r.moveTo(0)
	case fyne.KeyEnd:
		r.moveTo(r.n - 1)
	case fyne.KeyReturn, fyne.KeyEnter:
		if r.Selected() >= 0 && r.OnOpen != nil {
			r.OnOpen(r.cursor)
			return
		}
		if r.state == showEmpty && r.empty != nil && r.empty.action != nil {
			r.empty.action.Press()
			return
		}
		PassKey(r.self, ev)
	case fyne.KeySpace:
		if r.Selected() >= 0 && r.OnSpace != nil {
			r.OnSpace(r.cursor)
		}
	default:
		PassKey(r.self, ev)
	}
}

// TypedRune jumps to the row that begins with what is typed.
func (r *rows) TypedRune(c rune) {
	if r.OnRune != nil && r.OnRune(c) {
		return
	}
	if r.Jump == nil || r.n == 0 || c == ' ' && r.typed == "" {
		return
	}
	if r.jump(r.typed+string(c), r.cursor) {
		return
	}
	r.jump(string(c), r.cursor+1)
}

// jump looks for a row beginning with the text, from a row on and round.
func (r *rows) jump(text string, from int) bool {
	want := foldText(text)
	for i := range r.n {
		row := (from + i) % r.n
		if strings.HasPrefix(foldText(r.Jump(row)), want) {
			r.typed = text
			r.moveTo(row)
			return true
		}
	}
	return false
}

var accents = strings.NewReplacer("é", "e", "è", "e", "ê", "e", "ë", "e", "à", "a", "â", "a", "ä", "a", "î", "i", "ï", "i", "ô", "o", "ö", "o", "û", "u", "ù", "u", "ü", "u", "ç", "c", "œ", "oe", "æ", "ae", "’", "'")

// foldText lowers a text and takes French accents off, to compare what is typed.
func foldText(s string) string { return accents.Replace(strings.ToLower(strings.TrimSpace(s))) }

func (r *rows) rowAt(p fyne.Position) int {
	if p.Y < r.top || r.state != showRows {
		return -1
	}
	i := int((p.Y-r.top)/r.rowH()) + r.first
	if i >= r.n || i >= r.first+r.page() {
		return -1
	}
	return i
}

// Tapped moves the cursor, or triggers the zone under the pointer.
func (r *rows) Tapped(ev *fyne.PointEvent) {
	if r.pressed {
		r.pressed = false
		return
	}
	m := r.self.(rowMouse)
	m.press(ev.Position)
	m.release(ev.Position)
}

func (r *rows) press(p fyne.Position)   { r.pick(p) }
func (r *rows) release(p fyne.Position) { r.act(p) }

// pick moves the cursor to the row under the pointer.
func (r *rows) pick(p fyne.Position) {
	focus(r.self)
	if i := r.rowAt(p); i >= 0 {
		r.moveTo(i)
	}
}

// act triggers the zone under the pointer, or what a tap on a row does.
func (r *rows) act(p fyne.Position) {
	if h, ok := r.g.hitAt(p); ok {
		if h.Row >= 0 {
			r.moveTo(h.Row)
		}
		if r.OnZone != nil {
			r.OnZone(h.Row, h.ID)
		}
		return
	}
	if i := r.rowAt(p); i >= 0 && r.onTap != nil {
		r.onTap(i)
	}
}

// OnTapRow makes one tap choose a row (menus); the keyboard is not concerned.
func (r *rows) OnTapRow(f func(row int)) { r.onTap = f }

// DoubleTapped opens the row.
func (r *rows) DoubleTapped(ev *fyne.PointEvent) {
	if i := r.rowAt(ev.Position); i >= 0 && r.OnOpen != nil {
		r.moveTo(i)
		r.OnOpen(i)
	}
}

// Scrolled turns the wheel by whole rows.
func (r *rows) Scrolled(ev *fyne.ScrollEvent) {
	r.scrolled -= ev.Scrolled.DY
	notch := min(r.rowH(), 24)
	step := int(r.scrolled / notch)
	if step == 0 {
		return
	}
	r.scrolled -= float32(step) * notch
	r.first += step
	r.clamp()
	r.self.Refresh()
}

// MouseDown notes where the scroll bar is taken.
func (r *rows) MouseDown(ev *desktop.MouseEvent) {
	r.dragging = ev.Position.X > r.self.Size().Width-16 && r.n > r.page()
	r.dragFrom, r.dragY = r.first, ev.Position.Y
	if !r.dragging && ev.Button == desktop.MouseButtonPrimary {
		r.pressed = true
		r.self.(rowMouse).press(ev.Position)
	}
}

// MouseUp lets the scroll bar go, or does what a tap does: the toolkit keeps
// Tapped back for a third of a second wherever a double tap means something.
func (r *rows) MouseUp(ev *desktop.MouseEvent) {
	if !r.dragging && ev.Button == desktop.MouseButtonPrimary && r.pressed {
		r.self.(rowMouse).release(ev.Position)
	}
	r.dragging = false
}

// Dragged pulls the scroll bar.
func (r *rows) Dragged(ev *fyne.DragEvent) {
	if !r.dragging {
		return
	}
	h := r.self.Size().Height - r.top - r.bottom
	r.first = r.dragFrom + int((ev.Position.Y-r.dragY)/h*float32(r.n))
	r.clamp()
	r.self.Refresh()
}

// DragEnd lets the scroll bar go.
func (r *rows) DragEnd() { r.dragging = false }

// paintState draws what stands in place of rows; it reports whether rows are to be drawn.
func (r *rows) paintState(g *Gfx, size fyne.Size) bool {
	h := max(0, size.Height-r.top-r.bottom)
	switch r.state {
	case showLoading:
		ic := theme.Px(24)
		y := r.top + max(8, h/2-ic)
		g.Icon((size.Width-ic)/2, y, ic, "hourglass", theme.Ardoise500)
		g.Text(8, y+ic+8, size.Width-16, LineHeight(Body), r.loadingText, Body.With(theme.Ardoise600).Center())
	case showEmpty:
		if r.empty != nil {
			g.Child(r.empty, 0, r.top, size.Width, h)
		}
	}
	return r.state == showRows
}

func (r *rows) paintBar(g *Gfx, size fyne.Size) {
	p := r.page()
	if r.n <= p {
		return
	}
	h := size.Height - r.top - r.bottom - 8
	bar := max(24, h*float32(p)/float32(r.n))
	y := r.top + 4 + (h-bar)*float32(r.first)/float32(max(1, r.n-p))
	g.Rect(size.Width-8, y, 4, bar, Shape{Fill: theme.Ardoise300, Radius: 2})
}
