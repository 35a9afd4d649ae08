package mailbox

import (
	"strings"
	"testing"
	"time"

	"ardoise/data/fault"
	"ardoise/data/letter"
	"ardoise/data/mailbox/message"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// TestBounces: what reports do to addresses and letters, and an agent's word.
func TestBounces(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := stafftest.Session(t, db, staff.Accueil)
		s := New(db)
		do := func(fn func(*store.Tx) error) {
			t.Helper()
			if err := db.Write(ctx, fn); err != nil {
				t.Fatal(err)
			}
		}
		do(func(tx *store.Tx) error {
			if _, err := tx.Exec(`INSERT INTO family (id, name, fold, sort_key, created_at) VALUES (7, 'Rousseau', 'rousseau', $1, '2026-01-01T00:00:00Z')`, []byte("r")); err != nil {
				return err
			}
			for _, q := range []string{
				`INSERT INTO guardian (family_id, rank, civility, last, first, email, fold) VALUES (7, 1, 'M.', 'Rousseau', 'Rémi', 'remi@x.fr', 'r'), (7, 2, 'Mme', 'Rousseau', 'Anne', 'anne@x.fr', 'a')`,
				`INSERT INTO outbox (id, family_id, address, subject, body, kind, state, key, created_at, sent_at, header_id) VALUES
					(1, 7, 'Remi@x.fr', 's', 'b', 'k', 'sent', '1', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', 'outbox.1.abc@m'),
					(2, 7, 'remi@x.fr', 's', 'b', 'k', 'waiting', '2', '2026-01-01T00:00:00Z', '', ''),
					(3, 7, 'anne@x.fr', 's', 'b', 'k', 'sent', '3', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', 'outbox.3.abc@m')`,
			} {
				if _, err := tx.Exec(q); err != nil {
					return err
				}
			}
			return nil
		})
		report := func(b message.Bounce) {
			t.Helper()
			do(func(tx *store.Tx) error { return recordBounce(tx, b, 0) })
		}
		refusals := func() (text string) {
			t.Helper()
			list, err := s.Refusals(ctx)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range list {
				text += r.Address + "/" + r.Family
				if r.Permanent {
					text += "!"
				}
				text += " "
			}
			return strings.TrimSpace(text)
		}
		reader := func() (to string) {
			t.Helper()
			do(func(tx *store.Tx) error {
				all, err := letter.Correspondents(tx, []int64{7})
				to = all[7].To + " " + all[7].Greeting
				return err
			})
			return to
		}
		state := func(id int64) string {
			t.Helper()
			list, err := s.Outbox(ctx, nil, id+1, 1)
			if err != nil {
				t.Fatal(err)
			}
			return list[0].State + " " + strings.ReplaceAll(list[0].Problem, nbsp, " ")
		}
		report(message.Bounce{Address: "stranger@x.fr", Permanent: true, Status: "5.1.1"})
		report(message.Bounce{Address: "", Permanent: true, Status: "5.1.1"})
		if got := refusals(); got != "" {
			t.Error("a report about somebody we never wrote to is believed:", got)
		}
		report(message.Bounce{Address: "remi@x.fr", Permanent: false, Status: "4.4.1", HeaderID: "outbox.1.abc@m"})
		if got := refusals(); got != "remi@x.fr/Rousseau" || state(1) != "sent " || reader() != "remi@x.fr Bonjour Monsieur Rousseau" {
			t.Error("a delay:", got, state(1), reader())
		}
		report(message.Bounce{Address: "anne@x.fr", Permanent: true, Status: "5.1.1", HeaderID: "outbox.1.abc@m"})
		if got := state(1); got != "sent " {
			t.Error("a report about another address took the letter back:", got)
		}
		do(func(tx *store.Tx) error {
			_, err := tx.Exec(`DELETE FROM mail_bounce WHERE address = 'anne@x.fr'`)
			return err
		})
		report(message.Bounce{Address: "Remi@x.fr", Permanent: true, Status: "5.1.1", Detail: "550 5.1.1 user unknown", HeaderID: "outbox.1.abc@m"})
		if got := refusals(); got != "remi@x.fr/Rousseau!" || !strings.HasPrefix(state(1), "failed L’adresse remi@x.fr n’existe pas") || !strings.HasPrefix(state(2), "failed Rien n’a été envoyé") {
			t.Error("for good:", got, state(1), state(2))
		}
		if got := reader(); got != "anne@x.fr Bonjour Madame Rousseau" {
			t.Error("the family's other address is not used:", got)
		}
		report(message.Bounce{Address: "remi@x.fr", Permanent: false, Status: "4.4.1"})
		if got := refusals(); got != "remi@x.fr/Rousseau!" {
			t.Error("a delay softened a refusal:", got)
		}
		report(message.Bounce{Address: "anne@x.fr", Permanent: true, Status: "5.2.2", HeaderID: "outbox.3.abc@m"})
		if got := refusals(); got != "anne@x.fr/Rousseau remi@x.fr/Rousseau!" || !strings.Contains(state(3), "est pleine") {
			t.Error("a full mailbox:", got, state(3))
		}
		storetest.ClockOf(db).Add(time.Hour)
		if err := s.Lift(ctx, " REMI@x.fr"); err != nil || refusals() != "anne@x.fr/Rousseau" || !strings.HasPrefix(reader(), "remi@x.fr") {
			t.Error(err, refusals(), reader())
		}
		if err := s.Lift(ctx, "remi@x.fr"); fault.KindOf(err) != fault.NotFound {
			t.Error(err)
		}
		if err := s.Retry(ctx, 2); err != nil || !strings.HasPrefix(state(2), "waiting") {
			t.Error(err, state(2))
		}
		for _, forged := range []string{"", "outbox.1.guessed@m", "outbox.3.abc@m"} { // 3 was to Anne
			report(message.Bounce{Address: "remi@x.fr", Permanent: true, Status: "5.1.1", HeaderID: forged})
			if got := refusals(); strings.Contains(got, "remi@x.fr/Rousseau!") || !strings.Contains(got, "remi@x.fr/Rousseau") || !strings.HasPrefix(state(2), "waiting") {
				t.Error("a report that names no letter of ours cuts a family off:", got, state(2))
			}
		}
		report(message.Bounce{Address: "remi@x.fr", Permanent: true, Status: "5.1.1", HeaderID: "outbox.1.abc@m"})
		if got := refusals(); !strings.Contains(got, "remi@x.fr/Rousseau!") {
			t.Error("it refuses again:", got)
		}
		var lines int
		do(func(tx *store.Tx) error {
			return tx.QueryRow(`SELECT count(*) FROM audit WHERE action IN ('mail.lift', 'mail.bounce', 'mail.retry')`).Scan(&lines)
		})
		if lines != 11 {
			t.Errorf("%d lines in the trail", lines)
		}
	})
}
