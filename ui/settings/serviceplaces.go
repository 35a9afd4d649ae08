package settings

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// seatRow is a school that may be taken, or a class of one that is.
type seatRow struct {
	school, class int64 // class 0: the school itself
	name, sub     string
	taken         bool
	sitting       string // as it eats; a class without its own eats with its school
	own           bool
}

// seatRows lists every school, and the classes of those taken where there is
// more than one turn at table.
func seatRows(p place, d catalog.Draft) (out []seatRow) {
	first := ""
	if len(d.Sittings) > 0 {
		first = d.Sittings[0].Name
	}
	for _, s := range p.schoolList {
		r := seatRow{school: s.ID, name: s.Name, sitting: first}
		if len(p.communes) > 1 {
			r.sub = s.Commune
		}
		if i := slices.IndexFunc(d.Schools, func(t catalog.TakenSchool) bool { return t.SchoolID == s.ID }); i >= 0 {
			r.taken = true
			if d.Schools[i].Sitting != "" {
				r.sitting = d.Schools[i].Sitting
			}
		}
		out = append(out, r)
		if !r.taken || len(d.Sittings) < 2 {
			continue
		}
		for _, k := range p.classList {
			if k.SchoolID != s.ID {
				continue
			}
			c := seatRow{school: s.ID, class: k.ID, name: k.Name, taken: true, sitting: r.sitting}
			if i := slices.IndexFunc(d.Classes, func(t catalog.TakenClass) bool { return t.ClassID == k.ID }); i >= 0 {
				c.sitting, c.own = d.Classes[i].Sitting, true
			}
			out = append(out, c)
		}
	}
	return out
}

// takeSchool takes a school or lets it go, with what was said of its classes.
func takeSchool(d *catalog.Draft, p place, school int64, on bool) {
	d.Schools = slices.DeleteFunc(d.Schools, func(t catalog.TakenSchool) bool { return t.SchoolID == school })
	if on {
		d.Schools = append(d.Schools, catalog.TakenSchool{SchoolID: school})
	} else {
		d.Classes = slices.DeleteFunc(d.Classes, func(t catalog.TakenClass) bool {
			return slices.ContainsFunc(p.classList, func(k catalog.Class) bool { return k.ID == t.ClassID && k.SchoolID == school })
		})
	}
}

// seat says at which turn a school or a class eats; "" is that of the first
// turn for a school, that of its school for a class.
func seat(d *catalog.Draft, r seatRow, sitting string) {
	if r.class == 0 {
		for i := range d.Schools {
			if d.Schools[i].SchoolID == r.school {
				d.Schools[i].Sitting = sitting
			}
		}
		return
	}
	d.Classes = slices.DeleteFunc(d.Classes, func(t catalog.TakenClass) bool { return t.ClassID == r.class })
	if sitting != "" {
		d.Classes = append(d.Classes, catalog.TakenClass{ClassID: r.class, Sitting: sitting})
	}
}

// renameSitting changes a turn; who eats there follows its name.
func renameSitting(d *catalog.Draft, i int, to catalog.Sitting) {
	from := d.Sittings[i].Name
	d.Sittings[i] = to
	for n := range d.Schools {
		if d.Schools[n].Sitting == from {
			d.Schools[n].Sitting = to.Name
		}
	}
	for n := range d.Classes {
		if d.Classes[n].Sitting == from {
			d.Classes[n].Sitting = to.Name
		}
	}
}

// dropSitting takes a turn away; who ate there eats at the first one left.
func dropSitting(d *catalog.Draft, i int) {
	name := d.Sittings[i].Name
	d.Sittings = slices.Delete(d.Sittings, i, i+1)
	for n := range d.Schools {
		if d.Schools[n].Sitting == name {
			d.Schools[n].Sitting = ""
		}
	}
	d.Classes = slices.DeleteFunc(d.Classes, func(t catalog.TakenClass) bool { return t.Sitting == name })
}

// placesPart is who comes, how many, and in which turn at table.
type placesPart struct {
	t     *servicesTab
	rows  []seatRow
	cap   *widgets.Field
	turns *widgets.Table
	seats *widgets.Table
	flaw  *widgets.Label
	box   *fyne.Container
	all   fyne.CanvasObject
}

func newPlacesPart(t *servicesTab) *placesPart {
	p := &placesPart{t: t, flaw: widgets.NewParagraph("", widgets.Small.With(theme.Erreur))}
	p.cap = t.places("capacity", "Places par jour", "Vide : sans limite.", func(d *catalog.Draft) **int { return &d.Info.Capacity })
	p.turns = widgets.NewTable([]widgets.Column{{ID: "name", Title: "Tour de table", Weight: 2}, {ID: "cap", Title: "Places", Weight: 1, Right: true}}, func(row, col int) widgets.Cell {
		if t.ed == nil || row >= len(t.ed.draft.Sittings) {
			return widgets.Cell{}
		}
		s := t.ed.draft.Sittings[row]
		if col == 1 {
			if s.Capacity == nil {
				return widgets.Cell{Text: "sans limite", Ink: theme.Ardoise600}
			}
			return widgets.Cell{Text: placesText(s.Capacity)}
		}
		return widgets.Cell{Text: s.Name, Bold: true}
	}).RowHeight(36)
	p.turns.OnOpen = func(row int) { p.editTurn(row) }
	p.turns.OnKey = onDelete(p.removeTurn)
	p.seats = widgets.NewTable(nil, p.cell).RowHeight(36)
	p.seats.OnSpace = p.toggle
	p.seats.OnOpen = p.chooseSeat
	p.seats.OnZone = func(row int, _ string) { p.toggle(row) }
	p.seats.Jump = func(row int) string { return p.rows[row].name }
	add := widgets.NewButton("Ajouter…", widgets.Secondary, p.addTurn).Icon("plus").KeyHint("F2").Compact()
	drop := widgets.NewButton("Retirer", widgets.Secondary, p.removeTurn).KeyHint("Suppr").Compact()
	high := func(n func() int) *heightBox {
		return &heightBox{func() float32 { return theme.Px(36)*float32(max(2, n())+1) + theme.Px(8) }}
	}
	turns := container.New(high(func() int {
		if t.ed == nil {
			return 0
		}
		return len(t.ed.draft.Sittings)
	}), p.turns)
	seats := container.New(high(func() int { return max(4, len(p.rows)) }), p.seats)
	p.box = widgets.VBox(14, sideBySide(220, p.cap, widgets.Spacer()), widgets.HFlex(8, []float32{1, 0, 0}, widgets.NewLabel("Tours de table", widgets.SmallBold), drop, add), turns,
		widgets.NewLabel("Écoles accueillies : Espace coche, Entrée choisit le tour", widgets.SmallBold), p.flaw, seats)
	p.all = scrolled(widgets.Pad(10, 8, p.box))
	return p
}

func onDelete(f func()) func(ev *fyne.KeyEvent) bool {
	return func(ev *fyne.KeyEvent) bool {
		if ev.Name != fyne.KeyDelete {
			return false
		}
		f()
		return true
	}
}

func (p *placesPart) content() fyne.CanvasObject { return p.all }
func (p *placesPart) first() fyne.Focusable      { return p.seats }
func (p *placesPart) add() (string, func())      { return "Ajouter un tour de table", p.addTurn }
func (p *placesPart) goTo(path string) {
	if head(path) == "sittings" {
		focusOn(p.t.sh, p.turns)
		return
	}
	focusOn(p.t.sh, p.seats)
}

func (p *placesPart) show() {
	if p.t.ed == nil {
		return
	}
	d := p.t.ed.draft
	p.turns.SetCount(len(d.Sittings))
	if len(d.Sittings) == 0 {
		p.turns.Empty(widgets.NewEmptyState("clock", "Un seul tour", "Tous mangent en même temps.", nil))
	}
	p.rows = seatRows(p.t.place, d)
	columns := []widgets.Column{{ID: "tick", Width: 22}, {ID: "name", Title: "École, classe", Weight: 3}}
	if len(d.Sittings) > 0 { // else there is no turn to tell, and names get the room
		columns = append(columns, widgets.Column{ID: "sitting", Title: "Tour", Weight: 2})
	}
	p.seats.SetColumns(columns)
	p.seats.SetCount(len(p.rows))
	if len(p.rows) == 0 {
		p.seats.Empty(widgets.NewEmptyState("school", "Aucune école", "Ajoutez-les dans « Communes et écoles ».", nil))
	}
	p.live(true)
}

func (p *placesPart) live(bool) {
	text := ""
	for path, s := range p.t.ed.shown() {
		if partOf(path) == partPlaces && p.t.fields[path] == nil {
			text = s
		}
	}
	if p.flaw.Text() != text || p.flaw.Visible() != (text != "") {
		p.flaw.Set(text)
		p.flaw.Hidden = text == ""
	}
	p.box.Refresh()
	p.all.Refresh()
}

func (p *placesPart) cell(row, col int) widgets.Cell {
	if row >= len(p.rows) {
		return widgets.Cell{}
	}
	r := p.rows[row]
	switch {
	case col == 0 && r.class == 0:
		return widgets.Cell{Tick: &r.taken}
	case col == 0:
		return widgets.Cell{}
	case col == 1 && r.class != 0:
		return widgets.Cell{Text: "    " + r.name, Ink: theme.Ardoise600}
	case col == 1:
		return widgets.Cell{Text: r.name, Sub: r.sub, Bold: r.taken}
	}
	switch {
	case !r.taken || len(p.t.ed.draft.Sittings) == 0:
		return widgets.Cell{}
	case r.class != 0 && !r.own:
		return widgets.Cell{Text: r.sitting, Sub: "comme l’école", Ink: theme.Ardoise600}
	}
	return widgets.Cell{Text: r.sitting}
}

// change edits the draft by another way than a field.
func (p *placesPart) change(path string, f func(d *catalog.Draft)) {
	p.t.typed(path, func(d *catalog.Draft) error { f(d); return nil })
	p.show()
}

func (p *placesPart) toggle(row int) {
	if row < 0 || row >= len(p.rows) || p.rows[row].class != 0 {
		return
	}
	r := p.rows[row]
	p.change("schools", func(d *catalog.Draft) { takeSchool(d, p.t.place, r.school, !r.taken) })
}

// chooseSeat asks at which turn a school or a class eats.
func (p *placesPart) chooseSeat(row int) {
	if row < 0 || row >= len(p.rows) {
		return
	}
	r := p.rows[row]
	switch {
	case !r.taken:
		p.toggle(row)
		return
	case len(p.t.ed.draft.Sittings) == 0:
		p.t.sh.Toast("Il n’y a qu’un tour de table : F2 en ajoute.")
		return
	}
	var options []widgets.Option
	if r.class != 0 {
		options = append(options, widgets.Option{ID: "-", Label: "Comme l’école"})
	}
	now := r.sitting
	if r.class != 0 && !r.own {
		now = "-"
	}
	for _, s := range p.t.ed.draft.Sittings {
		options = append(options, widgets.Option{ID: s.Name, Label: s.Name})
	}
	rows := widgets.NewRadioRows(nil, options...)
	rows.Set(now)
	var dialog *widgets.Dialog
	dialog = widgets.NewDialog("Tour de table", r.name, rows, "Choisir", widgets.Primary, func() {
		to := rows.Value()
		if to == "-" {
			to = ""
		}
		dialog.Close()
		p.change("classes", func(d *catalog.Draft) { seat(d, r, to) })
	})
	dialog.First = rows
	p.t.sh.Show(dialog)
}

func (p *placesPart) addTurn() { p.turnDialog(-1) }

func (p *placesPart) editTurn(row int) {
	if row >= 0 && row < len(p.t.ed.draft.Sittings) {
		p.turnDialog(row)
	}
}

func (p *placesPart) turnDialog(row int) {
	title, verb, s := "Ajouter un tour de table", "Ajouter", catalog.Sitting{}
	if row >= 0 {
		title, verb, s = "Tour de table", "Modifier", p.t.ed.draft.Sittings[row]
	}
	name, room := widgets.NewTextField().PlaceHolder("1er service"), widgets.NewTextField()
	name.SetText(s.Name)
	room.SetText(placesText(s.Capacity))
	form := widgets.NewForm().
		Add(widgets.NewField("Nom", "", name), func() error {
			switch {
			case name.Text() == "":
				return fault.New(fault.Invalid, "Donnez un nom au tour : « 1er service ».")
			case slices.ContainsFunc(p.t.ed.draft.Sittings, func(o catalog.Sitting) bool { return o.Name == name.Text() && o.Name != s.Name }):
				return fault.New(fault.Invalid, "Un autre tour a déjà ce nom.")
			}
			return nil
		}).
		Add(widgets.NewField("Places", "Vide : sans limite.", room), func() error { _, err := placesOf(room.Text()); return err })
	var dialog *widgets.Dialog
	dialog = widgets.NewDialog(title, "", form.Content(), verb, widgets.Primary, func() {
		if !form.Validate() {
			return
		}
		capacity, err := placesOf(room.Text())
		if err != nil {
			return // Validate has just said so
		}
		to := catalog.Sitting{ID: s.ID, Name: name.Text(), Capacity: capacity}
		dialog.Close()
		p.change("sittings", func(d *catalog.Draft) {
			if row < 0 {
				d.Sittings = append(d.Sittings, to)
				return
			}
			renameSitting(d, row, to)
		})
		focusOn(p.t.sh, p.turns)
	})
	dialog.First = name.FocusTarget()
	p.t.sh.Show(dialog)
}

func (p *placesPart) removeTurn() {
	if row := p.turns.Selected(); row >= 0 && row < len(p.t.ed.draft.Sittings) {
		p.change("sittings", func(d *catalog.Draft) { dropSitting(d, row) })
	}
}
