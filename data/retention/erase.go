package retention

import (
	"cmp"
	"database/sql"
	"slices"

	"ardoise/data/access"
	"ardoise/data/billing"
	"ardoise/data/calendar"
	"ardoise/data/family"
	"ardoise/data/ledger"
	"ardoise/data/mailbox"
	"ardoise/data/store"
)

// findHealth: the schooling ends the day a child left (left_on); where only its state
// says so, at the end of the last school year it was asked for.
func findHealth(tx *store.Tx, f facts) ([]item, error) {
	list, err := store.Collect(tx, func(r *sql.Rows) (it item, err error) {
		var left, created string
		var year int64
		if err = r.Scan(&it.id, &it.family, &it.detail, &left, &year, &created); err != nil {
			return it, err
		}
		it.child = it.id
		end, err := dateOf(cmp.Or(left, created))
		if err != nil {
			return it, err
		}
		if left == "" && year != 0 {
			end = max(end, calendar.SchoolYear(year).Last())
		}
		if end >= cut(f.day, f.settings.Health) {
			it.id = 0
		}
		return it, nil
	}, `SELECT c.id, c.family_id, c.first, c.left_on, COALESCE((SELECT MAX(q.school_year) FROM access_request q WHERE q.child_id = c.id), 0), substr(c.created_at, 1, 10)
		FROM child c JOIN family f ON f.id = c.family_id
		WHERE c.anonymised_on = '' AND (c.state = 'left' OR f.state = 'archived' AND NOT EXISTS (SELECT 1 FROM child_family x JOIN family g ON g.id = x.family_id
			WHERE x.child_id = c.id AND g.state = 'active'))
		AND (EXISTS (SELECT 1 FROM health h WHERE h.child_id = c.id)
			OR EXISTS (SELECT 1 FROM document d WHERE d.child_id = c.id AND d.purged_on = '' AND d.kind IN `+healthKinds+`))`)
	return slices.DeleteFunc(list, func(it item) bool { return it.id == 0 }), err
}

func doHealth(tx *store.Tx, f facts, list []item) error {
	ids := idsOf(list, "")
	if _, err := tx.Exec(`DELETE FROM health WHERE child_id = ANY($1)`, ids); err != nil {
		return err
	}
	tx.Publish(family.TopicChild, ids...)
	return eraseDocuments(tx, f.day.String(), `child_id = ANY($2) AND kind IN `+healthKinds, ids)
}

// eraseDocuments empties documents; where names them by $2 (and $4 for a second list).
func eraseDocuments(tx *store.Tx, day, where string, ids []int64, more ...any) error {
	tx.Publish(access.Topic)
	_, err := tx.Exec(`UPDATE document SET name = '', digest = $3, sealed = $3, reason = '', size = 0, state = 'replaced', purged_on = $1
		WHERE purged_on = '' AND `+where, append([]any{day, ids, []byte{}}, more...)...)
	return err
}

// eraseMessages empties messages: what stays says when one came and what was done.
// The digest stays, so that the same message is not taken in again from the server.
func eraseMessages(tx *store.Tx, day string, ids []int64) error {
	tx.Publish(mailbox.Topic, ids...)
	for _, q := range []string{
		`DELETE FROM mail_original WHERE message_id = ANY($1)`,
		`DELETE FROM mail_bounce WHERE message_id = ANY($1) AND address NOT IN (SELECT email FROM guardian)`,
	} {
		if _, err := tx.Exec(q, ids); err != nil {
			return err
		}
	}
	_, err := tx.Exec(`UPDATE mail_message SET sender = '', header_id = '', head = $3, reading = $3, purged_on = $2, version = version + 1
		WHERE id = ANY($1) AND purged_on = ''`, ids, day, []byte{})
	return err
}

// eraseLetters empties letters; one that never left never will.
func eraseLetters(tx *store.Tx, ids []int64) error {
	tx.Publish(mailbox.Topic)
	_, err := tx.Exec(`UPDATE outbox SET address = '', subject = $2, body = '', problem = '', header_id = '',
		state = CASE WHEN state = 'sent' THEN 'sent' ELSE 'dropped' END WHERE id = ANY($1)`, ids, store.Anonymous)
	return err
}

// eraseReasons takes consents and reasons out of operations.
func eraseReasons(tx *store.Tx, ids []int64) error {
	_, err := tx.Exec(`UPDATE operation SET consent_who = CASE WHEN consent_who = '' THEN '' ELSE $2 END,
		consent_how = CASE WHEN consent_how = '' THEN '' ELSE $2 END, reason = CASE WHEN reason = '' THEN '' ELSE $2 END WHERE id = ANY($1)`, ids, store.Anonymous)
	return err
}

// eraseMandates takes the account out of mandates that have ended, and the paper with it.
func eraseMandates(tx *store.Tx, day string, ids []int64) error {
	if err := eraseDocuments(tx, day, `id IN (SELECT document_id FROM mandate WHERE id = ANY($2))`, ids); err != nil {
		return err
	}
	if _, err := tx.Exec(`UPDATE mandate_event SET detail = $2 WHERE mandate_id = ANY($1) AND detail NOT IN ('', $2)`, ids, store.Anonymous); err != nil {
		return err
	}
	tx.Publish(billing.Topic)
	_, err := tx.Exec(`UPDATE mandate SET holder = $2, sealed = $3, former = NULL, masked = '', bic = '', reason = CASE WHEN reason = '' THEN '' ELSE $2 END,
		version = version + 1 WHERE id = ANY($1)`, ids, store.Anonymous, []byte{})
	return err
}

// eraseAccounts takes the names out of pieces of the accounts. No amount, day, number
// or link changes: the schema itself refuses that (append_only_but).
func eraseAccounts(tx *store.Tx, _ facts, list []item) error {
	invoices, receipts, debits := idsOf(list, "invoice"), idsOf(list, "receipt"), idsOf(list, "debit")
	for _, q := range []struct {
		text string
		ids  []int64
	}{
		{`UPDATE invoice SET family = $2, payer = $2, address = $2, reason = CASE WHEN reason = '' THEN '' ELSE $2 END WHERE id = ANY($1)`, invoices},
		{`UPDATE invoice_line SET child = $2, note = CASE WHEN note = '' THEN '' ELSE $2 END WHERE invoice_id = ANY($1)`, invoices},
		{`UPDATE receipt SET payer = $2, reference = CASE WHEN reference = '' THEN '' ELSE $2 END WHERE id = ANY($1)`, receipts},
		{`UPDATE transfer SET label = $2 WHERE id IN (SELECT transfer_id FROM debit WHERE id = ANY($1) UNION SELECT reject_id FROM debit WHERE id = ANY($1))`, debits},
		{`UPDATE bank_return_line SET detail = $2 WHERE debit_id = ANY($1)`, debits},
	} {
		if len(q.ids) == 0 {
			continue
		}
		if _, err := tx.Exec(q.text, q.ids, store.Anonymous); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(`UPDATE debit SET holder = $2, sealed = $3, former = NULL, masked = '', bic = '' WHERE id = ANY($1)`, debits, store.Anonymous, []byte{}); err != nil {
		return err
	}
	tx.Publish(billing.Topic)
	tx.Publish(ledger.Topic)
	return eraseReasons(tx, idsOf(list, "operation"))
}
