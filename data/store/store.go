// Package store is the room of the database: one handle over SQLite or
// PostgreSQL, transactions, migrations, events after commit, backup and
// restore. It knows no business word: no table name of the town hall appears
// in its Go code, and no other package opens a database. It never shows a Go
// error: what a person can act on is a fault with a French sentence.
package store

import (
	"context"
	"database/sql"
	"io/fs"
	"log/slog"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofrs/flock"
	"github.com/jackc/pgx/v5"

	"ardoise/data/fault"
)

// Engine says which database is behind a handle.
type Engine int

// The two engines.
const (
	SQLite Engine = iota
	Postgres
)

// String gives the engine's own name.
func (e Engine) String() string {
	if e == Postgres {
		return "PostgreSQL"
	}
	return "SQLite"
}

// Options of Open; the zero value is usable.
type Options struct {
	Clock     func() time.Time // time.Now when nil
	Log       *slog.Logger     // slog.Default() when nil
	BackupDir string           // where a backup goes before a migration; beside the file when empty (SQLite)
	MustExist bool             // refuse to create a new database
	// RealClock says that Clock is this machine's own: it follows the server's on
	// PostgreSQL, and is not believed where it is before what is written.
	RealClock bool
	// KeepCopy keeps the copy that is made before a migration and gives its
	// path; nil keeps it as it is in BackupDir.
	KeepCopy func(ctx context.Context, c *Copy) (string, error)

	schema fs.FS // other migrations, for the tests of this package
}

// DB is an open, migrated database. It is safe for concurrent use.
type DB struct {
	engine  Engine
	url     string // password masked
	name    string
	path    string // SQLite only
	log     *slog.Logger
	clock   atomic.Pointer[func() time.Time]
	set     []migration
	readers *sql.DB
	writer  *sql.DB       // the same pool as readers on PostgreSQL
	turn    chan struct{} // SQLite: whoever holds it may write
	lock    *flock.Flock  // SQLite: shared while open
	pg      *pgx.ConnConfig
	origin  string // this handle's mark on NOTIFY payloads
	hub     *hub
	watch   sync.Once
	ctx     context.Context // ends with Close
	stop    context.CancelFunc
	work    sync.WaitGroup // background goroutines
	closed  atomic.Bool
	passed  atomic.Bool // PostgreSQL: another workstation migrated to a newer schema
	check   atomic.Pointer[func(*Tx) error]
	real    bool                 // the clock is the machine's own
	pace    atomic.Pointer[pace] // PostgreSQL: the server's clock
	away    atomic.Pointer[time.Time]
}

// Open opens the database at url (a path, "file:path", "sqlite:path" or
// "postgres://…"), checks it and brings its schema up to date, after a backup
// where there is something to lose.
func Open(ctx context.Context, rawURL string, opt Options) (*DB, error) {
	set, err := loadMigrations(opt.schema)
	if err != nil {
		return nil, err
	}
	db := &DB{log: opt.Log, set: set, turn: make(chan struct{}, 1), origin: newOrigin(), real: opt.RealClock}
	if db.log == nil {
		db.log = slog.Default()
	}
	clock := opt.Clock
	if clock == nil {
		clock = systemClock
	}
	db.SetClock(clock)
	db.ctx, db.stop = context.WithCancel(context.Background())
	db.hub = newHub(db.log)
	if IsServer(rawURL) {
		err = db.openPostgres(ctx, rawURL, opt)
	} else {
		err = db.openSQLite(ctx, FilePath(rawURL), opt)
	}
	if err != nil {
		if cerr := db.Close(); cerr != nil {
			db.log.Warn("store: close after a failed open", "err", cerr)
		}
		return nil, explain(err)
	}
	if err := db.learnIndexes(ctx); err != nil {
		return nil, explain(joinClose(err, db))
	}
	return db, nil
}

// IsServer tells a PostgreSQL address from a file.
func IsServer(s string) bool {
	return strings.HasPrefix(s, "postgres://") || strings.HasPrefix(s, "postgresql://")
}

// FilePath strips the schemes a SQLite file may be written with.
func FilePath(s string) string {
	for _, p := range []string{"sqlite://", "sqlite3:", "sqlite:", "file://", "file:"} {
		if rest, ok := strings.CutPrefix(s, p); ok {
			if i := strings.IndexByte(rest, '?'); i >= 0 {
				rest = rest[:i]
			}
			return rest
		}
	}
	return s
}

// Close ends the background work and the connections; it may be called twice.
// It must not be called from a subscriber.
func (db *DB) Close() error {
	if !db.closed.CompareAndSwap(false, true) {
		return nil
	}
	db.stop()
	db.hub.close()
	db.work.Wait()
	var first error
	keep := func(err error) {
		if err != nil && first == nil {
			first = err
		}
	}
	if db.readers != nil {
		keep(db.readers.Close())
	}
	if db.writer != nil && db.writer != db.readers {
		keep(db.writer.Close())
	}
	if db.lock != nil {
		keep(db.lock.Unlock())
	}
	if first != nil {
		return fault.Wrap(fault.Unavailable, first, "La base de données n’a pas pu être fermée proprement. Ce qui était enregistré l’est toujours.")
	}
	return nil
}

// Engine says which engine is behind.
func (db *DB) Engine() Engine { return db.engine }

// URL gives the address, with its password masked.
func (db *DB) URL() string { return db.url }

// Name gives the file's or the database's name, for a title bar.
func (db *DB) Name() string { return db.name }

// Path gives the SQLite file's absolute path, "" on PostgreSQL.
func (db *DB) Path() string { return db.path }

// SetClock replaces the clock, in tests and demonstrations.
func (db *DB) SetClock(clock func() time.Time) { db.clock.Store(&clock) }

// Instant is how an instant is stored: UTC text, whole seconds.
func Instant(t time.Time) string { return t.UTC().Format(instantLayout) }

const instantLayout = "2006-01-02T15:04:05Z"

// ParseInstant reads what Instant wrote.
func ParseInstant(s string) (time.Time, error) {
	t, err := time.Parse(instantLayout, s)
	if err != nil {
		return time.Time{}, fault.Wrap(fault.Internal, err, "L’heure « %s » enregistrée dans la base est illisible.", s)
	}
	return t, nil
}

// Shown gives an address as it may be shown: without its password.
func Shown(address string) string {
	if IsServer(address) {
		return masked(address)
	}
	return FilePath(address)
}

// masked hides the password of a PostgreSQL address.
func masked(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return "postgres://…"
	}
	q := u.Query()
	if q.Has("password") {
		q.Set("password", "xxxxx")
		u.RawQuery = q.Encode()
	}
	return u.Redacted()
}

// absolute never fails on a path that exists nowhere yet.
func absolute(path string) (string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", fault.Wrap(fault.Invalid, err, "« %s » n’est pas un emplacement de fichier.", path)
	}
	return abs, nil
}

// systemClock is the machine's clock: the default of Options.Clock, the stamp
// of what a restore sets aside, and nothing that a business row keeps.
func systemClock() time.Time { return time.Now() }
