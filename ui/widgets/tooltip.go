package widgets

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ardoise/ui/theme"
)

// tipDelay is how long the pointer rests before a tooltip shows.
const tipDelay = 400 * time.Millisecond

// TipLayer is the sheet of glass tooltips are drawn on. The shell and every
// dialog put one on top of what they show.
type TipLayer struct {
	Box    *fyne.Container
	canvas fyne.Canvas
	bubble *bubble
	wait   *fyne.Animation
}

var tipLayers = map[fyne.Canvas][]*TipLayer{}

// NewTipLayer makes the layer of a canvas; Close it when the window or dialog goes.
func NewTipLayer(c fyne.Canvas) *TipLayer {
	hideTips(c)
	l := &TipLayer{Box: container.NewWithoutLayout(), canvas: c}
	tipLayers[c] = append(tipLayers[c], l)
	return l
}

// hideTips takes the tooltips of a canvas away: something comes over them.
func hideTips(c fyne.Canvas) {
	for _, l := range tipLayers[c] {
		l.hide()
	}
}

// Close removes the layer.
func (l *TipLayer) Close() {
	l.hide()
	all := tipLayers[l.canvas]
	for i, x := range all {
		if x == l {
			tipLayers[l.canvas] = append(all[:i:i], all[i+1:]...)
		}
	}
	if len(tipLayers[l.canvas]) == 0 {
		delete(tipLayers, l.canvas)
	}
}

func (l *TipLayer) hide() {
	if l.wait != nil {
		l.wait.Stop()
		l.wait = nil
	}
	if l.bubble != nil {
		l.Box.Remove(l.bubble)
		l.bubble = nil
	}
}

// show waits a moment on the toolkit's animation clock, so no goroutine is needed.
func (l *TipLayer) show(text string, at fyne.Position) {
	l.hide()
	shown := false
	l.wait = fyne.NewAnimation(tipDelay, func(done float32) {
		if done < 1 || shown {
			return
		}
		shown = true
		b := &bubble{text: text}
		b.init(b)
		size := b.min()
		room := l.canvas.Size()
		x := max(4, min(at.X+8, room.Width-size.Width-4))
		y := at.Y + 18
		if y+size.Height > room.Height-4 {
			y = at.Y - size.Height - 8
		}
		b.Move(fyne.NewPos(x, y))
		b.Resize(size)
		l.bubble = b
		l.Box.Add(b)
	})
	l.wait.Start()
}

func showTip(host fyne.CanvasObject, text string, at fyne.Position) {
	all := tipLayers[canvasOf(host)]
	if len(all) == 0 {
		return
	}
	l := all[len(all)-1]
	if text == "" {
		l.hide()
		return
	}
	l.show(text, at)
}

// bubble is the dark box with the words.
type bubble struct {
	base
	text string
}

var bubbleStyle = Style{Size: theme.Small, Ink: theme.SurArdoise}

func (b *bubble) lines() ([]string, float32) {
	lines := Wrap(b.text, bubbleStyle, theme.Wide(320))
	var w float32
	for _, l := range lines {
		w = max(w, TextWidth(l, bubbleStyle))
	}
	return lines, w
}

func (b *bubble) min() fyne.Size {
	lines, w := b.lines()
	return fyne.NewSize(w+18, float32(len(lines))*LineHeight(bubbleStyle)+10)
}

func (b *bubble) paint(g *Gfx, size fyne.Size) {
	g.Rect(0, 0, size.Width, size.Height, Shape{Fill: theme.Ardoise900, Stroke: theme.Ardoise700, Radius: 4})
	lines, _ := b.lines()
	for i, l := range lines {
		g.Text(8, 5+float32(i)*LineHeight(bubbleStyle), size.Width-16, LineHeight(bubbleStyle), l, bubbleStyle)
	}
}
