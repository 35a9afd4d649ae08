package inbox

import (
	"context"
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ardoise/data/fault"
	"ardoise/data/mailbox"
	"ardoise/data/staff"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// side is the column at the left: which mailbox, the filters, the list.
type side struct {
	p      *page
	panel  *widgets.Panel
	look   *widgets.Button
	at     *widgets.Label
	chips  *widgets.Choice
	way    *widgets.Choice
	search *widgets.TextField
	list   *widgets.List
	line   *fyne.Container
}

// ways are the two directions of the post.
const (
	wayIn  = "in"
	wayOut = "out"
)

func newSide(p *page) *side {
	s := &side{p: p}
	s.look = widgets.NewIconButton("refresh", "Relever la boîte (F5)", p.fetchNow)
	s.look.SetKind(widgets.Flat)
	s.at = widgets.NewLabel("", widgets.Small)
	s.chips = widgets.NewChoice(widgets.Filters, func(id string) {
		p.m.chip, p.m.limit, p.m.pinned = id, pageSize, 0
		p.reload()
	}, s.chipOptions()...).Wrap()
	s.way = widgets.NewChoice(widgets.Filters, func(id string) {
		p.turn(id == wayOut)
		p.reload()
	}, s.wayOptions()...)
	s.search = widgets.NewTextField().Compact().Icon("search").PlaceHolder("Filtrer").Width(80)
	s.search.OnChanged = p.typed
	s.list = widgets.NewList(84, s.drawRow)
	s.list.OnSelect = s.selected
	s.list.OnOpen = func(int) { p.enter() }
	s.list.Jump = s.jump
	s.line = widgets.HFlex(8, []float32{0, 1}, container.NewCenter(s.way), s.search)
	filters := widgets.Pad(16, 0, widgets.VBox(8, s.chips, s.line))
	body := widgets.VFlex(0, []float32{0, -12, 0, 1}, filters, widgets.Spacer(), widgets.NewDivider(), s.list)
	s.panel = widgets.NewPanel("Courrier", body).Right(s.look, s.at).Flush()
	s.showStatusText()
	return s
}

// jump lets typed letters go to a sender.
func (s *side) jump(row int) string {
	if s.p.m.out {
		return s.p.m.post.rows[row].Letter.To
	}
	return writer(s.p.m.rows[row])
}

func (s *side) selected(row int) {
	m := s.p.m
	switch {
	case row < 0:
	case m.out:
		if row < len(m.post.rows) {
			m.post.cur = m.post.rows[row].ID
			s.p.letter.show()
			if row >= len(m.post.rows)-8 && len(m.post.all) >= m.limit {
				m.limit += pageSize
				s.p.loadPost()
			}
		}
	case row < len(m.rows):
		s.p.pick(m.rows[row].ID)
		if row >= len(m.rows)-8 && m.more() {
			m.limit += pageSize
			s.p.reload()
		}
	}
}

func (s *side) chipOptions() []widgets.Option {
	number := func(label string, n int) string {
		if n > 0 {
			return fmt.Sprintf("%s %d", label, n)
		}
		return label
	}
	m := s.p.m
	if m.out {
		return []widgets.Option{
			{ID: chipAll, Label: "Tous"},
			{ID: chipWaiting, Label: number("En attente", m.post.number(chipWaiting))},
			{ID: chipTrouble, Label: number("À voir", m.post.number(chipTrouble))},
			{ID: chipSent, Label: "Partis"},
		}
	}
	return []widgets.Option{
		{ID: chipAll, Label: "Tous"},
		{ID: chipTodo, Label: number("À traiter", m.counts.Todo)},
		{ID: chipToRead, Label: number("À lire", m.counts.ToRead)},
		{ID: chipClosed, Label: "Classés"},
	}
}

func (s *side) wayOptions() []widgets.Option {
	label := "Envois"
	if n := s.p.m.post.number(chipTrouble); n > 0 {
		label = fmt.Sprintf("Envois %d", n)
	}
	return []widgets.Option{{ID: wayIn, Label: "Reçus"}, {ID: wayOut, Label: label}}
}

// showFilters writes the model's filters into the inputs.
func (s *side) showFilters() {
	m := s.p.m
	s.chips.SetOptions(s.chipOptions()...)
	s.chips.Set(m.chip)
	s.showWay()
	s.search.SetText(m.text)
}

// showWay writes which direction is shown, and what is in trouble in the other.
func (s *side) showWay() {
	s.way.SetOptions(s.wayOptions()...)
	if s.p.m.out {
		s.way.Set(wayOut)
	} else {
		s.way.Set(wayIn)
	}
	s.line.Refresh()
}

// showAccount names the mailbox.
func (s *side) showAccount() {
	list := s.p.m.accounts
	switch len(list) {
	case 0:
		s.panel.SetTitle("Courrier")
	case 1:
		s.panel.SetTitle("Boîte " + list[0].Address)
	default:
		s.panel.SetTitle(count(len(list), "boîte", "boîtes"))
	}
	s.p.showStatus()
}

func (s *side) showStatusText() {
	st := s.p.m.d.status()
	text := ""
	if !st.At.IsZero() {
		text = when(st.At, s.p.sh.Today())
	}
	if s.p.fetch {
		text = "relève…"
	}
	s.at.Set(text)
	off := s.p.fetchOff()
	s.look.SetEnabled(off == "", off)
	s.panel.Refresh()
}

// showStatus says how the mailbox stands, and what is wrong with it.
func (p *page) showStatus() {
	p.side.showStatusText()
	st := p.m.d.status()
	was := p.banner.Visible()
	show(p.banner, st.Problem != "")
	if st.Problem != "" {
		p.banner.Set(widgets.Failure, st.Problem, "")
	}
	if was != p.banner.Visible() {
		p.content.Refresh()
	}
}

// showList draws the loaded messages.
func (s *side) showList() {
	m := s.p.m
	s.chips.SetOptions(s.chipOptions()...)
	switch {
	case len(m.rows) > 0:
		s.list.SetCount(len(m.rows))
		s.list.Select(m.row(m.cur))
	case m.filtered():
		s.list.NoMatch("Aucun message ne correspond à ces filtres.", func() { s.p.Escape(); s.p.Focus() })
	case m.known && len(m.accounts) == 0:
		b := widgets.NewButton("Ouvrir les réglages", widgets.Secondary, func() { s.p.sh.Navigate("settings", "mail") }).Icon("settings").Compact()
		if !m.may.admin {
			b.SetEnabled(false, lacks(staff.Admin))
		}
		s.list.Empty(widgets.NewEmptyState("mail", "Aucune boîte n’est réglée", "Les messages des familles arriveront ici dès qu’une adresse de la mairie sera réglée.", b))
	default:
		b := widgets.NewButton("Relever la boîte", widgets.Secondary, s.p.fetchNow).Icon("refresh").KeyHint("F5").Compact()
		s.list.Empty(widgets.NewEmptyState("inbox", "Aucun message", "Les prochains arriveront ici d’eux-mêmes.", b))
	}
}

func (s *side) drawRow(g *widgets.Gfx, row int, b widgets.Box, _ bool) {
	m := s.p.m
	today := s.p.sh.Today()
	if m.out {
		if row < len(m.post.rows) {
			o := m.post.rows[row]
			icon, text := "send", o.Letter.Subject
			n, warn := "", false
			if o.State == waiting && o.Attempts > 0 {
				n, warn = count(o.Attempts, "essai", "essais"), true
			}
			drawLine(g, b, line{o.Letter.To, when(filed(o), today), icon, text, n, postBadge(o.State), warn})
		}
		return
	}
	if row < len(m.rows) {
		it := m.rows[row]
		n, warn := note(it)
		drawLine(g, b, line{writer(it), when(it.Received, today), rowIcon(it), summary(it), n, badge(it), warn})
	}
}

// line is what a row of the list shows.
type line struct {
	name, at, icon, text, note string
	badge                      widgets.BadgeSpec
	warning                    bool
}

func drawLine(g *widgets.Gfx, b widgets.Box, l line) {
	h := theme.Px(20)
	y := b.Y + theme.Px(7)
	aw := widgets.TextWidth(l.at, widgets.Small)
	g.Text(b.X, y, b.W-aw-8, h, l.name, widgets.BodyBold)
	g.Text(b.X+b.W-aw, y, aw+1, h, l.at, widgets.Small)
	y += theme.Px(24)
	ic := theme.Px(16)
	g.Icon(b.X, y+(h-ic)/2, ic, l.icon, theme.Ardoise600)
	g.Text(b.X+ic+8, y, b.W-ic-8, h, l.text, widgets.Body)
	y += theme.Px(24)
	bw := g.Badge(b.X, y, b.W, l.badge)
	room := b.W - bw - 12
	st := widgets.Small
	if l.warning {
		st.Ink = theme.Alerte
		room -= theme.Px(14) + 5
	}
	nw := min(room, widgets.TextWidth(l.note, st))
	x := b.X + b.W - nw
	g.Text(x, y, nw+1, theme.Px(22), l.note, st)
	if l.warning && l.note != "" {
		wi := theme.Px(14)
		g.Icon(x-wi-5, y+(theme.Px(22)-wi)/2, wi, "triangle-alert", theme.Alerte)
	}
}

// fetchOff says why the mailbox cannot be looked at now.
func (p *page) fetchOff() string {
	switch {
	case p.fetch:
		return "La relève est en cours."
	case !p.m.may.desk:
		return lacks(staff.Accueil)
	case p.m.known && len(p.m.accounts) == 0:
		return "Aucune boîte n’est réglée."
	}
	return ""
}

// fetchNow is F5: look at every mailbox at once.
func (p *page) fetchNow() {
	if off := p.fetchOff(); off != "" {
		p.sh.Toast(off)
		return
	}
	p.fetch = true
	p.side.showStatusText()
	mail := p.m.d.Mail
	var got mailbox.Fetched
	p.sh.Runner().Go(p.sh.Ctx(), func(ctx context.Context) (err error) {
		got, err = mail.Fetch(ctx, 0, nil)
		return err
	}, func(err error) {
		p.fetch = false
		p.showStatus()
		if err != nil {
			p.sh.Refused(err)
			return
		}
		text := "Aucun nouveau message"
		if got.New > 0 {
			text = count(got.New, "nouveau message", "nouveaux messages")
		}
		if got.Aside > 0 {
			text += ", " + count(got.Aside, "mis de côté", "mis de côté")
		}
		p.sh.Toast(fault.French(text))
		p.sh.RefreshCounts()
		p.reload()
	})
}

// enter goes from the list to what it shows.
func (p *page) enter() {
	switch {
	case p.m.out:
		p.focus(p.letter.text)
	case len(p.m.cards) > 0:
		p.focus(p.mail.cards)
	default:
		p.focus(p.mail.text)
	}
}
