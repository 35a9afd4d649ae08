package mailbox

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"slices"
	"time"

	"ardoise/data/fault"
	"ardoise/data/letter"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// outboxReaders are the roles that may see the outbox.
var outboxReaders = []staff.Role{staff.Accueil, staff.Regie, staff.Sante, staff.Admin}

// Outgoing is a letter of the outbox with what became of it.
type Outgoing struct {
	letter.Outgoing
	AnswersID int64
	Attempts  int
	NextAt    time.Time
	SentAt    time.Time
	Problem   string // French
}

// maxPage is how many letters one page has where nothing is said.
const maxPage = 200

// Outbox lists letters by state (none: all), the newest first; before is an id of
// the last page, 0 for the first.
func (s *Service) Outbox(ctx context.Context, states []string, before int64, limit int) (list []Outgoing, err error) {
	if err := staff.Require(ctx, outboxReaders...); err != nil {
		return nil, err
	}
	if limit <= 0 {
		limit = maxPage
	}
	if before <= 0 {
		before = math.MaxInt64
	}
	all := len(states) == 0
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		list, err = store.Collect(tx, scanOutgoing, `SELECT id, COALESCE(family_id, 0), address, subject, body, kind, state, object, created_at,
				COALESCE(answers_id, 0), attempts, next_at, sent_at, problem
			FROM outbox WHERE ($1 = 1 OR state = ANY($2)) AND id < $3 ORDER BY id DESC LIMIT $4`, all, states, before, limit)
		return err
	})
	return list, err
}

func scanOutgoing(r *sql.Rows) (o Outgoing, err error) {
	var next, sent string
	err = r.Scan(&o.ID, &o.FamilyID, &o.Letter.To, &o.Letter.Subject, &o.Letter.Body, &o.Kind, &o.State, &o.Object, &o.Since,
		&o.AnswersID, &o.Attempts, &next, &sent, &o.Problem)
	for text, at := range map[string]*time.Time{next: &o.NextAt, sent: &o.SentAt} {
		if err == nil && text != "" {
			*at, err = store.ParseInstant(text)
		}
	}
	return o, err
}

// Retry sends failed or doubtful letters again. Accueil.
func (s *Service) Retry(ctx context.Context, ids ...int64) error {
	return s.move(ctx, ids, "mail.retry", "À renvoyer", `UPDATE outbox SET state = 'waiting', attempts = 0, next_at = '', claimed_at = '', problem = ''
		WHERE id = ANY($1) AND state IN ('failed', 'doubt')`)
}

// Drop gives waiting, failed or doubtful letters up. Accueil.
func (s *Service) Drop(ctx context.Context, ids ...int64) error {
	return s.move(ctx, ids, "mail.drop", "Abandonnés", `UPDATE outbox SET state = 'dropped' WHERE id = ANY($1) AND state IN ('waiting', 'failed', 'doubt')`)
}

// Settle says that doubtful letters did leave. Accueil.
func (s *Service) Settle(ctx context.Context, ids ...int64) error {
	return s.move(ctx, ids, "mail.settle", "Partis, selon l’agent", `UPDATE outbox SET state = 'sent', sent_at = CASE WHEN claimed_at <> '' THEN claimed_at ELSE created_at END, problem = ''
		WHERE id = ANY($1) AND state = 'doubt'`)
}

// move changes the state of letters, all of them or none.
func (s *Service) move(ctx context.Context, ids []int64, action, said, update string) error {
	if err := staff.Require(ctx, staff.Accueil); err != nil {
		return err
	}
	ids = slices.Clone(ids)
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if len(ids) == 0 {
		return fault.New(fault.Invalid, "Choisissez au moins un message.")
	}
	return s.db.Write(ctx, func(tx *store.Tx) error {
		n, err := tx.Exec(update, ids)
		if err != nil {
			return err
		}
		if int(n) != len(ids) {
			return fault.New(fault.Conflict, "Un de ces messages a changé d’état entre-temps. Rien n’a été modifié : relisez la liste et recommencez.")
		}
		tx.Publish(topicOutbox, ids...)
		return staff.Audit(tx, action, fmt.Sprintf("outbox:%d", ids[0]), fault.French(fmt.Sprintf("%s : %s (%s).", said, plural(len(ids), "message", "messages"), numbers(ids))))
	})
}

// numbers writes « n° 3, 4, 5… ».
func numbers(ids []int64) string {
	text := "n°"
	for i, id := range ids {
		if i == 20 {
			return text + "…"
		}
		if i > 0 {
			text += ","
		}
		text += fmt.Sprintf("%s%d", nbsp, id)
	}
	return text
}
