package home

import (
	"strings"
	"testing"
	"time"

	"ardoise/data/access"
	"ardoise/data/backup"
	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/staff"
	"ardoise/ui/kit"
)

var tuesday = calendar.MustISO("2026-11-24")

// plain writes a sentence with ordinary spaces, as a test is typed.
func plain(s string) string { return strings.ReplaceAll(s, nbsp, " ") }

func set(t *testing.T, text string) calendar.CutoffSet {
	t.Helper()
	c, err := calendar.ParseCutoffSet(text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func plan(t *testing.T) *calendar.Plan {
	t.Helper()
	days, err := calendar.ParseWeekdays("lundi mardi jeudi vendredi")
	if err != nil {
		t.Fatal(err)
	}
	return calendar.MustPlan(calendar.PlanSpec{Weekdays: days, Zone: "A", SchoolHolidays: calendar.SchoolHolidays()})
}

func TestNextCutoffIsTheFirstNotPast(t *testing.T) {
	p := plan(t)
	s := catalog.ServiceInfo{Book: set(t, "J-1 10:00 ouverture")}
	for _, c := range []struct{ now, day, at string }{
		{"2026-11-24 09:59", "2026-11-26", "2026-11-24 10:00"}, // the Thursday meal closes on the service day before
		{"2026-11-24 10:00", "2026-11-26", "2026-11-24 10:00"}, // the limit itself is in time
		{"2026-11-24 10:01", "2026-11-27", "2026-11-26 10:00"},
		{"2026-11-27 11:00", "2026-12-01", "2026-11-30 10:00"},
	} {
		now, err := time.ParseInLocation("2006-01-02 15:04", c.now, calendar.Paris)
		if err != nil {
			t.Fatal(err)
		}
		got := nextCutoff(s, p, now)
		if got.day.String() != c.day || got.at.In(calendar.Paris).Format("2006-01-02 15:04") != c.at {
			t.Errorf("at %s: meal of %s closes %s", c.now, got.day, got.at)
		}
	}
}

func TestTimeLeft(t *testing.T) {
	now := tuesday.At(13, 46)
	for _, c := range []struct {
		at         time.Time
		left, word string
	}{
		{tuesday.At(16, 0), "2 h 14", "Clôture aujourd’hui à 16 h 00."},
		{tuesday.At(13, 58), "12 min", "Clôture aujourd’hui à 13 h 58."},
		{tuesday.At(12, 0), "0 min", "Clôture aujourd’hui à 12 h 00."},
		{tuesday.Add(1).At(10, 0), "20 h 14", "Clôture demain à 10 h 00."},
		{tuesday.Add(2).At(10, 0), "1 j 20 h", "Clôture le jeu. 26 nov. à 10 h 00."},
		{tuesday.Add(6).At(10, 0), "6 jours", "Clôture le lun. 30 nov. à 10 h 00."},
	} {
		if got := plain(left(now, c.at)); got != c.left {
			t.Errorf("left: %q, want %q", got, c.left)
		}
		if got := plain(closing(now, c.at)); got != c.word {
			t.Errorf("closing: %q, want %q", got, c.word)
		}
	}
}

func TestSchoolsAddUpAndTheRestIsOneLine(t *testing.T) {
	h := &booking.Headcount{Groups: []booking.Group{
		{School: "A", Diet: "standard", AgeGroup: "maternelle", Count: 10, Plus: 1},
		{School: "A", Diet: "sans_porc", AgeGroup: "elementaire", Count: 2, Minus: 1},
		{School: "B", Count: 5},
		{School: "C", Count: 4, Plus: 2},
		{School: "", Count: 3},
		{School: "A", AgeGroup: "adulte", Count: 6},
	}}
	got, adults := schools(h, 3)
	got[2].name = plain(got[2].name)
	if adults != 6 || len(got) != 3 || got[0] != (school{"A", 12, 1, 1}) || got[2] != (school{"2 autres écoles", 7, 2, 0}) {
		t.Errorf("%d %+v", adults, got)
	}
	if got, _ := schools(h, 4); got[3].name != "Sans école" {
		t.Errorf("%+v", got)
	}
	if d := (school{plus: 2, minus: 1}).deltas(); len(d) != 2 || d[0] != "+2" || d[1] != "–1" {
		t.Errorf("%v", d)
	}
}

func TestSheetBadge(t *testing.T) {
	changed := []booking.Change{{Delta: 1}}
	for _, c := range []struct {
		h     booking.Headcount
		begun bool
		want  string
	}{
		{booking.Headcount{}, false, "À transmettre"},
		{booking.Headcount{}, true, "Non transmise"},
		{booking.Headcount{Version: 4}, false, "Transmise · feuille n° 4"},
		{booking.Headcount{Version: 2, Changes: changed}, false, "À retransmettre"},
		{booking.Headcount{Version: 4, Changes: changed}, true, "Transmise · feuille n° 4"},
	} {
		if got := plain(sheetBadge(&c.h, c.begun).Text); got != c.want {
			t.Errorf("%+v: %q, want %q", c.h, got, c.want)
		}
	}
}

func TestTasksFollowTheRole(t *testing.T) {
	b := board{
		at: tuesday.At(9, 0), today: tuesday, plan: plan(t), service: catalog.ServiceInfo{ID: 3, Book: set(t, "J-1 10:00 ouverture"), Cancel: set(t, "J-1 10:00 ouverture")},
		next:      &booking.Headcount{ServiceID: 3, Day: tuesday.Add(2), Total: 60, Version: 1, Changes: []booking.Change{{Delta: 1}}},
		submitted: []access.Request{{ID: 9, Child: "Manon Berthet", ReceivedAt: tuesday.Add(-4).At(10, 0), StartOn: tuesday.Add(6)}}, toDecide: 3,
		expiring: []access.Document{{FamilyID: 1, Label: "Attestation d’assurance", ValidTo: tuesday.Add(3)}, {FamilyID: 1, Label: "Attestation d’assurance", ValidTo: tuesday.Add(2)}, {FamilyID: 2, Label: "Attestation d’assurance", ValidTo: tuesday.Add(9)}, {FamilyID: 5, Label: "Fiche sanitaire", ValidTo: tuesday.Add(-1)}},
		open:     []calendar.Date{tuesday.Add(-1)}, openLeft: map[calendar.Date]int{tuesday.Add(-1): 3},
	}
	all := b.tasks(rights{desk: true, cash: true, files: true})
	var words []string
	for _, x := range all {
		words = append(words, plain(x.when+" | "+x.what+" | "+x.detail))
	}
	want := []string{
		"auj. 10 h 00 | Retransmettre la feuille de jeudi à la cuisine | 60 repas",
		"aujourd’hui | Instruire les autres demandes | 2 demandes",
		"aujourd’hui | Relancer : fiche sanitaire, échue | 1 famille",
		"aujourd’hui | Finir le pointage du lundi 23 novembre | 3 cases",
		"jeu. 26 nov. | Relancer : attestation d’assurance, bientôt échue | 2 familles",
		"lun. 30 nov. | Instruire la demande de Manon Berthet | reçue le 20 nov.",
	}
	if len(words) != len(want) {
		t.Fatalf("%q", words)
	}
	for i := range want {
		if words[i] != want[i] {
			t.Errorf("line %d: %q, want %q", i, words[i], want[i])
		}
	}
	if all[2].arg != (kit.OpenFamily{ID: 5, Tab: "papers"}) {
		t.Errorf("one family opens at once: %v", all[2].arg)
	}
	if kitchen := b.tasks(rights{kitchen: true}); len(kitchen) != 1 || kitchen[0].section != "kitchen" {
		t.Errorf("the kitchen sees %+v", kitchen)
	}
	b.next.Changes = nil
	if kitchen := b.tasks(rights{kitchen: true}); len(kitchen) != 0 {
		t.Errorf("a sheet without differences is no task: %+v", kitchen)
	}
}

func TestBarsShowFourWeeksWithService(t *testing.T) {
	b := board{today: tuesday, plan: plan(t)}
	for d := calendar.MustISO("2026-10-01"); d <= tuesday.Add(3); d = d.Add(1) {
		b.served = append(b.served, booking.DayCount{Day: d, Booked: 50})
	}
	groups, mean := b.bars()
	if len(groups) != 4 || mean != 50 {
		t.Fatalf("%d groups, mean %d", len(groups), mean)
	}
	last := groups[3]
	if plain(last.Caption) != "S 48 · 23 – 27 nov." || len(last.Bars) != 4 || !last.Bars[1].Strong || !last.Bars[2].Hollow || last.Bars[0].Hollow {
		t.Errorf("%+v", last)
	}
	b.today = calendar.MustISO("2026-11-03") // the Toussaint holidays lie before
	if groups, _ := b.bars(); plain(groups[2].Caption) != "S 42 · 12 – 16 oct." {
		t.Errorf("weeks without service are left out: %+v", groups)
	}
}

func TestGuideStepsInOrder(t *testing.T) {
	all := rights{admin: true, desk: true, files: true, kitchen: true}
	first := func(b *board, may rights) (title, section string) {
		for _, s := range b.steps(may) {
			if s.off == "" {
				return s.title, s.section
			}
		}
		return "", ""
	}
	b := &board{today: calendar.MustISO("2026-11-24")}
	for _, at := range []struct {
		done    func()
		title   string
		left    int
		section string
	}{
		{func() {}, "Décrivez la cantine", 6, "settings"},
		{func() { b.services = 1 }, "Importez l’école", 5, "families"},
		{func() { b.families = 10 }, "Acceptez une première demande d’accès", 3, "requests"},
		{func() { b.accepted = 1 }, "Réservez un premier repas", 2, "bookings"},
		{func() { b.booked = true }, "Transmettez la feuille à la cuisine", 1, "kitchen"},
	} {
		at.done()
		title, section := first(b, all)
		if title != at.title || section != at.section || len(b.steps(all)) != at.left || !b.empty(all) {
			t.Errorf("%q in %q, %d lines; want %q", title, section, len(b.steps(all)), at.title)
		}
	}
	b.sent = true
	if b.empty(all) || len(b.steps(all)) != 0 {
		t.Error("the guide is over")
	}
	b.sent, b.accepted = false, manyAccepted
	if b.empty(all) {
		t.Error("a town at work wants its board")
	}
	b.accepted, b.served = 1, []booking.DayCount{{Day: b.today.Add(-1), Booked: 3}}
	if b.empty(all) {
		t.Error("a town that has served meals wants its board")
	}
	if (&board{services: 1}).empty(rights{kitchen: true}) {
		t.Error("the kitchen has nothing to do with files")
	}
	if s := (&board{services: 1}).steps(rights{files: true, cash: true}); s[0].off == "" {
		t.Error("the cash office imports no school")
	}
}

func TestRights(t *testing.T) {
	only := func(r staff.Role) rights {
		return rightsOf(func(names ...string) bool { return names[0] == string(r) })
	}
	if r := only(staff.Cuisine); r.files || r.book || !r.kitchen {
		t.Errorf("kitchen %+v", r)
	}
	if r := only(staff.Sante); !r.files || r.book || r.cash {
		t.Errorf("health %+v", r)
	}
}

// An old copy is called for on the eighth day, and one that was never made at once.
func TestACopyIsAskedFor(t *testing.T) {
	now := calendar.MustISO("2026-11-24").At(10, 0)
	for days, want := range map[int]bool{0: false, 7: false, 8: true, 400: true, -1: true} {
		b := board{at: now, today: calendar.DateOf(now), copies: true}
		if days >= 0 {
			b.saved.Outside = backup.Copy{ID: 1, MadeAt: now.AddDate(0, 0, -days)}
			b.saved.Last = b.saved.Outside
		} else {
			b.saved.Last = backup.Copy{ID: 2, MadeAt: now} // on the same disk: it counts for nothing here
		}
		asked := false
		for _, x := range b.tasks(rights{admin: true}) {
			asked = asked || x.section == "settings" && x.arg == "backup"
		}
		if asked != want {
			t.Errorf("%d days: %v", days, asked)
		}
	}
	b := board{at: now, today: calendar.DateOf(now)}
	if len(b.tasks(rights{admin: true})) != 0 {
		t.Error("asked of who has no business with it")
	}
}
