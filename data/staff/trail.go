package staff

import (
	"context"
	"database/sql"
	"time"

	"ardoise/data/store"
)

// Entry is one line of the audit trail.
type Entry struct {
	ID      int64
	At      time.Time // UTC instant
	AgentID int64     // 0: the program itself, or a login that does not exist
	Agent   string    // the name at that moment
	Action  string    // dotted code, e.g. booking.commit
	Object  string    // e.g. family:12
	Detail  string    // French
}

// TrailFilter narrows the trail; every zero field lets everything through.
type TrailFilter struct {
	From, To time.Time // instants, From included, To excluded
	AgentID  int64
	Action   string // a code or the beginning of one: "booking."
	Object   string // exact: "family:12"
	Text     string // in the detail or the agent's name
	Before   int64  // paging: only entries older than this ID
	Limit    int    // 100 when 0, 1,000 at the most
}

// Trail reads the audit trail, newest first. The next page is asked with
// Before set to the last entry's ID.
func (s *Service) Trail(ctx context.Context, f TrailFilter) (out []Entry, err error) {
	if err := Require(ctx, Admin); err != nil {
		return nil, err
	}
	if f.Limit <= 0 {
		f.Limit = 100
	}
	to := "9999"
	if !f.To.IsZero() {
		to = store.Instant(f.To)
	}
	from := ""
	if !f.From.IsZero() {
		from = store.Instant(f.From)
	}
	err = s.db.Read(ctx, func(tx *store.Tx) (err error) {
		out, err = store.Collect(tx, scanEntry, `SELECT `+entryColumns+` FROM audit
			WHERE at >= $1 AND at < $2
			  AND (CAST($3 AS BIGINT) = 0 OR agent_id = CAST($3 AS BIGINT))
			  AND substr(action, 1, length(CAST($4 AS TEXT))) = CAST($4 AS TEXT)
			  AND (CAST($5 AS TEXT) = '' OR object = CAST($5 AS TEXT))
			  AND (CAST($6 AS TEXT) = '' OR replace(lower(detail || ' ' || agent), lower(CAST($6 AS TEXT)), '') <> lower(detail || ' ' || agent))
			  AND (CAST($7 AS BIGINT) = 0 OR id < CAST($7 AS BIGINT))
			ORDER BY id DESC LIMIT $8`,
			from, to, f.AgentID, f.Action, f.Object, f.Text, f.Before, min(f.Limit, 1000))
		return err
	})
	return out, err
}

// entryColumns say of a sentence that was taken away that it was.
const entryColumns = `id, at, agent_id, agent, action, object, CASE WHEN cover IS NOT NULL AND salt IS NULL THEN 'Phrase retirée : dossier anonymisé' ELSE detail END`

func scanEntry(r *sql.Rows) (e Entry, err error) {
	var at string
	if err = r.Scan(&e.ID, &at, &e.AgentID, &e.Agent, &e.Action, &e.Object, &e.Detail); err != nil {
		return e, err
	}
	e.At, err = store.ParseInstant(at)
	return e, err
}
