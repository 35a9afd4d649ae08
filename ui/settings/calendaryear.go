package settings

import (
	"strconv"

	"fyne.io/fyne/v2"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// wallPart shows the school year of a service, as a calendar on the wall does.
type wallPart struct {
	t       *calendarTab
	wall    wallYear
	service *widgets.Select
	year    *widgets.Select
	view    *widgets.YearView
	count   *widgets.Label
	say     *widgets.Label
	body    fyne.CanvasObject
	nothing *widgets.EmptyState
	all     *fyne.Container
}

func newWallPart(t *calendarTab) *wallPart {
	p := &wallPart{t: t}
	p.service = widgets.NewSelect(func(string) { p.show() }).Compact().Width(200)
	var years []widgets.Option
	now := calendar.SchoolYearOf(t.sh.Today())
	for y := now - 1; y <= now+2; y++ {
		years = append(years, widgets.Option{ID: strconv.Itoa(int(y)), Label: y.String()})
	}
	p.year = widgets.NewSelect(func(string) { p.show() }, years...).Compact().Width(124)
	p.year.Set(strconv.Itoa(int(now)))
	p.view = widgets.NewYearView(now.First(), now.Last(), t.sh.Today(), func(d calendar.Date) widgets.DayMark {
		if p.wall.plan == nil {
			return widgets.DayMark{}
		}
		return p.wall.mark(d)
	})
	p.view.OnMove, p.view.OnPick = p.tell, p.pick
	p.count, p.say = widgets.NewLabel("", widgets.Small), widgets.NewParagraph("", widgets.BodyBold)
	legend := widgets.NewPainting(420, 24, paintLegend)
	bar := widgets.HFlex(8, []float32{1, 0, 0}, p.service, p.year, p.count)
	p.body = widgets.VFlex(0, []float32{0, 1, 0, 0}, widgets.Pad(16, 10, bar), widgets.Pad(16, 0, scrolled(p.view)), widgets.NewDivider(), widgets.Pad(16, 10, widgets.VBox(4, legend, p.say)))
	p.nothing = widgets.NewEmptyState("calendar", "Aucun service", "L’année est celle d’un service : créez-le dans « Services ».", nil)
	p.all = widgets.VFlex(0, []float32{1, 1}, p.body, p.nothing)
	p.body.Hide()
	return p
}

// paintLegend says what the looks of the days mean.
func paintLegend(g *widgets.Gfx, size fyne.Size) {
	x := float32(0)
	for _, k := range []dayKind{dayOpen, dayHoliday, dayPublic, dayClosed} {
		m := dayMarks[k]
		w, h := theme.Px(24), theme.Px(18)
		g.Rect(x, (size.Height-h)/2, w, h, widgets.Shape{Fill: m.Fill, Stroke: m.Stroke, Radius: 3})
		st := widgets.Small.With(m.Ink).Center()
		st.Bold = m.Bold
		g.Text(x, 0, w, size.Height, "12", st)
		x += w + 6
		x += g.Text(x, 0, size.Width-x, size.Height, dayWords[k], widgets.Small) + 16
	}
}

func (p *wallPart) content() fyne.CanvasObject { return p.all }
func (p *wallPart) focusOn() fyne.Focusable    { return p.view }
func (p *wallPart) keys() []kit.Shortcut {
	return []kit.Shortcut{{Key: fyne.KeyF2, Hint: "F2", Label: "Fermer le jour du curseur", Run: func() { p.pick(p.view.Day()) }}}
}

func (p *wallPart) failed(sentence string) {
	p.nothing.Set("circle-alert", "Impossible d’afficher l’année", sentence, widgets.NewButton("Réessayer", widgets.Secondary, p.t.load).Icon("refresh").Compact())
	p.reveal(false)
}

func (p *wallPart) reveal(on bool) {
	if on {
		p.nothing.Hide()
		p.body.Show()
	} else {
		p.body.Hide()
		p.nothing.Show()
	}
	p.all.Refresh()
}

func (p *wallPart) show() {
	services := p.t.place.services
	if len(services) == 0 {
		p.nothing.Set("calendar", "Aucun service", "L’année est celle d’un service : créez-le dans « Services ».", nil)
		p.reveal(false)
		return
	}
	var options []widgets.Option
	for _, s := range services {
		options = append(options, widgets.Option{ID: strconv.FormatInt(s.ID, 10), Label: s.Short + ", " + s.Commune})
	}
	p.service.SetOptions(options...)
	if p.service.Value() == "" {
		p.service.Set(options[0].ID)
	}
	var s catalog.ServiceInfo
	for _, x := range services {
		if strconv.FormatInt(x.ID, 10) == p.service.Value() {
			s = x
		}
	}
	year, err := strconv.Atoi(p.year.Value())
	if err != nil {
		return // the list has numbers only
	}
	if p.wall, err = newWallYear(s, calendar.SchoolYear(year), p.t.known); err != nil {
		p.failed(fault.Sentence(err))
		return
	}
	p.view.Set(p.wall.year.First(), p.wall.year.Last())
	p.count.Set(countOf(p.wall.openDays(), "jour ouvert", "jours ouverts"))
	p.tell(p.view.Day())
	p.reveal(true)
}

// tell says what the day of the cursor is.
func (p *wallPart) tell(d calendar.Date) {
	if p.wall.plan == nil {
		return
	}
	text := capital(p.wall.text(d))
	switch kind, _ := p.wall.kind(d); kind {
	case dayOpen:
		text += " — Entrée : fermer ce jour"
	case dayClosed:
		text += " — Entrée : changer la fermeture"
	}
	p.say.Set(fault.French(text))
}

// pick closes an open day, or changes the closure of one that is closed.
func (p *wallPart) pick(d calendar.Date) {
	if p.wall.plan == nil {
		return
	}
	kind, why := p.wall.kind(d)
	switch kind {
	case dayClosed:
		p.t.closures.form(*p.wall.closure(d))
	case dayOpen:
		p.t.closures.form(catalog.Closure{ServiceID: p.wall.service.ID, First: d, Last: d})
	default:
		p.t.sh.Toast(capital(why) + ".")
	}
}
