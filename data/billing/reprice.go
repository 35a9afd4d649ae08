package billing

import (
	"context"
	"database/sql"
	"fmt"

	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/money"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// RepricePlan is what pricing a month's meals anew would change.
type RepricePlan struct {
	Month    calendar.Month
	Meals    []booking.Repriced // only those whose price changes
	Families int
	Was      money.Cents // of those meals
	Will     money.Cents
	Digest   string
}

// PlanReprice prices anew the monthly meals of a month that were never invoiced,
// by the quotient and the address on file now. Prices are fixed when booked; this
// is for the quotient that came too late, families by families (none: all).
func (s *Service) PlanReprice(ctx context.Context, m calendar.Month, families []int64) (p RepricePlan, err error) {
	if err := staff.Require(ctx, staff.Regie); err != nil {
		return p, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		p, err = planReprice(tx, m, families)
		return err
	})
	return p, err
}

func planReprice(tx *store.Tx, m calendar.Month, families []int64) (p RepricePlan, err error) {
	p.Month = m
	where, args := "", []any{m.First(), m.Last()}
	if len(families) > 0 {
		where, args = ` AND b.family_id = ANY($3)`, append(args, sorted(families))
	}
	ids, err := store.Collect(tx, func(r *sql.Rows) (id int64, err error) { return id, r.Scan(&id) }, `SELECT b.id FROM booking b
		WHERE b.pay = 'monthly' AND b.day BETWEEN $1 AND $2 AND (b.state = 'booked' OR b.cancel_verdict = 'late')
		AND NOT EXISTS (SELECT 1 FROM invoice_line l WHERE l.booking_id = b.id)`+where, args...)
	if err != nil {
		return p, err
	}
	if p.Meals, err = booking.PlanReprice(tx, ids); err != nil {
		return p, err
	}
	seen := map[int64]bool{}
	for _, r := range p.Meals {
		seen[r.FamilyID] = true
		p.Was += r.Was
		p.Will += r.Will
	}
	p.Families = len(seen)
	p.Digest, err = ledger.Digest(p)
	return p, err
}

// Reprice does what a RepricePlan says; shown is its digest ("" : none was
// shown). The same key does it once.
func (s *Service) Reprice(ctx context.Context, key string, m calendar.Month, families []int64, shown string) (p RepricePlan, err error) {
	if err := staff.Require(ctx, staff.Regie); err != nil {
		return p, err
	}
	digest, err := ledger.Digest([]any{m, sorted(families)})
	if err != nil {
		return p, err
	}
	err = s.db.Write(ctx, func(tx *store.Tx) error {
		if _, replay, err := ledger.Replay(tx, key, digest); err != nil || replay {
			return err
		}
		if p, err = planReprice(tx, m, families); err != nil {
			return err
		}
		switch {
		case shown != "" && shown != p.Digest:
			return fault.New(fault.Conflict, "Les repas ou les dossiers ont changé depuis l’affichage. Rien n’a été modifié"+nbsp+": relisez et recommencez.")
		case len(p.Meals) == 0:
			return fault.New(fault.Invalid, "Aucun repas de %s pas encore facturé ne changerait de prix.", m.Label())
		}
		if _, _, err := ledger.Operation(tx, ledger.Op{Key: key, Digest: digest, Kind: "reprice", Label: "Repas retarifés, " + m.Label()}); err != nil {
			return err
		}
		if err := booking.Reprice(tx, p.Meals); err != nil {
			return err
		}
		touched := map[int64][]booking.Repriced{}
		var ids []int64
		for _, r := range p.Meals {
			if len(touched[r.FamilyID]) == 0 {
				ids = append(ids, r.FamilyID)
			}
			touched[r.FamilyID] = append(touched[r.FamilyID], r)
		}
		tx.Publish(Topic, ids...)
		for _, id := range ids { // one entry in the trail a family: few are repriced
			var was, will money.Cents
			for _, r := range touched[id] {
				was, will = was+r.Was, will+r.Will
			}
			if err := staff.Audit(tx, "booking.reprice", object(id), fmt.Sprintf("%d repas de %s retarifés"+nbsp+": %s au lieu de %s", len(touched[id]), m.Label(), will, was)); err != nil {
				return err
			}
		}
		return nil
	})
	return p, err
}
