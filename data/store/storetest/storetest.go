// Package storetest is the room where every test that says SQL is run on both
// engines: fresh migrated databases, quickly. It is for tests only and never
// part of a program.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/store"
)

// Start is the hour of every test's clock: Tuesday 24 November 2026, 13 h 46 in Paris.
var Start = time.Date(2026, 11, 24, 13, 46, 0, 0, calendar.Paris)

// Clock is a clock that a test sets; it stands still otherwise.
type Clock struct {
	mu sync.Mutex
	at time.Time
}

// NewClock gives a clock standing at Start.
func NewClock() *Clock { return &Clock{at: Start} }

// Now gives the clock's instant; it is what store.Options.Clock wants.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

// Set moves the clock to an instant.
func (c *Clock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = t
}

// Add moves the clock on.
func (c *Clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// Quiet is a log that keeps nothing.
var Quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

var clocks sync.Map // *store.DB -> *Clock

// ClockOf gives the clock of a database that this package opened.
func ClockOf(db *store.DB) *Clock {
	c, ok := clocks.Load(db)
	if !ok {
		panic("storetest: this database was not opened here")
	}
	return c.(*Clock)
}

// Each runs test on a fresh database of each engine, as subtests "sqlite" and
// "postgres". Without PostgreSQL the second is skipped, or fails where
// ARDOISE_REQUIRE_PEERS=1.
func Each(t *testing.T, test func(t *testing.T, db *store.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, OpenSQLite(t)) })
	t.Run("postgres", func(t *testing.T) { test(t, OpenPostgres(t)) })
}

// OpenSQLite opens a fresh migrated file in the test's own folder.
func OpenSQLite(t testing.TB) *store.DB {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ardoise.db")
	if err := CopySQLite(path); err != nil {
		t.Fatal(err)
	}
	return Open(t, path)
}

// OpenPostgres opens a fresh migrated database of the private cluster.
func OpenPostgres(t testing.TB) *store.DB {
	t.Helper()
	return Open(t, PostgresURL(t))
}

// Open opens any database with a clock of the test's and closes it at the end.
func Open(t testing.TB, url string) *store.DB {
	t.Helper()
	clock := NewClock()
	db, err := store.Open(context.Background(), url, store.Options{Clock: clock.Now, Log: Quiet})
	if err != nil {
		t.Fatal(err)
	}
	clocks.Store(db, clock)
	t.Cleanup(func() {
		clocks.Delete(db)
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// template is the migrated file every SQLite test starts from, made once a process.
var template = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "ardoise-template-")
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, "t.db")
	db, err := store.Open(context.Background(), path, store.Options{Clock: NewClock().Now, Log: Quiet})
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	if err := db.Close(); err != nil { // folds the journal in
		return nil, err
	}
	body, err := os.ReadFile(path)
	return body, errors.Join(err, os.RemoveAll(dir))
})

// CopySQLite writes a fresh migrated database file at path.
func CopySQLite(path string) error {
	body, err := template()
	if err != nil {
		return err
	}
	return os.WriteFile(path, body, 0o600)
}

var (
	databases  atomic.Int64
	pgTemplate = sync.OnceValue(func() error {
		c, err := theCluster()
		if err != nil {
			return err
		}
		if _, err := c.admin.Exec("CREATE DATABASE ardoise_template"); err != nil {
			return err
		}
		db, err := store.Open(context.Background(), c.url("ardoise_template"), store.Options{Clock: NewClock().Now, Log: Quiet})
		if err != nil {
			return err
		}
		return db.Close()
	})
)

// PostgresURL gives the address of a fresh migrated database, dropped at the
// test's end; it skips the test, or fails it, where there is no PostgreSQL.
func PostgresURL(t testing.TB) string {
	t.Helper()
	requirePostgres(t, pgTemplate())
	return create(t, "TEMPLATE ardoise_template STRATEGY file_copy")
}

// EmptyPostgresURL gives the address of a database with nothing in it.
func EmptyPostgresURL(t testing.TB) string {
	t.Helper()
	_, err := theCluster()
	requirePostgres(t, err)
	return create(t, "")
}

func requirePostgres(t testing.TB, err error) {
	t.Helper()
	switch {
	case err == nil:
	case errors.Is(err, errNoPostgres) && os.Getenv("ARDOISE_REQUIRE_PEERS") != "1":
		t.Skip("skipped on PostgreSQL: " + err.Error())
	default:
		t.Fatal(err)
	}
}

func create(t testing.TB, how string) string {
	t.Helper()
	name := fmt.Sprintf("ardoise_%d", databases.Add(1))
	c := running
	if _, err := c.admin.Exec(strings.TrimSpace("CREATE DATABASE " + name + " " + how)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := c.admin.Exec("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	return c.url(name)
}

// Main may be called by a TestMain: it stops the cluster before the process
// ends instead of leaving that to the watchdog. Nothing else depends on it.
func Main(m *testing.M) {
	code := m.Run()
	if running != nil {
		if err := errors.Join(running.admin.Close(), running.pipe.Close()); err != nil {
			fmt.Fprintln(os.Stderr, "storetest:", err)
		}
	}
	os.Exit(code)
}

// As gives an address of the private cluster for another account.
func As(url, who string) string { return strings.Replace(url, "//ardoise@", "//"+who+"@", 1) }

// NameOf gives the name of a database by its address.
func NameOf(url string) string {
	_, rest, _ := strings.Cut(url, "@/")
	name, _, _ := strings.Cut(rest, "?")
	return name
}

// Admin runs a statement on the private cluster as its superuser.
func Admin(t testing.TB, statement string) {
	t.Helper()
	if _, err := running.admin.Exec(statement); err != nil {
		t.Fatal(err)
	}
}

// StopServer stops the private cluster, as a server that goes away; it is started
// again by the function it gives, and at the test's end. No other test may run
// meanwhile.
func StopServer(t testing.TB) (start func()) {
	t.Helper()
	if err := running.stop(); err != nil {
		t.Fatal(err)
	}
	back := sync.OnceFunc(func() {
		if err := running.start(); err != nil {
			t.Fatal(err)
		}
		for range 10 { // its own connections died with it
			if err := running.admin.Ping(); err == nil {
				return
			}
		}
	})
	t.Cleanup(back)
	return back
}

// Disconnect ends every connection to a database, as a server restarted between
// two questions does.
func Disconnect(t testing.TB, url string) {
	t.Helper()
	if _, err := running.admin.Exec(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()`, NameOf(url)); err != nil {
		t.Fatal(err)
	}
}
