package settings

import (
	"strings"
	"testing"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/staff"
	"ardoise/ui/kit"
)

func TestTabsFor(t *testing.T) {
	if n := len(tabsFor(kit.User{Roles: []string{"administration"}})); n != len(allTabs) {
		t.Errorf("an administrator has %d tabs", n)
	}
	if got := tabsFor(kit.User{Roles: []string{"regie"}}); len(got) != 3 || got[0].ID != tabBilling || got[1].ID != tabDisplay {
		t.Errorf("the cash office has %v", got)
	}
}

func TestAgentState(t *testing.T) {
	now := calendar.MustISO("2026-11-24").At(13, 46)
	for want, a := range map[string]staff.Agent{
		"Actif": {Active: true}, "Désactivé": {Failures: 3}, "Bloqué": {Active: true, Failures: 10, LockedUntil: now.Add(time.Minute)}, "2\u00a0refus": {Active: true, Failures: 2, LockedUntil: now.Add(-time.Minute)},
	} {
		if got := agentState(a, now).Text; got != want {
			t.Errorf("%+v: %q, want %q", a, got, want)
		}
	}
}

func TestYearsSayWhatIsMissing(t *testing.T) {
	p := place{services: []catalog.ServiceInfo{{Zone: "A"}, {Zone: "A"}}}
	got := p.years(nil, calendar.MustISO("2026-11-24"))
	if len(got) != 3 || got[0].known || got[0].lines[0] != calendar.MissingText("A", 2026) {
		t.Errorf("nothing known: %+v", got)
	}
	got = p.years(calendar.SchoolHolidays(), calendar.MustISO("2026-11-24"))
	if !got[0].known || len(got[0].lines) < 4 {
		t.Errorf("published holidays: %+v", got[0])
	}
}

func TestErrorLines(t *testing.T) {
	err := fault.New(fault.Invalid, "ligne 2 : code inconnu\nligne 5 : prix négatif\n")
	if got := errorLines(err); len(got) != 2 || !strings.Contains(got[1], "ligne 5") {
		t.Errorf("%q", got)
	}
}

func TestChecksDialogCountsTheBroken(t *testing.T) {
	d := checksDialog([]ledger.Check{{ID: "I1", OK: true, Detail: "équilibre"}, {ID: "I2", Detail: "3 écarts"}})
	if !strings.Contains(d.Title, "1\u00a0règle n’est pas respectée") {
		t.Errorf("title %q", d.Title)
	}
}

func TestTrailWords(t *testing.T) {
	for action, want := range map[string]string{"booking.commit": "Réservation", "health.read": "Santé", "inconnu.x": "inconnu.x"} {
		if got := staff.ActionLabel(action); got != want {
			t.Errorf("%s: %q", action, got)
		}
	}
}

func TestValidText(t *testing.T) {
	from := calendar.MustISO("2026-08-01")
	if got := validText(from, calendar.MustISO("9999-12-31")); got != "depuis le 01/08/2026" {
		t.Errorf("without an end: %q", got)
	}
	if got := validText(from, calendar.MustISO("2027-07-31")); got != "du 01/08/2026 au 31/07/2027" {
		t.Errorf("with an end: %q", got)
	}
}

func TestFrenchCountsInThePluralFromTwo(t *testing.T) {
	for n, want := range map[int]string{0: "0" + nbsp + "ligne", 1: "1" + nbsp + "ligne", 2: "2" + nbsp + "lignes"} {
		if got := countOf(n, "ligne", "lignes"); got != want {
			t.Errorf("countOf(%d) = %q, want %q", n, got, want)
		}
	}
}
