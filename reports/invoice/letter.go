package invoice

import (
	"cmp"
	"fmt"
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/money"
	"ardoise/reports/page"
)

// Part is one invoice a letter is about.
type Part struct {
	Number   string
	IssuedOn calendar.Date
	Due      calendar.Date
	Total    money.Cents
	Paid     money.Cents
	Rest     money.Cents // Total - Paid, above 0
}

// checkParts adds the invoices of a letter up.
func checkParts(parts []Part, stated money.Cents) error {
	if len(parts) == 0 {
		return fault.New(fault.Invalid, "La lettre ne nomme aucune facture : elle n’a pas été imprimée.")
	}
	var sum money.Cents
	for _, p := range parts {
		if err := checkNumber(p.Number); err != nil {
			return err
		}
		rest, err := money.Add(p.Total, -p.Paid)
		if err != nil {
			return err
		}
		if rest != p.Rest || p.Rest <= 0 {
			return unequal(fmt.Errorf("invoice %s: %d less %d, stated %d", p.Number, p.Total, p.Paid, p.Rest))
		}
		if sum, err = money.Add(sum, p.Rest); err != nil {
			return err
		}
	}
	if sum != stated {
		return unequal(fmt.Errorf("invoices come to %d, stated %d", sum, stated))
	}
	return nil
}

func unequal(cause error) error {
	return fault.Wrap(fault.Internal, cause, "Les sommes de la lettre ne tombent pas juste : elle n’a pas été imprimée. Lancez la vérification des comptes.")
}

func checkLetter(to Addressee, date calendar.Date) error {
	switch {
	case strings.TrimSpace(to.Name) == "":
		return fault.New(fault.Invalid, "La lettre n’a pas de destinataire : complétez la fiche de la famille.")
	case date.IsZero():
		return fault.New(fault.Invalid, "La lettre n’a pas de date : elle n’a pas été imprimée.")
	}
	return nil
}

var body = page.Style{Size: 10}

// letter is what every letter has besides its matter.
type letter struct {
	title, subtitle string
	duplicate       bool
	to              Addressee
	date            calendar.Date
	facts           []fact // after the family's number: when, how much
}

// item draws who writes to whom, the figures that count, place and date, and the
// matter between a greeting and a signature.
func (l letter) item(p Paper, matter func(d *page.Doc) error) page.Item {
	return page.Item{Meta: p.meta(l.title + " – " + l.to.Name), Build: func(d *page.Doc) error {
		d.Section(p.section(l.title, l.subtitle, l.duplicate))
		p.parties(d, l.to, "De la part de")
		if l.to.Family != "" {
			l.facts = append([]fact{{label: "Famille", value: l.to.Family}}, l.facts...)
		}
		facts(d, l.facts)
		words := cmp.Or(p.Issuer.Place, p.Issuer.Commune) + ", le " + strings.TrimPrefix(l.date.Long(), calendar.WeekdayName(l.date.Weekday())+" ")
		d.TextIn(d.Left(), d.Y()+4.6, d.Width(), words, page.Right, body)
		d.Space(9)
		say(d, "Madame, Monsieur,")
		if err := matter(d); err != nil {
			return err
		}
		p.sign(d)
		return d.Err()
	}}
}

// longDay is a day whose number never leaves its month.
func longDay(d calendar.Date) string {
	weekday, rest, _ := strings.Cut(d.Long(), " ")
	return weekday + " " + strings.Replace(rest, " ", nbsp, 1)
}

// say prints paragraphs, each followed by a space.
func say(d *page.Doc, texts ...string) {
	for _, t := range texts {
		if t = strings.TrimSpace(t); t != "" {
			d.Paragraph(fault.French(t), body)
			d.Space(2.6)
		}
	}
}

func (p Paper) sign(d *page.Doc) {
	d.Need(26)
	x, w := d.Left()+d.Width()/2+4, d.Width()/2-4
	y := d.Block(x, d.Y()+4, w, cmp.Or(p.Issuer.Agent, p.Issuer.Office, p.Issuer.Service), page.Style{Size: 10, Bold: true}, 2)
	if p.Issuer.Agent != "" {
		y = d.Block(x, y, w, p.Issuer.Quality, page.Style{Size: 10, Color: page.Muted}, 1)
	}
	d.Space(max(y-d.Y(), 22))
}

// partsTable lists invoices; the columns that would say nothing stay away.
func partsTable(parts []Part, total string, sum money.Cents) page.Table {
	paid, due := false, false
	var all, done money.Cents
	for _, p := range parts {
		paid, due = paid || p.Paid != 0, due || !p.Due.IsZero()
		all, done = all+p.Total, done+p.Paid
	}
	t := page.Table{Size: 9.5, Height: 6.2, Columns: []page.Column{{Title: "Facture n°", Weight: 2}, {Title: "Émise le", Weight: 2}}}
	if due {
		t.Columns = append(t.Columns, page.Column{Title: "Échéance", Weight: 2})
	}
	if paid {
		t.Columns = append(t.Columns, page.Column{Title: "Montant", Width: 28, Align: page.Right}, page.Column{Title: "Déjà réglé", Width: 28, Align: page.Right})
	}
	t.Columns = append(t.Columns, page.Column{Title: total, Width: 34, Align: page.Right})
	row := func(kind page.Kind, number, issued, dueOn string, a, b, c money.Cents) {
		texts := []string{number, issued}
		if due {
			texts = append(texts, dueOn)
		}
		if paid {
			texts = append(texts, a.String(), b.String())
		}
		t.Rows = append(t.Rows, page.Row{Kind: kind, Cells: page.Cells(append(texts, c.String())...)})
	}
	for _, p := range parts {
		row(page.Body, p.Number, p.IssuedOn.Short(), p.Due.Short(), p.Total, p.Paid, p.Rest)
	}
	if len(parts) > 1 || paid {
		row(page.Total, "Total", "", "", all, done, sum)
	}
	return t
}

// howToPay draws the ways to pay over the width, on one page.
func (p Paper) howToPay(d *page.Doc, c *code) {
	h := ways(d, d.Left(), 0, d.Width(), "Comment payer", c, p.allWays(), false)
	if h == 0 {
		return
	}
	d.Need(h + 3)
	ways(d, d.Left(), d.Y(), d.Width(), "Comment payer", c, p.allWays(), true)
	d.Space(h + 3)
}
