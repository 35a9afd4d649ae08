package family

import (
	"archive/zip"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// ExportPart adds another room's part to the right-of-access export: files of
// the family, such as its documents opened. add names the file inside the ZIP.
type ExportPart func(tx *store.Tx, familyID int64, add func(name string, data []byte) error) error

// OnExport registers a part.
func (s *Service) OnExport(part ExportPart) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.parts = append(s.parts, part)
}

// exported lists what the database holds of a family, by table; $1 are
// the family and those merged into it, whose ledger never moves. Sealed columns are left out here: whoever may open them adds them as
// files. Each is read as text and named as its column.
var exported = []struct{ name, query string }{
	{"famille", `SELECT * FROM family WHERE id = ANY($1) ORDER BY id`},
	{"responsables", `SELECT * FROM guardian WHERE family_id = ANY($1) ORDER BY family_id, rank`},
	{"enfants", `SELECT * FROM child WHERE ` + exportedChild("id") + ` ORDER BY id`},
	{"partages", `SELECT * FROM child_family WHERE ` + exportedChild("child_id") + ` ORDER BY child_id, family_id`},
	{"personnes_autorisees", `SELECT * FROM pickup WHERE ` + exportedChild("child_id") + ` ORDER BY id`},
	{"sante", `SELECT child_id, has_plan, review_on, updated_at FROM health WHERE ` + exportedChild("child_id") + ` ORDER BY child_id`},
	{"demandes", `SELECT r.*, s.name AS service FROM access_request r JOIN service s ON s.id = r.service_id WHERE r.family_id = ANY($1) ORDER BY r.id`},
	{"pieces", `SELECT id, child_id, kind, name, media, size, pages, state, reason, received_on, valid_to, created_at FROM document WHERE family_id = ANY($1) ORDER BY id`},
	{"courriers", `SELECT * FROM outbox WHERE family_id = ANY($1) ORDER BY id`},
	{"courriels_recus", `SELECT id, received_at, taken_at, size, sender, state, decided_at FROM mail_message WHERE family_id = ANY($1) ORDER BY id`},
	{"suites_des_courriels", `SELECT a.message_id, a.kind, a.child_id, a.operation_id, a.document_id, a.request_id, a.outbox_id, a.at, a.undone_at
		FROM mail_action a JOIN mail_message m ON m.id = a.message_id WHERE m.family_id = ANY($1) ORDER BY a.id`},
	{"adresses_refusees", `SELECT address, permanent, reason, times, at, lifted_at FROM mail_bounce WHERE address IN (SELECT email FROM guardian WHERE family_id = ANY($1)) ORDER BY address`},
	{"compte", `SELECT * FROM account WHERE family_id = ANY($1)`},
	{"operations", `SELECT * FROM operation WHERE family_id = ANY($1) ORDER BY id`},
	{"mouvements", `SELECT t.* FROM transfer t JOIN account a ON a.id = t.debit_id OR a.id = t.credit_id WHERE a.family_id = ANY($1) ORDER BY t.id`},
	{"quittances", `SELECT * FROM receipt WHERE family_id = ANY($1) ORDER BY id`},
	{"reservations", `SELECT b.*, s.name AS service FROM booking b JOIN service s ON s.id = b.service_id WHERE b.family_id = ANY($1) ORDER BY b.day, b.id`},
	{"factures", `SELECT i.*, b.open FROM invoice i LEFT JOIN invoice_balance b ON b.invoice_id = i.id WHERE i.family_id = ANY($1) OR b.family_id = ANY($1) ORDER BY i.id`},
	{"lignes_de_factures", `SELECT l.* FROM invoice_line l JOIN invoice i ON i.id = l.invoice_id LEFT JOIN invoice_balance b ON b.invoice_id = i.id
		WHERE i.family_id = ANY($1) OR b.family_id = ANY($1) ORDER BY l.invoice_id, l.rank`},
	{"reglements", `SELECT s.*, t.kind, t.on_day, t.label FROM settlement s JOIN transfer t ON t.id = s.transfer_id JOIN invoice i ON i.id = s.invoice_id
		LEFT JOIN invoice_balance b ON b.invoice_id = i.id WHERE i.family_id = ANY($1) OR b.family_id = ANY($1) ORDER BY s.id`},
	{"mandats", `SELECT * FROM mandate WHERE family_id = ANY($1) ORDER BY id`},
	{"prelevements", `SELECT d.*, b.collect_on FROM debit d JOIN debit_batch b ON b.id = d.batch_id WHERE d.family_id = ANY($1) ORDER BY d.id`},
	{"relances", `SELECT * FROM reminder WHERE family_id = ANY($1) ORDER BY id`},
	{"journal", `SELECT at, agent, action, object, detail FROM audit WHERE object IN (SELECT 'family:' || id FROM family WHERE id = ANY($1)) ORDER BY id`},
}

func exportedChild(column string) string {
	return column + ` IN (SELECT id FROM child WHERE family_id = ANY($1) UNION SELECT child_id FROM child_family WHERE family_id = ANY($1))`
}

// internal are columns that say nothing to a person.
var internal = map[string]bool{"fold": true, "sort_key": true, "version": true, "sealed": true, "former": true, "kitchen": true, "digest": true, "key": true}

// Export writes everything the town hall holds about a family as a ZIP: one
// JSON file of every row, and the other rooms' files (documents). Health notes
// come only with the health role. The export is written in the trail.
func (s *Service) Export(ctx context.Context, id int64, w io.Writer) error {
	if err := staff.Require(ctx, writers...); err != nil {
		return err
	}
	s.mu.Lock()
	parts := s.parts
	s.mu.Unlock()
	var files []exportFile
	var at time.Time
	err := s.db.Write(ctx, func(tx *store.Tx) error {
		files, at = nil, tx.Now()
		add := func(name string, data []byte) error {
			files = append(files, exportFile{name, data})
			return nil
		}
		f, err := GetTx(tx, id)
		if err != nil {
			return err
		}
		if err := exportRows(tx, f, add); err != nil {
			return err
		}
		if err := exportHealth(ctx, tx, f, add); err != nil {
			return err
		}
		for _, part := range parts {
			if err := part(tx, id, add); err != nil {
				return err
			}
		}
		return staff.Audit(tx, "family.export", object(id), fmt.Sprintf("Droit d’accès : export de la famille %s, %d fichiers", f.Name, len(files)))
	})
	if err != nil {
		return err
	}
	return writeZip(w, files, at)
}

type exportFile struct {
	name string
	data []byte
}

func writeZip(w io.Writer, files []exportFile, at time.Time) error {
	z := zip.NewWriter(w)
	for _, f := range files {
		out, err := z.CreateHeader(&zip.FileHeader{Name: f.name, Method: zip.Deflate, Modified: at})
		if err == nil {
			_, err = out.Write(f.data)
		}
		if err != nil {
			return fault.Wrap(fault.Unavailable, err, "Le fichier d’export n’a pas pu être écrit.")
		}
	}
	if err := z.Close(); err != nil {
		return fault.Wrap(fault.Unavailable, err, "Le fichier d’export n’a pas pu être terminé.")
	}
	return nil
}

// withMerged gives a family and those merged into it, however long ago.
func withMerged(tx *store.Tx, id int64) ([]int64, error) {
	return store.Collect(tx, func(r *sql.Rows) (id int64, err error) { err = r.Scan(&id); return id, err },
		`WITH RECURSIVE house (id) AS (SELECT id FROM family WHERE id = $1 UNION SELECT f.id FROM family f JOIN house h ON f.merged_into = h.id)
		SELECT id FROM house ORDER BY id`, id)
}

func exportRows(tx *store.Tx, f Family, add func(string, []byte) error) error {
	ids, err := withMerged(tx, f.ID)
	if err != nil {
		return err
	}
	all := map[string][]map[string]any{}
	for _, e := range exported {
		rows, err := dump(tx, e.query, ids)
		if err != nil {
			return err
		}
		all[e.name] = rows
	}
	data, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	if err := add("donnees.json", data); err != nil {
		return err
	}
	return add("LISEZMOI.txt", []byte("Export du droit d’accès de la famille "+f.Name+" ("+f.Number()+").\r\n"+
		"donnees.json contient toutes les lignes enregistrées, une liste par table ; les dossiers réunis dans celui-ci y sont aussi.\r\n"+
		"Les montants sont en centimes, les dates sous la forme AAAA-MM-JJ, les heures en temps universel.\r\n"))
}

// dump reads rows as they are, by column name.
func dump(tx *store.Tx, query string, args ...any) ([]map[string]any, error) {
	out := []map[string]any{}
	err := store.Each(tx, func(r *sql.Rows) error {
		names, err := r.Columns()
		if err != nil {
			return err
		}
		values := make([]any, len(names))
		for i := range values {
			values[i] = new(any)
		}
		if err := r.Scan(values...); err != nil {
			return err
		}
		row := map[string]any{}
		for i, name := range names {
			if !internal[strings.ToLower(name)] {
				row[name] = *values[i].(*any)
			}
		}
		out = append(out, row)
		return nil
	}, query, args...)
	return out, err
}

// exportHealth adds the health notes in clear, for the health role only.
func exportHealth(ctx context.Context, tx *store.Tx, f Family, add func(string, []byte) error) error {
	if !staff.From(ctx).Has(staff.Sante) {
		return nil
	}
	for _, c := range f.Children {
		if !c.HasHealth {
			continue
		}
		h, err := healthTx(tx, key(ctx), c.ID)
		if err != nil {
			return err
		}
		data, err := json.MarshalIndent(map[string]any{
			"enfant": c.Name(), "allergenes": h.Allergens, "allergies": h.Allergies, "pai": h.CarePlan, "cuisine": h.Kitchen, "revision": h.ReviewOn.String(),
		}, "", "  ")
		if err != nil {
			return err
		}
		if err := add(fmt.Sprintf("sante/enfant-%d.json", c.ID), data); err != nil {
			return err
		}
		if err := staff.Audit(tx, "health.read", childObject(c.ID), "Données de santé "+fault.De(c.Name())+" exportées (droit d’accès)"); err != nil {
			return err
		}
	}
	return nil
}
