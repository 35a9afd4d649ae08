package billing_test

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"ardoise/data/billing"
	"ardoise/data/booking"
	"ardoise/data/ledger"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// unguarded runs statements with every trigger out of the way, as somebody would
// who knows the database; the triggers are back afterwards.
func (w *world) unguarded(statements ...string) {
	w.t.Helper()
	w.write(func(tx *store.Tx) error {
		off, on, err := triggers(tx)
		if err != nil {
			return err
		}
		for _, s := range append(append(off, statements...), on...) {
			if strings.TrimSpace(s) == "" {
				continue
			}
			if _, err := tx.Exec(s); err != nil {
				return fmt.Errorf("%s: %w", s, err)
			}
		}
		return nil
	})
}

func triggers(tx *store.Tx) (off, on []string, err error) {
	if tx.Engine() == store.Postgres {
		err = store.Each(tx, func(r *sql.Rows) error {
			var table string
			err := r.Scan(&table)
			off = append(off, `ALTER TABLE `+table+` DISABLE TRIGGER USER`)
			on = append(on, `ALTER TABLE `+table+` ENABLE TRIGGER USER`)
			return err
		}, `SELECT tablename FROM pg_tables WHERE schemaname = current_schema()`)
		return off, on, err
	}
	err = store.Each(tx, func(r *sql.Rows) error {
		var name, text string
		err := r.Scan(&name, &text)
		off, on = append(off, `DROP TRIGGER `+name), append(on, text)
		return err
	}, `SELECT name, sql FROM sqlite_master WHERE type = 'trigger'`)
	return off, on, err
}

// storied is a town in which everything has happened once: invoices of two
// services, payments and their undoing, a credit note paid out, a corrective
// run, a merge, reminders, sums put off and taken up.
func storied(t *testing.T, db *store.DB) *world {
	w := newWorld(t, db, 5)
	for i := range w.families {
		if i != 3 {
			w.meals(i, days("2026-11-02", 5)...)
		}
	}
	w.meals(3, "2026-11-02", "2026-11-03")
	w.issue(billing.Run{Month: november}) // family 3 is put off
	w.pay(billing.Payment{FamilyID: w.families[0], Amount: fiveMeals, Means: "cash"})
	undo := w.pay(billing.Payment{FamilyID: w.families[1], Amount: 10_00, Means: "cheque"})
	if err := w.s.VoidPayment(w.ctx, w.key(), undo.OperationID, "essai"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.s.Credit(w.ctx, billing.CreditNote{Key: w.key(), InvoiceID: w.account(0).Invoices[0].ID, Lines: []int{0}, Reason: "essai"}, ""); err != nil {
		t.Fatal(err)
	}
	w.excuse(1, "2026-11-02", booking.CancelClosure)
	w.issue(billing.Run{Month: november})
	if _, err := w.l.TopUp(w.ctx, ledger.TopUp{Key: w.key(), FamilyID: w.families[2], Amount: 5_00, Means: "cash"}); err != nil {
		t.Fatal(err)
	}
	w.merge(1, 4)
	w.at("2027-01-10")
	if _, err := w.s.Remind(w.ctx, w.key(), nil, ""); err != nil {
		t.Fatal(err)
	}
	w.meals(3, days("2026-12-01", 5)...)
	w.issue(billing.Run{Month: november.Add(1)})
	return w
}

// Whatever is changed behind the program's back is noticed, each change being
// one that leaves the sums of accounts whole.
func TestCorruptionsAreNoticed(t *testing.T) {
	const sales = `(SELECT id FROM account WHERE code LIKE 'sales:%' ORDER BY id LIMIT 1)`
	move := func(from, to, amount string) []string { // balances follow, so that I2 is content
		return []string{
			`UPDATE account SET balance = balance - (` + amount + `) WHERE id = ` + from,
			`UPDATE account SET balance = balance + (` + amount + `) WHERE id = ` + to,
		}
	}
	wallet := func(family int) string { return fmt.Sprintf(`(SELECT id FROM account WHERE family_id = %d)`, family) }
	const given = `(SELECT MIN(t.id) FROM transfer t JOIN account a ON a.id = t.credit_id AND a.kind = 'wallet' WHERE t.kind = 'credit_note')`
	const paid = `(SELECT MIN(id) FROM transfer WHERE kind = 'payment')`
	const voided = `(SELECT MIN(id) FROM transfer WHERE kind = 'void')`
	for name, statements := range map[string][]string{
		"number":                    {`UPDATE invoice SET number = '2026999999' WHERE id = 1`},
		"year":                      {`UPDATE invoice SET issued_on = '2025-11-24' WHERE id = 1`},
		"series gone":               {`INSERT INTO counter (name, last) VALUES ('invoice:2025:', 12)`},
		"who owes":                  {`UPDATE invoice_balance SET family_id = 3 WHERE invoice_id = 2`},
		"who was invoiced":          {`UPDATE invoice SET family_id = 3 WHERE id = 1`},
		"due date":                  {`UPDATE invoice_balance SET due_on = '2030-01-01' WHERE invoice_id = 2`},
		"paid for another":          {`UPDATE settlement SET invoice_id = 3 WHERE transfer_id = ` + paid, `UPDATE invoice_balance SET open = 0 WHERE invoice_id = 3`, `UPDATE invoice_balance SET open = 2100 WHERE invoice_id = 1`},
		"reopens another":           {`UPDATE settlement SET invoice_id = 3 WHERE transfer_id = ` + voided, `UPDATE invoice_balance SET open = open - 1000 WHERE invoice_id = 2`, `UPDATE invoice_balance SET open = open + 1000 WHERE invoice_id = 3`},
		"paid by another's wallet":  append(append([]string{`UPDATE account SET floor = -10000 WHERE family_id = 3`}, move(wallet(3), wallet(1), "2100")...), `UPDATE transfer SET debit_id = `+wallet(3)+` WHERE id = `+paid),
		"given to another's wallet": append(move(wallet(1), wallet(3), "420"), `UPDATE transfer SET credit_id = `+wallet(3)+` WHERE id = `+given),
		"service of a line":         {`UPDATE invoice_line SET service_id = (SELECT MAX(id) FROM service) WHERE invoice_id = 1 AND rank = 1`},
		"day of a line":             {`UPDATE invoice_line SET day = '2026-11-27' WHERE invoice_id = 1 AND rank = 1`},
		"meal of a line":            {`UPDATE invoice_line SET booking_id = (SELECT MAX(id) FROM booking WHERE family_id = 3 AND day < '2026-12-01') WHERE invoice_id = 1 AND rank = 1`},
		"meal invoiced twice":       {`UPDATE invoice_line SET booking_id = (SELECT booking_id FROM invoice_line WHERE invoice_id = 1 AND rank = 2) WHERE invoice_id = 1 AND rank = 1`},
		"month of an invoice":       {`UPDATE invoice SET period = '2026-10' WHERE id = 1`},
		"month of a run":            {`UPDATE invoice_run SET period = '2026-10' WHERE id = 1`},
		"run of an invoice":         {`UPDATE invoice SET operation_id = 1 WHERE id = 1`},
		"entry of another invoice":  {`UPDATE invoice_transfer SET invoice_id = 4 - invoice_id WHERE invoice_id IN (1, 3) AND transfer_id IN (SELECT id FROM transfer WHERE kind = 'invoice')`},
		"sales of another account":  append(append([]string{`INSERT INTO account (kind, code, balance) VALUES ('sales', 'sales:99', 0)`}, move(sales, `(SELECT id FROM account WHERE code = 'sales:99')`, "2100")...), `UPDATE transfer SET credit_id = (SELECT id FROM account WHERE code = 'sales:99') WHERE id = (SELECT MIN(id) FROM transfer WHERE kind = 'invoice')`),
		"sales into the box":        append(move(sales, `(SELECT id FROM account WHERE code = 'cash:cash')`, "2100"), `UPDATE transfer SET credit_id = (SELECT id FROM account WHERE code = 'cash:cash') WHERE id = (SELECT MIN(id) FROM transfer WHERE kind = 'invoice')`),
		"corrected invoice":         {`UPDATE invoice SET corrects_id = 2 WHERE corrects_id = 1`},
		"credit note of nothing":    {`UPDATE invoice SET corrects_id = NULL WHERE corrects_id = 1`},
		"step of a reminder":        {`UPDATE reminder_invoice SET step = 3`},
		"sum of a reminder":         {`UPDATE reminder SET open = open + 1`},
		"sum taken up elsewhere":    {`UPDATE invoice_carry SET invoice_id = 1 WHERE invoice_id IS NOT NULL`},
		"count of a run":            {`UPDATE invoice_run SET invoices = invoices + 1`},
		"total of an invoice":       {`UPDATE invoice SET total = total + 1 WHERE id = 1`},
		"price of a line":           {`UPDATE invoice_line SET meal = meal + 1, amount = amount + 1 WHERE invoice_id = 1 AND rank = 1`},
		"invoice vanished":          {`DELETE FROM invoice_line WHERE invoice_id = 2`},
		"balance vanished":          {`DELETE FROM invoice_balance WHERE invoice_id = 1`},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, db *store.DB) {
				w := storied(t, db)
				w.sound()
				w.unguarded(statements...)
				bad := w.broken()
				if len(bad) == 0 {
					t.Error("nobody noticed")
				}
				t.Log(bad)
			})
		})
	}
}
