package catalog

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// A use is what names a thing of the catalog elsewhere:
// the question that counts it, and its word in French.
type use struct{ one, many, count string }

// What may name each thing. The schema has the last word: a row this list does
// not know of stops the removal all the same.
var (
	communeUses = []use{
		{"école", "écoles", `SELECT COUNT(*) FROM school WHERE commune_id = $1`},
		{"service", "services", `SELECT COUNT(*) FROM service WHERE commune_id = $1`},
		{"famille", "familles", `SELECT COUNT(*) FROM family WHERE commune_id = $1`},
	}
	schoolUses = []use{
		{"classe", "classes", `SELECT COUNT(*) FROM class WHERE school_id = $1`},
		{"service", "services", `SELECT COUNT(*) FROM service_school WHERE school_id = $1`},
		{"effectif d’adultes", "effectifs d’adultes", `SELECT COUNT(*) FROM adult_meal WHERE school_id = $1`},
	}
	classUses = []use{
		{"enfant", "enfants", `SELECT COUNT(*) FROM child WHERE class_id = $1`},
		{"enfant, une autre année", "enfants, une autre année", `SELECT COUNT(*) FROM child_year WHERE class_id = $1`},
		{"fermeture", "fermetures", `SELECT COUNT(*) FROM closure WHERE class_id = $1`},
	}
	serviceUses = []use{
		{"demande d’accès", "demandes d’accès", `SELECT COUNT(*) FROM access_request WHERE service_id = $1`},
		{"réservation", "réservations", `SELECT COUNT(*) FROM booking WHERE service_id = $1`},
		{"fermeture", "fermetures", `SELECT COUNT(*) FROM closure WHERE service_id = $1`},
		{"feuille de cuisine", "feuilles de cuisine", `SELECT COUNT(*) FROM headcount WHERE service_id = $1`},
		{"ligne de facture", "lignes de facture", `SELECT COUNT(*) FROM invoice_line WHERE service_id = $1`},
		{"jour de menu", "jours de menus", `SELECT COUNT(DISTINCT day) FROM dish WHERE service_id = $1`},
		{"effectif d’adultes", "effectifs d’adultes", `SELECT COUNT(*) FROM adult_meal WHERE service_id = $1`},
	}
)

// The rows that are a part of a thing and go with it.
var (
	classOwn   = []string{`DELETE FROM class_sitting WHERE class_id = $1`}
	serviceOwn = []string{
		`DELETE FROM class_sitting WHERE service_id = $1`, `DELETE FROM service_school WHERE service_id = $1`, `DELETE FROM sitting WHERE service_id = $1`,
		`DELETE FROM tariff WHERE service_id = $1`, `DELETE FROM required_document WHERE service_id = $1`, `DELETE FROM day_load WHERE service_id = $1`,
	}
)

// removal is how one thing of the catalog is taken away.
type removal struct {
	table  string
	what   string // « L’école »
	gone   string // « Cette école n’existe plus. »
	uses   []use
	advice string   // what to do where it is named
	own    []string // rows that are a part of it and go with it
	action string
}

// RemoveCommune, RemoveSchool, RemoveClass and RemoveService take away what
// nothing names; else Conflict says what names it and what to do instead.
func (s *Service) RemoveCommune(ctx context.Context, id int64) error {
	return s.remove(ctx, id, removal{
		table: "commune", what: "La commune", gone: "Cette commune n’existe plus.", uses: communeUses,
		advice: "changez d’abord leur commune, ou gardez celle-ci", action: "catalog.commune.remove",
	})
}

// RemoveSchool: see RemoveCommune.
func (s *Service) RemoveSchool(ctx context.Context, id int64) error {
	return s.remove(ctx, id, removal{
		table: "school", what: "L’école", gone: "Cette école n’existe plus.", uses: schoolUses,
		advice: "retirez-la des services et retirez ses classes, ou gardez-la", action: "catalog.school.remove",
	})
}

// RemoveClass: see RemoveCommune. Its sittings of its own go with it.
func (s *Service) RemoveClass(ctx context.Context, id int64) error {
	return s.remove(ctx, id, removal{
		table: "class", what: "La classe", gone: "Cette classe n’existe plus.", uses: classUses, own: classOwn,
		advice: "changez d’abord les enfants de classe, ou gardez-la", action: "catalog.class.remove",
	})
}

// RemoveService: see RemoveCommune. One that has served is made inactive instead (Draft.Info.Active).
func (s *Service) RemoveService(ctx context.Context, id int64) error {
	return s.remove(ctx, id, removal{
		table: "service", what: "Le service", gone: "Ce service n’existe plus.", uses: serviceUses,
		own:    serviceOwn,
		advice: "retirez-le plutôt de la liste des services proposés", action: "catalog.service.remove",
	})
}

func (s *Service) remove(ctx context.Context, id int64, r removal) error {
	if err := staff.Require(ctx, staff.Admin); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *store.Tx) error {
		names, err := store.Collect(tx, func(q *sql.Rows) (v string, err error) { err = q.Scan(&v); return v, err }, `SELECT name FROM `+r.table+` WHERE id = $1`, id)
		if err != nil {
			return err
		}
		if len(names) == 0 {
			return fault.New(fault.NotFound, "%s", r.gone)
		}
		if err := used(tx, id, names[0], r); err != nil {
			return err
		}
		for _, own := range append(slices.Clone(r.own), `DELETE FROM `+r.table+` WHERE id = $1`) {
			_, err := tx.Exec(own, id)
			if store.ForeignKey(err) {
				return fault.Wrap(fault.Conflict, err, "%s « %s » sert encore"+nbsp+": %s.", r.what, names[0], r.advice)
			}
			if err != nil {
				return err
			}
		}
		tx.Publish(Topic)
		return staff.Audit(tx, r.action, r.table+":"+itoa(id), r.what+" « "+names[0]+" »"+nbsp+": retrait")
	})
}

// used refuses to take away what something names.
func used(tx *store.Tx, id int64, name string, r removal) error {
	var by []string
	for _, u := range r.uses {
		var n int64
		if err := tx.QueryRow(u.count, id).Scan(&n); err != nil {
			return err
		}
		switch {
		case n == 1:
			by = append(by, "1 "+u.one)
		case n > 1:
			by = append(by, fmt.Sprintf("%d %s", n, u.many))
		}
	}
	if len(by) == 0 {
		return nil
	}
	return fault.New(fault.Conflict, "%s « %s » sert encore (%s)"+nbsp+": %s. Rien n’a été retiré.", r.what, name, strings.Join(by, ", "), r.advice)
}
