package inbox

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// replyBox is the answer as it would leave.
type replyBox struct {
	p     *page
	title *widgets.Label
	send  *widgets.Check
	edit  *widgets.Button
	body  string
	ink   theme.Token
	card  *widgets.Painting
	box   *fyne.Container
}

// replyLines are shown of an answer; the whole is in its editor.
const replyLines = 6

func newReplyBox(p *page) *replyBox {
	b := &replyBox{p: p}
	b.title = widgets.NewLabel("Réponse proposée", widgets.SmallBold)
	b.send = widgets.NewCheck("l’envoyer", func(on bool) {
		p.m.noReply = !on
		p.m.change()
		p.work()
		p.mail.showPlan()
	})
	b.edit = widgets.NewButton("Modifier", widgets.Flat, p.editReply).Compact().KeyHint("F2")
	b.card = widgets.NewPainting(160, 80, b.draw)
	b.card.Min = func() fyne.Size {
		h := float32(20)
		for _, l := range b.lines(b.card.Size().Width) {
			h += replyLine(l)
		}
		return fyne.NewSize(160, h)
	}
	head := widgets.HFlex(12, []float32{1, 0, 0}, b.title, container.NewCenter(b.send), b.edit)
	b.box = widgets.VBox(2, head, b.card)
	return b
}

func (b *replyBox) show() {
	m := b.p.m
	if m.msg == nil {
		return
	}
	l := m.letter()
	off := m.replyOff()
	on := m.open() && (l.To != "" || m.msg.ReplyOff != "")
	show(b.box, on)
	if !on {
		return
	}
	title := "Réponse proposée"
	if m.byHand {
		title = "Réponse (modifiée)"
	}
	b.title.Set(title)
	show(b.send, off == "")
	show(b.edit, off == "")
	b.send.Set(!m.noReply)
	text := trimBody(l.Body)
	switch {
	case off != "":
		text = off
	case m.ticked() == 0 && !m.byHand: // what is not done is not announced
		off, text = "nothing", "Rien n’est coché"+nbsp+": F7 pour répondre à la main."
		show(b.send, false)
		show(b.edit, false)
	}
	b.body, b.ink = text, theme.Encre
	if m.noReply || off != "" {
		b.ink = theme.Ardoise500
	}
	b.card.Refresh()
	b.box.Refresh()
}

func (b *replyBox) draw(g *widgets.Gfx, size fyne.Size) {
	fill := theme.Blanc
	if b.p.m.noReply {
		fill = theme.Ardoise50
	}
	g.Rect(0, 0, size.Width, size.Height, widgets.Shape{Fill: fill, Stroke: theme.Ardoise200, Radius: 4})
	y := float32(10)
	for _, l := range b.lines(size.Width) {
		g.Text(12, y, size.Width-24, replyLine(l), l, widgets.Body.With(b.ink))
		y += replyLine(l)
	}
}

// replyLine is the height of a line; an empty one takes less.
func replyLine(l string) float32 {
	if l == "" {
		return theme.Px(8)
	}
	return theme.Px(20)
}

// lines are those shown, the last one saying that there are more.
func (b *replyBox) lines(width float32) []string {
	all := widgets.Wrap(b.body, widgets.Body, max(width, 224)-24)
	if len(all) > replyLines {
		all = append(all[:replyLines-1:replyLines-1], "… (la suite avec Modifier)")
	}
	return all
}
