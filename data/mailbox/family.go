package mailbox

import (
	"database/sql"
	"slices"
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/mailbox/reading"
	"ardoise/data/store"
)

// household is what is known of one family when its messages are read.
type household struct {
	id       int64
	name     string
	active   bool
	commune  int64
	children []kid
	services []reading.Service
}

// kid is a child of a household, its own or one it shares.
type kid struct {
	reading.Child
	class  string
	school int64
}

// facts are the families and services some messages are read with, found in a
// fixed number of questions whatever the number of messages.
type facts struct {
	writers  map[string][]int64 // address → active families of a guardian who has it
	families map[int64]*household
	all      []reading.Service // for a writer who is not known
}

// factsOf gathers what is needed to read messages of these addresses, and of
// these families where an agent has said whose a message is.
func factsOf(tx *store.Tx, addresses []string, families []int64) (*facts, error) {
	f := &facts{writers: map[string][]int64{}, families: map[int64]*household{}}
	if err := f.loadWriters(tx, addresses); err != nil {
		return nil, err
	}
	for _, list := range f.writers {
		if len(list) == 1 {
			families = append(families, list[0])
		}
	}
	slices.Sort(families)
	families = slices.Compact(families)
	for _, load := range []func(*store.Tx, []int64) error{f.loadFamilies, f.loadChildren, f.loadServices} {
		if err := load(tx, families); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// writer gives the one family of an address, 0 where there is none or several:
// a person chooses then.
func (f *facts) writer(address string) int64 {
	if list := f.writers[address]; address != "" && len(list) == 1 {
		return list[0]
	}
	return 0
}

func (f *facts) loadWriters(tx *store.Tx, addresses []string) error {
	return store.Each(tx, func(r *sql.Rows) error {
		var address string
		var id int64
		err := r.Scan(&address, &id)
		f.writers[address] = append(f.writers[address], id)
		return err
	}, `SELECT DISTINCT g.email, g.family_id FROM guardian g JOIN family f ON f.id = g.family_id
		WHERE g.email = ANY($1) AND g.email <> '' AND f.state = 'active' ORDER BY g.email, g.family_id`, addresses)
}

func (f *facts) loadFamilies(tx *store.Tx, ids []int64) error {
	return store.Each(tx, func(r *sql.Rows) error {
		h := &household{}
		err := r.Scan(&h.id, &h.name, &h.active, &h.commune)
		f.families[h.id] = h
		return err
	}, `SELECT id, name, CASE WHEN state = 'active' THEN 1 ELSE 0 END, COALESCE(commune_id, 0) FROM family WHERE id = ANY($1)`, ids)
}

// loadChildren reads the children of each family, its own first, then those
// another family shares with it.
func (f *facts) loadChildren(tx *store.Tx, ids []int64) error {
	return store.Each(tx, func(r *sql.Rows) error {
		var of int64
		var shared int
		var birth calendar.Date
		var k kid
		if err := r.Scan(&of, &shared, &birth, &k.ID, &k.First, &k.Last, &k.Sex, &k.class, &k.school); err != nil {
			return err
		}
		if h := f.families[of]; h != nil {
			h.children = append(h.children, k)
		}
		return nil
	}, `SELECT d.of_id, d.shared, c.birth, c.id, c.first, CASE WHEN c.usage <> '' THEN c.usage ELSE c.last END, c.sex, COALESCE(k.name, ''), COALESCE(k.school_id, 0)
		FROM (SELECT family_id AS of_id, id AS child_id, 0 AS shared FROM child WHERE family_id = ANY($1)
			UNION ALL SELECT family_id, child_id, 1 FROM child_family WHERE family_id = ANY($1)) d
		JOIN child c ON c.id = d.child_id LEFT JOIN class k ON k.id = c.class_id
		WHERE c.state = 'active' ORDER BY d.of_id, d.shared, c.birth, c.id`, ids)
}

// loadServices gives each family the services its children have an access to;
// else those that take their schools; else its commune's; else all.
func (f *facts) loadServices(tx *store.Tx, _ []int64) error {
	list, err := catalog.ServicesTx(tx)
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(s catalog.ServiceInfo) bool { return !s.Active })
	slices.SortStableFunc(list, func(a, b catalog.ServiceInfo) int { return rank(a) - rank(b) })
	plans, err := catalog.PlansTx(tx, list)
	if err != nil {
		return err
	}
	granted, err := f.granted(tx)
	if err != nil {
		return err
	}
	f.all = choose(list, plans, func(catalog.ServiceInfo) bool { return true })
	for _, h := range f.families {
		for _, good := range []func(catalog.ServiceInfo) bool{
			func(s catalog.ServiceInfo) bool {
				return h.any(func(k kid) bool { return granted[[2]int64{k.ID, s.ID}] })
			},
			func(s catalog.ServiceInfo) bool {
				return h.any(func(k kid) bool { return k.school != 0 && s.Takes(k.school) })
			},
			func(s catalog.ServiceInfo) bool { return h.commune != 0 && s.CommuneID == h.commune },
			func(catalog.ServiceInfo) bool { return true },
		} {
			if h.services = choose(list, plans, good); len(h.services) > 0 {
				break
			}
		}
	}
	return nil
}

// rank puts the canteen first: it is what a family that says nothing means.
func rank(s catalog.ServiceInfo) int {
	if s.Kind == catalog.Canteen {
		return 0
	}
	return 1
}

func choose(list []catalog.ServiceInfo, plans map[int64]*calendar.Plan, good func(catalog.ServiceInfo) bool) (out []reading.Service) {
	for _, s := range list {
		if plan := plans[s.ID]; plan != nil && good(s) {
			out = append(out, reading.Service{ID: s.ID, Kind: s.Kind, Name: s.Short, Open: plan.IsOpen})
		}
	}
	return out
}

func (h *household) any(good func(kid) bool) bool { return slices.ContainsFunc(h.children, good) }

// granted are the accesses of this school year and the next: child and service.
func (f *facts) granted(tx *store.Tx) (map[[2]int64]bool, error) {
	var kids []int64
	for _, h := range f.families {
		for _, k := range h.children {
			kids = append(kids, k.ID)
		}
	}
	out := map[[2]int64]bool{}
	year := calendar.SchoolYearOf(calendar.DateOf(tx.Now()))
	return out, store.Each(tx, func(r *sql.Rows) error {
		var pair [2]int64
		err := r.Scan(&pair[0], &pair[1])
		out[pair] = true
		return err
	}, `SELECT DISTINCT child_id, service_id FROM access_request WHERE child_id = ANY($1) AND school_year >= $2 AND state IN ('accepted', 'suspended')`, kids, int(year))
}

// kids gives the children an agent may choose.
func (h *household) kids() (out []Kid) {
	for _, k := range h.children {
		out = append(out, Kid{ID: k.ID, First: k.First, Last: k.Last, Class: k.class})
	}
	return out
}

// input is what a message is understood with.
func (f *facts) input(familyID int64, b *body) (in reading.Input, err error) {
	in = reading.Input{Subject: b.Subject, Text: b.Own, Services: f.all}
	if in.Received, err = store.ParseInstant(b.Written); err != nil {
		return in, err
	}
	if h := f.families[familyID]; h != nil {
		in.Services = h.services
		for _, k := range h.children {
			in.Children = append(in.Children, k.Child)
		}
	}
	for _, file := range b.Files {
		in.Files = append(in.Files, reading.File{N: file.N, Name: file.Name, Accepted: file.Accepted})
	}
	return in, nil
}

// guardianOf is « responsable de Léa et Hugo ».
func (h *household) guardianOf() string {
	var names []string
	for _, k := range h.children {
		names = append(names, k.First)
	}
	switch n := len(names); n {
	case 0:
		return "famille " + h.name
	case 1:
		return "responsable " + fault.De(names[0])
	default:
		return "responsable " + fault.De(strings.Join(names[:n-1], ", ")+" et "+names[n-1])
	}
}

// candidates are the families that may have written, where it is not one alone:
// those of the address, those earlier messages of it were given to, and those of
// a guardian of that name. Nobody is chosen.
func candidates(tx *store.Tx, address, name string) (out []Candidate, err error) {
	seen := map[int64]bool{}
	add := func(why string) func(*sql.Rows) error {
		return func(r *sql.Rows) error {
			var c Candidate
			var archived bool
			if err := r.Scan(&c.ID, &c.Name, &archived); err != nil || seen[c.ID] {
				return err
			}
			seen[c.ID] = true
			if c.Why = why; archived {
				c.Why += " (dossier archivé)"
			}
			out = append(out, c)
			return nil
		}
	}
	const family = `SELECT DISTINCT f.id, f.name, CASE WHEN f.state = 'archived' THEN 1 ELSE 0 END FROM family f `
	if address != "" {
		if err := store.Each(tx, add("cette adresse est celle d’un responsable"), family+
			`JOIN guardian g ON g.family_id = f.id WHERE g.email = $1 AND g.email <> '' AND f.state <> 'merged' ORDER BY f.id`, address); err != nil {
			return nil, err
		}
		if err := store.Each(tx, add("un message de cette adresse lui a déjà été attribué"), family+
			`JOIN mail_message m ON m.family_id = f.id WHERE m.sender = $1 AND m.sender <> '' AND f.state <> 'merged' ORDER BY f.id`, address); err != nil {
			return nil, err
		}
	}
	folds := nameFolds(name)
	if len(folds) == 0 {
		return out, nil
	}
	return out, store.Each(tx, add("un responsable porte ce nom"), family+
		`JOIN guardian g ON g.family_id = f.id WHERE g.fold = ANY($1) AND f.state = 'active' ORDER BY f.id LIMIT 5`, folds)
}

// nameFolds are the ways a guardian's name may be kept: « Julie Meunier » is
// looked for as "meunier julie" and "julie meunier".
func nameFolds(name string) []string {
	words := strings.Fields(family.Fold(name))
	if len(words) < 2 || len(words) > 6 {
		return nil
	}
	var out []string
	for i := range words { // every turn of the words
		out = append(out, strings.Join(append(slices.Clone(words[i:]), words[:i]...), " "))
	}
	return out
}
