package demo

import (
	"fmt"
	"time"

	"ardoise/data/access"
	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/family"
	"ardoise/data/store"
)

// wish is what a child of the demonstration does at a service: the weekdays it
// comes, and whether it has been let in.
type wish struct {
	h     *home
	child family.Child
	rank  int // among the brothers and sisters, from 1
	s     catalog.ServiceInfo
	days  calendar.Weekdays
	open  bool
	state access.State
}

// unsettled are the requests left in every other state, for the desk to decide;
// the last children of the list are theirs.
var unsettled = []access.State{
	access.Submitted, access.Submitted, access.Submitted, access.Incomplete, access.Incomplete,
	access.Refused, access.Draft, access.Suspended, access.Submitted,
}

// wishes draws who comes to what, on which days.
func (m *maker) wishes() (list []*wish) {
	rare := 4 // one child in so many comes to the care before and after school
	if m.size.Families > manyFamilies {
		rare = 40 // the size the peers were measured at is one of meals
	}
	for i, h := range m.homes {
		for k, c := range h.f.Children {
			for _, s := range m.servicesOf(c) {
				w := &wish{h: h, child: c, rank: k + 1, s: s, state: access.Accepted}
				if s.Kind != catalog.Canteen && i > 0 && !chance(m.rnd, rare) {
					continue
				}
				for _, d := range s.Weekdays.Days() {
					if s.Kind == catalog.Canteen && !chance(m.rnd, 9) || s.Kind != catalog.Canteen && chance(m.rnd, 2) {
						w.days = w.days.With(d)
					}
				}
				list = append(list, w)
			}
		}
	}
	left := len(unsettled)
	for i := len(list) - 1; i >= 0 && left > 0 && len(list) > 3*len(unsettled); i-- {
		if list[i].s.Kind == catalog.Canteen && !list[i].h.monthly {
			left--
			list[i].state = unsettled[left]
		}
	}
	return list
}

// requests asks, hands in the documents and decides, in the order of time:
// accepted in August, the rest in the last days.
func (m *maker) requests() error {
	m.all = m.wishes()
	filed := map[int64]bool{} // children whose health form is there
	banked := map[int64]bool{}
	if err := m.endingSoon(filed); err != nil {
		return err
	}
	early := calendar.NewDate(int(m.year), time.August, 22).At(9, 30)
	m.at(early)
	err := m.o.Store.Write(m.ctx, func(tx *store.Tx) error {
		for _, w := range m.all {
			if w.state != access.Accepted {
				continue
			}
			if err := m.admit(tx, w, filed, banked); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	day := m.today.Add(-5)
	for _, w := range m.all {
		if w.state == access.Accepted {
			continue
		}
		if w.state == access.Suspended { // its paper ended yesterday, twelve months after it came
			m.at(m.today.AddMonths(-12).At(11, 0))
			if err := m.o.Store.Write(m.ctx, func(tx *store.Tx) error { return m.hand(tx, 0, w.child, "health_form") }); err != nil {
				return err
			}
			m.at(m.today.Add(-20).At(9, 0))
		} else {
			m.at(day.At(8+m.rnd.IntN(10), m.rnd.IntN(60)))
			day = min(day.Add(1), m.today)
		}
		if err := m.o.Store.Write(m.ctx, func(tx *store.Tx) error { return m.leave(tx, w, filed) }); err != nil {
			return err
		}
	}
	m.at(m.now)
	_, _, err = m.o.Access.SuspendLapsed(m.ctx)
	return err
}

// endingSoon hands in, nearly a year ago, the health forms of a few children:
// they end in the coming weeks and have to be asked for again.
func (m *maker) endingSoon(filed map[int64]bool) error {
	n := 0
	for i := 9; i < len(m.all) && n < 5; i += 37 {
		w := m.all[i]
		if w.state != access.Accepted || filed[w.child.ID] || w.h.last == "Favier" {
			continue
		}
		n++
		filed[w.child.ID] = true
		m.at(m.today.AddMonths(-12).Add(4*n).At(10, 0))
		if err := m.o.Store.Write(m.ctx, func(tx *store.Tx) error { return m.hand(tx, 0, w.child, "health_form") }); err != nil {
			return err
		}
	}
	return nil
}

func (m *maker) submit(tx *store.Tx, w *wish) (int64, error) {
	pay := access.Prepaid
	if w.h.monthly {
		pay = access.Monthly
	}
	channel := []string{"desk", "mail", "desk", "phone"}[int(w.child.ID)%4]
	return access.SubmitTx(tx, access.Asked{
		ChildID: w.child.ID, ServiceID: w.s.ID, Year: m.year, Pay: pay, Channel: channel,
		Draft: w.state == access.Draft,
	})
}

// hand files a document of a child; request 0 files it for the family.
func (m *maker) hand(tx *store.Tx, request int64, c family.Child, kind string) error {
	title := catalog.DocumentLabel(kind)
	content := paper(title, "Année scolaire "+m.year.String(), "Enfant : "+c.Name(), "Né(e) le "+c.Birth.Short(), "Document fictif de démonstration")
	_, err := access.AttachTx(tx, access.Attachment{RequestID: request, FamilyID: c.FamilyID, ChildID: c.ID, Kind: kind, Name: kind + ".pdf"}, content)
	return err
}

// admit is the ordinary case: everything is there, the agent accepts.
func (m *maker) admit(tx *store.Tx, w *wish, filed, banked map[int64]bool) error {
	id, err := m.submit(tx, w)
	if err != nil {
		return err
	}
	if !filed[w.child.ID] {
		filed[w.child.ID] = true
		if err := m.hand(tx, id, w.child, "health_form"); err != nil {
			return err
		}
	}
	if w.h.monthly && !banked[w.h.f.ID] {
		banked[w.h.f.ID] = true
		if err := m.hand(tx, id, w.child, "mandate"); err != nil {
			return err
		}
		if err := access.SetBankDetailsTx(tx, id, iban(int(w.h.f.ID)), "AGRIFRPP", w.h.mother+" "+w.h.last); err != nil {
			return err
		}
	}
	_, err = access.AcceptTx(tx, id)
	w.open = err == nil
	return err
}

// leave leaves a request where its state says.
func (m *maker) leave(tx *store.Tx, w *wish, filed map[int64]bool) error {
	id, err := m.submit(tx, w)
	if err != nil {
		return err
	}
	complete := w.state == access.Submitted || w.state == access.Refused
	if complete {
		m.pending++
		complete = m.pending != 2 // the second of them came without its paper
	}
	if complete && !filed[w.child.ID] {
		filed[w.child.ID] = true
		if err := m.hand(tx, id, w.child, "health_form"); err != nil {
			return err
		}
	}
	switch w.state {
	case access.Incomplete:
		_, err = access.AskMoreTx(tx, id, "attestation d’assurance scolaire, fiche sanitaire signée")
	case access.Refused:
		_, err = access.RefuseTx(tx, id, "effectif complet pour cette année")
	case access.Suspended:
		_, err = access.AcceptTx(tx, id)
	}
	return err
}

// iban makes a right French account number of a bank that does not exist.
func iban(n int) string {
	const bank, branch = 99999, 99999
	account := n % 100_000_000
	key := 97 - (89*(bank%97)+15*(branch%97)+3*(account%97))%97
	bban := fmt.Sprintf("%05d%05d%011d%02d", bank, branch, account, key)
	r := 0
	for _, c := range bban + "152700" { // F=15, R=27, check digits 00
		r = (r*10 + int(c-'0')) % 97
	}
	return fmt.Sprintf("FR%02d%s", 98-r, bban)
}
