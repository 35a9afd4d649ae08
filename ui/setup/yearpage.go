package setup

import (
	"strings"

	"fyne.io/fyne/v2"

	"ardoise/data/calendar"
	"ardoise/ui/widgets"
)

// yearPage asks the school year, the zone of school holidays and the public ones.
type yearPage struct {
	s            *Screen
	year         *widgets.Select
	zone, region *widgets.Choice
	why          *widgets.Label
	days         *widgets.Label
	missing      *widgets.Alert
	panel        *widgets.Panel
	box          fyne.CanvasObject
	proposed     string // for which INSEE code zone and region were proposed
}

func newYear(s *Screen) *yearPage {
	p := &yearPage{s: s}
	p.year = widgets.NewSelect(func(string) { p.told() }).Icon("calendar")
	p.zone = widgets.NewChoice(widgets.Segments, func(string) { p.told() },
		widgets.Option{ID: "A", Label: "Zone A"}, widgets.Option{ID: "B", Label: "Zone B"}, widgets.Option{ID: "C", Label: "Zone C"})
	p.region = widgets.NewChoice(widgets.Segments, func(string) { p.told() },
		widgets.Option{ID: string(calendar.Metropole), Label: "Métropole"}, widgets.Option{ID: string(calendar.AlsaceMoselle), Label: "Alsace-Moselle"})
	p.why = widgets.NewParagraph("", widgets.Small)
	p.days = widgets.NewParagraph("", widgets.Body)
	p.missing = widgets.NewAlert(widgets.Warning, "", "")
	p.missing.Hide()
	p.panel = widgets.NewPanel("Vacances scolaires", widgets.VBox(12, p.missing, p.days)).Icon("sun")
	left := widgets.VBox(14, widgets.NewField("Année scolaire", "", p.year), widgets.NewField("Vacances scolaires", "", p.zone), p.why, widgets.NewField("Jours fériés", "", p.region))
	p.box = scroll(widgets.HFlex(24, []float32{1, 1}, left, widgets.VBox(0, p.panel)))
	return p
}

func (p *yearPage) label() string { return "Année" }

func (p *yearPage) words() (head, text string) {
	return "Année scolaire et calendrier", "Pas de repas les jours fériés ni pendant les vacances de votre zone. Vos fermetures s’ajoutent dans Réglages, Calendrier."
}
func (p *yearPage) content() fyne.CanvasObject { return p.box }
func (p *yearPage) first() fyne.Focusable      { return p.year }
func (p *yearPage) verb() (text, icon string)  { return "Suivant", "arrow-right" }

func (p *yearPage) enter() {
	a := &p.s.a
	if a.year == 0 {
		a.year = calendar.SchoolYearOf(p.s.today)
	}
	now := calendar.SchoolYearOf(p.s.today)
	var options []widgets.Option
	for _, y := range []calendar.SchoolYear{now, now + 1} {
		options = append(options, widgets.Option{ID: y.String(), Label: y.String()})
	}
	p.year.SetOptions(options...)
	p.year.Set(a.year.String())
	if p.proposed != a.commune.INSEE {
		p.proposed = a.commune.INSEE
		zone, region, why := calendarOf(a.commune)
		p.zone.Set(string(zone))
		p.region.Set(string(region))
		p.why.Set(why)
	}
	p.told()
}

// told shows the holidays of what is chosen.
func (p *yearPage) told() {
	year, err := calendar.ParseSchoolYear(p.year.Value())
	if err != nil { // nothing chosen yet
		return
	}
	lines, missing := holidayLines(calendar.Zone(p.zone.Value()), year)
	p.panel.SetTitle("Vacances " + year.String() + ", zone " + p.zone.Value())
	p.days.Set(strings.Join(lines, "\n"))
	if missing == "" {
		p.missing.Hide()
	} else {
		p.missing.Set(widgets.Warning, missing, "")
		p.missing.Show()
	}
	p.panel.Refresh()
	p.box.Refresh()
}

func (p *yearPage) next(then func()) {
	year, err := calendar.ParseSchoolYear(p.year.Value())
	if err != nil {
		p.s.say(err)
		return
	}
	a := &p.s.a
	a.year, a.zone, a.region = year, calendar.Zone(p.zone.Value()), calendar.Region(p.region.Value())
	then()
}
