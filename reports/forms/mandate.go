// Package forms is the room of papers that families fill in and sign: today the
// SEPA mandate, on one page, pre-filled with what is known. It prints what it is
// given, makes no reference of its own, keeps nothing, and reads no clock, no
// database and no setting. It refuses an account number that cannot be right.
package forms

import (
	"context"
	"io"
	"strings"
	"time"

	"ardoise/data/bank"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/reports/page"
)

const nbsp = "\u00a0"

// Paper is what a form says about itself.
type Paper struct {
	Commune string    // "Saint-Marcel-en-Dombes"
	Service string    // "Restaurant scolaire"
	Contact string    // where to ask; may be empty
	MadeAt  time.Time // instant of the caller's clock, required
	Program string    // "Ardoise 1.0"
	Notice  string    // "Démonstration"; may be empty
}

// Party is one side of the mandate.
type Party struct {
	Name    string
	Address []string // lines, the postal code and town, then the country where it matters
}

// Recurrence is what the mandate is for.
type Recurrence int

// A mandate is for many collections, for one, or the payer ticks it.
const (
	Recurrent Recurrence = iota
	OneOff
	Unticked
)

// Mandate is a form to sign. What is empty is left to fill in by hand, but for
// the creditor, who must be known.
type Mandate struct {
	RUM        string // at most 35 signs; may be empty
	Creditor   Party  // name and address required
	ICS        string // required
	Debtor     Party
	IBAN       string // clear, as the family gave it; may be empty
	BIC        string // may be empty
	Recurrence Recurrence
	Place      string        // "Fait à"; may be empty
	SignedOn   calendar.Date // mostly zero: it is written by hand
}

// Title is the form's name.
const Title = "Mandat de prélèvement SEPA"

// Authorisation is the text a payer signs, word for word as the Banque de France
// publishes it (formats.md, mandate form).
func Authorisation(creditor string) string {
	return "En signant ce formulaire de mandat, vous autorisez (A) " + creditor + " à envoyer des instructions à votre banque pour débiter votre compte, " +
		"et (B) votre banque à débiter votre compte conformément aux instructions de " + creditor + ". " +
		"Vous bénéficiez du droit d’être remboursé par votre banque selon les conditions décrites dans la convention que vous avez passée avec elle. " +
		"Une demande de remboursement doit être présentée dans les 8 semaines suivant la date de débit de votre compte pour un prélèvement autorisé, " +
		"et sans tarder et au plus tard dans les 13 mois en cas de prélèvement non autorisé."
}

// Rights follows the text.
const Rights = "Vos droits concernant le présent mandat sont expliqués dans un document que vous pouvez obtenir auprès de votre banque."

// MandatePDF writes the form, always on one page.
func MandatePDF(ctx context.Context, w io.Writer, p Paper, m Mandate) error {
	if err := m.check(); err != nil {
		return err
	}
	meta := page.Meta{Title: Title, Author: strings.TrimSpace(p.Commune + " " + p.Service), Program: p.Program, MadeAt: p.MadeAt}
	return page.Write(ctx, w, meta, func(d *page.Doc) error {
		d.Section(page.Section{
			Commune: p.Commune, Service: p.Service, Title: Title, Notice: p.Notice, Version: p.Program,
			Subtitle: "À compléter, à signer et à rendre avec un relevé d’identité bancaire",
		})
		m.draw(d, p)
		return d.Err()
	})
}

// check puts the account in its compact form.
func (m *Mandate) check() (err error) {
	switch {
	case strings.TrimSpace(m.Creditor.Name) == "" || len(m.Creditor.Address) == 0:
		return fault.New(fault.Invalid, "Le mandat ne dit pas qui prélève : complétez le nom et l’adresse du créancier dans les réglages.")
	case strings.TrimSpace(m.ICS) == "":
		return fault.New(fault.Invalid, "Le mandat n’a pas d’identifiant de créancier (ICS) : complétez-le dans les réglages.")
	case len(m.RUM) > 35:
		return fault.New(fault.Invalid, "La référence du mandat (RUM) compte %d signes : 35 au plus.", len(m.RUM))
	case m.Recurrence < Recurrent || m.Recurrence > Unticked:
		return fault.New(fault.Invalid, "Le mandat n’est ni récurrent ni ponctuel.")
	}
	if m.IBAN != "" {
		if m.IBAN, err = bank.ParseIBAN(m.IBAN); err != nil {
			return err
		}
	}
	m.BIC, err = bank.ParseBIC(m.BIC)
	return err
}

// gap is between the two columns.
const gap = 8.0

var (
	label = page.Style{Size: 8, Color: page.Muted}
	text  = page.Style{Size: 10}
	bold  = page.Style{Size: 10, Bold: true}
)

func (m Mandate) draw(d *page.Doc, p Paper) {
	m.reference(d)
	words := Authorisation(strings.Join(strings.Fields(m.Creditor.Name), " "))
	// A very long name stands three times in the page: the text gives way, and
	// is never cut.
	s := page.Style{Size: 9.5}
	for s.Size > 6 && d.BlockHeight(d.Width(), words, s, 60) > 46 {
		s.Size -= 0.5
	}
	d.Space(d.Block(d.Left(), d.Y(), d.Width(), words, s, 60) - d.Y() + 1.5)
	d.Space(d.Block(d.Left(), d.Y(), d.Width(), Rights, s, 4) - d.Y() + 4)
	m.parties(d)
	heading(d, "Compte à débiter")
	cells(d, "IBAN, numéro d’identification international du compte", m.IBAN, 34, 4)
	cells(d, "BIC, code international de la banque (facultatif)", m.BIC, 11, 11)
	d.Space(1)
	heading(d, "Type de paiement")
	x := tick(d, d.Left(), "Paiement récurrent (répétitif)", m.Recurrence == Recurrent)
	tick(d, x+12, "Paiement ponctuel", m.Recurrence == OneOff)
	d.Space(11)
	m.signature(d, p)
}

func heading(d *page.Doc, title string) {
	d.TextIn(d.Left(), d.Y()+4, d.Width(), title, page.Left, page.Style{Size: 10.5, Bold: true})
	d.Line(d.Left(), d.Y()+5.6, d.Right(), d.Y()+5.6, 0.3, page.Strong)
	d.Space(8)
}

// reference is the RUM in its strip.
func (m Mandate) reference(d *page.Doc) {
	top := d.Y() - 1.5
	d.Box(d.Left(), top, d.Width(), 13, page.Fill{Paint: true, Inside: page.Shade})
	d.TextIn(d.Left()+4, top+4.8, d.Width()-8, "Référence unique du mandat (RUM)", page.Left, label)
	if m.RUM != "" {
		d.TextIn(d.Left()+4, top+10.6, d.Width()-8, m.RUM, page.Left, page.Style{Size: 12, Bold: true})
	} else {
		d.TextIn(d.Left()+4, top+10.4, d.Width()-8, "attribuée par le service et communiquée avant le premier prélèvement", page.Left, page.Style{Size: 9.5, Color: page.Muted})
	}
	d.Space(16)
}

// parties are two columns: who is paid, who pays.
func (m Mandate) parties(d *page.Doc) {
	w := (d.Width() - gap) / 2
	right := d.Left() + w + gap
	top := d.Y()
	for _, c := range []struct {
		x    float64
		name string
	}{{d.Left(), "Créancier"}, {right, "Débiteur, titulaire du compte"}} {
		d.TextIn(c.x, top+4, w, c.name, page.Left, page.Style{Size: 10.5, Bold: true})
		d.Line(c.x, top+5.6, c.x+w, top+5.6, 0.3, page.Strong)
	}
	top += 7.6
	y := party(d, d.Left(), top, w, m.Creditor)
	y = d.Block(d.Left(), y+1, w, "ICS"+nbsp+": "+m.ICS, bold, 1)
	z := top
	if strings.TrimSpace(m.Debtor.Name) != "" {
		z = party(d, right, top, w, m.Debtor)
	} else {
		z = blank(d, right, z, w, "Nom et prénom")
	}
	if len(m.Debtor.Address) == 0 {
		z = blank(d, right, z, w, "Adresse")
		z = blank(d, right, z, w, "Code postal et ville")
	}
	d.Space(max(y, z) - d.Y() + 5)
}

func party(d *page.Doc, x, y, w float64, p Party) float64 {
	y = d.Block(x, y, w, p.Name, bold, 3)
	for i, line := range p.Address {
		if i < 5 && strings.TrimSpace(line) != "" {
			y = d.Block(x, y, w, line, text, 1)
		}
	}
	return y
}

// blank is a line to write on.
func blank(d *page.Doc, x, y, w float64, name string) float64 {
	d.TextIn(x, y+3, w, name, page.Left, label)
	d.Line(x, y+9.6, x+w, y+9.6, 0.3, page.Strong)
	return y + 11.4
}

// cells draws one box a sign, in groups: filled with value, or most empty boxes.
func cells(d *page.Doc, name, value string, most, group int) {
	const side, high, apart = 4.55, 7.0, 1.9
	d.TextIn(d.Left(), d.Y()+2.8, d.Width(), name, page.Left, label)
	y := d.Y() + 4.4
	n := most
	if value != "" {
		n = len(value)
	}
	for i := range n {
		x := d.Left() + float64(i)*side + float64(i/group)*apart
		d.Box(x, y, side, high, page.Fill{Line: page.Strong, Weight: 0.25})
		if value != "" {
			d.TextIn(x-1, y+5, side+2, value[i:i+1], page.Center, page.Style{Size: 11, Bold: true})
		}
	}
	d.Space(high + 7.4)
}

// tick draws a box with its words and gives the x behind them.
func tick(d *page.Doc, x float64, words string, on bool) float64 {
	const side = 4.2
	y := d.Y() + 0.6
	d.Box(x, y, side, side, page.Fill{Line: page.Ink, Weight: 0.35})
	if on {
		d.Line(x+0.8, y+0.8, x+side-0.8, y+side-0.8, 0.6, page.Ink)
		d.Line(x+side-0.8, y+0.8, x+0.8, y+side-0.8, 0.6, page.Ink)
	}
	d.TextAt(x+side+2, y+3.4, words, text)
	return x + side + 2 + page.TextWidth(words, text)
}

func (m Mandate) signature(d *page.Doc, p Paper) {
	w := (d.Width() - gap) / 2
	top := d.Y()
	high := min(max(d.Bottom()-top-20, 22), 38) // room for a hand, where there is
	filled := func(y float64, name, value string) float64 {
		if strings.TrimSpace(value) == "" {
			return blank(d, d.Left(), y, w, name)
		}
		d.TextIn(d.Left(), y+3, w, name, page.Left, label)
		d.TextIn(d.Left(), y+8.4, w, value, page.Left, text)
		return y + 11.4
	}
	y := filled(top, "Fait à", m.Place)
	y = filled(y, "Le", m.SignedOn.Short())
	x := d.Right() - w
	d.TextIn(x, top+3, w, "Signature du titulaire du compte", page.Left, label)
	d.Box(x, top+4.4, w, high, page.Fill{Line: page.Strong, Weight: 0.4})
	d.Space(max(y-top, high+5) + 4)
	note := "Joignez un RIB. À rendre à" + nbsp + ": " + strings.Trim(strings.Join([]string{strings.TrimSpace(m.Creditor.Name), p.Service, p.Contact}, ", "), ", ") + "."
	d.Block(d.Left(), d.Y(), d.Width(), note, page.Style{Size: 8.5, Color: page.Muted}, 3)
}
