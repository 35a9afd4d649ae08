package widgets

import (
	"fmt"
	"time"
)

// ProgressCard is long work told in a card, beside which the agent goes on: how
// many of how many, what is done, how long it may still take, and one button
// (Pause, Reprendre, Annuler).
type ProgressCard struct {
	*Panel
	bar                          *ProgressBar
	count, detail, percent, left *Label
	button, stop                 *Button
}

// NewProgressCard returns the card of work that has not begun.
func NewProgressCard(icon, title string) *ProgressCard {
	p := &ProgressCard{
		bar:   NewProgressBar(),
		count: NewLabel("", BodyBold), detail: NewLabel("", Small), percent: NewLabel("", Small.Right()), left: NewLabel("", Small),
		button: NewButton("", Secondary, nil).Compact(), stop: NewIconButton("cross", "", nil),
	}
	p.bar.height = 12
	p.button.Hide()
	p.stop.Hide()
	content := VBox(
		8, p.bar,
		HFlex(8, []float32{1, 0}, p.detail, p.percent),
		HFlex(8, []float32{1, 0, 0}, p.left, p.stop, p.button),
	)
	p.Panel = NewPanel(title, content).Icon(icon).Right(p.count)
	return p
}

// Report shows how far the work is and what is done so far; work without a
// known total shows no figures.
func (p *ProgressCard) Report(done, total int, detail string) {
	p.bar.Set(done, total)
	p.detail.Set(detail)
	count, percent := "", ""
	if total > 0 {
		count = fmt.Sprintf("%d"+nbsp+"/"+nbsp+"%d", done, total)
		percent = fmt.Sprintf("%d"+nbsp+"%%", min(max(done, 0), total)*100/total)
	}
	p.count.Set(count)
	p.percent.Set(percent)
	p.Refresh()
	relayout(p.Panel)
}

// Left says how long the work may still take (Remaining), or that it waits.
func (p *ProgressCard) Left(text string) { p.left.Set(text) }

// Action gives the card its button; a nil f takes it away.
func (p *ProgressCard) Action(icon, label string, f func()) {
	p.button.SetIcon(icon)
	p.button.SetLabel(label)
	p.button.SetAction(f)
	if f == nil {
		p.button.Hide()
	} else {
		p.button.Show()
	}
	p.Refresh()
	relayout(p.Panel)
}

// Stop gives the card a second, small button that ends the work for good; its
// words are the tooltip. A nil f takes it away.
func (p *ProgressCard) Stop(label string, f func()) {
	p.stop.Hint(label)
	p.stop.SetAction(f)
	if f == nil {
		p.stop.Hide()
	} else {
		p.stop.Show()
	}
	p.Refresh()
	relayout(p.Panel)
}

// Button is the card's button, for the keyboard of the page.
func (p *ProgressCard) Button() *Button { return p.button }

// Texts returns what the card says: count, detail, percent, time left.
func (p *ProgressCard) Texts() [4]string {
	return [4]string{p.count.Text(), p.detail.Text(), p.percent.Text(), p.left.Text()}
}

// Remaining is how long work may still take, from the time it took so far: rounded
// up, because a wait that ends early annoys nobody. Empty while nothing can be said.
func Remaining(done, total int, took time.Duration) string {
	if done <= 0 || done >= total || took <= 0 {
		return ""
	}
	left := took / time.Duration(done) * time.Duration(total-done)
	up := func(unit time.Duration) time.Duration { return (left + unit - 1) / unit }
	switch {
	case left <= 5*time.Second:
		return "encore quelques secondes"
	case left <= 50*time.Second:
		return fmt.Sprintf("encore %d"+nbsp+"s environ", 10*up(10*time.Second))
	case left <= 90*time.Minute:
		return fmt.Sprintf("encore %d"+nbsp+"min environ", up(time.Minute))
	}
	return "encore plus d’une heure"
}
