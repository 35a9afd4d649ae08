package setup

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"ardoise/data"
	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/data/money"
	"ardoise/ui/widgets"
)

var dayOptions = []struct {
	day  time.Weekday
	name string
}{{time.Monday, "Lundi"}, {time.Tuesday, "Mardi"}, {time.Wednesday, "Mercredi"}, {time.Thursday, "Jeudi"}, {time.Friday, "Vendredi"}}

// canteenPage shows the canteen most towns have, to be changed where ours differs.
type canteenPage struct {
	s            *Screen
	days         *widgets.Choice
	hour         *widgets.TextField
	hourF        *widgets.Field
	book, cancel *widgets.Select
	papers       *widgets.Choice
	preview      *widgets.Table
	panel        *widgets.Panel
	week         week
	brackets     []*bracketRow
	rows         *fyne.Container
	outside      *widgets.MoneyField
	outsideF     *widgets.Field
	add          *widgets.Button
	box          fyne.CanvasObject
	filled       bool
	labels       map[string]string
}

// bracketRow is one price being typed.
type bracketRow struct {
	upto          *widgets.TextField
	price         *widgets.MoneyField
	uptoF, priceF *widgets.Field
	drop          *widgets.Button
}

func newCanteen(s *Screen) *canteenPage {
	p := &canteenPage{s: s, rows: widgets.VBox(8)}
	var options, docs []widgets.Option
	for _, d := range dayOptions {
		options = append(options, widgets.Option{ID: calendar.WeekdayName(d.day), Label: d.name})
	}
	for _, d := range papers {
		label := catalog.DocumentLabel(d.Kind)
		docs = append(docs, widgets.Option{ID: d.Kind, Label: label})
	}
	p.days = widgets.NewMultiChoice(func([]string) { p.show() }, options...).Wrap()
	p.hour = widgets.NewTextField().Icon("clock").Width(100)
	p.hourF = widgets.NewField("Début du repas", "", p.hour)
	p.book, p.cancel = widgets.NewSelect(func(string) { p.show() }), widgets.NewSelect(func(string) { p.show() })
	p.papers = widgets.NewMultiChoice(nil, docs...).Wrap()
	p.preview = widgets.NewTable([]widgets.Column{{ID: "day", Title: "Repas du", Weight: 3}, {ID: "book", Title: "Réserver jusqu’au", Weight: 4}, {ID: "cancel", Title: "Annuler jusqu’au", Weight: 4}},
		func(row, col int) widgets.Cell {
			if row >= len(p.week.rows) {
				return widgets.Cell{}
			}
			return widgets.Cell{Text: p.week.rows[row][col], Bold: col == 0}
		}).RowHeight(32).NoSelection()
	p.panel = widgets.NewPanel("Semaine", p.preview).Icon("calendar").Flush()
	p.outside = widgets.NewMoneyField()
	p.outside.OnFocus = nil
	p.outsideF = widgets.NewField("Prix hors commune (facultatif)", "", p.outside)
	p.add = widgets.NewButton("Ajouter une tranche de quotient", widgets.Secondary, p.insert).Icon("plus").Compact()
	left := widgets.VBox(14,
		widgets.HFlex(16, []float32{1, -120}, widgets.NewField("Jours de service", "", p.days), p.hourF),
		widgets.NewField("Dernier moment pour réserver ou changer", "", p.book), widgets.NewField("Dernier moment pour annuler et être remboursé", "", p.cancel), p.panel)
	right := widgets.VBox(14, widgets.NewLabel("Prix du repas", widgets.Heading), p.rows, widgets.HBox(0, p.add), p.outsideF,
		widgets.NewField("Pièces demandées aux familles", "IBAN et mandat ne sont demandés qu’à celles qui choisissent le prélèvement.", p.papers))
	p.box = scroll(widgets.HFlex(24, []float32{11, 9}, left, right))
	return p
}

func (p *canteenPage) label() string { return "Cantine" }

func (p *canteenPage) words() (head, text string) {
	return "Votre cantine", "Voici les règles les plus courantes. Gardez-les ou changez-les" + nbsp + "; tout se change ensuite dans Réglages."
}
func (p *canteenPage) content() fyne.CanvasObject { return p.box }

// first is the price: it is nobody's to guess, and the rest may stay as it is.
func (p *canteenPage) first() fyne.Focusable {
	if r := p.brackets[0]; r.price.Text() == "" {
		return r.price.FocusTarget()
	}
	return p.days
}
func (p *canteenPage) verb() (text, icon string) { return "Suivant", "arrow-right" }

func (p *canteenPage) enter() {
	a := &p.s.a
	a.canteen(p.s.today)
	if !p.filled {
		p.filled = true
		p.fill(a.service)
	}
	p.show()
}

// fill shows the canteen to start from.
func (p *canteenPage) fill(d catalog.Draft) {
	var days, docs []string
	for _, w := range d.Info.Weekdays.Days() {
		days = append(days, calendar.WeekdayName(w))
	}
	for _, r := range d.Documents {
		docs = append(docs, r.Kind)
	}
	p.days.Set(days...)
	p.papers.Set(docs...)
	p.hour.SetText(d.Info.StartsAt.String())
	for sel, set := range map[*widgets.Select]calendar.CutoffSet{p.book: d.Info.Book, p.cancel: d.Info.Cancel} {
		var options []widgets.Option
		for _, r := range cutoffOptions(set) {
			options = append(options, widgets.Option{ID: r.text, Label: r.label})
		}
		sel.SetOptions(options...)
		sel.Set(set.String())
	}
	for _, t := range d.Tariffs {
		switch {
		case t.Kind != catalog.ForBooking:
		case t.Resident != nil && !*t.Resident:
			p.outside.Set(t.Price())
		default:
			p.row(len(p.brackets), t.QuotientMax, t.Price())
		}
	}
	p.redraw()
}

// row adds a bracket at a place.
func (p *canteenPage) row(at, upto int, price money.Cents) *bracketRow {
	r := &bracketRow{upto: widgets.NewTextField(), price: widgets.NewMoneyField()}
	r.uptoF, r.priceF = widgets.NewField("", "", r.upto), widgets.NewField("", "", r.price)
	if upto > 0 && upto < catalog.MaxQuotient {
		r.upto.SetText(strconv.Itoa(upto))
	}
	if price > 0 {
		r.price.Set(price)
	}
	r.upto.OnChanged = func(string) { r.uptoF.SetError("") }
	r.drop = widgets.NewIconButton("trash", "Retirer cette tranche", func() { p.remove(r) })
	p.brackets = slices.Insert(p.brackets, at, r)
	return r
}

func (p *canteenPage) insert() {
	r := p.row(len(p.brackets)-1, 0, 0)
	p.redraw()
	p.s.d.Canvas.Focus(r.upto.FocusTarget())
}

func (p *canteenPage) remove(r *bracketRow) {
	if i := slices.Index(p.brackets, r); i >= 0 && len(p.brackets) > 1 {
		p.brackets = slices.Delete(p.brackets, i, i+1)
	}
	p.redraw()
	p.s.d.Canvas.Focus(p.add)
}

// redraw lays the brackets out: the last one has no end.
func (p *canteenPage) redraw() {
	p.rows.Objects = nil
	fields := []*widgets.TextField{}
	for i, r := range p.brackets {
		last := i == len(p.brackets)-1
		r.uptoF.SetLabel(map[bool]string{true: "Quotient jusqu’à"}[i == 0])
		r.priceF.SetLabel(map[bool]string{true: "Prix"}[i == 0])
		r.upto.SetReadOnly(last)
		switch {
		case last && len(p.brackets) == 1:
			r.uptoF.SetLabel("Familles")
			r.upto.SetText("toutes")
		case last:
			r.upto.SetText("au-delà")
		case r.upto.Text() == "toutes", r.upto.Text() == "au-delà":
			r.upto.SetText("")
		}
		var side fyne.CanvasObject = widgets.Spacer()
		if !last && len(p.brackets) > 1 {
			side = widgets.VBox(0, r.drop)
			if i == 0 {
				side = widgets.VFlex(0, []float32{-22, 0}, widgets.Spacer(), r.drop)
			}
			fields = append(fields, r.upto)
		}
		fields = append(fields, &r.price.TextField)
		p.rows.Objects = append(p.rows.Objects, widgets.HFlex(12, []float32{1, 1, -40}, r.uptoF, r.priceF, side))
	}
	p.rows.Refresh()
	p.s.chain(append(append([]*widgets.TextField{p.hour}, fields...), &p.outside.TextField)...)
	if p.box != nil {
		p.box.Refresh()
	}
}

// show works the preview out again.
func (p *canteenPage) show() {
	d := p.s.a.service
	d.Info.Weekdays = p.weekdays()
	var err error
	if d.Info.Book, d.Info.Cancel, err = p.rules(); err != nil { // nothing chosen yet
		return
	}
	p.week = preview(d, p.s.today)
	p.panel.SetTitle(p.week.title)
	p.panel.SetContent(widgets.VFlex(0, []float32{-float32(36 + 32*max(1, len(p.week.rows)))}, p.preview))
	p.preview.SetCount(len(p.week.rows))
	p.preview.Refresh()
}

func (p *canteenPage) weekdays() (w calendar.Weekdays) {
	for _, d := range dayOptions {
		if slices.Contains(p.days.Values(), calendar.WeekdayName(d.day)) {
			w = w.With(d.day)
		}
	}
	return w
}

func (p *canteenPage) rules() (book, cancel calendar.CutoffSet, err error) {
	if book, err = calendar.ParseCutoffSet(p.book.Value()); err != nil {
		return book, cancel, err
	}
	cancel, err = calendar.ParseCutoffSet(p.cancel.Value())
	return book, cancel, err
}

// tariffs reads the prices; a field that is wrong says so.
func (p *canteenPage) tariffs() ([]catalog.Tariff, bool) {
	ok := true
	bad := func(f *widgets.Field, err error) {
		f.SetError(sentence(err))
		if err != nil && ok {
			ok = false
			p.s.d.Canvas.Focus(f.Input().FocusTarget())
		}
	}
	var list []data.Bracket
	before := -1
	for i, r := range p.brackets {
		var b data.Bracket
		var err error
		if i < len(p.brackets)-1 {
			b.Upto, err = strconv.Atoi(strings.ReplaceAll(r.upto.Text(), " ", ""))
			switch {
			case err != nil || b.Upto < 0 || b.Upto >= catalog.MaxQuotient:
				err = fault.New(fault.Invalid, "Un nombre, par exemple 620.")
			case b.Upto <= before:
				err = fault.New(fault.Invalid, "Plus que %d, la tranche d’avant.", before)
			}
			before = max(before, b.Upto)
			bad(r.uptoF, err)
		}
		b.Meal, err = r.price.Value()
		if err == nil && b.Meal < 0 {
			err = fault.New(fault.Invalid, "Un prix n’est pas négatif.")
		}
		bad(r.priceF, err)
		list = append(list, b)
	}
	var outside *money.Cents
	if strings.TrimSpace(p.outside.Text()) != "" {
		c, err := p.outside.Value()
		bad(p.outsideF, err)
		outside = &c
	}
	if !ok {
		return nil, false
	}
	from := calendar.SchoolYearOf(p.s.today)
	out, err := data.Tariffs(list, outside, min(from, p.s.a.year).First())
	if err != nil {
		p.s.say(err)
	}
	return out, err == nil
}

func (p *canteenPage) next(then func()) {
	d := p.s.a.service
	var err error
	if d.Info.Weekdays = p.weekdays(); d.Info.Weekdays == 0 {
		p.s.say(fault.New(fault.Invalid, "Choisissez au moins un jour de service."))
		p.s.d.Canvas.Focus(p.days)
		return
	}
	d.Info.StartsAt, err = calendar.ParseClock(p.hour.Text())
	p.hourF.SetError(sentence(err))
	if err != nil {
		p.s.d.Canvas.Focus(p.hour.FocusTarget())
		return
	}
	if d.Info.Book, d.Info.Cancel, err = p.rules(); err != nil {
		p.s.say(err)
		return
	}
	var ok bool
	if d.Tariffs, ok = p.tariffs(); !ok {
		return
	}
	d.Documents = nil
	for _, r := range papers {
		if slices.Contains(p.papers.Values(), r.Kind) {
			r.Label = catalog.DocumentLabel(r.Kind)
			d.Documents = append(d.Documents, r)
		}
	}
	a := p.s.a
	a.service = d
	if flaws := a.town().Catalog.Check(); len(flaws) > 0 {
		p.s.say(fault.New(fault.Invalid, "%s", fault.French(flaws[0].Text)))
		return
	}
	p.s.a.service = d
	then()
}
