package booking

import (
	"testing"
	"time"
)

// TestMailIsJudgedByItsReceipt: a plan for a message is judged by the instant it
// came, never by a later one, and never by one still to come.
func TestMailIsJudgedByItsReceipt(t *testing.T) {
	limit := time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC)
	for what, c := range map[string]struct {
		now, came time.Time
		late      bool
	}{
		"in time":             {limit.Add(2 * time.Hour), limit, false},
		"a second too late":   {limit.Add(2 * time.Hour), limit.Add(time.Second), true},
		"no message":          {limit.Add(time.Second), time.Time{}, true},
		"no message, in time": {limit, time.Time{}, false},
	} {
		f := &facts{now: c.now, asked: c.came}
		if got := f.judged().After(limit); got != c.late {
			t.Errorf("%s: late %v", what, got)
		}
	}
}
