// Package widgets is the room of parts: buttons, fields, tables, grids,
// dialogs, all drawn in the house look and driven by the keyboard. It knows no
// business word, reads no database and starts no goroutine.
package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// painted is a widget that draws itself with a Gfx.
type painted interface {
	fyne.Widget
	paint(g *Gfx, size fyne.Size)
	min() fyne.Size
}

// base makes a painted widget a Fyne widget.
type base struct {
	widget.BaseWidget
	g    Gfx
	self painted
}

func (b *base) init(self painted) {
	b.self = self
	b.ExtendBaseWidget(self)
}

// CreateRenderer is Fyne's door.
func (b *base) CreateRenderer() fyne.WidgetRenderer {
	r := &painter{b: b}
	return r
}

// onCanvas returns the canvas the widget is shown on, nil if none.
func (b *base) onCanvas() fyne.Canvas { return canvasOf(b.self) }

// MainCanvas is the program's window; the shell sets it. The toolkit only knows
// the canvas of an object once it has been drawn, and a page wants to focus its
// first field before.
var MainCanvas fyne.Canvas

func canvasOf(o fyne.CanvasObject) fyne.Canvas {
	if c := fyne.CurrentApp().Driver().CanvasForObject(o); c != nil {
		return c
	}
	return MainCanvas
}

func focus(o fyne.CanvasObject) {
	if c := canvasOf(o); c != nil {
		if f, ok := o.(fyne.Focusable); ok && c.Focused() != f {
			c.Focus(f)
		}
	}
}

type painter struct {
	b *base
}

func (p *painter) Layout(s fyne.Size) {
	p.b.g.begin()
	p.b.self.paint(&p.b.g, s)
	p.b.g.end()
}
func (p *painter) MinSize() fyne.Size           { return p.b.self.min() }
func (p *painter) Refresh()                     { p.Layout(p.b.self.Size()) }
func (p *painter) Objects() []fyne.CanvasObject { return p.b.g.objs }
func (p *painter) Destroy()                     {}

// tipBase adds tooltips for the zones the painting declared.
type tipBase struct {
	base
	hovered bool
	tip     string
}

// MouseIn, MouseMoved and MouseOut show the tooltip of the zone under the pointer.
func (t *tipBase) MouseIn(ev *desktop.MouseEvent) {
	t.hovered = true
	t.MouseMoved(ev)
}

// MouseMoved follows the pointer from zone to zone.
func (t *tipBase) MouseMoved(ev *desktop.MouseEvent) {
	touch()
	tip := t.g.tipAt(ev.Position)
	if tip == t.tip {
		return
	}
	t.tip = tip
	showTip(t.self, tip, ev.AbsolutePosition)
}

// MouseOut hides the tooltip.
func (t *tipBase) MouseOut() {
	t.hovered = false
	if t.tip != "" {
		t.tip = ""
		showTip(t.self, "", fyne.Position{})
	}
}

// focusBase adds keyboard focus and the disabled state.
type focusBase struct {
	tipBase
	focused  bool
	disabled bool
}

// FocusGained and FocusLost redraw the ring.
func (f *focusBase) FocusGained() {
	touch()
	f.focused = true
	f.self.Refresh()
	follow(f.self)
}

// FocusLost removes the ring.
func (f *focusBase) FocusLost() { f.focused = false; f.self.Refresh() }

// TypedRune ignores letters; widgets that want them override it.
func (f *focusBase) TypedRune(rune) {}

// TypedKey passes what the widget does not use to the dialog or the shell.
func (f *focusBase) TypedKey(ev *fyne.KeyEvent) { PassKey(f.self, ev) }

// Disabled reports whether the widget refuses input.
func (f *focusBase) Disabled() bool { return f.disabled }

// Enable and Disable are Fyne's names.
func (f *focusBase) Enable() { f.disabled = false; f.self.Refresh() }

// Disable makes the widget refuse input and leaves the tab order.
func (f *focusBase) Disable() {
	f.disabled = true
	if c := f.onCanvas(); c != nil && f.focused {
		c.Unfocus()
	}
	f.self.Refresh()
}

// Focused reports whether the widget has the keyboard.
func (f *focusBase) Focused() bool { return f.focused }
