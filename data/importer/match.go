package importer

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"ardoise/data/catalog"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/store"
)

// base is what of the database the files are compared with, read in a constant
// number of questions.
type base struct {
	communes []catalog.Commune
	classes  []catalog.Class // of the school and year
	kids     []family.Child
	byINE    map[string]*family.Child
	families map[int64]*family.Family
	order    []int64 // of families
	diets    catalog.Diets
}

func readBase(tx *store.Tx, in ONDE, r *reading, p *ONDEPlan) (*base, error) {
	b := &base{families: map[int64]*family.Family{}}
	var err error
	if b.communes, err = catalog.CommunesTx(tx); err != nil {
		return nil, err
	}
	if b.diets, err = catalog.DietsTx(tx); err != nil {
		return nil, err
	}
	all, err := catalog.ClassesTx(tx, in.Year)
	if err != nil {
		return nil, err
	}
	if in.sheet {
		r.findClasses(in, all)
	} else if err := findSchool(tx, in, r, b, p); err != nil {
		return nil, err
	}
	for _, c := range all {
		if c.SchoolID == p.act.school.ID && c.SchoolID != 0 {
			b.classes = append(b.classes, c)
		}
	}
	var ines, keys []string
	for _, k := range r.pupils {
		keys = append(keys, family.ChildKey(k.child.Last, k.child.First))
		if k.child.INE != "" {
			ines = append(ines, k.child.INE)
		}
	}
	if b.kids, err = family.FindChildrenTx(tx, ines, keys); err != nil {
		return nil, err
	}
	var people []family.Guardian
	for _, a := range r.adults {
		g := a.guardian
		people = append(people, g)
		if g.Usage != "" { // known here by one of the two names
			people = append(people, family.Guardian{Last: g.Last, First: g.First}, family.Guardian{Last: g.Usage, First: g.First})
		}
	}
	ids, err := family.FindByGuardianTx(tx, people)
	if err != nil {
		return nil, err
	}
	for _, k := range b.kids {
		ids = append(ids, k.FamilyID)
		for _, s := range k.Families {
			ids = append(ids, s.FamilyID)
		}
	}
	slices.Sort(ids)
	list, err := family.FamiliesTx(tx, slices.Compact(ids))
	for i := range list {
		if list[i].State != family.Merged {
			b.families[list[i].ID] = &list[i]
			b.order = append(b.order, list[i].ID)
		}
	}
	return b, err
}

// findSchool finds the school in the catalog, or the commune where it will be
// created: the one given, the one its name ends with, or the one most pupils
// live in.
func findSchool(tx *store.Tx, in ONDE, r *reading, b *base, p *ONDEPlan) error {
	if in.School == "" {
		return fault.New(fault.Invalid, "Donnez le nom de l’école, par exemple « École de Saint-Marcel ».")
	}
	schools, err := catalog.SchoolsTx(tx)
	if err != nil {
		return err
	}
	var in0 int64
	if in.Commune != "" {
		c, ok := catalog.FindCommune(b.communes, in.Commune, "")
		if !ok {
			return fault.New(fault.NotFound, "La commune « %s » n’est pas au catalogue"+nbsp+": chargez-la d’abord (catalog load).", in.Commune)
		}
		in0, p.act.commune = c.ID, c
	}
	if s, ok := catalog.FindSchool(schools, in0, in.School); ok {
		p.act.school, p.School = s, s.Name
		return nil
	}
	if s, ok := looseSchool(schools, in0, in.School); ok {
		p.act.school, p.School = s, s.Name
		return nil
	}
	if in0 == 0 {
		c, ok := schoolCommune(in.School, r, b.communes)
		if !ok {
			return fault.New(fault.NotFound, "L’école « %s » n’est pas au catalogue et sa commune n’est pas connue"+nbsp+": précisez la commune, ou chargez d’abord le catalogue.", in.School)
		}
		p.act.commune = c
	}
	p.NewSchool, p.School = true, in.School
	p.act.school = catalog.School{CommuneID: p.act.commune.ID, Commune: p.act.commune.Name, Name: in.School}
	p.Notices = append(p.Notices, Notice{Text: fmt.Sprintf("L’école « %s » n’est pas au catalogue"+nbsp+": elle sera créée à %s.", in.School, p.act.commune.Name)})
	return nil
}

// small words that do not tell one school from another.
var smallWords = []string{"ecole", "de", "du", "des", "d", "la", "le", "les", "l"}

func looseKey(name string) string {
	words := strings.Fields(catalog.PlaceKey(name))
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return slices.Contains(smallWords, w) }), " ")
}

func looseSchool(list []catalog.School, commune int64, name string) (catalog.School, bool) {
	var found []catalog.School
	for _, s := range list {
		if (commune == 0 || s.CommuneID == commune) && looseKey(s.Name) == looseKey(name) {
			found = append(found, s)
		}
	}
	if len(found) == 1 {
		return found[0], true
	}
	return catalog.School{}, false
}

func schoolCommune(school string, r *reading, list []catalog.Commune) (best catalog.Commune, ok bool) {
	key := " " + catalog.PlaceKey(school)
	for _, c := range list {
		if k := catalog.PlaceKey(c.Name); strings.HasSuffix(key, " "+k) && len(k) > len(catalog.PlaceKey(best.Name)) {
			best, ok = c, true
		}
	}
	if ok {
		return best, true
	}
	count := map[int64]int{}
	for _, p := range r.pupils {
		if c, found := catalog.FindCommune(list, p.address.city, p.address.postal); found {
			count[c.ID]++
			if count[c.ID] > count[best.ID] || count[c.ID] == count[best.ID] && c.ID < best.ID {
				best, ok = c, true
			}
		}
	}
	return best, ok
}

// nearName is from how many thousandths (Jaro-Winkler) a name may be a
// correction of another.
const nearName = 900

// agree: an identifier alone does not make two entries one child. Extractions
// hold typing errors, and turning a child into another would move its meals: the
// birth date or the name must say the same.
func agree(a, b family.Child) bool {
	x, y := family.ChildKey(a.Last, a.First), family.ChildKey(b.Last, b.First)
	return a.Birth == b.Birth || x == y || family.JaroWinkler(x, y) >= nearName
}

// matchKids says which kept child each pupil is (nil: new): by national
// identifier, then by name and birth date, a family with a guardian of the file
// first. A kept child is matched once.
func (b *base) matchKids(r *reading) []*family.Child {
	out := make([]*family.Child, len(r.pupils))
	b.byINE = map[string]*family.Child{}
	byKey := map[string][]*family.Child{}
	for i := range b.kids {
		k := &b.kids[i]
		if k.INE != "" {
			b.byINE[k.INE] = k
		}
		key := family.ChildKey(k.Last, k.First) + "|" + k.Birth.String()
		byKey[key] = append(byKey[key], k)
	}
	taken := map[int64]bool{}
	for i, p := range r.pupils {
		if k := b.byINE[p.child.INE]; p.child.INE != "" && k != nil && !taken[k.ID] && agree(p.child, *k) {
			out[i], taken[k.ID] = k, true
		}
	}
	people := b.peopleOf(r)
	for i, p := range r.pupils {
		if out[i] != nil {
			continue
		}
		best, most := (*family.Child)(nil), -1
		for _, k := range byKey[family.ChildKey(p.child.Last, p.child.First)+"|"+p.child.Birth.String()] {
			score := 0
			if people[[2]int64{int64(i), k.FamilyID}] {
				score = 2
			}
			if k.INE == "" || p.child.INE == "" {
				score++
			}
			if !taken[k.ID] && score > most {
				best, most = k, score
			}
		}
		if best != nil {
			out[i], taken[best.ID] = best, true
		}
	}
	return out
}

// peopleOf tells the (pupil, family) pairs that have a guardian in common.
func (b *base) peopleOf(r *reading) map[[2]int64]bool {
	byPerson := b.persons()
	out := map[[2]int64]bool{}
	for _, a := range r.adults {
		for _, key := range personKeys(a.guardian) {
			for _, id := range byPerson[key] {
				for _, c := range a.children {
					out[[2]int64{int64(c), id}] = true
				}
			}
		}
	}
	return out
}

func personKeys(g family.Guardian) []string {
	first := catalog.Fold(g.First)
	out := []string{first + "|" + catalog.Fold(g.Last)}
	if g.Usage != "" && catalog.Fold(g.Usage) != catalog.Fold(g.Last) {
		out = append(out, first+"|"+catalog.Fold(g.Usage))
	}
	return out
}

// persons gives the families of each person.
func (b *base) persons() map[string][]int64 {
	out := map[string][]int64{}
	for _, id := range b.order {
		for _, g := range b.families[id].Guardians {
			for _, key := range personKeys(g) {
				out[key] = append(out[key], id)
			}
		}
	}
	return out
}

// matchHouses says which kept family each household is (nil: new). A family is
// matched once, the surest pair first.
func (b *base) matchHouses(r *reading, houses []household, kids []*family.Child) []*family.Family {
	type pair struct {
		house, score int
		id           int64
	}
	byPerson := b.persons()
	var pairs []pair
	for n, h := range houses {
		near := map[int64]bool{}
		for _, c := range h.children {
			if kids[c] != nil {
				near[kids[c].FamilyID] = true
				for _, s := range kids[c].Families {
					near[s.FamilyID] = true
				}
			}
		}
		for _, i := range h.adults {
			for _, key := range personKeys(r.adults[i].guardian) {
				for _, id := range byPerson[key] {
					near[id] = true
				}
			}
		}
		for id := range near {
			if f := b.families[id]; f != nil {
				if score := b.score(r, h, f, kids); score > 0 {
					pairs = append(pairs, pair{n, score, id})
				}
			}
		}
	}
	slices.SortFunc(pairs, func(x, y pair) int {
		return cmp.Or(cmp.Compare(y.score, x.score), cmp.Compare(x.house, y.house), cmp.Compare(x.id, y.id))
	})
	out := make([]*family.Family, len(houses))
	taken := map[int64]bool{}
	for _, p := range pairs {
		if out[p.house] == nil && !taken[p.id] {
			out[p.house], taken[p.id] = b.families[p.id], true
		}
	}
	return out
}

// score is how sure it is that a household is a family; 0: it is not.
func (b *base) score(r *reading, h household, f *family.Family, kids []*family.Child) int {
	people, contact := 0, false
	for _, i := range h.adults {
		a := r.adults[i].guardian
		for _, g := range f.Guardians {
			if samePerson(a, g) {
				people++
				// Not the e-mail address: homonyms share those a registry makes up, and
				// joining two families by mistake shows one to the other.
				contact = contact || a.Mobile != "" && a.Mobile == g.Mobile
				break
			}
		}
	}
	common, own := 0, 0
	for _, c := range h.children {
		k := kids[c]
		switch {
		case k == nil:
		case k.FamilyID == f.ID:
			own++
			common++
		case slices.ContainsFunc(k.Families, func(s family.Shared) bool { return s.FamilyID == f.ID }):
			common++
		}
	}
	home := !h.home.empty() && h.home.key() == placeOf(f).key()
	switch {
	case people > 0 && (common > 0 || home || contact):
	case common > 0 && home:
	default:
		return 0
	}
	score := 100*people + 10*common + own
	if home {
		score += 50
	}
	return score
}

func placeOf(f *family.Family) place { return place{f.Address1, f.Postal, f.City, f.Country} }
