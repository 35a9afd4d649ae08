package access

import (
	"cmp"
	"context"
	"fmt"
	"strings"

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
	start, town := "dès maintenant", ""
	if q.StartOn > calendar.DateOf(tx.Now()) {
		start = "à partir du " + q.StartOn.Long()
	}
	if err = tx.QueryRow(`SELECT c.name FROM service s JOIN commune c ON c.id = s.commune_id WHERE s.id = $1`, q.ServiceID).Scan(&town); err != nil {
		return l, err
	}
	f := letter.Facts{"prénom": q.First, "service": q.Short, "commune": town}
	missing := strings.Join(q.Missing, ", ")
	switch decision {
	case Accepted:
		f["année scolaire"], f["début des réservations"], f["fin de validité"] = q.Year.String(), start, until.Long()
	case Incomplete:
		f["pièces manquantes"] = cmp.Or(reason, missing)
	case Refused:
		f["année scolaire"], f["motif"] = q.Year.String(), reason
	case Suspended:
		f["pièces manquantes"] = missing
	}
	return letter.Compose(tx, q.FamilyID, "access."+string(decision), f)
}

// post puts a decision's letter into the outbox. A family without an address
// gets none: the screen says so and the agent telephones.
func post(tx *store.Tx, q Request, decision State, l letter.Letter, version int64) error {
	return letter.Post(tx, q.FamilyID, l, "access."+string(decision), object(q.ID), fmt.Sprintf("access.%s:%d:%d", decision, q.ID, version))
}
