package main

import (
	"io"

	"github.com/spf13/cobra"

	"ardoise/data/billing"
	"ardoise/data/calendar"
	"ardoise/data/family"
	"ardoise/data/money"
)

type repricedJSON struct {
	Family int64         `json:"family"`
	Child  string        `json:"child"`
	Date   calendar.Date `json:"date"`
	Was    money.Cents   `json:"was"`
	Will   money.Cents   `json:"will"`
	Tariff string        `json:"tariff"`
}

type repriceJSON struct {
	Count  int            `json:"count"`
	Was    money.Cents    `json:"was"`
	Will   money.Cents    `json:"will"`
	Meals  []repricedJSON `json:"meals"`
	DryRun bool           `json:"dry_run"`
}

// invoiceReprice prices anew the meals whose quotient came after their booking.
func (c *cli) invoiceReprice() *cobra.Command {
	var month, families, key string
	var dryRun bool
	cmd := &cobra.Command{
		Use: "reprice", Short: "retarife les repas du mois pas encore facturés, selon le quotient connu aujourd’hui", Args: words(),
		Long: "Le prix d’un repas est fixé quand il est réservé. Lorsque le quotient d’une famille arrive ensuite, ses repas mensuels pas encore facturés " +
			"peuvent être retarifés ; ceux qui sont facturés gardent leur prix.",
		Example: "  ardoisectl invoice reprice --month 2026-12 --families 14 --dry-run",
		RunE: func(cmd *cobra.Command, _ []string) error {
			ids, err := numbers("de famille", families)
			if err != nil {
				return err
			}
			ctx, o, m, err := c.enterMonth(cmd.Context(), month)
			if err != nil {
				return err
			}
			var p billing.RepricePlan
			if dryRun {
				p, err = o.Billing.PlanReprice(ctx, m, ids)
			} else {
				if key == "" {
					key = newKey()
				}
				p, err = o.Billing.Reprice(ctx, key, m, ids, "")
			}
			if err != nil {
				return err
			}
			out := repriceJSON{Count: len(p.Meals), Was: p.Was, Will: p.Will, Meals: []repricedJSON{}, DryRun: dryRun}
			t := columns("Famille", "Enfant", "Jour", ">Avant", ">Après", "Tarif")
			for _, r := range p.Meals {
				out.Meals = append(out.Meals, repricedJSON{r.FamilyID, r.Child, r.Day, r.Was, r.Will, r.Tariff})
				t.row(family.Number(r.FamilyID), r.Child, r.Day.Short(), r.Was, r.Will, r.Tariff)
			}
			return c.say(out, func(w io.Writer) {
				t.print(w, "Aucun repas ne changerait de prix.")
				put(w, "%s, %s au lieu de %s.\n", count(out.Count, "repas", "repas"), p.Will, p.Was)
				if dryRun {
					put(w, "Rien n’a été écrit.\n")
				}
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&month, "month", "", "`MOIS`, AAAA-MM")
	f.StringVar(&families, "families", "", "`FAMILLES`, séparées par des virgules (défaut\u00a0: toutes)")
	f.StringVar(&key, "key", "", "`CODE` de l’opération\u00a0: la même clé n’a qu’un effet")
	f.BoolVar(&dryRun, "dry-run", false, "montre ce qui serait fait et n’écrit rien")
	return cmd
}
