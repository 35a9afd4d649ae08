package importer

import (
	"strings"

	"ardoise/data/catalog"
	"ardoise/data/family"
)

// adultColumns are where each thing is in a guardians' file. The child's columns
// come again for each child: groups holds one layout a child.
type adultColumns struct {
	civility, usage, last, first, street, postal, city, country, email, home, work, mobile int
	groups                                                                                 []childColumns
	own                                                                                    int // cells a row needs before its children
}

type childColumns struct{ usage, last, first, class, end int }

func adultLayout(t *table) (c adultColumns, err error) {
	c.civility = t.column("civilite responsable", "civilite")
	c.usage = t.column("nom usage responsable", "nom d usage responsable")
	c.last = t.column("nom responsable", "nom de famille responsable")
	c.first = t.column("prenom responsable")
	c.street = t.column("adresse responsable", "adresse")
	c.postal = t.column("cp responsable", "code postal responsable", "cp")
	c.city = t.column("commune responsable", "commune")
	c.country = t.column("pays", "pays responsable")
	c.email = t.column("courriel", "adresse electronique", "email", "e mail", "mail")
	c.home = t.column("telephone domicile")
	c.work = t.column("telephone travail", "telephone professionnel")
	c.mobile = t.column("telephone portable", "telephone mobile", "portable")
	c.groups = childGroups(t)
	for i, g := range c.groups {
		if i == 0 || min(g.last, g.first) < c.own {
			c.own = min(g.last, g.first)
		}
	}
	var missing []string
	if c.last < 0 && c.usage < 0 {
		missing = append(missing, "Nom responsable")
	}
	if c.first < 0 {
		missing = append(missing, "Prénom responsable")
	}
	if len(c.groups) == 0 {
		missing = append(missing, "Nom de famille enfant", "Prénom enfant")
	}
	if len(missing) > 0 {
		return c, t.missing("une extraction des responsables d’ONDE", missing...)
	}
	return c, nil
}

// childGroups finds the repeated columns: a group ends where one of its names
// comes again.
func childGroups(t *table) []childColumns {
	none := childColumns{-1, -1, -1, -1, 0}
	var out []childColumns
	g := none
	flush := func() {
		if g.last >= 0 && g.first >= 0 {
			out = append(out, g)
		}
		g = none
	}
	put := func(at *int, i int) *int {
		if *at >= 0 {
			flush()
		}
		g.end = max(g.end, i)
		return at
	}
	for i, h := range t.header {
		switch h {
		case "nom d usage enfant", "nom usage enfant":
			*put(&g.usage, i) = i
		case "nom de famille enfant", "nom enfant":
			*put(&g.last, i) = i
		case "prenom enfant":
			*put(&g.first, i) = i
		case "classes enfants", "classe enfant", "classes enfant":
			*put(&g.class, i) = i
		default:
			continue
		}
		g.end = max(g.end, i)
	}
	flush()
	return out
}

// cut reports whether a row ends where no row ends by itself: neither whole, nor
// right after one child's columns, nor after its own when it names nobody.
func (c adultColumns) cut(row row, usual int) bool {
	n := len(row.cells)
	if n >= usual {
		return false
	}
	for _, g := range c.groups {
		if n == g.end+1 && !row.last {
			return false
		}
	}
	return true
}

func (r *reading) readAdults(t *table) error {
	c, err := adultLayout(t)
	if err != nil {
		return err
	}
	usual := t.usual()
	byWhole := map[string]int{}
	for _, row := range t.rows {
		who := firstOf(row.get(c.last), row.get(c.usage)) + " " + row.get(c.first)
		if first, twice := byWhole[row.whole]; twice {
			r.note(t.name, row.line, "%s"+nbsp+": ligne identique à la ligne %d, lue une seule fois.", strings.TrimSpace(who), first)
			continue
		}
		byWhole[row.whole] = row.line
		switch {
		case row.open:
			r.refuse(t.name, row.line, who, "truncated", "Un guillemet ouvert n’est jamais fermé.")
			continue
		case c.cut(row, usual):
			r.refuse(t.name, row.line, who, "truncated", "Ligne incomplète"+nbsp+": %d colonnes au lieu de %d.", len(row.cells), usual)
			continue
		}
		a := r.readAdult(t.name, row, c)
		switch {
		case a.guardian.Last == "" || catalog.Fold(a.guardian.First) == "":
			r.refuse(t.name, row.line, who, "name", "Le nom ou le prénom du responsable est vide.")
		case len(a.named) == 0:
			r.refuse(t.name, row.line, who, "nobody", "Ce responsable ne nomme aucun enfant.")
		default:
			r.adults = append(r.adults, a)
		}
	}
	return nil
}

func (r *reading) readAdult(file string, row row, c adultColumns) adult {
	a := adult{line: row.line, home: place{squeeze(row.get(c.street)), squeeze(row.get(c.postal)), squeeze(row.get(c.city)), squeeze(row.get(c.country))}}
	g := family.Guardian{Civility: civility(row.get(c.civility)), Last: squeeze(row.get(c.last)), Usage: squeeze(row.get(c.usage)), First: squeeze(row.get(c.first))}
	if g.Last == "" {
		g.Last, g.Usage = g.Usage, ""
	}
	who := g.Name()
	email, ok := family.CleanEmail(row.get(c.email))
	if !ok {
		r.note(file, row.line, "%s"+nbsp+": l’adresse électronique « %s » n’est pas lisible, laissée vide.", who, clip(row.get(c.email), 60))
		email = ""
	}
	g.Email = email
	for _, p := range []struct {
		to *string
		at int
	}{{&g.Home, c.home}, {&g.Work, c.work}, {&g.Mobile, c.mobile}} {
		e164, ok := family.Phone(row.get(p.at), a.home.postal)
		if !ok {
			r.note(file, row.line, "%s"+nbsp+": le téléphone « %s » n’est pas lisible, laissé vide.", who, clip(row.get(p.at), 40))
		}
		*p.to = e164
	}
	a.guardian = g
	for _, k := range c.groups {
		n := namedChild{squeeze(row.get(k.usage)), squeeze(row.get(k.last)), squeeze(row.get(k.first)), squeeze(row.get(k.class))}
		if n.last != "" || n.first != "" || n.usage != "" {
			a.named = append(a.named, n)
		}
	}
	return a
}

func civility(s string) string {
	switch catalog.Fold(s) {
	case "mme", "madame", "mlle", "mademoiselle":
		return "Mme"
	case "m", "mr", "monsieur":
		return "M."
	}
	return squeeze(s)
}

// link finds the pupils each guardian names: by name, then class, then address
// where two children have the same name. A guardian of nobody is refused.
func (r *reading) link(in ONDE) {
	byName := map[string][]int{}
	for i, p := range r.pupils {
		key := family.ChildKey(p.child.Last, p.child.First)
		byName[key] = append(byName[key], i)
		if usage := family.ChildKey(p.child.Usage, p.child.First); p.child.Usage != "" && usage != key {
			byName[usage] = append(byName[usage], i)
		}
	}
	refusedNames := map[string]bool{}
	for _, f := range r.refused {
		if f.File == in.PupilsName {
			refusedNames[catalog.Fold(f.Who)] = true
		}
	}
	kept := r.adults[:0]
	for _, a := range r.adults {
		var unknown []string
		lost := false
		for _, n := range a.named {
			i, ok := r.find(byName, n, a.home)
			if !ok {
				unknown = append(unknown, n.String())
				lost = lost || refusedNames[catalog.Fold(n.last+" "+n.first)]
				continue
			}
			a.children = append(a.children, i)
		}
		who := firstOf(a.guardian.Last, a.guardian.Usage) + " " + a.guardian.First
		names, absent, missing, struck := strings.Join(unknown, ", "), "qui n’est pas", "qui n’est", "dont la ligne est refusée"
		if len(unknown) > 1 {
			absent, missing, struck = "qui ne sont pas", "qui ne sont", "dont les lignes sont refusées"
		}
		switch {
		case len(a.children) > 0 && len(unknown) > 0:
			r.note(in.GuardiansName, a.line, "%s nomme aussi %s, %s dans le fichier des élèves.", strings.TrimSpace(who), names, absent)
		case len(a.children) == 0 && lost:
			r.refuse(in.GuardiansName, a.line, who, "nobody", "Il ne nomme que %s, %s dans le fichier des élèves.", names, struck)
		case len(a.children) == 0:
			r.refuse(in.GuardiansName, a.line, who, "nobody", "Il ne nomme que %s, %s dans aucune ligne du fichier des élèves.", names, missing)
		}
		if len(a.children) > 0 {
			kept = append(kept, a)
		}
	}
	r.adults = kept
}

func (r *reading) find(byName map[string][]int, n namedChild, home place) (int, bool) {
	list := byName[family.ChildKey(n.last, n.first)]
	if len(list) == 0 && n.usage != "" {
		list = byName[family.ChildKey(n.usage, n.first)]
	}
	list = r.narrow(list, func(p *pupil) bool { return n.class != "" && catalog.Fold(p.class) == catalog.Fold(n.class) })
	list = r.narrow(list, func(p *pupil) bool {
		return !home.empty() && (p.address.key() == home.key() || p.address2.key() == home.key())
	})
	list = r.narrow(list, func(p *pupil) bool { return n.usage != "" && catalog.Fold(p.child.Usage) == catalog.Fold(n.usage) })
	if len(list) != 1 {
		return 0, false
	}
	return list[0], true
}

// narrow keeps those of several candidates that fit, or all where none does.
func (r *reading) narrow(list []int, fits func(*pupil) bool) []int {
	if len(list) < 2 {
		return list
	}
	var out []int
	for _, i := range list {
		if fits(&r.pupils[i]) {
			out = append(out, i)
		}
	}
	if len(out) == 0 {
		return list
	}
	return out
}
