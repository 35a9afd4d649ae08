package access

import (
	"testing"

	"ardoise/data/calendar"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// A take-over asks once for each child: a request that lives is left alone, a
// child who left gets none. Without the index that says so, the second run would
// ask again.
func TestSubmitManyOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		list := []Asked{{ChildID: w.child, ServiceID: w.service, Year: calendar.SchoolYear(2026), Pay: Prepaid, Channel: "import"}, {ChildID: w.child + 1000, ServiceID: w.service, Year: 2026, Pay: Prepaid, Channel: "import"}}
		many := func(want int) {
			t.Helper()
			err := db.Write(w.desk, func(tx *store.Tx) error {
				n, err := SubmitManyTx(tx, list)
				if err == nil && n != want {
					t.Errorf("%d requests, want %d", n, want)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		many(1)
		many(0)
		queue, _, err := w.Queue(w.desk, Filter{}, 0, 10)
		if err != nil || len(queue) != 1 || queue[0].State != Submitted || queue[0].Channel != "import" || queue[0].FamilyID != w.family {
			t.Errorf("%+v %v", queue, err)
		}
		err = db.Write(w.desk, func(tx *store.Tx) error {
			_, err := tx.Exec(`DROP INDEX request_live`) // the planted fault
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		many(1)
		err = db.Write(w.desk, func(tx *store.Tx) error {
			_, err := tx.Exec(`UPDATE child SET state = 'left' WHERE id = $1`, w.child)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		many(0)
	})
}
