package billing_test

import (
	"fmt"
	"testing"

	"ardoise/data/billing"
	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/ledger"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// prepaidTown books every service day of 144 for three children in two families:
// half of them prepaid and charged ten days before, from a wallet that a cheque or
// cash fills each month, half monthly.
func prepaidTown(b *testing.B, db *store.DB, families int) (w *world, meals int) {
	w = newWorld(b, db, 0)
	w.at("2026-09-01")
	w.write(func(tx *store.Tx) error {
		for i := range families {
			f, _ := w.addFamily(tx, fmt.Sprintf("Famille%05d", i))
			if i%2 == 0 {
				child := w.id(tx, `INSERT INTO child (family_id, last, first, birth, class_id, age_group, fold, sort_key, created_at)
					VALUES ($1, 'x', 'Hugo', '2019-05-01', $2, 'elementaire', $3, $4, $5) RETURNING id`, f, w.class, fmt.Sprintf("hugo %d", f), []byte("h"), tx.Now())
				w.families, w.children = append(w.families, f), append(w.children, child)
			}
		}
		return nil
	})
	byMonth := map[calendar.Month][]calendar.Date{}
	for _, d := range days("2026-09-01", 144) {
		day := calendar.MustISO(d)
		byMonth[calendar.MonthOf(day)] = append(byMonth[calendar.MonthOf(day)], day)
	}
	for m := calendar.MonthOf(calendar.MustISO("2026-09-01")); len(byMonth[m]) > 0; m = m.Add(1) {
		w.clock.Set(m.First().At(12, 0))
		w.write(func(tx *store.Tx) error {
			key := w.key()
			op, _, err := ledger.Operation(tx, ledger.Op{Key: key, Digest: key, Kind: "book", Label: "Réservation"})
			if err != nil {
				return err
			}
			tariff := w.id(tx, `SELECT id FROM tariff WHERE service_id = $1 AND label = 'tarif A'`, w.canteen)
			var rows []booking.Row
			filled := map[int64]bool{}
			for i, child := range w.children {
				f, pay := w.families[i], booking.Monthly
				if f%2 == 0 {
					pay = booking.Prepaid
				}
				if pay == booking.Prepaid && !filled[f] {
					filled[f] = true
					if _, err := ledger.TopUpIn(tx, op, ledger.TopUp{FamilyID: f, Amount: 200_00, Means: []string{"cheque", "cash"}[i%2]}); err != nil {
						return err
					}
				}
				for _, day := range byMonth[m] {
					if (int(child)+day.Day())%7 == 0 { // nobody comes every day
						continue
					}
					rows = append(rows, booking.Row{
						ChildID: child, ServiceID: w.canteen, Day: day, FamilyID: f, Pay: pay, Price: mealPrice, Care: carePart, TariffID: tariff,
						OperationID: op, Cutoff: tx.Now(), Rule: "règle d’essai",
					})
				}
			}
			meals += len(rows)
			_, err = booking.Book(tx, rows)
			return err
		})
		w.closeDay(m.First().String())
		w.clock.Set(m.Last().At(12, 0))
		if _, err := w.s.Issue(w.ctx, w.key(), billing.Run{Month: m}, ""); err != nil {
			b.Fatal(err)
		}
		w.payAll(m)
		w.clock.Set(m.Add(1).First().At(9, 0))
		if _, err := w.s.MakeSlip(w.ctx, w.key(), billing.SlipPayment, m); err != nil {
			b.Fatal(err)
		}
	}
	w.sql(`ANALYZE`)
	return w, meals
}

// payAll pays half of each invoice of a month as direct debits would.
func (w *world) payAll(m calendar.Month) {
	w.t.Helper()
	list, err := w.s.Invoices(w.ctx, billing.InvoiceFilter{Month: m, Owed: true})
	if err != nil {
		w.t.Fatal(err)
	}
	w.write(func(tx *store.Tx) error {
		key := w.key()
		op, _, err := ledger.Operation(tx, ledger.Op{Key: key, Digest: key, Kind: "debit"})
		if err != nil {
			return err
		}
		from, err := ledger.AccountOf(tx, "cash:debit")
		if err != nil {
			return err
		}
		due, err := ledger.AccountOf(tx, "due")
		if err != nil {
			return err
		}
		var out []ledger.Transfer
		for _, i := range list {
			out = append(out, ledger.Transfer{Op: op, Debit: from.ID, Credit: due.ID, Amount: i.Open / 2, Kind: "payment", Label: "Prélèvement " + i.Number})
		}
		ids, err := ledger.PostMany(tx, out)
		for n, i := range list {
			w.exec(tx, `INSERT INTO settlement (invoice_id, transfer_id, amount) VALUES ($1, $2, $3)`, i.ID, ids[n], int64(out[n].Amount))
		}
		if err == nil {
			w.exec(tx, `UPDATE invoice_balance SET open = open - open / 2 WHERE invoice_id IN (SELECT id FROM invoice WHERE period = $1)`, m)
		}
		return err
	})
}

func BenchmarkCashOffice(b *testing.B) {
	for _, engine := range []string{"sqlite", "postgres"} {
		for _, families := range []int{1000, 10000} {
			if families > 1000 && (testing.Short() || engine == "postgres") {
				continue
			}
			b.Run(fmt.Sprintf("%s/%d", engine, families), func(b *testing.B) {
				open := storetest.OpenSQLite
				if engine == "postgres" {
					open = storetest.OpenPostgres
				}
				w, meals := prepaidTown(b, open(b), families)
				march := calendar.MonthOf(calendar.MustISO("2027-03-01"))
				b.Logf("%d families, %d meals, %d entries", families, meals, w.count(`SELECT COUNT(*) FROM transfer`))
				run := func(name string, fn func() error) {
					b.Run(name, func(b *testing.B) {
						for b.Loop() {
							if err := fn(); err != nil {
								b.Fatal(err)
							}
						}
					})
				}
				run("books", func() error { _, err := w.s.Books(w.ctx, march); return err })
				run("books-of-the-first-month", func() error {
					_, err := w.s.Books(w.ctx, calendar.MonthOf(calendar.MustISO("2026-09-01")))
					return err
				})
				run("tax-years", func() error { _, err := w.s.TaxYears(w.ctx, 2026, 0); return err })
				run("tax-year-of-one", func() error { _, err := w.s.TaxYears(w.ctx, 2026, w.families[0]); return err })
				run("cash-day", func() error { _, err := w.s.CashDay(w.ctx, march.Last()); return err })
				run("cash-days", func() error { _, err := w.s.CashDays(w.ctx, march); return err })
				run("plan-slip", func() error { _, err := w.s.PlanSlip(w.ctx, billing.SlipPayment, march); return err })
				run("plan-lock", func() error { _, err := w.s.PlanLock(w.ctx, march); return err })
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}
