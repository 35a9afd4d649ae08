package main

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"ardoise/data"
	"ardoise/data/calendar"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store/storetest"
	"ardoise/ui/kit"
)

// TestANewDayIsSeenTo: a window left open over night does the new day's work,
// once; what failed is done again; nothing is done for an office that is gone.
func TestANewDayIsSeenTo(t *testing.T) {
	clock, run, o := storetest.NewClock(), &kit.Sync{}, &data.Office{}
	d := &desk{log: slog.New(slog.DiscardHandler), clock: clock.Now, runner: run, ctx: t.Context(), office: o}
	done, refusal := 0, error(nil)
	d.keepHouse(o, calendar.DateOf(clock.Now()), func(context.Context) error { done++; return refusal })
	for i, step := range []struct {
		pass time.Duration
		err  error
		want int
	}{
		{0, nil, 0},
		{24 * time.Hour, nil, 1},
		{0, nil, 1},
		{24 * time.Hour, errors.New("the disk is away"), 2},
		{0, nil, 3},
		{0, nil, 3},
	} {
		clock.Add(step.pass)
		refusal = step.err
		run.Fire(dayTurns)
		if done != step.want {
			t.Errorf("step %d: done %d times, want %d", i, done, step.want)
		}
	}
	d.office = &data.Office{}
	clock.Add(24 * time.Hour)
	run.Fire(dayTurns)
	run.Fire(dayTurns)
	if done != 3 {
		t.Error("an office that was left is kept all the same")
	}
}

// TestClosingKeepsTheFirstError: why the office could not be used is not lost
// when closing it goes wrong too.
func TestClosingKeepsTheFirstError(t *testing.T) {
	o, err := data.Open(t.Context(), filepath.Join(t.TempDir(), "ardoise.db"), data.Options{Clock: storetest.NewClock().Now, Cost: &stafftest.Fast})
	if err != nil {
		t.Fatal(err)
	}
	first := errors.New("first")
	for range 2 { // the second time it is closed already
		if err := closing(first, o); !errors.Is(err, first) {
			t.Error(err)
		}
	}
}
