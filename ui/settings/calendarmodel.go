package settings

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// dayKind is what a day of the school year is to a service.
type dayKind int

const (
	dayOpen    dayKind = iota
	dayOff             // not one of its weekdays
	dayHoliday         // school holidays
	dayPublic          // a public holiday
	dayClosed          // a closure
)

// wallYear is the school year of one service, day by day.
type wallYear struct {
	service  catalog.ServiceInfo
	year     calendar.SchoolYear
	plan     *calendar.Plan
	closures []catalog.Closure // that concern the service as a whole
}

func newWallYear(s catalog.ServiceInfo, year calendar.SchoolYear, k dates) (w wallYear, err error) {
	w = wallYear{service: s, year: year}
	for _, c := range k.closures {
		if c.ClassID == 0 && (c.ServiceID == 0 || c.ServiceID == s.ID) {
			w.closures = append(w.closures, c)
		}
	}
	w.plan, err = dates{k.holidays, w.closures}.plan(catalog.Draft{Info: s})
	return w, err
}

// closure gives the closure of a day, nil where there is none.
func (w wallYear) closure(d calendar.Date) *catalog.Closure {
	for i, c := range w.closures {
		if c.First <= d && d <= c.Last {
			return &w.closures[i]
		}
	}
	return nil
}

// kind tells what a day is; a day off for two reasons has the one a person
// would say first.
func (w wallYear) kind(d calendar.Date) (dayKind, string) {
	open, why := w.plan.IsOpen(d)
	switch {
	case open:
		return dayOpen, "ouvert"
	case w.closure(d) != nil:
		return dayClosed, "fermé" + nbsp + ": " + w.closure(d).Reason
	case !w.service.Weekdays.Has(d.Weekday()):
		return dayOff, "pas de service le " + calendar.WeekdayName(d.Weekday())
	case calendar.PublicHolidayName(w.plan.Region(), d) != "":
		return dayPublic, "jour férié, " + calendar.PublicHolidayName(w.plan.Region(), d)
	}
	return dayHoliday, why
}

// text says of a day what it is: « vendredi 25 décembre 2026 : jour férié, Noël ».
func (w wallYear) text(d calendar.Date) string {
	_, why := w.kind(d)
	out := d.Long() + nbsp + ": " + why
	if !w.plan.HolidaysKnown(d) {
		out += " (vacances de cette année inconnues)"
	}
	return out
}

// mark shows a day: the fill says what it is, and so do the ink and the frame.
func (w wallYear) mark(d calendar.Date) widgets.DayMark {
	kind, why := w.kind(d)
	m := dayMarks[kind]
	m.Tip = d.LongNoYear() + nbsp + ": " + why
	return m
}

var dayMarks = map[dayKind]widgets.DayMark{
	dayOpen:    {Fill: theme.AccentClair, Ink: theme.Accent, Bold: true},
	dayOff:     {Ink: theme.Ardoise500},
	dayHoliday: {Fill: theme.Ardoise100, Ink: theme.Ardoise600},
	dayPublic:  {Fill: theme.AlerteClair, Stroke: theme.AlerteLigne, Ink: theme.Alerte},
	dayClosed:  {Fill: theme.ErreurClair, Stroke: theme.ErreurLigne, Ink: theme.Erreur, Bold: true},
}

var dayWords = map[dayKind]string{dayOpen: "ouvert", dayHoliday: "vacances", dayPublic: "férié", dayClosed: "fermeture"}

// openDays counts the days of service of the year.
func (w wallYear) openDays() int { return len(w.plan.OpenDays(w.year.First(), w.year.Last())) }

// closureRow is one closure, ready to be shown.
type closureRow struct {
	catalog.Closure
	days, who string
}

// closures lists the closures of every service from a day on, each once.
func (p place) closures(ctx context.Context, c *catalog.Service, from calendar.Date) ([]closureRow, error) {
	seen := map[int64]bool{}
	var out []closureRow
	names := map[int64]string{}
	for _, s := range p.services {
		names[s.ID] = s.Short + ", " + s.Commune
	}
	for _, s := range p.services {
		list, err := c.Closures(ctx, s.ID, from, 0)
		if err != nil {
			return nil, err
		}
		for _, x := range list {
			if seen[x.ID] {
				continue
			}
			seen[x.ID] = true
			who := cmp.Or(names[x.ServiceID], "Tous les services")
			if x.ClassID != 0 {
				who += ", classe " + cmp.Or(p.classes[x.ClassID], "d’une autre année")
			}
			out = append(out, closureRow{x, daysText(x.First, x.Last), who})
		}
	}
	slices.SortStableFunc(out, func(a, b closureRow) int { return cmp.Compare(a.First, b.First) })
	return out, nil
}

func daysText(first, last calendar.Date) string {
	if first == last {
		return first.Medium() + " " + fmt.Sprint(first.Year())
	}
	return calendar.RangeText(first, last)
}

// yearState is what is known of one zone's school year.
type yearState struct {
	zone  calendar.Zone
	year  calendar.SchoolYear
	title string
	known bool
	list  []calendar.Holiday
	lines []string
}

// years tells, for the zones of the services, this school year and the next two.
func (p place) years(holidays []calendar.Holiday, today calendar.Date) (out []yearState) {
	var zones []calendar.Zone
	for _, s := range p.services {
		if !slices.Contains(zones, s.Zone) {
			zones = append(zones, s.Zone)
		}
	}
	slices.Sort(zones)
	for _, z := range zones {
		for i := range 3 {
			year := calendar.SchoolYearOf(today) + calendar.SchoolYear(i)
			y := yearState{zone: z, year: year, title: "Zone " + string(z) + ", " + year.String(), known: calendar.YearKnown(holidays, z, year)}
			if !y.known {
				y.lines = []string{calendar.MissingText(z, year)}
			}
			for _, h := range holidays {
				if h.Zone == z && h.Year == year {
					y.list = append(y.list, h)
					y.lines = append(y.lines, capital(h.Name)+nbsp+": "+calendar.RangeText(h.First, h.Last))
				}
			}
			out = append(out, y)
		}
	}
	return out
}

// publicLines lists the public holidays of a school year.
func publicLines(region calendar.Region, year calendar.SchoolYear) (out []string) {
	for y := int(year); y <= int(year)+1; y++ {
		for _, h := range calendar.PublicHolidays(region, y) {
			if year.Contains(h.Date) {
				out = append(out, capital(h.Date.Long())+nbsp+": "+h.Name)
			}
		}
	}
	return out
}

// nextHoliday is what a new period of a year begins as: the first of the usual
// ones it lacks.
func nextHoliday(y yearState) calendar.Holiday {
	h := calendar.Holiday{Zone: y.zone, Year: y.year}
	for _, name := range calendar.HolidayNames() {
		if !slices.ContainsFunc(y.list, func(o calendar.Holiday) bool { return o.Name == name }) {
			h.Name = name
			break
		}
	}
	return h
}

// planRow is a line of an import's plan: what, and whether it is kept.
type planRow struct {
	text string
	icon string
	ink  theme.Token
}

// calendarRows says what an imported calendar changes: each period that is new
// or other, and by one line a year those that are known already.
func calendarRows(p *catalog.CalendarPlan) (out []planRow) {
	same := map[string]int{}
	var years []string
	for _, l := range p.Lines {
		year := "Zone " + string(l.Period.Zone) + ", " + l.Period.Year.String()
		text := year + nbsp + ": " + l.Period.Name + ", " + calendar.RangeText(l.Period.First, l.Period.Last)
		switch l.Verdict {
		case catalog.LineAdded:
			out = append(out, planRow{text, "plus", theme.Accent})
		case catalog.LineChanged:
			var was []string
			for _, o := range l.Was {
				was = append(was, calendar.RangeText(o.First, o.Last))
			}
			out = append(out, planRow{text + " (au lieu de " + strings.Join(was, ", ") + ")", "edit", theme.Accent})
		default:
			if same[year]++; same[year] == 1 {
				years = append(years, year)
			}
		}
	}
	for _, year := range years {
		out = append(out, planRow{year + nbsp + ": " + countOf(same[year], "période déjà connue", "périodes déjà connues"), "check", theme.Ardoise600})
	}
	return out
}

// closureRows says what an imported agenda adds.
func closureRows(p *catalog.ClosurePlan) (out []planRow) {
	for _, l := range p.Lines {
		text := capital(daysText(l.Closure.First, l.Closure.Last)) + nbsp + ": " + l.Closure.Reason
		switch l.Verdict {
		case catalog.LineAdded:
			out = append(out, planRow{text, "plus", theme.Accent})
		case catalog.LineRefused:
			out = append(out, planRow{text + ". " + l.Reason, "circle-cross", theme.Erreur})
		default:
			out = append(out, planRow{text + ", déjà là", "check", theme.Ardoise600})
		}
	}
	for _, l := range p.Left {
		out = append(out, planRow{l, "minus", theme.Ardoise600})
	}
	return out
}
