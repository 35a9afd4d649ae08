package settings

import (
	"fyne.io/fyne/v2"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/ui/widgets"
)

// gridForm is the dialog of a new grid: a first day, and the prices to fill.
type gridForm struct {
	p     *tariffsPart
	form  *widgets.Form
	first *widgets.DateField
	rows  []gridRow
	meals []*widgets.MoneyField
	cares []*widgets.MoneyField
	lines *fyne.Container
	d     *widgets.Dialog
}

// grid opens it on the next first of September, or the coming January.
func (p *tariffsPart) grid() {
	if p.t.ed == nil {
		return
	}
	f := &gridForm{p: p, form: widgets.NewForm(), lines: widgets.VBox(10)}
	f.first = widgets.NewDateField(p.t.sh.Today).Required()
	today := p.t.sh.Today()
	day := calendar.NewDate(today.Year(), 9, 1)
	if day <= today {
		day = calendar.NewDate(today.Year()+1, 1, 1)
	}
	f.first.Set(day)
	f.first.OnDate = func(calendar.Date) { f.load() }
	f.form.Add(widgets.NewField("À partir du", "Les tarifs d’aujourd’hui s’arrêtent la veille.", f.first), func() error {
		day, err := f.first.Value()
		if err != nil {
			return err
		}
		return checkGrid(p.t.ed.draft.Tariffs, day)
	})
	f.form.Line(f.lines)
	f.load()
	f.d = widgets.NewDialog("Nouvelle grille de tarifs", p.t.ed.draft.Info.Name, f.form.Content(), "Préparer la grille", widgets.Primary, f.submit)
	f.d.Width, f.d.First = 720, f.first.FocusTarget()
	p.t.sh.Show(f.d)
}

// load shows the tariffs that apply on the first day; prices already typed stay.
func (f *gridForm) load() {
	day, err := f.first.Value()
	if err != nil {
		return
	}
	typed := map[int][2]string{}
	for i, r := range f.rows {
		typed[r.from] = [2]string{f.meals[i].Text(), f.cares[i].Text()}
	}
	f.rows, f.meals, f.cares = gridRows(f.p.t.ed.draft.Tariffs, day), nil, nil
	wide := []float32{1, -116, -116}
	f.lines.Objects = nil
	if len(f.rows) > 0 {
		f.lines.Add(widgets.HFlex(12, wide, widgets.NewLabel("Tarif, et son prix d’aujourd’hui", widgets.SmallBold), widgets.NewLabel("Repas", widgets.SmallBold), widgets.NewLabel("Encadrement", widgets.SmallBold)))
	}
	for _, r := range f.rows {
		meal, care := widgets.NewMoneyField(), widgets.NewMoneyField()
		meal.Set(r.meal)
		care.Set(r.care)
		if was, ok := typed[r.from]; ok {
			meal.SetText(was[0])
			care.SetText(was[1])
		}
		f.meals, f.cares = append(f.meals, meal), append(f.cares, care)
		now := widgets.VBox(0, widgets.NewParagraph(r.label, widgets.Body), widgets.NewLabel(r.meal.String()+" + "+r.care.String(), widgets.Small))
		f.lines.Add(widgets.HFlex(12, wide, now, meal, care))
	}
	f.lines.Refresh()
	f.form.Content().Refresh()
	if f.d != nil {
		f.d.Reflow()
	}
}

func (f *gridForm) submit() {
	f.load() // a date just typed and not left yet
	if !f.form.Validate() {
		return
	}
	for i := range f.rows {
		meal, err := f.meals[i].Value()
		care, err2 := f.cares[i].Value()
		f.meals[i].SetError(err != nil || meal < 0)
		f.cares[i].SetError(err2 != nil || care < 0)
		if err != nil || err2 != nil || meal < 0 || care < 0 {
			f.form.Refuse(fault.New(fault.Invalid, "« %s » : écrivez un prix en euros, par exemple 4,20.", f.rows[i].label))
			return
		}
		f.rows[i].meal, f.rows[i].care = meal, care
	}
	day, err := f.first.Value()
	if err != nil {
		f.form.Refuse(err)
		return
	}
	f.d.Close()
	rows := f.rows
	f.p.change(func(d *catalog.Draft) { newGrid(d, day, rows) })
	focusOn(f.p.t.sh, f.p.table)
}
