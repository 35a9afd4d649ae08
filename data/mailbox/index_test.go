package mailbox

import (
	"database/sql"
	"slices"
	"strings"
	"testing"

	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// TestQuestionsReadTheirIndex: what is asked all day does not read the messages;
// with the index taken away the plan shows it.
func TestQuestionsReadTheirIndex(t *testing.T) {
	for index, query := range map[string]string{
		"mail_message_state":    waitingQuery,
		"mail_message_once":     `SELECT id FROM mail_message WHERE digest IN ('a', 'b')`,
		"mail_message_list":     `SELECT id FROM mail_message m ORDER BY m.received_at DESC, m.id DESC LIMIT 200`,
		"mail_message_header":   `SELECT header_id FROM mail_message WHERE header_id = 'a' AND header_id <> ''`,
		"mail_place_message":    strings.NewReplacer("$1", "1", "$2", "'INBOX'", "$3", "1").Replace(treatedQuery),
		"operation_mail":        rules[slices.IndexFunc(rules, func(r struct{ id, good, bad, query string }) bool { return r.id == "M1" })].query,
		"mail_action_outbox":    `SELECT 1 FROM mail_action WHERE outbox_id = 1`,
		"mail_message_unmarked": strings.NewReplacer("$1", "1", "$2", "'INBOX'", "$3", "1").Replace(treatedQuery),
	} {
		plan := func(before string) (all string) {
			if err := storetest.OpenSQLite(t).Write(t.Context(), func(tx *store.Tx) error {
				if before != "" {
					if _, err := tx.Exec(before); err != nil {
						return err
					}
				}
				rows, err := tx.Query(`EXPLAIN QUERY PLAN ` + query)
				if err != nil {
					return err
				}
				for rows.Next() {
					var id, parent, unused int64
					var detail string
					if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
						return err
					}
					all += detail + "\n"
				}
				return rows.Close()
			}); err != nil {
				t.Fatal(err)
			}
			return all
		}
		if index == "mail_message_once" { // a constraint's own, under the engine's name
			if got := plan(""); !strings.Contains(got, "sqlite_autoindex_mail_message") {
				t.Error("all digests are read:", got)
			}
			continue
		}
		if got := plan(""); !strings.Contains(got, index) {
			t.Errorf("%s is not read: %s", index, got)
		}
		if got := plan("DROP INDEX " + index); strings.Contains(got, index) {
			t.Errorf("%s: this test cannot fail: %s", index, got)
		}
	}
}

// TestVerifyReadsBookingsOnce: the cut-offs are looked at in one reading of the
// bookings, not in one for each operation of the post.
func TestVerifyReadsBookingsOnce(t *testing.T) {
	plan := func(query string) (all string) {
		if err := storetest.OpenSQLite(t).Read(t.Context(), func(tx *store.Tx) error {
			lines, err := store.Collect(tx, func(r *sql.Rows) (detail string, err error) {
				var id, parent, unused int64
				return detail, r.Scan(&id, &parent, &unused, &detail)
			}, `EXPLAIN QUERY PLAN `+query)
			all = strings.Join(lines, "\n")
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return all
	}
	query := ""
	for _, r := range rules {
		if r.id == "M4" {
			query = r.query
		}
	}
	if got := plan(query); !strings.HasPrefix(got, "SCAN b") || strings.Count(got, "SCAN") != 1 {
		t.Errorf("the bookings are read again and again:\n%s", got)
	}
	if got := plan(`SELECT COUNT(*) FROM operation o CROSS JOIN booking b WHERE (o.id = b.operation_id OR o.id = b.cancel_operation_id) AND o.mail_id IS NOT NULL`); strings.HasPrefix(got, "SCAN b") && strings.Count(got, "SCAN") == 1 {
		t.Errorf("this test cannot fail:\n%s", got)
	}
}
