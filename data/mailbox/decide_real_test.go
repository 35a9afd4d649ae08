package mailbox

import (
	"encoding/base64"
	"strings"
	"testing"

	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/ledger"
	"ardoise/data/letter"
	"ardoise/data/mailbox/reading"
	"ardoise/data/money"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// TestFromTheBytes goes the whole way, from what a family wrote to the wallet:
// taken in, read, shown, applied, taken back.
func TestFromTheBytes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newHamlet(t, db)
		w.clock.Set(paris("2026-11-23 07:16:00"))
		family := w.family("FAVIER", "elodie@example.org", "Léa", "Hugo")
		w.exec(`INSERT INTO tariff (service_id, valid_from, label, kind, meal, care) VALUES ($1, '2020-01-01', 'tarif A', 'booking', 320, 100)`, w.meal)
		w.exec(`INSERT INTO required_document (service_id, kind, label, months, rank) VALUES ($1, 'insurance', 'Attestation d’assurance', 12, 1)`, w.meal)
		w.exec(`INSERT INTO access_request (child_id, family_id, service_id, school_year, state, received_at, valid_to)
			SELECT id, family_id, $1, 2026, 'accepted', '2026-09-01T00:00:00Z', '2027-07-31' FROM child`, w.meal)
		hugo := w.count(`SELECT id FROM child WHERE first = 'Hugo'`)
		all := stafftest.Session(t, db, staff.Roles...)
		if _, err := ledger.New(db).TopUp(all, ledger.TopUp{Key: "money", FamilyID: family, Amount: 3060, Means: "cash"}); err != nil {
			t.Fatal(err)
		}
		if _, err := booking.New(db).Book(w.ctx, booking.Ask{
			Key: "meal", Consent: ledger.Consent{Who: "Mme Favier", How: "guichet"},
			Add: []booking.Item{{ChildID: hugo, ServiceID: w.meal, Day: calendar.MustISO("2026-11-26")}},
		}); err != nil {
			t.Fatal(err)
		}
		balance := func() money.Cents {
			return money.Cents(w.count(`SELECT balance FROM account WHERE family_id = $1`, family))
		}
		sound := func() {
			t.Helper()
			err := db.Read(w.ctx, func(tx *store.Tx) error {
				for _, room := range []func(*store.Tx) ([]ledger.Check, error){ledger.Verify, booking.Verify, Verify} {
					list, err := room(tx)
					if err != nil {
						return err
					}
					for _, c := range list {
						if !c.OK {
							t.Errorf("%s: %s", c.ID, c.Detail)
						}
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		apply := func(id int64, key string) (*Plan, *Outcome) {
			t.Helper()
			m := w.get(id)
			d := Decision{MessageID: id, Version: m.Version, Key: key, Reply: letter.Letter{To: m.Reply.To}}
			for _, c := range m.Cards {
				if c.Ticked {
					d.Choices = append(d.Choices, c.Choice)
				}
			}
			p, err := w.s.Plan(w.ctx, d)
			if err != nil {
				t.Fatal(err)
			}
			out, err := w.s.Apply(w.ctx, p)
			if err != nil {
				t.Fatalf("%v; %+v", err, m.Cards)
			}
			sound()
			return p, out
		}

		id := w.take(1, mailFrom("Élodie Favier <elodie@example.org>", "Cantine jeudi", "Bonjour,\n\nMerci d’annuler le repas de Hugo jeudi 26 novembre.\n\nÉlodie Favier\n")).MessageID
		w.clock.Set(paris("2026-11-24 13:46:00"))
		p, out := apply(id, "one")
		if p.Total != -420 || balance() != 3060 || !out.Undo || out.Text != "1 repas annulé, réponse préparée" {
			t.Errorf("%s, %s, %+v", p.Total, balance(), out)
		}
		if m := w.get(id); m.State != Applied || len(m.Actions) != 2 || m.Cards[0].Verdict != Done {
			t.Errorf("%s, %+v", m.State, m.Actions)
		}
		w.clock.Set(paris("2026-11-24 13:47:00")) // the rules of now: too late to book it again
		if _, err := w.s.Undo(w.ctx, id, "back"); err == nil || balance() != 3060 {
			t.Errorf("undone past the cut-off: %v", err)
		}
		sound()

		// A document, from the sealed original.
		raw := strings.Replace(mailFrom("Élodie Favier <elodie@example.org>", "Assurance", "Bonjour, voici l’assurance scolaire de Hugo."),
			"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n", "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n", 1) +
			"\r\n--b\r\nContent-Type: application/pdf; name=assurance.pdf\r\nContent-Disposition: attachment; filename=assurance.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
			base64.StdEncoding.EncodeToString(pdf) + "\r\n--b--\r\n"
		paper := w.take(2, raw).MessageID
		if _, out := apply(paper, "two"); out.Text != "1 pièce classée, réponse préparée" {
			t.Errorf("%+v; %+v", out, w.get(paper).Cards)
		}
		if n := w.count(`SELECT COUNT(*) FROM document WHERE child_id = $1 AND kind = 'insurance' AND state = 'received' AND size = $2`, hugo, len(pdf)); n != 1 {
			t.Errorf("%d documents", n)
		}

		// Who is not known is said, remembered, and read again.
		unknown := w.take(3, mailFrom("papa@example.net", "Cantine", "Bonjour, pouvez-vous réserver la cantine pour Léa le vendredi 27 novembre ?")).MessageID
		m := w.get(unknown)
		if m.FamilyID != 0 {
			t.Fatalf("family %d", m.FamilyID)
		}
		if err := w.s.SetFamily(w.ctx, unknown, m.Version, family, 0); err != nil {
			t.Fatal(err)
		}
		if m = w.get(unknown); m.State != Todo || len(m.Cards) != 1 || m.Cards[0].Choice.Kind != reading.Book || !m.Cards[0].Ticked {
			t.Fatalf("%s, %+v", m.State, m.Cards)
		}
		if _, out := apply(unknown, "three"); !out.Undo {
			t.Errorf("%+v", out)
		}
		if _, err := w.s.Undo(w.ctx, unknown, "back three"); err != nil || balance() != 3060 || w.get(unknown).State != Todo {
			t.Errorf("%v, %s", err, balance())
		}
		sound()
	})
}
