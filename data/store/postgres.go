package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	mathrand "math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"ardoise/data/fault"
)

const (
	channel    = "ardoise" // LISTEN/NOTIFY
	maxTries   = 25        // of one transaction
	maxConns   = 8         // of one program
	maxPayload = 7900      // PostgreSQL refuses 8000 bytes
)

func newOrigin() string {
	b := make([]byte, 8)
	if _, err := rand.Read(b); err != nil {
		panic("store: no randomness: " + err.Error()) // crypto/rand never fails since Go 1.24
	}
	return hex.EncodeToString(b)
}

func (db *DB) openPostgres(ctx context.Context, rawURL string, opt Options) error {
	cfg, err := pgx.ParseConfig(rawURL)
	if err != nil {
		return badAddress()
	}
	for key, value := range map[string]string{
		"application_name":                    "ardoise",
		"timezone":                            "UTC",
		"lock_timeout":                        "20s",
		"idle_in_transaction_session_timeout": "10min",
	} {
		if _, set := cfg.RuntimeParams[key]; !set {
			cfg.RuntimeParams[key] = value
		}
	}
	if cfg.ConnectTimeout == 0 {
		cfg.ConnectTimeout = 10 * time.Second
	}
	cfg.Tracer = tracer{}
	db.engine, db.url, db.name, db.pg = Postgres, masked(rawURL), cfg.Database, cfg
	pool := stdlib.OpenDB(*cfg)
	pool.SetMaxOpenConns(maxConns)
	pool.SetMaxIdleConns(maxConns)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	db.readers, db.writer = pool, pool
	if err := pool.PingContext(ctx); err != nil {
		return err
	}
	if err := db.learnPace(ctx); err != nil {
		return err
	}
	if db.real {
		db.work.Go(db.keepPace)
	}
	return db.migratePostgres(ctx, opt)
}

// tracer sees every error the server gives, whatever the function above makes of it.
type tracer struct{}

type tracedTx struct{}

// TraceQueryStart is part of pgx.QueryTracer.
func (tracer) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	return ctx
}

// TraceQueryEnd remembers on the transaction that a new try is right.
func (tracer) TraceQueryEnd(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryEndData) {
	if data.Err == nil || !retryable(data.Err) {
		return
	}
	if seen, ok := ctx.Value(tracedTx{}).(*error); ok && *seen == nil {
		*seen = data.Err
	}
}

// writeRetrying runs a serializable transaction, as many times as the server
// asks for. A transaction whose connection died before its commit was sent has
// left nothing, so it is tried again too; one that died at its commit has not
// said whether it holds, and is not.
func (db *DB) writeRetrying(ctx context.Context, fn func(tx *Tx) error) error {
	now := db.Now()
	opt := &sql.TxOptions{Isolation: sql.LevelSerializable}
	var err error
	for try := 1; try <= maxTries; try++ {
		var inDoubt bool
		inDoubt, err = db.tryWrite(ctx, now, opt, fn)
		switch {
		case err == nil:
			return nil
		case inDoubt:
			return fault.Wrap(fault.Unavailable, err, "La connexion au serveur PostgreSQL a été coupée au moment d’enregistrer. Vérifiez si l’opération est faite avant de la recommencer.")
		case ctx.Err() != nil:
			return errors.Join(ctx.Err(), err)
		case !retryable(err):
			return err
		}
		db.log.Debug("store: transaction tried again", "try", try, "err", err)
		pause := time.Duration(mathrand.Int64N(int64(min(1<<try, 200)))+1) * time.Millisecond
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if lost(err) {
		return fault.Wrap(fault.Unavailable, err, "La connexion au serveur PostgreSQL est coupée. Rien n’a été modifié : vérifiez le réseau et recommencez.")
	}
	return fault.Wrap(fault.Conflict, err, "Plusieurs postes modifient les mêmes données en même temps. Rien n’a été modifié : recommencez.")
}

// notify sends the events with the transaction: they leave if it commits.
func (db *DB) notify(tx *Tx, events []Event) error {
	if db.engine != Postgres || len(events) == 0 {
		return nil
	}
	for _, payload := range payloads(db.origin, events) {
		if _, err := tx.Exec(`SELECT pg_notify($1, $2)`, channel, payload); err != nil {
			return err
		}
	}
	return nil
}

// payloads writes events as "origin topic id,id,…", cut where PostgreSQL would refuse.
func payloads(origin string, events []Event) []string {
	var out []string
	for _, e := range events {
		head := origin + " " + e.Topic + " "
		var b strings.Builder
		b.WriteString(head)
		for i, id := range e.IDs {
			text := strconv.FormatInt(id, 10)
			if b.Len()+len(text)+1 > maxPayload {
				out = append(out, b.String())
				b.Reset()
				b.WriteString(head)
			} else if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(text)
		}
		out = append(out, b.String())
	}
	return out
}

// parsePayload reads a payload; ok is false for our own and for a stranger's.
func parsePayload(origin, payload string) (Event, bool) {
	parts := strings.SplitN(payload, " ", 3)
	if len(parts) != 3 || parts[0] == origin {
		return Event{}, false
	}
	e := Event{Topic: parts[1], Remote: true}
	for text := range strings.SplitSeq(parts[2], ",") {
		if text == "" {
			continue
		}
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return Event{}, false
		}
		e.IDs = append(e.IDs, id)
	}
	return e, true
}

// CopyRows appends rows to a table by PostgreSQL's COPY, which takes no
// statement apart. Values are int64, string, []byte or nil, already clean.
// data/store/bulk is what calls it.
func (tx *Tx) CopyRows(table string, columns []string, rows [][]any) error {
	if err := tx.ctx.Err(); err != nil {
		return err
	}
	if tx.conn == nil || tx.db.engine != Postgres {
		return errors.New("store: programming error: COPY is PostgreSQL's, in a transaction that writes")
	}
	return tx.noted(tx.conn.Raw(func(driver any) error {
		_, err := driver.(*stdlib.Conn).Conn().CopyFrom(tx.ctx, pgx.Identifier{table}, columns, pgx.CopyFromRows(rows))
		return err
	}))
}
