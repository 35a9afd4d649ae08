// Package billing is the room of the Facturation screen: a month from its plan
// to its reminders in five steps, payments at the counter, mandates, the cash
// office and its figures. It prices nothing and numbers nothing (data/billing
// does), it shows no account number in clear, and it never does the same thing
// twice: each opening of a dialog has its own idempotency key.
package billing

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ardoise/data/billing"
	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/ledger"
)

// Deps is what the screen needs of the house.
type Deps struct {
	Billing *billing.Service
	Ledger  *ledger.Service
	Family  *family.Service
	Catalog *catalog.Service
	Papers  Papers
	// Key makes an idempotency key; nil: a random one.
	Key func() string
}

const nbsp = "\u00a0"

// newKey makes the key of one dialog.
func (d Deps) newKey() string {
	if d.Key != nil {
		return d.Key()
	}
	return "window:" + rand.Text()
}

// turnDay is the day of the month from which its own invoices are what one
// comes for; before it, the month before is still being closed.
const turnDay = 20

// firstMonth is the month the screen opens on.
func firstMonth(today calendar.Date) calendar.Month {
	m := calendar.MonthOf(today)
	if today.Day() < turnDay {
		return m.Add(-1)
	}
	return m
}

// sheet is a month as it was read.
type sheet struct {
	run      billing.Run
	today    calendar.Date
	over     billing.Overview
	invoices []billing.Invoice
	plan     billing.Plan
	refused  string // French: why the month cannot be priced
	debits   debitState
	remind   billing.ReminderPlan
}

// month is the month of the sheet.
func (s *sheet) month() calendar.Month { return s.run.Month }

// load reads a month. What only one step needs and is refused (the month is
// locked, no creditor is set) is told in that step; the rest is shown.
func (d Deps) load(ctx context.Context, run billing.Run, ask billing.DebitAsk, today calendar.Date) (*sheet, error) {
	s := &sheet{run: run, today: today}
	var err error
	if s.over, err = d.Billing.Overview(ctx, run.Month); err != nil {
		return nil, err
	}
	if s.invoices, err = d.Billing.Invoices(ctx, billing.InvoiceFilter{Month: run.Month}); err != nil {
		return nil, err
	}
	if s.plan, err = d.Billing.Plan(ctx, run); err != nil {
		if fault.KindOf(err) == fault.Internal || ctx.Err() != nil {
			return nil, err
		}
		s.refused = fault.Sentence(err)
	}
	if s.remind, err = d.Billing.PlanReminders(ctx, nil); err != nil {
		return nil, err
	}
	s.debits, err = d.loadDebits(ctx, run.Month, ask, today, s.announced())
	return s, err
}

// issued reports whether the month has numbered documents.
func (s *sheet) issued() bool { return s.over.Invoices > 0 }

// pending reports whether issuing would number something, or put small sums off.
func (s *sheet) pending() bool { return s.plan.Count > 0 || s.plan.PutOff > 0 }

// running reports whether the month is not over: its plan is not whole yet.
func (s *sheet) running() bool { return s.today <= s.month().Last() }

// issueOff says why nothing can be issued now, "" when it can.
func (s *sheet) issueOff() string {
	switch {
	case s == nil:
		return "Le mois n’est pas encore lu."
	case s.refused != "":
		return s.refused
	case s.over.Locked:
		return fault.French("Le mois est clos : plus rien ne s’y écrit.")
	case !s.pending() && s.issued():
		return fault.French("Tout est déjà facturé pour ce mois.")
	case !s.pending():
		return fault.French("Il n’y a rien à facturer pour ce mois.")
	}
	return ""
}

// docWord names what a plan would issue: « 148 factures », « 3 corrections ».
func (s *sheet) docWord(n int) string {
	if s.plan.Corrective {
		return plural(n, "correction", "corrections")
	}
	return plural(n, "facture", "factures")
}

// plural gives « 1 facture », « 148 factures ».
func plural(n int, one, many string) string {
	if n > -2 && n < 2 {
		return fmt.Sprintf("%d"+nbsp+"%s", n, one)
	}
	return fmt.Sprintf("%d"+nbsp+"%s", n, many)
}

// without takes ids out of a list; with adds one.
func without(list []int64, ids ...int64) []int64 {
	return slices.DeleteFunc(slices.Clone(list), func(id int64) bool { return slices.Contains(ids, id) })
}

func with(list []int64, ids ...int64) []int64 {
	return append(without(list, ids...), ids...)
}

// dayMonth is « 21/12 ».
func dayMonth(d calendar.Date) string {
	return strings.TrimSuffix(d.Short(), fmt.Sprintf("/%04d", d.Year()))
}

// capital begins with a capital letter.
func capital(s string) string {
	if s == "" {
		return ""
	}
	r := []rune(s)
	return strings.ToUpper(string(r[:1])) + string(r[1:])
}

// plain writes a count as it stands beside a filter.
// The sign of less than nothing is an en dash, as in amounts.
func plain(n int) string { return strings.Replace(strconv.Itoa(n), "-", "–", 1) }

// plainID writes a row's number as options are named.
func plainID(id int64) string { return strconv.FormatInt(id, 10) }
