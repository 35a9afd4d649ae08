package booking

import (
	"fmt"

	"ardoise/data/ledger"
	"ardoise/data/money"
)

// sum adds the plan up, family by family, and looks at the wallets.
func (p *planner) sum() {
	totals := map[int64]*FamilyTotal{}
	var order []int64
	for i := range p.plan.Lines {
		l := &p.plan.Lines[i]
		if l.Verdict != Accepted {
			continue
		}
		t, ok := totals[l.FamilyID]
		if !ok {
			f := p.f.families[l.FamilyID]
			t = &FamilyTotal{FamilyID: l.FamilyID, Name: f.name, Before: f.balance, Floor: f.floor}
			totals[l.FamilyID] = t
			order = append(order, l.FamilyID)
		}
		amount := l.Price
		if l.Action != Add {
			amount = -amount
		}
		if l.Pay == Monthly {
			t.Monthly += amount
		} else {
			t.Total += amount
		}
	}
	otherwise := ledger.KnownMeans(p.ask.Means)
	for _, id := range order {
		t := totals[id]
		if otherwise && t.Total > 0 {
			t.TopUp = t.Total
		}
		t.After = t.Before + t.TopUp - t.Total
		if t.Total > 0 {
			t.Missing = max(0, t.Floor-t.After)
		}
		p.plan.Families = append(p.plan.Families, *t)
		p.plan.Total += t.Total
		p.plan.Monthly += t.Monthly
		p.plan.Missing += t.Missing
	}
	p.balances()
	p.problem()
}

// balances shows the payer's wallet, also when nothing is accepted.
func (p *planner) balances() {
	if len(p.plan.Families) == 0 {
		id := p.ask.FamilyID
		if id == 0 && len(p.plan.Lines) > 0 {
			id = p.plan.Lines[0].FamilyID
		}
		p.plan.BalanceBefore = p.f.families[id].balance
		p.plan.BalanceAfter = p.plan.BalanceBefore
		return
	}
	for _, t := range p.plan.Families {
		p.plan.BalanceBefore += t.Before
		p.plan.BalanceAfter += t.After
	}
}

func (p *planner) problem() {
	adds := 0
	for _, l := range p.plan.Lines {
		if l.Action == Add && l.Verdict == Accepted && l.Pay == Prepaid {
			adds++
		}
	}
	switch {
	case p.plan.Accepted() == 0:
		p.plan.Problem = "Aucune ligne ne peut être validée."
	case p.plan.Missing > 0:
		p.plan.Covered = p.covered()
		p.plan.Problem = fmt.Sprintf("Il manque %s sur le porte-monnaie"+nbsp+": il couvre %s sur %d. Rechargez-le ou choisissez un autre moyen de paiement.",
			p.plan.Missing, plural(p.plan.Covered, "réservation", "réservations"), adds)
	}
}

// covered counts, in the order asked, the additions the wallets can pay once the
// cancellations have come back.
func (p *planner) covered() (n int) {
	left := map[int64]money.Cents{}
	for _, t := range p.plan.Families {
		left[t.FamilyID] = t.Before - t.Floor
	}
	for _, l := range p.plan.Lines {
		if l.Verdict == Accepted && l.Action != Add && l.Pay == Prepaid {
			left[l.FamilyID] += l.Price
		}
	}
	for _, l := range p.plan.Lines {
		if l.Verdict == Accepted && l.Action == Add && l.Pay == Prepaid && l.Price <= left[l.FamilyID] {
			left[l.FamilyID] -= l.Price
			n++
		}
	}
	return n
}

// digest condenses what was shown: who, what, verdict, price, total, means. The
// balance is left out (money that came in meanwhile changes no line), and so is
// what an agent still writes beside the plan: consent, reference, payer.
func (p *Plan) digest() (string, error) {
	type shown struct {
		Item
		Action  Action
		Verdict Verdict
		Price   money.Cents
		Pay     string
		Family  int64
		Kind    string
		Way     string
	}
	list := make([]shown, len(p.Lines))
	for i, l := range p.Lines {
		list[i] = shown{l.Item, l.Action, l.Verdict, l.Price, l.Pay, l.FamilyID, l.priceKind, l.verdict}
	}
	return ledger.Digest(struct {
		Family int64
		Means  string
		Lines  []shown
		Total  money.Cents
	}{p.Ask.FamilyID, p.Ask.Means, list, p.Total})
}
