package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"ardoise/data"
	"ardoise/data/billing"
	"ardoise/data/fault"
	"ardoise/reports/desk"
)

func (c *cli) invoicePDF() *cobra.Command {
	var month, number, familyText, out string
	cmd := &cobra.Command{
		Use: "pdf", Short: "imprime des factures émises : un seul PDF, ou un fichier par facture dans un dossier", Args: words(),
		Example: "  ardoisectl invoice pdf --month 2026-12 --out factures.pdf\n  ardoisectl invoice pdf --month 2026-12 --out factures/\n  ardoisectl invoice pdf --number 2026000101 --out facture.pdf",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := need("out", out); err != nil {
				return err
			}
			if month == "" && number == "" && familyText == "" {
				return usage("il faut --month MOIS, --number NUMÉROS ou --family FAMILLE")
			}
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			ids, err := invoiceIDs(ctx, o, month, number, familyText)
			if err != nil {
				return err
			}
			files, err := c.writeInvoices(ctx, o, ids, out)
			if err != nil {
				return err
			}
			answer := struct {
				Count int      `json:"count"`
				Files []string `json:"files"`
			}{len(ids), files}
			return c.say(answer, func(w io.Writer) {
				put(w, "%s dans %s.\n", count(len(ids), "document écrit", "documents écrits"), out)
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&month, "month", "", "`MOIS` facturé, AAAA-MM")
	f.StringVar(&number, "number", "", "`NUMÉROS` de factures, séparés par des virgules")
	f.StringVar(&familyText, "family", "", "`FAMILLE` qui doit")
	f.StringVar(&out, "out", "", "`FICHIER` PDF, ou dossier à remplir d’un fichier par facture")
	return cmd
}

func invoiceIDs(ctx context.Context, o *data.Office, month, numbers, familyText string) (ids []int64, err error) {
	if numbers != "" {
		for part := range strings.SplitSeq(numbers, ",") {
			v, err := invoice(ctx, o, part)
			if err != nil {
				return nil, err
			}
			ids = append(ids, v.ID)
		}
		return ids, nil
	}
	f, err := invoiceFilter(month, familyText, "")
	if err != nil {
		return nil, err
	}
	list, err := o.Billing.Invoices(ctx, f)
	if err == nil && len(list) == 0 {
		err = fault.New(fault.NotFound, "Aucune facture n’est émise pour cette demande : émettez d’abord le mois (invoice issue).")
	}
	return desk.InvoiceIDs(list), err
}

func (c *cli) writeInvoices(ctx context.Context, o *data.Office, ids []int64, path string) ([]string, error) {
	papers, err := desk.NewPapers(ctx, o)
	if err != nil {
		return nil, err
	}
	progress := c.percent("factures")
	return c.writePapers(path,
		func(w io.Writer) error { return papers.InvoicesPDF(ctx, w, ids, progress) },
		func(keep func(name string, pdf []byte) error) error {
			return papers.EachInvoicePDF(ctx, ids, func(_ billing.Invoice, name string, pdf []byte) error { return keep(name, pdf) }, progress)
		})
}

// writePapers writes many papers: into one file when path ends in .pdf, else
// each into a file of the folder path, which is made where it lacks. It gives
// the files written.
func (c *cli) writePapers(path string, one func(io.Writer) error, each func(keep func(name string, pdf []byte) error) error) (files []string, err error) {
	if strings.EqualFold(filepath.Ext(path), ".pdf") {
		return []string{path}, outputFile(path, one)
	}
	if err := folder(path); err != nil {
		return nil, err
	}
	err = each(func(name string, pdf []byte) error {
		file := filepath.Join(path, name)
		files = append(files, file)
		return outputFile(file, func(w io.Writer) error {
			_, err := w.Write(pdf)
			return err
		})
	})
	return files, err
}

// folder makes a folder of the user's where it lacks.
func folder(path string) error {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return fault.Wrap(fault.Unavailable, err, "Le dossier « %s » ne peut pas être créé : vérifiez que ce n’est pas un fichier et que vous pouvez y écrire.", path)
	}
	return nil
}

// percent tells how far many papers are, on the error stream, ten times at most;
// machines are spared it.
func (c *cli) percent(what string) func(done, total int) {
	if c.json {
		return nil
	}
	last := 0
	return func(done, total int) {
		if tenth := done * 10 / max(1, total); total >= 20 && tenth > last {
			last = tenth
			put(c.err, "%d/%d %s\n", done, total, what)
		}
	}
}

// writePaper writes one paper of the billing desk into a PDF.
func (c *cli) writePaper(ctx context.Context, o *data.Office, path string, write func(p *desk.Papers, w io.Writer) error) error {
	if _, err := format(path, "pdf"); err != nil {
		return err
	}
	papers, err := desk.NewPapers(ctx, o)
	if err != nil {
		return err
	}
	return outputFile(path, func(w io.Writer) error { return write(papers, w) })
}
