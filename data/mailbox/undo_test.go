package mailbox

import (
	"strings"
	"testing"

	"ardoise/data/fault"
	"ardoise/data/mailbox/message"
	"ardoise/data/mailbox/reading"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// TestUndo: all of it comes back, the answer with it, and it can be done again.
func TestUndo(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		w.book(w.hugo, "2026-11-26")
		before := w.balance()
		id := w.arrives("2026-11-23 06:00:00", letterIn{}, w.wants(reading.Cancel, w.hugo, "2026-11-26"), w.wants(reading.Book, w.lea, "2026-11-27", "2026-11-30"))
		if out := w.apply(w.decision(id)); !out.Undo || out.NoUndo != "" {
			t.Fatalf("%+v", out)
		}
		key := w.key()
		out, err := w.s.Undo(w.ctx, id, key)
		if err != nil {
			t.Fatal(err)
		}
		w.clean()
		if w.balance() != before || !w.live(w.hugo, "2026-11-26") || w.live(w.lea, "2026-11-27") {
			t.Errorf("balance %s, was %s", w.balance(), before)
		}
		if m := w.get(id); m.State != Todo || !m.Cards[0].Ticked || m.Actions[0].UndoneAt.IsZero() {
			t.Errorf("%s, %+v", m.State, m.Actions)
		}
		if n := w.count(`SELECT COUNT(*) FROM outbox WHERE answers_id = $1 AND state = 'dropped'`, id); n != 1 {
			t.Error("the answer was not dropped")
		}
		if n := w.count(`SELECT COUNT(*) FROM mail_action WHERE message_id = $1 AND undone_by = $2`, id, out.Operations[0]); n != 3 {
			t.Errorf("%d lines undone", n)
		}
		again, err := w.s.Undo(w.ctx, id, key)
		if err != nil || !again.Replayed || w.balance() != before {
			t.Errorf("again: %+v, %v", again, err)
		}
		_, err = w.s.Undo(w.ctx, id, w.key())
		w.refused(fault.Conflict, err)
		w.apply(w.decision(id))
		if w.balance() != before+420-840 {
			t.Errorf("applied again: %s", w.balance())
		}
	})
}

// TestUndoRefused: what would cost the family, or has left, is not taken back, and
// nothing of it is.
func TestUndoRefused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		w.book(w.hugo, "2026-11-26", "2026-11-27", "2026-12-03", "2026-12-04")
		undo := func(id int64, want string) {
			t.Helper()
			before := w.balance()
			_, err := w.s.Undo(w.ctx, id, w.key())
			w.refused(fault.Conflict, err)
			if !strings.Contains(fault.Sentence(err), want) || w.balance() != before || w.get(id).State != Applied {
				t.Errorf("%q, want %q; %s", fault.Sentence(err), want, w.get(id).State)
			}
		}
		late := w.arrives("2026-11-23 06:00:00", letterIn{}, w.wants(reading.Cancel, w.hugo, "2026-11-26"))
		w.apply(w.decision(late))
		w.now("2026-11-24 10:00:01")
		undo(late, "Délai passé")
		w.now("2026-11-24 09:00:00")
		w.write(func(tx *store.Tx) error {
			w.exec(tx, `UPDATE outbox SET state = 'sent', sent_at = $1 WHERE answers_id = $2`, tx.Now(), late)
			return nil
		})
		undo(late, "La réponse est déjà partie")
		dear := w.arrives("2026-11-23 06:00:00", letterIn{}, w.wants(reading.Cancel, w.hugo, "2026-12-03"))
		w.apply(w.decision(dear))
		w.write(func(tx *store.Tx) error {
			w.exec(tx, `INSERT INTO tariff (service_id, valid_from, label, kind, meal, care) VALUES ($1, '2026-12-01', 'tarif B', 'booking', 400, 100)`, w.canteen)
			return nil
		})
		undo(dear, "Le prix n’est plus le même (5,00"+nbsp+"€, 4,20"+nbsp+"€ alors)")
		full := w.arrives("2026-11-23 06:00:00", letterIn{}, w.wants(reading.Cancel, w.hugo, "2026-11-27"))
		w.apply(w.decision(full))
		w.write(func(tx *store.Tx) error {
			w.exec(tx, `UPDATE service SET capacity = 0 WHERE id = $1`, w.canteen)
			return nil
		})
		undo(full, "Complet")
	})
}

// TestIgnore: closed without anything, all of them or none, and taken back.
func TestIgnore(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		a := w.arrives("2026-11-23 06:00:00", letterIn{}, w.wants(reading.Book, w.lea, "2026-11-27"))
		b := w.arrives("2026-11-23 06:00:00", letterIn{}, reading.Proposal{Kind: reading.None})
		if err := w.s.Ignore(w.ctx, a); err != nil {
			t.Fatal(err)
		}
		w.refused(fault.Conflict, w.s.Ignore(w.ctx, a, b))
		if w.get(b).State != Todo {
			t.Error("one of two was ignored")
		}
		if err := w.s.Ignore(w.ctx, b); err != nil {
			t.Fatal(err)
		}
		if err := w.s.Reopen(w.ctx, a, b); err != nil {
			t.Fatal(err)
		}
		if w.get(a).State != Todo || w.get(b).State != ToRead {
			t.Errorf("%s, %s", w.get(a).State, w.get(b).State)
		}
		w.refused(fault.Conflict, w.s.Reopen(w.ctx, a))
		if n := w.count(`SELECT COUNT(*) FROM audit WHERE action IN ('mail.ignore', 'mail.reopen')`); n != 4 {
			t.Errorf("%d lines in the trail", n)
		}
		w.refused(fault.NotFound, w.s.Ignore(w.ctx, 999))
	})
}

// TestSetFamily: who wrote is said, and the address kept where that is safe.
func TestSetFamily(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		paul := w.count(`SELECT id FROM guardian WHERE rank = 2 AND family_id = $1`, w.family)
		delphine := w.count(`SELECT id FROM guardian WHERE rank = 1 AND family_id = $1`, w.family)
		arrives := func(a message.Auth) int64 {
			id := w.arrives("2026-11-23 06:00:00", letterIn{from: message.Address{Mail: "paul@example.org"}, auth: a}, w.wants(reading.Book, w.lea, "2026-11-27"))
			w.write(func(tx *store.Tx) error {
				w.exec(tx, `UPDATE mail_message SET family_id = NULL WHERE id = $1`, id)
				return nil
			})
			return id
		}
		id := arrives(message.Auth{})
		if c := w.card(id); c.Verdict != Unclear || c.Ticked {
			t.Errorf("nobody knows who wrote: %s", c.Verdict)
		}
		w.refused(fault.Conflict, w.s.SetFamily(w.ctx, id, 7, w.family, 0))
		w.refused(fault.Conflict, w.s.SetFamily(w.ctx, id, 1, w.family, delphine))
		w.refused(fault.NotFound, w.s.SetFamily(w.ctx, id, 1, w.family, 999))
		forged := arrives(message.Auth{DMARC: "fail"})
		w.refused(fault.Forbidden, w.s.SetFamily(w.ctx, forged, 1, w.family, paul))
		if err := w.s.SetFamily(w.ctx, id, 1, w.family, paul); err != nil {
			t.Fatal(err)
		}
		if m := w.get(id); m.FamilyID != w.family || m.Version != 2 || !m.Cards[0].Ticked || !strings.HasPrefix(m.Reply.Body, "Bonjour Monsieur Legrand") {
			t.Errorf("%+v", m)
		}
		if n := w.count(`SELECT COUNT(*) FROM guardian WHERE email = 'paul@example.org'`); n != 1 {
			t.Error("the address was not kept")
		}
	})
}
