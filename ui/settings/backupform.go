package settings

import (
	"context"

	"fyne.io/fyne/v2"

	"ardoise/data/backup"
	"ardoise/ui/kit"
	"ardoise/ui/widgets"
)

// backupForm is where, when and for how long copies are made and kept.
type backupForm struct {
	sh    kit.Shell
	d     Deps
	saved func()          // after what was typed is kept
	base  backup.Settings // as read
	ready bool
	busy  bool
	binder[backup.Settings]
	rule   *widgets.Label
	saveB  *widgets.Button
	revert *widgets.Button
	root   fyne.CanvasObject
}

func newBackupForm(sh kit.Shell, d Deps, saved func()) *backupForm {
	f := &backupForm{sh: sh, d: d, saved: saved, binder: binder[backup.Settings]{form: widgets.NewForm()}}
	f.saveB = widgets.NewButton("Enregistrer", widgets.Primary, f.save).KeyHint("Ctrl+S")
	f.revert = widgets.NewButton("Rétablir", widgets.Secondary, f.put0).Icon("undo")
	f.rule = widgets.NewParagraph("", widgets.Small)
	f.form.Line(f.folder("Premier dossier", "Sur ce poste.", func(s *backup.Settings) *string { return &s.Here },
		needed("Indiquez le dossier des sauvegardes.")))
	f.form.Line(f.folder("Second dossier", "Clé USB ou partage, écrit après le premier. Absent, il est essayé de nouveau la fois suivante.", func(s *backup.Settings) *string { return &s.Second }, nil))
	f.form.Line(f.tick("Une sauvegarde par jour, d’elle-même", "Quand le programme est ouvert, une fois l’heure passée.", func(s *backup.Settings) *bool { return &s.Daily }))
	f.form.Line(f.number("À partir de (heure)", "0 : dès l’ouverture.", 0, 23, func(s *backup.Settings) *int { return &s.Hour }))
	if d.Server {
		f.form.Line(f.text("Poste qui la fait", "Base PostgreSQL : un seul poste fait celle du jour. Celui-ci s’appelle « "+d.Backup.Machine()+" ».", func(s *backup.Settings) *string { return &s.Machine }, nil))
	}
	f.form.Line(widgets.HFlex(10, []float32{1, 1},
		f.number("Jours", "Toutes gardées.", 1, 365, func(s *backup.Settings) *int { return &s.Rule.Days }),
		f.number("Semaines", "Une par semaine.", 0, 53, func(s *backup.Settings) *int { return &s.Rule.Weeks })))
	f.form.Line(widgets.HFlex(10, []float32{1, 1},
		f.number("Mois", "Une par mois.", 0, 120, func(s *backup.Settings) *int { return &s.Rule.Months }),
		f.number("Avant un import", "Jours gardés.", 1, 365, func(s *backup.Settings) *int { return &s.Rule.Before })))
	f.form.Line(f.rule)
	card := widgets.NewPanel("Où, quand, combien de temps", f.form.Content()).Icon("settings").Line()
	bar := widgets.NewPanel("", widgets.HBox(8, f.saveB, f.revert)).Pad(16, 10)
	f.root = widgets.VFlex(12, []float32{1, 0}, scrolled(card), bar)
	return f
}

// folder is a line of text with the system's chooser beside it.
func (f *backupForm) folder(label, help string, at func(*backup.Settings) *string, check rule) fyne.CanvasObject {
	in := widgets.NewTextField().Icon("folder")
	field := f.textIn(in, label, help, at, check)
	c, ok := f.sh.Files().(kit.FolderChooser)
	if !ok {
		return field
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
	}).Icon("folder").Compact()
	return widgets.VBox(6, field, widgets.HBox(8, browse))
}

func (f *backupForm) load() {
	kit.Load(f.sh.Runner(), f.sh.Ctx(), f.d.Backup.Settings, func(s backup.Settings, err error) {
		if err != nil {
			f.form.Refuse(err)
			return
		}
		if f.ready && (s == f.base || f.dirty()) { // another event: what is being typed stays
			return
		}
		f.base, f.ready = s, true
		f.put0()
	})
}

// put0 shows what is kept.
func (f *backupForm) put0() {
	f.put(f.base)
	f.form.Refuse(nil)
	f.rule.Set(f.base.Rule.Sentence())
	f.root.Refresh()
}

func (f *backupForm) dirty() bool {
	s, err := f.typed(f.base)
	return f.ready && (err != nil || s != f.base)
}

func (f *backupForm) save() { f.keep(func() {}) }

// keep writes what was typed, then goes on.
func (f *backupForm) keep(then func()) {
	if f.busy || !f.ready || !f.form.Validate() {
		return
	}
	wanted, err := f.typed(f.base)
	if err != nil {
		f.form.Refuse(err)
		return
	}
	if wanted == f.base {
		f.sh.Toast("Rien n’a changé.")
		return
	}
	f.busy = true
	f.sh.Runner().Go(f.sh.Ctx(), func(ctx context.Context) error { return f.d.Backup.SaveSettings(ctx, wanted) }, func(err error) {
		f.busy = false
		if err != nil {
			f.form.Refuse(err)
			return
		}
		f.base = wanted
		f.put0()
		f.sh.Done("Réglages des sauvegardes enregistrés", nil)
		f.saved()
		then()
	})
}

// leave asks before what was typed is lost.
func (f *backupForm) leave(then func()) {
	if !f.dirty() {
		then()
		return
	}
	f.sh.Confirm("Réglages non enregistrés", "Ce qui vient d’être tapé dans les réglages des sauvegardes n’est pas enregistré.", "Continuer sans enregistrer", widgets.Danger, func() {
		f.put0()
		then()
	})
}
