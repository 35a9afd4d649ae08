package family

import (
	"ardoise/data/store"
)

// FindChildrenTx gives the children that bear one of the national identifiers or
// one of the keys (ChildKey), whatever their birth date, in one question: what an
// import compares its rows with. Closed entries of merged families are left out.
func FindChildrenTx(tx *store.Tx, ines, keys []string) ([]Child, error) {
	list, err := store.Collect(tx, scanChild, childSelect+`JOIN family f ON f.id = c.family_id
		WHERE (c.ine = ANY($1) AND c.ine <> '' OR c.fold = ANY($2)) AND f.state <> 'merged' ORDER BY c.id`, ines, keys)
	if err != nil {
		return nil, err
	}
	return list, fillShares(tx, list)
}

// SchoolChildrenTx gives the children present in any class of a school.
func SchoolChildrenTx(tx *store.Tx, schoolID int64) ([]Child, error) {
	return store.Collect(tx, scanChild, childSelect+`WHERE s.id = $1 AND c.state = 'active' ORDER BY c.sort_key, c.id`, schoolID)
}

// FindByGuardianTx gives the families, merged ones aside, of which a guardian has
// one of the e-mail addresses, mobile numbers (E.164) or names.
func FindByGuardianTx(tx *store.Tx, people []Guardian) ([]int64, error) {
	var mails, mobiles, names []string
	for _, g := range people {
		if g.Email != "" {
			mails = append(mails, g.Email)
		}
		if g.Mobile != "" {
			mobiles = append(mobiles, g.Mobile)
		}
		names = append(names, Fold(g.Last+" "+g.Usage+" "+g.First))
	}
	return store.Collect(tx, scanID, `SELECT DISTINCT g.family_id FROM guardian g JOIN family f ON f.id = g.family_id
		WHERE f.state <> 'merged' AND (g.email = ANY($1) AND g.email <> '' OR g.mobile = ANY($2) AND g.mobile <> '' OR g.fold = ANY($3)) ORDER BY g.family_id`, mails, mobiles, names)
}
