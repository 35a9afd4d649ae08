package retention_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/staff"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// mayLose are the columns that rows kept for ever may lose, and nothing else may change.
var mayLose = map[string][]string{
	"operation":        {"consent_who", "consent_how", "reason"},
	"transfer":         {"label"},
	"receipt":          {"reference", "payer"},
	"headcount_line":   {"child_id"},
	"mandate_event":    {"detail"},
	"invoice":          {"family", "payer", "address", "reason"},
	"invoice_line":     {"child", "note"},
	"bank_return_line": {"detail"},
}

// columns gives a table's columns and whether each is a number.
func (w *town) columns(table string) map[string]bool {
	w.t.Helper()
	query := `SELECT name, CASE WHEN type = 'INTEGER' THEN 1 ELSE 0 END FROM pragma_table_info($1)`
	if w.db.Engine() == store.Postgres {
		query = `SELECT column_name, CASE WHEN data_type = 'bigint' THEN 1 ELSE 0 END FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1`
	}
	out := map[string]bool{}
	w.must(w.db.Read(w.ctx, func(tx *store.Tx) error {
		return store.Each(tx, func(r rows) error {
			var name string
			var number int
			err := r.Scan(&name, &number)
			out[name] = number == 1
			return err
		}, query, table)
	}))
	return out
}

// try runs a statement and undoes it: what counts is whether it was refused.
func (w *town) try(statement string, args ...any) (refused bool, err error) {
	undo := fmt.Errorf("undone")
	err = w.db.Write(w.ctx, func(tx *store.Tx) error {
		if _, err := tx.Exec(statement, args...); err != nil {
			return err
		}
		return undo
	})
	if err == undo {
		return false, nil
	}
	_, refused = store.AppendOnly(err)
	return refused, err
}

// sampled is a town with a row in each of those tables.
func sampled(t *testing.T, db *store.DB) *town {
	w := newTown(t, db)
	id, _ := w.berthet()
	w.at(start.AddDate(0, 0, 18))
	w.invoice(id)
	w.must(w.db.Write(w.ctx, func(tx *store.Tx) error {
		_, err := tx.Exec(`INSERT INTO bank_return (digest, name, kind, message, read_at, agent, operation_id, matched, known, unmatched) SELECT 'x', 'x', 'camt.054', 'x', 'x', 'x', MIN(id), 0, 0, 1 FROM operation`)
		if err == nil {
			_, err = tx.Exec(`INSERT INTO bank_return_line (return_id, rank, end_to_end, amount, reason, outcome, detail, debit_id) SELECT MAX(id), 1, 'x', 1, 'AC01', 'unmatched', 'famille zqxnom', NULL FROM bank_return`)
		}
		return err
	}))
	return w
}

// TestOnlyNamesMayGo walks every column of every table that is kept for ever: a number,
// a day or a link never changes; a name changes to nothing but the mark.
func TestOnlyNamesMayGo(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := sampled(t, db)
		for table, personal := range mayLose {
			all := w.columns(table)
			if len(all) == 0 {
				t.Fatal("no such table: ", table)
			}
			for column, number := range all {
				change := fmt.Sprintf(`UPDATE %[1]s SET %[2]s = coalesce(%[2]s, '') || 'x'`, table, column)
				if number {
					change = fmt.Sprintf(`UPDATE %[1]s SET %[2]s = coalesce(%[2]s, 0) + 1000000`, table, column)
				}
				if refused, err := w.try(change); !refused {
					t.Errorf("%s.%s could change: %v", table, column, err)
				}
				if !slices.Contains(personal, column) {
					if !number {
						if refused, err := w.try(fmt.Sprintf(`UPDATE %s SET %s = $1`, table, column), store.Anonymous); !refused {
							t.Errorf("%s.%s could be made nameless: %v", table, column, err)
						}
					}
					continue
				}
				mark := any(store.Anonymous)
				if number {
					mark = nil
				}
				if refused, err := w.try(fmt.Sprintf(`UPDATE %s SET %s = $1`, table, column), mark); refused || err != nil {
					t.Errorf("%s.%s could not be made nameless: %v", table, column, err)
				}
			}
			if refused, err := w.try(`DELETE FROM ` + table); !refused {
				t.Errorf("rows of %s could vanish: %v", table, err)
			}
		}
	})
}

// TestOnlyNamesMayGoCanFail takes each guard away and sees the change go through.
func TestOnlyNamesMayGoCanFail(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := sampled(t, db)
		for _, table := range slices.Sorted(maps.Keys(mayLose)) {
			drop := fmt.Sprintf(`DROP TRIGGER %s_append_only_update`, table)
			if db.Engine() == store.Postgres {
				drop = fmt.Sprintf(`ALTER TABLE %[1]s DISABLE TRIGGER %[1]s_append_only`, table)
			}
			w.must(w.db.Write(w.ctx, func(tx *store.Tx) error { _, err := tx.Exec(drop); return err }))
			if refused, err := w.try(fmt.Sprintf(`UPDATE %[1]s SET %[2]s = %[2]s`, table, mayLose[table][0])); refused || err != nil {
				t.Errorf("%s still refuses without its guard: %v", table, err)
			}
		}
		checks, err := w.o.Verify(w.ctx)
		w.must(err)
		if i := slices.IndexFunc(checks, func(c ledger.Check) bool { return c.ID == "I7" }); checks[i].OK {
			t.Error("verify does not miss the guards")
		}
	})
}

// TestVerifySees: what slipped through is seen by I15.
func TestVerifySees(t *testing.T) {
	for what, plant := range map[string]string{
		"a guardian is back":            `INSERT INTO guardian (family_id, rank, last, first, fold) SELECT id, 1, 'Berthet', 'Anne', 'x' FROM family WHERE anonymised_on <> ''`,
		"a note is back":                `UPDATE family SET note = 'x' WHERE anonymised_on <> ''`,
		"a child is named again":        `UPDATE child SET last = 'Berthet' WHERE anonymised_on <> ''`,
		"a child has its day of birth":  `UPDATE child SET birth = '2019-03-17' WHERE anonymised_on <> ''`,
		"a document has a content":      `UPDATE document SET name = 'x' WHERE purged_on <> ''`,
		"a message has a sender":        `UPDATE mail_message SET sender = 'x' WHERE purged_on <> ''`,
		"a living family lost its path": `UPDATE audit SET detail = '', salt = NULL WHERE object = 'family:2'`,
	} {
		t.Run(what, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, db *store.DB) {
				w := newTown(t, db)
				id, _ := w.berthet()
				other := w.plain("Favier")
				if other != 2 {
					t.Fatal("the second family is n° ", other)
				}
				w.at(start.AddDate(0, 0, 18))
				w.invoice(id)
				w.at(start.AddDate(0, 3, 0))
				w.settle(id)
				w.at(start.AddDate(11, 0, 0))
				w.anonymise(id)
				w.sound("before")
				w.must(w.db.Write(w.ctx, func(tx *store.Tx) error {
					n, err := tx.Exec(plant)
					if err == nil && n == 0 {
						err = fmt.Errorf("nothing was planted")
					}
					return err
				}))
				checks, err := w.o.Verify(w.ctx)
				w.must(err)
				if !slices.ContainsFunc(checks, func(c ledger.Check) bool { return c.ID == "I15" && !c.OK }) {
					t.Error("not seen")
				}
			})
		})
	}
}

// TestCutTrail: the oldest entries go, the chain holds from there on, and neither a cut
// that no entry tells nor a younger entry that vanished passes.
func TestCutTrail(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		w.plain("Favier")
		w.at(start.AddDate(6, 0, 0))
		w.plain("Guillot")
		old := `SELECT COUNT(*) FROM audit WHERE at < '2027'`
		if w.number(old) == 0 {
			t.Fatal("no old entry")
		}
		off := &staff.MemoryHead{} // a workstation that is not opened again for years
		var seen staff.Head
		w.must(w.db.Read(w.ctx, func(tx *store.Tx) error {
			return tx.QueryRow(`SELECT id, hash FROM audit ORDER BY id LIMIT 1`).Scan(&seen.ID, &seen.Hash)
		}))
		w.must(off.Save(seen))
		p, err := w.o.Retention.PlanPurge(w.ctx)
		w.must(err)
		_, err = w.o.Retention.Purge(w.ctx, p)
		w.must(err)
		late := w.db.Read(w.ctx, func(tx *store.Tx) error { return staff.VerifyHead(tx, off) })
		if late == nil || !strings.Contains(fault.Sentence(late), "admin accept") || strings.Contains(fault.Sentence(late), "modifié en dehors") {
			t.Errorf("a workstation that slept is told %v", late)
		}
		if n := w.number(old); n != 0 {
			t.Errorf("%d old entries are left", n)
		}
		w.sound("after the cut")
		if refused, err := w.try(`DELETE FROM audit WHERE id = (SELECT MAX(id) FROM audit)`); !refused {
			t.Errorf("a young entry could vanish: %v", err)
		}
		if refused, err := w.try(`UPDATE audit SET detail = 'x'`); !refused {
			t.Errorf("a sentence could change: %v", err)
		}
		if refused, err := w.try(`UPDATE audit_cut SET up_to = up_to + 1`); !refused {
			t.Errorf("the cut could move: %v", err)
		}
		if refused, err := w.try(`DELETE FROM audit WHERE id > (SELECT MIN(id) FROM audit)`); !refused {
			t.Errorf("young entries could vanish: %v", err)
		}
		young := `INSERT INTO audit_cut (up_to, hash, at, agent_id) SELECT id, hash, '2032-12-01T00:00:00Z', 0 FROM audit WHERE id = (SELECT MAX(id) - 1 FROM audit)`
		undone := errors.New("undone")
		err = w.db.Write(w.ctx, func(tx *store.Tx) error {
			if _, err := tx.Exec(young); err != nil {
				return err
			}
			if _, err := tx.Exec(`DELETE FROM audit WHERE id < (SELECT MAX(id) FROM audit)`); err != nil {
				return err
			}
			return undone
		})
		if _, refused := store.AppendOnly(err); !refused {
			t.Errorf("entries of this year could be cut: %v", err)
		}
		w.at(start.AddDate(8, 0, 0))
		// A cut made by hand: the rows go, but the trail itself does not tell of it.
		w.must(w.db.Write(w.ctx, func(tx *store.Tx) error {
			_, err := tx.Exec(`INSERT INTO audit_cut (up_to, hash, at, agent_id) SELECT id, hash, '2034-01-01T00:00:00Z', 0 FROM audit WHERE id = (SELECT MAX(id) - 1 FROM audit)`)
			if err == nil {
				_, err = tx.Exec(`DELETE FROM audit WHERE id < (SELECT MAX(id) FROM audit)`)
			}
			return err
		}))
		if err := w.db.Read(w.ctx, staff.VerifyChain); err == nil || !strings.Contains(err.Error(), "aucune entrée ne dit") {
			t.Errorf("a cut by hand passes: %v", err)
		}
		w.at(start.AddDate(7, 0, 0))
		if err := w.db.Read(w.ctx, staff.VerifyChain); err == nil || !strings.Contains(err.Error(), "à venir") {
			t.Errorf("a cut of tomorrow passes: %v", err)
		}
	})
}
