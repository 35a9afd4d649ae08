package billing

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ardoise/data/billing"
	"ardoise/data/calendar"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// ID is the section's name for Navigate; its argument is a calendar.Month, an
// invoice's id, a tab
// ("cash", "figures"), a text to look for, or kit.OpenFamily with what to do for
// that family (tab "pay": take a payment, "mandate": its mandate).
const ID = "billing"

// Section is the entry of the rail.
func Section(d Deps) kit.Section {
	return kit.Section{
		ID: ID, Label: "Fac&turation", Icon: "invoice", Roles: []string{"regie"},
		New: func(sh kit.Shell) kit.Page { return newPage(sh, d) },
	}
}

// The tabs of the page.
const (
	tabMonth   = "month"
	tabCash    = "cash"
	tabFigures = "figures"
)

type page struct {
	sh      kit.Shell
	d       Deps
	run     billing.Run      // the month, and what the agent decided of its plan
	ask     billing.DebitAsk // of the next batch
	s       *sheet           // nil until it is read
	step    int
	opened  bool // the month was shown: its step is the agent's choice from then on
	loading kit.Latest
	calm    func()
	closed  bool

	tabs    *widgets.Tabs
	title   *widgets.Label
	prev    *widgets.Button
	next    *widgets.Button
	stepper *widgets.Stepper
	month   *monthPart
	debit   *debitPart
	remind  *remindPart
	cash    *cashPart
	figures *figuresPart
	body    *fyne.Container // of the step
	tab     *fyne.Container // of the tab
	content fyne.CanvasObject
	steps   fyne.CanvasObject
}

func newPage(sh kit.Shell, d Deps) *page {
	p := &page{sh: sh, d: d, run: billing.Run{Month: firstMonth(sh.Today())}, step: stepPlan}
	p.tabs = widgets.NewTabs(func(string) { p.showTab() }, widgets.TabItem{ID: tabMonth, Label: "Factures du mois"},
		widgets.TabItem{ID: tabCash, Label: "Caisse"}, widgets.TabItem{ID: tabFigures, Label: "Chiffres"})
	p.prev = widgets.NewIconButton("chevron-left", "Mois précédent (Ctrl+Gauche)", func() { p.goTo(p.run.Month.Add(-1)) })
	p.next = widgets.NewIconButton("chevron-right", "Mois suivant (Ctrl+Droite)", func() { p.goTo(p.run.Month.Add(1)) })
	p.title = widgets.NewLabel("", widgets.Heading.Center())
	p.stepper = widgets.NewStepper(p.choose, (*sheet)(nil).steps(making{})...)
	p.month, p.debit, p.remind = newMonthPart(p), newDebitPart(p), newRemindPart(p)
	p.cash, p.figures = newCashPart(p), newFiguresPart(p)
	p.body, p.tab = container.NewStack(), container.NewStack()
	p.steps = widgets.VFlex(16, []float32{0, 1}, p.stepper, p.body)
	top := widgets.HFlex(16, []float32{1, 0, -longestMonth(), 0}, p.tabs, p.prev, p.title, p.next)
	p.content = kit.Frame(widgets.VFlex(8, []float32{0, 1}, top, p.tab))
	p.showTab()
	p.showStep()
	p.load()
	return p
}

// longestMonth keeps the arrows where they are whatever the month, in px.
func longestMonth() float32 {
	return widgets.TextWidth(calendar.NewMonth(2026, 9).Label(), widgets.Heading) * 1000 / theme.Wide(1000)
}

// Title, Content and Close are the page's.
func (p *page) Title() string { return "Facturation" }

// Content is the page area.
func (p *page) Content() fyne.CanvasObject { return p.content }

// Close ends the page.
func (p *page) Close() { p.closed = true }

// Focus gives the keyboard to the table of the step.
func (p *page) Focus() { p.focus(p.focused()) }

func (p *page) focused() fyne.Focusable {
	switch at := p.tabs.Value(); {
	case at == tabCash:
		return p.cash.table
	case at == tabFigures:
		return p.figures.sales
	case p.step == stepDebit:
		return p.debit.table
	case p.step == stepRemind:
		return p.remind.table
	}
	return p.month.table
}

func (p *page) focus(f fyne.Focusable) {
	if c := p.sh.Canvas(); c != nil && f != nil {
		c.Focus(f)
	}
}

// Open goes to a month, a tab, a text or something to do for a family.
func (p *page) Open(arg any) {
	switch v := arg.(type) {
	case calendar.Month:
		p.goTo(v)
	case int64:
		p.openInvoice(v)
	case kit.OpenFamily:
		switch v.Tab {
		case "mandate":
			p.mandate(v.ID)
		default:
			p.pay(v.ID)
		}
	case string:
		if v == tabCash || v == tabFigures {
			p.tabs.Set(v)
			p.showTab()
			return
		}
		p.month.filter.SetText(v)
	}
}

// OnEvent reads the month again once the burst is over.
func (p *page) OnEvent(e kit.Event) {
	switch e.Topic {
	case billing.Topic, ledger.Topic, family.Topic, family.TopicChild, "booking", "request", "*":
		if p.calm != nil {
			p.calm()
		}
		p.calm = p.sh.Runner().After(calmDelay, p.reload)
	}
}

// reload reads the month again, and the tab shown.
func (p *page) reload() {
	p.load()
	p.loadTab()
}

func (p *page) loadTab() {
	switch p.tabs.Value() {
	case tabCash:
		p.cash.load()
	case tabFigures:
		p.figures.load()
	}
}

// calmDelay groups the events of one commit before the month is read again.
const calmDelay = 200 * time.Millisecond

// Escape clears the filters.
func (p *page) Escape() bool {
	switch {
	case p.tabs.Value() != tabMonth:
		return false
	case p.month.clear():
		return true
	}
	return false
}

// NextTab is Ctrl+Tab.
func (p *page) NextTab(step int) {
	p.tabs.Next(step)
	p.Focus()
}

// goTo shows another month; what was decided for the former one is forgotten.
func (p *page) goTo(m calendar.Month) {
	if m == p.run.Month {
		return
	}
	p.run, p.s, p.opened = billing.Run{Month: m}, nil, false
	p.ask.CollectOn = 0 // each month's invoices announce their own day
	p.month.forget()
	p.showTitle()
	p.reload()
}

// load reads the month shown.
func (p *page) load() {
	if p.closed {
		return
	}
	d, run, ask, today := p.d, p.run, p.ask, p.sh.Today()
	var got *sheet
	p.loading.Go(p.sh.Runner(), p.sh.Ctx(), func(ctx context.Context) (err error) {
		got, err = d.load(ctx, run, ask, today)
		return err
	}, func(err error) {
		if err != nil {
			p.month.table.Failed(fault.Sentence(err), p.load)
			p.debit.table.Failed(fault.Sentence(err), p.load)
			p.remind.table.Failed(fault.Sentence(err), p.load)
			return
		}
		p.s = got
		p.ask = got.debits.ask
		p.show()
	})
}

// show fills every part with the month that was read.
func (p *page) show() {
	p.showTitle()
	p.month.show()
	p.debit.show()
	p.remind.show()
	p.follow()
}

func (p *page) showTitle() { p.title.Set(capital(p.run.Month.Label())) }

// follow opens a month on the step it is at; afterwards nothing jumps.
func (p *page) follow() {
	if !p.opened {
		p.step, p.opened = p.s.current(), true
	}
	p.showSteps()
	p.showStep()
}

func (p *page) showSteps() {
	p.stepper.Set(p.s.steps(p.month.making)...)
	p.stepper.SetShown(p.step)
}

// choose shows a step.
func (p *page) choose(i int) {
	p.step = i
	switch i {
	case stepPlan, stepIssue:
		p.month.filterBy(showAll)
	case stepCheck:
		p.month.filterBy(showLook)
	}
	p.showStep()
}

func (p *page) showStep() {
	o := p.month.content
	switch p.step {
	case stepDebit:
		o = p.debit.content
	case stepRemind:
		o = p.remind.content
	}
	p.stepper.SetShown(p.step)
	if len(p.body.Objects) != 1 || p.body.Objects[0] != o {
		p.body.Objects = []fyne.CanvasObject{o}
		p.body.Refresh()
	}
}

func (p *page) showTab() {
	o := p.steps
	switch p.tabs.Value() {
	case tabCash:
		o = p.cash.content
	case tabFigures:
		o = p.figures.content
	}
	p.loadTab()
	if len(p.tab.Objects) != 1 || p.tab.Objects[0] != o {
		p.tab.Objects = []fyne.CanvasObject{o}
		p.tab.Refresh()
	}
}

// changed reads the month again after the agent's own commit.
func (p *page) changed() {
	p.reload()
	p.sh.RefreshCounts()
}

// Shortcuts are those of the screen.
func (p *page) Shortcuts() []kit.Shortcut {
	step := func(by int) func() {
		return func() { p.choose(min(max(p.step+by, 0), len(stepLabels)-1)) }
	}
	off := p.stepOff
	return []kit.Shortcut{
		{Key: fyne.KeyF9, Hint: "F9", Label: "Émettre, créer le fichier, relancer, arrêter", Run: p.finish, Off: p.finishOff},
		{Key: fyne.KeyF6, Hint: "F6", Label: "Encaisser un paiement", Run: func() { p.pay(p.selectedFamily()) }},
		{Key: fyne.KeyF3, Hint: "F3", Label: "Faire un avoir sur la facture choisie", Run: p.creditSelected, Off: p.creditOff},
		{Key: fyne.KeyF4, Hint: "F4", Label: "Mandat de la famille choisie", Run: func() { p.mandate(p.selectedFamily()) }, Off: p.noFamily},
		{Key: fyne.KeyF, Mod: fyne.KeyModifierControl, Hint: "Ctrl+F", Label: "Filtrer les factures", Run: p.month.filter.Focus, Off: off},
		{Key: fyne.KeyP, Mod: fyne.KeyModifierControl, Hint: "Ctrl+P", Label: "Ouvrir la facture choisie en PDF", Run: p.printSelected, Off: p.printOff},
		{Key: fyne.KeyLeft, Mod: fyne.KeyModifierControl, Hint: "Ctrl+Gauche", Label: "Mois précédent", Run: p.prev.Press},
		{Key: fyne.KeyRight, Mod: fyne.KeyModifierControl, Hint: "Ctrl+Droite", Label: "Mois suivant", Run: p.next.Press},
		{Key: fyne.KeyPageUp, Hint: "Page préc.", Label: "Mois précédent (hors d’une liste)", Run: p.prev.Press},
		{Key: fyne.KeyPageDown, Hint: "Page suiv.", Label: "Mois suivant (hors d’une liste)", Run: p.next.Press},
		{Key: fyne.KeyDown, Mod: fyne.KeyModifierControl, Hint: "Ctrl+Bas", Label: "Étape suivante", Run: step(1), Off: off},
		{Key: fyne.KeyUp, Mod: fyne.KeyModifierControl, Hint: "Ctrl+Haut", Label: "Étape précédente", Run: step(-1), Off: off},
	}
}

// HelpPage names the page of the help about what is shown.
func (p *page) HelpPage() string {
	switch at := p.tabs.Value(); {
	case at == tabCash:
		return ID + "-cash"
	case at == tabFigures:
		return ID + "-figures"
	case p.step == stepDebit:
		return ID + "-debits"
	}
	return ID
}

// finish is F9: what ends the step shown.
func (p *page) finish() {
	if off := p.finishOff(); off != "" {
		p.sh.Toast(off)
		return
	}
	switch at := p.tabs.Value(); {
	case at == tabCash:
		p.cash.closeDay()
	case p.step == stepDebit:
		p.debit.finish()
	case p.step == stepRemind:
		p.remind.send()
	default:
		p.issue()
	}
}

func (p *page) finishOff() string {
	switch at := p.tabs.Value(); {
	case at == tabCash:
		return p.cash.off()
	case at == tabFigures:
		return "Les chiffres se lisent seulement."
	case p.step == stepDebit:
		return p.debit.off()
	case p.step == stepRemind:
		return p.remind.off()
	}
	return p.s.issueOff()
}

// stepOff says why the keys of the steps do nothing, "" on their tab.
func (p *page) stepOff() string {
	if p.tabs.Value() != tabMonth {
		return "Revenez d’abord aux factures du mois (Ctrl+Tab)."
	}
	return ""
}
