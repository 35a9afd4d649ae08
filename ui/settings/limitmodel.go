package settings

import (
	"cmp"
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
	{ID: "1", Label: "la semaine d’avant"},
	{ID: "0", Label: "la même semaine"},
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

// dates is what the database knows of the days of a service: a draft's calendar
// is made of them.
type dates struct {
	holidays []calendar.Holiday
	closures []catalog.Closure
}

func (k dates) plan(d catalog.Draft) (*calendar.Plan, error) {
	return catalog.DraftPlan(d, k.holidays, k.closures)
}

// limitRow is one day of the week shown under the rules.
type limitRow struct {
	catalog.DayPreview
	moved string // why a limit is earlier than its rule, "" where it is not
}

// limitRows works the deadlines of a week out, as bookings will have them.
func limitRows(d catalog.Draft, plan *calendar.Plan, monday calendar.Date) (out []limitRow) {
	for _, p := range catalog.WeekPreview(d, plan, monday) {
		r := limitRow{DayPreview: p}
		if p.Closed == "" {
			_, book := d.Info.Cutoff(plan, p.Day, catalog.PurposeBook)
			_, cancel := d.Info.Cutoff(plan, p.Day, catalog.PurposeCancel)
			r.moved = cmp.Or(movedText(book), movedText(cancel))
		}
		out = append(out, r)
	}
	return out
}

// movedText takes from a rule in words why its limit moved: « avancée au
// vendredi 6 novembre (fermé : pont) ».
func movedText(rule string) string {
	if _, why, ok := strings.Cut(rule, ", avancée "); ok {
		return "avancée " + why
	}
	return ""
}
