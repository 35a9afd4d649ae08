package mailbox

import (
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
