package calendar

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestTarget(t *testing.T) {
	closed := map[string]bool{}
	for _, d := range []string{
		"2026-01-01", "2026-04-03", "2026-04-06", "2026-05-01", "2026-12-25", // 26 December 2026 is a Saturday
		"2027-01-01", "2027-03-26", "2027-03-29", // 1 May, 25 and 26 December 2027 are on a weekend
	} {
		closed[d] = true
	}
	for d := MustISO("2026-01-01"); d < MustISO("2028-01-01"); d++ {
		weekend := d.Weekday() == time.Saturday || d.Weekday() == time.Sunday
		if want := !weekend && !closed[d.String()]; TargetOpen(d) != want {
			t.Errorf("%v: open %v, want %v", d, !want, want)
		}
	}
	// French public holidays on which it is open, and one on which France works.
	for d, want := range map[string]bool{"2026-05-08": true, "2026-05-14": true, "2026-07-14": true, "2026-11-11": true, "2025-12-26": false, "2029-03-30": false} {
		if TargetOpen(MustISO(d)) != want {
			t.Errorf("%s: want open %v", d, want)
		}
	}
	for _, c := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-04-02", 0, "2026-04-02"},
		{"2026-04-03", 0, "2026-04-07"},
		{"2026-04-02", 1, "2026-04-07"},
		{"2026-04-07", -1, "2026-04-02"},
		{"2026-04-05", 1, "2026-04-07"},
		{"2026-04-05", -1, "2026-04-02"},
		{"2026-12-24", 2, "2026-12-29"},
		{"2026-12-31", 1, "2027-01-04"},
		{"2026-04-30", 1, "2026-05-04"},
	} {
		if got := AddTarget(MustISO(c.from), c.n); got.String() != c.want {
			t.Errorf("AddTarget(%s, %d) = %v, want %s", c.from, c.n, got, c.want)
		}
	}
}

func TestTargetMoves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := Date(rapid.Int32Range(int32(MustISO("2000-01-01")), int32(MustISO("2100-01-01"))).Draw(t, "d"))
		n := rapid.IntRange(1, 40).Draw(t, "n")
		open := NextTarget(d)
		if !TargetOpen(open) || open < d || open-d > 5 {
			t.Fatalf("NextTarget(%v) = %v", d, open)
		}
		there := AddTarget(open, n)
		if !TargetOpen(there) || AddTarget(there, -n) != open {
			t.Fatalf("%v and %d open days make %v, and back %v", open, n, there, AddTarget(there, -n))
		}
	})
}
