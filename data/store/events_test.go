package store_test

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

func publish(t *testing.T, db *store.DB, topic string, ids ...int64) {
	t.Helper()
	if err := db.Write(t.Context(), func(tx *store.Tx) error { tx.Publish(topic, ids...); return nil }); err != nil {
		t.Fatal(err)
	}
}

func TestEventsComeAfterCommitInOrder(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		all, some := make(chan store.Event, 1000), make(chan store.Event, 1000)
		cancel := db.Subscribe(func(e store.Event) { all <- e })
		defer db.Subscribe(func(e store.Event) { some <- e }, "family")()
		err := db.Write(t.Context(), func(tx *store.Tx) error {
			tx.Publish("lost", 1)
			return errors.New("no")
		})
		if err == nil {
			t.Fatal("no error")
		}
		err = db.Write(t.Context(), func(tx *store.Tx) error {
			tx.Publish("family", 3, 1, 3)
			tx.Publish("booking", 9)
			tx.Publish("family", 2)
			tx.Publish("wallet", 5)
			tx.Publish("wallet")
			time.Sleep(20 * time.Millisecond)
			if len(all) > 0 {
				t.Error("an event came before the commit")
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"family [1 2 3]", "booking [9]", "wallet []"} {
			if e := wait(t, all); fmt.Sprint(e.Topic, " ", e.IDs) != want || e.Remote {
				t.Errorf("%+v, want %s", e, want)
			}
		}
		if e := wait(t, some); e.Topic != "family" || len(some) > 0 {
			t.Errorf("%+v and %d more", e, len(some))
		}
		for i := range int64(200) {
			publish(t, db, "family", i)
		}
		for i := range int64(200) {
			if e := wait(t, all); e.IDs[0] != i {
				t.Fatalf("%v comes at place %d", e.IDs, i)
			}
		}
		cancel()
		publish(t, db, "family", 1)
		time.Sleep(20 * time.Millisecond)
		if len(all) > 0 {
			t.Error("an event after cancel")
		}
	})
}

// A subscriber that never returns keeps nobody waiting.
func TestSlowSubscriberBlocksNobody(t *testing.T) {
	db := storetest.OpenSQLite(t)
	release := make(chan struct{})
	got := make(chan store.Event, 5000)
	defer db.Subscribe(func(e store.Event) { <-release; got <- e })()
	begun := time.Now()
	for i := range int64(1500) {
		publish(t, db, "family", i)
	}
	if d := time.Since(begun); d > 20*time.Second {
		t.Errorf("writers waited %v", d)
	}
	close(release)
	folded := false
	for deadline := time.After(5 * time.Second); !folded; {
		select {
		case e := <-got:
			folded = e.Topic == store.Everything
		case <-deadline:
			t.Fatal("what did not fit was not folded into one event")
		}
	}
}

func TestCloseEndsEverything(t *testing.T) {
	before := runtime.NumGoroutine()
	for range 3 {
		path := t.TempDir() + "/mairie.db"
		db, err := openPlain(path)
		if err != nil {
			t.Fatal(err)
		}
		for range 5 {
			db.Subscribe(func(store.Event) {})
		}
		publish(t, db, "family", 1)
		closeDB(t, db)
		closeDB(t, db) // twice is once
		if err := db.Read(t.Context(), func(*store.Tx) error { return nil }); err == nil {
			t.Error("a closed database answers")
		}
		db.Subscribe(func(store.Event) {})()
	}
	for range 100 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	buf := make([]byte, 1<<16)
	t.Errorf("%d goroutines before, %d after\n%s", before, runtime.NumGoroutine(), buf[:runtime.Stack(buf, true)])
}

func TestPayloads(t *testing.T) {
	ids := make([]int64, 5000)
	for i := range ids {
		ids[i] = int64(i) * 1_000_003
	}
	var seen []int64
	for _, p := range store.Payloads("me", []store.Event{{Topic: "booking", IDs: ids}}) {
		if len(p) > store.MaxBytes {
			t.Errorf("%d bytes", len(p))
		}
		if _, ok := store.Payload("me", p); ok {
			t.Error("our own payload was taken")
		}
		e, ok := store.Payload("you", p)
		if !ok || e.Topic != "booking" || !e.Remote {
			t.Fatalf("%+v %v", e, ok)
		}
		seen = append(seen, e.IDs...)
	}
	if fmt.Sprint(seen) != fmt.Sprint(ids) {
		t.Error("ids were lost or changed")
	}
	for _, wrong := range []string{"", "x", "x y", "x y z,1", strings.Repeat("x", 100)} {
		if e, ok := store.Payload("me", wrong); ok {
			t.Errorf("%q was read as %+v", wrong, e)
		}
	}
	if e, ok := store.Payload("me", "you kitchen "); !ok || len(e.IDs) != 0 {
		t.Errorf("%+v %v", e, ok)
	}
}

// Writers from many goroutines: the queue keeps the commits' order on SQLite.
func TestEventsOfManyWriters(t *testing.T) {
	db := storetest.OpenSQLite(t)
	probe(t, db)
	got := make(chan store.Event, 1000)
	defer db.Subscribe(func(e store.Event) { got <- e })()
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 20 {
				err := db.Write(t.Context(), func(tx *store.Tx) error {
					var id int64
					if err := tx.QueryRow(`INSERT INTO probe (body) VALUES ('x') RETURNING id`).Scan(&id); err != nil {
						return err
					}
					tx.Publish("probe", id)
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	for i := range int64(160) {
		if e := wait(t, got); e.IDs[0] != i+1 {
			t.Fatalf("row %v is told at place %d", e.IDs, i+1)
		}
	}
}
