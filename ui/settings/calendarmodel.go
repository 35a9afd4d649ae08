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

// yearHolidays are the names of the holidays of a year; the first four make it
// one that can be planned on (calendar.YearKnown).
var yearHolidays = []string{"vacances de la Toussaint", "vacances de Noël", "vacances d’hiver", "vacances de printemps", "pont de l’Ascension", "vacances d’été"}

// holidayNames are those to type for a year: the usual ones, then others that
// an import gave it.
func holidayNames(list []calendar.Holiday) []string {
	out := slices.Clone(yearHolidays)
	for _, h := range list {
		if !slices.Contains(out, h.Name) {
			out = append(out, h.Name)
		}
	}
	return out
}

// fileLine is what a calendar file says of one zone's year.
type fileLine struct {
	text  string
	fresh bool // not what is known already
}

// fileLines compares the holidays of a file with those known, a zone and year a line.
func fileLines(list, known []calendar.Holiday) (out []fileLine) {
	seen := map[string]bool{}
	for _, of := range list {
		title := "Zone " + string(of.Zone) + ", " + of.Year.String() + nbsp + ": "
		if seen[title] {
			continue
		}
		seen[title] = true
		var fresh []string
		n := 0
		for _, h := range list {
			if h.Zone != of.Zone || h.Year != of.Year {
				continue
			}
			n++
			if !slices.Contains(known, h) {
				fresh = append(fresh, h.Name+" "+calendar.RangeText(h.First, h.Last))
			}
		}
		if len(fresh) == 0 {
			out = append(out, fileLine{title + countOf(n, "période déjà connue", "périodes déjà connues"), false})
			continue
		}
		out = append(out, fileLine{title + strings.Join(fresh, nbsp+"; "), true})
	}
	return out
}
