package widgets

import (
	"fmt"
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"ardoise/ui/theme"
)

// ProgressBar is a thin bar, 8 px high, 12 in a card of its own.
type ProgressBar struct {
	base
	done, total int
	height      float32
}

// NewProgressBar returns an empty bar.
func NewProgressBar() *ProgressBar {
	p := &ProgressBar{height: 8}
	p.init(p)
	return p
}

// Set shows done out of total.
func (p *ProgressBar) Set(done, total int) {
	if p.done != done || p.total != total {
		p.done, p.total = done, total
		p.Refresh()
	}
}

func (p *ProgressBar) min() fyne.Size { return fyne.NewSize(80, theme.Px(p.height)) }

func (p *ProgressBar) paint(g *Gfx, size fyne.Size) {
	h := theme.Px(p.height)
	y := (size.Height - h) / 2
	g.Rect(0, y, size.Width, h, Shape{Fill: theme.Ardoise100, Radius: 2})
	if p.total > 0 && p.done > 0 {
		g.Rect(0, y, size.Width*float32(min(p.done, p.total))/float32(p.total), h, Shape{Fill: theme.Accent, Radius: 2})
	}
}

// ProgressDialog shows long work and a way to cancel it. It closes by Close.
type ProgressDialog struct {
	*Dialog
	bar    *ProgressBar
	what   *Label
	count  *Label
	cancel func()
	asked  bool
}

// NewProgressDialog returns the dialog; cancel is called once, by Escape or the
// button, and the dialog stays until Close says the work has stopped.
func NewProgressDialog(title string, cancel func()) *ProgressDialog {
	p := &ProgressDialog{bar: NewProgressBar(), what: NewLabel("Préparation…", Body), count: NewLabel("", BodyBold.Right()), cancel: cancel}
	content := VBox(8, HFlex(8, []float32{1, -96}, p.what, p.count), p.bar)
	p.Dialog = NewDialog(title, "", content, "", Secondary, nil)
	p.Dialog.CancelWord = "Interrompre"
	p.Dialog.escape = p.Cancel
	return p
}

// Report shows how far the work is.
func (p *ProgressDialog) Report(done, total int, what string) {
	p.bar.Set(done, total)
	if what != "" && !p.asked {
		p.what.Set(what)
	}
	if total > 0 {
		p.count.Set(fmt.Sprintf("%d / %d", done, total))
	}
}

// Cancel asks the work to stop.
func (p *ProgressDialog) Cancel() {
	if p.asked {
		return
	}
	p.asked = true
	p.what.Set("Interruption en cours…")
	if p.cancel != nil {
		p.cancel()
	}
}

// Asked reports whether the agent asked to stop.
func (p *ProgressDialog) Asked() bool { return p.asked }

// ImagePreview shows an image that zooms with +, – and the buttons, and scrolls.
type ImagePreview struct {
	focusBase
	img    *canvas.Image
	scroll *container.Scroll
	holder *fyne.Container
	zoom   int // percent of the width; 100 fits
	ratio  float32
}

// NewImagePreview returns an empty preview on a grey ground.
func NewImagePreview() *ImagePreview {
	p := &ImagePreview{zoom: 100}
	p.img = canvas.NewImageFromImage(nil)
	p.img.FillMode = canvas.ImageFillContain
	p.holder = container.New(&zoomed{p}, p.img)
	p.scroll = container.NewScroll(p.holder)
	p.init(p)
	return p
}

// SetImage shows an image, or nothing.
func (p *ImagePreview) SetImage(m image.Image) {
	p.img.Image = m
	p.ratio = 0
	if m != nil && m.Bounds().Dx() > 0 {
		p.ratio = float32(m.Bounds().Dy()) / float32(m.Bounds().Dx())
	}
	p.zoom = 100
	p.img.Refresh()
	p.Refresh()
}

// Zoom makes the image larger (+1) or smaller (-1) by a quarter; 100 % fits the width.
func (p *ImagePreview) Zoom(step int) {
	p.zoom = min(max(p.zoom+25*step, 50), 400)
	p.Refresh()
}

// Percent tells the zoom.
func (p *ImagePreview) Percent() int { return p.zoom }

// TypedRune zooms on + and -.
func (p *ImagePreview) TypedRune(r rune) {
	switch r {
	case '+':
		p.Zoom(1)
	case '-':
		p.Zoom(-1)
	}
}

// TypedKey scrolls with the arrows and pages.
func (p *ImagePreview) TypedKey(ev *fyne.KeyEvent) {
	touch()
	step := fyne.NewPos(0, 0)
	switch ev.Name {
	case fyne.KeyUp:
		step.Y = -40
	case fyne.KeyDown:
		step.Y = 40
	case fyne.KeyLeft:
		step.X = -40
	case fyne.KeyRight:
		step.X = 40
	case fyne.KeyPageUp:
		step.Y = -p.Size().Height * 0.9
	case fyne.KeyPageDown:
		step.Y = p.Size().Height * 0.9
	default:
		PassKey(p, ev)
		return
	}
	p.scroll.ScrollToOffset(p.scroll.Offset.Add(step))
}

// Tapped takes the keyboard.
func (p *ImagePreview) Tapped(*fyne.PointEvent) { focus(p) }

func (p *ImagePreview) min() fyne.Size { return fyne.NewSize(160, 160) }

func (p *ImagePreview) paint(g *Gfx, size fyne.Size) {
	g.Rect(0, 0, size.Width, size.Height, Shape{Fill: theme.Ardoise100})
	g.Child(p.scroll, 0, 0, size.Width, size.Height)
	p.holder.Refresh()
	p.scroll.Refresh()
	if p.focused {
		g.Rect(0, 0, size.Width, size.Height, Shape{Stroke: theme.Accent, Width: 2, Radius: 2})
	}
}

// zoomed sizes the image by the preview's width and zoom.
type zoomed struct{ p *ImagePreview }

func (z *zoomed) size() fyne.Size {
	w := max(0, (z.p.Size().Width-32)*float32(z.p.zoom)/100)
	return fyne.NewSize(w, w*z.p.ratio)
}

func (z *zoomed) MinSize([]fyne.CanvasObject) fyne.Size { return z.size().AddWidthHeight(30, 32) } // 2 px to spare: no bar at 100 %

func (z *zoomed) Layout(objs []fyne.CanvasObject, size fyne.Size) {
	s := z.size()
	objs[0].Resize(s)
	objs[0].Move(fyne.NewPos(max(16, (size.Width-s.Width)/2), 16))
}

// Bar is one bar of a chart.
type Bar struct {
	Label  string
	Value  int
	Strong bool // today: accent
	Hollow bool // planned: outline only
}

// BarGroup is a group of bars under one caption.
type BarGroup struct {
	Caption string
	Bars    []Bar
}

// BarChart draws groups of bars; its axis starts from zero.
type BarChart struct {
	tipBase
	groups []BarGroup
	legend [3]string
}

// NewBarChart returns a chart; the three words name plain, strong and hollow bars.
func NewBarChart(plain, strong, hollow string) *BarChart {
	b := &BarChart{legend: [3]string{plain, strong, hollow}}
	b.init(b)
	return b
}

// Set replaces the bars.
func (b *BarChart) Set(groups []BarGroup) { b.groups = groups; b.Refresh() }

func (b *BarChart) min() fyne.Size { return fyne.NewSize(320, theme.Px(200)) }

func (b *BarChart) paint(g *Gfx, size fyne.Size) {
	largest, count := 0, 0
	for _, gr := range b.groups {
		for _, bar := range gr.Bars {
			largest = max(largest, bar.Value)
			count++
		}
	}
	if count == 0 {
		return
	}
	step, top := axis(largest)
	left := TextWidth(fmt.Sprint(top), Small) + 12
	foot := theme.Px(24)*2 + theme.Px(32)
	plot := size.Height - foot - theme.Px(8)
	y0 := theme.Px(8) + plot
	for v := 0; v <= top; v += step {
		y := y0 - plot*float32(v)/float32(top)
		ink := theme.Ardoise100
		if v == 0 {
			ink = theme.Ardoise400
		}
		g.HLine(left, y, size.Width-left, ink)
		g.Text(0, y-theme.Px(8), left-8, theme.Px(16), fmt.Sprint(v), Small.Right())
	}
	gap := float32(12)
	w := (size.Width - left - gap*float32(len(b.groups))) / float32(count)
	x := left + gap/2
	for _, gr := range b.groups {
		gw := w * float32(len(gr.Bars))
		for _, bar := range gr.Bars {
			b.bar(g, bar, x, y0, w, plot*float32(bar.Value)/float32(top))
			x += w
		}
		g.Text(x-gw, y0+theme.Px(24), gw, theme.Px(20), gr.Caption, Small.Center())
		x += gap
	}
	b.paintLegend(g, left, size.Height-theme.Px(20), size.Width)
}

func (b *BarChart) bar(g *Gfx, bar Bar, x, y0, w, h float32) {
	look, ink, st := Shape{Fill: theme.Ardoise500}, theme.Blanc, Small
	switch {
	case bar.Hollow:
		look, ink = Shape{Fill: theme.Blanc, Stroke: theme.Ardoise500}, theme.Ardoise600
	case bar.Strong:
		look = Shape{Fill: theme.Accent}
		st = SmallBold.With(theme.Accent)
	}
	if bar.Strong {
		ink = theme.SurAccent
	}
	g.Rect(x+1.5, y0-h, w-3, h, look)
	value := fmt.Sprint(bar.Value)
	lh := LineHeight(Small)
	if TextWidth(value, Small) > w-2 {
		g.Tip(x, y0-h, w, h, bar.Label+" : "+value)
	} else if h >= lh+6 {
		g.Text(x, y0-h+3, w, lh, value, Small.With(ink).Center())
	} else {
		g.Text(x, y0-h-lh, w, lh, value, Small.Center())
	}
	g.Text(x, y0+theme.Px(4), w, theme.Px(18), bar.Label, st.Center())
}

func (b *BarChart) paintLegend(g *Gfx, x, y, w float32) {
	looks := [3]Shape{{Fill: theme.Ardoise500, Radius: 2}, {Fill: theme.Accent, Radius: 2}, {Fill: theme.Blanc, Stroke: theme.Ardoise500, Radius: 2}}
	sq := theme.Px(12)
	for i, word := range b.legend {
		if word == "" || x+sq+6+TextWidth(word, Small) > w {
			continue
		}
		g.Rect(x, y+theme.Px(2), sq, sq, looks[i])
		x += sq + 6
		x += g.Text(x, y, TextWidth(word, Small)+1, theme.Px(16), word, Small) + 20
	}
}
