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

// page is the kitchen's screen.
type page struct {
	sh      kit.Shell
	d       Deps
	place   place
	typing  *dayMenu        // the dialog of the menu opened last
	turn    func(to string) // to the other half; nil: there is none
	service int64
	day     calendar.Date
	sheet   sheet
	memory  careMemory
	latest  kit.Latest
	calm    func() // stops the reading that waits for events to end
	closed  bool
	placed  bool // the parts are shown, not a sentence in their place

	root    *fyne.Container
	picker  *widgets.Select
	choice  *widgets.Choice
	prev    *widgets.Button
	next    *widgets.Button
	title   *widgets.Pressable
	badge   *widgets.Badge
	sub     *widgets.Label
	excel   *widgets.Button
	printer *widgets.Button
	send    *widgets.Button
	adults  *widgets.Button
	menu    *widgets.Button
	monthly *widgets.Button
	ticks   *widgets.Button
	heroes  *fyne.Container
	table   *dietTable
	moved   *changesPanel
	care    *carePanel
}

func newPage(sh kit.Shell, d Deps) *page {
	p := &page{sh: sh, d: d, root: container.NewStack()}
	p.build()
	p.start()
	return p
}

// Title is the top bar's.
func (p *page) Title() string { return "Cuisine" }

// Content is the page area.
func (p *page) Content() fyne.CanvasObject { return p.root }

// Focus gives the keyboard to the day's arrows.
func (p *page) Focus() {
	if p.sheet.h != nil {
		p.sh.Canvas().Focus(p.next)
	}
}

// Close ends the page.
func (p *page) Close() { p.closed = true }

// Open goes to a day of a service.
func (p *page) Open(arg any) {
	switch a := arg.(type) {
	case kit.OpenDay:
		p.service, p.day = a.ServiceID, a.Day
	case calendar.Date:
		p.day = a
	default:
		return
	}
	p.load()
}

// OnEvent reads the day again, once the burst is over.
func (p *page) OnEvent(ev kit.Event) {
	switch ev.Topic {
	case booking.TopicHeadcount, booking.Topic, catalog.Topic, menu.Topic, family.TopicChild, "*":
	default:
		return
	}
	if ev.Topic == family.TopicChild || ev.Topic == "*" {
		p.memory = careMemory{} // a care plan may have changed
	}
	if p.calm != nil {
		p.calm()
	}
	p.calm = p.sh.Runner().After(calmDelay, p.load)
}

// Shortcuts are the page's keys.
func (p *page) Shortcuts() []kit.Shortcut {
	ready := func() string {
		if p.sheet.h == nil {
			return "La feuille n’est pas encore lue."
		}
		return ""
	}
	act := func() string {
		if !p.sh.User().Has(senders...) {
			return "Cette saisie demande le rôle Cuisine ou Accueil."
		}
		return ready()
	}
	return []kit.Shortcut{
		{Key: fyne.KeyF9, Hint: "F9", Label: "Transmettre à la cuisine", Run: p.transmit, Off: p.sheetRefusal},
		{Key: fyne.KeyE, Mod: fyne.KeyModifierControl, Hint: "Ctrl+E", Label: "Exporter le classeur Excel", Run: p.export, Off: ready},
		{Key: fyne.KeyP, Mod: fyne.KeyModifierControl, Hint: "Ctrl+P", Label: "Imprimer la liste", Run: p.print, Off: ready},
		{Key: fyne.KeyD, Mod: fyne.KeyModifierControl, Hint: "Ctrl+D", Label: "Aller à un autre jour", Run: p.askDay, Off: ready},
		{Key: fyne.KeyPageUp, Hint: "Page préc.", Label: "Jour de service précédent", Run: p.before, Off: ready},
		{Key: fyne.KeyPageDown, Hint: "Page suiv.", Label: "Jour de service suivant", Run: p.after, Off: ready},
		{Key: fyne.KeyF3, Hint: "F3", Label: "Saisir le menu et ses allergènes", Run: p.askMenu, Off: act},
		{Key: fyne.KeyF4, Hint: "F4", Label: "Saisir les adultes", Run: p.askAdults, Off: act},
	}
}

func (p *page) sheetRefusal() string { return p.sheet.sendRefusal() }

// start finds the services, then the first day.
func (p *page) start() {
	p.wait("Lecture des effectifs…")
	var pl place
	var plan *calendar.Plan
	var begin int64
	p.sh.Runner().Go(p.sh.Ctx(), func(ctx context.Context) (err error) {
		if pl, err = loadPlace(ctx, p.d); err != nil || len(pl.services) == 0 {
			return err
		}
		begin = pl.services[0].ID
		if p.d.Start != nil {
			if s, ok := pl.service(p.d.Start(ctx)); ok {
				begin = s.ID
			}
		}
		plan, err = p.d.Catalog.Plan(ctx, begin)
		return err
	}, func(err error) {
		switch {
		case err != nil:
			p.fail(err, p.start)
			return
		case len(pl.services) == 0:
			p.nothing()
			return
		}
		p.place = pl
		var options []widgets.Option
		for _, s := range pl.services {
			options = append(options, widgets.Option{ID: fmt.Sprint(s.ID), Label: serviceLabel(s)})
		}
		p.picker.SetOptions(options...)
		if _, ok := pl.service(p.service); !ok { // Open may have come first
			p.service = begin
		}
		if p.day.IsZero() {
			p.day = firstDay(plan, p.sh.Today(), p.sh.Now())
		}
		p.load()
	})
}

// load reads the day shown.
func (p *page) load() {
	if p.closed || len(p.place.services) == 0 {
		return
	}
	service, day, user, known := p.service, p.day, p.sh.User(), p.memory
	var s sheet
	p.latest.Go(p.sh.Runner(), p.sh.Ctx(), func(ctx context.Context) (err error) {
		s, err = p.d.load(ctx, service, day, user, known)
		return err
	}, func(err error) {
		if err != nil {
			p.fail(err, p.load)
			return
		}
		first := p.sheet.h == nil
		p.sheet = s
		if s.care != nil {
			p.memory = careMemory{childIDs(s.h), s.care}
		}
		p.show()
		if first {
			p.Focus()
		}
	})
}

func (p *page) wait(text string) {
	p.root.Objects = []fyne.CanvasObject{kit.Frame(widgets.NewPanel("", widgets.NewEmptyState("hourglass", text, "", nil)))}
	p.root.Refresh()
}

func (p *page) fail(err error, retry func()) {
	p.sheet.h, p.placed = nil, false
	again := widgets.NewButton("Réessayer", widgets.Secondary, retry).Icon("refresh").Compact()
	p.root.Objects = []fyne.CanvasObject{kit.Frame(widgets.NewPanel("", widgets.NewEmptyState("circle-alert", "Impossible d’afficher les effectifs", fault.Sentence(err), again)))}
	p.root.Refresh()
}

func (p *page) nothing() {
	var b *widgets.Button
	if p.sh.User().Has("administration") {
		b = widgets.NewButton("Ouvrir les réglages", widgets.Secondary, func() { p.sh.Navigate("settings", "services") }).Compact()
	}
	p.root.Objects = []fyne.CanvasObject{kit.Frame(widgets.NewPanel("", widgets.NewEmptyState("kitchen", "Aucun service", "Chargez d’abord le fichier des services dans les réglages.", b)))}
	p.root.Refresh()
}

// build makes the parts once; show fills them.
func (p *page) build() {
	p.picker = widgets.NewSelect(func(id string) {
		for _, s := range p.place.services {
			if fmt.Sprint(s.ID) == id {
				p.service = s.ID
				p.load()
			}
		}
	}).Compact().Bold().Width(300)
	p.prev = widgets.NewIconButton("chevron-left", "Jour de service précédent (Page préc.)", p.before)
	p.next = widgets.NewIconButton("chevron-right", "Jour de service suivant (Page suiv.)", p.after)
	// as wide as the longest day, whatever the text size: the arrows never move
	longest := widgets.TextWidth(calendar.MustISO("2026-09-30").Long(), widgets.Heading) * 1000 / theme.Wide(1000)
	p.title = widgets.NewPressable(longest, 40, p.askDay, func(g *widgets.Gfx, size fyne.Size, hovered bool) {
		if hovered {
			g.Rect(0, 0, size.Width, size.Height, widgets.Shape{Fill: theme.Ardoise50, Radius: 4})
		}
		g.Text(0, 0, size.Width, size.Height, p.day.Long(), widgets.Heading.Center())
		g.Tip(0, 0, size.Width, size.Height, "Choisir un autre jour (Ctrl+D)")
	})
	p.choice = halves(func(to string) {
		if p.turn != nil {
			p.turn(to)
		}
	}, halfDay)
	p.badge, p.sub = widgets.NewBadge("", "", widgets.Neutral), widgets.NewLabel("", widgets.Small)
	p.excel = widgets.NewButton("Exporter Excel", widgets.Secondary, p.export).Icon("file-excel").KeyHint("Ctrl+E")
	p.printer = widgets.NewButton("Imprimer la liste", widgets.Secondary, p.print).Icon("print").KeyHint("Ctrl+P")
	p.send = widgets.NewButton("Transmettre à la cuisine", widgets.Primary, p.transmit).Icon("send").KeyHint("F9")
	p.monthly = widgets.NewButton("Effectifs du mois…", widgets.Secondary, p.askMonth).Icon("calendar").Compact()
	p.ticks = widgets.NewButton("Feuilles de pointage", widgets.Secondary, p.attendance).Icon("list").Compact()
	p.adults = widgets.NewButton("Adultes…", widgets.Secondary, p.askAdults).Icon("users").KeyHint("F4").Compact()
	p.menu = widgets.NewButton("Modifier…", widgets.Flat, p.askMenu).KeyHint("F3").Compact()
	p.heroes = container.New(&evenly{})
	p.table, p.moved, p.care = newDietTable(p.adults), newChangesPanel(), newCarePanel(p.menu)
}

// arrange puts the parts in the page.
func (p *page) arrange() {
	state := widgets.VBox(4, widgets.HBox(0, p.badge), p.sub)
	days := widgets.HBox(4, p.prev, p.title, p.next)
	buttons := widgets.HBox(6, p.excel, p.printer, p.send)
	bar := widgets.NewPanel("", container.New(&barLayout{}, days, state, buttons)).Pad(12, 11)
	tools := widgets.HFlex(8, []float32{0, 0, 1, 0, 0}, p.picker, p.choice, widgets.Spacer(), p.ticks, p.monthly)
	left := scrolled(widgets.VFlex(16, []float32{0, 0, 1}, p.heroes, p.table.panel, p.moved.panel))
	body := widgets.HFlex(16, []float32{1, -416}, left, p.care.panel)
	p.placed = true
	p.root.Objects = []fyne.CanvasObject{kit.Frame(widgets.VFlex(12, []float32{0, 0, 1}, bar, tools, body))}
	p.root.Refresh()
}

// show fills the parts with the sheet.
func (p *page) show() {
	if !p.placed {
		p.arrange()
	}
	s := p.sheet
	p.picker.Set(fmt.Sprint(p.service))
	p.title.Refresh()
	spec, sub := s.state()
	p.badge.Set(spec)
	p.sub.Set(sub)
	refusal := s.sendRefusal()
	p.send.SetEnabled(refusal == "", refusal)
	edit := "Cette saisie demande le rôle Cuisine ou Accueil."
	p.adults.SetEnabled(s.mayAct, edit)
	p.menu.SetEnabled(s.mayAct, edit)
	p.ticks.SetEnabled(p.sh.User().Has(listReaders...), "Les feuilles de pointage demandent le rôle Accueil, Régie, Cuisine ou Administration.")
	_, before := s.plan.PrevOpen(p.day)
	_, after := s.plan.NextOpen(p.day)
	p.prev.SetEnabled(before, "Pas de jour de service avant.")
	p.next.SetEnabled(after, "Pas de jour de service après.")
	p.showHeroes(s.heroes())
	p.table.set(s)
	p.moved.set(s, p.cutoffText())
	p.care.set(s)
	p.root.Refresh()
}

// cutoffText says until when families may cancel the day shown.
func (p *page) cutoffText() string {
	svc, ok := p.place.service(p.service)
	if !ok {
		return ""
	}
	at, _ := svc.Cutoff(p.sheet.plan, p.day, catalog.PurposeCancel)
	if calendar.InTime(p.sh.Now(), at) {
		return "Les familles peuvent annuler jusqu’au " + calendar.InstantText(at) + "."
	}
	return "Délai d’annulation passé depuis le " + calendar.InstantText(at) + "."
}

func (p *page) before() {
	if d, ok := p.sheet.plan.PrevOpen(p.day); ok {
		p.goTo(d)
	}
}

func (p *page) after() {
	if d, ok := p.sheet.plan.NextOpen(p.day); ok {
		p.goTo(d)
	}
}

// follow takes the service that was chosen beside the menus.
func (p *page) follow(m *menusPage) {
	p.choice.Set(halfDay)
	if m == nil || m.service == 0 || m.service == p.service {
		return
	}
	p.service = m.service
	p.load()
}

func (p *page) goTo(d calendar.Date) {
	p.day = d
	p.load()
}
