package settings

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ardoise/data/backup"
	"ardoise/data/billing"
	"ardoise/data/catalog"
	"ardoise/data/letter"
	"ardoise/data/mailbox"
	"ardoise/data/retention"
	"ardoise/data/schoolyear"
	"ardoise/data/staff"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// tab is one of the pages of the screen: made when first opened.
type tab interface {
	content() fyne.CanvasObject
	load()
	focus()
	shortcuts() []kit.Shortcut
}

// leaver is a tab with something typed that would be lost: it asks first.
type leaver interface{ leave(then func()) }

type page struct {
	sh   kit.Shell
	d    Deps
	last *string
	at   string // the tab shown
	help string // the page of the help that was asked for
	tabs *widgets.Index
	made map[string]tab
	body *fyne.Container
	root fyne.CanvasObject
}

func newPage(sh kit.Shell, d Deps, last *string) *page {
	p := &page{sh: sh, d: d, last: last, made: map[string]tab{}, body: container.NewStack()}
	items := tabsFor(sh.User())
	p.tabs = widgets.NewIndex(p.open, items...)
	p.root = kit.Frame(widgets.HFlex(16, []float32{-192, 1}, p.tabs, p.body))
	first := items[0].ID
	for _, t := range items {
		if t.ID == *last {
			first = t.ID
		}
	}
	p.Open(first)
	return p
}

// Title is the top bar's.
func (p *page) Title() string { return "Réglages" }

// Content is the page area.
func (p *page) Content() fyne.CanvasObject { return p.root }

// Focus gives the keyboard to the tab shown.
func (p *page) Focus() { p.made[p.tabs.Value()].focus() }

// Close ends the page.
func (p *page) Close() {}

// NextTab is Ctrl+Tab.
func (p *page) NextTab(step int) {
	p.tabs.Next(step)
	p.Focus()
}

// Open shows a tab by its name, or a page of the help.
func (p *page) Open(arg any) {
	id, ok := arg.(string)
	if h, is := arg.(kit.OpenHelp); is {
		p.help, id, ok = h.Page, tabHelp, true
	}
	if !ok {
		return
	}
	p.tabs.Set(id)
	p.open(p.tabs.Value())
}

// Shortcuts are those of the tab shown.
func (p *page) Shortcuts() []kit.Shortcut { return p.made[p.tabs.Value()].shortcuts() }

// OnEvent reads the tab shown again when what it shows changed.
func (p *page) OnEvent(ev kit.Event) {
	at := p.tabs.Value()
	switch ev.Topic {
	case staff.TopicAgent, staff.TopicPresence:
		if at != tabAgents {
			return
		}
	case catalog.Topic:
		if at != tabPlaces && at != tabServices && at != tabCalendar && at != tabKitchen {
			return
		}
	case billing.Topic:
		if at != tabBilling {
			return
		}
	case letter.Topic:
		if at != tabLetters {
			return
		}
	case schoolyear.Topic:
		if at != tabYear {
			return
		}
	case backup.Topic:
		if at != tabBackup {
			return
		}
	case retention.Topic:
		if at != tabRights {
			return
		}
	case mailbox.TopicAccount:
		if at != tabMail {
			return
		}
	case "*":
	default:
		return // the trail grows with every gesture: it is read again on demand
	}
	if t := p.made[at]; t != nil && at != tabDisplay && at != tabHelp {
		t.load()
	}
}

// Leave asks before what is being typed is left behind.
func (p *page) Leave(then func()) {
	if l, ok := p.made[p.at].(leaver); ok {
		l.leave(then)
		return
	}
	then()
}

// open shows a tab, once the one before lets go.
func (p *page) open(id string) {
	if id != p.at && p.at != "" {
		p.tabs.Set(p.at)
		p.Leave(func() {
			p.tabs.Set(id)
			p.show(id)
		})
		return
	}
	p.show(id)
}

func (p *page) show(id string) {
	*p.last, p.at = id, id
	t := p.made[id]
	if t == nil {
		t = p.make(id)
		p.made[id] = t
	}
	p.body.Objects = []fyne.CanvasObject{t.content()}
	p.body.Refresh()
	t.load()
	if h, ok := t.(*helpTab); ok && p.help != "" {
		h.choose(p.help)
		p.help = ""
	}
}

func (p *page) make(id string) tab {
	switch id {
	case tabAgents:
		return newAgents(p.sh, p.d)
	case tabPlaces:
		return newPlaces(p.sh, p.d)
	case tabServices:
		return newServices(p.sh, p.d)
	case tabCalendar:
		return newCalendarTab(p.sh, p.d)
	case tabKitchen:
		return newKitchenTab(p.sh, p.d)
	case tabYear:
		return newYear(p.sh, p.d)
	case tabBilling:
		return newBilling(p.sh, p.d)
	case tabMail:
		return newMail(p.sh, p.d)
	case tabLetters:
		return newTemplates(p.sh, p.d)
	case tabBackup:
		return newBackup(p.sh, p.d)
	case tabTrail:
		return newTrail(p.sh, p.d)
	case tabRights:
		return newRetention(p.sh, p.d)
	case tabDisplay:
		return newDisplay(p.sh, p.d)
	}
	return newHelp(p.sh, p.d)
}

// focusOn gives the keyboard to a part, if there is a window.
func focusOn(sh kit.Shell, f fyne.Focusable) {
	if c := sh.Canvas(); c != nil && f != nil {
		c.Focus(f)
	}
}

// factsBox draws lines « what — how », as high as they need at their width.
func factsBox(list func() []fact) *widgets.Painting {
	label := func() float32 { return theme.Wide(140) }
	height := func(f fact, w float32) float32 {
		return max(1, float32(len(widgets.Wrap(f.how, widgets.Body, max(80, w-label()))))) * widgets.LineHeight(widgets.Body)
	}
	p := widgets.NewPainting(240, 20, func(g *widgets.Gfx, size fyne.Size) {
		y := float32(0)
		for _, f := range list() {
			g.Text(0, y, label()-12, widgets.LineHeight(widgets.Body), f.what, widgets.SmallBold)
			g.Paragraph(label(), y, max(80, size.Width-label()), f.how, widgets.Body)
			y += height(f, size.Width) + theme.Px(8)
		}
	})
	p.Min = func() fyne.Size {
		w := p.Size().Width
		if w < 100 {
			w = theme.Wide(600)
		}
		h := float32(0)
		for _, f := range list() {
			h += height(f, w) + theme.Px(8)
		}
		return fyne.NewSize(theme.Wide(240), max(20, h))
	}
	return p
}

// linesBox draws sentences, each as high as it needs at its width.
func linesBox(list func() []string) *widgets.Painting {
	p := widgets.NewPainting(240, 20, func(g *widgets.Gfx, size fyne.Size) {
		y := float32(0)
		for _, l := range list() {
			y += g.Paragraph(0, y, max(160, size.Width), l, widgets.Body) + 4
		}
	})
	p.Min = func() fyne.Size {
		w, h := p.Size().Width, float32(0)
		if w < 100 {
			w = theme.Wide(600)
		}
		for _, l := range list() {
			h += float32(len(widgets.Wrap(l, widgets.Body, max(160, w))))*widgets.LineHeight(widgets.Body) + 4
		}
		return fyne.NewSize(theme.Wide(240), max(20, h))
	}
	return p
}

// heightBox gives an object a height that may change.
type heightBox struct{ h func() float32 }

func (l *heightBox) MinSize(objs []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(objs[0].MinSize().Width, l.h())
}

func (l *heightBox) Layout(objs []fyne.CanvasObject, size fyne.Size) {
	objs[0].Move(fyne.NewPos(0, 0))
	objs[0].Resize(size)
}

// scrolled puts a column in a scroll that reaches a little further on every
// side: borders and focus rings at its edge stay whole.
func scrolled(o fyne.CanvasObject) fyne.CanvasObject {
	return container.New(&bleed{}, container.NewVScroll(widgets.Pad(bleedPx, bleedPx, o)))
}

const bleedPx = 6

type bleed struct{}

func (*bleed) MinSize(objs []fyne.CanvasObject) fyne.Size {
	return objs[0].MinSize().SubtractWidthHeight(2*bleedPx, 0)
}

func (*bleed) Layout(objs []fyne.CanvasObject, size fyne.Size) {
	objs[0].Move(fyne.NewPos(-bleedPx, -bleedPx))
	objs[0].Resize(size.AddWidthHeight(2*bleedPx, 2*bleedPx))
}
