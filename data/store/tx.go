package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"ardoise/data/fault"
)

// Tx is one transaction with one timestamp. It belongs to the function it was
// given to and to one goroutine; it must not be kept after that function ends.
//
// SQL is written once for both engines: `$1, $2 …` for values, and
// `column = ANY($1)` with a []int64 or []string argument for a list of any
// length (an index on the column is used on both engines; nothing to chunk).
// A bool argument is stored 0 or 1, a time.Time as its Instant text.
type Tx struct {
	db     *DB
	sq     *sql.Tx
	conn   *sql.Conn // the writer's, under sq
	ctx    context.Context
	now    time.Time
	write  bool
	events []Event
	rows   int   // how many Each are under way
	failed error // PostgreSQL: the serialization failure or lost connection seen on the way
}

// carried is the context key under which a transaction's context names its handle.
type carried struct{ db *DB }

// Context carries the caller's context and the mark of this transaction.
func (tx *Tx) Context() context.Context { return tx.ctx }

// Now is the transaction's one timestamp, UTC, whole seconds.
func (tx *Tx) Now() time.Time { return tx.now }

// Engine says which engine is behind.
func (tx *Tx) Engine() Engine { return tx.db.engine }

// Exec runs a statement and gives how many rows it changed.
func (tx *Tx) Exec(query string, args ...any) (int64, error) {
	ctx, query, args, err := tx.prepare(query, args)
	if err != nil {
		return 0, err
	}
	if tx.db.engine == SQLite {
		// A statement is short: not watching it spares a goroutine each, and
		// the end of the context is seen at the next one.
		ctx = context.WithoutCancel(ctx)
	}
	res, err := tx.sq.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, tx.noted(err)
	}
	return res.RowsAffected()
}

// Query runs a question; the caller closes the rows (Collect and Each do).
func (tx *Tx) Query(query string, args ...any) (*sql.Rows, error) {
	ctx, query, args, err := tx.prepare(query, args)
	if err != nil {
		return nil, err
	}
	rows, err := tx.sq.QueryContext(ctx, query, args...) //nolint:sqlclosecheck // the caller's
	return rows, tx.noted(err)
}

// QueryRow runs a question of one row; its error comes with Scan.
func (tx *Tx) QueryRow(query string, args ...any) *sql.Row {
	ctx, text, clean, err := tx.prepare(query, args)
	if err != nil { // sql.Row cannot be made by hand: a context that is over brings the refusal to Scan
		return tx.sq.QueryRowContext(refusal{ctx, err}, text)
	}
	return tx.sq.QueryRowContext(ctx, text, clean...)
}

// refusal is a context that has ended for a reason of our own.
type refusal struct {
	context.Context
	err error
}

var over = func() chan struct{} { c := make(chan struct{}); close(c); return c }()

// Done is context.Context's: over from the start.
func (refusal) Done() <-chan struct{} { return over }

// Err gives the reason, which database/sql passes on untouched.
func (r refusal) Err() error { return r.err }

// prepare checks the context, translates the text and cleans the arguments.
func (tx *Tx) prepare(query string, args []any) (context.Context, string, []any, error) {
	if err := tx.ctx.Err(); err != nil {
		return tx.ctx, query, args, err
	}
	if tx.rows > 0 {
		return tx.ctx, query, args, errInside
	}
	clean, err := cleanArgs(tx.db.engine, args)
	if err != nil {
		return tx.ctx, query, args, err
	}
	if tx.db.engine == SQLite {
		query = rewriteCached(query)
	}
	return tx.ctx, query, clean, nil
}

// noted remembers a failure after which a whole new try is right, even when
// the function dresses the error into something else.
func (tx *Tx) noted(err error) error {
	if err != nil && tx.db.engine == Postgres && retryable(err) {
		tx.failed = err
	}
	return err
}

// errInside: PostgreSQL answers one question at a time on a connection, and a
// question a row is slow everywhere; so SQLite refuses it as well.
var errInside = errors.New("store: programming error: a statement inside the rows of another; collect the rows first")

// Each calls fn for every row, without keeping them. fn must not use tx.
func Each(tx *Tx, fn func(*sql.Rows) error, query string, args ...any) (err error) {
	rows, err := tx.Query(query, args...)
	if err != nil {
		return err
	}
	tx.rows++
	defer func() { tx.rows-- }()
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := fn(rows); err != nil {
			return err
		}
	}
	return tx.noted(rows.Err())
}

// Collect gathers every row through scan.
func Collect[T any](tx *Tx, scan func(*sql.Rows) (T, error), query string, args ...any) ([]T, error) {
	var out []T
	err := Each(tx, func(rows *sql.Rows) error {
		v, err := scan(rows)
		if err == nil {
			out = append(out, v)
		}
		return err
	}, query, args...)
	return out, err
}

// Publish says, once the transaction is committed, that rows of a topic changed.
// Without ids it means the whole topic.
func (tx *Tx) Publish(topic string, ids ...int64) {
	for i := range tx.events {
		if e := &tx.events[i]; e.Topic == topic {
			if len(ids) == 0 || len(e.IDs) == 0 {
				e.IDs = nil // everything covers anything
				return
			}
			e.IDs = append(e.IDs, ids...)
			return
		}
	}
	tx.events = append(tx.events, Event{Topic: topic, IDs: slices.Clone(ids)})
}

// settled gives the events with each id once, in order.
func (tx *Tx) settled() []Event {
	for i := range tx.events {
		slices.Sort(tx.events[i].IDs)
		tx.events[i].IDs = slices.Compact(tx.events[i].IDs)
	}
	return tx.events
}

// refuseNested: a transaction inside a transaction of the same handle would
// read a past state or wait for itself.
func (db *DB) refuseNested(ctx context.Context) error {
	if db.closed.Load() {
		return fault.New(fault.Unavailable, "La base de données est fermée.")
	}
	if db.passed.Load() {
		return fault.New(fault.Conflict, "La base « %s » vient d’être mise à jour par un autre poste, avec une version plus récente d’Ardoise. Rien n’a été modifié : installez cette version ici et redémarrez Ardoise.", db.name)
	}
	if ctx.Value(carried{db}) != nil {
		return errors.New("store: programming error: a transaction was opened inside a transaction; use the *store.Tx at hand")
	}
	return nil
}

// Read runs fn over one consistent snapshot; nothing can be written.
func (db *DB) Read(ctx context.Context, fn func(tx *Tx) error) error {
	if err := db.refuseNested(ctx); err != nil {
		return err
	}
	sq, conn, err := db.begin(ctx, db.readers, db.readOptions())
	for try := 0; err != nil && ctx.Err() == nil && db.engine == Postgres && lost(err) && try < maxConns; try++ {
		// The pool handed out a connection that the server had closed meanwhile.
		sq, conn, err = db.begin(ctx, db.readers, db.readOptions())
	}
	if err != nil {
		return explain(err)
	}
	tx := &Tx{db: db, sq: sq, ctx: context.WithValue(ctx, carried{db}, true), now: db.Now()}
	defer db.finish(tx, conn)
	return explain(fn(tx))
}

func (db *DB) readOptions() *sql.TxOptions {
	if db.engine == Postgres {
		return &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	}
	return nil // query_only connections, deferred
}

// patience is how long a transaction waits for a connection. Only readings
// inside readings, which wait for themselves, ever reach it.
var patience = 30 * time.Second

// begin takes a connection, without waiting for ever, and opens a transaction.
func (db *DB) begin(ctx context.Context, pool *sql.DB, opt *sql.TxOptions) (*sql.Tx, *sql.Conn, error) {
	wait, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	conn, err := pool.Conn(wait)
	if err != nil {
		if wait.Err() != nil && ctx.Err() == nil {
			err = fault.Wrap(fault.Unavailable, err, "La base est trop sollicitée et ne répond pas. Rien n’a été modifié : recommencez dans un instant.")
		}
		return nil, nil, err
	}
	if db.engine == SQLite {
		ctx = context.WithoutCancel(ctx) // every statement looks at the context itself
	}
	sq, err := conn.BeginTx(ctx, opt)
	if err != nil {
		return nil, nil, errors.Join(err, conn.Close())
	}
	return sq, conn, nil
}

// finish ends a transaction that was not committed and gives its connection back.
func (db *DB) finish(tx *Tx, conn *sql.Conn) {
	db.rollback(tx)
	if err := conn.Close(); err != nil && !lost(err) {
		db.log.Warn("store: connection", "err", err)
	}
}

// rollback ends a transaction that was not committed; after a commit it does nothing.
func (db *DB) rollback(tx *Tx) {
	if err := tx.sq.Rollback(); err != nil && !errors.Is(err, sql.ErrTxDone) && !lost(err) {
		db.log.Warn("store: rollback", "err", err)
	}
}

// Write runs fn in one transaction and commits it; an error or a panic of fn
// undoes everything. On PostgreSQL fn may be run several times: it must not
// act on anything but tx.
func (db *DB) Write(ctx context.Context, fn func(tx *Tx) error) error {
	if err := db.refuseNested(ctx); err != nil {
		return err
	}
	if db.engine == Postgres {
		return explain(db.writeRetrying(ctx, fn))
	}
	select {
	case db.turn <- struct{}{}:
		// Held until the events are queued, so that they keep the commits' order.
		defer func() { <-db.turn }()
	case <-ctx.Done():
		return explain(ctx.Err())
	}
	_, err := db.tryWrite(ctx, db.Now(), nil, fn)
	return explain(err)
}

// tryWrite runs one transaction. inDoubt means that the commit was sent and
// its answer never came.
func (db *DB) tryWrite(ctx context.Context, now time.Time, opt *sql.TxOptions, fn func(tx *Tx) error) (inDoubt bool, err error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	sq, conn, err := db.begin(ctx, db.writer, opt)
	if err != nil {
		return false, err
	}
	tx := &Tx{db: db, sq: sq, conn: conn, now: now, write: true}
	tx.ctx = context.WithValue(context.WithValue(ctx, carried{db}, true), tracedTx{}, &tx.failed)
	defer db.finish(tx, conn)
	if err := fn(tx); err != nil {
		if tx.failed != nil {
			return false, errors.Join(tx.failed, err)
		}
		return false, err
	}
	if err := ctx.Err(); err != nil {
		return false, err
	}
	events := tx.settled()
	if err := db.notify(tx, events); err != nil {
		return false, err
	}
	if err := sq.Commit(); err != nil {
		return lost(err), err
	}
	db.hub.publish(events)
	return false, nil
}
