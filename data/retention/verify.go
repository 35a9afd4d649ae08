package retention

import (
	"database/sql"
	"fmt"
	"strconv"
	"strings"

	"ardoise/data/ledger"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// emptied are counts that must be zero: what was taken away is away.
var emptied = []struct{ id, good, bad, query string }{
	{
		"I15", "Un dossier anonymisé ne nomme plus personne.", "%d dossiers anonymisés nomment encore quelqu’un.",
		`SELECT COUNT(*) FROM family f WHERE f.anonymised_on <> '' AND (f.address1 <> '' OR f.address2 <> '' OR f.note <> '' OR f.fold <> '' OR f.state = 'active'
			OR EXISTS (SELECT 1 FROM guardian g WHERE g.family_id = f.id) OR EXISTS (SELECT 1 FROM child c WHERE c.family_id = f.id AND c.anonymised_on = ''))`,
	},
	{
		"I15", "Un enfant anonymisé n’a plus ni nom ni données de santé.", "%d enfants anonymisés ont encore un nom ou des données de santé.",
		`SELECT COUNT(*) FROM child c WHERE c.anonymised_on <> '' AND (c.last <> 'Anonymisé' OR c.ine <> '' OR c.note <> '' OR substr(c.birth, 5) <> '-01-01'
			OR EXISTS (SELECT 1 FROM health h WHERE h.child_id = c.id) OR EXISTS (SELECT 1 FROM pickup p WHERE p.child_id = c.id))`,
	},
	{
		"I15", "Ce qui a été effacé d’une pièce ou d’un courriel l’est tout entier.", "%d pièces ou courriels effacés ont encore un contenu.",
		`SELECT (SELECT COUNT(*) FROM document WHERE purged_on <> '' AND (length(sealed) > 0 OR name <> ''))
			+ (SELECT COUNT(*) FROM mail_message m WHERE m.purged_on <> '' AND (length(m.head) > 0 OR length(m.reading) > 0 OR m.sender <> ''
				OR EXISTS (SELECT 1 FROM mail_original o WHERE o.message_id = m.id)))`,
	},
}

// Verify looks at I15: what was taken away is away, and the trail lost no sentence
// but those about files that were anonymised.
func Verify(tx *store.Tx) ([]ledger.Check, error) {
	var out []ledger.Check
	for _, r := range emptied { // a fixed list, not a list of data
		c, err := ledger.Count(tx, r.id, r.good, r.bad, r.query)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	c, err := verifyRedacted(tx)
	return append(out, c), err
}

func verifyRedacted(tx *store.Tx) (c ledger.Check, err error) {
	objects, err := staff.Redacted(tx)
	if err != nil {
		return c, err
	}
	ids := map[string][]int64{}
	for _, o := range objects {
		table, text, _ := strings.Cut(o, ":")
		if id, err := strconv.ParseInt(text, 10, 64); err == nil {
			ids[table] = append(ids[table], id)
		}
	}
	wrong := int64(0)
	for table, query := range map[string]string{
		"family":  `SELECT COUNT(*) FROM family WHERE id = ANY($1) AND anonymised_on = ''`,
		"child":   `SELECT COUNT(*) FROM child WHERE id = ANY($1) AND anonymised_on = ''`,
		"request": `SELECT COUNT(*) FROM access_request r JOIN family f ON f.id = r.family_id WHERE r.id = ANY($1) AND f.anonymised_on = ''`,
		"mandate": `SELECT COUNT(*) FROM mandate r JOIN family f ON f.id = r.family_id WHERE r.id = ANY($1) AND f.anonymised_on = ''`,
		"receipt": `SELECT COUNT(*) FROM receipt r JOIN family f ON f.id = r.family_id WHERE r.id = ANY($1) AND f.anonymised_on = ''`,
		"invoice": `SELECT COUNT(*) FROM invoice r JOIN family f ON f.id = r.family_id WHERE r.id = ANY($1) AND f.anonymised_on = ''`,
	} { // a fixed list, not a list of data
		var n sql.NullInt64
		if err := tx.QueryRow(query, ids[table]).Scan(&n); err != nil {
			return c, err
		}
		wrong += n.Int64
	}
	c = ledger.Check{ID: "I15", OK: wrong == 0, Detail: "Le journal n’a perdu que les phrases de dossiers anonymisés."}
	if wrong > 0 {
		c.Detail = fmt.Sprintf("%d dossiers en cours ont perdu des phrases de leur journal.", wrong)
	}
	return c, nil
}
