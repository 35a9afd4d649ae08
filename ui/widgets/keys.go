package widgets

import (
	"fyne.io/fyne/v2"
)

// layers remembers, for each canvas, the dialogs open on it, lowest first: keys
// nobody used go to the top one, and to the shell only when there is none.
var layers = map[fyne.Canvas][]*Dialog{}

// TopDialog returns the dialog on top of the canvas, nil if none is open.
// Shortcuts of the shell are off while there is one.
func TopDialog(c fyne.Canvas) *Dialog {
	if l := layers[c]; len(l) > 0 {
		return l[len(l)-1]
	}
	return nil
}

// Covered reports whether a popup lies over the page or over the top dialog:
// keys it does not use are dropped, they are meant for nobody behind it.
func Covered(c fyne.Canvas) bool {
	top := c.Overlays().Top()
	if top == nil {
		return false
	}
	d := TopDialog(c)
	return d == nil || d.overlay != top
}

// PassKey hands a key that the focused widget does not use to the dialog on
// top, else to the canvas (the shell).
func PassKey(o fyne.CanvasObject, ev *fyne.KeyEvent) {
	c := canvasOf(o)
	if c == nil || Covered(c) {
		return
	}
	if d := TopDialog(c); d != nil {
		d.Key(ev)
		return
	}
	if f := c.OnTypedKey(); f != nil {
		f(ev)
	}
}

// PassShortcut hands a shortcut that the focused widget does not use to the
// dialog on top, else to the canvas (the shell). Without it a focused entry
// would swallow Ctrl+K.
func PassShortcut(o fyne.CanvasObject, s fyne.Shortcut) {
	c := canvasOf(o)
	if c == nil || Covered(c) {
		return
	}
	if d := TopDialog(c); d != nil {
		d.Shortcut(s)
		return
	}
	if f := shortcutsOf[c]; f != nil {
		f(s)
	}
}

// shortcutsOf is where a canvas sends the shortcuts nobody used. The toolkit's
// canvas has such a table too, but cannot be asked to run it.
var shortcutsOf = map[fyne.Canvas]func(fyne.Shortcut){}

// HandleShortcuts sends the unused shortcuts of a canvas to f; nil ends it.
func HandleShortcuts(c fyne.Canvas, f func(fyne.Shortcut)) {
	if f == nil {
		delete(shortcutsOf, c)
		return
	}
	shortcutsOf[c] = f
}

// Press sends a shortcut as the keyboard would: to the focused widget if it
// takes shortcuts, else to the top dialog or the shell. For tests of screens.
func Press(c fyne.Canvas, s fyne.Shortcut) {
	if f, ok := c.Focused().(fyne.Shortcutable); ok {
		f.TypedShortcut(s)
		return
	}
	if d := TopDialog(c); d != nil && !Covered(c) {
		d.Shortcut(s)
		return
	}
	if f := shortcutsOf[c]; f != nil && !Covered(c) {
		f(s)
	}
}

// OnActivity, when set, is told of every key and pointer move that reaches a
// part: the shell's idle lock counts from there.
var OnActivity func()

func touch() {
	if OnActivity != nil {
		OnActivity()
	}
}
