package store

import (
	"context"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/fault"
)

// Link is the topic of an event that tells of the server itself: it went away,
// or its clock and this machine's are no longer what they were to each other. It
// is not published by a commit. After an absence Everything comes too.
const Link = "link"

// pace is one look at both clocks: on PostgreSQL the server's is the authority,
// and between two looks this machine only counts how much time goes by, which a
// clock set anew does not disturb.
type pace struct{ here, server time.Time }

const (
	paceEvery  = time.Minute
	paceSlow   = 2 * time.Second // an answer that took longer says too little
	SkewToTell = 2 * time.Minute // a difference that a person should know of
)

// Now gives the office's clock, in UTC and whole seconds.
func (db *DB) Now() time.Time {
	now := (*db.clock.Load())()
	if p := db.pace.Load(); p != nil {
		now = p.server.Add(now.Sub(p.here))
	}
	return now.UTC().Truncate(time.Second)
}

// Skew is how far this machine's clock is ahead of the server's (behind where
// negative); 0 on SQLite, and where the clock is not the machine's.
func (db *DB) Skew() time.Duration {
	p := db.pace.Load()
	if p == nil {
		return 0
	}
	return p.here.Round(0).Sub(p.server) // by the wall
}

// RealClock reports whether the clock is the machine's own (Options.RealClock).
func (tx *Tx) RealClock() bool { return tx.db.real }

// learnPace looks at both clocks at once.
func (db *DB) learnPace(ctx context.Context) error {
	if !db.real || db.engine != Postgres {
		return nil
	}
	clock := *db.clock.Load()
	asked := clock()
	var server time.Time
	if err := db.readers.QueryRowContext(ctx, `SELECT clock_timestamp()`).Scan(&server); err != nil {
		return err
	}
	took := clock().Sub(asked)
	if took > paceSlow && db.pace.Load() != nil {
		return nil
	}
	before := db.Skew()
	db.pace.Store(&pace{asked.Add(took / 2), server})
	if d := db.Skew() - before; d.Abs() > paceSlow {
		db.log.Warn("store: this machine's clock is not the server's", "ahead", db.Skew().Round(time.Second))
		db.hub.publish([]Event{{Topic: Link}})
	}
	return nil
}

// keepPace looks again now and then: clocks are set, machines sleep.
func (db *DB) keepPace() {
	tick := time.NewTicker(paceEvery)
	defer tick.Stop()
	for {
		select {
		case <-db.ctx.Done():
			return
		case <-tick.C:
			if err := db.learnPace(db.ctx); err != nil && db.ctx.Err() == nil {
				db.log.Debug("store: the server's clock", "err", err)
			}
		}
	}
}

// Away gives since when the server has not answered, by this machine's clock;
// ok is false while it does, and always on SQLite. It is known where somebody
// subscribes.
func (db *DB) Away() (since time.Time, ok bool) {
	p := db.away.Load()
	if p == nil {
		return time.Time{}, false
	}
	return *p, true
}

// setAway notes that the server left or came back, and tells it once.
func (db *DB) setAway(gone bool) {
	if gone == (db.away.Load() != nil) {
		return
	}
	if gone {
		now := db.Now()
		db.away.Store(&now)
	} else {
		db.away.Store(nil)
	}
	db.hub.publish([]Event{{Topic: Link}})
}

// behindBy is how much earlier than the last entry of the trail a clock may be:
// two programs on one machine, a clock that was set by a little.
const behindBy = 2 * time.Minute

// NotBefore refuses to write by a clock that is before what is already written:
// last is the instant of it. Only the machine's own clock is judged; tests and
// demonstrations choose their hour.
func (tx *Tx) NotBefore(last time.Time) error {
	if !tx.db.real || !tx.now.Before(last.Add(-behindBy)) {
		return nil
	}
	whose := "de ce poste"
	if tx.db.engine == Postgres {
		whose = "du serveur"
	}
	return fault.New(fault.Conflict, "L’horloge %s retarde\u00a0: elle indique le %s, et la dernière opération enregistrée est du %s. Rien n’a été enregistré et rien n’est perdu\u00a0: mettez l’horloge à l’heure, puis recommencez. Si elle est juste, un administrateur le dit avec «\u00a0ardoisectl admin clock\u00a0».",
		whose, frenchInstant(tx.now), frenchInstant(last))
}

// frenchInstant writes an instant for a sentence.
func frenchInstant(t time.Time) string {
	return calendar.DateOf(t).Long() + " à " + calendar.HourText(t)
}
