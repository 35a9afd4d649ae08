package settings

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"ardoise/data/calendar"
	"ardoise/data/staff"
	"ardoise/ui/theme"
)

// TestRulesAreTried: a price and a week's deadlines as bookings would have them,
// what is typed wrong said, and nothing changed.
func TestRulesAreTried(t *testing.T) {
	r := newRoom(t).made(staff.Roles...)
	r.p.Open(tabServices)
	tab := r.p.made[tabServices].(*servicesTab)
	for i, s := range tab.place.services {
		if s.Code == "cantine-saint-marcel" {
			tab.at = i
			tab.loadService()
		}
	}
	plan, err := r.o.Catalog.Plan(r.sh.Context, tab.service().ID)
	r.must(err)
	w := newWhatIf(tab, *tab.service(), plan, tab.tariffs)
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
	var week []string
	for _, f := range w.lines {
		week = append(week, strings.ReplaceAll(f.what+" : "+f.how, nbsp, " "))
	}
	text := strings.Join(week, "\n")
	if len(week) != 5 || !strings.Contains(text, "mercredi 25 nov. : pas de service") || !strings.Contains(text, "jeudi 26 nov. : réserver et annuler jusqu’au ") || !strings.Contains(text, "19") {
		t.Errorf("week:\n%s", text)
	}
	w.t.sh.Show(w.dialog())
	r.shoot("settings-whatif")
	if len(r.sh.Dones) != 0 {
		t.Error("something was done")
	}
	if k := tab.shortcuts(); len(k) != 1 || k[0].Key != fyne.KeyF9 {
		t.Error("no key")
	}
	r.app.Settings().SetTheme(theme.New(theme.Light, 100))
}
