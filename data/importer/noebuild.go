package importer

import (
	"fmt"
	"slices"
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/store"
)

// noeActions are what a commit writes beside families and children.
type noeActions struct {
	schools []newSchool // of number -1, -2, … while planned
	classes []newRoom   // likewise
	homes   map[int64]*homeRef
}

type newSchool struct {
	commune catalog.Commune
	name    string
}

type newRoom struct {
	school int64 // below 0: one to create
	name   string
	rank   int
}

// homeRef is where a family of Noethys goes: kept or new.
type homeRef struct{ family *family.Family }

// noePlanner builds the plan of a take-over: Noethys's families become the
// reading of an import, and go the import's way.
type noePlanner struct {
	tx     *store.Tx
	d      *noeData
	p      *NoethysPlan
	r      *reading
	in     ONDE
	today  calendar.Date
	pupils map[int64]int // by person
	dup    map[string]int
	houses []household
	owner  []int64 // Noethys's family of each household
	m      *maker

	schools map[int64]int64 // of the classes that exist
}

func planNoethys(tx *store.Tx, src Noethys, d *noeData) (*noePlanner, error) {
	today := calendar.DateOf(tx.Now())
	x := &noePlanner{tx: tx, d: d, today: today, r: &reading{}, pupils: map[int64]int{}, dup: map[string]int{}}
	x.in = ONDE{Year: calendar.SchoolYearOf(today), PupilsName: src.name(), GuardiansName: src.name(), Commune: squeeze(src.Commune), sheet: true}
	x.p = &NoethysPlan{ONDEPlan: ONDEPlan{Year: x.in.Year, in: x.in}, Version: d.version, src: src, file: d.id, noe: noeActions{homes: map[int64]*homeRef{}}}
	x.readPupils()
	x.readHouses()
	if err := x.match(); err != nil {
		return nil, err
	}
	for _, step := range []func() error{x.balances, x.requests, x.meals} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	x.notices()
	p := &x.p.ONDEPlan
	p.Families, p.Children = len(x.houses), p.Created+p.Updated+p.Unchanged
	p.Refused = append(p.Refused, x.r.refused...)
	p.Notices = append(p.Notices, x.r.notices...)
	x.p.seal()
	return x, nil
}

// readPupils makes a pupil of each person attached as a child.
func (x *noePlanner) readPupils() {
	for _, t := range x.d.ties {
		p := x.d.people[t.person]
		if _, done := x.pupils[t.person]; t.category != noeChild || done {
			continue
		}
		x.pupils[t.person] = -1
		switch {
		case p == nil:
			x.r.refuse(x.in.PupilsName, int(t.person), "", "name", "La famille n° %d nomme un individu qui n’est pas dans le fichier.", t.family)
		case p.dead:
		default:
			x.readPupil(p)
		}
	}
}

func (x *noePlanner) readPupil(n *noePerson) {
	who, line := n.last+" "+n.first, int(n.id)
	p := pupil{line: line, address: x.d.home(n)}
	p.child = family.Child{Last: n.last, First: n.first, Sex: noeSex(n.civility)}
	birth, bad := parseBirth(n.birth)
	if bad != "" {
		x.r.refuse(x.in.PupilsName, line, who, "date", "%s", bad)
		return
	}
	p.child.Birth = birth
	if y, ok := x.d.schooling[n.id]; ok {
		p.child.Level = x.d.levels[y.level]
		if _, known := catalog.AgeGroupOf(p.child.Level); !known {
			p.child.Level = ""
		}
	}
	code, said, known := noeDiet(x.d.diets[n.id])
	p.child.Diet, p.diet = code, said && known
	if said && !known {
		x.r.note(x.in.PupilsName, line, "%s"+nbsp+": le régime noté dans Noethys n’est pas un de ceux d’Ardoise, laissé standard. À voir avec la famille.", p.child.Name())
	}
	if err := p.child.Normalize(x.today); err != nil {
		kind := "name"
		switch {
		case birth > x.today:
			kind = "future"
		case calendar.Age(birth, x.today) > 20:
			kind = "age"
		}
		x.r.refuse(x.in.PupilsName, line, who, kind, "%s", fault.Sentence(err))
		return
	}
	key := family.ChildKey(p.child.Last, p.child.First) + "|" + birth.String()
	if i, twice := x.dup[key]; twice {
		x.r.note(x.in.PupilsName, line, "%s est aussi l’individu n° %d de Noethys"+nbsp+": les deux fiches sont réunies.", p.child.Name(), x.r.pupils[i].line)
		x.pupils[n.id] = i
		return
	}
	x.dup[key], x.pupils[n.id] = len(x.r.pupils), len(x.r.pupils)
	x.r.pupils = append(x.r.pupils, p)
}

func noeSex(civility int64) string {
	switch civility {
	case 1, 4:
		return "M"
	case 2, 3, 5:
		return "F"
	}
	return ""
}

// home gives the address of a person, followed from who it lives with.
func (d *noeData) home(p *noePerson) place {
	for range 4 { // a ring of people who live with each other ends
		with := d.people[p.auto]
		if p.auto == 0 || with == nil || with == p {
			break
		}
		p = with
	}
	home := p.home
	fixPostal(&home)
	return home
}

// readHouses makes one household of each family of Noethys.
func (x *noePlanner) readHouses() {
	byFamily := map[int64][]noeTie{}
	for _, t := range x.d.ties {
		byFamily[t.family] = append(byFamily[t.family], t)
	}
	owes := map[int64]bool{}
	for _, a := range x.d.accounts {
		if a.bad || a.paid != a.due {
			owes[a.family] = true
		}
	}
	for _, id := range x.d.families {
		var h household
		struck := 0
		for _, t := range byFamily[id] {
			i, ok := x.pupils[t.person]
			switch {
			case t.category != noeChild || !ok:
			case i < 0:
				struck++
			case !slices.Contains(h.children, i):
				h.children = append(h.children, i)
			}
		}
		if len(h.children) == 0 && !owes[id] {
			x.r.refuse(x.in.PupilsName, int(id), fmt.Sprintf("famille n° %d", id), "empty", "Aucun enfant à reprendre et solde nul"+nbsp+": la famille est laissée dans Noethys.")
			continue
		}
		h.adults = x.adults(id, byFamily[id])
		if len(h.adults) == 0 {
			x.r.refuse(x.in.PupilsName, int(id), fmt.Sprintf("famille n° %d", id), "nobody", "La famille n’a aucun titulaire dont le nom et le prénom soient connus"+nbsp+": complétez sa fiche dans Noethys.")
			continue
		}
		h.home = x.r.adults[h.adults[0]].home
		x.houses, x.owner = append(x.houses, h), append(x.owner, id)
	}
	x.r.bill(x.houses)
	for i := range x.houses {
		x.r.twoAdults(&x.houses[i], x.in)
	}
}

// adults reads the holders of a family; where it has none, its other adults.
func (x *noePlanner) adults(id int64, ties []noeTie) (out []int) {
	var list []*noePerson
	take := func(holder bool) {
		for _, t := range ties {
			if p := x.d.people[t.person]; p != nil && !p.dead && t.category == noeAdult && t.holder == holder && !slices.Contains(list, p) {
				list = append(list, p)
			}
		}
	}
	if take(true); len(list) == 0 {
		take(false)
	}
	for _, p := range list {
		g := family.Guardian{Civility: noeCivility(p.civility), Last: firstOf(p.maiden, p.last), First: p.first}
		if p.maiden != "" && catalog.Fold(p.maiden) != catalog.Fold(p.last) {
			g.Usage = p.last
		}
		if catalog.Fold(g.Last) == "" || catalog.Fold(g.First) == "" {
			x.r.note(x.in.GuardiansName, int(p.id), "L’individu n° %d n’a pas de nom ou pas de prénom"+nbsp+": il n’est pas repris comme responsable.", p.id)
			continue
		}
		a := adult{line: int(p.id), home: x.d.home(p)}
		x.reach(&g, p, a.home.postal)
		a.guardian = g
		if q, ok := x.d.quotients[id]; ok && len(out) == 0 {
			a.quotient, a.from, a.to = &q.value, q.from, q.to
		}
		out = append(out, len(x.r.adults))
		x.r.adults = append(x.r.adults, a)
	}
	return out
}

func noeCivility(n int64) string {
	switch n {
	case 1:
		return "M."
	case 2, 3:
		return "Mme"
	}
	return ""
}

// reach cleans the ways to reach a guardian.
func (x *noePlanner) reach(g *family.Guardian, p *noePerson, postal string) {
	email, ok := family.CleanEmail(p.mail)
	if !ok {
		x.r.note(x.in.GuardiansName, int(p.id), "%s"+nbsp+": l’adresse électronique « %s » n’est pas lisible, laissée vide.", g.Name(), clip(p.mail, 60))
		email = ""
	}
	g.Email = email
	for i, to := range []*string{&g.Home, &g.Work, &g.Mobile} {
		e164, ok := family.Phone(p.phones[i], postal)
		if !ok {
			x.r.note(x.in.GuardiansName, int(p.id), "%s"+nbsp+": le téléphone « %s » n’est pas lisible, laissé vide.", g.Name(), clip(p.phones[i], 40))
		}
		*to = e164
	}
}

// match compares with the database, the way every import does.
func (x *noePlanner) match() error {
	b, err := readBase(x.tx, x.in, x.r, &x.p.ONDEPlan)
	if err != nil {
		return err
	}
	if err := x.rooms(b); err != nil {
		return err
	}
	kids := b.matchKids(x.r)
	x.m = &maker{in: x.in, r: x.r, b: b, p: &x.p.ONDEPlan, kids: make([]*kid, len(x.r.pupils)), homes: make([]*family.Family, len(x.houses))}
	matched, signs := b.matchHouses(x.r, x.houses, kids), signsOf(b)
	for i, h := range x.houses {
		x.m.house(i, h, matched[i])
		x.p.noe.homes[x.owner[i]] = &homeRef{x.m.homes[i]}
		if matched[i] == nil {
			x.namesake(signs, h)
		}
	}
	x.m.whose(x.houses)
	for i := range x.r.pupils {
		x.m.pupil(i, kids[i])
	}
	return nil
}

// fixPostal leaves out what is no French postal code.
func fixPostal(p *place) {
	if len(p.postal) != 5 || strings.Trim(p.postal, "0123456789") != "" {
		p.postal = postal(p.postal)
	}
	if len(p.postal) != 5 || strings.Trim(p.postal, "0123456789") != "" {
		p.postal = ""
	}
}

// signsOf gives the first family that bears each name, e-mail address and mobile
// number.
func signsOf(b *base) map[string]*family.Family {
	out := map[string]*family.Family{}
	for _, id := range b.order {
		for _, g := range b.families[id].Guardians {
			for _, key := range signKeys(g) {
				if out[key] == nil {
					out[key] = b.families[id]
				}
			}
		}
	}
	return out
}

func signKeys(g family.Guardian) []string {
	keys := personKeys(g)
	for _, s := range []string{g.Email, g.Mobile} {
		if s != "" {
			keys = append(keys, s)
		}
	}
	return keys
}

// namesake tells that a new family looks like one that is already here.
func (x *noePlanner) namesake(signs map[string]*family.Family, h household) {
	for _, i := range h.adults {
		a := x.r.adults[i]
		for _, key := range signKeys(a.guardian) {
			if f := signs[key]; f != nil {
				x.r.note(x.in.GuardiansName, a.line, "%s a le nom, l’adresse électronique ou le portable d’un responsable de la famille %s (%s), mais ni la même adresse ni un enfant commun"+nbsp+": une nouvelle famille est créée. Si c’est la même, réunissez-les ensuite.", a.guardian.Name(), f.Name, f.Number())
				return
			}
		}
	}
}
