package retention_test

import (
	"strings"
	"testing"

	"ardoise/data/family"
	"ardoise/data/staff"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// count asks the base for one number.
func (w *town) count(query string, args ...any) (n int64) {
	w.t.Helper()
	w.must(w.db.Read(w.ctx, func(tx *store.Tx) error { return tx.QueryRow(query, args...).Scan(&n) }))
	return n
}

// TestSeparatedKeepsAccess: a child that goes to its other family takes its access and
// its documents along: it eats there tomorrow as it did today.
func TestSeparatedKeepsAccess(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		mother, father := w.plain("Favier"), w.plain("Guillot")
		f, err := w.o.Family.Get(w.ctx, mother)
		w.must(err)
		child := f.Children[0].ID
		service, _ := w.service()
		w.requests(mother, child, service)
		w.must(w.o.Family.Share(w.ctx, child, father, 1))
		const live, papers = `SELECT COUNT(*) FROM access_request WHERE child_id = $1 AND family_id = $2 AND state = 'accepted'`,
			`SELECT COUNT(*) FROM document WHERE child_id = $1 AND family_id = $2 AND purged_on = '' AND length(sealed) > 0`
		w.settle(mother)
		had := w.count(papers, child, mother)
		if w.count(live, child, mother) != 1 || had == 0 {
			t.Fatalf("no access to lose, %d documents", had)
		}
		whole := w.count(`SELECT COUNT(*) FROM document WHERE family_id = $1 AND child_id IS NULL`, mother)
		p, err := w.o.Retention.PlanAnonymise(w.ctx, mother)
		w.must(err)
		if said := strings.Join(p.Lines(), "\n"); strings.Contains(said, "pièce") != (whole > 0) {
			t.Errorf("%d documents of the whole family, and the plan says %s", whole, said)
		}
		w.must(w.o.Retention.Anonymise(w.ctx, p))
		if w.count(live, child, father) != 1 || w.count(papers, child, father) != had {
			t.Errorf("the child lost its access (%d) or documents (%d of %d)", w.count(live, child, father), w.count(papers, child, father), had)
		}
		w.sound("after")
	})
}

// TestSeparatedFromHeld: a child that a file « ne pas purger » shares keeps its name,
// although that file is put aside.
func TestSeparatedFromHeld(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		mother, father := w.plain("Favier"), w.plain("Guillot")
		f, err := w.o.Family.Get(w.ctx, mother)
		w.must(err)
		w.must(w.o.Family.Share(w.ctx, f.Children[0].ID, father, 1))
		w.must(w.o.Retention.SetHold(w.ctx, father, "contentieux"))
		w.must(w.db.Write(w.ctx, func(tx *store.Tx) error {
			_, err := tx.Exec(`UPDATE family SET state = 'archived' WHERE id = $1`, father)
			return err
		}))
		w.anonymise(mother)
		c, err := w.o.Family.Child(w.ctx, f.Children[0].ID)
		w.must(err)
		if c.Anonymous || c.FamilyID != father {
			t.Errorf("a held file lost its child: %+v", c)
		}
	})
}

// TestSharedAddress: what came from an address that two families have stays while
// one of them does; what was of one alone goes, and is counted in the plan.
func TestSharedAddress(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		var ids []int64
		for _, name := range []string{"Favier", "Guillot"} {
			f, err := w.o.Family.Create(w.ctx, family.Draft{Name: name, Guardians: []family.Guardian{{Last: name, First: "Anne", Email: "zqxadresse@exemple.fr"}}})
			w.must(err)
			ids = append(ids, f.ID)
		}
		message := w.take("Bonjour.")
		const open = `SELECT COUNT(*) FROM mail_message WHERE id = $1 AND family_id IS NULL AND purged_on = ''`
		if w.count(open, message) != 1 {
			t.Fatal("the message was filed: it proves nothing")
		}
		w.anonymise(ids[0])
		if w.count(open, message) != 1 {
			t.Error("a message that the other family may have written is gone")
		}
		p, err := w.o.Retention.PlanAnonymise(w.ctx, ids[1])
		w.must(err)
		if said := strings.Join(p.Lines(), "\n"); !strings.Contains(said, "1 courriel reçu effacé") && !strings.Contains(said, "1\u00a0courriel reçu effacé") {
			t.Errorf("the plan does not count the message: %s", said)
		}
		w.must(w.o.Retention.Anonymise(w.ctx, p))
		if w.count(open, message) != 0 {
			t.Error("the message of the last one stays")
		}
	})
}

// TestRedactWholeWords: an address that is the end of another one, or its beginning,
// takes no sentence of that one away.
func TestRedactWholeWords(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		redact := func(word string) (gone int64) {
			w.must(w.db.Write(w.ctx, func(tx *store.Tx) (err error) {
				gone, _, err = staff.Redact(tx, []string{}, []string{"mail.bounce"}, []string{word})
				return err
			}))
			return gone
		}
		w.must(w.db.Write(w.ctx, func(tx *store.Tx) error {
			return staff.Audit(tx, "mail.bounce", "mail_bounce:0", "Rapport de non-remise : jean.an@exemple.fr ne reçoit plus, jean@exemple.fr.")
		}))
		for _, word := range []string{"an@exemple.fr", "ean@exemple.fr", "jean.an@exemple.f"} {
			if redact(word) != 0 {
				t.Errorf("%s took another’s sentence away", word)
			}
		}
		if redact("jean@exemple.fr") != 1 {
			t.Error("the sentence of the address itself stays")
		}
	})
}
