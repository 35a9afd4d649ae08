package home

import (
	"fmt"

	"fyne.io/fyne/v2"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

func weekday(b *board) string {
	d := b.cut.day
	if d > b.today.Add(6) {
		return d.Medium()
	}
	return calendar.WeekdayName(d.Weekday())
}

// guide is the first day: what is left to do, in order, until the first sheet is
// sent to the kitchen. A line goes when it is done.
type guide struct {
	p    *page
	rows *fyne.Container
	box  fyne.CanvasObject
	next *widgets.Button // what to do now, nil: nothing this agent may
}

func newGuide(p *page) *guide {
	g := &guide{p: p, rows: widgets.VBox(0)}
	head := widgets.VBox(4, widgets.NewLabel("Pour commencer", widgets.Title), widgets.NewParagraph("Ce qui reste à faire avant le premier repas, dans l’ordre. Une ligne s’efface quand c’est fait.", widgets.Body.With(theme.Ardoise600)))
	panel := widgets.NewPanel("", widgets.VBox(16, head, g.rows)).Pad(24, 24)
	g.box = widgets.VFlex(0, []float32{0, 1}, widgets.HFlex(0, []float32{1, 5, 1}, widgets.Spacer(), panel, widgets.Spacer()), widgets.Spacer())
	return g
}

func (g *guide) show() {
	var objs []fyne.CanvasObject
	g.next = nil
	for i, s := range g.p.b.steps(g.p.may) {
		kind := widgets.Secondary
		if s.off == "" && g.next == nil {
			kind = widgets.Primary
		}
		b := widgets.NewButton(s.verb, kind, func() { g.p.sh.Navigate(s.section, s.arg) })
		if s.off != "" {
			b.SetEnabled(false, fault.French(s.off))
		} else if g.next == nil {
			g.next = b
		}
		objs = append(objs, stepRow(i+1, s, b))
	}
	g.rows.Objects = objs
	g.rows.Refresh()
}

func stepRow(n int, s step, b *widgets.Button) fyne.CanvasObject {
	return widgets.NewPainting(400, 96, func(g *widgets.Gfx, size fyne.Size) {
		g.HLine(0, 0, size.Width, theme.Ardoise200)
		sq := theme.Px(32)
		y := (size.Height - sq) / 2
		g.Rect(0, y, sq, sq, widgets.Shape{Fill: theme.Blanc, Stroke: theme.Ardoise400, Radius: 4})
		g.Text(0, y, sq, sq, fmt.Sprint(n), widgets.BodyBold.Center())
		m := b.MinSize()
		g.Child(b, size.Width-m.Width, (size.Height-m.Height)/2, m.Width, m.Height)
		x := sq + 16
		room := size.Width - m.Width - 24 - x
		lines := float32(len(widgets.Wrap(s.text, widgets.Body, room)))
		lh := widgets.LineHeight(widgets.Body)
		y = (size.Height - theme.Px(22) - lines*lh) / 2
		g.Text(x, y, room, theme.Px(22), s.title, widgets.CardTitle)
		g.Paragraph(x, y+theme.Px(22), room, s.text, widgets.Body.With(theme.Ardoise600))
	})
}
