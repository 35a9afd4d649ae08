package settings

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/ui/kit"
	"ardoise/ui/widgets"
)

// dietForm is the six diets as the form holds them.
type dietForm [6]catalog.Diet

func (f dietForm) diets() catalog.Diets { return f[:] }

// kitchenTab is what the kitchen is told: the words of the diets, which are
// offered, and which schools are delivered together.
type kitchenTab struct {
	sh    kit.Shell
	d     Deps
	base  dietForm // as read
	ready bool
	busy  bool
	binder[dietForm]
	ticks   []*widgets.Check
	groups  catalog.KitchenGroups
	schools []catalog.School
	table   *widgets.Table
	up      *widgets.Button
	down    *widgets.Button
	remove  *widgets.Button
	saveB   *widgets.Button
	note    *widgets.Label
	root    fyne.CanvasObject
}

func newKitchenTab(sh kit.Shell, d Deps) *kitchenTab {
	t := &kitchenTab{sh: sh, d: d, binder: binder[dietForm]{form: widgets.NewForm()}}
	t.saveB = widgets.NewButton("Enregistrer", widgets.Primary, t.save).KeyHint("Ctrl+S").Compact()
	t.buildDiets()
	t.table = widgets.NewTable([]widgets.Column{
		{ID: "name", Title: "Groupe", Weight: 2}, {ID: "schools", Title: "Écoles", Weight: 3},
	}, func(row, col int) widgets.Cell {
		if row < 0 || row >= len(t.groups) {
			return widgets.Cell{}
		}
		g := t.groups[row]
		if col == 0 {
			return widgets.Cell{Text: fmt.Sprintf("%d. %s", row+1, g.Name), Bold: true}
		}
		return widgets.Cell{Text: t.schoolNames(g.Schools)}
	})
	t.table.OnOpen = func(int) { t.edit() }
	t.table.OnSelect = func(int) { t.showButtons() }
	t.table.OnKey = func(ev *fyne.KeyEvent) bool {
		if ev.Name == fyne.KeyDelete {
			t.askRemove()
			return true
		}
		return false
	}
	add := widgets.NewButton("Ajouter…", widgets.Primary, t.add).Icon("plus").KeyHint("F2").Compact()
	t.remove = widgets.NewButton("Retirer…", widgets.Danger, t.askRemove).KeyHint("Suppr").Compact()
	t.up = widgets.NewIconButton("arrow-up", "Livrer avant", func() { t.move(-1) })
	t.down = widgets.NewIconButton("arrow-down", "Livrer après", func() { t.move(1) })
	t.note = widgets.NewParagraph("", widgets.Small)
	diets := widgets.NewPanel("Régimes", scrolled(t.form.Content())).Icon("fork-knife").Right(t.saveB).Line()
	groups := widgets.NewPanel("Livraisons", widgets.VFlex(0, []float32{1, 0}, t.table,
		widgets.Pad(16, 10, widgets.VBox(10, t.note, widgets.HFlex(8, []float32{0, 0, 1, 0}, t.up, t.down, widgets.Spacer(), t.remove))))).Icon("school").Right(add).Line().Flush()
	t.root = widgets.HFlex(16, []float32{1, 1}, diets, groups)
	return t
}

func (t *kitchenTab) buildDiets() {
	t.form.Line(widgets.NewParagraph("Un régime dit ce qui est servi, jamais pourquoi. Ces mots sont ceux des écrans, des feuilles et des exports.", widgets.Small))
	for i, d := range catalog.DefaultDiets() {
		help := ""
		if d.Code == catalog.DietStandard {
			help = "Celui de tous, toujours proposé."
		}
		field := t.text(d.Label, help, func(f *dietForm) *string { return &f[i].Label }, func(text string) error { return catalog.CheckDietLabel(d.Code, text) })
		tick := t.tick("Proposé", " ", func(f *dietForm) *bool { return &f[i].Offered })
		if d.Code == catalog.DietStandard {
			tick.Disable()
		}
		t.ticks = append(t.ticks, tick)
		t.form.Line(widgets.HFlex(16, []float32{1, -150}, field, widgets.VBox(0, widgets.NewLabel("", widgets.SmallBold), tick)))
	}
}

func (t *kitchenTab) content() fyne.CanvasObject { return t.root }
func (t *kitchenTab) focus()                     { focusOn(t.sh, t.form.First()) }

func (t *kitchenTab) shortcuts() []kit.Shortcut {
	return []kit.Shortcut{
		{Key: fyne.KeyS, Mod: fyne.KeyModifierControl, Hint: "Ctrl+S", Label: "Enregistrer les régimes", Run: t.save},
		{Key: fyne.KeyF2, Hint: "F2", Label: "Ajouter un groupe de livraison", Run: t.add},
	}
}

func (t *kitchenTab) schoolNames(ids []int64) string {
	var names []string
	for _, s := range t.schools {
		if slices.Contains(ids, s.ID) {
			names = append(names, s.Name)
		}
	}
	if len(names) == 0 {
		return "aucune école"
	}
	return strings.Join(names, ", ")
}

// kitchenState is what the tab reads at once.
type kitchenState struct {
	diets   catalog.Diets
	use     map[string]int
	groups  catalog.KitchenGroups
	schools []catalog.School
}

func loadKitchen(ctx context.Context, c *catalog.Service) (s kitchenState, err error) {
	if s.diets, err = c.Diets(ctx); err != nil {
		return s, err
	}
	if s.use, err = c.DietUse(ctx); err != nil {
		return s, err
	}
	if s.groups, err = c.KitchenGroups(ctx); err != nil {
		return s, err
	}
	s.schools, err = c.Schools(ctx)
	return s, err
}

// load reads diets and groups; what is being typed stays where nothing changed.
func (t *kitchenTab) load() {
	kit.Load(t.sh.Runner(), t.sh.Ctx(), func(ctx context.Context) (kitchenState, error) { return loadKitchen(ctx, t.d.Catalog) }, func(s kitchenState, err error) {
		if err != nil {
			t.table.Failed(fault.Sentence(err), t.load)
			t.form.Refuse(err)
			return
		}
		t.groups, t.schools = s.groups, s.schools
		t.table.SetCount(len(s.groups))
		if len(s.groups) == 0 {
			t.table.Empty(widgets.NewEmptyState("school", "Un seul lieu de livraison", "Ajoutez deux groupes au moins pour des sous-totaux sur la feuille.", nil))
		}
		t.showButtons()
		for i, code := range catalog.DietCodes() {
			t.ticks[i].Detail(countOf(s.use[code], "enfant", "enfants"))
			t.ticks[i].Refresh()
		}
		var now dietForm
		copy(now[:], s.diets)
		if t.ready && t.dirty() { // what is being typed stays
			if t.base != now {
				t.form.Refuse(fault.New(fault.Conflict, "Les régimes ont été modifiés par un autre agent pendant votre saisie. Notez-la, quittez l’onglet, puis revenez."))
			}
			return
		}
		t.base, t.ready = now, true
		t.put(now)
		t.form.Refuse(nil)
	})
}

func (t *kitchenTab) showButtons() {
	i, n := t.table.Selected(), len(t.groups)
	none := "Choisissez d’abord un groupe."
	t.remove.SetEnabled(i >= 0 && i < n, none)
	t.up.SetEnabled(i > 0 && i < n, "Ce groupe est déjà le premier.")
	t.down.SetEnabled(i >= 0 && i < n-1, "Ce groupe est déjà le dernier.")
	var left []string
	for _, s := range t.schools {
		if !slices.ContainsFunc(t.groups, func(g catalog.KitchenGroup) bool { return slices.Contains(g.Schools, s.ID) }) {
			left = append(left, s.Name)
		}
	}
	switch {
	case n == 0:
		t.note.Set("La feuille de la cuisine a un sous-total par groupe dès qu’il y en a deux. L’ordre est celui de la tournée.")
	case len(left) > 0:
		t.note.Set("Dans aucun groupe" + nbsp + ": " + strings.Join(left, ", ") + ". Leurs repas sont comptés à part.")
	default:
		t.note.Set("Toutes les écoles ont leur groupe.")
	}
}

// dirty reports whether the form differs from what was read.
func (t *kitchenTab) dirty() bool {
	s, err := t.typed(t.base)
	return err != nil || s != t.base
}

// leave asks before labels being typed are lost.
func (t *kitchenTab) leave(then func()) {
	if !t.ready || !t.dirty() {
		then()
		return
	}
	t.sh.Confirm("Quitter sans enregistrer"+nbsp+"?", "Les régimes ont été modifiés et ne sont pas enregistrés.", "Quitter", widgets.Danger, func() {
		t.put(t.base)
		t.form.Refuse(nil)
		then()
	})
}

func (t *kitchenTab) save() {
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
	t.keep(wanted, was, func() {
		t.sh.Done("Régimes enregistrés", func() { t.keep(was, wanted, func() {}) })
	})
}

// keep writes diets over those that were shown.
func (t *kitchenTab) keep(wanted, was dietForm, done func()) {
	t.busy = true
	t.sh.Runner().Go(t.sh.Ctx(), func(ctx context.Context) error {
		return t.d.Catalog.SaveDiets(ctx, wanted.diets(), was.diets().Version())
	}, func(err error) {
		t.busy = false
		if err != nil {
			t.form.Refuse(err)
			return
		}
		t.ready = false
		t.load()
		done()
	})
}

func (t *kitchenTab) add()  { t.showGroup(-1) }
func (t *kitchenTab) edit() { t.showGroup(t.table.Selected()) }

// showGroup edits a group, or adds one (-1).
func (t *kitchenTab) showGroup(at int) {
	if at >= len(t.groups) || at < -1 {
		return
	}
	var g catalog.KitchenGroup
	title, verb := "Ajouter un groupe de livraison", "Ajouter"
	if at >= 0 {
		g, title, verb = t.groups[at], t.groups[at].Name, "Enregistrer"
	}
	name := widgets.NewTextField().PlaceHolder("Tournée du nord, Sur place…")
	name.SetText(g.Name)
	var rows []fyne.CanvasObject
	checks := make([]*widgets.Check, len(t.schools))
	for i, s := range t.schools {
		checks[i] = widgets.NewCheck(s.Name, nil)
		checks[i].Set(slices.Contains(g.Schools, s.ID))
		for k, other := range t.groups {
			if k != at && slices.Contains(other.Schools, s.ID) {
				checks[i].Detail("dans «" + nbsp + other.Name + nbsp + "»" + nbsp + ": la cocher ici l’en retire")
			}
		}
		rows = append(rows, checks[i])
	}
	form := widgets.NewForm().Add(widgets.NewField("Nom", "", name), func() error { return catalog.CheckKitchenGroupName(name.Text()) }).
		Line(widgets.NewLabel("Écoles livrées ensemble", widgets.SmallBold)).Line(widgets.VBox(4, rows...))
	var d *widgets.Dialog
	d = widgets.NewDialog(title, "", form.Content(), verb, widgets.Primary, func() {
		if !form.Validate() {
			return
		}
		g.Name, g.Schools = strings.TrimSpace(name.Text()), nil
		for i, c := range checks {
			if c.Checked() {
				g.Schools = append(g.Schools, t.schools[i].ID)
			}
		}
		t.keepGroups(t.with(at, g), form.Refuse, func() {
			d.Close()
			t.sh.Done("Groupe «"+nbsp+g.Name+nbsp+"» enregistré", nil)
		})
	})
	d.First = name.FocusTarget()
	t.sh.Show(d)
}

// with gives the groups with one changed or added; its schools leave the others.
func (t *kitchenTab) with(at int, g catalog.KitchenGroup) catalog.KitchenGroups {
	var out catalog.KitchenGroups
	for i, other := range t.groups {
		if i == at {
			out = append(out, g)
			continue
		}
		other.Schools = slices.DeleteFunc(slices.Clone(other.Schools), func(id int64) bool { return slices.Contains(g.Schools, id) })
		out = append(out, other)
	}
	if at < 0 {
		out = append(out, g)
	}
	return out
}

// keepGroups writes the whole list over the one that was shown.
func (t *kitchenTab) keepGroups(next catalog.KitchenGroups, refused func(error), done func()) {
	if t.busy {
		return
	}
	t.busy = true
	seen := t.groups.Version()
	t.sh.Runner().Go(t.sh.Ctx(), func(ctx context.Context) error { return t.d.Catalog.SaveKitchenGroups(ctx, next, seen) }, func(err error) {
		t.busy = false
		if err != nil {
			refused(err)
			return
		}
		done()
		t.load()
	})
}

func (t *kitchenTab) move(step int) {
	i := t.table.Selected()
	k := i + step
	if i < 0 || i >= len(t.groups) || k < 0 || k >= len(t.groups) {
		return
	}
	next := slices.Clone(t.groups)
	next[i], next[k] = next[k], next[i]
	t.keepGroups(next, t.sh.Refused, func() { t.table.Select(k) })
}

func (t *kitchenTab) askRemove() {
	i := t.table.Selected()
	if i < 0 || i >= len(t.groups) {
		return
	}
	g, was := t.groups[i], slices.Clone(t.groups)
	t.sh.Confirm("Retirer le groupe «"+nbsp+g.Name+nbsp+"»"+nbsp+"?", "Ses écoles ne sont plus livrées dans aucun groupe. Les feuilles déjà transmises ne changent pas.", "Retirer", widgets.Danger, func() {
		t.keepGroups(slices.Delete(slices.Clone(was), i, i+1), t.sh.Refused, func() {
			t.sh.Done("Groupe «"+nbsp+g.Name+nbsp+"» retiré", func() { t.restore(g, i) })
		})
	})
}

// restore puts a removed group back in its place.
func (t *kitchenTab) restore(g catalog.KitchenGroup, at int) {
	g.ID = 0
	next := slices.Insert(slices.Clone(t.groups), min(at, len(t.groups)), g)
	t.keepGroups(next, t.sh.Refused, func() {})
}
