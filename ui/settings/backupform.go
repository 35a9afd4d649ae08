package settings

import (
	"context"
	"fmt"

	"ardoise/data/backup"
	"ardoise/data/fault"
	"ardoise/ui/kit"
	"ardoise/ui/widgets"
)

// settingsText says in words where, when and for how long copies are kept.
func settingsText(s backup.Settings, server bool) string {
	when := "Pas de sauvegarde d’elle-même" + nbsp + ": seulement quand on la demande"
	switch {
	case s.Daily && server && s.Machine == "":
		when = "Une sauvegarde par jour, mais aucun poste n’en est chargé" + nbsp + ": choisissez-le (F4)"
	case s.Daily && s.Hour == 0:
		when = "Une sauvegarde par jour, à l’ouverture"
	case s.Daily:
		when = fmt.Sprintf("Une sauvegarde par jour, à partir de %d h", s.Hour)
	}
	if s.Daily && server && s.Machine != "" {
		when += ", par le poste " + s.Machine
	}
	where := "dans « " + s.Here + " »"
	if s.Second != "" {
		where += ", puis dans « " + s.Second + " »"
	}
	return fault.French(when + ", " + where + ". " + s.Rule.Sentence())
}

// backupForm is where, when and for how long copies are made and kept.
type backupForm struct {
	sh kit.Shell
	binder[backup.Settings]
}

// askSettings opens the settings of the copies in a dialog.
func (t *backupTab) askSettings() {
	if t.d.Backup == nil || !t.admin {
		return
	}
	kit.Load(t.sh.Runner(), t.sh.Ctx(), t.d.Backup.Settings, func(s backup.Settings, err error) {
		if err != nil {
			t.sh.Refused(err)
			return
		}
		t.showSettings(s)
	})
}

func (t *backupTab) showSettings(base backup.Settings) {
	f := &backupForm{sh: t.sh, binder: binder[backup.Settings]{form: widgets.NewForm()}}
	f.build(t.d)
	f.put(base)
	var dlg *widgets.Dialog
	dlg = widgets.NewDialog("Où, quand, combien de temps", "", f.form.Content(), "Enregistrer", widgets.Primary, func() {
		if !f.form.Validate() {
			return
		}
		wanted, err := f.typed(base)
		if err != nil {
			f.form.Refuse(err)
			return
		}
		dlg.Main.SetEnabled(false, "Les dossiers sont essayés…")
		t.sh.Runner().Go(t.sh.Ctx(), func(ctx context.Context) error { return t.d.Backup.SaveSettings(ctx, wanted) }, func(err error) {
			dlg.Main.SetEnabled(true, "")
			if err != nil {
				f.form.Refuse(err)
				return
			}
			dlg.Close()
			t.sh.Done("Réglages des sauvegardes enregistrés", nil)
			t.load()
		})
	})
	dlg.Width, dlg.First = 720, f.form.First()
	t.sh.Show(dlg)
}

func (f *backupForm) build(d Deps) {
	f.folder("Premier dossier", "Sur ce poste.", func(s *backup.Settings) *string { return &s.Here }, needed("Indiquez le dossier des sauvegardes."))
	f.folder("Second dossier", "Clé USB ou partage. Absent, il est essayé de nouveau la fois suivante.", func(s *backup.Settings) *string { return &s.Second }, nil)
	daily := f.tick("Une sauvegarde par jour, d’elle-même", "Quand le programme est ouvert, une fois l’heure passée.", func(s *backup.Settings) *bool { return &s.Daily })
	f.form.Line(widgets.HFlex(16, []float32{2, 1}, daily,
		f.number("À partir de (heure)", "0"+nbsp+": à l’ouverture.", 0, 23, func(s *backup.Settings) *int { return &s.Hour })))
	if d.Server {
		f.form.Line(f.text("Poste qui la fait", "Un seul poste fait celle du jour. Celui-ci s’appelle «"+nbsp+d.Backup.Machine()+nbsp+"».", func(s *backup.Settings) *string { return &s.Machine }, nil))
	}
	f.form.Line(widgets.HFlex(12, []float32{1, 1, 1, 1},
		f.number("Jours", "Toutes.", 1, 365, func(s *backup.Settings) *int { return &s.Rule.Days }),
		f.number("Semaines", "Une chacune.", 0, 53, func(s *backup.Settings) *int { return &s.Rule.Weeks }),
		f.number("Mois", "Une chacun.", 0, 120, func(s *backup.Settings) *int { return &s.Rule.Months }),
		f.number("Avant import", "En jours.", 1, 365, func(s *backup.Settings) *int { return &s.Rule.Before })))
	f.form.Line(widgets.NewParagraph("Toutes les copies des derniers jours sont gardées, puis la dernière de chaque semaine, puis la dernière de chaque mois. La toute dernière n’est jamais effacée.", widgets.Small))
}

// folder is a line of text with the system's chooser beside it.
func (f *backupForm) folder(label, help string, at func(*backup.Settings) *string, check rule) {
	in := widgets.NewTextField().Icon("folder")
	field := f.textIn(in, label, help, at, check)
	c, ok := f.sh.Files().(kit.FolderChooser)
	if !ok {
		f.form.Line(field)
		return
	}
	browse := widgets.NewButton("Parcourir…", widgets.Secondary, func() {
		kit.Load(f.sh.Runner(), f.sh.Ctx(), func(ctx context.Context) (string, error) { return c.Folder(ctx, label) }, func(dir string, err error) {
			switch {
			case err != nil:
				f.sh.Refused(err)
			case dir != "":
				in.SetText(dir)
			}
		})
	}).Icon("folder")
	f.form.Line(widgets.HFlex(8, []float32{1, 0}, field, widgets.VBox(6, widgets.NewLabel(" ", widgets.SmallBold), browse)))
}
