package retention_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

type rows = *sql.Rows

// leftIn looks for words in every text and blob of every table, and says where.
func (w *town) leftIn(list []string) (where []string) {
	w.t.Helper()
	tables := `SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' AND c.type IN ('TEXT', 'BLOB')`
	if w.db.Engine() == store.Postgres {
		tables = `SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema() AND data_type IN ('text', 'bytea')`
	}
	w.must(w.db.Read(w.ctx, func(tx *store.Tx) error {
		places, err := store.Collect(tx, func(r rows) (p [2]string, err error) { return p, r.Scan(&p[0], &p[1]) }, tables)
		if err != nil {
			return err
		}
		for _, p := range places {
			if err := store.Each(tx, func(r rows) error {
				var v []byte
				if err := r.Scan(&v); err != nil {
					return err
				}
				for _, word := range list {
					if bytes.Contains(bytes.ToLower(v), []byte(strings.ToLower(word))) {
						if at := p[0] + "." + p[1]; !slices.Contains(where, at) {
							where = append(where, at)
						}
					}
				}
				return nil
			}, fmt.Sprintf(`SELECT %s FROM %s`, quoted(p[1]), quoted(p[0]))); err != nil {
				return err
			}
		}
		return nil
	}))
	slices.Sort(where)
	return where
}

func quoted(name string) string { return `"` + name + `"` }

// inFile looks for words in the bytes of a SQLite file, its journal included.
func (w *town) inFile(list []string) (found []string) {
	w.t.Helper()
	if w.db.Path() == "" {
		return nil
	}
	for _, suffix := range []string{"", "-wal", "-shm"} {
		raw, err := os.ReadFile(w.db.Path() + suffix)
		if os.IsNotExist(err) {
			continue
		}
		w.must(err)
		low := bytes.ToLower(raw)
		for _, word := range list {
			if bytes.Contains(low, []byte(strings.ToLower(word))) {
				found = append(found, word+" in "+suffix)
			}
		}
	}
	return found
}

// TestAnonymiseLeavesNothing: eleven years later not one of the planted words is left
// anywhere, in the tables or in the file, and the accounts are what they were.
func TestAnonymiseLeavesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		id, _ := w.berthet()
		if got := w.leftIn(nominative()); len(got) < 20 {
			t.Fatalf("the words were planted in %v only", got)
		}
		w.at(start.AddDate(0, 0, 18))
		w.invoice(id)
		w.at(start.AddDate(0, 3, 0))
		w.settle(id)
		w.at(start.AddDate(11, 0, 0))
		w.sound("before")
		before := w.books()
		p, err := w.o.Retention.PlanAnonymise(w.ctx, id)
		w.must(err)
		if len(p.Refusals) > 0 || len(p.Law) > 0 {
			t.Fatalf("refused %v, kept %v", p.Refusals, p.Law)
		}
		w.must(w.o.Retention.Anonymise(w.ctx, p))
		if got := w.leftIn(nominative()); len(got) > 0 {
			t.Errorf("words are left in %v", got)
		}
		if got := w.inFile(nominative()); len(got) > 0 {
			t.Errorf("traces in the file: %v", got)
		}
		if after := w.books(); after != before {
			t.Errorf("the accounts changed:\n%s\n%s", before, after)
		}
		w.sound("after")
		again, err := w.o.Family.Get(w.ctx, id)
		w.must(err)
		if again.AnonymisedOn == 0 || again.State != "archived" || len(again.Guardians) != 0 || !again.Children[0].Anonymous {
			t.Errorf("%+v", again)
		}
	})
}

// keptByLaw are the columns in which an anonymised family is still named while its
// accounts are younger than the period of the accounts. There is no other.
var keptByLaw = []string{
	"debit.holder", "invoice.address", "invoice.family", "invoice.payer", "invoice_line.child",
	"mandate.holder", "mandate_event.detail", "mandate.reason", "operation.reason", "receipt.payer", "receipt.reference", "transfer.label",
}

// TestAnonymiseKeepsWhatTheLawKeeps: three years later only the accounts still name
// the family; the purge of the accounts takes that too when its day has come.
func TestAnonymiseKeepsWhatTheLawKeeps(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		id, _ := w.berthet()
		w.at(start.AddDate(0, 0, 18))
		w.invoice(id)
		w.at(start.AddDate(0, 3, 0))
		w.settle(id)
		w.at(start.AddDate(3, 0, 0))
		p, err := w.o.Retention.PlanAnonymise(w.ctx, id)
		w.must(err)
		if len(p.Law) == 0 {
			t.Error("nothing is said to be kept")
		}
		w.must(w.o.Retention.Anonymise(w.ctx, p))
		for _, at := range w.leftIn(nominative()) {
			if !slices.Contains(keptByLaw, at) {
				t.Errorf("words are left in %s", at)
			}
		}
		w.sound("after three years")
		w.at(start.AddDate(11, 0, 0).Add(time.Hour))
		plan, err := w.o.Retention.PlanPurge(w.ctx)
		w.must(err)
		_, err = w.o.Retention.Purge(w.ctx, plan)
		w.must(err)
		if got := w.leftIn(nominative()); len(got) > 0 {
			t.Errorf("after eleven years words are left in %v", got)
		}
		w.sound("after eleven years")
	})
}
