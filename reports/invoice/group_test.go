package invoice

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ardoise/data/calendar"
	"ardoise/data/money"
)

// Bringing days together loses none and changes no sum.
func TestGroupingKeepsEveryDay(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		first := calendar.NewDate(2026, time.November, 20)
		lines := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) Line {
			return Line{
				Date: first.Add(rapid.IntRange(0, 90).Draw(rt, "day")), Service: rapid.SampledFrom([]string{"Repas", "Garderie"}).Draw(rt, "service"),
				What: What(rapid.IntRange(0, 4).Draw(rt, "what")), Price: money.Cents(rapid.IntRange(-2, 2).Draw(rt, "price")),
			}
		}), 0, 150).Draw(rt, "lines")
		type key struct {
			day     calendar.Date
			service string
			what    What
			price   money.Cents
		}
		want, sum := map[key]int{}, money.Cents(0)
		for _, l := range lines {
			want[key{l.Date, l.Service, l.What, l.Price}]++
			sum += l.Price
		}
		for _, g := range grouped(lines) {
			if g.count > rowDays || g.count != len(g.days) {
				rt.Fatalf("%d days, %d counted", len(g.days), g.count)
			}
			sum -= g.sum(g.price)
			list := strings.NewReplacer(nbsp, " ", "ᵉʳ", "").Replace(g.dayList())
			for _, d := range g.days {
				want[key{d, g.service, g.what, g.price}]--
				if !strings.Contains(" "+list, " "+strings.TrimSuffix(strings.Fields(d.DayMonth())[0], "ᵉʳ")) {
					rt.Fatalf("%s is not in %q", d, list)
				}
			}
		}
		if sum != 0 {
			rt.Fatalf("sums differ by %d", sum)
		}
		for k, n := range want {
			if n != 0 {
				rt.Fatalf("%v: %d left", k, n)
			}
		}
	})
}

func TestDayList(t *testing.T) {
	nov, dec, jan := time.November, time.December, time.January
	d := calendar.NewDate
	for want, days := range map[string][]calendar.Date{
		"1ᵉʳ, 3, 4 et_8_déc.":                              {d(2026, dec, 1), d(2026, dec, 3), d(2026, dec, 4), d(2026, dec, 8)},
		"3_déc.":                                           {d(2026, dec, 3)},
		"27_nov., 1ᵉʳ et_3_déc.":                           {d(2026, nov, 27), d(2026, dec, 1), d(2026, dec, 3)},
		"18_déc._2026 et_4_janv._2027":                     {d(2026, dec, 18), d(2027, jan, 4)},
		"3 et_4_déc. (2_fois_le_3_déc.)":                   {d(2026, dec, 3), d(2026, dec, 3), d(2026, dec, 4)},
		"3 et_4_déc. (2_fois_le_3_déc., 3_fois_le_4_déc.)": {d(2026, dec, 3), d(2026, dec, 3), d(2026, dec, 4), d(2026, dec, 4), d(2026, dec, 4)},
		"": nil,
	} {
		if got := strings.ReplaceAll((group{days: days}).dayList(), nbsp, "_"); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestTitles(t *testing.T) {
	for want, g := range map[string]kin{
		"Repas":                              {service: "repas"},
		"Repas, sans réservation":            {service: "Repas", what: NotBooked},
		"Repas, réservation tardive, majoré": {service: "Repas", what: Late, tariff: "majoré"},
		"Garderie":                           {service: "Garderie", tariff: "QF 3"},
		"Repas, jour de carence\ncertificat": {service: "Repas", what: Waiting, detail: "certificat"},
		"Correction\nabsence justifiée":      {what: Correction, detail: "absence justifiée"},
	} {
		if got := (group{kin: g}).title("QF 3"); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
