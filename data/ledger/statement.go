package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/money"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// Statement is what moved on a wallet over a span of days, in order of time.
type Statement struct {
	FamilyID        int64
	Family          string
	From, To        calendar.Date
	Opening         money.Cents // before the first line
	Lines           []Line
	Closing         money.Cents // after the last one
	Debits, Credits money.Cents // sums of the lines
}

// Line is one line of a statement: the transfers of one operation that are of
// one sort are shown as one.
type Line struct {
	Transfer int64 // the first one, for Why
	Count    int   // how many transfers it stands for
	Day      calendar.Date
	At       time.Time
	Kind     string // topup, charge, credit, refund, merge, correction, payment, void, credit_note
	Label    string // "Réservation : 5 repas, Hugo"
	Detail   string // "du 7 au 14 déc."
	Debit    money.Cents
	Credit   money.Cents
	Balance  money.Cents // after the line
	Receipt  string      // "2026-0463"
	Agent    string
}

// movement is one transfer seen from a wallet.
type movement struct {
	id, op             int64
	in                 bool
	amount             money.Cents
	kind, opKind       string
	label, opLabel     string
	reason             string
	day                calendar.Date
	at                 string
	child, serviceKind string
	meal               calendar.Date
	receipt            Receipt
	agent              string
	numbers            []string // of the invoices it pays or opens again
	annuls             string   // number of the receipt it annuls
}

// Statement gives the wallet's movements between two accounting days, both
// included; no date means no bound.
func (s *Service) Statement(ctx context.Context, familyID int64, from, to calendar.Date) (st Statement, err error) {
	if err := staff.Require(ctx, staff.Regie, staff.Accueil); err != nil {
		return st, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		st, err = StatementTx(tx, familyID, from, to)
		return err
	})
	return st, err
}

// StatementTx is Statement inside a transaction.
func StatementTx(tx *store.Tx, familyID int64, from, to calendar.Date) (Statement, error) {
	st := Statement{FamilyID: familyID, From: from, To: to}
	if to.IsZero() {
		to = calendar.NewDate(9999, time.December, 31)
	}
	first := from
	if first.IsZero() {
		first = calendar.NewDate(1, time.January, 1)
	}
	if err := tx.QueryRow(`SELECT name FROM family WHERE id = $1`, familyID).Scan(&st.Family); err != nil {
		return st, missingFamily(err)
	}
	wallets, err := Peek(tx, []int64{familyID})
	if err != nil {
		return st, err
	}
	wallet, ok := wallets[familyID]
	if !ok {
		return st, nil
	}
	if err := tx.QueryRow(`SELECT CAST(COALESCE((SELECT SUM(amount) FROM transfer WHERE credit_id = $1 AND on_day < $2), 0)
		- COALESCE((SELECT SUM(amount) FROM transfer WHERE debit_id = $1 AND on_day < $2), 0) AS BIGINT)`, wallet.ID, first.String()).Scan(&st.Opening); err != nil {
		return st, err
	}
	moves, err := movements(tx, wallet.ID, first, to)
	if err != nil {
		return st, err
	}
	if err := name(tx, moves); err != nil {
		return st, err
	}
	balance := st.Opening
	for _, g := range grouped(moves) {
		l := line(g)
		st.Debits, st.Credits = st.Debits+l.Debit, st.Credits+l.Credit
		balance += l.Credit - l.Debit
		l.Balance = balance
		st.Lines = append(st.Lines, l)
	}
	st.Closing = balance
	return st, nil
}

// movements reads one side of the index, then the other: an OR would read the
// whole table on one of the engines.
func movements(tx *store.Tx, wallet int64, from, to calendar.Date) ([]movement, error) {
	const columns = `t.id, t.operation_id, t.amount, t.kind, t.label, t.on_day, o.kind, o.label, o.reason, o.at,
		COALESCE(c.first, ''), COALESCE(s.kind, ''), COALESCE(b.day, ''), COALESCE(r.year, 0), COALESCE(r.number, 0), COALESCE(a.name, '')`
	const joins = ` JOIN operation o ON o.id = t.operation_id LEFT JOIN booking b ON b.id = t.booking_id LEFT JOIN child c ON c.id = b.child_id
		LEFT JOIN service s ON s.id = b.service_id LEFT JOIN receipt r ON r.transfer_id = t.id LEFT JOIN agent a ON a.id = o.agent_id`
	list, err := store.Collect(tx, func(r *sql.Rows) (m movement, err error) {
		var in int64
		var meal string
		if err = r.Scan(&in, &m.id, &m.op, &m.amount, &m.kind, &m.label, &m.day, &m.opKind, &m.opLabel, &m.reason, &m.at,
			&m.child, &m.serviceKind, &meal, &m.receipt.Year, &m.receipt.Serial, &m.agent); err != nil {
			return m, err
		}
		m.in = in == 1
		err = m.meal.UnmarshalText([]byte(meal))
		return m, err
	}, `SELECT 1 AS inward, `+columns+` FROM transfer t`+joins+` WHERE t.credit_id = $1 AND t.on_day BETWEEN $2 AND $3
		UNION ALL SELECT 0, `+columns+` FROM transfer t`+joins+` WHERE t.debit_id = $1 AND t.on_day BETWEEN $2 AND $3`, wallet, from.String(), to.String())
	slices.SortFunc(list, func(a, b movement) int {
		if a.day != b.day {
			return int(a.day - b.day)
		}
		return int(a.id - b.id)
	})
	return list, err
}

// apart are the sorts that are never put together: each line names its own receipt
// or invoice.
var apart = map[string]bool{"topup": true, "refund": true, "payment": true, "void": true}

// grouped puts together the transfers of one operation that are of one sort.
func grouped(list []movement) [][]movement {
	type key struct {
		op   int64
		in   bool
		kind string
		day  calendar.Date
	}
	at := map[key]int{}
	var out [][]movement
	for _, m := range list {
		k := key{m.op, m.in, m.kind, m.day}
		i, ok := at[k]
		if !ok || apart[m.kind] {
			i = len(out)
			at[k] = i
			out = append(out, nil)
		}
		out[i] = append(out[i], m)
	}
	return out
}

func line(g []movement) Line {
	m := g[0]
	l := Line{Transfer: m.id, Count: len(g), Day: m.day, Kind: m.kind, Label: m.label, Agent: m.agent}
	if at, err := store.ParseInstant(m.at); err == nil {
		l.At = at
	}
	for _, x := range g {
		if x.in {
			l.Credit += x.amount
		} else {
			l.Debit += x.amount
		}
		if x.receipt.Serial != 0 {
			l.Receipt = x.receipt.Number()
		}
	}
	switch {
	case m.annuls != "" || m.numbers != nil:
		l.Label = moneyLabel(m)
	case m.child != "":
		l.Label, l.Detail = mealLabel(g), spanText(g)
		if m.reason != "" {
			l.Detail += " (" + m.reason + ")"
		}
	}
	return l
}

// mealWords are what a service gives, in the singular and the plural.
var mealWords = map[string][2]string{
	"canteen": {"repas", "repas"}, "morning": {"matin", "matins"}, "evening": {"soir", "soirs"}, "day": {"journée", "journées"},
}

// MealWord gives "repas", "matin", "soirs", "journées" for a kind of service.
func MealWord(kind string, n int) string {
	w, ok := mealWords[kind]
	if !ok {
		w = [2]string{"réservation", "réservations"}
	}
	if n > 1 {
		return w[1]
	}
	return w[0]
}

var acts = map[string]string{
	"charge": "Réservation", "credit": "Annulation",
	"charge/attend": "Repas sans réservation", "credit/attend": "Absence justifiée", "credit/justify": "Absence justifiée",
	"credit/close": "Fermeture", "charge/promote": "Place libérée", "charge/unjustify": "Justification retirée", "charge/regularise": "Régularisation",
}

func mealLabel(g []movement) string {
	act, ok := acts[g[0].kind+"/"+g[0].opKind]
	if !ok {
		act = acts[g[0].kind]
	}
	counts, children := map[string]int{}, []string(nil)
	var kinds []string
	for _, m := range g {
		if counts[m.serviceKind]++; counts[m.serviceKind] == 1 {
			kinds = append(kinds, m.serviceKind)
		}
		if !slices.Contains(children, m.child) {
			children = append(children, m.child)
		}
	}
	parts := make([]string, len(kinds))
	for i, k := range kinds {
		parts[i] = strconv.Itoa(counts[k]) + nbsp + MealWord(k, counts[k])
	}
	return act + nbsp + ": " + strings.Join(parts, ", ") + ", " + strings.Join(children, ", ")
}

// spanText gives "le 7 déc." or "du 7 au 14 déc.".
func spanText(g []movement) string {
	first, last := g[0].meal, g[0].meal
	for _, m := range g {
		first, last = min(first, m.meal), max(last, m.meal)
	}
	switch {
	case first == last:
		return "le " + first.DayMonth()
	case first.Month() == last.Month() && first.Year() == last.Year():
		return fmt.Sprintf("du %s au %s", strings.Fields(first.DayMonth())[0], last.DayMonth())
	}
	return "du " + first.DayMonth() + " au " + last.DayMonth()
}
