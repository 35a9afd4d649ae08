package settings

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"

	"ardoise/assets"
	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// askFile chooses a file, reads it, and shows what it would change before it does.
func (t *servicesTab) askFile() {
	var path string
	var text []byte
	var sum catalog.Summary
	var wrong error
	t.sh.Runner().Go(t.sh.Ctx(), func(ctx context.Context) (err error) {
		if path, err = t.sh.Files().Open(ctx, "Charger les services", "*.toml"); err != nil || path == "" {
			return err
		}
		if text, err = readSmall(path); err != nil {
			return err
		}
		sum, wrong = t.d.Catalog.PlanLoad(ctx, bytes.NewReader(text), filepath.Base(path))
		return nil
	}, func(err error) {
		name := filepath.Base(path)
		switch {
		case err != nil:
			t.sh.Refused(err)
		case path == "":
		case wrong != nil:
			t.wrongFile(name, wrong)
		case !sum.Changes():
			t.sh.Toast(fault.French("« " + name + " » dit la même chose que la base : rien à charger."))
		default:
			t.sh.Show(t.fileDialog(name, text, sum))
		}
	})
}

func (t *servicesTab) wrongFile(name string, err error) {
	t.showLines("«\u00a0"+name+"\u00a0» n’a pas été chargé", "Rien n’a été modifié. À corriger dans le fichier\u00a0:", errorLines(err), "circle-alert", theme.Erreur)
}

// fileDialog says what a file would change, and loads it.
func (t *servicesTab) fileDialog(name string, text []byte, sum catalog.Summary) *widgets.Dialog {
	objs := []fyne.CanvasObject{widgets.NewParagraph("Ce que le fichier ne mentionne pas reste. Les réservations déjà faites gardent leur prix.", widgets.Small)}
	objs = append(objs, planLines(sum)...)
	var d *widgets.Dialog
	d = widgets.NewDialog("Charger «\u00a0"+name+"\u00a0»\u00a0?", sum.String(), widgets.VBox(8, objs...), "Charger", widgets.Primary, func() {
		d.Close()
		t.loadFile(name, text)
	})
	d.Width = 680
	return d
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
	}, func(_ catalog.Summary, err error) {
		if err != nil {
			t.wrongFile(name, err)
			return
		}
		t.sh.Done("Services chargés depuis "+name, nil)
		t.ed = nil
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
		objs = append(objs, planLine(l, icon, ink))
	}
	d := widgets.NewDialog(title, sub, widgets.VBox(8, objs...), "", widgets.Secondary, nil)
	d.Width = 680
	return d
}

func (t *servicesTab) export() {
	t.saveFile("Exporter les services", t.d.Catalog.Show)
}

// example gives a town that begins the catalog of the Dombes to start from.
func (t *servicesTab) example() {
	t.saveFile("Enregistrer un exemple", func(_ context.Context, w io.Writer) error {
		_, err := w.Write(assets.Dombes)
		return err
	})
}

func (t *servicesTab) saveFile(title string, write func(ctx context.Context, w io.Writer) error) {
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
