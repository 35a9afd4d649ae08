package staff

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"regexp"
	"strings"
	"time"

	"ardoise/data/fault"
	"ardoise/data/store"
)

// TopicAudit is published with every entry of the trail.
const TopicAudit = "audit"

// ibanLike finds what looks like an account number, in capitals or not, to be masked
// in the trail.
var ibanLike = regexp.MustCompile(`(?i)\b[A-Z]{2}[0-9]{2}(?:[ \x{00a0}\x{202f}]?[0-9A-Z]{4}){3,7}(?:[ \x{00a0}\x{202f}]?[0-9A-Z]{1,3})?\b`)

// Audit writes one entry of the trail inside tx, in the name of the session
// that tx's context carries. action is a dotted code (booking.commit), object
// a table and an id (family:12), detail a French sentence without health data,
// account number or password. Entries are chained: none can be changed, taken
// out or put in between without VerifyChain noticing.
func Audit(tx *store.Tx, action, object, detail string) error {
	s := From(tx.Context())
	if s == nil {
		return fault.New(fault.Forbidden, "Personne n’est connecté\u00a0: rien n’a été enregistré.")
	}
	return auditAs(tx, s.AgentID, s.Name, action, object, detail)
}

func auditAs(tx *store.Tx, agentID int64, agent, action, object, detail string) error {
	if action == "" || object == "" {
		return errors.New("staff: an audit entry needs an action and an object")
	}
	if err := timely(tx, action); err != nil {
		return err
	}
	prev, err := lastHash(tx)
	if err != nil {
		return err
	}
	// Cleaned before hashing: PostgreSQL could not give back anything else.
	e := auditRow{
		at: store.Instant(tx.Now()), agentID: agentID, agent: store.CleanText(agent),
		action: store.CleanText(action), object: store.CleanText(object),
		detail: ibanLike.ReplaceAllStringFunc(store.CleanText(detail), func(s string) string { return s[:4] + " ••••" }),
	}
	e.salt = make([]byte, sha256.Size)
	if _, err := rand.Read(e.salt); err != nil {
		return err
	}
	e.cover = e.covered()
	var id int64
	err = tx.QueryRow(`INSERT INTO audit (at, agent_id, agent, action, object, detail, salt, cover, hash)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id`,
		e.at, e.agentID, e.agent, e.action, e.object, e.detail, e.salt, e.cover, e.hash(prev)).Scan(&id)
	if err != nil {
		return err
	}
	tx.Publish(TopicAudit, id)
	return nil
}

// clockAccepted is the action of AcceptClock.
const clockAccepted = "clock.accept"

// timely refuses an entry that a wrong clock would date before what stands
// already, and with it the change that it tells of. Who comes and goes is let
// through: one may look, and say that the clock is right.
func timely(tx *store.Tx, action string) error {
	if !tx.RealClock() || strings.HasPrefix(action, "session.") || action == clockAccepted {
		return nil
	}
	last, err := lastInstant(tx)
	if err != nil || last.IsZero() {
		return err
	}
	if err := tx.NotBefore(last); err != nil {
		if demo, derr := isDemo(tx); derr != nil || demo { // its hours are invented
			return derr
		}
		return err
	}
	return nil
}

// lastInstant is that of the last entry but those of who came and went; zero
// where there is none.
func lastInstant(tx *store.Tx) (at time.Time, err error) {
	var text string
	err = tx.QueryRow(`SELECT at FROM audit WHERE substr(action, 1, 8) <> 'session.' ORDER BY id DESC LIMIT 1`).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return at, nil
	}
	if err != nil {
		return at, err
	}
	return store.ParseInstant(text)
}

// LastInstant is when something was last done here; needs no session. Zero for a
// demonstration, whose hours are invented, and where nothing was ever done.
func (s *Service) LastInstant(ctx context.Context) (at time.Time, err error) {
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		demo, err := isDemo(tx)
		if err != nil || demo {
			return err
		}
		at, err = lastInstant(tx)
		return err
	})
	return at, err
}

// CheckClock answers now what an operation would be refused with: that the clock
// is behind. Needs no session.
func (s *Service) CheckClock(ctx context.Context) error {
	return s.db.Read(ctx, func(tx *store.Tx) error { return timely(tx, "clock.check") })
}

// AcceptClock says that the clock is right although what is written is later: it
// had been wrong before. What follows is compared with this entry.
func (s *Service) AcceptClock(ctx context.Context, reason string) error {
	if err := Require(ctx, Admin); err != nil {
		return err
	}
	if reason == "" {
		return fault.New(fault.Invalid, "Dites pourquoi l’horloge est la bonne\u00a0: ce qui est écrit sera plus tardif que ce qui suit.")
	}
	return s.db.Write(ctx, func(tx *store.Tx) error {
		return Audit(tx, clockAccepted, "clock:0", "Horloge reconnue juste\u00a0: "+reason)
	})
}

// genesis is h(0).
var genesis = make([]byte, sha256.Size)

// lastHash reads the end of the chain inside the transaction that will extend
// it: never empty after a cut, for the cut writes an entry. SQLite has one writer; on PostgreSQL two transactions that read the same
// end and both append cannot both be serialised: the store runs one again.
func lastHash(tx *store.Tx) ([]byte, error) {
	var h []byte
	err := tx.QueryRow(`SELECT hash FROM audit ORDER BY id DESC LIMIT 1`).Scan(&h)
	if errors.Is(err, sql.ErrNoRows) {
		return genesis, nil
	}
	return h, err
}

type auditRow struct {
	at                            string
	agentID                       int64
	agent, action, object, detail string
	salt                          []byte // nil: the sentence was taken away, or an entry of before the covers
	cover                         []byte // nil: an entry of before the covers
}

// covered commits to the sentence: whoever has salt and sentence can show that they
// are those of the day; with neither, nothing can be guessed from it.
func (r auditRow) covered() []byte {
	h := sha256.New()
	h.Write(r.salt)
	h.Write([]byte(r.detail))
	return h.Sum(nil)
}

// hash is SHA-256(prev ‖ canonical row): every field with its length before it,
// so that no text can move from one column to its neighbour. Of the sentence it
// holds the cover, so that the sentence can be taken away (Redact) and the chain
// still hold; entries of before the covers hold the sentence itself.
func (r auditRow) hash(prev []byte) []byte {
	fields := []string{r.at, r.agent, r.action, r.object, r.detail}
	if r.cover != nil {
		fields = []string{"covered", r.at, r.agent, r.action, r.object, string(r.cover)}
	}
	h := sha256.New()
	h.Write(prev)
	var n [8]byte
	binary.BigEndian.PutUint64(n[:], uint64(r.agentID))
	h.Write(n[:])
	for _, f := range fields {
		binary.BigEndian.PutUint64(n[:], uint64(len(f)))
		h.Write(n[:])
		h.Write([]byte(f))
	}
	return h.Sum(nil)
}

// whole reports whether the sentence is the one that was covered, or was taken away whole.
func (r auditRow) whole() bool {
	switch {
	case r.cover == nil:
		return true // the chain itself holds it
	case r.salt == nil:
		return r.detail == ""
	}
	return bytes.Equal(r.cover, r.covered())
}
