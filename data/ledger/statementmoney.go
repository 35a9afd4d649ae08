package ledger

import (
	"database/sql"
	"strings"

	"ardoise/data/store"
)

// name adds to the movements that pay invoices or undo payments what they are
// about: two questions, and none where there is no such movement.
func name(tx *store.Tx, list []movement) error {
	at := map[int64]*movement{}
	var ids []int64
	for i := range list {
		if m := &list[i]; m.kind == "payment" || m.kind == "void" {
			at[m.id] = m
			ids = append(ids, m.id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	err := store.Each(tx, func(r *sql.Rows) error {
		var id int64
		var number string
		err := r.Scan(&id, &number)
		if err == nil {
			at[id].numbers = append(at[id].numbers, number)
		}
		return err
	}, `SELECT s.transfer_id, i.number FROM settlement s JOIN invoice i ON i.id = s.invoice_id WHERE s.transfer_id = ANY($1) ORDER BY s.transfer_id, i.number`, ids)
	if err != nil {
		return err
	}
	return store.Each(tx, func(r *sql.Rows) error {
		var id int64
		var rec Receipt
		err := r.Scan(&id, &rec.Year, &rec.Serial)
		if err == nil {
			at[id].annuls = rec.Number()
		}
		return err
	}, `SELECT v.id, r.year, r.number FROM transfer v JOIN receipt r ON r.transfer_id = v.reverses_id WHERE v.id = ANY($1)`, ids)
}

// moneyLabel gives "Facture 2026000012", "Paiement annulé, facture 2026000012 :
// erreur de saisie" or "Quittance 2026-0003 annulée : chèque impayé".
func moneyLabel(m movement) string {
	why := ""
	if m.reason != "" {
		why = nbsp + ": " + m.reason
	}
	if m.annuls != "" {
		return "Quittance " + m.annuls + " annulée" + why
	}
	word := "facture "
	if len(m.numbers) > 1 {
		word = "factures "
	}
	text := word + strings.Join(m.numbers, ", ")
	if m.kind == "void" {
		return "Paiement annulé, " + text + why
	}
	return "F" + text[1:]
}
