package store_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"ardoise/data/store"
)

// The third schema writes the outbox and the documents anew on SQLite. A base of
// the second keeps their rows, what names them, and their sealed bytes.
func TestThirdSchemaKeepsLettersAndDocuments(t *testing.T) {
	var texts []string
	for _, name := range []string{"0001_foundation.sql", "0002_billing.sql", "0003_mailbox.sql"} {
		text, err := os.ReadFile("schema/" + name)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(text))
	}
	const at = `'2026-09-01T00:00:00Z'`
	const documents, size = 300, 100_000
	places(t, func(t *testing.T, url string) {
		db := mustOpen(t, url, "", texts[:2]...)
		do := func(query string, args ...any) {
			t.Helper()
			if err := write(t, db, query, args...); err != nil {
				t.Fatalf("%s: %v", query, err)
			}
		}
		do(`INSERT INTO family (id, name, fold, sort_key, created_at) VALUES (1, 'Favier', 'favier', $1, `+at+`)`, []byte("f"))
		do(`INSERT INTO operation (id, key, digest, kind, at, agent_id, family_id) VALUES (1, 'k', 'd', 'topup', ` + at + `, 0, 1)`)
		for i, state := range []string{"waiting", "sent", "failed", "held"} {
			do(`INSERT INTO outbox (id, family_id, address, subject, body, kind, object, state, key, created_at) VALUES ($1, 1, 'a@example.org', 's', 'b', 'k', 'o', $2, $3, `+at+`)`, 10+i, state, state)
		}
		if err := db.Write(t.Context(), func(tx *store.Tx) error {
			for i := range documents {
				if _, err := tx.Exec(`INSERT INTO document (id, family_id, kind, name, media, size, pages, digest, sealed, state, reason, received_on, valid_to, warned, agent_id, created_at)
					VALUES ($1, 1, 'income', 'n', 'application/pdf', $2, 3, $3, $4, 'rejected', 'flou', '2026-09-01', '2027-08-31', 7, 5, `+at+`)`,
					100+i, size, []byte{byte(i)}, fmt.Appendf(make([]byte, 0, size), "%0*d", size, i)); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		closeDB(t, db)
		begun := time.Now()
		db = mustOpen(t, url, t.TempDir(), texts...)
		t.Logf("migrated with %d documents of %d kB in %.2f s", documents, size/1000, time.Since(begun).Seconds())
		defer closeDB(t, db)
		for what, q := range map[string]string{
			"letters":           `SELECT COUNT(*) FROM outbox WHERE family_id = 1 AND address = 'a@example.org' AND subject = 's' AND body = 'b' AND object = 'o' AND key = state AND created_at = ` + at + ` AND id BETWEEN 10 AND 13 AND attempts = 0`,
			"when letters left": `SELECT 3 + COUNT(*) FROM outbox WHERE state = 'sent' AND sent_at = created_at`,
			"operations":        `SELECT 3 + COUNT(*) FROM operation WHERE received_at = '' AND mail_id IS NULL`,
		} {
			if n := count(t, db, q); n != 4 {
				t.Errorf("%s: %d", what, n)
			}
		}
		if n := count(t, db, `SELECT COUNT(*) FROM document WHERE state = 'rejected' AND reason = 'flou' AND pages = 3 AND warned = 7 AND agent_id = 5 AND valid_to = '2027-08-31'`); n != documents {
			t.Errorf("%d documents are left whole", n)
		}
		var sealed []byte
		if err := db.Read(t.Context(), func(tx *store.Tx) error {
			missing, err := store.MissingGuards(tx)
			if len(missing) > 0 {
				t.Errorf("guards missing: %v", missing)
			}
			if err != nil {
				return err
			}
			return tx.QueryRow(`SELECT sealed FROM document WHERE id = 142`).Scan(&sealed)
		}); err != nil {
			t.Fatal(err)
		}
		if len(sealed) != size || !strings.HasSuffix(string(sealed), "042") {
			t.Errorf("a document's bytes changed: %d", len(sealed))
		}
		do(`INSERT INTO document (family_id, kind, name, media, size, digest, sealed, received_on, valid_to, created_at) VALUES (1, 'income', 'n', 'image/heic', 1, $1, $1, '2026-09-01', '2027-08-31', `+at+`)`, []byte{1})
		do(`INSERT INTO outbox (address, subject, body, kind, key, created_at) VALUES ('a', 's', 'b', 'k', 'new', ` + at + `)`)
		if n := count(t, db, `SELECT MAX(id) FROM outbox`) + count(t, db, `SELECT MAX(id) FROM document`); db.Engine() == store.SQLite && n != 14+100+documents {
			t.Errorf("numbers go on at %d", n)
		}
		for what, q := range map[string]string{
			"a letter's family": `UPDATE outbox SET family_id = 99 WHERE id = 10`, "a document's family": `UPDATE document SET family_id = 99 WHERE id = 100`,
			"a letter's account": `UPDATE outbox SET account_id = 99 WHERE id = 10`, "what a letter answers": `UPDATE outbox SET answers_id = 99 WHERE id = 10`,
		} {
			if err := write(t, db, q); !store.ForeignKey(err) {
				t.Errorf("%s may be gone: %v", what, err)
			}
		}
		for q, want := range map[string]string{
			`UPDATE outbox SET state = 'sending' WHERE id = 10`: "outbox_claim", `UPDATE outbox SET sent_at = created_at WHERE id = 10`: "outbox_gone",
			`UPDATE outbox SET state = 'lost' WHERE id = 10`: "outbox_state", `UPDATE document SET media = 'text/html' WHERE id = 100`: "document_media",
			`INSERT INTO operation (key, digest, kind, at, agent_id, received_at) VALUES ('l', 'd', 'book', ` + at + `, 0, '2026-08-01T00:00:00Z')`: "operation_mail",
		} {
			if name, _ := store.Check(write(t, db, q)); name != want {
				t.Errorf("%s: %q, want %q", q, name, want)
			}
		}
		if name, _ := store.Unique(write(t, db, `UPDATE outbox SET key = 'sent' WHERE id = 10`)); name != "outbox_once" {
			t.Errorf("two letters of one key: %q", name)
		}
	})
}
