package importer

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/family"
	"ardoise/data/store"
)

// planTx compares what was read with the database and says what to write.
func planTx(tx *store.Tx, in ONDE, r *reading) (*ONDEPlan, error) {
	p := &ONDEPlan{Year: in.Year, in: in}
	b, err := readBase(tx, in, r, p)
	if err != nil {
		return nil, err
	}
	houses := r.households(in)
	kids := b.matchKids(r)
	m := &maker{in: in, r: r, b: b, p: p, kids: make([]*kid, len(r.pupils)), homes: make([]*family.Family, len(houses))}
	matched := b.matchHouses(r, houses, kids)
	for i, h := range houses {
		m.house(i, h, matched[i])
	}
	m.whose(houses)
	for i := range r.pupils {
		m.pupil(i, kids[i])
	}
	m.newClasses()
	if err := m.left(tx); err != nil {
		return nil, err
	}
	p.Families = len(houses)
	p.Children = p.Created + p.Updated + p.Unchanged
	p.Refused = append(p.Refused, r.refused...)
	slices.SortStableFunc(p.Refused, func(a, b Refusal) int { return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line)) })
	p.Notices = append(p.Notices, r.notices...)
	p.Digest = p.digest()
	return p, nil
}

// maker builds a plan.
type maker struct {
	in    ONDE
	r     *reading
	b     *base
	p     *ONDEPlan
	kids  []*kid
	homes []*family.Family // by household: kept (a copy being changed) or new

	billed []*family.Family   // by pupil: who is billed, nil for nobody
	others [][]*family.Family // by pupil: who else sees it
}

// whose says by pupil which families it has.
func (m *maker) whose(houses []household) {
	m.billed, m.others = make([]*family.Family, len(m.r.pupils)), make([][]*family.Family, len(m.r.pupils))
	for n, h := range houses {
		for _, i := range h.billed {
			m.billed[i] = m.homes[n]
		}
		for _, i := range h.children {
			if m.billed[i] != m.homes[n] {
				m.others[i] = append(m.others[i], m.homes[n])
			}
		}
	}
}

func (m *maker) house(n int, h household, kept *family.Family) {
	if kept == nil {
		f := m.newFamily(h)
		m.homes[n] = f
		m.p.act.families = append(m.p.act.families, f)
		m.p.FamiliesCreated++
		m.p.Lines = append(m.p.Lines, Line{Action: Create, Family: f.Name, Detail: "famille, " + f.Address()})
		return
	}
	f := *kept
	f.Guardians = slices.Clone(kept.Guardians)
	m.homes[n] = &f
	var changes []string
	if home := h.home; !home.empty() && home.key() != placeOf(kept).key() {
		f.Address1, f.Address2, f.Postal, f.City = home.street, "", home.postal, home.city
		f.Country = strings.ToUpper(firstOf(home.country, "FRANCE"))
		f.CommuneID = 0
		changes = append(changes, "adresse"+nbsp+": "+f.Address())
	}
	m.reside(&f)
	if f.CommuneID != kept.CommuneID && len(changes) == 0 {
		changes = append(changes, "commune de résidence")
	}
	if f.State == family.Archived {
		f.State = family.Active
		changes = append(changes, "famille réactivée")
	}
	changes = append(changes, m.guardians(&f, h)...)
	if n, from, to := m.quotient(h); n != nil && (f.Quotient == nil || *f.Quotient != *n || from != 0 && (f.QuotientFrom != from || f.QuotientTo != to)) {
		f.Quotient = n
		if from != 0 {
			f.QuotientFrom, f.QuotientTo = from, to
		}
		changes = append(changes, fmt.Sprintf("quotient familial"+nbsp+": %d", *n))
	}
	if len(changes) > 0 {
		m.p.act.changed = append(m.p.act.changed, &f)
		m.p.FamiliesUpdated++
		m.p.Lines = append(m.p.Lines, Line{Action: Update, Family: f.Name, Detail: strings.Join(changes, " ; ")})
	}
}

// guardians writes the file's guardians over the family's; those the file does
// not name stay.
func (m *maker) guardians(f *family.Family, h household) (changes []string) {
	for _, i := range h.adults {
		a := m.r.adults[i]
		at := slices.IndexFunc(f.Guardians, func(g family.Guardian) bool { return samePerson(g, a.guardian) })
		switch {
		case at >= 0:
			old := f.Guardians[at]
			overGuardian(&f.Guardians[at], a.guardian)
			if old != f.Guardians[at] {
				changes = append(changes, f.Guardians[at].Name()+nbsp+": "+guardianChanges(old, f.Guardians[at]))
			}
		case len(f.Guardians) < 2:
			g := a.guardian
			g.Rank = len(f.Guardians) + 1
			f.Guardians = append(f.Guardians, g)
			changes = append(changes, "responsable ajouté"+nbsp+": "+g.Name())
		default:
			m.r.note(m.in.GuardiansName, a.line, "%s n’est pas ajouté"+nbsp+": la famille %s a déjà deux responsables.", a.guardian.Name(), f.Name)
		}
	}
	return changes
}

func guardianChanges(a, b family.Guardian) string {
	var out []string
	for _, c := range []struct{ a, b, what string }{
		{a.Last + a.First + a.Civility, b.Last + b.First + b.Civility, "nom"},
		{a.Usage, b.Usage, "nom d’usage"},
		{a.Email, b.Email, "adresse électronique"},
		{a.Home + a.Work + a.Mobile, b.Home + b.Work + b.Mobile, "téléphone"},
	} {
		if c.a != c.b {
			out = append(out, c.what)
		}
	}
	return strings.Join(out, ", ")
}

func (m *maker) newFamily(h household) *family.Family {
	f := &family.Family{
		Address1: h.home.street, Postal: h.home.postal, City: h.home.city, Country: strings.ToUpper(firstOf(h.home.country, "FRANCE")), State: family.Active,
	}
	for i, at := range h.adults {
		g := m.r.adults[at].guardian
		g.Rank = i + 1
		f.Guardians = append(f.Guardians, g)
	}
	first := f.Guardians[0]
	f.Name = family.TitleName(firstOf(first.Usage, first.Last))
	if name := m.commonName(h.billed); name != "" {
		f.Name = family.TitleName(name)
	}
	f.Quotient, f.QuotientFrom, f.QuotientTo = m.quotient(h)
	for _, at := range h.adults {
		if a := m.r.adults[at]; a.row != 0 {
			f.Name, f.Note = firstOf(family.TitleName(a.name), f.Name), firstOf(f.Note, a.note)
		}
	}
	m.reside(f)
	return f
}

// quotient is what the rows of a spreadsheet or another program say of a
// family's, and from when to when where they tell; nil for nothing.
func (m *maker) quotient(h household) (n *int, from, to calendar.Date) {
	for _, at := range h.adults {
		if a := m.r.adults[at]; a.quotient != nil {
			return a.quotient, a.from, a.to
		}
	}
	return nil, 0, 0
}

// commonName is the family name the children share, "" when they do not.
func (m *maker) commonName(pupils []int) string {
	name := ""
	for _, i := range pupils {
		last := m.r.pupils[i].child.Last
		if name != "" && catalog.Fold(name) != catalog.Fold(last) {
			return ""
		}
		name = last
	}
	return name
}

func (m *maker) reside(f *family.Family) {
	if f.CommuneID == 0 && f.City != "" {
		if c, ok := catalog.FindCommune(m.b.communes, f.City, f.Postal); ok {
			f.CommuneID, f.Commune = c.ID, c.Name
		}
	}
}

// pupil decides on one child: new, changed or the same, in which family, and
// with which others it is shared.
func (m *maker) pupil(i int, kept *family.Child) {
	p := m.r.pupils[i]
	if o := m.b.byINE[p.child.INE]; p.child.INE != "" && o != nil && (kept == nil || kept.ID != o.ID) {
		m.r.note(m.in.PupilsName, p.line, "%s"+nbsp+": l’identifiant national %s est déjà celui de %s (%s)"+nbsp+"; il est laissé vide ici. Vérifiez-le avec l’école.", p.child.Name(), p.child.INE, o.Name(), o.Birth.Short())
		p.child.INE = ""
	}
	k := &kid{pupil: i, class: catalog.Fold(p.class), known: kept != nil, child: p.child}
	if m.in.sheet {
		k.class, k.child.ClassID = "", p.classID
	}
	line := Line{Line: p.line, Child: p.child.Name(), Birth: p.child.Birth, Class: p.class, Level: p.child.Level}
	billed, others := m.billed[i], m.others[i]
	if kept == nil {
		if billed == nil {
			m.r.refuse(m.in.PupilsName, p.line, p.child.Last+" "+p.child.First, "orphan", "Aucun responsable du fichier %s ne nomme cet enfant"+nbsp+": sa famille n’est pas connue.", m.in.GuardiansName)
			return
		}
		k.child.FamilyID = billed.ID
		m.p.act.kids = append(m.p.act.kids, newKid{k, billed})
		line.Action, line.Family = Create, billed.Name
		m.p.Created++
		m.share(k, others)
	} else {
		line.ChildID = kept.ID
		line.Detail = m.change(k, *kept, p)
		line.Action = Unchanged
		m.share(k, append(others, billed))
		if line.Detail != "" {
			line.Action = Update
			m.p.act.kidChanges = append(m.p.act.kidChanges, k)
			m.p.Updated++
		} else {
			m.p.Unchanged++
		}
		if f := m.b.families[kept.FamilyID]; f != nil {
			line.Family = f.Name
		}
	}
	if len(others) > 0 {
		m.p.Shared++
	}
	m.kids[i] = k
	m.p.Lines = append(m.p.Lines, line)
}

// share links the child with every family of the file that does not see it yet.
func (m *maker) share(k *kid, homes []*family.Family) {
	for _, f := range homes {
		if f == nil {
			continue
		}
		sees := f.ID != 0 && (f.ID == k.child.FamilyID || slices.ContainsFunc(k.child.Families, func(s family.Shared) bool { return s.FamilyID == f.ID }))
		if !sees {
			m.p.act.links = append(m.p.act.links, newLink{k, f})
		}
	}
}

// change writes the file over a kept child and says what differs; what the file
// leaves empty, the diet, the note and the family stay.
func (m *maker) change(k *kid, kept family.Child, p pupil) string {
	c := kept
	c.Last, c.First, c.Birth = p.child.Last, p.child.First, p.child.Birth
	c.Usage, c.Sex, c.INE = firstOf(p.child.Usage, c.Usage), firstOf(p.child.Sex, c.Sex), firstOf(p.child.INE, c.INE)
	if p.child.Level != "" {
		c.Level, c.AgeGroup = p.child.Level, p.child.AgeGroup
	}
	if p.photo {
		c.PhotoOK = p.child.PhotoOK
	}
	c.State = family.Present
	var out []string
	note := func(changed bool, format string, args ...any) {
		if changed {
			out = append(out, fmt.Sprintf(format, args...))
		}
	}
	note(c.Last != kept.Last || c.First != kept.First || c.Usage != kept.Usage, "nom"+nbsp+": %s au lieu de %s", c.Name(), kept.Name())
	note(c.Birth != kept.Birth, "naissance"+nbsp+": %s au lieu de %s", c.Birth.Short(), kept.Birth.Short())
	note(c.Sex != kept.Sex || c.INE != kept.INE, "état civil")
	note(k.class != "" && !m.inClass(kept, k.class), "classe"+nbsp+": %s au lieu de %s", p.class, firstOf(kept.Class, "aucune"))
	if p.classID != 0 {
		c.ClassID = p.classID
		note(c.ClassID != kept.ClassID, "classe")
	}
	if p.diet {
		c.Diet = p.child.Diet
		note(c.Diet != kept.Diet, "régime"+nbsp+": %s", m.b.diets.Label(c.Diet))
	}
	note(c.Level != kept.Level || c.AgeGroup != kept.AgeGroup, "niveau"+nbsp+": %s", c.Level)
	note(c.PhotoOK != kept.PhotoOK, "autorisation photo")
	note(c.State != kept.State, "de retour à l’école")
	k.child = c
	return strings.Join(out, " ; ")
}

// inClass reports whether a kept child already is in the class of that folded
// name, in this school and year.
func (m *maker) inClass(c family.Child, class string) bool {
	return slices.ContainsFunc(m.b.classes, func(k catalog.Class) bool { return k.ID == c.ClassID && catalog.Fold(k.Name) == class })
}

// newClasses lists the classes of the file that the catalog lacks.
func (m *maker) newClasses() {
	seen := map[string]bool{"": true}
	for _, k := range m.b.classes {
		seen[catalog.Fold(k.Name)] = true
	}
	for i, k := range m.kids {
		if k == nil || seen[k.class] {
			continue
		}
		seen[k.class] = true
		m.p.act.classes = append(m.p.act.classes, newClass{m.r.pupils[i].class, m.r.pupils[i].child.Level})
	}
	slices.SortFunc(m.p.act.classes, func(a, b newClass) int {
		return cmp.Or(cmp.Compare(catalog.ClassRank(a.name, a.level), catalog.ClassRank(b.name, b.level)), strings.Compare(a.name, b.name))
	})
	for _, c := range m.p.act.classes {
		m.p.NewClasses = append(m.p.NewClasses, c.name)
	}
}

// left lists the children of the school that the file has no more: shown,
// never removed.
func (m *maker) left(tx *store.Tx) error {
	if m.p.act.school.ID == 0 {
		return nil
	}
	list, err := family.SchoolChildrenTx(tx, m.p.act.school.ID)
	if err != nil {
		return err
	}
	here := map[int64]bool{}
	for _, k := range m.kids {
		if k != nil {
			here[k.child.ID] = true
		}
	}
	for _, c := range list {
		if !here[c.ID] {
			m.p.Left = append(m.p.Left, Line{Action: Gone, Child: c.Name(), Birth: c.Birth, Class: c.Class, Family: family.Number(c.FamilyID), Detail: "n’est plus dans le fichier"})
		}
	}
	return nil
}
