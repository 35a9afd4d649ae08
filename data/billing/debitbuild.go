package billing

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/letter"
	"ardoise/data/staff"
	"ardoise/data/store"
	"ardoise/data/store/bulk"
	"ardoise/data/vault"
)

// The states of batches and debits.
const (
	DebitBuilt    = "built"    // reserved: the invoices are in no other batch
	DebitSent     = "sent"     // handed to the bank: the money has moved
	DebitRejected = "rejected" // came back
	DebitDropped  = "dropped"  // never sent
)

// BuildDebits reserves what the plan collects, keeps a snapshot of each mandate
// (with its account, sealed) under the references the file will bear, and tells
// the families. shown is the digest of the plan the agent agreed to ("": none was
// shown). No money moves before SendDebits.
func (s *Service) BuildDebits(ctx context.Context, a DebitAsk, shown string) (b DebitBatch, err error) {
	if err := staff.Require(ctx, staff.Regie); err != nil {
		return b, err
	}
	err = s.db.Write(ctx, func(tx *store.Tx) error {
		key, err := openVault(tx)
		if err != nil {
			return err
		}
		p, err := planDebits(tx, a)
		if err != nil {
			return err
		}
		if shown != "" && shown != p.Digest {
			return fault.New(fault.Conflict, "Ce qui est à prélever a changé depuis l’affichage : relisez la liste avant de préparer la remise.")
		}
		if p.Problem != "" {
			return fault.New(fault.Conflict, "%s", p.Problem)
		}
		set, err := settings(tx)
		if err != nil {
			return err
		}
		w := debitWriter{tx: tx, key: key, set: set, plan: p, today: calendar.DateOf(tx.Now())}
		if err := w.write(); err != nil {
			return err
		}
		b, err = readBatch(tx, w.id)
		return err
	})
	return b, err
}

type debitWriter struct {
	tx    *store.Tx
	key   *vault.Key
	set   Settings
	plan  DebitPlan
	today calendar.Date
	id    int64
}

func (w *debitWriter) write() error {
	number, err := ledger.NextNumber(w.tx, "debit_batch")
	if err != nil {
		return err
	}
	message, err := w.message(number)
	if err != nil {
		return err
	}
	p := w.plan
	if err := w.tx.QueryRow(`INSERT INTO debit_batch (state, collect_on, version, message_id, file, count, total, built_at, agent) VALUES ('built', $1, $2, $3, $4, $5, $6, $7, $8) RETURNING id`,
		p.Ask.CollectOn, p.Ask.Version, message, message+".xml", p.Count, int64(p.Total), store.Instant(w.tx.Now()), agentName(w.tx)).Scan(&w.id); err != nil {
		return err
	}
	for i := range p.Debits {
		p.Debits[i].EndToEnd = w.endToEnd(number, p.Debits[i].FamilyID)
	}
	for _, step := range []func() error{w.debits, w.shares, w.notices} {
		if err := step(); err != nil {
			return err
		}
	}
	families := make([]int64, len(p.Debits))
	for i, d := range p.Debits {
		families[i] = d.FamilyID
	}
	w.tx.Publish(Topic, families...)
	return trail(w.tx, "debit.build", batchObject(w.id), fmt.Sprintf("Remise %s préparée : %d prélèvements, %s, pour le %s", message, p.Count, p.Total, p.Ask.CollectOn.Short()))
}

func batchObject(id int64) string { return fmt.Sprintf("debit_batch:%d", id) }

// message is the file's own reference (MsgId, 30 characters at most so that the
// sequence type fits behind it in PmtInfId) and the name proposed for it. A
// deposit account of the Treasury wants the service, the day of the year and a
// number of the day (formats.md, "SEPA direct debit").
func (w *debitWriter) message(number int64) (string, error) {
	if !w.set.Treasury {
		return fmt.Sprintf("%s-SDD-%s-%04d", w.set.UMRPrefix, strings.ReplaceAll(w.today.String()[2:], "-", ""), number), nil
	}
	day := fmt.Sprintf("%02d%03d", w.today.Year()%100, int(w.today-calendar.NewDate(w.today.Year(), 1, 1))+1)
	n, err := ledger.NextNumber(w.tx, "debit_batch:"+day)
	return fmt.Sprintf("%s-DFT-SDD-%s-%03d", w.set.TreasuryService, day, n), err
}

// endToEnd is a debit's reference for life: of the batch and of the family, for
// there is one debit a family. The Treasury's begins with 1D, the accountant's
// six digits and 0.
func (w *debitWriter) endToEnd(number, family int64) string {
	reference := fmt.Sprintf("%06dF%06d", number, family)
	if w.set.Treasury {
		return "1D" + w.set.TreasuryCode + "0" + reference
	}
	return w.set.UMRPrefix + "-" + reference
}

// debits writes the snapshots, each account opened and sealed again for its debit.
func (w *debitWriter) debits() error {
	accounts, err := w.accounts()
	if err != nil {
		return err
	}
	rows, place := make([][]any, len(w.plan.Debits)), make(map[string]int, len(w.plan.Debits))
	for i, d := range w.plan.Debits {
		a, ok := accounts[d.MandateID]
		if !ok {
			return errors.New("billing: a planned debit has no mandate")
		}
		plain, err := w.key.Open(a.sealed, mandateSeal(d.UMR))
		if err != nil {
			return fault.Wrap(fault.Unavailable, err, "L’IBAN du mandat de la famille %s ne s’ouvre pas avec la clé de la base : saisissez-le de nouveau, ou laissez cette famille de côté.", d.Family)
		}
		sealed, err := w.key.Seal(plain, debitSeal(d.EndToEnd))
		if err != nil {
			return err
		}
		rows[i] = []any{w.id, d.FamilyID, d.MandateID, d.EndToEnd, d.Sequence, int64(d.Amount), d.Holder, sealed, d.Masked, d.BIC, d.Amended, a.former, DebitBuilt}
		place[d.EndToEnd] = i
	}
	return bulk.InsertReturning(w.tx, `INSERT INTO debit (batch_id, family_id, mandate_id, end_to_end, sequence, amount, holder, sealed, masked, bic, amended, former, state)`, rows,
		`RETURNING id, end_to_end`, func(r *sql.Rows) error {
			var id int64
			var e2e string
			err := r.Scan(&id, &e2e)
			w.plan.Debits[place[e2e]].ID = id
			return err
		})
}

type sealedAccount struct{ sealed, former []byte }

func (w *debitWriter) accounts() (map[int64]sealedAccount, error) {
	ids := make([]int64, len(w.plan.Debits))
	for i, d := range w.plan.Debits {
		ids[i] = d.MandateID
	}
	out := make(map[int64]sealedAccount, len(ids))
	return out, store.Each(w.tx, func(r *sql.Rows) error {
		var id int64
		var a sealedAccount
		err := r.Scan(&id, &a.sealed, &a.former)
		out[id] = a
		return err
	}, `SELECT id, sealed, former FROM mandate WHERE id = ANY($1)`, ids)
}

func (w *debitWriter) shares() error {
	var rows [][]any
	for _, d := range w.plan.Debits {
		for _, s := range d.Invoices {
			rows = append(rows, []any{d.ID, s.InvoiceID, int64(s.Amount)})
		}
	}
	return bulk.Insert(w.tx, `INSERT INTO debit_invoice (debit_id, invoice_id, amount)`, rows, "")
}

// notices tells each family with an address what will be collected and when,
// under which ICS and RUM; the others are told by the printed letter.
func (w *debitWriter) notices() error {
	ids := make([]int64, len(w.plan.Debits))
	for i, d := range w.plan.Debits {
		ids[i] = d.FamilyID
	}
	who, err := letter.Correspondents(w.tx, ids)
	if err != nil {
		return err
	}
	list := make([]letter.Posting, 0, len(ids))
	for _, d := range w.plan.Debits {
		l, err := who[d.FamilyID].Compose("debit.notice", letter.Facts{
			"montant": d.Amount.String(), "jour": w.plan.Ask.CollectOn.Long(), "compte": d.Masked, "factures": invoicesText(d.Invoices),
			"famille": d.Family, "créancier": w.set.Creditor, "ICS": w.set.ICS, "RUM": d.UMR, "contact": w.set.Contact,
		})
		if err != nil {
			return err
		}
		list = append(list, letter.Posting{FamilyID: d.FamilyID, Letter: l, Kind: "debit.notice", Object: batchObject(w.id), Key: noticeKey(d.ID)})
	}
	_, err = letter.PostMany(w.tx, list)
	return err
}

// numbersOf lists the invoices of a debit: "2026000101, 2026000145".
func numbersOf(shares []Share) string {
	out := make([]string, len(shares))
	for i, s := range shares {
		out[i] = s.Number
	}
	return strings.Join(out, ", ")
}

// invoicesText gives "la facture n° 2026000101", "les factures n° …, …".
func invoicesText(shares []Share) string {
	if len(shares) > 1 {
		return "les factures n° " + numbersOf(shares)
	}
	return "la facture n° " + numbersOf(shares)
}

// noticeKey names the letter of one debit in the outbox.
func noticeKey(debit int64) string { return fmt.Sprintf("debit.notice:%d", debit) }

func noticeKeys(b DebitBatch) []string {
	keys := make([]string, len(b.Debits))
	for i, d := range b.Debits {
		keys[i] = noticeKey(d.ID)
	}
	return keys
}
