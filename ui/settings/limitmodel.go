package settings

import (
	"strconv"
	"strings"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/ui/widgets"
)

// The ways a limit is chosen; each is one form of calendar.Cutoff.
const (
	waySame  = "same"  // the same day
	wayEve   = "eve"   // the day before
	wayDays  = "days"  // several days before
	wayWeek  = "week"  // a fixed weekday of the week, or of one before
	wayHours = "hours" // hours before the service begins
)

var limitWays = []widgets.Option{
	{ID: wayEve, Label: "La veille"},
	{ID: wayDays, Label: "Plusieurs jours avant"},
	{ID: wayWeek, Label: "Un jour fixe de la semaine"},
	{ID: wayHours, Label: "Des heures avant le service"},
	{ID: waySame, Label: "Le jour même"},
}

var limitCounts = []widgets.Option{
	{ID: "0", Label: "de calendrier"},
	{ID: "1", Label: "ouvrés"},
	{ID: "2", Label: "de service"},
}

var limitWeeks = []widgets.Option{
	{ID: "1", Label: "de la semaine d’avant"},
	{ID: "0", Label: "de la même semaine"},
	{ID: "2", Label: "2 semaines avant"},
	{ID: "3", Label: "3 semaines avant"},
	{ID: "4", Label: "4 semaines avant"},
}

// week is Monday first, as France writes it.
var week = []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday}

func weekdayOptions() (out []widgets.Option) {
	for _, w := range week {
		out = append(out, widgets.Option{ID: strconv.Itoa(int(w)), Label: calendar.WeekdayName(w)})
	}
	return out
}

// limit is a cut-off as its fields say it, before it is read.
type limit struct {
	way, days, count, weekday, weeks, hours, at, start string
	skip                                               bool
}

// limitOf shows a cut-off; the fields of the other ways get what most towns have.
func limitOf(c calendar.Cutoff, starts calendar.Clock) limit {
	l := limit{way: wayDays, days: "2", count: "0", weekday: strconv.Itoa(int(time.Thursday)), weeks: "1", hours: "48", at: "10:00", start: starts.String(), skip: c.SkipClosed}
	switch c.Form {
	case calendar.HoursBefore:
		l.way, l.hours, l.start = wayHours, strconv.Itoa(c.Hours), c.Start.String()
		return l
	case calendar.Weekly:
		l.way, l.weekday, l.weeks = wayWeek, strconv.Itoa(int(c.Weekday)), strconv.Itoa(c.WeeksBefore)
	default:
		l.count = strconv.Itoa(int(c.Count))
		switch c.Days {
		case 0:
			l.way = waySame
		case 1:
			l.way = wayEve
		default:
			l.days = strconv.Itoa(c.Days)
		}
	}
	l.at = c.At.String()
	return l
}

// cutoff reads the fields; field names the one that is wrong.
func (l limit) cutoff() (c calendar.Cutoff, field string, err error) {
	c.SkipClosed = l.skip
	number := func(text string, low, high int) (int, error) {
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil || n < low || n > high {
			return 0, fault.New(fault.Invalid, "Un nombre de %d à %d.", low, high)
		}
		return n, nil
	}
	choice := func(text string) int { // of a list that has numbers only
		n, err := strconv.Atoi(text)
		if err != nil {
			return 0
		}
		return n
	}
	switch l.way {
	case wayHours:
		c.Form = calendar.HoursBefore
		if c.Hours, err = number(l.hours, 0, 720); err != nil {
			return c, "hours", err
		}
		if c.Start, err = calendar.ParseClock(l.start); err != nil {
			return c, "start", err
		}
		return c, "", nil
	case wayWeek:
		c.Form, c.Weekday, c.WeeksBefore = calendar.Weekly, time.Weekday(choice(l.weekday)), choice(l.weeks)
	case wayDays:
		c.Form, c.Count = calendar.DaysBefore, calendar.Counting(choice(l.count))
		if c.Days, err = number(l.days, 2, 60); err != nil {
			return c, "days", err
		}
	case wayEve:
		c.Form, c.Days, c.Count = calendar.DaysBefore, 1, calendar.Counting(choice(l.count))
	default:
		c.Form = calendar.DaysBefore
	}
	if c.At, err = calendar.ParseClock(l.at); err != nil {
		return c, "at", err
	}
	return c, "", nil
}

// setFor is the set with another cut-off for a weekday (nil weekday: for all);
// a nil cut-off takes the weekday's own away.
func setFor(s calendar.CutoffSet, w *time.Weekday, c *calendar.Cutoff) calendar.CutoffSet {
	s.ByWeekday = cloneMap(s.ByWeekday)
	switch {
	case w == nil && c != nil:
		s.Default = *c
	case c == nil && w != nil:
		delete(s.ByWeekday, *w)
	case c != nil:
		if s.ByWeekday == nil {
			s.ByWeekday = map[time.Weekday]calendar.Cutoff{}
		}
		s.ByWeekday[*w] = *c
	}
	s.ByWeekday = cloneMap(s.ByWeekday)
	return s
}

// planMaker makes the calendar of a draft from what the database knows; it
// keeps the last one, for a plan is a table of twenty years.
type planMaker struct {
	holidays []calendar.Holiday
	closures []catalog.Closure
	spec     string
	plan     *calendar.Plan
}

func (m *planMaker) of(s catalog.ServiceInfo) (*calendar.Plan, error) {
	key := s.Weekdays.String() + "|" + string(s.Region) + "|" + string(s.Zone) + "|" + strconv.FormatBool(s.InHolidays)
	if m.plan != nil && m.spec == key {
		return m.plan, nil
	}
	spec := calendar.PlanSpec{Weekdays: s.Weekdays, Region: s.Region, Zone: s.Zone, SchoolHolidays: m.holidays}
	if s.InHolidays {
		spec.Use = calendar.IgnoresHolidays
	}
	for _, c := range m.closures {
		if c.ClassID == 0 && (c.ServiceID == 0 || c.ServiceID == s.ID) {
			spec.Closures = append(spec.Closures, calendar.Closure{ID: c.ID, First: c.First, Last: c.Last, Reason: c.Reason})
		}
	}
	p, err := calendar.NewPlan(spec)
	if err != nil {
		return nil, err
	}
	m.spec, m.plan = key, p
	return p, nil
}

// limitRow is one day of the week shown under the rules.
type limitRow struct {
	day, book, cancel string
	closed            bool
}

// limitRows works the deadlines of a week out, as bookings will have them.
func limitRows(s catalog.ServiceInfo, plan *calendar.Plan, monday calendar.Date) (out []limitRow) {
	for i := range 7 {
		day := monday.Add(i)
		open, why := plan.IsOpen(day)
		if i > 4 && !open {
			continue
		}
		r := limitRow{day: day.LongNoYear(), closed: !open}
		if open {
			r.book, r.cancel = untilText(s.Cutoff(plan, day, catalog.PurposeBook)), untilText(s.Cutoff(plan, day, catalog.PurposeCancel))
		} else if r.book = capital(why); why == "" {
			r.book = "Fermé"
		}
		out = append(out, r)
	}
	return out
}

// untilText gives « mardi 24 novembre, 10 h 00 »; what moved the limit is in
// the rule, after the first comma that « avancée » follows.
func untilText(at time.Time, rule string) string {
	day := calendar.DateOf(at)
	out := day.LongNoYear() + ", " + calendar.HourText(at)
	if at.Equal(day.At(0, 0)) { // the end of the day before
		out = day.Add(-1).LongNoYear() + ", minuit"
	}
	if _, why, moved := strings.Cut(rule, ", avancée au "); moved {
		if _, why, ok := strings.Cut(why, " ("); ok {
			out += " (avancé : " + strings.TrimSuffix(why, ")") + ")"
		}
	}
	return out
}
