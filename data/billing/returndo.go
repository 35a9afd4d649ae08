package billing

import (
	"context"
	"database/sql"
	"fmt"
	"io"

	"ardoise/data/access"
	"ardoise/data/bank"
	"ardoise/data/bankfile"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/letter"
	"ardoise/data/staff"
	"ardoise/data/store"
	"ardoise/data/store/bulk"
)

// PlanReturn says what reading a bank's file would do; nothing is written.
func (s *Service) PlanReturn(ctx context.Context, name string, r io.Reader) (out Return, err error) {
	if err := staff.Require(ctx, staff.Regie); err != nil {
		return out, err
	}
	f, err := bankfile.Read(r, bankfile.Limits{})
	if err != nil {
		return out, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		var before bool
		if out, before, err = readBefore(tx, f.SHA256); err != nil || before {
			return err
		}
		j, err := judgeReturn(tx, f)
		if err == nil {
			out = j.out
		}
		return err
	})
	return out, err
}

// ReadReturn reads what a bank sent back (pain.002, camt.053, camt.054) and does
// it in one operation: each debit that came back is reversed today, its invoices
// are owed again, the mandate is blocked or revoked where the reason asks for it,
// and the family is told. The same bytes again, or the same reject in another
// file, change nothing. A file that is damaged, hostile or of another creditor is
// refused as a whole.
func (s *Service) ReadReturn(ctx context.Context, name string, r io.Reader) (out Return, err error) {
	if err := staff.Require(ctx, staff.Regie); err != nil {
		return out, err
	}
	f, err := bankfile.Read(r, bankfile.Limits{})
	if err != nil {
		return out, err
	}
	err = s.db.Write(ctx, func(tx *store.Tx) error {
		var before bool
		if out, before, err = readBefore(tx, f.SHA256); err != nil || before {
			return err
		}
		j, err := judgeReturn(tx, f)
		if err != nil {
			return err
		}
		w := returnWriter{judgement: j, today: calendar.DateOf(tx.Now())}
		if err := w.write(access.CleanName(name)); err != nil {
			return err
		}
		out = j.out
		return nil
	})
	return out, err
}

// Returns lists what was read in a month, the newest first, with its lines (no
// month: all).
func (s *Service) Returns(ctx context.Context, m calendar.Month) (list []Return, err error) {
	if err := staff.Require(ctx, readers...); err != nil {
		return nil, err
	}
	from, to := "", "9999"
	if !m.IsZero() {
		from, to = store.Instant(m.First().At(0, 0)), store.Instant(m.Add(1).First().At(0, 0))
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		list, err = readReturns(tx, `WHERE r.read_at >= $1 AND r.read_at < $2`, from, to)
		return err
	})
	return list, err
}

// returnWriter does what was judged.
type returnWriter struct {
	*judgement
	op       int64
	today    calendar.Date
	mandates map[int64]*mandateState
	shares   map[int64][]Share // by debit
}

func (w *returnWriter) write(name string) error {
	op, _, err := ledger.Operation(w.tx, ledger.Op{Key: "return:" + w.file.SHA256, Digest: w.file.SHA256, Kind: "return", Label: "Retour de la banque " + string(w.file.Kind)})
	if err != nil {
		return err
	}
	w.op = op
	if len(w.hits) > 0 {
		for _, step := range []func() error{w.gather, w.money, w.acts, w.letters} {
			if err := step(); err != nil {
				return err
			}
		}
	}
	return w.keep(name)
}

// gather reads the mandates and the invoices of the debits that came back.
func (w *returnWriter) gather() (err error) {
	mandates, debits := make([]int64, len(w.hits)), make([]int64, len(w.hits))
	for i, h := range w.hits {
		mandates[i], debits[i] = h.debit.mandate, h.debit.id
	}
	if w.mandates, err = mandatesAt(w.tx, mandates); err != nil {
		return err
	}
	w.shares = map[int64][]Share{}
	return store.Each(w.tx, func(r *sql.Rows) error {
		var debit int64
		var s Share
		err := r.Scan(&debit, &s.InvoiceID, &s.Amount, &s.Number)
		w.shares[debit] = append(w.shares[debit], s)
		return err
	}, `SELECT di.debit_id, di.invoice_id, di.amount, i.number FROM debit_invoice di JOIN invoice i ON i.id = di.invoice_id WHERE di.debit_id = ANY($1) ORDER BY di.debit_id, i.due_on, i.id`, debits)
}

// money reverses each collection on today's accounting day and opens its
// invoices again.
func (w *returnWriter) money() error {
	locked, err := monthLocked(w.tx, w.today)
	if err != nil {
		return err
	}
	if locked {
		return fault.New(fault.Conflict, "Le mois de %s est verrouillé : les rejets ne peuvent plus y être inscrits. Relisez ce fichier le mois prochain.", w.today.MonthYear())
	}
	in, due, err := debitAccounts(w.tx)
	if err != nil {
		return err
	}
	list := make([]ledger.Transfer, len(w.hits))
	for i, h := range w.hits {
		d := h.debit
		list[i] = ledger.Transfer{
			Op: w.op, Debit: due, Credit: in, Amount: d.amount, Kind: "reject", Reverses: d.transfer, Day: w.today,
			Label: "Rejet du prélèvement " + d.e2e + ", famille " + d.name + " (" + w.code(h) + ")",
		}
	}
	ids, err := ledger.PostMany(w.tx, list)
	if err != nil {
		return err
	}
	var opened []settlement
	rows := make([][]any, len(w.hits))
	for i, h := range w.hits {
		for _, s := range w.shares[h.debit.id] {
			opened = append(opened, settlement{s.InvoiceID, ids[i], -s.Amount})
		}
		rows[i] = []any{h.debit.id, ids[i], w.code(h), w.today.String()}
	}
	if err := settle(w.tx, opened); err != nil {
		return err
	}
	return bulk.Update(w.tx, `UPDATE debit SET state = 'rejected', reject_id = v.column2, reason = v.column3, rejected_on = v.column4 FROM %s AS v WHERE id = v.column1`,
		[]string{"BIGINT", "BIGINT", "TEXT", "TEXT"}, rows)
}

// code is the reason kept with a debit. Where the bank gave none it is MS03,
// which says just that (ISO 20022: reason not specified).
func (w *returnWriter) code(h hit) string {
	if h.reason.Code == "" {
		return "MS03"
	}
	return h.reason.Code
}

// acts says what becomes of each mandate: see act.
func (w *returnWriter) acts() error {
	taken, err := w.otherLive()
	if err != nil {
		return err
	}
	var rows [][]any
	var notes []note
	for _, h := range w.hits {
		m := w.mandates[h.debit.mandate]
		notes = append(notes, note{m.id, mandateRejected, "Prélèvement de " + h.debit.amount.String() + " du " + h.debit.collectOn.Short() + " revenu : " + w.code(h) + " " + h.reason.Label})
		v := m.act(h, taken[m.family])
		if v.what != "" {
			notes = append(notes, note{m.id, v.what, v.detail})
		}
		if m.state == MandateActive {
			taken[m.family] = m.id
		}
		if v.told != "" {
			l := &w.out.Lines[h.line]
			l.Detail = fault.French(l.Detail + " " + v.told)
		}
	}
	for _, m := range w.mandates {
		if m.changed {
			rows = append(rows, []any{m.id, m.state, m.reason, m.sequence})
		}
	}
	if len(rows) > 0 {
		if err := bulk.Update(w.tx, `UPDATE mandate SET state = v.column2, reason = v.column3, next_sequence = v.column4, version = version + 1 FROM %s AS v WHERE id = v.column1`,
			[]string{"BIGINT", "TEXT", "TEXT", "TEXT"}, rows); err != nil {
			return mandateTaken(err)
		}
	}
	if err := w.tellAgain(); err != nil {
		return err
	}
	return noteMandates(w.tx, notes)
}

// letters tells each family whose debit came back, in plain words. A file that
// was refused as a whole is not the families' business: they are told when they
// are collected from again.
func (w *returnWriter) letters() error {
	ids := make([]int64, len(w.hits))
	for i, h := range w.hits {
		ids[i] = h.debit.family
	}
	who, err := letter.Correspondents(w.tx, ids)
	if err != nil {
		return err
	}
	set, err := settings(w.tx)
	if err != nil {
		return err
	}
	var list []letter.Posting
	for _, h := range w.hits {
		if h.whole {
			continue
		}
		d := h.debit
		l, err := who[d.family].Compose("debit.returned", letter.Facts{
			"montant": d.amount.String(), "jour": d.collectOn.Long(), "RUM": w.mandates[d.mandate].umr, "motif": h.reason.Label, "suite": whatNow(h.reason.Act),
			"factures": invoicesText(w.shares[d.id]), "famille": d.name, "contact": set.Contact,
		})
		if err != nil {
			return err
		}
		object := fmt.Sprintf("debit:%d", d.id)
		list = append(list, letter.Posting{FamilyID: d.family, Letter: l, Kind: "debit.returned", Object: object, Key: "debit.returned:" + object})
	}
	_, err = letter.PostMany(w.tx, list)
	return err
}

// whatNow says to a family what there is to do, in plain words.
func whatNow(act bank.Act) string {
	switch act {
	case bank.AskRIB:
		return "Merci de nous transmettre un nouveau relevé d’identité bancaire (RIB). Jusque-là, plus rien ne sera prélevé : vous pouvez régler cette somme à la régie."
	case bank.Revoke:
		return "Plus rien ne sera prélevé. Pour continuer à payer par prélèvement, il faut signer un nouveau mandat ; cette somme peut être réglée à la régie."
	case bank.Again:
		return "Merci d’approvisionner le compte : le prélèvement peut être présenté une seconde fois, et vous en serez prévenus. Vous pouvez aussi régler cette somme à la régie."
	case bank.Refund:
		return "Si vous contestez cette somme, dites-nous pourquoi ; sinon, elle est à régler à la régie."
	case bank.Stop:
		return "Plus rien ne sera prélevé. Prenez contact avec nous quand vous le pourrez, pour convenir de la suite."
	}
	return "Prenez contact avec nous, ou avec votre banque, pour savoir ce qui s’est passé. Vous pouvez aussi régler cette somme à la régie."
}

// keep writes down that the file was read, line by line.
func (w *returnWriter) keep(name string) error {
	r := &w.out
	if err := w.tx.QueryRow(`INSERT INTO bank_return (digest, name, kind, message, read_at, agent, operation_id, matched, known, unmatched) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id`,
		w.file.SHA256, name, r.Kind, w.file.MessageID, store.Instant(w.tx.Now()), agentName(w.tx), w.op, r.Matched, r.Known, r.Unmatched).Scan(&r.ID); err != nil {
		return err
	}
	rows := make([][]any, len(r.Lines))
	for i, l := range r.Lines {
		var debit any
		if d := w.byE2E[l.EndToEnd]; d != nil && l.EndToEnd != "" {
			debit = d.id
		}
		rows[i] = []any{r.ID, i, l.EndToEnd, int64(l.Amount), l.Reason, l.Outcome, l.Detail, debit}
	}
	if err := bulk.Insert(w.tx, `INSERT INTO bank_return_line (return_id, rank, end_to_end, amount, reason, outcome, detail, debit_id)`, rows, ""); err != nil {
		return err
	}
	families := make([]int64, 0, len(w.hits))
	for _, h := range w.hits {
		families = append(families, h.debit.family)
	}
	if len(families) > 0 {
		w.tx.Publish(Topic, families...)
	}
	return trail(w.tx, "debit.return", fmt.Sprintf("bank_return:%d", r.ID), fmt.Sprintf("Retour %s lu. Rejets enregistrés : %d, déjà connus : %d, sans correspondance : %d", r.Kind, r.Matched, r.Known, r.Unmatched))
}
