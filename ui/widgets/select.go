package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"ardoise/ui/theme"
)

// Select shows one of many options. Enter, Space, Down or a letter opens the
// list, where typing narrows it.
type Select struct {
	focusBase
	options     []Option
	value       string
	placeholder string
	icon        string
	height      float32
	width       float32
	bold, bad   bool
	onChange    func(id string)
}

// NewSelect returns a 40 px select with nothing chosen. onChange may be nil.
func NewSelect(onChange func(id string), options ...Option) *Select {
	s := &Select{options: options, onChange: onChange, height: 40, width: 120, placeholder: "Choisir…"}
	s.init(s)
	return s
}

// Compact makes it 32 px high. Returns the select.
func (s *Select) Compact() *Select { s.height = 32; return s }

// Icon puts an icon at the left. Returns the select.
func (s *Select) Icon(name string) *Select { s.icon = name; return s }

// Width sets the smallest width in px. Returns the select.
func (s *Select) Width(px float32) *Select { s.width = px; return s }

// Bold writes the choice in bold (page headers). Returns the select.
func (s *Select) Bold() *Select { s.bold = true; return s }

// PlaceHolder sets what is shown while nothing is chosen. Returns the select.
func (s *Select) PlaceHolder(t string) *Select { s.placeholder = t; return s }

// Value returns the chosen ID, "" if none.
func (s *Select) Value() string { return s.value }

// Set chooses without calling onChange.
func (s *Select) Set(id string) {
	if s.value != id {
		s.value = id
		s.Refresh()
	}
}

// SetOptions replaces the options; the choice stays if it is still there.
func (s *Select) SetOptions(options ...Option) {
	s.options = options
	if s.find(s.value) == nil {
		s.value = ""
	}
	s.Refresh()
}

// SetError turns the red frame on or off.
func (s *Select) SetError(on bool) {
	if s.bad != on {
		s.bad = on
		s.Refresh()
	}
}

// FocusTarget is the select itself.
func (s *Select) FocusTarget() fyne.Focusable { return s }

func (s *Select) find(id string) *Option {
	for i := range s.options {
		if s.options[i].ID == id {
			return &s.options[i]
		}
	}
	return nil
}

// Open shows the options; typed begins the filter.
func (s *Select) Open(typed string) *Picker {
	if s.disabled || s.onCanvas() == nil {
		return nil
	}
	p := OpenPicker(s, s.options, typed, s.choose)
	for i, o := range s.options {
		if o.ID == s.value && typed == "" {
			p.List.Select(i)
		}
	}
	return p
}

func (s *Select) choose(o Option) {
	s.bad = false
	changed := s.value != o.ID
	s.value = o.ID
	s.Refresh()
	if changed && s.onChange != nil {
		s.onChange(o.ID)
	}
}

// Tapped opens the list.
func (s *Select) Tapped(*fyne.PointEvent) {
	if !s.disabled {
		focus(s)
		s.Open("")
	}
}

// TypedKey opens the list.
func (s *Select) TypedKey(ev *fyne.KeyEvent) {
	touch()
	switch ev.Name {
	case fyne.KeySpace, fyne.KeyDown, fyne.KeyUp:
		s.Open("")
	case fyne.KeyReturn, fyne.KeyEnter:
		s.Open("")
	default:
		PassKey(s, ev)
	}
}

// TypedRune opens the list with that letter typed.
func (s *Select) TypedRune(r rune) {
	if r != ' ' {
		s.Open(string(r))
	}
}

// Cursor shows the hand.
func (s *Select) Cursor() desktop.Cursor { return desktop.PointerCursor }

func (s *Select) min() fyne.Size { return fyne.NewSize(theme.Wide(s.width), theme.Px(s.height)) }

func (s *Select) paint(g *Gfx, size fyne.Size) {
	h := min(size.Height, theme.Px(s.height))
	y := (size.Height - h) / 2
	frame := Shape{Fill: theme.Blanc, Stroke: theme.Ardoise400, Radius: 4}
	ink := theme.Encre
	switch {
	case s.disabled:
		frame = Shape{Fill: theme.Ardoise100, Stroke: theme.Ardoise200, Radius: 4}
		ink = theme.Ardoise600
	case s.bad:
		frame.Stroke, frame.Width = theme.Erreur, 2
	case s.focused:
		frame.Stroke, frame.Width = theme.Accent, 2
	}
	g.Rect(0, y, size.Width, h, frame)
	ic := theme.Px(16)
	x := float32(11)
	o := s.find(s.value)
	icon := s.icon
	if o != nil && o.Icon != "" {
		icon = o.Icon
	}
	if icon != "" {
		g.Icon(x, y+(h-ic)/2, ic, icon, ink)
		x += ic + 8
	}
	st := Style{Size: theme.Body, Bold: s.bold, Ink: ink}
	text := s.placeholder
	if o != nil {
		text = o.Label
	} else {
		st.Ink = theme.Ardoise600
	}
	g.Text(x, y, size.Width-x-ic-16, h, text, st)
	g.Icon(size.Width-ic-9, y+(h-ic)/2, ic, "chevron-down", ink)
}
