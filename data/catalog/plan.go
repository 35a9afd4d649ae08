package catalog

import (
	"database/sql"
	"fmt"
	"strings"
	"sync"

	"ardoise/data/calendar"
	"ardoise/data/store"
)

// plans remembers calendars already worked out: a plan is a pure function of
// its text, and making one fills a table of twenty years.
var plans struct {
	sync.Mutex
	byText map[string]*calendar.Plan
}

// maxPlans bounds the memory; past it the table starts again.
const maxPlans = 64

// PlanTx gives the calendar of a service: weekdays, holidays, closures that
// concern everybody (those of one class are ClosuresTx's).
func PlanTx(tx *store.Tx, serviceID int64) (*calendar.Plan, error) {
	s, err := ServiceTx(tx, serviceID)
	if err != nil {
		return nil, err
	}
	all, err := PlansTx(tx, []ServiceInfo{s})
	return all[serviceID], err
}

// PlansTx gives the calendars of several services in two questions.
func PlansTx(tx *store.Tx, services []ServiceInfo) (map[int64]*calendar.Plan, error) {
	holidays, err := HolidaysTx(tx)
	if err != nil {
		return nil, err
	}
	closed, err := closures(tx)
	if err != nil {
		return nil, err
	}
	out := make(map[int64]*calendar.Plan, len(services))
	for _, s := range services {
		if out[s.ID], err = planOf(s, holidays, closed); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func planOf(s ServiceInfo, holidays []calendar.Holiday, closed []Closure) (*calendar.Plan, error) {
	spec := calendar.PlanSpec{Weekdays: s.Weekdays, Region: s.Region, Zone: s.Zone, SchoolHolidays: holidays}
	if s.InHolidays {
		spec.Use = calendar.IgnoresHolidays
	}
	for _, c := range closed {
		if c.ClassID == 0 && (c.ServiceID == 0 || c.ServiceID == s.ID) {
			spec.Closures = append(spec.Closures, calendar.Closure{ID: c.ID, First: c.First, Last: c.Last, Reason: c.Reason})
		}
	}
	text := specText(spec)
	plans.Lock()
	defer plans.Unlock()
	if p, ok := plans.byText[text]; ok {
		return p, nil
	}
	p, err := calendar.NewPlan(spec)
	if err != nil {
		return nil, err
	}
	if plans.byText == nil || len(plans.byText) >= maxPlans {
		plans.byText = map[string]*calendar.Plan{}
	}
	plans.byText[text] = p
	return p, nil
}

func specText(spec calendar.PlanSpec) string {
	var b strings.Builder
	fmt.Fprint(&b, spec.Weekdays, "|", spec.Region, "|", spec.Zone, "|", spec.Use)
	for _, h := range spec.SchoolHolidays {
		if h.Zone == spec.Zone {
			fmt.Fprintf(&b, "|%d %s %d %d", h.Year, h.Name, h.First, h.Last)
		}
	}
	for _, c := range spec.Closures {
		fmt.Fprintf(&b, "|%d %d %d %q", c.ID, c.First, c.Last, c.Reason)
	}
	return b.String()
}

// HolidaysTx gives the school holidays known: those the program was published
// with, and those imported since.
func HolidaysTx(tx *store.Tx) ([]calendar.Holiday, error) {
	imported, err := store.Collect(tx, func(r *sql.Rows) (h calendar.Holiday, err error) {
		err = r.Scan(&h.Year, &h.Zone, &h.Name, &h.First, &h.Last)
		return h, err
	}, `SELECT school_year, zone, name, first_day, last_day FROM school_holiday ORDER BY zone, first_day`)
	if err != nil || len(imported) == 0 {
		return calendar.SchoolHolidays(), err
	}
	return calendar.MergeHolidays(calendar.SchoolHolidays(), imported), nil
}
