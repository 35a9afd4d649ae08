package importer

import (
	"cmp"
	"fmt"
	"slices"

	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/data/store/bulk"
)

// roomFinder finds Noethys's schools and classes in the catalog. What it lacks is
// given a number below 0 until the commit makes it.
type roomFinder struct {
	x        *noePlanner
	communes []catalog.Commune
	schools  []catalog.School
	classes  map[string]int64 // "school|folded name"
	given    catalog.Commune  // of schools without a known town
	found    map[int64]int    // Noethys's school -> line of the plan
	ref      map[int64]int64  // Noethys's school -> school, 0: left out
	planned  map[string]int64 // new schools by commune and name
}

// rooms puts each pupil into the class it is in today.
func (x *noePlanner) rooms(b *base) error {
	schools, err := catalog.SchoolsTx(x.tx)
	if err != nil {
		return err
	}
	classes, err := catalog.ClassesTx(x.tx, x.in.Year)
	if err != nil {
		return err
	}
	f := &roomFinder{x: x, communes: b.communes, schools: schools, classes: map[string]int64{}, found: map[int64]int{}, ref: map[int64]int64{}, planned: map[string]int64{}}
	x.schools = map[int64]int64{}
	for _, c := range classes {
		x.schools[c.ID] = c.SchoolID
		f.classes[roomKey(c.SchoolID, c.Name)] = c.ID
	}
	if x.in.Commune != "" {
		c, ok := catalog.FindCommune(b.communes, x.in.Commune, "")
		if !ok {
			return fault.New(fault.NotFound, "La commune « %s » n’est pas au catalogue"+nbsp+": chargez-la d’abord (catalog load).", x.in.Commune)
		}
		f.given = c
	}
	for _, who := range sortedKeys(x.pupils) {
		i, y := x.pupils[who], x.d.schooling[who]
		if i < 0 || y.school == 0 && y.class == 0 {
			continue
		}
		c := x.d.classes[y.class]
		if y.school == 0 {
			y.school = c.school
		}
		p := &x.r.pupils[i]
		if s := f.school(y.school); s != 0 && c.name != "" && c.school == y.school {
			p.class, p.classID = c.name, f.class(s, y.school, c.name, p.child.Level)
		}
	}
	for n := range x.p.Schools {
		slices.Sort(x.p.Schools[n].NewClasses)
	}
	return nil
}

func roomKey(school int64, name string) string {
	return fmt.Sprintf("%d|%s", school, catalog.Fold(name))
}

// school gives the school of Noethys's number: kept, to create (below 0) or left
// out (0).
func (f *roomFinder) school(id int64) int64 {
	if ref, ok := f.ref[id]; ok {
		return ref
	}
	s, ok := f.x.d.schools[id]
	if !ok || catalog.Fold(s.name) == "" {
		f.ref[id] = 0
		return 0
	}
	commune, known := catalog.FindCommune(f.communes, s.city, s.postal)
	if !known || s.city == "" {
		commune, known = f.given, f.given.ID != 0
	}
	line := NoethysSchool{Name: s.name, Commune: firstOf(commune.Name, s.city), Action: Unchanged}
	var ref int64
	if c, ok := catalog.FindSchool(f.schools, commune.ID, s.name); ok {
		ref, line.Name, line.Commune = c.ID, c.Name, c.Commune
	} else if c, ok := looseSchool(f.schools, commune.ID, s.name); ok {
		ref, line.Name, line.Commune = c.ID, c.Name, c.Commune
	} else if known {
		key := fmt.Sprintf("%d|%s", commune.ID, catalog.PlaceKey(s.name))
		if f.planned[key] == 0 {
			f.x.p.noe.schools = append(f.x.p.noe.schools, newSchool{commune, s.name})
			f.planned[key] = -int64(len(f.x.p.noe.schools))
		}
		ref, line.Action = f.planned[key], Create
	} else {
		line.Action = LeftOut
		line.Reason = fmt.Sprintf("La commune « %s » n’est pas au catalogue"+nbsp+": ajoutez-la (ou donnez la commune de la reprise), puis refaites la reprise. Les enfants sont repris sans classe.", s.city)
	}
	f.ref[id], f.found[id] = ref, len(f.x.p.Schools)
	f.x.p.Schools = append(f.x.p.Schools, line)
	return ref
}

// class gives the class of a school: kept, or to create (below 0).
func (f *roomFinder) class(school, noe int64, name, level string) int64 {
	key := roomKey(school, name)
	if id, ok := f.classes[key]; ok {
		return id
	}
	p := f.x.p
	p.noe.classes = append(p.noe.classes, newRoom{school, name, catalog.ClassRank(name, level)})
	f.classes[key] = -int64(len(p.noe.classes))
	p.NewClasses = append(p.NewClasses, name)
	line := &p.Schools[f.found[noe]]
	line.NewClasses = append(line.NewClasses, name)
	return f.classes[key]
}

// makeRooms creates the schools and classes of a plan and puts their true
// numbers into the children.
func (p *NoethysPlan) makeRooms(x *noePlanner) error {
	a := &p.noe
	rows := make([][]any, len(a.schools))
	for i, s := range a.schools {
		rows[i] = []any{s.commune.ID, s.name}
	}
	if err := bulk.Insert(x.tx, `INSERT INTO school (commune_id, name)`, rows, `ON CONFLICT DO NOTHING`); err != nil {
		return err
	}
	all, err := catalog.SchoolsTx(x.tx)
	if err != nil {
		return err
	}
	made := make([]int64, len(a.schools))
	for i, want := range a.schools {
		s, ok := catalog.FindSchool(all, want.commune.ID, want.name)
		if !ok {
			return fault.New(fault.Conflict, "Le catalogue a plusieurs écoles « %s » à %s"+nbsp+": donnez-leur des noms différents, puis refaites la reprise. Rien n’a été écrit.", want.name, want.commune.Name)
		}
		made[i] = s.ID
	}
	school := func(ref int64) int64 {
		if ref >= 0 {
			return ref
		}
		return made[-ref-1]
	}
	rows = nil
	for _, c := range a.classes {
		rows = append(rows, []any{school(c.school), int64(p.Year), c.name, c.rank})
	}
	if err := bulk.Insert(x.tx, `INSERT INTO class (school_id, school_year, name, rank)`, rows, `ON CONFLICT (school_id, school_year, name) DO NOTHING`); err != nil {
		return err
	}
	if len(a.schools)+len(a.classes) > 0 {
		x.tx.Publish(catalog.Topic)
	}
	list, err := catalog.ClassesTx(x.tx, p.Year)
	if err != nil {
		return err
	}
	ids := map[string]int64{}
	for _, c := range list {
		ids[roomKey(c.SchoolID, c.Name)] = c.ID
	}
	for _, k := range x.m.kids {
		if k != nil && k.child.ClassID < 0 {
			c := a.classes[-k.child.ClassID-1]
			k.child.ClassID = ids[roomKey(school(c.school), c.name)]
		}
	}
	return nil
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K {
	out := make([]K, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
