package billing

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"ardoise/data/billing"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/ui/kit"
	"ardoise/ui/widgets"
)

// printDay opens the close of a day.
func (c *cashPart) printDay(d billing.CashDay) {
	p := c.p
	if p.d.Papers.CashDay == nil {
		p.sh.Toast(noPapers)
		return
	}
	p.view("caisse-"+d.Day.String()+".pdf", true, func(ctx context.Context, w io.Writer) error { return p.d.Papers.CashDay(ctx, w, d.Day) })
}

func (c *cashPart) printSlip(s billing.Slip) {
	p := c.p
	if p.d.Papers.Slip == nil {
		p.sh.Toast(noPapers)
		return
	}
	p.view("bordereau-"+s.Number+".pdf", true, func(ctx context.Context, w io.Writer) error { return p.d.Papers.Slip(ctx, w, s.ID) })
}

// makeSlip hands over what a slip of that kind would hold.
func (c *cashPart) makeSlip(r widgets.ActionRow) {
	o, p := c.o, c.p
	plan, m := o.payment, o.month
	if r.ID == billing.SlipCheques {
		plan, m = o.cheques, calendar.Month{}
	}
	key := p.d.newKey()
	text := plural(plan.Count, "ligne", "lignes") + ", " + plan.Total.String()
	if by := meansText(plan.Means, ""); by != "" {
		text += " : " + by
	}
	p.sh.Confirm(slipWord(r.ID)+nbsp+"?", fault.French(text+". Le bordereau reçoit son numéro et ne change plus."), "Faire le bordereau", widgets.Primary, func() {
		var made billing.Slip
		p.sh.Runner().Go(p.sh.Ctx(), func(ctx context.Context) (err error) {
			made, err = p.d.Billing.MakeSlip(ctx, key, r.ID, m)
			return err
		}, func(err error) {
			if err != nil {
				p.sh.Refused(err)
				return
			}
			p.sh.Done(slipWord(made.Kind)+" "+made.Number+nbsp+": "+made.Total.String(), nil)
			c.load()
			c.printSlip(made)
		})
	})
}

// explain lists what stands against the lock, and what only warns.
func (c *cashPart) explain() {
	var rows []fyne.CanvasObject
	for _, text := range c.o.lock.Blocks {
		rows = append(rows, widgets.NewAlert(widgets.Failure, text, ""))
	}
	for _, text := range c.o.lock.Warnings {
		rows = append(rows, widgets.NewAlert(widgets.Warning, text, ""))
	}
	c.p.sh.Show(widgets.NewDialog("Clôture "+fault.De(c.o.month.Label()), "En rouge ce qui empêche de verrouiller, en orange ce qui pourra encore se faire ensuite.", widgets.VBox(8, rows...), "", widgets.Primary, nil))
}

// lock closes the month for good.
func (c *cashPart) lock() {
	o, p := c.o, c.p
	if _, text, can := o.lockText(); !can {
		p.sh.Toast(fault.French(text))
		return
	}
	text := "Plus aucune écriture n’entrera " + "dans ce mois ni dans ceux d’avant ; rien ne le rouvre. Ce qui se corrige ensuite le fait par une contre-écriture du jour."
	if n := len(o.lock.Warnings); n > 0 {
		text += " " + strings.Join(o.lock.Warnings, " ")
	}
	p.sh.Confirm("Verrouiller "+o.month.Label()+nbsp+"?", fault.French(text), "Verrouiller le mois", widgets.Danger, func() {
		p.sh.Runner().Go(p.sh.Ctx(), func(ctx context.Context) error {
			_, err := p.d.Billing.LockMonth(ctx, o.month)
			return err
		}, func(err error) {
			if err != nil {
				p.sh.Refused(err)
				return
			}
			p.sh.Done(capital(o.month.Label())+" verrouillé", nil)
			c.load()
			p.changed()
		})
	})
}

// openEntry tells of an entry of the journal; a receipt can be annulled.
func (c *cashPart) openEntry(l billing.JournalLine) {
	p := c.p
	if l.Receipt == "" {
		c.showEntry(l, ledger.Receipt{})
		return
	}
	var r ledger.Receipt
	p.sh.Runner().Go(p.sh.Ctx(), func(ctx context.Context) (err error) {
		r, err = p.d.Ledger.ReceiptOfTransfer(ctx, l.TransferID)
		return err
	}, func(err error) {
		if err != nil {
			p.sh.Refused(err)
			return
		}
		c.showEntry(l, r)
	})
}

func (c *cashPart) showEntry(l billing.JournalLine, r ledger.Receipt) {
	p := c.p
	list := []fact{
		{label: "Libellé", text: l.Label},
		{label: "Montant", text: l.Amount.String()},
		{label: "Famille", text: l.Family},
		{label: "Débit", text: accountWord(l.Debit)},
		{label: "Crédit", text: accountWord(l.Credit)},
		{label: "Faite par", text: l.Agent + ", " + calendar.InstantText(l.At)},
		{label: "Écriture", text: "n° " + strconv.FormatInt(l.TransferID, 10)},
	}
	content := []fyne.CanvasObject{facts(list)}
	verb, act := "", func() {}
	var d *widgets.Dialog
	if r.ID != 0 {
		verb, act = "Quittance en PDF", func() { p.printReceipt(r) }
		void := widgets.NewButton("Annuler cette quittance…", widgets.Danger, func() { d.Close(); c.voidReceipt(r) }).Icon("undo").Compact()
		if !r.VoidedOn.IsZero() {
			void.SetEnabled(false, "Cette quittance est annulée depuis le "+r.VoidedOn.Short()+".")
		}
		content = append(content, widgets.HBox(8, void))
	}
	d = widgets.NewDialog("Écriture du "+l.Day.Short(), "", widgets.VBox(12, content...), verb, widgets.Primary, act)
	d.CancelWord = "Fermer"
	p.sh.Show(d)
}

// voidReceipt enters the contra-entry of money that did not come in after all.
func (c *cashPart) voidReceipt(r ledger.Receipt) {
	p, key := c.p, c.p.d.newKey()
	reason, check := reasonField("chèque impayé, erreur de saisie…")
	f := widgets.NewForm().Add(widgets.NewField("Motif", "La quittance garde son numéro et sort de la caisse ; l’argent quitte le porte-monnaie.", reason), check)
	busy := false
	var d *widgets.Dialog
	d = widgets.NewDialog("Annuler la quittance "+r.Number(), r.Amount.String()+", famille "+r.Family, f.Content(), "Annuler la quittance", widgets.Danger, func() {
		if busy || !f.Validate() {
			return
		}
		busy = true
		p.sh.Runner().Go(p.sh.Ctx(), func(ctx context.Context) error {
			return p.d.Billing.VoidReceipt(ctx, key, r.ID, strings.TrimSpace(reason.Text()))
		}, func(err error) {
			if err != nil {
				busy = false
				f.Refuse(err)
				return
			}
			d.Close()
			p.sh.Done("Quittance "+r.Number()+" annulée", nil)
			c.load()
			p.changed()
		})
	})
	d.First, d.CancelWord = reason.FocusTarget(), "Garder"
	p.sh.Show(d)
}

// workbook saves the month's workbook.
func (c *cashPart) workbook() {
	p, m := c.p, c.p.run.Month
	p.save("Enregistrer le classeur du mois", "comptabilite-"+m.String()+".xlsx", func(ctx context.Context, w io.Writer) error { return p.d.Papers.Workbook(ctx, w, m) }, nil)
}

// csv writes the parts of the month into a folder.
func (c *cashPart) csv() {
	p, m := c.p, c.p.run.Month
	chooser, ok := p.sh.Files().(kit.FolderChooser)
	if !ok {
		p.sh.Toast("Ce poste ne sait pas choisir un dossier.")
		return
	}
	var dir string
	p.sh.Runner().Go(p.sh.Ctx(), func(ctx context.Context) (err error) {
		dir, err = chooser.Folder(ctx, "Dossier des fichiers CSV")
		return err
	}, func(err error) {
		switch {
		case err != nil:
			p.sh.Refused(err)
		case dir != "":
			p.sh.Progress("Écriture des fichiers CSV", func(ctx context.Context, report func(int, int, string)) error {
				report(0, 0, "")
				return p.d.Papers.CSV(ctx, dir, m)
			}, func(err error) {
				switch {
				case errors.Is(err, context.Canceled):
				case err != nil:
					p.sh.Refused(err)
				default:
					p.sh.Done("Fichiers CSV enregistrés dans « "+filepath.Base(dir)+" »", nil)
				}
			})
		}
	})
}

// treasury asks for the role's number of the year and saves the file.
func (c *cashPart) treasury() {
	p, m := c.p, c.p.run.Month
	number := widgets.NewTextField()
	number.SetText(plain(m.First().Year()%100*100 + int(m.First().Month()))) // year and month, whatever year it is sent in
	read := func() (int, error) {
		n, err := strconv.Atoi(strings.TrimSpace(number.Text()))
		if err != nil || n < 1 || n > 9999 {
			return 0, fault.New(fault.Invalid, "Un numéro de 1 à 9999.")
		}
		return n, nil
	}
	f := widgets.NewForm().Add(widgets.NewField("Numéro du bordereau dans l’année", "Les factures du mois encore dues y sont, avec leurs débiteurs.", number), func() error { _, err := read(); return err })
	var d *widgets.Dialog
	d = widgets.NewDialog("Fichier pour le Trésor public", "PES V2, "+m.Label(), f.Content(), "Enregistrer le fichier…", widgets.Primary, func() {
		if !f.Validate() {
			return
		}
		n, err := read()
		if err != nil {
			f.Refuse(err)
			return
		}
		var name string
		p.sh.Runner().Go(p.sh.Ctx(), func(ctx context.Context) (err error) {
			name, err = p.d.Papers.TreasuryName(ctx, m, n)
			return err
		}, func(err error) {
			if err != nil {
				f.Refuse(err)
				return
			}
			d.Close()
			p.save("Enregistrer le fichier du Trésor", name, func(ctx context.Context, w io.Writer) error { return p.d.Papers.Treasury(ctx, w, m, n) }, nil)
		})
	})
	d.First = number.FocusTarget()
	p.sh.Show(d)
}

// tax asks for a year and opens the summaries for the tax declaration.
func (c *cashPart) tax() {
	p := c.p
	now := p.sh.Today().Year()
	var options []widgets.Option
	for y := now; y > now-4; y-- {
		options = append(options, widgets.Option{ID: plain(y), Label: plain(y)})
	}
	year := widgets.NewSelect(nil, options...)
	year.Set(plain(p.run.Month.First().Year()))
	f := widgets.NewForm().Add(widgets.NewField("Année civile", "Une page par famille"+nbsp+": ce qu’elle a payé pour chaque enfant, la garde à part.", year), nil)
	var d *widgets.Dialog
	d = widgets.NewDialog("Récapitulatifs pour les impôts", "", f.Content(), "Enregistrer…", widgets.Primary, func() {
		y, err := strconv.Atoi(year.Value())
		if err != nil {
			f.Refuse(fault.New(fault.Invalid, "Choisissez une année."))
			return
		}
		d.Close()
		p.save("Enregistrer les récapitulatifs", "impots-"+year.Value()+".pdf", func(ctx context.Context, w io.Writer) error { return p.d.Papers.TaxYear(ctx, w, y, 0) }, nil)
	})
	d.First = year
	p.sh.Show(d)
}
