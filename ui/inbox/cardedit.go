package inbox

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"ardoise/data/access"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/mailbox"
	"ardoise/data/mailbox/reading"
	"ardoise/data/staff"
	"ardoise/ui/widgets"
)

// editor is the dialog of one action: what a proposal says, to be put right, or
// an action the message did not make the program think of.
type editor struct {
	p     *page
	at    int // card, -1 a new one
	draft draft
	today calendar.Date

	form     *widgets.Form
	dialog   *widgets.Dialog
	kind     *widgets.Choice
	children *widgets.Choice
	service  *widgets.Select
	typed    *widgets.DateField
	days     *widgets.Choice
	absence  *widgets.Select
	pay      *widgets.RadioRows
	iban     *widgets.TextField
	bic      *widgets.TextField
	holder   *widgets.TextField
	checked  *widgets.Check
	override *widgets.TextField
	filings  []filingRow
	fields   map[string]fyne.CanvasObject
}

// filingRow is where one attachment goes.
type filingRow struct {
	file  mailbox.File
	kind  *widgets.Select
	child *widgets.Select
	line  fyne.CanvasObject
}

// addOff says why no action can be added.
func (p *page) addOff() string {
	switch {
	case p.m.away():
		return opening
	case p.m.msg == nil:
		return "Choisissez d’abord un message."
	case !p.m.may.desk:
		return lacks(staff.Accueil)
	case !p.m.open():
		return "Ce message est classé."
	case p.m.msg.FamilyID == 0:
		return fault.French("Dites d’abord qui a écrit : choisissez la famille (Ctrl+O).")
	}
	return ""
}

// addCard is Ctrl+N: an action of the agent's own.
func (p *page) addCard() {
	if off := p.addOff(); off != "" {
		p.sh.Toast(off)
		return
	}
	newEditor(p, -1, draft{Choice: mailbox.Choice{Kind: reading.Cancel}}).show()
}

// editCard opens a card to put it right.
func (p *page) editCard(i int) {
	if i < 0 || i >= len(p.m.cards) || p.busy {
		return
	}
	off := p.addOff()
	if p.m.cards[i].Verdict == mailbox.Done {
		off = "Cette action est déjà faite."
	}
	if off != "" {
		p.sh.Toast(off)
		return
	}
	newEditor(p, i, draft{Choice: p.m.cards[i].Choice, late: p.m.cards[i].Verdict == mailbox.TooLate}).show()
}

func newEditor(p *page, at int, d draft) *editor {
	e := &editor{p: p, at: at, draft: d, today: p.sh.Today(), form: widgets.NewForm(), fields: map[string]fyne.CanvasObject{}}
	if at < 0 {
		e.pickKind()
	}
	e.who()
	e.when()
	e.what()
	e.files()
	e.account()
	e.follow()
	return e
}

func (e *editor) add(name string, f *widgets.Field, check func() error) {
	e.form.Add(f, func() error {
		if check == nil || !e.draft.wants(name) {
			return nil
		}
		return check()
	})
	e.fields[name] = f
}

func (e *editor) pickKind() {
	var options []widgets.Option
	for _, k := range kinds {
		if k.kind == reading.Documents && len(accepted(e.p.m.msg.Files)) == 0 {
			continue
		}
		options = append(options, widgets.Option{ID: string(k.kind), Label: k.word, Icon: k.icon})
	}
	e.kind = widgets.NewChoice(widgets.Chips, func(id string) {
		e.draft.Kind = reading.Kind(id)
		e.follow()
	}, options...).Wrap()
	e.kind.Set(string(e.draft.Kind))
	e.form.Line(widgets.NewField("Action", "", e.kind))
}

// follow shows the fields the kind wants.
func (e *editor) follow() {
	for name, o := range e.fields {
		show(o, e.draft.wants(name))
	}
	for _, r := range e.filings {
		show(r.line, e.draft.filing())
	}
	e.refresh()
}

func (e *editor) refresh() {
	if e.dialog == nil {
		return
	}
	e.form.Content().Refresh()
	e.dialog.Reflow()
}

func (e *editor) show() {
	title, verb, sub := "Ajouter une action", "Ajouter", "Elle est cochée, et appliquée avec les autres."
	first := e.first()
	if e.at >= 0 {
		c := e.p.m.cards[e.at]
		title, verb = kindTitle(c.Choice.Kind), "Garder"
		sub = c.Why
		if c.Doubt != "" {
			sub = strings.TrimSpace(c.Doubt + "\n" + c.Why)
		}
	}
	e.dialog = widgets.NewDialog(title, fault.French(sub), e.form.Content(), verb, widgets.Primary, e.keep)
	e.dialog.Width, e.dialog.First = 640, first
	e.p.sh.Show(e.dialog)
}

// first is where an agent begins: what is missing, else what is most often put right.
func (e *editor) first() fyne.Focusable {
	switch {
	case e.kind != nil:
		return e.kind
	case e.draft.Kind == reading.BankDetails && e.draft.IBAN != "":
		return e.checked
	case e.draft.Kind == reading.BankDetails:
		return e.iban.FocusTarget()
	case e.draft.Kind == reading.Documents && len(e.filings) > 0:
		return e.filings[0].kind
	case len(e.draft.Children) == 0:
		return e.children
	case e.draft.late:
		return e.override.FocusTarget()
	}
	return e.typed.FocusTarget()
}

// keep takes what is typed into the card.
func (e *editor) keep() {
	if day, err := e.typed.Value(); err == nil && !day.IsZero() && e.draft.wants("day") { // typed and not yet entered
		e.draft.addDay(day)
		e.typed.Set(0)
		e.showDays()
	}
	if !e.form.Validate() {
		return
	}
	c, err := e.choice()
	if err != nil {
		e.form.Refuse(err)
		return
	}
	e.dialog.Close()
	p := e.p
	if e.at < 0 {
		p.mail.cards.SetCount(len(p.m.cards) + 1)
		p.mail.cards.Select(p.m.add(c))
	} else if e.at < len(p.m.cards) {
		p.m.edit(e.at, c)
	}
	p.mail.showPlan()
	p.work()
}

// choice is what the fields say.
func (e *editor) choice() (mailbox.Choice, error) {
	in := typed{
		children: ids(e.children.Values()), absence: e.absence.Value(), pay: e.pay.Value(), override: e.override.Text(),
		iban: e.iban.Text(), bic: e.bic.Text(), holder: e.holder.Text(), confirmed: e.checked.Checked(),
	}
	if n := ids([]string{e.service.Value()}); len(n) > 0 {
		in.service = n[0]
	}
	for _, r := range e.filings {
		kind := r.kind.Value()
		if kind == "" || !e.draft.filing() {
			continue
		}
		f := mailbox.Filing{File: r.file.N, Kind: kind}
		if n := ids([]string{r.child.Value()}); len(n) > 0 && !access.FamilyKind(kind) {
			f.ChildID = n[0]
		}
		if f.ChildID == 0 && !access.FamilyKind(kind) {
			return mailbox.Choice{}, fault.New(fault.Invalid, "Dites de quel enfant est « %s ».", r.file.Name)
		}
		in.files = append(in.files, f)
	}
	return e.draft.choice(in)
}

func ids(texts []string) (out []int64) {
	for _, t := range texts {
		if n, err := strconv.ParseInt(t, 10, 64); err == nil && n != 0 {
			out = append(out, n)
		}
	}
	return out
}
