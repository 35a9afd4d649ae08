package booking_test

import (
	"testing"

	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

func TestUpcoming(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db, 2)
		w.clock.Set(paris("2026-11-24 09:00:00")) // the deadline of Thursday 26 is Tuesday at 10:00
		w.fund(0, 100_00)
		w.fund(1, 100_00)
		w.must(w.add(0, "2026-11-26", "2026-11-27", "2026-12-01"))
		w.must(w.add(1, "2026-11-26"))
		w.must(w.cancel(0, "2026-11-27"))
		list, total, err := w.s.Upcoming(w.ctx, w.families[0], calendar.MustISO("2026-11-24"), 1)
		if err != nil || total != 2 || len(list) != 1 {
			t.Fatalf("%d of %d, %v", len(list), total, err)
		}
		if c := list[0]; c.Day.String() != "2026-11-26" || c.Child != "Léa" || c.Service != "Cantine" || c.State != booking.Booked || c.Price != 4_20 {
			t.Errorf("first: %+v", c)
		}
		if list, total, err = w.s.Upcoming(w.ctx, w.families[0], calendar.MustISO("2026-11-27"), 10); err != nil || total != 1 || list[0].Day.String() != "2026-12-01" {
			t.Errorf("from the 27th: %+v %d %v", list, total, err)
		}
	})
}
