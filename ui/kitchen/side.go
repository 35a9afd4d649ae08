package kitchen

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ardoise/data/menu"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// newTall wraps the diet table so that its card is as high as its rows.
func newTall(t *dietTable) fyne.CanvasObject {
	return container.New(&tallLayout{t}, t.table)
}

type tallLayout struct{ t *dietTable }

func (l *tallLayout) MinSize(objs []fyne.CanvasObject) fyne.Size {
	h := theme.Px(32) + float32(max(1, len(l.t.rows)))*theme.Px(rowHeight) + theme.Px(40) + 2
	return fyne.NewSize(objs[0].MinSize().Width, h)
}

func (l *tallLayout) Layout(objs []fyne.CanvasObject, size fyne.Size) {
	objs[0].Move(fyne.NewPos(0, 0))
	objs[0].Resize(size)
}

// scrolled puts a column in a scroll that reaches a little further on every
// side: borders and focus rings at its edge stay whole.
func scrolled(o fyne.CanvasObject) fyne.CanvasObject {
	return container.New(&bleed{}, container.NewVScroll(widgets.Pad(bleedPx, bleedPx, o)))
}

const bleedPx = 6

type bleed struct{}

func (*bleed) MinSize(objs []fyne.CanvasObject) fyne.Size {
	return objs[0].MinSize().SubtractWidthHeight(2*bleedPx, 0)
}

func (*bleed) Layout(objs []fyne.CanvasObject, size fyne.Size) {
	objs[0].Move(fyne.NewPos(-bleedPx, -bleedPx))
	objs[0].Resize(size.AddWidthHeight(2*bleedPx, 2*bleedPx))
}

// carePanel is « PAI et allergies »: the menu, then who to mind.
type carePanel struct {
	panel *widgets.Panel
	badge *widgets.Badge
	box   *fyne.Container
	foot  *widgets.Label
	menu  *widgets.Button

	dishes, allergens string
}

func newCarePanel(menu *widgets.Button) *carePanel {
	c := &carePanel{menu: menu, badge: widgets.NewBadge("", "", widgets.Neutral), box: widgets.VBox(12)}
	c.foot = widgets.NewParagraph("", widgets.Small)
	foot := widgets.HFlex(8, []float32{0, 1}, widgets.NewIcon("eye-off", theme.Ardoise600, 14), c.foot)
	c.panel = widgets.NewPanel("PAI et allergies", scrolled(c.box)).Icon("care").Right(c.badge).Footer(foot).Pad(16, 12)
	return c
}

func (c *carePanel) set(s sheet) {
	c.dishes, c.allergens = s.menuLines()
	objs := []fyne.CanvasObject{c.menuBlock()}
	list := s.carePlans()
	switch {
	case !s.plans:
		c.badge.Hide()
		objs = append(objs, widgets.NewAlert(widgets.Info, adaptedText(s.adapted()), "").Icon("care").Detail("Les consignes se lisent avec le rôle Cuisine ou Santé."))
		c.foot.Set("Sans le rôle Cuisine ou Santé, aucune donnée de santé n’est affichée.")
	default:
		c.say(list, s.h.Menu)
		for _, p := range list {
			objs = append(objs, careCard(p))
		}
		if len(list) == 0 {
			objs = append(objs, widgets.NewEmptyState("circle-check", "Aucun enfant à surveiller", "Pas de PAI ni d’allergie parmi les enfants inscrits ce jour-là.", nil))
		}
		c.foot.Set("La cuisine voit\u00a0: prénom, classe, régime, consigne. Ni famille, ni solde, ni pièce.")
	}
	c.box.Objects = objs
	c.box.Refresh()
	c.panel.Refresh()
}

func (c *carePanel) say(list []carePlan, menu menu.Day) {
	n := alerts(list)
	switch {
	case n > 0:
		c.badge.Set(widgets.BadgeSpec{Icon: "triangle-alert", Text: alertsText(n), Tone: widgets.Failure})
	case len(list) == 0:
		c.badge.Set(widgets.BadgeSpec{Icon: "check", Text: "Aucun", Tone: widgets.Neutral})
	case len(menu.Dishes) == 0:
		c.badge.Set(widgets.BadgeSpec{Icon: "circle-dashed", Text: "Menu à saisir", Tone: widgets.Warning})
	case len(menu.Allergens()) == 0: // nothing was compared
		c.badge.Set(widgets.BadgeSpec{Icon: "circle-dashed", Text: "Allergènes à saisir", Tone: widgets.Warning})
	default:
		c.badge.Set(widgets.BadgeSpec{Icon: "check", Text: "Aucune alerte", Tone: widgets.Neutral})
	}
	c.badge.Show()
}

func adaptedText(n int) string {
	switch n {
	case 0:
		return "Aucun repas adapté ce jour-là."
	case 1:
		return "1 repas adapté (PAI) à préparer."
	}
	return fmt.Sprintf("%d repas adaptés (PAI) à préparer.", n)
}

// wrapped is a painting as high as its wrapped texts need at its width.
func wrapped(height func(w float32) float32, paint func(g *widgets.Gfx, size fyne.Size)) *widgets.Painting {
	p := widgets.NewPainting(200, 40, paint)
	p.Min = func() fyne.Size {
		w := p.Size().Width
		if w < 80 {
			w = theme.Wide(384)
		}
		return fyne.NewSize(theme.Wide(200), height(w))
	}
	return p
}

func textHeight(text string, st widgets.Style, w float32) float32 {
	if text == "" {
		return 0
	}
	return float32(len(widgets.Wrap(text, st, w))) * widgets.LineHeight(st)
}

func (c *carePanel) menuBlock() fyne.CanvasObject {
	dishes, allergens := c.dishes, c.allergens
	return wrapped(func(w float32) float32 {
		return theme.Px(36) + textHeight(dishes, widgets.Body, w-24) + textHeight(allergens, widgets.Small, w-24) + 8
	}, func(g *widgets.Gfx, size fyne.Size) {
		g.Rect(0, 0, size.Width, size.Height, widgets.Shape{Fill: theme.Ardoise100, Radius: 4})
		g.Text(12, 4, size.Width/2, theme.Px(28), "Menu", widgets.SmallBold)
		m := c.menu.MinSize()
		g.Child(c.menu, size.Width-m.Width-4, 2, m.Width, m.Height)
		y := theme.Px(34)
		y += g.Paragraph(12, y, size.Width-24, dishes, widgets.Body)
		if allergens != "" {
			g.Paragraph(12, y, size.Width-24, allergens, widgets.Small)
		}
	})
}

// careCard is one child.
func careCard(p carePlan) fyne.CanvasObject {
	icon := theme.Px(40)
	return wrapped(func(w float32) float32 {
		room := w - 12 - icon - 12 - 12
		h := theme.Px(10) + theme.Px(22) + textHeight(p.instruction, widgets.Small, room) + theme.Px(10)
		if p.without != "" {
			h += textHeight(withoutText(p), widgets.BodyBold, room)
		}
		return max(h, icon+theme.Px(24))
	}, func(g *widgets.Gfx, size fyne.Size) {
		frame := widgets.Shape{Fill: theme.Blanc, Stroke: theme.Ardoise300, Radius: 4}
		tile, ink := theme.Ardoise100, theme.Ardoise600
		if p.onMenu {
			frame.Stroke, frame.Width = theme.Erreur, 2
			tile, ink = theme.ErreurClair, theme.Erreur
		}
		g.Rect(0, 0, size.Width, size.Height, frame)
		g.Rect(12, theme.Px(12), icon, icon, widgets.Shape{Fill: tile, Radius: 3})
		pic := theme.Px(24)
		g.Icon(12+(icon-pic)/2, theme.Px(12)+(icon-pic)/2, pic, p.icon, ink)
		x := 12 + icon + 12
		badge := p.badge()
		bw := widgets.BadgeWidth(badge)
		g.Badge(size.Width-12-bw, theme.Px(10), bw, badge)
		room := size.Width - 12 - x
		y := theme.Px(10)
		nw := g.Text(x, y, room-bw-8, theme.Px(22), p.child, widgets.CardTitle)
		g.Text(x+nw+6, y, room-bw-14-nw, theme.Px(22), p.where, widgets.Small)
		y += theme.Px(22)
		if p.without != "" {
			y += g.Paragraph(x, y, room, withoutText(p), widgets.BodyBold)
		}
		g.Paragraph(x, y, room, p.instruction, widgets.Small.With(theme.Encre))
	})
}

func withoutText(p carePlan) string { return "Sans " + p.without }
