package widgets

import (
	"fyne.io/fyne/v2"

	"ardoise/ui/theme"
)

// RadioRows picks one option among rows of 40 px: circle, icon, bold label,
// detail. Up and Down move and choose.
type RadioRows struct {
	focusBase
	options  []Option
	value    string
	columns  int
	boxed    bool
	inline   bool
	onChange func(string)
}

// NewRadioRows returns the rows with the first option chosen. onChange may be nil.
func NewRadioRows(onChange func(id string), options ...Option) *RadioRows {
	r := &RadioRows{options: options, columns: 1, onChange: onChange}
	if len(options) > 0 {
		r.value = options[0].ID
	}
	r.init(r)
	return r
}

// Columns lays the rows out in n boxed columns. Returns the rows.
func (r *RadioRows) Columns(n int) *RadioRows { r.columns, r.boxed = max(1, n), true; return r }

// DetailAfter writes the detail after the label instead of at the right. Returns the rows.
func (r *RadioRows) DetailAfter() *RadioRows { r.inline = true; return r }

// Value returns the chosen ID.
func (r *RadioRows) Value() string { return r.value }

// Set chooses without calling onChange.
func (r *RadioRows) Set(id string) { r.value = id; r.Refresh() }

// SetOptions replaces the options; a choice no longer there falls back on the first.
func (r *RadioRows) SetOptions(options ...Option) {
	r.options = options
	if r.index() < 0 && len(options) > 0 {
		r.value = options[0].ID
	}
	r.Refresh()
}

// SetError exists so that the rows can stand in a Field.
func (r *RadioRows) SetError(bool) {}

// FocusTarget is the rows themselves.
func (r *RadioRows) FocusTarget() fyne.Focusable { return r }

func (r *RadioRows) index() int {
	for i, o := range r.options {
		if o.ID == r.value {
			return i
		}
	}
	return -1
}

func (r *RadioRows) pick(i int) {
	if i < 0 || i >= len(r.options) || r.disabled || r.options[i].ID == r.value {
		return
	}
	r.value = r.options[i].ID
	r.Refresh()
	if r.onChange != nil {
		r.onChange(r.value)
	}
}

// TypedKey moves with the arrows.
func (r *RadioRows) TypedKey(ev *fyne.KeyEvent) {
	touch()
	i := r.index()
	switch ev.Name {
	case fyne.KeyUp:
		r.pick(max(0, i-r.columns))
	case fyne.KeyDown:
		r.pick(min(len(r.options)-1, i+r.columns))
	case fyne.KeyLeft:
		r.pick(max(0, i-1))
	case fyne.KeyRight:
		r.pick(min(len(r.options)-1, i+1))
	case fyne.KeySpace:
	default:
		PassKey(r, ev)
	}
}

// Tapped chooses the row under the pointer.
func (r *RadioRows) Tapped(ev *fyne.PointEvent) {
	focus(r)
	if h, ok := r.g.hitAt(ev.Position); ok {
		r.pick(h.Row)
	}
}

func (r *RadioRows) rowHeight() float32 {
	if r.boxed {
		return theme.Px(40) + 8
	}
	return theme.Px(36)
}

func (r *RadioRows) min() fyne.Size {
	var w float32
	for _, o := range r.options {
		w = max(w, TextWidth(o.Label, BodyBold)+TextWidth(o.Detail, Small)+theme.Px(76))
	}
	rows := (len(r.options) + r.columns - 1) / r.columns
	h := float32(rows) * r.rowHeight()
	if r.boxed {
		h -= 8
	}
	return fyne.NewSize(w*float32(r.columns), h)
}

func (r *RadioRows) paint(g *Gfx, size fyne.Size) {
	gap := float32(8)
	w := (size.Width - gap*float32(r.columns-1)) / float32(r.columns)
	h := r.rowHeight()
	for i, o := range r.options {
		x, y := float32(i%r.columns)*(w+gap), float32(i/r.columns)*h
		rh := h
		if r.boxed {
			rh -= 8
		}
		r.row(g, i, o, x, y, w, rh)
	}
}

func (r *RadioRows) row(g *Gfx, i int, o Option, x, y, w, h float32) {
	on := o.ID == r.value
	frame := Shape{Radius: 4}
	if r.boxed {
		frame = Shape{Fill: theme.Blanc, Stroke: theme.Ardoise400, Radius: 4}
	}
	if on {
		frame = Shape{Fill: theme.AccentClair, Stroke: theme.Accent, Radius: 4}
	}
	if on && r.focused {
		frame.Width = 2
	}
	g.Rect(x, y, w, h, frame)
	radioMark(g, x+12, y+h/2, on)
	tx := x + 12 + theme.Px(18) + 8
	st := Body
	if on || !r.boxed && r.inline {
		st = BodyBold
	}
	if o.Icon != "" {
		ic := theme.Px(16)
		g.Icon(tx, y+(h-ic)/2, ic, o.Icon, theme.Encre)
		tx += ic + 8
	}
	room := x + w - tx - 12
	if o.Detail != "" && !r.inline {
		dw := min(TextWidth(o.Detail, Small), room/2)
		g.Text(x+w-12-dw, y, dw+1, h, o.Detail, Small.Right())
		room -= dw + 8
	}
	tw := g.Text(tx, y, room, h, o.Label, st)
	if o.Detail != "" && r.inline {
		g.Text(tx+tw+6, y, room-tw-6, h, o.Detail, Small)
	}
	g.Zone(x, y, w, h, o.ID, i)
}

func radioMark(g *Gfx, x, mid float32, on bool) {
	d := theme.Px(18)
	ring := Shape{Fill: theme.Blanc, Stroke: theme.Ardoise400, Radius: d / 2}
	if on {
		ring.Stroke, ring.Width = theme.Accent, 2
	}
	g.Rect(x, mid-d/2, d, d, ring)
	if on {
		dot := theme.Px(8)
		g.Rect(x+(d-dot)/2, mid-dot/2, dot, dot, Shape{Fill: theme.Accent, Radius: dot / 2})
	}
}

// Check is a box to tick, with its label; Space or Enter toggles.
type Check struct {
	focusBase
	label    string
	detail   string
	on       bool
	onChange func(bool)
}

// NewCheck returns an unticked box. onChange may be nil.
func NewCheck(label string, onChange func(bool)) *Check {
	c := &Check{label: label, onChange: onChange}
	c.init(c)
	return c
}

// Detail adds a second line. Returns the check.
func (c *Check) Detail(text string) *Check { c.detail = text; return c }

// Checked reports whether the box is ticked.
func (c *Check) Checked() bool { return c.on }

// Set ticks or unticks without calling onChange.
func (c *Check) Set(on bool) {
	if c.on != on {
		c.on = on
		c.Refresh()
	}
}

// SetError exists so that a Check can stand in a Field.
func (c *Check) SetError(bool) {}

// FocusTarget is the check itself.
func (c *Check) FocusTarget() fyne.Focusable { return c }

func (c *Check) toggle() {
	if c.disabled {
		return
	}
	c.on = !c.on
	c.Refresh()
	if c.onChange != nil {
		c.onChange(c.on)
	}
}

// Tapped toggles.
func (c *Check) Tapped(*fyne.PointEvent) { focus(c); c.toggle() }

// TypedKey toggles on Space; Enter goes on to the dialog.
func (c *Check) TypedKey(ev *fyne.KeyEvent) {
	touch()
	if ev.Name == fyne.KeySpace {
		c.toggle()
		return
	}
	PassKey(c, ev)
}

func (c *Check) min() fyne.Size {
	h := theme.Px(24)
	if c.detail != "" {
		h += LineHeight(Small) + 2
	}
	return fyne.NewSize(theme.Px(18)+8+max(TextWidth(c.label, Body), TextWidth(c.detail, Small))+1, h)
}

func (c *Check) paint(g *Gfx, size fyne.Size) {
	s, h := theme.Px(18), theme.Px(24)
	CheckMark(g, 0, (h-s)/2, s, c.on, c.disabled)
	if c.focused {
		g.Rect(-3, (h-s)/2-3, s+6, s+6, Shape{Stroke: theme.Accent, Width: 2, Radius: 6})
	}
	g.Text(s+8, 0, size.Width-s-8, h, c.label, Body)
	if c.detail != "" {
		g.Text(s+8, h, size.Width-s-8, LineHeight(Small), c.detail, Small)
	}
}

// CheckMark draws a tick box of side s.
func CheckMark(g *Gfx, x, y, s float32, on, disabled bool) {
	switch {
	case disabled:
		g.Rect(x, y, s, s, Shape{Fill: theme.Ardoise100, Stroke: theme.Ardoise300, Radius: 3})
		if on {
			g.Icon(x+2, y+2, s-4, "check", theme.Ardoise600)
		}
	case on:
		g.Rect(x, y, s, s, Shape{Fill: theme.Accent, Radius: 3})
		g.Icon(x+2, y+2, s-4, "check", theme.SurAccent)
	default:
		g.Rect(x, y, s, s, Shape{Fill: theme.Blanc, Stroke: theme.Ardoise400, Radius: 3})
	}
}
