package booking

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/menu"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// TopicHeadcount is published, with services’ ids, when a sheet is sent or when
// adults change.
const TopicHeadcount = "headcount"

// kitchenReaders may see how many eat, and under which diet; no money, no family.
var kitchenReaders = []staff.Role{staff.Cuisine, staff.Accueil, staff.Regie, staff.Sante, staff.Admin}

// Headcount is what the kitchen has to prepare for one service and day.
type Headcount struct {
	ServiceID int64
	Service   string
	Day       calendar.Date
	Open      bool
	Closed    string    // why not, when the service is closed
	Version   int       // of the last sheet sent, 0 for none
	SentAt    time.Time // of that sheet
	SentTotal int
	Total     int // meals, adults included
	Children  int
	Adults    int
	Groups    []Group
	Names     []Name
	Changes   []Change
	Menu      menu.Day
	Diets     catalog.Diets // their words
	// Deliveries are the groups of schools delivered together, nil unless there
	// is more than one.
	Deliveries []Delivery
	At         time.Time // when it was worked out
}

// Group is a number of meals that the kitchen prepares alike.
type Group struct {
	School, Sitting, AgeGroup, Diet string
	Count                           int
	Plus, Minus                     int // since the last sheet sent
}

// Name is one meal of a child.
type Name struct {
	ChildID           int64
	First, Last       string
	School, Class     string
	Sitting, AgeGroup string
	Diet              string
	classRank         int
	operation         int64 // that booked it
}

// Change is one difference from the last sheet sent: a meal more or less.
type Change struct {
	First, Last   string
	School, Class string
	AgeGroup      string
	Diet          string
	Delta         int       // +1 or -1, adults: any number
	At            time.Time // when it was booked or cancelled; zero if unknown
}

// Headcount counts one day. It asks the same few questions whatever the size of
// the database.
func (s *Service) Headcount(ctx context.Context, serviceID int64, day calendar.Date) (h *Headcount, err error) {
	if err := staff.Require(ctx, kitchenReaders...); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		h, err = headcount(tx, serviceID, day)
		return err
	})
	return h.forEyesOf(ctx), err
}

// forEyesOf leaves of the last names an initial where the session is the
// kitchen's alone: it knows first names, classes and diets, and no family.
func (h *Headcount) forEyesOf(ctx context.Context) *Headcount {
	if h == nil || !kitchenAlone(ctx) {
		return h
	}
	for i := range h.Names {
		h.Names[i].Last = initial(h.Names[i].Last)
	}
	for i := range h.Changes {
		if h.Changes[i].First != "" { // adults have no first name: "Adultes"
			h.Changes[i].Last = initial(h.Changes[i].Last)
		}
	}
	return h
}

func kitchenAlone(ctx context.Context) bool {
	return !staff.From(ctx).Has(staff.Accueil, staff.Regie, staff.Sante, staff.Admin)
}

func initial(last string) string {
	r, n := utf8.DecodeRuneInString(last)
	if n == 0 {
		return ""
	}
	return string(r) + "."
}

func headcount(tx *store.Tx, serviceID int64, day calendar.Date) (*Headcount, error) {
	h := &Headcount{ServiceID: serviceID, Day: day, At: tx.Now()}
	if err := h.open(tx); err != nil {
		return nil, err
	}
	var err error
	if h.Names, err = names(tx, serviceID, day); err != nil {
		return nil, fmt.Errorf("booking: names of %s: %w", day, err)
	}
	adults, err := adultsOf(tx, serviceID, day)
	if err != nil {
		return nil, err
	}
	if h.Menu, err = menu.DayTx(tx, serviceID, day); err != nil {
		return nil, err
	}
	h.Children = len(h.Names)
	for _, a := range adults {
		h.Adults += a.Count
	}
	h.Total = h.Children + h.Adults
	sent, err := h.lastSent(tx)
	if err != nil {
		return nil, err
	}
	h.group(adults)
	if h.Version > 0 {
		return h, h.compare(tx, sent, adults)
	}
	return h, nil
}

// group counts names and adults into groups, in the kitchen's order.
func (h *Headcount) group(adults []Group) {
	at := map[Group]int{}
	add := func(g Group, n int) {
		key := g
		key.Count = 0
		i, ok := at[key]
		if !ok {
			i = len(h.Groups)
			at[key] = i
			h.Groups = append(h.Groups, key)
		}
		h.Groups[i].Count += n
	}
	for _, n := range h.Names {
		add(Group{School: n.School, Sitting: n.Sitting, AgeGroup: n.AgeGroup, Diet: n.Diet}, 1)
	}
	for _, a := range adults {
		add(a, a.Count)
	}
	slices.SortStableFunc(h.Groups, compareGroups)
}

var ageRank = map[string]int{"maternelle": 0, "elementaire": 1, "adulte": 2}

var dietRank = func() map[string]int {
	out := map[string]int{}
	for i, code := range catalog.DietCodes() {
		out[code] = i
	}
	return out
}()

func compareGroups(a, b Group) int {
	for _, c := range []int{
		cmp.Compare(a.School, b.School), cmp.Compare(a.Sitting, b.Sitting), ageRank[a.AgeGroup] - ageRank[b.AgeGroup],
		dietRank[a.Diet] - dietRank[b.Diet],
	} {
		if c != 0 {
			return c
		}
	}
	return 0
}

// sentLine is one meal (or some adults) of the last sheet.
type sentLine struct {
	child int64
	g     Group
	class string
}

func (h *Headcount) lastSent(tx *store.Tx) (lines []sentLine, err error) {
	var id int64
	var at string
	err = tx.QueryRow(`SELECT id, version, sent_at, total FROM headcount WHERE service_id = $1 AND day = $2 ORDER BY version DESC LIMIT 1`,
		h.ServiceID, h.Day).Scan(&id, &h.Version, &at, &h.SentTotal)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if h.SentAt, err = store.ParseInstant(at); err != nil {
		return nil, err
	}
	return store.Collect(tx, func(r *sql.Rows) (l sentLine, err error) {
		err = r.Scan(&l.child, &l.g.School, &l.class, &l.g.Sitting, &l.g.AgeGroup, &l.g.Diet, &l.g.Count)
		return
	}, `SELECT COALESCE(child_id, 0), school, class, sitting, age_group, diet, count FROM headcount_line WHERE headcount_id = $1 ORDER BY rank`, id)
}

// compare writes into the groups and into Changes what differs from the last sheet.
func (h *Headcount) compare(tx *store.Tx, sent []sentLine, adults []Group) error {
	was := map[int64]sentLine{}
	plus, minus := map[Group]int{}, map[Group]int{}
	adultsWas := map[Group]int{}
	for _, l := range sent {
		g := l.g
		g.Count = 0
		if l.child == 0 {
			adultsWas[g] += l.g.Count
			continue
		}
		l.g = g
		was[l.child] = l
	}
	var operations []int64 // of the new meals, beside Changes; 0: not a new booking
	for _, n := range h.Names {
		g := Group{School: n.School, Sitting: n.Sitting, AgeGroup: n.AgeGroup, Diet: n.Diet}
		old, there := was[n.ChildID]
		delete(was, n.ChildID)
		if there && old.g == g {
			continue
		}
		operation := n.operation
		if there { // another diet, school or sitting: one less there, one more here
			minus[old.g]++
			operation = 0
		}
		plus[g]++
		operations = append(operations, operation)
		h.Changes = append(h.Changes, Change{First: n.First, Last: n.Last, School: g.School, Class: n.Class, AgeGroup: g.AgeGroup, Diet: g.Diet, Delta: 1})
	}
	if err := h.when(tx, operations); err != nil {
		return err
	}
	gone, err := h.gone(tx, was)
	if err != nil {
		return err
	}
	for _, c := range gone {
		minus[was[c.child].g]++
		h.Changes = append(h.Changes, c.Change)
	}
	for _, a := range adults {
		g := a
		g.Count = 0
		h.adultChange(g, a.Count-adultsWas[g], plus, minus)
		delete(adultsWas, g)
	}
	for g, n := range adultsWas {
		h.adultChange(g, -n, plus, minus)
	}
	h.mark(plus, minus)
	slices.SortStableFunc(h.Changes, func(a, b Change) int { return b.Delta - a.Delta })
	return nil
}

func (h *Headcount) adultChange(g Group, delta int, plus, minus map[Group]int) {
	switch {
	case delta > 0:
		plus[g] += delta
	case delta < 0:
		minus[g] -= delta
	default:
		return
	}
	h.Changes = append(h.Changes, Change{Last: "Adultes", School: g.School, AgeGroup: g.AgeGroup, Diet: g.Diet, Delta: delta})
}

// mark sets Plus and Minus, adding groups that have become empty.
func (h *Headcount) mark(plus, minus map[Group]int) {
	for i := range h.Groups {
		g := h.Groups[i]
		g.Count = 0
		h.Groups[i].Plus, h.Groups[i].Minus = plus[g], minus[g]
		delete(plus, g)
		delete(minus, g)
	}
	for g, n := range minus {
		g.Minus = n
		h.Groups = append(h.Groups, g)
	}
	slices.SortStableFunc(h.Groups, compareGroups)
}

type goneMeal struct {
	Change
	child int64
}

// gone names the children of the last sheet who eat no more, with the time.
func (h *Headcount) gone(tx *store.Tx, was map[int64]sentLine) ([]goneMeal, error) {
	if len(was) == 0 {
		return nil, nil
	}
	ids := make([]int64, 0, len(was))
	for id := range was {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return store.Collect(tx, func(r *sql.Rows) (g goneMeal, err error) {
		var at string
		if err = r.Scan(&g.child, &g.First, &g.Last, &at); err != nil {
			return g, err
		}
		l := was[g.child]
		g.School, g.Class, g.AgeGroup, g.Diet, g.Delta = l.g.School, l.class, l.g.AgeGroup, l.g.Diet, -1
		if at != "" {
			g.At, err = store.ParseInstant(at)
		}
		return g, err
	}, `SELECT c.id, c.first, CASE WHEN c.usage <> '' THEN c.usage ELSE c.last END,
		COALESCE((SELECT max(o.at) FROM booking b JOIN operation o ON o.id = b.cancel_operation_id
			WHERE b.child_id = c.id AND b.service_id = $1 AND b.day = $2 AND b.state = 'cancelled'), '')
		FROM child c WHERE c.id = ANY($3) ORDER BY c.sort_key, c.id`, h.ServiceID, h.Day, ids)
}

// Send keeps the day's headcount as the next numbered version. The sheet never
// changes afterwards: later changes show as differences.
func (s *Service) Send(ctx context.Context, serviceID int64, day calendar.Date) (h *Headcount, err error) {
	if err := staff.Require(ctx, staff.Cuisine, staff.Accueil); err != nil {
		return nil, err
	}
	err = s.db.Write(ctx, func(tx *store.Tx) error {
		if h, err = headcount(tx, serviceID, day); err != nil {
			return err
		}
		if !h.Open && h.Total == 0 {
			return fault.New(fault.Invalid, "Le %s, %s : il n’y a rien à transmettre.", day.Long(), h.Closed)
		}
		if err := send(tx, h); err != nil {
			return err
		}
		h, err = headcount(tx, serviceID, day)
		return err
	})
	return h.forEyesOf(ctx), err
}

func send(tx *store.Tx, h *Headcount) error {
	n, err := ledger.NextNumber(tx, fmt.Sprintf("headcount:%d:%s", h.ServiceID, h.Day))
	if err != nil {
		return err
	}
	who := ""
	if s := staff.From(tx.Context()); s != nil {
		who = s.Name
	}
	var id int64
	if err := tx.QueryRow(`INSERT INTO headcount (service_id, day, version, sent_at, agent, total) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id`,
		h.ServiceID, h.Day, n, tx.Now(), who, h.Total).Scan(&id); err != nil {
		return fmt.Errorf("booking: send headcount: %w", err)
	}
	lines := make([][]any, 0, len(h.Names)+4)
	for _, m := range h.Names {
		lines = append(lines, []any{m.ChildID, m.School, m.Class, m.Sitting, m.AgeGroup, m.Diet, 1})
	}
	for _, g := range h.Groups {
		if g.AgeGroup == "adulte" && g.Count > 0 {
			lines = append(lines, []any{nil, g.School, "", g.Sitting, g.AgeGroup, g.Diet, g.Count})
		}
	}
	err = ledger.Batches(len(lines), 9, func(from, to int, values string) error {
		args := make([]any, 0, (to-from)*9)
		for i, l := range lines[from:to] {
			args = append(append(args, id, from+i+1), l...)
		}
		_, err := tx.Exec(`INSERT INTO headcount_line (headcount_id, rank, child_id, school, class, sitting, age_group, diet, count) VALUES `+values, args...)
		return err
	})
	if err != nil {
		return fmt.Errorf("booking: lines of headcount: %w", err)
	}
	tx.Publish(TopicHeadcount, h.ServiceID)
	return staff.Audit(tx, "headcount.send", fmt.Sprintf("service:%d", h.ServiceID), fmt.Sprintf("Feuille n° %d du %s transmise : %d repas", n, h.Day.Short(), h.Total))
}
