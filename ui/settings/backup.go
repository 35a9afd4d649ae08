package settings

import (
	"context"
	"path/filepath"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"ardoise/data/fault"
	"ardoise/ui/kit"
	"ardoise/ui/widgets"
)

// backupTab makes a verified copy and explains how one is restored.
type backupTab struct {
	sh    kit.Shell
	d     Deps
	state *widgets.Alert
	where *widgets.TextField
	made  *widgets.Label
	now   *widgets.Button
	root  fyne.CanvasObject
}

func newBackup(sh kit.Shell, d Deps) *backupTab {
	t := &backupTab{sh: sh, d: d}
	t.state = widgets.NewAlert(widgets.Info, "Dernière sauvegarde\u00a0: ", "…")
	t.where = widgets.NewTextField().Icon("folder")
	t.where.SetText(d.BackupDir)
	t.where.OnSubmit = t.backup
	t.made = widgets.NewParagraph("", widgets.Small)
	t.now = widgets.NewButton("Sauvegarder maintenant", widgets.Primary, t.backup).Icon("download").KeyHint("F9")
	row := []fyne.CanvasObject{t.where}
	sizes := []float32{1}
	if _, ok := sh.Files().(kit.FolderChooser); ok {
		row, sizes = append(row, widgets.NewButton("Parcourir…", widgets.Secondary, t.browse).Icon("folder")), append(sizes, 0)
	}
	left := widgets.NewPanel("Sauvegarder", widgets.VBox(14, t.state,
		widgets.NewParagraph("La copie est relue et vérifiée avant de recevoir son nom. On continue de travailler pendant ce temps. Choisissez un autre disque que celui de la base\u00a0: clé USB, dossier du serveur.", widgets.Body),
		widgets.NewLabel("Dossier", widgets.SmallBold), widgets.HFlex(8, sizes, row...), widgets.HBox(8, t.now), t.made)).Icon("download").Line()
	right := widgets.NewPanel("Restaurer", widgets.VBox(10,
		widgets.NewParagraph("Restaurer remplace toute la base\u00a0: cela se fait Ardoise fermé sur tous les postes, en ligne de commande, pour ne pas arriver par mégarde.", widgets.Body),
		widgets.NewLabel("1. Fermez Ardoise sur tous les postes.", widgets.Body),
		widgets.NewParagraph("2. Ouvrez un terminal et tapez\u00a0: ardoisectl restore, puis le chemin de la sauvegarde.", widgets.Body),
		widgets.NewParagraph("3. La base remplacée est gardée à côté, avec «\u00a0avant-restauration\u00a0» dans son nom.", widgets.Body),
		widgets.NewParagraph("4. Rouvrez Ardoise et regardez le journal\u00a0: la restauration y est écrite.", widgets.Body),
		widgets.NewParagraph("Les mots de passe et la phrase de secours sont ceux du jour de la sauvegarde.", widgets.Small))).Icon("history").Line()
	t.root = widgets.HFlex(16, []float32{1, 1}, left, right)
	return t
}

func (t *backupTab) content() fyne.CanvasObject { return t.root }
func (t *backupTab) focus()                     { focusOn(t.sh, t.where.FocusTarget()) }

func (t *backupTab) shortcuts() []kit.Shortcut {
	return []kit.Shortcut{{Key: fyne.KeyF9, Hint: "F9", Label: "Sauvegarder maintenant", Run: t.backup}}
}

func (t *backupTab) load() {
	if t.d.LastBackup == nil {
		t.state.Hide()
		return
	}
	kit.Load(t.sh.Runner(), t.sh.Ctx(), t.d.LastBackup, func(at time.Time, err error) {
		switch {
		case err != nil:
			t.state.Set(widgets.Failure, fault.Sentence(err), "")
		case at.IsZero():
			t.state.Set(widgets.Warning, "Cette base n’a jamais été sauvegardée.", "")
		case t.sh.Now().Sub(at) > 7*24*time.Hour:
			t.state.Set(widgets.Warning, "Dernière sauvegarde\u00a0: ", instant(at)+", il y a plus d’une semaine")
		default:
			t.state.Set(widgets.Success, "Dernière sauvegarde\u00a0: ", instant(at))
		}
	})
}

func (t *backupTab) browse() {
	c, ok := t.sh.Files().(kit.FolderChooser)
	if !ok {
		return
	}
	kit.Load(t.sh.Runner(), t.sh.Ctx(), func(ctx context.Context) (string, error) {
		return c.Folder(ctx, "Dossier des sauvegardes")
	}, func(dir string, err error) {
		switch {
		case err != nil:
			t.sh.Refused(err)
		case dir != "":
			t.where.SetText(dir)
		}
	})
}

func (t *backupTab) backup() {
	dir := strings.TrimSpace(t.where.Text())
	t.where.SetError(dir == "")
	if dir == "" || t.d.Backup == nil {
		t.made.Set("Indiquez le dossier où écrire la sauvegarde.")
		return
	}
	var path string
	t.sh.Progress("Sauvegarde de la base", func(ctx context.Context, report func(int, int, string)) (err error) {
		report(0, 1, "Copie et vérification")
		path, err = t.d.Backup(ctx, dir)
		return err
	}, func(err error) {
		if err != nil {
			t.where.SetError(true)
			t.made.Set(fault.Sentence(err))
			return
		}
		t.made.Set("Écrite et vérifiée\u00a0: " + path)
		t.sh.Done("Sauvegarde "+filepath.Base(path)+" faite", nil)
		t.load()
	})
}
