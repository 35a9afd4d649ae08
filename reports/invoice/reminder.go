package invoice

import (
	"cmp"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/money"
	"ardoise/reports/page"
)

// Reminder is the letter about unpaid invoices: friendly, then firm, then the
// last before the Treasury recovers the sum.
type Reminder struct {
	Step      int           // 1, 2 or 3
	Date      calendar.Date // of the letter; required
	Payer     Addressee
	Open      []Part        // invoices past their due date; at least one
	Total     money.Cents   // sum of what is left of them
	PayBefore calendar.Date // last day before the next step; after Date
	Earlier   calendar.Date // of the reminder before this one; may be zero
	Treasury  string        // "Service de gestion comptable de Châtillon"; may be empty
	Online    *PayFiP       // its amount is Total; may be nil
	Duplicate bool
}

var reminderTitles = [...]string{1: "Rappel", 2: "Deuxième rappel", 3: "Dernier rappel avant recouvrement"}

func (r Reminder) plural() string { return "Rappels" }

func (r Reminder) check() error {
	if err := checkLetter(r.Payer, r.Date); err != nil {
		return err
	}
	if err := checkParts(r.Open, r.Total); err != nil {
		return err
	}
	switch {
	case r.Step < 1 || r.Step > 3:
		return fault.New(fault.Invalid, "Il n’y a pas de rappel n° %d : un rappel est le premier, le deuxième ou le dernier.", r.Step)
	case r.PayBefore <= r.Date:
		return fault.New(fault.Invalid, "Le rappel ne laisse aucun délai pour payer : choisissez une date après le %s.", r.Date.Short())
	case r.Online != nil && r.Online.Amount != r.Total:
		return fault.New(fault.Invalid, "Le rappel porte un lien de paiement d’un autre montant que la somme due : refaites le lien.")
	}
	for _, o := range r.Open {
		if o.Due >= r.Date {
			return fault.New(fault.Invalid, "La facture n° %s n’est pas encore échue : retirez-la du rappel.", o.Number)
		}
	}
	return nil
}

func (r Reminder) prepare(p Paper) (page.Item, error) {
	if err := r.check(); err != nil {
		return page.Item{}, err
	}
	c, err := newCode(r.Online)
	if err != nil {
		return page.Item{}, err
	}
	l := letter{
		title: reminderTitles[r.Step], subtitle: page.Count(len(r.Open), "facture à payer", "factures à payer"),
		duplicate: r.Duplicate, to: r.Payer, date: r.Date,
		facts: []fact{{label: "À payer au plus tard le", value: r.PayBefore.Short()}, {label: "Reste à payer", value: r.Total.String(), strong: true}},
	}
	return l.item(p, func(d *page.Doc) error {
		before, after := r.words()
		say(d, before...)
		d.Space(1)
		if err := d.Table(partsTable(r.Open, "Reste à payer", r.Total)); err != nil {
			return err
		}
		d.Space(1)
		say(d, after...)
		d.Space(1)
		p.howToPay(d, c)
		return nil
	}), nil
}

// words are the paragraphs before and after the list of invoices.
func (r Reminder) words() (before, after []string) {
	one := len(r.Open) == 1
	which := func(singular, plural string) string {
		if one {
			return singular
		}
		return plural
	}
	wrote, last := "Nous vous avons écrit", ""
	if !r.Earlier.IsZero() {
		wrote += " le " + r.Earlier.Short()
		last = ", le dernier du " + r.Earlier.Short()
	}
	pay := r.Total.String() + " au plus tard le " + longDay(r.PayBefore)
	crossed := "Si vous avez payé ces derniers jours, ne tenez pas compte de cette lettre."
	hardship := "Si ce paiement vous met en difficulté, contactez-nous sans attendre : nous chercherons une solution avec vous."
	switch r.Step {
	case 1:
		return []string{"Sauf erreur de notre part, " + which("la facture suivante n’est pas encore payée. Il s’agit", "les factures suivantes ne sont pas encore payées. Il s’agit") + " peut-être d’un oubli."},
			[]string{"Nous vous remercions de payer " + pay + ".", crossed, hardship}
	case 2:
		return []string{wrote + " et, à ce jour, " + which("la facture suivante reste impayée.", "les factures suivantes restent impayées.")},
			[]string{"Nous vous demandons de payer " + pay + ".", hardship, crossed}
	}
	return []string{
		"Malgré nos rappels" + last + ", " + which("la facture suivante reste impayée.", "les factures suivantes restent impayées."),
	}, []string{
		"Ceci est notre dernier rappel. Payez " + pay + ". Passé cette date, le dossier sera transmis au Trésor public (" +
			cmp.Or(r.Treasury, "service de gestion comptable") + "), chargé de recouvrer la somme par les voies que prévoit la loi.",
		hardship, crossed,
	}
}
