package main

import (
	"io"
	"slices"

	"github.com/spf13/cobra"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/money"
)

type journalJSON struct {
	Operation int64         `json:"operation"`
	Date      calendar.Date `json:"date"`
	At        string        `json:"at"`
	Kind      string        `json:"kind"`
	Label     string        `json:"label"`
	Debit     string        `json:"debit"`
	Credit    string        `json:"credit"`
	Name      string        `json:"name"`
	Receipt   string        `json:"receipt"`
	Amount    money.Cents   `json:"amount"`
	Agent     string        `json:"agent"`
}

func (c *cli) cashJournal() *cobra.Command {
	var from, to string
	cmd := &cobra.Command{
		Use: "journal", Short: "toutes les écritures entre deux jours", Args: words(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := need("from", from); err != nil {
				return err
			}
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			first, last, err := c.span(from, to, today(o))
			if err != nil {
				return err
			}
			list, err := o.Billing.Journal(ctx, first, max(first, last))
			if err != nil {
				return err
			}
			out := make([]journalJSON, 0, len(list))
			for _, l := range list {
				out = append(out, journalJSON{l.Operation, l.Day, paris(l.At), l.Kind, l.Label, l.Debit, l.Credit, l.Family, l.Receipt, l.Amount, l.Agent})
			}
			return c.say(out, func(w io.Writer) {
				t := columns("Jour", ">N°", "Libellé", "Débit", "Crédit", "Famille", "Quittance", ">Montant")
				for _, l := range list {
					t.row(l.Day.Short(), l.Operation, l.Label, l.Debit, l.Credit, l.Family, l.Receipt, l.Amount)
				}
				t.print(w, "Aucune écriture.")
			})
		},
	}
	cmd.Flags().StringVar(&from, "from", "", "premier `JOUR`")
	cmd.Flags().StringVar(&to, "to", "", "dernier `JOUR` (défaut\u00a0: le premier)")
	return cmd
}

type lockJSON struct {
	Month    calendar.Month `json:"month"`
	Locked   bool           `json:"locked"`
	LockedAt string         `json:"locked_at"`
	Agent    string         `json:"agent"`
	Blocks   []string       `json:"blocks"`
	Warnings []string       `json:"warnings"`
}

func (c *cli) cashLock() *cobra.Command {
	var month string
	var dryRun bool
	cmd := &cobra.Command{
		Use: "lock", Short: "verrouille un mois : plus aucune écriture n’y entre", Args: words(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, o, m, err := c.enterMonth(cmd.Context(), month)
			if err != nil {
				return err
			}
			p, err := o.Billing.PlanLock(ctx, m)
			if err != nil {
				return err
			}
			out := lockJSON{Month: m, Blocks: append([]string{}, p.Blocks...), Warnings: append([]string{}, p.Warnings...)}
			if !dryRun {
				l, err := o.Billing.LockMonth(ctx, m)
				if err != nil {
					return err
				}
				out.Locked, out.LockedAt, out.Agent = true, paris(l.LockedAt), l.Agent
			} else if p.Lock != nil {
				out.Locked, out.LockedAt, out.Agent = true, paris(p.Lock.LockedAt), p.Lock.Agent
			}
			return c.say(out, func(w io.Writer) { sayLock(w, out) })
		},
	}
	cmd.Flags().StringVar(&month, "month", "", "`MOIS`, AAAA-MM")
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "dit ce qui s’y oppose et n’écrit rien")
	return cmd
}

func sayLock(w io.Writer, out lockJSON) {
	for _, s := range slices.Concat(out.Blocks, out.Warnings) {
		put(w, "  %s\n", s)
	}
	switch {
	case out.Locked:
		put(w, "Le mois %s est verrouillé.\n", fault.De(out.Month.Label()))
	case len(out.Blocks) > 0:
		put(w, "Le mois %s ne peut pas encore être verrouillé.\n", fault.De(out.Month.Label()))
	default:
		put(w, "Le mois %s peut être verrouillé.\n", fault.De(out.Month.Label()))
	}
}

func (c *cli) cashLocks() *cobra.Command {
	return &cobra.Command{
		Use: "locks", Short: "les mois verrouillés", Args: words(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			list, err := o.Billing.Locks(ctx)
			if err != nil {
				return err
			}
			out := []lockJSON{}
			for _, l := range list {
				out = append(out, lockJSON{l.Month, true, paris(l.LockedAt), l.Agent, []string{}, []string{}})
			}
			return c.say(out, func(w io.Writer) {
				t := columns("Mois", "Verrouillé le", "Par")
				for _, l := range out {
					t.row(l.Month.Label(), l.LockedAt[:10], l.Agent)
				}
				t.print(w, "Aucun mois n’est verrouillé.")
			})
		},
	}
}

func (c *cli) cashVoid() *cobra.Command {
	var reason, key string
	cmd := &cobra.Command{
		Use: "void QUITTANCE", Short: "annule une quittance dont l’argent n’est pas entré (chèque rendu, erreur), par une écriture inverse",
		Args: words("le numéro de la quittance"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := need("reason", reason); err != nil {
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
			if key == "" {
				key = newKey()
			}
			if err := o.Billing.VoidReceipt(ctx, key, r.ID, reason); err != nil {
				return err
			}
			out := struct {
				Receipt string      `json:"receipt"`
				Amount  money.Cents `json:"amount"`
				Voided  bool        `json:"voided"`
			}{r.Number(), r.Amount, true}
			return c.say(out, func(w io.Writer) {
				put(w, "La quittance n° %s (%s, %s) est annulée.\n", r.Number(), r.Amount, ledger.MeansLabel(r.Means))
			})
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "", "`MOTIF`, conservé")
	cmd.Flags().StringVar(&key, "key", "", "`CODE` de l’opération\u00a0: la même clé n’a qu’un effet")
	return cmd
}
