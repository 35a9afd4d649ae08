package main

import (
	"bytes"
	"context"
	"io"
	"path/filepath"

	bills "ardoise/data/billing"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	reports "ardoise/reports/desk"
	"ardoise/ui/billing"
	"ardoise/ui/kit"
)

// billingPapers gives the Facturation screen what the desk of reports writes.
func (d *desk) billingPapers() billing.Papers {
	o := d.office
	// with makes the desk for one paper: what the town says of itself may have
	// changed since the last one.
	with := func(ctx context.Context, f func(p *reports.Papers) error) error {
		p, err := reports.NewPapers(ctx, o)
		if err != nil {
			return err
		}
		return f(p)
	}
	batch := func(print func(ctx context.Context, w io.Writer, p *reports.Papers, b bills.DebitBatch) error) func(context.Context, io.Writer, int64) error {
		return func(ctx context.Context, w io.Writer, id int64) error {
			b, err := o.Billing.Batch(ctx, id)
			if err != nil {
				return err
			}
			return with(ctx, func(p *reports.Papers) error { return print(ctx, w, p, b) })
		}
	}
	return billing.Papers{
		Invoices: func(ctx context.Context, w io.Writer, ids []int64) error {
			return with(ctx, func(p *reports.Papers) error { return p.InvoicesPDF(ctx, w, ids, nil) })
		},
		InvoiceFiles: func(ctx context.Context, dir string, ids []int64, step func(done, total int) error) error {
			return with(ctx, func(p *reports.Papers) error { return invoiceFiles(ctx, p, dir, ids, step) })
		},
		MandateForm: d.mandateForm,
		DebitFile: func(ctx context.Context, w io.Writer, id int64) error {
			b, err := o.Billing.DebitFile(ctx, id)
			if err != nil {
				return err
			}
			return with(ctx, func(p *reports.Papers) error {
				_, err := p.SEPA(ctx, w, b)
				return err
			})
		},
		DebitSlip: batch(func(ctx context.Context, w io.Writer, p *reports.Papers, b bills.DebitBatch) error {
			return p.BatchSlipPDF(ctx, w, b, nil)
		}),
		DebitNotices: batch(func(ctx context.Context, w io.Writer, p *reports.Papers, b bills.DebitBatch) error {
			return p.NoticesPDF(ctx, w, b, true, nil)
		}),
		Refusals: batch(func(ctx context.Context, w io.Writer, p *reports.Papers, b bills.DebitBatch) error {
			return p.RefusalsPDF(ctx, w, b, nil)
		}),
		Reminders: func(ctx context.Context, w io.Writer, sent bills.ReminderPlan) error {
			return with(ctx, func(p *reports.Papers) error { return p.RemindersPDF(ctx, w, sent, nil) })
		},
		Slip: func(ctx context.Context, w io.Writer, id int64) error {
			s, err := o.Billing.Slip(ctx, id)
			if err != nil {
				return err
			}
			return with(ctx, func(p *reports.Papers) error { return p.CashSlipPDF(ctx, w, s) })
		},
		CashDay: func(ctx context.Context, w io.Writer, day calendar.Date) error {
			c, err := o.Billing.CashDay(ctx, day)
			if err != nil {
				return err
			}
			return with(ctx, func(p *reports.Papers) error { return p.ClosePDF(ctx, w, c) })
		},
		Workbook: func(ctx context.Context, w io.Writer, m calendar.Month) error {
			return d.withBooks(ctx, m, with, func(p *reports.Papers, b bills.MonthBooks) error { return p.WorkbookXLSX(ctx, w, b) })
		},
		CSV: func(ctx context.Context, dir string, m calendar.Month) error {
			return d.withBooks(ctx, m, with, func(p *reports.Papers, b bills.MonthBooks) error {
				return p.BooksCSV(ctx, b, func(name string, write func(io.Writer) error) error {
					return kit.WriteFile(filepath.Join(dir, m.String()+"-"+name), write)
				})
			})
		},
		Treasury: func(ctx context.Context, w io.Writer, m calendar.Month, number int) error {
			return withRole(ctx, m, number, with, func(p *reports.Papers, r reports.Role) error { return p.TreasuryXML(ctx, w, r) })
		},
		TreasuryName: func(ctx context.Context, m calendar.Month, number int) (name string, err error) {
			err = withRole(ctx, m, number, with, func(p *reports.Papers, r reports.Role) error {
				name = p.TreasuryFile(r)
				return nil
			})
			return name, err
		},
		TaxYear: func(ctx context.Context, w io.Writer, year int, familyID int64) error {
			all, err := o.Billing.TaxYears(ctx, year, familyID)
			if err != nil {
				return err
			}
			if len(all) == 0 {
				return fault.New(fault.NotFound, "Aucune famille n’a rien payé en %d.", year)
			}
			return with(ctx, func(p *reports.Papers) error { return p.TaxPDF(ctx, w, all) })
		},
	}
}

// invoiceFiles writes each document into a folder; step waits or stops.
func invoiceFiles(ctx context.Context, p *reports.Papers, dir string, ids []int64, step func(done, total int) error) error {
	done := 0
	return p.EachInvoicePDF(ctx, ids, func(_ bills.Invoice, name string, pdf []byte) error {
		if err := kit.WriteFile(filepath.Join(dir, name), func(w io.Writer) error {
			_, err := io.Copy(w, bytes.NewReader(pdf))
			return err
		}); err != nil {
			return err
		}
		done++
		return step(done, len(ids))
	}, nil)
}

type withPapers = func(ctx context.Context, f func(p *reports.Papers) error) error

func (d *desk) withBooks(ctx context.Context, m calendar.Month, with withPapers, f func(p *reports.Papers, b bills.MonthBooks) error) error {
	b, err := d.office.Billing.Books(ctx, m)
	if err != nil {
		return err
	}
	return with(ctx, func(p *reports.Papers) error { return f(p, b) })
}

func withRole(ctx context.Context, m calendar.Month, number int, with withPapers, f func(p *reports.Papers, r reports.Role) error) error {
	return with(ctx, func(p *reports.Papers) error {
		r, err := p.RoleOf(ctx, m, number)
		if err != nil {
			return err
		}
		return f(p, r)
	})
}

// mandateForm is the mandate to sign; the account stays to be written by hand.
func (d *desk) mandateForm(ctx context.Context, w io.Writer, familyID int64) error {
	f, err := d.office.Family.Get(ctx, familyID)
	if err != nil {
		return err
	}
	list, err := d.office.Billing.Mandates(ctx, familyID)
	if err != nil {
		return err
	}
	var live bills.Mandate
	for _, m := range list {
		if m.State == bills.MandateActive || m.State == bills.MandateBlocked {
			live = m
		}
	}
	p, err := reports.NewPapers(ctx, d.office)
	if err != nil {
		return err
	}
	return p.MandatePDF(ctx, w, f, live, "")
}
