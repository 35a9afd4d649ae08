package settings

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ardoise/data/fault"
	"ardoise/data/schoolyear"
	"ardoise/ui/kit"
	"ardoise/ui/theme"
	"ardoise/ui/widgets"
)

// yearClasses is the second step: the classes of the year on the left, who goes
// there on the right. Changes are kept in an ask, shown by a plan made again, and
// written when the agent validates.
type yearClasses struct {
	t       *yearTab
	ask     schoolyear.ClassAsk
	plan    schoolyear.ClassPlan
	ready   bool
	busy    bool
	classes []classRow
	pupils  []pupilRow
	shown   string         // all, unplaced, leaves, or class
	folded  map[int64]bool // schools
	loading kit.Latest

	left, right *widgets.Table
	leftP       *widgets.Panel
	rightP      *widgets.Panel
	filter      *widgets.Choice
	note        *widgets.Alert
	renameB     *widgets.Button
	placeB      *widgets.Button
	undoB       *widgets.Button
	mainB       *widgets.Button
	root        fyne.CanvasObject
}

// classRow is a class, or the heading of its school (at -1).
type classRow struct {
	at     int
	school int64
	title  string
	levels string
	count  string
	badge  *widgets.BadgeSpec
}

type pupilRow struct {
	at                 int
	name, was, to, why string
	badge              *widgets.BadgeSpec
}

func newYearClasses(t *yearTab) *yearClasses {
	s := &yearClasses{t: t, shown: "all", folded: map[int64]bool{}}
	s.left = widgets.NewTable([]widgets.Column{{ID: "name", Title: "Classe", Weight: 2}, {ID: "levels", Title: "Niveaux", Spare: true}, {ID: "count", Title: "Élèves", Width: 72, Right: true}, {ID: "state", Title: "", Width: 88, Spare: true}}, s.classCell).RowHeight(36)
	s.left.Group = func(row int) *widgets.GroupRow {
		if row < 0 || row >= len(s.classes) || s.classes[row].at >= 0 {
			return nil
		}
		return &widgets.GroupRow{Title: s.classes[row].title, Open: !s.folded[s.classes[row].school]}
	}
	s.left.OnFold = s.fold
	s.left.OnSelect = func(int) {
		if s.chosen() >= 0 {
			s.show("class")
		}
	}
	s.left.OnOpen = func(int) { s.rename() }
	s.left.Jump = func(row int) string {
		if row < len(s.classes) {
			return s.classes[row].title
		}
		return ""
	}
	s.right = widgets.NewTable([]widgets.Column{{ID: "name", Title: "Élève"}, {ID: "was", Title: "Cette année", Spare: true}, {ID: "to", Title: "L’an prochain", Weight: 1.8}}, s.pupilCell).RowHeight(36)
	s.right.OnOpen = func(int) { s.place() }
	s.right.Jump = func(row int) string {
		if row < len(s.pupils) {
			return s.pupils[row].name
		}
		return ""
	}
	s.filter = widgets.NewChoice(widgets.Segments, s.show, widgets.Option{ID: "all", Label: "Tous"}, widgets.Option{ID: "unplaced", Label: "À placer"}, widgets.Option{ID: "leaves", Label: "Sortants"}, widgets.Option{ID: "class", Label: "La classe"})
	s.filter.Set(s.shown)
	s.renameB = widgets.NewButton("Renommer…", widgets.Secondary, s.rename).KeyHint("F2").Compact()
	s.placeB = widgets.NewButton("Placer…", widgets.Secondary, s.place).KeyHint("F3").Compact()
	s.undoB = widgets.NewButton("Tout annuler…", widgets.Secondary, s.askUndo).Icon("undo").Hint("Oublie la répartition, tant que les élèves ne sont pas montés.").Compact()
	s.mainB = widgets.NewButton("Valider…", widgets.Primary, s.main).KeyHint("F9").Compact()
	add := widgets.NewButton("Ajouter…", widgets.Secondary, s.add).Icon("plus").Compact()
	s.note = widgets.NewAlert(widgets.Info, "", "")
	s.leftP = widgets.NewPanel("Classes", s.left).Line().Flush()
	s.rightP = widgets.NewPanel("Élèves", widgets.VFlex(0, []float32{0, 1}, widgets.Pad(12, 8, s.filter), s.right)).Line().Flush()
	s.root = widgets.VFlex(12, []float32{0, 1, 0}, s.note, widgets.HFlex(16, []float32{5, 7}, s.leftP, s.rightP), container.New(&ends{gap: 8}, widgets.HFlex(8, []float32{0, 0, 0}, add, s.renameB, s.placeB), widgets.HFlex(8, []float32{0, 0}, s.undoB, s.mainB)))
	return s
}

func (s *yearClasses) content() fyne.CanvasObject { return s.root }
func (s *yearClasses) focus()                     { focusOn(s.t.sh, s.left) }
func (s *yearClasses) dirty() bool                { return len(s.ask.Names)+len(s.ask.Moves) > 0 }
func (s *yearClasses) forget()                    { s.ask = schoolyear.ClassAsk{} }

func (s *yearClasses) shortcuts() []kit.Shortcut {
	return []kit.Shortcut{
		{Key: fyne.KeyF2, Hint: "F2", Label: "Renommer la classe", Run: s.rename, Off: s.locked},
		{Key: fyne.KeyF3, Hint: "F3", Label: "Placer l’élève", Run: s.place, Off: s.locked},
		{Key: fyne.KeyF9, Hint: "F9", Label: "Valider la répartition, ou faire monter les élèves", Run: s.main, Off: s.why},
	}
}

// locked says why the plan cannot be changed.
func (s *yearClasses) locked() string {
	switch {
	case !s.ready:
		return "La répartition n’est pas encore lue."
	case s.t.view.Turned():
		return "Les élèves sont déjà montés : changez la classe d’un enfant dans sa fiche."
	case !s.t.decides():
		return onlyAdmin
	}
	return ""
}

// due: the day has come, what was decided is what there is to do.
func (s *yearClasses) due() bool { return s.t.view.TurnIsDue && !s.dirty() }

func (s *yearClasses) why() string {
	switch {
	case s.locked() != "":
		return s.locked()
	case !s.t.view.Opened():
		return "Ouvrez d’abord l’année : étape « Préparer »."
	case s.due():
		return ""
	case s.plan.Changes == 0 && !s.dirty() && !s.t.view.ClassesAt.IsZero():
		return "La répartition est déjà enregistrée."
	}
	return ""
}

func (s *yearClasses) load() {
	if !s.ready {
		s.left.Loading("")
		s.right.Loading("")
	}
	ask := s.ask
	ask.Year = s.t.view.Year
	var plan schoolyear.ClassPlan
	s.loading.Go(s.t.sh.Runner(), s.t.sh.Ctx(), func(ctx context.Context) (err error) {
		plan, err = s.t.d.Year.PlanClasses(ctx, ask)
		return err
	}, func(err error) {
		switch {
		case err != nil && !s.ready:
			s.left.Failed(fault.Sentence(err), s.load)
			s.right.SetCount(0)
		case err != nil:
			s.t.sh.Refused(err)
		default:
			s.take(plan)
		}
	})
}

func (s *yearClasses) take(plan schoolyear.ClassPlan) {
	s.plan, s.ready = plan, true
	s.classes = nil
	school := int64(-1)
	for i, c := range plan.Classes {
		if c.SchoolID != school {
			school = c.SchoolID
			s.classes = append(s.classes, classRow{at: -1, school: school, title: c.School})
		}
		if s.folded[school] {
			continue
		}
		row := classRow{at: i, school: school, title: c.Name, levels: strings.Join(c.Levels, ", "), count: fmt.Sprint(c.Count)}
		switch {
		case c.ID == 0:
			row.badge = &widgets.BadgeSpec{Text: "à créer", Tone: widgets.Info}
		case c.Name != c.From:
			row.badge = &widgets.BadgeSpec{Text: "renommée", Tone: widgets.Warning}
		}
		s.classes = append(s.classes, row)
	}
	s.left.SetCount(len(s.classes))
	if len(s.classes) == 0 {
		s.left.Empty(widgets.NewEmptyState("users", "Aucune classe", "Aucune école n’a de classe cette année.", nil))
	}
	s.leftP.SetSub(countOf(len(plan.Classes), "classe", "classes"))
	s.filter.SetOptions(widgets.Option{ID: "all", Label: "Tous"}, widgets.Option{ID: "unplaced", Label: fmt.Sprintf("À placer (%d)", plan.Unplaced)},
		widgets.Option{ID: "leaves", Label: fmt.Sprintf("Sortants (%d)", plan.Leaving)}, widgets.Option{ID: "class", Label: "La classe"})
	s.show(s.shown)
	s.tell()
}

// tell says where the plan stands, and what the main button does.
func (s *yearClasses) tell() {
	tone, text := widgets.Info, s.t.said(1)
	word := "Valider…"
	switch {
	case s.due():
		tone, word = widgets.Warning, "Faire monter…"
	case s.dirty():
		tone, text = widgets.Warning, "Des changements ne sont pas encore validés."
	case s.t.view.Turned():
		tone = widgets.Success
	}
	s.note.Set(tone, text, "")
	s.mainB.SetLabel(word)
	s.mainB.SetEnabled(s.why() == "", s.why())
	undo := s.locked()
	if undo == "" && s.t.view.ClassesAt.IsZero() {
		undo = "Aucune répartition n’est enregistrée."
	}
	s.undoB.SetEnabled(undo == "", undo)
	s.renameB.SetEnabled(s.locked() == "", s.locked())
	s.placeB.SetEnabled(s.locked() == "", s.locked())
	s.root.Refresh()
}

// chosen is the class under the cursor, -1 for none.
func (s *yearClasses) chosen() int {
	if i := s.left.Selected(); i >= 0 && i < len(s.classes) {
		return s.classes[i].at
	}
	return -1
}

// show fills the list of pupils: all, those to place, leavers, or a class's.
func (s *yearClasses) show(what string) {
	s.shown = what
	s.filter.Set(what)
	at := s.chosen()
	s.pupils = nil
	for i, c := range s.plan.Children {
		in := what == "all" || what == "unplaced" && c.Fate == schoolyear.Unplaced || what == "leaves" && c.Fate == schoolyear.Leaves ||
			what == "class" && at >= 0 && c.Class == s.plan.Classes[at].Name && c.SchoolID == s.plan.Classes[at].SchoolID
		if !in {
			continue
		}
		row := pupilRow{at: i, name: c.Child, was: cmp.Or(strings.TrimSpace(c.FromClass), "sans classe")}
		switch c.Fate {
		case schoolyear.Leaves:
			row.badge = &widgets.BadgeSpec{Icon: "logout", Text: "Sortant", Tone: widgets.Neutral}
		case schoolyear.Unplaced:
			row.to, row.why = "À placer", c.Why
		default:
			row.to = c.Class
			if c.School != c.FromSchool {
				row.to += ", " + c.School
			}
		}
		s.pupils = append(s.pupils, row)
	}
	s.right.SetCount(len(s.pupils))
	if len(s.pupils) == 0 && s.ready {
		s.right.Empty(widgets.NewEmptyState("users", map[string]string{"unplaced": "Tous les élèves sont placés", "leaves": "Aucun sortant", "class": "Aucun élève dans cette classe"}[what], "", nil))
	}
	s.rightP.SetSub(countOf(len(s.pupils), "élève", "élèves"))
}

func (s *yearClasses) classCell(row, col int) widgets.Cell {
	if row >= len(s.classes) {
		return widgets.Cell{}
	}
	r := s.classes[row]
	switch col {
	case 0:
		return widgets.Cell{Text: r.title, Bold: true}
	case 1:
		return widgets.Cell{Text: r.levels}
	case 2:
		return widgets.Cell{Text: r.count}
	}
	return widgets.Cell{Badge: r.badge}
}

func (s *yearClasses) pupilCell(row, col int) widgets.Cell {
	if row >= len(s.pupils) {
		return widgets.Cell{}
	}
	r := s.pupils[row]
	switch col {
	case 0:
		return widgets.Cell{Text: r.name, Bold: true}
	case 1:
		return widgets.Cell{Text: r.was}
	}
	cell := widgets.Cell{Text: r.to, Badge: r.badge}
	if r.why != "" {
		cell.Icon, cell.IconInk, cell.Ink, cell.Bold, cell.Sub = "triangle-alert", theme.Alerte, theme.Alerte, true, r.why
	}
	return cell
}

// fold hides the classes of a school, or shows them again.
func (s *yearClasses) fold(row int, open bool) {
	if row < 0 || row >= len(s.classes) {
		return
	}
	s.folded[s.classes[row].school] = !open
	s.take(s.plan)
	s.left.Select(row)
}
