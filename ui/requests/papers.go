package requests

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"ardoise/data/access"
	"ardoise/data/bank"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/ui/widgets"
)

// attach asks for a file and hands it in for a line of the checklist.
func (p *page) attach(kind, label string) {
	if p.m.det == nil {
		return
	}
	if !p.m.may.papers() {
		p.sh.Toast(lacks(staff.Accueil))
		return
	}
	acc, files, id := p.m.d.Access, p.sh.Files(), p.m.det.q.ID
	var path string
	p.sh.Runner().Go(p.sh.Ctx(), func(ctx context.Context) (err error) {
		if path, err = files.Open(ctx, "Joindre : "+label, "*.pdf", "*.jpg", "*.jpeg", "*.png"); err != nil || path == "" {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return fault.Wrap(fault.Unavailable, err, "Le fichier « %s » ne s’ouvre pas.", filepath.Base(path))
		}
		_, err = acc.Attach(ctx, access.Attachment{RequestID: id, Kind: kind, Name: filepath.Base(path), Content: f})
		if shut := f.Close(); err == nil {
			err = shut
		}
		return err
	}, func(err error) {
		switch {
		case err != nil:
			p.sh.Refused(err)
		case path != "":
			p.sh.Done(fault.French(label+" : pièce reçue et chiffrée"), nil)
			p.afterPaper()
		}
	})
}

// afterPaper shows what a changed document changed.
func (p *page) afterPaper() {
	if p.m.det != nil {
		p.loadDetail(p.m.det.q.ID)
	}
	p.reload()
	p.sh.RefreshCounts()
}

// typeBank asks for an account number.
func (p *page) typeBank() {
	if p.m.det == nil || !p.m.may.bank() {
		return
	}
	q, acc := p.m.det.q, p.m.d.Access
	iban, bic, holder := widgets.NewTextField().Icon("bank").PlaceHolder("FR76 …"), widgets.NewTextField(), widgets.NewTextField().Icon("user")
	f := widgets.NewForm().Add(widgets.NewField("IBAN", "Les espaces ne comptent pas.", iban), func() error {
		_, err := bank.ParseIBAN(iban.Text())
		return err
	})
	f.Add(widgets.NewField("BIC", "Facultatif pour un compte français.", bic), func() error {
		_, err := bank.ParseBIC(bic.Text())
		return err
	})
	f.Add(widgets.NewField("Titulaire du compte", "", holder), func() error {
		if strings.TrimSpace(holder.Text()) == "" {
			return fault.New(fault.Invalid, "Indiquez le titulaire, comme sur le relevé d’identité bancaire.")
		}
		return nil
	})
	var d *widgets.Dialog
	d = widgets.NewDialog("Coordonnées bancaires", fault.French("Famille "+q.Family+". Elles sont chiffrées dès l’enregistrement ; les anciennes sont remplacées."), f.Content(), "Enregistrer", widgets.Primary, func() {
		if !f.Validate() {
			return
		}
		p.sh.Runner().Go(p.sh.Ctx(), func(ctx context.Context) error {
			return acc.SetBankDetails(ctx, q.ID, iban.Text(), bic.Text(), strings.TrimSpace(holder.Text()))
		}, func(err error) {
			if err != nil {
				f.Refuse(err)
				return
			}
			d.Close()
			p.sh.Done("Coordonnées bancaires enregistrées et chiffrées", nil)
			if p.m.det != nil {
				p.m.det.revealed = false
			}
			p.afterPaper()
		})
	})
	d.First = iban.FocusTarget()
	p.sh.Show(d)
}

// revealBank shows the whole IBAN (Régie only, logged), or hides it again.
func (p *page) revealBank() {
	det := p.m.det
	if det == nil || !p.m.may.cash {
		return
	}
	acc, family, id := p.m.d.Access, det.q.FamilyID, det.q.ID
	reveal := !det.revealed
	var got access.BankDetails
	var found bool
	p.sh.Runner().Go(p.sh.Ctx(), func(ctx context.Context) (err error) {
		got, found, err = acc.BankDetails(ctx, family, reveal)
		return err
	}, func(err error) {
		if err != nil {
			p.sh.Refused(err)
			return
		}
		if p.m.det == nil || p.m.det.q.ID != id {
			return
		}
		p.m.det.bank, p.m.det.hasBank, p.m.det.revealed = got, found, reveal
		p.bank.show()
		if reveal {
			p.sh.Toast("IBAN montré : la lecture est journalisée")
		}
	})
}
