package retention_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/ledger"
	"ardoise/data/money"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// TestRandomHistories: families live at random for some years, with purges and
// anonymisations in between; no purge ever moves an amount, a day or a link, every
// invariant holds, and who still owes or is owed keeps its name.
func TestRandomHistories(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		service, class := w.service()
		rapid.Check(t, func(r *rapid.T) {
			w.at(start)
			var families, children []int64
			for i := range 3 {
				id := w.plain(fmt.Sprintf("Famille%d-%s", i, w.key()))
				f, err := w.o.Family.Get(w.ctx, id)
				w.must(err)
				c := f.Children[0]
				c.ClassID = class
				w.must(w.o.Family.UpdateChild(w.ctx, c))
				w.must(w.db.Write(w.ctx, func(tx *store.Tx) error { // the access is another room's business
					_, err := tx.Exec(`INSERT INTO access_request (child_id, family_id, service_id, school_year, state, pay, received_at, valid_to) VALUES ($1, $2, $3, 2026, 'accepted', 'prepaid', $4, '2027-07-31')`, c.ID, id, service, tx.Now())
					return err
				}))
				families, children = append(families, id), append(children, c.ID)
				w.live(id, c.ID, service)
			}
			now := start
			for range rapid.IntRange(3, 12).Draw(r, "steps") {
				now = now.AddDate(0, 0, rapid.SampledFrom([]int{0, 0, 1, 3, 400, 800}).Draw(r, "days"))
				w.at(now)
				w.step(r, service, families, children)
			}
		})
		w.sound("at the end")
		for _, q := range []string{`SELECT COUNT(*) FROM booking`, `SELECT COUNT(*) FROM purge`, `SELECT COUNT(*) FROM family WHERE anonymised_on <> ''`, `SELECT COUNT(*) FROM receipt`} {
			if w.number(q) == 0 {
				t.Error("nothing came of it: ", q)
			}
		}
	})
}

// live gives a family money and two meals to come.
func (w *town) live(id, child, service int64) {
	w.t.Helper()
	_, err := w.o.Ledger.TopUp(w.ctx, ledger.TopUp{Key: w.key(), FamilyID: id, Amount: 30_00, Means: "cash"})
	w.must(err)
	day := calendar.DateOf(start)
	_, err = w.o.Booking.Book(w.ctx, booking.Ask{
		Key: w.key(), FamilyID: id, Consent: ledger.Consent{Who: "Mme", How: "téléphone"},
		Add: []booking.Item{{ChildID: child, ServiceID: service, Day: day.Add(10)}, {ChildID: child, ServiceID: service, Day: day.Add(14)}},
	})
	w.must(err)
}

// step does one thing at random; only the refusal of a rule is allowed to come back.
func (w *town) step(r *rapid.T, service int64, families, children []int64) {
	i := rapid.IntRange(0, 2).Draw(r, "family")
	id, child := families[i], children[i]
	switch rapid.SampledFrom([]string{"top up", "book", "cancel", "refund", "leave", "hold", "purge", "anonymise", "purge"}).Draw(r, "what") {
	case "top up":
		_, err := w.o.Ledger.TopUp(w.ctx, ledger.TopUp{Key: w.key(), FamilyID: id, Amount: money.Cents(rapid.IntRange(1, 4000).Draw(r, "cents")), Means: "cash"})
		w.said(err)
	case "book", "cancel":
		item := []booking.Item{{ChildID: child, ServiceID: service, Day: calendar.DateOf(w.db.Now()).Add(rapid.IntRange(1, 12).Draw(r, "ahead"))}}
		ask := booking.Ask{Key: w.key(), FamilyID: id, Add: item, Consent: ledger.Consent{Who: "Mme", How: "téléphone"}}
		if rapid.Bool().Draw(r, "cancel") {
			ask.Add, ask.Cancel = nil, item
		}
		_, err := w.o.Booking.Book(w.ctx, ask)
		w.said(err)
	case "refund":
		_, err := w.o.Ledger.Refund(w.ctx, ledger.Refund{Key: w.key(), FamilyID: id, Means: "cash", Reason: "départ"})
		w.said(err)
	case "leave":
		w.said(w.o.Family.Leave(w.ctx, child, true))
	case "hold":
		w.said(w.o.Retention.SetHold(w.ctx, id, rapid.SampledFrom([]string{"", "litige"}).Draw(r, "why")))
	case "purge":
		w.unmoved(r, func() {
			if p := w.plan(); p.Count() > 0 {
				_, err := w.o.Retention.Purge(w.ctx, p)
				w.must(err)
			}
		})
	case "anonymise":
		w.unmoved(r, func() {
			p, err := w.o.Retention.PlanAnonymise(w.ctx, id)
			if err == nil {
				err = w.o.Retention.Anonymise(w.ctx, p)
			}
			w.said(err)
		})
	}
}

// unmoved runs a purge between two readings of the books.
func (w *town) unmoved(r *rapid.T, fn func()) {
	before := w.books()
	fn()
	if after := w.books(); after != before {
		r.Fatalf("the accounts changed:\n%s\n%s", before, after)
	}
	checks, err := w.o.Verify(w.ctx)
	w.must(err)
	for _, c := range checks {
		if !c.OK {
			r.Fatalf("%s: %s", c.ID, c.Detail)
		}
	}
	if n := w.number(`SELECT COUNT(*) FROM family f JOIN account a ON a.family_id = f.id WHERE f.anonymised_on <> '' AND a.balance <> 0`); n > 0 {
		r.Fatalf("%d nameless families have money", n)
	}
}
