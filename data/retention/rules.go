package retention

import (
	"database/sql"
	"errors"
	"fmt"

	"ardoise/data/access"
	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// rule is one kind of data: what of it is due, and how it goes.
type rule struct {
	id, field string // field names the period it goes by
	label     string // "" : the period's
	one, many string // « pièce effacée », « pièces effacées »
	goes      string
	stays     string
	money     bool // held back while the family's accounts are not settled
	find      func(*store.Tx, facts) ([]item, error)
	do        func(*store.Tx, facts, []item) error
}

// Codes of documents that only the health role opens, whatever their validity.
const healthKinds = `('health_form', 'medical_certificate')`

var rules = []rule{
	{
		id: "health", field: "health", one: "enfant", many: "enfants",
		goes: "Allergies, PAI, consignes et fiches sanitaires des enfants partis.", stays: "L’enfant, ses repas et les factures.",
		find: findHealth, do: doHealth,
	},
	{
		id: "documents", field: "documents", one: "pièce", many: "pièces",
		goes: "Le contenu, le nom du fichier et les remarques.", stays: "Qu’une pièce de ce genre a été reçue, et ses dates.",
		find: findDocuments, do: func(tx *store.Tx, f facts, list []item) error {
			return eraseDocuments(tx, f.day.String(), `id = ANY($2)`, idsOf(list, ""))
		},
	},
	{
		id: "requests", field: "requests", one: "demande", many: "demandes",
		goes: "Le motif du refus ; une demande sans suite est classée.", stays: "La demande, ses dates et sa décision.",
		find: findRequests, do: doRequests,
	},
	{
		id: "messages", field: "messages", label: "Courriels reçus", one: "courriel", many: "courriels",
		goes: "Expéditeur, objet, texte et pièces jointes non rangées.", stays: "Quand un message est venu, et ce qui a été fait pour lui.",
		find: findMessages, do: func(tx *store.Tx, f facts, list []item) error {
			return eraseMessages(tx, f.day.String(), idsOf(list, ""))
		},
	},
	{
		id: "letters", field: "messages", label: "Courriels envoyés", one: "courriel", many: "courriels",
		goes: "Adresse, objet et texte.", stays: "Qu’une lettre de ce genre est partie, et quand.",
		find: findLetters, do: func(tx *store.Tx, _ facts, list []item) error { return eraseLetters(tx, idsOf(list, "")) },
	},
	{
		id: "sheets", field: "presence", label: "Noms des feuilles de cuisine", one: "nom", many: "noms",
		goes: "Le lien d’une ligne à un enfant.", stays: "Les nombres par école, classe et régime.",
		find: findSheets, do: doSheets,
	},
	{
		id: "reasons", field: "presence", label: "Accords et motifs des réservations", one: "réservation", many: "réservations",
		goes: "Qui a donné son accord et comment, les motifs d’absence et de passage outre.", stays: "La réservation, son prix, ses instants.",
		find: findReasons, do: func(tx *store.Tx, _ facts, list []item) error { return eraseReasons(tx, idsOf(list, "")) },
	},
	{
		id: "mandates", field: "mandates", label: "IBAN des mandats finis", one: "mandat", many: "mandats",
		goes: "IBAN, BIC, titulaire et mandat signé.", stays: "La référence (RUM), les dates et les prélèvements.", money: true,
		find: findMandates, do: func(tx *store.Tx, f facts, list []item) error {
			return eraseMandates(tx, f.day.String(), idsOf(list, ""))
		},
	},
	{
		id: "debits", field: "mandates", label: "IBAN des prélèvements passés", one: "prélèvement", many: "prélèvements",
		goes: "L’IBAN prélevé ; seule sa forme masquée reste.", stays: "Montant, date, référence.",
		find: findDebits, do: func(tx *store.Tx, _ facts, list []item) error {
			_, err := tx.Exec(`UPDATE debit SET sealed = $1, former = NULL WHERE id = ANY($2)`, []byte{}, idsOf(list, ""))
			return err
		},
	},
	{
		id: "families", field: "families", one: "famille", many: "familles", money: true,
		goes: "Noms, adresses, téléphones, courriels, notes, enfants, pièces, messages" + nbsp + ": le dossier est anonymisé.", stays: "Les comptes" + nbsp + ": montants, jours, numéros.",
		find: findFamilies, do: func(tx *store.Tx, f facts, list []item) error {
			_, err := anonymiseTx(tx, f, idsOf(list, ""))
			return err
		},
	},
	{
		id: "accounts", field: "accounts", one: "pièce comptable", many: "pièces comptables", money: true,
		goes: "Noms, adresses et libellés nominatifs des factures, quittances et prélèvements.", stays: "Montants, jours, numéros" + nbsp + ": rien n’est supprimé.",
		find: findAccounts, do: func(tx *store.Tx, f facts, list []item) error { return eraseAccounts(tx, f, list) },
	},
	{
		id: "trail", field: "trail", one: "entrée", many: "entrées",
		goes: "Les entrées les plus anciennes.", stays: "L’empreinte de la dernière entrée coupée" + nbsp + ": la suite reste vérifiable.",
		find: findTrail, do: func(tx *store.Tx, f facts, _ []item) error {
			_, err := staff.CutTrail(tx, cut(f.day, f.settings.Trail).At(0, 0))
			return err
		},
	},
}

// idsOf gives the ids of a kind.
func idsOf(list []item, kind string) []int64 {
	out := make([]int64, 0, len(list))
	for _, it := range list {
		if it.kind == kind {
			out = append(out, it.id)
		}
	}
	return out
}

// scanItem reads id, family, child and detail.
func scanItem(r *sql.Rows) (it item, err error) {
	err = r.Scan(&it.id, &it.family, &it.child, &it.detail)
	return it, err
}

func findDocuments(tx *store.Tx, f facts) ([]item, error) {
	list, err := store.Collect(tx, scanItem, `SELECT d.id, d.family_id, COALESCE(d.child_id, 0), d.kind FROM document d
		WHERE d.purged_on = '' AND d.valid_to <> '' AND d.valid_to < $1
		AND NOT EXISTS (SELECT 1 FROM mandate m WHERE m.document_id = d.id AND m.masked <> '')
		AND NOT EXISTS (SELECT 1 FROM request_document x JOIN access_request q ON q.id = x.request_id
			WHERE x.document_id = d.id AND q.state IN ('draft', 'submitted', 'incomplete'))`, cut(f.day, f.settings.Documents))
	for i := range list {
		list[i].detail = catalog.DocumentLabel(list[i].detail)
	}
	return list, err
}

func findRequests(tx *store.Tx, f facts) ([]item, error) {
	return store.Collect(tx, scanItem, `SELECT q.id, q.family_id, q.child_id, c.first FROM access_request q JOIN child c ON c.id = q.child_id
		WHERE q.reason <> $2 AND (q.state = 'refused' AND q.decided_at < $1 OR q.state IN ('draft', 'submitted', 'incomplete') AND q.received_at < $1)`,
		cut(f.day, f.settings.Requests).At(0, 0), store.Anonymous)
}

func doRequests(tx *store.Tx, _ facts, list []item) error {
	_, err := tx.Exec(`UPDATE access_request SET decided_at = CASE WHEN state = 'refused' THEN decided_at ELSE $3 END,
		state = 'refused', reason = $2, version = version + 1 WHERE id = ANY($1)`, idsOf(list, ""), store.Anonymous, tx.Now())
	tx.Publish(access.Topic, idsOf(list, "")...)
	return err
}

func findMessages(tx *store.Tx, f facts) ([]item, error) {
	return store.Collect(tx, func(r *sql.Rows) (it item, err error) {
		var decided string
		err = r.Scan(&it.id, &it.family, &decided)
		if decided == "" {
			it.why = "Courriel encore à traiter"
		}
		return it, err
	}, `SELECT id, COALESCE(family_id, 0), decided_at FROM mail_message WHERE purged_on = '' AND received_at < $1`, cut(f.day, f.settings.Messages).At(0, 0))
}

func findLetters(tx *store.Tx, f facts) ([]item, error) {
	return store.Collect(tx, scanItem, `SELECT id, COALESCE(family_id, 0), 0, '' FROM outbox
		WHERE created_at < $1 AND state IN ('sent', 'failed', 'held', 'dropped') AND (address <> '' OR body <> '')`, cut(f.day, f.settings.Messages).At(0, 0))
}

func findSheets(tx *store.Tx, f facts) ([]item, error) {
	return store.Collect(tx, func(r *sql.Rows) (it item, err error) {
		err = r.Scan(&it.id, &it.family, &it.child, &it.detail, &it.n)
		return it, err
	}, `SELECT c.id, c.family_id, c.id, c.first, COUNT(*) FROM headcount h JOIN headcount_line l ON l.headcount_id = h.id JOIN child c ON c.id = l.child_id
		WHERE h.day < $1 GROUP BY c.id, c.family_id, c.first`, cut(f.day, f.settings.Presence))
}

func doSheets(tx *store.Tx, f facts, list []item) error {
	_, err := tx.Exec(`UPDATE headcount_line SET child_id = NULL WHERE headcount_id IN (SELECT id FROM headcount WHERE day < $1) AND child_id = ANY($2)`,
		cut(f.day, f.settings.Presence), idsOf(list, ""))
	return err
}

// accountReasons are operations whose reason explains the accounts: they keep it as
// long as the accounts.
const accountReasons = `('void', 'refund', 'credit_note', 'cash_close')`

func findReasons(tx *store.Tx, f facts) ([]item, error) {
	return store.Collect(tx, scanItem, `SELECT id, family_id, 0, '' FROM operation
		WHERE family_id IS NOT NULL AND at < $1 AND kind NOT IN `+accountReasons+` AND `+stillNamed, cut(f.day, f.settings.Presence).At(0, 0), store.Anonymous)
}

// stillNamed: the operation has something to take away; $2 is store.Anonymous.
const stillNamed = `(consent_who NOT IN ('', $2) OR consent_how NOT IN ('', $2) OR reason NOT IN ('', $2))`

func findMandates(tx *store.Tx, f facts) ([]item, error) {
	return store.Collect(tx, scanItem, `SELECT m.id, m.family_id, 0, m.umr FROM mandate m
		WHERE m.state IN ('revoked', 'ended') AND m.masked <> '' AND m.collected_on < $1
		AND NOT EXISTS (SELECT 1 FROM mandate_event e WHERE e.mandate_id = m.id AND e.at >= $2)
		AND NOT EXISTS (SELECT 1 FROM debit d JOIN debit_batch b ON b.id = d.batch_id WHERE d.mandate_id = m.id AND b.collect_on >= $1)`,
		cut(f.day, f.settings.Mandates), cut(f.day, f.settings.Mandates).At(0, 0))
}

func findDebits(tx *store.Tx, f facts) ([]item, error) {
	return store.Collect(tx, scanItem, `SELECT d.id, d.family_id, 0, '' FROM debit d JOIN debit_batch b ON b.id = d.batch_id
		WHERE d.state <> 'built' AND b.collect_on < $1 AND length(d.sealed) > 0`, cut(f.day, f.settings.Mandates))
}

func findAccounts(tx *store.Tx, f facts) ([]item, error) {
	day := cut(f.day, f.settings.Accounts)
	return store.Collect(tx, func(r *sql.Rows) (it item, err error) {
		err = r.Scan(&it.kind, &it.id, &it.family, &it.detail)
		return it, err
	}, `SELECT 'invoice', id, family_id, number FROM invoice WHERE issued_on < $1 AND payer <> $3
		UNION ALL SELECT 'receipt', id, family_id, '' FROM receipt WHERE at < $2 AND payer <> $3
		UNION ALL SELECT 'debit', d.id, d.family_id, '' FROM debit d JOIN debit_batch b ON b.id = d.batch_id WHERE b.collect_on < $1 AND d.state <> 'built' AND d.holder <> $3
		UNION ALL SELECT 'operation', o.id, o.family_id, '' FROM operation o WHERE o.family_id IS NOT NULL AND o.at < $2 AND o.kind IN `+accountReasons+`
			AND (o.consent_who NOT IN ('', $3) OR o.consent_how NOT IN ('', $3) OR o.reason NOT IN ('', $3))`,
		day, day.At(0, 0), store.Anonymous)
}

func findTrail(tx *store.Tx, f facts) ([]item, error) {
	n, err := staff.OldEntries(tx, cut(f.day, f.settings.Trail).At(0, 0))
	if err != nil || n == 0 {
		return nil, err
	}
	return []item{{n: int(n)}}, nil
}

// do runs a rule over what the plan names.
func (r rule) run(tx *store.Tx, f facts, list []item) error {
	if len(list) == 0 {
		return nil
	}
	if err := r.do(tx, f, list); err != nil {
		var said *fault.Error
		if errors.As(err, &said) {
			return err
		}
		return fmt.Errorf("retention: %s: %w", r.id, err)
	}
	return nil
}
