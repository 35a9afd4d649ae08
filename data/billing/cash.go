package billing

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/money"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// counters may look into the cash office's books; only the Régie writes in them.
var counters = []staff.Role{staff.Regie, staff.Admin}

// firstDay is before every entry.
var firstDay = calendar.NewDate(1, time.January, 1)

// The euro's notes and coins, in cents.
var pieces = []money.Cents{1, 2, 5, 10, 20, 50, 1_00, 2_00, 5_00, 10_00, 20_00, 50_00, 100_00, 200_00, 500_00}

// Pieces gives the euro's notes and coins in cents, the smallest first: what a
// box is counted in.
func Pieces() []money.Cents { return slices.Clone(pieces) }

// CashDay gives a day of the cash office by its books; no date: today (Paris).
func (s *Service) CashDay(ctx context.Context, day calendar.Date) (out CashDay, err error) {
	if err := staff.Require(ctx, counters...); err != nil {
		return out, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		out, err = cashDay(tx, cmp.Or(day, calendar.DateOf(tx.Now())))
		return err
	})
	return out, err
}

// CashDays gives the days of a month that have a movement of money or a close,
// and today where it is in the month, in order.
func (s *Service) CashDays(ctx context.Context, m calendar.Month) (out []CashDay, err error) {
	if err := staff.Require(ctx, counters...); err != nil {
		return nil, err
	}
	if m.IsZero() {
		return nil, fault.New(fault.Invalid, "Choisissez un mois.")
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		b, err := loadBox(tx, m.First(), m.Last())
		if err != nil {
			return err
		}
		days := map[calendar.Date]bool{}
		for _, list := range [][]calendar.Date{slices.Collect(maps.Keys(b.means)), slices.Collect(maps.Keys(b.moves)), slices.Collect(maps.Keys(b.closes))} {
			for _, d := range list {
				days[d] = true
			}
		}
		days[calendar.DateOf(tx.Now())] = true
		for _, d := range slices.Sorted(maps.Keys(days)) {
			if m.Has(d) {
				out = append(out, b.day(d))
			}
		}
		return nil
	})
	return out, err
}

func cashDay(tx *store.Tx, day calendar.Date) (CashDay, error) {
	b, err := loadBox(tx, day, day)
	if err != nil {
		return CashDay{}, err
	}
	return b.day(day), nil
}

// box is what the books say of the cash box over some days: the last close before
// them, what moved since, the closes among them.
type box struct {
	fund   money.Cents // the float, today's setting
	last   calendar.Date
	before *closeRow // the last close before the days
	closes map[calendar.Date]closeRow
	moves  map[calendar.Date]boxMove // since before
	means  map[calendar.Date][]MeansSum
}

type closeRow struct {
	day                     calendar.Date
	at, agent, list, reason string
	fund, expected, counted money.Cents
}

// boxMove is a day's movement of the box: what was taken, and how much more or
// less there is in the evening.
type boxMove struct{ in, change money.Cents }

const closeColumns = `day, closed_at, agent, fund, expected, counted, pieces, reason`

func scanClose(r *sql.Rows) (c closeRow, err error) {
	err = r.Scan(&c.day, &c.at, &c.agent, &c.fund, &c.expected, &c.counted, &c.list, &c.reason)
	return c, err
}

// loadBox reads from, to and what leads to their morning. The box of a day is the
// float and all cash that came in until then, less what left: the books alone
// say it, so that a difference found one day is still a difference the next, until
// an entry settles it. Read since the last close, it costs a few days, not years.
func loadBox(tx *store.Tx, from, to calendar.Date) (*box, error) {
	b := &box{closes: map[calendar.Date]closeRow{}, moves: map[calendar.Date]boxMove{}, means: map[calendar.Date][]MeansSum{}}
	set, err := settings(tx)
	if err != nil {
		return nil, err
	}
	b.fund = set.CashFloat
	if err := tx.QueryRow(`SELECT MAX(day) FROM cash_close`).Scan(&b.last); err != nil {
		return nil, err
	}
	closes, err := store.Collect(tx, scanClose, `SELECT `+closeColumns+` FROM cash_close WHERE day BETWEEN $1 AND $2
		OR day = (SELECT MAX(day) FROM cash_close WHERE day < $1)`, from, to)
	if err != nil {
		return nil, err
	}
	since := firstDay
	for _, c := range closes {
		if c.day < from {
			b.before, since = &c, c.day.Add(1)
			continue
		}
		b.closes[c.day] = c
	}
	if err := b.loadMoves(tx, since, to); err != nil {
		return nil, err
	}
	in, err := paymentDays(tx, from, to)
	for _, p := range in {
		b.means[p.Day] = append(b.means[p.Day], MeansSum{Means: p.Means, Count: p.Count, Total: p.Total})
	}
	return b, err
}

func (b *box) loadMoves(tx *store.Tx, from, to calendar.Date) error {
	accounts, err := accountIDs(tx, `code IN ('cash:cash', 'refund:cash')`)
	if err != nil {
		return err
	}
	return store.Each(tx, func(r *sql.Rows) error {
		var day calendar.Date
		var m boxMove
		err := r.Scan(&day, &m.in, &m.change)
		b.moves[day] = m
		return err
	}, `SELECT on_day, CAST(SUM(taken) AS BIGINT), CAST(SUM(change) AS BIGINT) FROM (
		SELECT on_day, amount AS change, CASE WHEN kind = 'topup' THEN amount ELSE 0 END AS taken FROM transfer WHERE debit_id = ANY($1) AND on_day BETWEEN $2 AND $3
		UNION ALL SELECT on_day, -amount, 0 FROM transfer WHERE credit_id = ANY($1) AND on_day BETWEEN $2 AND $3) m GROUP BY on_day`, accounts, from, to)
}

// accountIDs gives the accounts of the town that a condition of ours names.
func accountIDs(tx *store.Tx, where string) ([]int64, error) {
	return store.Collect(tx, func(r *sql.Rows) (id int64, err error) { return id, r.Scan(&id) }, `SELECT id FROM account WHERE `+where+` ORDER BY id`)
}

// day gives one of the days that were loaded.
func (b *box) day(day calendar.Date) CashDay {
	fund, held := b.fund, money.Cents(0)
	d := CashDay{Day: day, Closed: day <= b.last, Means: b.means[day]}
	previous := b.before
	for _, c := range b.closes {
		if c.day < day && (previous == nil || c.day > previous.day) {
			previous = &c
		}
	}
	if previous != nil {
		d.Carried = previous.counted - previous.expected
	}
	row, closed := b.closes[day]
	if closed {
		fund = row.fund
	}
	if b.before != nil {
		held = b.before.expected - b.before.fund
	}
	for at, m := range b.moves {
		if at < day {
			held += m.change
		}
	}
	m := b.moves[day]
	d.Opening, d.In, d.Out = fund+held, m.in, m.in-m.change
	d.Expected = d.Opening + m.change
	if closed {
		d.Agent, d.Counted, d.Reason, d.Pieces = row.agent, row.counted, row.reason, readPieces(row.list)
		if at, err := store.ParseInstant(row.at); err == nil {
			d.ClosedAt = at
		}
	}
	return d
}

// open gives the first day before day that moved cash and was not closed, where
// days are closed here at all: the first close ever counts for all before it.
func (b *box) open(day calendar.Date) calendar.Date {
	if b.last.IsZero() {
		return 0
	}
	for _, d := range slices.Sorted(maps.Keys(b.moves)) {
		if d > b.last && d < day {
			return d
		}
	}
	return 0
}

// CloseCash closes a day of the cash box: what was counted is set against the
// books, and the day takes no cash any more. The same key gives the same day
// again. Days close in order; the first close ever counts for all days before.
func (s *Service) CloseCash(ctx context.Context, c CashClose) (out CashDay, err error) {
	if err := staff.Require(ctx, staff.Regie); err != nil {
		return out, err
	}
	c.Reason = strings.TrimSpace(c.Reason)
	list, err := c.count()
	if err != nil {
		return out, err
	}
	content := c
	content.Key = ""
	digest, err := ledger.Digest(content)
	if err != nil {
		return out, err
	}
	err = s.db.Write(ctx, func(tx *store.Tx) error {
		out, err = closeIn(tx, c, list, digest)
		return err
	})
	return out, err
}

// count checks what was counted; pieces, where there are any, decide.
func (c *CashClose) count() (list string, err error) {
	if c.Day.IsZero() {
		return "", fault.New(fault.Invalid, "Choisissez le jour à arrêter.")
	}
	var total money.Cents
	var parts []string
	for _, value := range slices.Backward(slices.Sorted(maps.Keys(c.Pieces))) {
		n := c.Pieces[value]
		if !slices.Contains(pieces, value) || n < 0 || n > 100_000 {
			return "", fault.New(fault.Invalid, "Le décompte ne va pas : %d pièces ou billets de %s. Recomptez.", n, value)
		}
		if n == 0 {
			continue
		}
		sum, err := value.Times(n)
		if err != nil {
			return "", err
		}
		total += sum
		parts = append(parts, fmt.Sprintf("%d:%d", int64(value), n))
	}
	switch {
	case c.Counted < 0:
		return "", fault.New(fault.Invalid, "Le montant compté ne peut pas être négatif (%s).", c.Counted)
	case len(c.Pieces) > 0 && c.Counted != 0 && c.Counted != total:
		return "", fault.New(fault.Invalid, "Les pièces et les billets font %s, le montant compté est de %s : recomptez.", total, c.Counted)
	case len(c.Pieces) > 0:
		c.Counted = total
	}
	return strings.Join(parts, ","), nil
}

// readPieces reads what count wrote.
func readPieces(list string) map[money.Cents]int {
	if list == "" {
		return nil
	}
	out := map[money.Cents]int{}
	for part := range strings.SplitSeq(list, ",") {
		value, n, _ := strings.Cut(part, ":")
		v, err1 := strconv.ParseInt(value, 10, 64)
		k, err2 := strconv.Atoi(n)
		if err1 == nil && err2 == nil {
			out[money.Cents(v)] = k
		}
	}
	return out
}

func closeIn(tx *store.Tx, c CashClose, list, digest string) (CashDay, error) {
	label := "Arrêté de caisse du " + c.Day.Short()
	if _, replay, err := ledger.Replay(tx, c.Key, digest); err != nil || replay {
		if err != nil {
			return CashDay{}, err
		}
		return cashDay(tx, c.Day)
	}
	b, err := loadBox(tx, c.Day, c.Day)
	if err != nil {
		return CashDay{}, err
	}
	d := b.day(c.Day)
	if err := mayClose(b, d, c, calendar.DateOf(tx.Now())); err != nil {
		return d, err
	}
	if _, _, err := ledger.Operation(tx, ledger.Op{Key: c.Key, Digest: digest, Kind: "cash_close", Reason: c.Reason, Label: label}); err != nil {
		return d, err
	}
	if _, err := tx.Exec(`INSERT INTO cash_close (`+closeColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		c.Day, tx.Now(), agentName(tx), int64(b.fund), int64(d.Expected), int64(c.Counted), list, c.Reason); err != nil {
		return d, err
	}
	detail := fmt.Sprintf("%s"+nbsp+": %s attendus, %s comptés", label, d.Expected, c.Counted)
	if c.Counted != d.Expected {
		detail += fmt.Sprintf(", écart %s (%s)", (c.Counted - d.Expected).Signed(), c.Reason)
	}
	tx.Publish(Topic)
	if err := staff.Audit(tx, "cash.close", "cash:"+c.Day.String(), detail); err != nil {
		return d, err
	}
	return cashDay(tx, c.Day)
}

// mayClose judges a close: days in order, none to come, a difference explained.
func mayClose(b *box, d CashDay, c CashClose, today calendar.Date) error {
	switch missed := b.open(c.Day); {
	case c.Day > today:
		return fault.New(fault.Invalid, "Le %s est à venir : la caisse s’arrête le jour même ou après. Si la date du jour (%s) est fausse, corrigez celle de l’ordinateur.", c.Day.Short(), today.Short())
	case c.Day == b.last:
		return fault.New(fault.Conflict, "La caisse du %s est déjà arrêtée.", c.Day.Short())
	case c.Day < b.last:
		return fault.New(fault.Conflict, "La caisse est déjà arrêtée jusqu’au %s : les jours s’arrêtent dans l’ordre.", b.last.Short())
	case !missed.IsZero():
		return fault.New(fault.Conflict, "La caisse du %s n’est pas arrêtée : arrêtez-la d’abord, les jours s’arrêtent dans l’ordre.", missed.Short())
	case c.Counted != d.Expected && c.Reason == "":
		return fault.New(fault.Invalid, "La caisse devrait contenir %s, vous avez compté %s (écart %s). Recomptez, ou donnez la raison de l’écart.", d.Expected, c.Counted, (c.Counted - d.Expected).Signed())
	}
	return nil
}

// paymentDays gives what came in between two days by day and means: receipts and
// direct debits, less what was annulled or rejected, each on its own day.
func paymentDays(tx *store.Tx, from, to calendar.Date) ([]PaymentDay, error) {
	accounts, err := accountIDs(tx, `kind = 'cash'`)
	if err != nil {
		return nil, err
	}
	return store.Collect(tx, func(r *sql.Rows) (p PaymentDay, err error) {
		err = r.Scan(&p.Day, &p.Means, &p.Count, &p.Total)
		return p, err
	}, `SELECT m.on_day, substr(a.code, 6), CAST(SUM(m.n) AS BIGINT), CAST(SUM(m.amount) AS BIGINT) FROM (
		SELECT debit_id AS id, on_day, 1 AS n, amount FROM transfer WHERE debit_id = ANY($1) AND on_day BETWEEN $2 AND $3 AND kind <> 'deposit'
		UNION ALL SELECT credit_id, on_day, -1, -amount FROM transfer WHERE credit_id = ANY($1) AND on_day BETWEEN $2 AND $3 AND kind <> 'deposit') m
		JOIN account a ON a.id = m.id GROUP BY m.on_day, a.code ORDER BY m.on_day, a.code`, accounts, from, to)
}
