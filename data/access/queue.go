package access

import (
	"context"
	"database/sql"
	"strconv"
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// readers are the roles that may see requests (not their health documents).
var readers = []staff.Role{staff.Accueil, staff.Regie, staff.Sante, staff.Admin}

// Filter narrows the queue; zero values mean "all".
type Filter struct {
	States    []State
	ServiceID int64
	ChildID   int64
	FamilyID  int64
	Text      string // in the child's or the family's name
}

const requestColumns = `q.id, q.child_id, q.family_id, q.service_id, q.school_year, q.state, q.channel, q.pay,
	q.start_on, q.weekdays, q.received_at, q.decided_at, q.reason, q.valid_to, q.version,
	c.first, CASE WHEN c.usage <> '' THEN c.usage ELSE c.last END, c.birth, f.name, s.name, s.short,
	COALESCE(k.name, ''), COALESCE(h.name, '')`

const requestFrom = ` FROM access_request q JOIN child c ON c.id = q.child_id JOIN family f ON f.id = q.family_id
	JOIN service s ON s.id = q.service_id LEFT JOIN class k ON k.id = c.class_id LEFT JOIN school h ON h.id = k.school_id`

func scanRequest(r *sql.Rows) (q Request, err error) {
	var start, end, received, decided, last string
	var year int
	err = r.Scan(&q.ID, &q.ChildID, &q.FamilyID, &q.ServiceID, &year, &q.State, &q.Channel, &q.Pay,
		&start, &q.Weekdays, &received, &decided, &q.Reason, &end, &q.Version,
		&q.First, &last, &q.Birth, &q.Family, &q.Service, &q.Short, &q.Class, &q.School)
	if err != nil {
		return q, err
	}
	q.Year = calendar.SchoolYear(year)
	q.Child = q.First + " " + last
	if err = q.StartOn.UnmarshalText([]byte(start)); err != nil {
		return q, err
	}
	if err = q.ValidTo.UnmarshalText([]byte(end)); err != nil {
		return q, err
	}
	if q.ReceivedAt, err = store.ParseInstant(received); err != nil {
		return q, err
	}
	if decided != "" {
		q.DecidedAt, err = store.ParseInstant(decided)
	}
	return q, err
}

// Queue lists requests, those waiting for a decision first, the oldest first;
// counts gives the number of requests by state whatever the state filter.
func (s *Service) Queue(ctx context.Context, f Filter, offset, limit int) (list []Request, counts map[State]int, err error) {
	if err := staff.Require(ctx, readers...); err != nil {
		return nil, nil, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		where, args := f.where(false)
		counts = map[State]int{}
		if err := store.Each(tx, func(r *sql.Rows) error {
			var st State
			var n int
			if err := r.Scan(&st, &n); err != nil {
				return err
			}
			counts[st] = n
			return nil
		}, `SELECT q.state, count(*)`+requestFrom+where+` GROUP BY q.state`, args...); err != nil {
			return err
		}
		where, args = f.where(true)
		args = append(args, limit, offset)
		list, err = store.Collect(tx, scanRequest, `SELECT `+requestColumns+requestFrom+where+`
			ORDER BY CASE q.state WHEN 'submitted' THEN 0 WHEN 'suspended' THEN 1 WHEN 'incomplete' THEN 2 WHEN 'draft' THEN 3 ELSE 4 END,
			CASE WHEN q.state IN ('accepted', 'refused') THEN '' ELSE q.received_at END, q.decided_at DESC, q.id DESC
			LIMIT `+place(len(args)-1)+` OFFSET `+place(len(args)), args...)
		if err != nil {
			return err
		}
		return fillMany(tx, list, calendar.DateOf(tx.Now()))
	})
	return list, counts, err
}

func place(n int) string { return "$" + strconv.Itoa(n) }

func (f Filter) where(withStates bool) (string, []any) {
	var conds []string
	var args []any
	add := func(cond string, v any) {
		args = append(args, v)
		conds = append(conds, strings.ReplaceAll(cond, "?", place(len(args))))
	}
	if withStates && len(f.States) > 0 {
		states := make([]string, len(f.States))
		for i, st := range f.States {
			states[i] = string(st)
		}
		add("q.state = ANY(?)", states)
	}
	if f.ServiceID != 0 {
		add("q.service_id = ?", f.ServiceID)
	}
	if f.ChildID != 0 {
		add("q.child_id = ?", f.ChildID)
	}
	if f.FamilyID != 0 {
		add("(q.family_id = ? OR EXISTS (SELECT 1 FROM child_family x WHERE x.child_id = q.child_id AND x.family_id = ?))", f.FamilyID)
	}
	for _, word := range strings.Fields(catalog.Fold(f.Text)) {
		add("(c.fold LIKE ? OR f.fold LIKE ?)", "%"+word+"%")
	}
	if len(conds) == 0 {
		return "", args
	}
	return " WHERE " + strings.Join(conds, " AND "), args
}

// fillMany completes the checklists of a page of requests in two queries.
func fillMany(tx *store.Tx, list []Request, today calendar.Date) error {
	if len(list) == 0 {
		return nil
	}
	need := map[int64][]requirement{}
	if err := store.Each(tx, func(r *sql.Rows) error {
		var id int64
		var q requirement
		if err := r.Scan(&id, &q.kind, &q.label, &q.months, &q.debitOnly); err != nil {
			return err
		}
		need[id] = append(need[id], q)
		return nil
	}, `SELECT service_id, kind, label, months, debit_only FROM required_document ORDER BY rank, kind`); err != nil {
		return err
	}
	families := make([]int64, 0, len(list))
	seen := map[int64]bool{}
	for _, q := range list {
		if !seen[q.FamilyID] {
			seen[q.FamilyID] = true
			families = append(families, q.FamilyID)
		}
	}
	docs := map[int64][]Document{}
	if err := store.Each(tx, func(r *sql.Rows) error {
		d, err := scanDocument(r)
		if err != nil {
			return err
		}
		docs[d.FamilyID] = append(docs[d.FamilyID], d)
		return nil
	}, `SELECT `+documentColumns+` FROM document d WHERE d.family_id = ANY($1) AND d.state <> 'replaced' ORDER BY d.id DESC`, families); err != nil {
		return err
	}
	for i := range list {
		q := &list[i]
		var have []Document
		for _, d := range docs[q.FamilyID] {
			if d.ChildID == 0 || d.ChildID == q.ChildID {
				have = append(have, d)
			}
		}
		q.Checklist, q.Missing = checklist(need[q.ServiceID], have, q.Pay, today)
	}
	return nil
}

// OfFamilyTx gives the requests of a family's children from a school year on,
// refused ones left out, with their checklists.
func OfFamilyTx(tx *store.Tx, familyID int64, from calendar.SchoolYear) ([]Request, error) {
	list, err := store.Collect(tx, scanRequest, `SELECT `+requestColumns+requestFrom+`
		WHERE q.family_id = $1 AND q.school_year >= $2 AND q.state <> 'refused' ORDER BY q.id`, familyID, int(from))
	if err != nil {
		return nil, err
	}
	return list, fillMany(tx, list, calendar.DateOf(tx.Now()))
}

// Get returns one request with its checklist.
func (s *Service) Get(ctx context.Context, id int64) (q Request, err error) {
	if err := staff.Require(ctx, readers...); err != nil {
		return q, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		q, err = get(tx, id)
		return err
	})
	return q, err
}

func get(tx *store.Tx, id int64) (Request, error) {
	list, err := store.Collect(tx, scanRequest, `SELECT `+requestColumns+requestFrom+` WHERE q.id = $1`, id)
	if err != nil {
		return Request{}, err
	}
	if len(list) == 0 {
		return Request{}, fault.New(fault.NotFound, "La demande n° %d n’existe pas.", id)
	}
	q := list[0]
	return q, q.fillChecklist(tx, calendar.DateOf(tx.Now()))
}
