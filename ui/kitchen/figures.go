package kitchen

import (
	"fmt"

	"fyne.io/fyne/v2"

	"ardoise/data/calendar"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// showHeroes draws one card a school; cards that are still there are kept.
func (p *page) showHeroes(list []hero) {
	p.heroes.Objects = p.heroes.Objects[:0]
	for i, x := range list {
		p.heroes.Objects = append(p.heroes.Objects, widgets.NewPainting(148, 112, func(g *widgets.Gfx, size fyne.Size) { drawHero(g, size, x, i == 0) }))
	}
	p.heroes.Refresh()
}

func drawHero(g *widgets.Gfx, size fyne.Size, x hero, slate bool) {
	frame := widgets.Shape{Fill: theme.Blanc, Stroke: theme.Ardoise200, Radius: 6}
	ink, muted, chip := theme.Encre, theme.Ardoise600, theme.Ardoise100
	if slate {
		frame = widgets.Shape{Fill: theme.Ardoise900, Radius: 6}
		ink, muted, chip = theme.SurArdoise, theme.SurArdoise2, theme.Ardoise700
	}
	g.Rect(0, 0, size.Width, size.Height, frame)
	w := size.Width - 32
	g.Text(16, theme.Px(11), w, theme.Px(20), x.title, widgets.BodyBold.With(ink))
	g.Text(16, theme.Px(30), w, theme.Px(52), fmt.Sprint(x.n), widgets.Hero.With(ink))
	y, h := theme.Px(81), theme.Px(20)
	at := size.Width - 16
	deltas := x.deltas()
	for i := len(deltas) - 1; i >= 0; i-- {
		cw := max(theme.Px(32), widgets.TextWidth(deltas[i], widgets.SmallBold)+12)
		at -= cw
		g.Rect(at, y, cw, h, widgets.Shape{Fill: chip, Radius: 3})
		g.Text(at, y, cw, h, deltas[i], widgets.SmallBold.With(ink).Center())
		at -= 6
	}
	if x.version > 0 {
		g.Text(16, y, max(0, at-16), h, fmt.Sprintf("n°"+nbsp+"%d"+nbsp+": %d", x.version, x.was), widgets.Small.With(muted))
	}
}

// dietTable is « Repas par régime et par âge ».
type dietTable struct {
	panel *widgets.Panel
	table *widgets.Table
	rows  []dietRow
}

func newDietTable(adults *widgets.Button) *dietTable {
	t := &dietTable{}
	t.table = widgets.NewTable([]widgets.Column{
		{ID: "diet", Title: "Régime", Weight: 3},
		{ID: "small", Title: "Maternelle", Width: 80, Right: true},
		{ID: "big", Title: "Élémentaire", Width: 86, Right: true},
		{ID: "adults", Title: "Adultes", Width: 56, Right: true},
		{ID: "total", Title: "Total", Width: 48, Right: true},
	}, func(row, col int) widgets.Cell { return dietCell(t.rows[row], col) }).RowHeight(rowHeight).NoSelection()
	t.panel = widgets.NewPanel("Repas par régime et par âge", newTall(t)).Right(adults).Flush()
	return t
}

// rowHeight leaves room for the changes under a table of six diets at 1440×900.
const rowHeight = 34

func dietCell(r dietRow, col int) widgets.Cell {
	switch col {
	case 0:
		return widgets.Cell{Text: r.label, Icon: r.icon, Bold: true}
	case 4:
		return widgets.Cell{Text: fmt.Sprint(r.total()), Bold: true, Large: true}
	}
	c := widgets.Cell{Text: fmt.Sprint(r.by[col-1]), Large: true}
	if r.by[col-1] == 0 {
		c.Ink = theme.Ardoise500
	}
	return c
}

func (t *dietTable) set(s sheet) {
	var foot dietRow
	t.rows, foot = s.diets()
	t.rows = append(t.rows, s.deliveries()...)
	t.panel.SetSub("calculé à " + calendar.HourText(s.h.At) + ", adultes compris")
	cells := []widgets.Cell{{Text: foot.label, Bold: true}}
	for col := 1; col < 5; col++ {
		c := dietCell(foot, col)
		c.Bold, c.Ink = true, theme.None
		cells = append(cells, c)
	}
	t.table.SetCount(len(t.rows))
	t.table.Foot(cells)
}

// changesPanel is « Changements depuis la feuille ».
type changesPanel struct {
	panel  *widgets.Panel
	body   *widgets.Painting
	plus   []change
	minus  []change
	note   string
	empty  string
	resend *widgets.Badge
}

func newChangesPanel() *changesPanel {
	c := &changesPanel{}
	c.body = widgets.NewPainting(300, 100, func(g *widgets.Gfx, size fyne.Size) { c.paint(g, size) })
	c.body.Min = func() fyne.Size {
		return fyne.NewSize(theme.Wide(300), max(theme.Px(80), c.lines()*theme.Px(34)+theme.Px(8)))
	}
	c.resend = widgets.NewBadge("refresh", "À retransmettre", widgets.Warning)
	c.resend.Hide()
	c.panel = widgets.NewPanel("Changements", c.body).Icon("history").Right(c.resend).Pad(16, 8)
	return c
}

func (c *changesPanel) set(s sheet, note string) {
	c.plus, c.minus = s.changes()
	c.note, c.empty = note, ""
	c.resend.Hide()
	if s.toResend() {
		c.resend.Show()
	}
	switch {
	case s.h.Version == 0:
		c.panel.SetTitle("Changements")
		c.panel.SetSub("")
		c.empty = "Aucune feuille n’a encore été transmise pour ce jour."
	case len(s.h.Changes) == 0:
		c.panel.SetTitle(fmt.Sprintf("Changements depuis la feuille n°"+nbsp+"%d", s.h.Version))
		c.panel.SetSub("aucun")
		c.empty = "La cuisine a les bons chiffres."
	default:
		c.panel.SetTitle(fmt.Sprintf("Changements depuis la feuille n°"+nbsp+"%d", s.h.Version))
		c.panel.SetSub(s.balance())
	}
	c.body.Refresh()
}

func (c *changesPanel) paint(g *widgets.Gfx, size fyne.Size) {
	if c.empty != "" {
		g.Text(0, 0, size.Width, theme.Px(28), c.empty, widgets.Body.With(theme.Ardoise600))
		g.Paragraph(0, theme.Px(30), size.Width, c.note, widgets.Small)
		return
	}
	gap := theme.Px(32)
	w := (size.Width - gap) / 2
	left := column(g, c.plus, 0, w)
	x, y := w+gap, column(g, c.minus, w+gap, w)
	if left < y {
		x, y = 0, left // under the shorter column
	}
	g.Paragraph(x, y+theme.Px(6), w, c.note, widgets.Small)
}

// lines is the height in rows: the longer column, or the shorter and the note.
func (c *changesPanel) lines() float32 {
	return float32(max(len(c.plus), len(c.minus), min(len(c.plus), len(c.minus))+1))
}

// column draws the changes of one side and returns where it ends.
func column(g *widgets.Gfx, list []change, x, w float32) float32 {
	h, box := theme.Px(34), theme.Px(20)
	for i, c := range list {
		y := float32(i) * h
		bw := max(box, widgets.TextWidth(c.sign, widgets.SmallBold)+8)
		g.Rect(x, y+(h-box)/2, bw, box, widgets.Shape{Fill: theme.Ardoise100, Radius: 3})
		g.Text(x, y, bw, h, c.sign, widgets.SmallBold.With(theme.Encre).Center())
		tw := widgets.TextWidth(c.at, widgets.Small) + 1
		g.Text(x+w-tw, y, tw, h, c.at, widgets.Small)
		room := w - bw - 8 - tw - 8
		name := room * 0.55
		g.Text(x+bw+8, y, name-8, h, c.name, widgets.BodyBold)
		g.Text(x+bw+8+name, y, room-name, h, c.detail, widgets.Body)
		g.HLine(x, y+h-1, w, theme.Ardoise200)
	}
	return float32(len(list)) * h
}

// evenly shares the width between cards of one height.
type evenly struct{}

func (*evenly) MinSize(objs []fyne.CanvasObject) fyne.Size {
	var s fyne.Size
	for i, o := range objs {
		m := o.MinSize()
		s.Height = max(s.Height, m.Height)
		s.Width += m.Width
		if i > 0 {
			s.Width += 16
		}
	}
	return s
}

func (*evenly) Layout(objs []fyne.CanvasObject, size fyne.Size) {
	if len(objs) == 0 {
		return
	}
	w := (size.Width - 16*float32(len(objs)-1)) / float32(len(objs))
	for i, o := range objs {
		o.Resize(fyne.NewSize(w, size.Height))
		o.Move(fyne.NewPos(float32(i)*(w+16), 0))
	}
}

// barLayout puts days, state and buttons on one line, or the buttons on a
// second one where large text leaves no room.
type barLayout struct{ width float32 }

func (b *barLayout) fits(objs []fyne.CanvasObject, w float32) bool {
	// the line under the badge may be cut: its tooltip says the rest
	need := objs[0].MinSize().Width + min(objs[1].MinSize().Width, theme.Px(168)) + objs[2].MinSize().Width + 24
	return w == 0 || need <= w
}

func (b *barLayout) MinSize(objs []fyne.CanvasObject) fyne.Size {
	h := max(objs[0].MinSize().Height, objs[1].MinSize().Height, objs[2].MinSize().Height)
	if !b.fits(objs, b.width) {
		h = max(objs[0].MinSize().Height, objs[1].MinSize().Height) + 12 + objs[2].MinSize().Height
	}
	return fyne.NewSize(300, h)
}

func (b *barLayout) Layout(objs []fyne.CanvasObject, size fyne.Size) {
	b.width = size.Width
	row := size.Height
	bm := objs[2].MinSize()
	one := b.fits(objs, size.Width)
	if !one {
		row = max(objs[0].MinSize().Height, objs[1].MinSize().Height)
	}
	x := float32(0)
	for i, o := range objs[:2] {
		m := o.MinSize()
		if i == 1 {
			m.Width = min(m.Width, size.Width-x)
			if one {
				m.Width = size.Width - x - bm.Width - 12
			}
		}
		o.Resize(m)
		o.Move(fyne.NewPos(x, (row-m.Height)/2))
		x += m.Width + 12
	}
	y := (row - bm.Height) / 2
	if !one {
		y = row + 12
	}
	objs[2].Resize(bm)
	objs[2].Move(fyne.NewPos(size.Width-bm.Width, y))
}
