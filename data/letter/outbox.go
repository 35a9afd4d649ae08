package letter

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"ardoise/data/staff"
	"ardoise/data/store"
	"ardoise/data/store/bulk"
)

// Service is the door to the outbox and the templates.
type Service struct{ db *store.DB }

// readers are the roles that may see the outbox.
var readers = []staff.Role{staff.Accueil, staff.Regie, staff.Sante, staff.Admin}

// New returns the service over an open database.
func New(db *store.DB) *Service { return &Service{db: db} }

// Post files a letter once per key. In a demonstration it is held: nothing
// ever leaves. An empty address files nothing.
func Post(tx *store.Tx, familyID int64, l Letter, kind, object, key string) error {
	_, err := PostMany(tx, []Posting{{familyID, l, kind, object, key}})
	return err
}

// Posting is one letter to file.
type Posting struct {
	FamilyID          int64 // 0: of no family
	Letter            Letter
	Kind, Object, Key string
}

// PostMany is Post for several letters; it gives how many have an address.
func PostMany(tx *store.Tx, list []Posting) (filed int, err error) {
	state := "waiting"
	demo, err := staff.DemoTx(tx)
	if err != nil {
		return 0, err
	}
	if demo {
		state = "held"
	}
	var rows [][]any
	for _, p := range list {
		if strings.TrimSpace(p.Letter.To) != "" {
			var family any
			if p.FamilyID != 0 {
				family = p.FamilyID
			}
			rows = append(rows, []any{family, p.Letter.To, p.Letter.Subject, p.Letter.Body, p.Kind, p.Object, state, p.Key, tx.Now()})
		}
	}
	if len(rows) == 0 {
		return 0, nil
	}
	if err := bulk.Insert(tx, `INSERT INTO outbox (family_id, address, subject, body, kind, object, state, key, created_at)`, rows, ` ON CONFLICT (key) DO NOTHING`); err != nil {
		return 0, fmt.Errorf("letter: outbox: %w", err)
	}
	tx.Publish("outbox")
	return len(rows), nil
}

// Outgoing is a letter of the outbox.
type Outgoing struct {
	ID, FamilyID  int64
	Letter        Letter
	Kind, State   string
	Object, Since string // Since: the instant it was filed, UTC text
}

// Outbox lists the letters, the newest first.
func (s *Service) Outbox(ctx context.Context, limit int) (list []Outgoing, err error) {
	if err := staff.Require(ctx, readers...); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		list, err = store.Collect(tx, func(r *sql.Rows) (o Outgoing, err error) {
			err = r.Scan(&o.ID, &o.FamilyID, &o.Letter.To, &o.Letter.Subject, &o.Letter.Body, &o.Kind, &o.State, &o.Object, &o.Since)
			return
		}, `SELECT id, COALESCE(family_id, 0), address, subject, body, kind, state, object, created_at FROM outbox ORDER BY id DESC LIMIT $1`, limit)
		return err
	})
	return list, err
}
