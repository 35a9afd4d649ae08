// Package schoolyear is the room of a year that begins: what it needs first,
// the classes and who goes where, the comparison with the schools' own lists,
// those who leave, the requests asked again. Each step is shown, then committed
// by itself. It reads no file (data/importer does), and money goes back to a
// family by the ledger's own door, never from here.
package schoolyear

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// nbsp stands before French double punctuation.
const nbsp = "\u00a0"

// Topic is published when a year is opened, decided or turned.
const Topic = "schoolyear"

// Who may read the plans, who decides for the town, who works with families.
var (
	readers  = []staff.Role{staff.Accueil, staff.Regie, staff.Admin}
	deciders = []staff.Role{staff.Admin}
	desk     = []staff.Role{staff.Accueil, staff.Admin}
)

// Service is the door of the room for screens and commands.
type Service struct{ db *store.DB }

// New gives the service over an open database.
func New(db *store.DB) *Service { return &Service{db: db} }

// firstMonth is the month from which the next year is prepared.
const firstMonth = time.May

// Opens is the first day on which a school year may be opened.
func Opens(year calendar.SchoolYear) calendar.Date { return calendar.NewDate(int(year), firstMonth, 1) }

// State is where the preparation of a year stands, as the database keeps it.
// Instants are zero until the step is done.
type State struct {
	Year       calendar.SchoolYear
	OpenedAt   time.Time
	OpenedBy   string
	TurnOn     calendar.Date // from that day its classes are the children's
	ClassesAt  time.Time
	TurnedAt   time.Time
	RequestsAt time.Time
}

// Opened reports whether the year was opened.
func (s State) Opened() bool { return !s.OpenedAt.IsZero() }

// Turned reports whether the children have moved up.
func (s State) Turned() bool { return !s.TurnedAt.IsZero() }

func scanState(r *sql.Rows) (s State, err error) {
	var opened, classes, turned, requests string
	if err = r.Scan(&s.Year, &opened, &s.OpenedBy, &s.TurnOn, &classes, &turned, &requests); err != nil {
		return s, err
	}
	for _, f := range []struct {
		text string
		to   *time.Time
	}{{opened, &s.OpenedAt}, {classes, &s.ClassesAt}, {turned, &s.TurnedAt}, {requests, &s.RequestsAt}} {
		if f.text == "" {
			continue
		}
		if *f.to, err = store.ParseInstant(f.text); err != nil {
			return s, err
		}
	}
	return s, nil
}

const stateSelect = `SELECT y.year, y.opened_at, COALESCE(a.name, ''), y.turn_on, y.classes_at, y.turned_at, y.requests_at FROM school_year y LEFT JOIN agent a ON a.id = y.agent_id `

// stateOf gives the state of a year; one that was never opened has its year and
// the day it would turn.
func stateOf(tx *store.Tx, year calendar.SchoolYear) (State, error) {
	list, err := store.Collect(tx, scanState, stateSelect+`WHERE y.year = $1`, int64(year))
	if err != nil || len(list) == 0 {
		return State{Year: year, TurnOn: year.First()}, err
	}
	return list[0], nil
}

// opened is stateOf for a step that needs the year open.
func opened(tx *store.Tx, year calendar.SchoolYear) (State, error) {
	s, err := stateOf(tx, year)
	if err == nil && !s.Opened() {
		err = fault.New(fault.Conflict, "L’année %s n’est pas ouverte"+nbsp+": commencez par l’étape « Préparer ».", year)
	}
	return s, err
}

// yearTx gives the year asked for, or the one there is to prepare.
func yearTx(tx *store.Tx, asked calendar.SchoolYear) (calendar.SchoolYear, error) {
	now := calendar.SchoolYearOf(calendar.DateOf(tx.Now()))
	if asked != 0 {
		if asked < now || asked > now+1 {
			return 0, fault.New(fault.Invalid, "On prépare l’année %s ou l’année %s, pas %s.", now, now+1, asked)
		}
		return asked, nil
	}
	var latest, open int64
	err := tx.QueryRow(`SELECT COALESCE((SELECT MAX(k.school_year) FROM class k WHERE EXISTS (SELECT 1 FROM child c WHERE c.class_id = k.id AND c.state = 'active')), 0),
		(SELECT COUNT(*) FROM school_year WHERE year = $1)`, int64(now)).Scan(&latest, &open)
	return toPrepare(calendar.DateOf(tx.Now()), calendar.SchoolYear(latest), open > 0), err
}

// toPrepare is the year to work on: the one that has begun where nobody has moved
// up yet (latest is the last year that has children), or where its steps go on
// after 1 August; else the one to come.
func toPrepare(today calendar.Date, latest calendar.SchoolYear, begun bool) calendar.SchoolYear {
	now := calendar.SchoolYearOf(today)
	late := latest != 0 && latest < now
	if late || begun && today < Opens(now+1) {
		return now
	}
	return now + 1
}

// Check is one thing the new year needs.
type Check struct {
	What string // « Vacances scolaires, zone A »
	OK   bool
	Said string // French: how it is, or what to do
}

// Step is a step of the preparation, as the page tells it.
type Step struct {
	ID    string // prepare, classes, onde, leavers, requests
	Title string
	State string // done, now, todo
	Said  string // one French sentence
}

// The states of a step.
const (
	Done = "done"
	Now  = "now"
	Todo = "todo"
)

// Overview is the page of a year: where one is, what remains.
type Overview struct {
	State
	From      calendar.Date // the first day it may be opened
	Today     calendar.Date
	Checks    []Check
	Steps     []Step
	Children  int // present now
	Placed    int // whose place in the year is known
	Leaving   int // who leave, or have left for it
	Unplaced  int // present, and nobody said where they go
	Requests  int // of the year
	Accepted  int // of those
	ToSettle  int // families of leavers with something left to settle
	CanOpen   bool
	WhyNot    string // why it cannot be opened yet
	TurnIsDue bool   // its day has come and the children have not moved up
}

// Overview tells where the preparation of a year stands; 0 asks for the one
// there is to prepare.
func (s *Service) Overview(ctx context.Context, year calendar.SchoolYear) (o Overview, err error) {
	if err := staff.Require(ctx, readers...); err != nil {
		return o, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		if year, err = yearTx(tx, year); err != nil {
			return err
		}
		o, err = overview(tx, year)
		return err
	})
	return o, err
}

func overview(tx *store.Tx, year calendar.SchoolYear) (o Overview, err error) {
	if o.State, err = stateOf(tx, year); err != nil {
		return o, err
	}
	o.From, o.Today = Opens(year), calendar.DateOf(tx.Now())
	o.CanOpen = !o.Opened() && o.Today >= o.From
	if o.Today < o.From {
		o.WhyNot = "L’année " + year.String() + " se prépare à partir du " + o.From.Long() + "."
	}
	o.TurnIsDue = !o.ClassesAt.IsZero() && !o.Turned() && o.Today >= o.TurnOn
	if o.Checks, err = ready(tx, year); err != nil {
		return o, err
	}
	err = tx.QueryRow(`SELECT
		(SELECT COUNT(*) FROM child WHERE state = 'active' AND age_group <> 'adulte'),
		(SELECT COUNT(*) FROM child c WHERE c.state = 'active' AND c.age_group <> 'adulte' AND (EXISTS (SELECT 1 FROM child_year y WHERE y.child_id = c.id AND y.school_year = $1)
			OR EXISTS (SELECT 1 FROM class k WHERE k.id = c.class_id AND k.school_year = $1))),
		(SELECT COUNT(*) FROM child_year y JOIN child c ON c.id = y.child_id WHERE y.school_year = $1 AND y.leaves = 1 AND c.state = 'active')
			+ (SELECT COUNT(*) FROM child WHERE state = 'left' AND left_on BETWEEN $2 AND $3),
		(SELECT COUNT(*) FROM access_request WHERE school_year = $1 AND state <> 'refused'),
		(SELECT COUNT(*) FROM access_request WHERE school_year = $1 AND state = 'accepted')`,
		int64(year), o.From.String(), year.Last().String()).Scan(&o.Children, &o.Placed, &o.Leaving, &o.Requests, &o.Accepted)
	if err != nil {
		return o, err
	}
	o.Unplaced = o.Children - o.Placed
	leaving, err := leaving(tx, o.State)
	if err != nil {
		return o, err
	}
	for _, f := range leaving {
		if f.Open() {
			o.ToSettle++
		}
	}
	o.Steps = o.steps()
	return o, nil
}

// steps tells the five steps in order, each with its sentence.
func (o Overview) steps() []Step {
	missing := 0
	for _, c := range o.Checks {
		if !c.OK {
			missing++
		}
	}
	prepare := Step{ID: "prepare", Title: "Préparer l’année", State: Now, Said: cmp.Or(o.WhyNot, "L’année peut être ouverte.")}
	if o.Opened() {
		prepare.State, prepare.Said = Done, "Ouverte le "+calendar.DateOf(o.OpenedAt).Long()
		if missing > 0 {
			prepare.Said += fault.French(fmt.Sprintf(" ; %s", plural(missing, "point reste à voir", "points restent à voir")))
		}
		prepare.Said += "."
	}
	classes := Step{ID: "classes", Title: "Faire monter les classes", State: Todo, Said: "Les classes et les élèves ne sont pas encore répartis."}
	switch {
	case o.Turned():
		classes.State, classes.Said = Done, "Les élèves sont dans leurs nouvelles classes depuis le "+calendar.DateOf(o.TurnedAt).Long()+"."
	case o.TurnIsDue:
		classes.State, classes.Said = Now, "Le jour est venu"+nbsp+": les élèves peuvent monter."
	case !o.ClassesAt.IsZero():
		classes.State, classes.Said = Now, "Répartition décidée. Les élèves monteront le "+o.TurnOn.Long()+"."
	case o.Opened():
		classes.State = Now
	}
	if o.Opened() && o.Unplaced > 0 && !o.ClassesAt.IsZero() {
		classes.Said += " " + plural(o.Unplaced, "élève reste à placer.", "élèves restent à placer.")
	}
	onde := Step{ID: "onde", Title: "Comparer avec ONDE", State: Todo, Said: "À la rentrée, comparez la liste de chaque école avec la répartition."}
	if !o.ClassesAt.IsZero() {
		onde.State = Now
	}
	leavers := Step{ID: "leavers", Title: "Solder les sortants", State: Todo, Said: "Aucun sortant n’est connu."}
	if o.Leaving > 0 {
		leavers.State, leavers.Said = Now, plural(o.Leaving, "élève sortant", "élèves sortants")+fault.French(" ; ")+plural(o.ToSettle, "famille reste à solder.", "familles restent à solder.")
		if o.Turned() && o.ToSettle == 0 {
			leavers.State = Done
		}
	}
	requests := Step{ID: "requests", Title: "Redemander les accès", State: Todo, Said: "Aucune demande de l’année " + o.Year.String() + "."}
	if o.Opened() {
		requests.State = Now
	}
	if !o.RequestsAt.IsZero() {
		requests.State = Done
		requests.Said = fault.French("Redemandés le "+calendar.DateOf(o.RequestsAt).Long()+" : ") + plural(o.Requests, "demande", "demandes") + ", dont " + plural(o.Accepted, "acceptée.", "acceptées.")
	}
	return []Step{prepare, classes, onde, leavers, requests}
}

// plural gives « 1 élève », « 12 élèves ».
func plural(n int, one, many string) string {
	if n < 2 {
		return fmt.Sprintf("%d"+nbsp+"%s", n, one)
	}
	return fmt.Sprintf("%d"+nbsp+"%s", n, many)
}

func object(year calendar.SchoolYear) string { return fmt.Sprintf("school_year:%d", int(year)) }

// Open opens a school year: done once; again, it changes nothing. What lacks
// (Overview.Checks) is said and does not stand in the way: a calendar may come
// in July. turnOn is the day the children move up, 0 for 1 August.
func (s *Service) Open(ctx context.Context, year calendar.SchoolYear, turnOn calendar.Date) (o Overview, err error) {
	if err := staff.Require(ctx, deciders...); err != nil {
		return o, err
	}
	err = s.db.Write(ctx, func(tx *store.Tx) error {
		if year, err = yearTx(tx, year); err != nil {
			return err
		}
		have, err := stateOf(tx, year)
		if err != nil {
			return err
		}
		if !have.Opened() {
			if err := openTx(tx, year, turnOn); err != nil {
				return err
			}
		}
		o, err = overview(tx, year)
		return err
	})
	return o, err
}

func openTx(tx *store.Tx, year calendar.SchoolYear, turnOn calendar.Date) error {
	if today := calendar.DateOf(tx.Now()); today < Opens(year) {
		return fault.New(fault.Conflict, "L’année %s se prépare à partir du %s.", year, Opens(year).Long())
	}
	if turnOn.IsZero() {
		turnOn = year.First()
	}
	if err := checkTurn(year, turnOn); err != nil {
		return err
	}
	agent := int64(0)
	if from := staff.From(tx.Context()); from != nil {
		agent = from.AgentID
	}
	if _, err := tx.Exec(`INSERT INTO school_year (year, opened_at, agent_id, turn_on) VALUES ($1, $2, $3, $4)`, int64(year), tx.Now(), agent, turnOn.String()); err != nil {
		return err
	}
	tx.Publish(Topic, int64(year))
	return staff.Audit(tx, "year.open", object(year), "Année scolaire "+year.String()+" ouverte, élèves à faire monter le "+turnOn.Short())
}

// checkTurn keeps the day of the turn between the end of June and the autumn.
func checkTurn(year calendar.SchoolYear, day calendar.Date) error {
	first, last := calendar.NewDate(int(year), time.June, 15), calendar.NewDate(int(year), time.October, 31)
	if day < first || day > last {
		return fault.New(fault.Invalid, "Les élèves montent entre le %s et le %s"+nbsp+": choisissez un jour de cet été.", first.Long(), last.Long())
	}
	return nil
}
