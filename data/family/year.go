package family

import (
	"database/sql"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/data/store"
	"ardoise/data/store/bulk"
)

// A child's entry says where it is now. What is asked about another school year,
// the kitchen sheets of last June or the meals of next September, is asked of
// child_year first: JoinYear brings its row beside child c, ClassThen, LevelThen
// and AgeThen say which of the two holds.

// JoinYear joins to child c, as y, where it is in the school year of a day: an
// expression of SQL, b.day or CAST($2 AS TEXT). The year changes on 1 August
// (calendar.SchoolYearOf).
func JoinYear(day string) string {
	return ` LEFT JOIN child_year y ON y.child_id = c.id AND y.school_year = CAST(substr(` + day + `, 1, 4) AS BIGINT) - CASE WHEN substr(` + day + `, 6, 2) < '08' THEN 1 ELSE 0 END `
}

// What JoinYear's row and the child's entry say together.
const (
	ClassThen = `CASE WHEN y.child_id IS NULL THEN c.class_id ELSE y.class_id END`
	LevelThen = `COALESCE(y.level, c.level)`
	AgeThen   = `COALESCE(y.age_group, c.age_group)`
)

// Place is where a child is in a school year.
type Place struct {
	ChildID  int64
	ClassID  int64 // 0: none
	SchoolID int64 // of the class; not written
	Level    string
	AgeGroup string
	Leaves   bool // it is not in the town's schools that year
}

// PlacesTx gives what is written of children for a school year other than the
// one of their entries; of every child when none is named.
func PlacesTx(tx *store.Tx, year calendar.SchoolYear, children ...int64) (map[int64]Place, error) {
	out := map[int64]Place{}
	add := func(r *sql.Rows) error {
		var p Place
		var leaves int64
		err := r.Scan(&p.ChildID, &p.ClassID, &p.SchoolID, &p.Level, &p.AgeGroup, &leaves)
		p.Leaves = leaves == 1
		out[p.ChildID] = p
		return err
	}
	const sel = `SELECT y.child_id, COALESCE(y.class_id, 0), COALESCE(k.school_id, 0), y.level, y.age_group, y.leaves
		FROM child_year y LEFT JOIN class k ON k.id = y.class_id WHERE y.school_year = $1`
	if len(children) == 0 {
		return out, store.Each(tx, add, sel, int64(year))
	}
	return out, store.Each(tx, add, sel+` AND y.child_id = ANY($2)`, int64(year), children)
}

// SetPlacesTx writes where children will be in a school year to come.
func SetPlacesTx(tx *store.Tx, year calendar.SchoolYear, list []Place) error {
	rows := make([][]any, len(list))
	ids := make([]int64, len(list))
	for i, p := range list {
		if p.Leaves {
			p.ClassID = 0
		}
		if p.AgeGroup == "" {
			p.AgeGroup, _ = catalog.AgeGroupOf(p.Level)
		}
		ids[i] = p.ChildID
		rows[i] = []any{p.ChildID, int64(year), nullID(p.ClassID), p.Level, p.AgeGroup, p.Leaves}
	}
	err := bulk.Insert(tx, `INSERT INTO child_year (child_id, school_year, class_id, level, age_group, leaves)`, rows,
		`ON CONFLICT (child_id, school_year) DO UPDATE SET class_id = excluded.class_id, level = excluded.level, age_group = excluded.age_group, leaves = excluded.leaves`)
	if err == nil {
		tx.Publish(TopicChild, ids...)
	}
	return err
}

// DropPlacesTx forgets what was decided for a school year to come.
func DropPlacesTx(tx *store.Tx, year calendar.SchoolYear) (int64, error) {
	n, err := tx.Exec(`DELETE FROM child_year WHERE school_year = $1`, int64(year))
	tx.Publish(TopicChild)
	return n, err
}

// remember keeps where children were, before their entries say the class of a
// later year; and forgets what was planned of the year the entries now speak of.
func remember(tx *store.Tx, list []*Child) error {
	rows := make([][]any, 0, len(list))
	for _, c := range list {
		if c.ClassID != 0 {
			rows = append(rows, []any{c.ID, c.ClassID})
		}
	}
	if len(rows) == 0 {
		return nil
	}
	types := []string{"BIGINT", "BIGINT"}
	const from = ` FROM %s AS v JOIN child c ON c.id = v.column1 JOIN class k ON k.id = c.class_id JOIN class n ON n.id = v.column2`
	err := bulk.Update(tx, `INSERT INTO child_year (child_id, school_year, class_id, level, age_group)
		SELECT c.id, k.school_year, c.class_id, c.level, c.age_group`+from+` WHERE n.school_year > k.school_year ON CONFLICT (child_id, school_year) DO NOTHING`, types, rows)
	if err != nil {
		return err
	}
	return bulk.Update(tx, `DELETE FROM child_year WHERE (child_id, school_year) IN (SELECT v.column1, n.school_year FROM %s AS v JOIN class n ON n.id = v.column2)`, types, rows)
}

// TurnTx is the first day of a school year: children whose place is written for
// it move there, or are gone since the day before; where they were in the year
// that ends stays written. It gives how many moved and how many left.
func TurnTx(tx *store.Tx, year calendar.SchoolYear, leftOn calendar.Date) (moved, left int64, err error) {
	ids, err := store.Collect(tx, scanID, `SELECT y.child_id FROM child_year y JOIN child c ON c.id = y.child_id WHERE y.school_year = $1 AND c.state = 'active'`, int64(year))
	if err != nil || len(ids) == 0 {
		return 0, 0, err
	}
	if _, err = tx.Exec(`INSERT INTO child_year (child_id, school_year, class_id, level, age_group)
		SELECT c.id, CAST($2 AS BIGINT), c.class_id, c.level, c.age_group FROM child c LEFT JOIN class k ON k.id = c.class_id
		WHERE c.id = ANY($1) AND COALESCE(k.school_year, $2) <= $2 ON CONFLICT (child_id, school_year) DO NOTHING`, ids, int64(year)-1); err != nil {
		return 0, 0, err
	}
	if moved, err = tx.Exec(`UPDATE child SET class_id = y.class_id, level = y.level, age_group = y.age_group, version = child.version + 1
		FROM child_year y WHERE y.child_id = child.id AND y.school_year = $2 AND y.leaves = 0 AND child.id = ANY($1)`, ids, int64(year)); err != nil {
		return 0, 0, err
	}
	if left, err = tx.Exec(`UPDATE child SET state = 'left', left_on = $3, version = child.version + 1
		FROM child_year y WHERE y.child_id = child.id AND y.school_year = $2 AND y.leaves = 1 AND child.id = ANY($1)`, ids, int64(year), leftOn.String()); err != nil {
		return 0, 0, err
	}
	if _, err = tx.Exec(`DELETE FROM child_year WHERE school_year = $1`, int64(year)); err != nil {
		return 0, 0, err
	}
	families, err := familiesOf(tx, ids)
	if err != nil {
		return 0, 0, err
	}
	tx.Publish(TopicChild, ids...)
	return moved, left, RefoldTx(tx, families)
}

// LeaveTx marks children as gone from their schools since a day; those that are
// gone already stay as they are.
func LeaveTx(tx *store.Tx, children []int64, leftOn calendar.Date) (int64, error) {
	n, err := tx.Exec(`UPDATE child SET state = 'left', left_on = $2, version = version + 1 WHERE id = ANY($1) AND state = 'active'`, children, leftOn.String())
	if err != nil {
		return 0, err
	}
	families, err := familiesOf(tx, children)
	if err != nil {
		return 0, err
	}
	tx.Publish(TopicChild, children...)
	return n, RefoldTx(tx, families)
}

// ArchiveTx puts several families aside; one with money, a live booking to come,
// an unpaid invoice or a child present is refused and names itself.
func ArchiveTx(tx *store.Tx, families []int64) (int64, error) {
	today := today(tx).String()
	bad, err := store.Collect(tx, func(r *sql.Rows) (n string, err error) { err = r.Scan(&n); return n, err },
		`SELECT f.name FROM family f WHERE f.id = ANY($1) AND f.state = 'active' AND (
			EXISTS (SELECT 1 FROM account a WHERE a.family_id = f.id AND a.balance <> 0)
			OR EXISTS (SELECT 1 FROM invoice_balance b WHERE b.family_id = f.id AND b.open > 0)
			OR EXISTS (SELECT 1 FROM booking b WHERE b.family_id = f.id AND b.day >= $2 AND b.state <> 'cancelled')
			OR EXISTS (SELECT 1 FROM child c WHERE c.family_id = f.id AND c.state = 'active')
			OR EXISTS (SELECT 1 FROM child_family x JOIN child c ON c.id = x.child_id WHERE x.family_id = f.id AND c.state = 'active'))
		ORDER BY f.id LIMIT 1`, families, today)
	if err != nil {
		return 0, err
	}
	if len(bad) > 0 {
		return 0, fault.New(fault.Conflict, "La famille %s ne peut pas être archivée"+nbsp+": il lui reste un solde, une facture, une réservation ou un enfant présent. Relisez la liste.", bad[0])
	}
	n, err := tx.Exec(`UPDATE family SET state = 'archived', archived_on = $2, version = version + 1 WHERE id = ANY($1) AND state = 'active'`, families, today)
	if err == nil {
		tx.Publish(Topic, families...)
	}
	return n, err
}
