package families

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ardoise/data/access"
	"ardoise/data/billing"
	"ardoise/data/booking"
	"ardoise/data/catalog"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/staff"
	"ardoise/ui/kit"
	"ardoise/ui/widgets"
)

// ID is the section's name for Navigate; its argument is a family's id, a
// kit.OpenFamily, or a text to search for (a badge's machine name filters).
const ID = "families"

// Section is the entry of the rail.
func Section(d Deps) kit.Section {
	return kit.Section{
		ID: ID, Label: "&Familles", Icon: "users", Roles: []string{"accueil", "regie", "sante", "administration"},
		New: func(sh kit.Shell) kit.Page { return newPage(sh, d) },
	}
}

// The tabs of a family.
const (
	tabHome     = "home"
	tabChildren = "children"
	tabPapers   = "papers"
	tabBookings = "bookings"
	tabWallet   = "wallet"
	tabInvoices = "invoices"
	tabHistory  = "history"

	tabImport = "import" // no tab: opens the import of a school
	tabNew    = "new"    // no tab: opens a new family
)

type page struct {
	sh     kit.Shell
	m      *model
	asking kit.Latest // the list
	latest kit.Latest // the family
	stop   func()     // of the typing pause
	busy   bool       // a write is on its way

	search  *widgets.TextField
	chips   *widgets.Choice
	list    *widgets.List
	count   *widgets.Label
	order   *widgets.Button
	more    *widgets.Button
	left    *fyne.Container // filters and list
	filters *fyne.Container

	head    *widgets.Painting
	reserve *widgets.Button
	topup   *widgets.Button
	menu    *widgets.Button
	tabs    *widgets.Tabs
	body    *fyne.Container // of the tab
	home    *homeTab
	kids    *kidsTab
	papers  *papersTab
	short   *shortTab
	bills   *invoicesTab
	full    *fyne.Container
	empty   *widgets.EmptyState
	content fyne.CanvasObject
}

func newPage(sh kit.Shell, d Deps) *page {
	p := &page{sh: sh, m: newModel(d, rightsOf(sh.User().Has))}
	left := p.buildList()
	p.buildDetail()
	p.empty = widgets.NewEmptyState("family", "Aucune famille choisie", "Choisissez une famille dans la liste.", nil)
	p.full.Hide()
	right := widgets.NewPanel("", container.NewStack(p.full, p.empty)).Flush()
	p.content = kit.Frame(widgets.HFlex(16, []float32{-376, 1}, left, right))
	p.reload()
	return p
}

func (p *page) Title() string              { return "Familles" }
func (p *page) Content() fyne.CanvasObject { return p.content }
func (p *page) Focus()                     { p.search.Focus() }
func (p *page) Close()                     {}

func (p *page) focus(f fyne.Focusable) {
	if c := p.sh.Canvas(); c != nil {
		c.Focus(f)
	}
}

// Open shows one family, or searches.
func (p *page) Open(arg any) {
	p.home.leave(func() {
		p.m.clear()
		switch v := arg.(type) {
		case int64:
			p.m.cur, p.m.det = v, nil
		case kit.OpenFamily:
			switch v.Tab { // the first-day guide
			case tabImport:
				p.importSchool()
				return
			case tabNew:
				p.create()
				return
			}
			p.m.cur, p.m.det = v.ID, nil
			if v.Tab != "" {
				p.m.tab = v.Tab
				p.tabs.Set(v.Tab)
			}
		case string:
			if family.BadgeLabel(v) != "" {
				p.m.chip = v
			} else {
				p.m.text = v
			}
			p.m.cur, p.m.det = 0, nil
		}
		p.showFilters()
		p.reload()
		if p.m.cur != 0 {
			p.loadFolder(p.m.cur)
		}
	})
}

// OnEvent loads again what another screen or workstation may have changed.
func (p *page) OnEvent(e kit.Event) {
	switch e.Topic {
	case family.Topic, family.TopicChild, access.Topic, ledger.Topic, billing.Topic, booking.Topic, catalog.Topic, "*":
		p.reload()
		if p.m.det != nil {
			p.loadFolder(p.m.det.f.ID)
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

// Leave asks before typed changes are lost.
func (p *page) Leave(then func()) { p.home.leave(then) }

// NextTab goes to another tab (Ctrl+Tab).
func (p *page) NextTab(step int) {
	if p.m.det != nil {
		p.tabs.Next(step)
	}
}

// Shortcuts are those of the screen.
func (p *page) Shortcuts() []kit.Shortcut {
	return []kit.Shortcut{
		{Key: fyne.KeyF2, Hint: "F2", Label: "Réserver pour la famille", Run: p.book, Off: p.bookOff},
		{Key: fyne.KeyF6, Hint: "F6", Label: "Recharger le porte-monnaie, ou encaisser (onglet Factures)", Run: p.f6, Off: p.f6Off},
		{Key: fyne.KeyN, Mod: fyne.KeyModifierAlt, Hint: "Alt+N", Label: "Nouvelle famille", Run: p.create, Off: p.writeOff},
		{Key: fyne.KeyN, Mod: fyne.KeyModifierControl, Hint: "Ctrl+N", Label: "Nouvelle famille", Run: p.create, Off: p.writeOff},
		{Key: fyne.KeyF, Mod: fyne.KeyModifierControl, Hint: "Ctrl+F", Label: "Filtrer la liste", Run: p.search.Focus},
		{Key: fyne.KeyS, Mod: fyne.KeyModifierControl, Hint: "Ctrl+S", Label: "Enregistrer le foyer", Run: p.home.save, Off: p.home.saveOff},
	}
}

func (p *page) writeOff() string {
	if !p.m.may.write {
		return lacks(staff.Accueil, staff.Admin)
	}
	return ""
}

func (p *page) bookOff() string {
	switch {
	case p.m.det == nil:
		return "Choisissez d’abord une famille."
	case !p.m.may.desk:
		return lacks(staff.Accueil)
	case p.m.det.f.State != family.Active:
		return fault.French("Cette famille n’est plus active : réactivez-la d’abord.")
	}
	return ""
}

func (p *page) rechargeOff() string {
	switch {
	case p.m.det == nil:
		return "Choisissez d’abord une famille."
	case !p.m.may.cash:
		return lacks(staff.Regie)
	case p.m.det.f.AnonymisedOn != 0:
		return "Ce dossier est anonymisé" + nbsp + ": il ne sert plus qu’aux comptes passés."
	}
	return ""
}

func (p *page) book() {
	if p.bookOff() == "" {
		p.sh.Navigate("bookings", kit.OpenFamily{ID: p.m.det.f.ID})
	}
}

func (p *page) recharge() {
	if p.rechargeOff() == "" {
		p.sh.Navigate("wallets", kit.OpenFamily{ID: p.m.det.f.ID, Tab: "topup"})
	}
}

// reload asks for the list with the present filters.
func (p *page) reload() {
	if !p.m.loaded {
		p.list.Loading("")
	}
	d, q := p.m.d, p.m.query()
	var got list
	p.asking.Go(p.sh.Runner(), p.sh.Ctx(), func(ctx context.Context) (err error) {
		got, err = d.load(ctx, q)
		return err
	}, func(err error) {
		if err != nil {
			p.list.Failed(fault.Sentence(err), p.reload)
			return
		}
		p.m.apply(got)
		p.showList()
		if p.home.dirty() {
			return // what is being typed stays in front
		}
		if id := p.m.choose(); id != 0 && (p.m.det == nil || p.m.det.f.ID != id) {
			p.pick(id)
		} else if id == 0 {
			p.m.cur, p.m.det = 0, nil
			p.showDetail()
		}
	})
}

// typed waits for a pause before it asks.
func (p *page) typed(text string) {
	if p.m.text == text {
		return
	}
	p.m.text, p.m.limit = text, pageSize
	if p.stop != nil {
		p.stop()
	}
	p.stop = p.sh.Runner().After(80*time.Millisecond, p.reload)
}

// pick goes to a family; typed changes are asked about first.
func (p *page) pick(id int64) {
	if id == p.m.cur && p.m.det != nil {
		return
	}
	p.home.leave(func() {
		p.m.cur = id
		if row := p.m.row(id); row >= 0 {
			p.list.Select(row)
		}
		p.loadFolder(id)
	})
	if row := p.m.row(p.m.cur); row >= 0 {
		p.list.Select(row) // held back: the list shows what is shown
	}
}

func (p *page) loadFolder(id int64) {
	d, today := p.m.d, p.sh.Today()
	var got folder
	p.latest.Go(p.sh.Runner(), p.sh.Ctx(), func(ctx context.Context) (err error) {
		got, err = d.loadFolder(ctx, id, today)
		return err
	}, func(err error) {
		if id != p.m.cur {
			return
		}
		if err != nil {
			p.m.det = nil
			p.empty.Set("circle-alert", "Impossible d’afficher la famille", fault.Sentence(err), nil)
			p.showDetail()
			return
		}
		p.m.det = &got
		p.showDetail()
	})
}

// write runs a change off the window's thread; a second one waits its turn.
// done is called without error only; a refusal goes to refuse, or to a dialog.
func (p *page) write(work func(ctx context.Context) error, refuse func(error), done func()) {
	if p.busy {
		return
	}
	p.busy = true
	p.sh.Runner().Go(p.sh.Ctx(), work, func(err error) {
		p.busy = false
		switch {
		case err == nil:
			done()
		case refuse != nil:
			refuse(err)
		default:
			p.sh.Refused(err)
		}
	})
}

// refresh loads again after a change of our own.
func (p *page) refresh() {
	p.reload()
	if p.m.cur != 0 {
		p.loadFolder(p.m.cur)
	}
}
