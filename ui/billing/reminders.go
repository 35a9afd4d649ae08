package billing

import (
	"context"
	"io"
	"strings"

	"fyne.io/fyne/v2"

	"ardoise/data/billing"
	"ardoise/data/fault"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// remindPart is the step Relancer: the families a reminder is due to today, and
// what is still owed of the month.
type remindPart struct {
	p      *page
	unpaid bool // the month's unpaid invoices are shown
	open   []billing.Invoice

	which  *widgets.Choice
	table  *widgets.Table
	panel  *widgets.Panel
	foot   *widgets.Painting
	sums   []total
	count  *widgets.Label
	hero   *widgets.Painting
	note   *widgets.Label
	lines  *factLines
	button *widgets.Button
	again  *widgets.Button
	list   *widgets.Button
	card   *widgets.Panel

	content fyne.CanvasObject
}

var remindColumns = []widgets.Column{
	{ID: "family", Title: "Famille", Weight: 1.3},
	{ID: "step", Title: "Relance", Width: 112},
	{ID: "invoices", Title: "Factures", Weight: 1.4, Spare: true},
	{ID: "due", Title: "Depuis le", Width: 84},
	{ID: "by", Title: "Envoi", Width: 96, Spare: true},
	{ID: "amount", Title: "Dû", Width: 92, Right: true},
}

var unpaidColumns = []widgets.Column{
	{ID: "number", Title: "N°", Width: 84},
	{ID: "family", Title: "Famille", Weight: 1.2},
	{ID: "due", Title: "Échéance", Width: 84},
	{ID: "step", Title: "Relance", Width: 112, Spare: true},
	{ID: "amount", Title: "Reste dû", Width: 92, Right: true},
	{ID: "state", Title: "État", Width: 138},
}

func newRemindPart(p *page) *remindPart {
	r := &remindPart{p: p}
	r.which = widgets.NewChoice(widgets.Segments, func(id string) { r.unpaid = id == "unpaid"; r.showTable() }, r.options()...)
	r.table = widgets.NewTable(fit(remindColumns), r.cell).RowHeight(36)
	r.table.OnOpen = r.openRow
	r.table.Jump = r.name
	r.table.Loading("")
	r.foot = totalsFoot(func() []total { return r.sums })
	r.panel = widgets.NewPanel("Relances", r.table).Right(r.which).Flush().Footer(r.foot)
	r.count = widgets.NewLabel("", widgets.BodyBold)
	r.hero = heroFigure(func() (string, string) {
		if p.s == nil {
			return "", ""
		}
		return p.s.remind.Total.String(), "à relancer"
	})
	r.note, r.lines = widgets.NewParagraph("", widgets.Small), newFactLines()
	r.button = widgets.NewButton("Relancer", widgets.Primary, r.send).KeyHint("F9").Final()
	r.again = widgets.NewButton("Lettres du jour", widgets.Secondary, r.reprint).Icon("print").Compact()
	r.list = widgets.NewButton("Liste des impayés…", widgets.Secondary, r.export).Icon("file-excel").Compact()
	r.again.SetEnabled(p.d.Papers.Reminders != nil, noPapers)
	r.list.SetEnabled(p.d.Papers.Workbook != nil, noPapers)
	r.card = widgets.NewPanel("Relances", widgets.VBox(10, r.hero, widgets.NewDivider(), r.lines, r.button, r.note, r.again, r.list)).Icon("mail").Right(r.count)
	r.content = widgets.HFlex(16, []float32{1, -320}, r.panel, scrolled(widgets.VBox(16, r.card)))
	return r
}

func (r *remindPart) options() []widgets.Option {
	n := 0
	if r.p.s != nil {
		n = len(r.p.s.remind.Families)
	}
	return []widgets.Option{{ID: "due", Label: "À relancer " + plain(n)}, {ID: "unpaid", Label: "Impayées " + plain(len(r.open))}}
}

func (r *remindPart) show() {
	s := r.p.s
	r.open = r.open[:0]
	for _, v := range s.invoices {
		if v.Open > 0 {
			r.open = append(r.open, v)
		}
	}
	r.which.SetOptions(r.options()...)
	r.panel.Refresh()
	n := len(s.remind.Families)
	r.count.Set(plural(n, "lettre", "lettres"))
	by := [billing.LastStep + 1]int{}
	post := 0
	for _, f := range s.remind.Families {
		by[min(f.Step, billing.LastStep)]++
		if f.Email == "" {
			post++
		}
	}
	lines := []fact{}
	for i := 1; i <= billing.LastStep; i++ {
		if by[i] > 0 {
			lines = append(lines, fact{label: stepWord(i), text: plain(by[i])})
		}
	}
	if post > 0 {
		lines = append(lines, fact{label: "Sans courriel", text: plain(post) + " par la poste"})
	}
	lines = append(lines, fact{label: "Échu, " + s.month().Label(), text: s.over.Overdue.String()})
	r.lines.set(lines...)
	enable(r.button, r.off())
	r.note.Set(r.off())
	r.hero.Refresh()
	r.card.Refresh()
	r.showTable()
}

// off says why nobody is reminded now, "" where somebody can be.
func (r *remindPart) off() string {
	s := r.p.s
	switch {
	case s == nil:
		return "Le mois n’est pas encore lu."
	case len(s.remind.Families) > 0:
		return ""
	case !s.over.RemindOn.IsZero() && s.over.RemindOn > s.today:
		return fault.French("Aucune relance aujourd’hui : les premières partent à partir du " + s.over.RemindOn.Short() + ".")
	}
	return "Aucune relance n’est à faire aujourd’hui."
}

func stepWord(step int) string {
	switch step {
	case 1:
		return "Première relance"
	case 2:
		return "Deuxième relance"
	}
	return "Dernière relance"
}

func stepBadge(step int) widgets.BadgeSpec {
	switch step {
	case 0:
		return widgets.BadgeSpec{Text: "aucune", Tone: widgets.Neutral}
	case 1:
		return widgets.BadgeSpec{Icon: "mail", Text: "Première", Tone: widgets.Info}
	case 2:
		return widgets.BadgeSpec{Icon: "mail", Text: "Deuxième", Tone: widgets.Warning}
	}
	return widgets.BadgeSpec{Icon: "circle-alert", Text: "Dernière", Tone: widgets.Failure}
}

func (r *remindPart) showTable() {
	s := r.p.s
	if s == nil {
		return
	}
	if r.unpaid {
		r.panel.SetTitle("Impayées " + deMonth(s.month()))
		r.table.SetColumns(fit(unpaidColumns))
		t := total{label: "Reste dû, " + plural(len(r.open), "facture", "factures")}
		for _, v := range r.open {
			t.amount += v.Open
		}
		r.sums = []total{t, {label: "dont échu", amount: s.over.Overdue}}
		if len(r.open) == 0 {
			r.table.Empty(widgets.NewEmptyState("circle-check", "Rien n’est dû", "Toutes les factures de ce mois sont payées, ou aucune n’est émise.", nil))
		} else {
			r.table.SetCount(len(r.open))
		}
	} else {
		r.panel.SetTitle("Relances du jour, tous les mois")
		r.table.SetColumns(fit(remindColumns))
		r.sums = []total{{label: "Total, " + plural(len(s.remind.Families), "lettre", "lettres"), amount: s.remind.Total}}
		if len(s.remind.Families) == 0 {
			r.table.Empty(widgets.NewEmptyState("circle-check", "Personne à relancer", r.off(), nil))
		} else {
			r.table.SetCount(len(s.remind.Families))
		}
	}
	r.foot.Refresh()
}

func (r *remindPart) cell(i, col int) widgets.Cell {
	if r.unpaid {
		if i >= len(r.open) {
			return widgets.Cell{}
		}
		return unpaidCell(r.open[i], col)
	}
	if r.p.s == nil || i >= len(r.p.s.remind.Families) {
		return widgets.Cell{}
	}
	f := r.p.s.remind.Families[i]
	switch col {
	case 0:
		return widgets.Cell{Text: f.Family, Bold: true}
	case 1:
		b := stepBadge(f.Step)
		return widgets.Cell{Badge: &b}
	case 2:
		numbers := make([]string, len(f.Invoices))
		for i, x := range f.Invoices {
			numbers[i] = x.Number
		}
		return widgets.Cell{Text: strings.Join(numbers, ", "), Ink: theme.Ardoise600}
	case 3:
		if len(f.Invoices) == 0 {
			return widgets.Cell{}
		}
		return widgets.Cell{Text: f.Invoices[0].DueOn.Short()}
	case 4:
		if f.Email == "" {
			return widgets.Cell{Text: "Poste", Icon: "print"}
		}
		return widgets.Cell{Text: "Courriel", Icon: "mail"}
	}
	return widgets.Cell{Text: f.Open.String(), Bold: true}
}

func unpaidCell(v billing.Invoice, col int) widgets.Cell {
	switch col {
	case 0:
		return widgets.Cell{Text: v.Number, Ink: theme.Ardoise600}
	case 1:
		return widgets.Cell{Text: v.Family, Bold: true}
	case 2:
		return widgets.Cell{Text: v.DueOn.Short()}
	case 3:
		b := stepBadge(v.Reminded)
		return widgets.Cell{Badge: &b}
	case 4:
		return widgets.Cell{Text: v.Open.String(), Bold: true}
	}
	b := stateBadge(v.State)
	return widgets.Cell{Badge: &b}
}

// at is the family and the invoice of a row.
func (r *remindPart) at(i int) (familyID int64, name string, invoice int64) {
	switch {
	case r.p.s == nil || i < 0:
	case r.unpaid && i < len(r.open):
		return r.open[i].FamilyID, r.open[i].Family, r.open[i].ID
	case !r.unpaid && i < len(r.p.s.remind.Families):
		f := r.p.s.remind.Families[i]
		if len(f.Invoices) > 0 {
			invoice = f.Invoices[0].InvoiceID
		}
		return f.FamilyID, f.Family, invoice
	}
	return 0, "", 0
}

func (r *remindPart) family() int64 {
	id, _, _ := r.at(r.table.Selected())
	return id
}

func (r *remindPart) invoice() int64 {
	_, _, id := r.at(r.table.Selected())
	return id
}

func (r *remindPart) name(i int) string {
	_, name, _ := r.at(i)
	return name
}

func (r *remindPart) openRow(i int) {
	if _, _, id := r.at(i); id != 0 {
		r.p.openInvoice(id)
	}
}

// send is F9: the reminders are entered, e-mails filed, letters opened.
func (r *remindPart) send() {
	p := r.p
	if off := r.off(); off != "" {
		p.sh.Toast(off)
		return
	}
	key, plan := p.d.newKey(), p.s.remind
	text := plural(len(plan.Families), "lettre", "lettres") + ", " + plan.Total.String() + ". Les courriels partent en attente d’envoi ; les lettres s’ouvrent pour être imprimées."
	p.sh.Confirm("Relancer aujourd’hui"+nbsp+"?", fault.French(text), "Relancer", widgets.Primary, func() {
		var done billing.ReminderPlan
		p.sh.Runner().Go(p.sh.Ctx(), func(ctx context.Context) (err error) {
			done, err = p.d.Billing.Remind(ctx, key, nil, plan.Digest)
			return err
		}, func(err error) {
			if err != nil {
				p.sh.Refused(err)
				return
			}
			p.sh.Done(plural(len(done.Families), "relance faite", "relances faites")+nbsp+": "+done.Total.String(), nil)
			p.changed()
			r.letters(done)
		})
	})
}

func (r *remindPart) letters(sent billing.ReminderPlan) {
	p := r.p
	if p.d.Papers.Reminders == nil || len(sent.Families) == 0 {
		return
	}
	p.view("relances-"+sent.On.String()+".pdf", true, func(ctx context.Context, w io.Writer) error { return p.d.Papers.Reminders(ctx, w, sent) })
}

// reprint opens the letters of the reminders of the day again.
func (r *remindPart) reprint() {
	p, on := r.p, r.p.sh.Today()
	var sent billing.ReminderPlan
	p.sh.Runner().Go(p.sh.Ctx(), func(ctx context.Context) (err error) {
		sent, err = p.d.Billing.Reminders(ctx, on, 0)
		return err
	}, func(err error) {
		switch {
		case err != nil:
			p.sh.Refused(err)
		case len(sent.Families) == 0:
			p.sh.Toast("Aucune relance n’a été faite aujourd’hui.")
		default:
			r.letters(sent)
		}
	})
}

// export saves the accountant's workbook, whose last sheet is what is owed.
func (r *remindPart) export() {
	p, m := r.p, r.p.run.Month
	p.save("Enregistrer le classeur du comptable", "comptabilite-"+m.String()+".xlsx", func(ctx context.Context, w io.Writer) error { return p.d.Papers.Workbook(ctx, w, m) }, nil)
}
