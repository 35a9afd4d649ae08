package kitchen

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ardoise/ui/kit"
	"ardoise/ui/widgets"
)

// Menus asks Navigate for the menus rather than the day's headcount.
const Menus = "menus"

// The two halves of the screen, as the choice at their top names them.
const (
	halfDay   = "day"
	halfMenus = Menus
)

// half is one of the two views of the screen.
type half interface {
	Content() fyne.CanvasObject
	Focus()
	OnEvent(kit.Event)
	Shortcuts() []kit.Shortcut
	Close()
}

// screen is the page of the rail: the day's headcount, or the month's menus.
type screen struct {
	sh    kit.Shell
	d     Deps
	day   *page
	menus *menusPage // made when first shown
	now   half
	box   *fyne.Container
}

func newScreen(sh kit.Shell, d Deps) *screen {
	s := &screen{sh: sh, d: d, box: container.NewStack()}
	s.day = newPage(sh, d)
	s.day.turn = s.turn
	s.show(s.day)
	return s
}

func (s *screen) show(h half) {
	s.now = h
	s.box.Objects = []fyne.CanvasObject{h.Content()}
	s.box.Refresh()
}

// turn shows one half; the service and the month go along.
func (s *screen) turn(to string) {
	switch to {
	case halfMenus:
		if s.menus == nil {
			s.menus = newMenusPage(s.sh, s.d, s.turn)
		}
		s.menus.begin(s.day.service, s.day.day)
		s.show(s.menus)
	default:
		s.day.follow(s.menus)
		s.show(s.day)
	}
	s.now.Focus()
}

// Title is the top bar's.
func (s *screen) Title() string { return "Cuisine" }

// Content is the page area.
func (s *screen) Content() fyne.CanvasObject { return s.box }

// Focus gives the keyboard to the half shown.
func (s *screen) Focus() { s.now.Focus() }

// OnEvent tells both halves: each reads again what it shows.
func (s *screen) OnEvent(ev kit.Event) {
	s.day.OnEvent(ev)
	if s.menus != nil {
		s.menus.OnEvent(ev)
	}
}

// Shortcuts are those of the half shown.
func (s *screen) Shortcuts() []kit.Shortcut { return s.now.Shortcuts() }

// Close ends both halves.
func (s *screen) Close() {
	s.day.Close()
	if s.menus != nil {
		s.menus.Close()
	}
}

// Open goes to a day of a service, or to the menus.
func (s *screen) Open(arg any) {
	if arg == Menus {
		s.turn(halfMenus)
		return
	}
	if s.now != half(s.day) {
		s.show(s.day)
	}
	s.day.Open(arg)
}

// NextTab is Ctrl+Tab.
func (s *screen) NextTab(int) {
	if s.now == half(s.day) {
		s.turn(halfMenus)
		return
	}
	s.turn(halfDay)
}

// HelpPage names the page of the help about the half shown.
func (s *screen) HelpPage() string {
	if s.now == half(s.day) {
		return "kitchen"
	}
	return "kitchen-menus"
}

// halves is the choice at the top of both.
func halves(turn func(string), now string) *widgets.Choice {
	c := widgets.NewChoice(widgets.Segments, func(id string) {
		if id != now {
			turn(id)
		}
	}, widgets.Option{ID: halfDay, Label: "Effectifs du jour", Icon: "kitchen"}, widgets.Option{ID: halfMenus, Label: "Menus du mois", Icon: "calendar"})
	c.Set(now)
	return c
}
