package mailbox

import (
	"strings"
	"testing"

	"ardoise/data/booking"
	"ardoise/data/ledger"
	"ardoise/data/mailbox/reading"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// broken names the rules of the post that do not hold.
func (w *town) broken() (bad []string) {
	w.t.Helper()
	err := w.db.Read(w.ctx, func(tx *store.Tx) error {
		list, err := Verify(tx)
		for _, c := range list {
			if !c.OK {
				bad = append(bad, c.ID)
			}
		}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return bad
}

// TestPlanted takes a guard away, or does the wrong thing by hand, and sees the
// alarm go off.
func TestPlanted(t *testing.T) {
	for what, c := range map[string]struct {
		rule  string
		plant func(w *town, id int64, p *Plan)
	}{
		"no version check: treated twice": {"M1", func(w *town, id int64, p *Plan) {
			again := *p
			again.Decision.Key = w.key()
			w.reopened(id, p.Decision.Version)
			again.Decision.Choices = nil // the meals would stop it: the answer goes twice
			if _, err := w.s.Apply(w.ctx, &Plan{Decision: again.Decision}); err != nil {
				w.t.Fatal(err)
			}
		}},
		"open although it was treated": {"M1 M2", func(w *town, id int64, p *Plan) { w.reopened(id, p.Decision.Version) }},
		"operation of nobody's message": {"M3", func(w *town, id int64, _ *Plan) {
			w.write(func(tx *store.Tx) error {
				w.exec(tx, `INSERT INTO mail_action (message_id, kind, operation_id, at, agent_id) SELECT $1, 'book', MIN(id), $2, 1 FROM operation`, id, tx.Now())
				return nil
			})
		}},
		"judged by now and not by the receipt": {"M4", func(w *town, id int64, _ *Plan) {
			w.now("2026-11-24 13:46:00") // what a plan judged by another instant would have written
			w.write(func(tx *store.Tx) error {
				w.exec(tx, `UPDATE booking SET cancel_cutoff_at = '2026-11-22T09:00:00Z' WHERE cancel_verdict = 'in_time'`)
				return nil
			})
		}},
		"an answer that waits although taken back": {"M5", func(w *town, id int64, _ *Plan) {
			if _, err := w.s.Undo(w.ctx, id, w.key()); err != nil {
				w.t.Fatal(err)
			}
			w.write(func(tx *store.Tx) error {
				w.exec(tx, `UPDATE outbox SET state = 'waiting' WHERE answers_id = $1`, id)
				return nil
			})
		}},
	} {
		t.Run(what, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, db *store.DB) {
				w := newTown(t, db)
				w.book(w.hugo, "2026-11-26")
				id := w.arrives("2026-11-23 07:00:00", letterIn{}, w.wants(reading.Cancel, w.hugo, "2026-11-26"))
				p := w.plan(w.decision(id))
				w.apply(p.Decision)
				if bad := w.broken(); len(bad) != 0 {
					t.Fatalf("broken from the start: %v", bad)
				}
				c.plant(w, id, p)
				if got := strings.Join(w.broken(), " "); got != c.rule {
					t.Errorf("alarms %q, want %q", got, c.rule)
				}
			})
		})
	}
}

// reopened makes a message look as if nobody had treated it.
func (w *town) reopened(id, version int64) {
	w.t.Helper()
	w.write(func(tx *store.Tx) error {
		w.exec(tx, `UPDATE mail_message SET state = 'todo', decided_at = '', agent_id = 0, version = $2 WHERE id = $1`, id, version)
		return nil
	})
}

// TestPlantedReceipt: without the message's receipt the same basket is late, so
// that TestReceiptIsTheInstant cannot pass by chance.
func TestPlantedReceipt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		w.book(w.hugo, "2026-11-26")
		id := w.arrives("2026-11-23 07:00:00", letterIn{}, w.wants(reading.Cancel, w.hugo, "2026-11-26"))
		w.now("2026-11-24 13:46:00")
		m := w.get(id)
		err := db.Read(w.ctx, func(tx *store.Tx) error {
			j, err := newJudge(tx, m, m.Received)
			if err != nil {
				return err
			}
			for _, mail := range []bool{true, false} {
				ask := j.ask([]*Card{&m.Cards[0]})
				if !mail {
					ask.Mail = ledger.Mail{}
				}
				p, err := booking.PlanIn(tx, ask)
				if err != nil {
					return err
				}
				if p.Lines[0].Late == mail || (p.Total == -420) != mail {
					t.Errorf("with the message %v: late %v, %s", mail, p.Lines[0].Late, p.Total)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
