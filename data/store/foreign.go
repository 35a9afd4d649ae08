package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/binary"

	"github.com/mattn/go-sqlite3"
)

// foreignDriver reads files that other programs wrote: nothing of theirs may make
// the engine build values past a bound, whatever their schema or rows ask.
func foreignDriver(largest int) *sqlite3.SQLiteDriver {
	return &sqlite3.SQLiteDriver{ConnectHook: func(c *sqlite3.SQLiteConn) error {
		c.SetLimit(sqlite3.SQLITE_LIMIT_LENGTH, largest)
		return liteDriver.ConnectHook(c)
	}}
}

type foreignConnector struct {
	driver *sqlite3.SQLiteDriver
	dsn    string
}

func (c foreignConnector) Connect(context.Context) (driver.Conn, error) {
	return c.driver.Open(c.dsn)
}
func (c foreignConnector) Driver() driver.Driver { return c.driver }

// OpenForeign opens the SQLite file of another program for reading only: no
// lock, no journal, no byte beside it, and no text or blob above largest bytes.
// The file must stand still meanwhile. It is not checked: the caller does.
func OpenForeign(path string, largest int) *sql.DB {
	pool := sql.OpenDB(foreignConnector{foreignDriver(largest), liteURI(path, append([]string{"_busy_timeout=0"}, frozenParams...)...)})
	pool.SetMaxOpenConns(1)
	return pool
}

// CheckForeign looks for damage in such a file: an error where it has any.
func CheckForeign(ctx context.Context, pool *sql.DB) error {
	return quickCheck(ctx, pool, "quick_check")
}

// IsOurs tells by a file's first 100 bytes whether it is a database of ours.
func IsOurs(head []byte) bool {
	return len(head) >= 72 && string(head[:16]) == "SQLite format 3\x00" && binary.BigEndian.Uint32(head[68:72]) == applicationID
}
