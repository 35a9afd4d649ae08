package billing

import (
	"context"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"ardoise/data/billing"
	"ardoise/data/fault"
	"ardoise/data/money"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// meansOptions are the ways an invoice is paid at the counter.
var meansOptions = []struct{ id, label, icon, reference string }{
	{"cheque", "Chèque", "cheque", "Référence (n° du chèque)"},
	{"cash", "Espèces", "cash", "Référence (facultative)"},
	{"card", "Carte", "card", "Référence (n° du ticket)"},
	{"transfer", "Virement", "bank", "Référence (libellé du virement)"},
	{billing.ByWallet, "Porte-monnaie", "wallet", "Référence (facultative)"},
}

func meansIcon(id string) string {
	for _, o := range meansOptions {
		if o.id == id {
			return o.icon
		}
	}
	return "bank"
}

// debtor is a family that owes something.
type debtor struct {
	id   int64
	name string
	owed money.Cents
	open []billing.Invoice // the oldest due first
}

// debtors groups what is owed by family, in the order of the names.
func debtors(list []billing.Invoice) (out []*debtor) {
	at := map[int64]*debtor{}
	for _, v := range list {
		d := at[v.FamilyID]
		if d == nil {
			d = &debtor{id: v.FamilyID, name: v.Family}
			at[v.FamilyID] = d
			out = append(out, d)
		}
		d.name = v.Family // the name of the latest invoice
		d.owed += v.Open
		d.open = append(d.open, v)
	}
	for _, d := range out {
		sortByDue(d.open)
	}
	sortByName(out)
	return out
}

// payDialog takes a payment: family, amount, means; it shows at once which
// invoices it pays and what stays in the wallet.
type payDialog struct {
	p       *page
	key     string // one opening, one payment
	all     []*debtor
	who     *debtor
	only    map[int64]bool // invoices ticked; nil: the oldest first
	plan    *billing.PaymentPlan
	why     string // French: why there is no plan
	busy    bool
	paid    bool
	quiet   bool
	asking  asking
	planned billing.Payment // what the plan is of

	family    *widgets.Select
	amount    *widgets.MoneyField
	means     *widgets.RadioRows
	reference *widgets.TextField
	refField  *widgets.Field
	payer     *widgets.TextField
	choice    *widgets.Choice
	table     *widgets.Table
	result    *widgets.Painting
	print     *widgets.Check
	form      *widgets.Form
	dialog    *widgets.Dialog
}

// pay is F6: a payment of a family (0: to be chosen).
func (p *page) pay(familyID int64) { p.payInvoices(familyID, nil) }

// payInvoices takes a payment for some invoices of a family.
func (p *page) payInvoices(familyID int64, ids []int64) {
	d := p.d
	var list []billing.Invoice
	p.sh.Runner().Go(p.sh.Ctx(), func(ctx context.Context) (err error) {
		list, err = d.Billing.Invoices(ctx, billing.InvoiceFilter{Owed: true})
		return err
	}, func(err error) {
		switch {
		case err != nil:
			p.sh.Refused(err)
		case len(list) == 0:
			p.sh.Toast(fault.French("Aucune facture n’est à payer : rechargez plutôt un porte-monnaie."))
		default:
			t := newPayDialog(p, debtors(list))
			t.begin(familyID, ids)
			p.sh.Show(t.dialog)
		}
	})
}

func newPayDialog(p *page, all []*debtor) *payDialog {
	t := &payDialog{p: p, key: p.d.newKey(), all: all}
	options := make([]widgets.Option, len(all))
	for i, d := range all {
		options[i] = widgets.Option{ID: plainID(d.id), Label: d.name, Detail: d.owed.String()}
	}
	t.family = widgets.NewSelect(t.choose, options...).PlaceHolder("Tapez le nom de la famille").Icon("family").Bold()
	t.amount = widgets.NewMoneyField()
	t.amount.OnChanged = func(string) { t.changed() }
	var ways []widgets.Option
	for _, o := range meansOptions {
		ways = append(ways, widgets.Option{ID: o.id, Label: o.label, Icon: o.icon})
	}
	t.means = widgets.NewRadioRows(t.by, ways...).Columns(3)
	t.reference, t.payer = widgets.NewTextField(), widgets.NewTextField()
	t.refField = widgets.NewField(meansOptions[0].reference, "", t.reference)
	t.choice = widgets.NewChoice(widgets.Filters, t.pickHow, widgets.Option{ID: "oldest", Label: "Les plus anciennes d’abord"}, widgets.Option{ID: "some", Label: "Choisir les factures"})
	t.table = widgets.NewTable(fit([]widgets.Column{
		{ID: "tick", Title: "", Width: 18},
		{ID: "number", Title: "Facture", Width: 84},
		{ID: "month", Title: "Mois"},
		{ID: "due", Title: "Échéance", Width: 84, Spare: true},
		{ID: "owed", Title: "Dû", Width: 80, Right: true},
		{ID: "paid", Title: "Payé", Width: 80, Right: true},
		{ID: "left", Title: "Reste", Width: 80, Right: true},
	}), t.cell).RowHeight(30)
	t.table.OnSpace = t.tick
	t.table.OnZone = func(i int, _ string) { t.tick(i) }
	t.table.Empty(widgets.NewEmptyState("family", "Choisissez la famille", "", nil))
	t.result = widgets.NewPainting(300, 52, t.draw)
	t.print = widgets.NewCheck("Imprimer la quittance", nil)
	t.print.Set(true)
	t.build()
	return t
}

func (t *payDialog) build() {
	f := widgets.NewForm()
	family := widgets.NewField("Famille", "", t.family)
	f.Watch(family, func() error {
		if t.who == nil {
			return fault.New(fault.Invalid, "Choisissez la famille qui paie.")
		}
		return nil
	})
	amount := widgets.NewField("Montant reçu", "", t.amount)
	f.Watch(amount, func() error {
		c, err := t.amount.Value()
		if err == nil && c <= 0 {
			err = fault.New(fault.Invalid, "Le montant doit être supérieur à zéro.")
		}
		return err
	})
	f.Line(widgets.HFlex(16, []float32{2, 1}, family, amount))
	f.Line(widgets.NewField("Moyen de paiement", "", t.means))
	f.Line(t.refField, widgets.NewField("Reçu de", "Vide"+nbsp+": la famille.", t.payer))
	f.Line(t.choice)
	f.Line(tallTable(t.table, 4, 30))
	f.Line(t.result)
	f.Line(t.print)
	t.form = f
	t.dialog = widgets.NewDialog("Encaisser un paiement", "", f.Content(), "Encaisser", widgets.Primary, t.submit)
	t.dialog.Width, t.dialog.First = 680, t.family
}

// begin chooses the family and the invoices the dialog was opened for.
func (t *payDialog) begin(familyID int64, ids []int64) {
	for _, d := range t.all {
		if d.id == familyID {
			t.family.Set(plainID(d.id))
			t.who = d
			t.dialog.First = t.amount.FocusTarget()
		}
	}
	if t.who == nil {
		return
	}
	if len(ids) > 0 {
		t.only = map[int64]bool{}
		for _, id := range ids {
			t.only[id] = true
		}
		t.choice.Set("some")
	}
	t.propose()
}

func (t *payDialog) choose(id string) {
	for _, d := range t.all {
		if plainID(d.id) == id {
			t.who = d
		}
	}
	t.only = nil
	t.choice.Set("oldest")
	t.propose()
	t.p.focus(t.amount.FocusTarget())
	t.amount.SelectAll()
}

// propose writes what the family owes as the amount, and plans it.
func (t *payDialog) propose() {
	var sum money.Cents
	for _, v := range t.who.open {
		if t.only == nil || t.only[v.ID] {
			sum += v.Open
		}
	}
	t.table.SetCount(len(t.who.open))
	t.quiet = true
	t.amount.Set(sum)
	t.quiet = false
	t.ask()
}

// by follows the means: a wallet has no reference and gives no receipt.
func (t *payDialog) by(id string) {
	for _, o := range meansOptions {
		if o.id == id {
			t.refField.SetLabel(o.reference)
		}
	}
	if id == billing.ByWallet {
		t.print.Disable()
	} else {
		t.print.Enable()
	}
	t.changed()
}

// pickHow lets the agent tick the invoices, or takes the oldest first.
func (t *payDialog) pickHow(id string) {
	t.only = nil
	if id == "some" && t.who != nil {
		t.only = map[int64]bool{}
		for _, v := range t.who.open {
			t.only[v.ID] = true
		}
	}
	t.table.Refresh()
	t.changed()
}

// tick takes an invoice in or out; the amount follows.
func (t *payDialog) tick(i int) {
	if t.who == nil || i < 0 || i >= len(t.who.open) {
		return
	}
	if t.only == nil {
		t.choice.Set("some")
		t.pickHow("some")
	}
	id := t.who.open[i].ID
	t.only[id] = !t.only[id]
	t.table.Refresh()
	t.propose()
}

// changed plans again after a pause in typing.
func (t *payDialog) changed() {
	if t.quiet || t.dialog == nil {
		return
	}
	t.plan = nil
	t.result.Refresh()
	if t.asking.stop != nil {
		t.asking.stop()
	}
	t.asking.stop = t.p.sh.Runner().After(80*time.Millisecond, t.ask)
}

// wanted is the payment as typed.
func (t *payDialog) wanted() (billing.Payment, bool) {
	c, err := t.amount.Value()
	if t.who == nil || err != nil || c <= 0 {
		return billing.Payment{}, false
	}
	a := billing.Payment{Key: t.key, FamilyID: t.who.id, Amount: c, Means: t.means.Value(), Reference: strings.TrimSpace(t.reference.Text()), Payer: strings.TrimSpace(t.payer.Text())}
	if t.only != nil {
		for _, v := range t.who.open {
			if t.only[v.ID] {
				a.Invoices = append(a.Invoices, billing.Share{InvoiceID: v.ID})
			}
		}
	}
	return a, true
}

// ask plans what is typed.
func (t *payDialog) ask() {
	ask, ok := t.wanted()
	t.plan, t.why = nil, ""
	if !ok || t.only != nil && len(ask.Invoices) == 0 {
		t.show()
		return
	}
	b := t.p.d.Billing
	var plan billing.PaymentPlan
	t.asking.latest.Go(t.p.sh.Runner(), t.p.sh.Ctx(), func(ctx context.Context) (err error) {
		plan, err = b.PlanPayment(ctx, ask)
		return err
	}, func(err error) {
		if err != nil {
			t.why = fault.Sentence(err)
		} else {
			t.plan, t.planned = &plan, ask
		}
		t.show()
	})
}

func (t *payDialog) show() {
	t.table.Refresh()
	t.result.Refresh()
	verb := "Encaisser"
	if t.plan != nil && t.plan.Problem == "" {
		verb = "Encaisser " + t.plan.Ask.Amount.String()
	}
	t.dialog.Main.SetLabel(verb)
	t.form.Refuse(nil)
}

func (t *payDialog) cell(i, col int) widgets.Cell {
	if t.who == nil || i >= len(t.who.open) {
		return widgets.Cell{}
	}
	v := t.who.open[i]
	var paid money.Cents
	if t.plan != nil {
		for _, s := range t.plan.Shares {
			if s.InvoiceID == v.ID {
				paid = s.Amount
			}
		}
	}
	switch col {
	case 0:
		on := t.only == nil && paid > 0 || t.only[v.ID]
		return widgets.Cell{Tick: &on}
	case 1:
		return widgets.Cell{Text: v.Number, Ink: theme.Ardoise600}
	case 2:
		return widgets.Cell{Text: v.Month.Label(), Bold: true}
	case 3:
		return widgets.Cell{Text: v.DueOn.Short()}
	case 4:
		return widgets.Cell{Text: v.Open.String()}
	case 5:
		if paid == 0 {
			return widgets.Cell{Text: "—", Ink: theme.Ardoise500}
		}
		return widgets.Cell{Text: paid.String(), Bold: true, Ink: theme.Succes}
	}
	if left := v.Open - paid; left > 0 {
		return widgets.Cell{Text: left.String(), Bold: true}
	}
	return widgets.Cell{Text: "soldée", Ink: theme.Succes}
}

// draw tells what the payment does, in words and colour.
func (t *payDialog) draw(g *widgets.Gfx, size fyne.Size) {
	fill, line, ink := theme.SuccesClair, theme.SuccesLigne, theme.Succes
	icon, head, detail, sum := "check", "", "", ""
	switch {
	case t.plan == nil && t.why == "":
		fill, line, ink, icon, head = theme.Ardoise50, theme.Ardoise200, theme.Ardoise600, "info", "Choisissez la famille et le montant."
	case t.plan == nil:
		fill, line, ink, icon, head = theme.AlerteClair, theme.AlerteLigne, theme.Alerte, "circle-alert", t.why
	case t.plan.Problem != "":
		fill, line, ink, icon, head = theme.AlerteClair, theme.AlerteLigne, theme.Alerte, "circle-alert", t.plan.Problem
	default:
		head = plural(len(t.plan.Shares), "facture payée", "factures payées")
		sum = t.plan.Paid.String()
		detail = "La famille ne doit plus rien."
		if left := t.plan.Owed - t.plan.Paid; left > 0 {
			detail = "Il restera dû " + left.String() + "."
		}
		switch {
		case t.plan.Ask.Means == billing.ByWallet:
			detail += " Porte-monnaie ensuite" + nbsp + ": " + t.plan.After.String() + "."
		case t.plan.ToWallet > 0:
			fill, line, ink, icon = theme.InfoClair, theme.InfoLigne, theme.Info, "wallet"
			detail = t.plan.ToWallet.String() + " de trop restent au porte-monnaie (" + t.plan.After.String() + ")."
		}
	}
	g.Rect(0, 0, size.Width, size.Height, widgets.Shape{Fill: fill, Stroke: line, Radius: 4})
	ic := theme.Px(18)
	g.Icon(14, (size.Height-ic)/2, ic, icon, ink)
	x := 14 + ic + 12
	right := size.Width - 14
	if sum != "" {
		w := widgets.TextWidth(sum, widgets.Title)
		g.Text(right-w, 0, w+1, size.Height, sum, widgets.Title.With(ink))
		right -= w + 12
	}
	if detail == "" {
		lines := widgets.Wrap(head, widgets.Body, right-x)
		h := widgets.LineHeight(widgets.Body)
		y := (size.Height - float32(min(2, len(lines)))*h) / 2
		for i, l := range lines[:min(2, len(lines))] {
			g.Text(x, y+float32(i)*h, right-x, h, l, widgets.Body)
		}
		return
	}
	h := widgets.LineHeight(widgets.Body)
	y := (size.Height - 2*h) / 2
	g.Text(x, y, right-x, h, head, widgets.BodyBold)
	g.Text(x, y+h, right-x, h, detail, widgets.Small)
}
