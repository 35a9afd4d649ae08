package widgets

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"ardoise/ui/theme"
)

// Kind is the weight of a button.
type Kind int

// The kinds of button. One Primary a screen at most.
const (
	Secondary   Kind = iota // white, thin border
	Primary                 // solid accent
	Danger                  // red outline
	Flat                    // accent words without a frame
	Chalk                   // chalk fill, on slate cards only
	Ghost                   // icon on the rail, thin border
	toastAction             // chalk words on the toast
)

// Button presses with a tap, Enter or Space. Disabled, it shows a lock and says
// why in a tooltip.
type Button struct {
	focusBase
	label, icon, key string
	mnemonic         int // index of the underlined rune, -1 if none
	kind             Kind
	height           float32
	reason, hint     string
	trailing         string
	align            fyne.TextAlign
	quiet            bool // flat in the ink of the text
	action           func()
}

// NewButton returns a 40 px button. In the label, & underlines the next letter
// (« &Nouvelle »): the screen declares the matching Alt shortcut.
func NewButton(label string, kind Kind, action func()) *Button {
	b := &Button{kind: kind, height: 40, action: action, mnemonic: -1, align: fyne.TextAlignCenter}
	b.label, b.mnemonic = cutMnemonic(label)
	b.init(b)
	return b
}

// NewIconButton returns a square button with an icon and a tooltip that names it.
func NewIconButton(icon, name string, action func()) *Button {
	b := NewButton("", Secondary, action)
	b.icon, b.hint, b.height = icon, name, 32
	return b
}

func cutMnemonic(label string) (string, int) {
	before, after, ok := strings.Cut(label, "&")
	if !ok {
		return label, -1
	}
	return before + after, len([]rune(before))
}

// Icon puts an icon before the words. Returns the button.
func (b *Button) Icon(name string) *Button { b.icon = name; return b }

// Trailing puts an icon after the words (chevron-down of a menu). Returns the button.
func (b *Button) Trailing(name string) *Button { b.trailing = name; return b }

// KeyHint shows the shortcut in a chip (« F9 »); the screen declares the shortcut itself. Returns the button.
func (b *Button) KeyHint(key string) *Button { b.key = key; return b }

// Compact makes the button 32 px high. Returns the button.
func (b *Button) Compact() *Button { b.height = 32; return b }

// Slim makes the button 24 px high (status bar). Returns the button.
func (b *Button) Slim() *Button { b.height = 24; return b }

// Final makes the button 48 px high: the last action of a flow. Returns the button.
func (b *Button) Final() *Button { b.height = 48; return b }

// Leading aligns the words left (menus). Returns the button.
func (b *Button) Leading() *Button { b.align = fyne.TextAlignLeading; return b }

// Hint gives a tooltip. Returns the button.
func (b *Button) Hint(text string) *Button { b.hint = text; return b }

// SetLabel changes the words.
func (b *Button) SetLabel(label string) {
	if l, m := cutMnemonic(label); l != b.label || m != b.mnemonic {
		b.label, b.mnemonic = l, m
		b.Refresh()
	}
}

// SetIcon changes the icon.
func (b *Button) SetIcon(name string) {
	if b.icon != name {
		b.icon = name
		b.Refresh()
	}
}

// SetKind changes the weight.
func (b *Button) SetKind(k Kind) {
	if b.kind != k {
		b.kind = k
		b.Refresh()
	}
}

// Label returns the words.
func (b *Button) Label() string { return b.label }

// SetEnabled enables the button, or disables it with the reason in a tooltip.
func (b *Button) SetEnabled(on bool, reason string) {
	if b.disabled == !on && b.reason == reason {
		return
	}
	b.reason = reason
	if on {
		b.Enable()
	} else {
		b.Disable()
	}
}

// Reason returns why the button is disabled.
func (b *Button) Reason() string { return b.reason }

// SetAction changes what a press does.
func (b *Button) SetAction(f func()) { b.action = f }

// Press does what a tap does.
func (b *Button) Press() {
	if !b.disabled && b.action != nil {
		b.action()
	}
}

// Tapped takes the focus and presses.
func (b *Button) Tapped(*fyne.PointEvent) {
	if b.disabled {
		return
	}
	focus(b.self)
	b.Press()
}

// TypedKey presses on Enter and Space.
func (b *Button) TypedKey(ev *fyne.KeyEvent) {
	touch()
	switch ev.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		b.Press()
	default:
		PassKey(b.self, ev)
	}
}

// Cursor shows the hand over what can be pressed.
func (b *Button) Cursor() desktop.Cursor {
	if b.disabled {
		return desktop.DefaultCursor
	}
	return desktop.PointerCursor
}

// MouseIn lights the button up.
func (b *Button) MouseIn(ev *desktop.MouseEvent) {
	b.tipBase.MouseIn(ev)
	b.Refresh()
}

// MouseOut puts the light out.
func (b *Button) MouseOut() {
	b.tipBase.MouseOut()
	b.Refresh()
}

func (b *Button) style() Style {
	s := BodyBold
	if b.height >= 48 {
		s.Size = theme.Card
	}
	return s
}

// look gives the frame, the ink and the key chip's look of the present state.
func (b *Button) look() (frame Shape, ink theme.Token, chip Shape, chipInk theme.Token) {
	frame = Shape{Fill: theme.Blanc, Stroke: theme.Ardoise400, Radius: 4}
	chip, chipInk = Shape{Fill: theme.Ardoise50, Stroke: theme.Ardoise300, Radius: 3}, theme.Ardoise600
	ink = theme.Encre
	switch b.kind {
	case Primary:
		frame = Shape{Fill: theme.Accent, Radius: 4}
		ink = theme.SurAccent
		chip, chipInk = Shape{Fill: theme.AccentFonce, Radius: 3}, theme.SurAccent
		if b.hovered {
			frame.Fill = theme.AccentFonce
		}
	case Danger:
		frame.Stroke, ink = theme.Erreur, theme.Erreur
		if b.hovered {
			frame.Fill = theme.ErreurClair
		}
	case Flat:
		frame, ink = Shape{Radius: 4}, theme.Accent
		if b.quiet {
			ink = theme.Encre
		}
		if b.hovered {
			frame.Fill = theme.AccentClair
		}
	case Chalk:
		frame, ink = Shape{Fill: theme.Craie, Radius: 4}, theme.SurCraie
	case Ghost:
		frame, ink = Shape{Stroke: theme.Ardoise700, Radius: 4}, theme.SurArdoise
		if b.hovered {
			frame.Fill = theme.Ardoise800
		}
	case toastAction:
		frame, ink = Shape{Radius: 4}, theme.Craie
		chip, chipInk = Shape{Fill: theme.Ardoise800, Stroke: theme.Ardoise700, Radius: 3}, theme.SurArdoise
	default:
		if b.hovered {
			frame.Fill = theme.Ardoise50
		}
	}
	if b.disabled {
		frame = Shape{Fill: theme.Ardoise100, Stroke: theme.Ardoise200, Radius: 4}
		ink = theme.Ardoise600
		chip, chipInk = Shape{Stroke: theme.Ardoise300, Radius: 3}, theme.Ardoise600
		if b.kind == Flat {
			frame = Shape{}
		}
	}
	return frame, ink, chip, chipInk
}

func (b *Button) iconName() string {
	if b.disabled && b.label != "" {
		return "lock"
	}
	return b.icon
}

func (b *Button) pad() float32 {
	switch {
	case b.kind == Flat:
		return 8
	case b.height <= 32:
		return 12
	}
	return 16
}

func (b *Button) inner() float32 {
	var w float32
	add := func(part float32) {
		if w > 0 {
			w += 8
		}
		w += part
	}
	if b.iconName() != "" {
		add(theme.Px(16))
	}
	if b.label != "" {
		add(TextWidth(b.label, b.style()))
	}
	if b.key != "" {
		add(KeyChipWidth(b.key))
	}
	if b.trailing != "" {
		add(theme.Px(16))
	}
	return w
}

func (b *Button) min() fyne.Size {
	h := theme.Px(b.height)
	if b.label == "" && b.key == "" {
		return fyne.NewSize(h, h)
	}
	return fyne.NewSize(b.inner()+2*b.pad(), h)
}

func (b *Button) paint(g *Gfx, size fyne.Size) {
	h := min(size.Height, theme.Px(b.height))
	y := (size.Height - h) / 2
	frame, ink, chip, chipInk := b.look()
	ring := theme.Accent
	if b.kind == Ghost || b.kind == Chalk || b.kind == toastAction {
		ring = theme.FocusArdoise
	}
	if b.focused && !b.disabled {
		if b.kind == Flat || b.kind == Ghost || b.kind == toastAction {
			frame.Stroke, frame.Width = ring, 2
		} else {
			g.FocusRing(0, y, size.Width, h, 4, ring)
		}
	}
	g.Rect(0, y, size.Width, h, frame)
	st := b.style().With(ink)
	x := (size.Width - b.inner()) / 2
	if b.align == fyne.TextAlignLeading {
		x = b.pad()
	}
	x = max(x, 4)
	ic := theme.Px(16)
	if n := b.iconName(); n != "" {
		g.Icon(x, y+(h-ic)/2, ic, n, ink)
		x += ic + 8
	}
	if b.label != "" {
		room := size.Width - x - 4
		if b.key != "" {
			room -= KeyChipWidth(b.key) + 8
		}
		w := min(TextWidth(b.label, st), room)
		g.Text(x, y, w+1, h, b.label, st)
		b.underline(g, x, y+h/2, st, ink)
		x += w + 8
	}
	if b.key != "" {
		keyChip(g, x, y+(h-keyChipHeight())/2, b.key, chip, chipInk)
		x += KeyChipWidth(b.key) + 8
	}
	if b.trailing != "" {
		g.Icon(size.Width-b.pad()-ic, y+(h-ic)/2, ic, b.trailing, ink)
	}
	tip := b.hint
	if b.disabled && b.reason != "" {
		tip = b.reason
	}
	g.Tip(0, 0, size.Width, size.Height, tip)
}

func (b *Button) underline(g *Gfx, x, mid float32, st Style, ink theme.Token) {
	if b.mnemonic >= 0 && !b.disabled {
		mnemonicLine(g, x, mid, b.label, b.mnemonic, st, ink)
	}
}

// Mnemonic draws a text with the letter at index underlined (-1: none).
func (g *Gfx) Mnemonic(x, y, w, h float32, label string, at int, st Style) {
	g.Text(x, y, w, h, label, st)
	if at >= 0 {
		mnemonicLine(g, x, y+h/2, label, at, st, st.ink())
	}
}

// mnemonicLine draws the 1 px line under one letter: the toolkit's text has no underline.
func mnemonicLine(g *Gfx, x, mid float32, label string, at int, st Style, ink theme.Token) {
	runes := []rune(label)
	if at >= len(runes) {
		return
	}
	before := TextWidth(string(runes[:at]), st)
	g.HLine(x+before, mid+theme.Px(st.Size)*0.5+1, TextWidth(string(runes[at]), st), ink)
}
