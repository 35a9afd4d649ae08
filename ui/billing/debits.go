package billing

import (
	"context"
	"strconv"

	"fyne.io/fyne/v2"

	"ardoise/data/billing"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// debitPart is the step Prélever: the batch that could be built, family by
// family, those left out with why, the batches of before, and what banks sent
// back.
type debitPart struct {
	p       *page
	batch   *billing.DebitBatch // the one shown, nil: the plan
	chosen  string              // "plan" or a batch's id
	skipped bool                // those left out are shown
	getting kit.Latest

	pick   *widgets.Select
	which  *widgets.Choice
	table  *widgets.Table
	panel  *widgets.Panel
	foot   *widgets.Painting
	sums   []total
	badge  *widgets.Badge
	hero   *widgets.Painting
	date   *widgets.DateField
	dateF  *widgets.Field
	vers   *widgets.Choice
	form   *fyne.Container
	lines  *factLines
	alert  *widgets.Alert
	main   *widgets.Button
	file   *widgets.Button
	slip   *widgets.Button
	letter *widgets.Button
	drop   *widgets.Button
	made   *fyne.Container
	card   *widgets.Panel
	back   *returnsCard

	content fyne.CanvasObject
}

func newDebitPart(p *page) *debitPart {
	d := &debitPart{p: p, chosen: "plan"}
	d.pick = widgets.NewSelect(d.choose, widgets.Option{ID: "plan", Label: "Prochain lot"}).Compact().Width(208)
	d.pick.Set("plan")
	d.which = widgets.NewChoice(widgets.Segments, func(id string) { d.skipped = id == "skipped"; d.showTable() }, d.options()...)
	d.table = widgets.NewTable(fit(debitColumns), d.cell).RowHeight(36)
	d.table.OnOpen = func(i int) { d.open(i) }
	d.table.OnSpace = d.toggle
	d.table.Jump = d.name
	d.table.Loading("")
	d.foot = totalsFoot(func() []total { return d.sums })
	title := "Prélèvements"
	if large() {
		title = "Lot"
	}
	d.panel = widgets.NewPanel(title, d.table).Right(d.which, d.pick).Flush().Footer(d.foot)
	d.back = newReturnsCard(p)
	d.buildCard()
	side := scrolled(widgets.VBox(16, d.card, d.back.panel))
	d.content = widgets.HFlex(16, []float32{1, -320}, d.panel, side)
	return d
}

func (d *debitPart) buildCard() {
	p := d.p
	d.badge = widgets.NewBadge("", "", widgets.Neutral)
	d.hero = heroFigure(func() (string, string) {
		if d.batch != nil {
			return d.batch.Total.String(), plural(d.batch.Count, "prélèvement", "prélèvements")
		}
		if p.s == nil {
			return "", ""
		}
		return p.s.debits.plan.Total.String(), plural(p.s.debits.plan.Count, "prélèvement", "prélèvements")
	})
	d.date = widgets.NewDateField(p.sh.Today).Required().Small()
	d.date.OnDate = func(day calendar.Date) { d.ask(func(a *billing.DebitAsk) { a.CollectOn = day }) }
	d.dateF = widgets.NewField("Jour du prélèvement", "", d.date)
	d.vers = widgets.NewChoice(widgets.Segments, func(id string) { d.ask(func(a *billing.DebitAsk) { a.Version = id }) },
		widgets.Option{ID: "08", Label: "08"}, widgets.Option{ID: "02", Label: "02"})
	d.form = widgets.HFlex(12, []float32{1, 0}, d.dateF, widgets.NewField("Version", "", d.vers))
	d.lines = newFactLines()
	d.alert = widgets.NewAlert(widgets.Warning, "", "")
	d.main = widgets.NewButton("Créer le fichier", widgets.Primary, d.finish).KeyHint("F9").Final()
	d.file = widgets.NewButton("Enregistrer le fichier…", widgets.Secondary, d.saveFile).Icon("download").Compact()
	d.slip = widgets.NewButton("Bordereau", widgets.Secondary, d.printSlip).Icon("print").Compact()
	d.letter = widgets.NewButton("Avis aux familles", widgets.Secondary, d.printNotices).Icon("mail").Compact()
	d.drop = widgets.NewButton("Abandonner…", widgets.Flat, d.abandon).Compact()
	d.made = widgets.VBox(8, d.file, widgets.HFlex(8, []float32{1, 1.3}, d.slip, d.letter), d.drop)
	for b, on := range map[*widgets.Button]bool{d.file: p.d.Papers.DebitFile != nil, d.slip: p.d.Papers.DebitSlip != nil, d.letter: p.d.Papers.DebitNotices != nil} {
		b.SetEnabled(on, noPapers)
	}
	d.card = widgets.NewPanel("Lot SEPA", widgets.VBox(10, d.hero, widgets.NewDivider(), d.form, d.lines, d.alert, d.main, d.made)).Icon("bank").Right(d.badge)
}

func (d *debitPart) options() []widgets.Option {
	n, out := 0, 0
	if s := d.p.s; s != nil {
		n, out = s.debits.plan.Count, len(s.debits.plan.Skipped)
	}
	return []widgets.Option{{ID: "debits", Label: "Prélevées " + plain(n)}, {ID: "skipped", Label: "Laissées de côté " + plain(out)}}
}

// show fills the step with the month that was read.
func (d *debitPart) show() {
	s := &d.p.s.debits
	options := []widgets.Option{{ID: "plan", Label: "Prochain lot"}}
	for _, b := range s.batches {
		options = append(options, widgets.Option{ID: plainID(b.ID), Label: "Lot du " + b.CollectOn.Short(), Detail: batchBadge(b.State).Text})
	}
	d.pick.SetOptions(options...)
	if d.chosen == "plan" && s.plan.Count == 0 { // what waits to be sent comes first
		if b := s.built(); b != nil {
			d.chosen = plainID(b.ID)
		}
	}
	known := d.chosen == "plan"
	for _, o := range options {
		known = known || o.ID == d.chosen
	}
	if !known {
		d.chosen, d.batch = "plan", nil
	}
	d.pick.Set(d.chosen)
	d.back.show(d.p.s)
	if d.chosen == "plan" {
		d.batch = nil
		d.showBatch()
		return
	}
	d.get()
}

// choose shows the next batch or one of before.
func (d *debitPart) choose(id string) {
	d.chosen = id
	if id == "plan" {
		d.batch = nil
		d.showBatch()
		return
	}
	d.get()
}

// get reads the batch chosen with its collections.
func (d *debitPart) get() {
	id, err := strconv.ParseInt(d.chosen, 10, 64)
	if err != nil {
		return
	}
	p := d.p
	var b billing.DebitBatch
	d.getting.Go(p.sh.Runner(), p.sh.Ctx(), func(ctx context.Context) (err error) {
		b, err = p.d.Billing.Batch(ctx, id)
		return err
	}, func(err error) {
		if d.chosen != plainID(id) {
			return
		}
		if err != nil {
			d.table.Failed(fault.Sentence(err), d.get)
			return
		}
		d.batch = &b
		d.showBatch()
	})
}

// ask plans the next batch again with another day, version or family.
func (d *debitPart) ask(change func(*billing.DebitAsk)) {
	change(&d.p.ask)
	d.p.load()
}

// showBatch fills the card and the table.
func (d *debitPart) showBatch() {
	s := d.p.s
	if s == nil {
		return
	}
	if d.batch == nil {
		d.showPlan(s)
	} else {
		d.showMade()
	}
	d.hero.Refresh()
	d.card.Refresh()
	d.showTable()
	d.content.Refresh()
}

func (d *debitPart) showPlan(s *sheet) {
	st := &s.debits
	d.card.SetTitle("Prochain lot SEPA")
	d.form.Show()
	d.made.Hide()
	d.main.Show()
	d.main.SetLabel("Créer le fichier")
	if !d.date.Focused() {
		d.date.Set(st.ask.CollectOn)
	}
	d.vers.Set(st.ask.Version)
	d.lines.set(batchFacts(st.ask, st.plan, st.set, s.today)[1:]...)
	off := st.off()
	spec := widgets.BadgeSpec{Icon: "circle-check", Text: "Prêt", Tone: widgets.Success}
	if off != "" {
		spec = widgets.BadgeSpec{Icon: "circle-alert", Text: "À revoir", Tone: widgets.Warning}
		d.alert.Set(widgets.Warning, off, "")
		d.alert.Show()
	} else {
		d.alert.Hide()
	}
	d.badge.Set(spec)
	enable(d.main, off)
	d.which.SetOptions(d.options()...)
	d.which.Show()
	d.panel.Refresh()
}

func (d *debitPart) showMade() {
	b := d.batch
	d.card.SetTitle("Lot du " + b.CollectOn.Short())
	d.form.Hide()
	d.alert.Hide()
	d.made.Show()
	d.badge.Set(batchBadge(b.State))
	lines := []fact{
		{label: "Fichier", text: b.File},
		{label: "Version", text: "pain.008.001." + b.Version},
		{label: "Créé", text: calendar.DateOf(b.BuiltAt).Short() + ", " + b.Agent},
	}
	if !b.SentAt.IsZero() {
		lines = append(lines, fact{label: "Transmis", text: "le " + calendar.DateOf(b.SentAt).Short()})
	}
	if b.Rejected > 0 {
		lines = append(lines, fact{label: "Rejets", text: plain(b.Rejected), tone: widgets.Failure, icon: "circle-cross"})
	}
	d.lines.set(lines...)
	d.showLetters(b)
	if b.State == debitBuilt {
		d.main.SetLabel("Marquer comme transmis")
		d.main.SetEnabled(true, "")
		d.main.Show()
		d.drop.Show()
	} else {
		d.main.Hide()
		d.drop.Hide()
	}
	d.which.Hide()
	d.panel.Refresh()
}

// showLetters gives the button of letters what there is to write: the notices,
// or the rejects once there are some.
func (d *debitPart) showLetters(b *billing.DebitBatch) {
	d.letter.SetLabel("Avis aux familles")
	d.letter.SetAction(d.printNotices)
	d.letter.SetEnabled(d.p.d.Papers.DebitNotices != nil, noPapers)
	if b.Rejected > 0 {
		d.letter.SetLabel("Lettres de rejet")
		d.letter.SetAction(d.printRefusals)
		d.letter.SetEnabled(d.p.d.Papers.Refusals != nil, noPapers)
	}
}

// off says why F9 does nothing here, "" when it does.
func (d *debitPart) off() string {
	switch {
	case d.p.s == nil:
		return "Le mois n’est pas encore lu."
	case d.batch == nil:
		return d.p.s.debits.off()
	case d.batch.State != debitBuilt:
		return "Ce lot est déjà transmis."
	}
	return ""
}

var debitColumns = []widgets.Column{
	{ID: "family", Title: "Famille", Weight: 1.2},
	{ID: "umr", Title: "RUM", Weight: 1.1, Spare: true},
	{ID: "account", Title: "Compte", Weight: 1, Spare: true},
	{ID: "sequence", Title: "Séquence", Width: 76},
	{ID: "amount", Title: "Montant", Width: 84, Right: true},
	{ID: "state", Title: "État", Width: 138},
}

var skippedColumns = []widgets.Column{
	{ID: "family", Title: "Famille", Width: 168},
	{ID: "amount", Title: "Montant", Width: 84, Right: true},
	{ID: "why", Title: "Pourquoi"},
}

func (d *debitPart) debits() []billing.Debit {
	switch {
	case d.batch != nil:
		return d.batch.Debits
	case d.p.s != nil:
		return d.p.s.debits.plan.Debits
	}
	return nil
}

func (d *debitPart) left() []billing.SkippedDebit {
	if d.p.s == nil || d.batch != nil || !d.skipped {
		return nil
	}
	return d.p.s.debits.plan.Skipped
}

func (d *debitPart) showTable() {
	list, left := d.debits(), d.left()
	n := len(list)
	d.sums = nil
	empty := widgets.NewEmptyState("bank", "Personne n’est à prélever", "Les factures à prélever apparaissent ici une fois émises.", nil)
	if d.batch == nil && d.skipped {
		n = len(left)
		d.table.SetColumns(fit(skippedColumns))
		empty = widgets.NewEmptyState("circle-check", "Personne n’est laissé de côté", "Toutes les familles qui ont un mandat et une facture à prélever sont dans le lot.", nil)
		t := total{label: "Laissées de côté, " + plain(n)}
		for _, x := range left {
			t.amount += x.Amount
		}
		d.sums = []total{t}
	} else {
		d.table.SetColumns(fit(debitColumns))
		t := total{label: "Total, " + plural(n, "prélèvement", "prélèvements")}
		r := total{label: "Rejetés", ink: theme.Erreur}
		for _, x := range list {
			t.amount += x.Amount
			if x.State == "rejected" {
				r.amount += x.Amount
			}
		}
		d.sums = []total{t}
		if r.amount > 0 {
			d.sums = append(d.sums, r)
		}
	}
	d.foot.Refresh()
	if n == 0 {
		d.table.Empty(empty)
		return
	}
	d.table.SetCount(n)
}
