package settings

import (
	"context"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"

	"ardoise/data/backup"
	"ardoise/data/fault"
	"ardoise/ui/kit"
	"ardoise/ui/widgets"
)

// restoreWord is what one types to replace the base.
const restoreWord = "RESTAURER"

// askRestore asks which backup, and what opens it.
func (t *backupTab) askRestore() {
	if t.d.Backup == nil || t.d.Restore == nil {
		return
	}
	file := widgets.NewTextField().Icon("file")
	if c, ok := t.selected(); ok {
		file.SetText(c.Path)
	}
	phrase, login, password := widgets.NewTextField(), widgets.NewTextField().Icon("user"), widgets.NewPasswordField()
	form := widgets.NewForm()
	ff := widgets.NewField("Fichier de la sauvegarde", "", file)
	form.Add(ff, func() error {
		if strings.TrimSpace(file.Text()) == "" {
			return fault.New(fault.Invalid, "Choisissez le fichier de la sauvegarde.")
		}
		return nil
	})
	form.Line(widgets.HBox(8, widgets.NewButton("Parcourir…", widgets.Secondary, func() {
		kit.Load(t.sh.Runner(), t.sh.Ctx(), func(ctx context.Context) (string, error) {
			return t.sh.Files().Open(ctx, "Sauvegarde à restaurer", "*"+backup.Ext, "*.db", "*.dump")
		}, func(path string, err error) {
			switch {
			case err != nil:
				t.sh.Refused(err)
			case path != "":
				file.SetText(path)
			}
		})
	}).Icon("folder").Compact()))
	form.Line(widgets.NewParagraph("Votre session ouvre les sauvegardes de cette commune. Pour une autre, ou d’avant un changement de clé, donnez ce qui valait le jour de la sauvegarde\u00a0: la phrase de secours, ou l’identifiant et le mot de passe d’un administrateur.", widgets.Small))
	form.Add(widgets.NewField("Phrase de secours", "Vide si votre session suffit.", phrase), nil)
	form.Line(widgets.HFlex(16, []float32{1, 1}, widgets.NewField("Identifiant", "", login), widgets.NewField("Mot de passe", "", password)))
	var dlg *widgets.Dialog
	dlg = widgets.NewDialog("Restaurer une sauvegarde", "Rien n’est remplacé avant que vous ayez vu ce qui changerait.", form.Content(), "Ouvrir et comparer", widgets.Primary, func() {
		if !form.Validate() {
			return
		}
		secret := backup.Secret{Phrase: strings.TrimSpace(phrase.Text()), Login: login.Text(), Password: password.Text()}
		dlg.Main.SetEnabled(false, "La sauvegarde est ouverte et contrôlée en entier…")
		t.openBackup(strings.TrimSpace(file.Text()), secret, func(o *backup.Opened, p backup.Preview, err error) {
			dlg.Main.SetEnabled(true, "")
			if err != nil {
				form.Refuse(err)
				return
			}
			dlg.Close()
			t.showPreview(o, p)
		})
	})
	dlg.Width, dlg.First = 600, file.FocusTarget()
	t.sh.Show(dlg)
}

// openBackup opens and compares; whatever fails leaves nothing open.
func (t *backupTab) openBackup(path string, secret backup.Secret, done func(*backup.Opened, backup.Preview, error)) {
	var o *backup.Opened
	kit.Load(t.sh.Runner(), t.sh.Ctx(), func(ctx context.Context) (p backup.Preview, err error) {
		if o, err = t.d.Backup.Open(ctx, path, secret); err != nil {
			return p, err
		}
		if p, err = t.d.Backup.Preview(ctx, o); err != nil {
			if cerr := o.Close(); cerr != nil {
				return p, cerr
			}
		}
		return p, err
	}, func(p backup.Preview, err error) { done(o, p, err) })
}

// showPreview says what the restore would change and asks for the word.
func (t *backupTab) showPreview(o *backup.Opened, p backup.Preview) {
	facts := previewFacts(p)
	table := widgets.NewTable([]widgets.Column{
		{ID: "what", Title: "", Weight: 2}, {ID: "now", Title: "Aujourd’hui", Weight: 2, Right: true}, {ID: "then", Title: "Après la restauration", Weight: 2, Right: true},
	}, func(row, col int) widgets.Cell {
		if row >= len(facts) {
			return widgets.Cell{}
		}
		return widgets.Cell{Text: facts[row][col], Bold: col == 0}
	}).RowHeight(30).NoSelection()
	table.SetCount(len(facts))
	objs := []fyne.CanvasObject{}
	for _, a := range previewAlerts(o, p) {
		objs = append(objs, a)
	}
	objs = append(objs, widgets.VFlex(0, []float32{-192}, widgets.NewPanel("", table).Flush()))
	lost := lostFacts(p)
	if len(lost) > 0 {
		objs = append(objs, widgets.NewParagraph(lostText(p), widgets.BodyBold))
	}
	word := widgets.NewTextField().PlaceHolder(restoreWord)
	form := widgets.NewForm()
	form.Add(widgets.NewField("Pour remplacer la base, tapez "+restoreWord, "Les mots de passe et la phrase de secours redeviendront ceux de ce jour-là.", word), func() error {
		if strings.TrimSpace(strings.ToUpper(word.Text())) != restoreWord {
			return fault.New(fault.Invalid, "Tapez le mot %s en entier, ou annulez.", restoreWord)
		}
		return nil
	})
	objs = append(objs, form.Content())
	if len(lost) > 0 {
		objs = append(objs, widgets.NewLabel("Les dernières opérations qui seraient perdues", widgets.SmallBold), factsBox(func() []fact { return lost }))
	}
	taken := false
	var dlg *widgets.Dialog
	dlg = widgets.NewDialog("Restaurer "+filepath.Base(o.Path)+nbsp+"?", previewTitle(o), widgets.VBox(12, objs...), "Remplacer la base", widgets.Danger, func() {
		if !form.Validate() {
			return
		}
		taken = true
		dlg.Close()
		t.replace(o)
	})
	dlg.OnClose = func() {
		if !taken {
			t.drop(o)
		}
	}
	dlg.Width, dlg.First = 860, word.FocusTarget()
	t.sh.Show(dlg)
}

// replace keeps today's state where it must, then hands over to the window,
// which closes this base.
func (t *backupTab) replace(o *backup.Opened) {
	t.sh.Progress("Préparation de la restauration", func(ctx context.Context, report func(int, int, string)) error {
		report(0, 1, "L’état d’aujourd’hui est gardé")
		return t.d.Backup.BeforeRestore(ctx)
	}, func(err error) {
		if err != nil {
			t.drop(o)
			t.sh.Refused(err)
			return
		}
		t.d.Restore(o)
	})
}

// drop closes what was opened for nothing.
func (t *backupTab) drop(o *backup.Opened) {
	if err := o.Close(); err != nil {
		t.sh.Refused(err)
	}
}
