package settings

import (
	"bytes"
	"context"
	"path/filepath"

	"fyne.io/fyne/v2"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// holidaysPart is the school holidays of each zone and year, and the public ones.
type holidaysPart struct {
	t      *calendarTab
	list   *widgets.List
	days   *widgets.Painting
	public *widgets.Painting
	title  *widgets.Label
	side   *fyne.Container
	typeB  *widgets.Button
	all    fyne.CanvasObject
}

func newHolidaysPart(t *calendarTab) *holidaysPart {
	p := &holidaysPart{t: t}
	p.list = widgets.NewList(40, p.row)
	p.list.OnSelect = func(int) { p.tell() }
	p.list.OnOpen = func(int) { p.form() }
	p.days = linesBox(func() []string {
		if y := p.chosen(); y != nil {
			return y.lines
		}
		return nil
	})
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
	p.title = widgets.NewLabel("", widgets.CardTitle)
	p.side = widgets.VBox(12, p.title, p.days, widgets.NewDivider(), widgets.NewLabel("Jours fériés de l’année", widgets.SmallBold), p.public)
	p.typeB = widgets.NewButton("Saisir à la main…", widgets.Secondary, p.form).Icon("edit").KeyHint("F2").Compact()
	load := widgets.NewButton("Importer…", widgets.Primary, p.importFile).Icon("upload").Compact()
	bar := widgets.HFlex(8, []float32{0, 0, 1}, load, p.typeB, widgets.Spacer())
	left := widgets.VFlex(0, []float32{0, 1}, widgets.Pad(16, 10, bar), p.list)
	p.all = widgets.HFlex(0, []float32{-360, 0, 1}, left, widgets.NewVDivider(), widgets.Pad(16, 12, scrolled(p.side)))
	return p
}

func (p *holidaysPart) content() fyne.CanvasObject { return p.all }
func (p *holidaysPart) focusOn() fyne.Focusable    { return p.list }
func (p *holidaysPart) failed(sentence string)     { p.list.Failed(sentence, p.t.load) }
func (p *holidaysPart) keys() []kit.Shortcut {
	return []kit.Shortcut{{Key: fyne.KeyF2, Hint: "F2", Label: "Saisir les vacances d’une année", Run: p.form}}
}

func (p *holidaysPart) chosen() *yearState {
	if i := p.list.Selected(); i >= 0 && i < len(p.t.years) {
		return &p.t.years[i]
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
	p.typeB.SetEnabled(len(p.t.years) > 0, "Les zones sont celles des services : il n’y en a pas encore.")
	p.tell()
}

func (p *holidaysPart) tell() {
	p.title.Set("")
	if y := p.chosen(); y != nil {
		p.title.Set(y.title)
	}
	p.days.Refresh()
	p.public.Refresh()
	p.side.Refresh()
}

// form is where the holidays of a year are typed.
func (p *holidaysPart) form() {
	y := p.chosen()
	if y == nil {
		return
	}
	year := *y
	type span struct{ first, last *widgets.DateField }
	names := holidayNames(year.list)
	spans := make([]span, len(names))
	form := widgets.NewForm().Line(widgets.NewParagraph("Premier et dernier jour sans classe. Les quatre premières sont nécessaires pour réserver sur cette année ; tout vider revient au calendrier livré avec Ardoise.", widgets.Small))
	for i, name := range names {
		s := span{widgets.NewDateField(p.t.sh.Today), widgets.NewDateField(p.t.sh.Today)}
		for _, h := range year.list {
			if h.Name == name {
				s.first.Set(h.First)
				s.last.Set(h.Last)
			}
		}
		spans[i] = s
		ff, lf := widgets.NewField(capital(name)+", du", "", s.first), widgets.NewField("au", "", s.last)
		form.Watch(ff, func() error { _, err := s.first.Value(); return err }).Watch(lf, func() error {
			from, err1 := s.first.Value()
			to, err2 := s.last.Value()
			switch {
			case err1 == nil && err2 == nil && from.IsZero() != to.IsZero():
				return fault.New(fault.Invalid, "Il faut les deux jours, ou aucun.")
			case err1 == nil && err2 == nil && to < from:
				return fault.New(fault.Invalid, "Ces vacances finissent avant de commencer.")
			}
			return err2
		}).Line(ff, lf)
	}
	var d *widgets.Dialog
	busy := false
	d = widgets.NewDialog("Vacances scolaires", year.title, form.Content(), "Enregistrer", widgets.Primary, func() {
		if busy || !form.Validate() {
			return
		}
		var list []calendar.Holiday
		for i, s := range spans {
			first, err1 := s.first.Value()
			last, err2 := s.last.Value()
			if err1 != nil || err2 != nil {
				return // Validate has just said so
			}
			if !first.IsZero() {
				list = append(list, calendar.Holiday{Year: year.year, Zone: year.zone, Name: names[i], First: first, Last: last})
			}
		}
		busy = true
		p.t.sh.Runner().Go(p.t.sh.Ctx(), func(ctx context.Context) error {
			return p.t.d.Catalog.SetHolidays(ctx, year.zone, year.year, list)
		}, func(err error) {
			busy = false
			if err != nil {
				form.Refuse(err)
				return
			}
			d.Close()
			p.t.sh.Done("Vacances "+year.title+" enregistrées", nil)
			p.t.load()
		})
	})
	d.Width = 600
	d.First = spans[0].first.FocusTarget()
	p.t.sh.Show(d)
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
		var text []byte
		var list []calendar.Holiday
		z := calendar.Zone(zone.Value())
		p.t.sh.Runner().Go(p.t.sh.Ctx(), func(ctx context.Context) (err error) {
			if path, err = p.t.sh.Files().Open(ctx, "Importer les vacances scolaires", "*.csv", "*.ics"); err != nil || path == "" {
				return err
			}
			if text, err = readSmall(path); err != nil {
				return err
			}
			list, err = calendar.ParseCalendar(bytes.NewReader(text), z)
			return err
		}, func(err error) {
			switch {
			case err != nil:
				form.Refuse(err)
			case path != "":
				d.Close()
				p.t.sh.Show(p.previewDialog(filepath.Base(path), text, z, list))
			}
		})
	})
	d.First = zone
	p.t.sh.Show(d)
}

// previewDialog says what a calendar file would change, and keeps it.
func (p *holidaysPart) previewDialog(name string, text []byte, zone calendar.Zone, list []calendar.Holiday) *widgets.Dialog {
	form := widgets.NewForm()
	n := 0
	for _, l := range fileLines(list, p.t.known.holidays) {
		icon, ink := "check", theme.Ardoise600
		if l.fresh {
			icon, ink = "plus", theme.Accent
			n++
		}
		form.Line(planLine(l.text, icon, ink))
	}
	sub := "Tout est déjà connu : importer ne change rien."
	if n > 0 {
		sub = countOf(n, "année change", "années changent") + ". Les réservations déjà faites restent."
	}
	var d *widgets.Dialog
	busy := false
	d = widgets.NewDialog("Importer « "+name+" »"+nbsp+"?", sub, form.Content(), "Importer", widgets.Primary, func() {
		if busy {
			return
		}
		busy = true
		var n int
		p.t.sh.Runner().Go(p.t.sh.Ctx(), func(ctx context.Context) (err error) {
			n, err = p.t.d.Catalog.ImportCalendar(ctx, bytes.NewReader(text), zone)
			return err
		}, func(err error) {
			busy = false
			if err != nil {
				form.Refuse(err)
				return
			}
			d.Close()
			p.t.sh.Done(countOf(n, "période lue", "périodes lues")+" dans "+name, nil)
			p.t.load()
		})
	})
	d.Width = 680
	return d
}
