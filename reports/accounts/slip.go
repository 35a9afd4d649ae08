package accounts

import (
	"context"
	"io"
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/money"
	"ardoise/reports/page"
)

// Slip is a "bordereau de versement": what the cash office hands over to the
// accountant, by means of payment, at least once a month.
type Slip struct {
	Number   string        // without gaps; required
	From, To calendar.Date // the receipts of these days
	Lines    []MeansSum
	First    string // number of the first receipt; may be empty
	Last     string // of the last one
	InWords  string // the total in words; may be empty
	Remark   string // may be empty
}

// SlipPDF writes the payment slip.
func SlipPDF(ctx context.Context, w io.Writer, h Head, s Slip) error {
	switch {
	case strings.TrimSpace(s.Number) == "":
		return invalid("Ce bordereau de versement n’a pas de numéro : il ne peut pas être imprimé.")
	case s.From.IsZero() || s.To < s.From:
		return invalid("La période du bordereau n° %s manque ou elle est à l’envers.", s.Number)
	case len(s.Lines) == 0:
		return invalid("Il n’y a rien à verser sur le bordereau n° %s.", s.Number)
	}
	n, total, err := sumOf(s.Lines)
	if err != nil {
		return err
	}
	title := "Bordereau de versement n°" + nbsp + s.Number
	return page.Write(ctx, w, h.meta(title), func(d *page.Doc) error {
		d.Section(h.section(title, "Recettes encaissées "+page.Span(s.From, s.To)))
		receipts := ""
		if s.First != "" {
			receipts = "n°" + nbsp + s.First
			if s.Last != "" && s.Last != s.First {
				receipts += " à " + s.Last
			}
		}
		facts(d, [2]string{"Régisseur", named(h.Agent, h.Quality)}, [2]string{"Quittances", receipts}, [2]string{"Observations", s.Remark})
		if err := d.Table(meansTable(s.Lines, n, total)); err != nil {
			return err
		}
		d.Space(6)
		amount(d, "Bordereau arrêté à la somme de", total, s.InWords)
		h.signatures(d, "", signer{"Le régisseur", h.Agent, h.Quality}, signer{"Le comptable public", "", ""})
		return nil
	})
}

func meansTable(lines []MeansSum, n int, total money.Cents) page.Table {
	t := page.Table{Size: 10, Height: 7, Columns: []page.Column{
		{Title: "Moyen de paiement", Weight: 3, Lines: 2},
		{Title: "Nombre", Width: 30, Align: page.Right},
		{Title: "Montant", Width: 45, Align: page.Right},
	}}
	for _, l := range lines {
		t.Rows = append(t.Rows, page.Row{Cells: page.Cells(l.Means, page.Number(l.Count), l.Amount.String())})
	}
	t.Rows = append(t.Rows, page.Row{Kind: page.Total, Cells: page.Cells("Total", page.Number(n), total.String())})
	return t
}

// Deposit is a "bordereau de remise de chèques".
type Deposit struct {
	Number  string // required
	Day     calendar.Date
	Account string // where they are credited, as printed; may be empty
	Holder  string // of that account; may be empty
	Cheques []Cheque
	InWords string // the total in words; may be empty
}

// Cheque is one cheque.
type Cheque struct {
	Payer   string // who drew it
	Bank    string
	Number  string
	Receipt string // number of the receipt given for it; may be empty
	Amount  money.Cents
}

// DepositPDF writes the deposit slip. It refuses a cheque without an amount and
// one that stands there twice.
func DepositPDF(ctx context.Context, w io.Writer, h Head, s Deposit) error {
	total, err := s.check()
	if err != nil {
		return err
	}
	title := "Remise de chèques n°" + nbsp + s.Number
	return page.Write(ctx, w, h.meta(title), func(d *page.Doc) error {
		d.Section(h.section(title, page.Capital(s.Day.Long())))
		facts(d, [2]string{"Compte crédité", s.Account}, [2]string{"Titulaire", s.Holder},
			[2]string{"Chèques remis", page.Count(len(s.Cheques), "chèque", "chèques")})
		if err := d.Table(s.table(total)); err != nil {
			return err
		}
		d.Space(6)
		amount(d, "Remise arrêtée à la somme de", total, s.InWords)
		h.signatures(d, "", signer{"Le régisseur", h.Agent, h.Quality}, signer{"Reçu par", "", ""})
		return nil
	})
}

func (s Deposit) check() (total money.Cents, err error) {
	switch {
	case strings.TrimSpace(s.Number) == "":
		return 0, invalid("Cette remise de chèques n’a pas de numéro : elle ne peut pas être imprimée.")
	case s.Day.IsZero():
		return 0, invalid("La remise de chèques n° %s n’a pas de date.", s.Number)
	case len(s.Cheques) == 0:
		return 0, invalid("La remise n° %s ne contient aucun chèque.", s.Number)
	}
	type key struct{ bank, number string }
	seen := map[key]bool{}
	for i, c := range s.Cheques {
		if c.Amount <= 0 {
			return 0, invalid("Le chèque n° %s de %s (ligne %d) est de %s : seul un montant positif peut être remis.", c.Number, c.Payer, i+1, c.Amount)
		}
		k := key{strings.ToLower(strings.TrimSpace(c.Bank)), strings.TrimSpace(c.Number)}
		if k.number != "" && seen[k] {
			return 0, invalid("Le chèque n° %s (%s) figure deux fois dans la remise n° %s.", c.Number, c.Bank, s.Number)
		}
		seen[k] = true
		if total, err = money.Add(total, c.Amount); err != nil {
			return 0, err
		}
	}
	return total, nil
}

func (s Deposit) table(total money.Cents) page.Table {
	t := page.Table{Size: 9, Columns: []page.Column{
		{Title: "", Width: 9, Align: page.Right},
		{Title: "Tireur", Weight: 1, Lines: 2},
		{Title: "Banque", Weight: 1, Lines: 2},
		{Title: "N° du chèque", Width: 24},
		{Title: "Quittance", Width: 20},
		{Title: "Montant", Width: 24, Align: page.Right},
	}}
	for i, c := range s.Cheques {
		t.Rows = append(t.Rows, page.Row{Cells: page.Cells(page.Number(i+1), c.Payer, c.Bank, c.Number, c.Receipt, c.Amount.String())})
	}
	t.Rows = append(t.Rows, page.Row{Kind: page.Total, Cells: page.Cells("", "Total", "", page.Count(len(s.Cheques), "chèque", "chèques"), "", total.String())})
	return t
}
