package schoolyear

import (
	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/data/store"
	"ardoise/data/store/bulk"
)

// writeClasses creates the classes of the plan, renames those that have another
// name now and takes away those that do not open; a class keeps the sitting of
// the one it continues.
func (p *ClassPlan) writeClasses(tx *store.Tx) error {
	year := p.Ask.Year
	var rows, renamed [][]any
	for _, c := range p.Classes {
		if c.ID == 0 {
			rows = append(rows, []any{c.SchoolID, int64(year), c.Name, rankOf(c)})
		} else if c.Name != c.From {
			renamed = append(renamed, []any{c.ID, c.Name, int64(rankOf(c))})
		}
	}
	if len(p.Dropped) > 0 {
		if err := dropClasses(tx, p.Dropped); err != nil {
			return err
		}
	}
	// By way of names nobody has: two classes may swap theirs.
	if err := bulk.Update(tx, `UPDATE class SET name = 'ardoise ' || CAST(v.column1 AS TEXT), rank = v.column3 FROM %s AS v WHERE class.id = v.column1 AND v.column2 <> ''`, []string{"BIGINT", "TEXT", "BIGINT"}, renamed); err != nil {
		return err
	}
	if err := bulk.Update(tx, `UPDATE class SET name = v.column2, rank = v.column3 FROM %s AS v WHERE class.id = v.column1`, []string{"BIGINT", "TEXT", "BIGINT"}, renamed); err != nil {
		return err
	}
	if err := bulk.Insert(tx, `INSERT INTO class (school_id, school_year, name, rank)`, rows, `ON CONFLICT (school_id, school_year, name) DO NOTHING`); err != nil {
		return err
	}
	list, err := catalog.ClassesTx(tx, year)
	if err != nil {
		return err
	}
	ids := map[string]int64{}
	for _, c := range list {
		ids[classKey(c.SchoolID, c.Name)] = c.ID
	}
	var sittings [][]any
	for i := range p.Classes {
		c := &p.Classes[i]
		if c.ID == 0 {
			c.ID = ids[classKey(c.SchoolID, c.Name)]
			sittings = append(sittings, []any{c.ID, c.SchoolID, c.From, int64(year) - 1})
		}
	}
	tx.Publish(catalog.Topic)
	return bulk.Update(tx, `INSERT INTO class_sitting (class_id, service_id, sitting_id)
		SELECT v.column1, s.service_id, s.sitting_id FROM %s AS v JOIN class k ON k.school_id = v.column2 AND k.name = v.column3 AND k.school_year = v.column4
		JOIN class_sitting s ON s.class_id = k.id WHERE v.column1 > 0 ON CONFLICT (class_id, service_id) DO NOTHING`, []string{"BIGINT", "BIGINT", "TEXT", "BIGINT"}, sittings)
}

// rankOf is a class's place, from its name or from the levels it continues.
func rankOf(c PlannedClass) int {
	if rank := catalog.ClassRank(c.Name, ""); rank != 0 {
		return rank
	}
	if c.low > 0 {
		return c.low*10 + c.high - c.low
	}
	return c.rank
}

// dropClasses takes away classes that do not open; one that something names
// stays, and says so.
func dropClasses(tx *store.Tx, ids []int64) error {
	named, err := store.Collect(tx, scanText, `SELECT k.name FROM class k WHERE k.id = ANY($1) AND (EXISTS (SELECT 1 FROM child c WHERE c.class_id = k.id)
		OR EXISTS (SELECT 1 FROM closure x WHERE x.class_id = k.id)) ORDER BY k.rank, k.name LIMIT 1`, ids)
	if err != nil {
		return err
	}
	if len(named) > 0 {
		return fault.New(fault.Conflict, "La classe « %s » a déjà des élèves ou une sortie"+nbsp+": elle ne peut pas être retirée.", named[0])
	}
	if _, err := tx.Exec(`UPDATE child_year SET class_id = NULL WHERE class_id = ANY($1)`, ids); err != nil {
		return err
	}
	if _, err := tx.Exec(`DELETE FROM class_sitting WHERE class_id = ANY($1)`, ids); err != nil {
		return err
	}
	_, err = tx.Exec(`DELETE FROM class WHERE id = ANY($1)`, ids)
	return err
}
