package mailbox

import (
	"flag"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/mailbox/reading"
	"ardoise/data/money"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// eaten is a meal of the model.
type eaten struct {
	child int64
	day   calendar.Date
}

// sent is a message of the model: what it asks, when it came, what was done.
type sent struct {
	kind    reading.Kind
	child   int64
	days    []calendar.Date
	came    time.Time
	state   State
	did     []eaten // bookings or cancellations in time, while applied
	unpaid  bool    // some of it gave nothing back
	wasPlan *Plan
}

// postModel is the town as plain maps, beside the real one.
type postModel struct {
	w       *town
	now     time.Time
	balance money.Cents
	live    map[eaten]bool
	post    map[int64]*sent
}

var schoolDays = days("2026-11-23", "2026-11-24", "2026-11-26", "2026-11-27", "2026-11-30", "2026-12-01", "2026-12-03", "2026-12-04")

// closing is 10 h of the school day before.
func closing(d calendar.Date) time.Time {
	at := slices.Index(schoolDays, d)
	if at == 0 {
		return calendar.MustISO("2026-11-20").At(10, 0)
	}
	return schoolDays[at-1].At(10, 0)
}

// expect says what a message would do now: days that go through, and whether one
// of them gives nothing back.
func (m *postModel) expect(s *sent) (done []eaten, unpaid bool, cost money.Cents) {
	today := calendar.DateOf(m.now)
	for _, d := range s.days {
		e, late := eaten{s.child, d}, s.came.After(closing(d))
		switch {
		case s.kind == reading.Book && !m.live[e] && !late && d >= today:
			done, cost = append(done, e), cost+420
		case s.kind == reading.Cancel && m.live[e] && !late:
			done, cost = append(done, e), cost-420
		case s.kind == reading.Cancel && m.live[e] && d >= today:
			done, unpaid = append(done, e), true
		}
	}
	return done, unpaid, cost
}

func (m *postModel) do(kind reading.Kind, list []eaten) {
	for _, e := range list {
		m.live[e] = kind == reading.Book
	}
}

func (m *postModel) pick(t *rapid.T, states ...State) (int64, *sent) {
	var ids []int64
	for id, s := range m.post {
		if slices.Contains(states, s.state) {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return 0, nil
	}
	slices.Sort(ids)
	id := rapid.SampledFrom(ids).Draw(t, "message")
	return id, m.post[id]
}

// TestDecisionsModel: messages come, are applied, ignored, taken back, sent twice,
// while time goes on; wallet and meals are the model's after each step.
func TestDecisionsModel(t *testing.T) {
	before := flag.Lookup("rapid.checks").Value.String()
	if err := flag.Set("rapid.checks", "20"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := flag.Set("rapid.checks", before); err != nil {
			t.Error(err)
		}
	})
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		w.fund(20000)
		m := &postModel{w: w, now: paris("2026-11-23 07:00:00"), live: map[eaten]bool{}, post: map[int64]*sent{}}
		m.balance = w.balance()
		rapid.Check(t, func(rt *rapid.T) {
			// One town goes on through all the checks, but for its calendar.
			m.fresh(rt)
			for range 20 {
				m.step(rt)
				m.same(rt)
			}
		})
		w.clean()
		undone := w.count(`SELECT COUNT(*) FROM operation WHERE kind = 'mail.undo'`)
		n := w.count(`SELECT COUNT(*) FROM operation WHERE kind = 'mail'`)
		t.Logf("%d decisions, %d undone", n, undone)
		if !testing.Short() && (n < 10 || undone < 1) {
			t.Errorf("only %d decisions, %d undone: the steps do not reach what they are for", n, undone)
		}
	})
}

// fresh empties the model's two weeks: rapid starts over, the clock with it.
func (m *postModel) fresh(t *rapid.T) {
	m.w.write(func(tx *store.Tx) error {
		m.w.exec(tx, `UPDATE mail_message SET state = 'ignored', decided_at = $1 WHERE state IN ('todo', 'toread')`, tx.Now())
		return nil
	})
	m.post = map[int64]*sent{}
	m.now = paris(fmt.Sprintf("2026-11-%d 07:00:00", rapid.IntRange(23, 25).Draw(t, "from")))
	m.w.clock.Set(m.now)
}

func (m *postModel) step(t *rapid.T) {
	switch rapid.IntRange(0, 9).Draw(t, "step") {
	case 0, 1, 2:
		m.arrive(t)
	case 3, 4, 5:
		m.apply(t)
	case 6:
		m.undo(t)
	case 7:
		if id, s := m.pick(t, Applied); s != nil { // sent twice
			if out, err := m.w.s.Apply(m.w.ctx, s.wasPlan); err != nil || !out.Replayed || out.MessageID != id {
				t.Fatalf("replay of %d: %+v, %v", id, out, err)
			}
		}
	case 8:
		if id, s := m.pick(t, Todo); s != nil {
			if err := m.w.s.Ignore(m.w.ctx, id); err != nil {
				t.Fatal(err)
			}
			s.state = Ignored
		}
	case 9:
		m.now = m.now.Add(time.Duration(rapid.IntRange(1, 20).Draw(t, "hours")) * time.Hour)
		m.w.clock.Set(m.now)
	}
}

func (m *postModel) arrive(t *rapid.T) {
	s := &sent{
		kind:  rapid.SampledFrom([]reading.Kind{reading.Book, reading.Cancel}).Draw(t, "kind"),
		child: rapid.SampledFrom([]int64{m.w.lea, m.w.hugo}).Draw(t, "child"),
		days:  rapid.SliceOfNDistinct(rapid.SampledFrom(schoolDays), 1, 3, rapid.ID).Draw(t, "days"),
		came:  m.now.Add(-time.Duration(rapid.IntRange(0, 30).Draw(t, "ago")) * time.Hour), state: Todo,
	}
	if s.kind == reading.Cancel && rapid.IntRange(0, 3).Draw(t, "of what is there") > 0 {
		var there []calendar.Date
		for e, live := range m.live {
			if live && e.child == s.child {
				there = append(there, e.day)
			}
		}
		if slices.Sort(there); len(there) > 0 {
			s.days = there[:rapid.IntRange(1, min(3, len(there))).Draw(t, "how many")]
		}
	}
	slices.Sort(s.days)
	list := make([]string, len(s.days))
	for i, d := range s.days {
		list[i] = d.String()
	}
	m.post[m.w.arrives(s.came.In(calendar.Paris).Format("2006-01-02 15:04:05"), letterIn{}, m.w.wants(s.kind, s.child, list...))] = s
}

func (m *postModel) apply(t *rapid.T) {
	id, s := m.pick(t, Todo)
	if s == nil {
		return
	}
	card := m.w.card(id)
	d := Decision{MessageID: id, Version: m.w.get(id).Version, Key: m.w.key(), Choices: []Choice{card.Choice}}
	done, unpaid, cost := m.expect(s)
	p := m.w.plan(d)
	out, err := m.w.s.Apply(m.w.ctx, p)
	if len(done) == 0 || cost > m.balance {
		if err == nil || p.Problem == "" {
			t.Fatalf("%s %v came %s, now %s: done although nothing can be", s.kind, s.days, s.came, m.now)
		}
		return
	}
	if err != nil {
		t.Fatalf("%s %v came %s, now %s: %v", s.kind, s.days, s.came, m.now, err)
	}
	if out.Undo == unpaid {
		t.Fatalf("%s %v came %s, now %s: may be undone %v", s.kind, s.days, s.came, m.now, out.Undo)
	}
	if p.Total != cost {
		t.Fatalf("total %s, want %s", p.Total, cost)
	}
	m.do(s.kind, done)
	m.balance -= cost
	s.state, s.did, s.unpaid, s.wasPlan = Applied, done, unpaid, p
}

func (m *postModel) undo(t *rapid.T) {
	id, s := m.pick(t, Applied)
	if s == nil {
		return
	}
	may := !s.unpaid
	for _, e := range s.did { // at the rules of now, and nothing else meanwhile
		may = may && !m.now.After(closing(e.day)) && m.live[e] == (s.kind == reading.Book)
	}
	cost := money.Cents(len(s.did)) * 420
	if s.kind == reading.Book {
		cost = -cost
	}
	_, err := m.w.s.Undo(m.w.ctx, id, m.w.key())
	if !may || cost > m.balance {
		if err == nil || fault.KindOf(err) == fault.Internal {
			t.Fatalf("undo of %s %v: %v", s.kind, s.days, err)
		}
		return
	}
	if err != nil {
		// Booked, cancelled and booked again by others: the line is no longer its own.
		if fault.KindOf(err) == fault.Conflict && s.kind == reading.Book {
			return
		}
		t.Fatalf("undo of %s %v came %s, now %s: %v", s.kind, s.days, s.came, m.now, err)
	}
	back := reading.Cancel
	if s.kind == reading.Cancel {
		back = reading.Book
	}
	m.do(back, s.did)
	m.balance -= cost
	s.state, s.did = Todo, nil
}

func (m *postModel) same(t *rapid.T) {
	if got := m.w.balance(); got != m.balance {
		t.Fatalf("wallet %s, the model has %s", got, m.balance)
	}
	want := int64(0)
	for e, live := range m.live {
		if live {
			want++
			if !m.w.live(e.child, e.day.String()) {
				t.Fatalf("child %d, %s is not booked", e.child, e.day)
			}
		}
	}
	if n := m.w.count(`SELECT COUNT(*) FROM booking WHERE state = 'booked'`); n != want {
		t.Fatalf("%d meals, the model has %d", n, want)
	}
	if bad := m.w.broken(); len(bad) > 0 {
		t.Fatalf("broken: %v", bad)
	}
}
