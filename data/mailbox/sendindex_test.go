package mailbox

import (
	"database/sql"
	"strings"
	"testing"

	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// TestSendingReadsItsIndexes: the questions of every half minute do not go through
// the letters that have left. With the index taken away the plan shows it.
func TestSendingReadsItsIndexes(t *testing.T) {
	for _, c := range []struct{ what, query, index string }{
		{"peek", peekQuery, "outbox_open"},
		{"anything due", dueQuery, "outbox_open"},
		{"the minute", minuteQuery, "outbox_sent"},
		{"under way", underQuery, "outbox_open"},
		{"what is left", leftQuery, "outbox_open"},
		{"abandoned", abandonedQuery, "outbox_open"},
		{"refused", refusedQuery, "outbox_open"},
	} {
		plan := func(before string) (text string) {
			if err := storetest.OpenSQLite(t).Write(t.Context(), func(tx *store.Tx) error {
				if before != "" {
					if _, err := tx.Exec(before); err != nil {
						return err
					}
				}
				args := []any{"x", "x", int64(1), int64(1), int64(1)}[:strings.Count(c.query, "$")]
				for n := len(args); n > 0 && !strings.Contains(c.query, "$"+string(rune('0'+n))); n-- {
					args = args[:n-1]
				}
				return store.Each(tx, func(r *sql.Rows) error {
					var id, parent, unused int64
					var detail string
					err := r.Scan(&id, &parent, &unused, &detail)
					text += detail + "\n"
					return err
				}, `EXPLAIN QUERY PLAN `+c.query, args...)
			}); err != nil {
				t.Fatal(c.what, err)
			}
			return text
		}
		if got := plan(""); !strings.Contains(got, c.index) {
			t.Errorf("%s: the whole outbox is read:\n%s", c.what, got)
		}
		if got := plan(`DROP INDEX ` + c.index); strings.Contains(got, c.index) {
			t.Errorf("%s: this test cannot fail:\n%s", c.what, got)
		}
	}
}
