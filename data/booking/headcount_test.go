package booking_test

import (
	"sync"
	"testing"

	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/fault"
)

// deltas sums the changes by name.
func deltas(h *booking.Headcount) map[string]int {
	out := map[string]int{}
	for _, c := range h.Changes {
		out[c.First+c.Last+" "+c.Diet] += c.Delta
	}
	return out
}

func TestHeadcountVersionsAndDifferences(t *testing.T) {
	each(t, 4, func(t *testing.T, w *world) {
		d := "2026-12-07"
		on := calendar.MustISO(d)
		for i := range 4 {
			w.fund(i, 20_00)
		}
		w.sql(`UPDATE child SET first = 'Hugo', age_group = 'maternelle', diet = 'sans_porc' WHERE id = $1`, w.children[1])
		w.sql(`UPDATE child SET first = 'Zoé' WHERE id = $1`, w.children[2])
		w.must(w.add(0, d))
		w.must(w.add(1, d))
		if err := w.s.SetAdults(w.ctx, w.canteen, on, []booking.Adults{{SchoolID: w.school, Diet: "standard", Count: 3}}); err != nil {
			t.Fatal(err)
		}
		h, err := w.s.Send(w.ctx, w.canteen, on)
		if err != nil || h.Version != 1 || h.Total != 5 || h.Children != 2 || h.Adults != 3 || len(h.Changes) != 0 || len(h.Groups) != 3 {
			t.Fatalf("%+v %v", h, err)
		}
		w.clock.Set(paris("2026-12-03 09:20:00"))
		w.must(w.add(2, d))
		w.must(w.cancel(0, d))
		w.sql(`UPDATE child SET diet = 'vegetarien' WHERE id = $1`, w.children[1])
		if h, err = w.s.Headcount(w.ctx, w.canteen, on); err != nil || h.Total != 5 || h.SentTotal != 5 || h.Version != 1 {
			t.Fatalf("%+v %v", h, err)
		}
		got := deltas(h)
		for name, n := range map[string]int{"ZoéFavier standard": 1, "LéaFavier standard": -1, "HugoFavier vegetarien": 1} {
			if got[name] != n {
				t.Errorf("%s: %+d, want %+d (%v)", name, got[name], n, got)
			}
		}
		for _, c := range h.Changes {
			if c.First != "Hugo" && !c.At.Equal(paris("2026-12-03 09:20:00")) {
				t.Errorf("%+v has not its time", c)
			}
		}
		if h, err = w.s.Send(w.ctx, w.canteen, on); err != nil || h.Version != 2 || len(h.Changes) != 0 {
			t.Fatalf("%+v %v", h, err)
		}
		if n := w.count(`SELECT COUNT(*) FROM headcount_line l JOIN headcount h ON h.id = l.headcount_id WHERE h.version = 1`); n != 3 {
			t.Errorf("the first sheet has %d lines now", n)
		}
		if _, err := w.s.Send(w.ctx, w.canteen, on.Add(2)); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a sheet for a Wednesday: %v", err)
		}
		month, err := w.s.HeadcountMonth(w.ctx, w.canteen, 2026, 12)
		if err != nil || len(month) == 0 {
			t.Errorf("%+v %v", month, err)
		}
	})
}

// Two agents send the same day's sheet at once: two versions, no gap.
func TestTwoSheetsAtOnce(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		w.fund(0, 20_00)
		w.must(w.add(0, "2026-12-07"))
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				if _, err := w.s.Send(w.ctx, w.canteen, calendar.MustISO("2026-12-07")); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if n := w.count(`SELECT CAST(SUM(version) AS BIGINT) FROM headcount`); n != 10 {
			t.Errorf("versions sum to %d, want 1+2+3+4", n)
		}
	})
}

// One basket sent by four clients under one key at the same time is done once.
func TestOneKeyAtOnce(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		w.fund(0, 20_00)
		ask := w.add(0, "2026-12-07", "2026-12-08")
		ask.Means = "card"
		ops := make([]int64, 4)
		var wg sync.WaitGroup
		for i := range ops {
			wg.Go(func() {
				done, err := w.s.Book(w.ctx, ask)
				if err != nil {
					t.Error(err)
					return
				}
				ops[i] = done.OperationID
				if done.Receipt == nil || done.Total != 8_40 {
					t.Errorf("%+v", done)
				}
			})
		}
		wg.Wait()
		if ops[0] == 0 || ops[0] != ops[1] || ops[1] != ops[2] || ops[2] != ops[3] || w.balance(0) != 20_00 {
			t.Errorf("%v %s", ops, w.balance(0))
		}
	})
}
