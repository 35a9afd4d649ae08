package billing

import (
	"cmp"
	"context"
	"database/sql"
	"maps"
	"slices"
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/money"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// Books gives everything the accountant takes away for a month, by accounting
// day: what was entered in the month, whatever meals it is about. A month that is
// not locked may still change.
func (s *Service) Books(ctx context.Context, m calendar.Month) (b MonthBooks, err error) {
	if err := staff.Require(ctx, counters...); err != nil {
		return b, err
	}
	if m.IsZero() {
		return b, fault.New(fault.Invalid, "Choisissez un mois.")
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		b, err = books(tx, m)
		return err
	})
	return b, err
}

func books(tx *store.Tx, m calendar.Month) (MonthBooks, error) {
	w := &bookkeeper{tx: tx, first: m.First(), last: m.Last(), out: MonthBooks{Month: m}}
	for _, step := range []func() error{w.journal, w.accounts, w.debts, w.sales} {
		if err := step(); err != nil {
			return w.out, err
		}
	}
	var err error
	if w.out.Payments, err = paymentDays(tx, w.first, w.last); err != nil {
		return w.out, err
	}
	w.out.Lock, err = lockOf(tx, m)
	return w.out, err
}

// bookkeeper gathers the books in a number of questions that does not depend on
// the number of entries. Balances at the month's ends are today's less what moved
// since, so that their cost is that of the months since, not of all the years.
type bookkeeper struct {
	tx          *store.Tx
	first, last calendar.Date
	out         MonthBooks
	families    map[int64]*FamilyBalance
}

func (w *bookkeeper) journal() error {
	return eachJournal(w.tx, w.first, w.last, func(l JournalLine) error {
		w.out.Journal = append(w.out.Journal, l)
		return nil
	})
}

// accounts works out the balances at both ends, of the town's accounts and of the
// families' wallets.
func (w *bookkeeper) accounts() error {
	moved, err := w.moved()
	if err != nil {
		return err
	}
	services := map[string]string{}
	if err := store.Each(w.tx, func(r *sql.Rows) error {
		var id, short string
		err := r.Scan(&id, &short)
		services["sales:"+id] = short
		return err
	}, `SELECT CAST(id AS TEXT), short FROM service`); err != nil {
		return err
	}
	w.families = map[int64]*FamilyBalance{}
	wallets := AccountLine{Code: "wallet", Label: accountLabels["wallet"]}
	err = store.Each(w.tx, func(r *sql.Rows) error {
		var id, family int64
		var l AccountLine
		var now money.Cents
		if err := r.Scan(&id, &l.Code, &family, &now); err != nil {
			return err
		}
		f := moved[id]
		l.Debits, l.Credits, l.Closing = f.debits, f.credits, now-f.after
		l.Opening = l.Closing - l.Credits + l.Debits
		if family == 0 {
			l.Label = accountLabel(l.Code, services)
			w.out.Accounts = append(w.out.Accounts, l)
			return nil
		}
		wallets.add(l)
		if l.Opening != 0 || l.Debits != 0 || l.Credits != 0 {
			w.families[family] = &FamilyBalance{FamilyID: family, WalletOpening: l.Opening, WalletClosing: l.Closing}
		}
		return nil
	}, `SELECT id, code, COALESCE(family_id, 0), balance FROM account`)
	w.out.Accounts = append(w.out.Accounts, wallets)
	slices.SortFunc(w.out.Accounts, func(a, b AccountLine) int { return strings.Compare(a.Code, b.Code) })
	return err
}

func (l *AccountLine) add(o AccountLine) {
	l.Opening, l.Debits, l.Credits, l.Closing = l.Opening+o.Opening, l.Debits+o.Debits, l.Credits+o.Credits, l.Closing+o.Closing
}

var accountLabels = map[string]string{
	"wallet": "Porte-monnaie des familles", "due": "Factures à recouvrer", "treasury": "Versé au comptable", "opening": "Reprise des soldes",
	"cash": "Encaissé en ", "refund": "Remboursé en ", "sales": "Ventes, ",
}

func accountLabel(code string, services map[string]string) string {
	kind, what, _ := strings.Cut(code, ":")
	switch kind {
	case "cash", "refund":
		return accountLabels[kind] + MeansWord(what)
	case "sales":
		return accountLabels[kind] + services[code]
	}
	return cmp.Or(accountLabels[kind], code)
}

// flow is what moved an account in the month, and after it (credits less debits).
type flow struct{ debits, credits, after money.Cents }

func (w *bookkeeper) moved() (map[int64]flow, error) {
	out := map[int64]flow{}
	return out, store.Each(w.tx, func(r *sql.Rows) error {
		var debit, credit int64
		var within, after money.Cents
		if err := r.Scan(&debit, &credit, &within, &after); err != nil {
			return err
		}
		d, c := out[debit], out[credit]
		d.debits, d.after = d.debits+within, d.after-after
		c.credits, c.after = c.credits+within, c.after+after
		out[debit], out[credit] = d, c
		return nil
	}, `SELECT debit_id, credit_id, CAST(SUM(CASE WHEN on_day <= $2 THEN amount ELSE 0 END) AS BIGINT), CAST(SUM(CASE WHEN on_day > $2 THEN amount ELSE 0 END) AS BIGINT)
		FROM transfer WHERE on_day >= $1 GROUP BY debit_id, credit_id`, w.first, w.last)
}

// debts works out what each family owed on invoices at both ends, and which
// invoices were unpaid at the month's end. A family that has been merged since
// owes as the one that lives on.
func (w *bookkeeper) debts() error {
	type settled struct{ within, after money.Cents }
	moved := map[int64]settled{}
	if err := store.Each(w.tx, func(r *sql.Rows) error {
		var id int64
		var x settled
		err := r.Scan(&id, &x.within, &x.after)
		moved[id] = x
		return err
	}, `SELECT s.invoice_id, CAST(SUM(CASE WHEN t.on_day <= $2 THEN s.amount ELSE 0 END) AS BIGINT), CAST(SUM(CASE WHEN t.on_day > $2 THEN s.amount ELSE 0 END) AS BIGINT)
		FROM transfer t JOIN settlement s ON s.transfer_id = t.id WHERE t.on_day >= $1 AND t.kind IN ('payment', 'credit_note', 'reject', 'void') GROUP BY s.invoice_id`, w.first, w.last); err != nil {
		return err
	}
	// What was open at either end is open now, or was settled since.
	ids := slices.Sorted(maps.Keys(moved))
	err := store.Each(w.tx, func(r *sql.Rows) error {
		var i Invoice
		var address string
		err := r.Scan(&i.ID, &i.Number, &i.Kind, &i.RunID, &i.FamilyID, &i.Family, &i.Payer, &address, &i.Month, &i.IssuedOn, &i.DueOn, &i.Pay, &i.MandateID, &i.Meals, &i.Total, &i.Previous, &i.Open)
		if err != nil {
			return err
		}
		x := moved[i.ID]
		i.Open += x.after
		f := w.families[i.FamilyID]
		if f == nil {
			f = &FamilyBalance{FamilyID: i.FamilyID}
			w.families[i.FamilyID] = f
		}
		f.DueClosing += i.Open
		if i.IssuedOn < w.first {
			f.DueOpening += i.Open + x.within
		}
		if i.Open > 0 {
			i.Address, i.State = strings.Split(address, "\n"), i.stateOn(w.last)
			w.out.Unpaid = append(w.out.Unpaid, i)
		}
		return nil
	}, `SELECT i.id, i.number, i.kind, COALESCE(i.run_id, 0), b.family_id, i.family, i.payer, i.address, i.period, i.issued_on, i.due_on, i.pay, COALESCE(i.mandate_id, 0), i.meals, i.total, i.previous, b.open
		FROM (SELECT invoice_id FROM invoice_balance WHERE open > 0 UNION SELECT invoice_id FROM invoice_balance WHERE invoice_id = ANY($2)) o
		JOIN invoice i ON i.id = o.invoice_id JOIN invoice_balance b ON b.invoice_id = i.id WHERE i.issued_on <= $1 ORDER BY i.number`, w.last, ids)
	if err != nil {
		return err
	}
	if err := w.reminded(); err != nil {
		return err
	}
	return w.names()
}

// reminded adds the last reminder each unpaid invoice had had by the month's end.
func (w *bookkeeper) reminded() error {
	at, ids := map[int64]*Invoice{}, make([]int64, 0, len(w.out.Unpaid))
	for i := range w.out.Unpaid {
		x := &w.out.Unpaid[i]
		at[x.ID], ids = x, append(ids, x.ID)
	}
	if len(ids) == 0 {
		return nil
	}
	return store.Each(w.tx, func(r *sql.Rows) error {
		var id int64
		var step int
		var on string
		if err := r.Scan(&id, &step, &on); err != nil {
			return err
		}
		day, err := calendar.ParseISO(on)
		at[id].Reminded, at[id].RemindedOn = step, day
		return err
	}, `SELECT x.invoice_id, MAX(x.step), MAX(r.sent_on) FROM reminder_invoice x JOIN reminder r ON r.id = x.reminder_id WHERE x.invoice_id = ANY($1) AND r.sent_on <= $2 GROUP BY x.invoice_id`, ids, w.last)
}

// names names the families and puts them in order.
func (w *bookkeeper) names() error {
	sorts := map[int64][]byte{}
	if err := store.Each(w.tx, func(r *sql.Rows) error {
		var id int64
		var name, state string
		var sort []byte
		if err := r.Scan(&id, &name, &state, &sort); err != nil {
			return err
		}
		f := w.families[id]
		f.Family, f.Merged, sorts[id] = name, state == "merged", sort
		return nil
	}, `SELECT id, name, state, sort_key FROM family WHERE id = ANY($1)`, slices.Sorted(maps.Keys(w.families))); err != nil {
		return err
	}
	order := slices.SortedFunc(maps.Values(w.families), func(a, b *FamilyBalance) int {
		return cmp.Or(slices.Compare(sorts[a.FamilyID], sorts[b.FamilyID]), cmp.Compare(a.FamilyID, b.FamilyID))
	})
	for _, f := range order {
		w.out.Families = append(w.out.Families, *f)
	}
	return nil
}

// sales counts what was sold: prepaid meals by the day they were charged or given
// back, monthly ones by the day of the invoice or credit note.
func (w *bookkeeper) sales() (err error) {
	w.out.Sales, err = store.Collect(w.tx, func(r *sql.Rows) (l SalesLine, err error) {
		err = r.Scan(&l.Service, &l.Tariff, &l.Pay, &l.Count, &l.Meal, &l.Care)
		l.Total = l.Meal + l.Care
		return l, err
	}, `SELECT s.short, x.tariff, x.pay, CAST(SUM(x.n) AS BIGINT), CAST(SUM(x.meal) AS BIGINT), CAST(SUM(x.care) AS BIGINT) FROM (
		SELECT b.service_id, f.label AS tariff, 'prepaid' AS pay, CASE WHEN t.kind = 'charge' THEN 1 ELSE -1 END AS n,
			CASE WHEN t.kind = 'charge' THEN t.amount - b.care ELSE b.care - t.amount END AS meal, CASE WHEN t.kind = 'charge' THEN b.care ELSE -b.care END AS care
		FROM transfer t JOIN booking b ON b.id = t.booking_id JOIN tariff f ON f.id = b.tariff_id WHERE t.on_day BETWEEN $1 AND $2 AND t.kind IN ('charge', 'credit')
		UNION ALL SELECT l.service_id, l.tariff, 'monthly', CASE WHEN l.booking_id IS NULL OR l.kind = 'gesture' THEN 0 WHEN l.amount < 0 THEN -1 ELSE 1 END, l.meal, l.care
		FROM invoice i JOIN invoice_line l ON l.invoice_id = i.id WHERE i.issued_on BETWEEN $1 AND $2) x
		JOIN service s ON s.id = x.service_id GROUP BY s.id, s.short, x.tariff, x.pay ORDER BY s.short, s.id, x.pay DESC, x.tariff`, w.first, w.last)
	return err
}
