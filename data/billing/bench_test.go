package billing_test

import (
	"fmt"
	"testing"
	"time"

	"ardoise/data/billing"
	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/ledger"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// monthlyTown books every service day of 144 for three children in two families,
// all of them monthly: 1,000 families, 1,500 children are the peers' 183,000 to
// 216,000 meals (quality.md).
func monthlyTown(b *testing.B, db *store.DB, families int) *world {
	w := newWorld(b, db, 0)
	w.at("2026-11-30")
	w.write(func(tx *store.Tx) error {
		for i := range families {
			f, _ := w.addFamily(tx, fmt.Sprintf("Famille%05d", i))
			if i%2 == 0 {
				child := w.id(tx, `INSERT INTO child (family_id, last, first, birth, class_id, age_group, fold, sort_key, created_at)
					VALUES ($1, 'x', 'Hugo', '2019-05-01', $2, 'elementaire', $3, $4, $5) RETURNING id`, f, w.class, fmt.Sprintf("hugo %d", f), []byte("h"), tx.Now())
				w.families, w.children = append(w.families, f), append(w.children, child)
			}
		}
		tariff := w.id(tx, `SELECT id FROM tariff WHERE service_id = $1 AND label = 'tarif A'`, w.canteen)
		var rows []booking.Row
		op, _, err := ledger.Operation(tx, ledger.Op{Key: "town", Digest: "x", Kind: "book"})
		if err != nil {
			return err
		}
		for _, d := range days("2026-09-01", 144) {
			day := calendar.MustISO(d)
			for i, child := range w.children {
				if (int(child)+day.Day())%7 == 0 { // nobody comes every day
					continue
				}
				rows = append(rows, booking.Row{
					ChildID: child, ServiceID: w.canteen, Day: day, FamilyID: w.families[i], Pay: booking.Monthly, Price: mealPrice, Care: carePart,
					TariffID: tariff, OperationID: op, Cutoff: day.At(0, 0), Rule: "règle d’essai",
				})
			}
		}
		b.Logf("%d families, %d children, %d meals", families, len(w.children), len(rows))
		_, err = booking.Book(tx, rows)
		return err
	})
	w.sql(`ANALYZE`)
	return w
}

func BenchmarkMonth(b *testing.B) {
	for _, engine := range []string{"sqlite", "postgres"} {
		for _, families := range []int{1000, 10000} {
			if families > 1000 && (testing.Short() || engine == "postgres") {
				continue // ten times the size is measured on the engine of one workstation
			}
			b.Run(fmt.Sprintf("%s/%d", engine, families), func(b *testing.B) {
				open := storetest.OpenSQLite
				if engine == "postgres" {
					open = storetest.OpenPostgres
				}
				w := monthlyTown(b, open(b), families)
				r := billing.Run{Month: november}
				var plan, issue, list time.Duration
				for range b.N {
					t0 := time.Now()
					p, err := w.s.Plan(w.ctx, r)
					if err != nil {
						b.Fatal(err)
					}
					plan += time.Since(t0)
					t0 = time.Now()
					done, err := w.s.Issue(w.ctx, w.key(), r, p.Digest)
					if err != nil {
						b.Fatal(err)
					}
					issue += time.Since(t0)
					t0 = time.Now()
					if _, err := w.s.Invoices(w.ctx, billing.InvoiceFilter{RunID: done.RunID, Lines: true}); err != nil {
						b.Fatal(err)
					}
					list += time.Since(t0)
					b.ReportMetric(float64(done.Count), "invoices")
					r.Month = r.Month.Add(1) // another month each time: it is empty after April
				}
				b.ReportMetric(float64(plan.Milliseconds())/float64(b.N), "preview-ms")
				b.ReportMetric(float64(issue.Milliseconds())/float64(b.N), "issue-ms")
				b.ReportMetric(float64(list.Milliseconds())/float64(b.N), "read-ms")
			})
		}
	}
}
