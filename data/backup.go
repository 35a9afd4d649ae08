package data

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"time"

	"ardoise/data/backup"
	"ardoise/data/booking"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// sound is what a copy must show before it counts as a backup.
func sound(tx *store.Tx) error {
	for _, room := range []func(*store.Tx) ([]ledger.Check, error){ledger.Verify, booking.Verify} {
		checks, err := room(tx)
		if err != nil {
			return err
		}
		for _, c := range checks {
			if !c.OK {
				return fault.New(fault.Conflict, "La copie ne respecte pas la règle %s : %s", c.ID, c.Detail)
			}
		}
	}
	return nil
}

// Figures are the few numbers the foot of the window shows.
type Figures struct {
	Families, Children int
	LastBackup         time.Time // zero: never
}

// Figures counts what is active.
func (o *Office) Figures(ctx context.Context) (f Figures, err error) {
	if err := staff.Require(ctx); err != nil {
		return f, err
	}
	err = o.Store.Read(ctx, func(tx *store.Tx) error {
		if err := tx.QueryRow(`SELECT (SELECT count(*) FROM family WHERE state = 'active'), (SELECT count(*) FROM child WHERE state = 'active')`).Scan(&f.Families, &f.Children); err != nil {
			return err
		}
		var err error
		f.LastBackup, err = backup.LastTx(tx)
		return err
	})
	return f, err
}

// copiesOf is the folder of copies while none is set: beside a SQLite file, in
// the user's folder for a server's database.
func (o Options) copiesOf(url string) (string, error) {
	switch {
	case o.BackupDir != "":
		return filepath.Abs(o.BackupDir)
	case !strings.HasPrefix(url, "postgres://") && !strings.HasPrefix(url, "postgresql://"):
		return "", nil // the room knows, once the file is open
	}
	dir, err := Folder()
	return filepath.Join(dir, "sauvegardes"), err
}

// OpenBackup opens a backup where no database is open (the first run, the
// command): its clear content lies in the user's folder for a moment.
func OpenBackup(ctx context.Context, path string, secret backup.Secret) (*backup.Opened, error) {
	dir, err := Folder()
	if err != nil {
		return nil, err
	}
	return backup.Open(ctx, path, secret, dir)
}

// ErrRestored is inside an error that came after a backup had taken its place.
var ErrRestored = errors.New("data: restored, and not noted")

// Restore puts an opened backup in the place of a database that nobody has
// open, and says so in its trail where the opener has proven who they are: noted
// tells whether that was done. who is named in the trail. An error that is
// ErrRestored comes after the backup had taken its place.
func Restore(ctx context.Context, b *backup.Opened, target, who string, opt Options) (noted bool, err error) {
	if err := backup.Restore(ctx, b, target); err != nil || !b.Proven {
		return false, err
	}
	if err := noteRestore(ctx, b, target, who, opt); err != nil {
		return false, fault.Wrap(fault.KindOf(err), errors.Join(ErrRestored, err), "La sauvegarde est en place, mais cela n’a pas pu être écrit au journal. %s", fault.Sentence(err))
	}
	return true, nil
}

func noteRestore(ctx context.Context, b *backup.Opened, target, who string, opt Options) (err error) {
	// Who restores knows that it is of another day.
	opt.MustExist, opt.Unsound, opt.DateSure = true, true, true
	o, err := Open(ctx, target, opt)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, o.Close()) }()
	reason := "sauvegarde « " + filepath.Base(b.Path) + " » restaurée"
	if who != "" {
		reason += " par " + who
	}
	return o.Staff.AcceptHead(staff.System(ctx), fault.French(reason))
}
