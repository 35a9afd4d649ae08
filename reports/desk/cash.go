package desk

import (
	"bytes"
	"context"
	"io"

	"ardoise/data/billing"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/reports/accounts"
	"ardoise/reports/receipt"
)

// CashSlipPDF prints a numbered slip: the cheques handed to the bank, or the
// month's payment slip of all means.
func (p *Papers) CashSlipPDF(ctx context.Context, w io.Writer, s billing.Slip) error {
	head := p.Head()
	if s.Agent != "" {
		head.Agent = s.Agent // who made it, whoever prints it today
	}
	if s.Kind == billing.SlipCheques {
		out := accounts.Deposit{Number: s.Number, Day: s.MadeOn, Account: grouped(p.Settings.IBAN), Holder: p.Settings.Creditor, InWords: receipt.Words(s.Total)}
		for _, r := range s.Receipts {
			out.Cheques = append(out.Cheques, accounts.Cheque{Payer: r.Payer, Number: r.Reference, Receipt: r.Number, Amount: r.Amount})
		}
		return accounts.DepositPDF(ctx, w, head, out)
	}
	out := accounts.Slip{Number: s.Number, From: s.Month.First(), To: s.Month.Last(), InWords: receipt.Words(s.Total), Remark: remark(s)}
	for _, m := range s.Means {
		out.Lines = append(out.Lines, accounts.MeansSum{Means: meansWord(m.Means), Count: m.Count, Amount: m.Total})
	}
	for _, r := range s.Receipts { // an earlier month's may be on it, where its slip was forgotten
		out.From, out.To = min(out.From, r.Day), max(out.To, r.Day)
	}
	if n := len(s.Receipts); n > 0 {
		out.First, out.Last = s.Receipts[0].Number, s.Receipts[n-1].Number
	}
	return accounts.SlipPDF(ctx, w, head, out)
}

// remark says what of a slip had left the cash office before.
func remark(s billing.Slip) string {
	if before := s.Total - s.Moved; before != 0 {
		return "dont " + before.String() + " de chèques déjà remis à la banque"
	}
	return ""
}

// ClosePDF prints the close of a day of the cash office.
func (p *Papers) ClosePDF(ctx context.Context, w io.Writer, d billing.CashDay) error {
	if d.ClosedAt.IsZero() {
		return fault.New(fault.Invalid, "La caisse du %s n’a pas été comptée : arrêtez-la avant d’imprimer.", d.Day.Short())
	}
	head := p.Head()
	head.Agent = d.Agent
	out := accounts.Close{Day: d.Day, Float: d.Opening, Received: d.In, Deposited: d.Out, Expected: d.Expected, Whole: d.Counted, Reason: d.Reason}
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

// TaxPDF prints the summaries of a year, each family's numbered on its own.
func (p *Papers) TaxPDF(ctx context.Context, w io.Writer, all []billing.TaxYear) error {
	if len(all) == 0 {
		return fault.New(fault.NotFound, "Aucune famille n’a payé quelque chose cette année-là.")
	}
	out := make([]accounts.TaxYear, len(all))
	for i, t := range all {
		out[i] = taxYear(t)
	}
	if len(out) == 1 {
		return accounts.TaxPDF(ctx, w, p.Head(), out[0])
	}
	return accounts.AllTaxPDF(ctx, w, p.Head(), out)
}

// EachTaxPDF makes one file of each summary and hands it over with its name;
// progress may be nil.
func (p *Papers) EachTaxPDF(ctx context.Context, all []billing.TaxYear, deliver func(name string, pdf []byte) error, progress func(done, total int)) error {
	for i, t := range all {
		var b bytes.Buffer
		if err := accounts.TaxPDF(ctx, &b, p.Head(), taxYear(t)); err != nil {
			return err
		}
		if err := deliver(TaxFile(t), b.Bytes()); err != nil {
			return err
		}
		if progress != nil {
			progress(i+1, len(all))
		}
	}
	return nil
}

// TaxFile is the name of one family's summary.
func TaxFile(t billing.TaxYear) string {
	return "attestation-" + family.Number(t.FamilyID) + "-" + slug(t.Family) + ".pdf"
}

func taxYear(t billing.TaxYear) accounts.TaxYear {
	out := accounts.TaxYear{Year: t.Year, Family: family.Number(t.FamilyID), To: addressee(t.Payer, t.Family, nil, t.FamilyID).Name, Address: t.Address}
	for _, c := range t.Children {
		child := accounts.TaxChild{Name: c.Name, Birth: c.Birth}
		for i := range c.Months {
			child.Paid[i] = accounts.Paid{Meals: c.Months[i] - c.Cares[i], Care: c.Cares[i]}
		}
		out.Children = append(out.Children, child)
	}
	return out
}
