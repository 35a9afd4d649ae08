// Package receipt is the room of papers about money received: the numbered
// receipt (quittance) and the wallet's statement, as PDF. It prints what it is
// given: numbers come from the ledger, and nothing is computed here but the
// check that a statement adds up. Amounts are cents, days civil dates.
package receipt

import (
	"context"
	"io"
	"strings"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/money"
	"ardoise/reports/page"
)

// Issuer is who gives the paper out.
type Issuer struct {
	Commune string   // "Saint-Marcel-en-Dombes"
	Service string   // "Restaurant scolaire"
	Office  string   // the cash office: "Régie de recettes « Cantine »"; may be empty
	Address []string // lines of the town hall's address
	Contact string   // telephone, e-mail; may be empty
	Agent   string   // name of who cashed in
	Quality string   // "Régisseur titulaire"
}

// Paper is what both papers carry besides their own matter.
type Paper struct {
	Issuer  Issuer
	MadeAt  time.Time // instant of the caller's clock, required
	Program string    // "Ardoise 1.0"
	Notice  string    // "Démonstration"; may be empty
}

// Receipt is one payment received.
type Receipt struct {
	Number    string        // without gaps, as the ledger gave it; required
	Date      time.Time     // when the money came in
	From      string        // who paid: "Mme Élodie Favier"
	Address   []string      // of who paid; may be empty
	Family    string        // "F-0087"
	Amount    money.Cents   // never 0; negative on the receipt that cancels one
	Means     string        // "Espèces", "Chèque", "Carte bancaire", "Virement"
	Reference string        // number and bank of the cheque...; may be empty
	Purpose   string        // "Rechargement du porte-monnaie"
	Balance   money.Cents   // of the wallet afterwards
	Cancels   string        // number of the receipt this one reverses; may be empty
	Duplicate bool          // printed once more
	Place     string        // "Fait à"; the commune when empty
	NoBalance bool          // the payment does not concern a wallet
	Children  []string      // may be empty
	Day       calendar.Date // accounting day when it differs from Date's; may be zero
	VoidedOn  calendar.Date // the day it was annulled; no date: it stands
	Void      string        // why
}

func (p Paper) meta(title string) page.Meta {
	return page.Meta{Title: title, Author: strings.TrimSpace(p.Issuer.Commune + " " + p.Issuer.Service), Program: p.Program, MadeAt: p.MadeAt}
}

// PDF writes one receipt.
func PDF(ctx context.Context, w io.Writer, p Paper, r Receipt) error {
	return AllPDF(ctx, w, p, []Receipt{r})
}

// AllPDF writes receipts into one file, a page each, each numbered on its own.
func AllPDF(ctx context.Context, w io.Writer, p Paper, all []Receipt) error {
	if len(all) == 0 {
		return fault.New(fault.Invalid, "Il n’y a aucune quittance à imprimer.")
	}
	for _, r := range all {
		if err := r.check(); err != nil {
			return err
		}
	}
	title := "Quittance n°\u00a0" + all[0].Number
	if len(all) > 1 {
		title = "Quittances n°\u00a0" + all[0].Number + " à " + all[len(all)-1].Number
	}
	return page.Write(ctx, w, p.meta(title), func(d *page.Doc) error {
		for _, r := range all {
			if err := d.Err(); err != nil {
				return err
			}
			r.draw(d, p)
		}
		return nil
	})
}

func (r Receipt) check() error {
	switch {
	case strings.TrimSpace(r.Number) == "":
		return fault.New(fault.Invalid, "Cette quittance n’a pas de numéro\u00a0: elle ne peut pas être imprimée.")
	case r.Amount == 0:
		return fault.New(fault.Invalid, "La quittance n°\u00a0%s est d’un montant nul\u00a0: elle ne peut pas être imprimée.", r.Number)
	case r.Date.IsZero():
		return fault.New(fault.Invalid, "La quittance n°\u00a0%s n’a pas de date\u00a0: elle ne peut pas être imprimée.", r.Number)
	}
	return nil
}

func (r Receipt) draw(d *page.Doc, p Paper) {
	notice := p.Notice
	if r.Duplicate {
		notice = strings.TrimPrefix(notice+" · Duplicata", " · ")
	}
	subtitle := "Délivrée le " + calendar.DateOf(r.Date).Long() + " à " + calendar.HourText(r.Date)
	d.Section(page.Section{
		Commune: p.Issuer.Commune, Service: p.Issuer.Service, Title: "Quittance n°\u00a0" + r.Number,
		Subtitle: subtitle, Notice: notice, Version: p.Program,
	})
	r.parties(d, p)
	top := d.Y()
	r.sum(d)
	if !r.VoidedOn.IsZero() { // what is printed once more must not pass for a payment
		d.Stamp(d.Left()+d.Width()/2, top+1, d.Width()/2, 20, "Annulée", "le "+r.VoidedOn.Short(), page.Alert)
	}
	r.facts(d)
	r.signature(d, p)
}

// parties puts who receives on the left and who paid on the right, where the
// window of an envelope is.
func (r Receipt) parties(d *page.Doc, p Paper) {
	label := page.Style{Size: 8.5, Color: page.Muted}
	bold, plain := page.Style{Size: 10, Bold: true}, page.Style{Size: 10}
	half := d.Width()/2 - 4
	top, left, right := d.Y(), d.Left(), d.Left()+d.Width()/2+4
	y := d.Block(left, top, half, "Délivrée par", label, 1)
	name := p.Issuer.Office
	if name == "" {
		name = p.Issuer.Service
	}
	y = d.Block(left, y+0.6, half, name, bold, 2)
	y = d.Block(left, y, half, "Commune de "+p.Issuer.Commune, plain, 2)
	y = lines(d, left, y, half, append(append([]string(nil), p.Issuer.Address...), p.Issuer.Contact), plain)
	z := d.Block(right, top, half, "Reçu de", label, 1)
	z = d.Block(right, z+0.6, half, r.From, bold, 3)
	z = lines(d, right, z, half, r.Address, plain)
	if r.Family != "" {
		z = d.Block(right, z, half, "Famille n°\u00a0"+r.Family, page.Style{Size: 10, Color: page.Muted}, 1)
	}
	d.Space(max(y, z) - top + 8)
}

func lines(d *page.Doc, x, y, w float64, texts []string, s page.Style) float64 {
	for i, t := range texts {
		if strings.TrimSpace(t) != "" && i < 6 {
			y = d.Block(x, y, w, t, s, 2)
		}
	}
	return y
}

// voided says when and why the receipt was annulled.
func (r Receipt) voided() string {
	if r.VoidedOn.IsZero() {
		return ""
	}
	return "le " + r.VoidedOn.Long() + prefix("\u00a0: ", r.Void)
}

// sum shows the amount in figures and, below, in words.
func (r Receipt) sum(d *page.Doc) {
	words := page.Style{Size: 11}
	text := page.Capital(Words(r.Amount))
	// Words are never cut: they are what counts when figures are disputed.
	h := 21.5 + d.BlockHeight(d.Width()-10, text, words, 6)
	top := d.Y()
	d.Box(d.Left(), top, d.Width(), h, page.Fill{Paint: true, Inside: page.Shade})
	label := "La somme de"
	if r.Amount < 0 {
		label = "Annulation de la somme de"
	}
	d.TextAt(d.Left()+5, top+6.2, label, page.Style{Size: 8.5, Color: page.Muted})
	d.TextAt(d.Left()+5, top+15.2, r.Amount.String(), page.Style{Size: 22, Bold: true})
	d.Block(d.Left()+5, top+17.6, d.Width()-10, text, words, 6)
	d.Space(h + 6)
}

func (r Receipt) facts(d *page.Doc) {
	facts := [][2]string{
		{"Objet", r.Purpose},
		{"Enfants", strings.Join(r.Children, ", ")},
		{"Moyen de paiement", r.Means},
		{"Référence", r.Reference},
		{"Date comptable", r.Day.Short()},
		{"Annule la quittance", prefix("n°\u00a0", r.Cancels)},
		{"Annulée", r.voided()},
	}
	if !r.NoBalance && r.VoidedOn.IsZero() {
		facts = append(facts, [2]string{"Nouveau solde", r.Balance.String()})
	}
	label := page.Style{Size: 10, Color: page.Muted}
	for _, f := range facts {
		if strings.TrimSpace(f[1]) == "" {
			continue
		}
		value := page.Style{Size: 10, Bold: f[0] == "Nouveau solde"}
		top := d.Y()
		d.Block(d.Left(), top+1.4, 45, f[0], label, 1)
		y := d.Block(d.Left()+48, top+1.4, d.Width()-48, f[1], value, 3) + 1.6
		d.Line(d.Left(), y, d.Right(), y, 0.2, page.Rule)
		d.Space(y - top)
	}
	d.Space(8)
}

func prefix(before, text string) string {
	if text == "" {
		return ""
	}
	return before + text
}

func (r Receipt) signature(d *page.Doc, p Paper) {
	d.Need(40)
	place := r.Place
	if place == "" {
		place = p.Issuer.Commune
	}
	x, w := d.Left()+d.Width()/2+4, d.Width()/2-4
	y := d.Block(x, d.Y(), w, "Fait à "+place+", le "+calendar.DateOf(r.Date).Short(), page.Style{Size: 10}, 2)
	if p.Issuer.Agent != "" {
		y = d.Block(x, y+1, w, p.Issuer.Agent, page.Style{Size: 10, Bold: true}, 2)
	}
	if p.Issuer.Quality != "" {
		y = d.Block(x, y, w, p.Issuer.Quality, page.Style{Size: 10, Color: page.Muted}, 1)
	}
	d.Block(x, y+2, w, "Signature et cachet\u00a0:", page.Style{Size: 8.5, Color: page.Muted}, 1)
	worth := "Cette quittance fait foi du paiement. Conservez-la\u00a0: elle vous sera demandée en cas de réclamation."
	if !r.VoidedOn.IsZero() {
		worth = "Cette quittance est annulée\u00a0: elle ne prouve plus aucun paiement."
	}
	d.Block(d.Left(), d.Y(), d.Width()/2-8, worth,
		page.Style{Size: 8.5, Color: page.Muted}, 4)
	d.Space(40)
}
