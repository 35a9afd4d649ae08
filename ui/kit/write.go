package kit

import (
	"errors"
	"io"
	"os"
	"path/filepath"

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

// WriteTemp writes a paper to be looked at once in a folder of its own, and
// gives its path; the system clears it.
func WriteTemp(name string, write func(io.Writer) error) (string, error) {
	dir, err := os.MkdirTemp("", "ardoise-*")
	if err != nil {
		return "", fault.Wrap(fault.Unavailable, err, "Le dossier des fichiers temporaires ne peut pas être écrit.")
	}
	path := filepath.Join(dir, name)
	return path, WriteFile(path, write)
}
