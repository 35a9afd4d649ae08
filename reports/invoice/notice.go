package invoice

import (
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/reports/page"
)

// DebitNotice tells a family of a direct debit before it is made.
type DebitNotice struct {
	Date      calendar.Date // of the letter, before the collection; required
	Payer     Addressee
	Debit     Debit
	Invoices  []Part // their Rest comes to the amount
	Duplicate bool
}

func (n DebitNotice) plural() string { return "Avis de prélèvement" }

func (n DebitNotice) prepare(p Paper) (page.Item, error) {
	if err := checkLetter(n.Payer, n.Date); err != nil {
		return page.Item{}, err
	}
	if err := n.Debit.check(); err != nil {
		return page.Item{}, err
	}
	if err := checkParts(n.Invoices, n.Debit.Amount); err != nil {
		return page.Item{}, err
	}
	if n.Debit.Date <= n.Date {
		return page.Item{}, fault.New(fault.Invalid, "L’avis arriverait après le prélèvement du %s : choisissez une date de prélèvement plus tardive.", n.Debit.Date.Short())
	}
	l := letter{
		title: "Avis de prélèvement", subtitle: page.Capital(n.Debit.Date.Long()), duplicate: n.Duplicate, to: n.Payer, date: n.Date,
		facts: []fact{{label: "Prélevé le", value: n.Debit.Date.Short()}, {label: "Montant", value: n.Debit.Amount.String(), strong: true}},
	}
	return l.item(p, func(d *page.Doc) error {
		what := "la facture suivante"
		if len(n.Invoices) > 1 {
			what = "les factures suivantes"
		}
		say(d, "Comme le prévoit votre mandat, nous prélèverons "+n.Debit.Amount.String()+" sur votre compte le "+longDay(n.Debit.Date)+", pour "+what+".")
		d.Space(1)
		if err := d.Table(partsTable(n.Invoices, "Prélevé", n.Debit.Amount)); err != nil {
			return err
		}
		d.Space(1)
		h := n.Debit.notice(d, d.Left(), 0, d.Width(), false) + 5
		d.Need(h)
		n.Debit.notice(d, d.Left(), d.Y(), d.Width(), true)
		d.Space(h)
		say(d, "Veillez à ce que le compte soit approvisionné ce jour-là. Si quelque chose vous paraît inexact, ou si votre compte a changé, dites-le-nous avant cette date.")
		return nil
	}), nil
}

// Refusal tells a family that its bank sent a direct debit back, why, and what
// to do.
type Refusal struct {
	Date      calendar.Date // of the letter, not before the collection; required
	Payer     Addressee
	Debit     Debit
	Code      string // the bank's reason: "AM04"
	Invoices  []Part // open again; their Rest comes to the amount
	PayBefore calendar.Date
	Retry     calendar.Date // presented once more (AM04 only); may be zero
	Online    *PayFiP       // its amount is the debit's; may be nil
	Duplicate bool
}

// reason is a bank's code in plain French (formats.md, returns).
type reason struct {
	why  string // after « Motif donné par la banque : »
	todo string
}

const newAccount = "Envoyez-nous un RIB à jour : d’ici là, votre mandat est suspendu et vos factures se payent par un autre moyen."

var reasons = map[string]reason{
	"AC01": {"le numéro de compte n’est pas reconnu.", newAccount},
	"AC04": {"le compte est clos.", newAccount},
	"AC06": {"le compte est bloqué.", newAccount},
	"AG01": {"ce compte n’accepte pas les prélèvements.", newAccount},
	"AM04": {"le solde du compte ne suffisait pas ce jour-là.", "Sans paiement d’ici là, ce prélèvement peut être présenté une seconde fois : vous en seriez prévenus avant."},
	"MD01": {
		"elle ne connaît pas de mandat valable pour ce prélèvement.",
		"Nous avons arrêté les prélèvements. Pour les reprendre, demandez-nous un nouveau mandat à signer.",
	},
	"MD06": {
		"vous avez demandé le remboursement de ce prélèvement.",
		"Si vous contestez une facture, dites-nous laquelle et pourquoi. Sinon, la somme reste due.",
	},
	"MS02": {
		"vous avez refusé ce prélèvement.",
		"Contactez-nous pour nous dire si vous souhaitez continuer à payer par prélèvement.",
	},
	"MS03": {"elle n’en a pas donné.", "Contactez votre banque pour le connaître, puis dites-nous si les prélèvements peuvent reprendre."},
	"BE05": {
		"elle n’a pas reconnu notre identifiant de créancier.",
		"L’erreur peut venir de nous : nous la recherchons. Vérifiez aussi auprès de votre banque que les prélèvements de la commune sont autorisés.",
	},
}

// explain gives a code's plain French; a code we have no words for is named, so
// that the bank can be asked.
func explain(code string) reason {
	if r, ok := reasons[code]; ok {
		return r
	}
	return reason{"un motif technique (code " + code + ").", "Contactez-nous si cela se reproduit."}
}

func (r Refusal) plural() string { return "Prélèvements rejetés" }

func (r Refusal) check() error {
	if err := checkLetter(r.Payer, r.Date); err != nil {
		return err
	}
	if err := r.Debit.check(); err != nil {
		return err
	}
	if err := checkParts(r.Invoices, r.Debit.Amount); err != nil {
		return err
	}
	switch {
	case strings.TrimSpace(r.Code) == "":
		return fault.New(fault.Invalid, "Le rejet n’a pas de motif : importez de nouveau le fichier de la banque.")
	case r.Code == "MD07":
		return fault.New(fault.Invalid, "La banque signale un décès : aucune lettre toute faite n’est envoyée. Décidez avec la famille de la suite à donner.")
	case r.Date < r.Debit.Date:
		return fault.New(fault.Invalid, "Le rejet est daté d’avant le prélèvement du %s : vérifiez le fichier de la banque.", r.Debit.Date.Short())
	case r.Retry.IsZero() && r.PayBefore <= r.Date:
		return fault.New(fault.Invalid, "La lettre de rejet ne laisse aucun délai pour payer : choisissez une date après le %s.", r.Date.Short())
	case !r.Retry.IsZero() && (r.Code != "AM04" || r.Retry <= r.Date):
		return fault.New(fault.Invalid, "Un prélèvement n’est présenté de nouveau que faute de provision, et à une date à venir.")
	case r.Online != nil && r.Online.Amount != r.Debit.Amount:
		return fault.New(fault.Invalid, "La lettre de rejet porte un lien de paiement d’un autre montant que la somme due : refaites le lien.")
	}
	return nil
}

func (r Refusal) prepare(p Paper) (page.Item, error) {
	if err := r.check(); err != nil {
		return page.Item{}, err
	}
	c, err := newCode(r.Online)
	if err != nil {
		return page.Item{}, err
	}
	l := letter{
		title: "Prélèvement rejeté", subtitle: "Prélèvement du " + r.Debit.Date.Short() + ", " + r.Debit.Amount.String(),
		duplicate: r.Duplicate, to: r.Payer, date: r.Date,
		facts: []fact{{label: "À payer au plus tard le", value: r.PayBefore.Short()}, {label: "À payer", value: r.Debit.Amount.String(), strong: true}},
	}
	if !r.Retry.IsZero() {
		l.facts[0] = fact{label: "Présenté de nouveau le", value: r.Retry.Short()}
		l.facts[1].label = "Montant"
	}
	what := "Votre banque a rejeté le prélèvement de "
	if r.Code == "MD06" {
		l.title, what = "Prélèvement remboursé", "Votre banque vous a remboursé le prélèvement de "
	}
	return l.item(p, func(d *page.Doc) error {
		r.matter(d, what)
		d.Space(1)
		if err := d.Table(partsTable(r.Invoices, "À payer", r.Debit.Amount)); err != nil {
			return err
		}
		d.Space(1)
		if !r.Retry.IsZero() {
			say(d, "Nous présenterons ce prélèvement une seconde fois le "+longDay(r.Retry)+". Veillez à ce que le compte soit approvisionné ce jour-là : vous n’avez rien d’autre à faire.")
			return nil
		}
		say(d, "Nous vous demandons de payer "+r.Debit.Amount.String()+" au plus tard le "+longDay(r.PayBefore)+", par un autre moyen que le prélèvement.", explain(r.Code).todo)
		d.Space(1)
		p.howToPay(d, c)
		return nil
	}), nil
}

// matter says what happened and why.
func (r Refusal) matter(d *page.Doc, what string) {
	again := "La facture suivante est donc de nouveau à payer."
	many := len(r.Invoices) > 1
	switch {
	case !r.Retry.IsZero() && many:
		again = "Il concernait les factures suivantes."
	case !r.Retry.IsZero():
		again = "Il concernait la facture suivante."
	case many:
		again = "Les factures suivantes sont donc de nouveau à payer."
	}
	say(d, what+r.Debit.Amount.String()+" du "+longDay(r.Debit.Date)+" sur le compte "+r.Debit.masked()+" (mandat "+r.Debit.RUM+").",
		"Motif donné par la banque : "+explain(r.Code).why, again)
}
