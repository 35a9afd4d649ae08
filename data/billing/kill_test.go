package billing_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"testing"
	"time"

	"ardoise/data/billing"
	"ardoise/data/staff"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// killMe is where the child finds the database that it issues a month on.
const killMe = "ARDOISE_BILLING_CHILD"

func TestMain(m *testing.M) {
	if url := os.Getenv(killMe); url != "" {
		if err := issueChild(url); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	storetest.Main(m)
}

func issueChild(url string) error {
	ctx := staff.System(context.Background())
	db, err := store.Open(ctx, url, store.Options{Clock: func() time.Time { return storetest.Start }, Log: slog.New(slog.DiscardHandler), MustExist: true})
	if err != nil {
		return err
	}
	fmt.Println("open")
	if _, err := billing.New(db).Issue(ctx, "the month", billing.Run{Month: november}, ""); err != nil {
		return err
	}
	return db.Close()
}

// A run that is killed at any moment leaves all of itself or nothing; the same
// run, asked for again under its key, is whole and done once.
func TestKilledRunIsWholeOrNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db, 60)
		for i := range w.families {
			w.meals(i, days("2026-11-02", 15)...)
		}
		url := db.Path()
		if db.Engine() == store.Postgres {
			url = db.URL()
		}
		cut := 0
		for _, moment := range []time.Duration{0, 4, 9, 15, 22, 30, 45} {
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), killMe+"="+url)
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			if _, err := out.Read(make([]byte, 8)); err != nil {
				t.Fatal(err)
			}
			time.Sleep(moment * time.Millisecond)
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			if err := cmd.Wait(); err != nil {
				cut++
			}
			w.sound()
			if n := w.count(`SELECT COUNT(*) FROM invoice`); n != 0 && n != 60 {
				t.Fatalf("killed after %d ms: %d invoices of 60", moment, n)
			}
		}
		if cut == 0 {
			t.Error("nothing was put to the test: each child had ended")
		}
		done, err := w.s.Issue(w.ctx, "the month", billing.Run{Month: november}, "")
		if err != nil || done.Count != 60 || w.count(`SELECT COUNT(*) FROM invoice`) != 60 || w.count(`SELECT MAX(last) FROM counter WHERE name LIKE 'invoice:%'`) != 60 {
			t.Errorf("%+v, %v", done, err)
		}
		w.sound()
	})
}
