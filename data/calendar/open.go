package calendar

import (
	"time"

	"ardoise/data/fault"
)

// HolidayUse says what school holidays mean to a service.
type HolidayUse int

// A canteen closes in the holidays; a service may ignore them or live of them.
const (
	ClosedInHolidays HolidayUse = iota
	IgnoresHolidays
	OnlyInHolidays
)

// Closure is a run of civil days (both ends included) without service.
type Closure struct {
	ID          int64 // the caller's, 0 if it has none
	First, Last Date
	Reason      string // "grève": shown after "fermé : "
}

// Opening is one day of service that the rules alone would close, such as a
// Wednesday of school worked in place of another day.
type Opening struct {
	Date   Date
	Reason string
}

// PlanSpec is what a service's calendar is made of.
type PlanSpec struct {
	Weekdays             Weekdays
	Region               Region
	Zone                 Zone
	SchoolHolidays       []Holiday // of any zone; the plan takes those of Zone
	Use                  HolidayUse
	OpenOnPublicHolidays bool
	Closures             []Closure
	Openings             []Opening
}

// Plan answers which days a service is open. It is made once by NewPlan, never
// changes, and may be used by several goroutines.
type Plan struct {
	spec    PlanSpec
	known   map[SchoolYear]bool
	reasons []string // reasons[0] is "" : open
	index   map[string]uint16
	base    Date
	table   []uint16 // by day since base: the reason it is closed
	days    []dayFlags
}

// dayFlags says of a day what cut-offs need, whatever the service's own days.
type dayFlags uint8

const (
	workday dayFlags = 1 << iota // Monday to Friday, no public holiday
	closure                      // a closure of the service covers it
)

// Days of these years are looked up in a table, others are worked out.
const (
	tableFirstYear = 2020
	tableLastYear  = 2039
)

// NewPlan checks and prepares a service's calendar.
func NewPlan(spec PlanSpec) (*Plan, error) {
	if spec.Region == "" {
		spec.Region = Metropole
	}
	if spec.Weekdays == 0 {
		return nil, fault.New(fault.Invalid, "Le service n’a aucun jour d’ouverture : choisissez au moins un jour de la semaine.")
	}
	for _, c := range spec.Closures {
		if c.First.IsZero() || c.Last < c.First {
			return nil, fault.New(fault.Invalid, "La fermeture « %s » finit avant de commencer.", c.Reason)
		}
	}
	p := &Plan{spec: spec, known: map[SchoolYear]bool{}, reasons: []string{""}, index: map[string]uint16{"": 0}}
	p.spec.SchoolHolidays = nil
	for _, h := range spec.SchoolHolidays {
		if h.Zone == spec.Zone {
			p.spec.SchoolHolidays = append(p.spec.SchoolHolidays, h)
			if _, done := p.known[h.Year]; !done {
				p.known[h.Year] = YearKnown(spec.SchoolHolidays, spec.Zone, h.Year)
			}
		}
	}
	p.fill()
	return p, nil
}

// MustPlan is NewPlan for tests and fixed data.
func MustPlan(spec PlanSpec) *Plan {
	p, err := NewPlan(spec)
	if err != nil {
		panic(err)
	}
	return p
}

// fill lays the layers over one another, the weakest reason first.
func (p *Plan) fill() {
	p.base = NewDate(tableFirstYear, time.January, 1)
	n := int(NewDate(tableLastYear+1, time.January, 1) - p.base)
	var closedOn [7]uint16
	for w := range closedOn {
		closedOn[w] = p.id(weekdayReason(time.Weekday(w)))
	}
	first := int(p.base.Weekday())
	p.table, p.days = make([]uint16, n), make([]dayFlags, n)
	for i := range n {
		w := time.Weekday((first + i) % 7)
		if w != time.Saturday && w != time.Sunday {
			p.days[i] = workday
		}
		if !p.spec.Weekdays.Has(w) {
			p.table[i] = closedOn[w]
		}
	}
	p.fillHolidays(n)
	for year := tableFirstYear; year <= tableLastYear; year++ {
		for _, h := range PublicHolidays(p.spec.Region, year) {
			p.days[h.Date-p.base] = 0
			if !p.spec.OpenOnPublicHolidays {
				p.table[h.Date-p.base] = p.id(publicReason(h.Name))
			}
		}
	}
	for _, o := range p.spec.Openings {
		p.paint(o.Date, o.Date, 0)
	}
	for _, c := range p.spec.Closures {
		p.paint(c.First, c.Last, p.id(closureReason(c.Reason)))
		for d := max(c.First, p.base); d <= c.Last && int(d-p.base) < n; d++ {
			p.days[d-p.base] |= closure
		}
	}
}

func (p *Plan) fillHolidays(n int) {
	switch p.spec.Use {
	case IgnoresHolidays:
	case OnlyInHolidays:
		inside := make([]bool, n)
		for _, h := range p.spec.SchoolHolidays {
			for d := max(h.First, p.base); d <= h.Last && int(d-p.base) < n; d++ {
				inside[d-p.base] = true
			}
		}
		outside := p.id(reasonTermTime)
		for i := range inside {
			if !inside[i] {
				p.table[i] = outside
			}
		}
	default:
		for _, h := range p.spec.SchoolHolidays {
			p.paint(h.First, h.Last, p.id(h.Name))
		}
	}
}

func (p *Plan) paint(first, last Date, reason uint16) {
	for d := max(first, p.base); d <= last && int(d-p.base) < len(p.table); d++ {
		p.table[d-p.base] = reason
	}
}

func (p *Plan) id(reason string) uint16 {
	if n, ok := p.index[reason]; ok {
		return n
	}
	n := uint16(len(p.reasons))
	p.reasons = append(p.reasons, reason)
	p.index[reason] = n
	return n
}

const reasonTermTime = "service ouvert pendant les vacances seulement"

func weekdayReason(w time.Weekday) string { return "pas de service le " + WeekdayName(w) }
func publicReason(name string) string     { return "jour férié" + nbsp + ": " + name }

func closureReason(reason string) string {
	if reason == "" {
		return "fermé"
	}
	return "fermé" + nbsp + ": " + reason
}

// IsOpen reports whether the service is open that day, and if not why, in French
// ("vacances de Noël", "jour férié : 11 novembre", "fermé : grève", "pas de
// service le mercredi"). Closures win over openings, openings over public
// holidays, those over school holidays, those over weekdays.
func (p *Plan) IsOpen(d Date) (bool, string) {
	i := int(d - p.base)
	if i < 0 || i >= len(p.table) {
		reason := p.workOut(d)
		return reason == "", reason
	}
	return p.table[i] == 0, p.reasons[p.table[i]]
}

// workOut is IsOpen without the table, for days far away.
func (p *Plan) workOut(d Date) string {
	for i := len(p.spec.Closures) - 1; i >= 0; i-- {
		if c := p.spec.Closures[i]; d >= c.First && d <= c.Last {
			return closureReason(c.Reason)
		}
	}
	for _, o := range p.spec.Openings {
		if o.Date == d {
			return ""
		}
	}
	if !p.spec.OpenOnPublicHolidays {
		if name := PublicHolidayName(p.spec.Region, d); name != "" {
			return publicReason(name)
		}
	}
	holiday := ""
	for _, h := range p.spec.SchoolHolidays {
		if d >= h.First && d <= h.Last {
			holiday = h.Name
		}
	}
	switch {
	case p.spec.Use == ClosedInHolidays && holiday != "":
		return holiday
	case p.spec.Use == OnlyInHolidays && holiday == "":
		return reasonTermTime
	case !p.spec.Weekdays.Has(d.Weekday()):
		return weekdayReason(d.Weekday())
	}
	return ""
}

// searchDays bounds the search for an open day: nothing within two years means
// the service is over.
const searchDays = 731

// NextOpen gives the first open day strictly after d; false if none within two years.
func (p *Plan) NextOpen(d Date) (Date, bool) { return p.step(d, 1) }

// PrevOpen gives the last open day strictly before d; false if none within two years.
func (p *Plan) PrevOpen(d Date) (Date, bool) { return p.step(d, -1) }

func (p *Plan) step(d Date, by int) (Date, bool) {
	for range searchDays {
		d = d.Add(by)
		if open, _ := p.IsOpen(d); open {
			return d, true
		}
	}
	return 0, false
}

// OpenDays lists the open days from first to last, both included.
func (p *Plan) OpenDays(first, last Date) []Date {
	var list []Date
	for d := first; d <= last; d++ {
		if open, _ := p.IsOpen(d); open {
			list = append(list, d)
		}
	}
	return list
}

// HolidaysKnown reports whether the school holidays of the day's school year are
// known. Where they are not, IsOpen answers by weekdays and public holidays only
// and the screen must say so (MissingText). A service that ignores holidays is
// never concerned.
func (p *Plan) HolidaysKnown(d Date) bool {
	if p.spec.Use == IgnoresHolidays || p.known[SchoolYearOf(d)] {
		return true
	}
	for _, h := range p.spec.SchoolHolidays { // August belongs to the summer of the year before
		if d >= h.First && d <= h.Last {
			return true
		}
	}
	return false
}

// Zone gives the plan's school-holiday zone.
func (p *Plan) Zone() Zone { return p.spec.Zone }

// Region gives the plan's region of public holidays.
func (p *Plan) Region() Region { return p.spec.Region }

// flags gives what cut-offs need to know of a day.
func (p *Plan) flags(d Date) dayFlags {
	if i := int(d - p.base); i >= 0 && i < len(p.days) {
		return p.days[i]
	}
	var f dayFlags
	if isWorking(p.spec.Region, d) {
		f = workday
	}
	for _, c := range p.spec.Closures {
		if d >= c.First && d <= c.Last {
			f |= closure
		}
	}
	return f
}
