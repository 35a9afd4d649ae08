package billing

import (
	"context"

	"ardoise/data/billing"
	"ardoise/data/calendar"
	"ardoise/data/fault"
)

// The states of a batch of direct debits.
const (
	debitBuilt   = "built"
	debitSent    = "sent"
	debitDropped = "dropped"
)

// debitState is what is known of direct debits: the batch that could be built
// and those that were.
type debitState struct {
	ask     billing.DebitAsk
	set     billing.Settings
	plan    billing.DebitPlan
	batches []billing.DebitBatch
	returns []billing.Return
	refused string // French: why there is no plan
}

// announced is the day the invoices of a month say they are collected on; no
// date where none is to be.
func (s *sheet) announced() (day calendar.Date) {
	for _, v := range s.invoices {
		if v.Pay == billing.PayDebit && v.Open > 0 {
			day = max(day, v.DueOn)
		}
	}
	if day.IsZero() && s.plan.Debit > 0 {
		day = s.plan.DueOn
	}
	return day
}

// loadDebits reads the batches that matter for a month (not yet sent, or
// collected from the month on and soon after) and plans the next one.
func (d Deps) loadDebits(ctx context.Context, m calendar.Month, ask billing.DebitAsk, today, announced calendar.Date) (s debitState, err error) {
	if s.set, err = d.Billing.Settings(ctx); err != nil {
		return s, err
	}
	if ask.CollectOn.IsZero() {
		ask.CollectOn = s.set.CollectDay(today, announced)
	}
	if ask.Version == "" {
		ask.Version = "08"
	}
	s.ask = ask
	all, err := d.Billing.Batches(ctx, calendar.Month{})
	if err != nil {
		return s, err
	}
	for _, b := range all {
		at := calendar.MonthOf(b.CollectOn)
		if b.State == debitBuilt || b.State == debitSent && !at.Before(m) && at.Before(m.Add(3)) {
			s.batches = append(s.batches, b)
		}
	}
	if s.returns, err = d.loadReturns(ctx, m); err != nil {
		return s, err
	}
	if s.plan, err = d.Billing.PlanDebits(ctx, ask); err != nil {
		if fault.KindOf(err) == fault.Internal || ctx.Err() != nil {
			return s, err
		}
		s.refused, err = fault.Sentence(err), nil
	}
	return s, err
}

// loadReturns reads what banks sent back from a month on: the collections of a
// month come back in the two that follow.
func (d Deps) loadReturns(ctx context.Context, m calendar.Month) (out []billing.Return, err error) {
	for i := range 3 {
		list, err := d.Billing.Returns(ctx, m.Add(i))
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, nil
}

// off says why no file can be made now, "" when it can.
func (s *debitState) off() string {
	if s.refused != "" {
		return s.refused
	}
	return s.plan.Problem
}
