package family

import (
	"database/sql"
	"strings"

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

// exportedTable is one list of the export: every row of a table that is about the
// family; $1 are the family and those merged into it, whose ledger never moves.
// Sealed columns are left out here: whoever may open them adds them as files. Each
// row is read as text and named as its column.
type exportedTable struct{ name, table, query string }

// exported names every table that has something about a family or a child; a test
// walks the schema and fails for one that is in neither this list nor NotExported.
var exported = []exportedTable{
	{"famille", "family", `SELECT * FROM family WHERE id = ANY($1) ORDER BY id`},
	{"responsables", "guardian", `SELECT * FROM guardian WHERE family_id = ANY($1) ORDER BY family_id, rank`},
	{"enfants", "child", `SELECT c.*, k.name AS classe, s.name AS ecole FROM child c LEFT JOIN class k ON k.id = c.class_id LEFT JOIN school s ON s.id = k.school_id
		WHERE ` + exportedChild("c.id") + ` ORDER BY c.id`},
	{"partages", "child_family", `SELECT * FROM child_family WHERE ` + exportedChild("child_id") + ` ORDER BY child_id, family_id`},
	{"annees_scolaires", "child_year", `SELECT y.*, k.name AS classe FROM child_year y LEFT JOIN class k ON k.id = y.class_id WHERE ` + exportedChild("y.child_id") + ` ORDER BY y.child_id, y.school_year`},
	{"personnes_autorisees", "pickup", `SELECT * FROM pickup WHERE ` + exportedChild("child_id") + ` ORDER BY id`},
	{"sante", "health", `SELECT child_id, has_plan, review_on, updated_at FROM health WHERE ` + exportedChild("child_id") + ` ORDER BY child_id`},
	{"demandes", "access_request", `SELECT r.*, s.name AS service FROM access_request r JOIN service s ON s.id = r.service_id WHERE r.family_id = ANY($1) ORDER BY r.id`},
	{"pieces", "document", `SELECT id, child_id, kind, name, media, size, pages, state, reason, received_on, valid_to, purged_on, created_at FROM document WHERE family_id = ANY($1) ORDER BY id`},
	{"pieces_des_demandes", "request_document", `SELECT x.* FROM request_document x JOIN access_request r ON r.id = x.request_id WHERE r.family_id = ANY($1) ORDER BY x.request_id, x.document_id`},
	{"courriers", "outbox", `SELECT * FROM outbox WHERE family_id = ANY($1) ORDER BY id`},
	{"courriels_recus", "mail_message", `SELECT id, received_at, taken_at, size, sender, state, decided_at, purged_on FROM mail_message WHERE family_id = ANY($1) ORDER BY id`},
	{"suites_des_courriels", "mail_action", `SELECT a.message_id, a.kind, a.child_id, a.operation_id, a.document_id, a.request_id, a.outbox_id, a.at, a.undone_at
		FROM mail_action a JOIN mail_message m ON m.id = a.message_id WHERE m.family_id = ANY($1) ORDER BY a.id`},
	{"adresses_refusees", "mail_bounce", `SELECT address, permanent, reason, times, at, lifted_at FROM mail_bounce WHERE address IN (SELECT email FROM guardian WHERE family_id = ANY($1)) ORDER BY address`},
	{"compte", "account", `SELECT * FROM account WHERE family_id = ANY($1) ORDER BY id`},
	{"operations", "operation", `SELECT * FROM operation WHERE family_id = ANY($1) ORDER BY id`},
	{"mouvements", "transfer", `SELECT DISTINCT t.*, CASE WHEN t.credit_id IN (SELECT id FROM account WHERE family_id = ANY($1)) THEN t.amount ELSE -t.amount END AS effet
		FROM transfer t JOIN account a ON a.id = t.debit_id OR a.id = t.credit_id WHERE a.family_id = ANY($1) ORDER BY t.id`},
	{"quittances", "receipt", `SELECT * FROM receipt WHERE family_id = ANY($1) ORDER BY id`},
	{"reservations", "booking", `SELECT b.*, s.name AS service, c.first AS enfant FROM booking b JOIN service s ON s.id = b.service_id JOIN child c ON c.id = b.child_id WHERE b.family_id = ANY($1) ORDER BY b.day, b.id`},
	{"feuilles_de_cuisine", "headcount_line", `SELECT h.day, h.version, h.sent_at, l.child_id, l.school, l.class, l.sitting, l.age_group, l.diet
		FROM headcount_line l JOIN headcount h ON h.id = l.headcount_id WHERE ` + exportedChild("l.child_id") + ` ORDER BY h.day, h.version, l.rank`},
	{"factures", "invoice", `SELECT i.*, b.open FROM invoice i LEFT JOIN invoice_balance b ON b.invoice_id = i.id WHERE i.family_id = ANY($1) OR b.family_id = ANY($1) ORDER BY i.id`},
	{"soldes_des_factures", "invoice_balance", `SELECT * FROM invoice_balance WHERE family_id = ANY($1) ORDER BY invoice_id`},
	{"lignes_de_factures", "invoice_line", `SELECT l.* FROM invoice_line l JOIN invoice i ON i.id = l.invoice_id LEFT JOIN invoice_balance b ON b.invoice_id = i.id
		WHERE i.family_id = ANY($1) OR b.family_id = ANY($1) ORDER BY l.invoice_id, l.rank`},
	{"ecritures_des_factures", "invoice_transfer", `SELECT x.* FROM invoice_transfer x JOIN invoice i ON i.id = x.invoice_id WHERE i.family_id = ANY($1) ORDER BY x.invoice_id, x.transfer_id`},
	{"sommes_reportees", "invoice_carry", `SELECT * FROM invoice_carry WHERE family_id = ANY($1) ORDER BY period`},
	{"reglements", "settlement", `SELECT s.*, t.kind, t.on_day, t.label FROM settlement s JOIN transfer t ON t.id = s.transfer_id JOIN invoice i ON i.id = s.invoice_id
		LEFT JOIN invoice_balance b ON b.invoice_id = i.id WHERE i.family_id = ANY($1) OR b.family_id = ANY($1) ORDER BY s.id`},
	{"mandats", "mandate", `SELECT * FROM mandate WHERE family_id = ANY($1) ORDER BY id`},
	{"histoire_des_mandats", "mandate_event", `SELECT e.* FROM mandate_event e JOIN mandate m ON m.id = e.mandate_id WHERE m.family_id = ANY($1) ORDER BY e.id`},
	{"prelevements", "debit", `SELECT d.*, b.collect_on FROM debit d JOIN debit_batch b ON b.id = d.batch_id WHERE d.family_id = ANY($1) ORDER BY d.id`},
	{"factures_prelevees", "debit_invoice", `SELECT x.* FROM debit_invoice x JOIN debit d ON d.id = x.debit_id WHERE d.family_id = ANY($1) ORDER BY x.debit_id, x.invoice_id`},
	{"retours_de_la_banque", "bank_return_line", `SELECT l.return_id, l.end_to_end, l.amount, l.reason, l.outcome, l.detail FROM bank_return_line l JOIN debit d ON d.id = l.debit_id WHERE d.family_id = ANY($1) ORDER BY l.return_id, l.rank`},
	{"relances", "reminder", `SELECT * FROM reminder WHERE family_id = ANY($1) ORDER BY id`},
	{"factures_relancees", "reminder_invoice", `SELECT x.* FROM reminder_invoice x JOIN reminder r ON r.id = x.reminder_id WHERE r.family_id = ANY($1) ORDER BY x.reminder_id, x.invoice_id`},
	{"bordereaux_des_quittances", "cash_slip_receipt", `SELECT x.* FROM cash_slip_receipt x JOIN receipt r ON r.id = x.receipt_id WHERE r.family_id = ANY($1) ORDER BY x.receipt_id, x.kind`},
	{"journal", "audit", `SELECT at, agent, action, object, detail FROM audit WHERE object IN (` + trailObjects + `) AND action NOT IN ('health.read', 'health.write', 'health.kitchen') ORDER BY id`},
	{"consultations_de_sante", "audit", `SELECT at, agent, action, object, detail FROM audit WHERE object IN (` + trailObjects + `) AND action IN ('health.read', 'health.write', 'health.kitchen') ORDER BY id`},
}

// NotExported are tables about a family that have nothing to give it as rows, and why.
var NotExported = map[string]string{
	"mail_original": "les messages sont joints, ouverts, dans le dossier « courriels »",
	"mail_place":    "où un message est rangé sur le serveur de courrier : le message est joint",
}

// ExportedTables names the tables of the export.
func ExportedTables() (out []string) {
	for _, e := range exported {
		out = append(out, e.table)
	}
	return out
}

// trailObjects are the family's own objects, as the trail calls them.
const trailObjects = `SELECT 'family:' || id FROM family WHERE id = ANY($1)
	UNION SELECT 'child:' || id FROM child WHERE id IN (SELECT id FROM child WHERE family_id = ANY($1) UNION SELECT child_id FROM child_family WHERE family_id = ANY($1))
	UNION SELECT 'request:' || id FROM access_request WHERE family_id = ANY($1)
	UNION SELECT 'mandate:' || id FROM mandate WHERE family_id = ANY($1)
	UNION SELECT 'invoice:' || id FROM invoice WHERE family_id = ANY($1)
	UNION SELECT 'receipt:' || id FROM receipt WHERE family_id = ANY($1)
	UNION SELECT 'mail:' || id FROM mail_message WHERE family_id = ANY($1)`

func exportedChild(column string) string {
	return column + ` IN (SELECT id FROM child WHERE family_id = ANY($1) UNION SELECT child_id FROM child_family WHERE family_id = ANY($1))`
}

// internal are columns that say nothing to a person.
var internal = map[string]bool{"fold": true, "sort_key": true, "version": true, "sealed": true, "former": true, "kitchen": true, "digest": true, "key": true, "secret": true, "claimed_by": true}

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
