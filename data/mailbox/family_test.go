package mailbox

import (
	"fmt"
	"strings"
	"testing"

	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// forwarded is a message joined to another, as a secretariat passes it on.
func forwarded(by, from string) string {
	return "From: " + by + "\r\nTo: cantine@mairie.example\r\nSubject: TR: cantine\r\nDate: Tue, 24 Nov 2026 10:00:00 +0100\r\nMIME-Version: 1.0\r\n" +
		"Content-Type: multipart/mixed; boundary=\"f\"\r\n\r\n--f\r\nContent-Type: text/plain\r\n\r\nPour suite.\r\n--f\r\nContent-Type: message/rfc822\r\n\r\n" +
		strings.Replace(mailFrom(from, "cantine", "Merci d'annuler le repas de Hugo demain."), "Tue, 24 Nov 2026", "Mon, 23 Nov 2026", 1) + "\r\n--f--\r\n"
}

func TestFactsOfFamilies(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newHamlet(t, db)
		home := w.family("Favier", leaMail, "Hugo")
		second := w.family("Berger", "berger@example.org")
		hugo := w.count(`SELECT id FROM child`)
		w.exec(`INSERT INTO child_family (child_id, family_id) VALUES ($1, $2)`, hugo, second)
		gone := w.family("Parti", "parti@example.org", "Zoé")
		w.exec(`UPDATE child SET state = 'left' WHERE family_id = $1`, gone)
		w.exec(`UPDATE family SET state = 'archived' WHERE id = $1`, gone)
		other := w.id(`INSERT INTO service (commune_id, code, name, short, kind, product, weekdays, region, zone, starts_at, book_cutoff, cancel_cutoff, pay)
			VALUES ($1, 'matin', 'Matin', 'Matin', 'morning', 'Matin', '1245', 'metropole', 'A', '07:00', 'J-1 10:00 ouverture', 'J-1 10:00 ouverture', 'wallet') RETURNING id`, w.commune)
		facts := func() (f *facts) {
			if err := db.Read(w.ctx, func(tx *store.Tx) (err error) {
				f, err = factsOf(tx, []string{leaMail, "berger@example.org", "parti@example.org", "", "personne@example.net"}, nil)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			return f
		}
		f := facts()
		for mail, want := range map[string]int64{leaMail: home, "berger@example.org": second, "parti@example.org": 0, "": 0, "personne@example.net": 0} {
			if got := f.writer(mail); got != want {
				t.Errorf("%q is family %d, want %d", mail, got, want)
			}
		}
		for _, id := range []int64{home, second} {
			if h := f.families[id]; len(h.children) != 1 || h.children[0].First != "Hugo" || h.children[0].class != "CE1" || len(h.services) != 1 || h.services[0].ID != w.meal {
				t.Errorf("family %d: %+v", id, h)
			}
		}
		if len(f.all) != 2 || f.all[0].ID != w.meal {
			t.Errorf("the canteen is not first: %+v", f.all)
		}
		// an access says more than the school
		w.exec(`INSERT INTO access_request (child_id, family_id, service_id, school_year, state, received_at, valid_to) VALUES ($1, $2, $3, 2026, 'accepted', '2026-09-01T00:00:00Z', '2027-07-31')`, hugo, home, other)
		if h := facts().families[home]; len(h.services) != 1 || h.services[0].ID != other {
			t.Errorf("%+v", h.services)
		}
		w.exec(`UPDATE access_request SET state = 'incomplete', valid_to = ''`)
		if h := facts().families[home]; len(h.services) != 1 || h.services[0].ID != w.meal {
			t.Errorf("an access that is not given: %+v", h.services)
		}
	})
}

func TestCandidates(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newHamlet(t, db)
		w.family("Favier", leaMail, "Hugo")
		gone := w.family("Parti", "parti@example.org")
		w.exec(`UPDATE family SET state = 'archived' WHERE id = $1`, gone)
		why := func(from string) string {
			m := w.get(w.take(uint32(w.count(`SELECT COUNT(*) FROM mail_message`)+1), mailFrom(from, "a", "Bonjour "+from)).MessageID)
			var all []string
			for _, c := range m.Candidates {
				all = append(all, c.Name+": "+c.Why)
			}
			if m.FamilyID != 0 {
				t.Errorf("%s was given to family %d", from, m.FamilyID)
			}
			return strings.Join(all, "; ")
		}
		for from, want := range map[string]string{
			"Élodie Favier <elodie@example.net>": "Favier: un responsable porte ce nom",
			"FAVIER Elodie <ef@example.net>":     "Favier: un responsable porte ce nom",
			"parti@example.org":                  "Parti: cette adresse est celle d’un responsable (dossier archivé)",
			"Favier <x@example.net>":             "",
		} {
			if got := why(from); got != want {
				t.Errorf("%s: %q, want %q", from, got, want)
			}
		}
		w.exec(`UPDATE mail_message SET family_id = (SELECT MIN(id) FROM family) WHERE sender = 'x@example.net'`)
		if got := why("x@example.net"); got != "Favier: un message de cette adresse lui a déjà été attribué" {
			t.Errorf("earlier given: %q", got)
		}
	})
}

// TestForwarded: who passes a message on is believed when it is the town hall or
// the family itself; « demain » is counted from the day it was written.
func TestForwarded(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newHamlet(t, db)
		home := w.family("Favier", leaMail, "Hugo")
		w.exec(`INSERT INTO guardian (family_id, rank, last, first, email, fold) VALUES ($1, 2, 'Favier', 'Paul', 'paul@example.org', 'favier paul')`, home)
		for i, c := range []struct {
			by      string
			warning string
			state   State
		}{
			{"secretariat@mairie.example", "", Todo},
			{"cantine@mairie.example", "", Todo},
			{"paul@example.org", "", Todo},
			{"quelquun@example.net", "Transféré par", ToRead},
		} {
			m := w.get(w.take(uint32(i+1), forwarded(c.by, leaMail)).MessageID)
			if m.From.Mail != leaMail || m.Via != c.by || m.FamilyID != home || m.State != c.state || !strings.HasPrefix(m.Warning, c.warning) || (c.warning == "") != (m.Warning == "") {
				t.Errorf("%s: from %s, via %s, family %d, %s, %q", c.by, m.From.Mail, m.Via, m.FamilyID, m.State, m.Warning)
			}
			if len(m.Cards) != 1 || fmt.Sprint(m.Cards[0].Choice.Days) != "[2026-11-24]" {
				t.Errorf("%s: %+v", c.by, m.Cards)
			}
			if len(m.Cards) == 1 && c.warning != "" && m.Cards[0].Ticked {
				t.Errorf("%s: ticked beside a warning", c.by)
			}
		}
	})
}
