package requests

import (
	"fmt"
	"strconv"

	"ardoise/data/access"
	"ardoise/data/calendar"
	"ardoise/data/staff"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// badges shows each state with icon, word and tone together.
var badges = map[access.State]widgets.BadgeSpec{
	access.Draft:      {Icon: "edit", Text: "Brouillon", Tone: widgets.Neutral},
	access.Submitted:  {Icon: "inbox", Text: "À traiter", Tone: widgets.Info},
	access.Incomplete: {Icon: "circle-dashed", Text: "Incomplète", Tone: widgets.Warning},
	access.Accepted:   {Icon: "circle-check", Text: "Acceptée", Tone: widgets.Success},
	access.Refused:    {Icon: "circle-cross", Text: "Refusée", Tone: widgets.Failure},
	access.Suspended:  {Icon: "file-clock", Text: "Suspendue", Tone: widgets.Warning},
}

func (p *page) buildQueue() {
	p.search = widgets.NewTextField().Compact().Icon("search").PlaceHolder("Nom")
	p.search.OnChanged = p.typed
	p.service = widgets.NewSelect(func(id string) {
		n, err := strconv.ParseInt(id, 10, 64)
		if err != nil {
			n = 0 // « Tous les services »
		}
		p.m.service, p.m.limit, p.m.pinned = n, pageSize, 0
		p.reload()
	}).Compact().PlaceHolder("Tous services")
	p.chips = widgets.NewChoice(widgets.Filters, func(id string) {
		p.m.state, p.m.limit, p.m.pinned = access.State(id), pageSize, 0
		p.reload()
	}, p.chipOptions()...).Wrap()
	p.list = widgets.NewList(74, p.drawRow)
	p.list.OnSelect = func(row int) {
		if row >= 0 && row < len(p.m.rows) {
			p.pick(p.m.rows[row].ID)
		}
		if row >= len(p.m.rows)-8 && p.m.more() {
			p.m.limit += pageSize
			p.reload()
		}
	}
	p.list.OnOpen = func(int) {
		if p.m.det != nil {
			p.focus(p.checks)
		}
	}
	p.list.Jump = func(row int) string { return name(p.m.rows[row]) }
	add := widgets.NewButton("Nouvelle", widgets.Secondary, p.create).Icon("plus").Compact().Hint("Enregistrer une nouvelle demande (Ctrl+N)")
	if off := p.createOff(); off != "" {
		add.SetEnabled(false, off)
	}
	filters := widgets.Pad(12, 0, widgets.VBox(8, p.chips, widgets.HFlex(8, []float32{1.3, 1}, p.service, p.search)))
	body := widgets.VFlex(0, []float32{0, -12, 0, 1}, filters, widgets.Spacer(), widgets.NewDivider(), p.list)
	p.queue = widgets.NewPanel("File des demandes", body).Right(add).Flush()
}

func (p *page) createOff() string {
	if !p.m.may.desk {
		return lacks(staff.Accueil)
	}
	return ""
}

func (p *page) chipOptions() []widgets.Option {
	out := make([]widgets.Option, len(filterChips))
	for i, c := range filterChips {
		out[i] = widgets.Option{ID: string(c.state), Label: chipLabel(i, p.m.counts[c.state])}
	}
	return out
}

// showFilters writes the model's filters into the inputs.
func (p *page) showFilters() {
	p.chips.Set(string(p.m.state))
	if p.m.service == 0 {
		p.service.Set("")
	} else {
		p.service.Set(strconv.FormatInt(p.m.service, 10))
	}
	p.search.SetText(p.m.text)
}

// showQueue draws the loaded queue.
func (p *page) showQueue() {
	p.chips.SetOptions(p.chipOptions()...)
	options := []widgets.Option{{ID: "0", Label: "Tous services"}}
	for _, s := range p.m.services {
		options = append(options, widgets.Option{ID: strconv.FormatInt(s.ID, 10), Label: serviceLabel(p.m, s.ID, s.Short, s.Commune)})
	}
	p.service.SetOptions(options...)
	n := p.m.all()
	if p.m.state != "" {
		n = p.m.counts[p.m.state]
	}
	p.queue.SetSub(fmt.Sprint(n))
	switch {
	case len(p.m.rows) > 0:
		p.list.SetCount(len(p.m.rows))
		p.list.Select(p.m.row(p.m.cur))
	case p.m.filtered():
		p.list.NoMatch("Aucune demande ne correspond à ces filtres.", func() { p.Escape(); p.Focus() })
	default:
		b := widgets.NewButton("Nouvelle demande", widgets.Secondary, p.create).Icon("plus").Compact()
		if off := p.createOff(); off != "" {
			b.SetEnabled(false, off)
		}
		p.list.Empty(widgets.NewEmptyState("inbox", "Aucune demande", "Les prochaines arriveront par courriel ou depuis le guichet.", b))
	}
}

// serviceLabel adds the commune where several services bear the same short name.
func serviceLabel(m *model, id int64, short, commune string) string {
	for _, s := range m.services {
		if s.ID != id && s.Short == short {
			return short + ", " + commune
		}
	}
	return short
}

func (p *page) drawRow(g *widgets.Gfx, row int, b widgets.Box, _ bool) {
	if row >= len(p.m.rows) {
		return
	}
	q := p.m.rows[row]
	line := theme.Px(18)
	y := b.Y + theme.Px(7)
	date := calendar.DateOf(q.ReceivedAt).DayMonth()
	dw := widgets.TextWidth(date, widgets.Small)
	g.Text(b.X, y, b.W-dw-8, line, name(q), widgets.BodyBold)
	g.Text(b.X+b.W-dw, y, dw+1, line, date, widgets.Small)
	g.Text(b.X, y+line, b.W, line, q.Short, widgets.Body.With(theme.Ardoise600))
	y += 2*line + theme.Px(2)
	icon, word := channel(q.Channel)
	ww := widgets.TextWidth(word, widgets.Small)
	ic := theme.Px(14)
	room := b.W - ww - ic - 14
	g.Badge(b.X, y, room, badges[q.State])
	g.Text(b.X+b.W-ww, y, ww+1, theme.Px(22), word, widgets.Small)
	g.Icon(b.X+b.W-ww-ic-6, y+(theme.Px(22)-ic)/2, ic, icon, theme.Ardoise600)
}
