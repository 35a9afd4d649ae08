package settings

import (
	"bytes"
	"context"
	"path/filepath"
	"strconv"

	"fyne.io/fyne/v2"

	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// closuresPart lists the closures.
type closuresPart struct {
	t      *calendarTab
	table  *widgets.Table
	edit   *widgets.Button
	remove *widgets.Button
	all    fyne.CanvasObject
}

func newClosuresPart(t *calendarTab) *closuresPart {
	p := &closuresPart{t: t}
	p.table = widgets.NewTable([]widgets.Column{
		{ID: "days", Title: "Jours", Weight: 3}, {ID: "reason", Title: "Motif", Weight: 3}, {ID: "who", Title: "Pour", Weight: 3},
	}, func(row, col int) widgets.Cell {
		if row >= len(t.rows) {
			return widgets.Cell{}
		}
		r := t.rows[row]
		c := widgets.Cell{Text: []string{r.days, r.Reason, r.who}[col], Bold: col == 0}
		if r.Last < t.sh.Today() {
			c.Ink = theme.Ardoise600
		}
		return c
	}).RowHeight(36)
	p.table.Loading("")
	p.table.OnOpen = func(int) { p.change() }
	p.table.OnKey = onDelete(p.askRemove)
	add := widgets.NewButton("Ajouter…", widgets.Primary, p.add).Icon("plus").KeyHint("F2").Compact()
	p.edit = widgets.NewButton("Modifier…", widgets.Secondary, p.change).KeyHint("Entrée").Compact()
	p.remove = widgets.NewButton("Retirer…", widgets.Danger, p.askRemove).KeyHint("Suppr").Compact()
	load := widgets.NewButton("Importer un agenda (ICS)…", widgets.Secondary, p.importFile).Icon("upload").Compact()
	bar := sideBySide(330, widgets.HBox(8, add, p.edit, p.remove), widgets.HFlex(8, []float32{1, 0}, widgets.Spacer(), load))
	p.all = widgets.VFlex(0, []float32{0, 1}, widgets.Pad(16, 10, bar), p.table)
	return p
}

func (p *closuresPart) content() fyne.CanvasObject { return p.all }
func (p *closuresPart) focusOn() fyne.Focusable    { return p.table }
func (p *closuresPart) failed(sentence string)     { p.table.Failed(sentence, p.t.load) }
func (p *closuresPart) keys() []kit.Shortcut {
	return []kit.Shortcut{{Key: fyne.KeyF2, Hint: "F2", Label: "Ajouter une fermeture", Run: p.add}}
}

func (p *closuresPart) show() {
	n := len(p.t.rows)
	p.table.SetCount(n)
	if n == 0 {
		p.table.Empty(widgets.NewEmptyState("calendar-x", "Aucune fermeture", "Les jours fériés et les vacances scolaires n’ont pas à être saisis.", nil))
	}
	p.edit.SetEnabled(n > 0, "Il n’y a pas de fermeture.")
	p.remove.SetEnabled(n > 0, "Il n’y a pas de fermeture.")
}

func (p *closuresPart) chosen() *closureRow {
	if i := p.table.Selected(); i >= 0 && i < len(p.t.rows) {
		return &p.t.rows[i]
	}
	return nil
}

func (p *closuresPart) add() { p.form(catalog.Closure{}) }

func (p *closuresPart) change() {
	if r := p.chosen(); r != nil {
		p.form(r.Closure)
	}
}

// forWhom is the choice of a service, or of all.
func (t *calendarTab) forWhom(id int64) *widgets.Select {
	options := []widgets.Option{{ID: "0", Label: "Tous les services"}}
	for _, s := range t.place.services {
		options = append(options, widgets.Option{ID: strconv.FormatInt(s.ID, 10), Label: s.Short + ", " + s.Commune})
	}
	who := widgets.NewSelect(nil, options...)
	who.Set(strconv.FormatInt(id, 10))
	return who
}

// form adds a closure (ID 0), or changes one.
func (p *closuresPart) form(c catalog.Closure) {
	who := p.t.forWhom(c.ServiceID)
	first, last := widgets.NewDateField(p.t.sh.Today).Required(), widgets.NewDateField(p.t.sh.Today)
	reason := widgets.NewTextField().PlaceHolder("grève, pont, travaux…")
	first.Set(c.First)
	if c.Last != c.First {
		last.Set(c.Last)
	}
	reason.SetText(c.Reason)
	form := widgets.NewForm()
	form.Add(widgets.NewField("Service", "", who), nil)
	ff, lf := widgets.NewField("Premier jour", "", first), widgets.NewField("Dernier jour", "Vide\u00a0: un seul jour.", last)
	form.Watch(ff, func() error { _, err := first.Value(); return err }).Watch(lf, func() error {
		to, err := last.Value()
		if from, err2 := first.Value(); err == nil && err2 == nil && !to.IsZero() && to < from {
			return fault.New(fault.Invalid, "La fermeture finit avant de commencer.")
		}
		return err
	}).Line(ff, lf)
	form.Add(widgets.NewField("Motif", "Montré aux familles\u00a0: «\u00a0fermé\u00a0: grève\u00a0».", reason), func() error { return needed("Donnez le motif de la fermeture.")(reason.Text()) })
	form.Line(widgets.NewAlert(widgets.Info, "Un jour déjà réservé ne se ferme pas ici.", "").Detail("Réservations, Fermer une journée, annule, recrédite et prévient les familles."))
	title, verb := "Ajouter une fermeture", "Ajouter"
	if c.ID != 0 {
		title, verb = "Fermeture", "Modifier"
	}
	var d *widgets.Dialog
	busy := false
	d = widgets.NewDialog(title, "", form.Content(), verb, widgets.Primary, func() {
		if busy || !form.Validate() {
			return
		}
		var err1, err2 error
		next := catalog.Closure{ID: c.ID, ClassID: c.ClassID, ServiceID: number64(who.Value()), Reason: reason.Text()}
		next.First, err1 = first.Value()
		next.Last, err2 = last.Value()
		if err1 != nil || err2 != nil {
			return // Validate has just said so
		}
		if next.Last.IsZero() {
			next.Last = next.First
		}
		busy = true
		p.t.sh.Runner().Go(p.t.sh.Ctx(), func(ctx context.Context) error {
			if next.ID != 0 {
				return p.t.d.Catalog.ChangeClosure(ctx, next)
			}
			_, err := p.t.d.Catalog.AddClosure(ctx, next)
			return err
		}, func(err error) {
			busy = false
			if err != nil {
				form.Refuse(err)
				return
			}
			d.Close()
			done := " ajoutée"
			if c.ID != 0 {
				done = " modifiée"
			}
			p.t.sh.Done("Fermeture "+daysText(next.First, next.Last)+done, nil)
			p.t.load()
		})
	})
	d.First = first.FocusTarget()
	if !c.First.IsZero() {
		d.First = reason.FocusTarget()
	}
	p.t.sh.Show(d)
}

func (p *closuresPart) askRemove() {
	row := p.chosen()
	if row == nil {
		return
	}
	r := *row
	p.t.sh.Confirm("Retirer la fermeture "+r.days+"\u00a0?", r.Reason+". Les réservations qu’elle a annulées restent annulées.", "Retirer", widgets.Danger, func() {
		p.t.sh.Runner().Go(p.t.sh.Ctx(), func(ctx context.Context) error { return p.t.d.Catalog.RemoveClosure(ctx, r.ID) }, func(err error) {
			if err != nil {
				p.t.sh.Refused(err)
				return
			}
			p.t.sh.Done("Fermeture "+r.days+" retirée", func() { p.restore(r.Closure) })
			p.t.load()
		})
	})
}

// restore puts a removed closure back.
func (p *closuresPart) restore(c catalog.Closure) {
	p.t.sh.Runner().Go(p.t.sh.Ctx(), func(ctx context.Context) error { _, err := p.t.d.Catalog.AddClosure(ctx, c); return err }, func(err error) {
		if err != nil {
			p.t.sh.Refused(err)
			return
		}
		p.t.load()
	})
}

// importFile asks for whom, reads the agenda of another program and shows what
// it would add.
func (p *closuresPart) importFile() {
	who := p.t.forWhom(0)
	form := widgets.NewForm().
		Line(widgets.NewParagraph("Un agenda au format ICS : ses évènements de journées entières deviennent des fermetures, leur titre le motif. Rien n’est ajouté avant d’avoir été montré.", widgets.Body)).
		Add(widgets.NewField("Service", "", who), nil)
	var d *widgets.Dialog
	d = widgets.NewDialog("Importer des fermetures", "", form.Content(), "Choisir le fichier…", widgets.Primary, func() {
		var path string
		var plan *catalog.ClosurePlan
		id := number64(who.Value())
		p.t.sh.Runner().Go(p.t.sh.Ctx(), func(ctx context.Context) (err error) {
			if path, err = p.t.sh.Files().Open(ctx, "Importer des fermetures", "*.ics"); err != nil || path == "" {
				return err
			}
			text, err := readSmall(path)
			if err != nil {
				return err
			}
			plan, err = p.t.d.Catalog.PlanClosures(ctx, bytes.NewReader(text), id)
			return err
		}, func(err error) {
			switch {
			case err != nil:
				form.Refuse(err)
			case path != "":
				d.Close()
				p.t.showPlan(filepath.Base(path), countOf(plan.Added, "fermeture à ajouter", "fermetures à ajouter")+".", closureRows(plan), nil, plan.Added > 0,
					func(ctx context.Context, without bool) error {
						plan.NoCopy = without
						return p.t.d.Catalog.CommitClosures(ctx, plan)
					}, countOf(plan.Added, "fermeture ajoutée", "fermetures ajoutées"))
			}
		})
	})
	d.First = who
	p.t.sh.Show(d)
}

// showPlan shows what an import would do, and does it.
func (t *calendarTab) showPlan(name, sub string, rows []planRow, notices []string, changes bool, commit func(ctx context.Context, without bool) error, done string) {
	form := widgets.NewForm()
	for _, r := range rows {
		form.Line(planLine(r.text, r.icon, r.ink))
	}
	for _, n := range notices {
		form.Line(widgets.NewAlert(widgets.Warning, n, ""))
	}
	title, verb := "Importer « "+name+" »"+nbsp+"?", "Importer"
	if !changes {
		title, verb = "« "+name+" » ne change rien", ""
	}
	var d *widgets.Dialog
	busy := false
	d = widgets.NewDialog(fault.French(title), sub, form.Content(), verb, widgets.Primary, func() {
		if busy {
			return
		}
		busy = true
		kit.Importing(t.sh, commit, func(err error) {
			busy = false
			if err != nil {
				form.Refuse(err)
				return
			}
			d.Close()
			t.sh.Done(done, nil)
			t.load()
		})
	})
	d.Width = 680
	t.sh.Show(d)
}
