package calendar

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ardoise/data/fault"
)

func canteen() PlanSpec {
	return PlanSpec{Weekdays: SchoolWeek, Region: Metropole, Zone: ZoneA, SchoolHolidays: SchoolHolidays()}
}

func TestIsOpen(t *testing.T) {
	spec := canteen()
	spec.Closures = []Closure{
		{First: MustISO("2026-11-26"), Last: MustISO("2026-11-26"), Reason: "grève"},
		{First: MustISO("2027-01-11"), Last: MustISO("2027-01-15")},
	}
	spec.Openings = []Opening{{Date: MustISO("2027-05-12"), Reason: "rattrapage"}, {Date: MustISO("2026-11-26")}}
	plan := MustPlan(spec)
	for day, want := range map[string]string{
		"2026-11-23": "", "2026-11-24": "", "2026-11-27": "",
		"2026-11-25": "pas de service le mercredi",
		"2026-11-28": "pas de service le samedi",
		"2026-11-26": "fermé\u00a0: grève", // a closure wins over an opening
		"2027-01-12": "fermé",
		"2026-11-11": "jour férié\u00a0: 11 novembre",
		"2026-10-16": "", "2026-10-19": "vacances de la Toussaint", "2026-10-30": "vacances de la Toussaint", "2026-11-02": "",
		"2026-11-01": "jour férié\u00a0: Toussaint", // a holiday by law wins over the school's
		"2026-12-22": "vacances de Noël", "2026-12-25": "jour férié\u00a0: Jour de Noël", "2027-01-04": "",
		"2027-02-15": "vacances d’hiver", "2027-02-08": "", // zone A, not C
		"2027-05-06": "jour férié\u00a0: Ascension", "2027-05-07": "pont de l’Ascension", "2027-05-10": "",
		"2027-05-12": "", // a Wednesday worked
		"2027-05-17": "jour férié\u00a0: Lundi de Pentecôte",
		"2027-07-02": "", "2027-07-05": "vacances d’été", "2027-08-30": "vacances d’été",
		"2027-11-11": "jour férié\u00a0: 11 novembre",
		"2027-10-25": "",                              // a year not known: by weekdays, and HolidaysKnown says so
		"2050-11-11": "jour férié\u00a0: 11 novembre", // beyond the table
		"2050-11-12": "pas de service le samedi",      // beyond the table
		"2010-05-13": "jour férié\u00a0: Ascension",   // before it
		"2050-11-14": "",
	} {
		open, reason := plan.IsOpen(MustISO(day))
		if reason != want || open != (want == "") {
			t.Errorf("%s: open %v, %q, want %q", day, open, reason, want)
		}
	}
	for day, want := range map[string]bool{"2026-11-23": true, "2025-09-01": true, "2027-08-15": true, "2027-09-01": false, "2028-01-01": false, "2024-12-01": false} {
		if got := plan.HolidaysKnown(MustISO(day)); got != want {
			t.Errorf("%s: known %v", day, got)
		}
	}
}

func TestHolidayUse(t *testing.T) {
	spec := canteen()
	spec.Use, spec.Weekdays = OnlyInHolidays, MondayToFriday
	centre := MustPlan(spec)
	spec.Use, spec.OpenOnPublicHolidays = IgnoresHolidays, true
	nursery := MustPlan(spec)
	for _, c := range []struct {
		day             string
		centre, nursery bool
	}{
		{"2026-10-21", true, true},
		{"2026-11-04", false, true},
		{"2026-11-11", false, true},
		{"2026-12-25", false, true},
		{"2026-10-24", false, false},
	} {
		d := MustISO(c.day)
		if open, reason := centre.IsOpen(d); open != c.centre {
			t.Errorf("centre, %s: %v %q", c.day, open, reason)
		}
		if open, reason := nursery.IsOpen(d); open != c.nursery {
			t.Errorf("nursery, %s: %v %q", c.day, open, reason)
		}
	}
	if _, reason := centre.IsOpen(MustISO("2026-11-04")); reason != reasonTermTime {
		t.Errorf("reason %q", reason)
	}
	if !nursery.HolidaysKnown(MustISO("2030-01-01")) {
		t.Error("a service that ignores school holidays never misses them")
	}
}

func TestWalk(t *testing.T) {
	plan := MustPlan(canteen())
	next, ok := plan.NextOpen(MustISO("2026-10-16"))
	if !ok || next != MustISO("2026-11-02") {
		t.Errorf("next open: %v, %v", next, ok)
	}
	prev, ok := plan.PrevOpen(MustISO("2027-05-10"))
	if !ok || prev != MustISO("2027-05-04") {
		t.Errorf("open before the Ascension bridge: %v, %v", prev, ok)
	}
	days := plan.OpenDays(MustISO("2026-11-09"), MustISO("2026-11-15"))
	if !slices.Equal(days, dates("2026-11-09", "2026-11-10", "2026-11-12", "2026-11-13")) {
		t.Errorf("%v", days)
	}
	if n := len(plan.OpenDays(SchoolYear(2026).First(), SchoolYear(2026).Last())); n < 135 || n > 150 {
		t.Errorf("%d open days in a school year", n)
	}
	if days := plan.OpenDays(MustISO("2026-11-15"), MustISO("2026-11-09")); days != nil {
		t.Errorf("%v", days)
	}
	spec := canteen()
	spec.Closures = []Closure{{First: MustISO("2020-01-01"), Last: MustISO("2060-01-01"), Reason: "service arrêté"}}
	over := MustPlan(spec)
	if d, ok := over.NextOpen(MustISO("2026-11-23")); ok {
		t.Errorf("a service that is over opens on %v", d)
	}
	if d, ok := over.PrevOpen(MustISO("2059-11-23")); ok {
		t.Errorf("a service that is over opened on %v", d)
	}
}

func TestNewPlanRefuses(t *testing.T) {
	noDay := canteen()
	noDay.Weekdays = 0
	backwards := canteen()
	backwards.Closures = []Closure{{First: MustISO("2026-11-26"), Last: MustISO("2026-11-25"), Reason: "grève"}}
	endless := canteen()
	endless.Closures = []Closure{{Last: MustISO("2026-11-25")}}
	for _, spec := range []PlanSpec{noDay, backwards, endless} {
		if _, err := NewPlan(spec); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%v: %v", spec, err)
		}
	}
}

func TestWeekdays(t *testing.T) {
	if got := SchoolWeek.String(); got != "lundi mardi jeudi vendredi" {
		t.Error(got)
	}
	for text, want := range map[string]Weekdays{
		"lundi mardi jeudi vendredi": SchoolWeek, "Lun., mar, JEUDI,ven": SchoolWeek, "": 0, "dimanche lundi": NewWeekdays(time.Monday, time.Sunday),
	} {
		if got, err := ParseWeekdays(text); err != nil || got != want {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	if _, err := ParseWeekdays("lundi, ferié"); err == nil || !strings.Contains(fault.Sentence(err), "ferie") {
		t.Errorf("%v", err)
	}
	for bits := range 128 {
		if got, err := ParseWeekdays(Weekdays(bits).String()); err != nil || got != Weekdays(bits) {
			t.Errorf("%d: %v, %v", bits, got, err)
		}
	}
}

// genPlan draws a service with closures and openings around the years that are known.
func genPlan(t *rapid.T) *Plan {
	spec := canteen()
	spec.Weekdays = Weekdays(rapid.IntRange(1, 127).Draw(t, "weekdays"))
	spec.Region = rapid.SampledFrom([]Region{Metropole, AlsaceMoselle}).Draw(t, "region")
	spec.Zone = rapid.SampledFrom([]Zone{ZoneA, ZoneB, ZoneC}).Draw(t, "zone")
	spec.OpenOnPublicHolidays = rapid.Bool().Draw(t, "public")
	spec.Use = HolidayUse(rapid.IntRange(0, 2).Draw(t, "use"))
	day := rapid.Int32Range(int32(MustISO("2025-08-01")), int32(MustISO("2027-08-31")))
	for range rapid.IntRange(0, 4).Draw(t, "closures") {
		first := Date(day.Draw(t, "first"))
		spec.Closures = append(spec.Closures, Closure{First: first, Last: first.Add(rapid.IntRange(0, 20).Draw(t, "length")), Reason: rapid.SampledFrom([]string{"", "grève", "neige"}).Draw(t, "reason")})
	}
	for range rapid.IntRange(0, 3).Draw(t, "openings") {
		spec.Openings = append(spec.Openings, Opening{Date: Date(day.Draw(t, "opening"))})
	}
	return MustPlan(spec)
}

// The table and the rules worked out day by day are the same calendar.
func TestTableAgreesWithRules(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		plan := genPlan(t)
		bare := *plan
		bare.table, bare.days = nil, nil
		from := MustISO("2025-08-01").Add(rapid.IntRange(0, 700).Draw(t, "from"))
		for d := from; d < from.Add(60); d++ {
			_, fast := plan.IsOpen(d)
			_, slow := bare.IsOpen(d)
			if fast != slow || plan.flags(d) != bare.flags(d) {
				t.Fatalf("%v: %q and %q, %d and %d", d, fast, slow, plan.flags(d), bare.flags(d))
			}
		}
	})
}

// Planted fault: a table that forgets one closure is noticed by the comparison above.
func TestTableFaultIsNoticed(t *testing.T) {
	spec := canteen()
	spec.Closures = []Closure{{First: MustISO("2026-11-26"), Last: MustISO("2026-11-26"), Reason: "grève"}}
	plan := MustPlan(spec)
	plan.table = MustPlan(canteen()).table
	_, fast := plan.IsOpen(MustISO("2026-11-26"))
	if slow := plan.workOut(MustISO("2026-11-26")); fast == slow {
		t.Error("a table without the closure went unnoticed")
	}
}

func BenchmarkNewPlan(b *testing.B) {
	spec := canteen()
	for b.Loop() {
		MustPlan(spec)
	}
}

func BenchmarkMonthOfOpenDays(b *testing.B) {
	plan := MustPlan(canteen())
	for b.Loop() {
		plan.OpenDays(MustISO("2026-11-01"), MustISO("2026-11-30"))
	}
}

func BenchmarkLimit(b *testing.B) {
	plan := MustPlan(canteen())
	set, err := ParseCutoffSet("J-2 10:00 ouverture avancé-si-fermé")
	if err != nil {
		b.Fatal(err)
	}
	day := MustISO("2027-05-10")
	for b.Loop() {
		set.Limit(day, plan)
	}
}
