package importer

import (
	"cmp"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"ardoise/data/access"
	"ardoise/data/booking"
	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/money"
	"ardoise/data/store"
)

// askMost bounds one basket of the take-over.
const askMost = 5000

// requests says for which children an access request is made: those registered
// for the canteen in Noethys, and those that have meals to come. Accepting it
// needs the family's documents, which Noethys does not hold: it stays to be done.
func (x *noePlanner) requests() error {
	services, err := catalog.ServicesTx(x.tx)
	if err != nil {
		return err
	}
	pick, err := servicePicker(services, x.p.src.Service)
	if err != nil {
		return err
	}
	var known []int64
	for _, k := range x.m.kids {
		if k != nil && k.child.ID != 0 {
			known = append(known, k.child.ID)
		}
	}
	gates, err := access.Gates(x.tx, known, x.in.Year)
	if err != nil {
		return err
	}
	wants := map[int]bool{}
	for who := range x.d.enrolled {
		x.want(wants, who)
	}
	for _, m := range x.d.meals {
		x.want(wants, m.person)
	}
	for _, i := range sortedKeys(wants) {
		k := x.m.kids[i]
		q := NoethysRequest{Child: k.child.Name(), Action: Take, kid: k}
		s, ok := pick(x.schoolOf(k.child))
		q.serviceID, q.Service = s.ID, s.Name
		g := gates[access.GateKey{ChildID: k.child.ID, ServiceID: s.ID}]
		switch {
		case !ok:
			q.Action, q.Reason = LeftOut, "Le service de cantine n’est pas connu"+nbsp+": créez-le dans les réglages, ou nommez-le pour la reprise, puis refaites-la."
		case k.child.ID != 0 && g.RequestID != 0:
			q.Action = Already
		}
		x.p.Requests = append(x.p.Requests, q)
	}
	return nil
}

// want notes a child who eats at the canteen.
func (x *noePlanner) want(wants map[int]bool, who int64) {
	if i, ok := x.pupils[who]; ok && i >= 0 && x.m.kids[i] != nil {
		wants[i] = true
	}
}

// schoolOf gives the school of a child's class, 0 for none or one to create.
func (x *noePlanner) schoolOf(c family.Child) int64 {
	switch {
	case c.ClassID < 0:
		return max(0, x.p.noe.classes[-c.ClassID-1].school)
	case c.ClassID == 0:
		return 0
	}
	return x.schools[c.ClassID]
}

// servicePicker gives the canteen of a school: the one asked for, the one that
// takes the school, or the only one.
func servicePicker(list []catalog.ServiceInfo, code string) (func(school int64) (catalog.ServiceInfo, bool), error) {
	var canteens []catalog.ServiceInfo
	for _, s := range list {
		if code != "" && strings.EqualFold(s.Code, code) {
			return func(int64) (catalog.ServiceInfo, bool) { return s, true }, nil
		}
		if s.Active && s.Kind == catalog.Canteen {
			canteens = append(canteens, s)
		}
	}
	if code != "" {
		return nil, fault.New(fault.NotFound, "Le service « %s » n’est pas au catalogue.", code)
	}
	return func(school int64) (catalog.ServiceInfo, bool) {
		var found []catalog.ServiceInfo
		for _, s := range canteens {
			if school != 0 && s.Takes(school) {
				found = append(found, s)
			}
		}
		if len(found) == 0 {
			found = canteens
		}
		if len(found) != 1 {
			return catalog.ServiceInfo{}, false
		}
		return found[0], true
	}, nil
}

// meals says of each meal to come whether it can be booked now. There is one way
// to book a meal: booking's plan, with its access, its cut-offs and its wallet.
// What it refuses stays listed; once the requests are accepted, the same
// take-over again books it.
func (x *noePlanner) meals() error {
	service := map[*kid]NoethysRequest{}
	for _, q := range x.p.Requests {
		service[q.kid] = q
	}
	seen := map[booking.Item]bool{}
	var known []int64
	for _, n := range x.d.meals {
		i, ok := x.pupils[n.person]
		if !ok || i < 0 || x.m.kids[i] == nil {
			continue
		}
		k := x.m.kids[i]
		q := service[k]
		m := NoethysMeal{Child: k.child.Name(), ChildID: k.child.ID, Day: n.day, Action: LeftOut, item: booking.Item{ChildID: k.child.ID, ServiceID: q.serviceID, Day: n.day}}
		if f := x.m.billed[i]; f != nil {
			m.Family = f.Name
		}
		switch {
		case q.serviceID == 0:
			m.Reason = q.Reason
		case m.ChildID == 0:
			m.Reason = "La demande d’accès est créée" + nbsp + ": quand elle est acceptée avec ses pièces, refaites la reprise ou réservez."
		case seen[m.item]:
			continue
		default:
			seen[m.item] = true
			known = append(known, m.ChildID)
			m.Action = Take // until booking has answered
		}
		x.p.Meals = append(x.p.Meals, m)
	}
	gone, err := cancelledTx(x.tx, unique(known), x.today)
	if err != nil {
		return err
	}
	for i := range x.p.Meals {
		if m := &x.p.Meals[i]; m.Action == Take && gone[m.item] {
			m.Action, m.Reason = Already, "Annulé depuis dans Ardoise."
		}
	}
	return x.askBooking()
}

// cancelledTx gives the meals that somebody has cancelled here: they do not come
// back.
func cancelledTx(tx *store.Tx, children []int64, after calendar.Date) (map[booking.Item]bool, error) {
	out := map[booking.Item]bool{}
	if len(children) == 0 {
		return out, nil
	}
	err := store.Each(tx, func(r *sql.Rows) error {
		var it booking.Item
		err := r.Scan(&it.ChildID, &it.ServiceID, &it.Day)
		out[it] = true
		return err
	}, `SELECT child_id, service_id, day FROM booking WHERE child_id = ANY($1) AND day > $2 AND state = 'cancelled'`, children, after.String())
	return out, err
}

// askBooking has booking judge the meals, some thousands at a time. A family pays
// all of its meals to come or none: what its wallet lacks is looked at for all.
func (x *noePlanner) askBooking() error {
	at := map[booking.Item]int{}
	for i, m := range x.p.Meals {
		if m.Action == Take {
			at[m.item] = i
		}
	}
	wallets := map[int64]booking.FamilyTotal{}
	due := map[int64]money.Cents{}
	pays := map[int]int64{} // who pays a prepaid meal, by line
	for _, items := range x.p.baskets() {
		p, err := booking.PlanIn(x.tx, booking.Ask{Add: items})
		if err != nil {
			return err
		}
		for _, t := range p.Families {
			wallets[t.FamilyID] = t
		}
		for _, l := range p.Lines {
			i := at[l.Item]
			m := &x.p.Meals[i]
			m.Price = l.Price
			switch {
			case l.Already:
				m.Action, m.Reason = Already, l.Reason
			case l.Verdict == booking.Refused:
				m.Action, m.Reason = LeftOut, l.Reason
			case l.Pay == booking.Prepaid:
				pays[i] = l.FamilyID
				due[l.FamilyID] += l.Price
			}
		}
	}
	for i, id := range pays {
		t := wallets[id]
		if missing := t.Floor - (t.Before - due[id]); missing > 0 {
			m := &x.p.Meals[i]
			m.Action = LeftOut
			m.Reason = fmt.Sprintf("Il manque %s sur le porte-monnaie de la famille %s pour ses repas à venir"+nbsp+": rechargez-le, puis refaites la reprise.", missing, t.Name)
		}
	}
	return nil
}

// baskets gives the meals to book, whole days together: the places of a day are
// counted within one basket.
func (p *NoethysPlan) baskets() (out [][]booking.Item) {
	var days []booking.Item
	for _, m := range p.Meals {
		if m.Action == Take {
			days = append(days, m.item)
		}
	}
	slices.SortStableFunc(days, func(a, b booking.Item) int { return cmp.Compare(a.Day, b.Day) })
	from := 0
	for i := range days {
		if n := i - from; n >= askMost || n >= askMost/2 && days[i].Day != days[i-1].Day {
			out, from = append(out, days[from:i]), i
		}
	}
	if from < len(days) {
		out = append(out, days[from:])
	}
	return out
}

// ask makes the requests, then books what can be booked.
func (p *NoethysPlan) ask(tx *store.Tx) error {
	var list []access.Asked
	for _, q := range p.Requests {
		if q.Action == Take {
			list = append(list, access.Asked{ChildID: q.kid.child.ID, ServiceID: q.serviceID, Year: p.Year, Pay: access.Prepaid, Channel: "import"})
		}
	}
	if len(list) > 0 {
		if _, err := access.SubmitManyTx(tx, list); err != nil {
			return err
		}
	}
	consent := ledger.Consent{Who: "Reprise de Noethys", How: "repas déjà réservés par la famille dans Noethys"}
	for i, items := range p.baskets() {
		key := fmt.Sprintf("noethys:%s:meals:%d:%s", p.file, i, p.Digest)
		done, err := booking.CommitIn(tx, booking.Ask{Key: key, Add: items, Consent: consent}, "")
		if err != nil {
			return err
		}
		if slices.ContainsFunc(done.Lines, func(l booking.Line) bool { return l.Verdict != booking.Accepted }) {
			return fault.New(fault.Conflict, "Des repas montrés dans l’aperçu ne peuvent plus être réservés"+nbsp+": rien n’a été écrit. Refaites l’aperçu, puis validez.")
		}
	}
	return nil
}

// write does what the plan says, inside the transaction that planned it.
func (p *NoethysPlan) write(x *noePlanner) error {
	if err := p.makeRooms(x); err != nil {
		return err
	}
	if err := p.act.write(x.tx, &p.ONDEPlan); err != nil {
		return err
	}
	if err := p.open(x.tx); err != nil {
		return err
	}
	return p.ask(x.tx)
}

// notices tells what is not taken at all.
func (x *noePlanner) notices() {
	grown, others := 0, 0
	holder := map[int64]bool{}
	for _, t := range x.d.ties {
		holder[t.family] = holder[t.family] || t.category == noeAdult && t.holder
	}
	for _, t := range x.d.ties {
		if t.category != noeChild && !t.holder && (holder[t.family] || t.category != noeAdult) {
			others++
		}
	}
	for _, m := range x.d.meals {
		if _, child := x.pupils[m.person]; !child {
			grown++
		}
	}
	say := func(n int, format string) {
		if n > 0 {
			x.p.Notices = append(x.p.Notices, Notice{File: x.in.PupilsName, Text: fmt.Sprintf(format, n)})
		}
	}
	say(others, "%d adultes attachés à une famille sans en être titulaires ne sont pas repris"+nbsp+": ajoutez ceux qui viennent chercher l’enfant dans sa fiche.")
	say(grown, "%d repas à venir d’adultes ne sont pas repris"+nbsp+": les adultes sont comptés par jour, dans l’effectif.")
	say(x.d.waiting, "%d repas en liste d’attente dans Noethys ne sont pas repris.")
	x.p.Notices = append(x.p.Notices, Notice{File: x.in.PupilsName, Text: "Ni les renseignements de santé, ni les comptes bancaires, ni les factures de Noethys ne sont lus" + nbsp + ": demandez les pièces aux familles, gardez Noethys pour consulter les anciennes factures."})
}
