package booking_test

import (
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"ardoise/data/booking"
	"ardoise/data/fault"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

func TestCapacityAndWaitingListInOrder(t *testing.T) {
	each(t, 5, func(t *testing.T, w *world) {
		for i := range 4 {
			w.fund(i, 20_00)
		}
		w.sql(`UPDATE service SET capacity = 1 WHERE id = $1`, w.canteen)
		day := "2026-12-07"
		w.must(w.add(0, day))
		full := w.add(1, day)
		p, err := w.s.Plan(w.ctx, full)
		if err != nil || p.Lines[0].Reason != "Complet\u00a0: 1 place sur 1. Liste d’attente possible." {
			t.Fatalf("%+v %v", p.Lines, err)
		}
		w.refused(fault.Insufficient, full)
		for _, i := range []int{4, 1, 2, 3} { // the first of the list has no money
			ask := w.add(i, day)
			ask.Waiting = true
			if done := w.must(ask); done.Lines[0].Verdict != booking.Waits || done.Total != 0 {
				t.Fatalf("%+v", done.Lines)
			}
		}
		w.clean()
		w.sql(`UPDATE access_request SET state = 'suspended', valid_to = '2026-11-20' WHERE child_id = $1`, w.children[1])
		done := w.must(w.cancel(0, day))
		if len(done.Promoted) != 1 || done.Promoted[0].ChildID != w.children[2] || w.balance(2) != 15_80 {
			t.Fatalf("promoted %+v", done.Promoted)
		}
		if n := w.count(`SELECT COUNT(*) FROM outbox WHERE kind = 'booking.waiting'`); n != 3 {
			t.Errorf("%d letters, want one promoted and two passed over", n)
		}
		w.clean()
		w.must(w.cancel(2, day)) // goes to child 3
		if w.balance(2) != 20_00 || w.balance(3) != 15_80 {
			t.Errorf("balances %s %s", w.balance(2), w.balance(3))
		}
		// Leaving the list costs nothing and gives nothing.
		if done := w.must(w.cancel(4, day)); done.Total != 0 {
			t.Errorf("%+v", done)
		}
	})
}

// B waits without money when a place comes free: it stays free for whoever asks,
// B included once it can pay.
func TestWaitingPlaceIsNotLost(t *testing.T) {
	day := "2026-12-07"
	setUp := func(w *world) {
		w.sql(`UPDATE service SET capacity = 1 WHERE id = $1`, w.canteen)
		w.fund(0, 10_00)
		w.must(w.add(0, day))
		ask := w.add(1, day)
		ask.Waiting = true
		w.must(ask)
		w.refused(fault.Conflict, w.add(1, day)) // waits, and the day is full
		if done := w.must(w.cancel(0, day)); len(done.Promoted) != 0 {
			w.t.Fatalf("promoted without money: %+v", done.Promoted)
		}
	}
	booked := func(w *world, i int) bool {
		return w.count(`SELECT COUNT(*) FROM booking WHERE child_id = $1 AND state = 'booked'`, w.children[i]) == 1
	}
	t.Run("a top-up gives it", func(t *testing.T) {
		each(t, 3, func(t *testing.T, w *world) {
			setUp(w)
			w.fund(1, 10_00)
			if w.balance(1) != 5_80 || !booked(w, 1) {
				t.Errorf("balance %s", w.balance(1))
			}
			w.fund(2, 10_00)
			w.refused(fault.Insufficient, w.add(2, day))
		})
	})
	t.Run("by cheque, and a key that comes again", func(t *testing.T) {
		each(t, 3, func(t *testing.T, w *world) {
			setUp(w)
			ask := w.add(1, day)
			ask.Means = "cheque"
			done := w.must(ask)
			again, err := w.s.Book(w.ctx, ask)
			if err != nil || !booked(w, 1) || len(done.Lines) != 1 || len(again.Lines) != 1 || again.Total != 4_20 || !again.Replayed {
				t.Errorf("%+v %+v %v", done, again, err)
			}
		})
	})
	t.Run("or a newcomer takes it", func(t *testing.T) {
		each(t, 3, func(t *testing.T, w *world) {
			setUp(w)
			w.fund(2, 10_00)
			w.must(w.add(2, day))
			w.fund(1, 10_00)
			if w.balance(1) != 10_00 || booked(w, 1) {
				t.Error("a place given twice")
			}
		})
	})
	t.Run("money that comes back gives it", func(t *testing.T) {
		each(t, 2, func(t *testing.T, w *world) {
			w.fund(1, 5_00)
			w.must(w.add(1, "2026-12-08"))
			setUp(w)
			if done := w.must(w.cancel(1, "2026-12-08")); len(done.Promoted) != 1 || !booked(w, 1) || w.balance(1) != 80 {
				t.Errorf("%+v %s", done.Promoted, w.balance(1))
			}
		})
	})
}

// A place somebody waits for and could have (the capacity was raised) is no
// newcomer's; any move on that day gives it.
func TestNewcomerDoesNotPassTheList(t *testing.T) {
	each(t, 3, func(t *testing.T, w *world) {
		w.sql(`UPDATE service SET capacity = 1 WHERE id = $1`, w.canteen)
		day := "2026-12-07"
		for i := range 3 {
			w.fund(i, 10_00)
		}
		w.must(w.add(0, day))
		ask := w.add(1, day)
		ask.Waiting = true
		w.must(ask)
		w.sql(`UPDATE service SET capacity = 2 WHERE id = $1`, w.canteen)
		newcomer := w.add(2, day)
		p, err := w.s.Plan(w.ctx, newcomer)
		if err != nil || p.Lines[0].Reason != "Complet\u00a0: les dernières places vont à la liste d’attente. Liste d’attente possible." {
			t.Errorf("%+v %v", p.Lines, err)
		}
		newcomer.Waiting = true
		if done := w.must(newcomer); len(done.Promoted) != 1 || done.Promoted[0].ChildID != w.children[1] {
			t.Errorf("%+v", done)
		}
	})
}

// Who waits for one sitting holds up no place of another.
func TestWaitingIsCountedPerSitting(t *testing.T) {
	each(t, 3, func(t *testing.T, w *world) {
		for i := range 3 {
			w.fund(i, 20_00)
		}
		w.sittings()
		w.sql(`UPDATE child SET class_id = $1 WHERE id = $2`, w.class2, w.children[2])
		day := "2026-12-07"
		w.must(w.add(0, day))
		ask := w.add(1, day)
		ask.Waiting = true
		w.must(ask)
		w.must(w.add(2, day))
	})
}

func TestCapacitySetOverExistingBookings(t *testing.T) {
	each(t, 3, func(t *testing.T, w *world) {
		for i := range 3 {
			w.fund(i, 20_00)
		}
		day := "2026-12-07"
		w.must(w.add(0, day))
		w.must(w.add(1, day))
		w.sql(`UPDATE service SET capacity = 2 WHERE id = $1`, w.canteen)
		w.refused(fault.Insufficient, w.add(2, day))
		w.must(w.cancel(0, day))
		w.must(w.add(2, day))
		w.clean()
		w.sql(`UPDATE service SET capacity = 1 WHERE id = $1`, w.canteen)
		w.refused(fault.Insufficient, w.add(0, day))
		w.must(w.cancel(1, day)) // giving a place back is always possible
		w.must(w.cancel(2, day))
		w.must(w.add(0, day))
	})
}

// sittings gives the canteen two sittings of one place: the second for class2.
func (w *world) sittings() {
	w.write(func(tx *store.Tx) error {
		one := w.id(tx, `INSERT INTO sitting (service_id, name, capacity) VALUES ($1, '1er service', 1) RETURNING id`, w.canteen)
		two := w.id(tx, `INSERT INTO sitting (service_id, name, capacity) VALUES ($1, '2e service', 1) RETURNING id`, w.canteen)
		w.exec(tx, `UPDATE service_school SET sitting_id = $1 WHERE service_id = $2`, one, w.canteen)
		w.exec(tx, `INSERT INTO class_sitting (class_id, service_id, sitting_id) VALUES ($1, $2, $3)`, w.class2, w.canteen, two)
		return nil
	})
}

func TestSittingCapacity(t *testing.T) {
	each(t, 3, func(t *testing.T, w *world) {
		for i := range 3 {
			w.fund(i, 20_00)
		}
		w.sittings()
		w.sql(`UPDATE child SET class_id = $1 WHERE id = $2`, w.class2, w.children[2])
		day := "2026-12-07"
		w.must(w.add(0, day))
		p, err := w.s.Plan(w.ctx, w.add(1, day))
		if err != nil || !strings.HasPrefix(p.Lines[0].Reason, "Complet au 1er service\u00a0: 1 place sur 1.") {
			t.Errorf("%+v %v", p.Lines, err)
		}
		w.must(w.add(2, day))
	})
}

// lastPlace lets many clients ask for the one place left, all at once.
func lastPlace(t *testing.T, w *world, services []*booking.Service) {
	w.sql(`UPDATE service SET capacity = 1 WHERE id = $1`, w.canteen)
	for i := range services {
		w.fund(i, 10_00)
	}
	asks := make([]booking.Ask, len(services))
	for i := range asks {
		asks[i] = w.add(i, "2026-12-07")
	}
	var winners atomic.Int64
	var wg sync.WaitGroup
	for i, s := range services {
		wg.Go(func() {
			_, err := s.Book(w.ctx, asks[i])
			switch {
			case err == nil:
				winners.Add(1)
			case fault.KindOf(err) != fault.Insufficient && fault.KindOf(err) != fault.Conflict:
				t.Errorf("client %d: %v", i, err)
			}
		})
	}
	wg.Wait()
	if winners.Load() != 1 || w.count(`SELECT COUNT(*) FROM booking`) != 1 {
		t.Errorf("%d winners, %d bookings", winners.Load(), w.count(`SELECT COUNT(*) FROM booking`))
	}
	w.clean()
}

func TestLastPlaceTwentyClients(t *testing.T) {
	db := storetest.OpenPostgres(t)
	w := newWorld(t, db, 20)
	services := make([]*booking.Service, 20)
	for i := range services {
		services[i] = w.s
	}
	lastPlace(t, w, services)
}

func TestLastPlaceTwoHandlesOnOneFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ardoise.db")
	if err := storetest.CopySQLite(path); err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, storetest.Open(t, path), 8)
	other := booking.New(storetest.Open(t, path))
	lastPlace(t, w, []*booking.Service{w.s, other, w.s, other, w.s, other, w.s, other})
}

// The same meal asked for by two clients at once is booked once.
func TestSameMealAtOnce(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		w.fund(0, 50_00)
		var won atomic.Int64
		var wg sync.WaitGroup
		for range 6 {
			ask := w.add(0, "2026-12-07")
			wg.Go(func() {
				if _, err := w.s.Book(w.ctx, ask); err == nil {
					won.Add(1)
				} else if fault.KindOf(err) != fault.Conflict {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if won.Load() != 1 || w.balance(0) != 45_80 {
			t.Errorf("%d winners, balance %s", won.Load(), w.balance(0))
		}
	})
}

// A place that comes free after the deadline is nobody's news.
func TestNoLetterForAPlaceTooLate(t *testing.T) {
	each(t, 2, func(t *testing.T, w *world) {
		w.sql(`UPDATE service SET capacity = 1 WHERE id = $1`, w.canteen)
		w.fund(0, 10_00)
		w.fund(1, 10_00)
		day := "2026-12-07"
		w.must(w.add(0, day))
		ask := w.add(1, day)
		ask.Waiting = true
		w.must(ask)
		w.clock.Set(paris("2026-12-07 18:00:00"))
		strike := w.cancel(0, day)
		strike.Justification = booking.Justification{Kind: booking.Strike}
		if done := w.must(strike); len(done.Promoted) != 0 || w.balance(1) != 10_00 || w.count(`SELECT COUNT(*) FROM outbox WHERE kind = 'booking.waiting'`) != 0 {
			t.Errorf("%+v", done)
		}
	})
}
