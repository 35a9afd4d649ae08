package widgets

import (
	"fyne.io/fyne/v2"

	"ardoise/ui/theme"
)

// Alert is a boxed sentence with an icon: information, success, warning, error.
type Alert struct {
	tipBase
	tone         Tone
	icon         string
	text, strong string
	detail       string
	action       *Button
}

// NewAlert returns an alert; strong (may be empty) is written in bold after text.
func NewAlert(tone Tone, text, strong string) *Alert {
	a := &Alert{tone: tone, text: text, strong: strong}
	a.init(a)
	return a
}

// Icon changes the icon of the tone. Returns the alert.
func (a *Alert) Icon(name string) *Alert { a.icon = name; return a }

// Detail adds a smaller text under the sentence. Returns the alert.
func (a *Alert) Detail(text string) *Alert { a.detail = text; return a }

// Action puts a flat button at the right. Returns the alert.
func (a *Alert) Action(label string, f func()) *Alert {
	a.action = NewButton(label, Flat, f).Compact()
	return a
}

// Set changes the tone and the sentence.
func (a *Alert) Set(tone Tone, text, strong string) {
	if a.tone != tone || a.text != text || a.strong != strong {
		a.tone, a.text, a.strong = tone, text, strong
		a.Refresh()
		relayout(a)
	}
}

// Text returns the sentence, with its bold end.
func (a *Alert) Text() string { return a.text + a.strong }

func (a *Alert) iconName() string {
	if a.icon != "" {
		return a.icon
	}
	switch a.tone {
	case Success:
		return "circle-check"
	case Warning:
		return "triangle-alert"
	case Failure:
		return "circle-alert"
	}
	return "info"
}

func (a *Alert) textWidth(w float32) float32 {
	w -= 12 + theme.Px(16) + 8 + 12
	if a.action != nil {
		w -= a.action.MinSize().Width + 8
	}
	return w
}

func (a *Alert) lines(w float32) []string {
	if a.strong != "" || w < 60 {
		return []string{a.text}
	}
	return Wrap(a.text, Body, a.textWidth(w))
}

func (a *Alert) details(w float32) []string {
	if a.detail == "" {
		return nil
	}
	if w < 60 {
		return []string{a.detail}
	}
	return Wrap(a.detail, Small, a.textWidth(w))
}

func (a *Alert) min() fyne.Size {
	w := a.Size().Width
	h := float32(len(a.lines(w)))*LineHeight(Body) + float32(len(a.details(w)))*LineHeight(Small) + theme.Px(16)
	return fyne.NewSize(160, max(theme.Px(36), h))
}

func (a *Alert) paint(g *Gfx, size fyne.Size) {
	fill, ink, line := a.tone.Colours()
	g.Rect(0, 0, size.Width, size.Height, Shape{Fill: fill, Stroke: line, Radius: 4})
	lines, details := a.lines(size.Width), a.details(size.Width)
	block := float32(len(lines))*LineHeight(Body) + float32(len(details))*LineHeight(Small)
	y := (size.Height - block) / 2
	ic := theme.Px(16)
	g.Icon(12, y+(LineHeight(Body)-ic)/2, ic, a.iconName(), ink)
	x := 12 + ic + 8
	room := a.textWidth(size.Width)
	for _, l := range lines {
		w := g.Text(x, y, room, LineHeight(Body), l, Body)
		if a.strong != "" {
			g.Text(x+w, y, room-w, LineHeight(Body), a.strong, BodyBold)
		}
		y += LineHeight(Body)
	}
	for _, l := range details {
		g.Text(x, y, room, LineHeight(Small), l, Small)
		y += LineHeight(Small)
	}
	if a.action != nil {
		m := a.action.MinSize()
		g.Child(a.action, size.Width-m.Width-8, (size.Height-m.Height)/2, m.Width, m.Height)
	}
}

// Toast is the dark strip at the bottom right: what was done, and its undo. The
// shell shows it for 6 s and takes it away.
type Toast struct {
	tipBase
	icon, text string
	undo       *Button
}

// NewToast returns a 48 px toast; undo may be nil.
func NewToast(icon, text string, undo func()) *Toast {
	t := &Toast{icon: icon, text: text}
	if icon == "" {
		t.icon = "check"
	}
	if undo != nil {
		t.undo = NewButton("Annuler", Flat, undo)
		t.undo.kind = toastAction
		t.undo.KeyHint("Ctrl+Z")
	}
	t.init(t)
	return t
}

// Text returns the sentence.
func (t *Toast) Text() string { return t.text }

// Undo presses the undo button, if there is one.
func (t *Toast) Undo() {
	if t.undo != nil {
		t.undo.Press()
	}
}

func (t *Toast) min() fyne.Size {
	w := 16 + theme.Px(16) + 10 + TextWidth(t.text, Body) + 24
	if t.undo != nil {
		w += t.undo.MinSize().Width
	}
	return fyne.NewSize(min(max(w, theme.Wide(240)), theme.Wide(560)), theme.Px(48))
}

func (t *Toast) paint(g *Gfx, size fyne.Size) {
	g.Rect(0, 0, size.Width, size.Height, Shape{Fill: theme.Ardoise900, Stroke: theme.Ardoise700, Radius: 4})
	ic := theme.Px(16)
	g.Icon(16, (size.Height-ic)/2, ic, t.icon, theme.SurArdoise)
	x := 16 + ic + 10
	right := size.Width - 12
	if t.undo != nil {
		m := t.undo.MinSize()
		right -= m.Width
		g.Child(t.undo, right, (size.Height-m.Height)/2, m.Width, m.Height)
		right -= 8
	}
	g.Text(x, 0, right-x, size.Height, t.text, Body.With(theme.SurArdoise))
}

// EmptyState says why there is nothing, and offers one action.
type EmptyState struct {
	tipBase
	icon, title, text string
	ink               theme.Token
	action            *Button
}

// NewEmptyState returns the block; action may be nil.
func NewEmptyState(icon, title, text string, action *Button) *EmptyState {
	e := &EmptyState{icon: icon, title: title, text: text, action: action, ink: theme.Ardoise600}
	e.init(e)
	return e
}

// Set changes what is said and offered; action may be nil.
func (e *EmptyState) Set(icon, title, text string, action *Button) {
	e.icon, e.title, e.text, e.action = icon, title, text, action
	e.Refresh()
}

// Title returns the bold sentence.
func (e *EmptyState) Title() string { return e.title }

func (e *EmptyState) lines(w float32) []string {
	if e.text == "" {
		return nil
	}
	return Wrap(e.text, Small, min(max(w-32, 160), theme.Wide(280)))
}

func (e *EmptyState) height(w float32) float32 {
	h := theme.Px(24) + 8
	if e.title != "" {
		h += LineHeight(Body)
	}
	h += float32(len(e.lines(w))) * LineHeight(Small)
	if e.action != nil {
		h += 8 + e.action.MinSize().Height
	}
	return h
}

func (e *EmptyState) min() fyne.Size { return fyne.NewSize(160, e.height(e.Size().Width)+32) }

func (e *EmptyState) paint(g *Gfx, size fyne.Size) {
	ic := theme.Px(24)
	y := max(8, (size.Height-e.height(size.Width))/2)
	g.Icon((size.Width-ic)/2, y, ic, e.icon, e.ink)
	y += ic + 8
	if e.title != "" {
		g.Text(8, y, size.Width-16, LineHeight(Body), e.title, BodyBold.Center())
		y += LineHeight(Body)
	}
	for _, l := range e.lines(size.Width) {
		g.Text(8, y, size.Width-16, LineHeight(Small), l, Small.Center())
		y += LineHeight(Small)
	}
	if e.action != nil {
		m := e.action.MinSize()
		g.Child(e.action, (size.Width-m.Width)/2, y+8, m.Width, m.Height)
	}
}
