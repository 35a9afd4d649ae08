package settings

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ardoise/data/letter"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// mailSheet shows a letter as the family will read it.
type mailSheet struct {
	sent    *widgets.Label
	to      *widgets.Label
	subject *widgets.Label
	body    *widgets.Label
	note    *widgets.Alert
	scroll  *container.Scroll
	box     *fyne.Container
	root    fyne.CanvasObject
}

func newMailSheet() *mailSheet {
	m := &mailSheet{
		sent: widgets.NewParagraph("", widgets.Small), to: widgets.NewParagraph("", widgets.Body),
		subject: widgets.NewParagraph("", widgets.BodyBold), body: widgets.NewParagraph("", widgets.Body),
		note: widgets.NewAlert(widgets.Info, "L’aperçu reprendra quand le texte sera corrigé.", ""),
	}
	m.note.Hide()
	line := func(label string, o fyne.CanvasObject) fyne.CanvasObject {
		return widgets.HFlex(12, []float32{-56, 1}, widgets.VBox(0, widgets.NewLabel(label, widgets.Body.With(theme.Ardoise600))), o)
	}
	m.box = widgets.VBox(8, line("À", m.to), line("Objet", m.subject), widgets.NewDivider(), m.body)
	m.scroll = container.NewVScroll(widgets.Pad(12, 10, m.box))
	paper := widgets.NewPainting(1, 1, func(g *widgets.Gfx, size fyne.Size) {
		g.Rect(0, 0, size.Width, size.Height, widgets.Shape{Fill: theme.Blanc, Stroke: theme.Ardoise200, Radius: 4})
	})
	m.root = widgets.VFlex(10, []float32{0, 0, 1}, m.sent, m.note, container.NewStack(paper, m.scroll))
	return m
}

func (m *mailSheet) when(text string) {
	m.sent.Set(text)
	m.root.Refresh() // one line, or two
}

func (m *mailSheet) show(l letter.Letter) {
	m.to.Set(l.To)
	m.subject.Set(l.Subject)
	m.body.Set(l.Body)
	m.box.Refresh()
	m.scroll.Refresh()
}

// stale says that what is shown is not what is typed.
func (m *mailSheet) stale(on bool) {
	if m.note.Visible() == on {
		return
	}
	m.note.Hidden = !on
	m.root.Refresh()
}

// flow puts objects side by side, on as many lines as it takes.
type flow struct {
	gap   float32
	width float32 // as last laid out
}

func (f *flow) place(objs []fyne.CanvasObject, width float32, at func(o fyne.CanvasObject, p fyne.Position, s fyne.Size)) float32 {
	var x, y, row float32
	for _, o := range objs {
		m := o.MinSize()
		m.Width = min(m.Width, width)
		if x > 0 && x+m.Width > width {
			x, y = 0, y+row+f.gap
			row = 0
		}
		if at != nil {
			at(o, fyne.NewPos(x, y), m)
		}
		x += m.Width + f.gap
		row = max(row, m.Height)
	}
	return y + row
}

func (f *flow) MinSize(objs []fyne.CanvasObject) fyne.Size {
	width := f.width
	if width < 1 {
		width = theme.Wide(400)
	}
	return fyne.NewSize(80, f.place(objs, width, nil))
}

func (f *flow) Layout(objs []fyne.CanvasObject, size fyne.Size) {
	f.width = size.Width
	f.place(objs, size.Width, func(o fyne.CanvasObject, p fyne.Position, s fyne.Size) {
		o.Move(p)
		o.Resize(s)
	})
}

// ends puts one object at each end of a line, or one above the other where they
// do not fit.
type ends struct {
	gap   float32
	width float32 // as last laid out
}

func (e *ends) fit(objs []fyne.CanvasObject) bool {
	return e.width < 1 || objs[0].MinSize().Width+e.gap+objs[1].MinSize().Width <= e.width
}

func (e *ends) MinSize(objs []fyne.CanvasObject) fyne.Size {
	a, b := objs[0].MinSize(), objs[1].MinSize()
	if e.fit(objs) {
		return fyne.NewSize(max(a.Width, b.Width), max(a.Height, b.Height))
	}
	return fyne.NewSize(max(a.Width, b.Width), a.Height+e.gap+b.Height)
}

func (e *ends) Layout(objs []fyne.CanvasObject, size fyne.Size) {
	e.width = size.Width
	a, b := objs[0].MinSize(), objs[1].MinSize()
	if e.fit(objs) {
		objs[0].Move(fyne.NewPos(0, 0))
		objs[0].Resize(fyne.NewSize(a.Width, size.Height))
		objs[1].Move(fyne.NewPos(size.Width-b.Width, 0))
		objs[1].Resize(fyne.NewSize(b.Width, size.Height))
		return
	}
	objs[0].Move(fyne.NewPos(0, 0))
	objs[0].Resize(fyne.NewSize(size.Width, a.Height))
	objs[1].Move(fyne.NewPos(0, a.Height+e.gap))
	objs[1].Resize(fyne.NewSize(size.Width, b.Height))
}
