package catalog

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/store"
	"ardoise/data/store/bulk"
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

// AddClosures keeps the closures of a file (ids 0), all or none, and gives how
// many are new: one that is there already is not kept twice. Days that are
// booked are refused, each told.
func (s *Service) AddClosures(ctx context.Context, list []Closure) (added int, err error) {
	if err := staff.Require(ctx, staff.Admin); err != nil {
		return 0, err
	}
	for i := range list {
		if list[i], err = checkClosure(list[i]); err != nil {
			return 0, err
		}
		list[i].ID = 0
	}
	if len(list) == 0 {
		return 0, fault.New(fault.Invalid, "Il n’y a aucune fermeture à ajouter.")
	}
	err = s.db.Write(ctx, func(tx *store.Tx) error {
		have, err := closures(tx)
		if err != nil {
			return err
		}
		for i := range have {
			have[i].ID = 0
		}
		var rows [][]any
		var fresh []Closure
		for _, c := range list {
			if slices.Contains(have, c) {
				continue
			}
			have, fresh = append(have, c), append(fresh, c)
			rows = append(rows, []any{nullID(c.ServiceID), nullID(c.ClassID), c.First.String(), c.Last.String(), c.Reason})
		}
		if added = len(fresh); added == 0 {
			return nil
		}
		if err := noneBooked(tx, fresh); err != nil {
			return err
		}
		if err := bulk.Insert(tx, `INSERT INTO closure (service_id, class_id, first_day, last_day, reason)`, rows, ``); err != nil {
			return err
		}
		tx.Publish(Topic)
		return staff.Audit(tx, "catalog.closure", "closure:"+itoa(int64(added)), itoa(int64(added))+" fermetures importées, du "+fresh[0].First.String())
	})
	if err != nil {
		return 0, err
	}
	return added, nil
}

// noneBooked is unbooked for many closures, in one question. A closure of one
// class is held against every booking of its days: a file never has one.
func noneBooked(tx *store.Tx, list []Closure) error {
	first, last := list[0].First, list[0].Last
	for _, c := range list {
		first, last = min(first, c.First), max(last, c.Last)
	}
	var days []calendar.Date
	err := store.Each(tx, func(r *sql.Rows) error {
		var service int64
		var day calendar.Date
		if err := r.Scan(&service, &day); err != nil {
			return err
		}
		booked := func(c Closure) bool {
			return (c.ServiceID == 0 || c.ServiceID == service) && c.First <= day && day <= c.Last
		}
		if slices.ContainsFunc(list, booked) && !slices.Contains(days, day) {
			days = append(days, day)
		}
		return nil
	}, `SELECT DISTINCT service_id, day FROM booking WHERE day BETWEEN $1 AND $2 AND state <> 'cancelled' ORDER BY day`, first.String(), last.String())
	if err != nil || len(days) == 0 {
		return err
	}
	return fault.New(fault.Conflict, "Des repas sont réservés ces jours-là (%s). Rien n’a été ajouté"+nbsp+": passez par « Fermer un jour… » dans Réservations, qui les annule, les recrédite et prévient les familles.", calendar.ListText(days[:min(len(days), 8)]))
}

// SetHolidays keeps the school holidays of one zone and year as typed, in place
// of those imported or typed before; an empty list goes back to those the
// program was published with.
func (s *Service) SetHolidays(ctx context.Context, zone calendar.Zone, year calendar.SchoolYear, list []calendar.Holiday) error {
	if err := staff.Require(ctx, staff.Admin); err != nil {
		return err
	}
	rows, err := holidayRows(zone, year, list)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *store.Tx) error {
		if _, err := tx.Exec(`DELETE FROM school_holiday WHERE school_year = $1 AND zone = $2`, int64(year), string(zone)); err != nil {
			return err
		}
		if len(rows) > 0 {
			if err := bulk.Insert(tx, `INSERT INTO school_holiday (school_year, zone, name, first_day, last_day)`, rows, ``); err != nil {
				return err
			}
		}
		tx.Publish(Topic)
		return staff.Audit(tx, "catalog.calendar", "calendar:"+string(zone), year.String()+", "+itoa(int64(len(rows)))+" périodes de vacances saisies")
	})
}

// holidayRows judges the holidays of a year: they have names, are of the year
// and do not overlap.
func holidayRows(zone calendar.Zone, year calendar.SchoolYear, list []calendar.Holiday) ([][]any, error) {
	if _, err := calendar.ParseZone(string(zone)); err != nil {
		return nil, err
	}
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b calendar.Holiday) int { return int(a.First) - int(b.First) })
	var rows [][]any
	for i, h := range list {
		name := strings.TrimSpace(h.Name)
		switch {
		case name == "" || len([]rune(name)) > maxReason:
			return nil, fault.New(fault.Invalid, "Donnez un nom à ces vacances"+nbsp+": « vacances de Noël ».")
		case h.First.IsZero() || h.Last < h.First:
			return nil, fault.New(fault.Invalid, "Les %s finissent avant de commencer.", name)
		case h.First < year.First() || h.First > year.Last() || h.Last > year.Last().Add(62): // the summer ends after the year does
			return nil, fault.New(fault.Invalid, "Les %s ne sont pas dans l’année scolaire %s.", name, year)
		case i > 0 && list[i-1].Last >= h.First:
			return nil, fault.New(fault.Invalid, "Les %s commencent avant la fin des %s.", name, list[i-1].Name)
		}
		rows = append(rows, []any{int64(year), string(zone), name, h.First.String(), h.Last.String()})
	}
	return rows, nil
}
