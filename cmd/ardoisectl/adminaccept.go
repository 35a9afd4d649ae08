package main

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"ardoise/data"
)

// adminAccept makes this workstation's witness of the trail anew, after the base
// was restored on the server: each workstation has a witness of its own.
func (c *cli) adminAccept() *cobra.Command {
	return c.accepting(&cobra.Command{
		Use: "accept", Short: "accepte la fin du journal telle qu’elle est, après une restauration faite ailleurs",
		Long: "Chaque poste garde hors de la base un témoin de la fin du journal. Après une restauration faite depuis un autre poste, ce témoin ne se retrouve plus dans la base " +
			"et Ardoise le dit. Cette commande contrôle le journal, l’accepte tel qu’il est et l’inscrit, avec le motif. À ne faire que si l’on sait pourquoi la fin a changé.",
	}, "Le journal est contrôlé et accepté ; le motif y est inscrit.",
		func(ctx context.Context, o *data.Office, reason string) error { return o.Staff.AcceptHead(ctx, reason) })
}

// adminClock says that the clock is right, after entries were dated too late.
func (c *cli) adminClock() *cobra.Command {
	return c.accepting(&cobra.Command{
		Use: "clock", Short: "dit que l’horloge est juste, quand des opérations ont été datées trop tard",
		Long: "Ardoise refuse d’enregistrer quand l’horloge est en retard sur la dernière opération. Si c’est l’opération qui a été datée trop tard (l’horloge avançait ce jour-là), " +
			"cette commande le dit : le motif est inscrit au journal et le travail reprend.",
	}, "L’horloge est reconnue juste ; le motif est inscrit au journal.",
		func(ctx context.Context, o *data.Office, reason string) error {
			return o.Staff.AcceptClock(ctx, reason)
		})
}

// accepting gives cmd its one flag, the reason without which nothing is accepted,
// and the run that accepts and then says done.
func (c *cli) accepting(cmd *cobra.Command, done string, accept func(ctx context.Context, o *data.Office, reason string) error) *cobra.Command {
	var reason string
	cmd.Args = words()
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := need("reason", reason); err != nil {
			return err
		}
		ctx, o, err := c.enter(cmd.Context())
		if err != nil {
			return err
		}
		if err := accept(ctx, o, reason); err != nil {
			return err
		}
		return c.say(map[string]bool{"accepted": true}, func(w io.Writer) { put(w, "%s\n", done) })
	}
	cmd.Flags().StringVar(&reason, "reason", "", "`MOTIF`, gardé au journal")
	return cmd
}
