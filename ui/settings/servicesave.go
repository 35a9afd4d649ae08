package settings

import (
	"context"

	"fyne.io/fyne/v2"

	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// save shows what would change, then keeps it; with something wrong it goes
// there instead.
func (t *servicesTab) save() {
	if t.busy || t.ed == nil {
		return
	}
	t.ed.asked = true
	t.moved()
	if flaws := t.ed.flaws(); len(flaws) > 0 {
		t.goTo(flaws[0].Field)
		return
	}
	if !t.ed.dirty() && t.ed.draft.Info.ID != 0 {
		t.sh.Toast("Rien n’a changé.")
		return
	}
	t.busy = true
	d := cloneDraft(t.ed.draft)
	kit.Load(t.sh.Runner(), t.sh.Ctx(), func(ctx context.Context) (catalog.Summary, error) { return t.d.Catalog.PlanDraft(ctx, d) }, func(sum catalog.Summary, err error) {
		t.busy = false
		if err != nil {
			t.refuse(err)
			return
		}
		t.sh.Show(t.planDialog(d, sum))
	})
}

// refuse shows a refusal beside the fields it is of, or in a dialog.
func (t *servicesTab) refuse(err error) {
	flaws := catalog.FlawsOf(err)
	if len(flaws) == 0 {
		t.sh.Refused(err)
		return
	}
	t.ed.refused = flaws
	t.moved()
	t.goTo(flaws[0].Field)
}

// planDialog says line by line what saving changes, and saves.
func (t *servicesTab) planDialog(d catalog.Draft, sum catalog.Summary) *widgets.Dialog {
	form := widgets.NewForm()
	for _, o := range planLines(sum) {
		form.Line(o)
	}
	form.Line(widgets.NewParagraph("Les réservations déjà faites gardent leur prix.", widgets.Small))
	var dialog *widgets.Dialog
	busy := false
	dialog = widgets.NewDialog("Enregistrer « "+d.Info.Name+" »"+nbsp+"?", "Voici ce qui change.", form.Content(), "Enregistrer", widgets.Primary, func() {
		if busy {
			return
		}
		busy = true
		var id int64
		t.sh.Runner().Go(t.sh.Ctx(), func(ctx context.Context) (err error) { id, _, err = t.d.Catalog.SaveDraft(ctx, d); return err }, func(err error) {
			busy = false
			if err != nil && len(catalog.FlawsOf(err)) > 0 {
				dialog.Close()
				t.refuse(err)
				return
			}
			if err != nil {
				form.Refuse(err)
				return
			}
			dialog.Close()
			t.saved(id, d.Info.Name)
		})
	})
	dialog.Width = 680
	return dialog
}

// planLines are the lines of a plan, then what follows of it.
func planLines(sum catalog.Summary) (out []fyne.CanvasObject) {
	for _, l := range sum.Lines {
		out = append(out, planLine(l, "edit", theme.Accent))
	}
	if len(out) == 0 {
		out = append(out, widgets.NewParagraph("Rien de ce qui est enregistré ne change.", widgets.Body))
	}
	for _, l := range sum.Notices {
		out = append(out, widgets.NewAlert(widgets.Warning, l, ""))
	}
	return out
}

func planLine(text, icon string, ink theme.Token) fyne.CanvasObject {
	return widgets.HFlex(8, []float32{0, 1}, widgets.VBox(0, widgets.Pad(0, 2, widgets.NewIcon(icon, ink, 14))), widgets.NewParagraph(text, widgets.Body))
}

// saved shows the service as it is kept now.
func (t *servicesTab) saved(id int64, name string) {
	t.ed = &editing{draft: catalog.Draft{Info: catalog.ServiceInfo{ID: id}}} // load comes back to it
	t.ed.was = cloneDraft(t.ed.draft)
	t.sh.Done(fault.French("« "+name+" » enregistré"), nil)
	t.load()
	t.sh.RefreshCounts()
}

// goTo shows the part where something is wrong and gives it the keyboard.
func (t *servicesTab) goTo(path string) {
	if p := partOf(path); p != t.tabs.Value() {
		t.tabs.Set(p)
		t.showPart()
	}
	if f := t.fields[path]; f != nil {
		focusOn(t.sh, f.Input().FocusTarget())
		return
	}
	t.part().goTo(path)
}

// askReread gives up what was typed, after asking.
func (t *servicesTab) askReread() {
	t.leave(t.reread)
}

func (t *servicesTab) reread() {
	t.ed = nil
	t.at = min(t.at, max(0, len(t.place.services)-1))
	t.load()
	t.focus()
}

// openMenu offers what is done now and then.
func (t *servicesTab) openMenu() {
	options := []widgets.Option{
		{ID: "load", Label: "Charger un fichier TOML…", Icon: "upload"},
		{ID: "export", Label: "Exporter en TOML…", Icon: "download"},
		{ID: "example", Label: "Enregistrer un exemple…", Icon: "file"},
	}
	if t.ed != nil && t.ed.draft.Info.ID != 0 {
		options = append(options, widgets.Option{ID: "remove", Label: "Supprimer ce service…", Icon: "trash"})
	}
	widgets.OpenPicker(t.menu, options, "", func(o widgets.Option) { t.fromMenu(o.ID) })
}

func (t *servicesTab) fromMenu(id string) {
	switch id {
	case "load":
		t.leave(func() {
			t.load()
			t.askFile()
		})
	case "export":
		t.export()
	case "example":
		t.example()
	case "remove":
		t.askRemove()
	}
}

// askRemove takes a service away that has never served; one that has is stopped
// with « Proposé aux familles ».
func (t *servicesTab) askRemove() {
	if t.ed == nil || t.ed.draft.Info.ID == 0 {
		return
	}
	i := t.ed.was.Info
	t.sh.Confirm(fault.French("Supprimer « "+i.Name+" » ?"), "Ses dates limites, ses tarifs et ses pièces disparaissent avec lui. Un service qui a déjà servi ne se supprime pas : on l’arrête.", "Supprimer", widgets.Danger, func() {
		t.sh.Runner().Go(t.sh.Ctx(), func(ctx context.Context) error { return t.d.Catalog.RemoveService(ctx, i.ID) }, func(err error) {
			if err != nil {
				t.sh.Refused(err)
				return
			}
			t.ed = nil
			t.sh.Done(fault.French("« "+i.Name+" » supprimé"), nil)
			t.load()
		})
	})
}
