package accounts

import (
	"context"
	"io"
	"slices"
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/money"
	"ardoise/reports/page"
)

// Denominations are the notes, then the coins of the euro, in cents, the largest
// first. The note of 500 € is no longer issued but still legal tender.
var Denominations = []money.Cents{50000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1}

const smallestNote = money.Cents(500)

// Counted is how many of one note or coin were in the till.
type Counted struct {
	Value money.Cents // one of Denominations
	Count int
}

// Controlled is another means of payment, checked at the close.
type Controlled struct {
	Means    string
	Count    int         // expected
	Expected money.Cents // by the ledger
	Found    money.Cents // cheques in hand, card terminal's total
}

// Close is an "arrêté de caisse": what the ledger expects in the till on a day,
// what was counted, and why they differ.
type Close struct {
	Number    string // may be empty
	Day       calendar.Date
	Float     money.Cents // cash in the till that morning
	Received  money.Cents // cash taken in
	Returned  money.Cents // cash given back, above 0
	Deposited money.Cents // cash paid in to the Treasury, above 0
	Expected  money.Cents // by the ledger: what the four lines above must give
	Counted   []Counted
	Whole     money.Cents // counted without its notes and coins; used where Counted is empty
	Others    []Controlled
	Reason    string // required where something differs
}

// Difference is what was counted less what was expected, cash only.
func (c Close) Difference() (money.Cents, error) {
	counted, err := c.counted()
	if err != nil {
		return 0, err
	}
	return money.Add(counted, -c.Expected)
}

func (c Close) counted() (total money.Cents, err error) {
	if len(c.Counted) == 0 {
		return c.Whole, nil
	}
	for _, n := range c.Counted {
		part, err := n.Value.Times(n.Count)
		if err != nil {
			return 0, err
		}
		if total, err = money.Add(total, part); err != nil {
			return 0, err
		}
	}
	return total, nil
}

func (c Close) check() (difference money.Cents, err error) {
	if c.Day.IsZero() {
		return 0, invalid("L’arrêté de caisse n’a pas de date.")
	}
	seen := map[money.Cents]bool{}
	for _, n := range c.Counted {
		if !slices.Contains(Denominations, n.Value) || n.Count < 0 || seen[n.Value] {
			return 0, invalid("Le comptage de la caisse est faux : %d fois %s.", n.Count, n.Value)
		}
		seen[n.Value] = true
	}
	expected := c.Float
	for _, part := range []money.Cents{c.Received, -c.Returned, -c.Deposited} {
		if expected, err = money.Add(expected, part); err != nil {
			return 0, err
		}
	}
	if expected != c.Expected {
		return 0, invalid("La caisse du %s devrait contenir %s d’après ses mouvements, mais %s d’après le journal. Lancez la vérification des comptes.",
			c.Day.Short(), expected, c.Expected)
	}
	if difference, err = c.Difference(); err != nil {
		return 0, err
	}
	differs := difference != 0
	for _, o := range c.Others {
		differs = differs || o.Found != o.Expected
	}
	if differs && strings.TrimSpace(c.Reason) == "" {
		return 0, invalid("La caisse du %s présente un écart : écrivez-en la raison avant d’imprimer l’arrêté.", c.Day.Short())
	}
	return difference, nil
}

// ClosePDF writes the daily close. It refuses a difference without a reason and
// movements that do not give what the ledger expects.
func ClosePDF(ctx context.Context, w io.Writer, h Head, c Close) error {
	difference, err := c.check()
	if err != nil {
		return err
	}
	counted, err := c.counted()
	if err != nil {
		return err
	}
	title := "Arrêté de caisse du " + c.Day.Short()
	if c.Number != "" {
		title = "Arrêté de caisse n°" + nbsp + c.Number
	}
	return page.Write(ctx, w, h.meta(title), func(d *page.Doc) error {
		d.Section(h.section(title, page.Capital(c.Day.Long())))
		for _, t := range []page.Table{c.movements(counted, difference), c.count(counted), c.others()} {
			if len(t.Rows) == 0 {
				continue
			}
			if err := d.Table(t); err != nil {
				return err
			}
			d.Space(4)
		}
		if c.Reason != "" {
			d.Heading("Raison de l’écart", 8)
			d.Paragraph(c.Reason, page.Style{Size: 10})
			d.Space(3)
		}
		h.signatures(d, "", signer{"Le régisseur", h.Agent, h.Quality}, signer{"Contrôlé par", "", ""})
		return nil
	})
}

func (c Close) movements(counted, difference money.Cents) page.Table {
	t := page.Table{Height: 5.8, Columns: []page.Column{{Title: "Espèces", Weight: 3}, {Title: "Montant", Width: 40, Align: page.Right}}}
	row := func(kind page.Kind, label, value string) {
		t.Rows = append(t.Rows, page.Row{Kind: kind, Cells: page.Cells(label, value)})
	}
	row(page.Body, "Fonds en caisse à l’ouverture", c.Float.String())
	row(page.Body, "Encaissements du jour", c.Received.Signed())
	row(page.Body, "Remboursements", (-c.Returned).Signed())
	row(page.Body, "Versements au Trésor", (-c.Deposited).Signed())
	row(page.Subtotal, "Espèces attendues", c.Expected.String())
	row(page.Body, "Espèces comptées", counted.String())
	label := "Écart"
	switch {
	case difference > 0:
		label = "Écart (excédent)"
	case difference < 0:
		label = "Écart (déficit)"
	}
	row(page.Total, label, difference.Signed())
	return t
}

// count sets the notes on the left of the coins, all of them: an empty line says
// that nobody forgot to look.
func (c Close) count(counted money.Cents) page.Table {
	t := page.Table{Size: 9, Height: 5.4, Columns: []page.Column{
		{Title: "Billets", Weight: 1},
		{Title: "Nombre", Width: 20, Align: page.Right},
		{Title: "Montant", Width: 30, Align: page.Right},
		{Title: "Pièces", Weight: 1, Apart: true},
		{Title: "Nombre", Width: 20, Align: page.Right},
		{Title: "Montant", Width: 30, Align: page.Right},
	}}
	number := map[money.Cents]int{}
	for _, n := range c.Counted {
		number[n.Value] = n.Count
	}
	coins := slices.IndexFunc(Denominations, func(v money.Cents) bool { return v < smallestNote })
	cells := func(i, end int) []page.Cell {
		if i >= end {
			return make([]page.Cell, 3)
		}
		value := Denominations[i]
		n := number[value]
		how := "–"
		if n > 0 {
			how = page.Number(n)
		}
		three := page.Cells(face(value), how, dash(value*money.Cents(n))) // counted has seen that it fits
		for i := range three {
			three[i].Muted = n == 0
		}
		return three
	}
	for i := range max(coins, len(Denominations)-coins) {
		t.Rows = append(t.Rows, page.Row{Cells: append(cells(i, coins), cells(coins+i, len(Denominations))...)})
	}
	t.Rows = append(t.Rows, page.Row{Kind: page.Total, Cells: page.Cells("Total compté", "", "", "", "", counted.String())})
	return t
}

// face is what is written on a note or a coin: "20 €", "0,50 €".
func face(value money.Cents) string {
	if value%100 == 0 {
		return page.Number(int(value/100)) + nbsp + "€"
	}
	return value.String()
}

func (c Close) others() page.Table {
	t := page.Table{Size: 9, Height: 5.8, Columns: []page.Column{
		{Title: "Autres moyens", Weight: 3, Lines: 2},
		{Title: "Nombre", Width: 22, Align: page.Right},
		{Title: "Attendu", Width: 34, Align: page.Right},
		{Title: "Constaté", Width: 34, Align: page.Right},
		{Title: "Écart", Width: 30, Align: page.Right},
	}}
	for _, o := range c.Others {
		difference := "–"
		if o.Found != o.Expected {
			difference = (o.Found - o.Expected).Signed()
		}
		t.Rows = append(t.Rows, page.Row{Cells: page.Cells(o.Means, page.Number(o.Count), o.Expected.String(), o.Found.String(), difference)})
	}
	return t
}
