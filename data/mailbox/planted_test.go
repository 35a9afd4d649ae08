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
		"no version check: treated twice": {"M1 M6", func(w *town, id int64, p *Plan) {
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
				w.exec(tx, `INSERT INTO mail_action (message_id, kind, child_id, operation_id, at, agent_id) SELECT $1, 'book', $3, MIN(id), $2, 1 FROM operation`, id, tx.Now(), w.hugo)
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
		"treated, says its row alone": {"M1 M6", func(w *town, _ int64, _ *Plan) {
			other := w.arrives("2026-11-23 07:00:00", letterIn{}, w.wants(reading.Cancel, w.hugo, "2026-11-30"))
			w.sql(`UPDATE mail_message SET state = 'answered', agent_id = 1, decided_at = taken_at WHERE id = $1`, other)
		}},
		"answered, says its row, and meals were cancelled": {"M6", func(w *town, id int64, _ *Plan) {
			w.sql(`UPDATE mail_message SET state = 'answered' WHERE id = $1`, id)
		}},
		"the line of a cancellation is gone": {"M6", func(w *town, _ int64, _ *Plan) { w.sql(`DELETE FROM mail_action WHERE kind = 'cancel'`) }},
		"an answer nobody decided": {"M6", func(w *town, _ int64, _ *Plan) {
			w.sql(`INSERT INTO outbox (address, subject, body, kind, key, created_at, answers_id) SELECT address, subject, body, kind, 'copy', created_at, answers_id FROM outbox`)
		}},
		"a letter that left twice": {"M7", func(w *town, _ int64, _ *Plan) {
			w.sql(`INSERT INTO outbox (address, subject, body, kind, key, created_at, state, sent_at, header_id) VALUES
				('a@example.org', 's', 'b', 'k', '1', '2026-11-23T06:00:00Z', 'sent', '2026-11-23T06:00:00Z', 'same@x'), ('a@example.org', 's', 'b', 'k', '2', '2026-11-23T06:00:00Z', 'sent', '2026-11-23T06:00:00Z', 'same@x')`)
		}},
		"moved to a family it was not treated for": {"M8", func(w *town, id int64, _ *Plan) {
			w.sql(`INSERT INTO family (id, name, fold, sort_key, created_at) VALUES (99, 'AUTRE', 'autre', $1, '2026-11-23T06:00:00Z')`, []byte("a"))
			w.sql(`UPDATE mail_message SET family_id = 99 WHERE id = $1`, id)
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

func (w *town) sql(query string, args ...any) {
	w.t.Helper()
	w.write(func(tx *store.Tx) error { w.exec(tx, query, args...); return nil })
}

// TestSchemaOfDecisions: what the schema itself refuses of what was done for a
// message.
func TestSchemaOfDecisions(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		w.book(w.hugo, "2026-11-26")
		id := w.arrives("2026-11-23 07:00:00", letterIn{}, w.wants(reading.Cancel, w.hugo, "2026-11-26"))
		w.apply(w.decision(id))
		for query, want := range map[string]string{
			`UPDATE mail_action SET operation_id = NULL WHERE kind = 'cancel'`: "mail_action_what",
			`UPDATE mail_action SET outbox_id = NULL WHERE kind = 'answer'`:    "mail_action_what",
			`UPDATE mail_action SET undone_at = at`:                            "mail_action_undone",
			`UPDATE mail_message SET family_id = NULL`:                         "mail_message_whose",
			`DELETE FROM outbox`: "foreign",
			`UPDATE mail_action SET outbox_id = 999 WHERE kind = 'answer'`: "foreign",
		} {
			err := db.Write(w.ctx, func(tx *store.Tx) error { _, err := tx.Exec(query); return err })
			if name, _ := store.Check(err); name != want && (want != "foreign" || !store.ForeignKey(err)) {
				t.Errorf("%s: %v, want %s", query, err, want)
			}
		}
		w.clean()
	})
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
