package store

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// watchRemote starts looking at other programs' work: on SQLite the file's
// data version every second, on PostgreSQL a connection that listens.
func (db *DB) watchRemote() {
	if db.closed.Load() {
		return
	}
	if db.engine == SQLite {
		db.work.Go(db.pollVersion)
		return
	}
	ready := make(chan struct{})
	db.work.Go(func() { db.listen(ready) })
	select { // so that a commit elsewhere right after Subscribe is not missed
	case <-ready:
	case <-db.ctx.Done():
	case <-time.After(2 * time.Second):
	}
}

// pollVersion asks on the writer's own connection: there, the version moves
// for every other connection's commit, and never for our own.
func (db *DB) pollVersion() {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	last := int64(-1)
	for {
		select {
		case <-db.ctx.Done():
			return
		case <-tick.C:
		}
		if last >= 0 && !db.hub.any() {
			continue
		}
		select {
		case db.turn <- struct{}{}:
		default:
			continue // a writer is at work; next second
		}
		var version int64
		err := db.writer.QueryRowContext(db.ctx, "PRAGMA data_version").Scan(&version)
		<-db.turn
		if err != nil {
			if db.ctx.Err() == nil {
				db.log.Warn("store: data_version", "err", err)
			}
			continue
		}
		if last >= 0 && version != last {
			db.hub.publish([]Event{{Topic: Everything, Remote: true}})
		}
		last = version
	}
}

// pollEvery is a variable so that the tests need not wait.
var pollEvery = time.Second

// listen keeps one connection on LISTEN and comes back when it is lost; what
// happened meanwhile is unknown, so everything is said to have changed.
func (db *DB) listen(ready chan struct{}) {
	pause := 200 * time.Millisecond
	for first := true; db.ctx.Err() == nil; {
		err := db.listenOnce(func() {
			db.setAway(false)
			if first {
				close(ready)
			} else {
				db.hub.publish([]Event{{Topic: Everything, Remote: true}})
			}
			first = false
			pause = 200 * time.Millisecond
		})
		if db.ctx.Err() != nil {
			return
		}
		db.log.Warn("store: listening to PostgreSQL was cut", "err", err)
		db.setAway(true)
		select {
		case <-time.After(pause):
		case <-db.ctx.Done():
			return
		}
		pause = min(2*pause, 10*time.Second)
	}
}

func (db *DB) listenOnce(listening func()) (err error) {
	conn, err := pgx.ConnectConfig(db.ctx, db.pg.Copy())
	if err != nil {
		return err
	}
	defer func() {
		bye, cancel := context.WithTimeout(context.WithoutCancel(db.ctx), time.Second)
		defer cancel()
		err = errors.Join(err, conn.Close(bye))
	}()
	if _, err := conn.Exec(db.ctx, "LISTEN "+channel); err != nil {
		return err
	}
	db.lookAtSchema() // it may have changed while nobody listened
	if err := db.learnPace(db.ctx); err != nil {
		return err
	}
	listening()
	for {
		n, err := nextNotice(db.ctx, conn)
		if err != nil {
			return err
		}
		if e, ok := parsePayload(db.origin, n.Payload); ok {
			if e.Topic == schemaTopic {
				db.lookAtSchema()
			}
			db.hub.publish([]Event{e})
		}
	}
}

// listenPulse is how long nothing may be heard before the server is asked
// whether it is still there: a cable pulled out says nothing. A test shortens it.
var listenPulse = 20 * time.Second

// nextNotice waits for a notification, and makes sure meanwhile that one could
// come.
func nextNotice(ctx context.Context, conn *pgx.Conn) (*pgconn.Notification, error) {
	for {
		wait, cancel := context.WithTimeout(ctx, listenPulse)
		n, err := conn.WaitForNotification(wait)
		cancel()
		if err == nil || ctx.Err() != nil || !pgconn.Timeout(err) || conn.IsClosed() {
			return n, err
		}
		ask, cancel := context.WithTimeout(ctx, 5*time.Second)
		err = conn.Ping(ask)
		cancel()
		if err != nil {
			return nil, err
		}
	}
}
