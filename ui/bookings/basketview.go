package bookings

import (
	"cmp"
	"fmt"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ardoise/data/booking"
	"ardoise/data/fault"
	"ardoise/data/money"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// basketPanel is the right-hand side of mockup 04: lines, total, means,
// consent, and the button that commits.
type basketPanel struct {
	v       *monthView
	box     *widgets.Panel
	lines   *widgets.Painting
	scroll  *container.Scroll
	total   *widgets.Painting
	means   *widgets.RadioRows
	after   *widgets.Alert
	agreed  *widgets.Check
	how     *widgets.Select
	recap   *widgets.Check
	ok      *widgets.Button
	empty   *widgets.EmptyState
	rest    *fyne.Container
	rows    []basketLine
	problem string
	busy    bool
	stale   bool // the plan shown is of an older basket: a new one is on its way
	asked   bool // F9 was pressed meanwhile: commit once it is there
}

const nbsp = "\u00a0"

// meansOptions are the ways of paying, in the order of the counter.
var meansOptions = []widgets.Option{
	{ID: "wallet", Label: "Porte-monnaie", Icon: "wallet"},
	{ID: "card", Label: "Carte", Icon: "card", Detail: "terminal"},
	{ID: "cheque", Label: "Chèque", Icon: "cheque"},
	{ID: "cash", Label: "Espèces", Icon: "cash", Detail: "quittance"},
	{ID: "monthly", Label: "Facture mensuelle", Icon: "invoice"},
}

func newBasketPanel(v *monthView) *basketPanel {
	b := &basketPanel{v: v}
	b.lines = widgets.NewPainting(240, 0, b.paintLines)
	b.lines.Min = func() fyne.Size { return fyne.NewSize(240, b.height()) }
	b.scroll = container.NewVScroll(b.lines)
	b.empty = widgets.NewEmptyState("basket", "Panier vide", "Espace sur un jour, ou la souris glissée sur plusieurs, les met ici.", nil)
	b.total = widgets.NewPainting(240, 56, b.paintTotal)
	b.means = widgets.NewRadioRows(func(string) { v.replan() }, meansOptions...)
	b.means.Set("wallet")
	b.after = widgets.NewAlert(widgets.Info, "", "")
	b.agreed = widgets.NewCheck("Accord de la famille reçu par :", func(bool) { v.replan() })
	b.how = widgets.NewSelect(func(string) {}, widgets.Option{ID: "téléphone", Label: "téléphone", Icon: "phone"}, widgets.Option{ID: "guichet", Label: "guichet", Icon: "user"},
		widgets.Option{ID: "courriel", Label: "courriel", Icon: "mail"}, widgets.Option{ID: "courrier", Label: "courrier", Icon: "file"}).Compact()
	b.how.Set("téléphone")
	b.recap = widgets.NewCheck("Envoyer le récapitulatif", nil)
	b.ok = widgets.NewButton("Valider", widgets.Primary, b.commit).KeyHint("F9").Final()
	clearing := widgets.NewButton("Vider le panier", widgets.Flat, v.clearBasket).KeyHint("Ctrl+Suppr").Compact()
	b.rest = widgets.VBox(0,
		widgets.NewDivider(), widgets.Pad(16, 0, b.total), widgets.NewDivider(),
		widgets.Pad(16, 8, widgets.NewLabel("Moyen de paiement", widgets.BodyBold)), widgets.Pad(8, 0, b.means),
		widgets.Pad(16, 8, b.after), widgets.NewDivider(),
		widgets.Pad(16, 8, widgets.VBox(6, b.agreed, b.how, b.recap)),
		widgets.Pad(16, 4, b.ok), container.NewCenter(clearing), widgets.Spacer(),
	)
	var body fyne.CanvasObject = widgets.VFlex(0, []float32{1, 0}, container.NewStack(b.scroll, b.empty), b.rest)
	if roomy() { // it is as high as what it holds, and scrolls with the page
		body = widgets.VBox(0, container.NewStack(b.scroll, b.empty), b.rest)
		b.scroll.Direction = container.ScrollNone
	}
	b.box = widgets.NewPanel("Panier", body).Flush().Line()
	return b
}

// show draws the basket's plan; while it is being worked out the former lines
// stay, so that nothing jumps.
func (b *basketPanel) show() {
	m := b.v.m
	b.problem = ""
	b.rows = basketLines(m.plan)
	if m.basket.empty() {
		b.rows = nil
		b.empty.Show()
		b.scroll.Hide()
	} else {
		b.empty.Hide()
		b.scroll.Show()
	}
	b.box.SetSub(linesText(len(b.rows)))
	b.showMeans()
	b.showAfter()
	b.lines.Refresh()
	b.scroll.Refresh()
	b.total.Refresh()
	off := b.off()
	b.ok.SetEnabled(off == "" && !b.busy, off)
}

func linesText(n int) string {
	switch n {
	case 0:
		return ""
	case 1:
		return "1 ligne"
	}
	return fmt.Sprintf("%d lignes", n)
}

func (b *basketPanel) failed(err error) {
	b.rows, b.problem = nil, fault.Sentence(err)
	b.after.Set(widgets.Failure, b.problem, "")
	b.lines.Refresh()
	b.total.Refresh()
	b.ok.SetEnabled(false, b.problem)
}

// showFamily writes what is known of the family into the questions.
func (b *basketPanel) showFamily() {
	c := b.v.contact
	if c.email == "" {
		b.recap.Set(false)
		b.recap.Disable()
		b.recap.Detail("aucune adresse e-mail")
		return
	}
	b.recap.Enable()
	b.recap.Detail(c.email)
}

// showMeans offers what the services of the basket offer.
func (b *basketPanel) showMeans() {
	opts := slices.Clone(meansOptions)
	g := b.v.m.grid
	monthly := false
	if g != nil {
		opts[0].Detail = "solde " + g.Balance.String()
		for _, l := range b.v.m.lines {
			if g.Children[l.child].Services[l.service].Pay == booking.Monthly {
				monthly = true
			}
		}
	}
	if !monthly {
		opts = opts[:len(opts)-1]
	}
	value := b.means.Value()
	b.means.SetOptions(opts...)
	if value == "monthly" && !monthly {
		value = "wallet"
	}
	b.means.Set(value)
}

func (b *basketPanel) showAfter() {
	p := b.v.m.plan
	switch {
	case b.v.m.grid == nil:
		b.after.Set(widgets.Neutral, "Choisissez une famille.", "")
	case p == nil:
		b.after.Set(widgets.Info, "Solde"+nbsp+": ", b.v.m.grid.Balance.String())
	case p.Missing > 0:
		b.after.Set(widgets.Failure, fault.French(fmt.Sprintf("Il manque %s : le solde couvre %s. Rechargez (F6) ou changez de moyen.", p.Missing, mealsText(p.Covered))), "")
	case p.Problem != "":
		b.after.Set(widgets.Failure, fault.French(p.Problem), "")
	case b.means.Value() != "wallet" && p.Total > 0:
		b.after.Set(widgets.Info, "À encaisser"+nbsp+": ", p.Total.String())
	case p.Total == 0 && p.Monthly > 0:
		b.after.Set(widgets.Info, "À facturer en fin de mois"+nbsp+": ", p.Monthly.String())
	default:
		b.after.Set(widgets.Info, "Nouveau solde"+nbsp+": ", p.BalanceAfter.String())
	}
}

func mealsText(n int) string {
	switch n {
	case 0:
		return "aucun jour"
	case 1:
		return "1 jour"
	}
	return fmt.Sprintf("%d jours", n)
}

// off says why the basket cannot be committed now.
func (b *basketPanel) off() string {
	m := b.v.m
	switch {
	case m.basket.empty():
		return "Le panier est vide."
	case b.stale:
		return "" // the answer is a moment away: commit waits for it
	case m.plan == nil:
		return cmp.Or(b.problem, "Le panier n’a pas pu être calculé.")
	case m.plan.Problem != "":
		return fault.French(m.plan.Problem)
	case m.plan.Accepted() == 0:
		return "Aucune ligne du panier ne peut être faite."
	}
	return ""
}

const lineHeight = 78

func (b *basketPanel) height() float32 {
	h := float32(0)
	for _, l := range b.rows {
		h += b.rowHeight(l)
	}
	return h + 8
}

func (b *basketPanel) rowHeight(l basketLine) float32 {
	if !l.Refused {
		return theme.Px(lineHeight)
	}
	lines := len(widgets.Wrap(l.Detail, widgets.Small, theme.Wide(220)))
	return theme.Px(float32(56 + 16*lines))
}

func (b *basketPanel) paintLines(g *widgets.Gfx, size fyne.Size) {
	y := float32(0)
	for i, l := range b.rows {
		h := b.rowHeight(l)
		if i > 0 {
			g.HLine(16, y, size.Width-32, theme.Ardoise200)
		}
		b.paintLine(g, y+12, size.Width, l)
		y += h
	}
}

func (b *basketPanel) paintLine(g *widgets.Gfx, y, w float32, l basketLine) {
	s := theme.Px(24)
	cell := lookAdd
	if l.Sign != "+" {
		cell = lookCancel
	}
	if l.Refused {
		cell = widgets.GridCell{Fill: widgets.CellLight, Tone: widgets.Failure, Icon: "cross"}
	}
	widgets.DrawGridCell(g, 16, y, s, s, cell)
	x := 16 + s + 12
	amount := ""
	if !l.Refused && l.Amount != 0 {
		amount = l.Amount.String()
	}
	aw := widgets.TextWidth(amount, widgets.BodyBold)
	line := widgets.LineHeight(widgets.Body)
	g.Text(w-16-aw, y, aw+1, line, amount, widgets.BodyBold.Right())
	g.Text(x, y, w-x-aw-24, line, l.Title, widgets.BodyBold)
	if l.Refused {
		h := g.Paragraph(x, y+line, w-x-16, l.Detail, widgets.Small.With(theme.Erreur))
		g.Text(x, y+line+h, w-x-16, widgets.LineHeight(widgets.Small), l.Days, widgets.Small)
		return
	}
	small := widgets.LineHeight(widgets.Small)
	g.Text(x, y+line, w-x-16, small, l.Detail, widgets.Small)
	g.Text(x, y+line+small, w-x-16, small, l.Days, widgets.Small)
}

func (b *basketPanel) paintTotal(g *widgets.Gfx, size fyne.Size) {
	label, amount := "Total à régler", money.Cents(0)
	if p := b.v.m.plan; p != nil {
		amount = p.Total
		if amount < 0 {
			label, amount = "Total recrédité", -amount
		}
	}
	g.Text(0, 0, size.Width, size.Height, label, widgets.BodyBold)
	g.Text(size.Width/3, 0, size.Width*2/3, size.Height, amount.String(), widgets.Total.Right())
}
