package settings

import (
	"strings"
	"testing"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
)

func grid(spans ...[3]int) (out []catalog.Tariff) {
	for i, s := range spans {
		high := s[1]
		if high < 0 {
			high = catalog.MaxQuotient
		}
		out = append(out, catalog.Tariff{ID: int64(i + 1), Label: "tranche", Kind: catalog.ForBooking, ValidFrom: calendar.MustISO("2026-09-01"), ValidTo: noEnd, QuotientMin: s[0], QuotientMax: high, Meal: 100})
	}
	return out
}

func TestANewGridEndsTheOldOne(t *testing.T) {
	first := calendar.MustISO("2027-01-01")
	d := catalog.Draft{Tariffs: grid([3]int{0, 600, 100}, [3]int{601, -1, 200})}
	d.Tariffs = append(d.Tariffs, catalog.Tariff{ID: 9, Label: "l’an passé", Kind: catalog.ForBooking, ValidFrom: calendar.MustISO("2025-09-01"), ValidTo: calendar.MustISO("2026-08-31"), QuotientMax: catalog.MaxQuotient})
	rows := gridRows(d.Tariffs, first)
	if len(rows) != 2 || checkGrid(d.Tariffs, first) != nil {
		t.Fatalf("%+v", rows)
	}
	rows[0].meal, rows[1].meal = 310, 450
	newGrid(&d, first, rows)
	if len(d.Tariffs) != 5 || d.Tariffs[0].ValidTo != first.Add(-1) || d.Tariffs[2].ValidTo != calendar.MustISO("2026-08-31") {
		t.Fatalf("%+v", d.Tariffs)
	}
	for i, want := range map[int]int64{3: 310, 4: 450} {
		if n := d.Tariffs[i]; n.ID != 0 || n.ValidFrom != first || n.ValidTo != noEnd || int64(n.Meal) != want || n.QuotientMin != d.Tariffs[i-3].QuotientMin {
			t.Errorf("%+v", n)
		}
	}
	for _, f := range catalog.CheckDraft(d) {
		if head(f.Field) == "tariffs" {
			t.Errorf("gap or overlap: %s", f.Text)
		}
	}
	if checkGrid(d.Tariffs, calendar.MustISO("2025-01-01")) == nil || checkGrid(d.Tariffs, 0) == nil {
		t.Error("a grid of nothing was taken")
	}
}

func TestBracketOf(t *testing.T) {
	for _, c := range []struct {
		low, high string
		from, to  int
		field     string
	}{
		{"", "", 0, catalog.MaxQuotient, ""}, {"621", "900", 621, 900, ""}, {"1201", "", 1201, catalog.MaxQuotient, ""}, {"", "620", 0, 620, ""},
		{"dix", "", 0, 0, "low"}, {"", "-1", 0, 0, "high"}, {"900", "620", 0, 0, "high"}, {"", "9999999", 0, 0, "high"},
	} {
		from, to, field, err := bracketOf(c.low, c.high)
		if from != c.from || to != c.to || field != c.field || (err != nil) != (c.field != "") {
			t.Errorf("%q %q: %d %d %q %v", c.low, c.high, from, to, field, err)
		}
	}
}

// Prices of the past come last and folded, unless something is wrong with them.
func TestTariffRows(t *testing.T) {
	list := grid([3]int{601, -1, 200}, [3]int{0, 600, 100})
	list = append(list, catalog.Tariff{Label: "hier", Kind: catalog.ForBooking, ValidFrom: calendar.MustISO("2025-09-01"), ValidTo: calendar.MustISO("2026-08-31"), QuotientMax: catalog.MaxQuotient})
	late := list[0]
	late.Kind, late.QuotientMin = catalog.ForLate, 0
	list = append(list, late)
	today := calendar.MustISO("2026-11-24")
	open := func(_ string, old bool) bool { return !old }
	var got []string
	for _, r := range tariffRows(list, today, nil, open) {
		got = append(got, r.head+r.cells[1])
	}
	if want := "Depuis le 01/09/2026|QF 0 à 600|QF 601 et plus|réservé hors délai, tous|Du 01/09/2025 au 31/08/2026"; strings.Join(got, "|") != want {
		t.Errorf("%s\nwant %s", strings.Join(got, "|"), want)
	}
	rows := tariffRows(list, today, map[string]string{"tariffs[2].meal": "non"}, open)
	if last := rows[len(rows)-1]; last.index != 2 || last.flaw != "non" {
		t.Errorf("what is wrong is folded away: %+v", last)
	}
}

func TestNextTariffFollowsTheBrackets(t *testing.T) {
	today := calendar.MustISO("2026-11-24")
	if n := nextTariff(grid([3]int{0, 600, 0}, [3]int{601, 900, 0}), today); n.QuotientMin != 901 || n.QuotientMax != catalog.MaxQuotient || n.ValidFrom != calendar.MustISO("2026-09-01") {
		t.Errorf("%+v", n)
	}
	if n := nextTariff(nil, today); n.QuotientMin != 0 || n.ValidFrom != today || n.ValidTo != noEnd {
		t.Errorf("%+v", n)
	}
}
