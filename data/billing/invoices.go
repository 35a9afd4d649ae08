package billing

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/family"
	"ardoise/data/money"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// Invoices lists numbered documents, in the order of their numbers.
func (s *Service) Invoices(ctx context.Context, f InvoiceFilter) (list []Invoice, err error) {
	if err := staff.Require(ctx, readers...); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		list, err = invoicesIn(tx, f)
		return err
	})
	return list, err
}

func (f InvoiceFilter) where() (string, []any) {
	where, args := "1 = 1", []any(nil)
	add := func(text string, v any) {
		args = append(args, v)
		where += " AND " + strings.ReplaceAll(text, "?", fmt.Sprintf("$%d", len(args)))
	}
	if f.IDs != nil {
		add(`i.id = ANY(?)`, f.IDs)
	}
	if !f.Month.IsZero() {
		add(`i.period = ?`, f.Month)
	}
	if f.RunID != 0 {
		add(`i.run_id = ?`, f.RunID)
	}
	if f.FamilyID != 0 {
		add(ofFamily, f.FamilyID)
	}
	for _, word := range strings.Fields(family.Fold(f.Text)) {
		add(`(i.number LIKE ? OR y.fold LIKE ?)`, "%"+word+"%")
	}
	if f.Owed {
		where += ` AND b.open > 0`
	}
	return where, args
}

// ofFamily keeps what a family owes or owed, and the credit notes it was given,
// under whatever number it was then: nobody owes a credit note, so none moves
// when two families are merged.
const ofFamily = `i.id IN (WITH RECURSIVE house (id) AS (SELECT CAST(? AS BIGINT) UNION SELECT f.id FROM family f JOIN house h ON f.merged_into = h.id)
	SELECT b.invoice_id FROM invoice_balance b WHERE b.family_id = ?
	UNION ALL SELECT c.id FROM invoice c WHERE c.family_id IN (SELECT id FROM house) AND c.kind = 'credit')`

// question is the text that reads invoices, and its arguments.
func (f InvoiceFilter) question() (string, []any) {
	where, args := f.where()
	limit := ""
	if f.Limit > 0 {
		limit = fmt.Sprintf(" LIMIT %d", f.Limit)
	}
	return `SELECT i.id, i.number, i.kind, COALESCE(i.run_id, 0), COALESCE(b.family_id, i.family_id), i.family, i.payer, i.address, i.period, i.issued_on, i.due_on, i.pay,
		COALESCE(i.mandate_id, 0), i.meals, i.total, i.previous, i.reason, COALESCE(b.open, 0), COALESCE((SELECT c.number FROM invoice c WHERE c.id = i.corrects_id), ''),
		COALESCE((SELECT MAX(step) FROM reminder_invoice m WHERE m.invoice_id = i.id), 0),
		CASE WHEN b.open = 0 THEN (SELECT MAX(t.on_day) FROM settlement s JOIN transfer t ON t.id = s.transfer_id WHERE s.invoice_id = i.id) END
		FROM invoice i LEFT JOIN invoice_balance b ON b.invoice_id = i.id JOIN family y ON y.id = i.family_id WHERE ` + where + ` ORDER BY i.id` + limit, args
}

func invoicesIn(tx *store.Tx, f InvoiceFilter) ([]Invoice, error) {
	text, args := f.question()
	today := calendar.DateOf(tx.Now())
	at, list := map[int64]int{}, []Invoice(nil)
	err := store.Each(tx, func(r *sql.Rows) error {
		v, err := scanInvoice(r)
		v.State = v.stateOn(today)
		at[v.ID] = len(list)
		list = append(list, v)
		return err
	}, text, args...)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	ids := make([]int64, len(list))
	for i := range list {
		ids[i] = list[i].ID
	}
	if err := debitStates(tx, list, at, ids, today); err != nil {
		return nil, err
	}
	if f.Lines {
		return list, readLines(tx, list, at, ids)
	}
	return list, childNames(tx, list, at, ids)
}

func scanInvoice(r *sql.Rows) (v Invoice, err error) {
	var address string
	err = r.Scan(&v.ID, &v.Number, &v.Kind, &v.RunID, &v.FamilyID, &v.Family, &v.Payer, &address, &v.Month, &v.IssuedOn, &v.DueOn, &v.Pay,
		&v.MandateID, &v.Meals, &v.Total, &v.Previous, &v.Reason, &v.Open, &v.Corrects, &v.Reminded, &v.PaidOn)
	if address != "" {
		v.Address = strings.Split(address, "\n")
	}
	return v, err
}

// stateOn is what an invoice is on a day, direct debits aside.
func (v Invoice) stateOn(today calendar.Date) State {
	switch {
	case v.Kind == KindCredit:
		return Credit
	case v.Open == 0:
		return Paid
	case v.DueOn < today:
		return Overdue
	case v.Open < v.Total:
		return Partly
	}
	return Issued
}

// debitStates tells of invoices that are in a direct-debit file or came back.
func debitStates(tx *store.Tx, list []Invoice, at map[int64]int, ids []int64, today calendar.Date) error {
	return store.Each(tx, func(r *sql.Rows) error {
		var id int64
		var state string
		var on calendar.Date
		if err := r.Scan(&id, &state, &on); err != nil {
			return err
		}
		v := &list[at[id]]
		switch {
		case state == "built", state == "sent" && on >= today:
			v.State = Collecting
		case state == "rejected" && v.Open > 0:
			v.State = Rejected
		}
		return nil
	}, `SELECT x.invoice_id, d.state, b.collect_on FROM debit_invoice x JOIN debit d ON d.id = x.debit_id JOIN debit_batch b ON b.id = d.batch_id
		WHERE x.invoice_id = ANY($1) AND d.state <> 'dropped' ORDER BY d.id`, ids)
}

func readLines(tx *store.Tx, list []Invoice, at map[int64]int, ids []int64) error {
	err := store.Each(tx, func(r *sql.Rows) error {
		var id int64
		var l Line
		var quotient sql.NullInt64
		if err := r.Scan(&id, &l.BookingID, &l.ChildID, &l.Child, &l.ServiceID, &l.Service, &l.Day, &l.Kind, &l.Tariff, &quotient, &l.Meal, &l.Care, &l.Amount, &l.Note); err != nil {
			return err
		}
		if quotient.Valid {
			q := int(quotient.Int64)
			l.Quotient = &q
		}
		v := &list[at[id]]
		v.Lines = append(v.Lines, l)
		return nil
	}, `SELECT invoice_id, COALESCE(booking_id, 0), COALESCE(child_id, 0), child, service_id, service, day, kind, tariff, quotient, meal, care, amount, note
		FROM invoice_line WHERE invoice_id = ANY($1) ORDER BY invoice_id, rank`, ids)
	if err != nil {
		return err
	}
	return childNames(tx, list, at, ids)
}

// childNames gives the first names on each invoice, as the children are called now.
func childNames(tx *store.Tx, list []Invoice, at map[int64]int, ids []int64) error {
	names := make(map[int64][]string, len(list))
	err := store.Each(tx, func(r *sql.Rows) error {
		var id int64
		var first string
		err := r.Scan(&id, &first)
		if !slices.Contains(names[id], first) {
			names[id] = append(names[id], first)
		}
		return err
	}, `SELECT l.invoice_id, c.first FROM (SELECT DISTINCT invoice_id, child_id FROM invoice_line WHERE invoice_id = ANY($1)) l JOIN child c ON c.id = l.child_id ORDER BY l.invoice_id, c.birth, c.id`, ids)
	for id, n := range names {
		list[at[id]].Children = strings.Join(n, ", ")
	}
	return err
}

// payable gives what families can still pay, the oldest due first: what they owe
// less what a direct-debit file already asks of their bank. Amount and Left are
// what can be paid.
func payable(tx *store.Tx, families []int64) (map[int64][]Share, error) {
	out := map[int64][]Share{}
	return out, store.Each(tx, func(r *sql.Rows) error {
		var family int64
		var s Share
		var reserved money.Cents
		if err := r.Scan(&family, &s.InvoiceID, &s.Number, &s.Month, &s.DueOn, &s.Owed, &reserved); err != nil {
			return err
		}
		s.Left = s.Owed - reserved
		out[family] = append(out[family], s)
		return nil
	}, `SELECT b.family_id, b.invoice_id, i.number, i.period, b.due_on, b.open,
		CAST(COALESCE((SELECT SUM(x.amount) FROM debit_invoice x JOIN debit d ON d.id = x.debit_id WHERE x.invoice_id = b.invoice_id AND d.state = 'built'), 0) AS BIGINT)
		FROM invoice_balance b JOIN invoice i ON i.id = b.invoice_id WHERE b.open > 0 AND b.family_id = ANY($1) ORDER BY b.family_id, b.due_on, b.invoice_id`, families)
}
