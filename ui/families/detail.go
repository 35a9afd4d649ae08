package families

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

func (p *page) buildDetail() {
	p.reserve = widgets.NewButton("Réserver", widgets.Secondary, p.book).KeyHint("F2").Compact()
	p.topup = widgets.NewButton("Recharger", widgets.Secondary, p.recharge).KeyHint("F6").Compact()
	p.menu = widgets.NewIconButton("menu-dots", "Exporter, corriger, archiver ou anonymiser le dossier", p.menuOf)
	p.head = widgets.NewPainting(480, 112, p.drawHead)
	p.head.Min = func() fyne.Size { return fyne.NewSize(theme.Wide(480), theme.Px(headHeight())) }
	p.tabs = widgets.NewTabs(p.goTab,
		widgets.TabItem{ID: tabHome, Label: "Foyer"}, widgets.TabItem{ID: tabChildren, Label: "Enfants"},
		widgets.TabItem{ID: tabPapers, Label: "Pièces"}, widgets.TabItem{ID: tabBookings, Label: "Réservations"},
		widgets.TabItem{ID: tabWallet, Label: "Porte-monnaie"}, widgets.TabItem{ID: tabInvoices, Label: "Factures"}, widgets.TabItem{ID: tabHistory, Label: "Historique"})
	p.tabs.Set(p.m.tab)
	p.home, p.kids, p.papers, p.short = newHomeTab(p), newKidsTab(p), newPapersTab(p), newShortTab(p)
	p.bills = newInvoicesTab(p)
	p.body = container.NewStack()
	p.full = widgets.VFlex(0, []float32{0, 0, 1}, p.head, widgets.Pad(16, 0, p.tabs), p.body)
}

// goTab shows another tab; what is typed in the household form stays there.
func (p *page) goTab(id string) {
	p.m.tab = id
	p.showTab()
}

// showDetail draws the family that was loaded.
func (p *page) showDetail() {
	if p.m.det == nil {
		p.full.Hide()
		if p.m.cur == 0 {
			p.empty.Set("family", "Aucune famille choisie", "Choisissez une famille dans la liste.", nil)
		}
		p.empty.Show()
		return
	}
	p.empty.Hide()
	p.full.Show()
	present := 0
	for _, c := range p.m.det.f.Children {
		if c.State != family.Left {
			present++
		}
	}
	p.tabs.SetCount(tabChildren, present)
	p.tabs.SetCount(tabPapers, len(p.m.det.papers))
	enable(p.reserve, p.bookOff())
	enable(p.topup, p.rechargeOff())
	p.home.show()
	p.kids.show()
	p.papers.show()
	p.short.forget()
	p.bills.forget()
	p.head.Refresh()
	p.showTab()
	p.full.Refresh()
}

func enable(b *widgets.Button, off string) { b.SetEnabled(off == "", off) }

func (p *page) showTab() {
	p.f6Hint()
	var o fyne.CanvasObject
	switch p.m.tab {
	case tabHome:
		o = p.home.box
	case tabPapers:
		o = p.papers.box
	case tabInvoices:
		o = p.bills.open()
	case tabBookings, tabWallet, tabHistory:
		o = p.short.open(p.m.tab)
	default:
		o = p.kids.box
	}
	if len(p.body.Objects) != 1 || p.body.Objects[0] != o {
		p.body.Objects = []fyne.CanvasObject{o}
		p.body.Refresh()
	}
}

// fact is an icon and some words of the header.
type fact struct {
	icon, text string
	ink        theme.Token
}

func (p *page) facts() (first, second []fact) {
	f := p.m.det.f
	add := func(to *[]fact, icon, text string, ink theme.Token) {
		if text != "" {
			*to = append(*to, fact{icon, text, ink})
		}
	}
	add(&first, "user", guardianNames(f), theme.Ardoise600)
	add(&first, "home", f.Address(), theme.Ardoise600)
	add(&second, "phone", phones(f), theme.Ardoise600)
	add(&second, "mail", f.Email(), theme.Ardoise600)
	text, bad := quotient(p.m.det, p.sh.Today())
	ink := theme.Ardoise600
	if bad {
		ink = theme.Alerte
	}
	add(&second, "invoice", text, ink)
	return first, second
}

func factsWidth(list []fact) (w float32) {
	for _, f := range list {
		w += theme.Px(14) + 7 + widgets.TextWidth(f.text, widgets.Body) + 16
	}
	return w - 16
}

func drawFacts(g *widgets.Gfx, x, y, w float32, list []fact) {
	ic, h := theme.Px(14), theme.Px(20)
	for i, f := range list {
		room := w
		if left := len(list) - i; left > 1 { // nobody takes all the room from those that follow
			room = w - float32(left-1)*theme.Px(72)
		}
		if room < theme.Px(40) {
			return
		}
		g.Icon(x, y+(h-ic)/2, ic, f.icon, f.ink)
		tw := g.Text(x+ic+7, y, room-ic-7, h, f.text, widgets.Body.With(f.ink))
		x += ic + 7 + tw + 16
		w -= ic + 7 + tw + 16
	}
}

// large reports that the text is so large that the header needs a line more.
func large() bool { return theme.Px(100) > 120 }

func headHeight() float32 {
	if large() {
		return 148
	}
	return 112
}

func (p *page) drawHead(g *widgets.Gfx, size fyne.Size) {
	if p.m.det == nil {
		return
	}
	f := p.m.det.f
	right := size.Width - 16
	bh := theme.Px(32)
	by := size.Height - bh - theme.Px(12)
	x := right
	for i, b := range []fyne.CanvasObject{p.menu, p.topup, p.reserve} {
		m := b.MinSize()
		h := min(m.Height, bh)
		x -= m.Width
		g.Child(b, x, by+(bh-h)/2, m.Width, h)
		if i < 2 {
			x -= 8
		}
	}
	buttons, left := x, right
	if large() {
		buttons = right
	}
	if p.m.may.money {
		text, st := "—", widgets.Total
		if f.HasWallet {
			text = f.Balance.String()
			if f.Balance < 0 {
				st.Ink = theme.Erreur
			}
		}
		g.Text(right-theme.Wide(160), theme.Px(12), theme.Wide(160), theme.Px(18), "Porte-monnaie", widgets.Small.Right())
		w := widgets.TextWidth(text, st)
		g.Text(right-w, theme.Px(30), w+1, theme.Px(32), text, st)
		left = right - max(w, widgets.TextWidth("Porte-monnaie", widgets.Small)) - 16
	}
	name := "Famille " + f.Name
	number := "n°" + nbsp + f.Number()
	y, h := theme.Px(14), theme.Px(28)
	spec, ok := badgeOf(p.m.badge(), f.State)
	extra := widgets.TextWidth(number, widgets.Body) + 12
	if ok {
		extra += widgets.BadgeWidth(spec) + 12
	}
	at := float32(16)
	at += g.Text(at, y, max(theme.Px(80), left-at-extra-16), h, name, widgets.Title) + 12
	at += g.Text(at, y+2, max(0, left-at), h, number, widgets.Body.With(theme.Ardoise600)) + 12
	if ok && at+theme.Px(40) < left {
		g.Badge(at, y+theme.Px(3), left-at-4, spec)
	}
	first, second := p.facts()
	buttons -= 16
	if n := len(second) - 1; factsWidth(second) > buttons-16 && factsWidth(append(first, second[n])) <= left-16 {
		first, second = append(first, second[n]), second[:n]
	}
	drawFacts(g, 16, theme.Px(46), left-16, first)
	drawFacts(g, 16, theme.Px(72), buttons-16, second)
}

// archive puts the family aside, or brings it back; either can be undone.
func (p *page) archive() {
	if off := p.writeOff(); off != "" {
		p.sh.Refused(fault.New(fault.Forbidden, "%s", off))
		return
	}
	f := p.m.det.f
	d := p.m.d.Family
	to := func(archive bool) {
		work, back, words := d.Restore, d.Archive, "réactivée"
		if archive {
			work, back, words = d.Archive, d.Restore, "archivée"
		}
		p.write(func(ctx context.Context) error { return work(ctx, f.ID) }, nil, func() {
			p.sh.Done("Famille "+f.Name+" "+words, func() {
				p.write(func(ctx context.Context) error { return back(ctx, f.ID) }, nil, p.refresh)
			})
			p.refresh()
		})
	}
	if f.State == family.Archived {
		to(false)
		return
	}
	p.sh.Confirm("Archiver la famille "+f.Name, "Elle sort des listes ; rien n’est effacé et elle peut être réactivée. C’est refusé s’il reste de l’argent ou des réservations à venir.", "Archiver", widgets.Danger, func() { to(true) })
}
