package store_test

import (
	"context"
	"testing"

	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// engines runs a benchmark on each.
func engines(b *testing.B, run func(b *testing.B, db *store.DB)) {
	b.Run("sqlite", func(b *testing.B) { run(b, storetest.OpenSQLite(b)) })
	b.Run("postgres", func(b *testing.B) { run(b, storetest.OpenPostgres(b)) })
}

// 200,000 rows, one statement each, one transaction.
func BenchmarkInsert200k(b *testing.B) {
	engines(b, func(b *testing.B, db *store.DB) {
		for b.Loop() {
			err := db.Write(context.Background(), func(tx *store.Tx) error {
				for i := range 200_000 {
					if _, err := tx.Exec(`INSERT INTO audit (at, agent, action, object, detail, hash) VALUES ($1, $2, $3, $4, $5, $6)`,
						"2026-11-24T12:46:00Z", "ada", "booking.commit", "family:12", "x", []byte{byte(i)}); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}

// One small transaction, safe on disk (the test's PostgreSQL does not sync).
func BenchmarkCommit(b *testing.B) {
	engines(b, func(b *testing.B, db *store.DB) {
		for b.Loop() {
			err := db.Write(context.Background(), func(tx *store.Tx) error {
				_, err := tx.Exec(`INSERT INTO audit (at, agent, action, object, detail, hash) VALUES ($1, 'ada', 'x', 'family:1', 'x', $2)`, tx.Now(), []byte{1})
				tx.Publish("family", 1)
				return err
			})
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}

// One question of one row, in a snapshot of its own.
func BenchmarkRead(b *testing.B) {
	engines(b, func(b *testing.B, db *store.DB) {
		for b.Loop() {
			err := db.Read(context.Background(), func(tx *store.Tx) error {
				var n int64
				return tx.QueryRow(`SELECT count(*) FROM setting WHERE name = $1`, "demo").Scan(&n)
			})
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}

// A list of 1,000 identifiers among 20,000 rows.
func BenchmarkAnyList(b *testing.B) {
	engines(b, func(b *testing.B, db *store.DB) {
		ids := make([]int64, 1000)
		for i := range ids {
			ids[i] = int64(i*20 + 1)
		}
		err := db.Write(context.Background(), func(tx *store.Tx) error {
			for range 20_000 {
				if _, err := tx.Exec(`INSERT INTO audit (at, agent, action, object, detail, hash) VALUES ('', '', '', '', '', $1)`, []byte{1}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			err := db.Read(context.Background(), func(tx *store.Tx) error {
				var n int64
				if err := tx.QueryRow(`SELECT count(*) FROM audit WHERE id = ANY($1)`, ids).Scan(&n); err != nil || n != 1000 {
					b.Errorf("%d, %v", n, err)
				}
				return nil
			})
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}
