package billing

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"testing"

	"ardoise/data/calendar"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// A family's page, a month's list and a run's are each found by an index: none
// reads the invoices of ten years. Without its index the test fails.
func TestPagesReadTheirOwnRows(t *testing.T) {
	db := storetest.OpenSQLite(t)
	month, _ := InvoiceFilter{Month: calendar.NewMonth(2026, 11)}.question()
	run, _ := InvoiceFilter{RunID: 3}.question()
	page, _ := InvoiceFilter{FamilyID: 3}.question()
	for name, c := range map[string]struct{ text, index string }{
		"family":      {page, "invoice_balance_family"},
		"settlements": {settlementsQuery, "invoice_balance_family"},
		"month":       {month, "invoice_period"},
		"run":         {run, "invoice_run_of"},
	} {
		if got := planOf(t, db, ``, c.text); !strings.Contains(got, c.index+" ") || strings.Contains(got, "SCAN i\n") || strings.Contains(got, "SCAN b\n") {
			t.Errorf("%s reads whole tables:\n%s", name, got)
		}
		if got := planOf(t, db, `DROP INDEX `+c.index, c.text); strings.Contains(got, c.index) {
			t.Errorf("%s: this test cannot fail", name)
		}
	}
}

// planOf gives the steps of a question's plan, one a line.
func planOf(t *testing.T, db *store.DB, before, text string) string {
	t.Helper()
	var steps strings.Builder
	undo := errors.New("the index comes back")
	err := db.Write(context.Background(), func(tx *store.Tx) error {
		if before != "" {
			if _, err := tx.Exec(before); err != nil {
				return err
			}
		}
		err := store.Each(tx, func(r *sql.Rows) error {
			var id, parent, unused int64
			var detail string
			err := r.Scan(&id, &parent, &unused, &detail)
			steps.WriteString(detail + "\n")
			return err
		}, `EXPLAIN QUERY PLAN `+text+` -- `+before, 1) // another text: an explanation is kept with its text
		if err != nil {
			return err
		}
		return undo
	})
	if !errors.Is(err, undo) {
		t.Fatal(err)
	}
	return steps.String()
}
