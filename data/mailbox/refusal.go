package mailbox

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/mailbox/message"
	"ardoise/data/mailbox/wire"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// Refusal is an address that refused a letter.
type Refusal struct {
	Address, Reason string
	Permanent       bool
	At              time.Time
	FamilyID        int64
	Family          string
}

// Refusals lists the addresses that refused a letter and have not been lifted, the
// latest first; those that did so for good are not written to any more.
func (s *Service) Refusals(ctx context.Context) (list []Refusal, err error) {
	if err := staff.Require(ctx, outboxReaders...); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		list, err = store.Collect(tx, func(r *sql.Rows) (f Refusal, err error) {
			var at string
			if err = r.Scan(&f.Address, &f.Reason, &f.Permanent, &at, &f.FamilyID, &f.Family); err == nil {
				f.At, err = store.ParseInstant(at)
			}
			return f, err
		}, `SELECT b.address, b.reason, b.permanent, b.at, COALESCE(f.id, 0), COALESCE(f.name, '')
			FROM mail_bounce b LEFT JOIN family f ON f.id = (SELECT MIN(g.family_id) FROM guardian g JOIN family a ON a.id = g.family_id WHERE g.email = b.address AND a.state = 'active')
			WHERE b.lifted_at = '' ORDER BY b.at DESC, b.address`)
		return err
	})
	return list, err
}

// bounceObject is what the trail calls an address that refused: its sentence names
// it, for a sentence can be taken away when the address belongs to nobody any more.
const bounceObject = "mail_bounce:0"

// Lift says that an address works again. Accueil.
func (s *Service) Lift(ctx context.Context, address string) error {
	if err := staff.Require(ctx, staff.Accueil); err != nil {
		return err
	}
	address = strings.ToLower(strings.TrimSpace(address))
	return s.db.Write(ctx, func(tx *store.Tx) error {
		n, err := tx.Exec(`UPDATE mail_bounce SET lifted_at = $1 WHERE address = $2 AND lifted_at = ''`, tx.Now(), address)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.NotFound, "Cette adresse n’est pas (ou plus) parmi celles qui refusent nos messages.")
		}
		tx.Publish(topicOutbox)
		tx.Publish(Topic)
		return staff.Audit(tx, "mail.lift", bounceObject, fault.French(fmt.Sprintf("Adresse %s : on peut de nouveau lui écrire.", address)))
	})
}

// refuse keeps that an address refused a letter, and gives up what waits for it
// when that is for good. A refusal for good stays one until it is lifted.
func refuse(tx *store.Tx, address, reason string, permanent bool, messageID int64) error {
	address = strings.ToLower(strings.TrimSpace(address))
	_, err := tx.Exec(`INSERT INTO mail_bounce (address, permanent, reason, at, message_id) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (address) DO UPDATE SET times = mail_bounce.times + 1,
			reason = CASE WHEN mail_bounce.lifted_at = '' AND mail_bounce.permanent > excluded.permanent THEN mail_bounce.reason ELSE excluded.reason END,
			permanent = CASE WHEN mail_bounce.lifted_at = '' AND mail_bounce.permanent > excluded.permanent THEN 1 ELSE excluded.permanent END,
			at = excluded.at, message_id = excluded.message_id, lifted_at = ''`,
		address, permanent, reason, tx.Now(), nullID(messageID))
	if err != nil {
		return err
	}
	if permanent {
		if _, err := failRefused(tx); err != nil {
			return err
		}
	}
	tx.Publish(topicOutbox)
	tx.Publish(Topic)
	return nil
}

// recordBounce keeps what a delivery report says. A report is a message like any
// other and may be forged: an address is given up only where the report names a
// letter of ours to it, by an identifier that nobody guesses. Else it is noted of an
// address we know, for a person to look at, and letters go on.
func recordBounce(tx *store.Tx, b message.Bounce, messageID int64) error {
	address := strings.ToLower(strings.TrimSpace(b.Address))
	if address == "" {
		return nil
	}
	var known, ours bool
	err := tx.QueryRow(`SELECT CASE WHEN EXISTS (SELECT 1 FROM guardian WHERE email = $1 AND email <> '') OR EXISTS (SELECT 1 FROM outbox WHERE address = $1 AND sent_at <> '') THEN 1 ELSE 0 END,
		CASE WHEN EXISTS (SELECT 1 FROM outbox WHERE header_id = $2 AND header_id <> '' AND lower(address) = $1) THEN 1 ELSE 0 END`, address, b.HeaderID).Scan(&known, &ours)
	if err != nil || !known && !ours {
		return err
	}
	reason := wire.ExplainSend(wire.Bounced(b.Status, b.Detail), wire.Server{}, address)
	switch {
	case !b.Permanent:
		reason = fault.French(fmt.Sprintf("Un message pour %s est retardé (%s).", address, b.Status))
	case !ours:
		reason = fault.French(fmt.Sprintf("Un rapport dit que %s ne reçoit plus, sans nommer une de nos lettres : vérifiez auprès de la famille. On continue de lui écrire.", address))
	default:
		_, err := tx.Exec(`UPDATE outbox SET state = 'failed', sent_at = '', problem = $1 WHERE header_id = $2 AND lower(address) = $3 AND state IN ('sent', 'doubt')`, reason, b.HeaderID, address)
		if err != nil {
			return err
		}
	}
	if err := refuse(tx, address, reason, b.Permanent && ours && lasting(b.Status), messageID); err != nil {
		return err
	}
	return staff.Audit(tx, "mail.bounce", bounceObject, fault.French(fmt.Sprintf("Rapport de non-remise du %s : %s", calendar.DateOf(tx.Now()).Long(), reason)))
}

// lasting says of a failure's status whether writing again is of no use: not where
// a full mailbox, the size of a letter or what it contains was refused.
func lasting(status string) bool {
	for _, passing := range []string{"5.2.2", "5.2.3", "5.3.", "5.6.", "5.7."} {
		if strings.HasPrefix(status, passing) {
			return false
		}
	}
	return true
}
