package main

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"ardoise/data"
	"ardoise/data/billing"
	"ardoise/reports/desk"
)

type remindFlags struct {
	families, out, key, again string
	dryRun                    bool
}

func (c *cli) invoiceRemind() *cobra.Command {
	var x remindFlags
	cmd := &cobra.Command{
		Use: "remind", Short: "relance les familles en retard : lettres en PDF, courriels en boîte d’envoi", Args: words(),
		Long: "Relance les familles dont une facture est échue, à l’étape que disent les réglages (trois au plus). Les courriels vont en boîte d’envoi ; " +
			"--out écrit les lettres, dans un seul PDF ou, si c’est un dossier, une par fichier. --again redonne les lettres d’un jour passé.",
		Example: "  ardoisectl invoice remind --dry-run\n  ardoisectl invoice remind --out relances.pdf\n  ardoisectl invoice remind --again 2027-02-10 --out relances/",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if x.out != "" && x.dryRun {
				return usage("--out ne va pas avec --dry-run : une lettre n’existe que si la relance est faite")
			}
			if x.again != "" && x.out == "" {
				return usage("--again veut --out")
			}
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			return c.remind(ctx, o, x)
		},
	}
	f := cmd.Flags()
	f.StringVar(&x.families, "family", "", "`FAMILLES` à relancer, séparées par des virgules (défaut\u00a0: toutes celles qui le doivent)")
	f.StringVar(&x.out, "out", "", "`FICHIER` PDF, ou dossier, des lettres")
	f.StringVar(&x.again, "again", "", "`JOUR` de relances déjà faites, à imprimer de nouveau")
	f.StringVar(&x.key, "key", "", "`CODE` de l’opération\u00a0: la même clé n’a qu’un effet")
	f.BoolVar(&x.dryRun, "dry-run", false, "montre qui serait relancé et n’écrit rien")
	return cmd
}

func (c *cli) remind(ctx context.Context, o *data.Office, x remindFlags) error {
	families, err := numbers("de famille", x.families)
	if err != nil {
		return err
	}
	p, err := c.reminders(ctx, o, x, families)
	if err != nil {
		return err
	}
	out := remindedOut(p)
	if x.out != "" && len(p.Families) > 0 {
		if out.Files, err = c.writeReminders(ctx, o, p, x.out); err != nil {
			return err
		}
	}
	return c.say(out, func(w io.Writer) { sayReminded(w, out) })
}

func (c *cli) reminders(ctx context.Context, o *data.Office, x remindFlags, families []int64) (p billing.ReminderPlan, err error) {
	switch {
	case x.again != "":
		on, err := c.day(x.again, today(o))
		if err != nil {
			return p, err
		}
		var one int64
		if len(families) == 1 {
			one = families[0]
		}
		return o.Billing.Reminders(ctx, on, one)
	case x.dryRun:
		return o.Billing.PlanReminders(ctx, families)
	}
	if x.key == "" {
		x.key = newKey()
	}
	return o.Billing.Remind(ctx, x.key, families, "")
}

func (c *cli) writeReminders(ctx context.Context, o *data.Office, p billing.ReminderPlan, path string) ([]string, error) {
	papers, err := desk.NewPapers(ctx, o)
	if err != nil {
		return nil, err
	}
	progress := c.percent("lettres")
	return c.writePapers(path,
		func(w io.Writer) error { return papers.RemindersPDF(ctx, w, p, progress) },
		func(keep func(name string, pdf []byte) error) error {
			return papers.EachReminderPDF(ctx, p, func(_ billing.ReminderFamily, name string, pdf []byte) error { return keep(name, pdf) }, progress)
		})
}
