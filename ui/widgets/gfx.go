package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"ardoise/ui/theme"
	"ardoise/ui/words"
)

// Gfx is the pencil every widget of this room draws with. A widget paints
// itself from top to bottom each time it is refreshed; Gfx keeps the canvas
// objects between two paintings and touches only those that changed, so a key
// that changes two cells of a grid repaints two cells. Measures are px at scale
// 1, positions are relative to the widget.
type Gfx struct {
	objs []fyne.CanvasObject
	n    int
	tips []tipZone
	hits []Hit
}

// Hit is a zone of a painted widget with the name its painter gave it.
type Hit struct {
	X, Y, W, H float32
	ID         string
	Row        int
}

func (h Hit) has(p fyne.Position) bool {
	return p.X >= h.X && p.X < h.X+h.W && p.Y >= h.Y && p.Y < h.Y+h.H
}

type tipZone struct {
	x, y, w, h float32
	text       string
}

// Shape is the style of a rectangle. Width is the stroke width.
type Shape struct {
	Fill, Stroke  theme.Token
	Width, Radius float32
	Shadow        bool // dialogs only
}

// Style is the style of a text. Size is before the agent's scale; Ink defaults to Encre.
type Style struct {
	Size  float32
	Bold  bool
	Ink   theme.Token
	Align fyne.TextAlign
}

// Shorthands for the commonest texts.
var (
	Body      = Style{Size: theme.Body}
	BodyBold  = Style{Size: theme.Body, Bold: true}
	Small     = Style{Size: theme.Small, Ink: theme.Ardoise600}
	SmallBold = Style{Size: theme.Small, Bold: true, Ink: theme.Ardoise600}
	CardTitle = Style{Size: theme.Card, Bold: true}
	Heading   = Style{Size: theme.Panel, Bold: true}
	Title     = Style{Size: theme.Page, Bold: true}
	Total     = Style{Size: theme.Total, Bold: true}
	Hero      = Style{Size: theme.Hero, Bold: true}
)

// With returns the style in another colour.
func (s Style) With(ink theme.Token) Style { s.Ink = ink; return s }

// Right returns the style right-aligned (figures).
func (s Style) Right() Style { s.Align = fyne.TextAlignTrailing; return s }

// Center returns the style centred.
func (s Style) Center() Style { s.Align = fyne.TextAlignCenter; return s }

func (s Style) ink() theme.Token {
	if s.Ink == theme.None {
		return theme.Encre
	}
	return s.Ink
}

// TextWidth measures a text in a style, in px at the agent's scale.
func TextWidth(text string, s Style) float32 {
	return fyne.MeasureText(words.Say(text), theme.Text(s.Size), fyne.TextStyle{Bold: s.Bold}).Width
}

// LineHeight is the height one line of that style takes, at the agent's scale.
func LineHeight(s Style) float32 {
	switch {
	case s.Size <= theme.Small:
		return theme.Px(16)
	case s.Size <= theme.Card:
		return theme.Px(20)
	}
	return theme.Px(s.Size * 1.3)
}

func (g *Gfx) begin() {
	g.n = 0
	g.tips = g.tips[:0]
	g.hits = g.hits[:0]
}

func (g *Gfx) end() {
	for _, o := range g.objs[g.n:] {
		if o.Visible() {
			o.Hide()
		}
	}
}

// place puts obj in the next slot of the drawing order.
func (g *Gfx) place(o fyne.CanvasObject, x, y, w, h float32) {
	if g.n == len(g.objs) {
		g.objs = append(g.objs, o)
	} else {
		g.objs[g.n] = o
	}
	g.n++
	g.set(o, x, y, w, h)
}

func (g *Gfx) set(o fyne.CanvasObject, x, y, w, h float32) {
	if p := fyne.NewPos(x, y); o.Position() != p {
		o.Move(p)
	}
	if s := fyne.NewSize(w, h); o.Size() != s {
		o.Resize(s)
	}
	if !o.Visible() {
		o.Show()
	}
}

// Rect draws a rectangle; a stroke lies inside the given bounds.
func (g *Gfx) Rect(x, y, w, h float32, s Shape) {
	if w, h = max(0, w), max(0, h); w < 3 || h < 3 {
		s.Stroke = theme.None // no room for a frame: the painter cannot draw one inside out
	}
	fill, stroke := theme.Of(s.Fill), theme.Of(s.Stroke)
	width := s.Width
	if s.Stroke == theme.None {
		width = 0
	} else if width == 0 {
		width = 1
	}
	if s.Fill == theme.None && width > 0 {
		fill = hollow(stroke)
	}
	if g.n < len(g.objs) {
		if r, ok := g.objs[g.n].(*canvas.Rectangle); ok {
			if r.FillColor != fill || r.StrokeColor != stroke || r.StrokeWidth != width || r.CornerRadius != s.Radius || (r.Shadow.Color != nil) != s.Shadow {
				r.FillColor, r.StrokeColor, r.StrokeWidth, r.CornerRadius = fill, stroke, width, s.Radius
				shade(r, s.Shadow)
				r.Refresh()
			}
			g.n++
			g.set(r, x, y, w, h)
			return
		}
	}
	r := canvas.NewRectangle(fill)
	r.StrokeColor, r.StrokeWidth, r.CornerRadius = stroke, width, s.Radius
	shade(r, s.Shadow)
	g.place(r, x, y, w, h)
}

// hollow is an all but invisible fill for outlines: the window's painter blends
// the inner edge of a stroke with the fill, and transparent black would leave a
// grey line there.
func hollow(stroke color.Color) color.Color {
	c := color.NRGBAModel.Convert(stroke).(color.NRGBA)
	c.A = 1
	return c
}

func shade(r *canvas.Rectangle, on bool) {
	r.Shadow = canvas.Shadow{}
	if on {
		r.Shadow = canvas.Shadow{Color: theme.Of(theme.Ombre), BlurRadius: 24, Offset: fyne.NewPos(0, -8), Variant: canvas.DropShadow}
	}
}

// HLine and VLine draw 1 px lines.
func (g *Gfx) HLine(x, y, w float32, ink theme.Token) { g.Rect(x, y, w, 1, Shape{Fill: ink}) }

// VLine draws a vertical 1 px line.
func (g *Gfx) VLine(x, y, h float32, ink theme.Token) { g.Rect(x, y, 1, h, Shape{Fill: ink}) }

// Text draws one line, vertically centred in the box, cut with … where it does
// not fit; the whole text is then a tooltip. It returns the width drawn.
func (g *Gfx) Text(x, y, w, h float32, text string, s Style) float32 {
	text = words.Say(text)
	shown := text
	tw := TextWidth(text, s)
	if tw > w+0.5 {
		shown = Truncate(text, s, w)
		if w > 0 && text != "" {
			g.tips = append(g.tips, tipZone{x, y, w, h, text})
		}
		tw = min(w, TextWidth(shown, s))
	}
	size, style, ink := theme.Text(s.Size), fyne.TextStyle{Bold: s.Bold}, theme.Of(s.ink())
	g.text(x, y, w, h, shown, size, style, s.Align, ink)
	return tw
}

func (g *Gfx) text(x, y, w, h float32, shown string, size float32, style fyne.TextStyle, align fyne.TextAlign, ink color.Color) {
	lh := fyne.MeasureText("Ég", size, style).Height
	y += (h - lh) / 2
	if g.n < len(g.objs) {
		if t, ok := g.objs[g.n].(*canvas.Text); ok {
			if t.Text != shown || t.Color != ink || t.TextSize != size || t.TextStyle != style || t.Alignment != align {
				t.Text, t.Color, t.TextSize, t.TextStyle, t.Alignment = shown, ink, size, style, align
				t.Refresh()
			}
			g.n++
			g.set(t, x, y, w, lh)
			return
		}
	}
	t := canvas.NewText(shown, ink)
	t.TextSize, t.TextStyle, t.Alignment = size, style, align
	g.place(t, x, y, w, lh)
}

// Paragraph draws a text wrapped at w and returns the height used.
func (g *Gfx) Paragraph(x, y, w float32, text string, s Style) float32 {
	lh := LineHeight(s)
	for i, line := range Wrap(text, s, w) {
		g.Text(x, y+float32(i)*lh, w, lh, line, s)
	}
	return float32(len(Wrap(text, s, w))) * lh
}

// Icon draws a square icon in a colour, size at the agent's scale already.
func (g *Gfx) Icon(x, y, size float32, name string, ink theme.Token) {
	g.image(x, y, size, size, theme.Icon(name, ink))
}

// Logo draws the coloured logo.
func (g *Gfx) Logo(x, y, size float32) { g.image(x, y, size, size, logo) }

var logo = theme.Logo()

func (g *Gfx) image(x, y, w, h float32, res fyne.Resource) {
	if g.n < len(g.objs) {
		if im, ok := g.objs[g.n].(*canvas.Image); ok {
			if im.Resource == nil || im.Resource.Name() != res.Name() {
				im.Resource = res
				im.Refresh()
			}
			g.n++
			g.set(im, x, y, w, h)
			return
		}
	}
	im := canvas.NewImageFromResource(res)
	im.FillMode = canvas.ImageFillContain
	im.ScaleMode = canvas.ImageScaleSmooth
	g.place(im, x, y, w, h)
}

// Child places a real widget (an entry, a button) inside the painting.
func (g *Gfx) Child(o fyne.CanvasObject, x, y, w, h float32) {
	for i := g.n; i < len(g.objs); i++ { // keep the object's slot if it has one
		if g.objs[i] == o {
			if i != g.n {
				g.objs[i], g.objs[g.n] = g.objs[g.n], o
			}
			break
		}
	}
	g.place(o, x, y, w, h)
}

// Zone names a part of the painting so that a tap on it can be recognised.
func (g *Gfx) Zone(x, y, w, h float32, id string, row int) {
	g.hits = append(g.hits, Hit{x, y, w, h, id, row})
}

// Tip gives a part of the painting a tooltip.
func (g *Gfx) Tip(x, y, w, h float32, text string) {
	if text != "" {
		g.tips = append(g.tips, tipZone{x, y, w, h, text})
	}
}

// FocusRing draws the 2 px ring around a box, 2 px away from it.
func (g *Gfx) FocusRing(x, y, w, h, radius float32, ink theme.Token) {
	g.Rect(x-4, y-4, w+8, h+8, Shape{Stroke: ink, Width: 2, Radius: radius + 4})
}

func (g *Gfx) hitAt(p fyne.Position) (Hit, bool) {
	for i := len(g.hits) - 1; i >= 0; i-- {
		if g.hits[i].has(p) {
			return g.hits[i], true
		}
	}
	return Hit{}, false
}

func (g *Gfx) tipAt(p fyne.Position) string {
	for i := len(g.tips) - 1; i >= 0; i-- {
		z := g.tips[i]
		if p.X >= z.x && p.X < z.x+z.w && p.Y >= z.y && p.Y < z.y+z.h {
			return z.text
		}
	}
	return ""
}
