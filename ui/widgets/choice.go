package widgets

import (
	"fyne.io/fyne/v2"

	"ardoise/ui/theme"
)

// Option is one thing to choose.
type Option struct {
	ID, Label string
	Icon      string
	Detail    string // right-hand or second text of a radio row
}

// ChoiceLook is how a Choice draws itself.
type ChoiceLook int

// The looks of a Choice.
const (
	Chips    ChoiceLook = iota // separate chips, 32 px
	Filters                    // separate chips, 28 px (above a list)
	Segments                   // one frame cut in parts
	Big                        // separate, 48 px, equal widths (amounts)
)

// Choice picks one option among few, or several when it is multiple. Left and
// Right move, Space toggles when multiple; otherwise the choice follows the move.
type Choice struct {
	focusBase
	look     ChoiceLook
	options  []Option
	chosen   map[string]bool
	multiple bool
	wraps    bool
	cursor   int
	onChange func()
}

// Wrap lets the chips go on several lines where they do not fit on one; arrows
// still go from one to the next. Returns the choice.
func (c *Choice) Wrap() *Choice { c.wraps = true; return c }

// NewChoice returns a single choice with the first option chosen. onChange may be nil.
func NewChoice(look ChoiceLook, onChange func(id string), options ...Option) *Choice {
	c := &Choice{look: look, options: options, chosen: map[string]bool{}}
	if len(options) > 0 {
		c.chosen[options[0].ID] = true
	}
	c.onChange = func() {
		if onChange != nil {
			onChange(c.Value())
		}
	}
	c.init(c)
	return c
}

// NewMultiChoice returns a choice of several options, none chosen (days of the week).
func NewMultiChoice(onChange func(ids []string), options ...Option) *Choice {
	c := &Choice{look: Chips, options: options, chosen: map[string]bool{}, multiple: true}
	c.onChange = func() {
		if onChange != nil {
			onChange(c.Values())
		}
	}
	c.init(c)
	return c
}

// Value returns the chosen ID, "" if none.
func (c *Choice) Value() string {
	for _, o := range c.options {
		if c.chosen[o.ID] {
			return o.ID
		}
	}
	return ""
}

// Values returns the chosen IDs in order.
func (c *Choice) Values() []string {
	var out []string
	for _, o := range c.options {
		if c.chosen[o.ID] {
			out = append(out, o.ID)
		}
	}
	return out
}

// Set chooses without calling onChange; an unknown or empty ID clears the choice.
func (c *Choice) Set(ids ...string) {
	c.chosen = map[string]bool{}
	for _, id := range ids {
		c.chosen[id] = true
	}
	for i, o := range c.options {
		if c.chosen[o.ID] {
			c.cursor = i
			break
		}
	}
	c.Refresh()
}

// SetOptions replaces the options and keeps what is still there chosen.
func (c *Choice) SetOptions(options ...Option) {
	c.options = options
	c.cursor = min(c.cursor, max(0, len(options)-1))
	c.Refresh()
}

// SetError exists so that a Choice can stand in a Field.
func (c *Choice) SetError(bool) {}

// FocusTarget is the choice itself.
func (c *Choice) FocusTarget() fyne.Focusable { return c }

func (c *Choice) pick(i int) {
	if i < 0 || i >= len(c.options) || c.disabled {
		return
	}
	c.cursor = i
	id := c.options[i].ID
	if c.multiple {
		c.chosen[id] = !c.chosen[id]
	} else if c.chosen[id] {
		c.Refresh()
		return
	} else {
		c.chosen = map[string]bool{id: true}
	}
	c.Refresh()
	c.onChange()
}

// TypedKey moves with the arrows.
func (c *Choice) TypedKey(ev *fyne.KeyEvent) {
	touch()
	step := 0
	switch ev.Name {
	case fyne.KeyLeft:
		step = -1
	case fyne.KeyRight:
		step = 1
	case fyne.KeySpace:
		c.pick(c.cursor)
		return
	default:
		PassKey(c, ev)
		return
	}
	next := min(max(c.cursor+step, 0), len(c.options)-1)
	if c.multiple {
		c.cursor = next
		c.Refresh()
		return
	}
	c.pick(next)
}

// Tapped chooses what is under the pointer.
func (c *Choice) Tapped(ev *fyne.PointEvent) {
	focus(c)
	if h, ok := c.g.hitAt(ev.Position); ok {
		c.pick(h.Row)
	}
}

func (c *Choice) measures() (height, gap, pad float32, st Style) {
	switch c.look {
	case Filters:
		return theme.Px(28), 8, 8, Style{Size: theme.Small}
	case Segments:
		return theme.Px(32), 0, 12, Body
	case Big:
		return theme.Px(48), 8, 12, Style{Size: theme.Panel}
	}
	return theme.Px(32), 8, 10, Body
}

func (c *Choice) width(o Option, st Style, pad float32) float32 {
	st.Bold = true // as wide as when chosen, so nothing moves
	w := TextWidth(o.Label, st) + 2*pad
	if o.Icon != "" {
		w += theme.Px(16) + 6
	}
	if c.look == Segments && !c.multiple {
		return w
	}
	return w
}

func (c *Choice) widths() ([]float32, float32) {
	_, gap, pad, st := c.measures()
	var out []float32
	total := -gap
	for _, o := range c.options {
		w := c.width(o, st, pad)
		if c.chosen[o.ID] && !c.multiple {
			w += theme.Px(14) + 6 // the check mark
		}
		out = append(out, w)
		total += w + gap
	}
	return out, max(0, total)
}

func (c *Choice) min() fyne.Size {
	h, gap, _, _ := c.measures()
	widths, total := c.widths()
	if c.look == Segments {
		total += 8
	}
	if c.wraps {
		lines, widest := 1, float32(0)
		x := float32(0)
		room := c.Size().Width
		for _, w := range widths {
			widest = max(widest, w)
			if room > 0 && x > 0 && x+w > room+0.5 {
				lines, x = lines+1, 0
			}
			x += w + gap
		}
		return fyne.NewSize(widest, float32(lines)*(h+gap)-gap)
	}
	return fyne.NewSize(total, h)
}

func (c *Choice) paint(g *Gfx, size fyne.Size) {
	h, gap, pad, st := c.measures()
	widths, total := c.widths()
	x, y := float32(0), (size.Height-h)/2
	if c.wraps {
		y = 0
	}
	if c.look == Segments {
		g.Rect(0, y, total+8, h, Shape{Fill: theme.Blanc, Stroke: theme.Ardoise400, Radius: 4})
		x = 4
	}
	if c.look == Big && len(widths) > 0 {
		each := (size.Width - gap*float32(len(widths)-1)) / float32(len(widths))
		for i := range widths {
			widths[i] = each
		}
	}
	for i, o := range c.options {
		if c.wraps && x > 0 && x+widths[i] > size.Width+0.5 {
			x, y = 0, y+h+gap
		}
		c.option(g, i, o, x, y, widths[i], h, pad, st)
		x += widths[i] + gap
	}
}

func (c *Choice) option(g *Gfx, i int, o Option, x, y, w, h, pad float32, st Style) {
	on := c.chosen[o.ID]
	frame := Shape{Fill: theme.Blanc, Stroke: theme.Ardoise300, Radius: 4}
	ink := theme.Encre
	if c.look == Segments {
		frame = Shape{Radius: 3}
	}
	if on {
		frame.Fill, ink, st.Bold = theme.AccentClair, theme.Accent, true
		if c.look != Segments {
			frame.Stroke = theme.Accent
		}
	}
	if c.disabled {
		ink = theme.Ardoise600
	}
	fy, fh := y, h
	if c.look == Segments {
		fy, fh = y+3, h-6
	}
	g.Rect(x, fy, w, fh, frame)
	if c.focused && i == c.cursor {
		g.Rect(x-3, fy-3, w+6, fh+6, Shape{Stroke: theme.Accent, Width: 2, Radius: 6})
	}
	content := TextWidth(o.Label, st)
	mark := theme.Px(14)
	if on && !c.multiple {
		content += mark + 6
	}
	if o.Icon != "" {
		content += theme.Px(16) + 6
	}
	tx := x + max(pad/2, (w-content)/2)
	if on && !c.multiple {
		g.Icon(tx, y+(h-mark)/2, mark, "check", ink)
		tx += mark + 6
	}
	if o.Icon != "" {
		ic := theme.Px(16)
		g.Icon(tx, y+(h-ic)/2, ic, o.Icon, ink)
		tx += ic + 6
	}
	g.Text(tx, y, x+w-tx, h, o.Label, st.With(ink))
	g.Zone(x, y, w, h, o.ID, i)
}

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
