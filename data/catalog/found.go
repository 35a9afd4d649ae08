package catalog

import (
	"fmt"
	"slices"
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/fault"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// Founding is the catalog of a town that begins: one commune, its schools, and a
// canteen that takes them all. It has no ids yet: it is judged and shown before
// there is a base, then kept whole by Found, through the same loader as a file.
type Founding struct {
	Commune Commune
	Schools []FoundingSchool
	Year    calendar.SchoolYear // of the classes
	Service Draft               // Schools and Classes are not read: every school is taken, at the first sitting
}

// FoundingSchool is a school and the classes already known of it, in any order.
type FoundingSchool struct {
	Name    string
	Classes []string
}

// SplitClasses reads the classes of a school typed on one line: "PS MS, GS, CP".
func SplitClasses(text string) (out []string) {
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ',' || r == ';' || r == '\n' }) {
		if name := strings.Join(strings.Fields(part), " "); name != "" {
			out = append(out, name)
		}
	}
	return out
}

// CheckCommune judges a commune as it is typed, by the rules of a catalog file; its
// postal code is wanted too.
func CheckCommune(c Commune) []Flaw {
	j := &judge{}
	j.commune(c)
	if c.Postal == "" {
		j.bad("postal", "indiquez le code postal, par exemple 01390")
	}
	return j.said()
}

// Check says what is wrong, field by field: those of the commune ("name", "insee",
// "postal"), "schools[0].name", "schools[0].classes", and those of the canteen.
func (f Founding) Check() []Flaw {
	return slices.Concat(CheckCommune(f.Commune), f.CheckSchools(), f.checkService())
}

// CheckSchools is the part of Check about schools and classes.
func (f Founding) CheckSchools() (flaws []Flaw) {
	if len(f.Schools) == 0 {
		return []Flaw{{"schools", "Indiquez au moins une école : la cantine accueille ses élèves."}}
	}
	for i, s := range f.Schools {
		path := fmt.Sprintf("schools[%d]", i)
		same := func(o FoundingSchool) bool { return Fold(o.Name) == Fold(s.Name) }
		switch {
		case Fold(s.Name) == "":
			flaws = append(flaws, Flaw{path + ".name", "Indiquez le nom de l’école."})
		case slices.IndexFunc(f.Schools, same) < i:
			flaws = append(flaws, Flaw{path + ".name", fmt.Sprintf("L’école « %s » est déjà dans la liste.", s.Name)})
		}
		for j, k := range s.Classes {
			if slices.IndexFunc(s.Classes, func(o string) bool { return Fold(o) == Fold(k) }) < j {
				flaws = append(flaws, Flaw{path + ".classes", fmt.Sprintf("La classe « %s » est écrite deux fois.", k)})
			}
		}
	}
	return flaws
}

// checkService judges the canteen by the rules of a draft. What has no number yet,
// commune and schools, is given one for it.
func (f Founding) checkService() []Flaw {
	d := f.Service
	d.Info.CommuneID, d.Schools, d.Classes = 1, []TakenSchool{{SchoolID: 1}}, nil
	return CheckDraft(d)
}

// content is the founding's places as a catalog file would say them.
func (f Founding) content() content {
	c := content{communes: []Commune{f.Commune}}
	for _, s := range f.Schools {
		entry := schoolEntry{commune: f.Commune.INSEE, name: s.Name}
		for _, k := range s.Classes {
			entry.classes = append(entry.classes, Class{Year: f.Year, Name: k, Rank: ClassRank(k, "")})
		}
		c.schools = append(c.schools, entry)
	}
	return c
}

// FoundTx keeps a founding inside a transaction: all of it, with its entry in the
// journal, or the refusal of its first flaw.
func FoundTx(tx *store.Tx, f Founding) (Summary, error) {
	if flaws := f.Check(); len(flaws) > 0 {
		return Summary{}, fault.New(fault.Invalid, "%s", flaws[0].Text)
	}
	l := &loader{tx: tx, r: &reader{name: "la nouvelle commune", lines: map[string]int{}}}
	for _, step := range []func(content) error{l.communes, l.schools} {
		if err := step(f.content()); err != nil {
			return Summary{}, err
		}
		if err := l.r.refusal(); err != nil {
			return Summary{}, err
		}
	}
	if err := staff.Audit(tx, "catalog.found", "catalog:"+f.Commune.INSEE, "Nouvelle commune, "+f.Commune.Name+nbsp+": "+l.sum.String()); err != nil {
		return Summary{}, err
	}
	home, ok := FindCommune(l.places, f.Commune.INSEE, "")
	if !ok {
		return Summary{}, fault.New(fault.Internal, "La commune « %s » n’a pas été retrouvée.", f.Commune.Name)
	}
	d := f.Service
	d.Info.CommuneID, d.Schools = home.ID, nil
	for _, s := range f.Schools {
		school, ok := FindSchool(l.houses, home.ID, s.Name)
		if !ok {
			return Summary{}, fault.New(fault.Internal, "L’école « %s » n’a pas été retrouvée.", s.Name)
		}
		d.Schools = append(d.Schools, TakenSchool{SchoolID: school.ID})
	}
	_, sum, err := SaveDraftTx(tx, d)
	sum.Created += l.sum.Created
	sum.Lines = append(l.sum.Lines, sum.Lines...)
	return sum, err
}

// CommunesOf lists the communes of a catalog file, to be proposed as a name is typed.
func CommunesOf(file []byte) ([]Commune, error) {
	f, r, err := parseFile(file, "catalogue")
	if err != nil {
		return nil, err
	}
	var c content
	r.checkCommunes(f, &c)
	return c.communes, r.refusal()
}
