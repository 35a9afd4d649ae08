package billing

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ardoise/data/fault"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// tall gives a list or a table in a dialog the height of n of its rows (px each).
func tall(o fyne.CanvasObject, n int, rowHeight float32) fyne.CanvasObject {
	return container.New(&tallLayout{func() float32 { return float32(max(n, 1))*theme.Px(rowHeight) + 8 }}, o)
}

// tallTable is tall for a table, its header counted.
func tallTable(o fyne.CanvasObject, n int, rowHeight float32) fyne.CanvasObject {
	return container.New(&tallLayout{func() float32 { return theme.Px(32) + float32(max(n, 2))*theme.Px(rowHeight) + 8 }}, o)
}

type tallLayout struct{ h func() float32 }

func (l *tallLayout) MinSize(objs []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(objs[0].MinSize().Width, l.h())
}

func (l *tallLayout) Layout(objs []fyne.CanvasObject, size fyne.Size) {
	objs[0].Move(fyne.NewPos(0, 0))
	objs[0].Resize(size)
}

// scrolled puts a column in a scroll that reaches a little further on every
// side: borders and focus rings at its edge stay whole.
func scrolled(o fyne.CanvasObject) fyne.CanvasObject {
	return container.New(&bleed{}, container.NewVScroll(widgets.Pad(bleedPx, bleedPx, o)))
}

const bleedPx = 6

type bleed struct{}

func (*bleed) MinSize(objs []fyne.CanvasObject) fyne.Size {
	return objs[0].MinSize().SubtractWidthHeight(2*bleedPx, 0)
}

func (*bleed) Layout(objs []fyne.CanvasObject, size fyne.Size) {
	objs[0].Move(fyne.NewPos(-bleedPx, -bleedPx))
	objs[0].Resize(size.AddWidthHeight(2*bleedPx, 2*bleedPx))
}

// fact is one line of an explanation or of a card.
type fact struct {
	label, text string
	tone        widgets.Tone // of the text; Neutral: plain
	icon        string
}

// facts lays an explanation out in a dialog; empty ones are left out.
func facts(list []fact) fyne.CanvasObject {
	var rows []fyne.CanvasObject
	for _, f := range list {
		if f.text == "" {
			continue
		}
		st := widgets.Body
		if f.tone != widgets.Neutral {
			_, st.Ink, _ = f.tone.Colours()
		}
		rows = append(rows, widgets.HFlex(16, []float32{-130, 1}, widgets.VBox(2, widgets.Spacer(), widgets.NewLabel(f.label, widgets.SmallBold)), widgets.NewParagraph(fault.French(f.text), st)))
	}
	return widgets.VBox(8, rows...)
}

// factLines draws lines « what … how much » of a card, the value in bold at the
// right; it is as high as its lines.
type factLines struct {
	*widgets.Painting
	list []fact
}

const factLine = 28

func newFactLines() *factLines {
	f := &factLines{}
	f.Painting = widgets.NewPainting(120, factLine, f.draw)
	f.Min = func() fyne.Size {
		return fyne.NewSize(theme.Wide(120), float32(max(1, len(f.list)))*theme.Px(factLine))
	}
	return f
}

func (f *factLines) set(list ...fact) {
	f.list = f.list[:0]
	for _, x := range list {
		if x.text != "" {
			f.list = append(f.list, x)
		}
	}
	f.Refresh()
}

func (f *factLines) draw(g *widgets.Gfx, size fyne.Size) {
	h := theme.Px(factLine)
	for i, x := range f.list {
		y := float32(i) * h
		st := widgets.BodyBold
		if x.tone != widgets.Neutral {
			_, st.Ink, _ = x.tone.Colours()
		}
		w := min(widgets.TextWidth(x.text, st)+1, size.Width*0.72)
		g.Text(size.Width-w, y, w, h, x.text, st.Right())
		left := size.Width - w - 8
		if x.icon != "" {
			ic := theme.Px(14)
			left -= ic + 6
			g.Icon(left+8, y+(h-ic)/2, ic, x.icon, st.Ink)
		}
		g.Text(0, y, max(0, left), h, x.label, widgets.Body.With(theme.Ardoise600))
	}
}

// heroFigure is the big sum of a card and the words after it.
func heroFigure(text func() (amount, after string)) *widgets.Painting {
	return widgets.NewPainting(160, 40, func(g *widgets.Gfx, size fyne.Size) {
		amount, after := text()
		w := g.Text(0, 0, size.Width, size.Height, amount, widgets.Total)
		g.Text(w+8, theme.Px(6), max(0, size.Width-w-8), size.Height-theme.Px(6), after, widgets.Body.With(theme.Ardoise600))
	})
}

// totalsFoot draws the sums under a table, evenly.
func totalsFoot(list func() []total) *widgets.Painting {
	return widgets.NewPainting(300, 38, func(g *widgets.Gfx, size fyne.Size) {
		all := list()
		if len(all) == 0 {
			return
		}
		w := size.Width / float32(len(all))
		for i, t := range all {
			x := float32(i) * w
			ink := theme.Ardoise600
			if t.ink != theme.None {
				ink = t.ink
			}
			g.Text(x, 0, w-12, theme.Px(16), t.label, widgets.Small.With(ink))
			st := widgets.Heading
			g.Text(x, theme.Px(16), w-12, theme.Px(22), t.amount.String(), st)
		}
	})
}

func enable(b *widgets.Button, off string) { b.SetEnabled(off == "", off) }

// large reports that the text is so large that lines need more room.
func large() bool { return theme.Px(100) > 120 }

// fit gives columns of fixed texts (numbers, days, amounts) the width these take
// at the agent's text size, which grows more than parts do.
func fit(columns []widgets.Column) []widgets.Column {
	out := slices.Clone(columns)
	for i := range out {
		out[i].Width *= theme.Px(100) / theme.Wide(100)
	}
	return out
}
