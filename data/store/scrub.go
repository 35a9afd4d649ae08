package store

import (
	"context"

	"ardoise/data/fault"
)

// Scrub leaves no trace in the file of what was deleted or overwritten: SQLite
// writes the database anew, without its free pages, and empties its journal. Who
// calls it has committed before: it changes no row. whole is false where another
// program is reading the old state: its journal is emptied when it lets go.
//
// On PostgreSQL rows that are gone are given back to the server by its own
// housekeeping (autovacuum); the database is shared and is not locked for that.
func (db *DB) Scrub(ctx context.Context) (whole bool, err error) {
	if err := db.refuseNested(ctx); err != nil {
		return false, err
	}
	if db.engine == Postgres {
		return true, nil
	}
	select {
	case db.turn <- struct{}{}:
		defer func() { <-db.turn }()
	case <-ctx.Done():
		return false, explain(ctx.Err())
	}
	if _, err := db.writer.ExecContext(ctx, `VACUUM`); err != nil {
		return false, fault.Wrap(fault.Unavailable, explain(err), "Ce qui a été effacé laisse encore des traces dans le fichier de la base : il n’a pas pu être réécrit. Vérifiez la place sur le disque, puis recommencez.")
	}
	var busy, pages, moved int64
	if err := db.writer.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &pages, &moved); err != nil {
		return false, explain(err)
	}
	return busy == 0, nil
}
