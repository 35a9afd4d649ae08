package inbox

import (
	"context"
	"image"
	"slices"
	"time"

	"fyne.io/fyne/v2"

	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/data/mailbox"
	"ardoise/reports/preview"
	"ardoise/ui/kit"
	"ardoise/ui/widgets"
)

// ID is the section's name for Navigate; its argument is a message's id, or
// « envois » for the letters that leave.
const (
	ID     = "inbox"
	Envois = "envois"
)

// calmDelay is how long a burst of events is waited for.
const calmDelay = 150 * time.Millisecond

// armDelay is how long after a message changed under the agent's hands the next
// one cannot be applied: the second half of a double Ctrl+Enter is not meant for it.
const armDelay = 700 * time.Millisecond

// digitDelay is how long a dialog that a digit opens waits for the digit to pass.
const digitDelay = 50 * time.Millisecond

// Section is the entry of the rail.
func Section(d Deps) kit.Section {
	if d.Preview == nil {
		d.Preview = func(ctx context.Context, pdf []byte, page, dpi int) (image.Image, int, error) {
			return preview.Page(ctx, "", pdf, page, dpi)
		}
	}
	return kit.Section{
		ID: ID, Label: "C&ourrier", Icon: "mail", Roles: []string{"accueil"},
		New:   func(sh kit.Shell) kit.Page { return newPage(sh, d) },
		Count: d.Mail.Count,
	}
}

type page struct {
	sh      kit.Shell
	m       *model
	listing kit.Latest
	reading kit.Latest
	working kit.Latest // the plan
	posting kit.Latest
	wording kit.Latest // the answer of F7
	stop    func()     // of the typing pause
	calm    func()     // of a burst of events
	again   bool       // the burst concerns the message shown
	replan  bool       // the burst concerns what a plan rests on
	busy    bool       // a decision is on its way
	wary    bool       // a decision has just changed the message under the agent's hands
	fetch   bool       // a fetch is on its way

	side   *side
	mail   *mailPane
	letter *postPane
	right  *widgets.Panel
	banner *widgets.Alert // what is wrong with the mailbox

	content fyne.CanvasObject
}

func newPage(sh kit.Shell, d Deps) *page {
	p := &page{sh: sh, m: newModel(d, rightsOf(sh.User().Has))}
	p.side = newSide(p)
	p.mail = newMailPane(p)
	p.letter = newPostPane(p)
	p.letter.box.Hide()
	p.right = widgets.NewPanel("", stack(p.mail.box, p.letter.box)).Flush()
	p.banner = widgets.NewAlert(widgets.Failure, "", "")
	p.banner.Hide()
	columns := widgets.HFlex(16, []float32{-344, 1}, p.side.panel, p.right)
	p.content = kit.Frame(widgets.VFlex(12, []float32{0, 1}, p.banner, columns))
	p.loadAccounts()
	p.reload()
	p.loadPost()
	p.tick()
	return p
}

func (p *page) Title() string              { return "Courrier" }
func (p *page) Content() fyne.CanvasObject { return p.content }
func (p *page) Focus()                     { p.focus(p.side.list) }
func (p *page) Close()                     {}

func (p *page) focus(f fyne.Focusable) {
	if c := p.sh.Canvas(); c != nil {
		c.Focus(f)
	}
}

// redraw asks the window for a new picture: what was never drawn yet cannot ask
// for one by itself, and an answer may come before the first picture.
func (p *page) redraw(o fyne.CanvasObject) {
	if c := p.sh.Canvas(); c != nil {
		c.Refresh(o)
	}
}

// Open shows one message, or the letters that leave.
func (p *page) Open(arg any) {
	p.m.clear()
	switch v := arg.(type) {
	case int64:
		p.turn(false)
		p.m.cur, p.m.pinned = v, v
		p.m.forget()
		p.read(v, false)
	case string:
		p.turn(v == Envois)
	}
	p.side.showFilters()
	p.reload()
}

// tick looks at the mailbox's status: who watches it tells, but not how long ago.
func (p *page) tick() {
	p.sh.Runner().After(30*time.Second, func() {
		p.showStatus()
		p.tick()
	})
}

// OnEvent reads again what another screen or workstation may have changed, once
// the burst is over. Opening a message is written in the trail: it is read again
// only where it changed itself; what changed around it asks for a new plan.
func (p *page) OnEvent(e kit.Event) {
	switch e.Topic {
	case TopicStatus:
		p.showStatus()
		return
	case mailbox.Topic, "*":
		p.again = p.again || len(e.IDs) == 0 || p.m.msg != nil && slices.Contains(e.IDs, p.m.msg.ID)
	case mailbox.TopicAccount, "outbox":
	case "booking", "family", "child", "request", "wallet", "catalog":
		p.replan = true
	default:
		return
	}
	if p.calm != nil {
		p.calm()
	}
	topic := e.Topic
	p.calm = p.sh.Runner().After(calmDelay, func() { p.refresh(topic) })
}

func (p *page) refresh(topic string) {
	p.calm = nil
	if topic == mailbox.TopicAccount || topic == "*" {
		p.loadAccounts()
	}
	p.reload()
	p.loadPost()
	switch {
	case p.busy:
	case p.again && p.m.msg != nil:
		p.read(p.m.msg.ID, true)
	case p.replan:
		p.work()
	}
	p.again, p.replan = false, false
}

// Escape clears the filters.
func (p *page) Escape() bool {
	if !p.m.clear() {
		return false
	}
	p.side.showFilters()
	p.reload()
	return true
}

// reload asks for the list with the present filters.
func (p *page) reload() {
	if p.m.out {
		p.showPost()
		return
	}
	if !p.m.loaded {
		p.side.list.Loading("")
	}
	mail, f := p.m.d.Mail, p.m.filter()
	var rows []mailbox.Item
	var counts mailbox.Counts
	p.listing.Go(p.sh.Runner(), p.sh.Ctx(), func(ctx context.Context) (err error) {
		rows, counts, err = mail.List(ctx, f)
		return err
	}, func(err error) {
		if p.m.out {
			return
		}
		if err != nil {
			p.side.list.Failed(fault.Sentence(err), p.reload)
			return
		}
		p.m.rows, p.m.counts, p.m.loaded = rows, counts, true
		p.side.showList()
		id := p.m.choose()
		switch {
		case id == 0:
			p.m.cur = 0
			p.m.forget()
			p.mail.show()
		case p.m.msg == nil || p.m.msg.ID != id:
			p.pick(id)
		}
	})
}

// loadAccounts reads which mailboxes there are and what can be booked.
func (p *page) loadAccounts() {
	d := p.m.d
	var accounts []mailbox.Account
	var services []catalog.ServiceInfo
	p.sh.Runner().Go(p.sh.Ctx(), func(ctx context.Context) (err error) {
		if accounts, err = d.Mail.Accounts(ctx); err != nil {
			return err
		}
		services, err = d.services(ctx)
		return err
	}, func(err error) {
		if err != nil {
			p.sh.Toast(fault.Sentence(err))
			return
		}
		p.m.accounts, p.m.services, p.m.known = accounts, services, true
		p.side.showAccount()
		if p.m.loaded && !p.m.out && len(p.m.rows) == 0 {
			p.side.showList()
		}
	})
}

// pick goes to a message.
func (p *page) pick(id int64) {
	p.m.cur = id
	if row := p.m.row(id); row >= 0 {
		p.side.list.Select(row)
	}
	p.read(id, false)
}

// read opens a message; quiet: it changed under the agent's eyes.
func (p *page) read(id int64, quiet bool) {
	mail := p.m.d.Mail
	if !quiet {
		p.mail.loading(id)
	}
	var got *mailbox.Message
	p.reading.Go(p.sh.Runner(), p.sh.Ctx(), func(ctx context.Context) (err error) {
		got, err = mail.Get(ctx, id)
		return err
	}, func(err error) {
		if id != p.m.cur {
			return
		}
		if err != nil {
			p.m.forget()
			p.mail.failed(fault.Sentence(err))
			return
		}
		if p.m.show(got) {
			p.sh.Toast(fault.French("Ce message a été modifié ailleurs : vos choix ont été remplacés."))
		}
		p.mail.show()
		p.work()
	})
}

// work asks what the decision would do, each time it changes.
func (p *page) work() {
	if !p.m.open() || !p.m.may.desk {
		return
	}
	mail, d := p.m.d.Mail, p.m.decision()
	if len(d.Choices) == 0 {
		p.working.Go(p.sh.Runner(), p.sh.Ctx(), func(context.Context) error { return nil }, func(error) {
			p.m.planned(nil, nil)
			p.mail.showPlan()
		})
		return
	}
	p.m.asking, p.m.planErr = true, nil
	p.mail.showButtons()
	var got *mailbox.Plan
	p.working.Go(p.sh.Runner(), p.sh.Ctx(), func(ctx context.Context) (err error) {
		got, err = mail.Plan(ctx, d)
		return err
	}, func(err error) {
		if p.m.msg == nil || p.m.msg.ID != d.MessageID {
			return
		}
		p.m.planned(got, err)
		p.mail.showPlan()
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

// turn shows the messages, or the letters that leave.
func (p *page) turn(out bool) {
	if p.m.out == out {
		return
	}
	p.m.out, p.m.chip = out, chipAll
	show(p.mail.box, !out)
	show(p.letter.box, out)
	p.side.showFilters()
	if !out && p.m.loaded {
		p.side.showList()
	}
}
