package widgets

import (
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"ardoise/ui/theme"
	"ardoise/ui/words"
)

// entryTheme makes the toolkit's entry transparent: the field draws the frame.
type entryTheme struct {
	fyne.Theme
	pad  float32
	lead float32 // room before the text, taken by an invisible icon
}

func (t entryTheme) Color(n fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	switch n {
	case fynetheme.ColorNameInputBackground, fynetheme.ColorNameInputBorder:
		return color.Transparent
	case fynetheme.ColorNamePrimary: // the caret; as a border it lies under our frame
		return theme.Of(theme.Accent)
	}
	return t.Theme.Color(n, v)
}

func (t entryTheme) Size(n fyne.ThemeSizeName) float32 {
	switch n {
	case fynetheme.SizeNameInnerPadding:
		return t.pad
	case fynetheme.SizeNameInputBorder:
		return 1.5
	case fynetheme.SizeNameLineSpacing:
		return 4
	case fynetheme.SizeNameInlineIcon:
		return max(0, t.lead-4)
	}
	return t.Theme.Size(n)
}

// entry is the toolkit's entry with the house keys: what it does not use goes
// on to the dialog or the shell.
type entry struct {
	widget.Entry
	owner *TextField
}

func (e *entry) FocusGained() {
	e.Entry.FocusGained()
	e.owner.focusChanged(true)
}

func (e *entry) FocusLost() {
	e.Entry.FocusLost()
	e.owner.focusChanged(false)
}

func (e *entry) TypedRune(r rune) {
	touch()
	if f := e.owner.OnRune; f != nil && f(r) {
		return
	}
	e.Entry.TypedRune(r)
}

func (e *entry) TypedKey(ev *fyne.KeyEvent) {
	touch()
	if f := e.owner.OnKey; f != nil && f(ev) {
		return
	}
	switch ev.Name {
	case fyne.KeyEscape:
		PassKey(e, ev)
		return
	case fyne.KeyReturn, fyne.KeyEnter:
		if e.MultiLine {
			break
		}
		if f := e.owner.OnSubmit; f != nil {
			f()
		} else {
			PassKey(e, ev)
		}
		return
	case fyne.KeyUp, fyne.KeyDown, fyne.KeyPageUp, fyne.KeyPageDown:
		if !e.MultiLine {
			PassKey(e, ev)
			return
		}
	}
	if strings.HasPrefix(string(ev.Name), "F") && len(ev.Name) > 1 && ev.Name[1] >= '0' && ev.Name[1] <= '9' {
		PassKey(e, ev)
		return
	}
	e.Entry.TypedKey(ev)
}

// Tapped on the icon opens what the icon stands for (a month).
func (e *entry) Tapped(ev *fyne.PointEvent) {
	e.Entry.Tapped(ev)
	if f := e.owner.onIcon; f != nil && ev.Position.X < 12+theme.Px(16)+4 {
		f()
	}
}

// AcceptsTab is false even for several lines: Tab always moves on.
func (e *entry) AcceptsTab() bool { return false }

// TypedShortcut keeps the entry's own (copy, paste, word moves) and passes the
// rest: a focused entry would otherwise swallow Ctrl+K and Alt+letter.
func (e *entry) TypedShortcut(s fyne.Shortcut) {
	if c, ok := s.(*desktop.CustomShortcut); ok {
		word := c.KeyName == fyne.KeyLeft || c.KeyName == fyne.KeyRight || c.KeyName == fyne.KeyBackspace
		if !word || c.Modifier&fyne.KeyModifierAlt != 0 {
			PassShortcut(e, s)
			return
		}
	}
	e.Entry.TypedShortcut(s)
}

// TextField is one line (or several) of typed text in the house frame: icon on
// the left, suffix or action on the right, 2 px accent with the focus, 2 px red
// when wrong, grey with a lock when read-only.
type TextField struct {
	tipBase  // not focusable itself: Tab goes to the entry inside
	focused  bool
	entry    *entry
	holder   *container.ThemeOverride
	icon     string
	suffix   string
	height   float32
	lines    int
	bad      bool
	readOnly bool
	width    float32
	onIcon   func() // a tap on the icon; the keyboard has its own way

	OnChanged func(string)
	OnSubmit  func()                    // Enter; nil passes Enter to the dialog
	OnKey     func(*fyne.KeyEvent) bool // true: used
	OnRune    func(rune) bool           // true: used
	OnFocus   func(bool)
}

// NewTextField returns a 40 px field.
func NewTextField() *TextField {
	f := &TextField{}
	f.setup(f, false)
	return f
}

// NewTextArea returns a field of several lines.
func NewTextArea(lines int) *TextField {
	f := &TextField{lines: lines}
	f.setup(f, true)
	return f
}

func (f *TextField) setup(self painted, multi bool) {
	f.height = 40
	f.width = 120
	f.entry = &entry{owner: f}
	f.entry.MultiLine = multi
	f.entry.Wrapping = fyne.TextWrap(fyne.TextTruncateClip)
	if multi {
		f.entry.Wrapping = fyne.TextWrapWord
	}
	f.entry.ExtendBaseWidget(f.entry)
	f.entry.OnChanged = func(s string) {
		if f.bad {
			f.SetError(false)
		}
		if f.OnChanged != nil {
			f.OnChanged(s)
		}
	}
	f.init(self)
}

// Icon puts an icon at the left. Returns the field.
func (f *TextField) Icon(name string) *TextField {
	f.icon = name
	f.entry.Icon = nothing
	return f
}

// Suffix puts a unit at the right (« € »). Returns the field.
func (f *TextField) Suffix(s string) *TextField {
	f.suffix = s
	f.entry.ActionItem = NewPainting(0, 0, func(*Gfx, fyne.Size) {}).Wide(func() float32 { return TextWidth(s, Small) + 12 })
	return f
}

// Compact makes the field 32 px high. Returns the field.
func (f *TextField) Compact() *TextField { f.height = 32; return f }

// Width sets the smallest width in px. Returns the field.
func (f *TextField) Width(px float32) *TextField { f.width = px; return f }

// PlaceHolder sets the grey example. Returns the field.
func (f *TextField) PlaceHolder(s string) *TextField { f.entry.SetPlaceHolder(words.Say(s)); return f }

// Text returns what is typed.
func (f *TextField) Text() string { return f.entry.Text }

// SetText replaces what is typed.
func (f *TextField) SetText(s string) {
	if f.entry.Text != s {
		f.entry.SetText(s)
	}
	if f.readOnly {
		f.self.Refresh()
	}
}

// SetReadOnly shows the text on grey with a lock and takes the field out of the tab order.
func (f *TextField) SetReadOnly(on bool) {
	f.readOnly = on
	if on {
		f.entry.Disable()
	} else {
		f.entry.Enable()
	}
	f.self.Refresh()
}

// SetError turns the red frame on or off.
func (f *TextField) SetError(on bool) {
	if f.bad != on {
		f.bad = on
		f.self.Refresh()
	}
}

// FocusTarget is what takes the keyboard.
func (f *TextField) FocusTarget() fyne.Focusable { return f.entry }

// Focus gives the field the keyboard and selects what is typed.
func (f *TextField) Focus() {
	if c := f.onCanvas(); c != nil {
		c.Focus(f.entry)
	}
}

// SelectAll selects what is typed.
func (f *TextField) SelectAll() { f.entry.TypedShortcut(&fyne.ShortcutSelectAll{}) }

// Focused reports whether the field has the keyboard.
func (f *TextField) Focused() bool { return f.focused }

func (f *TextField) focusChanged(on bool) {
	f.focused = on
	f.self.Refresh()
	if f.OnFocus != nil {
		f.OnFocus(on)
	}
}

// Tapped gives the entry the focus when the frame is hit.
func (f *TextField) Tapped(*fyne.PointEvent) {
	if !f.readOnly {
		f.Focus()
	}
}

func (f *TextField) min() fyne.Size {
	h := theme.Px(f.height)
	if f.lines > 0 {
		h = float32(f.lines)*theme.Px(20) + theme.Px(20)
	}
	return fyne.NewSize(theme.Wide(f.width), h)
}

func (f *TextField) paint(g *Gfx, size fyne.Size) {
	frame := Shape{Fill: theme.Blanc, Stroke: theme.Ardoise400, Radius: 4}
	switch {
	case f.readOnly:
		frame = Shape{Fill: theme.Ardoise100, Stroke: theme.Ardoise200, Radius: 4}
	case f.bad:
		frame.Stroke, frame.Width = theme.Erreur, 2
	case f.focused:
		frame.Stroke, frame.Width = theme.Accent, 2
	}
	ic := theme.Px(16)
	row := min(size.Height, theme.Px(f.height))
	ring := frame
	frame.Stroke, ring.Fill = theme.None, theme.None
	g.Rect(0, 0, size.Width, size.Height, frame)
	pad := (row - fyne.MeasureText("Ég", theme.Text(theme.Body), fyne.TextStyle{}).Height) / 2
	icon := f.icon
	if f.readOnly {
		icon = "lock"
	}
	left := pad
	if icon != "" {
		left = 12 + ic + 8
	}
	if f.readOnly {
		g.Text(left, 0, size.Width-left-12-TextWidth(f.suffix, Small), row, f.entry.Text, Body)
	} else {
		f.paintEntry(g, size, pad, left)
	}
	if icon != "" {
		g.Icon(12, (row-ic)/2, ic, icon, theme.Ardoise600)
	}
	if f.suffix != "" {
		w := TextWidth(f.suffix, Small)
		g.Text(size.Width-w-12, 0, w+1, row, f.suffix, Small)
	}
	g.Rect(0, 0, size.Width, size.Height, ring)
}

// paintEntry lets the toolkit's entry fill the whole frame, so that its own
// focus border lies under ours; room for icon and unit is kept inside it.
func (f *TextField) paintEntry(g *Gfx, size fyne.Size, pad, left float32) {
	th := entryTheme{Theme: fynetheme.Current(), pad: pad + 0.5, lead: left - pad}
	if f.holder == nil { // not before: it would draw the entry without its icon and unit
		f.holder = container.NewThemeOverride(f.entry, th)
	}
	if f.holder.Theme != th {
		f.holder.Theme = th
		f.holder.Refresh()
	}
	g.Child(f.holder, -1.5, -1.5, size.Width+2.5, size.Height+2.5) // the border falls under ours
}

// nothing is the invisible icon that keeps the room of ours inside the entry.
var nothing = fyne.NewStaticResource("nothing.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24"></svg>`))
