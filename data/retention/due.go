package retention

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/money"
	"ardoise/data/store"
)

// houses gives, for families that stand, every family merged into them, and itself.
func houses(tx *store.Tx, ids []int64) (root map[int64]int64, all []int64, err error) {
	root = map[int64]int64{}
	err = store.Each(tx, func(r *sql.Rows) error {
		var id, top int64
		err := r.Scan(&id, &top)
		root[id] = top
		all = append(all, id)
		return err
	}, `WITH RECURSIVE house (id, top) AS (SELECT id, id FROM family WHERE id = ANY($1)
		UNION SELECT f.id, h.top FROM family f JOIN house h ON f.merged_into = h.id) SELECT id, top FROM house ORDER BY id`, ids)
	return root, all, err
}

// settleDays is how long a collection that was sent may still come back: eight weeks
// (Code monétaire et financier L133-25) and the days the bank takes to say so.
const settleDays = 70

// waits are what of a family must end before its names may go. $1 is the families,
// $2 today, $3 the day since when a collection is over.
var waits = []struct{ query, said string }{
	{`SELECT family_id, balance FROM account WHERE family_id = ANY($1) AND balance <> 0 AND $2 <> '' AND $3 <> ''`, "porte-monnaie à solder (%s)"},
	{`SELECT family_id, CAST(SUM(open) AS BIGINT) FROM invoice_balance WHERE family_id = ANY($1) AND open > 0 AND $2 <> '' AND $3 <> '' GROUP BY family_id`, "factures à régler (%s)"},
	{`SELECT d.family_id, CAST(SUM(d.amount) AS BIGINT) FROM debit d JOIN debit_batch b ON b.id = d.batch_id
		WHERE d.family_id = ANY($1) AND (d.state = 'built' OR d.state = 'sent' AND b.collect_on >= $3) AND $2 <> '' GROUP BY d.family_id`, "prélèvements en cours (%s)"},
	{`SELECT family_id, CAST(SUM(amount) AS BIGINT) FROM invoice_carry WHERE family_id = ANY($1) AND invoice_id IS NULL AND $2 <> '' AND $3 <> '' GROUP BY family_id`, "somme reportée à facturer (%s)"},
	{`SELECT b.family_id, CAST(SUM(b.price) AS BIGINT) FROM booking b WHERE b.family_id = ANY($1) AND b.pay = 'monthly' AND b.state = 'booked' AND b.attendance <> 'justified' AND b.price > 0
		AND b.day < $2 AND $3 <> '' AND NOT EXISTS (SELECT 1 FROM invoice_line l WHERE l.booking_id = b.id) GROUP BY b.family_id`, "repas à facturer (%s)"},
	{`SELECT family_id, CAST(SUM(price) AS BIGINT) FROM booking WHERE family_id = ANY($1) AND state <> 'cancelled' AND day >= $2 AND $3 <> '' GROUP BY family_id`, "réservations à venir (%s)"},
	{`SELECT family_id, 0 FROM outbox WHERE family_id = ANY($1) AND state IN ('waiting', 'sending', 'doubt') AND $2 <> '' AND $3 <> '' GROUP BY family_id`, "courriels à envoyer"},
	{`SELECT family_id, 0 FROM mail_message WHERE family_id = ANY($1) AND decided_at = '' AND $2 <> '' AND $3 <> '' GROUP BY family_id`, "courriels à traiter"},
	{`SELECT c.family_id, 0 FROM child c JOIN child_family x ON x.child_id = c.id JOIN child d ON d.family_id = x.family_id AND d.fold = c.fold AND d.birth = c.birth
		WHERE c.family_id = ANY($1) AND $2 <> '' AND $3 <> '' GROUP BY c.family_id`, "un enfant a une fiche en double dans l’autre famille"},
}

// moneyReasons says why the names of families cannot go yet: one sentence each.
func moneyReasons(tx *store.Tx, ids []int64) (map[int64]string, error) {
	out := map[int64]string{}
	if len(ids) == 0 {
		return out, nil
	}
	root, all, err := houses(tx, ids)
	if err != nil {
		return nil, err
	}
	said := map[int64][]string{}
	for _, w := range waits { // a fixed list, not a list of data
		err := store.Each(tx, func(r *sql.Rows) error {
			var id int64
			var sum money.Cents
			if err := r.Scan(&id, &sum); err != nil {
				return err
			}
			text := w.said
			if strings.Contains(text, "%s") {
				text = fmt.Sprintf(text, sum)
			}
			said[root[id]] = append(said[root[id]], text)
			return nil
		}, w.query, all, today(tx), today(tx).Add(-settleDays))
		if err != nil {
			return nil, err
		}
	}
	for id, list := range said {
		text := strings.Join(list, ", ")
		out[id] = strings.ToUpper(text[:1]) + text[1:]
	}
	return out, nil
}

// dateOf reads a date column in which "" is no date.
func dateOf(text string) (calendar.Date, error) {
	if text == "" {
		return 0, nil
	}
	return calendar.ParseISO(text)
}

// lastSeen is the last thing that happened with a family.
const lastSeen = `SELECT f.id, f.name, substr(f.created_at, 1, 10),
	COALESCE((SELECT MAX(b.day) FROM booking b WHERE b.family_id = f.id), ''),
	COALESCE((SELECT substr(MAX(o.at), 1, 10) FROM operation o WHERE o.family_id = f.id), ''),
	COALESCE((SELECT substr(MAX(q.received_at), 1, 10) FROM access_request q WHERE q.family_id = f.id), ''),
	COALESCE((SELECT substr(MAX(m.received_at), 1, 10) FROM mail_message m WHERE m.family_id = f.id), ''),
	COALESCE((SELECT substr(MAX(a.at), 1, 10) FROM audit a WHERE a.object = 'family:' || f.id AND a.action IN ('family.update', 'family.restore', 'family.rectify')), ''),
	COALESCE((SELECT MAX(i.issued_on) FROM invoice i WHERE i.family_id = f.id), '')
	FROM family f WHERE f.state IN ('active', 'archived') AND f.anonymised_on = ''
	AND NOT EXISTS (SELECT 1 FROM child c JOIN class k ON k.id = c.class_id WHERE c.family_id = f.id AND c.state = 'active' AND k.school_year >= $1)
	AND NOT EXISTS (SELECT 1 FROM child_family x JOIN child c ON c.id = x.child_id JOIN class k ON k.id = c.class_id WHERE x.family_id = f.id AND c.state = 'active' AND k.school_year >= $1)
	ORDER BY f.id`

func findFamilies(tx *store.Tx, f facts) ([]item, error) {
	before := cut(f.day, f.settings.Families)
	var out []item
	err := store.Each(tx, func(r *sql.Rows) error {
		var it item
		var name string
		days := make([]string, 7)
		if err := r.Scan(&it.id, &name, &days[0], &days[1], &days[2], &days[3], &days[4], &days[5], &days[6]); err != nil {
			return err
		}
		it.family = it.id
		last, err := dateOf(slices.Max(days))
		if err != nil {
			return err
		}
		if last >= before {
			return nil
		}
		it.detail = "rien depuis le " + last.Short()
		out = append(out, it)
		return nil
	}, lastSeen, int64(calendar.SchoolYearOf(f.day)))
	return out, err
}
