package data

import (
	"os"
	"path/filepath"
	"runtime"

	"ardoise/data/fault"
)

// Folder is where this user's databases live: the system's own place for the
// data of programs (XDG_DATA_HOME, %LOCALAPPDATA%, Application Support).
func Folder() (string, error) {
	var base string
	switch runtime.GOOS {
	case "windows":
		base = os.Getenv("LOCALAPPDATA")
	case "darwin":
		if home, err := os.UserHomeDir(); err == nil {
			base = filepath.Join(home, "Library", "Application Support")
		}
	default:
		base = os.Getenv("XDG_DATA_HOME")
		if base == "" {
			if home, err := os.UserHomeDir(); err == nil {
				base = filepath.Join(home, ".local", "share")
			}
		}
	}
	if base == "" {
		return "", fault.New(fault.Unavailable, "Le dossier de l’utilisateur est introuvable : dites où est la base avec --db CHEMIN.")
	}
	return filepath.Join(base, "ardoise"), nil
}

// DefaultPath is a database of that folder, which is made if it is missing.
func DefaultPath(name string) (string, error) {
	dir, err := Folder()
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fault.Wrap(fault.Unavailable, err, "Le dossier « %s » n’a pas pu être créé : vérifiez vos droits ou choisissez un autre emplacement avec --db.", dir)
	}
	return filepath.Join(dir, name), nil
}

// configFolder is where small things live that must not share the database's
// fate, such as the witness of the audit trail of a PostgreSQL database.
func configFolder() (string, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", fault.Wrap(fault.Unavailable, err, "Le dossier de configuration de l’utilisateur est introuvable : définissez HOME (ou APPDATA).")
	}
	return filepath.Join(dir, "ardoise"), nil
}
