package widgets

import (
	"fyne.io/fyne/v2"

	"ardoise/ui/theme"
)

// Input is what a Field holds: something typed or chosen, which can show that
// it is wrong.
type Input interface {
	fyne.CanvasObject
	SetError(bool)
	FocusTarget() fyne.Focusable
}

// Field is an input with its label above and its help, or its error, below.
type Field struct {
	tipBase
	label, help, err string
	input            Input
}

// NewField wraps an input. Help may be empty.
func NewField(label, help string, in Input) *Field {
	f := &Field{label: label, help: help, input: in}
	f.init(f)
	return f
}

// SetError shows a French sentence under the input, or clears it.
func (f *Field) SetError(sentence string) {
	if f.err == sentence {
		return
	}
	f.err = sentence
	f.input.SetError(sentence != "")
	f.Refresh()
	relayout(f.self)
}

// Error returns the sentence shown.
func (f *Field) Error() string { return f.err }

// Label returns the label.
func (f *Field) Label() string { return f.label }

// Input returns the wrapped input.
func (f *Field) Input() Input { return f.input }

func (f *Field) note() (string, Style) {
	if f.err != "" {
		return f.err, Small.With(theme.Erreur)
	}
	return f.help, Small
}

func (f *Field) noteLines(w float32) []string {
	text, st := f.note()
	if text == "" {
		return nil
	}
	if f.err != "" {
		w -= theme.Px(20)
	}
	if w < 40 {
		w = 10000
	}
	return Wrap(text, st, w)
}

func (f *Field) labelHeight() float32 {
	if f.label == "" {
		return 0
	}
	return theme.Px(22)
}

func (f *Field) min() fyne.Size {
	m := f.input.MinSize()
	h := f.labelHeight() + m.Height
	if n := len(f.noteLines(f.Size().Width)); n > 0 {
		h += 4 + float32(n)*LineHeight(Small)
	}
	return fyne.NewSize(max(m.Width, min(TextWidth(f.label, SmallBold), 160)), h)
}

func (f *Field) paint(g *Gfx, size fyne.Size) {
	if f.label != "" {
		g.Text(0, 0, size.Width, theme.Px(18), f.label, SmallBold)
	}
	y := f.labelHeight()
	m := f.input.MinSize()
	lines := f.noteLines(size.Width)
	h := m.Height
	if t, ok := f.input.(*TextField); ok && t.lines > 0 { // an area takes the room left
		h = max(h, size.Height-y-float32(len(lines))*LineHeight(Small))
	}
	g.Child(f.input, 0, y, size.Width, h)
	_, st := f.note()
	x := float32(0)
	y += h + 4
	if f.err != "" {
		g.Icon(0, y+1, theme.Px(14), "circle-alert", theme.Erreur)
		x = theme.Px(20)
	}
	for _, l := range lines {
		g.Text(x, y, size.Width-x, LineHeight(Small), l, st)
		y += LineHeight(Small)
	}
}

// relayout asks the canvas to measure again after a minimum size changed.
func relayout(o fyne.CanvasObject) {
	if c := canvasOf(o); c != nil {
		c.Refresh(o)
		if d := TopDialog(c); d != nil {
			d.reflow()
		}
	}
}
