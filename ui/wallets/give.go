package wallets

import (
	"context"
	"strings"

	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/money"
	"ardoise/ui/widgets"
)

// giveBack is the dialog of a refund.
func (p *page) giveBack() {
	if off := p.rechargeOff(); off != "" {
		p.sh.Toast(off)
		return
	}
	w, key, l := p.m.acc.wallet, p.m.d.newKey(), p.m.d.Ledger
	amount := widgets.NewMoneyField()
	amount.Set(w.Balance)
	means := widgets.NewRadioRows(nil, widgets.Option{ID: "transfer", Label: "Virement", Icon: "bank"}, widgets.Option{ID: "cheque", Label: "Chèque", Icon: "cheque"}, widgets.Option{ID: "cash", Label: "Espèces", Icon: "cash"}).Columns(3)
	reason := widgets.NewTextField().PlaceHolder("départ de la commune, fin de scolarité…")
	f := widgets.NewForm()
	f.Add(widgets.NewField("Montant", "Au plus le solde, "+w.Balance.String()+".", amount), func() error {
		c, err := amount.Value()
		if err == nil && c <= 0 {
			err = fault.New(fault.Invalid, "Le montant doit être supérieur à zéro.")
		}
		return err
	})
	f.Line(widgets.NewField("Moyen", "", means))
	f.Add(widgets.NewField("Motif", "Obligatoire ; il reste au relevé de contrôle.", reason), func() error {
		if strings.TrimSpace(reason.Text()) == "" {
			return fault.New(fault.Invalid, "Le motif du remboursement est obligatoire.")
		}
		return nil
	})
	busy := false
	var d *widgets.Dialog
	d = widgets.NewDialog("Rembourser la famille", "Famille "+w.Family+", solde actuel"+nbsp+": "+w.Balance.String(), f.Content(), "Rembourser", widgets.Danger, func() {
		if busy || !f.Validate() {
			return
		}
		c, err := amount.Value()
		if err != nil {
			f.Refuse(err)
			return
		}
		busy = true
		r := ledger.Refund{Key: key, FamilyID: w.FamilyID, Amount: c, Means: means.Value(), Reason: strings.TrimSpace(reason.Text())}
		var given money.Cents
		p.sh.Runner().Go(p.sh.Ctx(), func(ctx context.Context) (err error) {
			given, err = l.Refund(ctx, r)
			return err
		}, func(err error) {
			if err != nil {
				busy = false
				f.Refuse(err)
				return
			}
			d.Close()
			p.sh.Done(given.String()+" remboursés à la famille "+w.Family, nil)
			p.reload()
		})
	})
	d.First = amount.FocusTarget()
	p.sh.Show(d)
}

// allow is the dialog of the overdraft.
func (p *page) allow() {
	if off := p.rechargeOff(); off != "" {
		p.sh.Toast(off)
		return
	}
	w, l := p.m.acc.wallet, p.m.d.Ledger
	amount := widgets.NewMoneyField()
	amount.Set(-w.Floor)
	f := widgets.NewForm().Add(widgets.NewField("Découvert autorisé", "0,00 pour n’en autoriser aucun. Les réservations s’arrêtent quand il est atteint.", amount), func() error {
		c, err := amount.Value()
		if err == nil && c < 0 {
			err = fault.New(fault.Invalid, "Écrivez un montant sans signe, par exemple 20,00.")
		}
		return err
	})
	var d *widgets.Dialog
	d = widgets.NewDialog("Découvert autorisé", "Famille "+w.Family+", solde actuel"+nbsp+": "+w.Balance.String(), f.Content(), "Enregistrer", widgets.Primary, func() {
		if !f.Validate() {
			return
		}
		c, err := amount.Value()
		if err != nil {
			f.Refuse(err)
			return
		}
		before := w.Floor
		p.setFloor(l, w.FamilyID, -c, f.Refuse, func() {
			d.Close()
			p.sh.Done("Découvert autorisé"+nbsp+": "+c.String(), func() {
				p.setFloor(l, w.FamilyID, before, p.sh.Refused, func() {})
			})
		})
	})
	d.First = amount.FocusTarget()
	p.sh.Show(d)
}

func (p *page) setFloor(l *ledger.Service, id int64, floor money.Cents, refuse func(error), done func()) {
	p.sh.Runner().Go(p.sh.Ctx(), func(ctx context.Context) error { return l.SetFloor(ctx, id, floor) }, func(err error) {
		if err != nil {
			refuse(err)
			return
		}
		done()
		p.reload()
	})
}
