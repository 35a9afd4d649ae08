package desk

import (
	"context"
	"fmt"
	"io"
	"slices"

	"ardoise/data/billing"
	"ardoise/data/calendar"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/money"
	"ardoise/reports/invoice"
)

// answerDays are what a letter leaves to pay in, where no later step sets a day.
const answerDays = 15

// RemindersPDF prints the letters of reminders into one file.
func (p *Papers) RemindersPDF(ctx context.Context, w io.Writer, plan billing.ReminderPlan, progress func(done, total int)) error {
	all, err := p.Reminders(ctx, plan)
	if err != nil {
		return err
	}
	return printAll(ctx, w, p.Invoice(), all, "Il n’y a aucune relance à imprimer.", progress)
}

// EachReminderPDF makes one file of each letter and hands it over with its name.
func (p *Papers) EachReminderPDF(ctx context.Context, plan billing.ReminderPlan, deliver func(f billing.ReminderFamily, name string, pdf []byte) error, progress func(done, total int)) error {
	all, err := p.Reminders(ctx, plan)
	if err != nil {
		return err
	}
	n := 0
	return invoice.EachPDF(ctx, p.Invoice(), invoice.Seq(all), len(all), func(_ invoice.Reminder, pdf []byte) error {
		f := plan.Families[n]
		n++
		return deliver(f, fmt.Sprintf("relance-%d-%s-%s.pdf", f.Step, family.Number(f.FamilyID), slug(f.Family)), pdf)
	}, progress)
}

// Reminders gives reminders as letters, in the same order.
func (p *Papers) Reminders(ctx context.Context, plan billing.ReminderPlan) ([]invoice.Reminder, error) {
	var ids []int64
	for _, f := range plan.Families {
		for _, s := range f.Invoices {
			ids = append(ids, s.InvoiceID)
		}
	}
	known, err := p.known(ctx, ids)
	if err != nil {
		return nil, err
	}
	on := p.dayOf(plan.On)
	out := make([]invoice.Reminder, len(plan.Families))
	for i, f := range plan.Families {
		parts, err := p.parts(ctx, f.Invoices, func(s billing.Share) money.Cents { return s.Owed }, known)
		if err != nil {
			return nil, err
		}
		out[i] = invoice.Reminder{Step: f.Step, Date: on, Payer: addressee(f.Payer, f.Family, f.Address, f.FamilyID), Open: parts, Total: f.Open, PayBefore: p.payBefore(on, f.Step)}
		if len(parts) == 1 {
			out[i].Online = p.online(parts[0].Number, parts[0].IssuedOn.Year(), f.Open)
		}
	}
	return out, nil
}

// payBefore is the last day before the next step; the last step leaves a fortnight.
func (p *Papers) payBefore(on calendar.Date, step int) calendar.Date {
	days := p.Settings.Remind
	if step < 1 || step >= len(days) {
		return on.Add(answerDays)
	}
	return on.Add(max(1, days[step]-days[step-1]-1))
}

func addressee(payer, name string, address []string, id int64) invoice.Addressee {
	a := invoice.Addressee{Name: payer, Address: address, Family: family.Number(id)}
	if a.Name == "" {
		a.Name = "Famille " + name
	}
	return a
}

// NoticesPDF prints the notice of its direct debit to each family of a batch;
// byPost keeps those without an e-mail address alone.
func (p *Papers) NoticesPDF(ctx context.Context, w io.Writer, b billing.DebitBatch, byPost bool, progress func(done, total int)) error {
	var all []invoice.DebitNotice
	known, err := p.known(ctx, invoicesOf(b))
	if err != nil {
		return err
	}
	on := p.today()
	if !b.BuiltAt.IsZero() {
		on = calendar.DateOf(b.BuiltAt)
	}
	for _, d := range b.Debits {
		if d.State == batchDropped || byPost && d.Email != "" {
			continue
		}
		parts, err := p.parts(ctx, d.Invoices, collectedShare, known)
		if err != nil {
			return err
		}
		all = append(all, invoice.DebitNotice{Date: on, Payer: addressee(d.Payer, d.Family, d.Address, d.FamilyID), Debit: *p.debitOf(d, b.CollectOn), Invoices: parts})
	}
	return printAll(ctx, w, p.Invoice(), all, "Aucun avis de prélèvement n’est à imprimer.", progress)
}

func collectedShare(s billing.Share) money.Cents { return s.Amount }

func (p *Papers) debitOf(d billing.Debit, on calendar.Date) *invoice.Debit {
	return &invoice.Debit{Amount: d.Amount, Date: on, Creditor: p.Settings.Creditor, ICS: p.Settings.ICS, RUM: d.UMR, Account: d.Masked}
}

func invoicesOf(b billing.DebitBatch) (ids []int64) {
	for _, d := range b.Debits {
		for _, s := range d.Invoices {
			ids = append(ids, s.InvoiceID)
		}
	}
	return ids
}

// noLetter is the reason for which no ready-made letter goes out: the bank tells
// of a death.
const noLetter = "MD07"

// RefusalsPDF prints the letter of each direct debit of a batch that came back.
func (p *Papers) RefusalsPDF(ctx context.Context, w io.Writer, b billing.DebitBatch, progress func(done, total int)) error {
	known, err := p.known(ctx, invoicesOf(b))
	if err != nil {
		return err
	}
	var all []invoice.Refusal
	for _, d := range b.Debits {
		if d.State != debitRejected || d.Reason == noLetter {
			continue
		}
		parts, err := p.parts(ctx, d.Invoices, collectedShare, known)
		if err != nil {
			return err
		}
		on := max(p.dayOf(d.RejectedOn), b.CollectOn)
		all = append(all, invoice.Refusal{
			Date: on, Payer: addressee(d.Payer, d.Family, d.Address, d.FamilyID), Debit: *p.debitOf(d, b.CollectOn), Code: d.Reason, Invoices: parts, PayBefore: on.Add(answerDays),
		})
	}
	return printAll(ctx, w, p.Invoice(), all, "Aucun prélèvement de cette remise n’est revenu avec une lettre à écrire.", progress)
}

// printAll prints letters into one file; none is a refusal that says so.
func printAll[T invoice.Document](ctx context.Context, w io.Writer, paper invoice.Paper, all []T, none string, progress func(done, total int)) error {
	if len(all) == 0 {
		return fault.New(fault.Invalid, "%s", none)
	}
	return invoice.AllPDF(ctx, w, paper, invoice.Seq(slices.Clip(all)), len(all), progress)
}
