package catalog_test

import (
	"slices"
	"strings"
	"testing"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/data/store"
	"ardoise/data/store/storetest"
)

// ics writes a calendar of whole-day events: title, first day, day of return.
func ics(events ...[3]string) string {
	text := "BEGIN:VCALENDAR\r\n"
	for _, e := range events {
		text += "BEGIN:VEVENT\r\nSUMMARY:" + e[0] + "\r\nDTSTART;VALUE=DATE:" + strings.ReplaceAll(e[1], "-", "") + "\r\nDTEND;VALUE=DATE:" + strings.ReplaceAll(e[2], "-", "") + "\r\nEND:VEVENT\r\n"
	}
	return text + "END:VCALENDAR\r\n"
}

var year2028 = [][3]string{
	{"Vacances de la Toussaint", "2027-10-23", "2027-11-08"},
	{"Vacances de Noël", "2027-12-18", "2028-01-03"},
	{"Vacances d'Hiver", "2028-02-12", "2028-02-28"},
	{"Vacances de Printemps", "2028-04-08", "2028-04-24"},
}

// An import is shown first; what it changes takes the place of what was there.
func TestCalendarIsPlannedThenKept(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		w.canteen(t)
		plan := func(text string) *catalog.CalendarPlan {
			t.Helper()
			return must(w.s.PlanCalendar(w.ctx, strings.NewReader(text), calendar.ZoneA))(t)
		}
		known := func() []calendar.Holiday { t.Helper(); return must(w.s.Holidays(w.ctx))(t) }
		before, trail := known(), len(w.trail(t))
		p := plan(ics(year2028[:3]...))
		if p.Added != 3 || p.Changed != 0 || len(p.Missing) != 1 || !strings.Contains(p.Missing[0], "2027-2028 de la zone A") {
			t.Errorf("%+v", p)
		}
		if !slices.Equal(known(), before) || len(w.trail(t)) != trail {
			t.Fatal("a plan wrote something")
		}
		if err := w.s.CommitCalendar(w.ctx, p); err != nil {
			t.Fatal(err)
		}
		if got := w.trail(t); len(got) != trail+1 || !strings.Contains(got[trail], "3 périodes ajoutées, 0 modifiée, 0 inchangée") {
			t.Error(got[trail:])
		}
		p = plan(ics(year2028...))
		if p.Added != 1 || p.Same != 3 || len(p.Missing) != 0 {
			t.Errorf("%+v", p)
		}
		// Noël moves, and its first day with it: the old one is not kept beside it.
		moved := slices.Clone(year2028)
		moved[1] = [3]string{"Vacances de Noël", "2027-12-17", "2028-01-03"}
		p = plan(ics(moved...))
		if p.Changed != 1 || p.Added != 1 || p.Same != 2 || len(p.Lines[1].Was) != 1 || p.Lines[1].Was[0].First != calendar.MustISO("2027-12-18") {
			t.Errorf("%+v", p)
		}
		stale := p
		if err := w.s.CommitCalendar(w.ctx, p); err != nil {
			t.Fatal(err)
		}
		for _, h := range known() {
			if h.First == calendar.MustISO("2027-12-18") && h.Zone == calendar.ZoneA {
				t.Error("both are kept:", h)
			}
		}
		if err := w.s.CommitCalendar(w.ctx, stale); fault.KindOf(err) != fault.Conflict || !strings.Contains(fault.Sentence(err), "a changé depuis l’affichage") {
			t.Error("a plan shown before another import:", err)
		}
		trail = len(w.trail(t))
		if n, err := w.s.ImportCalendar(w.ctx, strings.NewReader(ics(moved...)), calendar.ZoneA); n != 4 || err != nil || len(w.trail(t)) != trail {
			t.Error("importing again changes something", n, err)
		}
	})
}

// A year the program knows is corrected by a file that has one period of it: the
// rest of the year stays.
func TestOnePeriodOfAKnownYear(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		before := must(w.s.Holidays(w.ctx))(t)
		if _, err := w.s.ImportCalendar(w.ctx, strings.NewReader(ics([3]string{"Vacances de Noël", "2026-12-18", "2027-01-04"})), calendar.ZoneA); err != nil {
			t.Fatal(err)
		}
		after := must(w.s.Holidays(w.ctx))(t)
		if len(after) != len(before) || !calendar.YearKnown(after, calendar.ZoneA, 2026) {
			t.Errorf("%d periods, then %d", len(before), len(after))
		}
		n := 0
		for _, h := range after {
			if h.Zone == calendar.ZoneA && h.Year == 2026 && strings.Contains(h.Name, "Noël") {
				n++
				if h.First != calendar.MustISO("2026-12-18") {
					t.Error(h)
				}
			}
		}
		if n != 1 {
			t.Errorf("%d Christmases", n)
		}
	})
}

func TestHolidaysByHand(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		d := w.canteen(t)
		noel := calendar.Holiday{Year: 2027, Zone: calendar.ZoneA, Name: "vacances  de Noël ", First: calendar.MustISO("2027-12-18"), Last: calendar.MustISO("2028-01-02")}
		if _, err := w.s.SaveHoliday(w.ctx, calendar.Holiday{}, noel); err != nil {
			t.Fatal(fault.Sentence(err))
		}
		noel.Name = "vacances de Noël"
		open := func(day string) bool {
			t.Helper()
			yes, _ := must(w.s.Plan(w.ctx, d.Info.ID))(t).IsOpen(calendar.MustISO(day))
			return yes
		}
		if open("2027-12-20") || !open("2028-01-03") {
			t.Error("the service does not follow")
		}
		longer := noel
		longer.Last = calendar.MustISO("2028-01-03")
		if _, err := w.s.SaveHoliday(w.ctx, noel, longer); err != nil || open("2028-01-03") {
			t.Error(err)
		}
		trail := w.trail(t)
		if last := plain(trail[len(trail)-1]); !strings.Contains(last, "« vacances de Noël » 2027-2028, zone A, du 18 déc. 2027 au 3 janv. 2028 au lieu de ") {
			t.Error(last)
		}
		for name, c := range map[string]struct {
			was, h calendar.Holiday
			kind   fault.Kind
			said   string
		}{
			"twice":         {h: longer, kind: fault.Conflict, said: "Ces jours sont déjà dans"},
			"backwards":     {h: calendar.Holiday{Year: 2027, Zone: "A", Name: "pont", First: longer.Last, Last: longer.First}, kind: fault.Invalid, said: "finit avant de commencer"},
			"other year":    {h: calendar.Holiday{Year: 2030, Zone: "A", Name: "pont", First: longer.First, Last: longer.First}, kind: fault.Invalid, said: "n’est pas dans l’année 2030-2031"},
			"no zone":       {h: calendar.Holiday{Year: 2027, Name: "pont", First: longer.First, Last: longer.First}, kind: fault.Invalid, said: "Choisissez la zone"},
			"no name":       {h: calendar.Holiday{Year: 2027, Zone: "A", First: longer.First, Last: longer.First}, kind: fault.Invalid, said: "Donnez un nom"},
			"no day":        {h: calendar.Holiday{Year: 2027, Zone: "A", Name: "pont"}, kind: fault.Invalid, said: "Donnez le premier et le dernier jour"},
			"not there":     {was: noel, h: calendar.Holiday{Year: 2027, Zone: "A", Name: "pont", First: calendar.MustISO("2028-05-26"), Last: calendar.MustISO("2028-05-26")}, kind: fault.NotFound, said: "ne sont plus au calendrier"},
			"the program's": {was: calendar.SchoolHolidays()[0], h: calendar.Holiday{Year: 2025, Zone: "A", Name: "pont", First: calendar.MustISO("2026-05-15"), Last: calendar.MustISO("2026-05-15")}, kind: fault.Conflict, said: "vient avec le programme"},
		} {
			_, err := w.s.SaveHoliday(w.ctx, c.was, c.h)
			if fault.KindOf(err) != c.kind || !strings.Contains(fault.Sentence(err), c.said) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := w.s.SaveHoliday(w.ctx, longer, longer); err != nil || len(w.trail(t)) != len(trail) {
			t.Error("the same again:", err)
		}
		if err := w.s.RemoveHoliday(w.ctx, calendar.SchoolHolidays()[0]); fault.KindOf(err) != fault.Conflict {
			t.Error(err)
		}
		if err := w.s.RemoveHoliday(w.ctx, longer); err != nil || !open("2027-12-20") {
			t.Error(err)
		}
		if err := w.s.RemoveHoliday(w.ctx, longer); fault.KindOf(err) != fault.NotFound {
			t.Error(err)
		}
		// What an import copied over a year of the program's is the program's too.
		if _, err := w.s.ImportCalendar(w.ctx, strings.NewReader(ics([3]string{"Vacances de Noël", "2026-12-18", "2027-01-04"})), calendar.ZoneA); err != nil {
			t.Fatal(err)
		}
		toussaint := calendar.Holiday{Year: 2026, Zone: "A", Name: "vacances de la Toussaint", First: calendar.MustISO("2026-10-17"), Last: calendar.MustISO("2026-11-01")}
		if err := w.s.RemoveHoliday(w.ctx, toussaint); fault.KindOf(err) != fault.Conflict {
			t.Error("taken away, and back at once:", err)
		}
	})
}

func TestClosuresArePlannedThenKept(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTown(t, db)
		d := w.canteen(t)
		text := ics([3]string{"Pont de l’Ascension", "2027-05-07", "2027-05-08"}, [3]string{"Travaux", "2026-12-21", "2026-12-24"}, [3]string{"Fête passée", "2026-06-01", "2026-06-02"}, [3]string{"Travaux", "2026-12-21", "2026-12-24"})
		text = strings.Replace(text, "END:VCALENDAR", "BEGIN:VEVENT\r\nSUMMARY:Conseil municipal\r\nDTSTART:20261203T190000Z\r\nDTEND:20261203T210000Z\r\nBEGIN:VALARM\r\nDURATION:PT15M\r\nDTSTART:oops\r\nEND:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR", 1)
		p := must(w.s.PlanClosures(w.ctx, strings.NewReader(text), d.Info.ID))(t)
		if p.Added != 2 || p.Refused != 1 || len(p.Lines) != 3 || p.Lines[2].Reason != "Ces jours sont passés." || len(p.Left) != 1 ||
			!strings.Contains(plain(p.Left[0]), "« Conseil municipal », jeudi 3 décembre 2026 : à une heure du jour") {
			t.Errorf("%+v", p)
		}
		if list := must(w.s.Closures(w.ctx, d.Info.ID, 0, 0))(t); len(list) != 0 {
			t.Fatal("a plan wrote something")
		}
		if err := w.s.CommitClosures(w.ctx, p); err != nil {
			t.Fatal(err)
		}
		list := must(w.s.Closures(w.ctx, d.Info.ID, 0, 0))(t)
		if len(list) != 2 || list[0].Reason != "Travaux" || list[0].Last != calendar.MustISO("2026-12-23") || list[0].ServiceID != d.Info.ID {
			t.Errorf("%+v", list)
		}
		if err := w.s.CommitClosures(w.ctx, p); fault.KindOf(err) != fault.Conflict {
			t.Error("kept twice:", err)
		}
		if p = must(w.s.PlanClosures(w.ctx, strings.NewReader(text), d.Info.ID))(t); p.Added != 0 || p.Same != 2 {
			t.Errorf("%+v", p)
		}
		trail := w.trail(t)
		if last := plain(trail[len(trail)-1]); !strings.HasPrefix(last, "catalog.closures service:") || !strings.Contains(last, "Fermeture « du 21 au 23 déc., Travaux » : ajout") {
			t.Error(last)
		}
		if _, err := w.s.PlanClosures(w.ctx, strings.NewReader(text), 99); fault.KindOf(err) != fault.NotFound {
			t.Error(err)
		}
		for said, bad := range map[string]string{
			"n’est pas un calendrier ICS": "a;b\n", "aucun évènement": "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
			"finit avant de commencer": ics([3]string{"X", "2026-12-21", "2026-12-20"}), "le fichier est coupé": strings.Split(ics(year2028[0]), "END:VEVENT")[0],
		} {
			if _, err := w.s.PlanClosures(w.ctx, strings.NewReader(bad), 0); fault.KindOf(err) != fault.Invalid || !strings.Contains(fault.Sentence(err), said) {
				t.Errorf("%v, want %q", err, said)
			}
		}
	})
}
