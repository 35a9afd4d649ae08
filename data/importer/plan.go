// Package importer is the room of lists that come from elsewhere: the pupils and
// guardians of ONDE, spreadsheets of families. Each import is a plan that is
// shown, then committed whole; the same files again change nothing. It never
// removes a child that a list has no more: it shows it.
package importer

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// nbsp stands before French double punctuation.
const nbsp = "\u00a0"

// Service is the door of the room for screens and commands.
type Service struct {
	db     *store.DB
	before store.CopyFirst
}

// Before sets what is done before each import that changes something: the copy
// of the base. An error of it stops the import, unless the agent chose to go on
// without (NoCopy of the plan). The house calls it when it is put together.
func (s *Service) Before(f func(ctx context.Context) error) { s.before.Set(f) }

// New gives the service over an open database.
func New(db *store.DB) *Service { return &Service{db: db} }

// ONDE is what an import is made of: the school's name, its commune (may be
// empty where the catalog or the name tells), and the two files as they are.
type ONDE struct {
	School        string
	Commune       string
	Year          calendar.SchoolYear // 0: that of the office's clock
	Pupils        []byte
	Guardians     []byte
	PupilsName    string // what refusals call the files
	GuardiansName string

	sheet bool              // a spreadsheet of families, in Pupils
	diets catalog.Diets     // as the town names them
	words map[string]string // its header -> field
}

// What a line of a plan does.
const (
	Create    = "create"
	Update    = "update"
	Unchanged = "unchanged"
	Gone      = "left" // present here, not in the file any more: nothing is done
)

// Line is one child or one family of the plan, for display.
type Line struct {
	Action string
	Line   int // of the pupils' file, 0 for a family or a child gone
	Child  string
	Birth  calendar.Date
	Class  string
	Family string
	Detail string // what changes, in French

	ChildID int64  // 0: not known here yet, or a family
	Level   string // of the file
}

// ONDEPlan is what an import would do. Families and Children count what the
// files hold; Created, Updated and Unchanged count children.
type ONDEPlan struct {
	School          string
	Year            calendar.SchoolYear
	NewSchool       bool // the catalog lacks it: it will be created
	NewClasses      []string
	Families        int
	Children        int
	Created         int
	Updated         int
	Unchanged       int
	FamiliesCreated int
	FamiliesUpdated int
	Shared          int // children that two families see
	Lines           []Line
	Left            []Line // children of the school that the file has no more
	Refused         []Refusal
	Notices         []Notice
	Digest          string // of everything that would be written
	// NoCopy is the agent's own choice to go on without the copy of the base that
	// goes before an import.
	NoCopy bool

	in  ONDE
	act actions
}

// Changes reports whether committing would write anything.
func (p *ONDEPlan) Changes() bool {
	return p.NewSchool || len(p.NewClasses) > 0 || p.Created+p.Updated+p.FamiliesCreated+p.FamiliesUpdated > 0 || len(p.act.links) > 0
}

// Summary says the plan in one French sentence.
func (p *ONDEPlan) Summary() string {
	what := p.School
	if p.in.sheet {
		what = p.in.PupilsName
	}
	text := fmt.Sprintf("%s, %s"+nbsp+": %d enfants dans %d familles"+nbsp+"; %d à créer, %d à modifier, %d inchangés, %d lignes refusées", what, p.Year, p.Children, p.Families, p.Created, p.Updated, p.Unchanged, len(p.Refused))
	if p.NewSchool {
		text += " ; école créée"
	}
	return text + "."
}

// actions are what a commit writes.
type actions struct {
	commune    catalog.Commune
	school     catalog.School // ID 0: to create
	classes    []newClass
	families   []*family.Family // to create
	changed    []*family.Family // to update
	kids       []newKid         // children to create
	kidChanges []*kid           // children to update
	links      []newLink
}

type newClass struct{ name, level string }

// kid is a child of the file and what is known of it.
type kid struct {
	pupil int
	child family.Child // as it will be
	class string       // folded name of its class, "" for none
	known bool
}

// newKid is a child to create.
type newKid struct {
	kid    *kid
	family *family.Family // kept or new
}

// newLink shares a child with a family; either may be new.
type newLink struct {
	kid    *kid
	family *family.Family
}

// PlanONDE reads the two files and shows what an import would do; nothing is
// written.
func (s *Service) PlanONDE(ctx context.Context, in ONDE) (plan *ONDEPlan, err error) {
	if err := staff.Require(ctx, staff.Accueil, staff.Admin); err != nil {
		return nil, err
	}
	in.defaults(calendar.DateOf(s.db.Now()))
	if err := s.db.Read(ctx, func(tx *store.Tx) (err error) {
		in.diets, err = catalog.DietsTx(tx)
		return err
	}); err != nil {
		return nil, err
	}
	r, err := in.read(calendar.DateOf(s.db.Now()))
	if err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		plan, err = planTx(tx, in, r)
		return err
	})
	return plan, err
}

func (in *ONDE) defaults(today calendar.Date) {
	in.School, in.Commune = squeeze(in.School), squeeze(in.Commune)
	in.PupilsName, in.GuardiansName = firstOf(in.PupilsName, "eleves.csv"), firstOf(in.GuardiansName, "responsables.csv")
	if in.Year == 0 {
		in.Year = calendar.SchoolYearOf(today)
	}
}

// CommitONDE writes a plan whole, in one transaction. The plan is made again on
// the database as it now is: if it is not the one that was shown, nothing is
// written.
func (s *Service) CommitONDE(ctx context.Context, plan *ONDEPlan) error {
	if err := staff.Require(ctx, staff.Accueil, staff.Admin); err != nil {
		return err
	}
	if plan == nil || plan.Digest == "" {
		return fault.New(fault.Invalid, "Aucun import n’est préparé"+nbsp+": relisez d’abord les fichiers.")
	}
	note := ""
	if plan.Changes() {
		var err error
		if note, err = s.before.Copy(ctx, plan.NoCopy); err != nil {
			return err
		}
	}
	return s.db.Write(ctx, func(tx *store.Tx) error {
		r, err := plan.in.read(calendar.DateOf(tx.Now()))
		if err != nil {
			return err
		}
		again, err := planTx(tx, plan.in, r)
		if err != nil {
			return err
		}
		if again.Digest != plan.Digest {
			return fault.New(fault.Conflict, "La base a changé depuis l’aperçu de l’import"+nbsp+": rien n’a été écrit. Refaites l’aperçu, puis validez.")
		}
		if !again.Changes() {
			return nil
		}
		if err := again.act.write(tx, again); err != nil {
			return err
		}
		if again.in.sheet {
			return staff.Audit(tx, "import.families", "file:"+again.in.PupilsName, again.Summary()+note)
		}
		return staff.Audit(tx, "import.onde", fmt.Sprintf("school:%d", again.act.school.ID), again.Summary()+note)
	})
}

// digest sums up everything a plan would write, so that two plans of one digest
// do the same to the same rows.
func (p *ONDEPlan) digest() string {
	var b strings.Builder
	put := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	put("school %d %q %d %v", p.act.school.ID, p.act.school.Name, p.act.commune.ID, p.Year)
	for _, c := range p.act.classes {
		put("class %q", c.name)
	}
	families := func(word string, list []*family.Family) {
		for _, f := range list {
			put("%s %d v%d %q %q %q %q %q %v", word, f.ID, f.Version, f.Name, f.Address(), f.Country, f.City, f.Postal, f.CommuneID)
			put(" %v %q", quotient(f), f.Note)
			for _, g := range f.Guardians {
				put(" guardian %q %q %q %q %q %q %q %q", g.Civility, g.Last, g.Usage, g.First, g.Email, g.Home, g.Work, g.Mobile)
			}
		}
	}
	child := func(word string, k *kid) {
		c := k.child
		put("%s %d v%d of %d %q %q %q %v %q %q %q %d %q %q %v %q %q", word, c.ID, c.Version, c.FamilyID, c.Last, c.Usage, c.First, c.Birth, c.Sex, c.INE, k.class, c.ClassID, c.Level, c.AgeGroup, c.PhotoOK, c.State, c.Diet)
	}
	families("new family", p.act.families)
	families("family", p.act.changed)
	for _, k := range p.act.kids {
		child(fmt.Sprintf("new child of %d %q", k.family.ID, k.family.Name), k.kid)
	}
	for _, k := range p.act.kidChanges {
		child("child", k)
	}
	for _, l := range p.act.links {
		put("link %d pupil %d with %d %q", l.kid.child.ID, l.kid.pupil, l.family.ID, l.family.Name)
	}
	for _, l := range p.Lines {
		put("line %s %d %q %q", l.Action, l.Line, l.Child, l.Family)
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:])
}
