package billing

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"

	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/letter"
	"ardoise/data/money"
	"ardoise/data/staff"
	"ardoise/data/store"
	"ardoise/data/store/bulk"
)

// Issue gives the documents of a run their numbers, in one transaction: all of
// them or none. shown is the digest of the plan the agent agreed to ("" : none
// was shown). The same key gives the same run again.
func (s *Service) Issue(ctx context.Context, key string, r Run, shown string) (done Done, err error) {
	if err := staff.Require(ctx, staff.Regie); err != nil {
		return done, err
	}
	r.Leave, r.Small = sorted(r.Leave), sorted(r.Small)
	digest, err := ledger.Digest(r)
	if err != nil {
		return done, err
	}
	err = s.db.Write(ctx, func(tx *store.Tx) error {
		done, err = issueIn(tx, key, r, shown, digest)
		return err
	})
	return done, err
}

func issueIn(tx *store.Tx, key string, r Run, shown, digest string) (done Done, err error) {
	if op, replay, err := ledger.Replay(tx, key, digest); err != nil || replay {
		return runOf(tx, op, err)
	}
	p, err := planIn(tx, r)
	switch {
	case err != nil:
		return done, err
	case shown != "" && shown != p.Digest:
		return done, fault.New(fault.Conflict, "Les réservations ou les dossiers ont changé depuis l’affichage. Rien n’a été émis"+nbsp+": relisez les factures et émettez de nouveau.")
	case p.Count == 0 && p.PutOff == 0:
		return done, fault.New(fault.Invalid, "Il n’y a rien à facturer pour %s"+nbsp+": tout est déjà émis, reporté ou écarté.", r.Month.Label())
	}
	label := "Facturation de " + r.Month.Label()
	if p.Corrective {
		label = "Régularisation de " + r.Month.Label()
	}
	op, _, err := ledger.Operation(tx, ledger.Op{Key: key, Digest: digest, Kind: "invoice", Label: label})
	if err != nil {
		return done, err
	}
	w := &writer{tx: tx, op: op, today: p.IssuedOn}
	if w.settings, err = settings(tx); err != nil {
		return done, err
	}
	if err := tx.QueryRow(`INSERT INTO invoice_run (operation_id, period, corrective, issued_on, due_on, agent, invoices, total) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id`,
		op, r.Month, p.Corrective, p.IssuedOn, p.DueOn, agentName(tx), p.Count, int64(p.Total)).Scan(&done.RunID); err != nil {
		return done, err
	}
	for i := range p.Drafts {
		if d := &p.Drafts[i]; d.State == Ready || d.State == ToCredit {
			w.docs = append(w.docs, documentOf(d, &p, done.RunID))
		}
	}
	steps := []func() error{w.write, w.letters}
	if p.Count == 0 {
		steps = nil // small sums alone: a run without invoices keeps that they are put off
	}
	for _, step := range append(steps, func() error { return w.carry(&p) }) {
		if err := step(); err != nil {
			return done, err
		}
	}
	done.Count, done.Total, done.Invoices = p.Count, p.Total, w.invoices()
	tx.Publish(Topic, w.families()...)
	return done, staff.Audit(tx, "invoice.issue", fmt.Sprintf("run:%d", done.RunID), fmt.Sprintf("%s"+nbsp+": %d factures, %s", label, p.Count, p.Total))
}

func agentName(tx *store.Tx) string {
	if s := staff.From(tx.Context()); s != nil {
		return s.Name
	}
	return "Ardoise"
}

// runOf gives what an operation issued before.
func runOf(tx *store.Tx, op int64, err error) (Done, error) {
	done := Done{Replayed: true}
	if err != nil {
		return done, err
	}
	err = tx.QueryRow(`SELECT id, invoices, total FROM invoice_run WHERE operation_id = $1`, op).Scan(&done.RunID, &done.Count, &done.Total)
	if errors.Is(err, sql.ErrNoRows) {
		return done, fault.New(fault.Conflict, "Cette clé a servi à une autre opération. Rien n’a été modifié"+nbsp+": recommencez depuis le début.")
	}
	if err != nil {
		return done, err
	}
	done.Invoices, err = invoicesIn(tx, InvoiceFilter{RunID: done.RunID})
	return done, err
}

func documentOf(d *Draft, p *Plan, run int64) *document {
	doc := &document{Invoice: Invoice{
		Kind: KindInvoice, RunID: run, FamilyID: d.FamilyID, Family: d.Family, Payer: d.payer, Children: d.Children, Month: p.Run.Month, IssuedOn: p.IssuedOn, DueOn: p.DueOn,
		Pay: d.Pay, MandateID: d.MandateID, Meals: d.Meals, Total: d.Total, Previous: d.Previous, Lines: d.Lines, State: Issued,
	}, address: d.address, carries: d.carries}
	switch {
	case d.Total == 0:
		doc.State = Paid
	case d.Total < 0:
		doc.Kind, doc.State, doc.Reason = KindCredit, Credit, "Corrections depuis la facture"
	}
	return doc
}

// carry keeps which families' meals are put off, month by month, and closes what
// was taken up or is not owed any more.
func (w *writer) carry(p *Plan) error {
	var put, taken, spent [][]any
	for i := range p.Drafts {
		if d := &p.Drafts[i]; d.State == Carried {
			for month, amount := range d.byMonth() {
				put = append(put, []any{d.FamilyID, month, int64(amount)})
			}
		}
	}
	for _, doc := range w.docs {
		for _, month := range doc.carries {
			taken = append(taken, []any{doc.FamilyID, month, doc.ID})
		}
	}
	for _, x := range p.spent {
		spent = append(spent, []any{x.family, x.month})
	}
	if err := bulk.Insert(w.tx, `INSERT INTO invoice_carry (family_id, period, amount)`, put,
		` ON CONFLICT (family_id, period) DO UPDATE SET amount = excluded.amount, invoice_id = NULL`); err != nil {
		return err
	}
	if err := bulk.Update(w.tx, `UPDATE invoice_carry SET invoice_id = v.column3 FROM %s AS v WHERE family_id = v.column1 AND period = v.column2`, []string{"BIGINT", "TEXT", "BIGINT"}, taken); err != nil {
		return err
	}
	return bulk.Update(w.tx, `DELETE FROM invoice_carry WHERE invoice_id IS NULL AND (family_id, period) IN (SELECT v.column1, v.column2 FROM %s AS v)`, []string{"BIGINT", "TEXT"}, spent)
}

// letters tells each family of its invoice; the PDF is joined when it leaves.
func (w *writer) letters() error {
	who, err := letter.Correspondents(w.tx, w.families())
	if err != nil {
		return err
	}
	var list []letter.Posting
	for _, doc := range w.docs {
		f := letter.Facts{"numéro": doc.Number, "montant": max(doc.Total, -doc.Total).String(), "mois": doc.Month.Label(), "famille": doc.Family}
		if doc.Kind == KindCredit {
			f["motif"] = doc.Reason
		} else {
			f["modalités de paiement"], f["échéance"] = payingText(doc.Invoice)
		}
		l, err := who[doc.FamilyID].Compose("billing."+doc.Kind, f)
		if err != nil {
			return err
		}
		object := fmt.Sprintf("invoice:%d", doc.ID)
		list = append(list, letter.Posting{FamilyID: doc.FamilyID, Letter: l, Kind: "billing." + doc.Kind, Object: object, Key: "billing." + object})
	}
	_, err = letter.PostMany(w.tx, list)
	return err
}

// payingText says how an invoice is paid, and until when where something is to do.
func payingText(i Invoice) (how, until string) {
	switch {
	case i.Total == 0:
		return "Les corrections compensent les repas : il n’y a rien à payer.", ""
	case i.Pay == PayDebit:
		return "Elle sera prélevée sur votre compte ; la date du prélèvement vous est annoncée à part. Vous n’avez rien à faire.", ""
	}
	until = i.DueOn.Long()
	return "Elle est à régler au plus tard le " + until + ", par l’un des moyens indiqués sur la facture.", until
}

func (w *writer) families() []int64 {
	ids := map[int64]bool{}
	for _, d := range w.docs {
		ids[d.FamilyID] = true
	}
	return slices.Sorted(maps.Keys(ids))
}

func (w *writer) invoices() []Invoice {
	out := make([]Invoice, len(w.docs))
	for i, d := range w.docs {
		out[i] = d.Invoice
		out[i].Lines = nil
	}
	return out
}

// netByService gives what each service sells through some lines.
func netByService(lines []Line) map[int64]money.Cents {
	net := map[int64]money.Cents{}
	for _, l := range lines {
		net[l.ServiceID] += l.Amount
	}
	return net
}
