package wallets

import (
	"context"
	"fmt"
	"io"
	"strings"

	"fyne.io/fyne/v2"

	"ardoise/data/calendar"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/reports/desk"
	"ardoise/reports/receipt"
	"ardoise/ui/kit"
	"ardoise/ui/widgets"
)

// fact is one line of an explanation.
type fact struct{ label, text string }

// facts lays an explanation out; empty ones are left out.
func facts(list []fact) fyne.CanvasObject {
	var rows []fyne.CanvasObject
	for _, f := range list {
		if f.text != "" {
			rows = append(rows, widgets.HFlex(16, []float32{-150, 1}, widgets.VBox(2, widgets.Spacer(), widgets.NewLabel(f.label, widgets.SmallBold)), widgets.NewParagraph(fault.French(f.text), widgets.Body)))
		}
	}
	return widgets.VBox(10, rows...)
}

// explain answers « pourquoi ? » for a line: its receipt, or its writing.
func (p *page) explain(i int) {
	if p.m.acc == nil || i < 0 {
		return
	}
	if p.m.receipts {
		if i < len(p.m.acc.receipts) {
			p.showReceipt(p.m.acc.receipts[i])
		}
		return
	}
	if i >= len(p.m.rows) {
		return
	}
	r := p.m.rows[i]
	if r.opening {
		p.sh.Show(widgets.NewDialog("Solde reporté", "", facts([]fact{
			{"Solde", p.m.acc.st.Opening.String()},
			{"Au", "matin du " + p.m.acc.st.From.Long()},
			{"Pourquoi", "C’est la somme de tous les mouvements d’avant. Choisissez « Depuis l’origine » pour les voir."},
		}), "", widgets.Secondary, nil))
		return
	}
	l := p.m.d.Ledger
	var e ledger.Explanation
	var rec ledger.Receipt
	p.sh.Runner().Go(p.sh.Ctx(), func(ctx context.Context) (err error) {
		if r.line.Receipt != "" {
			rec, err = l.ReceiptOfTransfer(ctx, r.line.Transfer)
			return err
		}
		e, err = l.Why(ctx, r.line.Transfer)
		return err
	}, func(err error) {
		switch {
		case err != nil:
			p.sh.Refused(err)
		case rec.ID != 0:
			p.showReceipt(rec)
		default:
			p.sh.Show(widgets.NewDialog("Pourquoi cette ligne ?", r.label+", "+r.day, facts(p.reasons(r.line, e)), "", widgets.Secondary, nil))
		}
	})
}

// reasons puts an explanation in the agent's words.
func (p *page) reasons(l ledger.Line, e ledger.Explanation) []fact {
	out := []fact{
		{"Libellé", strings.TrimSuffix(l.Label+", "+l.Detail, ", ")},
		{"Montant", (l.Credit - l.Debit).Signed()},
		{"De", accountWord(e.From, p.m.acc.services)},
		{"Vers", accountWord(e.To, p.m.acc.services)},
		{"Opération", e.Operation.Label},
		{"Faite par", e.Agent + ", " + calendar.InstantText(e.Operation.At)},
	}
	if c := e.Operation.Consent; c.Who != "" || c.How != "" {
		text := strings.TrimPrefix(c.Who+", "+c.How, ", ")
		if !c.At.IsZero() {
			text += ", " + calendar.InstantText(c.At)
		}
		out = append(out, fact{"Accord de la famille", text})
	}
	out = append(out, fact{"Motif", e.Operation.Reason})
	if l.Count > 1 {
		out = append(out, fact{"Écritures", fmt.Sprintf("%d écritures de la même opération, à partir du n° %d", l.Count, e.Transfer)})
	} else {
		out = append(out, fact{"Écriture", fmt.Sprintf("n° %d", e.Transfer)})
	}
	if e.Reverses != 0 {
		out = append(out, fact{"Rend", fmt.Sprintf("l’écriture n° %d", e.Reverses)})
	}
	if e.Reversed != 0 {
		out = append(out, fact{"Rendue par", fmt.Sprintf("l’écriture n° %d", e.Reversed)})
	}
	return out
}

// showReceipt shows a receipt and prints it again.
func (p *page) showReceipt(r ledger.Receipt) {
	list := []fact{
		{"Famille", r.Family},
		{"Reçu de", r.Payer},
		{"Montant", r.Amount.String()},
		{"Moyen", ledger.MeansLabel(r.Means)},
		{"Référence", r.Reference},
		{"Encaissée par", r.Agent + ", " + calendar.InstantText(r.At)},
		{"Solde ensuite", r.BalanceAfter.String()},
	}
	var d *widgets.Dialog
	send := widgets.NewButton("Envoyer par courriel", widgets.Secondary, func() { p.sendReceipt(d, r) }).Icon("mail").Compact()
	if off := p.m.may.cashOff(); off != "" {
		send.SetEnabled(false, off)
	}
	actions := widgets.HBox(8, send)
	if p.m.id != r.FamilyID {
		actions.Add(widgets.NewButton("Ouvrir le porte-monnaie", widgets.Secondary, func() {
			d.Close()
			p.choose(r.FamilyID)
		}).Icon("wallet").Compact())
	}
	d = widgets.NewDialog("Quittance n°"+nbsp+r.Number(), "", widgets.VBox(16, facts(list), actions), "Imprimer un duplicata", widgets.Primary, func() {
		d.Close()
		p.printReceipt(r, true)
	})
	p.sh.Show(d)
}

func (p *page) sendReceipt(d *widgets.Dialog, r ledger.Receipt) {
	l := p.m.d.Ledger
	var to string
	p.sh.Runner().Go(p.sh.Ctx(), func(ctx context.Context) (err error) {
		to, err = l.SendReceipt(ctx, r.ID)
		return err
	}, func(err error) {
		if err != nil {
			p.sh.Refused(err)
			return
		}
		d.Close()
		p.sh.Done("Quittance "+r.Number()+" en attente d’envoi à "+to, nil)
	})
}

// paper makes a PDF about a family and opens it in the system's viewer; quiet
// leaves the toast of what was just done in sight.
func (p *page) paper(name string, familyID int64, quiet bool, write func(ctx context.Context, w io.Writer, m desk.Maker, f family.Family) error) {
	d, at := p.m.d, p.sh.Now()
	p.sh.Runner().Go(p.sh.Ctx(), func(ctx context.Context) error {
		f, err := d.Family.Get(ctx, familyID)
		if err != nil {
			return err
		}
		m, err := desk.NewMaker(ctx, d.Catalog, f.Commune, "", at)
		if err != nil {
			return err
		}
		path, err := kit.WriteTemp(name, func(w io.Writer) error { return write(ctx, w, m, f) })
		if err != nil {
			return err
		}
		return p.sh.Files().View(path)
	}, func(err error) {
		if err != nil {
			p.sh.Refused(err)
			return
		}
		if !quiet {
			p.sh.Toast("Document ouvert dans la visionneuse")
		}
	})
}

func (p *page) printReceipt(r ledger.Receipt, duplicate bool) {
	p.paper("quittance-"+r.Number()+".pdf", r.FamilyID, !duplicate, func(ctx context.Context, w io.Writer, m desk.Maker, f family.Family) error {
		return receipt.PDF(ctx, w, m.PaperOf(r), desk.Receipt(r, desk.PayerOf(f), duplicate))
	})
}

// printStatement prints what is shown.
func (p *page) printStatement() {
	if off := p.noFamily(); off != "" {
		p.sh.Toast(off)
		return
	}
	st := p.m.acc.st
	p.paper("releve-"+p.m.acc.wallet.Number+".pdf", st.FamilyID, false, func(ctx context.Context, w io.Writer, m desk.Maker, f family.Family) error {
		return receipt.StatementPDF(ctx, w, m.Paper(), m.Statement(st, desk.PayerOf(f)))
	})
}
