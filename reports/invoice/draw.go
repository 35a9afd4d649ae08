package invoice

import (
	"cmp"
	"strconv"
	"strings"

	"ardoise/data/money"
	"ardoise/reports/page"
)

// The window of a DL envelope (110 × 220 mm, window on the right) shows these
// millimetres of a sheet folded in three, wherever the sheet slides in it. Its
// whole reach is 90 to 200 across and 44 to 90 down: only the address stands
// there.
const (
	windowX, windowW = 104.0, 84.0
	windowY          = 55.0
	windowPitch      = 4.05 // six lines end above 79.4
	belowWindow      = 92.0
	leftW            = 70.0 // beside the window
)

var (
	label = page.Style{Size: 8, Color: page.Muted}
	small = page.Style{Size: 8.5}
	text  = page.Style{Size: 9.5}
	bold  = page.Style{Size: 9.5, Bold: true}
)

func (p Paper) heading() string { return cmp.Or(p.Heading, "Facture") }

func (inv Invoice) title(p Paper) string {
	switch inv.Kind {
	case Credit:
		return "Avoir n°" + nbsp + inv.Number
	case Corrective:
		return "Facture rectificative n°" + nbsp + inv.Number
	}
	return p.heading() + " n°" + nbsp + inv.Number
}

func (inv Invoice) subtitle() string {
	s := "Prestations " + page.Span(inv.From, inv.To)
	if inv.Kind == Bill {
		return s
	}
	s = "Corrige la facture n°" + nbsp + inv.Corrects
	if !inv.CorrectsDate.IsZero() {
		s += " du " + inv.CorrectsDate.Short()
	}
	return s + " · prestations " + page.Span(inv.From, inv.To)
}

func (inv Invoice) plural() string { return "Factures" }

func (inv Invoice) prepare(p Paper) (page.Item, error) {
	if err := inv.check(p); err != nil {
		return page.Item{}, err
	}
	code, err := newCode(inv.Online)
	if err != nil {
		return page.Item{}, err
	}
	return page.Item{Meta: p.meta(inv.title(p)), Build: func(d *page.Doc) error {
		d.Section(p.section(inv.title(p), inv.subtitle(), inv.Duplicate))
		by := "Émise par"
		if inv.Kind == Credit {
			by = "Émis par"
		}
		p.parties(d, inv.Payer, by)
		inv.strip(d)
		if inv.Reason != "" {
			d.Paragraph("Motif"+nbsp+": "+inv.Reason, text)
			d.Space(3)
		}
		if err := d.Table(inv.table()); err != nil {
			return err
		}
		inv.settle(d, p, code)
		p.appeal(d)
		return d.Err()
	}}, nil
}

func (p Paper) section(title, subtitle string, duplicate bool) page.Section {
	notice := p.Notice
	if duplicate {
		notice = join(" · ", notice, "Duplicata")
	}
	return page.Section{Commune: p.Issuer.Commune, Service: p.Issuer.Service, Title: title, Subtitle: subtitle, Notice: notice, Version: p.Program}
}

// parties puts who writes on the left and who gets the paper where the window of
// the envelope is.
func (p Paper) parties(d *page.Doc, to Addressee, by string) {
	i, y := p.Issuer, d.Y()
	y = d.Block(d.Left(), y, leftW, by, label, 1)
	y = d.Block(d.Left(), y+0.4, leftW, cmp.Or(i.Office, i.Service), bold, 2)
	y = d.Block(d.Left(), y, leftW, cmp.Or(i.Body, "Commune de "+i.Commune), small, 2)
	for n, line := range i.Address {
		if n < 4 && strings.TrimSpace(line) != "" {
			y = d.Block(d.Left(), y, leftW, line, small, 1)
		}
	}
	for _, line := range strings.Split(i.Contact, " · ") {
		if strings.TrimSpace(line) != "" && y < belowWindow-14 {
			y = d.Block(d.Left(), y, leftW, line, small, 1)
		}
	}
	if i.Agent != "" && y < belowWindow-9 {
		y = d.Block(d.Left(), y+1.6, leftW, i.Agent, page.Style{Size: 8.5, Bold: true}, 1)
		d.Block(d.Left(), y, leftW, i.Quality, small, 1)
	}
	for n, line := range to.lines(d) {
		s := page.Style{Size: 10}
		// A long line gets smaller before it is cut: a letter must arrive.
		if w := page.TextWidth(line, s); w > windowW {
			s.Size = max(s.Size*windowW/w, 7)
		}
		d.TextIn(windowX, windowY+float64(n)*windowPitch+3, windowW, line, page.Left, s)
	}
	d.Space(belowWindow - d.Y())
}

// lines are at most six: the name on one or two of them, then the address. Where
// there are more, the shortest neighbours share a line; the town keeps its own.
func (a Addressee) lines(d *page.Doc) []string {
	text := strings.Join(strings.Fields(a.Name), " ")
	name := d.Lines(windowW, text, page.Style{Size: 10}, 3)
	for size := 9.5; len(name) > 2 && size >= 7; size -= 0.5 {
		name = d.Lines(windowW, text, page.Style{Size: size}, 3) // drawn smaller, too
	}
	if len(name) > 2 {
		name = d.Lines(windowW, text, page.Style{Size: 7}, 2)
	}
	var street []string
	for _, l := range a.Address {
		if l = strings.Join(strings.Fields(l), " "); l != "" {
			street = append(street, l)
		}
	}
	for len(street) > 6-len(name) {
		best := 0
		for i := 1; i+2 < len(street); i++ {
			if len(street[i])+len(street[i+1]) < len(street[best])+len(street[best+1]) {
				best = i
			}
		}
		street[best] += ", " + street[best+1]
		street = append(street[:best+1], street[best+2:]...)
	}
	return append(name, street...)
}

// fact is a small label above its value.
type fact struct {
	label, value string
	strong       bool // the one to see first
}

// facts stand in a shaded strip over the width; the last one goes right.
func facts(d *page.Doc, all []fact) {
	const h = 12.5
	top := d.Y()
	d.Box(d.Left(), top, d.Width(), h, page.Fill{Paint: true, Inside: page.Shade})
	w := (d.Width() - 8) / float64(len(all))
	for i, f := range all {
		x := d.Left() + 4 + float64(i)*w
		align, style := page.Left, page.Style{Size: 10.5, Bold: true}
		if i == len(all)-1 && i > 0 {
			align = page.Right
		}
		if f.strong {
			style.Size = 15
		}
		d.TextIn(x, top+4.6, w, f.label, align, label)
		d.TextIn(x, top+10.4, w, f.value, align, style)
	}
	d.Space(h + 2.5)
}

func (inv Invoice) strip(d *page.Doc) {
	all := []fact{{label: "Date d’émission", value: inv.IssuedOn.Short()}}
	if inv.Payer.Family != "" {
		all = append(all, fact{label: "Famille", value: inv.Payer.Family})
	}
	switch {
	case inv.Kind == Credit:
		all = append(all, fact{label: "Montant de l’avoir", value: inv.Total.String(), strong: true})
		facts(d, all)
		return
	case !inv.PaidOn.IsZero():
		all = append(all, fact{label: "Acquittée le", value: inv.PaidOn.Short()}, fact{label: "Montant réglé", value: inv.Paid.String(), strong: true})
		facts(d, all)
		return
	case inv.Debit != nil && inv.Debit.Amount == inv.ToPay:
		all = append(all, fact{label: "Prélevée le", value: inv.Debit.Date.Short()})
	case inv.ToPay > 0:
		all = append(all, fact{label: "À payer au plus tard le", value: inv.Due.Short()})
	}
	all = append(all, fact{label: "Total à payer", value: max(inv.ToPay, 0).String(), strong: true})
	facts(d, all)
}

// splits tells whether a tariff of the invoice separates meals from supervision.
func (inv Invoice) splits() bool {
	for _, c := range inv.Children {
		for _, l := range c.Lines {
			if l.split() {
				return true
			}
		}
	}
	return false
}

// dense is the number of rows from which the table is set tight, so that three
// children's month stays on one page.
const dense = 16

func (inv Invoice) table() page.Table {
	split := inv.splits()
	t := page.Table{Empty: "Aucune prestation sur cette période.", Columns: []page.Column{
		{Title: "Prestation", Weight: 46, Lines: 6},
		{Title: "Jours", Weight: 50, Lines: rowDays},
		{Title: "Nombre", Width: 14, Align: page.Right},
		{Title: "Prix unitaire", Width: 20, Align: page.Right},
	}}
	if split {
		t.Columns = append(t.Columns, page.Column{Title: "dont repas", Width: 17, Align: page.Right}, page.Column{Title: "dont encadr.", Width: 19, Align: page.Right})
	}
	t.Columns = append(t.Columns, page.Column{Title: "Montant", Width: 19, Align: page.Right})
	row := func(kind page.Kind, first, days, count, unit string, s sums, parts bool) {
		c := page.Cells(first, days, count, unit)
		if split && parts {
			c = append(c, page.Cells(s.meals.String(), s.care.String())...)
		} else if split {
			c = append(c, page.Cell{}, page.Cell{})
		}
		t.Rows = append(t.Rows, page.Row{Kind: kind, Cells: append(c, page.Cell{Text: s.total.String()})})
	}
	for _, c := range inv.Children {
		t.Rows = append(t.Rows, page.Row{Kind: page.Group, Cells: page.Cells(c.Name, c.Class)})
		if note := c.note(); note != "" {
			t.Rows = append(t.Rows, page.Row{Kind: page.Note, Cells: page.Cells(note)})
		}
		if len(c.Lines) == 0 {
			t.Rows = append(t.Rows, page.Row{Cells: page.Cells("Aucune prestation")})
		}
		for _, g := range grouped(c.Lines) {
			parts := sums{g.sum(g.meals), g.sum(g.care), g.sum(g.price)}
			row(page.Body, g.title(c.Tariff), g.dayList(), strconv.Itoa(g.count), g.price.String(), parts, g.meals != 0 || g.care != 0)
		}
		row(page.Subtotal, "Sous-total", "", strconv.Itoa(len(c.Lines)), "", sums{c.Meals, c.Care, c.Total}, true)
	}
	if len(inv.Children) > 1 {
		n := 0
		for _, c := range inv.Children {
			n += len(c.Lines)
		}
		row(page.Total, "Total", "", strconv.Itoa(n), "", sums{inv.Meals, inv.Care, inv.Total}, true)
	}
	t.Size, t.Height = 8, 4.8
	if len(t.Rows) < dense {
		t.Size, t.Height = 8.5, 5.8
		for i := range t.Columns {
			t.Columns[i].Width *= 1.12 // no width stays none
		}
	}
	return t
}

// note says which quotient and which tariff the child's prices come from.
func (c Child) note() string {
	quotient := "pas de quotient familial connu" + nbsp + ": tarif le plus haut"
	switch {
	case c.Flat:
		quotient = ""
	case c.Quotient != nil:
		quotient = "quotient familial " + page.Number(*c.Quotient)
		if !c.QuotientUntil.IsZero() {
			quotient += ", valable jusqu’au " + c.QuotientUntil.Short()
		}
	}
	tariff := ""
	if c.Tariff != "" {
		tariff = "tarif «" + nbsp + c.Tariff + nbsp + "»"
	}
	return page.Capital(join(" · ", quotient, tariff))
}

// amount is a row of the sums on the right.
type amount struct {
	label string
	value money.Cents
	total bool
}

func (inv Invoice) amounts() []amount {
	var all []amount
	last := amount{label: "Total à payer", value: inv.ToPay, total: true}
	switch {
	case inv.Kind == Credit:
		last = amount{label: "Montant de l’avoir", value: inv.Total, total: true}
	case inv.ToPay < 0:
		last = amount{label: "Solde en votre faveur", value: -inv.ToPay, total: true}
	}
	split := inv.splits()
	if inv.Kind != Credit && (split || inv.Previous != 0 || inv.Paid != 0) {
		all = append(all, amount{label: "Total de la facture", value: inv.Total})
	}
	if split {
		all = append(all, amount{label: "dont repas", value: inv.Meals}, amount{label: "dont encadrement", value: inv.Care})
	}
	if inv.Kind != Credit && inv.Previous != 0 {
		all = append(all, amount{label: "Solde antérieur", value: inv.Previous})
	}
	if inv.Kind != Credit && inv.Paid != 0 {
		all = append(all, amount{label: "Déjà réglé", value: -inv.Paid})
	}
	return append(all, last)
}

const amountsW = 72.0

func amountsHeight(all []amount) float64 { return float64(len(all))*5.2 + 3 }

// drawAmounts prints the sums in a column on the right.
func drawAmounts(d *page.Doc, y float64, all []amount) {
	x := d.Right() - amountsW
	for _, a := range all {
		h, s, l := 5.2, page.Style{Size: 9}, page.Style{Size: 9, Color: page.Muted}
		if a.total {
			h, s, l = 8.2, page.Style{Size: 11, Bold: true}, page.Style{Size: 10, Bold: true}
			d.Box(x, y, amountsW, h, page.Fill{Paint: true, Inside: page.Shade})
			d.Line(x, y, x+amountsW, y, 0.4, page.Strong)
		}
		value := a.value.String()
		w := page.TextWidth(value, s)
		d.TextIn(x+1.6, y+h/2+1.2, max(amountsW-w-6, 20), a.label, page.Left, l)
		d.TextIn(x+1.6, y+h/2+1.2, amountsW-3.2, value, page.Right, s)
		y += h
		d.Line(x, y, x+amountsW, y, 0.2, page.Rule)
	}
}

var fine = page.Style{Size: 7.5, Color: page.Muted}

func (p Paper) appealWords() string { return cmp.Or(p.Appeal, Appeal("")) }

func (p Paper) appealHeight(d *page.Doc) float64 {
	return d.BlockHeight(d.Width(), p.appealWords(), fine, 20) + 1.6
}

// appeal stands at the foot of the last page.
func (p Paper) appeal(d *page.Doc) {
	h := p.appealHeight(d)
	d.Need(h)
	d.Space(max(d.Bottom()-h-d.Y(), 0))
	d.Line(d.Left(), d.Y(), d.Right(), d.Y(), 0.2, page.Rule)
	d.Block(d.Left(), d.Y()+1.4, d.Width(), p.appealWords(), fine, 20)
	d.Space(h)
}

// Appeal is the sound default for the ways and time limits of appeal (two months,
// article L. 1617-5 of the code of local authorities, formats.md); court is
// "tribunal administratif de Lyon", or empty.
func Appeal(court string) string {
	return "Voies et délais de recours" + nbsp + ": vous pouvez contester cette somme dans les deux mois qui suivent la réception de ce document, " +
		"en saisissant le " + cmp.Or(court, "tribunal administratif compétent") + " (article L." + nbsp + "1617-5 du code général des collectivités territoriales). " +
		"Pour une explication ou une erreur à corriger, adressez-vous d’abord au service qui a émis ce document."
}
