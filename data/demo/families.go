package demo

import (
	"cmp"
	"fmt"
	"slices"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/family"
	"ardoise/data/store"
)

// home is a family with its row, and what the steps need to remember of it.
type home struct {
	household
	f       *family.Family
	monthly bool
	balance int64 // cents, as the steps have left the wallet
	short   bool  // tops up too little: low wallets
	seldom  bool  // comes one day a week from this month on: too little to be invoiced alone
}

// monthlyEvery: one family in so many pays at the end of the month.
const monthlyEvery = 8

// seldomHome is the family, by its place, that comes one day a week this month.
const seldomHome = 45

// schoolOf is the town's school, as the catalog names it.
func (m *maker) schoolOf(town string) (catalog.School, bool) {
	for _, s := range m.schools {
		if s.Commune == town {
			return s, true
		}
	}
	return catalog.School{}, false
}

// perClass is about how many children a class has.
const perClass = 25

var teachers = []string{
	"Mme Rey", "M. Tissot", "Mme Bouvier", "M. Chanel", "Mme Pellet", "M. Roche", "Mme Cottin", "Mme Vernay", "M. Jomard", "Mme Perrin", "M. Gros", "Mme Favre",
}

// families writes the households, with their children in classes of their
// town's school, smallest children first.
func (m *maker) families() error {
	all := households(m.rnd, m.size.Families, m.year)
	return m.o.Store.Write(m.ctx, func(tx *store.Tx) error {
		m.homes = m.homes[:0]
		communes, err := catalog.CommunesTx(tx)
		if err != nil {
			return err
		}
		list := make([]*family.Family, 0, len(all))
		for i, h := range all {
			f := h.family()
			if c, ok := catalog.FindCommune(communes, h.town, h.postal); ok && !chance(m.rnd, 12) {
				f.CommuneID = c.ID
			}
			if err := f.Normalize(m.today); err != nil {
				return err
			}
			list = append(list, f)
			m.homes = append(m.homes, &home{household: h, f: f, monthly: m.size.Monthly || i%monthlyEvery == 5, short: i%17 == 3, seldom: i == seldomHome})
		}
		if err := m.classes(tx); err != nil {
			return err
		}
		if err := family.InsertTx(tx, list); err != nil {
			return err
		}
		for _, f := range list {
			m.res.Families++
			m.res.Children += len(f.Children)
		}
		return m.separated(tx)
	})
}

func (h household) family() *family.Family {
	q := h.quotient
	f := &family.Family{
		Name: h.last, Address1: h.street, Postal: h.postal, City: h.town,
		Guardians: []family.Guardian{{Civility: "MME", Last: h.last, First: h.mother, Email: h.mail, Mobile: h.mobile}},
	}
	if q > 0 {
		f.Quotient = &q
	}
	if h.father != "" {
		last := h.last
		if h.second != "" {
			last = h.second
		}
		f.Guardians = append(f.Guardians, family.Guardian{Civility: "M.", Last: last, First: h.father})
	}
	for _, p := range h.children {
		f.Children = append(f.Children, family.Child{Last: h.last, First: p.first, Birth: p.birth, Sex: p.sex, Level: p.level, Diet: p.diet, PhotoOK: true})
	}
	return f
}

// classes makes as many classes a town and level as the children need.
func (m *maker) classes(tx *store.Tx) error {
	byLevel := map[string][]*family.Child{}
	for _, h := range m.homes {
		for i := range h.f.Children {
			key := h.town + "|" + h.f.Children[i].Level
			byLevel[key] = append(byLevel[key], &h.f.Children[i])
		}
	}
	keys := make([]string, 0, len(byLevel))
	for k := range byLevel {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, cmp.Compare)
	n := 0
	for _, k := range keys {
		children := byLevel[k]
		town, level := k[:len(k)-len(children[0].Level)-1], children[0].Level
		school, ok := m.schoolOf(town)
		if !ok {
			return fmt.Errorf("the catalog has no school in %s", town)
		}
		count := (len(children) + perClass - 1) / perClass
		for c := range count { // one statement a class
			name := level + " " + teachers[n%len(teachers)]
			if count > len(teachers) || m.size.Families > 1000 {
				name = fmt.Sprintf("%s %d %s", level, c+1, teachers[n%len(teachers)])
			}
			n++
			class, _, err := catalog.EnsureClass(tx, school.ID, m.year, name, level)
			if err != nil {
				return err
			}
			for i := c * len(children) / count; i < (c+1)*len(children)/count; i++ {
				children[i].ClassID, children[i].SchoolID = class.ID, school.ID
			}
		}
	}
	return m.places(tx)
}

// places widens the services' capacities to the size of the demonstration.
func (m *maker) places(tx *store.Tx) error {
	for i := range m.services {
		s := &m.services[i]
		n := 0
		for _, h := range m.homes {
			for _, c := range h.f.Children {
				if s.Takes(c.SchoolID) {
					n++
				}
			}
		}
		for j, t := range s.Sittings {
			if t.Capacity != nil && *t.Capacity < n {
				if _, err := tx.Exec(`UPDATE sitting SET capacity = $1 WHERE id = $2`, n, t.ID); err != nil {
					return err
				}
				s.Sittings[j].Capacity = &n
			}
		}
		if s.Capacity != nil && *s.Capacity < n {
			if _, err := tx.Exec(`UPDATE service SET capacity = $1 WHERE id = $2`, n, s.ID); err != nil {
				return err
			}
			s.Capacity = &n
		}
	}
	return nil
}

// separated lets a few children live in two homes, week about.
func (m *maker) separated(tx *store.Tx) error {
	var links []family.Link
	for i := 12; i+1 < len(m.homes) && len(links) < 3+len(m.homes)/100; i += 31 {
		a, b := m.homes[i], m.homes[i+1]
		if a.town == b.town && len(a.f.Children) > 0 {
			links = append(links, family.Link{ChildID: a.f.Children[0].ID, FamilyID: b.f.ID, Parity: 0})
		}
	}
	return family.ShareTx(tx, links)
}

// servicesOf are the services a child's school sends to, the canteen first.
func (m *maker) servicesOf(c family.Child) (list []catalog.ServiceInfo) {
	for _, s := range m.services {
		if s.Active && s.Takes(c.SchoolID) {
			list = append(list, s)
		}
	}
	slices.SortStableFunc(list, func(a, b catalog.ServiceInfo) int { return rankOf(a.Kind) - rankOf(b.Kind) })
	return list
}

func rankOf(kind string) int {
	return slices.Index([]string{catalog.Canteen, catalog.Morning, catalog.Evening, catalog.FullDay}, kind)
}

// firstDay is when the demonstration's year of meals begins.
func (m *maker) firstDay() calendar.Date { return calendar.NewDate(int(m.year), 9, 1) }
