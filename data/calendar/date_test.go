package calendar

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// 31 December 1969 was once the zero value: a guardian born that day had no date of birth.
func TestNoDateIsNoDay(t *testing.T) {
	for _, s := range []string{"1969-12-30", "1969-12-31", "1970-01-01", "1900-01-01", "0001-01-01", "9999-12-31"} {
		d := MustISO(s)
		if d.IsZero() || d.String() != s {
			t.Errorf("%s reads as %q (zero %v)", s, d.String(), d.IsZero())
		}
	}
	for _, s := range []string{"0000-12-31", "", "2026-02-29", "2026-9-5", "2026-13-01", "26-01-01", "2026-01-01T00:00:00Z"} {
		if d, err := ParseISO(s); err == nil {
			t.Errorf("%q was read as %v", s, d)
		}
	}
}

func TestDateStore(t *testing.T) {
	var d Date
	for _, v := range []any{"2028-02-29", []byte("2028-02-29"), time.Date(2028, 2, 29, 23, 0, 0, 0, time.UTC)} {
		if err := d.Scan(v); err != nil || d != MustISO("2028-02-29") {
			t.Errorf("%T: %v, %v", v, d, err)
		}
	}
	if v, err := d.Value(); err != nil || v != "2028-02-29" {
		t.Errorf("value %v, %v", v, err)
	}
	if err := d.Scan(nil); err != nil || !d.IsZero() {
		t.Errorf("NULL: %v, %v", d, err)
	}
	if v, err := d.Value(); err != nil || v != nil {
		t.Errorf("no date must be NULL: %v, %v", v, err)
	}
	for _, v := range []any{"", "hier", int64(3), 3.5} {
		if err := d.Scan(v); err == nil {
			t.Errorf("%v (%T) was taken as a date", v, v)
		}
	}
	b, err := json.Marshal(map[string]Date{"a": MustISO("2026-09-01"), "b": 0})
	if err != nil || string(b) != `{"a":"2026-09-01","b":""}` {
		t.Errorf("%s, %v", b, err)
	}
	var back map[string]Date
	if err := json.Unmarshal(b, &back); err != nil || back["a"] != MustISO("2026-09-01") || back["b"] != 0 {
		t.Errorf("%v, %v", back, err)
	}
}

func TestAtOnBothChanges(t *testing.T) {
	spring, autumn := MustISO("2027-03-28"), MustISO("2026-10-25")
	for _, c := range []struct {
		got  time.Time
		want string
	}{
		{spring.At(1, 59), "2027-03-28T01:59:00+01:00"},
		{spring.At(2, 30), "2027-03-28T03:30:00+02:00"}, // skipped
		{spring.At(3, 0), "2027-03-28T03:00:00+02:00"},
		{autumn.At(1, 59), "2026-10-25T01:59:00+02:00"},
		{autumn.At(2, 30), "2026-10-25T02:30:00+02:00"}, // the first of the two
		{autumn.At(3, 0), "2026-10-25T03:00:00+01:00"},
		{autumn.At(24, 0), "2026-10-26T00:00:00+01:00"},
		{spring.At(0, 0), "2027-03-28T00:00:00+01:00"},
	} {
		if got := c.got.Format(time.RFC3339); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
	if got := DateOf(time.Date(2026, 11, 23, 23, 30, 0, 0, time.UTC)); got != MustISO("2026-11-24") {
		t.Errorf("half past midnight in Paris is the day after: %v", got)
	}
}

func TestMonthArithmetic(t *testing.T) {
	for _, c := range []struct {
		from string
		n    int
		want string
	}{
		{"2027-01-31", 1, "2027-02-28"},
		{"2028-01-31", 1, "2028-02-29"},
		{"2028-02-29", 12, "2029-02-28"},
		{"2028-02-29", -48, "2024-02-29"},
		{"2026-12-15", 1, "2027-01-15"},
		{"2027-01-15", -1, "2026-12-15"},
		{"2026-03-31", -1, "2026-02-28"},
		{"2026-11-23", 0, "2026-11-23"},
	} {
		if got := MustISO(c.from).AddMonths(c.n); got.String() != c.want {
			t.Errorf("%s %+d months: %v, want %s", c.from, c.n, got, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		d, n := genDate(t, "day"), rapid.IntRange(-120, 120).Draw(t, "months")
		m := d.AddMonths(n)
		if got := m.Year()*12 + int(m.Month()) - d.Year()*12 - int(d.Month()); got != n {
			t.Fatalf("%v %+d months is %v", d, n, m)
		}
		if m.Day() != min(d.Day(), m.LastOfMonth().Day()) {
			t.Fatalf("%v %+d months is %v", d, n, m)
		}
		if d.FirstOfMonth().Day() != 1 || d.LastOfMonth().Add(1).Day() != 1 || d < d.FirstOfMonth() || d > d.LastOfMonth() {
			t.Fatalf("%v is not within its month", d)
		}
		if mon := d.Monday(); mon.Weekday() != time.Monday || mon > d || d > mon.Add(6) {
			t.Fatalf("%v: Monday %v", d, mon)
		}
	})
}

func TestDateAgreesWithTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := genDate(t, "day")
		std := time.Date(d.Year(), d.Month(), d.Day(), 12, 0, 0, 0, Paris)
		if DateOf(std) != d || std.Weekday() != d.Weekday() || std.Format(time.DateOnly) != d.String() || MustISO(d.String()) != d {
			t.Fatalf("%v against %v", d, std)
		}
		n := rapid.IntRange(-4000, 4000).Draw(t, "days")
		if got := DateOf(std.AddDate(0, 0, n)); got != d.Add(n) {
			t.Fatalf("%v %+d days: %v against %v", d, n, d.Add(n), got)
		}
	})
}

func TestSchoolYear(t *testing.T) {
	for day, want := range map[string]string{
		"2026-07-31": "2025-2026", "2026-08-01": "2026-2027", "2027-07-31": "2026-2027", "2027-01-01": "2026-2027", "2027-08-01": "2027-2028",
	} {
		y := SchoolYearOf(MustISO(day))
		if y.String() != want || !y.Contains(MustISO(day)) {
			t.Errorf("%s: %v, want %s", day, y, want)
		}
		if back, err := ParseSchoolYear(want); err != nil || back != y {
			t.Errorf("%s: %v, %v", want, back, err)
		}
	}
	if y := SchoolYear(2026); y.First() != MustISO("2026-08-01") || y.Last() != MustISO("2027-07-31") {
		t.Errorf("%v to %v", y.First(), y.Last())
	}
	for _, s := range []string{"", "2026", "2026-2028", "2026-27", "26-27", "2027-2026", "2026/2027"} {
		if y, err := ParseSchoolYear(s); err == nil {
			t.Errorf("%q was read as %v", s, y)
		}
	}
}

func TestISOWeek(t *testing.T) {
	for day, want := range map[string][2]int{"2026-11-23": {2026, 48}, "2027-01-03": {2026, 53}, "2027-01-04": {2027, 1}, "2024-12-30": {2025, 1}} {
		if y, w := MustISO(day).ISOWeek(); y != want[0] || w != want[1] {
			t.Errorf("%s: week %d of %d", day, w, y)
		}
	}
}
