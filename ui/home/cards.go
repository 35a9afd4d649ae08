package home

import (
	"fmt"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2"

	"ardoise/data/booking"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// dayCard shows one day of the service: the figure, the schools, what changed
// since the sheet.
type dayCard struct {
	*widgets.Pressable
	p       *page
	title   string
	badge   *widgets.BadgeSpec
	h       *booking.Headcount
	schools []school
	adults  int
	closed  string // why there is no service
	note    string
	done    int
	of      int
}

const schoolLines = 4

func newDayCard(p *page) *dayCard {
	c := &dayCard{p: p}
	c.Pressable = widgets.NewPressable(300, 231, c.open, c.draw)
	return c
}

// open goes to the kitchen's sheet of that day.
func (c *dayCard) open() {
	if c.h != nil && c.closed == "" {
		c.p.sh.Navigate("kitchen", kit.OpenDay{ServiceID: c.h.ServiceID, Day: c.h.Day})
	}
}

func (c *dayCard) none(title, why string) {
	c.h, c.title, c.badge, c.closed, c.note, c.of = nil, title, nil, why, "", 0
	c.Refresh()
}

func (c *dayCard) set(h *booking.Headcount, title string, begun bool) {
	if h == nil {
		c.none(title, "Aucun service choisi.")
		return
	}
	c.h, c.title, c.note, c.of, c.closed = h, title, "", 0, ""
	if !h.Open && h.Total == 0 {
		c.badge, c.closed = nil, h.Closed
		c.Refresh()
		return
	}
	b := sheetBadge(h, begun)
	c.badge = &b
	c.schools, c.adults = schools(h, schoolLines)
	c.Refresh()
}

func (c *dayCard) pointed(done, of int) { c.done, c.of = done, of; c.Refresh() }

func (c *dayCard) draw(g *widgets.Gfx, size fyne.Size, hovered bool) {
	line := theme.Ardoise200
	if hovered && c.closed == "" {
		line = theme.Ardoise400
	}
	g.Rect(0, 0, size.Width, size.Height, widgets.Shape{Fill: theme.Blanc, Stroke: line, Radius: 6})
	head := theme.Px(46)
	room := size.Width - 32
	if c.badge != nil {
		bw := min(widgets.BadgeWidth(*c.badge), size.Width*0.45)
		g.Badge(size.Width-16-bw, (head-widgets.BadgeHeight())/2+1, bw, *c.badge)
		room -= bw + 12
	}
	g.Text(16, 0, room, head, c.title, widgets.CardTitle)
	if c.closed != "" {
		ic := theme.Px(24)
		g.Icon(16, head+8, ic, "calendar-x", theme.Ardoise600)
		g.Text(16+ic+10, head+8, size.Width-48-ic, ic, "Pas de service", widgets.BodyBold)
		g.Paragraph(16+ic+10, head+8+ic+4, size.Width-48-ic, upper(c.closed)+".", widgets.Body.With(theme.Ardoise600))
		return
	}
	if c.h != nil {
		hero := theme.Wide(112)
		c.drawHero(g, head, hero, size.Height)
		c.drawSchools(g, head, 16+hero+8, size)
	}
}

// upper begins a sentence with a capital.
func upper(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:]
}

func (c *dayCard) drawHero(g *widgets.Gfx, top, w, bottom float32) {
	h := theme.Px(56)
	g.Text(16, top, w, h, thousands(c.h.Children), widgets.Hero)
	word := "repas enfants"
	if c.h.Children <= 1 {
		word = "repas enfant"
	}
	g.Text(16, top+h, w, theme.Px(18), word, widgets.Body.With(theme.Ardoise600))
	lh := widgets.LineHeight(widgets.Small)
	switch {
	case c.of > 0:
		y := bottom - 16 - theme.Px(8)
		g.Text(16, y-2*lh-4, w, lh, "Pointés"+nbsp+":", widgets.Small)
		g.Text(16, y-lh-4, w, lh, fmt.Sprintf("%s sur %s", thousands(c.done), thousands(c.of)), widgets.Small)
		g.Rect(16, y, w-16, theme.Px(8), widgets.Shape{Fill: theme.Ardoise100, Radius: 2})
		if c.done > 0 {
			g.Rect(16, y, (w-16)*float32(min(c.done, c.of))/float32(c.of), theme.Px(8), widgets.Shape{Fill: theme.Accent, Radius: 2})
		}
	case c.note != "":
		n := float32(len(widgets.Wrap(c.note, widgets.Small, w-8)))
		g.Paragraph(16, bottom-12-n*lh, w-8, c.note, widgets.Small)
	}
}

func (c *dayCard) drawSchools(g *widgets.Gfx, top, x float32, size fyne.Size) {
	right := size.Width - 16
	since := theme.Wide(88)
	count := theme.Wide(52)
	if c.h.Version == 0 {
		since = 0
	}
	at := right - since
	head := theme.Px(28)
	name := at - count - x - 4
	g.Text(x, top, name, head, "École", widgets.SmallBold)
	g.Text(at-count-8, top, count, head, "Repas", widgets.SmallBold.Right())
	if since > 0 {
		g.Text(at, top, since, head, fmt.Sprintf("Depuis n°"+nbsp+"%d", c.h.Version), widgets.SmallBold.Right())
	}
	g.HLine(x, top+head, right-x, theme.Ardoise200)
	n := len(c.schools) + 1
	row := min(theme.Px(36), (size.Height-top-head-10)/float32(n))
	y := top + head
	for _, s := range c.schools {
		g.Text(x, y, name, row, s.name, widgets.Body)
		g.Text(at-count-8, y, count, row, thousands(s.count), widgets.Heading.Right())
		if since > 0 {
			c.drawDeltas(g, at, y, since, row, s)
		}
		y += row
		g.HLine(x, y, right-x, theme.Ardoise200)
	}
	g.Text(x, y, name, row, "Adultes", widgets.Body.With(theme.Ardoise600))
	g.Text(at-count-8, y, count, row, thousands(c.adults), widgets.Body.With(theme.Ardoise600).Right())
}

func (c *dayCard) drawDeltas(g *widgets.Gfx, x, y, w, row float32, s school) {
	list := s.deltas()
	if len(list) == 0 {
		g.Text(x, y, w, row, "inchangé", widgets.Small.Right())
		return
	}
	h, cw := theme.Px(20), min(theme.Px(36), (w-8)/2)
	at := x + w
	for i := len(list) - 1; i >= 0; i-- {
		at -= cw
		g.Rect(at, y+(row-h)/2, cw, h, widgets.Shape{Fill: theme.Ardoise100, Radius: 4})
		g.Text(at, y, cw, row, list[i], widgets.SmallBold.Center())
		at -= 8
	}
}

// countdown is the slate card of the next cut-off.
type countdown struct {
	*widgets.Painting
	p   *page
	act *widgets.Button
}

func newCountdown(p *page) *countdown {
	c := &countdown{p: p}
	c.act = widgets.NewButton("Voir", widgets.Chalk, c.open)
	c.Painting = widgets.NewPainting(230, 231, c.draw)
	return c
}

// open goes to the children who may have been forgotten, else to that day.
func (c *countdown) open() {
	cut := c.p.b.cut
	if cut.day.IsZero() {
		return
	}
	to := kit.OpenDay{ServiceID: c.p.b.service.ID, Day: cut.day}
	if !c.p.may.book {
		c.p.sh.Navigate("kitchen", to)
		return
	}
	for _, h := range cut.habitual {
		to.Children = append(to.Children, h.ChildID)
	}
	c.p.sh.Navigate("bookings", to)
}

func (c *countdown) refresh() {
	switch n := len(c.p.b.cut.habitual); {
	case !c.p.may.book:
		c.act.SetLabel("Voir la feuille")
	case n == 1:
		c.act.SetLabel("Voir l’enfant")
	case n > 1:
		c.act.SetLabel("Voir les " + thousands(n) + " enfants")
	default:
		c.act.SetLabel("Ouvrir la journée")
	}
	if c.p.may.book || c.p.may.kitchen {
		c.act.Show()
	} else {
		c.act.Hide()
	}
	c.Refresh()
}

func (c *countdown) draw(g *widgets.Gfx, size fyne.Size) {
	g.Rect(0, 0, size.Width, size.Height, widgets.Shape{Fill: theme.Ardoise900, Stroke: theme.Craie, Width: 2, Radius: 6})
	ic, head := theme.Px(20), theme.Px(46)
	g.Icon(16, (head-ic)/2+2, ic, "hourglass", theme.SurArdoise)
	b := &c.p.b
	w := size.Width - 32
	x := 16 + ic + 10
	if b.cut.day.IsZero() {
		g.Text(x, 2, w-ic-10, head, "Réservations", widgets.CardTitle.With(theme.SurArdoise))
		g.Paragraph(16, head+8, w, "Aucune clôture en vue : le calendrier n’annonce pas de service.", widgets.Body.With(theme.SurArdoise2))
		return
	}
	day := "Réservations de " + weekday(b)
	g.Text(x, 2, w-ic-10, head, day, widgets.CardTitle.With(theme.SurArdoise))
	y := head + theme.Px(6)
	g.Text(16, y, w, theme.Px(18), "closes dans", widgets.Body.With(theme.SurArdoise2))
	y += theme.Px(18)
	g.Text(16, y, w, theme.Px(56), left(b.at, b.cut.at), widgets.Hero.With(theme.SurArdoise))
	y += theme.Px(56)
	g.Text(16, y, w, theme.Px(18), closing(b.at, b.cut.at), widgets.Small.With(theme.SurArdoise))
	if c.p.may.book {
		g.Text(16, y+theme.Px(17), w, theme.Px(18), habituals(len(b.cut.habitual)), widgets.Small.With(theme.SurArdoise))
	}
	if c.act.Visible() {
		h := theme.Px(40)
		g.Child(c.act, 16, size.Height-16-h, w, h)
	}
}

// newCounter draws one figure that leads somewhere.
func newCounter(c counter, open func()) fyne.CanvasObject {
	return widgets.NewPressable(150, 88, open, func(g *widgets.Gfx, size fyne.Size, hovered bool) {
		line := theme.Ardoise200
		if hovered {
			line = theme.Ardoise400
		}
		g.Rect(0, 0, size.Width, size.Height, widgets.Shape{Fill: theme.Blanc, Stroke: line, Radius: 6})
		tone := c.tone
		if c.n == 0 {
			tone = widgets.Neutral
		}
		fill, ink, _ := tone.Colours()
		sq, ic := theme.Px(40), theme.Px(20)
		y := (size.Height - sq) / 2
		g.Rect(16, y, sq, sq, widgets.Shape{Fill: fill, Radius: 4})
		g.Icon(16+(sq-ic)/2, y+(sq-ic)/2, ic, c.icon, ink)
		x := 16 + sq + 12
		n := thousands(c.n)
		nw := g.Text(x, 0, size.Width-x-16, size.Height, n, widgets.Total)
		x += nw + 14
		ch := theme.Px(16)
		room := size.Width - 16 - ch - 4 - x
		h := theme.Px(20)
		g.Text(x, size.Height/2-h, room, h, c.title, widgets.BodyBold)
		g.Text(x, size.Height/2, room, h, c.detail, widgets.Small)
		g.Icon(size.Width-14-ch, (size.Height-ch)/2, ch, "chevron-right", theme.Ardoise600)
	})
}
