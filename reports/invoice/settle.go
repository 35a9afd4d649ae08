package invoice

import (
	"strings"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"

	"ardoise/data/bank"
	"ardoise/data/fault"
	"ardoise/reports/page"
)

// code is the QR code of a payment link; nil where there is none.
type code struct {
	link   string
	bars   barcode.Barcode
	site   string
	client string
	ref    string
}

func newCode(f *PayFiP) (*code, error) {
	if f == nil {
		return nil, nil
	}
	link, err := f.Link()
	if err != nil {
		return nil, err
	}
	// The lowest level of repair: what a phone reads badly is small modules, and
	// this makes the largest.
	bars, err := qr.Encode(link, qr.L, qr.Auto)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "Lien de paiement en ligne : il est trop long pour un code QR. Raccourcissez l’objet.")
	}
	return &code{link: link, bars: bars, site: f.Site, client: f.Client, ref: f.Reference}, nil
}

const (
	codeSide = 24.0
	codeTop  = 2.0 // quiet zone: four modules, on white paper
	codeW    = codeSide + 4.5
)

// draw prints the code at x, y.
func (c *code) draw(d *page.Doc, x, y float64) {
	n := c.bars.Bounds().Dx()
	d.Matrix(x, y+codeTop, codeSide, n, func(col, row int) bool {
		r, _, _, _ := c.bars.At(col, row).RGBA()
		return r == 0
	})
	d.Link(x, y+codeTop, codeSide, codeSide, c.link)
}

// words explain the code, beside it.
func (c *code) words() []string {
	all := []string{"En ligne, avec PayFiP", "Visez ce code avec votre téléphone" + nbsp + ": la page de paiement de l’État s’ouvre, référence et montant déjà remplis."}
	if c.site != "" {
		all = append(all, "Sans téléphone"+nbsp+": "+c.site+", identifiant "+c.client+", référence "+c.ref+".")
	}
	return all
}

// column prints texts one below the other, or only measures them.
type column struct {
	d    *page.Doc
	x, w float64
	y    float64
	draw bool
}

func (c *column) print(text string, s page.Style, after float64) {
	if c.draw {
		c.d.Block(c.x, c.y, c.w, text, s, 8)
	}
	c.y += c.d.BlockHeight(c.w, text, s, 8) + after
}

func (c *column) bullets(all []string) {
	for _, t := range all {
		if c.draw {
			c.d.Block(c.x, c.y, 3, "•", small, 1)
		}
		c.x, c.w = c.x+3.2, c.w-3.2
		c.print(t, small, 0.7)
		c.x, c.w = c.x-3.2, c.w+3.2
	}
}

// ways draws the ways to pay in a column; draw false only measures. It gives the
// y below. Where there is room beside the code, all stands there.
func ways(d *page.Doc, x, y, w float64, title string, c *code, all []string, draw bool) float64 {
	if c == nil && len(all) == 0 {
		return y
	}
	col := column{d: d, x: x, w: w, y: y, draw: draw}
	if title != "" {
		col.print(title, page.Style{Size: 10, Bold: true}, 0.8)
	}
	if c == nil {
		col.bullets(all)
		return col.y
	}
	if draw {
		c.draw(d, x, col.y)
	}
	below := col.y + codeSide + 2*codeTop
	beside := column{d: d, x: x + codeW, w: w - codeW, y: col.y + codeTop - 0.6, draw: draw}
	for i, t := range c.words() {
		beside.print(t, page.Style{Size: 8, Bold: i == 0}, 0.3)
	}
	if w > 150 {
		beside.y += 1
		beside.bullets(all)
		return max(beside.y, below)
	}
	col.y = max(beside.y, below)
	col.bullets(all)
	return col.y
}

// notice draws the box of a direct debit; draw false only measures.
func (n Debit) notice(d *page.Doc, x, y, w float64, draw bool) float64 {
	const pad = 3.0
	inner := w - 2*pad
	words := n.Amount.String() + " le " + longDay(n.Date) + ".\nVous n’avez rien à faire."
	rows := [][2]string{{"Créancier", n.Creditor}, {"ICS", n.ICS}, {"Mandat (RUM)", n.RUM}, {"Compte débité", n.masked()}}
	h := pad + 5.4 + d.BlockHeight(inner, words, text, 3) + 1
	for _, r := range rows {
		h += d.BlockHeight(inner-25, r[1], small, 2) + 0.2
	}
	h += pad - 0.6
	if !draw {
		return y + h
	}
	d.Box(x, y, w, h, page.Fill{Line: page.Strong, Weight: 0.4})
	z := y + pad
	d.TextIn(x+pad, z+3.4, inner, "Prélèvement automatique", page.Left, page.Style{Size: 10, Bold: true})
	z = d.Block(x+pad, z+5.4, inner, words, text, 3) + 1
	for _, r := range rows {
		d.Block(x+pad, z, 25, r[0], page.Style{Size: 8.5, Color: page.Muted}, 1)
		z = d.Block(x+pad+25, z, inner-25, r[1], small, 2) + 0.2
	}
	return y + h
}

// masked hides an account number that was handed over whole by mistake, and
// keeps it on one line.
func (n Debit) masked() string {
	account := n.Account
	if whole, err := bank.ParseIBAN(account); err == nil {
		account = bank.Mask(whole)
	}
	return strings.ReplaceAll(account, " ", nbsp)
}

// settle draws the sums on the right and, beside them, how they are paid. Both
// stay together, and with the appeal below.
func (inv Invoice) settle(d *page.Doc, p Paper, c *code) {
	all := inv.amounts()
	w := d.Width() - amountsW - 8
	left := inv.side(d, p, c, w, 0, false)
	h := max(left, amountsHeight(all)) + 1.5
	d.Need(h + p.appealHeight(d)) // a sheet with nothing but the appeal is nobody's
	inv.side(d, p, c, w, d.Y(), true)
	drawAmounts(d, d.Y(), all)
	d.Space(h)
}

// side is what stands left of the sums, from y down; it gives the y below.
func (inv Invoice) side(d *page.Doc, p Paper, c *code, w, y float64, draw bool) float64 {
	say := func(title, words string) float64 {
		if draw {
			d.TextIn(d.Left(), y+3.6, w, title, page.Left, page.Style{Size: 10, Bold: true})
			d.Block(d.Left(), y+5.6, w, words, text, 6)
		}
		return y + 5.6 + d.BlockHeight(w, words, text, 6)
	}
	switch {
	case !inv.PaidOn.IsZero():
		if draw {
			below := "le " + inv.PaidOn.Short()
			if inv.PaidBy != "" {
				below += ", par " + inv.PaidBy
			}
			d.Stamp(d.Left(), y, w, 26, "Acquittée", below, page.Good)
		}
		return y + 26
	case inv.Kind == Credit:
		return say("Ce que devient cet avoir", "Il vient en déduction de ce que vous devez. S’il dépasse vos factures à payer, le reste vous est rendu.")
	case inv.ToPay <= 0:
		if inv.ToPay < 0 {
			return say("Rien à payer", "Vous n’avez rien à payer"+nbsp+": le solde reste en votre faveur.")
		}
		return say("Rien à payer", "Vous n’avez rien à payer pour cette facture.")
	case inv.Debit != nil:
		y = inv.Debit.notice(d, d.Left(), y, w, draw)
		if rest := inv.ToPay - inv.Debit.Amount; rest > 0 {
			y = ways(d, d.Left(), y+3, w, "Comment payer le reste, "+rest.String(), nil, p.allWays(), draw)
		}
		return y
	}
	return ways(d, d.Left(), y, w, "Comment payer", c, p.allWays(), draw)
}

func (p Paper) allWays() []string {
	if p.Tobacconist == "" {
		return p.Ways
	}
	return append(p.Ways[:len(p.Ways):len(p.Ways)], p.Tobacconist)
}
