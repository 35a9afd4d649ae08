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

// Backup writes a copy of the database into dir, opens it again, verifies it,
// and only then gives it its name: NAME-YYYYMMDD-HHMMSS.db (.dump on
// PostgreSQL, by pg_dump). Work goes on meanwhile. A copy that does not verify
// is removed.
func (db *DB) Backup(ctx context.Context, dir string) (path string, err error) {
	if err := db.refuseNested(ctx); err != nil {
		return "", err
	}
	if db.engine == Postgres {
		path, err = db.dump(ctx, dir, "")
	} else {
		path, err = db.backupSQLite(ctx, dir, "", newest(db.set))
	}
	return path, explain(err)
}

// spot gives the final name of a backup and the temporary one it is made under.
func (db *DB) spot(dir, suffix, ext string) (final, temp string, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", "", fault.Wrap(fault.Unavailable, err, "Le dossier de sauvegarde « %s » ne peut pas être créé. La sauvegarde n’est pas faite : choisissez un autre dossier.", dir)
	}
	base := strings.TrimSuffix(db.name, filepath.Ext(db.name)) + suffix + "-" + db.Now().Format("20060102-150405")
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

// backupSQLite copies by VACUUM INTO, on a connection of its own so that
// neither screens nor writers wait.
func (db *DB) backupSQLite(ctx context.Context, dir, suffix string, version int64) (path string, err error) {
	final, temp, err := db.spot(dir, suffix, ".db")
	if err != nil {
		return "", err
	}
	defer func() {
		if err != nil {
			path = ""
			if rerr := os.Remove(temp); rerr != nil && !errors.Is(rerr, os.ErrNotExist) {
				db.log.Warn("store: a failed backup could not be removed", "file", temp, "err", rerr)
			}
			err = backupFailed(err)
		}
	}()
	source := liteOpen(db.path, 1, []string{"mode=rw", "_busy_timeout=5000"})
	_, err = source.ExecContext(ctx, `VACUUM INTO ?1`, temp) // an empty file is a fine target
	if err = errors.Join(err, source.Close()); err != nil {
		return "", err
	}
	if err := syncFile(temp); err != nil {
		return "", err
	}
	beforeVerify(temp)
	var check func(*Tx) error
	if p := db.check.Load(); p != nil {
		check = *p
	}
	if err := verifyFile(ctx, temp, db.set, version, check); err != nil {
		return "", err
	}
	if err := os.Rename(temp, final); err != nil {
		return "", err
	}
	return final, syncDir(dir)
}

// beforeVerify lets a test spoil a copy that is about to be verified.
var beforeVerify = func(string) {}

// backupFailed says first that there is no backup, then why.
func backupFailed(err error) error {
	reason := fault.Sentence(explain(err))
	return fault.Wrap(fault.Unavailable, err, "La sauvegarde n’est pas faite. %s", reason)
}

// verifyFile opens a database file that nobody writes to and looks at all of
// it: integrity, references, schema version from oldest to the set's newest,
// and the caller's own question.
func verifyFile(ctx context.Context, path string, set []migration, oldest int64, check func(*Tx) error) (err error) {
	if err := header(path); err != nil {
		return err
	}
	pool := liteOpen(path, 1, frozenParams)
	defer func() { err = errors.Join(err, pool.Close()) }()
	if err := quickCheck(ctx, pool, "integrity_check"); err != nil {
		return err
	}
	var table sql.NullString
	err = pool.QueryRowContext(ctx, `SELECT "table" FROM pragma_foreign_key_check LIMIT 1`).Scan(&table)
	if err == nil {
		return fault.New(fault.Unavailable, "Le fichier « %s » est incohérent (table %s) : il ne peut pas servir de sauvegarde.", filepath.Base(path), table.String)
	} else if !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	probe := &DB{engine: SQLite, set: set, name: filepath.Base(path), path: path, readers: pool, writer: pool, log: slog.Default()}
	has, _, err := probe.schemaState(ctx, pool)
	if err != nil {
		return err
	}
	if err := refuseNewer(probe.name, has, newest(set)); err != nil {
		return err
	}
	if has < oldest || has == 0 {
		return fault.New(fault.Invalid, "« %s » n’est pas une base Ardoise complète (schéma %d).", probe.name, has)
	}
	if check == nil {
		return nil
	}
	probe.SetClock(systemClock)
	return probe.Read(ctx, check)
}

// syncFile and syncDir make what was written outlive a power cut.
func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
