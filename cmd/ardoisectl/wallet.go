package main

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"ardoise/data"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/money"
	"ardoise/reports/desk"
	"ardoise/reports/receipt"
)

func (c *cli) walletCommand() *cobra.Command {
	return group("wallet", "porte-monnaie : solde, rechargement, remboursement, relevé",
		c.walletShow(), c.walletTopUp(), c.walletRefund(), c.walletStatement())
}

func (c *cli) walletShow() *cobra.Command {
	return &cobra.Command{
		Use: "show FAMILLE", Short: "solde et plancher du porte-monnaie d’une famille", Args: words("le numéro de la famille"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			id, err := number("de famille", args[0])
			if err != nil {
				return err
			}
			wallet, err := o.Ledger.Wallet(ctx, id)
			if err != nil {
				return err
			}
			out := struct {
				Family   int64       `json:"family"`
				Number   string      `json:"number"`
				Name     string      `json:"name"`
				Balance  money.Cents `json:"balance"`
				Floor    money.Cents `json:"floor"`
				LowBelow money.Cents `json:"low_below"`
			}{id, wallet.Number, wallet.Family, wallet.Balance, wallet.Floor, wallet.LowBelow}
			return c.say(out, func(w io.Writer) {
				put(w, "%s %s : solde %s", wallet.Number, wallet.Family, wallet.Balance)
				if wallet.Floor < 0 {
					put(w, ", découvert autorisé %s", -wallet.Floor)
				}
				if wallet.Low() {
					put(w, ", solde bas (moins de %s)", wallet.LowBelow)
				}
				put(w, ".\nDepuis le %s : %s entrés, %s sortis.\n", wallet.Since.Short(), wallet.Credits, wallet.Debits)
			})
		},
	}
}

// receiptJSON is one numbered receipt.
type receiptJSON struct {
	ID           int64       `json:"id"`
	Number       string      `json:"number"`
	At           string      `json:"at"`
	Family       int64       `json:"family"`
	Payer        string      `json:"payer"`
	Means        string      `json:"means"`
	Reference    string      `json:"reference"`
	Amount       money.Cents `json:"amount"`
	BalanceAfter money.Cents `json:"balance_after"`
	Agent        string      `json:"agent"`
}

func receiptOut(r ledger.Receipt) receiptJSON {
	return receiptJSON{r.ID, r.Number(), paris(r.At), r.FamilyID, r.Payer, r.Means, r.Reference, r.Amount, r.BalanceAfter, r.Agent}
}

func (c *cli) walletTopUp() *cobra.Command {
	var means, reference, payer, date, key, out string
	cmd := &cobra.Command{
		Use: "topup FAMILLE MONTANT", Short: "recharge un porte-monnaie et donne la quittance", Args: words("le numéro de la famille", "le montant"),
		Example: `  ardoisectl wallet topup F-0087 50,00 --means cheque --reference "n° 1234567"`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if out != "" {
				if _, err := format(out, "pdf"); err != nil {
					return err
				}
			}
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			t := ledger.TopUp{Key: key, Means: means, Reference: reference, Payer: payer}
			if t.FamilyID, err = number("de famille", args[0]); err != nil {
				return err
			}
			if t.Amount, err = money.Parse(args[1]); err != nil {
				return err
			}
			if err := need("means", means); err != nil {
				return err
			}
			if date != "" {
				if t.Day, err = c.day(date, today(o)); err != nil {
					return err
				}
			}
			if t.Key == "" {
				t.Key = newKey()
			}
			r, err := o.Ledger.TopUp(ctx, t)
			if err != nil {
				return err
			}
			if out != "" {
				if err := writeReceipt(ctx, o, r, out, false); err != nil {
					return err
				}
			}
			answer := struct {
				Receipt      string      `json:"receipt"`
				ID           int64       `json:"id"`
				Family       int64       `json:"family"`
				Amount       money.Cents `json:"amount"`
				BalanceAfter money.Cents `json:"balance_after"`
			}{r.Number(), r.ID, r.FamilyID, r.Amount, r.BalanceAfter}
			return c.say(answer, func(w io.Writer) {
				put(w, "Quittance n° %s : %s reçus de %s (%s). Nouveau solde : %s.\n", r.Number(), r.Amount, r.Payer, ledger.MeansLabel(r.Means), r.BalanceAfter)
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&means, "means", "", "`MOYEN`\u00a0: cash, cheque, card ou transfer")
	f.StringVar(&reference, "reference", "", "`TEXTE`, par exemple le numéro du chèque")
	f.StringVar(&payer, "payer", "", "`NOM` de qui paie (défaut\u00a0: le premier responsable)")
	f.StringVar(&date, "date", "", "`JOUR` comptable (défaut\u00a0: aujourd’hui)")
	f.StringVar(&key, "key", "", "`CODE` de l’opération\u00a0: la même clé n’a qu’un effet")
	f.StringVar(&out, "out", "", "`FICHIER` PDF de la quittance")
	return cmd
}

func (c *cli) walletRefund() *cobra.Command {
	var means, reason, key string
	cmd := &cobra.Command{
		Use: "refund FAMILLE [MONTANT]", Short: "rembourse un solde (tout le solde sans montant)",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 2 {
				return nil
			}
			return words("le numéro de la famille")(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			r := ledger.Refund{Key: key, Means: means, Reason: reason}
			if r.FamilyID, err = number("de famille", args[0]); err != nil {
				return err
			}
			if len(args) == 2 {
				if r.Amount, err = money.Parse(args[1]); err != nil {
					return err
				}
				if r.Amount <= 0 {
					return fault.New(fault.Invalid, "Le montant à rembourser doit être supérieur à zéro.")
				}
			}
			if err := need("means", means, "reason", reason); err != nil {
				return err
			}
			if r.Key == "" {
				r.Key = newKey()
			}
			given, err := o.Ledger.Refund(ctx, r)
			if err != nil {
				return err
			}
			wallet, err := o.Ledger.Wallet(ctx, r.FamilyID)
			if err != nil {
				return err
			}
			out := struct {
				Family       int64       `json:"family"`
				Amount       money.Cents `json:"amount"`
				BalanceAfter money.Cents `json:"balance_after"`
			}{r.FamilyID, given, wallet.Balance}
			return c.say(out, func(w io.Writer) {
				put(w, "%s remboursés à la famille %s (%s). Nouveau solde : %s.\n", given, wallet.Family, ledger.MeansLabel(means), wallet.Balance)
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&means, "means", "", "`MOYEN`\u00a0: transfer, cheque ou cash")
	f.StringVar(&reason, "reason", "", "`MOTIF` du remboursement")
	f.StringVar(&key, "key", "", "`CODE` de l’opération\u00a0: la même clé n’a qu’un effet")
	return cmd
}

type movementJSON struct {
	Date    calendar.Date `json:"date"`
	Label   string        `json:"label"`
	Detail  string        `json:"detail"`
	Debit   money.Cents   `json:"debit"`
	Credit  money.Cents   `json:"credit"`
	Balance money.Cents   `json:"balance"`
	Receipt string        `json:"receipt"`
}

func (c *cli) walletStatement() *cobra.Command {
	var from, to, out string
	cmd := &cobra.Command{
		Use: "statement FAMILLE", Short: "relevé du porte-monnaie, à l’écran ou en PDF", Args: words("le numéro de la famille"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if out != "" {
				if _, err := format(out, "pdf"); err != nil {
					return err
				}
			}
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			id, err := number("de famille", args[0])
			if err != nil {
				return err
			}
			first, last, err := c.span(from, to, today(o))
			if err != nil {
				return err
			}
			st, err := o.Ledger.Statement(ctx, id, first, last)
			if err != nil {
				return err
			}
			if out != "" {
				if err := writeStatement(ctx, o, st, out); err != nil {
					return err
				}
			}
			return c.say(statementOut(st), func(w io.Writer) { sayStatement(w, st, out) })
		},
	}
	f := cmd.Flags()
	f.StringVar(&from, "from", "", "premier `JOUR`")
	f.StringVar(&to, "to", "", "dernier `JOUR`")
	f.StringVar(&out, "out", "", "`FICHIER` PDF à écrire")
	return cmd
}

func statementOut(st ledger.Statement) any {
	lines := []movementJSON{}
	for _, l := range st.Lines {
		lines = append(lines, movementJSON{l.Day, l.Label, l.Detail, l.Debit, l.Credit, l.Balance, l.Receipt})
	}
	return struct {
		Family  int64          `json:"family"`
		Opening money.Cents    `json:"opening"`
		Lines   []movementJSON `json:"lines"`
		Closing money.Cents    `json:"closing"`
	}{st.FamilyID, st.Opening, lines, st.Closing}
}

func sayStatement(w io.Writer, st ledger.Statement, out string) {
	put(w, "Famille %s. Solde reporté : %s.\n", st.Family, st.Opening)
	t := columns("Date", "Libellé", "Détail", ">Débit", ">Crédit", ">Solde")
	for _, l := range st.Lines {
		debit, credit := "", ""
		if l.Debit != 0 {
			debit = l.Debit.String()
		}
		if l.Credit != 0 {
			credit = l.Credit.String()
		}
		t.row(l.Day.Short(), l.Label, l.Detail, debit, credit, l.Balance)
	}
	t.print(w, "Aucun mouvement.")
	put(w, "Solde : %s.\n", st.Closing)
	if out != "" {
		put(w, "Écrit dans %s.\n", out)
	}
}

// payer gathers what a paper says of a family beyond its name.
func payer(ctx context.Context, o *data.Office, familyID int64) (desk.Payer, string, error) {
	f, err := o.Family.Get(ctx, familyID)
	if err != nil {
		return desk.Payer{}, "", err
	}
	return desk.PayerOf(f), f.Commune, nil
}

func writeStatement(ctx context.Context, o *data.Office, st ledger.Statement, path string) error {
	p, commune, err := payer(ctx, o, st.FamilyID)
	if err != nil {
		return err
	}
	m, err := desk.NewMaker(ctx, o.Catalog, commune, "", o.Store.Now())
	if err != nil {
		return err
	}
	return outputFile(path, func(w io.Writer) error { return receipt.StatementPDF(ctx, w, m.Paper(), m.Statement(st, p)) })
}
