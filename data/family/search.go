package family

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/money"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// readers of families: everybody but the kitchen.
var readers = []staff.Role{staff.Accueil, staff.Regie, staff.Sante, staff.Admin}

// Filter narrows a list of families; the zero value keeps the active ones.
type Filter struct {
	Archived  bool   // archived ones instead of active ones
	Badge     string // one of the Badge codes
	SchoolID  int64  // with a child present in that school
	ClassID   int64
	CommuneID int64
}

func (f Filter) plain() bool {
	return f.Badge == "" && f.SchoolID == 0 && f.ClassID == 0 && f.CommuneID == 0
}

// What a family's line says, the most urgent first.
const (
	BadgeDebt       = "debt"       // the wallet is below zero
	BadgeIncomplete = "incomplete" // a request waits for the family
	BadgeRequest    = "request"    // a request waits for the desk
	BadgeExpiring   = "expiring"   // a document ends within 30 days
	BadgeLow        = "low"        // the wallet is below its notice
	BadgeOK         = "ok"
)

var badgeLabels = map[string]string{
	BadgeDebt: "Débiteur", BadgeIncomplete: "Dossier incomplet", BadgeRequest: "Demande en cours",
	BadgeExpiring: "Pièce bientôt échue", BadgeLow: "Solde bas", BadgeOK: "À jour",
}

// BadgeLabel gives "Solde bas".
func BadgeLabel(code string) string { return badgeLabels[code] }

// Hit is one line of a list of families.
type Hit struct {
	ID        int64
	Name      string
	City      string
	Email     string
	Phone     string // E.164
	State     string
	HasWallet bool
	Balance   money.Cents
	Badge     string
	Children  []HitChild
}

// Number is the family's number on paper.
func (h Hit) Number() string { return Number(h.ID) }

// HitChild is a child of a line.
type HitChild struct {
	ID     int64
	First  string
	Last   string
	Birth  calendar.Date
	Class  string
	School string
	Diet   string
	Shared bool
	Left   bool
}

// Search gives the families a text means, the best first, at most limit (0: all),
// and how many there are. Accents, case, œ, hyphens and the order of words do
// not matter; a child, an e-mail address, a phone in any shape or a number
// (F-0087) finds its family. An empty text lists in French order.
func (s *Service) Search(ctx context.Context, text string, filter Filter, limit int) ([]Hit, int, error) {
	return s.find(ctx, text, filter, 0, limit)
}

// List gives a page of families in French order, and how many there are.
func (s *Service) List(ctx context.Context, filter Filter, offset, limit int) ([]Hit, int, error) {
	return s.find(ctx, "", filter, offset, limit)
}

func (s *Service) find(ctx context.Context, text string, filter Filter, offset, limit int) (hits []Hit, total int, err error) {
	if err := staff.Require(ctx, readers...); err != nil {
		return nil, 0, err
	}
	s.index.watch()
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		list, err := s.index.fresh(tx)
		if err != nil {
			return err
		}
		allowed, err := filterIDs(tx, filter)
		if err != nil {
			return err
		}
		state := Active
		if filter.Archived {
			state = Archived
		}
		ids := match(list, strings.TrimSpace(text), func(e *entry) bool {
			return e.state == state && (allowed == nil || allowed[e.id])
		})
		total = len(ids)
		ids = ids[min(max(offset, 0), len(ids)):]
		if limit > 0 && len(ids) > limit {
			ids = ids[:limit]
		}
		hits, err = hitsTx(tx, ids)
		return err
	})
	return hits, total, err
}

// filterIDs gives the families a filter keeps, nil for all of them.
func filterIDs(tx *store.Tx, f Filter) (map[int64]bool, error) {
	if f.plain() {
		return nil, nil
	}
	var allowed map[int64]bool
	narrow := func(query string, args ...any) error {
		next := map[int64]bool{}
		err := store.Each(tx, func(r *sql.Rows) error {
			var id int64
			err := r.Scan(&id)
			if allowed == nil || allowed[id] {
				next[id] = true
			}
			return err
		}, query, args...)
		allowed = next
		return err
	}
	if f.ClassID != 0 {
		if err := narrow(`SELECT family_id FROM child WHERE class_id = $1 AND state = 'active'
			UNION SELECT x.family_id FROM child_family x JOIN child c ON c.id = x.child_id WHERE c.class_id = $1 AND c.state = 'active'`, f.ClassID); err != nil {
			return nil, err
		}
	}
	if f.SchoolID != 0 {
		if err := narrow(`SELECT c.family_id FROM child c JOIN class k ON k.id = c.class_id WHERE k.school_id = $1 AND c.state = 'active'
			UNION SELECT x.family_id FROM child_family x JOIN child c ON c.id = x.child_id JOIN class k ON k.id = c.class_id WHERE k.school_id = $1 AND c.state = 'active'`, f.SchoolID); err != nil {
			return nil, err
		}
	}
	if f.CommuneID != 0 {
		if err := narrow(`SELECT id FROM family WHERE commune_id = $1`, f.CommuneID); err != nil {
			return nil, err
		}
	}
	if f.Badge != "" {
		badges, err := badgesTx(tx, nil)
		if err != nil {
			return nil, err
		}
		next := map[int64]bool{}
		for id, b := range badges {
			if b == f.Badge && (allowed == nil || allowed[id]) {
				next[id] = true
			}
		}
		allowed = next
	}
	return allowed, nil
}

// Counts gives how many active families have each badge, and under "" how many
// there are: the chips above the list.
func (s *Service) Counts(ctx context.Context) (map[string]int, error) {
	if err := staff.Require(ctx, readers...); err != nil {
		return nil, err
	}
	out := map[string]int{}
	err := s.db.Read(ctx, func(tx *store.Tx) error {
		badges, err := badgesTx(tx, nil)
		for _, b := range badges {
			out[b]++
			out[""]++
		}
		return err
	})
	return out, err
}

// hitsTx fills the lines of the ids, in their order: four questions.
func hitsTx(tx *store.Tx, ids []int64) ([]Hit, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	at := make(map[int64]*Hit, len(ids))
	out := make([]Hit, len(ids))
	for i, id := range ids {
		out[i].ID = id
		at[id] = &out[i]
	}
	err := store.Each(tx, func(r *sql.Rows) error {
		var id, wallet int64
		var h Hit
		if err := r.Scan(&id, &h.Name, &h.City, &h.State, &wallet, &h.Balance); err != nil {
			return err
		}
		h.ID, h.HasWallet = id, wallet == 1
		*at[id] = h
		return nil
	}, `SELECT f.id, f.name, f.city, f.state, CASE WHEN a.id IS NULL THEN 0 ELSE 1 END, COALESCE(a.balance, 0)
		FROM family f LEFT JOIN account a ON a.family_id = f.id WHERE f.id = ANY($1)`, ids)
	if err != nil {
		return nil, err
	}
	err = store.Each(tx, func(r *sql.Rows) error {
		var id int64
		var email, mobile, home string
		err := r.Scan(&id, &email, &mobile, &home)
		h := at[id]
		h.Email, h.Phone = firstOf(h.Email, email), firstOf(h.Phone, mobile, home)
		return err
	}, `SELECT family_id, email, mobile, home FROM guardian WHERE family_id = ANY($1) ORDER BY family_id, rank`, ids)
	if err != nil {
		return nil, err
	}
	if err := hitChildren(tx, at, ids); err != nil {
		return nil, err
	}
	badges, err := badgesTx(tx, ids)
	for i := range out {
		out[i].Badge = badges[out[i].ID]
	}
	return out, err
}

func hitChildren(tx *store.Tx, at map[int64]*Hit, ids []int64) error {
	const columns = `c.id, c.first, c.last, c.birth, COALESCE(k.name, ''), COALESCE(s.name, ''), c.diet, c.state`
	const from = ` LEFT JOIN class k ON k.id = c.class_id LEFT JOIN school s ON s.id = k.school_id `
	return store.Each(tx, func(r *sql.Rows) error {
		var family, shared int64
		var c HitChild
		var state string
		if err := r.Scan(&family, &shared, &c.ID, &c.First, &c.Last, &c.Birth, &c.Class, &c.School, &c.Diet, &state); err != nil {
			return err
		}
		c.Shared, c.Left = shared == 1, state == Left
		at[family].Children = append(at[family].Children, c)
		return nil
	}, `SELECT c.family_id, 0 AS guest, `+columns+` FROM child c`+from+`WHERE c.family_id = ANY($1)
		UNION ALL SELECT x.family_id, 1 AS guest, `+columns+` FROM child_family x JOIN child c ON c.id = x.child_id`+from+`WHERE x.family_id = ANY($1)
		ORDER BY 1, 2, 6, 3`, ids)
}

// expiringDays is how long before its end a document shows.
const expiringDays = 30

// badgesTx gives what each family's line says; ids nil: every active family.
func badgesTx(tx *store.Tx, ids []int64) (map[int64]string, error) {
	which, and, args := `f.state = 'active'`, ``, []any{}
	if ids != nil {
		which, and, args = `f.id = ANY($1)`, ` AND family_id = ANY($1)`, []any{ids}
	}
	waiting, err := idSet(tx, `SELECT family_id, CASE WHEN MAX(CASE WHEN state = 'incomplete' THEN 1 ELSE 0 END) = 1 THEN 'incomplete' ELSE 'request' END
		FROM access_request WHERE state IN ('submitted', 'incomplete')`+and+` GROUP BY family_id`, args...)
	if err != nil {
		return nil, err
	}
	now := today(tx)
	span := append(slices.Clone(args), now.String(), now.Add(expiringDays).String())
	first, second := "$1", "$2"
	if ids != nil {
		first, second = "$2", "$3"
	}
	ending, err := idSet(tx, `SELECT DISTINCT family_id, 'expiring' FROM document WHERE state IN ('received', 'conform') AND valid_to >= `+first+` AND valid_to <= `+second+and, span...)
	if err != nil {
		return nil, err
	}
	out := map[int64]string{}
	err = store.Each(tx, func(r *sql.Rows) error {
		var id, balance, low, wallet int64
		if err := r.Scan(&id, &balance, &low, &wallet); err != nil {
			return err
		}
		switch {
		case balance < 0:
			out[id] = BadgeDebt
		case waiting[id] != "":
			out[id] = waiting[id]
		case ending[id] != "":
			out[id] = BadgeExpiring
		case wallet == 1 && balance < low:
			out[id] = BadgeLow
		default:
			out[id] = BadgeOK
		}
		return nil
	}, `SELECT f.id, COALESCE(a.balance, 0), COALESCE(f.low_balance, (SELECT MAX(s.low_balance) FROM service s WHERE s.active = 1), 1000), CASE WHEN a.id IS NULL THEN 0 ELSE 1 END
		FROM family f LEFT JOIN account a ON a.family_id = f.id WHERE `+which, args...)
	return out, err
}

func idSet(tx *store.Tx, query string, args ...any) (map[int64]string, error) {
	out := map[int64]string{}
	err := store.Each(tx, func(r *sql.Rows) error {
		var id int64
		var text string
		err := r.Scan(&id, &text)
		out[id] = text
		return err
	}, query, args...)
	return out, err
}
