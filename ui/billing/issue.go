package billing

import (
	"context"

	"ardoise/data/billing"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/ui/widgets"
)

// issueCard is what would be issued, and the button that does it.
type issueCard struct {
	p      *page
	s      *sheet
	panel  *widgets.Panel
	count  *widgets.Label
	hero   *widgets.Painting
	note   *widgets.Label
	button *widgets.Button
}

func newIssueCard(p *page) *issueCard {
	c := &issueCard{p: p, count: widgets.NewLabel("", widgets.BodyBold), note: widgets.NewParagraph("", widgets.Small)}
	c.hero = heroFigure(func() (string, string) {
		if c.s == nil {
			return "", ""
		}
		return c.s.plan.Total.String(), ""
	})
	c.button = widgets.NewButton("Émettre", widgets.Primary, p.issue).KeyHint("F9")
	c.panel = widgets.NewPanel("À émettre", widgets.VBox(6, widgets.HFlex(8, []float32{1, 0}, c.hero, c.button), c.note)).Icon("invoice").Right(c.count)
	return c
}

func (c *issueCard) show(s *sheet) {
	c.s = s
	title := "À émettre"
	if s.plan.Corrective {
		title = "Corrections"
	}
	c.panel.SetTitle(title)
	c.count.Set(s.docWord(s.plan.Count))
	enable(c.button, s.issueOff())
	text := s.issueOff()
	if text == "" {
		text = "Échéance le " + s.plan.DueOn.Short()
		if s.plan.Debit > 0 {
			text += ", " + s.plan.Debit.String() + " à prélever"
		}
		text += "."
	}
	c.note.Set(fault.French(text))
	c.hero.Refresh()
	c.panel.Refresh()
}

// issue is F9 on the first three steps: it says what would be numbered, takes a
// due date, and does it.
func (p *page) issue() {
	if off := p.s.issueOff(); off != "" {
		p.sh.Toast(off)
		return
	}
	i := &issueDialog{p: p, s: p.s, key: p.d.newKey()}
	i.build()
	p.sh.Show(i.dialog)
}

type issueDialog struct {
	p      *page
	s      *sheet
	key    string // one opening, one run
	busy   bool
	due    *widgets.DateField
	papers *widgets.Check
	form   *widgets.Form
	dialog *widgets.Dialog
}

func (i *issueDialog) build() {
	s := i.s
	i.due = widgets.NewDateField(i.p.sh.Today).Required()
	i.due.Set(s.plan.DueOn)
	i.papers = widgets.NewCheck("Créer ensuite les PDF, un par famille", nil)
	if i.p.d.Papers.InvoiceFiles == nil {
		i.papers.Disable()
	} else {
		i.papers.Set(true)
	}
	list := []fact{
		{label: "À émettre", text: s.docWord(s.plan.Count) + ", " + plural(s.plan.Meals, "repas", "repas")},
		{label: "Montant", text: s.plan.Total.String()},
		{label: "À prélever", text: debitText(s)},
		{label: "Non émises", text: putOff(s)},
	}
	if n := s.alertFamilies(); n > 0 {
		list = append(list, fact{label: "Alertes", text: plural(n, "famille est encore à contrôler.", "familles sont encore à contrôler."), tone: widgets.Warning})
	}
	if s.running() {
		list = append(list, fact{label: "Mois en cours", text: "Les repas à venir sont facturés aussi ; ce qui changera ensuite sera corrigé.", tone: widgets.Warning})
	}
	i.form = widgets.NewForm().Line(facts(list))
	i.form.Add(widgets.NewField("Date d’échéance", "", i.due), func() error {
		d, err := i.due.Value()
		if err == nil && d < i.p.sh.Today() {
			err = fault.New(fault.Invalid, "L’échéance ne peut pas être passée.")
		}
		return err
	})
	i.form.Line(i.papers)
	i.form.Line(widgets.NewAlert(widgets.Info, "Les numéros sont donnés maintenant, sans trou, et une facture émise ne change plus"+nbsp+": elle se corrige par un avoir.", ""))
	verb := "Émettre " + s.docWord(s.plan.Count)
	if s.plan.Count == 0 { // only sums under the threshold: they are put off to the next run
		verb = "Reporter " + plural(s.plan.PutOff, "petite somme", "petites sommes")
	}
	i.dialog = widgets.NewDialog(verb, capital(s.month().Label()), i.form.Content(), verb, widgets.Primary, i.submit)
	i.dialog.First = i.due.FocusTarget()
}

func debitText(s *sheet) string {
	if s.plan.Debit <= 0 {
		return ""
	}
	return s.plan.Debit.String()
}

// putOff tells what the run leaves: « 2 écartées, 1 reportée ».
func putOff(s *sheet) string {
	left, carried := 0, 0
	for _, d := range s.plan.Drafts {
		switch d.State {
		case billing.Left:
			left++
		case billing.Carried:
			carried++
		}
	}
	text := ""
	if left > 0 {
		text = plural(left, "écartée", "écartées")
	}
	if carried > 0 {
		if text != "" {
			text += ", "
		}
		text += plural(carried, "reportée", "reportées")
	}
	return text
}

// submit issues the run that was shown. Another due date changes the plan, so it
// is made again, and only an equal one is issued.
func (i *issueDialog) submit() {
	if i.busy || !i.form.Validate() {
		return
	}
	due, err := i.due.Value()
	if err != nil {
		i.form.Refuse(err)
		return
	}
	i.busy = true
	i.dialog.Main.SetEnabled(false, "Émission en cours…")
	p, key, run, shown := i.p, i.key, i.s.run, i.s.plan
	var done billing.Done
	p.sh.Runner().Go(p.sh.Ctx(), func(ctx context.Context) (err error) {
		digest := shown.Digest
		if due != shown.DueOn {
			run.DueOn = due
			if digest, err = samePlan(ctx, p.d.Billing, run, shown); err != nil {
				return err
			}
		}
		done, err = p.d.Billing.Issue(ctx, key, run, digest)
		return err
	}, func(err error) {
		i.dialog.Main.SetEnabled(true, "")
		if err != nil {
			i.busy = false
			i.form.Refuse(err)
			return
		}
		i.dialog.Close()
		p.issued(done, run.Month, i.papers.Checked())
	})
}

// samePlan plans again and gives the digest where nothing but the due date moved.
func samePlan(ctx context.Context, b *billing.Service, run billing.Run, shown billing.Plan) (string, error) {
	again, err := b.Plan(ctx, run)
	if err != nil {
		return "", err
	}
	if again.Count != shown.Count || again.Total != shown.Total || again.Meals != shown.Meals {
		return "", fault.New(fault.Conflict, "Le calcul a changé depuis l’affichage"+nbsp+": fermez, relisez la liste et émettez de nouveau.")
	}
	return again.Digest, nil
}

// issued tells of a run and goes on to its papers.
func (p *page) issued(done billing.Done, m calendar.Month, papers bool) {
	p.run = billing.Run{Month: m}
	p.sh.Done(plural(done.Count, "facture émise", "factures émises")+nbsp+": "+done.Total.String(), nil)
	p.changed()
	if papers {
		ids := make([]int64, len(done.Invoices))
		for i, v := range done.Invoices {
			ids[i] = v.ID
		}
		p.month.papers.folder(ids)
	}
}
