package schoolyear

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// ClassAsk is what a town decides of the classes of a year: everything else is
// proposed.
type ClassAsk struct {
	Year   calendar.SchoolYear
	TurnOn calendar.Date // 0: as it is
	Names  []Rename
	Moves  []Move
}

// Rename gives a proposed class another name; To "" : it does not open.
type Rename struct {
	SchoolID int64
	From, To string // From: as proposed (PlannedClass.From)
}

// Move sends a child elsewhere than proposed: to a class of the plan by its
// name, or away.
type Move struct {
	ChildID  int64
	SchoolID int64
	Class    string // "" with Leaves
	Level    string // "" : the one after its own
	Leaves   bool
}

// PlannedClass is a class of the year to come.
type PlannedClass struct {
	SchoolID  int64
	School    string
	CommuneID int64
	ID        int64  // 0: to be created
	From      string // the name proposed; identifies it in a ClassAsk
	Name      string
	Levels    []string
	Count     int // children who go there
	Was       int // children of the class of that name in the year that ends

	rank int
	low  int // places among catalog.Levels, from 1
	high int
}

// What becomes of a child.
const (
	Stays    = "stays"    // goes up, to a class of the town
	Leaves   = "leaves"   // after CM2, or said so
	Unplaced = "unplaced" // nobody can say: Why tells the reason
	Settled  = "settled"  // its entry speaks of the year already (ONDE was imported)
)

// PlannedChild is a child and where it goes.
type PlannedChild struct {
	ChildID, FamilyID                int64
	Child, Family                    string
	Birth                            calendar.Date
	FromSchool, FromClass, FromLevel string
	SchoolID                         int64
	School, Class, Level             string // in the year to come
	Fate                             string
	Why                              string // of an unplaced one, of a leaver
	Decided                          bool   // committed before, or moved by hand

	now   pupil
	index int // of the class in the plan, -1
}

// ClassPlan is the proposal, or what was decided, with what would change.
type ClassPlan struct {
	State    State
	Ask      ClassAsk
	Classes  []PlannedClass
	Children []PlannedChild
	New      int // classes to create
	Staying  int
	Leaving  int
	Unplaced int
	Settled  int
	Changes  int // children whose place this would write or change
	Dropped  []int64
	Digest   string
}

// pupil is a child as the plan reads it.
type pupil struct {
	id, familyID        int64
	name, family        string
	birth               calendar.Date
	classID, schoolID   int64
	class, school       string
	classYear, classAge int64
	commune             int64
	level, ageGroup     string
}

const pupilSelect = `SELECT c.id, c.family_id, c.first, CASE WHEN c.usage <> '' THEN c.usage ELSE c.last END, f.name, c.birth, COALESCE(k.id, 0), COALESCE(h.id, 0),
	COALESCE(k.name, ''), COALESCE(h.name, ''), COALESCE(k.school_year, 0), COALESCE(k.rank, 0), COALESCE(h.commune_id, 0), c.level, c.age_group
	FROM child c JOIN family f ON f.id = c.family_id LEFT JOIN class k ON k.id = c.class_id LEFT JOIN school h ON h.id = k.school_id `

func scanPupil(r *sql.Rows) (p pupil, err error) {
	var first, last string
	err = r.Scan(&p.id, &p.familyID, &first, &last, &p.family, &p.birth, &p.classID, &p.schoolID, &p.class, &p.school, &p.classYear, &p.classAge, &p.commune, &p.level, &p.ageGroup)
	p.name = family.Child{First: first, Last: last}.Name()
	return p, err
}

// pupils reads the children present, by school, class and name.
func pupils(tx *store.Tx) ([]pupil, error) {
	return store.Collect(tx, scanPupil, pupilSelect+`WHERE c.state = 'active' AND c.age_group <> 'adulte' ORDER BY COALESCE(h.name, ''), COALESCE(k.rank, 0), COALESCE(k.name, ''), c.sort_key, c.id`)
}

// PlanClasses shows the classes of the year and where each child goes. Nothing
// is written; 0 for the year asks for the one there is to prepare.
func (s *Service) PlanClasses(ctx context.Context, ask ClassAsk) (p ClassPlan, err error) {
	if err := staff.Require(ctx, readers...); err != nil {
		return p, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		if ask.Year, err = yearTx(tx, ask.Year); err != nil {
			return err
		}
		p, err = planClasses(tx, ask)
		return err
	})
	return p, err
}

func planClasses(tx *store.Tx, ask ClassAsk) (p ClassPlan, err error) {
	if p.State, err = stateOf(tx, ask.Year); err != nil {
		return p, err
	}
	if ask.TurnOn.IsZero() {
		ask.TurnOn = p.State.TurnOn
	}
	if err = checkTurn(ask.Year, ask.TurnOn); err != nil {
		return p, err
	}
	p.Ask = ask
	w := &proposer{plan: &p}
	for _, read := range []func(*store.Tx) error{w.readSchools, w.readPupils} {
		if err = read(tx); err != nil {
			return p, err
		}
	}
	if err = w.classes(); err != nil {
		return p, err
	}
	if err = w.children(); err != nil {
		return p, err
	}
	w.count()
	p.Digest, err = p.digest()
	return p, err
}

// digest sums up what a commit would write, but the day: that is the agent's alone.
func (p *ClassPlan) digest() (string, error) {
	var b strings.Builder
	fmt.Fprintln(&b, p.Ask.Year, p.State.Opened(), p.State.Turned())
	for _, c := range p.Classes {
		fmt.Fprintf(&b, "class %d %d %q %q\n", c.SchoolID, c.ID, c.From, c.Name)
	}
	for _, id := range p.Dropped {
		fmt.Fprintln(&b, "dropped", id)
	}
	for _, c := range p.Children {
		fmt.Fprintf(&b, "%d %d %d %q %q %q\n", c.ChildID, c.now.classID, c.SchoolID, c.Class, c.Level, c.Fate)
	}
	return ledger.Digest(b.String())
}

// CommitClasses writes a plan that was shown: the classes of the year, and for
// each child where it will be. The year that ends is not touched: the children
// move on Ask.TurnOn (Turn). It may be committed again until then, and gives the
// plan as it stands.
func (s *Service) CommitClasses(ctx context.Context, shown ClassPlan) (p ClassPlan, err error) {
	if err := staff.Require(ctx, deciders...); err != nil {
		return p, err
	}
	err = s.db.Write(ctx, func(tx *store.Tx) error {
		state, err := opened(tx, shown.Ask.Year)
		if err != nil {
			return err
		}
		if state.Turned() {
			return fault.New(fault.Conflict, "Les élèves sont déjà montés dans les classes de %s"+nbsp+": changez la classe d’un enfant dans sa fiche.", shown.Ask.Year)
		}
		if p, err = planClasses(tx, shown.Ask); err != nil {
			return err
		}
		if p.Digest != shown.Digest {
			return fault.New(fault.Conflict, "Les classes ou les élèves ont changé depuis l’affichage. Rien n’a été écrit"+nbsp+": relisez la répartition et validez de nouveau.")
		}
		if err := p.write(tx); err != nil {
			return err
		}
		p, err = planClasses(tx, ClassAsk{Year: shown.Ask.Year})
		return err
	})
	return p, err
}

func (p *ClassPlan) write(tx *store.Tx) error {
	if err := p.writeClasses(tx); err != nil {
		return err
	}
	year := p.Ask.Year
	if _, err := family.DropPlacesTx(tx, year); err != nil {
		return err
	}
	var places []family.Place
	for _, c := range p.Children {
		switch c.Fate {
		case Stays:
			places = append(places, family.Place{ChildID: c.ChildID, ClassID: p.Classes[c.index].ID, Level: c.Level})
		case Leaves:
			group := c.now.ageGroup
			places = append(places, family.Place{ChildID: c.ChildID, Level: c.FromLevel, AgeGroup: group, Leaves: true})
		}
	}
	if err := family.SetPlacesTx(tx, year, places); err != nil {
		return err
	}
	if _, err := tx.Exec(`UPDATE school_year SET classes_at = $2, turn_on = $3 WHERE year = $1`, int64(year), tx.Now(), p.Ask.TurnOn.String()); err != nil {
		return err
	}
	tx.Publish(Topic, int64(year))
	detail := fmt.Sprintf("Répartition %s"+nbsp+": %d élèves placés, %d sortants, %d à placer, %d classes créées, montée le %s", year, p.Staying, p.Leaving, p.Unplaced, p.New, p.Ask.TurnOn.Short())
	return staff.Audit(tx, "year.classes", object(year), fault.French(detail))
}

// UndoClasses forgets who goes where, until the children have moved. The classes
// that were created stay in the catalog, empty.
func (s *Service) UndoClasses(ctx context.Context, year calendar.SchoolYear) error {
	if err := staff.Require(ctx, deciders...); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *store.Tx) error {
		state, err := opened(tx, year)
		switch {
		case err != nil:
			return err
		case state.Turned():
			return fault.New(fault.Conflict, "Les élèves sont déjà montés"+nbsp+": la répartition ne s’annule plus. Changez la classe d’un enfant dans sa fiche.")
		case state.ClassesAt.IsZero():
			return fault.New(fault.Conflict, "Aucune répartition n’est enregistrée pour %s"+nbsp+": il n’y a rien à annuler.", year)
		}
		n, err := family.DropPlacesTx(tx, year)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE school_year SET classes_at = '' WHERE year = $1`, int64(year)); err != nil {
			return err
		}
		tx.Publish(Topic, int64(year))
		return staff.Audit(tx, "year.classes.undo", object(year), fmt.Sprintf("Répartition %s annulée, %d élèves", year, n))
	})
}

// Turn moves the children up, when the day has come: all in one transaction.
// Where they were stays written, so that the sheets and the grids of the year
// that ends do not change. A second time changes nothing.
func (s *Service) Turn(ctx context.Context, year calendar.SchoolYear) (moved, left int64, err error) {
	if err := staff.Require(ctx, deciders...); err != nil {
		return 0, 0, err
	}
	err = s.db.Write(ctx, func(tx *store.Tx) error {
		state, err := opened(tx, year)
		today := calendar.DateOf(tx.Now())
		switch {
		case err != nil:
			return err
		case state.Turned():
			return nil
		case state.ClassesAt.IsZero():
			return fault.New(fault.Conflict, "Aucune répartition n’est enregistrée pour %s"+nbsp+": validez d’abord l’étape « Classes ».", year)
		case today < state.TurnOn:
			return fault.New(fault.Conflict, "Les élèves montent le %s"+nbsp+": jusque-là, l’année en cours n’est pas touchée. Changez la date si c’est trop tard.", state.TurnOn.Long())
		}
		moved, left, err = turn(tx, state)
		return err
	})
	return moved, left, err
}

// TurnDue is Turn for every year whose day has come: what time brings about by
// itself, at any time and any number of times.
func (s *Service) TurnDue(ctx context.Context) (moved, left int64, err error) {
	if err := staff.Require(ctx); err != nil {
		return 0, 0, err
	}
	const due = `WHERE y.classes_at <> '' AND y.turned_at = '' AND y.turn_on <= $1 ORDER BY y.year`
	var list []State
	look := func(tx *store.Tx) (err error) {
		list, err = store.Collect(tx, scanState, stateSelect+due, calendar.DateOf(tx.Now()).String())
		return err
	}
	if err := s.db.Read(ctx, look); err != nil || len(list) == 0 {
		return 0, 0, err // mostly: nothing is due, and nobody has waited for a lock
	}
	err = s.db.Write(ctx, func(tx *store.Tx) error {
		moved, left = 0, 0
		if err := look(tx); err != nil {
			return err
		}
		for _, state := range list { // one
			m, l, err := turn(tx, state)
			if err != nil {
				return err
			}
			moved, left = moved+m, left+l
		}
		return nil
	})
	return moved, left, err
}

func turn(tx *store.Tx, state State) (moved, left int64, err error) {
	if moved, left, err = family.TurnTx(tx, state.Year, state.TurnOn.Add(-1)); err != nil {
		return 0, 0, err
	}
	if _, err := tx.Exec(`UPDATE school_year SET turned_at = $2 WHERE year = $1`, int64(state.Year), tx.Now()); err != nil {
		return 0, 0, err
	}
	tx.Publish(Topic, int64(state.Year))
	tx.Publish(catalog.Topic)
	return moved, left, staff.Audit(tx, "year.turn", object(state.Year), fmt.Sprintf("Passage à %s"+nbsp+": %d élèves montés, %d partis", state.Year, moved, left))
}
