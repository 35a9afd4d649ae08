package booking_test

import (
	"cmp"
	"flag"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/ledger"
	"ardoise/data/money"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

const (
	modelFamilies = 4
	modelCapacity = 1
	modelPrice    = money.Cents(4_20)
	modelUnbooked = money.Cents(6_30)
)

// meal is a child (its family has the same number) and a day.
type meal struct {
	i   int
	day calendar.Date
}

// kept is a live booking of the model.
type kept struct {
	waiting    bool
	unbooked   bool
	price      money.Cents
	charged    bool
	attendance string
	seq        int // order on the waiting list
}

// model is the town as plain maps, beside the real one.
type model struct {
	w       *world
	open    func() *store.DB
	now     time.Time
	payer   [modelFamilies]int         // the family that pays for child i: another one after a merge
	balance [modelFamilies]money.Cents // of families
	live    map[meal]kept
	given   map[meal]kept // the last word of that day was a justified absence
	closed  map[calendar.Date]bool
	seq     int
	last    *booking.Ask // the last basket that was done, to be sent again
}

func (m *model) limit(d calendar.Date) time.Time { return d.Add(-1).At(10, 0) }
func (m *model) late(d calendar.Date) bool       { return m.now.After(m.limit(d)) }
func (m *model) today() calendar.Date            { return calendar.DateOf(m.now) }

func (m *model) taken(d calendar.Date) (n int) {
	for k, b := range m.live {
		if k.day == d && !b.waiting && !b.unbooked {
			n++
		}
	}
	return n
}

func (m *model) queue(days ...calendar.Date) (list []meal) {
	for k, b := range m.live {
		if slices.Contains(days, k.day) && b.waiting {
			list = append(list, k)
		}
	}
	slices.SortFunc(list, func(a, b meal) int { return m.live[a].seq - m.live[b].seq })
	return list
}

// drawLive picks, most of the time, a meal that is booked or waited for.
func (m *model) drawLive(rt *rapid.T, from, to int) meal {
	var list []meal
	for k := range m.live {
		if k.day >= m.today().Add(from) && k.day <= m.today().Add(to) {
			list = append(list, k)
		}
	}
	if len(list) == 0 || rapid.IntRange(0, 3).Draw(rt, "any") == 0 {
		return m.drawMeal(rt, from, to)
	}
	slices.SortFunc(list, func(a, b meal) int { return cmp.Or(int(a.day-b.day), a.i-b.i) })
	return rapid.SampledFrom(list).Draw(rt, "meal")
}

// drawMeal picks a child and a weekday near today.
func (m *model) drawMeal(rt *rapid.T, from, to int) meal {
	d := m.today().Add(rapid.IntRange(from, to).Draw(rt, "day"))
	for d.Weekday() == time.Saturday || d.Weekday() == time.Sunday {
		d = d.Add(1)
	}
	return meal{rapid.IntRange(0, modelFamilies-1).Draw(rt, "child"), d}
}

func (m *model) item(k meal) booking.Item {
	return booking.Item{ChildID: m.w.children[k.i], ServiceID: m.w.canteen, Day: k.day}
}

// agree compares what the program answered with what the model expects.
func agree(rt *rapid.T, what string, want bool, err error) {
	rt.Helper()
	if want != (err == nil) {
		rt.Fatalf("%s: the model says %v, the program %v", what, want, err)
	}
}

func (m *model) topUp(rt *rapid.T) {
	i, amount := rapid.IntRange(0, modelFamilies-1).Draw(rt, "family"), rapid.SampledFrom([]money.Cents{1, 2_09, 4_20, 6_30, 12_60}).Draw(rt, "cents")
	_, err := m.w.l.TopUp(m.w.ctx, ledger.TopUp{Key: m.w.key(), FamilyID: m.w.families[i], Amount: amount, Means: "cash"})
	agree(rt, "top up", m.payer[i] == i, err)
	if err == nil {
		m.balance[i] += amount
		m.promote(nil, i)
	}
}

// refund gives the whole balance back.
func (m *model) refund(rt *rapid.T) {
	i := rapid.IntRange(0, modelFamilies-1).Draw(rt, "family")
	_, err := m.w.l.Refund(m.w.ctx, ledger.Refund{Key: m.w.key(), FamilyID: m.w.families[i], Means: "cash", Reason: "départ"})
	agree(rt, "refund", m.payer[i] == i && m.balance[i] > 0, err)
	if err == nil {
		m.balance[i] = 0
	}
}

// merge brings one family into another: children, bookings and money.
func (m *model) merge(rt *rapid.T) {
	if rapid.IntRange(0, 5).Draw(rt, "rarely") > 0 {
		rt.Skip("not this time")
	}
	to, from := rapid.IntRange(0, modelFamilies-1).Draw(rt, "to"), rapid.IntRange(0, modelFamilies-1).Draw(rt, "from")
	err := m.w.merge(to, from)
	agree(rt, "merge", to != from && m.payer[to] == to && m.payer[from] == from, err)
	if err != nil {
		return
	}
	for i, p := range m.payer {
		if p == from {
			m.payer[i] = to
		}
	}
	m.balance[to] += m.balance[from]
	m.balance[from] = 0
}

// able gives who of some waiting lists could have a place now, in order.
func (m *model) able(queue []meal) (list []meal) {
	balance, taken := m.balance, map[calendar.Date]int{}
	for _, q := range queue {
		p := m.payer[q.i]
		if m.taken(q.day)+taken[q.day] < modelCapacity && !m.late(q.day) && !m.closed[q.day] && balance[p] >= modelPrice {
			balance[p] -= modelPrice
			taken[q.day]++
			list = append(list, q)
		}
	}
	return list
}

// promote lifts who can be, on some days and on those a family waits for.
func (m *model) promote(days []calendar.Date, families ...int) {
	for k, b := range m.live {
		if b.waiting && k.day >= m.today() && slices.Contains(families, m.payer[k.i]) {
			days = append(days, k.day)
		}
	}
	for _, q := range m.able(m.queue(days...)) {
		m.balance[m.payer[q.i]] -= modelPrice
		m.live[q] = kept{price: modelPrice, charged: true}
	}
}

func (m *model) book(rt *rapid.T) { m.bookMeal(rt, m.drawMeal(rt, -1, 3)) }

// crowd sends several children to one day, some with money: what waiting lists
// are for.
func (m *model) crowd(rt *rapid.T) {
	d := m.drawMeal(rt, 2, 3).day
	for _, i := range rapid.Permutation([]int{0, 1, 2, 3}).Draw(rt, "order") {
		m.bookMeal(rt, meal{i, d})
	}
	for i := range modelFamilies { // a place comes free, maybe before who waits has money
		if b, ok := m.live[meal{i, d}]; ok && !b.waiting && rapid.Bool().Draw(rt, "gives up") {
			m.cancelMeal(rt, meal{i, d})
		}
	}
	for range 3 {
		m.topUp(rt)
	}
}

func (m *model) bookMeal(rt *rapid.T, k meal) {
	ask := booking.Ask{Key: m.w.key(), Add: []booking.Item{m.item(k)}, Consent: byPhone, Waiting: rapid.Bool().Draw(rt, "waiting")}
	if rapid.IntRange(0, 3).Draw(rt, "override") == 0 {
		ask.Override = "motif"
	}
	if rapid.IntRange(0, 2).Draw(rt, "means") == 0 {
		ask.Means = "cheque"
	}
	b, isLive := m.live[k]
	due := m.able(m.queue(k.day))
	full := !slices.Contains(due, k) && m.taken(k.day)+len(due) >= modelCapacity
	ok := (!isLive || b.waiting && !full) && !m.closed[k.day] && (!m.late(k.day) || ask.Override != "") && (!full || ask.Waiting)
	if ok && !full && ask.Means == "" && m.balance[m.payer[k.i]] < modelPrice {
		ok = false
	}
	_, err := m.w.s.Book(m.w.ctx, ask)
	agree(rt, fmt.Sprintf("book %d on %s (full %v)", k.i, k.day, full), ok, err)
	if !ok {
		return
	}
	m.last = &ask
	m.seq++
	delete(m.given, k)
	if full {
		m.live[k] = kept{waiting: true, price: modelPrice, seq: m.seq}
	} else {
		if ask.Means == "" {
			m.balance[m.payer[k.i]] -= modelPrice
		}
		m.live[k] = kept{price: modelPrice, charged: true}
	}
	m.promote([]calendar.Date{k.day}, m.payer[k.i])
}

func (m *model) cancel(rt *rapid.T) { m.cancelMeal(rt, m.drawLive(rt, -2, 6)) }

func (m *model) cancelMeal(rt *rapid.T, k meal) {
	b, isLive := m.live[k]
	ask := booking.Ask{Key: m.w.key(), Cancel: []booking.Item{m.item(k)}, Consent: byPhone}
	ok := isLive && (b.waiting || b.attendance != "present" && (!m.late(k.day) || k.day >= m.today()))
	_, err := m.w.s.Book(m.w.ctx, ask)
	agree(rt, fmt.Sprintf("cancel %d on %s", k.i, k.day), ok, err)
	if !ok {
		return
	}
	m.last = &ask
	delete(m.live, k)
	if !b.waiting && !m.late(k.day) && b.charged {
		m.balance[m.payer[k.i]] += b.price
	}
	m.promote([]calendar.Date{k.day}, m.payer[k.i])
}

func (m *model) closeDay(rt *rapid.T) {
	if rapid.IntRange(0, 3).Draw(rt, "rarely") > 0 {
		rt.Skip("not this time")
	}
	d := m.drawMeal(rt, 0, 6).day
	_, err := m.w.s.CloseDay(m.w.ctx, &booking.ClosePlan{Closing: booking.Closing{Key: m.w.key(), ServiceID: m.w.canteen, First: d, Reason: "grève"}})
	agree(rt, "close", true, err)
	m.closed[d] = true
	var payers []int
	for k, b := range m.live {
		if k.day != d || b.unbooked || b.attendance == "present" {
			continue
		}
		if b.charged {
			m.balance[m.payer[k.i]] += b.price
		}
		payers = append(payers, m.payer[k.i])
		delete(m.live, k)
	}
	m.promote(nil, payers...)
}

func (m *model) attend(rt *rapid.T) {
	k := m.drawLive(rt, -3, 0)
	mark := rapid.SampledFrom([]string{booking.Present, booking.Absent, booking.Justified, booking.NoMark, booking.Ate}).Draw(rt, "mark")
	want, then := m.attended(k, mark)
	if k.day > m.today() {
		want = false
	}
	_, err := m.w.s.Attend(m.w.ctx, booking.Attend{Key: m.w.key(), ServiceID: m.w.canteen, Day: k.day, Marks: []booking.Mark{{ChildID: m.w.children[k.i], Mark: mark}}})
	agree(rt, fmt.Sprintf("mark %d %s on %s", k.i, mark, k.day), want, err)
	if want {
		then()
	}
}

// attended says whether a mark is possible, and what it does to the model.
func (m *model) attended(k meal, mark string) (bool, func()) {
	p := m.payer[k.i]
	b, isLive := m.live[k]
	given, wasGiven := m.given[k]
	nothing := func() {}
	ate := func() {
		charged := m.balance[p] >= modelUnbooked
		if charged {
			m.balance[p] -= modelUnbooked
		}
		delete(m.given, k)
		m.live[k] = kept{unbooked: true, price: modelUnbooked, charged: charged, attendance: "present"}
	}
	off := func() {
		delete(m.live, k)
		if b.charged {
			m.balance[p] += b.price
			m.promote(nil, p)
		}
	}
	set := func(attendance string) func() { return func() { b.attendance = attendance; m.live[k] = b } }
	attendance := map[string]string{booking.Present: "present", booking.Absent: "absent", booking.Ate: "present"}[mark]
	switch {
	case mark == booking.Ate && (!isLive || b.waiting):
		return true, ate
	case isLive && b.waiting:
		return false, nothing
	case isLive && b.unbooked && mark == booking.NoMark:
		return true, off
	case isLive && b.unbooked && (mark == booking.Absent || mark == booking.Justified):
		return false, nothing
	case isLive && mark == booking.Justified:
		return true, func() { off(); m.given[k] = b }
	case isLive:
		return true, set(attendance)
	case wasGiven && mark == booking.Justified:
		return true, nothing
	case wasGiven:
		ok := m.balance[p] >= given.price && m.taken(k.day) < modelCapacity
		return ok, func() {
			m.balance[p] -= given.price
			given.attendance = attendance
			delete(m.given, k)
			m.live[k] = given
		}
	}
	return mark == booking.NoMark, nothing
}

func (m *model) jump(rt *rapid.T) {
	if rapid.IntRange(0, 2).Draw(rt, "rarely") > 0 {
		rt.Skip("not this time")
	}
	m.now = m.now.Add(time.Duration(rapid.IntRange(1, 40).Draw(rt, "hours")) * time.Hour)
	m.w.clock.Set(m.now)
}

func (m *model) replay(rt *rapid.T) {
	if m.last == nil {
		rt.Skip("nothing to send again")
	}
	done, err := m.w.s.Book(m.w.ctx, *m.last)
	if err != nil || !done.Replayed {
		rt.Fatalf("the same key again: %+v %v", done, err)
	}
	other := *m.last
	other.Override += "x"
	_, err = m.w.s.Book(m.w.ctx, other)
	agree(rt, "other content under the same key", false, err)
}

func (m *model) restart(rt *rapid.T) {
	if rapid.IntRange(0, 4).Draw(rt, "rarely") > 0 {
		rt.Skip("not this time")
	}
	if err := m.w.db.Close(); err != nil {
		rt.Fatal(err)
	}
	db := m.open()
	m.w.db, m.w.s, m.w.l, m.w.clock = db, booking.New(db), ledger.New(db), storetest.ClockOf(db)
	m.w.l.AfterTopUp(booking.AfterTopUp)
	m.w.clock.Set(m.now)
}

// runModel runs random sequences on fresh databases of one engine.
func runModel(t *testing.T, checks string, fresh func() (open func() *store.DB)) {
	if err := flag.Set("rapid.checks", checks); err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(rt *rapid.T) {
		open := fresh()
		m := &model{w: newWorld(t, open(), modelFamilies), open: open, now: storetest.Start, live: map[meal]kept{}, given: map[meal]kept{}, closed: map[calendar.Date]bool{}, payer: [modelFamilies]int{0, 1, 2, 3}}
		m.w.sql(`UPDATE child SET first = 'Enfant ' || id`) // none the same as another's when families merge
		m.w.sql(`UPDATE service SET capacity = $1, waiting_days = 0, proof_hours = 5000, in_holidays = 1, weekdays = '12345', region = 'metropole',
			book_cutoff = 'J-1 10:00', cancel_cutoff = 'J-1 10:00' WHERE id = $2`, modelCapacity, m.w.canteen)
		rt.Repeat(map[string]func(*rapid.T){
			"": m.check, "topUp": m.topUp, "topUp2": m.topUp, "refund": m.refund, "merge": m.merge, "book": m.book, "book2": m.book, "book3": m.book, "crowd": m.crowd, "cancel": m.cancel, "cancel2": m.cancel, "cancel3": m.cancel, "close": m.closeDay,
			"attend": m.attend, "attend2": m.attend, "jump": m.jump, "replay": m.replay, "restart": m.restart,
		})
		if err := m.w.db.Close(); err != nil {
			rt.Fatal(err)
		}
	})
}

func TestModelSQLite(t *testing.T) {
	n := 0
	dir := t.TempDir()
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
