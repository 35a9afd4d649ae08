package invoice

import (
	"errors"
	"fmt"
	"strings"

	"ardoise/data/fault"
	"ardoise/data/money"
)

// sums are the three figures each level of an invoice states.
type sums struct{ meals, care, total money.Cents }

func (s *sums) add(o sums) error {
	var errs [3]error
	s.meals, errs[0] = money.Add(s.meals, o.meals)
	s.care, errs[1] = money.Add(s.care, o.care)
	s.total, errs[2] = money.Add(s.total, o.total)
	return errors.Join(errs[:]...)
}

// check refuses an invoice that must not leave the house.
func (inv Invoice) check(p Paper) error {
	if err := checkNumber(inv.Number); err != nil {
		return err
	}
	if err := inv.checkSums(); err != nil {
		return fault.Wrap(fault.Internal, err, "La facture n° %s ne tombe pas juste : elle n’a pas été imprimée. Lancez la vérification des comptes.", inv.Number)
	}
	switch {
	case inv.IssuedOn.IsZero() || inv.From.IsZero() || inv.To < inv.From:
		return inv.lacks("n’a pas de date d’émission ou de période", "émettez-la de nouveau")
	case strings.TrimSpace(p.Issuer.Agent) == "" || strings.TrimSpace(p.Issuer.Quality) == "":
		return inv.lacks("ne dit pas qui l’émet (prénom, nom et qualité)", "complétez les réglages de la régie")
	case strings.TrimSpace(inv.Payer.Name) == "":
		return inv.lacks("ne dit pas qui doit payer", "complétez la fiche de la famille")
	case inv.Kind == Bill && inv.Total < 0:
		return inv.lacks("est négative", "faites un avoir")
	case inv.Kind == Credit && inv.Total >= 0:
		return inv.lacks("est un avoir sans rien à rendre", "faites une facture rectificative")
	case inv.Kind != Bill && checkNumber(inv.Corrects) != nil:
		return inv.lacks("ne dit pas quelle facture elle corrige", "indiquez le numéro de la facture d’origine")
	case inv.Kind != Credit && inv.ToPay > 0 && inv.Due.IsZero() && inv.PaidOn.IsZero():
		return inv.lacks("n’a pas de date d’échéance", "réglez le délai de paiement")
	case inv.Kind == Credit && inv.Debit != nil:
		return inv.lacks("est un avoir et annonce un prélèvement", "retirez le prélèvement")
	case !inv.PaidOn.IsZero() && inv.ToPay > 0:
		return inv.lacks("est dite acquittée alors qu’il reste à payer", "enregistrez d’abord le paiement")
	}
	if inv.Debit != nil {
		if err := inv.Debit.check(); err != nil {
			return err
		}
		if inv.Debit.Amount > inv.ToPay {
			return inv.lacks("annonce un prélèvement plus grand que la somme à payer", "refaites le lot de prélèvement")
		}
	}
	if inv.Online != nil && inv.Online.Amount != inv.Total-inv.Paid {
		return inv.lacks("porte un lien de paiement d’un autre montant que ce qu’il en reste à payer", "refaites le lien")
	}
	return nil
}

func (inv Invoice) lacks(what, todo string) error {
	return fault.New(fault.Invalid, "La facture n° %s %s : elle n’a pas été imprimée, %s.", inv.Number, what, todo)
}

func checkNumber(n string) error {
	if n == "" || len(n) > 15 || strings.Trim(n, "0123456789") != "" {
		return fault.New(fault.Invalid, "« %s » n’est pas un numéro de facture : des chiffres, quinze au plus.", n)
	}
	return nil
}

// checkSums adds everything up: lines to each child, children to the invoice.
// The cause it gives is for the log: it names places, not people.
func (inv Invoice) checkSums() error {
	var all sums
	for i, c := range inv.Children {
		var child sums
		for j, l := range c.Lines {
			if l.split() && l.Meals+l.Care != l.Price {
				return fmt.Errorf("child %d, line %d: %d and %d are not %d", i+1, j+1, l.Meals, l.Care, l.Price)
			}
			if err := child.add(sums{l.Meals, l.Care, l.Price}); err != nil {
				return err
			}
		}
		if child != (sums{c.Meals, c.Care, c.Total}) {
			return fmt.Errorf("child %d: lines give %v, stated %v", i+1, child, sums{c.Meals, c.Care, c.Total})
		}
		if err := all.add(child); err != nil {
			return err
		}
	}
	if all != (sums{inv.Meals, inv.Care, inv.Total}) {
		return fmt.Errorf("children give %v, stated %v", all, sums{inv.Meals, inv.Care, inv.Total})
	}
	due, err := money.Add(inv.Total, inv.Previous)
	if err != nil {
		return err
	}
	if due, err = money.Add(due, -inv.Paid); err != nil {
		return err
	}
	if due != inv.ToPay {
		return fmt.Errorf("to pay: %d, stated %d", due, inv.ToPay)
	}
	return nil
}

func (l Line) split() bool { return l.Meals != 0 || l.Care != 0 }

// check refuses a notice that lacks what it must say (formats.md: amount, date,
// ICS, RUM).
func (d Debit) check() error {
	switch {
	case d.Amount <= 0:
		return fault.New(fault.Invalid, "L’avis de prélèvement n’annonce aucun montant : il n’a pas été imprimé.")
	case d.Date.IsZero():
		return fault.New(fault.Invalid, "L’avis de prélèvement n’a pas de date : il n’a pas été imprimé.")
	case strings.TrimSpace(d.Creditor) == "" || strings.TrimSpace(d.ICS) == "":
		return fault.New(fault.Invalid, "L’avis de prélèvement ne dit pas qui prélève : complétez le nom et l’ICS du créancier dans les réglages.")
	case strings.TrimSpace(d.RUM) == "" || strings.TrimSpace(d.Account) == "":
		return fault.New(fault.Invalid, "L’avis de prélèvement n’indique ni mandat ni compte : vérifiez le mandat de la famille.")
	}
	return nil
}
