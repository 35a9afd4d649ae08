package main

import (
	"context"
	"io"
	"os"

	"github.com/spf13/cobra"

	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/store"
)

func (c *cli) backupCommand() *cobra.Command {
	return &cobra.Command{
		Use: "backup DOSSIER", Short: "sauvegarde la base dans un dossier ; la copie est rouverte et contrôlée", Args: words("le dossier"),
		Long: "Sauvegarde la base dans un dossier. La copie est synchronisée, rouverte et contrôlée avant de recevoir son nom. Sans --user, pour une tâche planifiée, c’est le programme qui agit.",
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, o, err := c.unattended(cmd.Context())
			if err != nil {
				return err
			}
			if err := staff.Require(ctx, staff.Admin); err != nil {
				return err
			}
			path, err := o.Store.Backup(ctx, args[0])
			if err != nil {
				return err
			}
			info, err := os.Stat(path)
			if err != nil {
				return err
			}
			out := struct {
				File  string `json:"file"`
				Bytes int64  `json:"bytes"`
			}{path, info.Size()}
			return c.say(out, func(w io.Writer) {
				put(w, "Sauvegarde faite et contrôlée : %s (%d Ko).\n", path, (info.Size()+1023)/1024)
			})
		},
	}
}

func (c *cli) restoreCommand() *cobra.Command {
	return &cobra.Command{
		Use: "restore FICHIER", Short: "remet une sauvegarde à la place de la base ; l’ancienne est gardée à côté", Args: words("le fichier de la sauvegarde"),
		Long: "Remet une sauvegarde à la place de la base. La sauvegarde est contrôlée d’abord, personne ne doit avoir la base ouverte, et ce qui " +
			"était là est gardé à côté. Si la base actuelle s’ouvre, il faut y être administrateur (--user) ; la restauration reste au journal.",
		RunE: func(cmd *cobra.Command, args []string) error {
			c.unsound = true // what a restore replaces; still asked who may do so
			path, err := c.path()
			if err != nil {
				return err
			}
			if err := c.mayRestore(cmd.Context()); err != nil {
				return err
			}
			if err := store.Restore(cmd.Context(), args[0], path); err != nil {
				return err
			}
			noted, err := c.noteRestore(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			out := struct {
				File     string `json:"file"`
				Database string `json:"database"`
				Noted    bool   `json:"noted"`
			}{args[0], path, noted}
			return c.say(out, func(w io.Writer) {
				put(w, "La sauvegarde « %s » est en place. L’ancienne base est gardée à côté.\n", args[0])
				if !noted {
					put(w, "La restauration n’est pas au journal : refaites la commande avec --user (administrateur), ou le contrôle I11 signalera une fin de journal différente.\n")
				}
			})
		},
	}
}

// mayRestore asks for an administrator where there is a database to ask; one
// that is missing or too damaged to open can be replaced by who holds the file.
func (c *cli) mayRestore(ctx context.Context) error {
	o, err := c.open(ctx, true)
	if err != nil {
		return nil //nolint:nilerr // nothing there, or nothing that opens: that is what a restore is for
	}
	has, err := o.Staff.HasAgents(ctx)
	if err != nil {
		return err
	}
	if has {
		inside, _, err := c.signIn(ctx, o)
		if err != nil {
			return err
		}
		if err := staff.Require(inside, staff.Admin); err != nil {
			return err
		}
	}
	c.office = nil
	return o.Close()
}

// noteRestore writes into the trail of the restored database why its end is
// not the one kept outside.
func (c *cli) noteRestore(ctx context.Context, backup string) (bool, error) {
	o, err := c.open(ctx, true)
	if err != nil {
		return false, err
	}
	inside, _, err := c.signIn(ctx, o)
	if fault.KindOf(err) == fault.Forbidden {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, o.Staff.AcceptHead(inside, "sauvegarde « "+backup+" » restaurée")
}
