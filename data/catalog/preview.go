package catalog

import (
	"slices"
	"strings"
	"time"

	"ardoise/data/calendar"
)

// What a draft would mean, before it is kept: pure functions for screens.

// DayPreview is one day of a week under the rules of a draft.
type DayPreview struct {
	Day    calendar.Date
	Closed string    // why there is no service that day, "" where there is
	Book   time.Time // last instants (Paris); zero where closed
	Cancel time.Time
	// Line is the day in French: « Pour jeudi 26 novembre : jusqu’à mardi 24, 10 h 00 »,
	// « Pour mercredi 25 novembre : pas de service le mercredi ».
	Line string
}

// DraftPlan gives the calendar a service would have with the draft: holidays are
// those of Holidays, closed those of Closures.
func DraftPlan(d Draft, holidays []calendar.Holiday, closed []Closure) (*calendar.Plan, error) {
	return planOf(d.Info, holidays, closed)
}

// WeekPreview says of each day of a week until when one may act for it: Monday to
// Friday, and the days of the weekend that are served. A nil plan counts as one
// without holidays or closures.
func WeekPreview(d Draft, plan *calendar.Plan, monday calendar.Date) []DayPreview {
	monday = monday.Monday()
	var out []DayPreview
	for i := range 7 {
		day := monday.Add(i)
		if i > 4 && !d.Info.Weekdays.Has(day.Weekday()) {
			continue
		}
		p := DayPreview{Day: day, Closed: closedText(d, plan, day)}
		what := p.Closed
		if what == "" {
			p.Book, _ = d.Info.Cutoff(plan, day, PurposeBook)
			p.Cancel, _ = d.Info.Cutoff(plan, day, PurposeCancel)
			what = untilText(p.Book, day)
			if !p.Cancel.Equal(p.Book) {
				what = "réserver " + what + ", annuler " + untilText(p.Cancel, day)
			}
		}
		p.Line = "Pour " + day.LongNoYear() + nbsp + ": " + what
		out = append(out, p)
	}
	return out
}

// closedText says why there is no service that day, "" where there is.
func closedText(d Draft, plan *calendar.Plan, day calendar.Date) string {
	if plan == nil {
		if d.Info.Weekdays.Has(day.Weekday()) {
			return ""
		}
		return "pas de service le " + calendar.WeekdayName(day.Weekday())
	}
	open, why := plan.IsOpen(day)
	switch {
	case open:
		return ""
	case strings.HasPrefix(why, "pas de service"):
		return why
	}
	return "pas de service (" + why + ")"
}

// untilText tells an instant beside a day: « jusqu’à mardi 24, 10 h 00 »; the
// month is said where it is another.
func untilText(at time.Time, day calendar.Date) string {
	at = at.In(calendar.Paris)
	d := calendar.DateOf(at)
	hour := calendar.HourText(at)
	if at.Hour() == 0 && at.Minute() == 0 { // the end of the day before
		d, hour = d.Add(-1), "minuit"
	}
	text := d.LongNoYear()
	if d == day {
		return "jusqu’au jour même, " + hour
	}
	if d.FirstOfMonth() == day.FirstOfMonth() {
		text = text[:strings.LastIndexByte(text, ' ')]
	}
	return "jusqu’à " + text + ", " + hour
}

// RenewTariff gives the list with a tariff ended the day before from, and its
// successor from that day on, at another price: what to do with a tariff that has
// priced bookings. The successor has no number; where the tariff would have
// lasted no day at all, it is simply changed.
func RenewTariff(list []Tariff, index int, from calendar.Date, successor Tariff) []Tariff {
	out := slices.Clone(list)
	old := out[index]
	successor.ValidFrom = from
	if successor.ValidTo < from {
		successor.ValidTo = max(old.ValidTo, from)
	}
	if from <= old.ValidFrom {
		successor.ID = old.ID
		out[index] = successor
		return out
	}
	successor.ID, successor.ServiceID = 0, old.ServiceID
	out[index].ValidTo = from.Add(-1)
	return slices.Insert(out, index+1, successor)
}
