package billing

import (
	"maps"
	"slices"

	"ardoise/data/money"
	"ardoise/data/staff"
	"ardoise/data/store"
	"ardoise/data/store/bulk"
)

func orNull(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}

func agentName(tx *store.Tx) string {
	if s := staff.From(tx.Context()); s != nil {
		return s.Name
	}
	return "Ardoise"
}

type settlement struct {
	invoice, transfer int64
	amount            money.Cents
}

func settle(tx *store.Tx, list []settlement) error {
	if len(list) == 0 {
		return nil
	}
	rows, change := make([][]any, len(list)), map[int64]money.Cents{}
	for i, s := range list {
		rows[i] = []any{s.invoice, s.transfer, int64(s.amount)}
		change[s.invoice] += s.amount
	}
	if err := bulk.Insert(tx, `INSERT INTO settlement (invoice_id, transfer_id, amount)`, rows, ""); err != nil {
		return err
	}
	moved := make([][]any, 0, len(change))
	for _, id := range slices.Sorted(maps.Keys(change)) {
		moved = append(moved, []any{id, int64(change[id])})
	}
	return bulk.Update(tx, `UPDATE invoice_balance SET open = open - v.column2 FROM %s AS v WHERE invoice_id = v.column1`, []string{"BIGINT", "BIGINT"}, moved)
}
