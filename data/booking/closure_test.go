package booking_test

import (
	"strings"
	"testing"

	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/fault"
)

// The settings close only days that nobody has booked; booked days are closed
// here, and one way or the other the catalog holds the closure once.
func TestTheSettingsCloseNoBookedDay(t *testing.T) {
	each(t, 2, func(t *testing.T, w *world) {
		w.fund(0, 20_00)
		w.must(w.add(0, "2026-12-07"))
		settings := catalog.New(w.db)
		first, last := calendar.MustISO("2026-12-04"), calendar.MustISO("2026-12-08")
		for name, c := range map[string]catalog.Closure{
			"every service": {First: first, Last: last, Reason: "grève"},
			"the service":   {ServiceID: w.canteen, First: last.Add(-1), Reason: "grève"},
			"the class":     {ServiceID: w.canteen, ClassID: w.class, First: first, Last: last, Reason: "sortie"},
		} {
			if _, err := settings.AddClosure(w.ctx, c); fault.KindOf(err) != fault.Conflict || !strings.Contains(fault.Sentence(err), "Fermer un jour…") {
				t.Errorf("%s: %v", name, err)
			}
		}
		for name, c := range map[string]catalog.Closure{
			"another service": {ServiceID: w.evening, First: first, Last: last, Reason: "grève"},
			"another class":   {ServiceID: w.canteen, ClassID: w.class2, First: first, Last: last, Reason: "sortie"},
			"another day":     {First: last, Reason: "grève"},
		} {
			if _, err := settings.AddClosure(w.ctx, c); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		closing := booking.Closing{ServiceID: w.canteen, First: last.Add(-1), Reason: "grève"}
		for range 2 { // twice the same: one closure
			closing.Key = w.key()
			if _, err := w.s.CloseDay(w.ctx, &booking.ClosePlan{Closing: closing}); err != nil {
				t.Fatal(err)
			}
		}
		if w.balance(0) != 20_00 || w.count(`SELECT COUNT(*) FROM closure WHERE service_id = $1 AND first_day = '2026-12-07'`, w.canteen) != 1 {
			t.Errorf("balance %s", w.balance(0))
		}
	})
}
