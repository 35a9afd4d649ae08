package bookings

import "testing"

func TestTheHelpIsThatOfTheHalfShown(t *testing.T) {
	p := &page{month: &monthView{}, week: &weekView{}}
	p.now = p.month
	if got := p.HelpPage(); got != "bookings" {
		t.Errorf("month: %q", got)
	}
	p.now = p.week
	if got := p.HelpPage(); got != "bookings-class" {
		t.Errorf("week: %q", got)
	}
}
