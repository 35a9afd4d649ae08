package importer

import (
	"fmt"
	"regexp"
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/family"
	"ardoise/data/fault"
)

// Refusal is a row that is not taken, and why.
type Refusal struct {
	File   string
	Line   int
	Who    string // "ERREUR Date"
	Reason string // French
	Kind   string // truncated, date, future, name, duplicate, nobody, orphan, third, age
}

// Notice is something the reader saw and went on from.
type Notice struct {
	File string
	Line int
	Text string
}

// pupil is a row of the pupils' file once read.
type pupil struct {
	classID           int64 // already found; spreadsheets
	diet              bool  // the file gives one; spreadsheets
	line              int
	child             family.Child
	class             string
	address, address2 place
	photo             bool // the file has the column
}

// place is an address of the file.
type place struct{ street, postal, city, country string }

func (p place) empty() bool { return p.street == "" && p.postal == "" && p.city == "" }

// key compares addresses whatever their case, accents and punctuation.
func (p place) key() string {
	return catalog.Fold(p.street) + "|" + strings.TrimSpace(p.postal) + "|" + catalog.PlaceKey(p.city)
}

// adult is a row of the guardians' file once read.
type adult struct {
	line     int
	guardian family.Guardian
	home     place
	named    []namedChild
	children []int // indexes of pupils

	// Spreadsheets only: adults of one row are one family, and the row may say more.
	row      int // 0: none
	name     string
	quotient *int
	from, to calendar.Date // of the quotient; another program's
	note     string
}

type namedChild struct{ usage, last, first, class string }

func (n namedChild) String() string {
	return strings.TrimSpace(firstOf(n.last, n.usage) + " " + n.first)
}

// reading is both files read and judged, without the database.
type reading struct {
	pupils  []pupil
	adults  []adult
	schools []string // of each pupil, as a spreadsheet says
	refused []Refusal
	notices []Notice
}

func (r *reading) refuse(file string, line int, who, kind, format string, args ...any) {
	r.refused = append(r.refused, Refusal{file, line, strings.TrimSpace(who), fmt.Sprintf(format, args...), kind})
}

func (r *reading) note(file string, line int, format string, args ...any) {
	r.notices = append(r.notices, Notice{file, line, fmt.Sprintf(format, args...)})
}

// readONDE reads the two files; today judges birth dates.
func readONDE(in ONDE, today calendar.Date) (*reading, error) {
	r := &reading{}
	pupils, err := load(in.Pupils, in.PupilsName)
	if err != nil {
		return nil, err
	}
	guardians, err := load(in.Guardians, in.GuardiansName)
	if err != nil {
		return nil, err
	}
	if pupils.column("nom responsable", "prenom responsable") >= 0 && guardians.column("nom eleve", "prenom eleve") >= 0 {
		return nil, fault.New(fault.Invalid, "Les deux fichiers sont intervertis"+nbsp+": %s est celui des responsables, %s celui des élèves.", in.PupilsName, in.GuardiansName)
	}
	if err := r.readPupils(pupils, today); err != nil {
		return nil, err
	}
	if err := r.readAdults(guardians); err != nil {
		return nil, err
	}
	r.link(in)
	return r, nil
}

func load(data []byte, name string) (*table, error) {
	text, err := decode(data, name)
	if err != nil {
		return nil, err
	}
	return parseTable(text, name)
}

// pupilColumns are where each thing is in a pupils' file, -1 where it is not.
type pupilColumns struct {
	last, usage, first, birth, sex, ine, level, class, photo int
	places                                                   [2][4]int
}

func pupilLayout(t *table) (c pupilColumns, err error) {
	c.last = t.column("nom eleve", "nom de famille eleve", "nom")
	c.usage = t.column("nom d usage eleve", "nom usage eleve", "nom d usage")
	c.first = t.column("prenom eleve", "prenom")
	c.birth = t.column("date naissance", "date de naissance", "date naissance eleve", "ne e le", "ne le")
	c.sex = t.column("sexe")
	c.ine = t.column("ine", "identifiant national")
	c.level = t.column("niveau")
	c.class = t.column("libelle classe", "classe")
	c.photo = t.column("autorisation photo")
	for i, n := range []string{"1", "2"} {
		c.places[i] = [4]int{t.column("adresse"+n, "adresse "+n), t.column("cp"+n, "cp "+n, "code postal "+n), t.column("commune"+n, "commune "+n), t.column("pays"+n, "pays "+n)}
	}
	var missing []string
	for _, need := range []struct {
		at   int
		name string
	}{{c.last, "Nom élève"}, {c.first, "Prénom élève"}, {c.birth, "Date naissance"}} {
		if need.at < 0 {
			missing = append(missing, need.name)
		}
	}
	if len(missing) > 0 {
		return c, t.missing("une extraction des élèves d’ONDE", missing...)
	}
	return c, nil
}

func (r *reading) readPupils(t *table, today calendar.Date) error {
	c, err := pupilLayout(t)
	if err != nil {
		return err
	}
	usual := t.usual()
	byWhole, byKey, byINE := map[string]int{}, map[string]int{}, map[string]int{}
	for _, row := range t.rows {
		who := row.get(c.last) + " " + row.get(c.first)
		if first, twice := byWhole[row.whole]; twice {
			r.note(t.name, row.line, "%s"+nbsp+": ligne identique à la ligne %d, lue une seule fois.", strings.TrimSpace(who), first)
			continue
		}
		byWhole[row.whole] = row.line
		if row.open {
			r.refuse(t.name, row.line, who, "truncated", "Un guillemet ouvert n’est jamais fermé.")
			continue
		}
		if len(row.cells) < usual {
			r.refuse(t.name, row.line, who, "truncated", "Ligne incomplète"+nbsp+": %d colonnes au lieu de %d.", len(row.cells), usual)
			continue
		}
		p, kind, reason := readPupil(row, c, today)
		if reason != "" {
			r.refuse(t.name, row.line, who, kind, "%s", reason)
			continue
		}
		key := family.ChildKey(p.child.Last, p.child.First) + "|" + p.child.Birth.String()
		if first, twice := byKey[key]; twice {
			r.refuse(t.name, row.line, who, "duplicate", "Cet enfant est déjà à la ligne %d, avec d’autres renseignements.", first)
			continue
		}
		if first, twice := byINE[p.child.INE]; twice && p.child.INE != "" {
			r.refuse(t.name, row.line, who, "duplicate", "L’identifiant national %s est déjà celui de la ligne %d.", p.child.INE, first)
			continue
		}
		byKey[key], byINE[p.child.INE] = row.line, row.line
		if _, ok := catalog.AgeGroupOf(p.child.Level); !ok && p.child.Level != "" {
			r.note(t.name, row.line, "%s"+nbsp+": le niveau « %s » n’est pas connu.", strings.TrimSpace(who), p.child.Level)
		}
		r.pupils = append(r.pupils, p)
	}
	return nil
}

func readPupil(row row, c pupilColumns, today calendar.Date) (p pupil, kind, reason string) {
	p = pupil{line: row.line, class: squeeze(row.get(c.class)), photo: c.photo >= 0}
	p.child = family.Child{
		Last: squeeze(row.get(c.last)), Usage: squeeze(row.get(c.usage)), First: squeeze(row.get(c.first)),
		INE: strings.ToUpper(row.get(c.ine)), Level: strings.ToUpper(squeeze(row.get(c.level))), PhotoOK: strings.EqualFold(row.get(c.photo), "oui"),
	}
	if p.child.Last == "" {
		p.child.Last = p.child.Usage
	}
	switch strings.ToUpper(row.get(c.sex)) {
	case "F", "FEMININ", "FÉMININ":
		p.child.Sex = "F"
	case "M", "MASCULIN", "G":
		p.child.Sex = "M"
	}
	if catalog.Fold(p.child.Last) == "" || catalog.Fold(p.child.First) == "" {
		return p, "name", "Le nom ou le prénom est vide."
	}
	birth, bad := parseBirth(row.get(c.birth))
	if bad != "" {
		return p, "date", bad
	}
	switch {
	case birth > today:
		return p, "future", "La date de naissance " + birth.Short() + " est dans le futur."
	case calendar.Age(birth, today) > 20:
		return p, "age", "La date de naissance " + birth.Short() + " n’est pas celle d’un enfant."
	}
	p.child.Birth = birth
	for i, to := range []*place{&p.address, &p.address2} {
		at := c.places[i]
		*to = place{squeeze(row.get(at[0])), squeeze(row.get(at[1])), squeeze(row.get(at[2])), squeeze(row.get(at[3]))}
	}
	if err := p.child.Normalize(today); err != nil {
		return p, "name", fault.Sentence(err)
	}
	return p, "", ""
}

var dayForm = regexp.MustCompile(`^(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})$`)

// parseBirth reads 31/12/2019, 31-12-2019 or 2019-12-31.
func parseBirth(text string) (d calendar.Date, bad string) {
	if text == "" {
		return 0, "La date de naissance est vide."
	}
	iso := text
	if m := dayForm.FindStringSubmatch(text); m != nil {
		iso = fmt.Sprintf("%s-%02s-%02s", m[3], m[2], m[1])
	}
	d, err := calendar.ParseISO(iso)
	if err != nil {
		return 0, "La date de naissance « " + clip(text, 30) + " » n’existe pas."
	}
	return d, ""
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

func firstOf(a ...string) string {
	for _, s := range a {
		if s != "" {
			return s
		}
	}
	return ""
}
