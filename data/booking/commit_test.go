package booking_test

import (
	"strings"
	"testing"
	"time"

	"ardoise/data/booking"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// each gives every test a small town on both engines, and looks at all
// invariants at the end.
func each(t *testing.T, families int, test func(t *testing.T, w *world)) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db, families)
		test(t, w)
		w.clean()
	})
}

func TestBookAndCancelInTime(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		w.fund(0, 50_00)
		done := w.must(w.add(0, "2026-12-07", "2026-12-08", "2026-12-10", "2026-12-11", "2026-12-14"))
		if done.Total != 21_00 || done.BalanceAfter != 29_00 || len(done.Lines) != 5 {
			t.Fatalf("%+v", done)
		}
		if l := done.Lines[0]; l.Tariff != "tarif A" || l.Rule == "" || !l.Cutoff.Equal(paris("2026-12-04 10:00:00")) || l.Family != "Favier0" {
			t.Errorf("%+v", l)
		}
		back := w.must(w.cancel(0, "2026-12-08"))
		if back.Total != -4_20 || back.BalanceAfter != 33_20 || back.Lines[0].Price != 4_20 {
			t.Errorf("%+v", back)
		}
		st, err := w.l.Statement(w.ctx, w.families[0], 0, 0)
		if err != nil || len(st.Lines) != 3 || st.Closing != 33_20 {
			t.Fatalf("%+v %v", st, err)
		}
		if l := st.Lines[1]; l.Label != "Réservation\u00a0: 5\u00a0repas, Léa" || l.Detail != "du 7 au 14 déc." || l.Debit != 21_00 || l.Count != 5 {
			t.Errorf("%+v", l)
		}
		if l := st.Lines[2]; l.Label != "Annulation\u00a0: 1\u00a0repas, Léa" || l.Detail != "le 8 déc." || l.Credit != 4_20 {
			t.Errorf("%+v", l)
		}
	})
}

func TestLateCancelGivesNothing(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		w.fund(0, 10_00)
		w.must(w.add(0, "2026-12-07"))
		w.clock.Set(paris("2026-12-04 10:00:01"))
		done := w.must(w.cancel(0, "2026-12-07"))
		if done.Total != 0 || w.balance(0) != 5_80 || !done.Lines[0].Late || !strings.Contains(done.Lines[0].Reason, "vendredi 4 déc. à 10\u00a0h\u00a000") {
			t.Errorf("%+v", done.Lines[0])
		}
	})
}

func TestOverrideKeepsItsReason(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		w.fund(0, 20_00)
		ask := w.add(0, "2026-11-24")
		w.refused(fault.TooLate, ask)
		ask.Override = "oubli de la famille"
		done := w.must(ask)
		if l := done.Lines[0]; !l.Late || l.Price != 4_20 || !strings.Contains(l.Reason, "oubli de la famille") {
			t.Errorf("%+v", l)
		}
		if n := w.count(`SELECT COUNT(*) FROM booking b JOIN operation o ON o.id = b.operation_id WHERE b.verdict = 'override' AND o.reason = 'oubli de la famille'`); n != 1 {
			t.Error("the reason was not kept")
		}
		w.sql(`INSERT INTO tariff (service_id, valid_from, label, kind, meal, care) VALUES ($1, '2020-01-01', 'hors délai', 'late', 700, 0)`, w.canteen)
		w.clock.Add(24 * time.Hour)
		ask = w.add(0, "2026-11-26")
		ask.Override = "oubli encore"
		if l := w.must(ask).Lines[0]; l.Price != 7_00 || l.Tariff != "hors délai" {
			t.Errorf("%+v", l)
		}
		if n := w.count(`SELECT COUNT(*) FROM booking WHERE kind = 'late' AND price = 700`); n != 1 {
			t.Error("the late price is not a late booking")
		}
	})
}

func TestNotEnoughMoneySaysHowManyAreCovered(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		w.fund(0, 8_50)
		ask := w.add(0, "2026-12-07", "2026-12-08", "2026-12-10", "2026-12-11")
		p, err := w.s.Plan(w.ctx, ask)
		if err != nil || p.Missing != 8_30 || p.Covered != 2 || !strings.HasPrefix(p.Problem, "Il manque 8,30\u00a0€ sur le porte-monnaie\u00a0: il couvre 2 réservations sur 4.") {
			t.Fatalf("%+v %v", p, err)
		}
		w.refused(fault.Insufficient, ask)
		if w.count(`SELECT COUNT(*) FROM booking`) != 0 || w.balance(0) != 8_50 {
			t.Error("something was done")
		}
		ask.Means, ask.Reference = "cheque", "0004587"
		done := w.must(ask)
		if done.Receipt == nil || done.Receipt.Amount != 16_80 || done.Receipt.Number() != "2026-0002" || w.balance(0) != 8_50 {
			t.Errorf("%+v", done.Receipt)
		}
		// Down to the last cent.
		w.fund(0, 3_90+20)
		w.must(w.add(0, "2026-12-14", "2026-12-15", "2026-12-17"))
		if w.balance(0) != 0 {
			t.Errorf("balance %s", w.balance(0))
		}
	})
}

func TestRefusedLinesDoNotBlockTheOthers(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		w.fund(0, 50_00)
		w.must(w.add(0, "2026-12-07"))
		done := w.must(w.add(0, "2026-12-07", "2026-12-08", "2026-12-09", "2026-12-22", "2026-11-24", "2026-12-08"))
		want := []struct{ verdict, reason string }{
			{"refused", "Léa a déjà un repas réservé ce jour-là."},
			{"accepted", ""},
			{"refused", "Pas de service ce jour-là (pas de service le mercredi)."},
			{"refused", "Pas de service ce jour-là (vacances de Noël)."},
			{"refused", "Délai passé\u00a0: il fallait réserver avant lundi 23 nov. à 10\u00a0h\u00a000."},
			{"refused", "Léa est deux fois dans le panier pour ce jour-là."},
		}
		for i, x := range want {
			if l := done.Lines[i]; string(l.Verdict) != x.verdict || l.Reason != x.reason {
				t.Errorf("line %d: %s %q, want %s %q", i, l.Verdict, l.Reason, x.verdict, x.reason)
			}
		}
		if w.balance(0) != 41_60 {
			t.Errorf("balance %s", w.balance(0))
		}
	})
}

func TestOneKeyOneEffect(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		w.fund(0, 50_00)
		ask := w.add(0, "2026-12-07", "2026-12-08")
		first := w.must(ask)
		again, err := w.s.Book(w.ctx, ask)
		if err != nil || !again.Replayed || again.OperationID != first.OperationID || again.Total != 8_40 || len(again.Lines) != 2 || w.balance(0) != 41_60 {
			t.Fatalf("%+v %v", again, err)
		}
		ask.Add = ask.Add[:1]
		if _, err := w.s.Book(w.ctx, ask); fault.KindOf(err) != fault.Conflict {
			t.Fatalf("other content under the same key: %v", err)
		}
	})
}

func TestWhatWasShownHolds(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		w.fund(0, 50_00)
		p, err := w.s.Plan(w.ctx, w.add(0, "2026-12-07", "2026-12-08"))
		if err != nil {
			t.Fatal(err)
		}
		w.sql(`UPDATE tariff SET meal = 400 WHERE kind = 'booking'`)
		if _, err := w.s.Commit(w.ctx, p); fault.KindOf(err) != fault.Conflict {
			t.Fatalf("a price that changed under the agent's eyes: %v", err)
		}
		if w.count(`SELECT COUNT(*) FROM booking`) != 0 {
			t.Error("something was booked")
		}
	})
}

func TestMonthlyMovesNothing(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		ask := w.add(0, "2026-12-07")
		ask.Means = booking.ByMonthly
		w.refused(fault.Invalid, ask)
		w.sql(`UPDATE access_request SET pay = 'monthly'`)
		done := w.must(w.add(0, "2026-12-08", "2026-12-10"))
		if done.Total != 0 || w.count(`SELECT COUNT(*) FROM booking WHERE pay = 'monthly' AND price = 420`) != 2 || w.count(`SELECT COUNT(*) FROM transfer`) != 0 {
			t.Errorf("%+v", done)
		}
		w.must(w.cancel(0, "2026-12-08"))
	})
}

func TestPriceZero(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		w.sql(`UPDATE tariff SET meal = 0, care = 0 WHERE kind = 'booking'`)
		w.must(w.add(0, "2026-12-07"))
		w.clean()
		w.must(w.cancel(0, "2026-12-07"))
		if w.count(`SELECT COUNT(*) FROM transfer`) != 0 {
			t.Error("a free meal moved money")
		}
	})
}

func TestAccessGate(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		w.fund(0, 50_00)
		w.must(w.add(0, "2026-12-07"))
		w.sql(`UPDATE access_request SET state = 'suspended', valid_to = '2026-11-20'`)
		w.refused(fault.Invalid, w.add(0, "2026-12-08"))
		w.must(w.cancel(0, "2026-12-07")) // existing bookings stay, and may be cancelled
		w.sql(`UPDATE access_request SET state = 'accepted', valid_to = '2027-07-31'`)
		w.refused(fault.Invalid, w.add(0, "2027-09-07"))
	})
}

func TestAlternatingParents(t *testing.T) {
	each(t, 2, func(t *testing.T, w *world) {
		w.fund(0, 50_00)
		w.fund(1, 50_00)
		w.sql(`INSERT INTO child_family (child_id, family_id, parity) VALUES ($1, $2, 2)`, w.children[0], w.families[1])
		// ISO week 49 (30 Nov) is odd: the first family; week 50 (7 Dec) even: the second.
		done := w.must(w.add(0, "2026-12-01", "2026-12-08"))
		if done.Lines[0].FamilyID != w.families[0] || done.Lines[1].FamilyID != w.families[1] || w.balance(0) != 45_80 || w.balance(1) != 45_80 {
			t.Fatalf("%+v", done.Lines)
		}
		ask := w.add(0, "2026-12-10")
		ask.FamilyID = w.families[0]
		p, err := w.s.Plan(w.ctx, ask)
		if err != nil || p.Lines[0].Reason != "Semaine 50\u00a0: c’est la semaine de la famille Favier1." {
			t.Errorf("%+v %v", p.Lines[0], err)
		}
		ask.Add[0].Day = ask.Add[0].Day.Add(-2)
		if p, err = w.s.Plan(w.ctx, ask); err != nil || p.Lines[0].Verdict != booking.Refused {
			t.Errorf("a meal of the other parent booked twice: %+v %v", p.Lines[0], err)
		}
		cancel := w.cancel(0, "2026-12-08")
		cancel.FamilyID = w.families[0]
		w.refused(fault.Invalid, cancel)
		cancel.FamilyID = w.families[1]
		w.must(cancel)
		if w.balance(1) != 50_00 {
			t.Error("the money went to the wrong parent")
		}
		cheque := w.add(0, "2026-12-03", "2026-12-10")
		cheque.Means = "cheque"
		if done := w.must(cheque); len(done.Receipts) != 2 {
			t.Errorf("two payers, %d receipts", len(done.Receipts))
		}
	})
}

func TestConsentIsKept(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		w.fund(0, 50_00)
		ask := w.add(0, "2026-12-07")
		ask.Consent = ledger.Consent{Who: "Mme Favier", How: "téléphone"}
		ask.SendRecap = true
		w.must(ask)
		if w.count(`SELECT COUNT(*) FROM operation WHERE consent_who = 'Mme Favier' AND consent_how = 'téléphone' AND consent_at = '2026-11-24T12:46:00Z'`) != 1 {
			t.Error("the consent was not kept")
		}
		if w.count(`SELECT COUNT(*) FROM outbox WHERE kind = 'booking.recap'`) != 1 {
			t.Error("no recap")
		}
	})
}

func TestConsentIsRequired(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		w.fund(0, 50_00)
		for _, c := range []ledger.Consent{{}, {Who: "Mme Favier"}, {How: "téléphone"}, {Who: " ", How: " "}} {
			ask := w.add(0, "2026-12-07")
			ask.Consent = c
			if _, err := w.s.Plan(w.ctx, ask); err != nil {
				t.Errorf("a plan needs nobody's consent: %v", err)
			}
			w.refused(fault.Invalid, ask)
		}
		w.must(w.add(0, "2026-12-07"))
		cancel := w.cancel(0, "2026-12-07")
		cancel.Consent = ledger.Consent{}
		w.refused(fault.Invalid, cancel)
		w.must(w.cancel(0, "2026-12-07"))
	})
}

func TestClassTripClosesTheDayForTheClass(t *testing.T) {
	each(t, 2, func(t *testing.T, w *world) {
		w.fund(0, 50_00)
		w.fund(1, 50_00)
		w.sql(`UPDATE child SET class_id = $1 WHERE id = $2`, w.class2, w.children[1])
		w.sql(`INSERT INTO closure (service_id, class_id, first_day, last_day, reason) VALUES ($1, $2, '2026-12-07', '2026-12-07', 'sortie au musée')`, w.canteen, w.class)
		p, err := w.s.Plan(w.ctx, w.add(0, "2026-12-07"))
		if err != nil || p.Lines[0].Reason != "Fermé pour la classe de Léa\u00a0: sortie au musée." {
			t.Errorf("%+v %v", p.Lines, err)
		}
		w.must(w.add(1, "2026-12-07"))
	})
}
