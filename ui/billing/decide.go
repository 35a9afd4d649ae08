package billing

import (
	"slices"

	"ardoise/data/billing"
	"ardoise/data/fault"
	"ardoise/ui/kit"
	"ardoise/ui/widgets"
)

// decide changes what the agent decided of the plan and prices it again.
func (p *page) decide(run billing.Run, told string) {
	was := p.run
	p.run = run
	p.load()
	p.sh.Done(told, func() {
		if p.run.Month == was.Month {
			p.run = was
			p.load()
		}
	})
}

// leaveOut leaves families out of this run: their meals stay to be invoiced.
func (p *page) leaveOut(ids []int64) {
	run := p.run
	run.Leave, run.Small = with(run.Leave, ids...), without(run.Small, ids...)
	p.decide(run, plural(len(ids), "facture écartée", "factures écartées")+nbsp+": les repas restent à facturer")
}

// takeBack invoices them after all.
func (p *page) takeBack(ids []int64) {
	run := p.run
	run.Leave = without(run.Leave, ids...)
	p.decide(run, plural(len(ids), "facture reprise", "factures reprises"))
}

// invoiceSmall invoices families although their sum is under the threshold.
func (p *page) invoiceSmall(ids []int64) {
	run := p.run
	run.Small, run.Leave = with(run.Small, ids...), without(run.Leave, ids...)
	p.decide(run, plural(len(ids), "facture émise", "factures émises")+" malgré le seuil")
}

// mend does what the verb of a warning says.
func (p *page) mend(w billing.Warning) {
	switch w.Kind {
	case billing.WarnZero:
		p.leaveOut([]int64{w.FamilyID})
	case billing.WarnCarried:
		p.invoiceSmall([]int64{w.FamilyID})
	case billing.WarnNegative:
		if d, ok := p.draftOf(w.FamilyID); ok {
			p.openDraft(d)
		}
	case billing.WarnForgotten: // of another month: the sentence says which
		before := p.run.Month.Add(-1)
		p.sh.Confirm("Famille "+w.Family, w.Reason, "Aller à "+before.Label(), widgets.Primary, func() { p.goTo(before) })
	case billing.WarnMandate, billing.WarnUnmade:
		p.mandate(w.FamilyID)
	case billing.WarnUnpaid:
		p.sh.Navigate("bookings", kit.OpenFamily{ID: w.FamilyID})
	case billing.WarnQuotient, billing.WarnAddress:
		p.sh.Navigate("families", kit.OpenFamily{ID: w.FamilyID, Tab: "home"})
	default:
		p.sh.Navigate("families", kit.OpenFamily{ID: w.FamilyID, Tab: "papers"})
	}
}

func (p *page) draftOf(family int64) (billing.Draft, bool) {
	if p.s == nil {
		return billing.Draft{}, false
	}
	i := slices.IndexFunc(p.s.plan.Drafts, func(d billing.Draft) bool { return d.FamilyID == family })
	if i < 0 {
		return billing.Draft{}, false
	}
	return p.s.plan.Drafts[i], true
}

// selectedFamily is the family of the row chosen, 0 if there is none.
func (p *page) selectedFamily() int64 {
	if p.tabs.Value() != tabMonth {
		return 0
	}
	switch p.step {
	case stepDebit:
		return p.debit.family()
	case stepRemind:
		return p.remind.family()
	}
	r, _ := p.month.row(p.month.table.Selected())
	return r.familyID
}

func (p *page) noFamily() string {
	if p.selectedFamily() == 0 {
		return "Choisissez d’abord une famille dans la liste."
	}
	return ""
}

// selectedInvoice is the document of the row chosen, 0 if there is none.
func (p *page) selectedInvoice() int64 {
	if p.tabs.Value() != tabMonth {
		return 0
	}
	switch p.step {
	case stepDebit:
		return 0
	case stepRemind:
		return p.remind.invoice()
	}
	if r, ok := p.month.row(p.month.table.Selected()); ok && r.invoice >= 0 {
		return p.s.invoices[r.invoice].ID
	}
	return 0
}

func (p *page) creditOff() string {
	if p.selectedInvoice() == 0 {
		return fault.French("Choisissez d’abord une facture émise : un avoir se fait sur elle.")
	}
	return ""
}

func (p *page) creditSelected() {
	if off := p.creditOff(); off != "" {
		p.sh.Toast(off)
		return
	}
	p.credit(p.selectedInvoice())
}

func (p *page) printOff() string {
	switch {
	case p.selectedInvoice() == 0:
		return "Choisissez d’abord une facture émise."
	case p.d.Papers.Invoices == nil:
		return noPapers
	}
	return ""
}

func (p *page) printSelected() {
	if off := p.printOff(); off != "" {
		p.sh.Toast(off)
		return
	}
	p.viewInvoices("facture", []int64{p.selectedInvoice()})
}
