package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"ardoise/data"
	"ardoise/data/billing"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/reports/desk"
)

// invoicePDFs is how many invoices the peer was measured printing.
const invoicePDFs = 1000

// previewWork measures the preview of the month of today, where it has invoices.
func previewWork(ctx context.Context, o *data.Office) ([]work, error) {
	run := billing.Run{Month: calendar.MonthOf(today(o))}
	p, err := o.Billing.Plan(ctx, run)
	if err != nil || p.Count == 0 {
		return nil, err
	}
	return []work{{
		name: "Factures du mois, aperçu", peer: 29500 * time.Millisecond, most: time.Second, detail: fmt.Sprintf("%s, %d repas de %s", run.Month.Label(), p.Meals, count(p.Count, "facture", "factures")),
		run: func() error {
			_, err := o.Billing.Plan(ctx, run)
			return err
		},
	}}, nil
}

// works measure the month's end on the copy. An issued month cannot be issued
// again: each run takes the next one, and the copy is made anew when there is none
// left (the works that look at the open office come before).
func (c *officeCopy) works() ([]work, error) {
	jobs, err := previewWork(c.ctx, c.o)
	if err != nil || len(jobs) == 0 {
		return nil, err
	}
	n, err := c.plan()
	if err != nil {
		return nil, err
	}
	part := func(d time.Duration) time.Duration { return d * time.Duration(n) / invoicePDFs } // of the peer's thousand
	before := calendar.MonthOf(today(c.o)).Add(-1)
	return append(jobs,
		work{
			name: "Factures du mois, émises", peer: 38700 * time.Millisecond, most: 2 * time.Second, long: true, detail: count(n, "facture", "factures"),
			run: c.issue, undo: c.next,
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
		work{name: "Fichier SEPA, toutes les familles", peer: 930 * time.Millisecond, most: 200 * time.Millisecond, detail: "pain.008.001.08 contrôlé", run: c.sepa},
		work{name: "Comptes du mois, classeur", most: 5 * time.Second, long: true, detail: before.Label(), run: func() error { return c.books(before) }},
	), nil
}

// officeCopy is a throw-away copy of the open database.
type officeCopy struct {
	ctx   context.Context
	o     *data.Office
	clock func() time.Time
	dir   string           // removed at the end
	whole string           // the copy as it was made
	todo  []calendar.Month // with something to issue
	ids   []int64          // invoices issued on it, nil: not yet
	batch int64            // direct debits built on it
}

// newCopy makes the copy; reset opens it.
func newCopy(ctx context.Context, o *data.Office) (c *officeCopy, err error) {
	c = &officeCopy{ctx: ctx, clock: o.Store.Clock()} // the same agents live there, under the same key
	if c.dir, err = os.MkdirTemp("", "ardoise-bench-"); err != nil {
		return nil, err
	}
	if c.whole, err = o.Store.Backup(ctx, c.dir); err != nil {
		return nil, errors.Join(err, c.remove())
	}
	return c, nil
}

// reset makes the copy what it was.
func (c *officeCopy) reset() error {
	work := filepath.Join(c.dir, "copie.db")
	if c.o != nil {
		err := c.o.Close()
		c.o, c.ids, c.batch = nil, nil, 0
		if err = errors.Join(err, removeDatabase(work)); err != nil {
			return err
		}
	}
	debug.FreeOSMemory() // what the office before held
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
	c.todo = nil
	c.o, err = data.Open(c.ctx, work, data.Options{Clock: c.clock, MustExist: true, Unsound: true}) // sound: the backup was verified
	return err
}

func (c *officeCopy) remove() error {
	var err error
	if c.o != nil {
		err = c.o.Close()
	}
	return errors.Join(err, os.RemoveAll(c.dir))
}

// plan looks for months to issue, from this one on, and gives the number of
// invoices of the first, the peer's thousand at the most.
func (c *officeCopy) plan() (n int, err error) {
	month := calendar.MonthOf(today(c.o))
	for range 5 { // as many as are measured, and one to warm up
		p, err := c.o.Billing.Plan(c.ctx, billing.Run{Month: month})
		if err != nil {
			return 0, err
		}
		if p.Count > 0 {
			c.todo = append(c.todo, month)
		}
		if n == 0 {
			n = min(p.Count, invoicePDFs)
		}
		month = month.Add(1)
	}
	return n, nil
}

// next makes sure that there is a month to issue.
func (c *officeCopy) next() error {
	if len(c.todo) > 0 {
		return nil
	}
	if err := c.reset(); err != nil {
		return err
	}
	_, err := c.plan()
	return err
}

func (c *officeCopy) issue() error {
	month := c.todo[0]
	c.todo = c.todo[1:]
	done, err := c.o.Billing.Issue(c.ctx, newKey(), billing.Run{Month: month}, "")
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
	return write(p, c.ids[:min(n, len(c.ids))])
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
