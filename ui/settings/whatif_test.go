package settings

import (
	"strings"
	"testing"

	"ardoise/data/calendar"
	"ardoise/data/staff"
	"ardoise/ui/theme"
)

// TestRulesAreTried: a price and a week's deadlines as bookings would have them,
// what is typed wrong said, and nothing changed.
func TestRulesAreTried(t *testing.T) {
	r := newRoom(t).made(staff.Roles...)
	tab := r.services("cantine-saint-marcel")
	plan, err := tab.known.plan(tab.ed.draft)
	r.must(err)
	w := newWhatIf(tab, tab.ed.draft, plan)
	w.day.Set(calendar.MustISO("2026-11-26"))
	plain := func() string { return strings.ReplaceAll(w.price.Text()+" | "+w.why.Text(), nbsp, " ") }
	seen := map[string]bool{}
	for _, c := range []struct{ quotient, rank string }{{"", "1"}, {"300", "1"}, {"850", "1"}, {"850", "2"}, {"1500", "1"}} {
		w.quotient.SetText(c.quotient)
		w.rank.SetText(c.rank)
		got := plain()
		t.Log(c, got)
		if !strings.Contains(got, "€") || c.quotient == "" && !strings.Contains(got, "Pas de quotient") {
			t.Errorf("%v: %s", c, got)
		}
		seen[w.price.Text()] = true
	}
	if len(seen) < 3 {
		t.Errorf("the same price for every quotient: %v", seen)
	}
	w.quotient.SetText("beaucoup")
	if got := plain(); !strings.HasPrefix(got, "— | ") || !strings.Contains(got, "850") {
		t.Errorf("a wrong quotient: %s", got)
	}
	w.quotient.SetText("850")
	text := strings.ReplaceAll(strings.Join(w.lines, "\n"), nbsp, " ")
	if len(w.lines) != 5 || !strings.Contains(text, "Pour mercredi 25 novembre : pas de service") || !strings.Contains(text, "Pour jeudi 26 novembre : jusqu’à jeudi 19, ") {
		t.Errorf("week:\n%s", text)
	}
	w.t.sh.Show(w.dialog())
	r.shoot("settings-whatif")
	if len(r.sh.Dones) != 0 {
		t.Error("something was done")
	}
	r.app.Settings().SetTheme(theme.New(theme.Light, 100))
}
