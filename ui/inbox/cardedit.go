package inbox

import (
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"ardoise/data/access"
	"ardoise/data/bank"
	"ardoise/data/booking"
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

func (e *editor) who() {
	var options []widgets.Option
	var chosen []string
	for _, k := range e.p.m.msg.Children {
		id := strconv.FormatInt(k.ID, 10)
		options = append(options, widgets.Option{ID: id, Label: kidName(e.p.m.msg.Children, k)})
		if slices.Contains(e.draft.Children, k.ID) {
			chosen = append(chosen, id)
		}
	}
	if len(options) == 1 {
		chosen = []string{options[0].ID}
	}
	e.children = widgets.NewMultiChoice(nil, options...).Wrap()
	e.children.Set(chosen...)
	e.add("children", widgets.NewField("Enfants", "Flèches pour aller de l’un à l’autre, Espace pour choisir.", e.children), func() error {
		if len(e.children.Values()) == 0 {
			return fault.New(fault.Invalid, "Choisissez au moins un enfant.")
		}
		return nil
	})
	e.service = widgets.NewSelect(nil, e.services()...)
	e.service.Set(strconv.FormatInt(e.usual(), 10))
	e.add("service", widgets.NewField("Service", "", e.service), func() error {
		if e.service.Value() == "" {
			return fault.New(fault.Invalid, "Choisissez un service.")
		}
		return nil
	})
}

// usual is the service of the draft; of a new one, that of the other cards, or
// the only one there is.
func (e *editor) usual() int64 {
	if e.draft.ServiceID != 0 || e.at >= 0 {
		return e.draft.ServiceID
	}
	for _, c := range e.p.m.cards {
		if c.Choice.ServiceID != 0 {
			return c.Choice.ServiceID
		}
	}
	if n := e.services(); len(n) == 1 {
		return ids([]string{n[0].ID})[0]
	}
	return 0
}

// kidName adds the last name where two children bear the same first one.
func kidName(all []mailbox.Kid, k mailbox.Kid) string {
	for _, o := range all {
		if o.ID != k.ID && o.First == k.First {
			return k.First + " " + k.Last
		}
	}
	return k.First
}

func (e *editor) services() (out []widgets.Option) {
	for _, s := range e.p.m.services {
		if s.Active {
			out = append(out, widgets.Option{ID: strconv.FormatInt(s.ID, 10), Label: s.Short, Detail: s.Commune})
		}
	}
	return out
}

func (e *editor) when() {
	e.days = widgets.NewMultiChoice(func([]string) { e.sayDays() }).Wrap()
	e.typed = widgets.NewDateField(e.p.sh.Today)
	e.typed.OnDate = func(d calendar.Date) {
		if e.draft.addDay(d) {
			e.typed.Set(0)
			e.showDays()
		}
	}
	e.typed.OnSubmit = e.enterDay
	e.showDays()
	e.add("day", widgets.NewField("Ajouter un jour", "Tapez 26/11 ou « demain », puis Entrée ; Bas ouvre le mois.", e.typed), func() error {
		if len(e.draft.kept()) == 0 {
			return fault.New(fault.Invalid, "Ajoutez au moins un jour.")
		}
		return nil
	})
	e.add("days", widgets.NewField("Jours", "Espace retire un jour, ou le remet.", e.days), nil)
}

// enterDay adds the day typed; on an empty field Enter ends the dialog.
func (e *editor) enterDay() {
	switch d, err := e.typed.Value(); {
	case err != nil:
		e.typed.SetError(true)
	case d.IsZero():
		e.keep()
	default:
		e.draft.addDay(d)
		e.typed.Set(0)
		e.showDays()
	}
}

func (e *editor) showDays() {
	var options []widgets.Option
	var on []string
	for _, d := range e.draft.Days {
		options = append(options, widgets.Option{ID: d.String(), Label: d.Medium()})
		if !slices.Contains(e.draft.off, d) {
			on = append(on, d.String())
		}
	}
	e.days.SetOptions(options...)
	e.days.Set(on...)
	e.follow()
}

// sayDays notes which days were taken off.
func (e *editor) sayDays() {
	on := e.days.Values()
	e.draft.off = nil
	for _, d := range e.draft.Days {
		if !slices.Contains(on, d.String()) {
			e.draft.off = append(e.draft.off, d)
		}
	}
}

func (e *editor) what() {
	var options []widgets.Option
	for _, k := range []string{booking.Illness, booking.Strike, booking.Teacher, booking.Trip, booking.Other} {
		options = append(options, widgets.Option{ID: k, Label: booking.JustificationLabels[k]})
	}
	e.absence = widgets.NewSelect(nil, options...)
	e.absence.Set(e.draft.Absence)
	e.add("absence", widgets.NewField("Motif de l’absence", "", e.absence), func() error {
		if e.absence.Value() == "" {
			return fault.New(fault.Invalid, "Choisissez le motif de l’absence.")
		}
		return nil
	})
	e.pay = widgets.NewRadioRows(nil, widgets.Option{ID: access.Prepaid, Label: "Au fil de l’eau", Icon: "wallet"}, widgets.Option{ID: access.Monthly, Label: "Chaque mois", Icon: "invoice"}).Columns(2)
	if e.draft.Pay != "" {
		e.pay.Set(e.draft.Pay)
	}
	e.add("pay", widgets.NewField("Paiement", "", e.pay), nil)
	e.override = widgets.NewTextField()
	e.override.SetText(e.draft.Override)
	e.add("override", widgets.NewField("Motif pour passer outre le délai", "Il reste au journal. Sans motif, la demande reste hors délai.", e.override), nil)
}

func (e *editor) account() {
	e.iban, e.bic, e.holder = widgets.NewTextField().Icon("bank").PlaceHolder("FR76 …"), widgets.NewTextField(), widgets.NewTextField().Icon("user")
	e.iban.SetText(grouped(e.draft.IBAN))
	e.bic.SetText(e.draft.BIC)
	e.holder.SetText(e.draft.Holder)
	e.checked = widgets.NewCheck("J’ai vérifié ce compte avec la famille", nil).Detail("Au guichet, ou en l’appelant au numéro de son dossier, jamais à celui du message.")
	e.checked.Set(e.draft.Confirmed)
	e.add("iban", widgets.NewField("IBAN", "Les espaces ne comptent pas.", e.iban), func() error {
		_, err := bank.ParseIBAN(e.iban.Text())
		return err
	})
	e.add("bic", widgets.NewField("BIC", "Facultatif pour un compte français.", e.bic), func() error {
		_, err := bank.ParseBIC(e.bic.Text())
		return err
	})
	e.add("holder", widgets.NewField("Titulaire du compte", "", e.holder), notEmpty(e.holder, "Indiquez le titulaire, comme sur le relevé d’identité bancaire."))
	e.add("checked", widgets.NewField("Vérification", "", e.checked), func() error {
		if e.draft.Kind == reading.BankDetails && !e.checked.Checked() {
			return fault.New(fault.Invalid, "Un compte n’est jamais changé sur la foi d’un courriel : vérifiez-le avec la famille, puis cochez.")
		}
		return nil
	})
}

// grouped writes an IBAN by fours.
func grouped(iban string) string {
	var b strings.Builder
	for i, r := range iban {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
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
		if r.kind.Value() != "" {
			f := mailbox.Filing{File: r.file.N, Kind: r.kind.Value()}
			if n := ids([]string{r.child.Value()}); len(n) > 0 {
				f.ChildID = n[0]
			}
			in.files = append(in.files, f)
		}
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
