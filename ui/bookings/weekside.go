package bookings

import (
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// weekSide is the right-hand side of mockup 05: the day and how far it is, the
// child under the cursor, the keys, the meals still to be settled.
type weekSide struct {
	v   *weekView
	box fyne.CanvasObject

	day, who    *pairLine // « Mardi 24 novembre » 19 sur 24; the child and the class
	left, about *widgets.Label
	bar         *widgets.ProgressBar
	buttons     []*widgets.Button // present, absent, justified
	ate, reset  *widgets.Button
	undo        *widgets.Button // reset, small, beside the three
	note        *widgets.Label  // why nothing can be done
	modes       []fyne.CanvasObject

	settle *widgets.Panel
	badge  *widgets.Badge
	meals  []booking.UnbookedMeal
	asking kit.Latest
}

func newWeekSide(v *weekView) *weekSide {
	s := &weekSide{v: v}
	s.badge = widgets.NewBadge("triangle-alert", "", widgets.Warning)
	s.settle = widgets.NewPanel("À régulariser", widgets.Spacer()).Flush()
	column := widgets.VFlex(16, []float32{0, 0, 1}, s.dayCard(), s.keysCard(), s.settle)
	s.box = container.New(bleed{}, container.NewVScroll(container.New(thin{}, widgets.Pad(bleedBy, bleedBy, column))))
	s.showMeals()
	return s
}

func (s *weekSide) dayCard() fyne.CanvasObject {
	v := s.v
	s.day = newPairLine(widgets.CardTitle, widgets.BodyBold.With(theme.Accent))
	s.bar = widgets.NewProgressBar()
	s.left = widgets.NewLabel("", widgets.Small)
	s.who = newPairLine(widgets.BodyBold, widgets.Small)
	s.about = widgets.NewLabel("", widgets.Small)
	s.note = widgets.NewLabel("", widgets.Body.With(theme.Ardoise600))
	at := func(f func(row, col int)) func() {
		return func() {
			f(v.grid.Cell())
			v.p.focus(v.grid) // letters go on from here
		}
	}
	mark := func(m string) func() { return at(func(row, col int) { v.mark(row, col, m) }) }
	s.buttons = []*widgets.Button{
		widgets.NewButton("&Présent", widgets.Primary, mark(booking.Present)).Compact(),
		widgets.NewButton("&Absent", widgets.Secondary, mark(booking.Absent)).Compact(),
		widgets.NewButton("&Justifiée", widgets.Secondary, v.askReason).Hint("Choisir le motif de l’absence ; la touche J : maladie").Compact(),
	}
	s.ate = widgets.NewButton("A mangé sans réserver (&N)", widgets.Secondary, mark(booking.Ate)).Compact()
	s.reset = widgets.NewButton("N’a pas mangé", widgets.Secondary, mark(booking.NoMark)).KeyHint("Retour").Compact()
	s.undo = widgets.NewIconButton("undo", "Revenir à « réservé » (Retour arrière)", mark(booking.NoMark))
	s.modes = []fyne.CanvasObject{
		widgets.VFlex(0, []float32{-32}, s.note), container.New(&evenRow{gap: 8}, s.buttons[0], s.buttons[1], s.buttons[2]),
		widgets.HFlex(0, []float32{1}, s.ate), widgets.HFlex(0, []float32{1}, s.reset),
	}
	top := widgets.VBox(8, s.day, s.bar, s.left)
	child := widgets.VBox(10,
		container.New(&besides{gap: 8}, widgets.VBox(2, s.who, s.about), s.undo),
		container.NewStack(s.modes...))
	return widgets.NewPanel("", widgets.VBox(0, widgets.Pad(16, 13, top), widgets.NewDivider(), widgets.Pad(16, 13, child))).Flush()
}

// What the panel offers for a cell: a word why nothing can be done, the three
// buttons of a booked meal, the one of a child without booking, the one that
// takes a meal without booking off.
const (
	offNote = iota
	offMarks
	offAte
	offReset
)

// offer shows one of them; each has the same height, so that nothing jumps.
func (s *weekSide) offer(mode int, undo bool) {
	for i, m := range s.modes {
		if i == mode && !m.Visible() {
			m.Show()
		} else if i != mode && m.Visible() {
			m.Hide()
		}
	}
	if undo != s.undo.Visible() {
		s.undo.Hidden = !undo
		s.undo.Refresh()
	}
}

var weekKeys = []struct {
	key, word string
	state     booking.CellState
}{
	{"P", "présent", booking.CellPresent},
	{"A", "absent, repas facturé", booking.CellAbsent},
	{"J", "justifiée, recréditée", booking.CellJustified},
	{"N", "mange sans réservation", booking.CellUnbooked},
	{"Retour", "revenir à « réservé »", booking.CellBooked},
	{"Maj+P", "toute la classe présente", ""},
	{"Flèches", "changer de case", ""},
}

func (s *weekSide) keysCard() fyne.CanvasObject {
	const line = 28
	keys := widgets.NewPainting(240, float32(line*len(weekKeys)), func(g *widgets.Gfx, size fyne.Size) {
		h := theme.Px(line)
		chips := float32(0)
		for _, k := range weekKeys {
			chips = max(chips, widgets.KeyChipWidth(k.key))
		}
		for i, k := range weekKeys {
			y := float32(i) * h
			g.KeyChip(0, y+(h-theme.Px(18))/2, k.key)
			if k.state != "" {
				widgets.DrawGridCell(g, chips+12, y+(h-theme.Px(20))/2, theme.Px(28), theme.Px(20), looks[k.state])
			}
			x := chips + 12 + theme.Px(28) + 10
			g.Text(x, y, size.Width-x, h, k.word, widgets.Body)
		}
	})
	family := widgets.NewButton("Par famille", widgets.Secondary, func() { s.v.p.NextTab(-1) }).Hint("Le mois d’une famille (Ctrl+Tab)").Compact()
	closing := widgets.NewButton("Fermer un jour…", widgets.Secondary, s.v.askClosing).Hint("Grève, neige, sortie : annule et recrédite les réservations").Compact()
	if off := s.v.closingOff(); off != "" {
		closing.SetEnabled(false, off)
	}
	return widgets.NewPanel("Touches", widgets.VBox(8, keys, container.New(&evenRow{gap: 8}, family, closing)))
}

// show draws the day and the child under the cursor.
func (s *weekSide) show() {
	v := s.v
	row, col := v.grid.Cell()
	if v.m.grid == nil || col >= len(v.m.grid.Days) {
		s.day.set("", "")
		s.bar.Set(0, 0)
		s.left.Set("")
		s.showChild(row, col)
		return
	}
	d := v.m.grid.Days[col]
	t := v.m.day(col)
	tally := ""
	switch {
	case !d.Open:
		s.bar.Set(0, 1)
	case d.Day > v.m.today:
		tally = plural(t.total, "réservé", "réservés")
		s.bar.Set(0, 1)
	default:
		tally = fmt.Sprintf("%d sur %d", t.marked, t.marked+t.toMark)
		s.bar.Set(t.marked, t.marked+t.toMark)
	}
	s.day.set(upperFirst(d.Day.LongNoYear()), tally)
	s.left.Set(v.m.leftText(col, t))
	s.showChild(row, col)
}

// leftText says what is left to mark: "Reste 5 enfants à pointer, tous en CE2".
func (m *weekModel) leftText(col int, t tally) string {
	d := m.grid.Days[col]
	switch {
	case !d.Open:
		return fault.French(d.Reason)
	case d.Day > m.today:
		return "Le pointage s’ouvre le jour même."
	case t.toMark == 0 && t.marked == 0:
		return "Personne n’a réservé ce jour-là."
	case t.toMark == 0:
		return "Tout est pointé."
	}
	text := "Reste " + plural(t.toMark, "enfant", "enfants") + " à pointer"
	if len(t.left) == 1 && len(m.grid.Classes) > 1 {
		for class := range t.left {
			if t.toMark > 1 {
				text += ", tous"
			} else {
				text += ","
			}
			text += " en " + class
		}
	}
	return text
}

// closedWhy says why a week has no day.
func (m *weekModel) closedWhy() string {
	return "Ce service n’est ouvert aucun jour de cette semaine."
}

func (s *weekSide) showChild(row, col int) {
	v := s.v
	c, k, ok := v.m.child(row)
	cell, ok2 := v.m.cell(row, col)
	if !ok || !ok2 {
		s.who.set("Aucun enfant choisi", "")
		s.about.Set("")
		s.note.Set("Choisissez une case de la grille.")
		s.offer(offNote, false)
		return
	}
	s.who.set(c.First+" "+c.Last, k.Name)
	s.about.Set(upperFirst(aboutCell(cell, v.m.today) + ", " + lowerFirst(dietLabel(v.m.grid.Diets, c.Diet))))
	off := ""
	switch {
	case cell.State == booking.CellClosed:
		off = "Le service est fermé ce jour-là."
	case cell.Day > v.m.today:
		off = "On pointe le jour même ou après."
	case !v.m.may:
		off = "Le pointage demande le droit Accueil."
	}
	s.note.Set(off)
	switch {
	case off != "":
		s.offer(offNote, false)
	case cell.State == booking.CellUnbooked:
		s.offer(offReset, false)
	case cell.State == booking.CellBooked:
		s.offer(offMarks, false)
	case cell.State == booking.CellPresent, cell.State == booking.CellAbsent, cell.State == booking.CellJustified:
		s.offer(offMarks, true)
	default:
		s.offer(offAte, false)
	}
}

// aboutCell says a cell in words, for the panel.
func aboutCell(c booking.WeekCell, today calendar.Date) string {
	when := bookedOn(c)
	switch c.State {
	case booking.CellBooked:
		if when != "" {
			return when
		}
		return "réservé"
	case booking.CellAbsent:
		return "absent, repas facturé"
	case booking.CellNone:
		return "pas d’accès à ce service"
	case booking.CellFree:
		return "rien de réservé"
	case booking.CellLocked:
		if c.Day < today {
			return "rien de réservé ce jour-là"
		}
		return "rien de réservé, délai passé"
	case booking.CellPresent:
		if when != "" {
			return "présent, " + when
		}
	}
	return stateWords[c.State]
}

func upperFirst(t string) string {
	r := []rune(t)
	if len(r) == 0 {
		return t
	}
	return strings.ToUpper(string(r[:1])) + string(r[1:])
}

func lowerFirst(t string) string {
	r := []rune(t)
	if len(r) == 0 || len(r) > 1 && strings.ToUpper(string(r[1])) == string(r[1]) && r[1] != ' ' {
		return t
	}
	return strings.ToLower(string(r[:1])) + string(r[1:])
}
