package billing

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/money"
	"ardoise/data/staff"
	"ardoise/data/store"
	"ardoise/data/store/bulk"
)

// chequeDays is how old a cheque can be and still be paid: eight days to present
// it, then a year (monetary and financial code, art. L131-32 and L131-59). An
// older receipt is not asked to be handed to the bank.
const chequeDays = 373

// PlanSlip gives the slip that MakeSlip would make, without a number: all cheques
// not yet at the bank, or all that came in until the month's end and is on no
// payment slip. Nothing is written.
func (s *Service) PlanSlip(ctx context.Context, kind string, m calendar.Month) (out Slip, err error) {
	if err := staff.Require(ctx, counters...); err != nil {
		return out, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		out, err = planSlip(tx, kind, m)
		return err
	})
	return out, err
}

func planSlip(tx *store.Tx, kind string, m calendar.Month) (Slip, error) {
	today := calendar.DateOf(tx.Now())
	if m.IsZero() {
		m = calendar.MonthOf(today)
	}
	p := Slip{Kind: kind, Month: m, MadeOn: today, Agent: agentName(tx)}
	var err error
	switch {
	case kind == SlipCheques:
		p.Month = calendar.MonthOf(today) // it has the day it is carried, and no month
		p.Receipts, err = waitingCheques(tx, today)
	case kind != SlipPayment:
		return p, fault.New(fault.Invalid, "Choisissez une remise de chèques ou un bordereau de versement.")
	case m.First() > today:
		return p, fault.New(fault.Invalid, "Le mois %s n’a pas commencé : il n’y a rien à verser.", fault.De(m.Label()))
	default:
		p.Receipts, p.Entries, err = waitingPayments(tx, m.Last())
	}
	p.sum()
	return p, err
}

// sum works out the totals of a slip from its lines.
func (p *Slip) sum() {
	p.Count, p.Total, p.Moved, p.Means = len(p.Receipts)+len(p.Entries), 0, 0, nil
	add := func(means string, amount money.Cents, before bool) {
		i := slices.IndexFunc(p.Means, func(m MeansSum) bool { return m.Means == means })
		if i < 0 {
			i = len(p.Means)
			p.Means = append(p.Means, MeansSum{Means: means})
		}
		p.Means[i].Count++
		p.Means[i].Total += amount
		p.Total += amount
		if !before {
			p.Moved += amount
		}
	}
	for _, r := range p.Receipts {
		add(r.Means, r.Amount, r.Before)
	}
	for _, e := range p.Entries {
		add(e.Means, e.Amount, false)
	}
	slices.SortFunc(p.Means, func(a, b MeansSum) int { return strings.Compare(a.Means, b.Means) })
}

const slipReceiptColumns = `r.id, r.year, r.number, r.means, r.payer, f.name, r.reference, t.on_day, r.amount`

func scanSlipReceipt(r *sql.Rows) (x SlipReceipt, err error) {
	var rec ledger.Receipt
	err = r.Scan(&x.ReceiptID, &rec.Year, &rec.Serial, &x.Means, &x.Payer, &x.Family, &x.Reference, &x.Day, &x.Amount, &x.Before)
	x.Number = rec.Number()
	return x, err
}

// waitingCheques are the cheques that stand and were not handed to the bank.
func waitingCheques(tx *store.Tx, today calendar.Date) ([]SlipReceipt, error) {
	accounts, err := accountIDs(tx, `code = 'cash:cheque'`)
	if err != nil {
		return nil, err
	}
	return store.Collect(tx, scanSlipReceipt, `SELECT `+slipReceiptColumns+`, EXISTS (SELECT 1 FROM cash_slip_receipt x WHERE x.kind = 'payment' AND x.receipt_id = r.id)
		FROM transfer t JOIN receipt r ON r.transfer_id = t.id JOIN family f ON f.id = r.family_id
		WHERE t.debit_id = ANY($1) AND t.on_day BETWEEN $2 AND $3 AND t.kind = 'topup'
		AND NOT EXISTS (SELECT 1 FROM cash_slip_receipt x WHERE x.kind = 'cheques' AND x.receipt_id = r.id)
		AND NOT EXISTS (SELECT 1 FROM transfer v WHERE v.reverses_id = t.id) ORDER BY r.year, r.number`, accounts, today.Add(-chequeDays), today)
}

// waitingPayments are the receipts and entries until a day that no payment slip
// has taken up. What is in a locked month has been: locking asks for it. An
// annulled receipt is left out with its annulment, unless its cheque had gone to
// the bank: then both are on a slip.
func waitingPayments(tx *store.Tx, last calendar.Date) (receipts []SlipReceipt, entries []SlipEntry, err error) {
	accounts, err := accountIDs(tx, `kind = 'cash' OR code = 'refund:cash'`)
	if err != nil {
		return nil, nil, err
	}
	locked, err := lastLock(tx)
	if err != nil {
		return nil, nil, err
	}
	first := firstDay
	if !locked.IsZero() {
		first = locked.Last().Add(1)
	}
	receipts, err = store.Collect(tx, scanSlipReceipt, `SELECT `+slipReceiptColumns+`, CASE WHEN c.receipt_id IS NULL THEN 0 ELSE 1 END
		FROM transfer t JOIN receipt r ON r.transfer_id = t.id JOIN family f ON f.id = r.family_id
		LEFT JOIN cash_slip_receipt c ON c.kind = 'cheques' AND c.receipt_id = r.id
		WHERE t.debit_id = ANY($1) AND t.on_day BETWEEN $2 AND $3 AND t.kind = 'topup'
		AND NOT EXISTS (SELECT 1 FROM cash_slip_receipt x WHERE x.kind = 'payment' AND x.receipt_id = r.id)
		AND (c.receipt_id IS NOT NULL OR NOT EXISTS (SELECT 1 FROM transfer v WHERE v.reverses_id = t.id)) ORDER BY r.year, r.number`, accounts, first, last)
	if err != nil {
		return nil, nil, err
	}
	entries, err = store.Collect(tx, scanSlipEntry, `SELECT t.id, t.kind, a.code, t.label, t.on_day,
		CASE WHEN t.debit_id = a.id THEN t.amount ELSE -t.amount END
		FROM (SELECT id, debit_id AS account_id FROM transfer WHERE debit_id = ANY($1) AND on_day BETWEEN $2 AND $3
			UNION ALL SELECT id, credit_id FROM transfer WHERE credit_id = ANY($1) AND on_day BETWEEN $2 AND $3) m
		JOIN transfer t ON t.id = m.id JOIN account a ON a.id = m.account_id LEFT JOIN receipt r ON r.transfer_id = t.reverses_id
		WHERE t.kind NOT IN ('topup', 'deposit') AND NOT EXISTS (SELECT 1 FROM cash_slip_entry x WHERE x.transfer_id = t.id)
		AND (r.id IS NULL OR EXISTS (SELECT 1 FROM cash_slip_receipt x WHERE x.kind IN ('cheques', 'payment') AND x.receipt_id = r.id))
		ORDER BY t.on_day, t.id`, accounts, first, last)
	return receipts, entries, err
}

func scanSlipEntry(r *sql.Rows) (e SlipEntry, err error) {
	err = r.Scan(&e.TransferID, &e.Kind, &e.account, &e.Label, &e.Day, &e.Amount)
	_, e.Means, _ = strings.Cut(e.account, ":")
	return e, err
}

// MakeSlip hands over what PlanSlip shows, with the next number of its kind and
// year: the payment slip's is the month's year, a deposit of cheques' the day's.
// The same key gives the same slip again.
func (s *Service) MakeSlip(ctx context.Context, key, kind string, m calendar.Month) (out Slip, err error) {
	if err := staff.Require(ctx, staff.Regie); err != nil {
		return out, err
	}
	if kind == SlipCheques {
		m = calendar.Month{}
	}
	digest, err := ledger.Digest([]string{"slip", kind, m.String()})
	if err != nil {
		return out, err
	}
	err = s.db.Write(ctx, func(tx *store.Tx) error {
		out, err = makeSlip(tx, key, kind, m, digest)
		return err
	})
	return out, err
}

func makeSlip(tx *store.Tx, key, kind string, m calendar.Month, digest string) (Slip, error) {
	if op, replay, err := ledger.Replay(tx, key, digest); err != nil || replay {
		if err != nil {
			return Slip{}, err
		}
		return oneSlip(tx, `operation_id = $1`, op)
	}
	p, err := planSlip(tx, kind, m)
	if err != nil {
		return p, err
	}
	if p.Count == 0 {
		return p, nothingToHandOver(p)
	}
	year := p.Month.First().Year()
	serial, err := ledger.NextNumber(tx, fmt.Sprintf("slip:%s:%d", kind, year))
	if err != nil {
		return p, err
	}
	p.Number = slipNumber(year, serial)
	label := "Remise de chèques " + p.Number
	if kind == SlipPayment {
		label = "Bordereau de versement " + p.Number
	}
	op, _, err := ledger.Operation(tx, ledger.Op{Key: key, Digest: digest, Kind: "slip", Label: label})
	if err != nil {
		return p, err
	}
	if err := p.insert(tx, op, year, serial); err != nil {
		return p, err
	}
	if err := p.move(tx, op, label); err != nil {
		return p, err
	}
	tx.Publish(Topic)
	return p, staff.Audit(tx, "cash.slip", fmt.Sprintf("slip:%d", p.ID), fmt.Sprintf("%s"+nbsp+": %d lignes, %s", label, p.Count, p.Total))
}

func nothingToHandOver(p Slip) error {
	if p.Kind == SlipCheques {
		return fault.New(fault.Invalid, "Aucun chèque n’attend d’être remis à la banque.")
	}
	return fault.New(fault.Invalid, "Il n’y a rien à verser pour le mois %s : tout ce qui a été encaissé est déjà sur un bordereau.", fault.De(p.Month.Label()))
}

func slipNumber(year int, serial int64) string { return fmt.Sprintf("%d-%03d", year, serial) }

func (p *Slip) insert(tx *store.Tx, op int64, year int, serial int64) error {
	err := tx.QueryRow(`INSERT INTO cash_slip (operation_id, kind, year, serial, period, made_on, agent, count, total) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id`,
		op, p.Kind, year, serial, p.Month, p.MadeOn, p.Agent, p.Count, int64(p.Total)).Scan(&p.ID)
	if err != nil {
		return err
	}
	receipts, entries := make([][]any, len(p.Receipts)), make([][]any, len(p.Entries))
	for i, r := range p.Receipts {
		receipts[i] = []any{p.Kind, r.ReceiptID, p.ID}
	}
	for i, e := range p.Entries {
		entries[i] = []any{e.TransferID, p.ID, e.Means, int64(e.Amount)}
	}
	if err := bulk.Insert(tx, `INSERT INTO cash_slip_receipt (kind, receipt_id, slip_id)`, receipts, ""); err != nil {
		return err
	}
	return bulk.Insert(tx, `INSERT INTO cash_slip_entry (transfer_id, slip_id, means, amount)`, entries, "")
}

// move enters what leaves the cash office with this slip, an entry an account:
// treasury against cash:MEANS, and the other way for cash given back.
func (p *Slip) move(tx *store.Tx, op int64, label string) error {
	amounts := map[string]money.Cents{}
	var codes []string
	add := func(code string, c money.Cents) {
		if _, ok := amounts[code]; !ok {
			codes = append(codes, code)
		}
		amounts[code] += c
	}
	for _, r := range p.Receipts {
		if !r.Before {
			add("cash:"+r.Means, r.Amount)
		}
	}
	for _, e := range p.Entries {
		add(e.account, e.Amount)
	}
	treasury, err := ledger.AccountOf(tx, "treasury")
	if err != nil {
		return err
	}
	slices.Sort(codes)
	var list []ledger.Transfer
	for _, code := range codes { // five means at most
		a, err := ledger.AccountOf(tx, code)
		if err != nil {
			return err
		}
		_, means, _ := strings.Cut(code, ":")
		t := ledger.Transfer{Op: op, Debit: treasury.ID, Credit: a.ID, Amount: amounts[code], Kind: "deposit", Label: label + ", " + MeansWord(means)}
		switch {
		case t.Amount == 0:
			continue
		case t.Amount < 0:
			t.Debit, t.Credit, t.Amount = t.Credit, t.Debit, -t.Amount
		}
		list = append(list, t)
	}
	_, err = ledger.PostMany(tx, list)
	return err
}

// MeansWord is the French word of a means, direct debit included.
func MeansWord(means string) string {
	if means == "debit" {
		return "prélèvement"
	}
	return ledger.MeansLabel(means)
}

// Slips lists the slips of a month (no month: all), the newest first, without
// their receipts.
func (s *Service) Slips(ctx context.Context, m calendar.Month) (out []Slip, err error) {
	if err := staff.Require(ctx, counters...); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		where, args := `1 = 1`, []any(nil)
		if !m.IsZero() {
			where, args = `period = $1`, []any{m}
		}
		out, err = slipsWhere(tx, where, args...)
		for i := range out {
			out[i].Receipts, out[i].Entries = nil, nil
		}
		return err
	})
	return out, err
}

// Slip gives one slip with its receipts and entries.
func (s *Service) Slip(ctx context.Context, id int64) (out Slip, err error) {
	if err := staff.Require(ctx, counters...); err != nil {
		return out, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		out, err = oneSlip(tx, `id = $1`, id)
		return err
	})
	return out, err
}

func oneSlip(tx *store.Tx, where string, arg any) (Slip, error) {
	list, err := slipsWhere(tx, where, arg)
	if err == nil && len(list) != 1 {
		err = fault.New(fault.NotFound, "Ce bordereau n’existe pas.")
	}
	if err != nil {
		return Slip{}, err
	}
	return list[0], nil
}

// slipsWhere reads slips with all their lines: three questions whatever their number.
func slipsWhere(tx *store.Tx, where string, args ...any) ([]Slip, error) {
	list, err := store.Collect(tx, func(r *sql.Rows) (p Slip, err error) {
		var year int
		var serial int64
		err = r.Scan(&p.ID, &p.Kind, &year, &serial, &p.Month, &p.MadeOn, &p.Agent)
		p.Number = slipNumber(year, serial)
		return p, err
	}, `SELECT id, kind, year, serial, period, made_on, agent FROM cash_slip WHERE `+where+` ORDER BY id DESC`, args...)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	at, ids := map[int64]*Slip{}, make([]int64, len(list))
	for i := range list {
		ids[i], at[list[i].ID] = list[i].ID, &list[i]
	}
	if err := store.Each(tx, func(r *sql.Rows) error {
		var x SlipReceipt
		var rec ledger.Receipt
		var slip int64
		if err := r.Scan(&x.ReceiptID, &rec.Year, &rec.Serial, &x.Means, &x.Payer, &x.Family, &x.Reference, &x.Day, &x.Amount, &x.Before, &slip); err != nil {
			return err
		}
		x.Number = rec.Number()
		at[slip].Receipts = append(at[slip].Receipts, x)
		return nil
	}, `SELECT `+slipReceiptColumns+`, CASE WHEN o.slip_id < c.slip_id THEN 1 ELSE 0 END, c.slip_id
		FROM cash_slip_receipt c JOIN receipt r ON r.id = c.receipt_id JOIN transfer t ON t.id = r.transfer_id JOIN family f ON f.id = r.family_id
		LEFT JOIN cash_slip_receipt o ON o.kind = CASE WHEN c.kind = 'cheques' THEN 'payment' ELSE 'cheques' END AND o.receipt_id = c.receipt_id
		WHERE c.slip_id = ANY($1) ORDER BY r.year, r.number`, ids); err != nil {
		return nil, err
	}
	err = store.Each(tx, func(r *sql.Rows) error {
		var e SlipEntry
		var slip int64
		err := r.Scan(&slip, &e.TransferID, &e.Kind, &e.Means, &e.Label, &e.Day, &e.Amount)
		if err == nil {
			at[slip].Entries = append(at[slip].Entries, e)
		}
		return err
	}, `SELECT e.slip_id, t.id, t.kind, e.means, t.label, t.on_day, e.amount FROM cash_slip_entry e JOIN transfer t ON t.id = e.transfer_id
		WHERE e.slip_id = ANY($1) ORDER BY t.on_day, t.id`, ids)
	for i := range list {
		list[i].sum()
	}
	return list, err
}
