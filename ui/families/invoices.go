package families

import (
	"context"
	"io"
	"strings"

	"fyne.io/fyne/v2"

	"ardoise/data/billing"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/staff"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// invoicesTab is what a family was invoiced, how it paid, and its mandate. It is
// read when it is looked at.
type invoicesTab struct {
	p      *page
	asked  string // the family already loaded
	acc    *billing.FamilyAccount
	rows   []accountRow
	latest kit.Latest

	head    *widgets.Painting
	pay     *widgets.Button
	mandate *widgets.Button
	table   *widgets.Table
	box     *fyne.Container
}

// accountRow is one line of the table: a document, or under it how it was
// settled and why.
type accountRow struct {
	invoice int64 // the document, also on its settlements
	cells   []widgets.Cell
}

var accountColumns = []widgets.Column{
	{ID: "what", Title: "Facture ou règlement", Weight: 1.7},
	{ID: "month", Title: "Mois", Weight: 1, Spare: true},
	{ID: "day", Title: "Échéance", Width: 84, Spare: true},
	{ID: "amount", Title: "Montant", Width: 84, Right: true},
	{ID: "open", Title: "Reste dû", Width: 84, Right: true},
	{ID: "state", Title: "État", Width: 128},
}

func newInvoicesTab(p *page) *invoicesTab {
	t := &invoicesTab{p: p}
	t.pay = widgets.NewButton("Encaisser", widgets.Secondary, t.cash).Icon("cash").KeyHint("F6").Compact()
	t.mandate = widgets.NewButton("Mandat", widgets.Secondary, t.openMandate).Icon("bank").Compact()
	t.head = widgets.NewPainting(120, 40, t.draw)
	t.table = widgets.NewTable(accountColumnsOf(), func(row, col int) widgets.Cell {
		if row >= len(t.rows) || col >= len(t.rows[row].cells) {
			return widgets.Cell{}
		}
		return t.rows[row].cells[col]
	}).RowHeight(36)
	t.table.OnOpen = t.print
	bar := widgets.HFlex(8, []float32{1, 0, 0}, t.head, t.mandate, t.pay)
	t.box = widgets.VFlex(0, []float32{0, 0, 1}, widgets.Pad(16, 10, bar), widgets.NewDivider(), t.table)
	return t
}

// accountColumnsOf gives fixed columns the width their texts take.
func accountColumnsOf() []widgets.Column {
	out := append([]widgets.Column(nil), accountColumns...)
	for i := range out {
		out[i].Width *= theme.Px(100) / theme.Wide(100)
	}
	return out
}

// forget makes the next look load again.
func (t *invoicesTab) forget() { t.asked = "" }

func (t *invoicesTab) off() string {
	switch {
	case t.p.m.d.Billing == nil:
		return "La facturation n’est pas disponible."
	case !t.p.m.may.money:
		return lacks(staff.Accueil, staff.Regie)
	}
	return ""
}

// cashOff says why F6 takes no payment here, "" when it does.
func (t *invoicesTab) cashOff() string {
	switch {
	case !t.p.m.may.cash:
		return lacks(staff.Regie)
	case t.acc == nil || t.acc.Owed <= 0:
		return "La famille ne doit rien."
	}
	return ""
}

func (t *invoicesTab) open() fyne.CanvasObject {
	if t.p.m.det == nil {
		return t.box
	}
	f := t.p.m.det.f
	if t.asked != f.Number() {
		if t.acc != nil && t.acc.FamilyID != f.ID {
			t.acc, t.rows = nil, nil
		}
		t.asked = f.Number()
		t.load(f)
	}
	return t.box
}

func (t *invoicesTab) load(f family.Family) {
	if off := t.off(); off != "" {
		t.acc, t.rows = nil, nil
		t.table.Empty(widgets.NewEmptyState("lock", "Factures", off, nil))
		t.buttons()
		return
	}
	if t.acc == nil {
		t.table.Loading("")
		t.buttons()
	}
	b := t.p.m.d.Billing
	var acc billing.FamilyAccount
	t.latest.Go(t.p.sh.Runner(), t.p.sh.Ctx(), func(ctx context.Context) (err error) {
		acc, err = b.Account(ctx, f.ID)
		return err
	}, func(err error) {
		if t.asked != f.Number() {
			return
		}
		if err != nil {
			t.acc, t.rows = nil, nil
			t.table.Failed(fault.Sentence(err), func() { t.forget(); t.open() })
			return
		}
		t.acc, t.rows = &acc, accountRows(acc)
		t.buttons()
		if len(t.rows) == 0 {
			t.table.Empty(widgets.NewEmptyState("invoice", "Aucune facture", "Les factures mensuelles de la famille viendront ici.", nil))
			return
		}
		t.table.SetCount(len(t.rows))
	})
}

func (t *invoicesTab) buttons() {
	enable(t.pay, t.cashOff())
	off := ""
	if !t.p.m.may.cash {
		off = lacks(staff.Regie)
	}
	enable(t.mandate, off)
	t.head.Refresh()
}

// draw says what is owed and where the mandate stands.
func (t *invoicesTab) draw(g *widgets.Gfx, size fyne.Size) {
	if t.acc == nil {
		return
	}
	st := widgets.Heading
	if t.acc.Owed > 0 {
		st.Ink = theme.Alerte
	}
	label := "Reste dû"
	x := g.Text(0, 0, size.Width, size.Height, label, widgets.Body.With(theme.Ardoise600)) + 8
	x += g.Text(x, 0, size.Width-x, size.Height, t.acc.Owed.String(), st) + 24
	spec, text := mandateState(t.acc.Mandate)
	if w := widgets.BadgeWidth(spec); x+w < size.Width {
		g.Badge(x, (size.Height-widgets.BadgeHeight())/2, w, spec)
		x += w + 10
	}
	g.Text(x, 0, max(0, size.Width-x-8), size.Height, text, widgets.Small)
}

// mandateState tells a mandate by its badge and a few words.
func mandateState(m *billing.Mandate) (widgets.BadgeSpec, string) {
	switch {
	case m == nil:
		return widgets.BadgeSpec{Icon: "minus", Text: "Sans mandat", Tone: widgets.Neutral}, ""
	case m.Problem != "":
		return widgets.BadgeSpec{Icon: "circle-cross", Text: "Mandat à revoir", Tone: widgets.Failure}, m.Problem
	}
	return widgets.BadgeSpec{Icon: "bank", Text: "Prélèvement", Tone: widgets.Success}, m.UMR + ", jusqu’au " + m.ValidTo.Short()
}

// accountRows puts how each document was settled below it.
func accountRows(a billing.FamilyAccount) (out []accountRow) {
	by := map[int64][]billing.Settlement{}
	for _, s := range a.Settlements {
		by[s.InvoiceID] = append(by[s.InvoiceID], s)
	}
	for _, v := range a.Invoices {
		state := invoiceBadge(v.State)
		icon, due := "invoice", widgets.Cell{Text: v.DueOn.Short()}
		if v.Kind == billing.KindCredit {
			icon, due = "undo", widgets.Cell{}
		}
		open := widgets.Cell{Text: "—", Ink: theme.Ardoise500}
		if v.Open > 0 {
			open = widgets.Cell{Text: v.Open.String(), Bold: true}
		}
		out = append(out, accountRow{v.ID, []widgets.Cell{
			{Text: v.Number, Icon: icon, Bold: true, Sub: v.Reason}, {Text: v.Month.Label()}, due, {Text: v.Total.String(), Bold: true}, open, {Badge: &state},
		}})
		for _, s := range by[v.ID] {
			out = append(out, accountRow{v.ID, []widgets.Cell{
				{Text: settledText(s), Icon: settledIcon(s), Ink: theme.Ardoise600},
				{Text: s.Agent, Ink: theme.Ardoise600},
				{Text: s.Day.Short(), Ink: theme.Ardoise600},
				{Text: (-s.Amount).String(), Ink: theme.Ardoise600},
				{},
				{},
			}})
		}
	}
	return out
}

// settledText says how and why an invoice was settled, or opened again.
func settledText(s billing.Settlement) string {
	switch {
	case s.Kind == "credit_note":
		return "Avoir déduit"
	case s.Kind == "reject":
		return "Rejetée" + rejectReason(s.Label)
	case s.Kind == "void":
		return "Paiement annulé"
	case s.Means == billing.ByWallet:
		return "Payée par le porte-monnaie"
	case s.Means == "debit":
		return "Prélevée"
	}
	if s.Means == "cash" {
		return "Payée en espèces"
	}
	return "Payée par " + or(ledger.MeansLabel(s.Means), "un autre moyen")
}

// rejectReason is why a direct debit came back: the end of its entry, which says
// « … (AM04 Provision insuffisante) ».
func rejectReason(label string) string {
	_, why, ok := strings.Cut(label, "(")
	if !ok {
		return ""
	}
	return fault.French(" : ") + strings.TrimSuffix(why, ")")
}

func settledIcon(s billing.Settlement) string {
	switch s.Kind {
	case "reject":
		return "circle-cross"
	case "credit_note", "void":
		return "undo"
	}
	switch s.Means {
	case billing.ByWallet:
		return "wallet"
	case "cash", "cheque", "card":
		return s.Means
	}
	return "bank"
}

// invoiceBadge shows a document's state.
func invoiceBadge(s billing.State) widgets.BadgeSpec {
	b := widgets.BadgeSpec{Icon: "check", Text: s.Label(), Tone: widgets.Success}
	switch s {
	case billing.Partly:
		b.Icon, b.Tone = "circle-dashed", widgets.Warning
	case billing.Paid:
		b.Icon = "wallet"
	case billing.Collecting:
		b.Icon, b.Tone = "hourglass", widgets.Info
	case billing.Rejected:
		b.Icon, b.Tone, b.Text = "circle-cross", widgets.Failure, "Rejetée"
	case billing.Overdue:
		b.Icon, b.Tone = "clock", widgets.Warning
	case billing.Credit:
		b.Icon, b.Tone = "undo", widgets.Info
	}
	return b
}

// print opens the PDF of the row's document.
func (t *invoicesTab) print(i int) {
	if i < 0 || i >= len(t.rows) {
		return
	}
	write := t.p.m.d.InvoicePDF
	if write == nil {
		t.p.sh.Toast("Ce document n’est pas disponible dans cette version.")
		return
	}
	id, sh := t.rows[i].invoice, t.p.sh
	sh.Runner().Go(sh.Ctx(), func(ctx context.Context) error {
		path, err := kit.WriteTemp("facture.pdf", func(w io.Writer) error { return write(ctx, w, id) })
		if err != nil {
			return err
		}
		return sh.Files().View(path)
	}, func(err error) {
		if err != nil {
			sh.Refused(err)
			return
		}
		sh.Toast("Document ouvert dans la visionneuse")
	})
}

// f6 is the key of money: on this tab it takes a payment, elsewhere it fills the
// wallet.
func (p *page) f6() {
	if p.m.tab == tabInvoices {
		p.bills.cash()
		return
	}
	p.recharge()
}

func (p *page) f6Off() string {
	if p.m.tab == tabInvoices && p.m.det != nil {
		return p.bills.cashOff()
	}
	return p.rechargeOff()
}

// f6Hint shows the key on the button it presses.
func (p *page) f6Hint() {
	hint := "F6"
	if p.m.tab == tabInvoices {
		hint = ""
	}
	p.topup.KeyHint(hint)
	p.topup.Refresh()
	p.head.Refresh()
}

// cash is F6 on this tab: the payment is taken in Facturation.
func (t *invoicesTab) cash() {
	if off := t.cashOff(); off != "" {
		t.p.sh.Toast(off)
		return
	}
	t.p.sh.Navigate("billing", kit.OpenFamily{ID: t.p.m.det.f.ID, Tab: "pay"})
}

func (t *invoicesTab) openMandate() {
	if t.p.m.det != nil && t.p.m.may.cash {
		t.p.sh.Navigate("billing", kit.OpenFamily{ID: t.p.m.det.f.ID, Tab: "mandate"})
	}
}
