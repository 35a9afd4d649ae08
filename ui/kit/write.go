package kit

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"ardoise/data/fault"
)

// WriteFile writes what an agent exports: beside the wanted place first, then
// under its name, so that a full disk never leaves half a file. Run it off the
// window's thread. Only the user may read the file.
func WriteFile(path string, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".ardoise-*")
	if err != nil {
		return fault.Wrap(fault.Unavailable, err, "Impossible d’écrire dans le dossier « %s » : choisissez-en un autre.", filepath.Dir(path))
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	if err := errors.Join(write(f), f.Sync(), f.Close()); err != nil {
		if fault.KindOf(err) == fault.Internal {
			return fault.Wrap(fault.Unavailable, err, "Le fichier n’a pas pu être écrit : vérifiez la place libre et les droits du dossier.")
		}
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return fault.Wrap(fault.Unavailable, err, "« %s » n’a pas pu être remplacé : fermez-le s’il est ouvert ailleurs.", filepath.Base(path))
	}
	return nil
}

// papers is how the folders of WriteTemp are named; only those are cleared.
const papers = "ardoise-papier-"

// keepPapers is how long a paper stays for its viewer.
const keepPapers = 12 * time.Hour

// WriteTemp writes a paper to be looked at once in a folder of its own, and
// gives its path. Papers of former days are cleared on the way: they hold
// children's names, and not every system clears its temporary files.
func WriteTemp(name string, write func(io.Writer) error) (string, error) {
	dir, err := os.MkdirTemp("", papers+"*")
	if err != nil {
		return "", fault.Wrap(fault.Unavailable, err, "Le dossier des fichiers temporaires ne peut pas être écrit.")
	}
	if err := clearPapers(dir); err != nil {
		return "", fault.Wrap(fault.Unavailable, err, "D’anciens documents n’ont pas pu être effacés du dossier temporaire « %s ».", filepath.Dir(dir))
	}
	path := filepath.Join(dir, name)
	return path, WriteFile(path, write)
}

// ClearPapers removes every paper this user has been shown: when the screen is
// locked, at the program's end and at its start. A viewer that still shows one
// keeps what it has read.
func ClearPapers() error {
	list, err := filepath.Glob(filepath.Join(os.TempDir(), papers+"*"))
	if err != nil {
		return err
	}
	for _, dir := range list {
		if err := os.RemoveAll(dir); err != nil && !errors.Is(err, fs.ErrPermission) {
			return err // another user's folder is theirs to clear
		}
	}
	return nil
}

// clearPapers removes the folders that are much older than the one just made.
func clearPapers(fresh string) error {
	now, err := os.Stat(fresh)
	if err != nil {
		return err
	}
	root := filepath.Dir(fresh)
	list, err := filepath.Glob(filepath.Join(root, papers+"*"))
	if err != nil {
		return err
	}
	for _, dir := range list {
		st, err := os.Lstat(dir)
		if err != nil || !st.IsDir() || now.ModTime().Sub(st.ModTime()) < keepPapers {
			continue // gone meanwhile, not ours, or still looked at
		}
		if err := os.RemoveAll(dir); err != nil && !errors.Is(err, fs.ErrPermission) {
			return err // another user's folder is theirs to clear
		}
	}
	return nil
}
