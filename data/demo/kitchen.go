package demo

import (
	"time"

	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/family"
	"ardoise/data/ledger"
)

// plans are the care plans of children who eat otherwise, in turn.
var plans = []family.Health{
	{Allergens: []string{"poissons"}, Allergies: "Poisson : urticaire", CarePlan: "PAI signé par le médecin scolaire. Trousse d’urgence au placard 2.", Kitchen: "Plat adapté : omelette. Trousse : placard 2."},
	{Allergens: []string{"lait"}, Allergies: "Protéines de lait de vache", CarePlan: "PAI signé. Éviction totale.", Kitchen: "Sans lait de vache : compote au dessert."},
	{Allergens: []string{"gluten"}, Allergies: "Maladie cœliaque", CarePlan: "PAI signé. Régime sans gluten strict.", Kitchen: "Sans gluten. Vaisselle à part."},
	{Allergens: []string{"arachides", "fruits_a_coque"}, Allergies: "Arachide, fruits à coque", CarePlan: "PAI signé. Stylo d’adrénaline au placard 1.", Kitchen: "Panier de la famille, étiquette bleue. Trousse : placard 1."},
}

// carePlans seals what the children with a care plan must not eat.
func (m *maker) carePlans() error {
	n := 0
	for _, h := range m.homes {
		for _, c := range h.f.Children {
			if c.Diet != "pai_adapte" && c.Diet != "pai_panier" {
				continue
			}
			p := plans[n%len(plans)]
			p.ChildID, p.ReviewOn = c.ID, calendar.NewDate(int(m.year)+1, time.September, 15)
			if c.Diet == "pai_panier" {
				p = family.Health{ChildID: c.ID, ReviewOn: p.ReviewOn, Allergens: plans[3].Allergens, Allergies: plans[3].Allergies, CarePlan: plans[3].CarePlan, Kitchen: plans[3].Kitchen}
			}
			if err := m.o.Family.SetHealth(m.ctx, p); err != nil {
				return err
			}
			n++
		}
	}
	return nil
}

// kitchen sends the sheets of the last weeks and of the next service, writes
// the menus, counts the grown-ups, and lets the last hours bring changes.
func (m *maker) kitchen() error {
	for _, s := range m.services {
		if s.Kind != catalog.Canteen {
			continue
		}
		plan := m.plans[s.ID]
		m.at(m.now.Add(-3 * time.Hour))
		if err := m.menus(s, plan); err != nil {
			return err
		}
		first, last := max(m.firstDay(), m.today.Add(-27)), m.today
		if m.size.Families > manyFamilies {
			first = m.today.Add(-4)
		}
		next, ok := plan.NextOpen(m.today)
		if ok && m.served(next) {
			last = next
		}
		for i, d := range plan.OpenDays(first, last) {
			if !m.served(d) {
				continue
			}
			m.at(d.Add(-1).At(8, 30))
			if len(s.Schools) > 0 {
				adults := []booking.Adults{{SchoolID: s.Schools[0], Diet: "standard", Count: 4 + i%3}, {SchoolID: s.Schools[0], Diet: "vegetarien", Count: 1}}
				if err := m.o.Booking.SetAdults(m.ctx, s.ID, d, adults); err != nil {
					return err
				}
			}
			m.at(minTime(d.Add(-1).At(9, 5), m.now.Add(-2*time.Hour)))
			if _, err := m.o.Booking.Send(m.ctx, s.ID, d); err != nil {
				return err
			}
		}
		if last == next {
			if err := m.lastChanges(s, next); err != nil {
				return err
			}
		}
	}
	m.at(m.now)
	return nil
}

func minTime(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func (m *maker) served(d calendar.Date) bool {
	days := m.servedDays()
	return len(days) > 0 && d >= days[0] && d <= days[len(days)-1]
}

// lastChanges are what happened after the sheet of the next service was sent:
// two children cancelled for the day, one booked by an agent past the cut-off.
func (m *maker) lastChanges(s catalog.ServiceInfo, day calendar.Date) error {
	m.at(m.now.Add(-time.Hour))
	h, err := m.o.Booking.Headcount(m.ctx, s.ID, day)
	if err != nil {
		return err
	}
	booked := map[int64]bool{}
	for _, n := range h.Names {
		booked[n.ChildID] = true
	}
	ask := func(w *wish, change booking.Ask) error {
		change.Key = "demo-last-" + w.child.Name() + day.String()
		change.Override = "appel de la famille ce matin"
		change.Consent = ledger.Consent{Who: w.h.mother + " " + w.h.last, How: "téléphone", At: m.o.Store.Now()}
		_, err := m.o.Booking.Book(m.ctx, change)
		return err
	}
	gone, come := 2, 1
	for _, w := range m.all {
		it := []booking.Item{{ChildID: w.child.ID, ServiceID: s.ID, Day: day}}
		switch {
		case w.s.ID != s.ID || !w.open || w.h.short || w.h.last == "Favier":
		case gone > 0 && booked[w.child.ID]:
			gone--
			if err := ask(w, booking.Ask{Cancel: it}); err != nil {
				return err
			}
		case come > 0 && !booked[w.child.ID] && (w.h.monthly || w.h.balance > 1000):
			come--
			if err := ask(w, booking.Ask{Add: it}); err != nil {
				return err
			}
		}
	}
	return nil
}
