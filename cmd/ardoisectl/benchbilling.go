package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"ardoise/data"
	"ardoise/data/billing"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/store"
	"ardoise/reports/desk"
)

// invoicePDFs is how many invoices the peer was measured printing.
const invoicePDFs = 1000

// billingWorks measure the month's end on the month of today. What writes is done
// on a copy beside, thrown away by done, for an issued invoice cannot be undone;
// PostgreSQL has no such copy, and only what reads is measured there.
func billingWorks(ctx context.Context, o *data.Office) (jobs []work, done func() error, err error) {
	done = func() error { return nil }
	run := billing.Run{Month: calendar.MonthOf(today(o))}
	p, err := o.Billing.Plan(ctx, run)
	if err != nil || p.Count == 0 {
		return nil, done, err
	}
	jobs = []work{{
		name: "Factures du mois, aperçu", peer: 29500 * time.Millisecond, most: time.Second, detail: fmt.Sprintf("%s, %d repas de %s", run.Month.Label(), p.Meals, count(p.Count, "facture", "factures")),
		run: func() error {
			_, err := o.Billing.Plan(ctx, run)
			return err
		},
	}}
	if o.Store.Engine() != store.SQLite {
		return jobs, done, nil
	}
	c, err := newCopy(ctx, o, run)
	if err != nil {
		return nil, done, err
	}
	n := min(p.Count, invoicePDFs)
	part := func(d time.Duration) time.Duration { return d * time.Duration(n) / invoicePDFs } // of the peer's thousand
	jobs = append(jobs,
		work{
			name: "Factures du mois, émises", peer: 38700 * time.Millisecond, most: 2 * time.Second, long: true, detail: fmt.Sprintf("%s, sur une copie", count(p.Count, "facture", "factures")),
			run: c.issue, undo: func() error { return c.reset(ctx) },
		},
		work{
			name: "Factures en PDF, un seul fichier", peer: part(102 * time.Second), most: part(10 * time.Second), long: true, detail: fmt.Sprintf("%d PDF (le pair : 1 000)", n),
			run: func() error {
				return c.print(n, func(p *desk.Papers, ids []int64) error { return p.InvoicesPDF(c.ctx, io.Discard, ids, nil) })
			},
		},
		work{
			name: "Factures en PDF, un fichier chacune", peer: part(102 * time.Second), most: part(10 * time.Second), long: true, detail: fmt.Sprintf("%d PDF écrits (le pair : 1 000)", n),
			run: func() error {
				return c.print(n, func(p *desk.Papers, ids []int64) error {
					return p.EachInvoicePDF(c.ctx, ids, func(_ billing.Invoice, name string, pdf []byte) error {
						return os.WriteFile(filepath.Join(c.dir, name), pdf, 0o600)
					}, nil)
				})
			},
		},
		work{
			name: "Fichier SEPA, toutes les familles", peer: 930 * time.Millisecond, most: 200 * time.Millisecond, detail: "pain.008.001.08 contrôlé",
			run: c.sepa,
		},
		work{
			name: "Comptes du mois, classeur", most: 5 * time.Second, long: true, detail: run.Month.Add(-1).Label(),
			run: func() error { return c.books(run.Month.Add(-1)) },
		})
	return jobs, c.remove, nil
}

// officeCopy is a throw-away copy of the open database.
type officeCopy struct {
	ctx   context.Context
	o     *data.Office
	clock func() time.Time
	dir   string // removed at the end
	whole string // the copy as it was made
	run   billing.Run
	ids   []int64 // invoices issued on it, nil: not yet
	batch int64   // direct debits built on it
}

func newCopy(ctx context.Context, o *data.Office, run billing.Run) (c *officeCopy, err error) {
	c = &officeCopy{clock: o.Store.Clock(), run: run}
	if c.dir, err = os.MkdirTemp("", "ardoise-bench-"); err != nil {
		return nil, err
	}
	if c.whole, err = o.Store.Backup(ctx, c.dir); err == nil {
		err = c.reset(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, c.remove())
	}
	return c, nil
}

// reset makes the copy what it was.
func (c *officeCopy) reset(ctx context.Context) error {
	work := filepath.Join(c.dir, "copie.db")
	if c.o != nil {
		err := c.o.Close()
		c.o, c.ids, c.batch = nil, nil, 0
		if err = errors.Join(err, removeDatabase(work)); err != nil {
			return err
		}
	}
	body, err := os.Open(c.whole)
	if err != nil {
		return err
	}
	err = outputFile(work, func(w io.Writer) error {
		_, err := io.Copy(w, body)
		return err
	})
	if err = errors.Join(err, body.Close()); err != nil {
		return err
	}
	if c.o, err = data.Open(ctx, work, data.Options{Clock: c.clock, MustExist: true, Unsound: true}); err != nil { // sound: the backup was verified
		return err
	}
	s, err := c.o.Staff.SignInDemo(ctx, staff.Roles...)
	c.ctx = staff.With(ctx, s)
	return err
}

func (c *officeCopy) remove() error {
	var err error
	if c.o != nil {
		err = c.o.Close()
	}
	return errors.Join(err, os.RemoveAll(c.dir))
}

func (c *officeCopy) issue() error {
	done, err := c.o.Billing.Issue(c.ctx, newKey(), c.run, "")
	c.ids = desk.InvoiceIDs(done.Invoices)
	return err
}

// issued issues the month once; the warm-up run pays for it.
func (c *officeCopy) issued() error {
	if c.ids != nil {
		return nil
	}
	return c.issue()
}

func (c *officeCopy) print(n int, write func(p *desk.Papers, ids []int64) error) error {
	if err := c.issued(); err != nil {
		return err
	}
	p, err := desk.NewPapers(c.ctx, c.o)
	if err != nil {
		return err
	}
	return write(p, c.ids[:n])
}

func (c *officeCopy) sepa() error {
	if err := c.issued(); err != nil {
		return err
	}
	if c.batch == 0 {
		ask := billing.DebitAsk{CollectOn: calendar.NextTarget(today(c.o).Add(21)), Version: "08"}
		b, err := c.o.Billing.BuildDebits(c.ctx, ask, "")
		if err != nil {
			return fault.Wrap(fault.Insufficient, err, "La mesure du fichier SEPA n’a pas pu se faire : %s", fault.Sentence(err))
		}
		c.batch = b.ID
	}
	b, err := c.o.Billing.DebitFile(c.ctx, c.batch)
	if err != nil {
		return err
	}
	p, err := desk.NewPapers(c.ctx, c.o)
	if err != nil {
		return err
	}
	return outputFile(filepath.Join(c.dir, "remise.xml"), func(w io.Writer) error {
		_, err := p.SEPA(c.ctx, w, b)
		return err
	})
}

func (c *officeCopy) books(m calendar.Month) error {
	b, err := c.o.Billing.Books(c.ctx, m)
	if err != nil {
		return err
	}
	p, err := desk.NewPapers(c.ctx, c.o)
	if err != nil {
		return err
	}
	return p.WorkbookXLSX(c.ctx, io.Discard, b)
}
