package settings

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ardoise/data/fault"
	"ardoise/data/retention"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// retentionTab says how long what names families is kept, shows what is due, and
// purges it once agreed to.
type retentionTab struct {
	sh    kit.Shell
	d     Deps
	base  retention.Settings // as read
	ready bool
	busy  bool
	binder[retention.Settings]
	plan   retention.Plan
	read   bool // the plan is there
	latest kit.Latest

	state  *widgets.Alert
	table  *widgets.Table
	saveB  *widgets.Button
	revert *widgets.Button
	purgeB *widgets.Button
	right  *widgets.Panel
	last   *widgets.Label
	held   *widgets.Label
	root   fyne.CanvasObject
}

func newRetention(sh kit.Shell, d Deps) *retentionTab {
	t := &retentionTab{sh: sh, d: d, binder: binder[retention.Settings]{form: widgets.NewForm()}}
	t.state = widgets.NewAlert(widgets.Info, "Lecture de ce qui est à purger…", "")
	s := retention.Default()
	for _, f := range s.Fields() {
		t.form.Line(t.period(f))
	}
	t.saveB = widgets.NewButton("Enregistrer", widgets.Primary, t.save).KeyHint("Ctrl+S")
	t.revert = widgets.NewButton("Rétablir", widgets.Secondary, t.load).Icon("undo")
	t.purgeB = widgets.NewButton("Purger…", widgets.Danger, t.purge).KeyHint("F9").Compact()
	t.table = widgets.NewTable([]widgets.Column{
		{ID: "label", Title: "Données", Weight: 1},
		{ID: "before", Title: "D’avant le", Width: 88},
		{ID: "what", Title: "À purger", Width: 124},
		{ID: "kept", Title: "Retenues", Width: 80},
	}, t.cell).RowHeight(36)
	t.table.OnOpen = t.open
	t.last = widgets.NewLabel("", widgets.Small)
	t.held = widgets.NewParagraph("", widgets.Small)
	bar := widgets.NewPanel("", widgets.HFlex(8, []float32{1, 0, 0}, widgets.Spacer(), t.revert, t.saveB)).Pad(16, 10)
	confirm := widgets.NewParagraph("À confirmer avec votre DPD (délégué à la protection des données).", widgets.Small)
	t.right = widgets.NewPanel("À purger aujourd’hui", widgets.VFlex(0, []float32{0, 1}, widgets.Pad(16, 12, widgets.VBox(8, t.state, t.held)), t.table)).
		Icon("shield").Right(t.purgeB).Line().Flush().Footer(t.last)
	if theme.Px(100) > 120 { // side by side, large texts would leave the list no room
		form := widgets.NewPanel("Durées, en mois", widgets.VBox(12, confirm, t.form.Content())).Icon("clock").Line()
		list := container.New(&heightBox{func() float32 { return theme.Px(420) }}, t.right)
		t.root = widgets.VFlex(12, []float32{1, 0}, scrolled(widgets.VBox(16, list, form)), bar)
	} else {
		form := widgets.NewPanel("Durées, en mois", widgets.VFlex(12, []float32{0, 1}, confirm, scrolled(t.form.Content()))).Icon("clock").Line()
		t.root = widgets.HFlex(16, []float32{-336, 1}, widgets.VFlex(12, []float32{1, 0}, form, bar), t.right)
	}
	return t
}

// period adds one period: a number of months between its ends, refused where it is
// typed with the reason of the ends.
func (t *retentionTab) period(f retention.Field) *widgets.Field {
	in := widgets.NewTextField()
	field := widgets.NewField(f.Label, capital(f.After)+". "+f.Source, in)
	read := func() (int, error) {
		n, err := strconv.Atoi(strings.TrimSpace(in.Text()))
		if err != nil {
			return 0, fault.New(fault.Invalid, "Un nombre de mois, de %d à %d.", f.Low, f.High)
		}
		return n, f.Check(n)
	}
	at := func(s *retention.Settings) *int {
		for _, x := range s.Fields() {
			if x.Name == f.Name {
				return x.At
			}
		}
		return nil
	}
	t.form.Watch(field, func() error { _, err := read(); return err })
	t.fields = append(t.fields, bound[retention.Settings]{
		show: func(s retention.Settings) { in.SetText(strconv.Itoa(*at(&s))) },
		read: func(s *retention.Settings) (err error) { *at(s), err = read(); return err },
	})
	return field
}

func (t *retentionTab) content() fyne.CanvasObject { return t.root }
func (t *retentionTab) focus()                     { focusOn(t.sh, t.table) }

func (t *retentionTab) shortcuts() []kit.Shortcut {
	return []kit.Shortcut{
		{Key: fyne.KeyS, Mod: fyne.KeyModifierControl, Hint: "Ctrl+S", Label: "Enregistrer les durées", Run: t.save},
		{Key: fyne.KeyF5, Hint: "F5", Label: "Relire ce qui est à purger", Run: t.load},
		{Key: fyne.KeyF9, Hint: "F9", Label: "Purger ce qui est dû", Run: t.purge, Off: t.purgeOff},
	}
}

func (t *retentionTab) purgeOff() string {
	switch {
	case !t.read:
		return "La liste n’est pas encore lue."
	case t.plan.Count() == 0:
		return "Rien n’est à purger aujourd’hui."
	}
	return ""
}

// load reads the periods into the form, unless they are being typed, and what is due.
func (t *retentionTab) load() {
	if t.d.Retention == nil {
		t.state.Set(widgets.Warning, "Les durées de conservation ne sont pas disponibles.", "")
		return
	}
	if !t.read {
		t.table.Loading("")
	}
	var s retention.Settings
	var p retention.Plan
	var done []retention.Done
	t.latest.Go(t.sh.Runner(), t.sh.Ctx(), func(ctx context.Context) (err error) {
		if s, err = t.d.Retention.Settings(ctx); err != nil {
			return err
		}
		if p, err = t.d.Retention.PlanPurge(ctx); err != nil {
			return err
		}
		done, err = t.d.Retention.History(ctx)
		return err
	}, func(err error) {
		if err != nil {
			t.state.Set(widgets.Failure, fault.Sentence(err), "")
			t.table.Failed(fault.Sentence(err), t.load)
			return
		}
		if !t.ready || !t.dirty() || t.base != s {
			t.base, t.ready = s, true
			t.put(s)
			t.form.Refuse(nil)
		}
		t.plan, t.read = p, true
		t.show(done)
	})
}

func (t *retentionTab) show(done []retention.Done) {
	t.table.SetCount(len(t.plan.Rules))
	t.purgeB.SetEnabled(t.purgeOff() == "", t.purgeOff())
	t.right.Refresh() // the lock takes room
	held := "Entrée ouvre une ligne" + nbsp + ": de qui il s’agit, ce qui part, ce qui reste."
	if n := t.plan.Held(); n > 0 {
		held += " " + capital(countOf(n, "dossier est retenu.", "dossiers sont retenus."))
	}
	t.held.Set(held)
	if n := t.plan.Count(); n == 0 {
		t.state.Set(widgets.Success, "Rien n’est à purger aujourd’hui.", "")
	} else {
		t.state.Set(widgets.Warning, countOf(n, "chose a passé sa durée.", "choses ont passé leur durée."), "")
	}
	t.last.Set("Aucune purge n’a encore été faite.")
	if len(done) > 0 {
		n := 0
		for _, c := range done[0].Counts {
			n += c
		}
		t.last.Set("Dernière purge" + nbsp + ": " + instant(done[0].At) + ", par " + done[0].Agent + ", " + countOf(n, "chose", "choses") + ".")
	}
}

func (t *retentionTab) cell(row, col int) widgets.Cell {
	if row >= len(t.plan.Rules) {
		return widgets.Cell{}
	}
	r := t.plan.Rules[row]
	switch col {
	case 0:
		return widgets.Cell{Text: r.Label, Bold: r.Count > 0}
	case 1:
		return widgets.Cell{Text: r.Before.Short(), Ink: theme.Ardoise600}
	case 2:
		if r.Count == 0 {
			return widgets.Cell{Text: r.What, Ink: theme.Ardoise600}
		}
		return widgets.Cell{Text: r.What, Bold: true}
	}
	if len(r.Kept) == 0 {
		return widgets.Cell{}
	}
	return widgets.Cell{Text: strconv.Itoa(len(r.Kept)), Icon: "lock"}
}

// most is how many names a dialog lists.
const most = 200

// open shows whom a rule concerns, and who is held back.
func (t *retentionTab) open(row int) {
	if row < 0 || row >= len(t.plan.Rules) {
		return
	}
	r := t.plan.Rules[row]
	objs := []fyne.CanvasObject{
		widgets.NewParagraph("Part"+nbsp+": "+r.Goes, widgets.Body),
		widgets.NewParagraph("Reste"+nbsp+": "+r.Stays, widgets.Body),
	}
	if r.Count > 0 {
		objs = append(objs, widgets.NewLabel("À purger"+nbsp+": "+r.What, widgets.BodyBold))
	}
	for i, w := range r.Who {
		if i == most {
			objs = append(objs, widgets.NewLabel(fmt.Sprintf("et %d autres familles", len(r.Who)-most), widgets.Small))
			break
		}
		objs = append(objs, planLine(familyLine(w.Name, w.Number, w.Count, w.Detail), "family", theme.Ardoise600))
	}
	if len(r.Kept) > 0 {
		objs = append(objs, widgets.NewLabel("Retenu", widgets.BodyBold))
	}
	for i, k := range r.Kept {
		if i == most {
			objs = append(objs, widgets.NewLabel(fmt.Sprintf("et %d autres", len(r.Kept)-most), widgets.Small))
			break
		}
		objs = append(objs, planLine(familyLine(k.Name, k.Number, k.Count, k.Why), "lock", theme.Alerte))
	}
	d := widgets.NewDialog(r.Label, r.Period, widgets.VBox(8, objs...), "", widgets.Secondary, nil)
	d.Width = 680
	t.sh.Show(d)
}

// familyLine gives « Favier (F-0012), 3 : fiche sanitaire ».
func familyLine(name, number string, count int, detail string) string {
	text := "Sans famille"
	if number != "" {
		text = name + " (" + number + ")"
	}
	if count > 1 {
		text += ", " + strconv.Itoa(count)
	}
	if detail != "" {
		text += nbsp + ": " + detail
	}
	return text
}

// purge asks once more, with the counts, and does what the list shows.
func (t *retentionTab) purge() {
	if off := t.purgeOff(); off != "" {
		t.sh.Toast(off)
		return
	}
	if t.busy {
		return
	}
	if t.dirty() {
		t.sh.Toast("Enregistrez d’abord les durées, ou rétablissez-les.")
		return
	}
	var lines []string
	for _, r := range t.plan.Rules {
		if r.Count > 0 {
			lines = append(lines, r.Label+nbsp+": "+r.What)
		}
	}
	text := strings.Join(lines, ". ") + ".\nC’est définitif. Les comptes gardent leurs montants et leurs jours. Les sauvegardes d’avant gardent ces données jusqu’à leur propre effacement."
	shown := t.plan
	t.sh.Confirm("Purger "+countOf(shown.Count(), "chose", "choses")+nbsp+"?", text, "Purger", widgets.Danger, func() { t.commit(shown) })
}

func (t *retentionTab) commit(shown retention.Plan) {
	if t.busy {
		return
	}
	t.busy = true
	t.sh.Progress("Purge", func(ctx context.Context, report func(int, int, string)) error {
		report(0, 1, "Effacement et réécriture de la base")
		_, err := t.d.Retention.Purge(ctx, shown)
		return err
	}, func(err error) {
		t.busy = false
		switch {
		case errors.Is(err, retention.ErrTraces):
			t.sh.Done("Purge faite", nil)
			t.sh.Refused(err)
		case err != nil:
			t.sh.Refused(err)
		default:
			t.sh.Done("Purge faite"+nbsp+": "+countOf(shown.Count(), "chose", "choses"), nil)
		}
		t.load()
	})
}

// dirty reports whether the form differs from what was read.
func (t *retentionTab) dirty() bool {
	if !t.ready {
		return false
	}
	s, err := t.typed(t.base)
	return err != nil || s != t.base
}

// leave asks before periods that were typed are lost.
func (t *retentionTab) leave(then func()) {
	if !t.dirty() {
		then()
		return
	}
	t.sh.Confirm("Laisser les durées saisies"+nbsp+"?", "Elles ne sont pas enregistrées.", "Laisser", widgets.Danger, func() {
		t.put(t.base)
		t.form.Refuse(nil)
		then()
	})
}

func (t *retentionTab) save() {
	if t.busy || !t.ready || !t.form.Validate() {
		return
	}
	wanted, err := t.typed(t.base)
	if err != nil {
		t.form.Refuse(err)
		return
	}
	if wanted == t.base {
		t.sh.Toast("Rien n’a changé.")
		return
	}
	was := t.base
	t.keep(wanted, func() { t.sh.Done("Durées de conservation enregistrées", func() { t.keep(was, func() {}) }) })
}

func (t *retentionTab) keep(s retention.Settings, done func()) {
	t.busy = true
	t.sh.Runner().Go(t.sh.Ctx(), func(ctx context.Context) error { return t.d.Retention.SetSettings(ctx, s) }, func(err error) {
		t.busy = false
		if err != nil {
			t.form.Refuse(err)
			return
		}
		t.base = s
		t.put(s)
		done()
		t.load()
	})
}
