package billing_test

import (
	"pgregory.net/rapid"

	"ardoise/data/billing"
	"ardoise/data/calendar"
	"ardoise/data/money"
)

const debitModelFamilies = 3

// debitModel is mandates, batches and returns as plain values, beside the real ones.
type debitModel struct {
	w        *world
	day      calendar.Date
	signed   []*modelMandate
	bills    []*modelBill
	batches  []*modelBatch
	lastFile string
	next     int // service day for the next meals
	n        int
}

type modelMandate struct {
	id        int64
	i         int
	state     string
	why       string // code of the bank's, "" of an agent's
	seq       string
	collected calendar.Date
	account   int
	former    int // 0: none waits
}

func (m *modelMandate) live() bool { return m.state == "active" || m.state == "blocked" }

type modelBill struct {
	id     int64
	i      int
	debit  bool
	open   money.Cents
	held   bool
	short  int
	refund bool
}

type modelBatch struct {
	id      int64
	message string
	day     calendar.Date
	state   string
	debits  []*modelDebit
}

type modelDebit struct {
	e2e     string
	mandate *modelMandate
	bills   []*modelBill
	each    []money.Cents
	amount  money.Cents
	seq     string
	account int
	former  int
	back    bool
}

// accounts are of two banks; 0 is none.
var modelAccounts = []string{"", debitAccount(30006, 11), debitAccount(30006, 12), debitAccount(10071, 13), debitAccount(10071, 14)}

func modelBank(account int) int { return (account - 1) / 2 }

func (m *debitModel) liveOf(i int) *modelMandate {
	for _, x := range m.signed {
		if x.i == i && x.live() {
			return x
		}
	}
	return nil
}

func (m *debitModel) family(rt *rapid.T) int {
	return rapid.IntRange(0, debitModelFamilies-1).Draw(rt, "family")
}

func (m *debitModel) mandate(rt *rapid.T) *modelMandate {
	if len(m.signed) == 0 {
		rt.Skip("no mandate")
	}
	return rapid.SampledFrom(m.signed).Draw(rt, "mandate")
}

func (m *debitModel) batch(rt *rapid.T) *modelBatch {
	if len(m.batches) == 0 {
		rt.Skip("no batch")
	}
	return rapid.SampledFrom(m.batches).Draw(rt, "batch")
}

// prepared tells whether a mandate is in a file that has not been sent.
func (m *debitModel) prepared(x *modelMandate) bool {
	for _, b := range m.batches {
		for _, d := range b.debits {
			if b.state == "built" && d.mandate == x {
				return true
			}
		}
	}
	return false
}

func (m *debitModel) sign(rt *rapid.T) {
	i, account := m.family(rt), rapid.IntRange(1, 4).Draw(rt, "account")
	got, err := m.w.s.AddMandate(m.w.ctx, billing.NewMandate{FamilyID: m.w.families[i], IBAN: modelAccounts[account], SignedOn: m.day})
	agree(rt, "sign", m.liveOf(i) == nil, err)
	if err == nil {
		m.signed = append(m.signed, &modelMandate{id: got.ID, i: i, state: "active", seq: "FRST", account: account})
	}
}

func (m *debitModel) amend(rt *rapid.T) {
	x, account := m.mandate(rt), rapid.IntRange(1, 4).Draw(rt, "account")
	_, err := m.w.s.AmendMandate(m.w.ctx, x.id, modelAccounts[account], "", "")
	agree(rt, "amend", x.live() && !m.prepared(x) && account != x.account, err)
	if err != nil {
		return
	}
	if x.state == "blocked" && x.why == "AC04" {
		x.state, x.why = "active", ""
	}
	was := x.account
	x.account = account
	if x.collected.IsZero() || x.seq == "FRST" && x.former == 0 {
		return
	}
	if x.former != 0 {
		was = x.former
	}
	x.seq, x.former = "RCUR", 0
	if was != account {
		x.former = was
		if modelBank(was) != modelBank(account) {
			x.seq = "FRST"
		}
	}
}

func (m *debitModel) block(rt *rapid.T) {
	x := m.mandate(rt)
	switch rapid.IntRange(0, 3).Draw(rt, "what") {
	case 0, 1:
		err := m.w.s.BlockMandate(m.w.ctx, x.id, "essai")
		agree(rt, "block", x.state == "active" && !m.prepared(x), err)
		if err == nil {
			x.state, x.why = "blocked", ""
		}
	case 2:
		err := m.w.s.UnblockMandate(m.w.ctx, x.id, "essai")
		agree(rt, "unblock", x.state == "blocked", err)
		if err == nil {
			x.state, x.why = "active", ""
		}
	case 3:
		err := m.w.s.RevokeMandate(m.w.ctx, x.id, "essai")
		agree(rt, "revoke", x.live() && !m.prepared(x), err)
		if err == nil {
			x.state = "revoked"
		}
	}
}

// bill invoices four meals of a family.
func (m *debitModel) bill(rt *rapid.T) {
	i := m.family(rt)
	all := days("2026-11-02", m.next+4)
	m.w.meals(i, all[m.next:]...)
	m.next += 4
	debit := false
	if x := m.liveOf(i); x != nil && x.state == "active" {
		debit = true
	}
	seen := map[calendar.Month]bool{}
	for _, d := range all[m.next-4:] {
		month := calendar.MonthOf(calendar.MustISO(d))
		if seen[month] {
			continue
		}
		seen[month] = true
		done, err := m.w.s.Issue(m.w.ctx, m.w.key(), billing.Run{Month: month, Small: m.w.families}, "")
		if err != nil {
			rt.Fatal(err)
		}
		for _, v := range done.Invoices {
			if (v.Pay == billing.PayDebit) != debit {
				rt.Fatalf("invoiced %+v, the model %v", v, debit)
			}
			m.bills = append(m.bills, &modelBill{id: v.ID, i: i, debit: debit, open: v.Total})
		}
	}
}

func (m *debitModel) pay(rt *rapid.T) {
	i := m.family(rt)
	amount := money.Cents(rapid.SampledFrom([]int{1, 4_20, 16_80, 30_00}).Draw(rt, "cents"))
	p := billing.Payment{Key: m.w.key(), FamilyID: m.w.families[i], Amount: amount, Means: "cash"}
	var free money.Cents
	for _, b := range m.bills {
		if b.i == i && !b.held {
			free += b.open
		}
	}
	plan, err := m.w.s.PlanPayment(m.w.ctx, p)
	if err != nil {
		rt.Fatal(err)
	}
	_, err = m.w.s.Pay(m.w.ctx, p, plan.Digest)
	agree(rt, "pay", free > 0, err)
	if err != nil {
		return
	}
	for _, s := range plan.Shares {
		for _, b := range m.bills {
			if b.id == s.InvoiceID {
				b.open -= s.Amount
			}
		}
	}
	if plan.Paid != min(amount, free) {
		rt.Fatalf("%s paid, the model %s", plan.Paid, min(amount, free))
	}
}

// want is what a batch would collect now: a debit a family.
func (m *debitModel) want() (list []*modelDebit) {
	for i := range debitModelFamilies {
		x := m.liveOf(i)
		if x == nil || x.state != "active" {
			continue
		}
		d := &modelDebit{mandate: x, seq: x.seq, account: x.account, former: x.former}
		for _, b := range m.bills {
			if b.i == i && b.debit && b.open > 0 && !b.held && b.short < 2 && !b.refund {
				d.bills, d.each = append(d.bills, b), append(d.each, b.open)
				d.amount += b.open
			}
		}
		if d.amount > 0 {
			list = append(list, d)
		}
	}
	return list
}

func (m *debitModel) build(rt *rapid.T) {
	want := m.want()
	collect := calendar.NextTarget(m.day.Add(15))
	p, err := m.w.s.PlanDebits(m.w.ctx, billing.DebitAsk{CollectOn: collect})
	if err != nil {
		rt.Fatal(err)
	}
	b, err := m.w.s.BuildDebits(m.w.ctx, p.Ask, p.Digest)
	agree(rt, "build "+p.Problem, len(want) > 0, err)
	if err != nil {
		return
	}
	if len(b.Debits) != len(want) {
		rt.Fatalf("built %+v, the model %d debits", b.Debits, len(want))
	}
	for n, d := range b.Debits { // families are in the order of names, as here
		x := want[n]
		if d.Amount != x.amount || d.MandateID != x.mandate.id || d.Sequence != x.seq || d.Amended != (x.former != 0) || len(d.Invoices) != len(x.bills) {
			rt.Fatalf("built %+v, the model %+v", d, x)
		}
		x.e2e = d.EndToEnd
		for _, bill := range x.bills {
			bill.held = true
		}
	}
	m.batches = append(m.batches, &modelBatch{id: b.ID, message: b.MessageID, day: collect, state: "built", debits: want})
}

func (m *debitModel) drop(rt *rapid.T) {
	b := m.batch(rt)
	err := m.w.s.DropDebits(m.w.ctx, b.id, "essai")
	agree(rt, "drop", b.state == "built", err)
	if err != nil {
		return
	}
	b.state = "dropped"
	for _, d := range b.debits {
		for _, bill := range d.bills {
			bill.held = false
		}
	}
}

func (m *debitModel) send(rt *rapid.T) {
	b := m.batch(rt)
	key := m.w.key()
	_, err := m.w.s.SendDebits(m.w.ctx, key, b.id)
	agree(rt, "send", b.state == "built", err)
	if err != nil {
		return
	}
	if _, err := m.w.s.SendDebits(m.w.ctx, key, b.id); err != nil {
		rt.Fatal(err)
	}
	b.state = "sent"
	for _, d := range b.debits {
		for n, bill := range d.bills {
			bill.held = false
			bill.open -= d.each[n]
		}
		x := d.mandate
		if x.seq == "FRST" {
			x.seq = "RCUR"
		}
		x.former, x.collected = 0, max(x.collected, b.day)
	}
}
