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

// CheckCommune judges a commune as it is typed.
func CheckCommune(c Commune) (flaws []Flaw) {
	bad := func(field, text string) { flaws = append(flaws, Flaw{field, text}) }
	switch {
	case strings.TrimSpace(c.Name) == "":
		bad("name", "Indiquez le nom de la commune.")
	case len([]rune(c.Name)) > 120:
		bad("name", "Le nom de la commune compte au plus 120 signes.")
	}
	if !inseeForm.MatchString(c.INSEE) {
		bad("insee", "Le code INSEE compte cinq caractères, par exemple 01371. Il diffère du code postal : on le trouve sur le site de l’INSEE.")
	}
	if !postalForm.MatchString(c.Postal) {
		bad("postal", "Le code postal compte cinq chiffres, par exemple 01390.")
	}
	return flaws
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

func (f Founding) checkService() (flaws []Flaw) {
	flaws = CheckDraft(f.Service)
	if f.Service.Info.Weekdays == 0 {
		flaws = append(flaws, Flaw{"weekdays", "Choisissez au moins un jour de service."})
	}
	if len(f.Service.Tariffs) == 0 {
		flaws = append(flaws, Flaw{"tariffs", "Indiquez au moins un prix."})
	}
	for _, p := range checkTariffs(f.Service.Tariffs) {
		flaw := Flaw{fmt.Sprintf("tariffs[%d]", max(p.Index, 0)), strings.ToUpper(p.Text[:1]) + p.Text[1:] + "."}
		if !slices.ContainsFunc(flaws, func(o Flaw) bool { return strings.HasPrefix(o.Field, "tariffs") }) {
			flaws = append(flaws, flaw)
		}
	}
	return flaws
}

// content is the founding as a catalog file would say it.
func (f Founding) content() content {
	c := content{communes: []Commune{f.Commune}}
	e := serviceEntry{commune: f.Commune.INSEE, info: f.Service.Info, tariffs: f.Service.Tariffs, documents: f.Service.Documents}
	e.info.Sittings = f.Service.Sittings
	for _, s := range f.Schools {
		entry := schoolEntry{commune: f.Commune.INSEE, name: s.Name}
		for _, k := range s.Classes {
			entry.classes = append(entry.classes, Class{Year: f.Year, Name: k, Rank: ClassRank(k, "")})
		}
		c.schools = append(c.schools, entry)
		e.schools = append(e.schools, takenEntry{commune: f.Commune.INSEE, school: s.Name})
	}
	c.services = []serviceEntry{e}
	return c
}

// FoundTx keeps a founding inside a transaction: all of it, with its entry in the
// journal, or the refusal of its first flaw.
func FoundTx(tx *store.Tx, f Founding) (Summary, error) {
	if flaws := f.Check(); len(flaws) > 0 {
		return Summary{}, fault.New(fault.Invalid, "%s", flaws[0].Text)
	}
	l := &loader{tx: tx, r: &reader{name: "la nouvelle commune", lines: map[string]int{}}}
	sum, err := l.apply(f.content())
	if err != nil {
		return Summary{}, err
	}
	tx.Publish(Topic)
	return sum, staff.Audit(tx, "catalog.found", "catalog:"+f.Commune.INSEE, "Nouvelle commune, "+f.Commune.Name+nbsp+": "+sum.String())
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
