package billing

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/staff"
	"ardoise/data/store"
	"ardoise/data/store/bulk"
)

// SendDebits marks a batch as handed to the bank. In one operation the money of
// each debit goes from the collection account to what is due, on the collection
// day; its invoices are settled; and the mandates move on: FRST is followed by
// RCUR, OOFF and FNAL end theirs. The same key does it once.
func (s *Service) SendDebits(ctx context.Context, key string, id int64) (b DebitBatch, err error) {
	if err := staff.Require(ctx, staff.Regie); err != nil {
		return b, err
	}
	err = s.db.Write(ctx, func(tx *store.Tx) error {
		if b, err = readBatch(tx, id); err != nil {
			return err
		}
		digest, err := ledger.Digest([]any{"debit.send", id})
		if err != nil {
			return err
		}
		op, replay, err := ledger.Operation(tx, ledger.Op{Key: key, Digest: digest, Kind: "debit", Label: "Prélèvements du " + b.CollectOn.Short()})
		if err != nil || replay {
			return err
		}
		if err := maySend(tx, b); err != nil {
			return err
		}
		if err := sendMoney(tx, op, b); err != nil {
			return err
		}
		if err := moveMandatesOn(tx, b); err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE debit_batch SET state = 'sent', sent_at = $1, operation_id = $2 WHERE id = $3`, store.Instant(tx.Now()), op, id); err != nil {
			return err
		}
		tx.Publish(Topic, familiesOf(b)...)
		if err := trail(tx, "debit.send", batchObject(id), fmt.Sprintf("Remise %s marquée comme envoyée : %d prélèvements, %s", b.MessageID, b.Count, b.Total)); err != nil {
			return err
		}
		b, err = readBatch(tx, id)
		return err
	})
	return b, err
}

func familiesOf(b DebitBatch) []int64 {
	ids := make([]int64, len(b.Debits))
	for i, d := range b.Debits {
		ids[i] = d.FamilyID
	}
	return ids
}

func maySend(tx *store.Tx, b DebitBatch) error {
	if b.State != DebitBuilt {
		word := "a déjà été marquée comme envoyée"
		if b.State == DebitDropped {
			word = "a été abandonnée"
		}
		return fault.New(fault.Conflict, "La remise %s %s. Rien n’a été modifié.", b.MessageID, word)
	}
	locked, err := monthLocked(tx, b.CollectOn)
	if err != nil {
		return err
	}
	if locked {
		return fault.New(fault.Conflict, "Le mois de %s est verrouillé : le prélèvement du %s ne peut plus y être inscrit. Abandonnez la remise et préparez-en une autre.", b.CollectOn.MonthYear(), b.CollectOn.Short())
	}
	var number string
	err = tx.QueryRow(`SELECT i.number FROM debit d JOIN debit_invoice di ON di.debit_id = d.id JOIN invoice_balance o ON o.invoice_id = di.invoice_id JOIN invoice i ON i.id = di.invoice_id
		WHERE d.batch_id = $1 AND o.open < di.amount ORDER BY i.number LIMIT 1`, b.ID).Scan(&number)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return fault.New(fault.Conflict, "La facture %s a été payée ou corrigée depuis la préparation de la remise %s : abandonnez la remise et préparez-la de nouveau.", number, b.MessageID)
}

// sendMoney posts one payment a debit and settles its invoices.
func sendMoney(tx *store.Tx, op int64, b DebitBatch) error {
	bank, due, err := debitAccounts(tx)
	if err != nil {
		return err
	}
	list := make([]ledger.Transfer, len(b.Debits))
	for i, d := range b.Debits {
		list[i] = ledger.Transfer{Op: op, Debit: bank, Credit: due, Amount: d.Amount, Kind: "payment", Label: "Prélèvement " + d.EndToEnd + ", famille " + d.Family, Day: b.CollectOn}
	}
	ids, err := ledger.PostMany(tx, list)
	if err != nil {
		return err
	}
	var settled []settlement
	rows := make([][]any, len(b.Debits))
	for i, d := range b.Debits {
		rows[i] = []any{d.ID, ids[i]}
		for _, s := range d.Invoices {
			settled = append(settled, settlement{s.InvoiceID, ids[i], s.Amount})
		}
	}
	if err := settle(tx, settled); err != nil {
		return err
	}
	return bulk.Update(tx, `UPDATE debit SET state = 'sent', transfer_id = v.column2 FROM %s AS v WHERE id = v.column1`, []string{"BIGINT", "BIGINT"}, rows)
}

// debitAccounts gives the account collections come in by and what is due.
func debitAccounts(tx *store.Tx) (bank, due int64, err error) {
	a, err := ledger.AccountOf(tx, "cash:debit")
	if err != nil {
		return 0, 0, err
	}
	b, err := ledger.AccountOf(tx, "due")
	return a.ID, b.ID, err
}

// moveMandatesOn notes the collection with each mandate. It counts for the 36
// months even if it comes back (EPC016-06, 4.5: the latest collection presented).
func moveMandatesOn(tx *store.Tx, b DebitBatch) error {
	states, err := mandateStates(tx, b)
	if err != nil {
		return err
	}
	day := b.CollectOn.String()
	rows, notes := make([][]any, 0, len(b.Debits)), make([]note, 0, len(b.Debits))
	for _, d := range b.Debits {
		m := states[d.MandateID]
		notes = append(notes, note{m.id, mandateCollected, fmt.Sprintf("Prélèvement de %s pour le %s (%s)", d.Amount, b.CollectOn.Short(), d.Sequence)})
		switch d.Sequence {
		case seqFinal, seqOneOff:
			if m.state == MandateActive || m.state == MandateBlocked {
				m.state, m.reason = MandateEnded, "Dernier prélèvement envoyé"
				notes = append(notes, note{m.id, mandateEnded, m.reason})
			}
		default:
			if m.sequence == seqFirst {
				m.sequence = seqAgain
			}
		}
		rows = append(rows, []any{m.id, m.state, m.reason, m.sequence, max(day, m.collected)})
	}
	if err := bulk.Update(tx, `UPDATE mandate SET state = v.column2, reason = v.column3, next_sequence = v.column4, collected_on = v.column5, former = NULL, version = version + 1
		FROM %s AS v WHERE id = v.column1`, []string{"BIGINT", "TEXT", "TEXT", "TEXT", "TEXT"}, rows); err != nil {
		return err
	}
	return noteMandates(tx, notes)
}

// mandateState is what of a mandate moves by itself, as the database keeps it.
type mandateState struct {
	id, family                                      int64
	umr, state, reason, sequence, masked, collected string
	told                                            bool // no former account waits
	changed                                         bool
}

func mandateStates(tx *store.Tx, b DebitBatch) (map[int64]*mandateState, error) {
	ids := make([]int64, len(b.Debits))
	for i, d := range b.Debits {
		ids[i] = d.MandateID
	}
	return mandatesAt(tx, ids)
}

func mandatesAt(tx *store.Tx, ids []int64) (map[int64]*mandateState, error) {
	out := make(map[int64]*mandateState, len(ids))
	return out, store.Each(tx, func(r *sql.Rows) error {
		m := &mandateState{}
		err := r.Scan(&m.id, &m.family, &m.umr, &m.state, &m.reason, &m.sequence, &m.masked, &m.collected, &m.told)
		out[m.id] = m
		return err
	}, `SELECT id, family_id, umr, state, reason, next_sequence, masked, collected_on, CASE WHEN former IS NULL THEN 1 ELSE 0 END FROM mandate WHERE id = ANY($1)`, ids)
}

// DropDebits releases a batch that was not sent: its invoices can be collected
// or paid again, and notices that have not left yet are taken back.
func (s *Service) DropDebits(ctx context.Context, id int64, reason string) error {
	if err := staff.Require(ctx, staff.Regie); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *store.Tx) error {
		b, err := readBatch(tx, id)
		if err != nil {
			return err
		}
		if b.State != DebitBuilt {
			return fault.New(fault.Conflict, "La remise %s est déjà envoyée ou abandonnée : elle ne peut plus l’être.", b.MessageID)
		}
		why, err := needReason(reason)
		if err != nil {
			return err
		}
		for _, q := range []string{
			`UPDATE debit SET state = 'dropped' WHERE batch_id = $1`,
			`UPDATE debit_batch SET state = 'dropped' WHERE id = $1`,
		} {
			if _, err := tx.Exec(q, id); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(`DELETE FROM outbox WHERE key = ANY($1) AND state IN ('waiting', 'held')`, noticeKeys(b)); err != nil {
			return err
		}
		tx.Publish("outbox")
		tx.Publish(Topic, familiesOf(b)...)
		return trail(tx, "debit.drop", batchObject(id), "Remise "+b.MessageID+" abandonnée : "+why)
	})
}
