package billing

import (
	"context"
	"database/sql"

	"ardoise/data/calendar"
	"ardoise/data/ledger"
	"ardoise/data/money"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// Account gives a family's page: its documents, what it owes, how each was
// settled, its mandate.
func (s *Service) Account(ctx context.Context, familyID int64) (a FamilyAccount, err error) {
	if err := staff.Require(ctx, readers...); err != nil {
		return a, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		a = FamilyAccount{FamilyID: familyID}
		if err := tx.QueryRow(`SELECT name FROM family WHERE id = $1`, familyID).Scan(&a.Family); err != nil {
			return missingFamily(err)
		}
		list, err := invoicesIn(tx, InvoiceFilter{FamilyID: familyID})
		if err != nil {
			return err
		}
		for i := len(list) - 1; i >= 0; i-- {
			a.Owed += list[i].Open
			a.Invoices = append(a.Invoices, list[i])
		}
		wallets, err := ledger.Peek(tx, []int64{familyID})
		if err != nil {
			return err
		}
		a.Wallet = wallets[familyID].Balance
		if a.Settlements, err = settlementsOf(tx, familyID); err != nil {
			return err
		}
		a.Mandate, err = LiveMandate(tx, familyID)
		return err
	})
	return a, err
}

// settlementsOf tells how a family's invoices were paid, the newest first.
func settlementsOf(tx *store.Tx, familyID int64) ([]Settlement, error) {
	return store.Collect(tx, func(r *sql.Rows) (s Settlement, err error) {
		var at string
		if err = r.Scan(&s.InvoiceID, &s.Number, &s.TransferID, &s.Operation, &s.Amount, &s.Kind, &s.Means, &s.Day, &at, &s.Label, &s.Agent); err != nil {
			return s, err
		}
		s.At, err = store.ParseInstant(at)
		return s, err
	}, settlementsQuery, familyID)
}

const settlementsQuery = `SELECT s.invoice_id, i.number, t.id, t.operation_id, s.amount, t.kind,
		COALESCE((SELECT r.means FROM receipt r WHERE r.operation_id = t.operation_id AND t.kind = 'payment' LIMIT 1),
			CASE WHEN a.kind = 'wallet' THEN 'wallet' WHEN a.code = 'cash:debit' THEN 'debit' ELSE '' END),
		t.on_day, o.at, t.label, COALESCE(g.name, 'Ardoise')
		FROM invoice_balance b JOIN settlement s ON s.invoice_id = b.invoice_id JOIN invoice i ON i.id = s.invoice_id JOIN transfer t ON t.id = s.transfer_id
		JOIN account a ON a.id = t.debit_id JOIN operation o ON o.id = t.operation_id LEFT JOIN agent g ON g.id = o.agent_id
		WHERE b.family_id = $1 ORDER BY t.id DESC, s.invoice_id`

// Overview gives the head of the month: what was issued, what is owed, what is
// late.
func (s *Service) Overview(ctx context.Context, m calendar.Month) (o Overview, err error) {
	if err := staff.Require(ctx, readers...); err != nil {
		return o, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		o = Overview{Month: m}
		set, err := settings(tx)
		if err != nil {
			return err
		}
		today := calendar.DateOf(tx.Now())
		var due calendar.Date
		if err := tx.QueryRow(`SELECT COUNT(*), CAST(COALESCE(SUM(i.total), 0) AS BIGINT), CAST(COALESCE(SUM(CASE WHEN i.pay = 'debit' THEN i.total ELSE 0 END), 0) AS BIGINT),
			CAST(COALESCE(SUM(CASE WHEN i.pay = 'debit' THEN 1 ELSE 0 END), 0) AS BIGINT), CAST(COALESCE(SUM(b.open), 0) AS BIGINT),
			CAST(COALESCE(SUM(CASE WHEN b.due_on < $2 THEN b.open ELSE 0 END), 0) AS BIGINT), MAX(i.issued_on), MIN(CASE WHEN b.open > 0 THEN b.due_on END)
			FROM invoice i LEFT JOIN invoice_balance b ON b.invoice_id = i.id WHERE i.period = $1`, m, today).Scan(
			&o.Invoices, &o.Total, &o.Debit, &o.Debits, &o.Owed, &o.Overdue, &o.LastRun, &due); err != nil {
			return err
		}
		if !due.IsZero() {
			o.RemindOn = due.Add(set.Remind[0])
		}
		if err := tx.QueryRow(`SELECT (SELECT COUNT(*) FROM debit d JOIN debit_batch b ON b.id = d.batch_id WHERE d.state = 'rejected' AND b.collect_on BETWEEN $1 AND $2),
			CASE WHEN EXISTS (SELECT 1 FROM period_lock WHERE period >= $3) THEN 1 ELSE 0 END`, m.First(), m.Last(), m).Scan(&o.Rejected, &o.Locked); err != nil {
			return err
		}
		p, err := planReminders(tx, nil)
		o.Reminders = len(p.Families)
		return err
	})
	return o, err
}

// Figures gives what was invoiced, prepaid, paid and is still owed, month by
// month, both ends included: a month without anything is there with zeros.
func (s *Service) Figures(ctx context.Context, from, to calendar.Month) (list []MonthFigures, err error) {
	if err := staff.Require(ctx, readers...); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		at := map[calendar.Month]int{}
		list = nil
		for m := from; !to.Before(m) && len(list) < 120; m = m.Add(1) {
			at[m] = len(list)
			list = append(list, MonthFigures{Month: m})
		}
		read := func(set func(*MonthFigures, money.Cents), query string, args ...any) error {
			return store.Each(tx, func(r *sql.Rows) error {
				var m calendar.Month
				var c money.Cents
				if err := r.Scan(&m, &c); err != nil {
					return err
				}
				if i, ok := at[m]; ok {
					set(&list[i], c)
				}
				return nil
			}, query, args...)
		}
		if err := read(func(f *MonthFigures, c money.Cents) { f.Invoiced = c },
			`SELECT period, CAST(SUM(total) AS BIGINT) FROM invoice WHERE period BETWEEN $1 AND $2 GROUP BY period`, from, to); err != nil {
			return err
		}
		if err := read(func(f *MonthFigures, c money.Cents) { f.Unpaid = c }, `SELECT i.period, CAST(SUM(b.open) AS BIGINT) FROM invoice_balance b JOIN invoice i ON i.id = b.invoice_id
			WHERE b.open > 0 AND i.period BETWEEN $1 AND $2 GROUP BY i.period`, from, to); err != nil {
			return err
		}
		if err := read(func(f *MonthFigures, c money.Cents) { f.Paid = c }, `SELECT i.period, CAST(SUM(s.amount) AS BIGINT) FROM invoice i JOIN settlement s ON s.invoice_id = i.id
			JOIN transfer t ON t.id = s.transfer_id WHERE i.period BETWEEN $1 AND $2 AND t.kind <> 'credit_note' GROUP BY i.period`, from, to); err != nil {
			return err
		}
		return read(func(f *MonthFigures, c money.Cents) { f.Prepaid = c }, `SELECT substr(on_day, 1, 7), CAST(SUM(CASE WHEN kind = 'charge' THEN amount ELSE -amount END) AS BIGINT)
			FROM transfer WHERE on_day BETWEEN $1 AND $2 AND kind IN ('charge', 'credit') GROUP BY substr(on_day, 1, 7)`, from.First(), to.Last())
	})
	return list, err
}
