package access

import (
	"fmt"

	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// ExportTx adds a family's documents, opened, to its right-of-access export.
// What the session may not open (health forms without the santé role, account
// numbers without the régie) is
// listed by the rows of the export and left out here.
func ExportTx(tx *store.Tx, familyID int64, add func(name string, data []byte) error) error {
	session := staff.From(tx.Context())
	if session == nil || session.Key == nil {
		return fault.New(fault.Forbidden, "Le coffre est fermé : reconnectez-vous pour exporter les pièces.")
	}
	list, err := store.Collect(tx, scanDocument, `SELECT `+documentColumns+` FROM document d WHERE d.family_id = $1 AND d.purged_on = '' ORDER BY d.id`, familyID)
	if err != nil {
		return err
	}
	for _, d := range list { // one family's: a handful, each possibly large
		if role, only := keeper(d); only && !session.Has(role) {
			continue
		}
		var sealed []byte
		if err := tx.QueryRow(`SELECT sealed FROM document WHERE id = $1`, d.ID).Scan(&sealed); err != nil {
			return err
		}
		content, err := session.Key.Open(sealed, documentSeal(d.ID))
		if err != nil {
			return fmt.Errorf("access: export document %d: %w", d.ID, err)
		}
		if err := add(fmt.Sprintf("pieces/%d-%s%s", d.ID, d.Kind, Extension(d.Media)), content); err != nil {
			return err
		}
	}
	return nil
}

// Extension is how the name of a file of a media type ends.
func Extension(media string) string {
	return map[string]string{"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png", HEIC: ".heic", "text/iban": ".json"}[media]
}
