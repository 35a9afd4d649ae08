package store_test

import (
	"database/sql"
	"fmt"
	"testing"
	"time"

	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// Two programs on one file see that the other has worked, and not themselves.
func TestRemoteEvents(t *testing.T) {
	defer store.PollEvery(20 * time.Millisecond)()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		probe(t, db)
		address := db.Path()
		if db.Engine() == store.Postgres {
			address = db.URL()
		}
		other := storetest.Open(t, address)
		here, there := make(chan store.Event, 100), make(chan store.Event, 100)
		defer db.Subscribe(func(e store.Event) { here <- e }, "probe")()
		defer other.Subscribe(func(e store.Event) { there <- e })()
		time.Sleep(100 * time.Millisecond) // the file's first look
		ids := make([]int64, 3000)         // more than one payload holds
		for i := range ids {
			ids[i] = int64(i) + 1_000_000
		}
		err := db.Write(t.Context(), func(tx *store.Tx) error {
			tx.Publish("probe", ids...)
			_, err := tx.Exec(`INSERT INTO probe (body) VALUES ('x')`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if e := wait(t, here); e.Remote || e.Topic != "probe" || len(e.IDs) != len(ids) {
			t.Errorf("here: %v %v %d", e.Remote, e.Topic, len(e.IDs))
		}
		if db.Engine() == store.SQLite {
			if e := wait(t, there); !e.Remote || e.Topic != store.Everything {
				t.Errorf("there: %+v", e)
			}
		} else {
			seen := 0
			for seen < len(ids) {
				e := wait(t, there)
				if !e.Remote || e.Topic != "probe" {
					t.Fatalf("there: %v %v", e.Remote, e.Topic)
				}
				seen += len(e.IDs)
			}
		}
		select {
		case e := <-here:
			t.Errorf("our own work came back: %v %v", e.Topic, e.Remote)
		case <-time.After(200 * time.Millisecond):
		}
	})
}

func wait(t *testing.T, ch chan store.Event) store.Event {
	t.Helper()
	select {
	case e := <-ch:
		return e
	case <-time.After(10 * time.Second):
		t.Fatal("no event")
		return store.Event{}
	}
}

// A cut listener comes back and says that anything may have changed.
func TestListenerComesBack(t *testing.T) {
	db := storetest.OpenPostgres(t)
	got := make(chan store.Event, 10)
	defer db.Subscribe(func(e store.Event) { got <- e }, "kitchen")()
	admin, err := sql.Open("pgx", db.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = admin.Close() }()
	if _, err := admin.Exec(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query = 'LISTEN ardoise'`); err != nil {
		t.Fatal(err)
	}
	if e := wait(t, got); e.Topic != store.Everything || !e.Remote {
		t.Errorf("%+v", e)
	}
	if _, err := admin.Exec(`SELECT pg_notify('ardoise', 'x kitchen 7')`); err != nil {
		t.Fatal(err)
	}
	if e := wait(t, got); e.Topic != "kitchen" || fmt.Sprint(e.IDs) != "[7]" {
		t.Errorf("%+v", e)
	}
}
