package schoolyear

import (
	"ardoise/data/ledger"
	"ardoise/data/store"
)

// Verify looks at what this room promises: a place of a school year is in a class
// of that year (of an earlier one, only for a child nobody moved up in its time).
func Verify(tx *store.Tx) ([]ledger.Check, error) {
	c, err := ledger.Count(tx, "I15", "Les places de chaque année sont dans des classes de cette année.", "%d places sont dans une classe d’une autre année.",
		`SELECT COUNT(*) FROM child_year y JOIN class k ON k.id = y.class_id WHERE k.school_year > y.school_year
			OR k.school_year < y.school_year AND EXISTS (SELECT 1 FROM school_year s WHERE s.year = y.school_year AND s.turned_at = '')`)
	if err != nil {
		return nil, err
	}
	return []ledger.Check{c}, nil
}
