package calendar

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ardoise/data/fault"
)

type limitRow struct{ set, meal, want string }

// limitRows: the cut-offs met in real town halls, on the days that trip programs
// up. Instants in Paris. The plan is a canteen of zone A, closed for a strike on
// Thursday 19 November 2026.
var limitRows = []limitRow{
	// Thursday 12:00 for all of next week.
	{"jeudi 12:00 semaine-1", "2026-11-30", "2026-11-26T12:00:00+01:00"},
	{"jeudi 12:00 semaine-1", "2026-12-01", "2026-11-26T12:00:00+01:00"},
	{"jeudi 12:00 semaine-1", "2026-12-04", "2026-11-26T12:00:00+01:00"},
	{"jeudi 12:00 semaine-1", "2026-12-06", "2026-11-26T12:00:00+01:00"}, // Sunday ends the week
	{"jeudi 12:00 semaine-1", "2026-12-07", "2026-12-03T12:00:00+01:00"},
	{"jeudi 12:00 semaine-1", "2027-01-04", "2026-12-31T12:00:00+01:00"}, // across the year
	{"jeudi 12:00 semaine-1", "2027-05-10", "2027-05-06T12:00:00+02:00"}, // Ascension, not skipped
	{"jeudi 12:00 semaine-1 avancé-si-fermé", "2027-05-10", "2027-05-05T12:00:00+02:00"},
	{"jeudi 12:00 semaine-1", "2026-11-23", "2026-11-19T12:00:00+01:00"},                 // strike, not skipped
	{"jeudi 12:00 semaine-1 avancé-si-fermé", "2026-11-23", "2026-11-18T12:00:00+01:00"}, // strike
	{"jeudi 12:00 semaine-2", "2026-11-30", "2026-11-19T12:00:00+01:00"},
	// Thursday 10:00 for Monday and Tuesday, Tuesday 10:00 for Thursday and Friday.
	{twice, "2026-11-30", "2026-11-26T10:00:00+01:00"},
	{twice, "2026-12-01", "2026-11-26T10:00:00+01:00"},
	{twice, "2026-12-03", "2026-12-01T10:00:00+01:00"},
	{twice, "2026-12-04", "2026-12-01T10:00:00+01:00"},
	{twice, "2026-12-02", "2026-12-01T18:00:00+01:00"}, // the default
	// The day before at 10:00, in the three ways of counting.
	{"J-1 10:00", "2026-11-30", "2026-11-29T10:00:00+01:00"},
	{"J-1 10:00 ouvrés", "2026-11-30", "2026-11-27T10:00:00+01:00"},
	{"J-1 10:00 ouverture", "2026-11-30", "2026-11-27T10:00:00+01:00"},
	{"J-1 10:00", "2026-11-12", "2026-11-11T10:00:00+01:00"},
	{"J-1 10:00 avancé-si-fermé", "2026-11-12", "2026-11-10T10:00:00+01:00"},
	{"J-1 10:00 ouvrés", "2026-11-12", "2026-11-10T10:00:00+01:00"},
	{"J-1 10:00 ouverture", "2026-11-12", "2026-11-10T10:00:00+01:00"},
	{"J-1 10:00 ouvrés", "2026-12-03", "2026-12-02T10:00:00+01:00"},    // Wednesday is worked at the town hall…
	{"J-1 10:00 ouverture", "2026-12-03", "2026-12-01T10:00:00+01:00"}, // …not at the canteen
	{"J-1 10:00 ouvrés", "2026-11-20", "2026-11-19T10:00:00+01:00"},    // a strike is no public holiday…
	{"J-1 10:00 ouverture", "2026-11-20", "2026-11-17T10:00:00+01:00"}, // …but a closed day
	{"J-2 10:00 ouverture", "2026-11-20", "2026-11-16T10:00:00+01:00"},
	// Ascension bridge.
	{"J-1 10:00 ouvrés", "2027-05-10", "2027-05-07T10:00:00+02:00"},
	{"J-1 10:00 ouverture", "2027-05-10", "2027-05-04T10:00:00+02:00"},
	{"J-2 10:00 ouvrés", "2027-05-10", "2027-05-05T10:00:00+02:00"},
	// Monday after the holidays (and All Saints, a Sunday).
	{"J-1 10:00", "2026-11-02", "2026-11-01T10:00:00+01:00"},
	{"J-1 10:00 avancé-si-fermé", "2026-11-02", "2026-10-30T10:00:00+01:00"},
	{"J-1 10:00 ouvrés", "2026-11-02", "2026-10-30T10:00:00+01:00"},
	{"J-1 10:00 ouverture", "2026-11-02", "2026-10-16T10:00:00+02:00"},
	{"J-1 10:00 ouvrés", "2027-01-04", "2026-12-31T10:00:00+01:00"}, // 1 January is a Friday
	{"J-1 10:00 ouverture", "2027-01-04", "2026-12-18T10:00:00+01:00"},
	// 8 days before at midnight: the end of that day.
	{"J-8 24:00", "2026-11-30", "2026-11-23T00:00:00+01:00"},
	{"J-8 minuit avancé-si-fermé", "2026-11-30", "2026-11-21T00:00:00+01:00"},
	{"J-8 00:00", "2026-11-30", "2026-11-22T00:00:00+01:00"},
	{"J-8 24:00", "2026-11-02", "2026-10-26T00:00:00+01:00"}, // the night the clocks have gone back
	{"J-8 24:00", "2026-11-01", "2026-10-25T00:00:00+02:00"},
	// 72 hours are 72 hours, whatever the clocks do.
	{"72h avant 12:00", "2026-11-27", "2026-11-24T12:00:00+01:00"},
	{"72h avant 12:00", "2026-10-26", "2026-10-23T13:00:00+02:00"},
	{"72h avant 12:00", "2027-03-30", "2027-03-27T11:00:00+01:00"},
	{"72h avant 12:00", "2026-11-30", "2026-11-27T12:00:00+01:00"},
	{"48h avant 11:30", "2026-11-30", "2026-11-28T11:30:00+01:00"},
	{"48h avant 11:30 avancé-si-fermé", "2026-11-30", "2026-11-27T11:30:00+01:00"},
	// The same day at 08:30; the leap day.
	{"J-0 08:30", "2026-11-24", "2026-11-24T08:30:00+01:00"},
	{"J-0 08:30", "2027-03-29", "2027-03-29T08:30:00+02:00"},
	{"J-0 08:30", "2028-02-29", "2028-02-29T08:30:00+01:00"},
	{"J-1 10:00", "2028-03-01", "2028-02-29T10:00:00+01:00"},
	{"J-1 10:00 ouverture", "2028-03-02", "2028-02-29T10:00:00+01:00"},
	// Both Sundays of change, on the day and in the hour that is skipped or repeated.
	{"J-1 10:00", "2026-10-26", "2026-10-25T10:00:00+01:00"},
	{"J-1 10:00", "2027-03-29", "2027-03-28T10:00:00+02:00"},
	{"J-1 02:30", "2026-10-26", "2026-10-25T02:30:00+02:00"},
	{"J-1 02:30", "2027-03-29", "2027-03-28T03:30:00+02:00"},
	{"J-1 24:00", "2027-03-29", "2027-03-29T00:00:00+02:00"},
	{"J-1 24:00", "2026-10-26", "2026-10-26T00:00:00+01:00"},
}

const twice = "J-1 18:00 ; lundi mardi = jeudi 10:00 semaine-1 ; jeudi vendredi = mardi 10:00 semaine-0"

func strikePlan() *Plan {
	spec := canteen()
	spec.Closures = []Closure{{First: MustISO("2026-11-19"), Last: MustISO("2026-11-19"), Reason: "grève"}}
	return MustPlan(spec)
}

// wrongRows counts the rows a way of computing limits and verdicts gets wrong.
func wrongRows(t *testing.T, limit func(CutoffSet, Date) time.Time, inTime func(now, limit time.Time) bool, report bool) int {
	t.Helper()
	wrong := 0
	for _, row := range limitRows {
		set, err := ParseCutoffSet(row.set)
		if err != nil {
			t.Fatalf("%s: %v", row.set, err)
		}
		want, err := time.Parse(time.RFC3339, row.want)
		if err != nil {
			t.Fatal(err)
		}
		got := limit(set, MustISO(row.meal))
		ok := got.Equal(want) && got.Format(time.RFC3339) == row.want &&
			inTime(want.Add(-time.Second), got) && inTime(want, got) && !inTime(want.Add(time.Second), got)
		if !ok {
			wrong++
			if report {
				t.Errorf("%s, meal of %s: %s, want %s", row.set, row.meal, got.Format(time.RFC3339), row.want)
			}
		}
	}
	return wrong
}

func TestLimits(t *testing.T) {
	plan := strikePlan()
	wrongRows(t, func(s CutoffSet, d Date) time.Time { l, _ := s.Limit(d, plan); return l }, InTime, true)
}

// Planted faults: each mistake a cut-off can make is noticed by the rows above.
func TestLimitFaultsAreNoticed(t *testing.T) {
	plan := strikePlan()
	honest := func(s CutoffSet, d Date) time.Time { l, _ := s.Limit(d, plan); return l }
	change := func(edit func(*Cutoff)) func(CutoffSet, Date) time.Time {
		return func(s CutoffSet, d Date) time.Time {
			c := s.For(d.Weekday())
			edit(&c)
			l, _ := c.Limit(d, plan)
			return l
		}
	}
	for name, broken := range map[string]func(CutoffSet, Date) time.Time{
		"days all alike": change(func(c *Cutoff) { c.Count = CalendarDays }),
		"working days counted as open days": change(func(c *Cutoff) {
			if c.Count == WorkingDays {
				c.Count = OpenDays
			}
		}),
		"closed days not skipped": change(func(c *Cutoff) { c.SkipClosed = false }),
		"weekdays forgotten":      func(s CutoffSet, d Date) time.Time { l, _ := s.Default.Limit(d, plan); return l },
		"hours of the clock": func(s CutoffSet, d Date) time.Time {
			c := s.For(d.Weekday())
			if c.Form != HoursBefore || c.SkipClosed {
				return honest(s, d)
			}
			return d.At(c.Start.Hour-c.Hours, c.Start.Minute)
		},
		"Greenwich": func(s CutoffSet, d Date) time.Time {
			l := honest(s, d)
			return time.Date(l.Year(), l.Month(), l.Day(), l.Hour(), l.Minute(), 0, 0, time.UTC)
		},
		"midnight at the wrong end": change(func(c *Cutoff) { c.At.Hour %= 24 }),
		"no strike":                 func(s CutoffSet, d Date) time.Time { l, _ := s.Limit(d, MustPlan(canteen())); return l },
		"another zone": func(s CutoffSet, d Date) time.Time {
			l, _ := s.Limit(d, nil)
			return l
		},
	} {
		if wrongRows(t, broken, InTime, false) == 0 {
			t.Errorf("%s: no row notices", name)
		}
	}
	if n := wrongRows(t, honest, func(now, limit time.Time) bool { return now.Before(limit) }, false); n != len(limitRows) {
		t.Errorf("a limit that excludes its own instant passes %d rows", len(limitRows)-n)
	}
	if n := wrongRows(t, honest, func(now, limit time.Time) bool { return !now.After(limit.Add(time.Second)) }, false); n != len(limitRows) {
		t.Errorf("one second of grace passes %d rows", len(limitRows)-n)
	}
}

func TestRegionMovesWorkingDays(t *testing.T) {
	c, err := ParseCutoff("J-1 10:00 ouvrés")
	if err != nil {
		t.Fatal(err)
	}
	for region, want := range map[Region]string{Metropole: "2027-03-26", AlsaceMoselle: "2027-03-25"} { // Good Friday 2027-03-26
		spec := canteen()
		spec.Region = region
		l, _ := c.Limit(MustISO("2027-03-30"), MustPlan(spec))
		if got := DateOf(l).String(); got != want {
			t.Errorf("%s: %s, want %s", region, got, want)
		}
	}
}

func TestRules(t *testing.T) {
	plan := strikePlan()
	for _, c := range [][3]string{
		{"jeudi 12:00 semaine-1", "2026-11-30", "le jeudi de la semaine précédente à 12_h_00"},
		{"mardi 10:00 semaine-0", "2026-12-03", "le mardi de la même semaine à 10_h_00"},
		{"jeudi 12:00 semaine-2", "2026-11-30", "le jeudi, 2_semaines avant, à 12_h_00"},
		{"J-1 10:00", "2026-11-30", "la veille à 10_h_00"},
		{"J-1 10:00 ouvrés", "2026-11-30", "la veille à 10_h_00, en jours ouvrés"},
		{"J-1 10:00 ouverture", "2026-11-30", "la veille à 10_h_00, en jours d’ouverture du service"},
		{"J-8 24:00", "2026-11-30", "8_jours avant à minuit"},
		{"72h avant 12:00", "2026-11-27", "72_heures avant le début du service (12_h_00)"},
		{"1h avant 12:00", "2026-11-27", "1_heure avant le début du service (12_h_00)"},
		{"J-0 08:30", "2026-11-30", "le jour même à 8_h_30"},
		{"J-1 10:00 avancé-si-fermé", "2026-11-27", "la veille à 10_h_00"}, // nothing to move
		{"J-1 10:00 avancé-si-fermé", "2026-11-12", "la veille à 10_h_00, avancée au mardi 10 novembre (jour férié_: 11 novembre)"},
		{"J-1 10:00 avancé-si-fermé", "2026-11-20", "la veille à 10_h_00, avancée au mercredi 18 novembre (fermé_: grève)"},
		{"J-1 10:00 avancé-si-fermé", "2026-11-30", "la veille à 10_h_00, avancée au vendredi 27 novembre (dimanche)"},
	} {
		cut, err := ParseCutoff(c[0])
		if err != nil {
			t.Fatal(err)
		}
		if _, rule := cut.Limit(MustISO(c[1]), plan); rule != strings.ReplaceAll(c[2], "_", nbsp) {
			t.Errorf("%s: %q", c[0], rule)
		}
	}
	set, err := ParseCutoffSet(twice + " avancé-si-fermé")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"la veille à 18_h_00", "lundi, mardi_: le jeudi de la semaine précédente à 10_h_00",
		"jeudi, vendredi_: le mardi de la même semaine à 10_h_00, avancée au jour ouvré précédent si le service est fermé",
	}
	for i, line := range set.Rules() {
		if line != strings.ReplaceAll(want[i], "_", nbsp) {
			t.Errorf("%q", line)
		}
	}
}

func TestSetValidate(t *testing.T) {
	if err := must(ParseCutoffSet(twice)).Validate(SchoolWeek); err != nil {
		t.Error(err)
	}
	late := must(ParseCutoffSet("mardi 10:00 semaine-0"))
	err := late.Validate(SchoolWeek)
	if fault.KindOf(err) != fault.Invalid || !strings.Contains(fault.Sentence(err), "repas du lundi") {
		t.Errorf("a Tuesday limit for Monday's meal: %v", err)
	}
	if err := late.Validate(NewWeekdays(time.Tuesday, time.Friday)); err != nil {
		t.Errorf("no meal on Monday: %v", err)
	}
	// Even then the instant stays within the meal's day.
	if l, _ := late.Limit(MustISO("2026-11-30"), nil); !l.Equal(MustISO("2026-12-01").At(0, 0)) {
		t.Errorf("limit %v", l)
	}
	for _, c := range []Cutoff{
		{Form: 9},
		{Weekday: 7},
		{Weekday: -1},
		{WeeksBefore: -1},
		{Form: DaysBefore, Days: -1},
		{Form: DaysBefore, Count: 3},
		{Form: HoursBefore, Hours: -1},
		{Form: HoursBefore, Start: Clock{24, 1}},
		{At: Clock{-1, 0}},
		{At: Clock{10, 60}},
		{At: Clock{25, 0}},
	} {
		if err := c.Validate(); fault.KindOf(err) != fault.Invalid || err == nil {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

// genCutoff draws a cut-off in its plain form: fields of other forms are zero.
func genCutoff(t *rapid.T) Cutoff {
	clock := func(label string) Clock {
		if rapid.IntRange(0, 9).Draw(t, label+" midnight") == 0 {
			return Clock{24, 0}
		}
		return Clock{rapid.IntRange(0, 23).Draw(t, label), rapid.IntRange(0, 59).Draw(t, label+" minutes")}
	}
	c := Cutoff{Form: CutoffForm(rapid.IntRange(0, 2).Draw(t, "form")), SkipClosed: rapid.Bool().Draw(t, "skip")}
	switch c.Form {
	case Weekly:
		c.Weekday, c.WeeksBefore, c.At = time.Weekday(rapid.IntRange(0, 6).Draw(t, "weekday")), rapid.IntRange(0, maxWeeksBefore).Draw(t, "weeks"), clock("at")
	case DaysBefore:
		c.Days, c.Count, c.At = rapid.IntRange(0, maxDaysBefore).Draw(t, "days"), Counting(rapid.IntRange(0, 2).Draw(t, "count")), clock("at")
	default:
		c.Hours, c.Start = rapid.IntRange(0, maxHoursBefore).Draw(t, "hours"), clock("start")
	}
	return c
}

func TestLimitProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		plan, c := genPlan(t), genCutoff(t)
		day := Date(rapid.Int32Range(int32(MustISO("2025-08-01")), int32(MustISO("2028-12-31"))).Draw(t, "day"))
		limit, rule := c.Limit(day, plan)
		if rule == "" || limit.After(day.At(24, 0)) {
			t.Fatalf("%v, meal of %v: %v %q", c, day, limit, rule)
		}
		if limit.Location() != Paris || limit.Second() != 0 {
			t.Fatalf("%v is not a Paris instant to the minute", limit)
		}
		if next, _ := c.Limit(day.Add(7), plan); next.Before(limit) {
			t.Fatalf("%v: the limit of %v is %v, that of the week after %v", c, day, limit, next)
		}
		if c.SkipClosed && c.Form != Weekly && c.At.Hour != 24 && plan.flags(DateOf(limit)) != workday {
			t.Fatalf("%v: the limit of %v falls on %v", c, day, limit)
		}
	})
}
