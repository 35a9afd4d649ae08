package main

import (
	"context"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"ardoise/data"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/reports/desk"
)

func (c *cli) receiptsCommand() *cobra.Command {
	return group("receipts", "quittances numérotées : liste, impression", c.receiptsList(), c.receiptsPDF())
}

func (c *cli) receiptsList() *cobra.Command {
	var familyText, means, from, to string
	var limit int
	cmd := &cobra.Command{
		Use: "list", Short: "les quittances, la plus récente d’abord, et leur somme par moyen de paiement", Args: words(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			f := ledger.ReceiptFilter{Means: means, Limit: limit}
			if familyText != "" {
				if f.FamilyID, err = number("de famille", familyText); err != nil {
					return err
				}
			}
			if f.From, f.To, err = c.span(from, to, today(o)); err != nil {
				return err
			}
			list, sums, err := o.Ledger.Receipts(ctx, f)
			if err != nil {
				return err
			}
			out := []receiptJSON{}
			for _, r := range list {
				out = append(out, receiptOut(r))
			}
			return c.say(out, func(w io.Writer) {
				t := columns("Quittance", "Date", "Famille", "Payé par", "Moyen", "Référence", ">Montant")
				for _, r := range list {
					t.row(r.Number(), paris(r.At)[:10], r.Family, r.Payer, ledger.MeansLabel(r.Means), r.Reference, r.Amount)
				}
				t.print(w, "Aucune quittance.")
				for _, m := range []string{"cash", "cheque", "card", "transfer"} {
					if sums[m] != 0 {
						put(w, "%s : %s\n", ledger.MeansLabel(m), sums[m])
					}
				}
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&familyText, "family", "", "seulement cette `FAMILLE`")
	f.StringVar(&means, "means", "", "seulement ce `MOYEN`\u00a0: cash, cheque, card ou transfer")
	f.StringVar(&from, "from", "", "premier `JOUR`")
	f.StringVar(&to, "to", "", "dernier `JOUR`")
	f.IntVar(&limit, "limit", 200, "`NOMBRE` de lignes au plus")
	return cmd
}

func (c *cli) receiptsPDF() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use: "pdf NUMÉRO", Short: "imprime une quittance (duplicata) en PDF", Args: words("le numéro de la quittance"),
		Example: "  ardoisectl receipts pdf 2026-0463 --out quittance.pdf",
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := need("out", out); err != nil {
				return err
			}
			if _, err := format(out, "pdf"); err != nil {
				return err
			}
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			r, err := findReceipt(ctx, o, args[0])
			if err != nil {
				return err
			}
			if err := writeReceipt(ctx, o, r, out, true); err != nil {
				return err
			}
			answer := struct {
				receiptJSON
				File string `json:"file"`
			}{receiptOut(r), out}
			return c.say(answer, func(w io.Writer) { put(w, "Quittance n° %s (%s) écrite dans %s.\n", r.Number(), r.Amount, out) })
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "`FICHIER` PDF à écrire")
	return cmd
}

// findReceipt takes a receipt by the number on the paper or by its id.
func findReceipt(ctx context.Context, o *data.Office, text string) (ledger.Receipt, error) {
	if !strings.Contains(text, "-") {
		id, err := number("de quittance", text)
		if err != nil {
			return ledger.Receipt{}, err
		}
		return o.Ledger.Receipt(ctx, id)
	}
	list, _, err := o.Ledger.Receipts(ctx, ledger.ReceiptFilter{Limit: 1_000_000})
	if err != nil {
		return ledger.Receipt{}, err
	}
	for _, r := range list {
		if r.Number() == strings.TrimSpace(text) {
			return r, nil
		}
	}
	return ledger.Receipt{}, fault.New(fault.NotFound, "La quittance n° %s n’existe pas.", text)
}

func writeReceipt(ctx context.Context, o *data.Office, r ledger.Receipt, path string, duplicate bool) error {
	return outputFile(path, func(w io.Writer) error { return desk.ReceiptPDF(ctx, o, w, r, duplicate) })
}
