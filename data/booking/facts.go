package booking

import (
	"time"

	"ardoise/data/access"
	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/family"
	"ardoise/data/money"
)

// judged is the instant cut-offs are judged by.
func (f *facts) judged() time.Time {
	if f.asked.IsZero() {
		return f.now
	}
	return f.asked
}

// facts are all the planner knows; it asks nobody else.
type facts struct {
	now      time.Time
	asked    time.Time // when the family's message came, which cut-offs are judged by; zero: now
	services map[int64]serviceFacts
	children map[int64]childFacts
	years    map[yearKey]family.Place // where a child is in a year its entry does not speak of
	families map[int64]familyFacts
	gates    map[gateKey]access.Gate
	live     map[Item]row             // live bookings
	load     map[loadKey]int          // places taken, where there is a capacity
	held     map[loadKey]int          // free places that who waits could have now
	due      map[Item]bool            // whose places those are
	absences map[access.GateKey][]row // a child's recent bookings, in order of days
}

type gateKey struct {
	access.GateKey
	year calendar.SchoolYear
}

// loadKey is a day of a service, or of one of its sittings.
type loadKey struct {
	service int64
	day     calendar.Date
	sitting int64
}

type serviceFacts struct {
	catalog.ServiceInfo
	plan    *calendar.Plan
	tariffs []catalog.Tariff
	trips   []catalog.Closure // closures of one class
}

// sittingCapacity gives the places of a sitting, nil without limit.
func (s serviceFacts) sittingCapacity(id int64) *int {
	for _, t := range s.Sittings {
		if t.ID == id {
			return t.Capacity
		}
	}
	return nil
}

// trip gives why a class is away that day, "" if it is not.
func (s serviceFacts) trip(class int64, day calendar.Date) string {
	for _, c := range s.trips {
		if c.ClassID == class && day >= c.First && day <= c.Last {
			return c.Reason
		}
	}
	return ""
}

type childFacts struct {
	id       int64
	first    string
	name     string
	familyID int64
	schoolID int64
	classID  int64
	ageGroup string
	left     bool
	shared   []share
}

// child gives a child as it is in the school year of a day: its class of then.
func (f *facts) child(id int64, day calendar.Date) (childFacts, bool) {
	c, ok := f.children[id]
	if p, other := f.years[yearKey{id, calendar.SchoolYearOf(day)}]; other {
		c.classID, c.schoolID, c.ageGroup, c.left = p.ClassID, p.SchoolID, p.AgeGroup, c.left || p.Leaves
	}
	return c, ok
}

// yearKey names a child in a school year.
type yearKey struct {
	child int64
	year  calendar.SchoolYear
}

// share is a second family and its weeks: 1 odd, 2 even ISO weeks, 0 sees only.
type share struct {
	familyID int64
	parity   int
}

// payerOn gives who pays a meal of that day: the second family in its weeks.
func (c childFacts) payerOn(day calendar.Date) int64 {
	_, week := day.ISOWeek()
	for _, s := range c.shared {
		if s.parity == 1 && week%2 == 1 || s.parity == 2 && week%2 == 0 {
			return s.familyID
		}
	}
	return c.familyID
}

// mayPay reports whether the family may ever pay for the child.
func (c childFacts) mayPay(family int64) bool {
	if family == c.familyID {
		return true
	}
	for _, s := range c.shared {
		if s.familyID == family && s.parity != 0 {
			return true
		}
	}
	return false
}

type familyFacts struct {
	id           int64
	name         string
	communeID    int64
	quotient     *int
	quotientFrom calendar.Date
	quotientTo   calendar.Date
	siblings     []int64                 // children, the eldest first
	lastDays     map[int64]calendar.Date // of those who left, or will at the end of the year
	balance      money.Cents
	floor        money.Cents
}

// quotientOn gives the income quotient valid that day, nil for none.
func (f familyFacts) quotientOn(day calendar.Date) *int {
	if f.quotient == nil || !f.quotientFrom.IsZero() && day < f.quotientFrom || !f.quotientTo.IsZero() && day > f.quotientTo {
		return nil
	}
	return f.quotient
}

// rank gives the place of a child, from 1, among its siblings who are there that
// day: a brother who leaves in July counts in June and not in September.
func (f familyFacts) rank(child int64, day calendar.Date) int {
	n := 1
	for _, id := range f.siblings {
		if id == child {
			return n
		}
		if last, leaves := f.lastDays[id]; !leaves || day <= last {
			n++
		}
	}
	return 1
}

// row is a booking as the database has it.
type row struct {
	Item
	id         int64
	familyID   int64
	state      string
	pay        string
	kind       string
	price      money.Cents
	care       money.Cents
	tariffID   int64
	sittingID  int64
	attendance string
	verdict    string // of the cancellation
}
