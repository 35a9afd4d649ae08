package retention

import (
	"database/sql"

	"ardoise/data/family"
	"ardoise/data/store"
	"ardoise/data/store/bulk"
)

// anonymiseChildren leaves of a child its number, its year of birth, its age group, and
// what it ate.
func anonymiseChildren(tx *store.Tx, day string, ids []int64) error {
	for _, q := range []string{
		`DELETE FROM pickup WHERE child_id = ANY($1)`,
		`DELETE FROM health WHERE child_id = ANY($1)`,
		`DELETE FROM child_family WHERE child_id = ANY($1)`,
		`UPDATE child_year SET class_id = NULL, level = '' WHERE child_id = ANY($1)`,
		`UPDATE headcount_line SET child_id = NULL WHERE child_id = ANY($1)`,
	} {
		if _, err := tx.Exec(q, ids); err != nil {
			return err
		}
	}
	_, err := tx.Exec(`UPDATE child SET last = 'Anonymisé', usage = '', first = 'Enfant ' || id, birth = substr(birth, 1, 4) || '-01-01', sex = '', ine = '',
		class_id = NULL, level = '', diet = 'standard', photo_ok = 0, note = '', state = 'left', fold = 'anonymise ' || id, sort_key = $2,
		anonymised_on = $3, version = version + 1 WHERE id = ANY($1)`, ids, family.SortKey("Anonymisé"), day)
	return err
}

// What was written by families ($1) or to them: what is filed under them, and what
// nobody had filed of addresses ($2) that are theirs alone (addressesOf).
const (
	theirMessages = `(family_id = ANY($1) OR family_id IS NULL AND sender = ANY($2) AND decided_at <> '')`
	theirLetters  = `(family_id = ANY($1) OR family_id IS NULL AND lower(address) = ANY($2))`
)

// anonymisePost empties what was written to and by the families.
func anonymisePost(tx *store.Tx, day string, all []int64, addresses []string) error {
	ids, err := store.Collect(tx, scanID, `SELECT id FROM mail_message WHERE purged_on = '' AND `+theirMessages, all, addresses)
	if err != nil {
		return err
	}
	if err := eraseMessages(tx, day, ids); err != nil {
		return err
	}
	if ids, err = store.Collect(tx, scanID, `SELECT id FROM outbox WHERE `+theirLetters, all, addresses); err != nil {
		return err
	}
	if err := eraseLetters(tx, ids); err != nil {
		return err
	}
	_, err = tx.Exec(`DELETE FROM mail_bounce WHERE address = ANY($1) AND address NOT IN (SELECT email FROM guardian WHERE NOT (family_id = ANY($2)))`, addresses, all)
	return err
}

func scanID(r *sql.Rows) (id int64, err error) {
	err = r.Scan(&id)
	return id, err
}

// anonymiseFiles takes names out of documents, requests, operations, mandates that
// have ended, and what the accounts no longer have to keep.
func anonymiseFiles(tx *store.Tx, f facts, all, children []int64) error {
	day := f.day.String()
	if err := eraseDocuments(tx, day, `(family_id = ANY($2) OR child_id = ANY($4))`+notKeptMandate, all, children); err != nil {
		return err
	}
	if _, err := tx.Exec(`UPDATE access_request SET state = CASE WHEN state = 'accepted' THEN 'suspended' WHEN state = 'suspended' THEN 'suspended' ELSE 'refused' END,
		reason = $2, weekdays = '', start_on = '', version = version + 1 WHERE family_id = ANY($1)`, all, store.Anonymous); err != nil {
		return err
	}
	operations, err := store.Collect(tx, scanID, `SELECT id FROM operation WHERE family_id = ANY($1) AND kind NOT IN `+accountReasons+` AND `+stillNamed, all, store.Anonymous)
	if err != nil {
		return err
	}
	if err := eraseReasons(tx, operations); err != nil {
		return err
	}
	if err := endMandates(tx, f, all); err != nil {
		return err
	}
	old, err := findAccounts(tx, f)
	if err != nil {
		return err
	}
	mine := map[int64]bool{}
	for _, id := range all {
		mine[id] = true
	}
	var due []item
	for _, it := range old {
		if mine[it.family] {
			due = append(due, it)
		}
	}
	return eraseAccounts(tx, f, due)
}

// endMandates ends what is still live; those whose account need not be kept lose it.
func endMandates(tx *store.Tx, f facts, all []int64) error {
	rows, err := store.Collect(tx, func(r *sql.Rows) (row []any, err error) {
		var id int64
		err = r.Scan(&id)
		return []any{id, store.Instant(tx.Now()), "Ardoise", "ended", "Dossier anonymisé"}, err
	}, `SELECT id FROM mandate WHERE family_id = ANY($1) AND state IN ('active', 'blocked')`, all)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(`UPDATE mandate SET state = 'ended', reason = 'Dossier anonymisé', version = version + 1 WHERE family_id = ANY($1) AND state IN ('active', 'blocked')`, all); err != nil {
		return err
	}
	if err := bulk.Insert(tx, `INSERT INTO mandate_event (mandate_id, at, agent, what, detail)`, rows, ""); err != nil {
		return err
	}
	ids, err := store.Collect(tx, scanID, `SELECT m.id FROM mandate m WHERE m.family_id = ANY($1) AND m.masked <> '' AND m.collected_on < $2
		AND NOT EXISTS (SELECT 1 FROM debit d JOIN debit_batch b ON b.id = d.batch_id WHERE d.mandate_id = m.id AND d.state <> 'dropped' AND b.collect_on >= $2)`,
		all, cut(f.day, f.settings.Mandates))
	if err != nil {
		return err
	}
	return eraseMandates(tx, f.day.String(), ids)
}

// notKeptMandate leaves the paper of a mandate to the mandate's own period.
const notKeptMandate = ` AND NOT EXISTS (SELECT 1 FROM mandate m WHERE m.document_id = document.id AND m.masked <> '')`

func anonymiseFamilies(tx *store.Tx, day string, all []int64) error {
	if _, err := tx.Exec(`DELETE FROM guardian WHERE family_id = ANY($1)`, all); err != nil {
		return err
	}
	rows := make([][]any, len(all))
	for i, id := range all {
		rows[i] = []any{id, "anonymisée " + family.Number(id)}
	}
	if err := bulk.Update(tx, `UPDATE family SET name = v.column2 FROM %s AS v WHERE family.id = v.column1`, []string{"BIGINT", "TEXT"}, rows); err != nil {
		return err
	}
	_, err := tx.Exec(`UPDATE family SET address1 = '', address2 = '', postal = '', city = '', country = 'FRANCE', commune_id = NULL, quotient = NULL,
		quotient_from = '', quotient_to = '', low_balance = NULL, note = '', hold = '', fold = '', sort_key = $2,
		state = CASE WHEN state = 'merged' THEN 'merged' ELSE 'archived' END,
		archived_on = CASE WHEN archived_on = '' THEN $3 ELSE archived_on END, anonymised_on = $3, version = version + 1 WHERE id = ANY($1)`,
		all, family.SortKey("anonymisée"), day)
	return err
}

// objectsOf names, as the trail does, what belonged to the families.
func objectsOf(tx *store.Tx, all, children []int64) ([]string, error) {
	return store.Collect(tx, func(r *sql.Rows) (s string, err error) { return s, r.Scan(&s) }, `SELECT 'family:' || id FROM family WHERE id = ANY($1)
		UNION SELECT 'child:' || id FROM child WHERE id = ANY($2)
		UNION SELECT 'request:' || id FROM access_request WHERE family_id = ANY($1)
		UNION SELECT 'document:' || id FROM document WHERE family_id = ANY($1)
		UNION SELECT 'mandate:' || id FROM mandate WHERE family_id = ANY($1)
		UNION SELECT 'mail:' || id FROM mail_message WHERE family_id = ANY($1)
		UNION SELECT 'outbox:' || id FROM outbox WHERE family_id = ANY($1)
		UNION SELECT 'operation:' || id FROM operation WHERE family_id = ANY($1)
		UNION SELECT 'receipt:' || id FROM receipt WHERE family_id = ANY($1)
		UNION SELECT 'invoice:' || id FROM invoice WHERE family_id = ANY($1)`, all, children)
}
