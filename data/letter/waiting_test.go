package letter

import (
	"strings"
	"testing"

	"ardoise/data/staff"
	"ardoise/data/staff/stafftest"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

func TestWaiting(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		desk := stafftest.Session(t, db, staff.Accueil)
		s := New(db)
		if w, f, err := s.Waiting(desk); w != 0 || f != 0 || err != nil {
			t.Errorf("empty: %d %d %v", w, f, err)
		}
		err := db.Write(desk, func(tx *store.Tx) error {
			_, err := tx.Exec(`INSERT INTO outbox (address, subject, body, kind, state, key, created_at, sent_at, claimed_by) VALUES
				('a', 's', 'b', 'k', 'waiting', '1', '', '', ''), ('a', 's', 'b', 'k', 'sending', '2', '', '', 'me'), ('a', 's', 'b', 'k', 'failed', '3', '', '', ''),
				('a', 's', 'b', 'k', 'held', '4', '', '', ''), ('a', 's', 'b', 'k', 'sent', '5', '', 'then', ''), ('a', 's', 'b', 'k', 'doubt', '6', '', '', '')`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if w, f, err := s.Waiting(desk); w != 2 || f != 2 || err != nil {
			t.Errorf("got %d %d %v", w, f, err)
		}
	})
}

// TestWaitingReadsItsIndex: with the index taken away the plan shows it.
func TestWaitingReadsItsIndex(t *testing.T) {
	plan := func(before string) (detail string) {
		if err := storetest.OpenSQLite(t).Write(t.Context(), func(tx *store.Tx) error {
			if before != "" {
				if _, err := tx.Exec(before); err != nil {
					return err
				}
			}
			var id, parent, unused int64
			return tx.QueryRow(`EXPLAIN QUERY PLAN `+waitingQuery).Scan(&id, &parent, &unused, &detail)
		}); err != nil {
			t.Fatal(err)
		}
		return detail
	}
	if got := plan(""); !strings.Contains(got, "outbox_open") {
		t.Error("the whole outbox is read:", got)
	}
	if got := plan(`DROP INDEX outbox_open`); strings.Contains(got, "outbox_open") {
		t.Error("this test cannot fail:", got)
	}
}
