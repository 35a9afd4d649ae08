package booking

import (
	"fmt"
	"strings"
	"time"

	"ardoise/data/access"
	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/fault"
	"ardoise/data/ledger"
)

// maxItems bounds one basket: a family's year.
const maxItems = 5000

// check refuses an Ask that makes no sense at all.
func (a Ask) check() error {
	switch n := len(a.Add) + len(a.Cancel); {
	case n == 0:
		return fault.New(fault.Invalid, "Le panier est vide"+nbsp+": choisissez au moins un jour.")
	case n > maxItems:
		return fault.New(fault.Invalid, "Le panier dépasse %d lignes"+nbsp+": validez en plusieurs fois.", maxItems)
	}
	if a.Means != "" && a.Means != ByWallet && a.Means != ByMonthly && !ledger.KnownMeans(a.Means) {
		return fault.New(fault.Invalid, "« %s » n’est pas un moyen de paiement"+nbsp+": choisissez le porte-monnaie, la carte, le chèque, les espèces, le virement ou la facture mensuelle.", a.Means)
	}
	if err := blank(a.Override); err != nil {
		return err
	}
	j := a.Justification
	if j.Kind != "" && JustificationLabels[j.Kind] == "" {
		return fault.New(fault.Invalid, "« %s » n’est pas un motif d’absence connu.", j.Kind)
	}
	if j.Kind == Other && strings.TrimSpace(j.Note) == "" {
		return fault.New(fault.Invalid, "Écrivez le motif de l’absence justifiée.")
	}
	return nil
}

// clean takes off what is not to be kept.
func (a Ask) clean() Ask {
	a.Override, a.Justification = strings.TrimSpace(a.Override), a.Justification.clean()
	return a
}

// planner works an Ask out against facts. It is pure: same facts, same plan.
type planner struct {
	f     *facts
	ask   Ask
	plan  *Plan
	seen  map[Item]bool
	freed map[loadKey]int // places given back by this plan
	taken map[loadKey]int // places taken by this plan
}

// makePlan gives the plan of an Ask: cancellations first, then additions, each in
// the order asked.
func makePlan(f *facts, ask Ask) *Plan {
	p := planner{f: f, ask: ask, plan: &Plan{Ask: ask}, seen: map[Item]bool{}, freed: map[loadKey]int{}, taken: map[loadKey]int{}}
	place := runPlaces(f, ask)
	for _, it := range ask.Cancel {
		p.plan.Lines = append(p.plan.Lines, p.cancel(it, place[it]))
	}
	for _, it := range ask.Add {
		p.plan.Lines = append(p.plan.Lines, p.add(it))
	}
	p.sum()
	return p.plan
}

// line opens a line with what is known of the meal, its limit included; ok is
// false when the child or the service is unknown.
func (p *planner) line(it Item, action Action) (Line, childFacts, serviceFacts, bool) {
	l := Line{Item: it, Action: action, Verdict: Refused, Pay: Prepaid}
	c, okChild := p.f.child(it.ChildID, it.Day)
	s, okService := p.f.services[it.ServiceID]
	l.Child, l.Service, l.Kind = c.first, s.Short, s.Kind
	if okService {
		rule := s.Book
		if action == Cancel {
			rule = s.Cancel
		}
		l.Cutoff, l.Rule = rule.Limit(it.Day, s.plan)
	}
	switch {
	case !okChild:
		return l.refuse(fault.NotFound, "Cet enfant n’existe pas ou n’existe plus."), c, s, false
	case !okService || !s.Active:
		return l.refuse(fault.NotFound, "Ce service n’existe pas ou n’existe plus."), c, s, false
	case p.seen[it]:
		return l.refuse(fault.Conflict, c.first+" est deux fois dans le panier pour ce jour-là."), c, s, false
	}
	p.seen[it] = true
	return l, c, s, true
}

// refuse gives the line with why it is not done.
func (l Line) refuse(k fault.Kind, reason string) Line {
	l.Verdict, l.Refusal, l.Reason = Refused, k, reason
	return l
}

func (p *planner) payer(l *Line, family int64) {
	l.FamilyID, l.Family = family, p.f.families[family].name
}

// limitText writes an instant as an agent reads it out: "jeudi 19 nov. à 12 h 00".
func limitText(t time.Time) string {
	d := calendar.DateOf(t)
	return calendar.WeekdayName(d.Weekday()) + " " + d.DayMonth() + " à " + calendar.HourText(t)
}

// add judges one addition; the first reason found is the one told.
func (p *planner) add(it Item) Line {
	l, c, s, ok := p.line(it, Add)
	if !ok {
		return l
	}
	if reason := p.whoPays(&l, c); reason != "" {
		return l.refuse(fault.Invalid, reason)
	}
	if c.left {
		return l.refuse(fault.Invalid, c.first+" a quitté l’école.")
	}
	if reason := p.already(it, c, s); reason != "" {
		l.Already = true
		return l.refuse(fault.Conflict, reason)
	}
	l.bookingID = p.f.live[it].id // the waiting place that this booking replaces
	if open, why := s.plan.IsOpen(it.Day); !open {
		return l.refuse(fault.Invalid, "Pas de service ce jour-là ("+why+").")
	}
	if why := s.trip(c.classID, it.Day); why != "" {
		return l.refuse(fault.Invalid, "Fermé pour la classe de "+c.first+nbsp+": "+why+".")
	}
	gate := p.f.gates[gateKey{access.GateKey{ChildID: c.id, ServiceID: s.ID}, calendar.SchoolYearOf(it.Day)}]
	if ok, why := gate.Open(it.Day); !ok {
		return l.refuse(fault.Invalid, why)
	}
	if reason := p.means(&l, s, gate.Pay); reason != "" {
		return l.refuse(fault.Invalid, reason)
	}
	l.Late = !calendar.InTime(p.f.judged(), l.Cutoff)
	l.verdict, l.priceKind = InTime, catalog.ForBooking
	if p.ask.Mail.ID != 0 && it.Day < calendar.DateOf(p.f.now) {
		return l.refuse(fault.TooLate, "Ce jour est passé"+nbsp+": le message est arrivé à temps, mais il n’y a plus rien à réserver.")
	}
	if l.Late {
		if p.ask.Override == "" {
			return l.refuse(fault.TooLate, "Délai passé"+nbsp+": il fallait réserver avant "+limitText(l.Cutoff)+".")
		}
		l.verdict = Overridden
	}
	if reason := p.price(&l, c, s); reason != "" {
		return l.refuse(fault.Invalid, reason)
	}
	p.takePlace(&l, c, s)
	return l
}

// whoPays settles the payer: by alternation, and the family asked for must be
// that one. An override goes past a cut-off, never past a parent's weeks.
func (p *planner) whoPays(l *Line, c childFacts) string {
	due := c.payerOn(l.Day)
	if p.ask.FamilyID == 0 || p.ask.FamilyID == due {
		p.payer(l, due)
		return ""
	}
	p.payer(l, p.ask.FamilyID)
	if !c.mayPay(p.ask.FamilyID) {
		return "La famille " + l.Family + " ne réserve pas pour " + c.first + nbsp + ": ses repas sont payés par la famille " + p.f.families[due].name + ". Notez la garde partagée dans Familles si les deux parents réservent."
	}
	_, week := l.Day.ISOWeek()
	return fmt.Sprintf("Semaine %d"+nbsp+": c’est la semaine de la famille %s.", week, p.f.families[due].name)
}

func (p *planner) already(it Item, c childFacts, s serviceFacts) string {
	have, ok := p.f.live[it]
	switch {
	case !ok:
		return ""
	case have.state == Waiting: // it may take the place now: takePlace says
		return ""
	case p.ask.FamilyID != 0 && have.familyID != p.ask.FamilyID:
		return c.first + " a déjà " + unit(s.Kind) + " ce jour-là, par la famille " + p.f.families[have.familyID].name + "."
	}
	return c.first + " a déjà " + unit(s.Kind) + " ce jour-là."
}

// means settles how the line is paid.
func (p *planner) means(l *Line, s serviceFacts, pay string) string {
	switch {
	case p.ask.Means == "":
		if pay == access.Monthly {
			l.Pay = Monthly
		}
	case p.ask.Means == ByMonthly:
		if pay != access.Monthly {
			return "L’accès de " + l.Child + " n’est pas en facture mensuelle" + nbsp + ": choisissez un autre moyen de paiement."
		}
		l.Pay = Monthly
	case p.ask.Means != ByWallet && len(s.Pay) > 0 && !s.Offers(p.ask.Means):
		return "Ce service n’accepte pas le paiement par " + ledger.MeansLabel(p.ask.Means) + "."
	}
	return ""
}

// price picks the tariff of the day; a late booking has its own if there is one.
func (p *planner) price(l *Line, c childFacts, s serviceFacts) string {
	kind := catalog.ForBooking
	if l.Late {
		kind = catalog.ForLate
	}
	t, note, reason := p.f.priceFor(l.FamilyID, c, s, l.Day, kind)
	if reason != "" {
		return reason
	}
	if t.Kind == catalog.ForLate {
		l.priceKind = catalog.ForLate
	}
	l.Price, l.care, l.tariffID, l.Tariff, l.Note = t.Price(), t.Care, t.ID, t.Label, note
	return ""
}

// priceFor picks a tariff for a child paid by a family.
func (f *facts) priceFor(family int64, c childFacts, s serviceFacts, day calendar.Date, kind string) (catalog.Tariff, string, string) {
	payer := f.families[family]
	t, note, err := catalog.Pick(s.tariffs, catalog.Criteria{
		Day: day, Quotient: payer.quotientOn(day), Resident: payer.communeID != 0 && payer.communeID == s.CommuneID,
		AgeGroup: c.ageGroup, SiblingRank: payer.rank(c.id, day), Kind: kind,
	})
	if err != nil {
		return t, "", fault.Sentence(err)
	}
	return t, note, ""
}

// takePlace looks at the service's and the sitting's capacity. Who waits and can
// have the place comes first.
func (p *planner) takePlace(l *Line, c childFacts, s serviceFacts) {
	l.sittingID = s.SittingFor(c.classID, c.schoolID)
	whole := loadKey{s.ID, l.Day, 0}
	sitting := loadKey{s.ID, l.Day, l.sittingID}
	full := ""
	if p.f.due[l.Item] { // its place is counted in held
		l.Verdict = Accepted
		return
	}
	if s.Capacity != nil && p.free(whole, *s.Capacity) <= 0 {
		full = fullText("Complet", *s.Capacity, p.f.load[whole])
	} else if n := s.sittingCapacity(l.sittingID); n != nil && p.free(sitting, *n) <= 0 {
		full = fullText("Complet au "+s.SittingName(l.sittingID), *n, p.f.load[sitting])
	}
	switch {
	case full == "":
		l.Verdict = Accepted
		p.taken[whole]++
		if l.sittingID != 0 {
			p.taken[sitting]++
		}
	case l.bookingID != 0:
		*l = l.refuse(fault.Conflict, c.first+" est déjà sur la liste d’attente ce jour-là.")
	case p.ask.Waiting:
		l.Verdict, l.Reason = Waits, full+" Inscription sur la liste d’attente, rien n’est débité."
	default:
		*l = l.refuse(fault.Insufficient, full+" Liste d’attente possible.")
	}
	if l.Verdict == Accepted && l.Late {
		l.Reason = "Hors délai, accepté" + nbsp + ": " + p.ask.Override
	}
}

func fullText(what string, capacity, taken int) string {
	if taken < capacity { // the last places are for those who wait
		return fmt.Sprintf("%s"+nbsp+": les dernières places vont à la liste d’attente.", what)
	}
	return fmt.Sprintf("%s"+nbsp+": %s sur %d.", what, plural(taken, "place", "places"), capacity)
}

func plural(n int, one, many string) string {
	if n > 1 {
		one = many
	}
	return fmt.Sprintf("%d %s", n, one)
}

func (p *planner) free(k loadKey, capacity int) int {
	return capacity - p.f.load[k] - p.f.held[k] - p.taken[k] + p.freed[k]
}

// tooLate says that nobody can be booked for that day any more, so that who waits
// for it need not be told of a place come free.
func (f *facts) tooLate(r row) bool {
	s := f.services[r.ServiceID]
	limit, _ := s.Book.Limit(r.Day, s.plan)
	return !calendar.InTime(f.now, limit)
}

// promotable says whether who waits can have the place that came free.
func (f *facts) promotable(r row) (ok bool, why string) {
	c, _ := f.child(r.ChildID, r.Day)
	s := f.services[r.ServiceID]
	if c.left {
		return false, c.first + " a quitté l’école."
	}
	if open, reason := s.plan.IsOpen(r.Day); !open {
		return false, "Le service est fermé" + nbsp + ": " + reason + "."
	}
	if reason := s.trip(c.classID, r.Day); reason != "" {
		return false, "Le service est fermé pour sa classe" + nbsp + ": " + reason + "."
	}
	gate := f.gates[gateKey{access.GateKey{ChildID: c.id, ServiceID: s.ID}, calendar.SchoolYearOf(r.Day)}]
	if ok, why := gate.Open(r.Day); !ok {
		return false, why
	}
	if payer := f.families[r.familyID]; r.pay == Prepaid && payer.balance-r.price < payer.floor && r.price > 0 {
		return false, fmt.Sprintf("Il manque %s sur le porte-monnaie.", r.price+payer.floor-payer.balance)
	}
	return true, ""
}
