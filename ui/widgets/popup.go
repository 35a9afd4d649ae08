package widgets

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ardoise/ui/theme"
)

// Popup floats an object over the page; a tap beside it or Escape closes it.
// While it is open the shell's shortcuts are off.
type Popup struct {
	canvas  fyne.Canvas
	overlay *fyne.Container
	before  fyne.Focusable
	onClose func()
}

// OpenPopup shows content at a place of the canvas; it is moved to stay in
// sight. onClose may be nil.
func OpenPopup(c fyne.Canvas, content fyne.CanvasObject, at fyne.Position, size fyne.Size, onClose func()) *Popup {
	hideTips(c)
	p := &Popup{canvas: c, before: c.Focused(), onClose: onClose}
	room := c.Size()
	at.X = max(4, min(at.X, room.Width-size.Width-4))
	at.Y = max(4, min(at.Y, room.Height-size.Height-4))
	under := &catcher{close: p.Close}
	under.init(under)
	frame := NewPainting(1, 1, func(g *Gfx, s fyne.Size) {
		g.Rect(0, 0, s.Width, s.Height, Shape{Fill: theme.Blanc, Stroke: theme.Ardoise400, Radius: 4, Shadow: true})
	})
	p.overlay = container.New(&placed{at, size}, under, frame, content)
	c.Overlays().Add(p.overlay)
	p.overlay.Resize(c.Size())
	return p
}

// Close takes the popup away and gives the keyboard back.
func (p *Popup) Close() {
	if p.overlay == nil {
		return
	}
	p.canvas.Unfocus() // else the caret of a field that is gone blinks for ever
	p.canvas.Overlays().Remove(p.overlay)
	p.overlay = nil
	if p.before != nil {
		p.canvas.Focus(p.before)
	}
	if p.onClose != nil {
		p.onClose()
	}
}

// placed fills the first object and puts the others at one place.
type placed struct {
	at   fyne.Position
	size fyne.Size
}

func (p *placed) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(1, 1) }

func (p *placed) Layout(objs []fyne.CanvasObject, s fyne.Size) {
	objs[0].Resize(s)
	for _, o := range objs[1:] {
		o.Move(p.at)
		o.Resize(p.size)
	}
}

// catcher takes the taps beside a popup.
type catcher struct {
	base
	close func()
}

func (c *catcher) Tapped(*fyne.PointEvent) { c.close() }
func (c *catcher) min() fyne.Size          { return fyne.NewSize(1, 1) }
func (c *catcher) paint(*Gfx, fyne.Size)   {}

// Picker is a typed filter over a list of options, in a popup: what Select and
// the global search open. Up and Down move, Enter chooses, Escape leaves.
type Picker struct {
	Entry   *TextField
	List    *List
	options []Option
	shown   []Option
	// Filter gives what to show for a typed text; nil keeps the options whose
	// label or detail contains it.
	Filter func(text string) []Option
	pick   func(Option)
	popup  *Popup
}

const pickerRow = 36

// rowsFor is how many lines a picker has room for: few options, a small one; a
// search whose results are still to come, a large one.
func rowsFor(n int) int {
	if n == 0 {
		return 8
	}
	return min(max(n, 3), 8)
}

// OpenPicker shows the picker under an object of the canvas.
func OpenPicker(under fyne.CanvasObject, options []Option, typed string, pick func(Option)) *Picker {
	p := &Picker{options: options, pick: pick}
	c := canvasOf(under)
	p.Entry = NewTextField().Compact().Icon("search").PlaceHolder("Tapez pour chercher")
	p.List = NewList(pickerRow, p.row)
	p.List.OnZone = nil
	p.Entry.OnChanged = func(s string) { p.show(p.find(s)) }
	p.Entry.OnKey = p.key
	p.show(options)
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(under)
	w := max(under.Size().Width, theme.Wide(220), min(optionsWidth(options), c.Size().Width/2))
	h := theme.Px(32) + 16 + float32(rowsFor(len(options)))*theme.Px(pickerRow) + 8
	p.popup = OpenPopup(c, Pad(4, 4, VFlex(0, []float32{0, 1}, p.Entry, p.List)), at, fyne.NewSize(w, h), nil)
	p.List.OnSelect = nil
	p.List.OnTapRow(p.choose)
	c.Focus(p.Entry.entry)
	if typed != "" {
		p.Entry.SetText(typed)
		p.Entry.entry.CursorColumn = len([]rune(typed))
	}
	return p
}

// optionsWidth is what the longest option takes whole, with the edges of the list.
func optionsWidth(options []Option) float32 {
	widest := float32(0)
	for _, o := range options {
		w := TextWidth(o.Label, BodyBold)
		if o.Icon != "" {
			w += theme.Px(16) + 8
		}
		if o.Detail != "" {
			w += TextWidth(o.Detail, Small) + 8
		}
		widest = max(widest, w)
	}
	return widest + 56
}

func (p *Picker) find(text string) []Option {
	if p.Filter != nil {
		return p.Filter(text)
	}
	want := foldText(text)
	var first, later []Option
	for _, o := range p.options {
		label := foldText(o.Label)
		switch {
		case strings.HasPrefix(label, want):
			first = append(first, o)
		case strings.Contains(label, want) || strings.Contains(foldText(o.Detail), want):
			later = append(later, o)
		}
	}
	return append(first, later...)
}

func (p *Picker) show(options []Option) {
	p.shown = options
	if len(options) == 0 {
		p.List.NoMatch("Rien ne correspond à ce qui est tapé.", nil)
		return
	}
	p.List.cursor = 0
	p.List.SetCount(len(options))
}

// Show replaces what is proposed (results that came in).
func (p *Picker) Show(options []Option) { p.show(options) }

// Say shows a sentence instead of options.
func (p *Picker) Say(icon, title, text string) {
	p.shown = nil
	p.List.Empty(NewEmptyState(icon, title, text, nil))
}

func (p *Picker) row(g *Gfx, row int, b Box, selected bool) {
	if row < len(p.shown) {
		DrawOption(g, b, p.shown[row], selected)
	}
}

// DrawOption draws an option on one line: icon, label, detail at the right.
func DrawOption(g *Gfx, b Box, o Option, selected bool) {
	x, w := b.X, b.W
	if o.Icon != "" {
		ic := theme.Px(16)
		g.Icon(x, b.Y+(b.H-ic)/2, ic, o.Icon, theme.Ardoise600)
		x, w = x+ic+8, w-ic-8
	}
	if o.Detail != "" {
		dw := min(TextWidth(o.Detail, Small), w/2)
		g.Text(b.X+b.W-dw, b.Y, dw+1, b.H, o.Detail, Small.Right())
		w -= dw + 8
	}
	st := Body
	st.Bold = selected
	g.Text(x, b.Y, w, b.H, o.Label, st)
}

func (p *Picker) key(ev *fyne.KeyEvent) bool {
	switch ev.Name {
	case fyne.KeyEscape:
		p.popup.Close()
	case fyne.KeyUp, fyne.KeyDown, fyne.KeyPageUp, fyne.KeyPageDown:
		p.List.TypedKey(ev)
	case fyne.KeyReturn, fyne.KeyEnter:
		p.choose(p.List.Selected())
	default:
		return false
	}
	return true
}

func (p *Picker) choose(row int) {
	if row < 0 || row >= len(p.shown) {
		return
	}
	o := p.shown[row]
	p.popup.Close()
	p.pick(o)
}
