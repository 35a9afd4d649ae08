package main

import (
	"context"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"ardoise/data"
	"ardoise/data/billing"
	"ardoise/data/calendar"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/money"
)

func (c *cli) invoiceCommand() *cobra.Command {
	return group("invoice", "factures du mois : aperçu, émission, avoirs, paiements, relances, impression",
		c.invoicePreview(), c.invoiceReprice(), c.invoiceIssue(), c.invoiceList(), c.invoiceShow(), c.invoiceCredit(), c.invoicePay(), c.invoiceVoid(),
		c.invoiceRemind(), c.invoiceUnpaid(), c.invoicePDF())
}

// runFlags are what a month's run is asked with.
type runFlags struct {
	month, due, leave, small, key string
}

func (r *runFlags) register(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&r.month, "month", "", "`MOIS` à facturer, AAAA-MM")
	f.StringVar(&r.due, "due", "", "`JOUR` d’échéance (défaut\u00a0: selon les réglages)")
	f.StringVar(&r.leave, "leave", "", "`FAMILLES` à laisser de côté, séparées par des virgules\u00a0; leurs repas restent à facturer")
	f.StringVar(&r.small, "small", "", "`FAMILLES` à facturer même sous le seuil, séparées par des virgules")
}

func (c *cli) run(o *data.Office, r runFlags) (run billing.Run, err error) {
	if err := need("month", r.month); err != nil {
		return run, err
	}
	if run.Month, err = calendar.ParseMonth(r.month); err != nil {
		return run, err
	}
	if r.due != "" {
		if run.DueOn, err = c.day(r.due, today(o)); err != nil {
			return run, err
		}
	}
	if run.Leave, err = numbers("de famille", r.leave); err != nil {
		return run, err
	}
	run.Small, err = numbers("de famille", r.small)
	return run, err
}

// numbers reads "F-0087,12".
func numbers(what, text string) (ids []int64, err error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	for part := range strings.SplitSeq(text, ",") {
		id, err := number(what, part)
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

type warningJSON struct {
	Family int64  `json:"family"`
	Name   string `json:"name"`
	Kind   string `json:"kind"`
	Reason string `json:"reason"`
}

// issuedJSON is a draft, or the document it became.
type issuedJSON struct {
	Number   string      `json:"number"` // "" : not issued yet
	Family   int64       `json:"family"`
	Name     string      `json:"name"`
	Total    money.Cents `json:"total"`
	ID       int64       `json:"id"`
	Kind     string      `json:"kind"`
	State    string      `json:"state"`
	Pay      string      `json:"pay"`
	Meals    int         `json:"meals"`
	Previous money.Cents `json:"previous"`
}

type runJSON struct {
	Count      int            `json:"count"`
	Total      money.Cents    `json:"total"`
	Warnings   []warningJSON  `json:"warnings"`
	Invoices   []issuedJSON   `json:"invoices"`
	Month      calendar.Month `json:"month"`
	Corrective bool           `json:"corrective"`
	IssuedOn   calendar.Date  `json:"issued_on"`
	DueOn      calendar.Date  `json:"due_on"`
	Meals      int            `json:"meals"`
	Debit      money.Cents    `json:"debit"`
	Aside      []issuedJSON   `json:"aside"` // put off or left out: not counted above
	Run        int64          `json:"run"`   // 0: nothing was issued
}

func previewOut(p billing.Plan) runJSON {
	out := runJSON{
		Count: p.Count, Total: p.Total, Warnings: []warningJSON{}, Invoices: []issuedJSON{}, Month: p.Run.Month, Corrective: p.Corrective,
		IssuedOn: p.IssuedOn, DueOn: p.DueOn, Meals: p.Meals, Debit: p.Debit, Aside: []issuedJSON{},
	}
	for _, w := range p.Warnings {
		out.Warnings = append(out.Warnings, warningJSON{w.FamilyID, w.Family, w.Kind, w.Reason})
	}
	for _, d := range p.Drafts {
		j := issuedJSON{Family: d.FamilyID, Name: d.Family, Total: d.Total, Kind: billing.KindInvoice, State: string(d.State), Pay: d.Pay, Meals: d.Meals, Previous: d.Previous}
		if d.State == billing.ToCredit {
			j.Kind = billing.KindCredit
		}
		if d.State == billing.Ready || d.State == billing.ToCredit {
			out.Invoices = append(out.Invoices, j)
		} else {
			out.Aside = append(out.Aside, j)
		}
	}
	return out
}

func (c *cli) invoicePreview() *cobra.Command {
	var flags runFlags
	cmd := &cobra.Command{
		Use: "preview", Short: "ce que le mois facturerait, anomalies d’abord ; rien n’est écrit", Args: words(),
		Example: "  ardoisectl invoice preview --month 2026-12",
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			run, err := c.run(o, flags)
			if err != nil {
				return err
			}
			p, err := o.Billing.Plan(ctx, run)
			if err != nil {
				return err
			}
			return c.say(previewOut(p), func(w io.Writer) { sayPlan(w, p) })
		},
	}
	flags.register(cmd)
	return cmd
}

func sayPlan(w io.Writer, p billing.Plan) {
	sayWarnings(w, p.Warnings)
	t := columns("Famille", "Nom", "Enfants", ">Repas", ">Montant", "Paiement", "État")
	for _, d := range p.Drafts {
		t.row(family.Number(d.FamilyID), d.Family, d.Children, d.Meals, d.Total, payWord(d.Pay), d.State.Label())
	}
	t.print(w, "Rien à facturer pour "+p.Run.Month.Label()+".")
	kind := "factures"
	if p.Corrective {
		kind = "régularisations"
	}
	put(w, "%s, %s, dont %s à prélever ; échéance le %s. %s pour %s.\n", count(p.Count, "document", "documents"), p.Total, p.Debit, p.DueOn.Short(),
		strings.ToUpper(kind[:1])+kind[1:]+" à émettre", p.Run.Month.Label())
}

func sayWarnings(w io.Writer, list []billing.Warning) {
	if len(list) == 0 {
		return
	}
	put(w, "%s à regarder d’abord :\n", count(len(list), "point", "points"))
	for _, x := range list {
		put(w, "  %s %s : %s\n", family.Number(x.FamilyID), x.Family, x.Reason)
	}
}

func payWord(pay string) string {
	if pay == billing.PayDebit {
		return "prélèvement"
	}
	return "à payer"
}

func (c *cli) invoiceIssue() *cobra.Command {
	var flags runFlags
	cmd := &cobra.Command{
		Use: "issue", Short: "émet les factures du mois et leur donne leur numéro, toutes ou aucune", Args: words(),
		Long: "Émet les factures d’un mois. Recommencée plus tard pour le même mois, la commande n’émet que ce qui a changé depuis : une facture ou un avoir " +
			"de régularisation par famille concernée. Une facture émise ne change jamais.",
		Example: "  ardoisectl invoice issue --month 2026-12 --due 2027-01-31 --leave F-0012",
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			return c.issue(ctx, o, flags, false)
		},
	}
	flags.register(cmd)
	cmd.Flags().StringVar(&flags.key, "key", "", "`CODE` de l’opération\u00a0: la même clé n’a qu’un effet")
	return cmd
}

// issue issues a month; again refuses one that was never invoiced.
func (c *cli) issue(ctx context.Context, o *data.Office, flags runFlags, again bool) error {
	run, err := c.run(o, flags)
	if err != nil {
		return err
	}
	p, err := o.Billing.Plan(ctx, run)
	if err != nil {
		return err
	}
	if again && !p.Corrective {
		return fault.New(fault.Invalid, "Aucune facture %s n’a été émise : il n’y a rien à corriger. Émettez d’abord le mois (invoice issue).", fault.De(run.Month.Label()))
	}
	key := flags.key
	if key == "" {
		key = newKey()
	}
	done, err := o.Billing.Issue(ctx, key, run, p.Digest)
	if err != nil {
		return err
	}
	out := previewOut(p)
	if done.Replayed {
		out = runJSON{Warnings: []warningJSON{}, Aside: []issuedJSON{}, Month: run.Month}
	}
	out.Count, out.Total, out.Run, out.Invoices = done.Count, done.Total, done.RunID, []issuedJSON{}
	for _, v := range done.Invoices {
		out.IssuedOn, out.DueOn = v.IssuedOn, v.DueOn
		out.Invoices = append(out.Invoices, issuedJSON{v.Number, v.FamilyID, v.Family, v.Total, v.ID, v.Kind, string(v.State), v.Pay, v.Meals, v.Previous})
	}
	return c.say(out, func(w io.Writer) {
		if !done.Replayed {
			sayWarnings(w, p.Warnings)
		}
		t := columns("Numéro", "Famille", "Nom", ">Montant", "Paiement")
		for _, v := range done.Invoices {
			t.row(v.Number, family.Number(v.FamilyID), v.Family, v.Total, payWord(v.Pay))
		}
		t.print(w, "Rien n’a été émis.")
		if done.Count == 0 {
			put(w, "Rien n’est émis pour %s : les petites sommes sont reportées à la prochaine facture.\n", run.Month.Label())
			return
		}
		put(w, "%s pour %s : %s.\n", count(done.Count, "document émis", "documents émis"), run.Month.Label(), done.Total)
	})
}
