package billing_test

import (
	"encoding/json"
	"testing"

	"ardoise/data/billing"
	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/store"
)

// The names of children stand in the order of their ages, whoever ate first and
// however the engine hands out its rows: the plan's digest hangs on it.
func TestChildrenStandInOneOrder(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		var old int64
		w.write(func(tx *store.Tx) error {
			old = w.id(tx, `INSERT INTO child (family_id, last, first, birth, class_id, age_group, fold, sort_key, created_at)
				VALUES ($1, 'Favier0', 'Zoé', '2015-05-01', $2, 'elementaire', 'zoe', $3, $4) RETURNING id`, w.families[0], w.class, []byte("z"), tx.Now())
			return nil
		})
		w.families, w.children = append(w.families, w.families[0]), append(w.children, old)
		w.meals(0, days("2026-11-02", 3)...)
		w.meals(1, days("2026-11-03", 3)...)
		before, err := w.s.Plan(w.ctx, billing.Run{Month: november})
		if err != nil || before.Drafts[0].Children != "Zoé, Léa" {
			t.Errorf("%+v, %v", before.Drafts, err)
		}
		w.sql(`UPDATE booking SET attendance = 'absent' WHERE child_id = $1`, w.children[0]) // new places on the disk of PostgreSQL
		after, err := w.s.Plan(w.ctx, billing.Run{Month: november})
		if err != nil || after.Digest != before.Digest {
			t.Errorf("another digest for the same plan: %v", err)
		}
	})
}

// The same request is the same whether a list is absent or empty, and a plan
// does not hang on the key that will be used.
func TestDigestsOfTheSameRequest(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		w.meals(0, days("2026-11-02", 5)...)
		p, err := w.s.Plan(w.ctx, billing.Run{Month: november, Leave: []int64{}, Small: []int64{}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.s.Issue(w.ctx, "k", billing.Run{Month: november}, p.Digest); err != nil {
			t.Fatal(err)
		}
		if done, err := w.s.Issue(w.ctx, "k", billing.Run{Month: november, Leave: []int64{}}, ""); err != nil || !done.Replayed {
			t.Errorf("%+v, %v", done, err)
		}
		pay := billing.Payment{FamilyID: w.families[0], Amount: 1_00, Means: "cash"}
		shown, err := w.s.PlanPayment(w.ctx, pay)
		if err != nil {
			t.Fatal(err)
		}
		pay.Key = w.key()
		if _, err := w.s.Pay(w.ctx, pay, shown.Digest); err != nil {
			t.Error(err)
		}
		pay.Invoices = []billing.Share{}
		if done, err := w.s.Pay(w.ctx, pay, ""); err != nil || !done.Replayed {
			t.Errorf("%+v, %v", done, err)
		}
		note := billing.CreditNote{InvoiceID: w.account(0).Invoices[0].ID, Lines: []int{0}, Reason: "essai"}
		give, err := w.s.PlanCredit(w.ctx, note)
		if err != nil {
			t.Fatal(err)
		}
		note.Key = w.key()
		w.at("2026-12-26") // overdue meanwhile, which is no matter of the credit note
		if _, err := w.s.Credit(w.ctx, note, give.Digest); err != nil {
			t.Error(err)
		}
		note.Lines, note.Amount, note.Key = nil, 1_00, w.key()
		if _, err := w.s.Credit(w.ctx, note, ""); err != nil {
			t.Fatal(err)
		}
		note.Lines = []int{}
		if _, err := w.s.Credit(w.ctx, note, ""); err != nil {
			t.Error(err)
		}
		w.at("2027-01-10")
		if _, err := w.s.Remind(w.ctx, "r", nil, ""); err != nil {
			t.Fatal(err)
		}
		if again, err := w.s.Remind(w.ctx, "r", []int64{}, ""); err != nil || len(again.Families) != 1 {
			t.Errorf("%+v, %v", again, err)
		}
	})
}

// What an agent is told the first time is what he is told again.
func TestReplayTellsTheSame(t *testing.T) {
	each(t, 2, func(t *testing.T, w *world) {
		w.sql(`UPDATE family SET address1 = '' WHERE id = $1`, w.families[0])
		w.meals(0, days("2026-11-02", 5)...)
		w.meals(1, days("2026-11-02", 5)...)
		w.issue(billing.Run{Month: november})
		// Family 1: one meal off, one more: an invoice of nothing.
		w.excuse(1, "2026-11-02", booking.CancelClosure)
		w.meals(1, "2026-11-12")
		w.meals(0, days("2026-11-12", 5)...)
		one, err := w.s.Issue(w.ctx, "again", billing.Run{Month: november}, "")
		if err != nil {
			t.Fatal(err)
		}
		two, err := w.s.Issue(w.ctx, "again", billing.Run{Month: november}, "")
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range []*billing.Done{&one, &two} {
			d.Replayed = false
		}
		a, err := json.MarshalIndent(one, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		b, err := json.MarshalIndent(two, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		if string(a) != string(b) {
			t.Errorf("first\n%s\nagain\n%s", a, b)
		}
		if n := w.count(`SELECT COUNT(*) FROM outbox WHERE body LIKE '%0,00%' AND body LIKE '%à régler%'`); n != 0 {
			t.Error("a family is asked to pay nothing")
		}
	})
}

func TestLockedMonthIsTold(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		w.invoiced()
		w.sql(`INSERT INTO period_lock (period, locked_at, agent) VALUES ($1, '2026-11-24T23:00:00Z', 'x')`, calendar.MonthOf(calendar.MustISO("2026-11-24")))
		_, err := w.s.Pay(w.ctx, billing.Payment{Key: w.key(), FamilyID: w.families[0], Amount: 1_00, Means: "cash"}, "")
		refused(t, err, fault.Conflict, "verrouillé")
	})
}

func TestVoidWantsAReason(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		w.invoiced()
		done := w.pay(billing.Payment{FamilyID: w.families[0], Amount: 15_00, Means: "cheque"})
		refused(t, w.s.VoidPayment(w.ctx, w.key(), done.OperationID, "  "), fault.Invalid, "motif")
		s, err := w.s.Settings(w.ctx)
		if err != nil {
			t.Fatal(err)
		}
		s.Office = "00"
		refused(t, w.s.SetSettings(w.ctx, s), fault.Invalid, "01 à 99")
	})
}
