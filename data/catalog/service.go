package catalog

import (
	"context"
	"fmt"
	"time"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// read runs a question any signed-in agent may ask.
func read[T any](ctx context.Context, s *Service, fn func(*store.Tx) (T, error)) (out T, err error) {
	if err = staff.Require(ctx); err != nil {
		return out, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		out, err = fn(tx)
		return err
	})
	return out, err
}

// Communes lists the communes in order of name.
func (s *Service) Communes(ctx context.Context) ([]Commune, error) { return read(ctx, s, CommunesTx) }

// Schools lists the schools, by commune then name.
func (s *Service) Schools(ctx context.Context) ([]School, error) { return read(ctx, s, SchoolsTx) }

// Classes lists the classes of a school year.
func (s *Service) Classes(ctx context.Context, year calendar.SchoolYear) ([]Class, error) {
	return read(ctx, s, func(tx *store.Tx) ([]Class, error) { return ClassesTx(tx, year) })
}

// Services lists the services, those that are no longer offered included (Active).
func (s *Service) Services(ctx context.Context) ([]ServiceInfo, error) {
	return read(ctx, s, ServicesTx)
}

// Service gives one service.
func (s *Service) Service(ctx context.Context, id int64) (ServiceInfo, error) {
	return read(ctx, s, func(tx *store.Tx) (ServiceInfo, error) { return ServiceTx(tx, id) })
}

// Tariffs gives the tariffs of one service.
func (s *Service) Tariffs(ctx context.Context, serviceID int64) ([]Tariff, error) {
	return read(ctx, s, func(tx *store.Tx) ([]Tariff, error) { return TariffsTx(tx, serviceID) })
}

// Required gives the documents a service asks for.
func (s *Service) Required(ctx context.Context, serviceID int64) ([]RequiredDocument, error) {
	return read(ctx, s, func(tx *store.Tx) ([]RequiredDocument, error) { return RequiredTx(tx, serviceID) })
}

// Closures gives the closures that concern a service and touch the span.
func (s *Service) Closures(ctx context.Context, serviceID int64, from, to calendar.Date) ([]Closure, error) {
	return read(ctx, s, func(tx *store.Tx) ([]Closure, error) { return ClosuresTx(tx, serviceID, from, to) })
}

// Plan gives the calendar of a service.
func (s *Service) Plan(ctx context.Context, serviceID int64) (*calendar.Plan, error) {
	return read(ctx, s, func(tx *store.Tx) (*calendar.Plan, error) { return PlanTx(tx, serviceID) })
}

// Cutoff gives the last instant (Paris) to book or to cancel for a day, and the
// rule that gives it; purpose is PurposeBook or PurposeCancel.
func (s *Service) Cutoff(ctx context.Context, serviceID int64, day calendar.Date, purpose string) (at time.Time, rule string, err error) {
	if err := staff.Require(ctx); err != nil {
		return at, "", err
	}
	if purpose != PurposeBook && purpose != PurposeCancel {
		return at, "", fault.New(fault.Invalid, "« %s » n’est pas permis. Valeurs permises"+nbsp+": book, cancel.", purpose)
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		info, err := ServiceTx(tx, serviceID)
		if err != nil {
			return err
		}
		plans, err := PlansTx(tx, []ServiceInfo{info})
		if err == nil {
			at, rule = info.Cutoff(plans[serviceID], day, purpose)
		}
		return err
	})
	return at, rule, err
}

// Setting gives a setting, or def where it is not set.
func (s *Service) Setting(ctx context.Context, name, def string) (string, error) {
	return read(ctx, s, func(tx *store.Tx) (string, error) { return SettingTx(tx, name, def) })
}

// SetSetting keeps a setting.
func (s *Service) SetSetting(ctx context.Context, name, value string) error {
	if err := staff.Require(ctx, staff.Admin); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *store.Tx) error {
		if err := SetSettingTx(tx, name, value); err != nil {
			return err
		}
		tx.Publish(Topic)
		return staff.Audit(tx, "catalog.setting", "setting:"+name, value)
	})
}

// AddClosure keeps a closure of days that nobody has booked: CloseDay of the
// booking room closes the others, and gives back what was paid.
func (s *Service) AddClosure(ctx context.Context, c Closure) (id int64, err error) {
	if err := staff.Require(ctx, staff.Admin); err != nil {
		return 0, err
	}
	err = s.db.Write(ctx, func(tx *store.Tx) error {
		if err := unbooked(tx, c); err != nil {
			return err
		}
		id, err = AddClosureTx(tx, c)
		return err
	})
	return id, err
}

// unbooked refuses a closure of days that are booked. It only counts: this room
// knows the booking table by name (a tariff in use is kept the same way), what
// becomes of a booking is the booking room's.
func unbooked(tx *store.Tx, c Closure) error {
	var n int64
	err := tx.QueryRow(`SELECT COUNT(*) FROM booking b JOIN child k ON k.id = b.child_id
		LEFT JOIN child_year y ON y.child_id = k.id AND y.school_year = CAST(substr(b.day, 1, 4) AS BIGINT) - CASE WHEN substr(b.day, 6, 2) < '08' THEN 1 ELSE 0 END
		WHERE b.service_id IN (SELECT id FROM service WHERE CAST($1 AS BIGINT) = 0 OR id = $1) AND b.day BETWEEN $2 AND $3
		AND b.state <> 'cancelled' AND (CAST($4 AS BIGINT) = 0 OR CASE WHEN y.child_id IS NULL THEN k.class_id ELSE y.class_id END = $4)`,
		c.ServiceID, c.First.String(), max(c.First, c.Last).String(), c.ClassID).Scan(&n)
	if err != nil || n == 0 {
		return err
	}
	return fault.New(fault.Conflict, "%s", bookedText(n))
}

func bookedText(n int64) string {
	return fmt.Sprintf("Des repas sont réservés ces jours-là (%d)"+nbsp+": passez par « Fermer un jour… » dans Réservations, qui les annule, les recrédite et prévient les familles.", n)
}

// AddClosureTx keeps a closure and gives its id; the same one again is not kept twice.
func AddClosureTx(tx *store.Tx, c Closure) (int64, error) {
	c, err := checkClosure(c)
	if err != nil {
		return 0, err
	}
	have, err := closures(tx)
	if err != nil {
		return 0, err
	}
	for _, h := range have {
		id := h.ID
		if h.ID = c.ID; h == c {
			return id, nil
		}
	}
	var id int64
	err = tx.QueryRow(`INSERT INTO closure (service_id, class_id, first_day, last_day, reason) VALUES ($1, $2, $3, $4, $5) RETURNING id`,
		nullID(c.ServiceID), nullID(c.ClassID), c.First.String(), c.Last.String(), c.Reason).Scan(&id)
	if err != nil {
		return 0, err
	}
	tx.Publish(Topic)
	return id, staff.Audit(tx, "catalog.closure", "closure:"+itoa(id), c.First.String()+" "+c.Last.String()+" "+c.Reason)
}

// RemoveClosure takes a closure away, for one entered by mistake. Bookings that
// it cancelled stay cancelled.
func (s *Service) RemoveClosure(ctx context.Context, id int64) error {
	if err := staff.Require(ctx, staff.Admin); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *store.Tx) error {
		n, err := tx.Exec(`DELETE FROM closure WHERE id = $1`, id)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.NotFound, "Cette fermeture n’existe plus.")
		}
		tx.Publish(Topic)
		return staff.Audit(tx, "catalog.closure.remove", "closure:"+itoa(id), "Fermeture retirée")
	})
}
