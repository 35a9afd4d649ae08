package catalog

import (
	"database/sql"
	"errors"
	"slices"
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/store"
)

// Levels are the school levels, from the smallest children up.
var Levels = []string{"TPS", "PS", "MS", "GS", "CP", "CE1", "CE2", "CM1", "CM2"}

// LevelRank gives the place of a level among Levels from 1, 0 for an unknown one.
func LevelRank(level string) int {
	return slices.Index(Levels, strings.ToUpper(strings.TrimSpace(level))) + 1
}

// AgeGroupOf gives the age group of a level: maternelle up to GS, élémentaire after.
// ok is false for an unknown level.
func AgeGroupOf(level string) (group string, ok bool) {
	switch n := LevelRank(level); {
	case n == 0:
		return "elementaire", false
	case n <= LevelRank("GS"):
		return "maternelle", true
	}
	return "elementaire", true
}

// ClassRank gives the order of a class from the levels its name says ("GS/CP M.
// Tissot"), or from the level of its children.
func ClassRank(name, level string) int {
	low, high := 0, 0
	for _, w := range strings.FieldsFunc(strings.ToUpper(name), func(r rune) bool { return r == ' ' || r == '/' || r == '-' || r == '+' || r == ',' }) {
		if n := LevelRank(w); n > 0 {
			if low == 0 || n < low {
				low = n
			}
			high = max(high, n)
		}
	}
	if low == 0 {
		low = LevelRank(level)
		high = low
	}
	return low*10 + high - low
}

// FindCommune gives the commune a name means; postal settles towns of one name
// and may be empty. ok is false where none or several fit.
func FindCommune(list []Commune, name, postal string) (Commune, bool) {
	key := PlaceKey(name)
	var found []Commune
	for _, c := range list {
		if c.INSEE == strings.TrimSpace(name) {
			return c, true
		}
		if PlaceKey(c.Name) == key && (postal == "" || c.Postal == "" || c.Postal == postal) {
			found = append(found, c)
		}
	}
	if len(found) == 1 {
		return found[0], true
	}
	return Commune{}, false
}

// FindSchool gives the school of that name ("École de Saint-Marcel", "ecole st
// marcel"), in a commune or in any when communeID is 0. ok is false where none
// or several fit.
func FindSchool(list []School, communeID int64, name string) (School, bool) {
	key := PlaceKey(name)
	var found []School
	for _, s := range list {
		if (communeID == 0 || s.CommuneID == communeID) && PlaceKey(s.Name) == key {
			found = append(found, s)
		}
	}
	if len(found) == 1 {
		return found[0], true
	}
	return School{}, false
}

// EnsureSchool gives the school of that name in the commune, and makes it if the
// catalog lacks it.
func EnsureSchool(tx *store.Tx, commune, name string) (s School, created bool, err error) {
	name = strings.Join(strings.Fields(name), " ")
	if name == "" {
		return s, false, fault.New(fault.Invalid, "Le nom de l’école est vide.")
	}
	communes, err := communesTx(tx)
	if err != nil {
		return s, false, err
	}
	c, ok := FindCommune(communes, commune, "")
	if !ok {
		return s, false, fault.New(fault.NotFound, "La commune « %s » n’est pas au catalogue"+nbsp+": ajoutez-la avant son école.", strings.TrimSpace(commune))
	}
	schools, err := SchoolsTx(tx)
	if err != nil {
		return s, false, err
	}
	if s, ok := FindSchool(schools, c.ID, name); ok {
		return s, false, nil
	}
	s = School{CommuneID: c.ID, Commune: c.Name, Name: name}
	err = tx.QueryRow(`INSERT INTO school (commune_id, name) VALUES ($1, $2) RETURNING id`, c.ID, name).Scan(&s.ID)
	tx.Publish(Topic)
	return s, true, err
}

// EnsureClass gives the class of that name in the school and year, and makes it
// if the catalog lacks it; level ranks it when its name does not.
func EnsureClass(tx *store.Tx, schoolID int64, year calendar.SchoolYear, name, level string) (c Class, created bool, err error) {
	name = strings.Join(strings.Fields(name), " ")
	if name == "" {
		return c, false, fault.New(fault.Invalid, "Le nom de la classe est vide.")
	}
	list, err := store.Collect(tx, scanClass, classSelect+`WHERE k.school_id = $1 AND k.school_year = $2`, schoolID, int64(year))
	if err != nil {
		return c, false, err
	}
	for _, have := range list {
		if Fold(have.Name) == Fold(name) {
			return have, false, nil
		}
	}
	c = Class{SchoolID: schoolID, Year: year, Name: name, Rank: ClassRank(name, level)}
	err = tx.QueryRow(`INSERT INTO class (school_id, school_year, name, rank) VALUES ($1, $2, $3, $4)
		ON CONFLICT (school_id, school_year, name) DO UPDATE SET rank = class.rank RETURNING id`, schoolID, int64(year), name, c.Rank).Scan(&c.ID)
	if err != nil {
		return c, false, err
	}
	err = tx.QueryRow(`SELECT name FROM school WHERE id = $1`, schoolID).Scan(&c.School)
	if errors.Is(err, sql.ErrNoRows) {
		return c, false, fault.New(fault.NotFound, "Cette école n’existe pas.")
	}
	tx.Publish(Topic)
	return c, true, err
}
