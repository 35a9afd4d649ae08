package access

import (
	"context"
	"database/sql"
	"fmt"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/letter"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// warnDays are the days before a document's end at which a family is written to.
var warnDays = []int{7, 30}

// SuspendLapsed suspends the accesses whose documents have lapsed and writes to
// the families 30 and 7 days before, once each. It may run at any time and any
// number of times; it is run at every start. Existing bookings stay.
func (s *Service) SuspendLapsed(ctx context.Context) (suspended, warned int, err error) {
	if err := staff.Require(ctx); err != nil {
		return 0, 0, err
	}
	err = s.db.Write(ctx, func(tx *store.Tx) error {
		suspended, warned = 0, 0
		today := calendar.DateOf(tx.Now())
		list, err := store.Collect(tx, scanRequest, `SELECT `+requestColumns+requestFrom+`
			WHERE q.state = 'accepted' AND q.valid_to < $1 AND q.school_year >= $2`, today, int(calendar.SchoolYearOf(today)))
		if err != nil {
			return err
		}
		if err := fillMany(tx, list, today); err != nil {
			return err
		}
		for _, q := range list {
			if len(q.Missing) == 0 {
				if err := move(tx, q, q.Version, Accepted, "", validTo(q.Checklist, q.Year), "request.extend"); err != nil {
					return err
				}
				continue
			}
			suspended++
			if err := move(tx, q, q.Version, Suspended, "", q.ValidTo, "request.suspend"); err != nil {
				return err
			}
			l, err := write(tx, q, Suspended, "", q.ValidTo)
			if err != nil {
				return err
			}
			if err := post(tx, q, Suspended, l, q.Version); err != nil {
				return err
			}
		}
		warned, err = warn(tx, today)
		return err
	})
	return suspended, warned, err
}

type ending struct {
	doc   Document
	first string
}

// warn writes once at 30 and once at 7 days before a document ends.
func warn(tx *store.Tx, today calendar.Date) (n int, err error) {
	for _, days := range warnDays {
		list, err := store.Collect(tx, func(r *sql.Rows) (e ending, err error) {
			d := &e.doc
			err = r.Scan(&d.ID, &d.FamilyID, &d.Kind, &d.ValidTo, &e.first)
			return
		}, `SELECT d.id, d.family_id, d.kind, d.valid_to, COALESCE(c.first, '') FROM document d LEFT JOIN child c ON c.id = d.child_id
			WHERE d.state IN ('received', 'conform') AND d.valid_to BETWEEN $1 AND $2 AND (d.warned = 0 OR d.warned > $3)
			AND EXISTS (SELECT 1 FROM access_request q WHERE q.family_id = d.family_id AND q.state = 'accepted')
			ORDER BY d.id`, today, today.Add(days), days)
		if err != nil {
			return n, err
		}
		families := make([]int64, len(list))
		for i, e := range list {
			families[i] = e.doc.FamilyID
		}
		who, err := letter.Correspondents(tx, families)
		if err != nil {
			return n, err
		}
		for _, e := range list { // a few families a day
			l, err := who[e.doc.FamilyID].Compose("document.warning", letter.Facts{"prénom": e.first, "pièce": catalog.DocumentLabel(e.doc.Kind), "fin de validité": e.doc.ValidTo.Long()})
			if err != nil {
				return n, err
			}
			if err := letter.Post(tx, e.doc.FamilyID, l, "document.warning", fmt.Sprintf("document:%d", e.doc.ID), fmt.Sprintf("document.warning:%d:%s:%d", e.doc.ID, e.doc.ValidTo, days)); err != nil {
				return n, err
			}
			if _, err := tx.Exec(`UPDATE document SET warned = $1 WHERE id = $2`, days, e.doc.ID); err != nil {
				return n, err
			}
			n++
		}
	}
	return n, nil
}

// Expiring lists the documents in use that end within some days, or have ended.
func (s *Service) Expiring(ctx context.Context, within int) (list []Document, err error) {
	if err := staff.Require(ctx, readers...); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		list, err = store.Collect(tx, scanDocument, `SELECT `+documentColumns+` FROM document d
			WHERE d.state IN ('received', 'conform') AND d.valid_to <= $1
			AND EXISTS (SELECT 1 FROM access_request q WHERE q.family_id = d.family_id AND q.state IN ('accepted', 'suspended'))
			ORDER BY d.valid_to, d.id`, calendar.DateOf(tx.Now()).Add(within))
		return err
	})
	return list, err
}

// Documents lists what is on file for a family, replaced pieces left out.
func (s *Service) Documents(ctx context.Context, familyID int64) (list []Document, err error) {
	if err := staff.Require(ctx, readers...); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		list, err = store.Collect(tx, scanDocument, `SELECT `+documentColumns+` FROM document d
			WHERE d.family_id = $1 AND d.state <> 'replaced' ORDER BY d.kind, d.id DESC`, familyID)
		return err
	})
	return list, err
}
