package importer

import (
	"ardoise/data/catalog"
	"ardoise/data/family"
	"ardoise/data/store"
	"ardoise/data/store/bulk"
)

// write does what a plan says, in few statements whatever the number of children.
func (a *actions) write(tx *store.Tx, p *ONDEPlan) error {
	if p.NewSchool {
		s, _, err := catalog.EnsureSchool(tx, a.commune.INSEE, a.school.Name)
		if err != nil {
			return err
		}
		a.school = s
	}
	classes, err := a.ensureClasses(tx, p)
	if err != nil {
		return err
	}
	if len(a.families) > 0 {
		if err := family.InsertTx(tx, a.families); err != nil {
			return err
		}
	}
	fresh := make([]*family.Child, len(a.kids))
	for i, k := range a.kids {
		k.kid.child.FamilyID = k.family.ID
		if id := classes[k.kid.class]; id != 0 {
			k.kid.child.ClassID = id
		}
		fresh[i] = &k.kid.child
	}
	if err := family.InsertChildrenTx(tx, fresh); err != nil {
		return err
	}
	changed := make([]*family.Child, len(a.kidChanges))
	for i, k := range a.kidChanges {
		if id := classes[k.class]; id != 0 {
			k.child.ClassID = id
		}
		changed[i] = &k.child
	}
	if err := family.UpdateChildrenTx(tx, changed); err != nil {
		return err
	}
	if err := family.UpdateTx(tx, a.changed); err != nil {
		return err
	}
	links := make([]family.Link, len(a.links))
	for i, l := range a.links {
		links[i] = family.Link{ChildID: l.kid.child.ID, FamilyID: l.family.ID}
	}
	if err := family.ShareTx(tx, links); err != nil {
		return err
	}
	// The search keys of families that got a child.
	var touched []int64
	for _, k := range a.kids {
		touched = append(touched, k.family.ID)
	}
	for _, f := range a.families {
		touched = append(touched, f.ID)
	}
	return family.RefoldTx(tx, unique(touched))
}

// ensureClasses creates the classes the catalog lacks and gives every class of
// the school and year by folded name.
func (a *actions) ensureClasses(tx *store.Tx, p *ONDEPlan) (map[string]int64, error) {
	if p.in.sheet {
		return nil, nil
	}
	rows := make([][]any, len(a.classes))
	for i, c := range a.classes {
		rows[i] = []any{a.school.ID, int64(p.Year), c.name, catalog.ClassRank(c.name, c.level)}
	}
	if len(rows) > 0 {
		if err := bulk.Insert(tx, `INSERT INTO class (school_id, school_year, name, rank)`, rows, `ON CONFLICT (school_id, school_year, name) DO NOTHING`); err != nil {
			return nil, err
		}
		tx.Publish(catalog.Topic)
	}
	list, err := catalog.ClassesTx(tx, p.Year)
	out := map[string]int64{}
	for _, c := range list {
		if c.SchoolID == a.school.ID {
			out[catalog.Fold(c.Name)] = c.ID
		}
	}
	return out, err
}

func unique(ids []int64) []int64 {
	seen := map[int64]bool{}
	out := ids[:0]
	for _, id := range ids {
		if !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out
}
