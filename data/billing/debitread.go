package billing

import (
	"context"
	"database/sql"
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/letter"
	"ardoise/data/staff"
	"ardoise/data/store"
)

const batchColumns = `b.id, b.state, b.collect_on, b.version, b.message_id, b.file, b.count, b.total, b.built_at, b.sent_at, b.agent,
	(SELECT COUNT(*) FROM debit d WHERE d.batch_id = b.id AND d.state = 'rejected')`

func scanBatch(r *sql.Rows) (b DebitBatch, err error) {
	var built, sent string
	if err = r.Scan(&b.ID, &b.State, &b.CollectOn, &b.Version, &b.MessageID, &b.File, &b.Count, &b.Total, &built, &sent, &b.Agent, &b.Rejected); err != nil {
		return b, err
	}
	if b.BuiltAt, err = store.ParseInstant(built); err != nil || sent == "" {
		return b, err
	}
	b.SentAt, err = store.ParseInstant(sent)
	return b, err
}

// Batches lists the batches collected in a month, the newest first (no month:
// all), without their debits.
func (s *Service) Batches(ctx context.Context, m calendar.Month) (list []DebitBatch, err error) {
	if err := staff.Require(ctx, readers...); err != nil {
		return nil, err
	}
	first, last := "", "9999-12-31"
	if !m.IsZero() {
		first, last = m.First().String(), m.Last().String()
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		list, err = store.Collect(tx, scanBatch, `SELECT `+batchColumns+` FROM debit_batch b WHERE b.collect_on BETWEEN $1 AND $2 ORDER BY b.collect_on DESC, b.id DESC`, first, last)
		return err
	})
	return list, err
}

// Batch gives a batch with its debits, in the order of names. Accounts are masked.
func (s *Service) Batch(ctx context.Context, id int64) (b DebitBatch, err error) {
	if err := staff.Require(ctx, readers...); err != nil {
		return b, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		b, err = readBatch(tx, id)
		return err
	})
	return b, err
}

func readBatch(tx *store.Tx, id int64) (b DebitBatch, err error) {
	list, err := store.Collect(tx, scanBatch, `SELECT `+batchColumns+` FROM debit_batch b WHERE b.id = $1`, id)
	if err != nil {
		return b, err
	}
	if len(list) == 0 {
		return b, fault.New(fault.NotFound, "Cette remise de prélèvements n’existe pas.")
	}
	b = list[0]
	b.Debits, err = readDebits(tx, id)
	return b, err
}

func readDebits(tx *store.Tx, batch int64) ([]Debit, error) {
	var families []int64
	place := map[int64]int{}
	list, err := store.Collect(tx, func(r *sql.Rows) (d Debit, err error) {
		var a [5]string
		err = r.Scan(&d.ID, &d.BatchID, &d.FamilyID, &d.Family, &d.MandateID, &d.UMR, &d.SignedOn, &d.EndToEnd, &d.Sequence, &d.Amount, &d.Holder, &d.Masked, &d.BIC,
			&d.Amended, &d.State, &d.Reason, &d.RejectedOn, &a[0], &a[1], &a[2], &a[3], &a[4])
		if lines := postal(a); lines != "" {
			d.Address = strings.Split(lines, "\n")
		}
		families = append(families, d.FamilyID)
		place[d.ID] = len(place)
		return d, err
	}, `SELECT d.id, d.batch_id, d.family_id, f.name, d.mandate_id, m.umr, m.signed_on, d.end_to_end, d.sequence, d.amount, d.holder, d.masked, d.bic,
			d.amended, d.state, d.reason, NULLIF(d.rejected_on, ''), f.address1, f.address2, f.postal, f.city, f.country
		FROM debit d JOIN family f ON f.id = d.family_id JOIN mandate m ON m.id = d.mandate_id WHERE d.batch_id = $1 ORDER BY f.sort_key, d.id`, batch)
	if err != nil {
		return nil, err
	}
	payers, err := payersOf(tx, families)
	if err != nil {
		return nil, err
	}
	who, err := letter.Correspondents(tx, families)
	if err != nil {
		return nil, err
	}
	for i := range list {
		list[i].Payer, list[i].Email = payers[list[i].FamilyID], who[list[i].FamilyID].To
	}
	return list, store.Each(tx, func(r *sql.Rows) error {
		var debit int64
		var s Share
		err := r.Scan(&debit, &s.InvoiceID, &s.Amount, &s.Number, &s.Month, &s.DueOn)
		s.Owed = s.Amount
		d := &list[place[debit]]
		d.Invoices = append(d.Invoices, s)
		return err
	}, `SELECT d.id, di.invoice_id, di.amount, i.number, i.period, i.due_on FROM debit d JOIN debit_invoice di ON di.debit_id = d.id JOIN invoice i ON i.id = di.invoice_id
		WHERE d.batch_id = $1 ORDER BY d.id, i.due_on, i.id`, batch)
}

// DebitFile is Batch with the IBANs in clear, for the bank's file: Régie only,
// and the reading leaves its trace. A batch that was dropped gives none, nor one
// whose mandate has been stopped by a return since it was built.
func (s *Service) DebitFile(ctx context.Context, id int64) (b DebitBatch, err error) {
	if err := staff.Require(ctx, staff.Regie); err != nil {
		return b, err
	}
	err = s.db.Write(ctx, func(tx *store.Tx) error {
		key, err := openVault(tx)
		if err != nil {
			return err
		}
		if b, err = readBatch(tx, id); err != nil {
			return err
		}
		if b.State == DebitDropped {
			return fault.New(fault.Conflict, "La remise %s a été abandonnée : préparez-en une autre.", b.MessageID)
		}
		if b.State == DebitBuilt {
			if err := stillUsable(tx, b); err != nil {
				return err
			}
		}
		sealed, err := sealedOf(tx, id)
		if err != nil {
			return err
		}
		for i := range b.Debits {
			d := &b.Debits[i]
			plain, err := key.Open(sealed[d.ID], debitSeal(d.EndToEnd))
			if err != nil {
				return fault.Wrap(fault.Unavailable, err, "L’IBAN du prélèvement de la famille %s ne s’ouvre pas avec la clé de la base : abandonnez la remise et préparez-la de nouveau.", d.Family)
			}
			d.IBAN = string(plain)
		}
		return trail(tx, "debit.file", batchObject(id), "Fichier de la remise "+b.MessageID+" : IBAN lus pour la banque")
	})
	if err != nil {
		return DebitBatch{}, err
	}
	return b, nil
}

func sealedOf(tx *store.Tx, batch int64) (map[int64][]byte, error) {
	out := map[int64][]byte{}
	return out, store.Each(tx, func(r *sql.Rows) error {
		var id int64
		var sealed []byte
		err := r.Scan(&id, &sealed)
		out[id] = sealed
		return err
	}, `SELECT id, sealed FROM debit WHERE batch_id = $1`, batch)
}

// stillUsable refuses the file of a batch with a mandate that may not be
// collected under any more: what a bank sent back stopped it meanwhile.
func stillUsable(tx *store.Tx, b DebitBatch) error {
	ids := make([]int64, len(b.Debits))
	for i, d := range b.Debits {
		ids[i] = d.MandateID
	}
	list, err := readMandates(tx, `WHERE m.id = ANY($1) AND m.state <> 'active' ORDER BY f.sort_key`, ids)
	if err != nil || len(list) == 0 {
		return err
	}
	return fault.New(fault.Conflict, "Le mandat de la famille %s n’est plus utilisable (%s) : abandonnez la remise %s et préparez-la de nouveau.", list[0].Family, list[0].Reason, b.MessageID)
}
