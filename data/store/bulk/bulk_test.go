package bulk_test

import (
	"context"
	"database/sql"
	"fmt"
	"testing"

	"ardoise/data/store"
	"ardoise/data/store/bulk"
	"ardoise/data/store/storetest"
)

func rows(n int) [][]any {
	out := make([][]any, n)
	for i := range out {
		out[i] = []any{fmt.Sprintf("n%06d", i), fmt.Sprint(i)}
	}
	return out
}

// Sizes around the powers of two that statements are cut at.
func TestInsertReturnsInOrder(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		for _, n := range []int{0, 1, 2, 3, 1023, 1024, 1025, 5000} {
			err := db.Write(context.Background(), func(tx *store.Tx) error {
				if _, err := tx.Exec(`DELETE FROM setting WHERE name LIKE 'n%'`); err != nil {
					return err
				}
				i := 0
				err := bulk.InsertReturning(tx, `INSERT INTO setting (name, value)`, rows(n), `RETURNING name`, func(r *sql.Rows) error {
					var name string
					err := r.Scan(&name)
					if want := fmt.Sprintf("n%06d", i); name != want {
						t.Fatalf("row %d of %d comes back as %s", i, n, name)
					}
					i++
					return err
				})
				if i != n {
					t.Errorf("%d rows came back of %d", i, n)
				}
				return err
			})
			if err != nil {
				t.Fatal(n, err)
			}
		}
	})
}

func TestUpsertAndUpdate(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		err := db.Write(context.Background(), func(tx *store.Tx) error {
			for range 2 { // the second time every row is there
				if err := bulk.Insert(tx, `INSERT INTO setting (name, value)`, rows(1500), `ON CONFLICT (name) DO UPDATE SET value = excluded.value || '+'`); err != nil {
					return err
				}
			}
			return bulk.Update(tx, `UPDATE setting SET value = v.column2 FROM %s AS v WHERE setting.name = v.column1 AND v.column3 > 1000`, []string{"TEXT", "TEXT", "BIGINT"},
				[][]any{{"n000007", "seven", 1001}, {"n000008", "eight", 1000}, {"n000009", "nine", 2000}})
		})
		if err != nil {
			t.Fatal(err)
		}
		err = db.Read(context.Background(), func(tx *store.Tx) error {
			for name, want := range map[string]string{"n000007": "seven", "n000008": "8+", "n000009": "nine", "n001499": "1499+"} {
				var got string
				if err := tx.QueryRow(`SELECT value FROM setting WHERE name = $1`, name).Scan(&got); err != nil || got != want {
					t.Errorf("%s is %q, want %q, %v", name, got, want, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// A row that breaks a constraint undoes nothing by itself and is told.
func TestErrorsComeBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		err := db.Write(context.Background(), func(tx *store.Tx) error {
			return bulk.Insert(tx, `INSERT INTO setting (name, value)`, append(rows(2), []any{"n000001", "twice"}), ``)
		})
		if err == nil {
			t.Error("a row is kept twice")
		}
	})
}
