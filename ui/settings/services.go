package settings

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// part is one of the pages a service is edited on.
type part interface {
	content() fyne.CanvasObject
	first() fyne.Focusable // what gets the keyboard
	show()                 // the draft changed by other means than typing
	add() (label string, run func())
	goTo(path string) // the keyboard to what is wrong
}

// servicesTab is where the services are made and changed: a list, and the parts
// of the one chosen, kept all at once by one door.
type servicesTab struct {
	sh    kit.Shell
	d     Deps
	place place
	at    int // the row of the list
	known dates
	busy  bool
	editor
	latest kit.Latest

	list   *widgets.List
	panel  *widgets.Panel
	tabs   *widgets.Tabs
	parts  map[string]part
	body   *fyne.Container
	menu   *widgets.Button
	try    *widgets.Button
	state  *widgets.Label
	elsew  *widgets.Alert // somebody else changed it meanwhile
	saveB  *widgets.Button
	revert *widgets.Button
	edit   fyne.CanvasObject
	start  *widgets.EmptyState // where there is no service yet
	root   fyne.CanvasObject
}

func newServices(sh kit.Shell, d Deps) *servicesTab {
	t := &servicesTab{sh: sh, d: d, body: container.NewStack()}
	t.editor.changed = t.moved
	t.list = widgets.NewList(56, t.row)
	t.list.OnSelect = t.choose
	t.list.OnOpen = func(int) { focusOn(t.sh, t.part().first()) }
	t.list.Jump = func(row int) string { return t.rowInfo(row).Short }
	t.tabs = widgets.NewTabs(func(string) { t.showPart() }, widgets.TabItem{ID: partGeneral, Label: partNames[partGeneral]}, widgets.TabItem{ID: partPlaces, Label: partNames[partPlaces]},
		widgets.TabItem{ID: partLimits, Label: partNames[partLimits]}, widgets.TabItem{ID: partTariffs, Label: partNames[partTariffs]}, widgets.TabItem{ID: partPapers, Label: partNames[partPapers]}).Keys("Ctrl+Page suiv.")
	t.parts = map[string]part{partGeneral: newGeneralPart(t), partPlaces: newPlacesPart(t), partLimits: newLimitsPart(t), partTariffs: newTariffsPart(t), partPapers: newPapersPart(t)}
	t.try = widgets.NewButton("Essayer…", widgets.Secondary, t.tryRules).Icon("eye").KeyHint("F9").Compact()
	t.menu = widgets.NewIconButton("menu-dots", "Fichier TOML, suppression…", t.openMenu)
	t.state = widgets.NewParagraph("", widgets.Small)
	t.elsew = widgets.NewAlert(widgets.Warning, "", "").Action("Relire", t.reread)
	t.elsew.Hide()
	t.saveB = widgets.NewButton("Enregistrer…", widgets.Primary, t.save).KeyHint("Ctrl+S")
	t.revert = widgets.NewButton("Rétablir", widgets.Secondary, t.askReread).Icon("undo")
	bar := widgets.NewPanel("", widgets.HFlex(12, []float32{1, 0, 0}, widgets.VFlex(0, []float32{1, 0, 1}, widgets.Spacer(), t.state, widgets.Spacer()), t.revert, t.saveB)).Pad(16, 10)
	t.panel = widgets.NewPanel("Service", widgets.VFlex(0, []float32{0, 0, 1}, widgets.Pad(16, 0, t.tabs), t.elsew, t.body)).Line().Flush().Right(t.try, t.menu)
	t.edit = widgets.VFlex(12, []float32{1, 0}, t.panel, bar)
	t.start = widgets.NewEmptyState("fork-knife", "Aucun service", "Une cantine, une garderie, un accueil de loisirs : créez-le ici, ses jours, ses dates limites et ses tarifs.",
		widgets.NewButton("Nouveau service…", widgets.Primary, t.create).Icon("plus"))
	t.edit.Hide()
	add := widgets.NewButton("Nouveau…", widgets.Primary, t.create).Icon("plus").KeyHint("Ctrl+N").Compact()
	left := widgets.NewPanel("Services", t.list).Icon("list").Line().Flush().Footer(widgets.HFlex(0, []float32{0, 1}, add, widgets.Spacer()))
	t.root = widgets.HFlex(16, []float32{-236, 1}, left, container.NewStack(t.edit, t.start))
	t.showPart()
	return t
}

func (t *servicesTab) content() fyne.CanvasObject { return t.root }
func (t *servicesTab) focus()                     { focusOn(t.sh, t.list) }
func (t *servicesTab) part() part                 { return t.parts[t.tabs.Value()] }

func (t *servicesTab) shortcuts() []kit.Shortcut {
	ctrl := fyne.KeyModifierControl
	out := []kit.Shortcut{
		{Key: fyne.KeyN, Mod: ctrl, Hint: "Ctrl+N", Label: "Nouveau service", Run: t.create},
		{Key: fyne.KeyF9, Hint: "F9", Label: "Essayer un prix et les dates limites", Run: t.tryRules, Off: t.noService},
		{Key: fyne.KeyS, Mod: ctrl, Hint: "Ctrl+S", Label: "Enregistrer le service", Run: t.save, Off: t.noService},
		{Key: fyne.KeyPageDown, Mod: ctrl, Hint: "Ctrl+Page suiv.", Label: "Partie suivante du service", Run: func() { t.turn(1) }, Off: t.noService},
		{Key: fyne.KeyPageUp, Mod: ctrl, Hint: "Ctrl+Page préc.", Label: "Partie précédente du service", Run: func() { t.turn(-1) }, Off: t.noService},
	}
	if label, run := t.part().add(); run != nil {
		out = append(out, kit.Shortcut{Key: fyne.KeyF2, Hint: "F2", Label: label, Run: run, Off: t.noService})
	}
	return out
}

func (t *servicesTab) noService() string {
	if t.ed == nil {
		return "Il n’y a pas encore de service."
	}
	return ""
}

func (t *servicesTab) turn(step int) {
	t.tabs.Next(step)
	focusOn(t.sh, t.part().first())
}

// rowInfo is the service of a row; the last row may be one not kept yet.
func (t *servicesTab) rowInfo(row int) catalog.ServiceInfo {
	if row < len(t.place.services) {
		return t.place.services[row]
	}
	if t.ed != nil {
		return t.ed.draft.Info
	}
	return catalog.ServiceInfo{}
}

func (t *servicesTab) row(g *widgets.Gfx, row int, b widgets.Box, _ bool) {
	s := t.rowInfo(row)
	sub := s.Commune
	switch {
	case s.ID == 0:
		sub = "pas encore enregistré"
	case !s.Active:
		sub += ", arrêté"
	}
	name := s.Short
	if name == "" {
		name = "Nouveau service"
	}
	g.Text(b.X, b.Y+theme.Px(8), b.W, theme.Px(20), name, widgets.BodyBold)
	g.Text(b.X, b.Y+theme.Px(28), b.W, theme.Px(18), sub, widgets.Small)
}

// load reads the services again; what is being typed stays.
func (t *servicesTab) load() {
	if t.place.services == nil {
		t.list.Loading("")
	}
	today := t.sh.Today()
	kit.Load(t.sh.Runner(), t.sh.Ctx(), func(ctx context.Context) (place, error) { return loadPlace(ctx, t.d.Catalog, today) }, func(p place, err error) {
		if err != nil {
			t.list.Failed(fault.Sentence(err), t.load)
			return
		}
		t.take(p)
	})
}

func (t *servicesTab) take(p place) {
	id := int64(0)
	if t.ed != nil {
		id = t.ed.draft.Info.ID
	}
	t.place = p
	if t.ed != nil && id == 0 { // a new one is being typed
		t.at = len(p.services)
		t.list.SetCount(t.at + 1)
		t.list.Select(t.at)
		return
	}
	if len(p.services) == 0 {
		t.ed = nil
		t.list.Empty(widgets.NewEmptyState("list", "Aucun service", "", nil))
		t.reveal(false)
		return
	}
	t.at = min(max(t.at, 0), len(p.services)-1)
	if i := slices.IndexFunc(p.services, func(s catalog.ServiceInfo) bool { return s.ID == id }); id != 0 && i >= 0 {
		t.at = i
	}
	t.list.SetCount(len(p.services))
	t.list.Select(t.at)
	t.open(p.services[t.at].ID)
}

// reveal shows the editor, or the page that invites to make a first service.
func (t *servicesTab) reveal(edit bool) {
	if edit {
		t.start.Hide()
		t.edit.Show()
	} else {
		t.edit.Hide()
		t.start.Show()
	}
	t.root.Refresh()
}

// open reads a service into the editor, unless it is the one being typed in:
// then it is only told that somebody changed it.
func (t *servicesTab) open(id int64) {
	var d catalog.Draft
	var known dates
	t.latest.Go(t.sh.Runner(), t.sh.Ctx(), func(ctx context.Context) (err error) {
		if d, err = t.d.Catalog.Draft(ctx, id); err != nil {
			return err
		}
		known, err = t.dates(ctx, id)
		return err
	}, func(err error) {
		switch {
		case err != nil:
			t.sh.Refused(err)
			return
		case t.ed != nil && t.ed.draft.Info.ID == id && t.ed.dirty():
			t.known = known
			if d.Version != t.ed.was.Version {
				t.elsew.Set(widgets.Warning, "Ce service vient d’être modifié ailleurs. « Relire » montre ce qui est enregistré et abandonne votre saisie.", "")
				t.elsew.Show()
				t.panel.Refresh()
			}
			t.moved()
			return
		}
		t.known = known
		t.begin(d)
	})
}

func (t *servicesTab) dates(ctx context.Context, id int64) (k dates, err error) {
	if k.holidays, err = t.d.Catalog.Holidays(ctx); err != nil {
		return k, err
	}
	k.closures, err = t.d.Catalog.Closures(ctx, id, 0, 0)
	return k, err
}

// begin puts a draft into the editor.
func (t *servicesTab) begin(d catalog.Draft) {
	t.ed = newEditing(d)
	t.elsew.Hide()
	t.reveal(true)
	t.fill()
}

// fill shows the whole draft again.
func (t *servicesTab) fill() {
	t.put()
	for _, p := range t.parts {
		p.show()
	}
	t.moved()
}

// moved follows each thing typed: flaws beside their fields, what saving would do.
func (t *servicesTab) moved() {
	if t.ed == nil {
		return
	}
	grown := t.tell()
	flaws, dirty := t.ed.flaws(), t.ed.dirty()
	ink, text := theme.Ardoise600, "Rien n’a été changé."
	switch {
	case len(flaws) > 0 && (t.ed.asked || dirty && t.ed.draft.Info.ID != 0):
		ink, text = theme.Erreur, flawLine(flaws)
	case dirty || t.ed.draft.Info.ID == 0:
		text = "Pas encore enregistré : « Enregistrer » montre d’abord ce qui changera."
	}
	t.state.SetStyle(widgets.Small.With(ink))
	t.state.Set(text)
	t.revert.SetEnabled(dirty || t.ed.draft.Info.ID == 0, "Rien n’a été changé.")
	t.saveB.SetEnabled(dirty || t.ed.draft.Info.ID == 0, "Rien n’a été changé.")
	t.panel.SetTitle(t.ed.draft.Info.Name)
	t.list.Refresh()
	if p, ok := t.part().(interface{ live(grown bool) }); ok {
		p.live(grown)
	}
	if grown {
		t.edit.Refresh()
	}
}

func (t *servicesTab) showPart() {
	t.body.Objects = []fyne.CanvasObject{t.part().content()}
	t.body.Refresh()
	if t.ed != nil {
		t.part().show()
		t.moved()
	}
}

// choose goes to another service, after asking where something would be lost.
func (t *servicesTab) choose(row int) {
	if row == t.at || row < 0 || row >= len(t.place.services) {
		return
	}
	t.list.Select(t.at)
	t.leave(func() {
		t.at = row
		t.list.SetCount(len(t.place.services)) // a new one that was given up is gone
		t.list.Select(row)
		t.ed = nil
		t.open(t.place.services[row].ID)
	})
}

// leave asks before what is typed is given up.
func (t *servicesTab) leave(then func()) {
	if t.ed == nil || !t.ed.dirty() && t.ed.draft.Info.ID != 0 {
		then()
		return
	}
	t.sh.Confirm("Abandonner les changements"+nbsp+"?", fault.French("« "+t.ed.draft.Info.Name+" » a été changé et n’est pas enregistré."), "Abandonner", widgets.Danger, func() {
		t.ed = nil
		then()
	})
}
