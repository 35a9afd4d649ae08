package billing

import (
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"ardoise/data/billing"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/money"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// lineRow is one line of the table of an invoice: a child's heading, or a meal.
type lineRow struct {
	head string // of a child
	text string
	line billing.Line
	at   int // rank on the invoice
}

// lineRows puts the lines under their children.
func lineRows(lines []billing.Line) (out []lineRow) {
	child := int64(-1)
	for i, l := range lines {
		if l.ChildID != child {
			child = l.ChildID
			n, sum := 0, money.Cents(0)
			for _, x := range lines {
				if x.ChildID == child {
					n++
					sum += x.Amount
				}
			}
			out = append(out, lineRow{head: l.Child, text: plural(n, "ligne", "lignes") + ", " + sum.String(), at: -1, line: billing.Line{ChildID: child}})
		}
		out = append(out, lineRow{line: l, at: i})
	}
	return out
}

// linesTable shows what was invoiced, child by child; Left folds a child away.
func linesTable(lines []billing.Line) *widgets.Table {
	folded := map[int64]bool{} // by child
	var rows []lineRow
	t := widgets.NewTable(fit([]widgets.Column{
		{ID: "day", Title: "Jour", Width: 80},
		{ID: "service", Title: "Service", Width: 76},
		{ID: "kind", Title: "Nature", Weight: 1.15},
		{ID: "tariff", Title: "Tarif", Weight: 1.3, Spare: true},
		{ID: "meal", Title: "Repas", Width: 60, Right: true},
		{ID: "care", Title: "Encadr.", Width: 60, Right: true, Spare: true},
		{ID: "amount", Title: "Montant", Width: 72, Right: true},
	}), func(i, col int) widgets.Cell {
		if i >= len(rows) {
			return widgets.Cell{}
		}
		return lineCell(rows[i].line, col)
	}).RowHeight(30)
	show := func() {
		rows = rows[:0]
		hide := false
		for _, r := range lineRows(lines) {
			if r.at < 0 {
				hide = folded[r.line.ChildID]
			}
			if r.at < 0 || !hide {
				rows = append(rows, r)
			}
		}
		t.SetCount(len(rows))
	}
	t.Group = func(i int) *widgets.GroupRow {
		if i < len(rows) && rows[i].at < 0 {
			return &widgets.GroupRow{Title: rows[i].head, Text: rows[i].text, Open: !folded[rows[i].line.ChildID]}
		}
		return nil
	}
	t.OnFold = func(i int, open bool) {
		folded[rows[i].line.ChildID] = !open
		show()
	}
	show()
	return t
}

func lineCell(l billing.Line, col int) widgets.Cell {
	switch col {
	case 0:
		return widgets.Cell{Text: l.Day.Short()}
	case 1:
		return widgets.Cell{Text: l.Service}
	case 2:
		text := l.Note
		if text == "" {
			text = capital(billing.LineLabels[l.Kind])
		}
		return widgets.Cell{Text: capital(text)}
	case 3:
		text := l.Tariff
		if l.Quotient != nil {
			text += ", QF " + plain(*l.Quotient)
		}
		return widgets.Cell{Text: text, Ink: theme.Ardoise600}
	case 4:
		return widgets.Cell{Text: l.Meal.String(), Ink: theme.Ardoise600}
	case 5:
		return widgets.Cell{Text: l.Care.String(), Ink: theme.Ardoise600}
	}
	return widgets.Cell{Text: l.Amount.String(), Bold: true}
}

// openDraft shows what a family would be invoiced, and lets it be left out.
func (p *page) openDraft(d billing.Draft) {
	list := []fact{
		{label: "Enfants", text: d.Children},
		{label: "Montant", text: d.Total.String() + ", " + plural(d.Meals, "repas", "repas")},
		{label: "Déjà dû", text: zeroless(d.Previous.String(), d.Previous == 0)},
		{label: "Règlement", text: draftPay(d)},
	}
	for _, w := range p.s.plan.Warnings {
		if w.FamilyID == d.FamilyID {
			list = append(list, fact{label: capital(billing.WarnLabels[w.Kind]), text: w.Reason, tone: warnings[w.Kind].tone})
		}
	}
	table := linesTable(d.Lines)
	var dialog *widgets.Dialog
	then := func(f func()) func() { return func() { dialog.Close(); f() } }
	var buttons []fyne.CanvasObject
	for _, w := range p.s.plan.Warnings {
		if v := warnings[w.Kind]; w.FamilyID == d.FamilyID && w.Kind != billing.WarnZero && w.Kind != billing.WarnNegative {
			buttons = append(buttons, widgets.NewButton(verbOf(w.Kind), widgets.Secondary, then(func() { p.mend(w) })).Icon(v.icon).Compact())
		}
	}
	buttons = append(buttons, widgets.NewButton("Ouvrir la famille", widgets.Secondary, then(func() { p.sh.Navigate("families", kit.OpenFamily{ID: d.FamilyID}) })).Icon("family").Compact())
	verb, act := "Écarter de ce mois", func() { p.leaveOut([]int64{d.FamilyID}) }
	if d.State == billing.Left {
		verb, act = "Reprendre", func() { p.takeBack([]int64{d.FamilyID}) }
	}
	content := widgets.VBox(12, facts(list), wrapRow(buttons), tallTable(table, 8, 30))
	dialog = widgets.NewDialog("Famille "+d.Family, capital(p.run.Month.Label())+", "+strings.ToLower(d.State.Label()), content, verb, widgets.Secondary, then(act))
	dialog.Width, dialog.First, dialog.CancelWord = 800, table, "Fermer"
	p.sh.Show(dialog)
}

// verbOf is the whole verb of a warning's button in a dialog.
func verbOf(kind string) string {
	switch kind {
	case billing.WarnMandate:
		return "Ouvrir le mandat"
	case billing.WarnUnmade:
		return "Créer le mandat"
	case billing.WarnCarried:
		return "Facturer quand même"
	case billing.WarnAccess:
		return "Vérifier la demande"
	case billing.WarnUnpaid:
		return "Régulariser"
	case billing.WarnQuotient:
		return "Compléter le quotient"
	}
	return "Compléter l’adresse"
}

func draftPay(d billing.Draft) string {
	if d.Total <= 0 {
		return ""
	}
	text, _ := payWord(d.Pay)
	return text
}

func zeroless(text string, zero bool) string {
	if zero {
		return ""
	}
	return text
}

// wrapRow puts buttons side by side, two a line with large text.
func wrapRow(buttons []fyne.CanvasObject) fyne.CanvasObject {
	if !large() || len(buttons) < 3 {
		return widgets.HBox(8, buttons...)
	}
	var rows []fyne.CanvasObject
	for two := range slices.Chunk(buttons, 2) {
		if len(two) == 1 {
			two = append(two[:1:1], widgets.Spacer())
		}
		rows = append(rows, widgets.HFlex(8, []float32{1, 1}, two...))
	}
	return widgets.VBox(8, rows...)
}

// openInvoice reads a document with its lines and settlements, and shows it.
func (p *page) openInvoice(id int64) {
	d := p.d
	var v billing.Invoice
	var a billing.FamilyAccount
	p.sh.Runner().Go(p.sh.Ctx(), func(ctx context.Context) error {
		list, err := d.Billing.Invoices(ctx, billing.InvoiceFilter{IDs: []int64{id}, Lines: true})
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return fault.New(fault.NotFound, "Cette facture n’existe pas.")
		}
		v = list[0]
		a, err = d.Billing.Account(ctx, v.FamilyID)
		return err
	}, func(err error) {
		if err != nil {
			p.sh.Refused(err)
			return
		}
		p.showInvoice(v, a)
	})
}

func (p *page) showInvoice(v billing.Invoice, a billing.FamilyAccount) {
	table := linesTable(v.Lines)
	var dialog *widgets.Dialog
	then := func(f func()) func() { return func() { dialog.Close(); f() } }
	pay := widgets.NewButton("Encaisser", widgets.Secondary, then(func() { p.payInvoices(v.FamilyID, []int64{v.ID}) })).Icon("cash").Compact()
	if v.Open <= 0 {
		pay.SetEnabled(false, "Il n’y a plus rien à payer sur ce document.")
	}
	credit := widgets.NewButton("Avoir…", widgets.Secondary, then(func() { p.credit(v.ID) })).Icon("undo").Compact()
	if v.Kind == billing.KindCredit {
		credit.SetEnabled(false, "Un avoir ne se corrige pas par un avoir.")
	}
	mandate := widgets.NewButton("Mandat", widgets.Secondary, then(func() { p.mandate(v.FamilyID) })).Icon("bank").Compact()
	family := widgets.NewButton("Famille", widgets.Secondary, then(func() { p.sh.Navigate("families", kit.OpenFamily{ID: v.FamilyID}) })).Icon("family").Compact()
	settled := p.settledRows(v, a, func() { dialog.Close() })
	content := []fyne.CanvasObject{facts(invoiceFacts(v, a)), wrapRow([]fyne.CanvasObject{pay, credit, mandate, family}), tallTable(table, min(max(len(v.Lines)+1, 4), 8), 30)}
	if len(settled) > 0 {
		list := widgets.NewActionList(func(r widgets.ActionRow) {
			for _, x := range settled {
				if x.row.ID == r.ID {
					x.act()
				}
			}
		})
		rows := make([]widgets.ActionRow, len(settled))
		for i, x := range settled {
			rows[i] = x.row
		}
		list.Set(rows)
		content = append(content, widgets.NewLabel("Règlements", widgets.SmallBold), list)
	}
	title := "Facture " + v.Number
	if v.Kind == billing.KindCredit {
		title = "Avoir " + v.Number
	}
	dialog = widgets.NewDialog(title, "Famille "+v.Family+", "+v.Month.Label(), widgets.VBox(12, content...), "Ouvrir le PDF", widgets.Primary, func() { p.viewInvoices("facture-"+v.Number, []int64{v.ID}) })
	if p.d.Papers.Invoices == nil {
		dialog.Main.SetEnabled(false, noPapers)
	}
	dialog.Width, dialog.First, dialog.CancelWord = 800, table, "Fermer"
	p.sh.Show(dialog)
}

func invoiceFacts(v billing.Invoice, a billing.FamilyAccount) []fact {
	state := stateBadge(v.State)
	list := []fact{
		{label: "Montant", text: v.Total.String() + ", " + plural(v.Meals, "repas", "repas")},
		{label: "Reste à payer", text: v.Open.String() + ", " + strings.ToLower(state.Text), tone: state.Tone},
		{label: "Émise le", text: v.IssuedOn.Short() + zeroless(", échéance le "+v.DueOn.Short(), v.Kind == billing.KindCredit)},
		{label: "Motif", text: v.Reason},
		{label: "Corrige", text: zeroless("la facture "+v.Corrects, v.Corrects == "")},
	}
	if v.Reminded > 0 {
		list = append(list, fact{label: "Relances", text: strings.ToLower(stepWord(v.Reminded)) + " faite"})
	}
	if a.Mandate != nil {
		f := fact{label: "Mandat", text: a.Mandate.UMR + ", " + a.Mandate.Masked}
		if a.Mandate.Problem != "" {
			f.text, f.tone = a.Mandate.Problem, widgets.Warning
		}
		list = append(list, f)
	}
	return list
}

// settledRow is a settlement of a document and what can be done about it.
type settledRow struct {
	row widgets.ActionRow
	act func()
}

// settledRows tells how a document was paid, the newest first. A payment made
// here can be undone; a direct debit comes back by the bank's file only.
func (p *page) settledRows(v billing.Invoice, a billing.FamilyAccount, done func()) (out []settledRow) {
	for _, s := range a.Settlements {
		if s.InvoiceID != v.ID {
			continue
		}
		r := widgets.ActionRow{
			Icon: settledIcon(s), Tone: widgets.Success, Title: s.Amount.String() + ", " + settledWord(s),
			Detail: "le " + s.Day.Short() + ", " + s.Agent + ", " + calendar.HourText(s.At), ID: plainID(s.TransferID),
		}
		if s.Amount < 0 {
			r.Tone = widgets.Warning
		}
		x := settledRow{row: r, act: func() {}}
		if s.Kind == "payment" && s.Amount > 0 && s.Means != "debit" && !undone(s, a.Settlements) {
			x.row.Action = "Annuler"
			x.act = func() { done(); p.voidPayment(s) }
		}
		out = append(out, x)
	}
	return out
}

// undone reports whether a payment has its contra-entry: each of them undoes the
// latest payment of that amount before it that still stands.
func undone(s billing.Settlement, all []billing.Settlement) bool {
	var standing []int64
	for _, x := range slices.Backward(all) { // the oldest first
		switch {
		case x.InvoiceID != s.InvoiceID:
		case x.Kind == "payment" && x.Amount == s.Amount:
			standing = append(standing, x.TransferID)
		case x.Kind == "void" && x.Amount == -s.Amount && len(standing) > 0:
			standing = standing[:len(standing)-1]
		}
	}
	return !slices.Contains(standing, s.TransferID)
}

func settledWord(s billing.Settlement) string {
	switch s.Kind {
	case "credit_note":
		return "par avoir"
	case "reject":
		if _, why, ok := strings.Cut(s.Label, "("); ok { // « … (AM04 Provision insuffisante) »
			return "prélèvement rejeté, " + strings.TrimSuffix(why, ")")
		}
		return "prélèvement rejeté"
	case "void":
		return "paiement annulé"
	}
	switch s.Means {
	case billing.ByWallet:
		return "du porte-monnaie"
	case "debit":
		return "par prélèvement"
	}
	if s.Means == "cash" {
		return "en espèces"
	}
	if word := ledger.MeansLabel(s.Means); word != "" {
		return "par " + word
	}
	return "payé"
}

func settledIcon(s billing.Settlement) string {
	switch {
	case s.Kind == "credit_note" || s.Kind == "void":
		return "undo"
	case s.Kind == "reject":
		return "circle-cross"
	}
	return meansIcon(s.Means)
}
