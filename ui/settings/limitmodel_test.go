package settings

import (
	"strings"
	"testing"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
)

// Every form of cut-off goes into its fields and comes back.
func TestLimitsGoBothWays(t *testing.T) {
	for _, text := range []string{
		"jeudi 12:00 semaine-1", "lundi 09:30 semaine-0", "vendredi 12:00 semaine-3", "J-1 10:00", "J-1 10:00 ouvrés", "J-1 10:00 ouverture",
		"J-8 24:00", "J-2 10:00 ouvrés", "J-0 08:30", "72h avant 12:00", "0h avant 12:00", "J-1 10:00 avancé-si-fermé", "48h avant 07:30 avancé-si-fermé",
	} {
		c, err := calendar.ParseCutoff(text)
		if err != nil {
			t.Fatal(err)
		}
		back, field, err := limitOf(c, calendar.Clock{Hour: 12}).cutoff()
		if err != nil || field != "" || back != c {
			t.Errorf("%s: %v %q %v", text, back, field, err)
		}
	}
}

// The field that is wrong is named; those of the other ways do not matter.
func TestLimitsNameTheWrongField(t *testing.T) {
	good := limitOf(calendar.Cutoff{Form: calendar.DaysBefore, Days: 2, At: calendar.Clock{Hour: 10}}, calendar.Clock{Hour: 12})
	for _, c := range []struct {
		want  string
		spoil func(*limit)
	}{
		{"days", func(l *limit) { l.days = "beaucoup" }},
		{"days", func(l *limit) { l.days = "61" }},
		{"at", func(l *limit) { l.at = "25:00" }},
		{"hours", func(l *limit) { l.way, l.hours = wayHours, "721" }},
		{"start", func(l *limit) { l.way, l.start = wayHours, "" }},
		{"at", func(l *limit) { l.way, l.at = wayWeek, "10" }},
		{"", func(l *limit) { l.way, l.days, l.hours = waySame, "x", "x" }},
		{"", func(l *limit) { l.way, l.at = wayHours, "x" }},
	} {
		l := good
		c.spoil(&l)
		if _, field, err := l.cutoff(); field != c.want || (err != nil) != (c.want != "") {
			t.Errorf("%+v: %q %v, want %q", l, field, err, c.want)
		}
	}
}

func TestSetForKeepsTheOthers(t *testing.T) {
	eve := calendar.Cutoff{Form: calendar.DaysBefore, Days: 1, At: calendar.Clock{Hour: 10}}
	week := calendar.Cutoff{Form: calendar.Weekly, Weekday: time.Thursday, WeeksBefore: 1, At: calendar.Clock{Hour: 12}}
	base := calendar.CutoffSet{Default: eve}
	monday := time.Monday
	own := setFor(base, &monday, &week)
	if own.For(time.Monday) != week || own.For(time.Tuesday) != eve || len(base.ByWeekday) != 0 {
		t.Errorf("own %v, base %v", own, base)
	}
	if back := setFor(own, &monday, nil); back.ByWeekday != nil || back.For(time.Monday) != eve {
		t.Errorf("%v", back)
	}
	if all := setFor(own, nil, &week); all.Default != week || all.For(time.Monday) != week {
		t.Errorf("%v", all)
	}
}

// The issue's own sentence: « for Thursday 26 November: until Tuesday 24, 10 h 00 ».
func TestThePreviewOfTheIssue(t *testing.T) {
	d := catalog.Draft{Info: catalog.ServiceInfo{Weekdays: calendar.SchoolWeek, Region: calendar.Metropole, Zone: "A"}}
	two, _, err := limit{way: wayDays, days: "2", count: "0", at: "10:00"}.cutoff()
	if err != nil {
		t.Fatal(err)
	}
	d.Info.Book.Default, d.Info.Cancel.Default = two, two
	k := dates{holidays: calendar.SchoolHolidays()}
	sentence := func(monday string) string {
		t.Helper()
		plan, err := k.plan(d)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, r := range limitRows(d, plan, calendar.MustISO(monday)) {
			out = append(out, r.text())
		}
		return strings.ReplaceAll(strings.Join(out, "\n"), nbsp, " ")
	}
	if got := sentence("2026-11-23"); !strings.Contains(got, "Pour jeudi 26 novembre : jusqu’à mardi 24, 10 h 00\n") || !strings.Contains(got, "mercredi 25 novembre : pas de service") {
		t.Error(got)
	}
	// A closed week says why, and a limit that falls on a closed day says where it went.
	if got := sentence("2026-12-21"); !strings.Contains(got, "vacances") {
		t.Error(got)
	}
	d.Info.Book.Default.SkipClosed = true
	k.closures = []catalog.Closure{{First: calendar.MustISO("2026-11-24"), Last: calendar.MustISO("2026-11-24"), Reason: "grève"}}
	if got := sentence("2026-11-23"); !strings.Contains(got, "avancée au lundi 23 novembre : fermé : grève") && !strings.Contains(got, "lundi 23, 10 h 00") {
		t.Error(got)
	}
	if got := sentence("2026-11-23"); !strings.Contains(got, "(avancée au lundi 23 novembre") {
		t.Error(got)
	}
}
