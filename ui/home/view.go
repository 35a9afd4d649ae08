package home

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ardoise/data/access"
	"ardoise/data/booking"
	"ardoise/data/catalog"
	"ardoise/data/family"
	"ardoise/data/ledger"
	"ardoise/data/mailbox"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// ID is the section's name for Navigate; it takes no argument.
const ID = "home"

// Section is the entry of the rail.
func Section(d Deps) kit.Section {
	return kit.Section{ID: ID, Label: "&Accueil", Icon: "home", New: func(sh kit.Shell) kit.Page { return newPage(sh, d) }}
}

type page struct {
	sh     kit.Shell
	d      Deps
	may    rights
	b      board
	loaded bool
	latest kit.Latest
	stop   func() // of the minute
	calm   func() // of a burst of events

	today, next *dayCard
	count       *countdown
	counters    *fyne.Container
	chart       *widgets.BarChart
	meanLabel   *widgets.Label
	tasks       []task
	list        *widgets.Table
	board       fyne.CanvasObject
	guide       *guide
	note        *widgets.EmptyState
	stack       *fyne.Container
	content     fyne.CanvasObject
}

func newPage(sh kit.Shell, d Deps) *page {
	p := &page{sh: sh, d: d, may: rightsOf(sh.User().Has)}
	p.today, p.next = newDayCard(p), newDayCard(p)
	p.count = newCountdown(p)
	p.counters = widgets.HFlex(16, []float32{1, 1, 1, 1})
	p.chart = widgets.NewBarChart("Servis", "Aujourd’hui", "Prévus (réservés à cette heure)")
	p.meanLabel = widgets.NewLabel("", widgets.Body.With(theme.Ardoise600))
	chart := widgets.NewPanel("Repas servis, quatre dernières semaines", p.chart).Icon("fork-knife").Right(p.meanLabel)
	p.board = p.arrange(chart, p.buildTasks())
	p.guide = newGuide(p)
	p.note = widgets.NewEmptyState("hourglass", "Chargement…", "", nil)
	p.stack = container.NewStack(p.note)
	p.content = container.NewVScroll(kit.Frame(p.stack))
	p.reload()
	p.tick()
	return p
}

// arrange lays the parts out as the mock-up does; with large text the counters
// stand two by two beside the countdown and the list goes under the chart.
func (p *page) arrange(chart, tasks fyne.CanvasObject) fyne.CanvasObject {
	if !large() {
		top := widgets.HFlex(16, []float32{1, 1, -263}, p.today, p.next, p.count)
		bottom := widgets.HFlex(16, []float32{560, 616}, chart, tasks)
		return widgets.VFlex(16, []float32{-231, -88, 1}, top, p.counters, bottom)
	}
	p.counters = container.New(&pairs{gap: 16})
	days := widgets.HFlex(16, []float32{1, 1}, p.today, p.next)
	middle := widgets.HFlex(16, []float32{-263, 1}, p.count, p.counters)
	return widgets.VFlex(16, []float32{-231, -231, -280, -280}, days, middle, tasks, chart)
}

// large reports that the text is too large for the mock-up's columns.
func large() bool { return theme.Px(100) > 120 }

// pairs lays objects out two by two.
type pairs struct{ gap float32 }

func (l *pairs) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(300, theme.Px(190)) }

func (l *pairs) Layout(objs []fyne.CanvasObject, s fyne.Size) {
	rows := float32((len(objs) + 1) / 2)
	w, h := (s.Width-l.gap)/2, (s.Height-l.gap*(rows-1))/max(1, rows)
	for i, o := range objs {
		o.Move(fyne.NewPos(float32(i%2)*(w+l.gap), float32(i/2)*(h+l.gap)))
		o.Resize(fyne.NewSize(w, h))
	}
}

func (p *page) Title() string              { return "Accueil" }
func (p *page) Content() fyne.CanvasObject { return p.content }

// Close ends the minute.
func (p *page) Close() {
	for _, stop := range []func(){p.stop, p.calm} {
		if stop != nil {
			stop()
		}
	}
}

// Focus gives the keyboard to the list of tasks, or to the first step left.
func (p *page) Focus() {
	c := p.sh.Canvas()
	switch {
	case c == nil || !p.loaded:
	case !p.b.empty(p.may):
		c.Focus(p.list)
	case p.guide.next != nil:
		c.Focus(p.guide.next)
	}
}

// OnEvent reads again, once a burst of events is over.
func (p *page) OnEvent(e kit.Event) {
	switch e.Topic {
	case family.Topic, family.TopicChild, access.Topic, ledger.Topic, booking.Topic, booking.TopicHeadcount, catalog.Topic, mailbox.Topic, "outbox", "*":
	default:
		return
	}
	if p.calm != nil {
		p.calm()
	}
	p.calm = p.sh.Runner().After(150*time.Millisecond, p.reload)
}

// tick moves the countdown each minute; a cut-off that passes, or midnight,
// reads everything again.
func (p *page) tick() {
	p.stop = p.sh.Runner().After(time.Minute, func() {
		if p.loaded {
			now := p.sh.Now()
			if p.sh.Today() != p.b.today || !p.b.cut.at.IsZero() && now.After(p.b.cut.at) || p.b.now != nil && p.b.begun(p.b.today) != p.begunAt(now) {
				p.reload()
			} else {
				p.b.at = now
				p.count.refresh()
			}
		}
		p.tick()
	})
}

// begunAt reports whether today's service has begun at another instant.
func (p *page) begunAt(now time.Time) bool {
	b := p.b
	b.at = now
	return b.begun(b.today)
}

func (p *page) reload() {
	d, may, now := p.d, p.may, p.sh.Now()
	var got board
	p.latest.Go(p.sh.Runner(), p.sh.Ctx(), func(ctx context.Context) (err error) {
		got, err = d.load(ctx, may, now)
		return err
	}, func(err error) {
		if err != nil {
			p.loaded = false
			p.note.Set("circle-alert", "L’accueil ne peut pas être affiché", sentence(err), widgets.NewButton("Réessayer", widgets.Secondary, p.reload).Icon("refresh").Compact())
			p.put(p.note)
			return
		}
		first := !p.loaded
		p.b, p.loaded = got, true
		p.show()
		if first {
			p.Focus()
		}
	})
}

func (p *page) put(o fyne.CanvasObject) {
	if len(p.stack.Objects) != 1 || p.stack.Objects[0] != o {
		p.stack.Objects = []fyne.CanvasObject{o}
		p.stack.Refresh()
	}
}

// show draws what was read.
func (p *page) show() {
	if p.b.empty(p.may) {
		p.guide.show()
		p.put(p.guide.box)
		return
	}
	p.showDays()
	p.count.refresh()
	p.showCounters()
	groups, mean := p.b.bars()
	p.chart.Set(groups)
	p.meanLabel.Set("")
	if mean > 0 {
		p.meanLabel.Set("moyenne" + nbsp + ": " + thousands(mean) + " par jour")
	}
	p.showTasks()
	p.put(p.board)
}

func (p *page) showDays() {
	b := &p.b
	p.today.set(b.now, "Aujourd’hui — "+b.today.LongNoYear(), b.begun(b.today))
	if b.now != nil && b.now.Open && b.pointed.Booked > 0 {
		p.today.pointed(b.pointed.Pointed, b.pointed.Booked)
	}
	if b.next == nil {
		p.next.none("Prochain service", "Aucun jour de service en vue dans le calendrier.")
		return
	}
	p.next.set(b.next, "Prochain service — "+b.next.Day.LongNoYear(), false)
	p.next.note = b.gap()
	p.next.Refresh()
}

func (p *page) showCounters() {
	objs := []fyne.CanvasObject{}
	for _, c := range p.b.counters(p.may) {
		objs = append(objs, newCounter(c, func() { p.sh.Navigate(c.section, c.arg) }))
	}
	p.counters.Objects = objs
	p.counters.Refresh()
}

func (p *page) buildTasks() fyne.CanvasObject {
	p.list = widgets.NewTable([]widgets.Column{{ID: "due", Title: "Échéance", Width: 104}, {ID: "what", Title: "Tâche", Weight: 1}, {ID: "detail", Title: "Détail", Width: 116, Right: true}}, func(row, col int) widgets.Cell {
		if row >= len(p.tasks) {
			return widgets.Cell{}
		}
		t := p.tasks[row]
		switch col {
		case 0:
			return widgets.Cell{Text: t.when, Bold: t.due <= p.b.today}
		case 1:
			return widgets.Cell{Text: t.what, Icon: t.icon, IconInk: t.ink}
		}
		return widgets.Cell{Text: t.detail, Ink: theme.Ardoise600}
	})
	p.list.OnOpen = p.open
	p.list.Jump = func(row int) string { return p.tasks[row].what }
	return widgets.NewPanel("À faire", p.list).Icon("list").Right(widgets.NewKeyHints("Flèches", "choisir", "Entrée", "ouvrir")).Flush()
}

func (p *page) open(row int) {
	if row >= 0 && row < len(p.tasks) {
		p.sh.Navigate(p.tasks[row].section, p.tasks[row].arg)
	}
}

// showTasks keeps the cursor on the task it was on.
func (p *page) showTasks() {
	was := ""
	if i := p.list.Selected(); i >= 0 && i < len(p.tasks) {
		was = p.tasks[i].what
	}
	p.tasks = p.b.tasks(p.may)
	if len(p.tasks) == 0 {
		p.list.Empty(widgets.NewEmptyState("check", "Rien n’attend", "Les demandes, feuilles et relances à venir s’écriront ici.", nil))
		return
	}
	p.list.SetCount(len(p.tasks))
	for i, t := range p.tasks {
		if t.what == was {
			p.list.Select(i)
		}
	}
}
