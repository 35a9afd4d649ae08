package desk

import (
	"context"
	"io"
	"strings"

	"ardoise/data/billing"
	"ardoise/data/calendar"
	"ardoise/data/family"
	"ardoise/reports/forms"
	"ardoise/reports/sepa"
)

// SEPA writes the bank's file of a batch read by DebitFile (accounts in clear),
// after the report's own rules found nothing wrong. Write it beside and rename:
// what stands in w after an error must not be kept.
func (p *Papers) SEPA(ctx context.Context, w io.Writer, b billing.DebitBatch) (sepa.Totals, error) {
	return sepa.Write(ctx, w, p.batch(b))
}

func (p *Papers) batch(b billing.DebitBatch) sepa.Batch {
	out := sepa.Batch{Version: sepa.Version(b.Version), MessageID: b.MessageID, CreatedAt: b.BuiltAt, Creditor: p.creditor(), CollectOn: b.CollectOn, BatchBooking: true}
	if p.Settings.Treasury {
		out.UltimateCreditor = p.Settings.TreasuryHolder
	}
	for _, d := range b.Debits {
		out.Debits = append(out.Debits, sepa.Debit{
			EndToEndID: d.EndToEnd, Amount: d.Amount, Sequence: sepa.Sequence(d.Sequence), UMR: d.UMR, SignedOn: d.SignedOn, Name: d.Holder,
			IBAN: d.IBAN, BIC: d.BIC, Remittance: remittance(d), AccountChanged: d.Amended,
		})
	}
	return out
}

// remittance is what the payer reads on the statement: the invoices' numbers.
func remittance(d billing.Debit) string {
	numbers := make([]string, len(d.Invoices))
	for i, s := range d.Invoices {
		numbers[i] = s.Number
	}
	word := "Facture "
	if len(numbers) > 1 {
		word = "Factures "
	}
	return word + strings.Join(numbers, " ")
}

// BatchSlipPDF prints the list of a batch: each family, mandate, masked account
// and amount, and the families left out of it.
func (p *Papers) BatchSlipPDF(ctx context.Context, w io.Writer, b billing.DebitBatch, skipped []billing.SkippedDebit) error {
	totals, err := sepa.Sum(p.batch(b))
	if err != nil {
		return err
	}
	s := sepa.Slip{MessageID: b.MessageID, FileName: b.File, CreatedAt: b.BuiltAt, CollectOn: b.CollectOn, Creditor: p.creditor(), Totals: totals}
	if !b.SentAt.IsZero() {
		s.SentOn = calendar.DateOf(b.SentAt)
	}
	for _, d := range b.Debits {
		s.Lines = append(s.Lines, sepa.SlipLine{
			Family: family.Number(d.FamilyID), Name: d.Holder, UMR: d.UMR, IBAN: d.Masked, Reference: d.EndToEnd, Sequence: sepa.Sequence(d.Sequence), Amount: d.Amount, Changed: d.Amended,
		})
	}
	for _, k := range skipped {
		s.LeftOut = append(s.LeftOut, sepa.LeftOut{Family: family.Number(k.FamilyID), Name: k.Family, Amount: k.Amount, Why: k.Reason})
	}
	return sepa.SlipPDF(ctx, w, p.Bank(), s)
}

// MandatePDF prints the form of a mandate to sign, filled in with what is known:
// the family's own words, a reference where there is one, an account where the
// caller opened it (empty: left to write by hand).
func (p *Papers) MandatePDF(ctx context.Context, w io.Writer, f family.Family, m billing.Mandate, iban string) error {
	bic := m.BIC
	if iban == "" {
		bic = "" // the bank of an account that is left to write by hand is not known
	}
	out := forms.Mandate{
		RUM: m.UMR, ICS: p.Settings.ICS, IBAN: iban, BIC: bic,
		Creditor: forms.Party{Name: p.Settings.Creditor, Address: append(p.address(), "FRANCE")},
		Debtor:   forms.Party{Name: m.Holder, Address: PayerOf(f).Address},
	}
	if out.Debtor.Name == "" && len(f.Guardians) > 0 {
		out.Debtor.Name = f.Guardians[0].Name()
	}
	if m.Kind == "oneoff" {
		out.Recurrence = forms.OneOff
	}
	return forms.MandatePDF(ctx, w, p.Form(), out)
}
