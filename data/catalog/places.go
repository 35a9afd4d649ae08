package catalog

import (
	"context"
	"slices"
	"strings"

	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// Communes, schools and classes one at a time: the rules of values are those of
// a file (judge.go); a name changes in place, whatever hangs on the number stays.

// SaveCommune keeps a commune (ID 0: a new one) and gives its id.
func (s *Service) SaveCommune(ctx context.Context, c Commune) (int64, error) {
	c.INSEE, c.Name, c.Postal = strings.ToUpper(strings.TrimSpace(c.INSEE)), oneSpace(c.Name), strings.TrimSpace(c.Postal)
	return s.savePlace(ctx, func(j *judge) { j.commune(c) }, func(tx *store.Tx) (id int64, did string, err error) {
		list, err := communesTx(tx)
		if err != nil {
			return 0, "", err
		}
		for _, o := range list {
			if o.INSEE == c.INSEE && o.ID != c.ID {
				return 0, "", refuse(fault.Conflict, []Flaw{{"insee", "Le code INSEE " + c.INSEE + " est déjà celui de « " + o.Name + " »" + nbsp + ": vérifiez-le."}})
			}
		}
		if c.ID == 0 {
			err = tx.QueryRow(`INSERT INTO commune (insee, name, postal, fold) VALUES ($1, $2, $3, $4) RETURNING id`, c.INSEE, c.Name, c.Postal, Fold(c.Name)).Scan(&id)
			return id, added("Commune", c.Name), err
		}
		i := slices.IndexFunc(list, func(o Commune) bool { return o.ID == c.ID })
		if i < 0 {
			return 0, "", fault.New(fault.NotFound, "Cette commune n’existe plus.")
		}
		did = changed("Commune", list[i].Name, communeFacts(list[i]), communeFacts(c))
		if did != "" {
			_, err = tx.Exec(`UPDATE commune SET insee = $2, name = $3, postal = $4, fold = $5 WHERE id = $1`, c.ID, c.INSEE, c.Name, c.Postal, Fold(c.Name))
		}
		return c.ID, did, err
	}, "commune")
}

// SaveSchool keeps a school (ID 0: a new one) and gives its id.
func (s *Service) SaveSchool(ctx context.Context, c School) (int64, error) {
	c.Name = oneSpace(c.Name)
	return s.savePlace(ctx, func(j *judge) { j.name("name", c.Name) }, func(tx *store.Tx) (id int64, did string, err error) {
		communes, err := communesTx(tx)
		if err != nil {
			return 0, "", err
		}
		at := slices.IndexFunc(communes, func(o Commune) bool { return o.ID == c.CommuneID })
		if at < 0 {
			return 0, "", refuse(fault.NotFound, []Flaw{{"commune", "Choisissez la commune de l’école" + nbsp + ": celle-ci n’est pas au catalogue."}})
		}
		c.Commune = communes[at].Name
		list, err := SchoolsTx(tx)
		if err != nil {
			return 0, "", err
		}
		for _, o := range list {
			if o.CommuneID == c.CommuneID && o.ID != c.ID && PlaceKey(o.Name) == PlaceKey(c.Name) {
				return 0, "", refuse(fault.Conflict, []Flaw{{"name", "« " + o.Name + " » existe déjà à " + o.Commune + nbsp + ": donnez un autre nom, ou modifiez celle-là."}})
			}
		}
		if c.ID == 0 {
			err = tx.QueryRow(`INSERT INTO school (commune_id, name) VALUES ($1, $2) RETURNING id`, c.CommuneID, c.Name).Scan(&id)
			return id, added("École", c.Name), err
		}
		i := slices.IndexFunc(list, func(o School) bool { return o.ID == c.ID })
		if i < 0 {
			return 0, "", fault.New(fault.NotFound, "Cette école n’existe plus.")
		}
		facts := func(v School) []fact { return []fact{{"nom", v.Name}, {"commune", v.Commune}} }
		did = changed("École", list[i].Name, facts(list[i]), facts(c))
		if list[i].CommuneID != c.CommuneID && did == "" {
			did = "École « " + c.Name + " »" + nbsp + ": autre commune du même nom"
		}
		if did != "" {
			_, err = tx.Exec(`UPDATE school SET commune_id = $2, name = $3 WHERE id = $1`, c.ID, c.CommuneID, c.Name)
		}
		return c.ID, did, err
	}, "school")
}

// SaveClass keeps a class (ID 0: a new one) and gives its id; its rank follows
// its name unless set, and stays where the name tells no level. A class keeps its school and its year.
func (s *Service) SaveClass(ctx context.Context, c Class) (int64, error) {
	c.Name = oneSpace(c.Name)
	if c.Rank == 0 {
		c.Rank = ClassRank(c.Name, "")
	}
	return s.savePlace(ctx, func(j *judge) { j.class(c) }, func(tx *store.Tx) (id int64, did string, err error) {
		schools, err := SchoolsTx(tx)
		if err != nil {
			return 0, "", err
		}
		if !slices.ContainsFunc(schools, func(o School) bool { return o.ID == c.SchoolID }) {
			return 0, "", refuse(fault.NotFound, []Flaw{{"school", "Choisissez l’école de la classe" + nbsp + ": celle-ci n’est pas au catalogue."}})
		}
		all, err := allClasses(tx)
		if err != nil {
			return 0, "", err
		}
		var old *Class
		for _, o := range all {
			switch {
			case o.ID == c.ID:
				old = &o
			case o.SchoolID == c.SchoolID && o.Year == c.Year && Fold(o.Name) == Fold(c.Name):
				return 0, "", refuse(fault.Conflict, []Flaw{{"name", "« " + o.Name + " » existe déjà dans cette école en " + o.Year.String() + nbsp + ": donnez un autre nom, ou modifiez celle-là."}})
			}
		}
		switch {
		case c.ID == 0:
			err = tx.QueryRow(`INSERT INTO class (school_id, school_year, name, rank) VALUES ($1, $2, $3, $4) RETURNING id`, c.SchoolID, int64(c.Year), c.Name, c.Rank).Scan(&id)
			return id, added("Classe", c.Name), err
		case old == nil:
			return 0, "", fault.New(fault.NotFound, "Cette classe n’existe plus.")
		case old.SchoolID != c.SchoolID || old.Year != c.Year:
			return 0, "", refuse(fault.Conflict, []Flaw{{"year", "Une classe garde son école et son année, ses élèves y sont" + nbsp + ": ajoutez plutôt une autre classe."}})
		}
		if c.Rank == 0 { // a name that tells no level
			c.Rank = old.Rank
		}
		facts := func(v Class) []fact { return []fact{{"nom", v.Name}, {"rang", itoa(int64(v.Rank))}} }
		if did = changed("Classe", old.Name, facts(*old), facts(c)); did != "" {
			_, err = tx.Exec(`UPDATE class SET name = $2, rank = $3 WHERE id = $1`, c.ID, c.Name, c.Rank)
		}
		return c.ID, did, err
	}, "class")
}

func oneSpace(s string) string { return strings.Join(strings.Fields(s), " ") }

func added(what, name string) string { return what + " « " + name + " »" + nbsp + ": ajout" }

// changed tells what is other than it was, "" where nothing is.
func changed(what, name string, old, now []fact) string {
	list := changes(old, now)
	if len(list) == 0 {
		return ""
	}
	return what + " « " + name + " »" + nbsp + ": " + strings.Join(list, ", ")
}

// savePlace asks for the right, judges, writes, and keeps the entry of the
// journal that write gives; where nothing changed there is none.
func (s *Service) savePlace(ctx context.Context, rules func(*judge), write func(*store.Tx) (id int64, did string, err error), table string) (int64, error) {
	if err := staff.Require(ctx, staff.Admin); err != nil {
		return 0, err
	}
	j := &judge{}
	rules(j)
	var flaws []Flaw
	for _, f := range j.flaws {
		flaws = append(flaws, Flaw{f.field, f.sentence()})
	}
	if err := refuse(fault.Invalid, flaws); err != nil {
		return 0, err
	}
	var id int64
	err := s.db.Write(ctx, func(tx *store.Tx) error {
		var did string
		var err error
		if id, did, err = write(tx); err != nil || did == "" {
			return err
		}
		tx.Publish(Topic)
		return staff.Audit(tx, "catalog."+table, table+":"+itoa(id), did)
	})
	return id, err
}
