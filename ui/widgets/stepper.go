package widgets

import (
	"fmt"

	"fyne.io/fyne/v2"

	"ardoise/ui/theme"
)

// StepState is where a step stands.
type StepState int

// The states of a step.
const (
	StepToCome StepState = iota
	StepNow
	StepDone
	StepToReview
)

// word says the state aloud: the square is read by eye only.
func (s StepState) word() string {
	return [...]string{"à venir", "en cours", "faite", "à revoir"}[s]
}

// Step is one square of a Stepper.
type Step struct {
	Label, Detail string
	State         StepState
}

// Stepper shows the steps of a flow, 80 px high. With something to do on a
// choice it takes the keyboard: Left, Right, Home and End move, Enter and Space
// choose, and a tap does both. The underline stands below the step shown, which
// is the current one unless SetShown says otherwise.
type Stepper struct {
	focusBase
	steps    []Step
	shown    int // -1: the current step
	cursor   int
	moved    bool // the agent moved the cursor, it no longer follows the step shown
	onChoose func(i int)
}

// NewStepper returns the band of steps, numbered from 0; onChoose may be nil:
// the band is then only read.
func NewStepper(onChoose func(i int), steps ...Step) *Stepper {
	s := &Stepper{steps: steps, shown: -1, onChoose: onChoose}
	s.disabled = onChoose == nil
	s.cursor = max(0, s.under())
	s.init(s)
	return s
}

// Set replaces the steps; the keyboard stays on the step where it was.
func (s *Stepper) Set(steps ...Step) {
	s.steps = steps
	s.follow()
	s.Refresh()
}

// SetShown puts the underline below a step other than the current one; -1 gives it
// back to the current one.
func (s *Stepper) SetShown(i int) {
	s.shown, s.moved = i, false
	s.follow()
	s.Refresh()
}

// Cursor returns the step the keyboard is on.
func (s *Stepper) Cursor() int { return s.cursor }

// FocusLost forgets how far the agent went without choosing.
func (s *Stepper) FocusLost() {
	s.moved = false
	s.follow()
	s.focusBase.FocusLost()
}

func (s *Stepper) follow() {
	if u := s.under(); !s.moved && u >= 0 {
		s.cursor = u
	}
	s.cursor = min(max(s.cursor, 0), max(0, len(s.steps)-1))
}

// under is the step that is underlined, -1 if none.
func (s *Stepper) under() int {
	if s.shown >= 0 && s.shown < len(s.steps) {
		return s.shown
	}
	for i, st := range s.steps {
		if st.State == StepNow {
			return i
		}
	}
	return -1
}

func (s *Stepper) move(i int) {
	s.cursor, s.moved = min(max(i, 0), max(0, len(s.steps)-1)), true
	s.Refresh()
}

func (s *Stepper) choose(i int) {
	if i < 0 || i >= len(s.steps) || s.onChoose == nil {
		return
	}
	s.move(i)
	s.onChoose(i)
}

// TypedKey moves and chooses.
func (s *Stepper) TypedKey(ev *fyne.KeyEvent) {
	touch()
	switch ev.Name {
	case fyne.KeyLeft:
		s.move(s.cursor - 1)
	case fyne.KeyRight:
		s.move(s.cursor + 1)
	case fyne.KeyHome:
		s.move(0)
	case fyne.KeyEnd:
		s.move(len(s.steps) - 1)
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		s.choose(s.cursor)
	default:
		PassKey(s, ev)
	}
}

// Tapped chooses the step under the pointer.
func (s *Stepper) Tapped(ev *fyne.PointEvent) {
	if s.onChoose == nil {
		return
	}
	h, ok := s.g.hitAt(ev.Position) // before the focus opens another step
	focus(s)
	if ok {
		s.choose(h.Row)
	}
}

// AccessibilityLabel says every step and its state.
func (s *Stepper) AccessibilityLabel() string {
	out := ""
	for i, st := range s.steps {
		if i > 0 {
			out += " "
		}
		out += fmt.Sprintf("%d. %s, %s.", i+1, st.words(), st.State.word())
	}
	return out
}

// AccessibilityRole is that of a text: the toolkit has no word for steps.
func (s *Stepper) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// words is the step in one line, for who cannot see it whole.
func (st Step) words() string {
	if st.Detail == "" {
		return st.Label
	}
	return st.Label + ", " + st.Detail
}

// stepBox is the place of one step: the square begins 4 px further, the words
// after it, and the line leads to the next step.
type stepBox struct {
	x, w         float32 // square and words
	text         float32 // room for the words, 0: none
	lineX, lineW float32
}

// stepWords is how wide the words of a step want to be, in px; without all of
// it the label is whole and the detail cut.
type stepWords struct{ label, all float32 }

// The measures between the parts of a step, in px at any text size.
const (
	stepEdge  float32 = 16 // from the card's edge
	stepInset float32 = 4  // left of the square: the focus ring needs it
	stepAfter float32 = 12 // from the square to the words
	stepLine  float32 = 28 // the connecting line
	stepGap   float32 = 12 // on either side of it
	stepTight float32 = 20 // from one step to the next where room is scarce
)

// stepBoxes shares a card of that width between steps. Where all words fit, the
// steps are equally wide. Else each keeps its label, the open one its detail,
// and the other details are cut. Where not even the labels fit, the others are
// bare squares.
func stepBoxes(width, square float32, words []stepWords, open int) []stepBox {
	n := len(words)
	if n == 0 {
		return nil
	}
	before := stepInset + square + stepAfter
	each := (width - 2*stepEdge) / float32(n)
	out := make([]stepBox, n)
	fits := true
	for i, w := range words {
		out[i].text = each - before - stepLine - 2*stepGap
		fits = fits && w.all <= out[i].text
	}
	if !fits && !stepSqueeze(out, width-2*stepEdge-float32(n)*before-float32(n-1)*stepTight, words, open) {
		bare := square + 2*stepInset
		for i := range out {
			out[i] = stepBox{w: bare}
		}
		room := width - 2*stepEdge - float32(n)*bare - float32(n-1)*stepTight
		if open >= 0 && room >= stepAfter+words[open].label {
			out[open].text = min(room-stepAfter, words[open].all)
		}
	}
	left := width - 2*stepEdge
	for i := range out {
		if out[i].text > 0 {
			out[i].w = before + out[i].text
		}
		left -= out[i].w
	}
	gap := max(0, left) / float32(max(1, n-1)) // steps of their own widths spread over the card
	if fits {
		gap = min(stepLine+2*stepGap, gap)
	}
	x := stepEdge
	for i := range out {
		out[i].x = x
		if line := gap - 12; i < n-1 && line >= 8 {
			line = min(line, stepLine)
			out[i].lineX, out[i].lineW = x+out[i].w+(gap-line)/2, line
		}
		x += out[i].w + gap
	}
	return out
}

// stepSqueeze shares room between the words of the steps: labels first, then the
// detail of the open step, then the other details alike. False: no room for the
// labels.
func stepSqueeze(out []stepBox, room float32, words []stepWords, open int) bool {
	for i, w := range words {
		out[i].text = w.label
		room -= w.label
	}
	if room < 0 {
		return false
	}
	if open >= 0 {
		more := min(room, words[open].all-words[open].label)
		out[open].text += more
		room -= more
	}
	for wanting := len(words); wanting > 0 && room >= 1; {
		share := room / float32(wanting)
		wanting = 0
		for i, w := range words {
			more := min(share, w.all-out[i].text)
			out[i].text += more
			room -= more
			if out[i].text < w.all {
				wanting++
			}
		}
	}
	return true
}

func (s *Stepper) boxes(width float32) []stepBox {
	var words []stepWords
	for _, st := range s.steps {
		label := TextWidth(st.Label, CardTitle) + 1
		words = append(words, stepWords{label, max(label, TextWidth(st.Detail, Small)+1)})
	}
	open := s.under()
	if s.focused && len(words) > 0 {
		open = s.cursor
	}
	return stepBoxes(width, theme.Px(32), words, open)
}

func (s *Stepper) min() fyne.Size {
	n := float32(len(s.steps))
	return fyne.NewSize(2*stepEdge+n*(theme.Px(32)+2*stepInset+stepTight), theme.Px(80))
}

func (s *Stepper) paint(g *Gfx, size fyne.Size) {
	g.Rect(0, 0, size.Width, size.Height, Shape{Fill: theme.Blanc, Stroke: theme.Ardoise200, Radius: 6})
	boxes := s.boxes(size.Width)
	for i, b := range boxes {
		if i < len(boxes)-1 && b.lineW > 0 {
			g.HLine(b.lineX, float32(int(size.Height/2)), b.lineW, theme.Ardoise400)
		}
		s.one(g, i, b, size.Height)
	}
}

// look is how the square of a step is drawn.
func (st Step) look() (box Shape, ink theme.Token, icon string, label theme.Token) {
	switch st.State {
	case StepDone:
		return Shape{Fill: theme.SuccesClair, Stroke: theme.Succes, Radius: 4}, theme.Succes, "check", theme.Encre
	case StepToReview:
		return Shape{Fill: theme.AlerteClair, Stroke: theme.Alerte, Radius: 4}, theme.Alerte, "triangle-alert", theme.Encre
	case StepNow:
		return Shape{Fill: theme.Accent, Radius: 4}, theme.SurAccent, "", theme.Accent
	}
	return Shape{Fill: theme.Blanc, Stroke: theme.Ardoise400, Radius: 4}, theme.Ardoise600, "", theme.Encre
}

func (s *Stepper) one(g *Gfx, i int, b stepBox, h float32) {
	st := s.steps[i]
	box, ink, icon, label := st.look()
	sq := theme.Px(32)
	y := (h - sq) / 2
	g.Zone(b.x, 0, b.w, h, "step", i)
	if b.text == 0 {
		g.Tip(b.x, 0, b.w, h, st.words())
	}
	if i == s.under() {
		g.Rect(b.x, h-3, b.w, 3, Shape{Fill: theme.Accent})
	}
	g.Rect(b.x+stepInset, y, sq, sq, box)
	if icon != "" {
		ic := theme.Px(16)
		g.Icon(b.x+stepInset+(sq-ic)/2, y+(sq-ic)/2, ic, icon, ink)
	} else {
		g.Text(b.x+stepInset, y, sq, sq, fmt.Sprint(i+1), BodyBold.With(ink).Center())
	}
	tx := b.x + stepInset + sq + stepAfter
	title, detail := LineHeight(CardTitle), LineHeight(Small)
	switch {
	case b.text == 0:
	case st.Detail == "":
		g.Text(tx, y, b.text, sq, st.Label, CardTitle.With(label))
	default:
		ty := (h - title - detail) / 2
		g.Text(tx, ty, b.text, title, st.Label, CardTitle.With(label))
		g.Text(tx, ty+title, b.text, detail, st.Detail, Small)
	}
	if s.focused && i == s.cursor {
		g.Rect(b.x-4, 8, b.w+8, h-16, Shape{Stroke: theme.Accent, Width: 2, Radius: 6})
	}
}
