package booking

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"

	"ardoise/data/calendar"
	"ardoise/data/catalog"
	"ardoise/data/family"
	"ardoise/data/fault"
	"ardoise/data/ledger"
	"ardoise/data/letter"
	"ardoise/data/money"
	"ardoise/data/staff"
	"ardoise/data/store"
)

// Closing is a day, or a run of days, without service: strike, snow, the trip of
// one class. Every booking concerned is cancelled and credited, in one action.
type Closing struct {
	Key       string
	ServiceID int64 // 0: every service
	ClassID   int64 // 0: everybody
	First     calendar.Date
	Last      calendar.Date // no date: First
	Reason    string        // obligatory
	Tell      bool          // a letter to each family
}

func (c Closing) check() (Closing, error) {
	if c.Last.IsZero() {
		c.Last = c.First
	}
	c.Reason = strings.TrimSpace(c.Reason)
	switch {
	case c.First.IsZero():
		return c, fault.New(fault.Invalid, "Indiquez le jour de la fermeture.")
	case c.Last < c.First:
		return c, fault.New(fault.Invalid, "La fermeture finit avant de commencer.")
	case c.Last > c.First.Add(366):
		return c, fault.New(fault.Invalid, "Une fermeture dure un an au plus.")
	case c.Reason == "":
		return c, fault.New(fault.Invalid, "Le motif de la fermeture est obligatoire"+nbsp+": les familles le liront.")
	}
	return c, nil
}

// ClosePlan is what a closing would do.
type ClosePlan struct {
	Closing  Closing
	Lines    []CloseLine
	Families int
	Total    money.Cents // comes back to wallets
	Monthly  money.Cents // will not be invoiced
	Waiting  int         // taken off the waiting list
	Present  int         // already marked present: they ate, and are left as they are
	Digest   string
}

// CloseLine is one booking a closing cancels.
type CloseLine struct {
	Item
	BookingID int64
	Child     string // "Léa Favier"
	Class     string
	Service   string
	FamilyID  int64
	Family    string
	Waiting   bool
	Pay       string
	Price     money.Cents // what comes back

	sittingID int64
	kind      string
}

// CloseDayPlan shows what a closing would cancel and give back.
func (s *Service) CloseDayPlan(ctx context.Context, c Closing) (p *ClosePlan, err error) {
	if err := staff.Require(ctx, staff.Accueil, staff.Admin); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		p, err = closePlan(tx, c)
		return err
	})
	return p, err
}

func closePlan(tx *store.Tx, c Closing) (*ClosePlan, error) {
	c, err := c.check()
	if err != nil {
		return nil, err
	}
	p := &ClosePlan{Closing: c}
	services, err := c.services(tx)
	if err != nil {
		return nil, err
	}
	families := map[int64]bool{}
	err = store.Each(tx, func(r *sql.Rows) error {
		var l CloseLine
		var state, attendance string
		if err := r.Scan(&l.BookingID, &l.ChildID, &l.ServiceID, &l.Day, &l.FamilyID, &state, &l.Pay, &l.kind, &l.Price, &l.sittingID, &attendance,
			&l.Child, &l.Class, &l.Service, &l.Family); err != nil {
			return err
		}
		l.Waiting = state == Waiting
		switch {
		case attendance == "present" || l.kind == Unbooked:
			p.Present++
			return nil
		case l.Waiting:
			p.Waiting++
			l.Price = 0
		case l.Pay == Monthly:
			p.Monthly += l.Price
		default:
			p.Total += l.Price
		}
		families[l.FamilyID] = true
		p.Lines = append(p.Lines, l)
		return nil
	}, `SELECT b.id, b.child_id, b.service_id, b.day, b.family_id, b.state, b.pay, b.kind, b.price, b.sitting_id, b.attendance,
		c.first || ' ' || CASE WHEN c.usage <> '' THEN c.usage ELSE c.last END, COALESCE(k.name, ''), s.short, f.name
		FROM booking b JOIN child c ON c.id = b.child_id JOIN service s ON s.id = b.service_id JOIN family f ON f.id = b.family_id`+family.JoinYear("b.day")+`LEFT JOIN class k ON k.id = `+family.ClassThen+`
		WHERE b.service_id = ANY($1) AND b.day BETWEEN $2 AND $3 AND b.state <> 'cancelled' AND (CAST($4 AS BIGINT) = 0 OR `+family.ClassThen+` = $4) ORDER BY b.day, k.name, c.sort_key, b.id`,
		services, c.First.String(), c.Last.String(), c.ClassID)
	if err != nil {
		return nil, err
	}
	p.Families = len(families)
	content := c
	content.Key = ""
	ids := make([]int64, len(p.Lines))
	for i, l := range p.Lines {
		ids[i] = l.BookingID
	}
	p.Digest, err = ledger.Digest(struct {
		C   Closing
		IDs []int64
	}{content, ids})
	return p, err
}

func everyService(tx *store.Tx) ([]int64, error) {
	return store.Collect(tx, func(r *sql.Rows) (id int64, err error) { err = r.Scan(&id); return id, err }, `SELECT id FROM service ORDER BY id`)
}

// ClosedDay is what a closing did.
type ClosedDay struct {
	OperationID int64
	Replayed    bool
	Cancelled   int
	Families    int
	Total       money.Cents
}

// CloseDay adds the closure to the catalog, cancels every booking concerned and
// credits them all. A plan that was shown and has changed since is a Conflict;
// a plan without digest is worked out afresh.
func (s *Service) CloseDay(ctx context.Context, p *ClosePlan) (done *ClosedDay, err error) {
	if err := staff.Require(ctx, staff.Accueil, staff.Admin); err != nil {
		return nil, err
	}
	err = s.db.Write(ctx, func(tx *store.Tx) error {
		done, err = closeIn(tx, p)
		return err
	})
	return done, err
}

func closeIn(tx *store.Tx, shown *ClosePlan) (*ClosedDay, error) {
	c, err := shown.Closing.check()
	if err != nil {
		return nil, err
	}
	content := c
	content.Key = ""
	digest, err := ledger.Digest(content)
	if err != nil {
		return nil, err
	}
	op, replay, err := ledger.Operation(tx, ledger.Op{Key: c.Key, Digest: digest, Kind: "close", Reason: c.Reason, Label: "Fermeture" + nbsp + ": " + c.Reason})
	if err != nil {
		return nil, err
	}
	if replay {
		return closedOf(tx, op, c)
	}
	p, err := closePlan(tx, c)
	if err != nil {
		return nil, err
	}
	if shown.Digest != "" && shown.Digest != p.Digest {
		return nil, fault.New(fault.Conflict, "Les réservations concernées ont changé depuis l’affichage. Rien n’a été modifié"+nbsp+": relisez la liste et validez de nouveau.")
	}
	releases := make([]Release, len(p.Lines))
	for i, l := range p.Lines {
		releases[i] = Release{Item: l.Item, BookingID: l.BookingID, Verdict: CancelClosure, Rule: "fermeture" + nbsp + ": " + c.Reason, SittingID: l.sittingID, NoPlace: l.Waiting}
		if l.Waiting {
			releases[i].Verdict = CancelWaiting
		}
	}
	back, err := CancelMany(tx, op, releases, "Fermeture"+nbsp+": "+c.Reason)
	if err != nil {
		return nil, err
	}
	if _, err := catalog.AddClosureTx(tx, catalog.Closure{ServiceID: c.ServiceID, ClassID: c.ClassID, First: c.First, Last: c.Last, Reason: c.Reason}); err != nil {
		return nil, err
	}
	if c.Tell {
		if err := tellClosed(tx, op, p); err != nil {
			return nil, err
		}
	}
	if _, err := promote(tx, op, nil, p.payers()); err != nil {
		return nil, err
	}
	done := &ClosedDay{OperationID: op, Cancelled: len(releases), Families: p.Families, Total: back}
	return done, staff.Audit(tx, "booking.close", fmt.Sprintf("service:%d", c.ServiceID),
		fmt.Sprintf("Fermeture du %s au %s (%s)"+nbsp+": %d réservations annulées, %s rendus", c.First.Short(), c.Last.Short(), c.Reason, done.Cancelled, back))
}

func (p *ClosePlan) payers() []int64 {
	families := map[int64]bool{}
	for _, l := range p.Lines {
		families[l.FamilyID] = true
	}
	return slices.Sorted(maps.Keys(families))
}

func closedOf(tx *store.Tx, op int64, c Closing) (*ClosedDay, error) {
	done := &ClosedDay{OperationID: op, Replayed: true}
	services, err := c.services(tx)
	if err != nil {
		return nil, err
	}
	err = tx.QueryRow(`SELECT COUNT(*), COUNT(DISTINCT b.family_id), CAST(COALESCE(SUM(r.amount), 0) AS BIGINT)
		FROM booking b LEFT JOIN transfer t ON t.booking_id = b.id AND t.kind = 'charge' LEFT JOIN transfer r ON r.reverses_id = t.id
		WHERE b.service_id = ANY($1) AND b.day BETWEEN $2 AND $3 AND b.cancel_operation_id = $4`,
		services, c.First.String(), c.Last.String(), op).Scan(&done.Cancelled, &done.Families, &done.Total)
	return done, err
}

// services gives the services a closing concerns.
func (c Closing) services(tx *store.Tx) ([]int64, error) {
	if c.ServiceID == 0 {
		return everyService(tx)
	}
	_, err := catalog.ServiceTx(tx, c.ServiceID)
	return []int64{c.ServiceID}, err
}

// tellClosed writes one letter a family.
func tellClosed(tx *store.Tx, op int64, p *ClosePlan) error {
	byFamily := map[int64][]CloseLine{}
	for _, l := range p.Lines {
		byFamily[l.FamilyID] = append(byFamily[l.FamilyID], l)
	}
	families := slices.Sorted(maps.Keys(byFamily))
	who, err := letter.Correspondents(tx, families)
	if err != nil {
		return err
	}
	var list []letter.Posting
	for _, f := range families {
		var lines []string
		var back money.Cents
		for _, l := range byFamily[f] {
			lines = append(lines, fmt.Sprintf("– %s, %s, %s", l.Child, l.Service, l.Day.Long()))
			if l.Pay == Prepaid {
				back += l.Price
			}
		}
		credited := ""
		if back > 0 {
			credited = back.String()
		}
		l, err := who[f].Compose("booking.closed", letter.Facts{
			"jours": daysClosed(p.Closing), "motif": p.Closing.Reason, "réservations annulées": strings.Join(lines, "\n"), "montant rendu": credited,
		})
		if err != nil {
			return err
		}
		list = append(list, letter.Posting{FamilyID: f, Letter: l, Kind: "booking.closed", Object: fmt.Sprintf("operation:%d", op), Key: fmt.Sprintf("booking.closed:%d:%d", op, f)})
	}
	_, err = letter.PostMany(tx, list)
	return err
}

// daysClosed gives "du lundi 7 décembre", "du lundi 7 décembre au mercredi 9 décembre".
func daysClosed(c Closing) string {
	if c.Last == c.First {
		return "du " + c.First.LongNoYear()
	}
	return "du " + c.First.LongNoYear() + " au " + c.Last.LongNoYear()
}
