package booking_test

import (
	"strings"
	"testing"
	"time"

	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/money"
)

func (w *world) mark(day string, i int, mark string) (*booking.Attended, error) {
	return w.s.Attend(w.ctx, booking.Attend{Key: w.key(), ServiceID: w.canteen, Day: calendar.MustISO(day), Marks: []booking.Mark{{ChildID: w.children[i], Mark: mark}}})
}

func (w *world) mustMark(day string, i int, mark string) *booking.Attended {
	w.t.Helper()
	a, err := w.mark(day, i, mark)
	if err != nil {
		w.t.Fatal(err)
	}
	return a
}

// state gives the cell of child i's canteen that day, as the month grid shows it.
func (w *world) state(i int, day string) booking.CellState {
	w.t.Helper()
	d := calendar.MustISO(day)
	g, err := w.s.Month(w.ctx, w.families[i], d.Year(), d.Month())
	if err != nil {
		w.t.Fatal(err)
	}
	for _, s := range g.Children[0].Services {
		if s.ServiceID == w.canteen {
			return s.Cells[d.Day()-1].State
		}
	}
	w.t.Fatal("no canteen in the grid")
	return ""
}

func TestAttendanceCanBeChangedToAndFro(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		w.sql(`UPDATE service SET waiting_days = 0`)
		w.fund(0, 50_00)
		day := "2026-11-27"
		w.must(w.add(0, day))
		if _, err := w.mark(day, 0, booking.Present); fault.KindOf(err) != fault.Invalid {
			t.Fatalf("a day to come was marked: %v", err)
		}
		w.clock.Set(paris("2026-11-27 13:00:00"))
		for _, step := range []struct {
			mark    string
			state   booking.CellState
			balance money.Cents
		}{
			{booking.Present, booking.CellPresent, 45_80},
			{booking.Absent, booking.CellAbsent, 45_80},
			{booking.NoMark, booking.CellBooked, 45_80},
			{booking.Justified, booking.CellJustified, 50_00},
			{booking.Justified, booking.CellJustified, 50_00},
			{booking.Absent, booking.CellAbsent, 45_80},
			{booking.Justified, booking.CellJustified, 50_00},
			{booking.NoMark, booking.CellBooked, 45_80},
			{booking.Ate, booking.CellPresent, 45_80},
		} {
			w.mustMark(day, 0, step.mark)
			if got := w.state(0, day); got != step.state || w.balance(0) != step.balance {
				t.Fatalf("%s: %s, %s; want %s, %s", step.mark, got, w.balance(0), step.state, step.balance)
			}
			w.clean()
		}
	})
}

func TestWaitingDaysAndCertificate(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		w.fund(0, 50_00)
		days := []string{"2026-11-30", "2026-12-01", "2026-12-03", "2026-12-04"}
		w.must(w.add(0, days...))
		w.clock.Set(paris("2026-12-02 11:59:59")) // 48 h after Monday 12:00, less one second
		ask := w.cancel(0, "2026-11-30", "2026-12-01")
		ask.Justification = booking.Justification{Kind: booking.Illness, Note: "certificat"}
		done := w.must(ask)
		if l := done.Lines[0]; l.Price != 0 || l.Note != "Jour de carence 1 sur 1\u00a0: le montant reste dû." || l.Action != booking.Justify {
			t.Errorf("%+v", l)
		}
		if l := done.Lines[1]; l.Price != 4_20 {
			t.Errorf("%+v", l)
		}
		if w.state(0, "2026-11-30") != booking.CellJustified || w.state(0, "2026-12-01") != booking.CellJustified || w.balance(0) != 37_40 {
			t.Errorf("%s", w.balance(0))
		}
		// The illness goes on: Thursday is of the same run, so no second waiting
		// day, but its certificate counts from Monday.
		w.clock.Set(paris("2026-12-03 13:00:00"))
		ask = w.cancel(0, "2026-12-03")
		ask.Justification = booking.Justification{Kind: booking.Illness}
		p, err := w.s.Plan(w.ctx, ask)
		if err != nil || !strings.HasPrefix(p.Lines[0].Reason, "Certificat remis trop tard\u00a0: il fallait le remettre avant mercredi 2 déc. à 12\u00a0h\u00a000") {
			t.Fatalf("%+v %v", p.Lines[0], err)
		}
		w.refused(fault.TooLate, ask)
		ask.Override = "hospitalisation"
		if done := w.must(ask); done.Total != -4_20 {
			t.Errorf("%+v", done)
		}
		// A strike gives everything back, without waiting day nor certificate.
		w.clock.Set(paris("2026-12-04 18:00:00"))
		ask = w.cancel(0, "2026-12-04")
		ask.Justification = booking.Justification{Kind: booking.Strike}
		if done := w.must(ask); done.Total != -4_20 || w.balance(0) != 45_80 {
			t.Errorf("%+v", done)
		}
		if n := w.count(`SELECT COUNT(*) FROM operation WHERE kind = 'justify' AND reason LIKE 'maladie%'`); n != 2 {
			t.Errorf("%d reasons kept", n)
		}
	})
}

func TestEatenWithoutBooking(t *testing.T) {
	each(t, 3, func(t *testing.T, w *world) {
		w.fund(0, 10_00)
		w.sql(`UPDATE access_request SET pay = 'monthly' WHERE child_id = $1`, w.children[2])
		w.sql(`UPDATE service SET capacity = 0 WHERE id = $1`, w.canteen) // full, and still they ate
		day := "2026-11-24"
		if _, err := w.mark(day, 0, booking.Present); fault.KindOf(err) != fault.Conflict {
			t.Fatalf("present without booking: %v", err)
		}
		if a := w.mustMark(day, 0, booking.Ate); a.Charged != 6_30 || len(a.ToSettle) != 0 || w.balance(0) != 3_70 {
			t.Errorf("%+v", a)
		}
		if a := w.mustMark(day, 1, booking.Ate); a.Charged != 0 || len(a.ToSettle) != 1 || !strings.Contains(a.Notes[0], "6,30") {
			t.Errorf("%+v", a)
		}
		if a := w.mustMark(day, 2, booking.Ate); a.Charged != 0 || len(a.ToSettle) != 0 {
			t.Errorf("%+v", a)
		}
		w.clean()
		list, err := w.s.Unbooked(w.ctx, w.canteen, 0)
		if err != nil || len(list) != 1 || list[0].ChildID != w.children[1] || list[0].Price != 6_30 || list[0].Family != "Favier1" {
			t.Fatalf("%+v %v", list, err)
		}
		if all, err := w.s.Unbooked(w.ctx, 0, calendar.MustISO(day)); err != nil || len(all) != 3 {
			t.Errorf("%+v %v", all, err)
		}
		settle := booking.Settle{Key: w.key(), Bookings: []int64{list[0].BookingID}}
		if _, err := w.s.Settle(w.ctx, settle); fault.KindOf(err) != fault.Insufficient {
			t.Fatalf("settled with an empty wallet: %v", err)
		}
		settle.Means = "cash"
		done, err := w.s.Settle(w.ctx, settle)
		if err != nil || done.Receipt == nil || done.Total != 6_30 || w.balance(1) != 0 {
			t.Fatalf("%+v %v", done, err)
		}
		if again, err := w.s.Settle(w.ctx, settle); err != nil || !again.Replayed {
			t.Errorf("%+v %v", again, err)
		}
		settle.Key = w.key()
		if _, err := w.s.Settle(w.ctx, settle); fault.KindOf(err) != fault.Conflict {
			t.Errorf("settled twice: %v", err)
		}
		// Marked by mistake: taken off, and given back.
		w.mustMark(day, 0, booking.NoMark)
		if w.balance(0) != 10_00 || w.state(0, day) != booking.CellCancelled {
			t.Errorf("%s %s", w.balance(0), w.state(0, day))
		}
	})
}

// The floor holds to the cent for a meal eaten without booking.
func TestEatenWithoutBookingAtTheFloor(t *testing.T) {
	each(t, 2, func(t *testing.T, w *world) {
		w.fund(0, 6_29)
		w.fund(1, 6_30)
		if a := w.mustMark("2026-11-24", 0, booking.Ate); len(a.ToSettle) != 1 || w.balance(0) != 6_29 {
			t.Errorf("one cent short: %+v", a)
		}
		if a := w.mustMark("2026-11-24", 1, booking.Ate); len(a.ToSettle) != 0 || w.balance(1) != 0 {
			t.Errorf("just enough: %+v", a)
		}
	})
}

func TestAllPresent(t *testing.T) {
	each(t, 3, func(t *testing.T, w *world) {
		day := "2026-11-27"
		for i := range 3 {
			w.fund(i, 10_00)
			w.must(w.add(i, day))
		}
		w.sql(`UPDATE child SET class_id = $1 WHERE id = $2`, w.class2, w.children[2])
		w.clock.Set(paris("2026-11-27 13:00:00"))
		w.mustMark(day, 0, booking.Absent)
		a, err := w.s.AllPresent(w.ctx, w.key(), w.canteen, calendar.MustISO(day), w.class)
		if err != nil || a.Marked != 1 || w.state(0, day) != booking.CellAbsent || w.state(1, day) != booking.CellPresent || w.state(2, day) != booking.CellBooked {
			t.Fatalf("%+v %v", a, err)
		}
		d, err := w.s.Day(w.ctx, w.canteen, calendar.MustISO(day))
		if err != nil || d.Total != 3 || d.Marked != 2 || len(d.Schools) != 1 {
			t.Errorf("%+v %v", d, err)
		}
		g, err := w.s.Week(w.ctx, w.canteen, booking.WeekFilter{}, calendar.MustISO(day))
		if err != nil || len(g.Classes) != 2 || len(g.Classes[0].Children) != 2 || len(g.Days) != 4 {
			t.Fatalf("%+v %v", g, err)
		}
		if th := g.Days[3]; th.Total != 3 || th.Marked != 2 || th.ToMark != 1 || th.ByDiet["standard"] != 3 {
			t.Errorf("%+v", th)
		}
		if c := g.Classes[0].Children[0].Cells; c[3].State != booking.CellAbsent || c[1].State != booking.CellLocked || c[2].State != booking.CellLocked {
			t.Errorf("%+v", c)
		}
		if g, err = w.s.Week(w.ctx, w.canteen, booking.WeekFilter{Classes: []int64{w.class2}}, calendar.MustISO(day)); err != nil || len(g.Classes) != 1 || g.Days[3].Total != 1 {
			t.Errorf("%+v %v", g, err)
		}
	})
}

func TestCloseADay(t *testing.T) {
	each(t, 4, func(t *testing.T, w *world) {
		day := "2026-12-07"
		for i := range 3 {
			w.fund(i, 10_00)
			w.must(w.add(i, day))
		}
		w.sql(`UPDATE access_request SET pay = 'monthly' WHERE child_id = $1`, w.children[3])
		w.must(w.add(3, day))
		w.sql(`UPDATE child SET class_id = $1 WHERE id = $2`, w.class2, w.children[2])
		trip := booking.Closing{Key: w.key(), ServiceID: w.canteen, ClassID: w.class2, First: calendar.MustISO(day), Reason: "sortie au musée"}
		p, err := w.s.CloseDayPlan(w.ctx, trip)
		if err != nil || len(p.Lines) != 1 || p.Total != 4_20 {
			t.Fatalf("%+v %v", p, err)
		}
		if done, err := w.s.CloseDay(w.ctx, p); err != nil || done.Cancelled != 1 || w.balance(2) != 10_00 {
			t.Fatalf("%+v %v", done, err)
		}
		w.clean()
		strike := booking.Closing{Key: w.key(), ServiceID: w.canteen, First: calendar.MustISO(day), Reason: "grève", Tell: true}
		if p, err = w.s.CloseDayPlan(w.ctx, strike); err != nil || len(p.Lines) != 3 || p.Total != 8_40 || p.Monthly != 4_20 || p.Families != 3 {
			t.Fatalf("%+v %v", p, err)
		}
		w.must(w.cancel(0, day))
		if _, err := w.s.CloseDay(w.ctx, p); fault.KindOf(err) != fault.Conflict {
			t.Fatalf("a list that changed: %v", err)
		}
		if p, err = w.s.CloseDayPlan(w.ctx, strike); err != nil {
			t.Fatal(err)
		}
		done, err := w.s.CloseDay(w.ctx, p)
		if err != nil || done.Cancelled != 2 || done.Total != 4_20 || w.balance(1) != 10_00 {
			t.Fatalf("%+v %v", done, err)
		}
		again, err := w.s.CloseDay(w.ctx, p)
		if err != nil || !again.Replayed || again.Cancelled != 2 || again.Total != 4_20 {
			t.Errorf("%+v %v", again, err)
		}
		if w.state(0, day) != booking.CellCancelled || w.count(`SELECT COUNT(*) FROM outbox WHERE kind = 'booking.closed'`) != 2 {
			t.Error("the closing left something out")
		}
		p2, err := w.s.Plan(w.ctx, w.add(0, day))
		if err != nil || p2.Lines[0].Reason != "Pas de service ce jour-là (fermé\u00a0: grève)." {
			t.Errorf("%+v %v", p2.Lines, err)
		}
		for _, bad := range []booking.Closing{{}, {First: calendar.MustISO(day)}, {First: calendar.MustISO(day), Last: calendar.MustISO("2026-12-01"), Reason: "x"}} {
			if _, err := w.s.CloseDayPlan(w.ctx, bad); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%+v: %v", bad, err)
			}
		}
	})
}

func TestMonthGrid(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		w.fund(0, 50_00)
		w.must(w.add(0, "2026-12-07", "2026-12-08"))
		w.must(w.cancel(0, "2026-12-08"))
		w.clock.Set(paris("2026-12-04 12:00:00"))
		g, err := w.s.Month(w.ctx, w.families[0], 2026, time.December)
		if err != nil || len(g.Children) != 1 || len(g.Children[0].Services) != 2 || len(g.Holidays) != 1 || g.Balance != 45_80 {
			t.Fatalf("%+v %v", g, err)
		}
		want := map[int]booking.CellState{
			1: booking.CellLocked, 2: booking.CellNone, 5: booking.CellNone, 7: booking.CellBooked, 8: booking.CellCancelled, 10: booking.CellFree, 21: booking.CellClosed, 25: booking.CellClosed,
		}
		line := g.Children[0].Services[0]
		for d, state := range want {
			if c := line.Cells[d-1]; c.State != state {
				t.Errorf("%d December: %s (%s), want %s", d, c.State, c.Reason, state)
			}
		}
		if c := line.Cells[6]; !c.Late || c.Price != 4_20 || c.BookingID == 0 {
			t.Errorf("%+v", c)
		}
		if c := line.Cells[9]; c.Late || c.Price != 4_20 || !c.Cutoff.Equal(paris("2026-12-08 10:00:00")) {
			t.Errorf("%+v", c)
		}
		if g.Holidays[0].First != calendar.MustISO("2026-12-19") || g.NextEnd.IsZero() {
			t.Errorf("%+v %v", g.Holidays, g.NextEnd)
		}
		w.sql(`UPDATE access_request SET state = 'refused', reason = 'effectif complet' WHERE service_id = $1`, w.evening)
		if g, err = w.s.Month(w.ctx, w.families[0], 2026, time.December); err != nil || g.Children[0].Services[1].Gate != "L’accès a été refusé : effectif complet." {
			t.Errorf("%+v %v", g.Children[0].Services, err)
		}
	})
}
