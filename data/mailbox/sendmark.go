package mailbox

import (
	"context"
	"database/sql"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/store"
)

// record is what became of a claimed letter.
type record struct {
	letter  due
	run     string
	state   string // sent, failed, waiting, doubt
	problem string // French
	tried   bool   // waiting: the letter was put off
	refused bool   // failed: its address takes nothing any more
	at      time.Time
}

// conclude keeps what became of a letter, also when the run is being given up. A
// database that cannot be told now is told at the next run; should this program
// end before, the letter becomes doubtful, never sent a second time.
func (r *run) conclude(ctx context.Context, k record) error {
	k.run, k.at = r.id, r.s.db.Now()
	if k.state == "waiting" && k.tried && k.letter.attempts >= len(delays) {
		k.state = "failed"
		k.problem = "Après deux jours d’essais, ce message est abandonné. " + k.problem
	}
	switch k.state {
	case "sent":
		r.result.Sent++
	case "failed", "doubt":
		r.result.Failed++
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), rest)
	defer cancel()
	err := r.s.db.Write(last, k.write)
	if err != nil {
		r.s.post.mu.Lock()
		r.s.post.unsaid = append(r.s.post.unsaid, k)
		r.s.post.mu.Unlock()
	}
	return err
}

// sayUnsaid tells the database what it could not be told before.
func (s *Service) sayUnsaid(ctx context.Context) error {
	s.post.mu.Lock()
	defer s.post.mu.Unlock()
	for len(s.post.unsaid) > 0 {
		if err := s.db.Write(ctx, s.post.unsaid[0].write); err != nil {
			return err
		}
		s.post.unsaid = s.post.unsaid[1:]
	}
	return nil
}

// write keeps a record where the letter is still this run's. One that another
// program has meanwhile taken for abandoned did leave all the same.
func (k record) write(tx *store.Tx) (err error) {
	l := k.letter
	tx.Publish(topicOutbox, l.ID)
	switch k.state {
	case "sent":
		_, err = tx.Exec(`UPDATE outbox SET state = 'sent', sent_at = $1, attempts = attempts + 1, claimed_by = '', problem = ''
			WHERE id = $2 AND header_id = $3 AND (claimed_by = $4 OR state = 'doubt')`, k.at, l.ID, l.headerID, k.run)
		return err
	case "doubt":
		_, err = tx.Exec(`UPDATE outbox SET state = 'doubt', attempts = attempts + 1, claimed_by = '', problem = $1 WHERE id = $2 AND claimed_by = $3`, k.problem, l.ID, k.run)
		return err
	case "failed":
		_, err = tx.Exec(`UPDATE outbox SET state = 'failed', attempts = attempts + 1, claimed_by = '', account_id = $1, problem = $2 WHERE id = $3 AND claimed_by = $4`, l.accountID, k.problem, l.ID, k.run)
		if err != nil || !k.refused {
			return err
		}
		return refuse(tx, l.Letter.To, k.problem, true, 0)
	}
	attempts, next := 0, l.nextAt
	if k.tried {
		wait := delays[min(l.attempts, len(delays)-1)]
		attempts, next = 1, store.Instant(k.at.Add(wait))
		k.problem += fault.French(" Nouvel essai : ") + calendar.InstantText(k.at.Add(wait)) + "."
	}
	_, err = tx.Exec(`UPDATE outbox SET state = 'waiting', claimed_by = '', claimed_at = '', account_id = $1, attempts = attempts + $2, next_at = $3, problem = $4
		WHERE id = $5 AND claimed_by = $6`, l.accountID, attempts, next, k.problem, l.ID, k.run)
	return err
}

// doubtful is said of a letter whose program ended while it was under way.
var doubtful = fault.French("Le programme s’est arrêté pendant l’envoi : ce message est peut-être parti. Demandez à la famille si elle l’a reçu avant de le renvoyer.")

// abandonedQuery makes what was under way when a program died a doubt: whether it
// left, nobody here can know.
var abandonedQuery = `UPDATE outbox SET state = 'doubt', claimed_by = '', problem = $1 WHERE` + notGone + `AND state = 'sending' AND claimed_at < $2`

// tidy looks after what other runs left and what must not be sent.
func tidy(tx *store.Tx) error {
	gone, err := tx.Exec(abandonedQuery, doubtful, tx.Now().Add(-claimLife))
	if err != nil {
		return err
	}
	refused, err := failRefused(tx)
	if err != nil {
		return err
	}
	if gone+refused > 0 {
		tx.Publish(topicOutbox)
	}
	return nil
}

// failRefused gives up the letters that wait for an address known to refuse.
func failRefused(tx *store.Tx) (n int64, err error) {
	return tx.Exec(refusedQuery, fault.French("Rien n’a été envoyé, cette adresse ayant refusé un message : "))
}

const refusedQuery = `UPDATE outbox SET state = 'failed', problem = (SELECT $1 || b.reason FROM mail_bounce b WHERE b.address = lower(outbox.address))
	WHERE` + notGone + `AND state = 'waiting' AND EXISTS (SELECT 1 FROM mail_bounce b WHERE b.address = lower(outbox.address) AND b.permanent = 1 AND b.lifted_at = '')`

// nullID gives NULL for 0.
func nullID(id int64) sql.NullInt64 { return sql.NullInt64{Int64: id, Valid: id != 0} }
