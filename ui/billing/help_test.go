package billing

import (
	"testing"

	"fyne.io/fyne/v2/test"

	"ardoise/ui/widgets"
)

func TestTheHelpIsThatOfWhatIsShown(t *testing.T) {
	test.NewTempApp(t)
	p := &page{tabs: widgets.NewTabs(func(string) {}, widgets.TabItem{ID: tabMonth}, widgets.TabItem{ID: tabCash}, widgets.TabItem{ID: tabFigures})}
	for _, c := range []struct {
		tab  string
		step int
		want string
	}{
		{tabMonth, stepIssue, "billing"},
		{tabMonth, stepDebit, "billing-debits"},
		{tabMonth, stepRemind, "billing"},
		{tabCash, stepDebit, "billing-cash"},
		{tabFigures, stepDebit, "billing-figures"},
	} {
		p.tabs.Set(c.tab)
		p.step = c.step
		if got := p.HelpPage(); got != c.want {
			t.Errorf("%s, step %d: %q, want %q", c.tab, c.step, got, c.want)
		}
	}
}
