package inbox

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ardoise/data/fault"
	"ardoise/data/mailbox"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

func (v *mailPane) buildRight() {
	p := v.p
	v.tally = widgets.NewPainting(160, 48, v.drawTally)
	v.cards = widgets.NewCardList(12, v.cardHeight, v.drawCard)
	v.cards.OnSpace = p.toggle
	v.cards.OnOpen = p.editCard
	v.cards.OnZone = func(row int, _ string) { p.toggle(row) }
	v.cards.OnRune = func(r rune) bool {
		if r == 'e' || r == 'E' {
			p.editCard(v.cards.Selected())
			return true
		}
		return false
	}
	v.add = widgets.NewButton("Ajouter une action", widgets.Secondary, p.addCard).Icon("plus").KeyHint("Ctrl+N").Compact()
	v.after = newAfterBox(p)
	v.nothing = widgets.NewEmptyState("help", "Aucune action proposée", "", nil)
	v.cards.Empty(v.nothing)
	body := container.New(column{v.cards}, v.cards, v.add, v.after.box)
	v.right = widgets.VFlex(0, []float32{0, 1}, v.tally, widgets.Pad(12, 0, body))
}

func (v *mailPane) drawTally(g *widgets.Gfx, size fyne.Size) {
	m := v.p.m
	if m.msg == nil {
		return
	}
	title, text := "Actions proposées", ""
	switch n := len(m.cards); {
	case m.open() && n > 0:
		text = fmt.Sprintf("%d cochée%s sur %d", m.ticked(), plural(m.ticked()), n)
	case !m.open():
		title = "Ce qui a été proposé"
	}
	if text != "" && widgets.TextWidth(title, widgets.CardTitle)+8+widgets.TextWidth(text, widgets.Small) > size.Width-32 {
		text = fmt.Sprintf("%d sur %d", m.ticked(), len(m.cards))
	}
	w := widgets.TextWidth(text, widgets.Small)
	g.Text(16, 0, size.Width-32-w-8, size.Height, title, widgets.CardTitle)
	g.Text(size.Width-16-w, 0, w+1, size.Height, text, widgets.Small)
}

func plural(n int) string {
	if n > 1 {
		return "s"
	}
	return ""
}

// cardInset is where a card's texts begin.
func cardInset() float32 { return 13 + theme.Px(24) + 8 }

// cardLines are the small texts of a card, wrapped.
func (v *mailPane) cardLines(c card, w float32) (lines, doubt []string) {
	room := w - cardInset() - 12
	for _, l := range c.Lines {
		lines = append(lines, widgets.Wrap(l, widgets.Small, room)...)
	}
	if c.Doubt != "" && c.Doubt != c.Note && !c.edited && c.Verdict != mailbox.Done {
		doubt = widgets.Wrap(c.Doubt, widgets.Small, room)
	}
	return lines, doubt
}

// cardTitle is a card's title, wrapped beside its tick box.
func (v *mailPane) cardTitle(row int, w float32) []string {
	room := w - cardInset() - 12
	if v.p.m.tickOff(row) == "" {
		room -= theme.Px(18) + 8
	}
	return widgets.Wrap(v.p.m.cards[row].Title, widgets.BodyBold, room)
}

func (v *mailPane) cardHeight(row int, w float32) float32 {
	if row >= len(v.p.m.cards) {
		return 0
	}
	lines, doubt := v.cardLines(v.p.m.cards[row], w)
	h := theme.Px(12) + float32(len(v.cardTitle(row, w)))*theme.Px(20) + float32(len(lines)+len(doubt))*theme.Px(17) + theme.Px(6+12) + noteHeight(look(v.p.m.cards[row]), w-cardInset()-12)
	if len(doubt) > 0 {
		h += theme.Px(4)
	}
	return h
}

// noteLines are those of a badge that is too long for its card.
func noteLines(spec widgets.BadgeSpec, room float32) []string {
	return widgets.Wrap(spec.Text, widgets.SmallBold, room-theme.Px(14)-17)
}

func noteHeight(spec widgets.BadgeSpec, room float32) float32 {
	if widgets.BadgeWidth(spec) <= room {
		return widgets.BadgeHeight()
	}
	return float32(len(noteLines(spec, room)))*theme.Px(16) + theme.Px(6)
}

// drawNote is a badge, on several lines where one is too short.
func drawNote(g *widgets.Gfx, x, y, room float32, spec widgets.BadgeSpec) float32 {
	h := noteHeight(spec, room)
	if widgets.BadgeWidth(spec) <= room {
		g.Badge(x, y, room, spec)
		return h
	}
	fill, ink, _ := spec.Tone.Colours()
	g.Rect(x, y, room, h, widgets.Shape{Fill: fill, Radius: 4})
	ic, line := theme.Px(14), theme.Px(16)
	g.Icon(x+6, y+theme.Px(4), ic, spec.Icon, ink)
	for i, l := range noteLines(spec, room) {
		g.Text(x+6+ic+5, y+theme.Px(3)+float32(i)*line, room-ic-12, line, l, widgets.SmallBold.With(ink))
	}
	return h
}

func (v *mailPane) drawCard(g *widgets.Gfx, row int, b widgets.Box, _ bool) {
	m := v.p.m
	if row >= len(m.cards) {
		return
	}
	c := m.cards[row]
	off := m.tickOff(row)
	frame := widgets.Shape{Fill: theme.Blanc, Stroke: theme.Ardoise300, Radius: 4}
	switch {
	case c.ticked:
		frame.Stroke, frame.Width = theme.Accent, 2
	case off != "":
		frame.Fill, frame.Stroke = theme.Ardoise50, theme.Ardoise200
	}
	g.Rect(b.X, b.Y, b.W, b.H, frame)
	sq := theme.Px(24)
	y := b.Y + theme.Px(12)
	g.Rect(b.X+13, y, sq, sq, widgets.Shape{Fill: theme.Info, Radius: 3})
	g.Text(b.X+13, y, sq, sq, fmt.Sprint(c.N), widgets.Style{Size: theme.Small, Bold: true, Ink: theme.SurAccent, Align: fyne.TextAlignCenter})
	x := b.X + cardInset()
	box := theme.Px(18)
	room := b.X + b.W - x - 12
	if off == "" {
		bx := b.X + b.W - 13 - box
		widgets.CheckMark(g, bx, y, box, c.ticked, false)
		g.Zone(bx-12, b.Y, box+25, box+theme.Px(24), "tick", row)
	}
	if c.Why != "" {
		g.Tip(b.X, b.Y, b.W-box-26, b.H, c.Why)
	}
	for _, l := range v.cardTitle(row, b.W) {
		g.Text(x, y, room, theme.Px(20), l, widgets.BodyBold)
		y += theme.Px(20)
	}
	lines, doubt := v.cardLines(c, b.W)
	lh := theme.Px(17)
	for _, l := range lines {
		g.Text(x, y, room, lh, l, widgets.Small)
		y += lh
	}
	y += theme.Px(6)
	y += drawNote(g, x, y, room, look(c)) + theme.Px(4)
	for _, l := range doubt {
		g.Text(x, y, room, lh, l, widgets.Small)
		y += lh
	}
}

// afterBox is what the decision would change, or what was done.
type afterBox struct {
	p       *page
	title   *widgets.Label
	problem *widgets.Alert
	lines   *widgets.Painting
	box     *fyne.Container
	changes []mailbox.Change // shown now
	actions []mailbox.Action
	idle    string
}

func newAfterBox(p *page) *afterBox {
	b := &afterBox{p: p}
	b.title = widgets.NewLabel("Après application", widgets.SmallBold)
	b.problem = widgets.NewAlert(widgets.Failure, "", "")
	b.lines = widgets.NewPainting(160, 28, b.draw)
	b.lines.Min = func() fyne.Size { return fyne.NewSize(160, b.height()) }
	foot := widgets.NewPainting(0, 4, func(*widgets.Gfx, fyne.Size) {})
	inner := widgets.VBox(8, widgets.Pad(4, 0, b.title), b.problem, widgets.Pad(4, 0, b.lines), foot)
	b.box = container.New(natural{inner}, container.NewVScroll(container.New(thin{}, inner)))
	return b
}

// natural asks for the height of what scrolls inside.
type natural struct{ inner fyne.CanvasObject }

func (n natural) MinSize(objs []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(160, n.inner.MinSize().Height)
}

func (n natural) Layout(objs []fyne.CanvasObject, size fyne.Size) { objs[0].Resize(size) }

// show takes what the plan says; while a plan is on its way the figures of the
// one before stay, so that nothing jumps.
func (b *afterBox) show() {
	m := b.p.m
	if m.msg == nil {
		return
	}
	problem := ""
	b.actions = nil
	switch {
	case !m.open():
		b.title.Set("Ce qui a été fait")
		b.changes, b.actions, b.idle = nil, m.msg.Actions, "Rien n’a été changé."
	case m.ticked() == 0:
		b.changes, b.idle = nil, fault.French("Rien n’est coché : rien ne changera.")
	case m.planErr != nil:
		b.changes, b.idle, problem = nil, "", fault.Sentence(m.planErr)
	case m.plan != nil:
		b.changes, b.idle, problem = m.plan.After, "Aucun chiffre ne change.", m.plan.Problem
	case len(b.changes) == 0:
		b.idle = "Calcul en cours…"
	}
	if m.open() {
		b.title.Set("Après application")
	}
	show(b.problem, problem != "")
	if problem != "" {
		b.problem.Set(widgets.Failure, problem, "")
	}
	b.lines.Refresh()
	b.box.Refresh()
}

func (b *afterBox) height() float32 {
	switch {
	case len(b.changes) > 0:
		h := float32(0)
		for _, c := range b.changes {
			h += changeHeight(c, max(b.lines.Size().Width, 160))
		}
		return h
	case len(b.actions) > 0:
		return float32(len(b.actions)) * theme.Px(42)
	case b.idle != "":
		return float32(len(widgets.Wrap(b.idle, widgets.Small, max(b.lines.Size().Width, 160)))) * theme.Px(17)
	}
	return 0
}

func (b *afterBox) draw(g *widgets.Gfx, size fyne.Size) {
	switch {
	case len(b.changes) > 0:
		y := float32(0)
		for i, c := range b.changes {
			drawChange(g, y, size.Width, c, i < len(b.changes)-1)
			y += changeHeight(c, size.Width)
		}
	case len(b.actions) > 0:
		for i, a := range b.actions {
			drawAction(g, float32(i)*theme.Px(42), size.Width, a)
		}
	default:
		g.Paragraph(0, 0, size.Width, b.idle, widgets.Small)
	}
}

// figures is the width of « 26,40 € → 30,60 € ».
func figures(c mailbox.Change) float32 {
	w := widgets.TextWidth(c.After, widgets.BodyBold)
	if c.Before != "" {
		w += theme.Px(14) + 16 + widgets.TextWidth(c.Before, widgets.Body)
	}
	return w
}

// changeHeight is that of a line: two where label and figures do not fit on one.
func changeHeight(c mailbox.Change, w float32) float32 {
	if widgets.TextWidth(c.Label, widgets.Body)+8+figures(c) > w {
		return theme.Px(48)
	}
	return theme.Px(29)
}

// drawChange writes « Porte-monnaie Favier » 26,40 € → 30,60 €.
func drawChange(g *widgets.Gfx, y, w float32, c mailbox.Change, more bool) {
	all, h := changeHeight(c, w), theme.Px(28)
	grey := widgets.Body.With(theme.Ardoise600)
	if all > theme.Px(30) {
		g.Text(0, y, w, theme.Px(22), c.Label, grey)
		y, all, h = y+theme.Px(20), all-theme.Px(20), theme.Px(24)
	} else {
		g.Text(0, y, w-figures(c)-8, h, c.Label, grey)
	}
	x := w - widgets.TextWidth(c.After, widgets.BodyBold)
	g.Text(x, y, w-x+1, h, c.After, widgets.BodyBold)
	if c.Before != "" {
		ic, bw := theme.Px(14), widgets.TextWidth(c.Before, widgets.Body)
		x -= ic + 8
		g.Icon(x, y+(h-ic)/2, ic, "arrow-right", theme.Encre)
		x -= bw + 8
		g.Text(x, y, bw+1, h, c.Before, widgets.Body)
	}
	if more {
		g.HLine(0, y+all-1, w, theme.Ardoise200)
	}
}

func drawAction(g *widgets.Gfx, y, w float32, a mailbox.Action) {
	text, small, undone := actionText(a)
	icon, ink, st := "circle-check", theme.Succes, widgets.BodyBold
	if undone {
		icon, ink, st = "undo", theme.Ardoise600, widgets.Body.With(theme.Ardoise600)
	}
	ic, line := theme.Px(16), theme.Px(18)
	g.Icon(0, y+(line-ic)/2, ic, icon, ink)
	g.Text(ic+8, y, w-ic-8, line, text, st)
	g.Text(ic+8, y+line, w-ic-8, line, small, widgets.Small)
}
