package main

import (
	"errors"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"ardoise/data/billing"
	"ardoise/data/calendar"
	"ardoise/data/money"
)

type returnLineJSON struct {
	EndToEnd string      `json:"end_to_end"`
	Amount   money.Cents `json:"amount"`
	Reason   string      `json:"reason"`
	Label    string      `json:"label"`
	Outcome  string      `json:"outcome"`
	Detail   string      `json:"detail"`
	Family   int64       `json:"family"`
	Name     string      `json:"name"`
}

type returnJSON struct {
	Matched      int              `json:"matched"`
	AlreadyKnown int              `json:"already_known"`
	Unmatched    []returnLineJSON `json:"unmatched"`
	Kind         string           `json:"kind"`
	Replayed     bool             `json:"replayed"`
	Lines        []returnLineJSON `json:"lines"`
	DryRun       bool             `json:"dry_run"`
}

func returnOut(r billing.Return, dryRun bool) returnJSON {
	out := returnJSON{Matched: r.Matched, AlreadyKnown: r.Known, Unmatched: []returnLineJSON{}, Kind: r.Kind, Replayed: r.Replayed, Lines: []returnLineJSON{}, DryRun: dryRun}
	for _, l := range r.Lines {
		j := returnLineJSON{l.EndToEnd, l.Amount, l.Reason, l.Label, l.Outcome, l.Detail, l.FamilyID, l.Family}
		out.Lines = append(out.Lines, j)
		if l.Outcome == billing.ReturnUnmatched {
			out.Unmatched = append(out.Unmatched, j)
		}
	}
	return out
}

func (c *cli) sepaReturn() *cobra.Command {
	var dryRun bool
	cmd := &cobra.Command{
		Use: "return FICHIER", Short: "lit un retour de la banque (pain.002, camt.053 ou camt.054) ; le relire ne change rien", Args: words("le fichier de la banque"),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			f, err := inputFile(args[0])
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, f.Close()) }()
			read := o.Billing.ReadReturn
			if dryRun {
				read = o.Billing.PlanReturn
			}
			r, err := read(ctx, filepath.Base(args[0]), f)
			if err != nil {
				return err
			}
			return c.say(returnOut(r, dryRun), func(w io.Writer) { sayReturn(w, r, dryRun) })
		},
	}
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "montre ce qui serait fait et n’écrit rien")
	return cmd
}

func sayReturn(w io.Writer, r billing.Return, dryRun bool) {
	t := columns("Référence", "Famille", ">Montant", "Motif", "Suite")
	for _, l := range r.Lines {
		t.row(l.EndToEnd, l.Family, l.Amount, l.Label, l.Detail)
	}
	t.print(w, "Aucun rejet dans ce fichier.")
	put(w, "%s : %s, %s, %s.\n", r.Kind, count(r.Matched, "rejet traité", "rejets traités"), count(r.Known, "déjà connu", "déjà connus"), count(r.Unmatched, "à regarder", "à regarder"))
	switch {
	case r.Replayed:
		put(w, "Ce fichier a déjà été lu : rien n’a changé.\n")
	case dryRun:
		put(w, "Rien n’a été écrit.\n")
	}
}

func (c *cli) sepaReturns() *cobra.Command {
	var month string
	cmd := &cobra.Command{
		Use: "returns", Short: "les fichiers de la banque déjà lus", Args: words(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := need("month", month); err != nil {
				return err
			}
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			m, err := calendar.ParseMonth(month)
			if err != nil {
				return err
			}
			list, err := o.Billing.Returns(ctx, m)
			if err != nil {
				return err
			}
			out := []returnJSON{}
			for _, r := range list {
				out = append(out, returnOut(r, false))
			}
			return c.say(out, func(w io.Writer) {
				for _, r := range list {
					sayReturn(w, r, false)
				}
				if len(list) == 0 {
					put(w, "Aucun retour lu.\n")
				}
			})
		},
	}
	cmd.Flags().StringVar(&month, "month", "", "`MOIS` de la lecture, AAAA-MM")
	return cmd
}
