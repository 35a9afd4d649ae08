package settings

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ardoise/data/fault"
	"ardoise/data/schoolyear"
	"ardoise/data/staff"
	"ardoise/ui/kit"
	"ardoise/ui/widgets"
)

// yearTab is the school year to come, step by step. Each step is committed by
// itself; the band on top tells where one is, also after a week.
type yearTab struct {
	sh      kit.Shell
	d       Deps
	view    schoolyear.Overview
	ready   bool
	at      int // the step shown; -1 before the first reading
	steps   []yearStep
	loading kit.Latest

	band *widgets.Stepper
	wait *widgets.List // while the first reading lasts, or where it failed
	body *fyne.Container
	root fyne.CanvasObject
}

// yearStep is the page of one step.
type yearStep interface {
	content() fyne.CanvasObject
	load()
	focus()
	shortcuts() []kit.Shortcut
	dirty() bool
	forget() // what was chosen and not kept
}

// stepIDs are the steps in order, as the data names them, with the words of the band.
var stepIDs = []struct{ id, label string }{{"prepare", "Préparer"}, {"classes", "Classes"}, {"onde", "ONDE"}, {"leavers", "Sortants"}, {"requests", "Demandes"}}

func newYear(sh kit.Shell, d Deps) *yearTab {
	t := &yearTab{sh: sh, d: d, at: -1}
	t.band = widgets.NewStepper(t.choose)
	t.wait = widgets.NewList(40, func(*widgets.Gfx, int, widgets.Box, bool) {})
	t.body = container.NewStack(widgets.NewPanel("", t.wait).Flush())
	t.steps = []yearStep{newYearPrepare(t), newYearClasses(t), newYearONDE(t), newYearLeavers(t), newYearRequests(t)}
	t.root = widgets.VFlex(16, []float32{0, 1}, t.band, t.body)
	return t
}

func (t *yearTab) content() fyne.CanvasObject { return t.root }

func (t *yearTab) focus() {
	if t.at >= 0 {
		t.steps[t.at].focus()
		return
	}
	focusOn(t.sh, t.band)
}

func (t *yearTab) shortcuts() []kit.Shortcut {
	if t.at < 0 {
		return nil
	}
	return t.steps[t.at].shortcuts()
}

// decides reports whether the agent may open the year and move children up.
func (t *yearTab) decides() bool { return t.sh.User().Has(string(staff.Admin)) }

const onlyAdmin = "Un administrateur s’en charge."

func (t *yearTab) load() {
	if t.d.Year == nil {
		t.wait.Empty(widgets.NewEmptyState("calendar", "Année scolaire", "La préparation de l’année n’est pas disponible.", nil))
		return
	}
	if !t.ready {
		t.wait.Loading("")
	}
	var view schoolyear.Overview
	asked := t.view.Year
	t.loading.Go(t.sh.Runner(), t.sh.Ctx(), func(ctx context.Context) (err error) {
		view, err = t.d.Year.Overview(ctx, asked)
		return err
	}, func(err error) {
		switch {
		case err != nil && !t.ready:
			t.wait.Failed(fault.Sentence(err), t.load)
		case err != nil:
			t.sh.Refused(err)
		default:
			t.take(view)
		}
	})
}

func (t *yearTab) take(view schoolyear.Overview) {
	t.view, t.ready = view, true
	steps := make([]widgets.Step, len(view.Steps))
	now := -1
	for i, s := range view.Steps {
		steps[i] = widgets.Step{Label: stepIDs[i].label, Detail: t.detail(i)}
		switch s.State {
		case schoolyear.Done:
			steps[i].State = widgets.StepDone
		case schoolyear.Now:
			if now < 0 {
				now, steps[i].State = i, widgets.StepNow
			}
		}
		if s.State != schoolyear.Todo && steps[i].State != widgets.StepNow && t.review(i) {
			steps[i].State = widgets.StepToReview
		}
	}
	t.band.Set(steps...)
	if t.at < 0 {
		t.show(max(now, 0))
		return
	}
	t.band.SetShown(t.at)
	t.steps[t.at].load()
}

// review reports a step that was done, or can be left, with something left over.
func (t *yearTab) review(i int) bool {
	v := t.view
	switch stepIDs[i].id {
	case "classes":
		return v.Turned() && v.Unplaced > 0
	case "leavers":
		return v.Turned() && v.ToSettle > 0
	}
	return false
}

// detail is the few words under a step.
func (t *yearTab) detail(i int) string {
	v := t.view
	switch stepIDs[i].id {
	case "prepare":
		return v.Year.String()
	case "classes":
		switch {
		case v.Turned() && v.Unplaced == 0:
			return "montés"
		case v.Unplaced > 0 && !v.ClassesAt.IsZero():
			return countOf(v.Unplaced, "à placer", "à placer")
		case !v.ClassesAt.IsZero():
			return "le " + v.TurnOn.Short()
		}
		return countOf(v.Children, "élève", "élèves")
	case "onde":
		return "à comparer"
	case "leavers":
		return countOf(v.Leaving, "sortant", "sortants")
	}
	return countOf(v.Requests, "demande", "demandes")
}

func (t *yearTab) choose(i int) {
	if i == t.at || !t.ready {
		return
	}
	t.leave(func() { t.show(i) })
}

// leave asks before moves that are not kept are given up.
func (t *yearTab) leave(then func()) {
	if t.at < 0 || !t.steps[t.at].dirty() {
		then()
		return
	}
	step := t.steps[t.at]
	t.sh.Confirm("Abandonner les changements"+nbsp+"?", "Des classes ou des élèves ont été changés et la répartition n’est pas validée.", "Abandonner", widgets.Danger, func() {
		step.forget()
		then()
	})
}

func (t *yearTab) show(i int) {
	t.at = i
	t.band.SetShown(i)
	t.body.Objects = []fyne.CanvasObject{t.steps[i].content()}
	t.body.Refresh()
	t.steps[i].load()
	t.steps[i].focus()
}

// said is the sentence of a step.
func (t *yearTab) said(i int) string {
	if i < len(t.view.Steps) {
		return t.view.Steps[i].Said
	}
	return ""
}

// yearPrepare is the first step: what the year needs, and its opening.
type yearPrepare struct {
	t     *yearTab
	list  *fyne.Container
	panel *widgets.Panel
	openB *widgets.Button
	root  fyne.CanvasObject
}

func newYearPrepare(t *yearTab) *yearPrepare {
	s := &yearPrepare{t: t, list: widgets.VBox(14)}
	s.openB = widgets.NewButton("Ouvrir l’année…", widgets.Primary, s.open).Icon("calendar").KeyHint("F9").Compact()
	s.panel = widgets.NewPanel("Préparer l’année", scrolled(s.list)).Icon("calendar").Right(s.openB).Line()
	s.root = s.panel
	return s
}

func (s *yearPrepare) content() fyne.CanvasObject { return s.root }
func (s *yearPrepare) focus()                     { focusOn(s.t.sh, s.openB) }
func (s *yearPrepare) dirty() bool                { return false }
func (s *yearPrepare) forget()                    {}

func (s *yearPrepare) shortcuts() []kit.Shortcut {
	return []kit.Shortcut{{Key: fyne.KeyF9, Hint: "F9", Label: "Ouvrir l’année scolaire", Run: s.open, Off: s.why}}
}

// why says why the year cannot be opened now.
func (s *yearPrepare) why() string {
	v := s.t.view
	switch {
	case v.Opened():
		return "L’année " + v.Year.String() + " est déjà ouverte."
	case !s.t.decides():
		return onlyAdmin
	case !v.CanOpen:
		return v.WhyNot
	}
	return ""
}

func (s *yearPrepare) load() {
	v := s.t.view
	s.panel.SetTitle("Année " + v.Year.String())
	s.openB.SetEnabled(s.why() == "", s.why())
	var objs []fyne.CanvasObject
	objs = append(objs, widgets.NewParagraph(s.t.said(0), widgets.Body))
	for i, step := range v.Steps {
		if i > 0 {
			objs = append(objs, line(stepBadge(step.State), step.Title, step.Said))
		}
	}
	objs = append(objs, widgets.NewDivider(), widgets.NewLabel("Ce qu’il faut à l’année", widgets.BodyBold))
	for _, c := range v.Checks {
		badge := widgets.NewBadge("circle-check", "Prêt", widgets.Success)
		if !c.OK {
			badge = widgets.NewBadge("triangle-alert", "À voir", widgets.Warning)
		}
		objs = append(objs, line(badge, c.What, c.Said))
	}
	s.list.Objects = objs
	s.root.Refresh()
}

func stepBadge(state string) fyne.CanvasObject {
	switch state {
	case schoolyear.Done:
		return widgets.NewBadge("circle-check", "Fait", widgets.Success)
	case schoolyear.Now:
		return widgets.NewBadge("clock", "À faire", widgets.Info)
	}
	return widgets.NewBadge("clock", "Plus tard", widgets.Neutral)
}

// line is a badge, what it is about and a sentence.
func line(badge fyne.CanvasObject, what, said string) fyne.CanvasObject {
	return widgets.HFlex(12, []float32{-116, 1}, widgets.VBox(0, badge), widgets.VBox(2, widgets.NewLabel(what, widgets.BodyBold), widgets.NewParagraph(said, widgets.Body)))
}

func (s *yearPrepare) open() {
	if why := s.why(); why != "" {
		s.t.sh.Toast(why)
		return
	}
	day := widgets.NewDateField(s.t.sh.Today).Required()
	day.Set(s.t.view.TurnOn)
	form := widgets.NewForm()
	form.Add(widgets.NewField("Les élèves montent le", "Jusqu’à ce jour, l’année en cours n’est pas touchée. La date peut changer jusque-là.", day), func() error { _, err := day.Value(); return err })
	missing := 0
	for _, c := range s.t.view.Checks {
		if !c.OK {
			missing++
		}
	}
	if missing > 0 {
		form.Line(widgets.NewAlert(widgets.Warning, countOf(missing, "point reste", "points restent")+" à voir.", "").Detail("L’année peut être ouverte quand même : complétez-les avant la rentrée."))
	}
	busy := false
	var d *widgets.Dialog
	d = widgets.NewDialog("Ouvrir l’année "+s.t.view.Year.String(), "", form.Content(), "Ouvrir l’année", widgets.Primary, func() {
		if busy || !form.Validate() {
			return
		}
		on, err := day.Value()
		if err != nil {
			return // Validate has just said so
		}
		busy = true
		var view schoolyear.Overview
		year := s.t.view.Year
		s.t.sh.Runner().Go(s.t.sh.Ctx(), func(ctx context.Context) (err error) { view, err = s.t.d.Year.Open(ctx, year, on); return err }, func(err error) {
			busy = false
			if err != nil {
				form.Refuse(err)
				return
			}
			d.Close()
			s.t.sh.Done("Année "+view.Year.String()+" ouverte", nil)
			s.t.take(view)
		})
	})
	d.First = day.FocusTarget()
	s.t.sh.Show(d)
}
