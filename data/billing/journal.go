package billing

import (
	"context"
	"database/sql"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// Journal gives every entry between two accounting days, both included, in the
// order of days.
func (s *Service) Journal(ctx context.Context, from, to calendar.Date) (out []JournalLine, err error) {
	if err := staff.Require(ctx, counters...); err != nil {
		return nil, err
	}
	err = s.EachJournal(ctx, from, to, func(l JournalLine) error {
		out = append(out, l)
		return nil
	})
	return out, err
}

// EachJournal is Journal one line at a time, for files as long as a year: nothing
// is kept. An error of fn ends it.
func (s *Service) EachJournal(ctx context.Context, from, to calendar.Date, fn func(JournalLine) error) error {
	if err := staff.Require(ctx, counters...); err != nil {
		return err
	}
	if from.IsZero() || to.IsZero() || to < from {
		return fault.New(fault.Invalid, "Choisissez le premier et le dernier jour du journal.")
	}
	return s.db.Read(ctx, func(tx *store.Tx) error { return eachJournal(tx, from, to, fn) })
}

// eachJournal reads the entries by their day. Accounts are few and families are
// named once: they are looked up here rather than joined to each entry.
func eachJournal(tx *store.Tx, from, to calendar.Date, fn func(JournalLine) error) error {
	type account struct {
		code   string
		family int64
	}
	into, err := mergedInto(tx)
	if err != nil {
		return err
	}
	accounts, families, agents := map[int64]account{}, map[int64]string{}, map[int64]string{0: "Ardoise"}
	if err := store.Each(tx, func(r *sql.Rows) error {
		var id int64
		var a account
		err := r.Scan(&id, &a.code, &a.family)
		accounts[id] = a
		return err
	}, `SELECT id, code, COALESCE(family_id, 0) FROM account`); err != nil {
		return err
	}
	for query, into := range map[string]map[int64]string{`SELECT id, name FROM family`: families, `SELECT id, name FROM agent`: agents} { // two tables
		if err := store.Each(tx, func(r *sql.Rows) error {
			var id int64
			var name string
			err := r.Scan(&id, &name)
			into[id] = name
			return err
		}, query); err != nil {
			return err
		}
	}
	return store.Each(tx, func(r *sql.Rows) error {
		var l JournalLine
		var debit, credit, agent, family int64
		var at string
		var rec ledger.Receipt
		err := r.Scan(&l.TransferID, &l.Operation, &l.Day, &at, &l.Kind, &l.Label, &debit, &credit, &l.Amount, &agent, &family, &rec.Year, &rec.Serial)
		if err != nil {
			return err
		}
		if l.At, err = store.ParseInstant(at); err != nil {
			return err
		}
		d, c := accounts[debit], accounts[credit]
		l.Debit, l.Credit, l.Agent = d.code, c.code, agents[agent]
		for _, id := range []int64{d.family, c.family, family} {
			if id != 0 {
				l.Family, l.FamilyID = families[id], heirOf(into, id)
				break
			}
		}
		if rec.Serial != 0 {
			l.Receipt = rec.Number()
		}
		return fn(l)
	}, `SELECT t.id, t.operation_id, t.on_day, o.at, t.kind, t.label, t.debit_id, t.credit_id, t.amount, o.agent_id,
		COALESCE(o.family_id, i.family_id, CASE WHEN t.kind IN ('payment', 'reject', 'void') THEN
			(SELECT MIN(b.family_id) FROM settlement s JOIN invoice_balance b ON b.invoice_id = s.invoice_id WHERE s.transfer_id = t.id) END, 0), COALESCE(r.year, 0), COALESCE(r.number, 0)
		FROM transfer t JOIN operation o ON o.id = t.operation_id
		LEFT JOIN receipt r ON r.transfer_id = CASE WHEN t.kind = 'void' THEN t.reverses_id ELSE t.id END
		LEFT JOIN invoice_transfer x ON x.transfer_id = t.id LEFT JOIN invoice i ON i.id = x.invoice_id
		WHERE t.on_day BETWEEN $1 AND $2 ORDER BY t.on_day, t.id`, from, to)
}
