package booking

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"ardoise/data/access"
	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/money"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// The marks of attendance.
const (
	Present   = "present"
	Absent    = "absent"    // the meal stays due
	Justified = "justified" // given back as the rules say
	NoMark    = "none"      // back to booked; a meal marked unbooked is taken off
	Ate       = "unbooked"  // ate without booking (NR)
)

var markLabels = map[string]string{Present: "présent", Absent: "absent", Justified: "absence justifiée", NoMark: "à pointer", Ate: "non réservé"}

// Mark is what was seen of one child.
type Mark struct {
	ChildID int64
	Mark    string
}

// Attend is the attendance of some children on one day.
type Attend struct {
	Key           string
	ServiceID     int64
	Day           calendar.Date
	Marks         []Mark
	Justification Justification // for the marks justified; none: illness
	Override      string        // a reason to take a certificate past its limit
}

// Attended is what marking did.
type Attended struct {
	OperationID int64
	Replayed    bool
	Marked      int
	Credited    money.Cents // given back for justified absences
	Charged     money.Cents // meals without booking, or justifications taken back
	ToSettle    []Item      // eaten without booking, and the wallet could not pay
	Notes       []string    // French, one a child that needs a word
}

// Attend marks attendance, as often as wanted: a mark can be changed. A
// justified absence gives the meal back as the rules of the service say, and
// taking the justification back charges it again at the same price. Who ate
// without booking gets a booking of kind unbooked at its own price; a prepaid
// one the wallet cannot pay is kept without a charge, to be settled later
// (Unbooked, Settle): the meal was eaten, and the floor holds.
func (s *Service) Attend(ctx context.Context, a Attend) (done *Attended, err error) {
	if err := staff.Require(ctx, staff.Accueil); err != nil {
		return nil, err
	}
	err = s.db.Write(ctx, func(tx *store.Tx) error {
		done, err = attendIn(tx, a)
		return err
	})
	return done, err
}

// AllPresent marks present every child of a class (0: of all) who is booked that
// day and has no mark yet.
func (s *Service) AllPresent(ctx context.Context, key string, serviceID int64, day calendar.Date, classID int64) (done *Attended, err error) {
	if err := staff.Require(ctx, staff.Accueil); err != nil {
		return nil, err
	}
	err = s.db.Write(ctx, func(tx *store.Tx) error {
		marks, err := store.Collect(tx, func(r *sql.Rows) (m Mark, err error) {
			m.Mark = Present
			err = r.Scan(&m.ChildID)
			return m, err
		}, `SELECT b.child_id FROM booking b JOIN child c ON c.id = b.child_id`+family.JoinYear("b.day")+`WHERE b.service_id = $1 AND b.day = $2 AND b.state = 'booked' AND b.attendance = ''
			AND (CAST($3 AS BIGINT) = 0 OR `+family.ClassThen+` = $3) ORDER BY b.id`, serviceID, day, classID)
		if err != nil {
			return err
		}
		if len(marks) == 0 {
			done = &Attended{}
			return nil
		}
		done, err = attendIn(tx, Attend{Key: key, ServiceID: serviceID, Day: day, Marks: marks})
		return err
	})
	return done, err
}

func (a Attend) check(tx *store.Tx) error {
	switch {
	case len(a.Marks) == 0:
		return fault.New(fault.Invalid, "Aucun enfant à pointer.")
	case len(a.Marks) > maxItems:
		return fault.New(fault.Invalid, "Trop d’enfants à la fois (%d au plus).", maxItems)
	case a.Day.IsZero():
		return fault.New(fault.Invalid, "Indiquez le jour à pointer.")
	case a.Day > today(tx):
		return fault.New(fault.Invalid, "Le %s n’est pas encore passé"+nbsp+": on pointe le jour même ou après.", a.Day.LongNoYear())
	case a.Justification.Kind != "" && JustificationLabels[a.Justification.Kind] == "":
		return fault.New(fault.Invalid, "« %s » n’est pas un motif d’absence connu.", a.Justification.Kind)
	}
	if err := blank(a.Override); err != nil {
		return err
	}
	seen := map[int64]bool{}
	for _, m := range a.Marks {
		if markLabels[m.Mark] == "" {
			return fault.New(fault.Invalid, "« %s » n’est pas un pointage"+nbsp+": présent, absent, justifié, non réservé ou rien.", m.Mark)
		}
		if seen[m.ChildID] {
			return fault.New(fault.Invalid, "Un enfant est pointé deux fois.")
		}
		seen[m.ChildID] = true
	}
	return nil
}

// reason is what the operation keeps of why an absence was justified.
func (a Attend) reason() string {
	if !slices.ContainsFunc(a.Marks, func(m Mark) bool { return m.Mark == Justified }) {
		return a.Override
	}
	return strings.TrimSpace(a.Justification.text() + " " + a.Override)
}

// attendance sorts the marks into what must be written.
type attendance struct {
	a      Attend
	op     int64
	f      *facts
	undone map[int64]row // cancelled as justified that day, nothing live since
	out    *Attended
	set    map[string][]int64 // mark -> bookings
	rows   []Row
	off    []Release
	just   []Item
}

func attendIn(tx *store.Tx, a Attend) (*Attended, error) {
	if err := a.check(tx); err != nil {
		return nil, err
	}
	if a.Justification.Kind == "" {
		a.Justification.Kind = Illness
	}
	a.Override, a.Justification = strings.TrimSpace(a.Override), a.Justification.clean()
	content := a
	content.Key = ""
	digest, err := ledger.Digest(content)
	if err != nil {
		return nil, err
	}
	op, replay, err := ledger.Operation(tx, ledger.Op{Key: a.Key, Digest: digest, Kind: "attend", Reason: a.reason(), Label: "Pointage du " + a.Day.Short()})
	if err != nil {
		return nil, err
	}
	if replay {
		return &Attended{OperationID: op, Replayed: true, Marked: len(a.Marks)}, nil
	}
	w := wanted{absences: true}
	ids := make([]int64, len(a.Marks))
	for i, m := range a.Marks {
		ids[i] = m.ChildID
		w.items = append(w.items, Item{m.ChildID, a.ServiceID, a.Day})
	}
	f, err := loadFacts(tx, w)
	if err != nil {
		return nil, err
	}
	if _, ok := f.services[a.ServiceID]; !ok {
		return nil, fault.New(fault.NotFound, "Ce service n’existe pas ou n’existe plus.")
	}
	at := &attendance{a: a, op: op, f: f, out: &Attended{OperationID: op}, set: map[string][]int64{}}
	if at.undone, err = justifiedRows(tx, a.ServiceID, a.Day, ids); err != nil {
		return nil, err
	}
	for _, m := range a.Marks {
		if err := at.sort(m); err != nil {
			return nil, err
		}
	}
	if err := at.write(tx); err != nil {
		return nil, err
	}
	tx.Publish(Topic, ids...)
	return at.out, staff.Audit(tx, "booking.attend", fmt.Sprintf("service:%d", a.ServiceID), at.summary())
}

// justifiedRows gives the bookings whose last word that day was a justified
// absence: they can be taken back.
func justifiedRows(tx *store.Tx, service int64, day calendar.Date, children []int64) (map[int64]row, error) {
	out := map[int64]row{}
	err := store.Each(tx, func(r *sql.Rows) error {
		b, err := scanRow(r)
		if delete(out, b.ChildID); b.attendance == Justified {
			out[b.ChildID] = b
		}
		return err
	}, `SELECT `+rowColumns+` FROM booking WHERE child_id = ANY($1) AND day = $2 AND service_id = $3 AND state = 'cancelled' ORDER BY id`,
		children, day.String(), service)
	return out, err
}

// sort decides what one mark means for the child's booking of the day.
func (at *attendance) sort(m Mark) error {
	it := Item{m.ChildID, at.a.ServiceID, at.a.Day}
	c, ok := at.f.child(m.ChildID, it.Day)
	if !ok {
		return fault.New(fault.NotFound, "Un des enfants n’existe pas ou n’existe plus.")
	}
	have, live := at.f.live[it]
	given, wasGiven := at.undone[m.ChildID]
	switch {
	case live && have.state == Waiting:
		if m.Mark != Ate {
			return fault.New(fault.Conflict, "%s est sur la liste d’attente, pas réservé"+nbsp+": pointez « non réservé » s’il a mangé.", c.first)
		}
		at.off = append(at.off, Release{Item: it, BookingID: have.id, Verdict: CancelWaiting, NoPlace: true})
		return at.ate(it, c)
	case live:
		return at.markLive(m, it, have, c)
	case m.Mark == Ate:
		return at.ate(it, c)
	case wasGiven && m.Mark == Justified:
		return nil // it is
	case wasGiven:
		at.restore(given, m.Mark)
		return nil
	case m.Mark == NoMark:
		return nil // nothing there, nothing to take off
	}
	return fault.New(fault.Conflict, "%s n’a pas de réservation le %s"+nbsp+": pointez « non réservé » s’il a mangé.", c.first, at.a.Day.LongNoYear())
}

func (at *attendance) markLive(m Mark, it Item, have row, c childFacts) error {
	switch m.Mark {
	case Justified:
		if have.kind == Unbooked {
			return fault.New(fault.Conflict, "%s est pointé « non réservé »"+nbsp+": il n’y a pas d’absence à justifier.", c.first)
		}
		at.just = append(at.just, it)
	case NoMark:
		if have.kind == Unbooked {
			at.off = append(at.off, Release{Item: it, BookingID: have.id, Verdict: CancelOverride, Rule: "pointage corrigé", NoPlace: true})
			return nil
		}
		at.set[""] = append(at.set[""], have.id)
	case Ate: // booked after all: he is simply there
		at.set[Present] = append(at.set[Present], have.id)
	case Absent:
		if have.kind == Unbooked {
			return fault.New(fault.Conflict, "%s n’avait rien réservé"+nbsp+": effacez le pointage s’il n’a pas mangé.", c.first)
		}
		at.set[Absent] = append(at.set[Absent], have.id)
	default:
		at.set[m.Mark] = append(at.set[m.Mark], have.id)
	}
	at.out.Marked++
	return nil
}

// ate books a meal eaten without booking, at its own price. It takes no place:
// the child has eaten, whatever the capacity was.
func (at *attendance) ate(it Item, c childFacts) error {
	s := at.f.services[it.ServiceID]
	family := c.payerOn(it.Day)
	t, note, reason := at.f.priceFor(family, c, s, it.Day, catalog.ForUnbooked)
	if reason != "" {
		return fault.New(fault.NotFound, "%s", reason)
	}
	gate := at.f.gates[gateKey{access.GateKey{ChildID: c.id, ServiceID: s.ID}, calendar.SchoolYearOf(it.Day)}]
	r := Row{
		ChildID: it.ChildID, ServiceID: it.ServiceID, Day: it.Day, FamilyID: family, Kind: Unbooked, Verdict: Unbooked, Price: t.Price(), Care: t.Care, TariffID: t.ID,
		SittingID: s.SittingFor(c.classID, c.schoolID), OperationID: at.op, Attendance: Present, Rule: "mangé sans réservation",
	}
	r.Cutoff, _ = s.Book.Limit(it.Day, s.plan)
	if ok, why := gate.Open(it.Day); !ok {
		at.note(c, "mangé sans accès ("+strings.TrimSuffix(why, ".")+")")
	} else if gate.Pay == access.Monthly {
		r.Pay = Monthly
	}
	if note != "" {
		at.note(c, note)
	}
	x := at.f.families[family]
	if r.charged() && x.balance-r.Price < x.floor {
		r.Uncharged = true
		at.out.ToSettle = append(at.out.ToSettle, it)
		at.note(c, fmt.Sprintf("%s à régulariser, il manque %s sur le porte-monnaie", r.Price, r.Price+x.floor-x.balance))
	} else if r.charged() {
		at.out.Charged += r.Price
		x.balance -= r.Price
		at.f.families[family] = x
	}
	at.rows = append(at.rows, r)
	at.out.Marked++
	return nil
}

func (at *attendance) note(c childFacts, text string) {
	at.out.Notes = append(at.out.Notes, c.first+nbsp+": "+text)
}

// restore takes a justification back: the same meal at the same price again.
func (at *attendance) restore(given row, mark string) {
	if mark == NoMark {
		mark = ""
	}
	r := Row{
		ChildID: given.ChildID, ServiceID: given.ServiceID, Day: given.Day, FamilyID: given.familyID, Pay: given.pay, Kind: given.kind, Price: given.price, Care: given.care,
		TariffID: given.tariffID, SittingID: given.sittingID, OperationID: at.op, Attendance: mark, Verdict: Overridden, Rule: "justification retirée",
	}
	s := at.f.services[given.ServiceID]
	r.Cutoff, _ = s.Book.Limit(given.Day, s.plan)
	if r.charged() {
		at.out.Charged += r.Price
	}
	at.rows = append(at.rows, r)
	at.out.Marked++
}
