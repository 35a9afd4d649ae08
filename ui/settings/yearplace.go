package settings

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/data/schoolyear"
	"ardoise/ui/widgets"
)

// The dialogs of the step of the classes: names, places, the validation, the turn.

// name asks for a class's name; an empty one closes it where that is allowed.
func (s *yearClasses) name(title, before, help string, keep func(string)) {
	in := widgets.NewTextField()
	in.SetText(before)
	form := widgets.NewForm()
	form.Add(widgets.NewField("Nom", help, in), nil)
	var d *widgets.Dialog
	d = widgets.NewDialog(title, "", form.Content(), "Garder ce nom", widgets.Primary, func() {
		d.Close()
		keep(strings.TrimSpace(in.Text()))
	})
	d.First = in.FocusTarget()
	s.t.sh.Show(d)
}

func (s *yearClasses) rename() {
	if why := s.locked(); why != "" {
		s.t.sh.Toast(why)
		return
	}
	at := s.chosen()
	if at < 0 {
		s.t.sh.Toast("Choisissez une classe.")
		return
	}
	c := s.plan.Classes[at]
	s.name("Classe « "+c.Name+" »", c.Name, "Vide"+nbsp+": cette classe n’ouvre pas à la rentrée.", func(name string) { s.named(c, name) })
}

// named puts a new name into the ask, in the place of the one before.
func (s *yearClasses) named(c schoolyear.PlannedClass, name string) {
	before := s.ask
	s.ask.Names = nil
	for _, n := range before.Names {
		if n.SchoolID != c.SchoolID || catalog.Fold(n.From) != catalog.Fold(c.From) {
			s.ask.Names = append(s.ask.Names, n)
		}
	}
	if name != c.From {
		s.ask.Names = append(s.ask.Names, schoolyear.Rename{SchoolID: c.SchoolID, From: c.From, To: name})
	}
	s.ask.Moves = nil
	for _, m := range before.Moves { // who was sent there by hand follows the name
		if m.SchoolID == c.SchoolID && catalog.Fold(m.Class) == catalog.Fold(c.Name) {
			if name == "" {
				continue
			}
			m.Class = name
		}
		s.ask.Moves = append(s.ask.Moves, m)
	}
	s.again(before)
}

// again plans with the changed ask; one that is refused is put back.
func (s *yearClasses) again(before schoolyear.ClassAsk) {
	ask := s.ask
	ask.Year = s.t.view.Year
	var plan schoolyear.ClassPlan
	s.loading.Go(s.t.sh.Runner(), s.t.sh.Ctx(), func(ctx context.Context) (err error) {
		plan, err = s.t.d.Year.PlanClasses(ctx, ask)
		return err
	}, func(err error) {
		if err != nil {
			s.ask = before
			s.t.sh.Refused(err)
			return
		}
		s.take(plan)
	})
}

// add opens one more class in the school of the class under the cursor.
func (s *yearClasses) add() {
	if why := s.locked(); why != "" {
		s.t.sh.Toast(why)
		return
	}
	at := max(s.chosen(), 0)
	if at >= len(s.plan.Classes) {
		s.t.sh.Toast("Créez d’abord l’école et une classe dans le catalogue.")
		return
	}
	c := s.plan.Classes[at]
	s.name("Ajouter une classe", "", c.School+nbsp+": par exemple «"+nbsp+"CP/CE1 Mme Rey"+nbsp+"».", func(name string) {
		if name == "" {
			return
		}
		before := s.ask
		s.ask.Names = append(append([]schoolyear.Rename{}, before.Names...), schoolyear.Rename{SchoolID: c.SchoolID, From: name, To: name})
		s.again(before)
	})
}

// place sends the pupil under the cursor to a class, or away.
func (s *yearClasses) place() {
	if why := s.locked(); why != "" {
		s.t.sh.Toast(why)
		return
	}
	row := s.right.Selected()
	if row < 0 || row >= len(s.pupils) {
		s.t.sh.Toast("Choisissez un élève.")
		return
	}
	child := s.plan.Children[s.pupils[row].at]
	options := []widgets.Option{{ID: "leaves", Label: "Sortant : quitte les écoles de la commune"}}
	for i, c := range s.plan.Classes {
		options = append(options, widgets.Option{ID: fmt.Sprint(i), Label: c.Name + ", " + c.School})
	}
	choice := widgets.NewSelect(nil, options...)
	for i, c := range s.plan.Classes {
		if c.SchoolID == child.SchoolID && c.Name == child.Class {
			choice.Set(fmt.Sprint(i))
		}
	}
	if child.Fate == schoolyear.Leaves {
		choice.Set("leaves")
	}
	form := widgets.NewForm()
	form.Add(widgets.NewField("L’an prochain", cmp.Or(strings.TrimSpace(child.FromClass+" "+child.FromLevel), "sans classe")+" cette année"+map[bool]string{true: " ; " + child.Why}[child.Fate == schoolyear.Unplaced]+".", choice), func() error {
		if choice.Value() == "" {
			return fault.New(fault.Invalid, "Choisissez une classe, ou « Sortant ».")
		}
		return nil
	})
	var d *widgets.Dialog
	d = widgets.NewDialog("Placer "+child.Child, "", form.Content(), "Placer", widgets.Primary, func() {
		if !form.Validate() {
			return
		}
		d.Close()
		s.moved(child.ChildID, choice.Value())
	})
	d.First = choice
	s.t.sh.Show(d)
}

func (s *yearClasses) moved(child int64, choice string) {
	before := s.ask
	s.ask.Moves = nil
	for _, m := range before.Moves {
		if m.ChildID != child {
			s.ask.Moves = append(s.ask.Moves, m)
		}
	}
	move := schoolyear.Move{ChildID: child, Leaves: choice == "leaves"}
	for i, c := range s.plan.Classes {
		if fmt.Sprint(i) == choice {
			move.SchoolID, move.Class = c.SchoolID, c.Name
		}
	}
	s.ask.Moves = append(s.ask.Moves, move)
	s.again(before)
}

// main validates the plan, or moves the children up once the day has come.
func (s *yearClasses) main() {
	if why := s.why(); why != "" {
		s.t.sh.Toast(why)
		return
	}
	if s.due() {
		s.askTurn()
		return
	}
	day := widgets.NewDateField(s.t.sh.Today).Required()
	day.Set(s.plan.Ask.TurnOn)
	form := widgets.NewForm()
	p := s.plan
	form.Line(widgets.NewParagraph(fmt.Sprintf("%s, %s, %s. %s à créer.", countOf(p.Staying+p.Settled, "élève placé", "élèves placés"), countOf(p.Leaving, "sortant", "sortants"),
		countOf(p.Unplaced, "élève à placer", "élèves à placer"), capital(countOf(p.New, "classe", "classes"))), widgets.Body))
	form.Add(widgets.NewField("Les élèves montent le", "Jusqu’à ce jour, l’année en cours n’est pas touchée et la répartition peut changer.", day), func() error { _, err := day.Value(); return err })
	var d *widgets.Dialog
	d = widgets.NewDialog("Valider la répartition", "Année "+p.Ask.Year.String(), form.Content(), "Valider", widgets.Primary, func() {
		if s.busy || !form.Validate() {
			return
		}
		on, err := day.Value()
		if err != nil {
			return // Validate has just said so
		}
		s.commit(form, d, on)
	})
	d.First = day.FocusTarget()
	s.t.sh.Show(d)
}

func (s *yearClasses) commit(form *widgets.Form, d *widgets.Dialog, on calendar.Date) {
	s.busy = true
	shown := s.plan
	shown.Ask.TurnOn = on
	var done schoolyear.ClassPlan
	s.t.sh.Runner().Go(s.t.sh.Ctx(), func(ctx context.Context) (err error) {
		done, err = s.t.d.Year.CommitClasses(ctx, shown)
		return err
	}, func(err error) {
		s.busy = false
		if err != nil {
			form.Refuse(err)
			return
		}
		d.Close()
		s.forget()
		s.take(done)
		s.t.sh.Done("Répartition "+done.Ask.Year.String()+" enregistrée", nil)
		s.t.load()
	})
}

func (s *yearClasses) askTurn() {
	year := s.t.view.Year
	s.t.sh.Confirm("Faire monter les élèves"+nbsp+"?", fmt.Sprintf("%s et %s. Les réservations et les feuilles de l’année qui finit ne changent pas. Cela ne s’annule pas.",
		countOf(s.plan.Staying, "élève prend sa nouvelle classe", "élèves prennent leur nouvelle classe"), countOf(s.plan.Leaving, "élève part", "élèves partent")), "Faire monter", widgets.Primary, func() {
		var moved, left int64
		s.t.sh.Runner().Go(s.t.sh.Ctx(), func(ctx context.Context) (err error) { moved, left, err = s.t.d.Year.Turn(ctx, year); return err }, func(err error) {
			if err != nil {
				s.t.sh.Refused(err)
				return
			}
			s.t.sh.Done(countOf(int(moved), "élève monté", "élèves montés")+", "+countOf(int(left), "parti", "partis"), nil)
			s.t.load()
		})
	})
}

func (s *yearClasses) askUndo() {
	year := s.t.view.Year
	s.t.sh.Confirm("Annuler la répartition"+nbsp+"?", "Les places décidées pour "+year.String()+" sont oubliées. Les classes créées restent, vides.", "Annuler la répartition", widgets.Danger, func() {
		s.t.sh.Runner().Go(s.t.sh.Ctx(), func(ctx context.Context) error { return s.t.d.Year.UndoClasses(ctx, year) }, func(err error) {
			if err != nil {
				s.t.sh.Refused(err)
				return
			}
			s.forget()
			s.t.sh.Done("Répartition "+year.String()+" annulée", nil)
			s.t.load()
		})
	})
}
