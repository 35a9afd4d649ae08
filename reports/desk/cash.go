package desk

import (
	"context"
	"io"

	"ardoise/data/billing"
	"ardoise/data/family"
	"ardoise/data/ledger"
	"ardoise/reports/accounts"
)

// CashSlipPDF prints a numbered slip: the cheques handed to the bank, or the
// month's payment slip of all means.
func (p *Papers) CashSlipPDF(ctx context.Context, w io.Writer, s billing.Slip) error {
	if s.Kind == billing.SlipCheques {
		out := accounts.Deposit{Number: s.Number, Day: s.MadeOn, Account: grouped(p.Settings.IBAN), Holder: p.Settings.Creditor}
		for _, r := range s.Receipts {
			out.Cheques = append(out.Cheques, accounts.Cheque{Payer: r.Payer, Number: r.Reference, Receipt: r.Number, Amount: r.Amount})
		}
		return accounts.DepositPDF(ctx, w, p.Head(), out)
	}
	out := accounts.Slip{Number: s.Number, From: s.Month.First(), To: s.Month.Last()}
	for _, m := range s.Means {
		out.Lines = append(out.Lines, accounts.MeansSum{Means: meansWord(m.Means), Count: m.Count, Amount: m.Total})
	}
	if n := len(s.Receipts); n > 0 {
		out.First, out.Last = s.Receipts[0].Number, s.Receipts[n-1].Number
	}
	return accounts.SlipPDF(ctx, w, p.Head(), out)
}

// ClosePDF prints the close of a day of the cash office.
func (p *Papers) ClosePDF(ctx context.Context, w io.Writer, d billing.CashDay) error {
	head := p.Head()
	if d.Closed {
		head.Agent = d.Agent
	}
	out := accounts.Close{Day: d.Day, Float: d.Opening, Received: d.In, Deposited: d.Out, Expected: d.Expected, Reason: d.Reason}
	for _, v := range accounts.Denominations {
		if n := d.Pieces[v]; n > 0 {
			out.Counted = append(out.Counted, accounts.Counted{Value: v, Count: n})
		}
	}
	for _, m := range d.Means {
		if m.Means != "cash" {
			out.Others = append(out.Others, accounts.Controlled{Means: meansWord(m.Means), Count: m.Count, Expected: m.Total, Found: m.Total})
		}
	}
	return accounts.ClosePDF(ctx, w, head, out)
}

// meansWord gives the word of papers for a means of payment: "Espèces".
func meansWord(code string) string { return capital(ledger.MeansLabel(code)) }

// TaxPDF prints the summaries of a year, each family's numbered on its own.
func (p *Papers) TaxPDF(ctx context.Context, w io.Writer, all []billing.TaxYear) error {
	out := make([]accounts.TaxYear, len(all))
	for i, t := range all {
		out[i] = taxYear(t)
	}
	return accounts.AllTaxPDF(ctx, w, p.Head(), out)
}

func taxYear(t billing.TaxYear) accounts.TaxYear {
	out := accounts.TaxYear{Year: t.Year, Family: family.Number(t.FamilyID), To: addressee(t.Payer, t.Family, nil, t.FamilyID).Name, Address: t.Address}
	for _, c := range t.Children {
		out.Children = append(out.Children, accounts.TaxChild{Name: c.Name, Birth: c.Birth})
	}
	return out
}
