package main

import (
	"context"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"ardoise/data"
	"ardoise/data/billing"
	"ardoise/data/calendar"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/money"
	"ardoise/reports/desk"
)

func (c *cli) mandateCommand() *cobra.Command {
	return group("mandate", "mandats de prélèvement : création, changement de compte, révocation, formulaire à signer",
		c.mandateList(), c.mandateShow(), c.mandateAdd(), c.mandateAccepted(), c.mandateAmend(), c.mandateRenew(),
		c.mandateStop("revoke", "révoque un mandat : plus rien n’est prélevé", "révoqué", (*billing.Service).RevokeMandate),
		c.mandateStop("block", "suspend un mandat, par exemple en attendant un RIB", "suspendu", (*billing.Service).BlockMandate),
		c.mandateStop("unblock", "reprend un mandat suspendu", "repris", (*billing.Service).UnblockMandate),
		c.mandateLast(), c.mandateForm())
}

type mandateJSON struct {
	ID          int64         `json:"id"`
	Family      int64         `json:"family"`
	Name        string        `json:"name"`
	RUM         string        `json:"rum"`
	State       string        `json:"state"`
	Kind        string        `json:"kind"`
	Holder      string        `json:"holder"`
	IBAN        string        `json:"iban"` // masked
	BIC         string        `json:"bic"`
	SignedOn    calendar.Date `json:"signed_on"`
	ValidTo     calendar.Date `json:"valid_to"`
	LapsesOn    calendar.Date `json:"lapses_on"`
	CollectedOn calendar.Date `json:"collected_on"`
	Sequence    string        `json:"sequence"`
	Usable      bool          `json:"usable"`
	Problem     string        `json:"problem"`
	Reason      string        `json:"reason"`
}

func mandateOut(m billing.Mandate) mandateJSON {
	return mandateJSON{
		m.ID, m.FamilyID, m.Family, m.UMR, m.State, m.Kind, m.Holder, m.Masked, m.BIC, m.SignedOn, m.ValidTo, m.LapsesOn, m.CollectedOn, m.Sequence, m.Usable, m.Problem, m.Reason,
	}
}

func sayMandates(w io.Writer, list []billing.Mandate) {
	t := columns(">N°", "Famille", "Nom", "RUM", "Compte", "Signé le", "Suivant", "Défaut")
	for _, m := range list {
		t.row(m.ID, family.Number(m.FamilyID), m.Family, m.UMR, m.Masked, m.SignedOn.Short(), m.Sequence, m.Problem)
	}
	t.print(w, "Aucun mandat.")
}

func (c *cli) mandateList() *cobra.Command {
	var familyText string
	cmd := &cobra.Command{
		Use: "list", Short: "les mandats en cours ; ceux d’une famille, anciens compris, avec --family", Args: words(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			var id int64
			if familyText != "" {
				if id, err = number("de famille", familyText); err != nil {
					return err
				}
			}
			list, err := o.Billing.Mandates(ctx, id)
			if err != nil {
				return err
			}
			out := []mandateJSON{}
			for _, m := range list {
				out = append(out, mandateOut(m))
			}
			return c.say(out, func(w io.Writer) { sayMandates(w, list) })
		},
	}
	cmd.Flags().StringVar(&familyText, "family", "", "`FAMILLE`")
	return cmd
}

func (c *cli) mandateShow() *cobra.Command {
	return &cobra.Command{
		Use: "show MANDAT", Short: "ce qui est arrivé à un mandat, dans l’ordre", Args: words("le numéro du mandat"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			id, err := number("de mandat", args[0])
			if err != nil {
				return err
			}
			list, err := o.Billing.MandateEvents(ctx, id)
			if err != nil {
				return err
			}
			type event struct {
				At     string `json:"at"`
				Agent  string `json:"agent"`
				What   string `json:"what"`
				Detail string `json:"detail"`
			}
			out := []event{}
			for _, e := range list {
				out = append(out, event{paris(e.At), e.Agent, e.What, e.Detail})
			}
			return c.say(out, func(w io.Writer) {
				t := columns("Quand", "Agent", "Quoi", "Détail")
				for _, e := range out {
					t.row(e.At[:10], e.Agent, e.What, e.Detail)
				}
				t.print(w, "Rien n’est arrivé à ce mandat.")
			})
		},
	}
}

// sayMandate prints one mandate after it changed.
func (c *cli) sayMandate(m billing.Mandate, what string) error {
	return c.say(mandateOut(m), func(w io.Writer) {
		put(w, "Mandat %d de la famille %s %s (RUM %s, compte %s) %s.\n", m.ID, family.Number(m.FamilyID), m.Family, m.UMR, m.Masked, what)
		if m.Problem != "" {
			put(w, "%s\n", m.Problem)
		}
	})
}

func (c *cli) mandateAdd() *cobra.Command {
	var n billing.NewMandate
	var familyText, signed string
	var once bool
	cmd := &cobra.Command{
		Use: "add", Short: "crée le mandat d’une famille, d’après son dossier accepté ou ce qui est tapé", Args: words(),
		Example: "  ardoisectl mandate add --family F-0087\n  ardoisectl mandate add --family F-0087 --iban \"FR76 …\" --holder \"Élodie Favier\" --signed 2026-11-02",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := need("family", familyText); err != nil {
				return err
			}
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			if n.FamilyID, err = number("de famille", familyText); err != nil {
				return err
			}
			if signed != "" {
				if n.SignedOn, err = c.day(signed, today(o)); err != nil {
					return err
				}
			}
			if once {
				n.Kind = "oneoff"
			}
			m, err := o.Billing.AddMandate(ctx, n)
			if err != nil {
				return err
			}
			return c.sayMandate(m, "créé")
		},
	}
	f := cmd.Flags()
	f.StringVar(&familyText, "family", "", "`FAMILLE`")
	f.StringVar(&n.IBAN, "iban", "", "`IBAN` (défaut\u00a0: celui du dossier accepté)")
	f.StringVar(&n.BIC, "bic", "", "`BIC` de la banque")
	f.StringVar(&n.Holder, "holder", "", "`TITULAIRE` du compte")
	f.StringVar(&signed, "signed", "", "`JOUR` de la signature (défaut\u00a0: celui du document)")
	f.StringVar(&n.UMR, "rum", "", "`RUM` du mandat (défaut\u00a0: donnée par le programme)")
	f.BoolVar(&once, "once", false, "pour un seul prélèvement")
	return cmd
}

type skippedJSON struct {
	Family int64       `json:"family"`
	Name   string      `json:"name"`
	Amount money.Cents `json:"amount"`
	Reason string      `json:"reason"`
}

func skippedOut(list []billing.SkippedDebit) []skippedJSON {
	out := []skippedJSON{}
	for _, s := range list {
		out = append(out, skippedJSON{s.FamilyID, s.Family, s.Amount, s.Reason})
	}
	return out
}

func (c *cli) mandateAccepted() *cobra.Command {
	return &cobra.Command{
		Use: "accepted", Short: "crée les mandats de toutes les familles dont le dossier accepté en contient un", Args: words(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			made, skipped, err := o.Billing.AddAcceptedMandates(ctx)
			if err != nil {
				return err
			}
			out := struct {
				Count    int           `json:"count"`
				Mandates []mandateJSON `json:"mandates"`
				Skipped  []skippedJSON `json:"skipped"`
			}{len(made), []mandateJSON{}, skippedOut(skipped)}
			for _, m := range made {
				out.Mandates = append(out.Mandates, mandateOut(m))
			}
			return c.say(out, func(w io.Writer) {
				sayMandates(w, made)
				put(w, "%s.\n", count(len(made), "mandat créé", "mandats créés"))
				for _, s := range skipped {
					put(w, "  %s %s : %s\n", family.Number(s.FamilyID), s.Family, s.Reason)
				}
			})
		},
	}
}

func (c *cli) mandateAmend() *cobra.Command {
	var iban, bic, holder string
	cmd := &cobra.Command{
		Use: "amend MANDAT", Short: "change le compte d’un mandat ; la banque l’apprend au prochain prélèvement", Args: words("le numéro du mandat"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := need("iban", iban); err != nil {
				return err
			}
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			id, err := number("de mandat", args[0])
			if err != nil {
				return err
			}
			m, err := o.Billing.AmendMandate(ctx, id, iban, bic, holder)
			if err != nil {
				return err
			}
			return c.sayMandate(m, "changé de compte")
		},
	}
	f := cmd.Flags()
	f.StringVar(&iban, "iban", "", "nouvel `IBAN`")
	f.StringVar(&bic, "bic", "", "nouveau `BIC`")
	f.StringVar(&holder, "holder", "", "`TITULAIRE` du compte (défaut\u00a0: le même)")
	return cmd
}

func (c *cli) mandateRenew() *cobra.Command {
	var signed string
	cmd := &cobra.Command{
		Use: "renew MANDAT", Short: "prolonge un mandat signé de nouveau", Args: words("le numéro du mandat"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := need("signed", signed); err != nil {
				return err
			}
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			id, err := number("de mandat", args[0])
			if err != nil {
				return err
			}
			on, err := c.day(signed, today(o))
			if err != nil {
				return err
			}
			m, err := o.Billing.RenewMandate(ctx, id, on)
			if err != nil {
				return err
			}
			return c.sayMandate(m, "renouvelé")
		},
	}
	cmd.Flags().StringVar(&signed, "signed", "", "`JOUR` de la nouvelle signature")
	return cmd
}

// mandateStop is one of the moves of a mandate that take a reason.
func (c *cli) mandateStop(use, short, done string, do func(*billing.Service, context.Context, int64, string) error) *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use: use + " MANDAT", Short: short, Args: words("le numéro du mandat"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := need("reason", reason); err != nil {
				return err
			}
			return c.moveMandate(cmd.Context(), args[0], done, func(ctx context.Context, o *data.Office, id int64) error {
				return do(o.Billing, ctx, id, reason)
			})
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "", "`MOTIF`, conservé")
	return cmd
}

func (c *cli) mandateLast() *cobra.Command {
	return &cobra.Command{
		Use: "last MANDAT", Short: "annonce que le prochain prélèvement d’un mandat sera le dernier", Args: words("le numéro du mandat"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.moveMandate(cmd.Context(), args[0], "marqué : son prochain prélèvement sera le dernier", func(ctx context.Context, o *data.Office, id int64) error {
				return o.Billing.LastCollection(ctx, id)
			})
		},
	}
}

func (c *cli) moveMandate(ctx context.Context, text, done string, do func(context.Context, *data.Office, int64) error) error {
	ctx, o, err := c.enter(ctx)
	if err != nil {
		return err
	}
	id, err := number("de mandat", text)
	if err != nil {
		return err
	}
	if err := do(ctx, o, id); err != nil {
		return err
	}
	out := struct {
		ID   int64  `json:"id"`
		Done string `json:"done"`
	}{id, done}
	return c.say(out, func(w io.Writer) { put(w, "Mandat %d %s.\n", id, done) })
}

func (c *cli) mandateForm() *cobra.Command {
	var familyText, out string
	var account, blank bool
	cmd := &cobra.Command{
		Use: "form", Short: "imprime le mandat à signer d’une famille, rempli de ce qui est connu", Args: words(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := need("family", familyText, "out", out); err != nil {
				return err
			}
			if _, err := format(out, "pdf"); err != nil {
				return err
			}
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			id, err := number("de famille", familyText)
			if err != nil {
				return err
			}
			if err := c.writeForm(ctx, o, id, out, account, blank); err != nil {
				return err
			}
			return c.sayFile(out)
		},
	}
	f := cmd.Flags()
	f.StringVar(&familyText, "family", "", "`FAMILLE`")
	f.StringVar(&out, "out", "", "`FICHIER` PDF")
	f.BoolVar(&account, "account", false, "imprime aussi l’IBAN du mandat en cours (sa lecture est notée au journal)")
	f.BoolVar(&blank, "new", false, "pour un nouveau mandat, sans la RUM de celui en cours")
	return cmd
}

func (c *cli) writeForm(ctx context.Context, o *data.Office, familyID int64, out string, account, blank bool) error {
	f, err := o.Family.Get(ctx, familyID)
	if err != nil {
		return err
	}
	list, err := o.Billing.Mandates(ctx, familyID)
	if err != nil {
		return err
	}
	var m billing.Mandate
	if i := slices.IndexFunc(list, func(m billing.Mandate) bool {
		return m.State == billing.MandateActive || m.State == billing.MandateBlocked
	}); i >= 0 && !blank {
		m = list[i]
	}
	iban := ""
	if account {
		if m.ID == 0 {
			return fault.New(fault.NotFound, "La famille %s n’a pas de mandat en cours : imprimez le formulaire sans --account.", family.Number(familyID))
		}
		if iban, err = o.Billing.MandateAccount(ctx, m.ID); err != nil {
			return err
		}
	}
	return c.writePaper(ctx, o, out, func(p *desk.Papers, w io.Writer) error { return p.MandatePDF(ctx, w, f, m, iban) })
}

// sayFile tells that a file was written.
func (c *cli) sayFile(path string) error {
	out := struct {
		File string `json:"file"`
	}{path}
	return c.say(out, func(w io.Writer) { put(w, "Écrit dans %s.\n", path) })
}
