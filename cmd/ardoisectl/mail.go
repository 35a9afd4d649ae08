package main

import (
	"io"

	"github.com/spf13/cobra"

	"ardoise/data/calendar"
	"ardoise/data/store"
)

func (c *cli) mailCommand() *cobra.Command {
	return group("mail", "courriels aux familles : boîte d’envoi", c.mailOutbox())
}

// mailOutbox lists the letters that wait to be sent; sending is not this
// program's yet.
func (c *cli) mailOutbox() *cobra.Command {
	var limit int
	var body bool
	cmd := &cobra.Command{
		Use: "outbox", Short: "les courriels préparés, le plus récent d’abord", Args: words(),
		Long: "Les courriels préparés, le plus récent d’abord. Les accès dont une pièce est échue sont d’abord suspendus et les rappels d’échéance écrits, une fois chacun.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, o, err := c.enter(cmd.Context())
			if err != nil {
				return err
			}
			if err := o.Housekeep(ctx); err != nil { // a letter due today is in the list
				return err
			}
			list, err := o.Letter.Outbox(ctx, limit)
			if err != nil {
				return err
			}
			type letter struct {
				ID      int64  `json:"id"`
				Family  int64  `json:"family"`
				To      string `json:"to"`
				Subject string `json:"subject"`
				Body    string `json:"body"`
				Kind    string `json:"kind"`
				State   string `json:"state"`
				Created string `json:"created"`
			}
			out := []letter{}
			t := columns(">N°", "Préparé le", "À", "Objet", "État")
			for _, l := range list {
				at, err := store.ParseInstant(l.Since)
				if err != nil {
					return err
				}
				out = append(out, letter{l.ID, l.FamilyID, l.Letter.To, l.Letter.Subject, l.Letter.Body, l.Kind, l.State, paris(at)})
				t.row(l.ID, calendar.DateOf(at).Short()+" "+calendar.HourText(at), l.Letter.To, l.Letter.Subject, mailStates[l.State])
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
	cmd.Flags().IntVar(&limit, "limit", 200, "`NOMBRE` de courriels au plus")
	cmd.Flags().BoolVar(&body, "body", false, "montre aussi le texte")
	return cmd
}

var mailStates = map[string]string{"waiting": "à envoyer", "sent": "envoyé", "failed": "en échec", "held": "retenu (démonstration)"}
