package settings

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/ui/kit"
	"ardoise/ui/widgets"
)

// The parts of the calendar.
const (
	datesYear     = "year"
	datesClosures = "closures"
	datesHolidays = "holidays"
)

// datesPart is one of the pages of the calendar.
type datesPart interface {
	content() fyne.CanvasObject
	focusOn() fyne.Focusable
	show()
	failed(sentence string)
	keys() []kit.Shortcut
}

// calendarTab is the days: the year of a service at a glance, the closures, the
// school holidays and the public ones.
type calendarTab struct {
	sh    kit.Shell
	d     Deps
	place place
	known dates
	rows  []closureRow
	years []yearState

	latest   kit.Latest
	tabs     *widgets.Tabs
	wall     *wallPart
	closures *closuresPart
	holidays *holidaysPart
	body     *fyne.Container
	root     fyne.CanvasObject
}

func newCalendarTab(sh kit.Shell, d Deps) *calendarTab {
	t := &calendarTab{sh: sh, d: d, body: container.NewStack()}
	t.tabs = widgets.NewTabs(func(string) { t.turnTo() }, widgets.TabItem{ID: datesYear, Label: "L’année"}, widgets.TabItem{ID: datesClosures, Label: "Fermetures"},
		widgets.TabItem{ID: datesHolidays, Label: "Vacances et jours fériés"}).Keys("Ctrl+Page suiv.")
	t.wall, t.closures, t.holidays = newWallPart(t), newClosuresPart(t), newHolidaysPart(t)
	t.root = widgets.NewPanel("", widgets.VFlex(0, []float32{0, 1}, widgets.Pad(16, 0, t.tabs), t.body)).Flush()
	t.body.Objects = []fyne.CanvasObject{t.wall.content()}
	return t
}

func (t *calendarTab) part() datesPart {
	switch t.tabs.Value() {
	case datesClosures:
		return t.closures
	case datesHolidays:
		return t.holidays
	}
	return t.wall
}

func (t *calendarTab) content() fyne.CanvasObject { return t.root }
func (t *calendarTab) focus()                     { focusOn(t.sh, t.part().focusOn()) }

func (t *calendarTab) shortcuts() []kit.Shortcut {
	ctrl := fyne.KeyModifierControl
	turn := func(step int) func() {
		return func() {
			t.tabs.Next(step)
			t.focus()
		}
	}
	return append(t.part().keys(),
		kit.Shortcut{Key: fyne.KeyPageDown, Mod: ctrl, Hint: "Ctrl+Page suiv.", Label: "Partie suivante du calendrier", Run: turn(1)},
		kit.Shortcut{Key: fyne.KeyPageUp, Mod: ctrl, Hint: "Ctrl+Page préc.", Label: "Partie précédente du calendrier", Run: turn(-1)})
}

func (t *calendarTab) turnTo() {
	t.body.Objects = []fyne.CanvasObject{t.part().content()}
	t.body.Refresh()
	t.part().show()
}

func (t *calendarTab) load() {
	today := t.sh.Today()
	var p place
	var rows []closureRow
	var known dates
	t.latest.Go(t.sh.Runner(), t.sh.Ctx(), func(ctx context.Context) (err error) {
		if p, err = loadPlace(ctx, t.d.Catalog, today); err != nil {
			return err
		}
		if rows, err = p.closures(ctx, t.d.Catalog, (calendar.SchoolYearOf(today) - 1).First()); err != nil {
			return err
		}
		known.holidays, err = t.d.Catalog.Holidays(ctx)
		return err
	}, func(err error) {
		if err != nil {
			t.part().failed(fault.Sentence(err))
			return
		}
		for _, r := range rows {
			known.closures = append(known.closures, r.Closure)
		}
		t.place, t.rows, t.known, t.years = p, rows, known, p.years(known.holidays, today)
		for _, part := range []datesPart{t.wall, t.closures, t.holidays} {
			part.show()
		}
	})
}
