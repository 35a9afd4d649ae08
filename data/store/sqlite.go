package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/gofrs/flock"
	"github.com/mattn/go-sqlite3"

	"ardoise/data/fault"
)

const (
	// applicationID marks our files ("Ardo"), so that another program's
	// database is never taken for one of ours.
	applicationID = 0x4172646F
	// oldestSQLite can be trusted: earlier ones can lose commits in WAL mode.
	oldestSQLite = 3_051_003
	// bigFile: above, a quick check would make the start wait too long and is
	// done in the background instead.
	bigFile = 256 << 20
)

// connector opens SQLite connections with the house's settings.
type connector struct{ dsn string }

var liteDriver = &sqlite3.SQLiteDriver{ConnectHook: func(c *sqlite3.SQLiteConn) error {
	// LIKE as PostgreSQL understands it, and temporary tables in memory only:
	// nothing sealed may ever reach a temporary file. No memory mapping: a
	// failing disk must give an error, not end the program.
	_, err := c.Exec(`PRAGMA case_sensitive_like = ON; PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0;
		PRAGMA journal_size_limit = 67108864; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON`, nil)
	return err
}}

func (c connector) Connect(context.Context) (driver.Conn, error) { return liteDriver.Open(c.dsn) }
func (c connector) Driver() driver.Driver                        { return liteDriver }

// liteURI writes a path as SQLite's URI with the given parameters. Such an
// address knows no working folder: a relative path is made whole here.
func liteURI(path string, params ...string) string {
	if whole, err := filepath.Abs(path); err == nil {
		path = whole
	}
	p := filepath.ToSlash(path)
	if !strings.HasPrefix(p, "/") {
		p = "/" + p // C:/… on Windows
	}
	return "file://" + (&url.URL{Path: p}).EscapedPath() + "?" + strings.Join(params, "&")
}

var (
	writerParams = []string{
		"mode=rwc", "_txlock=immediate", "_foreign_keys=on", "_recursive_triggers=on",
		"_busy_timeout=5000", "_journal_mode=WAL", "_synchronous=FULL", "_cache_size=-32768", "_stmt_cache_size=96",
	}
	readerParams = []string{
		"mode=rw", "_txlock=deferred", "_foreign_keys=on", "_busy_timeout=5000",
		"_query_only=on", "_cache_size=-8192", "_stmt_cache_size=64",
	}
	frozenParams = []string{"mode=ro", "immutable=1", "_query_only=on"}
)

func liteOpen(path string, conns int, params []string) *sql.DB {
	pool := sql.OpenDB(connector{liteURI(path, params...)})
	pool.SetMaxOpenConns(conns)
	pool.SetMaxIdleConns(conns)
	return pool
}

func (db *DB) openSQLite(ctx context.Context, path string, opt Options) error {
	path, err := absolute(path)
	if err != nil {
		return err
	}
	db.engine, db.path, db.url, db.name = SQLite, path, path, filepath.Base(path)
	if _, n, _ := sqlite3.Version(); tooOld(n) {
		return fault.New(fault.Unavailable, "Cette version d’Ardoise contient un SQLite trop ancien pour garder vos données en sûreté. Installez la version officielle d’Ardoise.")
	}
	fresh, err := inspectFile(path, opt.MustExist)
	if err != nil {
		return err
	}
	db.lock = flock.New(path + ".lock")
	if err := db.share(ctx); err != nil {
		return err
	}
	// Nobody restores while we hold the lock: what a killed restore or a killed
	// copy left is nobody's.
	if err := errors.Join(clearRemains(path), ClearWorkspaces(filepath.Dir(path))); err != nil {
		return err
	}
	ours := false
	if fresh { // private from the first byte; the journal takes the same rights
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return err
		}
		if err := f.Close(); err != nil {
			return err
		}
	} else {
		if ours, err = db.recognise(ctx); err != nil {
			return err
		}
	}
	db.writer = liteOpen(path, 1, writerParams)
	if ours {
		err = db.checkAtStart(ctx)
	} else {
		_, err = db.writer.ExecContext(ctx, "PRAGMA application_id = "+strconv.Itoa(applicationID))
	}
	if err != nil {
		return err
	}
	if err := db.migrateSQLite(ctx, opt); err != nil {
		return err
	}
	db.readers = liteOpen(path, max(4, runtime.NumCPU()), readerParams)
	return db.readers.PingContext(ctx)
}

// tooOld judges sqlite3_libversion_number().
func tooOld(number int) bool { return number < oldestSQLite }

// Optimize lets the engine take stock of the tables, so that it chooses the
// right indexes: after an import or a demonstration's creation.
func (db *DB) Optimize(ctx context.Context) error {
	if err := db.refuseNested(ctx); err != nil {
		return err
	}
	if db.engine == Postgres {
		_, err := db.writer.ExecContext(ctx, "ANALYZE")
		return explain(err)
	}
	select {
	case db.turn <- struct{}{}:
		defer func() { <-db.turn }()
	case <-ctx.Done():
		return explain(ctx.Err())
	}
	_, err := db.writer.ExecContext(ctx, "PRAGMA optimize = 0x10002")
	return explain(err)
}

// inspectFile refuses what SQLite would open and later fail on, or should
// never be trusted with; fresh means that there is nothing in the file yet.
func inspectFile(path string, mustExist bool) (fresh bool, err error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		if mustExist {
			return false, fault.New(fault.NotFound, "Le fichier « %s » n’existe pas. Vérifiez l’emplacement de la base.", path)
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return false, fault.Wrap(fault.Unavailable, err, "Le dossier « %s » ne peut pas être créé. Choisissez un dossier où vous avez le droit d’écrire.", filepath.Dir(path))
		}
		fresh = true
	case err != nil:
		return false, fault.Wrap(fault.Unavailable, err, "Le fichier « %s » est inaccessible. Vérifiez son emplacement et vos droits.", path)
	case info.IsDir():
		return false, fault.New(fault.Invalid, "« %s » est un dossier. Indiquez le fichier de la base.", path)
	default:
		fresh = info.Size() == 0
	}
	if kind := networkShare(filepath.Dir(path)); kind != "" {
		return false, fault.New(fault.Unavailable, "« %s » est sur un disque réseau (%s) : une base y serait abîmée tôt ou tard. Placez le fichier sur un disque de ce poste, ou utilisez PostgreSQL pour travailler à plusieurs postes.", path, kind)
	}
	if err := writable(path, fresh); err != nil {
		return false, err
	}
	if !fresh {
		return false, header(path)
	}
	return true, nil
}

// writable tries what SQLite will need: a new file in the folder, and writing
// into the database file.
func writable(path string, fresh bool) error {
	probe, err := os.CreateTemp(filepath.Dir(path), ".ardoise-*")
	if err != nil {
		return fault.Wrap(fault.Unavailable, err, "Le dossier « %s » est en lecture seule ou plein. Rien n’a été modifié : choisissez un dossier où vous avez le droit d’écrire.", filepath.Dir(path))
	}
	if err := errors.Join(probe.Close(), os.Remove(probe.Name())); err != nil {
		return err
	}
	if fresh {
		return nil
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return fault.Wrap(fault.Unavailable, err, "Le fichier « %s » est en lecture seule. Demandez le droit de le modifier.", path)
	}
	return f.Close()
}

// header looks at a file's first bytes.
func header(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	head := make([]byte, 100)
	_, err = io.ReadFull(f, head)
	if cerr := f.Close(); cerr != nil {
		return cerr
	}
	if err != nil || string(head[:16]) != "SQLite format 3\x00" {
		return fault.New(fault.Invalid, "« %s » n’est pas une base Ardoise. Le fichier n’a pas été touché : choisissez-en un autre.", path)
	}
	return nil
}

// recognise tells a database of ours from another program's, through a
// connection that cannot write: a stranger's file is not even turned to WAL.
func (db *DB) recognise(ctx context.Context) (ours bool, err error) {
	look := liteOpen(db.path, 1, readerParams)
	defer func() { err = errors.Join(err, look.Close()) }()
	var id, tables int64
	if err := look.QueryRowContext(ctx, `SELECT (SELECT application_id FROM pragma_application_id), (SELECT count(*) FROM sqlite_master)`).Scan(&id, &tables); err != nil {
		return false, err
	}
	if id != applicationID && tables > 0 {
		return false, fault.New(fault.Invalid, "« %s » est la base d’un autre logiciel. Le fichier n’a pas été touché : choisissez-en un autre.", db.path)
	}
	return id == applicationID, nil
}

// checkAtStart looks for damage before anything is written, or in the
// background where the file is big.
func (db *DB) checkAtStart(ctx context.Context) error {
	info, err := os.Stat(db.path)
	if err != nil {
		return err
	}
	if info.Size() <= bigFile {
		return quickCheck(ctx, db.writer, "quick_check")
	}
	db.work.Go(func() {
		if err := db.QuickCheck(db.ctx); err != nil && db.ctx.Err() == nil {
			db.log.Error("store: quick check", "err", err)
		}
	})
	return nil
}

// QuickCheck looks for damage in the file (SQLite) or asks the server whether
// it answers (PostgreSQL, which keeps its own checksums).
func (db *DB) QuickCheck(ctx context.Context) error {
	if db.engine == Postgres {
		return explain(db.readers.PingContext(ctx))
	}
	check := liteOpen(db.path, 1, readerParams) // not in the way of the screens
	err := quickCheck(ctx, check, "quick_check")
	if cerr := check.Close(); err == nil {
		err = cerr
	}
	return explain(err)
}

// quickCheck runs one of SQLite's checks: quick_check or integrity_check.
func quickCheck(ctx context.Context, pool *sql.DB, pragma string) error {
	var answer string
	if err := pool.QueryRowContext(ctx, "PRAGMA "+pragma+"(1)").Scan(&answer); err != nil {
		return err
	}
	if answer != "ok" {
		return fault.Wrap(fault.Unavailable, errors.New(answer), "Le fichier de la base est abîmé. N’y travaillez plus : gardez-en une copie et restaurez la dernière sauvegarde.")
	}
	return nil
}

// aloneWait is how long a migration waits for the other programs to leave.
var aloneWait = 10 * time.Second

const lockWait = 100 * time.Millisecond

// share takes the lock that says "this file is in use".
func (db *DB) share(ctx context.Context) error {
	wait, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	ok, err := db.lock.TryRLockContext(wait, lockWait)
	if ok {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return fault.Wrap(fault.Unavailable, err, "Le fichier « %s » ne peut pas être réservé. Vérifiez que vous avez le droit d’écrire dans son dossier.", db.lock.Path())
	}
	return fault.New(fault.Unavailable, "La base « %s » est réservée par un autre programme (mise à jour ou restauration en cours). Attendez qu’il ait fini et recommencez.", db.name)
}

// alone runs fn while no other program has the file open. Both steps can be
// interleaved with another program's: fn must look again at what it found.
func (db *DB) alone(ctx context.Context, fn func() error) error {
	if err := db.lock.Unlock(); err != nil { // Windows cannot turn one lock into the other
		return err
	}
	wait, cancel := context.WithTimeout(ctx, aloneWait)
	defer cancel()
	ok, err := db.lock.TryLockContext(wait, lockWait)
	if !ok {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fault.Wrap(fault.Conflict, err, "La base « %s » doit être mise à jour, mais elle est ouverte dans un autre programme. Fermez Ardoise partout ailleurs et recommencez.", db.name)
	}
	if err := fn(); err != nil {
		return err
	}
	if err := db.lock.Unlock(); err != nil {
		return err
	}
	return db.share(ctx)
}
