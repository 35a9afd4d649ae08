package demo

import (
	"database/sql"
	"fmt"
	"time"

	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/ledger"
	"ardoise/data/money"
	"ardoise/data/store"
)

// bookings books month after month, as families do: a top-up when the wallet
// is too low, then the month's meals.
func (m *maker) bookings() error {
	served := m.servedDays()
	if len(served) == 0 {
		return nil
	}
	last := served[len(served)-1]
	for month := m.firstDay().FirstOfMonth(); month <= last; month = month.AddMonths(1) {
		at := month.Add(-12).At(10, 0)
		m.at(at)
		end := min(month.LastOfMonth(), last)
		if err := m.o.Store.Write(m.ctx, func(tx *store.Tx) error { return m.month(tx, month, end) }); err != nil {
			return err
		}
		if err := m.changes(at, month); err != nil {
			return err
		}
	}
	return nil
}

// servedDays are the canteen's first days of the year, as many as asked for.
func (m *maker) servedDays() []calendar.Date {
	for _, s := range m.services {
		if s.Kind == catalog.Canteen {
			days := m.plans[s.ID].OpenDays(m.firstDay(), m.year.Last())
			n := m.size.Days
			if n == 0 {
				for n < len(days) && days[n] <= m.today.Add(24) {
					n++
				}
			}
			return days[:min(n, len(days))]
		}
	}
	return nil
}

// month writes one month: one operation a family, thousands of rows at once.
func (m *maker) month(tx *store.Tx, first, last calendar.Date) error {
	byHome := map[*home][]booking.Row{}
	for _, w := range m.all {
		if !w.open {
			continue
		}
		rows, err := m.rowsOf(tx, w, first, last)
		if err != nil {
			return err
		}
		byHome[w.h] = append(byHome[w.h], rows...)
	}
	var all []booking.Row
	for _, h := range m.homes {
		rows := byHome[h]
		if len(rows) == 0 {
			continue
		}
		if err := m.pay(tx, h, rows, first); err != nil {
			return err
		}
		op, _, err := ledger.Operation(tx, ledger.Op{
			Key: fmt.Sprintf("demo-book-%d-%s", h.f.ID, first), Digest: "demo", Kind: "book", FamilyID: h.f.ID,
			Consent: ledger.Consent{Who: h.mother + " " + h.last, How: "portail", At: tx.Now()},
			Label:   "Réservation de " + calendar.MonthName(first.Month()),
		})
		if err != nil {
			return err
		}
		for i := range rows {
			rows[i].OperationID = op
		}
		all = append(all, rows...)
	}
	if _, err := booking.Book(tx, all); err != nil {
		return err
	}
	m.res.Bookings += len(all)
	return nil
}

// rowsOf are a child's meals at a service between two days.
func (m *maker) rowsOf(tx *store.Tx, w *wish, first, last calendar.Date) (rows []booking.Row, err error) {
	plan := m.plans[w.s.ID]
	for _, d := range plan.OpenDays(max(first, m.firstDay()), last) {
		if !w.days.Has(d.Weekday()) || chance(m.rnd, 25) {
			continue
		}
		limit, rule := w.s.Cutoff(plan, d, catalog.PurposeBook)
		if !calendar.InTime(tx.Now(), limit) {
			continue
		}
		t, _, err := catalog.Pick(m.tariffs[w.s.ID], catalog.Criteria{
			Day: d, Quotient: w.h.f.Quotient, Resident: w.h.f.CommuneID == w.s.CommuneID, AgeGroup: w.child.AgeGroup, SiblingRank: w.rank,
		})
		if err != nil {
			return nil, err
		}
		r := booking.Row{
			ChildID: w.child.ID, ServiceID: w.s.ID, Day: d, FamilyID: w.h.f.ID, Price: t.Price(), Care: t.Care, TariffID: t.ID,
			SittingID: w.s.SittingFor(w.child.ClassID, w.child.SchoolID), Cutoff: limit, Rule: rule, Attendance: m.pointed(d),
		}
		if w.h.monthly {
			r.Pay = booking.Monthly
		}
		if w.h.seldom && d >= m.today.FirstOfMonth() && d.Weekday() != w.days.Days()[0] {
			continue // drawn like the others, so that theirs stay what they are
		}
		rows = append(rows, r)
	}
	return rows, nil
}

// pointed is what the attendance of a day says by now.
func (m *maker) pointed(d calendar.Date) string {
	switch {
	case d > m.today, d == m.today && !chance(m.rnd, 2):
		return ""
	case chance(m.rnd, 60):
		return "absent"
	}
	return "present"
}

var payMeans = []string{"card", "card", "cheque", "cash", "transfer"}

// pay tops the wallet up with what the rows cost, rounded up to ten euros; the
// short ones bring just what is due.
func (m *maker) pay(tx *store.Tx, h *home, rows []booking.Row, month calendar.Date) error {
	var due money.Cents
	for _, r := range rows {
		if r.Pay != booking.Monthly {
			due += r.Price
		}
	}
	missing := due - money.Cents(h.balance)
	h.balance -= int64(due)
	if missing <= 0 {
		return nil
	}
	if !h.short {
		missing = (missing + 1999) / 1000 * 1000
	}
	h.balance += int64(missing)
	key := fmt.Sprintf("demo-topup-%d-%s", h.f.ID, month)
	op, _, err := ledger.Operation(tx, ledger.Op{Key: key, Digest: "demo", Kind: "topup", FamilyID: h.f.ID, Label: "Rechargement"})
	if err != nil {
		return err
	}
	_, err = ledger.TopUpIn(tx, op, ledger.TopUp{Key: key, FamilyID: h.f.ID, Amount: missing, Means: payMeans[m.rnd.IntN(len(payMeans))], Payer: h.mother + " " + h.last})
	return err
}

// changes are the cancellations of a month already booked: some in time, one
// late, through the same plan and commit as at the counter.
func (m *maker) changes(at time.Time, month calendar.Date) error {
	if m.size.Families > manyFamilies || !at.Before(m.now) {
		return nil
	}
	for i := range min(6, len(m.all)) {
		w := m.all[(i*37+int(month.Month())*11)%len(m.all)]
		if !w.open || w.h.monthly {
			continue
		}
		when := month.Add(3).At(9, 10+i)
		if !when.Before(m.now) {
			continue
		}
		m.at(when)
		var days []calendar.Date
		err := m.o.Store.Read(m.ctx, func(tx *store.Tx) error {
			return store.Each(tx, func(r *sql.Rows) error {
				var d calendar.Date
				if err := r.Scan(&d); err != nil {
					return err
				}
				days = append(days, d)
				return nil
			}, `SELECT day FROM booking WHERE child_id = $1 AND service_id = $2 AND state = 'booked' AND day > $3 AND attendance = '' ORDER BY day LIMIT 12`,
				w.child.ID, w.s.ID, month.Add(10))
		})
		if err != nil {
			return err
		}
		if len(days) < 8 {
			continue
		}
		_, err = m.o.Booking.Book(m.ctx, booking.Ask{
			Key: fmt.Sprintf("demo-cancel-%d-%s", w.child.ID, month), Cancel: []booking.Item{{ChildID: w.child.ID, ServiceID: w.s.ID, Day: days[7]}},
			Consent: ledger.Consent{Who: w.h.mother + " " + w.h.last, How: "téléphone", At: when},
		})
		if err != nil {
			return err
		}
	}
	return nil
}
