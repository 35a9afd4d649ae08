package settings

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/staff"
	"ardoise/ui/theme"
)

func (r *room) calendar(part string) *calendarTab {
	r.Helper()
	r.p.Open(tabCalendar)
	c := r.p.made[tabCalendar].(*calendarTab)
	c.tabs.Set(part)
	c.turnTo()
	return c
}

func TestClosures(t *testing.T) {
	r := newRoom(t).made(staff.Admin)
	c := r.calendar(datesClosures)
	before := len(c.rows)
	r.key("F2")
	r.typeHere("26/3/27")
	r.dialog().Main.Press()
	if len(c.rows) != before {
		t.Fatal("a closure without a reason was kept")
	}
	r.shoot("settings-fermeture")
	r.dialog().Close()
	r.key("F2")
	fill(r, "26/3/27", "25/3/27", "pont")
	r.dialog().Main.Press()
	if len(c.rows) != before {
		t.Fatal("a closure that ends before it begins was kept")
	}
	r.dialog().Close()
	r.key("F2")
	fill(r, "26/3/27", "", "pont")
	r.dialog().Main.Press()
	if len(c.rows) != before+1 {
		t.Fatalf("closures %d then %d; %v", before, len(c.rows), r.sh.Refusals)
	}
	r.shoot("settings-calendrier")
	at := func() {
		for i, row := range c.rows {
			if row.First.String() == "2027-03-26" {
				c.closures.table.Select(i)
			}
		}
	}
	at()
	c.closures.table.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	r.typeHere("long ")
	r.dialog().Main.Press()
	at()
	if row := c.closures.chosen(); row == nil || row.Reason != "long pont" || len(c.rows) != before+1 {
		t.Fatalf("changed: %+v; %v", c.rows, r.sh.Refusals)
	}
	c.closures.table.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDelete})
	if len(c.rows) != before {
		t.Fatal("not removed")
	}
	r.sh.Undos[len(r.sh.Undos)-1]()
	if len(c.rows) != before+1 {
		t.Error("undo puts it back")
	}
}

// TestTheYearOnTheWall: each day is what bookings will find, and the keyboard
// goes from day to day, closes one and opens its closure again.
func TestTheYearOnTheWall(t *testing.T) {
	r := newRoom(t).made(staff.Admin)
	c := r.calendar(datesYear)
	w := c.wall
	for day, want := range map[string]dayKind{"2026-11-26": dayOpen, "2026-11-25": dayOff, "2026-12-25": dayPublic, "2026-12-28": dayHoliday, "2027-05-06": dayPublic} {
		d := calendar.MustISO(day)
		if kind, why := w.wall.kind(d); kind != want || why == "" {
			t.Errorf("%s: %v %q, want %v", day, kind, why, want)
		}
		if open, _ := w.wall.plan.IsOpen(d); open != (want == dayOpen) {
			t.Errorf("%s is open: %v", day, open)
		}
	}
	n := w.wall.openDays()
	r.shoot("settings-annee")
	w.view.MoveTo(calendar.MustISO("2027-06-11"))
	w.view.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	if w.view.Day() != calendar.MustISO("2027-06-18") || !strings.HasPrefix(w.say.Text(), "Vendredi 18 juin 2027") {
		t.Fatalf("%v %q", w.view.Day(), w.say.Text())
	}
	w.view.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	r.typeHere("kermesse")
	r.dialog().Main.Press()
	if kind, why := w.wall.kind(calendar.MustISO("2027-06-18")); kind != dayClosed || !strings.Contains(why, "kermesse") || w.wall.openDays() != n-1 {
		t.Fatalf("closed: %v %q, %d then %d; %v", kind, why, n, w.wall.openDays(), r.sh.Refusals)
	}
	w.view.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if d := r.dialog(); d.Title != "Fermeture" {
		t.Errorf("its closure opens: %q", d.Title)
	}
	r.dialog().Close()
	w.view.MoveTo(calendar.MustISO("2026-12-25"))
	w.view.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if len(r.sh.Toasts) != 1 || !strings.Contains(r.sh.Toasts[0], "Noël") {
		t.Errorf("a public holiday: %v", r.sh.Toasts)
	}
	r.app.Settings().SetTheme(theme.New(theme.Dark, 150))
	r.show()
	r.calendar(datesYear)
	r.shoot("settings-annee-150")
}

// TestHolidaysAreTyped: a year that nobody published is typed period by period,
// refused where it makes no sense, and taken away again.
func TestHolidaysAreTyped(t *testing.T) {
	r := newRoom(t).made(staff.Admin)
	c := r.calendar(datesHolidays)
	h := c.holidays
	at := -1
	for i, y := range c.years {
		if !y.known {
			at = i
		}
	}
	if at < 0 {
		t.Fatal("every year shown is known: nothing to type")
	}
	h.list.Select(at)
	h.tell()
	a := int(c.years[at].year)
	spans := [][2]calendar.Date{
		{calendar.NewDate(a, 10, 21), calendar.NewDate(a, 11, 5)}, {calendar.NewDate(a, 12, 23), calendar.NewDate(a+1, 1, 7)},
		{calendar.NewDate(a+1, 2, 10), calendar.NewDate(a+1, 2, 25)}, {calendar.NewDate(a+1, 4, 7), calendar.NewDate(a+1, 4, 22)},
	}
	r.key("F2")
	fill(r, spans[0][1].Short(), spans[0][0].Short())
	r.dialog().Main.Press()
	if !r.dialog().Open() || len(r.sh.Dones) != 0 {
		t.Fatal("holidays that end before they begin were kept")
	}
	r.shoot("settings-vacances-saisie")
	r.dialog().Close()
	for i, s := range spans {
		if c.years[at].known {
			t.Fatalf("known after %d periods", i)
		}
		r.key("F2") // the next usual name is proposed
		fill(r, s[0].Short(), s[1].Short())
		r.dialog().Main.Press()
	}
	if !c.years[at].known || len(c.years[at].list) != 4 {
		t.Fatalf("not kept: %+v; %v", c.years[at], r.sh.Refusals)
	}
	r.shoot("settings-vacances")
	r.key("F2")
	fill(r, spans[0][0].Short(), spans[0][1].Short())
	d := r.dialog()
	d.Main.Press()
	if !d.Open() || len(c.years[at].list) != 4 {
		t.Error("two holidays over the same days")
	}
	d.Close()
	h.table.Select(1)
	h.table.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if d := r.dialog(); d.Title != "Vacances" {
		t.Errorf("%q", d.Title)
	} else {
		d.Close()
	}
	h.table.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDelete})
	if c.years[at].known || len(c.years[at].list) != 3 {
		t.Errorf("not taken away: %+v %v", c.years[at].list, r.sh.Refusals)
	}
	h.list.Select(0) // what the program was published with stays
	h.tell()
	h.table.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDelete})
	if len(r.sh.Refusals) != 1 {
		t.Errorf("%v", r.sh.Refusals)
	}
}

// TestImportsAreShownFirst: neither the ministry's file nor an agenda is kept
// before somebody has seen what it says.
func TestImportsAreShownFirst(t *testing.T) {
	r := newRoom(t).made(staff.Admin)
	c := r.calendar(datesHolidays)
	r.files.open = filepath.Join(t.TempDir(), "vacances.ics")
	r.must(os.WriteFile(r.files.open, []byte("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Vacances de Noël - Zone A\r\nDTSTART;VALUE=DATE:20311220\r\nDTEND;VALUE=DATE:20320105\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"), 0o600))
	c.holidays.importFile()
	r.dialog().Main.Press()
	d := r.dialog()
	list, err := r.o.Catalog.Holidays(r.sh.Context)
	r.must(err)
	n := len(list)
	r.shoot("settings-vacances-import")
	if !strings.HasPrefix(strings.ReplaceAll(d.Title, nbsp, " "), "Importer « vacances.ics »") || len(r.sh.Dones) != 0 {
		t.Fatalf("shown first: %q %v", d.Title, r.sh.Dones)
	}
	d.Main.Press()
	list, err = r.o.Catalog.Holidays(r.sh.Context)
	r.must(err)
	if len(list) != n+1 {
		t.Fatalf("%d holidays then %d", n, len(list))
	}

	c.tabs.Set(datesClosures)
	c.turnTo()
	before := len(c.rows)
	r.files.open = filepath.Join(t.TempDir(), "mairie.ics")
	r.must(os.WriteFile(r.files.open, []byte("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Travaux\r\nDTSTART;VALUE=DATE:20270607\r\nDTEND;VALUE=DATE:20270609\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:Kermesse\r\nDTSTART;VALUE=DATE:20270618\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"), 0o600))
	c.closures.importFile()
	r.dialog().Main.Press()
	d = r.dialog()
	r.shoot("settings-fermetures-import")
	if !strings.Contains(d.Title, "mairie.ics") || !strings.HasPrefix(d.Sub, "2") || len(c.rows) != before {
		t.Fatalf("shown first: %q", d.Title)
	}
	d.Main.Press()
	if len(c.rows) != before+2 {
		t.Fatalf("%d then %d; %v", before, len(c.rows), r.sh.Refusals)
	}
	var days []string
	for _, x := range c.rows {
		if x.Reason == "Travaux" {
			days = append(days, x.First.String(), x.Last.String())
		}
	}
	if strings.Join(days, " ") != "2027-06-07 2027-06-08" {
		t.Errorf("the end of an event is the day after: %v", days)
	}
}

func TestCalendarWithoutServices(t *testing.T) {
	r := newRoom(t).real()
	c := r.calendar(datesYear)
	if c.wall.nothing.Title() != "Aucun service" || !c.wall.nothing.Visible() {
		t.Error("no word of what lacks")
	}
	r.shoot("settings-annee-vide")
	c.tabs.Set(datesHolidays)
	c.turnTo()
	r.shoot("settings-vacances-vide")
}

func TestPlansOfImportsTellEveryVerdict(t *testing.T) {
	day := calendar.MustISO("2030-12-21")
	h := calendar.Holiday{Year: 2030, Zone: "B", Name: "vacances de Noël", First: day, Last: day.Add(15)}
	was := h
	was.Last = day.Add(14)
	rows := calendarRows(&catalog.CalendarPlan{Lines: []catalog.CalendarLine{{Verdict: catalog.LineSame, Period: h}, {Verdict: catalog.LineAdded, Period: h}, {Verdict: catalog.LineChanged, Period: h, Was: []calendar.Holiday{was}}, {Verdict: catalog.LineSame, Period: h}}})
	if len(rows) != 3 || rows[0].icon != "plus" || !strings.Contains(rows[1].text, "au lieu de") || !strings.Contains(rows[2].text, "2"+nbsp+"périodes déjà connues") {
		t.Errorf("%+v", rows)
	}
	c := catalog.Closure{First: day, Last: day, Reason: "pont"}
	rows = closureRows(&catalog.ClosurePlan{Lines: []catalog.ClosureLine{{Verdict: catalog.LineAdded, Closure: c}, {Verdict: catalog.LineRefused, Closure: c, Reason: "Ces jours sont passés."}, {Verdict: catalog.LineSame, Closure: c}}, Left: []string{"réunion : quelques heures"}})
	if len(rows) != 4 || !strings.Contains(rows[1].text, "passés") || !strings.Contains(rows[2].text, "déjà là") || rows[3].text != "réunion : quelques heures" {
		t.Errorf("%+v", rows)
	}
}

func TestClosureOfAnotherServiceIsNotTheirs(t *testing.T) {
	s := catalog.ServiceInfo{ID: 1, Weekdays: calendar.SchoolWeek, Region: calendar.Metropole, Zone: "A"}
	day := calendar.MustISO("2026-11-26")
	for _, c := range []struct {
		closure catalog.Closure
		want    dayKind
	}{
		{catalog.Closure{ServiceID: 1, First: day, Last: day, Reason: "grève"}, dayClosed},
		{catalog.Closure{First: day, Last: day, Reason: "grève"}, dayClosed},
		{catalog.Closure{ServiceID: 2, First: day, Last: day, Reason: "grève"}, dayOpen},
		{catalog.Closure{ServiceID: 1, ClassID: 4, First: day, Last: day, Reason: "sortie"}, dayOpen},
	} {
		w, err := newWallYear(s, 2026, dates{calendar.SchoolHolidays(), []catalog.Closure{c.closure}})
		if err != nil {
			t.Fatal(err)
		}
		if kind, _ := w.kind(day); kind != c.want {
			t.Errorf("%+v: %v", c.closure, kind)
		}
	}
}
