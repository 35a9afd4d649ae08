package sepa

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"ardoise/data/bank"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/money"
	"ardoise/reports/page"
)

// Paper is who prints the slip, and when.
type Paper struct {
	Commune string
	Service string
	MadeAt  time.Time // instant of the caller's clock, required
	Program string    // "Ardoise 1.0"
	Notice  string    // "Démonstration", "Projet"; may be empty
}

// Slip is the list on paper of what a file asks for: for the cash office, and for the accountant beside the file.
type Slip struct {
	MessageID string
	FileName  string // may be empty
	CreatedAt time.Time
	CollectOn calendar.Date
	SentOn    calendar.Date // zero while the file has not been marked as sent
	Creditor  Creditor
	Lines     []SlipLine // in the order they are printed
	Totals    Totals     // of the file, as Write or Sum gave them
	LeftOut   []LeftOut
}

// SlipLine is one debit.
type SlipLine struct {
	Family    string // "F-0087"
	Name      string // of the account's holder
	UMR       string
	IBAN      string // masked on the paper
	Reference string // EndToEndId
	Sequence  Sequence
	Amount    money.Cents
	Changed   bool // the account has changed since the last debit
}

// LeftOut is a family that owes and is not debited.
type LeftOut struct {
	Family string
	Name   string
	Amount money.Cents // what it owes
	Why    string      // French: "Mandat échu le 30/11/2026"
}

// SlipPDF writes the slip. It adds the lines up itself and refuses a slip that does not agree with the file's totals:
// the paper and the file must say the same to the cent.
func SlipPDF(ctx context.Context, w io.Writer, p Paper, s Slip) error {
	totals, err := s.sums()
	if err != nil {
		return err
	}
	title := "Bordereau de prélèvement " + s.MessageID
	meta := page.Meta{Title: title, Author: strings.TrimSpace(p.Commune + " " + p.Service), Program: p.Program, MadeAt: p.MadeAt}
	return page.Write(ctx, w, meta, func(d *page.Doc) error {
		d.Section(page.Section{
			Commune: p.Commune, Service: p.Service, Title: title, Subtitle: "Prélèvement du " + s.CollectOn.Long(), Notice: p.Notice, Version: p.Program,
		})
		s.head(d, totals)
		s.sequences(d, totals)
		d.Heading("Familles prélevées", 20)
		if err := d.Table(s.lines(totals)); err != nil {
			return err
		}
		if len(s.LeftOut) == 0 {
			return d.Err()
		}
		d.Space(3)
		d.Heading("Familles non prélevées", 20)
		table, err := s.leftOut()
		if err != nil {
			return err
		}
		return d.Table(table)
	})
}

func (s Slip) sums() (Totals, error) {
	if s.CollectOn.IsZero() || s.MessageID == "" {
		return Totals{}, fault.New(fault.Invalid, "Cette remise n’a pas de référence ou pas de date de prélèvement : son bordereau ne peut pas être imprimé.")
	}
	b := Batch{MessageID: s.MessageID, Debits: make([]Debit, len(s.Lines))}
	for i, l := range s.Lines {
		b.Debits[i] = Debit{Amount: l.Amount, Sequence: l.Sequence}
	}
	got, err := Sum(b)
	if err != nil {
		return Totals{}, err
	}
	same := got.Count == s.Totals.Count && got.Count == len(s.Lines) && got.Sum == s.Totals.Sum && len(got.BySequence) == len(s.Totals.BySequence)
	for i := 0; same && i < len(got.BySequence); i++ {
		same = got.BySequence[i] == s.Totals.BySequence[i]
	}
	if !same {
		return Totals{}, fault.Wrap(fault.Internal, fmt.Errorf("lines make %+v, the file %+v", got, s.Totals),
			"Le bordereau de la remise %s ne tombe pas juste avec le fichier : il n’a pas été imprimé. Lancez la vérification des comptes.", s.MessageID)
	}
	return got, nil
}

// head says what, when and for whom on the left, and the sum on the right.
func (s Slip) head(d *page.Doc, totals Totals) {
	half, top := d.Width()/2-4, d.Y()
	facts := [][2]string{
		{"Fichier", s.FileName},
		{"Créé le", calendar.DateOf(s.CreatedAt).Short() + " à " + calendar.HourText(s.CreatedAt)},
		{"Transmis le", s.SentOn.Short()},
		{"Créancier", s.Creditor.Name},
		{"ICS", s.Creditor.ICS},
		{"Compte crédité", grouped(s.Creditor.IBAN)},
	}
	y := top
	for _, f := range facts {
		if strings.TrimSpace(f[1]) == "" || f[0] == "Créé le" && s.CreatedAt.IsZero() {
			continue
		}
		d.Block(d.Left(), y, 30, f[0], page.Style{Color: page.Muted}, 1)
		y = d.Block(d.Left()+30, y, d.Width()*0.62-30, f[1], page.Style{}, 2) + 0.8
	}
	x := d.Left() + half + 34
	w := d.Right() - x
	d.Box(x, top, w, 21, page.Fill{Paint: true, Inside: page.Shade})
	d.TextAt(x+4, top+6, page.Count(totals.Count, "prélèvement", "prélèvements"), page.Style{Size: 9, Color: page.Muted})
	d.TextIn(x+4, top+15.5, w-8, totals.Sum.String(), page.Left, page.Style{Size: 18, Bold: true})
	d.Space(max(y-top, 21) + 6)
}

func (s Slip) sequences(d *page.Doc, totals Totals) {
	x := d.Left()
	for _, part := range totals.BySequence {
		text := string(part.Sequence) + " (" + part.Sequence.French() + ")\u00a0: " + strconv.Itoa(part.Count) + "\u00a0· " + part.Sum.String()
		st := page.Style{Size: 9}
		if w := page.TextWidth(text, st); x > d.Left() && x+w > d.Right() {
			x = d.Left()
			d.Space(5)
		}
		d.TextAt(x, d.Y()+3.4, text, st)
		x += page.TextWidth(text, st) + 9
	}
	d.Space(9)
}

func (s Slip) lines(totals Totals) page.Table {
	t := page.Table{
		Size: 8.5, Empty: "Aucune famille n’est prélevée.",
		Columns: []page.Column{
			{Title: "N°", Width: 9, Align: page.Right},
			{Title: "Famille", Width: 15},
			{Title: "Titulaire du compte", Weight: 44, Lines: 2},
			{Title: "RUM", Weight: 40, Lines: 2},
			{Title: "Compte", Width: 24, Lines: 2},
			{Title: "Référence", Weight: 26, Lines: 2},
			{Title: "Séq.", Width: 13.5},
			{Title: "Montant", Width: 20, Align: page.Right},
		},
	}
	t.Rows = make([]page.Row, 0, len(s.Lines)+len(totals.BySequence)+1)
	for i, l := range s.Lines {
		account := ending(l.IBAN)
		if l.Changed {
			account += " nouveau"
		}
		t.Rows = append(t.Rows, page.Row{Cells: page.Cells(strconv.Itoa(i+1), l.Family, l.Name, l.UMR, account, l.Reference, string(l.Sequence), l.Amount.String())})
	}
	if len(s.Lines) == 0 {
		return t
	}
	total := func(what string, count int, sum money.Cents) []page.Cell {
		return page.Cells("", "", what, page.Count(count, "prélèvement", "prélèvements"), "", "", "", sum.String())
	}
	for _, part := range totals.BySequence {
		t.Rows = append(t.Rows, page.Row{Kind: page.Subtotal, Cells: total("Total "+string(part.Sequence)+", "+part.Sequence.French(), part.Count, part.Sum)})
	}
	t.Rows = append(t.Rows, page.Row{Kind: page.Total, Cells: total("Total de la remise", totals.Count, totals.Sum)})
	return t
}

func (s Slip) leftOut() (page.Table, error) {
	t := page.Table{
		Size: 8.5,
		Columns: []page.Column{
			{Title: "Famille", Width: 15},
			{Title: "Nom", Weight: 40, Lines: 2},
			{Title: "Motif", Weight: 70, Lines: 3},
			{Title: "Reste dû", Width: 24, Align: page.Right},
		},
	}
	var sum money.Cents
	for _, l := range s.LeftOut {
		var err error
		if sum, err = money.Add(sum, l.Amount); err != nil {
			return page.Table{}, err
		}
		t.Rows = append(t.Rows, page.Row{Cells: page.Cells(l.Family, l.Name, l.Why, l.Amount.String())})
	}
	t.Rows = append(t.Rows, page.Row{Kind: page.Total, Cells: page.Cells("", "Total non prélevé", page.Count(len(s.LeftOut), "famille", "familles"), sum.String())})
	return t, nil
}

// ending shows the country and the last figures of an account: a slip lies on desks.
func ending(iban string) string {
	mask := bank.Mask(iban)
	country, rest, found := strings.Cut(mask, " ")
	if !found {
		return mask
	}
	return country + "\u00a0…\u00a0" + rest[strings.LastIndexByte(rest, ' ')+1:]
}

// grouped writes an IBAN by fours, as on a RIB.
func grouped(iban string) string {
	var b strings.Builder
	for i, r := range iban {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}
