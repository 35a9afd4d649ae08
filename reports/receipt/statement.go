package receipt

import (
	"context"
	"fmt"
	"io"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/money"
	"ardoise/reports/page"
)

// Statement is a wallet over a period.
type Statement struct {
	Family  string   // "Famille Favier"
	Number  string   // "F-0087"; may be empty
	Address []string // may be empty
	From    calendar.Date
	To      calendar.Date
	Opening money.Cents // balance before the first line
	Lines   []Line      // oldest first
	Closing money.Cents // balance after the last line
}

// Line is one movement; Debit and Credit are both positive or zero.
type Line struct {
	Date    calendar.Date
	Label   string
	Detail  string
	Debit   money.Cents
	Credit  money.Cents
	Balance money.Cents
}

// StatementPDF writes the statement. It refuses one that does not add up: a
// false statement is worse than none.
func StatementPDF(ctx context.Context, w io.Writer, p Paper, s Statement) error {
	debits, credits, err := s.sums()
	if err != nil {
		return err
	}
	title := "Relevé du porte-monnaie"
	return page.Write(ctx, w, p.meta(title+" – "+s.Family), func(d *page.Doc) error {
		d.Section(page.Section{
			Commune: p.Issuer.Commune, Service: p.Issuer.Service, Title: title,
			Subtitle: page.Capital(page.Span(s.From, s.To)), Notice: p.Notice, Version: p.Program,
		})
		s.head(d, debits, credits)
		return d.Table(s.table(debits, credits))
	})
}

// sums adds the lines up and checks each balance and the closing one.
func (s Statement) sums() (debits, credits money.Cents, err error) {
	balance := s.Opening
	for i, l := range s.Lines {
		if debits, err = money.Add(debits, l.Debit); err != nil {
			return 0, 0, err
		}
		if credits, err = money.Add(credits, l.Credit); err != nil {
			return 0, 0, err
		}
		if balance, err = money.Add(balance, l.Credit-l.Debit); err != nil {
			return 0, 0, err
		}
		if balance != l.Balance {
			return 0, 0, s.wrong(fmt.Errorf("line %d: balance %d, expected %d", i+1, l.Balance, balance))
		}
	}
	if balance != s.Closing {
		return 0, 0, s.wrong(fmt.Errorf("closing %d, expected %d", s.Closing, balance))
	}
	return debits, credits, nil
}

func (s Statement) wrong(cause error) error {
	return fault.Wrap(fault.Internal, cause, "Le relevé de «\u00a0%s\u00a0» ne tombe pas juste\u00a0: il n’a pas été imprimé. Lancez la vérification des comptes.", s.Family)
}

func (s Statement) head(d *page.Doc, debits, credits money.Cents) {
	top := d.Y()
	y := d.Block(d.Left(), top, d.Width()/2-4, s.Family, page.Style{Size: 12, Bold: true}, 2)
	if s.Number != "" {
		y = d.Block(d.Left(), y, d.Width()/2-4, "n°\u00a0"+s.Number, page.Style{Color: page.Muted}, 1)
	}
	y = lines(d, d.Left(), y, d.Width()/2-4, s.Address, page.Style{})
	x, w := d.Left()+d.Width()/2+4, d.Width()/2-4
	z := top
	for _, f := range []struct {
		label string
		value money.Cents
		bold  bool
	}{
		{"Solde au " + s.From.Short(), s.Opening, false},
		{"Crédits", credits, false},
		{"Débits", -debits, false},
		{"Solde au " + s.To.Short(), s.Closing, true},
	} {
		st := page.Style{Size: 10, Bold: f.bold}
		d.TextAt(x, z+4, f.label, page.Style{Size: 10, Bold: f.bold, Color: page.Muted})
		d.TextIn(x, z+4, w, f.value.String(), page.Right, st)
		z += 6
		d.Line(x, z, x+w, z, 0.2, page.Rule)
	}
	d.Space(max(y, z) - top + 6)
}

func (s Statement) table(debits, credits money.Cents) page.Table {
	t := page.Table{
		Size: 9,
		Columns: []page.Column{
			{Title: "Date", Width: 21},
			{Title: "Libellé", Weight: 62, Lines: 3},
			{Title: "Détail", Weight: 38, Lines: 3},
			{Title: "Débit", Width: 20, Align: page.Right},
			{Title: "Crédit", Width: 20, Align: page.Right},
			{Title: "Solde", Width: 23, Align: page.Right},
		},
	}
	cells := func(date calendar.Date, label, detail, debit, credit string, balance money.Cents) []page.Cell {
		c := page.Cells(date.Short(), label, detail, debit, credit, balance.String())
		c[2].Muted, c[5].Bold = true, true
		return c
	}
	t.Rows = append(t.Rows, page.Row{Cells: cells(s.From, "Solde reporté", "", "", "", s.Opening)})
	for _, l := range s.Lines {
		t.Rows = append(t.Rows, page.Row{Cells: cells(l.Date, l.Label, l.Detail, shown(l.Debit), shown(l.Credit), l.Balance)})
	}
	if len(s.Lines) == 0 {
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{}, {Text: "Aucun mouvement sur cette période.", Muted: true}}})
	}
	t.Rows = append(t.Rows, page.Row{Kind: page.Total, Cells: cells(s.To, "Solde au "+s.To.Short(), page.Count(len(s.Lines), "mouvement", "mouvements"), debits.String(), credits.String(), s.Closing)})
	return t
}

func shown(c money.Cents) string {
	if c == 0 {
		return ""
	}
	return c.String()
}
