package billing

import (
	"context"
	"strings"
	"time"

	"ardoise/data/billing"
	"ardoise/data/fault"
	"ardoise/data/money"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// creditDialog is a credit note on an invoice: all of it, some lines, or a sum.
type creditDialog struct {
	p      *page
	v      billing.Invoice
	key    string
	rows   []lineRow
	picked map[int]bool // ranks of lines
	plan   *billing.CreditPlan
	ask    asking
	busy   bool

	how    *widgets.Choice
	amount *widgets.MoneyField
	field  *widgets.Field
	table  *widgets.Table
	reason *widgets.TextField
	note   *widgets.Alert
	form   *widgets.Form
	dialog *widgets.Dialog
}

// credit opens the credit note of an invoice.
func (p *page) credit(id int64) {
	d := p.d
	var list []billing.Invoice
	p.sh.Runner().Go(p.sh.Ctx(), func(ctx context.Context) (err error) {
		list, err = d.Billing.Invoices(ctx, billing.InvoiceFilter{IDs: []int64{id}, Lines: true})
		return err
	}, func(err error) {
		switch {
		case err != nil:
			p.sh.Refused(err)
		case len(list) == 0 || list[0].Kind != billing.KindInvoice:
			p.sh.Toast(fault.French("Un avoir se fait sur une facture : choisissez-en une."))
		default:
			c := newCreditDialog(p, list[0])
			p.sh.Show(c.dialog)
		}
	})
}

func newCreditDialog(p *page, v billing.Invoice) *creditDialog {
	c := &creditDialog{p: p, v: v, key: p.d.newKey(), rows: lineRows(v.Lines), picked: map[int]bool{}}
	c.how = widgets.NewChoice(widgets.Filters, func(string) { c.showHow() }, widgets.Option{ID: "all", Label: "Toute la facture"}, widgets.Option{ID: "lines", Label: "Des lignes"}, widgets.Option{ID: "sum", Label: "Un montant"})
	c.amount = widgets.NewMoneyField()
	c.amount.OnChanged = func(string) { c.changed() }
	c.field = widgets.NewField("Montant de l’avoir", "", c.amount)
	c.table = widgets.NewTable(fit([]widgets.Column{
		{ID: "tick", Title: "", Width: 18},
		{ID: "day", Title: "Jour", Width: 84},
		{ID: "what", Title: "Repas"},
		{ID: "amount", Title: "Montant", Width: 80, Right: true},
	}), c.cell).RowHeight(30)
	c.table.Group = func(i int) *widgets.GroupRow {
		if i < len(c.rows) && c.rows[i].at < 0 {
			return &widgets.GroupRow{Title: c.rows[i].head, Text: c.rows[i].text, Open: true}
		}
		return nil
	}
	c.table.OnSpace = c.tick
	c.table.OnOpen = c.tick
	c.table.OnZone = func(i int, _ string) { c.tick(i) }
	c.table.SetCount(len(c.rows))
	c.reason = widgets.NewTextField().PlaceHolder("repas non servi, geste commercial…")
	c.reason.OnChanged = func(string) { c.changed() }
	c.note = widgets.NewAlert(widgets.Info, "Écrivez le motif pour voir ce que l’avoir change.", "")
	c.build()
	return c
}

func (c *creditDialog) build() {
	f := widgets.NewForm().Line(c.how)
	f.Watch(c.field, func() error {
		if c.how.Value() != "sum" {
			return nil
		}
		n, err := c.amount.Value()
		if err == nil && n <= 0 {
			err = fault.New(fault.Invalid, "Le montant doit être supérieur à zéro.")
		}
		return err
	})
	f.Line(c.field)
	box := tallTable(c.table, 7, 30)
	f.Line(box)
	f.Add(widgets.NewField("Motif", "Obligatoire ; il est imprimé sur l’avoir.", c.reason), func() error {
		if strings.TrimSpace(c.reason.Text()) == "" {
			return fault.New(fault.Invalid, "Le motif de l’avoir est obligatoire"+nbsp+": il est imprimé.")
		}
		return nil
	})
	f.Line(c.note)
	c.form = f
	c.dialog = widgets.NewDialog("Avoir sur la facture "+c.v.Number, "Famille "+c.v.Family+", "+c.v.Total.String()+", reste à payer "+c.v.Open.String(), f.Content(), "Émettre l’avoir", widgets.Primary, c.submit)
	c.dialog.Width, c.dialog.First = 620, c.how
	c.showHow()
}

// showHow shows the amount or the lines, as the agent chose.
func (c *creditDialog) showHow() {
	c.field.Hide()
	if c.how.Value() == "sum" {
		c.field.Show()
	}
	c.table.Refresh()
	c.changed()
	if c.form != nil {
		c.form.Refuse(nil)
	}
}

func (c *creditDialog) cell(i, col int) widgets.Cell {
	if i >= len(c.rows) {
		return widgets.Cell{}
	}
	r := c.rows[i]
	switch col {
	case 0:
		on := c.picked[r.at] && c.how.Value() == "lines" || c.how.Value() == "all"
		return widgets.Cell{Tick: &on}
	case 1:
		return widgets.Cell{Text: r.line.Day.Short()}
	case 2:
		return widgets.Cell{Text: r.line.Service + ", " + billing.LineLabels[r.line.Kind], Ink: theme.Ardoise600}
	}
	return widgets.Cell{Text: r.line.Amount.String(), Bold: true}
}

func (c *creditDialog) tick(i int) {
	if i < 0 || i >= len(c.rows) || c.rows[i].at < 0 {
		return
	}
	if c.how.Value() != "lines" {
		c.how.Set("lines")
		c.showHow()
	}
	at := c.rows[i].at
	c.picked[at] = !c.picked[at]
	c.table.Refresh()
	c.changed()
}

// wanted is the credit note as typed.
func (c *creditDialog) wanted() (billing.CreditNote, bool) {
	n := billing.CreditNote{Key: c.key, InvoiceID: c.v.ID, Reason: strings.TrimSpace(c.reason.Text())}
	switch c.how.Value() {
	case "lines":
		for i := range c.v.Lines {
			if c.picked[i] {
				n.Lines = append(n.Lines, i)
			}
		}
		return n, len(n.Lines) > 0 && n.Reason != ""
	case "sum":
		amount, err := c.amount.Value()
		n.Amount = amount
		return n, err == nil && amount > money.Cents(0) && n.Reason != ""
	}
	return n, n.Reason != ""
}

func (c *creditDialog) changed() {
	if c.dialog == nil {
		return
	}
	c.plan = nil
	if c.ask.stop != nil {
		c.ask.stop()
	}
	c.ask.stop = c.p.sh.Runner().After(80*time.Millisecond, c.look)
}

// look plans what is typed and says what it changes.
func (c *creditDialog) look() {
	ask, ok := c.wanted()
	if !ok {
		c.say(widgets.Info, "Choisissez ce qui est rendu et écrivez le motif.")
		return
	}
	b := c.p.d.Billing
	var plan billing.CreditPlan
	c.ask.latest.Go(c.p.sh.Runner(), c.p.sh.Ctx(), func(ctx context.Context) (err error) {
		plan, err = b.PlanCredit(ctx, ask)
		return err
	}, func(err error) {
		if err != nil {
			c.say(widgets.Warning, fault.Sentence(err))
			return
		}
		c.plan = &plan
		text := "Avoir de " + plan.Total.String() + nbsp + ": " + plan.Reduces.String() + " de moins à payer"
		if plan.ToWallet > 0 {
			text += ", " + plan.ToWallet.String() + " rendus au porte-monnaie"
		}
		c.say(widgets.Success, text+".")
		c.dialog.Main.SetLabel("Émettre l’avoir de " + plan.Total.String())
	})
}

func (c *creditDialog) say(tone widgets.Tone, text string) {
	c.note.Set(tone, text, "")
	c.form.Refuse(nil)
}

func (c *creditDialog) submit() {
	if c.busy || !c.form.Validate() {
		return
	}
	ask, ok := c.wanted()
	if !ok {
		c.form.Refuse(fault.New(fault.Invalid, "Cochez au moins une ligne (Espace)."))
		return
	}
	shown := ""
	if c.plan != nil {
		shown = c.plan.Digest
	}
	c.busy = true
	b, p := c.p.d.Billing, c.p
	var v billing.Invoice
	p.sh.Runner().Go(p.sh.Ctx(), func(ctx context.Context) (err error) {
		v, err = b.Credit(ctx, ask, shown)
		return err
	}, func(err error) {
		if err != nil {
			c.busy = false
			c.form.Refuse(err)
			return
		}
		c.dialog.Close()
		p.sh.Done("Avoir "+v.Number+" émis"+nbsp+": "+(-v.Total).String(), nil)
		p.changed()
	})
}
