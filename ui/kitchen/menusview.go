package kitchen

import (
	"context"
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/menu"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// menusPage is the half of the month's menus.
type menusPage struct {
	sh      kit.Shell
	d       Deps
	place   place
	service int64
	month   calendar.Month
	want    calendar.Date // the day to stand on once the month is read
	got     monthSheet
	loaded  bool
	memory  careMemory
	latest  kit.Latest
	calm    func()
	closed  bool

	root    fyne.CanvasObject
	picker  *widgets.Select
	choice  *widgets.Choice
	title   *widgets.Pressable
	prev    *widgets.Button
	next    *widgets.Button
	badge   *widgets.Badge
	sub     *widgets.Label
	copyBtn *widgets.Button
	load1   *widgets.Button
	printer *widgets.Button
	edit    *widgets.Button
	grid    *widgets.MonthGrid
	side    *daySide
	typing  *dayMenu    // the dialog opened last
	known   []menu.Dish // dishes already served, read when first needed
}

func newMenusPage(sh kit.Shell, d Deps, turn func(string)) *menusPage {
	p := &menusPage{sh: sh, d: d}
	p.build(turn)
	return p
}

// begin shows the month of a day of a service.
func (p *menusPage) begin(service int64, day calendar.Date) {
	if day.IsZero() {
		day = p.sh.Today()
	}
	p.choice.Set(halfMenus)
	if p.loaded && service == p.service && p.got.m.Month == calendar.MonthOf(day) {
		p.want = day
		p.stand()
		return
	}
	if service != 0 {
		p.service = service
	}
	p.month, p.want, p.known = calendar.MonthOf(day), day, nil
	p.start()
}

func (p *menusPage) start() {
	p.grid.Instead(widgets.NewEmptyState("hourglass", "Lecture des menus…", "", nil))
	var pl place
	p.sh.Runner().Go(p.sh.Ctx(), func(ctx context.Context) (err error) {
		pl, err = loadPlace(ctx, p.d)
		return err
	}, func(err error) {
		switch {
		case err != nil:
			p.fail(err, p.start)
			return
		case len(pl.services) == 0:
			p.grid.Instead(widgets.NewEmptyState("kitchen", "Aucun service", "Créez d’abord un service dans les réglages.", nil))
			return
		}
		p.place = pl
		options := make([]widgets.Option, len(pl.services))
		for i, s := range pl.services {
			options[i] = widgets.Option{ID: fmt.Sprint(s.ID), Label: serviceLabel(s)}
		}
		p.picker.SetOptions(options...)
		if _, ok := pl.service(p.service); !ok {
			p.service = pl.services[0].ID
		}
		p.picker.Set(fmt.Sprint(p.service))
		p.load()
	})
}

// Content is the page area.
func (p *menusPage) Content() fyne.CanvasObject { return p.root }

// Focus gives the keyboard to the grid.
func (p *menusPage) Focus() {
	if c := p.sh.Canvas(); c != nil {
		c.Focus(p.grid)
	}
}

// Close ends the page.
func (p *menusPage) Close() { p.closed = true }

// OnEvent reads the month again, once the burst is over.
func (p *menusPage) OnEvent(ev kit.Event) {
	switch ev.Topic {
	case menu.Topic, booking.Topic, catalog.Topic, family.TopicChild, "*":
	default:
		return
	}
	if ev.Topic == family.TopicChild || ev.Topic == "*" {
		p.memory = careMemory{} // a care plan may have changed
	}
	if ev.Topic == menu.Topic || ev.Topic == "*" {
		p.known = nil
	}
	if p.calm != nil {
		p.calm()
	}
	p.calm = p.sh.Runner().After(calmDelay, p.load)
}

// load reads the month shown.
func (p *menusPage) load() {
	if p.closed || p.service == 0 || len(p.place.services) == 0 {
		return
	}
	service, month, today, user, known := p.service, p.month, p.sh.Today(), p.sh.User(), p.memory
	var s monthSheet
	p.latest.Go(p.sh.Runner(), p.sh.Ctx(), func(ctx context.Context) (err error) {
		s, err = p.d.loadMonth(ctx, service, month, today, user, known)
		return err
	}, func(err error) {
		if err != nil {
			p.fail(err, p.load)
			return
		}
		if s.care != nil && !covers(known.ids, s.childIDs()) {
			p.memory = careMemory{s.childIDs(), s.care}
		}
		p.got, p.loaded = s, true
		p.show()
	})
}

func (p *menusPage) fail(err error, retry func()) {
	p.loaded = false
	again := widgets.NewButton("Réessayer", widgets.Secondary, retry).Icon("refresh").Compact()
	p.grid.Instead(widgets.NewEmptyState("circle-alert", "Impossible d’afficher les menus", fault.Sentence(err), again))
	p.side.clear()
}

// show fills the parts with the month.
func (p *menusPage) show() {
	row, col := p.grid.Cell()
	if d, ok := p.got.day(row, col); ok && p.want.IsZero() {
		p.want = d.Day
	}
	p.title.Refresh()
	spec, sub := p.got.state()
	p.badge.Set(spec)
	p.sub.Set(sub)
	if len(p.got.cols) == 0 {
		p.grid.Instead(widgets.NewEmptyState("calendar", "Pas de service "+inMonth(p.month), "Vacances ou fermeture\u00a0: il n’y a pas de menu à saisir.", nil))
		p.side.clear()
		p.root.Refresh()
		return
	}
	p.grid.Set(p.got.heads(), p.got.weeks())
	p.stand()
	off := "Saisir les menus demande le rôle Cuisine ou Accueil."
	p.copyBtn.SetEnabled(p.got.mayAct, off)
	p.load1.SetEnabled(p.got.mayAct && p.d.Import != nil, off)
	p.root.Refresh()
}

// stand puts the cursor on the wanted day, or on the first one after it that is
// served.
func (p *menusPage) stand() {
	for d := p.want; !d.IsZero() && d <= p.got.m.To(); d = d.Add(1) {
		if row, col, ok := p.got.place(d); ok {
			if x, _ := p.got.day(row, col); x.Open || len(x.Dishes) > 0 {
				p.grid.MoveTo(row, col)
				break
			}
		}
	}
	p.want = 0
	p.showDay()
}

func (p *menusPage) current() (menu.Day, bool) {
	if !p.loaded {
		return menu.Day{}, false
	}
	return p.got.day(p.grid.Cell())
}

func (p *menusPage) showDay() {
	d, ok := p.current()
	why := p.got.editRefusal(d, ok)
	p.edit.SetEnabled(why == "", why)
	p.side.set(p.got, d, ok)
}

// inMonth gives « en décembre 2026 ».
func inMonth(m calendar.Month) string { return "en " + m.Label() }

// build makes the parts once; show fills them.
func (p *menusPage) build(turn func(string)) {
	p.picker = widgets.NewSelect(func(id string) {
		for _, s := range p.place.services {
			if fmt.Sprint(s.ID) == id && s.ID != p.service {
				p.service, p.known, p.memory = s.ID, nil, careMemory{}
				p.load()
			}
		}
	}).Compact().Bold().Width(300)
	p.choice = halves(turn, halfMenus)
	p.prev = widgets.NewIconButton("chevron-left", "Mois précédent (Page préc.)", func() { p.turnMonth(-1) })
	p.next = widgets.NewIconButton("chevron-right", "Mois suivant (Page suiv.)", func() { p.turnMonth(1) })
	longest := widgets.TextWidth("septembre 2026", widgets.Heading) * 1000 / theme.Wide(1000)
	p.title = widgets.NewPressable(longest+16, 40, p.toThisMonth, func(g *widgets.Gfx, size fyne.Size, hovered bool) {
		if hovered {
			g.Rect(0, 0, size.Width, size.Height, widgets.Shape{Fill: theme.Ardoise50, Radius: 4})
		}
		g.Text(0, 0, size.Width, size.Height, capital(p.month.Label()), widgets.Heading.Center())
		g.Tip(0, 0, size.Width, size.Height, "Revenir au mois en cours")
	})
	p.badge, p.sub = widgets.NewBadge("", "", widgets.Neutral), widgets.NewLabel("", widgets.Small)
	p.copyBtn = widgets.NewButton("Copier la semaine…", widgets.Secondary, p.askCopy).Icon("calendar-plus").KeyHint("F6")
	p.load1 = widgets.NewButton("Importer…", widgets.Secondary, p.askImport).Icon("upload").KeyHint("F7")
	p.printer = widgets.NewButton("Imprimer…", widgets.Primary, p.askPrint).Icon("print").KeyHint("Ctrl+P")
	p.edit = widgets.NewButton("Saisir…", widgets.Secondary, p.editDay).Icon("edit").KeyHint("F3").Compact()
	p.side = newDaySide(p.edit)
	p.grid = widgets.NewMonthGrid()
	p.grid.OnMove = func(int, int) { p.showDay() }
	p.grid.OnOpen = func(int, int) { p.editDay() }
	p.grid.OnPage = p.turnMonth
	p.arrange()
}

func (p *menusPage) arrange() {
	state := widgets.VBox(4, widgets.HBox(0, p.badge), p.sub)
	months := widgets.HBox(4, p.prev, p.title, p.next)
	buttons := widgets.HBox(6, p.copyBtn, p.load1, p.printer)
	bar := widgets.NewPanel("", container.New(&barLayout{}, months, state, buttons)).Pad(12, 11)
	tools := widgets.HFlex(8, []float32{0, 0, 1}, p.picker, p.choice, widgets.Spacer())
	body := widgets.HFlex(16, []float32{1, -344}, widgets.NewPanel("", p.grid).Flush(), scrolled(p.side.box))
	p.root = kit.Frame(widgets.VFlex(12, []float32{0, 0, 1}, bar, tools, body))
}

// Shortcuts are the page's keys.
func (p *menusPage) Shortcuts() []kit.Shortcut {
	ready := func() string {
		if !p.loaded {
			return "Les menus ne sont pas encore lus."
		}
		return ""
	}
	act := func() string {
		if !p.sh.User().Has(senders...) {
			return "Saisir les menus demande le rôle Cuisine ou Accueil."
		}
		return ready()
	}
	return []kit.Shortcut{
		{Key: fyne.KeyF3, Hint: "F3", Label: "Saisir le menu du jour choisi", Run: p.editDay, Off: act},
		{Key: fyne.KeyF6, Hint: "F6", Label: "Copier une semaine", Run: p.askCopy, Off: act},
		{Key: fyne.KeyF7, Hint: "F7", Label: "Importer les menus du prestataire", Run: p.askImport, Off: act},
		{Key: fyne.KeyP, Mod: fyne.KeyModifierControl, Hint: "Ctrl+P", Label: "Imprimer les menus", Run: p.askPrint, Off: ready},
		{Key: fyne.KeyE, Mod: fyne.KeyModifierControl, Hint: "Ctrl+E", Label: "Exporter le classeur Excel", Run: p.export, Off: ready},
		{Key: fyne.KeyPageUp, Hint: "Page préc.", Label: "Mois précédent", Run: func() { p.turnMonth(-1) }, Off: ready},
		{Key: fyne.KeyPageDown, Hint: "Page suiv.", Label: "Mois suivant", Run: func() { p.turnMonth(1) }, Off: ready},
	}
}

func (p *menusPage) turnMonth(step int) {
	p.month = p.month.Add(step)
	p.want = p.month.First()
	p.load()
}

func (p *menusPage) toThisMonth() {
	p.month, p.want = calendar.MonthOf(p.sh.Today()), p.sh.Today()
	p.load()
}
