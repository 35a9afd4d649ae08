package calendar

import (
	"strconv"
	"time"

	"ardoise/data/fault"
)

// Clock is a time of day in Paris; 24:00 is the end of that day.
type Clock struct{ Hour, Minute int }

// String gives the machine form "10:00".
func (c Clock) String() string {
	return string([]byte{'0' + byte(c.Hour/10%10), '0' + byte(c.Hour%10), ':', '0' + byte(c.Minute/10%10), '0' + byte(c.Minute%10)})
}

// French gives "10 h 00", "minuit" for the end of the day.
func (c Clock) French() string {
	if c.Hour == 24 {
		return "minuit"
	}
	return hourText(c.Hour, c.Minute)
}

func (c Clock) valid() bool {
	return c.Hour >= 0 && c.Minute >= 0 && c.Minute < 60 && (c.Hour < 24 || c.Hour == 24 && c.Minute == 0)
}

// CutoffForm says how a cut-off is counted.
type CutoffForm int

// The three forms of cut-off.
const (
	Weekly CutoffForm = iota
	DaysBefore
	HoursBefore
)

// Counting says which days count in "n days before".
type Counting int

// Calendar days, working days (Monday to Friday, no public holiday), or days on
// which the service is open.
const (
	CalendarDays Counting = iota
	WorkingDays
	OpenDays
)

// Cutoff is one limit, relative to the day of the meal. Only the fields of its
// Form are read. The instant itself is still in time.
type Cutoff struct {
	Form CutoffForm

	Weekday     time.Weekday // Weekly: that weekday…
	WeeksBefore int          // …of the week so many weeks before the meal's (0: the same week, Monday first)

	Days  int      // DaysBefore: 0 is the same day
	Count Counting // DaysBefore

	Hours int   // HoursBefore: physical hours, whatever the clocks do…
	Start Clock // …before the service starts

	At Clock // Weekly, DaysBefore: the time of day of the limit

	// SkipClosed moves a limit that falls on a weekend, a public holiday or a
	// closure of the service to the working day before, at the same time of day.
	SkipClosed bool
}

// The bounds of what may be configured.
const (
	maxWeeksBefore = 8
	maxDaysBefore  = 60
	maxHoursBefore = 720
)

// Validate refuses a cut-off that cannot be meant.
func (c Cutoff) Validate() error {
	switch c.Form {
	case Weekly:
		if c.Weekday < time.Sunday || c.Weekday > time.Saturday {
			return fault.New(fault.Invalid, "La date limite n’a pas de jour de la semaine.")
		}
		if c.WeeksBefore < 0 || c.WeeksBefore > maxWeeksBefore {
			return fault.New(fault.Invalid, "La date limite se place de 0 à %d semaines avant le repas, pas %d.", maxWeeksBefore, c.WeeksBefore)
		}
	case DaysBefore:
		if c.Days < 0 || c.Days > maxDaysBefore {
			return fault.New(fault.Invalid, "La date limite se place de 0 à %d jours avant le repas, pas %d.", maxDaysBefore, c.Days)
		}
		if c.Count < CalendarDays || c.Count > OpenDays {
			return fault.New(fault.Invalid, "Les jours d’une date limite se comptent en jours calendaires, ouvrés ou d’ouverture.")
		}
	case HoursBefore:
		if c.Hours < 0 || c.Hours > maxHoursBefore {
			return fault.New(fault.Invalid, "La date limite se place de 0 à %d heures avant le repas, pas %d.", maxHoursBefore, c.Hours)
		}
		if !c.Start.valid() {
			return fault.New(fault.Invalid, "L’heure de début du service n’existe pas : écrivez de 00:00 à 24:00.")
		}
		return nil
	default:
		return fault.New(fault.Invalid, "Cette forme de date limite n’existe pas.")
	}
	if !c.At.valid() {
		return fault.New(fault.Invalid, "L’heure de la date limite n’existe pas : écrivez de 00:00 à 24:00.")
	}
	return nil
}

// CutoffSet is the limits of a service for one act (booking or cancelling):
// one by default and those of some weekdays of the meal.
type CutoffSet struct {
	Default   Cutoff
	ByWeekday map[time.Weekday]Cutoff
}

// For gives the cut-off that applies to meals of that weekday.
func (s CutoffSet) For(w time.Weekday) Cutoff {
	if c, ok := s.ByWeekday[w]; ok {
		return c
	}
	return s.Default
}

// Validate refuses a set with a cut-off that cannot be meant, or one that would
// fall after the meal on one of the weekdays the service is open.
func (s CutoffSet) Validate(open Weekdays) error {
	for _, w := range frenchWeek {
		c := s.For(w)
		if err := c.Validate(); err != nil {
			return err
		}
		if open.Has(w) && c.Form == Weekly && c.WeeksBefore == 0 && mondayFirst(c.Weekday) > mondayFirst(w) {
			return fault.New(fault.Invalid, "Pour les repas du %s, la date limite « %s » tombe après le repas.", WeekdayName(w), c)
		}
	}
	return nil
}

func mondayFirst(w time.Weekday) int { return (int(w) + 6) % 7 }

// Limit gives the last instant (in Paris) to act for a meal of that day and the
// rule in French words, with what moved it if something did. The instant is never
// after the end of the meal's day.
func (s CutoffSet) Limit(day Date, plan *Plan) (instant time.Time, rule string) {
	return s.For(day.Weekday()).Limit(day, plan)
}

// Limit is CutoffSet.Limit for a single cut-off. A nil plan counts as a service
// open from Monday to Friday in metropolitan France without school holidays.
func (c Cutoff) Limit(day Date, plan *Plan) (instant time.Time, rule string) {
	if plan == nil {
		plan = defaultPlan
	}
	rule = c.Rule()
	var limitDay Date
	at := c.At
	switch c.Form {
	case HoursBefore:
		instant = day.At(c.Start.Hour, c.Start.Minute).Add(-time.Duration(c.Hours) * time.Hour)
		limitDay = DateOf(instant)
		at = Clock{instant.In(Paris).Hour(), instant.In(Paris).Minute()}
	case DaysBefore:
		limitDay = c.countBack(day, plan)
		instant = limitDay.At(at.Hour, at.Minute)
	default:
		limitDay = day.Monday().Add(-7*c.WeeksBefore + mondayFirst(c.Weekday))
		instant = limitDay.At(at.Hour, at.Minute)
	}
	if c.SkipClosed {
		if moved := plan.workingOnOrBefore(limitDay); moved != limitDay {
			rule += ", avancée au " + moved.LongNoYear() + " (" + plan.whyNotWorking(limitDay) + ")"
			instant = moved.At(at.Hour, at.Minute)
		}
	}
	// Only a set that Validate refuses can get here; the meal's day stays the bound.
	if end := day.At(24, 0); instant.After(end) {
		instant = end
	}
	return instant, rule
}

// countBack goes back c.Days counted days from the meal.
func (c Cutoff) countBack(day Date, plan *Plan) Date {
	if c.Count == CalendarDays {
		return day.Add(-c.Days)
	}
	d := day
	for range c.Days {
		if c.Count == OpenDays {
			prev, ok := plan.PrevOpen(d)
			if !ok { // nothing open before: the service has just begun
				prev = d.Add(-1)
			}
			d = prev
			continue
		}
		for d = d.Add(-1); plan.flags(d)&workday == 0; d = d.Add(-1) {
		}
	}
	return d
}

var defaultPlan = MustPlan(PlanSpec{Weekdays: MondayToFriday})

// workingOnOrBefore gives the last working day without closure up to d; a closure
// longer than two years is not searched through.
func (p *Plan) workingOnOrBefore(d Date) Date {
	for i := range searchDays {
		if p.flags(d.Add(-i)) == workday {
			return d.Add(-i)
		}
	}
	return d
}

func (p *Plan) whyNotWorking(d Date) string {
	if name := PublicHolidayName(p.spec.Region, d); name != "" {
		return publicReason(name)
	}
	for _, c := range p.spec.Closures {
		if d >= c.First && d <= c.Last {
			return closureReason(c.Reason)
		}
	}
	return WeekdayName(d.Weekday())
}

// InTime reports whether now is still in time: the limit itself is, one second
// later is late.
func InTime(now, limit time.Time) bool { return !now.After(limit) }

// Rule gives the cut-off in French words: "la veille à 10 h 00, en jours
// d’ouverture du service".
func (c Cutoff) Rule() string {
	switch c.Form {
	case HoursBefore:
		unit := "heures"
		if c.Hours < 2 {
			unit = "heure"
		}
		return strconv.Itoa(c.Hours) + nbsp + unit + " avant le début du service (" + c.Start.French() + ")"
	case DaysBefore:
		switch c.Days {
		case 0:
			return "le jour même à " + c.At.French()
		case 1:
			return "la veille à " + c.At.French() + c.Count.rule()
		}
		return strconv.Itoa(c.Days) + nbsp + "jours avant à " + c.At.French() + c.Count.rule()
	}
	day := "le " + WeekdayName(c.Weekday)
	switch c.WeeksBefore {
	case 0:
		return day + " de la même semaine à " + c.At.French()
	case 1:
		return day + " de la semaine précédente à " + c.At.French()
	}
	return day + ", " + strconv.Itoa(c.WeeksBefore) + nbsp + "semaines avant, à " + c.At.French()
}

func (n Counting) rule() string {
	switch n {
	case WorkingDays:
		return ", en jours ouvrés"
	case OpenDays:
		return ", en jours d’ouverture du service"
	}
	return ""
}
