package requests

import (
	"context"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"ardoise/data/access"
	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// creation is the dialog of a new request.
type creation struct {
	p       *page
	dialog  *widgets.Dialog
	form    *widgets.Form
	child   *widgets.TextField
	found   *widgets.List
	hits    []Hit
	chosen  *Hit
	latest  kit.Latest
	stop    func()
	service *widgets.Select
	year    *widgets.Choice
	pay     *widgets.RadioRows
	start   *widgets.DateField
	days    *widgets.Choice
	channel *widgets.Choice
	busy    bool
}

// create asks for a new request.
func (p *page) create() {
	if !p.m.may.desk {
		p.sh.Toast(lacks(staff.Accueil))
		return
	}
	newCreation(p).show()
}

func newCreation(p *page) *creation {
	c := &creation{p: p}
	c.child = widgets.NewTextField().Icon("search").PlaceHolder("Nom ou prénom de l’enfant")
	c.found = widgets.NewList(40, c.drawHit)
	c.child.OnChanged = c.typed
	c.child.OnKey = c.key
	c.found.OnTapRow(c.take)
	c.found.OnOpen = c.take
	c.service = widgets.NewSelect(func(string) { c.follow() }, c.services()...)
	c.year = widgets.NewChoice(widgets.Chips, nil, yearOptions(p.sh.Today())...).Wrap()
	c.pay = widgets.NewRadioRows(nil, widgets.Option{ID: access.Prepaid, Label: "Au fil de l’eau", Icon: "wallet"}, widgets.Option{ID: access.Monthly, Label: "Chaque mois", Icon: "invoice"}).Columns(2)
	c.start = widgets.NewDateField(p.sh.Today)
	c.days = widgets.NewMultiChoice(nil, dayOptions(0)...).Wrap()
	c.channel = widgets.NewChoice(widgets.Chips, nil, widgets.Option{ID: "desk", Label: "guichet"}, widgets.Option{ID: "phone", Label: "téléphone"}, widgets.Option{ID: "mail", Label: "courriel"}).Wrap()
	c.build()
	if offered := c.services(); len(offered) == 1 { // nothing to choose
		c.service.Set(offered[0].ID)
		c.follow()
	}
	return c
}

func (c *creation) services() []widgets.Option {
	var out []widgets.Option
	for _, s := range c.p.m.services {
		if s.Active {
			out = append(out, widgets.Option{ID: strconv.FormatInt(s.ID, 10), Label: serviceLabel(c.p.m, s.ID, s.Short, s.Commune), Detail: catalog.KindLabel(s.Kind)})
		}
	}
	return out
}

func yearOptions(today calendar.Date) []widgets.Option {
	var out []widgets.Option
	for _, y := range schoolYears(today) {
		out = append(out, widgets.Option{ID: strconv.Itoa(int(y)), Label: y.String()})
	}
	return out
}

// dayOptions are the days a service opens (all five when w is empty).
func dayOptions(w calendar.Weekdays) []widgets.Option {
	var out []widgets.Option
	for i := 1; i <= 5; i++ {
		if d := time.Weekday(i); w == 0 || w.Has(d) {
			out = append(out, widgets.Option{ID: strconv.Itoa(i), Label: calendar.WeekdayShort(d)})
		}
	}
	return out
}

func (c *creation) build() {
	hits := newTall(c.found, func() float32 { return 3*theme.Px(40) + 8 })
	c.showHits()
	c.form = widgets.NewForm()
	c.form.Add(widgets.NewField("Enfant", "Flèches pour choisir, Entrée pour prendre.", c.child), func() error {
		if c.chosen == nil {
			return fault.New(fault.Invalid, "Choisissez un enfant dans la liste.")
		}
		return nil
	})
	c.form.Line(hits)
	service := widgets.NewField("Service", "", c.service)
	start := widgets.NewField("À partir du", "Vide : dès l’acceptation.", c.start)
	c.form.Watch(service, func() error {
		if c.service.Value() == "" {
			return fault.New(fault.Invalid, "Choisissez un service.")
		}
		return nil
	})
	c.form.Watch(start, func() error { _, err := c.start.Value(); return err })
	c.form.Line(service, start)
	c.form.Line(widgets.NewField("Année scolaire", "", c.year), widgets.NewField("Reçue", "", c.channel))
	c.form.Line(widgets.NewField("Paiement", "", c.pay))
	c.form.Line(widgets.NewField("Jours demandés", "Aucun choisi : tous les jours du service.", c.days))
	c.dialog = widgets.NewDialog("Nouvelle demande", "La famille remettra ses pièces ensuite.", c.form.Content(), "Enregistrer la demande", widgets.Primary, c.submit)
	c.dialog.Width, c.dialog.First = 640, c.child.FocusTarget()
}

func (c *creation) show() { c.p.sh.Show(c.dialog) }

// follow offers the days the chosen service opens.
func (c *creation) follow() {
	for _, s := range c.p.m.services {
		if strconv.FormatInt(s.ID, 10) == c.service.Value() {
			c.days.SetOptions(dayOptions(s.Weekdays)...)
			if !s.Offers("monthly") {
				c.pay.Set(access.Prepaid)
			}
		}
	}
}

func (c *creation) typed(text string) {
	if c.chosen != nil && text != c.chosen.Child {
		c.chosen = nil
	}
	if c.chosen != nil {
		return
	}
	if c.stop != nil {
		c.stop()
	}
	if len([]rune(strings.TrimSpace(text))) < 2 {
		c.hits = nil
		c.showHits()
		return
	}
	c.stop = c.p.sh.Runner().After(120*time.Millisecond, func() { c.search(text) })
}

func (c *creation) search(text string) {
	find := c.p.m.d.children
	var hits []Hit
	c.latest.Go(c.p.sh.Runner(), c.p.sh.Ctx(), func(ctx context.Context) (err error) {
		hits, err = find(ctx, text)
		return err
	}, func(err error) {
		if err != nil {
			c.found.Failed(fault.Sentence(err), func() { c.search(text) })
			return
		}
		c.hits = hits
		c.showHits()
	})
}

func (c *creation) showHits() {
	switch {
	case len(c.hits) > 0:
		c.found.SetCount(len(c.hits))
	case c.chosen == nil && len([]rune(strings.TrimSpace(c.child.Text()))) >= 2:
		c.found.Empty(widgets.NewEmptyState("child", "Aucun enfant de ce nom", "Créez d’abord son dossier dans Familles.", nil))
	default:
		c.found.Empty(widgets.NewEmptyState("child", "", "Tapez au moins deux lettres.", nil))
	}
}

// key lets the arrows and Enter of the search field drive the list.
func (c *creation) key(ev *fyne.KeyEvent) bool {
	switch ev.Name {
	case fyne.KeyUp, fyne.KeyDown, fyne.KeyPageUp, fyne.KeyPageDown:
		c.found.TypedKey(ev)
		return true
	case fyne.KeyReturn, fyne.KeyEnter:
		if c.chosen == nil && len(c.hits) > 0 {
			c.take(c.found.Selected())
			return true
		}
	}
	return false
}

func (c *creation) take(row int) {
	if row < 0 || row >= len(c.hits) {
		return
	}
	h := c.hits[row]
	c.chosen = &h
	c.hits = []Hit{h}
	c.found.SetCount(1)
	c.child.SetText(h.Child)
	c.p.focus(c.service)
}

func (c *creation) drawHit(g *widgets.Gfx, row int, b widgets.Box, selected bool) {
	if row >= len(c.hits) {
		return
	}
	h := c.hits[row]
	icon := "child"
	if c.chosen != nil && c.chosen.ChildID == h.ChildID {
		icon = "circle-check"
	}
	detail := strings.TrimPrefix(h.Class+", famille "+h.Family, ", ")
	widgets.DrawOption(g, b, widgets.Option{Label: h.Child, Detail: detail, Icon: icon}, selected)
}

func (c *creation) asked() (a access.Asked, err error) {
	a.ChildID = c.chosen.ChildID
	if a.ServiceID, err = strconv.ParseInt(c.service.Value(), 10, 64); err != nil {
		return a, err
	}
	year, err := strconv.Atoi(c.year.Value())
	if err != nil {
		return a, err
	}
	a.Year, a.Pay, a.Channel, a.Weekdays = calendar.SchoolYear(year), c.pay.Value(), c.channel.Value(), strings.Join(c.days.Values(), "")
	if len(c.days.Values()) == 5 {
		a.Weekdays = ""
	}
	a.StartOn, err = c.start.Value()
	return a, err
}

func (c *creation) submit() {
	if c.busy || !c.form.Validate() {
		return
	}
	a, err := c.asked()
	if err != nil {
		c.form.Refuse(err)
		return
	}
	c.busy = true
	p, acc := c.p, c.p.m.d.Access
	var q access.Request
	p.sh.Runner().Go(p.sh.Ctx(), func(ctx context.Context) (err error) {
		q, err = acc.Submit(ctx, a)
		return err
	}, func(err error) {
		c.busy = false
		if err != nil {
			c.form.Refuse(err)
			return
		}
		c.dialog.Close()
		p.sh.Done("Demande de "+q.First+" enregistrée", nil)
		p.sh.RefreshCounts()
		p.m.clear()
		p.showFilters()
		p.m.cur, p.m.pinned, p.m.det = q.ID, q.ID, nil
		p.pane.forget()
		p.loadDetail(q.ID)
		p.reload()
	})
}
