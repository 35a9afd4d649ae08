package bookings

import (
	"testing"

	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/ledger"
)

func item(day string) booking.Item {
	return booking.Item{ChildID: 1, ServiceID: 2, Day: calendar.MustISO(day)}
}

func TestBasketUndoesGestureByGesture(t *testing.T) {
	b := newBasket()
	b.set(item("2026-12-11"), toAdd)
	b.set(item("2026-12-14"), toAdd)
	b.endGesture()
	b.set(item("2026-12-11"), unmarked)
	b.set(item("2026-12-17"), toCancel)
	b.endGesture()
	if got := b.ask("k", 9, "wallet", ledger.Consent{}, false); len(got.Add) != 1 || len(got.Cancel) != 1 {
		t.Fatalf("ask %+v", got)
	}
	if !b.undo() || len(b.marks) != 2 || b.of(item("2026-12-11")) != toAdd {
		t.Fatalf("after one undo %v", b.marks)
	}
	b.clear()
	if !b.empty() || !b.undo() || len(b.marks) != 2 {
		t.Fatalf("clearing cannot be taken back: %v", b.marks)
	}
	if !b.undo() || !b.empty() || b.undo() {
		t.Fatalf("nothing should be left: %v", b.marks)
	}
}

func TestBasketLinesAreGrouped(t *testing.T) {
	var p booking.Plan
	for _, d := range []string{"2026-12-11", "2026-12-14", "2026-12-15", "2026-12-17", "2026-12-18"} {
		p.Lines = append(p.Lines, booking.Line{Item: item(d), Child: "Léa", Service: "Cantine", Kind: "canteen", Action: booking.Add, Verdict: booking.Accepted, Price: 420})
	}
	p.Lines = append(p.Lines,
		booking.Line{Item: booking.Item{ChildID: 3, ServiceID: 2, Day: calendar.MustISO("2026-12-17")}, Child: "Hugo", Service: "Cantine", Kind: "canteen", Action: booking.Cancel, Verdict: booking.Accepted, Price: 420, Pay: booking.Prepaid},
		booking.Line{Item: item("2026-12-10"), Child: "Léa", Service: "Cantine", Kind: "canteen", Action: booking.Add, Verdict: booking.Refused, Reason: "Délai passé : trop tard.", Price: 420},
	)
	got := basketLines(&p)
	if len(got) != 3 {
		t.Fatalf("%d lines: %+v", len(got), got)
	}
	if l := got[0]; l.Sign != "+" || l.Title != "5 repas Léa" || l.Amount != 2100 || len(l.Items) != 5 {
		t.Errorf("additions: %+v", l)
	}
	if l := got[1]; l.Sign != "–" || l.Title != "1 annulation Hugo" || l.Amount != -420 {
		t.Errorf("cancellation: %+v", l)
	}
	if l := got[2]; !l.Refused || l.Amount != 0 || l.Detail != "Délai passé\u00a0: trop tard." {
		t.Errorf("refusal: %+v", l)
	}
}
