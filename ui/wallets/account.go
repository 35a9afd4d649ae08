package wallets

import (
	"fyne.io/fyne/v2"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

var (
	statementColumns = []widgets.Column{
		{ID: "day", Title: "Date", Width: 88},
		{ID: "label", Title: "Libellé", Weight: 1.25},
		{ID: "detail", Title: "Détail", Weight: 1},
		{ID: "debit", Title: "Débit", Width: 92, Right: true},
		{ID: "credit", Title: "Crédit", Width: 92, Right: true},
		{ID: "balance", Title: "Solde", Width: 112, Right: true},
	}
	receiptColumns = []widgets.Column{
		{ID: "day", Title: "Date", Width: 88},
		{ID: "number", Title: "Quittance", Width: 88},
		{ID: "means", Title: "Moyen", Width: 88},
		{ID: "reference", Title: "Référence"},
		{ID: "payer", Title: "Reçu de"},
		{ID: "agent", Title: "Encaissé par"},
		{ID: "amount", Title: "Montant", Width: 112, Right: true},
	}
)

func (p *page) buildAccount() {
	p.recharge = widgets.NewButton("Recharger", widgets.Primary, p.topUp).Icon("plus").KeyHint("F6")
	p.refund = widgets.NewButton("Rembourser…", widgets.Secondary, p.giveBack).Compact()
	p.overdraft = widgets.NewButton("Découvert…", widgets.Secondary, p.allow).Compact()
	if off := p.m.may.cashOff(); off != "" {
		for _, b := range []*widgets.Button{p.recharge, p.refund, p.overdraft} {
			b.SetEnabled(false, off)
		}
	}
	p.other = widgets.NewButton("Autre famille", widgets.Flat, func() { p.leave(); p.Focus() }).Icon("arrow-left").Compact().Hint("Revenir à la liste (Échap)")
	p.hero = newHero(p)
	p.span = widgets.NewSelect(p.pickPeriod).Compact().Icon("calendar").Width(scaled(250))
	p.print = widgets.NewButton("Imprimer", widgets.Secondary, p.printStatement).Icon("print").Compact()
	p.which = widgets.NewChoice(widgets.Segments, func(id string) {
		p.m.receipts = id == "receipts"
		p.showTable()
	}, widgets.Option{ID: "statement", Label: "Écritures"}, widgets.Option{ID: "receipts", Label: "Quittances"})
	p.table = widgets.NewTable(statementColumns, p.cell)
	p.table.OnOpen = p.explain
	p.panel = widgets.NewPanel("Relevé", p.table).Flush()
	if p.m.may.cash {
		p.panel.Right(p.which, p.span, p.print)
	} else {
		p.panel.Right(p.span, p.print)
	}
	p.one = widgets.VFlex(16, []float32{-128, 1}, p.hero, p.panel)
	p.one.Hide()
}

// showAccount draws the chosen family's wallet.
func (p *page) showAccount() {
	var options []widgets.Option
	for _, s := range p.m.periods() {
		options = append(options, widgets.Option{ID: s.id, Label: s.label})
	}
	p.span.SetOptions(options...)
	p.span.Set(p.m.period)
	if p.m.may.cash && p.m.acc != nil {
		if p.m.acc.wallet.Balance > 0 {
			p.refund.SetEnabled(true, "")
		} else {
			p.refund.SetEnabled(false, "Le porte-monnaie est vide : il n’y a rien à rembourser.")
		}
	}
	p.hero.Refresh()
	p.showTable()
}

func (p *page) showTable() {
	if p.m.acc == nil {
		return
	}
	n := len(p.m.rows)
	p.panel.SetTitle("Relevé")
	p.table.SetColumns(statementColumns)
	empty := widgets.NewEmptyState("wallet", "Aucun mouvement", "Rien n’a bougé sur cette période. Choisissez-en une autre, ou rechargez le porte-monnaie (F6).", nil)
	lines := len(p.m.acc.st.Lines)
	if p.m.receipts {
		p.panel.SetTitle("Quittances")
		p.table.SetColumns(receiptColumns)
		n = len(p.m.acc.receipts)
		lines = n
		empty = widgets.NewEmptyState("invoice", "Aucune quittance", "Aucun encaissement sur cette période.", nil)
	}
	if lines == 0 {
		p.table.Empty(empty)
		return
	}
	p.table.SetCount(n)
}

func (p *page) cell(row, col int) widgets.Cell {
	if p.m.acc == nil {
		return widgets.Cell{}
	}
	if p.m.receipts {
		if row >= len(p.m.acc.receipts) {
			return widgets.Cell{}
		}
		c := widgets.Cell{Text: receiptRow(p.m.acc.receipts[row])[col]}
		switch col {
		case 3, 5:
			c.Ink = theme.Ardoise600
		case 6:
			c.Bold = true
		}
		return c
	}
	if row >= len(p.m.rows) {
		return widgets.Cell{}
	}
	r := p.m.rows[row]
	switch col {
	case 0:
		return widgets.Cell{Text: r.day}
	case 1:
		return widgets.Cell{Text: r.label, Icon: r.icon}
	case 2:
		return widgets.Cell{Text: r.detail, Ink: theme.Ardoise600}
	case 3:
		return widgets.Cell{Text: r.debit}
	case 4:
		return widgets.Cell{Text: r.credit}
	}
	c := widgets.Cell{Text: r.b, Bold: true}
	if r.line.Balance < 0 {
		c.Ink = theme.Erreur
	}
	return c
}

// pickPeriod changes the days of the statement.
func (p *page) pickPeriod(id string) {
	if id == "choose" {
		p.span.Set(p.m.period)
		p.chooseDates()
		return
	}
	p.m.period = id
	p.m.from, p.m.to = p.m.span(id)
	p.loadAccount()
}

func (p *page) chooseDates() {
	first, last := widgets.NewDateField(p.sh.Today).Required(), widgets.NewDateField(p.sh.Today).Required()
	begin, end := p.m.from, p.m.to
	if begin.IsZero() {
		begin = calendar.SchoolYearOf(p.sh.Today()).First()
	}
	if end.IsZero() {
		end = p.sh.Today()
	}
	first.Set(begin)
	last.Set(end)
	from, to := widgets.NewField("Du", "", first), widgets.NewField("Au", "", last)
	f := widgets.NewForm().Line(from, to)
	f.Watch(from, func() error { _, err := first.Value(); return err })
	f.Watch(to, func() error {
		b, err := last.Value()
		if err != nil {
			return err
		}
		if a, err := first.Value(); err == nil && b < a {
			return fault.New(fault.Invalid, "La fin est avant le début.")
		}
		return nil
	})
	var d *widgets.Dialog
	d = widgets.NewDialog("Période du relevé", "", f.Content(), "Afficher", widgets.Primary, func() {
		if !f.Validate() {
			return
		}
		a, errA := first.Value()
		b, errB := last.Value()
		if errA != nil || errB != nil {
			return
		}
		p.m.period, p.m.from, p.m.to = "custom", a, b
		d.Close()
		p.loadAccount()
	})
	d.First = first.FocusTarget()
	p.sh.Show(d)
}

// hero is the card of the balance.
type hero struct {
	*widgets.Painting
	p      *page
	folder *widgets.Button
}

func newHero(p *page) *hero {
	h := &hero{p: p}
	h.folder = widgets.NewIconButton("family", "Ouvrir le dossier de la famille", func() { p.sh.Navigate("families", kit.OpenFamily{ID: p.m.id}) })
	h.folder.SetKind(widgets.Flat)
	h.Painting = widgets.NewPainting(480, 128, h.draw)
	return h
}

func (h *hero) draw(g *widgets.Gfx, size fyne.Size) {
	g.Rect(0, 0, size.Width, size.Height, widgets.Shape{Fill: theme.Blanc, Stroke: theme.Ardoise200, Radius: 6})
	right := h.buttons(g, size)
	a := h.p.m.acc
	if a == nil {
		g.Text(24, 0, right-48, size.Height, "Chargement…", widgets.Body.With(theme.Ardoise600))
		return
	}
	w := a.wallet
	debits, credits := figure{"Débits " + since(w.Since), w.Debits.String()}, figure{"Crédits " + since(w.Since), w.Credits.String()}
	if right-debits.width()-credits.width()-96 > size.Width*0.42 { // else no room: the balance matters more
		right = debits.draw(g, size, right)
		right = credits.draw(g, size, right)
	}
	room := right - 24
	y := theme.Px(14)
	x := float32(24)
	x += g.Text(x, y, room-160, theme.Px(26), "Famille "+w.Family, widgets.Heading) + 8
	number := "n° " + w.Number
	x += g.Text(x, y, theme.Px(90), theme.Px(26), number, widgets.Body.With(theme.Ardoise600)) + 4
	m := h.folder.MinSize()
	g.Child(h.folder, x, y+(theme.Px(26)-m.Height)/2, m.Width, m.Height)
	x += m.Width
	if o := h.p.other.MinSize(); x+o.Width < right {
		g.Child(h.p.other, x, y+(theme.Px(26)-o.Height)/2, o.Width, o.Height)
	}
	y += theme.Px(26)
	st := widgets.Hero
	if w.Overdrawn() {
		st.Ink = theme.Erreur
	}
	used := g.Text(24, y, room, theme.Px(56), w.Balance.String(), st)
	b := standing(w.Balance, w.LowBelow)
	if used+16+widgets.BadgeWidth(b) < room {
		g.Badge(24+used+12, y+(theme.Px(56)-theme.Px(22))/2, widgets.BadgeWidth(b), b)
	}
	y += theme.Px(56)
	g.Text(24, y, room, theme.Px(18), notice(w), widgets.Small)
}

// figure is a sum with its label.
type figure struct{ label, amount string }

func (f figure) width() float32 {
	return max(widgets.TextWidth(f.label, widgets.Small), widgets.TextWidth(f.amount, widgets.Title))
}

// draw puts the figure left of right, with a line after it; it gives where the next one ends.
func (f figure) draw(g *widgets.Gfx, size fyne.Size, right float32) float32 {
	w := f.width()
	x := right - 24 - w
	g.VLine(right, theme.Px(32), size.Height-theme.Px(64), theme.Ardoise200)
	y := (size.Height - theme.Px(44)) / 2
	g.Text(x, y, w+1, theme.Px(18), f.label, widgets.Small)
	g.Text(x, y+theme.Px(18), w+1, theme.Px(28), f.amount, widgets.Title)
	return x - 24
}

// scaled gives a width in px that grows as the text does, where parts grow by
// half of it.
func scaled(px float32) float32 { return px * theme.Px(100) / theme.Wide(100) }

// buttons stand at the right; it gives where they begin.
func (h *hero) buttons(g *widgets.Gfx, size fyne.Size) float32 {
	top, a, b := h.p.recharge.MinSize(), h.p.refund.MinSize(), h.p.overdraft.MinSize()
	w := max(top.Width, a.Width+8+b.Width)
	x := size.Width - 24 - w
	y := (size.Height - top.Height - 8 - a.Height) / 2
	g.Child(h.p.recharge, x, y, w, top.Height)
	y += top.Height + 8
	g.Child(h.p.refund, x, y, w-8-b.Width, a.Height)
	g.Child(h.p.overdraft, x+w-b.Width, y, b.Width, b.Height)
	return x - 24
}
