package main

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"ardoise/data"
	"ardoise/data/backup"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/store"
)

type restoreFlags struct{ phrase, dryRun, noBackup bool }

func (c *cli) restoreCommand() *cobra.Command {
	var x restoreFlags
	cmd := &cobra.Command{
		Use: "restore FICHIER", Short: "montre ce qu’une sauvegarde changerait, puis la remet à la place de la base", Args: words("le fichier de la sauvegarde"),
		Long: "Ouvre une sauvegarde avec la phrase de secours (--phrase), ou avec l’identifiant et le mot de passe d’un administrateur de ce jour-là (--user), la contrôle " +
			"en entier, dit ce qui changerait et la remet à la place de la base. --dry-run s’arrête avant. Personne ne doit avoir la base ouverte ; l’ancien fichier est " +
			"gardé à côté (d’une base PostgreSQL, une sauvegarde est faite avant). Si la base actuelle s’ouvre, il faut y être administrateur, ou donner la phrase de la même commune.",
		Example: "  ardoisectl --user nperret restore ardoise-20261124-180000.ardoise --dry-run",
		RunE:    func(cmd *cobra.Command, args []string) error { return c.restore(cmd.Context(), x, args[0]) },
	}
	f := cmd.Flags()
	f.BoolVar(&x.phrase, "phrase", false, phraseHelp)
	f.BoolVar(&x.dryRun, "dry-run", false, "montre ce qui changerait et n’écrit rien")
	f.BoolVar(&x.noBackup, "no-backup", false, "d’une base PostgreSQL : ne garde pas l’état d’aujourd’hui avant de le remplacer")
	return cmd
}

func (c *cli) restore(ctx context.Context, x restoreFlags, file string) (err error) {
	c.unsound, c.dateSure = true, true // what a restore replaces, however old; still asked who may do so
	path, err := c.path()
	if err != nil {
		return err
	}
	secret, err := c.backupSecret(x.phrase)
	if err != nil {
		return err
	}
	inside, o, err := c.beforeRestore(ctx, x)
	if err != nil {
		return err
	}
	if s := staff.From(inside); s != nil {
		secret.Key = s.Key
	}
	b, err := data.OpenBackup(ctx, file, secret)
	if err != nil {
		return err
	}
	defer func() {
		if cerr := b.Close(); err == nil {
			err = cerr
		}
	}()
	var db *store.DB
	if o != nil {
		db = o.Store
		if staff.From(inside) == nil && !b.SameTown(ctx, db) {
			return fault.New(fault.Forbidden, "Cette phrase n’est pas celle de la base actuelle : dites aussi qui agit, avec --user (administrateur). Rien n’a été modifié.")
		}
	}
	view, err := b.Preview(ctx, db)
	if err != nil {
		return err
	}
	if x.dryRun {
		return c.say(restoreOut(b, view), func(w io.Writer) { sayPreview(w, b, view) })
	}
	if o != nil && !x.noBackup {
		if err := o.Backup.BeforeRestore(staff.System(ctx)); err != nil {
			return err
		}
	}
	noted, err := c.putBack(ctx, o, b, path)
	if err != nil {
		return err
	}
	out := struct {
		File     string      `json:"file"`
		Database string      `json:"database"`
		Noted    bool        `json:"noted"`
		Preview  previewJSON `json:"preview"`
	}{file, path, noted, restoreOut(b, view)}
	return c.say(out, func(w io.Writer) {
		kept := "L’ancienne base est gardée."
		if store.IsServer(path) && (o == nil || x.noBackup) {
			kept = "De l’ancienne base, rien n’a été gardé."
		}
		put(w, "La sauvegarde « %s » est en place. %s\n", file, kept)
		if !noted {
			put(w, "La restauration n’est pas au journal : refaites la commande avec --user (administrateur), ou le contrôle I11 signalera une fin de journal différente.\n")
		}
	})
}

// putBack closes the base, restores, and notes it.
func (c *cli) putBack(ctx context.Context, o *data.Office, b *backup.Opened, path string) (noted bool, err error) {
	if o != nil {
		c.office = nil
		if err := o.Close(); err != nil {
			return false, err
		}
	}
	opt, err := c.options()
	if err != nil {
		return false, err
	}
	if noted, err = data.Restore(ctx, b, path, c.user, opt); err != nil || noted {
		return noted, err
	}
	return c.noteRestore(ctx, b.Path)
}

// beforeRestore asks for an administrator where there is a database to ask; one
// that is missing or too damaged to open can be replaced by who holds the file.
// With the phrase nobody signs in: what it opens is compared instead.
func (c *cli) beforeRestore(ctx context.Context, x restoreFlags) (context.Context, *data.Office, error) {
	o, err := c.open(ctx, true)
	if err != nil { // nothing there, or nothing that opens: that is what a restore is for
		return ctx, nil, c.mayBeLost(ctx, x, err)
	}
	has, err := o.Staff.HasAgents(ctx)
	if err != nil || !has {
		return staff.System(ctx), o, err
	}
	if x.phrase && c.user == "" {
		return ctx, o, nil
	}
	inside, _, err := c.signIn(ctx, o)
	if err != nil {
		return ctx, nil, err
	}
	return inside, o, staff.Require(inside, staff.Admin)
}

// mayBeLost refuses to replace a server's base that does not open: nothing of it
// would be left, where of a file the old one is put aside.
func (c *cli) mayBeLost(ctx context.Context, x restoreFlags, why error) error {
	path, err := c.path()
	if err != nil || !store.IsServer(path) || x.noBackup || x.dryRun {
		return err
	}
	if content, err := store.Look(ctx, path); err != nil || content == store.Nothing {
		return err
	}
	return fault.Wrap(fault.Conflict, why, "La base actuelle ne s’ouvre pas : son état d’aujourd’hui ne peut pas être gardé avant d’être remplacé. %s Gardez-en une copie (pg_dump), puis ajoutez --no-backup.", fault.Sentence(why))
}

// noteRestore writes into the trail of the restored database why its end is
// not the one kept outside, where a plain copy proved nothing of who holds it.
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
