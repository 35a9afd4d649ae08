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

// weekText says of each day of a week until when one books and cancels, or why
// there is no service.
func weekText(s catalog.ServiceInfo, plan *calendar.Plan, monday calendar.Date) (out []fact) {
	for i := range 5 {
		day := monday.Add(i)
		f := fact{what: calendar.WeekdayName(day.Weekday()) + " " + day.DayMonth()}
		if open, why := plan.IsOpen(day); !open {
			if f.how = why; !strings.HasPrefix(why, "pas de service") {
				f.how = "pas de service" + nbsp + ": " + why
			}
			out = append(out, f)
			continue
		}
		book, _ := s.Cutoff(plan, day, catalog.PurposeBook)
		cancel, _ := s.Cutoff(plan, day, catalog.PurposeCancel)
		f.how = "réserver jusqu’au " + calendar.InstantText(book)
		if !cancel.Equal(book) {
			f.how += ", annuler jusqu’au " + calendar.InstantText(cancel)
		} else {
			f.how = "réserver et annuler jusqu’au " + calendar.InstantText(book)
		}
		out = append(out, f)
	}
	return out
}

// whatIf is the dialog that tries a price and shows the deadlines of a week;
// nothing is changed by it.
type whatIf struct {
	t        *servicesTab
	service  catalog.ServiceInfo
	plan     *calendar.Plan
	tariffs  []catalog.Tariff
	day      *widgets.DateField
	quotient *widgets.TextField
	rank     *widgets.TextField
	age      *widgets.Select
	kind     *widgets.Select
	resident *widgets.Check
	price    *widgets.Label
	why      *widgets.Label
	week     *widgets.Painting
	lines    []fact
}

// tryRules opens it for the service shown, with what is typed and not kept yet.
func (t *servicesTab) tryRules() {
	if t.ed == nil {
		return
	}
	d := cloneDraft(t.ed.draft)
	plan, err := t.maker.of(d.Info)
	if err != nil {
		t.sh.Refused(err)
		return
	}
	t.sh.Show(newWhatIf(t, d.Info, plan, d.Tariffs).dialog())
}

func newWhatIf(t *servicesTab, s catalog.ServiceInfo, p *calendar.Plan, tariffs []catalog.Tariff) *whatIf {
	w := &whatIf{t: t, service: s, plan: p, tariffs: tariffs}
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
	w.week = factsBox(func() []fact { return w.lines })
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
	price, why := priceText(w.tariffs, c)
	w.price.Set(price)
	w.why.Set(why)
	w.lines = weekText(w.service, w.plan, c.Day.Monday())
	w.week.Refresh()
}

func (w *whatIf) dialog() *widgets.Dialog {
	third := []float32{1, 1, 1}
	content := widgets.VBox(14,
		widgets.HFlex(16, third, widgets.NewField("Jour", "Le prix est celui de ce jour-là.", w.day), widgets.NewField("Quotient familial", "Vide : aucun au dossier.", w.quotient), widgets.NewField("Rang de l’enfant", "1 : l’aîné.", w.rank)),
		widgets.HFlex(16, third, widgets.NewField("Âge", "", w.age), widgets.NewField("Cas", "", w.kind), w.resident),
		widgets.NewDivider(), widgets.HFlex(16, []float32{0, 1}, w.price, w.why),
		widgets.NewDivider(), widgets.NewLabel("Dates limites de la semaine de ce jour", widgets.SmallBold), w.week)
	d := widgets.NewDialog("Essayer les règles", w.service.Name+" : rien n’est modifié", content, "", widgets.Secondary, nil)
	d.CancelWord, d.Width, d.First = "Fermer", 760, w.quotient.FocusTarget()
	return d
}
