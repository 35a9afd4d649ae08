package access

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/letter"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// hiatus is what French never writes: "de Éva".
var hiatus = regexp.MustCompile(`(?i)\bde [aeiouàâéèêëîïôöœùûü]`)

// TestLettersElide: no letter and no refusal says « de Éva » or « de Ambérieu ».
func TestLettersElide(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		if err := db.Write(w.desk, func(tx *store.Tx) error {
			if _, err := tx.Exec(`UPDATE child SET first = 'Éva' WHERE id = $1`, w.child); err != nil {
				return err
			}
			_, err := tx.Exec(`UPDATE commune SET name = 'Ambérieu'`)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		check := func(what, text string, wanted ...string) {
			t.Helper()
			if at := hiatus.FindString(text); at != "" {
				t.Errorf("%s writes %q: %s", what, at, text)
			}
			for _, s := range wanted {
				if !strings.Contains(text, s) {
					t.Errorf("%s lacks %q: %s", what, s, text)
				}
			}
		}
		q := w.submit(t, Prepaid)
		_, err := w.Accept(w.desk, q.ID, q.Version, nil)
		check("a refusal", fault.Sentence(err), "L’accès d’Éva BERTHET ne peut")
		_, err = w.Accept(w.desk, q.ID, q.Version+7, nil)
		check("a refusal", fault.Sentence(err))
		for _, decision := range []State{Accepted, Incomplete, Refused} {
			l, err := w.Letter(w.desk, q.ID, decision, "rien à ajouter")
			if err != nil {
				t.Fatal(err)
			}
			check(string(decision), l.Subject+"\n"+l.Body, "d’Éva", "La mairie d’Ambérieu")
		}
		d := w.attach(t, q.ID, "health_form")
		if err := w.MarkDocument(w.desk, d.ID, true, calendar.MustISO("2027-02-15"), ""); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Accept(w.desk, q.ID, 0, nil); err != nil {
			t.Fatal(err)
		}
		_, err = w.Accept(w.desk, q.ID, 0, nil)
		check("a second acceptance", fault.Sentence(err), "L’accès d’Éva BERTHET est déjà")
		_, err = w.Refuse(w.desk, q.ID, 0, "non", nil)
		check("a late refusal", fault.Sentence(err), "L’accès d’Éva BERTHET est ouvert")
		for _, day := range []int{10, 20} { // warned, then suspended
			w.clock.Set(time.Date(2027, 2, day, 12, 0, 0, 0, calendar.Paris))
			if _, _, err := w.SuspendLapsed(w.desk); err != nil {
				t.Fatal(err)
			}
		}
		box, err := letter.New(db).Outbox(w.desk, 10)
		if err != nil || len(box) != 3 {
			t.Fatalf("%d letters, %v", len(box), err)
		}
		for _, o := range box {
			check(o.Kind, o.Letter.Subject+"\n"+o.Letter.Body, "d’Éva", "La mairie d’Ambérieu")
		}
	})
}
