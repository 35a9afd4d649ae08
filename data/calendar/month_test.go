package calendar_test

import (
	"testing"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/fault"
)

func TestMonth(t *testing.T) {
	m := calendar.NewMonth(2026, time.December)
	if m.String() != "2026-12" || m.Label() != "décembre 2026" || m.First().String() != "2026-12-01" || m.Last().String() != "2026-12-31" {
		t.Errorf("%s %s %s %s", m, m.Label(), m.First(), m.Last())
	}
	if next := m.Add(1); next.String() != "2027-01" || !m.Before(next) || next.Before(m) || m.Before(m) {
		t.Errorf("after December: %s", next)
	}
	if !m.Has(calendar.MustISO("2026-12-31")) || m.Has(calendar.MustISO("2027-01-01")) || (calendar.Month{}).Has(0) {
		t.Error("which days are in the month")
	}
	for _, text := range []string{"2026-12", "12/2026"} {
		if got, err := calendar.ParseMonth(text); err != nil || got != m {
			t.Errorf("%s: %s, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "2026-13", "décembre", "2026-12-01", "0/2026"} {
		if _, err := calendar.ParseMonth(text); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: %v", text, err)
		}
	}
	var read calendar.Month
	if err := read.Scan("2026-12"); err != nil || read != m {
		t.Errorf("%s, %v", read, err)
	}
	if err := read.Scan(""); err != nil || !read.IsZero() || read.String() != "" {
		t.Errorf("%s, %v", read, err)
	}
	if err := read.Scan(12); err == nil {
		t.Error("a number is no month")
	}
}
