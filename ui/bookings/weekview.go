package bookings

import (
	"fyne.io/fyne/v2"

	"ardoise/ui/kit"
	"ardoise/ui/widgets"
)

// weekView is a class's week: who ate.
type weekView struct{ p *page }

func newWeekView(p *page) *weekView { return &weekView{p: p} }

func (v *weekView) title() string { return "Pointage par classe" }
func (v *weekView) content() fyne.CanvasObject {
	return widgets.NewEmptyState("school", "…", "", nil)
}
func (v *weekView) focus()                    {}
func (v *weekView) onEvent(kit.Event)         {}
func (v *weekView) shortcuts() []kit.Shortcut { return nil }
func (v *weekView) escape() bool              { return false }
func (v *weekView) flush()                    {}
func (v *weekView) open(kit.OpenDay)          {}
