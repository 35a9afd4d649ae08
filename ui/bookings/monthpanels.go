package bookings

import (
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// repeatPanel fills the rest of a month with a child's usual days.
type repeatPanel struct {
	v        *monthView
	box      *widgets.Panel
	row      *widgets.Select
	days     *widgets.Choice
	from, to *widgets.DateField
	button   *widgets.Button
}

func newRepeatPanel(v *monthView) *repeatPanel {
	r := &repeatPanel{v: v}
	r.row = widgets.NewSelect(nil).Compact().PlaceHolder("Enfant, service")
	var days []widgets.Option
	for _, d := range calendar.SchoolWeek.Days() {
		days = append(days, widgets.Option{ID: strconv.Itoa(int(d)), Label: calendar.WeekdayShort(d)})
	}
	r.days = widgets.NewMultiChoice(nil, days...)
	r.days.Set("1", "2", "4", "5")
	r.from, r.to = widgets.NewDateField(v.sh.Today).Small(), widgets.NewDateField(v.sh.Today).Small()
	r.button = widgets.NewButton("Remplir", widgets.Secondary, r.fill).KeyHint("Ctrl+R").Compact()
	who, when := widgets.NewField("Enfant et service", "", r.row), widgets.NewField("Jours", "", r.days)
	from, to := widgets.NewField("Du", "", r.from), widgets.NewField("Au", "", r.to)
	button := widgets.VBox(0, widgets.NewLabel(" ", widgets.SmallBold), widgets.Spacer(), r.button)
	var line fyne.CanvasObject = widgets.HFlex(12, []float32{1, 0, -130, -130, 0}, who, when, from, to, button)
	if roomy() {
		line = widgets.VBox(8, widgets.HFlex(12, []float32{1, 0}, who, when), widgets.HFlex(12, []float32{-130, -130, 0, 1}, from, to, button, widgets.Spacer()))
	}
	r.box = widgets.NewPanel("Répéter jusqu’à la fin du mois", line).Icon("refresh").Right(v.limit)
	return r
}

// show offers the month's lines and days.
func (r *repeatPanel) show() {
	m := r.v.m
	r.v.limit.Set(m.nextLimit())
	var opts []widgets.Option
	for row := range m.lines {
		c, s, _ := m.at(row)
		if s.Gate == "" {
			opts = append(opts, widgets.Option{ID: strconv.Itoa(row), Label: c.First + ", " + strings.ToLower(s.Short)})
		}
	}
	value := r.row.Value()
	r.row.SetOptions(opts...)
	if value == "" && len(opts) > 0 {
		value = opts[0].ID
	}
	r.row.Set(value)
	off := ""
	if len(opts) == 0 {
		off = "Aucun enfant de cette famille n’a d’accès ouvert."
	}
	r.button.SetEnabled(off == "", off)
	last := m.month.LastOfMonth()
	if from, err := r.from.Value(); err != nil || from < m.month || from > last {
		r.from.Set(max(m.month, min(r.v.sh.Today(), last)))
	}
	r.to.Set(last)
}

// fill puts the days into the basket.
func (r *repeatPanel) fill() {
	row, err := strconv.Atoi(r.row.Value())
	if err != nil {
		r.v.sh.Toast("Choisissez l’enfant et le service à remplir.")
		return
	}
	from, err := r.from.Value()
	if err != nil {
		r.v.sh.Refused(err)
		return
	}
	to, err := r.to.Value()
	if err != nil {
		r.v.sh.Refused(err)
		return
	}
	var days calendar.Weekdays
	for _, id := range r.days.Values() {
		if n, err := strconv.Atoi(id); err == nil {
			days = days.With(time.Weekday(n))
		}
	}
	if n := r.v.m.fill(row, days, from, to); n == 0 {
		r.v.sh.Toast("Aucun jour libre et dans les délais sur cette période.")
		return
	}
	r.v.changed()
}

var legendCells = []struct {
	cell widgets.GridCell
	word string
}{
	{looks[booking.CellBooked], "réservé"},
	{looks[booking.CellPresent], "présent"},
	{looks[booking.CellJustified], "absence justifiée"},
	{looks[booking.CellAbsent], "absent, repas dû"},
	{looks[booking.CellCancelled], "annulé"},
	{looks[booking.CellFree], "non réservé"},
	{lookAdd, "à réserver (panier)"},
	{lookCancel, "à annuler (panier)"},
	{looks[booking.CellLocked], "délai passé"},
	{looks[booking.CellWaiting], "liste d’attente"},
}

// legend names every letter of the grid.
func legend(other fyne.CanvasObject) fyne.CanvasObject {
	body := widgets.NewPainting(600, 68, func(g *widgets.Gfx, size fyne.Size) {
		per := (len(legendCells) + 1) / 2
		w := size.Width / float32(per)
		for i, l := range legendCells {
			x, y := float32(i%per)*w, float32(i/per)*theme.Px(36)
			widgets.DrawGridCell(g, x, y, theme.Px(28), theme.Px(28), l.cell)
			g.Text(x+theme.Px(36), y, w-theme.Px(40), theme.Px(28), l.word, widgets.Body)
		}
	})
	hints := widgets.NewKeyHints("Flèches", "se déplacer", "Espace", "réserver ou annuler", "J", "justifier", "O", "hors délai")
	return widgets.NewPanel("Légende", body).Right(hints, other)
}

// askOverride asks once for the reason to go past cut-offs; it holds for the basket.
func (v *monthView) askOverride(then func()) {
	reason := widgets.NewTextField().PlaceHolder("appel de la famille, erreur du service…")
	field := widgets.NewField("Motif (obligatoire)", "Il est conservé avec la réservation et vaut pour tout le panier.", reason)
	form := widgets.NewForm().Add(field, func() error {
		if strings.TrimSpace(reason.Text()) == "" {
			return fault.New(fault.Invalid, "Écrivez pourquoi le délai est dépassé.")
		}
		return nil
	})
	var d *widgets.Dialog
	d = widgets.NewDialog("Délai passé : continuer ?", "La date limite est passée. Un agent peut la dépasser avec un motif.", form.Content(), "Continuer", widgets.Primary, func() {
		if !form.Validate() {
			return
		}
		v.m.basket.override = strings.TrimSpace(reason.Text())
		d.Close()
		then()
	})
	v.sh.Show(d)
}

// askJustification asks why an absence is justified and puts it in the basket.
func (v *monthView) askJustification(row, col int) {
	kinds := make([]widgets.Option, 0, len(booking.JustificationLabels))
	for _, k := range []string{booking.Illness, booking.Strike, booking.Teacher, booking.Trip, booking.Other} {
		kinds = append(kinds, widgets.Option{ID: k, Label: booking.JustificationLabels[k]})
	}
	kind := widgets.NewSelect(nil, kinds...)
	kind.Set(booking.Illness)
	note := widgets.NewTextField().PlaceHolder("sortie au musée")
	form := widgets.NewForm().
		Add(widgets.NewField("Motif", "Pas de diagnostic : le motif seul.", kind), nil).
		Add(widgets.NewField("Précision", "N’est pas gardée pour une maladie.", note), func() error {
			if kind.Value() == booking.Other && strings.TrimSpace(note.Text()) == "" {
				return fault.New(fault.Invalid, "Écrivez le motif.")
			}
			return nil
		})
	cell, it, ok := v.m.cell(row, col)
	if !ok {
		return
	}
	var d *widgets.Dialog
	d = widgets.NewDialog("Absence justifiée", cell.Day.LongNoYear()+" : le repas sera recrédité selon les règles du service.", form.Content(), "Mettre au panier", widgets.Primary, func() {
		if !form.Validate() {
			return
		}
		v.m.basket.justification = booking.Justification{Kind: kind.Value(), Note: strings.TrimSpace(note.Text())}
		d.Close()
		v.m.basket.set(it, toJustify)
		v.m.basket.endGesture()
		v.changed()
	})
	v.sh.Show(d)
}
