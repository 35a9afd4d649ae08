package wallets

import (
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ardoise/data/calendar"
	"ardoise/data/ledger"
	"ardoise/data/money"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// standing is the badge of a balance.
func standing(balance, low money.Cents) widgets.BadgeSpec {
	switch {
	case balance < 0:
		return widgets.BadgeSpec{Icon: "circle-alert", Text: "Débiteur", Tone: widgets.Failure}
	case balance < low:
		return widgets.BadgeSpec{Icon: "arrow-down", Text: "Solde bas", Tone: widgets.Warning}
	}
	return widgets.BadgeSpec{Icon: "check", Text: "Suffisant", Tone: widgets.Success}
}

func (p *page) buildHome() {
	p.search = widgets.NewTextField().Icon("search").PlaceHolder("Famille, enfant, courriel, téléphone ou numéro F-0087")
	p.search.OnChanged = p.typed
	p.search.OnKey = func(ev *fyne.KeyEvent) bool {
		switch ev.Name {
		case fyne.KeyUp, fyne.KeyDown, fyne.KeyPageUp, fyne.KeyPageDown:
			if p.found.Visible() {
				p.results.TypedKey(ev)
				return true
			}
		case fyne.KeyReturn, fyne.KeyEnter:
			if p.found.Visible() && len(p.m.hits) > 0 {
				p.take(max(0, p.results.Selected()))
				return true
			}
		}
		return false
	}
	p.buildLow()
	p.buildCash()
	p.results = widgets.NewList(56, p.drawHit)
	p.results.OnOpen = p.take
	p.results.OnTapRow(p.take)
	p.found = widgets.NewPanel("Familles trouvées", p.results).Flush().Line()
	p.found.Hide()
	if p.m.may.cash {
		p.tables = widgets.HFlex(16, []float32{1.25, 1}, p.lowPanel, p.cashPanel)
	} else {
		p.tables = container.NewStack(p.lowPanel)
	}
	hint := widgets.NewKeyHints("Flèches", "choisir", "Entrée", "ouvrir")
	card := widgets.NewPanel("Ouvrir un porte-monnaie", p.search).Right(hint)
	p.homeBox = widgets.VFlex(16, []float32{0, 1}, card, container.NewStack(p.tables, p.found))
}

func (p *page) buildLow() {
	p.low = widgets.NewTable([]widgets.Column{
		{ID: "family", Title: "Famille"},
		{ID: "number", Title: "N°", Width: 68},
		{ID: "state", Title: "État", Width: 104},
		{ID: "notice", Title: "Alerte sous", Width: 84, Right: true},
		{ID: "balance", Title: "Solde", Width: 92, Right: true},
	}, p.lowCell)
	p.low.OnOpen = func(row int) {
		if row < len(p.m.home.low) {
			p.choose(p.m.home.low[row].FamilyID)
		}
	}
	p.low.Jump = func(row int) string { return p.m.home.low[row].Family }
	p.low.Loading("")
	p.lowPanel = widgets.NewPanel("Soldes bas et débiteurs", p.low).Flush()
}

func (p *page) lowCell(row, col int) widgets.Cell {
	if row >= len(p.m.home.low) {
		return widgets.Cell{}
	}
	w := p.m.home.low[row]
	switch col {
	case 0:
		return widgets.Cell{Text: w.Family, Bold: true}
	case 1:
		return widgets.Cell{Text: w.Number, Ink: theme.Ardoise600}
	case 2:
		b := standing(w.Balance, w.LowBelow)
		return widgets.Cell{Badge: &b}
	case 3:
		return widgets.Cell{Text: w.LowBelow.String(), Ink: theme.Ardoise600}
	}
	c := widgets.Cell{Text: w.Balance.String(), Bold: true}
	if w.Overdrawn() {
		c.Ink = theme.Erreur
	}
	return c
}

func (p *page) buildCash() {
	p.cash = widgets.NewTable([]widgets.Column{
		{ID: "number", Title: "Quittance", Width: 84},
		{ID: "family", Title: "Famille"},
		{ID: "means", Title: "Moyen", Width: 84},
		{ID: "amount", Title: "Montant", Width: 84, Right: true},
	}, func(row, col int) widgets.Cell {
		if row >= len(p.m.home.receipts) {
			return widgets.Cell{}
		}
		r := p.m.home.receipts[row]
		switch col {
		case 0:
			return widgets.Cell{Text: r.Number()}
		case 1:
			return widgets.Cell{Text: r.Family, Bold: true, Sub: calendar.HourText(r.At)}
		case 2:
			return widgets.Cell{Text: shortMeans(r.Means), Ink: theme.Ardoise600}
		}
		return widgets.Cell{Text: r.Amount.String(), Bold: true}
	})
	p.cash.OnOpen = func(row int) {
		if row < len(p.m.home.receipts) {
			p.showReceipt(p.m.home.receipts[row])
		}
	}
	p.sums = widgets.NewLabel("", widgets.SmallBold)
	spans := widgets.NewChoice(widgets.Filters, func(id string) {
		p.m.homeSpan = id
		p.loadHome()
	}, widgets.Option{ID: "day", Label: "Aujourd’hui"}, widgets.Option{ID: "week", Label: "7 jours"}, widgets.Option{ID: "month", Label: "30 jours"})
	p.cashPanel = widgets.NewPanel("Quittances", p.cash).Right(spans).Flush().Footer(p.sums)
}

func shortMeans(id string) string {
	for _, o := range meansOptions {
		if o.id == id {
			return strings.ToLower(o.label)
		}
	}
	return id
}

// showHome draws the two lists.
func (p *page) showHome() {
	if n := len(p.m.home.low); n > 0 {
		p.low.SetCount(n)
		p.lowPanel.SetSub(fmt.Sprint(n))
	} else {
		p.low.Empty(widgets.NewEmptyState("check", "Aucun solde bas", "Toutes les familles qui ont un porte-monnaie sont au-dessus de leur alerte.", nil))
		p.lowPanel.SetSub("")
	}
	if !p.m.may.cash {
		return
	}
	if n := len(p.m.home.receipts); n > 0 {
		p.cash.SetCount(n)
	} else {
		p.cash.Empty(widgets.NewEmptyState("invoice", "Aucune quittance", "Aucun encaissement sur cette période.", nil))
	}
	p.sums.Set(sumText(p.m.home.sums))
}

// showFound draws the families found, in place of the lists.
func (p *page) showFound() {
	on := strings.TrimSpace(p.m.text) != ""
	if on {
		p.tables.Hide()
		p.found.Show()
	} else {
		p.found.Hide()
		p.tables.Show()
	}
	switch n := len(p.m.hits); {
	case n > 0:
		p.results.SetCount(n)
		p.results.Select(0)
		p.found.SetSub(fmt.Sprint(n))
	case on:
		p.results.NoMatch("Aucune famille ne correspond à « "+p.m.text+" ».", func() { p.search.SetText(""); p.search.Focus() })
		p.found.SetSub("")
	}
}

func (p *page) take(row int) {
	if row >= 0 && row < len(p.m.hits) {
		p.choose(p.m.hits[row].ID)
	}
}

func (p *page) drawHit(g *widgets.Gfx, row int, b widgets.Box, _ bool) {
	if row >= len(p.m.hits) {
		return
	}
	h := p.m.hits[row]
	amount, st := h.Balance.String(), widgets.BodyBold
	switch {
	case !h.HasWallet:
		amount, st = "pas encore de porte-monnaie", widgets.Small
	case h.Balance < 0:
		st.Ink = theme.Erreur
	}
	w := widgets.TextWidth(amount, st)
	line := theme.Px(20)
	y := b.Y + (b.H-2*line)/2
	g.Text(b.X+b.W-w, b.Y, w+1, b.H, amount, st)
	used := g.Text(b.X, y, b.W-w-90, line, "Famille "+h.Name, widgets.BodyBold)
	g.Text(b.X+used+8, y, 80, line, h.Number(), widgets.Small)
	names := make([]string, len(h.Children))
	for i, c := range h.Children {
		names[i] = c.First
	}
	g.Text(b.X, y+line, b.W-w-16, line, strings.Trim(strings.Join(names, ", ")+" · "+h.City, " ·"), widgets.Small)
}

// receiptRow is the text of a receipt in the family's own list.
func receiptRow(r ledger.Receipt) []string {
	return []string{calendar.DateOf(r.At).Short(), r.Number(), shortMeans(r.Means), r.Reference, r.Payer, r.Agent, r.Amount.String()}
}
