package settings

import (
	"bytes"
	"context"
	"path/filepath"

	"fyne.io/fyne/v2"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// holidaysPart is the school holidays of each zone and year, and the public ones.
type holidaysPart struct {
	t      *calendarTab
	list   *widgets.List
	table  *widgets.Table // the periods of the year chosen
	public *widgets.Painting
	needs  []*widgets.Button // a year, or a period, chosen
	all    fyne.CanvasObject
}

func newHolidaysPart(t *calendarTab) *holidaysPart {
	p := &holidaysPart{t: t}
	p.list = widgets.NewList(40, p.row)
	p.list.OnSelect = func(int) { p.tell() }
	p.list.OnOpen = func(int) { focusOn(t.sh, p.table) }
	p.table = widgets.NewTable([]widgets.Column{{ID: "name", Title: "Vacances", Weight: 1}, {ID: "days", Title: "Jours sans classe", Weight: 1}}, func(row, col int) widgets.Cell {
		y := p.chosen()
		if y == nil || row >= len(y.list) {
			return widgets.Cell{}
		}
		h := y.list[row]
		return widgets.Cell{Text: []string{capital(h.Name), calendar.RangeText(h.First, h.Last)}[col], Bold: col == 0}
	}).RowHeight(36)
	p.table.OnOpen = func(int) { p.change() }
	p.table.OnKey = onDelete(p.askRemove)
	p.public = linesBox(func() []string {
		y := p.chosen()
		if y == nil {
			return nil
		}
		region := calendar.Metropole
		for _, s := range t.place.services {
			if s.Zone == y.zone {
				region = s.Region
			}
		}
		return publicLines(region, y.year)
	})
	load := widgets.NewButton("Importer le calendrier…", widgets.Primary, p.importFile).Icon("upload").Compact()
	add := widgets.NewButton("Ajouter…", widgets.Secondary, p.add).Icon("plus").KeyHint("F2").Compact()
	edit := widgets.NewButton("Modifier…", widgets.Secondary, p.change).KeyHint("Entrée").Compact()
	drop := widgets.NewButton("Retirer…", widgets.Secondary, p.askRemove).KeyHint("Suppr").Compact()
	p.needs = []*widgets.Button{add, edit, drop}
	left := widgets.VFlex(0, []float32{0, 1}, widgets.Pad(16, 10, widgets.HFlex(0, []float32{0, 1}, load, widgets.Spacer())), p.list)
	right := widgets.VFlex(0, []float32{0, 5, 0, 4}, widgets.Pad(16, 10, widgets.HFlex(8, []float32{0, 0, 0, 1}, add, edit, drop, widgets.Spacer())), p.table,
		widgets.Pad(16, 10, widgets.NewLabel("Jours fériés de l’année", widgets.SmallBold)), widgets.Pad(16, 0, scrolled(p.public)))
	p.all = widgets.HFlex(0, []float32{-330, 0, 1}, left, widgets.NewVDivider(), right)
	return p
}

func (p *holidaysPart) content() fyne.CanvasObject { return p.all }
func (p *holidaysPart) focusOn() fyne.Focusable    { return p.list }
func (p *holidaysPart) failed(sentence string)     { p.list.Failed(sentence, p.t.load) }
func (p *holidaysPart) keys() []kit.Shortcut {
	return []kit.Shortcut{{Key: fyne.KeyF2, Hint: "F2", Label: "Ajouter des vacances à l’année choisie", Run: p.add}}
}

func (p *holidaysPart) chosen() *yearState {
	if i := p.list.Selected(); i >= 0 && i < len(p.t.years) {
		return &p.t.years[i]
	}
	return nil
}

// period is the line of the year's table the cursor is on.
func (p *holidaysPart) period() *calendar.Holiday {
	y := p.chosen()
	if y == nil {
		return nil
	}
	if i := p.table.Selected(); i >= 0 && i < len(y.list) {
		return &y.list[i]
	}
	return nil
}

func (p *holidaysPart) row(g *widgets.Gfx, row int, b widgets.Box, _ bool) {
	y := p.t.years[row]
	mark := widgets.BadgeSpec{Icon: "circle-check", Text: "Connues", Tone: widgets.Success}
	if !y.known {
		mark = widgets.BadgeSpec{Icon: "triangle-alert", Text: "Manquantes", Tone: widgets.Warning}
	}
	w := widgets.BadgeWidth(mark)
	g.Badge(b.X+b.W-w, b.Y+(b.H-widgets.BadgeHeight())/2, w, mark)
	g.Text(b.X, b.Y, b.W-w-8, b.H, y.title, widgets.BodyBold)
}

func (p *holidaysPart) show() {
	p.list.SetCount(len(p.t.years))
	if len(p.t.years) == 0 {
		p.list.Empty(widgets.NewEmptyState("calendar", "Aucun service", "Les zones sont celles des services.", nil))
	}
	p.tell()
}

func (p *holidaysPart) tell() {
	y := p.chosen()
	n := 0
	if y != nil {
		n = len(y.list)
	}
	p.table.SetCount(n)
	switch {
	case y == nil:
		p.table.Empty(widgets.NewEmptyState("calendar", "Aucune année", "Créez d’abord un service.", nil))
	case n == 0:
		p.table.Empty(widgets.NewEmptyState("calendar", "Vacances manquantes", calendar.MissingText(y.zone, y.year), nil))
	}
	p.needs[0].SetEnabled(y != nil, "Il n’y a pas encore de service.")
	for _, b := range p.needs[1:] {
		b.SetEnabled(n > 0, "Aucune période n’est choisie.")
	}
	p.public.Refresh()
}

func (p *holidaysPart) add() {
	if y := p.chosen(); y != nil {
		p.form(calendar.Holiday{}, nextHoliday(*y))
	}
}

func (p *holidaysPart) change() {
	if h := p.period(); h != nil {
		p.form(*h, *h)
	}
}

// form is where a period is typed; was is the one it changes, if any.
func (p *holidaysPart) form(was, h calendar.Holiday) {
	name := widgets.NewTextField()
	name.SetText(h.Name)
	first, last := widgets.NewDateField(p.t.sh.Today).Required(), widgets.NewDateField(p.t.sh.Today).Required()
	first.Set(h.First)
	last.Set(h.Last)
	ff, lf := widgets.NewField("Premier jour sans classe", "", first), widgets.NewField("Dernier jour sans classe", "", last)
	form := widgets.NewForm().Add(widgets.NewField("Nom", "Toussaint, Noël, hiver et printemps sont nécessaires pour réserver sur l’année.", name), func() error {
		return needed("Donnez un nom à ces vacances.")(name.Text())
	}).Watch(ff, func() error { _, err := first.Value(); return err }).Watch(lf, func() error {
		from, err1 := first.Value()
		to, err2 := last.Value()
		if err1 == nil && err2 == nil && to < from {
			return fault.New(fault.Invalid, "Ces vacances finissent avant de commencer.")
		}
		return err2
	}).Line(ff, lf)
	title, verb := "Ajouter des vacances", "Ajouter"
	if was != (calendar.Holiday{}) {
		title, verb = "Vacances", "Modifier"
	}
	var d *widgets.Dialog
	busy := false
	d = widgets.NewDialog(title, "Zone "+string(h.Zone)+", "+h.Year.String(), form.Content(), verb, widgets.Primary, func() {
		if busy || !form.Validate() {
			return
		}
		next := h
		var err1, err2 error
		next.Name = name.Text()
		next.First, err1 = first.Value()
		next.Last, err2 = last.Value()
		if err1 != nil || err2 != nil {
			return // Validate has just said so
		}
		busy = true
		var notices []string
		p.t.sh.Runner().Go(p.t.sh.Ctx(), func(ctx context.Context) (err error) {
			notices, err = p.t.d.Catalog.SaveHoliday(ctx, was, next)
			return err
		}, func(err error) {
			busy = false
			if err != nil {
				form.Refuse(err)
				return
			}
			d.Close()
			p.t.sh.Done(capital(next.Name)+" enregistrées", nil)
			if len(notices) > 0 {
				p.t.sh.Show(linesDialog("Des repas sont réservés pendant ces vacances", "Ils restent réservés.", notices, "triangle-alert", theme.Alerte))
			}
			p.t.load()
		})
	})
	d.First = first.FocusTarget()
	if h.Name == "" {
		d.First = name.FocusTarget()
	}
	p.t.sh.Show(d)
}

func (p *holidaysPart) askRemove() {
	h := p.period()
	if h == nil {
		return
	}
	gone := *h
	p.t.sh.Confirm(fault.French("Retirer « "+gone.Name+" » ?"), calendar.RangeText(gone.First, gone.Last)+". Ces jours redeviennent des jours de service.", "Retirer", widgets.Danger, func() {
		p.t.sh.Runner().Go(p.t.sh.Ctx(), func(ctx context.Context) error { return p.t.d.Catalog.RemoveHoliday(ctx, gone) }, func(err error) {
			if err != nil {
				p.t.sh.Refused(err)
				return
			}
			p.t.sh.Done(capital(gone.Name)+" retirées", nil)
			p.t.load()
		})
	})
}

// importFile asks for the zone of an ICS file, reads the ministry's calendar and
// shows what it would change.
func (p *holidaysPart) importFile() {
	zone := widgets.NewChoice(widgets.Segments, nil, widgets.Option{ID: "A", Label: "Zone A"}, widgets.Option{ID: "B", Label: "Zone B"}, widgets.Option{ID: "C", Label: "Zone C"})
	if len(p.t.place.services) > 0 {
		zone.Set(string(p.t.place.services[0].Zone))
	}
	form := widgets.NewForm().
		Line(widgets.NewParagraph("Le calendrier officiel se télécharge sur data.education.gouv.fr (CSV), ou en ICS pour une zone. Importer deux fois ne change rien.", widgets.Body)).
		Add(widgets.NewField("Zone d’un fichier ICS", "Un CSV dit lui-même ses zones.", zone), nil)
	var d *widgets.Dialog
	d = widgets.NewDialog("Importer les vacances scolaires", "", form.Content(), "Choisir le fichier…", widgets.Primary, func() {
		var path string
		var plan *catalog.CalendarPlan
		z := calendar.Zone(zone.Value())
		p.t.sh.Runner().Go(p.t.sh.Ctx(), func(ctx context.Context) (err error) {
			if path, err = p.t.sh.Files().Open(ctx, "Importer les vacances scolaires", "*.csv", "*.ics"); err != nil || path == "" {
				return err
			}
			text, err := readSmall(path)
			if err != nil {
				return err
			}
			plan, err = p.t.d.Catalog.PlanCalendar(ctx, bytes.NewReader(text), z)
			return err
		}, func(err error) {
			switch {
			case err != nil:
				form.Refuse(err)
			case path != "":
				d.Close()
				p.t.showPlan(filepath.Base(path), plan.String()+".", calendarRows(plan), append(plan.Missing, plan.Notices...), plan.Changes(),
					func(ctx context.Context, without bool) error {
						plan.NoCopy = without
						return p.t.d.Catalog.CommitCalendar(ctx, plan)
					}, plan.String())
			}
		})
	})
	d.First = zone
	p.t.sh.Show(d)
}
