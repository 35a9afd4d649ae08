package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"ardoise/data/fault"
)

// CheckBackups gives a question asked of every backup before it gets its name,
// on top of the engine's integrity check: an error of check undoes the backup.
func (db *DB) CheckBackups(check func(tx *Tx) error) { db.check.Store(&check) }

// Backup keeps a plain copy in dir, verified: NAME-YYYYMMDD-HHMMSS.db (.dump on
// PostgreSQL, by pg_dump). Work goes on meanwhile. A copy that does not verify
// is removed. The copies of a town are sealed: data/backup makes those.
func (db *DB) Backup(ctx context.Context, dir string) (path string, err error) {
	err = db.Copy(ctx, func(c *Copy) (err error) {
		path, err = c.KeepPlain(ctx, dir)
		return err
	})
	return path, err
}

// copyBase is the name of a copy without its extension.
func copyBase(name, suffix string, at time.Time) string {
	return trimExt(name) + suffix + "-" + at.Format("20060102-150405")
}

func trimExt(name string) string { return strings.TrimSuffix(name, filepath.Ext(name)) }

// spot gives the final name of a backup and the temporary one it is made under.
func spot(dir, base, ext string) (final, temp string, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", "", fault.Wrap(fault.Unavailable, err, "Le dossier de sauvegarde « %s » ne peut pas être créé. La sauvegarde n’est pas faite : choisissez un autre dossier.", dir)
	}
	if final, err = unused(filepath.Join(dir, base), ext); err != nil {
		return "", "", err
	}
	if err := clearStale(dir); err != nil {
		return "", "", err
	}
	f, err := os.CreateTemp(dir, halfBackup+"*")
	if err != nil {
		return "", "", fault.Wrap(fault.Unavailable, err, "Le dossier de sauvegarde « %s » est en lecture seule ou plein. La sauvegarde n’est pas faite : choisissez un autre dossier.", dir)
	}
	return final, f.Name(), f.Close()
}

// halfBackup begins the name of a backup that is not verified yet.
const halfBackup = ".ardoise-sauvegarde-"

// clearStale removes what a killed backup left behind, a day later: before,
// another program may still be writing it.
func clearStale(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), halfBackup) {
			continue
		}
		if info, err := e.Info(); err == nil && systemClock().Sub(info.ModTime()) > 24*time.Hour {
			if err := removeIfThere(filepath.Join(dir, e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// unused gives the first of base+ext, base-2+ext … that no file has.
func unused(base, ext string) (string, error) {
	for n := 1; ; n++ {
		path := base + ext
		if n > 1 {
			path = fmt.Sprintf("%s-%d%s", base, n, ext)
		}
		if _, err := os.Lstat(path); errors.Is(err, os.ErrNotExist) {
			return path, nil
		} else if err != nil {
			return "", err
		}
	}
}

// beforeVerify lets a test spoil a copy that is about to be verified.
var beforeVerify = func(string) {}

// backupFailed says first that there is no backup, then why.
func backupFailed(err error) error {
	reason := fault.Sentence(explain(err))
	if strings.Contains(reason, "sauvegarde n’est pas faite") {
		return err
	}
	return fault.Wrap(fault.Unavailable, err, "La sauvegarde n’est pas faite. %s", reason)
}

// verifyFile opens a database file that nobody writes to and looks at all of
// it: integrity, references, schema version from oldest to the set's newest,
// and the caller's own question. It gives the schema.
func verifyFile(ctx context.Context, path string, set []migration, oldest int64, check func(*Tx) error) (schema int64, err error) {
	if err := header(path); err != nil {
		return 0, err
	}
	probe := frozen(path, set)
	defer func() { err = errors.Join(err, probe.readers.Close()) }()
	if err := quickCheck(ctx, probe.readers, "integrity_check"); err != nil {
		return 0, err
	}
	var table sql.NullString
	err = probe.readers.QueryRowContext(ctx, `SELECT "table" FROM pragma_foreign_key_check LIMIT 1`).Scan(&table)
	if err == nil {
		return 0, fault.New(fault.Unavailable, "Le fichier « %s » est incohérent (table %s) : il ne peut pas servir de sauvegarde.", filepath.Base(path), table.String)
	} else if !errors.Is(err, sql.ErrNoRows) {
		return 0, err
	}
	has, _, err := probe.schemaState(ctx, probe.readers)
	if err != nil {
		return 0, err
	}
	if err := refuseNewer(probe.name, has, newest(set)); err != nil {
		return has, err
	}
	if has < oldest || has == 0 {
		return has, fault.New(fault.Invalid, "« %s » n’est pas une base Ardoise complète (schéma %d).", probe.name, has)
	}
	if check == nil {
		return has, nil
	}
	return has, probe.Read(ctx, check)
}

// frozen is a handle on a file that nobody writes to; its readers are closed
// by who asked for it.
func frozen(path string, set []migration) *DB {
	pool := liteOpen(path, 1, frozenParams)
	db := &DB{engine: SQLite, set: set, name: filepath.Base(path), path: path, readers: pool, writer: pool, log: slog.Default()}
	db.SetClock(systemClock)
	return db
}

// readFile asks a file that nobody writes to.
func readFile(ctx context.Context, path string, set []migration, fn func(*Tx) error) (err error) {
	probe := frozen(path, set)
	defer func() { err = errors.Join(err, probe.readers.Close()) }()
	return probe.Read(ctx, fn)
}
