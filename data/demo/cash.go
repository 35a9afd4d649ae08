package demo

import (
	"fmt"
	"slices"

	"ardoise/data/billing"
	"ardoise/data/calendar"
	"ardoise/data/money"
)

// The days of the month on which the cash office hands over and locks.
const (
	slipDay    = 5
	lockDay    = 10
	chequesDay = 15
	lockAfter  = 30 // days before today from which a month is left open, for who looks at the demonstration
)

// cash plans the cash office's own days: each that moved cash is closed, cheques
// go to the bank, the month is handed over, and locked once it is old enough.
func (m *maker) cash(on func(d calendar.Date, hour, minute int, do func() error), first calendar.Month) {
	for d := first.First().Add(-15); d < m.today; d = d.Add(1) {
		on(d, 17, 30, func() error { return m.closeDay(d) })
	}
	for k := range 11 {
		month, next := first.Add(k), first.Add(k+1).First()
		on(working(next.Add(slipDay-1)), 16, 0, func() error { return m.slip(billing.SlipPayment, month) })
		on(working(next.Add(chequesDay-1)), 14, 30, func() error { return m.slip(billing.SlipCheques, month) })
		if lock := working(next.Add(lockDay - 1)); lock.Add(lockAfter) < m.today {
			on(lock, 16, 30, func() error { return m.lock(month) })
		}
	}
}

func (m *maker) closeDay(d calendar.Date) error {
	day, err := m.o.Billing.CashDay(m.ctx, d)
	if err != nil || day.In == 0 && day.Out == 0 {
		return err
	}
	_, err = m.o.Billing.CloseCash(m.ctx, billing.CashClose{Key: "demo-close-" + d.String(), Day: d, Pieces: notes(day.Expected)})
	return err
}

// notes counts a sum out in as few notes and coins as can be, without the large
// notes nobody brings to a counter.
func notes(sum money.Cents) map[money.Cents]int {
	out := map[money.Cents]int{}
	for _, v := range slices.Backward(billing.Pieces()) {
		if n := int(sum / v); n > 0 && v <= 50_00 {
			out[v] = n
			sum -= money.Cents(n) * v
		}
	}
	return out
}

func (m *maker) slip(kind string, month calendar.Month) error {
	p, err := m.o.Billing.PlanSlip(m.ctx, kind, month)
	if err != nil || p.Count == 0 {
		return err
	}
	_, err = m.o.Billing.MakeSlip(m.ctx, fmt.Sprintf("demo-slip-%s-%s", kind, month), kind, month)
	return err
}

func (m *maker) lock(month calendar.Month) error {
	p, err := m.o.Billing.PlanLock(m.ctx, month)
	if err != nil || len(p.Blocks) > 0 {
		return err
	}
	_, err = m.o.Billing.LockMonth(m.ctx, month)
	return err
}
