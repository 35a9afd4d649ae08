package calendar

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"ardoise/data/fault"
)

var today = MustISO("2026-11-23") // a Monday

func TestParseTyped(t *testing.T) {
	for text, want := range map[string]string{
		"5/9": "2026-09-05", "5/9/26": "2026-09-05", "050926": "2026-09-05", "05092026": "2026-09-05",
		"05/09/2026": "2026-09-05", "5-9": "2026-09-05", "5.9": "2026-09-05", "5 9": "2026-09-05", "2026-09-05": "2026-09-05",
		"0509": "2026-09-05", "+3": "2026-11-26", "-1": "2026-11-22", "+0": "2026-11-23", "auj": "2026-11-23",
		"aujourd’hui": "2026-11-23", "AUJ.": "2026-11-23", "demain": "2026-11-24", " Hier ": "2026-11-22",
		"après-demain": "2026-11-25", "avant-hier": "2026-11-21",
		"5 septembre": "2026-09-05", "5 sept. 2026": "2026-09-05", "1er mars": "2027-03-01", "1/3": "2027-03-01",
		"24 nov.": "2026-11-24", "24 Novembre 2026": "2026-11-24", "mardi 24 novembre": "2026-11-24",
		"31/7": "2027-07-31", "1/8": "2026-08-01", "29/2/28": "2028-02-29", "5/9/78": "1978-09-05", "5/9/36": "2036-09-05",
		"31/12/1969": "1969-12-31", "1/1/1900": "1900-01-01", "31/12/2100": "2100-12-31",
	} {
		got, err := ParseTyped(text, today)
		if err != nil || got.String() != want {
			t.Errorf("%q: got %v, %v, want %s", text, got, err, want)
		}
	}
	for _, text := range []string{
		"", " ", "31/2", "29/2", "29/2/27", "32/1", "0/5", "5/0", "5/13", "5/9/1899", "5/9/2101", "5/9/026", "x", "+", "-", "+x", "--1",
		"+99999", "5", "12345", "1234567", "123456789", "5/9/26/1", "2026-09-31", "2026/9", "٥/٩", "1 an", "lundi", "-1-2", "5//",
	} {
		got, err := ParseTyped(text, today)
		if err == nil {
			t.Errorf("%q was read as %v", text, got)
		} else if fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// In April and later, a September without a year is the one to come: families
// register for it.
func TestParseTypedYearLeftOut(t *testing.T) {
	for _, c := range []struct{ today, text, want string }{
		{"2027-03-01", "1/9", "2026-09-01"},
		{"2027-04-15", "1/9", "2027-09-01"},
		{"2027-07-20", "5/9", "2027-09-05"},
		{"2027-07-20", "6/7", "2027-07-06"},
		{"2027-08-01", "6/7", "2028-07-06"},
		{"2026-09-01", "3/7", "2027-07-03"},
		{"2027-09-01", "29/2", "2028-02-29"},
	} {
		got, err := ParseTyped(c.text, MustISO(c.today))
		if err != nil || got.String() != c.want {
			t.Errorf("%s on %s: got %v, %v, want %s", c.text, c.today, got, err, c.want)
		}
	}
}

func TestTexts(t *testing.T) {
	d, first := MustISO("2026-11-24"), MustISO("2026-12-01")
	for _, c := range [][2]string{
		{d.Short(), "24/11/2026"},
		{MustISO("2026-09-05").Short(), "05/09/2026"},
		{d.Long(), "mardi 24 novembre 2026"},
		{first.Long(), "mardi 1ᵉʳ décembre 2026"},
		{d.LongNoYear(), "mardi 24 novembre"},
		{d.Medium(), "mar. 24 nov."},
		{first.Medium(), "mar. 1ᵉʳ déc."},
		{d.DayMonth(), "24 nov."},
		{first.MonthYear(), "décembre 2026"},
		{Date(0).Short() + Date(0).Long() + Date(0).Medium() + Date(0).DayMonth() + Date(0).MonthYear() + Date(0).String(), ""},
		{HourText(d.At(16, 0)), "16\u00a0h\u00a000"},
		{HourText(d.At(8, 5)), "8\u00a0h\u00a005"},
		{InstantText(time.Date(2026, 11, 19, 11, 0, 0, 0, time.UTC)), "jeu. 19 nov. à 12\u00a0h\u00a000"},
		{WeekdayName(time.Wednesday), "mercredi"},
		{WeekdayShort(time.Sunday), "dim."},
		{WeekdayInitial(time.Thursday), "J"},
		{MonthName(time.August), "août"},
		{MonthShort(time.February), "févr."},
		{AgeText(MustISO("2019-03-02"), d), "7\u00a0ans"},
		{AgeText(MustISO("2025-11-24"), d), "1\u00a0an"},
		{AgeText(MustISO("2026-03-25"), d), "7\u00a0mois"},
		{AgeText(0, d), ""},
		{AgeText(first, d), ""},
		{RangeText(MustISO("2026-11-26"), MustISO("2026-12-04")), "du 26 nov. au 4 déc."},
		{RangeText(MustISO("2026-12-18"), MustISO("2026-12-11")), "du 11 au 18 déc."},
		{RangeText(d, d), "le 24 nov."},
		{RangeText(MustISO("2026-12-19"), MustISO("2027-01-03")), "du 19 déc. 2026 au 3 janv. 2027"},
		{RangeText(first, MustISO("2026-12-04")), "du 1ᵉʳ au 4 déc."},
		{ListText(dates("2026-12-11", "2026-12-14", "2026-12-15", "2026-12-17", "2026-12-18")), "11, 14, 15, 17 et 18 déc."},
		{ListText(dates("2026-11-26", "2026-11-27", "2026-12-01")), "26, 27 nov. et 1ᵉʳ déc."},
		{ListText(dates("2026-11-26")), "26 nov."},
		{ListText(dates("2026-12-18", "2027-01-04")), "18 déc. 2026 et 4 janv. 2027"},
		{ListText(nil), ""},
	} {
		if c[0] != c[1] {
			t.Errorf("got %q, want %q", c[0], c[1])
		}
	}
}

func dates(texts ...string) []Date {
	list := make([]Date, len(texts))
	for i, s := range texts {
		list[i] = MustISO(s)
	}
	return list
}

func TestAge(t *testing.T) {
	for _, c := range []struct {
		birth, on string
		want      int
	}{
		{"2019-11-24", "2026-11-23", 6},
		{"2019-11-24", "2026-11-24", 7},
		{"2020-02-29", "2027-02-28", 6},
		{"2020-02-29", "2027-03-01", 7},
		{"2027-01-01", "2026-01-01", 0},
	} {
		if got := Age(MustISO(c.birth), MustISO(c.on)); got != c.want {
			t.Errorf("born %s, on %s: %d, want %d", c.birth, c.on, got, c.want)
		}
	}
}

// genDate draws days of the years a town hall meets, 1900 to 2100.
func genDate(t *rapid.T, label string) Date {
	return Date(rapid.Int32Range(int32(MustISO("1900-01-01")), int32(MustISO("2100-12-31"))).Draw(t, label))
}

func TestTypedReadsShort(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, now := genDate(t, "day"), genDate(t, "today")
		for _, text := range []string{d.Short(), d.String(), d.utc().Format("02012006"), d.utc().Format("2.1.2006"), d.Long()} {
			if got, err := ParseTyped(text, now); err != nil || got != d {
				t.Fatalf("%q: got %v, %v", text, got, err)
			}
		}
		// Without a year: the same day and month, within a half year behind and a year ahead.
		if d.Month() == time.February && d.Day() == 29 || now < MustISO("1902-01-01") || now > MustISO("2098-01-01") {
			return
		}
		got, err := ParseTyped(d.utc().Format("2/1"), now)
		if err != nil || got.Day() != d.Day() || got.Month() != d.Month() || got < now.Add(-halfYear) || got > now.Add(366) {
			t.Fatalf("%s on %v: %v, %v", d.utc().Format("2/1"), now, got, err)
		}
	})
}

func FuzzParseTyped(f *testing.F) {
	for _, s := range []string{"5/9", "050926", "2026-09-05", "+3", "auj", "1er mars", "29/2/28", "mardi 24 novembre"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := ParseTyped(text, today)
		if err != nil {
			if fault.KindOf(err) != fault.Invalid {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		if again, err := ParseTyped(d.Short(), today); err != nil || again != d {
			t.Fatalf("%q is %v, read back %v, %v", text, d, again, err)
		}
	})
}
