package families

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"fyne.io/fyne/v2"

	"ardoise/data/access"
	"ardoise/data/catalog"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// papersTab lists the supporting documents of a family.
type papersTab struct {
	p       *page
	list    []access.Document
	table   *widgets.Table
	columns []widgets.Column
	add     *widgets.Button
	copy    *widgets.Button
	box     *fyne.Container
}

func newPapersTab(p *page) *papersTab {
	t := &papersTab{p: p}
	t.columns = []widgets.Column{
		{ID: "label", Title: "Pièce", Weight: 2},
		{ID: "who", Title: "Concerne", Width: 96},
		{ID: "state", Title: "État", Width: 136},
		{ID: "received", Title: "Reçue le", Width: 88},
		{ID: "until", Title: "Valable jusqu’au", Width: 112},
		{ID: "name", Title: "Fichier", Weight: 1.4},
	}
	if large() { // what can be read elsewhere gives its room up
		t.columns = slices.DeleteFunc(t.columns, func(c widgets.Column) bool { return c.ID == "received" || c.ID == "name" })
	}
	t.table = widgets.NewTable(t.columns, t.cell)
	t.table.OnOpen = func(row int) { t.save(row) }
	t.table.OnSelect = func(int) { t.buttons() }
	t.table.Jump = func(row int) string { return t.list[row].Label }
	t.add = widgets.NewButton("Ajouter une pièce…", widgets.Secondary, t.attach).Icon("upload").Compact()
	t.copy = widgets.NewButton("Enregistrer une copie…", widgets.Secondary, func() { t.save(t.table.Selected()) }).Icon("download").Compact().KeyHint("Entrée")
	bar := widgets.HFlex(8, []float32{0, 1, 0}, t.add, widgets.Spacer(), t.copy)
	t.box = widgets.VFlex(0, []float32{0, 0, 1}, widgets.Pad(16, 12, bar), widgets.NewDivider(), t.table)
	return t
}

func (t *papersTab) show() {
	t.list = t.p.m.det.sortedPapers()
	enable(t.add, t.addOff())
	if len(t.list) == 0 {
		t.table.Empty(widgets.NewEmptyState("folder", "Aucune pièce", "Les pièces jointes aux demandes, ou ajoutées ici, se rangent dans ce dossier.", nil))
	} else {
		t.table.SetCount(len(t.list))
	}
	t.buttons()
}

func (t *papersTab) buttons() { enable(t.copy, t.copyOff(t.table.Selected())) }

func (t *papersTab) addOff() string {
	switch {
	case !t.p.m.may.papers:
		return lacks(staff.Accueil, staff.Sante)
	case t.p.m.det.f.State == family.Merged:
		return fault.French("Cette famille a été fusionnée : ouvrez l’autre dossier.")
	}
	return ""
}

func (t *papersTab) copyOff(row int) string {
	switch {
	case row < 0 || row >= len(t.list):
		return "Choisissez d’abord une pièce."
	case t.list[row].Kind == "health_form" && !t.p.m.may.health:
		return "La fiche sanitaire contient des données de santé : seuls les agents qui ont le rôle « Santé » la lisent, et chaque lecture est journalisée."
	case t.list[row].Media == "text/iban":
		return "Les coordonnées bancaires se lisent dans Demandes, avec le rôle « Régie »."
	}
	return ""
}

func (t *papersTab) cell(row, col int) widgets.Cell {
	if row >= len(t.list) {
		return widgets.Cell{}
	}
	d := t.list[row]
	switch t.columns[col].ID {
	case "label":
		icon := "file"
		if d.Media == "application/pdf" {
			icon = "file-pdf"
		}
		if d.Kind == "health_form" && !t.p.m.may.health {
			icon = "eye-off"
		}
		return widgets.Cell{Text: d.Label, Bold: true, Icon: icon}
	case "who":
		return widgets.Cell{Text: t.p.m.det.who(d.ChildID)}
	case "state":
		b := paperBadge(d, t.p.sh.Today())
		return widgets.Cell{Badge: &b}
	case "received":
		return widgets.Cell{Text: day(d.ReceivedOn)}
	case "until":
		c := widgets.Cell{Text: day(d.ValidTo)}
		if !d.ValidTo.IsZero() && d.ValidTo < t.p.sh.Today() {
			c.Ink = theme.Erreur
		}
		return c
	}
	return widgets.Cell{Text: d.Name, Ink: theme.Ardoise600}
}

// save writes a copy where the agent wants it; reading is logged by the service.
func (t *papersTab) save(row int) {
	if off := t.copyOff(row); off != "" {
		if row >= 0 {
			t.p.sh.Refused(fault.New(fault.Forbidden, "%s", off))
		}
		return
	}
	doc, p := t.list[row], t.p
	var path string
	p.write(func(ctx context.Context) (err error) {
		if path, err = p.sh.Files().Save(ctx, "Enregistrer une copie", access.CleanName(doc.Name)); err != nil || path == "" {
			return err
		}
		content, _, err := p.m.d.Access.Content(ctx, doc.ID)
		if err != nil {
			return err
		}
		return kit.WriteFile(path, func(w io.Writer) error { _, err := w.Write(content); return err })
	}, nil, func() {
		if path != "" {
			p.sh.Done("Copie enregistrée : "+filepath.Base(path), nil)
		}
	})
}

// attach asks for the kind, whom it concerns, and the file.
func (t *papersTab) attach() {
	p := t.p
	if off := t.addOff(); off != "" {
		p.sh.Refused(fault.New(fault.Forbidden, "%s", off))
		return
	}
	fam := p.m.det.f
	var kinds []widgets.Option
	for _, k := range catalog.DocumentKinds() {
		if k != "iban" { // typed in the request, never a file
			kinds = append(kinds, widgets.Option{ID: k, Label: catalog.DocumentLabel(k)})
		}
	}
	kind := widgets.NewSelect(nil, kinds...).PlaceHolder("Choisir la pièce…")
	who := widgets.NewSelect(nil, widgets.Option{ID: "0", Label: "Toute la famille"})
	opts := []widgets.Option{{ID: "0", Label: "Toute la famille", Icon: "family"}}
	for _, c := range fam.Children {
		opts = append(opts, widgets.Option{ID: strconv.FormatInt(c.ID, 10), Label: c.First, Icon: "child"})
	}
	who.SetOptions(opts...)
	who.Set("0")
	path := ""
	var choose *widgets.Button
	choose = widgets.NewButton("Choisir le fichier…", widgets.Secondary, func() {
		kit.Load(p.sh.Runner(), p.sh.Ctx(), func(ctx context.Context) (string, error) {
			return p.sh.Files().Open(ctx, "Choisir la pièce", "*.pdf", "*.jpg", "*.jpeg", "*.png")
		}, func(got string, err error) {
			switch {
			case err != nil:
				p.sh.Refused(err)
			case got != "":
				path = got
				choose.SetLabel(filepath.Base(got))
			}
		})
	}).Icon("upload").Leading()
	form := widgets.NewForm()
	form.Add(widgets.NewField("Pièce", "", kind), func() error {
		if kind.Value() == "" {
			return fault.New(fault.Invalid, "Dites de quelle pièce il s’agit.")
		}
		return nil
	})
	form.Line(widgets.NewField("Concerne", "", who))
	form.Add(widgets.NewField("Fichier", "PDF, JPEG ou PNG, 25 Mo au plus.", &fileInput{choose}), func() error {
		if path == "" {
			return fault.New(fault.Invalid, "Choisissez le fichier.")
		}
		return nil
	})
	var dlg *widgets.Dialog
	dlg = widgets.NewDialog("Ajouter une pièce", "Famille "+fam.Name, form.Content(), "Ajouter", widgets.Primary, func() {
		if !form.Validate() {
			return
		}
		child, err := strconv.ParseInt(who.Value(), 10, 64)
		if err != nil {
			child = 0 // the whole family
		}
		var d access.Document
		k := kind.Value()
		p.write(func(ctx context.Context) (err error) {
			d, err = p.m.d.attach(ctx, access.Attachment{FamilyID: fam.ID, ChildID: child, Kind: k}, path)
			return err
		}, form.Refuse, func() {
			dlg.Close()
			p.sh.Done(d.Label+" ajoutée", nil)
			p.refresh()
		})
	})
	dlg.First = kind
	p.sh.Show(dlg)
}

// attach reads a file from disk and files it.
func (d Deps) attach(ctx context.Context, a access.Attachment, path string) (doc access.Document, err error) {
	f, err := os.Open(path)
	if err != nil {
		return doc, fault.Wrap(fault.Unavailable, err, "« %s » ne peut pas être ouvert : vérifiez qu’il est toujours là.", filepath.Base(path))
	}
	a.Name, a.Content = filepath.Base(path), f
	doc, err = d.Access.Attach(ctx, a)
	if e := f.Close(); err == nil && e != nil {
		err = fault.Wrap(fault.Unavailable, e, "« %s » n’a pas pu être lu jusqu’au bout.", filepath.Base(path))
	}
	return doc, err
}

// fileInput lets a button stand in a field.
type fileInput struct{ *widgets.Button }

// SetError exists for the field.
func (fileInput) SetError(bool) {}

// FocusTarget is the button.
func (f fileInput) FocusTarget() fyne.Focusable { return f.Button }
