package billing_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"ardoise/data/billing"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// Each rule of mandates and direct debits is broken once, to see verify notice
// with the sentence of that rule.
func TestPlantedDebitFaults(t *testing.T) {
	for name, c := range map[string]struct {
		words string
		plant func(w *world)
	}{
		"a debit lost from the total": {"nombre ou le total de leurs prélèvements", func(w *world) { w.sql(`UPDATE debit_batch SET total = total - 1 WHERE state = 'sent'`) }},
		"a debit too many":            {"nombre ou le total de leurs prélèvements", func(w *world) { w.sql(`UPDATE debit_batch SET count = count + 1 WHERE state = 'sent'`) }},
		"another amount":              {"ne sont pas la somme de leurs factures", func(w *world) { w.sql(`UPDATE debit SET amount = amount + 1 WHERE state = 'sent'`) }},
		"a debit of a batch dropped":  {"pas dans l’état de leur remise", func(w *world) { w.sql(`UPDATE debit_batch SET state = 'dropped' WHERE state = 'built'`) }},
		"a share changed": {"pas réglées ou rouvertes", func(w *world) {
			w.unguard("debit_invoice")
			w.sql(`UPDATE debit_invoice SET amount = amount - 1`)
		}},
		"money of another day": {"pas exactement leur encaissement", func(w *world) {
			w.unguard("transfer")
			w.sql(`UPDATE transfer SET on_day = '2026-12-11' WHERE kind = 'payment'`)
		}},
		"money of nobody's": {"d’aucun prélèvement", func(w *world) {
			w.sql(`INSERT INTO transfer (operation_id, debit_id, credit_id, amount, kind, on_day, label) SELECT operation_id, debit_id, credit_id, amount, kind, on_day, label FROM transfer WHERE kind = 'payment' LIMIT 1`)
		}},
		"two debits, one payment": {"pas exactement leur encaissement", func(w *world) {
			w.sql(`UPDATE debit SET transfer_id = (SELECT MIN(transfer_id) FROM debit) WHERE state IN ('sent', 'rejected')`)
		}},
		"a reject without its reversal": {"contre-écriture de leur retour", func(w *world) {
			w.sql(`UPDATE debit SET state = 'rejected', reason = 'AC04', reject_id = (SELECT MAX(reject_id) FROM debit) WHERE state = 'sent'`)
		}},
		"a reversal without its reject": {"contre-écriture", func(w *world) { w.sql(`UPDATE debit SET state = 'sent', reject_id = NULL WHERE state = 'rejected'`) }},
		"a reversal of nobody's": {"rejet ne sont d’aucun", func(w *world) {
			w.sql(`INSERT INTO transfer (operation_id, debit_id, credit_id, amount, kind, reverses_id, on_day, label) SELECT operation_id, credit_id, debit_id, amount, 'reject', id, on_day, label FROM transfer WHERE kind = 'invoice' LIMIT 1`)
		}},
		"reserved and paid": {"réservées au-delà", func(w *world) {
			w.sql(`UPDATE invoice_balance SET open = 0 WHERE invoice_id IN (SELECT di.invoice_id FROM debit_invoice di JOIN debit d ON d.id = di.debit_id WHERE d.state = 'built')`)
		}},
		"two live mandates": {"deux mandats", func(w *world) {
			w.sql(`DROP INDEX mandate_live`)
			w.sql(`INSERT INTO mandate (family_id, umr, kind, state, holder, sealed, masked, signed_on, valid_to, next_sequence, created_at)
				SELECT family_id, umr || '-2', kind, state, holder, sealed, masked, signed_on, valid_to, next_sequence, created_at FROM mandate WHERE state = 'active'`)
		}},
		"a line of a return gone": {"nombre de leurs lignes", func(w *world) {
			w.unguard("bank_return")
			w.sql(`UPDATE bank_return SET matched = matched + 1`)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, db *store.DB) {
				w := newWorld(t, db, 3)
				b := w.sentBatch()
				w.read(pain002(b.MessageID, debitReject{b.Debits[0].EndToEnd, "AM04", 0}))
				w.build(billing.DebitAsk{CollectOn: debitDay.Add(18)})
				w.sound()
				c.plant(w)
				if bad := w.broken(); !slices.ContainsFunc(bad, func(k billing.Check) bool { return strings.Contains(k.Detail, c.words) }) {
					t.Errorf("nobody noticed: %+v", bad)
				}
			})
		})
	}
}

// What the schema itself keeps out.
func TestDebitRulesAreInTheSchema(t *testing.T) {
	each(t, 2, func(t *testing.T, w *world) {
		b := w.sentBatch()
		text := pain002(b.MessageID, debitReject{b.Debits[0].EndToEnd, "AM04", 0})
		w.read(text)
		for name, q := range map[string]string{
			"a reference twice":             `UPDATE debit SET end_to_end = (SELECT MIN(end_to_end) FROM debit)`,
			"a message twice":               `INSERT INTO debit_batch (state, collect_on, version, message_id, file, count, total, built_at, agent) SELECT 'built', collect_on, version, message_id, file, count, total, built_at, agent FROM debit_batch`,
			"a file read twice":             `INSERT INTO bank_return (digest, name, kind, message, read_at, agent, operation_id, matched, known, unmatched) SELECT digest, name, kind, message, read_at, agent, operation_id, matched, known, unmatched FROM bank_return`,
			"sent without money":            `UPDATE debit SET transfer_id = NULL WHERE state = 'sent'`,
			"rejected without reason":       `UPDATE debit SET reason = '' WHERE state = 'rejected'`,
			"rejected without its reversal": `UPDATE debit SET reject_id = NULL WHERE state = 'rejected'`,
			"reversed twice":                `INSERT INTO transfer (operation_id, debit_id, credit_id, amount, kind, reverses_id, on_day, label) SELECT operation_id, debit_id, credit_id, amount, kind, reverses_id, on_day, label FROM transfer WHERE kind = 'reject'`,
			"a batch unsent":                `UPDATE debit_batch SET state = 'built'`,
			"a batch taken out":             `DELETE FROM debit_batch`,
			"a debit taken out":             `DELETE FROM debit`,
			"a share changed":               `UPDATE debit_invoice SET amount = 1`,
			"a return changed":              `UPDATE bank_return_line SET amount = amount + 1`,
		} {
			if err := w.try(q); err == nil {
				t.Errorf("%s: the schema took it", name)
			}
		}
	})
}

// A thousand families: a batch planned, built, given to the bank and sent, and a
// return of fifty rejects. The figures are printed, not asserted.
func BenchmarkDebits(b *testing.B) {
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
				w := newWorld(b, open(b), 0)
				w.creditor()
				w.write(func(tx *store.Tx) error {
					for i := range families {
						w.addFamily(tx, fmt.Sprintf("Famille%05d", i))
					}
					return nil
				})
				w.debitTown()
				for range b.N {
					w.debitRound(b)
				}
			})
		}
	}
}

// debitTown gives every family a mandate from its papers and an invoice.
func (w *world) debitTown() {
	w.t.Helper()
	start := time.Now()
	for i := range w.families {
		w.papers(i, debitAccount(30006, 5000+i))
	}
	w.t.Log("papers", time.Since(start))
	start = time.Now()
	made, skipped, err := w.s.AddAcceptedMandates(w.ctx)
	if err != nil || len(made) != len(w.families) || len(skipped) > 0 {
		w.t.Fatal(len(made), len(skipped), err)
	}
	w.t.Log("mandates", time.Since(start))
	w.sql(`ANALYZE`)
}

func (w *world) debitRound(b *testing.B) {
	for i := range w.families {
		w.meals(i, days("2026-11-02", 4)...)
	}
	w.issue(billing.Run{Month: november})
	measure := func(name string, fn func() error) {
		start := time.Now()
		if err := fn(); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(time.Since(start).Milliseconds()), name+"-ms")
	}
	var p billing.DebitPlan
	var batch billing.DebitBatch
	measure("plan", func() (err error) { p, err = w.s.PlanDebits(w.ctx, billing.DebitAsk{CollectOn: debitDay}); return })
	measure("build", func() (err error) { batch, err = w.s.BuildDebits(w.ctx, p.Ask, p.Digest); return })
	measure("file", func() error { _, err := w.s.DebitFile(w.ctx, batch.ID); return err })
	measure("send", func() (err error) { batch, err = w.s.SendDebits(w.ctx, w.key(), batch.ID); return })
	rejects := make([]debitReject, len(w.families)/20)
	for i := range rejects {
		rejects[i] = debitReject{batch.Debits[i].EndToEnd, "AM04", batch.Debits[i].Amount}
	}
	measure("return", func() error {
		_, err := w.s.ReadReturn(w.ctx, "r.xml", strings.NewReader(camt054(debitIBAN, rejects...)))
		return err
	})
}
