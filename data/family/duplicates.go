package family

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// Pair is two families that may be one, A the older entry, with the reasons.
type Pair struct {
	A, B         int64
	NameA, NameB string
	Why          []string
}

// sign is something two families may share: its value makes them a pair.
type sign struct {
	family int64
	kind   int
	value  string
}

const (
	byEmail = iota
	byPhone
	byChild
	byBirth // near names are compared among children born the same day
)

// Duplicates gives the active families that may be one: same e-mail address,
// same phone, same child (name and birth date), or a child of nearly the same
// name born the same day. Families that already share a child are not told: they
// are separated parents.
func (s *Service) Duplicates(ctx context.Context) ([]Pair, error) {
	return readTx(ctx, s, func(tx *store.Tx) ([]Pair, error) {
		signs, names, err := signsTx(tx)
		if err != nil {
			return nil, err
		}
		linked, err := linkedTx(tx)
		if err != nil {
			return nil, err
		}
		return pairsOf(signs, names, linked), nil
	})
}

// DuplicatesOf gives the kept families a draft may already be; B is 0 and A the
// kept one. For the desk, before it creates a family.
func (s *Service) DuplicatesOf(ctx context.Context, d Draft) ([]Pair, error) {
	if err := staff.Require(ctx, readers...); err != nil {
		return nil, err
	}
	return readTx(ctx, s, func(tx *store.Tx) ([]Pair, error) {
		signs, names, err := signsTx(tx)
		if err != nil {
			return nil, err
		}
		const draft = -1
		mine := draftSigns(d, draft)
		signs = slices.DeleteFunc(signs, func(s sign) bool {
			return !slices.ContainsFunc(mine, func(m sign) bool { return sameGroup(s, m) })
		})
		var out []Pair
		for _, p := range pairsOf(append(signs, mine...), names, nil) {
			if p.A == draft && p.B != d.ID {
				out = append(out, Pair{A: p.B, NameA: p.NameB, Why: p.Why})
			}
		}
		return out, nil
	})
}

func draftSigns(d Draft, id int64) []sign {
	var out []sign
	for _, g := range d.Guardians {
		email, _ := cleanEmail(g.Email)
		out = append(out, sign{id, byEmail, email})
		for _, p := range []string{g.Home, g.Work, g.Mobile} {
			e164, _ := Phone(p, d.Postal)
			out = append(out, sign{id, byPhone, e164})
		}
	}
	for _, c := range d.Children {
		if fold := childFold(c.Last, c.First); !c.Birth.IsZero() && fold != "" {
			out = append(out, sign{id, byChild, fold + "|" + c.Birth.String()}, sign{id, byBirth, c.Birth.String() + "|" + fold})
		}
	}
	return slices.DeleteFunc(out, func(s sign) bool { return s.value == "" })
}

// signsTx reads what every active family could be recognised by: two questions.
func signsTx(tx *store.Tx) ([]sign, map[int64]string, error) {
	var out []sign
	names := map[int64]string{}
	err := store.Each(tx, func(r *sql.Rows) error {
		var id int64
		var name string
		v := make([]string, 4)
		if err := r.Scan(&id, &name, &v[0], &v[1], &v[2], &v[3]); err != nil {
			return err
		}
		names[id] = name
		for i, text := range v {
			if text != "" {
				out = append(out, sign{id, min(i, 1), text})
			}
		}
		return nil
	}, `SELECT f.id, f.name, g.email, g.home, g.work, g.mobile FROM family f JOIN guardian g ON g.family_id = f.id WHERE f.state = 'active'`)
	if err != nil {
		return nil, nil, err
	}
	err = store.Each(tx, func(r *sql.Rows) error {
		var id int64
		var name, fold string
		var birth calendar.Date
		if err := r.Scan(&id, &name, &fold, &birth); err != nil {
			return err
		}
		names[id] = name
		out = append(out, sign{id, byChild, fold + "|" + birth.String()}, sign{id, byBirth, birth.String() + "|" + fold})
		return nil
	}, `SELECT f.id, f.name, c.fold, c.birth FROM family f JOIN child c ON c.family_id = f.id WHERE f.state = 'active'`)
	return out, names, err
}

// linkedTx gives the pairs of families that share a child.
func linkedTx(tx *store.Tx) (map[[2]int64]bool, error) {
	out := map[[2]int64]bool{}
	err := store.Each(tx, func(r *sql.Rows) error {
		var a, b int64
		err := r.Scan(&a, &b)
		out[[2]int64{min(a, b), max(a, b)}] = true
		return err
	}, `SELECT c.family_id, x.family_id FROM child_family x JOIN child c ON c.id = x.child_id`)
	return out, err
}

// maxShared is how many families may share a sign before it says nothing: a
// reception's telephone, an association's address.
const maxShared = 8

func pairsOf(signs []sign, names map[int64]string, linked map[[2]int64]bool) []Pair {
	slices.SortFunc(signs, func(a, b sign) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), strings.Compare(a.value, b.value), cmp.Compare(a.family, b.family))
	})
	why := map[[2]int64][]string{}
	note := func(a, b int64, text string) {
		k := [2]int64{min(a, b), max(a, b)}
		if a != b && !linked[k] && !slices.Contains(why[k], text) {
			why[k] = append(why[k], text)
		}
	}
	for i := 0; i < len(signs); {
		j := i + 1
		for j < len(signs) && sameGroup(signs[i], signs[j]) {
			j++
		}
		comparePairs(signs[i:j], note)
		i = j
	}
	out := make([]Pair, 0, len(why))
	for k, reasons := range why {
		slices.Sort(reasons)
		out = append(out, Pair{A: k[0], B: k[1], NameA: names[k[0]], NameB: names[k[1]], Why: reasons})
	}
	slices.SortFunc(out, func(a, b Pair) int {
		return cmp.Or(cmp.Compare(len(b.Why), len(a.Why)), cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B))
	})
	return out
}

func sameGroup(a, b sign) bool {
	if a.kind != b.kind {
		return false
	}
	if a.kind == byBirth {
		return a.value[:10] == b.value[:10]
	}
	return a.value == b.value
}

func comparePairs(group []sign, note func(a, b int64, text string)) {
	if len(group) < 2 || group[0].kind != byBirth && len(group) > maxShared {
		return
	}
	for i := range group {
		for j := range i {
			a, b := group[j], group[i]
			switch a.kind {
			case byEmail:
				note(a.family, b.family, "même adresse électronique"+nbsp+": "+a.value)
			case byPhone:
				note(a.family, b.family, "même téléphone"+nbsp+": "+PhoneText(a.value))
			case byChild:
				name, birth, _ := strings.Cut(a.value, "|")
				note(a.family, b.family, "même enfant"+nbsp+": "+name+", "+isoShort(birth))
			case byBirth:
				x, y := a.value[11:], b.value[11:]
				if x != y && JaroWinkler(x, y) >= nearName {
					note(a.family, b.family, "enfants de noms proches nés le même jour"+nbsp+": "+x+", "+y)
				}
			}
		}
	}
}

func isoShort(text string) string {
	d, err := calendar.ParseISO(text)
	if err != nil {
		return text
	}
	return d.Short()
}
