package families

import (
	"context"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"

	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/data/importer"
	"ardoise/ui/kit"
	"ardoise/ui/widgets"
)

// importSchool asks for the school and its two files, shows what they would
// change, and writes it whole.
func (p *page) importSchool() {
	if off := p.importOff(); off != "" {
		p.sh.Refused(fault.New(fault.Forbidden, "%s", off))
		return
	}
	d := p.m.d
	type known struct {
		schools  []catalog.School
		communes []catalog.Commune
	}
	kit.Load(p.sh.Runner(), p.sh.Ctx(), func(ctx context.Context) (k known, err error) {
		if k.schools, err = d.Catalog.Schools(ctx); err != nil {
			return k, err
		}
		k.communes, err = d.Catalog.Communes(ctx)
		return k, err
	}, func(k known, err error) {
		if err != nil {
			p.sh.Refused(err)
			return
		}
		p.askLists(k.schools, k.communes)
	})
}

// filePick is a button that asks for a file and keeps its path.
type filePick struct {
	*widgets.Button
	path string
}

func (p *page) newFilePick(title string, patterns ...string) *filePick {
	f := &filePick{}
	f.Button = widgets.NewButton("Choisir le fichier…", widgets.Secondary, func() {
		kit.Load(p.sh.Runner(), p.sh.Ctx(), func(ctx context.Context) (string, error) { return p.sh.Files().Open(ctx, title, patterns...) }, func(got string, err error) {
			switch {
			case err != nil:
				p.sh.Refused(err)
			case got != "":
				f.path = got
				f.SetLabel(filepath.Base(got))
			}
		})
	}).Icon("upload").Leading()
	return f
}

// SetError and FocusTarget let it stand in a field.
func (f *filePick) SetError(bool)               {}
func (f *filePick) FocusTarget() fyne.Focusable { return f.Button }

func (p *page) askLists(schools []catalog.School, communes []catalog.Commune) {
	form := widgets.NewForm()
	name, commune := widgets.NewTextField(), widgets.NewSelect(nil).PlaceHolder("Choisir la commune…")
	var opts []widgets.Option
	for _, c := range communes {
		opts = append(opts, widgets.Option{ID: c.Name, Label: c.Name, Detail: c.Postal})
	}
	commune.SetOptions(opts...)
	other := widgets.HFlex(16, []float32{1, 1}, widgets.NewField("Nom de l’école", "", name), widgets.NewField("Commune", "", commune))
	school := widgets.NewSelect(nil)
	school = widgets.NewSelect(func(string) {
		if school.Value() == "0" {
			other.Show()
		} else {
			other.Hide()
		}
		form.Refuse(nil)
	}, schoolOptions(schools, communes)...).PlaceHolder("Choisir l’école…").Icon("school")
	if len(schools) == 1 {
		school.Set(id(schools[0].ID))
	}
	other.Hide()
	pupils, guardians := p.newFilePick("Liste des élèves (ONDE)", "*.csv"), p.newFilePick("Liste des responsables (ONDE)", "*.csv")
	chosen := func(f *filePick) func() error {
		return func() error {
			if f.path == "" {
				return fault.New(fault.Invalid, "Choisissez le fichier.")
			}
			return nil
		}
	}
	form.Add(widgets.NewField("École", "Les fichiers de ONDE ne disent pas de quelle école ils viennent.", school), func() error {
		if school.Value() == "" || school.Value() == "0" && strings.TrimSpace(name.Text()) == "" {
			return fault.New(fault.Invalid, "Dites de quelle école vient la liste.")
		}
		return nil
	})
	form.Line(other)
	form.Add(widgets.NewField("Fichier des élèves", "ONDE, Listes & Documents, Extractions : élèves.", pupils), chosen(pupils))
	form.Add(widgets.NewField("Fichier des responsables", "ONDE, Listes & Documents, Extractions : responsables.", guardians), chosen(guardians))
	var dlg *widgets.Dialog
	dlg = widgets.NewDialog("Importer une école", "Rien n’est écrit avant que vous ayez vu ce qui va changer.", form.Content(), "Lire les fichiers", widgets.Primary, func() {
		if !form.Validate() {
			return
		}
		l := lists{school: strings.TrimSpace(name.Text()), commune: commune.Value(), pupils: pupils.path, guardians: guardians.path}
		for _, s := range schools {
			if id(s.ID) == school.Value() {
				l.school, l.commune = s.Name, communeName(communes, s.CommuneID)
			}
		}
		dlg.Main.SetEnabled(false, "Lecture en cours…")
		d := p.m.d
		kit.Load(p.sh.Runner(), p.sh.Ctx(), func(ctx context.Context) (*importer.ONDEPlan, error) { return d.planSchool(ctx, l) }, func(plan *importer.ONDEPlan, err error) {
			dlg.Main.SetEnabled(true, "")
			if err != nil {
				form.Refuse(err)
				return
			}
			dlg.Close()
			p.showPlan(plan)
		})
	})
	dlg.Width, dlg.First = 640, school
	p.sh.Show(dlg)
}

func communeName(list []catalog.Commune, want int64) string {
	for _, c := range list {
		if c.ID == want {
			return c.Name
		}
	}
	return ""
}

// showPlan shows every line of what would be done, by part.
func (p *page) showPlan(plan *importer.ONDEPlan) {
	rows := planRows(plan, showAll)
	table := widgets.NewTable([]widgets.Column{
		{ID: "state", Title: "Ce qui est fait", Width: 132}, {ID: "who", Title: "Enfant ou famille", Weight: 1}, {ID: "detail", Title: "Détail", Weight: 1.8}, {ID: "where", Title: "Ligne", Width: 156},
	}, func(row, col int) widgets.Cell {
		if row >= len(rows) {
			return widgets.Cell{}
		}
		r := rows[row]
		switch col {
		case 0:
			return widgets.Cell{Badge: &r.badge}
		case 1:
			return widgets.Cell{Text: r.who, Bold: true}
		case 2:
			return widgets.Cell{Text: r.detail, Ink: r.ink}
		}
		return widgets.Cell{Text: r.where}
	}).RowHeight(36)
	table.Jump = func(row int) string { return rows[row].who }
	show := func(part string) {
		rows = planRows(plan, part)
		table.SetCount(len(rows))
		table.Select(0)
	}
	parts := widgets.NewChoice(widgets.Filters, show, planParts(plan)...).Wrap()
	table.SetCount(len(rows))
	objs := []fyne.CanvasObject{}
	if text := news(plan); text != "" {
		objs = append(objs, widgets.NewAlert(widgets.Info, text, ""))
	}
	if n := len(plan.Refused); n > 0 {
		objs = append(objs, widgets.NewAlert(widgets.Warning, fault.French(thousands(n)+" ligne"+plural(n)+" refusée"+plural(n)+" : les autres sont importées, corrigez celles-ci dans ONDE puis réimportez."), ""))
	}
	if n := len(plan.Left); n > 0 {
		objs = append(objs, widgets.NewAlert(widgets.Info, fault.French(thousands(n)+" enfant"+plural(n)+" de l’école ne "+map[bool]string{true: "sont", false: "est"}[n > 1]+" plus au fichier : rien n’est changé pour eux, marquez leur départ dans leur fiche."), ""))
	}
	frame := widgets.NewPanel("", table).Flush()
	objs = append(objs, parts, widgets.VFlex(0, []float32{-340}, frame))
	var dlg *widgets.Dialog
	dlg = widgets.NewDialog("Importer "+plan.School+", "+plan.Year.String(), plan.Summary(), widgets.VBox(12, objs...), "Importer", widgets.Primary, func() {
		dlg.Close()
		p.commitPlan(plan)
	})
	if !plan.Changes() {
		dlg.Main.SetEnabled(false, "Ces fichiers ne changent rien : tout est déjà dans Ardoise.")
	}
	dlg.Width, dlg.First = 960, table
	p.sh.Show(dlg)
}

func (p *page) commitPlan(plan *importer.ONDEPlan) {
	d := p.m.d
	p.sh.Progress("Import de "+plan.School, func(ctx context.Context, report func(int, int, string)) error {
		report(0, 1, "Sauvegarde de la base, puis écriture des familles et des enfants…")
		err := d.Import.CommitONDE(ctx, plan)
		report(1, 1, "")
		return err
	}, func(err error) {
		if kit.AskCopy(p.sh, err, func() {
			plan.NoCopy = true
			p.commitPlan(plan)
		}) {
			return
		}
		if err != nil {
			p.sh.Refused(err)
			return
		}
		p.sh.Done("Import fait. "+plan.Summary(), nil)
		p.m.clear()
		p.showFilters()
		p.refresh()
	})
}
