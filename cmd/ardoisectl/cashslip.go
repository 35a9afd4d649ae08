package main

import (
	"context"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"ardoise/data"
	"ardoise/data/billing"
	"ardoise/data/calendar"
	"ardoise/data/money"
	"ardoise/reports/desk"
)

type slipJSON struct {
	ID       int64          `json:"id"` // 0: only planned
	Kind     string         `json:"kind"`
	Number   string         `json:"number"`
	Month    calendar.Month `json:"month"`
	MadeOn   calendar.Date  `json:"made_on"`
	Agent    string         `json:"agent"`
	Count    int            `json:"count"`
	Total    money.Cents    `json:"total"`
	Moved    money.Cents    `json:"moved"`
	Means    []meansJSON    `json:"means"`
	Receipts []string       `json:"receipts"`
}

func slipOut(s billing.Slip) slipJSON {
	out := slipJSON{s.ID, s.Kind, s.Number, s.Month, s.MadeOn, s.Agent, s.Count, s.Total, s.Moved, meansOut(s.Means), []string{}}
	for _, r := range s.Receipts {
		out.Receipts = append(out.Receipts, r.Number)
	}
	return out
}

var slipKinds = map[string]string{billing.SlipCheques: "remise de chèques", billing.SlipPayment: "bordereau de versement"}

func saySlip(w io.Writer, s billing.Slip) {
	t := columns("Moyen", ">Nombre", ">Total")
	for _, m := range s.Means {
		t.row(billing.MeansWord(m.Means), m.Count, m.Total)
	}
	t.print(w, "Rien à verser.")
	word := slipKinds[s.Kind]
	word = strings.ToUpper(word[:1]) + word[1:]
	if s.Number == "" {
		put(w, "%s à faire : %s, %s.\n", word, count(s.Count, "ligne", "lignes"), s.Total)
		return
	}
	put(w, "%s n° %s du %s : %s, %s.\n", word, s.Number, s.MadeOn.Short(), count(s.Count, "ligne", "lignes"), s.Total)
}

func (c *cli) cashSlip() *cobra.Command {
	var kind, month, out, key string
	var dryRun bool
	cmd := &cobra.Command{
		Use: "slip", Short: "fait une remise de chèques, ou le bordereau de versement d’un mois", Args: words(),
		Example: "  ardoisectl cash slip --kind cheques --out remise.pdf\n  ardoisectl cash slip --kind payment --month 2026-12 --out bordereau.pdf",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if slipKinds[kind] == "" {
				return usage("--kind veut cheques ou payment")
			}
			if kind == billing.SlipPayment {
				if err := need("month", month); err != nil {
					return err
				}
			}
			if out != "" {
				if _, err := format(out, "pdf"); err != nil {
					return err
				}
			}
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			var m calendar.Month
			if month != "" {
				if m, err = calendar.ParseMonth(month); err != nil {
					return err
				}
			}
			if dryRun {
				s, err := o.Billing.PlanSlip(ctx, kind, m)
				if err != nil {
					return err
				}
				return c.say(slipOut(s), func(w io.Writer) { saySlip(w, s) })
			}
			if key == "" {
				key = newKey()
			}
			s, err := o.Billing.MakeSlip(ctx, key, kind, m)
			if err != nil {
				return err
			}
			return c.slipDone(ctx, o, s, out)
		},
	}
	f := cmd.Flags()
	f.StringVar(&kind, "kind", "", "`SORTE`\u00a0: cheques (remise à la banque) ou payment (versement du mois)")
	f.StringVar(&month, "month", "", "`MOIS` du versement, AAAA-MM")
	f.StringVar(&out, "out", "", "`FICHIER` PDF à écrire")
	f.StringVar(&key, "key", "", "`CODE` de l’opération\u00a0: la même clé n’a qu’un effet")
	f.BoolVar(&dryRun, "dry-run", false, "montre ce qui serait versé et n’écrit rien")
	return cmd
}

func (c *cli) slipDone(ctx context.Context, o *data.Office, s billing.Slip, out string) error {
	if out != "" {
		if err := c.writePaper(ctx, o, out, func(p *desk.Papers, w io.Writer) error { return p.CashSlipPDF(ctx, w, s) }); err != nil {
			return err
		}
	}
	return c.say(slipOut(s), func(w io.Writer) { saySlip(w, s) })
}

func (c *cli) cashSlips() *cobra.Command {
	var month string
	cmd := &cobra.Command{
		Use: "slips", Short: "les remises et bordereaux faits, le plus récent d’abord", Args: words(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			var m calendar.Month
			if month != "" {
				if m, err = calendar.ParseMonth(month); err != nil {
					return err
				}
			}
			list, err := o.Billing.Slips(ctx, m)
			if err != nil {
				return err
			}
			out := []slipJSON{}
			for _, s := range list {
				out = append(out, slipOut(s))
			}
			return c.say(out, func(w io.Writer) {
				t := columns(">N°", "Numéro", "Sorte", "Fait le", "Mois", ">Lignes", ">Total", "Agent")
				for _, s := range list {
					t.row(s.ID, s.Number, slipKinds[s.Kind], s.MadeOn.Short(), s.Month.Label(), s.Count, s.Total, s.Agent)
				}
				t.print(w, "Aucun bordereau.")
			})
		},
	}
	cmd.Flags().StringVar(&month, "month", "", "`MOIS`, AAAA-MM (défaut\u00a0: tous)")
	return cmd
}

func (c *cli) cashPrint() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use: "print BORDEREAU", Short: "imprime de nouveau une remise ou un bordereau", Args: words("le numéro interne du bordereau (« cash slips » le donne)"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := need("out", out); err != nil {
				return err
			}
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			id, err := number("de bordereau", args[0])
			if err != nil {
				return err
			}
			s, err := o.Billing.Slip(ctx, id)
			if err != nil {
				return err
			}
			return c.slipDone(ctx, o, s, out)
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "`FICHIER` PDF à écrire")
	return cmd
}
