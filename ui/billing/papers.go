package billing

import (
	"context"
	"errors"
	"io"
	"path/filepath"

	"ardoise/data/billing"
	"ardoise/data/calendar"
	"ardoise/data/ledger"
	"ardoise/reports/desk"
	"ardoise/reports/receipt"
	"ardoise/ui/kit"
)

// Papers is what this screen has written, by those who can: it gives numbers of
// rows and takes bytes. A nil one is not offered.
type Papers struct {
	// Invoices writes documents one after the other into one PDF.
	Invoices func(ctx context.Context, w io.Writer, ids []int64) error
	// InvoiceFiles writes a PDF a document into a folder. It calls step after
	// each; step may wait (a pause), and its error stops the work.
	InvoiceFiles func(ctx context.Context, dir string, ids []int64, step func(done, total int) error) error
	// MandateForm is the mandate to sign, filled in for a family.
	MandateForm func(ctx context.Context, w io.Writer, familyID int64) error
	// DebitFile is the bank's file of a batch; DebitSlip the list that goes with
	// it; DebitNotices the letters to the families.
	DebitFile    func(ctx context.Context, w io.Writer, batchID int64) error
	DebitSlip    func(ctx context.Context, w io.Writer, batchID int64) error
	DebitNotices func(ctx context.Context, w io.Writer, batchID int64) error
	// Refusals are the letters of the direct debits of a batch that came back.
	Refusals func(ctx context.Context, w io.Writer, batchID int64) error
	// Reminders are the letters of reminders that were entered.
	Reminders func(ctx context.Context, w io.Writer, sent billing.ReminderPlan) error
	// Slip is a cheque or payment slip, CashDay a day's closing.
	Slip    func(ctx context.Context, w io.Writer, id int64) error
	CashDay func(ctx context.Context, w io.Writer, day calendar.Date) error
	// Workbook and CSV are the accountant's files of a month: one workbook, or a
	// file a part into a folder.
	Workbook func(ctx context.Context, w io.Writer, month calendar.Month) error
	CSV      func(ctx context.Context, dir string, month calendar.Month) error
	// Treasury is the role of a month for the public accountant, under its number
	// of the year; TreasuryName is what its file is called.
	Treasury     func(ctx context.Context, w io.Writer, month calendar.Month, number int) error
	TreasuryName func(ctx context.Context, month calendar.Month, number int) (string, error)
	// TaxYear are the summaries of a civil year (familyID 0: all families).
	TaxYear func(ctx context.Context, w io.Writer, year int, familyID int64) error
}

const noPapers = "Ce document n’est pas disponible dans cette version."

// view writes a paper away from the window and opens it; quiet leaves the toast
// of what was just done in sight.
func (p *page) view(name string, quiet bool, write func(ctx context.Context, w io.Writer) error) {
	p.sh.Runner().Go(p.sh.Ctx(), func(ctx context.Context) error {
		path, err := kit.WriteTemp(name, func(w io.Writer) error { return write(ctx, w) })
		if err != nil {
			return err
		}
		return p.sh.Files().View(path)
	}, func(err error) {
		switch {
		case err != nil:
			p.sh.Refused(err)
		case !quiet:
			p.sh.Toast("Document ouvert dans la visionneuse")
		}
	})
}

// save asks where, then writes under a progress dialog; after (may be nil) runs
// once the file is there.
func (p *page) save(title, name string, write func(ctx context.Context, w io.Writer) error, after func(path string)) {
	var path string
	p.sh.Runner().Go(p.sh.Ctx(), func(ctx context.Context) (err error) {
		path, err = p.sh.Files().Save(ctx, title, name)
		return err
	}, func(err error) {
		switch {
		case err != nil:
			p.sh.Refused(err)
		case path != "":
			p.write(path, write, after)
		}
	})
}

func (p *page) write(path string, write func(ctx context.Context, w io.Writer) error, after func(path string)) {
	p.sh.Progress("Écriture de "+filepath.Base(path), func(ctx context.Context, report func(int, int, string)) error {
		report(0, 0, "")
		return kit.WriteFile(path, func(w io.Writer) error { return write(ctx, w) })
	}, func(err error) {
		switch {
		case errors.Is(err, context.Canceled): // the agent stopped it: the shell has said so
		case err != nil:
			p.sh.Refused(err)
		default:
			p.sh.Done(filepath.Base(path)+" enregistré", nil)
			if after != nil {
				after(path)
			}
		}
	})
}

// viewInvoices opens documents in the system's viewer.
func (p *page) viewInvoices(name string, ids []int64) {
	if p.d.Papers.Invoices == nil {
		p.sh.Toast(noPapers)
		return
	}
	p.view(name+".pdf", false, func(ctx context.Context, w io.Writer) error { return p.d.Papers.Invoices(ctx, w, ids) })
}

// printReceipt opens a receipt in the system's viewer.
func (p *page) printReceipt(r ledger.Receipt) {
	d, at := p.d, p.sh.Now()
	p.view("quittance-"+r.Number()+".pdf", true, func(ctx context.Context, w io.Writer) error {
		f, err := d.Family.Get(ctx, r.FamilyID)
		if err != nil {
			return err
		}
		m, err := desk.NewMaker(ctx, d.Catalog, f.Commune, "", at)
		if err != nil {
			return err
		}
		return receipt.PDF(ctx, w, m.PaperOf(r), desk.Receipt(r, desk.PayerOf(f), false))
	})
}
