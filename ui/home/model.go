// Package home is the room of the first screen: what today's and the next
// meals look like, the next cut-off, what waits for somebody. It changes
// nothing: every part leads to the screen where the work is done.
package home

import (
	"context"
	"slices"
	"strings"
	"time"

	"ardoise/data/access"
	"ardoise/data/backup"
	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/letter"
	"ardoise/data/mailbox"
	"ardoise/data/staff"
)

// Deps is what the screen needs of the house.
type Deps struct {
	Family  *family.Service
	Catalog *catalog.Service
	Access  *access.Service
	Letter  *letter.Service
	Ledger  *ledger.Service
	Booking *booking.Service
	// Mail counts the messages of families; nil: there is no post.
	Mail interface {
		List(ctx context.Context, f mailbox.Filter) ([]mailbox.Item, mailbox.Counts, error)
	}
	// Copies says how the town's copies stand; nil where there is nothing to
	// lose.
	Copies func(ctx context.Context) (backup.State, error)
	// Service is the service the rail's switcher stands on; nil or 0: the first
	// canteen still offered.
	Service func(ctx context.Context) (int64, error)
}

const (
	nbsp      = "\u00a0"
	soonDays  = 30 // a document that ends within so many days is called for
	backDays  = 7  // attendance left open in so many days shows
	chartBack = 8  // weeks looked at to find four with service
)

// rights are what the agent's roles allow here; the services check again.
type rights struct{ desk, cash, files, kitchen, admin, book bool }

func rightsOf(has func(...string) bool) rights {
	is := func(r staff.Role) bool { return has(string(r)) }
	r := rights{desk: is(staff.Accueil), cash: is(staff.Regie), kitchen: is(staff.Cuisine), admin: is(staff.Admin)}
	r.files = r.desk || r.cash || r.admin || is(staff.Sante)
	r.book = r.desk || r.cash || r.admin
	return r
}

// board is everything the screen shows, read at once.
type board struct {
	at       time.Time
	today    calendar.Date
	services int
	service  catalog.ServiceInfo
	plan     *calendar.Plan
	now      *booking.Headcount // today, nil without a service
	next     *booking.Headcount // the next day of service, nil when there is none in sight
	pointed  booking.DayCount   // today
	cut      cutoff
	served   []booking.DayCount
	open     []calendar.Date // past days whose attendance is not finished
	openLeft map[calendar.Date]int

	submitted []access.Request // to be decided, the oldest first
	toDecide  int
	accepted  int
	families  int
	booked    bool // a meal was ever booked
	sent      bool // a sheet was ever sent to the kitchen
	expiring  []access.Document
	low       []ledger.Wallet
	mail      mailbox.Counts // messages of families
	copies    bool           // the agent sees to the copies
	saved     backup.State
	waiting   int // letters
	failed    int
	unbooked  int
}

// cutoff is the next deadline to book.
type cutoff struct {
	day      calendar.Date // of the meal; 0: none in sight
	at       time.Time
	rule     string
	habitual []booking.Habitual
}

// load reads the board. What the roles do not allow is not asked.
func (d Deps) load(ctx context.Context, may rights, now time.Time) (b board, err error) {
	b = board{at: now, today: calendar.DateOf(now), openLeft: map[calendar.Date]int{}}
	if err = d.loadService(ctx, &b); err != nil {
		return b, err
	}
	if b.booked, b.sent, err = d.Booking.Begun(ctx); err != nil {
		return b, err
	}
	if b.service.ID != 0 {
		if err = d.loadMeals(ctx, &b, may); err != nil {
			return b, err
		}
	}
	if may.files {
		if err = d.loadFiles(ctx, &b, may); err != nil {
			return b, err
		}
	}
	if may.admin && d.Copies != nil {
		b.copies = true
		b.saved, err = d.Copies(ctx)
	}
	return b, err
}

// loadService finds the service the screen is about.
func (d Deps) loadService(ctx context.Context, b *board) error {
	list, err := d.Catalog.Services(ctx)
	if err != nil {
		return err
	}
	var want int64
	if d.Service != nil {
		if want, err = d.Service(ctx); err != nil {
			return err
		}
	}
	for _, s := range list {
		if !s.Active {
			continue
		}
		b.services++
		switch {
		case s.ID == want,
			want == 0 && b.service.ID == 0,
			want == 0 && b.service.Kind != catalog.Canteen && s.Kind == catalog.Canteen:
			b.service = s
		}
	}
	if b.service.ID == 0 {
		return nil
	}
	b.plan, err = d.Catalog.Plan(ctx, b.service.ID)
	return err
}

func (d Deps) loadMeals(ctx context.Context, b *board, may rights) (err error) {
	id := b.service.ID
	if b.now, err = d.Booking.Headcount(ctx, id, b.today); err != nil {
		return err
	}
	if day, ok := b.plan.NextOpen(b.today); ok {
		if b.next, err = d.Booking.Headcount(ctx, id, day); err != nil {
			return err
		}
	}
	if b.served, err = d.Booking.Served(ctx, id, b.today.Monday().Add(-7*chartBack), b.today.Monday().Add(6)); err != nil {
		return err
	}
	for _, c := range b.served {
		switch {
		case c.Day == b.today:
			b.pointed = c
		case c.Day < b.today && c.Day >= b.today.Add(-backDays) && c.Pointed < c.Booked && may.desk:
			b.open = append(b.open, c.Day)
			b.openLeft[c.Day] = c.Booked - c.Pointed
		}
	}
	b.cut = nextCutoff(b.service, b.plan, b.at)
	if !b.cut.day.IsZero() && may.book {
		b.cut.habitual, err = d.Booking.Habitual(ctx, id, b.cut.day)
	}
	return err
}

// nextCutoff is the first deadline to book that is not past.
func nextCutoff(s catalog.ServiceInfo, plan *calendar.Plan, now time.Time) (c cutoff) {
	today := calendar.DateOf(now)
	day := today.Add(-1)
	for range 30 {
		next, ok := plan.NextOpen(day)
		if !ok {
			return cutoff{}
		}
		day = next
		if at, rule := s.Cutoff(plan, day, catalog.PurposeBook); calendar.InTime(now, at) {
			return cutoff{day: day, at: at, rule: rule}
		}
	}
	return cutoff{}
}

func (d Deps) loadFiles(ctx context.Context, b *board, may rights) (err error) {
	counts, err := d.Family.Counts(ctx)
	if err != nil {
		return err
	}
	b.families = counts[""]
	list, states, err := d.Access.Queue(ctx, access.Filter{States: []access.State{access.Submitted}}, 0, 3)
	if err != nil {
		return err
	}
	b.submitted, b.toDecide, b.accepted = list, states[access.Submitted], states[access.Accepted]
	if b.expiring, err = d.Access.Expiring(ctx, soonDays); err != nil {
		return err
	}
	if b.waiting, b.failed, err = d.Letter.Waiting(ctx); err != nil {
		return err
	}
	if may.desk && d.Mail != nil {
		if _, b.mail, err = d.Mail.List(ctx, mailbox.Filter{Limit: 1}); err != nil {
			return err
		}
	}
	if may.desk || may.cash {
		if b.low, err = d.Ledger.Low(ctx); err != nil {
			return err
		}
		meals, err := d.Booking.Unbooked(ctx, 0, 0)
		if err != nil {
			return err
		}
		b.unbooked = len(meals)
	}
	return nil
}

// manyAccepted is from how many accepted requests on a town is at work and wants its
// board, whether or not it has sent a sheet.
const manyAccepted = 5

// empty reports that the first steps are still to be taken: until the first sheet
// is sent, or meals have been served, or many children have their access.
func (b *board) empty(may rights) bool {
	if b.services == 0 {
		return true
	}
	served := slices.ContainsFunc(b.served, func(c booking.DayCount) bool { return c.Day < b.today && c.Booked > 0 })
	return may.files && !b.sent && !served && b.accepted < manyAccepted && b.toDecide < manyAccepted
}

// school is one line of a day's card.
type school struct {
	name        string
	count       int
	plus, minus int
}

// schools adds the children's groups up by school, the largest number of lines
// being n: what is beyond is said as one.
func schools(h *booking.Headcount, n int) (out []school, adults int) {
	for _, g := range h.Groups {
		if g.AgeGroup == "adulte" {
			adults += g.Count
			continue
		}
		i := slices.IndexFunc(out, func(s school) bool { return s.name == g.School })
		if i < 0 {
			out = append(out, school{name: g.School})
			i = len(out) - 1
		}
		out[i].count += g.Count
		out[i].plus += g.Plus
		out[i].minus += g.Minus
	}
	if len(out) > n {
		rest := school{}
		for _, s := range out[n-1:] {
			rest.count, rest.plus, rest.minus = rest.count+s.count, rest.plus+s.plus, rest.minus+s.minus
		}
		rest.name = plural(len(out)-n+1, "autre école", "autres écoles")
		out = append(out[:n-1], rest)
	}
	for i := range out {
		if strings.TrimSpace(out[i].name) == "" {
			out[i].name = "Sans école"
		}
	}
	return out, adults
}

// due are the documents that call for a family's action, grouped by what they are.
type due struct {
	label    string
	lapsed   bool
	families int
	family   int64 // one of them
	first    calendar.Date
}

func dues(list []access.Document, today calendar.Date) (out []due) {
	seen := map[string]bool{}
	for _, d := range list {
		lapsed := d.ValidTo < today
		i := slices.IndexFunc(out, func(x due) bool { return x.label == d.Label && x.lapsed == lapsed })
		if i < 0 {
			out = append(out, due{label: d.Label, lapsed: lapsed, first: d.ValidTo, family: d.FamilyID})
			i = len(out) - 1
		}
		if d.ValidTo < out[i].first {
			out[i].first = d.ValidTo
		}
		if key := out[i].label + family.Number(d.FamilyID) + map[bool]string{true: "!"}[lapsed]; !seen[key] {
			seen[key] = true
			out[i].families++
		}
	}
	return out
}

// soon counts the documents still valid that end within the month.
func (b *board) soon() (n int) {
	for _, d := range b.expiring {
		if d.ValidTo >= b.today {
			n++
		}
	}
	return n
}

func (b *board) debtors() (n int) {
	for _, w := range b.low {
		if w.Overdrawn() {
			n++
		}
	}
	return n
}

// sentence is what a failed reading says.
func sentence(err error) string { return fault.Sentence(err) }
