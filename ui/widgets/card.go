package widgets

import (
	"fyne.io/fyne/v2"

	"ardoise/ui/theme"
)

// Panel is a white card with a thin border. With a title it has a 48 px header
// where objects can stand at the right; without, it is a plain frame.
type Panel struct {
	tipBase
	title, icon, sub string
	right            []fyne.CanvasObject
	content          fyne.CanvasObject
	footer           fyne.CanvasObject
	padX, padY       float32
	line             bool // 1 px under the header
	slate            bool
	fill             theme.Token
	stroke           theme.Token
	strokeWidth      float32
}

// NewPanel returns a card with a header of 48 px. Content is inset by 16; use
// Flush for lists and tables that draw to the edges.
func NewPanel(title string, content fyne.CanvasObject) *Panel {
	p := &Panel{title: title, content: content, padX: 16, padY: 16}
	p.init(p)
	return p
}

// Icon puts an icon before the title. Returns the panel.
func (p *Panel) Icon(name string) *Panel { p.icon = name; return p }

// Sub writes a muted text after the title. Returns the panel.
func (p *Panel) Sub(text string) *Panel { p.sub = text; return p }

// Right puts objects at the right of the header, left to right. Returns the panel.
func (p *Panel) Right(objs ...fyne.CanvasObject) *Panel { p.right = objs; return p }

// Footer puts an object at the foot, under a line. Returns the panel.
func (p *Panel) Footer(o fyne.CanvasObject) *Panel { p.footer = o; return p }

// Flush removes the content's inset (1 px is kept for the border). Returns the panel.
func (p *Panel) Flush() *Panel { p.padX, p.padY = 1, 1; return p }

// Pad sets the content's inset. Returns the panel.
func (p *Panel) Pad(x, y float32) *Panel { p.padX, p.padY = x, y; return p }

// Line draws a line under the header. Returns the panel.
func (p *Panel) Line() *Panel { p.line = true; return p }

// Slate gives the dark look of the countdown card. Returns the panel.
func (p *Panel) Slate() *Panel { p.slate = true; return p }

// Border changes the frame (2 px red of an allergy on the menu). Returns the panel.
func (p *Panel) Border(ink theme.Token, width float32) *Panel {
	p.stroke, p.strokeWidth = ink, width
	return p
}

// Fill changes the background. Returns the panel.
func (p *Panel) Fill(tok theme.Token) *Panel { p.fill = tok; return p }

// SetTitle changes the title.
func (p *Panel) SetTitle(t string) {
	if p.title != t {
		p.title = t
		p.Refresh()
	}
}

// SetSub changes the muted text.
func (p *Panel) SetSub(t string) {
	if p.sub != t {
		p.sub = t
		p.Refresh()
	}
}

// SetContent replaces the content.
func (p *Panel) SetContent(o fyne.CanvasObject) { p.content = o; p.Refresh(); relayout(p) }

// SetRight replaces the header's objects.
func (p *Panel) SetRight(objs ...fyne.CanvasObject) { p.right = objs; p.Refresh() }

func (p *Panel) header() float32 {
	if p.title == "" && len(p.right) == 0 {
		return 0
	}
	return theme.Px(48)
}

func (p *Panel) top() float32 {
	h := p.header()
	if h == 0 {
		return p.padY
	}
	if p.line && p.padY > 1 {
		return h + p.padY
	}
	return h
}

func (p *Panel) min() fyne.Size {
	var s fyne.Size
	if p.content != nil {
		s = p.content.MinSize()
	}
	w := s.Width + 2*p.padX
	if p.header() > 0 {
		hw := TextWidth(p.title, Heading) + 32
		for _, o := range p.right {
			hw += o.MinSize().Width + 8
		}
		w = max(w, min(hw, 240))
	}
	h := p.top() + s.Height + p.padY
	if p.footer != nil {
		f := p.footer.MinSize()
		w, h = max(w, f.Width+32), h+f.Height+25
	}
	return fyne.NewSize(w, h)
}

func (p *Panel) paint(g *Gfx, size fyne.Size) {
	frame := Shape{Fill: theme.Blanc, Stroke: theme.Ardoise200, Radius: 6}
	ink, muted := theme.Encre, theme.Ardoise600
	if p.slate {
		frame = Shape{Fill: theme.Ardoise900, Stroke: theme.Craie, Width: 2, Radius: 6}
		ink, muted = theme.SurArdoise, theme.SurArdoise2
	}
	if p.fill != theme.None {
		frame.Fill = p.fill
	}
	if p.stroke != theme.None {
		frame.Stroke, frame.Width = p.stroke, p.strokeWidth
	}
	g.Rect(0, 0, size.Width, size.Height, frame)
	if h := p.header(); h > 0 {
		p.paintHeader(g, size.Width, h, ink, muted)
	}
	bottom := size.Height - p.padY
	if p.footer != nil {
		f := p.footer.MinSize()
		bottom = size.Height - f.Height - 24
		g.HLine(1, bottom, size.Width-2, theme.Ardoise200)
		g.Child(p.footer, 16, bottom+12, size.Width-32, f.Height)
	}
	if p.content != nil {
		g.Child(p.content, p.padX, p.top(), max(0, size.Width-2*p.padX), max(0, bottom-p.top()))
	}
}

func (p *Panel) paintHeader(g *Gfx, w, h float32, ink, muted theme.Token) {
	right := w - 16
	for i := len(p.right) - 1; i >= 0; i-- {
		if !p.right[i].Visible() {
			continue
		}
		m := p.right[i].MinSize()
		right -= m.Width
		g.Child(p.right[i], right, (h-m.Height)/2, m.Width, m.Height)
		right -= 8
	}
	x := float32(16)
	if p.icon != "" {
		ic := theme.Px(16)
		g.Icon(x, (h-ic)/2, ic, p.icon, muted)
		x += ic + 8
	}
	st := Style{Size: theme.Card, Bold: true, Ink: ink}
	x += g.Text(x, 0, max(0, right-x), h, p.title, st) + 8
	if p.sub != "" {
		g.Text(x, 1, max(0, right-x), h, p.sub, Body.With(muted))
	}
	if p.line {
		g.HLine(1, h, w-2, theme.Ardoise200)
	}
}

// Painting is a widget drawn by a function: for the few places no part fits
// (hero figures, basket lines). Min gives its smallest size.
type Painting struct {
	tipBase
	Min   func() fyne.Size
	Paint func(g *Gfx, size fyne.Size)
}

// NewPainting returns a painted area that is not focusable.
func NewPainting(minW, minH float32, paint func(g *Gfx, size fyne.Size)) *Painting {
	p := &Painting{Min: func() fyne.Size { return fyne.NewSize(theme.Wide(minW), theme.Px(minH)) }, Paint: paint}
	p.init(p)
	return p
}

// Wide computes the smallest width when it depends on the text size. Returns the area.
func (p *Painting) Wide(w func() float32) *Painting {
	h := p.Min().Height
	p.Min = func() fyne.Size { return fyne.NewSize(w(), h) }
	return p
}

func (p *Painting) min() fyne.Size               { return p.Min() }
func (p *Painting) paint(g *Gfx, size fyne.Size) { p.Paint(g, size) }

// Pressable is a painted area that presses like a button: the cards of the
// home page, the place switcher. It draws its own focus ring.
type Pressable struct {
	focusBase
	minSize fyne.Size
	radius  float32
	ring    theme.Token
	onPress func()
	draw    func(g *Gfx, size fyne.Size, hovered bool)
}

// NewPressable returns a pressable area with a minimum size in px.
func NewPressable(minW, minH float32, onPress func(), draw func(g *Gfx, size fyne.Size, hovered bool)) *Pressable {
	p := &Pressable{minSize: fyne.NewSize(minW, minH), radius: 6, ring: theme.Accent, onPress: onPress, draw: draw}
	p.init(p)
	return p
}

// OnSlate draws the ring in chalk. Returns the area.
func (p *Pressable) OnSlate() *Pressable { p.ring = theme.FocusArdoise; return p }

// Press does what a tap does.
func (p *Pressable) Press() {
	if !p.disabled && p.onPress != nil {
		p.onPress()
	}
}

// Tapped takes the focus and presses.
func (p *Pressable) Tapped(*fyne.PointEvent) { focus(p); p.Press() }

// TypedKey presses on Enter and Space.
func (p *Pressable) TypedKey(ev *fyne.KeyEvent) {
	touch()
	switch ev.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		p.Press()
	default:
		PassKey(p, ev)
	}
}

func (p *Pressable) min() fyne.Size {
	return fyne.NewSize(theme.Wide(p.minSize.Width), theme.Px(p.minSize.Height))
}

func (p *Pressable) paint(g *Gfx, size fyne.Size) {
	p.draw(g, size, p.hovered)
	if p.focused {
		g.Rect(0, 0, size.Width, size.Height, Shape{Stroke: p.ring, Width: 2, Radius: p.radius})
	}
}
