package main

import (
	"context"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"ardoise/data"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/mailbox"
	"ardoise/data/store"
	"ardoise/reports/desk"
)

func (c *cli) mailCommand() *cobra.Command {
	return group("mail", "courriels des familles : relève, lecture, application, envoi",
		c.mailFetch(), c.mailList(), c.mailShow(), c.mailRead(), c.mailApply(), c.mailUndo(), c.mailIgnore(), c.mailFamily(),
		c.mailOutbox(), c.mailSend(), c.mailWatch(), c.mailTemplates(), c.mailTemplate(),
		c.mailLetters("retry", "renvoie des courriels en échec ou dont l’envoi est incertain", "remis à l’envoi", func(ctx context.Context, o *data.Office, ids ...int64) error {
			return o.Mailbox.Retry(ctx, ids...)
		}),
		c.mailLetters("drop", "abandonne des courriels qui ne sont pas partis", "abandonné(s)", func(ctx context.Context, o *data.Office, ids ...int64) error {
			return o.Mailbox.Drop(ctx, ids...)
		}),
		c.mailLetters("settle", "dit que des courriels dont l’envoi est incertain sont bien partis", "noté(s) comme partis", func(ctx context.Context, o *data.Office, ids ...int64) error {
			return o.Mailbox.Settle(ctx, ids...)
		}),
		c.mailRefused(), c.mailLift(), c.mailAccounts(), c.mailAccount(), c.mailTest(), c.mailStop())
}

// letterJSON is a letter of mail outbox.
type letterJSON struct {
	ID       int64  `json:"id"`
	Family   int64  `json:"family"`
	To       string `json:"to"`
	Subject  string `json:"subject"`
	Body     string `json:"body"`
	Kind     string `json:"kind"`
	State    string `json:"state"`
	Created  string `json:"created"`
	Sent     string `json:"sent"`
	Attempts int    `json:"attempts"`
	Next     string `json:"next"`
	Problem  string `json:"problem"`
	Answers  int64  `json:"answers"`
}

// mailOutbox lists the letters to families and what became of them.
func (c *cli) mailOutbox() *cobra.Command {
	var limit int
	var body bool
	var state string
	cmd := &cobra.Command{
		Use: "outbox", Short: "les courriels préparés, le plus récent d’abord", Args: words(),
		Long: "Les courriels préparés, le plus récent d’abord. Les accès dont une pièce est échue sont d’abord suspendus et les rappels d’échéance écrits, une fois chacun.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			states := strings.FieldsFunc(state, func(r rune) bool { return r == ',' || r == ' ' })
			for _, s := range states {
				if mailStates[s] == "" {
					return usage("--state veut waiting, sending, sent, failed, doubt, held ou dropped")
				}
			}
			if err := o.Housekeep(ctx); err != nil { // a letter due today is in the list
				return err
			}
			list, err := o.Mailbox.Outbox(ctx, states, 0, limit)
			if err != nil {
				return err
			}
			out := []letterJSON{}
			t := columns(">N°", "Préparé le", "À", "Objet", "État")
			for _, l := range list {
				at, err := store.ParseInstant(l.Since)
				if err != nil {
					return err
				}
				out = append(out, letterJSON{
					l.ID, l.FamilyID, l.Letter.To, l.Letter.Subject, l.Letter.Body, l.Kind, l.State, paris(at), paris(l.SentAt), l.Attempts, paris(l.NextAt), l.Problem, l.AnswersID,
				})
				t.row(l.ID, calendar.DateOf(at).Short()+" "+calendar.HourText(at), l.Letter.To, l.Letter.Subject, strings.TrimSpace(mailStates[l.State]+" "+l.Problem))
			}
			return c.say(out, func(w io.Writer) {
				t.print(w, "Aucun courriel.")
				for _, l := range list {
					if body {
						put(w, "\n--- N° %d, à %s\n%s\n\n%s", l.ID, l.Letter.To, l.Letter.Subject, l.Letter.Body)
					}
				}
			})
		},
	}
	f := cmd.Flags()
	f.IntVar(&limit, "limit", 200, "`NOMBRE` de courriels au plus")
	f.BoolVar(&body, "body", false, "montre aussi le texte")
	f.StringVar(&state, "state", "", "`LISTE` d’états\u00a0: waiting, sending, sent, failed, doubt, held, dropped")
	return cmd
}

var mailStates = map[string]string{
	"waiting": "à envoyer", "sending": "en cours d’envoi", "sent": "envoyé", "failed": "en échec", "doubt": "envoi incertain", "held": "retenu (démonstration)", "dropped": "abandonné",
}

// mailSend sends once what is due.
func (c *cli) mailSend() *cobra.Command {
	return &cobra.Command{
		Use: "send", Short: "envoie les courriels qui attendent", Args: words(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			if err := o.Housekeep(ctx); err != nil {
				return err
			}
			r, err := o.Mailbox.Send(ctx, desk.Joiner(o))
			if err != nil {
				return err
			}
			if err := c.say(sentOut(r), func(w io.Writer) { saySent(w, r) }); err != nil {
				return err
			}
			if r.Problem != "" {
				return environment{checkFailed{fault.New(fault.Unavailable, "%s", r.Problem)}}
			}
			return nil
		},
	}
}

type sentJSON struct {
	Sent    int    `json:"sent"`
	Failed  int    `json:"failed"`
	Later   int    `json:"later"`
	Next    string `json:"next"`
	Problem string `json:"problem"`
}

func sentOut(r mailbox.Sent) sentJSON {
	return sentJSON{r.Sent, r.Failed, r.Later, paris(r.Next), r.Problem}
}

func saySent(w io.Writer, r mailbox.Sent) {
	put(w, "%s, %s, %s.\n", count(r.Sent, "courriel envoyé", "courriels envoyés"), count(r.Failed, "refusé", "refusés"), count(r.Later, "remis à plus tard", "remis à plus tard"))
	if r.Problem != "" {
		put(w, "L’envoi s’est arrêté : %s\n", r.Problem)
	}
}

// mailLetters is a command on letters of the outbox by their numbers.
func (c *cli) mailLetters(use, short, did string, do func(ctx context.Context, o *data.Office, ids ...int64) error) *cobra.Command {
	return &cobra.Command{
		Use: use + " N° …", Short: short, Args: someWords("le numéro d’un courriel"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			ids, err := numbers("de courriel", strings.Join(args, ","))
			if err != nil {
				return err
			}
			if err := do(ctx, o, ids...); err != nil {
				return err
			}
			return c.say(map[string]int{"count": len(ids)}, func(w io.Writer) { put(w, "%s %s.\n", count(len(ids), "courriel", "courriels"), did) })
		},
	}
}

// someWords wants at least one word.
func someWords(name string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) == 0 {
			return usage("il manque %s", name)
		}
		return nil
	}
}

// mailRefused lists the addresses that are not written to.
func (c *cli) mailRefused() *cobra.Command {
	return &cobra.Command{
		Use: "refused", Short: "les adresses qui ont refusé un courriel, et à qui rien ne part plus", Args: words(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			list, err := o.Mailbox.Refusals(ctx)
			if err != nil {
				return err
			}
			type refusedJSON struct {
				Address   string `json:"address"`
				Reason    string `json:"reason"`
				Permanent bool   `json:"permanent"`
				At        string `json:"at"`
				Family    int64  `json:"family"`
			}
			out := []refusedJSON{}
			t := columns("Adresse", "Famille", "Depuis", "Motif")
			for _, r := range list {
				out = append(out, refusedJSON{r.Address, r.Reason, r.Permanent, paris(r.At), r.FamilyID})
				t.row(r.Address, r.Family, calendar.DateOf(r.At).Short(), r.Reason)
			}
			return c.say(out, func(w io.Writer) { t.print(w, "Aucune adresse refusée.") })
		},
	}
}

func (c *cli) mailLift() *cobra.Command {
	return &cobra.Command{
		Use: "lift ADRESSE", Short: "dit qu’une adresse fonctionne de nouveau", Args: words("l’adresse"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			if err := o.Mailbox.Lift(ctx, args[0]); err != nil {
				return err
			}
			return c.say(map[string]string{"address": args[0]}, func(w io.Writer) { put(w, "L’adresse %s reçoit de nouveau nos courriels.\n", args[0]) })
		},
	}
}
