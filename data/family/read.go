package family

import (
	"database/sql"
	"slices"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/money"
	"ardoise/data/store"
)

// dateOf reads a date column in which "" is no date.
func dateOf(text string) (calendar.Date, error) {
	if text == "" {
		return 0, nil
	}
	return calendar.ParseISO(text)
}

func nullID(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}

const familySelect = `SELECT f.id, f.name, f.address1, f.address2, f.postal, f.city, f.country, COALESCE(f.commune_id, 0), COALESCE(c.name, ''),
	f.quotient, f.quotient_from, f.quotient_to, f.low_balance, f.note, f.state, COALESCE(f.merged_into, 0), f.anonymised_on, f.hold, f.version,
	CASE WHEN a.id IS NULL THEN 0 ELSE 1 END, COALESCE(a.balance, 0), COALESCE(a.floor, 0)
	FROM family f LEFT JOIN commune c ON c.id = f.commune_id LEFT JOIN account a ON a.family_id = f.id `

func scanFamily(r *sql.Rows) (f Family, err error) {
	var quotient, low sql.NullInt64
	var from, to, anonymised string
	var wallet int64
	if err = r.Scan(&f.ID, &f.Name, &f.Address1, &f.Address2, &f.Postal, &f.City, &f.Country, &f.CommuneID, &f.Commune,
		&quotient, &from, &to, &low, &f.Note, &f.State, &f.MergedInto, &anonymised, &f.Hold, &f.Version, &wallet, &f.Balance, &f.Floor); err != nil {
		return f, err
	}
	if quotient.Valid {
		n := int(quotient.Int64)
		f.Quotient = &n
	}
	if low.Valid {
		c := money.Cents(low.Int64)
		f.LowBalance = &c
	}
	f.HasWallet = wallet == 1
	if f.AnonymisedOn, err = dateOf(anonymised); err != nil {
		return f, err
	}
	if f.QuotientFrom, err = dateOf(from); err != nil {
		return f, err
	}
	f.QuotientTo, err = dateOf(to)
	return f, err
}

const guardianSelect = `SELECT id, family_id, rank, civility, last, usage, first, email, home, work, mobile FROM guardian `

func scanGuardian(r *sql.Rows) (g Guardian, err error) {
	err = r.Scan(&g.ID, &g.FamilyID, &g.Rank, &g.Civility, &g.Last, &g.Usage, &g.First, &g.Email, &g.Home, &g.Work, &g.Mobile)
	return g, err
}

const childSelect = `SELECT c.id, c.family_id, c.last, c.usage, c.first, c.birth, c.sex, c.ine, COALESCE(c.class_id, 0), COALESCE(k.name, ''),
	COALESCE(s.id, 0), COALESCE(s.name, ''), c.level, c.age_group, c.diet, c.photo_ok, c.note, COALESCE(h.has_plan, 0),
	CASE WHEN h.child_id IS NULL THEN 0 ELSE 1 END, c.state, CASE WHEN c.anonymised_on = '' THEN 0 ELSE 1 END, c.version
	FROM child c LEFT JOIN class k ON k.id = c.class_id LEFT JOIN school s ON s.id = k.school_id LEFT JOIN health h ON h.child_id = c.id `

func scanChild(r *sql.Rows) (c Child, err error) {
	var photo, plan, health, anonymous int64
	err = r.Scan(&c.ID, &c.FamilyID, &c.Last, &c.Usage, &c.First, &c.Birth, &c.Sex, &c.INE, &c.ClassID, &c.Class, &c.SchoolID, &c.School,
		&c.Level, &c.AgeGroup, &c.Diet, &photo, &c.Note, &plan, &health, &c.State, &anonymous, &c.Version)
	c.PhotoOK, c.HasPlan, c.HasHealth, c.Anonymous = photo == 1, plan == 1, health == 1, anonymous == 1
	return c, err
}

// GetTx gives one family whole; NotFound if there is none. A merged family is
// given as it is: MergedInto says where it went.
func GetTx(tx *store.Tx, id int64) (Family, error) {
	list, err := FamiliesTx(tx, []int64{id})
	if err != nil {
		return Family{}, err
	}
	if len(list) == 0 {
		return Family{}, fault.New(fault.NotFound, "La famille n° %s n’existe pas.", Number(id))
	}
	return list[0], nil
}

// FamiliesTx gives families whole, in the order of ids, in a constant number of
// questions; ids that do not exist are left out.
func FamiliesTx(tx *store.Tx, ids []int64) ([]Family, error) {
	rows, err := store.Collect(tx, scanFamily, familySelect+`WHERE f.id = ANY($1)`, ids)
	if err != nil {
		return nil, err
	}
	at := make(map[int64]*Family, len(rows))
	for i := range rows {
		at[rows[i].ID] = &rows[i]
	}
	if err := fillGuardians(tx, at, ids); err != nil {
		return nil, err
	}
	if err := fillChildren(tx, at, ids); err != nil {
		return nil, err
	}
	out := make([]Family, 0, len(rows))
	for _, id := range ids {
		if f := at[id]; f != nil {
			out = append(out, *f)
			at[id] = nil
		}
	}
	return out, nil
}

func fillGuardians(tx *store.Tx, at map[int64]*Family, ids []int64) error {
	return store.Each(tx, func(r *sql.Rows) error {
		g, err := scanGuardian(r)
		if err == nil && at[g.FamilyID] != nil {
			at[g.FamilyID].Guardians = append(at[g.FamilyID].Guardians, g)
		}
		return err
	}, guardianSelect+`WHERE family_id = ANY($1) ORDER BY family_id, rank`, ids)
}

// fillChildren adds a family's own children, then those shared with it.
func fillChildren(tx *store.Tx, at map[int64]*Family, ids []int64) error {
	own, err := store.Collect(tx, scanChild, childSelect+`WHERE c.family_id = ANY($1) ORDER BY c.birth, c.id`, ids)
	if err != nil {
		return err
	}
	type link struct{ child, family int64 }
	links, err := store.Collect(tx, func(r *sql.Rows) (l link, err error) {
		err = r.Scan(&l.child, &l.family)
		return l, err
	}, `SELECT child_id, family_id FROM child_family WHERE family_id = ANY($1) ORDER BY child_id`, ids)
	if err != nil {
		return err
	}
	var other []int64
	for _, l := range links {
		other = append(other, l.child)
	}
	guests, err := store.Collect(tx, scanChild, childSelect+`WHERE c.id = ANY($1) ORDER BY c.birth, c.id`, other)
	if err != nil {
		return err
	}
	all := append(own, guests...)
	if err := fillShares(tx, all); err != nil {
		return err
	}
	for _, c := range all[:len(own)] {
		if f := at[c.FamilyID]; f != nil {
			f.Children = append(f.Children, c)
		}
	}
	for _, c := range all[len(own):] {
		for _, l := range links {
			if f := at[l.family]; l.child == c.ID && f != nil {
				c.Shared = true
				f.Children = append(f.Children, c)
			}
		}
	}
	return nil
}

// fillShares adds the second families and the people who may fetch each child.
func fillShares(tx *store.Tx, list []Child) error {
	ids := make([]int64, len(list))
	for i, c := range list {
		ids[i] = c.ID
	}
	shares, pickups := map[int64][]Shared{}, map[int64][]Pickup{}
	err := store.Each(tx, func(r *sql.Rows) error {
		var child int64
		var s Shared
		err := r.Scan(&child, &s.FamilyID, &s.Name, &s.Parity)
		shares[child] = append(shares[child], s)
		return err
	}, `SELECT x.child_id, x.family_id, f.name, x.parity FROM child_family x JOIN family f ON f.id = x.family_id WHERE x.child_id = ANY($1) ORDER BY x.child_id, x.family_id`, ids)
	if err != nil {
		return err
	}
	err = store.Each(tx, func(r *sql.Rows) error {
		var child int64
		var p Pickup
		err := r.Scan(&child, &p.Name, &p.Phone, &p.Link)
		pickups[child] = append(pickups[child], p)
		return err
	}, `SELECT child_id, name, phone, link FROM pickup WHERE child_id = ANY($1) ORDER BY child_id, id`, ids)
	for i := range list {
		list[i].Families = shares[list[i].ID]
		list[i].Pickups = pickups[list[i].ID]
	}
	return err
}

// ChildTx gives one child; NotFound if there is none.
func ChildTx(tx *store.Tx, id int64) (Child, error) {
	all, err := ChildrenTx(tx, []int64{id})
	if err != nil {
		return Child{}, err
	}
	c, ok := all[id]
	if !ok {
		return Child{}, fault.New(fault.NotFound, "Cet enfant n’existe pas.")
	}
	return c, nil
}

// ChildrenTx gives children by id, with their second families.
func ChildrenTx(tx *store.Tx, ids []int64) (map[int64]Child, error) {
	list, err := store.Collect(tx, scanChild, childSelect+`WHERE c.id = ANY($1)`, ids)
	if err != nil {
		return nil, err
	}
	if err := fillShares(tx, list); err != nil {
		return nil, err
	}
	out := make(map[int64]Child, len(list))
	for _, c := range list {
		out[c.ID] = c
	}
	return out, nil
}

// ClassChildrenTx gives the children present in classes, in order of name.
func ClassChildrenTx(tx *store.Tx, classes ...int64) ([]Child, error) {
	list, err := store.Collect(tx, scanChild, childSelect+`WHERE c.class_id = ANY($1) AND c.state = 'active' ORDER BY c.sort_key, c.id`, classes)
	if err != nil {
		return nil, err
	}
	return list, fillShares(tx, list)
}

// FamilyIDs lists the families that may book and pay for the child: its own,
// then the second ones that have weeks.
func (c Child) FamilyIDs() []int64 {
	out := []int64{c.FamilyID}
	for _, s := range c.Families {
		if s.Parity != 0 && !slices.Contains(out, s.FamilyID) {
			out = append(out, s.FamilyID)
		}
	}
	return out
}
