package families

import (
	"context"
	"strings"

	"fyne.io/fyne/v2/container"

	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// twinsBox lists the families that may be one, with what merging would do.
type twinsBox struct {
	p      *page
	pairs  []family.Pair
	plan   *family.MergePlan
	list   *widgets.List
	title  *widgets.Label
	lines  *widgets.Label
	scroll *container.Scroll
	swap   *widgets.Button
	dlg    *widgets.Dialog
	turned bool // B is kept instead of A
	latest kit.Latest
}

// duplicates opens the dialog.
func (p *page) duplicates() {
	t := &twinsBox{p: p}
	t.list = widgets.NewList(56, t.row)
	t.list.OnSelect = func(int) { t.turned = false; t.preview() }
	t.title = widgets.NewLabel("", widgets.CardTitle)
	t.lines = widgets.NewParagraph("", widgets.Body)
	t.scroll = container.NewVScroll(t.lines)
	t.swap = widgets.NewButton("Garder l’autre", widgets.Flat, func() { t.turned = !t.turned; t.preview() }).Icon("refresh").Compact()
	right := widgets.VFlex(8, []float32{0, 1, 0}, t.title, t.scroll, widgets.HBox(8, t.swap))
	frame := widgets.NewPanel("", t.list).Flush()
	content := widgets.VFlex(0, []float32{-380}, widgets.HFlex(16, []float32{-340, 1}, frame, right))
	t.dlg = widgets.NewDialog("Doublons possibles", "Mêmes coordonnées, mêmes enfants ou noms proches. Rien n’est effacé : le dossier fusionné renvoie vers celui qui est gardé.", content, "Fusionner…", widgets.Danger, t.merge)
	t.dlg.Width, t.dlg.First = 860, t.list
	t.dlg.CancelWord = "Fermer"
	t.load()
	p.sh.Show(t.dlg)
}

func (t *twinsBox) load() {
	d := t.p.m.d.Family
	t.list.Loading("Recherche des doublons…")
	t.none("")
	kit.Load(t.p.sh.Runner(), t.p.sh.Ctx(), d.Duplicates, func(pairs []family.Pair, err error) {
		if err != nil {
			t.list.Failed(fault.Sentence(err), t.load)
			return
		}
		t.pairs = pairs
		if len(pairs) == 0 {
			t.list.Empty(widgets.NewEmptyState("check", "Aucun doublon", "Chaque famille paraît n’avoir qu’un dossier.", nil))
			return
		}
		t.list.SetCount(len(pairs))
		t.list.Select(0)
		t.preview()
	})
}

func (t *twinsBox) none(reason string) {
	t.plan = nil
	t.title.Set("")
	t.lines.Set(reason)
	t.swap.Hide()
	t.dlg.Main.SetEnabled(false, or(reason, "Choisissez deux familles à réunir."))
}

func (t *twinsBox) row(g *widgets.Gfx, row int, b widgets.Box, _ bool) {
	if row >= len(t.pairs) {
		return
	}
	pair := t.pairs[row]
	line := theme.Px(20)
	g.Text(b.X, b.Y+theme.Px(7), b.W, line, pair.NameA+" "+family.Number(pair.A)+"  ·  "+pair.NameB+" "+family.Number(pair.B), widgets.BodyBold)
	g.Text(b.X, b.Y+theme.Px(28), b.W, line, strings.Join(pair.Why, " ; "), widgets.Small)
}

// sides gives the family kept and the one that goes into it.
func (t *twinsBox) sides() (keep, goes int64) {
	i := t.list.Selected()
	if i < 0 || i >= len(t.pairs) {
		return 0, 0
	}
	if t.turned {
		return t.pairs[i].B, t.pairs[i].A
	}
	return t.pairs[i].A, t.pairs[i].B
}

// preview shows what merging the chosen pair would do.
func (t *twinsBox) preview() {
	a, b := t.sides()
	if a == 0 {
		t.none("")
		return
	}
	d := t.p.m.d.Family
	var plan family.MergePlan
	t.latest.Go(t.p.sh.Runner(), t.p.sh.Ctx(), func(ctx context.Context) (err error) {
		plan, err = d.MergePlan(ctx, a, b)
		return err
	}, func(err error) {
		if err != nil {
			t.none(fault.Sentence(err))
			return
		}
		t.show(plan)
	})
}

func (t *twinsBox) show(plan family.MergePlan) {
	t.plan = &plan
	t.title.Set("Garder " + plan.A.Name + ", " + plan.A.Number())
	text := fault.French("La famille " + plan.B.Name + ", " + plan.B.Number() + " (" + guardianNames(plan.B) + ") rejoint " + guardianNames(plan.A) + ", " + or(plan.A.Address(), "sans adresse") + ".\n\n")
	if lines := plan.Lines(); len(lines) > 0 {
		text += "• " + strings.Join(lines, "\n• ")
	} else {
		text += "Rien d’autre ne change."
	}
	t.swap.Show()
	switch {
	case len(plan.Refusals) > 0:
		t.dlg.Main.SetEnabled(false, plan.Refusals[0])
		text += "\n\nImpossible" + nbsp + ":\n• " + strings.Join(plan.Refusals, "\n• ")
	case !t.p.m.may.write:
		t.dlg.Main.SetEnabled(false, lacks(staff.Accueil, staff.Admin))
	default:
		t.dlg.Main.SetEnabled(true, "")
	}
	t.lines.Set(text)
	t.scroll.ScrollToTop()
	t.scroll.Refresh()
}

// merge does what was shown, after a last question: it cannot be undone.
func (t *twinsBox) merge() {
	if t.plan == nil {
		return
	}
	plan := *t.plan
	a, b := plan.A, plan.B
	d := t.p.m.d.Family
	t.p.sh.Confirm("Fusionner les deux dossiers ?", fault.French("La famille "+b.Name+", "+b.Number()+" rejoint "+a.Number()+". Une fusion ne s’annule pas."), "Fusionner", widgets.Danger, func() {
		t.p.write(func(ctx context.Context) error { return d.Merge(ctx, plan) }, func(err error) {
			t.p.sh.Refused(err)
			t.preview() // what would be done now
		}, func() {
			t.p.sh.Done("Dossiers "+a.Number()+" et "+b.Number()+" réunis", nil)
			t.p.m.cur, t.p.m.det = a.ID, nil
			t.p.refresh()
			t.load()
		})
	})
}
