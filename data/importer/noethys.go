package importer

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/money"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// Noethys is a take-over from Noethys: its SQLite file, the one whose name ends
// in _DATA.dat. It is read where it lies and never written to.
type Noethys struct {
	Path    string
	Name    string // what refusals call the file; "": the path's last word
	Commune string // of schools whose town the catalog does not know; may be empty
	Service string // code of the canteen; "": the one that takes the child's school, or the only one
}

// What a line of a take-over does, beside Create, Update and Unchanged.
const (
	Take    = "take"    // a balance that will be entered, a meal that will be booked, a request that will be made
	Already = "already" // done by an earlier take-over, or known here
	LeftOut = "todo"    // not taken: somebody has work to do, Reason says which
)

// NoethysSchool is a school of the plan with the classes it lacks here.
type NoethysSchool struct {
	Name, Commune string
	Action        string // Create, Unchanged, LeftOut
	Reason        string
	NewClasses    []string
}

// NoethysBalance is a family's account: what it paid less what it was served, up
// to today, in cents.
type NoethysBalance struct {
	Account  int64 // Noethys's number
	FamilyID int64 // 0: a family to create, or none
	Family   string
	Paid     money.Cents
	Served   money.Cents
	Later    money.Cents // services dated after today: not counted, their meals are booked anew
	Balance  money.Cents
	Action   string // Take, Already, LeftOut
	Reason   string // French: how it is made up, why it is left out

	home *homeRef
}

// NoethysRequest is an access request that the take-over makes, so that the
// child's meals can be booked once its documents are there.
type NoethysRequest struct {
	Child, Service string
	Action         string // Take, Already, LeftOut
	Reason         string

	kid       *kid
	serviceID int64
}

// NoethysMeal is a meal booked in Noethys for a day after today.
type NoethysMeal struct {
	Child, Family string
	ChildID       int64 // 0: a child to create
	Day           calendar.Date
	Action        string // Take, Already, LeftOut
	Reason        string
	Price         money.Cents

	item booking.Item
}

// NoethysPlan is what a take-over would do: families and children as an import
// of ONDE shows them, then schools, balances, requests and meals to come.
type NoethysPlan struct {
	ONDEPlan
	Version  string // of Noethys
	Schools  []NoethysSchool
	Balances []NoethysBalance
	Requests []NoethysRequest
	Meals    []NoethysMeal

	src  Noethys
	file string // Noethys's own name of its file
	noe  noeActions
}

// Changes reports whether committing would write anything.
func (p *NoethysPlan) Changes() bool {
	return p.ONDEPlan.Changes() || len(p.noe.schools)+len(p.noe.classes) > 0 || p.Count(Take) > 0
}

// Count counts the balances, requests and meals of an action.
func (p *NoethysPlan) Count(action string) int {
	return p.balances(action) + p.requests(action) + p.meals(action)
}

func (p *NoethysPlan) balances(action string) (n int) {
	for _, b := range p.Balances {
		if b.Action == action {
			n++
		}
	}
	return n
}

func (p *NoethysPlan) requests(action string) (n int) {
	for _, q := range p.Requests {
		if q.Action == action {
			n++
		}
	}
	return n
}

func (p *NoethysPlan) meals(action string) (n int) {
	for _, m := range p.Meals {
		if m.Action == action {
			n++
		}
	}
	return n
}

// Taken sums the balances that the plan enters; cents.
func (p *NoethysPlan) Taken() (sum money.Cents) {
	for _, b := range p.Balances {
		if b.Action == Take {
			sum += b.Balance
		}
	}
	return sum
}

// Summary says the plan in one French sentence.
func (p *NoethysPlan) Summary() string {
	text := strings.TrimSuffix(p.ONDEPlan.Summary(), ".")
	schools := 0
	for _, s := range p.Schools {
		if s.Action == Create {
			schools++
		}
	}
	return text + fmt.Sprintf(" ; écoles à créer"+nbsp+": %d, classes"+nbsp+": %d ; soldes à reprendre"+nbsp+": %d (%s), laissés"+nbsp+": %d ; demandes d’accès à créer"+nbsp+": %d ; repas à réserver"+nbsp+": %d, laissés à l’agent"+nbsp+": %d.",
		schools, len(p.noe.classes), p.balances(Take), p.Taken(), p.balances(LeftOut), p.requests(Take), p.meals(Take), p.meals(LeftOut))
}

// PlanNoethys reads the file and shows what a take-over would do; nothing is
// written, here or there.
func (s *Service) PlanNoethys(ctx context.Context, in Noethys) (plan *NoethysPlan, err error) {
	if err := staff.Require(ctx, staff.Admin); err != nil {
		return nil, err
	}
	d, err := in.read(ctx, calendar.DateOf(s.db.Now()))
	if err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		x, err := planNoethys(tx, in, d)
		if err == nil {
			plan = x.p
		}
		return err
	})
	return plan, err
}

// CommitNoethys writes a plan whole, in one transaction. File and database are
// read again: if the plan is not the one that was shown, nothing is written.
func (s *Service) CommitNoethys(ctx context.Context, plan *NoethysPlan) error {
	if err := staff.Require(ctx, staff.Admin); err != nil {
		return err
	}
	if plan == nil || plan.Digest == "" {
		return fault.New(fault.Invalid, "Aucune reprise n’est préparée"+nbsp+": relisez d’abord le fichier de Noethys.")
	}
	d, err := plan.src.read(ctx, calendar.DateOf(s.db.Now())) // outside the transaction: nobody waits for a file
	if err != nil {
		return err
	}
	note := ""
	if plan.Changes() {
		if note, err = s.before.Copy(ctx, plan.NoCopy); err != nil {
			return err
		}
	}
	return s.db.Write(ctx, func(tx *store.Tx) error {
		x, err := planNoethys(tx, plan.src, d)
		if err != nil {
			return err
		}
		again := x.p
		if again.Digest != plan.Digest {
			return fault.New(fault.Conflict, "Le fichier de Noethys ou la base a changé depuis l’aperçu de la reprise"+nbsp+": rien n’a été écrit. Refaites l’aperçu, puis validez.")
		}
		if !again.Changes() {
			return nil
		}
		if err := again.write(x); err != nil {
			return err
		}
		return staff.Audit(tx, "import.noethys", "file:"+again.src.name(), again.Summary()+note)
	})
}

func (in Noethys) name() string { return baseName(in.Path, in.Name) }

func (in Noethys) read(ctx context.Context, today calendar.Date) (d *noeData, err error) {
	if strings.TrimSpace(in.Path) == "" {
		return nil, fault.New(fault.Invalid, "Indiquez le fichier de Noethys, celui dont le nom finit par « _DATA.dat ».")
	}
	err = readNoethys(ctx, in.Path, in.name(), func(f *noeFile) error {
		d, err = f.load(today)
		return err
	})
	return d, err
}

// seal sums up everything a plan would write.
func (p *NoethysPlan) seal() {
	var b strings.Builder
	put := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	put("%s %s", p.file, p.ONDEPlan.digest())
	for _, s := range p.noe.schools {
		put("school %d %q", s.commune.ID, s.name)
	}
	for _, c := range p.noe.classes {
		put("class %d %q %d", c.school, c.name, c.rank)
	}
	for _, x := range p.Balances {
		put("balance %d %d %q %d %s", x.Account, x.FamilyID, x.Family, x.Balance, x.Action)
	}
	for _, q := range p.Requests {
		put("request %d %q %d %s", q.kid.child.ID, q.Child, q.serviceID, q.Action)
	}
	for _, m := range p.Meals {
		put("meal %d %q %d %d %d %s", m.ChildID, m.Child, m.item.ServiceID, m.Day, m.Price, m.Action)
	}
	sum := sha256.Sum256([]byte(b.String()))
	p.Digest = hex.EncodeToString(sum[:])
}
