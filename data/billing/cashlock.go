package billing

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/money"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// PlanLock says what stands against locking a month. What blocks is what a locked
// month could not take any more, or what the month's slip would lack: the month
// is not over, an earlier one is open, the box was not counted, something is not
// on a payment slip, a direct debit of the month is built and not yet sent.
// What only warns can still be done later, dated that day: meals to be invoiced,
// meals to be regularised, a difference in the box.
func (s *Service) PlanLock(ctx context.Context, m calendar.Month) (p LockPlan, err error) {
	if err := staff.Require(ctx, counters...); err != nil {
		return p, err
	}
	if m.IsZero() {
		return p, fault.New(fault.Invalid, "Choisissez le mois à verrouiller.")
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		p, err = planLock(tx, m)
		return err
	})
	return p, err
}

func planLock(tx *store.Tx, m calendar.Month) (LockPlan, error) {
	p := LockPlan{Month: m}
	locked, err := lastLock(tx)
	if err != nil {
		return p, err
	}
	if !locked.IsZero() && !locked.Before(m) {
		p.Lock, err = lockOf(tx, m)
		if err == nil && p.Lock == nil {
			p.Lock, err = lockAfter(tx, m)
		}
		return p, err
	}
	today := calendar.DateOf(tx.Now())
	if today <= m.Last() {
		p.block("Le mois %s n’est pas terminé (nous sommes le %s) : il se verrouille à partir du %s.", fault.De(m.Label()), today.Short(), m.Last().Add(1).Short())
	}
	switch next := locked.Add(1); {
	case locked.IsZero():
		p.warn("C’est le premier verrouillage : les mois d’avant le seront avec celui-ci.")
	case next != m:
		p.block("Le mois %s n’est pas verrouillé : les mois se verrouillent dans l’ordre.", fault.De(next.Label()))
	}
	for _, step := range []func(*store.Tx, *LockPlan) error{lockBox, lockSlips, lockDebits, lockMeals} {
		if err := step(tx, &p); err != nil {
			return p, err
		}
	}
	return p, nil
}

func (p *LockPlan) block(format string, args ...any) {
	p.Blocks = append(p.Blocks, fault.French(fmt.Sprintf(format, args...)))
}

func (p *LockPlan) warn(format string, args ...any) {
	p.Warnings = append(p.Warnings, fault.French(fmt.Sprintf(format, args...)))
}

// lockBox: every day of the month that moved cash must be closed.
func lockBox(tx *store.Tx, p *LockPlan) error {
	b, err := loadBox(tx, p.Month.First(), p.Month.Last())
	if err != nil {
		return err
	}
	var first calendar.Date
	n := 0
	for d := range b.moves {
		if d > b.last && d <= p.Month.Last() {
			if n++; first.IsZero() || d < first {
				first = d
			}
		}
	}
	switch {
	case n > 0 && b.last.IsZero():
		p.block("La caisse n’a jamais été arrêtée, et elle a eu des mouvements d’espèces jusqu’à la fin du mois : comptez-la et arrêtez-la.")
	case n > 0:
		p.block("La caisse n’est pas arrêtée pour %s, à partir du %s : comptez-la et arrêtez chaque jour.", countOf(n, "jour", "jours"), first.Short())
	}
	var last *closeRow
	for _, c := range b.closes {
		if last == nil || c.day > last.day {
			last = &c
		}
	}
	if last != nil && last.counted != last.expected {
		p.warn("La caisse du %s avait un écart de %s (« %s ») qu’aucune écriture n’explique : régularisez-le quand vous pourrez.", last.day.Short(), (last.counted - last.expected).Signed(), last.reason)
	}
	return nil
}

// lockSlips: all that came in must be on a payment slip.
func lockSlips(tx *store.Tx, p *LockPlan) error {
	receipts, entries, err := waitingPayments(tx, p.Month.Last())
	if err != nil {
		return err
	}
	rest := Slip{Receipts: receipts, Entries: entries}
	if rest.sum(); rest.Count > 0 {
		p.block("%s de %s %s sur aucun bordereau de versement : faites le bordereau %s.", countOf(rest.Count, "encaissement", "encaissements"), rest.Total, oneOr(rest.Count, "n’est", "ne sont"), fault.De(p.Month.Label()))
	}
	return nil
}

// lockDebits: a batch enters its money on its collection day, which a lock would refuse.
func lockDebits(tx *store.Tx, p *LockPlan) error {
	return store.Each(tx, func(r *sql.Rows) error {
		var day calendar.Date
		var file string
		var total money.Cents
		err := r.Scan(&day, &file, &total)
		p.block("Le prélèvement du %s (%s, %s) est préparé mais n’est ni envoyé ni abandonné : marquez-le comme envoyé, ou abandonnez-le.", day.Short(), file, total)
		return err
	}, `SELECT collect_on, file, total FROM debit_batch WHERE state = 'built' AND collect_on <= $1 ORDER BY collect_on, id`, p.Month.Last())
}

// lockMeals: meals of the month that nobody was asked to pay.
func lockMeals(tx *store.Tx, p *LockPlan) error {
	var n, families int
	var total money.Cents
	err := tx.QueryRow(`SELECT COUNT(*), COUNT(DISTINCT b.family_id), CAST(COALESCE(SUM(b.price), 0) AS BIGINT) FROM booking b
		WHERE b.pay = 'monthly' AND b.day BETWEEN $1 AND $2 AND b.price > 0 AND (b.state = 'booked' OR b.cancel_verdict = 'late')
		AND NOT EXISTS (SELECT 1 FROM invoice_line l WHERE l.booking_id = b.id)`, p.Month.First(), p.Month.Last()).Scan(&n, &families, &total)
	if err != nil {
		return err
	}
	if n > 0 {
		p.warn("%s du mois %s (%s, %s) : la prochaine facture, datée de son jour, s’en chargera.", countOf(n, "repas", "repas"), oneOr(n, "n’est pas facturé", "ne sont pas facturés"), countOf(families, "famille", "familles"), total)
	}
	err = tx.QueryRow(`SELECT COUNT(*), CAST(COALESCE(SUM(b.price), 0) AS BIGINT) FROM service s JOIN booking b ON b.service_id = s.id AND b.kind = 'unbooked' AND b.day BETWEEN $1 AND $2
		WHERE b.state = 'booked' AND b.pay = 'prepaid' AND b.price > 0 AND NOT EXISTS (SELECT 1 FROM transfer t WHERE t.booking_id = b.id AND t.kind = 'charge')`,
		p.Month.First(), p.Month.Last()).Scan(&n, &total)
	if err == nil && n > 0 {
		p.warn("%s sans réservation du mois %s à régulariser (%s).", countOf(n, "repas", "repas"), oneOr(n, "reste", "restent"), total)
	}
	return err
}

func countOf(n int, one, many string) string {
	return fmt.Sprintf("%d"+nbsp+"%s", n, oneOr(n, one, many))
}

func oneOr(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// LockMonth locks a month: no entry is dated in it, or before, any more. A month
// already locked is given as it is. What PlanLock says blocks is a Conflict.
func (s *Service) LockMonth(ctx context.Context, m calendar.Month) (l Lock, err error) {
	if err := staff.Require(ctx, staff.Regie); err != nil {
		return l, err
	}
	if m.IsZero() {
		return l, fault.New(fault.Invalid, "Choisissez le mois à verrouiller.")
	}
	err = s.db.Write(ctx, func(tx *store.Tx) error {
		p, err := planLock(tx, m)
		switch {
		case err != nil:
			return err
		case p.Lock != nil:
			l = *p.Lock
			return nil
		case len(p.Blocks) > 0:
			return fault.New(fault.Conflict, "%s", strings.Join(p.Blocks, " "))
		}
		l = Lock{Month: m, LockedAt: tx.Now(), Agent: agentName(tx)}
		if _, err := tx.Exec(`INSERT INTO period_lock (period, locked_at, agent) VALUES ($1, $2, $3)`, m, l.LockedAt, l.Agent); err != nil {
			return err
		}
		tx.Publish(Topic)
		detail := "Mois " + fault.De(m.Label()) + " verrouillé"
		if len(p.Warnings) > 0 {
			detail += nbsp + ": " + strings.Join(p.Warnings, " ")
		}
		return staff.Audit(tx, "cash.lock", "month:"+m.String(), detail)
	})
	return l, err
}

// Locks lists the locked months, the newest first.
func (s *Service) Locks(ctx context.Context) (out []Lock, err error) {
	if err := staff.Require(ctx, readers...); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		out, err = store.Collect(tx, scanLock, `SELECT period, locked_at, agent FROM period_lock ORDER BY period DESC`)
		return err
	})
	return out, err
}

func scanLock(r *sql.Rows) (l Lock, err error) {
	var at string
	if err := r.Scan(&l.Month, &at, &l.Agent); err != nil {
		return l, err
	}
	l.LockedAt, err = store.ParseInstant(at)
	return l, err
}

// lastLock is the last locked month; no month: none is.
func lastLock(tx *store.Tx) (m calendar.Month, err error) {
	return m, tx.QueryRow(`SELECT COALESCE(MAX(period), '') FROM period_lock`).Scan(&m)
}

// lockOf gives the lock of a month; nil where it has none of its own.
func lockOf(tx *store.Tx, m calendar.Month) (*Lock, error) {
	list, err := store.Collect(tx, scanLock, `SELECT period, locked_at, agent FROM period_lock WHERE period = $1`, m)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

// lockAfter gives the lock that covers a month before the first one locked.
func lockAfter(tx *store.Tx, m calendar.Month) (*Lock, error) {
	list, err := store.Collect(tx, scanLock, `SELECT period, locked_at, agent FROM period_lock WHERE period > $1 ORDER BY period LIMIT 1`, m)
	if err != nil || len(list) == 0 {
		return nil, cmp.Or(err, errors.New("billing: no lock after a locked month"))
	}
	return &list[0], nil
}
