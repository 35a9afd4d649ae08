package main

import (
	"context"
	"errors"
	"io"

	"github.com/spf13/cobra"

	"ardoise/data"
	"ardoise/data/billing"
	"ardoise/data/calendar"
	"ardoise/data/family"
	"ardoise/data/money"
	"ardoise/reports/desk"
)

func (c *cli) sepaCommand() *cobra.Command {
	return group("sepa", "prélèvements : fichier pour la banque, envoi, retours",
		c.sepaBuild(), c.sepaFile(), c.sepaList(), c.sepaShow(), c.sepaSent(), c.sepaDrop(),
		c.sepaPaper("slip", "imprime le bordereau d’une remise : familles, mandats, montants", func(ctx context.Context, p *desk.Papers, w io.Writer, b billing.DebitBatch) error {
			return p.BatchSlipPDF(ctx, w, b, nil)
		}),
		c.sepaPaper("notices", "imprime l’avis de prélèvement de chaque famille d’une remise", func(ctx context.Context, p *desk.Papers, w io.Writer, b billing.DebitBatch) error {
			return p.NoticesPDF(ctx, w, b, false, c.percent("avis"))
		}),
		c.sepaPaper("letters", "imprime la lettre de chaque prélèvement d’une remise revenu impayé", func(ctx context.Context, p *desk.Papers, w io.Writer, b billing.DebitBatch) error {
			return p.RefusalsPDF(ctx, w, b, c.percent("lettres"))
		}),
		c.sepaReturn(), c.sepaReturns())
}

type buildFlags struct {
	collect, version, out, families, leave, due string
	dryRun                                      bool
}

func (c *cli) sepaBuild() *cobra.Command {
	x := buildFlags{version: "08"}
	cmd := &cobra.Command{
		Use: "build", Short: "prépare une remise et écrit le fichier de la banque (pain.008)", Args: words(),
		Long: "Prépare une remise de prélèvements pour un jour ouvré des banques, prévient les familles et écrit le fichier. Les familles laissées de côté " +
			"sont nommées, avec la raison. Rien ne bouge en compte avant « sepa sent ».",
		Example: "  ardoisectl sepa build --collect 2027-01-15 --version 08 --out remise.xml\n  ardoisectl sepa build --collect 2027-01-15 --dry-run",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := need("collect", x.collect); err != nil {
				return err
			}
			if !x.dryRun {
				if err := need("out", x.out); err != nil {
					return err
				}
				if _, err := format(x.out, "xml"); err != nil {
					return err
				}
			}
			if x.version != "02" && x.version != "08" {
				return usage("--version veut 02 ou 08")
			}
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			return c.buildDebits(ctx, o, x)
		},
	}
	f := cmd.Flags()
	f.StringVar(&x.collect, "collect", "", "`JOUR` du prélèvement")
	f.StringVar(&x.version, "version", x.version, "`VERSION` de pain.008\u00a0: 02 ou 08")
	f.StringVar(&x.out, "out", "", "`FICHIER` XML à écrire")
	f.StringVar(&x.families, "family", "", "`FAMILLES` à prélever, séparées par des virgules (défaut\u00a0: toutes)")
	f.StringVar(&x.leave, "leave", "", "`FAMILLES` à laisser de côté, séparées par des virgules")
	f.StringVar(&x.due, "due-by", "", "ne prélève que les factures échues ce `JOUR` au plus tard")
	f.BoolVar(&x.dryRun, "dry-run", false, "montre ce qui serait prélevé et n’écrit rien")
	return cmd
}

func (c *cli) debitAsk(o *data.Office, x buildFlags) (a billing.DebitAsk, err error) {
	a.Version = x.version
	if a.CollectOn, err = c.day(x.collect, today(o)); err != nil {
		return a, err
	}
	if x.due != "" {
		if a.DueBy, err = c.day(x.due, today(o)); err != nil {
			return a, err
		}
	}
	if a.Families, err = numbers("de famille", x.families); err != nil {
		return a, err
	}
	a.Leave, err = numbers("de famille", x.leave)
	return a, err
}

type buildJSON struct {
	ID       int64         `json:"id"` // 0: only planned
	Count    int           `json:"count"`
	Total    money.Cents   `json:"total"`
	File     string        `json:"file"`
	Skipped  []skippedJSON `json:"skipped"`
	Message  string        `json:"message_id"`
	Collect  calendar.Date `json:"collect_on"`
	NotifyBy calendar.Date `json:"notify_by"`
	SendBy   calendar.Date `json:"send_by"`
	Debits   []debitJSON   `json:"debits"`
	Problem  string        `json:"problem"`
}

type debitJSON struct {
	Family   int64       `json:"family"`
	Name     string      `json:"name"`
	RUM      string      `json:"rum"`
	Sequence string      `json:"sequence"`
	Amount   money.Cents `json:"amount"`
	EndToEnd string      `json:"end_to_end"`
	State    string      `json:"state"`
	Reason   string      `json:"reason"`
	Invoices []shareJSON `json:"invoices"`
}

func debitsOut(list []billing.Debit) []debitJSON {
	out := []debitJSON{}
	for _, d := range list {
		out = append(out, debitJSON{d.FamilyID, d.Family, d.UMR, d.Sequence, d.Amount, d.EndToEnd, d.State, d.Reason, sharesOut(d.Invoices)})
	}
	return out
}

func (c *cli) buildDebits(ctx context.Context, o *data.Office, x buildFlags) error {
	ask, err := c.debitAsk(o, x)
	if err != nil {
		return err
	}
	p, err := o.Billing.PlanDebits(ctx, ask)
	if err != nil {
		return err
	}
	out := buildJSON{
		Count: p.Count, Total: p.Total, Skipped: skippedOut(p.Skipped), Collect: p.Ask.CollectOn, NotifyBy: p.NotifyBy, SendBy: p.SendBy, Debits: debitsOut(p.Debits), Problem: p.Problem,
	}
	if !x.dryRun {
		b, err := c.buildFile(ctx, o, ask, p.Digest, x.out)
		if err != nil {
			return err
		}
		out.ID, out.File, out.Message, out.Debits = b.ID, x.out, b.MessageID, debitsOut(b.Debits)
	}
	return c.say(out, func(w io.Writer) { sayBuilt(w, out) })
}

// buildFile builds a batch and writes its file; a file that cannot be written
// leaves no batch behind.
func (c *cli) buildFile(ctx context.Context, o *data.Office, ask billing.DebitAsk, digest, path string) (b billing.DebitBatch, err error) {
	if err := outputFile(path, func(io.Writer) error { return errProbe }); !errors.Is(err, errProbe) {
		return b, err
	}
	if b, err = o.Billing.BuildDebits(ctx, ask, digest); err != nil {
		return b, err
	}
	if err := c.writeSEPA(ctx, o, b.ID, path); err != nil {
		return b, errors.Join(err, o.Billing.DropDebits(ctx, b.ID, "le fichier n’a pas pu être écrit"))
	}
	return b, nil
}

// errProbe ends the try of whether a file can be written where it is wanted.
var errProbe = errors.New("ardoisectl: only a try")

func (c *cli) writeSEPA(ctx context.Context, o *data.Office, id int64, path string) error {
	b, err := o.Billing.DebitFile(ctx, id)
	if err != nil {
		return err
	}
	papers, err := desk.NewPapers(ctx, o)
	if err != nil {
		return err
	}
	return outputFile(path, func(w io.Writer) error {
		_, err := papers.SEPA(ctx, w, b)
		return err
	})
}

func sayBuilt(w io.Writer, out buildJSON) {
	t := columns("Famille", "Nom", "RUM", "Suite", ">Montant")
	for _, d := range out.Debits {
		t.row(family.Number(d.Family), d.Name, d.RUM, d.Sequence, d.Amount)
	}
	t.print(w, "Rien à prélever.")
	for _, s := range out.Skipped {
		put(w, "  laissée de côté : %s %s, %s : %s\n", family.Number(s.Family), s.Name, s.Amount, s.Reason)
	}
	put(w, "%s le %s : %s. À remettre à la banque le %s au plus tard.\n", count(out.Count, "prélèvement", "prélèvements"), out.Collect.Short(), out.Total, out.SendBy.Short())
	switch {
	case out.Problem != "":
		put(w, "%s\n", out.Problem)
	case out.ID != 0:
		put(w, "Remise n° %d (%s), fichier %s. Quand la banque l’a reçu : ardoisectl sepa sent %d.\n", out.ID, out.Message, out.File, out.ID)
	}
}

// batchCommand is a command on one batch.
func (c *cli) batchCommand(use, short string, do func(ctx context.Context, o *data.Office, id int64) error) *cobra.Command {
	return &cobra.Command{
		Use: use + " REMISE", Short: short, Args: words("le numéro de la remise"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			id, err := number("de remise", args[0])
			if err != nil {
				return err
			}
			return do(ctx, o, id)
		},
	}
}

func (c *cli) sepaFile() *cobra.Command {
	var out string
	cmd := c.batchCommand("file", "écrit de nouveau le fichier d’une remise", func(ctx context.Context, o *data.Office, id int64) error {
		if err := need("out", out); err != nil {
			return err
		}
		if _, err := format(out, "xml"); err != nil {
			return err
		}
		if err := c.writeSEPA(ctx, o, id, out); err != nil {
			return err
		}
		return c.sayFile(out)
	})
	cmd.Flags().StringVar(&out, "out", "", "`FICHIER` XML à écrire")
	return cmd
}

func (c *cli) sepaPaper(use, short string, write func(ctx context.Context, p *desk.Papers, w io.Writer, b billing.DebitBatch) error) *cobra.Command {
	var out string
	cmd := c.batchCommand(use, short, func(ctx context.Context, o *data.Office, id int64) error {
		if err := need("out", out); err != nil {
			return err
		}
		b, err := o.Billing.Batch(ctx, id)
		if err != nil {
			return err
		}
		if err := c.writePaper(ctx, o, out, func(p *desk.Papers, w io.Writer) error { return write(ctx, p, w, b) }); err != nil {
			return err
		}
		return c.sayFile(out)
	})
	cmd.Flags().StringVar(&out, "out", "", "`FICHIER` PDF à écrire")
	return cmd
}

type batchJSON struct {
	ID        int64         `json:"id"`
	Message   string        `json:"message_id"`
	State     string        `json:"state"`
	CollectOn calendar.Date `json:"collect_on"`
	Version   string        `json:"version"`
	Count     int           `json:"count"`
	Total     money.Cents   `json:"total"`
	Rejected  int           `json:"rejected"`
	BuiltAt   string        `json:"built_at"`
	SentAt    string        `json:"sent_at"`
	Agent     string        `json:"agent"`
}

func batchOut(b billing.DebitBatch) batchJSON {
	return batchJSON{b.ID, b.MessageID, b.State, b.CollectOn, b.Version, b.Count, b.Total, b.Rejected, paris(b.BuiltAt), paris(b.SentAt), b.Agent}
}

var batchStates = map[string]string{"built": "préparée", "sent": "envoyée", "dropped": "abandonnée", "rejected": "rejeté"}

func (c *cli) sepaList() *cobra.Command {
	var month string
	cmd := &cobra.Command{
		Use: "list", Short: "les remises de prélèvements, la plus récente d’abord", Args: words(),
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
			list, err := o.Billing.Batches(ctx, m)
			if err != nil {
				return err
			}
			out := []batchJSON{}
			for _, b := range list {
				out = append(out, batchOut(b))
			}
			return c.say(out, func(w io.Writer) {
				t := columns(">N°", "Référence", "Prélevée le", ">Nombre", ">Total", ">Rejets", "État")
				for _, b := range list {
					t.row(b.ID, b.MessageID, b.CollectOn.Short(), b.Count, b.Total, b.Rejected, batchStates[b.State])
				}
				t.print(w, "Aucune remise.")
			})
		},
	}
	cmd.Flags().StringVar(&month, "month", "", "`MOIS` du prélèvement, AAAA-MM (défaut\u00a0: tous)")
	return cmd
}

func (c *cli) sepaShow() *cobra.Command {
	return c.batchCommand("show", "une remise, prélèvement par prélèvement", func(ctx context.Context, o *data.Office, id int64) error {
		b, err := o.Billing.Batch(ctx, id)
		if err != nil {
			return err
		}
		out := struct {
			batchJSON
			Debits []debitJSON `json:"debits"`
		}{batchOut(b), debitsOut(b.Debits)}
		return c.say(out, func(w io.Writer) {
			t := columns("Famille", "Nom", "RUM", "Suite", ">Montant", "État", "Motif")
			for _, d := range b.Debits {
				t.row(family.Number(d.FamilyID), d.Family, d.UMR, d.Sequence, d.Amount, batchStates[d.State], d.Reason)
			}
			t.print(w, "Aucun prélèvement.")
			put(w, "Remise %s du %s, %s : %s, %s.\n", b.MessageID, b.CollectOn.Short(), batchStates[b.State], count(b.Count, "prélèvement", "prélèvements"), b.Total)
		})
	})
}

func (c *cli) sepaSent() *cobra.Command {
	var key string
	cmd := c.batchCommand("sent", "dit que la banque a reçu le fichier d’une remise : les factures sont réglées à ce jour", func(ctx context.Context, o *data.Office, id int64) error {
		if key == "" {
			key = newKey()
		}
		b, err := o.Billing.SendDebits(ctx, key, id)
		if err != nil {
			return err
		}
		return c.say(batchOut(b), func(w io.Writer) {
			put(w, "Remise %s envoyée : %s, %s le %s.\n", b.MessageID, count(b.Count, "prélèvement", "prélèvements"), b.Total, b.CollectOn.Short())
		})
	})
	cmd.Flags().StringVar(&key, "key", "", "`CODE` de l’opération\u00a0: la même clé n’a qu’un effet")
	return cmd
}

func (c *cli) sepaDrop() *cobra.Command {
	var reason string
	cmd := c.batchCommand("drop", "abandonne une remise qui n’est pas partie : ses factures peuvent être payées ou prélevées autrement", func(ctx context.Context, o *data.Office, id int64) error {
		if err := need("reason", reason); err != nil {
			return err
		}
		if err := o.Billing.DropDebits(ctx, id, reason); err != nil {
			return err
		}
		out := struct {
			ID      int64 `json:"id"`
			Dropped bool  `json:"dropped"`
		}{id, true}
		return c.say(out, func(w io.Writer) { put(w, "Remise n° %d abandonnée.\n", id) })
	})
	cmd.Flags().StringVar(&reason, "reason", "", "`MOTIF`, conservé")
	return cmd
}
