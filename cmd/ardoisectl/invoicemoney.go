package main

import (
	"context"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"ardoise/data"
	"ardoise/data/billing"
	"ardoise/data/calendar"
	"ardoise/data/family"
	"ardoise/data/ledger"
	"ardoise/data/money"
)

type creditFlags struct {
	runFlags
	invoice, lines, amount, reason string
	dryRun                         bool
}

func (c *cli) invoiceCredit() *cobra.Command {
	var x creditFlags
	cmd := &cobra.Command{
		Use: "credit", Short: "avoir sur une facture, ou régularisation d’un mois déjà facturé", Args: words(),
		Long: "Avec --invoice, fait un avoir sur une facture : la facture entière, quelques-unes de ses lignes (--lines, selon « invoice show ») ou une somme " +
			"(--amount). Avec --month, émet la régularisation du mois : ce qui a changé depuis la dernière émission, comme « invoice issue » le fait " +
			"lorsqu’on la recommence. Un repas annulé ou excusé n’a pas besoin d’avoir : la régularisation le reprend.",
		Example: "  ardoisectl invoice credit --invoice 2026000101 --lines 3,4 --reason \"Geste commercial\"\n  ardoisectl invoice credit --month 2026-12",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if (x.invoice == "") == (x.month == "") {
				return usage("il faut --invoice NUMÉRO ou --month MOIS, l’un des deux")
			}
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			if x.month != "" {
				return c.creditMonth(ctx, o, x)
			}
			return c.credit(ctx, o, x)
		},
	}
	f := cmd.Flags()
	x.register(cmd)
	f.StringVar(&x.invoice, "invoice", "", "`NUMÉRO` de la facture")
	f.StringVar(&x.lines, "lines", "", "`LIGNES` à rendre, par leur numéro, séparées par des virgules")
	f.StringVar(&x.amount, "amount", "", "`MONTANT` à rendre")
	f.StringVar(&x.reason, "reason", "", "`MOTIF`, imprimé sur l’avoir")
	f.StringVar(&x.key, "key", "", "`CODE` de l’opération\u00a0: la même clé n’a qu’un effet")
	f.BoolVar(&x.dryRun, "dry-run", false, "montre ce qui serait fait et n’écrit rien")
	return cmd
}

func (c *cli) creditMonth(ctx context.Context, o *data.Office, x creditFlags) error {
	if x.lines != "" || x.amount != "" {
		return usage("--lines et --amount vont avec --invoice")
	}
	if !x.dryRun {
		return c.issue(ctx, o, x.runFlags, true)
	}
	run, err := c.run(o, x.runFlags)
	if err != nil {
		return err
	}
	p, err := o.Billing.Plan(ctx, run)
	if err != nil {
		return err
	}
	return c.say(previewOut(p), func(w io.Writer) { sayPlan(w, p) })
}

type creditJSON struct {
	Number   string            `json:"number"` // "" : not issued
	Invoice  string            `json:"invoice"`
	Family   int64             `json:"family"`
	Total    money.Cents       `json:"total"` // above 0: what is given back
	Reduces  money.Cents       `json:"reduces"`
	ToWallet money.Cents       `json:"to_wallet"`
	Lines    []invoiceLineJSON `json:"lines"`
}

func (c *cli) credit(ctx context.Context, o *data.Office, x creditFlags) error {
	if err := need("reason", x.reason); err != nil {
		return err
	}
	v, err := invoice(ctx, o, x.invoice)
	if err != nil {
		return err
	}
	ask := billing.CreditNote{Key: x.key, InvoiceID: v.ID, Reason: x.reason}
	ranks, err := numbers("de ligne", x.lines)
	if err != nil {
		return err
	}
	for _, rank := range ranks {
		ask.Lines = append(ask.Lines, int(rank)-1)
	}
	if x.amount != "" {
		if ask.Amount, err = money.Parse(x.amount); err != nil {
			return err
		}
	}
	if ask.Key == "" {
		ask.Key = newKey()
	}
	p, err := o.Billing.PlanCredit(ctx, ask)
	if err != nil {
		return err
	}
	out := creditJSON{Invoice: v.Number, Family: v.FamilyID, Total: p.Total, Reduces: p.Reduces, ToWallet: p.ToWallet, Lines: linesOut(p.Lines)}
	if !x.dryRun {
		made, err := o.Billing.Credit(ctx, ask, p.Digest)
		if err != nil {
			return err
		}
		out.Number = made.Number
	}
	return c.say(out, func(w io.Writer) {
		verb := "Serait rendu"
		if out.Number != "" {
			verb = "Avoir n° " + out.Number
		}
		put(w, "%s sur la facture %s : %s, dont %s en moins à payer et %s au porte-monnaie.\n", verb, v.Number, p.Total, p.Reduces, p.ToWallet)
	})
}

type payFlags struct {
	family, amount, means, reference, payer, key, out string
	invoices                                          []string
	dryRun                                            bool
}

func (c *cli) invoicePay() *cobra.Command {
	var x payFlags
	cmd := &cobra.Command{
		Use: "pay", Short: "encaisse un paiement de factures ; le trop-perçu reste au porte-monnaie", Args: words(),
		Example: "  ardoisectl invoice pay --family F-0087 --amount 64,60 --means cheque --reference \"n° 1234567\"\n" +
			"  ardoisectl invoice pay --family F-0087 --amount 30 --means cash --invoice 2026000101=20 --invoice 2026000145",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := need("family", x.family, "means", x.means); err != nil {
				return err
			}
			if x.out != "" {
				if _, err := format(x.out, "pdf"); err != nil {
					return err
				}
			}
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			return c.pay(ctx, o, x)
		},
	}
	f := cmd.Flags()
	f.StringVar(&x.family, "family", "", "`FAMILLE` qui paie")
	f.StringVar(&x.amount, "amount", "", "`MONTANT` reçu (porte-monnaie, sans montant\u00a0: tout ce qui est dû)")
	f.StringVar(&x.means, "means", "", "`MOYEN`\u00a0: cash, cheque, card, transfer ou wallet")
	f.StringArrayVar(&x.invoices, "invoice", nil, "`NUMÉRO[=MONTANT]` d’une facture à payer, à répéter (défaut\u00a0: les plus anciennes d’abord)")
	f.StringVar(&x.reference, "reference", "", "`TEXTE`, par exemple le numéro du chèque")
	f.StringVar(&x.payer, "payer", "", "`NOM` de qui paie (défaut\u00a0: le premier responsable)")
	f.StringVar(&x.key, "key", "", "`CODE` de l’opération\u00a0: la même clé n’a qu’un effet")
	f.StringVar(&x.out, "out", "", "`FICHIER` PDF de la quittance")
	f.BoolVar(&x.dryRun, "dry-run", false, "montre ce qui serait fait et n’écrit rien")
	return cmd
}

// payment reads what is to be paid.
func (x payFlags) payment(ctx context.Context, o *data.Office) (ask billing.Payment, err error) {
	ask = billing.Payment{Key: x.key, Means: x.means, Reference: x.reference, Payer: x.payer}
	if ask.FamilyID, err = number("de famille", x.family); err != nil {
		return ask, err
	}
	if x.amount != "" {
		if ask.Amount, err = money.Parse(x.amount); err != nil {
			return ask, err
		}
	}
	for _, text := range x.invoices {
		n, amount, some := strings.Cut(text, "=")
		v, err := invoice(ctx, o, n)
		if err != nil {
			return ask, err
		}
		share := billing.Share{InvoiceID: v.ID, Number: v.Number}
		if some {
			if share.Amount, err = money.Parse(amount); err != nil {
				return ask, err
			}
		}
		ask.Invoices = append(ask.Invoices, share)
	}
	if ask.Key == "" {
		ask.Key = newKey()
	}
	return ask, nil
}

type shareJSON struct {
	Invoice string      `json:"invoice"`
	Amount  money.Cents `json:"amount"`
	Left    money.Cents `json:"left"`
}

type paidJSON struct {
	Family    int64       `json:"family"`
	Paid      money.Cents `json:"paid"`
	ToWallet  money.Cents `json:"to_wallet"`
	Balance   money.Cents `json:"balance_after"`
	Invoices  []shareJSON `json:"invoices"`
	Receipt   *string     `json:"receipt"` // null: paid from the wallet, or nothing done
	Operation int64       `json:"operation"`
	Problem   string      `json:"problem"`
}

func sharesOut(list []billing.Share) []shareJSON {
	out := []shareJSON{}
	for _, s := range list {
		out = append(out, shareJSON{s.Number, s.Amount, s.Left})
	}
	return out
}

func (c *cli) pay(ctx context.Context, o *data.Office, x payFlags) error {
	ask, err := x.payment(ctx, o)
	if err != nil {
		return err
	}
	if x.dryRun {
		p, err := o.Billing.PlanPayment(ctx, ask)
		if err != nil {
			return err
		}
		out := paidJSON{Family: ask.FamilyID, Paid: p.Paid, ToWallet: p.ToWallet, Balance: p.After, Invoices: sharesOut(p.Shares), Problem: p.Problem}
		return c.say(out, func(w io.Writer) {
			if p.Problem != "" {
				put(w, "%s\n", p.Problem)
				return
			}
			sayPaid(w, out)
			put(w, "Rien n’a été écrit.\n")
		})
	}
	done, err := o.Billing.Pay(ctx, ask, "")
	if err != nil {
		return err
	}
	out := paidJSON{Family: ask.FamilyID, Paid: done.Paid, ToWallet: done.ToWallet, Balance: done.After, Invoices: sharesOut(done.Shares), Operation: done.OperationID}
	if done.Receipt != nil {
		n := done.Receipt.Number()
		out.Receipt = &n
		if x.out != "" {
			if err := writeReceipt(ctx, o, *done.Receipt, x.out, false); err != nil {
				return err
			}
		}
	}
	return c.say(out, func(w io.Writer) {
		sayPaid(w, out)
		if done.Receipt != nil {
			put(w, "Quittance n° %s : %s (%s).\n", done.Receipt.Number(), done.Receipt.Amount, ledger.MeansLabel(done.Receipt.Means))
		}
	})
}

func sayPaid(w io.Writer, out paidJSON) {
	t := columns("Facture", ">Payé", ">Reste")
	for _, s := range out.Invoices {
		t.row(s.Invoice, s.Amount, s.Left)
	}
	t.print(w, "Aucune facture payée.")
	put(w, "Famille %s : %s sur les factures, %s au porte-monnaie, dont le solde est %s.\n", family.Number(out.Family), out.Paid, out.ToWallet, out.Balance)
}

func (c *cli) invoiceVoid() *cobra.Command {
	var reason, key string
	cmd := &cobra.Command{
		Use: "void OPÉRATION", Short: "annule un paiement de factures par des écritures inverses : l’argent revient au porte-monnaie",
		Args: words("le numéro de l’opération (« invoice show » le donne)"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := need("reason", reason); err != nil {
				return err
			}
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			op, err := number("d’opération", args[0])
			if err != nil {
				return err
			}
			if key == "" {
				key = newKey()
			}
			if err := o.Billing.VoidPayment(ctx, key, op, reason); err != nil {
				return err
			}
			out := struct {
				Operation int64 `json:"operation"`
				Voided    bool  `json:"voided"`
			}{op, true}
			return c.say(out, func(w io.Writer) {
				put(w, "Le paiement de l’opération %d est annulé : ses factures sont de nouveau dues.\n", op)
			})
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "", "`MOTIF`, conservé")
	cmd.Flags().StringVar(&key, "key", "", "`CODE` de l’opération\u00a0: la même clé n’a qu’un effet")
	return cmd
}

type reminderJSON struct {
	Family   int64       `json:"family"`
	Name     string      `json:"name"`
	Step     int         `json:"step"`
	Open     money.Cents `json:"open"`
	Email    string      `json:"email"`
	Invoices []string    `json:"invoices"`
}

type remindedJSON struct {
	Date     calendar.Date  `json:"date"`
	Count    int            `json:"count"`
	Total    money.Cents    `json:"total"`
	Families []reminderJSON `json:"families"`
	Files    []string       `json:"files"`
}

func remindedOut(p billing.ReminderPlan) remindedJSON {
	out := remindedJSON{Date: p.On, Count: len(p.Families), Total: p.Total, Families: []reminderJSON{}, Files: []string{}}
	for _, f := range p.Families {
		r := reminderJSON{Family: f.FamilyID, Name: f.Family, Step: f.Step, Open: f.Open, Email: f.Email, Invoices: []string{}}
		for _, s := range f.Invoices {
			r.Invoices = append(r.Invoices, s.Number)
		}
		out.Families = append(out.Families, r)
	}
	return out
}

func sayReminded(w io.Writer, out remindedJSON) {
	t := columns("Famille", "Nom", "Relance", ">Reste à payer", "Factures", "Courriel")
	for _, f := range out.Families {
		t.row(family.Number(f.Family), f.Name, strconv.Itoa(f.Step), f.Open, strings.Join(f.Invoices, ", "), f.Email)
	}
	t.print(w, "Aucune relance.")
	if out.Count > 0 {
		put(w, "%s : %s.\n", count(out.Count, "relance", "relances"), out.Total)
	}
	for _, f := range out.Files {
		put(w, "Écrit dans %s.\n", f)
	}
}
