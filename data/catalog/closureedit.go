package catalog

import (
	"context"
	"strings"

	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// maxReason bounds the reason of a closure, in characters: it is shown to
// families and on the kitchen's sheets.
const maxReason = 200

// checkClosure judges a closure and makes one of a single day whole.
func checkClosure(c Closure) (Closure, error) {
	if c.Last.IsZero() {
		c.Last = c.First
	}
	c.Reason = strings.TrimSpace(c.Reason)
	switch {
	case c.First.IsZero():
		return c, fault.New(fault.Invalid, "La fermeture n’a pas de date.")
	case c.Last < c.First:
		return c, fault.New(fault.Invalid, "La fermeture finit avant de commencer.")
	case c.Reason == "":
		return c, fault.New(fault.Invalid, "Donnez le motif de la fermeture"+nbsp+": il est montré aux familles.")
	case len([]rune(c.Reason)) > maxReason:
		return c, fault.New(fault.Invalid, "Le motif est trop long (%d caractères au plus).", maxReason)
	}
	return c, nil
}

// ChangeClosure gives a closure other days, another reason or another service.
// Days that become closed must not be booked, as for AddClosure.
func (s *Service) ChangeClosure(ctx context.Context, c Closure) error {
	if err := staff.Require(ctx, staff.Admin); err != nil {
		return err
	}
	c, err := checkClosure(c)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *store.Tx) error {
		if err := unbooked(tx, c); err != nil {
			return err
		}
		n, err := tx.Exec(`UPDATE closure SET service_id = $2, class_id = $3, first_day = $4, last_day = $5, reason = $6 WHERE id = $1`,
			c.ID, nullID(c.ServiceID), nullID(c.ClassID), c.First.String(), c.Last.String(), c.Reason)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.NotFound, "Cette fermeture n’existe plus.")
		}
		tx.Publish(Topic)
		return staff.Audit(tx, "catalog.closure.change", "closure:"+itoa(c.ID), closureText(c))
	})
}

func closureText(c Closure) string { return c.First.String() + " " + c.Last.String() + " " + c.Reason }
