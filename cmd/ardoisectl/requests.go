package main

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"ardoise/data"
	"ardoise/data/access"
	"ardoise/data/calendar"
)

func (c *cli) requestsCommand() *cobra.Command {
	return group("requests", "demandes d’accès : liste, dépôt, pièces, décisions",
		c.requestsList(), c.requestsShow(), c.requestsSubmit(), c.requestsAttach(),
		c.decision("accept", "accepte une demande : l’enfant peut être réservé", "", func(ctx context.Context, o *data.Office, id int64, _ string) (access.Request, error) {
			return o.Access.Accept(ctx, id, 0, nil)
		}),
		c.decision("refuse", "refuse une demande ; la famille reçoit le motif", "reason", func(ctx context.Context, o *data.Office, id int64, text string) (access.Request, error) {
			return o.Access.Refuse(ctx, id, 0, text, nil)
		}),
		c.decision("incomplete", "demande un complément à la famille", "missing", func(ctx context.Context, o *data.Office, id int64, text string) (access.Request, error) {
			return o.Access.AskMore(ctx, id, 0, text, nil)
		}))
}

// requestJSON is a line of requests list (ctl.md).
type requestJSON struct {
	ID        int64    `json:"id"`
	Child     string   `json:"child"`
	ChildID   int64    `json:"child_id"`
	Family    int64    `json:"family"`
	Service   string   `json:"service"`
	ServiceID int64    `json:"service_id"`
	Year      string   `json:"year"`
	Status    string   `json:"status"`
	Received  string   `json:"received"`
	Reason    string   `json:"reason"`
	ValidTo   string   `json:"valid_to"`
	Missing   []string `json:"missing"`
}

func requestOut(q access.Request) requestJSON {
	return requestJSON{
		q.ID, q.Child, q.ChildID, q.FamilyID, q.Service, q.ServiceID, q.Year.String(), string(q.State), paris(q.ReceivedAt), q.Reason,
		q.ValidTo.String(), append([]string{}, q.Missing...),
	}
}

func (c *cli) requestsList() *cobra.Command {
	var status, serviceText, child, text string
	var limit int
	cmd := &cobra.Command{
		Use: "list", Short: "les demandes, celles qui attendent une décision d’abord", Args: words(),
		Long: "Les demandes, celles qui attendent une décision d’abord. Les accès dont une pièce est échue sont d’abord suspendus et les rappels d’échéance écrits, une fois chacun.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			f := access.Filter{Text: text}
			for _, s := range strings.FieldsFunc(status, func(r rune) bool { return r == ',' || r == ' ' }) {
				if !access.State(s).Valid() {
					return usage("--status veut draft, submitted, incomplete, accepted, refused ou suspended")
				}
				f.States = append(f.States, access.State(s))
			}
			if serviceText != "" {
				s, err := service(ctx, o, serviceText)
				if err != nil {
					return err
				}
				f.ServiceID = s.ID
			}
			if child != "" {
				if f.ChildID, err = number("d’enfant", child); err != nil {
					return err
				}
			}
			if err := o.Housekeep(ctx); err != nil { // what lapsed since yesterday is suspended in the list
				return err
			}
			list, counts, err := o.Access.Queue(ctx, f, 0, limit)
			if err != nil {
				return err
			}
			out := []requestJSON{}
			for _, q := range list {
				out = append(out, requestOut(q))
			}
			return c.say(out, func(w io.Writer) { sayRequests(w, list, counts) })
		},
	}
	f := cmd.Flags()
	f.StringVar(&status, "status", "", "`LISTE` d’états\u00a0: draft, submitted, incomplete, accepted, refused, suspended")
	f.StringVar(&serviceText, "service", "", "numéro ou code du `SERVICE`")
	f.StringVar(&child, "child", "", "numéro de l’`ENFANT`")
	f.StringVar(&text, "text", "", "`TEXTE` dans le nom de l’enfant ou de la famille")
	f.IntVar(&limit, "limit", 100_000, "`NOMBRE` de lignes au plus")
	return cmd
}

func sayRequests(w io.Writer, list []access.Request, counts map[access.State]int) {
	t := columns(">N°", "Enfant", "Classe", "Service", "Reçue le", "État", "Il manque")
	for _, q := range list {
		t.row(q.ID, q.Child, q.Class, q.Short, calendar.DateOf(q.ReceivedAt).Short(), q.State.Label(), strings.Join(q.Missing, ", "))
	}
	t.print(w, "Aucune demande.")
	var parts []string
	for _, s := range []access.State{access.Submitted, access.Suspended, access.Incomplete, access.Draft, access.Accepted, access.Refused} {
		if counts[s] > 0 {
			parts = append(parts, s.Label()+" "+count(counts[s], "demande", "demandes"))
		}
	}
	if len(parts) > 0 {
		put(w, "%s.\n", strings.Join(parts, ", "))
	}
}

func sayRequest(w io.Writer, q access.Request) {
	put(w, "Demande n° %d : %s (n° %d), %s, %s : %s.\n", q.ID, q.Child, q.ChildID, q.Service, q.Year, q.State.Label())
	if q.Reason != "" {
		put(w, "Motif : %s\n", q.Reason)
	}
	if !q.ValidTo.IsZero() {
		put(w, "Accès jusqu’au %s.\n", q.ValidTo.Long())
	}
	t := columns("Pièce", "Présente", "Fichier", "Valable jusqu’au", "Remarque")
	for _, it := range q.Checklist {
		there, name, end := "non", "", ""
		if it.Document != nil {
			there, name, end = "oui", it.Document.Name, it.Document.ValidTo.Short()
		}
		t.row(it.Label, there, name, end, it.Problem)
	}
	t.print(w, "Aucune pièce n’est demandée.")
}

func (c *cli) requestsShow() *cobra.Command {
	return &cobra.Command{
		Use: "show N°", Short: "une demande et ses pièces", Args: words("le numéro de la demande"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			id, err := number("de demande", args[0])
			if err != nil {
				return err
			}
			q, err := o.Access.Get(ctx, id)
			if err != nil {
				return err
			}
			return c.say(requestOut(q), func(w io.Writer) { sayRequest(w, q) })
		},
	}
}

func (c *cli) requestsSubmit() *cobra.Command {
	var child, serviceText, year, start string
	var a access.Asked
	cmd := &cobra.Command{
		Use: "submit", Short: "enregistre une demande d’accès", Args: words(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := need("child", child, "service", serviceText); err != nil {
				return err
			}
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			if a.ChildID, err = number("d’enfant", child); err != nil {
				return err
			}
			s, err := service(ctx, o, serviceText)
			if err != nil {
				return err
			}
			a.ServiceID = s.ID
			if year != "" {
				if a.Year, err = calendar.ParseSchoolYear(year); err != nil {
					return err
				}
			}
			if start != "" {
				if a.StartOn, err = c.day(start, today(o)); err != nil {
					return err
				}
			}
			q, err := o.Access.Submit(ctx, a)
			if err != nil {
				return err
			}
			return c.say(requestOut(q), func(w io.Writer) { sayRequest(w, q) })
		},
	}
	f := cmd.Flags()
	f.StringVar(&child, "child", "", "numéro de l’`ENFANT`")
	f.StringVar(&serviceText, "service", "", "numéro ou code du `SERVICE`")
	f.StringVar(&year, "year", "", "`AAAA-AAAA`, année scolaire, par exemple 2026-2027 (défaut\u00a0: celle d’aujourd’hui)")
	f.StringVar(&start, "from", "", "premier `JOUR` voulu")
	f.StringVar(&a.Weekdays, "weekdays", "", "`JOURS` de la semaine voulus, en chiffres\u00a0: 1 lundi … 7 dimanche")
	f.StringVar(&a.Pay, "pay", "", "`MODE` de paiement\u00a0: prepaid (au fil de l’eau, défaut) ou monthly (chaque mois)")
	f.StringVar(&a.Channel, "channel", "", "`VOIE`\u00a0: desk (guichet, défaut), mail, phone ou import")
	f.BoolVar(&a.Draft, "draft", false, "garde la demande en brouillon")
	return cmd
}

func (c *cli) requestsAttach() *cobra.Command {
	var kind, iban, bic, holder string
	cmd := &cobra.Command{
		Use: "attach N° [FICHIER]", Short: "joint une pièce (PDF, JPEG ou PNG) ou des coordonnées bancaires à une demande",
		Args: func(cmd *cobra.Command, args []string) error {
			if iban != "" {
				return words("le numéro de la demande")(cmd, args)
			}
			return words("le numéro de la demande", "le fichier")(cmd, args)
		},
		Example: "  ardoisectl requests attach 12 fiche.pdf --kind health_form",
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			id, err := number("de demande", args[0])
			if err != nil {
				return err
			}
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			if iban != "" {
				err = o.Access.SetBankDetails(ctx, id, iban, bic, holder)
			} else {
				err = attach(ctx, o, access.Attachment{RequestID: id, Kind: kind, Name: filepath.Base(args[1])}, args[1])
			}
			if err != nil {
				return err
			}
			q, err := o.Access.Get(ctx, id)
			if err != nil {
				return err
			}
			return c.say(requestOut(q), func(w io.Writer) { sayRequest(w, q) })
		},
	}
	f := cmd.Flags()
	f.StringVar(&kind, "kind", "health_form", "`SORTE` de pièce\u00a0: health_form, mandate, insurance, income, exit, other")
	f.StringVar(&iban, "iban", "", "`IBAN` à enregistrer au lieu d’un fichier")
	f.StringVar(&bic, "bic", "", "`BIC` de la banque")
	f.StringVar(&holder, "holder", "", "titulaire du compte (`NOM`)")
	return cmd
}

func attach(ctx context.Context, o *data.Office, a access.Attachment, path string) (err error) {
	f, err := inputFile(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	a.Content = f
	_, err = o.Access.Attach(ctx, a)
	return err
}

// decision makes one of the three commands that decide on a request.
func (c *cli) decision(use, short, flag string, do func(context.Context, *data.Office, int64, string) (access.Request, error)) *cobra.Command {
	var text string
	cmd := &cobra.Command{
		Use: use + " N°", Short: short, Args: words("le numéro de la demande"),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := number("de demande", args[0])
			if err != nil {
				return err
			}
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			q, err := do(ctx, o, id, text)
			if err != nil {
				return err
			}
			return c.say(requestOut(q), func(w io.Writer) { sayRequest(w, q) })
		},
	}
	switch flag {
	case "reason":
		cmd.Flags().StringVar(&text, "reason", "", "`MOTIF` du refus, obligatoire")
	case "missing":
		cmd.Flags().StringVar(&text, "missing", "", "`TEXTE` de ce qui manque (défaut\u00a0: les pièces manquantes)")
	}
	return cmd
}
