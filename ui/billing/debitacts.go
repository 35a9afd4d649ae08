package billing

import (
	"context"
	"io"
	"strings"

	"ardoise/data/billing"
	"ardoise/data/fault"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

func (d *debitPart) cell(i, col int) widgets.Cell {
	if d.batch == nil && d.skipped {
		left := d.left()
		if i >= len(left) {
			return widgets.Cell{}
		}
		x := left[i]
		switch col {
		case 0:
			return widgets.Cell{Text: x.Family, Bold: true}
		case 1:
			return widgets.Cell{Text: x.Amount.String()}
		}
		return widgets.Cell{Text: x.Reason, Icon: "circle-alert", IconInk: theme.Alerte}
	}
	list := d.debits()
	if i >= len(list) {
		return widgets.Cell{}
	}
	x := list[i]
	switch col {
	case 0:
		return widgets.Cell{Text: x.Family, Bold: true}
	case 1:
		return widgets.Cell{Text: x.UMR, Ink: theme.Ardoise600}
	case 2:
		return widgets.Cell{Text: shortAccount(x.Masked), Ink: theme.Ardoise600}
	case 3:
		return widgets.Cell{Text: sequenceLabel(x.Sequence)}
	case 4:
		return widgets.Cell{Text: x.Amount.String(), Bold: true}
	}
	b := debitBadge(x)
	return widgets.Cell{Badge: &b}
}

// familyAt is the family of a row, 0 if there is none.
func (d *debitPart) familyAt(i int) (id int64, name string) {
	if left := d.left(); d.batch == nil && d.skipped {
		if i >= 0 && i < len(left) {
			return left[i].FamilyID, left[i].Family
		}
		return 0, ""
	}
	if list := d.debits(); i >= 0 && i < len(list) {
		return list[i].FamilyID, list[i].Family
	}
	return 0, ""
}

func (d *debitPart) family() int64 {
	id, _ := d.familyAt(d.table.Selected())
	return id
}

func (d *debitPart) name(i int) string {
	_, name := d.familyAt(i)
	return name
}

// open shows the mandate of the row.
func (d *debitPart) open(i int) {
	if id, _ := d.familyAt(i); id != 0 {
		d.p.mandate(id)
	}
}

// toggle leaves a family out of the next batch, or takes it back.
func (d *debitPart) toggle(i int) {
	id, name := d.familyAt(i)
	if id == 0 || d.batch != nil {
		return
	}
	was := d.p.ask
	text := "Famille " + name + " laissée de côté"
	d.ask(func(a *billing.DebitAsk) {
		leave := without(a.Leave, id)
		if len(leave) == len(a.Leave) {
			leave = with(leave, id)
		} else {
			text = "Famille " + name + " reprise dans le lot"
		}
		a.Leave = leave
	})
	d.p.sh.Done(text, func() { d.ask(func(a *billing.DebitAsk) { *a = was }) })
}

// finish is F9: the file is made, or the batch handed over.
func (d *debitPart) finish() {
	if off := d.off(); off != "" {
		d.p.sh.Toast(off)
		return
	}
	if d.batch != nil {
		d.send()
		return
	}
	p, plan := d.p, d.p.s.debits.plan
	text := plural(plan.Count, "prélèvement", "prélèvements") + " le " + plan.Ask.CollectOn.Short() + ", " + plan.Total.String() + ". Les familles qui ont un courriel sont prévenues ; les factures sont réservées à ce lot jusqu’à sa transmission."
	p.sh.Confirm("Créer le fichier de prélèvement"+nbsp+"?", fault.French(text), "Créer le fichier", widgets.Primary, func() {
		var b billing.DebitBatch
		p.sh.Runner().Go(p.sh.Ctx(), func(ctx context.Context) (err error) {
			b, err = p.d.Billing.BuildDebits(ctx, plan.Ask, plan.Digest)
			return err
		}, func(err error) {
			if err != nil {
				p.sh.Refused(err)
				return
			}
			p.ask.Leave, p.ask.Families, p.ask.CollectOn = nil, nil, 0
			d.chosen, d.batch = plainID(b.ID), &b
			p.sh.Done(plural(b.Count, "prélèvement préparé", "prélèvements préparés")+nbsp+": "+b.Total.String(), nil)
			p.changed()
			d.saveFile()
		})
	})
}

// saveFile writes the bank's file where the agent wants it.
func (d *debitPart) saveFile() {
	p, b := d.p, d.batch
	switch {
	case b == nil:
	case p.d.Papers.DebitFile == nil:
		p.sh.Toast(noPapers)
	default:
		p.save("Enregistrer le fichier de prélèvement", b.File, func(ctx context.Context, w io.Writer) error { return p.d.Papers.DebitFile(ctx, w, b.ID) }, nil)
	}
}

func (d *debitPart) printSlip() {
	if b := d.batch; b != nil {
		d.p.view("bordereau-"+strings.TrimSuffix(b.File, ".xml")+".pdf", false, func(ctx context.Context, w io.Writer) error { return d.p.d.Papers.DebitSlip(ctx, w, b.ID) })
	}
}

func (d *debitPart) printNotices() {
	if b := d.batch; b != nil {
		d.p.view("avis-"+strings.TrimSuffix(b.File, ".xml")+".pdf", false, func(ctx context.Context, w io.Writer) error { return d.p.d.Papers.DebitNotices(ctx, w, b.ID) })
	}
}

func (d *debitPart) printRefusals() {
	if b := d.batch; b != nil {
		d.p.view("rejets-"+strings.TrimSuffix(b.File, ".xml")+".pdf", false, func(ctx context.Context, w io.Writer) error { return d.p.d.Papers.Refusals(ctx, w, b.ID) })
	}
}

// send marks the batch as handed to the bank.
func (d *debitPart) send() {
	p, b, key := d.p, d.batch, d.p.d.newKey()
	text := "Confirmez que le fichier « " + b.File + " » a été remis à la banque. Les factures sont réglées au jour du prélèvement, et le lot ne peut plus être abandonné."
	p.sh.Confirm("Marquer comme transmis"+nbsp+"?", fault.French(text), "Marquer comme transmis", widgets.Primary, func() {
		p.sh.Runner().Go(p.sh.Ctx(), func(ctx context.Context) error {
			_, err := p.d.Billing.SendDebits(ctx, key, b.ID)
			return err
		}, func(err error) {
			if err != nil {
				p.sh.Refused(err)
				return
			}
			p.sh.Done("Lot du "+b.CollectOn.Short()+" transmis"+nbsp+": "+b.Total.String(), nil)
			p.changed()
		})
	})
}

// abandon releases a batch that was not sent.
func (d *debitPart) abandon() {
	b := d.batch
	if b == nil || b.State != debitBuilt {
		return
	}
	p := d.p
	reason, check := reasonField("mauvaise date, famille à retirer…")
	f := widgets.NewForm().Add(widgets.NewField("Motif", "Les factures redeviennent à prélever ou à payer autrement.", reason), check)
	busy := false
	var dialog *widgets.Dialog
	dialog = widgets.NewDialog("Abandonner ce lot", "Lot du "+b.CollectOn.Short()+", "+b.Total.String(), f.Content(), "Abandonner", widgets.Danger, func() {
		if busy || !f.Validate() {
			return
		}
		busy = true
		p.sh.Runner().Go(p.sh.Ctx(), func(ctx context.Context) error {
			return p.d.Billing.DropDebits(ctx, b.ID, strings.TrimSpace(reason.Text()))
		}, func(err error) {
			if err != nil {
				busy = false
				f.Refuse(err)
				return
			}
			dialog.Close()
			d.chosen, d.batch = "plan", nil
			p.sh.Done("Lot du "+b.CollectOn.Short()+" abandonné", nil)
			p.changed()
		})
	})
	dialog.First = reason.FocusTarget()
	p.sh.Show(dialog)
}
