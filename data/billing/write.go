package billing

import (
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/ledger"
	"ardoise/data/money"
	"ardoise/data/store"
	"ardoise/data/store/bulk"
)

// document is an invoice or a credit note about to be written.
type document struct {
	Invoice
	serial   int64
	address  string
	corrects int64
	carries  []calendar.Month
	only     int64 // a credit note that reduces this invoice alone; 0: all the family owes, oldest first
	reduces  []Share
	toWallet money.Cents
}

// writer writes documents with their numbers, their lines and their entries.
type writer struct {
	tx       *store.Tx
	op       int64
	today    calendar.Date
	settings Settings
	docs     []*document
	posted   []posted // in the order of the transfers
}

// posted is one entry of a document.
type posted struct {
	doc      *document
	id       int64
	amount   money.Cents
	credited bool // sales -> due: it may reduce what is owed
}

func (w *writer) write() error {
	for _, step := range []func() error{w.number, w.insert, w.lines, w.post, w.balances, w.credit} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// number gives each document its number: continuous per year and cash office
// (formats.md), taken in the transaction that writes them.
func (w *writer) number() error {
	year := w.today.Year()
	first, err := ledger.NextNumbers(w.tx, fmt.Sprintf("invoice:%d:%s", year, w.settings.Office), len(w.docs))
	if err != nil {
		return err
	}
	for i, d := range w.docs {
		d.serial = first + int64(i)
		d.Number = fmt.Sprintf("%04d%s%06d", year, w.settings.Office, d.serial)
	}
	return nil
}

func (w *writer) insert() error {
	rows := make([][]any, len(w.docs))
	at := make(map[string]*document, len(w.docs))
	for i, d := range w.docs {
		at[d.Number] = d
		rows[i] = []any{
			w.op, orNull(d.RunID), w.today.Year(), w.settings.Office, d.serial, d.Number, d.Kind, orNull(d.corrects), d.FamilyID, d.Family, d.Payer, d.address,
			d.Month, d.IssuedOn, d.DueOn, d.Pay, orNull(d.MandateID), d.Meals, int64(d.Total), int64(d.Previous), d.Reason,
		}
		if d.address != "" {
			d.Address = strings.Split(d.address, "\n")
		}
		if d.Kind == KindInvoice {
			d.Open = d.Total
		}
	}
	return bulk.InsertReturning(w.tx, `INSERT INTO invoice (operation_id, run_id, year, office, serial, number, kind, corrects_id, family_id, family, payer, address,
		period, issued_on, due_on, pay, mandate_id, meals, total, previous, reason)`, rows, ` RETURNING id, number`, func(r *sql.Rows) error {
		var id int64
		var number string
		if err := r.Scan(&id, &number); err != nil {
			return err
		}
		if at[number] == nil {
			return errors.New("billing: the database gave back an invoice nobody wrote")
		}
		at[number].ID = id
		return nil
	})
}

func orNull(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}

func (w *writer) lines() error {
	var rows [][]any
	for _, d := range w.docs {
		for rank, l := range d.Lines {
			var quotient any
			if l.Quotient != nil {
				quotient = *l.Quotient
			}
			rows = append(rows, []any{
				d.ID, rank, orNull(l.BookingID), orNull(l.ChildID), l.Child, l.ServiceID, l.Service, l.Day, l.Kind, l.Tariff, quotient,
				int64(l.Meal), int64(l.Care), int64(l.Amount), l.Note,
			})
		}
	}
	return bulk.Insert(w.tx, `INSERT INTO invoice_line (invoice_id, rank, booking_id, child_id, child, service_id, service, day, kind, tariff, quotient, meal, care, amount, note)`, rows, "")
}

// post enters each document: what the families owe against what each service sold.
func (w *writer) post() error {
	due, err := ledger.AccountOf(w.tx, "due")
	if err != nil {
		return err
	}
	sales := map[int64]int64{}
	var list []ledger.Transfer
	for _, d := range w.docs {
		net := netByService(d.Lines)
		for _, service := range slices.Sorted(maps.Keys(net)) { // a town's few services
			if net[service] == 0 {
				continue
			}
			if sales[service] == 0 {
				a, err := ledger.AccountOf(w.tx, fmt.Sprintf("sales:%d", service))
				if err != nil {
					return err
				}
				sales[service] = a.ID
			}
			t := ledger.Transfer{Op: w.op, Debit: due.ID, Credit: sales[service], Amount: net[service], Kind: "invoice", Label: "Facture " + d.Number, Day: w.today}
			if t.Amount < 0 {
				t.Debit, t.Credit, t.Amount, t.Kind = t.Credit, t.Debit, -t.Amount, "credit_note"
			}
			if d.Kind == KindCredit {
				t.Label = "Avoir " + d.Number
			}
			list = append(list, t)
			w.posted = append(w.posted, posted{doc: d, amount: t.Amount, credited: t.Kind == "credit_note" && d.Kind == KindCredit})
		}
	}
	back, err := w.toWallets(due.ID) // what credit notes give back of sums already paid, in the same movement of balances
	if err != nil {
		return err
	}
	ids, err := ledger.PostMany(w.tx, append(list, back...))
	if err != nil {
		return err
	}
	rows := make([][]any, len(w.posted))
	for i := range w.posted {
		w.posted[i].id = ids[i]
		rows[i] = []any{ids[i], w.posted[i].doc.ID}
	}
	return bulk.Insert(w.tx, `INSERT INTO invoice_transfer (transfer_id, invoice_id)`, rows, "")
}

// balances opens what is to be paid of each invoice.
func (w *writer) balances() error {
	var rows [][]any
	for _, d := range w.docs {
		if d.Kind == KindInvoice {
			rows = append(rows, []any{d.ID, d.FamilyID, d.DueOn, int64(d.Total)})
		}
	}
	return bulk.Insert(w.tx, `INSERT INTO invoice_balance (invoice_id, family_id, due_on, open)`, rows, "")
}

// toWallets says what credit notes give to wallets: what their families do not
// owe any more. It also fixes, for credit, what reduces which invoice.
func (w *writer) toWallets(due int64) (list []ledger.Transfer, err error) {
	var credits []*document
	var families []int64
	for _, d := range w.docs {
		if d.Kind == KindCredit {
			credits, families = append(credits, d), append(families, d.FamilyID)
		}
	}
	if len(credits) == 0 {
		return nil, nil
	}
	owed, err := payable(w.tx, families)
	if err != nil {
		return nil, err
	}
	wallets, err := ledger.WalletsOf(w.tx, families)
	if err != nil {
		return nil, err
	}
	for _, d := range credits {
		rest := -d.Total
		for i := range owed[d.FamilyID] {
			s := &owed[d.FamilyID][i]
			if d.only != 0 && s.InvoiceID != d.only {
				continue
			}
			take := min(rest, s.Left)
			if take > 0 {
				s.Left, rest = s.Left-take, rest-take
				d.reduces = append(d.reduces, Share{InvoiceID: s.InvoiceID, Amount: take})
			}
		}
		if rest > 0 {
			list = append(list, ledger.Transfer{Op: w.op, Debit: due, Credit: wallets[d.FamilyID].ID, Amount: rest, Kind: "credit_note", Label: "Avoir " + d.Number + " versé au porte-monnaie", Day: w.today})
			w.posted = append(w.posted, posted{doc: d, amount: rest})
			d.toWallet = rest
		}
	}
	return list, nil
}

// credit settles what the credit notes reduce, entry by entry.
func (w *writer) credit() error {
	var settled []settlement
	for _, d := range w.docs {
		shares := slices.Clone(d.reduces)
		for _, p := range w.posted {
			if p.doc != d || !p.credited {
				continue
			}
			left := p.amount
			for i := range shares {
				take := min(left, shares[i].Amount)
				if take == 0 {
					continue
				}
				settled = append(settled, settlement{shares[i].InvoiceID, p.id, take})
				shares[i].Amount -= take
				left -= take
			}
		}
	}
	return settle(w.tx, settled)
}

// settlement is a part of an entry that pays a part of an invoice; a negative
// amount opens it again.
type settlement struct {
	invoice, transfer int64
	amount            money.Cents
}

// settle writes settlements and moves what is open of each invoice; the schema
// refuses to go below nothing.
func settle(tx *store.Tx, list []settlement) error {
	if len(list) == 0 {
		return nil
	}
	rows, change := make([][]any, len(list)), map[int64]money.Cents{}
	for i, s := range list {
		rows[i] = []any{s.invoice, s.transfer, int64(s.amount)}
		change[s.invoice] += s.amount
	}
	if err := bulk.Insert(tx, `INSERT INTO settlement (invoice_id, transfer_id, amount)`, rows, ""); err != nil {
		return err
	}
	moved := make([][]any, 0, len(change))
	for _, id := range slices.Sorted(maps.Keys(change)) {
		moved = append(moved, []any{id, int64(change[id])})
	}
	return bulk.Update(tx, `UPDATE invoice_balance SET open = open - v.column2 FROM %s AS v WHERE invoice_id = v.column1`, []string{"BIGINT", "BIGINT"}, moved)
}
