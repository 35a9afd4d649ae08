// Package accounts is the room of what the accountant and the cash office take
// away: the workbook and the CSV files of a month, the tax summary of a family,
// the payment slip, the deposit slip of cheques and the daily close. It prints
// what it is given and computes nothing but sums; figures that do not agree are
// refused, for a false paper is worse than none. It reads no database and no
// clock and numbers nothing. Amounts are cents, days civil dates, instants are
// shown in Paris.
package accounts

import (
	"cmp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/money"
	"ardoise/reports/page"
)

const nbsp = "\u00a0"

// Head is what every paper of the room says about who made it.
type Head struct {
	Commune string   // "Saint-Marcel-en-Dombes"
	Body    string   // who the commune acts through: "Communauté de communes de la Dombes"; "Commune de …" when empty
	Place   string   // where papers are signed; the commune when empty
	Office  string   // the cash office: "Régie de recettes « Cantine »"
	Address []string // lines of the town hall's address
	Contact string   // telephone, e-mail; may be empty
	Agent   string   // who makes the paper, and signs it
	Quality string   // "Régisseuse titulaire"; may be empty
	Program string   // "Ardoise 1.0"
	Notice  string   // "Démonstration"; may be empty
	MadeAt  time.Time
}

// payee names, inside a sentence, who the money went to. A body's own name keeps
// its quotation marks: which article it takes is not known.
func (h Head) payee() string {
	if h.Body == "" {
		return "la commune " + fault.De(h.Commune)
	}
	return "«" + nbsp + h.Body + nbsp + "»"
}

func (h Head) meta(title string) page.Meta {
	return page.Meta{Title: title, Author: strings.TrimSpace(h.Commune + " " + h.Office), Program: h.Program, MadeAt: h.MadeAt}
}

func (h Head) section(title, subtitle string) page.Section {
	return page.Section{Commune: h.Commune, Service: h.Office, Title: title, Subtitle: subtitle, Notice: h.Notice, Version: h.Program}
}

// MeansSum is what came in by one means of payment.
type MeansSum struct {
	Means  string // "Espèces", "Chèque", "Carte bancaire", "Virement", "Prélèvement"
	Count  int
	Amount money.Cents
}

func sumOf(lines []MeansSum) (count int, total money.Cents, err error) {
	for _, l := range lines {
		count += l.Count
		if total, err = money.Add(total, l.Amount); err != nil {
			return 0, 0, err
		}
	}
	return count, total, nil
}

// facts prints pairs, name on the left, value on the right of it; a fact without
// a value is left out.
func facts(d *page.Doc, pairs ...[2]string) {
	for _, f := range pairs {
		if strings.TrimSpace(f[1]) == "" {
			continue
		}
		top := d.Y()
		d.Block(d.Left(), top+1.2, 45, f[0], page.Style{Size: 10, Color: page.Muted}, 1)
		y := d.Block(d.Left()+48, top+1.2, d.Width()-48, f[1], page.Style{Size: 10}, 3) + 1.4
		d.Line(d.Left(), y, d.Right(), y, 0.2, page.Rule)
		d.Space(y - top)
	}
	d.Space(6)
}

// amount shows what the paper comes to, in a shade; words may be empty.
func amount(d *page.Doc, label string, sum money.Cents, words string) {
	h := 17.0
	st := page.Style{Size: 10.5}
	if words != "" {
		// Words are never cut: they count when figures are disputed.
		h += 2 + d.BlockHeight(d.Width()-10, page.Capital(words), st, 6)
	}
	d.Need(h + 4)
	top := d.Y()
	d.Box(d.Left(), top, d.Width(), h, page.Fill{Paint: true, Inside: page.Shade})
	d.TextAt(d.Left()+5, top+5.8, label, page.Style{Size: 8.5, Color: page.Muted})
	d.TextAt(d.Left()+5, top+13.6, sum.String(), page.Style{Size: 18, Bold: true})
	if words != "" {
		d.Block(d.Left()+5, top+15.8, d.Width()-10, page.Capital(words), st, 6)
	}
	d.Space(h + 6)
}

// signer is a place to sign.
type signer struct{ title, name, quality string }

// signatures prints "Fait à …" and boxes to sign in, kept together: two side by
// side, or one on the right with a note in small type on its left.
func (h Head) signatures(d *page.Doc, note string, all ...signer) {
	const box, gap = 34.0, 8.0
	w := (d.Width() - gap) / 2
	small := page.Style{Size: 8, Color: page.Muted}
	height := max(box+8, d.BlockHeight(w, note, small, 55))
	d.Need(height + 2)
	top := d.Y()
	if len(all) == 1 {
		d.Block(d.Left(), top, w, note, small, 55)
	}
	for i, s := range all {
		x := d.Left() + float64(i+2-len(all))*(w+gap)
		if i == 0 {
			d.TextIn(x, top+4, w, "Fait à "+cmp.Or(h.Place, h.Commune)+", le "+calendar.DateOf(h.MadeAt).Short(), page.Left, page.Style{Size: 10})
		}
		d.Box(x, top+8, w, box, page.Fill{Line: page.Strong, Weight: 0.25})
		y := d.Block(x+3, top+10, w-6, s.title, page.Style{Size: 9, Bold: true}, 1)
		y = d.Block(x+3, y, w-6, named(s.name, s.quality), page.Style{Size: 9}, 2)
		d.Block(x+3, y+0.6, w-6, "Date, signature et cachet"+nbsp+":", small, 1)
	}
	d.Space(height + 2)
}

// named joins a name and a quality: "Nathalie PERRET, régisseuse titulaire".
func named(name, quality string) string {
	if name == "" || quality == "" {
		return name + quality
	}
	first, size := utf8.DecodeRuneInString(quality)
	return name + ", " + string(unicode.ToLower(first)) + quality[size:]
}

func invalid(format string, args ...any) error { return fault.New(fault.Invalid, format, args...) }

// dash stands for nothing where an empty place could be taken for an oversight.
func dash(c money.Cents) string {
	if c == 0 {
		return "–"
	}
	return c.String()
}
