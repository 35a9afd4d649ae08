package requests

import (
	"context"
	"image"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ardoise/data/access"
	"ardoise/data/fault"
	"ardoise/reports/preview"
	"ardoise/ui/kit"
	"ardoise/ui/widgets"
)

// ID is the section's name for Navigate; its argument is a request's id, or a
// text to filter by (a state's machine name, else words of a name).
const ID = "requests"

// Section is the entry of the rail.
func Section(d Deps) kit.Section {
	if d.Preview == nil {
		d.Preview = func(ctx context.Context, pdf []byte, page, dpi int) (image.Image, int, error) {
			return preview.Page(ctx, "", pdf, page, dpi)
		}
	}
	return kit.Section{
		ID: ID, Label: "&Demandes", Icon: "request", Roles: []string{"accueil", "regie", "sante", "administration"},
		New: func(sh kit.Shell) kit.Page { return newPage(sh, d) },
		Count: func(ctx context.Context) (int, error) {
			_, counts, err := d.Access.Queue(ctx, access.Filter{}, 0, 1)
			return counts[access.Submitted], err
		},
	}
}

type page struct {
	sh     kit.Shell
	m      *model
	asking kit.Latest // the queue
	latest kit.Latest // the detail
	stop   func()     // of the typing pause
	busy   bool       // a decision is on its way

	search  *widgets.TextField
	chips   *widgets.Choice
	service *widgets.Select
	list    *widgets.List
	queue   *widgets.Panel

	head                *widgets.Painting
	folder              *widgets.Button
	badge               widgets.BadgeSpec
	checks              *widgets.List
	tally               *widgets.Painting
	bank                *bankBox
	mail                *mailBox
	outcome             *widgets.Alert
	middle              *fyne.Container
	bankRow, outcomeRow *fyne.Container
	pane                *pane
	accept              *widgets.Button
	ask                 *widgets.Button
	refuse              *widgets.Button
	logged              *widgets.Painting
	full                *fyne.Container
	empty               *widgets.EmptyState
	content             fyne.CanvasObject
}

func newPage(sh kit.Shell, d Deps) *page {
	p := &page{sh: sh, m: newModel(d, rightsOf(sh.User().Has))}
	p.buildQueue()
	p.buildDetail()
	p.pane = newPane(p)
	p.buildActions()
	columns := widgets.HFlex(0, []float32{448, 0, 415}, container.NewVScroll(container.New(thin{}, p.middle)), widgets.NewVDivider(), p.pane.box)
	p.full = widgets.VFlex(0, []float32{1, 0, 0}, columns, widgets.NewDivider(), p.actions())
	p.empty = widgets.NewEmptyState("request", "Aucune demande choisie", "Choisissez une demande dans la file, ou enregistrez-en une nouvelle.", nil)
	p.full.Hide()
	right := widgets.NewPanel("", container.NewStack(p.full, p.empty)).Flush()
	p.content = kit.Frame(widgets.HFlex(16, []float32{-312, 1}, p.queue, right))
	p.reload()
	return p
}

func (p *page) Title() string              { return "Demandes" }
func (p *page) Content() fyne.CanvasObject { return p.content }
func (p *page) Focus()                     { p.focus(p.list) }
func (p *page) Close()                     { p.pane.forget() }

func (p *page) focus(f fyne.Focusable) {
	if c := p.sh.Canvas(); c != nil {
		c.Focus(f)
	}
}

// Open shows one request, or filters the queue.
func (p *page) Open(arg any) {
	p.m.clear()
	switch v := arg.(type) {
	case int64:
		p.m.cur, p.m.pinned, p.m.det = v, v, nil
		p.loadDetail(v)
	case string:
		if s := access.State(v); s.Valid() {
			p.m.state = s
		} else {
			p.m.text = v
		}
		p.m.cur, p.m.det = 0, nil
	}
	p.showFilters()
	p.reload()
}

// OnEvent loads again what another screen or workstation may have changed.
func (p *page) OnEvent(e kit.Event) {
	switch e.Topic {
	case access.Topic, "family", "child", "catalog", "*":
		p.reload()
		if p.m.det != nil {
			p.loadDetail(p.m.det.q.ID)
		}
	}
}

// Escape clears the filters.
func (p *page) Escape() bool {
	if !p.m.clear() {
		return false
	}
	p.showFilters()
	p.reload()
	return true
}

// Shortcuts are those of the decisions.
func (p *page) Shortcuts() []kit.Shortcut {
	return []kit.Shortcut{
		{Key: fyne.KeyReturn, Mod: fyne.KeyModifierControl, Hint: "Ctrl+Entrée", Label: "Accepter la demande", Run: p.doAccept, Off: p.m.acceptOff},
		{Key: fyne.KeyF7, Hint: "F7", Label: "Demander un complément", Run: p.askMore, Off: p.m.askOff},
		{Key: fyne.KeyF8, Hint: "F8", Label: "Refuser la demande", Run: p.askRefuse, Off: p.m.refuseOff},
		{Key: fyne.KeyN, Mod: fyne.KeyModifierControl, Hint: "Ctrl+N", Label: "Nouvelle demande", Run: p.create, Off: p.createOff},
		{Key: fyne.KeyF, Mod: fyne.KeyModifierControl, Hint: "Ctrl+F", Label: "Filtrer la file", Run: p.search.Focus},
	}
}

// reload asks for the queue with the present filters.
func (p *page) reload() {
	if !p.m.loaded {
		p.list.Loading("")
	}
	d, f, limit := p.m.d, p.m.filter(), p.m.limit
	var got queue
	p.asking.Go(p.sh.Runner(), p.sh.Ctx(), func(ctx context.Context) (err error) {
		got, err = d.loadQueue(ctx, f, limit)
		return err
	}, func(err error) {
		if err != nil {
			p.list.Failed(fault.Sentence(err), p.reload)
			return
		}
		p.m.apply(got)
		p.showQueue()
		if id := p.m.choose(); id != 0 && (p.m.det == nil || p.m.det.q.ID != id) {
			p.pick(id)
		} else if id == 0 {
			p.m.cur, p.m.det = 0, nil
			p.pane.forget()
			p.showDetail()
		}
	})
}

// pick goes to a request.
func (p *page) pick(id int64) {
	if id != p.m.cur {
		p.pane.forget()
	}
	p.m.cur = id
	if row := p.m.row(id); row >= 0 {
		p.list.Select(row)
	}
	p.loadDetail(id)
}

func (p *page) loadDetail(id int64) {
	d, may := p.m.d, p.m.may
	var got detail
	p.latest.Go(p.sh.Runner(), p.sh.Ctx(), func(ctx context.Context) (err error) {
		got, err = d.loadDetail(ctx, id, may)
		return err
	}, func(err error) {
		if id != p.m.cur {
			return
		}
		if err != nil {
			p.m.det = nil
			p.empty.Set("circle-alert", "Impossible d’afficher la demande", fault.Sentence(err), nil)
			p.showDetail()
			return
		}
		p.m.show(got)
		p.showDetail()
	})
}

// typed waits for a pause before it asks.
func (p *page) typed(text string) {
	if p.m.text == text {
		return
	}
	p.m.text, p.m.limit, p.m.pinned = text, pageSize, 0
	if p.stop != nil {
		p.stop()
	}
	p.stop = p.sh.Runner().After(120*time.Millisecond, p.reload)
}
