package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"

	"ardoise/ui/theme"
)

// Dialog is the one way to ask something: 512 px wide over a scrim, the first
// field focused, Ctrl+Enter (and Enter in a one-line field) the main action,
// Escape to cancel. The main button says the verb. The shell's shortcuts are
// off while one is open. What was typed stays when the main action refuses.
type Dialog struct {
	Title, Sub string
	Content    fyne.CanvasObject
	Width      float32        // 512 when 0
	First      fyne.Focusable // focused at opening; nil: the main button
	Main       *Button        // verb and action; nil for a plain message
	CancelWord string         // « Annuler » when empty
	OnClose    func()         // after it is gone, however it went
	NoEscape   bool           // a running step that cannot be left

	canvas  fyne.Canvas
	sheet   *dialogSheet
	overlay *fyne.Container
	tips    *TipLayer
	before  fyne.Focusable
	escape  func() // instead of closing (progress)
}

// NewDialog returns a dialog whose main button runs action; action calls Close
// when it is done, or shows its refusal and keeps the dialog open.
func NewDialog(title, sub string, content fyne.CanvasObject, verb string, kind Kind, action func()) *Dialog {
	d := &Dialog{Title: title, Sub: sub, Content: content}
	if verb != "" {
		d.Main = NewButton(verb, kind, action).KeyHint("Ctrl+Entrée")
	}
	return d
}

// Show opens the dialog on a canvas.
func (d *Dialog) Show(c fyne.Canvas) {
	if d.overlay != nil {
		return
	}
	d.canvas = c
	d.before = c.Focused()
	if d.before != nil {
		c.Unfocus() // the page behind must not keep a caret
	}
	d.sheet = newDialogSheet(d)
	d.tips = NewTipLayer(c)
	scrim := &scrim{}
	scrim.init(scrim)
	d.overlay = container.New(&dialogLayout{d: d}, scrim, d.sheet, d.tips.Box)
	layers[c] = append(layers[c], d)
	c.Overlays().Add(d.overlay)
	d.reflow()
	d.focusFirst()
}

func (d *Dialog) focusFirst() {
	switch {
	case d.First != nil:
		d.canvas.Focus(d.First)
	case d.Main != nil:
		d.canvas.Focus(d.Main)
	default:
		d.canvas.Focus(d.sheet.cancel)
	}
}

// Open reports whether the dialog is shown.
func (d *Dialog) Open() bool { return d.overlay != nil }

// Close removes the dialog and gives the keyboard back.
func (d *Dialog) Close() {
	if d.overlay == nil {
		return
	}
	l := layers[d.canvas]
	for i, x := range l {
		if x == d {
			layers[d.canvas] = append(l[:i:i], l[i+1:]...)
		}
	}
	if len(layers[d.canvas]) == 0 {
		delete(layers, d.canvas)
	}
	d.tips.Close()
	d.canvas.Unfocus() // else the caret of a field that is gone blinks for ever
	d.canvas.Overlays().Remove(d.overlay)
	d.overlay = nil
	if d.before != nil {
		d.canvas.Focus(d.before)
	}
	if d.OnClose != nil {
		d.OnClose()
	}
}

// Key handles a key no widget of the dialog used. Where nothing has the
// keyboard (the button of the mouse that opened the dialog took it away when it
// came up again), the first field gets it, and the key with it.
func (d *Dialog) Key(ev *fyne.KeyEvent) {
	if d.canvas.Focused() == nil && ev.Name != fyne.KeyEscape {
		d.focusFirst()
		if f := d.canvas.Focused(); f != nil {
			f.TypedKey(ev)
			return
		}
	}
	switch ev.Name {
	case fyne.KeyEscape:
		d.leave()
	case fyne.KeyReturn, fyne.KeyEnter:
		if d.Main != nil {
			d.Main.Press()
		}
	}
}

// leave is what Escape, the cross and the cancel button do.
func (d *Dialog) leave() {
	switch {
	case d.NoEscape:
	case d.escape != nil:
		d.escape()
	default:
		d.Close()
	}
}

// Shortcut handles a shortcut no widget of the dialog used.
func (d *Dialog) Shortcut(s fyne.Shortcut) {
	if c, ok := s.(*desktop.CustomShortcut); ok && c.Modifier == fyne.KeyModifierControl &&
		(c.KeyName == fyne.KeyReturn || c.KeyName == fyne.KeyEnter) && d.Main != nil {
		d.Main.Press()
	}
}

func (d *Dialog) reflow() {
	if d.overlay == nil {
		return
	}
	d.overlay.Resize(d.canvas.Size())
	d.overlay.Refresh()
}

// dialogLayout centres the sheet over the scrim.
type dialogLayout struct{ d *Dialog }

func (l *dialogLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(1, 1) }

func (l *dialogLayout) Layout(objs []fyne.CanvasObject, size fyne.Size) {
	objs[0].Move(fyne.NewPos(0, 0))
	objs[0].Resize(size)
	w := l.d.Width
	if w == 0 {
		w = 512
	}
	w = min(theme.Wide(w), size.Width-32)
	sheet := objs[1]
	sheet.Resize(fyne.NewSize(w, sheet.Size().Height)) // wrapping texts measure at this width
	h := min(sheet.MinSize().Height, size.Height-32)
	sheet.Resize(fyne.NewSize(w, h))
	h = min(sheet.MinSize().Height, size.Height-32)
	sheet.Resize(fyne.NewSize(w, h))
	sheet.Move(fyne.NewPos((size.Width-w)/2, max(16, (size.Height-h)/2)))
	objs[2].Resize(size)
}

// scrim darkens the page and keeps taps from reaching it.
type scrim struct{ tipBase }

func (s *scrim) Tapped(*fyne.PointEvent) {}
func (s *scrim) min() fyne.Size          { return fyne.NewSize(1, 1) }
func (s *scrim) paint(g *Gfx, size fyne.Size) {
	g.Rect(0, 0, size.Width, size.Height, Shape{Fill: theme.Voile})
}

// dialogSheet is the white sheet itself.
type dialogSheet struct {
	tipBase
	d      *Dialog
	scroll *container.Scroll
	cancel *Button
	cross  *Button
}

func newDialogSheet(d *Dialog) *dialogSheet {
	s := &dialogSheet{d: d}
	word := d.CancelWord
	if word == "" {
		word = "Annuler"
		if d.Main == nil {
			word = "Fermer"
		}
	}
	s.cancel = NewButton(word, Secondary, d.leave).KeyHint("Échap")
	s.cross = NewIconButton("cross", "Fermer (Échap)", d.leave)
	s.cross.kind, s.cross.quiet = Flat, true
	if d.NoEscape {
		s.cancel.SetEnabled(false, "Cette étape ne peut pas être interrompue.")
	}
	if d.Content != nil {
		s.scroll = container.NewVScroll(Pad(8, 4, d.Content))
	}
	s.init(s)
	return s
}

// Tapped keeps taps on the sheet from reaching the scrim.
func (s *dialogSheet) Tapped(*fyne.PointEvent) {}

func (s *dialogSheet) head(w float32) (float32, []string) {
	h := 20 + theme.Px(28)
	var lines []string
	if s.d.Sub != "" {
		lines = Wrap(s.d.Sub, Body.With(theme.Ardoise600), max(100, w-48))
		h += float32(len(lines)) * LineHeight(Body)
	}
	return h + 12, lines
}

func (s *dialogSheet) foot() float32 { return theme.Px(40) + 32 }

func (s *dialogSheet) min() fyne.Size {
	w := s.Size().Width
	head, _ := s.head(w)
	h := head + s.foot()
	if s.d.Content != nil {
		s.d.Content.Resize(fyne.NewSize(w-48, s.d.Content.Size().Height))
		h += s.d.Content.MinSize().Height + 36
	}
	return fyne.NewSize(320, h)
}

func (s *dialogSheet) paint(g *Gfx, size fyne.Size) {
	g.Rect(0, 0, size.Width, size.Height, Shape{Fill: theme.Blanc, Stroke: theme.Ardoise300, Radius: 6, Shadow: true})
	head, lines := s.head(size.Width)
	g.Text(24, 20, size.Width-48-theme.Px(40), theme.Px(28), s.d.Title, Title)
	for i, l := range lines {
		g.Text(24, 20+theme.Px(28)+float32(i)*LineHeight(Body), size.Width-48, LineHeight(Body), l, Body.With(theme.Ardoise600))
	}
	foot := s.foot()
	defer func() { // last in the tab order
		if !s.d.NoEscape {
			c := theme.Px(32)
			g.Child(s.cross, size.Width-24-c, 20, c, c)
		}
	}()
	if s.scroll != nil {
		// 8 px of air around: rings and strokes are clipped by the scroller
		g.Child(s.scroll, 16, head+4, size.Width-32, max(0, size.Height-head-foot-20))
	}
	y := size.Height - foot
	g.HLine(1, y, size.Width-2, theme.Ardoise200)
	x := size.Width - 24
	bh := theme.Px(40)
	if s.d.Main != nil {
		m := s.d.Main.MinSize()
		mx := x - m.Width
		cm := s.cancel.MinSize()
		g.Child(s.cancel, mx-8-cm.Width, y+16, cm.Width, bh)
		g.Child(s.d.Main, mx, y+16, m.Width, bh)
	} else {
		cm := s.cancel.MinSize()
		g.Child(s.cancel, x-cm.Width, y+16, cm.Width, bh)
	}
}

// Confirm asks before something that cannot be undone; the button says the verb.
func Confirm(c fyne.Canvas, title, text, verb string, kind Kind, action func()) *Dialog {
	var d *Dialog
	d = NewDialog(title, text, nil, verb, kind, func() {
		d.Close()
		action()
	})
	d.Show(c)
	return d
}

// Message shows a sentence and a button to close it.
func Message(c fyne.Canvas, title, text string) *Dialog {
	d := NewDialog(title, text, nil, "", Secondary, nil)
	d.Show(c)
	return d
}

// Reflow measures the dialog again after its content showed or hid a part.
func (d *Dialog) Reflow() { d.reflow() }
