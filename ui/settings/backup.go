package settings

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"

	"ardoise/data/backup"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// backupTab says how the copies stand, makes one, sets where and when they are
// made, and leads to a restore.
type backupTab struct {
	sh    kit.Shell
	d     Deps
	state backup.State
	list  []backup.Copy

	here    *widgets.Alert
	outside *widgets.Alert
	trouble *widgets.Alert
	alerts  *fyne.Container
	now     *widgets.Button
	table   *widgets.Table
	check   *widgets.Button
	restore *widgets.Button
	set     *widgets.Button
	rule    *widgets.Label    // the settings in words
	path    *widgets.Painting // of the copy chosen
	root    fyne.CanvasObject
	admin   bool
}

func newBackup(sh kit.Shell, d Deps) *backupTab {
	t := &backupTab{sh: sh, d: d, admin: sh.User().Has(string(staff.Admin))}
	t.here = widgets.NewAlert(widgets.Info, "Lecture des sauvegardes…", "")
	t.outside = widgets.NewAlert(widgets.Info, "", "")
	t.trouble = widgets.NewAlert(widgets.Failure, "", "")
	t.outside.Hide()
	t.trouble.Hide()
	t.alerts = widgets.VBox(8, t.here, t.outside, t.trouble)
	t.now = widgets.NewButton("Sauvegarder maintenant", widgets.Primary, t.backup).Icon("download").KeyHint("F9").Compact()
	t.restore = widgets.NewButton("Restaurer…", widgets.Danger, t.askRestore).Icon("history").KeyHint("F8")
	t.check = widgets.NewButton("Contrôler", widgets.Secondary, t.verify).Icon("shield").KeyHint("F7")
	t.table = widgets.NewTable([]widgets.Column{
		{ID: "at", Title: "Faite le", Width: 180},
		{ID: "cause", Title: "Pourquoi", Weight: 2},
		{ID: "place", Title: "Lieu", Weight: 3},
		{ID: "size", Title: "Taille", Width: 96, Right: true},
		{ID: "verified", Title: "Contrôle", Width: 124},
	}, t.cell).RowHeight(36)
	t.table.OnOpen = func(int) { t.askRestore() }
	t.table.OnSelect = func(int) { t.showButtons() }
	t.table.Jump = func(row int) string { return instant(t.list[row].MadeAt) }
	t.path = widgets.NewPainting(32, 20, func(g *widgets.Gfx, size fyne.Size) { // cut where it does not fit, never wider
		if c, ok := t.selected(); ok {
			g.Text(0, 0, size.Width, size.Height, c.Path, widgets.Small)
		}
	})
	t.rule = widgets.NewParagraph("", widgets.Small)
	t.set = widgets.NewButton("Régler…", widgets.Secondary, t.askSettings).Icon("settings").KeyHint("F4").Compact()
	list := widgets.NewPanel("Sauvegardes", t.table).Icon("database").Right(t.set, t.now).Line().Flush().
		Footer(widgets.HFlex(12, []float32{0, 0, 1}, t.check, t.restore, t.path))
	t.root = widgets.VFlex(12, []float32{0, 0, 1}, t.alerts, t.rule, list)
	t.showButtons()
	return t
}

func (t *backupTab) content() fyne.CanvasObject { return t.root }
func (t *backupTab) focus()                     { focusOn(t.sh, t.table) }

func (t *backupTab) shortcuts() []kit.Shortcut {
	return []kit.Shortcut{
		{Key: fyne.KeyF9, Hint: "F9", Label: "Sauvegarder maintenant", Run: t.backup},
		{Key: fyne.KeyF7, Hint: "F7", Label: "Contrôler la sauvegarde choisie", Run: t.verify, Off: t.check.Reason},
		{Key: fyne.KeyF8, Hint: "F8", Label: "Restaurer une sauvegarde", Run: t.askRestore},
		{Key: fyne.KeyF4, Hint: "F4", Label: "Régler les sauvegardes", Run: t.askSettings},
	}
}

// copies is what the tab reads.
type copies struct {
	state backup.State
	set   backup.Settings
	list  []backup.Copy
}

func (t *backupTab) load() {
	if t.d.Backup == nil || !t.admin {
		t.here.Set(widgets.Warning, "Les sauvegardes sont l’affaire d’un agent « Administration ».", "")
		return
	}
	if t.list == nil {
		t.table.Loading("")
	}
	kit.Load(t.sh.Runner(), t.sh.Ctx(), func(ctx context.Context) (c copies, err error) {
		if c.state, err = t.d.Backup.State(ctx); err != nil {
			return c, err
		}
		if c.set, err = t.d.Backup.Settings(ctx); err != nil {
			return c, err
		}
		c.list, err = t.d.Backup.Copies(ctx)
		return c, err
	}, func(c copies, err error) {
		if err != nil {
			t.here.Set(widgets.Failure, fault.Sentence(err), "")
			t.table.Failed(fault.Sentence(err), t.load)
			return
		}
		t.state, t.list = c.state, c.list
		t.table.SetCount(len(t.list))
		if len(t.list) == 0 {
			t.table.Empty(widgets.NewEmptyState("database", "Aucune sauvegarde", "La première se fait avec F9, ou d’elle-même chaque jour.", nil))
		}
		t.rule.Set(settingsText(c.set, t.d.Server))
		t.showState()
		t.showButtons()
	})
}

// showState says where the last copies lie, and what to do.
func (t *backupTab) showState() {
	st, now := t.state, t.sh.Now()
	last, out := instant(st.Last.MadeAt), instant(st.Outside.MadeAt)
	switch {
	case st.Last.ID == 0:
		t.here.Set(widgets.Warning, "Cette base n’a jamais été sauvegardée"+nbsp+": F9 le fait.", "")
	case now.Sub(st.Last.MadeAt) > backup.Late:
		t.here.Set(widgets.Warning, "Dernière sauvegarde"+nbsp+": "+last+", il y a plus d’une semaine.", "")
	default:
		t.here.Set(widgets.Success, "Dernière sauvegarde, relue et contrôlée"+nbsp+": "+last+".", "")
	}
	t.outside.Show()
	switch {
	case st.Outside.ID == 0:
		t.outside.Set(widgets.Warning, "Aucune copie hors de cette machine. Branchez une clé USB ou un partage, et choisissez-le comme second dossier (F4).", "")
	case st.Late(now):
		t.outside.Set(widgets.Warning, "Hors de cette machine, la dernière copie est du "+out+". Branchez la clé ou le partage, puis F9.", "")
	default:
		t.outside.Set(widgets.Success, "Hors de cette machine"+nbsp+": "+out+".", "")
	}
	t.trouble.Hide()
	if st.Trouble != "" {
		t.trouble.Set(widgets.Failure, st.Trouble, "")
		t.trouble.Show()
	}
	t.root.Refresh()
}

func (t *backupTab) cell(row, col int) widgets.Cell {
	if row >= len(t.list) {
		return widgets.Cell{}
	}
	c := t.list[row]
	switch col {
	case 0:
		return widgets.Cell{Text: instant(c.MadeAt), Bold: true}
	case 1:
		return widgets.Cell{Text: c.Cause.Label()}
	case 2:
		return widgets.Cell{Text: placeOf(c), Ink: map[bool]theme.Token{true: theme.Ardoise900, false: theme.Ardoise600}[c.Outside]}
	case 3:
		return widgets.Cell{Text: sizeText(c.Bytes)}
	}
	b := widgets.BadgeSpec{Icon: "circle-check", Text: "Relue", Tone: widgets.Success}
	switch {
	case c.VerifiedAt.IsZero():
		b = widgets.BadgeSpec{Icon: "clock", Text: "À contrôler", Tone: widgets.Neutral}
	case !c.Sealed:
		b = widgets.BadgeSpec{Icon: "unlock", Text: "En clair", Tone: widgets.Warning}
	}
	return widgets.Cell{Badge: &b}
}

// placeOf says where a copy lies.
func placeOf(c backup.Copy) string {
	where := map[backup.Place]string{backup.Here: "Premier dossier", backup.Second: "Second dossier", backup.Elsewhere: "Dossier choisi"}[c.Place]
	if c.Outside {
		return where + ", hors de la machine"
	}
	return where
}

// sizeText gives « 12,4 Mo ».
func sizeText(bytes int64) string {
	if bytes < 1<<20 {
		return countOf(int((bytes+1023)/1024), "Ko", "Ko")
	}
	tenths := (bytes*10 + 1<<19) >> 20
	return fmt.Sprintf("%d,%d"+nbsp+"Mo", tenths/10, tenths%10)
}

func (t *backupTab) selected() (backup.Copy, bool) {
	i := t.table.Selected()
	if i < 0 || i >= len(t.list) {
		return backup.Copy{}, false
	}
	return t.list[i], true
}

func (t *backupTab) showButtons() {
	_, ok := t.selected()
	t.path.Refresh()
	t.check.SetEnabled(ok, "Choisissez une sauvegarde dans la liste.")
}

// backup makes a copy now.
func (t *backupTab) backup() {
	if t.d.Backup == nil {
		return
	}
	var made backup.Made
	t.sh.Progress("Sauvegarde de la base", func(ctx context.Context, report func(int, int, string)) (err error) {
		report(0, 1, "Copie, mise sous scellés et relecture")
		made, err = t.d.Backup.Make(ctx)
		return err
	}, func(err error) {
		t.load()
		switch {
		case err != nil:
			t.sh.Refused(err)
		case made.Second != nil:
			t.sh.Refused(made.Second)
		default:
			t.sh.Done("Sauvegarde "+filepath.Base(made.Copies[0].Path)+" faite et relue", nil)
		}
	})
}

// verify looks at the chosen copy again, whole.
func (t *backupTab) verify() {
	c, ok := t.selected()
	if !ok {
		return
	}
	var got backup.Checked
	t.sh.Progress("Contrôle de la sauvegarde", func(ctx context.Context, report func(int, int, string)) (err error) {
		report(0, 1, filepath.Base(c.Path))
		got, err = t.d.Backup.Check(ctx, c.Path, backup.Secret{})
		return err
	}, func(err error) {
		if err != nil {
			t.sh.Refused(err)
			return
		}
		t.sh.Done(strings.TrimSuffix(got.Said, "."), nil)
	})
}
