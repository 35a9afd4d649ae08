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
