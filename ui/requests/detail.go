package requests

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ardoise/data/access"
	"ardoise/data/staff"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

const checkRow = 44

func (p *page) buildDetail() {
	p.folder = widgets.NewIconButton("family", "Ouvrir le dossier de la famille", func() {
		if p.m.det != nil {
			p.sh.Navigate("families", kit.OpenFamily{ID: p.m.det.q.FamilyID})
		}
	})
	p.folder.SetKind(widgets.Flat)
	p.head = widgets.NewPainting(240, 104, p.drawHead)
	p.tally = widgets.NewPainting(160, 32, p.drawTally)
	p.checks = widgets.NewList(checkRow, p.drawCheck)
	p.checks.OnOpen = p.act
	p.checks.OnTapRow(func(row int) { p.act(row) })
	p.checks.OnSelect = func(int) { p.pane.refresh() }
	p.checks.OnSpace = func(int) { p.pane.markConform() }
	p.checks.OnZone = func(row int, _ string) { p.act(row) }
	p.bank = newBankBox(p)
	p.mail = newMailBox(p)
	p.outcome = widgets.NewAlert(widgets.Neutral, "", "")
	p.bankRow, p.outcomeRow = widgets.Pad(16, 6, p.bank), widgets.Pad(16, 8, p.outcome)
	list := newTall(p.checks, func() float32 {
		n := 1
		if p.m.det != nil {
			n = min(max(1, len(p.m.det.q.Checklist)), 5)
		}
		return float32(n)*theme.Px(checkRow) + 8
	})
	p.middle = widgets.VFlex(0, []float32{0, 0, 0, 0, 0, 0, 1}, p.head, widgets.NewDivider(), p.tally, list,
		p.bankRow, p.outcomeRow, p.mail.box)
}

// tall gives a list the height its rows need.
type tall struct {
	height func() float32
}

func newTall(o fyne.CanvasObject, height func() float32) *fyne.Container {
	return container.New(&tall{height}, o)
}

func (t *tall) MinSize(objs []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(objs[0].MinSize().Width, t.height())
}

func (t *tall) Layout(objs []fyne.CanvasObject, s fyne.Size) { objs[0].Resize(s) }

// showDetail draws what the model holds.
func (p *page) showDetail() {
	det := p.m.det
	if det == nil {
		p.full.Hide()
		if p.m.cur == 0 {
			p.empty.Set("request", "Aucune demande choisie", "Choisissez une demande dans la file, ou enregistrez-en une nouvelle.", nil)
		}
		p.empty.Show()
		return
	}
	p.empty.Hide()
	p.full.Show()
	p.badge = badges[det.q.State]
	p.checks.SetCount(len(det.q.Checklist))
	if len(det.q.Checklist) == 0 {
		p.checks.Empty(widgets.NewEmptyState("file", "", "Ce service ne demande aucune pièce.", nil))
	}
	p.bank.show()
	text := outcome(det.q)
	switch det.q.State {
	case access.Accepted:
		p.outcome.Set(widgets.Success, text, "")
	case access.Refused:
		p.outcome.Set(widgets.Failure, text, "")
	default:
		p.outcome.Set(widgets.Warning, text, "")
	}
	show(p.outcomeRow, text != "")
	p.mail.show()
	p.showActions()
	p.pane.refresh()
	p.head.Refresh()
	p.tally.Refresh()
	p.middle.Refresh()
	p.full.Refresh()
}

func show(o fyne.CanvasObject, on bool) {
	if on {
		o.Show()
	} else {
		o.Hide()
	}
}

func (p *page) drawHead(g *widgets.Gfx, size fyne.Size) {
	if p.m.det == nil {
		return
	}
	q := p.m.det.q
	x, w := float32(16), size.Width-32
	badge := widgets.BadgeWidth(p.badge)
	m := p.folder.MinSize()
	name := g.Text(x, theme.Px(10), w-badge-m.Width-16, theme.Px(24), name(q)+" — "+q.Short, widgets.Heading)
	g.Child(p.folder, x+name+4, theme.Px(22)-m.Height/2, m.Width, m.Height)
	g.Badge(size.Width-16-badge, theme.Px(11), badge, p.badge)
	grey := widgets.Body.With(theme.Ardoise600)
	y, line := theme.Px(36), theme.Px(20)
	g.Text(x, y, w, line, identity(q, p.sh.Today()), grey)
	y += line
	before, bold, after := wanted(q)
	at := x
	if before != "" {
		at += g.Text(at, y, w, line, before, grey)
	}
	at += g.Text(at, y, x+w-at, line, bold, widgets.BodyBold)
	g.Text(at, y, x+w-at, line, after, grey)
	y += line + 2
	ic := theme.Px(14)
	icon, _ := channel(q.Channel)
	g.Icon(x, y+(theme.Px(18)-ic)/2, ic, icon, theme.Ardoise600)
	g.Text(x+ic+8, y, w-ic-8, theme.Px(18), received(q), widgets.Small)
}

func (p *page) drawTally(g *widgets.Gfx, size fyne.Size) {
	if p.m.det == nil {
		return
	}
	text, all := tally(p.m.det.q, p.sh.Today())
	st, icon := widgets.SmallBold, ""
	switch {
	case len(p.m.det.q.Missing) > 0:
		st.Ink, icon = theme.Alerte, "circle-dashed"
	case all:
		st.Ink, icon = theme.Succes, "check"
	}
	h := size.Height + 4
	g.Text(16, 0, size.Width-32, h, "Pièces demandées", widgets.SmallBold)
	w := widgets.TextWidth(text, st)
	g.Text(size.Width-16-w, 0, w+1, h, text, st)
	if icon != "" {
		ic := theme.Px(14)
		g.Icon(size.Width-16-w-ic-5, (h-ic)/2, ic, icon, st.Ink)
	}
}

// looks gives icon and colour of each standing of a document.
var looks = map[standing]struct {
	icon string
	ink  theme.Token
}{
	missing: {"circle-dashed", theme.Alerte}, rejected: {"circle-cross", theme.Erreur}, lapsed: {"file-clock", theme.Erreur},
	toCheck: {"file", theme.Info}, endsSoon: {"clock", theme.Alerte}, conform: {"circle-check", theme.Succes},
}

func (p *page) drawCheck(g *widgets.Gfx, row int, b widgets.Box, selected bool) {
	if p.m.det == nil || row >= len(p.m.det.q.Checklist) {
		return
	}
	it := p.m.det.q.Checklist[row]
	s, text := stand(it, p.sh.Today())
	look := looks[s]
	ic := theme.Px(18)
	g.Icon(b.X, b.Y+(b.H-ic)/2, ic, look.icon, look.ink)
	x := b.X + ic + 14
	word := p.verb(it)
	st := widgets.Body.With(theme.Accent)
	if word == "" || word == "Voir" {
		st.Ink = theme.Ardoise600
	}
	if selected {
		st.Bold = true
	}
	ww := widgets.TextWidth(word, st)
	if selected && it.Document != nil && p.pane.doc == it.Document.ID {
		cw := theme.Px(16)
		g.Icon(b.X+b.W-cw, b.Y+(b.H-cw)/2, cw, "chevron-right", theme.Encre)
		ww = cw
	} else {
		g.Text(b.X+b.W-ww, b.Y, ww+1, b.H, word, st)
	}
	room := b.X + b.W - x - ww - 12
	line := theme.Px(18)
	y := b.Y + (b.H-2*line)/2
	g.Text(x, y, room, line, it.Label, widgets.BodyBold)
	ink := theme.Ardoise600
	if s == rejected || s == lapsed {
		ink = look.ink
	}
	g.Text(x, y+line, room, line, text, widgets.Small.With(ink))
}

// verb is what Enter does on a line: see what is there, hand in what is not.
func (p *page) verb(it access.Item) string {
	switch {
	case it.Document != nil && it.Document.Media != "text/iban":
		return "Voir"
	case it.Kind == "iban" && p.m.may.bank():
		if it.Document != nil {
			return "Modifier…"
		}
		return "Saisir…"
	case it.Document == nil && p.m.may.papers():
		return "Joindre…"
	}
	return ""
}

// act opens the document of a line, or asks for it.
func (p *page) act(row int) {
	if p.m.det == nil || row < 0 || row >= len(p.m.det.q.Checklist) {
		return
	}
	it := p.m.det.q.Checklist[row]
	switch p.verb(it) {
	case "Voir":
		p.pane.open(*it.Document)
	case "Saisir…", "Modifier…":
		p.typeBank()
	case "Joindre…":
		p.attach(it.Kind, it.Label)
	}
	p.checks.Refresh()
}

// item is the line of the checklist under the cursor, nil where there is none.
func (p *page) item() *access.Item {
	row := p.checks.Selected()
	if p.m.det == nil || row < 0 || row >= len(p.m.det.q.Checklist) {
		return nil
	}
	return &p.m.det.q.Checklist[row]
}

// bankBox is the family's account, masked until an agent of the cash office asks.
type bankBox struct {
	*widgets.Painting
	p       *page
	reveal  *widgets.Button
	edit    *widgets.Button
	texts   [2]string
	present bool
}

func newBankBox(p *page) *bankBox {
	b := &bankBox{p: p}
	b.reveal = widgets.NewButton("Montrer", widgets.Flat, p.revealBank).Compact()
	if !p.m.may.cash {
		b.reveal.SetEnabled(false, lacks(staff.Regie)+" La lecture de l’IBAN est journalisée.")
	}
	b.edit = widgets.NewIconButton("edit", "Saisir de nouvelles coordonnées bancaires", p.typeBank)
	b.Painting = widgets.NewPainting(200, 48, b.draw)
	return b
}

func (b *bankBox) show() {
	det := b.p.m.det
	b.present = det != nil && det.hasBank
	if b.present {
		b.texts[0] = det.bank.Masked
		b.reveal.SetLabel("Montrer")
		if det.revealed {
			b.texts[0] = grouped(det.bank.IBAN)
			b.reveal.SetLabel("Masquer")
		}
		b.texts[1] = "IBAN contrôlé, à confirmer le " + det.bank.ValidTo.Short()
		if det.revealed && det.bank.Holder != "" {
			b.texts[1] = det.bank.Holder + ", BIC " + det.bank.BIC
		}
	}
	show(b.p.bankRow, b.present)
	b.Refresh()
}

// grouped writes an IBAN by fours.
func grouped(iban string) string {
	out := ""
	for i, r := range iban {
		if i > 0 && i%4 == 0 {
			out += " "
		}
		out += string(r)
	}
	return out
}

func (b *bankBox) draw(g *widgets.Gfx, size fyne.Size) {
	g.Rect(0, 0, size.Width, size.Height, widgets.Shape{Fill: theme.SuccesClair, Stroke: theme.SuccesLigne, Radius: 4})
	ic := theme.Px(18)
	g.Icon(12, (size.Height-ic)/2, ic, "shield", theme.Succes)
	x := 12 + ic + 14
	right := size.Width - 8
	if b.p.m.may.bank() {
		m := b.edit.MinSize()
		right -= m.Width
		g.Child(b.edit, right, (size.Height-m.Height)/2, m.Width, m.Height)
		right -= 4
	}
	m := b.reveal.MinSize()
	right -= m.Width
	g.Child(b.reveal, right, (size.Height-m.Height)/2, m.Width, m.Height)
	line := theme.Px(18)
	y := (size.Height - 2*line) / 2
	g.Text(x, y, right-x-4, line, b.texts[0], widgets.BodyBold)
	g.Text(x, y+line, right-x-4, line, b.texts[1], widgets.Small)
}
