package schoolyear

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"

	"ardoise/data/access"
	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/letter"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// letterKind is the letter that asks again: its template and its kind in the outbox.
const letterKind = "year.requests"

// RequestLine is a request of the year: to be drafted, or there already.
type RequestLine struct {
	ChildID   int64
	Child     string // "Éva Favier"
	First     string
	ServiceID int64
	Service   string // "Cantine"
	Pay       string
	Weekdays  string
	New       bool
	State     access.State // of one that is there
	Missing   []string     // what the family has to hand in
	Valid     []string     // what stays good, with its end
}

// RequestFamily is a family asked again: one letter for all its children.
type RequestFamily struct {
	FamilyID int64
	Number   string
	Family   string
	Address  []string // for a letter on paper
	To       string   // "" : no e-mail address
	Lines    []RequestLine
	Written  bool // the letter of the year was filed before
	Letter   letter.Letter
}

// Asks reports whether something of the family still waits for its answer.
func (f RequestFamily) Asks() bool {
	return slices.ContainsFunc(f.Lines, func(l RequestLine) bool { return l.New || l.State == access.Draft })
}

// LeftOut is an access that is not asked again, and why.
type LeftOut struct {
	ChildID int64
	Child   string
	Family  string
	Service string
	Why     string
}

// RequestAsk is what the town says in its letters.
type RequestAsk struct {
	Year    calendar.SchoolYear
	ReplyBy calendar.Date // 0: three weeks from today
}

// RequestPlan is the requests of the year and the letters that ask for them.
type RequestPlan struct {
	State    State
	Ask      RequestAsk
	Families []RequestFamily
	LeftOut  []LeftOut
	New      int // requests to draft
	There    int // requests of the year there already
	ToWrite  int // letters to file now
	Written  int // families written to before
	ByPost   int // families that wait for a letter on paper
	Digest   string
}

// Papers are the families to write to on paper: those without an address.
func (p RequestPlan) Papers() (out []RequestFamily) {
	for _, f := range p.Families {
		if f.To == "" && f.Asks() {
			out = append(out, f)
		}
	}
	return out
}

// PlanRequests shows the requests of the year: those of children who stay and
// had access, service by service, with what of their documents stays good. 0
// asks for the year there is to prepare.
func (s *Service) PlanRequests(ctx context.Context, ask RequestAsk) (p RequestPlan, err error) {
	if err := staff.Require(ctx, desk...); err != nil {
		return p, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		if ask.Year, err = yearTx(tx, ask.Year); err != nil {
			return err
		}
		p, err = planRequests(tx, ask)
		return err
	})
	return p, err
}

// replyDays is how long families have to answer where nobody says otherwise.
const replyDays = 21

func planRequests(tx *store.Tx, ask RequestAsk) (p RequestPlan, err error) {
	today := calendar.DateOf(tx.Now())
	if ask.ReplyBy.IsZero() {
		ask.ReplyBy = today.Add(replyDays)
	}
	if ask.ReplyBy <= today || ask.ReplyBy > ask.Year.Last() {
		return p, fault.New(fault.Invalid, "La date de réponse (%s) doit être à venir, et dans l’année %s au plus tard.", ask.ReplyBy.Long(), ask.Year)
	}
	if p.State, err = stateOf(tx, ask.Year); err != nil {
		return p, err
	}
	p.Ask = ask
	w := &asker{plan: &p, today: today, families: map[int64]*RequestFamily{}}
	for _, step := range []func(*store.Tx) error{w.read, w.list, w.check, w.people, w.compose} {
		if err = step(tx); err != nil {
			return p, err
		}
	}
	p.Digest, err = p.digest()
	return p, err
}

func (p RequestPlan) digest() (string, error) {
	var b strings.Builder
	fmt.Fprintln(&b, p.Ask.Year, p.Ask.ReplyBy, p.State.Opened())
	for _, f := range p.Families {
		fmt.Fprintf(&b, "%d %q %v %q %q\n", f.FamilyID, f.To, f.Written, f.Letter.Subject, f.Letter.Body)
		for _, l := range f.Lines {
			fmt.Fprintf(&b, " %d %d %s %q %v %s\n", l.ChildID, l.ServiceID, l.Pay, l.Weekdays, l.New, l.State)
		}
	}
	return ledger.Digest(b.String())
}

// asker gathers the plan in a number of questions that does not depend on the
// number of families.
type asker struct {
	plan     *RequestPlan
	today    calendar.Date
	services map[int64]catalog.ServiceInfo
	places   map[int64]PlannedChild
	families map[int64]*RequestFamily
	asked    []access.Asked // beside lines
	lines    []*RequestLine
	owners   []int64
}

func (w *asker) read(tx *store.Tx) error {
	list, err := catalog.ServicesTx(tx)
	if err != nil {
		return err
	}
	w.services = map[int64]catalog.ServiceInfo{}
	for _, s := range list {
		w.services[s.ID] = s
	}
	plan, err := planClasses(tx, ClassAsk{Year: w.plan.Ask.Year})
	if err != nil {
		return err
	}
	w.places = map[int64]PlannedChild{}
	for _, c := range plan.Children {
		w.places[c.ChildID] = c
	}
	return nil
}

// accessRow is a request of the year that ends with the one of the year to come.
type accessRow struct {
	child, family, service int64
	first, name, household string
	pay, weekdays          string
	next                   access.State // "" : none
	nextPay, nextDays      string
}

const accessSelect = `SELECT q.child_id, c.family_id, q.service_id, c.first, CASE WHEN c.usage <> '' THEN c.usage ELSE c.last END, f.name,
	COALESCE(p.pay, ''), COALESCE(p.weekdays, ''), COALESCE(n.state, ''), COALESCE(n.pay, ''), COALESCE(n.weekdays, '')
	FROM (SELECT DISTINCT child_id, service_id FROM access_request
		WHERE school_year = $1 AND state IN ('accepted', 'suspended') OR school_year = $2 AND state <> 'refused') q
	JOIN child c ON c.id = q.child_id AND c.state = 'active' JOIN family f ON f.id = c.family_id
	LEFT JOIN access_request p ON p.child_id = q.child_id AND p.service_id = q.service_id AND p.school_year = $1 AND p.state IN ('accepted', 'suspended')
	LEFT JOIN access_request n ON n.child_id = q.child_id AND n.service_id = q.service_id AND n.school_year = $2 AND n.state <> 'refused'
	ORDER BY f.sort_key, f.id, c.birth, c.id, q.service_id`

// list goes through the accesses of both years, child by child.
func (w *asker) list(tx *store.Tx) error {
	year := w.plan.Ask.Year
	rows, err := store.Collect(tx, func(r *sql.Rows) (a accessRow, err error) {
		err = r.Scan(&a.child, &a.family, &a.service, &a.first, &a.name, &a.household, &a.pay, &a.weekdays, &a.next, &a.nextPay, &a.nextDays)
		a.name = family.Child{First: a.first, Last: a.name}.Name()
		return a, err
	}, accessSelect, int64(year)-1, int64(year))
	if err != nil {
		return err
	}
	var order []int64
	for _, a := range rows {
		if why := w.without(a); why != "" {
			w.plan.LeftOut = append(w.plan.LeftOut, LeftOut{a.child, a.name, a.household, w.services[a.service].Short, why})
			continue
		}
		f := w.families[a.family]
		if f == nil {
			f = &RequestFamily{FamilyID: a.family, Number: family.Number(a.family), Family: a.household}
			w.families[a.family] = f
			order = append(order, a.family)
		}
		f.Lines = append(f.Lines, w.line(a))
	}
	w.plan.Families = make([]RequestFamily, 0, len(order))
	for _, id := range order {
		w.plan.Families = append(w.plan.Families, *w.families[id])
	}
	return nil
}

// without says why an access is not asked again, "" where it is.
func (w *asker) without(a accessRow) string {
	if a.next != "" {
		return ""
	}
	s, c := w.services[a.service], w.places[a.child]
	switch {
	case !s.Active:
		return "service fermé"
	case c.Fate == Leaves:
		return "sortant"
	case c.Fate == Unplaced:
		return "classe à décider (" + c.Why + ")"
	case !s.Takes(c.SchoolID):
		return "le service ne prend pas " + c.School
	}
	return ""
}

func (w *asker) line(a accessRow) RequestLine {
	s := w.services[a.service]
	l := RequestLine{ChildID: a.child, Child: a.name, First: a.first, ServiceID: a.service, Service: s.Short, Pay: a.pay, Weekdays: a.weekdays, New: a.next == "", State: a.next}
	if !l.New {
		l.Pay, l.Weekdays = a.nextPay, a.nextDays
		w.plan.There++
		return l
	}
	if l.Pay == access.Monthly && !s.Offers("monthly") {
		l.Pay = access.Prepaid
	}
	w.plan.New++
	return l
}

// start is the day documents are judged on: that of the first classes, or today.
func (w *asker) start() calendar.Date {
	return max(w.today, calendar.NewDate(int(w.plan.Ask.Year), 9, 1))
}

// check looks at the documents of every line at once.
func (w *asker) check(tx *store.Tx) error {
	for i := range w.plan.Families {
		f := &w.plan.Families[i]
		for k := range f.Lines {
			l := &f.Lines[k]
			w.lines = append(w.lines, l)
			w.owners = append(w.owners, f.FamilyID)
			w.asked = append(w.asked, access.Asked{ChildID: l.ChildID, ServiceID: l.ServiceID, Year: w.plan.Ask.Year, Pay: l.Pay, Weekdays: l.Weekdays, Channel: "desk", Draft: true})
		}
	}
	lists, err := access.ChecklistsTx(tx, w.asked, w.owners, w.start())
	if err != nil {
		return err
	}
	for i, items := range lists {
		for _, it := range items {
			if it.OK {
				w.lines[i].Valid = append(w.lines[i].Valid, it.Label+" (jusqu’au "+it.Document.ValidTo.Short()+")")
			} else {
				w.lines[i].Missing = append(w.lines[i].Missing, it.Label)
			}
		}
	}
	return nil
}

// people finds who reads each letter, the postal address, and which letters of
// the year were filed before.
func (w *asker) people(tx *store.Tx) error {
	at := map[int64]*RequestFamily{}
	keys := make([]string, len(w.plan.Families))
	for i := range w.plan.Families {
		f := &w.plan.Families[i]
		at[f.FamilyID] = f
		keys[i] = w.plan.key(f.FamilyID)
	}
	byKey := map[string]int64{}
	for id := range at {
		byKey[w.plan.key(id)] = id
	}
	filed, err := store.Collect(tx, scanText, `SELECT key FROM outbox WHERE key = ANY($1)`, keys)
	if err != nil {
		return err
	}
	for _, k := range filed {
		at[byKey[k]].Written = true
	}
	return store.Each(tx, func(r *sql.Rows) error {
		var id int64
		var lines [4]string
		if err := r.Scan(&id, &lines[0], &lines[1], &lines[2], &lines[3]); err != nil {
			return err
		}
		at[id].Address = slices.DeleteFunc([]string{lines[0], lines[1], strings.TrimSpace(lines[2] + " " + lines[3])}, func(s string) bool { return s == "" })
		return nil
	}, `SELECT id, address1, address2, postal, city FROM family WHERE id = ANY($1)`, slices.Sorted(maps.Keys(at)))
}

// key is that of a family's one letter of the year.
func (p RequestPlan) key(familyID int64) string {
	return fmt.Sprintf("%s:%d:%d", letterKind, int(p.Ask.Year), familyID)
}

// compose writes the letter of each family that is asked something.
func (w *asker) compose(tx *store.Tx) error {
	ids := make([]int64, len(w.plan.Families))
	for i, f := range w.plan.Families {
		ids[i] = f.FamilyID
	}
	who, err := letter.Correspondents(tx, ids)
	if err != nil {
		return err
	}
	p := w.plan
	for i := range p.Families {
		f := &p.Families[i]
		f.To = who[f.FamilyID].To
		switch {
		case f.Written:
			p.Written++
		case f.Asks() && f.To != "":
			p.ToWrite++
		case f.Asks():
			p.ByPost++
		}
		if !f.Asks() || f.Written && f.To != "" {
			continue
		}
		if f.Letter, err = who[f.FamilyID].Compose(letterKind, letter.Facts{
			"famille": f.Family, "année scolaire": p.Ask.Year.String(), "demandes": f.asks(), "réponse": p.Ask.ReplyBy.Long(),
		}); err != nil {
			return err
		}
	}
	return nil
}
