package settings

import (
	"strconv"
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/ui/widgets"
)

// priceText is what a child of that case pays: « 3,10 € », and by which tariff.
func priceText(tariffs []catalog.Tariff, c catalog.Criteria) (price, why string) {
	t, note, err := catalog.Pick(tariffs, c)
	if err != nil {
		return "—", fault.Sentence(err)
	}
	why = t.Label
	if t.Care > 0 {
		why += nbsp + ": repas " + t.Meal.String() + ", encadrement " + t.Care.String()
	}
	if note != "" {
		why += ". " + note
	}
	return t.Price().String(), why
}

// whatIf is the dialog that tries a price and shows the deadlines of a week;
// nothing is changed by it.
type whatIf struct {
	t        *servicesTab
	draft    catalog.Draft
	plan     *calendar.Plan
	day      *widgets.DateField
	quotient *widgets.TextField
	rank     *widgets.TextField
	age      *widgets.Select
	kind     *widgets.Select
	resident *widgets.Check
	price    *widgets.Label
	why      *widgets.Label
	week     *widgets.Painting
	lines    []string
}

// tryRules opens it for the service shown, with what is typed and not kept yet.
func (t *servicesTab) tryRules() {
	if t.ed == nil {
		return
	}
	d := cloneDraft(t.ed.draft)
	plan, err := t.known.plan(d)
	if err != nil {
		t.sh.Refused(err)
		return
	}
	t.sh.Show(newWhatIf(t, d, plan).dialog())
}

func newWhatIf(t *servicesTab, d catalog.Draft, p *calendar.Plan) *whatIf {
	w := &whatIf{t: t, draft: d, plan: p}
	w.day = widgets.NewDateField(t.sh.Today)
	w.day.Set(t.sh.Today())
	w.quotient, w.rank = widgets.NewTextField(), widgets.NewTextField()
	w.rank.SetText("1")
	w.age = widgets.NewSelect(func(string) { w.show() }, widgets.Option{ID: "maternelle", Label: "Maternelle"}, widgets.Option{ID: "elementaire", Label: "Élémentaire"}, widgets.Option{ID: "adulte", Label: "Adulte"})
	w.age.Set("elementaire")
	w.kind = widgets.NewSelect(func(string) { w.show() },
		widgets.Option{ID: catalog.ForBooking, Label: "Réservé à temps"}, widgets.Option{ID: catalog.ForLate, Label: "Réservé hors délai"}, widgets.Option{ID: catalog.ForUnbooked, Label: "Sans réservation"})
	w.kind.Set(catalog.ForBooking)
	w.resident = widgets.NewCheck("Habite la commune", func(bool) { w.show() })
	w.resident.Set(true)
	w.price, w.why = widgets.NewLabel("", widgets.Total), widgets.NewParagraph("", widgets.Small)
	w.week = linesBox(func() []string { return w.lines })
	w.day.OnDate = func(calendar.Date) { w.show() }
	w.quotient.OnChanged = func(string) { w.show() }
	w.rank.OnChanged = w.quotient.OnChanged
	w.show()
	return w
}

// criteria reads what was typed.
func (w *whatIf) criteria() (c catalog.Criteria, err error) {
	c = catalog.Criteria{Resident: w.resident.Checked(), AgeGroup: w.age.Value(), Kind: w.kind.Value()}
	if c.Day, err = w.day.Value(); err != nil {
		return c, err
	}
	if c.SiblingRank, err = strconv.Atoi(strings.TrimSpace(w.rank.Text())); err != nil || c.SiblingRank < 1 || c.SiblingRank > 20 {
		return c, fault.New(fault.Invalid, "Le rang dans la fratrie est un nombre : 1 pour l’aîné.")
	}
	if text := strings.TrimSpace(w.quotient.Text()); text != "" {
		q, err := strconv.Atoi(text)
		if err != nil || q < 0 || q > catalog.MaxQuotient {
			return c, fault.New(fault.Invalid, "Le quotient familial est un nombre entier, par exemple 850 ; vide : aucun au dossier.")
		}
		c.Quotient = &q
	}
	return c, nil
}

// show works the price and the week out again.
func (w *whatIf) show() {
	c, err := w.criteria()
	if err != nil {
		w.price.Set("—")
		w.why.Set(fault.Sentence(err))
		return
	}
	price, why := priceText(w.draft.Tariffs, c)
	w.price.Set(price)
	w.why.Set(why)
	w.lines = nil
	for _, r := range limitRows(w.draft, w.plan, c.Day) {
		w.lines = append(w.lines, r.text())
	}
	w.week.Refresh()
}

func (w *whatIf) dialog() *widgets.Dialog {
	third := []float32{1, 1, 1}
	content := widgets.VBox(14,
		widgets.HFlex(16, third, widgets.NewField("Jour", "Le prix est celui de ce jour-là.", w.day), widgets.NewField("Quotient familial", "Vide : aucun au dossier.", w.quotient), widgets.NewField("Rang de l’enfant", "1 : l’aîné.", w.rank)),
		widgets.HFlex(16, third, widgets.NewField("Âge", "", w.age), widgets.NewField("Cas", "", w.kind), w.resident),
		widgets.NewDivider(), widgets.HFlex(16, []float32{0, 1}, w.price, w.why),
		widgets.NewDivider(), widgets.NewLabel("Dates limites de la semaine de ce jour", widgets.SmallBold), w.week)
	d := widgets.NewDialog("Essayer les règles", w.draft.Info.Name+" : rien n’est modifié", content, "", widgets.Secondary, nil)
	d.CancelWord, d.Width, d.First = "Fermer", 760, w.quotient.FocusTarget()
	return d
}
