package settings

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/data/importer"
	"ardoise/data/schoolyear"
	"ardoise/reports/desk"
	"ardoise/ui/kit"
	"ardoise/ui/widgets"
)

// yearONDE is the third step: a school's two files beside the plan. Nothing is
// written until the agent imports the list, or says who has left.
type yearONDE struct {
	t       *yearTab
	list    *importer.ONDEPlan
	source  importer.ONDE // what it was read from
	seen    schoolyear.Comparison
	rows    []comparedRow
	shown   string // differs, all
	busy    bool
	schools []catalog.School

	table   *widgets.Table
	panel   *widgets.Panel
	filter  *widgets.Choice
	note    *widgets.Alert
	importB *widgets.Button
	leftB   *widgets.Button
	root    fyne.CanvasObject
}

type comparedRow struct {
	at                 int
	name, ours, theirs string
	badge              *widgets.BadgeSpec
}

var comparedBadges = map[string]widgets.BadgeSpec{
	schoolyear.Confirmed: {Icon: "circle-check", Text: "Confirmé", Tone: widgets.Success}, schoolyear.Elsewhere: {Icon: "arrow-right", Text: "Ailleurs", Tone: widgets.Info},
	schoolyear.Arrives: {Icon: "plus", Text: "Nouveau", Tone: widgets.Info}, schoolyear.Returns: {Icon: "undo", Text: "Revient", Tone: widgets.Warning},
	schoolyear.Missing: {Icon: "triangle-alert", Text: "Absent d’ONDE", Tone: widgets.Warning},
}

func newYearONDE(t *yearTab) *yearONDE {
	s := &yearONDE{t: t, shown: "differs"}
	s.table = widgets.NewTable([]widgets.Column{{ID: "what", Title: "", Width: 140}, {ID: "name", Title: "Élève"}, {ID: "ours", Title: "Répartition", Weight: 1.5}, {ID: "theirs", Title: "ONDE"}}, s.cell).RowHeight(36)
	s.table.Jump = func(row int) string {
		if row < len(s.rows) {
			return s.rows[row].name
		}
		return ""
	}
	s.filter = widgets.NewChoice(widgets.Segments, s.show, widgets.Option{ID: "differs", Label: "Ce qui diffère"}, widgets.Option{ID: "all", Label: "Tout"})
	s.filter.Set(s.shown)
	s.leftB = widgets.NewButton("Parti…", widgets.Secondary, s.left).Icon("logout").KeyHint("F3").Compact()
	s.importB = widgets.NewButton("Importer la liste…", widgets.Secondary, s.importList).Icon("upload").KeyHint("F9").Compact()
	open := widgets.NewButton("Comparer une liste…", widgets.Primary, s.open).Icon("folder").KeyHint("F2").Compact()
	s.note = widgets.NewAlert(widgets.Info, "", "")
	s.panel = widgets.NewPanel("Comparaison", widgets.VFlex(0, []float32{0, 1}, widgets.Pad(12, 8, s.filter), s.table)).Icon("school").Line().Flush()
	s.root = widgets.VFlex(12, []float32{0, 1, 0}, s.note, s.panel, container.New(&ends{gap: 8}, s.leftB, widgets.HFlex(8, []float32{0, 0}, s.importB, open)))
	s.table.Empty(widgets.NewEmptyState("school", "Aucune liste comparée", "Choisissez les deux fichiers d’ONDE d’une école.", nil))
	return s
}

func (s *yearONDE) content() fyne.CanvasObject { return s.root }
func (s *yearONDE) focus()                     { focusOn(s.t.sh, s.table) }
func (s *yearONDE) dirty() bool                { return false }
func (s *yearONDE) forget()                    {}

func (s *yearONDE) shortcuts() []kit.Shortcut {
	return []kit.Shortcut{
		{Key: fyne.KeyF2, Hint: "F2", Label: "Comparer une liste d’ONDE", Run: s.open},
		{Key: fyne.KeyF3, Hint: "F3", Label: "Marquer l’élève comme parti", Run: s.left, Off: s.whyLeft},
		{Key: fyne.KeyF9, Hint: "F9", Label: "Importer la liste comparée", Run: s.importList, Off: s.whyImport},
	}
}

func (s *yearONDE) load() {
	s.buttons()
	if s.list == nil {
		s.note.Set(widgets.Info, "La liste d’ONDE est comparée avec la répartition ; rien n’est écrit. Une fois les élèves montés, elle peut être importée d’ici.", "")
		return
	}
	s.compare(s.list)
}

func (s *yearONDE) buttons() {
	s.importB.SetEnabled(s.whyImport() == "", s.whyImport())
	s.leftB.SetEnabled(s.whyLeft() == "", s.whyLeft())
}

func (s *yearONDE) whyImport() string {
	switch {
	case s.list == nil:
		return "Comparez d’abord une liste."
	case !s.t.view.Turned():
		return "La liste s’importe une fois les élèves montés : d’ici là, elle est seulement comparée."
	case !s.list.Changes():
		return "La liste ne change rien."
	}
	return ""
}

func (s *yearONDE) chosen() (schoolyear.Compared, bool) {
	if i := s.table.Selected(); i >= 0 && i < len(s.rows) {
		return s.seen.Lines[s.rows[i].at], true
	}
	return schoolyear.Compared{}, false
}

func (s *yearONDE) whyLeft() string {
	c, ok := s.chosen()
	switch {
	case !s.t.view.Turned():
		return "Avant la montée, un départ se décide dans l’étape « Classes »."
	case !ok || c.What != schoolyear.Missing:
		return "Choisissez un élève absent d’ONDE."
	}
	return ""
}

func (s *yearONDE) cell(row, col int) widgets.Cell {
	if row >= len(s.rows) {
		return widgets.Cell{}
	}
	r := s.rows[row]
	switch col {
	case 0:
		return widgets.Cell{Badge: r.badge}
	case 1:
		return widgets.Cell{Text: r.name, Bold: true}
	case 2:
		return widgets.Cell{Text: r.ours}
	}
	return widgets.Cell{Text: r.theirs}
}

// open asks for a school and its two files, one after the other.
func (s *yearONDE) open() {
	kit.Load(s.t.sh.Runner(), s.t.sh.Ctx(), s.t.d.Catalog.Schools, func(list []catalog.School, err error) {
		if err != nil {
			s.t.sh.Refused(err)
			return
		}
		s.schools = list
		s.ask()
	})
}

func (s *yearONDE) ask() {
	var options []widgets.Option
	for _, c := range s.schools {
		options = append(options, widgets.Option{ID: fmt.Sprint(c.ID), Label: c.Name + ", " + c.Commune})
	}
	school := widgets.NewSelect(nil, options...)
	if len(options) > 0 {
		school.Set(options[0].ID)
	}
	form := widgets.NewForm()
	form.Add(widgets.NewField("École", "Celle dont le directeur a donné les fichiers.", school), func() error {
		if school.Value() == "" {
			return fault.New(fault.Invalid, "Choisissez une école.")
		}
		return nil
	})
	form.Line(widgets.NewParagraph("Le fichier des élèves est demandé d’abord, puis celui des responsables.", widgets.Small))
	busy := false
	var d *widgets.Dialog
	d = widgets.NewDialog("Comparer une liste d’ONDE", "", form.Content(), "Choisir les fichiers…", widgets.Primary, func() {
		if busy || !form.Validate() {
			return
		}
		busy = true
		var plan *importer.ONDEPlan
		var in importer.ONDE
		id := school.Value()
		s.t.sh.Runner().Go(s.t.sh.Ctx(), func(ctx context.Context) (err error) { plan, in, err = s.read(ctx, id); return err }, func(err error) {
			busy = false
			if err != nil {
				form.Refuse(err)
				return
			}
			if plan == nil {
				return // given up: the dialog stays
			}
			d.Close()
			s.source = in
			s.compare(plan)
		})
	})
	d.First = school
	s.t.sh.Show(d)
}

// read asks for the two files and reads them through the import's own plan; nil
// without an error: given up.
func (s *yearONDE) read(ctx context.Context, id string) (plan *importer.ONDEPlan, in importer.ONDE, err error) {
	in = importer.ONDE{Year: s.t.view.Year}
	for _, c := range s.schools {
		if fmt.Sprint(c.ID) == id {
			in.School, in.Commune = c.Name, c.Commune
		}
	}
	for _, f := range []struct {
		title string
		name  *string
		text  *[]byte
	}{{"Fichier des élèves", &in.PupilsName, &in.Pupils}, {"Fichier des responsables", &in.GuardiansName, &in.Guardians}} {
		path, err := s.t.sh.Files().Open(ctx, f.title, "*.csv")
		if err != nil || path == "" {
			return nil, in, err
		}
		if *f.text, err = readSmall(path); err != nil {
			return nil, in, err
		}
		*f.name = filepath.Base(path)
	}
	plan, err = s.t.d.Importer.PlanONDE(ctx, in)
	return plan, in, err
}

func (s *yearONDE) compare(list *importer.ONDEPlan) {
	var seen schoolyear.Comparison
	s.t.sh.Runner().Go(s.t.sh.Ctx(), func(ctx context.Context) (err error) {
		seen, err = s.t.d.Year.Compare(ctx, desk.SchoolList(list))
		return err
	}, func(err error) {
		if err != nil {
			s.t.sh.Refused(err)
			return
		}
		s.list, s.seen = list, seen
		s.panel.SetTitle(seen.School)
		s.panel.SetSub(countOf(list.Children, "élève lu", "élèves lus") + ", " + countOf(len(list.Refused), "ligne refusée", "lignes refusées"))
		s.show(s.shown)
		s.tell()
	})
}

// tell says the comparison in a sentence, with the classes whose names differ.
func (s *yearONDE) tell() {
	c := s.seen.Counts
	said := strings.Join([]string{
		countOf(c[schoolyear.Confirmed], "confirmé", "confirmés"), countOf(c[schoolyear.Elsewhere], "ailleurs", "ailleurs"), countOf(c[schoolyear.Arrives], "nouveau", "nouveaux"),
		countOf(c[schoolyear.Returns], "revient", "reviennent"), countOf(c[schoolyear.Missing], "absent d’ONDE", "absents d’ONDE"),
	}, ", ") + "."
	if len(s.seen.NewClasses)+len(s.seen.NoClasses) > 0 {
		said += " Classes d’ONDE que la répartition n’a pas" + nbsp + ": " + cmp.Or(strings.Join(s.seen.NewClasses, ", "), "aucune") + ". Classes qu’ONDE n’a pas" + nbsp + ": " + cmp.Or(strings.Join(s.seen.NoClasses, ", "), "aucune") + "."
	}
	tone := widgets.Success
	if len(s.seen.Lines) > c[schoolyear.Confirmed] {
		tone = widgets.Warning
	}
	s.note.Set(tone, said, "")
	s.buttons()
	s.root.Refresh()
}

func (s *yearONDE) show(what string) {
	s.shown = what
	s.filter.Set(what)
	s.rows = nil
	for i, l := range s.seen.Lines {
		if what == "differs" && l.What == schoolyear.Confirmed {
			continue
		}
		badge := comparedBadges[l.What]
		s.rows = append(s.rows, comparedRow{at: i, name: l.Child, ours: cmp.Or(l.Ours, "–"), theirs: cmp.Or(strings.TrimSpace(l.Theirs), "–"), badge: &badge})
	}
	s.table.OnSelect = func(int) { s.buttons() }
	s.table.SetCount(len(s.rows))
	if len(s.rows) == 0 && s.list != nil {
		s.table.Empty(widgets.NewEmptyState("circle-check", "Rien ne diffère", "La liste d’ONDE confirme toute la répartition.", nil))
	}
	s.buttons()
}

// left marks the pupil that ONDE has no more as gone.
func (s *yearONDE) left() {
	if why := s.whyLeft(); why != "" {
		s.t.sh.Toast(why)
		return
	}
	c, _ := s.chosen()
	on := s.t.view.TurnOn.Add(-1)
	s.t.sh.Confirm(c.Child+" est parti"+nbsp+"?", "Son départ est noté au "+on.Long()+". Le reste (solde, réservations) se règle à l’étape «"+nbsp+"Sortants"+nbsp+"».", "Noter le départ", widgets.Primary, func() {
		s.t.sh.Runner().Go(s.t.sh.Ctx(), func(ctx context.Context) error {
			_, err := s.t.d.Year.Leave(ctx, []int64{c.ChildID}, on)
			return err
		}, func(err error) {
			if err != nil {
				s.t.sh.Refused(err)
				return
			}
			s.t.sh.Done("Départ de "+c.Child+" noté", nil)
			s.t.load()
		})
	})
}

// importList brings the list in, by the import's own door.
func (s *yearONDE) importList() {
	if why := s.whyImport(); why != "" {
		s.t.sh.Toast(why)
		return
	}
	list, in := s.list, s.source
	s.t.sh.Confirm("Importer la liste"+nbsp+"?", list.Summary()+" Les élèves absents d’ONDE ne sont pas touchés.", "Importer", widgets.Primary, func() {
		if s.busy {
			return
		}
		s.busy = true
		var again *importer.ONDEPlan
		s.t.sh.Runner().Go(s.t.sh.Ctx(), func(ctx context.Context) (err error) {
			if err = s.t.d.Importer.CommitONDE(ctx, list); err != nil {
				return err
			}
			again, err = s.t.d.Importer.PlanONDE(ctx, in)
			return err
		}, func(err error) {
			s.busy = false
			if err != nil {
				s.t.sh.Refused(err)
				return
			}
			s.list = again
			s.t.sh.Done("Liste de "+list.School+" importée", nil)
			s.t.load()
		})
	})
}
