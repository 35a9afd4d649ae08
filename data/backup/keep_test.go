package backup

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ardoise/data/calendar"
)

func at(day string) time.Time { return calendar.MustISO(day).At(18, 0) }

func TestExpired(t *testing.T) {
	now := at("2026-11-24") // a Tuesday
	d := func(days ...string) (out []Stamp) {
		for _, x := range days {
			out = append(out, Stamp{at(x), Daily})
		}
		return out
	}
	for name, c := range map[string]struct {
		copies []Stamp
		want   []int
	}{
		"none":                              {nil, nil},
		"the only one, old":                 {d("2026-10-01"), nil},
		"all of seven days":                 {d("2026-11-24", "2026-11-23", "2026-11-22", "2026-11-21", "2026-11-20", "2026-11-19", "2026-11-18"), nil},
		"the eighth day, last of its week?": {d("2026-11-24", "2026-11-18", "2026-11-17", "2026-11-16"), []int{2, 3}},
		"the last of a week stays":          {d("2026-11-24", "2026-11-13", "2026-11-12"), []int{2}},
		"the sixth week goes, unless last of its month": {d("2026-11-24", "2026-11-05", "2026-10-31", "2026-10-15", "2026-10-14"), []int{3, 4}},
		"thirteen months":    {d("2026-11-24", "2026-10-31", "2026-09-30", "2025-12-31", "2025-11-30", "2025-10-31"), []int{5}},
		"to come":            {d("2031-01-01", "2026-11-24", "2026-11-23"), nil},
		"three the same day": {[]Stamp{{at("2026-10-14"), Asked}, {at("2026-10-14").Add(time.Hour), Daily}, {at("2026-10-14").Add(2 * time.Hour), Asked}, {at("2026-11-24"), Daily}}, []int{0, 1}},
		"before an import":   {[]Stamp{{at("2026-11-24"), Daily}, {at("2026-11-02"), Daily}, {at("2026-11-01"), Daily}, {at("2026-10-31"), Daily}, {at("2026-10-30"), Import}, {at("2026-10-25"), Migration}, {at("2026-10-24"), Import}}, []int{6}},
	} {
		if got := DefaultRule.Expired(now, c.copies); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, wanted %v", name, got, c.want)
		}
	}
}

// A town that saves each day for two years, and now and then not: at each day
// what the sentence promises is there, and not much more.
func TestExpiredOverTwoYears(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rule := Rule{Days: rapid.IntRange(1, 10).Draw(t, "days"), Weeks: rapid.IntRange(0, 8).Draw(t, "weeks"), Months: rapid.IntRange(0, 14).Draw(t, "months"), Before: rapid.IntRange(1, 40).Draw(t, "before")}
		missed := rapid.SliceOfN(rapid.IntRange(0, 9), 50, 50).Draw(t, "missed")
		var kept, made []Stamp
		first := calendar.MustISO("2025-01-01")
		for n := range 730 {
			today := first.Add(n)
			now := today.At(18, n%60)
			if missed[n%len(missed)] == 0 && n > 0 {
				continue
			}
			cause := Daily
			if n%37 == 5 {
				cause = Import
			}
			made, kept = append(made, Stamp{now, cause}), append(kept, Stamp{now, cause})
			gone := rule.Expired(now, kept)
			for i := len(gone) - 1; i >= 0; i-- {
				kept = slices.Delete(kept, gone[i], gone[i]+1)
			}
			if again := rule.Expired(now, kept); len(again) > 0 {
				t.Fatalf("day %d: a second look removes %d more", n, len(again))
			}
			promised(t, rule, now, made, kept)
		}
	})
}

func promised(t *rapid.T, rule Rule, now time.Time, made, kept []Stamp) {
	has := func(s Stamp) bool { return slices.Contains(kept, s) }
	if !has(made[len(made)-1]) {
		t.Fatal("the last copy is gone")
	}
	today := calendar.DateOf(now)
	weeks, months := map[calendar.Date]bool{}, map[calendar.Month]bool{}
	for _, s := range kept {
		day := calendar.DateOf(s.At)
		weeks[day.Monday()], months[calendar.MonthOf(day)] = true, true
	}
	special := 0
	for _, s := range made {
		day := calendar.DateOf(s.At)
		if day > today.Add(-rule.Days) && !has(s) {
			t.Fatalf("%s of the last days is gone on %s", day, today)
		}
		if s.Cause == Import && day > today.Add(-rule.Before) {
			special++
			if !has(s) {
				t.Fatalf("%s, before an import, is gone on %s", day, today)
			}
		}
		if day.Monday() >= today.Monday().Add(-7*rule.Weeks) && !weeks[day.Monday()] {
			t.Fatalf("nothing is left of the week of %s on %s", day, today)
		}
		if !calendar.MonthOf(day).Before(calendar.MonthOf(today).Add(-rule.Months)) && !months[calendar.MonthOf(day)] {
			t.Fatalf("nothing is left of the month of %s on %s", day, today)
		}
	}
	if most := rule.Days + rule.Weeks + 1 + rule.Months + 1 + special + 1; len(kept) > most {
		t.Fatalf("%d copies are kept, %d at the most", len(kept), most)
	}
}

// A clock that leaps loses nothing, either way, and thinning out resumes.
func TestExpiredDoubtsTheClock(t *testing.T) {
	var copies []Stamp
	for n := range 60 {
		copies = append(copies, Stamp{at("2026-09-01").AddDate(0, 0, n), Daily})
	}
	if len(DefaultRule.Expired(at("2026-10-31"), copies)) == 0 {
		t.Fatal("nothing expires with a right clock: the test proves nothing")
	}
	for n := range 7 {
		now := at("2031-03-01").AddDate(0, 0, n)
		copies = append(copies, Stamp{now, Daily})
		if gone := DefaultRule.Expired(now, copies); len(gone) > 0 {
			t.Errorf("day %d of 2031: %d copies would go", n, len(gone))
		}
	}
	if gone := DefaultRule.Expired(at("2019-01-01"), copies); len(gone) > 0 {
		t.Errorf("in 2019: %d copies would go", len(gone))
	}
	copies = append(copies, Stamp{at("2031-03-09"), Daily})
	if len(DefaultRule.Expired(at("2031-03-09"), copies)) == 0 {
		t.Error("thinning out never resumes")
	}
}

func TestRuleSentence(t *testing.T) {
	want := "Toutes les sauvegardes des 7\u00a0derniers jours, puis une par semaine pendant 5\u00a0semaines, puis une par mois pendant 12\u00a0mois. Celles d’avant un import ou une mise à jour restent 30\u00a0jours, et la dernière n’est jamais effacée."
	if got := DefaultRule.Sentence(); got != want {
		t.Errorf("%q", got)
	}
}
