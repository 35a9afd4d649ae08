package mailbox

import (
	"strings"
	"testing"
	"time"

	"ardoise/data/fault"
	"ardoise/data/letter"
	"ardoise/data/mailbox/mailtest"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// TestMovedInLater: a message that is put into the folder with an old date, after
// the folder had been read to its end, is shown for what it is; one that came since
// is not, nor one that a first reading finds.
func TestMovedInLater(t *testing.T) {
	d := mailtest.Dovecot(t)
	w := newHamlet(t, storetest.OpenSQLite(t))
	w.family("Favier", leaMail, "Hugo")
	w.served(d)
	begin := w.clock.Now()
	d.Append("INBOX", []byte(mailFrom(leaMail, "ancien", "Bonjour, Hugo ne mange pas à la cantine vendredi 27 novembre.")), begin.Add(-30*24*time.Hour))
	w.fetch()
	for range 3 { // looked at again and again, nothing new
		w.clock.Add(time.Hour)
		w.fetch()
	}
	d.Append("INBOX", []byte(mailFrom(leaMail, "fraude", "Bonjour, Hugo ne mange pas à la cantine jeudi 26 novembre.")), begin.Add(-3*time.Hour))
	d.Append("INBOX", []byte(mailFrom(leaMail, "frais", "Bonjour, Hugo ne mange pas à la cantine jeudi 26 novembre.")), w.clock.Now().Add(-30*time.Minute))
	w.fetch()
	items, _, err := w.s.List(w.ctx, Filter{})
	if err != nil || len(items) != 3 {
		t.Fatalf("%d messages, %v", len(items), err)
	}
	for _, it := range items {
		moved := strings.Contains(it.Warning, "déplacé depuis")
		if moved != (it.Subject == "fraude") {
			t.Errorf("%s: %q", it.Subject, it.Warning)
		}
		if m := w.get(it.ID); moved && (m.State != ToRead || len(m.Cards) == 0 || m.Cards[0].Ticked) {
			t.Errorf("%s: %s, %+v", it.Subject, m.State, m.Cards)
		}
	}
}

// TestReceiptIsSealed: whoever changes an instant of receipt in the database decides
// nothing by it; nor does a workstation whose clock is behind it.
func TestReceiptIsSealed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newHamlet(t, db)
		w.family("Favier", leaMail, "Hugo")
		id := w.take(1, mailFrom(leaMail, "question", "Bonjour, quel est le menu de jeudi ?")).MessageID
		plan := func() error {
			_, err := w.s.Plan(w.ctx, Decision{MessageID: id, Version: w.get(id).Version, Key: "k", Reply: letter.Letter{To: leaMail, Body: "Du poisson."}})
			return err
		}
		if err := plan(); err != nil {
			t.Fatal(err)
		}
		w.clock.Add(-time.Minute)
		if err := plan(); fault.KindOf(err) != fault.Conflict || !strings.Contains(fault.Sentence(err), "horloge") {
			t.Errorf("a clock behind the receipt: %v", err)
		}
		w.clock.Add(time.Hour)
		w.exec(`UPDATE mail_message SET received_at = '2026-11-23T06:00:00Z'`)
		if err := plan(); fault.KindOf(err) != fault.Conflict || !strings.Contains(fault.Sentence(err), "modifiée") {
			t.Errorf("an instant changed behind our back: %v", err)
		}
		if m := w.get(id); !strings.Contains(strings.Join(m.Remarks, " "), "modifiée") {
			t.Errorf("nobody is told: %q", m.Remarks)
		}
	})
}
