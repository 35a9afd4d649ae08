package store_test

import (
	"strings"
	"testing"
	"time"

	"ardoise/data/fault"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

func openAt(t *testing.T, url string, clock func() time.Time, real bool) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), url, store.Options{Clock: clock, Log: storetest.Quiet, RealClock: real})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// TestTheServersClockRules: a machine two hours ahead, three days behind or right
// writes at the server's hour; a clock that was chosen is not followed.
func TestTheServersClockRules(t *testing.T) {
	url := storetest.PostgresURL(t)
	for _, ahead := range []time.Duration{2 * time.Hour, -72 * time.Hour, 0} {
		wrong := func() time.Time { return time.Now().Add(ahead) }
		db := openAt(t, url, wrong, true)
		if d := db.Now().Sub(time.Now()); d.Abs() > 3*time.Second {
			t.Errorf("%s ahead: the office is %s off", ahead, d)
		}
		if d := db.Skew() - ahead; d.Abs() > 3*time.Second {
			t.Errorf("%s ahead: measured %s", ahead, db.Skew())
		}
		var at time.Time
		if err := db.Write(t.Context(), func(tx *store.Tx) error { at = tx.Now(); return nil }); err != nil || time.Since(at).Abs() > 3*time.Second {
			t.Errorf("%s ahead: a transaction is dated %s, %v", ahead, at, err)
		}
		chosen := openAt(t, url, wrong, false)
		if d := chosen.Now().Sub(time.Now()) - ahead; d.Abs() > 3*time.Second || chosen.Skew() != 0 {
			t.Errorf("a chosen clock is followed: %s, %s", d, chosen.Skew())
		}
	}
	file := openAt(t, t.TempDir()+"/x.db", func() time.Time { return time.Now().Add(time.Hour) }, true)
	if d := file.Now().Sub(time.Now()) - time.Hour; d.Abs() > 3*time.Second || file.Skew() != 0 {
		t.Errorf("a file has no other clock: %s", d)
	}
}

// TestAClockSetAnewIsLearnt: the machine's clock jumps while the base is open.
func TestAClockSetAnewIsLearnt(t *testing.T) {
	url := storetest.PostgresURL(t)
	jump := time.Duration(0)
	db := openAt(t, url, func() time.Time { return time.Now().Round(0).Add(jump) }, true) // without a monotonic part
	events := make(chan store.Event, 10)
	defer db.Subscribe(func(e store.Event) { events <- e }, store.Link)()
	jump = 90 * time.Minute
	if d := db.Now().Sub(time.Now()); d < time.Hour {
		t.Fatal("the fault is not there:", d)
	}
	if err := store.LearnPace(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	if d := db.Now().Sub(time.Now()); d.Abs() > 3*time.Second || db.Skew().Round(time.Minute) != jump {
		t.Errorf("not learnt: %s, %s", d, db.Skew())
	}
	if e := wait(t, events); e.Topic != store.Link {
		t.Errorf("%+v", e)
	}
}

// TestNotBefore: the instant before and the instant after the two minutes.
func TestNotBefore(t *testing.T) {
	storetest.Each(t, func(t *testing.T, seed *store.DB) {
		url := seed.Path()
		if url == "" {
			url = seed.URL()
		}
		db := openAt(t, url, time.Now, true)
		for _, c := range []struct {
			later time.Duration
			ok    bool
		}{{-time.Hour, true}, {0, true}, {2*time.Minute - 2*time.Second, true}, {2*time.Minute + 5*time.Second, false}, {365 * 24 * time.Hour, false}} {
			err := db.Write(t.Context(), func(tx *store.Tx) error { return tx.NotBefore(tx.Now().Add(c.later)) })
			if (err == nil) != c.ok {
				t.Errorf("%s later: %v", c.later, err)
			}
			if err != nil && (fault.KindOf(err) != fault.Conflict || !strings.Contains(fault.Sentence(err), "mettez l’horloge à l’heure")) {
				t.Error(err)
			}
		}
		chosen := openAt(t, url, time.Now, false)
		if err := chosen.Write(t.Context(), func(tx *store.Tx) error { return tx.NotBefore(tx.Now().Add(time.Hour)) }); err != nil {
			t.Error("a chosen clock is judged:", err)
		}
	})
}

// TestServerAwayAndBack: the server stops; readings and writings say so, the
// absence is told; it comes back, and everything is said to have changed.
func TestServerAwayAndBack(t *testing.T) {
	defer store.Pulse(100 * time.Millisecond)()
	db := storetest.OpenPostgres(t)
	probe(t, db)
	events := make(chan store.Event, 100)
	defer db.Subscribe(func(e store.Event) { events <- e })()
	if _, away := db.Away(); away {
		t.Error("away from the start")
	}
	time.Sleep(300 * time.Millisecond) // some pulses: nothing is told
	if len(events) != 0 {
		t.Errorf("told without reason: %+v", <-events)
	}
	start := storetest.StopServer(t)
	if e := wait(t, events); e.Topic != store.Link {
		t.Errorf("%+v", e)
	}
	since, away := db.Away()
	if !away || !since.Equal(db.Now()) {
		t.Errorf("away %v since %s", away, since)
	}
	ask := func(tx *store.Tx) error { _, err := tx.Exec(`INSERT INTO probe (body) VALUES ('y')`); return err }
	read := func(tx *store.Tx) error { var n int; return tx.QueryRow(`SELECT count(*) FROM probe`).Scan(&n) }
	refused(t, db.Read(t.Context(), read), fault.Unavailable, "PostgreSQL ne répond pas")
	refused(t, db.Write(t.Context(), ask), fault.Unavailable, "PostgreSQL")
	start()
	for back := false; !back; {
		e := wait(t, events)
		back = e.Topic == store.Everything && e.Remote
	}
	if _, away := db.Away(); away {
		t.Error("still away")
	}
	if err := db.Write(t.Context(), ask); err != nil {
		t.Error(err)
	}
	if err := db.Read(t.Context(), read); err != nil {
		t.Error(err)
	}
	if n := count(t, db, `SELECT count(*) FROM probe`); n != 1 {
		t.Errorf("%d rows: something was done twice, or not at all", n)
	}
}

// TestConnectionsCut: every connection dies between two questions; who asks
// next notices nothing.
func TestConnectionsCut(t *testing.T) {
	db := storetest.OpenPostgres(t)
	probe(t, db)
	events := make(chan store.Event, 100)
	defer db.Subscribe(func(e store.Event) { events <- e }, store.Link)()
	for i := range 5 {
		storetest.Disconnect(t, db.URL())
		if err := db.Write(t.Context(), func(tx *store.Tx) error { _, err := tx.Exec(`INSERT INTO probe (body) VALUES ('y')`); return err }); err != nil {
			t.Fatal(err)
		}
		storetest.Disconnect(t, db.URL())
		if n := count(t, db, `SELECT count(*) FROM probe`); n != int64(i+1) {
			t.Errorf("%d rows", n)
		}
	}
}
