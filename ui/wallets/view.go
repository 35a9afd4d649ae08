package wallets

import (
	"context"
	"strconv"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/ui/kit"
	"ardoise/ui/widgets"
)

// ID is the section's name for Navigate; its argument is a family's id, or
// kit.OpenFamily (tab "topup" opens the dialog of a payment), or a text to search.
const ID = "wallets"

// Section is the entry of the rail.
func Section(d Deps) kit.Section {
	return kit.Section{
		ID: ID, Label: "&Porte-monnaie", Icon: "wallet", Roles: []string{"accueil", "regie"},
		New: func(sh kit.Shell) kit.Page { return newPage(sh, d) },
	}
}

func ledgerID(id int64) string { return strconv.FormatInt(id, 10) }

type page struct {
	sh      kit.Shell
	m       *model
	finding kit.Latest
	loading kit.Latest
	stop    func() // of the typing pause
	cashing bool   // open the dialog of a top-up once the family is there

	// no family
	search    *widgets.TextField
	low       *widgets.Table
	lowPanel  *widgets.Panel
	cash      *widgets.Table
	cashPanel *widgets.Panel
	sums      *widgets.Label
	results   *widgets.List
	tables    *fyne.Container
	found     *widgets.Panel
	homeBox   *fyne.Container

	// one family
	hero      *hero
	recharge  *widgets.Button
	refund    *widgets.Button
	overdraft *widgets.Button
	other     *widgets.Button
	span      *widgets.Select
	print     *widgets.Button
	which     *widgets.Choice
	table     *widgets.Table
	panel     *widgets.Panel
	one       *fyne.Container

	content fyne.CanvasObject
}

func newPage(sh kit.Shell, d Deps) *page {
	p := &page{sh: sh, m: newModel(d, rightsOf(sh.User().Has), sh.Today)}
	p.buildHome()
	p.buildAccount()
	p.content = kit.Frame(container.NewStack(p.homeBox, p.one))
	p.showWhich()
	p.loadHome()
	return p
}

func (p *page) Title() string              { return "Porte-monnaie" }
func (p *page) Content() fyne.CanvasObject { return p.content }
func (p *page) Close()                     {}

// Focus goes to the search, or to the statement of the chosen family.
func (p *page) Focus() {
	if p.m.id == 0 {
		p.search.Focus()
		return
	}
	p.focus(p.table)
}

func (p *page) focus(f fyne.Focusable) {
	if c := p.sh.Canvas(); c != nil {
		c.Focus(f)
	}
}

// Open shows a family's wallet, or searches.
func (p *page) Open(arg any) {
	switch v := arg.(type) {
	case int64:
		p.choose(v)
	case kit.OpenFamily:
		p.cashing = v.Tab == "topup"
		p.choose(v.ID)
	case string:
		p.leave()
		p.search.SetText(v)
	}
}

// OnEvent follows the money, wherever it moved.
func (p *page) OnEvent(e kit.Event) {
	switch e.Topic {
	case ledger.Topic, family.Topic, family.TopicChild, "*":
		p.reload()
	}
}

// Escape clears the search, then leaves the family.
func (p *page) Escape() bool {
	switch {
	case p.m.id != 0:
		p.leave()
		p.Focus()
		return true
	case p.search.Text() != "":
		p.search.SetText("")
		return true
	}
	return false
}

// Shortcuts are those of the cash desk.
func (p *page) Shortcuts() []kit.Shortcut {
	return []kit.Shortcut{
		{Key: fyne.KeyF6, Hint: "F6", Label: "Recharger le porte-monnaie", Run: p.topUp, Off: p.rechargeOff},
		{Key: fyne.KeyF, Mod: fyne.KeyModifierControl, Hint: "Ctrl+F", Label: "Chercher une famille", Run: func() { p.leave(); p.search.Focus() }},
		{Key: fyne.KeyP, Mod: fyne.KeyModifierControl, Hint: "Ctrl+P", Label: "Imprimer le relevé", Run: p.printStatement, Off: p.noFamily},
	}
}

func (p *page) noFamily() string {
	if p.m.acc == nil {
		return "Choisissez d’abord une famille."
	}
	return ""
}

func (p *page) rechargeOff() string {
	if off := p.m.may.cashOff(); off != "" {
		return off
	}
	return p.noFamily()
}

// choose goes to a family.
func (p *page) choose(id int64) {
	if id == 0 {
		return
	}
	if p.m.id != id {
		p.m.acc, p.m.rows = nil, nil
		p.m.period = "recent"
		p.m.from, p.m.to = p.m.span("recent")
		p.m.receipts = false
		p.which.Set("statement")
	}
	p.m.id = id
	p.showWhich()
	p.table.Loading("")
	p.loadAccount()
	p.Focus()
}

// leave goes back to the lists.
func (p *page) leave() {
	p.m.id, p.m.acc, p.m.rows = 0, nil, nil
	p.search.SetText("")
	p.showWhich()
	p.loadHome()
}

func (p *page) reload() {
	if p.m.id != 0 {
		p.loadAccount()
		return
	}
	p.loadHome()
}

func (p *page) showWhich() {
	if p.m.id == 0 {
		p.one.Hide()
		p.homeBox.Show()
	} else {
		p.homeBox.Hide()
		p.one.Show()
	}
}

func (p *page) loadHome() {
	d, may := p.m.d, p.m.may
	from, to := p.m.spanOf(p.m.homeSpan)
	var got home
	p.loading.Go(p.sh.Runner(), p.sh.Ctx(), func(ctx context.Context) (err error) {
		got, err = d.loadHome(ctx, may, from, to)
		return err
	}, func(err error) {
		if p.m.id != 0 {
			return
		}
		if err != nil {
			p.low.Failed(fault.Sentence(err), p.loadHome)
			return
		}
		p.m.home = got
		p.showHome()
	})
}

func (p *page) loadAccount() {
	d, may, id, from, to := p.m.d, p.m.may, p.m.id, p.m.from, p.m.to
	var got account
	p.loading.Go(p.sh.Runner(), p.sh.Ctx(), func(ctx context.Context) (err error) {
		got, err = d.loadAccount(ctx, id, may, from, to)
		return err
	}, func(err error) {
		if p.m.id != id {
			return
		}
		if err != nil {
			p.table.Failed(fault.Sentence(err), p.loadAccount)
			return
		}
		p.m.show(got)
		p.showAccount()
		if p.cashing {
			p.cashing = false
			p.topUp()
		}
	})
}

// typed waits for a pause, then searches.
func (p *page) typed(text string) {
	p.m.text = text
	if p.stop != nil {
		p.stop()
	}
	if text == "" {
		p.m.hits = nil
		p.showFound()
		return
	}
	p.stop = p.sh.Runner().After(80*time.Millisecond, p.find)
}

func (p *page) find() {
	d, text := p.m.d, p.m.text
	var hits []family.Hit
	p.finding.Go(p.sh.Runner(), p.sh.Ctx(), func(ctx context.Context) (err error) {
		hits, _, err = d.Family.Search(ctx, text, family.Filter{}, 50)
		return err
	}, func(err error) {
		if err != nil {
			p.results.Failed(fault.Sentence(err), p.find)
			return
		}
		p.m.hits = hits
		p.showFound()
	})
}
