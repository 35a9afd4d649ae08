package bookings

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/ledger"
	"ardoise/ui/kit"
	"ardoise/ui/widgets"
)

// ID is the section's name for Navigate. Its argument is a family's id or
// kit.OpenFamily for the month grid, kit.OpenDay for the class grid.
const ID = "bookings"

// Family is a family the screen can be asked for.
type Family struct {
	ID                     int64
	Name, Children, Number string
}

// Deps is what the screen needs of the house.
type Deps struct {
	Booking *booking.Service
	Catalog *catalog.Service
	// Search finds families by any text; an empty text gives the first ones.
	Search func(ctx context.Context, text string) ([]Family, error)
	// Contact gives a family's name, first guardian and e-mail.
	Contact func(ctx context.Context, id int64) (name, guardian, email string, err error)
	// Start gives the service the class grid opens on; nil or 0: the first canteen.
	Start func(ctx context.Context) int64
	// PrintWeek writes the attendance sheet of a week as PDF and gives its path.
	PrintWeek func(ctx context.Context, g *booking.WeekGrid) (path string, err error)
}

// Section is the entry of the rail.
func Section(d Deps) kit.Section {
	return kit.Section{
		ID: ID, Label: "&Réservations", Icon: "booking", Roles: []string{"accueil", "regie", "administration"},
		New: func(sh kit.Shell) kit.Page { return newPage(sh, d) },
	}
}

// half is one of the two views of the screen.
type half interface {
	title() string
	content() fyne.CanvasObject
	focus()
	onEvent(kit.Event)
	shortcuts() []kit.Shortcut
	escape() bool
}

type page struct {
	sh    kit.Shell
	d     Deps
	month *monthView
	week  *weekView
	now   half
	box   *fyne.Container
}

func newPage(sh kit.Shell, d Deps) *page {
	p := &page{sh: sh, d: d, box: container.NewStack()}
	p.month = newMonthView(p)
	p.show(p.month)
	return p
}

// show turns to one of the two views.
func (p *page) show(h half) {
	p.now = h
	p.box.Objects = []fyne.CanvasObject{h.content()}
	p.box.Refresh()
	p.sh.SetTitle(h.title())
}

func (p *page) Title() string              { return p.now.title() }
func (p *page) Content() fyne.CanvasObject { return p.box }
func (p *page) Focus()                     { p.now.focus() }
func (p *page) OnEvent(e kit.Event)        { p.now.onEvent(e) }
func (p *page) Escape() bool               { return p.now.escape() }
func (p *page) Shortcuts() []kit.Shortcut  { return p.now.shortcuts() }
func (p *page) Close()                     { p.flush() }

// HelpPage names the page of the help about the half shown.
func (p *page) HelpPage() string {
	if p.now == half(p.month) {
		return ID
	}
	return ID + "-class"
}

// flush sends what is still waiting to be kept.
func (p *page) flush() {
	if p.week != nil {
		p.week.flush()
	}
}

// NextTab goes from the family's month to the class's week and back.
func (p *page) NextTab(int) {
	if p.now == half(p.month) {
		p.toWeek()
	} else {
		p.flush()
		p.show(p.month)
	}
	p.Focus()
}

func (p *page) toWeek() {
	if p.week == nil {
		p.week = newWeekView(p)
	}
	p.show(p.week)
}

// Open shows a family's month or a day's classes.
func (p *page) Open(arg any) {
	switch v := arg.(type) {
	case int64:
		p.show(p.month)
		p.month.choose(v)
	case kit.OpenFamily:
		p.show(p.month)
		p.month.choose(v.ID)
	case kit.OpenDay:
		p.toWeek()
		p.week.open(v)
	}
}

// Leave asks before a basket is left behind, and waits for the answer to marks
// that are on their way: a refusal is read before the grid is gone.
func (p *page) Leave(then func()) {
	if p.week != nil {
		p.week.drain(func() { p.leaveMonth(then) })
		return
	}
	p.leaveMonth(then)
}

func (p *page) leaveMonth(then func()) {
	if p.month.m.basket.empty() {
		then()
		return
	}
	p.sh.Confirm("Quitter le panier ?", "Le panier n’est pas validé : ses lignes seront perdues.", "Quitter", widgets.Danger, then)
}

func (p *page) focus(f fyne.Focusable) {
	if c := p.sh.Canvas(); c != nil {
		c.Focus(f)
	}
}

// consentAt is when the family said yes: now, to the second.
func consent(who, how string, at time.Time) ledger.Consent {
	return ledger.Consent{Who: who, How: how, At: at}
}

func monthTitle(d calendar.Date) string { return d.MonthYear() }
