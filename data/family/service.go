package family

import (
	"context"
	"fmt"
	"slices"

	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// writers of families.
var writers = []staff.Role{staff.Accueil, staff.Admin}

// write runs a change and has the search index follow at once, so that who
// writes finds what it wrote.
func (s *Service) write(ctx context.Context, roles []staff.Role, fn func(tx *store.Tx) ([]int64, error)) error {
	if err := staff.Require(ctx, roles...); err != nil {
		return err
	}
	var ids []int64
	err := s.db.Write(ctx, func(tx *store.Tx) (err error) {
		ids, err = fn(tx)
		return err
	})
	if err == nil {
		s.index.changed(ids...)
	}
	return err
}

func readTx[T any](ctx context.Context, s *Service, fn func(*store.Tx) (T, error)) (out T, err error) {
	if err := staff.Require(ctx, readers...); err != nil {
		return out, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		out, err = fn(tx)
		return err
	})
	return out, err
}

// Get gives one family whole.
func (s *Service) Get(ctx context.Context, id int64) (Family, error) {
	return readTx(ctx, s, func(tx *store.Tx) (Family, error) { return GetTx(tx, id) })
}

// Several gives families whole, in the order of ids; those that do not exist are
// left out.
func (s *Service) Several(ctx context.Context, ids []int64) ([]Family, error) {
	return readTx(ctx, s, func(tx *store.Tx) ([]Family, error) { return FamiliesTx(tx, ids) })
}

// Child gives one child.
func (s *Service) Child(ctx context.Context, id int64) (Child, error) {
	return readTx(ctx, s, func(tx *store.Tx) (Child, error) { return ChildTx(tx, id) })
}

// ClassChildren gives the children present in classes, in order of name.
func (s *Service) ClassChildren(ctx context.Context, classes ...int64) ([]Child, error) {
	return readTx(ctx, s, func(tx *store.Tx) ([]Child, error) { return ClassChildrenTx(tx, classes...) })
}

// Draft is a family not yet kept; its children come with it.
type Draft = Family

// Create keeps a new family with its guardians and children and gives it back.
func (s *Service) Create(ctx context.Context, d Draft) (f Family, err error) {
	err = s.write(ctx, writers, func(tx *store.Tx) ([]int64, error) {
		f, err = CreateTx(tx, d)
		return []int64{f.ID}, err
	})
	return f, err
}

// CreateTx is Create inside a transaction.
func CreateTx(tx *store.Tx, d Draft) (Family, error) {
	d.ID, d.State = 0, ""
	d.Guardians, d.Children = slices.Clone(d.Guardians), slices.Clone(d.Children)
	if err := d.Normalize(today(tx)); err != nil {
		return Family{}, err
	}
	if err := reside(tx, &d); err != nil {
		return Family{}, err
	}
	var wanted []string
	for _, c := range d.Children {
		wanted = append(wanted, c.Diet)
	}
	if err := offered(tx, catalog.DietStandard, wanted...); err != nil {
		return Family{}, err
	}
	if err := InsertTx(tx, []*Family{&d}); err != nil {
		return Family{}, err
	}
	if err := staff.Audit(tx, "family.create", object(d.ID), "Famille "+d.Name+" créée"); err != nil {
		return Family{}, err
	}
	return GetTx(tx, d.ID)
}

// reside finds the commune of the address where none is given.
func reside(tx *store.Tx, f *Family) error {
	if f.CommuneID != 0 || f.City == "" {
		return nil
	}
	list, err := catalog.CommunesTx(tx)
	if err != nil {
		return err
	}
	if c, ok := catalog.FindCommune(list, f.City, f.Postal); ok {
		f.CommuneID = c.ID
	}
	return nil
}

func object(id int64) string      { return fmt.Sprintf("family:%d", id) }
func childObject(id int64) string { return fmt.Sprintf("child:%d", id) }

// anonymised is the refusal of whatever would name again those whose names are gone.
func anonymised() error {
	return fault.New(fault.Conflict, "Ce dossier a été anonymisé"+nbsp+": il ne sert plus qu’aux comptes. Si la famille revient, créez un nouveau dossier.")
}

// stale is the refusal of a write over what somebody else changed meanwhile.
func stale(what string) error {
	return fault.New(fault.Conflict, "%s a été modifiée par quelqu’un d’autre pendant ce temps. Rouvrez-la, puis refaites votre changement.", what)
}

// Update writes a family's own fields and guardians; its children have their
// own methods. f.Version must be the one that was read.
func (s *Service) Update(ctx context.Context, f Family) error {
	return s.write(ctx, writers, func(tx *store.Tx) ([]int64, error) { return []int64{f.ID}, UpdateIn(tx, f) })
}

// UpdateIn is Update inside a transaction of a higher floor.
func UpdateIn(tx *store.Tx, f Family) error {
	old, err := GetTx(tx, f.ID)
	if err != nil {
		return err
	}
	switch {
	case old.State == Merged:
		return fault.New(fault.Conflict, "Cette famille a été fusionnée avec la famille n° %s.", Number(old.MergedInto))
	case old.AnonymisedOn != 0:
		return anonymised()
	case old.Version != f.Version:
		return stale("La famille " + old.Name)
	}
	f.Children, f.State = old.Children, old.State
	f.Guardians = slices.Clone(f.Guardians)
	kept := f.Children
	f.Children = nil
	if err := f.Normalize(today(tx)); err != nil {
		return err
	}
	f.Children = kept
	if f.City != old.City || f.Postal != old.Postal {
		f.CommuneID = 0
	}
	if err := reside(tx, &f); err != nil {
		return err
	}
	if err := UpdateTx(tx, []*Family{&f}); err != nil {
		return err
	}
	return staff.Audit(tx, "family.update", object(f.ID), "Famille "+f.Name+" modifiée : "+changes(&old, &f))
}

// AddChild keeps a new child of a family and gives its id.
func (s *Service) AddChild(ctx context.Context, familyID int64, c Child) (id int64, err error) {
	err = s.write(ctx, writers, func(tx *store.Tx) ([]int64, error) {
		f, err := GetTx(tx, familyID)
		if err != nil {
			return nil, err
		}
		if f.State != Active {
			return nil, fault.New(fault.Conflict, "La famille %s n’est plus active"+nbsp+": réactivez-la d’abord.", f.Name)
		}
		c.ID, c.FamilyID, c.State = 0, familyID, ""
		if err := c.Normalize(today(tx)); err != nil {
			return nil, err
		}
		if err := offered(tx, catalog.DietStandard, c.Diet); err != nil {
			return nil, err
		}
		if err := InsertChildrenTx(tx, []*Child{&c}); err != nil {
			return nil, err
		}
		id = c.ID
		if err := RefoldTx(tx, []int64{familyID}); err != nil {
			return nil, err
		}
		return []int64{familyID}, staff.Audit(tx, "child.create", childObject(id), c.Name()+" ajouté à la famille "+f.Name)
	})
	return id, err
}

// UpdateChild writes a child's entry; c.Version must be the one that was read.
// The family billed and the second families stay as they are.
func (s *Service) UpdateChild(ctx context.Context, c Child) error {
	return s.changeChild(ctx, writers, c.ID, "child.update", "fiche modifiée", func(old *Child) error {
		if c.Version != old.Version {
			return stale("La fiche " + fault.De(old.Name()))
		}
		c.FamilyID = old.FamilyID
		*old = c
		return nil
	})
}

// offered refuses a diet that the town does not offer, unless it is the one the
// child already has; where nobody eats otherwise nothing is asked. Lists that
// come from elsewhere are not judged: what they say is kept.
func offered(tx *store.Tx, was string, wanted ...string) error {
	wanted = slices.DeleteFunc(wanted, func(diet string) bool { return diet == was })
	if len(wanted) == 0 {
		return nil
	}
	diets, err := catalog.DietsTx(tx)
	if err != nil {
		return err
	}
	for _, diet := range wanted {
		if !diets.Offers(diet) {
			return fault.New(fault.Invalid, "Le régime « %s » n’est pas proposé par la commune. Un administrateur peut le proposer dans Réglages, Cuisine.", diets.Label(diet))
		}
	}
	return nil
}

// SetDiet changes a child's diet code, by the desk or by the health role (PAI).
func (s *Service) SetDiet(ctx context.Context, childID int64, diet string) error {
	return s.changeChild(ctx, []staff.Role{staff.Accueil, staff.Admin, staff.Sante}, childID, "child.diet", "Régime modifié", func(c *Child) error {
		c.Diet = diet
		return nil
	})
}

// Leave marks a child as gone from its school, or back.
func (s *Service) Leave(ctx context.Context, childID int64, gone bool) error {
	return s.changeChild(ctx, writers, childID, "child.leave", "Départ ou retour", func(c *Child) error {
		c.State = Present
		if gone {
			c.State = Left
		}
		return nil
	})
}

func (s *Service) changeChild(ctx context.Context, roles []staff.Role, id int64, action, detail string, change func(*Child) error) error {
	return s.write(ctx, roles, func(tx *store.Tx) ([]int64, error) {
		c, err := ChildTx(tx, id)
		if err != nil {
			return nil, err
		}
		if c.Anonymous {
			return nil, anonymised()
		}
		was := c
		if err := change(&c); err != nil {
			return nil, err
		}
		c.ID = id
		if err := c.Normalize(today(tx)); err != nil {
			return nil, err
		}
		if err := offered(tx, was.Diet, c.Diet); err != nil {
			return nil, err
		}
		if action == "child.update" {
			detail += nbsp + ": " + childChanges(&was, &c)
		}
		if err := UpdateChildrenTx(tx, []*Child{&c}); err != nil {
			return nil, err
		}
		return c.FamilyIDs(), staff.Audit(tx, action, childObject(id), c.Name()+" : "+detail)
	})
}

// Share lets a second family see a child and, by parity of the ISO weeks (1 odd,
// 2 even, 0 none), book and pay for it.
func (s *Service) Share(ctx context.Context, childID, familyID int64, parity int) error {
	return s.write(ctx, writers, func(tx *store.Tx) ([]int64, error) {
		c, err := ChildTx(tx, childID)
		if err != nil {
			return nil, err
		}
		f, err := GetTx(tx, familyID)
		if err != nil {
			return nil, err
		}
		switch {
		case c.Anonymous || f.AnonymisedOn != 0:
			return nil, anonymised()
		case c.FamilyID == familyID:
			return nil, fault.New(fault.Invalid, "%s est déjà de cette famille.", c.Name())
		case f.State != Active:
			return nil, fault.New(fault.Conflict, "La famille %s n’est plus active.", f.Name)
		}
		for _, other := range c.Families {
			if parity != 0 && other.FamilyID != familyID && other.Parity == parity {
				return nil, fault.New(fault.Conflict, "Les %s %s sont déjà à la famille %s.", other.ParityLabel(), fault.De(c.Name()), other.Name)
			}
		}
		if err := ShareTx(tx, []Link{{childID, familyID, parity}}); err != nil {
			return nil, err
		}
		detail := c.Name() + " partagé avec la famille n° " + f.Number() + ", " + Shared{Parity: parity}.ParityLabel()
		return []int64{familyID, c.FamilyID}, staff.Audit(tx, "child.share", childObject(childID), detail)
	})
}

// Unshare takes a child away from a second family; its bookings stay.
func (s *Service) Unshare(ctx context.Context, childID, familyID int64) error {
	return s.write(ctx, writers, func(tx *store.Tx) ([]int64, error) {
		n, err := tx.Exec(`DELETE FROM child_family WHERE child_id = $1 AND family_id = $2`, childID, familyID)
		if err != nil {
			return nil, err
		}
		if n == 0 {
			return nil, fault.New(fault.NotFound, "Cet enfant n’est pas partagé avec cette famille.")
		}
		tx.Publish(TopicChild, childID)
		if err := RefoldTx(tx, []int64{familyID}); err != nil {
			return nil, err
		}
		return []int64{familyID}, staff.Audit(tx, "child.unshare", childObject(childID), "Partage avec la famille "+Number(familyID)+" retiré")
	})
}

// Archive puts a family aside; one with money left or a live booking to come is
// refused. Restore brings it back.
func (s *Service) Archive(ctx context.Context, id int64) error {
	return s.setState(ctx, id, Active, Archived, "family.archive")
}

// Restore brings an archived family back.
func (s *Service) Restore(ctx context.Context, id int64) error {
	return s.setState(ctx, id, Archived, Active, "family.restore")
}

func (s *Service) setState(ctx context.Context, id int64, from, to, action string) error {
	return s.write(ctx, writers, func(tx *store.Tx) ([]int64, error) {
		f, err := GetTx(tx, id)
		if err != nil {
			return nil, err
		}
		if f.AnonymisedOn != 0 {
			return nil, anonymised()
		}
		if f.State != from {
			return nil, fault.New(fault.Conflict, "La famille %s n’est pas dans l’état attendu pour cela.", f.Name)
		}
		if to == Archived {
			if err := archivable(tx, f); err != nil {
				return nil, err
			}
		}
		on := ""
		if to == Archived {
			on = today(tx).String()
		}
		if _, err := tx.Exec(`UPDATE family SET state = $1, archived_on = $3, version = version + 1 WHERE id = $2`, to, id, on); err != nil {
			return nil, err
		}
		tx.Publish(Topic, id)
		return []int64{id}, staff.Audit(tx, action, object(id), "Famille "+f.Name)
	})
}

func archivable(tx *store.Tx, f Family) error {
	if f.Balance != 0 {
		return fault.New(fault.Conflict, "La famille %s a encore %s au porte-monnaie"+nbsp+": soldez-le avant de l’archiver.", f.Name, f.Balance)
	}
	var n int64
	if err := tx.QueryRow(`SELECT COUNT(*) FROM booking WHERE family_id = $1 AND state <> 'cancelled' AND day >= $2`, f.ID, today(tx).String()).Scan(&n); err != nil {
		return err
	}
	if n > 0 {
		return fault.New(fault.Conflict, "La famille %s a encore %d réservations à venir"+nbsp+": annulez-les avant de l’archiver.", f.Name, n)
	}
	return nil
}
