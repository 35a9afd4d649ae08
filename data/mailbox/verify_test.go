package mailbox

import (
	"slices"
	"strings"
	"testing"

	"ardoise/data/mailbox/reading"
	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

func (w *hamlet) verified() (bad []string) {
	w.t.Helper()
	if err := w.db.Read(w.ctx, func(tx *store.Tx) error {
		list, err := Verify(tx)
		for _, c := range list {
			if !c.OK {
				bad = append(bad, c.Detail)
			}
		}
		return err
	}); err != nil {
		w.t.Fatal(err)
	}
	return bad
}

// TestIntakeFaults plants each fault that I10 is there to see.
func TestIntakeFaults(t *testing.T) {
	for said, plant := range map[string]string{
		"":                           `UPDATE mail_message SET marked = 1`,
		"1 messages n’ont pas leur":  `DELETE FROM mail_original WHERE message_id = (SELECT MIN(message_id) FROM mail_original)`,
		"1 messages relevés":         `DELETE FROM mail_place WHERE message_id = (SELECT MIN(message_id) FROM mail_place)`,
		"1 messages ont été traités": `UPDATE mail_message SET state = 'answered', decided_at = taken_at WHERE id = (SELECT MIN(id) FROM mail_message)`,
		"1 opérations ne sont pas": `INSERT INTO operation (key, digest, kind, at, agent_id, mail_id, received_at)
			SELECT 'k', 'd', 'book', '2026-11-24T12:00:00Z', 1, MIN(id), '2026-11-01T00:00:00Z' FROM mail_message`,
		"1 messages sont entrés": `ALTER TABLE mail_message DROP CONSTRAINT mail_message_once;
			UPDATE mail_message SET digest = (SELECT digest FROM mail_message ORDER BY id LIMIT 1)`,
	} {
		storetest.Each(t, func(t *testing.T, db *store.DB) {
			if strings.HasPrefix(plant, "ALTER") && db.Engine() == store.SQLite {
				t.Skip("SQLite cannot lose this constraint")
			}
			w := newHamlet(t, db)
			w.take(1, mailFrom(leaMail, "a", "un"))
			w.take(2, mailFrom(leaMail, "b", "deux"))
			if bad := w.verified(); len(bad) > 0 {
				t.Fatal("before:", bad)
			}
			for q := range strings.SplitSeq(plant, ";") {
				w.exec(q)
			}
			bad := w.verified()
			if said == "" && len(bad) > 0 || said != "" && !slices.ContainsFunc(bad, func(s string) bool { return strings.HasPrefix(s, said) }) {
				t.Errorf("want %q: %v", said, bad)
			}
		})
	}
}

// TestExport: a family's messages go into its export; one with a health document
// whole for the Santé role only.
func TestExport(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newHamlet(t, db)
		home := w.family("Favier", leaMail, "Hugo")
		w.take(1, mailFrom(leaMail, "un", "Bonjour"))
		health := w.take(2, withPDF(leaMail, "Certificat", "Ci-joint le certificat médical de Hugo, malade lundi.", 2000)).MessageID
		w.take(3, mailFrom("autre@example.net", "trois", "Bonjour"))
		if m := w.get(health); len(m.Files) != 1 || !m.Files[0].Health {
			t.Fatalf("the certificate is not known for one: %+v", m.Files)
		}
		for _, c := range []struct {
			roles []staff.Role
			want  string
		}{{[]staff.Role{staff.Accueil}, "courriels/1.txt courriels/1.eml courriels/2.txt"}, {[]staff.Role{staff.Accueil, staff.Sante}, "courriels/1.txt courriels/1.eml courriels/2.txt courriels/2.eml"}} {
			var names []string
			ctx := stafftest.Session(t, db, c.roles...)
			if err := db.Read(ctx, func(tx *store.Tx) error {
				return ExportTx(tx, home, func(name string, _ []byte) error { names = append(names, name); return nil })
			}); err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(names, " "); got != c.want {
				t.Errorf("%v: %s", c.roles, got)
			}
		}
		if _, err := w.s.Original(w.ctx, health); err == nil {
			t.Error("the original of a health document opens for Accueil")
		}
		if _, _, _, err := w.s.Attachment(w.ctx, health, 0); err == nil {
			t.Error("a health document opens for Accueil")
		}
		if b, media, _, err := w.s.Attachment(stafftest.Session(t, db, staff.Sante), health, 0); err != nil || media != "application/pdf" || !strings.HasPrefix(string(b), "%PDF") {
			t.Errorf("it does not open for Santé: %v", err)
		}
	})
}

// TestFiledAsHealth: what an agent files as a certificate opens for the Santé role
// only from then on, also from its message, although no word had told what it was.
func TestFiledAsHealth(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newHamlet(t, db)
		home := w.family("Favier", leaMail, "Hugo")
		id := w.take(1, strings.Replace(withPDF(leaMail, "Papier", "Bonjour, voici.", 2000), "fiche.pdf", "scan.pdf", 1)).MessageID
		m := w.get(id)
		if len(m.Files) != 1 || m.Files[0].Health {
			t.Fatalf("%+v", m.Files)
		}
		opens := func(want bool) {
			t.Helper()
			_, _, _, err := w.s.Attachment(w.ctx, id, m.Files[0].N)
			_, err2 := w.s.Original(w.ctx, id)
			name := ""
			if err := db.Read(w.ctx, func(tx *store.Tx) error {
				return ExportTx(tx, home, func(n string, _ []byte) error { name = n; return nil })
			}); err != nil {
				t.Fatal(err)
			}
			if (err == nil) != want || (err2 == nil) != want || strings.HasSuffix(name, ".eml") != want {
				t.Errorf("want %v: %v, %v, %s", want, err, err2, name)
			}
		}
		opens(true)
		p, err := w.s.Plan(w.ctx, Decision{MessageID: id, Version: m.Version, Key: "k", Choices: []Choice{{
			N: 1, Kind: reading.Documents, Files: []Filing{{File: m.Files[0].N, Kind: "medical_certificate", ChildID: m.Children[0].ID}},
		}}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.s.Apply(w.ctx, p); err != nil {
			t.Fatal(err)
		}
		opens(false)
		if _, _, _, err := w.s.Attachment(stafftest.Session(t, db, staff.Sante), id, m.Files[0].N); err != nil {
			t.Errorf("it does not open for Santé: %v", err)
		}
	})
}
