package store

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"ardoise/data/fault"
)

// Restore puts a backup in the place of target (a path or a postgres://
// address). The backup is verified first, nobody may have the target open, and
// what was there is kept beside it as NAME-avant-restauration-….db. Cut at any
// moment, it leaves the old database or the new one, never a mix.
func Restore(ctx context.Context, backup, target string) error {
	if IsServer(target) {
		return explain(restorePostgres(ctx, backup, target))
	}
	return explain(restoreSQLite(ctx, backup, FilePath(target)))
}

func restoreSQLite(ctx context.Context, backup, target string) (err error) {
	target, err = absolute(target)
	if err != nil {
		return err
	}
	set, err := loadMigrations(nil)
	if err != nil {
		return err
	}
	if _, err := inspectBackup(backup); err != nil {
		return err
	}
	if kind := networkShare(filepath.Dir(target)); kind != "" {
		return fault.New(fault.Unavailable, "« %s » est sur un disque réseau (%s). Rien n’a été modifié : restaurez sur un disque de ce poste.", target, kind)
	}
	if _, err := verifyFile(ctx, backup, set, 1, nil); err != nil {
		return fault.Wrap(fault.KindOf(explain(err)), err, "La sauvegarde « %s » n’a pas été restaurée, la base actuelle est intacte. %s", filepath.Base(backup), fault.Sentence(explain(err)))
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
		return fault.Wrap(fault.Unavailable, err, "Le dossier « %s » ne peut pas être créé. Rien n’a été modifié.", filepath.Dir(target))
	}
	lock := flock.New(target + ".lock")
	wait, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	if ok, lerr := lock.TryLockContext(wait, lockWait); !ok {
		return fault.Wrap(fault.Conflict, lerr, "La base « %s » est ouverte dans un programme. Rien n’a été modifié : fermez Ardoise sur ce poste et recommencez.", filepath.Base(target))
	}
	defer func() { err = errors.Join(err, lock.Unlock()) }()
	if err := clearRemains(target); err != nil {
		return err
	}
	temp, err := copyBeside(backup, target)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, removeIfThere(temp))
		}
	}()
	if _, err := verifyFile(ctx, temp, set, 1, nil); err != nil {
		return err // the copy is what will be trusted
	}
	if err := setAside(ctx, target); err != nil {
		return err
	}
	if err := os.Rename(temp, target); err != nil {
		return fault.Wrap(fault.Unavailable, err, "La base « %s » n’a pas pu être remplacée. Elle est intacte : vérifiez qu’aucun programme ne l’utilise.", filepath.Base(target))
	}
	return syncDir(filepath.Dir(target))
}

// inspectBackup refuses what is plainly not a backup.
func inspectBackup(path string) (os.FileInfo, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fault.Wrap(fault.NotFound, err, "La sauvegarde « %s » est introuvable. Rien n’a été modifié.", path)
	}
	if info.IsDir() {
		return nil, fault.New(fault.Invalid, "« %s » est un dossier : indiquez le fichier de la sauvegarde.", path)
	}
	return info, nil
}

// remains is the pattern of the temporary copies of a restore of target.
func remains(target string) string { return "." + filepath.Base(target) + ".restauration-*" }

// clearRemains removes the copy a killed restore left; the lock is ours, so
// nobody is writing one.
func clearRemains(target string) error {
	entries, err := os.ReadDir(filepath.Dir(target))
	if err != nil {
		return err
	}
	prefix := strings.TrimSuffix(remains(target), "*")
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), prefix) {
			if err := removeIfThere(filepath.Join(filepath.Dir(target), e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// copyBeside copies the backup next to its target, safely on disk.
func copyBeside(backup, target string) (temp string, err error) {
	in, err := os.Open(backup)
	if err != nil {
		return "", fault.Wrap(fault.Unavailable, err, "La sauvegarde « %s » ne peut pas être lue. Rien n’a été modifié.", backup)
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	out, err := os.CreateTemp(filepath.Dir(target), remains(target))
	if err != nil {
		return "", fault.Wrap(fault.Unavailable, err, "Le dossier « %s » est en lecture seule ou plein. Rien n’a été modifié.", filepath.Dir(target))
	}
	_, err = io.Copy(out, in)
	if err = errors.Join(err, out.Sync(), out.Close()); err != nil {
		return "", errors.Join(err, removeIfThere(out.Name()))
	}
	return out.Name(), nil
}

// setAside makes target a single whole file (its journal folded in) and keeps
// a second name for it, so that the rename that follows loses nothing.
func setAside(ctx context.Context, target string) error {
	if _, err := os.Stat(target); errors.Is(err, os.ErrNotExist) {
		// A journal without its database would be applied to the new one.
		return errors.Join(removeIfThere(target+"-wal"), removeIfThere(target+"-shm"))
	} else if err != nil {
		return err
	}
	stamp := systemClock().UTC().Format("20060102-150405")
	aside, err := unused(strings.TrimSuffix(target, filepath.Ext(target))+"-avant-restauration-"+stamp, ".db")
	if err != nil {
		return err
	}
	if err := foldJournal(ctx, target); err != nil {
		// The old database is too damaged to be opened: keep its files as they are.
		for _, ext := range []string{"-wal", "-shm"} {
			if rerr := os.Rename(target+ext, aside+ext); rerr != nil && !errors.Is(rerr, os.ErrNotExist) {
				return errors.Join(err, rerr)
			}
		}
	}
	if err := os.Link(target, aside); err == nil {
		return syncDir(filepath.Dir(target))
	}
	// No hard links here: a copy does as well.
	copied, err := copyBeside(target, target)
	if err != nil {
		return err
	}
	if err := os.Rename(copied, aside); err != nil {
		return errors.Join(err, removeIfThere(copied))
	}
	return syncDir(filepath.Dir(target))
}

// foldJournal writes the WAL back into the file and removes it.
func foldJournal(ctx context.Context, path string) error {
	pool := liteOpen(path, 1, []string{"mode=rw", "_busy_timeout=2000", "_synchronous=FULL"})
	var mode string
	err := pool.QueryRowContext(ctx, "PRAGMA journal_mode = DELETE").Scan(&mode)
	if err == nil && mode != "delete" {
		err = errors.New("store: the journal of " + path + " could not be folded in: " + mode)
	}
	return errors.Join(err, pool.Close())
}

func removeIfThere(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}
