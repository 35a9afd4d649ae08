package billing_test

import (
	"flag"
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"ardoise/data/billing"
	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/ledger"
	"ardoise/data/money"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

const modelFamilies = 3

// dinner is one booking of the model: what it owes, what was invoiced of it and
// what credit notes gave back although it stood.
type dinner struct {
	i             int
	day           calendar.Date
	due           bool
	billed, given money.Cents
}

// owes is what the next run would invoice of it.
func (d *dinner) owes() money.Cents {
	if d.due {
		return mealPrice - d.billed
	}
	return -d.billed - d.given
}

// bill is an invoice of the model.
type bill struct {
	id, family  int64
	total, open money.Cents
	lines       []*dinner // nil where the line gave something back
	due         calendar.Date
	steps       int
	reminded    calendar.Date // of the last step
}

// model is month's end as plain values, beside the real one.
type model struct {
	w       *world
	open    func() *store.DB
	day     calendar.Date
	dinners []*dinner
	bills   []*bill // issued invoices, oldest first
	wallet  [modelFamilies]money.Cents
	carried map[int]map[calendar.Month]bool
	serial  int
	paid    []payment
	again   *billing.Payment
}

type payment struct {
	op     int64
	i      int
	shares []billing.Share
	undone bool
}

func (m *model) months() []calendar.Month { return []calendar.Month{november, november.Add(1)} }

func (m *model) book(rt *rapid.T) {
	i := rapid.IntRange(0, modelFamilies-1).Draw(rt, "family")
	day := rapid.SampledFrom(days("2026-11-02", 30)).Draw(rt, "day")
	d := calendar.MustISO(day)
	for _, x := range m.dinners {
		if x.i == i && x.day == d && x.due {
			rt.Skip("booked already")
		}
	}
	m.w.meals(i, day)
	m.dinners = append(m.dinners, &dinner{i: i, day: d, due: true})
}

// excuse gives a meal back: it owes nothing any more.
func (m *model) excuse(rt *rapid.T) {
	var list []*dinner
	for _, x := range m.dinners {
		if x.due {
			list = append(list, x)
		}
	}
	if len(list) == 0 {
		rt.Skip("nothing booked")
	}
	x := rapid.SampledFrom(list).Draw(rt, "meal")
	m.w.excuse(x.i, x.day.String(), booking.CancelClosure)
	x.due = false
}

// want is what the next run of a month would do with a family.
func (m *model) want(i int, month calendar.Month) (total money.Cents, list []*dinner) {
	for _, x := range m.dinners {
		in := calendar.MonthOf(x.day)
		if x.i == i && (in == month || in.Before(month) && m.carried[i][in]) && x.owes() != 0 {
			total += x.owes()
			list = append(list, x)
		}
	}
	slices.SortFunc(list, func(a, b *dinner) int { return int(a.day - b.day) })
	return total, list
}

func (m *model) issue(rt *rapid.T) {
	month := rapid.SampledFrom(m.months()).Draw(rt, "month")
	r := billing.Run{Month: month}
	for i, f := range m.w.families {
		switch rapid.IntRange(0, 4).Draw(rt, "choice") {
		case 0:
			r.Leave = append(r.Leave, f)
		case 1:
			r.Small = append(r.Small, m.w.families[i])
		}
	}
	p, err := m.w.s.Plan(m.w.ctx, r)
	if err != nil {
		rt.Fatal(err)
	}
	count, drafts, fresh := 0, 0, 0
	type out struct {
		i     int
		total money.Cents
		list  []*dinner
		put   bool
	}
	var outs []out
	for i, f := range m.w.families {
		total, list := m.want(i, month)
		if len(list) == 0 {
			continue
		}
		drafts++
		o := out{i: i, total: total, list: list}
		switch {
		case slices.Contains(r.Leave, f):
			continue
		case total > 0 && total < 15_00 && !slices.Contains(r.Small, f):
			o.put = true
			if slices.ContainsFunc(list, func(x *dinner) bool { return !m.carried[i][calendar.MonthOf(x.day)] }) {
				fresh++
			}
		default:
			count++
		}
		outs = append(outs, o)
	}
	if p.Count != count || len(p.Drafts) != drafts || p.PutOff != fresh {
		rt.Fatalf("%s: planned %d of %d drafts, %d to put off, the model %d of %d, %d\n%+v", month, p.Count, len(p.Drafts), p.PutOff, count, drafts, fresh, p.Drafts)
	}
	done, err := m.w.s.Issue(m.w.ctx, m.w.key(), r, p.Digest)
	agree(rt, "issue", count > 0 || fresh > 0, err)
	if err != nil {
		return
	}
	for i := range m.carried { // what is owed no more is put off no more
		for p := range m.carried[i] {
			if !month.Before(p) && !slices.ContainsFunc(m.dinners, func(x *dinner) bool { return x.i == i && calendar.MonthOf(x.day) == p && x.owes() != 0 }) {
				delete(m.carried[i], p)
			}
		}
	}
	n := 0
	for _, o := range outs {
		if o.put {
			if m.carried[o.i] == nil {
				m.carried[o.i] = map[calendar.Month]bool{}
			}
			for _, x := range o.list {
				m.carried[o.i][calendar.MonthOf(x.day)] = true
			}
			continue
		}
		m.issued(rt, o.i, month, o.total, o.list, done.Invoices[n])
		n++
	}
}

func (m *model) issued(rt *rapid.T, i int, month calendar.Month, total money.Cents, list []*dinner, v billing.Invoice) {
	m.serial++
	if v.Total != total || v.FamilyID != m.w.families[i] || v.Number != fmt.Sprintf("%d%06d", m.day.Year(), m.serial) {
		rt.Fatalf("issued %+v, the model %s n° %d", v, total, m.serial)
	}
	b := &bill{id: v.ID, family: v.FamilyID, total: total, open: total, due: v.DueOn}
	for _, x := range list {
		if x.owes() > 0 {
			b.lines = append(b.lines, x)
		} else {
			b.lines = append(b.lines, nil)
		}
		x.billed += x.owes()
		if !x.due {
			x.given = 0
			x.billed = 0
		}
	}
	for p := range m.carried[i] {
		if !month.Before(p) {
			delete(m.carried[i], p)
		}
	}
	if total >= 0 {
		m.bills = append(m.bills, b)
		return
	}
	m.wallet[i] += m.absorb(i, -total, 0)
}

// absorb takes a sum off what a family owes, oldest due first, and gives the rest.
func (m *model) absorb(i int, sum money.Cents, only int64) money.Cents {
	for _, b := range m.owed(i) {
		if only == 0 || b.id == only {
			take := min(sum, b.open)
			b.open -= take
			sum -= take
		}
	}
	return sum
}

func (m *model) owed(i int) (list []*bill) {
	for _, b := range m.bills {
		if b.family == m.w.families[i] && b.open > 0 {
			list = append(list, b)
		}
	}
	slices.SortStableFunc(list, func(a, b *bill) int { return int(a.due - b.due) })
	return list
}

func (m *model) pay(rt *rapid.T) {
	i := rapid.IntRange(0, modelFamilies-1).Draw(rt, "family")
	means := rapid.SampledFrom([]string{"cash", "cheque", "card", "transfer", billing.ByWallet}).Draw(rt, "means")
	amount := money.Cents(rapid.SampledFrom([]int{1, 4_20, 10_00, 21_00, 60_00}).Draw(rt, "cents"))
	p := billing.Payment{Key: m.w.key(), FamilyID: m.w.families[i], Amount: amount, Means: means}
	list := m.owed(i)
	if len(list) > 1 && rapid.Bool().Draw(rt, "by choice") {
		list = list[1:]
		p.Invoices = []billing.Share{{InvoiceID: list[0].id}}
		list = list[:1]
	}
	var owed money.Cents
	for _, b := range list {
		owed += b.open
	}
	ok := owed > 0
	if means == billing.ByWallet {
		ok = ok && amount <= owed && amount <= m.wallet[i]
	}
	plan, err := m.w.s.PlanPayment(m.w.ctx, p)
	if err != nil {
		rt.Fatal(err)
	}
	done, err := m.w.s.Pay(m.w.ctx, p, plan.Digest)
	agree(rt, "pay "+means+" "+plan.Problem, ok, err)
	if err != nil {
		return
	}
	m.again = &p
	rest := amount
	for _, b := range list {
		take := min(rest, b.open)
		b.open -= take
		rest -= take
	}
	if means == billing.ByWallet {
		m.wallet[i] -= amount
	} else {
		m.wallet[i] += rest
	}
	m.paid = append(m.paid, payment{op: done.OperationID, i: i, shares: done.Shares})
}

func (m *model) replay(rt *rapid.T) {
	if m.again == nil {
		rt.Skip("nothing to send again")
	}
	done, err := m.w.s.Pay(m.w.ctx, *m.again, "")
	if err != nil || !done.Replayed {
		rt.Fatalf("the same key again: %+v %v", done, err)
	}
	other := *m.again
	other.Amount++
	_, err = m.w.s.Pay(m.w.ctx, other, "")
	agree(rt, "other content under the same key", false, err)
}

func (m *model) void(rt *rapid.T) {
	if len(m.paid) == 0 {
		rt.Skip("nothing paid")
	}
	n := rapid.IntRange(0, len(m.paid)-1).Draw(rt, "payment")
	p := &m.paid[n]
	err := m.w.s.VoidPayment(m.w.ctx, m.w.key(), p.op, "essai")
	agree(rt, "void", !p.undone, err)
	if err != nil {
		return
	}
	p.undone = true
	for _, s := range p.shares {
		m.bill(s.InvoiceID).open += s.Amount
		m.wallet[p.i] += s.Amount
	}
}

func (m *model) bill(id int64) *bill {
	return m.bills[slices.IndexFunc(m.bills, func(b *bill) bool { return b.id == id })]
}

func (m *model) credit(rt *rapid.T) {
	if len(m.bills) == 0 {
		rt.Skip("nothing issued")
	}
	b := rapid.SampledFrom(m.bills).Draw(rt, "invoice")
	rank := rapid.IntRange(0, len(b.lines)-1).Draw(rt, "line")
	x := b.lines[rank]
	ok := x != nil && x.billed+x.given > 0
	_, err := m.w.s.Credit(m.w.ctx, billing.CreditNote{Key: m.w.key(), InvoiceID: b.id, Lines: []int{rank}, Reason: "essai"}, "")
	agree(rt, "credit", ok, err)
	if err != nil {
		return
	}
	m.serial++
	back := x.billed + x.given
	x.given -= back
	m.wallet[x.i] += m.absorb(x.i, back, b.id)
}

func (m *model) remind(rt *rapid.T) {
	p, err := m.w.s.PlanReminders(m.w.ctx, nil)
	if err != nil {
		rt.Fatal(err)
	}
	want := 0
	after := [3]int{10, 30, 50}
	for _, b := range m.bills {
		if b.open > 0 && b.steps < 3 && b.due.Add(after[b.steps]) <= m.day && (b.steps == 0 || b.reminded.Add(after[b.steps]-after[b.steps-1]) <= m.day) {
			want++
			b.steps++
			b.reminded = m.day
		}
	}
	got := 0
	for _, f := range p.Families {
		got += len(f.Invoices)
	}
	if got != want {
		rt.Fatalf("%d invoices to remind of, the model %d", got, want)
	}
	_, err = m.w.s.Remind(m.w.ctx, m.w.key(), nil, p.Digest)
	agree(rt, "remind", want > 0, err)
}

func (m *model) jump(rt *rapid.T) {
	d := m.day.Add(rapid.IntRange(1, 12).Draw(rt, "days"))
	if d.Year() > 2026 {
		rt.Skip("a new year begins new numbers")
	}
	m.day = d
	m.w.clock.Set(m.day.At(12, 0))
}

func (m *model) restart(rt *rapid.T) {
	if rapid.IntRange(0, 4).Draw(rt, "rarely") > 0 {
		rt.Skip("not this time")
	}
	if err := m.w.db.Close(); err != nil {
		rt.Fatal(err)
	}
	db := m.open()
	m.w.db, m.w.s, m.w.b, m.w.l, m.w.clock = db, billing.New(db), booking.New(db), ledger.New(db), storetest.ClockOf(db)
	m.w.clock.Set(m.day.At(12, 0))
}

// agree compares what the program answered with what the model expects.
func agree(rt *rapid.T, what string, want bool, err error) {
	rt.Helper()
	if want != (err == nil) {
		rt.Fatalf("%s: the model says %v, the program %v", what, want, err)
	}
}

// check compares the whole world with the model and looks at every invariant.
func (m *model) check(rt *rapid.T) {
	if bad := m.w.broken(); len(bad) > 0 {
		rt.Fatalf("%+v", bad)
	}
	m.w.agree(rt.Fatalf, november, november.Add(1))
	for i := range modelFamilies {
		a := m.w.account(i)
		var owed money.Cents
		for _, b := range m.owed(i) {
			owed += b.open
		}
		if a.Owed != owed || a.Wallet != m.wallet[i] {
			rt.Fatalf("family %d owes %s with %s in its wallet, the model %s and %s", i, a.Owed, a.Wallet, owed, m.wallet[i])
		}
		for _, v := range a.Invoices {
			if v.Kind == billing.KindInvoice && v.Open != m.bill(v.ID).open {
				rt.Fatalf("%s: %s open, the model %s", v.Number, v.Open, m.bill(v.ID).open)
			}
		}
	}
}

func runModel(t *testing.T, checks string, fresh func() (open func() *store.DB)) {
	if err := flag.Set("rapid.checks", checks); err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(rt *rapid.T) {
		open := fresh()
		m := &model{w: newWorld(t, open(), modelFamilies), open: open, day: calendar.DateOf(storetest.Start), carried: map[int]map[calendar.Month]bool{}}
		m.w.clock.Set(m.day.At(12, 0))
		rt.Repeat(map[string]func(*rapid.T){
			"": m.check, "book": m.book, "book2": m.book, "book3": m.book, "book4": m.book, "excuse": m.excuse, "issue": m.issue, "issue2": m.issue, "pay": m.pay, "pay2": m.pay,
			"void": m.void, "credit": m.credit, "remind": m.remind, "jump": m.jump, "replay": m.replay, "restart": m.restart,
		})
		if err := m.w.db.Close(); err != nil {
			rt.Fatal(err)
		}
	})
}

func TestModelSQLite(t *testing.T) {
	n, dir := 0, t.TempDir()
	runModel(t, "60", func() func() *store.DB {
		n++
		path := filepath.Join(dir, fmt.Sprintf("model-%d.db", n))
		if err := storetest.CopySQLite(path); err != nil {
			t.Fatal(err)
		}
		return func() *store.DB { return storetest.Open(t, path) }
	})
}

func TestModelPostgres(t *testing.T) {
	runModel(t, "12", func() func() *store.DB {
		url := storetest.PostgresURL(t)
		return func() *store.DB { return storetest.Open(t, url) }
	})
}
