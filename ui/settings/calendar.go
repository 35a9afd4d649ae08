package settings

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"

	"fyne.io/fyne/v2"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/ui/kit"
	"ardoise/ui/widgets"
)

// calendarTab lists closures and the school holidays that are known.
type calendarTab struct {
	sh     kit.Shell
	d      Deps
	place  place
	rows   []closureRow
	years  []yearState
	table  *widgets.Table
	known  *fyne.Container
	remove *widgets.Button
	root   fyne.CanvasObject
}

func newCalendarTab(sh kit.Shell, d Deps) *calendarTab {
	t := &calendarTab{sh: sh, d: d, known: widgets.VBox(16)}
	t.table = widgets.NewTable([]widgets.Column{
		{ID: "days", Title: "Jours", Weight: 2}, {ID: "reason", Title: "Motif", Weight: 2}, {ID: "who", Title: "Pour", Weight: 3},
	}, func(row, col int) widgets.Cell {
		r := t.rows[row]
		return widgets.Cell{Text: []string{r.days, r.Reason, r.who}[col], Bold: col == 0}
	})
	t.table.OnKey = func(ev *fyne.KeyEvent) bool {
		if ev.Name == fyne.KeyDelete {
			t.askRemove()
			return true
		}
		return false
	}
	add := widgets.NewButton("Ajouter une fermeture…", widgets.Primary, t.add).Icon("plus").KeyHint("F2").Compact()
	t.remove = widgets.NewButton("Retirer…", widgets.Danger, t.askRemove).KeyHint("Suppr").Compact()
	load := widgets.NewButton("Importer…", widgets.Secondary, t.importFile).Icon("upload").Compact()
	t.root = widgets.HFlex(16, []float32{1, -400},
		widgets.NewPanel("Fermetures", t.table).Icon("calendar-x").Right(t.remove, add).Line().Flush(),
		widgets.NewPanel("Vacances scolaires", scrolled(t.known)).Icon("calendar").Right(load).Line())
	return t
}

func (t *calendarTab) content() fyne.CanvasObject { return t.root }
func (t *calendarTab) focus()                     { focusOn(t.sh, t.table) }

func (t *calendarTab) shortcuts() []kit.Shortcut {
	return []kit.Shortcut{{Key: fyne.KeyF2, Hint: "F2", Label: "Ajouter une fermeture", Run: t.add}}
}

func (t *calendarTab) load() {
	if t.place.services == nil {
		t.table.Loading("")
	}
	today := t.sh.Today()
	var p place
	var rows []closureRow
	var years []yearState
	t.sh.Runner().Go(t.sh.Ctx(), func(ctx context.Context) (err error) {
		if p, err = loadPlace(ctx, t.d.Catalog, today); err != nil {
			return err
		}
		if rows, err = p.closures(ctx, t.d.Catalog, calendar.SchoolYearOf(today).First()); err != nil {
			return err
		}
		list, err := t.d.Catalog.Holidays(ctx)
		years = p.years(list, today)
		return err
	}, func(err error) {
		if err != nil {
			t.table.Failed(fault.Sentence(err), t.load)
			return
		}
		t.place, t.rows, t.years = p, rows, years
		t.table.SetCount(len(rows))
		if len(rows) == 0 {
			t.table.Empty(widgets.NewEmptyState("calendar-x", "Aucune fermeture", "Les jours fériés et les vacances scolaires n’ont pas à être saisis.", nil))
		}
		t.remove.SetEnabled(len(rows) > 0, "Il n’y a pas de fermeture à retirer.")
		t.showYears()
	})
}

func (t *calendarTab) showYears() {
	var objs []fyne.CanvasObject
	for _, y := range t.years {
		badge := widgets.NewBadge("circle-check", "Connues", widgets.Success)
		if !y.known {
			badge = widgets.NewBadge("triangle-alert", "Manquantes", widgets.Warning)
		}
		lines := []fyne.CanvasObject{widgets.HFlex(8, []float32{1, 0}, widgets.NewLabel(y.title, widgets.BodyBold), badge)}
		for _, l := range y.lines {
			lines = append(lines, widgets.NewParagraph(l, widgets.Small))
		}
		objs = append(objs, widgets.VBox(4, lines...))
	}
	if len(objs) == 0 {
		objs = append(objs, widgets.NewEmptyState("calendar", "Aucun service", "Les zones sont celles des services.", nil))
	}
	t.known.Objects = objs
	t.root.Refresh()
}

func (t *calendarTab) add() {
	options := []widgets.Option{{ID: "0", Label: "Tous les services"}}
	for _, s := range t.place.services {
		options = append(options, widgets.Option{ID: fmt.Sprint(s.ID), Label: s.Short + ", " + s.Commune})
	}
	who := widgets.NewSelect(nil, options...)
	who.Set("0")
	first, last := widgets.NewDateField(t.sh.Today).Required(), widgets.NewDateField(t.sh.Today)
	reason := widgets.NewTextField().PlaceHolder("grève, pont, travaux…")
	form := widgets.NewForm()
	form.Add(widgets.NewField("Service", "", who), nil)
	ff, lf := widgets.NewField("Premier jour", "", first), widgets.NewField("Dernier jour", "Vide\u00a0: un seul jour.", last)
	form.Watch(ff, func() error { _, err := first.Value(); return err }).Watch(lf, func() error { _, err := last.Value(); return err }).Line(ff, lf)
	form.Add(widgets.NewField("Motif", "Montré aux familles\u00a0: «\u00a0fermé\u00a0: grève\u00a0».", reason), nil)
	form.Line(widgets.NewAlert(widgets.Info, "Les réservations déjà faites restent.", "").Detail("Pour fermer un jour déjà réservé et tout recréditer\u00a0: Réservations, Fermer une journée."))
	var d *widgets.Dialog
	d = widgets.NewDialog("Ajouter une fermeture", "", form.Content(), "Ajouter", widgets.Primary, func() {
		if !form.Validate() {
			return
		}
		c := catalog.Closure{Reason: reason.Text()}
		for _, s := range t.place.services {
			if fmt.Sprint(s.ID) == who.Value() {
				c.ServiceID = s.ID
			}
		}
		var err1, err2 error
		c.First, err1 = first.Value()
		c.Last, err2 = last.Value()
		if err1 != nil || err2 != nil {
			return // Validate has just said so
		}
		if c.Last.IsZero() {
			c.Last = c.First
		}
		t.sh.Runner().Go(t.sh.Ctx(), func(ctx context.Context) error { _, err := t.d.Catalog.AddClosure(ctx, c); return err }, func(err error) {
			if err != nil {
				form.Refuse(err)
				return
			}
			d.Close()
			t.sh.Done("Fermeture "+daysText(c.First, c.Last)+" ajoutée", nil)
			t.load()
		})
	})
	d.First = first.FocusTarget()
	t.sh.Show(d)
}

func (t *calendarTab) askRemove() {
	i := t.table.Selected()
	if i < 0 || i >= len(t.rows) {
		return
	}
	r := t.rows[i]
	t.sh.Confirm("Retirer la fermeture "+r.days+"\u00a0?", r.Reason+". Les réservations qu’elle a annulées restent annulées.", "Retirer", widgets.Danger, func() {
		t.sh.Runner().Go(t.sh.Ctx(), func(ctx context.Context) error { return t.d.Catalog.RemoveClosure(ctx, r.ID) }, func(err error) {
			if err != nil {
				t.sh.Refused(err)
				return
			}
			t.sh.Done("Fermeture "+r.days+" retirée", func() { t.restore(r.Closure) })
			t.load()
		})
	})
}

// restore puts a removed closure back.
func (t *calendarTab) restore(c catalog.Closure) {
	t.sh.Runner().Go(t.sh.Ctx(), func(ctx context.Context) error { _, err := t.d.Catalog.AddClosure(ctx, c); return err }, func(err error) {
		if err != nil {
			t.sh.Refused(err)
			return
		}
		t.load()
	})
}

// importFile reads the ministry's calendar.
func (t *calendarTab) importFile() {
	zone := widgets.NewChoice(widgets.Segments, nil, widgets.Option{ID: "A", Label: "Zone A"}, widgets.Option{ID: "B", Label: "Zone B"}, widgets.Option{ID: "C", Label: "Zone C"})
	if len(t.place.services) > 0 {
		zone.Set(string(t.place.services[0].Zone))
	}
	form := widgets.NewForm().
		Line(widgets.NewParagraph("Le calendrier officiel se télécharge sur data.education.gouv.fr (CSV), ou en ICS pour une zone. Importer deux fois ne change rien.", widgets.Body)).
		Add(widgets.NewField("Zone d’un fichier ICS", "Un CSV dit lui-même ses zones.", zone), nil)
	var d *widgets.Dialog
	d = widgets.NewDialog("Importer les vacances scolaires", "", form.Content(), "Choisir le fichier…", widgets.Primary, func() {
		var path string
		var n int
		t.sh.Runner().Go(t.sh.Ctx(), func(ctx context.Context) (err error) {
			if path, err = t.sh.Files().Open(ctx, "Importer les vacances scolaires", "*.csv", "*.ics"); err != nil || path == "" {
				return err
			}
			text, err := readSmall(path)
			if err != nil {
				return err
			}
			n, err = t.d.Catalog.ImportCalendar(ctx, bytes.NewReader(text), calendar.Zone(zone.Value()))
			return err
		}, func(err error) {
			switch {
			case err != nil:
				form.Refuse(err)
			case path != "":
				d.Close()
				t.sh.Done(countOf(n, "période lue", "périodes lues")+" dans "+filepath.Base(path), nil)
				t.load()
			}
		})
	})
	d.First = zone
	t.sh.Show(d)
}
