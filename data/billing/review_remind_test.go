package billing_test

import (
	"testing"

	"ardoise/data/billing"
)

// A reminder that goes out late pushes the next ones back: the family has the
// days between two steps to pay, never three letters on one day.
func TestRemindersKeepTheirDistance(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		w.invoiced() // due on 24 December; steps after 10, 30 and 50 days
		for _, c := range []struct {
			day  string
			step int // that leaves on that day, 0: none
		}{
			{"2027-03-01", 1},
			{"2027-03-01", 0},
			{"2027-03-20", 0},
			{"2027-03-21", 2}, // 20 days after the first
			{"2027-04-09", 0},
			{"2027-04-10", 3},
			{"2027-06-30", 0},
		} {
			w.at(c.day)
			p, err := w.s.PlanReminders(w.ctx, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := step(p); got != c.step {
				t.Fatalf("%s: step %d, want %d", c.day, got, c.step)
			}
			if c.step > 0 {
				if _, err := w.s.Remind(w.ctx, w.key(), nil, p.Digest); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}

func step(p billing.ReminderPlan) int {
	if len(p.Families) == 0 {
		return 0
	}
	return p.Families[0].Step
}
