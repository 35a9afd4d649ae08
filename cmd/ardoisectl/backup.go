package main

import (
	"context"
	"encoding/hex"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"ardoise/data"
	"ardoise/data/backup"
	"ardoise/data/fault"
	"ardoise/data/store"
)

// copyJSON is one copy, as --json gives it.
type copyJSON struct {
	File     string `json:"file"`
	Bytes    int64  `json:"bytes"`
	SHA256   string `json:"sha256"`
	MadeAt   string `json:"made_at"`
	Place    string `json:"place"`
	Cause    string `json:"cause"`
	Sealed   bool   `json:"sealed"`
	Outside  bool   `json:"outside"`
	Machine  string `json:"machine"`
	Verified string `json:"verified_at"`
}

func copyOut(c backup.Copy) copyJSON {
	out := copyJSON{c.Path, c.Bytes, hex.EncodeToString(c.Digest), store.Instant(c.MadeAt), string(c.Place), string(c.Cause), c.Sealed, c.Outside, c.Machine, ""}
	if !c.VerifiedAt.IsZero() {
		out.Verified = store.Instant(c.VerifiedAt)
	}
	return out
}

func kilobytes(n int64) int64 { return (n + 1023) / 1024 }

func (c *cli) backupCommand() *cobra.Command {
	var daily bool
	cmd := &cobra.Command{
		Use: "backup [DOSSIER]", Short: "sauvegarde la base ; la copie est scellée, relue et contrôlée", Args: cobra.MaximumNArgs(1),
		Long: "Sauvegarde la base dans un dossier, ou sans DOSSIER dans ceux des réglages (« ardoisectl backup settings »). La copie est scellée avec la clé de la " +
			"commune, relue et contrôlée avant de recevoir son nom. Avec --daily, rien n’est fait si la sauvegarde du jour existe. Sans --user, pour une tâche " +
			"planifiée, c’est le programme qui agit : aucune clé n’est nécessaire.",
		Example: "  ardoisectl backup /media/cle\n  ardoisectl backup --daily",
		RunE: func(cmd *cobra.Command, args []string) error {
			if daily && len(args) > 0 {
				return usage("--daily sauvegarde dans les dossiers des réglages : « %s » est de trop", args[0])
			}
			ctx, o, err := c.unattended(cmd.Context())
			if err != nil {
				return err
			}
			switch {
			case daily:
				return c.backupDay(ctx, o)
			case len(args) == 1:
				return c.backupIn(ctx, o, args[0])
			}
			made, err := o.Backup.Make(ctx)
			if err != nil {
				return err
			}
			return c.sayMade(made, true)
		},
	}
	cmd.Flags().BoolVar(&daily, "daily", false, "la sauvegarde du jour, si elle n’est pas déjà faite")
	cmd.AddCommand(c.backupList(), c.backupCheck(), c.backupSettings())
	return cmd
}

func (c *cli) backupIn(ctx context.Context, o *data.Office, dir string) error {
	made, err := o.Backup.MakeIn(ctx, dir)
	if err != nil {
		return err
	}
	return c.say(copyOut(made), func(w io.Writer) { sayCopy(w, made) })
}

func sayCopy(w io.Writer, c backup.Copy) {
	sealed := "scellée"
	if !c.Sealed {
		sealed = "non scellée, la base n’a pas encore de clé"
	}
	put(w, "Sauvegarde faite et contrôlée : %s (%d Ko, %s).\n", c.Path, kilobytes(c.Bytes), sealed)
}

func (c *cli) backupDay(ctx context.Context, o *data.Office) error {
	made, done, err := o.Backup.Day(ctx, true)
	if err != nil {
		return err
	}
	return c.sayMade(made, done)
}

// sayMade tells what a backup into the places of the settings gave. A second
// place that could not be reached is told and makes the command fail: a
// scheduler must notice.
func (c *cli) sayMade(made backup.Made, done bool) error {
	out := struct {
		Done    bool       `json:"done"`
		Copies  []copyJSON `json:"copies"`
		Second  string     `json:"second"` // why the second place has none
		Removed int        `json:"removed"`
	}{done, []copyJSON{}, "", made.Removed}
	for _, x := range made.Copies {
		out.Copies = append(out.Copies, copyOut(x))
	}
	if made.Second != nil {
		out.Second = fault.Sentence(made.Second)
	}
	err := c.say(out, func(w io.Writer) {
		if !done {
			put(w, "La sauvegarde du jour est déjà faite.\n")
		}
		for _, x := range made.Copies {
			sayCopy(w, x)
		}
		if made.Second != nil {
			put(w, "Second dossier : %s\n", out.Second)
		}
		if made.Removed > 0 {
			put(w, "Anciennes sauvegardes effacées selon la règle : %d.\n", made.Removed)
		}
	})
	if err == nil && made.Second != nil {
		return environment{checkFailed{made.Second}}
	}
	return err
}

func (c *cli) backupList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "les sauvegardes connues, de la plus récente à la plus ancienne", Args: words(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, o, err := c.unattended(cmd.Context())
			if err != nil {
				return err
			}
			list, err := o.Backup.Copies(ctx)
			if err != nil {
				return err
			}
			out := []copyJSON{}
			for _, x := range list {
				out = append(out, copyOut(x))
			}
			return c.say(out, func(w io.Writer) {
				t := columns("Faite le", "Cause", "Lieu", ">Ko", "Fichier")
				for _, x := range list {
					t.row(instantText(x.MadeAt), x.Cause.Label(), placeText(x), kilobytes(x.Bytes), x.Path)
				}
				t.print(w, "Aucune sauvegarde.")
			})
		},
	}
}

func placeText(c backup.Copy) string {
	if c.Outside {
		return "hors de la machine"
	}
	return "cette machine"
}

// secret reads what opens a backup: the phrase when it is asked for, else the
// agent's own password.
func (c *cli) backupSecret(phrase bool) (s backup.Secret, err error) {
	if phrase {
		s.Phrase = c.getenv("ARDOISE_PHRASE")
		if s.Phrase == "" {
			s.Phrase, err = c.line("La phrase de secours manque : donnez-la dans ARDOISE_PHRASE ou sur l’entrée standard.")
		}
		return s, err
	}
	if c.user == "" {
		return s, nil
	}
	if c.secret == "" {
		c.secret, err = c.password()
	}
	s.Login, s.Password = c.user, c.secret
	return s, err
}

const phraseHelp = "ouvre la sauvegarde avec la phrase de secours, lue dans ARDOISE_PHRASE ou sur l’entrée standard"

const noBackupHelp = "importe sans la sauvegarde préalable (elle a échoué, et vous choisissez de continuer)"

func (c *cli) backupCheck() *cobra.Command {
	var phrase bool
	cmd := &cobra.Command{
		Use: "check FICHIER", Short: "contrôle une sauvegarde : octet pour octet, et son contenu avec --phrase ou --user", Args: words("le fichier de la sauvegarde"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, o, err := c.unattended(cmd.Context())
			if err != nil {
				return err
			}
			secret, err := c.backupSecret(phrase)
			if err != nil {
				return err
			}
			got, err := o.Backup.Check(ctx, args[0], secret)
			if err != nil {
				return err
			}
			out := struct {
				File   string `json:"file"`
				Sealed bool   `json:"sealed"`
				MadeAt string `json:"made_at"`
				Engine string `json:"engine"`
				Schema int64  `json:"schema"`
				Known  bool   `json:"known"`
				Whole  bool   `json:"whole"`
			}{args[0], got.Sealed, "", got.Engine.String(), got.Schema, got.Known, got.Whole}
			if !got.MadeAt.IsZero() {
				out.MadeAt = store.Instant(got.MadeAt)
			}
			return c.say(out, func(w io.Writer) { put(w, "%s : %s\n", filepath.Base(args[0]), got.Said) })
		},
	}
	cmd.Flags().BoolVar(&phrase, "phrase", false, phraseHelp)
	return cmd
}
