package calendar

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// shared opens a file of the project's shared folder, or skips the test.
func shared(t *testing.T, name string) [][]string {
	t.Helper()
	dir := os.Getenv("ARDOISE_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared")
	}
	f, err := os.Open(filepath.Join(dir, "data", "calendar", name))
	if err != nil {
		t.Skipf("shared data missing (set ARDOISE_SHARED): %v", err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	r := csv.NewReader(f)
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

func TestPublicHolidaysAgainstTheOfficialLists(t *testing.T) {
	for file, region := range map[string]Region{
		"jours_feries_metropole.csv": Metropole, "jours_feries_alsace_moselle.csv": AlsaceMoselle,
	} {
		want := map[string]string{}
		for _, row := range shared(t, file) {
			want[row[0]] = row[3]
		}
		got := map[string]string{}
		for year := 2025; year <= 2031; year++ {
			for _, h := range PublicHolidays(region, year) {
				got[h.Date.String()] = h.Name
			}
		}
		for d, name := range want {
			if got[d] != name {
				t.Errorf("%s %s: got %q, want %q", region, d, got[d], name)
			}
		}
		for d, name := range got {
			if want[d] == "" {
				t.Errorf("%s %s: %q is not on the list", region, d, name)
			}
		}
	}
}

func TestEaster(t *testing.T) {
	for _, s := range []string{"1961-04-02", "2000-04-23", "2008-03-23", "2011-04-24", "2024-03-31", "2026-04-05", "2027-03-28", "2038-04-25", "2285-03-22"} {
		if d := MustISO(s); Easter(d.Year()) != d {
			t.Errorf("Easter %d: %v, want %s", d.Year(), Easter(d.Year()), s)
		}
	}
	for year := 1900; year <= 2200; year++ {
		if e := Easter(year); e.Weekday() != time.Sunday || e < NewDate(year, time.March, 22) || e > NewDate(year, time.April, 25) {
			t.Errorf("Easter %d: %v", year, e)
		}
	}
}

func TestSchoolHolidaysAgainstTheSharedList(t *testing.T) {
	kinds := map[string]string{
		"Toussaint": nameToussaint, "Noel": nameNoel, "Hiver": nameHiver, "Printemps": namePrintemps,
		"Pont de l'Ascension": nameAscension, "Ete": nameEte,
	}
	list := SchoolHolidays()
	for _, row := range shared(t, "vacances_scolaires_2025-2027.csv") {
		year, err := ParseSchoolYear(row[0])
		if err != nil {
			t.Fatal(err)
		}
		last := row[4]
		if last == "" { // not published: a summer is taken to end on 31 August
			last = row[3][:4] + "-08-31"
		}
		zones := row[1]
		if row[2] == "Toussaint" || row[2] == "Noel" || row[2] == "Ete" {
			zones = "ABC" // the same dates everywhere, listed once
		}
		for _, z := range zones {
			want := Holiday{year, Zone(z), kinds[row[2]], MustISO(row[3]), MustISO(last)}
			if !slices.Contains(list, want) {
				t.Errorf("missing %v", want)
			}
		}
	}
	if len(list) != 36 {
		t.Errorf("%d holidays, want 2 years of 6 in 3 zones", len(list))
	}
}

func TestSchoolHolidaysAreWellFormed(t *testing.T) {
	list := SchoolHolidays()
	for i, h := range list {
		if h.First.Weekday() != time.Saturday && h.Name != nameAscension {
			t.Errorf("%v does not begin on a Saturday", h)
		}
		if h.Name != nameEte && h.Last.Weekday() != time.Sunday {
			t.Errorf("%v does not end on a Sunday", h)
		}
		if h.Last < h.First || i > 0 && list[i-1].Zone == h.Zone && list[i-1].Last >= h.First {
			t.Errorf("%v is out of order", h)
		}
	}
}

func TestYearKnown(t *testing.T) {
	list := SchoolHolidays()
	for _, z := range []Zone{ZoneA, ZoneB, ZoneC} {
		for year, want := range map[SchoolYear]bool{2024: false, 2025: true, 2026: true, 2027: false} {
			if got := YearKnown(list, z, year); got != want {
				t.Errorf("zone %s %v: %v", z, year, got)
			}
		}
	}
	// A year that lost its winter is not known any more.
	without := slices.DeleteFunc(SchoolHolidays(), func(h Holiday) bool { return h.Year == 2026 && h.Zone == ZoneA && h.Name == nameHiver })
	if YearKnown(without, ZoneA, 2026) || !YearKnown(without, ZoneB, 2026) {
		t.Error("a year without its winter holidays must not count as known")
	}
	if text := MissingText(ZoneA, 2027); !strings.Contains(text, "2027-2028") || !strings.Contains(text, "zone A") {
		t.Error(text)
	}
}

func TestMergeHolidays(t *testing.T) {
	shift := func(h Holiday, days int) Holiday {
		h.First, h.Last = h.First.Add(days), h.Last.Add(days)
		return h
	}
	base := SchoolHolidays()
	var fresh []Holiday
	for _, h := range base {
		if h.Zone == ZoneA && h.Year == 2026 {
			fresh = append(fresh, shift(h, 7))
		}
	}
	merged := MergeHolidays(base, fresh)
	if len(merged) != len(base) || slices.Contains(merged, base[6]) || !slices.Contains(merged, shift(base[6], 7)) {
		t.Errorf("a whole year must replace the same one: %d of %d", len(merged), len(base))
	}
	if again := MergeHolidays(merged, fresh); !slices.Equal(again, merged) {
		t.Error("importing twice changes something")
	}
	partial := []Holiday{{2027, ZoneA, nameToussaint, MustISO("2027-10-16"), MustISO("2027-11-01")}}
	if got := MergeHolidays(base, partial); len(got) != len(base)+1 || YearKnown(got, ZoneA, 2027) {
		t.Error("a partial year is added and stays unknown")
	}
}

func TestParseZoneAndRegion(t *testing.T) {
	for text, want := range map[string]Zone{"A": ZoneA, " b ": ZoneB, "Zone C": ZoneC} {
		if z, err := ParseZone(text); err != nil || z != want {
			t.Errorf("%q: %q, %v", text, z, err)
		}
	}
	for _, text := range []string{"", "D", "AB", "Corse"} {
		if z, err := ParseZone(text); err == nil {
			t.Errorf("%q was read as %q", text, z)
		}
	}
	for text, want := range map[string]Region{"": Metropole, "Métropole": Metropole, "Alsace-Moselle": AlsaceMoselle} {
		if r, err := ParseRegion(text); err != nil || r != want {
			t.Errorf("%q: %q, %v", text, r, err)
		}
	}
	if r, err := ParseRegion("Bretagne"); err == nil {
		t.Errorf("Bretagne was read as %q", r)
	}
}
