package billing

import (
	"database/sql"

	"ardoise/data/family"
	"ardoise/data/money"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// Merge brings what a merged family owes, its small sums put off and its mandate
// to the family that lives on. Its invoices stay as they were issued. Where both
// have a live mandate, the one that lives on keeps its own, unless it is blocked
// and the other is good.
func Merge(tx *store.Tx, from, to int64) error {
	if err := oneMandate(tx, from, to); err != nil {
		return err
	}
	for _, q := range []string{
		`UPDATE invoice_balance SET family_id = $1 WHERE family_id = $2`,
		`UPDATE mandate SET family_id = $1, version = version + 1 WHERE family_id = $2`,
		`UPDATE debit SET family_id = $1 WHERE family_id = $2`,
		`INSERT INTO invoice_carry (family_id, period, amount) SELECT CAST($1 AS BIGINT), period, amount FROM invoice_carry WHERE family_id = $2 AND invoice_id IS NULL
			ON CONFLICT (family_id, period) DO UPDATE
			SET amount = excluded.amount + CASE WHEN invoice_carry.invoice_id IS NULL THEN invoice_carry.amount ELSE 0 END, invoice_id = NULL`,
	} {
		if _, err := tx.Exec(q, to, from); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(`DELETE FROM invoice_carry WHERE family_id = $1 AND invoice_id IS NULL`, from); err != nil {
		return err
	}
	tx.Publish(Topic, from, to)
	return staff.Audit(tx, "billing.merge", object(to), "Factures, mandat et sommes reportées repris du dossier "+family.Number(from))
}

// MergeLines says beforehand what Merge brings over.
func MergeLines(tx *store.Tx, from, to int64) (lines []string, err error) {
	owed, err := owedBy(tx, []int64{from})
	if err != nil {
		return nil, err
	}
	if owed[from] > 0 {
		lines = append(lines, "Factures à payer"+nbsp+": "+owed[from].String())
	}
	var put money.Cents
	var mandates, kept int
	if err := tx.QueryRow(`SELECT CAST(COALESCE((SELECT SUM(amount) FROM invoice_carry WHERE family_id = $1 AND invoice_id IS NULL), 0) AS BIGINT),
		(SELECT COUNT(*) FROM mandate WHERE family_id = $1 AND state IN ('active', 'blocked')), (SELECT COUNT(*) FROM mandate WHERE family_id = $2 AND state IN ('active', 'blocked'))`,
		from, to).Scan(&put, &mandates, &kept); err != nil {
		return nil, err
	}
	if put != 0 {
		lines = append(lines, "Petites sommes reportées"+nbsp+": "+put.String())
	}
	switch {
	case mandates > 0 && kept > 0:
		lines = append(lines, "Deux mandats de prélèvement"+nbsp+": un seul reste, l’autre est révoqué")
	case mandates > 0:
		lines = append(lines, "Mandat de prélèvement")
	}
	return lines, nil
}

// oneMandate ends one of two live mandates: a family has one.
func oneMandate(tx *store.Tx, from, to int64) error {
	states := map[int64]string{}
	if err := store.Each(tx, func(r *sql.Rows) error {
		var id int64
		var state string
		err := r.Scan(&id, &state)
		states[id] = state
		return err
	}, `SELECT family_id, state FROM mandate WHERE state IN ('active', 'blocked') AND family_id IN ($1, $2)`, from, to); err != nil || len(states) < 2 {
		return err
	}
	ends := from
	if states[to] == MandateBlocked && states[from] == MandateActive {
		ends = to
	}
	const why = "dossier réuni avec un autre"
	if _, err := tx.Exec(`INSERT INTO mandate_event (mandate_id, at, agent, what, detail)
		SELECT id, CAST($2 AS TEXT), CAST($3 AS TEXT), 'revoked', CAST($4 AS TEXT) FROM mandate WHERE family_id = $1 AND state IN ('active', 'blocked')`, ends, tx.Now(), agentName(tx), why); err != nil {
		return err
	}
	_, err := tx.Exec(`UPDATE mandate SET state = 'revoked', reason = $2, version = version + 1 WHERE family_id = $1 AND state IN ('active', 'blocked')`, ends, why)
	return err
}
