package store

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/gofrs/flock"

	"ardoise/data/fault"
)

// Workspace is a folder for the time of one piece of work, where a copy lies in
// clear. It belongs to whoever holds its lock: what a killed program left is
// known by a lock that nobody holds, and goes at the next start.
type Workspace struct {
	dir  string
	lock *flock.Flock
}

const (
	workPrefix = ".ardoise-travail-"
	workLock   = "verrou"
)

// NewWorkspace makes a private folder in dir, after removing abandoned ones.
func NewWorkspace(dir string) (*Workspace, error) {
	if err := ClearWorkspaces(dir); err != nil {
		return nil, err
	}
	var last error
	for range 5 { // another program may clear the folder before its lock is taken
		made, err := os.MkdirTemp(dir, workPrefix+"*")
		if err != nil {
			return nil, fault.Wrap(fault.Unavailable, err, "Le dossier « %s » est en lecture seule ou plein : il faut pouvoir y écrire le temps de ce travail. Rien n’a été modifié.", dir)
		}
		lock := flock.New(filepath.Join(made, workLock))
		ok, err := lock.TryLock()
		if ok {
			if _, err = os.Stat(lock.Path()); err == nil {
				return &Workspace{made, lock}, nil
			}
		}
		last = errors.Join(err, lock.Close())
		if err := os.RemoveAll(made); err != nil {
			return nil, errors.Join(last, err)
		}
	}
	return nil, fault.Wrap(fault.Unavailable, last, "Le dossier « %s » ne peut pas être réservé. Rien n’a été modifié : recommencez.", dir)
}

// Path names a file of the workspace.
func (w *Workspace) Path(name string) string { return filepath.Join(w.dir, name) }

// create makes an empty file that only its owner may read.
func (w *Workspace) create(name string) (string, error) {
	f, err := os.OpenFile(w.Path(name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	return f.Name(), f.Close()
}

// Close removes the folder and all that is in it; it may be called twice.
func (w *Workspace) Close() error {
	return errors.Join(w.lock.Close(), os.RemoveAll(w.dir)) // Windows removes no file that is open
}

// ClearWorkspaces removes from dir the workspaces that nobody holds any more. A
// folder that does not exist has none.
func ClearWorkspaces(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fault.Wrap(fault.Unavailable, err, "Le dossier « %s » ne peut pas être lu. Rien n’a été modifié : vérifiez vos droits.", dir)
	}
	for _, e := range entries {
		if !e.IsDir() || !strings.HasPrefix(e.Name(), workPrefix) {
			continue
		}
		left := filepath.Join(dir, e.Name())
		lock := flock.New(filepath.Join(left, workLock))
		ok, err := lock.TryLock()
		if cerr := lock.Close(); err != nil || cerr != nil || !ok {
			continue // held, or gone meanwhile, or somebody else's: not ours to remove
		}
		if err := os.RemoveAll(left); err != nil {
			return fault.Wrap(fault.Unavailable, err, "Le dossier « %s », laissé par un programme interrompu, ne peut pas être effacé : vérifiez vos droits.", left)
		}
	}
	return nil
}
