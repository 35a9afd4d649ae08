package settings

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ardoise/assets"
	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// servicesTab shows the rules of each service; a TOML file changes them.
type servicesTab struct {
	sh       kit.Shell
	d        Deps
	place    place
	at       int
	tariffs  []catalog.Tariff
	required []catalog.RequiredDocument
	latest   kit.Latest

	list   *widgets.List
	panel  *widgets.Panel
	rules  *widgets.Painting
	papers *widgets.Painting
	table  *widgets.Table
	box    *fyne.Container
	detail fyne.CanvasObject
	start  *widgets.EmptyState // where there is no service yet
	root   fyne.CanvasObject
}

func newServices(sh kit.Shell, d Deps) *servicesTab {
	t := &servicesTab{sh: sh, d: d}
	t.list = widgets.NewList(56, func(g *widgets.Gfx, row int, b widgets.Box, _ bool) {
		s := t.place.services[row]
		g.Text(b.X, b.Y+theme.Px(8), b.W, theme.Px(20), s.Short, widgets.BodyBold)
		g.Text(b.X, b.Y+theme.Px(28), b.W, theme.Px(18), s.Commune, widgets.Small)
	})
	t.list.OnSelect = func(row int) { t.at = row; t.loadService() }
	t.list.Jump = func(row int) string { return t.place.services[row].Short }
	t.rules = factsBox(func() []fact {
		if t.at >= len(t.place.services) {
			return nil
		}
		return t.place.facts(t.place.services[t.at])
	})
	t.papers = factsBox(func() []fact {
		out := []fact{{"Pièces demandées", "aucune"}}
		for i, r := range t.required {
			if i == 0 {
				out = nil
			}
			f := fact{how: documentText(r)}
			if i == 0 {
				f.what = "Pièces demandées"
			}
			out = append(out, f)
		}
		return out
	})
	t.table = widgets.NewTable([]widgets.Column{
		{ID: "label", Title: "Tarif", Weight: 3},
		{ID: "kind", Title: "Cas", Width: 84},
		{ID: "who", Title: "Pour", Weight: 4},
		{ID: "when", Title: "Valable", Width: 208},
		{ID: "price", Title: "Prix", Width: 72, Right: true},
	}, func(row, col int) widgets.Cell {
		return widgets.Cell{Text: tariffCells(t.tariffs[row])[col], Bold: col == 4}
	}).RowHeight(36)
	load := widgets.NewButton("Charger un fichier TOML…", widgets.Primary, t.askFile).Icon("upload").Compact()
	try := widgets.NewButton("Essayer…", widgets.Secondary, t.tryRules).Icon("eye").KeyHint("F9").Compact()
	export := widgets.NewButton("Exporter…", widgets.Secondary, t.export).Icon("download").Compact()
	// as high as all its rows: the whole card scrolls, not the table in it
	all := container.New(&heightBox{func() float32 { return theme.Px(36)*float32(max(3, len(t.tariffs))+1) + theme.Px(8) }}, t.table)
	t.box = widgets.VBox(8, t.rules, t.papers, all)
	t.start = widgets.NewEmptyState("file", "Partir d’un exemple", "Un fichier commenté montre communes, écoles, tarifs et dates limites. Adaptez-le à vos délibérations, puis chargez-le.",
		widgets.NewButton("Enregistrer un exemple…", widgets.Secondary, t.example).Icon("download").Compact())
	t.start.Hide()
	t.detail = scrolled(t.box)
	t.panel = widgets.NewPanel("Service", container.NewStack(t.detail, t.start)).Line().Right(try, export, load)
	t.root = widgets.HFlex(16, []float32{-272, 1}, widgets.NewPanel("Services", t.list).Icon("list").Line().Flush(), t.panel)
	return t
}

func (t *servicesTab) content() fyne.CanvasObject    { return t.root }
func (t *servicesTab) focus()                        { focusOn(t.sh, t.list) }
func (t *servicesTab) service() *catalog.ServiceInfo { return &t.place.services[t.at] }
func (t *servicesTab) shortcuts() []kit.Shortcut {
	return []kit.Shortcut{{Key: fyne.KeyF9, Hint: "F9", Label: "Essayer un prix et les dates limites", Run: t.tryRules}}
}

func (t *servicesTab) load() {
	if t.place.services == nil {
		t.list.Loading("")
	}
	today := t.sh.Today()
	kit.Load(t.sh.Runner(), t.sh.Ctx(), func(ctx context.Context) (place, error) { return loadPlace(ctx, t.d.Catalog, today) }, func(p place, err error) {
		switch {
		case err != nil:
			t.list.Failed(fault.Sentence(err), t.load)
		case len(p.services) == 0:
			t.detail.Hide()
			t.start.Show()
			t.list.Empty(widgets.NewEmptyState("file", "Aucun service", "Chargez le fichier TOML des services.", widgets.NewButton("Charger un fichier…", widgets.Secondary, t.askFile).Compact()))
		default:
			t.start.Hide()
			t.detail.Show()
			t.place = p
			t.at = min(t.at, len(p.services)-1)
			t.list.SetCount(len(p.services))
			t.loadService()
		}
	})
}

func (t *servicesTab) loadService() {
	id := t.service().ID
	t.panel.SetTitle(t.service().Name)
	var tariffs []catalog.Tariff
	var required []catalog.RequiredDocument
	t.latest.Go(t.sh.Runner(), t.sh.Ctx(), func(ctx context.Context) (err error) {
		if tariffs, err = t.d.Catalog.Tariffs(ctx, id); err != nil {
			return err
		}
		required, err = t.d.Catalog.Required(ctx, id)
		return err
	}, func(err error) {
		if err != nil {
			t.table.Failed(fault.Sentence(err), t.loadService)
			return
		}
		t.tariffs, t.required = tariffs, required
		t.table.SetCount(len(tariffs))
		if len(tariffs) == 0 {
			t.table.Empty(widgets.NewEmptyState("wallet", "Aucun tarif", "Le fichier TOML n’en donne pas pour ce service\u00a0: rien ne peut être réservé.", nil))
		}
		t.rules.Refresh()
		t.papers.Refresh()
		t.box.Refresh() // other rules, other heights
		t.root.Refresh()
	})
}

// askFile chooses a file, reads it, and asks before it changes anything.
func (t *servicesTab) askFile() {
	var path string
	var text []byte
	t.sh.Runner().Go(t.sh.Ctx(), func(ctx context.Context) (err error) {
		if path, err = t.sh.Files().Open(ctx, "Charger les services", "*.toml"); err != nil || path == "" {
			return err
		}
		text, err = readSmall(path)
		return err
	}, func(err error) {
		switch {
		case err != nil:
			t.sh.Refused(err)
		case path != "":
			t.sh.Confirm("Charger «\u00a0"+filepath.Base(path)+"\u00a0»\u00a0?", "La base dira la même chose que le fichier, tout ou rien. Ce que le fichier ne mentionne pas reste. Les réservations déjà faites gardent leur prix.", "Charger", widgets.Primary, func() { t.loadFile(filepath.Base(path), text) })
		}
	})
}

const maxFile = 8 << 20

// readSmall reads a file that a person chose; a film is not a settings file.
func readSmall(path string) ([]byte, error) {
	st, err := os.Stat(path)
	if err != nil {
		return nil, fault.Wrap(fault.NotFound, err, "« %s » n’a pas pu être lu : vérifiez qu’il existe encore.", filepath.Base(path))
	}
	if st.Size() > maxFile {
		return nil, fault.New(fault.Invalid, "« %s » est trop gros pour être ce fichier (8 Mo au plus).", filepath.Base(path))
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, err, "« %s » n’a pas pu être lu : vérifiez vos droits.", filepath.Base(path))
	}
	return text, nil
}

func (t *servicesTab) loadFile(name string, text []byte) {
	kit.Load(t.sh.Runner(), t.sh.Ctx(), func(ctx context.Context) (catalog.Summary, error) {
		return t.d.Catalog.Load(ctx, bytes.NewReader(text), name)
	}, func(sum catalog.Summary, err error) {
		if err != nil {
			t.showLines("«\u00a0"+name+"\u00a0» n’a pas été chargé", "Rien n’a été modifié. À corriger dans le fichier\u00a0:", errorLines(err), "circle-alert", theme.Erreur)
			return
		}
		t.showLines("«\u00a0"+name+"\u00a0» est chargé", sum.String(), sum.Lines, "check", theme.Succes)
		t.sh.Done("Services chargés depuis "+name, nil)
		t.load()
	})
}

// errorLines are the faults of a file, one line each.
func errorLines(err error) (out []string) {
	for l := range strings.SplitSeq(fault.Sentence(err), "\n") {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}

// showLines shows what a file did or what is wrong in it, line by line.
func (t *servicesTab) showLines(title, sub string, lines []string, icon string, ink theme.Token) {
	t.sh.Show(linesDialog(title, sub, lines, icon, ink))
}

func linesDialog(title, sub string, lines []string, icon string, ink theme.Token) *widgets.Dialog {
	var objs []fyne.CanvasObject
	for _, l := range lines {
		objs = append(objs, widgets.HFlex(8, []float32{0, 1}, widgets.VBox(0, widgets.Pad(0, 2, widgets.NewIcon(icon, ink, 14))), widgets.NewParagraph(l, widgets.Body)))
	}
	d := widgets.NewDialog(title, sub, widgets.VBox(8, objs...), "", widgets.Secondary, nil)
	d.Width = 680
	return d
}

func (t *servicesTab) export() {
	t.save("Exporter les services", t.d.Catalog.Show)
}

// example gives a town that begins the catalog of the Dombes to start from.
func (t *servicesTab) example() {
	t.save("Enregistrer un exemple", func(_ context.Context, w io.Writer) error {
		_, err := w.Write(assets.Dombes)
		return err
	})
}

func (t *servicesTab) save(title string, write func(ctx context.Context, w io.Writer) error) {
	var path string
	t.sh.Runner().Go(t.sh.Ctx(), func(ctx context.Context) (err error) {
		if path, err = t.sh.Files().Save(ctx, title, "services.toml"); err != nil || path == "" {
			return err
		}
		return kit.WriteFile(path, func(w io.Writer) error { return write(ctx, w) })
	}, func(err error) {
		switch {
		case err != nil:
			t.sh.Refused(err)
		case path != "":
			t.sh.Done(filepath.Base(path)+" enregistré", nil)
		}
	})
}
