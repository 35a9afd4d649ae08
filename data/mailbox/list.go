package mailbox

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"strings"

	"ardoise/data/family"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// Filter chooses messages.
type Filter struct {
	AccountID int64   // 0: all
	States    []State // none: all
	Text      string  // in subject, sender, text; folded
	FamilyID  int64
	Before    int64 // message id: those below it, for the next page
	Limit     int   // 0: 200
}

// Counts are the numbers of the filters and the rail.
type Counts struct{ Todo, ToRead, Closed int }

// A page, and how far back a text is looked for: what is sealed can only be
// searched by opening it.
const (
	pageSize  = 200
	scanLimit = 5000
)

// where gathers conditions with their numbered values.
type where struct {
	text []string
	args []any
}

// and adds a condition; ? stands for the value's number.
func (w *where) and(condition string, value any) {
	w.args = append(w.args, value)
	w.text = append(w.text, strings.ReplaceAll(condition, "?", "$"+strconv.Itoa(len(w.args))))
}

func (f Filter) where() (w where) {
	w.text = []string{"m.purged_on = ''"}
	if f.AccountID != 0 {
		w.and("m.account_id = ?", f.AccountID)
	}
	if len(f.States) > 0 {
		states := make([]string, len(f.States))
		for i, s := range f.States {
			states[i] = string(s)
		}
		w.and("m.state = ANY(?)", states)
	}
	if f.FamilyID != 0 {
		w.and("m.family_id = ?", f.FamilyID)
	}
	if f.Before != 0 {
		w.and("(m.received_at, m.id) < (SELECT b.received_at, b.id FROM mail_message b WHERE b.id = ?)", f.Before)
	}
	return w
}

// List gives messages, the newest first. A text is looked for in the newest
// 5,000 that the rest of the filter leaves. Accueil.
func (s *Service) List(ctx context.Context, f Filter) (items []Item, counts Counts, err error) {
	if err := staff.Require(ctx, staff.Accueil); err != nil {
		return nil, counts, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		if items, err = listTx(tx, f); err != nil {
			return err
		}
		counts, err = countsTx(tx, f.AccountID)
		return err
	})
	return items, counts, err
}

var errFull = errors.New("the page is full")

func listTx(tx *store.Tx, f Filter) (items []Item, err error) {
	key, err := keyOf(tx.Context())
	if err != nil {
		return nil, err
	}
	if f.Limit <= 0 {
		f.Limit = pageSize
	}
	w, rows, column := f.where(), f.Limit, ""
	words := strings.Fields(family.Fold(f.Text))
	if len(words) > 0 {
		rows, column = scanLimit, ", m.reading"
	}
	w.args = append(w.args, rows)
	err = store.Each(tx, func(r *sql.Rows) error {
		o := &opened{key: key}
		more := []any{}
		if column != "" {
			more = append(more, &o.sealedBody)
		}
		if err := o.scan(r, more...); err != nil {
			return err
		}
		if err := o.openHead(); err != nil {
			return err
		}
		if found, err := o.has(words); err != nil || !found {
			return err
		}
		if items = append(items, o.item()); len(items) == f.Limit {
			return errFull
		}
		return nil
	}, `SELECT `+openedColumns+column+` FROM mail_message m LEFT JOIN family f ON f.id = m.family_id
		WHERE `+strings.Join(w.text, " AND ")+` ORDER BY m.received_at DESC, m.id DESC LIMIT $`+strconv.Itoa(len(w.args)), w.args...)
	if errors.Is(err, errFull) {
		err = nil
	}
	return items, err
}

// has reports whether every word is in the subject, the sender, the family or,
// where it was read with the row, the text.
func (o *opened) has(words []string) (bool, error) {
	if len(words) == 0 {
		return true, nil
	}
	if err := o.openBody(); err != nil {
		return false, err
	}
	text := family.Fold(strings.Join([]string{o.head.Subject, o.head.From.Name, o.head.From.Mail, o.head.Via, o.family, o.body.Text}, " "))
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false, nil
		}
	}
	return true, nil
}

// countsTx counts what the list shows: those whose content is gone are taken off.
func countsTx(tx *store.Tx, accountID int64) (c Counts, err error) {
	query, args := `SELECT state, COUNT(*) FROM mail_message GROUP BY state
		UNION ALL SELECT state, -COUNT(*) FROM mail_message WHERE purged_on <> '' GROUP BY state`, []any{}
	if accountID != 0 {
		query, args = `SELECT state, COUNT(*) FROM mail_message WHERE account_id = $1 GROUP BY state
			UNION ALL SELECT state, -COUNT(*) FROM mail_message WHERE account_id = $1 AND purged_on <> '' GROUP BY state`, []any{accountID}
	}
	err = store.Each(tx, func(r *sql.Rows) error {
		var state State
		var n int
		if err := r.Scan(&state, &n); err != nil {
			return err
		}
		switch state {
		case Todo:
			c.Todo += n
		case ToRead:
			c.ToRead += n
		default:
			c.Closed += n
		}
		return nil
	}, query, args...)
	return c, err
}

// waitingQuery is asked all day, for the rail.
const waitingQuery = `SELECT COUNT(*) FROM mail_message WHERE state IN ('todo', 'toread')`

// Count is for the rail's badge: messages that wait for someone. Accueil.
func (s *Service) Count(ctx context.Context) (n int, err error) {
	if err := staff.Require(ctx, staff.Accueil); err != nil {
		return 0, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error { return tx.QueryRow(waitingQuery).Scan(&n) })
	return n, err
}

// Several is Get for many, in the order of ids: what was understood, without what
// it would do today (the cards have no verdict), in a number of questions that does
// not depend on how many. Accueil.
func (s *Service) Several(ctx context.Context, ids []int64) (out []*Message, err error) {
	if err := staff.Require(ctx, staff.Accueil); err != nil {
		return nil, err
	}
	err = s.read(ctx, ids, func(f *facts, list []*opened) {
		known := make(map[int64]*Message, len(list))
		for _, o := range list {
			known[o.id] = o.bare(f)
		}
		for _, id := range ids {
			if m := known[id]; m != nil {
				out = append(out, m)
			}
		}
	})
	return out, err
}

// read opens messages, those that are open read again, and hands them on.
func (s *Service) read(ctx context.Context, ids []int64, fn func(*facts, []*opened)) error {
	return s.db.Read(ctx, func(tx *store.Tx) error {
		list, err := openMessages(tx, ids)
		if err != nil {
			return err
		}
		var families []int64
		for _, o := range list {
			families = append(families, o.families()...)
		}
		f, err := factsOf(tx, nil, families)
		if err != nil {
			return err
		}
		for _, o := range list {
			if o.reads() {
				if err := understand(f, o.familyID, &o.head, &o.body); err != nil {
					return err
				}
			}
		}
		fn(f, list)
		return nil
	})
}
