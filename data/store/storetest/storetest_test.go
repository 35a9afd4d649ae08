package storetest_test

import (
	"testing"

	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

func TestEachGivesAFreshDatabase(t *testing.T) {
	for range 2 {
		storetest.Each(t, func(t *testing.T, db *store.DB) {
			var n int64
			err := db.Write(t.Context(), func(tx *store.Tx) error {
				if err := tx.QueryRow(`SELECT count(*) FROM setting WHERE name = $1`, "probe").Scan(&n); err != nil {
					return err
				}
				_, err := tx.Exec(`INSERT INTO setting (name, value) VALUES ($1, $2)`, "probe", "x")
				return err
			})
			if err != nil || n != 0 {
				t.Fatalf("%d rows before, %v", n, err)
			}
			if got := store.Instant(db.Now()); got != "2026-11-24T12:46:00Z" {
				t.Errorf("the clock says %s", got)
			}
		})
	}
}
