package retention

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// Done is a purge that was made: counts by rule, never whose.
type Done struct {
	At     time.Time
	Agent  string
	Counts map[string]int
}

// Purge does what PlanPurge showed, in one transaction: nothing more, nothing else.
// Where what is due has changed since, nothing is done. An error that is ErrTraces
// comes after it was done.
func (s *Service) Purge(ctx context.Context, shown Plan) (Done, error) {
	if err := staff.Require(ctx, staff.Admin); err != nil {
		return Done{}, err
	}
	var done Done
	err := s.db.Write(ctx, func(tx *store.Tx) error {
		p, err := planTx(tx)
		if err != nil {
			return err
		}
		if p.digest != shown.digest {
			return fault.New(fault.Conflict, "Ce qui est à purger a changé depuis l’affichage"+nbsp+": relisez la liste, puis recommencez.")
		}
		if p.Count() == 0 {
			return fault.New(fault.Conflict, "Rien n’est à purger aujourd’hui.")
		}
		done, err = p.commit(tx)
		return err
	})
	if err != nil {
		return Done{}, err
	}
	return done, s.scrub(ctx)
}

func (p Plan) commit(tx *store.Tx) (Done, error) {
	f := facts{day: today(tx)}
	var err error
	if f.settings, err = SettingsTx(tx); err != nil {
		return Done{}, err
	}
	session := staff.From(tx.Context())
	done := Done{At: tx.Now(), Agent: session.Name, Counts: map[string]int{}}
	var said []string
	for i, r := range rules { // a fixed list, not a list of data
		if err := r.run(tx, f, p.todo[r.id]); err != nil {
			return Done{}, err
		}
		if n := p.Rules[i].Count; n > 0 {
			done.Counts[r.id] = n
			said = append(said, p.Rules[i].What)
		}
	}
	counts, err := json.Marshal(done.Counts)
	if err != nil {
		return Done{}, err
	}
	var id int64
	if err := tx.QueryRow(`INSERT INTO purge (at, agent_id, digest, counts) VALUES ($1, $2, $3, $4) RETURNING id`, tx.Now(), session.AgentID, p.digest, string(counts)).Scan(&id); err != nil {
		return Done{}, err
	}
	tx.Publish(Topic)
	return done, staff.Audit(tx, "retention.purge", fmt.Sprintf("purge:%d", id), "Purge"+nbsp+": "+strings.Join(said, ", "))
}
