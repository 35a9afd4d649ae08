package access

import (
	"context"
	"fmt"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/letter"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// Letter proposes the e-mail of a decision without sending anything.
func (s *Service) Letter(ctx context.Context, requestID int64, decision State, reason string) (l letter.Letter, err error) {
	if err := staff.Require(ctx, staff.Accueil); err != nil {
		return l, err
	}
	if decision != Accepted && decision != Incomplete && decision != Refused {
		return l, fault.New(fault.Invalid, "Aucun courriel n’est prévu pour « %s ».", decision.Label())
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		q, err := get(tx, requestID)
		if err != nil {
			return err
		}
		l, err = write(tx, q, decision, reason, validTo(q.Checklist, q.Year))
		return err
	})
	return l, err
}

func write(tx *store.Tx, q Request, decision State, reason string, until calendar.Date) (l letter.Letter, err error) {
	start, town := "", ""
	if q.StartOn > calendar.DateOf(tx.Now()) {
		start = q.StartOn.Long()
	}
	if err = tx.QueryRow(`SELECT c.name FROM service s JOIN commune c ON c.id = s.commune_id WHERE s.id = $1`, q.ServiceID).Scan(&town); err != nil {
		return l, err
	}
	return letter.Compose(tx, q.FamilyID, string(decision)+".txt", letter.Facts{
		"First": q.First, "Service": q.Short, "Year": q.Year.String(), "Reason": reason, "Missing": q.Missing,
		"Until": until.Long(), "StartOn": start, "Commune": town,
	})
}

// post puts a decision's letter into the outbox. A family without an address
// gets none: the screen says so and the agent telephones.
func post(tx *store.Tx, q Request, decision State, l letter.Letter, version int64) error {
	return letter.Post(tx, q.FamilyID, l, "access."+string(decision), object(q.ID), fmt.Sprintf("access.%s:%d:%d", decision, q.ID, version))
}
