package accounts

import (
	"cmp"
	"context"
	"io"
	"strconv"
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/money"
	"ardoise/reports/page"
)

// TaxText is what the summary says of the tax credit unless the town has its own
// words. Source of the rule: code général des impôts, article 200 quater B
// (children under six on 1 January, care only, less what helps to pay it).
const TaxText = "Seule la part de garde payée pour un enfant de moins de 6 ans au 1ᵉʳ janvier de l’année peut ouvrir droit au crédit d’impôt " +
	"pour frais de garde de jeunes enfants (article 200 quater B du code général des impôts). Le prix des repas n’y ouvre pas droit. " +
	"Les aides reçues pour la garde (CAF, MSA, employeur, comité social) sont à déduire de la somme déclarée. Conservez ce document : " +
	"l’administration fiscale peut vous le demander."

// Paid is what was paid for one child in one month.
type Paid struct {
	Meals money.Cents // "repas"
	Care  money.Cents // "encadrement", what the tax office calls garde
}

// TaxChild is one child of the family and what was paid for it, January first.
type TaxChild struct {
	Name  string
	Birth calendar.Date // zero: unknown, and then not counted as under six
	Paid  [12]Paid
}

// Young tells whether the child was under six on 1 January of the year, or born
// since.
func (c TaxChild) Young(year int) bool {
	return !c.Birth.IsZero() && c.Birth.Year() <= year && calendar.Age(c.Birth, calendar.NewDate(year, 1, 1)) < 6
}

// TaxYear is what one family paid in one civil year, on the day of payment.
type TaxYear struct {
	Year     int
	Family   string // "F-0087"
	To       string // "M. et Mme FAVIER"
	Address  []string
	Children []TaxChild
	Text     string // TaxText when empty
}

// taxSums are the sums of one line: of a month, a child or the year.
type taxSums struct{ meals, care, young money.Cents }

func (s *taxSums) add(p Paid, young bool) (err error) {
	if s.meals, err = money.Add(s.meals, p.Meals); err != nil {
		return err
	}
	if s.care, err = money.Add(s.care, p.Care); err != nil {
		return err
	}
	if young {
		s.young, err = money.Add(s.young, p.Care)
	}
	return err
}

func (s taxSums) total() (money.Cents, error) { return money.Add(s.meals, s.care) }

// taxFigures are the sums of the page; those by month and those by child come
// from the same payments, hence make the same year.
type taxFigures struct {
	months   [12]taxSums
	children []taxSums
	year     taxSums
}

func (t TaxYear) figures() (f taxFigures, err error) {
	f.children = make([]taxSums, len(t.Children))
	for i, c := range t.Children {
		young := c.Young(t.Year)
		for m, p := range c.Paid {
			for _, s := range []*taxSums{&f.months[m], &f.children[i], &f.year} {
				if err := s.add(p, young); err != nil {
					return f, err
				}
			}
		}
	}
	_, err = f.year.total()
	return f, err
}

func (t TaxYear) check() error {
	switch {
	case t.Year < 2000 || t.Year > 9999:
		return invalid("L’année de l’attestation fiscale doit avoir quatre chiffres : %d.", t.Year)
	case strings.TrimSpace(t.To) == "":
		return invalid("L’attestation fiscale de la famille %s n’a pas de destinataire.", t.Family)
	}
	for _, c := range t.Children {
		for _, p := range c.Paid {
			if p != (Paid{}) {
				return nil
			}
		}
	}
	return invalid("La famille %s n’a rien payé en %d : il n’y a pas d’attestation à imprimer.", t.Family, t.Year)
}

// TaxPDF writes the tax summary of one family.
func TaxPDF(ctx context.Context, w io.Writer, h Head, t TaxYear) error {
	return AllTaxPDF(ctx, w, h, []TaxYear{t})
}

// AllTaxPDF writes summaries into one file, each numbered on its own.
func AllTaxPDF(ctx context.Context, w io.Writer, h Head, all []TaxYear) error {
	if len(all) == 0 {
		return invalid("Il n’y a aucune attestation fiscale à imprimer.")
	}
	for _, t := range all {
		if err := t.check(); err != nil {
			return err
		}
	}
	return page.Write(ctx, w, h.meta(all[0].title()), func(d *page.Doc) error {
		for _, t := range all {
			if err := d.Err(); err != nil {
				return err
			}
			f, err := t.figures()
			if err != nil {
				return err
			}
			if err := t.draw(d, h, f); err != nil {
				return err
			}
		}
		return nil
	})
}

func (t TaxYear) title() string { return "Attestation fiscale " + strconv.Itoa(t.Year) }

func (t TaxYear) draw(d *page.Doc, h Head, f taxFigures) error {
	d.Section(h.section(t.title(), "Frais de garde de jeunes enfants – sommes payées du 1ᵉʳ janvier au 31 décembre "+strconv.Itoa(t.Year)))
	t.parties(d, h)
	who := named(h.Agent, h.Quality)
	if who == "" {
		who = "Le service"
	}
	d.Paragraph(who+", atteste que "+h.payee()+" a reçu "+fault.De(t.To)+", en "+strconv.Itoa(t.Year)+
		", les sommes suivantes pour les services périscolaires.", page.Style{Size: 10})
	d.Space(4)
	if err := d.Table(t.byChild(f)); err != nil {
		return err
	}
	d.Space(4)
	if err := d.Table(t.byMonth(f)); err != nil {
		return err
	}
	d.Space(4)
	t.retained(d, f.year.young)
	words := t.Text
	if strings.TrimSpace(words) == "" {
		words = fault.French(TaxText)
	}
	h.signatures(d, words, signer{"Pour la régie", h.Agent, h.Quality})
	return nil
}

// retained shows, on one line, the sum families look for.
func (t TaxYear) retained(d *page.Doc, young money.Cents) {
	const h = 10.0
	d.Need(h + 4)
	d.Box(d.Left(), d.Y(), d.Width(), h, page.Fill{Paint: true, Inside: page.Shade})
	d.TextIn(d.Left()+4, d.Y()+6.5, d.Width()-50, "Garde payée pour les enfants de moins de 6 ans au 1ᵉʳ janvier "+strconv.Itoa(t.Year), page.Left, page.Style{Size: 10})
	d.TextIn(d.Right()-44, d.Y()+6.9, 40, young.String(), page.Right, page.Style{Size: 14, Bold: true})
	d.Space(h + 4)
}

// parties puts the town on the left and the family on the right, where the
// window of an envelope is.
func (t TaxYear) parties(d *page.Doc, h Head) {
	half := d.Width()/2 - 4
	top, right := d.Y(), d.Left()+d.Width()/2+4
	bold, plain := page.Style{Size: 10, Bold: true}, page.Style{Size: 10}
	y := d.Block(d.Left(), top, half, h.Office, bold, 2)
	y = d.Block(d.Left(), y, half, cmp.Or(h.Body, "Commune "+fault.De(h.Commune)), plain, 2)
	y = block(d, d.Left(), y, half, append(append([]string(nil), h.Address...), h.Contact), plain)
	z := d.Block(right, top, half, t.To, bold, 3)
	z = block(d, right, z, half, t.Address, plain)
	if t.Family != "" {
		z = d.Block(right, z, half, "Famille n°"+nbsp+t.Family, page.Style{Size: 10, Color: page.Muted}, 1)
	}
	d.Space(max(y, z) - top + 6)
}

func block(d *page.Doc, x, y, w float64, lines []string, s page.Style) float64 {
	for i, line := range lines {
		if strings.TrimSpace(line) != "" && i < 6 {
			y = d.Block(x, y, w, line, s, 2)
		}
	}
	return y
}

const youngTitle = "dont garde, moins de 6 ans"

func (t TaxYear) byChild(f taxFigures) page.Table {
	table := page.Table{Size: 9, Columns: []page.Column{
		{Title: "Enfant", Weight: 3, Lines: 2},
		{Title: "Date de naissance", Width: 27},
		{Title: "Moins de 6 ans au 1ᵉʳ janvier", Width: 29},
		{Title: "Repas", Width: 23, Align: page.Right},
		{Title: "Garde (encadrement)", Width: 26, Align: page.Right},
		{Title: youngTitle, Width: 27, Align: page.Right, Apart: true},
	}}
	for i, c := range t.Children {
		birth, young := c.Birth.Short(), "non"
		if c.Birth.IsZero() {
			birth, young = "inconnue", "non établi"
		}
		if c.Young(t.Year) {
			young = "oui"
		}
		s := f.children[i]
		table.Rows = append(table.Rows, page.Row{Cells: page.Cells(c.Name, birth, young, dash(s.meals), dash(s.care), dash(s.young))})
	}
	table.Rows = append(table.Rows, page.Row{Kind: page.Total, Cells: page.Cells("Total de l’année", "", "", f.year.meals.String(), f.year.care.String(), f.year.young.String())})
	return table
}

func (t TaxYear) byMonth(f taxFigures) page.Table {
	table := page.Table{Size: 9, Height: 5.2, Columns: []page.Column{
		{Title: "Mois du paiement", Weight: 3},
		{Title: "Repas", Width: 29, Align: page.Right},
		{Title: "Garde (encadrement)", Width: 29, Align: page.Right},
		{Title: "Total payé", Width: 29, Align: page.Right},
		{Title: youngTitle, Width: 29, Align: page.Right, Apart: true},
	}}
	row := func(kind page.Kind, label string, s taxSums) {
		total := s.meals + s.care // figures has seen that the year's fits
		table.Rows = append(table.Rows, page.Row{Kind: kind, Cells: page.Cells(label, dash(s.meals), dash(s.care), dash(total), dash(s.young))})
	}
	for m, s := range f.months {
		row(page.Body, page.Capital(calendar.NewDate(t.Year, 1, 1).AddMonths(m).MonthYear()), s)
	}
	row(page.Total, "Total de l’année", f.year)
	return table
}
