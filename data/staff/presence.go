package staff

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"ardoise/data/fault"
	"ardoise/data/store"
)

// TopicPresence is published when somebody comes, goes or locks; not when a
// session only says that it is still there.
const TopicPresence = "workstation"

const (
	// SeenEvery is how often a session says that it is there.
	SeenEvery = time.Minute
	// goneAfter is when a session that said nothing counts as gone: a program
	// killed, a machine switched off.
	goneAfter = 3 * time.Minute
	// presenceKept is how long it is remembered who was where.
	presenceKept = 90 * 24 * time.Hour
)

// Presence is one session at work somewhere. Instants are in UTC.
type Presence struct {
	ID      int64
	AgentID int64
	Name    string
	Machine string // « ACCUEIL-2 »
	Program string // « Ardoise 0.5.0 »
	Since   time.Time
	SeenAt  time.Time
	Locked  bool
	Here    bool // the session that asks
}

// At says on which machine, and as which program, sessions of this Service are
// at work. Without it Here does nothing.
func At(machine, program string) Option {
	return func(s *Service) { s.machine, s.program = store.CleanText(machine), store.CleanText(program) }
}

// Here says that the session of ctx is at work at this place: at the sign-in,
// every SeenEvery, and when it was locked or opened again. It answers Forbidden
// once an administrator has ended the session from elsewhere. It asks for no
// unlocked session: a locked one is there too.
func (s *Service) Here(ctx context.Context) error {
	se := From(ctx)
	if se == nil || se.Ended() {
		return Require(ctx)
	}
	if s.machine == "" || se.AgentID == 0 {
		return nil
	}
	id, ended, locked := se.place.Load(), false, se.Locked()
	err := s.db.Write(ctx, func(tx *store.Tx) (err error) {
		ended = false
		if se.place.Load() == 0 {
			id, err = s.arrive(tx, se, locked)
			return err
		}
		var was int64
		var at string
		err = tx.QueryRow(`SELECT locked, ended_at FROM workstation WHERE id = $1`, id).Scan(&was, &at)
		if errors.Is(err, sql.ErrNoRows) { // a restored backup knows nothing of us
			id, err = s.arrive(tx, se, locked)
			return err
		}
		if err != nil {
			return err
		}
		if ended = at != ""; ended {
			return nil
		}
		if (was == 1) != locked {
			tx.Publish(TopicPresence, id)
		}
		_, err = tx.Exec(`UPDATE workstation SET seen_at = $1, locked = $2 WHERE id = $3`, store.Instant(tx.Now()), locked, id)
		return err
	})
	if err != nil {
		return err
	}
	se.place.Store(id)
	if ended {
		s.end(se, endedElsewhere)
		return Require(ctx)
	}
	return nil
}

// StillHere compares this program's sessions with the base, without writing, and
// answers Forbidden where that of ctx was ended.
func (s *Service) StillHere(ctx context.Context) error {
	se := From(ctx)
	if se == nil || se.Ended() {
		return Require(ctx)
	}
	if err := errors.Join(s.checkPlaces(ctx), s.checkLive(ctx)); err != nil {
		return err
	}
	if se.Ended() {
		return Require(ctx)
	}
	return nil
}

func (s *Service) arrive(tx *store.Tx, se *Session, locked bool) (id int64, err error) {
	now := store.Instant(tx.Now())
	if _, err := tx.Exec(`DELETE FROM workstation WHERE seen_at < $1`, store.Instant(tx.Now().Add(-presenceKept))); err != nil {
		return 0, err
	}
	err = tx.QueryRow(`INSERT INTO workstation (agent_id, machine, program, since, seen_at, locked) VALUES ($1, $2, $3, $4, $4, $5) RETURNING id`,
		se.AgentID, s.machine, s.program, now, locked).Scan(&id)
	if err == nil {
		tx.Publish(TopicPresence, id)
	}
	return id, err
}

// gone closes the row of sessions that end by themselves.
func (s *Service) gone(ctx context.Context, sessions ...*Session) error {
	var ids []int64
	for _, se := range sessions {
		if id := se.place.Swap(0); id != 0 {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	return s.db.Write(ctx, func(tx *store.Tx) error {
		tx.Publish(TopicPresence, ids...)
		_, err := tx.Exec(`UPDATE workstation SET ended_at = $1 WHERE id = ANY($2) AND ended_at = ''`, store.Instant(tx.Now()), ids)
		return err
	})
}

// end ends a session of this program, for a reason its agent will read.
func (s *Service) end(se *Session, why string) {
	se.why.Store(&why)
	se.stale.Store(true)
	se.Key.Close()
}

// endedElsewhere is read by whom an administrator signed out.
const endedElsewhere = "Un administrateur a fermé votre session depuis un autre poste. Ce qui était enregistré l’est toujours\u00a0: ouvrez de nouveau votre session."

// Present lists who is at work where, the longest there first. Who said nothing
// for three minutes is not there any more.
func (s *Service) Present(ctx context.Context) (out []Presence, err error) {
	if err := Require(ctx, Admin); err != nil {
		return nil, err
	}
	here := From(ctx).place.Load()
	err = s.db.Read(ctx, func(tx *store.Tx) (err error) {
		out, err = store.Collect(tx, func(r *sql.Rows) (p Presence, err error) {
			var since, seen string
			var locked int64
			if err = r.Scan(&p.ID, &p.AgentID, &p.Name, &p.Machine, &p.Program, &since, &seen, &locked); err != nil {
				return p, err
			}
			p.Locked, p.Here = locked == 1, p.ID == here
			if p.Since, err = store.ParseInstant(since); err != nil {
				return p, err
			}
			p.SeenAt, err = store.ParseInstant(seen)
			return p, err
		}, `SELECT w.id, w.agent_id, a.name, w.machine, w.program, w.since, w.seen_at, w.locked FROM workstation w JOIN agent a ON a.id = w.agent_id
			WHERE w.ended_at = '' AND w.seen_at >= $1 ORDER BY w.since, w.id`, store.Instant(tx.Now().Add(-goneAfter)))
		return err
	})
	return out, err
}

// EndSession ends an agent's session at work elsewhere: that screen goes back to
// the sign-in, and what was typed there and not recorded is gone.
func (s *Service) EndSession(ctx context.Context, id int64) error {
	if err := Require(ctx, Admin); err != nil {
		return err
	}
	if here := From(ctx).place.Load(); here != 0 && id == here {
		return fault.New(fault.Invalid, "C’est votre propre session\u00a0: verrouillez-la, ou fermez Ardoise.")
	}
	return s.db.Write(ctx, func(tx *store.Tx) error {
		var agent int64
		var name, machine string
		err := tx.QueryRow(`UPDATE workstation SET ended_at = $1, ended_by = $2 WHERE id = $3 AND ended_at = ''
			RETURNING agent_id, machine, (SELECT name FROM agent WHERE agent.id = agent_id)`, store.Instant(tx.Now()), From(tx.Context()).AgentID, id).Scan(&agent, &machine, &name)
		if errors.Is(err, sql.ErrNoRows) {
			return fault.New(fault.Conflict, "Cette session est déjà fermée.")
		}
		if err != nil {
			return err
		}
		tx.Publish(TopicPresence, id)
		return Audit(tx, "session.end", object(agent), fmt.Sprintf("Session de %s sur %s fermée depuis un autre poste", name, machine))
	})
}

// checkPlaces ends the sessions of this program that were ended elsewhere.
func (s *Service) checkPlaces(ctx context.Context) error {
	open := map[int64]*Session{}
	var ids []int64
	s.mu.Lock()
	for _, sessions := range s.live {
		for _, se := range sessions {
			if id := se.place.Load(); id != 0 && !se.Ended() {
				open[id], ids = se, append(ids, id)
			}
		}
	}
	s.mu.Unlock()
	if len(ids) == 0 {
		return nil
	}
	return s.db.Read(ctx, func(tx *store.Tx) error {
		return store.Each(tx, func(r *sql.Rows) error {
			var id int64
			if err := r.Scan(&id); err != nil {
				return err
			}
			s.end(open[id], endedElsewhere)
			return nil
		}, `SELECT id FROM workstation WHERE id = ANY($1) AND ended_at <> ''`, ids)
	})
}
