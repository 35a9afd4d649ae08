package main

import (
	"context"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"ardoise/data"
	"ardoise/data/billing"
	"ardoise/data/fault"
	"ardoise/data/money"
	"ardoise/reports/desk"
)

func (c *cli) exportAccounts() *cobra.Command {
	var month, out string
	cmd := &cobra.Command{
		Use: "accounts", Short: "les comptes d’un mois pour le comptable : classeur .xlsx, ou un dossier de CSV", Args: words(),
		Example: "  ardoisectl export accounts --month 2026-12 --out comptes.xlsx\n  ardoisectl export accounts --month 2026-12 --out comptes/",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := need("out", out); err != nil {
				return err
			}
			if ext := strings.ToLower(filepath.Ext(out)); ext != "" && ext != ".xlsx" {
				return usage("--out veut un nom de fichier en .xlsx, ou un dossier")
			}
			ctx, o, m, err := c.enterMonth(cmd.Context(), month)
			if err != nil {
				return err
			}
			b, err := o.Billing.Books(ctx, m)
			if err != nil {
				return err
			}
			files, err := writeBooks(ctx, o, b, out)
			if err != nil {
				return err
			}
			var sales, paid, unpaid money.Cents
			for _, s := range b.Sales {
				sales += s.Total
			}
			for _, p := range b.Payments {
				paid += p.Total
			}
			for _, v := range b.Unpaid {
				unpaid += v.Open
			}
			answer := struct {
				Entries int         `json:"entries"`
				Sales   money.Cents `json:"sales"`
				Paid    money.Cents `json:"paid"`
				Unpaid  money.Cents `json:"unpaid"`
				Locked  bool        `json:"locked"`
				Files   []string    `json:"files"`
			}{len(b.Journal), sales, paid, unpaid, b.Lock != nil, files}
			return c.say(answer, func(w io.Writer) {
				put(w, "%s : %s, ventes %s, encaissements %s, impayés %s. Écrit dans %s.\n", m.Label(), count(len(b.Journal), "écriture", "écritures"), sales, paid, unpaid, out)
				if b.Lock == nil {
					put(w, "Ce mois n’est pas verrouillé : il peut encore changer.\n")
				}
			})
		},
	}
	cmd.Flags().StringVar(&month, "month", "", "`MOIS`, AAAA-MM")
	cmd.Flags().StringVar(&out, "out", "", "`FICHIER` .xlsx, ou dossier à remplir d’un CSV par feuille")
	return cmd
}

func writeBooks(ctx context.Context, o *data.Office, b billing.MonthBooks, out string) (files []string, err error) {
	papers, err := desk.NewPapers(ctx, o)
	if err != nil {
		return nil, err
	}
	if strings.EqualFold(filepath.Ext(out), ".xlsx") {
		return []string{out}, outputFile(out, func(w io.Writer) error { return papers.WorkbookXLSX(ctx, w, b) })
	}
	if err := folder(out); err != nil {
		return nil, err
	}
	return files, papers.BooksCSV(ctx, b, func(name string, write func(io.Writer) error) error {
		files = append(files, filepath.Join(out, name))
		return outputFile(files[len(files)-1], write)
	})
}

func (c *cli) exportTreasury() *cobra.Command {
	var month, out string
	role := 0
	cmd := &cobra.Command{
		Use: "treasury", Short: "le fichier PES V2 (PESORMC) des factures d’un mois qui restent à recouvrer", Args: words(),
		Long: "Écrit le fichier que le comptable public charge dans Hélios : une pièce par facture du mois qui reste à payer et qui n’est pas en cours de " +
			"prélèvement. Les codes du poste, de la collectivité et du budget sont des réglages (« settings show », pes.*), à convenir avec lui.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := need("out", out); err != nil {
				return err
			}
			if _, err := format(out, "xml"); err != nil {
				return err
			}
			ctx, o, m, err := c.enterMonth(cmd.Context(), month)
			if err != nil {
				return err
			}
			papers, err := desk.NewPapers(ctx, o)
			if err != nil {
				return err
			}
			r, err := papers.RoleOf(ctx, m, role)
			if err != nil {
				return err
			}
			if err := outputFile(out, func(w io.Writer) error { return papers.TreasuryXML(ctx, w, r) }); err != nil {
				return err
			}
			answer := struct {
				Count int         `json:"count"`
				Total money.Cents `json:"total"`
				Role  int         `json:"role"`
				Name  string      `json:"name"` // the one the accountant expects
				File  string      `json:"file"`
			}{len(r.Invoices), r.Total(), r.Number, papers.TreasuryFile(r), out}
			return c.say(answer, func(w io.Writer) {
				put(w, "Rôle n° %d : %s, %s. Écrit dans %s ; à transmettre sous le nom %s.\n", r.Number, count(answer.Count, "pièce", "pièces"), answer.Total, out, answer.Name)
			})
		},
	}
	cmd.Flags().StringVar(&month, "month", "", "`MOIS`, AAAA-MM")
	cmd.Flags().StringVar(&out, "out", "", "`FICHIER` XML à écrire")
	cmd.Flags().IntVar(&role, "role", 0, "`NUMÉRO` du rôle dans l’année (défaut\u00a0: année et mois, 2612)")
	return cmd
}

func (c *cli) exportTax() *cobra.Command {
	var familyText, out string
	year := 0
	cmd := &cobra.Command{
		Use: "tax", Short: "l’attestation fiscale de l’année de chaque famille : un PDF, ou un fichier par famille dans un dossier", Args: words(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := need("out", out); err != nil {
				return err
			}
			if year == 0 {
				return usage("l’option --year est obligatoire")
			}
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			var family int64
			if familyText != "" {
				if family, err = number("de famille", familyText); err != nil {
					return err
				}
			}
			all, err := o.Billing.TaxYears(ctx, year, family)
			if err != nil {
				return err
			}
			if len(all) == 0 {
				return fault.New(fault.NotFound, "Rien n’a été payé en %d : il n’y a pas d’attestation à écrire.", year)
			}
			files, err := c.writeTax(ctx, o, all, out)
			if err != nil {
				return err
			}
			var total, care money.Cents
			for _, t := range all {
				total += t.Total
				for _, k := range t.Children {
					if k.Young {
						care += k.Care
					}
				}
			}
			answer := struct {
				Count int         `json:"count"`
				Total money.Cents `json:"total"`
				Care  money.Cents `json:"care_under_six"`
				Files []string    `json:"files"`
			}{len(all), total, care, files}
			return c.say(answer, func(w io.Writer) {
				put(w, "%s pour %d : %s payés. Écrit dans %s.\n", count(len(all), "attestation", "attestations"), year, total, out)
			})
		},
	}
	cmd.Flags().IntVar(&year, "year", 0, "`ANNÉE` civile")
	cmd.Flags().StringVar(&familyText, "family", "", "une seule `FAMILLE`")
	cmd.Flags().StringVar(&out, "out", "", "`FICHIER` PDF, ou dossier à remplir d’un fichier par famille")
	return cmd
}

func (c *cli) writeTax(ctx context.Context, o *data.Office, all []billing.TaxYear, out string) ([]string, error) {
	papers, err := desk.NewPapers(ctx, o)
	if err != nil {
		return nil, err
	}
	progress := c.percent("attestations")
	return c.writePapers(out,
		func(w io.Writer) error { return papers.TaxPDF(ctx, w, all) },
		func(keep func(name string, pdf []byte) error) error {
			return papers.EachTaxPDF(ctx, all, func(name string, pdf []byte) error { return keep(name, pdf) }, progress)
		})
}
