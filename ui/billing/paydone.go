package billing

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"ardoise/data/billing"
	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/ui/kit"
	"ardoise/ui/widgets"
)

// asking is a question asked again while one types: the last answer counts.
type asking struct {
	latest kit.Latest
	stop   func()
}

func sortByDue(list []billing.Invoice) {
	slices.SortStableFunc(list, func(a, b billing.Invoice) int {
		return cmp.Or(cmp.Compare(a.DueOn, b.DueOn), cmp.Compare(a.ID, b.ID))
	})
}

func sortByName(list []*debtor) {
	slices.SortStableFunc(list, func(a, b *debtor) int {
		return cmp.Or(strings.Compare(catalog.Fold(a.name), catalog.Fold(b.name)), cmp.Compare(a.id, b.id))
	})
}

// submit cashes in what was planned, once: a second Enter finds the dialog busy
// or closed, and the key would give the same payment again.
func (t *payDialog) submit() {
	if t.busy || t.paid || !t.form.Validate() {
		return
	}
	ask, ok := t.wanted()
	switch {
	case !ok:
		return
	case t.only != nil && len(ask.Invoices) == 0:
		t.form.Refuse(fault.New(fault.Invalid, "Cochez au moins une facture (Espace), ou payez les plus anciennes d’abord."))
		return
	}
	shown := ""
	if t.plan != nil && sameAsk(t.planned, ask) {
		if t.plan.Problem != "" {
			t.form.Refuse(fault.New(fault.Invalid, "%s", t.plan.Problem))
			return
		}
		shown = t.plan.Digest
	}
	t.busy = true
	t.dialog.Main.SetEnabled(false, "Encaissement en cours…")
	b := t.p.d.Billing
	var done billing.PaymentDone
	t.p.sh.Runner().Go(t.p.sh.Ctx(), func(ctx context.Context) (err error) {
		if shown == "" { // typed faster than it was planned: what is paid is still what is shown
			plan, err := b.PlanPayment(ctx, ask)
			if err != nil {
				return err
			}
			shown = plan.Digest
		}
		done, err = b.Pay(ctx, ask, shown)
		return err
	}, func(err error) { t.done(ask, done, err) })
}

// sameAsk reports whether a plan is of what is typed now.
func sameAsk(a, b billing.Payment) bool {
	return a.FamilyID == b.FamilyID && a.Amount == b.Amount && a.Means == b.Means && a.Reference == b.Reference && a.Payer == b.Payer && slices.Equal(a.Invoices, b.Invoices)
}

func (t *payDialog) done(ask billing.Payment, done billing.PaymentDone, err error) {
	t.busy = false
	t.dialog.Main.SetEnabled(true, "")
	if err != nil {
		t.form.Refuse(err)
		return
	}
	p := t.p
	t.paid = true
	t.dialog.Close()
	text := done.Paid.String() + " encaissés, famille " + t.who.name
	if done.Receipt != nil {
		text += ", quittance " + done.Receipt.Number()
	}
	key, op := p.d.newKey(), done.OperationID
	p.sh.Done(text, func() {
		p.sh.Runner().Go(p.sh.Ctx(), func(ctx context.Context) error {
			return p.d.Billing.VoidPayment(ctx, key, op, "Annulé aussitôt après la saisie")
		}, func(err error) {
			if err != nil {
				p.sh.Refused(err)
				return
			}
			if ask.Means != billing.ByWallet {
				p.sh.Toast(fault.French("Paiement annulé : les factures sont dues de nouveau, l’argent est au porte-monnaie."))
			}
			p.changed()
		})
	})
	p.changed()
	if done.Receipt != nil && t.print.Checked() {
		p.printReceipt(*done.Receipt)
	}
}

// voidPayment undoes a payment by contra-entries; why is kept.
func (p *page) voidPayment(s billing.Settlement) {
	key := p.d.newKey()
	reason, check := reasonField("chèque sans provision, erreur de saisie…")
	help := "Toute l’opération est annulée : les factures sont dues de nouveau et l’argent revient au porte-monnaie."
	f := widgets.NewForm().Add(widgets.NewField("Motif", fault.French(help), reason), check)
	busy := false
	var d *widgets.Dialog
	d = widgets.NewDialog("Annuler ce paiement", s.Amount.String()+", "+settledWord(s)+", le "+s.Day.Short(), f.Content(), "Annuler le paiement", widgets.Danger, func() {
		if busy || !f.Validate() {
			return
		}
		busy = true
		p.sh.Runner().Go(p.sh.Ctx(), func(ctx context.Context) error {
			return p.d.Billing.VoidPayment(ctx, key, s.Operation, strings.TrimSpace(reason.Text()))
		}, func(err error) {
			if err != nil {
				busy = false
				f.Refuse(err)
				return
			}
			d.Close()
			p.sh.Done("Paiement annulé"+nbsp+": facture "+s.Number, nil)
			p.changed()
		})
	})
	d.First, d.CancelWord = reason.FocusTarget(), "Garder"
	p.sh.Show(d)
}
