package billing

import (
	"database/sql"
	"fmt"
	"maps"
	"math/big"
	"slices"

	"ardoise/data/calendar"
	"ardoise/data/money"
	"ardoise/data/store"
)

// taxGroup is an invoice with the credit notes that correct it, or a credit note
// that corrects several. The two instants are the ends of the year before and of
// the year asked for.
type taxGroup struct {
	family int64
	month  string         // of the year's last payment: where meals of other years go
	paid   [2]money.Cents // net of what came back, until each instant
	notes  [2][]taxLine   // lines of credit notes issued until then
	issued [2]bool        // the document itself
}

type taxLine struct {
	child, service int64
	month          string // of the meal
	amount, care   money.Cents
}

// invoices spreads what was paid of invoices over their lines.
func (w *taxer) invoices() error {
	groups, err := w.groups()
	if err != nil || len(groups) == 0 {
		return err
	}
	if err := w.settled(groups); err != nil {
		return err
	}
	if err := w.notes(groups); err != nil {
		return err
	}
	var lines []taxLine
	var current int64
	flush := func() {
		if g := groups[current]; g != nil {
			w.spread(g, lines)
		}
		lines = lines[:0]
	}
	// In the order of the key, one invoice at a time: a year's lines are not kept.
	err = store.Each(w.tx, func(r *sql.Rows) error {
		var id int64
		var l taxLine
		if err := r.Scan(&id, &l.child, &l.service, &l.month, &l.amount, &l.care); err != nil {
			return err
		}
		if id != current {
			flush()
			current = id
		}
		lines = append(lines, l)
		return nil
	}, `SELECT l.invoice_id, COALESCE(l.child_id, 0), l.service_id, substr(l.day, 1, 7), l.amount, l.care FROM invoice_line l WHERE l.invoice_id = ANY($1) ORDER BY l.invoice_id, l.rank`,
		slices.Sorted(maps.Keys(groups)))
	flush()
	return err
}

// groups are the documents that something happened to in the year: issued,
// corrected, paid, given back.
func (w *taxer) groups() (map[int64]*taxGroup, error) {
	out := map[int64]*taxGroup{}
	where, args := `i.id IN (SELECT COALESCE(x.corrects_id, x.id) FROM invoice x WHERE x.issued_on BETWEEN $1 AND $2
		UNION SELECT s.invoice_id FROM transfer t JOIN settlement s ON s.transfer_id = t.id WHERE t.on_day BETWEEN $1 AND $2 AND t.kind IN ('payment', 'reject', 'void'))`, []any{w.first, w.last}
	if w.only != nil { // all its invoices: they are few, and those the year did nothing to come to nothing
		where, args = `i.family_id = ANY($1)`, []any{w.only}
	}
	return out, store.Each(w.tx, func(r *sql.Rows) error {
		var id int64
		g := &taxGroup{}
		var issued calendar.Date
		err := r.Scan(&id, &g.family, &issued)
		g.issued = [2]bool{issued < w.first, issued <= w.last}
		g.month = fmt.Sprintf("%04d-12", w.year)
		out[id] = g
		return err
	}, `SELECT i.id, COALESCE(b.family_id, i.family_id), i.issued_on FROM invoice i LEFT JOIN invoice_balance b ON b.invoice_id = i.id
		WHERE i.corrects_id IS NULL AND `+where, args...)
}

// count adds a sum paid on a day to a group.
func (w *taxer) count(g *taxGroup, day calendar.Date, amount money.Cents) {
	if day < w.first {
		g.paid[0] += amount
	}
	if day <= w.last {
		g.paid[1] += amount
	}
	if day >= w.first && day <= w.last {
		g.month = calendar.MonthOf(day).String()
	}
}

// settled adds up what was paid of each group, and what credit notes gave back.
func (w *taxer) settled(groups map[int64]*taxGroup) error {
	ids := slices.Sorted(maps.Keys(groups))
	add := func(r *sql.Rows) error {
		var id int64
		var day calendar.Date
		var amount money.Cents
		err := r.Scan(&id, &day, &amount)
		if err == nil {
			w.count(groups[id], day, amount)
		}
		return err
	}
	if err := store.Each(w.tx, add, `SELECT s.invoice_id, t.on_day, s.amount FROM settlement s JOIN transfer t ON t.id = s.transfer_id
		WHERE s.invoice_id = ANY($1) AND t.kind IN ('payment', 'reject', 'void') ORDER BY t.on_day`, ids); err != nil {
		return err
	}
	return store.Each(w.tx, add, `SELECT COALESCE(i.corrects_id, i.id), t.on_day, -t.amount FROM invoice i JOIN invoice_transfer x ON x.invoice_id = i.id
		JOIN transfer t ON t.id = x.transfer_id JOIN account a ON a.id = t.credit_id
		WHERE i.kind = 'credit' AND COALESCE(i.corrects_id, i.id) = ANY($1) AND t.kind = 'credit_note' AND a.kind = 'wallet' ORDER BY t.on_day`, ids)
}

// notes adds the lines of the credit notes that correct an invoice of a group.
func (w *taxer) notes(groups map[int64]*taxGroup) error {
	return store.Each(w.tx, func(r *sql.Rows) error {
		var id int64
		var issued calendar.Date
		var l taxLine
		if err := r.Scan(&id, &issued, &l.child, &l.service, &l.month, &l.amount, &l.care); err != nil {
			return err
		}
		g := groups[id]
		if issued < w.first {
			g.notes[0] = append(g.notes[0], l)
		}
		if issued <= w.last {
			g.notes[1] = append(g.notes[1], l)
		}
		return nil
	}, `SELECT i.corrects_id, i.issued_on, COALESCE(l.child_id, 0), l.service_id, substr(l.day, 1, 7), l.amount, l.care
		FROM invoice i JOIN invoice_line l ON l.invoice_id = i.id WHERE i.kind = 'credit' AND i.corrects_id = ANY($1) ORDER BY i.id, l.rank`, slices.Sorted(maps.Keys(groups)))
}

// spread counts, line by line, what was paid until the year's end less what was
// paid until the end of the year before.
func (w *taxer) spread(g *taxGroup, lines []taxLine) {
	for at, sign := range []money.Cents{-1, 1} {
		if !g.issued[at] {
			continue
		}
		all, amounts, cares, total := w.weigh(slices.Concat(lines, g.notes[at]))
		if total == 0 && g.paid[at] != 0 { // credited in full to the wallet, then its payment was undone: it is owed again
			all, amounts, cares, total = w.weigh(lines)
		}
		paid, cared := share(amounts, g.paid[at], total), share(cares, g.paid[at], total)
		for i, l := range all {
			month := l.month
			if month[:4] != w.first.String()[:4] {
				month = g.month
			}
			w.add(g.family, l.child, month, sign*paid[i], sign*cared[i])
		}
	}
}

// weigh gives the lines that count, with what is spread over them. A sum given
// back on the whole is on no line of its own: it lowers what all of them get.
func (w *taxer) weigh(lines []taxLine) (all []taxLine, amounts, cares []money.Cents, total money.Cents) {
	for _, l := range lines {
		if l.child == 0 {
			continue
		}
		all = append(all, l)
		amounts = append(amounts, l.amount)
		cares = append(cares, w.cared(l.service, l.amount, l.care))
		total += l.amount
	}
	return all, amounts, cares, total
}

// share gives each amount its part paid/total, so that the first k parts together
// are the part of the first k amounts, rounded down. A total of zero is paid in
// full: lines that settle each other.
func share(amounts []money.Cents, paid, total money.Cents) []money.Cents {
	out := make([]money.Cents, len(amounts))
	switch {
	case total == 0 && paid != 0 && len(out) > 0: // nothing to go by
		out[0] = paid
		return out
	case total == 0, paid == total:
		copy(out, amounts)
		return out
	}
	var sum, before money.Cents
	for i, a := range amounts {
		sum += a
		upTo := floorPart(sum, paid, total)
		out[i], before = upTo-before, upTo
	}
	return out
}

// floorPart is sum × paid / total rounded towards less, in whole numbers that
// cannot overflow.
func floorPart(sum, paid, total money.Cents) money.Cents {
	if total < 0 {
		sum, total = -sum, -total
	}
	n := new(big.Int).Mul(big.NewInt(int64(sum)), big.NewInt(int64(paid)))
	q, r := new(big.Int).QuoRem(n, big.NewInt(int64(total)), new(big.Int))
	if r.Sign() < 0 {
		q.Sub(q, big.NewInt(1))
	}
	return money.Cents(q.Int64())
}
