package booking_test

import (
	"context"
	"slices"

	"pgregory.net/rapid"

	"ardoise/data/booking"
	"ardoise/data/ledger"
	"ardoise/data/money"
	"ardoise/data/store"
)

// check compares the whole world with the model and looks at every invariant.
func (m *model) check(rt *rapid.T) {
	live := map[meal]kept{}
	balances := [modelFamilies]money.Cents{}
	err := m.w.db.Read(context.Background(), func(tx *store.Tx) error {
		l, err := ledger.Verify(tx)
		if err != nil {
			return err
		}
		b, err := booking.Verify(tx)
		if err != nil {
			return err
		}
		for _, c := range append(l, b...) {
			if !c.OK {
				rt.Errorf("%s: %s", c.ID, c.Detail)
			}
		}
		wallets, err := ledger.Peek(tx, m.w.families)
		for i, f := range m.w.families {
			balances[i] = wallets[f].Balance
		}
		if err != nil {
			return err
		}
		rows, err := tx.Query(`SELECT b.child_id, b.day, b.state, b.kind, b.price, b.attendance, CASE WHEN t.id IS NULL THEN 0 ELSE 1 END
			FROM booking b LEFT JOIN transfer t ON t.booking_id = b.id AND t.kind = 'charge' WHERE b.state <> 'cancelled'`)
		if err != nil {
			return err
		}
		defer func() { err = rows.Close() }()
		for rows.Next() {
			var child, charged int64
			var k meal
			var b kept
			var state, kind string
			if err := rows.Scan(&child, &k.day, &state, &kind, &b.price, &b.attendance, &charged); err != nil {
				return err
			}
			k.i = slices.Index(m.w.children, child)
			b.waiting, b.unbooked, b.charged = state == "waiting", kind == "unbooked", charged == 1
			b.seq = m.live[k].seq
			live[k] = b
		}
		return rows.Err()
	})
	if err != nil {
		rt.Fatal(err)
	}
	if balances != m.balance {
		rt.Errorf("balances %v, the model says %v", balances, m.balance)
	}
	for k, b := range m.live {
		if live[k] != b {
			rt.Errorf("child %d on %s: %+v, the model says %+v", k.i, k.day, live[k], b)
		}
	}
	if len(live) != len(m.live) {
		rt.Errorf("%d live bookings, the model says %d", len(live), len(m.live))
	}
}
