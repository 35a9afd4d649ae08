package mailbox

import (
	"strings"
	"testing"

	"ardoise/data/fault"
	"ardoise/data/mailbox/reading"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// TestForgedForwards: the sender inside a forwarded message can be written by
// anybody. Nothing is ticked for its family unless who forwarded is of the town hall,
// or of that family, and the receiving server does not say otherwise.
func TestForgedForwards(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newHamlet(t, db)
		home := w.family("Favier", leaMail, "Hugo")
		w.family("Autre", "autre@example.org", "Tom")
		inner := "Pour suite à donner.\n\n---------- Forwarded message ---------\nDe : Élodie Favier <" + leaMail + ">\nDate : lun. 23 nov. 2026 à 09:00\nSubject: Cantine\nTo: <mairie@mairie.example>\n\nBonjour, merci d’annuler la cantine de Hugo jeudi 26 novembre.\n"
		const ar = "Authentication-Results: mx.mairie.example; "
		for i, c := range []struct{ what, from, header, warning string }{
			{"from an agent, inside the house", "secretariat@mairie.example", "X-Test: 1", ""},
			{"from an agent, vouched for", "secretariat@mairie.example", ar + "dmarc=pass header.from=mairie.example", ""},
			{"in an agent's name, nobody vouches", "secretariat@mairie.example", ar + "spf=pass smtp.mailfrom=voleur.example; dmarc=none header.from=mairie.example", "n’a pas confirmée"},
			{"in an agent's name, forged", "secretariat@mairie.example", ar + "dmarc=fail header.from=mairie.example", "DMARC"},
			{"from a stranger", "voleur@example.net", "X-Test: 2", "ni de la mairie ni de la famille"},
			{"from another family", "autre@example.org", ar + "dmarc=pass header.from=example.org", "ni de la mairie ni de la famille"},
			{"a host that is not ours vouches", "voleur@example.net", "Authentication-Results: mx.voleur.example; dmarc=pass header.from=example.net", "ni de la mairie ni de la famille"},
		} {
			m := w.get(w.take(uint32(i+1), mailFrom(c.from, "TR: Cantine", inner+strings.Repeat(" ", i), c.header)).MessageID)
			if m.From.Mail != leaMail || m.FamilyID != home || len(m.Cards) != 1 {
				t.Fatalf("%s: %+v, %d cards", c.what, m.Item, len(m.Cards))
			}
			warned := strings.ReplaceAll(m.Warning+" "+strings.Join(m.Remarks, " "), nbsp, " ")
			if (m.Warning == "") != (c.warning == "") || !strings.Contains(warned, c.warning) || c.warning != "" && (m.Cards[0].Ticked || m.State != ToRead) {
				t.Errorf("%s: %q, ticked %v, %s", c.what, warned, m.Cards[0].Ticked, m.State)
			}
		}
	})
}

// TestForgedSenderIsNotRemembered: an address that a warning stands on is not filed
// under a guardian, whatever is clicked.
func TestForgedSenderIsNotRemembered(t *testing.T) {
	w := newHamlet(t, storetest.OpenSQLite(t))
	home := w.family("Favier", "", "Hugo")
	guardian := w.count(`SELECT id FROM guardian WHERE family_id = $1`, home)
	inner := "---------- Forwarded message ---------\nDe : Élodie Favier <voleur@example.net>\nDate : lun. 23 nov. 2026 à 09:00\nSubject: Cantine\nTo: <mairie@mairie.example>\n\nBonjour, merci d’annuler la cantine de Hugo jeudi 26 novembre.\n"
	id := w.take(1, mailFrom("inconnu@example.net", "TR: Cantine", inner)).MessageID
	if err := w.s.SetFamily(w.ctx, id, 1, home, guardian); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("filed: %v", err)
	}
	if err := w.s.SetFamily(w.ctx, id, 1, home, 0); err != nil {
		t.Error(err)
	}
}

// TestFileSaysItsOwnHour: nobody confirms when a message handed in as a file came.
func TestFileSaysItsOwnHour(t *testing.T) {
	w := newHamlet(t, storetest.OpenSQLite(t))
	w.family("Favier", leaMail, "Hugo")
	taken, err := w.s.Take(w.ctx, Delivery{Raw: []byte(mailFrom(leaMail, "Cantine", "Bonjour."))})
	if err != nil {
		t.Fatal(err)
	}
	if m := w.get(taken.MessageID); !strings.Contains(strings.Join(m.Remarks, " "), "aucun serveur ne la confirme") {
		t.Errorf("%q", m.Remarks)
	}
	if m := w.get(w.take(1, mailFrom(leaMail, "Cantine", "Bonsoir.")).MessageID); strings.Contains(strings.Join(m.Remarks, " "), "aucun serveur") {
		t.Errorf("from a server: %q", m.Remarks)
	}
}

// TestUndoFailedAnswer: an answer that could not be sent does not keep a decision
// from being taken back, and is not sent afterwards.
func TestUndoFailedAnswer(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		w.book(w.hugo, "2026-11-26")
		id := w.arrives("2026-11-23 06:00:00", letterIn{}, w.wants(reading.Cancel, w.hugo, "2026-11-26"))
		w.apply(w.decision(id))
		w.sql(`UPDATE outbox SET state = 'failed', problem = 'x' WHERE answers_id = $1`, id)
		if _, err := w.s.Undo(w.ctx, id, w.key()); err != nil {
			t.Fatal(err)
		}
		w.clean()
		if !w.live(w.hugo, "2026-11-26") || w.count(`SELECT COUNT(*) FROM outbox WHERE state = 'dropped'`) != 1 {
			t.Error("not taken back whole")
		}
		w.refused(fault.Conflict, w.s.Retry(w.ctx, w.count(`SELECT MAX(id) FROM outbox`)))
	})
}
