package kitchen

import (
	"strings"

	"fyne.io/fyne/v2"

	"ardoise/data/menu"
	"ardoise/reports/desk"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// daySide is the column beside the month: the day chosen, who must be looked at,
// the vegetarian count.
type daySide struct {
	box    *fyne.Container
	day    *widgets.Panel
	dishes *fyne.Container
	care   *widgets.Panel
	badge  *widgets.Badge
	list   *fyne.Container
	law    *widgets.Panel
	count  *fyne.Container
}

func newDaySide(edit *widgets.Button) *daySide {
	s := &daySide{dishes: widgets.VBox(8), list: widgets.VBox(10), count: widgets.VBox(6), badge: widgets.NewBadge("", "", widgets.Neutral)}
	s.day = widgets.NewPanel("Jour", s.dishes).Right(edit).Pad(16, 12)
	s.care = widgets.NewPanel("PAI et allergies", s.list).Icon("care").Right(s.badge).Pad(16, 12)
	s.law = widgets.NewPanel("Menu végétarien", s.count).Icon("leaf").Pad(16, 12)
	s.box = widgets.VBox(12, s.day, s.care, s.law)
	s.clear()
	return s
}

func (s *daySide) clear() {
	s.day.SetTitle("Jour")
	s.dishes.Objects, s.list.Objects, s.count.Objects = nil, nil, nil
	s.care.Hide()
	s.law.Hide()
	s.box.Refresh()
}

func (s *daySide) set(m monthSheet, d menu.Day, ok bool) {
	s.clear()
	if ok {
		s.day.SetTitle(capital(d.Day.LongNoYear()))
		s.dishes.Objects = dayLines(d)
		s.setCare(m, d)
	}
	for _, text := range desk.MenuBalance(m.m) {
		s.count.Objects = append(s.count.Objects, widgets.NewParagraph(text, widgets.Body))
	}
	s.count.Objects = append(s.count.Objects, widgets.NewParagraph("Une semaine compte dès qu’un menu de la semaine est végétarien, quel que soit son nombre de jours de service.", widgets.Small))
	s.law.Show()
	for _, c := range []*fyne.Container{s.dishes, s.list, s.count} {
		c.Refresh()
	}
	for _, p := range []*widgets.Panel{s.day, s.care, s.law} {
		p.Refresh()
	}
	s.box.Refresh()
}

// dayLines are the dishes with their allergens.
func dayLines(d menu.Day) (out []fyne.CanvasObject) {
	if !d.Open {
		out = append(out, widgets.NewParagraph("Pas de service"+nbsp+": "+d.Closed+".", widgets.Body))
	}
	if len(d.Dishes) == 0 {
		if d.Open {
			out = append(out, widgets.NewParagraph("Menu à saisir.", widgets.Body.With(theme.Ardoise600)))
		}
		return out
	}
	for _, x := range d.Dishes {
		name := x.Name
		if x.Vegetarian && x.Course == menu.Main {
			name += " (V)"
		}
		sub := menu.CourseLabel(x.Course)
		if len(x.Allergens) > 0 {
			sub += nbsp + ": " + allergenWords(x.Allergens)
		}
		out = append(out, widgets.VBox(0, widgets.NewParagraph(name, widgets.BodyBold), widgets.NewParagraph(sub, widgets.Small)))
	}
	if len(d.Allergens()) == 0 {
		out = append(out, widgets.NewParagraph("Aucun des 14 allergènes n’est coché"+nbsp+": les PAI ne peuvent pas être comparés.", widgets.Small.With(theme.Alerte)))
	}
	return out
}

func (s *daySide) setCare(m monthSheet, d menu.Day) {
	if !d.Open {
		return
	}
	s.care.Show()
	if !m.plans {
		s.badge.Hide()
		text := adaptedCount(m.meals.Counts[d.Day])
		if text == "" {
			text = "Aucun repas adapté ce jour-là."
		}
		s.list.Objects = []fyne.CanvasObject{widgets.NewParagraph(text, widgets.BodyBold), widgets.NewParagraph("Les consignes se lisent avec le rôle Cuisine ou Santé.", widgets.Small)}
		return
	}
	list := m.minders(d)
	alerts, _, _ := m.counts(d)
	switch {
	case alerts > 0:
		s.badge.Set(widgets.BadgeSpec{Icon: "triangle-alert", Text: alertsText(alerts), Tone: widgets.Failure})
	case len(list) == 0:
		s.badge.Set(widgets.BadgeSpec{Icon: "check", Text: "Aucun", Tone: widgets.Neutral})
	default:
		s.badge.Set(widgets.BadgeSpec{Text: "", Tone: widgets.Neutral})
	}
	s.badge.Show()
	if s.badge.Spec().Text == "" {
		s.badge.Hide()
	}
	for _, x := range list {
		s.list.Objects = append(s.list.Objects, minderCard(x))
	}
	if len(list) == 0 {
		s.list.Objects = []fyne.CanvasObject{widgets.NewParagraph("Aucun enfant à surveiller parmi les inscrits et les habitués.", widgets.Small)}
	}
}

// minderLines is what a card says under the child's name.
func (m minder) lines() (strong string, lines []string) {
	if m.without != "" {
		strong = "Sans " + m.without
	}
	if m.dishes != "" && !m.basket {
		lines = append(lines, "Au menu"+nbsp+": "+m.dishes)
	}
	if m.instruction != "" {
		lines = append(lines, m.instruction)
	}
	if m.usual {
		lines = append(lines, "Pas encore inscrit, mange d’habitude ce jour-là.")
	}
	return strong, lines
}

func minderCard(m minder) fyne.CanvasObject {
	strong, lines := m.lines()
	text := strings.Join(lines, "\n")
	return wrapped(func(w float32) float32 {
		return theme.Px(24) + textHeight(strong, widgets.BodyBold, w-20) + textHeight(text, widgets.Small, w-20) + 16
	}, func(g *widgets.Gfx, size fyne.Size) {
		frame := widgets.Shape{Fill: theme.Blanc, Stroke: theme.Ardoise300, Radius: 4}
		if m.alert() {
			frame.Stroke, frame.Width = theme.Erreur, 2
		}
		g.Rect(0, 0, size.Width, size.Height, frame)
		b := m.badge()
		bw := widgets.BadgeWidth(b)
		g.Badge(size.Width-10-bw, 7, bw, b)
		nw := g.Text(10, 8, size.Width-bw-26, theme.Px(22), m.child, widgets.CardTitle)
		g.Text(16+nw, 8, max(0, size.Width-bw-36-nw), theme.Px(22), m.where, widgets.Small)
		y := 8 + theme.Px(24)
		if strong != "" {
			y += g.Paragraph(10, y, size.Width-20, strong, widgets.BodyBold)
		}
		if text != "" {
			g.Paragraph(10, y, size.Width-20, text, widgets.Small.With(theme.Encre))
		}
	})
}
