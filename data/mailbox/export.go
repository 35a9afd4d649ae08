package mailbox

import (
	"database/sql"
	"fmt"

	"ardoise/data/staff"
	"ardoise/data/store"
)

// ExportTx adds a family's messages, as they came with what was joined to them, to
// its right-of-access export, and their text alone, for the document to read. One that
// brings a health document comes whole for the Santé role only.
func ExportTx(tx *store.Tx, familyID int64, add func(name string, data []byte) error) error {
	ids, err := store.Collect(tx, func(r *sql.Rows) (id int64, err error) { err = r.Scan(&id); return id, err },
		`SELECT id FROM mail_message WHERE family_id = $1 ORDER BY id`, familyID)
	if err != nil || len(ids) == 0 {
		return err
	}
	list, err := openMessages(tx, ids)
	if err != nil {
		return err
	}
	filed, err := filedAsHealth(tx, ids)
	if err != nil {
		return err
	}
	all := staff.From(tx.Context()).Has(staff.Sante)
	for _, o := range list { // one family's, each possibly large
		text := o.head.Subject + "\r\n\r\n" + o.body.Text + "\r\n"
		if err := add(fmt.Sprintf("courriels/%d.txt", o.id), []byte(text)); err != nil {
			return err
		}
		if !all && (o.hasHealth() || len(filed[o.id]) > 0) {
			continue
		}
		raw, err := o.original(tx)
		if err != nil {
			return fmt.Errorf("mailbox: export message %d: %w", o.id, err)
		}
		if err := add(fmt.Sprintf("courriels/%d.eml", o.id), raw); err != nil {
			return err
		}
	}
	return nil
}
