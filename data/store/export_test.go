package store

import (
	"context"
	"database/sql"
	"io/fs"
	"time"
)

// What the tests of this package may touch inside.
var (
	Rewrite  = rewrite
	Payloads = payloads
	Payload  = parsePayload
	Collated = collated
	Masked   = masked
	MaxBytes = maxPayload
	CopyRows = copyRows
	Explain  = explain
	TooOld   = tooOld
)

// WithSchema gives options with other migrations than the program's.
func WithSchema(o Options, files fs.FS) Options { o.schema = files; return o }

// PollEvery sets how often other processes' work is looked for.
func PollEvery(d time.Duration) (back func()) {
	was := pollEvery
	pollEvery = d
	return func() { pollEvery = was }
}

// Scripts renders migrations for an engine.
func Scripts(files fs.FS, engine Engine) (out []string, err error) {
	set, err := loadMigrations(files)
	for _, m := range set {
		text, rerr := m.render(engine)
		if rerr != nil {
			return nil, rerr
		}
		out = append(out, text)
	}
	return out, err
}

// RunScript runs several statements at once.
func RunScript(ctx context.Context, db *DB, script string) error {
	_, err := db.writer.ExecContext(ctx, script)
	return err
}

// Learn reads the names of unique indexes again.
func Learn(ctx context.Context, db *DB) error { return db.learnIndexes(ctx) }

// BeforeVerify plants a fault between a backup's copy and its verification.
func BeforeVerify(fn func(path string)) (back func()) {
	was := beforeVerify
	beforeVerify = fn
	return func() { beforeVerify = was }
}

// Pools gives the writer's and the readers' connections.
func Pools(db *DB) (writer, readers *sql.DB) { return db.writer, db.readers }

// Patience sets how long a transaction waits for a connection.
func Patience(d time.Duration) (back func()) {
	was := patience
	patience = d
	return func() { patience = was }
}

// Replay restores a PostgreSQL dump without looking at it first.
func Replay(ctx context.Context, target, backup string) error {
	address, env, err := pgEnv(target)
	if err != nil {
		return err
	}
	return replay(ctx, env, address, backup)
}

// AloneWait sets how long a migration waits for other programs to leave.
func AloneWait(d time.Duration) (back func()) {
	was := aloneWait
	aloneWait = d
	return func() { aloneWait = was }
}

// LearnPace looks at the server's clock now.
func LearnPace(ctx context.Context, db *DB) error { return db.learnPace(ctx) }

// Pulse sets how long nothing may be heard before the server is asked.
func Pulse(d time.Duration) (back func()) {
	was := listenPulse
	listenPulse = d
	return func() { listenPulse = was }
}
