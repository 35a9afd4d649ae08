package settings

import (
	"cmp"
	"slices"

	"fyne.io/fyne/v2"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/data/money"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// tariffsPart is the table of prices.
type tariffsPart struct {
	t      *servicesTab
	rows   []tariffRow
	folds  map[string]bool // what the agent unfolded or folded, by days
	table  *widgets.Table
	alert  *widgets.Alert
	told   *fyne.Container // the alert and its margin
	edit   *widgets.Button
	remove *widgets.Button
	all    *fyne.Container
}

func newTariffsPart(t *servicesTab) *tariffsPart {
	p := &tariffsPart{t: t, folds: map[string]bool{}}
	p.table = widgets.NewTable([]widgets.Column{
		{ID: "label", Title: "Tarif", Weight: 3},
		{ID: "who", Title: "Pour", Weight: 5},
		{ID: "meal", Title: "Repas", Width: 72, Right: true},
		{ID: "care", Title: "Encadr.", Width: 72, Right: true},
	}, func(row, col int) widgets.Cell {
		if row >= len(p.rows) || p.rows[row].index < 0 {
			return widgets.Cell{}
		}
		r := p.rows[row]
		c := widgets.Cell{Text: r.cells[col], Bold: col >= 2 && !r.old}
		switch {
		case r.flaw != "":
			c.Ink = theme.Erreur
			if col == 0 {
				c.Icon, c.IconInk = "circle-alert", theme.Erreur
			}
		case r.old:
			c.Ink = theme.Ardoise600
		}
		return c
	}).RowHeight(36)
	p.table.Group = func(row int) *widgets.GroupRow {
		if row >= len(p.rows) || p.rows[row].index >= 0 {
			return nil
		}
		return &widgets.GroupRow{Title: p.rows[row].head, Text: p.rows[row].count, Open: p.rows[row].open}
	}
	p.table.OnFold = func(row int, open bool) {
		p.folds[p.rows[row].head] = open
		p.live(true)
	}
	p.table.OnOpen = p.open
	p.table.OnKey = onDelete(p.drop)
	p.table.Jump = func(row int) string { return p.rows[row].cells[0] + p.rows[row].head }
	p.alert = widgets.NewAlert(widgets.Failure, "", "")
	add := widgets.NewButton("Ajouter…", widgets.Primary, func() { p.open(-1) }).Icon("plus").KeyHint("F2").Compact()
	grid := widgets.NewButton("Nouvelle grille à partir du…", widgets.Secondary, p.grid).Icon("calendar-plus").Compact()
	p.edit = widgets.NewButton("Modifier…", widgets.Secondary, func() { p.open(p.table.Selected()) }).KeyHint("Entrée").Compact()
	p.remove = widgets.NewButton("Retirer", widgets.Secondary, p.drop).KeyHint("Suppr").Compact()
	p.told = widgets.Pad(16, 0, p.alert)
	p.told.Hide()
	bar := sideBySide(330, widgets.HBox(8, add, p.edit, p.remove), widgets.HFlex(8, []float32{1, 0}, widgets.Spacer(), grid))
	p.all = widgets.VFlex(0, []float32{0, 0, 1}, widgets.Pad(16, 10, bar), p.told, p.table)
	return p
}

func (p *tariffsPart) content() fyne.CanvasObject { return p.all }
func (p *tariffsPart) first() fyne.Focusable      { return p.table }
func (p *tariffsPart) add() (string, func())      { return "Ajouter un tarif", func() { p.open(-1) } }

func (p *tariffsPart) goTo(path string) {
	for i, r := range p.rows {
		if r.flaw != "" {
			p.table.Select(i)
			break
		}
	}
	focusOn(p.t.sh, p.table)
}

func (p *tariffsPart) show() {
	if p.t.ed == nil {
		return
	}
	p.live(true)
	if p.table.Selected() == 0 && len(p.rows) > 1 { // the first row is a heading
		p.table.Select(1)
	}
}

// live shows the prices of the draft and what is wrong with them together.
func (p *tariffsPart) live(bool) {
	flaws := map[string]string{} // gaps and overlaps are told as soon as they are there
	text := ""
	for _, f := range p.t.ed.flaws() {
		if head(f.Field) == "tariffs" {
			flaws[f.Field] = f.Text
			if text == "" {
				text = f.Text
			}
		}
	}
	p.rows = tariffRows(p.t.ed.draft.Tariffs, p.t.sh.Today(), flaws, func(days string, old bool) bool {
		if open, said := p.folds[capital(days)]; said {
			return open
		}
		return !old
	})
	p.table.SetCount(len(p.rows))
	if len(p.rows) == 0 {
		p.table.Empty(widgets.NewEmptyState("wallet", "Aucun tarif", "Sans tarif, rien ne peut être réservé.", widgets.NewButton("Ajouter un tarif…", widgets.Secondary, func() { p.open(-1) }).Compact()))
	}
	p.edit.SetEnabled(len(p.rows) > 0, "Il n’y a pas encore de tarif.")
	p.remove.SetEnabled(len(p.rows) > 0, "Il n’y a pas encore de tarif.")
	if p.told.Visible() != (text != "") || text != "" && p.alert.Text() != text {
		p.alert.Set(widgets.Failure, text, "")
		p.told.Hidden = text == ""
		p.all.Refresh()
	}
}

// change edits the list of prices.
func (p *tariffsPart) change(f func(d *catalog.Draft)) {
	p.t.typed("tariffs", func(d *catalog.Draft) error { f(d); return nil })
	p.live(true)
}

// goOn puts the cursor on a tariff of the draft.
func (p *tariffsPart) goOn(index int) {
	for i, r := range p.rows {
		if r.index == index {
			p.table.Select(i)
		}
	}
}

func (p *tariffsPart) drop() {
	row := p.table.Selected()
	if row < 0 || row >= len(p.rows) || p.rows[row].index < 0 {
		return
	}
	i := p.rows[row].index
	p.change(func(d *catalog.Draft) { d.Tariffs = slices.Delete(d.Tariffs, i, i+1) })
}

// open edits the tariff of a row; -1 adds one.
func (p *tariffsPart) open(row int) {
	if p.t.ed == nil || row >= len(p.rows) || row >= 0 && p.rows[row].index < 0 {
		return
	}
	index, tariff := -1, nextTariff(p.t.ed.draft.Tariffs, p.t.sh.Today())
	if row >= 0 {
		index = p.rows[row].index
		tariff = p.t.ed.draft.Tariffs[index]
	}
	p.t.sh.Show(newTariffForm(p, index, tariff).dialog())
}

// tariffForm is the dialog of one price.
type tariffForm struct {
	p     *tariffsPart
	index int
	base  catalog.Tariff

	form       *widgets.Form
	label      *widgets.TextField
	kind       *widgets.Select
	who        *widgets.Select
	age        *widgets.Select
	rank       *widgets.TextField
	low, high  *widgets.TextField
	from, to   *widgets.DateField
	meal, care *widgets.MoneyField
	fields     map[string]*widgets.Field // by the name read gives a wrong one
	since      *widgets.DateField        // the change holds from then on; empty: from the tariff's start
	note       *widgets.Alert
}

func newTariffForm(p *tariffsPart, index int, base catalog.Tariff) *tariffForm {
	f := &tariffForm{p: p, index: index, base: base, form: widgets.NewForm(), fields: map[string]*widgets.Field{}}
	f.label, f.rank, f.low, f.high = widgets.NewTextField(), widgets.NewTextField(), widgets.NewTextField(), widgets.NewTextField()
	f.from, f.to = widgets.NewDateField(p.t.sh.Today).Required(), widgets.NewDateField(p.t.sh.Today)
	f.since = widgets.NewDateField(p.t.sh.Today)
	f.since.OnDate = func(calendar.Date) { f.judge() }
	f.meal, f.care = widgets.NewMoneyField(), widgets.NewMoneyField()
	f.kind = widgets.NewSelect(func(string) { f.judge() }, tariffWhen...)
	f.who = widgets.NewSelect(func(string) { f.judge() }, widgets.Option{ID: "", Label: "Tout le monde"}, widgets.Option{ID: "in", Label: "Habitants de la commune"}, widgets.Option{ID: "out", Label: "Hors commune"})
	f.age = widgets.NewSelect(func(string) { f.judge() }, widgets.Option{ID: "", Label: "Tous les âges"}, widgets.Option{ID: "maternelle", Label: "Maternelle"}, widgets.Option{ID: "elementaire", Label: "Élémentaire"}, widgets.Option{ID: "adulte", Label: "Adulte"})
	f.fill()
	for _, in := range []*widgets.TextField{f.label, f.rank, f.low, f.high} {
		in.OnChanged = func(string) { f.judge() }
	}
	f.from.OnDate = func(calendar.Date) { f.judge() }
	f.to.OnDate = func(calendar.Date) { f.judge() }
	f.meal.OnAmount = func(money.Cents) { f.judge() }
	f.care.OnAmount = func(money.Cents) { f.judge() }
	f.note = widgets.NewAlert(widgets.Info, "", "")
	f.lay()
	f.judge()
	return f
}

func (f *tariffForm) fill() {
	b := f.base
	f.label.SetText(b.Label)
	f.kind.Set(b.Kind)
	f.age.Set(b.AgeGroup)
	switch {
	case b.Resident == nil:
		f.who.Set("")
	case *b.Resident:
		f.who.Set("in")
	default:
		f.who.Set("out")
	}
	f.rank.SetText(quotientText(b.SiblingRank, 0))
	f.low.SetText(quotientText(b.QuotientMin, 0))
	f.high.SetText(quotientText(b.QuotientMax, catalog.MaxQuotient))
	f.from.Set(b.ValidFrom)
	if b.ValidTo < noEnd {
		f.to.Set(b.ValidTo)
	}
	f.meal.Set(b.Meal)
	f.care.Set(b.Care)
}

// lay puts the fields into the form with their checks.
func (f *tariffForm) lay() {
	wrong := func(name string) func() error {
		return func() error {
			if _, at, err := f.read(); at == name {
				return err
			}
			return nil
		}
	}
	field := func(name, label, help string, in widgets.Input) *widgets.Field {
		x := widgets.NewField(label, help, in)
		f.fields[name] = x
		f.form.Watch(x, wrong(name))
		return x
	}
	f.form.Line(field("label", "Libellé", "Sur la facture.", f.label), widgets.NewField("Cas", "", f.kind))
	f.form.Line(widgets.NewField("Pour", "", f.who), widgets.NewField("Âge", "", f.age), field("rank", "À partir de l’enfant n°", "Vide"+nbsp+": tous.", f.rank))
	f.form.Line(field("low", "Quotient, de", "Vide"+nbsp+": 0.", f.low), field("high", "à", "Compris. Vide"+nbsp+": et plus.", f.high), field("from", "Valable du", "", f.from), field("to", "au", "Vide"+nbsp+": sans fin.", f.to))
	f.form.Line(field("meal", "Prix, part repas", "", f.meal), field("care", "part encadrement", "0,00 s’il n’y en a pas.", f.care))
	if f.base.ID != 0 {
		f.form.Line(field("since", "Ces changements valent à partir du", "Le tarif d’aujourd’hui s’arrête la veille. Vide"+nbsp+": dès son début, tant qu’aucune réservation ne l’a utilisé.", f.since))
	}
	f.form.Line(f.note)
}

// read gives the tariff typed; at names the field that is wrong.
func (f *tariffForm) read() (t catalog.Tariff, at string, err error) {
	t = f.base
	if t.Label = f.label.Text(); t.Label == "" {
		return t, "label", fault.New(fault.Invalid, "Donnez un libellé : « Repas tranche 1 ».")
	}
	t.Kind, t.AgeGroup, t.Resident = f.kind.Value(), f.age.Value(), nil
	if v := f.who.Value(); v != "" {
		in := v == "in"
		t.Resident = &in
	}
	t.SiblingRank = 0
	if f.rank.Text() != "" {
		if t.SiblingRank, err = wholeNumber(f.rank.Text(), 1, 20); err != nil {
			return t, "rank", err
		}
	}
	if t.QuotientMin, t.QuotientMax, at, err = bracketOf(f.low.Text(), f.high.Text()); err != nil {
		return t, at, err
	}
	if t.ValidFrom, err = f.from.Value(); err != nil {
		return t, "from", err
	}
	if t.ValidTo, err = f.to.Value(); err != nil {
		return t, "to", err
	}
	if t.ValidTo.IsZero() {
		t.ValidTo = noEnd
	}
	if t.ValidTo < t.ValidFrom {
		return t, "to", fault.New(fault.Invalid, "Le tarif finit avant de commencer.")
	}
	if t.Meal, err = f.meal.Value(); err != nil || t.Meal < 0 {
		return t, "meal", fault.New(fault.Invalid, "Un prix en euros, par exemple 4,20.")
	}
	if t.Care, err = f.care.Value(); err != nil || t.Care < 0 {
		return t, "care", fault.New(fault.Invalid, "Un prix en euros, 0,00 s’il n’y en a pas.")
	}
	if since, err := f.since.Value(); err != nil || !since.IsZero() && since > t.ValidTo {
		return t, "since", cmp.Or(err, fault.New(fault.Invalid, "Ce jour vient après la fin du tarif."))
	}
	return t, "", nil
}

// with is the draft with the tariff in its place.
func (f *tariffForm) with(d catalog.Draft, t catalog.Tariff) catalog.Draft {
	d = cloneDraft(d)
	since, err := f.since.Value()
	switch {
	case f.index < 0:
		d.Tariffs = append(d.Tariffs, t)
	case err == nil && !since.IsZero():
		d.Tariffs = catalog.RenewTariff(d.Tariffs, f.index, since, t)
	default:
		d.Tariffs[f.index] = t
	}
	return d
}

// judge says at once what the whole grid would lack with what is typed.
func (f *tariffForm) judge() {
	if f.note == nil {
		return
	}
	tone, text := widgets.Info, "Avec ce tarif, chacun a un prix et un seul."
	t, at, err := f.read()
	for name, x := range f.fields {
		if name == at {
			x.SetError(fault.Sentence(err))
		} else {
			x.SetError("")
		}
	}
	f.form.Refuse(nil)
	if err != nil {
		text = fault.Sentence(err)
	} else {
		for _, x := range catalog.CheckDraft(f.with(f.p.t.ed.draft, t)) {
			if head(x.Field) == "tariffs" {
				tone, text = widgets.Warning, x.Text
				break
			}
		}
	}
	if f.note.Text() != text {
		f.note.Set(tone, text, "")
		f.form.Content().Refresh()
	}
}

func (f *tariffForm) dialog() *widgets.Dialog {
	title, verb := "Ajouter un tarif", "Ajouter"
	if f.index >= 0 {
		title, verb = "Tarif", "Modifier"
	}
	var d *widgets.Dialog
	d = widgets.NewDialog(title, "Rien n’est enregistré avant « Enregistrer » sur le service.", f.form.Content(), verb, widgets.Primary, func() {
		if !f.form.Validate() {
			return
		}
		t, _, err := f.read()
		if err != nil {
			f.form.Refuse(err)
			return
		}
		d.Close()
		f.p.change(func(x *catalog.Draft) { *x = f.with(*x, t) })
		at := f.index
		if at < 0 {
			at = len(f.p.t.ed.draft.Tariffs) - 1
		}
		f.p.goOn(at)
	})
	d.Width, d.First = 680, f.label.FocusTarget()
	return d
}
