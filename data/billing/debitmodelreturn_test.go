package billing_test

import (
	"flag"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ardoise/data/billing"
	"ardoise/data/calendar"
	"ardoise/data/money"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// read makes a bank's file of some debits of a batch, right ones and wrong ones.
func (m *debitModel) read(rt *rapid.T) {
	b := m.batch(rt)
	early := rapid.Bool().Draw(rt, "pain")
	var lines []debitReject
	matched, known, unmatched := 0, 0, 0
	var hits []*modelDebit
	var codes []string
	taken := map[*modelDebit]bool{}
	for range rapid.IntRange(1, 4).Draw(rt, "lines") {
		d := rapid.SampledFrom(b.debits).Draw(rt, "debit")
		r := debitReject{e2e: d.e2e, code: rapid.SampledFrom([]string{"AC04", "MD01", "AM04", "MD06", "MD07", "MS03"}).Draw(rt, "code"), amount: d.amount}
		switch kind := rapid.IntRange(0, 7).Draw(rt, "kind"); {
		case kind == 0:
			r.amount++
			unmatched++
		case kind == 1:
			r.e2e += "X"
			unmatched++
		case taken[d] || d.back:
			known++
			taken[d] = true
		case b.state == "dropped":
			unmatched++
			taken[d] = true
		default:
			matched++
			taken[d] = true
			hits, codes = append(hits, d), append(codes, r.code)
		}
		lines = append(lines, r)
	}
	text := pain002(b.message, lines...)
	if !early {
		text = camt054(debitIBAN, lines...)
	}
	m.n++
	text += fmt.Sprintf("<!-- %d -->", m.n) // another file each time
	if b.state == "built" && matched > 0 {
		_, err := m.w.s.ReadReturn(m.w.ctx, "r.xml", strings.NewReader(text))
		agree(rt, "read of a batch not sent", false, err)
		return
	}
	got, err := m.w.s.ReadReturn(m.w.ctx, "r.xml", strings.NewReader(text))
	if err != nil {
		rt.Fatal(err)
	}
	if got.Matched != matched || got.Known != known || got.Unmatched != unmatched {
		rt.Fatalf("read %+v, the model %d, %d, %d", got, matched, known, unmatched)
	}
	m.lastFile = text
	for n, d := range hits {
		m.back(d, b, codes[n], early)
	}
}

// back is one debit that came back.
func (m *debitModel) back(d *modelDebit, b *modelBatch, code string, early bool) {
	d.back = true
	for n, bill := range d.bills {
		bill.open += d.each[n]
		bill.refund = code == "MD06"
		if code == "AM04" {
			bill.short++
		}
	}
	x := d.mandate
	switch {
	case !x.live():
	case code == "AC04" && x.account == d.account && x.state == "active", code == "MD07":
		x.state, x.why = "blocked", code
	case code == "MD01":
		x.state = "revoked"
	}
	if early && x.collected == b.day {
		if d.seq == "FRST" && x.seq == "RCUR" {
			x.seq = "FRST"
		}
		if d.former != 0 && x.former == 0 {
			x.former = d.former
		}
	}
}

// again reads the last file once more: nothing changes.
func (m *debitModel) again(rt *rapid.T) {
	if m.lastFile == "" {
		rt.Skip("nothing read")
	}
	before := m.w.rows()
	got, err := m.w.s.ReadReturn(m.w.ctx, "r.xml", strings.NewReader(m.lastFile))
	if err != nil || !got.Replayed {
		rt.Fatalf("again: %+v, %v", got, err)
	}
	if after := m.w.rows(); after != before {
		rt.Fatalf("a return read twice changed something:\n%s\n--\n%s", before, after)
	}
}

func (m *debitModel) jump(rt *rapid.T) {
	d := m.day.Add(rapid.IntRange(1, 9).Draw(rt, "days"))
	if d.Year() > 2026 {
		rt.Skip("late enough")
	}
	m.day = d
	m.w.clock.Set(d.At(12, 0))
}

func (m *debitModel) check(rt *rapid.T) {
	if bad := m.w.broken(); len(bad) > 0 {
		rt.Fatalf("%+v", bad)
	}
	for i := range debitModelFamilies {
		var owed money.Cents
		for _, b := range m.bills {
			if b.i == i {
				owed += b.open
			}
		}
		if a := m.w.account(i); a.Owed != owed {
			rt.Fatalf("family %d owes %s, the model %s", i, a.Owed, owed)
		}
	}
	list := map[int64]billing.Mandate{}
	for _, f := range m.w.families {
		all, err := m.w.s.Mandates(m.w.ctx, f)
		if err != nil {
			rt.Fatal(err)
		}
		for _, x := range all {
			list[x.ID] = x
		}
	}
	for _, x := range m.signed {
		if got := list[x.id]; got.State != x.state || got.Sequence != x.seq || got.CollectedOn != x.collected || got.Amended != (x.former != 0) {
			rt.Fatalf("mandate %+v, the model %+v", got, x)
		}
	}
	var in money.Cents
	for _, b := range m.batches {
		for _, d := range b.debits {
			if b.state == "sent" && !d.back {
				in += d.amount
			}
		}
	}
	if got := m.w.count(`SELECT CAST(COALESCE((SELECT balance FROM account WHERE code = 'cash:debit'), 0) AS BIGINT)`); money.Cents(got) != -in {
		rt.Fatalf("collected %d, the model %s", -got, in)
	}
}

// runDebitModel does mandates, batches and returns in any order, against the model.
func runDebitModel(t *testing.T, checks string, fresh func() *store.DB) {
	if err := flag.Set("rapid.checks", checks); err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t, fresh(), debitModelFamilies)
		w.creditor(func(s *billing.Settings) { s.First = true })
		m := &debitModel{w: w, day: calendar.DateOf(storetest.Start)}
		rt.Repeat(map[string]func(*rapid.T){
			"": m.check, "sign": m.sign, "sign2": m.sign, "amend": m.amend, "block": m.block, "bill": m.bill, "bill2": m.bill, "pay": m.pay, "build": m.build, "build2": m.build,
			"drop": m.drop, "send": m.send, "send2": m.send, "read": m.read, "read2": m.read, "again": m.again, "jump": m.jump,
		})
		if err := w.db.Close(); err != nil {
			rt.Fatal(err)
		}
	})
}

func TestDebitModelSQLite(t *testing.T) {
	n, dir := 0, t.TempDir()
	runDebitModel(t, "30", func() *store.DB {
		n++
		path := filepath.Join(dir, fmt.Sprintf("debit-%d.db", n))
		if err := storetest.CopySQLite(path); err != nil {
			t.Fatal(err)
		}
		return storetest.Open(t, path)
	})
}

func TestDebitModelPostgres(t *testing.T) {
	runDebitModel(t, "6", func() *store.DB { return storetest.OpenPostgres(t) })
}
